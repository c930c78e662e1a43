"""The whole build on one page: options, context, settings, language, plan, LLB, result."""

import time
from typing import TYPE_CHECKING, Any

from msgspec import json, structs

from frontend import detect
from frontend.context import open as context
from frontend.errors import GatewayError, OptionError, PlanError, SolveError
from frontend.gateway import trace
from frontend.gateway.client import Caps, Gateway, Pending, Ref, ResolvedImage
from frontend.languages.base import load
from frontend.plan.model import Exec, Plan
from frontend.plan.overlay import overlay
from frontend.plan.serial import to_json
from frontend.settings import options
from frontend.settings.options import BuildOptions

if TYPE_CHECKING:
    from llb.marshal import Definition

OLDEST_BUILDKIT = "BuildKit v0.10 (Docker Engine 23.0)"  # the first with variables from secrets
RESOURCES = {  # option of BuildKit's clients -> limit of an exec
    "memory": "memory",
    "memswap": "memory_swap",
    "cpushares": "cpu_shares",
    "cpuperiod": "cpu_period",
    "cpuquota": "cpu_quota",
    "cpusetcpus": "cpuset_cpus",
    "cpusetmems": "cpuset_mems",
}
STEPS_KNOWN_S = 0.2  # after so long, a solve has its steps at the client

HINTS = {  # exit status -> what it means, whatever the program
    126: "the program is there but cannot be executed: is it executable, and built for this platform?",
    127: "the program was not found: is it among the dependencies, or does it need a package (build packages)?",
    137: "it was killed, most likely for want of memory: give the builder more, or run fewer jobs at a time",
    139: "it crashed (segmentation fault): a native module built for another version or libc often does",
}


def run(gateway: Gateway) -> None:
    """One request of BuildKit, answered: a build, or a subrequest. Raises BuildError."""
    with trace.span("options"):
        asked = options.parse(gateway.opts)
    if asked.request and asked.request != PLAN_REQUEST:
        answer_subrequest(gateway, asked.request)
        return
    with trace.span("context"):
        source = context.open(gateway, asked, detect.markers(asked.settings.get("PROJECT_PATH", "").strip("/")))
        gateway.quote = source.quote
    with trace.span("plan"):
        plan = make_plan(source, asked)
    if asked.request == PLAN_REQUEST:
        text = to_json(plan)
        gateway.return_metadata({"result.json": text, "result.txt": text, "version": b"1.0.0"})
        return
    build(gateway, asked, source, plan)


def make_plan(source: context.Context, asked: BuildOptions) -> Plan:
    """Settings, language and plan of the app in the context."""
    from frontend.settings import config

    settings = config.read(asked, source.config, source.tree)
    detection = detect.choose(source.tree, settings)
    app = detection.app
    wanted = detection.language.wanted
    source.tree.need(*(f"{app}/{path}" if app else path for path in wanted))
    plan = load(detection.language).plan(source.tree, settings, app, time.strftime("%Y-%m-%d", time.gmtime()))
    plan = structs.replace(plan, warnings=(*detection.warnings, *plan.warnings))
    return overlay(
        plan,
        build_packages=settings.build_packages,
        build_env=settings.build_env,
        run_packages=settings.run_packages,
        run_env=settings.run_env,
        evidence=detection.detected.evidence,
    )


def build(gateway: Gateway, asked: BuildOptions, source: context.Context, plan: Plan) -> None:
    """The plan lowered, solved and returned, once per platform."""
    native = native_platform(gateway)
    platforms = asked.platforms or (native,)
    with trace.span("resolve"):
        pending = start_images(gateway, asked, plan, platforms, native)
        from frontend.lower import lowering as lower
        from frontend.result import (
            image,
            report,  # imported while the registry answers
        )
        from llb import LLBError

        images = {key: base(key[0], answer, plan) for key, answer in pending.items()}
        for (name, platform), found in images.items():
            check_platform(name, platform, found.config)
    refs: dict[str, Ref] = {}
    metadata: dict[str, bytes] = {}
    layers: tuple[lower.LayerNote, ...] = ()
    many = asked.multi_platform
    solving: list[tuple[str, Pending[Ref]]] = []
    for platform in platforms:
        with trace.span("lower"):
            target = lower.Target(
                platform=platform,
                build_platform=native,
                proxy=tuple(sorted(asked.proxy.items())),
                cache_namespace=asked.cache_mount_ns,
                no_cache=asked.no_cache,
                no_cache_steps=asked.no_cache_steps,
                network=asked.network,
                extra_hosts=asked.add_hosts,
                multi=len(platforms) > 1,
                hostname=asked.hostname,
                ulimits=tuple((limit.name, limit.soft, limit.hard) for limit in asked.ulimits),
                cgroup_parent=asked.cgroup_parent,
                shm_size_bytes=asked.shm_size_bytes,
                resources={RESOURCES[key]: value for key, value in asked.resources.items()},
            )
            try:
                lowered = lower.lower(plan, target, images, source.state, gateway.caps, source.quote)
                definition = lowered.state.marshal(platform=platform, caps=gateway.caps.llb)
            except LLBError as error:  # what the app's files say cannot be an operation: a NUL byte in a command
                raise PlanError(
                    f"the app cannot be built: {error}", hint="is a file or command of the app odd?"
                ) from error
            check_capabilities(definition, gateway.caps)
        layers = lowered.layers
        suffix = f"/{platform}" if many else ""
        runtime = images[plan.runtime.base, platform]
        labels = report.labels(plan, runtime, asked)
        metadata[f"containerimage.config{suffix}"] = image.image_config(plan, runtime, platform, layers, labels)
        metadata[f"containerimage.base.config{suffix}"] = json.encode(runtime.config)
        solving.append(
            (platform, gateway.start_solve(definition.to_bytes(), evaluate=True, cache_imports=asked.cache_imports))
        )
    # Clients that print plain lines print a step's warnings when it ends: best told while the last one is under way.
    # Not with a cache to import, which BuildKit reads before it tells clients of the steps.
    told = not asked.cache_imports and bool(plan.warnings) and not solving[-1][1].ready(STEPS_KNOWN_S)
    if told:
        warn(gateway, definition.head, plan)
    for platform, answer in solving:
        with trace.span("solve"):
            try:
                refs[platform] = answer.result()
            except SolveError as error:
                raise explained(error, plan) from error
    if not told:
        warn(gateway, definition.head, plan)
    metadata["refs.platforms"] = json.encode({"Platforms": [platform_entry(platform) for platform in platforms]})
    metadata[report.RESULT_KEY] = json.encode(report.result(plan, platforms, images, layers))
    if asked.source_date_epoch is not None:
        metadata["source.date.epoch"] = str(asked.source_date_epoch).encode()
    if many:
        gateway.return_refs(refs, metadata)
    else:
        gateway.return_ref(refs[platforms[0]], metadata)


def native_platform(gateway: Gateway) -> str:
    """Where build steps run by default: what the worker says, or, with BuildKit before v0.9, where we run ourselves."""
    told = next((platform for worker in gateway.workers for platform in worker.platforms), "")
    return told or f"linux/{options.own_architecture()}"


def check_capabilities(definition: "Definition", caps: Caps) -> None:
    """Raises GatewayError when BuildKit cannot do what the graph needs: it would refuse it in words nobody knows."""
    missing = {cap for metadata in definition.metadata.values() for cap in metadata.caps} - caps.llb
    if missing:
        listed = ", ".join(sorted(missing))
        raise GatewayError(
            f"this BuildKit is too old ({listed} missing): {OLDEST_BUILDKIT} or newer is needed; with an older Docker "
            "Engine, build on a newer BuildKit through docker buildx"
        )


def start_images(
    gateway: Gateway, asked: BuildOptions, plan: Plan, platforms: tuple[str, ...], native: str
) -> dict[tuple[str, str], Pending[ResolvedImage]]:
    """All images the plan names, being resolved at the same time, by (name, platform)."""
    from frontend.lower.lowering import image_names, tool_image

    keys = [(name, platform) for platform in platforms for name in image_names(plan)]
    keys.append((tool_image(plan), native))
    return {
        key: gateway.start_resolve_image(
            replaced(asked, reference(key[0]), key[1]),
            platform=key[1],
            resolve_mode=asked.resolve_mode,
            log_name=f"[internal] load metadata for {key[0]}",
        )
        for key in dict.fromkeys(keys)
    }


def replaced(asked: BuildOptions, name: str, platform: str) -> str:
    """The image to use for a base image: another where a named context, NAME=docker-image://OTHER, says so.

    Raises OptionError for a context that is no image.
    """
    for key, value in asked.contexts.items():
        wanted, _, only = key.partition("::")
        if reference(wanted) == name and only in ("", platform):
            image = value.removeprefix("docker-image://")
            if image == value:
                raise OptionError(
                    f"the named context {key} is to replace a base image, and is {value.partition(':')[0]}",
                    hint=f"write it as {wanted}=docker-image://registry.example.com/{wanted}",
                )
            return reference(image)
    return name


def base(name: str, answer: Pending[ResolvedImage], plan: Plan) -> Any:
    """A resolved image. Raises GatewayError that names who asked for a version whose image does not exist."""
    from frontend.lower.lowering import Base

    try:
        resolved = answer.result()
    except GatewayError as error:
        raise unresolved(name, error, plan) from error
    scheme, _, reference = resolved.identifier.partition("://")  # a source policy may have put another in its place
    if scheme != "docker-image" or not resolved.config:
        raise GatewayError(
            f"the base image {name} is replaced by {resolved.identifier}, which is no image",
            hint="a source policy may replace an image by another image only",
        )
    return Base(reference.partition("@")[0], resolved.digest, json.decode(resolved.config))


def check_platform(name: str, platform: str, config: dict[str, Any]) -> None:
    """Raises GatewayError for an image of another platform: a registry may give it where it has only that one."""
    system, architecture, *_ = platform.split("/")
    given = (config.get("os") or system, config.get("architecture") or architecture)
    if given != (system, architecture):
        raise GatewayError(
            f"the base image {name} is for {'/'.join(given)}, and {platform} is asked for",
            hint="does the registry, or the mirror in front of it, have the image for this platform?",
        )


def unresolved(name: str, error: GatewayError, plan: Plan) -> GatewayError:
    """The error for a base image that is not there, or a registry that is not."""
    asked = next((v for v in plan.versions if f":{v.value}-" in name and v.by != "default"), None)
    missing = "not found" in error.message or "MANIFEST_UNKNOWN" in error.message
    if missing and asked is not None:
        message = f"there is no image {name}: does {asked.tool} {asked.value} exist?"
        hint = f'"{asked.asked or asked.value}" asked for it; set the build-arg {asked.tool.upper()}_VERSION to another'
    elif missing:
        message = f"there is no image {name}"
        hint = "is the registry, or the mirror in front of it, the right one?"
    else:
        message = f"the base image {name} cannot be loaded: {error.message}"
        hint = "is the registry reachable from the builder?"
    at = asked.at if asked else None
    return GatewayError(message, method=error.method, code=error.code, status=error.status, at=at, hint=hint)


def explained(error: SolveError, plan: Plan) -> SolveError:
    """The error with the place in the app that asked for the failed step, and a hint for it."""
    named = ((f"{step.name}] {program.name}", program) for step in plan.steps for program in step.run)
    program: Exec | None = next((program for name, program in named if error.step.endswith(name)), None)
    hint = HINTS.get(error.exit_code or 0, "") or (program.hint if program else "") or error.hint
    return SolveError(
        error.message,
        method=error.method,
        code=error.code,
        status=error.status,
        step=error.step,
        exit_code=error.exit_code,
        at=program.at if program else error.at,
        hint=hint,
    )


def warn(gateway: Gateway, digest: str, plan: Plan) -> None:
    """The plan's doubts, shown by the client with the step of this digest: it drops those of steps it has not seen."""
    for doubt in plan.warnings:
        detail = (doubt.hint,) if doubt.hint else ()
        gateway.warn(digest, doubt.message, detail=detail, at=doubt.at)


def reference(name: str) -> str:
    """An image name in full: "node:24" is docker.io/library/node:24."""
    first, slash, _ = name.partition("/")
    if not slash:
        return f"docker.io/library/{name}"
    return name if "." in first or ":" in first or first == "localhost" else f"docker.io/{name}"


def platform_entry(platform: str) -> dict[str, Any]:
    """A platform as result metadata names it."""
    os, architecture, *variant = platform.split("/")
    entry: dict[str, Any] = {"architecture": architecture, "os": os}
    if variant:
        entry["variant"] = variant[0]
    return {"ID": platform, "Platform": entry}


# --- subrequests

PLAN_REQUEST = "frontend.migetpacks.plan"
DESCRIBE_REQUEST = "frontend.subrequests.describe"
SUBREQUESTS = (
    (DESCRIBE_REQUEST, "1.0.0", "List available subrequest types"),
    (PLAN_REQUEST, "1.0.0", "Show how the app would be built, as JSON, and build nothing"),
)


def answer_subrequest(gateway: Gateway, request: str) -> None:
    """A question other than for a build. Raises OptionError for one we do not know."""
    from frontend.errors import OptionError, nearest

    names = [name for name, _, _ in SUBREQUESTS]
    if request != DESCRIBE_REQUEST:
        close = nearest(request, names)
        raise OptionError(
            f'unknown request "{request}"', hint=f"did you mean {close}?" if close else f"known: {', '.join(names)}"
        )
    described = [{"name": n, "version": v, "type": "rpc", "description": d} for n, v, d in SUBREQUESTS]
    table = "\n".join(f"{n.removeprefix('frontend.'):28} {v:8} {d}" for n, v, d in SUBREQUESTS)
    gateway.return_metadata(
        {"result.json": json.encode(described), "result.txt": table.encode() + b"\n", "version": b"1.0.0"}
    )
