"""The file an app is started by, where no script says so."""

from typing import Any

from frontend.context.tree import SourceTree
from frontend.languages.node.manifest import Manifest
from frontend.languages.node.workspaces import Project
from frontend.paths import relative, within

SUFFIXES = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
ENTRIES = tuple(
    f"{dir}{name}" for dir in ("", "src/", "server/", "app/") for name in ("server", "index", "app", "main")
)


def entry_file(tree: SourceTree, manifest: Manifest) -> str | None:
    """The file to start: `main` where it exists or is built, else one of the usual names; relative to the package."""
    main = manifest.text("main").removeprefix("./").rstrip("/")
    if main:
        for path in (main, f"{main}.js", f"{main}/index.js"):
            if tree.has(within(manifest.dir, path)):
                return path
        if main.startswith(("dist/", "build/", "lib/", "out/")) and (
            "build" in manifest.scripts or "typescript" in manifest.dependencies
        ):
            return main
    if tree.has(within(manifest.dir, "bin/www")):
        return "bin/www"
    if tree.has(within(manifest.dir, "bin/server.js")):
        return "bin/server.js"
    for entry in ENTRIES:
        for suffix in SUFFIXES:
            if tree.has(within(manifest.dir, entry + suffix)):
                return entry + suffix
    return None


def nx_file(tree: SourceTree, project: Project) -> str:
    """The file that configures an Nx application: project.json, else its package.json."""
    path = within(project.app.dir, "project.json")
    return path if tree.has(path) else project.app.path


def nx_name(tree: SourceTree, project: Project) -> str:
    """The name Nx knows an application by."""
    own = project.app.data.get("nx")
    told = (tree.read_json(within(project.app.dir, "project.json")) or {}).get("name")
    told = told or (own.get("name") if isinstance(own, dict) else None)
    return str(told or project.app.name or project.app.dir.rpartition("/")[2])


def nx_target(tree: SourceTree, project: Project) -> dict[str, Any]:
    """The build target of an Nx application, in its project.json or package.json; {} when it has none."""
    found = tree.read_json(within(project.app.dir, "project.json")) if project.app.dir != project.root else None
    own = project.app.data.get("nx")
    targets = (found or (own if isinstance(own, dict) else {})).get("targets")
    target = targets.get("build") if isinstance(targets, dict) else None
    return target if isinstance(target, dict) else {}


def nx_output(tree: SourceTree, project: Project) -> str:
    """Where Nx puts what it builds, relative to the repository's root; "" for an app that Nx does not build."""
    if project.app.dir == project.root or {"build", "start"} & set(project.app.scripts):
        return ""
    target = nx_target(tree, project)
    if not target:
        return ""
    options = target.get("options")
    path = options.get("outputPath") if isinstance(options, dict) else None
    path = path.get("base") if isinstance(path, dict) else path
    where = relative(project.root, project.app.dir)
    return str(path).replace("{projectRoot}", where).replace("{workspaceRoot}/", "") if path else f"dist/{where}"
