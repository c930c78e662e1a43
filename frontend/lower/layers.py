"""A plan as LLB: its steps, then the image's layers, each one file operation.

Layers are merged (MergeOp) where BuildKit can, so that a changed application re-exports only its own layer. A Docker
Engine with a graph driver as its image store cannot: there the same layers are stacked by copies, in the same order,
with the same files. The choice is made here, once, from the probed capability.
"""

from typing import Literal

from msgspec import Struct, structs

import llb
from frontend.lower import account, files, libraries, steps
from frontend.lower.target import MERGE, Sources, Target
from frontend.plan.images import tool_image
from frontend.plan.model import Layer, Plan


class LayerNote(Struct, frozen=True):
    """A layer of the image above the base, in order, and why it is a layer of its own."""

    kind: Literal["packages", "user", "dependencies", "application"]
    reason: str


class Part(Struct, frozen=True):
    """A layer to be made: the plan's description of it, or the files as they are. `extra` are files that go with it."""

    note: LayerNote
    content: Layer | llb.State
    extra: tuple[llb.State, ...] = ()


class View(Struct, frozen=True):
    """A part of an image whose files can be looked at by themselves: a layer with the `places` of its files, or the
    base. `beside` are those that no place names: shared libraries, or any."""

    state: llb.State
    places: tuple[str, ...] = ()
    beside: Literal["", "libraries", "any"] = ""


class Lowered(Struct, frozen=True):
    """The image's filesystem, and its layers above the base, in order.

    `views` are its parts where it is a merge, the highest first and the base last: () where it is one filesystem.
    """

    state: llb.State
    layers: tuple[LayerNote, ...]
    views: tuple[View, ...] = ()


def lower(plan: Plan, target: Target, sources: Sources) -> Lowered:
    """The plan's filesystem. Raises GatewayError when the plan needs what this BuildKit cannot do."""
    for step in plan.steps:
        sources = sources.after(step.name, steps.lowered(step, target, sources))
    return image(plan, target, sources)


def image(plan: Plan, target: Target, sources: Sources) -> Lowered:
    """The image's layers from the base up, once all steps are made."""
    runtime = plan.runtime
    rootfs = sources.image(runtime.base, target.platform)
    packages: tuple[LayerNote, ...] = ()
    if runtime.packages:
        rootfs = steps.installed(rootfs, runtime.packages, steps.RUNTIME, target)
        packages = (LayerNote("packages", f"OS packages: {', '.join(runtime.packages)}"),)
    found = parts(plan, rootfs, target, sources)
    notes = (*packages, *(part.note for part in found))
    if MERGE in target.caps:
        views = apart(plan, rootfs, found, target, sources)
        states = [view.state for view in reversed(views)]
        return Lowered(llb.merge(states, name=target.named("merge layers")), notes, views)
    return Lowered(stacked(plan, rootfs, found, target, sources), notes)


def parts(plan: Plan, rootfs: llb.State, target: Target, sources: Sources) -> list[Part]:
    """The layers above the base and its packages, in order.

    Shared libraries go with the dependencies, since they change together, and are layers of their own where there are
    none.
    """
    layers = [Part(LayerNote(layer.kind, layer.reason), layer) for layer in plan.runtime.layers]
    foreign = {step.name for step in plan.steps if step.native}  # their libraries are those of another platform
    shared = [
        Part(LayerNote("packages", libraries.reason(one)), state)
        for one in plan.runtime.libraries
        if target.platform == target.build_platform or one.step not in foreign
        for state in [libraries.layer(sources.steps[one.step].state, one, rootfs, target, plan.runtime)]
    ]
    dependencies = next((index for index, part in enumerate(layers) if part.note.kind == "dependencies"), None)
    if dependencies is not None:
        extra = tuple(part.content for part in shared if isinstance(part.content, llb.State))
        layers[dependencies] = structs.replace(layers[dependencies], extra=extra)
        shared = []
    if not plan.runtime.account.made:
        return [*shared, *layers]
    tools = sources.image(tool_image(plan), target.build_platform)
    user = Part(LayerNote("user", account.REASON), account.layer(tools, rootfs, target))
    return [*shared, user, *layers]


def apart(plan: Plan, rootfs: llb.State, found: list[Part], target: Target, sources: Sources) -> tuple[View, ...]:
    """Each layer on its own, and the base: what an image is merged of, and looked at by (frontend/result/apart.py)."""
    views = [View(rootfs, beside="any")]
    shared: Literal["libraries", "any"] = "libraries" if plan.runtime.flavour == "standard" else "any"
    for part in found:
        content = part.content
        if part.note.kind == "user" and isinstance(content, llb.State):
            views.append(View(content, account.PLACES))
        elif isinstance(content, llb.State):
            views.append(View(content, beside=shared))
        else:
            state = filled(plan, llb.scratch(), part, target, sources)
            places = dict.fromkeys(place for given in content.inputs for place in files.places(given))
            views.append(View(state, tuple(places), shared if part.extra else ""))
    return tuple(reversed(views))


def stacked(plan: Plan, rootfs: llb.State, found: list[Part], target: Target, sources: Sources) -> llb.State:
    """Each layer copied on top of those before."""
    for part in found:
        rootfs = filled(plan, rootfs, part, target, sources)
    return rootfs


def filled(plan: Plan, below: llb.State, part: Part, target: Target, sources: Sources) -> llb.State:
    """A filesystem with a layer's files, put there by one file operation: one OCI layer."""
    layer, actions = part.content, list[llb.FileAction]()
    if isinstance(layer, llb.State):
        actions = [whole(layer)]
    else:
        user = plan.runtime.account
        owner = None if layer.kind == "packages" else (user.uid, user.gid)
        if owner is not None:
            actions.append(llb.mkdir(plan.runtime.dir, 0o755, parents=True, owner=owner))
        actions += files.actions(layer.inputs, owner, target, sources)
    actions += [whole(state) for state in part.extra]
    return below.file(*actions, name=target.named(part.note.reason), **target.cached())


def whole(state: llb.State) -> llb.FileAction:
    """All files of a filesystem, copied to their own places."""
    return llb.copy(state, "/", "/", dir_contents=True)
