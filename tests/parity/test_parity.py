"""The same graphs made by BuildKit's Go client and by ours: the same bytes, digests, metadata and source maps."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from llb.pb import ops_pb2 as pb
from proto.describe import describe
from tests.parity import golang, random_graphs
from tests.parity.build import definition
from tests.parity.graphs import cases

pytestmark = pytest.mark.parity

CASES = cases()
RANDOM = 1000
PER_TEST = 100
DEF = "def"  # a field whose name is a keyword of Python
NOT_SEEN = {
    "BuildInput.input": "always 0, the only input: proto3 does not write it",
    "LowerDiffInput.input": "always 0, the first input: proto3 does not write it",
    "BuildOp.def": "the build op of Go's client takes the definition from its input",
    "Mount.resultID": "set by the gateway for a container's mounts, which hold results of the same session",
}


@pytest.fixture(scope="session")
def answers() -> dict[str, golang.Answer]:
    """What Go makes of every written case."""
    return dict(zip(CASES, golang.marshalled(CASES.values()), strict=True))


def first_difference(ours: bytes, theirs: golang.Answer) -> str:
    """The first operation, metadata entry or place that is not the same, as a diff; "" when all is equal."""
    own, other = pb.Definition(), pb.Definition()
    own.ParseFromString(ours)
    other.ParseFromString(theirs.definition)
    mine = list(getattr(own, DEF))
    assert tuple(getattr(other, DEF)) == theirs.ops
    for number, (a, b) in enumerate(zip(mine, theirs.ops, strict=False)):
        if a != b:
            return f"operation {number}:\n{diff(op(a), op(b))}"
    if len(mine) != len(theirs.ops):
        return f"{len(mine)} operations of ours, {len(theirs.ops)} of Go's"
    digests = tuple(f"sha256:{hashlib.sha256(data).hexdigest()}" for data in mine)
    if digests != theirs.digests:
        return f"digests: {digests} {theirs.digests}"
    return diff(own, other)


def op(data: bytes) -> pb.Op:
    found = pb.Op()
    found.ParseFromString(data)
    return found


def diff(ours: Message, theirs: Message) -> str:
    """Lines that differ in two messages as JSON; "" when the messages are equal."""
    a, b = (json_format.MessageToJson(message, sort_keys=True).splitlines() for message in (ours, theirs))
    lines = list(difflib.unified_diff(a, b, "ours", "Go's", lineterm="", n=2))
    if not lines and ours != theirs:
        return "not equal, and the same as JSON"
    return "\n".join(lines)


@pytest.mark.parametrize("name", CASES)
def test_a_written_graph(name: str, answers: dict[str, golang.Answer]) -> None:
    theirs = answers[name]
    assert theirs.error == ""
    assert first_difference(definition(CASES[name]).to_bytes(), theirs) == ""


def test_there_are_as_many_written_graphs_as_promised() -> None:
    assert len(CASES) >= 120


@pytest.mark.parametrize("first", range(0, RANDOM, PER_TEST))
def test_random_graphs(first: int) -> None:
    graphs = [random_graphs.graph(seed) for seed in range(first, first + PER_TEST)]
    told = [
        theirs.error or first_difference(definition(graph).to_bytes(), theirs)
        for graph, theirs in zip(graphs, golang.marshalled(graphs), strict=True)
    ]
    found = [f"seed {first + number}: {text}" for number, text in enumerate(told) if text]
    assert not found, f"{len(found)} of {PER_TEST} differ, the first:\n{found[0]}"


def test_random_graphs_are_of_some_size() -> None:
    sizes = [len(random_graphs.graph(seed)["nodes"]) for seed in range(RANDOM)]
    assert sum(sizes) > 15 * RANDOM
    assert max(sizes) >= 35


# --- the written graphs leave no field of ops.proto out


def fields(message: Descriptor, seen: set[str]) -> Iterator[str]:
    """Every field below a message, as Message.field."""
    if message.full_name in seen:
        return
    seen.add(message.full_name)
    for field in message.fields:
        if not message.GetOptions().map_entry:
            yield f"{message.name}.{field.name}"
        if field.message_type is not None:
            yield from fields(field.message_type, seen)


def used(message: Message) -> Iterator[str]:
    """The fields that are set in a message and below it."""
    found: Sequence[tuple[FieldDescriptor, Any]] = message.ListFields()
    for field, value in found:
        entry = field.message_type is not None and field.message_type.GetOptions().map_entry
        if not message.DESCRIPTOR.GetOptions().map_entry:
            yield f"{message.DESCRIPTOR.name}.{field.name}"
        if entry:
            for inner in value.values():
                if isinstance(inner, Message):
                    yield from used(inner)
        elif isinstance(value, Message):
            yield from used(value)
        elif field.message_type is not None:
            for inner in value:
                yield from used(inner)


def test_no_field_is_left_out(answers: dict[str, golang.Answer]) -> None:
    known = set(fields(pb.Definition.DESCRIPTOR, set())) | set(fields(pb.Op.DESCRIPTOR, set()))
    seen: set[str] = set()
    for theirs in answers.values():
        whole = pb.Definition()
        whole.ParseFromString(theirs.definition)
        seen.update(used(whole))
        for data in theirs.ops:
            seen.update(used(op(data)))
    assert sorted(known - seen) == sorted(NOT_SEEN)


def test_what_the_stubs_declare_is_what_buildkit_declares() -> None:
    ours, theirs = describe(), golang.described()
    for name, message in ours["messages"].items():
        missing = {field: row for field, row in message.items() if theirs["messages"][name].get(field) != row}
        assert missing == {}, f"{name}: {theirs['messages'][name]}"
    for name, values in ours["enums"].items():
        assert values.items() <= theirs["enums"][name].items(), name


def test_an_operation_of_the_library_has_every_field_of_buildkits() -> None:
    theirs = golang.described()["messages"]
    ours = describe()["messages"]
    missing = {
        f"{name}.{field}"
        for name, message in ours.items()
        if name.startswith("pb.")
        for field in theirs[name]
        if field not in message
    }
    assert missing == set()
