"""The encoder against protobuf's: everything it writes reads back, and is in the order Go writes."""

import pytest

from llb import wire
from llb.pb import ops_pb2 as pb

NUMBERS = [0, 1, 127, 128, 300, 2**31 - 1, 2**32, 2**63 - 1, -1, -(2**63)]


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_are_those_of_protobuf(number: int) -> None:
    assert wire.number(2, number) == pb.Input(index=number).SerializeToString()
    read = wire.fields(wire.explicit(200, number))
    assert [(tag, wire.signed(int(value))) for tag, value in read] == [(200, number)]


@pytest.mark.parametrize("size", [0, 1, 127, 128, 20_000])
def test_texts_and_data_are_those_of_protobuf(size: int) -> None:
    text = "é" * size
    assert wire.text(1, text) == pb.Input(digest=text).SerializeToString()
    assert wire.data(3, text.encode()) == pb.FileActionMkFile(data=text.encode()).SerializeToString()
    assert wire.texts(1, [text, ""]) == pb.WorkerConstraints(filter=[text, ""]).SerializeToString()


def test_repeated_numbers_are_packed() -> None:
    assert wire.packed(2, NUMBERS) == pb.PassthroughOp(outputs=NUMBERS).SerializeToString()
    assert wire.packed(2, []) == b""


def test_the_keys_of_a_map_are_sorted_by_their_bytes_a_shorter_one_first() -> None:
    entries = {"ab": "1", "a": "", "é": "2", "b": "3", "abc": "4"}
    data = wire.text_map(2, entries)
    assert dict(pb.SourceOp.FromString(data).attrs) == entries
    keys = [dict(wire.fields(value))[1] for _, value in wire.fields(data) if isinstance(value, bytes)]
    assert keys == [b"a", b"ab", b"abc", b"b", "é".encode()]


@pytest.mark.parametrize("data", [b"\x80", b"\x0a", b"\x0a\x05abc", b"\x09abc", b"\x0b", b"\x08" + b"\xff" * 11])
def test_what_is_no_message_is_told(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"truncated|wire type"):
        wire.fields(data)


def test_a_number_has_64_bits() -> None:
    assert wire.read_varint(b"\xff" * 9 + b"\x01", 0) == ((1 << 64) - 1, 10)
    with pytest.raises(ValueError, match="more than 64 bits"):
        wire.read_varint(b"\xff" * 9 + b"\x02", 0)
