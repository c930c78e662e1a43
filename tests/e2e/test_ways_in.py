"""The ways in, each by its real client: buildctl, a syntax file, docker buildx, `docker build` on real engines."""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.e2e.apps import APPS, SOURCE, Container, build, started
from tests.lab.api import Engine, Lab

pytestmark = pytest.mark.e2e

APP = APPS / "node-express"
SYNTAX = f"# syntax={SOURCE}\n"
MODERN = [("28.5", "overlay2"), ("28.5", "containerd"), ("26.1", "overlay2"), ("26.1", "containerd")]
ENGINES = pytest.mark.parametrize(("version", "store"), MODERN, ids=[f"{v}-{s}" for v, s in MODERN])


@pytest.fixture
def syntax(tmp_path: Path) -> Path:
    """A syntax file, outside the app's source."""
    path = tmp_path / "app.migetpacks"
    path.write_text(SYNTAX)
    return path


def answers(engine: Engine, image: str) -> None:
    """The image starts hardened, answers, and ends at SIGTERM."""
    with started(engine, image) as container:
        check(container)


def check(container: Container) -> None:
    assert container.get("/").status == 200
    assert container.inspect("{{.Config.User}}") == "1000:1000"
    code, seconds = container.stop()
    assert (code, seconds < 10) == (0, True)


def test_buildctl_with_the_gateway(lab: Lab, engine: Engine) -> None:
    built = build(lab, APP, name="ways-gateway")
    answers(engine, lab.load(engine, built.reference))


@pytest.mark.parametrize("text", [SYNTAX, f"# syntax = {SOURCE}:latest\n# anything else\n", f"// syntax={SOURCE}\n"])
def test_a_syntax_file_named_to_the_built_in_frontend(lab: Lab, tmp_path: Path, text: str) -> None:
    (tmp_path / "app.migetpacks").write_text(text)
    metadata = tmp_path / "metadata.json"
    lab.buildctl(
        *("build", "--frontend=dockerfile.v0", "--opt=filename=app.migetpacks", f"--metadata-file={metadata}"),
        *(f"--local=context={APP}", f"--local=dockerfile={tmp_path}", f"--secret=id=ca-certificates,src={lab.ca}"),
    )
    told = json.loads(json.loads(metadata.read_text())["frontend.migetpacks.result"])
    assert told["language"] == "nodejs"


def test_the_apps_package_json_as_the_syntax_file(lab: Lab, context: Path, tmp_path: Path) -> None:
    manifest = {"syntax": SOURCE, "name": "app", "scripts": {"start": "node server.js"}}
    (context / "package.json").write_text(json.dumps(manifest))
    (context / "server.js").write_text("require('http').createServer((q, s) => s.end('x')).listen(process.env.PORT)\n")
    metadata = tmp_path / "metadata.json"
    lab.buildctl(
        *("build", "--frontend=dockerfile.v0", "--opt=filename=package.json", f"--metadata-file={metadata}"),
        *(f"--local=context={context}", f"--local=dockerfile={context}"),
    )
    told = json.loads(json.loads(metadata.read_text())["frontend.migetpacks.result"])
    assert told["language"] == "nodejs"


def test_buildx_with_a_remote_buildkit(lab: Lab, engine: Engine, syntax: Path, tmp_path: Path) -> None:
    name = f"remote-{tmp_path.name}"
    docker = engine.docker
    docker("buildx", "create", "--name", name, "--driver", "remote", lab.buildkit_host)
    try:
        reference = f"{lab.registry}/apps/ways-buildx:test"
        docker(
            *("buildx", "build", "--builder", name, "--progress=plain", "-f", syntax, "-t", reference, "--push"),
            *("--secret", f"id=ca-certificates,src={lab.ca}", APP),
        )
    finally:
        docker("buildx", "rm", name)
    answers(engine, lab.load(engine, reference))


@ENGINES
def test_docker_build(lab: Lab, version: str, store: str, syntax: Path) -> None:
    engine = lab.engine(version, store)
    done = engine.build("-f", syntax, "-t", "ways:local", APP)
    assert ("merge layers" in done.stderr + done.stdout) == (store == "containerd")
    answers(engine, "ways:local")


def test_the_frontend_from_an_oci_layout_with_no_registry(lab: Lab, tmp_path: Path) -> None:
    own = tmp_path / "frontend"
    own.mkdir()
    (own / "Dockerfile").write_text(f"FROM {SOURCE}\n")
    layout = tmp_path / "layout"
    sources = (f"--local=context={own}", f"--local=dockerfile={own}")
    lab.buildctl("build", "--frontend=dockerfile.v0", *sources, f"--output=type=oci,tar=false,dest={layout}")
    (manifest,) = json.loads((layout / "index.json").read_text())["manifests"]
    metadata = tmp_path / "metadata.json"
    lab.buildctl(
        *("build", "--frontend=gateway.v0", "--opt=source=nowhere.invalid/migetpacks"),
        f"--opt=context:nowhere.invalid/migetpacks=oci-layout://frontend@{manifest['digest']}",
        *(f"--oci-layout=frontend={layout}", f"--local=context={APP}", f"--metadata-file={metadata}"),
        f"--secret=id=ca-certificates,src={lab.ca}",
    )
    assert "frontend.migetpacks.result" in json.loads(metadata.read_text())


# --- engines that cannot merge


class Entry(NamedTuple):
    """A file of a root filesystem. `digest` is that of its content, or where a link leads."""

    type: bytes
    mode: int
    uid: int
    gid: int
    digest: str


MADE_BY_THE_ENGINE = ("dev", "proc", "sys", ".dockerenv", "etc/hosts", "etc/hostname", "etc/resolv.conf", "etc/mtab")


def exported(engine: Engine, image: str, tmp_path: Path) -> dict[str, Entry]:
    """Every file of an image by its path, as `docker export` gives it."""
    ident = engine.docker("create", image).stdout.strip()
    path = tmp_path / "root.tar"
    try:
        engine.docker("export", "-o", path, ident)
    finally:
        engine.docker("rm", ident)
    found: dict[str, Entry] = {}
    with tarfile.open(path) as tar:
        for member in tar:
            if member.name.rstrip("/").startswith(MADE_BY_THE_ENGINE):
                continue
            file = tar.extractfile(member) if member.isfile() else None
            content = hashlib.sha256(file.read()).hexdigest() if file else member.linkname
            found[member.name] = Entry(member.type, member.mode, member.uid, member.gid, content)
    path.unlink()
    return {name: resolved(found, entry) for name, entry in found.items()}


def resolved(entries: dict[str, Entry], entry: Entry) -> Entry:
    """A hard link as the file it is: which of its names comes first is the engine's choice."""
    if entry.type == tarfile.LNKTYPE:
        return resolved(entries, entries[entry.digest])
    return entry


@pytest.mark.parametrize("name", ["node-express", "python-flask"])
def test_stacked_layers_make_the_same_image_as_merged_ones(lab: Lab, name: str, syntax: Path, tmp_path: Path) -> None:
    stacked, merged = lab.engine(store="overlay2"), lab.engine(store="containerd")
    trees, configs = [], []
    for engine in (stacked, merged):
        engine.build("-f", syntax, "-t", "same:local", APPS / name)
        trees.append(exported(engine, "same:local", tmp_path))
        (shown,) = json.loads(engine.docker("inspect", "same:local").stdout)
        configs.append({key: value for key, value in shown["Config"].items() if value})
        answers(engine, "same:local")
    assert len(trees[0]) > 1000
    assert trees[0].keys() == trees[1].keys()
    assert {path: (entry, trees[1][path]) for path, entry in trees[0].items() if entry != trees[1][path]} == {}
    assert configs[0] == configs[1]


def test_an_engine_that_is_too_old_says_which_buildkit_is_needed(lab: Lab, syntax: Path) -> None:
    engine = lab.engine("20.10")
    done = engine.build("-f", syntax, "-t", "ways:local", APP, check=False)
    assert done.returncode != 0
    (line,) = [line for line in (done.stdout + done.stderr).splitlines() if "too old" in line]
    assert "BuildKit v0.10 (Docker Engine 23.0) or newer is needed" in line
    assert engine.docker("images", "-q", "ways:local").stdout == ""
