"""The machine: what it must be, and the Debian packages that must be installed."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

from tests.lab.place import CA_BUNDLE, LabError, locked
from tests.lab.progress import Line
from tests.lab.shared import ran, tried

# program: the Debian package that has it
PROGRAMS = {
    "docker-registry": "docker-registry",
    "ip": "iproute2",
    "mmdebstrap": "mmdebstrap",
    "newuidmap": "uidmap",
    "nft": "nftables",
    "runc": "runc",
    "setpriv": "util-linux",
    "socat": "socat",
    "sshd": "openssh-server",
    "unshare": "util-linux",
}


SERVICES = {"docker-registry": "docker-registry", "openssh-server": "ssh"}  # package: what it starts

APT_LOCK = Path("/run/lock/migetpacks-apt")
APT_PATIENCE_S = 300  # with another apt of this machine


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
    tried("Debian packages on this machine", lambda: install(packages))
    for package in packages if shutil.which("systemctl") else ():
        if package in SERVICES:
            stop = ["systemctl", "disable", "--now", f"{SERVICES[package]}.service"]
            subprocess.run(stop, check=False, capture_output=True)
    return None


def install(packages: list[str]) -> None:
    """Installs Debian packages, one run of apt at a time. Raises LabError with the end of its output."""
    # in run level 1 a package's own script starts no service, where systemd does not decide that
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    with locked(APT_LOCK):
        ran("dpkg", "--configure", "-a", env=environment)  # where an earlier run was killed
        for args in (("update",), ("install", "-y", "--no-install-recommends", *packages)):
            ran("apt-get", "-q", "-o", f"DPkg::Lock::Timeout={APT_PATIENCE_S}", *args, env=environment)
