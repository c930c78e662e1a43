"""How an app object is served: by the server the app depends on, or one that is added.

gunicorn reads PORT itself. The others take a port only as an argument, and an argument list cannot name a variable:
they are started by their own Python entry point, which reads PORT when the container starts. Nothing stands between:
the process is the server, and gets the signals.
"""

from frontend.languages.python.app_object import AppObject

ADDED = {"wsgi": ("gunicorn", "27.0.1"), "asgi": ("uvicorn", "0.54.0")}  # 2026-11
ORDER = {  # interface -> the servers that serve it, the first one the app depends on is used
    "wsgi": ("gunicorn", "granian", "waitress", "uvicorn", "hypercorn"),
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
WITH_SERVER = {"python-fasthtml": "uvicorn", "mesop": "gunicorn"}  # packages that depend on a server
PORT = 'os.environ["PORT"]'
PYTHON = "python"
# for servers that leave SIGTERM alone: process 1 would ignore it
ENDS = "import signal; signal.signal(signal.SIGTERM, signal.default_int_handler); "


def choose(interface: str, names: frozenset[str]) -> str:
    """The server the app depends on for an interface; "" when it has none."""
    usable = {"wsgi": ("gunicorn", "granian", "waitress"), "asgi": ORDER["asgi"]}[interface]
    return next((server for server in usable if server in names), "")


def command(server: str, app: AppObject, path: str) -> tuple[str, ...]:
    """The argument list that serves an app object. `path` is its file, for `fastapi run`."""
    name = f"{app.name}()" if app.factory else app.name
    match server:
        case "gunicorn":
            worker = ("--worker-class", "uvicorn.workers.UvicornWorker") if app.interface == "asgi" else ()
            return ("gunicorn", *worker, f"{app.module}:{name}")
        case "fastapi-cli" if not app.factory:
            return ("fastapi", "run", path, "--app", app.name)
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
    words = ", ".join(f'"{word}"' for word in args[1:])
    argv = f'["gunicorn", "--bind", "0.0.0.0:" + {PORT}, {words}]'
    return program(f"import os, sys; sys.argv = {argv}; from gunicorn.app.wsgiapp import run; run()")


def streamlit(path: str) -> tuple[str, ...]:
    """The argument list that serves a Streamlit script."""
    options = f'"--server.address=0.0.0.0", "--server.port=" + {PORT}, "--server.headless=true"'
    argv = f'["streamlit", "run", "{path}", {options}]'
    return program(f"import os, sys; sys.argv = {argv}; from streamlit.web.cli import main; main()")


def gradio(path: str) -> tuple[str, ...]:
    """The argument list that serves a Gradio script."""
    setting = f'os.environ.setdefault("GRADIO_SERVER_PORT", {PORT})'
    return program(f'{ENDS}import os, runpy; {setting}; runpy.run_path("{path}", run_name="__main__")')


def program(text: str) -> tuple[str, ...]:
    """The argument list that runs Python statements."""
    return (PYTHON, "-c", text)
