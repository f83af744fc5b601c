"""Backends and clients for what is passed on as it is: TCP, TLS and UDP."""

import socket
import ssl
import threading
from collections.abc import Callable

from support.backends import Backend
from support.wire import SOCKET_TIMEOUT_SECONDS, Wire


def greeting(name: str) -> Callable[[Wire, Backend], None]:
    """A server that speaks first: its name on a line, then whatever it gets, until the client has ended."""

    def serve(wire: Wire, _: Backend) -> None:
        wire.send(f"{name}\r\n")
        while data := wire.socket.recv(65_536):
            wire.send(data)

    return serve


class DatagramBackend:
    """Answers every datagram with its name and what it got, or with what `answer` makes of it."""

    def __init__(self, name: str = "", answer: Callable[[bytes], bytes] | None = None) -> None:
        self.received: list[bytes] = []
        self.clients: set[tuple[str, int]] = set()
        self._answer = answer or (lambda data: f"{name} ".encode() + data)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self._stopping = False
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> "DatagramBackend":
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._stopping:
            try:
                data, client = self._socket.recvfrom(65_536)
            except TimeoutError:
                continue
            self.received.append(data)
            self.clients.add(client)
            self._socket.sendto(self._answer(data), client)


def ask_datagram(address: str, port: int, data: bytes) -> bytes:
    """One datagram from a new port, and its answer, which has to come from where the question went."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(SOCKET_TIMEOUT_SECONDS)
        client.connect((address, port))
        client.send(data)
        return client.recv(65_536)


def tls_connect(address: str, port: int, server_name: str | None) -> Wire:
    """A connection after the handshake; the certificate may be anybody's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = socket.create_connection((address, port), timeout=SOCKET_TIMEOUT_SECONDS)
    try:
        return Wire(context.wrap_socket(connection, server_hostname=server_name))
    except BaseException:
        connection.close()
        raise


def is_closed_without_alert(address: str, port: int, server_name: str | None) -> bool:
    """The TCP connection comes about, and ends before the server has said anything of TLS."""
    try:
        tls_connect(address, port, server_name).close()
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionResetError, BrokenPipeError):
        return True
    return False
