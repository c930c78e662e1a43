"""The versions that an app pins its packages to, each with the Pythons that it is for: lockfiles say it, or a table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.python import locks, manifests, table, versions, wheels
from frontend.languages.python.markers import applies
from frontend.languages.python.requirements import Requirement, normal
from frontend.languages.python.table import Break
from frontend.languages.python.wheels import AARCH64, ALL, X86_64, Minors
from frontend.rules import ranges

PACKAGE = ("[[package]]", "[[packages]]")
REQUIRES = ("python-versions", "requires_python", "requires-python")  # Poetry's, PDM's and pylock.toml's key
MACHINES = {"amd64": X86_64, "arm64": AARCH64}  # how platforms call them
LATE = 30  # a patch release that is late in its line


class Pin(Struct, frozen=True):
    """A package at one version. `wheels` are the Pythons it can be installed for without compiling, on all platforms
    of the build; `others` those for which it can on the other machines.

    It is installed only where its `marker` holds. `breaks` are the known reasons for which it needs an older Python.
    One that may have several versions has its specifier as `version`: "<2".
    """

    name: str
    version: str
    at: Location | None
    wheels: Minors = ALL
    others: Minors = ALL
    marker: str = ""
    breaks: tuple[Break, ...] = ()

    @property
    def specifier(self) -> str:
        """What it is pinned to, as a requirement says it: "numpy==1.26.4"."""
        return f"{self.name}{'==' * self.version[:1].isalnum()}{self.version}"

    @property
    def is_limit(self) -> bool:
        """Whether it is not for every Python."""
        return self.wheels != ALL or self.others != ALL or bool(self.breaks)

    def concerns(self, minor: int) -> bool:
        """Whether it is installed for a Python."""
        return applies(self.marker, f"3.{minor}")

    def broken(self, minor: int) -> Break | None:
        """The known reason for which it does not work with a Python; one that a package mends comes last."""
        return min((one for one in self.breaks if minor > one.last), key=lambda one: bool(one.needs), default=None)

    @property
    def working(self) -> Minors:
        """The Pythons it is for and works with."""
        return frozenset(minor for minor in self.wheels if self.broken(minor) is None)


def machines_of(platforms: Iterable[str]) -> tuple[str, ...]:
    """The machines of a build's platforms, as wheels name them; x86_64 where none is known."""
    named = (MACHINES.get(one.split("/")[1]) for one in platforms if "/" in one)
    return tuple(dict.fromkeys(one for one in named if one is not None)) or (X86_64,)


def split(by_machine: Mapping[str, Minors], machines: Sequence[str]) -> tuple[Minors, Minors]:
    """The Pythons of all the build's machines, and those of all others."""
    own = ALL.intersection(*(found for machine, found in by_machine.items() if machine in machines))
    return own, ALL.intersection(*(found for machine, found in by_machine.items() if machine not in machines))


def of_requirements(found: Iterable[Requirement], machines: Sequence[str]) -> Iterator[Pin]:
    """The pins among requirements and constraints that are not for every Python, on the machines of the build."""
    for one in found:
        allowed = table.ended(one.below) if one.below else None
        if not one.pin and allowed is None:
            continue
        names = (one.name, *(f"{one.name}[{e}]" for e in one.extras))
        known = [table.pythons_of_range(n, allowed) if allowed else table.pythons(n, one.pin) for n in names]
        limits = [limit for limit in known if limit is not None]
        pin = Pin(
            one.name,
            one.pin or one.below,
            one.at,
            *split(
                {
                    X86_64: ALL.intersection(*(first for first, _ in limits)),
                    AARCH64: ALL.intersection(*(second for _, second in limits)),
                },
                machines,
            ),
            one.marker,
            table.breaks_of_range(one.name, allowed) if allowed else table.breaks(one.name, one.pin),
        )
        if pin.is_limit:
            yield pin


def of_lock(tree: SourceTree, path: str, installed: frozenset[str], machines: Sequence[str]) -> Iterator[Pin]:
    """The pins of a lockfile that are not for every Python. `installed` are the packages that count, empty for all."""
    if path == locks.PIPENV:
        yield from of_requirements(pipenv(tree), machines)
        return
    found: dict[str, Locked] = {}
    for one in locked(tree, path):
        if not installed or one.name in installed:
            found[one.name] = one if one.name not in found else found[one.name].or_else(one)
    yield from (pin for one in found.values() if (pin := one.pin(machines)).is_limit)


def pipenv(tree: SourceTree) -> Iterator[Requirement]:
    """The packages of a Pipfile.lock, whose files are known by their hashes only."""
    for name, value in manifests.table(manifests.pipfile_lock(tree), "default").items():
        given: dict[str, Any] = value if isinstance(value, dict) else {}
        version, marker = given.get("version"), given.get("markers")
        if isinstance(version, str):
            at = tree.line_of(locks.PIPENV, '"default"', f'"{name}"')
            text = marker if isinstance(marker, str) else ""
            yield Requirement(normal(name), (), at, text, pin=version.lstrip("= "))


class Locked(Struct, frozen=True):
    """A package of a lockfile: the names of its files, and its `Requires-Python`, "" where it has none."""

    name: str
    version: str
    at: Location
    files: tuple[str, ...]
    requires: str = ""
    other: "Locked | None" = None

    def or_else(self, other: "Locked") -> "Locked":
        """One of two versions of a package: which of them is installed depends on the Python."""
        return Locked(self.name, self.version, self.at, self.files, self.requires, other)

    def pythons(self, machine: str) -> Minors:
        """The Pythons that it has files for. One with no wheel for Linux is compiled for any."""
        has_some = any(wheels.minors(self.files, one) for one in (X86_64, AARCH64))
        found = (wheels.minors(self.files, machine) if has_some else ALL) & permitted(self.requires)
        return found | self.other.pythons(machine) if self.other is not None else found

    def pin(self, machines: Sequence[str]) -> Pin:
        """It, as a pin of a build for some machines."""
        known = table.breaks(self.name, self.version) if self.other is None else ()
        own, others = split({one: self.pythons(one) for one in (X86_64, AARCH64)}, machines)
        return Pin(self.name, self.version, self.at, own, others, breaks=known)


def locked(tree: SourceTree, path: str) -> Iterator[Locked]:
    """The packages of Poetry's, PDM's and uv's lockfiles, and of pylock.toml, read by line as `locks.py` does."""
    files_of = older_files(tree, path)
    name, version, requires, number = "", "", "", 0
    files: list[str] = []

    def made() -> Iterator[Locked]:
        names = tuple(files or files_of.get(f"{name} {version}") or files_of.get(name) or ())
        if name and names:
            yield Locked(name, version, tree.at(path, number), names, requires)

    for index, line in enumerate(tree.read_lines(path) or (), 1):
        if line.startswith("[[package"):
            if line in PACKAGE:
                yield from made()
                name, version, requires, number, files = "", "", "", index, []
        elif ".whl" in line:
            files.append(file_name(line))
        elif not name and line.startswith("name = "):
            name, number = normal(locks.value_of(line, "name")), index
        elif not version and line.startswith("version = "):
            version = locks.value_of(line, "version")
        elif not requires:
            requires = next((locks.value_of(line, key) for key in REQUIRES if line.startswith(f"{key} = ")), "")
        if name and line.startswith("[metadata"):
            break
    yield from made()


def older_files(tree: SourceTree, path: str) -> dict[str, list[str]]:
    """The files of each package in `[metadata.files]`: Poetry up to 1.4 has them by name, PDM up to 2.7 by name and
    version, with a blank between."""
    found: dict[str, list[str]] = {}
    name, inside = "", False
    for line in tree.read_lines(path) or ():
        if line.startswith("["):
            inside = line == "[metadata.files]"
        elif inside and line.endswith(" = ["):
            package, _, version = line.partition(" = ")[0].strip('"').partition(" ")
            name = f"{normal(package)} {version}".rstrip()
        elif inside and ".whl" in line:
            found.setdefault(name, []).append(file_name(line))
    return found


def file_name(line: str) -> str:
    """The name of the wheel that a line of a lockfile has as a name, a path or a URL."""
    return line.partition(".whl")[0].rpartition("/")[2].rpartition('"')[2] + ".whl"


def permitted(requires: str) -> Minors:
    """The Pythons that a `Requires-Python` allows, all for one that cannot be read."""
    if not requires:
        return ALL
    if requires not in PERMITTED:
        try:
            allowed = versions.python_range(requires)
            PERMITTED[requires] = frozenset(one for one in ALL if ranges.contains(allowed, f"3.{one}.{LATE}"))
        except ValueError:
            PERMITTED[requires] = ALL
    return PERMITTED[requires]


PERMITTED: dict[str, Minors] = {"*": ALL}
