"""BuildKit's gateway API (`moby.buildkit.v1.frontend.LLBBridge`) as a frontend sees it.

Every call has two forms: `solve(...)` waits for its answer, `start_solve(...)` gives a Pending to be asked later, so
that calls overlap. Errors are GatewayError, or SolveError where a step of the build failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, json

from frontend.errors import BuildError, GatewayError, Location
from frontend.gateway import messages, trace
from frontend.gateway import status as rpc_status
from frontend.gateway.ahead import OPTION_PREFIX, Question, Request
from frontend.gateway.http2 import Connection
from frontend.gateway.rpc import CallError, Channel, ConnectionLost, Pending
from frontend.texts import excerpt

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from frontend.gateway.pb import gateway_pb2 as pb
    from frontend.gateway.pb.stat_pb2 import Stat as StatMessage

    M = TypeVar("M", bound=Message)
else:

    class Stubs:
        """The generated stubs, imported when the first of them is used: an ordinary build needs none (`messages`)."""

        def __getattr__(self, name: str) -> object:
            from frontend.gateway import lean

            lean.protobuf()
            from frontend.gateway.pb import gateway_pb2

            self.__dict__.update(vars(gateway_pb2))
            return getattr(gateway_pb2, name)

    pb = Stubs()

T = TypeVar("T")

SERVICE = "moby.buildkit.v1.frontend.LLBBridge"
RESOURCE_EXHAUSTED = 8
SMALL_BYTES = 1 << 14  # of names that are read by hand in less time than protobuf takes to import
CHUNK_BYTES = 8 << 20  # of a file above BuildKit's message limit of 16 MiB
META_RESOLVER = "source.metaresolver"
WARNINGS = "gateway.warnings"
IMAGE_SCHEME = "docker-image://"
OCI_SCHEME = "oci-layout://"
OCI_RESOLVER = 1
# Go's FileMode bits, which are not those of POSIX
MODE_DIR, MODE_LINK = 1 << 31, 1 << 27
MODE_OTHER = 1 << 26 | 1 << 25 | 1 << 24 | 1 << 21 | 1 << 19  # device, FIFO, socket, character device, irregular

CacheImport = tuple[str, Mapping[str, str]]  # ("registry", {"ref": "..."})


class Ref(Struct, frozen=True):
    """A solved filesystem of this run. `id` is "" for an empty one; `definition` is its serialised pb.Definition."""

    id: str
    definition: bytes = b""


class Solved(Struct, frozen=True):
    """The whole result of a solve: one ref, or several by platform id, and its metadata."""

    ref: Ref
    refs: dict[str, Ref]
    metadata: dict[str, bytes]


class Worker(Struct, frozen=True):
    """A BuildKit worker: its id, and its platforms as `os/arch[/variant]`, the native one first."""

    id: str
    platforms: tuple[str, ...]


class Stat(Struct, frozen=True):
    """A file's properties. `kind` is "file", "dir", "link" or "other"; `mode` holds the permission bits (0o777)."""

    path: str
    kind: str
    mode: int
    size: int
    linkname: str
    uid: int
    gid: int
    mtime_ns: int


class ResolvedImage(Struct, frozen=True):
    """An image: its reference, the digest it stands for now, its OCI config (JSON).

    `identifier` is the source as BuildKit will use it: a source policy may have put another image in its place.
    """

    ref: str
    digest: str
    config: bytes
    identifier: str


class ResolvedSource(Struct, frozen=True):
    """A git, http or local source. `checksum` is a commit or digest, `ref` git's full ref name; "" where unknown."""

    identifier: str
    attrs: dict[str, str]
    checksum: str
    ref: str = ""
    filename: str = ""
    commit_checksum: str = ""


class Caps:
    """What this BuildKit can do: the ids it lists as enabled. An id that is not listed is not supported."""

    def __init__(self, gateway: Iterable[str], llb: Iterable[str]) -> None:
        self.gateway = frozenset(gateway)
        self.llb = frozenset(llb)

    def supports(self, cap: str) -> bool:
        """Whether an LLB capability is enabled, e.g. "mergeop"."""
        return cap in self.llb

    def gateway_supports(self, cap: str) -> bool:
        """Whether a gateway capability is enabled, e.g. "gateway.warnings"."""
        return cap in self.gateway


class Gateway:
    """One run of a frontend: what the client asked for, and the calls to answer it.

    `opts` are the frontend options, sorted by key; `returned` tells that the run has its result. `quote` gives the
    app's files to error messages; it is set once there is a source tree.
    """

    def __init__(
        self, channel: Channel, environ: Mapping[str, str], looked: tuple[Request, Question] | None = None
    ) -> None:
        """`looked` is the look at the app that has left already, and what it was made from."""
        self._channel = channel
        self._looked = looked
        self.opts = read_options(environ)
        self.session_id = environ.get("BUILDKIT_SESSION_ID", "")
        self._workers_json = environ.get("BUILDKIT_WORKERS", "")
        self.returned = False
        self.quote: rpc_status.Quote = _nothing
        self._warnings: list[Pending[pb.WarnResponse]] = []
        self._images: dict[tuple[object, ...], Pending[ResolvedImage]] = {}  # by the question
        self._caps = self._read("Ping", b"", _caps)

    @property
    def caps(self) -> Caps:
        """What BuildKit can do. The question is the first call of every run; this waits for its answer."""
        return self._caps.result()

    @property
    def workers(self) -> tuple[Worker, ...]:
        """The workers of this BuildKit; the first platform of the first one is where build steps run by default."""
        rows = json.decode(self._workers_json) if self._workers_json else ()
        return tuple(
            Worker(str(row.get("id", "")), tuple(map(_platform_text, row.get("platforms") or ()))) for row in rows
        )

    # solving

    def start_solve(
        self, definition: bytes, *, evaluate: bool = False, cache_imports: Iterable[CacheImport] = ()
    ) -> Pending[Ref]:
        """Loads a serialised pb.Definition; with `evaluate` also builds it. b"" is the empty filesystem."""
        message = messages.solve(definition, evaluate=evaluate)
        imports = tuple(cache_imports)
        if imports:
            request = pb.SolveRequest()
            _add_cache_imports(request, imports)
            message += request.SerializeToString()
        return self._read("Solve", message, _ref_of)

    def start_look(self, question: Question) -> Pending[Ref] | None:
        """The solve that has left already for a question, of the run's own session; None for another question."""
        if self._looked is None or self._looked[1] != question:
            return None
        request, _ = self._looked
        return self._read_later(self._traced("Solve", lambda: self._channel.start_request("Solve", *request)), _ref_of)

    def solve(self, definition: bytes, *, evaluate: bool = False, cache_imports: Iterable[CacheImport] = ()) -> Ref:
        """`start_solve`, waited for."""
        return self.start_solve(definition, evaluate=evaluate, cache_imports=cache_imports).result()

    def start_solve_frontend(
        self,
        frontend: str,
        opts: Mapping[str, str],
        *,
        inputs: Mapping[str, bytes] | None = None,
        evaluate: bool = False,
        cache_imports: Iterable[CacheImport] = (),
    ) -> Pending[Solved]:
        """Runs another frontend (`dockerfile.v0`, `gateway.v0`); `inputs` are serialised Definitions by name."""
        request = pb.SolveRequest(
            Frontend=frontend,
            FrontendOpt=dict(opts),
            allowResultReturn=True,
            allowResultArrayRef=True,
            Evaluate=evaluate,
        )
        for name, definition in (inputs or {}).items():
            request.FrontendInputs[name].ParseFromString(definition)
        _add_cache_imports(request, cache_imports)
        return self._start("Solve", request, pb.SolveResponse).then(_solved)

    def solve_frontend(
        self,
        frontend: str,
        opts: Mapping[str, str],
        *,
        inputs: Mapping[str, bytes] | None = None,
        evaluate: bool = False,
        cache_imports: Iterable[CacheImport] = (),
    ) -> Solved:
        """`start_solve_frontend`, waited for."""
        return self.start_solve_frontend(
            frontend, opts, inputs=inputs, evaluate=evaluate, cache_imports=cache_imports
        ).result()

    def start_evaluate(self, ref: Ref) -> Pending[None]:
        """Builds a ref that was only loaded so far. Fails where a step fails, or on a BuildKit older than v0.11."""
        return self._start("Evaluate", pb.EvaluateRequest(Ref=ref.id), pb.EvaluateResponse).then(lambda _answer: None)

    def evaluate(self, ref: Ref) -> None:
        """`start_evaluate`, waited for."""
        self.start_evaluate(ref).result()

    # files

    def start_read_file(
        self, ref: Ref, path: str, *, offset: int | None = None, length: int | None = None
    ) -> Pending[bytes | None]:
        """A file's bytes, links followed; None when absent. The whole file unless `offset` or `length` is given."""
        if not ref.id:
            return Pending(lambda: None)
        whole = offset is None and length is None
        extent = None if whole else (offset or 0, CHUNK_BYTES if length is None else length)
        pending = self._start_raw("ReadFile", messages.read_file(ref.id, path, extent))

        def finish() -> bytes | None:
            try:
                return messages.first(pending.result(), 1)
            except CallError as error:
                if rpc_status.is_missing(error):
                    return None
                if error.status.code == RESOURCE_EXHAUSTED and whole:
                    return self._read_in_chunks(ref, path)
                raise rpc_status.to_error(error) from error

        return Pending(finish, pending.ready)

    def read_file(self, ref: Ref, path: str, *, offset: int | None = None, length: int | None = None) -> bytes | None:
        """`start_read_file`, waited for."""
        return self.start_read_file(ref, path, offset=offset, length=length).result()

    def _read_in_chunks(self, ref: Ref, path: str) -> bytes:
        data = bytearray()
        while True:
            chunk = self.read_file(ref, path, offset=len(data), length=CHUNK_BYTES) or b""
            data += chunk
            if len(chunk) < CHUNK_BYTES:
                return bytes(data)

    def start_read_dir(self, ref: Ref, path: str = "", *, include: str = "") -> Pending[tuple[Stat, ...] | None]:
        """The entries of a directory, sorted by name, optionally only those that match; None when absent."""
        if not ref.id:
            return Pending(lambda: None if path.strip("/.") else ())
        pending = self._start_raw("ReadDir", messages.read_dir(ref.id, path, include))
        return Pending(lambda: self._unless_missing(pending, _entries), pending.ready)

    def read_dir(self, ref: Ref, path: str = "", *, include: str = "") -> tuple[Stat, ...] | None:
        """`start_read_dir`, waited for."""
        return self.start_read_dir(ref, path, include=include).result()

    def start_stat_file(self, ref: Ref, path: str) -> Pending[Stat | None]:
        """What is at a path, links followed; None when nothing is."""
        if not ref.id:
            return Pending(lambda: None)
        pending = self._start_raw("StatFile", messages.stat_file(ref.id, path))
        return Pending(lambda: self._unless_missing(pending, _stat_answer), pending.ready)

    def stat_file(self, ref: Ref, path: str) -> Stat | None:
        """`start_stat_file`, waited for."""
        return self.start_stat_file(ref, path).result()

    def _unless_missing(self, pending: Pending[bytes], parse: Callable[[bytes], T]) -> T | None:
        try:
            return parse(pending.result())
        except CallError as error:
            if rpc_status.is_missing(error):
                return None
            raise rpc_status.to_error(error) from error

    # sources

    def start_resolve_image(
        self,
        ref: str,
        *,
        platform: str | None = None,
        resolve_mode: str = "",
        log_name: str = "",
        attrs: Mapping[str, str] | None = None,
    ) -> Pending[ResolvedImage]:
        """An image's digest and config. `ref` is a reference, or an identifier with its scheme.

        For `oci-layout://` the attributes `oci.session` and `oci.store` name the store. `platform` is
        `os/arch[/variant]`, None for the worker's; `resolve_mode` is "", "default", "pull" or "local". The same
        question is asked once in a run.
        """
        question = ref, platform, resolve_mode, log_name, *sorted((attrs or {}).items())
        if question not in self._images:
            self._images[question] = self._start_resolve(ref, platform, resolve_mode, log_name, attrs or {})
        return self._images[question]

    def _start_resolve(
        self, ref: str, platform: str | None, resolve_mode: str, log_name: str, attrs: Mapping[str, str]
    ) -> Pending[ResolvedImage]:
        identifier = ref if "://" in ref else IMAGE_SCHEME + ref
        if not self.caps.gateway_supports(META_RESOLVER):
            return self._start_resolve_config(identifier, platform, resolve_mode, log_name, attrs)
        target = messages.platform(*_platform_parts(platform)) if platform else b""
        request = messages.resolve_source(identifier, attrs, target, log_name, resolve_mode)
        return self._read("ResolveSourceMeta", request, lambda answer: _image(identifier, answer))

    def resolve_image(
        self,
        ref: str,
        *,
        platform: str | None = None,
        resolve_mode: str = "",
        log_name: str = "",
        attrs: Mapping[str, str] | None = None,
    ) -> ResolvedImage:
        """`start_resolve_image`, waited for."""
        return self.start_resolve_image(
            ref, platform=platform, resolve_mode=resolve_mode, log_name=log_name, attrs=attrs
        ).result()

    def _start_resolve_config(
        self, identifier: str, platform: str | None, resolve_mode: str, log_name: str, attrs: Mapping[str, str]
    ) -> Pending[ResolvedImage]:
        """The same by ResolveImageConfig, all that BuildKit before v0.13 has."""
        scheme, _, ref = identifier.partition("://")
        request = pb.ResolveImageConfigRequest(Ref=ref, ResolveMode=resolve_mode, LogName=log_name)
        if scheme + "://" == OCI_SCHEME:
            request.ResolverType = OCI_RESOLVER
            request.SessionID = attrs.get("oci.session", self.session_id)
            request.StoreID = attrs.get("oci.store", "")
        _set_platform(request, platform)

        def convert(answer: pb.ResolveImageConfigResponse) -> ResolvedImage:
            name = answer.Ref or ref
            return ResolvedImage(ref, answer.Digest, answer.Config, f"{scheme}://{name}")

        return self._start("ResolveImageConfig", request, pb.ResolveImageConfigResponse).then(convert)

    def start_resolve_source(
        self,
        identifier: str,
        *,
        attrs: Mapping[str, str] | None = None,
        platform: str | None = None,
        log_name: str = "",
    ) -> Pending[ResolvedSource]:
        """What a git, http or local source stands for now; the source as it is given on a BuildKit before v0.13."""
        if not self.caps.gateway_supports(META_RESOLVER):
            given = ResolvedSource(identifier, dict(attrs or {}), "")
            return Pending(lambda: given)
        request = pb.ResolveSourceMetaRequest(LogName=log_name)
        request.Source.identifier = identifier
        request.Source.attrs.update(attrs or {})
        _set_platform(request, platform)
        pending = self._start("ResolveSourceMeta", request, pb.ResolveSourceMetaResponse)
        return pending.then(_source)

    def resolve_source(
        self,
        identifier: str,
        *,
        attrs: Mapping[str, str] | None = None,
        platform: str | None = None,
        log_name: str = "",
    ) -> ResolvedSource:
        """`start_resolve_source`, waited for."""
        return self.start_resolve_source(identifier, attrs=attrs, platform=platform, log_name=log_name).result()

    def start_inputs(self) -> Pending[dict[str, bytes]]:
        """The Definitions the client gave with the build, serialised, by name."""
        pending = self._start("Inputs", pb.InputsRequest(), pb.InputsResponse)
        return pending.then(
            lambda answer: {name: answer.Definitions[name].SerializeToString() for name in sorted(answer.Definitions)}
        )

    def inputs(self) -> dict[str, bytes]:
        """`start_inputs`, waited for."""
        return self.start_inputs().result()

    # telling the user

    def warn(
        self,
        digest: str,
        short: str,
        *,
        detail: Iterable[str] = (),
        url: str = "",
        at: Location | None = None,
    ) -> None:
        """Shows a warning at a vertex of the build, which must have been reached: clients drop it otherwise.

        Nothing happens on a BuildKit before v0.10, which has no warnings.
        """
        if not self.caps.gateway_supports(WARNINGS):
            return
        sendable = rpc_status.sendable
        request = pb.WarnRequest(digest=digest, level=1, short=sendable(short).encode(), url=sendable(url))
        request.detail.extend(sendable(line).encode() for line in detail)
        data = rpc_status.read_quoted(at, self.quote) if at else None
        if at and data:
            request.info.filename = sendable(at.file)
            request.info.data = excerpt(data, (at.line,))
            found = request.ranges.add()
            for position in (found.start, found.end):
                position.line = at.line
        self._warnings.append(self._start("Warn", request, pb.WarnResponse))

    # the end of a run: one of these, once

    def return_ref(self, ref: Ref, metadata: Mapping[str, bytes]) -> None:
        """Ends the build with one filesystem; the empty one too."""
        self._settle_warnings()
        self._return(messages.result_of(ref.id, self._with_trace(metadata)))

    def return_refs(self, refs: Mapping[str, Ref], metadata: Mapping[str, bytes]) -> None:
        """Ends the build with a filesystem for each platform id; `metadata` must hold `refs.platforms`."""
        self._settle_warnings()
        ids = {name: ref.id for name, ref in refs.items()}
        self._return(messages.results_of(ids, self._with_trace(metadata)))

    def return_metadata(self, metadata: Mapping[str, bytes]) -> None:
        """Ends a subrequest, whose answer is metadata only."""
        self.return_ref(Ref(""), metadata)

    def return_error(self, error: BuildError) -> None:
        """Ends the build with an error: its text, what BuildKit knows of it, and the lines of the file it is about."""
        self._return_status(rpc_status.from_error(error, self.quote))

    def return_bug(self, text: str) -> None:
        """Ends the build with an error of ours, in one line."""
        self._return_status(rpc_status.bug(text))

    def _with_trace(self, metadata: Mapping[str, bytes]) -> Mapping[str, bytes]:
        return {**metadata, trace.METADATA_KEY: trace.report()} if trace.wanted(self.opts) else metadata

    def _return_status(self, status: bytes) -> None:
        """Ends the build with an error. Raises GatewayError for one without a code, which BuildKit would refuse."""
        self._settle_warnings()
        request = pb.ReturnRequest()
        request.error.ParseFromString(status)
        if not request.error.code:
            raise GatewayError("there is neither a result nor an error to return", method="Return")
        self._return(request.SerializeToString())

    def _return(self, request: bytes) -> None:
        """Sends the one Return. An empty one would crash BuildKit v0.32."""
        self._read("Return", request, bytes).result()
        self.returned = True

    def _settle_warnings(self) -> None:
        """Waits for the warnings under way. One that BuildKit does not take must not fail the build."""
        for pending in self._warnings:
            try:
                pending.result()
            except GatewayError as error:
                trace.record(f"Warn refused: {error.message}", perf_counter())
        self._warnings.clear()

    # calls

    def _start_raw(self, method: str, request: bytes) -> Pending[bytes]:
        return self._traced(method, lambda: self._channel.start(method, request))

    def _traced(self, method: str, start: Callable[[], Pending[bytes]]) -> Pending[bytes]:
        begin_s = perf_counter()
        pending = start()

        def finish() -> bytes:
            try:
                return pending.result()
            finally:
                trace.record(method, begin_s)

        return Pending(finish, pending.ready)

    def _start(self, method: str, request: Message, answer: type[M]) -> Pending[M]:
        return self._read(method, request.SerializeToString(), answer.FromString)

    def _read(self, method: str, request: bytes, read: Callable[[bytes], T]) -> Pending[T]:
        return self._read_later(self._start_raw(method, request), read)

    def _read_later(self, pending: Pending[bytes], read: Callable[[bytes], T]) -> Pending[T]:
        def finish() -> T:
            try:
                return read(pending.result())
            except CallError as error:
                raise rpc_status.to_error(error) from error

        return Pending(finish, pending.ready)


def connect(
    environ: Mapping[str, str],
    read_fd: int,
    write_fd: int,
    sent: tuple[Request, ...] = (),
    question: Question | None = None,
) -> Gateway:
    """A gateway over the descriptors BuildKit gave us; `sent` are requests that have left already, the last of them the
    look that was made from `question` (`ahead.send`). The first question, Ping, is sent at once."""
    looked = (sent[-1], question) if question is not None else None
    return Gateway(Channel(Connection(read_fd, write_fd, sent), SERVICE), environ, looked)


def read_options(environ: Mapping[str, str]) -> dict[str, str]:
    """Frontend options, sorted by key: BuildKit passes each as `BUILDKIT_FRONTEND_OPT_<n>=key=value`, in any order."""
    found = (value.partition("=") for name, value in environ.items() if name.startswith(OPTION_PREFIX))
    return {key: value for key, _, value in sorted(found)}


def _nothing(_path: str, _line: int) -> None:
    """There are no files to quote until there is a source tree."""


def _caps(answer: bytes) -> Caps:
    return Caps(messages.texts(answer, 1, 2), messages.texts(answer, 2, 2))


def _ref_of(answer: bytes) -> Ref:
    """The one ref in a SolveResponse."""
    ref = messages.first(answer, 3, 3)
    return Ref(messages.first(ref, 1).decode(), messages.first(ref, 2))


def _platform_text(platform: Mapping[str, str]) -> str:
    parts = (platform.get("os", ""), platform.get("architecture", ""), platform.get("variant", ""))
    return "/".join(part for part in parts if part)


def _set_platform(request: pb.ResolveSourceMetaRequest | pb.ResolveImageConfigRequest, platform: str | None) -> None:
    if platform:
        target = request.Platform
        target.OS, target.Architecture, target.Variant = _platform_parts(platform)


def _platform_parts(platform: str) -> tuple[str, str, str]:
    """System, architecture and variant."""
    system, architecture, variant = (*platform.split("/"), "", "")[:3]
    return system, architecture, variant


def _add_cache_imports(request: pb.SolveRequest, cache_imports: Iterable[CacheImport]) -> None:
    for kind, attrs in cache_imports:
        request.CacheImports.add(Type=kind, Attrs=dict(attrs))


def _ref(ref: pb.Ref) -> Ref:
    return Ref(ref.id, getattr(ref, "def").SerializeToString())  # `def` is a keyword


def _solved(answer: pb.SolveResponse) -> Solved:
    result = answer.result
    refs = {name: _ref(result.refs.refs[name]) for name in sorted(result.refs.refs)}
    return Solved(_ref(result.ref), refs, dict(result.metadata))


def to_stat(stat: StatMessage | messages.Stat) -> Stat:
    mode = stat.mode
    kind = "dir" if mode & MODE_DIR else "link" if mode & MODE_LINK else "other" if mode & MODE_OTHER else "file"
    return Stat(stat.path, kind, mode & 0o777, stat.size, stat.linkname, stat.uid, stat.gid, stat.modTime)


def _stat_answer(answer: bytes) -> Stat:
    """The Stat in a StatFileResponse."""
    return to_stat(messages.Stat(messages.first(answer, 1)))


def _entries(answer: bytes) -> tuple[Stat, ...]:
    """The Stats in a ReadDirResponse, by hand where that is faster than importing protobuf."""
    read = by_hand if len(answer) <= SMALL_BYTES else readable
    return tuple(to_stat(stat) for stat in map(read, messages.entries(answer)) if stat is not None)


def by_hand(data: bytes) -> messages.Stat | None:
    """A Stat message; None for one whose name is no UTF-8: nothing we look for is called so."""
    try:
        return messages.Stat(data)
    except UnicodeDecodeError:
        return None


def readable(data: bytes) -> StatMessage | None:
    """A Stat message; None for one whose name is no UTF-8, which protobuf refuses."""
    from google.protobuf.message import DecodeError

    from frontend.gateway.pb.stat_pb2 import Stat as StatMessage

    try:
        return StatMessage.FromString(data)
    except DecodeError:
        return None


def _image(identifier: str, answer: bytes) -> ResolvedImage:
    """The image in a ResolveSourceMetaResponse."""
    used = messages.first(answer, 1, 1).decode() or identifier
    digest = messages.first(answer, 2, 1).decode()
    return ResolvedImage(identifier.partition("://")[2], digest, messages.first(answer, 2, 2), used)


def _source(answer: pb.ResolveSourceMetaResponse) -> ResolvedSource:
    return ResolvedSource(
        answer.Source.identifier,
        dict(answer.Source.attrs),
        answer.Git.Checksum or answer.HTTP.Checksum,
        answer.Git.Ref,
        answer.HTTP.Filename,
        answer.Git.CommitChecksum,
    )


__all__ = [
    "Caps",
    "ConnectionLost",
    "Gateway",
    "Pending",
    "Ref",
    "ResolvedImage",
    "ResolvedSource",
    "Solved",
    "Stat",
    "Worker",
    "connect",
]
