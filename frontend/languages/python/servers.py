"""How an app object is served: by the server the app depends on, or one that is added.

gunicorn reads PORT itself. The others take a port only as an argument, and an argument list cannot name a variable:
they are started by their own Python entry point, which reads PORT when the container starts. Nothing stands between:
the process is the server, and gets the signals.
"""

from msgspec import Struct, structs

from frontend.languages.python.app_object import AppObject
from frontend.rules import ranges
from frontend.rules.versions import Package

DEFAULT = {"wsgi": "gunicorn", "asgi": "uvicorn"}  # the server that is added where an app depends on none
# Newest on 2026-11-28, and the oldest Python that runs it.
ADDED = {
    "gunicorn": (Package("27.0.1", "3.10"), Package("23.0.0", "3.7")),
    "uvicorn": (
        Package("0.54.0", "3.10"),
        Package("0.39.0", "3.9"),
        Package("0.33.0", "3.8"),
        Package("0.22.0", "3.7"),
    ),
}
ORDER = {  # interface -> the servers that serve it, the first one the app depends on is used
    "wsgi": ("gunicorn", "granian", "waitress", "uwsgi", "pyuwsgi"),
    "asgi": ("fastapi-cli", "uvicorn", "granian", "hypercorn", "daphne"),
}
BRINGS = {  # (package, extra) -> servers it brings
    ("fastapi", "standard"): ("uvicorn", "fastapi-cli"),
    ("fastapi", "all"): ("uvicorn", "fastapi-cli"),
    ("litestar", "standard"): ("uvicorn",),
    ("channels", "daphne"): ("daphne",),
    ("connexion", "uvicorn"): ("uvicorn",),
    ("starlette", "full"): (),
}
WITH_SERVER = {  # packages that depend on a server
    "python-fasthtml": "uvicorn",
    "mesop": "gunicorn",
    "quart": "hypercorn",
    "mcp": "uvicorn",
    "fastmcp": "uvicorn",
    "nicegui": "uvicorn",
}
# what Flask-SocketIO asks of gunicorn: one worker, for a client's requests have to reach the same one, with threads
# Source: https://flask-socketio.readthedocs.io/en/latest/deployment.html
SOCKETS = ("flask-socketio", "python-socketio")
SOCKET_OPTIONS = {
    "eventlet": ("--worker-class", "eventlet", "--workers", "1"),
    "gevent": ("--worker-class", "gevent", "--workers", "1"),
    "": ("--worker-class", "gthread", "--workers", "1", "--threads", "100"),
}
PORT = 'os.environ["PORT"]'
SCRIPTS = {  # packages that serve a script written for them -> the arguments of `python -m PACKAGE`, as Python
    "streamlit": '"run", "{path}", "--server.address=0.0.0.0", "--server.port=" + {port}, "--server.headless=true"',
    "gradio": "",  # has no such program: the script starts its own server, where variables say
    "panel": '"serve", "{path}", "--address=0.0.0.0", "--port=" + {port}, "--allow-websocket-origin=*"',
    "shiny": '"run", "--host=0.0.0.0", "--port=" + {port}, "{path}"',
    "marimo": '"run", "{path}", "--headless", "--host=0.0.0.0", "--port=" + {port}',
}


class Launch(Struct, frozen=True):
    """A function that a script calls to serve: `module` is imported for it, `word` in a text shows that it is called.

    It is given a host, a port and `more` (as Python) by name; of the arguments by position those that `kept` slices are
    left: a host and a port may follow the app, or self. `host` and `port` are what these are called.
    """

    module: str
    function: str
    word: str
    more: str = ""
    kept: str = "[:1]"
    host: str = "host"
    port: str = "port"


LAUNCHES = {  # packages -> how a script made with them is made to listen where it is asked
    "nicegui": Launch("nicegui.ui", "nicegui.ui.run", "ui.run(", '"reload": False, "show": False'),
    "mcp": Launch("mcp.server.fastmcp", "mcp.server.fastmcp.FastMCP.__init__", "mcp.server.fastmcp", kept=""),
    "aiohttp": Launch("aiohttp.web", "aiohttp.web.run_app", "run_app("),
    "bottle": Launch("bottle", "bottle.run", "run("),
    "flask-socketio": Launch(
        "flask_socketio", "flask_socketio.SocketIO.run", "run(", '"allow_unsafe_werkzeug": True, "debug": False', "[:2]"
    ),
    "dash": Launch("dash", "dash.Dash.run", "run(", '"debug": False'),
    "flask": Launch("flask", "flask.Flask.run", "run(", '"debug": False'),
    "uvicorn": Launch("uvicorn", "uvicorn.run", "uvicorn.run(", '"reload": False'),
    "gradio": Launch("gradio", "gradio.Blocks.launch", ".launch(", "", "[:5]", "server_name", "server_port"),
}
LAUNCH_ENV = {"fastmcp": (("FASTMCP_HOST", "0.0.0.0"),), "gradio": (("GRADIO_SERVER_NAME", "0.0.0.0"),)}  # noqa: S104
LAUNCH_PORT = {"fastmcp": "FASTMCP_PORT"}  # variables that say where those listen
PYTHON = "python"
SERVED = "served"  # a module that is made when the app starts
# for servers that leave SIGTERM alone: process 1 would ignore it
ENDS = "import signal; signal.signal(signal.SIGTERM, signal.default_int_handler); "


def choose(interface: str, names: frozenset[str]) -> str:
    """The server the app depends on for an interface; "" when it has none."""
    return next((server for server in ORDER[interface] if server in names), "")


def has_fastapi_run(pin: str) -> bool:
    """Whether `fastapi run` is there with a pin of FastAPI, "" for any: newer fastapi-cli leave it to FastAPI 0.112."""
    try:
        return not pin or ranges.release_key(pin) >= ranges.release_key("0.112.0")
    except ValueError:
        return True


def interface(names: frozenset[str]) -> str:
    """The interface that the servers among the dependencies serve; "" without one. Who has both means ASGI."""
    return next((kind for kind in ("asgi", "wsgi") if choose(kind, names)), "")


def serves(server: str) -> str:
    """The interface that a server which is added is added for, in capitals."""
    return next(kind.upper() for kind, name in DEFAULT.items() if name == server)


def command(server: str, app: AppObject, path: str) -> tuple[str, ...]:
    """The argument list that serves an app object. `path` is its file, for `fastapi run`."""
    owner, dot, _ = app.name.partition(".")
    if not dot:
        return simple_command(server, app, path)
    # servers take a module's variable, not an attribute of one: it becomes the variable of a module made for it
    made = f'made = types.ModuleType("{SERVED}"); made.app = {app.name}; sys.modules["{SERVED}"] = made'
    args = simple_command(server, structs.replace(app, module=SERVED, name="app"), path)
    text = gunicorn_program(args)[2] if args[0] == "gunicorn" else args[2]
    return program(f"import sys, types; from {app.module} import {owner}; {made}; {text}")


def simple_command(server: str, app: AppObject, path: str) -> tuple[str, ...]:
    """The argument list that serves a variable of a module."""
    name = f"{app.name}()" if app.factory else app.name
    match server:
        case "gunicorn":
            worker = ("--worker-class", "uvicorn.workers.UvicornWorker") if app.interface == "asgi" else ()
            return ("gunicorn", *worker, f"{app.module}:{name}")
        case "fastapi-cli" if not app.factory:
            argv = f'["fastapi", "run", "{path}", "--app", "{app.name}", "--port", {PORT}]'  # before 0.0.12 it is 8000
            return program(f"import os, sys; sys.argv = {argv}; from fastapi_cli.cli import main; main()")
        case "uvicorn" | "fastapi-cli":
            factory = ", factory=True" if app.factory else ""
            return program(
                f'import os, uvicorn; uvicorn.run("{app.target}", host="0.0.0.0", port=int({PORT}){factory})'
            )
        case "hypercorn":
            argv = f'["hypercorn", "--bind", "0.0.0.0:" + {PORT}, "{app.module}:{name}"]'
            return program(f"import os, sys; sys.argv = {argv}; from hypercorn.__main__ import main; main()")
        case "granian":
            factory = ', "--factory"' if app.factory else ""
            options = f'"--interface", "{app.interface}", "--host", "0.0.0.0", "--port", {PORT}{factory}'
            argv = f'["granian", {options}, "{app.target}"]'
            return program(f"import os, sys; sys.argv = {argv}; from granian.cli import entrypoint; entrypoint()")
        case "daphne":
            argv = f'["-b", "0.0.0.0", "-p", {PORT}, "{app.target}"]'
            return program(
                f"import os; from daphne.cli import CommandLineInterface; CommandLineInterface().run({argv})"
            )
        case "waitress":
            call = "()" if app.factory else ""
            serve = f'serve({app.name}{call}, host="0.0.0.0", port=int({PORT}))'
            return program(f"{ENDS}import os; from waitress import serve; from {app.module} import {app.name}; {serve}")
        case "uwsgi" | "pyuwsgi":  # it puts $(PORT) in words itself
            behaviour = ("--master", "--die-on-term", "--enable-threads", "--need-app")
            return ("uwsgi", "--http", "0.0.0.0:$(PORT)", *behaviour, "--module", f"{app.module}:{name}")
        case "sanic":
            factory = ', "--factory"' if app.factory else ""
            argv = f'["sanic", "{app.target}", "--host=0.0.0.0", "--port=" + {PORT}, "--single-process"{factory}]'
            return program(f"import os, sys; sys.argv = {argv}; from sanic.__main__ import main; main()")
        case "aiohttp":
            made = f"{app.name}()" if app.factory else app.name
            run = f'web.run_app({made}, host="0.0.0.0", port=int({PORT}))'
            return program(f"import os; from aiohttp import web; from {app.module} import {app.name}; {run}")
    raise AssertionError(server)


def gunicorn_on_port(args: tuple[str, ...]) -> tuple[str, ...]:
    """gunicorn's argument list with the port of the container, which then comes before its configuration file's."""
    return gunicorn_program(args, f'"--bind", "0.0.0.0:" + {PORT}, ')


def gunicorn_program(args: tuple[str, ...], options: str = "") -> tuple[str, ...]:
    """gunicorn's argument list as Python statements; `options` are written as Python too."""
    words = ", ".join(f'"{word}"' for word in args[1:])
    start = f'sys.argv = ["gunicorn", {options}{words}]; from gunicorn.app.wsgiapp import run; run()'
    return program(f"import os, sys; {start}")


def paste(file: str, names: frozenset[str]) -> tuple[str, ...]:
    """The argument list that serves what a PasteDeploy file describes, as Pyramid's projects have one.

    The file's own server section is for `pserve`, with a fixed port: waitress is used as it is there, gunicorn else.
    """
    if "gunicorn" in names:
        return ("gunicorn", "--paste", file)
    load = f'setup_logging("{file}"); serve(get_app("{file}"), host="0.0.0.0", port=int({PORT}))'
    return program(
        f"{ENDS}import os; from pyramid.paster import get_app, setup_logging; from waitress import serve; {load}"
    )


def script(package: str, path: str) -> tuple[str, ...]:
    """The argument list that serves a script written for a package of SCRIPTS."""
    if not SCRIPTS[package]:
        return run_file(path, launch(package))
    argv = SCRIPTS[package].format(path=path, port=PORT)
    return program(
        f'import os, runpy, sys; sys.argv = ["{package}", {argv}]; runpy.run_module("{package}", run_name="__main__")'
    )


def told_port(package: str) -> str:
    """Statements that tell a package of LAUNCH_PORT its port."""
    return f'os.environ.setdefault("{LAUNCH_PORT[package]}", {PORT}); '


def launch(package: str) -> str:
    """Statements after which a package of LAUNCHES serves at all addresses and at the port of the container."""
    if package in LAUNCH_PORT:
        return told_port(package)
    found = LAUNCHES[package]
    told = f'{{"{found.host}": "0.0.0.0", "{found.port}": int({PORT}){", " if found.more else ""}{found.more}}}'
    # names of the script's own may be the same: it sees none of these, and they see none of it
    called = f"lambda *a, _run={found.function}, _told={told}, **k: _run(*a{found.kept}, **{{**k, **_told}})"
    return f"import {found.module}; {found.function} = {called}; "


def launched(text: str, names: frozenset[str]) -> str:
    """The package that a script calls to serve, among the dependencies; "" where it does that in another way."""
    if "fastmcp" in names and "fastmcp" in text:
        return "fastmcp"
    for package, found in LAUNCHES.items():
        named = found.module.partition(".")[0] in text or package == "flask"  # a bot's is in a module that it imports
        if package in names and found.word in text and named:
            return package
    return ""


def run_file(path: str, before: str = "") -> tuple[str, ...]:
    """The argument list that runs a script; with the statements `before` it, as `python FILE` would, and to SIGTERM.

    It is the module `__main__` itself, with the file's name, directory and arguments.
    """
    if not before:
        return (PYTHON, path)
    seen = f'__file__ = os.path.abspath("{path}"); sys.argv[0] = "{path}"; sys.path[0] = os.path.dirname(__file__)'
    return program(
        f'{ENDS}import os, sys; {before}{seen}; exec(compile(open(__file__, "rb").read(), __file__, "exec"))'
    )


def run_entry(script: str, module: str, function: str, before: str) -> tuple[str, ...]:
    """The argument list that runs what an installed script calls, with the statements `before` it, and to SIGTERM."""
    called = f'sys.argv[0] = "{script}"; from {module} import {function.partition(".")[0]}; sys.exit({function}())'
    return program(f"{ENDS}import os, sys; {before}{called}")


def run_module(name: str, before: str = "") -> tuple[str, ...]:
    """The argument list that runs a module; with the statements `before` it, as `python -m` would, and to SIGTERM."""
    if not before:
        return (PYTHON, "-m", name)
    run = f'runpy.run_module("{name}", run_name="__main__", alter_sys=True)'
    return program(f"{ENDS}import os, runpy, sys; {before}sys.path[0] = os.getcwd(); {run}")


def program(text: str) -> tuple[str, ...]:
    """The argument list that runs Python statements."""
    return (PYTHON, "-c", text)
