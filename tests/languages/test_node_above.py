"""Compiler configurations above the project: its build gets what its own extend, or it is told."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from frontend.context.tree import DictTree
from frontend.plan.model import FromContext, Plan
from tests.languages.node import LOCK, plan, step, tree

SERVER: dict[str, Any] = {
    "name": "api",
    "scripts": {"build": "tsc -p tsconfig.build.json", "start": "node dist/a.js"},
    "devDependencies": {"@tsconfig/node22": "22"},
}
SITE: dict[str, Any] = {
    "scripts": {"build": "tsc && vite build"},
    "devDependencies": {"vite": "7", "@tsconfig/node22": "22"},
}
EXTENDS = '{\n  // the usual\n  "extends": %s\n}'


def repository(package: dict[str, Any], files: Mapping[str, str | None]) -> DictTree:
    own = {"services/api/package.json": package, "services/api/package-lock.json": LOCK, "services/api/src/a.ts": ""}
    return tree({**own, "services/api/vite.config.js": "", **files})


def taken(found: Plan) -> dict[str, str]:
    """The files from above the project in its build, with their places in it."""
    inputs = [one for one in step(found, "build").inputs if isinstance(one, FromContext) and one.paths]
    return {f"{one.root}/{one.paths[0]}".lstrip("/"): f"{one.to}/{one.paths[0]}".replace("//", "/") for one in inputs}


CASES: list[tuple[dict[str, str | None], dict[str, str]]] = [  # files, what the build gets from above
    ({"services/api/tsconfig.json": EXTENDS % '"../../tsconfig.base.json"', "tsconfig.base.json": "{}"}, {"tsconfig.base.json": "/tsconfig.base.json"}),
    ({"services/api/tsconfig.json": EXTENDS % '"../tsconfig"', "services/tsconfig.json": EXTENDS % '"../ts/base.json"', "ts/base.json": "{}"},
     {"services/tsconfig.json": "/tsconfig.json", "ts/base.json": "/ts/base.json"}),
    ({"services/api/tsconfig.json": EXTENDS % '["@tsconfig/node22", "../shared/a.json"]', "services/shared/a.json": "{}"}, {"services/shared/a.json": "/shared/a.json"}),
    ({"services/api/tsconfig.json": '// "extends": "../x.json"\n{}', "services/x.json": "{}"}, {}),
    ({"services/api/tsconfig.json": EXTENDS % '"./.svelte-kit/tsconfig.json"'}, {}),
    ({}, {}),
]  # fmt: skip


@pytest.mark.parametrize("package", [SERVER, SITE])
@pytest.mark.parametrize(("files", "expected"), CASES)
def test_the_build_gets_what_a_configuration_extends(
    package: dict[str, Any], files: dict[str, str | None], expected: dict[str, str]
) -> None:
    found = plan(repository(package, files), "services/api")
    assert taken(found) == expected
    assert not [one for one in found.warnings if one.code == "configuration-missing"]


def test_one_that_only_the_build_script_names_counts() -> None:
    files = {"services/api/tsconfig.build.json": EXTENDS % '"../tsconfig.json"', "services/tsconfig.json": "{}"}
    assert taken(plan(repository(SERVER, files), "services/api")) == {"services/tsconfig.json": "/tsconfig.json"}


def test_one_in_an_encoding_that_compilers_read_is_no_error() -> None:
    files = {"package.json": SERVER, "package-lock.json": LOCK, "tsconfig.json": b"\xff\xfe{\0}\0"}
    assert taken(plan(tree(files))) == {}


MISSING = [  # what is extended, the hint's beginning
    ("../tsconfig.base.json", "commit it"),
    ("../../../tsconfig.base.json", "build the whole repository"),
]


@pytest.mark.parametrize(("name", "hint"), MISSING)
def test_one_that_is_not_there_is_told_at_its_line(name: str, hint: str) -> None:
    found = plan(repository(SERVER, {"services/api/tsconfig.json": EXTENDS % f'"{name}"'}), "services/api")
    (told,) = (one for one in found.warnings if one.code == "configuration-missing")
    assert str(told.at) == "services/api/tsconfig.json:3"
    assert told.hint.startswith(hint)


def test_an_absolute_path_and_a_package_that_is_not_installed_are_told() -> None:
    lock = json.dumps({"lockfileVersion": 3, "packages": {"": {}, "node_modules/expo": {"version": "54.0.0"}}})
    extends = '["@tsconfig/node22", "expo/tsconfig.base", "/srv/base.json", "@acme/ts/app.json", "/app/own.json", "base.json"]'
    files = {"package.json": SERVER, "tsconfig.json": EXTENDS % extends, "own.json": "{}", "src/a.ts": ""}
    found = plan(tree({**files, "package-lock.json": lock}))
    told = [one for one in found.warnings if one.code == "configuration-missing"]
    assert {str(one.at) for one in told} == {"tsconfig.json:3"}
    assert [(one.message.rpartition(" ")[2], one.hint) for one in told] == [
        ("/srv/base.json", "write it relative to tsconfig.json"),
        ("@acme/ts/app.json", "add @acme/ts to the development dependencies, or write ./@acme/ts/app.json for a file"),
        ("base.json", "add base.json to the development dependencies, or write ./base.json for a file"),
    ]
    without = plan(tree(files))
    assert [one.message.rpartition(" ")[2] for one in without.warnings if one.code == "configuration-missing"] == [
        "/srv/base.json"
    ]
