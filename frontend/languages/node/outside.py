"""What the build of a front end writes outside of its own directory, as its bundler's configuration says.

A server that finds its static files by a rule of its framework (`shop/static/`) names no such path in its source.
Sources: https://vite.dev/config/build-options.html#build-outdir, https://cli.vuejs.org/config/#outputdir,
https://webpack.js.org/configuration/output/#outputpath, https://angular.dev/reference/configs/workspace-config
"""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.node import served
from frontend.languages.node.frameworks import VITE_CONFIGS
from frontend.languages.node.manifest import FILE, Manifest, line, read
from frontend.paths import joined, within
from frontend.rules import monorepo

SCRIPTS = ("js", "mjs", "cjs", "ts", "mts")
CONFIGS: tuple[tuple[tuple[str, ...], str], ...] = (  # files of a bundler, the key of its output directory
    (VITE_CONFIGS, "outDir"),
    (tuple(f"vue.config.{end}" for end in SCRIPTS), "outputDir"),
    (tuple(f"webpack.config{kind}.{end}" for kind in ("", ".prod", ".production") for end in SCRIPTS), "path"),
    (tuple(f"rollup.config.{end}" for end in SCRIPTS), "(?:dir|file)"),
    (("angular.json",), "outputPath"),
)
OPTION = re.compile(r"--?(?:outDir|out-dir|outdir|dist-dir|output-path|output|o|d)[= ]['\"]?((?:\./)?\.\./[^\s'\"]+)")


MOVES = re.compile(r"(?:^|[\s;&|])(?:mv|cp)(?:\s+-\S+)*\s+(\S+)\s+((?:\./)?\.\./[^\s;&|]+)\s*(?:$|[;&|])")


class Written(Struct, frozen=True):
    """A directory or file of the context that a build writes, and the place that says so."""

    path: str
    at: Location


def into(tree: SourceTree, app: str, dirs: Iterable[str] | None = None) -> Iterator[tuple[str, Written]]:
    """The packages in `dirs`, those below the app without, whose build writes into it, with what they write.

    What is there needs no build.
    """
    places = tuple(monorepo.having(tree, app, FILE) if dirs is None else dirs)
    tree.need_entries(*places)
    for dir in places:
        manifest = read(tree, dir)
        found = written(tree, manifest) if manifest is not None and "build" in manifest.scripts else None
        if found is None or not is_below(found.path, app) or is_below(found.path, dir):
            continue
        if not (tree.is_dir(found.path) or tree.has(found.path)):
            yield dir, found


def is_below(path: str, dir: str) -> bool:
    """Whether a path is in a directory, or is it; "" is the whole context."""
    return not dir or f"{path}/".startswith(f"{dir}/")


def written(tree: SourceTree, manifest: Manifest) -> Written | None:
    """What a package's build writes outside of the package; None where neither configuration nor script says it."""
    option = OPTION.search(manifest.scripts.get("build", ""))
    if option is not None:
        return Written(joined(manifest.dir, option[1]), line(tree, manifest, "scripts", "build"))
    moved = next(moves(tree, manifest), None)
    if moved is not None:
        return moved
    found = ((text, at) for text, at in outputs(tree, manifest) if ".." in text.split("/"))
    return next((Written(joined(manifest.dir, text), at) for text, at in found), None)


def moves(tree: SourceTree, manifest: Manifest) -> Iterator[Written]:
    """Where a build script, or what runs after it, puts the output: `react-scripts build && mv build ../web`."""
    for name in ("build", "postbuild"):
        for found in MOVES.finditer(manifest.scripts.get(name, "")):
            source, target = found[1].strip("'\""), found[2].strip("'\"")
            place = joined(manifest.dir, target.rstrip("/"))
            kept = source.rstrip("/").rpartition("/")[2]
            inside = kept not in ("*", ".") and (target.endswith("/") or tree.is_dir(place))
            yield Written(within(place, kept) if inside else place, line(tree, manifest, "scripts", name))


def outputs(tree: SourceTree, manifest: Manifest) -> Iterator[tuple[str, Location]]:
    """The output directories that the configuration of a package's bundlers names, as they are written there."""
    present = tree.entries(manifest.dir)
    for names, key in CONFIGS:
        file = next((within(manifest.dir, name) for name in names if name in present), "")
        for number, row in enumerate((tree.read_lines(file) or ()) if file else (), 1):
            found = re.match(rf"""(?!\s*(?://|\*)).*?\b{key}['"]?\s*:\s*(.*)""", row)
            text = next((path for path, _ in served.texts(found[1])), "") if found is not None else ""
            if text:
                yield text, tree.at(file, number)
