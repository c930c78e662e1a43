"""docs/benchmarks.md from bench/out/bench.json: what each figure means, what came out, and what it should reach.

    python -m bench.report

The JSON is kept beside it, in docs/benchmarks.json: a test makes the page from it again.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Sequence

from bench.figures import OURS, Figure, Target, shown
from bench.results import OUT, Results, Row, read
from tests.lab.place import ROOT, LabError
from tests.lab.shared import write_text

PAGE = ROOT / "docs" / "benchmarks.md"
KEPT = ROOT / "docs" / "benchmarks.json"
HEAD = """\
# Benchmarks

Made by `make bench-docs` from what `make bench` measured. Figures can be compared within a row: the frontends took
turns on one machine. `make bench LIST=1` names the figures; `make bench ONLY=noop,line-node` measures some of them
again.

"""
SIDES_TEXT = f"""
*{OURS}* is this project's frontend. *Dockerfile* is a hand-written multi-stage one for the same app
(`bench/dockerfiles/`: non-root, cache mounts, manifests before sources), read by the frontend that is built into
BuildKit, or by the same one as an external image (Go), which is started as ours is. For builds of apps, each frontend
has a BuildKit of its own, and a time is that of the whole `buildctl build`, with the push to a registry on the same
machine.

"""


def page(results: Results, figures: Sequence[Figure]) -> str:
    """The whole page. Figures that were not measured are left out."""
    measured = [figure for figure in figures if figure.name in results.rows]
    sections = itertools.groupby(sorted(measured, key=lambda figure: first(figures, figure)), lambda one: one.section)
    parts = [section(name, list(rows), results) for name, rows in sections]
    return HEAD + conditions(results) + SIDES_TEXT + "\n".join(parts)


def first(figures: Sequence[Figure], figure: Figure) -> int:
    """The place of a figure's section among all: figures of one section come together, in their order."""
    return next(number for number, other in enumerate(figures) if other.section == figure.section)


def conditions(results: Results) -> str:
    """Where and when it was measured."""
    machine, rows = results.machine, results.rows.values()
    days = sorted({row.date[:10] for row in rows})
    commits = ", ".join(sorted({row.commit for row in rows if row.commit}))
    loads_ = [row.load for row in rows]
    about = (
        ("date", " to ".join(dict.fromkeys((days[0], days[-1]))) if days else "–"),
        ("machine", f"{machine.cores} cores ({machine.cpu}), {machine.memory_gib} GiB"),
        ("kernel", machine.kernel),
        ("BuildKit", machine.buildkit),
        ("commit", commits or "–"),
        ("load average before a figure", f"{min(loads_):.1f} to {max(loads_):.1f}" if loads_ else "–"),
        ("measuring took", f"{sum(row.took_s for row in rows) / 60:.1f} minutes"),
    )
    return table(("", ""), about)


def section(name: str, figures: Sequence[Figure], results: Results) -> str:
    """The figures of a section, as a table."""
    meaning = figures[0].meaning
    text = f"## {name}\n\n{meaning[0].upper()}{meaning[1:]}.\n\n"
    if figures[0].app:
        return text + beside(figures, results)
    return text + "".join(alone(figure, results.rows[figure.name]) for figure in figures)


def beside(figures: Sequence[Figure], results: Results) -> str:
    """Apps as rows, series as columns."""
    rows = [results.rows[figure.name] for figure in figures]
    series = list(dict.fromkeys(name for row in rows for name in row.measured.series))
    head = ("", *series, *(["result", "target"] if figures[0].target is not None else ()), "medians of")
    lines = []
    for figure, row in zip(figures, rows, strict=True):
        medians = row.measured.medians
        cells = [shown(medians[name], row.measured.unit) if name in medians else "" for name in series]
        lines.append((figure.app, *cells, *outcome(figure.target, row), turns(row)))
    return table(head, lines) + remarks(figures, rows)


def alone(figure: Figure, row: Row) -> str:
    """A figure that has a table of its own, series as rows."""
    measured = row.measured
    target = figure.target
    reference = target.to if target is not None and target.by == "ratio" else ""
    medians = measured.medians
    by = medians.get(reference, 0)
    total = sum(medians.values())
    head = ("", "median", "minimum", *([f"× {reference}"] if by else ()), *(["share"] if figure.parts else ()))
    lines = [
        (
            name,
            shown(medians[name], measured.unit),
            shown(min(values), measured.unit),
            *([f"{medians[name] / by:.2f}"] if by else ()),
            *([f"{medians[name] / total:.0%}"] if figure.parts else ()),
        )
        for name, values in measured.series.items()
    ]
    text = table(head, lines) + f"\nMedians of {turns(row)}."
    if target is not None:
        result, limit = outcome(target, row)
        text += f" {target.of}: {result}; target {limit}."
    return text + "\n" + remarks([figure], [row])


def outcome(target: Target | None, row: Row) -> tuple[str, ...]:
    """What is compared with the target, and the target; nothing where there is none."""
    if target is None:
        return ()
    value = target.value(row.measured)
    unit = row.measured.unit
    limit = f"≤ {target.limit:.2f} × {target.to}" if target.by == "ratio" else f"≤ {shown(target.limit, unit)}"
    if target.by == "excess":
        limit = f"≤ {target.to} + {shown(target.limit, unit)}"
    if value is None:
        return "–", limit
    text = f"{value:.2f} ×" if target.by == "ratio" else shown(value, unit)
    if target.by == "excess":
        text = f"{'+' if value >= 0 else ''}{text}"
    return (text if target.reached(row.measured) else f"**{text}, not reached**"), limit


def remarks(figures: Sequence[Figure], rows: Sequence[Row]) -> str:
    """What else there is to know of each figure."""
    lines = []
    for figure, row in zip(figures, rows, strict=True):
        told = ", ".join(f"{name} {noted(value)}" for name, value in row.measured.notes.items())
        if told:
            lines.append(f"{figure.app}: {told}." if figure.app else f"{told[0].upper()}{told[1:]}.")
    return "\n" + "\n".join(f"* {line}" for line in lines) + "\n" if lines else ""


def noted(value: str | float) -> str:
    """A note's value."""
    return value if isinstance(value, str) else f"{value:,}"


def turns(row: Row) -> str:
    """How often the series were measured: "5", or "2 to 5"."""
    counts = sorted({len(values) for values in row.measured.series.values()})
    return " to ".join(str(count) for count in dict.fromkeys((counts[0], counts[-1])))


def table(head: Sequence[str], rows: Sequence[Sequence[str]] | Iterator[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first are aligned to the right where they are figures."""
    lines = [f"| {' | '.join(row)} |".replace("|  |", "| |") for row in (head, *rows)]
    return "\n".join((lines[0], "|---" * len(head) + "|", *lines[1:])) + "\n"


def main() -> int:
    """Writes the page; 1 after an error told in a line."""
    from bench.__main__ import FIGURES

    try:
        results = read(OUT)
    except LabError as error:
        print(error.told(), file=sys.stderr)
        return 1
    missing = [figure.name for figure in FIGURES if figure.name not in results.rows]
    if missing:
        print(f"not measured, and so left out: {', '.join(missing)}", file=sys.stderr)
    write_text(KEPT, results.dumps())
    write_text(PAGE, page(results, FIGURES))
    print(f"{PAGE.relative_to(ROOT)}: {len(FIGURES) - len(missing)} figures")
    return 0


if __name__ == "__main__":
    sys.exit(main())
