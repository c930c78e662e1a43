"""What a user gets wrong, through a real client: one clear message, a hint, exit status other than 0, no output."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Layout
from tests.lab.api import Lab

pytestmark = pytest.mark.e2e

SERVER = "require('http').createServer((q, s) => s.end('x')).listen(process.env.PORT)\n"
Fails = Callable[..., str]


@pytest.fixture
def app(context: Path) -> Path:
    """A small app with nothing wrong."""
    manifest(context, name="app", scripts={"start": "node server.js"})
    (context / "server.js").write_text(SERVER)
    return context


def manifest(directory: Path, **fields: Any) -> None:
    (directory / "package.json").write_text(json.dumps(fields, indent=2) + "\n")


@pytest.fixture
def fails(lab: Lab, tmp_path: Path) -> Fails:
    """Builds, sees it fail with nothing written, and gives what the client printed."""

    def build(context: Path | None, opts: Mapping[str, str] | None = None, *more: str, address: str = "") -> str:
        output, metadata = tmp_path / "image.tar", tmp_path / "metadata.json"
        before = tree(context) if context else {}
        done = lab.buildctl(
            *(("--addr", address) if address else ()),
            *("build", "--progress=plain", "--frontend=gateway.v0", "--opt=source=miget/migetpacks"),
            *(f"--opt={key}={value}" for key, value in (opts or {}).items()),
            *((f"--local=context={context}",) if context else ()),
            *(f"--output=type=oci,dest={output}", f"--metadata-file={metadata}"),
            *more,
            check=False,
        )
        printed = done.stdout + done.stderr
        assert done.returncode != 0, printed
        assert "Traceback" not in printed
        assert "bug in migetpacks" not in printed
        assert not output.exists() or output.stat().st_size == 0  # the client opens it before it asks
        assert not metadata.exists()
        assert (tree(context) if context else {}) == before
        return printed

    return build


def tree(directory: Path) -> dict[str, tuple[int, int]]:
    """Every file of a directory: its size and the time of its last change."""
    return {
        str(path): (path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in directory.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def test_a_failing_install_of_npm_ends_with_the_line_that_matters_and_a_hint(lab: Lab, app: Path, fails: Fails) -> None:
    manifest(app, name="app", version="1.0.0", scripts={"start": "node server.js"}, dependencies={"ms": "2.1.3"})
    empty = {
        "name": "app",
        "version": "1.0.0",
        "lockfileVersion": 3,
        "packages": {"": {"name": "app", "version": "1.0.0"}},
    }
    (app / "package-lock.json").write_text(json.dumps(empty))
    printed = fails(app, {}, f"--secret=id=ca-certificates,src={lab.ca}")
    assert re.search(r"npm error Missing: ms@2\.1\.3 from lock file\n.*hint: package-lock\.json does not fit", printed)
    assert "exit code: 1" in printed
    assert "SSL_CERT_FILE" not in printed  # what starts the step is no text in the log


def test_a_failing_install_of_pip_ends_with_the_line_that_matters_and_a_hint(
    lab: Lab, context: Path, fails: Fails
) -> None:
    (context / "requirements.txt").write_text("flask==99.0\n")
    (context / "app.py").write_text("import flask\n\napp = flask.Flask(__name__)\n")
    printed = fails(context, {}, f"--secret=id=ca-certificates,src={lab.ca}")
    assert re.search(r"ERROR: .*flask==99\.0.*\n.*hint: no version of that package fits", printed)
    assert "exit code: 1" in printed


def test_no_context(fails: Fails) -> None:
    assert "there is no build context" in fails(None)


def test_an_empty_context(fails: Fails, context: Path) -> None:
    printed = fails(context)
    assert "empty" in printed
    assert "hint: " in printed


MALFORMED: dict[str, tuple[bytes, str]] = {
    "not JSON": (b'{\n  "name": "app",\n  "scripts": {,}\n}\n', r"package\.json.*\n.*package\.json:3"),
    "cut off": (b'{"name": "app"', r"package\.json:1"),
    "empty": (b"", r"package\.json"),
    "UTF-16": ('{"name": "app"}'.encode("utf-16"), r"(?s)package\.json.*UTF-16"),
    "an array": (b'[{"name": "app"}]\n', r"package\.json is not a JSON object"),
    "not UTF-8": (b'{\n"name": "caf\xe9"}\n', r"(?s)package\.json.*UTF-8"),
    "20 MB": (b'{"name": "app", "x": "' + b"a" * (20 << 20) + b'"}', r"(?s)package\.json.*(large|MB|MiB)"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_package_json_that_is_none(fails: Fails, app: Path, name: str) -> None:
    content, message = MALFORMED[name]
    (app / "package.json").write_bytes(content)
    printed = fails(app)
    assert re.search(message, printed), printed
    assert "hint: " in printed


def test_a_package_json_that_is_a_directory(fails: Fails, app: Path) -> None:
    (app / "package.json").unlink()
    (app / "package.json").mkdir()
    (app / "package.json/x").write_text("x")
    assert re.search(r"package\.json.* is a directory", fails(app))


def test_a_package_json_that_is_a_dangling_link(fails: Fails, app: Path) -> None:
    (app / "package.json").unlink()
    (app / "package.json").symlink_to("nowhere.json")
    assert "package.json is a symbolic link whose target is not in the build context" in fails(app)


def test_a_byte_order_mark_is_no_mistake(lab: Lab, app: Path) -> None:
    path = app / "package.json"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    lab.buildctl("build", "--frontend=gateway.v0", "--opt=source=miget/migetpacks", f"--local=context={app}")


def test_nothing_that_says_how_the_app_starts(fails: Fails, app: Path) -> None:
    (app / "server.js").rename(app / "something.js")
    manifest(app, name="app")
    printed = fails(app)
    assert "package.json" in printed
    assert re.search(r"hint: .*(start|RUN_COMMAND)", printed)


def test_nothing_of_any_language(fails: Fails, context: Path) -> None:
    (context / "README.txt").write_text("hello\n")
    printed = fails(context)
    assert "README.txt" in printed
    assert re.search(r"hint: looked for .*package\.json.*requirements\.txt", printed), printed


def test_a_start_command_with_nothing_to_start(fails: Fails, app: Path) -> None:
    manifest(app, name="app", scripts={"start": "node servr.js"})
    printed = fails(app)
    assert re.search(r"package\.json:4", printed)
    assert "servr.js" in printed


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("build-arg:NODE_VERSON", "22", "did you mean NODE_VERSION"),
        ("build-arg:PROT", "80", "did you mean PORT"),
        ("platfrom", "linux/amd64", "did you mean platform"),
        ("build-arg:PORT", "abc", "PORT"),
        ("build-arg:PORT", "0", "PORT"),
        ("build-arg:PORT", "70000", "PORT"),
        ("platform", "linux/amd46", "amd64"),
        ("platform", "windows/amd64", "windows"),
        ("build-arg:NODE_VERSION", "nineteen", "NODE_VERSION"),
        ("build-arg:LANGUAGE", "nodjs", "nodejs"),
        ("build-arg:PROJECT_PATH", "nowhere", "nowhere"),
        ("build-arg:RUN_COMMAND", "node 'server.js", "unclosed '"),
    ],
)
def test_an_option(fails: Fails, app: Path, option: str, value: str, message: str) -> None:
    printed = fails(app, {option: value})
    assert message in printed
    assert value in printed or option.removeprefix("build-arg:") in printed
    assert "hint: " in printed


def test_a_mistake_in_the_config_file(fails: Fails, app: Path) -> None:
    (app / "migetpacks.yaml").write_text("port: 5000\nruntme:\n  env: {}\n")
    printed = fails(app)
    assert "migetpacks.yaml:2" in printed
    assert "runtme" in printed


def test_a_base_image_that_does_not_exist(fails: Fails, app: Path) -> None:
    printed = fails(app, {"build-arg:NODE_VERSION": "24.999.0"})
    assert re.search(r"node:24\.999\.0\S* .*(not found|does .* exist)", printed), printed
    assert "hint: " in printed


def test_a_base_image_that_is_there_for_another_platform_only(fails: Fails, app: Path) -> None:
    printed = fails(app, {"platform": "linux/arm64"})
    assert "node:24-trixie-slim is for linux/amd64, but linux/arm64 was requested" in printed
    assert "hint: " in printed


def test_a_file_that_asks_for_a_version_that_does_not_exist(fails: Fails, app: Path) -> None:
    (app / ".nvmrc").write_text("\n24.999.0\n")
    printed = fails(app)
    assert "there is no image node:24.999.0-" in printed
    assert re.search(r"\.nvmrc:2", printed), printed
    assert "hint: " in printed


def test_the_frontends_registry_is_down(fails: Fails, app: Path) -> None:
    port = free_port()
    printed = fails(app, {"context:miget/migetpacks": f"docker-image://127.0.0.1:{port}/frontend:latest"})
    assert f"127.0.0.1:{port}" in printed


def test_the_base_images_registry_is_down(
    lab: Lab, fails: Fails, app: Path, frontend_layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")  # nor is Docker Hub, whose mirror is tried first
    with lab.buildkitd(registry=port) as address:
        printed = fails(
            app,
            {"context:miget/migetpacks": f"oci-layout://frontend@{frontend_layout.digest}"},
            f"--oci-layout=frontend={frontend_layout.directory}",
            address=address,
        )
    assert "the base image node:24-trixie-slim cannot be loaded" in printed
    assert f"127.0.0.1:{port}" in printed
    assert "connection refused" in printed
    assert "hint: check that the builder can reach the registry" in printed


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_step_that_fails(fails: Fails, app: Path) -> None:
    build = "node -e \\\"console.log('the tool says so'); process.exit(7)\\\""
    (app / "package.json").write_text(
        f'{{\n  "name": "app",\n  "scripts": {{\n    "build": "{build}",\n    "start": "node server.js"\n  }}\n}}\n'
    )
    printed = fails(app)
    assert re.search(r"^#\d+ [\d.]+ the tool says so$", printed, re.MULTILINE), printed
    told = printed[printed.rindex("error: ") :].splitlines()
    assert told[0] == 'error: failed to solve: step "[build] npm run build" failed: exit code 7'
    assert told[1].split()[0] == "package.json:4"


def test_a_mistake_leaves_no_directory_behind(lab: Lab, app: Path, tmp_path: Path) -> None:
    (app / "package.json").write_text("{")
    directory = tmp_path / "out"
    done = lab.buildctl(
        *("build", "--frontend=gateway.v0", "--opt=source=miget/migetpacks", f"--local=context={app}"),
        f"--output=type=local,dest={directory}",
        check=False,
    )
    assert done.returncode != 0
    assert not directory.exists() or not list(directory.iterdir())


@pytest.mark.parametrize("store", ["overlay2", "containerd"])
def test_docker_build_shows_the_same_message(lab: Lab, app: Path, tmp_path: Path, store: str) -> None:
    (app / "package.json").write_text('{\n  "name": app\n}\n')
    (tmp_path / "syntax").write_text("# syntax=miget/migetpacks\n")
    engine = lab.engine(store=store)
    done = engine.build("-f", tmp_path / "syntax", "-t", "mistaken:local", app, check=False)
    assert done.returncode != 0
    assert "package.json is not JSON" in done.stderr
    assert "package.json:2" in done.stderr
    assert "hint: " in done.stderr
    assert "Traceback" not in done.stderr
    assert engine.docker("images", "-q", "mistaken:local").stdout == ""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["interrupted", "killed"])
def test_a_client_that_goes_away_in_the_middle(lab: Lab, app: Path, how: signal.Signals) -> None:
    mark = uuid.uuid4().hex
    manifest(app, name="app", scripts={"start": "node server.js", "build": f"echo it-began; sleep 1000 && echo {mark}"})
    command = [
        *("buildctl", "build", "--progress=plain", "--frontend=gateway.v0", "--opt=source=miget/migetpacks"),
        *(f"--opt=build-arg:RUN_ENV_MARK={mark}", f"--local=context={app}"),
    ]
    with subprocess.Popen(command, env=lab.environment, stderr=subprocess.PIPE, text=True) as client:
        assert client.stderr is not None
        try:
            assert any(re.match(r"#\d+ [\d.]+ it-began", line) for line in client.stderr)
            assert running(mark), "the frontend and the step"
            assert not ended(lab, mark)
        finally:
            client.send_signal(how)
            client.stderr.close()
            client.wait(timeout=30)
    assert client.returncode != 0
    until = time.monotonic() + 30
    while (running(mark) or not ended(lab, mark)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not running(mark)
    assert ended(lab, mark)
    manifest(app, name="app", scripts={"start": "node server.js"})
    lab.buildctl("build", "--frontend=gateway.v0", "--opt=source=miget/migetpacks", f"--local=context={app}")


def ended(lab: Lab, mark: str) -> bool:
    """Whether the build with this mark among its options is over, as BuildKit's own records have it."""
    lines = lab.buildctl("debug", "histories", "--format={{json .}}").stdout.splitlines()
    records = [json.loads(line)["record"] for line in lines if mark in line]
    return bool(records) and all("CompletedAt" in record for record in records)


def running(mark: str) -> list[str]:
    """The command lines of this machine's processes, clients apart, that have this mark in it or in the environment."""
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                arguments, environment = ((Path(entry.path) / name).read_bytes() for name in ("cmdline", "environ"))
            except OSError:
                continue  # it has ended
            if mark.encode() in arguments + environment and b"buildctl" not in arguments:
                found.append(arguments.decode(errors="replace").replace("\0", " "))
    return found
