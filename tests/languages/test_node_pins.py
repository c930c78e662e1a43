"""The Node.js that locked packages allow: which one is chosen, and what is said of it."""

import json
from typing import Any

import pytest

from frontend.languages.node import breaks
from frontend.plan.model import Plan
from frontend.rules.versions import key
from frontend.settings.model import Setting
from tests.languages.node import plan, tree

Packages = dict[str, dict[str, Any]]


def app(files: dict[str, Any], node: str = "", **fields: Any) -> Plan:
    settings = {"node": Setting(node, "build-arg")} if node else {}
    return plan(tree({"server.js": "", **files}, **fields), versions=settings)


def npm(**packages: str | dict[str, Any]) -> dict[str, Any]:
    """An npm lockfile with these packages: each a version, or an entry."""
    entries = {
        f"node_modules/{name.replace('_', '-')}": {"version": value} if isinstance(value, str) else value
        for name, value in packages.items()
    }
    return {"package-lock.json": json.dumps({"lockfileVersion": 3, "packages": {"": {}, **entries}}, indent=1)}


def asks(text: str, **flags: bool) -> dict[str, Any]:
    """A package with `engines`."""
    return {"version": "1.0.0", "engines": {"node": text}, **flags}


def why(found: Plan) -> list[str]:
    return [f"{one.because} ({one.at})" for one in found.evidence if one.what.startswith("Node.js ")]


def doubts(found: Plan) -> list[str]:
    return [one.message for one in found.warnings if one.code == "pin-without-release"]


def yarn(name: str, version: str) -> dict[str, Any]:
    return {"yarn.lock": f'# yarn lockfile v1\n\n"{name}@^1":\n  version "{version}"\n'}


def pnpm(*packages: str, importers: str = "", snapshots: str = "", version: str = "9.0") -> dict[str, Any]:
    """A lockfile of pnpm whose packages are given as "key: range" or "key: range, flag"."""
    rows = []
    for one in packages:
        key, _, asked = one.partition(": ")
        text, _, flag = asked.partition(", ")
        rows += [f"  {key}:", "    resolution: {integrity: sha512-x}", f"    engines: {{node: {text}}}"]
        rows += [f"    {flag}: true"] if flag else []
    parts = (f"lockfileVersion: '{version}'", importers, "packages:", *rows, snapshots, "")
    return {"pnpm-lock.yaml": "\n".join(part for part in parts if part)}


IMPORTS = """importers:
  .:
    dependencies:
      shade:
        specifier: ^1.0.0
        version: 1.0.0(typescript@5.0.0)
      local:
        specifier: link:local
        version: link:local
    devDependencies:
      bulb:
        specifier: ^1.0.0
        version: 1.0.0"""
SNAPSHOTS = """snapshots:
  shade@1.0.0(typescript@5.0.0):
    dependencies:
      '@old/lamp': lamp@1.0.0
    optionalDependencies:
      wick: 1.0.0
  lamp@1.0.0:
    dependencies:
      shade: 1.0.0(typescript@5.0.0)
  bulb@1.0.0: {}"""
GRAPH = {"importers": IMPORTS, "snapshots": SNAPSHOTS}


OLD = {"package-lock.json": '{"lockfileVersion": 1, "dependencies": {\n"config": {\n"version": "3.1.0"\n}}}'}
LAMP = "lamp 1.0.0 is not for Node.js 24"
CONFIG = "config 3.1.0 does not run on Node.js 24"
CHOSEN: list[tuple[dict[str, Any], str, str]] = [  # files, the Node.js, the first reason
    (npm(express="4.0.0"), "24", ""),
    (npm(config="3.1.0"), "22", f"{CONFIG} (package-lock.json:6)"),
    (npm(config="3.3.11"), "22", "config 3.3.11 does not run on Node.js 24 (package-lock.json:6)"),
    (npm(config="3.3.12"), "24", ""),
    (npm(better_sqlite3="9.3.0"), "20", "better-sqlite3 9.3.0 does not compile on Node.js 24 (package-lock.json:6)"),
    (npm(bcrypt="3.0.8"), "16", "bcrypt 3.0.8 does not compile on Node.js 24 (package-lock.json:6)"),
    (npm(bcrypt="2.0.1"), "10", "bcrypt 2.0.1 does not compile on Node.js 24 (package-lock.json:6)"),
    (npm(fibers="5.0.3"), "14", "fibers 5.0.3 does not run on Node.js 24 (package-lock.json:6)"),
    (npm(better_sqlite3="10.0.0"), "22", "better-sqlite3 10.0.0 does not compile on Node.js 24 (package-lock.json:6)"),
    (npm(better_sqlite3="11.5.0"), "24", ""),
    (npm(config="4.0.0-rc.1"), "24", ""),
    (npm(config={"version": "3.1.0", "dev": True}), "24", ""),
    (npm(config={"version": "3.1.0", "optional": True}), "24", ""),
    (OLD, "22", f"{CONFIG} (package-lock.json:3)"),
    (yarn("config", "3.1.0"), "22", f"{CONFIG} (yarn.lock:4)"),
    ({"pnpm-lock.yaml": "lockfileVersion: '9.0'\npackages:\n  config@3.1.0:\n"}, "22", f"{CONFIG} (pnpm-lock.yaml:3)"),
    ({"pnpm-lock.yaml": "lockfileVersion: 5.4\npackages:\n  /config/3.1.0:\n"}, "22", f"{CONFIG} (pnpm-lock.yaml:3)"),
    (npm(apollo_upload_client="13.0.0"), "24", ""),
    (npm(apollo_upload_client="15.0.0"), "24", ""),
    (
        npm(apollo_upload_client="14.1.0"),
        "16",
        "apollo-upload-client 14.1.0 does not run on Node.js 24 (package-lock.json:6)",
    ),
    (npm(node_sass="8.0.0"), "18", "node-sass 8.0.0 does not compile on Node.js 24 (package-lock.json:6)"),
    (npm(node_sass="7.0.3"), "16", "node-sass 7.0.3 does not compile on Node.js 24 (package-lock.json:6)"),
    (npm(lamp=asks("^18 || ^20 || ^22")), "22", "lamp 1.0.0 is not for Node.js 24 (package-lock.json:5)"),
    (npm(lamp=asks(">=18 <23")), "22", "lamp 1.0.0 is not for Node.js 24 (package-lock.json:5)"),
    (npm(lamp=asks(">=18 <23", dev=True)), "24", ""),
    (npm(lamp=asks("^18 || >=20")), "24", ""),
    (npm(lamp=asks("<=16")), "24", ""),
    (npm(lamp=asks("please")), "24", ""),
    (npm(lamp=asks(">=26")), "24", ""),
    (npm(lamp={"version": "1.0.0", "engines": ["node >= 0.8"]}), "24", ""),
    (npm(lamp=asks(">=16 || 14 >=14.17")), "24", ""),
    (pnpm("/lamp@1.0.0: ^18 || ^20 || ^22", version="6.0"), "22", f"{LAMP} (pnpm-lock.yaml:3)"),
    (pnpm("/lamp/1.0.0: '>=18 <23'", version="5.4"), "22", f"{LAMP} (pnpm-lock.yaml:3)"),
    (pnpm("/lamp@1.0.0: ^18 || ^20 || ^22, dev", version="6.0"), "24", ""),
    (pnpm("/lamp@1.0.0: ^18 || ^20 || ^22, optional", version="6.0"), "24", ""),
    (pnpm("/lamp@1.0.0: ^22, npm: '>=8'", version="6.0"), "22", f"{LAMP} (pnpm-lock.yaml:3)"),
    (pnpm("lamp@1.0.0: ^18 || ^20 || ^22", **GRAPH), "22", f"{LAMP} (pnpm-lock.yaml:16)"),
    (pnpm("bulb@1.0.0: ^22", "wick@1.0.0: ^22", "lamp@2.0.0: ^22", **GRAPH), "24", ""),
    (
        yarn("@achrinza/node-ipc", "9.2.9"),
        "22",
        "@achrinza/node-ipc 9.2.9 refuses to be installed by yarn 1 on Node.js 24 (yarn.lock:4)",
    ),
]


@pytest.mark.parametrize(("files", "node", "reason"), CHOSEN)
def test_the_node_that_packages_allow(files: dict[str, Any], node: str, reason: str) -> None:
    found = app(files)
    assert found.versions[0].value == node
    assert why(found)[:1] == ([reason] if reason else [])
    assert found.runtime.base.startswith(f"node:{node}-")
    assert doubts(found) == []


def test_a_development_package_counts_where_the_app_is_built() -> None:
    files = npm(node_sass={"version": "8.0.0", "dev": True})
    assert app(files, scripts={"start": "node server.js"}).versions[0].value == "24"
    assert app(files, scripts={"start": "node server.js", "build": "make"}).versions[0].value == "18"


def test_a_pin_in_package_json_counts_without_a_lockfile() -> None:
    assert app({}, dependencies={"config": "3.1.0"}).versions[0].value == "22"
    assert app({}, dependencies={"config": "^3.1.0"}).versions[0].value == "24"
    assert app({}, dependencies={"config": "3"}).versions[0].value == "24"


@pytest.mark.parametrize(("engines", "node"), [(">=18", "22"), ("24.x", "24"), (">=24", "24"), ("20 - 24", "22")])
def test_of_a_range_the_part_that_packages_allow(engines: str, node: str) -> None:
    assert app(npm(config="3.1.0"), engines={"node": engines}).versions[0].value == node


def test_a_stated_version_stays_with_a_warning() -> None:
    found = app(npm(config="3.1.0", lamp=asks("<=22")), "24")
    assert (found.versions[0].value, why(found)) == ("24", [])
    assert doubts(found) == [f"{CONFIG} (package-lock.json:6): it is for Node.js 22 and older"]
    (hint,) = (one.hint for one in found.warnings if one.code == "pin-without-release")
    assert hint == "update config, or set the build-arg NODE_VERSION=22"
    assert doubts(app(npm(config="3.1.0"), "22")) == []


def test_the_newest_that_all_of_them_are_for_is_chosen() -> None:
    found = app(npm(config="3.1.0", node_sass="4.14.1"))
    assert (found.versions[0].value, doubts(found)) == ("14", [])
    assert [(one.tool, one.value) for one in found.versions[1:]] == [
        ("npm", "9.9.4")
    ]  # npm 6 does not read the lockfile


def test_the_npm_is_that_of_the_chosen_node() -> None:
    """npm 7 and newer read a lockfile of version 1: none is installed for it."""
    found = app(OLD)
    assert [(one.tool, one.value) for one in found.versions] == [("node", "22")]
    assert "tools" not in [one.name for one in found.steps]


def test_the_table_is_in_order() -> None:
    for rows in breaks.BREAKS.values():
        assert [key(row.below) for row in rows] == sorted({key(row.below) for row in rows})


@pytest.mark.parametrize(
    ("spec", "line"),
    [("^4.14.1", "14"), ("~5.0.0", "14"), ("^6.0.0", "16"), ("4.14.1", "14"), ("^9.0.0", "20"), (">=4", "24")],
)
def test_without_a_lockfile_the_newest_that_a_range_allows_counts(spec: str, line: str) -> None:
    found = app({}, scripts={"build": "webpack"}, devDependencies={"node-sass": spec})
    assert found.versions[0].value == line
    assert [f"node-sass {spec} " in text for text in why(found)] == [True] * (line != "24")


def test_an_old_hexo_that_would_make_empty_pages_gets_an_old_node() -> None:
    fields: dict[str, Any] = {"dependencies": {"hexo": "^3.9.0"}, "scripts": {"build": "hexo generate"}}
    found = app({"_config.yml": "title: x\nurl: https://x.test\n"}, **fields)
    assert found.versions[0].value == "12"
    assert "end-of-life" in {one.code for one in found.warnings}
    assert doubts(app({"_config.yml": "title: x\nurl: https://x.test\n"}, "22", **fields))


GULP: dict[str, Any] = {"scripts": {"build": "gulp build"}, "devDependencies": {"gulp": "^3.9.1"}}


def test_a_gulp_that_no_newer_node_runs_gets_an_old_one() -> None:
    for files in ({}, npm(gulp={"version": "3.9.1", "dev": True}, natives={"version": "1.1.6", "dev": True})):
        found = app(files, **GULP)
        assert found.versions[0].value == "10"
        assert "does not run on Node.js 24" in why(found)[0]
    assert "gulp ^3.9.1 does not run on Node.js 22" in doubts(app({}, "22", **GULP))[0]


@pytest.mark.parametrize(
    ("files", "fields"),
    [
        ({}, {**GULP, "scripts": {"styles": "gulp sass"}}),  # nothing runs it
        ({}, {**GULP, "devDependencies": {"gulp": "^4.0.2"}}),
        ({}, {**GULP, "overrides": {"graceful-fs": "^4.2.11"}}),
        ({}, {**GULP, "resolutions": {"**/graceful-fs": "4.2.11"}}),
        (npm(gulp={"version": "3.9.1", "dev": True}, graceful_fs={"version": "4.2.11", "dev": True}), GULP),
    ],
)
def test_a_gulp_that_is_not_run_or_was_mended_asks_for_no_node(files: dict[str, Any], fields: dict[str, Any]) -> None:
    assert app(files, **fields).versions[0].value == "24"


def test_a_release_that_no_known_node_compiles_is_told() -> None:
    found = app({}, dependencies={"bcrypt": "^0.8.5"})
    assert found.versions[0].value == "24"
    assert "no base image" in doubts(found)[0]


YARN_1 = {"yarn.lock": "# yarn lockfile v1\n"}
ENFORCED: list[tuple[dict[str, Any], str, str, list[str]]] = [  # other files, engines of the root and of a workspace, …
    ({}, "", "16.x", ["16"]),
    ({}, "17.9.0", "17.9.0", ["17.9.0"]),
    ({}, ">=16", "^18 || >=20", ["24"]),
    ({".nvmrc": "20"}, "18.x", "", ["20", 'app (engines "18.x") is refused by yarn 1 on Node.js 20 (package.json:']),
    ({".nvmrc": "20", ".yarnrc": "--install.ignore-engines true\n"}, "18.x", "", ["20"]),
    ({"yarn.lock": "__metadata:\n  version: 8\n"}, "", "16.x", ["24"]),
    ({}, "", "whatever", ["24"]),
]


@pytest.mark.parametrize(("files", "root", "member", "expected"), ENFORCED)
def test_engines_that_yarn_1_enforces(files: dict[str, Any], root: str, member: str, expected: list[str]) -> None:
    fields: dict[str, Any] = {"engines": {"node": root}} if root else {}
    package = {"name": "a", "version": "1.0.0", **({"engines": {"node": member}} if member else {})}
    found = app(
        {**YARN_1, "a/package.json": package, **files}, workspaces=["a"], scripts={"start": "node server.js"}, **fields
    )
    node, *told = expected
    assert found.versions[0].value == node
    assert [doubt[: len(text)] for doubt, text in zip(doubts(found), told, strict=True)] == told


@pytest.mark.parametrize(
    ("yarn", "lock", "expected"), [("3.1.0", 5, "22"), ("2.4.2", 4, "22"), ("3.2.1", 6, "24"), ("", 5, "22")]
)
def test_a_yarn_that_a_newer_node_does_not_run(yarn: str, lock: int, expected: str) -> None:
    files = {"yarn.lock": f"__metadata:\n  version: {lock}\n"}
    named = {"packageManager": f"yarn@{yarn}"} if yarn else {}
    assert app(files, dependencies={"x": "1"}, **named).versions[0].value == expected
    stated = app({**files, ".nvmrc": "24.1.0"}, dependencies={"x": "1"}, **named)
    assert bool(doubts(stated)) == (expected == "22")
