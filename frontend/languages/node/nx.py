"""Nx: applications that have a project.json, or a key of package.json, instead of scripts.

Source: https://nx.dev/reference/project-configuration
"""

from typing import Any

from frontend.context.tree import SourceTree
from frontend.languages.node.workspaces import Project
from frontend.paths import within

WORKSPACE, PROJECT = "nx.json", "project.json"
PLACES = (f"apps/*/{PROJECT}", f"packages/*/{PROJECT}", f"*/{PROJECT}")  # of applications, below the repository's root


def file(tree: SourceTree, project: Project) -> str:
    """The file that configures an application: project.json, else its package.json."""
    path = within(project.app.dir, PROJECT)
    return path if tree.has(path) else project.app.path


def name(tree: SourceTree, project: Project) -> str:
    """The name Nx knows an application by."""
    own = project.app.data.get("nx")
    told = (tree.read_json(within(project.app.dir, PROJECT)) or {}).get("name")
    told = told or (own.get("name") if isinstance(own, dict) else None)
    return str(told or project.app.name or project.app.dir.rpartition("/")[2])


def target(tree: SourceTree, project: Project) -> dict[str, Any]:
    """The build target of an application, in its project.json or package.json; {} when it has none."""
    found = tree.read_json(within(project.app.dir, PROJECT)) if project.app.dir else None
    own = project.app.data.get("nx")
    targets = (found or (own if isinstance(own, dict) else {})).get("targets")
    target = targets.get("build") if isinstance(targets, dict) else None
    return target if isinstance(target, dict) else {}


def output(tree: SourceTree, project: Project) -> str:
    """Where Nx puts what it builds, relative to the repository's root; "" for an app that Nx does not build."""
    if not project.app.dir or {"build", "start"} & set(project.app.scripts):
        return ""
    built = target(tree, project)
    if not built:
        return ""
    options = built.get("options")
    path = options.get("outputPath") if isinstance(options, dict) else None
    path = path.get("base") if isinstance(path, dict) else path
    where = project.app.dir
    return str(path).replace("{projectRoot}", where).replace("{workspaceRoot}/", "") if path else f"dist/{where}"


def is_application(data: dict[str, Any]) -> bool:
    """Whether a project.json is of an application that Nx builds."""
    targets = data.get("targets")
    return data.get("projectType") == "application" and isinstance(targets, dict) and "build" in targets
