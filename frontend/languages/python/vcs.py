"""Projects whose version is in their git history, which no build has: they are given one, and the plan says so."""

from typing import Any

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.languages.python import manifests, requirements, setup_files
from frontend.plan.model import Warning
from frontend.settings.model import Settings

VERSION = "0.0.0"
VARIABLES = {  # what builds a project -> the variable that gives it the version
    "setuptools-scm": "SETUPTOOLS_SCM_PRETEND_VERSION",
    "hatch-vcs": "SETUPTOOLS_SCM_PRETEND_VERSION",
    "vcs-versioning": "SETUPTOOLS_SCM_PRETEND_VERSION",
    "flit-scm": "SETUPTOOLS_SCM_PRETEND_VERSION",
    "pbr": "PBR_VERSION",
    "pdm-backend": "PDM_BUILD_SCM_VERSION",
    "poetry-dynamic-versioning": "POETRY_DYNAMIC_VERSIONING_BYPASS",
    "uv-dynamic-versioning": "UV_DYNAMIC_VERSIONING_BYPASS",
}

KEYWORDS = {"use_scm_version": "setuptools-scm", "pbr": "pbr"}  # of setup(): what reads the version from git


class Pretended(Struct, frozen=True):
    """The version that a build is given, as its environment, and what the user is told."""

    env: tuple[tuple[str, str], ...]
    warning: Warning


def pretended(here: SourceTree, data: dict[str, Any], settings: Settings) -> Pretended | None:
    """The version of a project that reads its own from git; None for another, and where the user or .git gives it."""
    listed = manifests.table(data, "build-system").get("requires") or ()
    names = [one.name for text in listed if isinstance(text, str) and (one := requirements.parse(text)) is not None]
    name = next((name for name in names if name in VARIABLES), "")
    at = here.line_of("pyproject.toml", "build-system", name) if name else None
    if not name:
        lines = ((tool, setup_files.line_of_keyword(here, word)) for word, tool in KEYWORDS.items())
        name, line = next(((tool, line) for tool, line in lines if line), ("", 0))
        at = here.at(setup_files.PY, line)
    if not name or here.is_dir(".git") or (name == "pdm-backend" and not from_scm(data)):
        return None
    variable = VARIABLES[name]
    if variable in dict(settings.build_env):
        return None
    warning = Warning(
        "version-from-git",
        f"{name} reads the project's version from git, which a build does not have: the version used is {VERSION}",
        at,
        f"set the version with the build-arg BUILD_ENV_{variable}",
    )
    return Pretended(((variable, VERSION),), warning)


def from_scm(data: dict[str, Any]) -> bool:
    """Whether PDM's build system is told to take the version from git."""
    version = manifests.table(data, "tool", "pdm").get("version")
    return isinstance(version, dict) and version.get("source") == "scm"
