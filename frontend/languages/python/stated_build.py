"""A build command of the user's that builds a front end too: its parts for Node.js, and those of Python's step."""

from msgspec import Struct, structs

from frontend.commands import owner, script_files
from frontend.commands.does import kind, plain
from frontend.commands.parts import parts, text
from frontend.commands.script import parse
from frontend.context.tree import SourceTree
from frontend.languages.registry import NODE
from frontend.settings.model import Setting


class Split(Struct, frozen=True):
    """A build command as two: `front` runs in the directory `dir` by Node.js, `own` in Python's step; None for none."""

    own: Setting | None
    front: Setting | None = None
    dir: str = ""


def split(tree: SourceTree, command: Setting | None) -> Split:
    """The build command of the app in a directory, which is not split where a shell decides on its parts."""
    if command is None or command.value.lstrip().startswith("["):
        return Split(command)
    script = parse(command.value, command.at)
    if any(item.command is None or item.then in ("||", "&") for item in script.items):
        return Split(command)
    listed = tuple(parts(tree, script, ""))
    front = [one for one in listed if (words := plain(one.first.command)) and owner.of_program(words[0]) is NODE]
    dirs = {one.dir for one in front}
    if len(dirs) != 1 or not tree.has(f"{front[0].dir}/package.json".lstrip("/")):
        return Split(command)
    builds = [one for one in front if kind(plain(one.first.command)) != "installs"]
    own = text([one for one in listed if one not in front], "")
    return Split(
        structs.replace(command, value=own) if own else None,
        structs.replace(command, value=" && ".join(one.text for one in builds)) if builds else None,
        front[0].dir,
    )


def is_whole(tree: SourceTree, app: str, command: Setting | None) -> bool:
    """Whether a build command of a file for another platform is all of a build, and starts nothing of Node.js.

    The shell scripts that it runs are looked into, below the app's directory and below the context's root.
    """
    if command is None:
        return False
    script = parse(command.value, command.at)
    files = (file.script for here in (tree.under(app), tree) for file in script_files.run_by(here, script))
    return not any((named := owner.of_script(one)) is not None and named[1] is NODE for one in (script, *files))
