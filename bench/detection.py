"""The time until our frontend has decided what the app is, in a small build context and in a large one.

    python -m bench.detection [--runs 5]

The same Node.js app among 50 files, and among 50,000 in 500 directories. Each turn changes package.json, so that no
answer comes from a cache. "Decided" is when it has its plan and begins to resolve base images; the time is the
frontend's own trace, from its start. The contexts take turns. Prints a table; writes `bench/out/detection.json`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.lab.api import Lab
from tests.lab.keeper import door

OUT = Path(__file__).parent / "out" / "detection.json"
SIZES = {"50 files": 50, "50,000 files": 50_000}
PER_DIRECTORY = 100
WARM_UPS = 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    lab = Lab.ensure()
    with tempfile.TemporaryDirectory() as directory:
        report = measure(lab, Path(directory), args.runs)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(report, indent=2) + "\n")
    print(f"time to decide, in the frontend, medians of {report['runs']}, taking turns")
    for name, took_ms in report["decided_ms"].items():
        print(f"{name:28}{took_ms:>7.1f} ms")
    print(f"{'difference':28}{report['difference_ms']:>7.1f} ms")
    return 0


def measure(lab: Lab, directory: Path, runs: int) -> dict[str, Any]:
    """Medians in milliseconds."""
    for name, size in SIZES.items():
        fill(directory / name, size)
    times: dict[str, list[float]] = {name: [] for name in SIZES}
    for turn in range(WARM_UPS + runs):
        for name in SIZES:
            took_ms = decided(lab, directory / name, turn)
            if turn >= WARM_UPS:
                times[name].append(took_ms)
    medians = {name: round(statistics.median(values), 1) for name, values in times.items()}
    small, large = medians.values()
    return {"runs": runs, "decided_ms": medians, "difference_ms": round(large - small, 1)}


def fill(context: Path, size: int) -> None:
    """Makes a build context with that many files."""
    context.mkdir()
    (context / "server.js").write_text("require('http').createServer((_, a) => a.end('ok')).listen(process.env.PORT)\n")
    for number in range(size - 2):
        place = context / "assets" / f"{number // PER_DIRECTORY:03}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.txt").write_text(f"{number}\n")


def decided(lab: Lab, context: Path, turn: int) -> float:
    """Milliseconds from the frontend's start until it resolves base images."""
    version = f"1.0.{turn}"
    manifest = {"name": "bench", "version": version, "scripts": {"start": "node server.js"}}
    (context / "package.json").write_text(json.dumps(manifest))
    metadata = lab.scratch / "detection.metadata.json"
    done = lab.buildctl(
        *("build", "--progress=quiet", "--frontend=gateway.v0", "--opt=source=miget/migetpacks"),
        *("--opt=build-arg:MIGETPACKS_TRACE=1", f"--local=context={context}", f"--metadata-file={metadata}"),
        check=False,
    )
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, "buildctl", done.stdout, done.stderr)
    trace = json.loads(json.loads(metadata.read_text())["frontend.migetpacks.trace"])
    took_ms: float = next(span["begin_ms"] for span in trace["spans"] if span["name"] == "resolve")
    return took_ms


if __name__ == "__main__":
    sys.exit(door("the bench", main))
