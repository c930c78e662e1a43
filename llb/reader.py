"""Definitions back as states: bytes and digests pass through untouched."""

from hashlib import sha256

from llb import wire
from llb.errors import LLBError
from llb.graph import Output
from llb.marshal import Definition, RawVertex
from llb.meta import OpMetadata, ProgressGroup, Resources
from llb.state import State


def read(data: bytes) -> Definition:
    """The Definition that bytes hold. Raises LLBError when they hold none."""
    definition = Definition()
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
                definition.raw_source = value
    except (ValueError, UnicodeDecodeError) as error:
        raise LLBError(f"data: not a Definition: {error}") from None
    return definition


def metadata_of(data: bytes) -> OpMetadata:
    """The message `OpMetadata`."""
    found = OpMetadata()
    for tag, value in wire.fields(data):
        if tag == 1:
            found.ignore_cache = bool(value)
        if not isinstance(value, bytes):
            continue
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


def text_in(entry: "dict[int, int | bytes]", tag: int) -> str:
    """A text field."""
    value = entry.get(tag, b"")
    return value.decode() if isinstance(value, bytes) else ""


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
                index = entry.get(2, 0)
                found.append((text_in(entry, 1), index if isinstance(index, int) else 0))
    except (ValueError, UnicodeDecodeError) as error:
        raise LLBError(f"data: a malformed operation: {error}") from None
    return found


def from_definition(data: bytes) -> State:
    """The state a Definition describes, to build on. Raises LLBError for a malformed one."""
    definition = read(data)
    if not definition.ops:
        return State()
    if len(definition.ops) < 2:
        raise LLBError("data: a Definition has at least two operations")
    vertices: dict[str, RawVertex] = {}
    for digest, op in zip(definition.digests[:-1], definition.ops[:-1], strict=True):
        outputs = tuple(output_of(vertices, named, index) for named, index in inputs_of(op))
        metadata = definition.metadata.get(digest) or OpMetadata()
        vertices[digest] = RawVertex(op, digest, outputs, metadata)
    last = inputs_of(definition.ops[-1])
    if len(last) != 1:
        raise LLBError("data: the last operation does not name one result")
    return State(output_of(vertices, *last[0]))


def output_of(vertices: dict[str, RawVertex], digest: str, index: int) -> Output:
    """An output of a vertex read before. Raises LLBError when there is none."""
    if digest not in vertices:
        raise LLBError(f"data: the input {digest} is not in the Definition")
    return Output(vertices[digest], index)
