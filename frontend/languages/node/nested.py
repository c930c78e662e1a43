"""Packages in directories below a root that are none of its workspaces, whose dependencies the image has as well.

Scripts of the root install them, or the start command runs one that no script installs: then the build does.
"""

import re
from collections.abc import Iterator

from msgspec import Struct, structs

from frontend.commands.options import split_options
from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.node import frameworks, lifecycle, locate, lockfiles, package_managers, scripts
from frontend.languages.node.builds import BuildCommand
from frontend.languages.node.lockfiles import Locked
from frontend.languages.node.manifest import BUILD_SCRIPTS, Manifest, line, read
from frontend.languages.node.repository import Repository
from frontend.languages.node.runners import CLIS
from frontend.languages.node.scripts import Command, Scope
from frontend.languages.node.workspaces import Project
from frontend.paths import joined, within
from frontend.settings.model import Settings

INSTALLS = re.compile(r"\b(?:install|ci|i|yarn)\b")
GOES = re.compile(r"(?:\bcd|--prefix|--cwd|--dir|-C)[ =]['\"]?([\w./-]+)")  # of what only a shell can read


class Nested(Struct, frozen=True):
    """A package below that ships with its dependencies: its manifest and what its lockfile says of them."""

    manifest: Manifest
    locked: Locked


class Unmet(Struct, frozen=True):
    """A package below whose dependencies nothing installs, and the command that needs them: it starts the package, or
    `builds` it."""

    manifest: Manifest
    command: Command
    builds: bool = False


def find(here: Repository, settings: Settings, others: tuple[Unmet, ...]) -> tuple[Nested, ...]:
    """The packages below whose dependencies ship: those that scripts install, and `others`, which the plan installs.

    Sites are none: only their build needs packages.
    """
    tree, project = here.tree, here.project
    dirs = dict.fromkeys((*sorted(installed(tree, project, settings)), *(one.manifest.dir for one in others)))
    found = (read(tree, dir) for dir in dirs if dir)
    return tuple(Nested(one, locked(tree, one.dir)) for one in found if one is not None and ships(tree, project, one))


def ships(tree: SourceTree, project: Project, manifest: Manifest) -> bool:
    """Whether a package has dependencies that the image needs and the project's own install does not bring."""
    if not manifest.production or any(manifest.dir == one.dir for one in (*project.all, project.app)):
        return False
    return frameworks.static_site(tree, manifest) is None or locate.can_start(tree, manifest)


def locked(tree: SourceTree, dir: str) -> Locked:
    """What the lockfile of a directory says; nothing where there is none."""
    lock = next(iter(lockfiles.present(tree.under(dir))), "")
    return lockfiles.read(tree, within(dir, lock)) if lock else Locked()


def texts_run(project: Project, settings: Settings) -> list[str]:
    """The scripts of the root that an install, build or start runs, and the build command."""
    named = [settings.build_command.value] if settings.build_command is not None else []
    return [*named, *lifecycle.run_anyway(project.top)]


def installed(tree: SourceTree, project: Project, settings: Settings) -> frozenset[str]:
    """The directories in which those install packages."""
    texts = (text for text in texts_run(project, settings) if INSTALLS.search(text))
    return frozenset(dir for text in texts for dir in installs_in(tree, project, text))


def installs_in(tree: SourceTree, project: Project, text: str) -> Iterator[str]:
    """The directories in which a script of the root installs packages; of a text for a shell alone, all it goes to."""
    try:
        commands = scripts.of_text(Scope(tree, project, None), text, project.top).commands
    except PlanError:
        commands = (Command((), project.top, opaque=text),)
    for command in commands:
        if command.opaque:
            yield from (joined(command.dir, dir) for dir in GOES.findall(command.opaque))
        elif scripts.is_install(command):
            cli = CLIS[command.name]
            given = split_options(command.words[1:], cli.takes, anywhere=cli.anywhere).options
            named = (one.value.text for one in given if one.name in cli.dirs and one.value is not None)
            yield joined(command.dir, next(named, ""))


def unmet(here: Repository, settings: Settings) -> tuple[Unmet, ...]:
    """The packages below that the root's scripts start or build without their dependencies.

    A build command that the user sets is all that is run, and what a start command installs is its own.
    """
    tree, project = here.tree, here.project
    named = settings.build_command
    if project.has_workspaces or (named is not None and named.by != "platform"):
        return ()
    started = locate.commands_of_root(tree, settings, project) or ()
    if any(scripts.is_install(command) for command in started):
        return ()
    there = installed(tree, project, settings)
    found: dict[str, Unmet] = {}
    for command, is_build in (*((one, False) for one in started[-1:]), *((one, True) for one in built(here))):
        below = read(tree, command.dir) if command.dir else locate.package_of_file(tree, command)
        if command.opaque or below is None or below.dir in there:
            continue
        wanted = below.dependencies if is_build else below.production
        if wanted.keys() > project.top.dependencies.keys() & wanted.keys():
            first = found.get(below.dir, Unmet(below, command))
            found[below.dir] = structs.replace(first, builds=first.builds or is_build)
    return tuple(found.values())


def built(here: Repository) -> tuple[Command, ...]:
    """The commands of the root's build script in directories below: `cd web && npm run build`."""
    top = here.project.top
    name = next((name for name in BUILD_SCRIPTS if name in top.scripts), None)
    if name is None:
        return ()
    try:
        found = scripts.of_script(here.tree, here.project, top, name).commands
    except PlanError:  # the build says so
        return ()
    return tuple(one for one in found if one.dir and one.name != "cd" and not scripts.is_install(one))


def install(here: Repository, settings: Settings, below: Unmet) -> tuple[BuildCommand, ...]:
    """The commands that install what nothing installs. Raises PlanError where that is not all: nothing builds what is
    started."""
    manifest, dir = below.manifest, below.manifest.dir
    own = package_managers.choose(
        here.tree.under(dir), settings, (structs.replace(manifest, dir=""),), here.version, here.manager.kind
    )[0]
    scripted = any(name in manifest.scripts for name in BUILD_SCRIPTS)
    if scripted and not below.builds and not is_in_source(here, below.command):
        raise PlanError(
            f"the start command runs the package in {dir}, which nothing installs or builds",
            at=line(here.tree, here.project.top, "scripts", locate.start_of(here.project.top)),
            hint=f"set PROJECT_PATH={within(here.project.root, dir)}, or install and build it in the build script",
        )
    found = package_managers.installing(own, production=not below.builds, native=True)
    setup = package_managers.setup(own) if own.kind != here.manager.kind else None
    tools = (BuildCommand(setup.args, "", setup.at, setup.name, fetches=True),) if setup is not None else ()
    env = (*found.env, *(package_managers.env(own) if setup is not None else ()))
    return (*tools, BuildCommand(found.args, dir, found.at, f"{found.name} in {dir}", env, fetches=True))


def is_in_source(here: Repository, command: Command) -> bool:
    """Whether a command runs a file that is there before any build."""
    file = next((one for one in command.arguments if not one.startswith("-")), "")
    path = joined(command.dir, file)
    return not file or here.tree.first(path, f"{path}.js", f"{path}/index.js") is not None
