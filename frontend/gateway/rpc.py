"""Unary gRPC calls over HTTP/2: message framing, trailers, status."""

from collections.abc import Callable
from typing import Generic, TypeVar, cast

from msgspec import Struct

from frontend.gateway.hpack import encode_integer, encode_literal
from frontend.gateway.http2 import Connection, ConnectionLost, Stream

T = TypeVar("T")
U = TypeVar("U")

CONTENT_TYPE = "application/grpc"
# :method POST and :scheme http are whole entries of the static table
HEADERS_START = b"\x83\x86"
HEADERS_END = b"".join(
    (
        b"\x01" + encode_integer(9, 7) + b"localhost",  # :authority; any will do
        encode_literal("content-type", CONTENT_TYPE),
        encode_literal("te", "trailers"),
    )
)
UNKNOWN, UNAVAILABLE, UNIMPLEMENTED, INTERNAL = 2, 14, 12, 13
LONGEST_CODE = len(str(1 << 32))


class Status(Struct, frozen=True):
    """How a call ended: google.rpc.Code, text, and the serialised google.rpc.Status (b"" when none came)."""

    code: int
    message: str
    details: bytes = b""


class CallError(Exception):
    """A call of `method` that ended with a status other than OK."""

    def __init__(self, method: str, status: Status) -> None:
        super().__init__(f"{method}: {status.message}")
        self.method = method
        self.status = status


class Pending(Generic[T]):
    """A call under way. `result()` waits for it; other calls may be started and waited for meanwhile."""

    def __init__(self, wait: Callable[[], T], ready: Callable[[float], bool] = lambda _: True) -> None:
        self._wait: Callable[[], T] | None = wait
        self.ready = ready
        """Whether `result()` need not wait, now or within so many seconds."""
        self._value: T | None = None
        self._error: BaseException | None = None

    def result(self) -> T:
        """The answer; each time the same one, or the same error."""
        if self._wait is not None:
            wait, self._wait = self._wait, None
            try:
                self._value = wait()
            except Exception as error:
                self._error = error
                raise
        if self._error is not None:
            raise self._error
        return cast("T", self._value)

    def then(self, change: Callable[[T], U]) -> "Pending[U]":
        """The same call with `change` applied to its answer once that is asked for."""
        return Pending(lambda: change(self.result()), self.ready)


class Channel:
    """Unary calls of one gRPC service: `service` is its full name."""

    def __init__(self, connection: Connection, service: str) -> None:
        self._connection = connection
        self._service = service

    def start(self, method: str, message: bytes) -> Pending[bytes]:
        """Sends a call with a serialised message; its result is the answer's message. Raises ConnectionLost."""
        path = f"/{self._service}/{method}".encode("ascii")
        headers = b"".join((HEADERS_START, b"\x04", encode_integer(len(path), 7), path, HEADERS_END))
        return self.start_request(method, headers, b"\0" + len(message).to_bytes(4, "big") + message)

    def start_request(self, method: str, headers: bytes, body: bytes) -> Pending[bytes]:
        """The same of the call's bytes."""
        stream = self._connection.request(headers, body)
        return Pending(
            lambda: self._finish(method, stream), lambda timeout_s: self._connection.ended(stream, timeout_s)
        )

    def _finish(self, method: str, stream: Stream) -> bytes:
        self._connection.wait(stream)
        status = _status(stream)
        if status.code:
            raise CallError(method, status)
        return _message(method, stream)


def _status(stream: Stream) -> Status:
    if stream.reset is not None:
        return Status(UNAVAILABLE, f"the stream was reset (HTTP/2 error {stream.reset})")
    trailers = stream.trailers
    code = trailers.get("grpc-status", "")
    if not (code.isascii() and code.isdigit() and len(code) <= LONGEST_CODE):
        http_status = (stream.headers or {}).get(":status", "none")
        return Status(UNKNOWN, f"the answer is not gRPC (HTTP status {http_status})")
    return Status(int(code), _unescape(trailers.get("grpc-message", "")), _binary(trailers, "grpc-status-details-bin"))


def _unescape(text: str) -> str:
    """A grpc-message: UTF-8, percent-encoded where it is not printable ASCII; bad escapes are kept as they are."""
    if "%" not in text:
        return text
    head, *parts = text.encode("latin-1", "replace").split(b"%")
    out = bytearray(head)
    for part in parts:
        try:
            out += bytes.fromhex(part[:2].decode("ascii")) + part[2:]
        except ValueError:
            out += b"%" + part
    return out.decode("utf-8", "replace")


def _binary(trailers: dict[str, str], name: str) -> bytes:
    """A binary header: base64, with or without its padding; b"" for what is none."""
    text = trailers.get(name, "")
    if not text:
        return b""
    from binascii import a2b_base64

    try:
        return a2b_base64(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""


def _message(method: str, stream: Stream) -> bytes:
    """The one message of an answer that ended well."""
    data = stream.data
    length = int.from_bytes(data[1:5], "big")
    if len(data) < 5 or len(data) != 5 + length:
        raise CallError(method, Status(INTERNAL, f"the answer holds {len(data)} bytes, not one message"))
    if data[0]:
        raise CallError(method, Status(UNIMPLEMENTED, "the answer is compressed, which was not asked for"))
    return bytes(memoryview(data)[5:])


__all__ = ["CallError", "Channel", "ConnectionLost", "Pending", "Status"]
