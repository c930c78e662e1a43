"""Which Bun: the release table, the files that ask for a version, and the formats of lockfiles."""

from frontend.context.tree import SourceTree
from frontend.languages.node.manifest import Manifest, line
from frontend.languages.node.versions import npm_range
from frontend.languages.node.workspaces import Project
from frontend.paths import parents
from frontend.plan.model import ToolVersion
from frontend.rules import version_files
from frontend.rules.version_files import Rule
from frontend.rules.versions import Asked, Release, Tool, choose
from frontend.settings.model import Settings

TITLE = "Bun"
DEFAULT = "1.4"
TABLE_DATE = "2026-11-29"
# No tag of an image names a suite: which one it is, by version. Bun supports its newest release alone, with no dates.
# https://github.com/oven-sh/bun/tree/main/dockerhub
RELEASES = (
    Release("1.4", "1.4.5", "", (("trixie", "1.4.0"),)),
    Release("1.3", "1.3.14", "", (("trixie", "1.3.4"), ("bookworm", "1.3.0"))),
    Release("1.2", "1.2.23", "", (("bookworm", "1.2.12"), ("bullseye", "1.2.0"))),
    Release("1.1", "1.1.45", "", (("bullseye", "1.1.0"),)),
    Release("1.0", "1.0.36", "", (("bullseye", "1.0.0"),)),
)
BUN = Tool(
    "bun", TITLE, TABLE_DATE, DEFAULT, RELEASES, npm_range, {"latest": DEFAULT, "stable": DEFAULT}, ("bun@", "bun-")
)
SETTING = (Rule.setting("bun"),)
FILES = (Rule.line(".bun-version"), Rule.tools("bun"), Rule.toml(".prototools", "bun"))


def bun_version(tree: SourceTree, settings: Settings, project: Project) -> ToolVersion:
    """The version of Bun to use: the setting, a version file (the app's directory, then those above), a package.json.

    `tree` is the whole context. Raises VersionError for what is no version or range.
    """
    manifests = tuple({m.dir: m for m in map(project.in_context, (project.app, project.top))}.values())
    dirs = dict.fromkeys((*(manifest.dir for manifest in manifests), *parents(manifests[0].dir)))
    asked = version_files.first(SETTING, (tree,), settings) or version_files.first(
        FILES, tuple(tree.under(dir) for dir in dirs), settings
    )
    package = next(filter(None, (in_manifest(tree, manifest) for manifest in manifests)), None)
    return choose(BUN, asked or package or version_files.by_candidate(settings, BUN))


def in_manifest(tree: SourceTree, manifest: Manifest) -> Asked | None:
    """What a package.json asks for, the most deliberate first; None when it says nothing of Bun."""
    name, _, version = manifest.text("packageManager").partition("@")
    if name == BUN.name and version:
        return Asked(version.partition("+")[0], "file", line(tree, manifest, "packageManager"))
    engines = manifest.data.get("devEngines")
    for key in ("runtime", "packageManager"):
        value = engines.get(key) if isinstance(engines, dict) else None
        for engine in value if isinstance(value, list) else [value]:
            if isinstance(engine, dict) and engine.get("name") == BUN.name and isinstance(engine.get("version"), str):
                return Asked(engine["version"], "file", line(tree, manifest, "devEngines", key))
    text = manifest.table("engines").get(BUN.name)
    return Asked(text, "file", line(tree, manifest, "engines", BUN.name)) if text else None
