"""The messages of the calls that every build makes, read and written by hand.

protobuf and the generated stubs take a tenth of the time that the process runs for where nothing is left to do. Other
calls import them: warnings, errors, subrequests. A test compares each message with the stubs.
Source: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from frontend.gateway.ahead import field, varint

RETURN_RESULT = b"\x28\1\x30\1"  # allowResultReturn, allowResultArrayRef
EVALUATE = b"\x70\1"


class Stat:
    """A file's properties as the message `fsutil.types.Stat` has them."""

    __slots__ = ("gid", "linkname", "modTime", "mode", "path", "size", "uid")

    def __init__(self, data: bytes) -> None:
        """Raises UnicodeDecodeError for a name that is no UTF-8, ValueError for what is no message."""
        self.path = self.linkname = ""
        self.mode = self.uid = self.gid = self.size = self.modTime = 0
        for tag, value in fields(data):
            if isinstance(value, bytes):
                if tag in TEXTS:
                    setattr(self, TEXTS[tag], value.decode())
            elif tag in NUMBERS:
                setattr(self, NUMBERS[tag], value)
        if self.modTime >> 63:  # a time before 1970: a negative number is written as what it is modulo 2 ** 64
            self.modTime -= 1 << 64


TEXTS = {1: "path", 7: "linkname"}
NUMBERS = {2: "mode", 3: "uid", 4: "gid", 5: "size", 6: "modTime"}


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message, by number: numbers and what has a length. Raises ValueError for what is no message."""
    at, end = 0, len(data)
    while at < end:
        key, at = _number(data, at)
        kind = key & 7
        if kind == 0:
            value, at = _number(data, at)
            yield key >> 3, value
            continue
        if kind not in (1, 2, 5):
            raise ValueError(f"wire type {kind}")
        size, at = _number(data, at) if kind == 2 else (8 if kind == 1 else 4, at)
        if at + size > end:
            raise ValueError("truncated")
        yield key >> 3, data[at : at + size]
        at += size


def _number(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data):
            raise ValueError("truncated")
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def first(data: bytes, *path: int) -> bytes:
    """What has a length at the end of a path of fields; b"" where it is absent."""
    for tag in path:
        data = next((value for number, value in fields(data) if number == tag and isinstance(value, bytes)), b"")
    return data


def texts(data: bytes, tag: int, flag: int) -> Iterator[str]:
    """The first fields, texts, of the messages in a repeated field whose field `flag` is true."""
    for number, message in fields(data):
        if number == tag and isinstance(message, bytes):
            found = dict(fields(message))
            name = found.get(1, b"")
            if found.get(flag) and isinstance(name, bytes):
                yield name.decode()


def text(tag: int, value: str) -> bytes:
    """A text field; nothing when empty."""
    return field(tag, value.encode()) if value else b""


def number(tag: int, value: int) -> bytes:
    """A number field; nothing when 0."""
    return bytes((tag << 3,)) + varint(value) if value else b""


def solve(definition: bytes, *, evaluate: bool) -> bytes:
    """SolveRequest, for one filesystem with its definition."""
    return field(1, definition) + RETURN_RESULT + (EVALUATE if evaluate else b"")


def read_file(ref: str, path: str, extent: tuple[int, int] | None) -> bytes:
    """ReadFileRequest, for a whole file or (offset, length) of it."""
    asked = field(3, number(1, extent[0]) + number(2, extent[1])) if extent is not None else b""
    return text(1, ref) + text(2, path) + asked


def stat_file(ref: str, path: str) -> bytes:
    """StatFileRequest."""
    return text(1, ref) + text(2, path)


def read_dir(ref: str, path: str, include: str) -> bytes:
    """ReadDirRequest; `include` is a pattern of names, "" for all."""
    return text(1, ref) + text(2, path) + text(3, include)


def entries(answer: bytes) -> Iterator[bytes]:
    """The serialised Stats in a ReadDirResponse."""
    return (value for number, value in fields(answer) if number == 1 and isinstance(value, bytes))


def resolve_source(identifier: str, attrs: Mapping[str, str], platform: bytes, log_name: str, mode: str) -> bytes:
    """ResolveSourceMetaRequest."""
    rows = (_row(2, key, field(2, value.encode())) for key, value in attrs.items())
    source = field(1, text(1, identifier) + b"".join(rows))
    return source + (field(2, platform) if platform else b"") + text(3, log_name) + text(4, mode)


def platform(system: str, architecture: str, variant: str) -> bytes:
    """The message `pb.Platform`."""
    return text(1, architecture) + text(2, system) + text(3, variant)


def result_of(ref: str, metadata: Mapping[str, bytes]) -> bytes:
    """ReturnRequest, with one filesystem ("": the empty one)."""
    return _result(field(3, text(1, ref)), metadata)


def results_of(refs: Mapping[str, str], metadata: Mapping[str, bytes]) -> bytes:
    """ReturnRequest, with a filesystem for each platform id."""
    rows = (_row(1, key, field(2, text(1, ref))) for key, ref in refs.items())
    return _result(field(4, b"".join(rows)), metadata)


def _result(refs: bytes, metadata: Mapping[str, bytes]) -> bytes:
    rows = (_row(10, key, field(2, value)) for key, value in metadata.items())
    return field(1, refs + b"".join(rows))


def _row(tag: int, key: str, value: bytes) -> bytes:
    """An entry of a map; `value` is the field 2 of it."""
    return field(tag, field(1, key.encode()) + value)


def details(status: bytes) -> Iterator[tuple[str, bytes]]:
    """The details of a serialised google.rpc.Status: their type URL and value. Raises ValueError for what is none."""
    for tag, detail in fields(status):
        if tag == 3 and isinstance(detail, bytes):
            yield first(detail, 1).decode(), first(detail, 2)
