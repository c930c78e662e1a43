"""The port that a started source reads from a table of the app's own: `app.listen(config.port)`, `config.get("port")`.

Followed is one file: the module that the source loads the table from, or the files of the package `config`.
Source: https://github.com/node-config/node-config/wiki/Configuration-Files
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.languages.node.entry_file import SUFFIXES
from frontend.paths import joined, parents, within

LISTENS = re.compile(
    r"""\b(?:listen|serve)\(\s*(?:\{(?:[^{}]*,)?\s*(?P<short>port)\s*[,}]"""  # { port }
    r"""|(?:\{[^{}]*\bport\s*:\s*)?(?:(?:Number|parseInt)\(\s*)?"""
    r"""(?P<table>[A-Za-z_$][\w$]*)(?P<keys>(?:\.(?!get\b)[\w$]+)*)"""
    r"""(?:\.get(?:<\w+>)?\(\s*['"](?P<got>[\w.]+)['"]\s*\))?\s*[,)}])"""
)
# of the environment; "port" and "PORT" are keys of tables too
READS = re.compile(r"""\benv\b[^;\n]{0,12}PORT\b|['"]\w*PORT['"](?!\s*:)|\{[^{}]*\bPORT\b[^{}]*\}\s*=\s*process""")
COMMENTS = ("//", "*", "/*")
PACKAGE = "config"  # npm's package of that name: NODE_ENV is "production" in the image
STAGES = ("production", "default")
ENDINGS = (".json", ".json5", ".js", ".cjs", ".mjs", ".ts", ".yaml", ".yml", ".toml")
VARIABLES = "custom-environment-variables"
MODE = "production"
NUMBER = r"""['"]?\s*[:=]\s*(?:(?:Number|parseInt)\(\s*)?['"]?(\d{3,5})\b"""


class Port(Struct, frozen=True):
    """A port, and the file and line that say it."""

    number: str
    file: str
    line: int


def found(tree: SourceTree, app: str, path: str, text: str) -> Port | None:
    """The port of a table that the source `path` listens on; None where it is not known, or PORT may be read.

    `app` is the directory of the app.
    """
    for match in LISTENS.finditer(text) if not READS.search(text) else ():
        row = text[text.rfind("\n", 0, match.start()) + 1 : match.start()].lstrip()
        table = match["short"] or match["table"]
        keys = [*(match["keys"] or "").split("."), *(match["got"] or "").split(".")]
        if row.startswith(COMMENTS):
            continue
        names = [key for key in keys if key] or [table]
        for file in files(tree, app, path, text, table):
            own = tree.read_text(file) or ""
            if READS.search(own):
                return None
            port = number(own, names)
            if port is not None:
                return Port(port[0], file, port[1])
    return None


def files(tree: SourceTree, app: str, path: str, text: str, table: str) -> Iterator[str]:
    """The files that a table of a source is in, the strongest first: the source itself, the module that it is loaded
    from, or those of the package `config`."""
    name = re.escape(table)
    if re.search(rf"\b(?:const|let|var)\s+{name}\s*(?::\s*\w+\s*)?=\s*\{{", text):
        yield path
        return
    loaded = re.search(
        rf"""\b(?:const|let|var)\s+(?:{name}|\{{[^{{}}]*\b{name}\b[^{{}}]*\}})\s*=\s*require\(\s*['"]([^'"]+)['"]\s*\)"""
        rf"""|\bimport\s+(?:\*\s+as\s+)?(?:{name}|\{{[^{{}}]*\b{name}\b[^{{}}]*\}})\s+from\s+['"]([^'"]+)['"]""",
        text,
    )
    module = (loaded[1] or loaded[2]) if loaded is not None else ""
    if module == PACKAGE:
        yield from of_package(tree, app)
    elif module.startswith("."):
        stem = joined(parents(path)[0], module)
        bare = stem.rpartition(".")[0] if stem.endswith(SUFFIXES) else stem
        ends = (*SUFFIXES, ".json")
        file = tree.first(stem, *(f"{bare}{end}" for end in ends), *(f"{bare}/index{end}" for end in ends))
        if file is not None:
            yield file


def of_package(tree: SourceTree, app: str) -> Iterator[str]:
    """The files of the package `config` that are read in production; one that may take PORT from the environment is
    first."""
    for stage in (VARIABLES, *STAGES):
        file = tree.first(*(within(app, f"config/{stage}{end}") for end in ENDINGS))
        if file is not None:
            yield file


def number(text: str, keys: list[str]) -> tuple[str, int] | None:
    """The number of a key in a table, and its line; what is in a part for production counts first."""
    start = 0
    for outer in (MODE, *keys[:-1]):
        inside = re.compile(rf"""\b{re.escape(outer)}['"]?\s*[:=]\s*\{{?""").search(text, start)
        start = inside.end() if inside is not None else start
    match = re.compile(rf"\b{re.escape(keys[-1])}{NUMBER}").search(text, start)
    return (match[1], text.count("\n", 0, match.start(1)) + 1) if match is not None else None
