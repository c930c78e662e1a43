"""Which Node.js: the release table, and the files that ask for a version."""

from collections.abc import Iterator

from msgspec import structs

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.node.manifest import Manifest, line
from frontend.paths import parents, within
from frontend.plan.model import ToolVersion
from frontend.rules.versions import Asked, Release, choose, is_version, key
from frontend.settings.model import Settings

TITLE = "Node.js"
DEFAULT = "24"
TABLE_DATE = "2026-11-20"

# Support ends: https://github.com/nodejs/Release; suites: the image tags that exist on Docker Hub. A suite's first
# version is the one that was current when the images of that suite were first made.
RELEASES = (
    Release("26", "26.10.0", "2029-04-30", (("trixie", "26.0.0"), ("bookworm", "26.0.0")), "lithium"),
    Release("25", "25.9.0", "2026-06-01", (("trixie", "25.0.0"), ("bookworm", "25.0.0"))),
    Release("24", "24.21.0", "2028-04-30", (("trixie", "24.5.0"), ("bookworm", "24.0.0")), "krypton"),
    Release("23", "23.11.1", "2025-06-01", (("bookworm", "23.0.0"),)),
    Release("22", "22.23.3", "2027-04-30", (("trixie", "22.18.0"), ("bookworm", "22.0.0")), "jod"),
    Release("21", "21.7.3", "2024-06-01", (("bookworm", "21.0.0"),)),
    Release(
        "20", "20.20.2", "2026-04-30", (("trixie", "20.19.4"), ("bookworm", "20.3.0"), ("bullseye", "20.0.0")), "iron"
    ),
    Release("19", "19.9.0", "2023-06-01", (("bullseye", "19.0.0"),)),
    Release("18", "18.20.8", "2025-04-30", (("bookworm", "18.16.1"), ("bullseye", "18.0.0")), "hydrogen"),
    Release("17", "17.9.1", "2022-06-01", (("bullseye", "17.0.0"),)),
    Release(
        "16",
        "16.20.2",
        "2023-09-11",
        (("bookworm", "16.20.1"), ("bullseye", "16.6.2"), ("buster", "16.0.0")),
        "gallium",
    ),
)
NEWEST = RELEASES[0].line
LTS = tuple(release.line for release in RELEASES if release.lts)
CODENAMES = {f"lts/{release.lts}": release.line for release in RELEASES if release.lts}
ALIASES = {
    "lts/*": LTS[0],
    "lts": LTS[0],
    "--lts": LTS[0],
    "node": NEWEST,
    "latest": NEWEST,
    "current": NEWEST,
    "stable": LTS[0],
}
ANYTHING = ("", "*", "x", "X")

VERSION_FILES = (".node-version", ".nvmrc")
MISE_FILES = ("mise.toml", ".mise.toml", "mise/config.toml", ".config/mise.toml")
FILES = (*VERSION_FILES, ".tool-versions", *MISE_FILES)


def node_version(tree: SourceTree, settings: Settings, manifests: tuple[Manifest, ...]) -> ToolVersion:
    """The version of Node.js to use; `manifests` are the app's package.json and those above it.

    Raises VersionError when what is asked for is no version, or none that is known.
    """
    found = asked(tree, settings, manifests)
    if found is None:
        return ToolVersion("node", DEFAULT)
    plain = simplified(found.text)
    if plain in ANYTHING:
        return ToolVersion("node", DEFAULT, found.text, found.by, found.at)
    chosen = choose("node", TITLE, RELEASES, DEFAULT, structs.replace(found, text=plain), allows)
    return structs.replace(chosen, asked=found.text)


def asked(tree: SourceTree, settings: Settings, manifests: tuple[Manifest, ...]) -> Asked | None:
    """The first that asks: the setting, a version file (the app's directory, then those above), a package.json."""
    setting = settings.versions.get("node") or settings.versions.get("nodejs")
    if setting is not None:
        return Asked(setting.value, setting.by, setting.at)
    app = manifests[0].dir
    dirs = dict.fromkeys((*(manifest.dir for manifest in manifests), *parents(app)))
    found = (asked for dir in dirs for asked in in_directory(tree, dir))
    wanted = (asked for manifest in manifests for asked in in_manifest(tree, manifest))
    return next(found, None) or next(wanted, None)


def in_directory(tree: SourceTree, dir: str) -> Iterator[Asked]:
    """What the version files of one directory ask for, the most deliberate first. An empty file asks for nothing."""
    for name in VERSION_FILES:
        yield from first_line(tree, within(dir, name))
    yield from tool_versions(tree, within(dir, ".tool-versions"))
    for name in MISE_FILES:
        yield from mise(tree, within(dir, name))


def in_manifest(tree: SourceTree, manifest: Manifest) -> Iterator[Asked]:
    """What a package.json asks for, the most deliberate first."""
    volta = manifest.table("volta").get("node")
    if volta:
        yield Asked(volta, "file", line(tree, manifest, "volta", "node"))
    runtime = (
        (manifest.data.get("devEngines") or {}).get("runtime")
        if isinstance(manifest.data.get("devEngines"), dict)
        else None
    )
    for engine in runtime if isinstance(runtime, list) else [runtime]:
        if isinstance(engine, dict) and engine.get("name") == "node" and isinstance(engine.get("version"), str):
            yield Asked(engine["version"], "file", line(tree, manifest, "devEngines", "version"))
    engines = manifest.table("engines").get("node")
    if engines:
        yield Asked(engines, "file", line(tree, manifest, "engines", "node"))


def first_line(tree: SourceTree, path: str) -> Iterator[Asked]:
    """The first line of a version file that is neither empty nor a comment."""
    for number, text in enumerate(tree.read_lines(path) or (), 1):
        word = text.partition("#")[0].strip()
        if word:
            yield Asked(word, "file", Location(path, number))
            return


def tool_versions(tree: SourceTree, path: str) -> Iterator[Asked]:
    """asdf's file: `nodejs 22.1.0 20.1.0`, the first version counts; "system" and the like ask for nothing."""
    for number, text in enumerate(tree.read_lines(path) or (), 1):
        words = text.partition("#")[0].split()
        if len(words) > 1 and words[0] in ("nodejs", "node") and (words[1][0].isdigit() or words[1] in ALIASES):
            yield Asked(words[1], "file", Location(path, number))
            return


def mise(tree: SourceTree, path: str) -> Iterator[Asked]:
    """mise's table `[tools]`: a text, a list of them, or a table with a version. https://mise.jdx.dev/configuration.html"""
    tools = (tree.read_toml(path) or {}).get("tools") if tree.has(path) else None
    value = (tools.get("node") or tools.get("nodejs")) if isinstance(tools, dict) else None
    value = value[0] if isinstance(value, list) and value else value
    value = value.get("version") if isinstance(value, dict) else value
    if isinstance(value, str) and value not in ("system", ""):
        yield Asked(value, "file", tree.line_of(path, "[tools]", "node"))


def simplified(text: str) -> str:
    """A version or range in npm's own spelling: an alias as its line, `~20.11.1` and `20.11.x` as the tag "20.11"."""
    text = text.strip().removeprefix("node@").removeprefix("nodejs-")
    folded = text.casefold()
    if folded in ALIASES or folded in CODENAMES:
        return ALIASES.get(folded) or CODENAMES[folded]
    if folded.startswith("lts/-") and folded[5:].isdigit() and int(folded[5:]) < len(LTS):
        return LTS[int(folded[5:])]
    plain = text.removeprefix("v").removeprefix("=").strip()
    parts = plain.removeprefix("~").removeprefix(">").strip().removeprefix("v").split(".")
    wild = [part for part in parts if part not in ("x", "X", "*")]
    if plain.startswith("~") or len(wild) < len(parts):
        short = ".".join(wild[:2])
        if is_version(short) and all(part.isdigit() for part in wild):
            return short
    return plain if is_version(plain) else text


def allows(text: str, version: str) -> bool:
    """Whether npm's range allows a version. Raises ValueError when the text is no range.

    Source: https://docs.npmjs.com/cli/using-npm/semver
    """
    import re

    from frontend.rules.ranges import library

    NpmSpec, Version = library()  # noqa: N806 - the library's names
    spaced = re.sub(r"([<>=~^]+)\s+", r"\1", text)  # npm allows blanks after an operator, the library does not
    bare = re.sub(r"(^|[\s<>=~^|])v(?=\d)", r"\1", spaced)
    return bool(NpmSpec(bare.replace("~>", "~")).match(Version(version)))


def at_least(version: str, minimum: str) -> bool:
    """Whether a version, or the newest of a line ("22"), is at least `minimum`."""
    if version.count(".") < 2:
        newest = next((r.newest for r in RELEASES if r.newest.startswith(f"{version}.")), "")
        version = newest or version
    wanted = key(minimum)
    return key(version) + (0,) * (3 - version.count(".") - 1) >= wanted
