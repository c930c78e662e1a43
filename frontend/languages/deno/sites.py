"""Sites that Deno builds and nothing of it serves: Lume, and what a bundler makes by the task `build`."""

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.deno.config import Config
from frontend.languages.static.site import Site, served
from frontend.plan.model import Evidence, Plan
from frontend.settings.model import Setting, Settings

IDLE = "deno eval 0"  # a start for the plan of the build: the site's own takes its place
BUILD = "build"
DIRECTORIES = ("_site", "dist", "build", "out", "www", "public")


class Generator(Struct, frozen=True):
    """What makes a site: its name, what says so, the command that builds, and the directories it may be in."""

    title: str
    because: str
    at: Location | None
    build: str
    directories: tuple[str, ...]


def of_app(config: Config) -> Generator | None:
    """What makes the site that an app without a start is; None for none."""
    tasks = config.tasks
    lume = next((key for key in config.imports if key.partition("/")[0] == "lume"), "")
    if lume:
        at = config.at("imports", lume)
        return Generator("Lume", f"{lume} is imported", at, build_by(tasks, "deno run -A lume/cli.ts"), ("_site",))
    task = tasks.get(BUILD)
    if task is None:
        return None
    vite = next((name for name in ("vite",) if name in task.text), "")
    title = "Vite" if vite else f"the task {BUILD}"
    return Generator(title, f"the task {BUILD}: {task.text}", task.at, f"deno task {BUILD}", DIRECTORIES)


def build_by(tasks: object, otherwise: str) -> str:
    """The task that builds a site, else a command."""
    return f"deno task {BUILD}" if isinstance(tasks, dict) and BUILD in tasks else otherwise


def building(found: Generator, settings: Settings) -> Settings:
    """The settings for the build of a site: by the user's command, else by its generator."""
    return structs.replace(
        settings,
        build_command=settings.build_command or Setting(found.build, "platform", found.at),
        run_command=Setting(IDLE, "platform", found.at),
    )


def plan(tree: SourceTree, settings: Settings, app: str, built: Plan, found: Generator) -> Plan:
    """The plan of a site, whose build is that of an app."""
    because = f"nothing starts a server, and {found.because}"
    return served(
        tree,
        settings,
        app,
        Site(found.title, built.steps[-1].name, tuple(f"/app/{one}" for one in found.directories), found.at),
        steps=built.steps,
        versions=built.versions,
        evidence=(
            *(one for one in built.evidence if one.what not in ("start", "port")),
            Evidence("site", because, found.at),
        ),
        warnings=built.warnings,
    )
