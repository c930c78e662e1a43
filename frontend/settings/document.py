"""A config file's text -> what it says, with the line of each key.

Scalars are texts as written (3.10 stays 3.10); what they mean is for validation.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from frontend.errors import ConfigError, Location
from frontend.secrets.masking import shown
from frontend.settings.model import KEY
from frontend.texts import TextFile, is_utf8, snippet, too_deep, yaml_root

if TYPE_CHECKING:
    import yaml

YAML_ENDS = (".yaml", ".yml")
NULL = "tag:yaml.org,2002:null"
INSTRUCTIONS = frozenset(
    (
        *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER"),
        *("ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
    )
)

Key = tuple[str, ...]


class Document(Struct, frozen=True):
    """What a config file says: scalars as written, mappings and lists; and the line of each key, by its path."""

    file: str
    text: str
    value: dict[str, Any]
    lines: Mapping[Key, int]

    def at(self, key: Key) -> Location:
        """Where a key is, or the nearest above it."""
        while key and key not in self.lines:
            key = key[:-1]
        return Location(self.file, self.lines.get(key, 1))

    def error(self, message: str, key: Key, hint: str, *, secret: bool = False) -> ConfigError:
        """An error at a key. A line that contains a secret is told by number, for no client to print its text."""
        at = self.at(key)
        if secret:
            return ConfigError(f"{message} (line {at.line})", at=Location(self.file), hint=hint)
        return ConfigError(message, at=at, hint=hint, snippet=snippet(self.text, at.line))


def parse(file: TextFile) -> Document | None:
    """What a config file says; None when it holds nothing but comments. Raises ConfigError, SourceError.

    A file that is a JSON object (package.json) is config in its key "migetpacks" only; one that is called YAML is
    YAML, which JSON is too.
    """
    text = file.text.removeprefix("\ufeff")
    try:
        if text.lstrip().startswith("{") and not file.path.endswith(YAML_ENDS):
            return _from_json(file.path, text)
        body = "\n".join(_without_directives(text.splitlines()))
        return _from_yaml(file.path, body) if _first_line(file.path, body) else None
    except RecursionError as error:
        raise too_deep(file.path) from error


def says_something(text: str) -> bool:
    """Whether a file that started us by a syntax line holds more than comments: no other is looked for then."""
    return any(map(_says_something, _without_directives(text.removeprefix("\ufeff").splitlines())))


def dotted(key: Key) -> str:
    """A key's path as a message has it: env.run.NAME."""
    return shown(".".join(key))


def _without_directives(lines: list[str]) -> Iterable[str]:
    """The lines of a file, those at its top that are `//` comments (`// syntax=…`) made empty: YAML has no such."""
    top = True
    for line in lines:
        top = top and (not line.strip() or line.lstrip().startswith(("#", "//")))
        yield "" if top and line.lstrip().startswith("//") else line


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#") and line.strip() != "---"


def _first_line(path: str, text: str) -> int:
    """The number of the first line that says something, 0 where none does. Raises ConfigError for a Dockerfile."""
    number, line = next(((n, line) for n, line in enumerate(text.splitlines(), 1) if _says_something(line)), (0, ""))
    if line and line.split(None, 1)[0].upper() in INSTRUCTIONS:
        raise ConfigError(
            f"{path} contains Dockerfile instructions, but migetpacks builds the app from its source",
            at=Location(path, number),
            hint="remove the syntax line to build by these instructions, or remove them and write settings as YAML",
            snippet=snippet(text, number),
        )
    return number


# --- JSON -------------------------------------------------------------------------------------------------------------


def _from_json(path: str, text: str) -> Document | None:
    try:
        value = json.loads(text, parse_int=str)  # numbers as they are written, and however long
    except json.JSONDecodeError as error:
        raise ConfigError(
            f"{path} is not JSON: {error.msg}",
            at=Location(path, error.lineno, error.colno),
            hint="fix the syntax error",
            snippet=snippet(text, error.lineno),
        ) from error
    config = value.get(KEY) if isinstance(value, dict) else None
    if config is None:
        return None
    document = Document(path, text, {}, dict(_json_lines(text, text.find(f'"{KEY}"'), (), config)))
    if not isinstance(config, dict):
        raise document.error(f'the key "{KEY}" is not an object', (), 'write it as "migetpacks": {"port": 8080}')
    if not is_utf8(json.dumps(config, ensure_ascii=False)):
        problem = f'the key "{KEY}" has an unpaired surrogate: \\ud800 to \\udfff come in pairs'
        raise document.error(problem, (), "write the character itself, in UTF-8")
    return structs.replace(document, value=_as_written(config))


def _json_lines(text: str, position: int, key: Key, value: Any) -> Iterator[tuple[Key, int]]:
    """The line of each key, looked for after the one above it: json keeps no positions."""
    yield key, text.count("\n", 0, max(position, 0)) + 1
    if isinstance(value, dict):
        for name, below in value.items():
            start = text.find(json.dumps(name, ensure_ascii=False), position + 1)
            yield from _json_lines(text, start, (*key, name), below)


def _as_written(value: Any) -> Any:
    """A JSON value with its scalars as texts."""
    if isinstance(value, dict):
        return {key: _as_written(below) for key, below in value.items() if below is not None}
    if isinstance(value, list):
        return [_as_written(one) for one in value]
    return value if isinstance(value, str) else json.dumps(value)


# --- YAML -------------------------------------------------------------------------------------------------------------


def _from_yaml(path: str, text: str) -> Document:
    import yaml

    root = yaml_root(path, text)
    if root is None:
        return Document(path, text, {}, {})
    if not isinstance(root, yaml.MappingNode):
        line = root.start_mark.line + 1
        raise ConfigError(
            f"{path} does not contain settings",
            at=Location(path, line),
            hint="write one setting per line, such as port: 8080",
            snippet=snippet(text, line),
        )
    lines = _yaml_lines(path, text, root)
    return Document(path, text, _plain(root), lines)


def _yaml_lines(path: str, text: str, root: yaml.Node) -> dict[Key, int]:
    """The line of each key. Raises ConfigError for a key that comes twice or is no text, and for an alias of a list or
    mapping, which might hold itself or multiply."""
    lines: dict[Key, int] = {}
    met: set[int] = set()
    for key, line, node in _places((), root.start_mark.line + 1, root):
        here = Document(path, text, {}, {key: line})
        if node is None:
            raise here.error("a key is a list or a mapping", key, "write a string instead")
        if key in lines:
            raise here.error(f'duplicate key "{dotted(key)}"', key, f"the first one is on line {lines[key]}")
        if id(node) in met:
            raise here.error(
                f"{dotted(key)} is an alias of a list or mapping", key, "repeat the value instead of the alias"
            )
        lines[key] = line
        if not isinstance(node.value, str):
            met.add(id(node))
    return lines


def _places(key: Key, line: int, node: yaml.Node) -> Iterator[tuple[Key, int, yaml.Node | None]]:
    """Each key with its line and its value, before what is below it; the value is None where the key is no text."""
    yield key, line, node
    if isinstance(node.value, str):
        return
    for index, below in enumerate(node.value):
        if not isinstance(below, tuple):
            yield from _places((*key, str(index)), below.start_mark.line + 1, below)
        elif not isinstance(below[0].value, str):
            yield (*key, "?"), below[0].start_mark.line + 1, None
        else:
            yield from _places((*key, below[0].value), below[0].start_mark.line + 1, below[1])


def _plain(node: yaml.Node) -> Any:
    """A YAML node as plain values: scalars as they are written, nulls left out of mappings."""
    import yaml

    if isinstance(node.value, str):
        return node.value
    if isinstance(node, yaml.MappingNode):
        return {name.value: _plain(below) for name, below in node.value if below.tag != NULL}
    return [_plain(one) for one in node.value]
