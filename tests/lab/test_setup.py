"""tests/setup.sh on a machine whose Python, pip and network are told what to do."""

import subprocess
from pathlib import Path

import pytest

from tests.lab.place import ROOT

PYTHON = """#!/bin/sh
case $1 in
-c) exit 0 ;;
--version) echo Python 3.13.9 ;;
-m) echo venv >>"$HOME/log"; mkdir -p .venv/bin; cp pip .venv/bin/pip ;;
esac
"""
PIP = """#!/bin/sh
echo pip >>"$HOME/log"
[ "$(grep -c pip "$HOME/log")" -gt %d ] || { echo "Connection reset by peer"; exit 1; }
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A directory with what the set-up reads, and a Python in `bin`."""
    for name, text in (("bin/python3.13", PYTHON), ("pip", PIP % 0), ("requirements/dev.txt", "")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
    (tmp_path / "setup.sh").write_bytes((ROOT / "tests/setup.sh").read_bytes())
    return tmp_path


def started(checkout: Path) -> "subprocess.Popen[str]":
    """A set-up that has begun."""
    environment = {"PATH": f"{checkout}/bin:/usr/bin:/bin", "HOME": str(checkout), "SETUP_PAUSE_S": "0"}
    pipe = subprocess.PIPE
    command = ["sh", "setup.sh", ".venv"]
    return subprocess.Popen(command, cwd=checkout, env=environment, stdout=pipe, stderr=pipe, text=True)


def log(checkout: Path) -> list[str]:
    """What was run."""
    return (checkout / "log").read_text().split()


def test_two_at_once_make_one_virtualenv(checkout: Path) -> None:
    assert [process.communicate(timeout=30)[1] for process in [started(checkout), started(checkout)]] == ["", ""]
    assert log(checkout) == ["venv", "pip"]
    assert (checkout / ".venv/.ready").exists()


@pytest.mark.parametrize(("failures", "attempts", "status"), [(0, 1, 0), (3, 4, 0), (9, 4, 1)])
def test_pip_is_tried_again(checkout: Path, failures: int, attempts: int, status: int) -> None:
    (checkout / "pip").write_text(PIP % failures)
    process = started(checkout)
    error = process.communicate(timeout=30)[1]
    assert process.returncode == status
    assert log(checkout) == ["venv", *["pip"] * attempts]
    assert (checkout / ".venv/.ready").exists() is (status == 0)
    line = "error: the packages of requirements/dev.txt: pip failed (4 attempts)"
    assert error == ("" if status == 0 else f"  Connection reset by peer\n{line}\nhint: run it again\n")
