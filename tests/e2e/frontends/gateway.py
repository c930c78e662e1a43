"""A frontend for tests: put in the place of `frontend/build.py`, it does what the build-arg SCENARIO says."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable

from msgspec import json

from frontend.errors import Location, SourceError
from frontend.gateway.client import Gateway, Ref
from frontend.gateway.pb import gateway_pb2 as pb

CONTEXT = {"filename": "Dockerfile"}


def context(gateway: Gateway, **opts: str) -> Ref:
    """What the Dockerfile of the build context makes, loaded but not built."""
    return gateway.solve_frontend("dockerfile.v0", {**CONTEXT, **opts}).ref


def caps(gateway: Gateway) -> None:
    told = {
        "gateway": sorted(gateway.caps.gateway),
        "llb": sorted(gateway.caps.llb),
        "opts": gateway.opts,
        "platforms": gateway.workers[0].platforms,
        "session": bool(gateway.session_id),
        "inputs": gateway.inputs(),
        "modules": sorted(sys.modules),
    }
    gateway.return_metadata({"frontend.told": json.encode(told)})


def files(gateway: Gateway) -> None:
    ref = context(gateway)
    names = ("five.bin", "seventeen.bin", "link", "absent")
    calls = [gateway.start_read_file(ref, name) for name in names]
    listing = gateway.read_dir(ref) or ()
    link = gateway.stat_file(ref, "link")
    told = {
        "digests": {
            name: hashlib.sha256(data).hexdigest() if (data := call.result()) is not None else None
            for name, call in zip(names, calls, strict=True)
        },
        "part": (gateway.read_file(ref, "five.bin", offset=3, length=4) or b"").hex(),
        "kinds": {entry.path: entry.kind for entry in listing},
        "link": link.kind if link else None,
        "absent": [gateway.stat_file(ref, "absent"), gateway.read_dir(ref, "absent/deeper")],
    }
    gateway.return_ref(ref, {"frontend.told": json.encode(told)})


def error(gateway: Gateway) -> None:
    ref = context(gateway)
    gateway.quote = lambda path, _line: gateway.read_file(ref, path)
    raise SourceError("the engine is unknown", at=Location("package.json", 3, 5), hint="name another one")


def step(gateway: Gateway) -> None:
    gateway.evaluate(context(gateway, target="failing"))


def late_step(gateway: Gateway) -> None:
    """The step is built by BuildKit after the return."""
    gateway.return_ref(context(gateway, target="failing"), {})


def warning(gateway: Gateway) -> None:
    ref = context(gateway)
    definition = pb.SolveRequest().Definition
    definition.ParseFromString(ref.definition)
    digest = "sha256:" + hashlib.sha256(getattr(definition, "def")[0]).hexdigest()
    gateway.evaluate(ref)  # clients drop warnings of vertices they have not been shown
    gateway.warn(digest, "this runtime is near its end", detail=["take the next one"], url="https://example.com")
    gateway.return_ref(ref, {})


def prints(gateway: Gateway) -> None:
    print("a stray print")
    sys.stdout.flush()
    gateway.return_ref(context(gateway), {})


def bug(_gateway: Gateway) -> None:
    raise KeyError("a key\nover two lines")


def empty(gateway: Gateway) -> None:
    gateway._return_status(b"")


def computes(_gateway: Gateway) -> None:
    while True:
        time.sleep(1)


def waits(gateway: Gateway) -> None:
    gateway.evaluate(context(gateway, target="slow"))


SCENARIOS: dict[str, Callable[[Gateway], None]] = {
    scenario.__name__: scenario
    for scenario in (caps, files, error, step, late_step, warning, prints, bug, empty, computes, waits)
}


def run(gateway: Gateway) -> None:
    SCENARIOS[gateway.opts["build-arg:SCENARIO"]](gateway)
