"""TLSRoute: connections of TLS listeners, chosen by server name; passed on encrypted, or decrypted first."""

import hashlib
import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from support import wire
from support.backends import Backend
from support.certificates import Authority
from support.manifests import backend as ref
from support.manifests import gateway, service
from support.manifests import route as http_route
from support.manifests import rule
from support.server import Weir
from support.streams import (
    client_hello, echo, ending, greeting, https_listener, is_reset, secret, stream_route, tls_client, tls_listener,
)  # fmt: skip
from support.tls import Secured
from support.waiting import eventually
from support.wire import Wire

PORT = 8443
CA = Authority()


def route(name: str, hostname: str | list[str], *backends: object, **more: object) -> dict:
    names = [hostname] if isinstance(hostname, str) else hostname
    return stream_route("TLSRoute", name, *backends, hostnames=names, **more)


def metric(server: Weir, name: str, **labels: str) -> int:
    wanted = [f'{key}="{value}"' for key, value in labels.items()]
    return sum(
        int(line.split()[-1])
        for line in server.admin("/metrics").text.splitlines()
        if line.startswith(name + "{") and all(label in line for label in wanted)
    )


@pytest.fixture
def secured(backend: Callable[..., Backend], tmp_path: Path) -> Callable[..., tuple[Secured, Backend]]:
    """A backend with a certificate for the names, which notes what clients ask for."""

    def start(*names: str, serve: Callable[[Wire, Backend], None] = echo) -> tuple[Secured, Backend]:
        tls = Secured(CA.issue(*names), tmp_path, serve)
        return tls, backend(tls)

    return start


def say(client: ssl.SSLSocket, text: bytes = b"hello") -> bytes:
    client.sendall(text)
    got = b""
    while len(got) < len(text) and (part := client.recv(65536)):
        got += part
    return got


# Passthrough


def test_passthrough_leaves_the_handshake_to_the_backend(weir: Callable[..., Weir], secured: Callable) -> None:
    tls, up = secured("abc.example.com")
    server = weir(
        gateway(tls_listener(port=PORT)), service("up"), route("r", "abc.example.com", "up"), ports=(PORT,), up=up
    )
    with tls_client(server.port(PORT), "abc.example.com", CA.pem) as client:
        assert say(client) == b"hello"
    assert tls.server_names == ["abc.example.com"]
    # Case does not matter, and reaches the backend as it was sent.
    hello = client_hello("ABC.Example.COM")
    with server.connect(PORT) as client:
        client.send(hello)
        assert client.read_exactly(1) == b"\x16"


def test_openssl_on_both_sides(weir: Callable[..., Weir], tmp_path: Path) -> None:
    paths = CA.issue("abc.example.com").write(tmp_path, "server")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", paths[0], "-key", paths[1], "-www"]
    backend = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        server = weir(
            gateway(tls_listener(port=PORT)), service("up"), route("r", "*.example.com", "up"), ports=(PORT,), up=port
        )
        (tmp_path / "ca.pem").write_text(CA.pem)

        def works() -> bool:
            result = subprocess.run(
                ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port(PORT)}", "-servername", "abc.example.com",
                 "-CAfile", tmp_path / "ca.pem", "-verify_return_error", "-quiet"],
                input=b"GET / HTTP/1.0\r\n\r\n", capture_output=True, timeout=20, check=False,
            )  # fmt: skip
            return b"s_server" in result.stdout

        eventually(works, "the page of s_server")
    finally:
        backend.kill()
        backend.wait()


@pytest.mark.parametrize("size", [1, 5, 100])
def test_a_client_hello_may_come_in_pieces(weir: Callable[..., Weir], backend: Callable[..., Backend], size: int) -> None:
    """Byte by byte, in packets of their own; what reaches the backend is what was sent."""
    seen = []

    def serve(connection: Wire, _: Backend) -> None:
        seen.append(connection.read_exactly(len(hello)))
        connection.send("ok")

    up = backend(serve)
    hello = client_hello("abc.example.com")
    server = weir(
        gateway(tls_listener(port=PORT)), service("up"), route("r", "abc.example.com", "up"), ports=(PORT,), up=up
    )
    with server.connect(PORT) as client:
        for start in range(0, len(hello), size):
            client.send(hello[start : start + size])
            if start in (0, 5, 6):
                eventually(lambda: up.connections == 0, "nobody is connected before the name is known")
        assert client.read_exactly(2) == b"ok"
    assert seen == [hello]


def test_a_client_hello_may_be_split_over_records(weir: Callable[..., Weir], secured: Callable) -> None:
    tls, up = secured("abc.example.com")
    hello = client_hello("abc.example.com")
    message = hello[5:]
    pieces = b"".join(
        b"\x16\x03\x01" + len(part).to_bytes(2, "big") + part
        for part in (message[start : start + 7] for start in range(0, len(message), 7))
    )
    server = weir(
        gateway(tls_listener(port=PORT)), service("up"), route("r", "abc.example.com", "up"), ports=(PORT,), up=up
    )
    with server.connect(PORT) as client:
        client.send(pieces)
        assert client.read_exactly(3)[:2] == b"\x16\x03", "the backend understands it"


def test_large_transfers_are_unchanged(weir: Callable[..., Weir], secured: Callable) -> None:
    tls, up = secured("abc.example.com")
    server = weir(
        gateway(tls_listener(port=PORT)), service("up"), route("r", "abc.example.com", "up"), ports=(PORT,), up=up
    )
    sent = os.urandom(1 << 20) * 8
    with tls_client(server.port(PORT), "abc.example.com", CA.pem) as client:
        writer = threading.Thread(target=client.sendall, args=(sent,))
        writer.start()
        digest, left = hashlib.sha256(), len(sent)
        while left:
            part = client.recv(262_144)
            digest.update(part)
            left -= len(part)
        writer.join()
    assert digest.digest() == hashlib.sha256(sent).digest()


# Which route


INTERSECTIONS = [
    ("abc.example.com", {"a": "*.example.com"}, {"abc.example.com": "a", "other.example.com": None, "x.test": None}),
    (
        "*.example.com", {"a": "abc.example.com", "b": "*.com"},
        {"abc.example.com": "a", "other.example.com": "b", "x.y.example.com": "b", "example.com": None, "x.com": None},
    ),
    (
        "*.com", {"a": "abc.example.com", "b": "*.example.com"},
        {"abc.example.com": "a", "other.example.com": "b", "non.matching.com": None},
    ),
    (
        None, {"a": "abc.example.com", "b": "*.example.com"},
        {"abc.example.com": "a", "ABC.EXAMPLE.com": "a", "other.example.com": "b", "non.matching.org": None, None: None},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("hostname", "routes", "expected"), INTERSECTIONS)
def test_hostname_intersection(
    weir: Callable[..., Weir], backend: Callable[..., Backend], hostname: str | None, routes: dict[str, str],
    expected: dict[str | None, str | None],
) -> None:  # fmt: skip
    """The exact route wins although it is newer."""
    documents, backends = [gateway(tls_listener(port=PORT, hostname=hostname))], {}
    for age, (name, pattern) in enumerate(sorted(routes.items(), key=lambda entry: "*" not in entry[1])):
        documents += [service(name), route(name, pattern, name, created=f"2025-01-0{age + 1}T00:00:00Z")]
        backends[name] = backend(greeting(name))
    server = weir(*documents, ports=(PORT,), **backends)
    for server_name, wanted in expected.items():
        with server.connect(PORT) as client:
            client.send(client_hello(server_name))
            if wanted is None:
                assert ending(client) in ("FIN", "RST"), server_name
            else:
                assert client.read_exactly(1) == wanted.encode(), server_name


def test_the_more_specific_listener_owns_a_name(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    """Also when it has no route for it: no other listener gets the connection."""
    server = weir(
        gateway(tls_listener("wide", PORT), tls_listener("narrow", PORT, "*.example.com")),
        service("up"), route("r", "a.example.com", "up", sectionName="wide"),
        route("s", "b.test", "up", sectionName="wide"), ports=(PORT,), up=backend(greeting("u")),
    )  # fmt: skip
    with server.connect(PORT) as client:
        client.send(client_hello("a.example.com"))
        assert is_reset(client)
    with server.connect(PORT) as client:
        client.send(client_hello("b.test"))
        assert client.read_exactly(1) == b"u"


def test_weights(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    server = weir(
        gateway(tls_listener(port=PORT)), service("a"), service("b"),
        route("r", "abc.example.com", ref("a", 70), ref("b", 30)), ports=(PORT,),
        a=backend(greeting("a")), b=backend(greeting("b")),
    )  # fmt: skip
    hello, answers = client_hello("abc.example.com"), []
    for _ in range(500):
        with server.connect(PORT) as client:
            client.send(hello)
            answers.append(client.read_exactly(1))
    assert abs(answers.count(b"a") - 350) <= 25


# Rejection is never TLS


@pytest.mark.parametrize("terminate", [False, True])
@pytest.mark.parametrize(
    "backends", [["missing"], [ref("up", kind="Pod")], [ref("up", namespace="elsewhere")], [ref("up", 0)]]
)
def test_rejection_of_invalid_backends(weir: Callable[..., Weir], backends: list, terminate: bool) -> None:
    listener = tls_listener(port=PORT, hostname="abc.example.com", secret="cert" if terminate else None)
    server = weir(
        gateway(listener), service("up"), secret("cert", CA.issue("abc.example.com")),
        route("r", "abc.example.com", *backends), ports=(PORT,),
    )  # fmt: skip
    with server.connect(PORT) as client:
        client.send(client_hello("abc.example.com"))
        assert ending(client) in ("FIN", "RST")


@pytest.mark.parametrize(
    "first", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x02\x00", b"\x16\x03\x01\x00\x05\x02aaaa", b"\0" * 500]
)
def test_rejection_of_what_is_no_tls(weir: Callable[..., Weir], backend: Callable[..., Backend], first: bytes) -> None:
    server = weir(
        gateway(tls_listener(port=PORT)), service("up"), route("r", "abc.example.com", "up"), ports=(PORT,),
        up=backend(echo),
    )  # fmt: skip
    with server.connect(PORT) as client:
        client.send(first)
        assert is_reset(client)
    assert metric(server, "weir_stream_refused_total", reason="not_tls") == 1


def test_rejection_of_a_client_hello_that_does_not_end(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    """By its length when it is too long, by the clock when it stops."""
    up = backend(echo)
    server = weir(
        gateway(tls_listener(port=PORT)), service("up"), route("r", "abc.example.com", "up"), "--header-timeout", "1s",
        ports=(PORT,), up=up,
    )  # fmt: skip
    with server.connect(PORT) as client:
        client.send(client_hello("abc.example.com")[:-1])
        assert is_reset(client)
    assert metric(server, "weir_stream_refused_total", reason="timeout") == 1
    with server.connect(PORT) as client:
        client.send(b"\x16\x03\x01\x40\x00\x01\x00\xff\xff" + bytes(100))
        assert is_reset(client)
    assert up.connections == 0


def test_a_reload_in_the_middle_of_a_client_hello(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    """The connection is served as the port is when its name is known."""
    names = ["a", "b", "c"]

    def documents(*served: str) -> list[dict]:
        routes = [entry for name in served for entry in (service(name), route(name, f"{name}.example.com", name))]
        return [gateway(tls_listener(port=PORT)), *routes]

    server = weir(*documents(*names), ports=(PORT,), **{name: backend(greeting(name)) for name in names})
    hello, gone = client_hello("c.example.com"), client_hello("a.example.com")
    with server.connect(PORT) as client, server.connect(PORT) as late:
        client.send(hello[:100])
        late.send(gone[:100])
        server.write("all.yaml", *documents("c"))
        eventually(lambda: '"name" : "a"' not in server.admin("/status").text, "the change is live")
        client.send(hello[100:])
        assert client.read_exactly(1) == b"c"
        late.send(gone[100:])
        assert is_reset(late)


def test_many_slow_clients_hold_up_nobody(weir: Callable[..., Weir], secured: Callable) -> None:
    tls, up = secured("abc.example.com")
    server = weir(
        gateway(tls_listener(port=PORT)), service("up"), route("r", "abc.example.com", "up"), "--workers", "1",
        ports=(PORT,), up=up,
    )  # fmt: skip
    before = server.resident_bytes
    slow = [server.connect(PORT) for _ in range(300)]
    for client in slow:
        client.send(client_hello("abc.example.com")[:200])
    with tls_client(server.port(PORT), "abc.example.com", CA.pem) as client:
        assert say(client) == b"hello"
    assert server.resident_bytes - before < 4 << 20
    for client in slow:
        client.close()
    assert up.connections == 1


# Terminate


def test_terminate_decrypts_and_lets_the_server_speak_first(
    weir: Callable[..., Weir], backend: Callable[..., Backend]
) -> None:
    up = backend(greeting("welcome\n"))
    server = weir(
        gateway(tls_listener(port=PORT, hostname="tls.example.com", secret="cert")), service("up"),
        secret("cert", CA.issue("tls.example.com")), route("r", "tls.example.com", "up"), ports=(PORT,), up=up,
    )  # fmt: skip
    with tls_client(server.port(PORT), "tls.example.com", CA.pem, alpn=["h2", "http/1.1"]) as client:
        assert client.selected_alpn_protocol() is None
        assert client.recv(100) == b"welcome\n"
        assert say(client) == b"hello"
        client.unwrap()
    eventually(lambda: up.closed_connections == 1, "the backend got the end")


def test_terminate_transfers_much_and_keeps_half_closes(
    weir: Callable[..., Weir], backend: Callable[..., Backend]
) -> None:
    digests = []

    def serve(connection: Wire, _: Backend) -> None:
        data = connection.read_to_end()
        digests.append(hashlib.sha256(data).digest())
        connection.send(data[::-1])

    server = weir(
        gateway(tls_listener(port=PORT, secret="cert")), service("up"), secret("cert", CA.issue("tls.example.com")),
        route("r", "tls.example.com", "up"), ports=(PORT,), up=backend(serve),
    )  # fmt: skip
    sent = os.urandom(1 << 20) * 6
    # s_client sends close_notify at the end of its input and, with -ign_eof, goes on reading... Python's MemoryBIO does
    # it by hand.
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context(cadata=CA.pem)
    tls = context.wrap_bio(incoming, outgoing, server_hostname="tls.example.com")
    with server.connect(PORT) as connection:

        def drive(step: Callable[[], object]) -> object:
            while True:
                try:
                    return step()
                except ssl.SSLWantReadError:
                    connection.send(outgoing.read())
                    incoming.write(connection.socket.recv(262_144))

        drive(tls.do_handshake)
        for start in range(0, len(sent), 1 << 16):
            tls.write(sent[start : start + (1 << 16)])
            connection.send(outgoing.read())
        try:
            tls.unwrap()
        except ssl.SSLWantReadError:
            pass
        connection.send(outgoing.read())
        connection.end_sending()
        # After its close_notify Python no longer reads: that the bytes come is all that can be seen.
        answer = connection.read_to_end()
    assert digests == [hashlib.sha256(sent).digest()]
    assert len(answer) > len(sent)


def test_handshake_failures_do_not_reach_the_backend(
    weir: Callable[..., Weir], backend: Callable[..., Backend]
) -> None:
    up = backend(echo)
    server = weir(
        gateway(tls_listener(port=PORT, secret="cert")), service("up"), secret("cert", CA.issue("tls.example.com")),
        route("r", "tls.example.com", "up"), ports=(PORT,), up=up,
    )  # fmt: skip
    with server.connect(PORT) as client:
        client.send(client_hello("tls.example.com"))
        assert client.read_exactly(1) == b"\x16"
        client.send(b"\x17\x03\x03\x00\x20" + bytes(32))
        client.read_to_end()
    eventually(lambda: metric(server, "weir_stream_refused_total", reason="handshake_failed") == 1, "it is counted")
    assert up.connections == 0


def test_mixed_modes_and_https_on_one_port(
    weir: Callable[..., Weir], backend: Callable[..., Backend], secured: Callable
) -> None:
    tls, passthrough = secured("abc.example.com")
    server = weir(
        gateway(
            tls_listener("terminate", PORT, "tls.example.com", secret="cert"),
            tls_listener("pass", PORT, "abc.example.com"),
            https_listener("https", PORT, "www.example.com", secret="cert"),
        ),
        service("plain"), service("secure"), service("web"),
        secret("cert", CA.issue("tls.example.com", "www.example.com")),
        route("terminate", "tls.example.com", "plain", sectionName="terminate"),
        route("pass", "abc.example.com", "secure", sectionName="pass"),
        http_route("web", rule("web"), sectionName="https"),
        ports=(PORT,), plain=backend(greeting("plain ")), secure=passthrough, web=backend(),
    )  # fmt: skip
    with tls_client(server.port(PORT), "tls.example.com", CA.pem) as client:
        assert client.recv(100) == b"plain "
    with tls_client(server.port(PORT), "abc.example.com", CA.pem) as client:
        assert say(client) == b"hello"
    with tls_client(server.port(PORT), "www.example.com", CA.pem, alpn=["http/1.1"]) as client:
        assert client.selected_alpn_protocol() == "http/1.1"
        client.sendall(wire.request("GET", "/", "Connection: close", host="www.example.com"))
        assert client.recv(100).startswith(b"HTTP/1.1 200")
    with server.connect(PORT) as client:
        client.send(client_hello("else.example.com"))
        assert is_reset(client)


def test_certificates_change_without_a_break(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    other = Authority("Other CA")

    def documents(authority: Authority) -> list[dict]:
        return [
            gateway(tls_listener(port=PORT, secret="cert")), service("up"),
            secret("cert", authority.issue("tls.example.com")), route("r", "tls.example.com", "up"),
        ]  # fmt: skip

    server = weir(*documents(CA), ports=(PORT,), up=backend(echo))
    with tls_client(server.port(PORT), "tls.example.com", CA.pem) as client:
        assert say(client) == b"hello"
        server.write("all.yaml", *documents(other))

        def renewed() -> bool:
            with tls_client(server.port(PORT), "tls.example.com", other.pem) as second:
                return say(second) == b"hello"

        eventually(renewed, "the new certificate is shown")
        assert say(client, b"still") == b"still"


def test_backends_with_a_policy_get_tls_and_nothing_else(
    weir: Callable[..., Weir], secured: Callable, backend: Callable[..., Backend]
) -> None:
    """Behind listeners in mode Terminate and TCP listeners alike; a backend that cannot be verified gets nothing."""
    tls, up = secured("up.test")
    wrong, impostor = secured("else.test")
    policies = [
        {
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "BackendTLSPolicy",
            "metadata": {"name": name, "namespace": "test"},
            "spec": {
                "targetRefs": [{"group": "", "kind": "Service", "name": name}],
                "validation": {"hostname": "up.test", "caCertificateRefs": [{"group": "", "kind": "ConfigMap", "name": "ca"}]},
            },
        }
        for name in ("up", "impostor")
    ]  # fmt: skip
    ca = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "ca", "namespace": "test"}, "data": {"ca.crt": CA.pem}}
    server = weir(
        gateway(
            tls_listener("tls", PORT, secret="cert"),
            {"name": "tcp", "port": PORT + 1, "protocol": "TCP"}, {"name": "bad", "port": PORT + 2, "protocol": "TCP"},
        ),
        service("up"), service("impostor"), ca, *policies, secret("cert", CA.issue("tls.example.com")),
        route("r", "tls.example.com", "up"), stream_route("TCPRoute", "tcp", "up", sectionName="tcp"),
        stream_route("TCPRoute", "bad", "impostor", sectionName="bad"),
        ports=(PORT, PORT + 1, PORT + 2), up=up, impostor=impostor,
    )  # fmt: skip
    with tls_client(server.port(PORT), "tls.example.com", CA.pem) as client:
        got = say(client)
        assert got == b"hello", (tls.server_names, tls.first_bytes, server.admin("/status").text, server.log)
    with server.connect(PORT + 1) as client:
        client.send("hello")
        client.end_sending()
        assert client.read_to_end() == b"hello"
    assert tls.server_names == ["up.test", "up.test"]
    assert tls.protocols == [None, None]
    with server.connect(PORT + 2) as client:
        client.send("secret")
        assert is_reset(client)
    assert wrong.handshakes == 0
