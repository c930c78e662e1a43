"""The HTTP/2 connection against a peer that is scripted frame by frame."""

import os
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from frontend.gateway.hpack import encode_literal
from frontend.gateway.http2 import (
    ACK,
    CONTINUATION,
    DATA,
    END_HEADERS,
    END_STREAM,
    GOAWAY,
    HEADERS,
    PADDED,
    PING,
    PREFACE,
    PRIORITY,
    RST_STREAM,
    SETTINGS,
    WINDOW_UPDATE,
    Connection,
    ConnectionLost,
    Stream,
)

OK = encode_literal(":status", "200")
TRAILERS = encode_literal("grpc-status", "0")


def frame(kind: int, flags: int, number: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + number.to_bytes(4, "big") + payload


def answer(number: int, body: bytes) -> bytes:
    return (
        frame(HEADERS, END_HEADERS, number, OK)
        + frame(DATA, 0, number, body)
        + frame(HEADERS, END_HEADERS | END_STREAM, number, TRAILERS)
    )


class Peer:
    """The other end of two pipes: what it says is written by the test, what it hears is read by it."""

    def __init__(self) -> None:
        read_fd, self._say_fd = os.pipe()
        self._hear_fd, write_fd = os.pipe()
        self.ours = (read_fd, write_fd)
        self.connection = Connection(read_fd, write_fd)

    def say(self, data: bytes) -> None:
        os.write(self._say_fd, data)

    def hear(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            data += os.read(self._hear_fd, count - len(data))
        return data

    def hear_frame(self) -> tuple[int, int, int, bytes]:
        head = self.hear(9)
        return head[3], head[4], int.from_bytes(head[5:], "big"), self.hear(int.from_bytes(head[:3], "big"))

    def hear_start(self) -> None:
        assert self.hear(len(PREFACE)) == PREFACE
        assert [self.hear_frame()[0] for _ in range(2)] == [SETTINGS, WINDOW_UPDATE]

    def hang_up(self) -> None:
        for fd in (self._say_fd, self._hear_fd):
            os.close(fd)


@pytest.fixture
def peer() -> Iterator[Peer]:
    peer = Peer()
    yield peer
    for fd in (*peer.ours, peer._say_fd, peer._hear_fd):
        try:
            os.close(fd)
        except OSError:
            continue  # the test hung up


def exchange(peer: Peer, *said: bytes) -> Stream:
    """One request, answered by what is said."""
    stream = peer.connection.request(b"\x83", b"ask")
    for data in said:
        peer.say(data)
    peer.connection.wait(stream)
    return stream


def test_a_request_and_its_answer(peer: Peer) -> None:
    stream = exchange(peer, answer(1, b"hello"))
    assert stream.headers == {":status": "200"}
    assert bytes(stream.data) == b"hello"
    assert stream.trailers == {"grpc-status": "0"}
    peer.hear_start()
    assert peer.hear_frame() == (HEADERS, END_HEADERS, 1, b"\x83")
    assert peer.hear_frame() == (DATA, END_STREAM, 1, b"ask")


def test_a_request_without_a_body_ends_with_its_headers(peer: Peer) -> None:
    peer.connection.request(b"\x83", b"")
    peer.hear_start()
    assert peer.hear_frame() == (HEADERS, END_HEADERS | END_STREAM, 1, b"\x83")


def test_answers_may_come_in_any_order(peer: Peer) -> None:
    first, second = peer.connection.request(b"\x83", b"1"), peer.connection.request(b"\x83", b"2")
    peer.say(frame(HEADERS, END_HEADERS, 3, OK) + frame(HEADERS, END_HEADERS, 1, OK))
    peer.say(frame(DATA, 0, 3, b"se") + frame(DATA, END_STREAM, 1, b"first") + frame(DATA, END_STREAM, 3, b"cond"))
    peer.connection.wait(second)
    peer.connection.wait(first)
    assert (bytes(first.data), bytes(second.data)) == (b"first", b"second")


def test_frames_may_come_in_pieces(peer: Peer) -> None:
    stream = peer.connection.request(b"\x83", b"ask")

    def tell() -> None:
        for octet in answer(1, b"slow"):
            peer.say(bytes((octet,)))

    teller = threading.Thread(target=tell)
    teller.start()
    peer.connection.wait(stream)
    teller.join()
    assert bytes(stream.data) == b"slow"


def test_padding_priority_and_continuations_are_understood(peer: Peer) -> None:
    stream = exchange(
        peer,
        frame(PRIORITY, 0, 1, bytes(5)),
        frame(HEADERS, PADDED | 0x20, 1, b"\x02" + bytes(5) + OK[:4] + b"\0\0"),
        frame(CONTINUATION, 0, 1, OK[4:6]),
        frame(CONTINUATION, END_HEADERS, 1, OK[6:]),
        frame(DATA, PADDED | END_STREAM, 1, b"\x03body\0\0\0"),
    )
    assert stream.headers == {":status": "200"}
    assert bytes(stream.data) == b"body"


def test_settings_and_pings_are_acknowledged(peer: Peer) -> None:
    exchange(peer, frame(SETTINGS, 0, 0, b""), frame(PING, 0, 0, b"12345678"), answer(1, b""))
    peer.hear_start()
    heard = [peer.hear_frame() for _ in range(4)]
    assert heard[2:] == [(SETTINGS, ACK, 0, b""), (PING, ACK, 0, b"12345678")]


def test_unknown_frames_are_ignored(peer: Peer) -> None:
    stream = peer.connection.request(b"\x83", b"")
    peer.say(frame(0x77, 0, 0, b"?") + answer(1, b"wanted"))
    peer.connection.wait(stream)
    assert bytes(stream.data) == b"wanted"


def test_a_large_body_waits_for_room(peer: Peer) -> None:
    body = os.urandom(200_000)
    heard: list[bytes] = []

    def listen() -> None:
        peer.hear_start()
        peer.hear_frame()
        received = 0
        while received < len(body):
            kind, flags, number, payload = peer.hear_frame()
            if kind == SETTINGS:
                continue
            assert (kind, number) == (DATA, 1)
            assert len(payload) <= 16_384
            received += len(payload)
            heard.append(payload)
            assert bool(flags & END_STREAM) == (received == len(body))
            for stream_number in (0, 1):
                peer.say(frame(WINDOW_UPDATE, 0, stream_number, len(payload).to_bytes(4, "big")))
        peer.say(answer(1, b"done"))

    listener = threading.Thread(target=listen)
    listener.start()
    stream = peer.connection.request(b"\x83", body)
    peer.connection.wait(stream)
    listener.join()
    assert b"".join(heard) == body
    assert bytes(stream.data) == b"done"


def test_the_peer_sets_the_window_and_the_frame_size(peer: Peer) -> None:
    settings = (
        (4).to_bytes(2, "big") + (1 << 20).to_bytes(4, "big") + (5).to_bytes(2, "big") + (60_000).to_bytes(4, "big")
    )
    exchange(peer, frame(SETTINGS, 0, 0, settings), answer(1, b""))
    peer.connection.request(b"\x83", bytes(50_000))
    peer.hear_start()
    heard = [peer.hear_frame() for _ in range(5)]
    assert [(kind, len(payload)) for kind, _, _, payload in heard] == [
        (HEADERS, 1),
        (DATA, 3),
        (SETTINGS, 0),
        (HEADERS, 1),
        (DATA, 50_000),
    ]


def test_a_reset_ends_its_stream_only(peer: Peer) -> None:
    first, second = peer.connection.request(b"\x83", b""), peer.connection.request(b"\x83", b"")
    peer.say(frame(RST_STREAM, 0, 1, (8).to_bytes(4, "big")) + answer(3, b"fine"))
    peer.connection.wait(second)
    assert first.ended
    assert first.reset == 8
    assert bytes(second.data) == b"fine"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (frame(GOAWAY, 0, 0, bytes(4) + (2).to_bytes(4, "big") + b"oops"), "error 2 oops"),
        (frame(GOAWAY, 0, 0, bytes(8)), "ended the connection"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "is it HTTP/2"),
        (frame(HEADERS, END_HEADERS, 1, b"\x80"), "no header at index 0"),
        (frame(HEADERS, 0, 1, OK) + frame(PING, 0, 0, bytes(8)), "not continued"),
        (frame(CONTINUATION, END_HEADERS, 1, OK), "continuation of nothing"),
        (frame(DATA, PADDED, 1, b""), "broke HTTP/2"),
    ],
)
def test_a_broken_connection_is_told(peer: Peer, said: bytes, message: str) -> None:
    with pytest.raises(ConnectionLost, match=message):
        exchange(peer, said)


def test_the_peer_may_go_away(peer: Peer) -> None:
    stream = peer.connection.request(b"\x83", b"")
    peer.hang_up()
    with pytest.raises(ConnectionLost, match="closed the connection"):
        peer.connection.wait(stream)
    with pytest.raises(ConnectionLost, match="closed the connection"):
        peer.connection.request(b"\x83", b"")


# what a peer may ask for, and what it may not


def setting(key: int, value: int) -> bytes:
    return frame(SETTINGS, 0, 0, key.to_bytes(2, "big") + value.to_bytes(4, "big"))


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (setting(5, 0), "frames of 0 bytes"),
        (setting(5, 1 << 24), "frames of 16777216 bytes"),
        (setting(4, 1 << 31), "a window above 2 GiB"),
        (frame(WINDOW_UPDATE, 0, 0, b"\x7f\xff\xff\xff"), "a window above 2 GiB"),
        (frame(WINDOW_UPDATE, 0, 1, b"\x7f\xff\xff\xff"), "a window above 2 GiB"),
        (frame(HEADERS, 0, 1, OK[:4]) + frame(CONTINUATION, END_HEADERS, 3, OK[4:]), "not continued"),
        (frame(DATA, PADDED, 1, b"\x04abc"), "shorter than its padding"),
        (frame(HEADERS, PADDED | END_HEADERS, 1, b"\x50" + OK), "shorter than its padding"),
    ],
)
def test_what_http2_does_not_allow_is_told(peer: Peer, said: bytes, message: str) -> None:
    with pytest.raises(ConnectionLost, match=message):
        exchange(peer, said)


def test_no_more_streams_are_open_than_the_peer_takes(peer: Peer) -> None:
    exchange(peer, setting(3, 2), answer(1, b""))
    kept, _ = peer.connection.request(b"\x83", b""), peer.connection.request(b"\x83", b"")
    peer.say(answer(5, b"early"))
    peer.connection.request(b"\x83", b"")
    assert not kept.ended
    peer.say(answer(3, b"kept"))
    peer.connection.request(b"\x83", b"")
    assert bytes(kept.data) == b"kept"


def test_until_it_says_so_the_peer_takes_as_many_streams_as_gos_server(peer: Peer) -> None:
    streams = [peer.connection.request(b"\x83", b"") for _ in range(250)]
    peer.say(answer(1, b"first"))
    peer.connection.request(b"\x83", b"")
    assert [stream.number for stream in streams if stream.ended] == [1]


def test_no_request_is_made_of_a_peer_that_is_going(peer: Peer) -> None:
    stream = exchange(peer, frame(GOAWAY, 0, 0, (1).to_bytes(4, "big") + bytes(4) + b"closing"), answer(1, b"last"))
    assert bytes(stream.data) == b"last"
    with pytest.raises(ConnectionLost, match="ended the connection: error 0 closing"):
        peer.connection.request(b"\x83", b"")


# asking whether an answer is there


def test_part_of_a_frame_is_no_answer(peer: Peer) -> None:
    stream = peer.connection.request(b"\x83", b"")
    peer.say(frame(PING, 0, 0, b"12345678") + answer(1, b"whole")[:5])
    assert not peer.connection.ended(stream, 0.01)
    peer.say(answer(1, b"whole")[5:-1])
    assert not peer.connection.ended(stream, 0)
    peer.say(answer(1, b"whole")[-1:])
    assert peer.connection.ended(stream, 0)
    assert bytes(stream.data) == b"whole"


def test_frames_of_other_streams_do_not_put_the_deadline_off(peer: Peer) -> None:
    stream = peer.connection.request(b"\x83", b"")

    def flood() -> None:
        with suppress(BrokenPipeError):
            while True:
                peer.say(frame(PING, ACK, 0, bytes(8)) * 100)

    flooder = threading.Thread(target=flood)
    flooder.start()
    try:
        assert not peer.connection.ended(stream, 0.05)
    finally:
        with open(os.devnull, "rb") as nothing:
            os.dup2(nothing.fileno(), peer.ours[0])  # closes the pipe, and leaves the number to the fixture
        flooder.join()


def test_what_is_no_http2_is_told_when_asked_too(peer: Peer) -> None:
    stream = peer.connection.request(b"\x83", b"")
    peer.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    with pytest.raises(ConnectionLost, match="is it HTTP/2"):
        peer.connection.ended(stream, 0)
