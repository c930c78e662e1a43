"""What setup.py and setup.cfg say, read without running either: name, dependencies, the Python they require."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.python import code

if TYPE_CHECKING:
    from configparser import ConfigParser

PY, CFG = "setup.py", "setup.cfg"


class Setup(Struct, frozen=True):
    """What the call of `setup()`, or the tables of setup.cfg, name; "" and () for what they leave to code.

    `requires` are requirement specifiers, each with its place; `python` is a PEP 440 range, `scripts` the names of
    the programs that installing makes (console_scripts). `requires_nothing` says that there are surely none.
    """

    name: str = ""
    requires: tuple[tuple[str, Location], ...] = ()
    python: str = ""
    python_at: Location | None = None
    scripts: tuple[str, ...] = ()
    requires_nothing: bool = True


def read(tree: SourceTree) -> Setup:
    """Both files together, setup.cfg first. Raises PlanError for a setup.cfg that cannot be read."""
    cfg, py = read_cfg(tree), read_py(tree)
    python = cfg if cfg.python else py
    return Setup(
        cfg.name or py.name,
        (*cfg.requires, *py.requires),
        python.python,
        python.python_at,
        (*cfg.scripts, *py.scripts),
        cfg.requires_nothing and py.requires_nothing,
    )


def parsed_cfg(tree: SourceTree) -> ConfigParser | None:
    """The tables of setup.cfg; None when it is absent. Raises PlanError when it is not what configparser reads."""
    text = tree.read_text(CFG) if tree.has(CFG) else None
    if text is None:
        return None
    from configparser import ConfigParser, Error

    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except Error as error:
        number = getattr(error, "lineno", 0) or next((n for n, _ in getattr(error, "errors", ())), 0)
        raise PlanError(
            f"setup.cfg cannot be read: {str(error).splitlines()[0]}",
            at=tree.at(CFG, number),
            hint="its syntax is that of Python's configparser",
        ) from error
    return parser


def read_cfg(tree: SourceTree) -> Setup:
    """setup.cfg alone. Raises PlanError when it cannot be read."""
    parser = parsed_cfg(tree)
    if parser is None:
        return Setup()
    listed = parser.get("options", "install_requires", fallback="").splitlines()
    python = parser.get("options", "python_requires", fallback="")
    return Setup(
        parser.get("metadata", "name", fallback=""),
        tuple((line.strip(), tree.line_of(CFG, line.strip())) for line in listed if line.strip()),
        python,
        tree.line_of(CFG, "python_requires") if python else None,
        names_of(parser.get("options.entry_points", "console_scripts", fallback="").splitlines()),
        not any(line.strip() for line in listed),
    )


def names_of(lines: list[str]) -> tuple[str, ...]:
    """The names of entry points: "serve" of "serve = shop.cli:main"."""
    return tuple(line.partition("=")[0].strip() for line in lines if "=" in line)


def read_py(tree: SourceTree) -> Setup:
    """The constants that setup.py gives to `setup()`, or assigns to the names it gives."""
    text = tree.read_text(PY) if tree.has(PY) else None
    if text is None:
        return Setup()
    module = code.parsed(text)
    if module is None:
        return Setup(requires_nothing=False)
    names = names_in(module)
    given = {word.arg: resolved(word.value, names) for word in arguments(module) if word.arg is not None}
    requires = given.get("install_requires")
    elements = requires.elts if isinstance(requires, ast.List | ast.Tuple) else []
    texts = [(one.value, one.lineno) for one in elements if isinstance(one, ast.Constant)]
    python = given.get("python_requires")
    return Setup(
        constant(given.get("name")),
        tuple((value, tree.at(PY, line)) for value, line in texts if isinstance(value, str)),
        constant(python),
        tree.at(PY, python.lineno) if constant(python) and python is not None else None,
        names_of(console_scripts(given.get("entry_points"))),
        bool(given) and requires is None and all(word.arg for word in arguments(module)),
    )


def extras(tree: SourceTree) -> dict[str, tuple[str, ...]]:
    """The `extras_require` of setup.cfg, or else the constants of setup.py's, by name."""
    parser = parsed_cfg(tree)
    if parser is not None and parser.has_section("options.extras_require"):
        section = parser["options.extras_require"]
        return {name: tuple(filter(None, map(str.strip, text.splitlines()))) for name, text in section.items()}
    module = code.parsed(tree.read_text(PY) or "") if tree.has(PY) else None
    if module is None:
        return {}
    value = next((word.value for word in arguments(module) if word.arg == "extras_require"), None)
    table = resolved(value, names_in(module)) if value is not None else None
    if not isinstance(table, ast.Dict):
        return {}
    return {
        constant(key): tuple(filter(None, map(constant, listed.elts)))
        for key, listed in zip(table.keys, table.values, strict=True)
        if constant(key) and isinstance(listed, ast.List | ast.Tuple)
    }


def names_in(module: ast.Module) -> dict[str, ast.expr]:
    """The names that a module assigns at its top, and their values."""
    return {
        target.id: node.value
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def console_scripts(value: ast.expr | None) -> list[str]:
    """The constants under "console_scripts" in the `entry_points` that setup.py gives."""
    pairs = zip(value.keys, value.values, strict=True) if isinstance(value, ast.Dict) else ()
    listed = next((v for key, v in pairs if key is not None and constant(key) == "console_scripts"), None)
    elements = listed.elts if isinstance(listed, ast.List | ast.Tuple) else []
    return [constant(one) for one in elements]


def arguments(module: ast.Module) -> list[ast.keyword]:
    """The keywords of the call of `setup()`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called == "setup":
                return node.keywords
    return []


def line_of_keyword(tree: SourceTree, name: str) -> int:
    """The line of setup.py that gives `setup()` an argument which is not False; 0 without one."""
    module = code.parsed(tree.read_text(PY) or "") if tree.has(PY) else None
    given = (word for word in arguments(module) if word.arg == name) if module is not None else ()
    return next((word.value.lineno for word in given if getattr(word.value, "value", True) is not False), 0)


def resolved(value: ast.expr, names: dict[str, ast.expr]) -> ast.expr:
    """A value, or what the name it is was assigned."""
    return names.get(value.id, value) if isinstance(value, ast.Name) else value


def constant(value: ast.expr | None) -> str:
    """The text an expression is; "" for any other."""
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
