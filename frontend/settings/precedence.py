"""The config file and the build-args, made into Settings; the one place that settles which of them wins.

Lowest first: our default, a file of the app (the languages read those), the config file, a build-arg.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from frontend.errors import OptionError
from frontend.languages import registry
from frontend.secrets.masking import shown
from frontend.settings.build_args import BUILD_ENV, RUN_ENV, STEPS, TOOLS
from frontend.settings.model import DEFAULT_PORT, FLAVOURS, Setting, Settings
from frontend.settings.options import BuildOptions
from frontend.settings.values import (
    APP_HINT,
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
    one_of,
    package_problem,
    parse_bool,
    parse_port,
    parse_switch,
    step_problem,
    user_problem,
    variable_problem,
    words,
)
from frontend.texts import TextFile


def read(options: BuildOptions, file: TextFile | None, parse_pattern: Callable[[str], object]) -> Settings:
    """The settings of a build; `file` is its config file. Raises ConfigError for the file, OptionError for a build-arg.

    `parse_pattern` reads an ignore pattern, and raises ValueError for what is none.
    """
    fields = {} if file is None else _from_file(file, parse_pattern)
    given = _from_build_args(fields, options.settings, parse_pattern)
    return Settings(**{"port": DEFAULT_PORT, "target": options.target, **fields, **given})


def _from_file(file: TextFile, parse_pattern: Callable[[str], object]) -> dict[str, Any]:
    """The fields of Settings that the config file sets."""
    from frontend.settings import document

    parsed = document.parse(file)
    if parsed is None or not parsed.value:
        return {}
    from frontend.settings import validation

    return validation.fields_of(parsed, parse_pattern)


def _from_build_args(
    fields: Mapping[str, Any], args: Mapping[str, str], parse_pattern: Callable[[str], object]
) -> dict[str, Any]:
    """The fields of Settings that build-args set, beside those of the config file: lists replace lists, variables and
    versions go in by name."""
    found: dict[str, Any] = {}
    for name in ("LANGUAGE", "PROJECT", "RUN_COMMAND", "BUILD_COMMAND"):
        if args.get(name):
            found[name.lower()] = Setting(args[name], "build-arg")
    paths = (("PROJECT_PATH", "app", APP_HINT), ("OUTPUT_DIR", "output_dir", OUTPUT_HINT))
    found |= {
        key: Setting(app_path(args[name], None, hint), "build-arg") for name, key, hint in paths if args.get(name)
    }
    if args.get("PORT"):
        found["port"] = parse_port(args["PORT"], "the build-arg PORT")
    versions = {t: Setting(v, "build-arg") for t in TOOLS if (v := args.get(registry.setting(t)))}
    if versions:
        found["versions"] = {**fields.get("versions", {}), **versions}
    for name in ("BUILD_PACKAGES", "RUN_PACKAGES"):
        if args.get(name):
            found[name.lower()] = _packages(name, args[name])
    if args.get("DEPLOY_FILES"):
        found["deploy_files"] = parse_switch("the build-arg DEPLOY_FILES", args["DEPLOY_FILES"])
    if args.get("KEEP"):
        found["keep"] = _keep(args["KEEP"], parse_pattern)
    if args.get("GIT_KNOWN_HOSTS"):
        found["git_known_hosts"] = args["GIT_KNOWN_HOSTS"]
        if (problem := known_hosts_problem(found["git_known_hosts"])) is not None:
            raise OptionError(f"the build-arg GIT_KNOWN_HOSTS: {problem}", hint=KNOWN_HOSTS_HINT)
    if args.get("SKIP"):
        found["skip"] = _skip(args["SKIP"])
    if args.get("DEPENDENCY_GROUPS"):
        found["dependency_groups"] = tuple(Setting(name, "build-arg") for name in words(args["DEPENDENCY_GROUPS"]))
    found.update(_image(args))
    for prefix, part in ((BUILD_ENV, "build"), (RUN_ENV, "run")):
        if variables := _variables(args, prefix, part):
            found[f"{part}_env"] = tuple({**dict(fields.get(f"{part}_env", ())), **variables}.items())
    return found


def _image(args: Mapping[str, str]) -> dict[str, Any]:
    """The fields that say which image an app runs in."""
    found: dict[str, Any] = {}
    flavour = one_of("the build-arg FLAVOUR", args.get("FLAVOUR", ""), ("", *FLAVOURS))
    if args.get("USE_DHI"):
        told = FLAVOURS[parse_bool("the build-arg USE_DHI", args["USE_DHI"])]
        if flavour not in ("", told):
            hint = "remove one of the two"
            raise OptionError(
                f"USE_DHI={shown(args['USE_DHI'])} and FLAVOUR={flavour} contradict each other", hint=hint
            )
        flavour = told
    if flavour:
        found["flavour"] = Setting(flavour, "build-arg")
    for name, problem, hint in (
        ("RUNTIME_BASE", image_problem, IMAGE_HINT),
        ("DHI_MIRROR", image_problem, IMAGE_HINT),
        ("RUNTIME_USER", user_problem, USER_HINT),
    ):
        if text := args.get(name):
            if (wrong := problem(text)) is not None:
                raise OptionError(f'the build-arg {name} is "{shown(text)}", which {wrong}', hint=hint)
            found[name.lower()] = text if name == "DHI_MIRROR" else Setting(text, "build-arg")
    return found


def _packages(name: str, text: str) -> tuple[str, ...]:
    packages = words(text)
    for package in packages:
        if (problem := package_problem(package)) is not None:
            raise OptionError(f'the build-arg {name}: "{shown(package)}" {problem}', hint=PACKAGE_HINT)
    return packages


def _keep(text: str, parse_pattern: Callable[[str], object]) -> tuple[str, ...]:
    patterns = words(text)
    for pattern in patterns:
        try:
            parse_pattern(pattern)
        except ValueError as error:
            raise OptionError(f'keep: "{shown(pattern)}" {error}', hint=PATTERN_HINT) from error
    return patterns


def _skip(text: str) -> tuple[str, ...]:
    for name in words(text):
        if (problem := step_problem(name, STEPS)) is not None:
            raise OptionError(f"the build-arg SKIP: {problem[0]}", hint=problem[1])
    return words(text)


def _variables(args: Mapping[str, str], prefix: str, part: str) -> dict[str, str]:
    """The variables that build-args with a prefix set; `part` is "build" or "run"."""
    variables = {name.removeprefix(prefix): value for name, value in args.items() if name.startswith(prefix)}
    for variable, value in variables.items():
        if not is_variable(variable):
            raise OptionError(
                f'the build-arg "{prefix}{shown(variable)}" does not name a valid variable', hint=VARIABLE_HINT
            )
        if (problem := variable_problem(variable, value, part)) is not None:
            raise OptionError(f'the build-arg "{prefix}{variable}" {problem[0]}', hint=problem[1])
    return variables
