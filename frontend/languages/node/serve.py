"""How the app is started: by what the user names, a script, its framework, or a file."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from msgspec import structs

from frontend.commands import process, procfile
from frontend.commands.options import split_options
from frontend.commands.script import parse
from frontend.commands.words import literal
from frontend.errors import Location, PlanError
from frontend.languages.node import (
    engines,
    frameworks,
    kinds,
    nx,
    options,
    programs,
    sites,
    start,
    versions,
)
from frontend.languages.node.entry_file import BUN, SUFFIXES, development_file, entry_file
from frontend.languages.node.frameworks import Framework
from frontend.languages.node.manifest import START_SCRIPTS, Manifest, line
from frontend.languages.node.repository import NAME, Repository
from frontend.languages.node.runners import RUN_BY
from frontend.languages.node.start import Start
from frontend.paths import joined, relative, within
from frontend.plan.model import Command, Evidence, ToolVersion, Warning
from frontend.settings.model import Settings

ELSEWHERE = frozenset(  # programs of developers' machines, other languages, and containers in containers
    "make docker docker-compose podman heroku foreman overmind deno python python3 ruby php java go cargo dotnet"
    " dumb-init tini gosu su-exec supervisord systemctl nginx caddy".split()
)
WINDOWED = (
    "electron",
    "electron-forge",
    "electron-vite",
    "nw",
    "tauri",
    "neu",
)  # desktop programs: https://electronjs.org
# scripts that start a part of an app; what stands behind is no way to run it
START_OF = re.compile(r"start[-:_](?!dev|debug|watch|test|local|prod|stag|win|mac|linux|inspect)\w")
TYPESCRIPT = (".ts", ".mts", ".cts")
SERVER_SCRIPTS = ("server", "serve", "start:server", "start:web")  # of an app that has a desktop program too
SERVER_PART = 'name the server that is to run in the "start" script, or set RUN_COMMAND'
SCRIPT_RUNNERS = ("npm-run-all", "npm-run-all2", "run-p", "run-s")  # https://github.com/bcomnes/npm-run-all2
WATCHING = frozenset(("-w", "--watch", "--serve"))
STRIPS_TYPES = ("22.18.0", "23.6.0")  # Node.js runs TypeScript by itself from these on, 23.0 to 23.5 do not
STRIPS_WITH_FLAG = "22.6.0"
TRANSPILED = ("tsx", "ts-node", "swc", "strip-types")  # in a flag: Node.js is told how to run TypeScript


def serve(repository: Repository, settings: Settings) -> tuple[Start, tuple[tuple[str, Start], ...]]:
    """How the web process is started, and the other processes of a Procfile by name."""
    project, framework = repository.project, repository.framework
    where = project.app
    entries = process.read(repository.tree.under(where.dir), settings)
    if not entries and where.dir:
        where = project.top
        entries = process.read(repository.tree, settings)
    starts = {one.name: of_entry(repository, one, where) for one in entries}
    named = starts.pop(procfile.WEB, None)
    if named is None:
        kinds.check(repository)
    found = named or default_start(repository, settings)
    if settings.run_command is None:
        sites.of_file_server(repository.tree, where, found.tool, found.words, found.at)
    if (found.tool, found.words[:1]) == ("medusa", ("start",)) and named is None and "start" in where.scripts:
        found = medusa_start(repository, found)
    if found.develops or frameworks.is_development(framework, found.tool, found.words) or watches(where, found):
        found = replaced(repository, found)
        if settings.run_command is None:
            sites.of_file_server(repository.tree, where, found.tool, found.words, found.at)
    if found.tool in WINDOWED:
        script = next((name for name in SERVER_SCRIPTS if name in where.scripts), None)
        raise PlanError(
            f"the start command runs {found.tool}, a desktop program: a container has no display",
            at=found.at,
            hint=f'start its server: set the build-arg RUN_COMMAND="npm run {script}"' if script else SERVER_PART,
        )
    others = tuple((name, elsewhere(repository, other)) for name, other in starts.items())
    return elsewhere(repository, typed(repository, found)), others


def by_own_file(repository: Repository, settings: Settings) -> bool:
    """Whether the app is started by a file of its own, whatever its framework builds."""
    app = repository.project.app
    named = process.web(repository.tree.under(app.dir), settings)
    text = named.script.text if named is not None else app.scripts.get("start", "")
    program, words = programs.started(text, app.scripts)
    files = (word for word in words if word.endswith(SUFFIXES))
    return program in RUN_BY and any(repository.tree.has(joined(app.dir, file)) for file in files)


def default_start(repository: Repository, settings: Settings) -> Start:
    """The start script, else what the framework, `main` or a file's name says. Raises PlanError when nothing does."""
    project, framework = repository.project, repository.framework
    app = project.app
    if project.started:
        return start.of_script(repository, project.started, project.top)
    if "start" in app.scripts:
        return start.of_script(repository, "start")
    stated = of_dockerfile(repository, settings)
    if stated is not None:
        return stated
    if (built := nx_start(repository)) is not None:
        return built
    middleware = astro_middleware(repository) if framework is not None else None
    if middleware is not None:
        return middleware
    if framework is not None and framework.package == "vike" and runs_own_file(app, "preview"):
        return start.of_script(repository, "preview")
    if framework is not None and (framework.start or framework.handler):
        return framework_start(repository, framework)
    if framework is not None and framework.package == "@medusajs/medusa":
        return medusa_start(repository, None)
    own = app.scripts
    named = (name for name in START_SCRIPTS if name in own and not programs.starts_containers(own[name], own))
    script = next(named, None)
    if script and not is_dev_script(repository, script):
        return start.of_script(repository, script)
    found = program_start(repository) or file_start(repository)
    return with_others(repository, found) if found is not None else nothing_to_start(repository)


def with_others(repository: Repository, found: Start) -> Start:
    """The start of a file, with the doubt about scripts that start other files of the app: `start-server`."""
    app = repository.project.app
    file = found.words[0] if found.words else ""
    others = []
    for name in filter(START_OF.match, app.scripts):
        program = programs.started(app.scripts[name], app.scripts)
        files = [word for word in program.arguments if word.endswith(SUFFIXES)]
        if program.name in RUN_BY and files and stem(files[0]) != stem(file):
            others.append(name)
    if not others:
        return found
    told = f"{file or 'the app'} is started, not what other scripts start: {', '.join(others)}"
    hint = f'RUN_COMMAND="npm run {others[0]}" starts that; a Procfile names several processes'
    warning = Warning("start-several", told, line(repository.tree, app, "scripts", others[0]), hint)
    return structs.replace(found, warnings=(*found.warnings, warning))


def stem(file: str) -> str:
    """The name of a file without its ending."""
    return file.rpartition("/")[2].partition(".")[0]


def of_entry(repository: Repository, entry: procfile.Entry, where: Manifest) -> Start:
    """The start of a process in a package's directory: in the root's, where a file of the root names a script that only
    the root has. Raises PlanError as `start.of_command` does."""
    try:
        return start.of_command(repository, entry.script, entry.at, where)
    except PlanError:
        top = repository.project.top
        texts = [word.text for command in entry.script.commands for word in command.words]
        if where is top or not any(text in top.scripts and text not in where.scripts for text in texts):
            raise
        return start.of_command(repository, entry.script, entry.at, top)


def program_start(repository: Repository) -> Start | None:
    """The start of the one program that the build compiles; None for an app of Node.js, and for none or several."""
    from frontend.languages.node import compiled

    app = repository.project.app
    files = compiled.made(app) if repository.engine is not None else ()
    if len(files) != 1:
        return None
    path = f"./{relative(app.dir, files[0])}" if app.dir else f"./{files[0]}"
    return Start((path,), tool=path.rpartition("/")[2], at=line(repository.tree, app, "scripts", "build"))


def runs_own_file(app: Manifest, name: str) -> bool:
    """Whether a script runs a file by Node.js, tsx or ts-node."""
    return name in app.scripts and programs.started(app.scripts[name], app.scripts).name in RUN_BY


def of_dockerfile(repository: Repository, settings: Settings) -> Start | None:
    """The start that a Dockerfile states, where what it runs is in the source, or no framework makes it; else None."""
    names = (NAME, *((repository.engine.name,) if repository.engine is not None else ()))
    stated = next(filter(None, (process.candidate(settings, name) for name in names)), None)
    if stated is None:
        return None
    app = repository.project.app
    files = [word.text for command in stated.script.commands for word in command.words if word.text.endswith(SUFFIXES)]
    there = all(repository.tree.has(joined(app.dir, file)) for file in files)
    made = repository.framework is not None and bool(repository.framework.start)
    by_nx = bool(nx.output(repository.tree, repository.project))  # a Dockerfile copies what it makes elsewhere
    if (made and not there) or (by_nx and not (files and there)):
        return None
    try:
        found = start.of_command(repository, stated.script, stated.at, app)
    except PlanError:  # of the container's own: a script, a directory
        return None
    note = process.followed(stated.at.file if stated.at else "", ("start command",), stated.at)
    return structs.replace(found, warnings=(*found.warnings, note))


def nx_start(repository: Repository) -> Start | None:
    """The start of what Nx builds; None for an app that it does not build, or whose framework says what is started."""
    tree, project, framework = repository.tree, repository.project, repository.framework
    output = nx.output(tree, project)
    if not output:
        return None
    target, at = nx.target(tree, project.app), tree.at(nx.file(tree, project.app), 1)
    if nx.makes_site(tree, project.app):
        title = nx.executor(target) or nx.inferred(tree, project.app) or "its build target"
        made_by = sites.Generator(title, "", directories=tuple(f"/app/{one}" for one in nx.pages(output, project)))
        raise sites.NoServerError(made_by, f"this is a site without a server ({title})", at)
    if nx.makes_next(target):
        return start.of_words(repository, ("next", "start", f"/app/{output}"), at)
    if framework is not None and framework.package != "@nestjs/core":
        return None
    first, *others = (("node", f"/app/{file}") for file in nx.entries(tree, project))
    return Start(first, tool="node", at=at, otherwise=candidates(others))


def file_start(repository: Repository) -> Start | None:
    """The start of a file: `main`, or one of the usual names; None when the app has none that serves.

    Raises PlanError for one of the Bun runtime, and one that only exports.
    """
    tree, app = repository.tree, repository.project.app
    why = engines.unstarted(tree, app) if repository.engine is None and not repository.is_forced else None
    main = entry_file(tree, app, by_bun=why is not None or repository.engine is not None)
    if main is None or not (app.text("main") or not frameworks.static_site(tree, app) or frameworks.title(app)):
        return None
    developed = development_file(tree, app)
    told = line(tree, app, "scripts", developed.script) if developed is not None and developed.file == main else None
    engine = repository.engine
    if engine is None and not repository.is_forced:
        if told is not None and developed is not None and developed.program == BUN and not engines.builds_for_node(app):
            raise engines.other(Evidence("Bun", f"{main} is run by bun in the script {developed.script}", told))
        by_node = developed is not None and developed.program != BUN
        if not engines.builds_for_node(app) and not by_node and why is not None:
            raise engines.other(why)
    from frontend.languages.node import entry_source

    entry_source.check(tree, app, main, by_node=engine is None)
    own = joined("", app.text("main"))
    key = "main" if main in (own, f"{own}.js", f"{own}/index.js") or "bin" not in app.data else "bin"
    at = told or (line(tree, app, key) if own else tree.at(within(app.dir, main)))
    words = (main, *(developed.words if developed is not None and developed.file == main else ()))
    if engine is not None and tree.has(within(app.dir, main)):
        return Start((engine.program, *words), tool=engine.program, words=words, at=at)
    if "build" in app.scripts:
        from frontend.languages.node import outputs

        if main.endswith(TYPESCRIPT):
            files = outputs.compiled(tree, app, main) or outputs.bundled(tree, app, main)
        else:
            files = (main, *outputs.of_main(main))
        flags = stripping(repository.version)
        if files and (main.endswith(TYPESCRIPT) or not tree.has(within(app.dir, main))):
            others: list[tuple[str, ...]] = [("node", file) for file in files[1:]]
            others += [("node", *flags, main)] if main.endswith(TYPESCRIPT) and flags is not None else []
            return Start(("node", files[0]), tool="node", words=files[:1], at=at, otherwise=candidates(others))
    if developed is not None and developed.file == main and main.endswith(TYPESCRIPT):
        found = developed_start(repository, developed.script)
        if found is not None:
            return found
    return Start(("node", *words), tool="node", words=words, at=at)


def developed_start(repository: Repository, script: str) -> Start | None:
    """How a script for development runs its TypeScript, without watching; None where it is not by tsx or ts-node."""
    try:
        found = start.of_script(repository, script)
    except PlanError:  # of what only development has
        return None
    if found.shell or found.tool not in ("tsx", "ts-node"):
        return None
    return structs.replace(found, warnings=tuple(one for one in found.warnings if one.code != "dev-start"))


def nothing_to_start(repository: Repository) -> Start:
    """Raises PlanError for an app that says nowhere how it is started."""
    tree, app = repository.tree, repository.project.app
    raise frameworks.static_site(tree, app, last=True) or PlanError(
        "cannot determine the start command",
        at=tree.at(app.path, 1) if tree.has(app.path) else None,
        hint='looked for a Procfile, a "start" script, "main", server.js, index.js, app.js and main.js;'
        ' add "start": "node FILE" to the scripts of package.json, or set RUN_COMMAND',
    )


def astro_middleware(repository: Repository) -> Start | None:
    """The start of an Astro app whose adapter makes no server of its own; None for others.

    Raises PlanError when there is no file that serves it.
    Source: https://docs.astro.build/en/guides/integrations-guide/node/#middleware
    """
    tree, app = repository.tree, repository.project.app
    config = frameworks.ASTRO_CONFIGS
    path = tree.first(*(within(app.dir, name) for name in config)) if "@astrojs/node" in app.dependencies else None
    at = frameworks.setting_line(tree, path, "mode", "middleware") if path else None
    if at is None:
        return None
    main = entry_file(tree, app)
    if main is None:
        raise PlanError(
            "this Astro app is built as middleware, but nothing serves it",
            at=at,
            hint='use mode: "standalone", or add a "start" script for your own server',
        )
    return Start(("node", main), tool="node", words=(main,), at=tree.at(within(app.dir, main)))


def is_dev_script(repository: Repository, name: str) -> bool:
    """Whether a script of the app starts a development server."""
    own = repository.project.app.scripts
    return frameworks.is_development(repository.framework, *programs.started(own[name], own))


def watches(app: Manifest, found: Start) -> bool:
    """Whether a start runs scripts of the app side by side which are all for development: `run-p dev:*`."""
    if found.tool not in SCRIPT_RUNNERS:
        return False
    patterns = [word.replace("**", "*") for word in found.words if not word.startswith("-")]
    names = [name for name in app.scripts if any(fnmatchcase(name, pattern) for pattern in patterns)]
    last = [name for name in names if name.partition(":")[0] in ("dev", "watch", "start", "serve")]
    tools = [programs.started(app.scripts[name], app.scripts) for name in last]
    watching = (frameworks.is_development(None, *one) or not WATCHING.isdisjoint(one.arguments) for one in tools)
    return bool(tools) and all(watching)


def replaced(repository: Repository, found: Start) -> Start:
    """What serves in production where the start script runs a development server.

    Raises PlanError for nothing, and for a framework where others run beside its server: no script says how they do
    without it.
    """
    own, framework = repository.project.app.scripts, repository.framework
    server = found.develops or found.tool
    told = Warning(
        "dev-start",
        f"the start script runs {server}'s development server: the production build is served instead",
        found.at,
        'start the production server in the "start" script',
    )
    known = START_SCRIPTS if repository.project.started else START_SCRIPTS[1:]
    names = [name for name in known if name in own] + [n for n in own if n.startswith("serve:ssr")]
    scripted = (start.of_script(repository, name) for name in names if not is_dev_script(repository, name))
    serves = (one for one in scripted if not frameworks.is_development(framework, one.tool, one.words))
    built = nx_start(repository) if found.tool == "nx" else None
    production = built or next((one for one in serves if not one.develops), None)
    if production is not None:
        chosen = production
    elif found.develops:
        raise PlanError(
            f"the start command runs {server}'s development server by {found.tool}",
            at=found.at,
            hint="build the front end in the build script, and start the server alone",
        )
    elif framework is not None and (framework.start or framework.handler):
        chosen = framework_start(repository, framework)
    else:
        command = " ".join((found.tool, *found.words))
        raise frameworks.static_site(repository.tree, repository.project.app, last=True, replaced=command) or PlanError(
            f"the start command runs a development server ({found.tool})",
            at=found.at,
            hint="start the program that serves in production",
        )
    return structs.replace(
        chosen, warnings=(*found.warnings, told, *chosen.warnings), builds=chosen.builds or found.builds
    )


def framework_start(repository: Repository, framework: Framework) -> Start:
    """The start of a framework."""
    if framework.handler:
        from frontend.languages.node import handlers

        return handlers.framework_start(repository, framework)
    tree, app = repository.tree, repository.project.app
    at = line(tree, app, framework.package)
    words, others = framework.start, candidates(())
    if framework.package == "@nestjs/core":
        from frontend.languages.node import outputs

        first, *rest = outputs.of_nest(tree, app)
        words, others = ("node", first), candidates(("node", file) for file in rest)
    found = start.of_words(repository, words, at)
    return structs.replace(found, otherwise=(*found.otherwise, *others))


def medusa_start(repository: Repository, found: Start | None) -> Start:
    """Medusa from what its build makes, which is an app of its own: from its source the admin is not found.

    A start script whose other commands are Medusa's too (`medusa db:migrate && medusa start`) is run there as a whole.
    Source: https://docs.medusajs.com/learn/build
    """
    app = repository.project.app
    text = app.scripts.get("start", "") if found is not None else "medusa start"
    at = line(repository.tree, app, "scripts", "start") if found is not None else tree_line(repository)
    if ".medusa/" in text or any(one.name != "medusa" for one in programs.programs(text, app.scripts)):
        return found or start.of_command(repository, parse(text, at), at, app)
    return start.of_command(repository, parse(f"cd .medusa/server && {text}", at), at, app)


def tree_line(repository: Repository) -> Location:
    """Where the app depends on its framework."""
    framework = repository.framework
    return line(repository.tree, repository.project.app, framework.package if framework is not None else "")


def candidates(commands: Iterable[tuple[str, ...]]) -> tuple[Command, ...]:
    """Commands for the case that the first one is not there."""
    return tuple(Command(args) for args in commands)


def elsewhere(repository: Repository, found: Start) -> Start:
    """A start of a compiled file, `node dist/main`, with the other places where the compiler may put that file."""
    if found.shell or found.tool not in ("node", BUN) or found.otherwise:
        return found
    words = found.args[1:]
    split = split_options(tuple(map(literal, words)), options.BUN if found.tool == BUN else options.NODE)
    index = len(words) - len(split.rest)
    file = joined("", words[index]) if split.rest else ""
    if not file or repository.tree.first(*(within(repository.project.app.dir, file + end) for end in ("", *SUFFIXES))):
        return found
    from frontend.languages.node import outputs

    before, behind = (*found.args[:1], *words[:index]), words[index + 1 :]
    others = (
        Command((*before, path, *behind), corrects=True)
        for path in outputs.of_start(repository.tree, repository.project.app, file)
    )
    return structs.replace(found, otherwise=tuple(others))


def typed(repository: Repository, found: Start) -> Start:
    """A start of a TypeScript file: by tsx or ts-node where the app has one, else by Node.js itself.

    Raises PlanError for a Node.js that runs none, and for sources that it does not run as they are.
    """
    if found.shell or found.tool != "node":
        return found
    args = found.args
    files = (i for i, word in enumerate(args) if word.endswith(TYPESCRIPT) and args[i - 1] not in options.NODE)
    place = next(files, 0)
    if not place or any(sign in flag for flag in args[1:place] for sign in TRANSPILED):
        return found
    app = repository.project.app
    if args[0] == "node" and place == 1 and not app.scripts.get("start"):
        if "tsx" in app.dependencies:
            return structs.replace(found, args=("node", "--import", "tsx", *args[1:]), needs=("tsx",), tool="tsx")
        if "ts-node" in app.dependencies:
            env = (*found.env, ("TS_NODE_TRANSPILE_ONLY", "true"))
            hooked = ("node", "-r", "ts-node/register", *args[1:])
            return structs.replace(found, args=hooked, needs=("ts-node", "typescript"), env=env, tool="ts-node")
    flags = stripping(repository.version)
    if flags is None:
        raise PlanError(
            f"Node.js {repository.version.value} does not run TypeScript ({args[place]})",
            at=repository.version.at or found.at,
            hint="use Node.js 24, add tsx to the dependencies, or compile to JavaScript in the build script",
        )
    from frontend.languages.node import stripped

    stripped.check(repository.tree, app, args[place])
    return structs.replace(found, args=("node", *flags, *args[1:])) if flags else found


def stripping(version: ToolVersion) -> tuple[str, ...] | None:
    """The flags by which a version of Node.js runs TypeScript; None for one that does not."""
    by_itself, since_23 = STRIPS_TYPES
    if versions.at_least(version.value, since_23 if version.value.startswith("23") else by_itself):
        return ()
    return ("--experimental-strip-types",) if versions.at_least(version.value, STRIPS_WITH_FLAG) else None


def check_entry(repository: Repository, web: Start, builds: bool, packages: tuple[str, ...]) -> None:
    """Raises PlanError when nothing makes the file that is started, or the program is none of an image for Node.js."""
    program = web.args[0].rpartition("/")[2]
    if not web.shell and program in ELSEWHERE and not packages:
        raise PlanError(
            f"the start command runs {program}, which is not in the image",
            at=web.at,
            hint="start the app's own program, or add the Debian package that has it to RUN_PACKAGES",
        )
    if builds or web.shell or web.tool not in ("node", "tsx", "ts-node", BUN) or len(web.args) < 2:
        return
    file = next((word for word in web.args[1:] if word.endswith(SUFFIXES) and not word.startswith("-")), None)
    takes = options.BUN if web.tool == BUN else options.NODE
    if file is None or file.startswith("/") or any(word in takes for word in web.args[1:-1]):
        return
    path = joined(repository.project.app.dir, file)
    if "node_modules/" not in path and repository.tree.first(path, f"{path}.js") is None:
        raise PlanError(
            f"the start command runs {file}, which is neither in the source nor made by a build script",
            at=web.at,
            hint='add a "build" script to package.json, or correct the start script; check .dockerignore too',
        )
