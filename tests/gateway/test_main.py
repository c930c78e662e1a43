"""The frontend's process without a BuildKit behind it."""

import os
import subprocess
import sys
from pathlib import Path

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
