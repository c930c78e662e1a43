"""Docker Engines, Debian's: three versions, each with either image store, in a root filesystem of their suite."""

from __future__ import annotations

import http.client
import json
import shlex
import socket
from dataclasses import dataclass
from pathlib import Path

from tests.lab import daemons, network, state
from tests.lab.machine import find
from tests.lab.place import HERE, LabError, Place, locked
from tests.lab.progress import Line
from tests.lab.roots import engine_tree

PACKAGES = ("ca-certificates", "docker.io", "iptables", "procps")
MODERN = (*PACKAGES, "docker-cli")
DOCKER_SH = """\
#!/bin/sh
# Debian's docker client, run by the loader of the root filesystem it comes from.
exec {loader} --library-path {libraries} --argv0 docker {program} "$@"
"""


@dataclass(frozen=True)
class Spec:
    """An engine: its version, the Debian suite that has it, its image store (overlay2 or containerd)."""

    version: str
    suite: str
    store: str
    packages: tuple[str, ...]

    @property
    def name(self) -> str:
        """Names its socket, its data and its log."""
        return f"engine-{self.version}-{self.store}"

    @property
    def number(self) -> int:
        """Tells its bridge from the other engines'."""
        return ENGINES.index(self)

    def tree(self, place: Place, line: Line) -> Path:
        """Its root filesystem, made when it is not in the cache."""
        return engine_tree(place, self.version, self.suite, self.packages, line)

    def data(self, place: Place) -> Path:
        """Its images and containers."""
        return place.lab / self.name

    def socket(self, place: Place) -> Path:
        """Where its API is."""
        return place.run / self.name / "docker.sock"

    def answers(self, place: Place) -> bool:
        """Whether it is up."""
        return answers(self.socket(place))


ENGINES = (
    Spec("28.5", "forky", "overlay2", MODERN),
    Spec("28.5", "forky", "containerd", MODERN),
    Spec("26.1", "trixie", "overlay2", MODERN),
    Spec("26.1", "trixie", "containerd", MODERN),
    Spec("20.10", "bookworm", "overlay2", PACKAGES),
)
DEFAULT = ENGINES[0]


def spec(version: str, store: str) -> Spec:
    """The engine of that version and store. Raises LabError when there is none."""
    for each in ENGINES:
        if (each.version, each.store) == (version, store):
            return each
    raise LabError(f"no engine {version}/{store}; there are {', '.join(f'{e.version}/{e.store}' for e in ENGINES)}")


def docker_script(place: Place) -> str:
    """The `docker` command for people and tests: the default engine's, on any Debian."""
    tree = DEFAULT.tree(place, Line(0, "", 0))
    return DOCKER_SH.format(
        loader=shlex.quote(str(tree / "lib64/ld-linux-x86-64.so.2")),
        libraries=shlex.quote(str(tree / "usr/lib/x86_64-linux-gnu")),
        program=shlex.quote(str(tree / "usr/bin/docker")),
    )


def config(place: Place, engine: Spec, bridge: str) -> dict[str, object]:
    """daemon.json. The engine touches no firewall rule, and makes no cgroup outside the lab's."""
    return {
        "bridge": bridge,
        "cgroup-parent": f"/{place.name}",
        "data-root": "/var/lib/lab/data",
        "exec-opts": ["native.cgroupdriver=cgroupfs"],
        "features": {"buildkit": True, "containerd-snapshotter": engine.store == "containerd"},
        "hosts": ["unix:///run/lab/docker.sock"],
        "ip-forward": False,
        "ip-masq": False,
        "ip6tables": False,
        "iptables": False,
        "registry-mirrors": [f"http://127.0.0.1:{state.read(place).port}"],
        **({} if engine.store == "containerd" else {"storage-driver": engine.store}),
    }


def answers(path: Path) -> bool:
    """Whether an engine answers at a socket."""
    connection = http.client.HTTPConnection("localhost", timeout=5)
    try:
        with socket.socket(socket.AF_UNIX) as connection.sock:
            connection.sock.settimeout(5)
            connection.sock.connect(str(path))
            connection.request("GET", "/_ping")
            return connection.getresponse().status == 200
    except OSError:
        return False


def start(place: Place, engine: Spec, line: Line) -> None:
    """Starts an engine that does not run. Raises LabError when it does not come up."""
    with locked(place.lab / f"{engine.name}.lock"):
        if answers(engine.socket(place)):
            return line.reuse()
        daemons.end(place, engine.name)
        tree = engine.tree(place, Line(line.number, line.what, line.began))
        data, log = engine.data(place), place.lab / f"log/{engine.name}.log"
        (data / "data").mkdir(parents=True, exist_ok=True)
        engine.socket(place).parent.mkdir(parents=True, exist_ok=True)
        bridge = network.provide(place, engine.number)
        (data / "daemon.json").write_text(json.dumps(config(place, engine, bridge), indent=1) + "\n")
        unshare = [find("unshare") or "unshare", *daemons.NAMESPACES]
        command: list[str | Path] = [*unshare, "sh", HERE / "tree.sh", tree, data, engine.socket(place).parent]
        dockerd = ("dockerd", "--config-file", "/var/lib/lab/daemon.json")
        pid = daemons.spawn(place, log, *command, *dockerd, name=engine.name)
        daemons.eventually(lambda: answers(engine.socket(place)), f"Docker Engine {engine.version}", log, pid)
    return None
