"""The module that a process imports to start, as files that have to be in the built image."""

import sys

from msgspec import structs

from frontend.commands.options import AllBut, split_options
from frontend.commands.words import Word
from frontend.context.tree import SourceTree
from frontend.languages.python.started import (
    FLAGS,
    PYTHONS,
    TAKES,
    TAKES_PROGRAM,
    Served,
    of_module,
    served_by,
    words_of,
)
from frontend.paths import within
from frontend.plan.model import Need, Process

SITE = "/app/.venv/lib/python{}/site-packages"
MACHINES = ("x86_64-linux-gnu", "aarch64-linux-gnu")  # of compiled modules, as their files are named
APP_OPTIONS = ("-A", "--app")  # of Celery: the module of its app
MOVING = ("--workdir", "-b", "--config")  # options of Celery that are no plain start of an app of these files


def with_needs(
    tree: SourceTree,
    processes: tuple[Process, ...],
    roots: tuple[str, ...],
    python: str,
    *,
    complete: bool,
    builds: bool,
) -> tuple[Process, ...]:
    """The processes, each with the module that it imports to start as a need, where it is sure which one that is.

    `roots` are the directories of the app to import from, `python` the version of the image. Where the installation may
    have further places to import from (`complete` is False) a module is needed only if it is one of the app's files.
    """
    return tuple(_with_need(tree, process, roots, python, complete, builds) for process in processes)


def _with_need(
    tree: SourceTree, process: Process, roots: tuple[str, ...], python: str, complete: bool, builds: bool
) -> Process:
    words = words_of(process)
    need = need_of(tree, words, roots, python, complete, builds) if words else None
    return process if need is None else structs.replace(process, needs=(*process.needs, need))


def need_of(
    tree: SourceTree, words: tuple[Word, ...], roots: tuple[str, ...], python: str, complete: bool, builds: bool
) -> Need | None:
    """The module that a program is to import; None for programs that import none, and where it is not sure."""
    served, runs = served_by(tree, words, roots), False
    attribute = False  # whether the last part of the name may be a variable
    named = of_module(words)
    if served is None and named and named[0].text == "celery":
        served, attribute = celery_app(named, roots)
    if served is None and words[0].text in PYTHONS:
        served, runs = run_module(words, roots), True
    if served is None:
        return None
    own = tree.first(*(path for root in served.roots for path in files_of(root, served.module, python, runs)))
    if own is not None and not builds:
        return Need(f"the module {served.module}", (own,))
    if own is None and not complete:
        return None
    places = [*served.roots, SITE.format(".".join(python.split(".")[:2]))]
    paths = [path for place in places for path in files_of(place, served.module, python, runs)]
    if attribute:
        above = served.module.rpartition(".")[0]
        paths += [within(place, served.module.replace(".", "/")) for place in places]
        paths += [path for place in places if above for path in files_of(place, above, python, False)]
    return Need(f"the module {served.module}", tuple(dict.fromkeys(paths)))


def files_of(place: str, module: str, python: str, runs: bool) -> tuple[str, ...]:
    """The files that a module of a directory may be, the most usual one first; `runs` says that it is run by `-m`."""
    path = within(place, module.replace(".", "/"))
    tag = f"cpython-{''.join(python.split('.')[:2])}"
    compiled = (".pyc", ".so", ".abi3.so", *(f".{tag}-{machine}.so" for machine in MACHINES))
    package = ("__main__.py", "__main__.pyc") if runs else ("__init__.py", "__init__.pyc")
    return (f"{path}.py", *(f"{path}/{name}" for name in package), *(f"{path}{end}" for end in compiled))


def celery_app(words: tuple[Word, ...], roots: tuple[str, ...]) -> tuple[Served | None, bool]:
    """The module of the app that Celery is given, and whether its last part may be a variable in a module."""
    options, _ = split_options(words[1:], AllBut(FLAGS), joined=("-A",), anywhere=True)
    named = [one.value for one in options if one.name in APP_OPTIONS and one.value is not None]
    if len(named) != 1 or not named[0].plain or any(one.name in MOVING for one in options):
        return None, False
    module, colon, _ = named[0].text.partition(":")
    if not all(part.isidentifier() for part in module.split(".")):
        return None, False
    return Served(module, roots), not colon


def run_module(words: tuple[Word, ...], roots: tuple[str, ...]) -> Served | None:
    """The module that Python runs by `-m`; None for none, and for those of its own library."""
    options, rest = split_options(words[1:], TAKES, ends=TAKES_PROGRAM)
    value = options[-1].value if options and options[-1].name == "-m" else None
    if options and rest and options[-1].name.endswith("m") and options[-1].name[1:].isalpha():  # `python -um`
        value = value or rest[0]
    if value is None or not value.plain or any(one.name.startswith(("-I", "-P")) for one in options):
        return None
    first = value.text.partition(".")[0]
    if first in sys.stdlib_module_names or not all(part.isidentifier() for part in value.text.split(".")):
        return None
    return Served(value.text, roots)
