"""Python applications: pip, uv, Poetry, PDM or Pipenv install them into a virtualenv at /app/.venv."""

from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.base import Detected, RunsOn, nobody
from frontend.plan.base import BaseFacts
from frontend.plan.model import Plan
from frontend.settings.model import Settings

NAME = "python"


def detect(tree: SourceTree) -> Detected | None:
    """A Django project or a web framework among the dependencies is certain; a bare manifest may be tooling alone."""
    from frontend.languages.python import detection

    return detection.detect(tree)


def plan(tree: SourceTree, settings: Settings, app: str = "", today: str = "", *, runs_on: RunsOn = nobody) -> Plan:
    """The build of the app in a directory of the context. Raises BuildError."""
    from frontend.languages.python import facts, steps
    from frontend.languages.python.code_tree import CodeTree

    try:
        known = facts.inspect(CodeTree(tree), settings, app, today, runs_on)
    except PlanError as error:
        from frontend.languages.python import sites

        if not isinstance(error, sites.NoServerError):
            raise
        built = plan(tree, sites.building(error, settings), app, today)
        return sites.plan(tree, settings, app, built, error)
    manager = known.manager
    return Plan(
        language=NAME,
        runtime=steps.runtime(known, settings),
        steps=steps.steps(known),
        evidence=known.evidence,
        versions=(
            known.version,
            *((known.pip,) if known.pip is not None else ()),
            *((manager.version,) if manager is not None and manager.version is not None else ()),
            *(known.front_end.versions if known.front_end is not None else ()),
            *(known.node.versions if known.node is not None else ()),
        ),
        warnings=known.warnings,
    )


def fit(plan: Plan, base: BaseFacts) -> Plan:
    """The plan for a base image that is not Python's own."""
    from frontend.languages.python import on_base

    return on_base.fit(plan, base)
