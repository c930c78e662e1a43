"""The figures of the bench as data: what each is, what it should reach, how often it is measured, what came out."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

from tests.lab.place import LabError

OURS, BUILT_IN, EXTERNAL = "migetpacks", "Dockerfile, built in", "Dockerfile, external Go"
SIDES = (OURS, BUILT_IN, EXTERNAL)
Unit = Literal["s", "ms", "bytes", "MiB"]


@dataclass(frozen=True)
class Target:
    """What a figure should reach: `of` is at most `limit`, as a multiple of `to`, or above it, or by itself.

    `of` and `to` are names of series, compared by their medians.
    """

    limit: float
    by: Literal["ratio", "excess", "value"] = "ratio"
    of: str = OURS
    to: str = BUILT_IN

    def value(self, measured: Measured) -> float | None:
        """What is compared with the limit; None where a series was not measured."""
        medians = measured.medians
        if self.of not in medians or (self.by != "value" and self.to not in medians):
            return None
        if self.by == "ratio":
            return medians[self.of] / medians[self.to] if medians[self.to] else None
        return medians[self.of] - (medians[self.to] if self.by == "excess" else 0)

    def reached(self, measured: Measured) -> bool | None:
        """Whether the limit holds, for the figure as it is printed; None where that was not measured."""
        value = self.value(measured)
        return None if value is None else round(value, 2) <= self.limit


@dataclass(frozen=True)
class Figure:
    """One figure. `name` is what ONLY takes; `turns` is how often each of its series is measured by default.

    Figures of one `section` have one `meaning`, and tell their `app` apart. The series of one with `parts`
    add up to a whole.
    """

    name: str
    section: str
    meaning: str
    turns: int
    target: Target | None = None
    app: str = ""
    parts: bool = False

    @property
    def title(self) -> str:
        """What it is, for a list of all of them."""
        return f"{self.section}: {self.app}" if self.app else self.section


@dataclass(frozen=True)
class Measured:
    """What came out: all values of each series, in the order of the turns, and what else the reader should know."""

    unit: Unit
    series: Mapping[str, Sequence[float]]
    notes: Mapping[str, str | float] = field(default_factory=dict)

    @property
    def medians(self) -> dict[str, float]:
        """The median of each series."""
        return {name: statistics.median(values) for name, values in self.series.items()}


def chosen(figures: Sequence[Figure], only: str) -> list[Figure]:
    """The figures that ONLY names, with commas between, `*` for any text; all of them for "".

    Raises LabError, with all names, for a name that is none.
    """
    patterns = [name.strip() for name in only.split(",") if name.strip()] or ["*"]
    for pattern in patterns:
        if not any(fnmatchcase(figure.name, pattern) for figure in figures):
            names = ", ".join(figure.name for figure in figures)
            raise LabError(f'no figure is named "{pattern}"', hint=f"the figures are {names}")
    return [figure for figure in figures if any(fnmatchcase(figure.name, pattern) for pattern in patterns)]


def positive(turns: str) -> int:
    """What TURNS says, 0 for "". Raises LabError for what is no number of turns."""
    if turns and not (turns.isascii() and turns.isdigit() and int(turns)):
        raise LabError(f'"{turns}" is not a number of turns', hint="write it as TURNS=5")
    return int(turns or 0)


def shown(value: float, unit: Unit) -> str:
    """A value with its unit."""
    if unit == "bytes":
        return f"{value:,.0f} B" if abs(value) < 100_000 else f"{value / 1e6:,.2f} MB"
    return f"{value:,.2f} s" if unit == "s" else f"{value:,.1f} {unit}"


def compared(figure: Figure, measured: Measured) -> str:
    """How a figure compares with its target, as a line; "" where it has none."""
    target = figure.target
    value = target.value(measured) if target is not None else None
    if target is None or value is None:
        return ""
    if target.by == "ratio":
        return f"{value:.2f} × {target.to} (target ≤ {target.limit:.2f})"
    limit = shown(target.limit, measured.unit)
    if target.by == "excess":
        return f"{target.to} {'+' if value >= 0 else '-'} {shown(abs(value), measured.unit)} (target ≤ +{limit})"
    return f"target ≤ {limit}"
