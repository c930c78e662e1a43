"""The variables that files of other platforms state: which are taken, which are versions, and which are only named."""

import re
from collections.abc import Iterable

from msgspec import Struct, structs

from frontend.commands.procfile import WEB
from frontend.deploy.model import Deployment, Named, Stated
from frontend.languages import registry
from frontend.plan.model import Warning
from frontend.secrets.detection import is_secret
from frontend.secrets.masking import shown
from frontend.settings.values import is_variable, variable_problem, words

# What begins the names of a builder's own variables. Of Google's these alone: GOOGLE_CLIENT_ID is an app's.
# Source: https://cloud.google.com/docs/buildpacks/service-specific-configs
BUILDERS = (
    *("NIXPACKS_", "RAILPACK_", "BP_", "GOOGLE_ENTRYPOINT", "GOOGLE_RUNTIME", "GOOGLE_BUILDABLE", "GOOGLE_BUILD_"),
    *("GOOGLE_CLEAR_SOURCE", "GOOGLE_FUNCTION_", "GOOGLE_DEVMODE"),
)
PORT = "PORT"
PREFIXES = ("", "NIXPACKS_", "RAILPACK_", "BP_", "GOOGLE_")  # of a tool's version
VERSIONS = {f"{builder}{registry.setting(tool)}": tool for tool in registry.tools() for builder in PREFIXES}
HOMES = ("/opt/render/project/",)  # directories of a platform's machines that an app is built and run in
LOCALE = re.compile(r"LANG|LANGUAGE|LC_[A-Z]+")
C = re.compile(r"C(\.utf-?8)?|POSIX", re.IGNORECASE)
ENGLISH = ("en_US", "en_GB", "en:", "en_US:")  # set for UTF-8, which an image has anyway
SHOWN = 8  # names in a message


START = frozenset(("NIXPACKS_START_CMD", "RAILPACK_START_CMD", "GOOGLE_ENTRYPOINT"))
BUILD = frozenset(("NIXPACKS_BUILD_CMD", "RAILPACK_BUILD_CMD"))
BUILD_PACKAGES = frozenset(("NIXPACKS_APT_PKGS", "RAILPACK_BUILD_APT_PACKAGES"))
RUN_PACKAGES = frozenset(("NIXPACKS_APT_PKGS", "RAILPACK_DEPLOY_APT_PACKAGES"))


class Chosen(Struct, frozen=True):
    """The variables that are set, the versions of tools among them, and what is told of the others."""

    env: tuple[Named, ...]
    versions: dict[str, Stated]
    warnings: tuple[Warning, ...]


def applied(found: Deployment) -> Deployment:
    """What a file states, with what its variables tell the platform's builder: these go before its keys.

    Sources: https://nixpacks.com/docs/configuration/environment, https://railpack.com/config/environment-variables
    """
    if not any(name.startswith(BUILDERS) for name, _ in found.env):
        return found
    web = tuple((WEB, command) for command in of(found, START))
    return structs.replace(
        found,
        build=of(found, BUILD) or found.build,
        processes=(*web[:1], *(one for one in found.processes if not web or one[0] != WEB)),
        build_packages=(*found.build_packages, *split(of(found, BUILD_PACKAGES))),
        run_packages=(*found.run_packages, *split(of(found, RUN_PACKAGES))),
    )


def of(found: Deployment, names: frozenset[str]) -> tuple[Stated, ...]:
    """The values of a file's variables of these names."""
    return tuple(value for name, value in found.env if name in names)


def split(values: tuple[Stated, ...]) -> tuple[Stated, ...]:
    """The words of values, each for itself."""
    return tuple(Stated(word, value.at) for value in values for word in words(value.text))


def choose(stated: Iterable[Named], unset: Iterable[Stated]) -> Chosen:
    """What is made of variables, of one name the first. `unset` are those that have no value in a file."""
    env: dict[str, Stated] = {}
    versions: dict[str, Stated] = {}
    missing = {one.text: one for one in unset}
    refused: list[Warning] = []
    for name, value in stated:
        if name in VERSIONS:
            versions.setdefault(VERSIONS[name], value)
        elif name == PORT or name.startswith(BUILDERS):
            continue
        elif is_secret(name, value.text) or is_reference(value.text):
            missing.setdefault(name, Stated(name, value.at))
        elif not is_variable(name):
            refused.append(Warning("variable-name", f"not set: {shown(name)} is not a valid variable name", value.at))
        elif (problem := variable_problem(name, value.text, "run")) is not None:
            refused.append(Warning("variable-refused", f"not set: {name} {problem[0]}", value.at, problem[1]))
        elif (home := next((one for one in HOMES if one in value.text), None)) is not None:
            told = f"not set: {name} names {home}, which only the platform's own machines have"
            refused.append(
                Warning("platform-path", told, value.at, "set it to a path below /app, where the image runs")
            )
        else:
            env.setdefault(name, value)
    left = [one for name, one in missing.items() if name not in env and name not in VERSIONS and name != PORT]
    return Chosen(tuple(env.items()), versions, (*named(left), *refused))


def is_reference(value: str) -> bool:
    """Whether a value is put together by the platform: `${{Postgres.DATABASE_URL}}`, `${db.HOSTNAME}`."""
    return "${" in value or "$(" in value or value.startswith("@")


def named(variables: list[Stated]) -> tuple[Warning, ...]:
    """The variables that somebody has to set where the image runs, a warning for each file; () for none."""
    files: dict[str, list[Stated]] = {}
    for one in variables:
        files.setdefault(one.at.file, []).append(one)
    return tuple(
        Warning(
            "unset-variables",
            f"not set in the image, secret or without a value in {file}: {listed(found)}",
            found[0].at,
            f"set them where the image runs: docker run -e {found[0].text}=…",
        )
        for file, found in files.items()
    )


def listed(variables: list[Stated]) -> str:
    """Names for a message, not too many."""
    names = [one.text for one in variables]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
