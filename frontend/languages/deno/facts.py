"""All that the steps of a Deno build depend on. Every decision is taken here, once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, structs

from frontend.commands import process as processes
from frontend.commands.procfile import WEB
from frontend.commands.procfile import Entry as Named
from frontend.commands.script import exec_form
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError, nearest
from frontend.languages.deno import (
    command,
    compiled,
    config,
    doubts,
    first,
    locks,
    registries,
    sources,
    start,
    tasks,
    unstable,
    versions,
)
from frontend.languages.deno.config import Config, Lock
from frontend.languages.deno.start import Started
from frontend.paths import joined, parents, relative, within
from frontend.plan.model import Evidence, Process, TextFile, ToolVersion, Warning
from frontend.rules import cleanup, monorepo
from frontend.rules.jsonc import lenient
from frontend.rules.versions import at_least, end_of_life
from frontend.settings.model import Settings

BUILD_TASK = "build"
# what builds on hosts without Deno begin with, and how they name it then: https://lume.land/docs/advanced/deployment/
INSTALLER = re.compile(
    r"\b(?:curl|wget)\b[^|&;]*\bdeno\.land/[^|&;]*install\.sh[^|&;]*\|\s*(?:ba)?sh\b[^&;|]*(?:&&|;)\s*"
)
INSTALLED = re.compile(r"[^\s&;|\"']*/\.deno/bin/deno\b")


class Build(Struct, frozen=True):
    """A command of the build: its arguments, variables and directory, and where it is written."""

    args: tuple[str, ...]
    name: str
    env: tuple[tuple[str, str], ...] = ()
    dir: str = ""
    at: Location | None = None


class Facts(Struct, frozen=True):
    """What is known of an app.

    `root` is the directory of the context that becomes /app, `dir` the one in it that the app runs in; `config` is that
    of the root. `entries` are the modules that Deno runs, `manifests` the files that an install needs. `locked` are the
    options that enforce the lockfile, `whole` says that it has all that the configuration names. `kept` are modules
    that the clean-up leaves alone, `options` are those that what is imported depends on. `binary` is the
    program that `deno compile` makes and the image is for, "" for none. `outside` says that something is imported that
    is not the app's own, `registries` where packages come from. `preload` says that our module is run before the app,
    `port` that it has the app's server listen on PORT.
    """

    root: str
    dir: str
    version: ToolVersion
    config: Config
    lock: Lock | None
    manifests: tuple[str, ...]
    locked: tuple[str, ...]
    whole: bool
    kept: tuple[str, ...]
    options: tuple[str, ...]
    builds: tuple[Build, ...]
    binary: str
    entries: tuple[str, ...]
    processes: tuple[Process, ...]
    env: tuple[tuple[str, str], ...]
    preload: bool
    port: bool
    registries: TextFile | None
    outside: bool
    evidence: tuple[Evidence, ...]
    warnings: tuple[Warning, ...]


def inspect(tree: SourceTree, settings: Settings, app: str, today: str) -> Facts:
    """The facts of the app in a directory of the context. Raises BuildError."""
    root, dir, chosen = workspace(tree, app, settings)
    here = tree.under(root)
    own = config.read(here, dir)
    top = config.read(here) if dir else own
    lock = config.lock(here, top.lockfile)
    runs, because, at = start.web_runs(own, settings)
    entry = next(
        (start.place(run.dir, one.script.text) for run in reversed(runs) if (one := command.read(run.words))), ""
    )
    alone = compiled.started(own, runs[-1])
    entry = alone.entry if alone is not None else entry
    loaded = sources.loaded(here, (entry,) if entry and ":" not in entry else (), import_map(top, own, runs))
    version = versions.find(
        here,
        settings,
        (lock.version, lock.at) if lock is not None else None,
        place_of(sources.FIRST_ALONE, loaded, here),
    )
    image = image_of(top, lock, loaded, version, used := unstable.lacking((top, own), loaded))
    outside = imports(top, loaded) or imports(own, ())
    web = start.started(WEB, own, runs, because, at, image)
    others = tuple(
        other(own, entry, image, web.dir) for entry in processes.read(tree.under(app), settings) if entry.name != WEB
    )
    env = {**dict(web.env), **registries.of_build(settings)}
    serves = web.invocation is not None and web.invocation.verb == command.SERVE
    fixed = image.moves and not web.follows and not serves and (web.invocation is not None or alone is not None)
    if fixed and at_least(version.value, versions.ADDRESS):
        env["DENO_SERVE_ADDRESS"] = f"tcp:0.0.0.0:{settings.port}"
    return Facts(
        root=root,
        dir=web.dir,
        version=version,
        config=top,
        lock=lock,
        manifests=manifests(top, own, lock),
        locked=image.lock,
        whole=lock is not None and not locks.left_open(top, lock),
        kept=kept(loaded, settings),
        options=(*(("--allow-import",) if image.imports else ()), *resolving(web)),
        builds=(*build_task(own, settings, web, alone.task if alone is not None else ""), *map(build_of, web.builds)),
        binary=alone.path if alone is not None else "",
        entries=tuple(dict.fromkeys(path for one in (web, *others) for path in one.entries if "$" not in path)),
        processes=(web.process, *(one.process for one in others)),
        env=tuple(env.items()),
        preload=runs_module(web.process),
        port=web.follows,
        registries=registries.file(here),
        outside=lock is not None or outside,
        evidence=(*chosen, *evidence(web, used, env)),
        warnings=(
            *filter(None, (end_of_life(versions.TITLE, versions.RELEASES, version, today),)),
            *((locks.missing(top, entry),) if lock is None and top.lockfile and outside else ()),
            *dropped(web),
            *(fixed_port(web, version, settings.port) if fixed else ()),
            *doubts.found(here, loaded, frozenset(name for name, _ in settings.run_env)),
        ),
    )


def image_of(
    top: Config,
    lock: Lock | None,
    loaded: tuple[sources.Source, ...],
    version: ToolVersion,
    used: tuple[unstable.Used, ...],
) -> command.Image:
    """What the command lines are adapted for."""
    return command.Image(
        lock=locks.enforced(top, lock),
        first=first.PATH if at_least(version.value, versions.PRELOAD) else "",
        moves=listens_elsewhere(loaded),
        features=tuple(one.name for one in used),
        imports=at_least(version.value, versions.SECOND) and from_elsewhere(top, lock, loaded),
    )


def import_map(top: Config, own: Config, runs: tuple[tasks.Run, ...]) -> dict[str, str]:
    """What names stand for: by the configurations, and the file that the start command names.

    Raises PlanError for a file that is not there.
    """
    found = {**top.imports, **own.imports}
    for one in (top, own):
        if one.import_map and not one.table("imports") and not top.tree.has(one.import_map):
            raise no_import_map(one.import_map, one.at("importMap"))
    for run in runs:
        given = invoked.text("--import-map") if (invoked := command.read(run.words)) is not None else ""
        path = joined(run.dir, given)
        if given and "://" not in given and not top.tree.has(path):
            raise no_import_map(path, run.at)
        if given and "://" not in given:
            table = (top.tree.read_json(path, lenient) or {}).get("imports")
            found |= {k: v for k, v in table.items() if isinstance(v, str)} if isinstance(table, dict) else {}
    return found


def no_import_map(path: str, at: Location | None) -> PlanError:
    """The error for an import map that is not there."""
    hint = "correct its path, or commit it (does an ignore file leave it out?)"
    return PlanError(f"the import map {path} is not there", at=at, hint=hint)


def resolving(web: Started) -> tuple[str, ...]:
    """The options of the start command that decide what is imported."""
    return web.invocation.resolving(web.dir) if web.invocation is not None else ()


def place_of(pattern: re.Pattern[str], loaded: tuple[sources.Source, ...], tree: SourceTree) -> Location | None:
    """Where the modules first have a pattern; None where they do not."""
    found = sources.first(pattern, loaded)
    return tree.at(found[0].path, found[1]) if found is not None else None


def from_elsewhere(top: Config, lock: Lock | None, loaded: tuple[sources.Source, ...]) -> bool:
    """Whether modules come from a host that Deno asks a permission for.

    Source: https://docs.deno.com/runtime/fundamentals/security/#importing-from-the-web
    """
    names = (*top.imports.values(), *(name for one in loaded for name in sources.specifiers(one)))
    urls = (*names, *(lock.remote if lock is not None else ()))
    hosts = {one.partition("://")[2].partition("/")[0] for one in urls if one.startswith(("http:", "https:"))}
    return not hosts <= sources.TRUSTED


def kept(loaded: tuple[sources.Source, ...], settings: Settings) -> tuple[str, ...]:
    """The modules that the app loads and the clean-up would leave out: tests and what lies beside them."""
    from frontend.context.ignored import Ignore

    left = Ignore(cleanup.excludes("deno", keep=settings.keep))
    return tuple(one.path for one in loaded if left.ignored(one.path))


def runs_module(process: Process) -> bool:
    """Whether a process has our module run first."""
    candidates = (process.args, *(one.args for one in process.otherwise))
    return any(first.PATH in word for args in candidates for word in args)


def other(own: Config, entry: Named, image: command.Image, home: str) -> Started:
    """A process beside the web one: our module is not for it."""
    runs = tasks.of_script(own, entry.script, entry.at)
    bare = command.Image(image.lock, features=image.features, imports=image.imports)
    return start.started(entry.name, own, runs, entry.script.text, entry.at, bare, home)


def listens_elsewhere(loaded: tuple[sources.Source, ...]) -> bool:
    """Whether the sources do not read PORT, or listen on the host alone: the server's address is then given to it."""
    reads = any(sources.READS_PORT.search(one.text) for one in loaded)
    return not reads or any(sources.LOCAL.search(one.text) for one in loaded)


def imports(own: Config, loaded: tuple[sources.Source, ...]) -> bool:
    """Whether anything is imported that is not the app's own."""
    outside = ("npm:", "jsr:", "http:", "https:")
    return bool(own.package.get("dependencies")) or any(
        one.startswith(outside)
        for one in (*own.imports.values(), *(name for source in loaded for name in sources.specifiers(source)))
    )


def manifests(top: Config, own: Config, lock: Lock | None) -> tuple[str, ...]:
    """The files that decide what is installed; () for an app that has none.

    Raises PlanError for a member of a workspace that is not there: no command of Deno works then.
    """
    tree = top.tree
    found = [config.PACKAGE] if tree.has(config.PACKAGE) else []
    for one in (top, own):
        found += [path for path in (one.path, one.import_map) if path and tree.has(path)]
    for dir in top.members:
        own_files = [path for name in (*config.FILES, config.PACKAGE) if tree.has(path := joined(dir, name))]
        if not own_files and "workspace" in top.data:
            raise PlanError(
                f"{top.path} lists the workspace member {dir}, which has no {config.FILES[0]} and no {config.PACKAGE}",
                at=top.at("workspace"),
                hint="correct its path, or commit the member (does an ignore file leave it out?)",
            )
        found += own_files
    if lock is not None:
        found.append(lock.path)
    return tuple(dict.fromkeys(found))


def workspace(tree: SourceTree, app: str, settings: Settings) -> tuple[str, str, tuple[Evidence, ...]]:
    """The root of the workspace that an app in a directory is a member of, and its directory there; itself and "" for
    an app that is none. With both, what chose it.

    Of a workspace whose root starts nothing it is the member that does; of several, the one that serves. A root that
    only has Deno Deploy start a directory is that directory. Raises SeveralAppsError for several.
    """
    for above in parents(app):
        dir = relative(above, app)
        if dir in config.read(tree.under(above)).members:
            return above, dir, ()
    here = tree.under(app)
    top = config.read(here)
    if settings.run_command is not None or processes.web(here, settings) is not None:
        return app, "", ()
    if any(name in top.tasks for name in start.TASKS) or start.entry_file(here, top):
        return app, "", ()
    deployed = top.deployed[0]
    if deployed and not top.members and config.read(here, deployed).path:
        why = Evidence("app", f"{deployed}, which Deno Deploy starts", top.at("deploy", "cwd"))
        return within(app, deployed), "", (why,)
    apps = [dir for dir in top.members if starts(config.read(here, dir))]
    serving = [dir for dir in apps if serves(config.read(here, dir), settings)] if len(apps) > 1 else []
    if len(serving) == 1:
        others = " and ".join(dir for dir in apps if dir not in serving)
        return app, serving[0], (Evidence("app", f"{serving[0]} serves, {others} does not", top.at("workspace")),)
    if len(apps) > 1:
        raise monorepo.SeveralAppsError(
            [monorepo.App(within(app, dir), versions.TITLE) for dir in apps], top.at("workspace")
        )
    return app, apps[0] if apps else "", ()


def serves(member: Config, settings: Settings) -> bool:
    """Whether what a member of a workspace starts has a server."""
    runs, _, _ = start.web_runs(member, settings)
    found = command.read(runs[-1].words) if runs else None
    if found is None or found.verb == command.SERVE:
        return True  # another program may
    path = start.place(runs[-1].dir, found.script.text)
    loaded = sources.loaded(member.tree, (path,), member.imports)
    return any(sources.SERVES.search(one.text) for one in loaded)


def starts(member: Config) -> bool:
    """Whether a member of a workspace is an app: it has a start task, or an entry that serves."""
    if any(name in member.tasks for name in start.TASKS):
        return True
    entry = start.entry_file(member.tree.under(member.dir), member)
    text = member.tree.read_text(within(member.dir, entry)) or "" if entry else ""
    return bool(sources.SERVES.search(text)) or sources.serves_default(text)


def build_task(own: Config, settings: Settings, web: Started, compiling: str) -> tuple[Build, ...]:
    """The build: the user's command, else the task `build` where the start does not run it."""
    if settings.build_command is not None:
        text = INSTALLED.sub(command.PROGRAM, INSTALLER.sub("", settings.build_command.value))
        form = exec_form(processes.of_setting("build_command", structs.replace(settings.build_command, value=text)))
        name = form.args[2] if form.shell else " ".join(form.args)
        return (Build(form.with_env, name, dir=own.dir, at=settings.build_command.at),)
    name = compiling or BUILD_TASK
    task = own.tasks.get(name)
    if task is None or "build" in settings.skip or web.builds or (not compiling and compiles(own, web)):
        if not web.builds:
            need_entries(own, web)
        return ()
    return (Build(("deno", "task", name), f"deno task {name}", dir=own.dir, at=task.at),)


def need_entries(own: Config, web: Started) -> None:
    """Raises PlanError for a file that Deno is to run, which is not there and which no build makes."""
    for path in web.entries:
        if ":" in path or path[:1] in "/$" or own.tree.has(path):
            continue
        close = nearest(path, [one for one in start.ENTRIES if own.tree.has(one)])
        raise PlanError(
            f"the start command runs {path}, which is not there",
            at=web.at,
            hint=f"did you mean {close}?"
            if close
            else "correct its path, or commit it (does an ignore file leave it out?)",
        )


def compiles(own: Config, web: Started) -> bool:
    """Whether the task `build` only makes a program of the app, which is not what the image starts."""
    runs = tasks.of_task(own, BUILD_TASK)
    only = all(len(run.words) > 1 and run.words[1].text == "compile" and run.program == "deno" for run in runs)
    return only and web.invocation is not None


def build_of(run: tasks.Run) -> Build:
    """A command of the start that belongs to the build."""
    shown = run.text or " ".join(word.text for word in run.words)
    if run.plain and run.program != command.PROGRAM and "/" not in run.words[0].text:
        text = start.text([run], run.dir).removeprefix("exec ").removeprefix("env ")
        return Build(("deno", "task", "--eval", text), shown, (), run.dir, run.at)  # which finds programs of packages
    if run.plain:
        env = tuple((name, value.text) for name, value in run.env)
        return Build(tuple(word.text for word in run.words), shown, env, run.dir, run.at)
    return Build(("/bin/sh", "-c", start.text([run], run.dir)), shown, (), run.dir, run.at)


def evidence(web: Started, used: tuple[unstable.Used, ...], env: dict[str, str]) -> Iterator[Evidence]:
    """What is told of how the app starts."""
    yield Evidence("start", web.because, web.at)
    yield from granted(web)
    yield from unstable.evidence(used, web.enabled)
    yield from port(runs_module(web.process) and web.follows, env)


def granted(web: Started) -> tuple[Evidence, ...]:
    """What the app may do that its command does not say."""
    if not web.granted:
        return ()
    because = "the start command names no permissions: those that Deno's own images start an app with"
    if web.invocation is not None and web.invocation.permissions:
        because = "the server is given its address by PORT"
    return (Evidence("permissions", f"{' '.join(web.granted)}: {because}", web.at),)


def port(preload: bool, env: dict[str, str]) -> tuple[Evidence, ...]:
    """How the app's server comes to listen on PORT."""
    if preload:
        return (Evidence("port", "a module that runs before the app has its first server listen on PORT"),)
    if "DENO_SERVE_ADDRESS" in env:
        because = f"{env['DENO_SERVE_ADDRESS']} by DENO_SERVE_ADDRESS: no module can follow PORT when the app starts"
        return (Evidence("port", because),)
    return ()


def fixed_port(web: Started, version: ToolVersion, port: int) -> tuple[Warning, ...]:
    """The warning for an app that does not read PORT, where our module cannot have its server follow it."""
    hint = 'have the app listen on PORT: Deno.serve({ port: Number(Deno.env.get("PORT")) }, …)'
    if not at_least(version.value, versions.ADDRESS):
        told = f"the app does not read PORT, and Deno {version.value} cannot be told where to listen"
        return (Warning("fixed-port", told, web.at, f"{hint}, or ask for Deno {versions.PRELOAD} or newer"),)
    told = f"the app does not read PORT: it listens on {port}, whatever PORT is when the container starts"
    if web.invocation is not None and "set" in web.invocation.permissions:
        hint = "name its permissions in place of -P, with --allow-env=PORT,DENO_SERVE_ADDRESS, or read PORT"
    elif not at_least(version.value, versions.PRELOAD):
        hint = f"{hint}, or ask for Deno {versions.PRELOAD} or newer"
    return (Warning("fixed-port", told, web.at, hint),)


def dropped(web: Started) -> tuple[Warning, ...]:
    """The notes about options that an image has no use for."""
    found = []
    development = [one for one in dict.fromkeys(web.dropped) if one not in command.ENV_FILE]
    if development:
        told = f"the image starts the app without {', '.join(development)}"
        found.append(Warning("development-option", told, web.at, "nothing has to be done: they are for development"))
    if any(one in command.ENV_FILE for one in web.dropped):
        told = "the start command reads variables from a file, which the image does not have"
        found.append(Warning("env-file", told, web.at, "set the variables on the container, or by RUN_ENV_NAME=value"))
    return tuple(found)
