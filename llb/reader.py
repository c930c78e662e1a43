"""Definitions back as states: bytes and digests pass through untouched."""

from llb import wire
from llb.errors import LLBError, check_bytes
from llb.graph import Output
from llb.hashes import sha256
from llb.marshal import Definition, Places, RawVertex, SourceInfo
from llb.meta import OpMetadata, ProgressGroup, Resources
from llb.places import Location, Position, SourceMap
from llb.state import State


def read(data: bytes) -> Definition:
    """The Definition that bytes hold. Raises LLBError when they hold none."""
    definition = Definition()
    check_bytes("data", data)
    try:
        for tag, value in wire.fields(data):
            if tag == 1 and isinstance(value, bytes):
                definition.ops.append(value)
                definition.digests.append("sha256:" + sha256(value).hexdigest())
            elif tag == 2 and isinstance(value, bytes):
                entry = dict(wire.fields(value))
                digest, encoded = entry.get(1, b""), entry.get(2, b"")
                if isinstance(digest, bytes) and isinstance(encoded, bytes):
                    definition.metadata[digest.decode()] = metadata_of(encoded)
            elif tag == 3 and isinstance(value, bytes):
                read_source(definition, value)
    except ValueError as error:
        raise LLBError(f"data: not a Definition: {error}") from None
    return definition


def read_source(definition: Definition, data: bytes) -> None:
    """The message `Source`."""
    for tag, value in wire.fields(data):
        if not isinstance(value, bytes):
            continue
        if tag == 1:
            entry = dict(wire.fields(value))
            definition.locations[text_in(entry, 1)] = places_of(bytes_in(entry, 2))
        elif tag == 2:
            entry = dict(wire.fields(value))
            info = SourceInfo(text_in(entry, 1), bytes_in(entry, 2), text_in(entry, 4), bytes_in(entry, 3))
            definition.infos.append(info)


def places_of(data: bytes) -> Places:
    """The message `Locations`."""
    found: Places = []
    for tag, value in wire.fields(data):
        if tag == 1 and isinstance(value, bytes):
            fields = wire.fields(value)
            ranges = tuple(range_of(inner) for number, inner in fields if number == 2 and isinstance(inner, bytes))
            found.append((number_in(dict(fields), 1), ranges))
    return found


def range_of(data: bytes) -> tuple[Position, Position]:
    """The message `Range`."""
    entry = dict(wire.fields(data))
    start, end = (dict(wire.fields(bytes_in(entry, tag))) for tag in (1, 2))
    return (number_in(start, 1), number_in(start, 2)), (number_in(end, 1), number_in(end, 2))


def metadata_of(data: bytes) -> OpMetadata:
    """The message `OpMetadata`."""
    found = OpMetadata()
    for tag, value in wire.fields(data):
        if tag == 1:
            found.ignore_cache = bool(value)
        if not isinstance(value, bytes) or tag not in (2, 4, 5, 6, 7):
            continue  # what a later BuildKit may add is left out
        entry = dict(wire.fields(value))
        if tag == 2:
            found.description[text_in(entry, 1)] = text_in(entry, 2)
        elif tag == 4:
            found.export_cache = bool(entry.get(1))
        elif tag == 5 and entry.get(2):
            found.caps.add(text_in(entry, 1))
        elif tag == 6:
            found.progress = ProgressGroup(text_in(entry, 1), text_in(entry, 2), bool(entry.get(3)))
        elif tag == 7:
            memory, swap, shares, period, quota = (number_in(entry, tag) for tag in range(1, 6))
            sets = text_in(entry, 6), text_in(entry, 7)
            found.resources = Resources(memory, swap, shares, period, quota, *sets)
    return found


def bytes_in(entry: "dict[int, int | bytes]", tag: int) -> bytes:
    """A bytes field, or a message."""
    value = entry.get(tag, b"")
    return value if isinstance(value, bytes) else b""


def text_in(entry: "dict[int, int | bytes]", tag: int) -> str:
    """A text field."""
    return bytes_in(entry, tag).decode()


def number_in(entry: "dict[int, int | bytes]", tag: int) -> int:
    """A number field."""
    value = entry.get(tag, 0)
    return wire.signed(value) if isinstance(value, int) else 0


def inputs_of(op: bytes) -> list[tuple[str, int]]:
    """The (digest, index) of an operation's inputs. Raises LLBError."""
    found = []
    try:
        for tag, value in wire.fields(op):
            if tag == 1 and isinstance(value, bytes):
                entry = dict(wire.fields(value))
                found.append((text_in(entry, 1), number_in(entry, 2)))
    except ValueError as error:
        raise LLBError(f"data: a malformed operation: {error}") from None
    return found


def from_definition(data: bytes) -> State:
    """The state a Definition describes, to build on; as with Go's client it has no settings, nor a platform.

    The last operation names the result; the others may be in any order. Raises LLBError for a malformed one.
    """
    definition = read(data)
    if not definition.ops:
        return State()
    if len(definition.ops) < 2:
        raise LLBError("data: a Definition has at least two operations")
    maps = [SourceMap(info.filename, info.data, info.language, info.definition) for info in definition.infos]
    vertices: dict[str, RawVertex] = {}
    for digest, op in zip(definition.digests[:-1], definition.ops[:-1], strict=True):
        metadata = definition.metadata.get(digest) or OpMetadata()
        vertices[digest] = RawVertex(op, metadata, locations_of(maps, definition.locations.get(digest, [])))
    for vertex in vertices.values():
        vertex.outputs = tuple([output_of(vertices, named, index) for named, index in inputs_of(vertex.op)])
    last = inputs_of(definition.ops[-1])
    if len(last) != 1:
        raise LLBError("data: the last operation does not name one result")
    return State(output_of(vertices, *last[0]))


def locations_of(maps: list[SourceMap], places: Places) -> tuple[Location, ...]:
    """The places of an operation, in the files they are in. Raises LLBError for a file that is not there."""
    for index, _ in places:
        if not 0 <= index < len(maps):
            raise LLBError(f"data: there is no source file {index}")
    return tuple(Location(maps[index], ranges) for index, ranges in places)


def output_of(vertices: dict[str, RawVertex], digest: str, index: int) -> Output:
    """An output of a vertex. Raises LLBError when there is none."""
    if digest not in vertices:
        raise LLBError(f"data: the input {digest} is not in the Definition")
    if index < 0:
        raise LLBError(f"data: the output {index} of {digest} is negative")
    return Output(vertices[digest], index)
