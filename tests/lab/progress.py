"""Numbered lines with times, and the table at the end."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.lab.shared import FAILURES, named


@dataclass
class Line:
    """One step: its number, what it is, how it ended."""

    number: int
    what: str
    began: float
    seconds: float = 0.0
    cached: bool = False

    def reuse(self) -> None:
        """Says that nothing had to be made."""
        self.cached = True


@dataclass
class Progress:
    """The steps of one run, which may overlap. Lines go to standard error."""

    began: float = field(default_factory=time.monotonic)
    lines: list[Line] = field(default_factory=list)
    quiet: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def step(self, what: str) -> Iterator[Line]:
        """A step, told when it begins and when it ends. Raises LabError with the step as its part when it fails."""
        with self.lock:
            line = Line(len(self.lines) + 1, what, time.monotonic())
            self.lines.append(line)
        self.say(line, "...")
        try:
            yield line
        except FAILURES as error:
            self.say(line, "FAILED")
            raise named(error, what) from error
        except BaseException:
            self.say(line, "FAILED")
            raise
        line.seconds = time.monotonic() - line.began
        self.say(line, "cached" if line.cached else f"done in {line.seconds:.1f} s")

    def say(self, line: Line, how: str) -> None:
        """Prints where a step is."""
        if not self.quiet:
            now = time.monotonic() - self.began
            sys.stderr.write(f"[{line.number:2}] {now:6.1f}s  {line.what}: {how}\n")
            sys.stderr.flush()

    def table(self) -> str:
        """What ran, how long, and what was cached."""
        width = max((len(line.what) for line in self.lines), default=0)
        rows = [f"  {line.what:{width}}  {line.seconds:7.1f} s{'  cached' * line.cached}" for line in self.lines]
        total = time.monotonic() - self.began
        cached = sum(line.cached for line in self.lines)
        rows.append(f"  {'in all':{width}}  {total:7.1f} s  {cached} of {len(self.lines)} steps from the cache")
        return "\n".join(rows)
