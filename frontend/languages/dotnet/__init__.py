""".NET applications: MSBuild publishes one project, and nothing but what it publishes ships."""

from typing import TYPE_CHECKING

from frontend.context.tree import SourceTree
from frontend.languages.base import Answer, Detected, Lacking
from frontend.plan.model import Plan, Runtime
from frontend.settings.model import Settings

if TYPE_CHECKING:
    from frontend.languages.dotnet.frameworks import Files

NAME = "dotnet"


def detect(tree: SourceTree) -> Detected | None:
    """A project or a solution, in the root or further down."""
    from frontend.languages.dotnet import detection

    return detection.detect(tree)


def plan(tree: SourceTree, settings: Settings, app: str = "", today: str = "", *, answer: Answer) -> Plan:
    """The build of a project at or below a directory of the context. Raises BuildError."""
    from frontend.languages.dotnet import dockerfile, facts, steps

    known = facts.inspect(tree, settings, app, today, answer)
    if known.in_browser:
        from frontend.languages.dotnet import sites

        return dockerfile.applied(sites.plan(tree, known, app), settings, known.settings)
    made = Plan(
        language=NAME,
        runtime=steps.runtime(known, settings),
        steps=steps.steps(known, settings),
        evidence=known.evidence,
        versions=known.versions,
        warnings=known.warnings,
    )
    return dockerfile.applied(made, settings, known.settings)


def lacking(files: "Files", runtime: Runtime) -> Lacking:
    """The framework that a published app needs, by a package of its, and the image's base lacks."""
    from frontend.languages.dotnet import frameworks

    return frameworks.lacking(files, runtime)
