"""Images in a Kubernetes that enforces its pod security profiles (`make kube`)."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.subject import FLAVOURS, LANGUAGES, Flavour, Language
from tests.e2e.apps import app, build
from tests.lab import kube, state
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
START_TIMEOUT_S = 180  # with the pull of the image


@pytest.fixture(scope="module")
def cluster(lab: Lab) -> Iterator[Cluster]:
    lab.ensure_image(kube.PAUSE)
    with kube.running(lab.place, state.read(lab.place).port) as started:
        yield started


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
