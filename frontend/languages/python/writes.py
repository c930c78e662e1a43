"""What the app's modules write where a container cannot, by a path that is spelled out: each a warning at its line.

Looked at are the modules that the processes import, of those that are read anyway; of a Django project, which imports
its apps by name, all that is in packages. What runs only as a script, and what an `except OSError` takes care of, is
passed over.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from posixpath import dirname, join, normpath
from typing import Literal

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.languages.python import app_candidates, code, django, started
from frontend.languages.python.loaded import run_module
from frontend.languages.python.modules import Module, Modules, called, dotted_name, imported_modules, is_main
from frontend.languages.python.spelled import CONFIGURED, ENVIRONMENT, UNKNOWN, Reader, Scope, Text, scope_of
from frontend.languages.python.start import Start
from frontend.paths import relative, within
from frontend.plan.model import Warning
from frontend.rules import writes
from frontend.rules.writes import Place

MAX_FILES = 60
DIRECTORIES = {  # functions that write below a directory -> the argument that is it
    "os.makedirs": "name",
    "os.mkdir": "path",
    "diskcache.Cache": "directory",
    "diskcache.FanoutCache": "directory",
    "chromadb.PersistentClient": "path",
    "whoosh.index.create_in": "dirname",
}
FILES = {  # functions that write a file -> the argument that is it
    "sqlite3.connect": "database",
    "aiosqlite.connect": "database",
    "duckdb.connect": "database",
    "peewee.SqliteDatabase": "database",
    "playhouse.sqlite_ext.SqliteExtDatabase": "database",
    "sqlitedict.SqliteDict": "filename",
    "tinydb.TinyDB": "path",
    "shelve.open": "filename",
    "dbm.open": "file",
    "pickledb.load": "location",
}
OPENS = {"open": "file", "io.open": "file", "codecs.open": "filename", "aiofiles.open": "file"}  # with a mode
LOGS = {
    "logging.FileHandler": "filename",
    "logging.basicConfig": "filename",
    "loguru.logger.add": "sink",
    **dict.fromkeys(
        (
            "logging.handlers.RotatingFileHandler",
            "logging.handlers.TimedRotatingFileHandler",
            "logging.handlers.WatchedFileHandler",
            "concurrent_log_handler.ConcurrentRotatingFileHandler",
        ),
        "filename",
    ),
}
KEYWORD_ONLY = ("logging.basicConfig",)
METHODS = ("mkdir", "touch", "write_text", "write_bytes", "open")  # of a path
SETTINGS = (
    "UPLOAD_FOLDER",
    "UPLOAD_DIR",
    "UPLOADED_FILES_DEST",
    "UPLOADS_DEFAULT_DEST",
    "SESSION_FILE_DIR",
    "CACHE_DIR",
)
CONFIGURES = (".config.update", ".config.from_mapping")  # of Flask: settings as keywords
MEDIA = ("FileField", "ImageField")  # of Django's models: what is uploaded goes below MEDIA_ROOT
CLOUDS = ("storages.backends", "cloudinary_storage", "DEFAULT_FILE_STORAGE")  # another place for it
MEMORY = (":memory:", "mode=memory")
DEVELOPMENT = ("dev", "test", "local")  # what classes of settings are called that no image is started with
CATCHING = frozenset(("OSError", "IOError", "PermissionError", "EnvironmentError", "Exception", "BaseException"))
GUARDS = (ast.Try, ast.If, ast.ClassDef, ast.With)
Writing = ast.Call | ast.Assign | ast.AnnAssign | ast.Dict
MARKS = (
    "mkdir", "makedirs", "open(", "FileHandler", "filename", "sqlite", "UPLOAD", "MEDIA_ROOT", "SESSION_", "CACHE_DIR",
    "write_text", "write_bytes", "touch(", "TinyDB", "duckdb", "SqliteDict", "pickledb", "Cache(", "chromadb", "loguru",
)  # fmt: skip


class Found(Struct, frozen=True):
    """A path that is written to: a directory, or else a file. `kind` is what is written."""

    path: Text
    line: int
    is_file: bool
    kind: Literal["", "log", "database"] = ""


def doubts(
    here: SourceTree, start: Start, home: str, env: Mapping[str, str], roots: Iterable[str]
) -> Iterator[Warning]:
    """The warnings for the app in a directory, which is `home` in the image, with the variables of the image.

    `roots` are the directories that it imports from.
    """
    dir = started.placed(start.processes[0])[0]
    loaded = Loaded(here, start, home, tuple(dict.fromkeys((*roots, dir))))
    modules = loaded.modules()
    reader = Reader(within(home, dir), env, loaded.find)
    listed: list[Place] = []
    for scope in modules:
        if any(mark in scope.module.text for mark in MARKS):
            listed += places(scope, reader, loaded)
    return writes.doubts(
        writes.outermost(listed, home),
        env,
        [scope.file for scope in modules],
        lambda file, line: here.at(relative(home, file), line),
    )


class Loaded:
    """The modules that the processes of an app load, of the files that are read anyway."""

    def __init__(self, here: SourceTree, start: Start, home: str, roots: tuple[str, ...]) -> None:
        self.home = home
        self.known = Modules(here)
        self.project = start.project
        self.roots = roots if start.project is None else (start.project.root, *roots)
        self.scopes: dict[str, Scope] = {}
        first = {path: is_run for path, is_run in started_by(here, start, roots) if here.has(path)}
        self.files = dict.fromkeys((*first, *(app_candidates.files(here)[0][:MAX_FILES] if first else ())))
        below = within(start.project.root, "") if start.project is not None else None
        apps = () if below is None else (path for path in self.files if "/" in relative(below, path))
        self.first = tuple(dict.fromkeys((*first, *apps)))
        self.run = frozenset(path for path, is_run in first.items() if is_run)

    def modules(self) -> list[Scope]:
        """Their scopes, in the order in which they are found."""
        waiting, seen = list(self.first), set(self.first)
        found: list[Scope] = []
        while waiting:
            path = waiting.pop(0)
            module = self.known.read(path)
            if module is None:
                continue
            found.append(self.scope(module))
            for dotted in imported_modules(module):
                other = self.locate(dotted, module)
                if other is not None and other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return found

    def scope(self, module: Module) -> Scope:
        """The scope of a module, made once."""
        if module.path not in self.scopes:
            self.scopes[module.path] = scope_of(within(self.home, module.path), module)
        return self.scopes[module.path]

    def locate(self, dotted: str, by: Module) -> str | None:
        """The file of a module that another imports."""
        path = dotted.replace(".", "/")
        below = [within(root, path) for root in dict.fromkeys((*self.roots, by.directory))] if path else []
        return next((one for base in below for one in (f"{base}.py", f"{base}/__init__.py") if one in self.files), None)

    def find(self, scope: Scope, dotted: str) -> tuple[Scope, str] | None:
        """The module that a dotted name leads into, and the name in there: "config.DATA", "config.Settings.DATA"."""
        parts = dotted.split(".")
        if len(parts) > 1 and parts[0] in scope.values:
            return scope, parts[-1]  # an attribute of a class of the module's own
        for count in range(len(parts) - 1, 0, -1):
            path = self.locate(".".join(parts[:count]), scope.module)
            module = self.known.read(path) if path is not None else None
            if module is not None and module is not scope.module:
                return self.scope(module), parts[-1]
        return None


def started_by(here: SourceTree, start: Start, roots: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    """The files that the processes start, as far as their commands say it, and whether each is run as a script."""
    at = start.web.framework[1] if start.web.framework is not None else start.web.at
    if at is not None and at.file.endswith(".py"):
        yield relative(here.at("").file, at.file), False
    if start.project is not None:
        yield from ((path, False) for path in django.settings_files(here, start.project.root, start.project.settings))
    for process in start.processes:
        dir, words = started.placed(process)
        served = started.served_by(here, words, roots)
        module = run_module(words, roots) if served is None and words and words[0].text in started.PYTHONS else served
        file = started.file_of(words)
        path = (module.file(here) if module is not None else None) or (file and within(dir, file))
        if path:
            main = path.replace("/__init__.py", "/__main__.py") if served is None else path
            yield (main if here.has(main) else path), served is None


def places(scope: Scope, reader: Reader, loaded: Loaded) -> Iterator[Place]:
    """The directories that a module writes to."""
    instance = f"{reader.runs}/instance" if "flask_sqlalchemy" in scope.module.text else reader.runs
    media = loaded.project is not None and any(
        word in one.module.text for one in loaded.scopes.values() for word in MEDIA
    )
    for node in active(scope.module.tree, scope.module.path in loaded.run):
        for one in found_at(node, scope, reader, media):
            text = one.path.text.partition(UNKNOWN)[0]
            is_file = one.is_file
            base, kind = reader.runs, one.kind
            if text.startswith("sqlite"):
                text, base, kind = database(text), instance, "database"
            if UNKNOWN in one.path.text:
                text, is_file = dirname(text), False
            if not text or text.startswith(("~", "\\")) or ":" in text:
                continue
            path = normpath(join(base, text))
            if belongs(path, loaded.home):
                yield Place(dirname(path) if is_file else path, scope.file, one.line, one.path.variable, kind)


def belongs(path: str, home: str) -> bool:
    """Whether a path is one of the app, of its user, or of the system: others are what somebody mounts."""
    return path.startswith(f"{home}/") or path == home or writes.is_home(path) or writes.is_system(path)


def database(url: str) -> str:
    """The file of an SQLite URL, "" for one in memory: "sqlite:///data/app.db", "sqlite+aiosqlite:////data/app.db"."""
    scheme, _, rest = url.partition("://")
    path = rest.partition("?")[0].removeprefix("/")
    return "" if any(word in url for word in MEMORY) or not scheme.startswith("sqlite") else path


def active(tree: ast.Module, is_run: bool) -> list[Writing]:
    """The nodes of a module that may write, without those that fail in peace; `is_run` says that it is the script."""
    nodes = code.walked(tree)
    passed: set[int] = set()
    for node in nodes:
        if isinstance(node, GUARDS):
            passed.update(id(inner) for one in guarded(node, is_run) for inner in ast.walk(one))
    found = [node for node in nodes if isinstance(node, Writing) and id(node) not in passed]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


def guarded(node: ast.AST, is_run: bool) -> Sequence[ast.stmt]:
    """The statements in a node that do not run in an image, or fail in peace."""
    if isinstance(node, ast.Try):
        return node.body if any(catches(one) for one in node.handlers) else ()
    if isinstance(node, ast.If):
        return node.body if is_main(node) and not is_run else ()
    if isinstance(node, ast.ClassDef):
        return node.body if node.name.lower().startswith(DEVELOPMENT) else ()
    suppressed = isinstance(node, ast.With) and any("suppress" in ast.dump(one.context_expr) for one in node.items)
    return node.body if isinstance(node, ast.With) and suppressed else ()


def catches(handler: ast.ExceptHandler) -> bool:
    """Whether a handler of exceptions goes on after what a read-only root raises."""
    if any(isinstance(node, ast.Raise) for node in ast.walk(handler)) or "exit" in ast.dump(handler):
        return False
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or dotted_name(kind, {}) in CATCHING for kind in kinds)


def found_at(node: Writing, scope: Scope, reader: Reader, media: bool) -> Iterator[Found]:
    """What a node writes to."""
    line = node.lineno
    match node:
        case ast.Call():
            yield from of_call(node, scope, reader)
        case ast.Assign(targets=[target], value=value):
            yield from of_setting(target, value, scope, reader, media)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(text))) if "sqlite" in text:
            yield Found(Text(text, name.upper()), line, True)  # a field of pydantic's settings reads a variable
        case ast.Dict():
            given = dict(entries(node))
            kind = reader.read(given.get("class") or given.get("ENGINE"), scope)
            if kind is not None and kind.text.endswith("FileHandler"):
                yield from known(reader.read(given.get("filename"), scope), line, True, "log")
            elif kind is not None and "sqlite3" in kind.text and only_database(scope.module.text):
                yield from known(reader.read(given.get("NAME"), scope), given["NAME"].lineno, True)


def only_database(text: str) -> bool:
    """Whether Django's settings name their database once, and no variable can name another."""
    return text.count("DATABASES") == 1 and "dj_database_url" not in text and "DATABASE_URL" not in text


def entries(node: ast.Dict) -> Iterator[tuple[str, ast.expr]]:
    """The entries of a dictionary whose keys are texts."""
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value, value


def known(path: Text | None, line: int, is_file: bool, kind: Literal["", "log"] = "") -> Iterator[Found]:
    """A path that is spelled out."""
    if path is not None and path.text:
        yield Found(path, line, is_file, kind)


def of_call(node: ast.Call, scope: Scope, reader: Reader) -> Iterator[Found]:
    """What a call writes to."""
    name = called(node, scope.module.names)
    if name in OPENS and not mode(node, 1):
        return
    for table in (DIRECTORIES, FILES, OPENS, LOGS):
        if name in table:
            value = next((one.value for one in node.keywords if one.arg == table[name]), None)
            if value is None and node.args and name not in KEYWORD_ONLY:
                value = node.args[0]
            path = reader.read(value, scope)
            if path is not None and not any(word in path.text for word in MEMORY):
                yield from known(path, node.lineno, table is not DIRECTORIES, "log" if table is LOGS else "")
            return
    if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
        if node.func.attr != "open" or mode(node, 0):
            yield from known(reader.read(node.func.value, scope), node.lineno, node.func.attr != "mkdir")
        return
    if name.endswith(CONFIGURES):
        for one in node.keywords:
            if one.arg in SETTINGS:
                yield from known(reader.read(one.value, scope), one.value.lineno, False)
    if name in (*ENVIRONMENT, *CONFIGURED):
        return  # it is read where it is used, with its variable
    for value in (*node.args, *(one.value for one in node.keywords)):
        path = reader.read(value, scope) if not isinstance(value, ast.Name) else None
        if path is not None and path.text.startswith("sqlite") and "://" in path.text:
            variable = path.variable or ("DATABASE_URL" if name.startswith("dj_database_url.") else "")
            yield Found(Text(path.text, variable), node.lineno, True)


def mode(node: ast.Call, position: int) -> bool:
    """Whether a call opens a file to write to it; the mode is at a position, or named."""
    value = next((one.value for one in node.keywords if one.arg == "mode"), None)
    value = node.args[position] if value is None and len(node.args) > position else value
    return isinstance(value, ast.Constant) and isinstance(value.value, str) and bool(set(value.value) & set("wax+"))


def of_setting(target: ast.expr, value: ast.expr, scope: Scope, reader: Reader, media: bool) -> Iterator[Found]:
    """What an assignment to a setting says is written to."""
    name = target.id if isinstance(target, ast.Name) else ""
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        name = str(target.slice.value)
    path = reader.read(value, scope)
    if path is None or not path.text:
        return
    if path.text.startswith("sqlite") and "://" in path.text:
        yield Found(path, value.lineno, True)
    elif name == "SESSION_TYPE" and path.text == "filesystem" and "SESSION_FILE_DIR" not in scope.module.text:
        yield Found(Text("flask_session"), value.lineno, False)
    elif name in SETTINGS or (name == "MEDIA_ROOT" and media and not any(word in scope.module.text for word in CLOUDS)):
        yield Found(path, value.lineno, False)
