"""Which files may have the app object, and which of their objects is the one that is served."""

import ast
from collections.abc import Iterator

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.languages.python import code
from frontend.languages.python.app_objects import Found, assignments, is_conventional
from frontend.languages.python.app_tables import (
    FACTORIES,
    MAX_FILES,
    NAMES,
    NOT_APP_FILES,
    NOT_APPS,
    ROOT_FILES,
)
from frontend.languages.python.modules import Module, Modules, called, serves, top_level
from frontend.paths import within

SERVED = ("wsgi.py", "asgi.py")  # files that are there for a server alone
Target = tuple[str, str]  # a file, and a name in it


class Candidate(Struct, frozen=True):
    """The best object of a module; `order` is the place of its file in the order they were read in."""

    module: Module
    best: Found
    order: int


def files(tree: SourceTree) -> tuple[list[str], list[str]]:
    """The Python files where an app object may be, the likeliest first, and those to look at if none has one."""
    roots = ("", "src") if tree.is_dir("src") else ("",)
    near: list[str] = []
    deep: list[str] = []
    tree.need_entries(*roots)
    for root in roots:
        here = tree.entries(root)
        packages = [within(root, name) for name, e in here.items() if e.kind == "dir" and is_code(name)]
        tree.need_entries(*packages)
        for directory in (root, *sorted(packages, key=lambda path: place(path.rpartition("/")[2]))):
            entries = tree.entries(directory)
            names = sorted((n[:-3] for n, e in entries.items() if n.endswith(".py") and e.kind != "dir"), key=place)
            near += [
                within(directory, f"{name}.py")
                for name in names
                if is_app_file(name) and not (name in entries and is_package(tree, within(directory, name)))
            ]
            if directory != root:
                below = [f"{directory}/{n}" for n, e in entries.items() if e.kind == "dir" and is_code(n)]
                deep += [f"{path}/{name}.py" for path in below for name in ROOT_FILES]
    deep = deep[: MAX_FILES * len(ROOT_FILES)]
    tree.need(*deep)
    return near[:MAX_FILES], [path for path in deep if tree.has(path)][:MAX_FILES]


def is_package(tree: SourceTree, path: str) -> bool:
    """Whether a directory is a package: a module of its name beside it cannot be imported."""
    return tree.has(f"{path}/__init__.py")


def is_code(name: str) -> bool:
    """Whether a directory may hold the app's modules."""
    return name.isidentifier() and name not in NOT_APPS and name != "src"


def is_app_file(name: str) -> bool:
    """Whether a file's name is not that of a test or of a tool's configuration."""
    return name not in NOT_APP_FILES and not name.startswith("test_") and not name.endswith("_test")


def place(name: str) -> tuple[int, str]:
    """Conventional names first, in their order, then by alphabet."""
    return (ROOT_FILES.index(name), "") if name in ROOT_FILES else (len(ROOT_FILES), name)


def preference(found: Found, module: Module, named: frozenset[Target]) -> tuple[bool, bool, bool, int, int]:
    """The one that is started, an object before a factory, the outermost, a conventional name before another."""
    known = FACTORIES if found.factory else NAMES
    convention = known.index(found.name) if found.name in known else len(known)
    return (module.path, found.name) not in named, found.factory, found.wrapped, convention, found.line


def rank(one: Candidate, named: frozenset[Target]) -> tuple[bool, bool, bool, bool, int, int]:
    """The one that is there for a server, the one that is started, a conventional variable, a conventional file, the
    least deep, the first."""
    path, name = one.module.path, one.best.name
    conventional = name in NAMES or (one.best.factory and name in FACTORIES)
    depth = path.removeprefix("src/").count("/")
    entry = path in SERVED  # beside a run.py, which starts it for a developer
    return not entry, (path, name) not in named, not conventional, not is_conventional(one.module), depth, one.order


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
    for node in code.walked(module.tree):
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
