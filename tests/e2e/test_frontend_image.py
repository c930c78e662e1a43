"""The frontend image as it stands in the registry: its size, what is in it, and what it does when it runs."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import tarfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.e2e.apps import APPS, SOURCE, build
from tests.lab.api import Engine, Lab

pytestmark = pytest.mark.e2e

SIZE_LIMIT_BYTES = 35 << 20
MEMORY_LIMIT_KIB = 60 << 10
SMALLEST_KIB = 5 << 10  # no Python is below it: a smaller figure is not that of the frontend
PATIENCE_S = 60
MOUNT_POINTS = {"etc/hosts", "etc/resolv.conf"}  # empty files that BuildKit makes to mount its own onto
ACCEPT = (
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json"
)
SHELLS = {"sh", "ash", "bash", "busybox", "csh", "dash", "fish", "ksh", "mksh", "rbash", "tcsh", "toybox", "zsh"}
OTHERS = {"apt", "apt-get", "apk", "dpkg", "curl", "env", "ls", "perl", "pip", "pip3", "wget"}
LABELS = {"inputs", "subrequests", "contexts", "gitquerystring"}


class Image(NamedTuple):
    """An image of a registry: the sizes of its layer blobs, its config, and the entries of all of its layers."""

    sizes: list[int]
    config: dict[str, Any]
    entries: list[tarfile.TarInfo]


def pulled(lab: Lab, name: str) -> Image:
    """An image as the registry's HTTP API gives it."""

    def get(path: str) -> bytes:
        request = urllib.request.Request(f"http://{lab.registry}/v2/{name}/{path}", headers={"Accept": ACCEPT})
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            content: bytes = answer.read()
        return content

    manifest = json.loads(get("manifests/latest"))
    if "manifests" in manifest:
        platforms = [one for one in manifest["manifests"] if one["platform"]["os"] == "linux"]
        manifest = json.loads(get(f"manifests/{platforms[0]['digest']}"))
    sizes, entries = [], []
    for layer in manifest["layers"]:
        blob = get(f"blobs/{layer['digest']}")
        sizes.append(len(blob))
        with tarfile.open(fileobj=io.BytesIO(blob)) as tar:
            entries += tar.getmembers()
    return Image(sizes, json.loads(get(f"blobs/{manifest['config']['digest']}")), entries)


@pytest.fixture(scope="module")
def image(lab: Lab) -> Image:
    """The frontend image of this tree."""
    return pulled(lab, SOURCE)


# --- what is in it


def test_it_is_small(image: Image) -> None:
    assert 1 << 20 < sum(image.sizes) <= SIZE_LIMIT_BYTES


def test_the_interpreter_is_its_only_program(image: Image) -> None:
    names = {Path(entry.name).name for entry in image.entries}
    assert "python3" in names
    assert not names & (SHELLS | OTHERS)
    runnable = {Path(entry.name) for entry in image.entries if entry.isfile() and entry.mode & 0o111}
    programs = {str(path) for path in runnable if not re.search(r"\.so(\.[\d.]+)?$", path.name)}
    assert programs == {"usr/local/bin/python3"}


def test_nobody_but_root_owns_or_changes_its_files(image: Image) -> None:
    owned = [entry.name for entry in image.entries if entry.uid or entry.gid]
    writable = [entry.name for entry in image.entries if not entry.issym() and entry.mode & 0o002]
    privileged = [entry.name for entry in image.entries if entry.isfile() and entry.mode & 0o6000]
    assert (owned, writable, privileged) == ([], ["tmp"], [])


def test_its_modules_are_bytecode(image: Image) -> None:
    suffixes = {Path(entry.name).suffix for entry in image.entries if entry.isfile()}
    assert ".pyc" in suffixes
    assert ".py" not in suffixes


def test_it_is_a_frontend_of_a_plain_user(image: Image) -> None:
    config = image.config["config"]
    assert config["User"] == "65532:65532"
    assert config["Entrypoint"][0] == "/usr/local/bin/python3"
    assert not config.get("Cmd")  # BuildKit starts the entrypoint alone
    labels = config["Labels"]
    assert labels["moby.buildkit.frontend.network.none"] == "true"
    assert set(labels["moby.buildkit.frontend.caps"].split(",")) == {f"moby.buildkit.frontend.{n}" for n in LABELS}


# --- without a session


@pytest.mark.parametrize("arguments", [(), ("--help",), ("sh", "-c", "id")], ids=["no arguments", "help", "a shell"])
def test_without_a_session_it_says_what_it_is(lab: Lab, engine: Engine, arguments: tuple[str, ...]) -> None:
    name = lab.load(engine, SOURCE)
    safe = ("--read-only", "--network=none", "--cap-drop=ALL", "--security-opt=no-new-privileges")
    done = engine.docker("run", "--rm", *safe, name, *arguments, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "migetpacks is a BuildKit frontend" in done.stderr
    assert "docker build -f" in done.stderr
    assert "--frontend gateway.v0 --opt source=miget/migetpacks" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_holds_no_shell_to_start(lab: Lab, engine: Engine) -> None:
    name = lab.load(engine, SOURCE)
    for shell in ("/bin/sh", "/bin/bash", "/busybox/sh"):
        done = engine.docker("run", "--rm", "--entrypoint", shell, name, check=False)
        assert done.returncode == 127
        assert "no such file or directory" in done.stderr


# --- at work


@pytest.mark.parametrize("name", ["node-express", "python-flask"])
def test_it_stays_small_in_memory(lab: Lab, name: str) -> None:
    built = build(lab, APPS / name, name=f"memory-{name}", args={"MIGETPACKS_TRACE": "1"})
    told = json.loads(built.metadata["frontend.migetpacks.trace"])
    assert SMALLEST_KIB < told["peak_rss_kib"] <= MEMORY_LIMIT_KIB


class Process(NamedTuple):
    """A frontend at work, as the kernel of this machine sees it."""

    directory: Path

    @property
    def peak_rss_kib(self) -> int:
        (figure,) = re.findall(r"^VmHWM:\s+(\d+) kB$", (self.directory / "status").read_text(), re.MULTILINE)
        return int(figure)

    @property
    def interfaces(self) -> list[str]:
        """The network interfaces it sees."""
        lines = (self.directory / "net/dev").read_text().splitlines()[2:]
        return [line.partition(":")[0].strip() for line in lines]

    @property
    def written(self) -> Path:
        """Where the kernel keeps what is written to its root filesystem: the upper directory of the overlay."""
        for line in (self.directory / "mountinfo").read_text().splitlines():
            fields, _, source = line.partition(" - ")
            if fields.split()[4] == "/" and source.startswith("overlay "):
                (upper,) = re.findall(r"upperdir=([^,]+)", source)
                return Path(upper)
        raise AssertionError(f"the root of {self.directory} is no overlay")


@contextmanager
def at_work(lab: Lab, context: Path) -> Iterator[Process]:
    """A frontend that waits for a step of its build; the client goes away at the end."""
    scripts = {"start": "node server.js", "build": "echo it-began; sleep 1000"}
    (context / "package.json").write_text(json.dumps({"name": "app", "scripts": scripts}))
    (context / "server.js").write_text("require('http').createServer((q, s) => s.end('x')).listen(5000)\n")
    mark = uuid.uuid4().hex
    command = [
        *("buildctl", "build", "--progress=plain", "--frontend=gateway.v0", f"--opt=source={SOURCE}"),
        *(f"--opt=build-arg:RUN_ENV_MARK={mark}", "--no-cache", f"--local=context={context}"),
    ]
    with subprocess.Popen(command, env=lab.environment, stderr=subprocess.PIPE, text=True) as client:
        assert client.stderr is not None
        try:
            printed = ""
            for line in client.stderr:
                printed += line
                if re.match(r"#\d+ [\d.]+ it-began", line):
                    break
            else:
                raise AssertionError(printed)
            (process,) = frontends(mark)
            yield process
        finally:
            client.send_signal(signal.SIGINT)
            client.stderr.close()
            client.wait(timeout=PATIENCE_S)
    until = time.monotonic() + PATIENCE_S
    while frontends(mark) and time.monotonic() < until:
        time.sleep(0.1)
    assert frontends(mark) == [], "the frontend has ended with its client"


def frontends(mark: str) -> list[Process]:
    """The frontends of this machine that were started with an option that ends in `mark`."""
    found = []
    for directory in Path("/proc").iterdir():
        if directory.name.isdigit():
            try:
                environ = (directory / "environ").read_bytes()
            except OSError:
                continue  # it has ended
            if b"BUILDKIT_FRONTEND_OPT_" in environ and mark.encode() in environ:
                found.append(Process(directory))
    return found


def test_it_writes_no_file_and_sees_no_network(lab: Lab, context: Path) -> None:
    with at_work(lab, context) as process:
        upper = process.written
        made = {str(path.relative_to(upper)): path.lstat().st_size for path in upper.rglob("*") if not path.is_dir()}
        assert "etc/hosts" in made, "the directory is that of the frontend's container"
        assert made.keys() <= MOUNT_POINTS
        assert set(made.values()) == {0}
        assert process.interfaces == ["lo"]
        assert SMALLEST_KIB < process.peak_rss_kib <= MEMORY_LIMIT_KIB
