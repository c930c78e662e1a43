"""What the tests of the Node.js language share: trees as dict literals, and their plans."""

import json
from typing import Any

from frontend.context.tree import DictTree, SourceTree
from frontend.languages import node
from frontend.plan.model import Plan, Step
from frontend.settings.model import Setting, Settings

TODAY = "2026-11-24"
Files = dict[str, str | bytes | None]


def package(**fields: Any) -> str:
    """A package.json."""
    return json.dumps({"name": "app", **fields}, indent=2)


def tree(files: dict[str, Any] | None = None, /, **fields: Any) -> DictTree:
    """An app: a package.json of `fields`, and other files; a dict among them is a package.json's content."""
    written: Files = {k: package(**v) if isinstance(v, dict) else v for k, v in (files or {}).items()}
    if fields:
        written["package.json"] = package(**fields)
    return DictTree(written)


def plan(source: SourceTree, app: str = "", **settings: Any) -> Plan:
    """The plan of an app; texts are settings of the config file."""
    given: dict[str, Any] = {k: Setting(v) if isinstance(v, str) else v for k, v in settings.items()}
    if app:
        given["app"] = Setting(app, "build-arg")
    return node.plan(source, Settings(**given), app, TODAY)


def web(source: DictTree, app: str = "", **settings: Any) -> tuple[str, ...]:
    """What is executed as the web process."""
    return plan(source, app, **settings).runtime.processes[0].args


def step(found: Plan, name: str) -> Step:
    """A step of a plan."""
    return next(one for one in found.steps if one.name == name)


def runs(found: Plan, name: str) -> list[tuple[str, ...]]:
    """The argument lists of a step."""
    return [one.args for one in step(found, name).run]


def codes(found: Plan) -> list[str]:
    """The codes of a plan's warnings."""
    return [one.code for one in found.warnings]


LOCK = '{"lockfileVersion": 3, "packages": {}}'
