"""Which packages a lockfile installs, read by line: such a file is large, and a few words of it are asked for."""

from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.python import manifests, pylock
from frontend.languages.python.requirements import normal

UV_TOML = "uv.toml"
OPTIONS = {  # of uv.lock, the variable of each, and the key of a project's file; of two the last decides
    "exclude-newer": ("UV_EXCLUDE_NEWER", "exclude-newer"),
    "exclude-newer-span": ("UV_EXCLUDE_NEWER", "exclude-newer"),
    "resolution-mode": ("UV_RESOLUTION", "resolution"),
    "prerelease-mode": ("UV_PRERELEASE", "prerelease"),
    "fork-strategy": ("UV_FORK_STRATEGY", "fork-strategy"),
}
PIPENV, UV, PDM, POETRY, PYLOCK = "Pipfile.lock", "uv.lock", "pdm.lock", "poetry.lock", "pylock."
ELSEWHERE = ("== 'win32'", "== 'Windows'", "== 'nt'", "== 'darwin'", "== 'Darwin'", "== 'emscripten'")  # no Linux
LOCAL_SOURCES = ("editable", "directory", "path", "virtual")
PDM_CHECKED = [4, 5]  # the lock_version from which on PDM 2.29 can compare a lockfile with its manifest
ARCHIVES = (".whl", ".tar.gz", ".zip")  # of pylock.toml: the name of a file, not of a package
Node = tuple[str, str]  # a package and one of its extras or groups, "" for its dependencies


def names(tree: SourceTree, path: str) -> frozenset[str]:
    """The names of all packages in a lockfile, development ones too: only good for a table of system libraries."""
    if path == PIPENV:
        return _pipenv(tree)
    found = (value_of(line, "name") for line in tree.read_lines(path) or ())
    return frozenset(normal(name) for name in found if name and not name.endswith(ARCHIVES))


def installed(tree: SourceTree, path: str, project: str, groups: tuple[str, ...]) -> frozenset[str]:
    """The names of the packages that a lockfile installs in production.

    Without those of a lockfile that does not tell them from development ones (Poetry's before 2.1). `project` is whose
    dependencies are installed, `groups` the dependency groups besides: uv.lock has those of a whole workspace.
    """
    if path == PIPENV:
        return _pipenv(tree)
    if path == UV:
        return _uv(tree, normal(project), groups)
    if path.startswith(PYLOCK):
        return pylock.installed(tree, path, groups)
    return _grouped(tree, path)


def _pipenv(tree: SourceTree) -> frozenset[str]:
    return frozenset(normal(name) for name in manifests.table(manifests.pipfile_lock(tree), "default"))


def _grouped(tree: SourceTree, path: str) -> frozenset[str]:
    """Poetry's and PDM's: each package names the groups that ask for it. An older PDM has those of all in the end."""
    found, name, optional = set(), "", False
    for line in tree.read_lines(path) or ():
        if line == "[[package]]" or line.startswith("[metadata"):
            name, optional = "", False
        name = name or value_of(line, "name")
        optional = optional or line == "optional = true"
        key, _, value = line.partition(" = ")
        if key in ("groups", "category") and any(group in value for group in ('"main"', '"default"')) and not optional:
            found.add(normal(name))
    return frozenset(found - {""})


def _uv(tree: SourceTree, project: str, groups: tuple[str, ...]) -> frozenset[str]:
    """uv's: what can be reached from the project."""
    needed = _edges(tree.read_lines(UV) or [])
    left: list[Node] = [(project, ""), *((project, group) for group in groups)]
    seen: set[Node] = set()
    while left:
        node = left.pop()
        if node not in seen:
            seen.add(node)
            left += needed.get(node, ())
    return frozenset(name for name, _ in seen) - {project}


def options(tree: SourceTree, data: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The variables that give uv the options which uv.lock was made with, and the project's files do not say: those of
    its author's own configuration. Without them `--locked` takes the lockfile for an old one.

    Source: https://docs.astral.sh/uv/reference/environment/#uv_exclude_newer
    """
    head = list(takewhile(lambda line: line != "[[package]]", tree.read_lines(UV) or ()))
    inside = head[head.index("[options]") + 1 :] if "[options]" in head else []
    lines = list(takewhile(lambda line: not line.startswith("["), inside))
    texts = {key: text for key in OPTIONS for line in lines if (text := value_of(line, key))}
    own = str(manifests.table(data, "tool", "uv")) + (tree.read_text(UV_TOML) or "" if tree.has(UV_TOML) else "")
    found = {OPTIONS[key]: text for key, text in texts.items() if OPTIONS[key][1] not in own}
    return tuple((name, text) for (name, _), text in found.items())


def _edges(lines: list[str]) -> dict[Node, list[Node]]:
    """What each package, extra and group of a uv.lock needs on Linux."""
    needed: dict[Node, list[Node]] = {}
    package, part, inside = "", "", False
    for line in lines:
        if line == "[[package]]":
            package, part, inside = "", "", False
        elif line.startswith("["):
            part = (
                "" if line.endswith("dependencies]") else "?"
            )  # of its metadata: what was asked for, not what is needed
        elif not package:
            package = normal(value_of(line, "name"))
        elif line.endswith("= [") and part != "?":
            key = line.partition(" ")[0].strip('"')
            node, inside = (package, "" if key == "dependencies" else key), key not in ("sdist", "wheels")
        elif line == "]":
            inside = False
        elif inside and (name := inline(line, "name")) and not any(mark in line for mark in ELSEWHERE):
            needed.setdefault(node, []).extend((normal(name), extra) for extra in ("", *extras(line)))
    return needed


def extras(line: str) -> Iterator[str]:
    """The extras of an inline table: `extra = ["standard"]`."""
    _, found, rest = line.partition("extra = [")
    if found:
        yield from (one.strip().strip('"') for one in rest.partition("]")[0].split(",") if one.strip())


def inline(line: str, key: str) -> str:
    """A text of an inline table on a line; "" when it has none."""
    return line.partition(f'{key} = "')[2].partition('"')[0]


def value_of(line: str, key: str) -> str:
    """The text that a line of a table gives a key; "" when it is about another."""
    start = f'{key} = "'
    return line[len(start) :].rstrip('"') if line.startswith(start) else ""


def is_old(tree: SourceTree, path: str) -> bool:
    """Whether the lockfile is of a PDM that hashed the manifest in another way: `pdm lock --check` refuses it."""
    if path != PDM:
        return False
    version = next((value for line in tree.read_lines(path) or () if (value := value_of(line, "lock_version"))), "")
    numbers = [int(part) for part in version.split(".")[:2] if part.isdigit()]
    return bool(numbers) and numbers < PDM_CHECKED


def check(tree: SourceTree, path: str) -> None:
    """Raises PlanError for a lockfile that no release of its manager installs any more: Poetry 1.0 left setuptools out
    of it, but not what needs setuptools."""
    lines = tree.read_lines(path) or [] if path == POETRY else []
    number = next((n for n, line in enumerate(lines, 1) if line.startswith('setuptools = "')), 0)
    if number and 'name = "setuptools"' not in lines:
        raise PlanError(
            f"{path} was made by Poetry 1.0: it lacks setuptools, which a package in it requires",
            at=tree.at(path, number),
            hint=f"run poetry lock with Poetry 1.1 or later, and commit {path}",
        )


def lacks(tree: SourceTree, path: str, kind: str, name: str) -> bool:
    """Whether a lockfile that lists the sets it has does not have one: an "extra", a "group" or a "category"."""
    if path == PIPENV:
        return kind == "category" and {"packages": "default", "dev-packages": "develop"}.get(name, name) not in (
            manifests.pipfile_lock(tree)
        )
    if path != PDM:
        return False
    line = next((line for line in tree.read_lines(path) or () if line.startswith("groups = [")), "")
    return bool(line) and normal(name) not in map(normal, listed(line))


def listed(line: str) -> list[str]:
    """The texts of a list that is on one line: `groups = ["default", "web"]`."""
    return [one.strip(" \"'") for one in line.partition("[")[2].rpartition("]")[0].split(",") if one.strip()]


def has_local(tree: SourceTree, path: str) -> bool:
    """Whether a lockfile names a package by a path in the repository, other than the app itself."""
    if path == PIPENV:
        packages = manifests.table(manifests.pipfile_lock(tree), "default")
        return any(isinstance(one, dict) and ("path" in one or "file" in one) for one in packages.values())
    if path.startswith(PYLOCK):
        return pylock.has_local(tree, path)
    return any(local_source(line) for line in tree.read_lines(path) or ())


def local_source(line: str) -> bool:
    """Whether a line of uv's, Poetry's or PDM's lockfile names a path."""
    text = line.strip()
    if text.startswith("source = {"):  # uv: the project itself is `editable = "."` or `virtual = "."`
        return any(f'{kind} = "' in text for kind in LOCAL_SOURCES) and '= "."' not in text
    return text == 'type = "directory"' or (text.startswith('path = "') and text != 'path = "."')
