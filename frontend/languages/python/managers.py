"""The package managers' own versions: what an app asks for, what is known, and how pip is told."""

from typing import Any

from frontend.context.tree import SourceTree
from frontend.errors import VersionError
from frontend.languages.python import manifests
from frontend.languages.python.versions import python_range
from frontend.plan.model import ToolVersion
from frontend.rules import version_files
from frontend.rules.versions import Asked, Package, choose_package, is_prerelease, is_version, key, line
from frontend.settings.model import Settings

# Newest of each line on 2026-11-28, and the oldest Python that runs it; a range takes the first that it allows.
VERSIONS: dict[str, tuple[Package, ...]] = {
    "uv": (Package("0.13.9"),),
    "poetry": (Package("2.5.1", "3.10"), Package("2.2.1", "3.9"), Package("1.8.5", "3.8"), Package("1.5.1", "3.7")),
    # 2.29.4 has an extra `locked` that names a certifi which does not exist, and without it stops at a newer hishel
    "pdm": (
        Package("2.29.3", "3.10"),
        Package("2.26.9", "3.9"),
        Package("2.20.1", "3.8"),
        Package("2.10.4", "3.7"),
    ),
    "pipenv": (
        Package("2026.10.3", "3.10"),
        Package("2025.1.3", "3.10"),
        Package("2025.0.4", "3.9"),
        Package("2024.4.1", "3.8"),
        Package("2023.10.3", "3.7"),
    ),
}
PIP = (Package("26.3", "3.10"), Package("25.0.1", "3.8"), Package("24.0", "3.7"))
EXTRAS = {"pdm": "[locked]"}  # its own dependencies as they were tested: a newer one of them has broken it before
STATED = {  # where an app says which version of its manager it needs
    # https://docs.astral.sh/uv/reference/settings/#required-version: uv.toml is read instead of pyproject.toml
    "uv": (("uv.toml", ("required-version",)), ("pyproject.toml", ("tool", "uv", "required-version"))),
    # https://python-poetry.org/docs/pyproject/#requires-poetry
    "poetry": (("pyproject.toml", ("tool", "poetry", "requires-poetry")),),
}
PIP_WITH_PYTHON = (22, 3)  # the first pip with --python, https://pip.pypa.io/en/stable/news/#v22-3
# Of each line, the first release whose image has such a pip: an image has the pip that its `ensurepip` bundles.
IMAGE_WITH_PYTHON = {"3.7": "3.7.17", "3.8": "3.8.17", "3.9": "3.9.17", "3.10": "3.10.9"}
POETRY_WITH_ONLY = (1, 2)  # the first Poetry with --only


def version(kind: str, here: SourceTree, data: dict[str, Any], settings: Settings, python: ToolVersion) -> ToolVersion:
    """The version of a manager to install: the setting, what the app states, or the newest that the Python runs.

    `data` is the app's pyproject.toml. Raises VersionError for a text that is no range.
    """
    asked = version_files.by_setting(settings, kind) or stated(kind, here, data)
    if asked is None:
        return ToolVersion(kind, newest(VERSIONS[kind], python))
    return ToolVersion(kind, chosen(kind, asked, python), asked.text, asked.by, asked.at)


def pip(settings: Settings, python: ToolVersion) -> ToolVersion | None:
    """The pip that the user's setting asks for, or one that can install into another environment where the build
    image's cannot; None for the build image's.

    Raises VersionError for one that cannot install into another environment.
    """
    asked = version_files.by_setting(settings, "pip")
    if asked is None:
        release = python.value.rpartition(".")[0]
        first = IMAGE_WITH_PYTHON.get(release)  # None for a whole line: that is its newest
        return ToolVersion("pip", newest(PIP, python)) if first and key(python.value) < key(first) else None
    found = ToolVersion("pip", chosen("pip", asked, python), asked.text, asked.by, asked.at)
    if line(found.value, python_range) < PIP_WITH_PYTHON:
        raise VersionError(
            f"pip {found.value} is too old: it has no option --python",
            at=asked.at,
            hint="use pip 22.3 or later, or leave PIP_VERSION out to use that of the Python image",
        )
    return found


def newest(known: tuple[Package, ...], python: ToolVersion) -> str:
    """The newest known version that the Python runs."""
    return choose_package("", known, Asked("", "file"), python_range, runtime=python.value)


def chosen(kind: str, asked: Asked, python: ToolVersion) -> str:
    """The version asked for, or the range as it is where no known version satisfies it."""
    return choose_package(kind, VERSIONS.get(kind, PIP), asked, python_range, runtime=python.value)


def stated(kind: str, here: SourceTree, data: dict[str, Any]) -> Asked | None:
    """What the app's own files ask for."""
    for path, keys in STATED.get(kind, ()):
        if path == manifests.PYPROJECT:
            text = manifests.table(data, *keys[:-1]).get(keys[-1])
            if isinstance(text, str) and text.strip():
                return Asked(text, "file", version_files.toml_place(here, path, keys))
        elif (asked := version_files.toml(here, path, keys)) is not None:
            return asked
    return None


def requirement(tool: ToolVersion) -> str:
    """The manager as pip installs it: "uv==0.13.9", "uv>=0.8,<0.10"."""
    name, text = f"{tool.tool}{EXTRAS.get(tool.tool, '')}", tool.value
    known = any(text == one.version for one in VERSIONS.get(tool.tool, PIP))
    if known or (is_version(text) and text.count(".") == 2) or is_prerelease(text):
        return f"{name}=={text}"
    from frontend.rules import ranges

    parts = [part.strip() for part in text.split(",")]
    if all(part[:2] in ("~=", "==", "!=", ">=", "<=") or part[:1] in "<>" for part in parts if part):
        return f"{name}{','.join(''.join(part.split()) for part in parts if part)}"
    return f"{name}{ranges.requirement(ranges.pep440(text))}"


def without_development(tool: ToolVersion | None, groups: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Poetry's options that leave development dependencies out, but for some groups."""
    older = tool is not None and line(tool.value, python_range) < POETRY_WITH_ONLY
    if older:
        return () if groups else ("--no-dev",)
    return ("--only", ",".join(("main", *groups)))
