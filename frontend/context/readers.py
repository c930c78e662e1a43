"""Files read as text, JSON, TOML and YAML; what is wrong with one is told with its line.

Each reader takes the path that errors name, relative to the context root, and the file's contents.
"""

from collections.abc import Callable
from typing import Any, cast

from frontend.errors import Location, SourceError
from frontend.languages import registry
from frontend.secrets.masking import shown
from frontend.texts import is_utf8, not_yaml, snippet, too_deep, yaml_too_deep

READ_BY_US = (".txt", "procfile", ".nvmrc", "-version", "-versions", "dockerfile")  # or by pip, which decodes it
DOCKERFILE = "dockerfile"
REPLACED = tuple(end for entry in registry.ENTRIES for end in entry.lossy)
LFS = b"version https://git-lfs.github.com/spec/v1\n"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
DIGITS = 4300  # Python reads no longer number
YAML_TAG = "tag:yaml.org,2002:"
CONFLICT = ("<<<<<<<", "=======", ">>>>>>>")  # what git writes into a file that it cannot merge


def text(path: str, data: bytes) -> str:
    """A file's text, a byte order mark dropped. Raises SourceError if it is not UTF-8, or is in Git LFS.

    A `.txt`, a Procfile and a version file may be UTF-16 with a byte order mark: PowerShell writes `pip freeze >
    requirements.txt` so, and pip reads it. A manifest may not: its own tool refuses it. A Dockerfile may be in the code
    page of Windows: a builder takes its comments as bytes, and none of ours are built from it. Sources of JavaScript
    and pages are read as Node.js reads them.
    """
    if data[:2] in UTF16_MARKS:
        if path.lower().endswith(READ_BY_US) and (decoded := utf16(data)) is not None:
            return decoded
        raise SourceError(f"{path} is UTF-16, not UTF-8", at=Location(path, 1), hint="save it as UTF-8")
    if data.startswith(LFS):
        hint = "have the checkout fetch it: git lfs pull, or lfs: true for actions/checkout"
        raise SourceError(f"{path} is a pointer to Git LFS, not the file itself", at=Location(path, 1), hint=hint)
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        if path.rpartition("/")[2].lower() == DOCKERFILE:
            return data.decode("cp1252", "replace")
        if path.endswith(REPLACED):
            return data.decode(errors="replace").removeprefix("\ufeff")
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(
            f"{path} is not UTF-8: byte {data[error.start]:#04x} at offset {error.start}",
            at=Location(path, line),
            hint="save it as UTF-8",
        ) from error


def quotable(data: bytes) -> str:
    """A file's text for a message: what is no text is replaced."""
    decoded = utf16(data) if data[:2] in UTF16_MARKS else None
    return data.decode("utf-8", "replace") if decoded is None else decoded


def utf16(data: bytes) -> str | None:
    """The text of UTF-16 with a byte order mark; None for what is none."""
    try:
        return data.decode("utf-16")
    except UnicodeDecodeError:
        return None


def json_object(path: str, content: str) -> dict[str, Any]:
    """The object that a JSON file is. Raises SourceError with line and column for all that is none.

    msgspec reads it in a third of the time; what it refuses is left to the standard library, which takes more.
    """
    from msgspec import DecodeError
    from msgspec import json as strict

    try:
        value = strict.decode(content)
    except (DecodeError, UnicodeEncodeError):
        value = _lenient_json(path, content)
    except RecursionError as error:
        raise too_deep(path) from error
    if not isinstance(value, dict):
        raise SourceError(f"{path} is not a JSON object", at=Location(path, 1), hint=f"{path} must start with {{")
    return cast("dict[str, Any]", value)


def _lenient_json(path: str, content: str) -> Any:
    """The value of a JSON text. Raises SourceError with line and column for what is none."""
    import json

    try:
        value = json.loads(content)
    except json.JSONDecodeError as error:
        conflict = content.splitlines()[error.lineno - 1 : error.lineno]
        merged = bool(conflict) and conflict[0].startswith(CONFLICT)
        raise SourceError(
            f"{path} contains an unresolved merge conflict" if merged else f"{path} is not JSON: {error.msg}",
            at=Location(path, error.lineno, error.colno),
            hint="resolve it, and commit the file" if merged else "fix the syntax error",
            snippet=snippet(content, error.lineno),
        ) from error
    except RecursionError as error:
        raise too_deep(path) from error
    except ValueError as error:
        raise _too_long(path, content) from error
    if "\\u" in content and not is_utf8(json.dumps(value, ensure_ascii=False)):
        line = next((n for n, row in enumerate(content.splitlines(), 1) if "\\ud" in row.lower()), 0)
        raise SourceError(
            f"{path} contains an unpaired surrogate: \\ud800 to \\udfff come in pairs",
            at=Location(path, line),
            hint="write the character itself, in UTF-8",
            snippet=snippet(content, line),
        )
    return value


def toml_table(path: str, content: str) -> dict[str, Any]:
    """The table that a TOML file is. Raises SourceError with the line."""
    import tomllib

    try:
        return tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        line = _line_in(str(error)) or len(content.rstrip().splitlines())
        raise SourceError(
            f"{path} is not TOML: {error}",
            at=Location(path, line),
            hint="fix the syntax error",
            snippet=snippet(content, line),
        ) from error
    except RecursionError as error:
        raise too_deep(path) from error
    except ValueError as error:
        raise _too_long(path, content) from error


def yaml_value(path: str, content: str) -> Any:
    """The value of a YAML file; None when it is empty. Raises SourceError with the line.

    Plain types only, those of JSON: a date is a text.
    """
    import yaml

    try:
        if (line := yaml_too_deep(content)) > 0:
            raise too_deep(path, line)
        return yaml.load(content, Loader=_yaml_loader())  # noqa: S506 - a safe loader
    except RecursionError as error:
        raise too_deep(path) from error
    except yaml.YAMLError as error:
        raise not_yaml(path, content, error) from error


def _too_long(path: str, content: str) -> SourceError:
    """The error for a file with a number that Python does not read: the only ValueError its readers leave."""
    import re

    found = re.search(f"[0-9]{{{DIGITS + 1}}}", content.replace("_", ""))
    line = content.count("\n", 0, found.start()) + 1 if found else 0
    return SourceError(
        f"{path} contains a number with too many digits", at=Location(path, line), hint="write it in quotes"
    )


def _line_in(message: str) -> int:
    """The line in tomllib's "(at line 3, column 5)"; its errors carry attributes from Python 3.14 only. 0 if none."""
    _, found, rest = message.partition("(at line ")
    number = rest.partition(",")[0]
    return int(number) if found and number.isdigit() else 0


def _yaml_loader() -> Any:
    """PyYAML's safe loader that leaves dates as texts, and tells where a scalar is not what its tag says."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    date = f"{YAML_TAG}timestamp"

    def checked(tag: str) -> Callable[[Any, Any], Any]:
        construct = base.yaml_constructors[YAML_TAG + tag]

        def constructed(loader: Any, node: Any) -> Any:
            try:
                return construct(loader, node)
            except (ValueError, LookupError) as error:
                problem = f"{shown(str(node.value))} is not a valid {tag}"
                raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from error

        return constructed

    class Loader(base):  # type: ignore[misc]  # which of the two is known at run time
        pass

    Loader.yaml_constructors = {
        **base.yaml_constructors,
        **{YAML_TAG + tag: checked(tag) for tag in ("int", "float", "bool")},
        date: base.yaml_constructors[f"{YAML_TAG}str"],
    }
    Loader.yaml_implicit_resolvers = {
        first: [one for one in resolvers if one[0] != date] for first, resolvers in base.yaml_implicit_resolvers.items()
    }
    return Loader
