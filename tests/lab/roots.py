"""Root filesystems of Debian suites: the contents of the `debian:*` images, and the trees that engines run in."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import tarfile
from pathlib import Path

from tests.lab import daemons
from tests.lab.machine import find
from tests.lab.place import Place, locked
from tests.lab.progress import Line
from tests.lab.shared import making, ran, replacing, tried

# A suite other than the stable ones may carry an expired Release file, and a lab need not care.
ANY_AGE = 'Acquire::Check-Valid-Until "false"'
SECURED = ("trixie", "bookworm")  # suites with updates and a security archive

# What slim images leave out (copyright files stay), and the rules that keep it out of later installs.
SLIM_LEFT_OUT = (
    "usr/share/doc", "usr/share/groff", "usr/share/info", "usr/share/linda", "usr/share/lintian", "usr/share/locale",
    "usr/share/man",
)  # fmt: skip
SLIM_RULES = (
    "".join(f"path-exclude /{path}/*\n" for path in SLIM_LEFT_OUT) + "path-include /usr/share/doc/*/copyright\n"
)
OF_THIS_MACHINE = re.compile(
    r"etc/(hostname|resolv\.conf|apt/sources\.list)|dev/.+|var/cache/apt/.+|var/lib/apt/lists/.+"
)
CLEAN = "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"
APT_FILES = {
    "etc/apt/apt.conf.d/docker-clean": (
        f'DPkg::Post-Invoke {{ "{CLEAN}"; }};\nAPT::Update::Post-Invoke {{ "{CLEAN}"; }};\n'
        'Dir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n'
    ),
    "etc/apt/apt.conf.d/docker-gzip-indexes": 'Acquire::GzipIndexes "true";\n',
    "etc/apt/apt.conf.d/docker-no-languages": 'Acquire::Languages "none";\n',
    "etc/apt/apt.conf.d/lab-any-age": f"{ANY_AGE};\n",
    "etc/dpkg/dpkg.cfg.d/docker-apt-speedup": "force-unsafe-io\n",
    "usr/sbin/policy-rc.d": "#!/bin/sh\nexit 101\n",
}


def sources(suite: str) -> str:
    """The apt sources of an image."""
    keyring = "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    suites = f"{suite} {suite}-updates" if suite in SECURED else suite
    text = f"Types: deb\nURIs: http://deb.debian.org/debian\nSuites: {suites}\nComponents: main\n{keyring}"
    if suite in SECURED:
        archive = "http://deb.debian.org/debian-security"
        text += f"\nTypes: deb\nURIs: {archive}\nSuites: {suite}-security\nComponents: main\n{keyring}"
    return text


def mmdebstrap(suite: str, target: Path, *include: str) -> None:
    """Makes a root filesystem: a directory, or a tar where the target's name ends so.

    It mounts parts of this machine into it: in namespaces of its own, they are gone with it however it ends.
    """
    kind = "tar" if target.suffix == ".tar" else "directory"
    command = [find("unshare") or "unshare", *daemons.NAMESPACES, find("mmdebstrap") or "mmdebstrap"]
    command += ["--variant=minbase", f"--format={kind}", f"--aptopt={ANY_AGE}"]
    command += [f"--include={','.join(include)}"] if include else []

    def make() -> None:
        if target.is_dir():
            shutil.rmtree(target)  # what a failed attempt left
        target.unlink(missing_ok=True)
        ran(*command, "--quiet", suite, target)

    tried(f"Debian {suite}, root filesystem", make, attempts=3)


def base_tars(place: Place, suite: str, line: Line) -> tuple[Path, Path]:
    """The contents of `debian:SUITE` and `debian:SUITE-slim` as tars."""
    rules = hashlib.sha256(repr((SLIM_RULES, APT_FILES, sources(suite))).encode()).hexdigest()[:12]
    directory = place.cache / "roots"
    full, slim = directory / f"{suite}-{rules}.tar", directory / f"{suite}-{rules}-slim.tar"
    with locked(place.cache / "locks" / f"root-{suite}"):
        if full.exists() and slim.exists():
            line.reuse()
            return full, slim
        with replacing(full) as partial:
            made = partial.with_name("made.tar")
            mmdebstrap(suite, made)
            as_image(made, partial, suite, slim=False)
            with replacing(slim) as partial_slim:
                as_image(made, partial_slim, suite, slim=True)
    return full, slim


def as_image(source: Path, target: Path, suite: str, *, slim: bool) -> None:
    """Copies a root's tar without what is of this machine, with the apt settings of Debian's images."""
    added = {**APT_FILES, "etc/apt/sources.list.d/debian.sources": sources(suite)}
    if slim:
        added["etc/dpkg/dpkg.cfg.d/docker"] = SLIM_RULES
    with tarfile.open(source) as before, tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as after:
        for member in before:
            name = member.name.removeprefix("./")
            if OF_THIS_MACHINE.fullmatch(name) or (slim and left_out(name, member)):
                continue
            after.addfile(member, before.extractfile(member) if member.isreg() else None)
        for name, text in sorted(added.items()):
            info = tarfile.TarInfo(f"./{name}")
            info.size, info.mode = len(text.encode()), 0o755 if text.startswith("#!") else 0o644
            after.addfile(info, io.BytesIO(text.encode()))


def left_out(name: str, member: tarfile.TarInfo) -> bool:
    """Whether a slim image lacks this path."""
    within = any(name.startswith(f"{path}/") for path in SLIM_LEFT_OUT)
    return within and not member.isdir() and not name.endswith("/copyright")


def engine_tree(place: Place, name: str, suite: str, packages: tuple[str, ...], line: Line) -> Path:
    """The directory with the root filesystem of an engine. Nothing writes into it once it is made."""
    target = place.cache / "engines" / f"{name}-{hashlib.sha256(repr(packages).encode()).hexdigest()[:12]}"
    with making(target) as partial:
        if partial is None:
            line.reuse()
            return target
        mmdebstrap(suite, partial, *packages)
        for directory in ("etc/docker", "run", "tmp", "var/lib"):
            (partial / directory).mkdir(parents=True, exist_ok=True)
        (partial / "etc/resolv.conf").unlink(missing_ok=True)
        (partial / "etc/resolv.conf").touch()
        (partial / "etc/hosts").write_text("127.0.0.1 localhost\n")
    return target
