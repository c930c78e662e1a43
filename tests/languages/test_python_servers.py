"""The server that an app depends on is used; an app without one gets a sensible one, and the plan says so."""

import ast

import pytest

from frontend.plan import Link
from tests.languages.python import FASTAPI, FLASK, Files, codes, plan, web

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
    assert web(app(FASTAPI, "fastapi[standard]")) == ("fastapi", "run", "app.py", "--app", "app")
    package = {"shop/__init__.py": "", "shop/web.py": FASTAPI.replace("app", "site")}
    assert web({"requirements.txt": "fastapi[standard]", **package}) == (
        "fastapi", "run", "shop/web.py", "--app", "site",
    )  # fmt: skip


ADDED: list[tuple[str, str, str]] = [  # module, its only dependency, the server that is added
    (FLASK, "flask", "gunicorn"),
    (FASTAPI, "fastapi", "uvicorn"),
    ("from starlette.applications import Starlette\napp = Starlette()", "starlette", "uvicorn"),
    ("from quart import Quart\napp = Quart('')", "quart", "uvicorn"),
    ("import falcon\napp = falcon.App()", "falcon", "gunicorn"),
]


@pytest.mark.parametrize(("text", "dependency", "server"), ADDED)
def test_a_server_is_added_and_the_plan_says_so(text: str, dependency: str, server: str) -> None:
    found = plan(app(text, dependency))
    assert codes(found) == ["server-added"]
    assert found.warnings[0].message.startswith(f"the app depends on no server: {server} ")
    assert server in " ".join(found.runtime.processes[0].args)
    assert f"add {server} to the dependencies" in found.warnings[0].hint
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
    assert web(own)[0] == program
    assert web({f"src/{name}" if name[0] == "a" else name: text for name, text in own.items()})[0] == program


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
    text = found.runtime.processes[0].args[2]
    ast.parse(text)
    assert 'runpy.run_path("demo.py", run_name="__main__")' in text
    assert ("GRADIO_SERVER_NAME", "0.0.0.0") in found.runtime.env


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
]


@pytest.mark.parametrize(("text", "binds"), CONFIGURED)
def test_gunicorns_own_configuration_does_not_choose_another_port(text: str, binds: bool) -> None:
    args = web({**app(FLASK, "flask", "gunicorn"), "gunicorn.conf.py": text})
    if not binds:
        assert args == ("gunicorn", "app:app")
        return
    ast.parse(args[2])
    assert '["gunicorn", "--bind", "0.0.0.0:" + os.environ["PORT"], "app:app"]' in args[2]
