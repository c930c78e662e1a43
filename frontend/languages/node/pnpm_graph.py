"""Which packages of pnpm's lockfile production needs: from version 9 on no package is marked as one of development."""

from collections.abc import Iterator

from msgspec import Struct

LISTS = ("dependencies:", "optionalDependencies:")


class Edge(Struct, frozen=True):
    """A dependency in a section: of the importer or package `owner`, in one of its lists, on the package `key`."""

    owner: str
    kind: str
    key: str


def production(text: str) -> frozenset[str]:
    """The packages that the dependencies of every importer reach, as "name@version". Optional ones are left out.

    Source: https://github.com/pnpm/spec/blob/master/lockfile/9.0.md
    """
    below: dict[str, list[str]] = {}
    waiting: list[str] = []
    for edge in edges(text, "importers:"):
        if edge.kind == LISTS[0]:
            waiting.append(edge.key)
    for edge in edges(text, "snapshots:"):
        if edge.kind == LISTS[0]:
            below.setdefault(edge.owner, []).append(edge.key)
    reached = set(waiting)
    while waiting:
        new = [key for key in below.get(waiting.pop(), ()) if key not in reached]
        reached.update(new)
        waiting += new
    return frozenset(key.partition("(")[0] for key in reached)


def edges(text: str, section: str) -> Iterator[Edge]:
    """The dependencies in a section: `name: 1.0.0(peer@2.0.0)`, or in importers the name with `version:` below it.

    An alias has the whole key in place of the version. Packages of the repository itself (`link:`) are none.
    """
    inside = False
    owner = kind = name = ""
    for row in text.splitlines():
        depth = len(row) - len(row.lstrip(" "))
        word, _, value = row.strip().partition(": ")
        if depth == 0 and row:
            inside = row == section
        elif not inside or not row:
            continue
        elif depth == 2:
            owner, kind = row.strip().rstrip(":").strip("'"), ""
        elif depth == 4:
            kind = row.strip()
        elif depth == 6 and kind in LISTS:
            name = row.strip().rstrip(":").strip("'") if not value else word.strip("'")
            if value:
                yield from edge(owner, kind, name, value)
        elif depth == 8 and word == "version" and kind in LISTS:
            yield from edge(owner, kind, name, value)


def edge(owner: str, kind: str, name: str, value: str) -> Iterator[Edge]:
    """The dependency on a package at a version; nothing for one of the repository itself."""
    version = value.strip("'")
    if not version.startswith("link:"):
        alias = "@" in version.partition("(")[0][1:] and not version.startswith(("file:", "http"))
        yield Edge(owner, kind, version if alias else f"{name}@{version}")
