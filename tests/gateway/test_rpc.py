"""Unary calls against grpcio's own server."""

import threading
import time
from pathlib import Path

import grpc
import pytest

from frontend.gateway.rpc import CallError
from tests.gateway.bridge import Bridge, failing


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
