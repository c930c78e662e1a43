"""The app's Python files, parsed without being run, and why one is no Python."""

import ast
import re
import sys
from collections.abc import Iterable
from functools import lru_cache

from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.python.code_tree import UNREADABLE, strict
from frontend.plan.model import Warning
from frontend.texts import snippet

NEWER = (  # the minor version that has it, what it looks like, and the form that older ones have
    (14, re.compile(r"\b([rR]?)[tT]([rR]?)(?=[\"'])"), r"\1f\2"),  # a template string
    (14, re.compile(r"^(\s*except\*?)[ \t]+([\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)[ \t]*:", re.MULTILINE), r"\1 (\2):"),
    (15, re.compile(r"^(\s*)lazy[ \t]+(?=import\b|from\b)", re.MULTILINE), r"\1"),
)
CONFLICT = "<<<<<<< "  # what git writes at the start of a conflict that it leaves to its user
BROKEN = (SyntaxError, ValueError, MemoryError, RecursionError)  # what parsing raises for text that is no Python


def parse(text: str) -> ast.Module:
    """The module. Raises one of BROKEN for text that is not Python; what Python warns of is left to the app."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


@lru_cache(maxsize=128)
def parsed(text: str) -> ast.Module | None:
    """The module; None for text that is not Python. Several look at one file: it is parsed once, and never changed."""
    try:
        return parse(text)
    except BROKEN:
        return parsed_newer(text)[0]


def parsed_newer(text: str) -> tuple[ast.Module | None, int]:
    """The module of a text with what newer Pythons have in the form that this one reads, each line where it was; and
    the minor version of the Python that it is for. None for text that is not Python then either.

    Sources: https://peps.python.org/pep-0750/, https://peps.python.org/pep-0758/, https://peps.python.org/pep-0810/
    """
    wanted = 0
    for minor, pattern, form in NEWER:
        text, count = pattern.subn(form, text)
        wanted = max(wanted, minor if count else 0)
    try:
        return (parse(text), wanted) if wanted else (None, 0)
    except BROKEN:
        return None, 0


@lru_cache(maxsize=128)
def walked(tree: ast.Module) -> tuple[ast.AST, ...]:
    """All nodes of a module, those of a statement behind it. Several look at one module: it is walked once."""
    found: list[ast.AST] = [tree]
    for node in found:  # it grows
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                found.append(value)
            elif isinstance(value, list):
                found += [one for one in value if isinstance(one, ast.AST)]
    return tuple(found)


def unparsed(tree: SourceTree, paths: Iterable[str]) -> str | None:
    """The first of some files that is there, and not Python; None when none is."""
    return next((path for path in paths if tree.has(path) and parsed(tree.read_text(path) or "") is None), None)


def doubt(tree: SourceTree, path: str, version: str) -> Warning | None:
    """The doubt about a file that is to be started; None for one that parses, or is absent.

    Raises PlanError, with the line, for a file that is not Python. It may still be Python of a `version` that is newer
    than ours: then it is a doubt, unless there is no such Python at all. Raises SourceError for one that is no text.
    """
    text = tree.read_text(path)
    if text is None:
        return None
    if text == UNREADABLE:
        text = strict(tree.at(path, 1), tree.read_bytes(path) or b"")
    try:
        parse(text)
    except BROKEN as error:
        line, what, certain = trouble(text, error)
        at = tree.at(path, line)
        read, wanted = parsed_newer(text) if not certain else (None, 0)
        if read is not None and minor_of(version) >= wanted:
            return None
        if newer(version) and not certain:
            ours = ".".join(map(str, sys.version_info[:2]))
            return Warning(
                "not-parsed", f"{path} is not Python {ours}: {what}", at, f"this is fine if Python {version} accepts it"
            )
        raise PlanError(
            f"{path} is started, but is not valid Python: {what}",
            at=at,
            hint=(
                f"it is for Python 3.{wanted}: set the build-arg PYTHON_VERSION=3.{wanted}"
                if read is not None
                else "fix the line, then check it with: python " + path
            ),
            snippet=snippet(text, line),
        ) from error
    return None


def trouble(text: str, error: BaseException) -> tuple[int, str, bool]:
    """The line that is not Python, what is wrong with it, and whether it is wrong in any version of Python."""
    conflict = conflict_line(text.splitlines())
    if conflict:
        return conflict, "it contains an unresolved merge conflict", True
    if "\0" in text:
        return text.count("\n", 0, text.index("\0")) + 1, "it contains a NUL byte", True
    if isinstance(error, SyntaxError):
        return error.lineno or 0, error.msg, False
    if isinstance(error, MemoryError | RecursionError):
        return 0, "it is nested too deeply", True
    return 0, str(error), False


def conflict_line(lines: list[str]) -> int:
    """The line, from 1, where a merge conflict begins that nobody resolved; 0 for none."""
    return next((number for number, line in enumerate(lines, 1) if line.startswith(CONFLICT)), 0)


def newer(version: str) -> bool:
    """Whether a version of Python is newer than the one that runs this."""
    return minor_of(version) > sys.version_info.minor


def minor_of(version: str) -> int:
    """The minor version of a Python 3; 0 where there is none."""
    return int(next((part for part in version.split(".")[1:2] if part.isdigit()), "0"))


def strings(value: ast.expr) -> list[str] | None:
    """The texts of a list or tuple of texts alone; None for any other expression."""
    items = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
    texts = [one.value for one in items if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return texts if len(texts) == len(items) and isinstance(value, ast.List | ast.Tuple) else None
