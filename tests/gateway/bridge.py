"""A BuildKit gateway service in this process, on grpcio's server: another HTTP/2 peer, and a record of its calls."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import grpc

from frontend.gateway.client import SERVICE, Gateway
from frontend.gateway.http2 import Connection
from frontend.gateway.pb import gateway_pb2 as pb
from frontend.gateway.rpc import Channel

if TYPE_CHECKING:
    from google.protobuf.message import Message

Answer = Callable[[bytes, grpc.ServicerContext], bytes]
LIMIT_BYTES = 16 << 20  # BuildKit's, both ways


class Bridge:
    """Answers each method by what `answers` says: a message, or a function of the request. `asked` lists the calls."""

    def __init__(self, **answers: Message | Answer) -> None:
        self.answers: dict[str, Message | Answer] = {"Ping": pong(), "Return": pb.ReturnResponse(), **answers}
        self.asked: list[tuple[str, bytes]] = []

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[bytes, bytes] | None:
        service, _, method = details.method.lstrip("/").partition("/")
        answer = self.answers.get(method)
        if service != SERVICE or answer is None:
            return None

        def handle(request: bytes, context: grpc.ServicerContext) -> bytes:
            self.asked.append((method, request))
            return answer(request, context) if callable(answer) else answer.SerializeToString()

        return grpc.unary_unary_rpc_method_handler(handle)

    def requests(self, method: str) -> list[bytes]:
        """The requests to a method, in order."""
        return [request for asked, request in self.asked if asked == method]

    def returned(self) -> pb.ReturnRequest:
        """The one Return that was sent."""
        (request,) = self.requests("Return")
        return pb.ReturnRequest.FromString(request)

    @contextmanager
    def channel(self, directory: Path) -> Iterator[Channel]:
        """A channel of ours to this service, over a unix socket in `directory`."""
        server = grpc.server(
            futures.ThreadPoolExecutor(8),
            handlers=[_Handlers(self)],
            options=[("grpc.max_send_message_length", LIMIT_BYTES), ("grpc.max_receive_message_length", LIMIT_BYTES)],
        )
        path = directory / "bridge.sock"
        server.add_insecure_port(f"unix://{path}")
        server.start()
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(path))
                yield Channel(Connection(connection.fileno(), connection.fileno()), SERVICE)
        finally:
            server.stop(None).wait()

    @contextmanager
    def gateway(self, directory: Path, **environ: str) -> Iterator[Gateway]:
        """A gateway of ours to this service, started with these environment variables."""
        with self.channel(directory) as channel:
            yield Gateway(channel, {"BUILDKIT_SESSION_ID": "session", **environ})


class _Handlers(grpc.GenericRpcHandler):
    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[bytes, bytes] | None:
        return self._bridge.service(handler_call_details)


def pong(
    gateway: tuple[str, ...] = ("source.metaresolver", "gateway.warnings"), llb: tuple[str, ...] = ("mergeop",)
) -> pb.PongResponse:
    """An answer to Ping that lists these capabilities, and one of each kind that is disabled."""
    answer = pb.PongResponse()
    for caps, known in ((answer.FrontendAPICaps, gateway), (answer.LLBCaps, llb)):
        for cap in known:
            caps.add(ID=cap, Enabled=True)
        caps.add(ID="disabled", Enabled=False, DisabledReasonMsg="not here")
    return answer


def failing(message: str, *, code: grpc.StatusCode = grpc.StatusCode.UNKNOWN, details: bytes = b"") -> Answer:
    """An answer that is an error; `details` is a serialised google.rpc.Status."""

    def fail(_request: bytes, context: grpc.ServicerContext) -> bytes:
        if details:
            context.set_trailing_metadata((("grpc-status-details-bin", details),))
        context.abort(code, message)
        raise AssertionError("abort returned")

    return fail
