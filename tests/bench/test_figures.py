"""The bench without a BuildKit: which figures are asked for, what is kept of them, the page that is made of them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench import growth, noop, report, results
from bench.__main__ import FIGURES, main
from bench.cases import CASES, Case
from bench.figures import BUILT_IN, EXTERNAL, OURS, Figure, Measured, Target, chosen, compared, positive, shown
from bench.results import Machine, Results, Row
from tests.lab.place import ROOT, LabError

MACHINE = Machine(2, "a processor", 8, "6.18", "v0.32.2")
TIMES = Measured("s", {OURS: [1.0, 3.0, 2.0], BUILT_IN: [4.0], EXTERNAL: [5.0]})


def row(measured: Measured) -> Row:
    return Row(measured, "2026-11-29T12:00:00Z", 12.3, 0.2, "abc1234")


def names(only: str) -> list[str]:
    return [figure.name for figure in chosen(FIGURES, only)]


def test_figures_are_chosen_by_name() -> None:
    assert names("noop, line-node") == ["noop", "line-node"]
    assert names("cold-*") == [f"cold-{app}" for app in ("node", "next", "flask", "django", "rails", "aspnet")]
    assert names("") == [figure.name for figure in FIGURES]
    assert len(set(names(""))) == len(FIGURES)


def test_an_unknown_figure_is_one_line_with_the_names() -> None:
    with pytest.raises(LabError) as caught:
        chosen(FIGURES, "noop,banana")
    assert caught.value.told().splitlines() == [
        'error: no figure is named "banana"',
        f"hint: the figures are {', '.join(names(''))}",
    ]


@pytest.mark.parametrize("turns", ["0", "-1", "five", "1.5", "²"])
def test_turns_are_a_number(turns: str) -> None:
    with pytest.raises(LabError, match="not a number of turns"):
        positive(turns)


def test_the_figures_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == names("")


def test_make_bench_refuses_a_name_in_a_line() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "-s", "-o", ".venv/.ready", "bench", f"PY={sys.executable}", "ONLY=banana"]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    told, hint, *makes = done.stderr.splitlines()
    assert (told, done.returncode) == ('error: the bench: no figure is named "banana"', 2)
    assert hint.startswith("hint: the figures are noop, ")
    assert [line for line in makes if not line.startswith("make:")] == []


@pytest.mark.parametrize(
    ("target", "told", "reached"),
    [
        (Target(0.5), "0.50 × Dockerfile, built in (target ≤ 0.50)", True),
        (Target(0.39, to=EXTERNAL), "0.40 × Dockerfile, external Go (target ≤ 0.39)", False),
        (Target(3, "value"), "target ≤ 3.00 s", True),
        (Target(-2, "excess"), "Dockerfile, built in - 2.00 s (target ≤ +-2.00 s)", True),
        (Target(1, to="another"), "", None),
    ],
)
def test_a_figure_is_compared_with_its_target(target: Target, told: str, reached: bool | None) -> None:
    assert compared(Figure("line", "One line", "a time", 3, target), TIMES) == told
    assert target.reached(TIMES) is reached


def test_values_have_their_unit() -> None:
    values = (shown(1.234, "s"), shown(12.34, "ms"), shown(19_456, "bytes"), shown(61_200_000, "bytes"))
    assert values == ("1.23 s", "12.3 ms", "19,456 B", "61.20 MB")


def test_what_was_measured_is_kept_after_each_figure(tmp_path: Path) -> None:
    path = tmp_path / "out" / "bench.json"
    kept = Results(MACHINE, {})
    kept.keep("line-node", row(TIMES), path)
    assert results.read(path).rows == {"line-node": row(TIMES)}
    kept.keep("noop", row(TIMES), path)
    assert list(results.read(path).rows) == ["line-node", "noop"]


def test_figures_of_another_machine_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    Results(MACHINE, {}).keep("noop", row(TIMES), path)
    assert results.resumed(path).rows == {}
    Results(results.this_machine(), {}).keep("noop", row(TIMES), path)
    assert list(results.resumed(path).rows) == ["noop"]


@pytest.mark.parametrize("text", ["", "[]", '{"version": 0}', '{"version": 1, "machine": {}, "figures": {}}'])
def test_results_that_are_none_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "bench.json").write_text(text)
    with pytest.raises(LabError, match="has no figures of the bench"):
        results.read(tmp_path / "bench.json")
    with pytest.raises(LabError, match="there are no figures"):
        results.read(tmp_path / "none.json")


def test_the_page_is_made_from_the_results() -> None:
    rows = {
        "noop": row(
            Measured("ms", {BUILT_IN: [66.0], EXTERNAL: [100.0], "floor": [65.0], OURS: [120.0, 130.0, 125.0]})
        ),
        "noop-parts": row(Measured("ms", {"process start": [30.0], "plan": [10.0]})),
        "cold-node": row(Measured("s", TIMES.series, {"files in /app/node_modules": 28_681})),
        "line-node": row(TIMES),
        "line-next": row(Measured("s", {OURS: [9.0], BUILT_IN: [10.0], EXTERNAL: [10.1]})),
        "pushed-node": row(Measured("bytes", {OURS: [6_000], BUILT_IN: [1_600_000], "the app's changed files": [900]})),
        "growth-noop": row(Measured("s", {f"{OURS}, 100 files": [0.2]}, {f"exponent, {OURS}": 0.03})),
    }
    page = report.page(Results(MACHINE, rows), FIGURES)
    for line in (
        "| machine | 2 cores (a processor), 8 GiB |",
        "| date | 2026-11-29 |",
        "| BuildKit | v0.32.2 |",
        "| migetpacks | 125.0 ms | 120.0 ms | 1.25 |",
        "Medians of 1 to 3. migetpacks: **1.25 ×, not reached**; target ≤ 1.10 × Dockerfile, external Go.",
        "| process start | 30.0 ms | 30.0 ms | 75% |",
        "TypeScript app | 2.00 s | 4.00 s | 5.00 s | 0.50 × | ≤ 1.00 × Dockerfile, built in | 1 to 3 |",
        "| Next.js | 9.00 s | 10.00 s | 10.10 s | **0.90 ×, not reached** | ≤ 0.60 × Dockerfile, built in | 1 |",
        "| Node.js, small TypeScript app | 6,000 B | 1.60 MB | 900 B | +5,100 B | "
        "≤ the app's changed files + 5,120 B | 1 |",
        "* Node.js, small TypeScript app: files in /app/node_modules 28,681.",
        "* Exponent, migetpacks 0.03.",
    ):
        assert f"{line}\n" in page, line
    sections = [line for line in page.splitlines() if line.startswith("## ")]
    assert sections == [
        "## No-op build",
        "## Parts of a no-op build",
        "## First build",
        "## One changed line",
        "## Pushed after one changed line",
        "## No-op build as the app grows",
    ]


def test_the_page_in_docs_is_that_of_its_results() -> None:
    assert report.PAGE.exists() == report.KEPT.exists()  # no page without its results
    if report.KEPT.exists():
        kept = results.loads(report.KEPT.read_text(), report.KEPT)
        assert report.PAGE.read_text() == report.page(kept, FIGURES)


def test_the_parts_of_a_build_add_up() -> None:
    spans = [
        {"name": "import gateway", "begin_ms": 1.0, "took_ms": 9.0},
        {"name": "Ping", "begin_ms": 10.0, "took_ms": 5.0},
        {"name": "context", "begin_ms": 15.0, "took_ms": 20.0},
        {"name": "Solve", "begin_ms": 16.0, "took_ms": 18.0},
        {"name": "plan", "begin_ms": 20.0, "took_ms": 4.0},
    ]
    trace = {"start_ms": 30.0, "total_ms": 40.0, "spans": spans}
    assert noop.shares(trace, 200.0) == {
        "BuildKit and client": 130.0,
        "process start": 30.0,
        "other": 6.0,
        "import gateway": 9.0,
        "Ping": 5.0,
        "context": 16.0,
        "plan": 4.0,
    }


def test_the_exponent_is_the_slope_of_the_logarithms() -> None:
    assert growth.exponent((1, 10, 100), (2.0, 2.0, 2.0)) == pytest.approx(0)
    assert growth.exponent((1, 10, 100), (3.0, 30.0, 300.0)) == pytest.approx(1)
    assert growth.exponent((1, 10, 50), (1.0, 100.0, 2500.0)) == pytest.approx(2)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_app_gets_a_line_or_a_dependency_and_nothing_else(case: Case, tmp_path: Path) -> None:
    copy = tmp_path / "app"
    shutil.copytree(case.app, copy)
    before = texts(copy)
    case.change(copy, 1)
    case.change(copy, 2)
    changed = {path: text for path, text in texts(copy).items() if text != before[path]}
    assert changed == {case.source: before[case.source] + case.line.format(2)}
    for number in (0, 1):
        case.depend(case.app, copy, number)
        others = {path for path, text in texts(copy).items() if text != before[path]} - {case.source}
        assert others <= {
            "package.json",
            "package-lock.json",
            "requirements.txt",
            "Gemfile",
            "Gemfile.lock",
            "Notes.csproj",
        }
        assert others


def texts(directory: Path) -> dict[str, str]:
    """The files below a directory."""
    paths = (path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_text() for path in paths}


def test_the_base_images_are_those_of_the_dockerfile() -> None:
    images = {case.name: case.images for case in CASES}
    assert images["node"] == ["node:24-trixie", "node:24-trixie-slim"]
    assert images["aspnet"] == ["mcr.microsoft.com/dotnet/sdk:10.0-noble", "mcr.microsoft.com/dotnet/aspnet:10.0-noble"]
