"""Bun as what runs an app: its version, its images, and whether it reads the app's lockfile."""

from frontend.context.tree import SourceTree
from frontend.errors import VersionError
from frontend.languages.bun import locks, versions
from frontend.languages.node.engines import Engine
from frontend.languages.node.workspaces import Project
from frontend.plan.model import TextFile
from frontend.rules.base_images import suite
from frontend.settings.model import Settings

NAME, SETTINGS = "bun", "bunfig.toml"
TOOLS, IMAGE = "oven/bun:{version}-debian", "oven/bun:{version}-slim"  # https://hub.docker.com/r/oven/bun
NODE_BIN = "/usr/local/bun-node-fallback-bin"  # where the images have Bun under the name of Node.js
# As process 1 Bun ends at no signal that the app does not handle: an engine would wait, and kill it. What an app
# handles stays its own. A compiled program reads BUN_OPTIONS too. https://bun.sh/docs/runtime/environment-variables
STOP = TextFile(
    "/usr/local/lib/migetpacks/stop.js",
    """for (const [signal, code] of [["SIGTERM", 143], ["SIGINT", 130]]) {
  process.on(signal, () => process.listenerCount(signal) === 1 && process.exit(code));
}
""",
)
ENV = (("BUN_RUNTIME_TRANSPILER_CACHE_PATH", "0"), ("BUN_OPTIONS", f"--preload={STOP.path}"))


def choose(tree: SourceTree, settings: Settings, project: Project) -> Engine:
    """The Bun of a project in the tree of the whole context.

    Raises VersionError for one that does not read the project's lockfile, SourceError for a broken bunfig.toml.
    """
    version = versions.bun_version(tree, settings, project)
    here = tree.under(project.root)
    if here.has(SETTINGS):
        here.read_toml(SETTINGS)
    lock = locks.needed(here)
    if lock is not None and locks.is_older(version.value, lock.since):
        asked = f"Bun {version.value}"
        raise VersionError(
            f"{asked} does not read {lock.file}: its format is that of Bun {lock.since} and newer",
            at=version.at or lock.at,
            hint=f"use Bun {lock.since} or newer (packageManager, .bun-version or the build-arg BUN_VERSION), or run"
            f" bunx bun@{version.value} install without {lock.file}, and commit what it writes",
        )
    return Engine(
        name=NAME,
        title=versions.TITLE,
        program=NAME,
        version=version,
        tools=TOOLS.format(version=version.value),
        image=IMAGE.format(version=version.value),
        suite=suite(versions.RELEASES, version.value),
        path=NODE_BIN,
        env=ENV,
        files=(STOP,),
    )
