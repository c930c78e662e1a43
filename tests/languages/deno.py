"""Deno apps for tests, and what their plans say in short."""

import json
from collections.abc import Mapping
from typing import Any

from frontend.context.tree import DictTree
from frontend.languages import deno
from frontend.plan.model import Plan, Step
from frontend.settings.model import Setting, Settings

TODAY = "2026-11-29"
Files = Mapping[str, str]
SERVER = 'Deno.serve((_request) => new Response("hello"));\n'
EXPORTED = 'export default { fetch: (_request: Request) => new Response("hello") };\n'
FIRST = ("--preload", "/usr/local/share/migetpacks/first.js")
LEAST = "--allow-net --allow-env --allow-read"


def config(*, start: str = "", **data: Any) -> str:
    """A deno.json, with a task `start` where that is given."""
    tasks = {**({"start": start} if start else {}), **data.pop("tasks", {})}
    return json.dumps({**({"tasks": tasks} if tasks else {}), **data}, indent=2)


def lock(version: str = "5", **tables: Any) -> str:
    """A lockfile of that version."""
    return json.dumps({"version": version, **tables}, indent=2)


def plan(files: Files, app: str = "", **settings: Any) -> Plan:
    """The plan of an app; texts are settings of the config file."""
    given: dict[str, Any] = {k: Setting(v) if isinstance(v, str) else v for k, v in settings.items()}
    return deno.plan(DictTree(dict(files)), Settings(**given), app, TODAY)


def web(files: Files, **settings: Any) -> str:
    """What is executed as the web process, without what every app gets (`--cached-only`, our module)."""
    args = plan(files, **settings).runtime.processes[0].args
    left = [word for word in args if word not in ("--cached-only", "--frozen", *FIRST)]
    return left[2] if left[:2] == ["/bin/sh", "-c"] else " ".join(left)


def step(found: Plan, name: str) -> Step:
    """A step of a plan."""
    return next(one for one in found.steps if one.name == name)


def runs(found: Plan, name: str) -> list[str]:
    """The programs of a step, without the one that looks whether all is there."""
    return [" ".join(one.args) for one in step(found, name).run if not one.offline]


def codes(found: Plan) -> list[str]:
    """The codes of a plan's warnings."""
    return [one.code for one in found.warnings]
