"""`down`: nothing of the lab is left, whatever happened to it before. No record is needed to find its parts."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from tests.lab import daemons, network
from tests.lab.place import LabError, Place, locked

CGROUPS = Path("/sys/fs/cgroup")
DETACH = 2  # MNT_DETACH
PATIENCE_S = 20.0


def down(place: Place) -> None:
    """Ends every process of the lab, removes its mounts, interfaces, cgroups and files. Raises LabError when it cannot.

    The cache stays.
    """
    place.lab.mkdir(parents=True, exist_ok=True)
    with locked(place.lab / "lock"):
        daemons.end(place)
        for point in mounts(place):
            unmount(point)
        network.release(place)
        for path in cgroups(place):
            remove_cgroup(path)
        for directory in (place.run, place.lab):
            shutil.rmtree(directory, ignore_errors=True)
            if directory.exists():  # a file that was being written: once more, and this time say why not
                shutil.rmtree(directory)


def left(place: Place) -> list[str]:
    """What of the lab is there, in words: processes, mounts, interfaces, cgroups."""
    found = [f"process {pid} ({name})" for pid, name in daemons.processes(place) if name]
    found += [f"mount {path}" for path in mounts(place)]
    found += [f"interface {name}" for name in network.interfaces(place)]
    found += [f"firewall table {name}" for name in network.tables(place)]
    return found + [f"cgroup {path}" for path in cgroups(place)]


def mounts(place: Place) -> list[str]:
    """The mount points of the lab that this process sees, deepest first."""
    roots = (f"{place.lab}/", f"{place.run}/")
    points = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        point = re.sub(r"\\(\d{3})", lambda m: chr(int(m[1], 8)), line.split()[4])
        if point.startswith(roots):
            points.append(point)
    return sorted(points, reverse=True)


def unmount(path: str) -> None:
    """Unmounts, also what is in use."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.umount2(os.fsencode(path), DETACH):
        raise LabError(f"cannot unmount {path}: {os.strerror(ctypes.get_errno())}")


def cgroups(place: Place) -> list[Path]:
    """The lab's cgroups: one in a unified hierarchy, one below each controller of the older kind."""
    return [path for path in (CGROUPS / place.name, *CGROUPS.glob(f"*/{place.name}")) if path.is_dir()]


def remove_cgroup(path: Path) -> None:
    """Removes a cgroup with those below it, ending what still runs there."""
    until = time.monotonic() + PATIENCE_S
    while path.exists():
        for directory in below(path):
            for pid in (directory / "cgroup.procs").read_text().split():
                os.kill(int(pid), signal.SIGKILL)
            try:
                directory.rmdir()
            except OSError as error:
                if time.monotonic() > until:
                    raise LabError(f"cannot remove the cgroup {directory}: {error.strerror}") from error
                time.sleep(0.05)
                break


def below(path: Path) -> Iterator[Path]:
    """A directory's directories and itself, deepest first."""
    for base, _, _ in os.walk(path, topdown=False):
        yield Path(base)
