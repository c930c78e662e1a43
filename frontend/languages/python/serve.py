"""How a Django project or an app object is served: by which server, with which arguments."""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct, structs

from frontend.commands.options import AllBut, split_options
from frontend.commands.process import script_of
from frontend.commands.procfile import WEB
from frontend.commands.script_files import place_inside
from frontend.commands.unwrap import program
from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.python import django, servers
from frontend.languages.python.app_object import AppObject
from frontend.languages.python.app_objects import attribute_name
from frontend.languages.python.managed import Scripts
from frontend.languages.python.started import FLAGS, GUNICORN_CONF
from frontend.plan.model import Process

BINDS = re.compile(r"\s*bind\s*(:\s*[\w\[\], ]+)?=[^=]")
READS_PORT = re.compile(r"""["']PORT["']|\$\{?PORT\b""")  # GUNICORN_PORT is another variable
UWSGI_CONF = ("uwsgi.ini", "wsgi.ini", "app.ini")
UWSGI_LISTENS = ("http", "http-socket", "socket", "https", "uwsgi-socket", "fastcgi-socket")
PACKAGES = {"fasthtml": "python-fasthtml", "socketio": "python-socketio"}  # whose name is not the framework's
SESSION_KEY = ".sesskey"  # FastHTML writes it where it is started


class App(Struct, frozen=True):
    """What a start is chosen from.

    `tree` is the app's directory, `data` its pyproject.toml, `names` the direct dependencies and what those surely
    bring, `locked` all that a lockfile installs, `scripts` those of a package manager.
    """

    tree: SourceTree
    data: dict[str, Any]
    names: frozenset[str]
    locked: frozenset[str]
    scripts: Scripts


class Web(Struct, frozen=True):
    """The web process, and why it is started so.

    `env` are its own variables, `python_path` directories to import from. `server` serves it, and `added` is that
    server where the app depends on none, else "". `framework` is the package that the app is made with, and
    where it is used; `script` the app's own program that is run. `session_key` is an app whose framework writes a key
    for its sessions into its directory. `bound` is the line that binds its server to another port than the container's.
    `dir` is the directory of the app that it runs in, "" for the app's own.
    """

    args: tuple[str, ...]
    because: str
    at: Location | None
    shell: bool = False
    env: tuple[tuple[str, str], ...] = ()
    python_path: tuple[str, ...] = ()
    server: str = ""
    added: str = ""
    framework: tuple[str, Location] | None = None
    script: str = ""
    session_key: Location | None = None
    bound: Location | None = None
    dir: str = ""


def process(web: Web) -> Process:
    """The process that a web process is in a plan."""
    return Process(WEB, web.args, web.shell, web.at, dir=web.dir)


def of_django(app: App, project: django.Project) -> Web:
    """A Django project: WSGI unless the app depends on ASGI servers alone, or on channels."""
    wsgi = chosen(app, "wsgi") if project.wsgi or not project.asgi else ""
    asgi = chosen(app, "asgi") if project.asgi else ""
    channels = bool(project.asgi) and ("channels" in app.names or bool(asgi and project.names_asgi))
    is_asgi = channels or (asgi and not wsgi) or (project.asgi and not project.wsgi)
    interface = "asgi" if is_asgi else "wsgi"
    module = project.asgi if interface == "asgi" else project.wsgi
    target = AppObject(module, "application", "django", interface, project.at)
    if not module:  # none of its own: Django has one for any settings
        target = AppObject("django.core.wsgi", "get_wsgi_application", "django", "wsgi", project.at, factory=True)
    server, added = with_server(interface, asgi if interface == "asgi" else wsgi)
    # beside manage.py, as `python manage.py runserver` has it, but not where a server is configured in the app's own
    dir = "" if app.tree.first(GUNICORN_CONF, *UWSGI_CONF) else project.root
    here = structs.replace(app, tree=app.tree.under(dir))
    return Web(
        served(here, server, target, ""),
        f"the Django project of {project.at.file}",
        project.at,
        env=(("DJANGO_SETTINGS_MODULE", project.settings),) if not module else (),
        python_path=(project.root,) if project.root else (),
        server=server,
        added=added,
        framework=("django", project.at),
        bound=bound(here, server),
        dir=dir,
    )


def of_object(app: App, found: AppObject) -> Web:
    """An app object of a framework, or of none."""
    path, target = found.path, found
    if found.interface in ("sanic", "aiohttp"):
        server, added = found.interface, ""
    else:
        server, added = with_server(found.interface, chosen(app, found.interface))
    if found.framework == "dash":
        name = attribute_name(app.tree, path, found.name, "server") or f"{found.name}.server"
        target = AppObject(found.module, name, "dash", "wsgi", found.at, False, found.root)
    session_key = None
    if found.framework == "fasthtml" and not app.tree.has(SESSION_KEY):
        text = app.tree.read_text(path) or ""
        session_key = None if "secret_key" in text or "key_fname" in text else found.at
    if server == "fastapi-cli" and (found.framework != "fastapi" or not is_package(app.tree, path, found.root)):
        server = "uvicorn"  # `fastapi run` would import the file by its bare name
    kind = found.framework or ("ASGI" if found.interface == "asgi" else "WSGI")
    return Web(
        served(app, server, target, path),
        f"{kind} {'factory' if found.factory else 'app'} {found.target}",
        found.at,
        python_path=(found.root,) if found.root else (),
        server=server,
        added=added,
        framework=(PACKAGES.get(found.framework, found.framework), found.at) if found.framework else None,
        session_key=session_key,
        bound=bound(app, server),
    )


def chosen(app: App, interface: str) -> str:
    """The server the app depends on, or else one that its lockfile has; "" for none."""
    return servers.choose(interface, app.names) or servers.choose(interface, app.locked)


def with_server(interface: str, server: str) -> tuple[str, str]:
    """The server, and the one that is added when the app depends on none, "" when it does."""
    return (server, "") if server else (servers.DEFAULT[interface], servers.DEFAULT[interface])


def served(app: App, server: str, target: AppObject, path: str) -> tuple[str, ...]:
    """The server's argument list, after what the app's own configuration of that server says."""
    args = servers.command(server, target, path)
    if args[0] == "uwsgi":
        own = uwsgi_conf(app.tree)
        return uwsgi_on_port(app.tree, own, ("uwsgi", "--ini", own, "--die-on-term")) if own else args
    if server != "gunicorn":
        return args
    text = app.tree.read_text(GUNICORN_CONF) if app.tree.has(GUNICORN_CONF) else None
    if text is None and target.interface == "wsgi" and args[0] == "gunicorn" and app.names & {*servers.SOCKETS}:
        worker = next((name for name in servers.SOCKET_OPTIONS if name in app.names), "")
        return (args[0], *servers.SOCKET_OPTIONS[worker], *args[1:])
    return servers.gunicorn_on_port(args) if elsewhere(app.tree, GUNICORN_CONF) else args


def bound(app: App, server: str) -> Location | None:
    """The line of the configuration of gunicorn or uWSGI that binds it elsewhere, where that is the server."""
    if server.endswith("uwsgi"):
        own = uwsgi_conf(app.tree)
        found = uwsgi_elsewhere(app.tree, own) if own else None
        return app.tree.at(own, found[0]) if found is not None else None
    line = elsewhere(app.tree, GUNICORN_CONF) if server == "gunicorn" else 0
    return app.tree.at(GUNICORN_CONF, line) if line else None


def elsewhere(tree: SourceTree, path: str) -> int:
    """The line of a configuration of gunicorn that binds it to a port which is not the container's; 0 without one."""
    lines = (tree.read_lines(path) or []) if tree.has(path) else []
    line = next((n for n, line in enumerate(lines, 1) if BINDS.match(line)), 0)
    return 0 if line and any(READS_PORT.search(line.partition("#")[0]) for line in lines) else line


def on_port(tree: SourceTree, web: Web) -> Web:
    """The user's own command of gunicorn or uWSGI, on the container's port where only a configuration says another."""
    words = program(script_of(Process(WEB, web.args, web.shell, web.at)))
    in_text = web.shell or (bool(words) and words[0].text not in web.args)
    if words and words[0].text == "uwsgi" and not in_text:
        named = next((word.text.removeprefix("--ini=") for word in words[1:] if word.text.endswith(".ini")), "")
        path = place_inside(named)
        found = uwsgi_elsewhere(tree, path) if path and tree.has(path) else None
        if found is None or not path or any(word.text.startswith("--http") for word in words):
            return web
        return structs.replace(web, args=uwsgi_on_port(tree, path, web.args), bound=tree.at(path, found[0]))
    if not words or words[0].text != "gunicorn" or words[0].raw != "gunicorn":
        return web
    options, _ = split_options(words[1:], AllBut(FLAGS), joined=("-c", "-b"), anywhere=True)
    if any(one.name in ("-b", "--bind") for one in options) or "GUNICORN_CMD_ARGS" in dict(web.env):
        return web
    named = next((one.value.text for one in reversed(options) if one.name in ("-c", "--config") and one.value), "")
    path = place_inside(named or GUNICORN_CONF)
    line = elsewhere(tree, path) if path else 0
    if not path or not line:
        return web
    if in_text:
        text = f" {web.args[2]}"
        start = text.rfind(" gunicorn ") + len(" gunicorn ")
        if start < len(" gunicorn ") or text.count(" gunicorn ") != 1:
            return web
        args = (*web.args[:2], f'{text[:start]}--bind "0.0.0.0:$PORT" {text[start:]}'[1:], *web.args[3:])
    else:
        args = servers.gunicorn_on_port(web.args)
    return structs.replace(web, args=args, bound=tree.at(path, line))


def uwsgi_conf(tree: SourceTree) -> str:
    """The configuration of uWSGI that says where it listens; "" for none."""
    return next((ini for ini in UWSGI_CONF if tree.has(ini) and any(uwsgi_listens(tree, ini))), "")


def uwsgi_listens(tree: SourceTree, path: str) -> Iterator[tuple[int, str, str]]:
    """Where a configuration of uWSGI says that it listens: the line, the option, and the address."""
    for number, line in enumerate(tree.read_lines(path) or (), 1):
        option, equals, address = line.partition("=")
        if equals and option.strip() in UWSGI_LISTENS:
            yield number, option.strip(), address.strip()


def uwsgi_elsewhere(tree: SourceTree, path: str) -> tuple[int, str] | None:
    """The line of a configuration of uWSGI that binds it elsewhere than to the container's port, and the option for one
    more address; None where it reads PORT, or says nothing."""
    found = list(uwsgi_listens(tree, path))
    if not found or any("PORT" in address for _, _, address in found):
        return None
    return found[0][0], "--http-socket" if any(option == "http-socket" for _, option, _ in found) else "--http"


def uwsgi_on_port(tree: SourceTree, path: str, args: tuple[str, ...]) -> tuple[str, ...]:
    """uWSGI's argument list, with the container's port besides what its configuration says where that is another."""
    found = uwsgi_elsewhere(tree, path)
    return args if found is None else (args[0], found[1], "0.0.0.0:$(PORT)", *args[1:])  # it fills that in itself


def is_package(tree: SourceTree, path: str, root: str) -> bool:
    """Whether a file is a module of packages that all have an __init__.py, below the directory `root`."""
    above = path.rpartition("/")[0]
    while above != root:
        if not tree.has(f"{above}/__init__.py"):
            return False
        above = above.rpartition("/")[0]
    return tree.has(path)
