"""moon: packages whose tasks are in a moon.yml beside their package.json.

Sources: https://moonrepo.dev/docs/config/project, https://moonrepo.dev/docs/config/workspace
"""

from typing import Any

from frontend.commands.words import quoted
from frontend.context.tree import SourceTree
from frontend.languages.node.manifest import Manifest
from frontend.paths import within

WORKSPACE, PROJECT = ".moon/workspace.yml", "moon.yml"


def read(tree: SourceTree, path: str) -> dict[str, Any]:
    """A file of moon's; {} where there is none."""
    found = tree.read_yaml(path) if tree.has(path) else None
    return found if isinstance(found, dict) else {}


def name(tree: SourceTree, manifest: Manifest) -> str:
    """The name that moon knows a package by: the key of its directory, else the directory's own name."""
    projects = read(tree, WORKSPACE).get("projects")
    projects = projects.get("sources", projects) if isinstance(projects, dict) else {}
    keys = (key for key, dir in projects.items() if isinstance(dir, str) and dir.removeprefix("./") == manifest.dir)
    return next(keys, manifest.dir.rpartition("/")[2])


def tasks(tree: SourceTree, manifest: Manifest) -> dict[str, str]:
    """The tasks of a package as texts for a shell: {"start": "node dist/main.js"}."""
    own = read(tree, within(manifest.dir, PROJECT)).get("tasks")
    found = {}
    for task, value in own.items() if isinstance(own, dict) else ():
        if isinstance(value, dict):
            parts = [value.get("script") or value.get("command"), value.get("args")]
            texts = (" ".join(map(quoted, map(str, one))) if isinstance(one, list) else one for one in parts)
            found[str(task)] = " ".join(text for text in texts if isinstance(text, str))
    return found
