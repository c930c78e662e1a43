"""The jobs of docs/ci.md, their scripts run as they stand there: by a user without root, and by Docker's client."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.e2e.apps import App, app, started
from tests.lab import runner
from tests.lab.api import TIMEOUT_S, Engine, Lab, run
from tests.lab.place import ROOT
from tests.lab.runner import Runner

pytestmark = pytest.mark.e2e

SYNTAX = "# syntax=docker.io/miget/migetpacks\n"
EVERY = os.environ.get("MIGETPACKS_APPS") == "all"
APPS = ("node-express", "python-flask", "ruby-sinatra", "dotnet-web") if EVERY else ("node-express",)


class Job(NamedTuple):
    """A job as a service would start it: its shell script and variables, with `$(NAME)` and `${{ … }}` as they are."""

    script: str
    environment: Mapping[str, str]


def documents() -> list[Any]:
    """The YAML documents of the page: GitLab's, GitHub's two, and the Job of Kubernetes."""
    texts = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "docs/ci.md").read_text(), re.DOTALL | re.MULTILINE)
    return [yaml.safe_load(text) for text in texts]


def jobs() -> dict[str, Job]:
    """The jobs of the page."""
    gitlab, hosted, own, kubernetes = documents()
    pod = kubernetes["spec"]["template"]["spec"]["containers"][0]
    return {
        "gitlab": Job("\n".join(gitlab["build"]["script"]), gitlab["build"]["variables"]),
        "github-hosted": github(hosted),
        "github-own": github(own),
        "kubernetes": Job(
            shlex.join([*pod["command"], *pod["args"]]), {each["name"]: each["value"] for each in pod["env"]}
        ),
    }


def github(workflow: Any) -> Job:
    """The job of a workflow."""
    job = workflow["jobs"]["build"]
    return Job("\n".join(step["run"] for step in job["steps"] if "run" in step), job["env"])


@pytest.fixture(scope="module")
def user(lab: Lab) -> Iterator[Runner]:
    """A user of this machine; the BuildKits that its jobs start share their cache, as on a machine that stays."""
    with runner.user(lab) as made:
        yield made


@pytest.fixture(scope="module")
def container(lab: Lab, engine: Engine) -> Iterator[Runner]:
    """Containers of BuildKit's rootless image."""
    with runner.container(lab, engine) as made:
        yield made


def answers(lab: Lab, engine: Engine, image: str, app: App) -> None:
    """The pushed image starts on a read-only root, and answers."""
    with started(engine, lab.load(engine, image), *(f"--env={k}={v}" for k, v in app.run_env.items())) as container:
        answer = container.get(app.get)
        assert (answer.status, app.answer in answer.text) == (app.status, True), answer


@pytest.mark.parametrize("name", APPS)
def test_a_container_without_root_builds_by_the_gateway_as_on_gitlab(
    lab: Lab, engine: Engine, container: Runner, name: str
) -> None:
    job, image = jobs()["gitlab"], f"{lab.registry}/ci/gitlab-{name}"
    container.put(app(name).directory, {})
    variables = {
        "CI_REGISTRY": lab.registry, "CI_REGISTRY_USER": "user", "CI_REGISTRY_PASSWORD": "password",
        "CI_REGISTRY_IMAGE": image, "CI_COMMIT_SHORT_SHA": "1a2b3c4d", "BUILD_OPTIONS": container.secrets(lab.secrets),
    }  # fmt: skip
    out = container.run(f"id -u; grep CapEff /proc/self/status\n{job.script}", {**job.environment, **variables}).stdout
    assert out.split()[:3] == ["1000", "CapEff:", "0000000000000000"]
    assert "frontend.migetpacks.result" in (container.home / "app/metadata.json").read_text()
    answers(lab, engine, f"{image}:1a2b3c4d", app(name))


@pytest.mark.parametrize("name", APPS)
def test_a_user_without_root_builds_by_a_syntax_line_as_on_github(
    lab: Lab, engine: Engine, user: Runner, name: str
) -> None:
    job, image = jobs()["github-own"], f"{lab.registry}/ci/github-{name}:1"
    user.put(app(name).directory, {"migetpacks.yaml": SYNTAX})
    options = {"IMAGE": image, "BUILD_OPTIONS": user.secrets(lab.secrets), "GITHUB_ACTOR": "user", "TOKEN": "token"}
    out = user.run(f"id -u; grep CapEff /proc/self/status\n{job.script}", {**job.environment, **options}).stdout
    assert out.split()[:3] == ["1001", "CapEff:", "0000000000000000"]
    answers(lab, engine, image, app(name))


def test_a_user_without_root_builds_as_in_a_kubernetes_job(lab: Lab, engine: Engine, user: Runner) -> None:
    job, image = jobs()["kubernetes"], f"{lab.registry}/ci/kubernetes:1"
    user.put(app(APPS[0]).directory, {})
    script = f"{job.script.replace('$(IMAGE)', image)} {user.secrets(lab.secrets)}"
    user.run(script, {**job.environment, "DOCKER_CONFIG": "/mnt/home"})
    answers(lab, engine, image, app(APPS[0]))


def test_docker_builds_as_on_a_hosted_runner_of_github(lab: Lab, engine: Engine, context: Path) -> None:
    job, image = jobs()["github-hosted"], f"{lab.registry}/ci/hosted:1"
    shutil.copytree(app(APPS[0]).directory, context, dirs_exist_ok=True)
    (context / "migetpacks.yaml").write_text(SYNTAX)
    (line,) = (line for line in job.script.splitlines() if "buildx" in line)
    options = {"IMAGE": image, "BUILD_OPTIONS": " ".join(f"--secret {each}" for each in lab.secrets)}
    script = ("sh", "-e", "-c", f"cd {shlex.quote(str(context))}; {line}")
    run(*script, env={**engine.environment, **job.environment, **options}, check=True, timeout=TIMEOUT_S)
    answers(lab, engine, image, app(APPS[0]))
