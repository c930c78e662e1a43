"""Builds that take a warning for an error where CI is true: they are told that it is not."""

import json
from typing import Any

import pytest

from frontend.context.tree import DictTree
from frontend.languages.node.front_end import front_end, tools
from frontend.settings.model import Settings
from tests.languages.node import plan, step, tree

CRA: dict[str, Any] = {"scripts": {"build": "react-scripts build"}, "dependencies": {"react-scripts": "5"}}
VITE: dict[str, Any] = {"scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}
STARTED = {"start": "node server.js"}


def of(env: tuple[tuple[str, str], ...]) -> str:
    """CI in the environment of a step, which has it once."""
    (value,) = [value for name, value in env if name == "CI"]
    return value


@pytest.mark.parametrize(("package", "value"), [(CRA, "false"), (VITE, "true")])
def test_a_front_end_beside_a_server_is_built_in_spite_of_warnings(package: dict[str, Any], value: str) -> None:
    scripts = {**STARTED, "heroku-postbuild": "cd client && npm install && npm run build"}
    files = {"client/package.json": package, "server.js": ""}
    found = plan(tree(files, scripts=scripts, dependencies={"express": "5"}))
    assert (of(step(found, "install").env), of(step(found, "build").env)) == ("true", value)


def test_a_server_that_has_its_pages_in_the_same_package_is_built_in_spite_of_warnings() -> None:
    fields = {"scripts": {**STARTED, **CRA["scripts"]}, "dependencies": {"express": "5", **CRA["dependencies"]}}
    assert of(step(plan(tree({"server.js": ""}, **fields)), "build").env) == "false"


@pytest.mark.parametrize(("package", "value"), [(CRA, "false"), (VITE, "true")])
def test_a_front_end_of_an_app_in_another_language_is_built_in_spite_of_warnings(
    package: dict[str, Any], value: str
) -> None:
    found = front_end(tree(**package), Settings())
    assert found is not None
    assert [of(one.env) for one in found.steps] == ["true", value]
    given = tools(DictTree({"ClientApp/package.json": json.dumps(package)}), Settings(), "ClientApp")
    assert given is not None
    assert of(given.env) == value
