"""Listeners of protocol TLS, TCP and UDP beside others: shared port numbers, ports that are taken, changes while it runs."""

import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from support.backends import Backend
from support.certificates import Authority
from support.conformance import condition, is_good
from support.manifests import Document
from support.server import Weir, write
from support.stream_peers import DatagramBackend, ask_datagram, greeting, is_closed_without_alert, tls_connect
from support.tls import Secured
from support.waiting import eventually

API = "gateway.networking.k8s.io/v1"
Start = Callable[..., Weir]


def gateway(*listeners: Document) -> Document:
    return {
        "apiVersion": API,
        "kind": "Gateway",
        "metadata": {"namespace": "shop", "name": "web"},
        "spec": {"gatewayClassName": "weir", "listeners": list(listeners)},
    }


def route(kind: str, name: str, service: str, *hostnames: str) -> Document:
    spec: Document = {"parentRefs": [{"name": "web"}], "rules": [{"backendRefs": [{"name": service, "port": 80}]}]}
    if hostnames:
        spec["hostnames"] = list(hostnames)
    return {"apiVersion": API, "kind": kind, "metadata": {"namespace": "shop", "name": name}, "spec": spec}


def service(name: str, *protocols: str) -> Document:
    ports = [{"name": protocol.lower(), "port": 80, "protocol": protocol} for protocol in protocols or ("TCP",)]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"namespace": "shop", "name": name},
        "spec": {"ports": ports},
    }


@pytest.fixture
def start(stack: ExitStack, tmp_path: Path) -> Start:
    def start(documents: list[Document], backends: dict[str, Backend | DatagramBackend], *ports: int) -> Weir:
        flags: list[str] = []
        for name, target in backends.items():
            flags += ["--backend", f"shop/{name}:80=127.0.0.1:{target.port}"]
        directory = tmp_path / "manifests"
        write(directory, "all.yaml", *documents)
        return stack.enter_context(Weir(directory, *flags, ports=ports))

    return start


@pytest.fixture
def datagrams(stack: ExitStack) -> DatagramBackend:
    return stack.enter_context(DatagramBackend("udp"))


def listeners(server: Weir) -> dict[str, Document]:
    entries = server.admin("/status").json()["gateways"][0]["listeners"]
    return {entry["name"]: entry for entry in entries}


def greeted_by(server: Weir, listener: int) -> str:
    with server.connect(listener) as wire:
        return wire.read_line()


TCP = {"name": "tcp", "port": 53, "protocol": "TCP"}
UDP = {"name": "udp", "port": 53, "protocol": "UDP"}


def test_tcp_and_udp_share_a_port_number(
    start: Start, backend: Callable[..., Backend], datagrams: DatagramBackend
) -> None:
    documents = [gateway(TCP, UDP), route("TCPRoute", "a", "tcp"), route("UDPRoute", "a", "udp")]
    documents += [service("tcp"), service("udp", "UDP")]
    server = start(documents, {"tcp": backend(greeting("tcp")), "udp": datagrams}, 53)
    assert all(is_good(entry) for entry in listeners(server).values())
    assert greeted_by(server, 53) == "tcp"
    assert ask_datagram("127.0.0.1", server.port(53), b"x") == b"udp x"
    assert f"127.0.0.1:{server.port(53)}/udp" in server.log


def test_a_udp_port_that_is_taken_leaves_the_tcp_port_alone(
    start: Start, backend: Callable[..., Backend], datagrams: DatagramBackend
) -> None:
    documents = [route("TCPRoute", "a", "tcp"), route("UDPRoute", "a", "udp"), service("tcp"), service("udp", "UDP")]
    server = start([gateway(TCP), *documents], {"tcp": backend(greeting("tcp")), "udp": datagrams}, 53)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", server.port(53)))
        server.write("all.yaml", gateway(TCP, UDP), *documents)
        eventually(lambda: "udp" in listeners(server), "the listener is known")
        assert condition(listeners(server)["udp"], "Accepted") == ("False", "PortUnavailable")
        assert is_good(listeners(server)["tcp"])
        assert greeted_by(server, 53) == "tcp"
    server.write("all.yaml", gateway(TCP, {**UDP, "name": "again"}), *documents)
    eventually(lambda: "again" in listeners(server), "the listener is known")
    assert is_good(listeners(server)["again"])
    assert ask_datagram("127.0.0.1", server.port(53), b"x") == b"udp x"


def test_https_and_both_modes_of_tls_share_a_port(
    start: Start, backend: Callable[..., Backend], tmp_path: Path
) -> None:
    """The server name decides; the certificates are those of the listeners, and of the backend behind passthrough."""
    authority = Authority()
    leaf = authority.issue("www.example.com", "mail.example.com")
    inside = Secured(authority.issue("db.example.com"), tmp_path, serve=greeting("inside"))
    certificate = {"certificateRefs": [{"name": "cert"}]}
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/tls",
        "metadata": {"namespace": "shop", "name": "cert"},
        "stringData": {"tls.crt": leaf.certificate, "tls.key": leaf.key},
    }
    shared = {"port": 443, "protocol": "TLS"}
    documents = [
        gateway(
            {"name": "https", "port": 443, "protocol": "HTTPS", "hostname": "www.example.com", "tls": certificate},
            {"name": "inside", **shared, "hostname": "db.example.com", "tls": {"mode": "Passthrough"}},
            {"name": "mail", **shared, "hostname": "mail.example.com", "tls": {"mode": "Terminate", **certificate}},
        ),
        secret,
        route("HTTPRoute", "www", "web"),
        route("TLSRoute", "db", "db", "db.example.com"),
        route("TLSRoute", "mail", "mail", "mail.example.com"),
        *(service(name) for name in ("web", "db", "mail")),
    ]
    backends = {"web": backend(), "db": backend(inside), "mail": backend(greeting("mail"))}
    server = start(documents, backends, 443)
    assert all(is_good(entry) for entry in listeners(server).values())
    port = server.port(443)
    for name in ("db.example.com", "mail.example.com"):
        with tls_connect("127.0.0.1", port, name) as wire:
            assert wire.read_line() == {"db.example.com": "inside", "mail.example.com": "mail"}[name]
    assert inside.server_names == ["db.example.com"]
    with tls_connect("127.0.0.1", port, "www.example.com") as wire:
        wire.send("GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n")
        assert wire.read_response().body == b"ok"
    assert is_closed_without_alert("127.0.0.1", port, "other.example.com")


def test_a_listener_changes_its_protocol_while_it_runs(start: Start, backend: Callable[..., Backend]) -> None:
    """New connections are treated as the listener says now; none is refused in between."""
    rest = [route("HTTPRoute", "web", "web"), route("TCPRoute", "tcp", "tcp"), service("web"), service("tcp")]
    http, tcp = ({"name": "l", "port": 80, "protocol": protocol} for protocol in ("HTTP", "TCP"))
    server = start([gateway(http), *rest], {"web": backend(), "tcp": backend(greeting("tcp"))}, 80)

    def is_http() -> bool:
        return requests.get(server.url(), timeout=20).text == "ok"

    assert is_http()
    server.write("all.yaml", gateway(tcp), *rest)
    eventually(lambda: [kind["kind"] for kind in listeners(server)["l"]["supportedKinds"]] == ["TCPRoute"])
    assert greeted_by(server, 80) == "tcp"
    assert listeners(server)["l"]["attachedRoutes"] == 1
    server.write("all.yaml", gateway(http), *rest)
    eventually(lambda: [kind["kind"] for kind in listeners(server)["l"]["supportedKinds"]][0] == "HTTPRoute")
    assert is_http()
