"""How an app starts: what its user says, else what its files show."""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct, structs

from frontend.commands import process as processes
from frontend.commands.does import kind, plain
from frontend.commands.parts import entered
from frontend.commands.procfile import RELEASE, WEB, Entry
from frontend.commands.script import exec_form, of_words, parse
from frontend.commands.script_files import place_inside, run_by
from frontend.commands.unwrap import nested, program
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.python import (
    app_object,
    beside_manage,
    code,
    collect,
    django,
    managed,
    manifests,
    modules,
    own_program,
    port_options,
    scripts,
    serve,
    servers,
    setup_files,
    start_files,
    started,
    usage,
)
from frontend.languages.python.app_object import AppObject
from frontend.languages.python.app_tables import NOT_APPS
from frontend.languages.python.managed import Done
from frontend.languages.python.serve import App, Web
from frontend.languages.registry import PYTHON
from frontend.paths import joined
from frontend.plan.model import Process, Warning
from frontend.rules import ports
from frontend.settings.model import Setting, Settings

PASTE = ("production.ini", "prod.ini", "config.ini")  # PasteDeploy files
PROGRAMS = ("python", "python3")
DAEMONS = ("cron", "crond", "supercronic", "supervisord", "nginx")  # of a Dockerfile's image: none is in ours
PREPARES = (*PROGRAMS, "flask", "django-admin")  # what a script of a Dockerfile sets up an app by
STARTS = ("web", "serve", "server", "start")  # what scripts that start a server are called
READS_OPTIONS = ("parse_args", "parse_known_args", "argument", "Argument")  # of argparse, optparse, click, typer
MANIFESTS = ("requirements.txt", "pyproject.toml", "Pipfile")
OWN_PORT = re.compile(r"\bport\s*=\s*(\d{2,5})\b")
# packages that run jobs in processes of their own
QUEUES = frozenset("celery arq huey django-q django-q2 django-rq django-dramatiq django-background-tasks".split())
STREAMLIT, STREAMLIT_APP = "streamlit", "streamlit_app.py"  # the name that its own hosting starts
SERVED_FIRST = (
    "main.py",
    "app.py",
    "server.py",
    "run.py",
    "wsgi.py",
    "asgi.py",
)  # app objects that are the whole app's


class Start(Struct, frozen=True):
    """The processes of an app, web first; how web is started and why; the Django project that the app is.

    `scripts` are shell scripts of the app that the processes run and that are other ones in the image.
    """

    processes: tuple[Process, ...]
    web: Web
    project: django.Project | None = None
    warnings: tuple[Warning, ...] = ()
    scripts: tuple[start_files.Changed, ...] = ()


def find(
    tree: SourceTree, settings: Settings, data: dict[str, Any], names: frozenset[str], locked: frozenset[str]
) -> Start:
    """How the app in a directory starts. Raises PlanError when nothing says so.

    `names` are the direct dependencies and what those surely bring, `locked` all that a lockfile installs.
    """
    start = with_jobs(of_commands(tree, settings, data, names, locked), tree, settings, names | locked)
    done = done_by_build(tree, start.project, settings, names | locked)
    start = without(start, done)
    commands = [processes.script_of(one) for one in start.processes]
    changed = start_files.changed(tree, commands, managed.scripts_of(tree, data), settings.port, done)
    doubts = (doubt for one in changed for doubt in one.warnings)
    return structs.replace(start, scripts=changed, warnings=(*start.warnings, *doubts))


def with_jobs(start: Start, tree: SourceTree, settings: Settings, names: frozenset[str]) -> Start:
    """The start with the processes that run background jobs, where the user named none."""
    supervised = any("supervisord" in one.value for one in settings.candidate_texts)
    if names.isdisjoint(QUEUES) and not settings.candidate_processes and not supervised:
        return start
    from frontend.languages.python import jobs

    found = jobs.find(tree, settings, names, start.project, start.processes, start.web.python_path)
    return structs.replace(
        start, processes=(*start.processes, *found.processes), warnings=(*start.warnings, *found.warnings)
    )


def done_by_build(tree: SourceTree, project: django.Project | None, settings: Settings, names: frozenset[str]) -> Done:
    """What says whether the build has done what a program does: the installs, and Django's static files if it surely
    collects the same ones."""
    if project is None or collect.is_off(settings) or not collect.is_sure(tree, project, names):
        return managed.is_install
    return lambda words: managed.is_install(words) or collect.is_run(words)


def without(start: Start, done: Done) -> Start:
    """The start without what the build has done in its commands: a root that is read-only has no place for it."""
    kept: list[Process] = []
    warnings: list[Warning] = []
    for one in start.processes:
        script = processes.script_of(one)
        left = managed.left_out(script, one.at, done)
        form = exec_form(managed.without_managers(script, {}, one.at, (), done)) if left else None
        kept.append(one if form is None else structs.replace(one, args=form.with_env, shell=form.shell))
        warnings += left
    return structs.replace(start, processes=tuple(kept), warnings=(*start.warnings, *warnings))


def of_commands(
    tree: SourceTree, settings: Settings, data: dict[str, Any], names: frozenset[str], locked: frozenset[str]
) -> Start:
    """What is started, and why."""
    app = App(tree, data, names, locked, managed.scripts_of(tree, data))
    written = processes.read(tree, settings)
    moved = tuple(doubt for entry in written for doubt in managed.left_out(entry.script, entry.at))
    entries = tuple(
        entry._replace(script=managed.without_managers(entry.script, app.scripts, entry.at)) for entry in written
    )
    if entries and entries[0].name == WEB:
        script, ports_moved = port_options.on_port(entries[0].script, entries[0].at, settings.port)
        moved = (*moved, *ports_moved)
        entries = (entries[0]._replace(script=script), *entries[1:])
    named = tuple(processes.process(*entry) for entry in entries)
    web_env = processes.web_env(entries)
    is_django = "django" in names or django.is_managed(tree)
    told = variable(django.SETTINGS, settings, named, web_env)
    project = django.find(tree, told) if is_django else None
    warnings = django.doubts(tree, project) if project is not None and not told else ()
    warnings += django.refused(tree, project) if project is not None else ()
    env = servers.LAUNCH_ENV["gradio"] if "gradio" in names else ()
    if project is not None and project.empty and project.settings != project.empty:
        env = (*env, (django.SETTINGS, project.settings))
    if named and named[0].name == WEB:
        start = of_named(app, settings, named, project, (*env, *web_env))
        return structs.replace(start, warnings=(*warnings, *moved, *start.warnings))
    found = of_dockerfile(app, settings) or default(app, project) or of_process(tree, named)
    found = found or of_dockerfile_script(app, settings) or of_dockerfile_command(app, settings) or of_scripts(app)
    if found is None or (found.args and found.args[-1].endswith("conf.py")):
        from frontend.languages.python import sites

        if found is None or sites.configures(names | locked, found.args):
            raise sites.of_app(tree, names | locked) or unknown(app, named, sites.undeclared(tree))
    web = structs.replace(found, env=(*env, *found.env))
    if settings.candidate is not None and web.at is not None and web.at == settings.candidate.at:
        warnings = (*warnings, processes.followed(web.at.file, ("start command",), web.at))
    doubts = (
        *warnings,
        *entrypoint_left(tree, settings, web),
        *bound(web),
        *fixed_port(web, settings.port),
        *(source_port(app, web, settings.port) if web.at is not None and web.shell else ()),
        *left_out(app, web),
        *beside(app, web),
        *without_arguments(app, web),
    )
    return with_release(app, settings, Start((serve.process(web), *named), web, project, doubts))


def of_named(
    app: App,
    settings: Settings,
    named: tuple[Process, ...],
    project: django.Project | None,
    env: tuple[tuple[str, str], ...],
) -> Start:
    """The start that the user names: the processes, web first. `env` are variables of web's."""
    at, path = named[0].at, (project.root,) if project is not None and project.root else ()
    args, renamed = importable(app.tree, project, named[0].args, at)
    web = serve.on_port(app.tree, Web(args, " ".join(args), at, named[0].shell, env, path))
    first, *others = (beside_manage.placed(app.tree, one, project) for one in named)
    web = structs.replace(web, dir=first.dir)
    doubts = (
        *renamed,
        *(told for one in (first, *others) for told in beside_manage.told(one, project)),
        *bound(web),
        *fixed_port(web, settings.port),
        *source_port(app, web, settings.port),
    )
    return Start((structs.replace(first, args=web.args), *others), web, project, doubts)


def importable(
    tree: SourceTree, project: django.Project | None, args: tuple[str, ...], at: Location | None
) -> tuple[tuple[str, ...], tuple[Warning, ...]]:
    """A start command with the modules of a Django project as they are imported from its directory, and what there is
    to say of that: with `shop/` to import from, `shop.shop.wsgi` is not there, where shop/shop is a package."""
    root = project.root if project is not None else ""
    if not root or "/" in root or not tree.has(f"{root}/{root}/__init__.py"):
        return args, ()
    within_root = re.compile(rf"(?<![\w./-]){re.escape(root)}\.(?={re.escape(root)}\.\w)")
    named = tuple(within_root.sub("", one) for one in args)
    if named == args:
        return args, ()
    message = f"{root}.{root} of the start command is started as {root}: manage.py imports it from {root}/ by that name"
    return named, (Warning("module-renamed", message, at, f"write it so in the command, with cd {root} in front"),)


def with_release(app: App, settings: Settings, start: Start) -> Start:
    """The start with what a Dockerfile's command migrates, where that is not the start and nothing else says so."""
    texts = settings.candidate_texts
    used = any(one.at == start.web.at for one in texts)
    if not texts or used or any(one.name == RELEASE for one in start.processes):
        return start
    from frontend.languages.python import release

    found = release.of_dockerfile(app.tree, settings, app.scripts)
    if found is None:
        return start
    migrates = beside_manage.placed(app.tree, found[0], start.project)
    return structs.replace(start, processes=(*start.processes, migrates), warnings=(*start.warnings, found[1]))


def of_dockerfile(app: App, settings: Settings) -> Web | None:
    """The start that a Dockerfile states, where its program is installed and what it runs is there; else None."""
    stated = processes.candidate(settings, PYTHON.name)
    if stated is None:
        return None
    words = program(stated.script)
    here = app.tree.under(directory(stated))
    if words[0].text not in {*app.names, *app.locked, *PROGRAMS} or not all(is_there(here, one.text) for one in words):
        return None
    return of_stated(app, stated)


def directory(stated: Entry) -> str:
    """The directory of the app that a command goes into before it starts a program: `cd src && python bot.py`."""
    dir = ""
    for item in stated.script.items:
        target = entered(item)
        if target is None:
            break
        dir = joined(dir, target)
    return dir


def of_dockerfile_script(app: App, settings: Settings) -> Web | None:
    """The start that a Dockerfile states, where it runs a shell script of the app that starts Python; else None.

    Such a script may need what else is in its own image: an app object that a framework shows comes before it.
    """
    stated = processes.candidate(settings, PYTHON.name, app.tree)
    ends = [program(file.script) for file in run_by(app.tree, stated.script)] if stated is not None else []
    if any(words and words[0].text.rpartition("/")[2] in DAEMONS for words in ends):
        return None
    return of_stated(app, stated) if stated is not None else None


def of_dockerfile_command(app: App, settings: Settings) -> Web | None:
    """What a Dockerfile's entrypoint, a script that starts no Python itself, is given to start; else None."""
    stated = entrypoint(app.tree, settings.candidate)
    words = program(stated.script)[1:] if stated is not None else ()
    if (
        stated is None
        or not words
        or words[0].text not in PROGRAMS
        or not all(is_there(app.tree, w.text) for w in words)
    ):
        return None
    return of_stated(app, stated._replace(script=of_words(words)))


def entrypoint(tree: SourceTree, one: Setting | None) -> Entry | None:
    """The start that a Dockerfile states, where it runs a script of the app that hands on what it is given."""
    script = parse(one.value, one.at) if one is not None else None
    words = program(script) if script is not None else ()
    path = place_inside(words[0].text) if words else None
    if script is None or one is None or not path or not path.endswith(".sh"):
        return None
    if '"$@"' not in (tree.read_text(path) or ""):
        return None
    return Entry(WEB, script, one.at)


def entrypoint_left(tree: SourceTree, settings: Settings, web: Web) -> Iterator[Warning]:
    """The warning that a Dockerfile's entrypoint is not run, but what it is given."""
    stated = entrypoint(tree, settings.candidate) if web.at is not None else None
    other = stated or entrypoint(tree, next(iter(settings.candidate_texts), None))
    if other is not None and web.at != other.at:
        yield from script_left(tree, other)
    if stated is None or web.at != stated.at or web.shell:
        return
    name, command = program(stated.script)[0].text, " ".join(web.args)
    if name not in web.args:
        message = f"{name}, which the Dockerfile runs in front of it, is not run: the image starts {command}"
        yield Warning("script-left-out", message, web.at, f'if the app needs it, set RUN_COMMAND: "{name} {command}"')


def script_left(tree: SourceTree, stated: Entry) -> Iterator[Warning]:
    """The warning that a Dockerfile's entrypoint runs Python before it starts what the image starts by itself."""
    for file in run_by(tree, stated.script)[:1]:
        for command in file.script.commands:
            words = plain(command)
            if words[:1] and words[0] in PREPARES and not kind(words) and not collect.is_run(words):
                line = (tree.read_text(file.path) or "").count("\n", 0, command.start) + 1
                ran = f"it runs {' '.join(words)}"
                message = f"{file.path}, which the Dockerfile runs before the start, is not run: {ran}"
                hint = 'if the app needs it, put it into a process of a Procfile: "release: …"'
                yield Warning("script-left-out", message, tree.at(file.path, line), hint)
                return


def of_stated(app: App, stated: Entry) -> Web:
    """The start that a Dockerfile states."""
    script, _ = port_options.with_address(managed.without_managers(stated.script, app.scripts, stated.at), stated.at)
    form = exec_form(script)
    if not form.shell and len(form.args) == 2 and fixes_port(app, form.args) is not None:
        found = run_file(app, form.args[1], " ".join(form.args))
        return structs.replace(found, at=stated.at, env=(*found.env, *form.env))
    if not form.shell and len(form.args) == 3 and form.args[1] == "-m" and fixes_port(app, form.args) is not None:
        found = run_module(app, "", form.args[2])
        return structs.replace(found, because=" ".join(form.args), at=stated.at, env=(*found.env, *form.env))
    return serve.on_port(app.tree, Web(form.args, " ".join(form.args), stated.at, form.shell, form.env))


def is_there(tree: SourceTree, word: str) -> bool:
    """Whether the file or module is in the app that a word of a command names; of other words True."""
    module, colon, name = word.partition(":")
    if word.endswith(".py"):
        return tree.has(word.removeprefix("./"))
    if not colon or not name.isidentifier() or not module.replace(".", "").isidentifier():
        return True
    path = module.replace(".", "/")
    return tree.first(f"{path}.py", f"{path}/__init__.py") is not None


def of_process(tree: SourceTree, named: tuple[Process, ...]) -> Web | None:
    """The one process that the user named, under another name than "web": what a bot or a worker runs; None without."""
    process = processes.only(named)
    if process is None:
        return None
    file = process.at.file if process.at is not None else ""
    because = f"{process.name}, the only process of {file}"
    return serve.on_port(tree, Web(process.args, because, process.at, process.shell))


def bound(web: Web) -> tuple[Warning, ...]:
    """The warning that a configuration of the server names another port than the container's; () without one."""
    if web.bound is None:
        return ()
    if web.bound.file.endswith(".ini"):
        message = f"{web.bound.file} binds uWSGI to an address without PORT: it listens on PORT too"
        return (Warning("port-overridden", message, web.bound, "read it there: http = 0.0.0.0:$(PORT)"),)
    message = f"{web.bound.file} binds gunicorn to an address without PORT: it listens on PORT instead"
    hint = 'read it there: bind = "0.0.0.0:" + os.environ.get("PORT", "8000")'
    return (Warning("port-overridden", message, web.bound, hint),)


def left_out(app: App, web: Web) -> Iterator[Warning]:
    """The warning that the app object which is served belongs to a program of the project that reads options first."""
    file = web.framework[1].file if web.framework is not None and web.server else ""
    known = modules.Modules(app.tree)
    for script, entry in scripts_of(app.tree, app.data).items():
        path = module_file(app.tree, str(entry).partition(":")[0]) if file else None
        module = known.read(path) if path is not None else None
        if module is None or not any(app.tree.at(one).file == file for one in (module.path, *known.imports(module))):
            continue
        calls = (node for node in code.walked(module.tree) if isinstance(node, ast.Call))
        line = next((one.lineno for one in calls if getattr(one.func, "attr", "") in READS_OPTIONS), 0)
        if line:
            message = (
                f"the program {script} reads its options before it serves: {web.server} serves the app without them"
            )
            hint = f'if the app needs them, set RUN_COMMAND to the program with its options: "{script} …"'
            yield Warning("program-left-out", message, app.tree.at(module.path, line), hint)
            return


def module_file(tree: SourceTree, module: str) -> str | None:
    """The file of a module of the app; None where there is none."""
    name = module.strip().replace(".", "/")
    return tree.first(*(f"{root}{name}{end}" for root in ("", "src/") for end in (".py", "/__init__.py")))


def fixed_port(web: Web, port: int) -> tuple[Warning, ...]:
    """The warning that the user's command names another port than the container's; () without one."""
    option = ports.fixed(" ".join(web.args))
    if option is None or int(option[1]) == port:
        return ()
    hint = f"write $PORT in its place, or set the build-arg PORT={option[1]}"
    return (Warning("fixed-port", ports.told(*option, port), web.at, hint),)


def fixes_port(app: App, words: Sequence[str]) -> tuple[str, str, int] | None:
    """Where the file that `python FILE` or `python -m MODULE` runs serves at a port of its own: the file, the port (""
    for the server's own), and the line. None for one that reads PORT or its arguments, and where nothing in it is known
    to serve."""
    file = words[-1] if len(words) > 1 and words[-2].rpartition("/")[2] in PROGRAMS else ""
    if len(words) > 2 and words[-2] == "-m" and words[-3].rpartition("/")[2] in PROGRAMS:
        path = words[-1].replace(".", "/")
        file = app.tree.first(f"{path}/__main__.py", f"{path}.py") or ""
    text = (app.tree.read_text(file) or "") if file.endswith(".py") and app.tree.has(file) else ""
    package = servers.launched(text, app.names | app.locked) if "PORT" not in text else ""
    start = text.rfind(servers.LAUNCHES[package].word) if package in servers.LAUNCHES else -1
    if start < 0:
        return None
    call = text[start : text.find(")\n", start)] if ")\n" in text[start:] else text[start:]
    port = OWN_PORT.search(call)
    if port is None and "port" in call:
        return None
    return file, port[1] if port is not None else "", text.count("\n", 0, start + (port.start() if port else 0)) + 1


def source_port(app: App, web: Web, port: int) -> Iterator[Warning]:
    """The warning that the file which the user's command runs serves at a port of its own."""
    words = [word.text for word in program(processes.script_of(Process(WEB, web.args, web.shell, web.at)))]
    found = fixes_port(app, words)
    if found is None or found[1] == str(port):
        return
    file, number, line = found
    at = f"the port {number}" if number else "the port that its server has by itself"
    message = f"{file}, which the start command runs, listens on {at}, but the image's PORT is {port}"
    hint = 'read it there: port=int(os.environ["PORT"])' + (f", or set the build-arg PORT={number}" if number else "")
    yield Warning("fixed-port", message, app.tree.at(file, line), hint)


def default(app: App, project: django.Project | None) -> Web | None:
    """What a web framework, or a package for scripts, shows; None where there is none."""
    if project is not None and (project.wsgi or project.asgi or project.settings):
        return serve.of_django(app, project)
    found = app_object.find(app.tree)
    if found is not None and (shown := of_streamlit(app, found)) is not None:
        return shown
    if found is not None:
        own = scripts.of_project(app.tree, project_of(app), found)
        if own is not None:
            return run_file(app, own, f"{own}, named as the project")
        program = script_around(app, found) or own_program.find(app, found, scripts_of(app.tree, app.data))
        return program or serve.of_object(app, found)
    for name in servers.SCRIPTS:
        path = scripts.using(app.tree, name) if name in app.names else None
        if path is not None:
            at = app.tree.line_of(path, f"import {name}")
            return Web(servers.script(name, path), f"{name} script {path}", at)
    pasted = app.tree.first(*PASTE) if "pyramid" in app.names else None
    if pasted is not None:
        at = app.tree.line_of(pasted, "[app:main]")
        return Web(servers.paste(pasted, app.names), f"Pyramid's {pasted}", at)
    interface = servers.interface(app.names)
    found = app_object.find_unknown(app.tree, interface) if interface else None
    return serve.of_object(app, found) if found is not None else None


def of_streamlit(app: App, found: AppObject) -> Web | None:
    """The Streamlit app that an app is by the name of its file, although it has an app object too; None for others.

    The object is the whole app's where its own file is the one that is run, or where it is at the root by a usual name.
    Source: https://docs.streamlit.io/deploy/streamlit-community-cloud/deploy-your-app/file-organization
    """
    if STREAMLIT not in app.names or not app.tree.has(STREAMLIT_APP) or found.path in SERVED_FIRST:
        return None
    at = app.tree.line_of(STREAMLIT_APP, "streamlit")
    return Web(servers.script(STREAMLIT, STREAMLIT_APP), f"{STREAMLIT} script {STREAMLIT_APP}", at)


def beside(app: App, web: Web) -> Iterator[Warning]:
    """The warning that an app has several scripts of a package like Streamlit, or such a script and an app object: one
    of them is started."""
    for name in servers.SCRIPTS:
        chosen = web.because.removeprefix(f"{name} script ")
        other = scripts.alike(app.tree, name, chosen) if chosen != web.because else ""
        if other:
            message = f"building the {web.because}, although there is also {other}, which looks like one to start"
            at = app.tree.line_of(other, f"import {name}")
            run = f"streamlit run {other}" if name == STREAMLIT else f"python {other}"
            yield Warning("other-app", message, at, f"to start that one, set RUN_COMMAND='{run}'")
    path = scripts.using(app.tree, STREAMLIT) if STREAMLIT in app.names else None
    found = app_object.find(app.tree) if path is not None else None
    if path is None or found is None or not found.framework or found.path == path:
        return
    if web.because.startswith(f"{STREAMLIT} script "):
        other, at = f"{found.framework} app {found.target}", found.at
        server = "gunicorn" if found.interface == "wsgi" else "uvicorn"
        port = "--bind 0.0.0.0:$PORT" if server == "gunicorn" else "--host 0.0.0.0 --port $PORT"
        command = f"{server} {found.target} {port}"
    elif web.framework is not None and web.framework[1] == found.at:
        other, at = f"{STREAMLIT} script {path}", app.tree.line_of(path, "streamlit")
        command = f"streamlit run {path} --server.address 0.0.0.0 --server.port $PORT"
    else:
        return
    message = f"building the {web.because}, although there is also the {other}"
    yield Warning("other-app", message, at, f"to start that one, set RUN_COMMAND='{command}'")


def without_arguments(app: App, web: Web) -> Iterator[Warning]:
    """The warning that a program of the command line, which nobody stated as the start, is started without arguments,
    although it ends then, or reads some."""
    words = [word.text for word in program(processes.script_of(Process(WEB, web.args, web.shell, web.at)))]
    name, function = "", ""
    if words == [web.script]:
        name, _, function = str(scripts_of(app.tree, app.data).get(web.script, "")).partition(":")
        path = module_file(app.tree, name) if name else None
    elif words[1:2] == ["-m"] and len(words) == len(("python", "-m", "name")):
        path = module_file(app.tree, f"{words[2]}.__main__") or module_file(app.tree, words[2])
    else:
        path = started.file_of(program(processes.script_of(Process(WEB, web.args, web.shell, web.at))))
        path = path if len(words) <= len(("python", "-u", "file.py")) else None
    found = usage.of_program(app.tree, path, function) if path is not None and app.tree.has(path) else None
    if found is None or not (found.needs or web.script):
        return
    started_by = " ".join(words)
    needs = f"ends unless it is given {found.needs}" if found.needs else "reads options of the command line"
    message = f"{web.script or path} {needs}: the image starts it without arguments"
    yield Warning("no-arguments", message, app.tree.at(found.path, found.line), f"set RUN_COMMAND='{started_by} …'")


def script_around(app: App, found: AppObject) -> Web | None:
    """The script that is run rather than the app object served: a bot's, or one that starts a server by itself."""
    bot = scripts.bot(app.tree, app.names, found)
    if bot is not None:
        return run_file(app, bot, f"{bot}, a bot that imports {found.target}")
    text = app.tree.read_text(found.path) or ""
    if found.serves and "." not in found.module and servers.launched(text, app.names | app.locked):
        return run_file(app, found.path, f"{found.path} starts its server itself when it is imported")
    return None


def of_scripts(app: App) -> Web | None:
    """A script: one with a name, a file, or a package; None where there is none that is surely meant."""
    name = next((known for known in STARTS if known in app.scripts), "")
    if name:
        at = app.scripts[name].at
        form = exec_form(managed.script_of(name, app.scripts))
        return Web(form.args, f"the script {name} of {file_of(app.tree)}", at, form.shell, form.env)
    entries = scripts_of(app.tree, app.data)
    script = script_among(app, entries)
    if script:
        only = "the only script" if len(entries) == 1 else "a script"
        file, at = where(app.tree, script)
        args = listening(app, script, str(entries[script])) or (script,)
        return Web(args, f"{only} of {file}, {script}", at, script=script)
    path = scripts.conventional(app.tree) or scripts.only(app.tree)
    if path is not None:
        return run_file(app, path, path)
    root, module = scripts.package(app.tree)
    if module:
        return run_module(app, root, module)
    path = code.unparsed(app.tree, scripts.meant(app.tree))
    return run_file(app, path, path) if path is not None else None  # it is told of where all that is started is read


def listening(app: App, script: str, entry: str) -> tuple[str, ...]:
    """The argument list of a script that is made to listen where the container is asked; () where it serves nothing.

    `entry` is what the script calls: "shop.cli:main".
    """
    module, _, function = entry.partition("[")[0].strip().partition(":")
    path = module_file(app.tree, module)
    package = servers.launched(app.tree.read_text(path) or "", app.names | app.locked) if path and function else ""
    return servers.run_entry(script, module, function, servers.launch(package)) if package else ()


def file_of(tree: SourceTree) -> str:
    """The file that has a package manager's scripts."""
    return "Pipfile" if tree.has("Pipfile") else "pyproject.toml"


def unknown(app: App, named: tuple[Process, ...], site: str) -> PlanError:
    """The error where cannot determine the start command. `site` is a hint for one that nothing builds, "" for none."""
    looked = ", ".join(scripts.SCRIPTS[:4])
    hint = f"looked for a Procfile, an app object of a web framework, [project.scripts], {looked}; "
    hint += "set RUN_COMMAND, or add a Procfile: web: python server.py"
    at, why = None, ""
    entries = scripts_of(app.tree, app.data)
    idle = scripts.idle(app.tree)
    listed = (path for name in MANIFESTS for path in app.tree.glob(f"*/{name}"))
    below = next((path for path in listed if may_be_app(app.tree, path)), None)
    if entries:
        hint = f"pyproject.toml has the scripts {', '.join(entries)}: choose one with RUN_COMMAND"
    elif idle is not None:
        at, why = app.tree.at(idle), f": {idle} does nothing when it is run"
    elif site:
        hint = f"{site}; or set RUN_COMMAND to what serves"
    elif "scrapy" in app.names and (spiders := scripts.spiders(app.tree)):
        hint = f"set RUN_COMMAND to the spider that it runs: scrapy crawl {' or '.join(spiders)}"
    elif below is not None:
        directory = app.tree.at(below).file.rpartition("/")[0]
        hint = f"is the app in {directory}? Name it by PROJECT_PATH={directory}"
    if named:
        at, why = named[0].at, f": the Procfile has {', '.join(p.name for p in named)}, but no web"
    return PlanError(f"cannot determine the start command of this Python app{why}", at=at, hint=hint)


def may_be_app(tree: SourceTree, path: str) -> bool:
    """Whether a manifest's directory may be that of an app: the manifest says something."""
    return path.partition("/")[0] not in NOT_APPS and bool((tree.read_text(path) or "").strip())


def run_file(app: App, path: str, because: str) -> Web:
    """A script, made to listen where the container is asked when it calls a function that is known to serve.

    One in a directory that imports its neighbours by relative names is run as a module: as a file it has no package.
    """
    parsed = modules.parsed(app.tree.read_text(path) or "") if "/" in path else None
    if parsed is not None and app_object.reaches(parsed):
        web = run_module(app, "", app_object.as_module(path))
        return structs.replace(web, because=because)
    package = servers.launched(app.tree.read_text(path) or "", app.names | app.locked)
    args = servers.run_file(path, servers.launch(package) if package else "")
    return Web(args, because, app.tree.at(path), env=servers.LAUNCH_ENV.get(package, ()))


def run_module(app: App, root: str, module: str) -> Web:
    """A package that is run as `python -m`."""
    file = f"{root}/{module.replace('.', '/')}".strip("/")
    path = app.tree.first(f"{file}/__main__.py", f"{file}.py") or ""
    package = servers.launched(app.tree.read_text(path) or "", app.names | app.locked)
    args = servers.run_module(module, servers.launch(package) if package else "")
    has = "has a __main__.py" if path.endswith("/__main__.py") else f'has `if __name__ == "__main__"` in {path}'
    because = f"the package {module.partition('.')[0]} {has}"
    env = servers.LAUNCH_ENV.get(package, ())
    return Web(args, because, app.tree.at(path), env=env, python_path=(root,) if root else ())


# --- programs that installing the app makes


def scripts_of(tree: SourceTree, data: dict[str, Any]) -> dict[str, Any]:
    """The scripts that pyproject.toml, setup.cfg or setup.py declare: installing the app makes programs of them."""
    poetry = manifests.table(data, "tool", "poetry")
    listed = manifests.table(data, "project").get("scripts") or poetry.get("scripts") or {}
    return {**dict.fromkeys(setup_files.read(tree).scripts, ""), **(listed if isinstance(listed, dict) else {})}


def script_among(app: App, entries: dict[str, Any]) -> str:
    """The script that starts the app: the only one, else one named as the project or as what it does; "" for none."""
    if len(entries) == 1:
        return next(iter(entries))
    if scripts.conventional(app.tree):
        return ""
    name = project_of(app)
    return next((known for known in (*STARTS, name, name.replace("_", "-")) if known in entries), "")


def project_of(app: App) -> str:
    """The name that the app's manifest gives the project, "" for none."""
    poetry = manifests.table(app.data, "tool", "poetry")
    named = manifests.table(app.data, "project").get("name") or poetry.get("name")
    return str(named or setup_files.read(app.tree).name)


def where(tree: SourceTree, script: str) -> tuple[str, Location]:
    """The file that declares a script, and the place."""
    for file, table in (("pyproject.toml", "scripts]"), (setup_files.CFG, "console_scripts"), (setup_files.PY, "")):
        text = tree.read_text(file) or "" if tree.has(file) else ""
        if table in text and script in text:
            return file, tree.line_of(file, *((table,) if table else ()), script)
    return "pyproject.toml", tree.line_of("pyproject.toml")


def variable(name: str, settings: Settings, named: tuple[Process, ...], web_env: tuple[tuple[str, str], ...]) -> str:
    """The value that the user gives a variable: for the image, or in front of a process's program; "" for none."""
    given = {**dict(settings.build_env), **dict(web_env), **dict(settings.run_env)}
    if name in given:
        return given[name]
    scripts = (one for process in named for one in nested(processes.script_of(process)))
    words = (word for script in scripts for command in script.commands for word in command.words)
    return next((word.value.text for word in words if word.name == name and word.value.plain), "")
