"""Which interpreter of this machine a stand-in is made from, and what of it."""

import tarfile
from pathlib import Path

import pytest

from tests.lab import images, interpreters
from tests.lab.images import Builder
from tests.lab.place import Place
from tests.lab.progress import Line
from tests.lab.shared import FinalError

INSTALLED = "3.9.18\n3.12.1\n3.12.10\n3.12.9\n3.13-dev\n3.12.1/envs/tools\nmambaforge\n"


@pytest.fixture
def pyenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pyenv on PATH that has INSTALLED, each under its version."""
    program = tmp_path / "bin/pyenv"
    program.parent.mkdir()
    (tmp_path / "installed").write_text(INSTALLED)
    program.write_text(f'#!/bin/sh\n[ "$1" = prefix ] && echo {tmp_path}/versions/$2 || cat {tmp_path}/installed\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return tmp_path


@pytest.mark.parametrize(
    ("minor", "patch", "version"),
    [("3.12", "", "3.12.10"), ("3.12", ".1", "3.12.1"), ("3.9", "", "3.9.18"), ("3.1", "", None), ("3.13", "", None)],
)
def test_the_newest_release_of_a_line(pyenv: Path, minor: str, patch: str, version: str | None) -> None:
    assert interpreters.newest(minor, patch) == version
    assert interpreters.prefix("3.12.1") == pyenv / "versions/3.12.1"


def test_a_machine_without_pyenv_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreters, "find", lambda program: None)
    assert interpreters.newest("3.12") is None


def test_an_image_that_this_machine_cannot_make_is_an_error_that_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreters, "find", lambda program: None)
    builder = Builder(Place(tmp_path, tmp_path), lambda *args: pytest.fail("nothing is built"), "127.0.0.1:1")
    with pytest.raises(FinalError, match=r"cannot make python:3\.10-slim-trixie here") as raised:
        builder.describe("library/python:3.10-slim-trixie", Line(0, "", 0.0))
    assert "pyenv install 3.10" in raised.value.hint


def test_what_was_installed_into_an_interpreter_stays_behind(tmp_path: Path) -> None:
    source = tmp_path / "versions/3.12.1"
    kept = [
        "bin/python3.12", "bin/python3.12-config", "bin/2to3-3.12", "include/python3.12/Python.h",
        "lib/libpython3.12.so.1.0", "lib/python3.12/os.py", "lib/python3.12/unittest/mock.py",
    ]  # fmt: skip
    left = [
        "bin/pip3", "bin/flask", "bin/pythonista", "lib/python3.12/site-packages/flask/__init__.py",
        "lib/python3.12/__pycache__/os.cpython-312.pyc", "lib/python3.12/test/test_os.py",
        "lib/python3.12/config-3.12-x86_64-linux-gnu/libpython3.12.a",
    ]  # fmt: skip
    for path in kept + left:
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).touch()
    interpreters.pack(source, tmp_path / "python.tar")
    with tarfile.open(tmp_path / "python.tar") as archive:
        files = [member.name for member in archive if member.isreg()]
        assert {member.uid for member in archive} == {0}
    assert sorted(files) == sorted(kept)


def test_each_older_python_can_be_asked_for() -> None:
    assert all(images.PYTHON_TAG.fullmatch(f"python:{minor}-slim-trixie") for minor in images.OLDER_PYTHONS)
