"""What a step prints where it fails is in no cache key, on a real BuildKit."""

from __future__ import annotations

import re
import subprocess
import uuid

import pytest

import llb
from frontend.lower import wrapper
from tests.lab.api import Lab

pytestmark = pytest.mark.e2e
STEP = re.compile(r"^(#\d+) the step\n(?:\1 .*\n)*?\1 (CACHED|DONE)", re.MULTILINE)


def built(lab: Lab, command: str, hint: str) -> subprocess.CompletedProcess[bytes]:
    """A command, started as those of plans are, on a small image."""
    state = llb.image("debian:trixie-slim").run(
        wrapper.started(("/bin/sh", "-c", command)),
        mounts=wrapper.mounts(fetches=False),
        proxy=wrapper.proxy({}, "/bin/sh", hint),
        name="the step",
    )
    return subprocess.run(
        ["buildctl", "build", "--progress=plain"],
        env=lab.environment,
        input=state.marshal().to_bytes(),
        capture_output=True,
        check=False,
    )  # fmt: skip


def test_a_step_with_another_hint_is_cached(lab: Lab) -> None:
    command = f"echo {uuid.uuid4().hex} >/made; ! env | grep -i proxy"
    ends = [[end for _, end in STEP.findall(built(lab, command, hint).stderr.decode())] for hint in ("one", "another")]
    assert ends == [["DONE"], ["CACHED"]]


def test_a_step_that_fails_prints_one_hint(lab: Lab) -> None:
    printed = built(lab, "echo 'Error: DATABASE_URL is not set'; exit 3", "something else").stderr.decode()
    log = printed.partition("------\n")[0]
    assert log.count("hint: ") == 1
    assert "BUILD_ENV_NAME" in log
    assert "something else" in built(lab, "exit 3", "something else").stderr.decode()
