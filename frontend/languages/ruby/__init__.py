"""Ruby applications: Bundler installs their gems into /app/vendor/bundle."""

from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.base import Detected, RunsOn, nobody
from frontend.plan.base import BaseFacts
from frontend.plan.model import Plan
from frontend.settings.model import Settings

NAME = "ruby"


def detect(tree: SourceTree) -> Detected | None:
    """A Rack file or a framework beside a Gemfile is certain; a Gemfile alone may be tooling's."""
    from frontend.languages.ruby import detection

    return detection.detect(tree)


def plan(tree: SourceTree, settings: Settings, app: str = "", today: str = "", *, runs_on: RunsOn = nobody) -> Plan:
    """The build of the app in a directory of the context. Raises BuildError."""
    from frontend.languages.ruby import facts, steps

    try:
        known = facts.inspect(tree, settings, app, today, runs_on)
    except PlanError as error:
        from frontend.languages.ruby import sites

        if not isinstance(error, sites.NoServerError):
            raise
        built = plan(tree, sites.building(error, settings), app, today)
        return sites.plan(tree, settings, app, built, error)
    return Plan(
        language=NAME,
        runtime=steps.runtime(known, settings),
        steps=steps.steps(known, settings),
        evidence=known.evidence,
        versions=(known.version, *(known.front_end.versions if known.front_end is not None else ())),
        warnings=known.warnings,
    )


def fit(plan: Plan, base: BaseFacts) -> Plan:
    """The plan for a base image that is not Ruby's own."""
    from frontend.languages.ruby import on_base

    return on_base.fit(plan, base)
