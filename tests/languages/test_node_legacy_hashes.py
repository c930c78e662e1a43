"""A build by a webpack that hashes with MD4, on a Node.js whose OpenSSL refuses."""

import json
from typing import Any

import pytest

from frontend.languages.node.front_end import front_end
from frontend.plan.model import Plan
from frontend.settings.model import Setting, Settings
from tests.languages.node import codes, plan, step, tree

SCRIPTS = {"build": "webpack", "start": "node server.js"}
OPTIONS = ("NODE_OPTIONS", "--openssl-legacy-provider")


def app(
    files: dict[str, Any] | None = None, node: str = "24", scripts: dict[str, str] = SCRIPTS, **fields: Any
) -> Plan:
    source = tree({"server.js": "", **(files or {})}, scripts=scripts, **fields)
    return plan(source, versions={"node": Setting(node)})


def lock(version: str) -> str:
    return json.dumps({"lockfileVersion": 3, "packages": {"node_modules/webpack": {"version": version}}})


@pytest.mark.parametrize(
    ("files", "dependencies", "node", "old"),
    [
        ({}, {"react-scripts": "4.0.3"}, "24", True),
        ({}, {"react-scripts": "^5.0.1"}, "24", False),
        ({}, {"webpack": "^4.46.0"}, "18", True),
        ({}, {"webpack": "^5.0.0"}, "24", False),  # a release of today
        ({}, {"webpack": "4"}, "16", False),
        ({}, {"nuxt": "^2.18.1"}, "24", True),
        ({"package-lock.json": lock("5.40.0")}, {"webpack": "^5.0.0"}, "24", True),
        ({"package-lock.json": lock("5.90.1")}, {"webpack": "^5.0.0"}, "24", False),
        ({"package-lock.json": lock("4.46.0")}, {"eslint": "9"}, "24", False),
    ],
)
def test_an_old_webpack_is_given_the_hashes_it_needs(
    files: dict[str, Any], dependencies: dict[str, str], node: str, old: bool
) -> None:
    found = app(files, node, devDependencies=dependencies)
    assert (OPTIONS in step(found, "build").env) == old
    assert ("legacy-hashes" in codes(found)) == old
    assert "NODE_OPTIONS" not in dict(found.runtime.env)


def test_a_front_end_that_a_script_installs_counts() -> None:
    site = {"scripts": {"build": "react-scripts build"}, "dependencies": {"react-scripts": "3.4.1"}}
    scripts = {"heroku-postbuild": "cd client && npm install && npm run build", "start": "node server.js"}
    found = app({"client/package.json": site}, scripts=scripts, dependencies={"express": "5"})
    assert OPTIONS in step(found, "build").env
    assert [one.at.file for one in found.warnings if one.code == "legacy-hashes" and one.at] == ["client/package.json"]


def test_without_a_build_nothing_is_told() -> None:
    found = app(scripts={"start": "node server.js"}, dependencies={"webpack": "4"})
    assert "legacy-hashes" not in codes(found)


@pytest.mark.parametrize(
    ("files", "fields"),
    [
        ({}, {"dependencies": {"react-scripts": "4.0.3"}, "scripts": {"build": "react-scripts build"}}),
        (
            {"angular.json": "{}"},
            {"devDependencies": {"@angular/core": "9", "@angular-devkit/build-angular": "~0.900.4"}},
        ),
    ],
)
def test_a_site_has_it_too(files: dict[str, Any], fields: dict[str, Any]) -> None:
    found = plan(tree(files, **{"scripts": {"build": "ng build"}, **fields}), versions={"node": Setting("24")})
    assert found.language == "static"
    assert OPTIONS in step(found, "build").env
    assert "legacy-hashes" in codes(found)


def test_the_front_end_of_another_language_has_it_too() -> None:
    source = tree(scripts={"build": "vue-cli-service build"}, devDependencies={"@vue/cli-service": "4.5.0"})
    found = front_end(source, Settings())
    assert found is not None
    assert OPTIONS in next(one for one in found.steps if one.name == found.built).env
    assert "legacy-hashes" in [one.code for one in found.warnings]
