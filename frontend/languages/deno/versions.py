"""Which Deno: a dated table of its lines, and the files that ask for a version."""

from msgspec import structs

from frontend.context.tree import SourceTree
from frontend.errors import Location, VersionError
from frontend.plan.model import ToolVersion
from frontend.rules import version_files
from frontend.rules.ranges import Range
from frontend.rules.version_files import Rule
from frontend.rules.versions import Asked, Release, Tool, at_least, choose, key
from frontend.settings.model import Settings

TITLE = "Deno"
# A line has support until the next one is out; of the newest that day is not known yet, and a year after it is written.
# Images are tagged by whole versions alone. Sources: https://docs.deno.com/runtime/fundamentals/stability_and_releases/
# and the tags of docker.io/denoland/deno
TABLE_DATE = "2026-11-29"
RELEASES = tuple(
    Release(line, newest, eol, (("stable", line),))
    for line, newest, eol in (
        ("2.9", "2.9.6", "2027-06-25"),
        ("2.8", "2.8.3", "2026-06-25"),
        ("2.7", "2.7.14", "2026-05-20"),
        ("2.6", "2.6.10", "2026-02-25"),
        ("2.5", "2.5.7", "2026-04-30"),
        ("2.4", "2.4.5", "2025-09-10"),
        ("2.3", "2.3.7", "2025-07-01"),
        ("2.2", "2.2.15", "2025-10-31"),
        ("2.1", "2.1.14", "2025-04-30"),
        ("2.0", "2.0.6", "2024-11-21"),
        ("1.46", "1.46.3", "2024-10-09"),
    )
)
DEFAULT = RELEASES[0].line
OLDEST = RELEASES[-1].line
IMAGE = "denoland/deno:{version}"
ADDRESS = "2.3"  # the first line whose servers take their address from DENO_SERVE_ADDRESS
PRELOAD = "2.4"  # the first line that runs a module before the app's
FIRST = "1"  # the major release whose last line takes the place of all others of it
LAST_OF_FIRST = OLDEST
SECOND = "2.0"  # installs what a configuration names, asks for permission to import from other hosts
LOCKS = (
    ("5", "2.3"),
    ("4", "2.0"),
    ("3", "1.46"),
    ("2", "1.46"),
)  # version of a lockfile: the first line that reads it


def node_range(text: str) -> Range:
    """A range as npm and Deno write it; the module is imported for an app that has one."""
    from frontend.rules import ranges

    return ranges.semver(text)


DENO = Tool(
    "deno", TITLE, TABLE_DATE, DEFAULT, RELEASES, node_range, {"latest": DEFAULT, "stable": DEFAULT}, ("deno-", "deno@")
)
RULES = (Rule.setting("deno"), Rule.line(".dvmrc"), Rule.line(".deno-version"), Rule.tools("deno"))


def find(
    tree: SourceTree, settings: Settings, lock: tuple[str, Location] | None, old: Location | None = None
) -> ToolVersion:
    """The Deno of an app, as a whole version: its images have no other tags.

    What a setting, a version file or a Dockerfile says; else the last Deno 1 for sources that Deno 2 does not run
    (`old`: where), else the newest. Raises VersionError for one that is too old for the app's lockfile (`lock`: its
    version and place), or to be built at all.
    """
    asked = (
        version_files.first(RULES, (tree,), settings)
        or engine(tree)
        or version_files.by_candidate(settings, DENO)
        or first_by_candidate(settings, lock)
    )
    reads = lock is None or dict(LOCKS).get(lock[0]) == LAST_OF_FIRST
    if asked is None and old is not None and reads:
        asked = Asked(LAST_OF_FIRST, "file", old)
    chosen = choose(DENO, asked)
    if key(chosen.value)[:2] < key(OLDEST):
        raise VersionError(
            f"{TITLE} {chosen.value} is too old to be built",
            at=chosen.at,
            hint=f"the oldest that can be built is {OLDEST}: ask for it, or a newer one (build-arg DENO_VERSION)",
        )
    check_lock(chosen, lock)
    return structs.replace(chosen, value=whole(chosen.value))


def first_by_candidate(settings: Settings, lock: tuple[str, Location] | None) -> Asked | None:
    """The last Deno 1 where a Dockerfile's image is of any, unless the app's lockfile is Deno 2's."""
    setting = settings.candidate_versions.get(DENO.name)
    if setting is None or setting.value.partition(".")[0] != FIRST:
        return None
    if lock is not None and dict(LOCKS).get(lock[0]) != LAST_OF_FIRST:
        return None
    return Asked(LAST_OF_FIRST, setting.by, setting.at)


def engine(tree: SourceTree) -> Asked | None:
    """What `engines.deno` in package.json asks for."""
    engines = (tree.read_json("package.json") or {}).get("engines") if tree.has("package.json") else None
    text = engines.get("deno") if isinstance(engines, dict) else None
    return Asked(text, "file", tree.line_of("package.json", '"engines"', '"deno"')) if isinstance(text, str) else None


def whole(version: str) -> str:
    """The newest version of a line: "2.4" is 2.4.5; one that the table does not know gets ".0"."""
    if version.count(".") != 1:
        return version if version.count(".") else f"{version}.0.0"
    return next((one.newest for one in RELEASES if one.line == version), f"{version}.0")


def check_lock(chosen: ToolVersion, lock: tuple[str, Location] | None) -> None:
    """Raises VersionError for a lockfile that the chosen Deno does not read."""
    if lock is None:
        return
    version, at = lock
    first = dict(LOCKS).get(version)
    if first is None:
        newest = LOCKS[0]
        raise VersionError(
            f'deno.lock has the version "{version}", which no {TITLE} reads that is known here',
            at=at,
            hint=f'write it with a {TITLE} whose lockfile has version "{newest[0]}", such as {DEFAULT}: deno install',
        )
    if not at_least(chosen.value, first):
        raise VersionError(
            f'deno.lock has the version "{version}", which {TITLE} {chosen.value} does not read',
            at=chosen.at or at,
            hint=f"ask for {TITLE} {first} or newer (build-arg DENO_VERSION)",
        )
