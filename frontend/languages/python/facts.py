"""All that the steps of a Python build depend on. Every decision is taken here, once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from frontend.commands import process, script_files
from frontend.commands.script import exec_form
from frontend.commands.unwrap import program
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.base import RunsOn
from frontend.languages.python import (
    app_candidates,
    bundled,
    collect,
    companions,
    django,
    image_packages,
    loaded,
    locks,
    managers,
    manifests,
    outside,
    programs,
    pylock,
    requirements,
    server_files,
    servers,
    sets,
    setup_files,
    started,
    stated_build,
    system_packages,
    undeclared,
    vcs,
    versions,
    workspace,
    writes,
)
from frontend.languages.python import start as starts
from frontend.languages.python.requirements import Requirement, Requirements
from frontend.languages.python.sets import Sets
from frontend.languages.python.start import Start, scripts_of, variable
from frontend.languages.python.start_files import Changed
from frontend.languages.python.stated_build import Split
from frontend.languages.python.versions import Python
from frontend.paths import parents, relative, within
from frontend.plan.model import Evidence, GitAccess, Need, Process, ToolVersion, Warning
from frontend.rules import git, lockfiles, monorepo, platforms, version_files
from frontend.rules.base_images import image, suite
from frontend.rules.versions import Asked, choose, end_of_life
from frontend.settings.model import Settings

if TYPE_CHECKING:
    from frontend.languages.node.front_end import Beside, FrontEnd, Inside

FRONT_ENDS = ("", "frontend", "front-end", "front_end", "client", "web", "webapp", "ui", "assets", "theme")
SETTINGS_FILES = ("config.py", "settings.py", "app.py", "main.py")
CONDA = ("environment.yml", "environment.yaml", "conda.yml")
# its control socket goes there: in the home directory, on a read-only root, it would log an error at each start
GUNICORN_ENV = (("XDG_RUNTIME_DIR", "/tmp"),)  # noqa: S108
FLASK = frozenset(("flask", "apiflask", "flask-openapi3"))
LOCKS = (("uv", "uv.lock"), ("poetry", "poetry.lock"), ("pdm", "pdm.lock"), ("pipenv", "Pipfile.lock"))


POETRY_BACKENDS = ("poetry.core.masonry.api", "poetry.masonry.api")
PACKAGE_TABLES = {  # build systems that need a package named as the project -> what says otherwise, below [tool]
    **dict.fromkeys(POETRY_BACKENDS, ("poetry", "packages")),
    "hatchling.build": ("hatch", "build"),
    "uv_build": ("uv", "build-backend"),
    "flit_core.buildapi": ("flit", "module"),
}


class Manager(Struct, frozen=True):
    """What installs the dependencies. `kind` is pip, uv, poetry, pdm, pipenv, "pylock" for the lockfile of no manager,
    or "project" for a manifest pip installs.

    `file` is what says so, the lockfile or a manifest, relative to the directory it is run in, and `at` its place;
    `lock` is the lockfile ("" without), `version` the manager's own. `is_old` says that an older release of the manager
    made the lockfile, which this one installs, but cannot compare with the manifest.
    """

    kind: str
    file: str
    lock: str
    version: ToolVersion | None
    at: Location
    is_old: bool = False


class Facts(Struct, frozen=True):
    """What is known of an app.

    `root` is the directory of the context ("" is all of it) that becomes /app, `inside` the app's own directory in
    there: "" but for a member of a workspace, and an app that depends on directories beside its own.
    """

    root: str
    inside: str
    member: str
    """The name of the app's project in its uv workspace, "" when it is in none."""
    version: ToolVersion
    python: Python
    suite: str
    manager: Manager | None
    requirements: Requirements | None
    static_dependencies: tuple[str, ...]
    is_flask: bool
    local: bool
    """Whether a dependency is a directory of the repository: installing then needs the sources."""
    project: str
    """The name of the project to install itself, "" when it is run from its sources."""
    server: str
    companions: tuple[str, ...]
    """What pip installs with the dependencies, because pinned ones need it."""
    git: GitAccess | None
    """What the dependencies that are git repositories are cloned with, None where there is none."""
    sets: Sets
    """The extras, groups and categories that are installed besides the dependencies."""
    added: tuple[str, str] | None
    """The server that is added, and its version, "" for any: more may be installed than is known."""
    pip: ToolVersion | None
    """The pip that the user asks for, None for the build image's."""
    django: django.Project | None
    processes: tuple[Process, ...]
    scripts: tuple[Changed, ...]
    """Shell scripts of the app that the processes run and that are other ones in the image."""
    python_path: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    browsers: system_packages.Browsers
    """The browsers that the sources start."""
    collects_itself: bool
    """Whether the user turns collectstatic off, or runs it in the build command."""
    collected: str
    """The directory of the app that collectstatic most likely fills, "" where that is not known."""
    session_key: Location | None
    """The app object whose framework writes a key for its sessions into its directory."""
    build_packages: tuple[str, ...]
    run_packages: tuple[str, ...]
    lock_env: tuple[tuple[str, str], ...]
    """What the package manager gets besides: the options that its lockfile was made with."""
    build_env: tuple[tuple[str, str], ...]
    """What the programs of a build get besides: the version of a project whose own is in its git history."""
    compiles: bool
    """Whether the dependencies are compiled to bytecode."""
    build_command: tuple[str, ...]
    build_command_at: Location | None
    front_end: FrontEnd | None
    node: Inside | None
    """Node.js for the build command, which runs programs of it where a shell decides."""
    beside: tuple[Beside, ...]
    """A front end that the sources serve from its own directory."""
    evidence: tuple[Evidence, ...]
    warnings: tuple[Warning, ...]

    @property
    def home(self) -> str:
        """The app's own directory in the image."""
        return f"/app/{self.inside}".rstrip("/")


class Packages(Struct, frozen=True):
    """The packages of an app by normalised name. `extras` are pairs of a package and one of its extras; `locked` is all
    of the lockfile, development too, `installed` what is told apart from that; both () without a lockfile."""

    names: frozenset[str]
    extras: frozenset[tuple[str, str]]
    locked: frozenset[str] = frozenset()
    installed: frozenset[str] = frozenset()


def inspect(tree: SourceTree, settings: Settings, app: str, today: str, runs_on: RunsOn) -> Facts:
    """The facts of the app in a directory of the context. Raises BuildError.

    `runs_on` is given the image once it is known that something serves the app.
    """
    # long: every decision is taken here, once, and in this order: later ones need earlier ones
    here = tree.under(app)
    skip = settings.skip
    data = manifests.pyproject(here)
    shared = workspace.root_of(tree, app)
    base = tree.under(shared) if shared is not None else here
    stated = stated_build.requirements_of(tree, app, settings.whole_build)
    manager = manager_of(here, data, settings, stated) if shared is None else workspace_manager(base)
    listed = requirements.read(here, manager.file) if manager is not None and manager.kind == "pip" else None
    every = all_dependencies(here, data, manager, listed)
    asked = versions.asked_version(here, settings, data, base)
    python = python_of(settings, asked, base, data, manager, listed, every)
    version, stale = versions.settled(python.version, versions.in_pyproject(here, data))
    python = python if version.value == python.version.value else Python(version)
    manager = with_version(manager, base, data if shared is None else manifests.pyproject(base), settings, version)
    direct = dependencies(every, version.value)
    packages = packages_of(base, data, manager, direct)
    known = known_of(manager, listed, packages)
    chosen = sets.find(here, settings, data, known)
    if chosen.chosen:
        direct = (*direct, *chosen.requirements)
        packages = packages_of(base, data, manager, direct, chosen.names("extra", "group"))
    start = starts.find(here, settings, data, packages.names, packages.installed)
    if start.web.framework is not None and "groups" not in skip:
        more = sets.having(here, data, known, chosen, *start.web.framework)
        if more is not None:
            chosen, direct = more, (*direct, *more.requirements)
            packages = packages_of(base, data, manager, direct, chosen.names("extra", "group"))
            start = starts.find(here, settings, data, packages.names, packages.installed)
    web = start.web
    unlisted = not settings.build_command and installs_nothing(here, data, manager, listed, direct)
    if web.framework is not None and unlisted:
        raise not_listed(here, *web.framework, manager)
    if unlisted and start.processes:
        undeclared.check(here, start.processes[0])
    debian = suite(versions.RELEASES, version.value)
    runs_on(image(versions.IMAGE, version.value, debian, slim=True))
    build_packages, run_packages = system_packages.needed(
        packages.names | packages.locked, packages.extras, listed.no_binary if listed else (), debian
    )
    used = programs.used(here, start.project, debian)
    started_browsers = system_packages.Browsers()
    if "browser" not in skip and packages.names & system_packages.BROWSED:
        from frontend.languages.python import browsers

        started_browsers = browsers.find(here, packages.names | packages.installed, debian)
    needed = {*run_packages, *started_browsers.packages, *(one.package for one in used)}
    gone = system_packages.gone(packages.names | packages.locked, debian)
    outer = outside.root_of(tree, app, listed) if shared is None else None
    root = next((one for one in (shared, outer) if one is not None), app)
    builds = Split(settings.build_command)
    if root == app and "front-end" not in skip:
        builds = stated_build.split(here, settings.build_command)
    mixed = inside_of(tree, settings, app) if builds.mixed else None
    looks = root == app and "front-end" not in skip and mixed is None
    front = front_end_of(tree, settings, app, today, builds) if looks else None
    apart = (
        beside_of(tree, settings, app, root, today)
        if front is None and mixed is None and "front-end" not in skip
        else ()
    )
    local = root != app or has_local(base, data, manager, listed) or reads_sources(data, manager) or chosen.local
    project = (project_name(here, data, manager) or own_script(here, data, start)) if "project" not in skip else ""
    complete = not (settings.build_command or local or project or (listed is not None and listed.unnamed))
    sure = not local or (listed is not None and listed.itself is not None)
    sure = sure and not (listed is not None and listed.unnamed)
    newest = managers.newest(servers.ADDED[web.added], version) if web.added and sure else ""
    added = (web.added, newest) if web.added and "server" not in skip else None
    pretend = vcs.pretended(here, data, settings) if project or local else None
    build = builds.own
    if "setuptools" in packages.names | packages.locked:
        python = structs.replace(python, needs=())
    own = versions.has_setuptools(version) and manager is not None and manager.kind != "uv"
    imported = bundled.needed(here, packages.names | packages.locked, has_setuptools=own)
    python = structs.replace(
        python, needs=tuple(dict.fromkeys((*python.needs, *(one.requirement for one in imported))))
    )
    unstated = unstated_of(manager, every, listed)
    evidence, doubts = told(base, manager, version, today)
    return Facts(
        root=root,
        inside=relative(root, app),
        member=str(manifests.table(data, "project").get("name", "")) if shared is not None else "",
        version=version,
        python=python,
        suite=debian,
        manager=manager,
        requirements=listed,
        static_dependencies=static_dependencies(here, data, manager),
        is_flask=bool(packages.names & FLASK),
        local=local,
        project=project,
        server=web.server,
        companions=tuple(dict.fromkeys(need for one in unstated for need in one.needs)),
        git=git.access(repositories(base, data, manager, listed, chosen), settings),
        sets=chosen,
        added=added,
        pip=managers.pip(settings, version),
        django=start.project,
        processes=served_by(placed(needing(here, settings, version, start, complete), relative(root, app)), apart),
        scripts=start.scripts,
        python_path=web.python_path,
        env=(
            *system_packages.state(packages.names | packages.installed),
            *(GUNICORN_ENV if gunicorn_runs(start, packages.names | packages.installed) else ()),
            *started_browsers.env,
            *web.env,
        ),
        browsers=started_browsers,
        collects_itself=collect.is_off(settings),
        collected=collect.collected(here, start.project) if start.project is not None else "",
        session_key=web.session_key,
        build_packages=build_packages,
        run_packages=tuple(sorted(needed - system_packages.GONE.get(debian, frozenset()))),
        lock_env=locks.options(base, data) if manager is not None and manager.lock == locks.UV else (),
        build_env=pretend.env if pretend is not None else (),
        compiles="bytecode" not in skip,
        build_command=exec_form(process.of_setting("build_command", build)).with_env if build is not None else (),
        build_command_at=build.at if build else None,
        front_end=front,
        node=mixed,
        beside=apart,
        evidence=(
            *evidence,
            *python.evidence,
            *(Evidence(one.package, f"the sources use {one.name}", one.at) for one in used),
            *(Evidence(name, "the sources start it", at) for name, at in started_browsers.why),
            *(Evidence(one.requirement, f"the sources import {one.module}", one.at) for one in imported),
            Evidence("start", web.because, web.at),
            *(front.evidence if front else ()),
            *(why for one in apart for why in one.front_end.evidence),
        ),
        warnings=(
            *stale,
            *(version_files.too_old(settings, versions.PYTHON, version) if asked is None else ()),
            *doubts,
            *python.warnings,
            *companions.told(unstated),
            *chosen.warnings,
            *start_warnings(start, added),
            *(front.warnings if front else ()),
            *(mixed.warnings if mixed else ()),
            *(front_end_left(tree, settings, app) if front is None and not apart and "front-end" not in skip else ()),
            *programs.gone(used, gone, manager.at if manager is not None else None, debian),
            *(warning for one in apart for warning in one.front_end.warnings),
            *file_warnings(here, settings, version, start, packages if complete else None),
            *(django.left_out(here, start.project, relative(root, app)) if start.project is not None else ()),
            *((pretend.warning,) if pretend is not None else ()),
            *(package_left(here, data) if not project and "project" not in skip else ()),
            *platforms.doubts(here, settings_of(here, start), dict(settings.run_env)),
            *written(here, settings, start, within("/app", relative(root, app))),
            *of_dockerfile(here, settings, manager),
            *image_packages.left_out(settings, packages.names | packages.locked | {web.added}),
        ),
    )


def of_dockerfile(here: SourceTree, settings: Settings, manager: Manager | None) -> Iterator[Warning]:
    """The note that a Dockerfile says which requirements are installed, or the warning that it installs others."""
    named = stated_build.of_dockerfile(here, settings)
    if named is None or named.at is None or manager is None or manager.kind != "pip":
        return
    if named.value == manager.file != here.first(*requirements.MAIN):
        yield process.followed(named.at.file, (named.value,), named.at)
    elif named.value != manager.file and named.value not in requirements.read(here, manager.file).files:
        message = f"{manager.file} is installed, not {named.value} as in the Dockerfile"
        yield Warning(
            "dockerfile-requirements", message, named.at, f"have one of the two name the other: -r {named.value}"
        )


def written(here: SourceTree, settings: Settings, start: Start, home: str) -> Iterator[Warning]:
    """The doubts about what the app, which is `home` in the image, and its servers write."""
    env = dict((*start.web.env, *settings.run_env))
    if settings.flavour is not None:
        from frontend.languages.python import shells

        yield from shells.doubts(here, settings)
    yield from writes.doubts(here, start, home, env, ("", "src", *start.web.python_path))
    yield from server_files.doubts(here, start, home, env, builds=settings.build_command is not None)


def settings_of(here: SourceTree, start: Start) -> tuple[str, ...]:
    """The files where an app may look at its environment: Django's settings, usual names, the one that is started."""
    django_files = django.settings_files(here, start.project.root, start.project.settings) if start.project else ()
    named = start.web.at.file if start.web.at is not None else ""
    own = [name for name in here.entries() if name in SETTINGS_FILES or named == here.at(name).file]
    return tuple(dict.fromkeys((*django_files, *own)))


def known_of(manager: Manager | None, listed: Requirements | None, packages: Packages) -> sets.Known:
    """What is known of the dependencies before the optional ones."""
    kind, lock = (manager.kind, manager.lock) if manager is not None else ("", "")
    files = listed.files if listed is not None else ()
    return sets.Known(kind, lock, files, packages.names, packages.installed)


def packages_of(
    base: SourceTree,
    data: dict[str, Any],
    manager: Manager | None,
    direct: tuple[Requirement, ...],
    more: tuple[str, ...] = (),
) -> Packages:
    """The packages that the app names, and those of its lockfile. `more` are extras and groups that are installed."""
    names, extras = frozenset(r.name for r in direct), frozenset((r.name, e) for r in direct for e in r.extras)
    if manager is None or not manager.lock:
        return Packages(names, extras)
    project = str(manifests.table(data, "project").get("name", ""))
    installed = locks.installed(base, manager.lock, project, (*default_groups(data), *more))
    locked = locks.names(base, manager.lock)
    if locked and "fastapi-cli" not in locked:  # the extras of older releases have uvicorn alone
        names = frozenset("uvicorn" if one == "fastapi-cli" else one for one in names)
    return Packages(names, extras, locked, installed)


def not_listed(here: SourceTree, name: str, at: Location | None, manager: Manager | None) -> PlanError:
    """The error for an app of a framework that nothing installs."""
    like = requirements.misnamed(here, name)
    hint = f"write a requirements.txt or a pyproject.toml that names {name}"
    if like is not None:
        hint = f"is {like} the list of dependencies? Rename it to requirements.txt"
    elif manager is not None:
        hint = f"{manager.at.file} lists no dependency: name {name} in it"
    return PlanError(f"the app is made with {name}, but no manifest lists it as a dependency", at=at, hint=hint)


def start_warnings(start: Start, added: tuple[str, str] | None) -> tuple[Warning, ...]:
    """The doubts about how the app is served. `added` is the server it gets, with its version."""
    warnings = []
    if added is not None:
        name = added[0]
        warnings.append(
            Warning(
                "server-added",
                f"the app does not depend on a {servers.serves(name)} server: {' '.join(filter(None, added))} is added",
                start.web.at,
                f"add {name} to the dependencies to choose its version, or set SKIP=server to install none",
            )
        )
    if start.web.session_key is not None:
        warnings.append(
            Warning(
                "session-key",
                "FastHTML creates a new session key at every start, which ends all sessions",
                start.web.session_key,
                'pass a fixed one, e.g. fast_app(secret_key=os.environ["SECRET_KEY"])',
            )
        )
    return (*warnings, *start.warnings)


def file_warnings(
    here: SourceTree, settings: Settings, version: ToolVersion, start: Start, packages: Packages | None
) -> tuple[Warning, ...]:
    """The doubts about the files that are started. `packages` are all that is installed, None where more may be."""
    given = any(variable(name, settings, start.processes, start.web.env) for name in started.VARIABLES)
    return tuple(
        started.check(
            here,
            version.value,
            start.processes,
            start.project,
            ("", "src", *start.web.python_path),
            packages.names | packages.locked if packages is not None and not given else None,
        )
    )


def needing(
    here: SourceTree, settings: Settings, version: ToolVersion, start: Start, complete: bool
) -> tuple[Process, ...]:
    """The processes with the modules that they import to start, where no variable says where to import from."""
    if any(variable(name, settings, start.processes, start.web.env) for name in started.VARIABLES):
        return start.processes
    roots = tuple(dict.fromkeys(("", "src", *start.web.python_path)))
    return loaded.with_needs(
        here, start.processes, roots, version.value, complete=complete, builds=bool(settings.build_command)
    )


def installs_nothing(
    here: SourceTree,
    data: dict[str, Any],
    manager: Manager | None,
    listed: Requirements | None,
    direct: tuple[Requirement, ...],
) -> bool:
    """Whether it is sure that nothing is installed: there is no manifest, or one that lists no dependencies."""
    if manager is None:
        return True
    if direct or manager.lock or dynamic(data, manager) or (listed is not None and (listed.unnamed or listed.local)):
        return False
    if manager.kind in ("pip", "pipenv"):
        return True
    if manager.file in (setup_files.PY, setup_files.CFG):
        return setup_files.read(here).requires_nothing
    groups = manifests.table(data, "dependency-groups") or manifests.table(data, "tool", "poetry").get("group")
    return manager.file == "pyproject.toml" and bool(data.get("project")) and not groups


def dynamic(data: dict[str, Any], manager: Manager | None) -> bool:
    """Whether the project's dependencies are written in its sources: a manager has to ask its build system for them."""
    named = set(manifests.table(data, "project").get("dynamic") or ())
    return manager is not None and manager.kind != "pip" and bool(named & {"dependencies", "optional-dependencies"})


def reads_sources(data: dict[str, Any], manager: Manager | None) -> bool:
    """Whether installing the dependencies asks the project's build system, which reads the sources.

    It is asked for a list of dependencies that is written there, and without a lockfile for a version that is.
    """
    version = "version" in (manifests.table(data, "project").get("dynamic") or ())
    resolves = manager is not None and manager.kind in ("uv", "poetry", "pdm") and not manager.lock
    return dynamic(data, manager) or (version and resolves)


def default_groups(data: dict[str, Any]) -> tuple[str, ...]:
    """The dependency groups that uv installs besides the dependencies, the one for development left out.

    Source: https://docs.astral.sh/uv/concepts/projects/dependencies/#default-groups
    """
    named = manifests.table(data, "tool", "uv").get("default-groups") or ()
    groups = manifests.table(data, "dependency-groups")
    return tuple(group for group in (groups if named == "all" else named) if group != "dev")


def front_end_of(tree: SourceTree, settings: Settings, app: str, today: str, builds: Split) -> FrontEnd | None:
    """The front end that the build command builds, or one beside the app whose package.json has a build script; None
    without one, and where a file for another platform states a whole build that has none."""
    if builds.front is None and stated_build.is_whole(tree, app, settings.whole_build):
        return None
    named = (builds.dir,) if builds.front is not None else FRONT_ENDS
    for directory in named:
        path = within(app, directory)
        if tree.has(within(path, "package.json")):
            from frontend.languages.node.front_end import front_end

            found = front_end(tree, settings, app, path, today, builds.front)
            if found is not None:
                return found
    if not monorepo.having(tree, app, "package.json"):
        return None
    from frontend.languages.node.front_end import writing_to

    return writing_to(tree, settings, app, today)


def inside_of(tree: SourceTree, settings: Settings, app: str) -> Inside:
    """Node.js for a build command that cannot be split: as the package.json of the app asks for, or of a front end."""
    from frontend.languages.node.front_end import inside

    paths = (within(app, dir) for dir in FRONT_ENDS)
    dir = next((path for path in paths if tree.has(within(path, "package.json"))), None)
    if dir is None:
        having = monorepo.having(tree, app, "package.json")
        dir = having[0] if having else app
    return inside(tree, settings, dir)


def front_end_left(tree: SourceTree, settings: Settings, app: str) -> Iterator[Warning]:
    """The warning that a front end is not built, because a file for another platform states a whole build."""
    whole = settings.whole_build
    if whole is None or not stated_build.is_whole(tree, app, whole):
        return
    here = tree.under(app)
    for path in (within(directory, "package.json") for directory in FRONT_ENDS):
        scripts = (here.read_json(path) or {}).get("scripts") if here.has(path) else None
        if isinstance(scripts, dict) and "build" in scripts:
            file = whole.at.file if whole.at is not None else ""
            message = f"the build script of {path} is not run: {file} states the whole build, which does without it"
            yield Warning(
                "front-end-left",
                message,
                here.line_of(path, '"scripts"', '"build"'),
                f"add it to the build command of {file}",
            )


def beside_of(tree: SourceTree, settings: Settings, app: str, root: str, today: str) -> tuple[Beside, ...]:
    """The front ends that the app's sources serve from directories of any name.

    `root` is the directory of the context that becomes /app.
    """
    above = any(tree.has(within(base, "package.json")) for base in parents(app))
    if not above and not any(monorepo.having(tree, base, "package.json") for base in (app, *parents(app))):
        return ()
    from frontend.languages.node.front_end import beside

    files = [within(app, path) for path in app_candidates.files(tree.under(app))[0]]
    return beside(tree, settings, app, root, files, today)


def placed(processes: tuple[Process, ...], inside: str) -> tuple[Process, ...]:
    """The processes with the directories that they run in as the image has them; `inside` is the app's own in /app."""
    home = within("/app", inside)

    def needed(one: Need) -> Need:
        return structs.replace(one, paths=tuple(within(home, path) for path in one.paths))

    return tuple(
        structs.replace(one, dir=within(home, one.dir), needs=tuple(map(needed, one.needs))) if one.dir else one
        for one in processes
    )


def served_by(processes: tuple[Process, ...], apart: tuple[Beside, ...]) -> tuple[Process, ...]:
    """The processes, the first of which is not started without the front ends it serves."""
    if not apart or not processes:
        return processes
    from frontend.languages.node.front_end import needing

    web, *others = processes
    return (needing(web, tuple(one.need for one in apart)), *others)


def has_local(here: SourceTree, data: dict[str, Any], manager: Manager | None, listed: Requirements | None) -> bool:
    """Whether a requirement, or a locked package, is a directory of the repository."""
    if listed is not None:
        return listed.local
    if manager is None or manager.kind == "project":
        return False
    return locks.has_local(here, manager.lock) if manager.lock else outside.is_named(here, data)


def told(
    here: SourceTree, manager: Manager | None, version: ToolVersion, today: str
) -> tuple[list[Evidence], list[Warning]]:
    """What is known so far, in words, and the doubts about it."""
    evidence: list[Evidence] = []
    warnings: list[Warning] = []
    if manager is not None:
        evidence.append(
            Evidence(manager.kind if manager.kind != "project" else "pip", manager.lock or manager.at.file, manager.at)
        )
        locks_of = dict(LOCKS)
        if not manager.lock and manager.kind in locks_of:
            warnings.append(lockfiles.missing(manager.kind, locks_of[manager.kind], f"{manager.kind} lock", manager.at))
        if manager.is_old:
            message = (
                f"{manager.lock} is installed without a comparison with {manifests.PYPROJECT}: an older PDM made it"
            )
            hint = f"run {manager.kind} lock and commit {manager.lock}"
            warnings.append(Warning("old-lockfile", message, here.line_of(manager.lock, "lock_version"), hint))
        others = [
            here.at(lock) for lock in (*locks_of.values(), pylock.FILE) if lock != manager.lock and here.has(lock)
        ]
        warnings += lockfiles.unused(others, manager.lock, manager.kind if manager.kind != "project" else "pip")
    ended = end_of_life(versions.TITLE, versions.RELEASES, version, today) if today else None
    if ended is not None and "==" in version.asked and version.by == "file":
        name = version.asked.partition("==")[0]
        ended = structs.replace(
            ended, hint=f"{name} needs it: use a newer release, or set the build-arg PYTHON_VERSION"
        )
    if ended is not None:
        warnings.append(ended)
    return evidence, warnings


# --- dependencies


def manager_of(here: SourceTree, data: dict[str, Any], settings: Settings, stated: str) -> Manager | None:
    """The manager: by what another platform was told to install, by lockfile, then by its table in pyproject.toml, then
    by what is there; None without dependencies.

    `stated` is the requirements file of the first, "" for none. The manager's own version is chosen later. Raises
    PlanError for conda's files alone.
    """
    tool = manifests.table(data, "tool")
    if stated:
        return Manager("pip", stated, "", None, here.at(stated))
    for kind, lock in LOCKS:
        if here.has(lock) and (kind == "pipenv" or here.has("pyproject.toml")):
            locks.check(here, lock)
            return Manager(kind, lock, lock, None, here.at(lock), locks.is_old(here, lock))
    standard = pylock.find(here, settings)
    if standard is not None:
        return Manager("pylock", standard, standard, None, here.at(standard))
    for kind in ("poetry", "pdm", "uv"):
        if kind in tool and (kind == "poetry" or data.get("project")):
            return Manager(kind, "pyproject.toml", "", None, here.line_of("pyproject.toml", f"tool.{kind}"))
    if here.has("Pipfile"):
        return Manager("pipenv", "Pipfile", "", None, here.at("Pipfile"))
    main = here.first(*requirements.MAIN)
    named = stated_build.of_dockerfile(here, settings)
    if named is not None and (main is None or main in requirements.read(here, named.value).files):
        main = named.value
    if main is not None:
        return Manager("pip", main, "", None, here.at(main))
    for path in ("pyproject.toml", "setup.py", "setup.cfg"):
        if here.has(path) and (path != "pyproject.toml" or data.get("project")):
            at = here.line_of(path, "[project]" if path == "pyproject.toml" else "")
            return Manager("project", path, "", None, at)
    conda = here.first(*CONDA)
    if conda is not None:
        raise PlanError(
            f"{conda} is for conda, which is not supported",
            at=here.at(conda),
            hint="list the packages from PyPI in a requirements.txt or pyproject.toml",
        )
    apart = requirements.apart(here)
    return Manager("pip", apart, "", None, here.at(apart)) if apart is not None else None


def workspace_manager(base: SourceTree) -> Manager:
    """uv, for a member of the workspace whose lockfile is in a directory."""
    return Manager("uv", workspace.LOCK, workspace.LOCK, None, base.at(workspace.LOCK))


def with_version(
    manager: Manager | None, base: SourceTree, data: dict[str, Any], settings: Settings, python: ToolVersion
) -> Manager | None:
    """The manager with its own version, where it is not the image's pip. `data` is the pyproject.toml of `base`."""
    tool = "uv" if manager is not None and manager.kind == "pylock" else manager.kind if manager is not None else ""
    if manager is None or tool not in managers.VERSIONS:
        return manager
    return structs.replace(manager, version=managers.version(tool, base, data, settings, python))


def python_of(
    settings: Settings,
    asked: Asked | None,
    base: SourceTree,
    data: dict[str, Any],
    manager: Manager | None,
    listed: Requirements | None,
    every: tuple[Requirement, ...],
) -> Python:
    """The Python to use: the version that is asked for, or of a range the best that the pins of the app allow."""
    given = (*every, *(listed.constraints if listed is not None else ()))
    lock = manager.lock if manager is not None else ""
    if not lock and not any(one.pin or one.below for one in given):
        return Python(choose(versions.PYTHON, asked))
    from frontend.languages.python import allowed, pins

    machines = pins.machines_of(settings.platforms)
    if not lock:
        return allowed.python(asked, tuple(pins.of_requirements(given, machines)))
    project = str(manifests.table(data, "project").get("name", ""))
    return allowed.python(
        asked, tuple(pins.of_lock(base, lock, locks.installed(base, lock, project, default_groups(data)), machines))
    )


def unstated_of(
    manager: Manager | None, every: tuple[Requirement, ...], listed: Requirements | None
) -> tuple[companions.Found, ...]:
    """What pinned packages need besides what they state themselves, where no lockfile has it."""
    if manager is None or manager.lock or manager.kind not in ("pip", "project"):
        return ()
    given = (*every, *(listed.constraints if listed is not None else ()))
    return tuple(companions.find(every, frozenset(one.name for one in given)))


def all_dependencies(
    here: SourceTree, data: dict[str, Any], manager: Manager | None, listed: Requirements | None
) -> tuple[Requirement, ...]:
    """The direct dependencies of the app, those for other Pythons and systems too."""
    if listed is not None:
        if listed.itself is not None:
            return (*listed.found, *sets.of_itself(here, data, listed.itself))
        return listed.found
    if manager is not None and manager.kind == "pipenv":
        return requirements.of_pipfile(here)
    if manager is not None and manager.kind == "pylock" and not data.get("project"):
        return tuple(Requirement(name) for name in sorted(pylock.installed(here, manager.lock, ())))
    groups = default_groups(data) if manager is not None and manager.kind == "uv" else ()
    return (
        *requirements.of_project(here, data),
        *requirements.of_groups(here, data, groups),
        *requirements.of_poetry(here, data),
        *requirements.of_setup(here),
    )


def dependencies(stated: tuple[Requirement, ...], python: str) -> tuple[Requirement, ...]:
    """Those that are for the image of a Python's version, and the servers that they bring."""
    found = tuple(requirement for requirement in stated if requirement.applies(python))
    requirements.check_system(found)
    brought = [name for r in found for e in r.extras for name in servers.BRINGS.get((r.name, e), ())]
    brought += [servers.WITH_SERVER[r.name] for r in found if r.name in servers.WITH_SERVER]
    every = (*found, *(Requirement(name) for name in brought))
    if all(servers.has_fastapi_run(one.pin) for one in found if one.name == "fastapi"):
        return every
    return tuple(structs.replace(one, name="uvicorn", pin="") if one.name == "fastapi-cli" else one for one in every)


def repositories(
    base: SourceTree, data: dict[str, Any], manager: Manager | None, listed: Requirements | None, chosen: Sets
) -> Iterator[str]:
    """The texts that may name git repositories to install from."""
    files = (*(listed.files if listed else ()), *((manager.lock,) if manager and manager.lock else ()))
    return requirements.repositories(base, data, files, chosen.texts)


def static_dependencies(here: SourceTree, data: dict[str, Any], manager: Manager | None) -> tuple[str, ...]:
    """The `[project]` dependencies, when pip installs a pyproject.toml that lists them itself; () otherwise.

    They are then installed before the sources are there, and stay cached while those change.
    """
    project = manifests.table(data, "project")
    if manager is None or manager.kind != "project" or "dependencies" in (project.get("dynamic") or ()):
        return ()
    return tuple(text for text in project.get("dependencies") or () if isinstance(text, str))


def project_name(here: SourceTree, data: dict[str, Any], manager: Manager | None) -> str:
    """The name of the project when it is a package to install: it has a build system, or is setup.py's."""
    if manager is None or manager.kind in ("pip", "pipenv"):
        return ""
    poetry = manifests.table(data, "tool", "poetry")
    name = manifests.table(data, "project").get("name") or poetry.get("name") or ""
    if here.has("pyproject.toml") and data.get("project" if "project" in data else "tool"):
        packaged = "build-system" in data and poetry.get("package-mode", True) and is_package(here, data, str(name))
        uv = manifests.table(data, "tool", "uv")
        if uv.get("package") is False or manifests.table(data, "tool", "pdm").get("distribution") is False:
            packaged = False
        return str(name) if packaged or manifests.table(data, "project").get("scripts") else ""
    return setup_name(here)


def is_package(here: SourceTree, data: dict[str, Any], name: str) -> bool:
    """Whether a project has what its build system would pack: some refuse to build one with a mere main.py.

    Sources: https://python-poetry.org/docs/pyproject/#packages, and the documentation of the others
    """
    configured = PACKAGE_TABLES.get(str(manifests.table(data, "build-system").get("build-backend")))
    if absent_package(here, data) is not None:
        return False
    if configured is None or manifests.table(data, "tool", *configured[:-1]).get(configured[-1]):
        return True
    module = requirements.normal(name)
    names = (one for root in ("", "src") for one in here.entries(root))
    return any(requirements.normal(one.removesuffix(".py")) == module for one in names) or bool(
        here.glob(f"*/{module.replace('-', '_')}/__init__.py")
    )


def absent_package(here: SourceTree, data: dict[str, Any]) -> tuple[str, Location] | None:
    """A package that Poetry is to pack and that is not there, with its place: then it refuses to build the project."""
    backend = str(manifests.table(data, "build-system").get("build-backend"))
    listed = manifests.table(data, "tool", "poetry").get("packages") if backend in POETRY_BACKENDS else None
    for one in listed if isinstance(listed, list) else ():
        name = one.get("include") if isinstance(one, dict) else None
        path = within(str(one.get("from") or ""), name) if isinstance(name, str) else ""
        if path and not set(path) & set("*?[") and not here.has(path) and not here.is_dir(path):
            return path, here.line_of("pyproject.toml", "[tool.poetry]", "packages")
    return None


def package_left(here: SourceTree, data: dict[str, Any]) -> Iterator[Warning]:
    """The warning for a project that is not installed, for Poetry could not build it."""
    absent = absent_package(here, data)
    if absent is not None:
        message = f"the project itself is not installed: it is to have the package {absent[0]}, which is not there"
        hint = "correct packages, or set package-mode = false"
        yield Warning("package-absent", message, absent[1], hint)


def gunicorn_runs(start: Start, names: frozenset[str]) -> bool:
    """Whether the app depends on gunicorn, or gets it."""
    return "gunicorn" in names or start.web.added == "gunicorn"


def own_script(here: SourceTree, data: dict[str, Any], start: Start) -> str:
    """The name of the project when a process is one of its own scripts: only installing makes those; else ""."""
    commands = [process.script_of(one) for one in start.processes]
    inside = [file.script for one in commands for file in script_files.run_by(here, one)]
    programs = {words[0].text for one in (*commands, *inside) if (words := program(one))} | {start.web.script}
    if not programs & set(scripts_of(here, data)):
        return ""
    poetry = manifests.table(data, "tool", "poetry")
    return str(manifests.table(data, "project").get("name") or poetry.get("name") or setup_name(here))


def setup_name(here: SourceTree) -> str:
    """The name that setup.cfg or setup.py gives, "app" when it is not written there."""
    if not here.first(setup_files.PY, setup_files.CFG):
        return ""
    return setup_files.read(here).name or "app"
