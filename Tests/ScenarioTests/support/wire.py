"""HTTP/1.1 by hand: reading heads and bodies from a socket exactly as they come, for both ends of the proxy."""

import socket
import struct
from dataclasses import dataclass, field

SOCKET_TIMEOUT_SECONDS = 20.0


class Closed(Exception):
    """The other side closed before the message was complete; `received` is what came of it."""

    def __init__(self, received: bytes = b"") -> None:
        super().__init__(f"closed after {received[:200]!r}")
        self.received = received


@dataclass
class Message:
    """A request or response: start line, field lines in order, body, trailer lines."""

    start: str
    fields: list[tuple[str, str]]
    body: bytes = b""
    trailers: list[tuple[str, str]] = field(default_factory=list)
    interim: list["Message"] = field(default_factory=list)  # The 1xx responses before this one.

    @property
    def status(self) -> int:
        return int(self.start.split()[1])

    @property
    def method(self) -> str:
        return self.start.split()[0]

    @property
    def target(self) -> str:
        return self.start.split()[1]

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def get(self, name: str) -> str | None:
        """All values of the name, joined as RFC 9110 section 5.2 says; None when there is none."""
        return ", ".join(self.all(name)) if self.all(name) else None


class Wire:
    """A connected socket with a buffer."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.socket.settimeout(SOCKET_TIMEOUT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, data: bytes | str) -> None:
        self.socket.sendall(data.encode("latin-1") if isinstance(data, str) else data)

    def close(self) -> None:
        self.socket.close()

    def reset(self) -> None:
        """Closes with a RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def end_sending(self) -> None:
        self.socket.shutdown(socket.SHUT_WR)

    def is_closed_by_peer(self) -> bool:
        """Waits for the end of the stream; False when bytes come instead."""
        if self.buffer:
            return False
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def _more(self) -> None:
        try:
            received = self.socket.recv(262_144)
        except ConnectionResetError:
            raise Closed(self.buffer) from None
        if not received:
            raise Closed(self.buffer)
        self.buffer += received

    def read_exactly(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self._more()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def read_line(self) -> str:
        while b"\r\n" not in self.buffer:
            self._more()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line.decode("latin-1")

    def read_to_end(self) -> bytes:
        while True:
            try:
                self._more()
            except Closed:
                data, self.buffer = self.buffer, b""
                return data

    def skip(self, count: int) -> int:
        """Receives and forgets `count` bytes, or up to the end of the stream; returns how many there were."""
        skipped = min(count, len(self.buffer))
        self.buffer = self.buffer[skipped:]
        while skipped < count:
            received = self.socket.recv(min(1 << 20, count - skipped))
            if not received:
                break
            skipped += len(received)
        return skipped

    def _read_fields(self) -> list[tuple[str, str]]:
        fields = []
        while line := self.read_line():
            name, _, value = line.partition(":")
            fields.append((name, value.strip(" \t")))
        return fields

    def read_head(self) -> Message:
        start = self.read_line()
        return Message(start, self._read_fields())

    def read_chunk(self) -> bytes:
        """One chunk of a chunked body; empty for the last one, whose trailers are still to be read."""
        size = int(self.read_line().partition(";")[0], 16)
        data = self.read_exactly(size)
        if size:
            assert self.read_exactly(2) == b"\r\n", "a chunk does not end with CRLF"
        return data

    def read_body(self, message: Message, until_close: bool = False) -> Message:
        if "chunked" in (message.get("transfer-encoding") or "").lower():
            parts = []
            while data := self.read_chunk():
                parts.append(data)
            message.body = b"".join(parts)
            message.trailers = self._read_fields()
        elif (length := message.get("content-length")) is not None:
            message.body = self.read_exactly(int(length))
        elif until_close:
            message.body = self.read_to_end()
        return message

    def read_request(self) -> Message:
        return self.read_body(self.read_head())

    def read_response(self, method: str = "GET") -> Message:
        """The next final response, with the interim ones before it."""
        interim = []
        while (message := self.read_head()).status < 200:
            interim.append(message)
        message.interim = interim
        if method == "HEAD" or message.status in (204, 304):
            return message
        return self.read_body(message, until_close=True)


def connect(port: int, address: str = "127.0.0.1") -> Wire:
    return Wire(socket.create_connection((address, port), timeout=SOCKET_TIMEOUT_SECONDS))


def request(method: str, target: str, *lines: str, body: bytes = b"", host: str = "shop.test") -> bytes:
    """The bytes of a request. `Content-Length` is added for a body, unless the lines say how it is framed."""
    fields = [f"Host: {host}", *lines]
    if body and not any(line.lower().startswith(("content-length", "transfer-encoding")) for line in lines):
        fields.append(f"Content-Length: {len(body)}")
    return ("\r\n".join([f"{method} {target} HTTP/1.1", *fields]) + "\r\n\r\n").encode("latin-1") + body
