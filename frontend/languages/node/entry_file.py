"""The file an app is started by, where no script says so."""

from frontend.context.tree import SourceTree
from frontend.languages.node.manifest import Manifest
from frontend.paths import within

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
