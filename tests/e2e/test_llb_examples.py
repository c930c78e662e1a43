"""The examples of the LLB library, each built by `buildctl build < definition`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.api import Lab

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples/llb"
TIMEOUT_S = 900


def built(lab: Lab, name: str, dest: Path, *args: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    """Runs an example, and buildctl on what it writes."""
    python = {**os.environ, "PYTHONPATH": str(ROOT)}
    made = subprocess.run([sys.executable, EXAMPLES / name], env=python, capture_output=True, check=True, timeout=60)
    command = ["buildctl", "build", "--progress=plain", *args, "--output", f"type=local,dest={dest}"]
    environment = {**lab.environment, **env}
    done = subprocess.run(
        command, env=environment, input=made.stdout, capture_output=True, check=False, timeout=TIMEOUT_S
    )
    assert done.returncode == 0, done.stderr.decode()[-4000:]
    return done


def test_every_example_is_here() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == {"go_program.py", "hello.py", "layers.py", "parallel.py"}


def test_hello(lab: Lab, tmp_path: Path) -> None:
    built(lab, "hello.py", tmp_path)
    assert (tmp_path / "hello").read_text() == "hello, world\n"


def test_a_go_program(lab: Lab, tmp_path: Path) -> None:
    log = built(lab, "go_program.py", tmp_path).stderr.decode()
    assert "go build" in log
    assert [path.name for path in tmp_path.iterdir()] == ["hello"]
    said = subprocess.run([tmp_path / "hello"], capture_output=True, check=True, text=True, timeout=60)
    assert said.stdout.startswith("hello from linux/")


def test_layers(lab: Lab, tmp_path: Path) -> None:
    context, dest = tmp_path / "context", tmp_path / "out"
    for name in ("main.py", "test_main.py", "notes.txt", "pkg/inner.py"):
        path = context / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    built(lab, "layers.py", dest, "--local", f"context={context}")
    app = sorted(str(path.relative_to(dest / "app")) for path in (dest / "app").rglob("*") if path.is_file())
    assert app == ["main.py", "pkg/inner.py"]
    assert (dest / "etc/app.default.conf").read_text() == "port = 5000\n"
    assert "app:x:1000:1000" in (dest / "etc/passwd").read_text()
    assert not (dest / "bin").exists(), "the base is not part of the result"


def test_a_step_that_fails_is_shown_with_its_line(lab: Lab, tmp_path: Path) -> None:
    text = (EXAMPLES / "parallel.py").read_text().replace('"user": "id -un"', '"user": "exit 3"')
    program = tmp_path / "parallel.py"
    program.write_text(text)
    definition = subprocess.run(
        [sys.executable, program], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=True
    ).stdout
    done = subprocess.run(
        ["buildctl", "build", "--progress=plain"],
        env=lab.environment,
        input=definition,
        capture_output=True,
        check=False,
    )
    line = next(number for number, row in enumerate(text.splitlines(), 1) if '"exit 3"' in row)
    assert done.returncode == 1
    assert f"parallel.py:{line}" in done.stderr.decode()
    assert '>>>     "user": "exit 3"' in done.stderr.decode()


def test_parallel(lab: Lab, tmp_path: Path) -> None:
    # a secret's value is in no cache key: another one would not make the step run again
    args = ("--no-cache", "--secret", "id=token,env=TOKEN")
    log = built(lab, "parallel.py", tmp_path, *args, TOKEN="open sesame").stderr.decode()
    report = dict(line.split(": ") for line in (tmp_path / "report.txt").read_text().splitlines())
    assert (report["kernel"], report["user"]) == ("Linux", "root")
    assert report["token"] == "41ef4bb0b23661e66301aac36066912dac037827b4ae63a7b1165a5aa93ed4eb"[:12]
    assert "open sesame" not in log
