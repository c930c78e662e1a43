"""A graph as a Definition: the bytes of each operation, after those of what it stands on, and their metadata.

The walk keeps its own stack and visits each operation once: a graph may be any depth, and shared any number of ways.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import TYPE_CHECKING

from llb import wire
from llb.errors import LLBError
from llb.graph import Output, Vertex
from llb.meta import NONE, OpMetadata, SourceMap
from llb.platforms import Platform, parse

if TYPE_CHECKING:
    from llb.state import State

DIGEST_BYTES = 71  # "sha256:" and 64 hexadecimal digits
INPUT_HEAD = wire.SMALL[1 << 3 | 2] + wire.SMALL[DIGEST_BYTES + 2] + wire.SMALL[1 << 3 | 2] + wire.SMALL[DIGEST_BYTES]
NO_CONSTRAINTS = wire.field(11, b"")


class Definition:
    """A marshalled graph.

    `ops` are the operations' bytes in order, the last one only naming the result; `digests` are theirs; `metadata` is
    by digest. `locations` are, by digest, the places each operation comes from, as (index into `infos`, ranges).
    An empty filesystem has no operations at all.
    """

    __slots__ = ("digests", "infos", "locations", "metadata", "ops", "raw_source")

    def __init__(self) -> None:
        self.ops: list[bytes] = []
        self.digests: list[str] = []
        self.metadata: dict[str, OpMetadata] = {}
        self.infos: list[SourceMap] = []
        self.locations: dict[str, list[tuple[int, tuple[tuple[tuple[int, int], tuple[int, int]], ...]]]] = {}
        self.raw_source = b""

    @property
    def head(self) -> str:
        """The digest of the operation whose output is the result; "" for an empty one."""
        return self.digests[-2] if len(self.digests) > 1 else ""

    def to_bytes(self) -> bytes:
        """The message `Definition`."""
        out = [wire.field(1, op) for op in self.ops]
        for digest, metadata in sorted(self.metadata.items()):
            out.append(wire.field(2, wire.text(1, digest) + wire.field(2, metadata.encoded())))
        source = self.source()
        if source:
            out.append(wire.field(3, source))
        return b"".join(out)

    def source(self) -> bytes:
        """The message `Source`: the files, and the places of each operation in them."""
        if self.raw_source or not self.ops:
            return self.raw_source
        out = [wire.mapping(1, {digest: wire.field(2, places(found)) for digest, found in self.locations.items()})]
        for info in self.infos:
            definition = b"" if info.state is None else wire.field(3, info.state.marshal().to_bytes())
            encoded = wire.text(1, info.filename) + wire.data(2, info.data) + definition + wire.text(4, info.language)
            out.append(wire.field(2, encoded))
        return b"".join(out)

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """(digest, bytes) of each operation."""
        return iter(zip(self.digests, self.ops, strict=True))


def places(found: list[tuple[int, tuple[tuple[tuple[int, int], tuple[int, int]], ...]]]) -> bytes:
    """The message `Locations`."""
    out = []
    for index, ranges in found:
        encoded = [wire.field(2, wire.field(1, position(a)) + wire.field(2, position(b))) for a, b in ranges]
        out.append(wire.field(1, wire.number(1, index) + b"".join(encoded)))
    return b"".join(out)


def position(place: tuple[int, int]) -> bytes:
    """The message `Position`."""
    return wire.number(1, place[0]) + wire.number(2, place[1])


class Marshaller:
    """One marshalling: the settings that hold for all operations, and the digests found so far.

    `caps` are the capabilities of the BuildKit that will build, None if unknown. `unique_id` is written into local
    sources with no session, so that two builds do not share one.
    """

    __slots__ = ("_constraints", "_platforms", "caps", "digests", "platform", "unique_id", "workers")

    def __init__(
        self, platform: Platform, caps: frozenset[str] | None, unique_id: str, workers: tuple[str, ...] = ()
    ) -> None:
        self.platform = platform
        self.caps = caps
        self.unique_id = unique_id
        self.workers = workers
        self.digests: dict[Vertex, bytes] = {}
        self._platforms: dict[Platform, bytes] = {}
        self._constraints = wire.field(11, wire.texts(1, workers))

    def input(self, output: Output) -> bytes:
        """An `Input` field that names an output of an operation already marshalled."""
        index = output.index
        digest = self.digests[output.vertex]
        if not index:
            return INPUT_HEAD + digest
        return wire.field(1, wire.field(1, digest) + wire.number(2, index))

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
        if output is None:
            return definition
        seen: dict[bytes, OpMetadata] = {}
        infos: dict[int | tuple[str, bytes, str], int] = {}
        for vertex in self.walk(output.vertex):
            op, caps = self.op(vertex)
            digest = ("sha256:" + sha256(op).hexdigest()).encode()
            self.digests[vertex] = digest
            metadata = seen.get(digest)
            if metadata is None:
                metadata = seen[digest] = OpMetadata()
                definition.ops.append(op)
                text = digest.decode()
                definition.digests.append(text)
                definition.metadata[text] = metadata
                definition.locations[text] = []
            metadata.add(vertex.meta, caps)
            if isinstance(vertex, RawVertex):
                metadata.join(vertex.metadata)
            if vertex.meta.locations:
                self._locate(definition, vertex, digest.decode(), infos)
        self._finish(definition, output)
        return definition

    def walk(self, head: Vertex) -> Iterator[Vertex]:
        """The vertices not yet marshalled, each after its inputs, depth first in the inputs' order."""
        stack: list[tuple[Vertex, Iterator[Output]]] = [(head, iter(head.inputs()))]
        entered = {head}
        while stack:
            vertex, pending = stack[-1]
            for output in pending:
                below = output.vertex
                if below not in entered and below not in self.digests:
                    entered.add(below)
                    stack.append((below, iter(below.inputs())))
                    break
            else:
                stack.pop()
                yield vertex

    def _locate(
        self, definition: Definition, vertex: Vertex, digest: str, infos: dict[int | tuple[str, bytes, str], int]
    ) -> None:
        for location in vertex.meta.locations:
            source = location.source
            key = (source.filename, source.data, source.language)
            index = infos.get(key)
            if index is None:
                index = infos[key] = len(definition.infos)
                definition.infos.append(source)
            definition.locations[digest].append((index, location.ranges))

    def _finish(self, definition: Definition, output: Output) -> None:
        """The last operation, which only names the result, and the capabilities the whole needs."""
        op = self.input(output)
        digest = "sha256:" + sha256(op).hexdigest()
        last = OpMetadata()
        last.caps = {"constraints", "platform"}
        for metadata in definition.metadata.values():
            if metadata.ignore_cache:
                last.caps.add("meta.ignorecache")
            if metadata.description:
                last.caps.add("meta.description")
            if metadata.export_cache is not None:
                last.caps.add("meta.exportcache")
        definition.ops.append(op)
        definition.digests.append(digest)
        definition.metadata[digest] = last


class RawVertex(Vertex):
    """An operation of a Definition somebody else made: its bytes and digest stay as they are."""

    __slots__ = ("digest", "metadata", "op", "outputs")

    def __init__(self, op: bytes, digest: str, outputs: tuple[Output, ...], metadata: OpMetadata) -> None:
        self.op = op
        self.digest = digest
        self.outputs = outputs
        self.metadata = metadata
        self.meta = NONE

    def inputs(self) -> tuple[Output, ...]:
        return self.outputs


def marshal(
    state: "State",
    *,
    platform: str = "linux/amd64",
    caps: Iterable[str] | None = None,
    unique_id: str = "",
    worker: str | Iterable[str] = (),
) -> Definition:
    """The Definition of a state.

    `platform` is that of operations with none of their own. `caps` are the capabilities BuildKit reported, where they
    are known. `unique_id` marks local sources that name no session. `worker` filters choose a worker for every
    operation. Raises LLBError for a platform that is none.
    """
    workers = (worker,) if isinstance(worker, str) else tuple(worker)
    known = None if caps is None else frozenset(caps)
    return Marshaller(parse(platform), known, unique_id, workers).marshal(state.output_)
