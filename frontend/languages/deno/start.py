"""How a Deno app starts: what the user names, a task, a Dockerfile, else its entry file."""

from __future__ import annotations

import re

from msgspec import Struct, structs

from frontend.commands import process as processes
from frontend.commands.procfile import WEB
from frontend.commands.script import Script, parse
from frontend.commands.words import Word, literal, quoted
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.deno import command, sources, tasks
from frontend.languages.deno.config import Config
from frontend.languages.deno.tasks import Run
from frontend.languages.registry import DENO
from frontend.paths import joined, within
from frontend.plan.model import Command, Need, Process
from frontend.settings.model import Settings

TASKS = ("start", "serve", "prod", "production", "server", "preview")
ENTRIES = tuple(
    f"{dir}{stem}.{end}"
    for dir in ("", "src/")
    for stem in ("main", "server", "app", "index", "mod")
    for end in ("ts", "tsx", "js")
)
DEV = "dev"
WATCHES = ("--watch", "--watch-hmr", "--hmr")
VERBS = (command.RUN, command.SERVE, "task")
LUME = "lume/cli.ts"  # makes a site, and serves it where it is developed
DEVELOPING = ("dev.ts", "dev.tsx", "dev.js")
BUILDERS = ("tsc", "esbuild", "vite", "rollup", "webpack", "tailwindcss")  # where others follow
MOST = 20  # files beside an entry that are read
TESTS = ("_test", ".test", "_bench")
BUILDS = ("build", "compile", "bundle", "generate", "codegen")


class Started(Struct, frozen=True):
    """A process as it is started, why so, what is built before it, and the files that Deno runs for it.

    `dropped` are the options that it has no use for, `granted` the permissions that its command does not say, `enabled`
    the unstable features. `follows` says that our module has its server listen on PORT. `dir` is the directory that it
    runs in, relative to the app's root.
    """

    process: Process
    because: str
    at: Location | None
    builds: tuple[Run, ...] = ()
    entries: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    dropped: tuple[str, ...] = ()
    granted: tuple[str, ...] = ()
    invocation: command.Invocation | None = None
    follows: bool = False
    dir: str = ""
    enabled: tuple[str, ...] = ()


def web_runs(config: Config, settings: Settings) -> tuple[tuple[Run, ...], str, Location | None]:
    """What the web process runs, why, and who says so. Raises PlanError where nothing does."""
    tree = config.tree
    own = tree.under(config.dir)
    named = processes.web(own, settings)
    if named is not None:
        return tasks.of_script(config, named.script, named.at), named.script.text, named.at
    known = config.tasks
    developing: str = ""
    for name in (one for one in TASKS if one in known):
        runs = tasks.of_task(config, name)
        if not develops(runs):
            return runs, f"the task {name}: {known[name].text}", known[name].at
        developing = developing or name
    script = of_dockerfile(own, settings)
    if script is not None:
        at = settings.candidate.at if settings.candidate is not None else None
        return tasks.of_script(config, script, at), script.text, at
    deployed = of_deploy(config, permissions(tasks.of_task(config, developing)) if developing else ())
    if deployed is not None:
        return deployed
    watched = watching(config)
    if watched:
        return watched, f"the task {DEV}: {known[DEV].text}", known[DEV].at
    entry = entry_file(own, config)
    if entry:
        text = own.read_text(entry) or ""
        verb = command.SERVE if sources.serves_default(text) else command.RUN
        allowed = permissions(tasks.of_task(config, developing)) if developing else ()
        words = (*map(literal, (command.PROGRAM, verb)), *allowed, literal(entry))
        return (
            (Run(words, dir=config.dir),),
            f"{entry}, which {'exports a server' if verb == command.SERVE else 'is the entry'}",
            own.at(entry),
        )
    served = serving(config)
    if served is not None:
        runs, name = served
        return runs, f"the task {name}: {known[name].text}", known[name].at
    if developing and not any(name in known for name in BUILDS):  # else it is a site
        runs = tasks.of_task(config, developing)
        return runs, f"the task {developing}: {known[developing].text}", known[developing].at
    raise NoStartError(config)


def of_deploy(config: Config, allowed: tuple[Word, ...]) -> tuple[tuple[Run, ...], str, Location | None] | None:
    """What the configuration has Deno Deploy start, with permissions that a task says; None where it names no file."""
    where, entry = config.deployed
    dir = joined(config.dir, where)
    path = joined(dir, entry)
    if not entry or not config.tree.has(path):
        return None
    verb = command.SERVE if sources.serves_default(config.tree.read_text(path) or "") else command.RUN
    words = (*map(literal, (command.PROGRAM, verb)), *allowed, literal(entry))
    return (Run(words, dir=dir),), f"{path}, which Deno Deploy starts", config.at("deploy", "entrypoint")


def watching(config: Config) -> tuple[Run, ...]:
    """What the task `dev` runs, where that is a file of the app that is watched: `deno run --watch main.ts`; () for a
    development server of something else, and where there is no such file."""
    runs = tasks.of_task(config, DEV) if DEV in config.tasks else ()
    found = command.read(runs[-1].words) if len(runs) == 1 else None
    if found is None or develops(runs):
        return ()
    path = place(runs[-1].dir, found.script.text)
    if ":" in path or not config.tree.has(path):
        return ()
    serves = sources.SERVES.search(config.tree.read_text(path) or "") is not None
    return runs if serves or found.has(*WATCHES) else ()


def serving(config: Config) -> tuple[tuple[Run, ...], str] | None:
    """What one of several parts of a start runs (`preview:server`, else `dev:server`), where that is a file of the app
    that serves, and the task's name; None for none."""
    parts = {name: set(re.split(r"[:._-]", name)) for name in config.tasks}
    likely = [name for name, words in parts.items() if len(words) > 1 and not words.isdisjoint((*TASKS, DEV))]
    for name in sorted(likely, key=lambda one: DEV in parts[one]):
        try:
            runs = tasks.of_task(config, name)
        except PlanError:  # is told where it is started
            continue
        found = command.read(runs[-1].words) if runs else None
        if found is None or develops(runs):
            continue
        path = place(runs[-1].dir, found.script.text)
        if ":" not in path and config.tree.has(path) and sources.SERVES.search(config.tree.read_text(path) or ""):
            return runs, name
    return None


def of_dockerfile(tree: SourceTree, settings: Settings) -> Script | None:
    """How a Dockerfile starts the app; None where that is not by Deno. Deno's own images take its verbs for a command:
    `CMD ["run", "main.ts"]`."""
    found = processes.candidate(settings, DENO.name) or processes.candidate(settings, DENO.name, tree)
    if found is not None:
        return found.script
    one = settings.candidate
    if one is None or one.value.split()[:1] not in ([verb] for verb in VERBS):
        return None
    return parse(f"{command.PROGRAM} {one.value}", one.at)


def permissions(runs: tuple[Run, ...]) -> tuple[Word, ...]:
    """The permissions that a development server is started with: those of the app, where nothing else says any."""
    found = command.read(runs[-1].words) if runs else None
    if found is None or not found.permissions:
        return ()
    return tuple(word for option in found.options if command.is_permission(option) for word in option.words)


def develops(runs: tuple[Run, ...]) -> bool:
    """Whether a task starts a development server: it watches files, and runs what is for development."""
    last = runs[-1] if runs else Run()
    if any(LUME in text for text in (last.text, *(word.text for word in last.words))):
        return True
    texts = [word.text for word in last.words]
    watches = any(text.partition("=")[0] in WATCHES for text in texts)
    file = next((one.script.text for one in (command.read(last.words),) if one is not None), "")
    return (watches and file.rpartition("/")[2] in DEVELOPING) or (texts[:1] == ["vite"] and "build" not in texts[1:2])


def entry_file(tree: SourceTree, config: Config) -> str:
    """The file that is started where nothing says so; "" for none."""
    tree.need(*ENTRIES)
    there = [path for path in ENTRIES if tree.has(path)]
    exported = config.text("exports").removeprefix("./")
    first = next((path for path in there if path.rpartition("/")[2].startswith(("main.", "server."))), "")
    found = first or next(iter(there), "") or (exported if exported and tree.has(exported) else "")
    found = starter(tree, found) if found else ""
    if found and any(key.partition("/")[0] == "lume" for key in config.imports):  # whose pages may be called so too
        text = tree.read_text(found) or ""
        return found if sources.SERVES.search(text) or sources.serves_default(text) else ""
    return found


def starter(tree: SourceTree, path: str) -> str:
    """The file beside an entry that serves what it exports, where the entry only makes the app: `app.listen()` in a
    run.ts that imports it; the entry itself for none, and for several."""
    if not sources.serves_default(tree.read_text(path) or ""):
        return path
    dir = path.rpartition("/")[0]
    beside = sorted(one for end in ("ts", "js") for one in tree.glob(within(dir, f"*.{end}")) if one != path)[:MOST]
    tree.need(*beside)
    found = [
        one
        for one in beside
        if not one.rpartition(".")[0].endswith(TESTS)
        and sources.SERVES.search(text := tree.read_text(one) or "")
        and any(sources.local(one, name, {}) == path for name in sources.specifiers(sources.Source(one, text)))
    ]
    return found[0] if len(found) == 1 else path


class NoStartError(PlanError):
    """Nothing says how the app of a configuration starts: it may be a site, which has no server."""

    def __init__(self, config: Config) -> None:
        names = ", ".join(config.tasks)
        listed = f" (its tasks are: {names})" if names else ""
        super().__init__(
            "cannot determine the start command",
            at=config.at("tasks") if names else config.at(),
            hint=f'add a task "start" to {config.path or "deno.json"}, a web line to a Procfile, or a main.ts{listed}',
        )
        self.config = config


def split(runs: tuple[Run, ...]) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """The runs of a start that belong to the build, and those that start the app."""
    count = 0
    for index, run in enumerate(runs[:-1]):
        if not is_build(run):
            break
        count = index + 1
    return runs[:count], runs[count:]


def is_build(run: Run) -> bool:
    """Whether a run builds: by the name of a task that leads to it, or a word of its command."""
    names = {name.partition(":")[0] for name in run.inside}
    texts = [word.text for word in run.words[1:]]
    return (
        bool(names & {*BUILDS})
        or any(text in BUILDS for text in texts[:3])
        or texts[:1] == ["install"]
        or run.program in BUILDERS
    )


def started(
    name: str,
    config: Config,
    runs: tuple[Run, ...],
    because: str,
    at: Location | None,
    image: command.Image,
    home: str | None = None,
) -> Started:
    """A process of some runs: one argument list where the last is only words, else a shell that it replaces.

    `home` is the directory that the image runs processes in; None for the web process, which decides it.
    """
    builds, kept = split(runs)
    if not kept or not (kept[-1].words or kept[-1].text):
        raise PlanError("the start command starts nothing", at=at, hint="name the program to start")
    entries: list[str] = []
    adapted: list[command.Adapted] = []
    changed: list[Run] = []
    last: command.Invocation | None = None
    follows = False
    for run in kept:
        found = command.read(run.words)
        last = found
        if found is None:
            changed.append(run)
            continue
        is_last = run is kept[-1]
        adapted.append(command.adapted(found, image if is_last else structs.replace(image, first="")))
        entries.append(place(run.dir, found.script.text))
        follows = adapted[-1].follows
        changed.append(structs.replace(run, words=adapted[-1].words))
    only = changed[0] if len(changed) == 1 else None
    home = only.dir if name == WEB and only is not None else config.dir if home is None else home
    only = only if only is not None and only.dir == home else None
    args, shell, env = executed(name, only, changed, home, dict(pair for one in adapted for pair in one.env))
    process = Process(name, args, shell, at, needs(entries))
    if not shell and only is not None and last is None and config.node_modules:
        process = structs.replace(process, otherwise=by_deno(only, image, args[: len(args) - len(only.words)]))
        follows = bool(image.first) and image.moves
    return Started(
        process,
        because,
        at,
        builds,
        tuple(entries),
        tuple(env.items()),
        tuple(option for one in adapted for option in one.dropped),
        tuple(option for one in adapted for option in one.granted),
        last,
        follows,
        home,
        tuple(option for one in adapted for option in one.enabled),
    )


def by_deno(run: Run, image: command.Image, before: tuple[str, ...]) -> tuple[Command, ...]:
    """The command for a program that may be one of a package: its file is for Node.js, and Deno runs it.

    `before` are the words in front of it that set variables. A task has all permissions for such a program.
    """
    name, *rest = (word.text for word in run.words)
    if "/" in name:
        return ()
    ours = ("--cached-only", *image.lock)
    ours += ("--preload", image.first) if image.first else ()
    return (Command((*before, command.PROGRAM, command.RUN, *ours, "-A", f"/app/node_modules/.bin/{name}", *rest)),)


def executed(
    name: str, only: Run | None, runs: list[Run], home: str, env: dict[str, str]
) -> tuple[tuple[str, ...], bool, dict[str, str]]:
    """What is executed, whether by a shell, and the image's variables: those of a process beside web are its own.

    `only` is the one run that is to be executed in the directory of the image; None for any other runs.
    """
    if only is None or not only.plain:
        return ("/bin/sh", "-c", text(runs, home)), True, env
    words = tuple(word.text for word in only.words)
    given = {**{key: value.text for key, value in only.env}, **env}
    if name == WEB:
        return words, False, given
    return (*(("env", *(f"{key}={value}" for key, value in given.items())) if given else ()), *words), False, {}


def place(dir: str, script: str) -> str:
    """A script relative to the app's root; a module of another host as it is."""
    if ":" in script or script.startswith(("/", "$")):
        return script
    return joined(dir, script)


def needs(entries: list[str]) -> tuple[Need, ...]:
    """The files that are run: each has to be in the image."""
    files = (one for one in entries if ":" not in one and "$" not in one)
    return tuple(Need(f"{one}, which Deno runs,", (one if one[0] == "/" else f"/app/{one}",)) for one in files)


def text(runs: list[Run], home: str) -> str:
    """Runs as shell text, the last one in the place of the shell."""
    from frontend.commands.script import with_exec

    shown: list[str] = []
    here = home
    for run in runs:
        words = " ".join(word.raw if not word.plain else quoted(word.text) for word in run.words)
        env = " ".join(f"{name}={value.raw}" for name, value in run.env)
        move = f"cd {quoted(f'/app/{run.dir}'.rstrip('/'))} && " if run.dir != here else ""
        here = run.dir
        shown.append(f"{move}{' '.join(filter(None, (env, words))) if run.words else run.text}")
    whole = ""
    for one, run in zip(shown, runs, strict=True):
        whole += one + (
            f" {run.then} " if run is not runs[-1] and run.then == "&&" else "; " if run is not runs[-1] else ""
        )
    return with_exec(parse(whole))
