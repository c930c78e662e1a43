"""A Kubernetes of one node: upstream's programs, and Debian's etcd, containerd and network plugins in a tree of theirs.

It runs in the machine's network. Pods are on a bridge of their own, whose address is the node's; the lab's registry
is at that address too, for what pods pull and push themselves. The kubelet keeps pods in cgroups below the lab's.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from tests.lab import daemons, down, network, tools
from tests.lab.engine import ENGINES
from tests.lab.machine import find
from tests.lab.place import HERE, LabError, Place, locked
from tests.lab.progress import Line
from tests.lab.recipe import HOSTS, RECIPES, Image, See
from tests.lab.roots import engine_tree
from tests.lab.shared import ran
from tests.lab.storage import share

NAME = "kubernetes"
NUMBER = len(ENGINES)  # tells its bridge from those of the engines
SUITE = "forky"
PACKAGES = ("ca-certificates", "containerd", "containernetworking-plugins", "etcd-server", "runc")
PAUSE = "lab/pause:3.10"  # what holds a pod's namespaces
PAUSE_SOURCE = "build/pause/linux/pause.c"  # in Kubernetes' module
PATIENCE_S = 180.0
Object = dict[str, Any]  # as the API has it


@dataclass(frozen=True)
class Cluster:
    """A Kubernetes that runs. `address` is the machine's, as pods see it; `registry` the lab's at that address."""

    place: Place
    address: str
    registry: str

    def kubectl(self, *args: str, check: bool = True, input: str | None = None) -> subprocess.CompletedProcess[str]:
        """Runs `kubectl ARGS` as the administrator. Raises LabError with its output when it fails and `check`."""
        program = tools.KUBERNETES.directory(self.place) / "kubectl"
        command: list[str | Path] = [program, "--kubeconfig", data(self.place) / "kubeconfig", *args]
        environment = {**os.environ, "NO_PROXY": "127.0.0.1", "HOME": str(data(self.place))}
        done = subprocess.run(command, check=False, capture_output=True, text=True, input=input, env=environment)
        if check and done.returncode:
            raise LabError(f"kubectl {args[0]} failed", output=(done.stdout + done.stderr)[-4000:])
        return done

    def apply(self, *objects: Object, namespace: str) -> None:
        """Makes objects in a namespace. Raises LabError, with what the API server says, when it refuses one."""
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        self.kubectl("apply", "--namespace", namespace, "-f", "-", input=text)

    def namespace(self, name: str, profile: str) -> str:
        """Makes a namespace that enforces a profile of pod security; its name."""
        labels = {"pod-security.kubernetes.io/enforce": profile}
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
        self.kubectl("apply", "-f", "-", input=json.dumps(body))
        self.kubectl("wait", "--for=create", "serviceaccount/default", "--namespace", name, "--timeout=60s")
        return name


def data(place: Place) -> Path:
    """What the parts of the cluster keep, and what they are configured with."""
    return place.lab / NAME


@contextmanager
def running(place: Place, port: int) -> Iterator[Cluster]:
    """A cluster with nothing in it, gone when the block ends. `port` is the registry's, which has PAUSE."""
    with locked(place.lab / f"{NAME}.lock"):
        try:
            yield start(place, port)
        finally:
            end(place)


def start(place: Place, port: int) -> Cluster:
    """Starts a cluster. Raises LabError when it does not come up."""
    end(place)
    programs = tools.compiled(place, tools.KUBERNETES, Line(0, NAME, 0))
    tree = engine_tree(place, NAME, SUITE, PACKAGES, Line(0, NAME, 0))
    subnet = network.subnet(network.provide(place, NUMBER))
    address, api, etcd, peer = str(subnet[1]), *(str(daemons.free_port()) for _ in range(3))
    configure(place, programs, subnet, port, f"https://127.0.0.1:{api}")
    sockets, log = place.run / NAME, place.lab / f"log/{NAME}.log"
    sockets.mkdir(parents=True, exist_ok=True)
    forward = (f"TCP-LISTEN:{port},bind={address},fork,reuseaddr", f"TCP:127.0.0.1:{port}")
    daemons.spawn(place, log, find("socat") or "socat", *forward, name=NAME)
    unshare = (find("unshare") or "unshare", *daemons.NAMESPACES, "sh", HERE / "tree.sh", tree, data(place), sockets)
    script = "/var/lib/lab/kube.sh"
    pid = daemons.spawn(place, log, *unshare, "sh", script, address, api, etcd, peer, name=NAME)
    cluster = Cluster(place, address, f"{address}:{port}")
    daemons.eventually(lambda: is_ready(cluster), "Kubernetes", log, pid, PATIENCE_S)
    return cluster


def is_ready(cluster: Cluster) -> bool:
    """Whether the node takes pods."""
    template = '{.status.conditions[?(@.type=="Ready")].status}/{.spec.taints}'
    return cluster.kubectl("get", "node", "node", f"--output=jsonpath={template}", check=False).stdout == "True/"


def end(place: Place) -> None:
    """Ends the cluster with all of its pods; nothing of it stays."""
    daemons.end(place, NAME)
    for path in down.cgroups(place):
        down.remove_cgroup(path / "kubepods")
    network.release(place, NUMBER)
    for directory in (place.run / NAME, data(place)):
        shutil.rmtree(directory, ignore_errors=True)


def configure(place: Place, programs: Path, subnet: IPv4Network, port: int, server: str) -> None:
    """Writes the files that the parts read, and makes the directories that they want."""
    own = data(place)
    for name in ("bin", "log", "cni", *(f"registries/{host}" for host in HOSTS)):
        (own / name).mkdir(parents=True)
    for program in tools.KUBERNETES.programs:
        share(programs / program, own / "bin" / program)
    shutil.copyfile(HERE / "kube.sh", own / "kube.sh")
    unified = (down.CGROUPS / "cgroup.procs").exists()
    for hierarchy in (down.CGROUPS,) if unified else down.CGROUPS.glob("*/"):
        if (hierarchy / "cgroup.procs").exists():
            (hierarchy / place.name).mkdir(exist_ok=True)
    ran("openssl", "genrsa", "-out", own / "service-accounts.key", "2048")
    token = secrets.token_hex(16)
    (own / "tokens.csv").write_text(f'{token},admin,admin,"system:masters"\n')
    (own / "kubeconfig").write_text(json.dumps(kubeconfig(server, token)))
    (own / "kubelet.json").write_text(json.dumps(kubelet(place, str(subnet[1]))))
    (own / "cni/lab.conflist").write_text(json.dumps(pod_network(network.bridge_name(place, NUMBER), subnet)))
    (own / "containerd.toml").write_text(CONTAINERD.format(pause=f"127.0.0.1:{port}/{PAUSE}"))
    for host in HOSTS:
        (own / f"registries/{host}/hosts.toml").write_text(f'server = "http://127.0.0.1:{port}"\n')


# `restrict_oom_score_adj`: root may lack the capability that a lower value than its own takes
CONTAINERD = """\
version = 3
root = "/var/lib/lab/containerd"
[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "{pause}"
[plugins."io.containerd.cri.v1.images".registry]
config_path = "/var/lib/lab/registries"
[plugins."io.containerd.cri.v1.runtime"]
restrict_oom_score_adj = true
[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["/usr/lib/cni"]
conf_dir = "/var/lib/lab/cni"
"""


def kubelet(place: Place, address: str) -> Object:
    """The kubelet's configuration. It touches no firewall rule, and removes nothing for want of space."""
    return {
        "address": address,
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {"anonymous": {"enabled": True}, "webhook": {"enabled": False}},
        "authorization": {"mode": "AlwaysAllow"},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{place.name}",
        "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
        "enforceNodeAllocatable": [],
        "evictionHard": {"nodefs.available": "0%", "imagefs.available": "0%", "memory.available": "0%"},
        "failCgroupV1": False,
        "failSwapOn": False,
        "healthzPort": 0,
        "imageGCHighThresholdPercent": 100,
        "makeIPTablesUtilChains": False,
        "port": daemons.free_port(),
        "resolvConf": "/etc/resolv.conf",
    }


def pod_network(bridge: str, subnet: IPv4Network) -> Object:
    """The network of pods: addresses of the bridge, from the second on, and a route out by its own."""
    addresses = {"type": "host-local", "ranges": [[{"subnet": str(subnet), "gateway": str(subnet[1])}]]}
    plugin = {"type": "bridge", "bridge": bridge, "ipam": {**addresses, "routes": [{"dst": "0.0.0.0/0"}]}}
    return {"cniVersion": "1.0.0", "name": "lab", "plugins": [plugin]}


def kubeconfig(server: str, token: str) -> Object:
    """What names the API server, and the administrator's token."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "lab", "cluster": {"server": server, "insecure-skip-tls-verify": True}}],
        "users": [{"name": "admin", "user": {"token": token}}],
        "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "admin"}}],
        "current-context": "lab",
    }


def image(place: Place, name: str, see: See) -> Image | None:
    """How to build PAUSE, of the source in Kubernetes' module; None for another image."""
    if name != PAUSE:
        return None
    see("buildpack-deps:trixie")
    source = tools.module(place, tools.KUBERNETES, "k8s.io/kubernetes") / PAUSE_SOURCE
    return Image((name,), RECIPES / "pause/pause.Dockerfile", files={"pause.c": source})
