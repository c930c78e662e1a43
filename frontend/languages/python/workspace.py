"""uv workspaces: an app that is one of several projects which share a lockfile at the root of their repository.

Source: https://docs.astral.sh/uv/concepts/projects/workspaces/
"""

from fnmatch import fnmatchcase
from typing import Any

from frontend.context.tree import SourceTree
from frontend.languages.python import manifests

LOCK, MANIFEST = "uv.lock", "pyproject.toml"


def root_of(tree: SourceTree, app: str) -> str | None:
    """The directory of the workspace that the app in a directory is a member of; None when it stands alone."""
    if not app or tree.under(app).has(LOCK) or not tree.under(app).has(MANIFEST):
        return None
    parent = app
    while parent:
        parent = parent.rpartition("/")[0]
        here = tree.under(parent)
        if here.has(LOCK) and here.has(MANIFEST):
            below = app[len(parent) + 1 :] if parent else app
            return parent if is_member(table(manifests.pyproject(here)), below) else None
    return None


def table(data: dict[str, Any]) -> dict[str, Any]:
    """`[tool.uv.workspace]` of a pyproject.toml; {} without one."""
    return manifests.table(data, "tool", "uv", "workspace")


def is_member(workspace: dict[str, Any], path: str) -> bool:
    """Whether the workspace's patterns name a directory below it."""
    return matches(workspace.get("members"), path) and not matches(workspace.get("exclude"), path)


def matches(patterns: Any, path: str) -> bool:
    """Whether one of the patterns is the path, part by part: "apps/*" is not "apps/a/b"."""
    parts = path.split("/")
    for pattern in patterns if isinstance(patterns, list) else ():
        wanted = str(pattern).strip("/").removeprefix("./").split("/")
        if len(wanted) == len(parts) and all(map(fnmatchcase, parts, wanted)):
            return True
    return False
