"""A step as LLB: packages installed, files copied in, programs run."""

from collections.abc import Iterable
from typing import Any

from msgspec import structs

import llb
from frontend.lower import files, kept, wrapper
from frontend.lower.target import Made, Sources, Target
from frontend.plan.model import Exec, ImageRef, Step, StepRef, TextFile

RUNTIME = "runtime"  # what the installation of the image's packages is shown under


def lowered(step: Step, target: Target, sources: Sources) -> Made:
    """A step's filesystem after its last program."""
    if step.native:
        target = structs.replace(target, platform=target.build_platform)
    base = step.base
    made = sources.steps[base.step] if isinstance(base, StepRef) else Made(sources.image(base.image, target.platform))
    state = made.state
    if step.packages:
        state = installed(state, step.packages, step.name, target)
    if made.before is None and (roots := tuple(filter(None, map(sources.root, step.inputs)))):
        made = Made(state, state, (*roots, step.dir), isinstance(base, ImageRef))
    if step.inputs:
        name = target.named(files.copied(step.inputs), step.name)
        state = state.file(*files.actions(step.inputs, None, target, sources), name=name, **target.cached(step.name))
    for program in step.run:
        state = ran(state, step, program, target, sources, made.roots)
    return structs.replace(made, state=state)


def ran(
    state: llb.State, step: Step, program: Exec, target: Target, sources: Sources, roots: tuple[str, ...]
) -> llb.State:
    """The filesystem after a program, with its caches, secrets and git, and the network only where it may have one.

    The app's sources are below `roots`.
    """
    anew = bool(target.cached(step.name))
    given = tuple(cache for cache in program.caches if cache.of == "tool" or not anew)
    checked = tuple(cache for cache in given if cache.of == "app" and not cache.by_content)
    caches = [llb.cache(cache.path, id=target.cache_id(cache.id), sharing=cache.sharing) for cache in given]
    secrets = [
        llb.secret(secret.path or None, id=secret.id, env=secret.env or None, optional=not secret.required)
        for secret in program.secrets
    ]
    args = program.args
    mounts: list[llb.AnyMount] = [*caches, *secrets, *map(mounted, program.files)]
    if checked:
        args = kept.started(args, roots, checked)
        mounts.append(kept.mount())
    if program.git is not None:
        from frontend.lower import git

        args = git.started(args)
        mounts += git.mounts(program.git)
    return executed(
        state,
        wrapper.started(args),
        target,
        program=program.args[0],
        step=step.name,
        name=program.name,
        dir=program.dir or step.dir,
        env=(*step.env, *program.env),
        mounts=mounts,
        fetches=program.fetches,
        offline=program.offline,
        at=sources.place(program.at),
        hint=program.hint,
    )


def mounted(file: TextFile) -> llb.Mount:
    """A file of ours, at its place while a program runs."""
    name = f"/{file.path.rpartition('/')[2]}"
    state = llb.scratch().file(llb.mkfile(name, file.text.encode(), file.mode), name=f"[internal] {file.path}")
    return llb.bind(file.path, state, source_path=name, readonly=True)


def installed(state: llb.State, packages: tuple[str, ...], step: str, target: Target) -> llb.State:
    """The filesystem with Debian packages installed; their lists and archives stay in cache mounts."""
    mounts = [
        llb.cache(f"/var/{part}", id=target.cache_id(f"apt/{step == RUNTIME}/{part}"), sharing="locked")
        for part in ("cache/apt", "lib/apt/lists")
    ]
    name = f"apt-get install {' '.join(packages)}"
    args = wrapper.apt_install(packages)
    program = args[0]
    return executed(state, args, target, program=program, step=step, name=name, dir="/", mounts=mounts, fetches=True)


def executed(
    state: llb.State,
    args: tuple[str, ...],
    target: Target,
    *,
    program: str,
    step: str,
    name: str,
    dir: str,
    env: Iterable[tuple[str, str]] = (),
    mounts: Iterable[llb.AnyMount] = (),
    fetches: bool = False,
    offline: bool = False,
    at: llb.Location | None = None,
    hint: str = "",
) -> llb.State:
    """One exec operation; one that fetches gets certificates, proxies and the network. `program` is whose failures are
    explained, `hint` for any failure."""
    listed: list[llb.AnyMount] = [*mounts, *wrapper.mounts(fetches=fetches)]
    extra: dict[str, Any] = target.cached(step)
    if target.network or offline:
        extra["network"] = target.network or "none"
    if target.extra_hosts:
        extra["hosts"] = target.extra_hosts
    if at is not None:
        extra["at"] = at
    if target.shm_size_bytes:
        listed.append(llb.tmpfs("/dev/shm", size_bytes=target.shm_size_bytes))  # noqa: S108
    if target.resources:
        extra["resources"] = llb.Resources(**target.resources)  # type: ignore[arg-type] # each has its kind, see parse
    return state.run(
        args,
        dir=dir,
        env=tuple(env),
        mounts=listed,
        name=target.named(name, step),
        hostname=target.hostname,
        cgroup_parent=target.cgroup_parent,
        proxy=wrapper.proxy(dict(target.proxy) if fetches else {}, program, hint),
        ulimits=[llb.Ulimit(*limit) for limit in target.ulimits],
        **extra,
    )
