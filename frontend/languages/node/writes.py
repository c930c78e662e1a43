"""Where started files write below their own directory or that of the user, which a read-only root refuses.

Read are the calls that make a directory or a file by a path that is spelled out: `mkdirSync(join(__dirname, "data"))`,
`multer({ dest: "uploads/" })`, `new Database("app.db")`. What is below /tmp, or is not spelled out, is not judged.
Sources: https://nodejs.org/api/fs.html, https://bun.sh/docs/api/file-io, https://github.com/expressjs/multer#diskstorage
"""

import re
from collections.abc import Iterator, Mapping
from posixpath import dirname, join, normpath

from msgspec import Struct

from frontend.paths import HOME
from frontend.rules.writes import Place, outermost


class Call(Struct, frozen=True):
    """A call that writes to the path behind it, in a text that has `mark`: a file, or else a directory."""

    mark: str
    pattern: re.Pattern[str]
    is_file: bool = False


# A call of another module's function is `join(…)`, `path.join(…)`, `(0, node_path_1.join)(…)` as TypeScript writes it,
# `import_node_path.default.join(…)` as bundlers do.
OF_PATH, OF_OS = (rf"(?:\(0,\s*)?(?:\w*{name}\w*\.(?:default\.)?)?" for name in ("path", "os"))
OPENS = r"\)?\(\s*"
CALLS = (
    Call("mkdir", re.compile(rf"\bmkdir(?:Sync)?{OPENS}")),
    Call("ensureDir", re.compile(rf"\bensureDir(?:Sync)?{OPENS}")),
    Call("multer", re.compile(rf"\bmulter(?:\w*\.default)?{OPENS}\{{[^{{}}]*?\bdest\s*:\s*")),
    Call("multer", re.compile(r"\bdestination\s*:\s*(?=['\"`])")),
    Call("multer", re.compile(r"\bdestination\s*(?::|\()[^;]{0,200}?\(\s*null\s*,\s*")),
    Call("writeFile", re.compile(rf"\bwriteFile(?:Sync)?{OPENS}"), is_file=True),
    Call("appendFile", re.compile(rf"\bappendFile(?:Sync)?{OPENS}"), is_file=True),
    Call("createWriteStream", re.compile(rf"\bcreateWriteStream{OPENS}"), is_file=True),
    Call("Bun.write", re.compile(r"\bBun\.write\(\s*"), is_file=True),
    Call("sqlite", re.compile(r"\bnew\s+(?:(?:\w+\.)*Database(?:Sync)?|\w*sqlite\w*\.default)\(\s*"), is_file=True),
    # of an environment variable's default, which is handed to what opens the database
    Call(
        ".env.",
        re.compile(r"""(?=(?:process|Bun)\.env\.\w+\s*(?:\|\||\?\?)\s*['"`][^'"`\n$]*\.(?:db|sqlite3?)['"`])"""),
        is_file=True,
    ),
    Call("winston", re.compile(r"\btransports\.File\(\s*\{[^{}]*?\bfilename\s*:\s*"), is_file=True),
)
HERE, RUNS = r"(?:__dirname|import\.meta\.dir(?:name)?)", r"process\.cwd\(\)"
USER = rf"(?:{OF_OS}homedir\)?\(\)|process\.env\.HOME\b)"
BASE = rf"(?:(?P<here>{HERE})|(?P<runs>{RUNS})|(?P<home>{USER}))"
TEXT = r"""['"`][^'"`\n$]*['"`]"""
QUOTED = re.compile(r"""['"`]([^'"`\n$]*)['"`]""")
PARTS = rf"(?P<parts>(?:{TEXT}\s*(?:,\s*)?)+)"
JOINED = re.compile(rf"{OF_PATH}(?:join|resolve){OPENS}(?:{BASE}\s*,\s*)?{PARTS}\)")
ADDED = re.compile(rf"{BASE}\s*\+\s*(?P<parts>{TEXT})")
TEMPLATE = re.compile(rf"`\$\{{{BASE}\}}(?P<rest>/[^`$\n]*)")
VARIABLE = re.compile(r"(?:process|Bun)\.env\.(?!HOME\b)(?P<name>\w+)\s*(?:\|\||\?\?)\s*")
PARENT = re.compile(rf"{OF_PATH}dirname{OPENS}")
NAME = re.compile(r"([A-Za-z_$][\w$]*)\s*(?=[,);\n}])")
LONG_LINE = 1000  # characters of a line that no one wrote
DEPTH = 3  # of names that stand for names


def places(texts: Mapping[str, str], directory: str) -> tuple[Place, ...]:
    """The directories that some files write to, each at its first place. `directory` is where the app runs."""
    return outermost((place for file, text in texts.items() for place in written(file, text, directory)), directory)


def written(file: str, text: str, directory: str) -> Iterator[Place]:
    """The directories that a file writes to by a path that is spelled out."""
    for call in (call for call in CALLS if call.mark in text):
        for match in call.pattern.finditer(text):
            begin = text.rfind("\n", 0, match.start()) + 1
            row = text[begin : begin + 100].lstrip()
            if match.end() - begin > LONG_LINE or row.startswith(("//", "*", "/*")):
                continue
            path, variable = spelled(text, match.end(), dirname(file), directory)
            if path:
                line = text.count("\n", 0, match.end()) + 1
                dir = dirname(path) if call.is_file and path[-1] != "/" else path
                yield Place(dir.rstrip("/") or "/", file, line, variable)


def spelled(text: str, position: int, here: str, runs: str, depth: int = 0) -> tuple[str, str]:
    """The absolute path that stands at a position, "" where it is not spelled out; the variable that replaces it."""
    variable = VARIABLE.match(text, position)
    if variable is not None:
        path, inner = spelled(text, variable.end(), here, runs, depth)
        return path, variable["name"] if path else inner
    for pattern in (JOINED, ADDED, TEMPLATE):
        match = pattern.match(text, position)
        if match is not None:
            parts = [match["rest"]] if pattern is TEMPLATE else QUOTED.findall(match["parts"])
            base = here if match["here"] else HOME if match["home"] else runs
            return at_place(base, parts, bool(match["here"] or match["runs"] or match["home"])), ""
    parent = PARENT.match(text, position)
    if parent is not None:
        path, inner = spelled(text, parent.end(), here, runs, depth)
        return dirname(path), inner
    literal = QUOTED.match(text, position)
    if literal is not None:
        return at_place(runs, [literal[1].removeprefix("file:")], False), ""
    name = NAME.match(text, position)
    if name is None or depth >= DEPTH:
        return "", ""
    defined = re.search(rf"\b(?:const|let|var)\s+{re.escape(name[1])}\s*(?::\s*\w+\s*)?=\s*", text)
    return spelled(text, defined.end(), here, runs, depth + 1) if defined is not None else ("", "")


def at_place(base: str, parts: list[str], based: bool) -> str:
    """The absolute path of some parts, with the "/" behind it; "" for one that the app names itself, and for none."""
    path = "/".join(part.strip("/") for part in parts) if based else "/".join(parts)
    if not path or ":" in path or path.startswith(("/", "~")):
        return ""
    return normpath(join(base, path)) + "/" * parts[-1].endswith("/")
