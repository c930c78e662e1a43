"""The app object of a web framework, found by parsing: whatever its file and its variable are called.

Files are read in the order people look: conventional names at the root first, then packages. Each file gives its best
object; of those, one that another's module imports is a part of the other: a sub-app that is mounted, or an app that is
completed there. Nothing is imported or run.
"""

import ast
import sys
from collections.abc import Iterator

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.python.modules import (
    Module,
    Modules,
    called,
    dotted_name,
    parsed,
    serves,
    serves_when_imported,
    top_level,
)

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


class AppObject(Struct, frozen=True):
    """An app object: `module` as imported from the directory `root`, its variable or function, and its interface.

    `framework` is "" for a bare function. `path` is its module's file, `serves` says that importing that starts a
    server: it can only be run.
    """

    module: str
    name: str
    framework: str
    interface: str
    at: Location
    factory: bool = False
    root: str = ""
    path: str = ""
    serves: bool = False

    @property
    def target(self) -> str:
        """As servers name it: "main:app"."""
        return f"{self.module}:{self.name}"


class Found(Struct, frozen=True):
    """A name of a module that is an app, or makes one. `wrapped` says that another object there takes it in."""

    name: str
    kind: Kind
    line: int
    factory: bool = False
    wrapped: bool = False
    imported: bool = False


class Candidate(Struct, frozen=True):
    """The best object of a module; `order` is the place of its file in the order they were read in."""

    module: Module
    best: Found
    order: int


Target = tuple[str, str]  # a file, and a name in it


def find(tree: SourceTree) -> AppObject | None:
    """The app object of the app in a directory; None when no file holds one."""
    modules = Modules(tree)
    near, deep = files(tree)
    for paths in (near, deep):
        read = [module for path in paths if promising(tree, path) and (module := modules.read(path)) is not None]
        starts = dict(start for module in read if is_conventional(module) for start in started(modules, module))
        named, asgi = frozenset(starts), frozenset(target for target, is_asgi in starts.items() if is_asgi)
        found = []
        for order, module in enumerate(read):
            here = in_module(modules, module)
            here += [one for one in of_unknown_make(module, asgi) if one.name not in {known.name for known in here}]
            if here:
                best = min(here, key=lambda one, module=module: preference(one, module, named))  # type: ignore[misc]
                found.append(Candidate(module, best, order))
        if found:
            return app_object(modules, min(outermost(modules, found), key=lambda one: rank(one, named)))
    return None


def find_unknown(tree: SourceTree, interface: str) -> AppObject | None:
    """The `app` that a conventional module makes with a library we do not know; None when there is none.

    For an app that depends on a server of that interface: it has it for something.
    """
    modules = Modules(tree)
    for order, path in enumerate(files(tree)[0]):
        module = modules.read(path) if path.rpartition("/")[2][:-3] in ROOT_FILES else None
        if module is None or serves_when_imported(module):
            continue
        for name, value, node in assignments(module.tree):
            maker = called(value, module.names).rpartition(".")[2]
            if name in ("app", "application") and maker and maker not in NO_SERVED:
                return app_object(modules, Candidate(module, Found(name, ("", interface), node.lineno), order))
    return None


def app_object(modules: Modules, chosen: Candidate) -> AppObject:
    """The object of a module, as a server names it."""
    module, best = chosen.module, chosen.best
    root, dotted = module_of(module.path)
    beside = module.directory
    if beside and beside != root and imports_siblings(modules.tree, module.tree, root, beside):
        root, dotted = beside, module.stem
    at = modules.tree.at(module.path, best.line)
    serves_itself = starts_itself(modules, module, best.name)
    return AppObject(dotted, best.name, *best.kind, at, best.factory, root, module.path, serves_itself)


# --- which files, and which of their objects


def files(tree: SourceTree) -> tuple[list[str], list[str]]:
    """The Python files where an app object may be, the likeliest first, and those to look at if none has one."""
    roots = ("", "src") if tree.is_dir("src") else ("",)
    near: list[str] = []
    deep: list[str] = []
    for root in roots:
        here = tree.entries(root)
        packages = [f"{root}/{name}" if root else name for name, e in here.items() if e.kind == "dir" and is_code(name)]
        for directory in (root, *sorted(packages, key=lambda path: place(path.rpartition("/")[2]))):
            entries = tree.entries(directory)
            names = sorted((n[:-3] for n, e in entries.items() if n.endswith(".py") and e.kind != "dir"), key=place)
            near += [f"{directory}/{name}.py".lstrip("/") for name in names if is_app_file(name)]
            if directory != root:
                below = [f"{directory}/{n}" for n, e in entries.items() if e.kind == "dir" and is_code(n)]
                deep += [f"{path}/{name}.py" for path in below for name in ROOT_FILES]
    return near[:MAX_FILES], [path for path in deep[: MAX_FILES * len(ROOT_FILES)] if tree.has(path)][:MAX_FILES]


def is_code(name: str) -> bool:
    """Whether a directory may hold the app's modules."""
    return name.isidentifier() and name not in NOT_APPS and name != "src"


def is_app_file(name: str) -> bool:
    """Whether a file's name is not that of a test or of a tool's configuration."""
    return name not in NOT_APP_FILES and not name.startswith("test_") and not name.endswith("_test")


def place(name: str) -> tuple[int, str]:
    """Conventional names first, in their order, then by alphabet."""
    return (ROOT_FILES.index(name), "") if name in ROOT_FILES else (len(ROOT_FILES), name)


def is_conventional(module: Module) -> bool:
    """Whether a module's file is called as those that are served or started."""
    return module.stem in ROOT_FILES


def promising(tree: SourceTree, path: str) -> bool:
    """Whether a file may hold an object: it has words that make one, or is conventional and may import one.

    Only such a file is parsed: there may be hundreds that name a framework.
    """
    text = tree.read_text(path) or ""
    if path.rpartition("/")[2][:-3] in ROOT_FILES and any(word in text for word in ENTRY_WORDS):
        return True
    return any(word in text for word in FACTORIES) or any(
        package in text and any(form.format(name) in text for form in FORMS) for package, name in MADE_BY
    )


MADE_BY = sorted({(dotted.partition(".")[0], dotted.rpartition(".")[2]) for dotted in (*CLASSES, *MAKERS)})
FORMS = ("{}(", "{})", "{} as ", "-> {}")  # called, a class's base, imported by another name, what a function gives
ENTRY_WORDS = ("import", "start_response", "receive")


def preference(found: Found, module: Module, named: frozenset[Target]) -> tuple[bool, bool, bool, int, int]:
    """The one that is started, an object before a factory, the outermost, a conventional name before another."""
    known = FACTORIES if found.factory else NAMES
    convention = known.index(found.name) if found.name in known else len(known)
    return (module.path, found.name) not in named, found.factory, found.wrapped, convention, found.line


def rank(one: Candidate, named: frozenset[Target]) -> tuple[bool, bool, bool, int, int]:
    """The one that is started, a conventional variable, a conventional file, the least deep, the first."""
    path, name = one.module.path, one.best.name
    conventional = name in NAMES or (one.best.factory and name in FACTORIES)
    depth = path.removeprefix("src/").count("/")
    return (path, name) not in named, not conventional, not is_conventional(one.module), depth, one.order


def outermost(modules: Modules, found: list[Candidate]) -> list[Candidate]:
    """Those that no other's module imports.

    A module with an odd name that imports one with a conventional name is a tool of the app. Of two that import each
    other, the one that only imports its object goes.
    """
    if len(found) == 1:
        return found
    imports = {one.module.path: modules.imports(one.module) for one in found}

    def taken_in(one: Candidate, by: Candidate) -> bool:
        if one.module.path not in imports[by.module.path]:
            return False
        if by.module.path in imports[one.module.path]:
            return one.best.imported and not by.best.imported
        return is_conventional(by.module) or not is_conventional(one.module)

    left = [one for one in found if not any(taken_in(one, by) for by in found if by is not one)]
    return left or found


def started(modules: Modules, module: Module) -> Iterator[tuple[Target, bool]]:
    """What a module starts itself, by `web.run_app(app)`, `app.run()`, `uvicorn.run("main:app")`; True for the last."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and serves(node, module.names):
            yield from targets(modules, module, node)


def targets(modules: Modules, module: Module, call: ast.Call) -> Iterator[tuple[Target, bool]]:
    """What one call that serves may start: its first argument, or whose method it is."""
    asgi = called(call, module.names) == "uvicorn.run"
    first = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "app"), None)
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        dotted, _, name = first.value.partition(":")
        path = modules.locate(dotted, module)
        if path is not None and name:
            yield (path, name.removesuffix("()")), asgi
        return
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    for value in (first, owner):
        if isinstance(value, ast.Name):
            yield (module.path, value.id), asgi and value is first
            source, _, name = module.names.get(value.id, "").rpartition(".")
            path = modules.locate(source, module)
            if path is not None:
                yield (path, name), asgi and value is first


def starts_itself(modules: Modules, module: Module, name: str) -> bool:
    """Whether importing a module starts the server of one of its own objects, and never ends."""
    calls = [node.value for node in top_level(module.tree) if isinstance(node, ast.Expr)]
    serving = [call for call in calls if isinstance(call, ast.Call) and serves(call, module.names)]
    return any((module.path, name) == target for call in serving for target, _ in targets(modules, module, call))


def of_unknown_make(module: Module, asgi: frozenset[Target]) -> Iterator[Found]:
    """The names that uvicorn is told to serve, whatever has made what they are."""
    for name, value, node in assignments(module.tree):
        if (module.path, name) in asgi and isinstance(value, ast.Call):
            yield Found(name, ("", "asgi"), node.lineno)


def imports_siblings(tree: SourceTree, module: ast.Module, root: str, beside: str) -> bool:
    """Whether a module imports others of its own directory by their bare names: it is meant to be run in there."""
    absolute = [node.module for node in ast.walk(module) if isinstance(node, ast.ImportFrom) and not node.level]
    absolute += [alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names]
    for name in sorted({dotted.partition(".")[0] for dotted in absolute if dotted} - sys.stdlib_module_names):
        here, above = f"{beside}/{name}", f"{root}/{name}".lstrip("/")
        if (tree.has(f"{here}.py") or tree.has(f"{here}/__init__.py")) and not (
            tree.has(f"{above}.py") or tree.is_dir(above)
        ):
            return True
    return False


def module_of(path: str) -> tuple[str, str]:
    """Where a file's module is imported from, and its dotted name: "src/pkg/app.py" is ("src", "pkg.app")."""
    root = "src" if path.startswith("src/") else ""
    dotted = path.removeprefix("src/")[:-3].replace("/", ".")
    return root, dotted.removesuffix(".__init__")


# --- the objects of a module


def in_module(modules: Modules, module: Module) -> list[Found]:
    """The objects and factories of a module; where it has none, those it imports if it is one that is served."""
    own = [*objects(modules, module), *factories(module)]
    if own or not is_conventional(module) or serves_when_imported(module):
        return own
    return list(imported_objects(modules, module))


def assignments(module: ast.Module) -> Iterator[tuple[str, ast.expr, ast.stmt]]:
    """The names assigned at the top of a module, with their values; the first of several for `app, rt = …`."""
    for node in top_level(module):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else ()
        )
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        for target in targets:
            first = target.elts[0] if isinstance(target, ast.Tuple) and target.elts else target
            if isinstance(first, ast.Name) and value is not None:
                yield first.id, value, node


def objects(modules: Modules, module: Module) -> list[Found]:
    """The app objects that the top of a module makes."""
    names = known_names(module)
    made = functions(module.tree, names)
    found: dict[str, Found] = {}
    for name, value, node in assignments(module.tree):
        dotted = called(value, names)
        several = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple)
        kind = MAKERS.get(dotted) if several else CLASSES.get(dotted) or made.get(dotted)
        inner = taken(modules, module, value, found)
        if inner is not None and isinstance(value, ast.Name):
            kind = inner.kind
        elif inner is not None and wraps(dotted, name, inner):
            kind = adapted(dotted, inner.kind)
            if inner.name in found:
                found[inner.name] = Found(inner.name, inner.kind, inner.line, wrapped=True)
        if kind is None and dotted not in MAKERS and not several:
            kind = made_elsewhere(modules, module, dotted)
        if kind is not None:
            found[name] = Found(name, kind, node.lineno)
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            interface = BARE.get(tuple(argument.arg for argument in node.args.args))
            if interface is not None and node.name in NAMES:
                found[node.name] = Found(node.name, ("", interface), node.lineno)
    return list(found.values())


def taken(modules: Modules, module: Module, value: ast.expr, found: dict[str, Found]) -> Found | None:
    """The app object that a call takes as an argument, or that a name is; None for none."""
    arguments: list[ast.expr] = [value] if isinstance(value, ast.Name) else []
    if isinstance(value, ast.Call):
        arguments = [*value.args, *(keyword.value for keyword in value.keywords)]
    for argument in arguments:
        if not isinstance(argument, ast.Name):
            continue
        if argument.id in found:
            return found[argument.id]
        if argument.id in module.names:
            kind = object_elsewhere(modules, module, module.names[argument.id])
            if kind is not None:
                return Found(argument.id, kind, value.lineno)
    return None


def wraps(dotted: str, name: str, inner: Found) -> bool:
    """Whether the result of a call that takes an app object is served in its place."""
    last = dotted.rpartition(".")[2]
    return last in WRAPPERS or last.endswith(WRAPPER_END) or name in (inner.name, *WRAPPED_NAMES)


def adapted(dotted: str, kind: Kind) -> Kind:
    """What a wrapper makes of an app."""
    return kind[0], ADAPTERS.get(dotted.rpartition(".")[2], kind[1])


def imported_objects(modules: Modules, module: Module) -> Iterator[Found]:
    """The app objects of other modules that a module imports, to complete them or just to name them."""
    used = used_names(module.tree)
    for node in top_level(module.tree):
        for alias in node.names if isinstance(node, ast.ImportFrom) else ():
            name = alias.asname or alias.name
            if name in NAMES or name in used:
                kind = object_elsewhere(modules, module, module.names.get(name, ""))
                if kind is not None:
                    yield Found(name, kind, node.lineno, imported=True)


def used_names(module: ast.Module) -> set[str]:
    """The names in the calls and decorators at the top of a module: `app.include_router(router)`."""
    found: set[str] = set()
    for node in top_level(module):
        parts = [node.value] if isinstance(node, ast.Expr) else getattr(node, "decorator_list", ())
        found.update(inner.id for part in parts for inner in ast.walk(part) if isinstance(inner, ast.Name))
    return found


def known_names(module: Module) -> dict[str, str]:
    """The names a module imports, and its own classes on top of a framework's."""
    names = dict(module.names)
    for node in module.tree.body:
        bases = [dotted_name(base, names) for base in node.bases] if isinstance(node, ast.ClassDef) else []
        base = next((name for name in bases if name in CLASSES), "")
        if isinstance(node, ast.ClassDef) and base:
            names[node.name] = base
    return names


def attribute_name(tree: SourceTree, path: str, name: str, attribute: str) -> str:
    """The variable of a file that is set to an attribute of another: `server = app.server`; "" when none is."""
    module = parsed(tree.read_text(path) or "")
    for target, value, _ in assignments(module) if module is not None else ():
        if dotted_name(value, {}) == f"{name}.{attribute}":
            return target
    return ""


def object_elsewhere(modules: Modules, by: Module, dotted: str, depth: int = 0) -> Kind | None:
    """What a name of another module of the app is: `shop.web.app`; None when it is no app object."""
    source, _, name = dotted.rpartition(".")
    path = modules.locate(source, by) if depth <= MAX_DEPTH else None
    if path is None or path == by.path or path in modules.open:
        return None
    module = modules.read(path)
    if module is None:
        return None
    modules.open.add(path)  # modules that take each other's objects end here
    found = {one.name: one.kind for one in objects(modules, module)} if promising(modules.tree, path) else {}
    modules.open.discard(path)
    if name not in found and module.names.get(name, name) != name:
        return object_elsewhere(modules, module, module.names[name], depth + 1)
    return found.get(name)


def made_elsewhere(modules: Modules, by: Module, dotted: str, depth: int = 0) -> Kind | None:
    """What a function of another module of the app gives: `shop.create_app`; None when it is no app.

    A name that the other module imports itself is followed, to a depth that no sensible app exceeds.
    """
    source, _, name = dotted.rpartition(".")
    path = modules.locate(source, by) if depth <= MAX_DEPTH else None
    module = modules.read(path) if path is not None else None
    if module is None:
        return None
    made = functions(module.tree, known_names(module)).get(name)
    if made is None and module.names.get(name, name) != name:
        return made_elsewhere(modules, module, module.names[name], depth + 1)
    return made


def functions(module: ast.Module, names: dict[str, str]) -> dict[str, Kind]:
    """The functions of a module that give an app, by name."""
    return {name: kind for name, kind, _, _ in makers(module, names)}


def makers(module: ast.Module, names: dict[str, str]) -> Iterator[tuple[str, Kind, int, bool]]:
    """Functions that return an app, and whether they can be called without arguments."""
    for node in module.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        local: dict[str, Kind] = {}
        kind: Kind | None = CLASSES.get(dotted_name(node.returns, names))
        for inner in ast.walk(node):
            if isinstance(inner, ast.Assign | ast.AnnAssign):
                made = CLASSES.get(called(inner.value, names))
                targets = inner.targets if isinstance(inner, ast.Assign) else [inner.target]
                if made is not None:
                    local.update({target.id: made for target in targets if isinstance(target, ast.Name)})
        for inner in ast.walk(node):
            if isinstance(inner, ast.Return):
                made = CLASSES.get(called(inner.value, names))
                named = local.get(inner.value.id) if isinstance(inner.value, ast.Name) else None
                kind = made or named or kind
        if isinstance(node, ast.AsyncFunctionDef) and kind != CLASSES["aiohttp.web.Application"]:
            continue  # only aiohttp awaits what it is given
        if kind is not None:
            arguments = node.args
            required = len(arguments.args) + len(arguments.posonlyargs) - len(arguments.defaults)
            missing = required > 0 or any(default is None for default in arguments.kw_defaults)
            yield node.name, kind, node.lineno, not missing


def factories(module: Module) -> Iterator[Found]:
    """The functions that make an app and need no arguments."""
    for name, kind, line, callable_ in makers(module.tree, known_names(module)):
        if callable_ and not name.startswith("_"):
            yield Found(name, kind, line, factory=True)
