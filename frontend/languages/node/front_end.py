"""The front end of an app in another language: its assets are built by Node.js, and served by the other."""

from collections.abc import Sequence
from posixpath import join, normpath, relpath

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.errors import BuildError
from frontend.languages.node import (
    builds,
    dev_certs,
    install_inputs,
    legacy_hashes,
    lenient,
    outside,
    package_managers,
    public_env,
    repository,
    served,
    stated,
    steps,
    system_packages,
    versions,
    workspaces,
)
from frontend.languages.node.builds import BuildCommand
from frontend.languages.node.engines import beside_node
from frontend.languages.node.manifest import Manifest, line, read
from frontend.languages.node.package_managers import TOOLS_DIR, YARN_1
from frontend.languages.node.repository import Repository
from frontend.languages.node.served import Served
from frontend.languages.node.work import Work
from frontend.languages.node.workspaces import Project
from frontend.paths import relative, within
from frontend.plan.model import (
    CacheMount,
    Evidence,
    Exec,
    FromContext,
    FromImage,
    FromStep,
    Input,
    Need,
    Process,
    SecretMount,
    Step,
    StepRef,
    TextFile,
    ToolVersion,
    Warning,
)
from frontend.rules import base_images
from frontend.rules.versions import end_of_life
from frontend.secrets.masking import shown
from frontend.settings.model import Setting, Settings

PREFIX = "front-end"
NUXT = "nuxt"
BIN, LIB = "/usr/local/bin", "/usr/local/lib/node_modules"
SCRIPTS = {"npm": "npm/bin/npm-cli.js", "npx": "npm/bin/npx-cli.js", "corepack": "corepack/dist/corepack.js"}
SYSTEM = frozenset("bin boot dev etc home lib lib64 media mnt opt proc root run sbin srv sys tmp usr var".split())


class FrontEnd(Struct, frozen=True):
    """The steps that build it. The files of step `built` at /app are the whole app, with the assets where the
    front end's build puts them, "" where nothing of it is built; `exclude` are the patterns of what must not be taken
    from there (node_modules, …).

    `tools` are the inputs that bring Node.js, the package manager and the installed packages into a step of another
    language whose programs run them, `path` a directory of them that goes in front of its PATH ("" for none), and `env`
    its other variables. `files` are what of its build the app has in another place.
    """

    steps: tuple[Step, ...]
    built: str
    exclude: tuple[str, ...]
    versions: tuple[ToolVersion, ...]
    evidence: tuple[Evidence, ...]
    warnings: tuple[Warning, ...] = ()
    tools: tuple[Input, ...] = ()
    path: str = ""
    env: tuple[tuple[str, str], ...] = ()
    files: tuple[FromStep, ...] = ()


def front_end(
    tree: SourceTree,
    settings: Settings,
    app: str = "",
    dir: str = "",
    today: str = "",
    build: Setting | None = None,
    *,
    prefix: str = PREFIX,
    run_by: Evidence | None = None,
) -> FrontEnd | None:
    """How the front end in the directory `dir` of the app in `app` is built; both are relative to the context's root.

    `build` is the command that builds it, None for its own script. The names of its steps begin with `prefix`. None
    there is no package.json there, or nothing in it builds. The app's directory is /app in the steps: a build that
    writes beside the front end's own directory reaches the app. Raises BuildError as `plan` does.

    `run_by` says that the app's own build runs Node.js, and builds the front end: it gets `tools`, and nothing is built
    here. It may run without a package.json.
    """
    manifest = read(tree, dir)
    if manifest is None:
        return bare(tree, settings, dir, run_by) if run_by is not None else None
    project = workspaces.find(tree, dir, manifest)
    project = structs.replace(project, home=f"/app/{relative(app, project.root)}".rstrip("/"))
    here = tree.under(project.root)
    commands = building(here, settings, project, build) if run_by is None else ()
    if not commands and run_by is None:
        return None
    known, doubts = repository.read(tree, settings, project)
    hashes = legacy_hashes.doubts(here, project.manifests, known.locked, known.version)
    public = public_env.of_build(here, project.app.dir, dict(settings.build_env))
    env = (*((legacy_hashes.OPTIONS,) if hashes else ()), *lenient.env(project.manifests), *public.env)
    work = work_of(here, project, known, commands, env)
    alone = steps.prepare(work) if run_by is not None and not work.has_steps else None  # programs, and no packages
    wanted = (alone,) if alone is not None else steps.steps(here, work)
    made = [renamed(step, prefix) for step in wanted if step.name != steps.PRODUCTION]
    built = ""
    if steps.app_step(work) is not None:
        built = made[-1].name
        given = (FromContext(root=app, exclude=install_inputs.NEVER), *dev_certs.inputs(here, project.app.dir))
        made[-1] = structs.replace(made[-1], inputs=given)
    late = end_of_life(versions.TITLE, versions.RELEASES, known.version, today)
    told = (evidence(here, project.app, commands[0]),) if commands else ()
    front = FrontEnd(
        steps=tuple(made),
        built=built,
        exclude=("**/node_modules", *steps.INSTALLED[1:], *steps.BUILD_CACHES),
        versions=work.versions,
        evidence=(*known.why, *told, *public.evidence),
        warnings=(*doubts, *hashes, *public.warnings, *((late,) if late else ())),
    )
    return front if run_by is None else with_tools(front, work, run_by)


def work_of(
    here: SourceTree,
    project: Project,
    known: Repository,
    commands: tuple[BuildCommand, ...],
    env: tuple[tuple[str, str], ...],
) -> Work:
    """What the steps of a front end do: everything is installed, and nothing of that ships."""
    native, compiled = system_packages.of_project(project, known.locked, (), known.manager.node_gyp)
    return Work(
        project=project,
        manager=known.manager,
        version=known.version,
        framework=known.framework,
        builds=commands,
        hooks=builds.own_hooks(here, project),
        full=True,
        pruned=True,
        native=native,
        compiled=compiled,
        build_env=env,
        beside=beside_node(known.tree, project, None, known.manager.kind),
    )


class Tools(Struct, frozen=True):
    """What a build of another language is given that runs a package manager itself: the files of Node.js and of npm,
    the program that installs the manager, with what it keeps, reads and is told. `dir` is where its package.json is.
    """

    inputs: tuple[Input, ...]
    setup: tuple[Exec, ...]
    caches: tuple[CacheMount, ...]
    secrets: tuple[SecretMount, ...]
    env: tuple[tuple[str, str], ...]
    versions: tuple[ToolVersion, ...]
    evidence: tuple[Evidence, ...]
    warnings: tuple[Warning, ...]


def tools(
    tree: SourceTree, settings: Settings, dir: str, today: str = "", installed: Sequence[tuple[str, str]] = ()
) -> Tools | None:
    """Node.js for a build that runs the package manager of a directory itself; None without a package.json there.

    `installed` are directories whose packages are installed before, each with where it is in that build. Raises
    BuildError as `plan` does.
    """
    manifest = read(tree, dir)
    if manifest is None:
        return None
    project = workspaces.find(tree, dir, manifest)
    known, doubts = repository.read(tree, settings, project)
    version, manager = known.version, known.manager
    hashes = legacy_hashes.doubts(tree.under(project.root), project.manifests, known.locked, version)
    name = base_images.image(
        versions.IMAGE, version.value, base_images.suite(versions.RELEASES, version.value), slim=True
    )
    modules = "/usr/local/lib/node_modules"
    programs = (
        TextFile(f"/usr/local/bin/{program}", f'#!/bin/sh\nexec node {modules}/npm/bin/{program}-cli.js "$@"\n', 0o755)
        for program in ("npm", "npx")
    )
    setup = package_managers.setup(manager, beside_node(tree, project, None, manager.kind))
    managers = ((manager_of(tree, settings, own), place) for own, place in installed)
    late = end_of_life(versions.TITLE, versions.RELEASES, version, today)
    path = f"{package_managers.TOOLS_DIR}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    env = dict((*package_managers.env(manager), *lenient.env(project.manifests), ("PATH", path)))
    env.update((legacy_hashes.OPTIONS,) if hashes else ())
    return Tools(
        inputs=(
            FromImage(name, "/usr/local/bin/node"),
            FromImage(name, modules),
            *programs,
            *dev_certs.inputs(tree, dir),
        ),
        setup=(
            *((setup,) if setup is not None else ()),
            *(
                structs.replace(package_managers.installing(own, production=False, native=False), dir=place)
                for own, place in managers
            ),
        ),
        caches=(manager.cache,),
        secrets=manager.secrets,
        env=tuple(env.items()),
        versions=(version,),
        evidence=known.why,
        warnings=(*doubts, *hashes, *((late,) if late else ())),
    )


def manager_of(tree: SourceTree, settings: Settings, dir: str) -> package_managers.Manager:
    """The package manager of a directory with a package.json."""
    manifest = read(tree, dir) or Manifest(dir, {})
    return repository.read(tree, settings, workspaces.find(tree, dir, manifest))[0].manager


def with_tools(front: FrontEnd, work: Work, run_by: Evidence) -> FrontEnd:
    """A front end with Node.js, the package manager and the packages, for a step on an image of another language.

    The program of Node.js is made for older systems than any image's; packages are where the app looks for them.
    """
    image = steps.build_image(work).image
    found: list[Input] = [FromImage(image, path) for path in ("/usr/local/bin", "/usr/local/lib/node_modules", "/opt")]
    path = ""
    if front.steps and front.steps[0].name.endswith(steps.TOOLS):
        found.append(FromStep(front.steps[0].name, package_managers.TOOLS_DIR))
        path = f"{package_managers.TOOLS_DIR}/bin"
    if front.steps:
        kept = steps.INSTALLED if work.manager.pnp else steps.INSTALLED[:1]
        found += [FromStep(front.steps[-1].name, f"/app/{name}", optional=True) for name in kept]
    env = dict((*package_managers.whole(work.manager), *work.build_env))
    return structs.replace(
        front, tools=tuple(found), path=path, env=tuple(env.items()), evidence=(*front.evidence, run_by)
    )


def bare(tree: SourceTree, settings: Settings, dir: str, run_by: Evidence) -> FrontEnd:
    """Node.js alone, for a step on an image of another language."""
    found = inside(tree, settings, dir)
    return FrontEnd(
        steps=(),
        built="",
        exclude=found.exclude,
        versions=found.versions,
        evidence=(run_by,),
        warnings=found.warnings,
        tools=found.inputs,
        env=found.env,
    )


def writing_to(tree: SourceTree, settings: Settings, app: str, today: str = "") -> FrontEnd | None:
    """The front end in a directory of any name whose build writes into the app beside it; None for none."""
    found = writing_into(tree, settings, app, app, None, today)
    return found[0][0] if found else None


def writing_into(
    tree: SourceTree, settings: Settings, app: str, place: str, dirs: Sequence[str] | None, today: str = ""
) -> tuple[tuple[FrontEnd, str], ...]:
    """The front ends in `dirs` (those below the app without) whose build writes below `place`, each with where to.

    The app's directory is /app in their steps, whose names differ.
    """
    made: list[tuple[FrontEnd, str]] = []
    for dir, into in outside.into(tree, place, dirs):
        found = front_end(tree, settings, app, dir, today, prefix=numbered(len(made)))
        if found is not None:
            told = Evidence("front end", f"its build writes to {relative(app, into.path)}", into.at)
            made.append((structs.replace(found, evidence=(told, *found.evidence)), into.path))
    return tuple(made)


def numbered(others: int) -> str:
    """What the names of a front end's steps begin with, beside some others."""
    return f"{PREFIX}-{others + 1}" if others else PREFIX


def by_command(tree: SourceTree, settings: Settings, place: str, command: Setting, today: str = "") -> FrontEnd | None:
    """The front end that a command, written for the context's root, builds and copies below `place`; None for none."""
    try:
        found = next(iter(stated.find(tree, structs.replace(settings, outside=command), place, ())), None)
    except BuildError:  # more than a list of commands
        return None
    return front_end(tree, settings, "", found.dir, today, found.command) if found is not None else None


def evidence(here: SourceTree, manifest: Manifest, command: builds.BuildCommand) -> Evidence:
    """What says how a front end is built: its script, or a command."""
    if command.args[0]:
        return Evidence("front end", f"the build command {shown(command.name)}", command.at)
    script = command.args[-1]
    return Evidence("front end", f"the script {script} of package.json", line(here, manifest, "scripts", script))


def building(here: SourceTree, settings: Settings, project: Project, build: Setting | None) -> tuple[BuildCommand, ...]:
    """What builds a front end: a command of the user's, else its own scripts; () for nothing."""
    manifest = project.app
    own = builds.commands(here, structs.replace(settings, build_command=build), project)
    generates = "generate" in manifest.scripts and (not own or NUXT in manifest.dependencies)
    if build is None and generates:  # static files of Nuxt
        own = (builds.script_command(here, project, manifest, "generate"),)
    return own


class Beside(Struct, frozen=True):
    """A front end that a server reads from a folder by a path of its own: how it is built, the folder that its build
    makes and where it is in the image, and what has to be there, as a need of the process that serves it.
    """

    front_end: FrontEnd
    files: FromStep
    need: Need


def beside(
    tree: SourceTree, settings: Settings, app: str, root: str, files: Sequence[str], today: str = ""
) -> tuple[Beside, ...]:
    """The front ends that the sources `files` of the app in a directory name.

    `tree` is the whole context, `root` the directory of it that is /app in the image.
    """
    found = served.find(tree, app, files)
    return apart(tree, settings, root, stated.find(tree, settings, app, found), today)


def apart(
    tree: SourceTree, settings: Settings, root: str, fronts: tuple[Served, ...], today: str
) -> tuple[Beside, ...]:
    """How front ends that sources name are built and shipped, for an image whose /app is the directory `root`.

    Raises BuildError as `plan` does.
    """
    found: list[Beside] = []
    for one in fronts:
        front = of_served(tree, settings, root, one, today, numbered(len(found)))
        found += [front] if front is not None else []
    return tuple(found)


def of_served(tree: SourceTree, settings: Settings, root: str, found: Served, today: str, prefix: str) -> Beside | None:
    """How a front end is built, and shipped to where the path leads from /app: `../web/dist` is /web/dist.

    None where the image has a directory of that name, and where nothing builds.
    """
    inside = not root or f"{found.dir}/".startswith(f"{root}/")
    above = root if inside else "" if found.command is not None else found.dir.rpartition("/")[0]
    home = place(root, found)
    if home.split("/")[1] in SYSTEM:
        return None
    front = front_end(tree, settings, above, found.dir, today, found.command, prefix=prefix)
    if front is None:
        return None
    files = FromStep(front.built, f"/app/{relative(above, found.output)}", to=home, optional=True)
    told = [Evidence("front end", f"its build in {found.dir or 'the root'} is served", found.at)]
    if found.command is not None and found.command.at is not None:
        told.append(Evidence("front end", f"{found.command.at.file} builds it", found.command.at))
    front = structs.replace(front, evidence=tuple(told))
    return Beside(front, files, need(root, found))


def place(root: str, found: Served) -> str:
    """Where the output of a front end is in an image whose /app is the directory `root`."""
    return normpath(join("/app", relpath(f"/{found.output}", f"/{root}")))


def need(root: str, found: Served) -> Need:
    """What has to be there of a front end that is served."""
    hint = f"the build of {found.dir or 'the root'} did not make it: check its output directory"
    path = within(place(root, found), relative(found.output, found.named))
    return Need(f"the front end {found.named}", (path,), hint)


def needing(process: Process, needs: tuple[Need, ...]) -> Process:
    """A process that is not started without the front ends that it serves, whatever its command is."""
    others = tuple(structs.replace(one, needs=(*one.needs, *needs)) for one in process.otherwise)
    return structs.replace(process, needs=(*process.needs, *needs), otherwise=others)


def renamed(step: Step, prefix: str) -> Step:
    """A step under the name it has beside those of another language."""
    base = StepRef(f"{prefix}-{step.base.step}") if isinstance(step.base, StepRef) else step.base
    return structs.replace(step, name=f"{prefix}-{step.name}", base=base)


# --- a build command that is not split


class Inside(Struct, frozen=True):
    """Node.js inside of another language's build step, for a command that a shell decides on: it runs as it is.

    `if [ -d web ]; then cd web && npm ci && npm run build; fi` is one. The step gets `inputs`, and `programs` that run
    first; `path` is where these put programs.

    `env`, `caches` and `secrets` are for the command itself; `exclude` are patterns of what it leaves behind that must
    not ship.
    """

    inputs: tuple[Input, ...]
    programs: tuple[Exec, ...]
    path: str
    env: tuple[tuple[str, str], ...]
    caches: tuple[CacheMount, ...]
    secrets: tuple[SecretMount, ...]
    exclude: tuple[str, ...]
    versions: tuple[ToolVersion, ...]
    warnings: tuple[Warning, ...]


def inside(tree: SourceTree, settings: Settings, dir: str) -> Inside:
    """Node.js for a command that builds the package in a directory of the context. Raises BuildError as `plan` does."""
    manifest = read(tree, dir) or Manifest(dir, {})
    project = workspaces.find(tree, dir, manifest)
    known, doubts = repository.read(tree, settings, project)
    manager = known.manager
    if manager.kind == "yarn1" and manager.version is None:  # the image of Node.js has it at another place
        manager = structs.replace(manager, version=ToolVersion("yarn", YARN_1))
    program = package_managers.setup(manager, beside_node(tree, project, None, manager.kind))
    suite = base_images.suite(versions.RELEASES, known.version.value)
    image = base_images.image(versions.IMAGE, known.version.value, suite)
    wrappers = (TextFile(f"{BIN}/{name}", wrapper(path), 0o755) for name, path in SCRIPTS.items())
    return Inside(
        inputs=(FromImage(image, f"{BIN}/node", f"{BIN}/node"), FromImage(image, LIB, LIB), *wrappers),
        programs=(program,) if program is not None else (),
        path=f"{TOOLS_DIR}/bin",
        env=tuple(pair for pair in package_managers.env(manager) if pair[0] != "PATH"),
        caches=(manager.cache,),
        secrets=manager.secrets,
        exclude=("**/node_modules", *steps.INSTALLED[1:], *steps.BUILD_CACHES),
        versions=(known.version, *((manager.version,) if manager.version is not None else ())),
        warnings=doubts,
    )


def wrapper(path: str) -> str:
    """The text of a program that Node.js's image has as a link."""
    return f'#!/bin/sh\nexec {BIN}/node {LIB}/{path} "$@"\n'
