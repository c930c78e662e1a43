"""The stand-ins of hardened images: each keeps what a builder has to cope with, and its interpreter runs on its own."""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from tests.lab import storage
from tests.lab.api import Lab
from tests.lab.recipe import full_name

pytestmark = pytest.mark.e2e

SHELLS = ("ash", "bash", "busybox", "dash", "sh")
OF_DEBIAN = ("apt", "apt-get", "cat", "dpkg", "env", "ls", "perl", "update-ca-certificates")
USUAL = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


class Contract(NamedTuple):
    """What holds for an image: its configuration, its interpreter's file, the passwd line of its user, its shells.

    `has` and `lacks` are more paths. `odd` images are built where every app is (`make e2e-all`).
    """

    name: str
    user: str
    interpreter: str
    account: str
    entrypoint: tuple[str, ...] = ()
    path: str | None = None
    directory: str = ""
    environment: Mapping[str, str] = {}
    shells: tuple[str, ...] = ()
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    starts: bool = True
    odd: bool = False


NODE = "node:x:1000:1000:node:/home/node:/sbin/nologin"
NONROOT = "nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin"
LIBGOMP = "usr/lib/x86_64-linux-gnu/libgomp.so.1"
ZONES = "usr/share/zoneinfo/Europe/Berlin"
DHI_NODE = Contract(
    "dhi.io/node:24-debian13", "node", "usr/bin/node", NODE,
    directory="/app", has=(LIBGOMP, ZONES), lacks=("usr/bin/npm",),
)  # fmt: skip
ODD_NODE = DHI_NODE._replace(odd=True)
CONTRACTS = (
    DHI_NODE,
    Contract(
        "gcr.io/distroless/nodejs24-debian13:nonroot", "65532", "nodejs/bin/node", NONROOT,
        entrypoint=("/nodejs/bin/node",), path=USUAL, directory="/home/nonroot",
        environment={"SSL_CERT_FILE": CERTIFICATES}, has=(ZONES,), lacks=("usr/bin/node", "usr/local/bin/node"),
    ),
    Contract(
        "gcr.io/distroless/nodejs24-debian13:latest", "0", "nodejs/bin/node", NONROOT,
        entrypoint=("/nodejs/bin/node",), path=USUAL, directory="/", odd=True,
    ),
    Contract(
        "cgr.dev/chainguard/node:latest", "65532", "usr/bin/node", NONROOT,
        entrypoint=("/usr/bin/node",), path=USUAL, directory="/app", shells=("busybox", "sh"), has=("usr/bin/npm",),
        odd=True,
    ),
    ODD_NODE._replace(name="dhi.io/odd/node:24-root", user="root"),
    ODD_NODE._replace(name="dhi.io/odd/node:24-no-user", user=""),
    ODD_NODE._replace(name="dhi.io/odd/node:24-unknown-name", user="ghost", starts=False),
    ODD_NODE._replace(name="dhi.io/odd/node:24-unknown-uid", user="4711"),
    ODD_NODE._replace(name="dhi.io/odd/node:24-busybox", shells=("busybox", "sh")),
    ODD_NODE._replace(
        name="dhi.io/odd/node:24-musl", has=("usr/lib/ld-musl-x86_64.so.1",), starts=False,
        lacks=("usr/lib64/ld-linux-x86-64.so.2", "usr/lib/x86_64-linux-gnu/libc.so.6"),
    ),
)  # fmt: skip
UIDS = {"": "0", "root": "0", "node": "1000", "nonroot": "65532"}
SAYS_UID = {"node": ("-p", "process.getuid()")}


def asked() -> list[Contract]:
    """The images to look at: all, or those that the apps of `make test` stand on."""
    every = os.environ.get("MIGETPACKS_APPS") == "all"
    return [contract for contract in CONTRACTS if every or not contract.odd]


def document(lab: Lab, digest: str) -> Any:
    """A JSON document of the registry."""
    return json.loads(storage.blob_path(lab.place.registry_storage, digest.removeprefix("sha256:")).read_text())


def listed(lab: Lab, manifest: Any) -> dict[str, tarfile.TarInfo]:
    """The files of an image's layers, which remove nothing of each other's, by path; with the text of passwd."""
    found: dict[str, tarfile.TarInfo] = {}
    for layer in manifest["layers"]:
        path = storage.blob_path(lab.place.registry_storage, layer["digest"].removeprefix("sha256:"))
        with tarfile.open(path) as archive:
            for member in archive:
                found[member.name.rstrip("/")] = member
                if member.name == "etc/passwd" and (file := archive.extractfile(member)):
                    member.pax_headers = {"text": file.read().decode()}
    return found


@pytest.mark.parametrize("contract", asked(), ids=lambda contract: contract.name)
def test_a_stand_in_is_what_the_real_image_is(lab: Lab, contract: Contract) -> None:
    manifest = document(lab, lab.ensure_image(contract.name).digest)
    config = document(lab, manifest["config"]["digest"])["config"]
    assert config.get("User", "") == contract.user
    assert tuple(config.get("Entrypoint") or ()) == contract.entrypoint
    assert config.get("WorkingDir", "") == contract.directory
    environment = dict(each.split("=", 1) for each in config["Env"])
    assert environment.get("PATH") == contract.path
    assert contract.environment.items() <= environment.items()

    files = listed(lab, manifest)
    programs = {path.rpartition("/")[2] for path in files if path.startswith(("usr/bin/", "usr/local/bin/"))}
    assert sorted(programs & set(SHELLS)) == sorted(contract.shells)
    assert programs & set(OF_DEBIAN) == set()
    assert contract.account in files["etc/passwd"].pax_headers["text"].splitlines()
    assert files[contract.interpreter].mode & 0o111
    assert {CERTIFICATES[1:], *contract.has} <= files.keys()
    assert not files.keys() & {*contract.lacks}
    assert (files["tmp"].mode, files["tmp"].uid) == (0o1777, 0)


@pytest.mark.parametrize("contract", [one for one in asked() if one.starts], ids=lambda contract: contract.name)
def test_the_interpreter_of_a_stand_in_runs(lab: Lab, contract: Contract) -> None:
    lab.ensure_image(contract.name)
    engine = lab.engine()
    language = next(name for name in SAYS_UID if name in full_name(contract.name))
    closed = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--network", "none")
    program = ("--entrypoint", f"/{contract.interpreter}", lab.load(engine, contract.name))
    out = engine.docker("run", "--rm", *closed, *program, *SAYS_UID[language]).stdout.strip()
    assert out == UIDS.get(contract.user, contract.user)
