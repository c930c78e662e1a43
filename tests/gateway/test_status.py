"""What is made of an error's place: the excerpt a client prints."""

import json
from base64 import b64decode

import pytest

from frontend.errors import GatewayError, Location, SolveError, SourceError
from frontend.gateway.pb import status_pb2
from frontend.gateway.rpc import CallError, Status
from frontend.gateway.status import (
    bug,
    details,
    from_error,
    source_detail,
    to_error,
)


@pytest.mark.parametrize("at", [Location("absent", 1), Location("here"), Location("empty", 1)])
def test_nothing_is_shown_where_there_is_nothing(at: Location) -> None:
    assert source_detail(at, lambda path, _line: {"here": b"text", "empty": b""}.get(path)) is None


def test_a_file_that_cannot_be_read_is_not_another_error() -> None:
    def quote(path: str, _line: int) -> bytes:
        raise SourceError(f"{path} is a directory")

    assert source_detail(Location("here", 1), quote) is None


def test_a_range_has_both_ends() -> None:
    """Clients up to BuildKit v0.32 crash on a range without an end."""
    detail = source_detail(Location("here", 2), lambda _path, _line: b"one\ntwo")
    assert detail
    told = json.loads(detail)
    assert told["ranges"] == [{"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 0}}]
    assert b64decode(told["info"]["data"]) == b"one\ntwo"


def test_no_status_has_no_details() -> None:
    assert details(b"") == {}


@pytest.mark.parametrize("status", [b"\xff\xff", b"\x08"])
def test_what_is_no_status_has_no_details(status: bytes) -> None:
    assert details(status) == {}
    error = to_error(CallError("Solve", Status(2, "boom", status)))
    assert (str(error), type(error)) == ("boom", GatewayError)
    assert status_pb2.Status.FromString(from_error(error, lambda _path, _line: None)).message == "boom"


@pytest.mark.parametrize(
    ("solve", "step"),
    [
        ({"op": {"exec": {"meta": {"args": ["a", 1]}}}}, "a 1"),
        ({"description": ["x"], "op": 1}, ""),
        ({"op": {"exec": {"meta": {"args": 5}}}}, ""),
    ],
)
def test_a_step_is_named_by_what_is_there(solve: object, step: str) -> None:
    status = status_pb2.Status(code=2)
    status.details.add(type_url="errdefs.Solve+json", value=json.dumps(solve).encode())
    error = to_error(CallError("Solve", Status(2, "boom", status.SerializeToString())))
    assert isinstance(error, SolveError)
    assert error.step == step


def test_what_a_copy_lacks_is_told_in_words() -> None:
    status = status_pb2.Status(code=2)
    solve = {"description": {"llb.customname": "[image] packages"}}
    status.details.add(type_url="errdefs.Solve+json", value=json.dumps(solve).encode())
    text = "failed to copy: lstat /app/.output/server: no such file or directory"
    error = to_error(CallError("Solve", Status(2, text, status.SerializeToString())))
    assert isinstance(error, SolveError)
    assert error.message == 'step "[image] packages" needs /app/.output/server, which no step before it made'
    assert error.hint


@pytest.mark.parametrize("value", [b'"\xff"', b"[" * 100_000, b"{", b"\xff"])
def test_a_detail_that_cannot_be_read_is_passed_over(value: bytes) -> None:
    status = status_pb2.Status(code=2)
    status.details.add(type_url="errdefs.Solve+json", value=value)
    assert details(status.SerializeToString()) == {}


def test_a_lone_surrogate_is_told_as_a_question_mark() -> None:
    error = SourceError('"\ud800é" is not a version', at=Location("a\udcff.json", 1))
    status = status_pb2.Status.FromString(from_error(error, lambda _path, _line: b"{}\n"))
    assert '"?é" is not a version' in status.message
    (detail,) = status.details
    assert json.loads(detail.value)["info"]["filename"] == "a?.json"
    assert status_pb2.Status.FromString(bug("x\ud800")).message == "x?"
