"""The background jobs of an app: in which processes they run, where the user named none.

A compose.yaml may state them; else they are what the queue's own documentation starts.
Sources: https://docs.celeryq.dev/en/stable/userguide/workers.html, …/periodic-tasks.html#starting-the-scheduler,
https://django-q2.readthedocs.io, https://github.com/rq/django-rq, https://huey.readthedocs.io/en/latest/django.html,
https://django-dramatiq.readthedocs.io, https://arq-docs.helpmanual.io
"""

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct, structs

from frontend.commands import process as processes
from frontend.commands import script_files
from frontend.commands.procfile import RELEASE, WEB
from frontend.commands.script import Script, exec_form, parse
from frontend.commands.unwrap import program
from frontend.context.tree import SourceTree
from frontend.errors import BuildError, Location
from frontend.languages.python import app_candidates, beside_manage, django, managed, modules
from frontend.languages.python.app_tables import NOT_APPS
from frontend.languages.python.managed import Scripts
from frontend.languages.python.start import QUEUES
from frontend.plan.model import Process, Warning
from frontend.settings.model import Settings

WORKER, BEAT = "worker", "beat"
CELERY = "celery"
MAKES = ("celery.Celery", "celery.app.Celery", "celery.app.base.Celery")
APP_NAMES = ("celery", "celery_app", "app")
STARTS = ("celery_worker", "worker", "run_celery", "make_celery", "celery_app")  # files that are made to be started
MORE = ("tasks.py", "*/tasks.py", "*/*/tasks.py", "*/*/celery*.py", "src/*/*/celery*.py", "*/*/worker*.py")
SCHEDULES = re.compile(r"\b(?:beat_schedule|CELERY_?BEAT_SCHEDULE|add_periodic_task)\b")
STATE = "/tmp/celerybeat-schedule"  # noqa: S108 - what the scheduler keeps: the root may be read-only
DATABASE = "django-celery-beat"
IN_DATABASE = "django_celery_beat.schedulers:DatabaseScheduler"
MANAGED = (  # a package of Django's, what the settings name it, and the subcommand that works
    ("django-q2", "django_q", "qcluster"),
    ("django-q", "django_q", "qcluster"),
    ("django-rq", "django_rq", "rqworker"),
    ("django-dramatiq", "django_dramatiq", "rundramatiq"),
    ("huey", "huey.contrib.djhuey", "run_huey"),
    ("django-background-tasks", "background_task", "process_tasks"),
)
ARQ = re.compile(r"^class (\w*WorkerSettings)\b", re.MULTILINE)
WORKS = {  # programs that work, by the packages that they are of
    **{name: name for name in ("celery", "rq", "dramatiq", "arq", "taskiq", "faststream")},
    "rqworker": "rq",
    "huey_consumer": "huey",
    "huey_consumer.py": "huey",
}
STARTERS = frozenset(("supervisord", "honcho", "circusd", "foreman"))  # of several programs, which they name themselves
SUBCOMMANDS = tuple(subcommand for _, _, subcommand in MANAGED)
ONCE = re.compile(
    r"(?<![a-z])(?:migrat|alembic|seed|init|test|setup|create|load|import|upgrade|shell"
    rf"|manage\.py(?! (?:{'|'.join(SUBCOMMANDS)})\b))",
    re.IGNORECASE,
)


class Jobs(Struct, frozen=True):
    """The processes that work, besides those that are known, and what there is to say of them."""

    processes: tuple[Process, ...] = ()
    warnings: tuple[Warning, ...] = ()


class App(Struct, frozen=True):
    """An app of Celery: its file, its name in it, its line, and whether the file is made to be started."""

    path: str
    name: str
    line: int
    starts: bool

    @property
    def rank(self) -> tuple[bool, bool, int, str]:
        """Its place among others, the best lowest: a file to start, one that is called so, the least deep."""
        return not self.starts, CELERY not in self.path.rpartition("/")[2], self.path.count("/"), self.path


def find(
    tree: SourceTree,
    settings: Settings,
    names: frozenset[str],
    project: django.Project | None,
    known: Sequence[Process],
    roots: Sequence[str],
) -> Jobs:
    """The processes that run an app's jobs. `known` are its processes, `names` its dependencies, `roots` the
    directories to import from besides its own."""
    stated = Jobs()
    if all(one.name in (WEB, RELEASE) for one in known):
        scripts = managed.scripts_of(tree, {})
        stated = of_compose(tree, settings, names, scripts, roots)
        if not stated.processes and not works(tree, known):
            stated = of_supervisor(tree, settings, names, scripts, roots)
    placed = tuple(beside_manage.placed(tree, one, project) for one in stated.processes)
    stated = structs.replace(stated, processes=placed)
    every = (*known, *stated.processes)
    if names.isdisjoint(QUEUES) or any(one.name == WORKER for one in every) or works(tree, every):
        return stated
    found = of_celery(tree, names, project, roots) if CELERY in names else ()
    found = found or of_django(tree, names, project) or of_arq(tree, names, roots)
    return Jobs((*stated.processes, *found), (*stated.warnings, *((apart(found),) if found else ())))


def works(tree: SourceTree, known: Sequence[Process]) -> bool:
    """Whether a process, or a shell script of the app that one runs, starts a worker, or what starts several."""
    scripts = [processes.script_of(one) for one in known]
    texts = [" ".join(one.args) for one in known]
    texts += [tree.read_text(file.path) or "" for one in scripts for file in script_files.run_by(tree, one)]
    words = {word.rpartition("/")[2] for text in texts for word in re.split(r"[\s;&|\"']+", text)}
    beside = {word for one in known if one.name != WEB for word in one.args}  # python tasks.py worker
    return not words.isdisjoint({*WORKS, *STARTERS, *SUBCOMMANDS}) or WORKER in beside


def of_compose(
    tree: SourceTree, settings: Settings, names: frozenset[str], scripts: Scripts, roots: Sequence[str]
) -> Jobs:
    """The processes that compose.yaml states, where a program of the app runs on in them."""
    found: list[Process] = []
    doubts: list[Warning] = []
    for name, stated in settings.candidate_processes:
        script = understood(stated.value, stated.at, scripts, doubts)
        if script is None:
            continue
        texts = [word.text for word in program(script)]
        if len(script.commands) == 1 and not ONCE.search(stated.value) and is_worker(tree, texts, names):
            form = exec_form(script)
            found.append(Process(name, form.with_env, form.shell, stated.at))
    return of_file([one for one in found if is_there(tree, one, roots)], doubts)


def understood(text: str, at: Location | None, scripts: Scripts, doubts: list[Warning]) -> Script | None:
    """A command of a file for another platform; None for one that cannot be read, which is one doubt more: the image
    can be made without it."""
    try:
        return managed.without_managers(parse(text, at), scripts, at)
    except BuildError as error:
        doubts.append(Warning("jobs-unread", f"{error.message}; the image has no process for it", at, error.hint))
        return None


def is_worker(tree: SourceTree, texts: Sequence[str], names: frozenset[str]) -> bool:
    """Whether the image has what a command starts: a program of a dependency that works, or a file of the app."""
    if not texts or not texts[0].startswith("python"):
        return bool(texts) and package_of(texts[0]) in names
    rest = [one for one in texts[1:] if one not in ("-u", "-O", "-B")]
    if rest[:1] == ["-m"] and len(rest) > 1:
        if package_of(rest[1]) in names:  # python -m celery, python -m huey.bin.huey_consumer
            return True
        path = rest[1].replace(".", "/")
        return tree.first(f"{path}.py", f"{path}/__main__.py") is not None
    return bool(rest) and tree.has(rest[0])


def package_of(program: str) -> str | None:
    """The package of a program, or module that Python runs, that works; None for any other."""
    return WORKS.get(program) or WORKS.get(program.rpartition(".")[2])


def is_there(tree: SourceTree, process: Process, roots: Sequence[str]) -> bool:
    """Whether the module that a process is to import is the app's, as far as its command says which one that is."""
    paths = beside_manage.imported(tree, process, ("", "src", *roots))
    return not paths or any(tree.has(path) for path in paths)


def of_file(found: Sequence[Process], doubts: Sequence[Warning]) -> Jobs:
    """The processes that a file states, with the note that says so, and the doubts."""
    if not found:
        return Jobs((), tuple(doubts))
    at = found[0].at
    said = processes.followed(at.file if at else "", [one.name for one in found], at)
    return Jobs(tuple(found), (said, *doubts))


# --- supervisord


def of_supervisor(
    tree: SourceTree, settings: Settings, names: frozenset[str], scripts: Scripts, roots: Sequence[str]
) -> Jobs:
    """The programs that a Dockerfile has supervisord run beside the one that serves, which the image starts alone.

    Source: http://supervisord.org/configuration.html#program-x-section-settings
    """
    path = supervised(tree, settings)
    found: list[Process] = []
    doubts: list[Warning] = []
    for name, command, line in programs_of(tree, path) if path else ():
        at = tree.at(path, line)
        script = understood(command, at, scripts, doubts)
        if script is None:
            continue
        words = program(script)
        texts = [word.text for word in words]
        own = texts[0].rpartition("/")[2] if texts else ""  # wherever the Dockerfile's image has it
        simple = len(script.commands) == 1 and not script.commands[0].assignments and all(word.plain for word in words)
        if simple and "runserver" not in texts and is_worker(tree, (own, *texts[1:]), names):
            found.append(Process(name, (own, *texts[1:]), at=at))
    return of_file([one for one in found if is_there(tree, one, roots)], doubts)


def supervised(tree: SourceTree, settings: Settings) -> str:
    """The configuration that a Dockerfile starts supervisord with, as a file of the app; "" for none."""
    words = [word for one in settings.candidate_texts for word in one.value.split()]
    if not any(word.rpartition("/")[2] == "supervisord" for word in words):
        return ""
    named = [after for word, after in pairwise(words) if word in ("-c", "--configuration")]
    name = (named or ["supervisord.conf"])[-1].rpartition("/")[2]
    return tree.first(name) or next(iter((*tree.glob(f"*/{name}"), *tree.glob(f"*/*/{name}"))), "")


def programs_of(tree: SourceTree, path: str) -> Iterator[tuple[str, str, int]]:
    """The programs of supervisord's configuration: a name, the command, its line."""
    name = ""
    for number, line in enumerate(tree.read_lines(path) or (), 1):
        text = line.partition(" ;")[0].strip()
        if text.startswith("["):
            section = re.fullmatch(r"\[program:([\w-]+)\]", text)
            name = section[1] if section is not None else ""
        key, equals, value = text.partition("=")
        if name and equals and key.strip() == "command" and "%(" not in value:
            yield name, value.strip(), number


# --- Celery


def of_celery(
    tree: SourceTree, names: frozenset[str], project: django.Project | None, roots: Sequence[str]
) -> tuple[Process, ...]:
    """Celery's worker, and its scheduler where something is scheduled."""
    paths = files(tree, project)
    best = min((app for path in paths for app in apps(tree, path)), key=lambda app: app.rank, default=None)
    if best is None:
        return ()
    at = tree.at(best.path, best.line)
    command = ("celery", "-A", f"{module_of(best.path, roots)}:{best.name}")
    dir = project.root if project is not None and best.path.startswith(f"{project.root}/") else ""
    found = [Process(WORKER, (*command, WORKER, "--loglevel=INFO"), at=at, dir=dir)]
    settings = django.settings_files(tree, project.root, project.settings) if project is not None else []
    if DATABASE in names:
        found.append(Process(BEAT, (*command, BEAT, "--loglevel=INFO", f"--scheduler={IN_DATABASE}"), at=at, dir=dir))
    elif any(SCHEDULES.search(tree.read_text(path) or "") for path in (*paths, *settings)):
        found.append(Process(BEAT, (*command, BEAT, "--loglevel=INFO", f"--schedule={STATE}"), at=at, dir=dir))
    return tuple(found)


def files(tree: SourceTree, project: django.Project | None) -> list[str]:
    """The files that may have an app of Celery, the likeliest first."""
    below = tree.glob(f"{project.root}/*/celery*.py") if project is not None and project.root else ()
    deep = (path for pattern in MORE for path in tree.glob(pattern))
    found = (*app_candidates.files(tree)[0], *below, *deep)
    return [path for path in dict.fromkeys(found) if is_apps(path) and CELERY in (tree.read_text(path) or "").lower()]


def is_apps(path: str) -> bool:
    """Whether a file may be the app's, and not of its tests or of an installed package."""
    return all(part.isidentifier() and part not in NOT_APPS for part in path[:-3].split("/"))


def apps(tree: SourceTree, path: str) -> Iterator[App]:
    """The apps of Celery in a file: made there, or brought to where they are started with what they need."""
    module = modules.Modules(tree).read(path)
    if module is None:
        return
    starts = module.stem in STARTS and not module.directory
    for node in modules.top_level(module.tree):
        if isinstance(node, ast.ImportFrom) and starts and not (node.module or "").startswith(CELERY):
            for alias in node.names:
                name = alias.asname or alias.name
                if CELERY in name and name.isidentifier() and name in APP_NAMES:
                    yield App(path, name, node.lineno, starts)
        targets = node.targets if isinstance(node, ast.Assign) else ()
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(node, ast.Assign) and is_app(node.value, module):
                yield App(path, target.id, node.lineno, starts)


def is_app(value: ast.expr, module: modules.Module) -> bool:
    """Whether an expression is an app of Celery: made by its class, by a function that is called for it, or what
    Flask's documentation has an app keep."""
    called = modules.called(value, module.names)
    if called in MAKES:
        return True
    if isinstance(value, ast.Subscript):
        key = value.slice
        kept = isinstance(value.value, ast.Attribute) and value.value.attr == "extensions"
        return kept and isinstance(key, ast.Constant) and key.value == CELERY
    name = called.rpartition(".")[2].lower()
    return CELERY in name and name.startswith(("make", "create", "init", "get", "celery_init", "build", "setup"))


def module_of(path: str, roots: Sequence[str]) -> str:
    """The dotted name of a file, as it is imported from one of some directories."""
    root = max((one for one in roots if one and path.startswith(f"{one}/")), key=len, default="")
    return path.removeprefix(f"{root}/" if root else "")[:-3].removesuffix("/__init__").replace("/", ".")


# --- others


def of_django(tree: SourceTree, names: frozenset[str], project: django.Project | None) -> tuple[Process, ...]:
    """The worker that is a subcommand of Django's manage.py, where the settings name its app."""
    if project is None:
        return ()
    for path in django.settings_files(tree, project.root, project.settings):
        text = tree.read_text(path) or ""
        for package, app, subcommand in MANAGED:
            if package in names and re.search(rf"[\"']{re.escape(app)}[\"'.]", text):
                command = ("python", django.MANAGE, subcommand)
                return (Process(WORKER, command, at=tree.line_of(path, app), dir=project.root),)
    return ()


def of_arq(tree: SourceTree, names: frozenset[str], roots: Sequence[str]) -> tuple[Process, ...]:
    """The worker of arq, by the class of its settings."""
    for path in app_candidates.files(tree)[0] if "arq" in names else ():
        found = ARQ.search(tree.read_text(path) or "")
        if found is not None:
            return (Process(WORKER, ("arq", f"{module_of(path, roots)}.{found[1]}"), at=tree.line_of(path, found[0])),)
    return ()


def apart(found: Sequence[Process]) -> Warning:
    """The warning that the image's start runs no background jobs, of which the first process is the worker."""
    worker = found[0]
    kinds = (
        f"the process {worker.name}" if len(found) == 1 else f"the processes {' and '.join(one.name for one in found)}"
    )
    return Warning(
        "jobs-apart",
        f"the image's start runs no background jobs: they are {kinds}",
        worker.at,
        f"build its image with --target {worker.name}, or start a second container with {' '.join(worker.args)}",
    )
