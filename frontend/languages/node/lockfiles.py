"""Lockfiles: which there are, what format they have, and what they say of a package."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, structs

from frontend.context.tree import SourceTree

FILES = (  # lockfile, the package manager that writes it; the first that exists decides where nothing else does
    ("pnpm-lock.yaml", "pnpm"),
    ("yarn.lock", "yarn"),
    ("bun.lock", "bun"),
    ("bun.lockb", "bun"),
    ("npm-shrinkwrap.json", "npm"),
    ("package-lock.json", "npm"),
)
OF = {
    "pnpm": ("pnpm-lock.yaml",),
    "yarn": ("yarn.lock",),
    "bun": ("bun.lock", "bun.lockb"),
    "npm": ("npm-shrinkwrap.json", "package-lock.json"),
}

UNNEEDED = ("dev", "devOptional", "optional")  # what npm marks a package by that an image can go without


class Engines(Struct, frozen=True):
    """A package that asks for a range of Node.js (`text`), and its `key` as the lockfile writes it."""

    name: str
    version: str
    text: str
    key: str


class Locked(Struct, frozen=True):
    """What a lockfile says of the packages: names to the versions locked, sorted as in the file.

    `bins` are programs by name, as (package, file); only npm's, yarn 2's and bun's lockfiles tell. `scripted` are
    packages with install scripts, `places` npm's entries by where their packages are, the project's own at "",
    `development` those that only development needs, and `engines` those that production needs whose range of Node.js
    may end: npm's and pnpm's lockfiles tell, yarn's and bun's do not. `text` is pnpm's or yarn's lockfile itself.
    """

    versions: dict[str, tuple[str, ...]] = {}
    bins: dict[str, tuple[str, str]] = {}
    scripted: frozenset[str] = frozenset()
    places: dict[str, Any] = {}
    development: frozenset[str] = frozenset()
    engines: tuple[Engines, ...] = ()
    text: str = ""

    def version(self, name: str) -> str:
        """The (first) version of a package; "" when the lockfile has none."""
        return next(iter(self.versions.get(name, ())), "")


def present(tree: SourceTree) -> tuple[str, ...]:
    """The lockfiles of a project, the first one's manager first."""
    return tuple(name for name, _ in FILES if tree.has(name))


def read(tree: SourceTree, path: str) -> Locked:
    """A lockfile's packages; an empty value for a format that is not text. Raises SourceError for a broken file."""
    name = path.rpartition("/")[2]
    if name in OF["npm"]:
        return npm(tree.read_json(path) or {})
    if name == "bun.lock":
        return bun(tree, path)
    if name == "bun.lockb" or not path:
        return Locked()
    text = tree.read_text(path) or ""
    if name == "pnpm-lock.yaml":
        return structs.replace(collected(pnpm(text)), engines=pnpm_engines(text), text=text)
    return structs.replace(collected(yarn(text), yarn_bins(text)), text=text)


def collected(pairs: Iterator[tuple[str, str]], bins: dict[str, tuple[str, str]] | None = None) -> Locked:
    """Names with all their versions."""
    found: dict[str, tuple[str, ...]] = {}
    for name, version in pairs:
        found[name] = (*found.get(name, ()), version)
    return Locked(found, bins or {})


def npm(data: dict[str, Any]) -> Locked:
    """npm's lockfile, versions 1 to 3. https://docs.npmjs.com/cli/configuring-npm/package-lock-json"""
    packages = data.get("packages")
    if not isinstance(packages, dict):
        old = data.get("dependencies")
        entries = {n: v for n, v in (old if isinstance(old, dict) else {}).items() if isinstance(v, dict)}
        pairs = [(n, v["version"]) for n, v in entries.items() if isinstance(v.get("version"), str)]
        unneeded = frozenset(n for n, v in entries.items() if any(v.get(flag) for flag in UNNEEDED))
        return structs.replace(collected(iter(pairs)), development=unneeded)
    versions: dict[str, tuple[str, ...]] = {}
    bins: dict[str, tuple[str, str]] = {}
    scripted, development, production = set(), set(), set()
    engines: list[Engines] = []
    for place, entry in packages.items():
        if not isinstance(entry, dict) or "node_modules/" not in place or entry.get("link"):
            continue
        name = place.rpartition("node_modules/")[2]
        top = place == f"node_modules/{name}"
        version = str(entry.get("version", ""))
        versions[name] = (version, *versions.get(name, ())) if top else (*versions.get(name, ()), version)
        if entry.get("hasInstallScript"):
            scripted.add(name)
        if any(entry.get(flag) for flag in UNNEEDED):
            development.add(name)
        else:
            production.add(name)
            asked = entry.get("engines")
            text = asked.get("node") if isinstance(asked, dict) else None
            if isinstance(text, str) and may_end(text):
                engines.append(Engines(name, version, text, f'"{place}"'))
        for program, file in (entry.get("bin") or {}).items() if top and isinstance(entry.get("bin"), dict) else ():
            bins.setdefault(program, (name, str(file).removeprefix("./")))
    only_development = frozenset(development - production)
    return Locked(versions, bins, frozenset(scripted), packages, only_development, tuple(engines))


def may_end(text: str) -> bool:
    """Whether a range of Node.js may leave out the newest: one that has an open part (">=18") does not."""
    return all("<" in part or not part.strip().startswith(">") for part in text.split("||"))


def pnpm(text: str) -> Iterator[tuple[str, str]]:
    """The names and versions of pnpm's lockfile: keys of `packages`, "/name/1.0.0", "/name@1.0.0" or "name@1.0.0".

    Read line by line: a YAML parser takes a hundred times as long for the few thousand lines of a usual one.
    """
    inside = False
    for row in text.splitlines():
        if row and not row[0].isspace():
            inside = row.startswith("packages:")
        elif inside and row.startswith("  ") and row[2:3] not in (" ", "") and row.rstrip().endswith(":"):
            yield pnpm_package(row)


def pnpm_package(row: str) -> tuple[str, str]:
    """The name and the version of a key of pnpm's lockfile."""
    entry = row.strip().rstrip(":").strip("'\"").removeprefix("/").partition("(")[0]
    name, at, version = entry.rpartition("@")
    if not at or not name:
        name, _, version = entry.rpartition("/")
    return name, version.partition("_")[0]


def pnpm_engines(text: str) -> tuple[Engines, ...]:
    """The packages of pnpm's lockfile that production needs and whose range of Node.js may end, sorted as in the file.

    Lockfiles below version 9 mark what only development needs; of later ones the graph is read, where a range may end.
    """
    found: list[Engines] = []
    key = ""
    for row in text.splitlines():
        if row.startswith("  ") and row[2:3] not in (" ", "") and row.endswith(":"):
            key = row
        elif row.startswith("    engines: {node: "):
            asked = row.removeprefix("    engines: {node: ").rstrip("} ")
            asked = asked[1:].partition("'")[0] if asked[:1] == "'" else asked.partition(",")[0]
            if may_end(asked):
                found.append(Engines(*pnpm_package(key), asked, key.strip()))
        elif row in ("    dev: true", "    optional: true") and found and found[-1].key == key.strip():
            found.pop()
    if not found or "\nsnapshots:" not in text:
        return tuple(found)
    from frontend.languages.node.pnpm_graph import production

    needed = production(text)
    return tuple(one for one in found if f"{one.name}@{one.version}" in needed)


def yarn(text: str) -> Iterator[tuple[str, str]]:
    """The names and versions of either yarn's lockfile: `name@range, name@range:` and `version "1.0.0"`."""
    name = ""
    for row in text.splitlines():
        if row and row[0] not in " #" and row.endswith(":"):
            first = row.rstrip(":").strip('"').split(",")[0].strip().strip('"')
            name = first[: first.find("@", 1)] if "@" in first[1:] else ""
        elif name and row.startswith("  version"):
            yield name, row.removeprefix("  version").strip(" :\"'")
            name = ""


def yarn_bins(text: str) -> dict[str, tuple[str, str]]:
    """The programs of yarn 2's lockfile, as (package, file): of a package whose versions agree on the file."""
    found: dict[str, set[tuple[str, str]]] = {}
    name, inside = "", False
    for row in text.splitlines() if "\n  bin:\n" in text else ():
        if row and row[0] not in " #":
            name = row.strip('":')[: row.strip('":').find("@", 1)]
        elif row.startswith("    ") and inside:
            program, _, file = row.strip().partition(": ")
            found.setdefault(program.strip('"'), set()).add((name, file.strip('"').removeprefix("./")))
            continue
        inside = row == "  bin:"
    return {program: next(iter(files)) for program, files in found.items() if len(files) == 1}


def bun(tree: SourceTree, path: str) -> Locked:
    """bun's text lockfile: JSON with trailing commas; `packages` maps names to [id, …, details, hash].

    Raises SourceError, with the line, when it is something else.
    """
    data = tree.read_json(path, without_last_commas) or {}
    packages = data.get("packages")
    versions: dict[str, tuple[str, ...]] = {}
    bins: dict[str, tuple[str, str]] = {}
    for key, entry in (packages if isinstance(packages, dict) else {}).items():
        if not isinstance(entry, list) or not entry or not isinstance(entry[0], str):
            continue
        name, _, version = entry[0].rpartition("@")
        versions[name] = (*versions.get(name, ()), version)
        details = next((part for part in entry[1:] if isinstance(part, dict)), {})
        for program, file in (
            (details.get("bin") or {}).items() if key == name and isinstance(details.get("bin"), dict) else ()
        ):
            bins.setdefault(program, (name, str(file).removeprefix("./")))
    return Locked(versions, bins)


def without_last_commas(text: str) -> str:
    """JSON of bun's lockfile: it has a comma after the last value of each object and list."""
    import re

    return re.sub(r",(\s*[}\]])", r"\1", text)


def yarn_format(text: str) -> str:
    """The lockfile's own version: "1" for yarn 1, otherwise the number in `__metadata`; "" for an empty file."""
    if "# yarn lockfile v1" in text[:400]:
        return "1"
    _, found, rest = text.partition("__metadata:")
    if not found:
        return ""
    return next(
        (row.partition(":")[2].strip() for row in rest.splitlines()[1:4] if row.strip().startswith("version:")), ""
    )


def pnpm_format(text: str) -> str:
    """The lockfile's own version: "5.4", "6.0", "9.0"; "" when it does not say."""
    for row in text.splitlines()[:6]:
        if row.startswith("lockfileVersion"):
            return row.partition(":")[2].strip().strip("'\"")
    return ""
