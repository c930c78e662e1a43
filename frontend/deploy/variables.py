"""The variables that files of other platforms state: which are taken, which are versions, and which are only named."""

from collections.abc import Iterable

from msgspec import Struct

from frontend.deploy.model import Named, Stated
from frontend.languages import registry
from frontend.plan.model import Warning
from frontend.secrets.detection import is_secret
from frontend.settings.values import is_variable, variable_problem

BUILDERS = ("NIXPACKS_", "RAILPACK_", "BP_", "GOOGLE_")  # what begins the names of a builder's own variables
PORT = "PORT"
VERSIONS = {f"{builder}{registry.setting(tool)}": tool for tool in registry.tools() for builder in ("", *BUILDERS)}
SHOWN = 8  # names in a message


class Chosen(Struct, frozen=True):
    """The variables that are set, the versions of tools among them, and what is told of the others."""

    env: tuple[Named, ...]
    versions: dict[str, Stated]
    warnings: tuple[Warning, ...]


def choose(stated: Iterable[Named], unset: Iterable[Stated]) -> Chosen:
    """What is made of variables, of one name the first. `unset` are those that have no value in a file."""
    env: dict[str, Stated] = {}
    versions: dict[str, Stated] = {}
    missing = {one.text: one for one in unset}
    for name, value in stated:
        if name in VERSIONS:
            versions.setdefault(VERSIONS[name], value)
        elif name == PORT or name.startswith(BUILDERS):
            continue
        elif is_secret(name, value.text) or is_reference(value.text):
            missing.setdefault(name, Stated(name, value.at))
        elif is_variable(name) and variable_problem(name, value.text, "run") is None:
            env.setdefault(name, value)
    left = [one for name, one in missing.items() if name not in env and name not in VERSIONS and name != PORT]
    return Chosen(tuple(env.items()), versions, named(left))


def is_reference(value: str) -> bool:
    """Whether a value is put together by the platform: `${{Postgres.DATABASE_URL}}`, `${db.HOSTNAME}`."""
    return "${" in value or "$(" in value


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
