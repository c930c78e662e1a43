"""A list of commands as its parts, each with the directory it runs in, and parts as a list again."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from frontend.commands.does import plain
from frontend.commands.script import ENDS, Item, Script, parse
from frontend.commands.unwrap import SHELLS
from frontend.commands.words import quoted
from frontend.context.tree import SourceTree
from frontend.errors import BuildError
from frontend.paths import joined, relative

TESTS = ("test", "[", "[[", "which", "command", "type", "hash")  # programs that others depend on
OF_SHELL = ("set", "source", ".", "hash")  # in a script that is run as one list they have no effect
NOT_INLINE = ("exit", "return", "shift", "trap", "getopts", "read", "eval", "exec")


class Part(Struct, frozen=True):
    """A command of a list, or several that `||` or `&` join together: its text, and the directory it runs in."""

    text: str
    dir: str
    first: Item


def parts(tree: SourceTree, script: Script, dir: str, *, nested: bool = False) -> Iterator[Part]:
    """The commands of a script with the directories they run in; a simple script of the app by what is in it.

    It begins in `dir`, which is /app in the image.
    """
    home = dir
    for unit in units(script):
        target = entered(unit[0]) if len(unit) == 1 else None
        words = plain(unit[0].command)
        if target is not None:
            dir = joined(home, target.removeprefix("/app")) if target.startswith("/app") else joined(dir, target)
        elif words[:1] and words[0] in OF_SHELL and len(unit) == 1:
            continue
        elif is_test(unit[0]) and unit[0].then == "&&" and unit[-1].then in ENDS[1:]:
            yield Part(f"if {written(script, unit[:1])}; then {written(script, unit[1:])}; fi", dir, unit[0])
        elif len(unit) == 1 and not nested and (inner := simple_script(tree, words, dir)) is not None:
            yield from parts(tree, inner, dir, nested=True)
        else:
            yield Part(written(script, unit), dir, unit[0])


def written(script: Script, unit: Sequence[Item]) -> str:
    """Some commands of a script as they are written."""
    return script.text[unit[0].start : unit[-1].end].strip()


def is_test(item: Item) -> bool:
    """Whether a command is a condition for those behind it."""
    words = item.command.program if item.command is not None else ()
    return bool(words) and words[0].text in TESTS


def units(script: Script) -> list[list[Item]]:
    """The commands of a script, those together that `||` or `&` join, and a condition with what depends on it.

    What is behind `[ -d web ] && npm ci; python m.py` is run whether or not the condition holds.
    """
    found: list[list[Item]] = [[]]
    for item in script.items:
        found[-1].append(item)
        if item.then in ENDS or (item.then == "&&" and not is_test(found[-1][0])):
            found.append([])
    return [unit for unit in found if unit]


def simple_script(tree: SourceTree, words: tuple[str, ...], dir: str) -> Script | None:
    """The script of the app that a command runs, where it is a list of commands without arguments; None for others."""
    name = words[1] if len(words) == 2 and words[0] in SHELLS else words[0] if len(words) == 1 else ""
    if not name.endswith(".sh") and "/" not in name:
        return None
    path = joined(dir, name)
    if name.startswith("/") or not tree.has(path):
        return None
    try:
        script = parse(tree.read_text(path) or "", tree.at(path))
    except BuildError:  # the shell will tell
        return None
    listed = all(item.command is not None for item in script.items) and not script.has_heredoc
    calls = {program[0].text for command in script.commands if (program := command.program)}
    simple = listed and not script.defines and "$1" not in script.text
    return script if simple and not calls & set(NOT_INLINE) else None


def entered(item: Item) -> str | None:
    """The directory that `cd DIR` enters; None for another command."""
    words = item.command.program if item.command is not None else ()
    if item.then not in ("&&", ";", "\n") or len(words) != 2 or words[0].text != "cd" or not words[1].plain:
        return None
    return words[1].text


def text(parts: Sequence[Part], app: str) -> str:
    """The parts as one list of commands, which is run in a directory."""
    found: list[str] = []
    here = app
    for part in parts:
        if part.dir != here:
            below = relative(app, part.dir)
            found.append(f"cd {quoted(below if here == app else f'/app/{below}'.rstrip('/'))}")
            here = part.dir
        found.append(part.text)
    return " && ".join(found)
