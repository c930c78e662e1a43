"""All that a Node.js plan depends on. Every decision is taken here, once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from frontend.commands.options import split_options
from frontend.commands.words import literal
from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.node import (
    adapters,
    builds,
    development,
    fixed_ports,
    frameworks,
    handlers,
    install_inputs,
    legacy_hashes,
    lenient,
    lifecycle,
    local_hosts,
    locate,
    options,
    public_env,
    repository,
    serve,
    served,
    serverless,
    state,
    system_packages,
    versions,
)
from frontend.languages.node.builds import BuildCommand
from frontend.languages.node.engines import beside_node, needs_node
from frontend.languages.node.env_files import OPTIONS as ENV_FILES
from frontend.languages.node.frameworks import Framework
from frontend.languages.node.manifest import Manifest, line, read
from frontend.languages.node.package_managers import Manager
from frontend.languages.node.repository import Repository
from frontend.languages.node.served import Served
from frontend.languages.node.sites import NoServerError
from frontend.languages.node.start import Start
from frontend.languages.node.work import Work
from frontend.languages.node.workspaces import Project
from frontend.languages.registry import NODE
from frontend.paths import joined, within
from frontend.plan.model import Evidence, Process, Warning
from frontend.rules import cleanup, platforms
from frontend.rules.native import Native
from frontend.rules.versions import end_of_life
from frontend.settings.model import Settings

if TYPE_CHECKING:
    from frontend.languages.node.front_end import Beside
    from frontend.languages.node.nested import Nested, Unmet

SERVER = "server.js"  # of Next.js's standalone output
INSTALLS = re.compile(r"\b(?:install|ci|i|yarn)\b")


class Facts(Struct, frozen=True):
    """What the app is: the work of its steps, and how it is started.

    `dist` is where Next.js builds ("" for other apps). `sites` are directories of front ends, relative to the project's
    root, whose packages only their build needs. `generated` is what the build makes in node_modules. `linked` are the
    directories of local packages that are no workspaces: npm links them, and installs what they depend on below them.
    `beside` are front ends that the sources serve from directories of their own.
    """

    work: Work
    web: Process
    others: tuple[Process, ...]
    env: tuple[tuple[str, str], ...]
    dist: str
    sites: tuple[str, ...]
    generated: tuple[str, ...]
    linked: tuple[str, ...]
    beside: tuple[Beside, ...]
    warnings: tuple[Warning, ...]
    evidence: tuple[Evidence, ...]


def inspect(tree: SourceTree, settings: Settings, here: Repository, doubts: tuple[Warning, ...], today: str) -> Facts:
    """The facts of the app of a repository, about which there are doubts (`repository.read`); `tree` is the whole
    context. Raises BuildError for an app that cannot be built."""
    check_framework(here, settings)
    web, others = serve.serve(here, settings)
    starts = (web, *(other for _, other in others))
    is_next = here.framework is not None and here.framework.package == "next"
    dist = frameworks.next_dist(here.tree, here.project.app) if is_next else ""
    fronts = front_ends(tree, settings, here, web) if "front-end" not in settings.skip else ()
    work, scripted, rest = planned(here, settings, starts, is_standalone(dist, starts, here.manager, settings), fronts)
    around = sites(here, fronts) if work.nested_installs else ()
    hashes = old_webpack(here, around) if work.builds else ()
    if work.builds:
        given = (*((legacy_hashes.OPTIONS,) if hashes else ()), *lenient.env(packages_built(here, around)))
        work = structs.replace(work, build_env=given)
    work, public, lacking = with_variables(here, settings, work)
    serve.check_entry(here, web, bool(work.builds or work.hooks), settings.run_packages)
    serverless.check(here, web, settings)
    imported = {one.name: one.at for one in settings.imported}
    front = beside(tree, settings, here.project.root, rest, today)
    program = here.engine.program if here.engine is not None else "node"
    started = Process("web", (program, SERVER), web.shell, web.at) if work.standalone else process("web", web)
    late = end_of_life(versions.TITLE, versions.RELEASES, here.version, today) if work.by_node else None
    return Facts(
        work=work,
        web=with_fronts(started, here.project.root, scripted, front),
        others=tuple(process(name, other.with_env) for name, other in others),
        env=web.env,
        dist=dist,
        sites=around,
        generated=generated(here.project, work.hooks),
        linked=linked(here),
        beside=front,
        warnings=(
            *doubts,
            *(warning for one in starts for warning in one.warnings),
            *fixed_ports.doubts(here, web, settings.port, dict(settings.run_env)),
            *local_hosts.doubts(here, web),
            *left_out(here, web),
            *apart(tree, settings, work, starts, fronts),
            *platforms.doubts(here.tree, filter(None, (fixed_ports.source_of(here, web),)), dict(settings.run_env)),
            *adapters.doubts(here.tree, here.project.app, here.framework),
            *builds.doubts(here, settings, web, work.builds),
            *of_nest(here, work),
            *public.warnings,
            *lacking,
            *handlers.warnings(web, settings),
            *state.warnings(here.tree, here.project.app),
            *((late,) if late else ()),
            *(
                development.warning(here.tree, here.project, name, imported.get(name))
                for name in work.moved
                if not kept_groups(settings)
            ),
            *development.testers(here.tree, here.project, work.moved),
            *hashes,
            *(warning for one in front for warning in one.front_end.warnings),
        ),
        evidence=(*evidence(here, web), *public.evidence, *(why for one in front for why in one.front_end.evidence)),
    )


def apart(
    tree: SourceTree, settings: Settings, work: Work, starts: tuple[Start, ...], fronts: tuple[Served, ...]
) -> Iterator[Warning]:
    """The warnings for sites beside the app, which its build does not make, and for what is below one in the root."""
    project = work.project
    if settings.app is not None:
        return
    dirs = tuple(one.dir for one in fronts)
    if project.root or project.app.dir:
        from frontend.languages.node import together

        built = (*(within(project.root, one.dir) for one in project.builds), *dirs)
        yield from together.left_out(tree, settings, project, built)
    elif not project.has_workspaces and not served.PARTS.isdisjoint(tree.entries()):
        from frontend.languages.node import together

        words = [word for one in starts for word in one.args]
        yield from together.below_root(tree, work, words, dirs)


def of_nest(here: Repository, work: Work) -> Iterator[Warning]:
    """The warning for applications of Nest's own monorepo that are not in the image."""
    if here.framework is not None and here.framework.package == "@nestjs/core" and work.builds:
        from frontend.languages.node import nest

        yield from nest.not_built(here.tree, here.project.app, work.builds)


def with_variables(
    here: Repository, settings: Settings, work: Work
) -> tuple[Work, public_env.PublicEnv, tuple[Warning, ...]]:
    """The work with the variables that only its build has: public ones, and stand-ins for those of prisma.config.ts."""
    public = public_variables(here, settings) if work.builds else public_env.PublicEnv()
    values: tuple[tuple[str, str], ...] = ()
    lacking: tuple[Warning, ...] = ()
    if (work.builds or work.hooks) and builds.is_prisma_7(here):
        from frontend.languages.node import prisma

        given = (*dict(settings.build_env), *dict(settings.run_env), *dict(public.env))
        values, lacking = prisma.placeholders(here.tree, here.project.manifests, given)
    return structs.replace(work, build_env=(*work.build_env, *public.env, *values)), public, lacking


def public_variables(here: Repository, settings: Settings) -> public_env.PublicEnv:
    """The public variables of the app's files for its build; what those of other packages say, no build gets."""
    given, project = dict(settings.build_env), here.project
    found = public_env.of_build(here.tree, project.app.dir, given)
    files = (public_env.FILE, *public_env.OTHERS)
    others = dict.fromkeys(one.dir for one in project.manifests if one.dir != project.app.dir)
    unused = [one for dir in others for one in public_env.left_out(here.tree, dir, (*given, *dict(found.env)), files)]
    return structs.replace(found, warnings=(*found.warnings, *unused))


def check_framework(here: Repository, settings: Settings) -> None:
    """Raises NoServerError, PlanError where the app's framework makes no server for what runs it, unless the app is
    started by a file of its own."""
    try:
        adapters.check(
            here.tree,
            here.project.app,
            here.framework,
            here.locked,
            named=settings.build_command is not None,
            by_bun=here.engine is not None,
        )
    except NoServerError:
        if not serve.by_own_file(here, settings):
            raise


def old_webpack(here: Repository, beside: tuple[str, ...]) -> tuple[Warning, ...]:
    """The warning for a build by an old webpack: of the project, or of a front end in a directory of `beside`."""
    return legacy_hashes.doubts(here.tree, packages_built(here, beside), here.locked, here.version)


def packages_built(here: Repository, beside: tuple[str, ...]) -> tuple[Manifest, ...]:
    """The packages that a build may build: those of the project, and front ends in directories."""
    return (*here.project.manifests, *filter(None, (read(here.tree, dir) for dir in beside)))


def front_ends(tree: SourceTree, settings: Settings, here: Repository, web: Start) -> tuple[Served, ...]:
    """The front ends that the app's sources name by what their builds make, and those that write it into the app.

    `tree` is the whole context.
    """
    app = within(here.project.root, here.project.app.dir)
    dirs = served.front_ends(tree, app)
    if not dirs and served.site_above(tree, app) is None:
        return ()
    from frontend.languages.node import outside

    found = served.of_server(tree, here, web)
    named = {one.dir for one in found}
    into = outside.into(tree, app, (dir for dir in dirs if dir not in named))
    found = (*found, *(Served(dir, one.path, one.path, one.at) for dir, one in into))
    if settings.outside is None:
        return found
    from frontend.languages.node import stated

    return stated.find(tree, settings, app, found)


def beside(
    tree: SourceTree, settings: Settings, root: str, fronts: tuple[Served, ...], today: str
) -> tuple[Beside, ...]:
    """How the front ends are built that the app's own scripts do not build. `tree` is the whole context."""
    if not fronts:
        return ()
    from frontend.languages.node import front_end

    return front_end.apart(tree, settings, root, fronts, today)


def generated(project: Project, hooks: tuple[BuildCommand, ...]) -> tuple[str, ...]:
    """What is made in node_modules beside the packages, relative to the app's directory."""
    return lifecycle.generated(project.manifests, (word for one in hooks for word in one.args[:2]))


def with_fronts(process: Process, root: str, scripted: tuple[Served, ...], fronts: tuple[Beside, ...]) -> Process:
    """A process that is not started without the front ends that it serves: those that scripts of the app make, and
    those that have steps of their own."""
    if not scripted and not fronts:
        return process
    from frontend.languages.node import front_end

    needs = (*(front_end.need(root, one) for one in scripted), *(one.need for one in fronts))
    return front_end.needing(process, needs)


def process(name: str, found: Start) -> Process:
    """A process as it is started, with the other places of its program."""
    return Process(name, found.args, found.shell, found.at, found.files, found.otherwise)


def planned(
    here: Repository, settings: Settings, starts: tuple[Start, ...], standalone: bool, fronts: tuple[Served, ...]
) -> tuple[Work, tuple[Served, ...], tuple[Served, ...]]:
    """The work of the steps, the front ends that it makes by scripts that nobody calls, and those it does not make.

    `starts` are how the processes are started, that of web first.
    """
    project = here.project
    made = builds.everything(here, settings, starts[0])
    unmet = unmet_packages(here, settings)
    hooks = (*builds.own_hooks(here.tree, project), *builds.clients(here))
    hooks = hooks if "install-scripts" not in settings.skip else ()
    if settings.build_command is not None:  # it makes what is in the project
        fronts = tuple(one for one in fronts if not f"{one.dir}/".startswith(f"{project.root}/".lstrip("/")))
    scripted, rest = served.not_made(here, fronts, (*hooks, *made))
    made = (*dict.fromkeys(command for _, command in scripted), *made)
    made = (*installs_of(here, settings, unmet), *made)
    if made and here.framework is not None and here.framework.makes:
        words = ("mkdir", "-p", *here.framework.makes)
        made = (*made, BuildCommand(words, project.app.dir, name=f"directories that {here.framework.name} starts with"))
    moved = development.started(project, starts) if not standalone else ()
    if not made and not hooks:
        moved = tuple(dict.fromkeys((*moved, *development.used(project))))
    moved = tuple(dict.fromkeys((*moved, *(one.name for one in settings.imported))))
    keeps = kept_groups(settings)  # then one install is for the build and the image
    if keeps:
        moved = (*moved, *sorted(development.unshipped(project) - {*moved}))
    below = nested_packages(here, settings, unmet)
    native, compiled = natives(here, moved, below)
    injected = any(one.injects for one in made)
    generates = bool(generated(project, hooks))
    manager = here.manager
    by_node = here.engine is None or manager.kind != here.engine.program or compiled or manager.git is not None
    by_node = by_node or needs_node(project, ((one.dir, one.args) for one in (*hooks, *made)))
    if not by_node:  # the image has it
        manager = structs.replace(manager, version=None, brought=manager.version.value if manager.version else "")
    work = Work(
        project=project,
        manager=manager,
        version=here.version,
        framework=shipped(here.framework, starts),
        builds=made,
        hooks=hooks,
        full=bool(made or hooks) and not keeps and any(m.development for m in project.manifests),
        pruned=injected or changes_modules(project) or (generates and here.manager.kind == "pnpm"),
        native=native,
        compiled=compiled,
        standalone=standalone,
        moved=moved,
        browser="browser" not in settings.skip,
        injected=injected,
        engine=here.engine,
        by_node=by_node,
        adds=any(one.adds for one in starts) and handlers.STEP not in settings.skip,
        program=program_of(here, starts),
        nested=tuple(one.manifest.dir for one in below),
        beside=beside_node(here.tree, project, here.engine, manager.kind) if by_node else None,
    )
    return with_omitted(here, work), tuple(one for one, _ in scripted), rest


def unmet_packages(here: Repository, settings: Settings) -> tuple[Unmet, ...]:
    """The packages below that the root's scripts start or build, and whose dependencies nothing installs."""
    if here.project.has_workspaces or here.project.app.dir:
        return ()
    from frontend.languages.node import nested

    return nested.unmet(here, settings)


def installs_of(here: Repository, settings: Settings, unmet: tuple[Unmet, ...]) -> tuple[BuildCommand, ...]:
    """The commands that install packages below which nothing installs."""
    if not unmet:
        return ()
    from frontend.languages.node import nested

    return tuple(command for one in unmet for command in nested.install(here, settings, one))


def natives(here: Repository, moved: tuple[str, ...], below: tuple[Nested, ...]) -> tuple[dict[str, Native], bool]:
    """What native packages need, and whether one is compiled when it is installed, or may be."""
    native, compiled = system_packages.of_project(here.project, here.locked, moved, here.manager.node_gyp, below)
    if here.engine is not None and here.manager.kind == here.engine.program:
        binary = here.manager.lockfile.endswith("lockb")
        lock = here.tree.read_bytes(here.manager.lockfile) if binary else None
        compiled = system_packages.compiled_by_bun(here.project, native, lock)
    return native, compiled


def nested_packages(here: Repository, settings: Settings, unmet: tuple[Unmet, ...]) -> tuple[Nested, ...]:
    """The packages below that ship with dependencies of their own."""
    named = [settings.build_command.value] if settings.build_command is not None else []
    if not unmet and not any(installs_below(text) for text in (*named, *lifecycle.run_anyway(here.project.top))):
        return ()
    from frontend.languages.node import nested

    return nested.find(here, settings, unmet)


def installs_below(text: str) -> bool:
    """Whether a script may install packages in another directory."""
    return INSTALLS.search(text) is not None and any(one in text for one in ("cd ", "--prefix", "--cwd", "--dir", "-C"))


def with_omitted(here: Repository, work: Work) -> Work:
    """The work with what the image has not of the full install, which npm's lockfile may tell."""
    if not work.full or work.manager.kind != "npm":
        return work
    from frontend.languages.node import omitted

    return structs.replace(work, omitted=omitted.of(here.tree, work, here.locked.places))


def program_of(here: Repository, starts: tuple[Start, ...]) -> str:
    """The program that the build compiles and that all processes are; "" where that is not so."""
    if here.engine is None:
        return ""
    from frontend.languages.node import compiled

    return compiled.started(here.project.app, starts)


def kept_groups(settings: Settings) -> bool:
    """Whether the user keeps the development dependencies. Raises PlanError for another group: there is none."""
    for setting in settings.dependency_groups:
        if setting.value not in NODE.groups:
            raise PlanError(
                f"a Node.js app has no dependency group {setting.value}",
                at=setting.at,
                hint="write dev to keep the development dependencies; optional ones are always installed",
            )
    return bool(settings.dependency_groups)


def shipped(framework: Framework | None, starts: tuple[Start, ...]) -> Framework | None:
    """The framework of an app; one whose output is all that ships only where nothing else of the app is started.

    Output that does not hold its packages becomes the app's directory: a start that names it needs the whole app.
    """
    if framework is None or not framework.ships:
        return framework
    if framework.bundles:
        alone = all(is_inside(one, framework.ships) for one in starts)
    else:
        named = re.compile(rf"(?<![\w.-]){re.escape(framework.ships)}(?![\w.-])")
        alone = not any(named.search(word) for one in starts for word in one.args)
    return framework if alone else structs.replace(framework, ships="", bundles=False)


def is_inside(found: Start, directory: str) -> bool:
    """Whether a start runs and loads files of a directory only, by Node.js itself."""
    if found.shell or found.tool not in ("node", "bun"):
        return False
    split = split_options(tuple(map(literal, found.args[1:])), options.NODE)
    named = [one.value for one in split.options if one.name in (*options.PRELOADS, *ENV_FILES)]
    files = [word.text for word in (*named, *split.rest[:1]) if word is not None]
    return not found.needs and all(joined("", file).startswith(f"{directory}/") for file in files)


def is_standalone(dist: str, starts: tuple[Start, ...], manager: Manager, settings: Settings) -> bool:
    """Whether Next.js selects the packages that ship: where nothing but `next start`, or its own server, is run.

    What is loaded before it, other processes and options of `next start` need more, or get lost.
    """
    web, *others = starts
    serves = (web.tool, web.words) == ("next", ("start",)) or web.args[1:] == (f"{dist}/standalone/server.js",)
    given = {**dict(web.env), **dict(settings.run_env)}.get("NODE_OPTIONS", "")
    preloads = any(word.partition("=")[0] in options.PRELOADS for word in given.split())
    preloads = preloads or any(word.partition("=")[0] in ENV_FILES for word in web.args)
    return bool(dist) and serves and not (web.shell or others or preloads or manager.pnp)


def left_out(here: Repository, web: Start) -> tuple[Warning, ...]:
    """The warnings for files that the started source names and the clean-up leaves out: `spec/openapi.yaml`."""
    source = fixed_ports.source_of(here, web)
    names = "|".join(name for name in cleanup.directories(repository.NAME))
    named = re.compile(rf"""['"`](?:\.{{1,2}}/)*((?:{names})/[\w./-]*\w)['"`]""")
    found: dict[str, Warning] = {}
    for number, row in enumerate(here.tree.read_lines(source) or () if source else (), 1):
        for match in named.finditer(row):
            path = joined(here.project.app.dir, match[1])
            first = match[1].partition("/")[0]
            if here.tree.has(path) and not here.ships(path) and first not in found:
                message = f"{first}/ is left out of the image, but {source} names {match[1]}"
                keep = within(here.project.app.dir, first)
                hint = f"set the build-arg KEEP={keep}, or keep: [{keep}] in migetpacks.yaml"
                found[first] = Warning("left-out", message, here.tree.at(source, number), hint)
    return tuple(found.values())


def linked(here: Repository) -> tuple[str, ...]:
    """The directories of packages that npm links: `file:./libs/ids`."""
    if here.manager.kind != "npm":
        return ()
    project = here.project
    found = install_inputs.local_packages(here.tree, project, project.manifests)
    return tuple(sorted({path for path in found if here.tree.has(within(path, "package.json"))}))


def sites(here: Repository, fronts: tuple[Served, ...]) -> tuple[str, ...]:
    """The directories of front ends in the project: packages that build a site and start nothing, or that it serves."""
    tree, project = here.tree, here.project
    found = served.inside(project, fronts)
    for path in tree.glob("*/package.json"):
        manifest = read(tree, path.rpartition("/")[0])
        if manifest is not None and manifest.dir != project.app.dir and frameworks.static_site(tree, manifest):
            found += [] if locate.can_start(tree, manifest) else [manifest.dir]
    return tuple(dict.fromkeys(found))


def changes_modules(project: Project) -> bool:
    """Whether an install script of the project's own changes node_modules."""
    return any(
        lifecycle.effect(m.scripts[name], m.scripts) == "modules"
        for m in project.manifests
        for name in lifecycle.hooks(m)
    )


def evidence(here: Repository, web: Start) -> tuple[Evidence, ...]:
    """What was found, and where."""
    tree, project, manager = here.tree, here.project, here.manager
    found = [*here.why]
    if project.has_workspaces and project.app is not project.top:
        what = f"app {within(project.root, project.app.dir)}"
        found.append(Evidence(what, "a workspace of this repository", tree.at(project.app.path, 1)))
    version = manager.version
    if version is not None and version.at is not None:
        what = f"{manager.program} {version.value}"
        found.append(Evidence(what, version.asked or "its lockfile", version.at))
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
