"""What a command does of that which a build does by itself, or cannot do, by the tables of the languages."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Literal

from frontend.commands.script import Command
from frontend.commands.unwrap import SHELL_RUNNERS, unwrap
from frontend.languages import registry

Does = Literal["installs", "adds", "migrates", ""]
"""Installs an app's dependencies, adds packages to them, or changes a database; "" for all else."""


def plain(command: Command | None) -> tuple[str, ...]:
    """A simple command's program and arguments, without those that run it; () where a shell decides on one of them."""
    words = command.program if command is not None else ()
    while (found := unwrap(words, SHELL_RUNNERS)) is not None and found.words:
        words = found.words
    return tuple(word.text for word in words) if all(word.plain for word in words) else ()


def kind(words: Sequence[str]) -> Does:
    """What a program does with its arguments."""
    if not words:
        return ""
    named = (words[0].rpartition("/")[2], *(word for word in words[1:] if not word.startswith("-")))
    text = f" {' '.join(named)} "
    if any(f" {pattern} " in text for entry in registry.ENTRIES for pattern in entry.migrates):
        return "migrates"
    for one in (one for entry in registry.ENTRIES for one in entry.installs):
        if named[: len(one.words)] == one.words:
            if all(any(fnmatchcase(rest, known) for known in one.operands) for rest in named[len(one.words) :]):
                return "installs"
            if one.ships:
                return "adds"
    return ""
