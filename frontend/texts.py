"""Texts of the app's files: the lines that messages quote, and what no reader of a file can take."""

from msgspec import Struct

from frontend.errors import Location, SourceError
from frontend.secrets.masking import masked

DEEPEST = 500  # levels of a YAML file: libyaml, which recurses, takes the process down at some ten thousand


class TextFile(Struct, frozen=True):
    """A file that has been read: its path as the user knows it, and its text."""

    path: str
    text: str


def snippet(text: str, line: int) -> str | None:
    """A line of a file, trimmed for a message, secrets in it hidden; None when there is no such line."""
    lines = text.splitlines()
    return masked(lines[line - 1].strip())[:120] if 0 < line <= len(lines) else None


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
