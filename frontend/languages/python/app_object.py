"""The app object of a web framework, found by parsing: whatever its file and its variable are called.

Files are read in the order people look: conventional names at the root first, then packages. Each file gives its best
object; of those, one that another's module imports is a part of the other: a sub-app that is mounted, or an app that is
completed there. Nothing is imported or run.
"""

import ast
import sys

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.python import code
from frontend.languages.python.app_candidates import (
    Candidate,
    files,
    of_unknown_make,
    outermost,
    preference,
    rank,
    started,
    starts_itself,
)
from frontend.languages.python.app_objects import Found, assignments, in_module, is_conventional, promising
from frontend.languages.python.app_tables import NO_SERVED, ROOT_FILES
from frontend.languages.python.modules import Module, Modules, called, serves_when_imported
from frontend.paths import within


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
        found = [one for one in found if is_importable(one.module)]
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
        if module is None or serves_when_imported(module) or not is_importable(module):
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
    above = root and any(name.startswith(f"{root}.") for name in module.names.values())  # from src.shop import x
    if above or (reaches(module.tree) > dotted.count(".") + module.path.endswith("/__init__.py") and beside):
        root, dotted = "", as_module(module.path)
    elif beside and beside != root and imports_siblings(modules.tree, module.tree, root, beside):
        root, dotted = beside, module.stem
    at = modules.tree.at(module.path, best.line)
    serves_itself = starts_itself(modules, module, best.name)
    return AppObject(dotted, best.name, *best.kind, at, best.factory, root, module.path, serves_itself)


def is_importable(module: Module) -> bool:
    """Whether a module can be imported: one at the root that imports by a leading dot cannot: it is in no package."""
    return bool(module.directory) or not reaches(module.tree)


def reaches(module: ast.Module) -> int:
    """How many packages a module has to be in for its relative imports: 1 for `from . import x`, 0 without any."""
    return max((node.level for node in code.walked(module) if isinstance(node, ast.ImportFrom)), default=0)


def as_module(path: str) -> str:
    """The dotted name of a file's module, as it is imported from the app's own directory."""
    return path[:-3].replace("/", ".").removesuffix(".__init__")


def imports_siblings(tree: SourceTree, module: ast.Module, root: str, beside: str) -> bool:
    """Whether a module imports others of its own directory by their bare names: it is meant to be run in there.

    One that names its own package too is meant to be a part of that: the bare names stand in for when it is not.
    """
    absolute = [node.module for node in code.walked(module) if isinstance(node, ast.ImportFrom) and not node.level]
    absolute += [alias.name for node in code.walked(module) if isinstance(node, ast.Import) for alias in node.names]
    package = beside.removeprefix(root).strip("/").replace("/", ".")
    if any(f"{dotted}.".startswith(f"{package}.") for dotted in absolute if dotted):
        return False
    for name in sorted({dotted.partition(".")[0] for dotted in absolute if dotted} - sys.stdlib_module_names):
        here, above = within(beside, name), within(root, name)
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
