"""Has the ordinary client make the first requests of a build, which `frontend/gateway/ahead.py` sends before it.

    python -I -S image/first.py DIR...

Imports the frontend from the directories and runs a build as far as the first answer that it waits for. Writes, as
`marshal` does, what `ahead.First` describes.
"""

import marshal
import sys
from contextlib import suppress
from typing import Any


class Enough(Exception):  # noqa: N818 - the end of a recording, not an error
    """The build waits for BuildKit."""


def first() -> Any:
    """The first requests, in the parts of `ahead.First`."""
    from frontend import build
    from frontend.gateway import ahead, http2
    from frontend.gateway.client import SERVICE, Gateway
    from frontend.gateway.rpc import Channel
    from llb import wire

    connection = Recording()
    questions: list[ahead.Question] = []

    class Asked(Gateway):
        """A run that notes what its look is made from."""

        def start_look(self, question: ahead.Question) -> None:
            questions.append(question)

    gateway = Asked(Channel(connection, SERVICE), {"BUILDKIT_SESSION_ID": ahead.PLACEHOLDER})  # type: ignore[arg-type]
    with suppress(Enough):
        build.run(gateway)
    fields: Any = wire.fields
    ping, (headers, body) = connection.sent
    (_, definition), *_ = fields(body[5:])
    rest = body[5 + len(wire.field(1, definition)) :]
    (_, op), (_, last), (_, one), (_, other), *more = fields(definition)
    metadata = dict(tuple(value for _, value in fields(entry)) for entry in (one, other))
    places = b"".join(wire.field(tag, value) for tag, value in more)
    parts = op, metadata[ahead.digest_of(op)], metadata[ahead.digest_of(last)], places
    (question,) = questions
    made = http2.opening(), ping, (headers, rest), parts, question
    if ahead.filled(made, ahead.PLACEHOLDER)[1] != (ping, (headers, body)):
        raise SystemExit("the first requests are not what frontend/gateway/ahead.py makes of their parts")
    return made


class Recording:
    """A connection on which nobody answers but to Ping. `sent` are the requests."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, bytes]] = []

    def request(self, headers: bytes, body: bytes) -> Any:
        """Notes a request."""
        from frontend.gateway.http2 import Stream

        self.sent.append((headers, body))
        return Stream(2 * len(self.sent) - 1, 0)

    def wait(self, stream: Any) -> None:
        """The answer to Ping: a BuildKit that can do all that the first requests need. Raises Enough for another."""
        from frontend.context.local import METADATA_ONLY
        from frontend.gateway.pb import gateway_pb2 as pb

        if stream.number > 1:
            raise Enough
        answer = pb.PongResponse()
        answer.LLBCaps.add(ID=METADATA_ONLY, Enabled=True)
        message = answer.SerializeToString()
        stream.trailers = {"grpc-status": "0"}
        stream.data = bytearray(b"\0" + len(message).to_bytes(4, "big") + message)


if __name__ == "__main__":
    sys.path[:0] = sys.argv[1:]
    sys.stdout.buffer.write(marshal.dumps(first()))
