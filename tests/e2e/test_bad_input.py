"""What a user gets wrong, through a real client: one clear message, a hint, exit status other than 0, no output."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

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

    def build(context: Path | None, opts: Mapping[str, str] | None = None, **options: Any) -> str:
        output, metadata = tmp_path / "image.tar", tmp_path / "metadata.json"
        before = tree(context) if context else {}
        done = lab.buildctl(
            *("build", "--progress=plain", "--frontend=gateway.v0", "--opt=source=miget/migetpacks"),
            *(f"--opt={key}={value}" for key, value in (opts or {}).items()),
            *((f"--local=context={context}",) if context else ()),
            *(f"--output=type=oci,dest={output}", f"--metadata-file={metadata}"),
            check=False,
            **options,
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
    assert "package.json is a symbolic link to nothing in the build context" in fails(app)


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
        ("build-arg:RUN_COMMAND", "node 'server.js", "never closed"),
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
    assert re.search(r"node:24\.999\.0\S* .*(not found|does not exist)", printed), printed
    assert "hint: " in printed


def test_a_registry_that_is_down(lab: Lab, fails: Fails, app: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        context = f"docker-image://127.0.0.1:{port}/frontend:latest"
        printed = fails(app, {"context:miget/migetpacks": context})
    assert f"127.0.0.1:{port}" in printed


def test_a_step_that_fails(fails: Fails, app: Path) -> None:
    build = "node -e \\\"console.log('the tool says so'); process.exit(7)\\\""
    (app / "package.json").write_text(
        f'{{\n  "name": "app",\n  "scripts": {{\n    "build": "{build}",\n    "start": "node server.js"\n  }}\n}}\n'
    )
    printed = fails(app)
    assert "the tool says so" in printed
    last = printed[printed.rindex("the tool says so") :]
    assert re.search(r"build.*exit(ed with| code|s with|ed)? ?(status|code)? ?7", last), printed


def test_a_client_that_goes_away_in_the_middle(lab: Lab, app: Path) -> None:
    manifest(app, name="app", scripts={"start": "node server.js", "build": "echo it-began; sleep 1000"})
    command = [
        *("buildctl", "build", "--progress=plain", "--frontend=gateway.v0", "--opt=source=miget/migetpacks"),
        f"--local=context={app}",
    ]
    with subprocess.Popen(command, env=lab.environment, stderr=subprocess.PIPE, text=True) as client:
        assert client.stderr is not None
        for line in client.stderr:
            if re.match(r"#\d+ [\d.]+ it-began", line):
                break
        client.send_signal(signal.SIGINT)
        client.wait(timeout=30)
    assert client.returncode != 0
    until = time.monotonic() + 30
    while running(b"sleep\x001000\x00") and time.monotonic() < until:
        time.sleep(0.1)
    assert not running(b"sleep\x001000\x00")
    manifest(app, name="app", scripts={"start": "node server.js"})
    lab.buildctl("build", "--frontend=gateway.v0", "--opt=source=miget/migetpacks", f"--local=context={app}")


def running(arguments: bytes) -> bool:
    """Whether a process of this machine was started with these arguments."""
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                if (Path(entry.path) / "cmdline").read_bytes() == arguments:
                    return True
            except OSError:
                continue  # it has ended
    return False
