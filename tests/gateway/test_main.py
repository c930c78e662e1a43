"""The frontend's process without a BuildKit behind it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from frontend import build
from frontend.__main__ import BUG_CHARACTERS, run
from frontend.errors import BuildError, SourceError
from frontend.gateway.client import Gateway
from tests.gateway.bridge import Bridge

ROOT = Path(__file__).parents[2]


def start(*line: str, **environ: str) -> "subprocess.CompletedProcess[bytes]":
    env = {"PATH": os.environ["PATH"], **environ}
    return subprocess.run(
        [sys.executable, *line],
        check=False,
        capture_output=True,
        env=env,
        stdin=subprocess.DEVNULL,
        cwd=ROOT,
    )


def test_without_a_session_it_says_what_it_is() -> None:
    for line in (("-m", "frontend"), ("-I", "-S", str(ROOT / "frontend" / "__main__.py"))):
        done = start(*line)
        assert done.returncode == 2
        assert b"migetpacks is a BuildKit frontend" in done.stderr
        assert done.stdout == b""


def test_a_session_that_is_gone_is_one_line() -> None:
    done = start("-m", "frontend", BUILDKIT_SESSION_ID="gone")
    assert done.returncode == 1
    assert done.stderr == b"error: BuildKit closed the connection\n"


def test_its_stdout_is_the_connection_alone() -> None:
    done = start("-m", "frontend", BUILDKIT_SESSION_ID="gone")
    assert done.stdout.startswith(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (SourceError("the file is bad"), "the file is bad"),
        (SourceError('"\ud800" is not a version'), '"?" is not a version'),
        (KeyError("x"), "bug in migetpacks: KeyError: 'x'"),
        (KeyError("\ud800"), "bug in migetpacks: KeyError: '\\ud800'"),
        (None, "bug in migetpacks: the build ended without a result"),
    ],
)
def test_every_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception | None, told: str) -> None:
    def fail(_gateway: Gateway) -> None:
        if error is not None:
            raise error

    monkeypatch.setattr(build, "run", fail)
    bridge = Bridge()
    with bridge.gateway(tmp_path) as gateway:
        assert run(gateway) == 0
    assert bridge.returned().error.message == told


def test_an_error_that_cannot_be_returned_is_told_in_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_gateway: Gateway) -> None:
        raise SourceError("x" * (20 << 20))

    monkeypatch.setattr(build, "run", fail)
    bridge = Bridge()
    with bridge.gateway(tmp_path) as gateway:
        assert run(gateway) == 0
    told = bridge.returned().error.message
    assert told.startswith("bug in migetpacks: GatewayError: ")
    assert "; before it: xxx" in told
    assert len(told) <= BUG_CHARACTERS


def test_an_error_that_cannot_be_worded_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_gateway: Gateway) -> None:
        raise SourceError("the file is bad")

    def refuse(_gateway: Gateway, _error: BuildError) -> None:
        raise ValueError("no words")

    monkeypatch.setattr(build, "run", fail)
    monkeypatch.setattr(Gateway, "return_error", refuse)
    bridge = Bridge()
    with bridge.gateway(tmp_path) as gateway:
        assert run(gateway) == 0
    assert bridge.returned().error.message == "bug in migetpacks: ValueError: no words; before it: the file is bad"
