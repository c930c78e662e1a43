"""The machine: what it must be, and the Debian packages that must be installed."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess

from tests.lab.place import CA_BUNDLE, LabError
from tests.lab.progress import Line

# program: the Debian package that has it
PROGRAMS = {
    "docker-registry": "docker-registry",
    "ip": "iproute2",
    "mmdebstrap": "mmdebstrap",
    "nft": "nftables",
    "runc": "runc",
    "socat": "socat",
    "unshare": "util-linux",
}


def require() -> None:
    """Raises LabError where the lab cannot run at all."""
    if os.geteuid() != 0:
        raise LabError("the lab needs root: it mounts filesystems, makes namespaces and starts a Docker Engine")
    if platform.machine() != "x86_64":
        raise LabError(f"the lab's stand-in images are for x86_64; this machine is {platform.machine()}")


def missing() -> list[str]:
    """The packages to install, sorted."""
    packages = {package for program, package in PROGRAMS.items() if find(program) is None}
    return sorted(packages | (set() if CA_BUNDLE.exists() else {"ca-certificates"}))


def find(program: str) -> str | None:
    """The path of a program, also of one in the directories that only root's PATH has."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin")


def prepare(line: Line) -> None:
    """Installs what is missing. A service that a package starts by itself is stopped: the lab starts its own."""
    packages = missing()
    if not packages:
        return line.reuse()
    apt("update")
    apt("install", "-y", "--no-install-recommends", *packages)
    if "docker-registry" in packages and shutil.which("systemctl"):
        stop = ["systemctl", "disable", "--now", "docker-registry.service"]
        subprocess.run(stop, check=False, capture_output=True)
    return None


def apt(*args: str) -> None:
    """Runs apt-get. Raises LabError with the end of its output."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", "-q", *args], check=False, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise LabError(f"apt-get {' '.join(args)} failed:\n{(done.stdout + done.stderr)[-2000:]}")
