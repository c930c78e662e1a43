"""What the tests of Bun share: the plan of an app that the package of Node.js hands over."""

from typing import Any

from frontend.context.tree import DictTree
from frontend.languages.base import planned, unanswered
from frontend.languages.registry import NODE
from frontend.plan.model import Plan
from frontend.settings.model import Setting, Settings
from tests.languages.node import TODAY

LOCK = '{"lockfileVersion": 1, "packages": {}}'


def plan(source: DictTree, app: str = "", **settings: Any) -> Plan:
    """The plan of an app that is found as one of Node.js; texts are settings of the config file."""
    given: dict[str, Any] = {k: Setting(v) if isinstance(v, str) else v for k, v in settings.items()}
    return planned(NODE, source, Settings(**given), app, TODAY, unanswered)


def web(source: DictTree, app: str = "", **settings: Any) -> tuple[str, ...]:
    """What is executed as the web process of an app of Bun."""
    found = plan(source, app, **settings)
    assert found.language == "bun", found.evidence
    return found.runtime.processes[0].args
