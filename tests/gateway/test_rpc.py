"""Unary calls against grpcio's own server."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from frontend.gateway.hpack import encode_integer, encode_literal
from frontend.gateway.http2 import END_HEADERS, END_STREAM, HEADERS
from frontend.gateway.rpc import CallError, Channel, Status
from tests.gateway.bridge import Bridge, failing
from tests.gateway.test_http2 import Peer, frame


def echo(request: bytes, _context: grpc.ServicerContext) -> bytes:
    return request


@pytest.mark.parametrize("size", [0, 1, 16_384, 65_536, 5 << 20, (16 << 20) - 64])
def test_messages_of_all_sizes_come_back(tmp_path: Path, size: int) -> None:
    message = bytes(range(256)) * (size // 256) + bytes(size % 256)
    with Bridge(Solve=echo).channel(tmp_path) as channel:
        assert channel.start("Solve", message).result() == message


def test_calls_overlap(tmp_path: Path) -> None:
    """Each of 8 calls waits for all of them to have come in: one after the other they would never end."""
    waiting: list[bytes] = []

    def gather(request: bytes, _context: grpc.ServicerContext) -> bytes:
        waiting.append(request)
        while len(waiting) < 8:
            time.sleep(0.001)
        return request

    with Bridge(Solve=gather).channel(tmp_path) as channel:
        calls = [channel.start("Solve", bytes((number,))) for number in range(8)]
        assert [call.result() for call in reversed(calls)] == [bytes((number,)) for number in reversed(range(8))]


def test_a_call_can_be_asked_whether_its_answer_is_there(tmp_path: Path) -> None:
    go_on = threading.Event()

    def wait(request: bytes, _context: grpc.ServicerContext) -> bytes:
        go_on.wait(30)
        return request

    with Bridge(Solve=wait, Ping=echo).channel(tmp_path) as channel:
        call = channel.start("Solve", b"slow")
        assert not call.ready(0)
        assert channel.start("Ping", b"quick").result() == b"quick"
        assert not call.ready(0.01)
        go_on.set()
        assert call.ready(30)
        assert call.result() == b"slow"
        assert call.then(len).ready(0)


def test_many_calls_share_a_connection(tmp_path: Path) -> None:
    with Bridge(Solve=echo).channel(tmp_path) as channel:
        calls = [channel.start("Solve", b"%d" % number) for number in range(300)]
        assert [call.result() for call in calls] == [b"%d" % number for number in range(300)]


def test_a_result_may_be_asked_for_again(tmp_path: Path) -> None:
    with Bridge(Solve=echo, Warn=failing("no")).channel(tmp_path) as channel:
        call = channel.start("Solve", b"x").then(len)
        assert (call.result(), call.result()) == (1, 1)
        refused = channel.start("Warn", b"")
        for _ in range(2):
            with pytest.raises(CallError, match="no"):
                refused.result()


@pytest.mark.parametrize("message", ["plain", "100% of “them”\nfailed", "ünïcode %41 %zz", ""])
def test_an_error_keeps_its_text_code_and_details(tmp_path: Path, message: str) -> None:
    details = bytes(range(256))  # not base64-aligned, not text
    bridge = Bridge(Solve=failing(message, code=grpc.StatusCode.NOT_FOUND, details=details))
    with bridge.channel(tmp_path) as channel, pytest.raises(CallError) as caught:
        channel.start("Solve", b"").result()
    assert caught.value.method == "Solve"
    assert (caught.value.status.code, caught.value.status.message) == (5, message)
    assert caught.value.status.details == details


def test_a_method_that_is_not_there(tmp_path: Path) -> None:
    with Bridge().channel(tmp_path) as channel, pytest.raises(CallError) as caught:
        channel.start("Nothing", b"").result()
    assert caught.value.status.code == 12


# answers that no gRPC server gives

OK = encode_literal(":status", "200")


@pytest.fixture
def peer() -> Iterator[Peer]:
    peer = Peer()
    yield peer
    peer.hang_up()
    for fd in peer.ours:
        os.close(fd)


@pytest.mark.parametrize(
    ("trailers", "status"),
    [
        ({"grpc-status": "²"}, Status(2, "the answer is not gRPC (HTTP status 200)")),
        ({"grpc-status": "9" * 5000}, Status(2, "the answer is not gRPC (HTTP status 200)")),
        ({"grpc-status": "5", "grpc-status-details-bin": "A"}, Status(5, "")),
        ({"grpc-status": "5", "grpc-status-details-bin": "é"}, Status(5, "")),
    ],
)
def test_malformed_trailers_are_an_error_of_the_call(peer: Peer, trailers: dict[str, str], status: Status) -> None:
    parts = []
    for name, value in trailers.items():
        raw = value.encode("latin-1")
        parts += [b"\0", encode_integer(len(name), 7), name.encode(), encode_integer(len(raw), 7), raw]
    call = Channel(peer.connection, "service").start("Solve", b"")
    peer.say(frame(HEADERS, END_HEADERS, 1, OK) + frame(HEADERS, END_HEADERS | END_STREAM, 1, b"".join(parts)))
    with pytest.raises(CallError) as caught:
        call.result()
    assert caught.value.status == status
