"""Django projects: the settings module, the WSGI and ASGI modules, and whether there are static files to collect."""

import ast
import re
from collections.abc import Iterator
from posixpath import join, normpath

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.python import code
from frontend.languages.python.app_tables import NOT_APPS
from frontend.paths import within
from frontend.plan.model import Warning

MANAGE = "manage.py"
DEVELOPMENT = ("dev", "development", "local", "debug")
PRODUCTION = ("production", "prod", "live")
HOSTS = "ALLOWED_HOSTS"
OWN_HOSTS = ("localhost", "127.0.0.1", "[::1]", "::1", "0.0.0.0", "testserver")  # noqa: S104 - names, no address
PLATFORMS = tuple(  # domains that platforms give to apps
    ".herokuapp.com .onrender.com .railway.app .vercel.app .pythonanywhere.com .fly.dev .ondigitalocean.app "
    ".appspot.com .azurewebsites.net .elasticbeanstalk.com .repl.co .replit.dev .replit.app .now.sh .koyeb.app "
    ".gitpod.io .ngrok.io .ngrok-free.app".split()
)


class Project(Struct, frozen=True):
    """A Django project. Modules are dotted; "" where there is none. `root` is the directory of manage.py.

    `static` is the place of STATIC_ROOT in the settings when there is something to collect, `names_asgi` says that the
    settings have an ASGI_APPLICATION. `empty` is the package without settings that the app's files name: `settings` is
    its module for production, if it has one.
    """

    root: str
    settings: str
    wsgi: str
    asgi: str
    at: Location
    static: Location | None = None
    names_asgi: bool = False
    empty: str = ""


SETTINGS = "DJANGO_SETTINGS_MODULE"


def find(tree: SourceTree, named: str = "") -> Project | None:
    """The Django project of the app in a directory, by its manage.py; None when there is none.

    The settings are those that the user named, as the variable DJANGO_SETTINGS_MODULE of a command or of the image,
    else those of the WSGI or ASGI module that is served: manage.py often names those for development.
    """
    manage = tree.first(MANAGE, f"src/{MANAGE}") or next((path for path in below(tree) if is_app(path)), None)
    if manage is None:
        return None
    root = manage.removesuffix(MANAGE).strip("/")
    settings = named or settings_of(tree, manage)
    wsgi, asgi = (interface(tree, root, settings, name) for name in ("wsgi", "asgi"))
    served = next((settings_of(tree, file_of(root, module)) for module in (wsgi, asgi) if module), "")
    settings = named or served or settings
    empty = settings if not named and is_empty(tree, root, settings) else ""
    settings = production(tree, root, settings) or settings if empty else settings
    at = tree.line_of(manage, SETTINGS)
    names_asgi = bool(assigned(tree, settings_files(tree, root, settings), "ASGI_APPLICATION"))
    return Project(root, settings, wsgi, asgi, at, static_root(tree, root, settings), names_asgi, empty)


def below(tree: SourceTree) -> Iterator[str]:
    """The files manage.py one and two directories down, the nearest first."""
    for depth in ("*", "*/*"):
        yield from tree.glob(f"{depth}/{MANAGE}")


def is_app(path: str) -> bool:
    """Whether a manage.py may be the app's, and not that of its tests, of an example or of an installed package."""
    return not any(part in NOT_APPS or part == "site-packages" for part in path.split("/")[:-1])


def is_empty(tree: SourceTree, root: str, package: str) -> bool:
    """Whether a settings module is a package with other modules and nothing in its own file."""
    directory = within(root, package.replace(".", "/"))
    if not package or tree.has(f"{directory}.py") or not tree.is_dir(directory):
        return False
    lines = tree.read_lines(f"{directory}/__init__.py") or ()
    modules = [name for name in tree.entries(directory) if name.endswith(".py") and name != "__init__.py"]
    return bool(modules) and not any(line.strip() and not line.lstrip().startswith("#") for line in lines)


def production(tree: SourceTree, root: str, package: str) -> str:
    """The module of a settings package that is for production; "" where it has none."""
    return next((f"{package}.{one}" for one in PRODUCTION if tree.has(file_of(root, f"{package}.{one}"))), "")


def is_managed(tree: SourceTree) -> bool:
    """Whether the directory's manage.py is Django's: other packages' scripts are called so too."""
    return "django" in (tree.read_text(MANAGE) or "").lower() if tree.has(MANAGE) else False


def doubts(tree: SourceTree, project: Project) -> tuple[Warning, ...]:
    """The warning that settings for development are served although there are some for production, or that a package
    without settings is named; () without doubt."""
    served = next((file_of(project.root, module) for module in (project.wsgi, project.asgi) if module), MANAGE)
    if project.empty:
        found = project.settings != project.empty
        used = f": {project.settings} is used" if found else ", and no variable names another module"
        hint = f"name the module in {served}, or set the build-arg RUN_ENV_{SETTINGS}"
        message = f"{project.empty} is a package without settings{used}"
        return (Warning("empty-settings", message, tree.line_of(served, SETTINGS), hint),)
    package, _, name = project.settings.rpartition(".")
    there = production(tree, project.root, package).rpartition(".")[2] if name in DEVELOPMENT and package else ""
    if not there:
        return ()
    return (
        Warning(
            "development-settings",
            f"{project.settings} is served, although {package}.{there} exists",
            tree.line_of(served, SETTINGS),
            f"to serve it, set the build-arg RUN_ENV_{SETTINGS}={package}.{there}, or name it in {served}",
        ),
    )


def refused(tree: SourceTree, project: Project) -> tuple[Warning, ...]:
    """The warning that the settings let the app be asked by names alone which it does not have in a container: none,
    those of the machine itself, and those of another platform. () where they may say more.

    Source: https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts
    """
    found: list[tuple[Location, list[str]]] = []
    for path in settings_files(tree, project.root, project.settings):
        text = tree.read_text(path) or ""
        if "locals()" in text or "globals()" in text or re.search(r"\bimport \*", text):
            return ()  # others may set it, too: django_heroku.settings(locals())
        module = code.parsed(text) if HOSTS in text else None
        nodes = code.walked(module) if module is not None else ()
        named = [one for one in nodes if getattr(one, "id", "") == HOSTS]
        assigns = [one for one in nodes if isinstance(one, ast.Assign) and one.targets[0] in named]
        values = [(one, code.strings(one.value)) for one in assigns]
        if len(named) > len(values) or any(hosts is None for _, hosts in values):
            return ()
        found += [(tree.at(path, one.lineno), hosts or []) for one, hosts in values]
    if len(found) != 1 or any(host not in OWN_HOSTS and not host.endswith(PLATFORMS) for host in found[0][1]):
        return ()
    at, hosts = found[0]
    shown = ", ".join(hosts) or "localhost"
    message = f"Django refuses every request for another host than {shown}: {HOSTS} names no other"
    hint = f'add the names that the app is asked by, or read them: {HOSTS} = os.environ["{HOSTS}"].split(",")'
    return (Warning("allowed-hosts", message, at, hint),)


def left_out(tree: SourceTree, project: Project, inside: str) -> tuple[Warning, ...]:
    """The warning that STATIC_ROOT is outside of the app, whose directory alone ships; () where that is not sure.

    `inside` is the app's own directory in /app.
    """
    base = "/".join(("/app", *(part for part in (inside, project.root) if part)))
    places: list[Location] = []
    for path in settings_files(tree, project.root, project.settings) if project.static is not None else ():
        for number, line in enumerate(tree.read_lines(path) or (), 1):
            name, equals, value = line.strip().partition("=")
            if equals and name.strip() == "STATIC_ROOT":
                if f"{normpath(join(base, text_of(value) or '.'))}/".startswith("/app/"):
                    return ()
                places.append(tree.at(path, number))
    return tuple(
        Warning(
            "static-left-out",
            "STATIC_ROOT is outside the app: what collectstatic writes there is not in the image",
            at,
            'put it below the app: STATIC_ROOT = BASE_DIR / "staticfiles"',
        )
        for at in places[:1]
    )


def text_of(value: str) -> str:
    """The text that a line's value is, in quotes and with nothing but a comment behind; "" for any other."""
    quote = value.strip()[:1]
    text, _, rest = value.strip()[1:].partition(quote or '"')
    return text if quote in ("'", '"') and quote and not rest.partition("#")[0].strip() else ""


def file_of(root: str, module: str) -> str:
    """The file of a dotted module below a directory."""
    return within(root, f"{module.replace('.', '/')}.py")


def interface(tree: SourceTree, root: str, settings: str, name: str) -> str:
    """The project's WSGI or ASGI module: the one the settings name, in the settings' package, or the only one."""
    packages = settings.split(".")
    named = assigned(tree, settings_files(tree, root, settings), f"{name.upper()}_APPLICATION").rpartition(".")[0]
    near = [".".join((*packages[:depth], name)) for depth in range(1, len(packages))]
    for module in (named, *near, name):
        if module and tree.has(file_of(root, module)):
            return module
    here = tree.under(root)
    others = [path for path in here.glob(f"*/{name}.py") if "application" in (here.read_text(path) or "")]
    return others[0].removesuffix(".py").replace("/", ".") if len(others) == 1 else ""


def assigned(tree: SourceTree, paths: list[str], name: str) -> str:
    """The text that one of the files assigns to a name; "" when none does."""
    for path in paths:
        for line in tree.read_lines(path) or ():
            left, equals, right = line.partition("=")
            value = right.strip()
            if equals and left.strip() == name and value[:1] in ("'", '"'):
                return value.strip("'\"")
    return ""


def settings_of(tree: SourceTree, path: str) -> str:
    """The settings module that a file names as DJANGO_SETTINGS_MODULE's default; "" when it names none."""
    text = tree.read_text(path) or ""
    module = code.parsed(text)
    for node in code.walked(module) if module is not None else ():
        if isinstance(node, ast.Call):
            values = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            if SETTINGS in values:
                rest = [value for value in values if value != SETTINGS and isinstance(value, str)]
                if rest:
                    return str(rest[0])
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            key, value = node.targets[0].slice, node.value
            if isinstance(key, ast.Constant) and key.value == SETTINGS:
                return str(value.value) if isinstance(value, ast.Constant) else ""
    return ""


def settings_files(tree: SourceTree, root: str, settings: str) -> list[str]:
    """The file of the settings module, and all of its package when they are split into one."""
    full = within(root, settings.replace(".", "/"))
    found = [f"{full}.py"]
    package = full if tree.is_dir(full) else full.rpartition("/")[0]
    if package and package.rpartition("/")[2] == "settings":
        found += [f"{package}/{name}" for name in tree.entries(package) if name.endswith(".py")]
    return [path for path in dict.fromkeys(found) if tree.has(path)]


def static_root(tree: SourceTree, root: str, settings: str) -> Location | None:
    """Where the settings set STATIC_ROOT, when `django.contrib.staticfiles` is installed; None otherwise.

    Settings split into a package are read whole: a value may be set in any of its modules.
    """
    place, installed = None, False
    for path in settings_files(tree, root, settings):
        text = tree.read_text(path) or ""
        installed = installed or "django.contrib.staticfiles" in text
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip().startswith("STATIC_ROOT") and "=" in line and place is None:
                place = tree.at(path, number)
    return place if installed else None
