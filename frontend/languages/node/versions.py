"""Which Node.js: the release table, and the files that ask for a version."""

from typing import TYPE_CHECKING

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import BuildError
from frontend.languages.node.manifest import Manifest, line, read
from frontend.paths import parents
from frontend.plan.model import Evidence, ToolVersion, Warning
from frontend.rules import base_images, version_files
from frontend.rules.version_files import Rule
from frontend.rules.versions import Asked, Release, Tool, choose, is_older, key
from frontend.secrets.masking import shown
from frontend.settings.model import Settings

if TYPE_CHECKING:
    from frontend.rules.ranges import Range

TITLE = "Node.js"
DEFAULT = "24"
IMAGE = "node:{version}-{suite}{slim}"
TABLE_DATE = "2026-11-28"

# Support ends: https://github.com/nodejs/Release; suites: the image tags that exist on Docker Hub. A suite's first
# version is the one that was current when the images of that suite were first made.
RELEASES = (
    Release("26", "26.12.1", "2029-04-30", (("trixie", "26.0.0"), ("bookworm", "26.0.0")), "lithium"),
    Release("25", "25.9.0", "2026-06-01", (("trixie", "25.0.0"), ("bookworm", "25.0.0"))),
    Release("24", "24.22.3", "2028-04-30", (("trixie", "24.5.0"), ("bookworm", "24.0.0")), "krypton"),
    Release("23", "23.11.1", "2025-06-01", (("bookworm", "23.0.0"),)),
    Release("22", "22.23.5", "2027-04-30", (("trixie", "22.18.0"), ("bookworm", "22.0.0")), "jod"),
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
    Release("15", "15.14.0", "2021-06-01", (("buster", "15.0.0"),)),
    Release("14", "14.21.3", "2023-04-30", (("bullseye", "14.17.5"), ("buster", "14.0.0")), "fermium"),
    Release("13", "13.14.0", "2020-06-01", (("buster", "13.0.0"),)),
    Release("12", "12.22.12", "2022-04-30", (("bullseye", "12.22.5"), ("buster", "12.0.0")), "erbium"),
    Release("10", "10.24.1", "2021-04-30", (("buster", "10.0.0"),), "dubnium"),
)
NEWEST = RELEASES[0].line
LTS = tuple(release.line for release in RELEASES if release.lts)
ALIASES = {
    **{f"lts/{release.lts}": release.line for release in RELEASES if release.lts},
    **{f"lts-{release.lts}": release.line for release in RELEASES if release.lts},
    **{f"lts/-{back}": line for back, line in enumerate(LTS)},
    "lts/*": LTS[0],
    "lts": LTS[0],
    "--lts": LTS[0],
    "node": NEWEST,
    "latest": NEWEST,
    "current": NEWEST,
    "stable": LTS[0],
}


def npm_range(text: str) -> "Range":
    """npm's ranges; the module is imported for an app that has one."""
    from frontend.rules import ranges

    return ranges.semver(text)


NODE = Tool(
    "node", TITLE, TABLE_DATE, DEFAULT, RELEASES, npm_range, ALIASES, ("node@", "nodejs@", "nodejs-", "node-"), True
)
SETTING = (Rule.setting("node", "nodejs"),)
FILES = (Rule.line(".node-version"), Rule.line(".nvmrc"), Rule.tools("node", "nodejs"))
# npm that a line of Node.js brings, newest first; older lines bring npm 6
BROUGHT = {"26": "11.21.2", "25": "11.21.2", "24": "11.21.2", "23": "10.9.9", "22": "10.9.9", "21": "10.5.0",
           "20": "10.8.2", "19": "9.6.3", "18": "10.8.2", "17": "8.11.0", "16": "8.19.4", "15": "7.7.6"}  # fmt: skip
OLDEST_NPM = "6.14.18"


class Choice(Struct, frozen=True):
    """The Node.js of an app, the locked packages that chose it, and what they make doubtful."""

    version: ToolVersion
    evidence: tuple[Evidence, ...] = ()
    warnings: tuple[Warning, ...] = ()


def node_version(
    tree: SourceTree, settings: Settings, manifests: tuple[Manifest, ...]
) -> tuple[ToolVersion, tuple[Warning, ...]]:
    """The version of Node.js to use; `manifests` are the app's package.json and those above it.

    The first that asks decides: the setting, a version file (the app's directory, then those above), a package.json. A
    version file that is older than the package.json allows gives way, with a warning. Raises VersionError for what is
    no version or range.
    """
    dirs = dict.fromkeys((*(manifest.dir for manifest in manifests), *parents(manifests[0].dir)))
    setting = version_files.first(SETTING, (tree,), settings)
    file = None if setting else version_files.first(FILES, tuple(tree.under(dir) for dir in dirs), settings)
    package = next(filter(None, (in_manifest(tree, manifest) for manifest in manifests)), None)
    found = choose(NODE, setting or file or package or version_files.by_candidate(settings, NODE))
    if file is None or package is None or not is_older(found.value, package.text, npm_range):
        return found, ()
    newer = choose(NODE, package)
    told = f'{TITLE} {newer.value} is used, not {shown(file.text)}: package.json asks for "{shown(package.text)}"'
    return newer, (Warning("version-file", told, file.at, "correct the version file, or the range in package.json"),)


def early(tree: SourceTree, settings: Settings, app: str) -> ToolVersion | None:
    """The version that the app's own package.json and the version files ask for; None for what is none."""
    manifest = read(tree, app)
    try:
        return node_version(tree, settings, (manifest,))[0] if manifest is not None else None
    except BuildError:
        return None  # the plan says it


def in_manifest(tree: SourceTree, manifest: Manifest) -> Asked | None:
    """What a package.json asks for, the most deliberate first; None when it says nothing of Node.js."""
    volta = manifest.table("volta").get("node")
    if volta:
        return Asked(volta, "file", line(tree, manifest, "volta", "node"))
    engines = manifest.data.get("devEngines")
    runtime = engines.get("runtime") if isinstance(engines, dict) else None
    for engine in runtime if isinstance(runtime, list) else [runtime]:
        if isinstance(engine, dict) and engine.get("name") == "node" and isinstance(engine.get("version"), str):
            return Asked(engine["version"], "file", line(tree, manifest, "devEngines", "version"))
    text = manifest.table("engines").get("node")
    return Asked(text, "file", line(tree, manifest, "engines", "node")) if text else None


def npm_brought(version: ToolVersion) -> str:
    """The npm that a version of Node.js brings: the newest that its line has had."""
    major = version.value.partition(".")[0]
    return BROUGHT.get(major, BROUGHT[NEWEST] if major.isdigit() and int(major) > int(NEWEST) else OLDEST_NPM)


def at_least(version: str, minimum: str) -> bool:
    """Whether a version, or the newest of a line ("22"), is at least `minimum`."""
    if version.count(".") < 2:
        newest = next((r.newest for r in RELEASES if r.newest.startswith(f"{version}.")), "")
        version = newest or version
    wanted = key(minimum)
    return key(version) + (0,) * (3 - version.count(".") - 1) >= wanted


def image(version: ToolVersion) -> str:
    """The image that an app of this version runs on."""
    suite = base_images.suite(RELEASES, version.value)
    return base_images.image(IMAGE, version.value, suite, slim=True)
