"""A plan as LLB: steps become exec and file operations, layers become one file operation each.

Layers are merged (MergeOp) where BuildKit can, so that a changed application re-exports only its own layer. A Docker
Engine with a graph driver as its image store cannot: there the same layers are stacked by copies, in the same order,
with the same files. The choice is made here, once, from the probed capability.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from msgspec import Struct

import llb
from frontend.errors import GatewayError, Location
from frontend.lower import account as user
from frontend.lower import libraries, network
from frontend.paths import escaped
from frontend.plan.model import (
    Directory,
    Exec,
    FromContext,
    FromImage,
    FromStep,
    ImageRef,
    Input,
    Layer,
    Link,
    Plan,
    SharedLibraries,
    Step,
    StepRef,
    TextFile,
)

OWNER = (user.UID, user.GID)
MERGE = "mergeop"
SYMLINK = "file.symlink.create"


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


class Supports(Protocol):
    """The capabilities BuildKit reported."""

    def supports(self, cap: str) -> bool:
        """Whether an LLB capability is there and enabled."""
        ...


class Target(Struct, frozen=True):
    """What a plan is lowered for.

    `platform` is the image's ("linux/arm64"), `build_platform` the worker's own. `proxy` holds the proxy settings by
    scheme ("http", "https", "no", …). `cache_namespace` is put in front of the cache mounts' ids. `network` ("",
    "host", "none") is for every step. `no_cache` makes all steps run again, `no_cache_steps` the named ones.
    `hostname`, `ulimits` (name, soft, hard), `cgroup_parent`, `shm_size_bytes` and `resources` (by the names of
    `llb.Resources`) are for every program that runs.
    """

    platform: str
    build_platform: str
    proxy: tuple[tuple[str, str], ...] = ()
    cache_namespace: str = ""
    no_cache: bool = False
    no_cache_steps: tuple[str, ...] = ()
    network: str = ""
    extra_hosts: tuple[tuple[str, str], ...] = ()
    multi: bool = False
    hostname: str = ""
    ulimits: tuple[tuple[str, int, int], ...] = ()
    cgroup_parent: str = ""
    shm_size_bytes: int = 0
    resources: dict[str, int | str] = {}


class LayerNote(Struct, frozen=True):
    """A layer of the image beyond the base, for the history and the result."""

    kind: str
    reason: str


class Lowered(NamedTuple):
    """The image's filesystem, and its layers above the base, in order."""

    state: llb.State
    layers: tuple[LayerNote, ...]


def image_names(plan: Plan) -> tuple[str, ...]:
    """The images a plan is built from, the runtime's first."""
    bases = [step.base.image for step in plan.steps if isinstance(step.base, ImageRef)]
    inputs = [i for step in plan.steps for i in step.inputs] + [i for la in plan.runtime.layers for i in la.inputs]
    others = [i.image for i in inputs if isinstance(i, FromImage)]
    return tuple(dict.fromkeys([plan.runtime.base, *bases, *others]))


def tool_image(plan: Plan) -> str:
    """The image whose shell writes the account files: a build image, or the runtime's own where nothing is built."""
    return next((step.base.image for step in plan.steps if isinstance(step.base, ImageRef)), plan.runtime.base)


def lower(
    plan: Plan,
    target: Target,
    images: Mapping[tuple[str, str], Base],
    context: llb.State,
    caps: Supports,
    read: Callable[[str], bytes | None],
) -> Lowered:
    """The plan's filesystem. `images` are keyed by (name, platform), `read` gives a file's text for source maps.

    Raises GatewayError when the plan needs what this BuildKit cannot do.
    """
    return Lowering(plan, target, images, context, caps, read).image()


class Lowering:
    """One lowering: the states of the steps made so far, and the source maps of the files they name."""

    def __init__(
        self,
        plan: Plan,
        target: Target,
        images: Mapping[tuple[str, str], Base],
        context: llb.State,
        caps: Supports,
        read: Callable[[str], bytes | None],
    ) -> None:
        self.plan = plan
        self.target = target
        self.images = images
        self.context = context
        self.caps = caps
        self.read = read
        self.maps: dict[str, llb.SourceMap | None] = {}
        self.steps: dict[str, llb.State] = {}
        self.shared: tuple[llb.State, ...] = ()  # libraries that go with the dependencies: they change together

    def image(self) -> Lowered:
        """All steps, then the image's layers from the base up."""
        for step in self.plan.steps:
            self.steps[step.name] = self.step(step)
        runtime = self.plan.runtime
        notes: list[LayerNote] = []
        rootfs = self.base(runtime.base)
        if runtime.packages:
            rootfs = self.packages(rootfs, runtime.packages, "runtime")
            notes.append(LayerNote("packages", f"OS packages: {', '.join(runtime.packages)}"))
        layers: list[tuple[LayerNote, llb.State | Layer]] = []
        found = [(shared, self.libraries(shared, rootfs)) for shared in runtime.libraries]
        if any(layer.kind == "dependencies" for layer in runtime.layers):
            self.shared = tuple(state for _, state in found)
        else:
            for shared, state in found:
                note = LayerNote("packages", f"shared libraries that native code in {', '.join(shared.paths)} needs")
                layers.append((note, state))
        layers.append((LayerNote("user", f"user {user.NAME} {user.UID}:{user.GID}, {user.HOME}"), self.user(rootfs)))
        layers += [(LayerNote(layer.kind, layer.reason), layer) for layer in runtime.layers]
        notes += [note for note, _ in layers]
        join = self.merged if self.caps.supports(MERGE) else self.stacked
        return Lowered(join(rootfs, layers), tuple(notes))

    # --- joining layers

    def merged(self, rootfs: llb.State, layers: "list[tuple[LayerNote, llb.State | Layer]]") -> llb.State:
        """Each layer on its own, joined by a merge."""
        states = [
            layer if isinstance(layer, llb.State) else self.layer(llb.scratch(), note, layer) for note, layer in layers
        ]
        return llb.merge([rootfs, *states], name=self.named("image", "merge layers"))

    def stacked(self, rootfs: llb.State, layers: "list[tuple[LayerNote, llb.State | Layer]]") -> llb.State:
        """Each layer copied on top of those before."""
        for note, layer in layers:
            if isinstance(layer, Layer):
                rootfs = self.layer(rootfs, note, layer)
            else:
                copied = llb.copy(layer, "/", "/", dir_contents=True)
                rootfs = rootfs.file(copied, name=self.named("image", note.reason), **self.cached())
        return rootfs

    def layer(self, below: llb.State, note: LayerNote, layer: Layer) -> llb.State:
        """A layer's files in one file operation: one OCI layer."""
        owner = None if layer.kind == "packages" else OWNER
        actions = [] if owner is None else [llb.mkdir(self.plan.runtime.dir, 0o755, parents=True, owner=owner)]
        for given in layer.inputs:
            actions += self.actions(given, owner)
        if layer.kind == "dependencies":
            actions += [llb.copy(state, "/", "/", dir_contents=True) for state in self.shared]
            self.shared = ()
        return below.file(*actions, name=self.named("image", note.reason), **self.cached())

    # --- the parts of the image that a program makes

    def user(self, rootfs: llb.State) -> llb.State:
        """The account files and the home directory, as a layer."""
        return self.tool(user.ACCOUNTS, rootfs, user.BASE_DIR, user.OUT_DIR, f"user {user.NAME}")

    def tool(self, script: str, rootfs: llb.State, base_dir: str, out_dir: str, name: str) -> llb.State:
        """What a script of ours writes to `out_dir`, run in the build image with the runtime mounted read-only."""
        ran = self.base(tool_image(self.plan), self.target.build_platform).run(
            ["/bin/sh", "-c", script],
            dir="/",
            mounts=[llb.bind(base_dir, rootfs, readonly=True), llb.scratch_mount(out_dir)],
            network="none",
            name=self.named("image", name),
            **self.cached(),
        )
        return ran.output(out_dir)

    def libraries(self, shared: SharedLibraries, rootfs: llb.State) -> llb.State:
        """The shared libraries a step's native code needs and the runtime lacks, as a layer."""
        ran = self.steps[shared.step].run(
            ["/bin/sh", "-c", libraries.COPY, "libraries", *shared.paths],
            dir="/",
            mounts=[llb.bind(libraries.BASE_DIR, rootfs, readonly=True), llb.scratch_mount(libraries.OUT_DIR)],
            network="none",
            name=self.named("image", "shared libraries"),
            **self.cached(),
        )
        return ran.output(libraries.OUT_DIR)

    # --- steps

    def step(self, step: Step) -> llb.State:
        """A step's filesystem after its last program."""
        state = self.steps[step.base.step] if isinstance(step.base, StepRef) else self.base(step.base.image)
        if step.packages:
            state = self.packages(state, step.packages, step.name)
        if step.inputs:
            actions = [action for given in step.inputs for action in self.actions(given, None)]
            state = state.file(*actions, name=self.named(step.name, copied(step.inputs)), **self.cached(step.name))
        for program in step.run:
            state = self.exec(state, step, program)
        return state

    def exec(self, state: llb.State, step: Step, program: Exec) -> llb.State:
        """A program, with its caches and secrets, and the network only where it may have one."""
        mounts: list[llb.AnyMount] = [
            llb.cache(cache.path, id=self.cache_id(cache.id), sharing=cache.sharing) for cache in program.caches
        ]
        mounts += [
            llb.secret(secret.path or None, id=secret.id, env=secret.env or None, optional=not secret.required)
            for secret in program.secrets
        ]
        return self.run(
            state,
            program.args,
            step=step.name,
            name=program.name,
            dir=program.dir or step.dir,
            env=(*step.env, *program.env),
            mounts=mounts,
            fetches=program.fetches,
            offline=program.offline,
            at=program.at,
        )

    def packages(self, state: llb.State, packages: tuple[str, ...], step: str) -> llb.State:
        """Debian packages installed; their lists and archives stay in cache mounts."""
        mounts: list[llb.AnyMount] = [
            llb.cache(f"/var/{part}", id=self.cache_id(f"apt/{step == 'runtime'}/{part}"), sharing="locked")
            for part in ("cache/apt", "lib/apt/lists")
        ]
        name = f"apt-get install {' '.join(packages)}"
        args = network.apt_install(packages)
        return self.run(state, args, step=step, name=name, dir="/", mounts=mounts, fetches=True, wrap=False)

    def run(
        self,
        state: llb.State,
        args: tuple[str, ...],
        *,
        step: str,
        name: str,
        dir: str,
        env: Iterable[tuple[str, str]] = (),
        mounts: list[llb.AnyMount],
        fetches: bool = False,
        offline: bool = False,
        wrap: bool = True,
        at: Location | None = None,
    ) -> llb.State:
        """One exec operation; one that fetches gets certificates, proxies and the network."""
        extra: dict[str, Any] = self.cached(step)
        if fetches:
            args = network.fetching(args) if wrap else args
            mounts = [
                *mounts,
                llb.secret(network.SECRET_PATH, id=network.SECRET_ID, optional=True),
                *(llb.secret(f"/run/secrets/{ident}", id=ident, optional=True) for ident in network.PROXY_IDS),
                llb.tmpfs(network.BUNDLE_DIR),
            ]
            if self.target.proxy:
                extra["proxy"] = dict(self.target.proxy)
        if self.target.network or offline:
            extra["network"] = self.target.network or "none"
        if self.target.extra_hosts:
            extra["hosts"] = self.target.extra_hosts
        place = self.place(at)
        if place is not None:
            extra["at"] = place
        if self.target.shm_size_bytes:
            mounts = [*mounts, llb.tmpfs("/dev/shm", size_bytes=self.target.shm_size_bytes)]  # noqa: S108
        if self.target.resources:
            extra["resources"] = llb.Resources(**self.target.resources)  # type: ignore[arg-type]
        return state.run(
            args,
            dir=dir,
            env=tuple(env),
            mounts=mounts,
            name=self.named(step, name),
            hostname=self.target.hostname,
            cgroup_parent=self.target.cgroup_parent,
            ulimits=[llb.Ulimit(*limit) for limit in self.target.ulimits],
            **extra,
        )

    # --- small parts

    def base(self, name: str, platform: str = "") -> llb.State:
        """An image, pinned, with the environment of its config."""
        platform = platform or self.target.platform
        base = self.images[name, platform]
        state = llb.image(base.pinned, platform=platform)
        for key, value in base.env:
            state = state.env(key, value)
        return state

    def actions(self, given: Input, owner: tuple[int, int] | None) -> "list[llb.FileAction]":
        """The file actions of an input. `owner` is (uid, gid), None for root."""
        match given:
            case FromContext():
                source = f"/{given.root}" if given.root else "/"
                paths = tuple(escaped(path) for path in given.paths)
                return [self.copy(self.context, source, given.to, owner, given.exclude, paths)]
            case FromStep():
                to = given.to or given.path
                return [
                    self.copy(self.steps[given.step], given.path, to, owner, given.exclude, optional=given.optional)
                ]
            case FromImage():
                return [self.copy(self.base(given.image), given.path, given.to or given.path, owner)]
            case TextFile():
                parent = llb.mkdir(given.path.rpartition("/")[0] or "/", 0o755, parents=True, owner=owner)
                return [parent, llb.mkfile(given.path, given.text.encode(), given.mode, owner=owner)]
            case Directory():
                return [llb.mkdir(given.path, given.mode, parents=True, owner=owner)]
            case Link():
                if not self.caps.supports(SYMLINK):
                    raise GatewayError(
                        f"this BuildKit cannot make the symbolic link {given.path}", hint="BuildKit v0.19 or newer can"
                    )
                parent = llb.mkdir(given.path.rpartition("/")[0] or "/", 0o755, parents=True, owner=owner)
                return [parent, llb.symlink(given.target, given.path, owner=owner)]

    def copy(
        self,
        source: llb.State,
        path: str,
        to: str,
        owner: tuple[int, int] | None,
        exclude: tuple[str, ...] = (),
        include: tuple[str, ...] = (),
        *,
        optional: bool = False,
    ) -> "llb.FileAction":
        """A copy of a file, or of a directory's contents; where it is `optional` it may be absent."""
        return llb.copy(
            source,
            wildcard(path) if optional else path,
            to,
            include=include,
            exclude=exclude,
            owner=owner,
            dir_contents=True,
            create_dest_path=True,
            allow_wildcard=optional,
            allow_empty_wildcard=optional,
        )

    def place(self, at: Location | None) -> "llb.Location | None":
        """A location of the app as a source-map location, with the file's text; None when it cannot be shown."""
        if at is None or not at.line:
            return None
        if at.file not in self.maps:
            data = self.read(at.file)
            self.maps[at.file] = None if data is None else llb.SourceMap(at.file, data)
        source = self.maps[at.file]
        return None if source is None else source.at(at.line)

    def cached(self, step: str = "image") -> dict[str, Any]:
        """The option that makes an operation run again, where the user asked for no cache."""
        ignored = self.target.no_cache or step.casefold() in self.target.no_cache_steps
        return {"ignore_cache": True} if ignored else {}

    def cache_id(self, name: str) -> str:
        """A cache mount's id: by namespace, tool and platform, shared between apps."""
        parts = (self.target.cache_namespace, "migetpacks", name, self.target.platform)
        return "/".join(part for part in parts if part)

    def named(self, step: str, text: str) -> str:
        """What progress shows for an operation."""
        return f"[{self.target.platform} {step}] {text}" if self.target.multi else f"[{step}] {text}"


def wildcard(path: str) -> str:
    """A pattern that matches exactly `path`, or nothing: a copy of it is no error where the path is absent."""
    return f"{escaped(path[:-1])}[{path[-1]}]"


def copied(inputs: Iterable[Input]) -> str:
    """The inputs of a step in a few words."""
    words: list[str] = []
    for given in inputs:
        match given:
            case FromContext(paths=()):
                words.append("the app")
            case FromContext():
                words += given.paths
            case FromStep():
                words.append(f"{given.path} of {given.step}")
            case FromImage():
                words.append(f"{given.path} of {given.image}")
            case TextFile() | Link() | Directory():
                words.append(given.path)
    shown = ", ".join(words[:4]) + (" …" if len(words) > 4 else "")
    return f"copy {shown}"
