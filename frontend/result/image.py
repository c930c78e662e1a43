"""The image config of a build. Nothing of the base's command, ports or volumes is inherited."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import json

from frontend import VERSION
from frontend.lower import account
from frontend.lower.layers import LayerNote
from frontend.lower.target import Base
from frontend.plan.model import Plan
from llb.platforms import parse

TITLE = f"migetpacks {VERSION}"
VARIABLE = r"\$\{[^}]*\}|\$\w+"


def environment(plan: Plan, base: Base) -> dict[str, str]:
    """The image's environment: the base's, then HOME with the places of its state, and PORT, then the plan's.

    A plan that sets HOME keeps the state below that one. A base that is not the language's own may have values with
    variables in them, which nobody expands: these go.
    """
    runtime = plan.runtime
    own = dict(runtime.env)
    state = () if "HOME" in own else account.STATE
    inherited = dict(base.env) if runtime.flavour == "standard" else cleaned(base.env)
    return {**inherited, "HOME": runtime.account.home, **dict(state), "PORT": str(runtime.port), **own}


def cleaned(env: Iterable[tuple[str, str]]) -> dict[str, str]:
    """An environment without what is a variable in its values; lists of directories without empty ones.

    An empty directory in a list is the current one: `LD_LIBRARY_PATH=/usr/local/lib:${LD_LIBRARY_PATH}` would load
    libraries from where the app happens to run. A variable that has nothing left is left out.
    """
    found: dict[str, str] = {}
    for name, value in env:
        if name.endswith("PATH"):
            value = ":".join(part for part in value.split(":") if part and "$" not in part)
        elif "$" in value:
            value = re.sub(VARIABLE, "", value)
        if value:
            found[name] = value
    return found


def image_config(
    plan: Plan, base: Base, platform: str, layers: tuple[LayerNote, ...], labels: Mapping[str, str]
) -> bytes:
    """The OCI image configuration as JSON (`frontend.result.oci.Image`). BuildKit fills in rootfs and times."""
    runtime, web = plan.runtime, plan.runtime.processes[0]
    config: dict[str, Any] = {
        "User": runtime.account.owner,
        "Env": [f"{name}={value}" for name, value in {**environment(plan, base), **dict(web.env)}.items()],
        "Cmd": list(web.args),
        "WorkingDir": web.dir or runtime.dir,
        "Labels": dict(sorted(labels.items())),
    }
    if runtime.flavour != "standard":
        config["Entrypoint"] = list[str]()  # the base may have one, which would take the first word
    if runtime.ports:
        config["ExposedPorts"] = {port: {} for port in runtime.ports}
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
