"""The time until our frontend has decided what the app is, in a small build context and in a large one.

The same Node.js app among 50 files, 5,000, and 50,000 in 500 directories. Each turn changes package.json, so that no
answer comes from a cache. "Decided" is when it has its plan and begins to resolve base images; the time is the
frontend's own trace, from its start. The contexts take turns.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench import frontends
from bench.figures import OURS, Figure, Measured, Target
from tests.lab.api import Lab

SIZES = {f"{size:,} files": size for size in (50, 5_000, 50_000)}
SMALLEST, *_, LARGEST = SIZES
PER_DIRECTORY = 100
WARM_UPS = 1
FIGURES = (
    Figure(
        "detection",
        "Time to decide what an app is",
        "from the start of our frontend until it has its plan and resolves base images, for one app among so many "
        "files, with a package.json that BuildKit has not seen",
        3,  # each builds the app among all the files, too
        Target(1.5, of=LARGEST, to=SMALLEST),
    ),
)


def figures(lab: Lab, turns: Mapping[str, int], source: str) -> Iterator[tuple[str, Measured]]:
    """The figure by its name."""
    times: dict[str, list[float]] = {name: [] for name in SIZES}
    with tempfile.TemporaryDirectory() as directory:
        for name, size in SIZES.items():
            fill(Path(directory) / name, size)
        for turn in range(WARM_UPS + turns["detection"]):
            for name in SIZES:
                took_ms = decided(lab, Path(directory) / name, turn, source)
                if turn >= WARM_UPS:
                    times[name].append(took_ms)
    yield "detection", Measured("ms", times)


def fill(context: Path, size: int) -> None:
    """Makes a build context with that many files."""
    context.mkdir()
    (context / "server.js").write_text("require('http').createServer((_, a) => a.end('ok')).listen(process.env.PORT)\n")
    for number in range(size - 2):
        place = context / "assets" / f"{number // PER_DIRECTORY:03}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.txt").write_text(f"{number}\n")


def decided(lab: Lab, context: Path, turn: int, source: str) -> float:
    """Milliseconds from the frontend's start until it resolves base images."""
    version = f"1.0.{turn}"
    manifest = {"name": "bench", "version": version, "scripts": {"start": "node server.js"}}
    (context / "package.json").write_text(json.dumps(manifest))
    options = frontends.options(lab, OURS, context, context / "Dockerfile", source)
    trace = frontends.traced(lab, f"detection among {context.name}", lab.buildkit_host, *options)
    took_ms: float = next(span["begin_ms"] for span in trace["spans"] if span["name"] == "resolve")
    return took_ms
