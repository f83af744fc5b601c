"""Layer 4: manifests of TCP, TLS and UDP listeners and routes, and the clients and backends for them."""

import socket
import ssl
import struct
import threading
from collections import Counter
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from support.backends import Backend
from support.certificates import Certificate
from support.manifests import NAMESPACE, Document, backend
from support.wire import SOCKET_TIMEOUT_SECONDS, Wire

# Manifests


def tcp_listener(name: str = "tcp", port: int = 9000) -> Document:
    return {"name": name, "port": port, "protocol": "TCP", "allowedRoutes": {"kinds": [{"kind": "TCPRoute"}]}}


def udp_listener(name: str = "udp", port: int = 5300) -> Document:
    return {"name": name, "port": port, "protocol": "UDP", "allowedRoutes": {"kinds": [{"kind": "UDPRoute"}]}}


def tls_listener(name: str = "tls", port: int = 8443, hostname: str | None = None, secret: str | None = None) -> Document:
    """Passthrough, or Terminate with the certificate of `secret`."""
    tls: Document = {"mode": "Passthrough"}
    if secret:
        tls = {"mode": "Terminate", "certificateRefs": [{"name": secret}]}
    found: Document = {"name": name, "port": port, "protocol": "TLS", "tls": tls}
    return found | ({"hostname": hostname} if hostname else {})


def https_listener(name: str = "https", port: int = 8443, hostname: str | None = None, secret: str = "cert") -> Document:
    found: Document = {
        "name": name, "port": port, "protocol": "HTTPS",
        "tls": {"mode": "Terminate", "certificateRefs": [{"name": secret}]},
    }  # fmt: skip
    return found | ({"hostname": hostname} if hostname else {})


def stream_route(
    kind: str, name: str, *backends: Document | str, hostnames: list[str] | None = None, created: str = "",
    **parent: Any,
) -> Document:  # fmt: skip
    """A TCPRoute, TLSRoute or UDPRoute; backends are names or `backend(...)`."""
    metadata: Document = {"name": name, "namespace": NAMESPACE}
    if created:
        metadata["creationTimestamp"] = created
    spec: Document = {"parentRefs": [{"name": "web"} | parent]}
    if hostnames:
        spec["hostnames"] = hostnames
    refs = [backend(entry) if isinstance(entry, str) else entry for entry in backends]
    version = "v1" if kind == "TLSRoute" else "v1alpha2"
    return {
        "apiVersion": f"gateway.networking.k8s.io/{version}", "kind": kind, "metadata": metadata,
        "spec": spec | {"rules": [{"backendRefs": refs}]},
    }  # fmt: skip


def secret(name: str, certificate: Certificate) -> Document:
    return {
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": NAMESPACE},
        "type": "kubernetes.io/tls", "stringData": {"tls.crt": certificate.certificate, "tls.key": certificate.key},
    }  # fmt: skip


# Backends


def echo(wire: Wire, _: Backend) -> None:
    """Sends back everything, and the FIN."""
    while part := wire.socket.recv(262_144):
        wire.send(part)
    wire.end_sending()


def greeting(text: str) -> Callable[[Wire, Backend], None]:
    """Speaks first, then sends back everything."""

    def serve(wire: Wire, backend: Backend) -> None:
        wire.send(text)
        echo(wire, backend)

    return serve


class UDPBackend:
    """Answers every datagram with what `answer` makes of it, and counts who asked."""

    def __init__(self, answer: Callable[[bytes], list[bytes]] | None = None) -> None:
        self.answer = answer or (lambda datagram: [datagram])
        self.peers: Counter[tuple[str, int]] = Counter()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> "UDPBackend":
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                datagram, peer = self._socket.recvfrom(70_000)
                if not peer:
                    return
                self.peers[peer] += 1
                for reply in self.answer(datagram):
                    self._socket.sendto(reply, peer)
            except OSError:
                return


# Clients


def udp_client(port: int, address: str = "127.0.0.1") -> socket.socket:
    """Connected: takes datagrams from that address and port only."""
    client = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    client.settimeout(SOCKET_TIMEOUT_SECONDS)
    client.connect((address, port))
    return client


def ask_datagram(client: socket.socket, datagram: bytes) -> bytes:
    client.send(datagram)
    return client.recv(70_000)


def tls_client(port: int, name: str | None, ca: str | None = None, alpn: list[str] | None = None) -> ssl.SSLSocket:
    """A handshake with the server name; verified when there is a CA."""
    context = ssl.create_default_context(cadata=ca) if ca else ssl._create_unverified_context()
    if not ca:
        context.check_hostname = False
    if alpn:
        context.set_alpn_protocols(alpn)
    connection = socket.create_connection(("127.0.0.1", port), timeout=SOCKET_TIMEOUT_SECONDS)
    try:
        return context.wrap_socket(connection, server_hostname=name)
    except BaseException:
        connection.close()
        raise


def client_hello(name: str | None) -> bytes:
    """The first flight of a client, as its TLS library writes it."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl._create_unverified_context()
    context.check_hostname = False
    try:
        context.wrap_bio(incoming, outgoing, server_hostname=name).do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def ending(wire: Wire) -> str:
    """How the other side ends the connection: `FIN`, `RST`, or the bytes that come instead."""
    try:
        got = wire.socket.recv(100)
    except ConnectionResetError:
        return "RST"
    return repr(got) if got else "FIN"


def is_reset(wire: Wire) -> bool:
    return ending(wire) == "RST"


def outcome(connect: Callable[[], Wire]) -> str:
    """How a connection ends that is opened now: a reset may come before `connect` has looked."""
    try:
        with connect() as wire:
            return ending(wire)
    except ConnectionResetError:
        return "RST"


# The PROXY protocol

V2_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def proxy_v1(source: str, port: int, to: str = "192.0.2.2", to_port: int = 443) -> bytes:
    return f"PROXY TCP{6 if ':' in source else 4} {source} {to} {port} {to_port}\r\n".encode()


def proxy_v2(source: str, port: int, to: str = "192.0.2.2", to_port: int = 443, extensions: bytes = b"") -> bytes:
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    addresses = socket.inet_pton(family, source) + socket.inet_pton(family, to) + struct.pack(">HH", port, to_port)
    kind = 0x21 if family == socket.AF_INET6 else 0x11
    rest = addresses + extensions
    return V2_SIGNATURE + bytes([0x21, kind]) + struct.pack(">H", len(rest)) + rest


def read_proxy_header(wire: Wire) -> tuple[str, int, str, int]:
    """Reads a header of either version: source and destination."""
    if wire.read_exactly(5) == b"PROXY":
        _, _, source, to, port, to_port = wire.read_line().split(" ")
        return str(ip_address(source)), int(port), str(ip_address(to)), int(to_port)
    rest = wire.read_exactly(11)
    assert rest[:7] == V2_SIGNATURE[5:], rest
    length = struct.unpack(">H", rest[9:])[0]
    body = wire.read_exactly(length)
    family, size = (socket.AF_INET, 4) if rest[8] == 0x11 else (socket.AF_INET6, 16)
    port, to_port = struct.unpack(">HH", body[2 * size : 2 * size + 4])
    return socket.inet_ntop(family, body[:size]), port, socket.inet_ntop(family, body[size : 2 * size]), to_port


