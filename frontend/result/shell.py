"""The programs that a start in a shell runs, as far as its text says so before it runs."""

from __future__ import annotations

from posixpath import isabs, join, normpath

from msgspec import Struct

from frontend.commands.script import BUILTINS, ENDS, Item, parse
from frontend.errors import PlanError


class Run(Struct, frozen=True):
    """A program that has to be there when the shell comes to it: its words, of which those behind `$X` are not known.

    `alone` says that nothing ran before it that could have made its script; it runs in `directory` then.
    """

    words: tuple[str, ...]
    directory: str
    alone: bool


def runs(text: str, directory: str) -> tuple[Run, ...]:
    """The programs without which a shell's text, run in a directory, ends: its last one, and those `&&` joins to it.

    A program that is a path below the directory counts where it is alone, for a command before it may have made it.
    """
    try:
        script = parse(text)
    except PlanError:
        return ()
    if script.defines or script.has_heredoc:
        return ()
    found: list[Run] = []
    alone, here = True, directory
    last = script.last
    for item in script.items[: len(script.items) - len(last)]:
        here, alone = moved(item, here) or "", False
    for item in last:
        words = known_words(item)
        if item.then not in ("&&", *ENDS) or not here:
            return ()
        if words[:1] == ("cd",):
            here = moved(item, here) or ""
            continue
        if words and words[0] not in BUILTINS and (alone or "/" not in words[0] or isabs(words[0])):
            found.append(Run(words, here, alone))
        alone = False
    return tuple(found)


def moved(item: Item, directory: str) -> str | None:
    """The directory behind a command; None where the text does not say it."""
    words = known_words(item)
    if words[:1] != ("cd",):
        return None if item.command is None else directory
    return normpath(join(directory, words[1])) if len(words) == 2 else None


def known_words(item: Item) -> tuple[str, ...]:
    """The words of a simple command up to the first that only the shell knows; () for others, or where it sets PATH."""
    command = item.command
    if command is None or any(word.name == "PATH" for word in command.words):
        return ()
    program = command.program
    if program and program[0].text == "exec" and len(program) > 1 and not program[1].text.startswith("-"):
        program = program[1:]
    known = next((index for index, word in enumerate(program) if not word.plain), len(program))
    return tuple(word.text for word in program[:known])
