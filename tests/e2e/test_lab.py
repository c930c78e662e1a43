"""The lab itself: what `up` promises, what `down` leaves, and two labs at once."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab import daemons, down, network
from tests.lab.api import Lab
from tests.lab.images import STANDARD
from tests.lab.place import ROOT, Place, here

pytestmark = pytest.mark.e2e

COPIED = ("Dockerfile", "requirements", "image", "llb", "frontend", "tests/__init__.py", "tests/lab")
SLOW = "FROM docker.io/library/debian:trixie-slim\nRUN sleep 1000\n"
SERVER = "require('http').createServer((q, s) => s.end('hello')).listen(5000)"


def command(place: Place, *args: str) -> str:
    """Runs a verb of a checkout's lab; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.lab", *args], cwd=place.root, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Place]:
    """Another checkout with its lab up."""
    root = tmp_path / "checkout"
    for name in COPIED:
        source, target = ROOT / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)
    place = Place(root, here().cache)
    command(place, "up")
    yield place
    if place.lab.exists():
        command(place, "down")


def exported(place: Place) -> dict[str, str]:
    """The environment of a shell that has read `.lab/env`."""
    script = f". {shlex.quote(str(place.env_file))}; exec {shlex.quote(sys.executable)} -c "
    script += shlex.quote("import json, os; print(json.dumps(dict(os.environ)))")
    out = subprocess.run(["sh", "-c", script], check=True, capture_output=True, text=True).stdout
    found: dict[str, str] = json.loads(out)
    return found


def test_the_environment_file_is_all_a_person_needs(lab: Lab) -> None:
    environment = exported(lab.place)
    assert environment["LAB_REGISTRY"] == lab.registry
    assert environment["PATH"].split(os.pathsep)[1:] == os.environ["PATH"].split(os.pathsep)
    versions = {
        "buildctl --version": "v0.32.2",
        "buildctl debug info": "v0.32.2",
        "docker version --format {{.Server.Version}}": "28.5",
        "docker buildx version": "v0.38.2",
    }
    for line, expected in versions.items():
        done = subprocess.run(shlex.split(line), check=True, capture_output=True, text=True, env=environment)
        assert expected in done.stdout, line
    assert shutil.which("dockerfile-frontend", path=environment["PATH"])


def test_every_standard_image_is_in_the_registry(lab: Lab) -> None:
    named = (name if "/" in name else f"library/{name}" for name in STANDARD)
    for name in (*named, "miget/migetpacks:latest"):
        repo, _, tag = name.rpartition(":")
        request = urllib.request.Request(f"http://{lab.registry}/v2/{repo}/manifests/{tag}", method="HEAD")
        request.add_header("Accept", "application/vnd.oci.image.manifest.v1+json")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            assert answer.status == 200


def test_up_again_changes_nothing(lab: Lab) -> None:
    before = lab.place.env_file.read_text(), set(daemons.processes(lab.place))
    digest = lab.ensure_image("node:24-trixie-slim").digest
    printed = command(lab.place, "up")
    assert before[0] == lab.place.env_file.read_text()
    assert before[1] <= set(daemons.processes(lab.place))
    assert lab.ensure_image("node:24-trixie-slim").digest == digest
    assert "buildkitd: cached" in printed
    assert "image node" not in printed


def test_node_images_have_what_the_real_ones_have(lab: Lab) -> None:
    script = "id -u node; id -g node; echo ~node; npm --version; command -v yarn; command -v corepack; node --version"
    image = f"{lab.registry}/library/node:24-trixie-slim"
    out = lab.engine().docker("run", "--rm", image, "sh", "-c", script).stdout.split()
    assert out[:3] == ["1000", "1000", "/home/node"]
    assert out[3].startswith("11.")
    assert out[4:6] == ["/usr/local/bin/yarn", "/usr/local/bin/corepack"]
    assert out[6].startswith("v24.")
    assert lab.engine().docker("run", "--rm", image, "-e", "console.log(6 * 7)").stdout == "42\n", "the entrypoint"
    assert lab.engine().docker("inspect", "-f", "{{json .Config.Cmd}}", image).stdout == '["node"]\n'


def test_python_images_have_what_the_real_ones_have(lab: Lab) -> None:
    script = (
        "import sys, sysconfig, ssl, sqlite3, ctypes, venv, pip, os; "
        "print(sys.executable, sysconfig.get_path('purelib'), os.environ['PYTHON_VERSION'], os.environ['LANG'])"
    )
    image = f"{lab.registry}/library/python:3.13-slim-trixie"
    out = lab.engine().docker("run", "--rm", image, "python3", "-c", script).stdout.split()
    assert out[:2] == ["/usr/local/bin/python3", "/usr/local/lib/python3.13/site-packages"]
    assert out[2].startswith("3.13.")
    assert out[3] == "C.UTF-8"


def test_ruby_images_have_what_the_real_ones_have(lab: Lab) -> None:
    names = ("ruby", "gem", "bundle", "irb", "rake")
    where = f"for name in {' '.join(names)}; do command -v $name; done"
    script = f"echo $GEM_HOME $BUNDLE_APP_CONFIG $RUBY_VERSION; {where}; stat -c %a $GEM_HOME"
    image = f"{lab.registry}/library/ruby:3.3-slim-trixie"
    out = lab.engine().docker("run", "--rm", image, "sh", "-c", script).stdout.split()
    assert out[:2] == ["/usr/local/bundle", "/usr/local/bundle"]
    assert out[2].startswith("3.3.")
    assert out[3:] == [*(f"/usr/local/bin/{name}" for name in names), "1777"]
    assert lab.engine().docker("inspect", "-f", "{{json .Config.Cmd}}", image).stdout == '["irb"]\n'


def test_bundler_takes_gems_from_the_gem_registry_and_compiles_what_has_to_be(lab: Lab, context: Path) -> None:
    (context / "Gemfile").write_text('source "https://rubygems.org"\ngem "rack"\ngem "pg"\n')
    load = "bundle exec ruby -e 'require %q(pg); require %q(rack); puts PG::VERSION'"
    install = "RUN --mount=type=secret,id=bundle-config,target=/root/.bundle/config,mode=0444 bundle install"
    lines = ("FROM ruby:3.3-trixie", "WORKDIR /app", "COPY Gemfile .", "ENV BUNDLE_APP_CONFIG=/app/.bundle", install)
    (context / "Dockerfile").write_text("\n".join((*lines, f"RUN {load}\n")))
    options = (f"--local=context={context}", f"--local=dockerfile={context}", "--frontend=dockerfile.v0")
    built = lab.buildctl("build", "--progress=plain", *options, *(f"--secret={s}" for s in lab.secrets))
    assert re.search(r"Installing pg [\d.]+ with native extensions", built.stderr)
    assert re.search(r"^#\d+ [\d.]+ [\d.]+$", built.stderr, re.MULTILINE), "pg is not loaded"


def test_a_second_buildkit_starts_empty_and_leaves_nothing(lab: Lab, context: Path) -> None:
    (context / "Dockerfile").write_text("FROM docker.io/library/debian:trixie-slim\nRUN echo built\n")
    local = (f"--local=context={context}", f"--local=dockerfile={context}", "--frontend=dockerfile.v0")
    lab.buildctl("build", "--progress=plain", *local)
    assert "CACHED" in lab.buildctl("build", "--progress=plain", *local).stderr
    with lab.buildkitd() as address:
        assert address != lab.buildkit_host
        assert "CACHED" not in lab.buildctl("--addr", address, "build", "--progress=plain", *local).stderr
    assert not any(name.startswith("buildkitd-") for _, name in daemons.processes(lab.place))
    assert list(lab.place.lab.glob("second-*")) == []


@pytest.mark.parametrize(("version", "store"), [("28.5", "overlay2"), ("28.5", "containerd")])
def test_a_build_in_an_engine_reaches_registries_and_a_published_port_is_here(
    lab: Lab, context: Path, version: str, store: str
) -> None:
    engine = lab.engine(version, store)
    assert engine.docker("version", "--format", "{{.Server.Version}}").stdout.startswith(version)
    install = "npm install --no-package-lock is-odd"
    trust = "NODE_EXTRA_CA_CERTS=/run/secrets/ca-certificates"
    step = f"RUN --mount=type=secret,id=ca-certificates {trust} {install}"
    (context / "Dockerfile").write_text(f"FROM node:24-trixie-slim\nWORKDIR /app\n{step}\n")
    engine.build("-t", "lab-test:local", str(context))
    run = ("run", "-d", "--rm", "-p", "127.0.0.1::5000", "lab-test:local", "node", "-e", SERVER)
    ident = engine.docker(*run).stdout.strip()
    try:
        port = engine.docker("port", ident, "5000/tcp").stdout.strip().rpartition(":")[2]
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        answered = False
        for _ in range(100):
            try:
                answered = opener.open(f"http://127.0.0.1:{port}/", timeout=5).read() == b"hello"
                break
            except OSError:
                engine.docker("exec", ident, "sleep", "0.1")
        assert answered
    finally:
        engine.docker("rm", "-f", ident)


def test_an_engines_own_buildkit_is_reached(lab: Lab) -> None:
    with lab.engine("28.5", "containerd").buildkit() as address:
        assert "linux/amd64" in lab.buildctl("--addr", address, "debug", "workers").stdout


def busy(place: Place) -> list[subprocess.Popen[bytes]]:
    """Clients whose builds never end, on BuildKit and on the engine, and a container with a network of its own."""
    environment = exported(place)
    directory = place.root / "slow"
    directory.mkdir()
    (directory / "Dockerfile").write_text(SLOW)

    def docker(*args: str) -> None:
        subprocess.run(["docker", *args], check=True, capture_output=True, env=environment)

    docker("network", "create", "extra")
    docker("run", "-d", "-p", "127.0.0.1::5000", "node:24-trixie-slim", "node", "-e", SERVER)
    builds = (
        f"buildctl build --frontend dockerfile.v0 --local context={directory} --local dockerfile={directory}",
        f"docker build {directory}",
    )
    return [
        subprocess.Popen(shlex.split(line), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for line in builds
    ]


def kill(place: Place, program: str) -> None:
    """SIGKILL to the lab's processes of that program."""
    for pid, _ in daemons.processes(place):
        if Path(f"/proc/{pid}/comm").read_text().strip() == program:
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("killed", ["", "buildkitd", "dockerd", "unshare", "docker-registry"])
def test_down_leaves_nothing_also_after_a_crash(second: Place, lab: Lab, killed: str) -> None:
    clients = busy(second)
    assert any(path.is_dir() for path in down.cgroups(second))
    assert network.interfaces(second)
    if killed:
        kill(second, killed)
        second.state_file.write_text('{"port": 1')
    command(second, "down")
    for client in clients:
        client.wait(30)
    assert down.left(second) == []
    assert not second.lab.exists()
    assert not second.run.exists()
    assert str(second.root) not in Path("/proc/mounts").read_text()
    assert lab.is_up(), "the other checkout's lab is not touched"


def test_two_labs_share_nothing(second: Place, lab: Lab) -> None:
    mine, other = exported(lab.place), exported(second)
    for name in ("BUILDKIT_HOST", "DOCKER_HOST", "LAB_REGISTRY", "DOCKER_CONFIG"):
        assert mine[name] != other[name]
    subprocess.run(["docker", "pull", "-q", "debian:trixie-slim"], check=True, capture_output=True, env=other)
    subprocess.run(["docker", "tag", "debian:trixie-slim", "only:here"], check=True, capture_output=True, env=other)
    assert lab.engine().docker("image", "inspect", "only:here", check=False).returncode != 0
    assert lab.is_up()


def test_up_mends_what_has_crashed(second: Place) -> None:
    before = second.env_file.read_text()
    kill(second, "buildkitd")
    kill(second, "dockerd")
    command(second, "up")
    environment = exported(second)
    subprocess.run(["docker", "info"], check=True, capture_output=True, env=environment)
    subprocess.run(["buildctl", "debug", "workers"], check=True, capture_output=True, env=environment)
    assert second.env_file.read_text() == before
