"""What an app depends on: requirements files with their includes, and the manifests of each package manager."""

from typing import Any

from msgspec import Struct

from frontend.errors import Location, PlanError
from frontend.languages.python import setup_files
from frontend.source import SourceTree

DEPTH = 8  # requirements files that include each other; deeper is a circle
MAIN = (
    "requirements.txt",
    *(f"requirements/{name}.txt" for name in ("production", "prod", "requirements", "main", "base")),
)
OPERATORS = "=<>!~;@ ["


class Requirement(Struct, frozen=True):
    """A direct dependency: its normalised name, its extras, and where it stands."""

    name: str
    extras: tuple[str, ...] = ()
    at: Location | None = None


class Requirements(Struct, frozen=True):
    """A requirements file with all it includes: the files, the dependencies, and whether it installs the app itself.

    `local` says that a requirement is a path in the app ("." or "-e ./lib"): installing then needs the sources.
    `hashed` says that hashes are given, `no_binary` are the packages to build from source.
    """

    files: tuple[str, ...]
    found: tuple[Requirement, ...]
    local: bool = False
    hashed: bool = False
    no_binary: tuple[str, ...] = ()


def normal(name: str) -> str:
    """A package's name as PEP 503 compares it: "Flask_SQLAlchemy" is "flask-sqlalchemy"."""
    out = name.strip().lower().replace("_", "-").replace(".", "-")
    while "--" in out:
        out = out.replace("--", "-")
    return out


def parse(text: str, at: Location | None = None) -> Requirement | None:
    """A requirement specifier's name and extras (PEP 508); None for a URL or a path without a name."""
    head = text.strip()
    end = min((i for i in map(head.find, OPERATORS) if i >= 0), default=len(head))
    name = head[:end].strip()
    if not name or not name[0].isalnum() or "/" in name or ":" in name:
        return None
    rest = head[end:].lstrip()
    extras = rest[1:].partition("]")[0] if rest.startswith("[") else ""
    return Requirement(normal(name), tuple(normal(e) for e in extras.split(",") if e.strip()), at)


def read(tree: SourceTree, path: str) -> Requirements:
    """A requirements file and all it includes. Raises PlanError for an include that is not there.

    Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/
    """
    files: list[str] = []
    found: list[Requirement] = []
    state = {"local": False, "hashed": False}
    no_binary: list[str] = []
    _read(tree, path, files, found, state, no_binary, None)
    return Requirements(tuple(files), tuple(found), state["local"], state["hashed"], tuple(no_binary))


def _read(
    tree: SourceTree,
    path: str,
    files: list[str],
    found: list[Requirement],
    state: dict[str, bool],
    no_binary: list[str],
    by: Location | None,
) -> None:
    if path in files:
        return
    lines = tree.read_lines(path)
    if lines is None:
        raise PlanError(f"{path} is not there", at=by, hint="remove the line, or add the file")
    if len(files) >= DEPTH:
        raise PlanError(f"{path} is included too deeply", at=by, hint="include files one below the other")
    files.append(path)
    where = tree.line_of(path).file
    for number, line in logical(lines):
        at = Location(where, number)
        option, _, value = line.replace("=", " ", 1).partition(" ") if line.startswith("-") else ("", "", "")
        value = value.strip()
        if option in ("-r", "--requirement", "-c", "--constraint") or line[:2] in ("-r", "-c"):
            name = value or line[2:].strip()
            below = [] if option in ("-c", "--constraint") or line.startswith("-c") else found
            _read(tree, beside(path, name), files, below, state, no_binary, at)
        elif option in ("-e", "--editable", "-f", "--find-links"):
            state["local"] = state["local"] or "://" not in value or value.startswith("file:")
        elif option == "--no-binary":
            no_binary += [normal(name) if name[0] != ":" else name for name in value.split(",") if name]
        elif not option:
            state["hashed"] = state["hashed"] or "--hash=" in line
            requirement = parse(line, at)
            if requirement is not None:
                found.append(requirement)
            state["local"] = state["local"] or is_local(line)


def is_local(line: str) -> bool:
    """Whether a requirement is a directory or an archive of the app: "./lib", "vendor/x.whl", "x @ file:./lib"."""
    word = line.split(";")[0].split(" --")[0].strip()
    url = word.partition("@")[2].strip() if "@" in word else word
    if url.startswith("file:"):
        return True
    return "://" not in word and (word[0] in "./" or "/" in word or word.endswith((".whl", ".tar.gz", ".zip")))


def logical(lines: list[str]) -> list[tuple[int, str]]:
    """The lines with comments dropped and continuations joined, each with the number of its first."""
    out: list[tuple[int, str]] = []
    pending, first = "", 0
    for number, raw in enumerate(lines, 1):
        text = raw.strip() if not pending else f"{pending} {raw.strip()}"
        first = first or number
        if text.endswith("\\"):
            pending = text[:-1].strip()
            continue
        text = "" if text.startswith("#") else text.partition(" #")[0].strip()
        if text:
            out.append((first, text))
        pending, first = "", 0
    if pending:
        out.append((first, pending))
    return out


def beside(path: str, name: str) -> str:
    """A path as a file at `path` names it: relative to that file's directory."""
    from posixpath import dirname, join, normpath

    return normpath(join(dirname(path), name))


def of_project(tree: SourceTree, data: dict[str, Any]) -> tuple[Requirement, ...]:
    """The dependencies of `[project]` in pyproject.toml."""
    listed = (data.get("project") or {}).get("dependencies") or ()
    return _parsed(tree, "pyproject.toml", [text for text in listed if isinstance(text, str)])


def of_poetry(tree: SourceTree, data: dict[str, Any]) -> tuple[Requirement, ...]:
    """The dependencies of `[tool.poetry.dependencies]`, optional ones left out."""
    return _of_table(tree, "pyproject.toml", ((data.get("tool") or {}).get("poetry") or {}).get("dependencies"))


def of_pipfile(tree: SourceTree) -> tuple[Requirement, ...]:
    """The packages of a Pipfile."""
    return _of_table(tree, "Pipfile", (tree.read_toml("Pipfile") or {}).get("packages"))


def of_setup(tree: SourceTree) -> tuple[Requirement, ...]:
    """The `install_requires` of setup.cfg and setup.py."""
    found = (parse(text, at) for text, at in setup_files.read(tree).requires)
    return tuple(requirement for requirement in found if requirement is not None)


def _parsed(tree: SourceTree, path: str, texts: list[str]) -> tuple[Requirement, ...]:
    found = (parse(text, tree.line_of(path, text.strip())) for text in texts if text.strip())
    return tuple(requirement for requirement in found if requirement is not None)


def _of_table(tree: SourceTree, path: str, table: Any) -> tuple[Requirement, ...]:
    if not isinstance(table, dict):
        return ()
    out = []
    for name, value in table.items():
        if name == "python" or (isinstance(value, dict) and value.get("optional")):
            continue
        extras = value.get("extras", ()) if isinstance(value, dict) else ()
        out.append(Requirement(normal(name), tuple(normal(e) for e in extras), tree.line_of(path, name)))
    return tuple(out)


def locked_names(tree: SourceTree, path: str) -> frozenset[str]:
    """The names of all packages in a lockfile, development ones too: only good for a table of system libraries."""
    if path == "Pipfile.lock":
        return frozenset(normal(name) for name in (tree.read_json(path) or {}).get("default") or ())
    start, found = 'name = "', set()
    for line in tree.read_lines(path) or ():
        if line.startswith(start):
            found.add(normal(line[len(start) :].rstrip('"')))
    return frozenset(found)


def locked_local(tree: SourceTree, path: str) -> bool:
    """Whether a lockfile names a package by a path in the repository, other than the app itself."""
    if path == "Pipfile.lock":
        packages = (tree.read_json(path) or {}).get("default") or {}
        return any(isinstance(one, dict) and ("path" in one or "file" in one) for one in packages.values())
    return any(local_source(line) for line in tree.read_lines(path) or ())


def local_source(line: str) -> bool:
    """Whether a line of uv's, Poetry's or PDM's lockfile names a path."""
    text = line.strip()
    if text.startswith("source = {"):  # uv: the project itself is `editable = "."` or `virtual = "."`
        return any(f'{kind} = "' in text for kind in LOCAL_SOURCES) and '= "."' not in text
    return text == 'type = "directory"' or (text.startswith('path = "') and text != 'path = "."')


LOCAL_SOURCES = ("editable", "directory", "path", "virtual")
