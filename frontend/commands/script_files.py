"""Shell scripts of the app that a command runs: `bash start`, `./start.sh`, `. ./settings.sh`."""

from collections.abc import Iterator
from posixpath import normpath

from msgspec import Struct

from frontend.commands.options import split_options
from frontend.commands.script import Script, of_words, parse
from frontend.commands.unwrap import SHELL_RUNNERS, SHELLS, nested, unwrap
from frontend.commands.words import Word
from frontend.context.tree import SourceTree
from frontend.errors import BuildError

SOURCES = (".", "source")
MOST = 8  # scripts that run each other
HANDS_ON = '"$@"'  # to the command that a script is given


class ScriptFile(Struct, frozen=True):
    """A shell script of the app: its path, its text, and what a shell reads in it."""

    path: str
    text: str
    script: Script


def run_by(tree: SourceTree, script: Script) -> tuple[ScriptFile, ...]:
    """The shell scripts in an app's directory that a command runs, and those that these run, each once.

    One that hands on to what it is given (`exec "$@"`) runs the script that stands behind it. A file that is no text,
    is written for another interpreter, or that no shell would accept is left out.
    """
    found: dict[str, ScriptFile | None] = {}
    todo = [script]
    while todo and len(found) < MOST:
        for path, behind in named(todo.pop(0)):
            if path not in found:
                one = found[path] = read(tree, path)
                todo += [one.script] if one is not None else []
                todo += [of_words(behind)] if one is not None and behind and HANDS_ON in one.text else []
    return tuple(one for one in found.values() if one is not None)


def named(script: Script) -> Iterator[tuple[str, tuple[Word, ...]]]:
    """The paths of the files that a script's commands run, or read as their own, each with the words behind it."""
    for command in (command for one in nested(script) for command in one.commands):
        words = command.program
        while (runner := unwrap(words, SHELL_RUNNERS)) is not None and runner.words:
            words = runner.words
        if runner is None and (word := file_of(words)) is not None and word.plain:
            path = place_inside(word.text)
            if path:
                yield path, words[words.index(word) + 1 :]


def file_of(words: tuple[Word, ...]) -> Word | None:
    """The file that a command runs; None where that is a program of `PATH`."""
    name = words[0].text if words else ""
    if name in SOURCES:
        return next(iter(words[1:]), None)
    if name.rpartition("/")[2] in SHELLS:
        return next(iter(split_options(words[1:], SHELL_RUNNERS[SHELLS[0]].takes).rest), None)
    return words[0] if "/" in name else None


def read(tree: SourceTree, path: str) -> ScriptFile | None:
    """A file of the app as a shell script; None for what is none."""
    try:
        text = tree.read_text(path) if tree.has(path) else None
        first = (text or "").partition("\n")[0]
        if text is None or (first.startswith("#!") and not set(SHELLS) & set(first[2:].replace("/", " ").split())):
            return None
        return ScriptFile(path, text, parse(text, tree.at(path)))
    except BuildError:  # the shell will tell
        return None


def place_inside(path: str) -> str | None:
    """A path of a command as one of the app's; None for one that is outside, or that the shell is to expand."""
    if any(mark in path for mark in "$`*?~"):
        return None
    inside = normpath(path.removeprefix("/app/")) if path not in ("", "/app") else "."
    return None if inside.startswith(("/", "..")) else "" if inside == "." else inside
