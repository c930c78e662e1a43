"""All that the steps of a Ruby build depend on. Every decision is taken here, once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from frontend.commands import process
from frontend.commands.script import exec_form
from frontend.commands.script_files import run_by
from frontend.context.tree import SourceTree
from frontend.errors import Location, VersionError
from frontend.languages import started as programs
from frontend.languages.base import RunsOn
from frontend.languages.ruby import (
    bundle,
    hanami,
    jobs,
    own_programs,
    rack_boot,
    rails,
    server_config,
    start,
    system_packages,
    versions,
)
from frontend.languages.ruby.bundle import Bundle
from frontend.languages.ruby.rails import Rails
from frontend.languages.ruby.start import App, script
from frontend.paths import within
from frontend.plan.model import Evidence, Exec, Process, ToolVersion, Warning
from frontend.rules import monorepo, version_files
from frontend.rules.base_images import image, suite
from frontend.rules.versions import end_of_life
from frontend.settings.model import Settings

if TYPE_CHECKING:
    from frontend.languages.node.front_end import FrontEnd

RACK_UP = "config.ru"
FRONT_ENDS = ("", "frontend", "front-end", "front_end", "client", "web", "webapp", "ui")
PLATFORM = "heroku-postbuild"  # a script of package.json that is there for a build like this one
# what a command calls where it runs Node.js
NODE_PROGRAM = re.compile(r"(?:^|[\s;&|(])(node|npm|npx|yarn|pnpm|bunx?|vite)(?=\s|$)", re.MULTILINE)
OF_RAKE = re.compile(r"(?:^|[\s;&|(/])(?:rake|rails)\s+(?!db:)[a-z]")


class Facts(Struct, frozen=True):
    """What is known of an app.

    `root` is the directory of the context ("" is all of it) that becomes /app, `gem_home` that of the gems. `bundle` is
    None for an app without gems, `rails` for one that is not made with Rails. `hanami_assets` says that those of a
    Hanami app are compiled. `scripts` are files of the app that are other in the image, by path. `own_tmp` says that it
    uses the directory `tmp` in its own, as each Rails app does.
    """

    root: str
    version: ToolVersion
    suite: str
    gem_home: str
    bundle: Bundle | None
    processes: tuple[Process, ...]
    env: tuple[tuple[str, str], ...]
    scripts: tuple[tuple[str, str], ...]
    rails: Rails | None
    own_tmp: bool
    front_end: FrontEnd | None
    hanami_assets: Exec | None
    build_packages: tuple[str, ...]
    run_packages: tuple[str, ...]
    build_command: tuple[str, ...]
    build_command_at: Location | None
    evidence: tuple[Evidence, ...]
    warnings: tuple[Warning, ...]


def inspect(tree: SourceTree, settings: Settings, app: str, today: str, runs_on: RunsOn) -> Facts:
    """The facts of the app in a directory of the context. Raises BuildError.

    `runs_on` is given the image once it is known that something serves the app.
    """
    here = tree.under(app)
    gems = bundle.find(here, settings)
    version = version_of(here, settings, gems)
    debian = suite(versions.RELEASES, version.value)
    home = f"{bundle.PATH}/ruby/{versions.abi(version.value)}"
    names = gems.names if gems is not None else frozenset[str]()
    settings, by_node = of_bridgetown(here, names, settings)
    started = start.find(app_of(here, gems, version), settings, (f"{home}/bin", "/usr/local/bin", "/usr/bin"))
    runs_on(image(versions.IMAGE, version.value, debian, slim=True))
    direct = frozenset(gem.name for gem in gems.gemfile.gems) if gems is not None else names
    used = system_packages.chosen(names, direct, rails.image_processor(here))
    build_packages, run_packages = system_packages.needed(used, debian)
    build = settings.build_command
    special = rails.find(here, settings, gems, started.processes) if gems is not None else None
    configs, unfit = server_config.fit(here, names, started.processes)
    processes = (*started.processes, *((special.jobs,) if special is not None and special.jobs is not None else ()))
    own = own_programs.used(here, names, processes)
    front = front_end_of(tree, settings, app, special, hanami.compiled(here, settings, gems) or by_node, today)
    late = end_of_life(versions.TITLE, versions.RELEASES, version, today)
    return Facts(
        root=app,
        version=version,
        suite=debian,
        gem_home=home,
        bundle=gems if gems is not None and gems.installs else None,
        processes=processes,
        env=(*system_packages.run_env(names), *started.env),
        scripts=(*started.scripts, *configs),
        rails=special,
        own_tmp=special is not None or server_config.makes_tmp(here, names, started.processes),
        front_end=front,
        hanami_assets=hanami.compiling(here, settings, gems),
        build_packages=build_packages,
        run_packages=running(run_packages, own, gems, debian),
        build_command=exec_form(process.of_setting("build_command", build)).with_env if build is not None else (),
        build_command_at=build.at if build is not None else None,
        evidence=(
            *(gems.evidence if gems is not None else ()),
            *(versions.told(version, gems.shipped, gems.gemfile) if gems is not None else ()),
            Evidence("start", started.because, started.at),
            *(special.evidence if special is not None else ()),
            *programs.because(own),
            *(front.evidence if front is not None else ()),
        ),
        warnings=(
            *((late,) if late is not None else ()),
            *(version_files.too_old(settings, versions.RUBY, version) if version.by == "default" else ()),
            *(gems.warnings if gems is not None else ()),
            *lacking(used, own, settings, gems, debian),
            *started.warnings,
            *unfit,
            *of_framework(here, settings, gems, special, processes),
            *(front.warnings if front is not None else apart(here, settings, special)),
        ),
    )


def version_of(tree: SourceTree, settings: Settings, gems: Bundle | None) -> ToolVersion:
    """The Ruby of the app in the root of a tree. Raises VersionError; PlanError first, where nothing in it is started:
    another Ruby would not help then."""
    try:
        return versions.find(tree, settings, *((gems.gemfile, gems.shipped) if gems is not None else (None, None)))
    except VersionError:
        start.find(app_of(tree, gems), settings, ())
        raise


def app_of(tree: SourceTree, gems: Bundle | None, version: ToolVersion | None = None) -> App:
    """What the start of the app in the root of a tree is chosen from. WEBrick was part of Ruby before version 3."""
    if gems is None:
        return App(tree, frozenset())
    own = frozenset(("webrick",) if version is not None and version.value.startswith("2.") else ())
    return App(tree, gems.names | own, gems.version_of("rack"))


def running(
    packages: tuple[str, ...], own: tuple[programs.Used, ...], gems: Bundle | None, debian: str
) -> tuple[str, ...]:
    """The Debian packages of the image: those that gems need, and what the code starts."""
    git = ("git",) if gems is not None and gems.asks_git else ()
    started = {one.package for one in own if one.package} - system_packages.gone(debian)
    return tuple(sorted({*packages, *started, *git}))


def lacking(
    names: frozenset[str], own: tuple[programs.Used, ...], settings: Settings, gems: Bundle | None, debian: str
) -> Iterator[Warning]:
    """The warnings for programs that gems or the code start, and the image does not have."""
    if gems is not None:
        yield from system_packages.doubts(names, debian, gems.at)
    yield from programs.doubts(own, settings, system_packages.gone(debian))


def of_framework(
    tree: SourceTree, settings: Settings, gems: Bundle | None, special: Rails | None, processes: tuple[Process, ...]
) -> Iterator[Warning]:
    """The warnings about what an app does not boot or answer without, web first, and what its code cannot start."""
    if special is not None:
        yield from special.warnings
    else:
        yield from hanami.doubts(tree, settings, gems)
        yield from rack_boot.doubts(tree, settings, gems, processes[0])
    yield from jobs.schedules(tree, gems.names if gems is not None else frozenset(), processes)
    yield from of_flavour(tree, settings, gems, processes)


def of_flavour(
    tree: SourceTree, settings: Settings, gems: Bundle | None, processes: tuple[Process, ...]
) -> Iterator[Warning]:
    """The warnings about what an app's code does that an image of another flavour cannot. Raises PlanError."""
    if settings.flavour is not None:
        from frontend.languages.ruby import own_calls

        yield from own_calls.doubts(tree, settings, gems, processes)


def of_bridgetown(tree: SourceTree, gems: frozenset[str], settings: Settings) -> tuple[Settings, Evidence | None]:
    """The settings of a Bridgetown site, and why its build needs Node.js; those of another app as they are."""
    if start.BRIDGETOWN not in gems:
        return settings, None
    from frontend.languages.ruby import sites

    return sites.rendered(tree, gems, settings), sites.runs_node(tree, gems)


def front_end_of(
    tree: SourceTree, settings: Settings, app: str, special: Rails | None, compiled: Evidence | None, today: str
) -> FrontEnd | None:
    """What Node.js brings into the app's own build, else the front end beside it; None for neither.

    `compiled` says that the assets of a Hanami app, or a Bridgetown site, are.

    Rails has a place of its own for a front end, which its pipeline builds: another is built where its package says
    so, by a script for a platform or by where it writes.
    """
    here = tree.under(app)
    by = (special.node if special is not None else None) or compiled or of_build_command(here, settings)
    if by is not None:
        from frontend.languages.node.front_end import front_end

        return front_end(tree, settings, app, "", today, run_by=by)
    if {"front-end", "assets"} & set(settings.skip) or settings.build_command is not None:
        return None
    if special is None and not here.has(RACK_UP) and script(here) is None:
        return None
    from frontend.languages.ruby import public

    return public.find(tree, settings, app, today) or beside(tree, settings, app, special is None, today)


def apart(here: SourceTree, settings: Settings, special: Rails | None) -> Iterator[Warning]:
    """The warning about a front end in a directory of a Rails app, which its image does not have."""
    if special is None or settings.build_command is not None or {"front-end", "assets"} & set(settings.skip):
        return
    here.need(*(within(name, "package.json") for name in FRONT_ENDS))
    if any(here.has(within(name, "package.json")) for name in FRONT_ENDS[1:]):
        from frontend.languages.ruby import public

        yield from public.apart(here, FRONT_ENDS[1:])


def beside(tree: SourceTree, settings: Settings, app: str, any_script: bool, today: str) -> FrontEnd | None:
    """The front end beside an app: one whose package.json says how it is built, or one that writes into the app.

    Without `any_script` that is a script which a platform runs, in the app's own directory.
    """
    places = [within(app, name) for name in (FRONT_ENDS if any_script else ("",))]
    tree.need(*(within(place, "package.json") for place in places))
    for place in places:
        path = within(place, "package.json")
        scripts = (tree.read_json(path) or {}).get("scripts") if tree.has(path) else None
        if isinstance(scripts, dict) and set(scripts) & ({PLATFORM, "build"} if any_script else {PLATFORM}):
            from frontend.languages.node.front_end import front_end

            return front_end(tree, settings, app, place, today)
    if not monorepo.having(tree, app, "package.json"):
        return None
    from frontend.languages.node.front_end import writing_to

    return writing_to(tree, settings, app, today)


def of_build_command(tree: SourceTree, settings: Settings) -> Evidence | None:
    """Why the user's build command needs Node.js; None where neither it runs one of its programs, nor a shell script of
    the app that it runs, nor a task of Rake."""
    build = settings.build_command
    if build is None:
        return None
    script = process.of_setting("build_command", build)
    texts = [(script.text, "the build command", build.at)]
    texts += [(file.text, file.path, tree.at(file.path)) for file in run_by(tree, script)]
    for text, name, at in texts:
        found = NODE_PROGRAM.search(text)
        if found is not None:
            return Evidence("front end", f"{name} runs {found[1]}", at)
    return next(rails.of_tasks(tree), None) if any(OF_RAKE.search(text) for text, _, _ in texts) else None
