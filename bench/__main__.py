"""`make bench`: measures the figures, or those that ONLY names; each is a line, and kept in bench/out/bench.json.

python -m bench [--only noop,line-*] [--turns 5] [--list]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench import builds, detection, frontends, growth, llb_marshal, noop, results
from bench.cases import CASES
from bench.figures import Figure, Measured, chosen, compared, positive, shown
from tests.lab.api import Lab
from tests.lab.keeper import door
from tests.lab.place import ROOT
from tests.lab.shared import FAILURES, named

Measure = Callable[[Lab, Mapping[str, int], str], Iterator[tuple[str, Measured]]]


@dataclass(frozen=True)
class Bench:
    """Figures that are measured together: by name, from how often each is measured and the name of our frontend."""

    figures: Sequence[Figure]
    measure: Measure


BENCHES = (
    Bench(noop.FIGURES, noop.figures),
    Bench(detection.FIGURES, detection.figures),
    *(
        Bench([figure for case in cases for figure in builds.figures(case)], partial(builds.measure, cases))
        for cases in builds.alike(CASES)
    ),
    Bench(growth.FIGURES, growth.figures),
    Bench(llb_marshal.FIGURES, llb_marshal.figures),
)
FIGURES = [figure for bench in BENCHES for figure in bench.figures]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, unless a list is all that is wanted; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--only", default="", metavar="NAMES", help="these figures: names with commas between, * for any text"
    )
    parser.add_argument("--turns", default="", help="measure each of them so often")
    parser.add_argument("--list", action="store_true", help="print the names of the figures")
    parser.add_argument("--image", default="", help="our frontend, in the lab's registry; without it that of this tree")
    args = parser.parse_args(arguments)
    if args.list:
        print("\n".join(f"{figure.name:18} {figure.title}" for figure in FIGURES))
        return 0
    return door("the bench", lambda: run(chosen(FIGURES, args.only), positive(args.turns), args.image))


def run(wanted: Sequence[Figure], turns: int, image: str) -> int:
    """Measures figures, each told and kept as soon as it is there; 1 if some could not be measured."""
    kept = results.resumed()
    lab = Lab.ensure()
    if not image:
        lab.push_frontend()
    os.environ.update(lab.environment)
    progress = Progress(len(wanted))
    with tempfile.TemporaryDirectory() as directory:
        frontends.push_external(lab, Path(directory))
    for bench in BENCHES:
        names = {figure.name: figure for figure in bench.figures if figure in wanted}
        if not names:
            continue
        load = os.getloadavg()[0]
        try:
            counts = {name: turns or figure.turns for name, figure in names.items()}
            for name, measured in bench.measure(lab, counts, image or frontends.IMAGE):
                if name in names:
                    figure = names.pop(name)
                    took_s = progress.told(figure, measured)
                    kept.keep(name, results.Row(measured, now(), round(took_s, 1), round(load, 2), commit()))
        except FAILURES as error:
            progress.failed(names, error)
    print(f"{progress.done} of {len(wanted)} figures in {progress.seconds():.0f} s, in {results.OUT.relative_to(ROOT)}")
    return 0 if progress.done == len(wanted) else 1


class Progress:
    """What was measured so far, a line per figure."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.done = 0
        self.began = self.last = time.monotonic()

    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self.began

    def told(self, figure: Figure, measured: Measured) -> float:
        """Prints a figure; the seconds since the one before."""
        self.done += 1
        series = ", ".join(f"{name} {shown(value, measured.unit)}" for name, value in measured.medians.items())
        line = "; ".join(part for part in (series, compared(figure, measured)) if part)
        print(f"[{self.done:2}/{self.count}] {self.seconds():6.1f} s  {figure.name:17} {line}", flush=True)
        before, self.last = self.last, time.monotonic()
        return self.last - before

    def failed(self, names: Mapping[str, Figure], error: Exception) -> None:
        """Says what could not be measured, and why."""
        print(named(error, ", ".join(names)).told(), file=sys.stderr, flush=True)
        self.last = time.monotonic()


def now() -> str:
    """The time, ISO 8601."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def commit() -> str:
    """The commit of the tree, with a `+` when files of it have changed since; "" outside of a repository."""
    git = ["git", "-C", str(ROOT)]
    head = subprocess.run([*git, "rev-parse", "--short", "HEAD"], check=False, capture_output=True, text=True)
    changed = subprocess.run([*git, "status", "--porcelain"], check=False, capture_output=True, text=True)
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "")


if __name__ == "__main__":
    sys.exit(main())
