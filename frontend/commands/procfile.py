"""The Procfile: the processes of an app, a line each, as Heroku has it.

Source: https://devcenter.heroku.com/articles/procfile
"""

from typing import NamedTuple

from frontend.commands.script import Script, parse
from frontend.commands.secret import check
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages import registry
from frontend.secrets.masking import shown

PROCFILE = registry.PROCFILES[0]
WEB = "web"  # the process that serves: what an image starts
RELEASE = "release"  # what runs once before a new release starts


class Entry(NamedTuple):
    """A process: its name, what it runs, and where that is written; `at` is None for a build-arg."""

    name: str
    script: Script
    at: Location | None


def find(tree: SourceTree) -> str | None:
    """The Procfile in an app's directory, however its name is written; None when there is none."""
    tree.need(*registry.PROCFILES)
    return tree.first(*registry.PROCFILES)


def read(tree: SourceTree) -> tuple[Entry, ...]:
    """The processes of the Procfile in an app's directory, in its order; () when there is none.

    Raises PlanError with the line for one that is not NAME: COMMAND, a process named twice, a command that is none, and
    a secret in a command.
    """
    path = find(tree)
    if path is None:
        return ()
    found: dict[str, Entry] = {}
    lines: dict[str, int] = {}
    for number, line in enumerate(tree.read_lines(path) or (), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        at = tree.at(path, number)
        name, colon, command = text.partition(":")
        name = name.strip()
        if not colon or not name.replace("-", "_").isidentifier():
            raise PlanError(
                f"expected NAME: COMMAND, found: {shown(text)}", at=at, hint="write it as: web: PROGRAM ARGUMENTS"
            )
        if name in found:
            raise PlanError(
                f'the process "{name}" is defined twice', at=at, hint=f"the first one is on line {lines[name]}"
            )
        lines[name] = number
        found[name] = Entry(name, parse(command, at), at)
        check(command, found[name].script, at)
    return tuple(found.values())


def web(tree: SourceTree) -> Entry | None:
    """The web process of the Procfile in an app's directory; None when it has none. Raises PlanError as `read` does."""
    return next((entry for entry in read(tree) if entry.name == WEB), None)
