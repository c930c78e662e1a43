"""The time of a build in which nothing is left to do, for four frontends side by side, and where ours spends it.

    python -m bench.noop [--runs 20] [--image docker.io/miget/migetpacks:latest] [--beside IMAGE]

Needs the lab: BUILDKIT_HOST, and on the PATH buildctl, dockerfile-frontend (BuildKit's external one) and Go. A time is
that of the whole client process. The frontends take turns, so that a busy moment hits them all. The external ones come
from OCI layouts, without a registry. `--beside` adds another frontend image of ours, such as that of an older commit:
only times of one run can be compared. Prints a table; writes `bench/out/noop.json`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.figures import BUILT_IN, OURS, Figure, Measured, Target
from bench.figures import EXTERNAL as GO_EXTERNAL
from bench.frontends import DOCKERFILE_FRONTEND, LABELS, external
from tests.lab.api import Lab
from tests.lab.keeper import door
from tests.lab.place import LabError
from tests.lab.shared import ran

HERE = Path(__file__).parent
OUT = HERE / "out" / "noop.json"
WARM_UPS = 2
TRACED_RUNS = 10
FLOOR, BESIDE = "floor", "migetpacks, beside"
OUTSIDE, START = "BuildKit and client", "process start"
DOCKERFILE = """\
FROM docker.io/library/node:24-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --offline
COPY . .
FROM docker.io/library/node:24-trixie-slim
WORKDIR /app
COPY --from=build /app /app
USER 1000:1000
CMD ["node", "server.js"]
"""
APP = {
    "package.json": '{"name":"noop","version":"1.0.0","scripts":{"start":"node server.js"},"engines":{"node":"24"}}\n',
    "package-lock.json": '{"name":"noop","version":"1.0.0","lockfileVersion":3,"requires":true,'
    '"packages":{"":{"name":"noop","version":"1.0.0","engines":{"node":"24"}}}}\n',
    "server.js": "require('http').createServer((_, answer) => answer.end('ok')).listen(process.env.PORT)\n",
}
FIGURES = (
    Figure(
        "noop", "No-op build",
        "time of a build in which nothing is left to do, of a small Node.js app; the floor is a frontend that exits at "
        "once: the time that BuildKit and its client take", 20, Target(1.1, to=GO_EXTERNAL),
    ),
    Figure(
        "noop-parts", "Parts of a no-op build",
        "where the time of our frontend's goes: each moment counts for the innermost part that is under way; "
        f"{START} is CPU time, {OUTSIDE} what is outside of our process", TRACED_RUNS, parts=True,
    ),
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--image", default="docker.io/miget/migetpacks:latest", help="our frontend image")
    parser.add_argument("--beside", default="", metavar="IMAGE", help="another frontend image of ours, to compare with")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    if "BUILDKIT_HOST" not in os.environ:
        raise LabError("there is no BuildKit to measure", hint="run `make lab-up` and `. .lab/env`")
    with tempfile.TemporaryDirectory() as directory:
        report = measure(Path(directory), args.image, args.beside, args.runs)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(report, indent=2) + "\n")
    print_table(report)
    return 0


def figures(lab: Lab, turns: Mapping[str, int], source: str) -> Iterator[tuple[str, Measured]]:
    """The figures by name, those that `turns` has a number for; on the BuildKit of the environment."""
    with tempfile.TemporaryDirectory() as directory:
        commands = builds(Path(directory), app_in(Path(directory)), f"docker.io/{source}", "")
        yield "noop", Measured("ms", alternating(commands, turns.get("noop", 1)))
        parts: dict[str, list[float]] = {}
        for turn in range(turns.get("noop-parts", 0)):
            took_ms, trace = traced(Path(directory), commands[OURS])
            for name, part_ms in shares(trace, took_ms).items():
                parts.setdefault(name, [0.0] * turn).append(part_ms)
            for values in parts.values():
                values.extend([0.0] * (turn + 1 - len(values)))
        yield "noop-parts", Measured("ms", parts)


def measure(directory: Path, image: str, beside: str, runs: int) -> dict[str, Any]:
    """Everything, measured: medians in milliseconds."""
    commands = builds(directory, app_in(directory), image, beside)
    times = alternating(commands, runs)
    medians = {name: statistics.median(values) for name, values in times.items()}
    return {
        "runs": runs,
        "frontends": {
            name: {
                "median_ms": round(median, 1),
                "min_ms": round(min(times[name]), 1),
                "ratio": round(median / medians[GO_EXTERNAL], 2),
            }
            for name, median in medians.items()
        },
        "ours": spans(directory, commands[OURS]),
        **({"beside": spans(directory, commands[BESIDE])} if beside else {}),
    }


def app_in(directory: Path) -> Path:
    """The app that is built, in a directory of its own."""
    app = directory / "app"
    write(app)
    return app


def write(app: Path) -> None:
    """Makes a directory with the app, and beside it the Dockerfile of the other frontends."""
    app.mkdir()
    for name, text in APP.items():
        (app / name).write_text(text)
    dockerfile(app).parent.mkdir()
    dockerfile(app).write_text(DOCKERFILE)


def dockerfile(app: Path) -> Path:
    """Where the Dockerfile of an app is."""
    return app.with_name(f"{app.name}-dockerfile") / "Dockerfile"


def alternating(commands: Mapping[str, Sequence[str]], runs: int) -> dict[str, list[float]]:
    """The milliseconds of each build, by its name, the builds taking turns."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(WARM_UPS + runs):
        for name, command in commands.items():
            took_ms = run(command, must_succeed=name != FLOOR)
            if turn >= WARM_UPS:
                times[name].append(took_ms)
    return times


def builds(directory: Path, app: Path, image: str, beside: str) -> dict[str, list[str]]:
    """The command of each no-op build; the frontend images are made on the way. `beside` is "" for no such frontend."""
    floor = directory / "floor"
    floor.mkdir()
    environ = {**os.environ, "CGO_ENABLED": "0"}
    ran("go", "build", "-o", floor / "exit", ".", cwd=HERE / "floor", env=environ)
    (floor / "Dockerfile").write_text(f'FROM scratch\nCOPY exit /\n{LABELS}ENTRYPOINT ["/exit"]\n')
    outside = external(directory / "external", shutil.which(DOCKERFILE_FRONTEND))
    images = {"ours": image, **({"beside": beside} if beside else {})}
    for name, base in images.items():
        (directory / name).mkdir()
        (directory / name / "Dockerfile").write_text(f"FROM {base}\n")
    locals_ = ["--local", f"context={app}", "--local", f"dockerfile={dockerfile(app).parent}"]
    return {
        BUILT_IN: ["buildctl", "build", "--frontend", "dockerfile.v0", *locals_],
        GO_EXTERNAL: gateway(outside, locals_),
        FLOOR: gateway(floor, locals_),
        OURS: gateway(directory / "ours", locals_),
        **({BESIDE: gateway(directory / "beside", locals_)} if beside else {}),
    }


def gateway(image: Path, locals_: Sequence[str]) -> list[str]:
    """The build with the frontend that `image/Dockerfile` makes, taken from an OCI layout."""
    layout = image / "layout"
    source = ["--local", f"context={image}", "--local", f"dockerfile={image}"]
    output = ["--output", f"type=oci,tar=false,dest={layout}"]
    ran("buildctl", "build", "--frontend", "dockerfile.v0", *source, *output)
    (manifest,) = json.loads((layout / "index.json").read_text())["manifests"]
    named = f"context:bench/{image.name}=oci-layout://bench@{manifest['digest']}"
    return [
        *("buildctl", "build", "--frontend", "gateway.v0", "--opt", f"source=bench/{image.name}"),
        *("--oci-layout", f"bench={layout}", "--opt", named, *locals_),
    ]


def run(command: Sequence[str], *, must_succeed: bool) -> float:
    """Milliseconds that a build takes. Raises LabError if it fails; the floor's does, by nature: it returns nothing."""
    begin_s = time.perf_counter()
    done = subprocess.run([*command, "--progress=quiet"], check=False, capture_output=True, text=True)
    took_ms = (time.perf_counter() - begin_s) * 1000
    if must_succeed and done.returncode:
        raise LabError("the build failed", part="the no-op build", output=done.stderr[-3000:])
    return took_ms


def traced(directory: Path, command: Sequence[str]) -> tuple[float, dict[str, Any]]:
    """One of our builds: its milliseconds, and the frontend's trace."""
    metadata = directory / "metadata.json"
    asked = [*command, "--opt", "build-arg:MIGETPACKS_TRACE=1", "--metadata-file", str(metadata)]
    took_ms = run(asked, must_succeed=True)
    return took_ms, json.loads(json.loads(metadata.read_text())["frontend.migetpacks.trace"])


def shares(trace: Mapping[str, Any], took_ms: float) -> dict[str, float]:
    """The milliseconds of a build by its parts, which add up to all of it.

    The frontend's stages have names in lower case and are nested; a call of BuildKit outside of all of them counts by
    its method's name, what is left as "other".
    """
    edges = sorted({0.0, trace["total_ms"], *(edge for span in trace["spans"] for edge in ends(span))})
    parts: dict[str, float] = {}
    for begin, end in itertools.pairwise(edges):
        under_way = [span for span in trace["spans"] if span["begin_ms"] <= begin and ends(span)[1] >= end]
        stages = [span for span in under_way if span["name"][:1].islower()] or under_way
        name = max(stages, key=lambda span: float(span["begin_ms"]))["name"] if stages else "other"
        parts[name] = parts.get(name, 0.0) + end - begin
    inside = trace["start_ms"] + trace["total_ms"]
    return {OUTSIDE: took_ms - inside, START: trace["start_ms"], **parts}


def ends(span: Mapping[str, Any]) -> tuple[float, float]:
    """When a span begins and ends."""
    return span["begin_ms"], span["begin_ms"] + span["took_ms"]


def spans(directory: Path, command: Sequence[str]) -> dict[str, Any]:
    """Our own time, from the frontend's trace: medians of each span by its name and turn, in order of beginning."""
    told: dict[str, list[tuple[float, float]]] = {}
    totals: list[float] = []
    starts: list[float] = []
    for _ in range(TRACED_RUNS):
        _, trace = traced(directory, command)
        starts.append(trace["start_ms"])
        totals.append(trace["total_ms"])
        seen: dict[str, int] = {}
        for span in trace["spans"]:
            seen[span["name"]] = turn = seen.get(span["name"], 0) + 1
            name = span["name"] if turn == 1 else f"{span['name']} {turn}"
            told.setdefault(name, []).append((span["begin_ms"], span["took_ms"]))
    rows = {name: [statistics.median(column) for column in zip(*values, strict=True)] for name, values in told.items()}
    return {
        "start_cpu_ms": round(statistics.median(starts), 1),
        "total_ms": round(statistics.median(totals), 1),
        "peak_rss_kib": trace["peak_rss_kib"],
        "spans": [
            {"name": name, "begin_ms": round(begin, 1), "took_ms": round(took, 1)}
            for name, (begin, took) in sorted(rows.items(), key=lambda row: row[1])
        ],
    }


def print_table(report: dict[str, Any]) -> None:
    print(f"no-op build, whole client process, medians of {report['runs']}, taking turns")
    print(f"{'':28}{'median':>10}{'minimum':>10}{'x external Go':>15}")
    for name, row in report["frontends"].items():
        print(f"{name:28}{row['median_ms']:>7.1f} ms{row['min_ms']:>7.1f} ms{row['ratio']:>15.2f}")
    for name in ("ours", "beside"):
        if name in report:
            print_spans(name, report[name])


def print_spans(name: str, row: dict[str, Any]) -> None:
    print(f"\n{name}: {row['start_cpu_ms']} ms CPU until the first line, then {row['total_ms']} ms until the result;")
    print(f"at most {row['peak_rss_kib'] / 1024:.0f} MiB resident")
    print(f"{'':28}{'begins at':>10}{'takes':>10}   (calls overlap)")
    for span in row["spans"]:
        print(f"{span['name']:28}{span['begin_ms']:>7.1f} ms{span['took_ms']:>7.1f} ms")


if __name__ == "__main__":
    sys.exit(door("the bench", main))
