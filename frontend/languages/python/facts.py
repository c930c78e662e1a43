"""All that the steps of a Python build depend on. Every decision is taken here, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from frontend import processes as named_processes
from frontend.command import lex, parse
from frontend.errors import Location, PlanError
from frontend.languages.python import (
    app_object,
    django,
    requirements,
    servers,
    setup_files,
    system_packages,
    versions,
    workspace,
)
from frontend.languages.python.app_object import AppObject
from frontend.languages.python.requirements import Requirement, Requirements
from frontend.plan import Evidence, Process, ToolVersion, Warning
from frontend.settings import Settings
from frontend.source import SourceTree
from frontend.versions import Asked, choose, end_of_life, suite

if TYPE_CHECKING:
    from frontend.languages.node.front_end import FrontEnd

TITLE = "Python"
SCRIPTS = (
    "main.py",
    "app.py",
    "run.py",
    "server.py",
    "start.py",
    "bot.py",
    "index.py",
    "__main__.py",
    "src/main.py",
    "src/app.py",
)
FRONT_ENDS = ("", "frontend", "front-end", "front_end", "client", "web", "webapp", "ui", "assets", "theme")
CONDA = ("environment.yml", "environment.yaml", "conda.yml")
MANAGER_VERSIONS = {"uv": "0.13.9", "poetry": "2.5.1", "pdm": "2.29.3", "pipenv": "2026.10.3"}  # 2026-11
# its control socket goes there: in the home directory, on a read-only root, it would log an error at each start
GUNICORN_ENV = (("XDG_RUNTIME_DIR", "/tmp"),)  # noqa: S108
GUNICORN_CONF = "gunicorn.conf.py"
PACKAGES = {"fasthtml": "python-fasthtml"}  # where the package's name is not the framework's
SESSION_KEY = ".sesskey"  # FastHTML writes it where it is started
PASTE = ("production.ini", "prod.ini", "config.ini")  # PasteDeploy files
STARTS = ("web", "serve", "server", "start")  # what scripts that start a server are called
LOCKS = (("uv", "uv.lock"), ("poetry", "poetry.lock"), ("pdm", "pdm.lock"), ("pipenv", "Pipfile.lock"))


class Manager(Struct, frozen=True):
    """What installs the dependencies. `kind` is pip, uv, poetry, pdm, pipenv, or "project" for a manifest pip installs.

    `lock` is the lockfile ("" without), `version` the manager's own, `at` what told us.
    """

    kind: str
    lock: str
    version: ToolVersion | None
    at: Location


class Facts(Struct, frozen=True):
    """What is known of an app.

    `root` is the directory of the context ("" is all of it) that becomes /app, `inside` the app's own directory in
    there: "" but for a member of a workspace.
    """

    root: str
    inside: str
    member: str
    """The name of the app's project in its uv workspace, "" when it is in none."""
    version: ToolVersion
    suite: str
    manager: Manager | None
    requirements: Requirements | None
    static_dependencies: tuple[str, ...]
    local: bool
    """Whether a dependency is a directory of the repository: installing then needs the sources."""
    project: str
    """The name of the project to install itself, "" when it is run from its sources."""
    server: str
    added: tuple[str, str] | None
    django: django.Project | None
    processes: tuple[Process, ...]
    python_path: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    session_key: Location | None
    """The app object whose framework writes a key for its sessions into its directory."""
    build_packages: tuple[str, ...]
    run_packages: tuple[str, ...]
    build_command: tuple[str, ...]
    build_command_at: Location | None
    front_end: FrontEnd | None
    evidence: tuple[Evidence, ...]
    warnings: tuple[Warning, ...]

    @property
    def home(self) -> str:
        """The app's own directory in the image."""
        return f"/app/{self.inside}".rstrip("/")


def inspect(tree: SourceTree, settings: Settings, app: str, today: str) -> Facts:
    """The facts of the app in a directory of the context. Raises BuildError."""
    here = tree.under(app)
    data = here.read_toml("pyproject.toml") or {}
    shared = workspace.root_of(tree, app)
    base = tree.under(shared) if shared is not None else here
    manager = manager_of(here, data, settings) if shared is None else workspace_manager(base, settings)
    listed = (
        requirements.read(here, manager.at.file.removeprefix(f"{app}/" if app else ""))
        if manager is not None and manager.kind == "pip"
        else None
    )
    direct = dependencies(here, data, manager, listed)
    version = choose(
        "python",
        TITLE,
        versions.RELEASES,
        versions.DEFAULT,
        asked(here, settings, data, base),
        versions.allows,
        today=today,
    )
    evidence, warnings = told(base, manager, version, today)
    names, extras = frozenset(r.name for r in direct), frozenset((r.name, e) for r in direct for e in r.extras)
    locked = requirements.locked_names(base, manager.lock) if manager is not None and manager.lock else frozenset[str]()
    no_binary = listed.no_binary if listed else ()
    build_packages, run_packages = system_packages.needed(names | locked, extras, no_binary)
    start = Start(tree, here, app, settings, data, names)
    if manager is None and start.framework is not None and not settings.build_command:
        name, at = start.framework
        raise PlanError(
            f"the app is made with {name}, but no file says that it is to be installed",
            at=at,
            hint=f"write a requirements.txt or a pyproject.toml that names {name}",
        )
    if start.evidence:
        evidence.append(start.evidence)
    if start.added:
        name, pinned = start.added
        warnings.append(
            Warning(
                "server-added",
                f"the app depends on no server: {name} {pinned} is added",
                start.evidence.at if start.evidence else None,
                f"add {name} to the dependencies to choose its version",
            )
        )
    if start.session_key is not None:
        warnings.append(
            Warning(
                "session-key",
                "FastHTML makes a new session key whenever the app starts: sessions end then",
                start.session_key,
                'give it one that stays, e.g. fast_app(secret_key=os.environ["SECRET_KEY"])',
            )
        )
    front = front_end_of(tree, settings, app, today) if shared is None else None
    if front is not None:
        evidence += front.evidence
        warnings += front.warnings
    command = parse(settings.build_command.value, settings.build_command.at) if settings.build_command else None
    return Facts(
        root=shared if shared is not None else app,
        inside=app[len(shared) :].strip("/") if shared is not None else "",
        member=str((data.get("project") or {}).get("name", "")) if shared is not None else "",
        version=version,
        suite=suite(versions.RELEASES, version.value),
        manager=manager,
        requirements=listed,
        static_dependencies=static_dependencies(here, data, manager),
        local=shared is not None or has_local(base, manager, listed),
        project=project_name(here, data, manager) or own_script(data, start.processes),
        server=start.server,
        added=start.added,
        django=start.project,
        processes=start.processes,
        python_path=start.python_path,
        env=(*GUNICORN_ENV, *start.env) if gunicorn_runs(start, names) else start.env,
        session_key=start.session_key,
        build_packages=build_packages,
        run_packages=run_packages,
        build_command=command.args if command else (),
        build_command_at=settings.build_command.at if settings.build_command else None,
        front_end=front,
        evidence=tuple(evidence),
        warnings=tuple(warnings),
    )


def front_end_of(tree: SourceTree, settings: Settings, app: str, today: str) -> FrontEnd | None:
    """The front end beside the app, whose package.json has a build script; None without one."""
    here = tree.under(app)
    for directory in FRONT_ENDS:
        path = "/".join(part for part in (app, directory) if part)
        if here.has(f"{directory}/package.json".strip("/")):
            from frontend.languages.node.front_end import front_end

            found = front_end(tree, settings, app, path, today)
            if found is not None:
                return found
    return None


def has_local(here: SourceTree, manager: Manager | None, listed: Requirements | None) -> bool:
    """Whether a requirement, or a locked package, is a directory of the repository."""
    if listed is not None:
        return listed.local
    return manager is not None and bool(manager.lock) and requirements.locked_local(here, manager.lock)


def asked(here: SourceTree, settings: Settings, data: dict[str, Any], base: SourceTree) -> Asked | None:
    """The version asked for, wildcards made lines."""
    found = versions.asked_version(here, settings, data, base)
    return None if found is None else Asked(versions.plain(found.text), found.by, found.at)


def told(
    here: SourceTree, manager: Manager | None, version: ToolVersion, today: str
) -> tuple[list[Evidence], list[Warning]]:
    """What is known so far, in words, and the doubts about it."""
    evidence: list[Evidence] = []
    warnings: list[Warning] = []
    if manager is not None:
        evidence.append(
            Evidence(manager.kind if manager.kind != "project" else "pip", manager.lock or manager.at.file, manager.at)
        )
        if not manager.lock and manager.kind in MANAGER_VERSIONS:
            warnings.append(
                Warning(
                    "no-lockfile",
                    f"there is no lockfile: {manager.kind} chooses versions anew at each build",
                    manager.at,
                    f"commit the one {manager.kind} lock makes",
                )
            )
    others = [lock for kind, lock in LOCKS if manager is not None and lock != manager.lock and here.has(lock)]
    for lock in others:
        warnings.append(
            Warning(
                "second-lockfile",
                f"{lock} is not used: {manager.lock or manager.kind if manager else ''} is",
                here.line_of(lock),
                f"remove {lock}",
            )
        )
    ended = end_of_life(TITLE, versions.RELEASES, version, today) if today else None
    if ended is not None:
        warnings.append(ended)
    return evidence, warnings


# --- dependencies


def manager_of(here: SourceTree, data: dict[str, Any], settings: Settings) -> Manager | None:
    """The manager: by lockfile, then by its table in pyproject.toml, then by what is there; None without dependencies.

    Raises PlanError for conda's files alone.
    """
    tool = data.get("tool") or {}
    for kind, lock in LOCKS:
        if here.has(lock) and (kind == "pipenv" or here.has("pyproject.toml")):
            return Manager(kind, lock, manager_version(kind, settings), here.line_of(lock))
    for kind in ("poetry", "pdm", "uv"):
        if kind in tool and (kind == "poetry" or data.get("project")):
            return Manager(kind, "", manager_version(kind, settings), here.line_of("pyproject.toml", f"tool.{kind}"))
    if here.has("Pipfile"):
        return Manager("pipenv", "", manager_version("pipenv", settings), here.line_of("Pipfile"))
    main = here.first(*requirements.MAIN)
    if main is not None:
        return Manager("pip", "", None, here.line_of(main))
    for path in ("pyproject.toml", "setup.py", "setup.cfg"):
        if here.has(path) and (path != "pyproject.toml" or data.get("project")):
            return Manager("project", "", None, here.line_of(path, "[project]" if path == "pyproject.toml" else ""))
    conda = here.first(*CONDA)
    if conda is not None:
        raise PlanError(
            f"{conda} is for conda, which is not supported",
            at=here.line_of(conda),
            hint="list the packages from PyPI in a requirements.txt or pyproject.toml",
        )
    return None


def workspace_manager(base: SourceTree, settings: Settings) -> Manager:
    """uv, for a member of the workspace whose lockfile is in a directory."""
    return Manager("uv", workspace.LOCK, manager_version("uv", settings), base.line_of(workspace.LOCK))


def manager_version(kind: str, settings: Settings) -> ToolVersion:
    """The manager's own version: what the settings say, or the table's."""
    setting = settings.versions.get(kind)
    if setting is not None:
        return ToolVersion(kind, setting.value, setting.value, setting.by, setting.at)
    return ToolVersion(kind, MANAGER_VERSIONS[kind])


def dependencies(
    here: SourceTree, data: dict[str, Any], manager: Manager | None, listed: Requirements | None
) -> tuple[Requirement, ...]:
    """The direct dependencies of the app, and the servers that they bring."""
    if listed is not None:
        found = listed.found
    elif manager is not None and manager.kind == "pipenv":
        found = requirements.of_pipfile(here)
    else:
        found = requirements.of_project(here, data) + requirements.of_poetry(here, data) + requirements.of_setup(here)
    brought = [name for r in found for e in r.extras for name in servers.BRINGS.get((r.name, e), ())]
    brought += [servers.WITH_SERVER[r.name] for r in found if r.name in servers.WITH_SERVER]
    return (*found, *(Requirement(name) for name in brought))


def static_dependencies(here: SourceTree, data: dict[str, Any], manager: Manager | None) -> tuple[str, ...]:
    """The `[project]` dependencies, when pip installs a pyproject.toml that lists them itself; () otherwise.

    They are then installed before the sources are there, and stay cached while those change.
    """
    project = data.get("project") or {}
    if manager is None or manager.kind != "project" or "dependencies" in (project.get("dynamic") or ()):
        return ()
    return tuple(text for text in project.get("dependencies") or () if isinstance(text, str))


def project_name(here: SourceTree, data: dict[str, Any], manager: Manager | None) -> str:
    """The name of the project when it is a package to install: it has a build system, or is setup.py's."""
    if manager is None or manager.kind in ("pip", "pipenv"):
        return ""
    poetry = (data.get("tool") or {}).get("poetry") or {}
    name = (data.get("project") or {}).get("name") or poetry.get("name") or ""
    if here.has("pyproject.toml") and data.get("project" if "project" in data else "tool"):
        packaged = "build-system" in data and poetry.get("package-mode", True)
        uv = (data.get("tool") or {}).get("uv") or {}
        if uv.get("package") is False or ((data.get("tool") or {}).get("pdm") or {}).get("distribution") is False:
            packaged = False
        return str(name) if packaged or (data.get("project") or {}).get("scripts") else ""
    return setup_name(here)


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


def gunicorn_runs(start: Start, names: frozenset[str]) -> bool:
    """Whether the app depends on gunicorn, or gets it."""
    return "gunicorn" in names or (start.added is not None and start.added[0] == "gunicorn")


def own_script(data: dict[str, Any], processes: tuple[Process, ...]) -> str:
    """The name of the project when a process is one of its own scripts: only installing makes those; else ""."""
    scripts = scripts_of(data)
    if not any(process.args[0] in scripts for process in processes):
        return ""
    poetry = (data.get("tool") or {}).get("poetry") or {}
    return str((data.get("project") or {}).get("name") or poetry.get("name") or "")


def setup_name(here: SourceTree) -> str:
    """The name that setup.cfg or setup.py gives, "app" when it is not written there."""
    if not here.first(setup_files.PY, setup_files.CFG):
        return ""
    return setup_files.read(here).name or "app"


def scripts_of(data: dict[str, Any]) -> dict[str, Any]:
    """The scripts that pyproject.toml declares."""
    poetry = (data.get("tool") or {}).get("poetry") or {}
    scripts = (data.get("project") or {}).get("scripts") or poetry.get("scripts") or {}
    return scripts if isinstance(scripts, dict) else {}


# --- the start


class Start:
    """How the app starts, and why. Raises PlanError when nothing says so."""

    def __init__(
        self,
        tree: SourceTree,
        here: SourceTree,
        app: str,
        settings: Settings,
        data: dict[str, Any],
        names: frozenset[str],
    ) -> None:
        self.here = here
        self.names = names
        self.server = ""
        self.added: tuple[str, str] | None = None
        self.evidence: Evidence | None = None
        self.python_path: tuple[str, ...] = ()
        self.env: tuple[tuple[str, str], ...] = ()
        self.session_key: Location | None = None
        self.framework: tuple[str, Location] | None = None
        if "gradio" in names:
            self.env = (("GRADIO_SERVER_NAME", "0.0.0.0"),)  # noqa: S104  # a container is reached from outside it
        named, web_env = named_processes.read(tree, app, settings)
        has_django = "django" in names or here.has(django.MANAGE)
        self.project = django.find(here, variable(django.SETTINGS, settings, named, web_env)) if has_django else None
        if named and named[0].name == "web":
            self.processes = named
            self.env = (*self.env, *web_env)
            self.evidence = Evidence("start", " ".join(named[0].args), named[0].at)
            if self.project is not None and self.project.root:
                self.python_path = (self.project.root,)
            return
        args, at = self.default(data)
        self.processes = (Process("web", args, at=at), *named)

    def default(self, data: dict[str, Any]) -> tuple[tuple[str, ...], Location | None]:
        """The language's own start command."""
        if self.project is not None and (self.project.wsgi or self.project.asgi or self.project.settings):
            return self.of_django(self.project)
        found = app_object.find(self.here)
        for name in servers.SCRIPTS:
            path = self.script_using(name) if name in self.names and found is None else None
            if path is not None:
                at = self.here.line_of(path, f"import {name}")
                return self.say(servers.script(name, path), f"{name} script {path}", at)
        pasted = self.here.first(*PASTE) if "pyramid" in self.names and found is None else None
        if pasted is not None:
            args = servers.paste(pasted, self.names)
            return self.say(args, f"Pyramid's {pasted}", self.here.line_of(pasted, "[app:main]"))
        if found is not None:
            return self.of_object(found)
        scripts = scripts_of(data)
        script = self.script_among(scripts, data)
        if script:
            at = self.here.line_of("pyproject.toml", "scripts]", script)
            only = "the only script" if len(scripts) == 1 else "a script"
            return self.say((script,), f"{only} of pyproject.toml, {script}", at)
        path = self.here.first(*SCRIPTS) or self.only_script()
        if path is not None:
            return self.say(("python", path), path, self.here.line_of(path))
        root, package = self.runnable_package()
        if package:
            self.python_path = (root,) if root else ()
            at = self.here.line_of(f"{root}/{package}/__main__.py".strip("/"))
            return self.say(("python", "-m", package), f"the package {package} has a __main__.py", at)
        looked = "a Procfile, an app object of a web framework, [project.scripts], " + ", ".join(SCRIPTS[:4])
        hint = f"looked for {looked}; name the command by RUN_COMMAND or in a Procfile: web: python server.py"
        if scripts:
            hint = f"pyproject.toml has the scripts {', '.join(scripts)}: name one by RUN_COMMAND"
        raise PlanError("nothing says how this Python app starts", hint=hint)

    def say(self, args: tuple[str, ...], because: str, at: Location | None) -> tuple[tuple[str, ...], Location | None]:
        """The command, its evidence noted."""
        self.evidence = Evidence("start", because, at)
        return args, at

    def of_django(self, project: django.Project) -> tuple[tuple[str, ...], Location | None]:
        """A Django project: WSGI unless the app depends on ASGI servers alone."""
        self.framework = ("django", project.at)
        wsgi = servers.choose("wsgi", self.names) if project.wsgi or not project.asgi else ""
        asgi = servers.choose("asgi", self.names) if project.asgi else ""
        interface = "asgi" if (asgi and not wsgi) or (project.asgi and not project.wsgi) else "wsgi"
        module = project.asgi if interface == "asgi" else project.wsgi
        target = AppObject(module, "application", "django", interface, project.at)
        if not module:  # none of its own: Django has one for any settings
            target = AppObject("django.core.wsgi", "get_wsgi_application", "django", "wsgi", project.at, factory=True)
            self.env = (("DJANGO_SETTINGS_MODULE", project.settings),)
        self.python_path = (project.root,) if project.root else ()
        server = self.with_server(interface, asgi if interface == "asgi" else wsgi)
        return self.say(self.served(server, target, ""), f"the Django project of {project.at.file}", project.at)

    def of_object(self, found: AppObject) -> tuple[tuple[str, ...], Location | None]:
        """An app object of a framework."""
        self.framework = (PACKAGES.get(found.framework, found.framework), found.at)
        self.python_path = (found.root,) if found.root else ()
        if found.interface in ("sanic", "aiohttp"):
            server = found.interface
        else:
            server = self.with_server(found.interface, servers.choose(found.interface, self.names))
        path = (
            f"{found.root}/{found.module.replace('.', '/')}.py"
            if found.root
            else f"{found.module.replace('.', '/')}.py"
        )
        target, name = found, f"{found.framework} {'factory' if found.factory else 'app'} {found.target}"
        if found.framework == "dash":
            served = app_object.attribute_name(self.here, path, found.name, "server") or f"{found.name}.server"
            target = AppObject(found.module, served, "dash", "wsgi", found.at, False, found.root)
        if found.framework == "fasthtml" and not self.here.has(SESSION_KEY):
            text = self.here.read_text(path) or ""
            self.session_key = None if "secret_key" in text or "key_fname" in text else found.at
        if server == "fastapi-cli" and not self.is_package(path, found.root):
            server = "uvicorn"  # `fastapi run` would import the file by its bare name
        self.server = server
        return self.say(self.served(server, target, path), name, found.at)

    def is_package(self, path: str, root: str) -> bool:
        """Whether a file is a module of packages that all have an __init__.py, below the directory `root`."""
        above = path.rpartition("/")[0]
        while above != root:
            if not self.here.has(f"{above}/__init__.py"):
                return False
            above = above.rpartition("/")[0]
        return self.here.has(path)

    def served(self, server: str, target: AppObject, path: str) -> tuple[str, ...]:
        """The server's argument list. gunicorn's own configuration may bind it to a port that is not ours."""
        args = servers.command(server, target, path)
        text = self.here.read_text(GUNICORN_CONF) if server == "gunicorn" and self.here.has(GUNICORN_CONF) else None
        binds = any(line.partition("=")[0].strip() == "bind" for line in (text or "").splitlines())
        return servers.gunicorn_on_port(args) if binds and "PORT" not in (text or "") else args

    def with_server(self, interface: str, server: str) -> str:
        """The server, the one that is added when the app depends on none."""
        if not server:
            server, version = servers.ADDED[interface]
            self.added = (server, version)
        self.server = server
        return server

    def script_among(self, scripts: dict[str, Any], data: dict[str, Any]) -> str:
        """The script that starts the app: the only one, else one named as the project or as what it does."""
        if len(scripts) == 1:
            return next(iter(scripts))
        if self.here.first(*SCRIPTS):
            return ""
        poetry = (data.get("tool") or {}).get("poetry") or {}
        name = str((data.get("project") or {}).get("name") or poetry.get("name") or "")
        return next((known for known in (*STARTS, name, name.replace("_", "-")) if known in scripts), "")

    def runnable_package(self) -> tuple[str, str]:
        """The only package with a __main__.py, and the directory it is imported from; "" without one."""
        found = [(root, path) for root in ("", "src") for path in self.here.glob(f"{root}/*/__main__.py".strip("/"))]
        packages = [(root, path.split("/")[-2]) for root, path in found]
        packages = [(root, name) for root, name in packages if app_object.is_code(name)]
        return packages[0] if len(packages) == 1 else ("", "")

    def script_using(self, package: str) -> str | None:
        """The script that imports a package: a conventional one first."""
        listed = [path for path in ("streamlit_app.py", "Home.py", *SCRIPTS) if self.here.has(path)]
        listed += [path for path in self.here.glob("*.py") if path not in listed]
        below = [path for path in self.here.glob("*/*.py") if app_object.is_code(path.partition("/")[0])]
        listed += [path for path in below if not path.startswith("pages/") and path not in listed]
        for path in listed:
            text = self.here.read_text(path) or ""
            if f"import {package}" in text or f"from {package}" in text:
                return path
        return None

    def only_script(self) -> str | None:
        """The only Python file at the root, when it does something when run; None otherwise."""
        listed = [path for path in self.here.glob("*.py") if path not in ("setup.py", "conftest.py", "manage.py")]
        if len(listed) == 1 and app_object.has_main(self.here.read_text(listed[0]) or ""):
            return listed[0]
        return None
