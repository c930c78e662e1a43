"""google.rpc.Status: what BuildKit's errors say, and what ours say to BuildKit's clients.

Details are `Any` messages whose type is a Go type name and whose value is JSON (facts: BuildKit `util/grpcerrors`).
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import json

from frontend.errors import BuildError, GatewayError, Location, SolveError
from frontend.gateway import messages
from frontend.gateway.rpc import CallError
from frontend.texts import excerpt

if TYPE_CHECKING:
    from frontend.gateway.pb import status_pb2

TYPE_PREFIX = "github.com/moby/buildkit/"
SOURCE, SOLVE, VERTEX, EXIT = "errdefs.Source+json", "errdefs.Solve+json", "errdefs.Vertex+json", "ExitMessage+json"
UNKNOWN = 2  # the code of user errors: clients print others with their name in front
NAME_KEY = "llb.customname"
ABSENT = re.compile(r"\blstat (/\S+): no such file or directory\Z")  # of a copy: BuildKit's text, which has no type
MISSING = ("no such file or directory", "not a directory")

Quote = Callable[[str, int], bytes | None]  # path of an app's file, line -> its bytes to behind it; None if none


def to_error(error: CallError) -> GatewayError:
    """A failed call as a GatewayError, or as a SolveError where a step of the build failed."""
    method, status = error.method, error.status
    found = details(status.details)
    solve = found.get(SOLVE)
    if solve is None and EXIT not in found:
        return GatewayError(status.message, method=method, code=status.code, status=status.details)
    step = _step(solve or {})
    exit_code = (found.get(EXIT) or {}).get("Code")
    if exit_code is None:
        absent = ABSENT.search(status.message)
        if absent is not None:
            return SolveError(
                f'step "{step}" needs {absent[1]}, which no step before it made',
                method=method,
                code=status.code,
                status=status.details,
                step=step,
                hint="see what the build's output says of the files that it wrote, and where",
            )
        return SolveError(status.message, method=method, code=status.code, status=status.details, step=step)
    return SolveError(
        f'step "{step}" failed: exit code {exit_code}' if step else f"a build step failed: exit code {exit_code}",
        method=method,
        code=status.code,
        status=status.details,
        step=step,
        exit_code=exit_code,
    )


def is_missing(error: CallError) -> bool:
    """Whether a file call failed because nothing is at its path: BuildKit has no type for that, only Go's text."""
    status = error.status
    return status.code == UNKNOWN and status.message.endswith(MISSING) and VERTEX not in details(status.details)


def details(status: bytes) -> dict[str, dict[str, Any]]:
    """The JSON details of a serialised Status, by the tail of their type (`errdefs.Solve+json`); {} for none."""
    found: dict[str, dict[str, Any]] = {}
    try:
        listed = tuple(messages.details(status))
    except ValueError:
        return found
    for url, data in listed:
        tail = url.rpartition("/")[2]
        if not tail.endswith("+json"):
            continue
        try:
            value = json.decode(data)
        except (ValueError, RecursionError):
            continue  # not ours to judge: it is handed on as it came
        if isinstance(value, dict):
            found[EXIT if tail.endswith(EXIT) else tail] = value
    return found


def _parsed(status: bytes) -> status_pb2.Status:
    """A serialised Status; an empty one for what is none."""
    from frontend.gateway import lean

    lean.protobuf()
    from google.protobuf.message import DecodeError

    from frontend.gateway.pb import status_pb2

    try:
        return status_pb2.Status.FromString(status)
    except DecodeError:
        return status_pb2.Status()


def _step(solve: dict[str, Any]) -> str:
    """The display name of the op that failed, else the words of its command; "" when neither is known."""
    name = _inside(solve, "description").get(NAME_KEY)
    if name:
        return str(name)
    args = _inside(_inside(_inside(solve, "op"), "exec"), "meta").get("args")
    return " ".join(map(str, args)) if isinstance(args, list) else ""


def _inside(value: dict[str, Any], key: str) -> dict[str, Any]:
    """The object at a key; {} where there is none."""
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def from_error(error: BuildError, quote: Quote) -> bytes:
    """The Status to return for an error: its text, the details BuildKit gave with it, and the lines it is about."""
    known = error.status if isinstance(error, GatewayError) else b""
    status = _parsed(known)
    status.code = status.code or UNKNOWN
    status.message = sendable(str(error)) or type(error).__name__
    if error.at and SOURCE not in details(known):
        source = source_detail(error.at, quote)
        if source:
            status.details.add(type_url=TYPE_PREFIX + SOURCE, value=source)
    return status.SerializeToString()


def bug(text: str) -> bytes:
    """The Status for an error that is ours."""
    from frontend.gateway import lean

    lean.protobuf()
    from frontend.gateway.pb import status_pb2

    return status_pb2.Status(code=UNKNOWN, message=sendable(text)).SerializeToString()


def sendable(text: str) -> str:
    """The text with "?" for each lone surrogate, which an app's JSON may have and a message cannot."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def source_detail(at: Location, quote: Quote) -> bytes | None:
    """An errdefs.Source for clients to print the lines at a place; None when there is no line or no text to print.

    Both ends of a range are set: clients up to v0.32 crash on one without an end.
    """
    data = read_quoted(at, quote)
    if not data:
        return None
    position = {"line": at.line, "character": max(at.column - 1, 0)}
    info = {"filename": sendable(at.file), "data": b2a_base64(excerpt(data, (at.line,)), newline=False).decode("ascii")}
    return json.encode({"info": info, "ranges": [{"start": position, "end": position}]})


def read_quoted(at: Location, quote: Quote) -> bytes | None:
    """The file a place is in; None when it names no line, or when the file cannot be read: that error is not the one
    to be told."""
    try:
        return quote(at.file, at.line) if at.line > 0 else None
    except BuildError:
        return None
