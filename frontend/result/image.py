"""The image config of a build. Nothing of the base's command, ports or volumes is inherited."""

from collections.abc import Mapping
from typing import Any

from msgspec import json

from frontend import VERSION
from frontend.lower import account
from frontend.lower.layers import LayerNote
from frontend.lower.target import Base
from frontend.paths import HOME
from frontend.plan.model import Plan
from llb.platforms import parse

TITLE = f"migetpacks {VERSION}"


def environment(plan: Plan, base: Base) -> dict[str, str]:
    """The image's environment: the base's, then HOME with the places of its state, and PORT, then the plan's.

    A plan that sets HOME keeps the state below that one.
    """
    own = dict(plan.runtime.env)
    state = () if "HOME" in own else account.STATE
    return {**dict(base.env), "HOME": HOME, **dict(state), "PORT": str(plan.runtime.port), **own}


def image_config(
    plan: Plan, base: Base, platform: str, layers: tuple[LayerNote, ...], labels: Mapping[str, str]
) -> bytes:
    """The OCI image configuration as JSON (`frontend.result.oci.Image`). BuildKit fills in rootfs and times."""
    runtime = plan.runtime
    config: dict[str, Any] = {
        "User": account.OWNER,
        "ExposedPorts": {f"{runtime.port}/tcp": {}},
        "Env": [f"{name}={value}" for name, value in environment(plan, base).items()],
        "Cmd": list(runtime.processes[0].args),
        "WorkingDir": runtime.dir,
        "Labels": dict(sorted(labels.items())),
    }
    if runtime.stop_signal:
        config["StopSignal"] = runtime.stop_signal
    rootfs = {"type": "layers", "diff_ids": list[str]()}
    return json.encode({**platform_of(platform), "config": config, "rootfs": rootfs, "history": history(base, layers)})


def platform_of(platform: str) -> dict[str, str]:
    """A platform as OCI documents have it; no variant where there is none."""
    os, architecture, variant, *_ = parse(platform)
    return {"architecture": architecture, "os": os, **({"variant": variant} if variant else {})}


def history(base: Base, layers: tuple[LayerNote, ...]) -> list[dict[str, Any]]:
    """The base's history, then one entry for each of our layers, with its reason."""
    ours = [{"created_by": f"{layer.kind}: {layer.reason}", "comment": TITLE} for layer in layers]
    return [*(base.config.get("history") or ()), *ours]
