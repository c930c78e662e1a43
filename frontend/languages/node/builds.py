"""What is run to build the app: the user's command, scripts, a framework's build, its own install scripts."""

import re
from collections.abc import Iterator

from msgspec import Struct, structs

from frontend.commands import does, process
from frontend.commands.script import ENDS, Script, exec_form, parse
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.node import (
    lifecycle,
    moon,
    nx,
    package_managers,
    programs,
    runners,
    system_packages,
    tasks,
    workspaces,
)
from frontend.languages.node.manifest import BUILD_SCRIPTS, Manifest, line
from frontend.languages.node.package_managers import Manager
from frontend.languages.node.repository import Repository
from frontend.languages.node.start import SHELL, Moved, Start
from frontend.languages.node.workspaces import Project
from frontend.paths import joined, within
from frontend.plan.model import Warning
from frontend.settings.model import Settings

TURBO_ENV = (("TURBO_TELEMETRY_DISABLED", "1"), ("DO_NOT_TRACK", "1"))
NX_ENV = (("NX_DAEMON", "false"), ("NX_NO_CLOUD", "true"))
PIP = re.compile(r"(?:python[\d.]* -m )?pip[\d.]* install\b")
STRICT = ("npm", "pnpm")  # whose `run` knows scripts alone, and no programs
BUILT = re.compile(r"""['"`/](?:dist|build|out)['"`/]""")  # a directory of a build's output, in a source
EVERY_PACKAGE = frozenset(
    ("-ws", "--workspaces", "-r", "--recursive", "turbo", "run-many", "lerna")
)  # words of scripts


class BuildCommand(Struct, frozen=True):
    """A program of the build: in `dir` of the project, asked for at `at`.

    `fetches` says that it installs packages, `injects` that it is pnpm's install, of workspaces that were built.
    """

    args: tuple[str, ...]
    dir: str = ""
    at: Location | None = None
    name: str = ""
    env: tuple[tuple[str, str], ...] = ()
    fetches: bool = False
    injects: bool = False


def everything(repository: Repository, settings: Settings, web: Start) -> tuple[BuildCommand, ...]:
    """Everything that is run to build: the workspaces it needs, its own build, what the start script would build."""
    tree, project, manager = repository.tree, repository.project, repository.manager
    if is_stated_empty(repository, settings, web):
        return tuple(moved_build(project, manager, one, web.at) for one in web.builds)
    named = commands(tree, settings, project)
    own = named or (framework_build(repository) or compile_types(repository, web) if builds(settings) else ())
    before = workspace_builds(tree, project, manager) if not settings.build_command and builds(settings) else ()
    if manager.kind == "pnpm" and workspaces.injects(tree, project):
        before = with_copies(before)
    moved = tuple(moved_build(project, manager, one, web.at) for one in web.builds)
    if any(is_same(one, other) for one in own for other in moved):
        # `npm run clean && npm run build && node server.js`: in the order it is written
        return (*before, *(next((one for one in own if is_same(one, other)), other) for other in moved))
    return (*before, *own, *moved)


def is_stated_empty(repository: Repository, settings: Settings, web: Start) -> bool:
    """Whether a file for another platform says that nothing is built: its build command installs packages alone, and
    what Node.js starts is in the source, which names nothing that a build makes."""
    whole = settings.whole_build
    if whole is None or settings.build_command is not None or repository.framework is not None:
        return False
    file = next((word for word in web.args[1:] if not word.startswith("-")), "")
    if web.shell or web.tool != "node" or not file:
        return False
    paths = (joined(repository.project.app.dir, f"{file}{end}") for end in ("", ".js", "/index.js"))
    text = next((text for path in paths if (text := repository.tree.read_text(path)) is not None), None)
    if text is None or BUILT.search(text):
        return False
    return all(does.kind(does.plain(one)) == "installs" for one in parse(whole.value, whole.at).commands)


def doubts(
    repository: Repository, settings: Settings, web: Start, commands: tuple[BuildCommand, ...]
) -> tuple[Warning, ...]:
    """The doubts about a build of these commands, for an app with a server."""
    return (*followed(repository, settings, web), *left_running(repository, commands))


def followed(repository: Repository, settings: Settings, web: Start) -> tuple[Warning, ...]:
    """The note that a file says nothing is built, where the app has a script for it."""
    whole, scripts = settings.whole_build, repository.project.app.scripts
    if whole is None or whole.at is None or not any(name in scripts for name in BUILD_SCRIPTS):
        return ()
    part = "build command, which builds nothing"
    return (process.followed(whole.at.file, (part,), whole.at),) * is_stated_empty(repository, settings, web)


def left_running(repository: Repository, commands: tuple[BuildCommand, ...]) -> Iterator[Warning]:
    """The warnings for scripts of the build with a command in the background: `sass in out & eleventy`.

    What still runs when the script ends is ended with the build's step.
    """
    manifests = {one.dir: one for one in (*repository.project.manifests, repository.project.app)}
    for one in commands:
        manifest = manifests.get(one.dir)
        if manifest is None or one.args[:2] != ("", "run"):
            continue
        name = one.args[2]
        try:
            items = parse(manifest.scripts.get(name, "") or ":").items
        except PlanError:
            continue
        if any(item.then == "&" for item in items):
            message = (
                f'the script "{name}" does not wait for a command in the background: what that makes may be missing'
            )
            yield Warning("build-background", message, one.at, 'write "&&" in place of "&"')


def with_copies(commands: tuple[BuildCommand, ...]) -> tuple[BuildCommand, ...]:
    """Builds of workspaces with the copies of them in node_modules made before the first, and again after each.

    The install had their manifests alone to copy.
    """
    copies = BuildCommand(("pnpm", "install"), name="pnpm install (copies of workspaces)", injects=True)
    return (copies, *(one for command in commands for one in (command, copies)))


def commands(tree: SourceTree, settings: Settings, project: Project) -> tuple[BuildCommand, ...]:
    """The build that the user names: the setting, else the build script. () when there is none."""
    app = project.top if project.rooted else project.app
    if settings.build_command is not None:
        script = without_pip(process.of_setting("build_command", settings.build_command), settings)
        if script is None:
            return ()
        require_scripts(script, settings.build_command.at, app, project.top)
        args = exec_form(script).with_env
        env = (("PATH", path(project, app.dir)),)
        return (BuildCommand(args, app.dir, settings.build_command.at, script.text, env, True),)
    name = next((name for name in BUILD_SCRIPTS if name in app.scripts), None) if builds(settings) else None
    if name is None or (uses_turbo(tree, project) and app is not project.top):
        return ()
    return (script_command(tree, project, app, name),)


def require_scripts(script: Script, at: Location | None, app: Manifest, top: Manifest) -> None:
    """Raises PlanError for a build command that runs a script of a package.json which has none of that name."""
    if any(item.then != "&&" for item in script.items[:-1]):
        return
    for item in script.items:
        words = does.plain(item.command)
        if words[:1] == ("cd",):
            return  # what is behind it runs elsewhere
        own = words[: words.index("--")] if "--" in words else words
        if len(own) < 3 or own[0] not in STRICT or own[1] != "run" or any(word.startswith("-") for word in own):
            continue  # an option may name another package
        if app.scripts and own[2] not in app.scripts:
            message = f'the build command runs the script "{own[2]}", which {app.path} does not have'
            above = "; the package.json in the root has it" if own[2] in top.scripts else ""
            raise PlanError(message, at=at, hint=f"known scripts: {', '.join(app.scripts)}{above}")


def without_pip(script: Script, settings: Settings) -> Script | None:
    """A build command of a file for another platform without what pip installs, which no image of Node.js has: the
    build says that it is not in the image. None where nothing else is left; the user's own command stays as it is."""
    stated = settings.build_command
    if (
        stated is None
        or stated.by != "platform"
        or not all(one.command and one.then in ("&&", *ENDS) for one in script.items)
    ):
        return script
    kept = [one for one in script.items if PIP.match(script.text[one.start : one.end]) is None]
    if len(kept) == len(script.items):
        return script
    text = " && ".join(script.text[one.start : one.end] for one in kept)
    return parse(text, stated.at) if text else None


def builds(settings: Settings) -> bool:
    """Whether the app is built where no command of the user's says how."""
    return "build" not in settings.skip


def script_command(tree: SourceTree, project: Project, manifest: Manifest, name: str) -> BuildCommand:
    """A script of a package as a build command; `args` begin with "run": the manager is put in front."""
    at = line(tree, manifest, "scripts", name)
    where = f" in {manifest.dir}" if manifest.dir else ""
    return BuildCommand(("", "run", name), manifest.dir, at, f"run {name}{where}", (), installs(manifest, name))


def installs(manifest: Manifest, name: str, depth: int = 0) -> bool:
    """Whether a script installs dependencies of its own, as in `cd client && npm install`."""
    for program, rest in programs.programs(manifest.scripts.get(name, ""), manifest.scripts):
        verbs = [word for word in rest if not word.startswith("-")]
        if program in runners.CLIS and (
            (not rest and program == "yarn") or any(v in ("install", "i", "ci") for v in verbs[:3])
        ):
            return True
        if (
            program in runners.CLIS
            and verbs[:1] == ["run"]
            and len(verbs) > 1
            and depth < 8
            and installs(manifest, verbs[1], depth + 1)
        ):
            return True
    return False


def uses_turbo(tree: SourceTree, project: Project) -> bool:
    """Whether the repository's builds are told apart by Turborepo."""
    return project.has_workspaces and "turbo" in project.top.dependencies and tree.has("turbo.json")


def workspace_builds(tree: SourceTree, project: Project, manager: Manager) -> tuple[BuildCommand, ...]:
    """The builds of the workspaces the app needs, in the order of their dependencies."""
    if project.rooted or (project.app is project.top and any(name in project.app.scripts for name in BUILD_SCRIPTS)):
        return ()  # by the root's own script
    if uses_turbo(tree, project) and any("build" in m.scripts for m in (*project.builds, project.app)):
        named = project.app.name or f"./{project.app.dir}"
        words = ("turbo", "run", "build", f"--filter={named}")
        build = installed(project, manager, words, "", tree.at("turbo.json", 1), TURBO_ENV)
        first = before_builds(tree)
        left = (m for m in project.builds if m is not project.app and first.isdisjoint(m.scripts))
        return (*(compile_library(tree, project, manager, m) for m in left if is_uncompiled(tree, project, m)), build)
    if "build" not in project.app.scripts and "build" in moon.tasks(tree, project.app):
        at = tree.at(within(project.app.dir, moon.PROJECT), 1)
        return (installed(project, manager, ("moon", "run", f"{moon.name(tree, project.app)}:build"), "", at),)
    found = []
    for m in project.builds:
        if "build" in m.scripts:
            found.append(script_command(tree, project, m, "build"))
        elif nx.builds(tree, m):
            found.append(nx_build(tree, project, manager, m))
        elif m is not project.app and is_uncompiled(tree, project, m):
            found.append(compile_library(tree, project, manager, m))
    return tuple(found)


def before_builds(tree: SourceTree) -> frozenset[str]:
    """The scripts that Turborepo runs in a workspace before it builds those that need it: `"dependsOn": ["^compile"]`.

    Source: https://turborepo.com/docs/reference/configuration#dependson
    """
    from frontend.rules import jsonc

    config = tree.read_json("turbo.json", jsonc.lenient) or {}
    table = config.get("tasks", config.get("pipeline"))
    build = table.get("build") if isinstance(table, dict) else None
    names = build.get("dependsOn") if isinstance(build, dict) else None
    return frozenset(one.removeprefix("^") for one in names or () if isinstance(one, str))


def is_uncompiled(tree: SourceTree, project: Project, manifest: Manifest) -> bool:
    """Whether others import a workspace as the TypeScript compiler writes it, and no script of a usual name does so."""
    main = manifest.text("main").removeprefix("./")
    if "build" in manifest.scripts or not main or not tree.has(within(manifest.dir, "tsconfig.json")):
        return False
    if "typescript" not in {**manifest.dependencies, **project.top.dependencies}:
        return False
    from frontend.languages.node import outputs

    where = outputs.out_dir(tree, manifest)
    paths = (joined(manifest.dir, main), joined(manifest.dir, f"{main}.js"), joined(manifest.dir, f"{main}/index.js"))
    return bool(where) and main.startswith(f"{where}/") and tree.first(*paths) is None


def compile_library(tree: SourceTree, project: Project, manager: Manager, manifest: Manifest) -> BuildCommand:
    """The compilation of a workspace."""
    at = tree.at(within(manifest.dir, "tsconfig.json"), 1)
    return installed(project, manager, ("tsc",), manifest.dir, at)


def framework_build(repository: Repository) -> tuple[BuildCommand, ...]:
    """The build of a framework that has no build script, or of an Nx application."""
    tree, project, framework = repository.tree, repository.project, repository.framework
    if nx.builds(tree, project.app):
        return (nx_build(tree, project, repository.manager, project.app),)
    if framework is None or not framework.build or "build" in project.app.scripts:
        return ()
    if framework.package == "@nestjs/core" and "@nestjs/cli" not in project.app.dependencies:
        return ()
    at = line(tree, project.app, framework.package)
    return (installed(project, repository.manager, framework.build, project.app.dir, at),)


def nx_build(tree: SourceTree, project: Project, manager: Manager, manifest: Manifest) -> BuildCommand:
    """The build of an Nx application, in its configuration for production where it has one."""
    name = nx.name(tree, manifest)
    configurations = nx.target(tree, manifest).get("configurations")
    known = isinstance(configurations, dict) and "production" in configurations
    words = ("nx", "build", name, *(("--configuration=production",) if known else ()))
    return installed(project, manager, words, "", tree.at(nx.file(tree, manifest), 1), NX_ENV)


def compile_types(repository: Repository, web: Start) -> tuple[BuildCommand, ...]:
    """`tsc` for a TypeScript app without a build script whose start file is not in the source. () for others."""
    tree, app = repository.tree, repository.project.app
    config = within(app.dir, "tsconfig.json")
    if uses_turbo(tree, repository.project) or "typescript" not in app.dependencies or not tree.has(config):
        return ()
    if web.shell or web.tool != "node" or web.builds:
        return ()
    file = next((word for word in web.args[1:] if word.endswith((".js", ".mjs", ".cjs")) or "/" in word), None)
    if file is None or tree.first(joined(app.dir, file), joined(app.dir, f"{file}.js")):
        return ()
    return (installed(repository.project, repository.manager, ("tsc",), app.dir, tree.at(config, 1)),)


def moved_build(project: Project, manager: Manager, moved: Moved, at: Location | None) -> BuildCommand:
    """A command of the start script that builds, in the directory it is written for."""
    return structs.replace(installed(project, manager, moved.args, moved.dir, at), fetches=moved.fetches)


def installed(
    project: Project,
    manager: Manager,
    words: tuple[str, ...],
    dir: str,
    at: Location | None,
    env: tuple[tuple[str, str], ...] = (),
) -> BuildCommand:
    """A program that a dependency brings, in a directory: found as a script would find it, wherever its install put it.

    Where its install links no programs only yarn finds it.
    """
    by_yarn = not manager.links_programs and words[0] not in ("yarn", "node", SHELL)
    return BuildCommand(
        ("yarn", *words) if by_yarn else words, dir, at, " ".join(words), (*env, ("PATH", path(project, dir)))
    )


def path(project: Project, dir: str) -> str:
    """Where the programs of a package in a directory are looked for: among its own, then among the root's."""
    places = dict.fromkeys(f"{project.inside(one)}/node_modules/.bin" for one in (dir, ""))
    return ":".join((*places, package_managers.TOOLS_PATH[1]))


def is_same(own: BuildCommand, moved: BuildCommand) -> bool:
    """Whether a command of the start script is the build that would be run anyway."""
    runs = own.args[:2] == ("", "run") and moved.args[1:3] == own.args[1:3]
    first, second = ([word.rpartition("/")[2] for word in one.args if word != "node"] for one in (own, moved))
    return own.dir == moved.dir and (runs or first == second)


def makes(project: Project, dir: str, commands: tuple[BuildCommand, ...]) -> bool:
    """Whether the project's own commands make what is in a directory of the context: one runs there, or a script that
    one runs builds it by name, or every package."""
    if any(one.dir and within(project.root, one.dir) == dir for one in commands):
        return True
    needed = any(within(project.root, m.dir) == dir for m in project.builds)
    packages = (m.name.rpartition("/")[2] for m in project.all if within(project.root, m.dir) == dir)
    named = {dir.rpartition("/")[2], *packages} - {""}
    for one in commands:
        first, *scripts = texts_of(project, one)
        if needed and not first.isdisjoint(tasks.RUNNERS):  # builds what the app depends on
            return True
        if any(not words.isdisjoint(named) and not only_installs(words) for words in (first, *scripts)):
            return True
        if any(not words.isdisjoint(EVERY_PACKAGE) for words in scripts):
            return True
    return False


def texts_of(project: Project, command: BuildCommand) -> list[frozenset[str]]:
    """The words of a command, then those of each script that it runs, in turn."""
    manifest = next((m for m in (*project.manifests, project.app) if m.dir == command.dir), None)
    scripts = manifest.scripts if manifest is not None else {}
    texts = {"": " ".join(command.args)}
    found = []
    for text in (waiting := list(texts.values())):
        words = frozenset(re.split(r"[^\w.:-]+", text))
        found.append(words)
        more = [name for name in scripts if name in words and name not in texts]
        texts.update((name, scripts[name]) for name in more)
        waiting += [scripts[name] for name in more]
    return found


def only_installs(words: frozenset[str]) -> bool:
    """Whether the words of a script install packages, and build nothing."""
    builds = any(part in word for word in words for part in ("build", "generate"))
    return not builds and not words.isdisjoint(runners.INSTALLS)


def own_hooks(tree: SourceTree, project: Project) -> tuple[BuildCommand, ...]:
    """The project's own install scripts, in the order npm runs them; the root's first."""
    return tuple(
        script_command(tree, project, manifest, name)
        for manifest in project.manifests
        for name in lifecycle.hooks(manifest)
    )


def clients(repository: Repository) -> tuple[BuildCommand, ...]:
    """Prisma's client, which its own install script makes where the schema is there; from Prisma 7 on nothing does."""
    project = repository.project
    makers = [m for m in project.manifests if lifecycle.makes_client(repository.tree, m)]
    if makers and is_prisma_7(repository):
        from frontend.languages.node import prisma

        makers = [m for m in makers if prisma.is_missing(repository.tree, m)]
    return tuple(
        installed(
            project,
            repository.manager,
            ("prisma", "generate"),
            manifest.dir,
            line(repository.tree, manifest, "@prisma/client"),
        )
        for manifest in makers
    )


def is_prisma_7(repository: Repository) -> bool:
    """Whether the app has a Prisma whose packages do nothing when they are installed."""
    major = system_packages.prisma_major(repository.project.manifests, repository.locked)
    return major >= system_packages.PRISMA_WITHOUT_ENGINES
