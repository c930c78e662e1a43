"""What a config file says -> the fields of Settings. Every error names the file and the line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from frontend.errors import ConfigError, nearest
from frontend.secrets.detection import is_secret, is_secret_value
from frontend.secrets.ids import how_to_give
from frontend.secrets.masking import shown
from frontend.settings.build_args import STEPS, TOOLS
from frontend.settings.document import Document, Key, dotted
from frontend.settings.model import Setting
from frontend.settings.values import (
    FLAVOUR_HINT,
    IMAGE_HINT,
    KNOWN_HOSTS_HINT,
    OUTPUT_HINT,
    PACKAGE_HINT,
    PATTERN_HINT,
    USER_HINT,
    VARIABLE_HINT,
    app_path,
    image_problem,
    is_variable,
    known_hosts_problem,
    package_problem,
    step_problem,
    user_problem,
    variable_problem,
)

if TYPE_CHECKING:
    from frontend.settings.config_model import ConfigModel

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
    "publish": "output_dir",
    "publish_dir": "output_dir",
    "output": "output_dir",
    "output_directory": "output_dir",
    "directory": "app",
    "version": "versions",
    "engines": "versions",
    "environment": "env",
    "apt": "packages",
    "apt_packages": "packages",
    "build_packages": "packages",
    "run_packages": "packages",
    "cleanup": "keep",
    "groups": "dependency_groups",
    "extras": "dependency_groups",
    "disable": "skip",
    "runtime": "run",
    "use_dhi": "flavour",
    "hardened": "flavour",
    "base": "runtime_base",
    "base_image": "runtime_base",
    "user": "runtime_user",
}
EXPECTED = {  # pydantic's kind of error: what is wrong, what to write
    "list_type": ("is not a list", "write it as a list: [one, two]"),
    "dict_type": ("is not a mapping", "write it as NAME: value, one per line"),
    "model_type": ("is not a mapping", "write it as NAME: value, one per line"),
    "string_type": ("is not a string", "write a single string"),
    "string_too_short": ("is empty", "give it a value, or leave it out"),
    "literal_error": ("is unknown", FLAVOUR_HINT),
}


def fields_of(document: Document, parse_pattern: Callable[[str], object]) -> dict[str, Any]:
    """The fields of Settings that a config file sets. Raises ConfigError.

    `parse_pattern` reads an ignore pattern, and raises ValueError for what is none.
    """
    model = _validated(document)
    fields: dict[str, Any] = {}
    for name in ("language", "project", "run_command", "build_command", "app"):
        if (value := getattr(model, name)) is not None:
            fields[name] = Setting(value, "config", document.at((name,)))
    for name in ("run_command", "build_command"):
        if name in fields and is_secret_value(fields[name].value):
            raise _secret(document, (name,), f"{name} contains a secret")
    if "app" in fields:
        fields["app"] = Setting(app_path(fields["app"].value, fields["app"].at), "config", fields["app"].at)
    if model.output_dir is not None:
        at = document.at(("output_dir",))
        fields["output_dir"] = Setting(app_path(model.output_dir, at, OUTPUT_HINT), "config", at)
    if model.port is not None:
        fields["port"] = model.port
    fields["deploy_files"] = model.deploy_files
    fields.update(_image(document, model))
    fields["versions"] = _versions(document, model)
    fields["keep"] = _keep(document, model, parse_pattern)
    if model.git_known_hosts is not None:
        fields["git_known_hosts"] = model.git_known_hosts
        if (problem := known_hosts_problem(model.git_known_hosts)) is not None:
            raise document.error(f"git_known_hosts: {problem}", ("git_known_hosts",), KNOWN_HOSTS_HINT)
    fields["skip"] = _skip(document, model)
    fields["dependency_groups"] = tuple(
        Setting(name, "config", document.at(("dependency_groups", str(index))))
        for index, name in enumerate(model.dependency_groups)
    )
    for part in ("build", "run"):
        fields[f"{part}_packages"] = _packages(document, part, getattr(model.packages, part))
        fields[f"{part}_env"] = _variables(document, part, getattr(model.env, part))
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


def _invalid(document: Document, key: Key, kind: str, given: object) -> ConfigError:
    """The error for a key that is unknown or has a value of the wrong kind."""
    name = dotted(key)
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


def _image(document: Document, model: ConfigModel) -> dict[str, Any]:
    """The fields that say which image an app runs in."""
    fields: dict[str, Any] = {}
    if model.flavour is not None:
        fields["flavour"] = Setting(model.flavour, "config", document.at(("flavour",)))
    for name, problem, hint in (
        ("runtime_base", image_problem, IMAGE_HINT),
        ("dhi_mirror", image_problem, IMAGE_HINT),
        ("runtime_user", user_problem, USER_HINT),
    ):
        if (text := getattr(model, name)) is not None:
            if (wrong := problem(text)) is not None:
                raise document.error(f'{name} is "{shown(text)}", which {wrong}', (name,), hint)
            fields[name] = text if name == "dhi_mirror" else Setting(text, "config", document.at((name,)))
    return fields


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


def _keep(document: Document, model: ConfigModel, parse_pattern: Callable[[str], object]) -> tuple[str, ...]:
    for index, pattern in enumerate(model.keep):
        try:
            parse_pattern(pattern)
        except ValueError as error:
            raise document.error(f'keep: "{shown(pattern)}" {error}', ("keep", str(index)), PATTERN_HINT) from error
    return tuple(model.keep)


def _skip(document: Document, model: ConfigModel) -> tuple[str, ...]:
    for index, name in enumerate(model.skip):
        if (problem := step_problem(name, STEPS)) is not None:
            raise document.error(f"skip: {problem[0]}", ("skip", str(index)), problem[1])
    return tuple(model.skip)


def _packages(document: Document, part: str, packages: list[str]) -> tuple[str, ...]:
    for index, package in enumerate(packages):
        if (problem := package_problem(package)) is not None:
            raise document.error(f'"{shown(package)}" {problem}', ("packages", part, str(index)), PACKAGE_HINT)
    return tuple(packages)


def _variables(document: Document, part: str, variables: dict[str, str]) -> tuple[tuple[str, str], ...]:
    for name, value in variables.items():
        key = ("env", part, name)
        if not is_variable(name):
            raise document.error(f'"{shown(name)}" is not a valid variable name', key, VARIABLE_HINT)
        if (problem := variable_problem(name, value, part)) is not None:
            raise document.error(f"{dotted(key)} {problem[0]}", key, problem[1])
        if is_secret(name, value):
            raise _secret(document, key, f"{dotted(key)} looks like a secret")
    return tuple(variables.items())


def _secret(document: Document, key: Key, message: str) -> ConfigError:
    hint = how_to_give(key[-1])
    return document.error(f"{message}; everyone who can pull the image could read it", key, hint, secret=True)
