"""app.json: what it says to the platform that runs the image, and that it changes no setting of the builder."""

import json
from typing import Any

from frontend.plan.model import AddOn, Formation, ForPlatform, Task
from frontend.settings.build_args import SETTINGS
from tests.deploy.common import EXPRESS, plan, told, web

TOKEN = "ghp_" + "a1B2" * 9
BUILDER = ("OUTPUT_IMAGE", "USE_DHI", "PUSH_IMAGE", "RESULT_FILE", "REGISTRY_MIRROR", "CACHE_IMAGE", "DOCKER_HOST")


def app(**keys: Any) -> dict[str, str]:
    return {**EXPRESS, "app.json": json.dumps(keys, indent=1)}


def test_what_it_says_to_the_platform_is_in_the_plan_without_secrets() -> None:
    found = plan(
        app(
            env={
                "PLACE": "Sund",
                "LEVEL": {"value": "3"},
                "KEY_OF_APP": {"generator": "secret"},
                "DEPLOY_TOKEN": {"value": TOKEN},
                "DATABASE": "postgres://u:s3cr3t-value@h/d",
                "MAYBE": {"required": False},
            },
            formation={"web": {"quantity": 2, "size": "standard-1x"}, "worker": {}},
            scripts={"postdeploy": "node seed.js", "test": {"command": "npm test", "size": "performance-l"}},
            addons=[
                "heroku-postgresql",
                {"plan": "redis:mini", "as": "CACHE", "options": {"version": "7", "password": TOKEN}},
            ],
        )
    )
    assert found.platform == ForPlatform(
        {"PLACE": "Sund", "LEVEL": "3", "KEY_OF_APP": None, "DEPLOY_TOKEN": None, "DATABASE": None, "MAYBE": None},
        (Formation("web", 2, "standard-1x"), Formation("worker")),
        (Task("postdeploy", "node seed.js"), Task("test", "npm test", "performance-l")),
        (AddOn("heroku-postgresql"), AddOn("redis:mini", "CACHE", {"version": "7", "password": None})),
    )
    env = dict(found.runtime.env)
    assert (env["PLACE"], env["LEVEL"]) == ("Sund", "3")
    assert "KEY_OF_APP, DATABASE, DEPLOY_TOKEN (app.json" in told(found)["unset-variables"]


def test_values_of_another_shape_are_told_and_left() -> None:
    found = plan(app(formation=["web"], scripts={"postdeploy": 3}, addons="redis", env={"A": "b"}))
    assert found.platform == ForPlatform({"A": "b"})
    lines = [one.at.line for one in found.warnings if one.code == "file-shape" and one.at is not None]
    assert sorted(lines) == [2, 6, 8]
    assert plan({**EXPRESS, "app.json": '{"expo": {"slug": "a"}}'}).platform is None


def test_none_of_its_variables_is_a_setting_of_the_builder() -> None:
    names = [name for name in (*SETTINGS, *BUILDER) if not name.endswith("_VERSION")]
    without, found = plan(EXPRESS), plan(app(env=dict.fromkeys(names, "node evil.js")))
    assert web(found) == web(without)
    assert (found.language, found.versions, found.runtime.port) == (without.language, without.versions, 5000)
    assert (found.runtime.base, found.runtime.packages) == (without.runtime.base, without.runtime.packages)
    assert [one.name for one in found.steps] == [one.name for one in without.steps]


def test_a_version_of_it_gives_way_to_the_client_and_the_config_file() -> None:
    files = app(env={"NODE_VERSION": "22"})
    assert [one.value for one in plan(files).versions if one.tool == "node"] == ["22"]
    assert [one.value for one in plan(files, NODE_VERSION="24").versions if one.tool == "node"] == ["24"]
    configured = {**files, "migetpacks.yaml": "versions: {node: 24}\n"}
    assert [one.value for one in plan(configured).versions if one.tool == "node"] == ["24"]


def test_a_variable_that_cannot_be_set_is_told_at_its_line() -> None:
    found = plan(app(env={"PATH": "/evil", "not a name": "x"}))
    assert dict(found.runtime.env).get("PATH", "").startswith("/app/node_modules/.bin")
    assert "(app.json:3)" in told(found)["variable-refused"]
    assert "(app.json:4)" in told(found)["variable-name"]
