"""A gateway without a BuildKit: an app as a build input, images and solves that end as a test says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from msgspec import json

import llb
from frontend.context.tree import DictTree
from frontend.errors import BuildError, Location
from frontend.gateway.client import Caps, Pending, Ref, ResolvedImage, Stat, Worker

if TYPE_CHECKING:
    from frontend.gateway.client import Gateway

LLB_CAPS = frozenset(
    """
    constraints diffop exec.meta.base exec.meta.network exec.meta.proxyenv exec.meta.setsdefaultpath exec.meta.ulimit
    exec.mount.bind exec.mount.bind.readwrite-nooutput exec.mount.cache exec.mount.cache.sharing exec.mount.secret
    exec.mount.selector exec.mount.tmpfs exec.mount.tmpfs.size exec.secretenv file.base file.copy.alwaysreplaceexisting
    file.copy.includeexcludepatterns file.rm.nofollowsymlink file.symlink.create mergeop meta.description
    meta.ignorecache platform source.image source.image.resolvemode source.local source.local.excludepatterns
    source.local.followpaths source.local.includepatterns source.local.sessionid source.local.sharedkeyhint
    """.split()
)
GATEWAY_CAPS = ("frontend.inputs", "gateway.warnings", "source.metaresolver")
NATIVE = "linux/amd64"
PROGRAMS = ("/bin/sh", "/usr/local/bin/node", "/usr/local/bin/python")
BASE = {"config": {"Env": ["PATH=/usr/local/bin:/usr/bin:/bin"]}, "history": [{"created_by": "debian"}]}


class Call(NamedTuple):
    """A call to BuildKit: the method, and what a test looks at of what was asked."""

    method: str
    what: str = ""
    detail: Any = None


class FakeGateway:
    """One run of a frontend on the app `files`.

    `images` are answers by reference, an error among them is raised; others have a config for the platform asked for.
    `failure` is how a solve ends, `quick` says that it has ended before anyone asks. The built filesystem has the app's
    files in /app, `programs`, and the files of `base` with their texts. `calls` lists what was asked of
    BuildKit in order, an answer that was waited for included.
    """

    session_id = "session"

    def __init__(
        self,
        files: Mapping[str, str],
        opts: Mapping[str, str] | None = None,
        *,
        images: Mapping[str, ResolvedImage | BuildError] | None = None,
        failure: BuildError | None = None,
        quick: bool = False,
        missing: Iterable[str] = (),
        workers: tuple[Worker, ...] = (Worker("w", (NATIVE, "linux/arm64")),),
        programs: Iterable[str] = PROGRAMS,
        base: Mapping[str, str] | None = None,
    ) -> None:
        self.tree = DictTree(dict(files))
        self.opts = {"frontend.caps": "moby.buildkit.frontend.inputs", **(opts or {})}
        self.images = images or {}
        self.failure = failure
        self.quick = quick
        self.caps = Caps(GATEWAY_CAPS, LLB_CAPS - set(missing))
        self.workers = workers
        self.base = dict(base or {})
        self.built = {*programs, *self.base, *(f"/app/{path}" for path in files)}
        self.calls: list[Call] = []
        self.metadata: dict[str, bytes] = {}
        self.refs: dict[str, str] = {}
        self.quote: Any = None

    @property
    def gateway(self) -> Gateway:
        """The same, for the code under test."""
        return cast("Gateway", self)

    def asked(self, method: str) -> list[Call]:
        """The calls of a method, in order."""
        return [call for call in self.calls if call.method == method]

    # the context

    def inputs(self) -> dict[str, bytes]:
        return {"context": llb.local("context").marshal(unique_id="").to_bytes()}

    def start_read_file(
        self, _ref: Ref, path: str, *, offset: int | None = None, length: int | None = None
    ) -> Pending[bytes | None]:
        return Pending(lambda: self.read_file(_ref, path, offset=offset, length=length))

    def start_read_dir(self, _ref: Ref, path: str = "", *, include: str = "") -> Pending[tuple[Stat, ...] | None]:
        return Pending(lambda: self.read_dir(_ref, path, include=include))

    def read_file(self, _ref: Ref, path: str, *, offset: int | None = None, length: int | None = None) -> bytes | None:
        if path in self.base:
            return self.base[path].encode()
        if path.startswith("/app/"):  # of the built filesystem
            return self.tree.read_bytes(path.removeprefix("/app/"))
        return self.tree.read_bytes(path) if offset is None else b"\x7fELF"

    def start_stat_file(self, _ref: Ref, path: str) -> Pending[Stat | None]:
        below = any(name.startswith(f"{path}/") for name in self.built)
        kind = "file" if path in self.built else "dir" if below else ""
        return Pending(lambda: Stat(path, kind, 0o755, 1, "", 0, 0, 0) if kind else None)

    def read_dir(self, _ref: Ref, path: str = "", *, include: str = "") -> tuple[Stat, ...] | None:
        if path.startswith("/"):  # of the built filesystem
            names = {name[len(path) + 1 :].split("/")[0] for name in self.built if name.startswith(f"{path}/")}
            return tuple(Stat(name, "file", 0o644, 1, "", 0, 0, 0) for name in sorted(names))
        if path and not self.tree.is_dir(path):
            return None
        rows = self.tree.entries(path).values()
        return tuple(Stat(e.name, e.kind, 0o755 if e.kind == "dir" else 0o644, 1, "", 0, 0, 0) for e in rows)

    # the build

    def prepare(self) -> None:
        """Nothing to import."""

    def start_resolve_image(
        self, ref: str, *, platform: str | None = None, resolve_mode: str = "", log_name: str = ""
    ) -> Pending[ResolvedImage]:
        asked = Call("resolve", ref, platform)
        if asked not in self.calls:  # the same question is asked once
            self.calls.append(asked)
        assert log_name.startswith("[internal] load metadata for ")

        def result() -> ResolvedImage:
            found = self.images.get(ref)
            if isinstance(found, BuildError):
                raise found
            return found or image(ref, platform or NATIVE)

        return Pending(result)

    def start_look(self, question: object) -> None:
        """Nothing has left before."""

    def start_solve(
        self, definition: bytes, *, evaluate: bool = False, cache_imports: Iterable[Any] = ()
    ) -> Pending[Ref]:
        if not evaluate:  # the context
            return Pending(lambda: Ref("context"))
        number = len(self.asked("solve")) + 1
        self.calls.append(Call("solve", f"ref-{number}", (definition, tuple(cache_imports))))

        def result() -> Ref:
            self.calls.append(Call("solved", f"ref-{number}"))
            if self.failure is not None:
                raise self.failure
            return Ref(f"ref-{number}")

        return Pending(result, lambda _seconds: self.quick)

    def warn(self, digest: str, short: str, *, detail: Iterable[str] = (), at: Location | None = None) -> None:
        self.calls.append(Call("warn", short, (digest, tuple(detail), at)))

    # the end

    def return_ref(self, ref: Ref, metadata: Mapping[str, bytes]) -> None:
        self.return_refs({"": ref}, metadata)

    def return_refs(self, refs: Mapping[str, Ref], metadata: Mapping[str, bytes]) -> None:
        self.calls.append(Call("return"))
        self.refs = {name: ref.id for name, ref in refs.items()}
        self.metadata = dict(metadata)

    def return_metadata(self, metadata: Mapping[str, bytes]) -> None:
        self.return_refs({}, metadata)


def image(ref: str, platform: str = NATIVE, *, identifier: str = "", config: Mapping[str, Any] = BASE) -> ResolvedImage:
    """A registry's answer."""
    system, architecture = platform.split("/")[:2]
    data = json.encode({"os": system, "architecture": architecture, **config})
    return ResolvedImage(ref, f"sha256:{'a' * 64}", data, identifier or f"docker-image://{ref}")
