"""A build command of the user's that builds a front end too: its parts for Node.js, and those of Python's step."""

import re
from itertools import pairwise

from msgspec import Struct, structs

from frontend.commands import owner, run_instruction, script_files, unwrap
from frontend.commands.does import kind, plain
from frontend.commands.parts import is_test, parts, text
from frontend.commands.script import Script, parse
from frontend.context.tree import SourceTree
from frontend.languages.registry import NODE
from frontend.paths import joined, relative
from frontend.settings.model import Setting, Settings

DEVELOPS = re.compile(r"dev|test|local|lint|docs", re.IGNORECASE)  # in the name of a file that no image is for
MANAGERS = frozenset(("uv", "poetry", "pdm", "pipenv"))


class Split(Struct, frozen=True):
    """A build command as two: `front` runs in the directory `dir` by Node.js, `own` in Python's step; None for none.

    `mixed` says that a shell decides on what `own` runs by Node.js too: it is not split, and needs Node.js.
    """

    own: Setting | None
    front: Setting | None = None
    dir: str = ""
    mixed: bool = False


def split(tree: SourceTree, command: Setting | None) -> Split:
    """The build command of the app in a directory, which is not split where a shell decides on its parts."""
    if command is None:
        return Split(command)
    script = parse(command.value, command.at)
    decides = (item.command is None or item.then in ("||", "&") or is_test(item) for item in script.items)
    if command.value.lstrip()[:1] == "[" or any(decides):
        return Split(command, mixed=runs_node(tree, script))
    listed = tuple(parts(tree, script, ""))
    front = [one for one in listed if (words := plain(one.first.command)) and owner.of_program(words[0]) is NODE]
    dirs = {one.dir for one in front}
    if len(dirs) != 1 or not tree.has(f"{front[0].dir}/package.json".lstrip("/")):
        return Split(command, mixed=runs_node(tree, script))
    builds = [one for one in front if kind(plain(one.first.command)) != "installs"]
    rest = [one for one in listed if one not in front]
    if any(runs_node(tree, parse(one.text, command.at)) for one in rest):
        return Split(command, mixed=True)
    own = text(rest, "")
    return Split(
        structs.replace(command, value=own) if own else None,
        structs.replace(command, value=" && ".join(one.text for one in builds)) if builds else None,
        front[0].dir,
    )


def runs_node(tree: SourceTree, script: Script) -> bool:
    """Whether a script runs a program of Node.js anywhere, or a shell script of the app does."""
    scripts = (script, *(file.script for file in script_files.run_by(tree, script)))
    names = (words[0].text for one in scripts for words in unwrap.programs(one))
    return any(owner.of_program(name) is NODE for name in names)


def requirements_of(tree: SourceTree, app: str, command: Setting | None) -> str:
    """The one requirements file of the app in a directory that a file for another platform has pip install; "" for
    none, and where it runs another package manager.

    The command is of the app's directory or of the context's root; simple scripts are looked into.
    """
    if command is None:
        return ""
    script = parse(command.value, command.at)
    return next(filter(None, (installed_by(tree, script, dir, app) for dir in dict.fromkeys((app, "")))), "")


def installed_by(tree: SourceTree, script: Script, dir: str, app: str) -> str:
    """The one requirements file of an app that a script in a directory has pip install; "" for none."""
    named: set[str] = set()
    for part in parts(tree, script, dir):
        words = plain(part.first.command)
        if words and words[0].rpartition("/")[2] in MANAGERS:
            return ""
        if kind(words) in ("installs", "adds"):
            files = [file for option, file in pairwise(words) if option in ("-r", "--requirement")]
            named |= {joined(part.dir, file) for file in files}
    found = [
        relative(app, path) for path in named if tree.has(path) and f"{path}/".startswith(f"{app}/" if app else "")
    ]
    return found[0] if len(found) == len(named) == 1 else ""


def of_dockerfile(tree: SourceTree, settings: Settings) -> Setting | None:
    """The one requirements file of the app that a Dockerfile's last stage has pip install, those for development left
    out; None for none."""
    found: dict[str, Setting] = {}
    for run in settings.candidate_runs:
        for words in run_instruction.commands(run.value, run.at):
            installs = kind(words) in ("installs", "adds")
            for option, file in pairwise(words if installs else ()):
                name = file.removeprefix("./") if not file.startswith("/") else file.rpartition("/")[2]
                if option in ("-r", "--requirement") and not DEVELOPS.search(name) and tree.has(name):
                    found[name] = structs.replace(run, value=name)
    return next(iter(found.values())) if len(found) == 1 else None


def is_whole(tree: SourceTree, app: str, command: Setting | None) -> bool:
    """Whether a build command of a file for another platform is all of a build, and starts nothing of Node.js.

    The shell scripts that it runs are looked into, below the app's directory and below the context's root.
    """
    if command is None:
        return False
    script = parse(command.value, command.at)
    return not any(runs_node(here, script) for here in (tree.under(app), tree))
