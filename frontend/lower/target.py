"""What a plan is lowered for, and what it is lowered from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, structs

import llb
from frontend.errors import Location
from frontend.plan.model import FromContext, FromStep, Input, Plan
from frontend.settings.options import BuildOptions
from frontend.texts import excerpt

RESOURCES = {  # option of BuildKit's clients -> limit of an exec
    "memory": "memory",
    "memswap": "memory_swap",
    "cpushares": "cpu_shares",
    "cpuperiod": "cpu_period",
    "cpuquota": "cpu_quota",
    "cpusetcpus": "cpuset_cpus",
    "cpusetmems": "cpuset_mems",
}
MERGE, DIFF = "mergeop", "diffop"  # capabilities
IMAGE = "image"  # what progress shows operations of the image under, as a step's under its name


class Base(Struct, frozen=True):
    """A resolved image: its `reference` as named, pinned by `digest` where known, and its parsed config."""

    reference: str
    digest: str
    config: dict[str, Any]

    @property
    def pinned(self) -> str:
        """The reference with its digest."""
        return f"{self.reference}@{self.digest}" if self.digest and "@" not in self.reference else self.reference

    @property
    def env(self) -> list[tuple[str, str]]:
        """The environment its config sets, in order."""
        pairs = (str(entry).partition("=") for entry in (self.config.get("config") or {}).get("Env") or ())
        return [(name, value) for name, _, value in pairs]


Images = Mapping[tuple[str, str], Base]
"""Resolved images by (name, platform)."""


class Target(Struct, frozen=True):
    """What a plan is lowered for.

    `platform` is the image's ("linux/arm64"), `build_platform` the worker's own, `multi` says that it is one of
    several. `caps` are the LLB capabilities that BuildKit reported. `proxy` holds the proxy settings by scheme ("http",
    "https", "no", …). `cache_namespace` is put in front of the cache mounts' ids. `network` ("", "host", "none") is for
    every step. `no_cache` makes all steps run again, `no_cache_steps` the named ones (in lower case). `hostname`,
    `ulimits` (name, soft, hard), `cgroup_parent`, `shm_size_bytes` and `resources` (by the names of `llb.Resources`)
    are for every program that runs.
    """

    platform: str
    build_platform: str
    caps: frozenset[str]
    multi: bool = False
    proxy: tuple[tuple[str, str], ...] = ()
    cache_namespace: str = ""
    no_cache: bool = False
    no_cache_steps: tuple[str, ...] = ()
    network: str = ""
    extra_hosts: tuple[tuple[str, str], ...] = ()
    hostname: str = ""
    ulimits: tuple[tuple[str, int, int], ...] = ()
    cgroup_parent: str = ""
    shm_size_bytes: int = 0
    resources: dict[str, int | str] = {}

    @staticmethod
    def of(options: BuildOptions, platform: str, build_platform: str, caps: frozenset[str]) -> Target:
        """The target for one platform of a build."""
        return Target(
            platform=platform,
            build_platform=build_platform,
            caps=caps,
            multi=len(options.platforms) > 1,
            proxy=tuple(sorted(options.proxy.items())),
            cache_namespace=options.cache_mount_ns,
            no_cache=options.no_cache,
            no_cache_steps=options.no_cache_steps,
            network=options.network,
            extra_hosts=options.add_hosts,
            hostname=options.hostname,
            ulimits=tuple((limit.name, limit.soft, limit.hard) for limit in options.ulimits),
            cgroup_parent=options.cgroup_parent,
            shm_size_bytes=options.shm_size_bytes,
            resources={RESOURCES[key]: value for key, value in options.resources.items()},
        )

    def cached(self, step: str = IMAGE) -> dict[str, Any]:
        """The option that makes an operation of a step run again, where the user asked for no cache."""
        ignored = self.no_cache or step.casefold() in self.no_cache_steps
        return {"ignore_cache": True} if ignored else {}

    def cache_id(self, name: str) -> str:
        """A cache mount's id: by namespace, name and platform."""
        parts = (self.cache_namespace, "migetpacks", name, self.platform)
        return "/".join(part for part in parts if part)

    def named(self, text: str, step: str = IMAGE) -> str:
        """What progress shows for an operation of a step."""
        return f"[{self.platform} {step}] {text}" if self.multi else f"[{step}] {text}"


class Made(Struct, frozen=True):
    """A step's filesystem after its last program.

    `before` is what it was before the app's sources came to `roots` (absolute), in this step or in one that it goes on
    from; None where they never did. `is_first` says that it was an image then, which has nothing of the app.
    """

    state: llb.State
    before: llb.State | None = None
    roots: tuple[str, ...] = ()
    is_first: bool = False


class Sources(Struct, frozen=True):
    """What a plan's files come from: resolved images, the app's context, and the steps made so far, by name.

    `maps` are the app's files that name a step's program, for BuildKit to quote where one fails, by path.
    """

    images: Images
    context: llb.State
    maps: Mapping[str, llb.SourceMap] = {}
    steps: Mapping[str, Made] = {}

    def after(self, step: str, made: Made) -> Sources:
        """The same with one more step made."""
        return structs.replace(self, steps={**self.steps, step: made})

    def root(self, given: Input) -> str:
        """The directory that an input puts all of the app's sources into; "" for one that does not."""
        match given:
            case FromContext(paths=(), patterns=()):
                return given.to
            case FromStep() if given.path in self.steps[given.step].roots:
                return given.to or given.path
        return ""

    def image(self, name: str, platform: str) -> llb.State:
        """An image, pinned, with the environment of its config."""
        base = self.images[name, platform]
        state = llb.image(base.pinned, platform=platform)
        for key, value in base.env:
            state = state.env(key, value)
        return state

    def place(self, at: Location | None) -> llb.Location | None:
        """A location of the app as a source-map location, with the file's text; None when it cannot be shown."""
        if at is None or not at.line or at.file not in self.maps:
            return None
        return self.maps[at.file].at(at.line)


def source_maps(plan: Plan, quote: Callable[[str, int], bytes | None]) -> dict[str, llb.SourceMap]:
    """The files that the plan's programs come from, each read once, as excerpts: clients get them with each failed
    step, and refuse long ones. `quote` gives a file's text up to a line at least; files that are not there are left
    out."""
    lines: dict[str, set[int]] = {}
    for program in (program for step in plan.steps for program in step.run):
        if program.at is not None and program.at.line:
            lines.setdefault(program.at.file, set()).add(program.at.line)
    texts = {file: quote(file, max(places)) for file, places in lines.items()}
    return {file: llb.SourceMap(file, excerpt(text, lines[file])) for file, text in texts.items() if text is not None}
