"""Questions of a client other than for a build.

Sources: https://github.com/moby/buildkit/blob/master/frontend/subrequests/types.go, and targets/targets.go beside it
"""

from msgspec import json

from frontend.errors import OptionError, nearest
from frontend.gateway.client import Gateway
from frontend.plan.model import Plan
from frontend.plan.serial import to_json

PLAN = "frontend.migetpacks.plan"
DESCRIBE = "frontend.subrequests.describe"
TARGETS = "frontend.targets"
VERSION = "1.0.0"  # of each answer's shape
KNOWN = {
    DESCRIBE: "List available subrequest types",
    TARGETS: "List the processes of the app, each of which can be an image of its own",
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


def answer_targets(gateway: Gateway, plan: Plan) -> None:
    """The processes of the app, by the names that the option `target` takes."""
    first, *others = plan.runtime.processes
    texts = {one.name: one.args[-1] if one.shell else " ".join(one.args) for one in (first, *others)}
    rows = [{"name": name, "description": text} for name, text in texts.items()]
    table = "\n".join(f"{name:28} {text}" for name, text in texts.items())
    answer(gateway, json.encode({"targets": [{**rows[0], "default": True}, *rows[1:]]}), table.encode() + b"\n")


def answer(gateway: Gateway, data: bytes, text: bytes) -> None:
    """An answer for programs and for people."""
    gateway.return_metadata({"result.json": data, "result.txt": text, "version": VERSION.encode()})
