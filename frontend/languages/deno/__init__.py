"""Deno applications: Deno caches what they import into the image, and runs them without asking the network again."""

from frontend.context.tree import SourceTree
from frontend.languages.base import Detected
from frontend.plan.model import Plan
from frontend.settings.model import Settings

NAME = "deno"


def detect(tree: SourceTree) -> Detected | None:
    """A deno.json with a start task or an entry file is certain; one beside a Node.js app holds settings of tools."""
    from frontend.languages.deno import detection

    return detection.detect(tree)


def plan(tree: SourceTree, settings: Settings, app: str = "", today: str = "") -> Plan:
    """The build of the app in a directory of the context. Raises BuildError."""
    from frontend.languages.deno import facts, steps
    from frontend.languages.deno.start import NoStartError

    try:
        known = facts.inspect(tree, settings, app, today)
    except NoStartError as error:
        from frontend.languages.deno import sites

        generator = sites.of_app(error.config)
        if generator is None:
            raise
        built = plan(tree, sites.building(generator, settings), app, today)
        return sites.plan(tree, settings, app, built, generator)
    return Plan(
        language=NAME,
        runtime=steps.runtime(known, settings),
        steps=steps.steps(known, settings),
        evidence=known.evidence,
        versions=(known.version,),
        warnings=known.warnings,
    )
