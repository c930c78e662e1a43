"""Processes of a Django project that is in a directory of the app: they run there, beside manage.py, as a developer has
them. What enters a directory itself, or names a file of the app's own directory, runs where it is written for."""

import re
from collections.abc import Sequence

from msgspec import structs

from frontend.context.tree import SourceTree
from frontend.languages.python import django, loaded, started
from frontend.languages.python.django import Project
from frontend.paths import within
from frontend.plan.model import Process, Warning

MOVES = re.compile(r"(?<![\w-])(?:cd|pushd|--chdir|--app-dir|--workdir)(?![\w-])")


def placed(tree: SourceTree, process: Process, project: Project | None) -> Process:
    """A process, with the directory that it runs in."""
    root = project.root if project is not None else ""
    text = " ".join(process.args)
    if not root or MOVES.search(text) or process.dir:
        return process
    words = text.split()
    files = [word for word in words if "." in word and tree.has(word.removeprefix("./"))]
    manages = django.MANAGE in words and not files
    there = manages or any(tree.has(path) for path in imported(tree, process, (root,)))
    here = files or any(tree.has(path) for path in imported(tree, process, ("",)))
    return structs.replace(process, dir=root) if there and not here else process


def imported(tree: SourceTree, process: Process, roots: Sequence[str]) -> tuple[str, ...]:
    """The files that the module may be which a process is to import, as far as its command says which one that is."""
    words = started.words_of(process)
    named = started.of_module(words)
    path = named[0].text.replace(".", "/") if named else ""
    if named and not any(tree.has(f"{within(root, path)}{end}") for root in roots for end in (".py", "/__main__.py")):
        words = named  # a package's: what it imports is what is behind it
    need = loaded.need_of(tree, words, tuple(roots), "", complete=True, builds=False) if words else None
    return need.paths if need is not None else ()


def told(process: Process, project: Project | None) -> tuple[Warning, ...]:
    """The warning that a process of the user runs in another directory than the app's own; () where it does not."""
    if project is None or not process.dir:
        return ()
    manage = within(project.root, django.MANAGE)
    message = f"the process {process.name} runs in {process.dir}, where what it names is: beside {manage}"
    return (Warning("start-directory", message, process.at, f"write cd {process.dir} && in front of the command"),)
