"""Protocol buffer encoding, just what operations need.

Written by hand because BuildKit addresses an operation by the digest of its bytes, as Go writes them: `Op`'s oneof is
after the other fields, map keys are sorted bytewise. No Python runtime does both, and none is needed for so little.
Source: https://protobuf.dev/programming-guides/encoding/
"""

from collections.abc import Iterable, Mapping

SMALL = tuple(bytes((n,)) for n in range(128))
MAX_UINT64 = (1 << 64) - 1
MINUS_ONE = b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"  # a negative number is sign-extended to 64 bits


def varint(number: int) -> bytes:
    """A base 128 number; a negative one takes ten bytes."""
    if 0 <= number < 128:
        return SMALL[number]
    if number < 0:
        number &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(tag: int, data: bytes) -> bytes:
    """A length-delimited field, present even when empty: a message, or a repeated text."""
    key = SMALL[tag << 3 | 2] if tag < 16 else varint(tag << 3 | 2)
    size = len(data)
    return key + (SMALL[size] if size < 128 else varint(size)) + data


def text(tag: int, value: str) -> bytes:
    """A text field; nothing when empty. Raises UnicodeEncodeError for a lone surrogate: Go's texts are UTF-8."""
    return field(tag, value.encode()) if value else b""


def texts(tag: int, values: Iterable[str]) -> bytes:
    """A repeated text field."""
    return b"".join([field(tag, value.encode()) for value in values])


def data(tag: int, value: bytes) -> bytes:
    """A bytes field; nothing when empty."""
    return field(tag, value) if value else b""


def number(tag: int, value: int) -> bytes:
    """A number field; nothing when 0."""
    if not value:
        return b""
    return (SMALL[tag << 3] if tag < 16 else varint(tag << 3)) + varint(value)


def explicit(tag: int, value: int) -> bytes:
    """A number field that is present when 0: a member of a oneof."""
    return varint(tag << 3) + varint(value)


def flag(tag: int, value: bool) -> bytes:
    """A bool field; nothing when false."""
    return number(tag, 1) if value else b""


def packed(tag: int, values: Iterable[int]) -> bytes:
    """A repeated number field; nothing when empty."""
    return data(tag, b"".join([varint(value) for value in values]))


def mapping(tag: int, entries: Mapping[str, bytes]) -> bytes:
    """A map field of texts to encoded value fields (each with tag 2), keys sorted bytewise, every key written."""
    pairs = sorted((key.encode(), value) for key, value in entries.items())
    return b"".join([field(tag, field(1, key) + value) for key, value in pairs])


def text_map(tag: int, entries: Mapping[str, str]) -> bytes:
    """A map field of texts to texts; an empty value is written too."""
    return mapping(tag, {key: field(2, value.encode()) for key, value in entries.items()})


# --- reading


def read_varint(buffer: bytes, position: int) -> tuple[int, int]:
    """A number and the offset after it. Raises ValueError at the end of the data, and above 64 bits."""
    result = shift = 0
    while True:
        if position >= len(buffer) or shift > 63:
            raise ValueError("truncated")
        byte = buffer[position]
        result |= (byte & 127) << shift
        position += 1
        if byte < 128:
            if result > MAX_UINT64:
                raise ValueError("a number of more than 64 bits")
            return result, position
        shift += 7


FIXED = {1: 8, 5: 4}  # wire type: bytes


def fields(buffer: bytes) -> list[tuple[int, int | bytes]]:
    """The fields of a message in order, as (number, value): bytes for all but varints. Raises ValueError."""
    found: list[tuple[int, int | bytes]] = []
    position = 0
    while position < len(buffer):
        key, position = read_varint(buffer, position)
        kind = key & 7
        if kind == 0:
            value, position = read_varint(buffer, position)
            found.append((key >> 3, value))
        elif kind == 2 or kind in FIXED:
            size, position = (FIXED[kind], position) if kind in FIXED else read_varint(buffer, position)
            if position + size > len(buffer):
                raise ValueError("truncated")
            found.append((key >> 3, buffer[position : position + size]))
            position += size
        else:
            raise ValueError(f"wire type {kind}")
    return found


def signed(value: int) -> int:
    """A 64-bit number as it was before it was made unsigned."""
    return value - (1 << 64) if value >> 63 else value
