"""pylock.toml, the lockfile that is a standard: which one is installed, and what is in it.

Source: https://packaging.python.org/en/latest/specifications/pylock-toml/
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.python.requirements import normal
from frontend.settings.model import Settings

FILE = "pylock.toml"
PRODUCTION = ("prod", "production", "main", "default", "web", "app")  # what the one to install is called, of several
GROUPS = {"extra": ("extras", "extras"), "group": ("dependency-groups", "dependency_groups")}  # kind: key, in markers


class Package(Struct, frozen=True):
    """A package of the lockfile, and the marker under which it is installed."""

    name: str
    marker: str


def find(tree: SourceTree, settings: Settings) -> str | None:
    """The lockfile to install: the one of a name that the user sets, else the one for everything, or for production.

    None without one. Raises PlanError for several of which none is surely meant.
    """
    named = {
        name[len("pylock.") : -len(".toml")]: name for name in tree.entries() if fnmatchcase(name, "pylock.*.toml")
    }
    for setting in settings.dependency_groups:
        if setting.value in named:
            return named[setting.value]
    if tree.has(FILE):
        return FILE
    found = [named[name] for name in PRODUCTION if name in named] or list(named.values())
    if len(found) > 1 and found[0] not in map(named.get, PRODUCTION):
        raise PlanError(
            f"there are several lockfiles: {', '.join(found)}",
            at=tree.at(found[0]),
            hint=f"choose one by its name, such as DEPENDENCY_GROUPS={next(iter(named))}",
        )
    return found[0] if found else None


def sets(tree: SourceTree, path: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """The packages of each extra and group that is not installed unless it is named, by kind and name."""
    known = list(packages(tree, path))
    default = defaults(tree, path)
    return {
        (kind, name): tuple(one.name for one in known if names(one.marker, name, word))
        for kind, (key, word) in GROUPS.items()
        for name in top(tree, path, key)
        if not (kind == "group" and name in default)
    }


def installed(tree: SourceTree, path: str, more: tuple[str, ...]) -> frozenset[str]:
    """The packages that are installed, with those of `more` extras and groups."""
    wanted = (*defaults(tree, path), *more)
    return frozenset(
        one.name
        for one in packages(tree, path)
        if not any(f" in {word}" in one.marker for _, word in GROUPS.values())
        or any(names(one.marker, name, word) for name in wanted for _, word in GROUPS.values())
    )


def defaults(tree: SourceTree, path: str) -> tuple[str, ...]:
    """The groups that are installed where none is named."""
    return top(tree, path, "default-groups")


def names(marker: str, name: str, word: str) -> bool:
    """Whether a marker asks for an extra, or a group."""
    return any(f"{quote}{name}{quote} in {word}" in marker for quote in "\"'")


def packages(tree: SourceTree, path: str) -> Iterator[Package]:
    """All packages, in their order."""
    name = marker = ""
    for line in (*(tree.read_lines(path) or ()), "[[packages]]"):
        if line.strip() == "[[packages]]":
            if name:
                yield Package(normal(name), marker)
            name = marker = ""
        elif not name and line.startswith("name = "):
            name = line.partition(" = ")[2].strip().strip("\"'")
        elif line.startswith("marker = "):
            marker = line.partition(" = ")[2].strip()[1:-1].replace('\\"', '"')


def top(tree: SourceTree, path: str, key: str) -> tuple[str, ...]:
    """The texts of a list before the first package."""
    inside, text = False, ""
    for line in tree.read_lines(path) or ():
        if line.startswith("[["):
            break
        inside = inside or line.startswith(f"{key} = [")
        text += line if inside else ""
        if inside and "]" in line:
            break
    listed = text.partition("[")[2].partition("]")[0].split(",")
    return tuple(one.strip(" \"'") for one in listed if one.strip())


def has_local(tree: SourceTree, path: str) -> bool:
    """Whether a package is a directory or an archive of the repository, the app itself included."""
    table = False
    for line in tree.read_lines(path) or ():
        text = line.strip()
        if text.startswith("["):
            table = text in ("[packages.directory]", "[packages.archive]")
        inline = text.startswith(("directory = {", "archive = {")) and "path = " in text
        if inline or (table and text.startswith("path = ")):
            return True
    return False
