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
    interpreter: str  # "" where there is none
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
DHI_PYTHON = Contract(
    "dhi.io/python:3.13-debian13", "nonroot", "usr/bin/python3.13", NONROOT,
    directory="/", environment={"SSL_CERT_FILE": CERTIFICATES},
    has=(ZONES, "usr/bin/python", "usr/bin/python3", "usr/bin/pip", "usr/include/python3.13/Python.h"),
)  # fmt: skip
DHI_RUBY = Contract(
    "dhi.io/ruby:3.3-debian13", "nonroot", "usr/local/bin/ruby", NONROOT,
    path=f"/usr/local/bin:/usr/local/bundle/bin:{USUAL}", directory="/",
    environment={
        "GEM_HOME": "/usr/local/bundle", "BUNDLE_APP_CONFIG": "/usr/local/bundle", "SSL_CERT_FILE": CERTIFICATES,
        "LD_LIBRARY_PATH": "/usr/local/lib:${LD_LIBRARY_PATH}",
    },
    has=("usr/lib/x86_64-linux-gnu/libyaml-0.so.2", "usr/lib/ruby/3.3.0/bundler.rb"),
    lacks=(
        "usr/share/zoneinfo", "usr/local/bundle",
        "usr/local/bin/bundle", "usr/local/bin/gem", "usr/local/bin/irb", "usr/local/bin/rake",
    ),
)  # fmt: skip
ODD_NODE, ODD_PYTHON, ODD_RUBY = (each._replace(odd=True) for each in (DHI_NODE, DHI_PYTHON, DHI_RUBY))
CONTRACTS = (
    DHI_NODE,
    DHI_PYTHON,
    DHI_RUBY,
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
    Contract(
        "gcr.io/distroless/python3-debian13:nonroot", "65532", "usr/bin/python3.13", NONROOT,
        entrypoint=("/usr/bin/python3.13",), path=USUAL, directory="/home/nonroot",
        environment={"SSL_CERT_FILE": CERTIFICATES}, has=(ZONES, "usr/bin/python3", "usr/bin/python"),
        lacks=("usr/bin/pip", "usr/include/python3.13/Python.h"), odd=True,
    ),
    Contract(
        "cgr.dev/chainguard/python:latest", "65532", "usr/bin/python3.14", NONROOT,
        entrypoint=("/usr/bin/python",), path=USUAL, directory="/", has=("usr/bin/python",),
        lacks=("usr/share/zoneinfo",), odd=True,
    ),
    Contract(
        "cgr.dev/chainguard/ruby:latest", "65532", "usr/bin/ruby", NONROOT,
        entrypoint=("/usr/bin/ruby",), path=USUAL, directory="/work",
        lacks=("usr/share/zoneinfo", "usr/bin/bundle", "usr/bin/gem"), odd=True,
    ),
    Contract(
        "gcr.io/distroless/cc-debian13:nonroot", "65532", "", NONROOT, path=USUAL, directory="/home/nonroot",
        has=(ZONES, LIBGOMP, "usr/lib/x86_64-linux-gnu/libssl.so.3"), starts=False, odd=True,
    ),
    Contract(
        "gcr.io/distroless/cc-debian13:latest", "0", "", NONROOT, path=USUAL, directory="/", starts=False, odd=True
    ),
    ODD_PYTHON._replace(name="dhi.io/odd/python:3.13-root", user="root"),
    ODD_PYTHON._replace(name="dhi.io/odd/python:3.13-unknown-uid", user="4711"),
    ODD_RUBY._replace(name="dhi.io/odd/ruby:3.3-root", user="root"),
    ODD_RUBY._replace(name="dhi.io/odd/ruby:3.3-unknown-uid", user="4711"),
    ODD_RUBY._replace(
        name="dhi.io/odd/ruby:3.3-empty-element", environment={"LD_LIBRARY_PATH": "/usr/local/lib:"}
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
# What an interpreter is told: to load what it is linked with, and to print the user's id.
SAYS_UID = {
    "node": ("-p", "process.getuid()"),
    "python": ("-c", "import ctypes, lzma, os, sqlite3, ssl, zlib; print(os.getuid())"),
    "ruby": ("-e", "require 'bundler'; require 'openssl'; require 'psych'; require 'zlib'; puts Process.uid"),
}


BUILDS = {
    "dhi.io/node:24-debian13-dev": "git --version && node --version && npm --version",
    "dhi.io/python:3.13-debian13-dev": "git --version && python3 --version && pip --version",
    "dhi.io/ruby:3.3-debian13-dev": "git --version && bundle --version && gem --version && cc --version",
}


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
    assert not contract.interpreter or files[contract.interpreter].mode & 0o111
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


@pytest.mark.parametrize(
    "name", BUILDS if os.environ.get("MIGETPACKS_APPS") == "all" else ["dhi.io/ruby:3.3-debian13-dev"]
)
def test_a_build_variant_is_root_with_a_shell_and_tools(lab: Lab, name: str) -> None:
    manifest = document(lab, lab.ensure_image(name).digest)
    config = document(lab, manifest["config"]["digest"])["config"]
    assert config.get("User", "") in ("", "root")
    assert not config.get("Entrypoint")
    out = (
        lab.engine()
        .docker("run", "--rm", lab.load(lab.engine(), name), "sh", "-c", f"set -e; {BUILDS[name]}; id -u")
        .stdout
    )
    assert out.splitlines()[-1] == "0"
