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
RUN = "MIGETPACKS_RUN"  # names the run of a verb of `make` in the environment of what it starts
CA_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


HINT = "run it again: what is done is kept"


class LabError(Exception):
    """What stops the lab, in one line to the person who called it, and what to do about it.

    `part` is what could not be made ("image node:24-trixie"), "" where the message says it. `output` is the end of what
    a program printed; it is shown above the line.
    """

    def __init__(self, why: str, *, part: str = "", output: str = "", hint: str = HINT) -> None:
        super().__init__(why)
        self.why = " ".join(why.split())
        self.part = part
        self.output = output
        self.hint = hint

    def told(self) -> str:
        """The text for a person: what the failing program printed, `error: PART: WHY`, the hint."""
        above = [f"  {line}" for line in self.output.strip().splitlines()]
        line = ": ".join(["error", *([self.part] if self.part else []), self.why])
        return "\n".join([*above, line, f"hint: {self.hint}"])


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
    def stays_file(self) -> Path:
        """There when `make lab-up` was asked for: the lab outlives every other verb."""
        return self.lab / "stays"

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
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not is_at(file.fileno(), path):
                continue  # its holder removed the file (`down` does): others lock a new one
            yield
            return


def is_at(file: int, path: Path) -> bool:
    """Whether an open file is the one at a path."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False
