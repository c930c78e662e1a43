"""Apps that are a script: which file is run, and of the files that use a package the one that is meant to be."""

import ast
import re
from collections.abc import Iterable

from frontend.context.tree import SourceTree
from frontend.languages.python import code
from frontend.languages.python.app_candidates import is_code
from frontend.languages.python.app_object import AppObject
from frontend.languages.python.modules import Module, Modules, does_something, is_main, serves_when_imported

SCRIPTS = (
    "main.py",
    "app.py",
    "run.py",
    "server.py",
    "start.py",
    "bot.py",
    "index.py",
    "__main__.py",
    "src/main.py",
    "src/app.py",
)
NO_SCRIPTS = (  # what tools and servers read, and what an app only imports
    "setup.py", "conftest.py", "manage.py", "noxfile.py", "fabfile.py", "gunicorn.conf.py", "gunicorn_config.py",
    "config.py", "settings.py", "constants.py",
)  # fmt: skip
ENTRIES = ("main", "app", "server", "run", "cli")  # the module of a package without a __main__.py that is run
FIRST = {"streamlit": ("streamlit_app.py", "Home.py")}  # what a package's own documentation calls its script
# what a package's script does at its top, and what is only defined elsewhere
SIGNS = {"streamlit": ("set_page_config", "st.navigation", "st.title", "st.header"), "gradio": (".launch(",)}
SPARE = ("?", "*", "...")  # of argparse: how many values of an argument may be none at all
SPIDER = re.compile(r"""^\s+name\s*=\s*["']([\w.-]+)["']""", re.MULTILINE)
BOTS = {  # packages for bots -> what they are imported as
    "discord-py": "discord",
    "py-cord": "discord",
    "nextcord": "nextcord",
    "disnake": "disnake",
    "hikari": "hikari",
    "aiogram": "aiogram",
    "python-telegram-bot": "telegram",
    "pytelegrambotapi": "telebot",
    "pyrogram": "pyrogram",
    "telethon": "telethon",
    "slack-bolt": "slack_bolt",
    "twitchio": "twitchio",
}


def conventional(tree: SourceTree) -> str | None:
    """The script with a conventional name that does something when it is run; None when there is none."""
    modules = Modules(tree)
    return next((path for path in SCRIPTS if tree.has(path) and is_run(modules, path)), None)


def is_run(modules: Modules, path: str) -> bool:
    """Whether a file does something when it is run, or imports a module of the app that serves when it is imported."""
    module = modules.read(path)
    if module is None or does_something(module.text):
        return module is not None
    others = (modules.read(other) for other in modules.imports(module))
    return any(serves_when_imported(other) for other in others if other is not None)


def idle(tree: SourceTree) -> str | None:
    """A script with a conventional name, which does nothing when it is run; None when there is none."""
    return tree.first(*SCRIPTS)


def only(tree: SourceTree) -> str | None:
    """The only Python file at the root, when it does something when run; None otherwise."""
    listed = [path for path in tree.glob("*.py") if path not in NO_SCRIPTS]
    return listed[0] if len(listed) == 1 and does_something(tree.read_text(listed[0]) or "") else None


def meant(tree: SourceTree) -> list[str]:
    """The files that are run if they do something: those with a conventional name, and the only one at the root."""
    listed = [path for path in tree.glob("*.py") if path not in NO_SCRIPTS]
    return [*SCRIPTS, *(listed if len(listed) == 1 else ())]


def package(tree: SourceTree) -> tuple[str, str]:
    """The only package that is run as `python -m`, its module, after the directory it is imported from; "" without one.

    A package's __main__.py, or else a module of it that is called as an entry and has `if __name__ == "__main__":`.
    """
    for names in (("__main__",), ENTRIES):
        paths = [path for root in ("", "src/") for name in names for path in tree.glob(f"{root}*/{name}.py")]
        paths = [path for path in paths if is_code(path.split("/")[-2]) and path not in SCRIPTS]
        if names != ("__main__",):
            paths = [path for path in paths if has_main(tree, path)]
        if len({path.rpartition("/")[0] for path in paths}) == 1:
            dotted = paths[0].removeprefix("src/")[:-3].replace("/", ".").removesuffix(".__main__")
            return ("src" if paths[0].startswith("src/") else ""), dotted
    return "", ""


def has_main(tree: SourceTree, path: str) -> bool:
    """Whether a file has `if __name__ == "__main__":`."""
    module = Modules(tree).read(path)
    return module is not None and any(is_main(node) for node in module.tree.body)


def using(tree: SourceTree, package: str) -> str | None:
    """The script written for a package: of the files that use it one that no other imports; None without one."""
    found = outermost(tree, package)
    return found[0].path if found else None


def alike(tree: SourceTree, package: str, path: str) -> str:
    """Another script that might be meant as well as the one that is chosen for a package, beside it and called by a
    name that says as little; "" for none."""
    if path in (*FIRST.get(package, ()), *SCRIPTS):
        return ""
    directory = path.rpartition("/")[0]
    others = (one for one in outermost(tree, package) if one.path != path and one.directory == directory)
    return next((one.path for one in others if any(sign in one.text for sign in SIGNS.get(package, ()))), "")


def outermost(tree: SourceTree, package: str) -> list[Module]:
    """The scripts written for a package, that which is started first.

    One that shows something, or starts what it shows, comes before one that only imports the package, then a
    conventional name before another.
    """
    modules = Modules(tree)
    read = [module for path in listed(tree, package) if (module := modules.read(path)) is not None]
    own = {module.path for module in read if imports(module, package)}
    signs = SIGNS.get(package, ())
    inside = {path for module in read for path in modules.imports(module)}
    showing = {module.path for module in read if any(sign in module.text for sign in signs)}
    found = [one for one in read if one.path in own or (one.path in showing and modules.imports(one) & own)]
    shown = [module for module in found if module.path in showing] or found
    outer = [module for module in shown if module.path not in inside] or shown
    paged = [module for module in outer if tree.is_dir(f"{module.directory}/pages".strip("/"))]
    return paged if paged and package == "streamlit" else outer


def listed(tree: SourceTree, package: str) -> list[str]:
    """The Python files that may be a script, or be imported by one: conventional ones first."""
    names = (*FIRST.get(package, ()), *SCRIPTS)
    found = [path for path in names if tree.has(path)]
    found += [path for path in tree.glob("*.py") if path not in found and path not in NO_SCRIPTS]
    below = [path for path in tree.glob("*/*.py") if is_code(path.partition("/")[0])]
    below.sort(key=lambda path: path.partition("/")[2] not in names)
    return found + [path for path in below if not path.startswith("pages/") and path not in found]


def imports(module: Module, package: str) -> bool:
    """Whether a module imports a package."""
    return any(dotted.partition(".")[0] == package for dotted in module.names.values()) or any(
        f"{word} {package}" in module.text for word in ("import", "from")
    )


def arguments(tree: SourceTree, path: str) -> tuple[int, list[str]]:
    """The arguments without which a script ends, as it tells argparse: the line of the first, and their names.

    Source: https://docs.python.org/3/library/argparse.html#the-add-argument-method
    """
    module = Modules(tree).read(path)
    found: dict[str, int] = {}
    for node in code.walked(module.tree) if module is not None and "argparse" in module.text else ():
        if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") != "add_argument" or not node.args:
            continue
        name = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
        options = {one.arg: one.value.value for one in node.keywords if isinstance(one.value, ast.Constant)}
        given = any(one.arg in ("default", "action", None) for one in node.keywords)
        is_needed = options.get("required") is True if str(name).startswith("-") else options.get("nargs") not in SPARE
        if isinstance(name, str) and is_needed and not given:
            found[name] = node.lineno
    return next(iter(found.values()), 0), list(found)


def spiders(tree: SourceTree) -> list[str]:
    """The names of the spiders of a Scrapy project, as `scrapy crawl` takes them."""
    texts = (tree.glance(path) for path in tree.glob("*/spiders/*.py")) if tree.has("scrapy.cfg") else ()
    return [found[1] for text in texts if (found := SPIDER.search(text)) is not None]


def of_project(tree: SourceTree, project: str, found: AppObject) -> str | None:
    """The script of the project's name at the root, where the app object is deep in a package and no part of it.

    An object that the script imports is what it starts: that is served.
    """
    path = f"{project.replace('-', '_')}.py"
    if not project or found.path.removeprefix("src/").count("/") < 2 or not tree.has(path):
        return None
    modules = Modules(tree)
    module = modules.read(path)
    if module is None or not has_main(tree, path) or found.path in modules.imports(module):
        return None
    return path


def bot(tree: SourceTree, names: Iterable[str], found: AppObject) -> str | None:
    """The script of a bot that imports the module of the app object, which only keeps the bot alive; None without one.

    An object in a file that is itself called as what is started is served, unless the script is surely the bot's.
    """
    packages = {BOTS[name] for name in names if name in BOTS}
    modules = Modules(tree)
    for path in SCRIPTS if packages else ():
        module = modules.read(path) if tree.has(path) and path != found.path else None
        if module is None or not does_something(module.text) or found.path not in modules.imports(module):
            continue
        if found.path not in SCRIPTS or any(imports(module, package) for package in packages):
            return path
    return None
