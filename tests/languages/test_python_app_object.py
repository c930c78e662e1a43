"""The app object is found by parsing, whatever its file and its variable are called."""

import pytest

from tests.languages.python import FASTAPI, FLASK, Files, found, plan, web

CLASSES: list[tuple[str, str, str]] = [  # a module, the framework and the interface its app has
    ("import flask\napp = flask.Flask(__name__)", "flask", "wsgi"),
    ("from flask import Flask as F\napp = F(__name__)", "flask", "wsgi"),
    ("from flask import Flask\napp: Flask = Flask(__name__)", "flask", "wsgi"),
    ("from apiflask import APIFlask\napp = APIFlask(__name__)", "flask", "wsgi"),
    ("import dash\napp = dash.Dash()", "dash", "wsgi"),
    ("import bottle\napp = bottle.Bottle()", "bottle", "wsgi"),
    ("import falcon\napp = falcon.App()", "falcon", "wsgi"),
    ("import falcon.asgi\napp = falcon.asgi.App()", "falcon", "asgi"),
    ("import fastapi as f\napp = f.FastAPI()", "fastapi", "asgi"),
    ("from starlette.applications import Starlette\napp = Starlette(routes=[])", "starlette", "asgi"),
    ("from litestar import Litestar\napp = Litestar([])", "litestar", "asgi"),
    ("from quart import Quart\napp = Quart(__name__)", "quart", "asgi"),
    ("from sanic import Sanic\napp = Sanic('x')", "sanic", "sanic"),
    ("from aiohttp import web\napp = web.Application()", "aiohttp", "aiohttp"),
    ("from fasthtml.common import *\napp, rt = fast_app()", "fasthtml", "asgi"),
    ("from fasthtml.common import FastHTML\napp = FastHTML()", "fasthtml", "asgi"),
    ("from fastapi import FastAPI\nclass Api(FastAPI):\n    pass\napp = Api()", "fastapi", "asgi"),
    ("from fastapi import FastAPI\ntry:\n    app = FastAPI()\nexcept ValueError:\n    raise", "fastapi", "asgi"),
    ("from fastapi import FastAPI\nif True:\n    app = FastAPI()", "fastapi", "asgi"),
]


@pytest.mark.parametrize(("text", "framework", "interface"), CLASSES)
def test_the_class_of_a_framework(text: str, framework: str, interface: str) -> None:
    app = found({"thing.py": text})
    assert app is not None
    assert (app.framework, app.interface, app.target, app.factory) == (framework, interface, "thing:app", False)
    assert (
        str(app.at)
        == f"thing.py:{next(n for n, line in enumerate(text.splitlines(), 1) if 'app' in line.split('=')[0] and '=' in line)}"
    )


FACTORIES: list[tuple[str, str]] = [  # a module, what is served of it
    ("from flask import Flask\ndef create_app():\n    return Flask(__name__)", "m:create_app()"),
    ("from flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    return app", "m:create_app()"),
    ("from flask import Flask\ndef create_app(config=None):\n    return Flask(__name__)", "m:create_app()"),
    ("from flask import Flask\ndef create_app(*, debug=False, **more):\n    return Flask(__name__)", "m:create_app()"),
    ("from flask import Flask\ndef create_app() -> Flask:\n    return build()", "m:create_app()"),
    ("from flask import Flask\ndef whatever():\n    return Flask(__name__)", "m:whatever()"),
    (
        "from flask import Flask\ndef whatever():\n    return Flask('')\ndef make_app():\n    return Flask('')",
        "m:make_app()",
    ),
    ("from flask import Flask\ndef create_app(config):\n    return Flask('')\napp = create_app('x')", "m:app"),
    ("from flask import Flask\ndef create_app():\n    return Flask('')\nsite = create_app()", "m:site"),
]


@pytest.mark.parametrize(("text", "target"), FACTORIES)
def test_a_factory(text: str, target: str) -> None:
    app = found({"m.py": text})
    assert app is not None
    assert f"{app.target}{'()' if app.factory else ''}" == target


@pytest.mark.parametrize(
    "text",
    [
        "from flask import Flask\ndef create_app(config):\n    return Flask('')",
        "from flask import Flask\ndef create_app(*, config):\n    return Flask('')",
        "from flask import Flask\ndef _create_app():\n    return Flask('')",
        "from fastapi import FastAPI\nasync def create_app():\n    return FastAPI()",
        "from flask import Flask\nif __name__ == '__main__':\n    app = Flask('')",
        "from flask import Blueprint\napp = Blueprint('a', __name__)",
        "from fastapi import APIRouter\napp = APIRouter()",
        "# from flask import Flask\n# app = Flask()",
        "text = 'from flask import Flask; app = Flask()'",
        "from other import Flask\napp = Flask()",
        "from flask import Flask\napp = Flask(  # never closed",
        "app = undefined()",
    ],
)
def test_what_is_no_app_object(text: str) -> None:
    assert found({"app.py": text}) is None


def test_aiohttp_awaits_its_factory() -> None:
    app = found({"main.py": "from aiohttp import web\nasync def init_app():\n    return web.Application()"})
    assert app is not None
    assert (app.target, app.factory) == ("main:init_app", True)


PLACES: list[tuple[Files, str, str]] = [  # files, the directory it is imported from, the target
    ({"zebra.py": "import flask\nkomodo = flask.Flask('')"}, "", "zebra:komodo"),
    ({"app.py": FLASK, "main.py": FASTAPI}, "", "app:app"),
    ({"zzz.py": FLASK, "main.py": FASTAPI}, "", "main:app"),
    ({"b.py": FLASK, "a.py": FLASK}, "", "a:app"),
    ({"shop/__init__.py": "", "shop/web.py": FLASK}, "", "shop.web:app"),
    ({"shop/__init__.py": FLASK}, "", "shop:app"),
    ({"shop/api/main.py": FASTAPI}, "", "shop.api.main:app"),
    ({"src/shop/__init__.py": "", "src/shop/main.py": FASTAPI}, "src", "shop.main:app"),
    ({"src/main.py": FASTAPI}, "src", "main:app"),
    ({"main.py": FASTAPI, "src/main.py": FLASK}, "", "main:app"),
    ({"tests/app.py": FLASK, "web/app.py": FLASK}, "", "web.app:app"),
    ({"app.py": "import flask\nb = flask.Flask('')\napplication = flask.Flask('')"}, "", "app:application"),
    ({"app.py": "import flask\nb = flask.Flask('')\na = flask.Flask('')"}, "", "app:b"),
    ({"app.py": "import flask\ndef create_app():\n    return flask.Flask('')\napp = flask.Flask('')"}, "", "app:app"),
    (
        {
            "wsgi.py": "from shop import create_app\napp = create_app('production')",
            "shop/__init__.py": "from flask import Flask\ndef create_app(config):\n    return Flask('')",
        },
        "",
        "wsgi:app",
    ),
    (
        {
            "wsgi.py": "from shop import create_app\nserved = create_app(1)",
            "shop/__init__.py": "from .factory import create_app",
            "shop/factory.py": "from flask import Flask\ndef create_app(config):\n    return Flask('')",
        },
        "",
        "wsgi:served",
    ),
    (
        {
            "src/run.py": "import shop.web\napp = shop.web.create_app(1)",
            "src/shop/web.py": "import flask\ndef create_app(c):\n    return flask.Flask('')",
        },
        "src",
        "run:app",
    ),
    ({"app.py": "syntax error here: Flask", "main.py": FASTAPI}, "", "main:app"),
]


@pytest.mark.parametrize(("files", "root", "target"), PLACES)
def test_where_it_is_found(files: Files, root: str, target: str) -> None:
    app = found(files)
    assert app is not None
    assert (app.root, app.target) == (root, target)


@pytest.mark.parametrize(
    "name", ["tests", "docs", "examples", "venv", ".venv", "node_modules", "migrations", "bad-name"]
)
def test_directories_that_hold_no_app(name: str) -> None:
    assert found({f"{name}/app.py": FLASK}) is None


def test_functions_that_hand_each_other_on_in_a_circle_are_no_app() -> None:
    circle = {"a/__init__.py": "from b import create_app", "b/__init__.py": "from a import create_app"}
    assert found({"wsgi.py": "from a import create_app\napp = create_app()", **circle}) is None


def test_the_sources_below_src_can_be_imported() -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\n", "src/shop/main.py": FASTAPI}
    assert '"shop.main:app"' in web(files)[2]


BESIDE = "from fastapi import FastAPI\nfrom database import connect\nimport logging\napp = FastAPI()\n"
SIBLINGS: list[tuple[str, Files, tuple[str, str]]] = [  # the directory it is imported from, the target
    ("a module beside it", {"backend/main.py": BESIDE, "backend/database.py": ""}, ("backend", "main:app")),
    ("a package beside it", {"backend/main.py": BESIDE, "backend/database/__init__.py": ""}, ("backend", "main:app")),
    ("below src", {"src/api/main.py": BESIDE, "src/api/database.py": ""}, ("src/api", "main:app")),
    ("one at the root too", {"backend/main.py": BESIDE, "backend/database.py": "", "database.py": ""}, ("", "backend.main:app")),
    ("one of another's", {"backend/main.py": BESIDE}, ("", "backend.main:app")),
    ("one of Python's own", {"backend/main.py": BESIDE, "backend/logging.py": ""}, ("", "backend.main:app")),
]  # fmt: skip


@pytest.mark.parametrize(("files", "place"), [row[1:] for row in SIBLINGS], ids=[row[0] for row in SIBLINGS])
def test_an_app_that_is_run_in_its_own_directory(files: Files, place: tuple[str, str]) -> None:
    app = found(files)
    assert app is not None
    assert (app.root, app.target) == place


def test_its_directory_is_where_the_server_imports_from() -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\n", "backend/main.py": BESIDE, "backend/database.py": ""}
    assert ("PYTHONPATH", "/app/backend") in plan(files).runtime.env
