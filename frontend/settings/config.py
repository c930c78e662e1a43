"""The app's config file and the build-args, made into Settings; the one place that settles which of them wins.

Lowest first: our default, a file of the app (the languages read those), the config file, a build-arg. The config file
is what follows the syntax line in the file that started us, else `migetpacks.yaml` in the root of the context, else
the key "migetpacks" of a manifest that may have it (package.json). Every error names the file and the line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from posixpath import normpath
from typing import TYPE_CHECKING, Any, NamedTuple

from frontend.context import ignore
from frontend.context.tree import SourceTree, snippet, too_deep, yaml_too_deep
from frontend.errors import BuildError, ConfigError, Location, OptionError, nearest
from frontend.languages import registry
from frontend.secrets.detection import is_secret, is_secret_value
from frontend.secrets.ids import how_to_give
from frontend.secrets.masking import shown
from frontend.settings.model import DEFAULT_PORT, Setting, Settings
from frontend.settings.options import BUILD_ENV, RUN_ENV, TOOLS, BuildOptions, parse_port

if TYPE_CHECKING:
    import yaml

    from frontend.settings.config_model import ConfigModel

NAMES = ("migetpacks.yaml", "migetpacks.yml")
YAML_ENDS = (".yaml", ".yml")
MANIFESTS = tuple(entry.config_manifest for entry in registry.ENTRIES if entry.config_manifest)
KEY = "migetpacks"
MEANT = {  # what others call a key of ours
    "start": "run_command",
    "start_command": "run_command",
    "command": "run_command",
    "cmd": "run_command",
    "web": "run_command",
    "build": "build_command",
    "path": "app",
    "project_path": "app",
    "root": "app",
    "directory": "app",
    "version": "versions",
    "engines": "versions",
    "environment": "env",
    "apt": "packages",
    "apt_packages": "packages",
    "build_packages": "packages",
    "run_packages": "packages",
    "cleanup": "keep",
    "runtime": "run",
}
INSTRUCTIONS = frozenset(
    (
        *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER"),
        *("ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
    )
)
PACKAGE_MARKS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789+-.:=~_")

Key = tuple[str, ...]


class ConfigFile(NamedTuple):
    """A config file: its path as the user knows it, and its text."""

    path: str
    text: str


class Document(NamedTuple):
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
        """An error at a key. A line that holds a secret is told by number, for no client to print its text."""
        at = self.at(key)
        if secret:
            return ConfigError(f"{message} (line {at.line})", at=Location(self.file), hint=hint)
        return ConfigError(message, at=at, hint=hint, snippet=snippet(self.text, at.line))


def find(tree: SourceTree) -> ConfigFile | None:
    """The config file in the root of a tree; None when there is none. Raises ConfigError when there are two."""
    found = [name for name in NAMES if tree.has(name)]
    if len(found) > 1:
        raise ConfigError(f"there are both {found[0]} and {found[1]}", at=Location(found[1]), hint="keep one of them")
    text = tree.read_text(found[0]) if found else None
    return None if text is None else ConfigFile(found[0], text)


def read(options: BuildOptions, file: ConfigFile | None, tree: SourceTree) -> Settings:
    """The settings of a build. `tree` is asked for a manifest with a key of ours, where there is no config file.

    Raises ConfigError for the file, OptionError for a build-arg.
    """
    path = file.path if file is not None else next((name for name in MANIFESTS if _has_config(tree, name)), None)
    try:
        document = parse(file) if file is not None else _manifest_config(tree, path)
    except RecursionError as error:
        raise too_deep(path or "") from error
    fields = _from_document(document) if document is not None and document.value else {}
    return Settings(**_with_build_args(fields, options.settings))


def schema() -> dict[str, Any]:
    """The config file's JSON Schema, as published in docs/config.schema.json."""
    from frontend.settings.config_model import json_schema

    return json_schema(TOOLS)


def says_something(file: ConfigFile) -> bool:
    """Whether a file that started us by a syntax line holds more than comments: no other is looked for then."""
    return any(_says_something(line) for line in _without_directives(file.text.removeprefix("\ufeff").splitlines()))


# --- the file ---------------------------------------------------------------------------------------------------------


def parse(file: ConfigFile) -> Document | None:
    """What a config file says; None when it holds nothing but comments. Raises ConfigError.

    A file that is a JSON object (package.json with a "syntax" key) is config in its key "migetpacks" only; one that
    is called YAML is YAML, which JSON is too.
    """
    text = file.text.removeprefix("\ufeff")
    if text.lstrip().startswith("{") and not file.path.endswith(YAML_ENDS):
        return _from_json(file.path, text)
    body = "\n".join(_without_directives(text.splitlines()))
    first = next(((n, line) for n, line in enumerate(body.splitlines(), 1) if _says_something(line)), None)
    if first is None:
        return None
    number, line = first
    if line.split(None, 1)[0].upper() in INSTRUCTIONS:
        raise ConfigError(
            f"{file.path} holds Dockerfile instructions, which are not read: the app is built from its source",
            at=Location(file.path, number),
            hint="remove the syntax line to build by these instructions, or remove them and write settings as YAML",
            snippet=snippet(body, number),
        )
    return _from_yaml(file.path, body)


def _without_directives(lines: list[str]) -> Iterable[str]:
    """The lines of a file, those at its top that are `//` comments (`// syntax=…`) made empty: YAML has no such."""
    top = True
    for line in lines:
        top = top and (not line.strip() or line.lstrip().startswith(("#", "//")))
        yield "" if top and line.lstrip().startswith("//") else line


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#") and line.strip() != "---"


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
    return _of_object(path, text, value)


def _has_config(tree: SourceTree, path: str) -> bool:
    """Whether a manifest is there, and has our key somewhere in it."""
    return KEY.encode() in (tree.read_bytes(path) or b"")


def _manifest_config(tree: SourceTree, path: str | None) -> Document | None:
    """The key "migetpacks" of a JSON manifest; None without one, or when the key is elsewhere than at its top."""
    return None if path is None else _of_object(path, tree.read_text(path) or "", tree.read_json(path))


def _of_object(path: str, text: str, value: Any) -> Document | None:
    """The document under the key "migetpacks" of a JSON object."""
    own = value.get(KEY) if isinstance(value, dict) else None
    if own is None:
        return None
    lines: dict[Key, int] = {}
    _find_lines(text, text.find(f'"{KEY}"'), (), own, lines)
    document = Document(path, text, {}, lines)
    if not isinstance(own, dict):
        raise document.error(f'the key "{KEY}" is not an object', (), 'write it as "migetpacks": {"port": 8080}')
    return document._replace(value=_as_written(own))


def _find_lines(text: str, position: int, key: Key, value: Any, lines: dict[Key, int]) -> None:
    """Notes the line of each key, by looking for it after the one above it: json keeps no positions."""
    lines[key] = text.count("\n", 0, max(position, 0)) + 1
    if isinstance(value, dict):
        for name, below in value.items():
            _find_lines(text, text.find(json.dumps(name, ensure_ascii=False), position + 1), (*key, name), below, lines)


def _as_written(value: Any) -> Any:
    """A JSON value with its scalars as texts."""
    if isinstance(value, dict):
        return {key: _as_written(below) for key, below in value.items() if below is not None}
    if isinstance(value, list):
        return [_as_written(one) for one in value]
    return value if isinstance(value, str) else json.dumps(value)


def _from_yaml(path: str, text: str) -> Document:
    import yaml

    try:
        if (line := yaml_too_deep(text)) > 0:
            raise too_deep(path, line)
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise ConfigError(
            f"{path} is not YAML: {getattr(error, 'problem', None) or 'syntax error'}",
            at=Location(path, line),
            hint="fix the syntax error",
            snippet=snippet(text, line),
        ) from error
    lines: dict[Key, int] = {}
    document = Document(path, text, {}, lines)
    if root is None:
        return document
    if not isinstance(root, yaml.MappingNode):
        line = root.start_mark.line + 1
        raise ConfigError(
            f"{path} does not hold settings",
            at=Location(path, line),
            hint="write one setting a line, such as port: 8080",
            snippet=snippet(text, line),
        )
    return document._replace(value=_plain(document, root, (), lines, set()))


def _plain(document: Document, node: yaml.Node, key: Key, lines: dict[Key, int], seen: set[int]) -> Any:
    """A YAML node as plain values: scalars as they are written (3.10 stays 3.10), nulls left out of mappings.

    `seen` are the lists and mappings met so far: one that comes again, by an alias, might hold itself or multiply.
    """
    lines.setdefault(key, node.start_mark.line + 1)
    if isinstance(node.value, str):
        return node.value
    if id(node) in seen:
        raise document.error(f"{_dotted(key)} is an alias of a list or mapping", key, "write it out")
    seen.add(id(node))
    import yaml

    if isinstance(node, yaml.SequenceNode):
        return [_plain(document, one, (*key, str(i)), lines, seen) for i, one in enumerate(node.value)]
    found: dict[str, Any] = {}
    for name, below in node.value:
        if not isinstance(name, yaml.ScalarNode):
            place = (*key, "?")
            raise document._replace(lines={place: name.start_mark.line + 1}).error(
                "a key is a list or a mapping", place, "write a text in its place"
            )
        path = (*key, str(name.value))
        if path in lines:
            raise document._replace(lines={path: name.start_mark.line + 1}).error(
                f'the key "{_dotted(path)}" is there twice', path, f"the first is in line {lines[path]}"
            )
        lines[path] = name.start_mark.line + 1
        if below.tag != "tag:yaml.org,2002:null":
            found[str(name.value)] = _plain(document, below, path, lines, seen)
    return found


# --- its meaning ------------------------------------------------------------------------------------------------------


def _from_document(document: Document) -> dict[str, Any]:
    """The fields of Settings that a config file sets."""
    model = _validated(document)
    fields: dict[str, Any] = {}
    for name, given in (("language", model.language), ("run_command", model.run_command), ("app", model.app)):
        if given is not None:
            fields[name] = Setting(given, "config", document.at((name,)))
    if model.build_command is not None:
        fields["build_command"] = Setting(model.build_command, "config", document.at(("build_command",)))
    for name in ("run_command", "build_command"):
        if name in fields:
            _check_command(document, name, fields[name].value)
    if "app" in fields:
        path = app_path(fields["app"].value, fields["app"].at)
        fields["app"] = Setting(path, "config", fields["app"].at) if path else None
    if model.port is not None:
        fields["port"] = model.port
    fields["versions"] = _versions(document, model)
    for name, packages in (("build", model.packages.build), ("run", model.packages.run)):
        for index, package in enumerate(packages):
            if (problem := package_problem(package)) is not None:
                raise document.error(f'"{shown(package)}" {problem}', ("packages", name, str(index)), PACKAGE_HINT)
        fields[f"{name}_packages"] = tuple(packages)
    for index, pattern in enumerate(model.keep):
        _check_pattern(pattern, document.at(("keep", str(index))))
    fields["keep"] = tuple(model.keep)
    for name, variables in (("build", model.env.build), ("run", model.env.run)):
        for variable, value in variables.items():
            _check_variable(document, ("env", name, variable), variable, value)
        fields[f"{name}_env"] = tuple(variables.items())
    return fields


def _validated(document: Document) -> ConfigModel:
    """The document in its shape. Raises ConfigError for the first thing that is not, in the file's order."""
    from pydantic import ValidationError

    from frontend.settings.config_model import ConfigModel

    port = document.value.get("port")
    if isinstance(port, str) and not (port.isascii() and port.isdigit()):  # pydantic takes 5_000 and 5000.0 too
        raise _invalid(document, ("port",), "", port)
    try:
        return ConfigModel.model_validate(document.value)
    except ValidationError as invalid:
        errors = [(_key(error["loc"]), error) for error in invalid.errors()]
        key, error = min(errors, key=lambda one: document.at(one[0]).line)
        raise _invalid(document, key, str(error["type"]), error.get("input")) from invalid


def _key(location: tuple[int | str, ...]) -> Key:
    """A key's path; pydantic adds "[key]" where the name of a mapping's key is at fault."""
    return tuple(str(part) for part in location if part != "[key]")


EXPECTED = {  # pydantic's kind of error: what is wrong, what to write
    "list_type": ("is not a list", "write it as a list: [one, two]"),
    "dict_type": ("is not a mapping", "write it as NAME: value, one a line"),
    "model_type": ("is not a mapping", "write it as NAME: value, one a line"),
    "string_type": ("is not a text", "write one text"),
    "string_too_short": ("is empty", "give it a value, or leave it out"),
}


def _invalid(document: Document, key: Key, kind: str, given: object) -> ConfigError:
    """The error for a key that is unknown or has a value of the wrong kind."""
    name = _dotted(key)
    if kind == "extra_forbidden":
        known = _known_keys(key[:-1])
        close = MEANT.get(key[-1].casefold().replace("-", "_"))
        close = close if close in known else nearest(key[-1], known)
        if close is None and key[-1].casefold().removesuffix("_version") in TOOLS:
            close = f"versions: {{{key[-1].casefold().removesuffix('_version')}: …}}"
        return document.error(
            f'unknown key "{name}"', key, f"did you mean {close}?" if close else f"known: {', '.join(known)}"
        )
    if key == ("port",):
        told = shown(given) if isinstance(given, str) else "not a number"
        return document.error(f'port is "{told}", not a port', key, "write a whole number from 1 to 65535")
    problem, hint = EXPECTED.get(kind, ("has a value of the wrong kind", "see docs/configuration.md"))
    return document.error(f"{name} {problem}", key, hint)


def _known_keys(key: Key) -> tuple[str, ...]:
    """The keys that may stand below `key`."""
    from frontend.settings.config_model import KEYS

    return KEYS[key]


def _versions(document: Document, model: ConfigModel) -> dict[str, Setting]:
    found = {}
    for tool, version in model.versions.items():
        if tool not in TOOLS:
            close = nearest(tool, TOOLS)
            raise document.error(
                f'unknown tool "{shown(tool)}" in versions',
                ("versions", tool),
                f"did you mean {close}?" if close else f"known: {', '.join(TOOLS)}",
            )
        found[tool] = Setting(version, "config", document.at(("versions", tool)))
    return found


def _check_variable(document: Document, key: Key, name: str, value: str) -> None:
    if not is_variable(name):
        raise document.error(f'"{shown(name)}" is no name for a variable', key, VARIABLE_HINT)
    if (problem := variable_problem(name, value, key[-2])) is not None:
        raise document.error(f"{_dotted(key)} {problem[0]}", key, problem[1])
    if is_secret(name, value):
        raise _secret(document, key, f"{_dotted(key)} looks like a secret")


def _check_command(document: Document, name: str, text: str) -> None:
    """Raises ConfigError for a command with a secret in it."""
    if is_secret_value(text):
        raise _secret(document, (name,), f"{name} holds a secret")


def _secret(document: Document, key: Key, message: str, name: str = "") -> ConfigError:
    hint = how_to_give(name or key[-1])
    return document.error(f"{message}; an image and its history are readable", key, hint, secret=True)


def _dotted(key: Key) -> str:
    return shown(".".join(key))


# --- the build-args ---------------------------------------------------------------------------------------------------


def _with_build_args(fields: dict[str, Any], args: Mapping[str, str]) -> dict[str, Any]:
    """The fields with what build-args set in their place. Lists replace lists, variables and versions go in by name."""
    fields = dict(fields)
    for name in ("LANGUAGE", "RUN_COMMAND", "BUILD_COMMAND"):
        if args.get(name):
            fields[name.lower()] = Setting(args[name], "build-arg")
    if args.get("PROJECT_PATH"):
        path = app_path(args["PROJECT_PATH"], None)
        fields["app"] = Setting(path, "build-arg") if path else None
    if args.get("PORT"):
        fields["port"] = parse_port(args["PORT"], "the build-arg PORT")
    versions = dict(fields.get("versions", {}))
    versions |= {t: Setting(v, "build-arg") for t in TOOLS if (v := args.get(registry.setting(t)))}
    if versions:
        fields["versions"] = versions
    for name in ("BUILD_PACKAGES", "RUN_PACKAGES"):
        if args.get(name):
            fields[name.lower()] = _packages(name, args[name])
    if args.get("KEEP"):
        fields["keep"] = words(args["KEEP"])
        for pattern in fields["keep"]:
            _check_pattern(pattern, None)
    for prefix, field in ((BUILD_ENV, "build_env"), (RUN_ENV, "run_env")):
        given = {name.removeprefix(prefix): value for name, value in args.items() if name.startswith(prefix)}
        for variable, value in given.items():
            if not is_variable(variable):
                raise OptionError(f'the build-arg "{prefix}{shown(variable)}" names no variable', hint=VARIABLE_HINT)
            if (problem := variable_problem(variable, value, "run" if prefix == RUN_ENV else "build")) is not None:
                raise OptionError(f'the build-arg "{prefix}{variable}" {problem[0]}', hint=problem[1])
        if given:
            fields[field] = tuple({**dict(fields.get(field, ())), **given}.items())
    fields.setdefault("port", DEFAULT_PORT)
    return fields


def _packages(name: str, text: str) -> tuple[str, ...]:
    found = words(text)
    for package in found:
        if (problem := package_problem(package)) is not None:
            raise OptionError(f'the build-arg {name}: "{shown(package)}" {problem}', hint=PACKAGE_HINT)
    return found


# --- values -----------------------------------------------------------------------------------------------------------

PACKAGE_HINT = "write Debian package names, such as libpq5"
VARIABLE_HINT = "use letters, digits and underscores, no digit first"


def words(text: str) -> tuple[str, ...]:
    """A list in one text: its parts, between spaces or commas, each once."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))


def package_problem(name: str) -> str | None:
    """Why a text is no Debian package (`name`, `name:arch`, `name=version`); None if it is one."""
    if name.startswith("-"):
        return "is an option, not a package"
    if not set(name.partition("=")[0]) <= PACKAGE_MARKS or not set(name.casefold()) <= PACKAGE_MARKS or len(name) < 2:
        return "is not the name of a Debian package"
    return None


def is_variable(name: str) -> bool:
    """Whether an environment variable may have this name."""
    return name.isascii() and name.isidentifier()


def variable_problem(name: str, value: str, part: str) -> tuple[str, str] | None:
    """What is wrong with a variable of the build steps or the image (`part` is "build" or "run"), and what to do."""
    if "\0" in value:
        return "has a NUL character in its value", "take it out: no program can be given one"
    if name == "PATH":
        return "replaces PATH, and no program would be found", "leave it out, and start programs by their path"
    if name == "PORT" and part == "run":
        return "would differ from the port the image tells", "set the port by the build-arg PORT, or the key port"
    return None


def app_path(text: str, at: Location | None) -> str:
    """The app's directory relative to the context's root: no "/" around it, "" for the root itself.

    Raises ConfigError (OptionError where `at` is None) when it leads out of the context.
    """
    path = normpath(text.strip().strip("/") or ".")
    if ".." in path.split("/") or "\\" in path or any(c < " " or c == "\x7f" for c in text):
        wrong: type[BuildError] = OptionError if at is None else ConfigError
        raise wrong(
            f'"{shown(text)}" is not a directory below the root of the build context',
            at=at,
            hint="write it as apps/web; the context has to hold all that the app needs",
        )
    return "" if path == "." else path


def _check_pattern(pattern: str, at: Location | None) -> None:
    try:
        ignore.parse(pattern)
    except ConfigError as error:
        message = f'keep: "{shown(pattern)}" {error.message.partition(": the pattern ")[2]}'
        wrong: type[BuildError] = OptionError if at is None else ConfigError
        raise wrong(message, at=at, hint="patterns have the rules of a .dockerignore file") from error
