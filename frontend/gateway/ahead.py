"""The first requests of a build, sent before anything else is imported, so that BuildKit is at work meanwhile.

They are those that the ordinary client makes in nearly every build: Ping, and the look at the app. Their bytes depend
on the session alone: `image/first.py` has the ordinary client make them for the session PLACEHOLDER, here the id of the
session is put in its place. A request that the client then makes is one of these if it is the same to the byte
(`http2.Connection`), and the look also if it is made from the same question (`Gateway.start_look`): the library that
writes operations need not be there for it yet. Whatever else the client asks for is asked as ever.
"""

import os
from marshal import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "first"  # in the directory of the program
PLACEHOLDER = "0" * 25  # as long as BuildKit's ids of sessions
OPTION_PREFIX = "BUILDKIT_FRONTEND_OPT_"
# Options with which the look is another one, or there is none.
ELSEWHERE = frozenset(
    """
    context contextkey context:context local-sessionid:context sharedkey:localdir:context build-arg:PROJECT_PATH
    """.split()
)
INPUTS = "frontend.inputs"
OLDEST = (0, 21)  # BuildKit's first release that sends names without contents: an older one is asked in another way
VERSION = '"buildkitVersion":{"package":"github.com/moby/buildkit","version":"v'

Request = tuple[bytes, bytes]  # encoded headers, body
Question = tuple[str, tuple[str, ...], tuple[str, ...], int, bool, tuple[str, ...]]
"""What the look is made from, but for the session: the arguments of `LocalLoad.start`, behind the directory's name."""
First = tuple[bytes, Request, Request, tuple[bytes, bytes, bytes, bytes], Question]
"""What opens the connection; Ping; the look, its Definition left out; of that the operation, the metadata of it and of
the last one, which names the result, and what follows, with the digest of the operation; the look's question."""


def send(environ: "Mapping[str, str]", write_fd: int) -> tuple[tuple[Request, ...], "Question | None"]:
    """Opens the connection and sends the requests; those sent, and the question of the last. Nothing and None where
    the program has no file of them, or the build asks for something else, or in another way."""
    session = environ.get("BUILDKIT_SESSION_ID", "")
    if len(session) != len(PLACEHOLDER) or not (is_usual(environ) and is_new(environ.get("BUILDKIT_WORKERS", ""))):
        return (), None
    try:
        with open(os.path.join(os.path.dirname(__file__), "..", "..", FILE), "rb", buffering=0) as file:
            first: First = loads(file.read())  # noqa: S302 - the image's own
    except FileNotFoundError:
        return (), None
    opening, sent = filled(first, session)
    data = memoryview(
        opening + b"".join(framed(number, *request) for number, request in zip((1, 3), sent, strict=True))
    )
    while data:
        data = data[os.write(write_fd, data) :]
    return sent, first[-1]


def is_usual(environ: "Mapping[str, str]") -> bool:
    """Whether the app is the client's directory of the usual name, and looked at in its root."""
    options = [value.partition("=") for name, value in environ.items() if name.startswith(OPTION_PREFIX)]
    keys = {key for key, _, _ in options}
    named = "filename" in keys and "cmdline" not in keys  # a config file, which the look asks for too
    inputs = any(key == "frontend.caps" and INPUTS in value for key, _, value in options)
    return not named and not inputs and not keys & ELSEWHERE


def is_new(workers: str) -> bool:
    """Whether this BuildKit understands the look, as its first worker says; of an unknown version it does not."""
    major, _, rest = workers.partition(VERSION)[2].partition(".")
    minor = rest.partition(".")[0]
    return major.isdigit() and minor.isdigit() and (int(major), int(minor)) >= OLDEST


def filled(first: First, session: str) -> tuple[bytes, tuple[Request, Request]]:
    """The opening, and the requests of a session."""
    opening, ping, (headers, rest), (op, metadata, last_metadata, places), _ = first
    own = op.replace(PLACEHOLDER.encode(), session.encode())
    digest = digest_of(own)
    last = field(1, field(1, digest))
    entries = sorted(((digest, metadata), (digest_of(last), last_metadata)))
    definition = [field(1, own), field(1, last), *(field(2, field(1, key) + field(2, value)) for key, value in entries)]
    message = field(1, b"".join((*definition, places.replace(digest_of(op), digest)))) + rest
    return opening, (ping, (headers, b"\0" + len(message).to_bytes(4, "big") + message))


def digest_of(op: bytes) -> bytes:
    """An operation's digest, as a Definition has it."""
    from frontend.hashes import sha256

    digest: str = sha256(op).hexdigest()
    return f"sha256:{digest}".encode()


def field(tag: int, data: bytes) -> bytes:
    """A field of a message that has a length (`messages.py` has more of protobuf's encoding)."""
    return bytes((tag << 3 | 2,)) + varint(len(data)) + data


def varint(number: int) -> bytes:
    """A number in base 128, the lowest digit first."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def framed(number: int, headers: bytes, body: bytes) -> bytes:
    """A request of HTTP/2 as two frames: HEADERS with END_HEADERS, DATA with END_STREAM."""
    stream = number.to_bytes(4, "big")
    return b"".join(
        (len(headers).to_bytes(3, "big"), b"\1\4", stream, headers, len(body).to_bytes(3, "big"), b"\0\1", stream, body)
    )
