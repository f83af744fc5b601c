"""What must not open a door: sessions of other listeners, connections from before a change, policies that come late."""

import socket
import ssl
import threading

import pytest

from support.backends import Gate, answering, response
from support.certificates import Authority
from support.manifests import NAMESPACE, Document, external_auth, gateway, listener, route, rule, service
from support.streams import echo, https_listener, secret, stream_route, tls_client, tls_listener
from support.tls import HANDSHAKE, Secured
from support.waiting import eventually

SERVERS, CLIENTS = Authority("Servers"), Authority("Clients")
HOST = "secure.example.com"
REQUEST = f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
PORT = 8443


def bundle(name: str, authority: Authority) -> Document:
    return {
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": NAMESPACE},
        "data": {"ca.crt": authority.pem},
    }  # fmt: skip


def validating(*listeners: Document) -> Document:
    """A Gateway that lets in only clients with a certificate of CLIENTS."""
    made = gateway(*listeners)
    reference = {"group": "", "kind": "ConfigMap", "name": "clients"}
    made["spec"]["tls"] = {"frontend": {"default": {"validation": {"caCertificateRefs": [reference]}}}}
    return made


def connect(server, name: str, version: ssl.TLSVersion | None = None, session=None, context=None) -> ssl.SSLSocket:
    context = context or unverified(version)
    raw = socket.create_connection(("127.0.0.1", server.port(PORT)), timeout=20)
    return context.wrap_socket(raw, server_hostname=name, session=session)


def unverified(version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if version:
        context.minimum_version = context.maximum_version = version
    return context


def ask(connection: socket.socket) -> bytes:
    """The answer, or nothing when there is none."""
    try:
        connection.sendall(REQUEST)
        return connection.recv(65536)
    except OSError:
        return b""


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_session_of_another_listener_is_no_client_certificate(weir, backend, version: ssl.TLSVersion) -> None:
    server = weir(
        validating(https_listener("https", PORT, HOST, "cert"), tls_listener("tls", PORT, "tls.example.com", "cert")),
        secret("cert", SERVERS.issue(HOST, "tls.example.com")), bundle("clients", CLIENTS), service("up"), service("tcp"),
        route("r", rule("up"), hostnames=[HOST], sectionName="https"),
        stream_route("TLSRoute", "t", "tcp", hostnames=["tls.example.com"], sectionName="tls"),
        "--workers", "1", ports=(PORT,), up=backend(answering(response("secret"))), tcp=backend(echo),
    )  # fmt: skip
    context = unverified(version)
    with connect(server, "tls.example.com", context=context) as open_to_all:
        open_to_all.sendall(b"x")
        assert open_to_all.recv(1) == b"x"
        session = open_to_all.session
    assert session.has_ticket
    try:
        with connect(server, HOST, context=context, session=session) as resumed:
            assert b"secret" not in ask(resumed)
    except OSError:
        pass  # Refused in the handshake.


def test_a_port_that_becomes_https_is_not_served_in_plain_text_any_more(weir, backend) -> None:
    common = [secret("cert", SERVERS.issue(HOST)), service("up"), route("r", rule("up"))]
    up = backend(answering(response("secret")))
    server = weir(gateway(listener("l", PORT)), *common, ports=(PORT,), up=up)
    with socket.create_connection(("127.0.0.1", server.port(PORT)), timeout=20) as plain:
        assert b"secret" in ask(plain)
        server.write("all.yaml", gateway(https_listener("l", PORT, None, "cert")), *common)
        eventually(lambda: b"secret" in ask_once(server))
        answer = ask(plain)
        assert b"secret" not in answer and b" 421 " in answer


def ask_once(server) -> bytes:
    try:
        with connect(server, HOST) as connection:
            return ask(connection)
    except OSError:
        return b""


def test_connections_from_before_the_validation_are_let_in_no_more(weir, backend) -> None:
    common = [secret("cert", SERVERS.issue(HOST)), bundle("clients", CLIENTS), service("up"), route("r", rule("up"))]
    secure = https_listener("l", PORT, None, "cert")
    server = weir(gateway(secure), *common, ports=(PORT,), up=backend(answering(response("secret"))))
    with connect(server, HOST) as early:
        assert b"secret" in ask(early)
        server.write("all.yaml", validating(secure), *common)
        eventually(lambda: b"secret" not in ask_once(server))
        assert b"secret" not in ask(early)


def test_a_policy_that_comes_during_the_handshake_holds_for_the_connection(weir, backend) -> None:
    first_bytes: list[bytes] = []

    def note(wire, _) -> None:
        first_bytes.append(wire.socket.recv(100))

    name = "tls.example.com"
    common = [
        gateway(tls_listener("tls", PORT, name, "cert")), secret("cert", SERVERS.issue(name)), service("tcp"),
        stream_route("TLSRoute", "t", "tcp", hostnames=[name], sectionName="tls"), bundle("ca", SERVERS),
    ]  # fmt: skip
    server = weir(*common, ports=(PORT,), tcp=backend(note))
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = unverified().wrap_bio(incoming, outgoing, server_hostname=name)
    with socket.create_connection(("127.0.0.1", server.port(PORT)), timeout=20) as raw:
        with pytest.raises(ssl.SSLWantReadError):
            session.do_handshake()
        raw.sendall(outgoing.read())
        incoming.write(raw.recv(65536))
        server.write("all.yaml", *common, policy("tcp"))

        def is_secured() -> bool:
            with tls_client(server.port(PORT), name) as other:
                other.sendall(b"new")
                try:
                    other.recv(1)
                except OSError:
                    pass
            return first_bytes[-1][:2] == HANDSHAKE

        eventually(is_secured)
        session.do_handshake()
        session.write(b"TOP SECRET")
        raw.sendall(outgoing.read())
        try:
            raw.recv(100)  # The connection ends: the backend speaks no TLS.
        except OSError:
            pass
    assert not any(b"TOP SECRET" in bytes_ for bytes_ in first_bytes)
    assert eventually(lambda: first_bytes[-1][:2] == HANDSHAKE)


def policy(target: str, *, bundle_name: str = "ca") -> Document:
    references = [{"group": "", "kind": "ConfigMap", "name": bundle_name}]
    return {
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "BackendTLSPolicy",
        "metadata": {"name": "tls", "namespace": NAMESPACE},
        "spec": {
            "targetRefs": [{"group": "", "kind": "Service", "name": target}],
            "validation": {"hostname": "up.internal", "caCertificateRefs": references},
        },
    }  # fmt: skip


def test_a_policy_that_comes_while_a_request_is_held_for_authorization_holds_for_it(weir, backend) -> None:
    gate = Gate(response(""), target="/held")
    first_bytes: list[bytes] = []
    up = backend(lambda wire, _: first_bytes.append(wire.socket.recv(100)))
    common = [
        gateway(), route("r", rule("up", filters=[external_auth("auth")])), service("up"), service("auth"),
        bundle("ca", SERVERS),
    ]  # fmt: skip
    server = weir(*common, auth=backend(gate), up=up)
    held = threading.Thread(target=lambda: server.get("/held"), daemon=True)
    held.start()
    assert gate.reached.wait(20)
    server.write("all.yaml", *common, policy("up"))

    def is_secured() -> bool:
        server.get("/other")
        return bool(first_bytes) and first_bytes[-1][:2] == HANDSHAKE

    eventually(is_secured)
    gate.open.set()
    held.join(20)
    assert not any(b"/held" in bytes_ for bytes_ in first_bytes)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("signer", [0, 1])
def test_an_authority_is_found_among_its_namesakes(weir, backend, tmp_path, signer: int, version) -> None:
    namesakes = [Authority("Same"), Authority("Same")]
    upstream = Secured(namesakes[signer].issue("up.internal"), tmp_path, version=version)
    both = bundle("ca", namesakes[0])
    both["data"]["ca.crt"] += namesakes[1].pem
    server = weir(gateway(), service("up"), route("r", rule("up")), policy("up"), both, up=backend(upstream))
    assert server.get().status_code == 200


def test_an_expired_authority_issues_nothing_and_does_not_keep_anybody_busy(weir) -> None:
    expired = Authority("Old", first_day=-30, last_day=-1)
    spec = {"secretName": "web-tls", "dnsNames": [HOST], "issuerRef": {"name": "ca"}}

    def cert_manager(kind: str, name: str, spec: Document) -> Document:
        return {
            "apiVersion": "cert-manager.io/v1", "kind": kind, "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": spec,
        }  # fmt: skip

    server = weir(
        gateway(listener("http", 80), https_listener("l", PORT, HOST, "web-tls")), secret("ca-pair", expired.pair),
        cert_manager("Issuer", "ca", {"ca": {"secretName": "ca-pair"}}), cert_manager("Certificate", "web", spec),
        ports=(80, PORT),
    )  # fmt: skip
    eventually(lambda: "has expired" in server.admin("/status").text)
    assert ask_once(server) == b""
    assert len(server.errors) < 50
