"""Which packages of a lockfile production needs, without those that are optional.

npm's marks them; pnpm's did below version 9, and has a graph from there on; yarn's is a graph of ranges.
"""

from collections.abc import Iterable

from frontend.languages.node import lockfiles
from frontend.languages.node.lockfiles import Locked
from frontend.languages.node.manifest import Manifest


def needed(locked: Locked, manifests: Iterable[Manifest]) -> frozenset[str] | None:
    """The names of the packages that the production dependencies of `manifests` reach; None where that is not known.

    Optional ones are left out: without them an install goes on.
    """
    if locked.places or locked.development:
        return frozenset(locked.versions) - locked.development
    if "\nsnapshots:" in locked.text:
        from frontend.languages.node import pnpm_graph

        return frozenset(key.rpartition("@")[0] for key in pnpm_graph.production(locked.text))
    if locked.text.startswith("lockfileVersion"):
        return frozenset(locked.versions) - marked(locked.text)
    if lockfiles.yarn_format(locked.text):
        return by_ranges(locked.text, (pair for one in manifests for pair in one.table("dependencies").items()))
    return None


def marked(text: str) -> frozenset[str]:
    """The packages that pnpm's lockfile below version 9 marks as ones of development, or optional, in all versions."""
    spare: dict[str, set[str]] = {}
    needed: dict[str, set[str]] = {}
    name = version = ""
    for row in text.splitlines():
        if row.startswith("  ") and row[2:3] not in (" ", "") and row.rstrip().endswith(":"):
            name, version = lockfiles.pnpm_package(row)
            needed.setdefault(name, set()).add(version)
        elif row in ("    dev: true", "    optional: true"):
            spare.setdefault(name, set()).add(version)
    return frozenset(name for name, versions in spare.items() if versions >= needed[name])


def by_ranges(text: str, wanted: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The packages of yarn's lockfile that names with their ranges reach.

    A range that no entry has is one that the package.json replaces: then every version of the package counts.
    Source: https://classic.yarnpkg.com/lang/en/docs/yarn-lock/
    """
    entries, names = graph(text)
    waiting = list(wanted)
    seen: set[tuple[str, str]] = set()
    while waiting:
        pair = waiting.pop()
        if pair in seen:
            continue
        seen.add(pair)
        name, range = pair
        keys = [key for key in (f"{name}@{range}", f"{name}@npm:{range}") if key in entries] or names.get(name, [])
        waiting += [below for key in keys for below in entries[key]]
    return frozenset(name for name, _ in seen)


def graph(text: str) -> tuple[dict[str, list[tuple[str, str]]], dict[str, list[str]]]:
    """The entries of yarn's lockfile by "name@range", each with its dependencies, and the keys of each name."""
    entries: dict[str, list[tuple[str, str]]] = {}
    names: dict[str, list[str]] = {}
    current: list[tuple[str, str]] = []
    inside = False
    for row in text.splitlines():
        if row and row[0] not in " #" and row.endswith(":"):
            current, inside = [], False
            for key in (one.strip().strip('"') for one in row.rstrip(":").strip('"').split(", ")):
                entries[key] = current
                names.setdefault(key[: key.find("@", 1)], []).append(key)
        elif row.startswith("    ") and inside:
            name, _, range = row.strip().partition(" ")
            current.append((name.strip(':"'), range.strip('"')))
        else:
            inside = row.strip() == "dependencies:"
    return entries, names
