"""Folders that a server's source names and the build of a front end makes: `express.static("../web/dist")`."""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.node.manifest import FILE, read
from frontend.paths import joined, parents, within
from frontend.rules import monorepo

TEXT = re.compile(r"""(['"`])([^'"`\n]*)\1""")
BETWEEN = re.compile(r"[\s,/]*")  # what stands between the parts of one path: `join(here, "..", "web", "dist")`
SOURCES = ("*.js", "*.mjs", "*.cjs", "*.ts", "*.mts")
PLACES = ("", "src/", "server/", "app/", "src/server/")
COMMENTS = ("//", "#", "*", "/*")
MAX_FILES = 40  # read for it


class Served(Struct, frozen=True):
    """A front end in `dir`, what its build makes, and what of that is named `at` a place. Paths are in the context."""

    dir: str
    output: str
    named: str
    at: Location


def find(tree: SourceTree, app: str, files: Iterable[str]) -> Served | None:
    """The front end whose build the sources of the app in a directory name; None for none.

    `tree` is the whole context, `files` are the sources in it. What the source already has needs no build.
    """
    dirs = front_ends(tree, app)
    for file in list(files)[:MAX_FILES] if dirs else ():
        here = file.rpartition("/")[0]
        for number, row in enumerate(tree.read_lines(file) or (), 1):
            if row.lstrip().startswith(COMMENTS):
                continue
            for text in texts(row):
                for base in dict.fromkeys((here, app, *parents(here))):
                    path = joined(base, text)
                    dir = next((one for one in dirs if path.startswith(f"{one}/")), None)
                    if dir is not None and not (tree.is_dir(path) or tree.has(path)):
                        return served(dir, path, tree.at(file, number))
    return None


def served(dir: str, path: str, at: Location) -> Served:
    """A front end by a path in its directory: of a file's path its directory counts."""
    below = path[len(dir) + 1 :].split("/")
    folder = below[:-1] if "." in below[-1] and len(below) > 1 else below
    return Served(dir, within(dir, folder[0]), within(dir, "/".join(folder)), at)


def front_ends(tree: SourceTree, app: str) -> tuple[str, ...]:
    """The directories beside the app, and in it, whose package.json has a build script, the deepest first."""
    found = []
    for base in dict.fromkeys((app, *parents(app))):
        for dir in monorepo.having(tree, base, FILE):
            manifest = read(tree, dir) if not f"{app}/".startswith(f"{dir}/") else None
            if manifest is not None and "build" in manifest.scripts:
                found.append(dir)
    return tuple(sorted(found, key=len, reverse=True))


def texts(row: str) -> Iterator[str]:
    """The paths that a line of source spells in quotes; texts that stand side by side are parts of one."""
    path, end = "", 0
    for match in TEXT.finditer(row):
        if path and not BETWEEN.fullmatch(row, end, match.start()):
            yield path
            path = ""
        path, end = f"{path}/{match[2]}" if path else match[2], match.end()
    if path:
        yield path


def sources(tree: SourceTree, app: str) -> list[str]:
    """The sources of a Node.js app that may serve a folder, relative to the context."""
    patterns = [within(app, f"{place}{name}") for place in PLACES for name in SOURCES]
    tree.need(*patterns)
    return [path for pattern in patterns for path in tree.glob(pattern) if ".config." not in path]
