"""What was measured, kept in bench/out/bench.json: written after each figure, so that an interrupted run loses none.

A figure that is measured again replaces the one of before; those of another machine are dropped.
"""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.figures import Measured
from tests.lab.place import LabError
from tests.lab.shared import write_text
from tests.lab.tools import BUILDKIT

OUT = Path(__file__).parent / "out" / "bench.json"
VERSION = 1


@dataclass(frozen=True)
class Machine:
    """Where the figures come from."""

    cores: int
    cpu: str
    memory_gib: int
    kernel: str
    buildkit: str


@dataclass(frozen=True)
class Row:
    """A figure as it was measured: when (ISO 8601, UTC), how long that took, the load before it, the commit."""

    measured: Measured
    date: str
    took_s: float
    load: float
    commit: str


@dataclass
class Results:
    """All figures of a machine, by name."""

    machine: Machine
    rows: dict[str, Row]

    def dumps(self) -> str:
        """As JSON."""
        rows = {name: flat(row) for name, row in self.rows.items()}
        return json.dumps({"version": VERSION, "machine": asdict(self.machine), "figures": rows}, indent=1) + "\n"

    def keep(self, name: str, row: Row, path: Path = OUT) -> None:
        """Puts a figure in, and writes all of them."""
        self.rows[name] = row
        write_text(path, self.dumps())


def flat(row: Row) -> dict[str, Any]:
    """A row as JSON has it."""
    told = asdict(row)
    return {**told.pop("measured"), **told}


def loads(text: str, path: Path = OUT) -> Results:
    """Results from their JSON. Raises LabError for text that is none."""
    try:
        value = json.loads(text)
        if value["version"] != VERSION:
            raise ValueError(f"its version is {value['version']}, not {VERSION}")
        rows = {
            name: Row(
                Measured(row["unit"], row["series"], row["notes"]),
                row["date"], row["took_s"], row["load"], row["commit"],
            )
            for name, row in value["figures"].items()
        }  # fmt: skip
        return Results(Machine(**value["machine"]), rows)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        why = f"lacks {error}" if isinstance(error, KeyError) else str(error)
        raise LabError(f"{path} has no figures of the bench: {why}", hint="remove it and run `make bench`") from error


def read(path: Path = OUT) -> Results:
    """The results of before. Raises LabError where there are none."""
    if not path.exists():
        raise LabError(f"there are no figures at {path}", hint="run `make bench`")
    return loads(path.read_text(), path)


def resumed(path: Path = OUT) -> Results:
    """The results to go on with: those of before, where they are this machine's."""
    now = this_machine()
    if path.exists():
        before = loads(path.read_text(), path)
        if before.machine == now:
            return before
    return Results(now, {})


def this_machine() -> Machine:
    """The machine that runs this."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return Machine(os.cpu_count() or 1, cpu_name(), round(pages / 2**30), platform.release(), BUILDKIT.version)


def cpu_name(path: Path = Path("/proc/cpuinfo")) -> str:
    """The processor's model, "" where Linux does not say."""
    for line in path.read_text().splitlines() if path.exists() else ():
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            return " ".join(value.split())
    return ""
