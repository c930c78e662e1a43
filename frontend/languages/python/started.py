"""What the processes start, as far as their commands say it: files must be Python, modules must exist."""

from collections.abc import Iterable

from msgspec import Struct

from frontend.commands.options import AllBut, split_options
from frontend.commands.parts import entered
from frontend.commands.process import script_of
from frontend.commands.script import parse
from frontend.commands.script_files import place_inside
from frontend.commands.unwrap import MOVES as GOES_ELSEWHERE
from frontend.commands.unwrap import program, runs
from frontend.commands.words import Word
from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.python import code, django
from frontend.languages.python.requirements import normal
from frontend.paths import joined
from frontend.plan.model import Process, Warning

SERVERS = ("gunicorn", "uvicorn", "hypercorn", "granian", "daphne", "waitress-serve")
INTERFACES = ("wsgi:", "asgi:")  # what Hypercorn lets one write in front of a module
PYTHONS = ("python", "python3")
RUNNERS = (*PYTHONS, "fastapi", "streamlit")  # programs that are given a file to run
GUNICORN_CONF = "gunicorn.conf.py"
MOVES = ("chdir", "pythonpath", "wsgi_app")  # settings of gunicorn that say where, or what, it imports
DJANGO = "django.core."  # modules of Django's own that serve any settings
PLACES = ("--chdir", "--app-dir", "--pythonpath", "--working-dir")  # options that name directories to import from
CONFIGURES = ("-c", "--config", "--paste", "--env-file", "-e", "--env")  # options that may name such a directory, too
FLAGS = frozenset(  # options that take no value; any other one is thought to take the word after it
    ("--reload", "--preload", "--factory", "--proxy-headers", "--no-proxy-headers", "--access-log", "--no-access-log",
     "--use-colors", "--no-use-colors", "--daemon", "-D", "--reuse-port", "--no-sendfile", "--capture-output", "-R",
     "--enable-stdio-inheritance", "--no-server-header", "--no-date-header", "--version", "--check-config", "--call",
     "--no-ws", "--respawn-failed-workers", "--no-uvloop")
)  # fmt: skip
TAKES = ("-W", "-X", "-c", "-m", "--check-hash-based-pycs")  # options of Python that take a value
TAKES_PROGRAM = ("-c", "-m")  # and those whose value is what is run
DECIDES = (*GOES_ELSEWHERE, "export")  # of a shell: what is run behind them is found in other ways
VARIABLES = ("PYTHONPATH", "GUNICORN_CMD_ARGS", "UVICORN_APP_DIR", "UVICORN_APP")


class Served(Struct, frozen=True):
    """A module that a server is to import, as "shop.wsgi", and the directories of the app it is looked for in."""

    module: str
    roots: tuple[str, ...]

    def file(self, tree: SourceTree) -> str | None:
        """The module's file; None when none of the app's files is."""
        path = self.module.replace(".", "/")
        below = [f"{root}/{path}".lstrip("/") for root in self.roots]
        return tree.first(*(f"{one}{end}" for one in below for end in (".py", "/__init__.py")))

    def exists(self, tree: SourceTree) -> bool:
        """Whether there is anything of the name that the module begins with."""
        first = self.module.partition(".")[0]
        return any(name.partition(".")[0] == first for root in self.roots for name in tree.entries(root))


def check(
    tree: SourceTree,
    version: str,
    processes: tuple[Process, ...],
    project: django.Project | None,
    roots: tuple[str, ...],
    known: frozenset[str] | None,
) -> list[Warning]:
    """The doubts about what the processes start. Raises PlanError for a file that is not Python, a module that is not.

    `roots` are the directories of the app to import from, `known` the names of all packages that are installed; None
    when more may be: then no module is missed.
    """
    paths: list[str] = []
    for process in processes:
        words = words_of(process)
        served = served_by(tree, words, roots)
        path = (served.file(tree) if served is not None else None) or file_of(words)
        if served is not None and path is None and known is not None and is_missing(tree, served, known):
            first = served.module.partition(".")[0]
            raise PlanError(
                f"the {process.name} process serves {served.module}, but the app has no module {first}",
                at=process.at,
                hint=f"check its spelling; looked for {first}.py and {first}/ in {listed(served.roots)}",
            )
        paths += [path] if path is not None else []
        if project is not None and serves_project(project, words, served):
            paths += project_files(project)
    found = (code.doubt(tree, path, version) for path in dict.fromkeys(paths))
    return [warning for warning in found if warning is not None]


def words_of(process: Process) -> tuple[Word, ...]:
    """The words of the program that a process is in the end; () where the shell decides on them."""
    if any(f"{name}=" in word for name in VARIABLES for word in process.args):
        return ()
    script = script_of(process)
    return () if runs(script, DECIDES) else program(script)


def placed(process: Process) -> tuple[str, tuple[Word, ...]]:
    """The directory of the app that a process runs in, and the words of its program: `cd web && uvicorn main:app`."""
    script = script_of(process)
    dir, first = process.dir, 0
    for item in script.items[:-1]:
        target = entered(item)
        path = place_inside(joined(dir, target) if not target.startswith("/") else target) if target else None
        if path is None:
            break
        dir, first = path, first + 1
    if not first:
        return dir, words_of(process)
    rest = parse(script.text[script.items[first].start :], process.at)
    return dir, (() if runs(rest, DECIDES) else program(rest))


def of_module(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words of a program, where Python runs its module (`python -m celery …`) those from its name on; () where
    Python runs no module."""
    if not words or words[0].text not in PYTHONS:
        return words
    options, rest = split_options(words[1:], TAKES, ends=TAKES_PROGRAM)
    module = options[-1].value if options and options[-1].name == "-m" else None
    return (module, *rest) if module is not None else ()


def served_by(tree: SourceTree, words: tuple[Word, ...], roots: tuple[str, ...]) -> Served | None:
    """The module that a server is told to import; None for other programs, and where it is not sure."""
    words = of_module(words)
    if not words or words[0].text not in SERVERS:
        return None
    if words[0].text == "gunicorn" and moves(tree, GUNICORN_CONF):
        return None
    options, rest = split_options(words[1:], AllBut(FLAGS), joined=("-c",), anywhere=True)
    places = [*roots]
    for name, value, _ in options:
        text = value.text if value is not None else ""
        if name in PLACES:
            places += text.split(",")
        elif name in CONFIGURES and (name not in ("-c", "--config") or moves(tree, text)):
            return None
    target = rest[0].text if rest else ""
    if target.startswith(INTERFACES) and ":" in target.partition(":")[2]:
        target = target.partition(":")[2]
    module, colon, _ = target.partition(":")
    if not colon and words[0].text != "gunicorn":  # the value of a flag that is not known here, perhaps
        return None
    inside = [place_inside(place) for place in places]
    if not all(part.isidentifier() for part in module.split(".")) or None in inside:
        return None
    return Served(module, tuple(dict.fromkeys(place for place in inside if place is not None)))


def moves(tree: SourceTree, path: str) -> bool:
    """Whether a configuration of gunicorn may say where it imports from: one that cannot be read may."""
    if path == GUNICORN_CONF and not tree.has(path):
        return False
    place = place_inside(path)
    text = tree.read_text(place) if place and tree.has(place) else None
    return text is None or any(word in text for word in MOVES)


def file_of(words: tuple[Word, ...]) -> str | None:
    """The script that a program is given to run; None for none that is the app's."""
    if not words or words[0].text.rpartition("/")[2] not in RUNNERS:
        return None
    texts = [word.text for word in words[1:]]
    if words[0].text in PYTHONS and texts[:1] == ["-c"]:  # one of our own launchers: its scripts are in quotes
        return next((part for part in texts[1].split('"')[1::2] if part.endswith(".py")), None)
    script = next((text for text in texts if text.endswith(".py")), "")
    return place_inside(script) if script else None


def is_missing(tree: SourceTree, served: Served, known: frozenset[str]) -> bool:
    """Whether a module is surely neither the app's nor a dependency's.

    An app without a module of its own may serve one of a package whose name tells nothing of it.
    """
    first = normal(served.module.partition(".")[0])
    own = [path for pattern in ("*.py", "src/*.py", "*/*.py") for path in tree.glob(pattern)]
    return (
        any(path not in (GUNICORN_CONF, "setup.py") for path in own)
        and not served.exists(tree)
        and not served.module.startswith(DJANGO)
        and not any(first in name or name in first for name in known)
    )


def listed(roots: Iterable[str]) -> str:
    """Directories of the app as a sentence has them."""
    names = [root or "the app's directory" for root in roots]
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else names[0]


def serves_project(project: django.Project, words: tuple[Word, ...], served: Served | None) -> bool:
    """Whether a process is the Django project: a server of its modules, its manage.py, or our own launcher of them."""
    modules = {module for module in (project.wsgi, project.asgi, DJANGO) if module}
    if served is not None:
        return served.module in modules or served.module.startswith(DJANGO)
    text = " ".join(word.text for word in words)
    return django.MANAGE in text or any(f'"{module}' in text or f"from {module} import" in text for module in modules)


def project_files(project: django.Project) -> list[str]:
    """The files that are imported whenever a Django project starts."""
    modules = [module for module in (project.settings, project.wsgi or project.asgi) if module]
    files = (django.file_of(project.root, module) for module in modules)
    return [path for file in files for path in (file, f"{file.removesuffix('.py')}/__init__.py")]
