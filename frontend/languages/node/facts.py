"""All that a Node.js plan depends on. Every decision is taken here, once."""

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.languages.node import (
    builds,
    frameworks,
    lifecycle,
    locate,
    lockfiles,
    package_managers,
    serve,
    system_packages,
    versions,
)
from frontend.languages.node.builds import BuildCommand
from frontend.languages.node.frameworks import Framework
from frontend.languages.node.lockfiles import Locked
from frontend.languages.node.manifest import Manifest, line, read
from frontend.languages.node.package_managers import Manager
from frontend.languages.node.repository import Repository
from frontend.languages.node.start import Start
from frontend.languages.node.system_packages import Native
from frontend.languages.node.workspaces import Project
from frontend.paths import within
from frontend.plan.model import Evidence, Process, ToolVersion, Warning
from frontend.rules.versions import end_of_life, suite
from frontend.settings.model import Settings

SERVER = ("node", "server.js")  # of Next.js's standalone output


class Facts(Struct, frozen=True):
    """What the app is. `hooks` are its own install scripts, run once its sources are there.

    `full` says that development dependencies are installed too, for the build. `pruned` says that the packages of the
    image are those of the build without development dependencies: a hook changed them. `standalone` is Next.js's own
    selection of what its server needs, `dist` where it builds ("" for other apps). `sites` are directories of front
    ends, relative to the project's root, whose packages only their build needs. `moved` are development dependencies
    that the start needs.
    """

    project: Project
    manager: Manager
    version: ToolVersion
    suite: str
    locked: Locked
    framework: Framework | None
    web: Process
    others: tuple[Process, ...]
    env: tuple[tuple[str, str], ...]
    builds: tuple[BuildCommand, ...]
    hooks: tuple[BuildCommand, ...]
    full: bool
    pruned: bool
    standalone: bool
    dist: str
    sites: tuple[str, ...]
    moved: tuple[str, ...]
    generated: tuple[str, ...]
    native: dict[str, Native]
    compiled: bool
    nested_installs: bool
    warnings: tuple[Warning, ...]
    evidence: tuple[Evidence, ...]

    @property
    def has_steps(self) -> bool:
        """Whether anything is installed or built."""
        return bool(self.builds or self.hooks or self.installs)

    @property
    def installs(self) -> bool:
        """Whether there are dependencies at all."""
        declared = any(one.production or (self.full and one.development) for one in self.project.manifests)
        return declared or bool(self.moved)


def inspect(tree: SourceTree, settings: Settings, app: str, today: str) -> Facts:
    """The facts of the app in a directory of the context. Raises BuildError for one that cannot be built."""
    repository, doubts = found(tree, settings, locate.locate(tree, settings, app))
    tree, project, manager, locked, version = repository
    framework = repository.framework
    frameworks.check(tree, project.app, framework)
    web, others = serve.serve(repository, settings)
    made = build_commands(repository, settings, web)
    hooks = builds.own_hooks(tree, project)
    serve.check_entry(repository, web, bool(made or hooks), settings.run_packages)
    dist = frameworks.next_dist(tree, project.app) if framework is not None and framework.package == "next" else ""
    standalone = is_standalone(dist, web, manager)
    moved = started_development(project, (web, *(other for _, other in others))) if not standalone else ()
    if not made and not hooks:
        moved = tuple(dict.fromkeys((*moved, *used_development(project))))
    warnings = [*doubts, *web.warnings, *(w for _, other in others for w in other.warnings)]
    warnings += [w for w in (end_of_life(versions.TITLE, versions.RELEASES, version, today),) if w is not None]
    warnings += [moved_warning(tree, project, name) for name in moved]
    native = natives(project, locked, moved)
    compiled = compiles(native, locked)
    if compiled and system_packages.lacks_distutils(locked.versions.get("node-gyp", ())):
        native = {**native, "node-gyp": system_packages.DISTUTILS}
    generated = lifecycle.generated(project.manifests)
    nested = any(one.fetches for one in (*made, *hooks))
    return Facts(
        project=project,
        manager=manager,
        version=version,
        suite=suite(versions.RELEASES, version.value),
        locked=locked,
        framework=framework,
        web=Process("web", SERVER if standalone else web.args, web.shell, web.at),
        others=tuple(Process(name, other.with_env, other.shell, other.at) for name, other in others),
        env=web.env,
        builds=made,
        hooks=hooks,
        full=bool(made or hooks) and any(m.development for m in project.manifests),
        pruned=changes_modules(project) or bool(generated and manager.kind == "pnpm"),
        standalone=standalone,
        dist=dist,
        sites=sites(tree, project) if nested else (),
        moved=moved,
        generated=generated,
        native=native,
        compiled=compiled,
        nested_installs=nested,
        warnings=tuple(warnings),
        evidence=evidence(tree, project, manager, framework, web),
    )


def found(tree: SourceTree, settings: Settings, project: Project) -> tuple[Repository, tuple[Warning, ...]]:
    """What is known of a project before its scripts are read, with the doubts about its package manager.

    `tree` is the whole context: a version file may stand above the project.
    """
    here = tree.under(project.root)
    manifests = tuple({m.dir: m for m in (project.app, project.top)}.values())
    version = versions.node_version(tree, settings, tuple(map(project.in_context, manifests)))
    manager, doubts = package_managers.choose(here, settings, tuple(reversed(manifests)), version)
    locked = lockfiles.read(here, manager.lockfile) if manager.lockfile else Locked()
    return Repository(here, project, manager, locked, version), doubts


def build_commands(repository: Repository, settings: Settings, web: Start) -> tuple[BuildCommand, ...]:
    """Everything that is run to build: the workspaces it needs, its own build, what the start script would build."""
    tree, project, manager = repository.tree, repository.project, repository.manager
    named = builds.commands(tree, settings, project)
    own = named or builds.framework_build(repository) or builds.compile_types(repository, web)
    before = () if settings.build_command else builds.workspace_builds(tree, project, manager)
    moved = tuple(builds.moved_build(project, manager, one, web.at) for one in web.builds)
    if any(builds.is_same(one, other) for one in own for other in moved):
        # `npm run clean && npm run build && node server.js`: in the order it is written
        return (*before, *(next((one for one in own if builds.is_same(one, other)), other) for other in moved))
    return (*before, *own, *moved)


def is_standalone(dist: str, web: Start, manager: Manager) -> bool:
    """Whether Next.js selects what its server needs: where nothing but `next start`, or that server, is run."""
    serves = web.tool == "next" or web.args[:2] == ("node", f"{dist}/standalone/server.js")
    return bool(dist) and serves and not web.shell and not manager.pnp


def sites(tree: SourceTree, project: Project) -> tuple[str, ...]:
    """The directories of front ends beside the app: packages that build a site and start nothing."""
    found = []
    for path in tree.glob("*/package.json"):
        manifest = read(tree, path.rpartition("/")[0])
        if manifest is not None and manifest.dir != project.app.dir and frameworks.static_site(tree, manifest):
            found += [] if locate.can_start(tree, manifest) else [manifest.dir]
    return tuple(found)


def changes_modules(project: Project) -> bool:
    """Whether an install script of the project's own changes node_modules."""
    return any(
        lifecycle.effect(m.scripts[name], m.scripts) == "modules"
        for m in project.manifests
        for name in lifecycle.hooks(m)
    )


def compiles(native: dict[str, Native], locked: Locked) -> bool:
    """Whether a package is compiled when it is installed, or may be: only npm's lockfile says which have scripts."""
    unknown = bool(locked.versions) and not locked.places
    scripted = bool(locked.scripted - system_packages.SCRIPTED_ONLY)
    return unknown or scripted or any(one.compiles for one in native.values())


def started_development(project: Project, starts: tuple[Start, ...]) -> tuple[str, ...]:
    """The development dependencies whose programs the processes run."""
    dev = development(project)
    return tuple(dict.fromkeys(name for one in starts for name in one.needs if name in dev))


def used_development(project: Project) -> tuple[str, ...]:
    """The development dependencies of an app that has no others, and nothing to build: those it runs with.

    Without them nothing of it could start. What only checks and formats sources is left out.
    """
    own = project.app
    if own.production or project.top.production or project.has_workspaces:
        return ()
    tools = ("@types/", "eslint", "@eslint/", "prettier", "@typescript-eslint/", "@tsconfig/", "husky", "lint-staged")
    tests = ("jest", "vitest", "mocha", "chai", "supertest", "nodemon", "typescript", "nyc", "c8", "sinon")
    return tuple(name for name in own.development if not name.startswith(tools) and name not in tests)


def development(project: Project) -> set[str]:
    """The development dependencies of the app (and of the root) that are nobody's production dependency."""
    found = {name for m in (project.top, project.app) for name in m.development}
    return found - {name for m in project.manifests for name in m.production}


def moved_warning(tree: SourceTree, project: Project, name: str) -> Warning:
    """The warning for a development dependency that the start needs."""
    owner = project.app if name in project.app.development else project.top
    return Warning(
        "dev-dependency-started",
        f"{name} is needed to start the app, and is a development dependency: it is put into the image",
        line(tree, owner, "devDependencies", name),
        f'move "{name}" to "dependencies"',
    )


def natives(project: Project, locked: Locked, moved: tuple[str, ...] = ()) -> dict[str, Native]:
    """What the table of native packages says of the app's direct and locked dependencies."""
    direct = {name for m in project.manifests for name in m.production} | set(moved)
    whole = set(locked.versions) if not any(m.development for m in project.manifests) else set()
    deep = {
        name for name in locked.versions if name in system_packages.PACKAGES and name not in system_packages.OPTIONAL
    }
    dev = {name for m in project.manifests for name in m.development} - direct
    spec = next(
        (m.dependencies[n] for m in project.manifests for n in ("@prisma/client", "prisma") if n in m.dependencies), ""
    )
    version = locked.version("@prisma/client") or spec.lstrip("^~>=v ")
    major = version.partition(".")[0]
    return system_packages.needed(sorted((direct | whole | deep) - dev), int(major) if major.isdigit() else 0)


def evidence(
    tree: SourceTree, project: Project, manager: Manager, framework: Framework | None, web: Start
) -> tuple[Evidence, ...]:
    """What was found, and where."""
    found = []
    if project.has_workspaces and project.app is not project.top:
        found.append(
            Evidence(
                f"app {within(project.root, project.app.dir)}",
                "a workspace of this repository",
                tree.at(project.app.path, 1),
            )
        )
    if manager.version is not None and manager.version.at is not None:
        found.append(
            Evidence(
                f"{manager.program} {manager.version.value}",
                manager.version.asked or "its lockfile",
                manager.version.at,
            )
        )
    elif manager.lockfile:
        found.append(Evidence(manager.program, manager.lockfile, manager.at))
    named = frameworks.title(project.app)
    if named is not None:
        found.append(Evidence(named[0], f"{named[1]} is a dependency", line(tree, project.app, named[1])))
    found.append(Evidence("start", " ".join(web.args), web.at))
    for one in web.builds:
        found.append(
            Evidence(
                "build", f"{' '.join(one.args)} is part of the start script: it is run when the image is built", web.at
            )
        )
    return tuple(found)


def replaced_manifest(manifest: Manifest, moved: tuple[str, ...], drop_development: bool) -> Manifest:
    """The package.json of the production install: `moved` development dependencies as production ones."""
    own = manifest.table("devDependencies")
    data = dict(manifest.data)
    if any(name in own for name in moved):
        data["dependencies"] = {**manifest.table("dependencies"), **{name: own[name] for name in moved if name in own}}
        data["devDependencies"] = {name: spec for name, spec in own.items() if name not in moved}
    if drop_development:
        data.pop("devDependencies", None)
    return structs.replace(manifest, data=data)
