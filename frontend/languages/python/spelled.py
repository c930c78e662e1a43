"""Paths that the app's modules spell out: `os.path.join(BASE_DIR, "data")`, `Path.home() / ".app"`. Nothing is run.

A path is text as Python would make it, in an image where the app is at its place; what is not known is UNKNOWN in it.
Sources: https://docs.python.org/3/library/os.path.html, https://docs.python.org/3/library/pathlib.html
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from posixpath import dirname, join, normpath

from msgspec import Struct

from frontend.languages.python import code
from frontend.languages.python.modules import Module, dotted_name
from frontend.paths import HOME

UNKNOWN = "\0"
DEPTH = 12  # of expressions, and of names that stand for names
ENVIRONMENT = ("os.environ.get", "os.getenv", "environ.get", "getenv")
CONFIGURED = ("config", "env", "env.str", "env.path", "decouple.config")  # of decouple and environ: a name, its default
SAME = ("str", "os.fspath", "os.path.normpath", "os.path.expandvars")
ABSOLUTE = ("os.path.abspath", "os.path.realpath")
PATHS = ("pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "anyio.Path")


class Text(Struct, frozen=True):
    """A text, and the variable that it is read from, which would be another one: "" for none.

    An empty text with a variable is that of a variable without a default.
    """

    text: str
    variable: str = ""


class Scope(Struct, frozen=True, eq=False):
    """What the names of a module stand for: `values` of those that are assigned once, None for others.

    `file` is the module's, in the image. `self.path` is such a name too.
    """

    file: str
    module: Module
    values: dict[str, ast.expr | None]


Find = Callable[[Scope, str], tuple[Scope, str] | None]
"""The module of the app that a dotted name of another leads into, and the name in there; None for none."""


class Reader(Struct, frozen=True, eq=False):
    """What texts are read with: the directory where the app runs, its variables, and the way to other modules."""

    runs: str
    env: Mapping[str, str]
    find: Find

    def read(self, node: ast.expr | None, scope: Scope, depth: int = 0) -> Text | None:
        """The text that an expression is; None where nothing of it is known."""
        if depth > DEPTH:
            return None
        deeper = depth + 1
        match node:
            case ast.Constant(value=str(text)):
                return Text(text)
            case ast.JoinedStr(values=parts):
                return self.added(parts, scope, deeper)
            case ast.FormattedValue(value=value, conversion=-1):
                return self.read(value, scope, deeper)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self.added((left, right), scope, deeper)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return self.joined((left, right), scope, deeper)
            case ast.BinOp(left=left, op=ast.Mod()):
                return cut(self.read(left, scope, deeper), "%")
            case ast.BoolOp(op=ast.Or(), values=values):
                return self.first(values, scope, deeper)
            case ast.Subscript():
                return self.of_subscript(node, scope, deeper)
            case ast.Name() | ast.Attribute():
                return self.of_name(node, scope, deeper)
            case ast.Call():
                return self.of_call(node, scope, deeper)
        return None

    def added(self, parts: "list[ast.expr] | tuple[ast.expr, ...]", scope: Scope, depth: int) -> Text | None:
        """Texts behind each other."""
        found = [self.read(part, scope, depth) for part in parts]
        if not found or found[0] is None or (not found[0].text and found[0].variable):
            return None
        known = [one or Text(UNKNOWN) for one in found]
        return Text("".join(one.text or UNKNOWN for one in known), variable_of(known))

    def joined(self, parts: "list[ast.expr] | tuple[ast.expr, ...]", scope: Scope, depth: int) -> Text | None:
        """Texts joined as paths."""
        found = [self.read(part, scope, depth) for part in parts]
        if not found or found[0] is None or (not found[0].text and found[0].variable):
            return None
        known = [one or Text(UNKNOWN) for one in found]
        return Text(join(*(one.text or UNKNOWN for one in known)), variable_of(known))

    def first(self, values: list[ast.expr], scope: Scope, depth: int) -> Text | None:
        """The first text of some, `os.environ.get("DIR") or "data"`, each of them known."""
        found = [self.read(value, scope, depth) for value in values]
        known = [one for one in found if one is not None]
        text = next((one.text for one in known if one.text), "")
        return Text(text, variable_of(known)) if len(known) == len(found) else None

    def of_subscript(self, node: ast.Subscript, scope: Scope, depth: int) -> Text | None:
        """A variable, or one of the directories above a path."""
        index = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if isinstance(index, str) and dotted_name(node.value, scope.module.names) in ("os.environ", "environ"):
            return self.variable(index)
        if isinstance(index, int) and isinstance(node.value, ast.Attribute) and node.value.attr == "parents":
            path = self.read(node.value.value, scope, depth)
            for _ in range(index + 1) if path is not None and index < DEPTH else ():
                path = Text(dirname(path.text), path.variable) if path is not None else None
            return path
        return None

    def variable(self, name: str, default: Text | None = None) -> Text | None:
        """A variable: what it is set to, else its default."""
        if name == "HOME":
            return Text(self.env.get(name, HOME))
        if name in self.env:
            return Text(self.env[name])
        return Text(default.text if default is not None else "", name)

    def of_name(self, node: ast.Name | ast.Attribute, scope: Scope, depth: int) -> Text | None:
        """What a name stands for, or what an attribute of a path is."""
        if isinstance(node, ast.Attribute):
            if node.attr in ("parent", "instance_path", "root_path"):
                above = Text(dirname(scope.file)) if node.attr == "root_path" else Text(f"{self.runs}/instance")
                path = self.read(node.value, scope, depth) if node.attr == "parent" else None
                found = Text(dirname(path.text.rstrip("/")), path.variable) if path is not None else None
                return found if node.attr == "parent" else above
            if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
                return self.read(scope.values.get(f"self.{node.attr}"), scope, depth)
        elif node.id == "__file__":
            return Text(scope.file)
        elif node.id not in scope.module.names:
            return self.read(scope.values.get(node.id), scope, depth)
        there = self.find(scope, dotted_name(node, scope.module.names))
        return self.read(there[0].values.get(there[1]), there[0], depth) if there is not None else None

    def of_call(self, node: ast.Call, scope: Scope, depth: int) -> Text | None:
        """What a call of a function for paths or variables returns."""
        name = self.function(node.func, scope)
        args = node.args
        if name in ("os.path.join", *PATHS):
            return self.joined(args, scope, depth) if args else Text(".")
        if name in ("os.getcwd", "pathlib.Path.cwd", "os.path.expanduser", "pathlib.Path.home"):
            if name == "os.path.expanduser":
                return expanded(self.read(args[0], scope, depth)) if args else None
            return Text(HOME if name.endswith("home") else self.runs)
        if name in (*SAME, *ABSOLUTE, "os.path.dirname") and args:
            return self.changed(name, self.read(args[0], scope, depth))
        first = args[0].value if args and isinstance(args[0], ast.Constant) else None
        if name in (*ENVIRONMENT, *CONFIGURED) and isinstance(first, str):
            default = next((one.value for one in node.keywords if one.arg == "default"), None)
            default = args[1] if default is None and len(args) > 1 and name in ENVIRONMENT else default
            known = self.read(default, scope, depth)
            return self.variable(first, known) if default is None or known is not None else None
        if not isinstance(node.func, ast.Attribute):
            return None
        return self.of_method(node.func, node, scope, depth)

    def function(self, func: ast.expr, scope: Scope) -> str:
        """The dotted name of a function, of one that only hands on to another the other's: `env = os.environ.get`, and
        `def env(name, default=None): return os.getenv(name, default)`."""
        name = dotted_name(func, scope.module.names)
        if not isinstance(func, ast.Name) or name in scope.module.names:
            return name
        given = scope.values.get(name)
        if isinstance(given, ast.Name | ast.Attribute):
            return dotted_name(given, scope.module.names)
        defined = next((one for one in scope.module.tree.body if is_function(one, name)), None)
        handed = defined.body[-1] if isinstance(defined, ast.FunctionDef) else None
        if isinstance(handed, ast.Return) and isinstance(handed.value, ast.Call) and len(handed.value.args) > 1:
            through = dotted_name(handed.value.func, scope.module.names)
            return through if through in ENVIRONMENT else name
        return name

    def of_method(self, func: ast.Attribute, node: ast.Call, scope: Scope, depth: int) -> Text | None:
        """What a method of a path, or of a text, returns."""
        if func.attr == "joinpath":
            return self.joined((func.value, *node.args), scope, depth)
        if func.attr in ("resolve", "absolute"):
            return self.changed(ABSOLUTE[0], self.read(func.value, scope, depth))
        if func.attr == "expanduser":
            return expanded(self.read(func.value, scope, depth))
        return cut(self.read(func.value, scope, depth), "{") if func.attr == "format" else None

    def changed(self, name: str, path: Text | None) -> Text | None:
        """A path after a function of os.path."""
        if path is None or (not path.text and path.variable):
            return path
        if name == "os.path.dirname":
            return Text(dirname(path.text), path.variable)
        return Text(normpath(join(self.runs, path.text)), path.variable) if name in ABSOLUTE else path


def is_function(node: ast.stmt, name: str) -> bool:
    """Whether a statement defines the function of a name."""
    return isinstance(node, ast.FunctionDef) and node.name == name


def variable_of(found: list[Text]) -> str:
    """The variable of the first of some texts that has one."""
    return next((one.variable for one in found if one.variable), "")


def expanded(path: Text | None) -> Text | None:
    """A path, `~` as the home directory."""
    if path is None or not (path.text == "~" or path.text.startswith("~/")):
        return path
    return Text(HOME + path.text[1:], path.variable)


def cut(text: Text | None, sign: str) -> Text | None:
    """A text up to a sign that another value comes behind."""
    if text is None or sign not in text.text:
        return text
    return Text(text.text.partition(sign)[0] + UNKNOWN, text.variable)


def scope_of(file: str, module: Module) -> Scope:
    """The scope of a module, whose file is called so in the image."""
    values: dict[str, ast.expr | None] = {}
    for name, value in assigned(module.tree):
        values[name] = None if name in values else value
    return Scope(file, module, values)


def assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr | None]]:
    """Each name that gets a value in a module, and the value where one expression is it."""
    for node in code.walked(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                yield from ((name, value) for target in targets for name in names_of(target))
            case ast.AnnAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
                yield from ((name, value) for name in names_of(target))
            case ast.AugAssign(target=target) | ast.For(target=target) | ast.AsyncFor(target=target):
                yield from ((name, None) for name in names_of(target))
            case ast.withitem(optional_vars=ast.Name(id=name)) | ast.arg(arg=name) | ast.ClassDef(name=name):
                yield name, None


def names_of(target: ast.expr) -> Iterator[str]:
    """The name that a target of an assignment is; of several at once none has one value."""
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
        yield f"self.{target.attr}"
