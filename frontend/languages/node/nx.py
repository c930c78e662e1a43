"""Nx: applications that have a project.json, or a key of package.json, instead of scripts.

Source: https://nx.dev/reference/project-configuration
"""

import re
from collections.abc import Iterator
from typing import Any

from frontend.context.tree import SourceTree
from frontend.languages.node import programs
from frontend.languages.node.manifest import Manifest
from frontend.languages.node.workspaces import Project
from frontend.paths import within

WORKSPACE, PROJECT = "nx.json", "project.json"
PLACES = tuple(f"{dir}/{PROJECT}" for dir in ("apps/*", "apps/*/*", "packages/*", "*"))  # of applications
SITES = (  # what the names of executors begin with that make a site for a browser
    "@nx/vite:", "@nx/angular:", "@nx/web:", "@nx/react:", "@nx/rollup:", "@nrwl/vite:", "@nrwl/angular:", "@nrwl/web:",
    "@angular-devkit/build-angular:", "@angular/build:",
)  # fmt: skip
NEXT = ("@nx/next:", "@nrwl/next:")
INFERRED = ("webpack.config.js", "webpack.config.ts", "rspack.config.js", "rspack.config.ts")  # plugins build by these
PAGES = tuple(f"vite.config.{end}" for end in ("ts", "js", "mts", "mjs"))  # and by these where a page is beside them
FOR_NODE = re.compile(r"""\btarget\s*:\s*["'`](?:async-)?node""")
MAINS = ("main.js", "main.cjs", "main.mjs", "src/main.js", "index.js", "src/index.js")


def file(tree: SourceTree, manifest: Manifest) -> str:
    """The file that configures an application: project.json, else its package.json."""
    path = within(manifest.dir, PROJECT)
    return path if tree.has(path) else manifest.path


def configuration(tree: SourceTree, manifest: Manifest) -> dict[str, Any]:
    """What project.json, else the key "nx" of package.json, says; {} where there is neither."""
    path = within(manifest.dir, PROJECT)
    own = (tree.read_json(path) if tree.has(path) else None) or manifest.data.get("nx")
    return own if isinstance(own, dict) else {}


def name(tree: SourceTree, manifest: Manifest) -> str:
    """The name Nx knows an application by."""
    told = configuration(tree, manifest).get("name")
    return str(told or manifest.name or manifest.dir.rpartition("/")[2])


def targets(tree: SourceTree, manifest: Manifest) -> dict[str, Any]:
    """The targets of an application by name."""
    found = configuration(tree, manifest).get("targets")
    return found if isinstance(found, dict) else {}


def target(tree: SourceTree, manifest: Manifest) -> dict[str, Any]:
    """The build target of an application; {} when it has none, or one that says nothing."""
    target = targets(tree, manifest).get("build")
    return target if isinstance(target, dict) else {}


def executor(target: dict[str, Any]) -> str:
    """What runs a target: "@nx/esbuild:esbuild"; "" where it does not say."""
    return str(target.get("executor") or target.get("builder") or "")


def is_site(target: dict[str, Any]) -> bool:
    """Whether a build target makes what a browser runs, without a server."""
    options = target.get("options")
    return executor(target).startswith(SITES) or (isinstance(options, dict) and options.get("target") == "web")


def makes_next(target: dict[str, Any]) -> bool:
    """Whether a build target makes a Next.js app."""
    return executor(target).startswith(NEXT)


def builds(tree: SourceTree, manifest: Manifest) -> bool:
    """Whether Nx builds a package: it has a target, or a configuration that a plugin makes one of, and no script."""
    if programs.started(manifest.scripts.get("build", "nx")).name != "nx":
        return False
    return "build" in targets(tree, manifest) or inferred(tree, manifest) is not None


def inferred(tree: SourceTree, manifest: Manifest) -> str | None:
    """The configuration of an application by which a plugin of Nx builds it; None for none, and beside a target of its
    own that says what builds.

    Source: https://nx.dev/concepts/inferred-tasks
    """
    own = tree.has(within(manifest.dir, PROJECT)) or isinstance(manifest.data.get("nx"), dict)
    told = target(tree, manifest)
    if not own or executor(told) or "command" in told or ("build" in targets(tree, manifest) and not told):
        return None
    names = (*INFERRED, *(PAGES if tree.has(within(manifest.dir, "index.html")) else ()))
    return next((path for one in names if tree.has(path := within(manifest.dir, one))), None)


def makes_site(tree: SourceTree, manifest: Manifest) -> bool:
    """Whether what Nx builds is for a browser, without a server: by its target, or by a plugin's configuration that is
    not for Node.js."""
    path = inferred(tree, manifest)
    return is_site(target(tree, manifest)) or (path is not None and not FOR_NODE.search(tree.read_text(path) or ""))


def serves(tree: SourceTree, manifest: Manifest) -> bool:
    """Whether Nx builds a server of a package, and knows how it is served."""
    told = targets(tree, manifest)
    return (
        "serve" in told and ("build" in told or inferred(tree, manifest) is not None) and not makes_site(tree, manifest)
    )


def output(tree: SourceTree, project: Project) -> str:
    """Where Nx puts what it builds, relative to the repository's root; "" for an app that Nx does not build."""
    if not builds(tree, project.app):
        return ""
    options = target(tree, project.app).get("options")
    path = options.get("outputPath") if isinstance(options, dict) else None
    path = path.get("base") if isinstance(path, dict) else path
    where = project.app.dir
    usual = within("dist", where)
    return str(path).replace("{projectRoot}", where).replace("{workspaceRoot}/", "").strip("/") if path else usual


def pages(output: str, project: Project) -> tuple[str, ...]:
    """Where the pages of a site may be that Nx puts into a directory, relative to the repository's root."""
    return tuple(dict.fromkeys((f"{output}/browser", output, within(project.app.dir, "dist"))))


def entries(tree: SourceTree, project: Project) -> tuple[str, ...]:
    """The files that Nx may build for Node.js to start, the likeliest first, relative to the repository's root.

    The name follows the executor's format (`main.js`, `main.cjs`) and the source's; a compiler keeps its directory.
    """
    options = target(tree, project.app).get("options")
    own = options if isinstance(options, dict) else {}
    main = str(own.get("main") or "").removeprefix(f"{project.app.dir}/" if project.app.dir else "")
    stem = main.rpartition(".")[0]
    named = [str(own["outputFileName"])] if own.get("outputFileName") else []
    below = [f"{one}.{end}" for one in (stem.rpartition("/")[2], stem) if one for end in ("js", "cjs", "mjs")]
    places = dict.fromkeys((output(tree, project), within(project.app.dir, "dist")))
    return tuple(dict.fromkeys(within(place, file) for place in places for file in (*named, *below, *MAINS)))


def applications(tree: SourceTree, *, sites: bool = False) -> Iterator[str]:
    """The directories of the applications that Nx builds for a server (and of `sites`), below the repository's root."""
    for path in dict.fromkeys(path for pattern in PLACES for path in tree.glob(pattern)):
        dir = path.rpartition("/")[0]
        manifest = Manifest(dir, {})
        told = configuration(tree, manifest).get("projectType") == "application"
        if told and builds(tree, manifest) and (sites or not makes_site(tree, manifest)):
            yield dir
