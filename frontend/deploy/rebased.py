"""A file's commands as the app's own: without `cd` into its directory, and without what our own steps do already."""

from fnmatch import fnmatchcase

from msgspec import Struct

from frontend.commands.script import ENDS, Item, Script, parse
from frontend.commands.unwrap import SHELL_RUNNERS, unwrap
from frontend.commands.words import Word, quoted
from frontend.deploy.model import Stated
from frontend.languages import registry
from frontend.paths import joined, relative


class Rebased(Struct, frozen=True):
    """Commands in the app's directory, "" for none; `outside` are those that work in another one."""

    text: str
    outside: tuple[str, ...] = ()


def directory(command: Stated, dir: str) -> str:
    """The directory that a command goes into before it starts a program, of the context: `cd backend && uvicorn …`."""
    script = parse(command.text, command.at)
    for item in script.items:
        target = entered(item)
        if target is None:
            break
        dir = joined(dir, target)
    return dir


def started(command: Stated, dir: str, app: str) -> str | None:
    """A command that starts the app in a directory, as it is written there; None where it starts another app.

    `dir` is where it runs.
    """
    script = parse(command.text, command.at)
    if dir == app:
        return script.text
    for item in script.items:
        target = entered(item)
        if target is None:
            return None
        dir = joined(dir, target)
        if dir == app:
            return script.text[item.end :].lstrip().removeprefix("&&").lstrip(";").strip()
    return None


def built(command: Stated, dir: str, app: str) -> Rebased:
    """A build command, as it is written in the app's directory: `cd` followed, installs left out."""
    script = parse(command.text, command.at)
    kept: list[str] = []
    outside: list[str] = []
    here = app
    for unit in units(script):
        target = entered(unit[0]) if len(unit) == 1 else None
        text = script.text[unit[0].start : unit[-1].end].strip()
        if target is not None:
            dir = joined(dir, target)
        elif installs(unit[0]) and (dir == app or len(unit) == 1):
            continue
        elif dir != app and not f"{dir}/".startswith(f"{app}/" if app else ""):
            outside.append(text)
        else:
            kept += [f"cd {quoted(relative(app, dir) if here == app else f'/app/{relative(app, dir)}')}"] * (
                dir != here
            )
            kept.append(text)
            here = dir
    return Rebased(" && ".join(kept), tuple(outside))


def units(script: Script) -> list[list[Item]]:
    """The commands of a script, those that `||` or `&` join together."""
    found: list[list[Item]] = [[]]
    for item in script.items:
        found[-1].append(item)
        if item.then in ("&&", *ENDS):
            found.append([])
    return [unit for unit in found if unit]


def entered(item: Item) -> str | None:
    """The directory that `cd DIR` enters; None for another command."""
    words = item.command.program if item.command is not None else ()
    if item.then not in ("&&", ";", "\n") or len(words) != 2 or words[0].text != "cd" or not words[1].plain:
        return None
    return words[1].text


def installs(item: Item) -> bool:
    """Whether a command installs the app's dependencies, or the tool for that, which our own steps do already."""
    words: tuple[Word, ...] = item.command.program if item.command is not None else ()
    while (found := unwrap(words, SHELL_RUNNERS)) is not None and found.words:
        words = found.words
    if not words or not all(word.plain for word in words):
        return False
    plain = [words[0].text.rpartition("/")[2], *(word.text for word in words[1:] if not word.text.startswith("-"))]
    return any(
        plain[: len(one.words)] == list(one.words)
        and all(any(fnmatchcase(rest, pattern) for pattern in one.operands) for rest in plain[len(one.words) :])
        for entry in registry.ENTRIES
        for one in entry.installs
    )
