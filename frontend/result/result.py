"""What a build tells when it has succeeded."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from frontend import VERSION
from frontend.lower.layers import LayerNote
from frontend.lower.target import Base
from frontend.plan.model import Evidence, Plan, Process, ToolVersion, Warning

KEY = "frontend.migetpacks.result"
RESULT_VERSION = 1


class BaseImage(Struct, frozen=True, omit_defaults=True):
    """An image the build stands on: its name as asked for, its digest ("sha256:…"), for which platform."""

    name: str
    digest: str
    platform: str


class Result(Struct, frozen=True):
    """The result of a build, under the key `frontend.migetpacks.result` of the client's metadata file.

    `start` is the command of the process "web" as the image config has it. `processes` are all named ones, web first.
    `flavour` says who chose the base image: "standard", "hardened" or "given". `shell` (`_shell` in JSON) says whether
    the image has a shell: without one, commands are argument lists only.
    """

    language: str
    versions: tuple[ToolVersion, ...]
    start: tuple[str, ...]
    processes: tuple[Process, ...]
    ports: tuple[str, ...]
    platforms: tuple[str, ...]
    user: str
    base_images: tuple[BaseImage, ...]
    layers: tuple[LayerNote, ...]
    evidence: tuple[Evidence, ...]
    warnings: tuple[Warning, ...]
    flavour: str
    shell: bool = msgspec.field(name="_shell", default=True)
    builder: str = f"migetpacks {VERSION}"
    result_version: int = RESULT_VERSION


def result(
    plan: Plan, platforms: tuple[str, ...], images: Mapping[tuple[str, str], Base], layers: tuple[LayerNote, ...]
) -> Result:
    """The result of a plan that was built for `platforms`."""
    return Result(
        language=plan.language,
        versions=plan.versions,
        start=plan.runtime.processes[0].args,
        processes=plan.runtime.processes,
        ports=(f"{plan.runtime.port}/tcp",),
        platforms=platforms,
        user=plan.runtime.account.owner,
        base_images=tuple(BaseImage(base.reference, base.digest, where) for (_, where), base in images.items()),
        layers=layers,
        evidence=plan.evidence,
        warnings=plan.warnings,
        flavour=plan.runtime.flavour,
        shell=plan.runtime.shell,
    )


def schema() -> dict[str, Any]:
    """The result's JSON Schema (draft 2020-12)."""
    return msgspec.json.schema(Result)
