"""Angular's production build: added where nobody says what is built, told where a script builds for development."""

import json
from typing import Any

import pytest

from tests.languages.node import LOCK, plan, runs, tree

OLD = json.dumps({"apps": [{"outDir": "dist"}]})
PRODUCTION = {"production": {"optimization": True}}


def workspace(**build: Any) -> str:
    return json.dumps({"projects": {"shop": {"projectType": "application", "architect": {"build": build}}}})


DEVELOPED: list[tuple[dict[str, str], str, str]] = [  # configuration, build script, the command of the hint
    ({".angular-cli.json": OLD}, "ng build", "ng build --prod"),
    ({"angular.json": workspace(configurations=PRODUCTION)}, "ng build", "ng build --configuration production"),
    ({"angular.json": workspace(configurations=PRODUCTION)}, "lint && ng build --aot", "ng build --aot --configuration production"),
    ({".angular-cli.json": OLD}, "ng build --prod", ""),
    ({".angular-cli.json": OLD}, "ng build -prod --env=prod", ""),
    ({"angular.json": workspace(configurations=PRODUCTION)}, "ng build --configuration=staging", ""),
    ({"angular.json": workspace(configurations=PRODUCTION)}, "ng build -c production", ""),
    ({"angular.json": workspace(configurations=PRODUCTION, defaultConfiguration="production")}, "ng build", ""),
    ({"angular.json": workspace()}, "ng build", ""),
]  # fmt: skip


@pytest.mark.parametrize(("files", "script", "command"), DEVELOPED)
def test_a_script_that_builds_for_development_is_told(files: dict[str, str], script: str, command: str) -> None:
    source = tree({"package-lock.json": LOCK, **files}, scripts={"build": script}, dependencies={"@angular/core": "11"})
    found = plan(source)
    assert runs(found, "build") == [("npm", "run", "build")]
    told = [one for one in found.warnings if one.code == "development-build"]
    assert [(str(one.at), one.hint) for one in told] == (
        [("package.json:4", f'write "build": "{command}"')] if command else []
    )


BUILT = [
    ({".angular-cli.json": OLD}, ("ng", "build", "--prod")),
    ({"angular.json": workspace(configurations=PRODUCTION)}, ("ng", "build", "--configuration", "production")),
    ({"angular.json": workspace(configurations=PRODUCTION, defaultConfiguration="x")}, ("ng", "build")),
]


@pytest.mark.parametrize(("files", "command"), BUILT)
def test_without_a_script_production_is_built(files: dict[str, str], command: tuple[str, ...]) -> None:
    source = tree({"package-lock.json": LOCK, **files}, dependencies={"@angular/core": "11"})
    assert runs(plan(source), "build") == [command]
