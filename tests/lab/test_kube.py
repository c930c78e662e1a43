"""How the parts of a Kubernetes are configured: each finds the others, and all is the lab's."""

import json
import tomllib
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from tests.lab import down, kube, network, tools
from tests.lab.place import Place
from tests.lab.recipe import HOSTS

SUBNET = IPv4Network("10.208.7.0/24")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A lab whose cluster is configured. The machine has two hierarchies of cgroups."""
    for name in ("memory", "pids"):
        (tmp_path / "cgroup" / name).mkdir(parents=True)
        (tmp_path / "cgroup" / name / "cgroup.procs").touch()
    monkeypatch.setattr(down, "CGROUPS", tmp_path / "cgroup")
    programs = tmp_path / "programs"
    programs.mkdir()
    for program in tools.KUBERNETES.programs:
        (programs / program).touch()
    place = Place(tmp_path / "checkout", tmp_path / "cache")
    kube.configure(place, programs, SUBNET, 5000, "https://127.0.0.1:6443")
    return place


def test_pods_are_in_cgroups_of_the_lab(place: Place) -> None:
    kubelet = json.loads((kube.data(place) / "kubelet.json").read_text())
    assert kubelet["cgroupRoot"] == f"/{place.name}"
    assert {path.parent.name for path in down.cgroups(place)} == {"memory", "pids"}


def test_pods_are_on_a_bridge_of_the_lab_whose_address_is_the_node_s(place: Place) -> None:
    (plugin,) = json.loads((kube.data(place) / "cni/lab.conflist").read_text())["plugins"]
    assert plugin["bridge"] == network.bridge_name(place, kube.NUMBER)
    assert plugin["ipam"]["ranges"] == [[{"subnet": "10.208.7.0/24", "gateway": "10.208.7.1"}]]
    assert json.loads((kube.data(place) / "kubelet.json").read_text())["address"] == "10.208.7.1"


def test_images_come_from_the_lab_s_registry(place: Place) -> None:
    containerd = tomllib.loads((kube.data(place) / "containerd.toml").read_text())["plugins"]
    assert containerd["io.containerd.cri.v1.images"]["pinned_images"]["sandbox"] == f"127.0.0.1:5000/{kube.PAUSE}"
    for host in HOSTS:
        hosts = tomllib.loads((kube.data(place) / "registries" / host / "hosts.toml").read_text())
        assert hosts == {"server": "http://127.0.0.1:5000"}


def test_the_administrator_s_token_is_the_api_server_s(place: Place) -> None:
    config = json.loads((kube.data(place) / "kubeconfig").read_text())
    token = config["users"][0]["user"]["token"]
    assert (kube.data(place) / "tokens.csv").read_text() == f'{token},admin,admin,"system:masters"\n'
    assert config["clusters"][0]["cluster"]["server"] == "https://127.0.0.1:6443"


def test_ending_a_cluster_that_is_not_there_does_nothing(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path)
    kube.end(place)
    assert list(tmp_path.iterdir()) == []
