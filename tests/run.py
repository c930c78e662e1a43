"""`make test`: everything, in order, and at the end what ran, how long it took and what was cached."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tests.lab.keeper import door

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


class Stage(NamedTuple):
    """A part of the run. `args` is executed at the root of the tree."""

    name: str
    args: tuple[str, ...]


STAGES = (
    Stage("lint", ("ruff", "check", "-q", ".")),
    Stage("format", ("ruff", "format", "--check", "-q", ".")),
    Stage("types", ("mypy", "--no-error-summary")),
    Stage("lab", ("python", "-m", "tests.lab", "up")),
    Stage("tests", ("python", "-m", "pytest", "-q", "-m", "not kube", "--durations=15")),
)


def main() -> int:
    """Runs the stages until one fails. A lab that they start ends with the run."""
    rows: list[tuple[str, str, float]] = []
    status = 0
    for stage in STAGES:
        print(f"== {stage.name}", flush=True)
        began = time.monotonic()
        program, *rest = stage.args
        status = subprocess.run([str(BIN / program), *rest], cwd=ROOT, check=False, env=environment()).returncode
        rows.append((stage.name, "ok" if status == 0 else f"failed ({status})", time.monotonic() - began))
        if status:
            break
    print("\n  stage     result       seconds")
    for name, result, seconds in rows:
        print(f"  {name:9} {result:12} {seconds:7.1f}")
    print(f"  total {sum(seconds for _, _, seconds in rows):25.1f}", flush=True)
    return status


def environment() -> dict[str, str]:
    """The environment of the stages: ours, with the virtualenv's programs found first."""
    return {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


if __name__ == "__main__":
    sys.exit(door("the tests", main, scratch=False))
