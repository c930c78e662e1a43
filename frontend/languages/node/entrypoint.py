"""What a container's start does to the database in front of the server: the image starts without it.

A package's own scripts decide how an app starts, before a Dockerfile does. What that runs besides would be lost.
"""

from collections.abc import Iterator

from msgspec import structs

from frontend.commands.does import kind, plain
from frontend.commands.procfile import RELEASE
from frontend.commands.script import Script, parse
from frontend.commands.script_files import run_by
from frontend.commands.unwrap import nested
from frontend.context.tree import SourceTree
from frontend.errors import BuildError, Location
from frontend.plan.model import Plan, Warning
from frontend.settings.model import Setting, Settings

SEEDS = "seed"  # what a seed adds may be there already


def with_release(tree: SourceTree, settings: Settings) -> Settings:
    """The settings with the process for the first migration of a Dockerfile's start; the same without one.

    `tree` is the app's directory. A process of that name that a file states goes before it.
    """
    found = next(migrations(tree, settings), None)
    if found is None or RELEASE in dict(settings.processes):
        return settings
    return structs.replace(settings, processes=(*settings.processes, (RELEASE, found)))


def told(plan: Plan, tree: SourceTree, settings: Settings) -> Plan:
    """The plan with the warning that its start does not migrate; without the process where the start does."""
    found = next(migrations(tree, settings), None)
    made = next((one for one in plan.runtime.processes if one.name == RELEASE), None)
    if found is None or made is None or made.at != found.at or found.at is None:
        return plan
    others = tuple(one for one in plan.runtime.processes if one is not made)
    if any(text in " ".join(one.args) for one in others for text in (found.value, " ".join(made.args))):
        return structs.replace(plan, runtime=structs.replace(plan.runtime, processes=others))
    doubt = Warning(
        "entrypoint-left-out",
        f"the image starts without {found.at.file}, which runs {found.value}: that is the process {RELEASE}",
        found.at,
        f"run it before a new version serves: build its image with --target {RELEASE}, or start a container with "
        f"{' '.join(made.args)}",
    )
    return structs.replace(plan, warnings=(*plan.warnings, doubt))


def migrations(tree: SourceTree, settings: Settings) -> Iterator[Setting]:
    """The commands of a Dockerfile's start, and of the app's scripts that it runs, that bring a database up to date."""
    one = settings.candidate if settings.deploy_files else None
    try:
        script = parse(one.value, one.at) if one is not None else None
    except BuildError:
        return
    if script is None or one is None:
        return
    yield from (Setting(text, at=one.at) for text in texts(script))
    for file in run_by(tree, script):
        for text in texts(file.script):
            yield Setting(text, at=place(tree, file.path, text))


def place(tree: SourceTree, path: str, text: str) -> Location:
    """The line of a script that has a command."""
    lines = enumerate(tree.read_lines(path) or (), 1)
    return tree.at(path, next((number for number, line in lines if text in line), 0))


def texts(script: Script) -> Iterator[str]:
    """The commands of a script that migrate, as they are written."""
    for one in nested(script):
        for item in one.items:
            text = one.text[item.start : item.end].strip()
            if kind(plain(item.command)) == "migrates" and SEEDS not in text:
                yield text
