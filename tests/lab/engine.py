"""Docker Engines, Debian's: three versions, each with either image store, in a root filesystem of their suite."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.lab.place import LabError, Place
from tests.lab.progress import Line
from tests.lab.roots import engine_tree

PACKAGES = ("ca-certificates", "docker.io", "iptables", "procps")


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

    def tree(self, place: Place, line: Line) -> Path:
        """Its root filesystem."""
        return engine_tree(place, self.version, self.suite, self.packages, line)

    def socket(self, place: Place) -> Path:
        """Where its API is."""
        return place.run / self.name / "docker.sock"


MODERN = (*PACKAGES, "docker-cli")
ENGINES = (
    Spec("28.5", "forky", "overlay2", MODERN),
    Spec("28.5", "forky", "containerd", MODERN),
    Spec("26.1", "trixie", "overlay2", MODERN),
    Spec("26.1", "trixie", "containerd", MODERN),
    Spec("20.10", "bookworm", "overlay2", PACKAGES),
)


def spec(version: str, store: str) -> Spec:
    """The engine of that version and store. Raises LabError when there is none."""
    for each in ENGINES:
        if (each.version, each.store) == (version, store):
            return each
    raise LabError(f"no engine {version} with {store}: there are {', '.join(f'{e.version}/{e.store}' for e in ENGINES)}")


def docker_wrapper(place: Place) -> None:
    pass


def start(place: Place, spec: Spec, line: Line) -> None:
    pass
