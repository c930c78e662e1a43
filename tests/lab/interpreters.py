"""Python interpreters of this machine that its pyenv has: what the stand-ins of older Pythons are made from."""

from __future__ import annotations

import os
import re
import subprocess
import tarfile
from pathlib import Path

from tests.lab.machine import find
from tests.lab.place import Place
from tests.lab.shared import making, ran

RELEASE = re.compile(r"\d+\.\d+\.\d+")
OWN = re.compile(r"bin/(2to3|idle|pydoc|python)[-0-9.]*(-config)?")  # the programs of Python itself
# The image's own pip and setuptools take the place of site-packages; the rest is what the real image has not either.
LEFT_OUT = re.compile(r"(.*/)?(site-packages/.+|__pycache__|test|tests|idle_test|libpython[^/]*\.a|wininst-[^/]*\.exe)")


def newest(minor: str, patch: str = "") -> str | None:
    """The newest release of a minor version, such as `3.12.1`, that pyenv has; None without one or without pyenv."""
    program = find("pyenv")
    if program is None:
        return None
    try:
        done = subprocess.run([program, "versions", "--bare"], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    wanted = f"{minor}{patch}."
    found = [name for name in done.stdout.split() if RELEASE.fullmatch(name) and f"{name}.".startswith(wanted)]
    return max(found, key=lambda name: [int(part) for part in name.split(".")], default=None)


def prefix(version: str) -> Path:
    """The directory an interpreter is installed in. Raises LabError when pyenv does not have it."""
    return Path(ran(find("pyenv") or "pyenv", "prefix", version).strip())


def tree(place: Place, version: str) -> Path:
    """A tar of an interpreter's prefix, without the packages that were installed into it."""
    target = place.cache / "interpreters" / f"python-{version}.tar"
    with making(target) as partial:
        if partial is not None:
            pack(prefix(version), partial)
    return target


def pack(source: Path, target: Path) -> None:
    """Packs an interpreter's prefix. Its `bin` may hold programs of installed packages: they stay behind."""

    def chosen(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
        if LEFT_OUT.fullmatch(member.name) or (member.name.startswith("bin/") and not OWN.fullmatch(member.name)):
            return None
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        return member

    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(os.listdir(source)):
            archive.add(source / name, name, filter=chosen)
