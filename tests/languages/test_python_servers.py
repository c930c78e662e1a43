"""The server that an app depends on is used; an app without one gets a sensible one, and the plan says so."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from frontend.plan.model import Link
from tests.languages.python import FASTAPI, FLASK, Files, codes, plan, ran, web

AIOHTTP = "from aiohttp import web\napp = web.Application()\n"
SANIC = "from sanic import Sanic\napp = Sanic('x')\n"
FACTORY = "from flask import Flask\ndef create_app():\n    return Flask('')\n"
ASGI_FACTORY = "from fastapi import FastAPI\ndef create_app():\n    return FastAPI()\n"


def app(text: str, *requirements: str) -> Files:
    return {"requirements.txt": "\n".join(requirements), "app.py": text}


WSGI: list[tuple[str, tuple[str, ...]]] = [  # what a Flask app depends on, its first words
    ("gunicorn", ("gunicorn", "app:app")),
    ("Gunicorn[gthread]==23.0.0", ("gunicorn", "app:app")),
    ("gunicorn>=20 ; sys_platform != 'win32'", ("gunicorn", "app:app")),
    ("gunicorn\nwaitress", ("gunicorn", "app:app")),
    ("uvicorn", ("gunicorn", "app:app")),
]


@pytest.mark.parametrize(("requirements", "words"), WSGI)
def test_gunicorn_serves_wsgi(requirements: str, words: tuple[str, ...]) -> None:
    assert web(app(FLASK, "flask", requirements)) == words


def test_gunicorn_calls_a_factory() -> None:
    assert web(app(FACTORY, "flask", "gunicorn")) == ("gunicorn", "app:create_app()")


STATEMENTS: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [  # module, dependencies, what the program says
    (FLASK, ("flask", "waitress"), ("from waitress import serve", "from app import app", "SIGTERM")),
    (FACTORY, ("flask", "waitress"), ("from app import create_app", "serve(create_app()")),
    (FLASK, ("flask", "granian"), ('"--interface", "wsgi"', '"app:app"')),
    (FASTAPI, ("fastapi", "uvicorn"), ('uvicorn.run("app:app", host="0.0.0.0"',)),
    (FASTAPI, ("fastapi", "uvicorn[standard]==0.38.0"), ('uvicorn.run("app:app"',)),
    (FASTAPI, ("fastapi", "gunicorn", "uvicorn"), ('uvicorn.run("app:app"',)),
    (ASGI_FACTORY, ("fastapi", "uvicorn"), ('"app:create_app"', "factory=True")),
    (ASGI_FACTORY, ("fastapi[standard]",), ('"app:create_app"', "factory=True")),
    (FASTAPI, ("fastapi", "hypercorn"), ('"--bind", "0.0.0.0:"', '"app:app"')),
    (ASGI_FACTORY, ("fastapi", "hypercorn"), ('"app:create_app()"',)),
    (FASTAPI, ("fastapi", "granian"), ('"--interface", "asgi"', '"app:app"')),
    (ASGI_FACTORY, ("fastapi", "granian"), ('"--factory"', '"app:create_app"')),
    (FASTAPI, ("fastapi", "daphne"), ('"-b", "0.0.0.0"', '"app:app"')),
    (SANIC, ("sanic",), ('"app:app"', '"--host=0.0.0.0"', "--single-process")),
    (AIOHTTP, ("aiohttp",), ("web.run_app(app", 'host="0.0.0.0"')),
    (AIOHTTP, ("aiohttp", "gunicorn"), ("web.run_app(app",)),
]


@pytest.mark.parametrize(("text", "requirements", "parts"), STATEMENTS)
def test_a_server_that_takes_its_port_as_an_argument(
    text: str, requirements: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    words = web(app(text, *requirements))
    assert words[:2] == ("python", "-c")
    ast.parse(words[2])
    assert [part for part in (*parts, 'os.environ["PORT"]') if part not in words[2]] == []


def test_fastapi_brings_its_own_command() -> None:
    started = web(app(FASTAPI, "fastapi[standard]"))[2]
    assert 'sys.argv = ["fastapi", "run", "app.py", "--app", "app", "--port", os.environ["PORT"]]' in started
    package = {"shop/__init__.py": "", "shop/web.py": FASTAPI.replace("app", "site")}
    other = web({"requirements.txt": "fastapi[standard]", **package})[2]
    assert '["fastapi", "run", "shop/web.py", "--app", "site", "--port", ' in other


@pytest.mark.parametrize(
    ("requirements", "program"),
    [
        (("fastapi==0.111.0", "fastapi-cli==0.0.24"), "python"),
        (("fastapi[all]==0.110.3",), "python"),
        (("fastapi==0.112.0", "fastapi-cli==0.0.24"), "fastapi"),
        (("fastapi[all]>=0.110",), "fastapi"),
    ],
)
def test_fastapi_run_comes_with_newer_releases(requirements: tuple[str, ...], program: str) -> None:
    found = plan(app(FASTAPI, *requirements))
    assert ("fastapi_cli" in found.runtime.processes[0].args[2]) == (program == "fastapi")
    assert codes(found) == []


@pytest.mark.parametrize(
    ("more", "program"), [("", "python"), ('[[package]]\nname = "fastapi-cli"\nversion = "1"\n', "fastapi")]
)
def test_the_lockfile_says_whether_fastapi_run_is_there(more: str, program: str) -> None:
    manifest = '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "^3.11"\n'
    manifest += 'fastapi = {version = "*", extras = ["all"]}\n'
    lock = (
        f'[[package]]\nname = "fastapi"\nversion = "0.104.1"\n[[package]]\nname = "uvicorn"\nversion = "0.24.0"\n{more}'
    )
    files = {"pyproject.toml": manifest, "poetry.lock": lock, "app.py": FASTAPI}
    assert ("fastapi_cli" in plan(files).runtime.processes[0].args[2]) == (program == "fastapi")


ADDED: list[tuple[str, str, str]] = [  # module, its only dependency, the server that is added
    (FLASK, "flask", "gunicorn"),
    (FASTAPI, "fastapi", "uvicorn"),
    ("from starlette.applications import Starlette\napp = Starlette()", "starlette", "uvicorn"),
    ("import falcon\napp = falcon.App()", "falcon", "gunicorn"),
]


@pytest.mark.parametrize(("text", "dependency", "server"), ADDED)
def test_a_server_is_added_and_the_plan_says_so(text: str, dependency: str, server: str) -> None:
    found = plan(app(text, dependency))
    kind = "WSGI" if server == "gunicorn" else "ASGI"
    assert codes(found) == ["server-added"]
    assert f" {kind} " in found.warnings[0].message
    assert f" {server} " in found.warnings[0].message
    assert server in " ".join(found.runtime.processes[0].args)
    assert server in found.warnings[0].hint
    assert [run.name.split("==")[0] for run in found.steps[0].run if server in run.name] == [f"pip install {server}"]


@pytest.mark.parametrize(
    ("text", "dependency"),
    [(AIOHTTP, "aiohttp"), (SANIC, "sanic"), (FASTAPI, "fastapi[standard]"), (FLASK, "flask\nwaitress")],
)
def test_no_server_is_added_where_there_is_one(text: str, dependency: str) -> None:
    assert codes(plan(app(text, dependency))) == []


PACKAGES: list[tuple[list[str], str]] = [  # files beside app/main.py, the program
    (["app/__init__.py"], "fastapi"),
    ([], "python"),
]


@pytest.mark.parametrize(("files", "program"), PACKAGES)
def test_fastapi_run_imports_only_modules_of_whole_packages(files: list[str], program: str) -> None:
    own = {"requirements.txt": "fastapi[standard]", "app/main.py": FASTAPI, **dict.fromkeys(files, "")}
    assert ("fastapi_cli" in web(own)[2]) == (program == "fastapi")
    below = web({f"src/{name}" if name[0] == "a" else name: text for name, text in own.items()})[2]
    assert ("fastapi_cli" in below) == (program == "fastapi")


def test_dash_is_served_by_the_flask_app_in_it() -> None:
    files = app("from dash import Dash\napp = Dash()\nserver = app.server\n", "dash", "gunicorn")
    assert web(files) == ("gunicorn", "app:server")


@pytest.mark.parametrize(("server", "part"), [("gunicorn", '"gunicorn", "served:app"'), ("waitress", "serve(app")])
def test_dash_without_a_variable_for_the_flask_app_in_it(server: str, part: str) -> None:
    text = web(app("from dash import Dash\nmy = Dash()\n", "dash", server))[2]
    ast.parse(text)
    assert "from app import my; made = " in text
    assert "made.app = my.server" in text
    assert part in text


RUNNERS: list[tuple[str, str, list[str]]] = [  # package, a line of its script, what the program says
    ("streamlit", "import streamlit as st", ['"streamlit", "run", "board.py"', "--server.address=0.0.0.0"]),
    ("panel", "import panel as pn", ['"panel", "serve", "board.py"', "--address=0.0.0.0", "--port="]),
    ("shiny", "from shiny.express import ui", ['"shiny", "run", "--host=0.0.0.0", "--port="', '"board.py"']),
    ("marimo", "import marimo", ['"marimo", "run", "board.py"', "--headless", "--port="]),
]


@pytest.mark.parametrize(("package", "line", "parts"), RUNNERS, ids=[row[0] for row in RUNNERS])
def test_a_script_written_for_a_server_is_run_by_it(package: str, line: str, parts: list[str]) -> None:
    files = {"requirements.txt": package, "data.py": "", "board.py": f"{line}\n"}
    text = web(files)[2]
    ast.parse(text)
    assert [part for part in parts if part not in text] == []


def test_pyramid_is_served_as_its_production_file_says() -> None:
    files = {"setup.py": "setup(name='shop', install_requires=['pyramid', 'waitress'])", "production.ini": "[app:main]"}
    assert 'get_app("production.ini")' in web(files)[2]
    ast.parse(web(files)[2])
    own = {"requirements.txt": "pyramid\ngunicorn", "production.ini": "[app:main]\nuse = egg:shop\n"}
    assert web(own) == ("gunicorn", "--paste", "production.ini")


def test_gradio_runs_its_script_and_listens_to_all() -> None:
    found = plan({"requirements.txt": "gradio", "demo.py": "import gradio as gr\ngr.Interface().launch()\n"})
    args = found.runtime.processes[0].args
    assert ran(args) == "gradio.Blocks.launch demo.py"
    assert '"server_name": "0.0.0.0", "server_port": int(os.environ["PORT"])' in args[2]
    assert ("GRADIO_SERVER_NAME", "0.0.0.0") in found.runtime.env


ST = "import streamlit as st\n"
GR = "import gradio as gr\n"
OF_SEVERAL: list[tuple[str, Files, str]] = [  # files that use a package, the one that is run
    ("imported by another", {"auth.py": ST, "dashboard.py": f"{ST}import auth\nst.title('x')\n"}, "dashboard.py"),
    ("imported from a package", {"main.py": f"{ST}from parts import side\n", "parts/side.py": ST}, "main.py"),
    ("conventional, but imported", {"app.py": ST, "zebra.py": f"{ST}import app\n"}, "zebra.py"),
    ("one shows something", {"a.py": ST, "b.py": f"{ST}st.title('x')\n"}, "b.py"),
    ("beside its pages", {"a.py": f"{ST}st.title('x')\n", "web/b.py": f"{ST}st.title('y')\n", "web/pages/1.py": ST}, "web/b.py"),
    ("Gradio: one launches what another builds", {"ui.py": f"{GR}def build(): pass\n", "app.py": "from ui import build\nbuild().launch()\n"}, "app.py"),
    ("Gradio: one launches", {"app.py": GR, "demo.py": f"{GR}demo.launch()\n"}, "demo.py"),
    ("Gradio: none launches", {"demo.py": GR, "other.py": "import demo\n"}, "demo.py"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "path"), [row[1:] for row in OF_SEVERAL], ids=[row[0] for row in OF_SEVERAL])
def test_of_several_files_the_script_is_the_one_that_no_other_imports(files: Files, path: str) -> None:
    args = web({"requirements.txt": "streamlit\n" if "streamlit" in str(files) else "gradio\n", **files})
    assert f'"{path}"' in args[2]


SIO = "from flask import Flask\nfrom flask_socketio import SocketIO\napp = Flask('')\nsocketio = SocketIO(app)\n"
LAUNCHED: list[tuple[str, str, str, str]] = [  # package, its script, what is made to listen, how the plan tells it
    ("nicegui", "from nicegui import ui\nui.run(title='x')\n", "nicegui.ui.run", '"reload": False, "show": False'),
    ("aiohttp", "from aiohttp import web\ndef main():\n    web.run_app(web.Application())\nmain()\n", "aiohttp.web.run_app", '"port"'),
    ("bottle", "from bottle import route, run\nrun(host='localhost')\n", "bottle.run", '"host": "0.0.0.0"'),
    ("flask", "from flask import Flask\napp = Flask('')\napp.run()\n", "flask.Flask.run", '"debug": False'),
    ("flask-socketio", f"{SIO}socketio.run(app)\n", "flask_socketio.SocketIO.run", "*a[:2]"),
    ("dash", "from dash import Dash\ndef main():\n    Dash().run()\nmain()\n", "dash.Dash.run", '"debug": False'),
    ("uvicorn", "import uvicorn\nfrom x import make\ndef main():\n    uvicorn.run(make())\nmain()\n", "uvicorn.run", '"reload": False'),
    ("mcp", "from mcp.server.fastmcp import FastMCP\nmcp = FastMCP()\nmcp.run()\n", "mcp.server.fastmcp.FastMCP.__init__", '"port"'),
]  # fmt: skip


@pytest.mark.parametrize(("package", "text", "function", "told"), LAUNCHED, ids=[row[0] for row in LAUNCHED])
def test_a_script_that_starts_a_server_is_made_to_listen(package: str, text: str, function: str, told: str) -> None:
    args = web({"requirements.txt": f"{package}\n", "main.py": text})
    assert ran(args) == f"{function} main.py"
    assert told in args[2]


def test_another_program_that_is_run_is_no_server() -> None:
    text = f"import subprocess\nfrom tools import run\n{FLASK}subprocess.run(['ls'])\nrun()\n"
    assert web(app(text, "flask", "gunicorn")) == ("gunicorn", "app:app")


def test_fastmcp_is_told_by_its_variables() -> None:
    found = plan({"requirements.txt": "fastmcp\n", "server.py": "from fastmcp import FastMCP\nFastMCP().run()\n"})
    assert ran(found.runtime.processes[0].args) == "server.py"
    assert 'os.environ.setdefault("FASTMCP_PORT", os.environ["PORT"])' in found.runtime.processes[0].args[2]
    assert ("FASTMCP_HOST", "0.0.0.0") in found.runtime.env


def test_what_is_put_around_a_function_sees_no_names_of_the_script(tmp_path: Path) -> None:
    (tmp_path / "bottle.py").write_text(
        "def run(app=None, *rest, **given):\n    print(app, rest, sorted(given.items()))\n"
    )
    script = "from bottle import run as serve\ndef _run(): pass\ndef run(): pass\nos = _told = 1\nserve('app', 8, host='localhost', x=1)\n"
    (tmp_path / "main.py").write_text(script)
    args = web({"requirements.txt": "bottle\n", "main.py": script})
    done = subprocess.run(
        (sys.executable, *args[1:]), cwd=tmp_path, env={"PORT": "7", "PYTHONPATH": "."}, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("app () [('host', '0.0.0.0'), ('port', 7), ('x', 1)]\n", "")


KEEP_ALIVE = "from flask import Flask\napp = Flask('')\ndef keep_alive(): pass\n"
BOT = "import discord\nfrom %s import keep_alive\nkeep_alive()\ndiscord.Client().run('x')\n"
BOTS: list[tuple[str, str, Files, str]] = [  # dependencies, files, what is started
    ("a bot", "discord.py\nflask", {"main.py": BOT % "keep_alive", "keep_alive.py": KEEP_ALIVE}, "main.py"),
    ("a bot and its web.py", "py-cord\nflask", {"bot.py": BOT % "server", "server.py": KEEP_ALIVE}, "bot.py"),
    ("aiogram", "aiogram\nflask", {"run.py": "from alive import keep_alive\nfrom bot import go\ngo()\n", "alive.py": KEEP_ALIVE}, "run.py"),
    ("a bot that is served", "aiogram\nflask\ngunicorn", {"main.py": f"from bot import go\n{FLASK}", "bot.py": "import aiogram\n"}, "gunicorn main:app"),
    ("no bot", "flask\ngunicorn", {"main.py": BOT % "keep_alive", "keep_alive.py": KEEP_ALIVE}, "gunicorn keep_alive:app"),
]  # fmt: skip


@pytest.mark.parametrize(("requirements", "files", "run"), [row[1:] for row in BOTS], ids=[row[0] for row in BOTS])
def test_a_bot_is_started_rather_than_the_server_that_keeps_it_alive(requirements: str, files: Files, run: str) -> None:
    assert (
        ran(web({"requirements.txt": f"{requirements}\n", **files})).rpartition(" " if "." in run[-4:] else "\n")[2]
        == run
    )


SOCKETS: list[tuple[str, Files, tuple[str, ...]]] = [
    ("flask-socketio", {}, ("--worker-class", "gthread", "--workers", "1", "--threads", "100")),
    ("flask-socketio\ngunicorn\ngevent", {}, ("--worker-class", "gevent", "--workers", "1")),
    ("flask-socketio\ngunicorn", {"gunicorn.conf.py": "threads = 8\n"}, ()),
    ("gunicorn", {}, ()),
]


@pytest.mark.parametrize(("requirements", "more", "options"), SOCKETS)
def test_flask_socketio_has_one_worker_with_threads(requirements: str, more: Files, options: tuple[str, ...]) -> None:
    assert web({**app(SIO, "flask", requirements), **more}) == ("gunicorn", *options, "app:app")


@pytest.mark.parametrize(
    ("dependency", "text", "server"),
    [
        ("quart", "from quart import Quart\napp = Quart('')\n", "hypercorn"),
        ("mcp", "from starlette.applications import Starlette\napp = Starlette()\n", "uvicorn"),
        ("fastmcp", "from starlette.applications import Starlette\napp = Starlette()\n", "uvicorn"),
    ],
)
def test_a_server_that_a_dependency_brings_is_not_added(dependency: str, text: str, server: str) -> None:
    found = plan(app(text, dependency))
    assert codes(found) == []
    assert server in found.runtime.processes[0].args[2]


UWSGI = (
    "uwsgi",
    "--http",
    "0.0.0.0:$(PORT)",
    "--master",
    "--die-on-term",
    "--enable-threads",
    "--need-app",
    "--module",
)
OWN = ("uwsgi", "--ini", "uwsgi.ini", "--die-on-term")


@pytest.mark.parametrize(
    ("text", "ini", "args"),
    [
        (FLASK, None, (*UWSGI, "app:app")),
        (FACTORY, None, (*UWSGI, "app:create_app()")),
        (FLASK, "[uwsgi]\nprocesses = 2\n", (*UWSGI, "app:app")),
        (FLASK, "[uwsgi]\nmodule = app:app\nhttp = :$(PORT)\n", OWN),
        (FLASK, "[uwsgi]\nhttp-socket=0.0.0.0:8000\n", ("uwsgi", "--http-socket", "0.0.0.0:$(PORT)", *OWN[1:])),
        (FLASK, "[uwsgi]\nhttp = 0.0.0.0:8000\n", ("uwsgi", "--http", "0.0.0.0:$(PORT)", *OWN[1:])),
        (FLASK, "[uwsgi]\nsocket = /tmp/app.sock\n", ("uwsgi", "--http", "0.0.0.0:$(PORT)", *OWN[1:])),
    ],
)
def test_uwsgi_takes_the_port_itself(text: str, ini: str | None, args: tuple[str, ...]) -> None:
    files = app(text, "flask", "uwsgi") | ({} if ini is None else {"uwsgi.ini": ini})
    assert web(files) == args
    told = [str(one.at) for one in plan(files).warnings if one.code == "port-overridden"]
    assert told == (["uwsgi.ini:2"] if "--ini" in args[2:] else [])


@pytest.mark.parametrize(
    ("command", "ini", "args"),
    [
        ("uwsgi --ini u.ini", "[uwsgi]\nhttp = :8000\n", "uwsgi --http 0.0.0.0:$(PORT) --ini u.ini"),
        ("uwsgi u.ini", "[uwsgi]\nhttp-socket = :8000\n", "uwsgi --http-socket 0.0.0.0:$(PORT) u.ini"),
        ("uwsgi --ini=u.ini", "[uwsgi]\nsocket = :8000\n", "uwsgi --http 0.0.0.0:$(PORT) --ini=u.ini"),
        ("uwsgi --ini u.ini", "[uwsgi]\nhttp = :$(PORT)\n", "uwsgi --ini u.ini"),
        ("uwsgi --http :8080 --ini u.ini", "[uwsgi]\nsocket = :8000\n", "uwsgi --http :8080 --ini u.ini"),
    ],
)
def test_a_command_of_uwsgi_listens_on_port_besides_its_file(command: str, ini: str, args: str) -> None:
    files = app(FLASK, "flask", "uwsgi") | {"Procfile": f"web: {command}\n", "u.ini": ini}
    assert web(files) == tuple(args.split())


def test_fasthtml_keeps_its_session_key_where_it_can_write() -> None:
    files = {"requirements.txt": "python-fasthtml", "main.py": "from fasthtml.common import *\napp, rt = fast_app()\n"}
    found = plan(files)
    links = [(one.path, one.target) for one in found.runtime.layers[-1].inputs if isinstance(one, Link)]
    assert links == [("/app/.sesskey", "/tmp/.sesskey")]
    assert codes(found) == ["session-key"]
    given = files["main.py"].replace("fast_app()", "fast_app(secret_key=key)")
    assert codes(plan({**files, "main.py": given})) == []


@pytest.mark.parametrize("port", [5000, 8080])
def test_the_port_is_never_in_the_command(port: int) -> None:
    for text, requirement in ((FLASK, "flask\nwaitress"), (FASTAPI, "fastapi\nuvicorn"), (SANIC, "sanic")):
        found = plan(app(text, requirement), port=port)
        assert found.runtime.port == port
        assert str(port) not in " ".join(found.runtime.processes[0].args)


@pytest.mark.parametrize(
    ("requirements", "set_"), [("flask\ngunicorn", True), ("flask", True), ("flask\nwaitress", False)]
)
def test_gunicorns_control_socket_is_where_it_can_be_written(requirements: str, set_: bool) -> None:
    assert (("XDG_RUNTIME_DIR", "/tmp") in plan(app(FLASK, requirements)).runtime.env) is set_


CONFIGURED: list[tuple[str, bool]] = [  # gunicorn.conf.py, whether it binds gunicorn to a port of its own
    ("workers = 2\n", False),
    ("bind = '0.0.0.0:' + os.environ['PORT']\n", False),
    ("# bind = ':8000'\n", False),
    ("bind = '0.0.0.0:8000'\n", True),
    ("bind=[':8000']\n", True),
    ("bind: str = '0.0.0.0:8000'\n", True),
    ("if prod:\n    bind = '0.0.0.0:8080'\n", True),
    ("import os\nbind = ':' + os.getenv('GUNICORN_PORT', '8000')\n", True),
    ("import os\nport = os.getenv('PORT', '8000')\nbind = f':{port}'\n", False),
    ("bind = '0.0.0.0:8000'  # not 'PORT'\n", True),
    ("bindings = 1\n", False),
]


@pytest.mark.parametrize(("text", "binds"), CONFIGURED)
def test_gunicorns_own_configuration_does_not_choose_another_port(text: str, binds: bool) -> None:
    args = web({**app(FLASK, "flask", "gunicorn"), "gunicorn.conf.py": text})
    if not binds:
        assert args == ("gunicorn", "app:app")
        return
    ast.parse(args[2])
    assert '["gunicorn", "--bind", "0.0.0.0:" + os.environ["PORT"], "app:app"]' in args[2]


BESIDE_PORT: list[tuple[str, bool]] = [  # a command of the user's beside a configuration with a port, whether PORT wins
    ("gunicorn app:app", True),
    ("gunicorn --worker-tmp-dir /dev/shm app:app", True),
    ("gunicorn -w $WORKERS app:app", True),
    ("flask db upgrade && gunicorn app:app", True),
    ("gunicorn -c gunicorn.conf.py app:app", True),
    ("gunicorn --config conf/mine.py app:app", True),
    ("gunicorn -c conf/other.py app:app", False),
    ("gunicorn -b 0.0.0.0:$PORT app:app", False),
    ("gunicorn --bind=:8000 app:app", False),
    ("GUNICORN_CMD_ARGS=--bind=:8000 gunicorn app:app", False),
    ("uvicorn app:app", False),
]


@pytest.mark.parametrize(("command", "wins"), BESIDE_PORT, ids=[row[0] for row in BESIDE_PORT])
def test_the_containers_port_comes_before_a_configurations(command: str, wins: bool) -> None:
    bind = "bind = '0.0.0.0:8080'\n"
    files = {"gunicorn.conf.py": bind, "conf/mine.py": bind, "conf/other.py": "", "Procfile": f"web: {command}\n"}
    found = plan({**app(FLASK, "flask", "gunicorn", "uvicorn"), **files})
    args = found.runtime.processes[0].args
    assert ("port-overridden" in codes(found)) is wins
    assert ('"--bind", "0.0.0.0:" + os.environ["PORT"]' in args[-1] or '--bind "0.0.0.0:$PORT"' in args[-1]) is wins
