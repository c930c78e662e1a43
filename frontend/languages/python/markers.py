"""Whether a requirement is for the image at all: environment markers on Linux, CPython and the chosen version.

Source: https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers
"""

from collections.abc import Iterator
from typing import Any

from frontend.languages.python.versions import RELEASES, python_range

MACHINES = ("x86_64", "aarch64")  # a plan is made once for all platforms: what one of them needs is needed
VARIABLES = (
    "os_name",
    "sys_platform",
    "platform_machine",
    "platform_python_implementation",
    "platform_system",
    "python_version",
    "python_full_version",
    "implementation_name",
)


def of_line(text: str) -> str:
    """The marker of a requirement: `gunicorn; sys_platform != "win32"`; "" without one. A URL may have a ";" in it."""
    requirement = text.partition(" --")[0]
    mark = " ;" if "://" in requirement.partition('"')[0].partition("'")[0] else ";"
    return requirement.partition(mark)[2].strip()


def of_table(value: dict[str, Any]) -> str:
    """The marker of a dependency's table: Poetry's `markers` and `platform`, Pipenv's variables as keys."""
    parts = [value["markers"]] if isinstance(value.get("markers"), str) else []
    if isinstance(value.get("platform"), str):
        parts.append(f'sys_platform == "{value["platform"]}"')
    parts += [f"{name} {value[name]}" for name in VARIABLES if isinstance(value.get(name), str)]
    return " and ".join(f"({part})" for part in parts)


def applies(marker: str, python: str) -> bool:
    """Whether a marker holds in the image of a Python's version or line; a marker that is none is left to pip."""
    if not marker:
        return True
    from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

    try:
        parsed = Marker(marker)
        return any(parsed.evaluate(environment) for environment in environments(python))
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName):
        return True


def allows(constraint: str, python: str) -> bool:
    """Whether Poetry's `python = "^3.11"` of a dependency allows a Python; what is no constraint is left to Poetry."""
    from frontend.rules import ranges

    try:
        return not constraint or ranges.contains(python_range(constraint), full(python))
    except ValueError:
        return True


def full(python: str) -> str:
    """A version in full: of a line its newest release that is known."""
    return next((release.newest for release in RELEASES if release.line == python), python)


def environments(python: str) -> Iterator[dict[str, str]]:
    """The variables of markers, for each machine."""
    version = full(python)
    for machine in MACHINES:
        yield {
            "os_name": "posix",
            "sys_platform": "linux",
            "platform_machine": machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_version": ".".join(version.split(".")[:2]),
            "python_full_version": version,
            "implementation_name": "cpython",
            "implementation_version": version,
            "extra": "",
        }
