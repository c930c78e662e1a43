"""How times grow: with the files of an app, and with the frontends that run at the same time on one BuildKit.

The app is a small Node.js one with 100 modules of its own, 1,000, and 10,000. The frontends at the same time build
apps of their own that differ in a file, when nothing is left to do. The exponent is the slope of a line through the
logarithms: 0 for a time that stays, 1 for one that grows as what it is measured against.
"""

from __future__ import annotations

import math
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench import frontends, noop
from bench.figures import BUILT_IN, OURS, Figure, Measured, Target
from tests.lab.api import Lab

SIZES = (100, 1_000, 10_000)  # files of an app
PER_DIRECTORY = 100
SIDES = (OURS, BUILT_IN)
AT_ONCE = (1, 10, 50)
MEMORY_MIB = 60
MOST = f"{AT_ONCE[-1]} at once"
FIGURES = (
    Figure(
        "growth-noop", "No-op build as the app grows",
        "time of a build in which nothing is left to do, by the number of the app's own files", 5,
    ),
    Figure(
        "growth-line", "One changed line as the app grows",
        "time of the next build, after one file changed, by the number of the app's own files", 5,
    ),
    Figure(
        "growth-frontends", "Frontends at the same time",
        "time until all of so many no-op builds that begin together on one BuildKit, each of its own app, succeed",
        3,
    ),
    Figure(
        "growth-memory", "Memory of a frontend among others",
        "the most memory that one of them had resident (VmHWM)", 3, Target(MEMORY_MIB, "value", of=MOST),
    ),
)  # fmt: skip


def figures(lab: Lab, turns: Mapping[str, int], source: str) -> Iterator[tuple[str, Measured]]:
    """The figures by name, those that `turns` has a number for."""
    with tempfile.TemporaryDirectory() as directory, lab.buildkitd() as address:
        if {"growth-noop", "growth-line"} & turns.keys():
            yield from by_files(lab, Path(directory), address, turns, source)
        if {"growth-frontends", "growth-memory"} & turns.keys():
            yield from at_once(lab, Path(directory), address, turns, source)


def by_files(
    lab: Lab, directory: Path, address: str, turns: Mapping[str, int], source: str
) -> Iterator[tuple[str, Measured]]:
    """Times by the app's files, of ours and of a Dockerfile, taking turns."""
    sides = {(side, size): directory / f"{SIDES.index(side)}-{size}" for side in SIDES for size in SIZES}
    noops: dict[str, list[float]] = {f"{side}, {size:,} files": [] for side, size in sides}
    lines: dict[str, list[float]] = {name: [] for name in noops}
    for (_, size), app in sides.items():
        fill(app, size)
    for turn in range(max(turns.get("growth-noop", 0), turns.get("growth-line", 0))):
        for (side, size), app in sides.items():
            options = frontends.options(lab, side, app, noop.dockerfile(app), source)
            name = f"{side}, {size:,} files"
            if turn == 0:
                frontends.build(lab, name, address, *options)
            noops[name].append(timed(lab, name, address, *options))
            (app / "server.js").write_text(f"{noop.APP['server.js']}// {turn}\n")
            lines[name].append(timed(lab, name, address, *options))
    for name, times in (("growth-noop", noops), ("growth-line", lines)):
        yield name, Measured("s", times, exponents(times))


def fill(app: Path, size: int) -> None:
    """Makes an app with that many modules."""
    noop.write(app)
    for number in range(size):
        place = app / "src" / f"{number // PER_DIRECTORY:03}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.js").write_text(f"exports.number = {number}\n")


def timed(lab: Lab, part: str, address: str, *options: str) -> float:
    """The seconds of a build."""
    began = time.monotonic()
    frontends.build(lab, part, address, *options)
    return time.monotonic() - began


def exponents(times: Mapping[str, Sequence[float]]) -> dict[str, str | float]:
    """The exponent of each side."""
    return {
        f"exponent, {side}": round(
            exponent(SIZES, [statistics.median(times[f"{side}, {n:,} files"]) for n in SIZES]), 2
        )
        for side in SIDES
    }


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """The slope of the line through the logarithms, by least squares."""
    return statistics.linear_regression([math.log(n) for n in sizes], [math.log(value) for value in values]).slope


def at_once(
    lab: Lab, directory: Path, address: str, turns: Mapping[str, int], source: str
) -> Iterator[tuple[str, Measured]]:
    """The time of so many builds begun together, and the peak memory of a frontend. Raises LabError if one fails."""
    apps = [directory / f"app-{number}" for number in range(AT_ONCE[-1])]
    for number, app in enumerate(apps):
        noop.write(app)
        (app / "server.js").write_text(f"{noop.APP['server.js']}// {number}\n")

    def built(app: Path) -> float:
        options = frontends.options(lab, OURS, app, noop.dockerfile(app), source)
        trace = frontends.traced(lab, f"{app.name}, one of {len(apps)}", address, *options)
        return float(trace["peak_rss_kib"]) / 1024

    times: dict[str, list[float]] = {f"{count} at once": [] for count in AT_ONCE}
    peaks: dict[str, list[float]] = {name: [] for name in times}
    with ThreadPoolExecutor(AT_ONCE[-1]) as pool:
        list(pool.map(built, apps))  # nothing is left to do after that
        for _ in range(max(turns.get("growth-frontends", 0), turns.get("growth-memory", 0))):
            for count in AT_ONCE:
                began = time.monotonic()
                memory = list(pool.map(built, apps[:count]))
                times[f"{count} at once"].append(time.monotonic() - began)
                peaks[f"{count} at once"].append(max(memory))
    slope = exponent(AT_ONCE, [statistics.median(values) for values in times.values()])
    yield "growth-frontends", Measured("s", times, {"exponent": round(slope, 2)})
    yield "growth-memory", Measured("MiB", peaks)
