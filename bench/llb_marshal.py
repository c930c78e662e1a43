"""Marshalling graphs of growing size, ours beside BuildKit's Go client, and two shapes that are hard to walk.

The graph is a merge of chains of 50 programs, made before the clock starts (Go's time for one long chain grows with the
square of its length). Ours and Go's take turns. The hard shapes are a chain 10,000 deep made of pairs (a program, and a
copy from it), and 40 merges each of the one before with itself: 2^40 paths lead to its beginning.
"""

from __future__ import annotations

import gc
import subprocess
import time
from collections.abc import Iterator, Mapping

import llb
from bench.figures import Figure, Measured
from tests.lab.api import Lab
from tests.parity import golang

SIZES = (1_000, 10_000, 100_000)
LENGTH, DEPTH, DOUBLINGS = 50, 10_000, 40
FIGURES = (
    Figure(
        "marshal",
        "Marshalling LLB",
        "time to make a definition of a graph of so many operations, ours beside BuildKit's Go client; and of two "
        "shapes that are hard to walk",
        3,
    ),
)


def figures(lab: Lab, turns: Mapping[str, int], source: str) -> Iterator[tuple[str, Measured]]:
    """The figure by its name."""
    times: dict[str, list[float]] = {}
    for size in SIZES:
        graph = chains(size)
        for _ in range(turns["marshal"]):
            times.setdefault(f"Go, {size:,}", []).append(go_ms(size))
            times.setdefault(f"ours, {size:,}", []).append(marshal_ms(graph))
    shapes = {f"ours, a chain {DEPTH:,} deep": deep(DEPTH), f"ours, 2^{DOUBLINGS} paths": doubled(DOUBLINGS)}
    for name, graph in shapes.items():
        times[name] = [marshal_ms(graph) for _ in range(turns["marshal"])]
    yield "marshal", Measured("ms", times)


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


def marshal_ms(state: llb.State) -> float:
    """Milliseconds of one marshalling."""
    gc.collect()
    begin_s = time.perf_counter()
    state.marshal(unique_id="bench").to_bytes()
    return (time.perf_counter() - begin_s) * 1000


def go_ms(size: int) -> float:
    """Milliseconds of Go's marshalling."""
    done = subprocess.run([str(golang.program()), "bench", str(size)], check=True, capture_output=True, text=True)
    return int(done.stdout.split()[1]) / 1e6
