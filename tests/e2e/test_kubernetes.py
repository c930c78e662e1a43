"""Images in a Kubernetes that enforces its pod security profiles and the Job of docs/ci.md (`make kube`)."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.subject import FLAVOURS, LANGUAGES, Flavour, Language
from tests.e2e.apps import app, build
from tests.e2e.git_server import git
from tests.e2e.test_ci import documents
from tests.lab import daemons, kube, rootless, state
from tests.lab.api import Lab, LabError
from tests.lab.kube import Cluster, Object

pytestmark = [pytest.mark.e2e, pytest.mark.kube]

# What the profile asks of a container, and nothing else.
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
PORT = 5000
APP = "node-express"  # what the Job builds
LOGIN = '{"auths": {}}'
BUILD_TIMEOUT_S = 900  # with an empty cache: the base images are pulled
START_TIMEOUT_S = 180  # with the pull of the image


@pytest.fixture(scope="module")
def cluster(lab: Lab) -> Iterator[Cluster]:
    lab.ensure_image(kube.PAUSE)
    with kube.running(lab.place, state.read(lab.place).port) as started:
        yield started


@pytest.fixture(scope="module")
def rootless_image(lab: Lab) -> None:
    lab.ensure_image(rootless.NAMES[-1])


@pytest.fixture(scope="module")
def namespace(cluster: Cluster) -> str:
    """A namespace that enforces the profile `restricted`."""
    return cluster.namespace("apps", "restricted")


def pod(name: str, image: str, path: str, security: Object) -> Object:
    """A pod of an app, as a user writes it: ready when the app answers, and a directory for temporary files."""
    container = {
        "name": "app",
        "image": image,
        "readinessProbe": {"httpGet": {"path": path, "port": PORT}, "periodSeconds": 1},
        "securityContext": security,
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
    }
    spec = {"containers": [container], "volumes": [{"name": "tmp", "emptyDir": {}}], "terminationGracePeriodSeconds": 5}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


def seen(cluster: Cluster, namespace: str, what: str) -> Any:
    """An object as the API server has it."""
    return json.loads(cluster.kubectl("get", what, "--namespace", namespace, "--output=json").stdout)


def wait(cluster: Cluster, namespace: str, what: str, condition: str, timeout_s: int) -> None:
    """Waits for a condition of an object. Raises AssertionError, with what is known of it, when it does not come."""
    asked = (f"--for=condition={condition}", what, f"--namespace={namespace}", f"--timeout={timeout_s}s")
    if cluster.kubectl("wait", *asked, check=False).returncode:
        told = cluster.kubectl("describe", what, f"--namespace={namespace}", check=False).stdout
        told += cluster.kubectl("logs", what, f"--namespace={namespace}", "--all-containers", check=False).stdout
        raise AssertionError(f"{what} is not {condition}\n{told[-6000:]}")


def process(pod: Any) -> dict[str, str]:
    """The fields of /proc/PID/status of the app's first process."""
    ident = pod["status"]["containerStatuses"][0]["containerID"].removeprefix("containerd://")
    pids = sorted(int(path.parent.name) for path in Path("/proc").glob("[0-9]*/cgroup") if ident in contents(path))
    lines = Path(f"/proc/{pids[0]}/status").read_text().splitlines()
    return {name: " ".join(value.split()) for name, _, value in (line.partition(":") for line in lines)}


def contents(path: Path) -> str:
    """A file of a process; "" where that has ended."""
    try:
        return path.read_text()
    except OSError:
        return ""


@pytest.mark.usefixtures("hardened_bases")
@pytest.mark.parametrize("flavour", FLAVOURS, ids=lambda flavour: flavour.name)
@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_an_app_runs_under_the_restricted_profile(
    lab: Lab, cluster: Cluster, namespace: str, language: Language, flavour: Flavour
) -> None:
    subject, name = app(language.app), f"{language.name}-{flavour.name}"
    built = build(lab, subject.directory, name=f"kube-{name}", args={**subject.args, **flavour.args})
    security = {**RESTRICTED, "readOnlyRootFilesystem": True}
    cluster.apply(pod(name, built.reference, subject.get, security), namespace=namespace)
    wait(cluster, namespace, f"pod/{name}", "Ready", START_TIMEOUT_S)
    running = seen(cluster, namespace, f"pod/{name}")
    with urllib.request.urlopen(f"http://{running['status']['podIP']}:{PORT}{subject.get}", timeout=10) as answer:
        assert subject.answer in answer.read().decode()
    uid, gid = built.result["user"].split(":")
    status = process(running)
    ids = {"Uid": " ".join([uid] * 4), "Gid": " ".join([gid] * 4), "Groups": gid}
    rights = {"CapEff": "0" * 16, "CapBnd": "0" * 16, "NoNewPrivs": "1", "Seccomp": "2"}
    assert {key: status[key] for key in (*ids, *rights)} == {**ids, **rights}


def test_a_pod_without_security_settings_is_refused(cluster: Cluster, namespace: str) -> None:
    with pytest.raises(LabError) as refused:
        cluster.apply(pod("plain", "miget/migetpacks", "/", {}), namespace=namespace)
    missing = ("allowPrivilegeEscalation != false", "unrestricted capabilities", "runAsNonRoot != true")
    for field in (*missing, "seccompProfile"):
        assert field in refused.value.output


# --- the Job of docs/ci.md


@pytest.fixture(scope="module")
def repository(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL, as pods see it, of a git repository with an app."""
    root, port = tmp_path_factory.mktemp("git"), daemons.free_port()
    shutil.copytree(app(APP).directory, root / "work")
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "first")):
        git(root / "work", *command)
    git(root, "clone", "-q", "--bare", "work", "app.git")
    served = (
        "daemon",
        "--export-all",
        f"--base-path={root}",
        f"--listen={cluster.address}",
        f"--port={port}",
        str(root),
    )
    with subprocess.Popen(("git", *served)) as process:
        try:
            yield f"git://{cluster.address}:{port}/app.git"
        finally:
            process.terminate()


def job(lab: Lab, repository: str, image: str, registry: str) -> tuple[Object, ...]:
    """The Job as it stands there, for this repository and image, with what it needs to reach the lab's registries."""
    body = documents()[-1]
    pod = body["spec"]["template"]["spec"]
    source, build = pod["initContainers"][0], pod["containers"][0]
    source["args"][-2] = repository
    build["env"][0]["value"] = image
    secrets = dict(each.removeprefix("id=").split(",src=") for each in lab.secrets)
    build["args"] += [f"--secret=id={ident},src=/lab/{ident}" for ident in secrets]
    files = {"buildkitd.toml": daemons.registries(registry)}
    files |= {ident: Path(path).read_text() for ident, path in secrets.items()}
    settings = {"name": "lab", "mountPath": "/home/user/.config/buildkit/buildkitd.toml", "subPath": "buildkitd.toml"}
    build["volumeMounts"] += [{"name": "lab", "mountPath": "/lab"}, settings]
    pod["volumes"] += [{"name": "lab", "configMap": {"name": "lab"}}]
    login = {"kind": "Secret", "type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": LOGIN}}
    return (
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "lab"}, "data": files},
        {"apiVersion": "v1", "metadata": {"name": "registry"}, **login},
        body,
    )


def unconfined(body: Object, *, said: bool) -> Object:
    """The Job; without saying that its profiles are none, where it is not `said`."""
    pod = body["spec"]["template"]["spec"]
    if not said:
        del pod["securityContext"]["seccompProfile"], pod["containers"][0]["securityContext"]
    return body


@pytest.mark.usefixtures("rootless_image")
@pytest.mark.parametrize(("profile", "said"), [("privileged", True), ("baseline", False)])
def test_the_job_builds_without_root_and_its_image_runs_restricted(
    lab: Lab, cluster: Cluster, namespace: str, repository: str, profile: str, said: bool
) -> None:
    builds = cluster.namespace(f"builds-{profile}", profile)
    *given, body = job(lab, repository, f"{cluster.registry}/ci/{profile}:1", cluster.registry)
    cluster.apply(*given, unconfined(body, said=said), namespace=builds)
    wait(cluster, builds, "job/build", "Complete", BUILD_TIMEOUT_S)
    security = {**RESTRICTED, "readOnlyRootFilesystem": True}
    cluster.apply(
        pod(f"built-{profile}", f"{lab.registry}/ci/{profile}:1", app(APP).get, security), namespace=namespace
    )
    wait(cluster, namespace, f"pod/built-{profile}", "Ready", START_TIMEOUT_S)


# what a container without root cannot do, by what its settings forbid
FORBIDDEN = (
    ({"seccompProfile": {"type": "RuntimeDefault"}}, "failed to start the child: fork/exec /proc/self/exe"),
    ({"allowPrivilegeEscalation": False}, "newuidmap: write to uid_map failed: Operation not permitted"),
    ({"capabilities": {"drop": ["ALL"]}}, "fork/exec /usr/bin/newuidmap: operation not permitted"),
)


@pytest.mark.usefixtures("rootless_image")
@pytest.mark.parametrize(("setting", "error"), FORBIDDEN, ids=[next(iter(setting)) for setting, _ in FORBIDDEN])
def test_buildkit_starts_under_none_of_the_settings_that_restricted_asks_for(
    cluster: Cluster, setting: Object, error: str
) -> None:
    builds, name = cluster.namespace("forbidden", "baseline"), next(iter(setting)).lower()
    command = ["buildctl-daemonless.sh", "debug", "workers"]
    container = {"name": "build", "image": "moby/buildkit:rootless", "command": command, "securityContext": setting}
    spec = {"restartPolicy": "Never", "containers": [container]}
    cluster.apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}, namespace=builds)
    cluster.kubectl("wait", "--for=jsonpath={.status.phase}=Failed", f"pod/{name}", "-n", builds, "--timeout=180s")
    assert error in cluster.kubectl("logs", f"pod/{name}", "-n", builds).stdout


@pytest.mark.parametrize(
    ("profile", "field"), [("restricted", "allowPrivilegeEscalation"), ("baseline", "seccompProfile")]
)
def test_the_job_as_it_stands_is_refused_by_other_profiles(
    lab: Lab, cluster: Cluster, profile: str, field: str
) -> None:
    builds = cluster.namespace(f"refused-{profile}", profile)
    template = job(lab, "", "", "")[-1]["spec"]["template"]["spec"]
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "build"}, "spec": template}
    with pytest.raises(LabError) as refused:
        cluster.apply(body, namespace=builds)
    assert field in refused.value.output
