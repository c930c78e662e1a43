"""Texts of the app's files: the lines that messages quote, and what no reader of a file can take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from frontend.errors import Location, SourceError
from frontend.secrets.masking import masked

if TYPE_CHECKING:
    import yaml

WHOLE_FILE_BYTES = 32 << 10  # of a longer text only the lines around a place are quoted
AROUND_LINES = 8  # that are quoted before and after a place
LINE_BYTES = 500  # a minified file is one line; nobody reads more of it
DEEPEST = 500  # levels of a YAML file: libyaml, which recurses, takes the process down at some ten thousand


class TextFile(Struct, frozen=True):
    """A file that has been read: its path as the user knows it, and its text."""

    path: str
    text: str


def snippet(text: str, line: int) -> str | None:
    """A line of a file, trimmed for a message, secrets in it hidden; None when there is no such line."""
    lines = text.splitlines()
    return masked(lines[line - 1].strip())[:120] if 0 < line <= len(lines) else None


def until(data: bytes, line: int) -> bytes:
    """A file up to a few lines after `line` (1-based): what follows is in no message, and may be megabytes."""
    end = -1
    for _ in range(line + AROUND_LINES):
        end = data.find(b"\n", end + 1)
        if end < 0:
            return data
    return data[: end + 1]


def excerpt(data: bytes, lines: Iterable[int]) -> bytes:
    """A file as messages quote it: it ends a few lines after the last of `lines` (1-based).

    If that is still long, only the lines around each of `lines` are kept; the others are empty, so that line numbers
    stay as they are.
    """
    wanted = sorted(set(lines))
    shown = until(data, wanted[-1]) if wanted else b""
    if len(shown) <= WHOLE_FILE_BYTES:
        return shown
    kept = {row for line in wanted for row in range(line - AROUND_LINES, line + AROUND_LINES + 1)}
    rows = shown.split(b"\n")
    return b"\n".join(row[:LINE_BYTES] if number in kept else b"" for number, row in enumerate(rows, 1))


def is_utf8(text: str) -> bool:
    """Whether a text can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def too_deep(path: str, line: int = 1) -> SourceError:
    """The error for a file that would take more stack than there is."""
    return SourceError(f"{path} is nested too deeply", at=Location(path, line), hint="flatten it")


def yaml_root(path: str, text: str, *, several: bool = False) -> yaml.Node | None:
    """The outermost node of a YAML file; None when it is empty. Raises SourceError with the line.

    Of `several` documents in one file it is that of the first; without, more than one is an error.
    """
    import yaml

    try:
        if (line := yaml_too_deep(text)) > 0:
            raise too_deep(path, line)
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        if several and not loader.check_node():
            return None
        root: yaml.Node | None = loader.get_node() if several else loader.get_single_node()
    except yaml.YAMLError as error:
        raise not_yaml(path, text, error) from error
    return root


def not_yaml(path: str, text: str, error: yaml.YAMLError) -> SourceError:
    """The error for a file that is no YAML, with the line where the reader says so."""
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    return SourceError(
        f"{path} is not YAML: {getattr(error, 'problem', None) or 'syntax error'}",
        at=Location(path, line),
        hint="fix the syntax error",
        snippet=snippet(text, line),
    )


def yaml_too_deep(text: str) -> int:
    """The line where YAML gets deeper than DEEPEST levels, 0 where it does not. Raises YAMLError."""
    if text.count("[") + text.count("{") <= DEEPEST and max(map(len, text.splitlines()), default=0) <= DEEPEST:
        return 0  # each level takes a bracket, or a column of a line
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            return event.start_mark.line + 1 if event.start_mark else 1
    return 0
