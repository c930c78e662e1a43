"""A build from the client's options to the result, with a gateway that records what is asked of BuildKit."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from msgspec import json

import llb
from frontend import build
from frontend.context import open as context
from frontend.context.tree import DictTree
from frontend.errors import DetectionError, GatewayError, Location, NoImageError, OptionError, PlanError, SolveError
from frontend.gateway.client import ResolvedImage, Worker
from frontend.languages import node
from frontend.lower.platforms import own_platform
from frontend.plan import Evidence
from frontend.plan.model import Plan, Runtime
from frontend.plan.overlay import overlay
from frontend.plan.serial import from_json
from frontend.result.result import KEY
from frontend.settings import options
from frontend.settings.model import Settings
from tests.fake_gateway import PROGRAMS, FakeGateway, image

TODAY = "2026-11-28"
MANIFEST = (
    '{\n "dependencies": {"a": "1"},\n "engines": {"node": "24.1.0"},\n "scripts": {"start": "node server.js"}\n}\n'
)
ENGINES = ' "engines": {"node": "24.1.0"},\n'
LOCKFILE = '{"lockfileVersion": 3, "packages": {"": {}, "node_modules/a": {"version": "1.0.0"}}}'
APP = {"package.json": MANIFEST, "package-lock.json": LOCKFILE, "server.js": ""}
BUILD_IMAGE = "docker.io/library/node:24.1.0-bookworm"
RUN_IMAGE = f"{BUILD_IMAGE}-slim"
WARNED = {"server.js": "", "package.json": '{"dependencies": {"a": "1"}, "scripts": {"start": "node server.js"}}'}


def built(files: dict[str, str] = APP, opts: dict[str, str] | None = None, **fake: Any) -> FakeGateway:
    gateway = FakeGateway(files, opts, **fake)
    build.run(gateway.gateway)
    return gateway


def failed(error: type[Exception], files: dict[str, str] = APP, opts: dict[str, str] | None = None, **fake: Any) -> Any:
    with pytest.raises(error) as raised:
        built(files, opts, **fake)
    return raised.value


def order(gateway: FakeGateway) -> list[str]:
    return [call.method for call in gateway.calls]


def result(gateway: FakeGateway) -> dict[str, Any]:
    found: dict[str, Any] = json.decode(gateway.metadata[KEY])
    return found


# --- the plan


def plan(files: dict[str, str], args: dict[str, str] | None = None, config: str = "", today: str = TODAY) -> Any:
    asked = options.parse({f"build-arg:{name}": value for name, value in (args or {}).items()})
    source = context.seen(DictTree({**files, **({"migetpacks.yaml": config} if config else {})}), asked)
    return build.make_plan(source.tree, source.config, asked, today)


def test_a_plan_begins_with_the_evidence_for_its_language() -> None:
    assert plan(APP).evidence[0] == Evidence("Node.js", "package.json", plan(APP).evidence[0].at)


def test_a_plan_has_the_settings_of_the_config_file_and_of_the_client() -> None:
    found = plan(APP, {"RUN_PACKAGES": "ffmpeg"}, "packages: {build: [git]}\nenv: {build: {A: b}, run: {C: d}}\n")
    assert "ffmpeg" in found.runtime.packages
    assert ("C", "d") in found.runtime.env
    assert all(("A", "b") in step.env for step in found.steps)
    assert all("git" in step.packages for step in found.steps if step.run)


SITE = {"package.json": '{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}', "vite.config.ts": ""}
SERVER = {"api/package.json": '{"dependencies": {"express": "5"}}', "api/server.js": ""}
PYTHON = {
    "web-api/requirements.txt": "fastapi\nuvicorn\n",
    "web-api/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
}


def test_a_server_beside_a_site_is_told() -> None:
    def doubts(*given: dict[str, str], args: dict[str, str] | None = None) -> list[str]:
        files = {name: text for one in (SITE, *given) for name, text in one.items()}
        return [one.message.partition(": ")[2] for one in plan(files, args).warnings if one.code == "app-left-out"]

    assert doubts(SERVER) == ["api (Node.js: Express)"]
    assert doubts(SERVER, PYTHON)[0].startswith("api (Node.js: Express), web-api (Python: ")
    assert doubts(SERVER, args={"LANGUAGE": "nodejs"}) == []
    assert doubts({"api/package.json": "{}"}) == []
    assert doubts({f"examples/{name}": text for name, text in SERVER.items()}) == []
    assert doubts({f"apps/{name}": text for name, text in PYTHON.items()})[0].startswith("apps/web-api (Python: ")
    assert doubts({f"examples/apps/{name}": text for name, text in PYTHON.items()}) == []


def test_what_is_beside_the_one_app_of_a_repository_is_told() -> None:
    def doubts(files: dict[str, str], args: dict[str, str] | None = None) -> list[str]:
        return [one.message for one in plan({**PYTHON, **files}, args).warnings if one.code == "app-left-out"]

    site = {f"client/{name}": text for name, text in SITE.items()}
    assert doubts(site) == ["the image has web-api alone, without what is beside it: client (Node.js)"]
    assert doubts(site, {"PROJECT_PATH": "web-api"}) == []
    assert doubts({"e2e/package.json": '{"devDependencies": {"husky": "9"}}'}) == []
    assert doubts({f"examples/{name}": text for name, text in site.items()}) == []
    assert doubts({}) == []
    deep = doubts({f"web/{name}": text for name, text in site.items()})
    assert deep == ["the image has web-api alone, without what is beside it: web/client (Node.js)"]
    assert doubts({"index.html": ""}) == ["the image has web-api alone, without what is beside it: index.html"]
    beside = [one.code for one in plan({**SERVER, **site}).warnings]
    assert beside == ["no-lockfile", "site-apart"]  # and not a second time, as what is left out


def test_a_server_beside_a_site_that_a_platforms_file_names_is_told() -> None:
    site = {f"client/{name}": text for name, text in SITE.items()}
    netlify = {"netlify.toml": '[build]\nbase = "client"\ncommand = "npm run build"\npublish = "dist"\n'}
    found = plan({**PYTHON, **site, **netlify})
    assert found.language == "static"
    assert "app-left-out" in [one.code for one in found.warnings]
    assert "app-left-out" not in [one.code for one in plan({**site, **netlify}).warnings]


def test_files_beside_the_one_app_of_a_repository_count_as_with_project_path() -> None:
    files = {**SERVER, "api/Dockerfile": 'FROM node:22\nENV SHOP=1\nCMD ["node", "main.js"]\n', "api/main.js": ""}
    found, named = plan(files), plan(files, {"PROJECT_PATH": "api"})
    assert (found.runtime, found.versions) == (named.runtime, named.versions)
    assert ("SHOP", "1") in found.runtime.env
    assert "node:22" in found.runtime.base


def test_the_context_is_loaded_once_the_language_is_known() -> None:
    asked = options.parse({})
    told: list[str] = []
    for files in (APP, {"README": ""}):
        tree = context.seen(DictTree(files), asked).tree
        with suppress(DetectionError):
            build.make_plan(tree, None, asked, TODAY, detected=lambda: told.append("detected"))
    assert told == ["detected"]


FLASK = {"requirements.txt": "flask\ngunicorn\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}
RACK = {"Gemfile": 'source "https://rubygems.org"\ngem "rackup"\ngem "puma"\n', "config.ru": "run 1\n"}


def told_of(files: dict[str, str], opts: dict[str, str]) -> tuple[list[str], Plan]:
    """The images that are told while an app is planned, and the plan."""
    found: list[str] = []
    asked = options.parse(opts)
    return found, build.make_plan(context.seen(DictTree(files), asked).tree, None, asked, TODAY, runs_on=found.append)


@pytest.mark.parametrize("files", [APP, FLASK, RACK])
def test_the_image_of_an_app_is_told_while_the_rest_is_planned(files: dict[str, str]) -> None:
    found, made = told_of(files, {})
    assert set(found) == {made.runtime.base}


@pytest.mark.parametrize(
    ("script", "more"),
    [("bun server.js", {}), ("node server.js", {"bun.lock": ""}), ("vite", {}), ("node server.js", {".nvmrc": "a b"})],
)
def test_no_image_is_told_early_that_an_app_may_not_run_on(script: str, more: dict[str, str]) -> None:
    files = {"package.json": json.encode({"scripts": {"start": script}}).decode(), "server.js": "", **more}
    tree = context.seen(DictTree(files), options.parse({})).tree
    assert node.likely_image(tree, Settings(), "") == ""


def test_the_image_of_a_language_is_not_told_where_the_user_has_another() -> None:
    assert told_of(APP, {"build-arg:RUNTIME_BASE": "gcr.io/distroless/nodejs24-debian13"})[0] == []


def test_the_date_decides_which_versions_are_out_of_support() -> None:
    assert [w.code for w in plan(APP, today="2026-11-28").warnings] == []
    assert [w.code for w in plan(APP, today="2030-01-01").warnings] == ["end-of-life"]


# --- what is asked of BuildKit, in which order


def test_a_build_resolves_its_images_solves_once_and_returns_the_result() -> None:
    gateway = built()
    assert [(c.what, c.detail) for c in gateway.asked("resolve")] == [
        (RUN_IMAGE, "linux/amd64"),
        (BUILD_IMAGE, "linux/amd64"),
    ]
    assert order(gateway) == ["resolve", "resolve", "solve", "solved", "return"]
    assert gateway.refs == {"": "ref-1"}
    config = json.decode(gateway.metadata["containerimage.config"])
    assert (config["architecture"], config["os"], config["config"]["User"]) == ("amd64", "linux", "1000:1000")
    assert config["history"][0] == {"created_by": "debian"}
    assert json.decode(gateway.metadata["containerimage.base.config"])["os"] == "linux"
    assert json.decode(gateway.metadata["refs.platforms"]) == {
        "Platforms": [{"ID": "linux/amd64", "Platform": {"architecture": "amd64", "os": "linux"}}]
    }
    told = result(gateway)
    assert (told["language"], told["platforms"], told["user"]) == ("nodejs", ["linux/amd64"], "1000:1000")
    assert [layer["kind"] for layer in told["layers"]] == ["user", "dependencies", "application"]
    assert "source.date.epoch" not in gateway.metadata


def test_several_platforms_are_solved_side_by_side_with_the_tools_of_the_worker() -> None:
    gateway = built(opts={"platform": "linux/arm64,linux/arm/v7"})
    assert [(c.what, c.detail) for c in gateway.asked("resolve")] == [
        (RUN_IMAGE, "linux/arm64"),
        (RUN_IMAGE, "linux/arm/v7"),
        (BUILD_IMAGE, "linux/arm64"),
        (BUILD_IMAGE, "linux/arm/v7"),
        (BUILD_IMAGE, "linux/amd64"),
    ]
    assert order(gateway)[5:] == ["solve", "solve", "solved", "solved", "return"]
    assert gateway.refs == {"linux/arm64": "ref-1", "linux/arm/v7": "ref-2"}
    assert json.decode(gateway.metadata["containerimage.config/linux/arm/v7"])["variant"] == "v7"
    assert "containerimage.base.config/linux/arm64" in gateway.metadata
    assert "containerimage.config" not in gateway.metadata
    assert json.decode(gateway.metadata["refs.platforms"])["Platforms"][1] == {
        "ID": "linux/arm/v7",
        "Platform": {"architecture": "arm", "os": "linux", "variant": "v7"},
    }
    names = [text for text in shown(gateway) if "npm ci" in text]
    assert names == ["[linux/arm64 install] npm ci (production)", "[linux/arm/v7 install] npm ci (production)"]


def shown(gateway: FakeGateway) -> list[str]:
    """What progress shows, of all solves."""
    definitions = [llb.read(call.detail[0]) for call in gateway.asked("solve")]
    return [row.description.get("llb.customname", "") for made in definitions for row in made.metadata.values()]


def test_one_platform_is_named_in_the_result_where_the_client_asks_for_it() -> None:
    gateway = built(opts={"multi-platform": "true"})
    assert gateway.refs == {"linux/amd64": "ref-1"}
    assert "containerimage.config/linux/amd64" in gateway.metadata


def test_a_worker_that_tells_no_platform_is_like_us() -> None:
    gateway = built(workers=())
    assert gateway.asked("resolve")[0].detail == own_platform()


@pytest.mark.parametrize(
    ("opts", "workers", "python"),
    [
        ({"platform": "linux/amd64"}, ("linux/amd64",), "3.13"),
        ({"platform": "linux/arm64"}, ("linux/amd64",), "3.12"),
        ({"platform": "linux/amd64,linux/arm64"}, ("linux/amd64",), "3.12"),
        ({}, ("linux/arm64", "linux/amd64"), "3.12"),
    ],
)
def test_a_plan_is_made_for_the_platforms_of_the_build(
    opts: dict[str, str], workers: tuple[str, ...], python: str
) -> None:
    app = {"app.py": "from flask import Flask\napp = Flask(__name__)\n", "requirements.txt": "flask\npikepdf==9.1.1\n"}
    gateway = built(app, {**opts, "requestid": "frontend.migetpacks.plan"}, workers=(Worker("w", workers),))
    assert json.decode(gateway.metadata["result.json"])["versions"][0]["value"] == python


def test_the_epoch_and_the_labels_of_the_client_are_passed_on() -> None:
    gateway = built(opts={"build-arg:SOURCE_DATE_EPOCH": "0", "label:a": "b", "vcs:source": "https://h/r"})
    assert gateway.metadata["source.date.epoch"] == b"0"
    labels = json.decode(gateway.metadata["containerimage.config"])["config"]["Labels"]
    assert labels["a"] == "b"
    assert labels["org.opencontainers.image.source"] == "https://h/r"
    assert labels["org.opencontainers.image.base.name"] == RUN_IMAGE


# --- warnings


def test_warnings_are_told_while_the_last_solve_is_under_way() -> None:
    gateway = built(WARNED)
    assert order(gateway)[-4:] == ["solve", "warn", "solved", "return"]
    (warned,) = gateway.asked("warn")
    (solve,) = gateway.asked("solve")
    digest, hint, at = warned.detail
    assert digest == llb.read(solve.detail[0]).head
    assert hint
    assert at.file == "package.json"
    assert result(gateway)["warnings"][0]["message"] == warned.what


@pytest.mark.parametrize(
    ("opts", "quick"), [({}, True), ({"cache-imports": '[{"Type":"registry","Attrs":{"ref":"r"}}]'}, False)]
)
def test_warnings_are_told_at_the_end_where_the_client_knows_the_steps_late(opts: dict[str, str], quick: bool) -> None:
    gateway = built(WARNED, opts, quick=quick)
    assert order(gateway)[-4:] == ["solve", "solved", "warn", "return"]


# --- what may go wrong


def test_an_old_buildkit_is_told_apart_by_its_capabilities() -> None:
    error = failed(GatewayError, missing=["exec.mount.cache.sharing"])
    assert error.message.startswith("this BuildKit is too old (exec.mount.cache.sharing missing)")


def test_a_store_without_merges_gets_the_layers_stacked() -> None:
    merged, stacked = built(), built(missing=["mergeop"])
    assert result(merged)["layers"] == result(stacked)["layers"]
    assert "[image] merge layers" in shown(merged)
    assert "[image] merge layers" not in shown(stacked)


def test_a_step_that_fails_is_explained_by_the_file_that_asked_for_it() -> None:
    broken = SolveError("it failed", step="[install] npm ci (production)", exit_code=1, code=2, status=b"s")
    error = failed(SolveError, failure=broken)
    assert (error.message, error.step, error.exit_code, error.status) == ("it failed", broken.step, 1, b"s")
    assert error.at == Location("package-lock.json", 1)
    assert not error.hint  # the step has printed it


@pytest.mark.parametrize("code", [126, 127, 137, 139])
def test_exit_statuses_that_mean_the_same_for_all_programs_are_explained(code: int) -> None:
    broken = SolveError("it failed", step="[image] user miget", exit_code=code, hint="as BuildKit has it")
    error = failed(SolveError, failure=broken)
    assert error.hint
    assert error.hint != broken.hint


def test_a_failure_that_nobody_knows_keeps_its_hint() -> None:
    error = failed(SolveError, failure=SolveError("it failed", step="[image] x", exit_code=1, hint="as it was"))
    assert (error.hint, error.at) == ("as it was", None)


def test_a_version_without_an_image_names_who_asked_for_it() -> None:
    gone = GatewayError(f"{RUN_IMAGE}: not found", method="ResolveSourceMeta", code=5, status=b"s")
    error = failed(GatewayError, images={RUN_IMAGE: gone})
    assert "node 24.1.0 exists" in error.message
    assert (error.at.file, error.code, error.status) == ("package.json", 5, b"s")
    assert "NODE_VERSION" in error.hint


def test_an_image_of_nobody_s_choice_that_is_not_there_is_told_plainly() -> None:
    files = {**APP, "package.json": MANIFEST.replace(ENGINES, "")}
    name = built(files).asked("resolve")[0].what
    error = failed(GatewayError, files, images={name: GatewayError("MANIFEST_UNKNOWN")})
    assert error.message.startswith("there is no image node:")
    assert error.at is None


def test_a_registry_that_does_not_answer_is_told() -> None:
    error = failed(GatewayError, images={BUILD_IMAGE: GatewayError("dial tcp: i/o timeout")})
    assert "cannot be loaded: dial tcp: i/o timeout" in error.message


@pytest.mark.parametrize("said", ["401 Unauthorized", "pull access denied", "failed to authorize: x"])
def test_a_registry_that_requires_a_login_is_named(said: str) -> None:
    name = "dhi.io/node:24.1.0-debian13"
    error = failed(GatewayError, opts={"build-arg:USE_DHI": "true"}, images={name: GatewayError(said)})
    assert name in error.message
    assert "docker login dhi.io" in error.hint


@pytest.mark.parametrize("registry", ["localhost", "mirror:5000", "127.0.0.1:5000"])
def test_a_registry_that_requires_a_login_is_named_with_its_port_at_the_base_s_line(registry: str) -> None:
    name = f"{registry}/acme/node:24"
    files = {**APP, "migetpacks.yaml": f"runtime_base: {name}\n"}
    error = failed(GatewayError, files, images={name: GatewayError("401 Unauthorized")})
    assert f"the registry {registry} refuses the base image {name}" in error.message
    assert error.at is not None
    assert (error.at.file, error.at.line) == ("migetpacks.yaml", 1)
    assert f"docker login {registry}" in error.hint


# --- hardened images

PASSWD = {"/etc/passwd": "root:x:0:0::/root:\nnode:x:1000:1000::/home/node:\n", "/etc/group": "node:x:1000:\n"}
NATIVE = (
    "/usr/bin/node",
    "/tmp/x",
    "/home/node/x",
    "/etc/ssl/certs/ca-certificates.crt",
    "/lib64/ld-linux-x86-64.so.2",
)
USER = {"config": {"User": "node", "Env": ["NODE_VERSION=24.1.0"]}}


def hardened(files: dict[str, str] = APP, **args: str) -> FakeGateway:
    name = args.get("RUNTIME_BASE", "dhi.io/node:24.1.0-debian13")
    opts = {f"build-arg:{name}": value for name, value in {"USE_DHI": "true", **args}.items()}
    return built(files, opts, images={name: image(name, config=USER)}, programs=NATIVE, base=PASSWD)


def test_a_hardened_image_is_looked_at_by_one_solve_before_the_build() -> None:
    gateway = hardened()
    assert [call.what for call in gateway.asked("resolve")] == ["dhi.io/node:24.1.0-debian13", BUILD_IMAGE]
    assert order(gateway) == ["resolve", "resolve", "solve", "solved", "solve", "solved", "return"]
    first = llb.read(gateway.asked("solve")[0].detail[0])
    assert len(first.ops) == 2, "the image, and the definition's end"
    told = result(gateway)
    assert (told["flavour"], told["_shell"], told["user"]) == ("hardened", False, "1000:1000")
    assert [layer["kind"] for layer in told["layers"]] == ["dependencies", "application"]
    config = json.decode(gateway.metadata["containerimage.config"])["config"]
    assert (config["Entrypoint"], config["Cmd"]) == ([], ["node", "server.js"])


@pytest.mark.parametrize(("user", "account"), [("node", "1000:1000"), ("4711:4712", "4711:4712")])
def test_the_user_of_the_setting_is_the_image_s(user: str, account: str) -> None:
    name = "acme.test/root:1"
    images = {name: image(name, config={"config": {"User": "root", "Env": ["NODE_VERSION=24.1.0"]}})}
    opts = {"build-arg:RUNTIME_BASE": name, "build-arg:RUNTIME_USER": user}
    assert result(built(opts=opts, images=images, programs=NATIVE, base=PASSWD))["user"] == account


def test_a_base_that_runs_as_root_is_an_error_at_the_line_that_names_it() -> None:
    name = "acme.test/root:1"
    images = {name: image(name, config={"config": {"User": "root"}})}
    files = {**APP, "migetpacks.yaml": f"flavour: hardened\nruntime_base: {name}\n"}
    error = failed(PlanError, files, images=images, programs=NATIVE, base=PASSWD)
    assert error.at == Location("migetpacks.yaml", 2)


def test_without_a_hardened_image_of_a_patch_release_its_line_is_used() -> None:
    gone = GatewayError("dhi.io/node:24.1.0-debian13: not found", code=5)
    line = "dhi.io/node:24-debian13"
    gateway = built(
        opts={"build-arg:USE_DHI": "true"},
        images={"dhi.io/node:24.1.0-debian13": gone, line: image(line, config=USER)},
        programs=NATIVE,
        base=PASSWD,
    )
    told = result(gateway)
    assert told["base_images"][0]["name"] == line
    assert [(one["code"], one["at"]["file"]) for one in told["warnings"]] == [("hardened-line", "package.json")]


def test_a_version_without_any_hardened_image_is_told_with_the_ways_out() -> None:
    names = ("dhi.io/node:24.1.0-debian13", "dhi.io/node:24-debian13")
    images = {name: GatewayError(f"{name}: not found", code=5) for name in names}
    error = failed(NoImageError, opts={"build-arg:USE_DHI": "true"}, images=images)
    assert "no hardened image for node 24.1.0" in error.message
    assert error.at.file == "package.json"
    assert all(way in error.hint for way in ("NODE_VERSION", "RUNTIME_BASE", "FLAVOUR=standard"))


def test_a_build_image_that_is_not_there_is_told_where_the_line_s_hardened_one_is() -> None:
    gone = {name: GatewayError(f"{name}: not found", code=5) for name in ("dhi.io/node:24.1.0-debian13", BUILD_IMAGE)}
    line = "dhi.io/node:24-debian13"
    error = failed(NoImageError, opts={"build-arg:USE_DHI": "true"}, images={**gone, line: image(line, config=USER)})
    assert error.message.startswith("there is no image node:24.1.0-")


def test_native_code_that_does_not_run_on_the_base_is_told_so() -> None:
    from frontend.result.explanation import explained

    built_on = plan_of_a_base()
    error = SolveError("it failed", step="[image] shared libraries", exit_code=3)
    told = explained(error, built_on)
    assert "acme.test/musl:1" in told.message
    assert (told.at, bool(told.hint)) == (Location("migetpacks.yaml", 2), True)
    other = SolveError("it failed", step="[image] shared libraries", exit_code=1)
    assert explained(other, built_on).message == "it failed"


def plan_of_a_base() -> Plan:
    runtime = Runtime("acme.test/musl:1", (), (), flavour="given", base_at=Location("migetpacks.yaml", 2))
    return Plan("", runtime)


def test_a_mirror_and_a_base_of_the_user_s() -> None:
    mirror = built(opts={"build-arg:DHI_MIRROR": "docker.io/acme/dhi-"})
    assert mirror.asked("resolve")[0].what == RUN_IMAGE
    name = "docker.io/acme/dhi-node:24.1.0-debian13"
    images = {name: image(name, config=USER)}
    opts = {"build-arg:DHI_MIRROR": "acme/dhi-", "build-arg:USE_DHI": "true"}
    assert built(opts=opts, images=images, programs=NATIVE, base=PASSWD).asked("resolve")[0].what == name
    assert result(hardened(RUNTIME_BASE="gcr.io/acme/node:1"))["base_images"][0]["name"] == "gcr.io/acme/node:1"


def test_a_command_for_a_shell_is_an_error_before_anything_is_built() -> None:
    files = {**APP, "Procfile": "web: node server.js\nworker: node a.js | tee log\n"}
    with pytest.raises(PlanError) as error:
        hardened(files)
    assert error.value.at == Location("Procfile", 2)
    assert "pipe" in error.value.message


def test_a_process_s_own_variables_and_directory_are_the_image_s() -> None:
    files = {**APP, "Procfile": "web: cd api && LEVEL=$PORT node a.js\n", "api/a.js": ""}
    config = json.decode(hardened(files).metadata["containerimage.config"])["config"]
    assert (config["Cmd"], config["WorkingDir"]) == (["node", "a.js"], "/app/api")
    assert "LEVEL=5000" in config["Env"]


def test_a_named_context_replaces_a_base_image() -> None:
    gateway = built(opts={"context:node:24.1.0-bookworm-slim": "docker-image://mirror.local:5000/node"})
    assert gateway.asked("resolve")[0].what == "mirror.local:5000/node"
    assert result(gateway)["base_images"][0]["name"] == "mirror.local:5000/node"


def test_a_named_context_for_one_platform_leaves_the_others() -> None:
    replaced = {"context:node:24.1.0-bookworm-slim::linux/arm64": "docker-image://debian"}
    gateway = built(opts={**replaced, "platform": "linux/amd64,linux/arm64"})
    wanted = [(call.what, call.detail) for call in gateway.asked("resolve")]
    assert (RUN_IMAGE, "linux/amd64") in wanted
    assert ("docker.io/library/debian", "linux/arm64") in wanted


def test_a_named_context_that_is_no_image_replaces_none() -> None:
    error = failed(OptionError, opts={"context:node:24.1.0-bookworm": "local:other"})
    assert "named context node:24.1.0-bookworm" in error.message


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (image(RUN_IMAGE, "linux/arm64"), "linux/arm64"),
        (image(RUN_IMAGE, identifier="git://github.com/x/y"), "git://github.com/x/y"),
        (ResolvedImage(RUN_IMAGE, "", b"", f"docker-image://{RUN_IMAGE}"), "which is not an image"),
    ],
)
def test_an_image_that_cannot_be_used_is_refused(answer: ResolvedImage, told: str) -> None:
    error = failed(GatewayError, images={RUN_IMAGE: answer})
    assert "node:24.1.0-bookworm-slim" in error.message
    assert told in error.message


def test_an_image_that_a_source_policy_puts_in_place_is_the_base() -> None:
    answer = image(RUN_IMAGE, identifier="docker-image://mirror.local/node:1@sha256:x")
    assert result(built(images={RUN_IMAGE: answer}))["base_images"][0]["name"] == "mirror.local/node:1"


def test_a_plan_that_cannot_be_operations_is_an_error_of_the_app() -> None:
    gateway, asked = FakeGateway(APP), options.parse({})
    source = build.read(gateway.gateway, asked)
    odd = overlay(build.planned(gateway.gateway, source, asked), build_env=[("NAME", "a\0b")])
    with pytest.raises(PlanError, match="the app cannot be built") as raised:
        build.build(gateway.gateway, asked, source, odd)
    assert "NUL" in raised.value.hint


# --- an image of one process

PROCFILE = {**APP, "worker.js": "", "Procfile": "web: A=1 node server.js\nworker: B=2 node worker.js\n"}


def test_an_image_of_one_process_has_the_layers_of_the_app_s_and_its_own_start() -> None:
    whole, worker = built(PROCFILE), built(PROCFILE, {"target": "worker"})
    assert [call.detail for call in worker.asked("solve")] == [call.detail for call in whole.asked("solve")]
    config = json.decode(worker.metadata["containerimage.config"])["config"]
    assert config["Cmd"] == ["node", "worker.js"]
    assert {"A=1", "B=2", "PORT=5000"} <= set(config["Env"])
    assert "ExposedPorts" not in config
    assert json.decode(config["Labels"]["com.miget.migetpacks.processes"]) == {"worker": ["node", "worker.js"]}
    told = result(worker)
    assert (told["target"], told["start"], told["ports"]) == ("worker", ["node", "worker.js"], [])
    assert (result(whole)["target"], result(whole)["ports"]) == ("", ["5000/tcp"])


def test_an_image_of_one_process_needs_no_other_to_start() -> None:
    files = {**PROCFILE, "Procfile": "web: gone\nworker: node worker.js\n"}
    assert result(built(files, {"target": "worker"}))["start"] == ["node", "worker.js"]
    assert failed(PlanError, files).at == Location("Procfile", 1)
    files = {
        "package.json": "{}",
        "worker.js": "",
        "clock.js": "",
        "Procfile": "worker: node worker.js\nclock: node clock.js\n",
    }
    assert result(built(files, {"target": "clock"}))["start"] == ["node", "clock.js"]


def test_a_target_that_is_no_process_is_an_error_that_lists_them() -> None:
    error = failed(OptionError, PROCFILE, {"target": "wroker"})
    assert "wroker" in error.message
    assert "did you mean worker?" in error.hint
    assert "web, worker" in error.hint


def test_the_targets_are_an_answer() -> None:
    gateway = built(PROCFILE, {"requestid": "frontend.targets"})
    assert json.decode(gateway.metadata["result.json"]) == {
        "targets": [
            {"name": "web", "description": "node server.js", "default": True},
            {"name": "worker", "description": "env B=2 node worker.js"},
        ]
    }
    assert order(gateway) == ["return"]


@pytest.mark.parametrize(("programs", "shell"), [(PROGRAMS, True), (PROGRAMS[1:], False)])
def test_whether_there_is_a_shell_is_looked_up(programs: tuple[str, ...], shell: bool) -> None:
    assert result(built(programs=programs))["_shell"] is shell


# --- subrequests


def test_the_plan_is_an_answer_and_nothing_is_built() -> None:
    gateway = built(opts={"requestid": "frontend.migetpacks.plan"})
    assert order(gateway) == ["return"]
    assert from_json(gateway.metadata["result.json"]).language == "nodejs"
    assert gateway.metadata["result.json"] == gateway.metadata["result.txt"]


def test_what_may_be_asked_is_an_answer() -> None:
    gateway = built({}, {"requestid": "frontend.subrequests.describe"})
    names = [row["name"] for row in json.decode(gateway.metadata["result.json"])]
    assert names == ["frontend.subrequests.describe", "frontend.targets", "frontend.migetpacks.plan"]
    assert b"migetpacks.plan" in gateway.metadata["result.txt"]
    assert gateway.metadata["version"] == b"1.0.0"


@pytest.mark.parametrize(
    ("asked", "hint"), [("frontend.migetpacks.plans", "frontend.migetpacks.plan"), ("outline", "frontend.subrequests")]
)
def test_a_question_we_do_not_know_is_an_error(asked: str, hint: str) -> None:
    error = failed(OptionError, {}, {"requestid": asked})
    assert asked in error.message
    assert hint in error.hint


def test_an_image_that_cannot_find_its_start_is_not_returned() -> None:
    files = {"package.json": '{"scripts": {"start": "node dist/main.js", "build": "tsc"}}'}
    gateway = FakeGateway(files)
    with pytest.raises(PlanError) as error:
        build.run(gateway.gateway)
    assert error.value.at == Location("package.json", 1)
    assert "dist/main.js" in error.value.message
    assert not gateway.asked("return")


def test_another_process_that_is_not_there_is_a_warning_of_the_build() -> None:
    files = {"package.json": "{}", "server.js": "", "Procfile": "web: node server.js\nworker: node worker.js\n"}
    gateway = FakeGateway(files)
    build.run(gateway.gateway)
    assert gateway.asked("return")
    warned = [doubt["code"] for doubt in json.decode(gateway.metadata["frontend.migetpacks.result"])["warnings"]]
    assert warned == ["process-not-found"]


def test_what_the_started_file_imports_of_development_is_in_a_second_plan() -> None:
    manifest = {**json.decode(MANIFEST), "devDependencies": {"b": "1", "c": "1"}}
    files = {**APP, "package.json": json.encode(manifest).decode(), "server.js": "require('a')\nrequire('b/c')\n"}
    gateway = built(files)
    assert order(gateway).count("solve") == 2
    assert [one["message"].partition(" ")[0] for one in result(gateway)["warnings"]] == ["b"]
    assert "server.js:2" in result(gateway)["warnings"][0]["message"]
    assert len(gateway.asked("warn")) == 1


def test_what_the_started_file_imports_and_nothing_installs_is_an_error_at_its_line() -> None:
    error = failed(PlanError, {**APP, "server.js": "require('a')\nrequire('z')\n"})
    assert error.at == Location("server.js", 2)
    assert "z" in error.message


def test_what_the_started_file_writes_is_a_warning_of_the_result() -> None:
    gateway = built({**APP, "server.js": "require('fs').mkdirSync('uploads')\n"})
    assert [(one["code"], one["at"]["line"]) for one in result(gateway)["warnings"]] == [("read-only", 1)]
    assert len(gateway.asked("warn")) == 1


def test_what_is_told_of_a_directory_is_told_once() -> None:
    dockerfile = "FROM node:24\nWORKDIR /srv\nVOLUME /srv/uploads\n"
    gateway = built({**APP, "server.js": "require('fs').mkdirSync('uploads')\n", "Dockerfile": dockerfile})
    assert [one["at"]["file"] for one in result(gateway)["warnings"]] == ["Dockerfile"]
    assert len(gateway.asked("warn")) == 1


def test_an_account_of_no_other_image_is_an_error_at_its_line() -> None:
    error = failed(PlanError, {**APP, "migetpacks.yaml": "port: 80\nruntime_user: app\n"})
    assert 'RUNTIME_USER is "app"' in str(error)
    assert error.at == Location("migetpacks.yaml", 2)
    assert "RUNTIME_BASE" in error.hint
