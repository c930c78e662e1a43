"""What makes the app object of a web framework, and what the files and names of one are called."""

Kind = tuple[str, str]  # framework and interface
CLASSES: dict[str, Kind] = {  # what makes an app, as it is imported -> (framework, interface)
    "flask.Flask": ("flask", "wsgi"),
    "dash.Dash": ("dash", "wsgi"),
    "bottle.Bottle": ("bottle", "wsgi"),
    "bottle.default_app": ("bottle", "wsgi"),
    "bottle.app": ("bottle", "wsgi"),
    "falcon.App": ("falcon", "wsgi"),
    "falcon.asgi.App": ("falcon", "asgi"),
    "apiflask.APIFlask": ("flask", "wsgi"),
    "flask_openapi3.OpenAPI": ("flask-openapi3", "wsgi"),
    "connexion.App": ("connexion", "asgi"),
    "connexion.FlaskApp": ("connexion", "asgi"),
    "connexion.AsyncApp": ("connexion", "asgi"),
    "fastapi.FastAPI": ("fastapi", "asgi"),
    "fastapi.applications.FastAPI": ("fastapi", "asgi"),
    "starlette.applications.Starlette": ("starlette", "asgi"),
    "litestar.Litestar": ("litestar", "asgi"),
    "litestar.app.Litestar": ("litestar", "asgi"),
    "quart.Quart": ("quart", "asgi"),
    "blacksheep.Application": ("blacksheep", "asgi"),
    "socketio.ASGIApp": ("socketio", "asgi"),
    "socketio.WSGIApp": ("socketio", "wsgi"),
    "sanic.Sanic": ("sanic", "sanic"),
    "sanic.app.Sanic": ("sanic", "sanic"),
    "aiohttp.web.Application": ("aiohttp", "aiohttp"),
    "fasthtml.common.FastHTML": ("fasthtml", "asgi"),
    "fasthtml.core.FastHTML": ("fasthtml", "asgi"),
    "fasthtml.FastHTML": ("fasthtml", "asgi"),
}
MAKERS: dict[str, Kind] = {  # functions that give (app, …)
    "fasthtml.common.fast_app": ("fasthtml", "asgi"),
    "fasthtml.fastapp.fast_app": ("fasthtml", "asgi"),
}
# what takes an app and gives one that is served in its place; anything else that takes one (an extension, a test
# client) is none, unless it is assigned to a name that says so
WRAPPERS = ("ASGIApp", "WSGIApp", "ProxyFix", "WhiteNoise", "WsgiToAsgi", "DispatcherMiddleware", "Cascade")
WRAPPER_END = "Middleware"
WRAPPED_NAMES = ("app", "application", "asgi_app", "wsgi_app", "socket_app", "sio_app", "asgi", "wsgi")
ADAPTERS = {"WsgiToAsgi": "asgi", "WSGIMiddleware": "asgi", "ASGIMiddleware": "wsgi"}  # they change the interface
BARE = {("scope", "receive", "send"): "asgi", ("environ", "start_response"): "wsgi"}  # functions that are an app
NO_SERVED = ("Typer", "Celery", "APIRouter", "Blueprint", "Namespace", "QApplication", "Tk", "CTk", "Flask", "Client")
ROOT_FILES = ("app", "main", "wsgi", "asgi", "application", "server", "api", "run", "web", "index", "__init__")
NAMES = ("app", "application", "api", "server")
FACTORIES = ("create_app", "make_app", "get_app", "build_app", "app_factory", "init_app", "create_application")
NOT_APPS = frozenset(
    ("tests", "test", "docs", "migrations", "node_modules", "venv", ".venv", "env", "scripts", "examples", "static")
)
NOT_APP_FILES = ("conftest", "setup", "noxfile", "tasks", "fabfile")
MAX_DEPTH = 4  # modules that hand a function on to each other
MAX_FILES = 200  # looked at: an app object deeper in a larger tree is named by a start command
MADE_BY = sorted({(dotted.partition(".")[0], dotted.rpartition(".")[2]) for dotted in (*CLASSES, *MAKERS)})
FORMS = ("{}(", "{})", "{} as ", "-> {}")  # called, a class's base, imported by another name, what a function gives
ENTRY_WORDS = ("import", "start_response", "receive")
