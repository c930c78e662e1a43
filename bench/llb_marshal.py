"""Marshalling graphs of growing size, ours beside BuildKit's Go client, and two shapes that are hard to walk.

    python -m bench.llb_marshal [--runs 5]

The graph is a merge of chains of 50 programs, made before the clock starts (Go's time for one long chain grows with the
square of its length). Ours and Go's take turns. The hard shapes
are a chain 10,000 deep made of pairs (a program, and a copy from it), and 40 merges each of the one before with itself:
2^40 paths lead to its beginning. Prints a table; writes `bench/out/llb_marshal.json`.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import llb
from tests.parity import golang

OUT = Path(__file__).parent / "out" / "llb_marshal.json"
SIZES = (1_000, 10_000, 100_000)
LENGTH, DEPTH, DOUBLINGS = 50, 10_000, 40


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    report = measure(args.runs)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(report, indent=2) + "\n")
    print(f"marshalling, medians of {args.runs}, taking turns")
    print(f"{'operations':>12}{'ours':>12}{'us/op':>8}{'Go':>12}{'us/op':>8}{'x Go':>8}")
    for row in report["chains"]:
        n = row["operations"]
        ours, go = row["ours_ms"], row["go_ms"]
        print(f"{n:>12,}{ours:>9.1f} ms{ours * 1000 / n:>8.1f}{go:>9.1f} ms{go * 1000 / n:>8.1f}{row['ratio']:>8.2f}")
    for row in report["shapes"]:
        print(f"{row['name']}: {row['ours_ms']:.1f} ms, {row['operations']:,} operations")
    return 0


def measure(runs: int) -> dict[str, Any]:
    """Medians in milliseconds."""
    rows = []
    for size in SIZES:
        graph = chains(size)
        ours, theirs = [], []
        for _ in range(runs):
            theirs.append(go_ms(size))
            ours.append(marshal_ms(graph)[0])
        ours_ms, others_ms = statistics.median(ours), statistics.median(theirs)
        rows.append(
            {
                "operations": size,
                "ours_ms": round(ours_ms, 2),
                "go_ms": round(others_ms, 2),
                "ratio": round(ours_ms / others_ms, 2),
            }
        )
    shapes = []
    for name, graph in (
        (f"a chain {DEPTH:,} deep", deep(DEPTH)),
        (f"a graph with 2^{DOUBLINGS} paths", doubled(DOUBLINGS)),
    ):
        took_ms, operations = marshal_ms(graph)
        shapes.append({"name": name, "ours_ms": round(took_ms, 2), "operations": operations})
    return {"runs": runs, "chains": rows, "shapes": shapes}


def chains(size: int) -> llb.State:
    """The graph that `bench` of tests/parity/go makes."""
    base = llb.image("alpine")
    state, ends = base, []
    for number in range(size):
        state = state.run(["sh", "-c", f"echo {number}"], name=f"step {number}")
        if number % LENGTH == LENGTH - 1 or number == size - 1:
            ends.append(state)
            state = base
    return llb.merge(ends)


def deep(depth: int) -> llb.State:
    """A chain in which every operation has two inputs."""
    base = llb.image("alpine")
    state = base
    for number in range(depth // 2):
        ran = state.run(["sh", "-c", f"echo {number}"])
        state = base.file(llb.copy(ran, "/", "/"))
    return state


def doubled(times: int) -> llb.State:
    """Merges of a state with itself, again and again."""
    state = llb.merge([llb.image("alpine"), llb.image("debian")])
    for number in range(times):
        state = llb.merge([state, state.file(llb.mkdir(f"/{number}"))])
    return state


def marshal_ms(state: llb.State) -> tuple[float, int]:
    """Milliseconds of one marshalling, and how many operations came out."""
    gc.collect()
    begin_s = time.perf_counter()
    definition = state.marshal(unique_id="bench")
    definition.to_bytes()
    return (time.perf_counter() - begin_s) * 1000, len(definition.ops)


def go_ms(size: int) -> float:
    """Milliseconds of Go's marshalling."""
    done = subprocess.run([str(golang.program()), "bench", str(size)], check=True, capture_output=True, text=True)
    return int(done.stdout.split()[1]) / 1e6


if __name__ == "__main__":
    sys.exit(main())
