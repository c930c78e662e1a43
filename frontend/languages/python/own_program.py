"""An app object that only the app's own program sets up: then that program is started, and not the object served.

`main()` reads its options, loads data or configuration into the app, and serves it. By another server the object
would answer without any of it.
Sources: https://docs.python.org/3/library/argparse.html, https://click.palletsprojects.com
"""

import ast
from collections.abc import Iterator, Mapping

from msgspec import Struct

from frontend.errors import PlanError
from frontend.languages.python import app_object, code, modules, serve, servers
from frontend.languages.python.app_object import AppObject
from frontend.languages.python.modules import Module, Modules, called
from frontend.languages.python.serve import App, Web

HOSTS = ("--host", "--bind-host", "--address", "--hostname", "--ip", "--listen-host")
PORTS = ("--port", "--listen-port", "--http-port")
DECLARES = ("add_argument", "add_option", "option", "argument")  # of argparse, optparse, click
SEVERAL = ("add_subparsers", ".group(")  # a program of several commands: which one serves is not known
MAKERS = ("make_server", "WSGIServer", "ThreadingWSGIServer")  # of servers that are made, then run
SETS = ("update", "from_object", "from_mapping", "from_pyfile", "from_file", "from_envvar")  # of a configuration
HARMLESS = frozenset(("debug", "env", "testing", "templates_auto_reload", "host", "port", "logger"))
OPTIONAL = ("?", "*")  # `nargs` of an argument that may be left out


class Program(Struct, frozen=True, eq=False):
    """A program of the app: what its module is imported as, and the function that it calls; "" for a script."""

    name: str
    module: Module
    dotted: str
    function: str

    @property
    def command(self) -> str:
        """As a user starts it."""
        return self.name if self.function else f"python {self.name}"


def find(app: App, found: AppObject, programs: Mapping[str, object]) -> Web | None:
    """The program that sets up the app object and serves it where options say; None where there is none.

    `programs` are those that installing the app makes, each with what it calls ("shop.cli:main"). Raises PlanError for
    one that needs arguments which nobody knows.
    """
    if found.factory or not found.path:
        return None
    known = Modules(app.tree)
    for program in candidates(app, found, known, programs):
        options = {one for call in declarations(program.module) for one in texts(call)}
        host, port = (next((one for one in names if one in options), "") for names in (HOSTS, PORTS))
        if not host or not port or not serves(program.module) or is_meant(app, found, program.module):
            continue
        line = set_up(program.module, found, known)
        if not line:
            continue
        at, why = app.tree.at(program.module.path, line), f"{program.name} sets up the app before it serves it"
        missing = [name for call in declarations(program.module) if (name := required(call))]
        if missing:
            message = f"cannot determine the start command: {why}, and needs {', '.join(missing)}"
            hint = f'set RUN_COMMAND="{program.command} … {host} 0.0.0.0 {port} $PORT" with what it needs'
            raise PlanError(message, at=at, hint=hint)
        package = serve.PACKAGES.get(found.framework, found.framework)
        return Web(
            started(program, host, port),
            why,
            at,
            python_path=(found.root,) if found.root and not program.function else (),
            framework=(package, found.at) if package else None,
            script=program.name if program.function else "",
        )
    return None


def candidates(app: App, found: AppObject, known: Modules, programs: Mapping[str, object]) -> Iterator[Program]:
    """The app's programs that know its app object: those that are installed, then its file where that is a script."""
    for name, entry in programs.items():
        dotted, _, function = str(entry).partition("[")[0].strip().partition(":")
        base = dotted.replace(".", "/")
        path = app.tree.first(*(f"{root}{base}{end}" for root in ("", "src/") for end in (".py", "/__init__.py")))
        module = known.read(path) if path is not None and function else None
        if module is not None and (module.path == found.path or found.path in known.imports(module)):
            yield Program(name, module, dotted, function)
    module = known.read(found.path)
    if module is not None and any(modules.is_main(node) for node in module.tree.body):
        yield Program(found.path, module, found.module, "")


def started(program: Program, host: str, port: str) -> tuple[str, ...]:
    """The argument list that starts a program where the container is asked."""
    before = f'sys.argv[1:] = ["{host}", "0.0.0.0", "{port}", {servers.PORT}]; '
    if program.function:
        return servers.run_entry(program.name, program.dotted, program.function, before)
    if app_object.reaches(program.module.tree):
        return servers.run_module(program.dotted, before)
    return servers.run_file(program.module.path, before)


def is_meant(app: App, found: AppObject, program: Module) -> bool:
    """Whether the app depends on a server that its program does not use: the object is there for that one."""
    server = serve.chosen(app, found.interface)
    return bool(server) and server not in program.text


def serves(module: Module) -> bool:
    """Whether a module serves an app itself, by one command."""
    if any(word in module.text for word in SEVERAL):
        return False
    calls = [node for node in code.walked(module.tree) if isinstance(node, ast.Call)]
    made = (called(call, module.names).rpartition(".")[2] in MAKERS for call in calls)
    return any(made) or any(modules.serves(call, module.names) for call in calls)


def declarations(module: Module) -> Iterator[ast.Call]:
    """The calls that declare options and arguments of a program."""
    for node in code.walked(module.tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in DECLARES:
            yield node


def texts(call: ast.Call) -> Iterator[str]:
    """The names that a declaration gives."""
    for value in call.args:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def required(call: ast.Call) -> str:
    """The name of an option or argument that a program does not start without; "" for another."""
    given = {one.arg: one.value.value if isinstance(one.value, ast.Constant) else None for one in call.keywords}
    name = max(texts(call), key=len, default="")
    if "required" in given or name.startswith("-"):
        return name if given.get("required") is True else ""
    is_optional = "default" in given or ("nargs" in given and given["nargs"] in (*OPTIONAL, None))
    return "" if is_optional else name.upper()


def set_up(module: Module, found: AppObject, known: Modules) -> int:
    """The line where a program puts something into the app object, or its module, before it serves; 0 without one."""
    owners = owners_in(module, found, known)
    lines: list[int] = []
    for body in (node for node in module.tree.body if isinstance(node, ast.FunctionDef) or modules.is_main(node)):
        nodes = list(ast.walk(body))
        shared = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
        for node in nodes:
            if isinstance(node, ast.Assign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                own = module.path == found.path and any(
                    one.id in shared for one in targets if isinstance(one, ast.Name)
                )
                lines += [node.lineno] if own or any(puts_into(one, owners) for one in targets) else []
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SETS:
                lines += [node.lineno] if first_name(node.func.value) in owners else []
    return min(lines, default=0)


def owners_in(module: Module, found: AppObject, known: Modules) -> frozenset[str]:
    """The names by which a module knows the app object, and the module of that."""
    if module.path == found.path:
        return frozenset((found.name,))
    return frozenset(
        name
        for name, dotted in module.names.items()
        if found.path in (known.locate(dotted, module), known.locate(dotted.rpartition(".")[0], module))
        and dotted.rpartition(".")[2] in (found.name, found.module.rpartition(".")[2])
    )


def puts_into(target: ast.expr, owners: frozenset[str]) -> bool:
    """Whether a target of an assignment is in the app object: `app.config["DATA"]`, `app.state.model`."""
    if isinstance(target, ast.Subscript):
        last = str(target.slice.value) if isinstance(target.slice, ast.Constant) else ""
    else:
        last = target.attr if isinstance(target, ast.Attribute) else ""
    is_part = isinstance(target, ast.Subscript | ast.Attribute)
    return is_part and last.lower() not in HARMLESS and first_name(target) in owners


def first_name(node: ast.expr) -> str:
    """The name that an expression of attributes and subscripts begins with; "" for another."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
