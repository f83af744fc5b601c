"""HTTP/2 clients: one with the state machine of python-h2, and one that sends and reads single frames."""

import socket
import ssl
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

import h2.config
import h2.connection
import h2.events
import h2.settings

from support.server import Weir
from support.wire import SOCKET_TIMEOUT_SECONDS, Closed

Headers = list[tuple[str, str]]


@dataclass
class Answer:
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    trailers: dict[str, str] = field(default_factory=dict)
    interim: list[dict[str, str]] = field(default_factory=list)
    ended: bool = False
    reset: int | None = None  # The error code of RST_STREAM.

    @property
    def status(self) -> int:
        return int(self.headers.get(":status", 0))


class HTTP2Client:
    """One connection. `acknowledges` gives flow-control credit as data comes."""

    def __init__(
        self,
        port: int,
        *,
        window: int | None = None,
        acknowledges: bool = True,
        tls: ssl.SSLContext | None = None,
        server_name: str = "shop.test",
        lenient: bool = False,
    ) -> None:
        plain = socket.create_connection(("127.0.0.1", port), timeout=SOCKET_TIMEOUT_SECONDS)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = tls.wrap_socket(plain, server_hostname=server_name) if tls else plain
        config = h2.config.H2Configuration(
            client_side=True, header_encoding="utf-8", validate_outbound_headers=not lenient,
            normalize_outbound_headers=not lenient,
        )
        self.h2 = h2.connection.H2Connection(config)
        if window is not None:
            code = h2.settings.SettingCodes.INITIAL_WINDOW_SIZE
            self.h2.local_settings = h2.settings.Settings(client=True, initial_values={code: window})
        self.acknowledges = acknowledges
        self.answers: dict[int, Answer] = {}
        self.going_away: list[tuple[int, int]] = []  # Last stream and error code of every GOAWAY.
        self.is_closed = False
        self.h2.initiate_connection()
        self.flush()

    def __enter__(self) -> "HTTP2Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def flush(self) -> None:
        if data := self.h2.data_to_send():
            self.socket.sendall(data)

    def send_raw(self, data: bytes) -> None:
        self.flush()
        self.socket.sendall(data)

    def request(
        self,
        path: str = "/",
        *more: tuple[str, str],
        method: str = "GET",
        body: bytes | None = None,
        authority: str = "shop.test",
        ends: bool = True,
        trailers: Headers | None = None,
    ) -> int:
        """Sends a request, its body as far as the window allows at once; returns the stream."""
        stream = self.h2.get_next_available_stream_id()
        head = [(":method", method), (":scheme", "http"), (":authority", authority), (":path", path), *more]
        self.answers[stream] = Answer()
        self.h2.send_headers(stream, head, end_stream=ends and body is None and not trailers)
        if body is not None:
            self.send_body(stream, body, ends=ends and not trailers)
        if trailers:
            self.h2.send_headers(stream, trailers, end_stream=True)
        self.flush()
        return stream

    def send_body(self, stream: int, body: bytes, ends: bool = True) -> None:
        """Sends all of it, waiting for the window as long as it takes."""
        while True:
            room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size)
            piece, body = body[:room], body[room:]
            if piece or not body:
                self.h2.send_data(stream, piece, end_stream=ends and not body)
                self.flush()
            if not body:
                return
            if room <= 0:
                before = self.h2.local_flow_control_window(stream)
                self.until(lambda: self.h2.local_flow_control_window(stream) > before)

    def read_once(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            self.is_closed = True
            return
        for event in self.h2.receive_data(data):
            self._take(event)
        self.flush()

    def until(self, condition: Callable[[], object]) -> None:
        while not condition():
            if self.is_closed:
                raise ConnectionError(f"closed; GOAWAY {self.going_away}")
            self.read_once()

    def answer(self, stream: int) -> Answer:
        """The whole answer."""
        found = self.answers[stream]
        self.until(lambda: found.ended or found.reset is not None)
        return found

    def get(self, path: str = "/", *more: tuple[str, str], **options) -> Answer:
        return self.answer(self.request(path, *more, **options))

    def until_closed(self) -> None:
        try:
            while not self.is_closed:
                self.read_once()
        except ConnectionError:
            self.is_closed = True

    def _take(self, event: h2.events.Event) -> None:
        match event:
            case h2.events.ResponseReceived():
                self.answers[event.stream_id].headers = dict(event.headers)
            case h2.events.InformationalResponseReceived():
                self.answers[event.stream_id].interim.append(dict(event.headers))
            case h2.events.DataReceived():
                self.answers[event.stream_id].body += event.data
                if self.acknowledges:
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            case h2.events.TrailersReceived():
                self.answers[event.stream_id].trailers = dict(event.headers)
            case h2.events.StreamEnded():
                self.answers[event.stream_id].ended = True
            case h2.events.StreamReset():
                self.answers[event.stream_id].reset = int(event.error_code)
            case h2.events.ConnectionTerminated():
                self.going_away.append((event.last_stream_id, int(event.error_code)))


# Single frames

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 2, 3, 4, 6, 7, 8, 9
GET = bytes([0x82, 0x86, 0x84, 0x41, 9]) + b"shop.test"  # GET http / with :authority shop.test.


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


@dataclass
class Frame:
    kind: int
    flags: int
    stream: int
    payload: bytes

    @property
    def words(self) -> tuple[int, ...]:
        """The payload as numbers of 32 bits."""
        return struct.unpack(f">{len(self.payload) // 4}I", self.payload)


class FrameClient:
    """Says hello, and then nothing that the test does not say."""

    def __init__(self, server: Weir, hello: bytes = frame(SETTINGS, 0, 0)) -> None:
        self.wire = server.connect()
        self.wire.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + hello)

    def __enter__(self) -> "FrameClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.wire.close()

    def send(self, *frames: bytes) -> None:
        self.wire.send(b"".join(frames))

    def read(self) -> Frame:
        head = self.wire.read_exactly(9)
        length, kind, flags = int.from_bytes(head[:3]), head[3], head[4]
        return Frame(kind, flags, int.from_bytes(head[5:]), self.wire.read_exactly(length))

    def until(self, kind: int, stream: int | None = None) -> Frame:
        """The next frame of this type, and of this stream if one is given; others are skipped."""
        while True:
            found = self.read()
            if found.kind == kind and (stream is None or found.stream == stream):
                return found

    def to_end(self) -> list[Frame]:
        frames = []
        try:
            while True:
                frames.append(self.read())
        except Closed:
            return frames
