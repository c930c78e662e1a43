"""What a build tells: the fields and their shape."""

from typing import Any

import jsonschema
import pytest
from msgspec import json

from frontend.lower.layers import LayerNote
from frontend.lower.target import Base
from frontend.plan.model import Formation, ForPlatform, Plan, Process, Runtime, Task, ToolVersion
from frontend.result.result import Built, result, schema
from tests.golden_plans import DOCS

BASE = Base("node:24-trixie-slim", "sha256:abc", {})
WEB = Process("web", ("node", "server.js", "--name", "a b"))
OTHERS = (
    Process("worker-2", ("/bin/sh", "-c", "exec node $FILE"), shell=True),
    Process("release", ("node", "migrate.js")),
)
FOR_PLATFORM = ForPlatform(
    {"A": "b", "KEY": None}, (Formation("web", 2, "s"),), (Task("postdeploy", "node seed.js"),), health_path="/up"
)


def told(*processes: Process, shell: tuple[bool, ...] = (True,), platform: ForPlatform | None = None) -> dict[str, Any]:
    versions = (ToolVersion("node", "24"),)
    plan = Plan("nodejs", Runtime("node", (), processes or (WEB,)), versions=versions, platform=platform)
    built = [Built(f"linux/{name}", one) for name, one in zip(("amd64", "arm64"), shell, strict=False)]
    images = {("node", one.platform): BASE for one in built}
    found: dict[str, Any] = json.decode(json.encode(result(plan, built, images, (LayerNote("user", "u"),), "")))
    jsonschema.Draft202012Validator(json.decode((DOCS / "result.schema.json").read_bytes())).validate(found)
    return found


def test_processes_are_texts_by_what_they_are_for_and_commands_are_argument_lists() -> None:
    found = told(WEB, *OTHERS)
    assert found["processes"] == {
        "web": "node server.js --name 'a b'",
        "release": "node migrate.js",
        "workers": [{"name": "worker-2", "command": "exec node $FILE"}],
    }
    assert found["start"] == ["node", "server.js", "--name", "a b"]
    assert [one["name"] for one in found["commands"]] == ["web", "worker-2", "release"]
    assert told()["processes"] == {"web": "node server.js --name 'a b'"}


def test_each_platform_s_image_has_its_ports_and_its_base() -> None:
    assert told(shell=(True, True))["images"] == [
        {"platform": name, "ports": ["5000/tcp"], "base": BASE.reference, "base_digest": BASE.digest}
        for name in ("linux/amd64", "linux/arm64")
    ]
    worker = told(OTHERS[0])
    assert worker["ports"] == worker["images"][0]["ports"] == []
    assert worker["processes"] == {"workers": [{"name": "worker-2", "command": "exec node $FILE"}]}


@pytest.mark.parametrize(("found", "expected"), [((True,), True), ((False,), False), ((True, False), False)])
def test_the_flag_of_the_shell_is_there_for_every_build(found: tuple[bool, ...], expected: bool) -> None:
    assert told(shell=found)["_shell"] is expected


def test_what_app_json_says_has_one_shape_with_it_and_without() -> None:
    found = told(platform=FOR_PLATFORM)
    assert found["env"] == {"A": "b", "KEY": None}
    assert found["formation"] == [{"name": "web", "quantity": 2, "size": "s"}]
    assert found["scripts"] == [{"name": "postdeploy", "command": "node seed.js", "size": None}]
    assert found["health_path"] == "/up"
    without = told()
    assert without["health_path"] == ""
    assert (without["env"], without["formation"], without["scripts"], without["addons"]) == ({}, [], [], [])


def test_a_result_has_its_version_and_its_status() -> None:
    found = told()
    assert (found["result_version"], found["status"], found["exit_code"]) == (2, "success", 0)
    assert found["versions"] == [{"tool": "node", "value": "24"}]
    assert set(found) == set(schema()["$defs"]["Result"]["required"]) | {"builder", "result_version"}
