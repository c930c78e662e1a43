"""Our build beside a good hand-written Dockerfile for the same app, in one run: time, bytes pushed, image size.

    python -m bench.builds [--runs 3] [--only Rails]

For each language an app is built cold (a new BuildKit with nothing in it), then with one source line changed, then
with one dependency added, by both frontends in turn, and pushed to the lab's registry. A time is that of the whole
client process; bytes pushed are those of layers, config and manifest the registry did not have from the build before.
The Dockerfiles are in bench/dockerfiles. Prints a table; writes `bench/out/builds.json`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.lab.api import Lab
from tests.lab.keeper import door

HERE = Path(__file__).parent
OUT = HERE / "out" / "builds.json"
SIDES = ("ours", "dockerfile")
MANIFESTS = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"


class Case(NamedTuple):
    """An app of the comparison; `change` edits one source line, `depend` adds one dependency, where that is measured.

    `cold` and `line` are the ratios to reach, of a cold build and of one after a changed line.
    """

    name: str
    app: Path
    dockerfile: Path
    change: Callable[[Path, int], None]
    depend: Callable[[Path], None] | None = None
    cold: float = 0.9
    line: float = 0.8


def node_change(app: Path, number: int) -> None:
    """Another constant in the TypeScript source."""
    with (app / "src" / "server.ts").open("a") as file:
        file.write(f"\nexport const build{number} = {number};\n")


def node_depend(app: Path) -> None:
    """One more package, locked by npm itself."""
    subprocess.run(
        ["npm", "install", "--package-lock-only", "--no-audit", "--no-fund", "--silent", "nanoid@5"],
        cwd=app,
        check=True,
    )


def python_change(app: Path, number: int) -> None:
    """Another constant in the module."""
    with (app / "app.py").open("a") as file:
        file.write(f"\nBUILD_{number} = {number}\n")


def python_depend(app: Path) -> None:
    """One more package."""
    with (app / "requirements.txt").open("a") as file:
        file.write("humanize==4.12.3\n")


def rails_change(app: Path, number: int) -> None:
    """Another constant in a model."""
    with (app / "app" / "models" / "application_record.rb").open("a") as file:
        file.write(f"\nBUILD_{number} = {number}\n")


APPS = HERE.parent / "tests" / "apps"
CASES = (
    Case("Node.js", HERE / "apps" / "node", HERE / "dockerfiles" / "node.Dockerfile", node_change, node_depend),
    Case("Python", HERE / "apps" / "python", HERE / "dockerfiles" / "python.Dockerfile", python_change, python_depend),
    Case("Rails", APPS / "ruby-rails", HERE / "dockerfiles" / "rails.Dockerfile", rails_change, line=1.0),
)


class Pushed(NamedTuple):
    """A build: seconds, and the blobs of its image by digest with their sizes in bytes."""

    seconds: float
    blobs: dict[str, int]
    manifest: int


def build(lab: Lab, address: str, case: Case, context: Path, frontend: str) -> Pushed:
    """One build by "ours" or "dockerfile", pushed."""
    reference = f"{lab.registry}/bench/{case.name.lower().replace('.', '')}-{frontend}:latest"
    ours = ("--frontend=gateway.v0", "--opt=source=miget/migetpacks")
    theirs = (
        "--frontend=dockerfile.v0",
        f"--local=dockerfile={case.dockerfile.parent}",
        f"--opt=filename={case.dockerfile.name}",
    )
    began = time.monotonic()
    lab.buildctl(
        "--addr",
        address,
        "build",
        "--progress=quiet",
        *(ours if frontend == "ours" else theirs),
        f"--local=context={context}",
        *(f"--secret={secret}" for secret in lab.secrets),
        f"--output=type=image,name={reference},push=true,registry.insecure=true",
    )
    seconds = time.monotonic() - began
    name = reference.partition("/")[2].rpartition(":")[0]
    request = urllib.request.Request(f"http://{lab.registry}/v2/{name}/manifests/latest", headers={"Accept": MANIFESTS})
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
    manifest = json.loads(text)
    if "manifests" in manifest:
        raise SystemExit(f"{reference} is an index, not one image")
    parts = [*manifest["layers"], manifest["config"]]
    return Pushed(seconds, {part["digest"]: part["size"] for part in parts}, len(text))


def new_bytes(before: Pushed, after: Pushed) -> int:
    """What the second build pushed that the first had not."""
    return sum(size for digest, size in after.blobs.items() if digest not in before.blobs)


class Row(NamedTuple):
    """A figure: ours and the Dockerfile's, in seconds or bytes."""

    case: str
    figure: str
    ours: float
    dockerfile: float
    limit: str

    @property
    def ratio(self) -> float:
        """Ours as a multiple of the Dockerfile's."""
        return self.ours / self.dockerfile if self.dockerfile else 0.0


def measure(lab: Lab, case: Case, runs: int) -> list[Row]:
    """The figures of one app: medians of `runs` rounds, the frontends in turn."""
    cold, changed, bytes_changed, depended, size = ({side: list[float]() for side in SIDES} for _ in range(5))
    for number in range(runs):
        for frontend in SIDES if number % 2 == 0 else SIDES[::-1]:
            with tempfile.TemporaryDirectory() as scratch, lab.buildkitd() as address:
                context = Path(scratch) / "app"
                shutil.copytree(case.app, context)
                first = build(lab, address, case, context, frontend)
                case.change(context, number)
                second = build(lab, address, case, context, frontend)
                if case.depend is not None:
                    case.depend(context)
                    depended[frontend].append(build(lab, address, case, context, frontend).seconds)
            cold[frontend].append(first.seconds)
            changed[frontend].append(second.seconds)
            bytes_changed[frontend].append(new_bytes(first, second))
            size[frontend].append(sum(first.blobs.values()))
    own = sum(path.stat().st_size for path in case.app.rglob("*") if path.is_file())
    figures = [
        ("cold build, s", cold, f"≤ {case.cold}"),
        ("one line, s", changed, f"≤ {case.line}"),
        ("one line, bytes", bytes_changed, "≤ 10 KB" if case.depend else f"≤ {own:,} B of own files"),
        *([("one dependency, s", depended, "≤ 1.0")] if case.depend else ()),
        ("image, bytes", size, "≤ 1.0"),
    ]
    median = statistics.median
    return [Row(case.name, name, median(by["ours"]), median(by["dockerfile"]), limit) for name, by, limit in figures]


def run(runs: int = 3, only: str | None = None) -> list[Row]:
    """All figures, or those of one app."""
    lab = Lab.ensure()
    lab.push_frontend()
    return [row for case in CASES if only in (None, case.name) for row in measure(lab, case, runs)]


def table(rows: Sequence[Row]) -> str:
    """The figures as text."""
    lines = [f"{'':9} {'figure':18} {'ours':>14} {'Dockerfile':>14} {'ratio':>7}  to reach"]
    for row in rows:
        digits = 0 if "bytes" in row.figure else 2
        numbers = f"{row.ours:14,.{digits}f} {row.dockerfile:14,.{digits}f} {row.ratio:7.2f}"
        lines.append(f"{row.case:9} {row.figure:18} {numbers}  {row.limit}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, prints and writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", choices=[case.name for case in CASES], help="this app alone")
    given = parser.parse_args(arguments)
    rows = run(given.runs, given.only)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps([{**row._asdict(), "ratio": row.ratio} for row in rows], indent=2) + "\n")
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(door("the bench", main))
