"""The Procfile: the processes of an app, a line each, as Heroku has it.

Source: https://devcenter.heroku.com/articles/procfile
"""

import re
from typing import NamedTuple

from frontend.commands.script import Script, of_command
from frontend.commands.secret import check
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages import registry
from frontend.secrets.masking import shown

PROCFILE = registry.PROCFILES[0]
WEB = "web"  # the process that serves: what an image starts
RELEASE = "release"  # what runs once before a new release starts
NAME = re.compile(r"[A-Za-z0-9_-]+")
LINE_ENDS = re.compile(r"\r\n|\r|\n")  # no others: a form feed or U+2028 is part of a command


class Entry(NamedTuple):
    """A process: its name, what it runs, and where that is written; `at` is None for a build-arg."""

    name: str
    script: Script
    at: Location | None


def find(tree: SourceTree) -> str | None:
    """The Procfile in an app's directory, however its name is written; None when there is none."""
    tree.need(*registry.PROCFILES)
    return tree.first(*registry.PROCFILES)


def read(tree: SourceTree, path: str | None = None) -> tuple[Entry, ...]:
    """The processes of the Procfile in an app's directory, or at a path of it, in its order; () when there is none.

    A command is one line; blank lines and those that begin with # are passed over. Raises PlanError with the line for
    one that is not NAME: COMMAND, a process named twice, a command that is none, and a secret in a command.
    """
    path = path or find(tree)
    if path is None:
        return ()
    found: dict[str, Entry] = {}
    lines: dict[str, int] = {}
    rows = LINE_ENDS.split(tree.read_text(path) or "")
    for number, line in enumerate(rows, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        at = tree.at(path, number)
        name, colon, command = text.partition(":")
        name = name.strip()
        if not colon or not NAME.fullmatch(name):
            raise malformed(text, at, after=rows[number - 2] if number > 1 else "")
        if name in found:
            raise PlanError(
                f'the process "{name}" is defined twice', at=at, hint=f"the first one is on line {lines[name]}"
            )
        lines[name] = number
        found[name] = Entry(name, of_command(command, at), at)
        check(command, found[name].script, at)
    cut = next((one for one in found.values() if one.script.text.rstrip().endswith("\\")), None)
    if cut is not None:
        raise PlanError(
            f'the command of "{cut.name}" ends with a backslash',
            at=cut.at,
            hint="write the whole command on its line; $PORT is written without a backslash",
        )
    return tuple(found.values())


def malformed(text: str, at: Location, after: str) -> PlanError:
    """The error for a line that names no process; `after` is the line before it."""
    hint = "write it as: web: PROGRAM ARGUMENTS"
    if after.rstrip().endswith("\\"):
        hint = "write the command on one line: a Procfile has no line continuations"
    elif ":" in text:
        hint = "write the name of the process with letters, digits, - and _ only"
    return PlanError(f"expected NAME: COMMAND, found: {shown(text)}", at=at, hint=hint)


def web(tree: SourceTree) -> Entry | None:
    """The web process of the Procfile in an app's directory; None when it has none. Raises PlanError as `read` does."""
    return next((entry for entry in read(tree) if entry.name == WEB), None)
