"""Programs of the command line that an image starts without arguments: what they need to do anything."""

import ast
from collections.abc import Iterator

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.languages.python import code, scripts
from frontend.languages.python.modules import Module, Modules, called

MOST = 12  # modules that are read besides the one that is started
COMMAND = "a command"
OPTIONS = ("parse_args", "parse_known_args")  # of argparse and optparse
REFUSES = ("print_help", "print_usage", "error")  # their methods for a user who gave none
MARKS = ("argparse", "optparse", "click", "typer")


class Usage(Struct, frozen=True):
    """What a program reads from its command line: the file and line that say so, and what it ends without, "" where it
    may do something without any."""

    path: str
    line: int
    needs: str


def of_program(tree: SourceTree, path: str, name: str = "") -> Usage | None:
    """What a program reads which is a file of the app, or the function `name` there; None for nothing."""
    modules = Modules(tree)
    first = modules.read(path)
    if first is None:
        return None
    near = sorted(one for one in modules.imports(first) if one.rpartition("/")[0] == first.directory)[:MOST]
    tree.need(*near)
    read = (first, *(module for one in near if (module := modules.read(one)) is not None))
    marked = [module for module in read if any(mark in module.text for mark in MARKS)]
    found = [usage for module in marked for usage in usages(tree, module, name if module is first else "")]
    return next((one for one in found if one.needs), found[0] if found else None)


def usages(tree: SourceTree, module: Module, name: str) -> Iterator[Usage]:
    """What a module says of the command line, the surest first; `name` is what is called of it, "" for any."""
    line, needed = scripts.arguments(tree, module.path)
    if needed:
        yield Usage(module.path, line, ", ".join(needed))
    nodes = code.walked(module.tree)
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            needs = of_click(module, node) if name in ("", node.name) else ""
            if needs:
                yield Usage(module.path, node.lineno, needs)
    yield from of_typer(module, name)
    calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    for node in calls:
        attribute = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if attribute == "add_subparsers" and is_true(node, "required"):
            yield Usage(module.path, node.lineno, COMMAND)
    reads = next((node for node in calls if getattr(node.func, "attr", "") in OPTIONS), None)
    if reads is not None:
        refused = any(getattr(node.func, "attr", "") in REFUSES and "pars" in ast.dump(node.func) for node in calls)
        yield Usage(module.path, reads.lineno, "options" if refused else "")


def of_click(module: Module, function: ast.FunctionDef) -> str:
    """What a command of click ends without: one of its own commands, an argument, an option; "" for nothing.

    Source: https://click.palletsprojects.com/en/stable/commands-and-groups/
    """
    made = [one for one in function.decorator_list if isinstance(one, ast.Call)]
    names = {called(one, module.names): one for one in made}
    bare = {ast.unparse(one) for one in function.decorator_list if not isinstance(one, ast.Call)}
    group = names.get("click.group")
    if "click.group" in bare or (group is not None and not is_true(group, "invoke_without_command")):
        return COMMAND
    if group is not None or not ({"click.command"} & (bare | names.keys())):
        return ""
    needed = []
    for one in made:
        kind, options = called(one, module.names), {given.arg for given in one.keywords}
        first = one.args[0].value if one.args and isinstance(one.args[0], ast.Constant) else ""
        optional = options & {"default", "nargs", "envvar"} or is_false(one, "required")
        if (kind == "click.argument" and not optional) or (kind == "click.option" and is_true(one, "required")):
            needed.append(str(first))
    return ", ".join(needed)


def of_typer(module: Module, name: str) -> Iterator[Usage]:
    """What an app of Typer ends without, where it has several commands, and so none that it runs by itself.

    Source: https://typer.tiangolo.com/tutorial/commands/
    """
    apps = {
        target.id: node
        for node in module.tree.body
        if isinstance(node, ast.Assign) and called(node.value, module.names) == "typer.Typer"
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    functions = [node for node in module.tree.body if isinstance(node, ast.FunctionDef)]
    for app, node in apps.items():
        if name not in ("", app) and len(apps) > 1:
            continue
        marks = [
            (one.func.attr, one)
            for function in functions
            for one in function.decorator_list
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and ast.unparse(one.func.value) == app
        ]
        several = len(marks) > 1 or f"{app}.add_typer(" in module.text
        if several and not any(kind == "callback" and is_true(one, "invoke_without_command") for kind, one in marks):
            yield Usage(module.path, node.lineno, COMMAND)


def is_true(call: ast.Call, keyword: str) -> bool:
    """Whether a call is given True by a keyword."""
    return any(one.arg == keyword and getattr(one.value, "value", None) is True for one in call.keywords)


def is_false(call: ast.Call, keyword: str) -> bool:
    """Whether a call is given False by a keyword."""
    return any(one.arg == keyword and getattr(one.value, "value", None) is False for one in call.keywords)
