"""The app's Python modules, parsed: what a module imports, calls and runs. Nothing is imported or run."""

import ast
from collections.abc import Iterator

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.languages.python import code
from frontend.paths import within

STARS = {"fasthtml.common": ("FastHTML", "fast_app")}  # what `from X import *` brings
RUNS = ("run", "run_app", "serve", "serve_forever", "run_forever")  # functions that serve until they are stopped
NO_SERVERS = ("asyncio", "anyio", "trio", "subprocess", "unittest")  # their `run` is that of any code


class Module(Struct, frozen=True, eq=False):
    """A module: its file, its parsed text, and the names it imports as what they stand for ("shop.web.app")."""

    path: str
    text: str
    tree: ast.Module
    names: dict[str, str]

    @property
    def directory(self) -> str:
        """The directory of its file, "" for the app's own."""
        return self.path.rpartition("/")[0]

    @property
    def stem(self) -> str:
        """What its file is called, without ".py"."""
        return self.path.rpartition("/")[2][:-3]


class Modules:
    """The modules of an app, each read and parsed once. `open` are those whose objects are being looked for."""

    def __init__(self, tree: SourceTree) -> None:
        self.tree = tree
        self.parsed: dict[str, Module | None] = {}
        self.open: set[str] = set()

    def read(self, path: str) -> Module | None:
        """The module of a file; None for one that is absent, or no Python."""
        if path not in self.parsed:
            text = self.tree.read_text(path)
            tree = parsed(text) if text is not None else None
            self.parsed[path] = (
                Module(path, text, tree, imported(tree, package_of(path))) if text is not None and tree else None
            )
        return self.parsed[path]

    def locate(self, dotted: str, by: Module) -> str | None:
        """The file of a module that another imports; None for one that is not the app's.

        It is looked for where the app is imported from, then beside the module: that is run in there.
        """
        if not dotted:
            return None
        path = dotted.replace(".", "/")
        roots = ("src", by.directory, "") if by.path.startswith("src/") else ("", by.directory)
        for root in dict.fromkeys(roots):
            below = within(root, path)
            files = (f"{below}.py", f"{below}/__init__.py")
            self.tree.need(*files)
            found = self.tree.first(*files)
            if found is not None:
                return found
        return None

    def imports(self, module: Module) -> frozenset[str]:
        """The files of the app that a module imports itself."""
        found = (self.locate(dotted, module) for dotted in imported_modules(module))
        return frozenset(path for path in found if path is not None and path != module.path)


def parsed(text: str) -> ast.Module | None:
    """The module; None for text that is not Python."""
    return code.parsed(text)


def package_of(path: str) -> tuple[str, ...]:
    """The package a file belongs to: ("shop", "web") for "shop/web/app.py" and "shop/web/__init__.py"."""
    return tuple(path.removeprefix("src/").split("/")[:-1])


def source_of(node: ast.ImportFrom, package: tuple[str, ...]) -> str:
    """The module that `from X import …` names, a relative one as seen from its package."""
    above = package[: len(package) - node.level + 1] if node.level else ()
    return ".".join((*above, *([node.module] if node.module else [])))


def imported(module: ast.Module, package: tuple[str, ...] = ()) -> dict[str, str]:
    """The names a module imports, as what they stand for; relative ones as seen from its package."""
    names: dict[str, str] = {}
    for node in code.walked(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                whole = alias.name if alias.asname else alias.name.partition(".")[0]
                names[alias.asname or whole] = whole
        elif isinstance(node, ast.ImportFrom):
            source = source_of(node, package)
            for alias in node.names:
                if alias.name == "*":
                    names.update({name: f"{source}.{name}" for name in STARS.get(source, ())})
                else:
                    names[alias.asname or alias.name] = f"{source}.{alias.name}" if source else alias.name
    return names


def imported_modules(module: Module) -> Iterator[str]:
    """The dotted names a module imports that may be modules: "shop" and "shop.web" for `from shop import web`."""
    package = package_of(module.path)
    for node in code.walked(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = source_of(node, package)
            yield source
            yield from (f"{source}.{alias.name}" if source else alias.name for alias in node.names)


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


def serves(call: ast.expr, names: dict[str, str]) -> bool:
    """Whether an expression is the call of a function that serves: `app.run()`, `uvicorn.run(app)`."""
    dotted = called(call, names)
    return dotted.rpartition(".")[2] in RUNS and dotted.partition(".")[0] not in NO_SERVERS


def serves_when_imported(module: Module) -> bool:
    """Whether importing a module starts a server, and never ends."""
    return any(isinstance(node, ast.Expr) and serves(node.value, module.names) for node in top_level(module.tree))


def does_something(text: str) -> bool:
    """Whether a file does something when it is run: has `if __name__ == "__main__":`, a call or a loop at the top."""
    module = parsed(text)
    if module is None:
        return False
    defined = {node.name for node in module.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    for node in top_level(module):
        if is_main(node) or isinstance(node, ast.While | ast.For | ast.Raise):
            return True
        if isinstance(node, ast.Expr) and any(isinstance(inner, ast.Call) for inner in ast.walk(node)):
            return True
        if isinstance(node, ast.Assign) and called(node.value, {}) in defined:  # status = main()
            return True
    return False
