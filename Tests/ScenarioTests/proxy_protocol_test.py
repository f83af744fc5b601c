"""The PROXY protocol: taken from trusted peers in front of everything, and sent to backends that want it."""

import socket
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support import wire
from support.backends import Backend
from support.certificates import Authority
from support.manifests import gateway, listener, service
from support.http2 import HTTP2Client
from support.manifests import route as http_route
from support.manifests import rule
from support.server import Weir, binary
from support.streams import (
    client_hello, echo, https_listener, is_reset, proxy_v1, proxy_v2, read_proxy_header, secret, stream_route, tcp_listener,
    tls_client, tls_listener,
)  # fmt: skip
from support.tls import Secured
from support.waiting import eventually
from support.wire import Wire

TCP_PORT = 9000
TLS_PORT = 8443
TRUST = ("--proxy-protocol-from", "127.0.0.0/8")
HEADERS = [proxy_v1("203.0.113.7", 4711), proxy_v2("203.0.113.7", 4711), proxy_v2("203.0.113.7", 4711, extensions=b"\xee\0\2ab")]


def web(weir: Callable[..., Weir], backend: Callable[..., Backend], *flags: str) -> tuple[Weir, Backend]:
    up = backend()
    return weir(gateway(), service("web"), http_route("r", rule("web")), *flags, web=up), up


def refused(server: Weir) -> int:
    lines = server.admin("/metrics").text.splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("weir_proxy_headers_refused_total "))


@pytest.mark.parametrize("header", [*HEADERS, proxy_v1("2001:db8::7", 1, "::1"), proxy_v2("2001:db8::7", 1, "::1")])
def test_http_sees_the_client_of_the_header(
    weir: Callable[..., Weir], backend: Callable[..., Backend], header: bytes
) -> None:
    server, up = web(weir, backend, *TRUST)
    with server.connect() as client:
        client.send(header + wire.request("GET", "/"))
        assert client.read_response().status == 200
        client.send(wire.request("GET", "/again"))
        assert client.read_response().status == 200
    wanted = "2001:db8::7" if header in (proxy_v1("2001:db8::7", 1, "::1"), proxy_v2("2001:db8::7", 1, "::1")) else "203.0.113.7"
    assert [request.get("x-forwarded-for") for request in up.requests] == [wanted, wanted]


def test_a_header_may_come_byte_by_byte(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    server, up = web(weir, backend, *TRUST)
    for header in HEADERS:
        with server.connect() as client:
            for byte in header + wire.request("GET", "/"):
                client.send(bytes([byte]))
            assert client.read_response().status == 200
    assert {request.get("x-forwarded-for") for request in up.requests} == {"203.0.113.7"}


@pytest.mark.parametrize("header", [b"PROXY UNKNOWN\r\n", b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"])
def test_a_load_balancer_may_speak_for_itself(
    weir: Callable[..., Weir], backend: Callable[..., Backend], header: bytes
) -> None:
    server, up = web(weir, backend, *TRUST)
    with server.connect() as client:
        client.send(header + wire.request("GET", "/"))
        assert client.read_response().status == 200
    assert up.requests[0].get("x-forwarded-for") == "127.0.0.1"


@pytest.mark.parametrize(
    "first",
    [
        wire.request("GET", "/"), b"PROXY TCP4 203.0.113.7 1.2.3.4 1\r\n", b"PROXY " + b"x" * 200,
        b"\r\n\r\n\0\r\nQUIT\n\x31\x11\0\x0c" + bytes(12), b"\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff",
    ],
)  # fmt: skip
def test_a_trusted_peer_must_send_a_header(
    weir: Callable[..., Weir], backend: Callable[..., Backend], first: bytes
) -> None:
    server, up = web(weir, backend, *TRUST)
    with server.connect() as client:
        client.send(first)
        assert is_reset(client)
    assert refused(server) == 1
    assert up.connections == 0


def test_a_header_must_come_in_time(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    server, _ = web(weir, backend, *TRUST, "--header-timeout", "1s")
    with server.connect() as client:
        client.send("PROXY ")
        assert is_reset(client)
    assert refused(server) == 1
    # A health check that only connects is no offence.
    server.connect().close()
    eventually(lambda: "weir_downstream_connections 0\n" in server.admin("/metrics").text, "it is gone")
    assert refused(server) == 1


def test_others_are_plain_clients(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    """What they claim is not believed: it is a malformed request."""
    server, up = web(weir, backend, "--proxy-protocol-from", "192.0.2.0/24,2001:db8::/32")
    with server.connect() as client:
        client.send(wire.request("GET", "/"))
        assert client.read_response().status == 200
    with server.connect() as client:
        client.send(HEADERS[0] + wire.request("GET", "/"))
        assert client.read_response().status == 400
    assert [request.get("x-forwarded-for") for request in up.requests] == ["127.0.0.1"]


def test_headers_stand_in_front_of_tls(
    weir: Callable[..., Weir], backend: Callable[..., Backend], tmp_path: Path
) -> None:
    authority = Authority()
    tls = Secured(authority.issue("abc.example.com"), tmp_path, echo)
    server = weir(
        gateway(tls_listener(port=TLS_PORT)), service("up"),
        stream_route("TLSRoute", "r", "up", hostnames=["abc.example.com"]), *TRUST, ports=(TLS_PORT,), up=backend(tls),
    )  # fmt: skip
    hello = client_hello("abc.example.com")
    for header in HEADERS:
        with server.connect(TLS_PORT) as client:
            client.send(header + hello)
            assert client.read_exactly(1) == b"\x16"
        with server.connect(TLS_PORT) as client:
            for byte in header + hello[:50]:
                client.send(bytes([byte]))
            client.send(hello[50:])
            assert client.read_exactly(1) == b"\x16"
    with server.connect(TLS_PORT) as client:
        client.send(hello)
        assert is_reset(client)


class Introduced:
    """Stands for a TLS context: sends a header before the handshake, or in plain text before everything."""

    def __init__(self, header: bytes, context: ssl.SSLContext | None = None) -> None:
        self.header = header
        self.context = context

    def wrap_socket(self, plain: socket.socket, server_hostname: str) -> socket.socket:
        plain.sendall(self.header)
        return self.context.wrap_socket(plain, server_hostname=server_hostname) if self.context else plain


@pytest.mark.parametrize("with_streams", [False, True])
def test_https_and_http2_see_the_client_of_the_header(
    weir: Callable[..., Weir], backend: Callable[..., Backend], with_streams: bool
) -> None:
    """With TLS listeners on the same port the ClientHello is looked at behind the header."""
    authority, up = Authority(), backend()
    listeners = [https_listener("https", TLS_PORT, "www.test")] + [tls_listener("tls", TLS_PORT, "tls.test")] * with_streams
    server = weir(
        gateway(listener(), *listeners), service("web"), secret("cert", authority.issue("www.test")),
        http_route("r", rule("web")), *TRUST, ports=(80, TLS_PORT), web=up,
    )  # fmt: skip
    context = ssl.create_default_context(cadata=authority.pem)
    for alpn in ("http/1.1", "h2"):
        context.set_alpn_protocols([alpn])
        for header in HEADERS:
            introduced = Introduced(header, context)
            if alpn == "h2":
                with HTTP2Client(server.port(TLS_PORT), tls=introduced, server_name="www.test") as client:
                    assert client.get(authority="www.test").status == 200
            else:
                with server.connect(TLS_PORT) as client:
                    client.socket = introduced.wrap_socket(client.socket, "www.test")
                    client.send(wire.request("GET", "/", host="www.test"))
                    assert client.read_response().status == 200
    # By prior knowledge, in plain text.
    with HTTP2Client(server.port(), tls=Introduced(HEADERS[1])) as client:
        assert client.get().status == 200
    assert len(up.requests) == 7
    assert {request.get("x-forwarded-for") for request in up.requests} == {"203.0.113.7"}


def test_curl_speaks_it(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    server, up = web(weir, backend, *TRUST)
    command = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--haproxy-protocol", server.url()]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"200"


def annotated(name: str, version: str) -> dict:
    found = service(name)
    found["metadata"]["annotations"] = {"gateway.weir.dev/proxy-protocol": version}
    return found


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_backends_are_told_the_client(weir: Callable[..., Weir], backend: Callable[..., Backend], version: str) -> None:
    seen = []

    def serve(connection: Wire, backend: Backend) -> None:
        seen.append(read_proxy_header(connection))
        connection.send("hi ")
        connection.send(connection.read_exactly(5))

    server = weir(
        gateway(tcp_listener(port=TCP_PORT), tls_listener(port=TLS_PORT, secret="cert")), annotated("up", version),
        secret("cert", (authority := Authority()).issue("tls.example.com")),
        stream_route("TCPRoute", "tcp", "up"), stream_route("TLSRoute", "tls", "up", hostnames=["tls.example.com"]),
        ports=(TCP_PORT, TLS_PORT), up=backend(serve),
    )  # fmt: skip
    with server.connect(TCP_PORT) as client:
        own = client.socket.getsockname()
        client.send("hello")
        assert client.read_to_end() == b"hi hello"
    assert seen == [("127.0.0.1", own[1], "127.0.0.1", server.port(TCP_PORT))]
    with tls_client(server.port(TLS_PORT), "tls.example.com", authority.pem) as client:
        own = client.getsockname()
        client.sendall(b"hello")
        assert client.recv(100) == b"hi "
    assert seen[1] == ("127.0.0.1", own[1], "127.0.0.1", server.port(TLS_PORT))


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_what_a_trusted_peer_said_is_passed_on(
    weir: Callable[..., Weir], backend: Callable[..., Backend], version: str
) -> None:
    seen = []
    server = weir(
        gateway(tcp_listener(port=TCP_PORT)), annotated("up", version), stream_route("TCPRoute", "tcp", "up"), *TRUST,
        ports=(TCP_PORT,), up=backend(lambda connection, _: seen.append(read_proxy_header(connection))),
    )  # fmt: skip
    for header in (proxy_v1("203.0.113.7", 4711), proxy_v2("2001:db8::7", 4711, "2001:db8::1", 99)):
        with server.connect(TCP_PORT) as client:
            client.send(header)
            client.read_to_end()
    assert seen == [("203.0.113.7", 4711, "192.0.2.2", 443), ("2001:db8::7", 4711, "2001:db8::1", 99)]


def test_the_option_wants_networks() -> None:
    for text in ("10.0.0.0/33", "example.com", "10.0.0.0/8,", ""):
        result = subprocess.run(
            [binary(), "run", "-f", "/dev/null", "--proxy-protocol-from", text], capture_output=True, text=True, check=False
        )
        assert result.returncode == 2, text
