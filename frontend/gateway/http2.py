"""An HTTP/2 client connection (RFC 9113) over two file descriptors, in one thread.

BuildKit gives its frontend two pipes, not a socket, and no library's gRPC channel can work on those without a bridge of
sockets and threads. A frontend makes some ten calls in its life, so this speaks to the pipes itself. Nothing runs in
the background: `request` writes, `wait` reads frames until its stream has ended, and answers to other streams that
arrive meanwhile are kept. That is enough for calls to overlap.

Writing cannot dead-lock against an unread answer: the server (Go's http2) reads frames whatever its writes do.
"""

import os
import select
import time
from collections.abc import Iterable

from frontend.gateway.hpack import Decoder, HeaderError

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM = ACK = 0x1
END_HEADERS = 0x4
PADDED = 0x8
HAS_PRIORITY = 0x20
SETTING_ENABLE_PUSH = 2
SETTING_MAX_STREAMS = 3
SETTING_INITIAL_WINDOW = 4
SETTING_MAX_FRAME = 5
DEFAULT_STREAMS = 250  # until the peer says: what Go's server takes
DEFAULT_WINDOW_BYTES = 65_535
DEFAULT_FRAME_BYTES = 16_384
MAX_FRAME_BYTES = (1 << 24) - 1
MAX_WINDOW_BYTES = (1 << 31) - 1
FRAME_BYTES = 1 << 20  # the largest frame we take: few frames for a large file
STREAM_WINDOW_BYTES = 64 << 20  # above BuildKit's 16 MiB message limit: a stream's window is never topped up
TOP_UP_BYTES = 1 << 30  # the connection's window is topped up when this much of it is used
READ_BYTES = 1 << 18
HEAD_BYTES = 9


class ConnectionLost(Exception):  # noqa: N818 - an event, told to the user in other words
    """The peer went away, or broke the protocol; the text says which."""


class Stream:
    """One request and its answer. `headers` come first, `trailers` last; `reset` is an HTTP/2 error code or None."""

    __slots__ = ("data", "ended", "headers", "number", "reset", "trailers", "window")

    def __init__(self, number: int, window: int) -> None:
        self.number = number
        self.window = window
        self.headers: dict[str, str] | None = None
        self.trailers: dict[str, str] = {}
        self.data = bytearray()
        self.reset: int | None = None
        self.ended = False


class Connection:
    """A client's side of one connection: reads from `read_fd`, writes to `write_fd`, both blocking."""

    def __init__(self, read_fd: int, write_fd: int, sent: Iterable[tuple[bytes, bytes]] = ()) -> None:
        """`sent` are requests (headers, body) that have left already, behind what opens a connection."""
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._buffer = bytearray()
        self._headers = Decoder()
        self._streams: dict[int, Stream] = {}
        self._next_number = 1
        self._window = DEFAULT_WINDOW_BYTES  # what we may send, over all streams
        self._stream_window = DEFAULT_WINDOW_BYTES
        self._most_streams = DEFAULT_STREAMS
        self._going = ""  # why the peer takes no more requests
        self._frame_bytes = DEFAULT_FRAME_BYTES
        self._used = 0  # what we received since the last top-up
        self._block: tuple[int, int, bytearray] | None = None  # a header block under way: stream, flags, bytes
        self._ahead = {request: self._opened(len(request[1])) for request in sent}
        self._unsent = b"" if self._ahead else opening()

    def request(self, headers: bytes, body: bytes) -> Stream:
        """Sends a request: an encoded header block of at most 16 KiB, and a body; waits first while there are as many
        under way as the peer takes. One that has left already is not sent again. Raises ConnectionLost."""
        stream = self._ahead.pop((headers, body), None)
        if stream is not None:
            return stream
        while len(self._streams) >= self._most_streams and not self._going:
            self._read_frame()
        if self._going:
            raise ConnectionLost(self._going)
        small = len(body) <= min(self._window, self._stream_window, self._frame_bytes)
        stream = self._opened(len(body) if small else 0)
        flags = END_HEADERS | (0 if body else END_STREAM)
        head = self._unsent + _frame(HEADERS, flags, stream.number, headers)
        self._unsent = b""
        if small:  # one write for all of it
            self._write(head + _frame(DATA, END_STREAM, stream.number, body) if body else head)
            return stream
        self._write(head)
        self._send_body(stream, body)
        return stream

    def _opened(self, size: int) -> Stream:
        """The next stream, with a body of `size` bytes that leaves at once."""
        stream = self._streams[self._next_number] = Stream(self._next_number, self._stream_window - size)
        self._next_number += 2
        self._window -= size
        return stream

    def wait(self, stream: Stream) -> None:
        """Reads until the answer to `stream` is whole. Raises ConnectionLost."""
        while not stream.ended:
            self._read_frame()

    def ended(self, stream: Stream, timeout_s: float) -> bool:
        """Whether the answer to `stream` is whole, or becomes so within this time. Raises ConnectionLost."""
        left = max(timeout_s, 0.0)
        deadline = time.monotonic() + left
        while not stream.ended:
            if self._has_frame():
                self._read_frame()
                continue
            if left < 0 or not select.select([self._read_fd], [], [], left)[0]:
                return False
            self._read_more()
            left = deadline - time.monotonic()
        return True

    def _send_body(self, stream: Stream, body: bytes) -> None:
        position = 0
        while position < len(body) and not stream.ended:
            room = min(self._window, stream.window, self._frame_bytes, len(body) - position)
            if room <= 0:
                self._read_frame()
                continue
            self._window -= room
            stream.window -= room
            last = END_STREAM if position + room == len(body) else 0
            self._write(_frame(DATA, last, stream.number, body[position : position + room]))
            position += room

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._write_fd, view) :]
        except OSError as error:
            raise ConnectionLost("BuildKit closed the connection") from error

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._read_more()
        taken = bytes(memoryview(self._buffer)[:count])
        del self._buffer[:count]
        return taken

    def _read_more(self) -> None:
        try:
            more = os.read(self._read_fd, READ_BYTES)
        except OSError as error:
            raise ConnectionLost(f"the connection to BuildKit cannot be read: {error.strerror}") from error
        if not more:
            raise ConnectionLost("BuildKit closed the connection")
        self._buffer += more

    def _has_frame(self) -> bool:
        """Whether a frame, or what is none, can be read without waiting."""
        more, length = len(self._buffer) - HEAD_BYTES, int.from_bytes(self._buffer[:3], "big")
        return more >= 0 and (more >= length or length > FRAME_BYTES)

    def _read_frame(self) -> None:
        head = self._take(HEAD_BYTES)
        length = int.from_bytes(head[:3], "big")
        if length > FRAME_BYTES:
            raise ConnectionLost(f"BuildKit sent a frame of {length} bytes: is it HTTP/2?")
        payload = self._take(length)
        kind, flags, number = head[3], head[4], int.from_bytes(head[5:], "big") & MAX_WINDOW_BYTES
        if self._block and (kind, number) != (CONTINUATION, self._block[0]):
            raise ConnectionLost("BuildKit broke HTTP/2: a header block is not continued")
        try:
            _HANDLERS.get(kind, _ignore)(self, flags, number, payload)
        except (IndexError, HeaderError) as error:
            raise ConnectionLost(f"BuildKit broke HTTP/2: {error}") from error

    def _on_data(self, flags: int, number: int, payload: bytes) -> None:
        self._used += len(payload)
        if self._used >= TOP_UP_BYTES:
            self._write(_frame(WINDOW_UPDATE, 0, 0, self._used.to_bytes(4, "big")))
            self._used = 0
        payload = _unpad(flags, payload)
        stream = self._streams.get(number)
        if stream is not None:
            stream.data += payload
        if flags & END_STREAM:
            self._end(number)

    def _on_headers(self, flags: int, number: int, payload: bytes) -> None:
        payload = _unpad(flags, payload)
        if flags & HAS_PRIORITY:
            payload = payload[5:]
        self._block = (number, flags, bytearray(payload))
        if flags & END_HEADERS:
            self._finish_block()

    def _on_continuation(self, flags: int, _number: int, payload: bytes) -> None:
        if self._block is None:
            raise ConnectionLost("BuildKit broke HTTP/2: a continuation of nothing")
        self._block[2].extend(payload)
        if flags & END_HEADERS:
            self._finish_block()

    def _finish_block(self) -> None:
        if self._block is None:
            return
        number, flags, block = self._block
        self._block = None
        headers = dict(self._headers.decode(bytes(block)))  # decoded for unknown streams too: the table is shared
        stream = self._streams.get(number)
        if stream is not None:
            if stream.headers is None:
                stream.headers = headers
            if flags & END_STREAM:
                stream.trailers = headers
        if flags & END_STREAM:
            self._end(number)

    def _on_reset(self, _flags: int, number: int, payload: bytes) -> None:
        stream = self._streams.get(number)
        if stream is not None:
            stream.reset = int.from_bytes(payload, "big")
        self._end(number)

    def _on_settings(self, flags: int, _number: int, payload: bytes) -> None:
        if flags & ACK:
            return
        for start in range(0, len(payload) - 5, 6):
            key = int.from_bytes(payload[start : start + 2], "big")
            value = int.from_bytes(payload[start + 2 : start + 6], "big")
            if key == SETTING_MAX_STREAMS:
                self._most_streams = value
            elif key == SETTING_INITIAL_WINDOW:
                for stream in self._streams.values():
                    stream.window = _checked(stream.window + value - self._stream_window)
                self._stream_window = _checked(value)
            elif key == SETTING_MAX_FRAME:
                if not DEFAULT_FRAME_BYTES <= value <= MAX_FRAME_BYTES:
                    raise ConnectionLost(f"BuildKit broke HTTP/2: frames of {value} bytes")
                self._frame_bytes = value
        self._write(_frame(SETTINGS, ACK, 0, b""))

    def _on_ping(self, flags: int, _number: int, payload: bytes) -> None:
        if not flags & ACK:
            self._write(_frame(PING, ACK, 0, payload))

    def _on_goaway(self, _flags: int, _number: int, payload: bytes) -> None:
        last = int.from_bytes(payload[:4], "big") & MAX_WINDOW_BYTES
        code = int.from_bytes(payload[4:8], "big")
        reason = payload[8:].decode("utf-8", "replace")
        self._going = f"BuildKit ended the connection: error {code} {reason}".rstrip()
        if any(number > last for number in self._streams) or code:
            raise ConnectionLost(self._going)

    def _on_window(self, _flags: int, number: int, payload: bytes) -> None:
        increment = int.from_bytes(payload, "big") & MAX_WINDOW_BYTES
        if not number:
            self._window = _checked(self._window + increment)
        elif number in self._streams:
            stream = self._streams[number]
            stream.window = _checked(stream.window + increment)

    def _end(self, number: int) -> None:
        stream = self._streams.pop(number, None)
        if stream is not None:
            stream.ended = True


def opening() -> bytes:
    """What opens a connection: the preface, our settings, and all the room there is for answers."""
    settings = (
        (SETTING_ENABLE_PUSH, 0),
        (SETTING_INITIAL_WINDOW, STREAM_WINDOW_BYTES),
        (SETTING_MAX_FRAME, FRAME_BYTES),
    )
    payload = b"".join(key.to_bytes(2, "big") + value.to_bytes(4, "big") for key, value in settings)
    top_up = (MAX_WINDOW_BYTES - DEFAULT_WINDOW_BYTES).to_bytes(4, "big")
    return PREFACE + _frame(SETTINGS, 0, 0, payload) + _frame(WINDOW_UPDATE, 0, 0, top_up)


_HANDLERS = {
    DATA: Connection._on_data,
    HEADERS: Connection._on_headers,
    RST_STREAM: Connection._on_reset,
    SETTINGS: Connection._on_settings,
    PING: Connection._on_ping,
    GOAWAY: Connection._on_goaway,
    WINDOW_UPDATE: Connection._on_window,
    CONTINUATION: Connection._on_continuation,
}


def _ignore(_connection: Connection, _flags: int, _number: int, _payload: bytes) -> None:
    """Frames of other kinds change nothing for us (RFC 9113, section 4.1)."""


def _frame(kind: int, flags: int, number: int, payload: bytes) -> bytes:
    return b"".join((len(payload).to_bytes(3, "big"), bytes((kind, flags)), number.to_bytes(4, "big"), payload))


def _unpad(flags: int, payload: bytes) -> bytes:
    if not flags & PADDED:
        return payload
    if payload[0] >= len(payload):
        raise ConnectionLost("BuildKit broke HTTP/2: a frame is shorter than its padding")
    return payload[1 : len(payload) - payload[0]]


def _checked(size: int) -> int:
    """A window that may be used. Raises ConnectionLost for one larger than HTTP/2 has."""
    if size > MAX_WINDOW_BYTES:
        raise ConnectionLost("BuildKit broke HTTP/2: a window above 2 GiB")
    return size
