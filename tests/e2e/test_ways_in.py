"""The ways in, each by its real client: buildctl, a syntax file, docker buildx, `docker build` on real engines."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.e2e.apps import APPS, SOURCE, Container, build, started
from tests.e2e.conftest import Layout
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


@pytest.fixture
def remote(lab: Lab, engine: Engine, tmp_path: Path) -> Iterator[str]:
    """A builder of docker buildx that is the lab's BuildKit."""
    name = f"remote-{tmp_path.name}"
    engine.docker("buildx", "create", "--name", name, "--driver", "remote", lab.buildkit_host)
    yield name
    engine.docker("buildx", "rm", name)


def test_buildx_with_a_remote_buildkit(lab: Lab, engine: Engine, remote: str, syntax: Path) -> None:
    reference = f"{lab.registry}/apps/ways-buildx:test"
    engine.docker(
        *("buildx", "build", "--builder", remote, "--progress=plain", "-f", syntax, "-t", reference, "--push"),
        *("--secret", f"id=ca-certificates,src={lab.ca}", APP),
    )
    answers(engine, lab.load(engine, reference))


def test_buildx_builds_an_image_of_one_process_and_lists_them(
    lab: Lab, engine: Engine, remote: str, syntax: Path
) -> None:
    app = APPS / "node-procfile"
    reference = f"{lab.registry}/apps/ways-target:test"
    begin = ("buildx", "build", "--builder", remote, "--progress=plain", "-f", syntax)
    secret = ("--secret", f"id=ca-certificates,src={lab.ca}")
    engine.docker(*begin, "--target", "worker", "-t", reference, "--push", *secret, app)
    engine.docker("pull", "-q", reference)
    cmd = engine.docker("inspect", "--format={{json .Config.Cmd}}", reference).stdout
    assert json.loads(cmd) == ["node", "worker.js"]
    listed = engine.docker(*begin, "--call=targets,format=json", app).stdout
    assert [one["name"] for one in json.loads(listed)["targets"]] == ["web", "worker"]


@ENGINES
def test_docker_build(lab: Lab, version: str, store: str, syntax: Path) -> None:
    engine = lab.engine(version, store)
    done = engine.build("-f", syntax, "-t", "ways:local", APP)
    assert ("merge layers" in done.stderr + done.stdout) == (store == "containerd")
    answers(engine, "ways:local")


NOWHERE = "nowhere.invalid/migetpacks"  # a name that no registry has


@pytest.mark.parametrize("way", ["gateway", "syntax file"])
def test_the_frontend_from_an_oci_layout_with_no_registry(
    lab: Lab, engine: Engine, frontend_layout: Layout, tmp_path: Path, way: str
) -> None:
    (tmp_path / "app.migetpacks").write_text(f"# syntax={NOWHERE}\n")
    start = {
        "gateway": ("--frontend=gateway.v0", f"--opt=source={NOWHERE}"),
        "syntax file": ("--frontend=dockerfile.v0", "--opt=filename=app.migetpacks", f"--local=dockerfile={tmp_path}"),
    }
    reference = f"{lab.registry}/apps/ways-layout:test"
    lab.buildctl(
        *("build", *start[way], f"--opt=context:{NOWHERE}=oci-layout://frontend@{frontend_layout.digest}"),
        *(f"--oci-layout=frontend={frontend_layout.directory}", f"--local=context={APP}"),
        *(f"--secret=id=ca-certificates,src={lab.ca}", f"--output=type=image,name={reference},push=true"),
    )
    answers(engine, lab.load(engine, reference))


def test_docker_buildx_with_the_frontend_from_an_oci_layout(
    lab: Lab, engine: Engine, frontend_layout: Layout, remote: str, tmp_path: Path
) -> None:
    (tmp_path / "app.migetpacks").write_text(f"# syntax={NOWHERE}\n")
    reference = f"{lab.registry}/apps/ways-layout-buildx:test"
    engine.docker(
        *("buildx", "build", "--builder", remote, "--progress=plain", "-f", tmp_path / "app.migetpacks"),
        *("--build-context", f"{NOWHERE}=oci-layout://{frontend_layout.directory}@{frontend_layout.digest}"),
        *("--secret", f"id=ca-certificates,src={lab.ca}", "-t", reference, "--push", APP),
    )
    answers(engine, lab.load(engine, reference))


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


def history(engine: Engine, image: str) -> list[dict[str, str]]:
    """The layers of an image, the last one first."""
    shown = engine.docker("history", "--no-trunc", "--format", "{{json .}}", image).stdout
    return [json.loads(line) for line in shown.splitlines()]


@pytest.mark.parametrize("name", ["node-express", "python-flask"])
def test_stacked_layers_make_the_same_image_as_merged_ones(lab: Lab, name: str, syntax: Path, tmp_path: Path) -> None:
    stacked, merged = lab.engine(store="overlay2"), lab.engine(store="containerd")
    trees, configs, layers = [], [], []
    for engine in (stacked, merged):
        engine.build("-f", syntax, "-t", "same:local", APPS / name)
        trees.append(exported(engine, "same:local", tmp_path))
        (shown,) = json.loads(engine.docker("inspect", "same:local").stdout)
        configs.append({key: value for key, value in shown["Config"].items() if value})
        names = [line["CreatedBy"] for line in history(engine, "same:local")]
        layers.append((names, len(shown["RootFS"]["Layers"])))
        answers(engine, "same:local")
    assert len(trees[0]) > 1000
    assert trees[0].keys() == trees[1].keys()
    assert {path: (entry, trees[1][path]) for path, entry in trees[0].items() if entry != trees[1][path]} == {}
    assert configs[0] == configs[1]
    assert layers[0] == layers[1]


def test_an_engine_that_is_too_old_says_which_buildkit_is_needed(lab: Lab, syntax: Path) -> None:
    engine = lab.engine("20.10")
    done = engine.build("-f", syntax, "-t", "ways:local", APP, check=False)
    assert done.returncode != 0
    (line,) = [line for line in (done.stdout + done.stderr).splitlines() if "too old" in line]
    assert "BuildKit v0.10 (Docker Engine 23.0) or newer is required" in line
    assert engine.docker("images", "-q", "ways:local").stdout == ""


def test_limits_and_names_that_clients_set_reach_the_build_steps(lab: Lab, context: Path) -> None:
    (context / "server.js").write_text("require('http').createServer().listen(process.env.PORT)\n")
    limit = "/sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes"  # cgroups of version 2, and 1
    look = f"hostname; ulimit -Hn; df -k /dev/shm | tail -1; cat /etc/hosts; cat {limit} 2>/dev/null || true"
    scripts = {"start": "node server.js", "build": look}
    (context / "package.json").write_text(json.dumps({"name": "app", "scripts": scripts}))
    done = lab.buildctl(
        *("build", "--progress=plain", "--frontend=gateway.v0", f"--opt=source={SOURCE}", "--no-cache"),
        *("--opt=hostname=builder", "--opt=ulimit=nofile=123:456", "--opt=shm-size=33554432"),
        *("--opt=add-hosts=db.example.com=10.1.2.3", "--opt=memory=268435456", f"--local=context={context}"),
    )
    printed = done.stderr + done.stdout
    lines = [line.split(maxsplit=2)[2] for line in printed.splitlines() if len(line.split(maxsplit=2)) == 3]
    assert "builder" in lines
    assert "456" in lines
    assert any(line.split()[1] == "32768" and line.endswith("/dev/shm") for line in lines if len(line.split()) > 1)
    assert any(line.split() == ["10.1.2.3", "db.example.com"] for line in lines)
    assert "268435456" in lines


def test_a_named_context_replaces_a_base_image(lab: Lab) -> None:
    other = f"{lab.registry}/library/node:24-trixie-slim"
    built = build(lab, APP, name="ways-base", options={"context:node:24-trixie-slim": f"docker-image://{other}"})
    assert any(base["name"] == other for base in built.result["base_images"])


def policy(tmp_path: Path, image: str, other: str) -> str:
    """The option for a source policy that puts another source in the place of an image."""
    rule = {
        "action": "CONVERT",
        "selector": {"identifier": f"docker-image://docker.io/library/{image}", "matchType": "EXACT"},
        "updates": {"identifier": other},
    }
    (tmp_path / "policy.json").write_text(json.dumps({"version": 1, "rules": [rule]}))
    return f"--source-policy-file={tmp_path / 'policy.json'}"


def test_a_source_policy_replaces_a_base_image(lab: Lab, tmp_path: Path) -> None:
    option = policy(tmp_path, "node:24-trixie-slim", "docker-image://docker.io/library/node:26-trixie-slim")
    built = build(lab, APP, name="ways-policy", extra=(option,))
    assert "docker.io/library/node:26-trixie-slim" in [base["name"] for base in built.result["base_images"]]


def test_a_source_policy_that_replaces_a_base_image_by_no_image_is_told(lab: Lab, tmp_path: Path) -> None:
    option = policy(tmp_path, "node:24-trixie-slim", "https://example.com/node.tar")
    with pytest.raises(subprocess.CalledProcessError) as error:
        build(lab, APP, name="ways-policy", extra=(option,))
    assert "bug in migetpacks" not in error.value.stderr
    assert "node:24-trixie-slim" in error.value.stderr
