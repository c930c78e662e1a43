"""How the app is started: by what the user names, a script, its framework, or a file."""

from frontend.commands import process as processes
from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.node import (
    frameworks,
    lifecycle,
    nx,
    start,
    versions,
)
from frontend.languages.node.entry_file import SUFFIXES, entry_file
from frontend.languages.node.frameworks import Framework
from frontend.languages.node.lockfiles import Locked
from frontend.languages.node.manifest import line
from frontend.languages.node.package_managers import Manager
from frontend.languages.node.start import Resolver, Start, shell_text
from frontend.languages.node.workspaces import Project
from frontend.paths import joined, within
from frontend.plan.model import Process, ToolVersion, Warning
from frontend.settings.model import Settings

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
ELSEWHERE = frozenset(  # programs of developers' machines, other languages, and containers in containers
    "make docker docker-compose podman heroku foreman overmind deno python python3 ruby php java go cargo dotnet"
    " dumb-init tini gosu su-exec supervisord systemctl nginx caddy".split()
)
TYPESCRIPT = (".ts", ".mts", ".cts")
STRIPS_TYPES = ("22.18.0", "23.6.0")  # Node.js runs TypeScript by itself from these on, 23.0 to 23.5 do not
STRIPS_WITH_FLAG = "22.6.0"


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
    where = project.app
    entries = processes.read(tree.under(where.dir), settings)
    if not entries and where.dir:
        where = project.top
        entries = processes.read(tree, settings)
    given = tuple(processes.process(*entry) for entry in entries)
    web_env = processes.web_env(entries)

    def resolve(process: Process) -> Start:
        return Resolver(tree, project, manager, locked).resolve(shell_text(process), process.at, where)

    others = tuple((process.name, resolve(process)) for process in given if process.name != "web")
    named = next((process for process in given if process.name == "web"), None)
    if named is not None:
        found = resolve(named)
        found = found._replace(env=(*web_env, *found.env))
    else:
        found = default_start(tree, project, manager, locked, framework)
    if frameworks.is_development(framework, found.tool, found.words):
        found = replaced(tree, project, manager, locked, framework, found)
    if framework is not None and framework.ships == ".output" and named is None:
        found = found._replace(args=framework.start, tool="node", shell=False)
    return typed(tree, project, found, version), others


def default_start(
    tree: SourceTree, project: Project, manager: Manager, locked: Locked, framework: Framework | None
) -> Start:
    """The start script, else what the framework, `main` or a file's name says. Raises PlanError when nothing does."""
    app = project.app
    resolver = Resolver(tree, project, manager, locked)
    own = app.scripts
    if project.started:
        at = line(tree, project.top, "scripts", "start")
        return resolver.resolve("npm run start", at, project.top)
    if "start" in own:
        return resolver.script("start")
    middleware = astro_middleware(tree, project) if framework is not None else None
    if middleware is not None:
        return middleware
    if framework is not None and framework.start:
        return framework_start(tree, project, manager, locked, framework)
    output = nx.output(tree, project)
    if output:
        return Start(("node", f"/app/{output}/main.js"), tool="node", at=tree.at(nx.file(tree, project), 1))
    script = next((name for name in START_SCRIPTS if name in own), None)
    if script and not is_dev_script(own[script], framework):
        return resolver.script(script)
    main = entry_file(tree, app)
    if main is not None and (app.text("main") or not frameworks.static_site(tree, app) or frameworks.title(app)):
        at = line(tree, app, "main") if app.text("main") else tree.at(within(app.dir, main))
        text = (tree.read_text(within(app.dir, main)) or "") if manager.kind == "bun" else ""
        if "Bun.serve(" in text or 'from "bun"' in text:
            raise start.only_bun(at)
        return Start(("node", main), tool="node", words=(main,), at=at)
    raise frameworks.static_site(tree, app) or PlanError(
        "nothing says how the app starts",
        at=tree.at(app.path, 1) if tree.has(app.path) else None,
        hint='looked for a Procfile, a "start" script, "main", server.js, index.js, app.js and main.js;'
        ' add "start": "node FILE" to the scripts of package.json, or set RUN_COMMAND',
    )


def astro_middleware(tree: SourceTree, project: Project) -> Start | None:
    """The start of an Astro app whose adapter makes no server of its own; None for others.

    Raises PlanError when there is no file that serves it.
    Source: https://docs.astro.build/en/guides/integrations-guide/node/#middleware
    """
    app = project.app
    config = next((files for package, files, _ in frameworks.STATIC if package == "astro"), ())
    path = tree.first(*(within(app.dir, name) for name in config)) if "@astrojs/node" in app.dependencies else None
    at = frameworks.setting_line(tree, path, "mode", "middleware") if path else None
    if at is None:
        return None
    main = entry_file(tree, app)
    if main is None:
        raise PlanError(
            "this Astro app is built as middleware, and nothing serves it",
            at=at,
            hint='use mode: "standalone", or add a "start" script for your own server',
        )
    return Start(("node", main), tool="node", words=(main,), at=tree.at(within(app.dir, main)))


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


def check_entry(tree: SourceTree, project: Project, web: Start, builds: bool, packages: tuple[str, ...]) -> None:
    """Raises PlanError when nothing makes the file that is started, or the program is none of an image for Node.js."""
    program = web.args[0].rpartition("/")[2]
    if not web.shell and program in ELSEWHERE and not packages:
        raise PlanError(
            f"the start command runs {program}, which is not in the image",
            at=web.at,
            hint="name the program of the app itself; a Debian package for it goes into RUN_PACKAGES",
        )
    if builds or web.shell or web.tool not in ("node", "tsx", "ts-node") or len(web.args) < 2:
        return
    file = next((word for word in web.args[1:] if word.endswith(SUFFIXES) and not word.startswith("-")), None)
    if file is None or file.startswith("/") or any(word in start.VALUES for word in web.args[1:-1]):
        return
    path = joined(project.app.dir, file)
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
