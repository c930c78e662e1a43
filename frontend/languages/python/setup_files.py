"""What setup.py and setup.cfg say, read without running either: name, dependencies, the Python they require."""

import ast
from configparser import ConfigParser
from configparser import Error as ConfigParserError

from msgspec import Struct

from frontend.errors import Location, PlanError
from frontend.source import SourceTree

PY, CFG = "setup.py", "setup.cfg"


class Setup(Struct, frozen=True):
    """What the call of `setup()`, or the tables of setup.cfg, name; "" and () for what they leave to code.

    `requires` are requirement specifiers, each with its place; `python` is a PEP 440 range.
    """

    name: str = ""
    requires: tuple[tuple[str, Location], ...] = ()
    python: str = ""
    python_at: Location | None = None


def read(tree: SourceTree) -> Setup:
    """Both files together, setup.cfg first. Raises PlanError for a setup.cfg that cannot be read."""
    cfg, py = read_cfg(tree), read_py(tree)
    python = cfg if cfg.python else py
    return Setup(cfg.name or py.name, (*cfg.requires, *py.requires), python.python, python.python_at)


def read_cfg(tree: SourceTree) -> Setup:
    """setup.cfg alone. Raises PlanError when it is not what configparser reads."""
    text = tree.read_text(CFG) if tree.has(CFG) else None
    if text is None:
        return Setup()
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except ConfigParserError as error:
        number = getattr(error, "lineno", 0) or next((n for n, _ in getattr(error, "errors", ())), 0)
        raise PlanError(
            f"setup.cfg cannot be read: {str(error).splitlines()[0]}",
            at=Location(tree.line_of(CFG).file, number or 0),
            hint="its syntax is that of Python's configparser",
        ) from error
    listed = parser.get("options", "install_requires", fallback="").splitlines()
    python = parser.get("options", "python_requires", fallback="")
    return Setup(
        parser.get("metadata", "name", fallback=""),
        tuple((line.strip(), tree.line_of(CFG, line.strip())) for line in listed if line.strip()),
        python,
        tree.line_of(CFG, "python_requires") if python else None,
    )


def read_py(tree: SourceTree) -> Setup:
    """The constants that setup.py gives to `setup()`, or assigns to the names it gives."""
    text = tree.read_text(PY) if tree.has(PY) else None
    if text is None:
        return Setup()
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return Setup()
    file = tree.line_of(PY).file
    names = {
        target.id: node.value
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    given = {word.arg: resolved(word.value, names) for word in arguments(module) if word.arg is not None}
    requires = given.get("install_requires")
    elements = requires.elts if isinstance(requires, ast.List | ast.Tuple) else []
    texts = [(one.value, one.lineno) for one in elements if isinstance(one, ast.Constant)]
    python = given.get("python_requires")
    return Setup(
        constant(given.get("name")),
        tuple((value, Location(file, line)) for value, line in texts if isinstance(value, str)),
        constant(python),
        Location(file, python.lineno) if constant(python) and python is not None else None,
    )


def arguments(module: ast.Module) -> list[ast.keyword]:
    """The keywords of the call of `setup()`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called == "setup":
                return node.keywords
    return []


def resolved(value: ast.expr, names: dict[str, ast.expr]) -> ast.expr:
    """A value, or what the name it is was assigned."""
    return names.get(value.id, value) if isinstance(value, ast.Name) else value


def constant(value: ast.expr | None) -> str:
    """The text an expression is; "" for any other."""
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
