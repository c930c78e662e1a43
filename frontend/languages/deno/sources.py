"""The app's own modules that its entry loads, as texts: what they import, where they listen, what they write."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.paths import beside, joined

SUFFIXES = (".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs")
MOST = 300  # modules that are read
COMMENTS = ("//", "*", "/*")
IMPORTED = re.compile(
    r"""^\s*(?:import|export)\b[^'"`;]*?['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]""", re.MULTILINE
)
COMPUTED = re.compile(r"""\bimport\(\s*(?!['"])(`[^`]*\$\{[^`]*`|[A-Za-z_$][\w$.]*)""")
READS_PORT = re.compile(r"""\benv\b[^;\n]{0,20}\bPORT\b|['"]PORT['"]""")
SERVES = re.compile(r"\bDeno\.(?:serve|serveHttp|listen)\b|\.listen\(|\bserve\(|\bcreateServer\(|\bServer\(")
# what Deno 2 took away: https://docs.deno.com/runtime/reference/migration_guide/
FIRST_ALONE = re.compile(
    r"""\bDeno\.(?:Buffer|copy|iter|iterSync|read|readSync|readAll|readAllSync|write|writeSync|writeAll|writeAllSync"""
    r"""|seek|seekSync|close|shutdown|fdatasync|fsync|fstat|ftruncate|futime|metrics|resources)\s*\("""
    r"""|^\s*(?:import|export)\b[^;'"]*['"][^'"\n]+['"]\s+assert\s*\{""",
    re.MULTILINE,
)
TRUSTED = frozenset(  # hosts that need no permission: https://docs.deno.com/runtime/fundamentals/security/
    (
        "deno.land", "jsr.io", "esm.sh", "raw.esm.sh", "cdn.jsdelivr.net", "raw.githubusercontent.com",
        "gist.githubusercontent.com",
    )
)  # fmt: skip
LOCAL = re.compile(r"""\b(?:hostname|host)\s*:\s*['"](?:localhost|127\.0\.0\.1)['"]""")
DEFAULT_FETCH = re.compile(
    r"^export\s+default\s+(?:\{[^}]*\bfetch\b|[A-Za-z_$][\w$]*\s*(?:;|$|satisfies|as\b)|\{)", re.MULTILINE
)


class Source(Struct, frozen=True):
    """A module of the app: its path, relative to the app's root, and its text."""

    path: str
    text: str

    def line(self, position: int) -> int:
        """The line of an offset."""
        return self.text.count("\n", 0, position) + 1


def loaded(
    tree: SourceTree, entries: tuple[str, ...], imports: Mapping[str, str], most: int = MOST
) -> tuple[Source, ...]:
    """The modules of the app that some entries load, in the order they are found, each once; `most` at the most.

    `imports` is the import map: bare names may be the app's own files.
    """
    found: dict[str, Source] = {}
    level = [path for path in entries if path]
    while level and len(found) < most:
        tree.need(*level)
        following: list[str] = []
        for path in level:
            if path in found or not tree.has(path) or not path.endswith(SUFFIXES):
                continue
            found[path] = source = Source(path, tree.read_text(path) or "")
            following += [inside for one in specifiers(source) if (inside := local(path, one, imports))]
        level = [path for path in dict.fromkeys(following) if path not in found]
    return tuple(found.values())


def specifiers(source: Source) -> tuple[str, ...]:
    """What a module imports, as it is written."""
    return tuple(dict.fromkeys(match[1] or match[2] for match in IMPORTED.finditer(source.text)))


def local(path: str, specifier: str, imports: Mapping[str, str]) -> str:
    """The file of the app that a module imports; "" for what is none."""
    if specifier.startswith(("./", "../")):
        inside = beside(path, specifier)
        return "" if inside.startswith("..") else inside
    mapped = imports.get(specifier, "")
    if not mapped:
        prefix = max((one for one in imports if one.endswith("/") and specifier.startswith(one)), key=len, default="")
        mapped = f"{imports[prefix]}{specifier[len(prefix) :]}" if prefix else ""
    return joined("", mapped) if mapped.startswith(("./", "../")) else ""


def is_comment(source: Source, position: int) -> bool:
    """Whether an offset is in a line that is a comment."""
    start = source.text.rfind("\n", 0, position) + 1
    return source.text[start:position].lstrip().startswith(COMMENTS)


def first(pattern: re.Pattern[str], loaded: tuple[Source, ...]) -> tuple[Source, int] | None:
    """The first module that has a pattern outside of comments, and the line; None for none."""
    for source in loaded:
        for match in pattern.finditer(source.text):
            if not is_comment(source, match.start()):
                return source, source.line(match.start())
    return None


def serves_default(text: str) -> bool:
    """Whether a module leaves it to Deno to serve its default export."""
    return DEFAULT_FETCH.search(text) is not None and SERVES.search(text) is None
