"""Where the lab keeps things, and what it is called: all of it follows from the checkout's path.

One checkout has one lab. Its id is in the name of everything outside the checkout (run directory, bridges, cgroups,
firewall table) and in the environment of every process it starts, so that `down` finds all of it with no record at all.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).resolve().parent
MARK = "MIGETPACKS_LAB"  # names the lab's id in the environment of its processes
CA_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


class LabError(Exception):
    """What stops the lab, as one message to the person who called it."""


@dataclass(frozen=True)
class Place:
    """The lab of one checkout. `root` is the checkout, `cache` is shared by all checkouts."""

    root: Path
    cache: Path

    @property
    def id(self) -> str:
        """Eight hex digits."""
        return hashlib.sha256(str(self.root).encode()).hexdigest()[:8]

    @property
    def lab(self) -> Path:
        """What is kept with the checkout: the daemons' data, logs, `env`."""
        return self.root / ".lab"

    @property
    def run(self) -> Path:
        """Sockets: a path short enough for one (108 bytes)."""
        return Path("/run") / self.name

    @property
    def name(self) -> str:
        """The name of what is named once: run directory, cgroup, firewall table."""
        return f"migetpacks-lab-{self.id}"

    @property
    def bin(self) -> Path:
        """The directory that `.lab/env` puts in front of PATH."""
        return self.lab / "bin"

    @property
    def env_file(self) -> Path:
        return self.lab / "env"

    @property
    def state_file(self) -> Path:
        return self.lab / "state.json"

    @property
    def registry_storage(self) -> Path:
        return self.lab / "registry"

    @property
    def buildkit_socket(self) -> Path:
        return self.run / "buildkit.sock"

    @property
    def environment(self) -> dict[str, str]:
        """The environment for what the lab starts."""
        return {**os.environ, MARK: self.id}


def here() -> Place:
    """The lab of the checkout this module is in."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    cache = Path(os.environ.get("MIGETPACKS_CACHE") or Path(base) / "migetpacks")
    return Place(ROOT, cache)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds a lock that processes and threads of this machine share by its path, waiting for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
