"""The Go program beside this package: compiled once into the cache, asked with graphs as JSON."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.lab.place import here
from tests.lab.shared import making
from tests.lab.tools import go_build

SOURCE = Path(__file__).resolve().parent / "go"
Graph = dict[str, Any]


class Answer(NamedTuple):
    """What Go makes of a graph: the Definition, its operations in order, their digests; or the text of its error."""

    definition: bytes = b""
    ops: tuple[bytes, ...] = ()
    digests: tuple[str, ...] = ()
    error: str = ""


@cache
def program() -> Path:
    """The compiled program, in a cache directory named after the program's source.

    Raises LabError with the compiler's output when it cannot be compiled.
    """
    place = here()
    files = sorted(path for path in SOURCE.iterdir() if path.is_file())
    key = hashlib.sha256(b"".join([path.name.encode() + b"\0" + path.read_bytes() for path in files])).hexdigest()[:16]
    with making(place.cache / "parity" / key) as partial:
        if partial is not None:
            go_build(place, SOURCE, partial, "-trimpath", "-buildvcs=false", ".", part="Go's LLB client")
    return place.cache / "parity" / key / "parity"


def marshalled(graphs: Iterable[Graph]) -> list[Answer]:
    """What Go makes of each graph."""
    given = b"".join([json.dumps(graph).encode() + b"\n" for graph in graphs])
    done = subprocess.run([str(program()), "marshal"], input=given, check=True, capture_output=True)
    return [answer(json.loads(line)) for line in done.stdout.splitlines()]


def answer(told: dict[str, Any]) -> Answer:
    """An answer of the program."""
    if "error" in told:
        return Answer(error=told["error"])
    ops = tuple(base64.b64decode(op) for op in told["ops"])
    return Answer(base64.b64decode(told["definition"]), ops, tuple(told["digests"]))


def described() -> dict[str, Any]:
    """Every message and enum of the Go module, in the shape of `proto.describe`."""
    done = subprocess.run([str(program()), "describe"], check=True, capture_output=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
