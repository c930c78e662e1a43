"""The app objects of one module: those that it makes, wraps, imports or gives by a function. Nothing is run."""

import ast
from collections.abc import Iterator

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.languages.python.app_tables import (
    ADAPTERS,
    BARE,
    CLASSES,
    ENTRY_WORDS,
    FACTORIES,
    FORMS,
    MADE_BY,
    MAKERS,
    MAX_DEPTH,
    NAMES,
    ROOT_FILES,
    WRAPPED_NAMES,
    WRAPPER_END,
    WRAPPERS,
    Kind,
)
from frontend.languages.python.modules import (
    Module,
    Modules,
    called,
    dotted_name,
    parsed,
    serves_when_imported,
    top_level,
)


class Found(Struct, frozen=True):
    """A name of a module that is an app, or makes one. `wrapped` says that another object there takes it in."""

    name: str
    kind: Kind
    line: int
    factory: bool = False
    wrapped: bool = False
    imported: bool = False


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
