"""Node.js applications: npm, yarn, pnpm or bun install them, Node.js runs them.

The parts are imported where they are used: another language that builds its front end with Node.js needs few of them.
"""

from typing import TYPE_CHECKING

from frontend.context.tree import SourceTree
from frontend.languages.base import Detected, Lacking, RunsOn, nobody
from frontend.plan.model import Plan, Runtime
from frontend.settings.model import Settings

if TYPE_CHECKING:
    from frontend.languages.node.engines import Choice
    from frontend.languages.node.reached import Files

NAME = "nodejs"


def detect(tree: SourceTree) -> Detected | None:
    """A package.json is a claim as strong as what it says of a server; a lone server.js is a weak one."""
    from frontend.languages.node import detection

    return detection.detect(tree)


def plan(tree: SourceTree, settings: Settings, app: str = "", today: str = "", *, runs_on: RunsOn = nobody) -> Plan:
    """The build of the app in a directory of the context. Raises BuildError, OtherLanguageError for an app of Bun."""
    return plan_by(None, tree, settings, app, today, runs_on)


def plan_by(
    choice: "Choice | None",
    tree: SourceTree,
    settings: Settings,
    app: str = "",
    today: str = "",
    runs_on: RunsOn = nobody,
) -> Plan:
    """The build of an app that the engine of a choice runs, None for Node.js. Raises BuildError."""
    given = settings
    if settings.candidate is not None:
        from frontend.languages.node import entrypoint

        settings = entrypoint.with_release(tree.under(app), settings)
    from frontend.languages.node import locate, repository, versions
    from frontend.languages.node.sites import NoServerError

    try:
        project = locate.locate(tree, settings, app)
        here, doubts = repository.read(tree, settings, project, choice, judged=True)
        if choice is None:
            runs_on(versions.image(here.version))
        from frontend.languages.node import above, facts, image, steps

        known = facts.inspect(tree, settings, here, doubts, today)
    except NoServerError as site:
        from frontend.languages.node import served, site_plan

        if (settings.app, settings.language, settings.output_dir) == (None, None, None):
            server = served.server_of(tree, app)
            if server is not None:
                return plan_by(choice, tree, settings, server, today, runs_on)
        return site_plan.plan(tree, settings, app, today, site)
    project = known.work.project
    own, missing = above.provided(tree, project, steps.steps(tree.under(project.root), known.work), here.packages)
    made = Plan(
        language=known.work.engine.name if known.work.engine is not None else NAME,
        runtime=image.runtime(known, settings),
        steps=(
            *(step for one in known.beside for step in one.front_end.steps),
            *own,
        ),
        evidence=known.evidence,
        versions=known.work.versions,
        warnings=(*known.warnings, *missing),
    )
    if settings is given:
        return made
    return entrypoint.told(made, tree.under(app), settings)


def likely_image(tree: SourceTree, settings: Settings, app: str) -> str:
    """The image that an app of its own runs on, known before anything else of it is: "" where only a plan can say.

    Lockfiles, or a package.json above, may still choose another version.
    """
    from frontend.languages.node import detection, versions

    here = tree.under(app)
    if not detection.is_server(here):
        return ""
    version = versions.early(tree, settings, app)
    return versions.image(version) if version is not None else ""


def begin(files: "Files", runtime: Runtime) -> None:
    """Asks the built image for what `lacking` reads first."""
    from frontend.languages.node import reached

    reached.begin(files, runtime)


def lacking(files: "Files", runtime: Runtime) -> Lacking:
    """What the started files import and the built image lacks. Raises PlanError for what no second plan can add."""
    from frontend.languages.node import missing

    return missing.lacking(files, runtime)
