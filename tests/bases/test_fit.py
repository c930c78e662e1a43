"""A plan that fits its base image: account, PATH, what is shipped because the base lacks it, how it is started."""

from typing import Any

import pytest
from msgspec import json, structs

from frontend.bases.fit import fitted
from frontend.bases.read import facts
from frontend.errors import Location, PlanError
from frontend.lower.target import Base
from frontend.plan.model import (
    Directory,
    FromContext,
    FromImage,
    FromStep,
    ImageRef,
    Layer,
    Plan,
    Process,
    Runtime,
    SharedLibraries,
    Step,
    ToolVersion,
)
from frontend.result import direct, image
from tests.bases.rootfs import HARDENED, Rootfs

NODE = {**HARDENED, "/nodejs/bin/node": "\x7fELF"}
RUNTIME = Runtime(
    base="acme.test/node:24",
    layers=(
        Layer("dependencies", "modules", (FromStep("install", "/app/node_modules"),)),
        Layer("application", "the app", (FromContext(),)),
    ),
    processes=(Process("web", ("node", "server.js")),),
    packages=("ffmpeg", "tzdata"),
    env=(("PATH", "/app/node_modules/.bin:/usr/local/bin:/usr/bin"),),
    flavour="hardened",
    standard="node:24-trixie-slim",
)
PLAN = Plan("nodejs", RUNTIME, (Step("install", ImageRef("node:24-trixie"), ""),))
CONFIG = {"User": "65532", "Env": ["PATH=/usr/bin:/bin", "A=x$NONE", "LD_LIBRARY_PATH=/usr/lib:${LD_LIBRARY_PATH}"]}


def base(config: dict[str, Any] | None = None) -> Base:
    return Base("acme.test/node:24", "sha256:1", {"config": config or CONFIG})


def fit(plan: Plan = PLAN, files: dict[str, str] | None = None) -> Plan:
    return fitted(plan, facts(plan.runtime, base(), Rootfs(NODE if files is None else files)))


def test_the_image_has_the_base_s_account_and_the_interpreter_in_its_path() -> None:
    made = fit().runtime
    assert (made.account.owner, made.shell) == ("65532:65532", False)
    assert dict(made.env)["PATH"] == "/app/node_modules/.bin:/usr/bin:/bin:/nodejs/bin"


def test_path_is_the_base_s_own_where_nothing_is_added() -> None:
    plan = structs.replace(PLAN, runtime=structs.replace(RUNTIME, env=(("PATH", "/usr/local/bin"),)))
    assert fit(plan, {**HARDENED, "/usr/bin/node": ""}).runtime.env == ()


def test_the_loader_of_another_system_is_told_of_debian_s_directory() -> None:
    other = {name: text for name, text in NODE.items() if "linux-gnu" not in name}
    assert dict(fit(files=other).runtime.env)["LD_LIBRARY_PATH"] == "/usr/lib/x86_64-linux-gnu:/usr/lib"
    assert "LD_LIBRARY_PATH" not in dict(fit().runtime.env)


def test_packages_are_installed_in_a_step_and_their_files_copied_what_the_base_has_left_out() -> None:
    made = fit()
    assert made.steps[-1].packages == ("ffmpeg",)
    assert made.runtime.packages == ()
    assert made.runtime.libraries == (
        SharedLibraries("install", ("/app/node_modules",)),
        SharedLibraries("packages", (), ("ffmpeg",)),
    )


def test_certificates_zones_and_a_place_for_temporary_files_are_shipped_where_the_base_has_none() -> None:
    bare = {"/etc/passwd": HARDENED["/etc/passwd"]}
    made = fit(files=bare)
    inputs = made.runtime.layers[-1].inputs
    assert FromImage("node:24-trixie", "/etc/ssl/certs/ca-certificates.crt") in inputs
    assert Directory("/tmp", 0o1777) in inputs
    assert made.steps[-1].packages == ("ffmpeg", "tzdata")


def test_a_hardened_image_with_a_shell_is_a_warning() -> None:
    made = fit(files={**NODE, "/bin/busybox": ""})
    assert [one.code for one in made.warnings] == ["shell-in-base"]
    assert made.runtime.shell


def test_another_patch_release_is_an_error_for_an_app_that_refuses_it_alone() -> None:
    asked = ToolVersion("node", "24.1.0", at=Location("package.json", 4))
    with_node = {**CONFIG, "Env": [*CONFIG["Env"], "NODE_VERSION=24.9.0"]}

    def on(version: ToolVersion) -> Plan:
        plan = structs.replace(PLAN, versions=(version,))
        return fitted(plan, facts(plan.runtime, base(with_node), Rootfs(NODE)))

    assert on(asked).runtime.base == PLAN.runtime.base
    with pytest.raises(PlanError) as raised:
        on(structs.replace(asked, exact=True))
    assert "has node 24.9.0, but the app is built for 24.1.0" in raised.value.message
    assert raised.value.at == asked.at
    assert "RUNTIME_BASE" in raised.value.hint


def test_the_config_has_numbers_no_entrypoint_and_no_variable_in_a_value() -> None:
    config = json.decode(
        image.image_config(fit(), base({**CONFIG, "Entrypoint": ["/nodejs/bin/node"]}), "linux/amd64", (), {})
    )
    assert config["config"]["User"] == "65532:65532"
    assert (config["config"]["Entrypoint"], config["config"]["Cmd"]) == ([], ["node", "server.js"])
    env = dict(one.partition("=")[::2] for one in config["config"]["Env"])
    assert (env["A"], env["LD_LIBRARY_PATH"], env["HOME"]) == ("x", "/usr/lib", "/home/nonroot")


def test_a_process_that_needs_a_shell_is_an_error_unless_another_candidate_needs_none() -> None:
    from frontend.plan.model import Command

    wrong = Process("worker", ("/bin/sh", "-c", "a | b"), shell=True)
    with pytest.raises(PlanError):
        direct.check({}, (wrong,))
    direct.check({}, (structs.replace(wrong, otherwise=(Command(("a",)),)),))


@pytest.mark.parametrize(("version", "there"), [("24", "24.22.3"), ("24.1.0", "24.22.3"), ("24", "")])
def test_a_base_with_the_version_that_the_app_is_built_for(version: str, there: str) -> None:
    plan = structs.replace(PLAN, versions=(ToolVersion("node", version),))
    config = {**CONFIG, "Env": [f"NODE_VERSION={there}"] if there else []}
    assert fitted(plan, facts(plan.runtime, base(config), Rootfs(NODE))).runtime.account.uid == 65532


def test_another_version_and_no_interpreter_are_errors() -> None:
    plan = structs.replace(PLAN, versions=(ToolVersion("node", "22", ">=20", "file", Location("package.json", 3)),))
    config = {**CONFIG, "Env": ["NODE_VERSION=24.22.3"]}
    with pytest.raises(PlanError) as error:
        fitted(plan, facts(plan.runtime, base(config), Rootfs(NODE)))
    assert "node 24.22.3" in error.value.message
    assert error.value.at == Location("package.json", 3)
    with pytest.raises(PlanError) as error:
        fit(plan, HARDENED)
    assert "has no node" in error.value.message
