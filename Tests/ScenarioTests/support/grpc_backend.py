"""A gRPC server of grpcio with methods for any service, and clients for it. Messages are plain bytes."""

import threading
from collections.abc import Iterator
from concurrent import futures
from dataclasses import dataclass, field
from typing import Any

import grpc

from support.server import Weir

TIMEOUT_SECONDS = 20.0
UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


@dataclass
class Call:
    path: str
    metadata: dict[str, str]
    peer: str


@dataclass
class GrpcBackend:
    """Answers `/Any.Service/METHOD` for the methods below, and notes who called. A context manager, like Backend."""

    name: str = "backend"
    credentials: grpc.ServerCredentials | None = None
    calls: list[Call] = field(default_factory=list)
    cancelled: threading.Event = field(default_factory=threading.Event)
    started: threading.Event = field(default_factory=threading.Event)
    received: list[bytes] = field(default_factory=list)  # By Chat.

    def __post_init__(self) -> None:
        self.server = grpc.server(futures.ThreadPoolExecutor(16), options=UNLIMITED)
        self.server.add_generic_rpc_handlers((_Handler(self),))
        if self.credentials:
            self.port = self.server.add_secure_port("127.0.0.1:0", self.credentials)
        else:
            self.port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()

    def __enter__(self) -> "GrpcBackend":
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop(None).wait()

    # Methods

    def Echo(self, request: bytes, context: Any) -> bytes:
        """Says who answers, and sends metadata at both ends of the response."""
        context.send_initial_metadata((("x-first", "1"),))
        context.set_trailing_metadata((("x-last", "2"), ("x-last-bin", b"\x00\xff")))
        return self.name.encode() + b":" + request

    def Fail(self, request: bytes, context: Any) -> bytes:
        """The request is the code; the details are not ASCII."""
        context.set_trailing_metadata((("x-reason", "because"),))
        context.abort(next(code for code in grpc.StatusCode if code.value[0] == int(request)), "détails 100%")

    def Large(self, request: bytes, context: Any) -> bytes:
        return b"y" * int(request)

    def Wait(self, request: bytes, context: Any) -> bytes:
        """Answers when it is cancelled, which is never seen by anybody."""
        context.add_callback(self.cancelled.set)
        self.started.set()
        self.cancelled.wait(TIMEOUT_SECONDS)
        return b""

    def Sum(self, requests: Iterator[bytes], context: Any) -> bytes:
        return str(sum(len(request) for request in requests)).encode()

    def Count(self, request: bytes, context: Any) -> Iterator[bytes]:
        for number in range(int(request)):
            yield str(number).encode()

    def Endless(self, request: bytes, context: Any) -> Iterator[bytes]:
        context.add_callback(self.cancelled.set)
        yield b"first"
        self.cancelled.wait(TIMEOUT_SECONDS)

    def Chat(self, requests: Iterator[bytes], context: Any) -> Iterator[bytes]:
        for request in requests:
            self.received.append(request)
            yield b"re: " + request


class _Handler(grpc.GenericRpcHandler):
    def __init__(self, backend: GrpcBackend) -> None:
        self.backend = backend

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        method = details.method.rpartition("/")[2]
        function = getattr(self.backend, method, None)
        metadata = {key: value for key, value in details.invocation_metadata if isinstance(value, str)}

        def noted(request: Any, context: Any) -> Any:
            self.backend.calls.append(Call(details.method, metadata, context.peer()))
            return function(request, context)

        if method.startswith("Echo") and function or method in ("Fail", "Large", "Wait"):
            return grpc.unary_unary_rpc_method_handler(noted)
        if method == "Sum":
            return grpc.stream_unary_rpc_method_handler(noted)
        if method in ("Count", "Endless"):
            return grpc.unary_stream_rpc_method_handler(noted)
        return grpc.stream_stream_rpc_method_handler(noted) if method == "Chat" else None


class Client:
    """One channel: one connection, as far as gRPC is concerned."""

    def __init__(
        self, server: Weir, host: str = "shop.test", listener: int = 80, credentials: grpc.ChannelCredentials | None = None
    ) -> None:
        options = [*UNLIMITED, ("grpc.default_authority", host), ("grpc.enable_retries", 0)]
        options += [("grpc.use_local_subchannel_pool", 1)]
        target = f"127.0.0.1:{server.port(listener)}"
        if credentials:
            options.append(("grpc.ssl_target_name_override", host))
            self.channel = grpc.secure_channel(target, credentials, options)
        else:
            self.channel = grpc.insecure_channel(target, options)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.channel.close()

    def unary(self, path: str, request: bytes = b"", timeout: float = TIMEOUT_SECONDS, **metadata: str) -> bytes:
        return self.unary_call(path, request, timeout, **metadata)[0]

    def unary_call(
        self, path: str, request: bytes = b"", timeout: float = TIMEOUT_SECONDS, **metadata: str
    ) -> tuple[bytes, grpc.Call]:
        return self.channel.unary_unary(path).with_call(request, timeout, tuple(metadata.items()))

    def status(self, path: str, request: bytes = b"", timeout: float = TIMEOUT_SECONDS, **metadata: str) -> int:
        """The code that a unary call ends with."""
        try:
            self.unary(path, request, timeout, **metadata)
            return 0
        except grpc.RpcError as error:
            return error.code().value[0]
