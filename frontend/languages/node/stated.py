"""Front ends beside an app that a file for another platform builds, and whose build command puts them into the app.

`cd frontend && npm ci && npm run build && cp -r dist ../backend/static`, of an app in `backend`.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import structs

from frontend.commands import owner
from frontend.commands.parts import Part, parts
from frontend.commands.script import parse
from frontend.context.tree import SourceTree
from frontend.languages.node.manifest import FILE
from frontend.languages.node.outside import into, is_below
from frontend.languages.node.served import Served
from frontend.languages.registry import NODE
from frontend.paths import joined, parents, within
from frontend.settings.model import Settings

COPIES = ("cp", "mv", "rsync", "ln")  # programs whose last operand is where files go
AROUND = ("mkdir", "rm", "echo", "true", "ls", "pwd", "export", "[", "test")  # what may stand beside them
PLACES = ("--prefix", "--cwd", "-C", "--dir")  # options of package managers that name a package's directory


def find(tree: SourceTree, settings: Settings, app: str, fronts: Sequence[Served]) -> tuple[Served, ...]:
    """The front ends of an app, with the one that the platform's build command builds outside of the app's directory.

    `fronts` are those that sources and bundlers' configurations name: that it builds one of them is added. None is
    found where the command does more, and where nothing of what it makes gets into the app.
    """
    command = settings.outside
    if command is None:
        return tuple(fronts)
    listed = tuple(parts(tree, parse(command.value, command.at), ""))
    programs = [name for one in listed if (name := program(one))]
    dirs = [dir for one in listed for dir in packages(tree, one) if not is_below(dir, app) and not is_below(app, dir)]
    if not dirs or any(name not in (*COPIES, *AROUND) and owner.of_program(name) is not NODE for name in programs):
        return tuple(fronts)
    dir = dirs[0]
    enters = command.value.startswith("cd ")
    whole = structs.replace(command, value=f"cd /app{f'/{command.value[3:]}' if enters else f' && {command.value}'}")
    outputs = list(dict.fromkeys(path for one in listed for path in copied(one) if is_below(path, app)))
    outputs = outputs or [written.path for _, written in into(tree, app, (dir,))]
    if outputs and command.at is not None:
        output = outputs[0] if len(outputs) == 1 else above(outputs)
        others = (one for one in fronts if one.dir != dir)
        return (*others, Served(dir, output, output, command.at, whole))
    return tuple(structs.replace(one, command=whole) if one.dir == dir else one for one in fronts)


def program(part: Part) -> str:
    """The program that a part of a command starts, "" for none."""
    words = part.first.command.program if part.first.command is not None else ()
    return words[0].text if words else ""


def packages(tree: SourceTree, part: Part) -> Iterator[str]:
    """The directories of packages that a part of a command works in: one that an option names, or where it runs."""
    words = [word.text for word in part.first.command.program] if part.first.command is not None else []
    named = [after for word, after in pairwise(words) if word in PLACES]
    named += [word.partition("=")[2] for word in words if word.partition("=")[0] in PLACES and "=" in word]
    if owner.of_program(words[0] if words else "") is NODE:
        dirs = (joined(part.dir, name) for name in (*named, "."))
        yield from (dir for dir in dirs if tree.has(within(dir, FILE)))


def copied(part: Part) -> Iterator[str]:
    """Where a part of a command copies files to."""
    words = part.first.command.program if part.first.command is not None else ()
    operands = [word.text for word in words[1:] if not word.text.startswith("-")]
    if words and words[0].text in COPIES and len(operands) > 1:
        yield joined(part.dir, operands[-1])


def above(paths: Sequence[str]) -> str:
    """The deepest directory that all paths are in."""
    first, *others = paths
    return next(dir for dir in parents(first) if all(is_below(path, dir) for path in others))
