"""A graph as a Definition: the bytes of each operation, after those of what it stands on, and their metadata.

The walk keeps its own stack and visits each operation once: a graph may be any depth, and shared any number of ways.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping

from llb import wire
from llb.errors import LLBError, check_utf8
from llb.graph import Filesystem, Marshalling, Output, Vertex
from llb.handles import Handle
from llb.hashes import sha256
from llb.meta import NONE, Meta, OpMetadata, capabilities, worker_filters
from llb.places import Location, Position
from llb.platforms import Platform, parse
from llb.values import Record

Places = list[tuple[int, tuple[tuple[Position, Position], ...]]]  # index of the file, ranges in it

DIGEST_BYTES = 71  # "sha256:" and 64 hexadecimal digits
INPUT_HEAD = wire.SMALL[1 << 3 | 2] + wire.SMALL[DIGEST_BYTES + 2] + wire.SMALL[1 << 3 | 2] + wire.SMALL[DIGEST_BYTES]


class SourceInfo(Record):
    """A file that operations come from; `definition` is the serialised Definition of where it is, b"" if unknown."""

    __slots__ = ()

    filename: str
    data: bytes
    language: str
    definition: bytes


class Definition:
    """A marshalled graph.

    `ops` are the operations' bytes in order, the last one only naming the result; `digests` are theirs; `metadata` is
    by digest. `locations` are, by digest, the places each operation comes from, as (index into `infos`, ranges).
    An empty filesystem has no operations at all.
    """

    __slots__ = ("_below", "_known", "digests", "infos", "locations", "metadata", "ops")

    def __init__(self) -> None:
        self._known: dict[Vertex, bytes] = {}  # the digests
        self._below: dict[bytes, list[bytes]] = {}  # and those of what an operation stands on
        self.ops: list[bytes] = []
        self.digests: list[str] = []
        self.metadata: dict[str, OpMetadata] = {}
        self.infos: list[SourceInfo] = []
        self.locations: dict[str, Places] = {}

    @property
    def head(self) -> str:
        """The digest of the operation whose output is the result; "" for an empty one."""
        return self.digests[-2] if len(self.digests) > 1 else ""

    def to_bytes(self) -> bytes:
        """The message `Definition`."""
        with NoCollection():
            out = [wire.field(1, op) for op in self.ops]
            for digest in sorted(self.metadata):
                out.append(wire.field(2, wire.text(1, digest) + wire.field(2, self.metadata[digest].encoded())))
            source = self.source()
            if source:
                out.append(wire.field(3, source))
            return b"".join(out)

    def part(self, state: Filesystem) -> Definition:
        """The Definition of a filesystem of the graph. Nothing is encoded again; its operations have no places.

        Raises LLBError for a filesystem that is not in the graph, and for an empty one.
        """
        output = state.output_
        if output is None or output.vertex not in self._known:
            raise LLBError("this filesystem is not in the graph")
        needed, waiting = set[bytes](), [self._known[output.vertex]]
        while waiting:
            digest = waiting.pop()
            if digest not in needed:
                needed.add(digest)
                waiting += self._below[digest]
        found = Definition()
        for name, op in zip(self.digests, self.ops, strict=True):
            if name.encode() in needed:
                found.ops.append(op)
                found.digests.append(name)
                found.metadata[name] = self.metadata[name]
                found.locations[name] = []
        found.end(named(output, self._known))
        return found

    def end(self, op: bytes) -> None:
        """Adds the last operation, which only names the result, and the capabilities the whole needs."""
        last = OpMetadata()
        last.caps = {"constraints", "platform"}
        for metadata in self.metadata.values():
            if metadata.ignore_cache:
                last.caps.add("meta.ignorecache")
            if metadata.description:
                last.caps.add("meta.description")
            if metadata.export_cache is not None:
                last.caps.add("meta.exportcache")
        digest = "sha256:" + sha256(op).hexdigest()
        self.ops.append(op)
        self.digests.append(digest)
        self.metadata[digest] = last

    def source(self) -> bytes:
        """The message `Source`: the files, and the places of each operation in them."""
        out = [wire.mapping(1, {digest: wire.field(2, places(found)) for digest, found in self.locations.items()})]
        for info in self.infos:
            encoded = wire.text(1, info.filename) + wire.data(2, info.data) + wire.data(3, info.definition)
            out.append(wire.field(2, encoded + wire.text(4, info.language)))
        return b"".join(out)

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """(digest, bytes) of each operation."""
        return iter(zip(self.digests, self.ops, strict=True))


def named(output: Output, digests: Mapping[Vertex, bytes]) -> bytes:
    """An `Input` field that names an output of an operation."""
    digest, index = digests[output.vertex], output.index
    return wire.field(1, wire.field(1, digest) + wire.number(2, index)) if index else INPUT_HEAD + digest


def places(found: Places) -> bytes:
    """The message `Locations`."""
    out = []
    for index, ranges in found:
        encoded = [wire.field(2, wire.field(1, position(a)) + wire.field(2, position(b))) for a, b in ranges]
        out.append(wire.field(1, wire.number(1, index) + b"".join(encoded)))
    return b"".join(out)


def position(place: Position) -> bytes:
    """The message `Position`."""
    return wire.number(1, place[0]) + wire.number(2, place[1])


class NoCollection:
    """Holds back the garbage collector, which would look at every operation of a big graph again and again: nothing
    here makes cycles, and the time would grow faster than the graph."""

    __slots__ = ("enabled",)

    def __enter__(self) -> None:
        self.enabled = gc.isenabled()
        gc.disable()

    def __exit__(self, *_error: object) -> None:
        if self.enabled:
            gc.enable()


class Marshaller(Marshalling):
    """One marshalling. `workers` are filters and `meta` options that every operation's own are added to."""

    __slots__ = ("_constraints", "_platforms", "meta", "workers")

    def __init__(
        self,
        platform: Platform,
        caps: frozenset[str] | None = None,
        unique_id: str = "",
        workers: tuple[str, ...] = (),
        meta: Meta = NONE,
    ) -> None:
        super().__init__(platform, caps, unique_id)
        self.workers = workers
        self.meta = meta
        self._platforms: dict[Platform, bytes] = {}
        self._constraints = wire.field(11, wire.texts(1, workers))

    def input(self, output: Output) -> bytes:
        """An `Input` field that names an output of an operation already marshalled."""
        return named(output, self.digests)

    def op(self, vertex: Vertex) -> tuple[bytes, Iterable[str]]:
        """An operation's bytes, and the capabilities it needs. Its inputs are marshalled already."""
        if isinstance(vertex, RawVertex):
            return vertex.op, ()
        inputs, body, caps = vertex.body(self)
        parts = [self.input(output) for output in inputs]
        if vertex.has_platform:
            platform = vertex.own_platform() or self.platform
            encoded = self._platforms.get(platform)
            if encoded is None:
                encoded = self._platforms[platform] = wire.field(10, platform.encoded())
            parts.append(encoded)
        workers = vertex.meta.workers
        parts.append(wire.field(11, wire.texts(1, (*self.workers, *workers))) if workers else self._constraints)
        parts.append(body)
        return b"".join(parts), caps

    def marshal(self, output: Output | None) -> Definition:
        """The whole graph below an output."""
        definition = Definition()
        definition._known = self.digests
        if output is None:
            return definition
        seen: dict[bytes, OpMetadata] = {}
        infos: dict[tuple[str, bytes, str], int] = {}
        for vertex in self.walk(output.vertex):
            op, caps = self.op(vertex)
            digest = ("sha256:" + sha256(op).hexdigest()).encode()
            self.digests[vertex] = digest
            metadata = seen.get(digest)
            if metadata is None:
                definition._below[digest] = [self.digests[one.vertex] for one in vertex.inputs()]
                metadata = seen[digest] = OpMetadata()
                definition.ops.append(op)
                text = digest.decode()
                definition.digests.append(text)
                definition.metadata[text] = metadata
                definition.locations[text] = []
            if isinstance(vertex, RawVertex):
                metadata.join(vertex.metadata)
            else:
                metadata.add(self.meta, caps)
                metadata.add(vertex.meta, ())
            if vertex.locations:
                self._locate(definition, vertex.locations, digest.decode(), infos)
        definition.end(self.input(output))
        return definition

    def walk(self, head: Vertex, *, known: bool = False) -> Iterator[Vertex]:
        """The vertices, each once and after its inputs, depth first in the inputs' order.

        With `known` those that know their digest already are left out, and what is below them.
        """
        if known and head.digest:
            return
        stack: list[tuple[Vertex, Iterator[Output]]] = [(head, iter(head.inputs()))]
        entered = {head}
        while stack:
            vertex, pending = stack[-1]
            for output in pending:
                below = output.vertex
                if below not in entered and not (known and below.digest):
                    entered.add(below)
                    stack.append((below, iter(below.inputs())))
                    break
            else:
                stack.pop()
                yield vertex

    def _locate(
        self,
        definition: Definition,
        locations: tuple[Location, ...],
        digest: str,
        infos: dict[tuple[str, bytes, str], int],
    ) -> None:
        for source, ranges in locations:
            key = (source.filename, source.data, source.language)
            index = infos.get(key)
            if index is None:
                index = infos[key] = len(definition.infos)
                info = SourceInfo(source.filename, source.data, source.language, self._origin(source.state))
                definition.infos.append(info)
            definition.locations[digest].append((index, ranges))

    def _origin(self, state: Handle | bytes | None) -> bytes:
        """The serialised Definition of where a file is, b"" if unknown."""
        if isinstance(state, Filesystem):
            again = Marshaller(self.platform, self.caps, self.unique_id, self.workers, self.meta)
            return again.marshal(state.output_).to_bytes()
        return state if isinstance(state, bytes) else b""


class RawVertex(Vertex):
    """An operation of a Definition somebody else made: its bytes, metadata and locations stay as they are."""

    __slots__ = ("metadata", "op", "outputs", "places")

    def __init__(self, op: bytes, metadata: OpMetadata, places: tuple[Location, ...]) -> None:
        self.op = op
        self.outputs: tuple[Output, ...] = ()  # set once all vertices are there: they may be in any order
        self.metadata = metadata
        self.places = places
        self.meta = NONE

    @property
    def locations(self) -> tuple[Location, ...]:
        return self.places

    def inputs(self) -> tuple[Output, ...]:
        return self.outputs


DEFAULT_PLATFORM = "linux/amd64"


def marshal(
    output: Output | None,
    *,
    platform: str = DEFAULT_PLATFORM,
    caps: Iterable[str] | None = None,
    unique_id: str | None = None,
    worker: str | Iterable[str] = (),
    meta: Meta = NONE,
) -> Definition:
    """The Definition of an output; `State.marshal` describes the options."""
    known = None if caps is None else capabilities(caps)
    unique = random_id() if unique_id is None else check_utf8("unique_id", unique_id)
    workers = worker_filters(worker) if worker else ()
    marshaller = Marshaller(parse(platform), known, unique, workers, meta)
    with NoCollection():
        return marshaller.marshal(output)


def random_id() -> str:
    """An identifier nobody else has."""
    from os import urandom

    return urandom(16).hex()


def digest_of(head: Vertex) -> bytes:
    """The digest of an operation, marshalled with default settings and no unique id. Each operation keeps its own."""
    marshaller = Marshaller(parse(DEFAULT_PLATFORM))
    for vertex in marshaller.walk(head, known=True):
        for output in vertex.inputs():
            marshaller.digests[output.vertex] = output.vertex.digest
        vertex.know_digest(("sha256:" + sha256(marshaller.op(vertex)[0]).hexdigest()).encode())
    return head.digest
