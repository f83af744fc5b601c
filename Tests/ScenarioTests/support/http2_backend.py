"""Backends that speak HTTP/2, through the `h2` library or frame by frame when they are to break its rules."""

import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import h2.settings
from hyperframe.frame import Frame

from support.backends import Backend
from support.wire import Closed, Wire

Headers = Iterable[tuple[str, str]]


@dataclass
class Call:
    """A request on a stream, and the way to answer it, from any thread."""

    connection: "Connection"
    stream: int
    headers: list[tuple[str, str]]
    received: bytearray = field(default_factory=bytearray)
    trailers: list[tuple[str, str]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    reset: int | None = None  # The error code.
    was_reset: threading.Event = field(default_factory=threading.Event)

    def get(self, name: str) -> str | None:
        found = [value for key, value in self.headers if key == name]
        return ", ".join(found) if found else None

    @property
    def body(self) -> bytes:
        return bytes(self.received)

    @property
    def path(self) -> str:
        return self.get(":path") or ""

    def head(self, status: int = 200, headers: Headers = (), end: bool = False) -> None:
        self.connection.do(
            lambda h: h.send_headers(self.stream, [(":status", str(status)), *headers], end_stream=end)
        )

    def interim(self, status: int, headers: Headers = ()) -> None:
        self.head(status, headers)

    def data(self, body: bytes, end: bool = False) -> None:
        """Sends as the windows allow."""
        self.connection.queue(self.stream, body, end)

    def end_with(self, trailers: Headers) -> None:
        self.connection.do(lambda h: h.send_headers(self.stream, list(trailers), end_stream=True))

    def answer(self, body: bytes = b"ok", status: int = 200, headers: Headers = (), trailers: Headers = ()) -> None:
        self.head(status, headers)
        self.connection.queue(self.stream, body, not trailers, list(trailers))

    def refuse(self, code: int) -> None:
        """RST_STREAM."""
        self.connection.do(lambda h: h.reset_stream(self.stream, code))


class Connection:
    """One connection of the proxy to a backend."""

    def __init__(self, server: "Server", wire: Wire) -> None:
        self.server = server
        self.wire = wire
        self.calls: dict[int, Call] = {}
        self.lock = threading.RLock()
        self.waiting: dict[int, tuple[memoryview, bool]] = {}
        self.trailers: dict[int, Headers] = {}  # To be sent behind what waits.
        self.sent: dict[int, int] = {}  # Body bytes by stream.
        self.closed = threading.Event()
        self.goaway: int | None = None
        config = h2.config.H2Configuration(client_side=False, header_encoding="utf-8", validate_outbound_headers=False,
                                           normalize_outbound_headers=False)  # fmt: skip
        self.h2 = h2.connection.H2Connection(config)
        if server.settings:
            self.h2.local_settings = h2.settings.Settings(client=False, initial_values=server.settings)

    def run(self) -> None:
        self.do(lambda h: h.initiate_connection())
        try:
            while True:
                data = self.wire.socket.recv(65_536)
                if not data:
                    return
                with self.lock:
                    for event in self.h2.receive_data(data):
                        self._note(event)
                    self._send()
        finally:
            self.closed.set()
            for call in self.calls.values():
                call.was_reset.set()

    def do(self, action: Callable[[h2.connection.H2Connection], None]) -> None:
        with self.lock:
            action(self.h2)
            self._send()

    def send(self, *frames: Frame | bytes) -> None:
        """Frames as they are, whatever the rules say."""
        with self.lock:
            self.wire.send(b"".join(f if isinstance(f, bytes) else f.serialize() for f in frames))

    def queue(self, stream: int, body: bytes, end: bool, trailers: Headers = ()) -> None:
        with self.lock:
            if trailers:
                self.trailers[stream] = trailers
            before, _ = self.waiting.get(stream, (b"", False))
            self.waiting[stream] = memoryview(bytes(before) + body), end
            self._pump()
            self._send()

    def _send(self) -> None:
        if data := self.h2.data_to_send():
            self.wire.socket.sendall(data)

    def _pump(self) -> None:
        for stream, (body, end) in list(self.waiting.items()):
            try:
                while body:
                    room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size, len(body))
                    if room <= 0:
                        break
                    self.h2.send_data(stream, bytes(body[:room]), end_stream=end and room == len(body))
                    self.sent[stream] = self.sent.get(stream, 0) + room
                    body = body[room:]
                    end = end and bool(body)
                else:
                    if trailers := self.trailers.pop(stream, None):
                        self.h2.send_headers(stream, trailers, end_stream=True)
                    elif end:
                        self.h2.end_stream(stream)
                    del self.waiting[stream]
                    continue
                self.waiting[stream] = body, end
            except (h2.exceptions.StreamClosedError, h2.exceptions.ProtocolError, KeyError):
                del self.waiting[stream]

    def _note(self, event: h2.events.Event) -> None:
        match event:
            case h2.events.RequestReceived():
                call = Call(self, event.stream_id, list(event.headers))
                self.calls[event.stream_id] = call
                self.server.begun.append(call)
                self.server.on_head(call)
            case h2.events.DataReceived():
                call = self.calls[event.stream_id]
                call.received += event.data
                if self.server.takes_bodies:
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            case h2.events.TrailersReceived():
                self.calls[event.stream_id].trailers = list(event.headers)
            case h2.events.StreamEnded():
                call = self.calls[event.stream_id]
                call.ended.set()
                self.server.calls.append(call)
                self.server.answer(call)
            case h2.events.StreamReset():
                if call := self.calls.get(event.stream_id):
                    call.reset = int(event.error_code)
                    call.was_reset.set()
            case h2.events.WindowUpdated() | h2.events.RemoteSettingsChanged():
                self._pump()
            case h2.events.ConnectionTerminated():
                self.goaway = int(event.error_code)

    def take(self, call: Call, count: int) -> None:
        """Opens the windows by as much."""
        self.do(lambda h: h.acknowledge_received_data(count, call.stream))


class Server:
    """A backend's function: `backend(Server(answer))`. `answer` gets every request when it is complete; `on_head` when its
    head has come."""

    def __init__(
        self,
        answer: Callable[[Call], None] | None = None,
        on_head: Callable[[Call], None] | None = None,
        takes_bodies: bool = True,
        **settings: int,
    ) -> None:
        self.answer = answer or (lambda call: call.answer())
        self.on_head = on_head or (lambda _: None)
        self.takes_bodies = takes_bodies
        self.settings = {getattr(h2.settings.SettingCodes, name): value for name, value in settings.items()}
        self.begun: list[Call] = []
        self.calls: list[Call] = []
        self.connections: list[Connection] = []

    def __call__(self, wire: Wire, backend: Backend) -> None:
        wire.socket.settimeout(60)
        connection = Connection(self, wire)
        self.connections.append(connection)
        try:
            connection.run()
        except h2.exceptions.ProtocolError as error:
            raise AssertionError(f"the proxy broke HTTP/2: {error}") from error

    @property
    def paths(self) -> list[str]:
        return [call.path for call in self.calls]


PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


class Frames:
    """A backend's function for frames by hand: `serve` gets a connection whose preface has been read."""

    def __init__(self, serve: Callable[["FrameConnection"], None]) -> None:
        self._serve = serve

    def __call__(self, wire: Wire, backend: Backend) -> None:
        assert wire.read_exactly(len(PREFACE)) == PREFACE
        self._serve(FrameConnection(wire))


class FrameConnection:
    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    def send(self, *frames: Frame) -> None:
        self.wire.send(b"".join(frame.serialize() for frame in frames))

    def read(self) -> Frame:
        frame, length = Frame.parse_frame_header(memoryview(self.wire.read_exactly(9)))
        frame.parse_body(memoryview(self.wire.read_exactly(length)))
        return frame

    def read_until(self, kind: type[Frame]) -> Frame:
        while not isinstance(frame := self.read(), kind):
            pass
        return frame

    def read_all(self, frames: list[Frame]) -> None:
        """Adds what comes until the proxy closes."""
        try:
            while True:
                frames.append(self.read())
        except (Closed, socket.timeout):
            pass
