"""The app object is found by parsing, whatever its file and its variable are called."""

import pytest

from tests.languages.python import FASTAPI, FLASK, Files, found, plan, ran, web

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
    ("import connexion\napp = connexion.App(__name__)", "connexion", "asgi"),
    ("from bottle import default_app\napp = default_app()", "bottle", "wsgi"),
    ("import bottle\napp = bottle.app()", "bottle", "wsgi"),
    ("from flask_openapi3 import OpenAPI\napp = OpenAPI(__name__)", "flask-openapi3", "wsgi"),
    ("import socketio\nsio = socketio.AsyncServer()\napp = socketio.ASGIApp(sio)", "socketio", "asgi"),
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


ADMIN = "from fastapi import FastAPI\nadmin_app = FastAPI()\n"
MOUNTS = "from fastapi import FastAPI\nfrom %s import admin_app\napp = FastAPI()\napp.mount('/admin', admin_app)\n"
SEED = "from shop import create_app\napp = create_app()\nwith app.app_context():\n    fill()\n"
CREATE = "from flask import Flask\ndef create_app():\n    return Flask('')\n"
TOGETHER: list[tuple[str, Files, str]] = [  # files, of which each has an object; the target
    ("completed", {"core.py": FASTAPI, "main.py": "from core import app\nfrom routes import r\napp.include_router(r)\n", "routes.py": "r = 1\n"}, "main:app"),
    ("imported", {"shop/app.py": FLASK, "wsgi.py": "from shop.app import app\nimport shop.views\n", "shop/views.py": ""}, "wsgi:app"),
    ("imported, relative", {"shop/core.py": FASTAPI, "shop/main.py": "from .core import app\nfrom . import routes\n", "shop/routes.py": ""}, "shop.main:app"),
    ("imported by another name", {"core.py": FASTAPI, "main.py": "from core import app as site\nsite.mount('/x', 1)\n"}, "main:site"),
    ("imported from a package", {"shop/__init__.py": "from .core import app\n", "shop/core.py": FASTAPI, "main.py": "from shop import app\n"}, "main:app"),
    ("imported beside it", {"back/core.py": FASTAPI, "back/main.py": "from core import app\nfrom routes import r\n", "back/routes.py": "r = 1\n"}, "main:app"),
    ("imported and given another name", {"core.py": FASTAPI.replace("app =", "web ="), "main.py": "import core\nfrom core import web\napp = web\n"}, "main:app"),
    ("imported, and served at once", {"core.py": FLASK, "run.py": "from core import app\napp.run(debug=True)\n"}, "core:app"),
    ("imported in a circle", {"shop/__init__.py": f"{FLASK}from shop import api\n", "shop/api.py": "from shop import app\n@app.get('/')\ndef i(): pass\n"}, "shop:app"),
    ("imported, but of another", {"core.py": FASTAPI, "main.py": "from elsewhere import app\n"}, "core:app"),
    ("imported, but no app", {"core.py": "app = 1\n", "main.py": "from core import app\n", "web.py": FLASK}, "web:app"),
    ("mounted", {"admin/app.py": ADMIN, "service/main.py": MOUNTS % "admin.app"}, "service.main:app"),
    ("mounted, in a package", {"admin/__init__.py": ADMIN, "service/main.py": MOUNTS % "admin"}, "service.main:app"),
    ("mounted, first in order", {"api.py": ADMIN, "zebra.py": ADMIN, "main.py": MOUNTS % "api"}, "main:app"),
    ("a variable's name", {"a.py": ADMIN, "z/web.py": FASTAPI}, "z.web:app"),
    ("a tool of the app", {"shop/__init__.py": CREATE, "seed.py": SEED}, "shop:create_app"),
    ("a tool, and one that is served", {"shop/__init__.py": CREATE, "seed.py": SEED, "wsgi.py": SEED}, "wsgi:app"),
    ("a test", {"shop/__init__.py": CREATE, "test_shop.py": SEED, "conftest.py": SEED}, "shop:create_app"),
    ("started", {"a.py": FLASK, "b.py": FLASK, "run.py": "import uvicorn\nif __name__ == '__main__':\n    uvicorn.run('b:app')\n"}, "b:app"),
    ("started in a function", {"a.py": FLASK, "b.py": FLASK, "main.py": "def main():\n    from b import app\n    app.run()\n"}, "b:app"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "target"), [row[1:] for row in TOGETHER], ids=[row[0] for row in TOGETHER])
def test_of_several_the_outermost_is_served(files: Files, target: str) -> None:
    app = found(files)
    assert app is not None
    assert app.target == target


STAR = "from starlette.applications import Starlette\nstar = Starlette()\n"
SIO = "import socketio\nfrom fastapi import FastAPI\nsio = socketio.AsyncServer()\n"
WRAPPED: list[tuple[str, str, tuple[str, str, str]]] = [  # a module: framework, interface, the name that is served
    ("socketio, by keyword", f"{SIO}fastapi_app = FastAPI()\napp = socketio.ASGIApp(sio, other_asgi_app=fastapi_app)", ("fastapi", "asgi", "app")),
    ("socketio, another name", f"{SIO}app = FastAPI()\nsocket_app = socketio.ASGIApp(sio, app)", ("fastapi", "asgi", "socket_app")),
    ("any wrapper, as app", f"from x import Wrap\n{STAR}app = Wrap(star)", ("starlette", "asgi", "app")),
    ("a middleware", f"from y import CORSMiddleware\n{STAR}served = CORSMiddleware(star)", ("starlette", "asgi", "served")),
    ("again and again", f"from y import A, B\n{STAR}app = A(star)\napp = B(app)", ("starlette", "asgi", "app")),
    ("WSGI as ASGI", f"from asgiref.wsgi import WsgiToAsgi\n{FLASK}asgi_app = WsgiToAsgi(app)", ("flask", "asgi", "asgi_app")),
    ("an attribute", f"from werkzeug.middleware.proxy_fix import ProxyFix\n{FLASK}app.wsgi_app = ProxyFix(app.wsgi_app)", ("flask", "wsgi", "app")),
    ("an extension", f"from flask_restx import Api\n{FLASK}api = Api(app)", ("flask", "wsgi", "app")),
    ("an extension of another name", f"from flask_sqlalchemy import SQLAlchemy\n{FLASK}db = SQLAlchemy(app)", ("flask", "wsgi", "app")),
    ("a server", f"from wsgi import Server\n{FLASK}server = Server(app)", ("flask", "wsgi", "app")),
    ("a test client", f"from starlette.testclient import TestClient\n{STAR}client = TestClient(star)", ("starlette", "asgi", "star")),
    ("what uvicorn is told", f"import uvicorn\nfrom z import W\n{STAR}outer = W(star)\nif __name__ == '__main__':\n    uvicorn.run('main:outer')", ("", "asgi", "outer")),
    ("what uvicorn is given", "import uvicorn\nfrom z import W\nouter = W()\ndef main():\n    uvicorn.run(outer)\nmain", ("", "asgi", "outer")),
    ("a bare ASGI function", "async def app(scope, receive, send):\n    pass", ("", "asgi", "app")),
    ("a bare WSGI function", "def application(environ, start_response):\n    return []", ("", "wsgi", "application")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "parts"), [row[1:] for row in WRAPPED], ids=[row[0] for row in WRAPPED])
def test_the_outer_one_of_an_app_in_an_app_is_served(text: str, parts: tuple[str, str, str]) -> None:
    app = found({"main.py": text})
    assert app is not None
    assert (app.framework, app.interface, app.name) == parts


def test_modules_that_wrap_each_others_apps_in_a_circle_end() -> None:
    circle = {
        "a.py": "from b import app as inner\napp = FastAPI(inner)\n",
        "b.py": "from a import app as inner\napp = W(inner)\n",
    }
    assert found({"main.py": "from a import app\napp = W(app)\n", **circle}) is None


def test_an_app_that_another_module_wraps() -> None:
    app = found(
        {
            "core.py": FASTAPI,
            "main.py": "import socketio\nfrom core import app as api\napp = socketio.ASGIApp(1, api)\n",
        }
    )
    assert app is not None
    assert (app.target, app.framework) == ("main:app", "fastapi")


UNKNOWN: list[tuple[str, str, str | None]] = [  # the module, the dependencies, what the command has
    ("from strawberry.asgi import GraphQL\napp = GraphQL(1)", "uvicorn", '"main:app"'),
    ("from x import make\napplication = make()", "gunicorn", "gunicorn main:application"),
    ("def make():\n    return lambda e, s: []\napp = make()", "waitress", "from main import app"),
    ("import x\napp = x.App()", "gunicorn\nuvicorn", '"main:app"'),
    ("import typer\napp = typer.Typer()\napp()", "uvicorn", None),
    ("from telegram.ext import Application\napp = Application.builder().build()\napp.run_polling()", "uvicorn", None),
    ("import x\napp = x.App()\napp.run()", "uvicorn", None),
    ("import x\napp = x.App()\napp.go()", "x", None),
]


@pytest.mark.parametrize(("text", "requirements", "part"), UNKNOWN)
def test_what_an_unknown_library_makes_is_served_by_the_apps_own_server(
    text: str, requirements: str, part: str | None
) -> None:
    args = web({"requirements.txt": f"{requirements}\n", "main.py": text})
    assert ran(args) == "main.py" if part is None else part in " ".join(args)


def test_functions_that_hand_each_other_on_in_a_circle_are_no_app() -> None:
    circle = {"a/__init__.py": "from b import create_app", "b/__init__.py": "from a import create_app"}
    assert found({"wsgi.py": "from a import create_app\napp = create_app()", **circle}) is None


def test_the_sources_below_src_can_be_imported() -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\n", "src/shop/main.py": FASTAPI}
    assert '"shop.main:app"' in web(files)[2]


BESIDE = "from fastapi import FastAPI\nfrom database import connect\nimport logging\napp = FastAPI()\n"
RELATIVE = f"from . import database\n{FASTAPI}"
SIBLINGS: list[tuple[str, Files, tuple[str, str]]] = [  # the directory it is imported from, the target
    ("a module beside it", {"backend/main.py": BESIDE, "backend/database.py": ""}, ("backend", "main:app")),
    (
        "a module of a package that is named too",
        {"shop/__init__.py": "", "shop/shop.py": f"try:\n    from shop.db import x\nexcept ImportError:\n    from db import x\n{FASTAPI}", "shop/db.py": ""},
        ("", "shop.shop:app"),
    ),
    ("a package beside it", {"backend/main.py": BESIDE, "backend/database/__init__.py": ""}, ("backend", "main:app")),
    ("below src", {"src/api/main.py": BESIDE, "src/api/database.py": ""}, ("src/api", "main:app")),
    ("one at the root too", {"backend/main.py": BESIDE, "backend/database.py": "", "database.py": ""}, ("", "backend.main:app")),
    ("one of another's", {"backend/main.py": BESIDE}, ("", "backend.main:app")),
    ("one of Python's own", {"backend/main.py": BESIDE, "backend/logging.py": ""}, ("", "backend.main:app")),
    ("src is a package", {"src/main.py": RELATIVE, "src/database.py": ""}, ("", "src.main:app")),
    ("named with src", {"src/main.py": f"from src.db import x\n{FASTAPI}", "src/db.py": ""}, ("", "src.main:app")),
    ("a package in src", {"src/api/main.py": RELATIVE, "src/api/database.py": ""}, ("src", "api.main:app")),
    ("up to src", {"src/api/main.py": f"from ..db import x\n{FASTAPI}", "src/db.py": ""}, ("", "src.api.main:app")),
    ("a package's own file", {"src/api/__init__.py": RELATIVE, "src/api/database.py": ""}, ("src", "api:app")),
]  # fmt: skip


@pytest.mark.parametrize(("files", "place"), [row[1:] for row in SIBLINGS], ids=[row[0] for row in SIBLINGS])
def test_an_app_that_is_run_in_its_own_directory(files: Files, place: tuple[str, str]) -> None:
    app = found(files)
    assert app is not None
    assert (app.root, app.target) == place


def test_its_directory_is_where_the_server_imports_from() -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\n", "backend/main.py": BESIDE, "backend/database.py": ""}
    assert ("PYTHONPATH", "/app/backend") in plan(files).runtime.env


@pytest.mark.parametrize("path", ["wsgi.py", "asgi.py"])
def test_a_file_for_servers_comes_before_one_that_starts_the_app_for_developers(path: str) -> None:
    made = "from src.app import create_app\napp = create_app('{}')\n"
    files = {
        "src/app.py": "from flask import Flask\ndef create_app(name):\n    return Flask(name)\n",
        "run.py": made.format("development") + "if __name__ == '__main__':\n    app.run(debug=True)\n",
    }
    assert target({**files, path: made.format("production")}) == f"{path[:-3]}:app"
    assert target(files) == "run:app"


def target(files: Files) -> str:
    app = found(files)
    assert app is not None
    return app.target
