"""All that a Node.js plan depends on. Every decision is taken here, once."""

from msgspec import Struct, structs

from frontend import command, processes
from frontend.errors import Location, PlanError
from frontend.languages.node import (
    frameworks,
    lifecycle,
    lockfiles,
    package_managers,
    start,
    system_packages,
    versions,
    workspaces,
)
from frontend.languages.node.frameworks import Framework
from frontend.languages.node.lockfiles import Locked
from frontend.languages.node.manifest import FILE, Manifest, line, parents, read, relative, within
from frontend.languages.node.package_managers import Manager
from frontend.languages.node.start import Resolver, Start
from frontend.languages.node.system_packages import Native
from frontend.languages.node.workspaces import Project
from frontend.plan import Evidence, Process, ToolVersion, Warning
from frontend.settings import Settings
from frontend.source import SourceTree
from frontend.versions import end_of_life, suite

START_SCRIPTS = (
    "start",
    "start:prod",
    "start:production",
    "serve:prod",
    "production",
    "prod",
    "start:server",
    "serve",
    "server",
)
BUILD_SCRIPTS = ("heroku-postbuild", "build")
SUFFIXES = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
ENTRIES = tuple(
    f"{dir}{name}" for dir in ("", "src/", "server/", "app/") for name in ("server", "index", "app", "main")
)
TYPESCRIPT = (".ts", ".mts", ".cts")
STRIPS_TYPES = ("22.18.0", "23.6.0")  # Node.js runs TypeScript by itself from these on, 23.0 to 23.5 do not
STRIPS_WITH_FLAG = "22.6.0"
ORCHESTRATORS = ("turbo", "nx", "lerna", "concurrently", "wsrun", "wireit", "npm-run-all", "run-p", "run-s", "moon")


class BuildCommand(Struct, frozen=True):
    """A program of the build: in `dir` of the context, asked for at `at`."""

    args: tuple[str, ...]
    dir: str = ""
    at: Location | None = None
    name: str = ""
    env: tuple[tuple[str, str], ...] = ()
    fetches: bool = False


class Facts(Struct, frozen=True):
    """What the app is. `hooks` are its own install scripts, run once its sources are there.

    `full` says that development dependencies are installed too, for the build. `pruned` says that the packages of the
    image are those of the build without development dependencies: a hook changed them. `standalone` is Next.js's own
    selection of what its server needs. `moved` are development dependencies that the start needs.
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
        return any(manifest.production or (self.full and manifest.development) for manifest in self.project.manifests)


def inspect(tree: SourceTree, settings: Settings, app: str, today: str) -> Facts:
    """The facts of the app in a directory of the context. Raises BuildError for one that cannot be built."""
    project = locate(tree, settings, app)
    manifests = tuple({m.dir: m for m in (project.app, project.top)}.values())
    manager, doubts = package_managers.choose(tree, settings, project.root, tuple(reversed(manifests)))
    locked = lockfiles.read(tree, manager.lockfile) if manager.lockfile else Locked()
    version = versions.node_version(tree, settings, manifests)
    framework = frameworks.find(project.app)
    frameworks.check(tree, project.app, framework)
    scripts = commands(tree, settings, project)
    served = serve(tree, settings, project, manager, locked, framework, version)
    web, others = served[0], served[1]
    builds = (
        scripts
        or framework_build(tree, project, manager, locked, framework)
        or compile_types(tree, project, manager, locked, web)
    )
    builds = workspace_builds(tree, project, manager) + builds if not settings.build_command else builds
    builds += tuple(
        moved_build(project, manager, words, web.at) for words in web.builds if not (scripts and words[1:2] == ("run",))
    )
    hooks = own_hooks(tree, project, manager)
    effects = {lifecycle.effect(m.scripts[name], m.scripts) for m in project.manifests for name in lifecycle.scripts(m)}
    full = bool(builds or hooks) and any(m.development for m in project.manifests)
    moved = tuple(n for n in (*web.needs, *(n for o in others for n in o[1].needs)) if n in development(project))
    made = lifecycle.generated(project.manifests)
    pruned = "modules" in effects or bool(made and manager.kind == "pnpm")
    check_entry(tree, project, web, bool(builds or hooks))
    standalone = (
        framework is not None
        and framework.package == "next"
        and web.tool == "next"
        and not web.shell
        and not manager.pnp
    )
    native = natives(project, locked)
    warnings = [*doubts, *web.warnings, *(w for _, other in others for w in other.warnings)]
    warnings += [w for w in (end_of_life(versions.TITLE, versions.RELEASES, version, today),) if w is not None]
    warnings += [moved_warning(tree, project, name) for name in dict.fromkeys(moved)] if not standalone else []
    return Facts(
        project=project,
        manager=manager,
        version=version,
        suite=suite(versions.RELEASES, version.value),
        locked=locked,
        framework=framework,
        web=Process("web", ("node", "server.js"), at=web.at)
        if standalone
        else Process("web", web.args, web.shell, web.at),
        others=tuple(Process(name, with_env(o), o.shell, o.at) for name, o in others),
        env=web.env,
        builds=builds,
        hooks=hooks,
        full=full,
        pruned=pruned,
        standalone=standalone,
        moved=tuple(dict.fromkeys(moved)),
        generated=made,
        native=native,
        compiled=any(n.compiles for n in native.values()) or bool(locked.scripted),
        nested_installs=any(b.fetches for b in (*builds, *hooks)),
        warnings=tuple(warnings),
        evidence=evidence(tree, project, manager, framework, web),
    )


# --- which package is the app


def locate(tree: SourceTree, settings: Settings, app: str) -> Project:
    """The app's package and what belongs to it. Raises PlanError when the repository has several apps."""
    manifest = read(tree, app)
    if manifest is None:
        return without_manifest(tree, settings, app)
    project = workspaces.find(tree, manifest)
    if project.app is not project.top or not project.has_workspaces:
        return project
    named = named_workspace(tree, settings, project)
    if named == "":
        return project
    if named:
        chosen = next(member for member in project.all if member.dir == named)
    else:
        starts = tuple(member for member in project.all if can_start(tree, member))
        chosen = workspaces.choose(tree, settings, manifest, starts)
    return workspaces.project(manifest, chosen, project.all)


def named_workspace(tree: SourceTree, settings: Settings, project: Project) -> str | None:
    """The workspace that the root's own start command names; "" when the root itself is the app; None for neither."""
    given, _ = processes.read(tree, project.root, settings)
    if given and given[0].name == "web":
        text = shell_text(given[0])
    elif "start" in project.top.scripts:
        text = "npm run start"
    else:
        root_serves = frameworks.find(project.top) is not None or frameworks.title(project.top) is not None
        return "" if root_serves and entry_file(tree, project.top) else None
    resolver = Resolver(tree, project, Manager("npm"), Locked())
    found = resolver.resolve(text, given[0].at if given else None)
    if found.workspace:
        return found.workspace
    if found.tool in ORCHESTRATORS:
        word = next((w.partition("=")[2] for w in found.words if w.startswith("--filter=")), "").strip("./")
        return next((m.dir for m in project.all if word and word in (m.name, m.dir)), None)
    return ""


def can_start(tree: SourceTree, manifest: Manifest) -> bool:
    """Whether a workspace says how it is started, as something that serves."""
    text = manifest.scripts.get("start", "")
    tool = lifecycle.program(tuple(text.split()))
    framework = frameworks.find(manifest)
    if text and not frameworks.is_development(framework, tool[0], tool[1]):
        return True
    if framework is not None:
        return True
    return tree.has(within(manifest.dir, "Procfile")) or (
        frameworks.title(manifest) is not None and entry_file(tree, manifest) is not None
    )


def without_manifest(tree: SourceTree, settings: Settings, app: str) -> Project:
    """A directory without package.json: a lone server file, an Nx application, or one with apps in directories."""
    empty = Manifest(app, {})
    if tree.has(within(app, "project.json")):
        for dir in parents(app):
            top = read(tree, dir)
            if top is not None and tree.has(within(dir, "nx.json")):
                return Project(
                    root=dir, app=Manifest(app, {**top.data, "name": app, "scripts": {}, "main": ""}), top=top
                )
    if settings.run_command or entry_file(tree, empty) or tree.has(within(app, processes.PROCFILE)):
        return Project(root=app, app=empty, top=empty)
    apps = nested_apps(tree, app)
    if len(apps) == 1:
        return workspaces.find(tree, apps[0])
    if apps:
        raise PlanError(
            f"this repository has {len(apps)} apps: {', '.join(m.dir for m in apps)}",
            at=Location(apps[0].path, 1),
            hint=f"name one: PROJECT_PATH={apps[0].dir} (build-arg), or app: {apps[0].dir} in migetpacks.yaml",
        )
    raise PlanError(
        "there is no package.json and no file to start", hint=f"looked for {FILE}, server.js, index.js, app.js, main.js"
    )


def nested_apps(tree: SourceTree, app: str) -> tuple[Manifest, ...]:
    """The packages one or two directories down that can be started."""
    found = []
    for pattern in ("*/package.json", "*/*/package.json"):
        for path in tree.glob(within(app, pattern)):
            dir = path.rpartition("/")[0]
            if not any(part in workspaces.SKIPPED for part in dir.split("/")):
                manifest = read(tree, dir)
                if manifest is not None and can_start(tree, manifest):
                    found.append(manifest)
    return tuple(found)


# --- how it is started


def serve(
    tree: SourceTree,
    settings: Settings,
    project: Project,
    manager: Manager,
    locked: Locked,
    framework: Framework | None,
    version: ToolVersion,
) -> tuple[Start, tuple[tuple[str, Start], ...]]:
    """How the web process is started, and the other processes of a Procfile by name."""
    given, web_env = processes.read(tree, project.app.dir, settings)
    if not given and project.app.dir != project.root:
        given, web_env = processes.read(tree, project.root, settings)

    def resolve(process: Process) -> Start:
        return Resolver(tree, project, manager, locked).resolve(shell_text(process), process.at)

    others = tuple((process.name, resolve(process)) for process in given if process.name != "web")
    named = next((process for process in given if process.name == "web"), None)
    if named is not None:
        found = resolve(named)
        found = found._replace(env=(*web_env, *found.env))
    else:
        found = default_start(tree, project, manager, locked, framework)
    if frameworks.is_development(framework, found.tool, found.words):
        found = replaced(tree, project, manager, locked, framework, found)
    if framework is not None and framework.package == "nuxt" and named is None:
        found = found._replace(args=framework.start, tool="node", shell=False)
    return typed(tree, project, found, version), others


def shell_text(process: Process) -> str:
    """A process as the text it was written as, in the words a shell understands."""
    if process.shell:
        return process.args[2]
    return " ".join(start.quoted(word) for word in process.args)


def default_start(
    tree: SourceTree, project: Project, manager: Manager, locked: Locked, framework: Framework | None
) -> Start:
    """The start script, else what the framework, `main` or a file's name says. Raises PlanError when nothing does."""
    app = project.app
    resolver = Resolver(tree, project, manager, locked)
    own = app.scripts
    if "start" in own:
        return resolver.script("start")
    if framework is not None and framework.start:
        return framework_start(tree, project, manager, locked, framework)
    nx = nx_output(tree, project)
    if nx:
        return Start(("node", f"/app/{nx}/main.js"), tool="node", at=Location(within(app.dir, "project.json"), 1))
    script = next((name for name in START_SCRIPTS if name in own), None)
    if script and not is_dev_script(own[script], framework):
        return resolver.script(script)
    main = entry_file(tree, app)
    if main is not None and (app.text("main") or not frameworks.static_site(tree, app) or frameworks.title(app)):
        at = line(tree, app, "main") if app.text("main") else Location(within(app.dir, main))
        return Start(("node", main), tool="node", words=(main,), at=at)
    raise frameworks.static_site(tree, app) or PlanError(
        "nothing says how the app starts",
        at=Location(app.path, 1) if tree.has(app.path) else None,
        hint='looked for a Procfile, a "start" script, "main", server.js, index.js, app.js and main.js;'
        ' add "start": "node FILE" to the scripts of package.json, or set RUN_COMMAND',
    )


def is_dev_script(text: str, framework: Framework | None) -> bool:
    """Whether a script starts a development server."""
    name, rest = lifecycle.program(tuple(text.split()))
    return frameworks.is_development(framework, name, rest)


def replaced(
    tree: SourceTree, project: Project, manager: Manager, locked: Locked, framework: Framework | None, found: Start
) -> Start:
    """What serves in production where the start script runs a development server."""
    own = project.app.scripts
    told = Warning(
        "dev-start",
        f"the start script runs {found.tool}'s development server: what it built is served instead",
        found.at,
        'name the production server in the "start" script',
    )
    names = [name for name in START_SCRIPTS[1:] if name in own] + [n for n in own if n.startswith("serve:ssr")]
    script = next((name for name in names if not is_dev_script(own[name], framework)), None)
    if script is not None:
        chosen = Resolver(tree, project, manager, locked).script(script)
    elif framework is not None and framework.start:
        chosen = framework_start(tree, project, manager, locked, framework)
    else:
        raise frameworks.static_site(tree, project.app) or PlanError(
            f"the start command runs a development server ({found.tool})",
            at=found.at,
            hint="name the program that serves in production",
        )
    return chosen._replace(warnings=(*found.warnings, told, *chosen.warnings), builds=chosen.builds or found.builds)


def framework_start(
    tree: SourceTree, project: Project, manager: Manager, locked: Locked, framework: Framework
) -> Start:
    """The start of a framework."""
    resolver = Resolver(tree, project, manager, locked)
    at = line(tree, project.app, framework.package)
    return resolver.resolve(" ".join(framework.start), at)


def entry_file(tree: SourceTree, manifest: Manifest) -> str | None:
    """The file to start: `main` where it exists or is built, else one of the usual names; relative to the package."""
    main = manifest.text("main").removeprefix("./")
    if main:
        for path in (main, f"{main}.js", f"{main}/index.js"):
            if tree.has(within(manifest.dir, path)):
                return path
        if main.startswith(("dist/", "build/", "lib/", "out/")) and (
            "build" in manifest.scripts or "typescript" in manifest.dependencies
        ):
            return main
    if tree.has(within(manifest.dir, "bin/www")):
        return "bin/www"
    if tree.has(within(manifest.dir, "bin/server.js")):
        return "bin/server.js"
    for entry in ENTRIES:
        for suffix in SUFFIXES:
            if tree.has(within(manifest.dir, entry + suffix)):
                return entry + suffix
    return None


def typed(tree: SourceTree, project: Project, found: Start, version: ToolVersion) -> Start:
    """A start of a TypeScript file: by tsx or ts-node where the app has one, else by Node.js itself."""
    if found.shell or found.tool != "node":
        return found
    place = next(
        (i for i, word in enumerate(found.args) if word.endswith(TYPESCRIPT) and found.args[i - 1] not in start.VALUES),
        0,
    )
    flags = found.args[1:place]
    if not place or any("tsx" in flag or "ts-node" in flag or "swc" in flag or "strip-types" in flag for flag in flags):
        return found
    own = project.app.dependencies
    if found.args[0] == "node" and place == 1 and not project.app.scripts.get("start"):
        if "tsx" in own:
            return found._replace(args=("node", "--import", "tsx", *found.args[1:]), needs=("tsx",), tool="tsx")
        if "ts-node" in own:
            env = (*found.env, ("TS_NODE_TRANSPILE_ONLY", "true"))
            args = ("node", "-r", "ts-node/register", *found.args[1:])
            return found._replace(args=args, needs=("ts-node", "typescript"), env=env, tool="ts-node")
    by_itself, since_23 = STRIPS_TYPES
    if version.value.startswith("23") and versions.at_least(version.value, since_23):
        return found
    if not version.value.startswith("23") and versions.at_least(version.value, by_itself):
        return found
    if versions.at_least(version.value, STRIPS_WITH_FLAG):
        return found._replace(args=("node", "--experimental-strip-types", *found.args[1:]))
    raise PlanError(
        f"Node.js {version.value} does not run TypeScript ({found.args[place]})",
        at=version.at or found.at,
        hint="use Node.js 24, add tsx to the dependencies, or compile to JavaScript in the build script",
    )


def check_entry(tree: SourceTree, project: Project, web: Start, builds: bool) -> None:
    """Raises PlanError when nothing makes the file that is started."""
    if builds or web.shell or web.tool not in ("node", "tsx", "ts-node") or len(web.args) < 2:
        return
    file = next((word for word in web.args[1:] if word.endswith(SUFFIXES) and not word.startswith("-")), None)
    if file is None or file.startswith("/") or any(word in start.VALUES for word in web.args[1:-1]):
        return
    path = start.joined(project.app.dir, file)
    if "node_modules/" not in path and tree.first(path, f"{path}.js") is None:
        raise PlanError(
            f"the start command runs {file}, which is not in the source, and no build script makes it",
            at=web.at,
            hint='add a "build" script to package.json, or correct the start script; does .dockerignore leave it out?',
        )


def with_env(found: Start) -> tuple[str, ...]:
    """The arguments of a process beside the web one: its variables are set by env, the image has only web's."""
    if not found.env or found.shell:
        return found.args
    return ("env", *(f"{name}={value}" for name, value in found.env), *found.args)


# --- how it is built


def commands(tree: SourceTree, settings: Settings, project: Project) -> tuple[BuildCommand, ...]:
    """The build that the user names: the setting, else the build script. () when there is none."""
    app = project.app
    if settings.build_command is not None:
        parsed = command.parse(settings.build_command.value, settings.build_command.at)
        args = ("env", *(f"{n}={v}" for n, v in parsed.env), *parsed.args) if parsed.env else parsed.args
        path = (("PATH", f"{project.inside(app.dir)}/node_modules/.bin:{package_managers.TOOLS_PATH[1]}"),)
        return (BuildCommand(args, app.dir, settings.build_command.at, settings.build_command.value, path, True),)
    name = next((name for name in BUILD_SCRIPTS if name in app.scripts), None)
    if name is None or uses_turbo(tree, project):
        return ()
    return (script_command(tree, project, app, name),)


def script_command(tree: SourceTree, project: Project, manifest: Manifest, name: str) -> BuildCommand:
    """A script of a package as a build command; `args` begin with "run": the manager is put in front."""
    at = line(tree, manifest, "scripts", name)
    where = f" in {relative(project.root, manifest.dir)}" if manifest.dir != project.root else ""
    return BuildCommand(("", "run", name), manifest.dir, at, f"run {name}{where}", (), installs(manifest, name))


def installs(manifest: Manifest, name: str, depth: int = 0) -> bool:
    """Whether a script installs dependencies of its own, as in `cd client && npm install`."""
    for words in lifecycle.commands(manifest.scripts.get(name, "")):
        program, rest = lifecycle.program(words)
        verbs = [word for word in rest if not word.startswith("-")]
        if program in lifecycle.MANAGERS and (
            (not rest and program == "yarn") or any(v in ("install", "i", "ci") for v in verbs[:3])
        ):
            return True
        if (
            program in lifecycle.MANAGERS
            and verbs[:1] == ["run"]
            and len(verbs) > 1
            and depth < 8
            and installs(manifest, verbs[1], depth + 1)
        ):
            return True
    return False


def uses_turbo(tree: SourceTree, project: Project) -> bool:
    """Whether the repository's builds are told apart by Turborepo."""
    return (
        project.has_workspaces and "turbo" in project.top.dependencies and tree.has(within(project.root, "turbo.json"))
    )


def workspace_builds(tree: SourceTree, project: Project, manager: Manager) -> tuple[BuildCommand, ...]:
    """The builds of the workspaces the app needs, in the order of their dependencies."""
    if project.app is project.top:
        return ()
    if uses_turbo(tree, project) and any("build" in m.scripts for m in (*project.builds, project.app)):
        at = Location(within(project.root, "turbo.json"), 1)
        named = project.app.name or f"./{relative(project.root, project.app.dir)}"
        args = (
            *(("yarn", "turbo") if manager.pnp else ("node_modules/.bin/turbo",)),
            "run",
            "build",
            f"--filter={named}",
        )
        return (
            BuildCommand(
                args, project.root, at, "turbo run build", (("TURBO_TELEMETRY_DISABLED", "1"), ("DO_NOT_TRACK", "1"))
            ),
        )
    return tuple(script_command(tree, project, m, "build") for m in project.builds if "build" in m.scripts)


def framework_build(
    tree: SourceTree, project: Project, manager: Manager, locked: Locked, framework: Framework | None
) -> tuple[BuildCommand, ...]:
    """The build of a framework that has no build script, or of an Nx application."""
    if nx_output(tree, project):
        at = Location(within(project.app.dir, "project.json"), 1)
        name = (tree.read_json(within(project.app.dir, "project.json")) or {}).get(
            "name"
        ) or project.app.dir.rpartition("/")[2]
        configurations = nx_target(tree, project).get("configurations")
        known = isinstance(configurations, dict) and "production" in configurations
        args = ("node_modules/.bin/nx", "build", str(name), *(("--configuration=production",) if known else ()))
        return (
            BuildCommand(args, project.root, at, f"nx build {name}", (("NX_DAEMON", "false"), ("NX_NO_CLOUD", "true"))),
        )
    if framework is None or not framework.build or "build" in project.app.scripts:
        return ()
    if framework.package == "@nestjs/core" and "@nestjs/cli" not in project.app.dependencies:
        return ()
    at = line(tree, project.app, framework.package)
    return (
        BuildCommand(
            bin(tree, project, manager, locked, framework.build), project.app.dir, at, " ".join(framework.build)
        ),
    )


def nx_target(tree: SourceTree, project: Project) -> dict:  # type: ignore[type-arg]
    """The build target of an Nx application's project.json; {} when it has none."""
    found = tree.read_json(within(project.app.dir, "project.json")) if project.app.dir != project.root else None
    targets = (found or {}).get("targets")
    target = targets.get("build") if isinstance(targets, dict) else None
    return target if isinstance(target, dict) else {}


def nx_output(tree: SourceTree, project: Project) -> str:
    """Where Nx puts what it builds, relative to the repository's root; "" for an app that Nx does not build."""
    if tree.has(within(project.app.dir, FILE)):
        return ""
    target = nx_target(tree, project)
    if not target:
        return ""
    options = target.get("options")
    path = options.get("outputPath") if isinstance(options, dict) else None
    path = path.get("base") if isinstance(path, dict) else path
    where = relative(project.root, project.app.dir)
    return str(path).replace("{projectRoot}", where).replace("{workspaceRoot}/", "") if path else f"dist/{where}"


def bin(
    tree: SourceTree, project: Project, manager: Manager, locked: Locked, words: tuple[str, ...]
) -> tuple[str, ...]:
    """A dependency's program as the build runs it."""
    if words[0] == "node":
        return words
    if manager.pnp:
        return ("yarn", *words)
    package = start.PACKAGES.get(words[0]) or start.BINS.get(words[0], (words[0],))[0]
    modules = Resolver(tree, project, manager, locked).modules(package, project.app)
    return (f"{modules}/.bin/{words[0]}", *words[1:])


def compile_types(
    tree: SourceTree, project: Project, manager: Manager, locked: Locked, web: Start
) -> tuple[BuildCommand, ...]:
    """`tsc` for a TypeScript app without a build script whose start file is not in the source. () for others."""
    app = project.app
    config = within(app.dir, "tsconfig.json")
    if (
        uses_turbo(tree, project)
        or "typescript" not in app.dependencies
        or not tree.has(config)
        or web.shell
        or web.tool != "node"
        or web.builds
    ):
        return ()
    file = next((word for word in web.args[1:] if word.endswith((".js", ".mjs", ".cjs")) or "/" in word), None)
    if file is None or tree.first(start.joined(app.dir, file), start.joined(app.dir, f"{file}.js")):
        return ()
    return (BuildCommand(bin(tree, project, manager, locked, ("tsc",)), app.dir, Location(config, 1), "tsc"),)


def moved_build(project: Project, manager: Manager, words: tuple[str, ...], at: Location | None) -> BuildCommand:
    """A command of the start script that builds."""
    path = (
        f"{project.inside(project.app.dir)}/node_modules/.bin:/app/node_modules/.bin:{package_managers.TOOLS_PATH[1]}"
    )
    args = ("yarn", *words) if manager.pnp and words[0] != "yarn" else words
    return BuildCommand(args, project.app.dir, at, " ".join(words), (("PATH", path),))


def own_hooks(tree: SourceTree, project: Project, manager: Manager) -> tuple[BuildCommand, ...]:
    """The project's own install scripts, in the order npm runs them; the root's first."""
    return tuple(
        script_command(tree, project, manifest, name)
        for manifest in project.manifests
        for name in lifecycle.scripts(manifest)
    )


# --- packages


def development(project: Project) -> set[str]:
    """The development dependencies of the app (and of the root) that are nobody's production dependency."""
    found = {name for m in (project.top, project.app) for name in m.development}
    return found - {name for m in project.manifests for name in m.production}


def moved_warning(tree: SourceTree, project: Project, name: str) -> Warning:
    """The warning for a development dependency that the start needs."""
    owner = project.app if name in project.app.development else project.top
    return Warning(
        "dev-dependency-started",
        f"{name} starts the app, but is a development dependency: it is put into the image",
        line(tree, owner, "devDependencies", name),
        f'move "{name}" to "dependencies"',
    )


def natives(project: Project, locked: Locked) -> dict[str, Native]:
    """What the table of native packages says of the app's direct and locked dependencies."""
    direct = {name for m in project.manifests for name in m.production}
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


# --- why


def evidence(
    tree: SourceTree, project: Project, manager: Manager, framework: Framework | None, web: Start
) -> tuple[Evidence, ...]:
    """What was found, and where."""
    found = []
    if project.has_workspaces and project.app is not project.top:
        found.append(
            Evidence(f"app {project.app.dir}", "a workspace of this repository", Location(project.app.path, 1))
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
        found.append(Evidence(manager.program, manager.lockfile.rpartition("/")[2], Location(manager.lockfile, 1)))
    named = frameworks.title(project.app)
    if named is not None:
        found.append(Evidence(named[0], f"{named[1]} is a dependency", line(tree, project.app, named[1])))
    found.append(Evidence("start", " ".join(web.args), web.at))
    for words in web.builds:
        found.append(
            Evidence(
                "build", f"{' '.join(words)} is part of the start script: it is run when the image is built", web.at
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
