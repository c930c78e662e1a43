"""What a build tells when it has succeeded: the result, and the labels of the image."""

from typing import Any, Literal

import msgspec
from msgspec import Struct

from frontend import VERSION
from frontend.lower.lowering import Base, LayerNote
from frontend.plan.model import Evidence, Plan, Process, ToolVersion, Warning
from frontend.settings.options import BuildOptions

RESULT_KEY = "frontend.migetpacks.result"
RESULT_VERSION = 1
LABEL_PREFIX = "com.miget.migetpacks."


class BaseImage(Struct, frozen=True, omit_defaults=True):
    """An image the build stands on: its name as asked for, its digest ("sha256:…"), for which platform."""

    name: str
    digest: str
    platform: str


class LayerResult(Struct, frozen=True):
    """A layer above the base, in order, and why it is a layer of its own."""

    kind: Literal["packages", "user", "dependencies", "application"]
    reason: str


class Result(Struct, frozen=True):
    """The result of a build, under the key `frontend.migetpacks.result` of the client's metadata file.

    `start` is the command of the process "web" as the image config has it. `processes` are all named ones, web first.
    `shell` (`_shell` in JSON) says whether the image has a shell: without one, commands are argument lists only.
    """

    language: str
    versions: tuple[ToolVersion, ...]
    start: tuple[str, ...]
    processes: tuple[Process, ...]
    ports: tuple[str, ...]
    platforms: tuple[str, ...]
    user: str
    base_images: tuple[BaseImage, ...]
    layers: tuple[LayerResult, ...]
    evidence: tuple[Evidence, ...]
    warnings: tuple[Warning, ...]
    shell: bool = msgspec.field(name="_shell", default=True)
    builder: str = f"migetpacks {VERSION}"
    result_version: int = RESULT_VERSION


def result(
    plan: Plan, platforms: tuple[str, ...], images: dict[tuple[str, str], Base], layers: tuple[LayerNote, ...]
) -> Result:
    """The result of a plan that was built for `platforms`."""
    return Result(
        language=plan.language,
        versions=plan.versions,
        start=plan.runtime.processes[0].args,
        processes=plan.runtime.processes,
        ports=(f"{plan.runtime.port}/tcp",),
        platforms=platforms,
        user="1000:1000",
        base_images=tuple(BaseImage(base.reference, base.digest, where) for (_, where), base in images.items()),
        layers=tuple(LayerResult(layer.kind, layer.reason) for layer in layers),  # type: ignore[arg-type]
        evidence=plan.evidence,
        warnings=plan.warnings,
    )


def labels(plan: Plan, base: Base, options: BuildOptions) -> dict[str, str]:
    """The image's labels: OCI's own, a summary of the result, then the user's, which win.

    Source: https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md
    """
    found = {
        "org.opencontainers.image.base.name": base.reference,
        f"{LABEL_PREFIX}version": VERSION,
        f"{LABEL_PREFIX}language": plan.language,
        f"{LABEL_PREFIX}processes": msgspec.json.encode({p.name: p.args for p in plan.runtime.processes}).decode(),
        f"{LABEL_PREFIX}versions": msgspec.json.encode({v.tool: v.value for v in plan.versions}).decode(),
    }
    if base.digest:
        found["org.opencontainers.image.base.digest"] = base.digest
    for key in ("source", "revision"):
        if options.vcs.get(key):
            found[f"org.opencontainers.image.{key}"] = options.vcs[key]
    return {**found, **dict(plan.runtime.labels), **dict(options.labels)}


def schema() -> dict[str, Any]:
    """The result's JSON Schema (draft 2020-12)."""
    return msgspec.json.schema(Result)
