"""What of the full install is left out of the image by the marks of npm's lockfile, and where a second install is made."""

import json
from typing import Any

import pytest

from frontend.plan.model import FromStep, Plan
from tests.languages.node import plan, tree

ROOT = {"dependencies": {"express": "5"}, "devDependencies": {"typescript": "5"}}
SERVER: dict[str, Any] = {"version": "5.0.0"}
COMPILER: dict[str, Any] = {"version": "5.0.0", "dev": True, "bin": {"tsc": "bin/tsc"}}
PLACES: dict[str, Any] = {"": ROOT, "node_modules/express": SERVER, "node_modules/typescript": COMPILER}


def of(places: dict[str, Any], files: dict[str, str] | None = None, **fields: Any) -> Plan:
    """The plan of a server that is compiled, with a lockfile of these entries."""
    lock = json.dumps({"lockfileVersion": 3, "packages": places})
    given = {**ROOT, "scripts": {"start": "node server.js", "build": "tsc"}, **fields}
    return plan(tree({"server.js": "", "package-lock.json": lock, **(files or {})}, **given))


def left_out(found: Plan) -> set[str]:
    """What the dependencies layer has not of the full install; empty where there is a second one."""
    modules = found.runtime.layers[0].inputs[0]
    assert isinstance(modules, FromStep)
    assert modules.path == "/app/node_modules"
    second = any(step.name == "install-production" for step in found.steps)
    assert second == (modules.step == "install-production")
    return (
        set()
        if second
        else {name for name in modules.exclude if not name.startswith((".cache", ".yarn", ".pnpm", ".m"))}
    )


def test_one_install_is_enough_where_the_lockfile_has_marks() -> None:
    assert left_out(of(PLACES)) == {".package-lock.json", "typescript", ".bin"}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"node_modules/@types/node": {"dev": True}}, {"@types"}),  # npm leaves no empty directory of a scope
        ({"node_modules/@a/b": {"dev": True}, "node_modules/@a/c": {}}, {"@a/b"}),
        ({"node_modules/x": {"dev": True}, "node_modules/x/node_modules/y": {"dev": True}}, {"x"}),
        ({"node_modules/express/node_modules/y": {"dev": True}}, {"express/node_modules"}),
        ({"node_modules/y": {"devOptional": True}, "node_modules/z": {"optional": True}}, set()),  # npm keeps these
        ({"node_modules/y": {"dev": True, "link": True, "resolved": "y"}}, {"y"}),
        ({"node_modules/mime": {"bin": {"mime": "cli.js"}}}, {".bin/tsc"}),
        ({"node_modules/@a/tool": {"bin": "cli.js", "dev": True}}, {"@a"}),
    ],
)
def test_what_is_left_out(more: dict[str, Any], expected: set[str]) -> None:
    bins = set() if ".bin/tsc" in expected else {".bin"}
    assert left_out(of({**PLACES, **more})) == {".package-lock.json", "typescript", *bins, *expected}


@pytest.mark.parametrize(
    ("places", "files", "fields"),
    [
        ({**PLACES, "": {**ROOT, "dependencies": {}}}, {}, {}),  # npm works the marks out anew
        ({**PLACES, "node_modules/tsc": {"bin": {"tsc": "x"}}}, {}, {}),  # the link may lead to either
        (PLACES, {".npmrc": "install-strategy=linked\n"}, {}),
        (PLACES, {"a/package.json": '{"name": "a"}'}, {"workspaces": ["a"]}),
        (PLACES, {}, {"engines": {"npm": "6"}}),
        (
            {
                **PLACES,
                "": {**ROOT, "dependencies": {"bcrypt": "6"}},
                "node_modules/bcrypt": {"hasInstallScript": True},
            },
            {},
            {"dependencies": {"bcrypt": "6"}},  # its shared libraries are looked for
        ),
        ({"": ROOT, "node_modules/typescript": COMPILER}, {}, {}),  # nothing would stay
    ],
)
def test_where_it_cannot_be_told_there_is_a_second_install(
    places: dict[str, Any], files: dict[str, str], fields: dict[str, Any]
) -> None:
    assert left_out(of(places, files, **fields)) == set()
