"""Questions of a client other than for a build.

Source: https://github.com/moby/buildkit/blob/master/frontend/subrequests/types.go
"""

from msgspec import json

from frontend.errors import OptionError, nearest
from frontend.gateway.client import Gateway
from frontend.plan.model import Plan
from frontend.plan.serial import to_json

PLAN = "frontend.migetpacks.plan"
DESCRIBE = "frontend.subrequests.describe"
VERSION = "1.0.0"  # of each answer's shape
KNOWN = {
    DESCRIBE: "List available subrequest types",
    PLAN: "Show how the app would be built, as JSON, and build nothing",
}


def check(request: str) -> None:
    """Raises OptionError for a question we do not know."""
    if request not in KNOWN:
        close = nearest(request, list(KNOWN))
        raise OptionError(
            f'unknown request "{request}"', hint=f"did you mean {close}?" if close else f"known: {', '.join(KNOWN)}"
        )


def answer_describe(gateway: Gateway) -> None:
    """Which questions there are."""
    rows = [{"name": name, "version": VERSION, "type": "rpc", "description": text} for name, text in KNOWN.items()]
    table = "\n".join(f"{name.removeprefix('frontend.'):28} {VERSION:8} {text}" for name, text in KNOWN.items())
    answer(gateway, json.encode(rows), table.encode() + b"\n")


def answer_plan(gateway: Gateway, plan: Plan) -> None:
    """The plan of the app."""
    text = to_json(plan)
    answer(gateway, text, text)


def answer(gateway: Gateway, data: bytes, text: bytes) -> None:
    """An answer for programs and for people."""
    gateway.return_metadata({"result.json": data, "result.txt": text, "version": VERSION.encode()})
