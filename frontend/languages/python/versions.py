"""Which Python: a dated table, the files that ask for a version, and their range syntaxes."""

from typing import Any

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.errors import VersionError
from frontend.languages.python import manifests, setup_files
from frontend.plan.model import Evidence, ToolVersion, Warning
from frontend.rules import version_files
from frontend.rules.ranges import Range
from frontend.rules.version_files import Rule
from frontend.rules.versions import Asked, Release, Tool, choose, is_older, key
from frontend.secrets.masking import shown
from frontend.settings.model import Settings

TITLE = "Python"
# Sources: https://devguide.python.org/versions/ and the tags of docker.io/library/python
TABLE_DATE = "2026-11-28"
RELEASES = (
    Release("3.15", "3.15.2", "2031-10-31", (("trixie", "3.15.0"),)),
    Release("3.14", "3.14.10", "2030-10-31", (("trixie", "3.14.0"),)),
    Release("3.13", "3.13.15", "2029-10-31", (("trixie", "3.13.6"), ("bookworm", "3.13.0"))),
    Release("3.12", "3.12.15", "2028-10-31", (("trixie", "3.12.11"), ("bookworm", "3.12.0"))),
    Release("3.11", "3.11.17", "2027-10-31", (("trixie", "3.11.13"), ("bookworm", "3.11.4"), ("bullseye", "3.11.0"))),
    Release("3.10", "3.10.22", "2026-10-31", (("trixie", "3.10.18"), ("bookworm", "3.10.12"), ("bullseye", "3.10.0"))),
    Release("3.9", "3.9.25", "2025-10-31", (("trixie", "3.9.23"), ("bookworm", "3.9.17"), ("bullseye", "3.9.7"))),
    Release("3.8", "3.8.20", "2024-10-07", (("bookworm", "3.8.17"), ("bullseye", "3.8.12"))),
    Release("3.7", "3.7.17", "2023-06-27", (("bookworm", "3.7.17"), ("bullseye", "3.7.12"))),
)
OLDEST = RELEASES[-1].line  # no pip that can install into another environment runs on an older one
DEFAULT = "3.13"
WITH_SETUPTOOLS = (3, 11)  # the last whose virtual environments have setuptools
SETUPTOOLS = "setuptools<82"  # the last that have pkg_resources
IMAGE = "python:{version}{slim}-{suite}"
ALIASES = {"latest": RELEASES[0].line, "stable": RELEASES[0].line, "cpython": DEFAULT}


def python_range(text: str) -> Range:
    """PEP 440's and Poetry's ranges; the module is imported for an app that has one."""
    from frontend.rules import ranges

    return ranges.pep440(text)


PYTHON = Tool(
    "python", TITLE, TABLE_DATE, DEFAULT, RELEASES, python_range, ALIASES, ("cpython@", "python-", "cpython-", "python")
)


class Python(Struct, frozen=True):
    """The Python of an app: why pins of its packages chose it, what they make doubtful, what to do if installing fails.

    `needs` are requirements that give pinned packages back what this Python does not have.
    """

    version: ToolVersion
    evidence: tuple[Evidence, ...] = ()
    warnings: tuple[Warning, ...] = ()
    hint: str = ""
    needs: tuple[str, ...] = ()


SETTING = (Rule.setting("python"),)
# what uv.lock was made for; Poetry's and PDM's lockfiles only repeat pyproject.toml
LOCK = (Rule.match("uv.lock", r'^requires-python *= *"(.+)"'),)
FILES = (Rule.line(".python-version"), Rule.line("runtime.txt"), Rule.tools("python"))


def has_setuptools(version: ToolVersion) -> bool:
    """Whether a virtual environment that Python itself makes has setuptools."""
    return key(version.value)[:2] <= WITH_SETUPTOOLS


def asked_version(tree: SourceTree, settings: Settings, data: dict[str, Any], shared: SourceTree) -> Asked | None:
    """Who asks for which version: build-arg, config, a version file, Pipfile, then pyproject.toml; None for nobody.

    `tree` is the app's directory, `data` its parsed pyproject.toml, `shared` the root of its workspace, or `tree`.
    """
    return (
        version_files.first(SETTING, (tree,), settings)
        or version_files.first(FILES, tuple(dict.fromkeys((tree, shared))), settings)
        or in_pipfile(tree)
        or in_pyproject(tree, data)
        or version_files.first(LOCK, (shared,), settings)
        or in_setup(tree)
        or version_files.by_candidate(settings, PYTHON)
    )


def settled(asked: ToolVersion, package: Asked | None) -> tuple[ToolVersion, tuple[Warning, ...]]:
    """The version to use where `asked` may be stale, or have no image, with the doubts.

    A version file that is older than the pyproject.toml (`package`) allows gives way to that: no manager would install
    the project. Raises VersionError for a Python that is too old to be built.
    """
    stale: tuple[Warning, ...] = ()
    if package is not None and asked.by in ("file", "platform") and is_older(asked.value, package.text, python_range):
        newer = choose(PYTHON, package)
        message = f'{TITLE} {newer.value} is used, not {asked.value}: pyproject.toml requires "{shown(package.text)}"'
        hint = "correct the version file, or the range in pyproject.toml"
        asked, stale = newer, (Warning("version-file", message, asked.at, hint),)
    found, without_image = with_image(asked)
    return found, (*stale, *((without_image,) if without_image is not None else ()))


def with_image(asked: ToolVersion) -> tuple[ToolVersion, Warning | None]:
    """A version that has an image on a Debian release of the table: `asked`, or else its line's newest, and a warning.

    Raises VersionError for a Python that is too old to be built.
    """
    if key(asked.value)[:2] < key(OLDEST):
        raise VersionError(
            f"{TITLE} {asked.value} is too old to be built",
            at=asked.at,
            hint=f"the oldest that can be built is {OLDEST}: ask for it, or a newer one (build-arg PYTHON_VERSION)",
        )
    line = next((release for release in RELEASES if asked.value.startswith(f"{release.line}.")), None)
    if line is None or asked.value.count(".") < 2 or key(asked.value) >= key(line.suites[-1][1]):
        return asked, None
    suite = line.suites[-1][0]
    message = f"{TITLE} {asked.value} has no image on Debian {suite} or later: {line.line} ({line.newest}) is used"
    hint = f"to silence this warning, ask for {line.line}"
    return structs.replace(asked, value=line.line), Warning("python-without-image", message, asked.at, hint)


def in_pipfile(tree: SourceTree) -> Asked | None:
    """The version a Pipfile requires."""
    requires = manifests.table(manifests.pipfile(tree), "requires")
    for name in ("python_full_version", "python_version"):
        if name in requires:
            return Asked(requires[name], "file", tree.line_of("Pipfile", name))
    return None


def in_pyproject(tree: SourceTree, data: dict[str, Any]) -> Asked | None:
    """`requires-python`, or Poetry's dependency `python`."""
    text = manifests.table(data, "project").get("requires-python")
    if isinstance(text, str):
        return Asked(text, "file", version_files.toml_place(tree, "pyproject.toml", ("project", "requires-python")))
    keys = ("tool", "poetry", "dependencies", "python")
    value = manifests.table(data, *keys[:-1]).get("python")
    value = value.get("version") if isinstance(value, dict) else value
    if isinstance(value, str):
        return Asked(value, "file", version_files.toml_place(tree, "pyproject.toml", keys))
    return None


def in_setup(tree: SourceTree) -> Asked | None:
    """`python_requires` of setup.cfg or setup.py."""
    found = setup_files.read(tree)
    return Asked(found.python, "file", found.python_at) if found.python else None
