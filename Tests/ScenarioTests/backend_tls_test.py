"""BackendTLSPolicy: a backend that has one is reached over TLS and verified, or not at all."""

import ssl
import threading
from collections.abc import Callable

import pytest
from cryptography import x509

from support.backends import Backend, Gate, answering, response
from support.certificates import Authority
from support.http2_backend import Server
from support.manifests import (
    NAMESPACE,
    PORT,
    Document,
    endpoints,
    external_auth,
    gateway,
    mirror,
    path,
    route,
    rule,
    service,
)
from support.server import Weir
from support.tls import HANDSHAKE, Secured
from support.waiting import eventually

NAME = "up.internal"


def authorities(name: str, *bundles: str) -> Document:
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"ca.crt": "".join(bundles)}}


def policy(target: str, ca: str | None = "ca", hostname: str = NAME, section: str | None = None, **more) -> Document:
    validation: Document = {"hostname": hostname, **more}
    if ca:
        validation["caCertificateRefs"] = [{"group": "", "kind": "ConfigMap", "name": ca}]
    reference = {"group": "", "kind": "Service", "name": target} | ({"sectionName": section} if section else {})
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "BackendTLSPolicy",
        "metadata": {"name": f"{target}-tls", "namespace": NAMESPACE},
        "spec": {"targetRefs": [reference], "validation": validation},
    }


def metric(server: Weir, name: str) -> int:
    for line in server.admin("/metrics").text.splitlines():
        if line.startswith(name + " "):
            return int(line.split()[1])
    raise AssertionError(f"no metric {name}")


@pytest.fixture
def ca() -> Authority:
    return Authority()


@pytest.fixture
def secured(backend, tmp_path) -> Callable[..., tuple[Backend, Secured]]:
    def start(certificate, *arguments, **keywords) -> tuple[Backend, Secured]:
        function = Secured(certificate, tmp_path / "keys", *arguments, **keywords)
        return backend(function), function

    return start


def base(ca: Authority, *policies: Document) -> list[Document]:
    return [gateway(), service("up"), route("r", rule("up")), authorities("ca", ca.pem), *policies]


# ---------------------------------------------------------------- a backend that is who it is to be


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_backend_with_a_policy_is_reached_over_tls(weir, ca, secured, version) -> None:
    upstream, seen = secured(ca.issue(NAME), version=version, alpn=["http/1.1"])
    server = weir(*base(ca, policy("up")), "--workers", "1", up=upstream)
    for _ in range(5):
        assert server.get("/", host="shop.test").text == "ok"
    assert seen.server_names == [NAME] and seen.protocols == ["http/1.1"]
    assert [message.get("host") for message in upstream.requests] == ["shop.test"] * 5
    assert upstream.connections == 1, "the connection is used again"
    assert seen.first_bytes == [HANDSHAKE]


def test_a_backend_without_alpn_is_spoken_to_in_http_1(weir, ca, secured) -> None:
    upstream, seen = secured(ca.issue(NAME))
    assert weir(*base(ca, policy("up")), "--workers", "1", up=upstream).get("/").text == "ok"
    assert seen.protocols == [None]


def test_large_bodies_pass_in_both_directions(weir, ca, secured) -> None:
    body = bytes(range(256)) * 20_000
    upstream, _ = secured(ca.issue(NAME), answering(response(body)))
    server = weir(*base(ca, policy("up")), "--workers", "1", up=upstream)
    for _ in range(3):
        assert server.ask("POST", "/", data=body).content == body
    assert [message.body == body for message in upstream.requests] == [True] * 3
    assert upstream.connections == 1


def test_chunked_bodies_and_trailers_pass(weir, ca, secured) -> None:
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-sum: 1\r\n\r\n"
    upstream, _ = secured(ca.issue(NAME), answering(answer))
    server = weir(*base(ca, policy("up")), "--workers", "1", up=upstream)
    with server.connect() as wire:
        wire.send("POST / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n")
        wire.send("5\r\nhello\r\n")
        wire.send("0\r\nx-end: yes\r\n\r\n")
        message = wire.read_response()
    assert message.body == b"abc" and message.trailers == [("x-sum", "1")]
    assert upstream.requests[0].body == b"hello" and upstream.requests[0].trailers == [("x-end", "yes")]


def test_a_body_that_ends_with_the_connection_needs_a_close_notify(weir, ca, secured) -> None:
    def cut(wire, backend) -> None:
        target = backend.receive(wire).target
        wire.send(b"HTTP/1.1 200 OK\r\n\r\npart")
        if target == "/cut":
            wire.reset()

    upstream, _ = secured(ca.issue(NAME), cut)
    server = weir(*base(ca, policy("up")), "--workers", "1", up=upstream)
    assert server.get("/whole").text == "part"
    with server.connect() as wire:
        wire.send("GET /cut HTTP/1.1\r\nHost: shop.test\r\n\r\n")
        assert not wire.read_to_end().endswith(b"0\r\n\r\n")


def test_an_idle_connection_that_the_backend_closes_is_replaced(weir, ca, secured) -> None:
    def once(wire, backend) -> None:
        backend.receive(wire)
        wire.send(response("ok"))

    upstream, seen = secured(ca.issue(NAME), once)
    server = weir(*base(ca, policy("up")), "--workers", "1", up=upstream)
    for count in range(1, 4):
        assert server.get("/").text == "ok"
        eventually(lambda count=count: upstream.closed_connections == count)
    assert seen.handshakes == 3


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("names", "validation", "accepted"),
    [
        (["*.internal"], {}, True),
        (["other.internal"], {}, False),
        (["*.up.internal"], {}, False),
        (["spiffe://test/up"], {"subjectAltNames": [{"type": "URI", "uri": "spiffe://test/up"}]}, True),
        (["spiffe://test/up2"], {"subjectAltNames": [{"type": "URI", "uri": "spiffe://test/up"}]}, False),
        (["b.test"], {"subjectAltNames": [{"type": "Hostname", "hostname": n} for n in ("a.test", "b.test")]}, True),
        (["x.b.test"], {"subjectAltNames": [{"type": "Hostname", "hostname": "*.b.test"}]}, True),
        # The names given replace the host name: it is for SNI only then.
        ([NAME], {"subjectAltNames": [{"type": "Hostname", "hostname": "a.test"}]}, False),
        (["127.0.0.1"], {}, False),
    ],
)
def test_the_certificate_must_be_for_the_name(weir, ca, secured, names, validation, accepted) -> None:
    upstream, seen = secured(ca.issue(*names))
    server = weir(*base(ca, policy("up", **validation)), "--workers", "1", up=upstream)
    answer = server.get("/")
    assert answer.status_code == (200 if accepted else 502)
    assert seen.server_names == [NAME]
    if not accepted:
        assert "another name" in answer.text
        assert upstream.requests == []


def test_the_common_name_does_not_count(weir, ca, secured) -> None:
    upstream, _ = secured(ca.issue(common_name=NAME))
    assert weir(*base(ca, policy("up")), "--workers", "1", up=upstream).get("/").status_code == 502


# ---------------------------------------------------------------- a backend that is not


def test_a_certificate_of_another_authority_of_the_same_name_is_refused(weir, ca, secured) -> None:
    upstream, _ = secured(Authority().issue(NAME))
    server = weir(*base(ca, policy("up")), "--workers", "1", up=upstream)
    for _ in range(3):
        answer = server.get("/")
        assert answer.status_code == 502 and "not trusted" in answer.text
    assert upstream.requests == []
    assert metric(server, "weir_upstream_tls_failures_total") >= 3
    assert metric(server, "weir_upstream_tls_verification_failures_total") >= 3
    assert metric(server, "weir_upstream_connections") == 0


@pytest.mark.parametrize("days", [{"first_day": -30, "last_day": -1}, {"first_day": 1, "last_day": 30}])
def test_a_certificate_out_of_its_time_is_refused(weir, ca, secured, days) -> None:
    upstream, _ = secured(ca.issue(NAME, **days))
    answer = weir(*base(ca, policy("up")), "--workers", "1", up=upstream).get("/")
    assert answer.status_code == 502 and "not valid at this time" in answer.text
    assert upstream.requests == []


def test_a_certificate_for_clients_is_refused(weir, ca, secured) -> None:
    upstream, _ = secured(ca.issue(NAME, client=True))
    assert weir(*base(ca, policy("up")), "--workers", "1", up=upstream).get("/").status_code == 502
    assert upstream.requests == []


def test_several_authorities_are_all_trusted(weir, ca, secured) -> None:
    other = Authority()
    upstream, _ = secured(other.issue(NAME))
    documents = [gateway(), service("up"), route("r", rule("up")), policy("up")]
    server = weir(*documents, authorities("ca", ca.pem, other.pem), "--workers", "1", up=upstream)
    assert server.get("/").text == "ok"


def test_the_systems_own_authorities_are_used_when_asked_for(weir, ca, secured, tmp_path, monkeypatch) -> None:
    bundle = tmp_path / "bundle.crt"
    bundle.write_text(Authority("Other").pem + ca.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    good, _ = secured(ca.issue(NAME))
    bad, _ = secured(Authority().issue(NAME))
    server = weir(
        gateway(), service("up"), service("bad"),
        route("r", rule("up"), rule("bad", match=path("/bad"))),
        policy("up", None, wellKnownCACertificates="System"), policy("bad", None, wellKnownCACertificates="System"),
        up=good, bad=bad,
    )  # fmt: skip
    assert server.get("/").text == "ok"
    assert server.get("/bad").status_code == 502 and bad.requests == []


def test_without_a_bundle_of_the_system_nothing_is_sent(weir, secured, ca, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.crt"))
    upstream, seen = secured(ca.issue(NAME))
    documents = [gateway(), service("up"), route("r", rule("up"))]
    server = weir(*documents, policy("up", None, wellKnownCACertificates="System"), "--workers", "1", up=upstream)
    assert server.get("/").status_code in (500, 502)
    assert upstream.connections == 0


def test_a_backend_that_speaks_plain_text_gets_no_request(weir, ca, backend) -> None:
    received: list[bytes] = []

    def plain(wire, _) -> None:
        wire.send(response("plain"))
        received.append(wire.read_to_end())

    upstream = backend(plain)
    server = weir(*base(ca, policy("up")), "--workers", "1", up=upstream)
    answer = server.get("/secret", headers={"X-Secret": "s3cret"})
    assert answer.status_code == 502 and "handshake" in answer.text
    eventually(lambda: received)
    assert all(data.startswith(HANDSHAKE) and b"s3cret" not in data for data in received)


def test_a_backend_that_says_nothing_in_the_handshake_is_given_up_after_the_connect_timeout(weir, ca, backend) -> None:
    upstream = backend(lambda wire, _: wire.read_to_end())
    server = weir(*base(ca, policy("up")), "--connect-timeout", "500ms", "--workers", "1", up=upstream)
    assert server.get("/").status_code == 503


def test_a_backend_that_closes_in_the_handshake_is_502(weir, ca, backend) -> None:
    upstream = backend(lambda wire, _: wire.socket.recv(1))
    assert weir(*base(ca, policy("up")), "--workers", "1", up=upstream).get("/").status_code == 502


def test_another_endpoint_is_tried_when_one_is_not_who_it_is_to_be(weir, ca, secured, backend, tmp_path) -> None:
    good, _ = secured(ca.issue(NAME))
    impostor = Backend(Secured(Authority().issue(NAME), tmp_path / "keys"), "127.0.0.2", good.port)
    with impostor:
        slices = endpoints("up", good.port, "127.0.0.1", "127.0.0.2")
        server = weir(*base(ca, policy("up")), slices)
        assert {server.ask("POST", "/", data=b"x").status_code for _ in range(10)} == {200}
        assert impostor.requests == []


# ---------------------------------------------------------------- HTTP/2


def h2_base(ca: Authority, *policies: Document) -> list[Document]:
    documents = base(ca, *policies)
    documents[1] = service("up", ports=[{"port": PORT, "appProtocol": "kubernetes.io/h2c"}])
    return documents


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_http_2_is_agreed_on_in_the_handshake(weir, ca, secured, version) -> None:
    backend_ = Server(lambda call: call.answer(call.body, trailers=[("x-sum", "1")]))
    upstream, seen = secured(ca.issue(NAME), backend_, alpn=["http/1.1", "h2"], version=version)
    server = weir(*h2_base(ca, policy("up")), "--workers", "1", up=upstream)
    for body in (b"", b"small", b"x" * 1_000_000):
        assert server.ask("POST", "/", data=body).content == body
    assert backend_.calls[0].get(":scheme") == "https"
    assert seen.protocols == ["h2"] and seen.server_names == [NAME] and seen.first_bytes == [HANDSHAKE]


@pytest.mark.parametrize("alpn", [None, ["http/1.1"]])
def test_a_backend_that_does_not_agree_to_http_2_is_502(weir, ca, secured, alpn) -> None:
    upstream, seen = secured(ca.issue(NAME), alpn=alpn)
    server = weir(*h2_base(ca, policy("up")), "--workers", "1", up=upstream)
    answer = server.get("/")
    assert answer.status_code == 502
    assert upstream.requests == []


def test_an_http_2_backend_that_is_someone_else_gets_no_request(weir, ca, secured) -> None:
    backend_ = Server()
    upstream, _ = secured(Authority().issue(NAME), backend_, alpn=["h2"])
    server = weir(*h2_base(ca, policy("up")), "--workers", "1", up=upstream)
    for _ in range(3):
        answer = server.ask("POST", "/", data=b"x")
        assert answer.status_code == 502 and "not trusted" in answer.text
    assert backend_.begun == []


# ---------------------------------------------------------------- client certificates


def client_secret(certificate) -> Document:
    metadata = {"name": "client", "namespace": NAMESPACE}
    return {
        "apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "kubernetes.io/tls",
        "stringData": {"tls.crt": certificate.certificate, "tls.key": certificate.key},
    }  # fmt: skip


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_gateways_certificate_is_shown_to_backends_that_ask(weir, ca, secured, version) -> None:
    client = ca.issue(client=True, common_name="gateway")
    upstream, seen = secured(ca.issue(NAME), clients=ca, version=version)
    documents = base(ca, policy("up"), client_secret(client))
    documents[0]["spec"]["tls"] = {"backend": {"clientCertificateRef": {"name": "client"}}}
    server = weir(*documents, "--workers", "1", up=upstream)
    assert server.get("/").text == "ok"
    shown = seen.client_certificates[0]
    assert shown and x509.load_der_x509_certificate(shown) == x509.load_pem_x509_certificate(
        client.certificate.encode()
    )


def test_without_a_certificate_a_backend_that_wants_one_is_502(weir, ca, secured) -> None:
    upstream, _ = secured(ca.issue(NAME), clients=ca)
    assert weir(*base(ca, policy("up")), "--workers", "1", up=upstream).get("/").status_code == 502
    assert upstream.requests == []


# ---------------------------------------------------------------- changes


def test_no_connection_made_under_another_policy_is_used_again(weir, ca, backend, tmp_path) -> None:
    gate = Gate(response("late"), target="/slow")
    function = Secured(ca.issue(NAME, "second.internal"), tmp_path / "keys", gate)
    upstream = backend(function)
    server = weir(*base(ca, policy("up")), "--workers", "1", up=upstream)
    assert server.get("/").text == "late"
    slow: list[str] = []
    thread = threading.Thread(target=lambda: slow.append(server.get("/slow").text))
    thread.start()
    assert gate.reached.wait(20)
    server.write("all.yaml", *base(ca, policy("up", hostname="second.internal")))
    eventually(lambda: server.get("/").text == "late" and function.server_names[-1] == "second.internal")
    gate.open.set()
    thread.join()
    # A request that was under way is not cut off; its connection closes behind it.
    assert slow == ["late"]
    server.get("/")
    eventually(lambda: upstream.closed_connections == upstream.connections - 1)


def test_a_policy_that_comes_ends_plain_text_and_one_that_goes_ends_tls(weir, ca, secured) -> None:
    upstream, seen = secured(ca.issue(NAME))
    server = weir(*base(ca, policy("up")), "--workers", "1", up=upstream)
    assert server.get("/").text == "ok"
    other, _ = secured(ca.issue("wrong.internal"))
    server.write("all.yaml", *base(ca, policy("up", hostname="wrong.internal")))
    eventually(lambda: server.get("/").status_code == 502)
    handshakes = seen.handshakes
    assert server.get("/").status_code == 502 and seen.handshakes == handshakes


def test_services_that_share_an_address_do_not_share_connections(weir, ca, secured) -> None:
    upstream, seen = secured(ca.issue(NAME, "second.internal"))
    server = weir(
        gateway(), service("up"), service("second"), authorities("ca", ca.pem),
        route("r", rule("up"), rule("second", match=path("/second"))),
        policy("up"), policy("second", hostname="second.internal"),
        "--workers", "1", up=upstream, second=upstream,
    )  # fmt: skip
    for _ in range(3):
        assert server.get("/").text == "ok" and server.get("/second").text == "ok"
    assert seen.server_names == [NAME, "second.internal"]


# ---------------------------------------------------------------- mirrors and authorization


def test_mirrors_are_reached_over_tls_or_not_at_all(weir, ca, secured, backend) -> None:
    copy, seen = secured(ca.issue(NAME))
    bad, _ = secured(Authority().issue(NAME))
    up = backend()
    server = weir(
        gateway(), service("up"), service("copy"), service("bad"), authorities("ca", ca.pem),
        route("r", rule("up", filters=[mirror("copy"), mirror("bad")])), policy("copy"), policy("bad"),
        up=up, copy=copy, bad=bad,
    )  # fmt: skip
    assert server.ask("POST", "/", data=b"body").text == "ok"
    eventually(lambda: [message.body for message in copy.requests] == [b"body"])
    assert seen.first_bytes == [HANDSHAKE] and bad.requests == []


def test_an_authorization_server_is_asked_over_tls_or_nobody_gets_in(weir, ca, secured, backend) -> None:
    auth, _ = secured(ca.issue(NAME))
    bad, _ = secured(Authority().issue(NAME))
    up = backend()
    server = weir(
        gateway(), service("up"), service("auth"), service("bad"), authorities("ca", ca.pem),
        route("r", rule("up", filters=external_auth("auth")),
              rule("up", match=path("/bad"), filters=external_auth("bad"))),
        policy("auth"), policy("bad"), up=up, auth=auth, bad=bad,
    )  # fmt: skip
    assert server.get("/").text == "ok"
    assert server.get("/bad").status_code in (502, 503)
    assert len(up.requests) == 1 and bad.requests == []
