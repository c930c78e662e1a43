"""Gemfile.lock: which gems Bundler installs, from where, for which platforms.

Source: https://bundler.io/guides/rationale.html, and Bundler's own lockfile_parser
"""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.errors import Location, SourceError

SPEC = re.compile(r" {4}(\S+) \(([^)]*)\)$")
NEED = re.compile(r" {6}([^\s!(]+)")
DIRECT = re.compile(r"([^\s!(]+)")
REMOTE = re.compile(r" {2}remote: (.*)$")
RUBY = re.compile(r"ruby (\d+(?:\.\d+)+)(?:p\d+)?$")
MERGE = ("<<<<<<<", "=======", ">>>>>>>")
SOURCES = ("GEM", "GIT", "PATH", "PLUGIN SOURCE")
CHECKSUMS = "CHECKSUMS"


class Locked(Struct, frozen=True):
    """A gem of the lockfile: its version, the platforms it is locked for ("" is Ruby's own), and what it depends on.

    `source` is "GEM", "GIT" or "PATH", `remote` where that is.
    """

    name: str
    version: str
    platforms: tuple[str, ...]
    needs: tuple[str, ...]
    source: str
    remote: str
    at: Location


class Lockfile(Struct, frozen=True):
    """A lockfile. `direct` are the gems that the Gemfile lists, `platforms` those that are locked, in order.

    `remotes` are where gems come from: the kind of source, its address, the line. `ruby` is the version it was made
    with ("3.3.6") and `bundler` that of Bundler, "" where it does not say. `checksums` are the gems that it has an
    entry for, None without such a section.
    """

    path: str
    gems: dict[str, Locked]
    direct: tuple[str, ...]
    platforms: tuple[str, ...]
    platforms_at: Location
    ruby: str = ""
    ruby_at: Location | None = None
    bundler: str = ""
    bundler_at: Location | None = None
    remotes: tuple[tuple[str, str, Location], ...] = ()
    checksums: frozenset[str] | None = None
    checksums_at: Location | None = None

    def installed(self, left_out: Iterable[str] = ()) -> frozenset[str]:
        """The names of the gems that are installed where some of the direct ones are `left_out`."""
        out = set(left_out)
        found: set[str] = set()
        todo = [name for name in self.direct if name not in out]
        while todo:
            name = todo.pop()
            if name in found or name not in self.gems:
                continue
            found.add(name)
            todo += self.gems[name].needs
        return frozenset(found)


class Section(Struct, frozen=True):
    """A section of a lockfile: its name, the line of that, and its lines with their numbers."""

    name: str
    line: int
    lines: tuple[tuple[int, str], ...]


def read(tree: SourceTree, path: str) -> Lockfile | None:
    """The lockfile; None without one. Raises SourceError for one with the marks of a merge."""
    if not tree.has(path):
        return None
    parts = list(sections(tree, path))
    gems: dict[str, Locked] = {}
    for part in parts:
        if part.name in SOURCES:
            _add(gems, tree, path, part)
    lines = {part.name: [line.strip() for _, line in part.lines] for part in parts}
    places = {part.name: tree.at(path, part.line) for part in parts}
    told = {part.name: (line.strip(), tree.at(path, number)) for part in parts for number, line in part.lines[:1]}
    ruby, ruby_at = told.get("RUBY VERSION", ("", None))
    bundler, bundler_at = told.get("BUNDLED WITH", ("", None))
    version = RUBY.match(ruby)
    return Lockfile(
        path,
        gems,
        tuple(found[1] for line in lines.get("DEPENDENCIES", ()) if (found := DIRECT.match(line))),
        tuple(lines.get("PLATFORMS", ())),
        places.get("PLATFORMS", tree.at(path)),
        version[1] if version is not None else "",
        ruby_at,
        bundler,
        bundler_at,
        tuple(remote for part in parts for remote in _remotes(tree, path, part)),
        frozenset(line.split(" ", 1)[0] for line in lines[CHECKSUMS]) if CHECKSUMS in lines else None,
        places.get(CHECKSUMS),
    )


def sections(tree: SourceTree, path: str) -> Iterator[Section]:
    """The sections of a lockfile. Raises SourceError for the marks of a merge."""
    name, start = "", 0
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(tree.read_lines(path) or (), 1):
        if line.startswith(MERGE):
            raise merged(path, tree.at(path, number))
        if line.strip() and not line.startswith(" "):
            if name:
                yield Section(name, start, tuple(lines))
            name, start, lines = line.strip(), number, []
        elif line.strip():
            lines.append((number, line))
    if name:
        yield Section(name, start, tuple(lines))


def _add(gems: dict[str, Locked], tree: SourceTree, path: str, part: Section) -> None:
    """Adds the gems of one source: a gem that is locked for several platforms is one, with all of them."""
    remote, name = "", ""
    for number, line in part.lines:
        if found := REMOTE.match(line):
            remote = found[1]
        elif found := SPEC.match(line):
            name = found[1]
            version, _, platform = found[2].partition("-")
            known = gems.get(name, Locked(name, version, (), (), part.name, remote, tree.at(path, number)))
            gems[name] = structs.replace(known, platforms=(*known.platforms, platform))
        elif name and (found := NEED.match(line)):
            gems[name] = structs.replace(gems[name], needs=(*gems[name].needs, found[1]))


def _remotes(tree: SourceTree, path: str, part: Section) -> Iterator[tuple[str, str, Location]]:
    """Where the gems of a source come from: the source's name, an address, and the place of that."""
    for number, line in part.lines:
        if part.name in SOURCES and (found := REMOTE.match(line)):
            yield part.name, found[1], tree.at(path, number)


def merged(path: str, at: Location) -> SourceError:
    """The error for a lockfile with the marks of a merge that was never finished."""
    return SourceError(
        f"{path} contains an unresolved merge conflict",
        at=at,
        hint=f"choose one side (git checkout --theirs {path}), run bundle lock, and commit it",
    )
