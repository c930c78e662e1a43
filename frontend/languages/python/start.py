"""How an app starts: what its user says, else what its files show."""

from typing import Any

from frontend.commands import process as processes
from frontend.commands.shell import lex, parse
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.python import app_object, code, django, managed, manifests, scripts, servers, setup_files
from frontend.languages.python.app_object import AppObject
from frontend.plan.model import Evidence, Process, Warning
from frontend.settings.model import Settings

GUNICORN_CONF = "gunicorn.conf.py"
UWSGI_CONF = ("uwsgi.ini", "wsgi.ini", "app.ini")
UWSGI_LISTENS = ("http", "http-socket", "socket", "https", "uwsgi-socket", "fastcgi-socket")
PACKAGES = {
    "fasthtml": "python-fasthtml",
    "socketio": "python-socketio",
}  # where a package's name is not the framework's
SESSION_KEY = ".sesskey"  # FastHTML writes it where it is started
PASTE = ("production.ini", "prod.ini", "config.ini")  # PasteDeploy files
STARTS = ("web", "serve", "server", "start")  # what scripts that start a server are called
Command = tuple[tuple[str, ...], Location | None]


class Start:
    """How the app starts, and why. Raises PlanError when nothing says so.

    `names` are the direct dependencies and what those surely bring, `locked` all that a lockfile installs.
    """

    def __init__(
        self,
        tree: SourceTree,
        here: SourceTree,
        app: str,
        settings: Settings,
        data: dict[str, Any],
        names: frozenset[str],
        locked: frozenset[str],
    ) -> None:
        self.here = here
        self.names = names
        self.locked = locked
        self.server = ""
        self.added: tuple[str, str] | None = None
        self.evidence: Evidence | None = None
        self.python_path: tuple[str, ...] = ()
        self.env: tuple[tuple[str, str], ...] = servers.LAUNCH_ENV["gradio"] if "gradio" in names else ()
        self.session_key: Location | None = None
        self.framework: tuple[str, Location] | None = None
        self.script = ""
        self.warnings: tuple[Warning, ...] = ()
        listed = managed.scripts_of(here, data)
        lines = processes.read(here, settings)
        web_env = processes.web_env(lines)
        named = tuple(processes.process(*line) for line in lines)
        named = managed.unwrapped(named, listed)
        has_django = "django" in names or here.has(django.MANAGE)
        told = variable(django.SETTINGS, settings, named, web_env)
        self.project = django.find(here, told) if has_django else None
        if self.project is not None and not told:
            self.warnings = django.doubts(here, self.project)
        if named and named[0].name == "web":
            self.processes = named
            self.env = (*self.env, *web_env)
            self.evidence = Evidence("start", " ".join(named[0].args), named[0].at)
            if self.project is not None and self.project.root:
                self.python_path = (self.project.root,)
            return
        self.processes = named
        args, at = self.default(data, listed)
        self.processes = (Process("web", args, args[:2] == ("/bin/sh", "-c"), at), *named)

    def default(self, data: dict[str, Any], listed: managed.Scripts) -> Command:
        """The language's own start command."""
        if self.project is not None and (self.project.wsgi or self.project.asgi or self.project.settings):
            return self.of_django(self.project)
        found = app_object.find(self.here)
        if found is not None:
            return self.of_script_around(found) or self.of_object(found)
        for name in servers.SCRIPTS:
            path = scripts.using(self.here, name) if name in self.names else None
            if path is not None:
                at = self.here.line_of(path, f"import {name}")
                return self.say(servers.script(name, path), f"{name} script {path}", at)
        pasted = self.here.first(*PASTE) if "pyramid" in self.names else None
        if pasted is not None:
            args = servers.paste(pasted, self.names)
            return self.say(args, f"Pyramid's {pasted}", self.here.line_of(pasted, "[app:main]"))
        interface = servers.interface(self.names)
        found = app_object.find_unknown(self.here, interface) if interface else None
        if found is not None:
            return self.of_object(found)
        return self.of_scripts(data, listed)

    def of_scripts(self, data: dict[str, Any], listed: managed.Scripts) -> Command:
        """A script: one with a name, a file, or a package."""
        name = next((known for known in STARTS if known in listed), "")
        if name:
            file = "Pipfile" if self.here.has("Pipfile") else "pyproject.toml"
            command = parse(listed[name])
            self.env = (*self.env, *command.env)
            args = managed.one_unwrapped(Process("web", command.args, command.shell), listed).args
            return self.say(args, f"the script {name} of {file}", self.here.line_of(file, "scripts", name))
        entries = scripts_of(self.here, data)
        script = self.script_among(entries, data)
        if script:
            self.script = script
            only = "the only script" if len(entries) == 1 else "a script"
            file, at = self.where(script)
            return self.say((script,), f"{only} of {file}, {script}", at)
        path = scripts.conventional(self.here) or scripts.only(self.here)
        if path is not None:
            return self.run_file(path, path)
        root, module = scripts.package(self.here)
        if module:
            return self.run_module(root, module)
        path = code.unparsed(self.here, scripts.meant(self.here))
        if path is not None:  # it is told of where all that is started is looked at
            return self.run_file(path, path)
        raise self.unknown(tuple(entries))

    def unknown(self, entries: tuple[str, ...]) -> PlanError:
        """The error where nothing says how the app starts."""
        looked = ", ".join(scripts.SCRIPTS[:4])
        hint = f"looked for a Procfile, an app object of a web framework, [project.scripts], {looked}; "
        hint += "name the command by RUN_COMMAND or in a Procfile: web: python server.py"
        at, why = None, ""
        idle = scripts.idle(self.here)
        below = next((path for name in MANIFESTS for path in self.here.glob(f"*/{name}") if may_be_app(path)), None)
        if entries:
            hint = f"pyproject.toml has the scripts {', '.join(entries)}: name one by RUN_COMMAND"
        elif idle is not None:
            at, why = self.here.line_of(idle), f": {idle} does nothing when it is run"
        elif below is not None:
            directory = self.here.line_of(below).file.rpartition("/")[0]
            hint = f"is the app in {directory}? Name it by PROJECT_PATH={directory}"
        if self.processes:
            at, why = (
                self.processes[0].at,
                f": the Procfile has {', '.join(p.name for p in self.processes)}, but no web",
            )
        return PlanError(f"nothing says how this Python app starts{why}", at=at, hint=hint)

    def say(self, args: tuple[str, ...], because: str, at: Location | None) -> Command:
        """The command, its evidence noted."""
        self.evidence = Evidence("start", because, at)
        return args, at

    def run_file(self, path: str, because: str) -> Command:
        """A script, made to listen where the container is asked when it calls a function that is known to serve."""
        text = self.here.read_text(path) or ""
        package = servers.launched(text, self.names | self.locked)
        self.env = (*self.env, *servers.LAUNCH_ENV.get(package, ()))
        args = servers.run_file(path, servers.launch(package) if package else "")
        return self.say(args, because, self.here.line_of(path))

    def run_module(self, root: str, module: str) -> Command:
        """A package that is run as `python -m`."""
        self.python_path = (root,) if root else ()
        file = f"{root}/{module.replace('.', '/')}".strip("/")
        path = self.here.first(f"{file}/__main__.py", f"{file}.py") or ""
        package = servers.launched(self.here.read_text(path) or "", self.names | self.locked)
        self.env = (*self.env, *servers.LAUNCH_ENV.get(package, ()))
        args = servers.run_module(module, servers.launch(package) if package else "")
        has = "has a __main__.py" if path.endswith("/__main__.py") else f'has `if __name__ == "__main__"` in {path}'
        return self.say(args, f"the package {module.partition('.')[0]} {has}", self.here.line_of(path))

    def of_script_around(self, found: AppObject) -> Command | None:
        """The script that is run rather than the app object served: a bot's, or one that starts a server by itself."""
        bot = scripts.bot(self.here, self.names, found)
        if bot is not None:
            return self.run_file(bot, f"{bot}, a bot that imports {found.target}")
        text = self.here.read_text(found.path) or ""
        if found.serves and "." not in found.module and servers.launched(text, self.names | self.locked):
            return self.run_file(found.path, f"{found.path} starts its server itself when it is imported")
        return None

    def of_django(self, project: django.Project) -> Command:
        """A Django project: WSGI unless the app depends on ASGI servers alone, or on channels."""
        self.framework = ("django", project.at)
        wsgi = self.chosen("wsgi") if project.wsgi or not project.asgi else ""
        asgi = self.chosen("asgi") if project.asgi else ""
        channels = bool(project.asgi) and ("channels" in self.names or bool(asgi and project.names_asgi))
        is_asgi = channels or (asgi and not wsgi) or (project.asgi and not project.wsgi)
        interface = "asgi" if is_asgi else "wsgi"
        module = project.asgi if interface == "asgi" else project.wsgi
        target = AppObject(module, "application", "django", interface, project.at)
        if not module:  # none of its own: Django has one for any settings
            target = AppObject("django.core.wsgi", "get_wsgi_application", "django", "wsgi", project.at, factory=True)
            self.env = (("DJANGO_SETTINGS_MODULE", project.settings),)
        self.python_path = (project.root,) if project.root else ()
        server = self.with_server(interface, asgi if interface == "asgi" else wsgi)
        return self.say(self.served(server, target, ""), f"the Django project of {project.at.file}", project.at)

    def of_object(self, found: AppObject) -> Command:
        """An app object of a framework."""
        if found.framework:
            self.framework = (PACKAGES.get(found.framework, found.framework), found.at)
        self.python_path = (found.root,) if found.root else ()
        if found.interface in ("sanic", "aiohttp"):
            server = found.interface
        else:
            server = self.with_server(found.interface, self.chosen(found.interface))
        path, target = found.path, found
        kind = found.framework or ("ASGI" if found.interface == "asgi" else "WSGI")
        name = f"{kind} {'factory' if found.factory else 'app'} {found.target}"
        if found.framework == "dash":
            served = app_object.attribute_name(self.here, path, found.name, "server") or f"{found.name}.server"
            target = AppObject(found.module, served, "dash", "wsgi", found.at, False, found.root)
        if found.framework == "fasthtml" and not self.here.has(SESSION_KEY):
            text = self.here.read_text(path) or ""
            self.session_key = None if "secret_key" in text or "key_fname" in text else found.at
        if server == "fastapi-cli" and (found.framework != "fastapi" or not self.is_package(path, found.root)):
            server = "uvicorn"  # `fastapi run` would import the file by its bare name
        self.server = server
        return self.say(self.served(server, target, path), name, found.at)

    def chosen(self, interface: str) -> str:
        """The server the app depends on, or else one that its lockfile has; "" for none."""
        return servers.choose(interface, self.names) or servers.choose(interface, self.locked)

    def is_package(self, path: str, root: str) -> bool:
        """Whether a file is a module of packages that all have an __init__.py, below the directory `root`."""
        above = path.rpartition("/")[0]
        while above != root:
            if not self.here.has(f"{above}/__init__.py"):
                return False
            above = above.rpartition("/")[0]
        return self.here.has(path)

    def served(self, server: str, target: AppObject, path: str) -> tuple[str, ...]:
        """The server's argument list, after what the app's own configuration of that server says."""
        args = servers.command(server, target, path)
        if args[0] == "uwsgi":
            own = next((ini for ini in UWSGI_CONF if self.here.has(ini) and listens(self.here.read_lines(ini))), None)
            return ("uwsgi", "--ini", own, "--die-on-term") if own is not None else args
        if server != "gunicorn":
            return args
        text = self.here.read_text(GUNICORN_CONF) if self.here.has(GUNICORN_CONF) else None
        if text is None and target.interface == "wsgi" and args[0] == "gunicorn" and self.names & {*servers.SOCKETS}:
            worker = next((name for name in servers.SOCKET_OPTIONS if name in self.names), "")
            return (args[0], *servers.SOCKET_OPTIONS[worker], *args[1:])
        # gunicorn's own configuration may bind it to a port that is not ours
        binds = any(line.partition("=")[0].strip() == "bind" for line in (text or "").splitlines())
        return servers.gunicorn_on_port(args) if binds and "PORT" not in (text or "") else args

    def with_server(self, interface: str, server: str) -> str:
        """The server, the one that is added when the app depends on none."""
        if not server:
            server, version = servers.ADDED[interface]
            self.added = (server, version)
        self.server = server
        return server

    def script_among(self, entries: dict[str, Any], data: dict[str, Any]) -> str:
        """The script that starts the app: the only one, else one named as the project or as what it does."""
        if len(entries) == 1:
            return next(iter(entries))
        if scripts.conventional(self.here):
            return ""
        poetry = manifests.table(data, "tool", "poetry")
        name = str(
            manifests.table(data, "project").get("name") or poetry.get("name") or setup_files.read(self.here).name
        )
        return next((known for known in (*STARTS, name, name.replace("_", "-")) if known in entries), "")

    def where(self, script: str) -> tuple[str, Location]:
        """The file that declares a script, and the place."""
        for file, table in (("pyproject.toml", "scripts]"), (setup_files.CFG, "console_scripts"), (setup_files.PY, "")):
            text = self.here.read_text(file) or "" if self.here.has(file) else ""
            if table in text and script in text:
                return file, self.here.line_of(file, *((table,) if table else ()), script)
        return "pyproject.toml", self.here.line_of("pyproject.toml")


MANIFESTS = ("requirements.txt", "pyproject.toml", "Pipfile")


def may_be_app(path: str) -> bool:
    """Whether a manifest's directory may be that of an app."""
    return path.partition("/")[0] not in app_object.NOT_APPS


def listens(lines: list[str] | None) -> bool:
    """Whether a configuration of uWSGI says where it listens."""
    return any(line.partition("=")[0].strip() in UWSGI_LISTENS for line in lines or () if "=" in line)


def scripts_of(here: SourceTree, data: dict[str, Any]) -> dict[str, Any]:
    """The scripts that pyproject.toml, setup.cfg or setup.py declare: installing the app makes programs of them."""
    poetry = manifests.table(data, "tool", "poetry")
    listed = manifests.table(data, "project").get("scripts") or poetry.get("scripts") or {}
    return {**dict.fromkeys(setup_files.read(here).scripts, ""), **(listed if isinstance(listed, dict) else {})}


def variable(
    name: str, settings: Settings, processes: tuple[Process, ...], web_env: tuple[tuple[str, str], ...]
) -> str:
    """The value that the user gives a variable: for the image, or in front of a process's program; "" for none."""
    given = {**dict(settings.build_env), **dict(web_env), **dict(settings.run_env)}
    if name in given:
        return given[name]
    texts = (word for process in processes for word in (lex(process.args[2])[0] if process.shell else ()))
    values = (word.text for word in texts if word.assigns and word.plain and word.text.startswith(f"{name}="))
    return next(values, "").partition("=")[2]
