"""All that the steps of a Ruby build depend on. Every decision is taken here, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from frontend.commands import process
from frontend.commands.script import exec_form
from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.ruby import bundle, hanami, rails, start, system_packages, versions
from frontend.languages.ruby.bundle import Bundle
from frontend.languages.ruby.rails import Rails
from frontend.languages.ruby.start import App
from frontend.plan.model import Evidence, Process, ToolVersion, Warning
from frontend.rules.base_images import suite
from frontend.rules.versions import end_of_life
from frontend.settings.model import Settings

if TYPE_CHECKING:
    from frontend.languages.node.front_end import FrontEnd


class Facts(Struct, frozen=True):
    """What is known of an app.

    `root` is the directory of the context ("" is all of it) that becomes /app, `gem_home` that of the gems. `bundle` is
    None for an app without gems, `rails` for one that is not made with Rails. `scripts` are shell scripts of the app
    that are other in the image, by path.
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
    front_end: FrontEnd | None
    build_packages: tuple[str, ...]
    run_packages: tuple[str, ...]
    build_command: tuple[str, ...]
    build_command_at: Location | None
    evidence: tuple[Evidence, ...]
    warnings: tuple[Warning, ...]


def inspect(tree: SourceTree, settings: Settings, app: str, today: str) -> Facts:
    """The facts of the app in a directory of the context. Raises BuildError."""
    here = tree.under(app)
    gems = bundle.find(here, settings)
    version = versions.find(here, settings, *((gems.gemfile, gems.lock) if gems is not None else (None, None)))
    debian = suite(versions.RELEASES, version.value)
    home = f"{bundle.PATH}/ruby/{versions.abi(version.value)}"
    names = gems.names if gems is not None else frozenset[str]()
    rack = gems.version_of("rack") if gems is not None else ""
    started = start.find(App(here, names, rack), settings, (f"{home}/bin", "/usr/local/bin", "/usr/bin"))
    direct = frozenset(gem.name for gem in gems.gemfile.gems) if gems is not None else names
    used = system_packages.chosen(names, direct, rails.image_processor(here))
    build_packages, run_packages = system_packages.needed(used, debian)
    build = settings.build_command
    special = rails.find(here, settings, gems, started.processes) if gems is not None else None
    jobs = (special.jobs,) if special is not None and special.jobs is not None else ()
    front = front_end_of(tree, settings, app, special, today)
    late = end_of_life(versions.TITLE, versions.RELEASES, version, today)
    return Facts(
        root=app,
        version=version,
        suite=debian,
        gem_home=home,
        bundle=gems if gems is not None and gems.installs else None,
        processes=(*started.processes, *jobs),
        env=(*system_packages.run_env(names), *started.env),
        scripts=started.scripts,
        rails=special,
        front_end=front,
        build_packages=build_packages,
        run_packages=tuple(sorted({*run_packages, *(("git",) if gems is not None and gems.asks_git else ())})),
        build_command=exec_form(process.of_setting("build_command", build)).with_env if build is not None else (),
        build_command_at=build.at if build is not None else None,
        evidence=(
            *(gems.evidence if gems is not None else ()),
            *versions.told(version, gems.lock if gems is not None else None),
            Evidence("start", started.because, started.at),
            *(special.evidence if special is not None else ()),
            *(front.evidence if front is not None else ()),
        ),
        warnings=(
            *((late,) if late is not None else ()),
            *(gems.warnings if gems is not None else ()),
            *started.warnings,
            *(special.warnings if special is not None else ()),
            *hanami.doubts(here, settings, gems),
            *(front.warnings if front is not None else ()),
        ),
    )


def front_end_of(tree: SourceTree, settings: Settings, app: str, special: Rails | None, today: str) -> FrontEnd | None:
    """The front end whose bundles a Rails app serves among its assets; None without one."""
    if special is None or not special.scripts:
        return None
    from frontend.languages.node.front_end import front_end

    return front_end(tree, settings, app, "", today, more=special.scripts)
