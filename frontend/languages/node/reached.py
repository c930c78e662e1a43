"""The files that Node.js loads from a start on, looked through in the built filesystem for packages that are not there.

Followed are relative imports of the app's own files, a level of files at a time. A file is searched for quoted names
first, which is cheap; only one that names something unknown is read in full (`imports.top_level`), with those that lead
to it. So a start that is right costs a read per file, and nothing else.
Sources: https://nodejs.org/api/esm.html#resolution-algorithm, https://nodejs.org/api/modules.html#all-together
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from frontend.commands.options import split_options
from frontend.commands.script import parse
from frontend.commands.words import literal
from frontend.errors import PlanError
from frontend.languages.node import options
from frontend.languages.node.entry_file import SUFFIXES
from frontend.languages.node.launchers import package_name
from frontend.plan.model import Imports, Process, Runtime

if TYPE_CHECKING:
    from typing import Protocol

    from frontend.languages.node.imports import Import

    class FileInfo(Protocol):
        """What is at a path: "file" or "dir" or other."""

        @property
        def kind(self) -> str: ...

    class Files(Protocol):
        """The built filesystem. Paths are absolute."""

        def ask(self, paths: Iterable[str]) -> None: ...
        def stat(self, path: str) -> FileInfo | None: ...
        def names(self, path: str) -> tuple[str, ...]: ...
        def begin(self, paths: Iterable[str], limit: int) -> None: ...
        def read(self, paths: Iterable[str], limit: int) -> Mapping[str, bytes | None]:
            """The first `limit` bytes of files, asked for together; None for what is no file."""
            ...


K = TypeVar("K")

BUN = "bun"
MAX_FILES = 100  # of an app: a read costs 0.2 ms
MAX_BYTES = 1 << 20  # of a file: what is further down in a longer one is not seen
LONG, LONG_LINE = 1 << 17, 1000  # characters of a text and of a line that no one wrote
STATEMENTS = ("import", "export", "const ", "let ", "var ", "require", "}")
QUOTED = tuple(re.compile(rf"""{word}\s*["']([^"'\n\\]+)["']""") for word in ("from", "import", r"require\s*\("))
TYPESCRIPT = (".ts", ".mts", ".cts", ".tsx", ".jsx")  # run by a loader that resolves in its own way, or by Node.js
COMPILED = {".js": (".ts", ".tsx"), ".mjs": (".mts",), ".cjs": (".cts",)}  # how TypeScript names its sources
DATA = (".json", ".node", ".wasm", ".css", ".html", ".txt", ".svg", ".graphql")
TRIED = (".js", ".json", ".node", "/index.js", "/index.json", "/index.node")  # by require, in this order
INDEX = "/index.js"
TRIED_BY_LOADERS = (".ts", ".tsx", ".js", ".mjs", ".cjs", "/index.ts", "/index.js")
MODULES = "node_modules/"
BUILTINS = frozenset(
    "assert assert/strict async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel"
    " dns dns/promises domain events fs fs/promises http http2 https inspector inspector/promises module net os path"
    " path/posix path/win32 perf_hooks process punycode querystring readline readline/promises repl stream"
    " stream/consumers stream/promises stream/web string_decoder sys timers timers/promises tls trace_events tty url"
    " util util/types v8 vm wasi worker_threads zlib".split()
)


class Lacked(Struct, frozen=True):
    """What a file imports and does not find: `package` is "" where `name` is a file of the app, `instead` is then what
    is there in its place. `sure` says that the start fails."""

    file: str
    line: int
    name: str
    package: str
    sure: bool
    instead: str = ""


class Entry(Struct, frozen=True):
    """A file that a process loads. `plain` says that Node.js itself finds what it imports, with no loader before."""

    path: str
    plain: bool


def walked(files: Files, runtime: Runtime, process: Process) -> Walk:
    """The files that a process loads."""
    starts = entries(process, runtime.dir)
    known = runtime.imports or Imports()
    by_bun = program_of(process) == BUN
    walk = Walk(files, known, plain=known.plain and not by_bun and all(one.plain for one in starts))
    walk.by_bun = by_bun
    walk.load(one.path for one in starts)
    return walk


def begin(files: Files, runtime: Runtime) -> None:
    """Asks for the files that processes begin with, which `walked` reads."""
    files.begin((one.path for process in runtime.processes for one in entries(process, runtime.dir)), MAX_BYTES)


def entries(process: Process, directory: str) -> tuple[Entry, ...]:
    """The files of the app that a process begins with; () where its command does not tell.

    Those that a dependency's program is given count, though it may load them in a way of its own.
    """
    words = process.args
    if process.shell:
        directory, words = last_of_shell(words[-1], directory)
    while words and (words[0] in ("env", "exec") or "=" in words[0]):
        words = words[1:]
    if not words or (words[0].rpartition("/")[2] not in ("node", BUN) and MODULES not in words[0]):
        return ()
    by_bun = words[0].rpartition("/")[2] == BUN
    split = split_options(tuple(map(literal, words[1:])), options.BUN if by_bun else options.NODE)
    if split.option("-e", "--eval", "-p", "--print") is not None:
        return ()
    loads = [one.value.text for one in split.options if one.name in options.PRELOADS and one.value is not None]
    own = [one for one in loads if one[:1] in (".", "/") and one.endswith(SUFFIXES)]
    files = [word.text for word in split.rest]
    of_package = MODULES in words[0] or any(MODULES in one for one in files[:1])
    started = [one for one in files if one.endswith(SUFFIXES) and MODULES not in one] if of_package else files[:1]
    plain = not of_package and not loads and not any(one.endswith(TYPESCRIPT) for one in started)
    return tuple(Entry(normpath(join(directory, one)), plain) for one in (*own, *started))


def program_of(process: Process) -> str:
    """The name of a process's program; "" where a shell starts it."""
    words = [word for word in process.args if word not in ("env", "exec") and "=" not in word]
    return words[0].rpartition("/")[2] if words and not process.shell else ""


def last_of_shell(text: str, directory: str) -> tuple[str, tuple[str, ...]]:
    """The words of a shell text's last command, and where it runs; () for a text that is not read."""
    try:
        commands = parse(text, None).commands
    except PlanError:
        return directory, ()
    words: tuple[str, ...] = ()
    for one in commands:
        words = tuple(word.text for word in one.program)
        if words[:1] == ("cd",) and len(words) == 2:
            directory = normpath(join(directory, words[1]))
    return directory, words


class Walk:
    """The files reached so far: their texts, who imports them, and what they name that is not known."""

    def __init__(self, files: Files, known: Imports, *, plain: bool) -> None:
        self.files = files
        self.known = known
        self.plain = plain
        self.by_bun = False
        self.begins: set[str] = set()
        self.texts: dict[str, str] = {}
        self.cut: set[str] = set()  # files that are longer than what was read
        self.importers: dict[str, list[tuple[str, str]]] = {}  # file: (file that imports it, its name there)
        self.packages: dict[tuple[str, str], None] = {}  # (file, name) that may be missing
        self.own: dict[tuple[str, str], str] = {}  # (file, name) of no file, or of one whose name is another

    def load(self, starts: Iterable[str]) -> None:
        """Reads the files, and those that they import in turn, a level at a time."""
        level = set(self.found({path: (path, *(path + end for end in TRIED)) for path in starts}).values())
        self.begins = level
        while level and len(self.texts) < MAX_FILES:
            wanted: dict[tuple[str, str], tuple[str, ...]] = {}
            for file in sorted(level):
                for name in named(self.texts[file]):
                    if name.startswith(("./", "../")):
                        wanted[file, name] = self.candidates(file, name)
                    elif self.is_unknown(name):
                        self.packages[file, name] = None
            wanted = dict(islice(wanted.items(), MAX_FILES - len(self.texts)))
            before = set(self.texts)
            there = self.found(wanted)
            for place in wanted:
                path = there.get(place, "")
                self.importers.setdefault(path, []).append(place)
                if not path or (path != target(*place) and self.is_static(*place)):
                    self.own[place] = path
            level = set(there.values()) - before

    def found(self, places: Mapping[K, tuple[str, ...]]) -> dict[K, str]:
        """Of each place the first path that is a file, which is read; a file of data is only looked up."""
        chosen: dict[K, str] = {}
        left = dict(places)
        for depth in range(max(map(len, left.values()), default=0)):
            paths = dict.fromkeys(tried[depth] for tried in left.values() if len(tried) > depth)
            self.files.ask(path for path in paths if path.endswith(DATA))
            code = [path for path in paths if not path.endswith(DATA) and path not in self.texts]
            for path, data in self.files.read(code, MAX_BYTES).items() if code else ():
                if data is not None:
                    self.texts[path] = data.decode("utf-8", "replace")
                    self.cut.update([path] if len(data) >= MAX_BYTES else ())
            for key, tried in list(left.items()):
                path = tried[depth] if len(tried) > depth else ""
                if path in self.texts or (path.endswith(DATA) and self.files.stat(path) is not None):
                    self.texts.setdefault(path, "")
                    chosen[key] = path
                    del left[key]
        return chosen

    def is_static(self, file: str, name: str) -> bool:
        """Whether a name stands behind `import` or `from`, where Node.js takes no other than the file's own."""
        return self.plain and any(
            f"{before}{name}" in self.texts[file]
            for before in ('from "', "from '", 'from"', 'import "', "import '", 'import"')
        )

    def candidates(self, file: str, name: str) -> tuple[str, ...]:
        """The files that a relative import may mean, the likeliest first."""
        path = target(file, name.partition("?")[0])
        stem, dot, end = path.rpartition(".")
        if not self.plain:
            sources = tuple(stem + one for one in COMPILED.get(dot + end, ()))
            exact = (path,) if dot + end in (*SUFFIXES, *TYPESCRIPT, *DATA) else ()
            return (*exact, *sources, *(path + one for one in TRIED_BY_LOADERS))
        if path.endswith((*SUFFIXES, *DATA)):
            return (path, *(path + one for one in TRIED[:1]))
        first = path + TRIED[0]
        return (first, path + INDEX, path, *(path + one for one in TRIED[1:] if one != INDEX))

    def is_unknown(self, name: str) -> bool:
        """Whether a name is that of a package the plan does not install."""
        if name[0] in "./#" or ":" in name:
            return name.startswith("bun:") and not self.by_bun
        return (
            name not in BUILTINS
            and not (self.by_bun and name == BUN)
            and package_name(name) not in self.known.installed
        )

    def lacked(self) -> tuple[Lacked, ...]:
        """What top-level imports of reached files do not find, each package once, in the order of the files."""
        self.files.ask(places_of(*place)[0] for place in self.packages if ":" not in place[1])
        missing = [place for place in self.packages if not any(map(self.files.stat, places_of(*place)))]
        found: dict[str, Lacked] = {}
        for file, name in (*missing, *self.own):
            one = next((one for one in self.all_of(file) if one.name == name), None)
            instead = self.own.get((file, name))
            if one is None or not self.is_loaded(file, set()) or (instead is not None and self.leads_on(file, one)):
                continue
            sure = one.sure and self.plain and file not in self.cut
            package = "" if instead is not None else name if ":" in name else package_name(name)
            found.setdefault(package or f"{file} {name}", Lacked(file, one.line, name, package, sure, instead or ""))
        return tuple(found.values())

    def leads_on(self, file: str, one: Import) -> bool:
        """Whether a relative import that is no file of its own name may be found: `require` tries other names, and
        looks into a directory; `import` takes none but the whole name."""
        if self.own[file, one.name] or "?" in one.name:
            return not one.static or "?" in one.name
        there = self.files.stat(target(file, one.name))
        return there is not None and (not one.static or there.kind != "dir")

    def all_of(self, file: str) -> tuple[Import, ...]:
        """The top-level imports of a file."""
        from frontend.languages.node.imports import top_level

        return top_level(self.texts[file])

    def is_loaded(self, file: str, seen: set[str]) -> bool:
        """Whether a file is loaded with the start: by top-level imports all the way."""
        if file in self.begins:
            return True
        seen.add(file)
        return any(
            importer not in seen
            and any(one.name == name for one in self.all_of(importer))
            and self.is_loaded(importer, seen)
            for importer, name in self.importers.get(file, ())
        )


def target(file: str, name: str) -> str:
    """The path that a relative import means, as it is written."""
    return normpath(join(dirname(file), name))


def named(text: str) -> dict[str, None]:
    """What a text may import: quoted names behind the words of imports."""
    return dict.fromkeys(
        match[1] for pattern in QUOTED for match in pattern.finditer(text) if may_count(text, match.start())
    )


def may_count(text: str, position: int) -> bool:
    """Whether what stands at a position may be an import of the file, at a glance: no comment. In a long text, which is
    a bundle's, only where a statement begins the line; a `require` of a minified one belongs to a package in it.
    """
    start = text.rfind("\n", 0, position) + 1
    if text[start : start + 100].lstrip().startswith(("//", "*", "/*")):
        return False
    if len(text) < LONG:
        return True
    return text.startswith(STATEMENTS, start) if position - start < LONG_LINE else text[position] != "r"


def places_of(file: str, name: str) -> list[str]:
    """Where Node.js looks for the package of a module that a file imports, the app's own node_modules first."""
    parts = dirname(file).strip("/").split("/")
    above = ["/" + "/".join(parts[:count]) for count in range(1, len(parts) + 1) if parts[count - 1] != "node_modules"]
    return [f"{one}/node_modules/{package_name(name) or name}" for one in above]
