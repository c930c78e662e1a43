"""What a build tells when it has succeeded."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from frontend import VERSION
from frontend.commands.procfile import RELEASE, WEB
from frontend.commands.words import quoted
from frontend.lower.layers import LayerNote
from frontend.lower.target import Base
from frontend.plan.model import AddOn, Evidence, Formation, ForPlatform, Plan, Process, Task, ToolVersion, Warning

KEY = "frontend.migetpacks.result"
RESULT_VERSION = 2


class BaseImage(Struct, frozen=True, omit_defaults=True):
    """An image the build stands on: its name as asked for, its digest ("sha256:…"), for which platform."""

    name: str
    digest: str
    platform: str


class Image(Struct, frozen=True):
    """What was built for a platform: the ports it exposes, the image it is based on, that one's digest."""

    platform: str
    ports: tuple[str, ...]
    base: str
    base_digest: str


class Worker(Struct, frozen=True):
    """A process beside "web" and "release"."""

    name: str
    command: str


class Processes(Struct, frozen=True, omit_defaults=True):
    """The processes as texts: a shell's words where the image has none, else what a shell may be given.

    A key is absent where the app has no such process.
    """

    web: str | None = None
    release: str | None = None
    workers: tuple[Worker, ...] = ()


class Result(Struct, frozen=True):
    """The result of a build, under the key `frontend.migetpacks.result` of the client's metadata file.

    `start` is the command of the image as its config has it. `commands` are all named processes as argument lists, the
    started one first, `processes` the same as texts. `target` is the process that the image is for, "" for all of them.
    `env`, `formation`, `scripts` and `addons` are those of app.json, `health_path` is the path of the health check that
    a file for another platform names, "" for none. `flavour` says who chose the base image: "standard", "hardened" or
    "given". `shell` (`_shell` in JSON) says whether /bin/sh is in the image: without it,
    commands are argument lists only.
    """

    status: Literal["success"]
    exit_code: Literal[0]
    language: str
    versions: tuple[ToolVersion, ...]
    images: tuple[Image, ...]
    processes: Processes
    env: dict[str, str | None]
    formation: tuple[Formation, ...]
    scripts: tuple[Task, ...]
    addons: tuple[AddOn, ...]
    health_path: str
    shell: bool = msgspec.field(name="_shell")
    target: str
    start: tuple[str, ...]
    commands: tuple[Process, ...]
    ports: tuple[str, ...]
    platforms: tuple[str, ...]
    user: str
    base_images: tuple[BaseImage, ...]
    layers: tuple[LayerNote, ...]
    evidence: tuple[Evidence, ...]
    warnings: tuple[Warning, ...]
    flavour: str
    builder: str = f"migetpacks {VERSION}"
    result_version: int = RESULT_VERSION


class Built(Struct, frozen=True):
    """A platform that an image was built for, and whether a shell was found in it."""

    platform: str
    shell: bool


def result(
    plan: Plan,
    built: Sequence[Built],
    images: Mapping[tuple[str, str], Base],
    layers: tuple[LayerNote, ...],
    target: str,
) -> Result:
    """The result of a plan that was built for some platforms."""
    runtime = plan.runtime
    told = plan.platform or ForPlatform()
    bases = [(one.platform, images[runtime.base, one.platform]) for one in built]
    return Result(
        status="success",
        exit_code=0,
        language=plan.language,
        versions=plan.versions,
        images=tuple(Image(platform, runtime.ports, base.reference, base.digest) for platform, base in bases),
        processes=as_texts(runtime.processes),
        env=told.env,
        formation=told.formation,
        scripts=told.scripts,
        addons=told.addons,
        health_path=told.health_path,
        shell=all(one.shell for one in built),
        target=target,
        start=runtime.processes[0].args,
        commands=runtime.processes,
        ports=runtime.ports,
        platforms=tuple(one.platform for one in built),
        user=runtime.account.owner,
        base_images=tuple(BaseImage(base.reference, base.digest, where) for (_, where), base in images.items()),
        layers=layers,
        evidence=plan.evidence,
        warnings=plan.warnings,
        flavour=runtime.flavour,
    )


def as_texts(processes: tuple[Process, ...]) -> Processes:
    """The processes as texts, by what they are for."""
    texts = {one.name: one.args[-1] if one.shell else " ".join(map(quoted, one.args)) for one in processes}
    workers = tuple(Worker(name, text) for name, text in texts.items() if name not in (WEB, RELEASE))
    return Processes(texts.get(WEB), texts.get(RELEASE), workers)


def schema() -> dict[str, Any]:
    """The result's JSON Schema (draft 2020-12)."""
    return msgspec.json.schema(Result)
