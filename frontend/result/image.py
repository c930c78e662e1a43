"""The image config: what a container runtime is told. Nothing of the base's command, ports or volumes is inherited."""

from collections.abc import Mapping
from typing import Any

from msgspec import json

from frontend import VERSION
from frontend.lower import account as user
from frontend.lower.lowering import Base, LayerNote
from frontend.plan.model import Plan

TITLE = f"migetpacks {VERSION}"


def environment(plan: Plan, base: Base) -> dict[str, str]:
    """The image's environment: the base's, then PORT and HOME, then the plan's."""
    return {**dict(base.env), "HOME": user.HOME, "PORT": str(plan.runtime.port), **dict(plan.runtime.env)}


def image_config(
    plan: Plan, base: Base, platform: str, layers: tuple[LayerNote, ...], labels: Mapping[str, str]
) -> bytes:
    """The OCI image configuration as JSON; `frontend.oci.Image` is its model. BuildKit fills in rootfs and times."""
    runtime = plan.runtime
    config: dict[str, Any] = {
        "User": f"{user.UID}:{user.GID}",
        "ExposedPorts": {f"{runtime.port}/tcp": {}},
        "Env": [f"{name}={value}" for name, value in environment(plan, base).items()],
        "Cmd": list(runtime.processes[0].args),
        "WorkingDir": runtime.dir,
        "Labels": dict(sorted(labels.items())),
    }
    if runtime.stop_signal:
        config["StopSignal"] = runtime.stop_signal
    os, architecture, *variant = platform.split("/")
    document: dict[str, Any] = {"architecture": architecture, "os": os}
    if variant:
        document["variant"] = variant[0]
    document["config"] = config
    document["rootfs"] = {"type": "layers", "diff_ids": []}
    document["history"] = history(base, layers)
    return json.encode(document)


def history(base: Base, layers: tuple[LayerNote, ...]) -> list[dict[str, Any]]:
    """The base's history, then one entry for each of our layers, with its reason."""
    ours = [{"created_by": f"{layer.kind}: {layer.reason}", "comment": TITLE} for layer in layers]
    return [*(base.config.get("history") or ()), *ours]
