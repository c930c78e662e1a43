"""The first requests, sent before the ordinary client is there: the same bytes, and its answers."""

import marshal
import os
import sys
from pathlib import Path

import pytest

from frontend.gateway import ahead
from frontend.gateway.client import SERVICE, Gateway
from frontend.gateway.http2 import DATA, END_HEADERS, END_STREAM, HEADERS, Connection
from frontend.gateway.rpc import Channel
from tests.gateway.test_http2 import OK, Peer, answer, frame, peer

sys.path.insert(0, str(Path(__file__).parents[2] / "image"))
import first as image

__all__ = ["peer"]  # a fixture
WORKERS = (
    '[{"id":"x","platforms":[{"architecture":"amd64","os":"linux"}],"gcPolicy":null,"buildkitVersion":'
    '{"package":"github.com/moby/buildkit","version":"v%s","revision":"","dockerfileVersion":"1.26.0"},"cdiDevices":null}]'
)
SESSIONS = ("v0s7d81lv1c4pgvn1w0p5j0b5", "abcdefghijklmnopqrstuvwxy", "1" * 25, "zyx" * 8 + "0")


@pytest.fixture(scope="module")
def made() -> ahead.First:
    parts: ahead.First = image.first()
    return parts


def asked(session: str) -> tuple[ahead.Request, ...]:
    """What the ordinary client asks first."""
    connection = image.Recording()
    gateway = Gateway(Channel(connection, SERVICE), {"BUILDKIT_SESSION_ID": session})  # type: ignore[arg-type]
    from frontend import build

    with pytest.raises(image.Enough):
        build.run(gateway)
    return tuple(connection.sent)


@pytest.mark.parametrize("session", SESSIONS)
def test_the_requests_are_those_of_the_ordinary_client(made: ahead.First, session: str) -> None:
    _, requests = ahead.filled(made, session)
    assert requests == asked(session)


def sent(made: ahead.First, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **environ: str) -> bytes:
    """What is written ahead, for the session that it is asked for by these variables."""
    (tmp_path / "a/b/c").mkdir(parents=True)
    (tmp_path / "a" / ahead.FILE).write_bytes(marshal.dumps(made))
    monkeypatch.setattr(ahead, "__file__", str(tmp_path / "a/b/c/ahead.pyc"))
    read_fd, write_fd = os.pipe()
    ahead.send({"BUILDKIT_SESSION_ID": SESSIONS[0], "BUILDKIT_WORKERS": WORKERS % "0.32.2", **environ}, write_fd)
    os.close(write_fd)
    with open(read_fd, "rb") as file:
        return file.read()


def test_the_bytes_are_those_of_the_ordinary_connection(
    made: ahead.First, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    read_fd, write_fd = os.pipe()
    connection = Connection(0, write_fd)
    for request in asked(SESSIONS[0]):
        connection.request(*request)
    os.close(write_fd)
    with open(read_fd, "rb") as file:
        ordinary = file.read()
    assert sent(made, monkeypatch, tmp_path) == ordinary


@pytest.mark.parametrize(
    ("option", "usual"),
    [
        ("platform=linux/arm64", True),
        ("context:node=docker-image://node:24", True),
        ("build-arg:PORT=80", True),
        ("local-sessionid:other=x", True),
        ("context=https://github.com/a/b.git", False),
        ("context:context=local:other", False),
        ("contextkey=other", False),
        ("local-sessionid:context=x", False),
        ("sharedkey:localdir:context=x", False),
        ("build-arg:PROJECT_PATH=web", False),
        ("filename=a.yaml", False),
        ("frontend.caps=moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests", False),
        ("frontend.caps=moby.buildkit.frontend.subrequests", True),
    ],
)
def test_a_build_that_looks_elsewhere_sends_nothing_ahead(
    made: ahead.First, option: str, usual: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert bool(sent(made, monkeypatch, tmp_path, BUILDKIT_FRONTEND_OPT_0=option)) == usual


def test_a_file_with_a_syntax_line_is_usual(made: ahead.First, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    options = {"BUILDKIT_FRONTEND_OPT_0": "filename=a.yaml", "BUILDKIT_FRONTEND_OPT_1": "cmdline=x"}
    assert sent(made, monkeypatch, tmp_path, **options)


def test_a_session_of_another_length_sends_nothing_ahead(
    made: ahead.First, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert not sent(made, monkeypatch, tmp_path, BUILDKIT_SESSION_ID="short")


@pytest.mark.parametrize(
    ("version", "new"),
    [
        ("0.21.0", True),
        ("0.32.2-rc1", True),
        ("1.0.0", True),
        ("0.20.2", False),
        ("0.0.0+unknown", False),
        ("x", False),
    ],
)
def test_an_older_buildkit_is_not_asked_in_this_way(
    made: ahead.First, version: str, new: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert bool(sent(made, monkeypatch, tmp_path, BUILDKIT_WORKERS=WORKERS % version)) == new


def test_a_buildkit_without_a_version_is_not_asked_in_this_way(
    made: ahead.First, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert not sent(made, monkeypatch, tmp_path, BUILDKIT_WORKERS='[{"id":"x"}]')


def test_nothing_is_sent_where_the_program_has_no_file_of_it() -> None:
    assert ahead.send({"BUILDKIT_SESSION_ID": SESSIONS[0], "BUILDKIT_WORKERS": WORKERS % "0.32.2"}, -1) == ((), None)


@pytest.mark.parametrize("same", [True, False])
def test_a_look_from_the_same_question_is_the_one_that_has_left(made: ahead.First, same: bool) -> None:
    _, requests = ahead.filled(made, SESSIONS[0])
    question = made[-1]
    connection = image.Recording()
    gateway = Gateway(Channel(connection, SERVICE), {"BUILDKIT_SESSION_ID": SESSIONS[0]}, (requests[-1], question))  # type: ignore[arg-type]
    found = gateway.start_look(question if same else (question[0], *question[1:-1], ("other",)))
    assert (found is not None) == same
    assert connection.sent == ([*requests] if same else [requests[0]])


def test_a_request_that_has_left_is_not_sent_again(peer: Peer) -> None:
    connection = Connection(*peer.ours, [(b"\x83", b"ping"), (b"\x84", b"look")])
    look = connection.request(b"\x84", b"look")
    peer.say(frame(HEADERS, END_HEADERS, 1, OK) + frame(DATA, END_STREAM, 1, b"pong") + answer(3, b"app"))
    connection.wait(look)
    assert (look.number, bytes(look.data)) == (3, b"app")
    ping = connection.request(b"\x83", b"ping")
    connection.wait(ping)
    assert (ping.number, bytes(ping.data)) == (1, b"pong")
    again = connection.request(b"\x83", b"ping")  # the next one leaves as ever, and nothing opens the connection anew
    assert again.number == 5
    assert peer.hear_frame() == (HEADERS, END_HEADERS, 5, b"\x83")
    assert peer.hear_frame() == (DATA, END_STREAM, 5, b"ping")


def test_what_was_asked_in_vain_is_ignored(peer: Peer) -> None:
    connection = Connection(*peer.ours, [(b"\x83", b"ping"), (b"\x84", b"look")])
    other = connection.request(b"\x84", b"another look")
    peer.say(answer(3, b"app") + answer(5, b"other app"))
    connection.wait(other)
    assert (other.number, bytes(other.data)) == (5, b"other app")
