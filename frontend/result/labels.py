"""The labels of an image."""

from msgspec import json

from frontend import VERSION
from frontend.lower.target import Base
from frontend.plan.model import Plan
from frontend.settings.options import BuildOptions

PREFIX = "com.miget.migetpacks."


def labels(plan: Plan, base: Base, options: BuildOptions) -> dict[str, str]:
    """The image's labels: OCI's own, a summary of the result, then the user's, which win.

    Source: https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md
    """
    found = {
        "org.opencontainers.image.base.name": base.reference,
        f"{PREFIX}version": VERSION,
        f"{PREFIX}language": plan.language,
        f"{PREFIX}processes": json.encode({p.name: p.args for p in plan.runtime.processes}).decode(),
        f"{PREFIX}versions": json.encode({v.tool: v.value for v in plan.versions}).decode(),
    }
    if base.digest:
        found["org.opencontainers.image.base.digest"] = base.digest
    for key in ("source", "revision"):
        if options.vcs.get(key):
            found[f"org.opencontainers.image.{key}"] = options.vcs[key]
    return {**found, **dict(plan.runtime.labels), **dict(options.labels)}
