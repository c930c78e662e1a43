"""What a build tells: the result in the client's metadata file, its JSON Schema, and the labels of the image."""

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.e2e.apps import APPS, app, build, started
from tests.e2e.conftest import Images
from tests.lab.api import Engine, Lab

pytestmark = pytest.mark.e2e

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "docs" / "result.schema.json").read_text())


@pytest.fixture(scope="module", params=["node-express", "python-flask"])
def result(request: pytest.FixtureRequest, images: Images) -> dict[str, Any]:
    return images.of(app(request.param)).result


def test_it_is_what_its_schema_says(result: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(result)


def test_it_tells_language_versions_start_ports_and_layers(result: dict[str, Any]) -> None:
    assert result["language"] in ("nodejs", "python")
    tools = {version["tool"] for version in result["versions"]}
    assert tools & {"node", "python"}
    assert result["start"] == result["commands"][0]["args"]
    assert result["processes"]["web"] == " ".join(result["start"])
    assert (result["status"], result["exit_code"], result["target"]) == ("success", 0, "")
    assert [one["ports"] for one in result["images"]] == [["5000/tcp"]]
    assert isinstance(result["start"], list)
    assert result["ports"] == ["5000/tcp"]
    assert [layer["kind"] for layer in result["layers"]][-1] == "application"
    assert all(layer["reason"] for layer in result["layers"])
    assert result["evidence"]
    assert result["_shell"] is True
    assert result["user"] == "1000:1000"
    assert all(base["digest"].startswith("sha256:") for base in result["base_images"])


def test_a_version_says_who_asked_for_it(lab: Lab, tmp_path: Path) -> None:
    context = tmp_path / "context"
    shutil.copytree(APPS / "node-express", context)
    (context / ".nvmrc").write_text("# ours\n24\n")
    told = build(lab, context, name="result-nvmrc").result
    (node,) = [version for version in told["versions"] if version["tool"] == "node"]
    assert (node["value"], node["asked"], node["by"], node["at"]) == ("24", "24", "file", {"file": ".nvmrc", "line": 2})
    asked = build(lab, context, name="result-arg", args={"NODE_VERSION": "22"}).result
    (node,) = [version for version in asked["versions"] if version["tool"] == "node"]
    assert (node["value"], node["by"]) == ("22", "build-arg")


def test_a_warning_is_in_the_result_and_among_plain_lines(lab: Lab) -> None:
    built = build(lab, app("node-two-lockfiles").directory, name="result-warning", extra=("--no-cache",))
    (warning,) = [one for one in built.result["warnings"] if one["code"] == "second-lockfile"]
    assert warning["at"]["file"].endswith(("lock", "lock.json", "lock.yaml"))
    assert warning["message"] in built.log


def test_a_warning_reaches_the_client_where_all_is_cached(lab: Lab) -> None:
    directory = app("node-two-lockfiles").directory
    build(lab, directory, name="result-warning")
    built = build(lab, directory, name="result-warning", extra=("--progress=rawjson",))
    (warning,) = [one for one in built.result["warnings"] if one["code"] == "second-lockfile"]
    assert base64.b64encode(warning["message"].encode()).decode() in built.log


def test_an_image_of_one_process(images: Images, lab: Lab, engine: Engine) -> None:
    whole = images.of(app("node-procfile"))
    directory = app("node-procfile").directory
    images.settle()
    build(lab, directory, name="node-procfile")  # BuildKit may have dropped some of it since
    worker = build(lab, directory, name="result-worker", options={"target": "worker"})
    assert worker.steps_run == []
    assert (worker.result["target"], worker.result["start"]) == ("worker", ["node", "worker.js"])
    assert worker.result["processes"] == {"workers": [{"name": "worker", "command": "node worker.js"}]}
    assert worker.result["_shell"] is True
    engine.docker("pull", "-q", worker.reference)

    def inspected(reference: str, what: str) -> Any:
        return json.loads(engine.docker("inspect", f"--format={{{{json .{what}}}}}", reference).stdout)

    config = inspected(worker.reference, "Config")
    assert (config["Cmd"], config["User"], config.get("ExposedPorts")) == (["node", "worker.js"], "1000:1000", None)
    assert inspected(worker.reference, "RootFS") == inspected(whole.reference, "RootFS"), "the layers are the app's"
    assert inspected(whole.reference, "Config.ExposedPorts") == {"5000/tcp": {}}
    with started(engine, worker.reference) as container:
        assert "node worker.js" in engine.docker("top", container.id, "-o", "pid,args").stdout


def test_a_target_that_is_no_process(lab: Lab) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        build(lab, app("node-procfile").directory, name="result-target", options={"target": "wroker"})
    assert 'there is no process "wroker"' in failed.value.stderr
    assert "did you mean worker? The app has: web, worker" in failed.value.stderr


def test_the_labels_of_the_image(images: Images, engine: Engine) -> None:
    built = images.of(app("node-express"))
    labels = json.loads(engine.docker("inspect", "--format={{json .Config.Labels}}", built.reference).stdout)
    assert labels["org.opencontainers.image.base.name"].endswith("node:24-trixie-slim")
    assert labels["org.opencontainers.image.base.digest"] in {base["digest"] for base in built.result["base_images"]}
    assert labels["com.miget.migetpacks.language"] == "nodejs"
    assert json.loads(labels["com.miget.migetpacks.processes"])["web"] == built.result["start"]
