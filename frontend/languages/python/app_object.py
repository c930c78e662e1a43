"""The app object of a web framework, found by parsing: whatever its file and its variable are called.

Files are read in the order people look: conventional names at the root first, then packages. Within a file an object
beats a factory, a conventional name beats another. Nothing is imported or run.
"""

import ast
import sys
from collections.abc import Iterator

from msgspec import Struct

from frontend.errors import Location
from frontend.source import SourceTree

CLASSES = {  # a class as it is imported -> (framework, interface)
    "flask.Flask": ("flask", "wsgi"),
    "dash.Dash": ("dash", "wsgi"),
    "bottle.Bottle": ("bottle", "wsgi"),
    "falcon.App": ("falcon", "wsgi"),
    "falcon.asgi.App": ("falcon", "asgi"),
    "apiflask.APIFlask": ("flask", "wsgi"),
    "connexion.FlaskApp": ("connexion", "asgi"),
    "connexion.AsyncApp": ("connexion", "asgi"),
    "fastapi.FastAPI": ("fastapi", "asgi"),
    "fastapi.applications.FastAPI": ("fastapi", "asgi"),
    "starlette.applications.Starlette": ("starlette", "asgi"),
    "litestar.Litestar": ("litestar", "asgi"),
    "litestar.app.Litestar": ("litestar", "asgi"),
    "quart.Quart": ("quart", "asgi"),
    "blacksheep.Application": ("blacksheep", "asgi"),
    "sanic.Sanic": ("sanic", "sanic"),
    "sanic.app.Sanic": ("sanic", "sanic"),
    "aiohttp.web.Application": ("aiohttp", "aiohttp"),
    "fasthtml.common.FastHTML": ("fasthtml", "asgi"),
    "fasthtml.core.FastHTML": ("fasthtml", "asgi"),
    "fasthtml.FastHTML": ("fasthtml", "asgi"),
}
MAKERS = {  # functions that give (app, …)
    "fasthtml.common.fast_app": ("fasthtml", "asgi"),
    "fasthtml.fastapp.fast_app": ("fasthtml", "asgi"),
}
STARS = {"fasthtml.common": ("FastHTML", "fast_app")}  # what `from X import *` brings
ROOT_FILES = ("app", "main", "wsgi", "asgi", "application", "server", "api", "run", "web", "index", "__init__")
NAMES = ("app", "application", "api", "server")
FACTORIES = ("create_app", "make_app", "get_app", "build_app", "app_factory", "init_app", "create_application")
NOT_APPS = frozenset(
    ("tests", "test", "docs", "migrations", "node_modules", "venv", ".venv", "env", "scripts", "examples", "static")
)
MAX_DEPTH = 4  # modules that hand a function on to each other
MAX_FILES = 200  # parsed at most: an app object deeper in a larger tree is named by a start command


class AppObject(Struct, frozen=True):
    """An app object: `module` as imported from the directory `root`, its variable or function, and its interface."""

    module: str
    name: str
    framework: str
    interface: str
    at: Location
    factory: bool = False
    root: str = ""

    @property
    def target(self) -> str:
        """As servers name it: "main:app"."""
        return f"{self.module}:{self.name}"


def find(tree: SourceTree) -> AppObject | None:
    """The app object of the app in a directory; None when no file holds one."""
    for path in files(tree):
        found = in_file(tree, path)
        if found is not None:
            return found
    return None


def files(tree: SourceTree) -> Iterator[str]:
    """The Python files where an app object may be, the likeliest first."""
    roots = ("", "src") if tree.is_dir("src") else ("",)
    count = 0
    for root in roots:
        directories = [root]
        here = tree.entries(root)
        packages = [f"{root}/{name}" if root else name for name, e in here.items() if e.kind == "dir" and is_code(name)]
        directories += sorted(packages, key=lambda path: rank(path.rpartition("/")[2]))
        deeper: list[str] = []
        for directory in directories:
            entries = tree.entries(directory)
            names = sorted((n[:-3] for n, e in entries.items() if n.endswith(".py") and e.kind != "dir"), key=rank)
            for name in names:
                count += 1
                if count > MAX_FILES:
                    return
                yield f"{directory}/{name}.py" if directory else f"{name}.py"
            if directory and directory != root:
                deeper += [f"{directory}/{n}" for n, e in entries.items() if e.kind == "dir" and is_code(n)]
        for directory in deeper:
            for name in ROOT_FILES:
                path = f"{directory}/{name}.py"
                if tree.has(path):
                    yield path


def is_code(name: str) -> bool:
    """Whether a directory may hold the app's modules."""
    return name.isidentifier() and name not in NOT_APPS and name != "src"


def rank(name: str) -> tuple[int, str]:
    """Conventional names first, in their order, then by alphabet."""
    return (ROOT_FILES.index(name), "") if name in ROOT_FILES else (len(ROOT_FILES), name)


def in_file(tree: SourceTree, path: str) -> AppObject | None:
    """The best app object of one file; None when it has none, or is not Python that parses."""
    text = tree.read_text(path)
    if text is None or not any(word in text for word in WORDS):
        return None
    module = parsed(text)
    if module is None:
        return None
    names = imported(module, package_of(path))
    where = tree.line_of(path).file
    found = [*objects(tree, path, module, names), *factories(module, names)]
    if not found:
        return None
    name, (framework, interface), line, factory = min(found, key=preference)
    root, dotted = module_of(path)
    beside = path.rpartition("/")[0]
    if beside and beside != root and imports_siblings(tree, module, root, beside):
        root, dotted = beside, path.rpartition("/")[2][:-3]
    return AppObject(dotted, name, framework, interface, Location(where, line), factory, root)


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


def parsed(text: str) -> ast.Module | None:
    """The module; None for text that is not Python."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


WORDS = (*sorted({dotted.partition(".")[0] for dotted in (*CLASSES, *MAKERS)}), *FACTORIES)
Found = tuple[str, tuple[str, str], int, bool]


def preference(found: Found) -> tuple[bool, int, int]:
    """An object before a factory, a conventional name before another, the earlier line."""
    name, _, line, factory = found
    known = FACTORIES if factory else NAMES
    return factory, known.index(name) if name in known else len(known), line


def module_of(path: str) -> tuple[str, str]:
    """Where a file's module is imported from, and its dotted name: "src/pkg/app.py" is ("src", "pkg.app")."""
    root = "src" if path.startswith("src/") else ""
    dotted = path.removeprefix("src/")[:-3].replace("/", ".")
    return root, dotted.removesuffix(".__init__")


def package_of(path: str) -> tuple[str, ...]:
    """The package a file belongs to: ("shop", "web") for "shop/web/app.py" and "shop/web/__init__.py"."""
    return tuple(path.removeprefix("src/").split("/")[:-1])


def imported(module: ast.Module, package: tuple[str, ...] = ()) -> dict[str, str]:
    """The names a module imports, as what they stand for; relative ones as seen from its package."""
    names: dict[str, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            source = ".".join((*above, *([node.module] if node.module else [])))
            for alias in node.names:
                if alias.name == "*":
                    names.update({name: f"{source}.{name}" for name in STARS.get(source, ())})
                else:
                    names[alias.asname or alias.name] = f"{source}.{alias.name}" if source else alias.name
    for node in module.body:  # a class of the app's own on top of a framework's
        if isinstance(node, ast.ClassDef):
            for base in node.bases:
                if dotted_name(base, names) in CLASSES:
                    names[node.name] = dotted_name(base, names)
    return names


def dotted_name(node: ast.expr | None, names: dict[str, str]) -> str:
    """The dotted name that an expression is, imports resolved; "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([names.get(node.id, node.id), *reversed(parts)])


def called(node: ast.expr | None, names: dict[str, str]) -> str:
    """The dotted name of what an expression calls, imports resolved; "" for no call."""
    return dotted_name(node.func, names) if isinstance(node, ast.Call) else ""


def top_level(module: ast.Module) -> Iterator[ast.stmt]:
    """The statements a module runs when imported, those in `if` and `try` too, not those under `__main__`."""
    stack: list[ast.stmt] = list(reversed(module.body))
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, ast.If) and not is_main(node):
            stack.extend(reversed(node.body + node.orelse))
        elif isinstance(node, ast.Try | ast.With):
            stack.extend(reversed(node.body))


def is_main(node: ast.stmt) -> bool:
    """Whether a statement is `if __name__ == "__main__":`."""
    return isinstance(node, ast.If) and "__name__" in ast.dump(node.test)


def objects(tree: SourceTree, path: str, module: ast.Module, names: dict[str, str]) -> Iterator[Found]:
    """The app objects assigned at the top of a module."""
    made: dict[str, tuple[str, str]] = functions(module, names)
    for node in top_level(module):
        targets: list[ast.expr] = []
        value: ast.expr | None = None
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign):
            targets, value = [node.target], node.value
        dotted = called(value, names)
        kind = CLASSES.get(dotted) or made.get(dotted)
        if kind is None and dotted not in MAKERS:
            kind = made_elsewhere(tree, "src" if path.startswith("src/") else "", dotted)
        for target in targets:
            if isinstance(target, ast.Name) and kind is not None:
                yield target.id, kind, node.lineno, False
            elif isinstance(target, ast.Tuple) and dotted in MAKERS and isinstance(target.elts[0], ast.Name):
                yield target.elts[0].id, MAKERS[dotted], node.lineno, False


def attribute_name(tree: SourceTree, path: str, name: str, attribute: str) -> str:
    """The variable of a file that is set to an attribute of another: `server = app.server`; "" when none is."""
    module = parsed(tree.read_text(path) or "")
    for node in top_level(module) if module is not None else ():
        if isinstance(node, ast.Assign) and dotted_name(node.value, {}) == f"{name}.{attribute}":
            for target in node.targets:
                if isinstance(target, ast.Name):
                    return target.id
    return ""


def made_elsewhere(tree: SourceTree, root: str, dotted: str, depth: int = 0) -> tuple[str, str] | None:
    """What a function of another module of the app gives: `shop.create_app`; None when it is no app.

    A name that the other module imports itself is followed, to a depth that no sensible app exceeds.
    """
    source, _, name = dotted.rpartition(".")
    if not source or depth > MAX_DEPTH:
        return None
    below = "/".join((*((root,) if root else ()), *source.split(".")))
    path = tree.first(f"{below}.py", f"{below}/__init__.py")
    module = parsed(tree.read_text(path) or "") if path is not None else None
    if path is None or module is None:
        return None
    names = imported(module, package_of(path))
    made = functions(module, names).get(name)
    if made is None and names.get(name, name) != name:
        return made_elsewhere(tree, root, names[name], depth + 1)
    return made


def functions(module: ast.Module, names: dict[str, str]) -> dict[str, tuple[str, str]]:
    """The functions of a module that give an app, by name."""
    return {name: kind for name, kind, _, _ in makers(module, names)}


def makers(module: ast.Module, names: dict[str, str]) -> Iterator[tuple[str, tuple[str, str], int, bool]]:
    """Functions that return an app, and whether they can be called without arguments."""
    for node in module.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        local: dict[str, tuple[str, str]] = {}
        kind: tuple[str, str] | None = CLASSES.get(dotted_name(node.returns, names))
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


def factories(module: ast.Module, names: dict[str, str]) -> Iterator[Found]:
    """The functions that make an app and need no arguments."""
    for name, kind, line, callable_ in makers(module, names):
        if callable_ and not name.startswith("_"):
            yield name, kind, line, True


def has_main(text: str) -> bool:
    """Whether a file does something when it is run: `if __name__ == "__main__":`, or a call at the top."""
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return any(is_main(node) for node in module.body) or any(
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) for node in module.body
    )
