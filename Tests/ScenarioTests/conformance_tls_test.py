"""Rows of docs/conformance.md that need TLS: HTTPS listeners, client certificates, and TLS to backends."""

import json
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from support.certificates import Authority, Certificate
from support.conformance import Ask, Served, condition, generations, is_good, manifests, next_generation, of_kind
from support.https import Answer, Client
from support.manifests import Document
from support.tls import Secured
from support.waiting import eventually

Row = Callable[..., Served]


@pytest.fixture
def client(tmp_path: Path) -> Callable[..., Client]:
    return lambda certificate=None, **more: Client(tmp_path / "client", certificate, **more)


def service(answer: Answer) -> str | int:
    return json.loads(answer.body)["service"] if answer.status == 200 else answer.status


def der(pem: str) -> bytes:
    return x509.load_pem_x509_certificate(pem.encode()).public_bytes(serialization.Encoding.DER)


def certificate_of(documents: list[Document], name: str) -> bytes:
    return der(next(of_kind("Secret", documents, name))["stringData"]["tls.crt"])


def with_route(documents: list[Document], *, namespace: str = "infra", gateway: str = "gateway") -> list[Document]:
    """With a route and a Service, for rows whose golden file is about status alone."""
    parents = [{"name": gateway}]
    for holder in of_kind("ListenerSet", documents):
        parents.append({"kind": "ListenerSet", "name": holder["metadata"]["name"]})
    return [
        *documents,
        {
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": "HTTPRoute",
            "metadata": {"namespace": namespace, "name": "added", "generation": 1},
            "spec": {"parentRefs": parents, "rules": [{"backendRefs": [{"name": "added", "port": 80}]}]},
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"namespace": namespace, "name": "added"},
            "spec": {"ports": [{"port": 80}]},
        },
    ]


# ---------------------------------------------------------------- HTTPS listeners


def test_http_route_https_listener(row: Row, client) -> None:
    """The handshake succeeds for any name, since there is a listener without hostname."""
    server = row("http-route-https-listener")
    expected = {
        "example.org": "infra-backend-v1",
        "second-example.org": "infra-backend-v2",
        "unknown-example.org": 404,
    }
    for host, wanted in expected.items():
        answer = client().get(server.port(443), host=host)
        assert service(answer) == wanted, host
        assert answer.certificate == certificate_of(server.documents, "cert")
    assert all(is_good(entry) for entry in server.listeners("web").values())


MISDIRECTED = [
    ("example.org", "example.org", 200),
    ("example.org", "second-example.org", 421),
    ("example.org", "unknown-example.org", 404),
    ("second-example.org", "second-example.org", 200),
    ("second-example.org", "example.org", 421),
    ("second-example.org", "unknown-example.org", 421),
    ("third-example.wildcard.org", "third-example.wildcard.org", 200),
    ("third-example.wildcard.org", "fith-example.wildcard.org", 200),
    ("third-example.wildcard.org", "fourth-example.wildcard.org", 421),
    ("third-example.wildcard.org", "second-example.org", 421),
    ("third-example.wildcard.org", "unknown-example.org", 421),
    ("fourth-example.wildcard.org", "fourth-example.wildcard.org", 200),
    ("fourth-example.wildcard.org", "fith-example.wildcard.org", 421),
    ("unknown-example.org", "example.org", 200),
    ("unknown-example.org", "unknown-example.org", 404),
]


def test_http_route_https_listener_detect_misdirected_requests(row: Row) -> None:
    """All fifteen pairs of server name and authority, over HTTP/2."""
    server = row("http-route-https-listener-detect-misdirected-requests")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    found = []
    for name, host, _ in MISDIRECTED:
        with httpx.Client(http1=False, http2=True, verify=context, trust_env=False) as session:
            url = f"https://127.0.0.1:{server.port(443)}/"
            answer = session.get(url, headers={"Host": host}, extensions={"sni_hostname": name})
            assert answer.http_version == "HTTP/2"
            found.append((name, host, answer.status_code))
    assert found == MISDIRECTED


@pytest.mark.parametrize(
    "path, origin",
    [
        ("/scheme-nil-and-port-nil", "https://example.org"),
        ("/scheme-nil-and-port-443", "https://example.org"),
        ("/scheme-nil-and-port-8443", "https://example.org:8443"),
        ("/scheme-http-and-port-nil", "http://example.org"),
        ("/scheme-http-and-port-80", "http://example.org"),
        ("/scheme-http-and-port-8080", "http://example.org:8080"),
    ],
)
def test_http_route_redirect_port_and_scheme_from_https(row: Row, client, path: str, origin: str) -> None:
    server = row("http-route-redirect-port-and-scheme")
    answer = client().get(server.port(443), path)
    assert (answer.status, answer.headers["location"]) == (302, origin + path)


@pytest.mark.parametrize("name", ["all-in-namespace", "specific"])
def test_gateway_secret_reference_grant(row: Row, client, name: str) -> None:
    server = row(with_route(manifests(f"gateway-secret-reference-grant-{name}")))
    assert is_good(server.listeners("gateway")["https"])
    answer = client().get(server.port(443))
    (secret,) = of_kind("Secret", server.documents)
    assert (service(answer), answer.certificate) == ("added", der(secret["stringData"]["tls.crt"]))


def test_listener_set_reference_grant(row: Row, client) -> None:
    """Entries are served with the certificates that were granted to them; the others are not served at all."""
    server = row(with_route(manifests("listener-set-reference-grant")))
    for host, secret in (("a.com", "set-cert"), ("c.com", "own"), ("d.com", "own")):
        answer = client().get(server.port(443), host=host)
        assert (service(answer), answer.certificate) == ("added", certificate_of(server.documents, secret)), host
    for host in ("b.com", "e.com"):
        with pytest.raises(OSError):
            client().get(server.port(443), host=host)


def test_gateway_modify_listeners_beside_https(row: Row, client) -> None:
    """The listener that stays is HTTPS, as in the suite; one that comes and goes changes nothing for it."""
    server = row(with_route(manifests("gateway-secret-reference-grant-all-in-namespace")))
    (gateway,) = of_kind("Gateway", server.documents)
    (kept,) = gateway["spec"]["listeners"]
    added = {"name": "added", "port": 80, "protocol": "HTTP"}
    for wanted in ([kept, added], [kept]):
        next_generation(gateway)["spec"]["listeners"] = wanted
        server.apply()
        expected = {entry["name"]: 1 for entry in wanted}

        def found() -> dict[str, int]:
            return {name: entry["attachedRoutes"] for name, entry in server.listeners("gateway").items()}

        eventually(lambda: found() == expected, f"the listeners are {expected}")
        generation = {gateway["metadata"]["generation"]}
        eventually(lambda: generations(server.status("gateways", "gateway")) == generation, "the status is current")
        assert all(is_good(entry) for entry in server.listeners("gateway").values())
        assert service(client().get(server.port(443))) == "added"


# ---------------------------------------------------------------- client certificates


def with_authorities(documents: list[Document], authorities: list[Authority]) -> list[Document]:
    """ConfigMaps in their order get the given authorities, so that the test can issue certificates."""
    for entry, authority in zip(of_kind("ConfigMap", documents), authorities, strict=False):
        entry["data"]["ca.crt"] = authority.pem
    return documents


def requests_certificate(port: int) -> bool:
    """Whether the handshake has a CertificateRequest."""
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-msg"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=20, text=True)
    return "CertificateRequest" in done.stdout


def is_refused(client: Client, port: int) -> bool:
    """Whether no response comes, whatever else does."""
    try:
        client.get(port)
    except (OSError, ConnectionError):
        return True
    return False


def authorities() -> list[Authority]:
    """Of one name, as those of the suite are: only signatures tell them apart."""
    return [Authority("gatewayapi"), Authority("gatewayapi")]


def client_certificates(authorities: list[Authority]) -> list[Certificate]:
    return [authority.issue(client=True, common_name="client") for authority in authorities]


def test_gateway_frontend_client_certificate_validation(row: Row, client) -> None:
    issuers = authorities()
    documents = with_route(with_authorities(manifests("gateway-frontend-client-certificate-validation"), issuers))
    server = row(documents)
    first, second = client_certificates(issuers)
    for port, right, wrong in ((443, first, second), (8443, second, first)):
        assert service(client(right).get(server.port(port))) == "added", port
        assert is_refused(client(wrong), server.port(port)), port
        assert is_refused(client(), server.port(port)), port
        assert requests_certificate(server.port(port)), port
    kinds = [entry["type"] for entry in server.status("gateways", "gateway")["conditions"]]
    assert "InsecureFrontendValidationMode" not in kinds


def test_gateway_frontend_client_certificate_validation_insecure_fallback(row: Row, client) -> None:
    name = "gateway-frontend-client-certificate-validation-insecure-fallback"
    issuers = authorities()
    server = row(with_route(with_authorities(manifests(name), issuers)))
    status = server.status("gateways", "gateway")
    assert condition(status, "InsecureFrontendValidationMode") == ("True", "ConfigurationChanged")
    for port in (443, 8443):
        for certificate in (*client_certificates(issuers), None):
            assert service(client(certificate).get(server.port(port))) == "added", port
        assert requests_certificate(server.port(port)), port


def test_gateway_invalid_frontend_client_certificate_validation(row: Row, client) -> None:
    issuers = authorities()
    name = "gateway-invalid-frontend-client-certificate-validation"
    server = row(with_route(with_authorities(manifests(name), issuers)))
    listeners = server.listeners("gateway")
    assert is_good(listeners["https"])
    (certificate, _) = client_certificates(issuers)
    assert service(client(certificate).get(server.port(443))) == "added"
    for port in (7443, 8443, 6443):
        assert is_refused(client(certificate), server.port(port)), port
    reasons = {name: condition(entry, "ResolvedRefs")[1] for name, entry in listeners.items() if name != "https"}
    assert reasons == {
        "missing": "InvalidCACertificateRef",
        "kind": "InvalidCACertificateKind",
        "grant": "RefNotPermitted",
    }
    for name in reasons:
        assert condition(listeners[name], "Accepted") == ("False", "NoValidCACertificate")
        assert condition(listeners[name], "Programmed")[0] == "False"


# ---------------------------------------------------------------- TLS to backends


@pytest.fixture
def secured(backend, tmp_path) -> Callable[..., tuple[str, Secured]]:
    """A TLS backend for a Service port such as `shop/app:443`: the flag that leads there, and what it sees."""

    def start(target: str, certificate: Certificate, **more) -> tuple[str, Secured]:
        function = Secured(certificate, tmp_path / "keys", **more)
        return f"{target}=127.0.0.1:{backend(function).port}", function

    return start


def flags(*backends: str) -> list[str]:
    return [part for entry in backends for part in ("--backend", entry)]


def test_backend_tls_policy(row: Row, client, secured) -> None:
    """From HTTP and HTTPS listeners; a certificate for another name, or of another authority, is an error answer."""
    issuer, other = authorities()
    documents = with_authorities(manifests("backend-tls-policy"), [issuer])
    good, seen = secured("shop/tls-backend:443", issuer.issue("abc.example.com"))
    mismatch, unseen = secured("shop/mismatch:443", issuer.issue("abc.example.com"))
    foreign, _ = secured("shop/tls-backend:8443", other.issue("abc.example.com"))
    route = next(of_kind("HTTPRoute", documents))
    route["spec"]["rules"].append(
        {"matches": [{"path": {"value": "/ca-mismatch"}}], "backendRefs": [{"name": "tls-backend", "port": 8443}]}
    )
    server = row(documents, *flags(good, mismatch, foreign))
    assert server.send(Ask("/backendtlspolicy", 200)).status_code == 200
    assert client().get(server.port(443), "/backendtlspolicy", host="https-listener.org").status == 200
    assert set(seen.server_names) == {"abc.example.com"}
    for target in ("/host-mismatch", "/ca-mismatch"):
        for _ in range(5):
            assert server.send(Ask(target, 502)).status_code == 502, target
        assert client().get(server.port(443), target).status == 502, target
    for name in ("normative", "host-mismatch"):
        (ancestor,) = server.status("backendTLSPolicies", name)["ancestors"]
        assert condition(ancestor, "Accepted") == ("True", "Accepted")
        assert condition(ancestor, "ResolvedRefs") == ("True", "ResolvedRefs")
    assert set(unseen.server_names) == {"nomatch.example.com"}


def test_backend_tls_policy_follows_its_authorities(row: Row, secured) -> None:
    """The ConfigMap is blanked and restored while requests run: some are errors, and none is answered unverified."""
    issuer, _ = authorities()
    documents = with_authorities(manifests("backend-tls-policy"), [issuer])
    good, seen = secured("shop/tls-backend:443", issuer.issue("abc.example.com"))
    server = row(documents, *flags(good))

    def status() -> int:
        return server.send(Ask("/backendtlspolicy", 200)).status_code

    assert status() == 200
    authority = server.find("ConfigMap", "ca")
    kept = authority["data"]
    for data, wanted in (({"ca.crt": ""}, {500, 502, 503}), (kept, {200})):
        authority["data"] = data
        server.apply()
        eventually(lambda: status() in wanted, f"requests are answered with {wanted}")
    assert set(seen.server_names) == {"abc.example.com"}


def test_backend_tls_policy_conflict_resolution(row: Row, secured) -> None:
    """The server name that the backend sees tells which policy is in effect."""
    issuer, _ = authorities()
    documents = with_authorities(manifests("backend-tls-policy-conflict-resolution"), [issuer])
    certificate = issuer.issue("abc.example.com", "other.example.com")
    targets = {
        "/one": ("shop/one:443", "abc.example.com"),
        "/two": ("shop/two:443", "abc.example.com"),
        "/three-443": ("shop/three:443", "other.example.com"),
        "/three-8443": ("shop/three:8443", "abc.example.com"),
    }
    for younger in ("one-a-younger", "two-a-younger"):
        policy = next(of_kind("BackendTLSPolicy", documents, younger))
        policy["spec"]["validation"]["hostname"] = "younger.example.com"
    started = {path: secured(target, certificate) for path, (target, _) in targets.items()}
    server = row(documents, *flags(*(flag for flag, _ in started.values())))
    for path, (_, name) in targets.items():
        assert server.send(Ask(path, 200)).status_code == 200, path
        assert set(started[path][1].server_names) == {name}, path
    conditions = {
        entry["name"]: condition(entry["ancestors"][0], "Accepted")
        for entry in server.admin("/status").json()["backendTLSPolicies"]
    }
    losers = {name for name, found in conditions.items() if found == ("False", "Conflicted")}
    assert losers == {"one-a-younger", "two-a-younger"}


@pytest.mark.parametrize(
    "names, matches",
    [
        (("abc.example.com",), True),
        (("spiffe://abc.example.com/test-identity",), True),
        (("spiffe://other.example.com/test-identity", "x.example.com"), True),
        (("spiffe://abc.example.com/other",), False),
        (("abc.example.org",), False),
    ],
    ids=["DNS name", "URI", "one of several", "another URI", "another DNS name"],
)
def test_backend_tls_policy_san_validation(row: Row, secured, names: tuple[str, ...], matches: bool) -> None:
    issuer, _ = authorities()
    documents = with_authorities(manifests("backend-tls-policy-san-validation"), [issuer])
    flag, seen = secured("shop/tls-backend:443", issuer.issue(*names))
    server = row(documents, *flags(flag))
    (entry,) = server.admin("/status").json()["backendTLSPolicies"]
    assert condition(entry["ancestors"][0], "Accepted") == ("True", "Accepted")
    assert server.send(Ask("/", 200)).status_code == (200 if matches else 502)
    assert set(seen.server_names) == {"abc.example.com"}


def test_gateway_tls_backend_client_certificate(row: Row, secured) -> None:
    """The backend sees the Gateway's certificate, byte for byte."""
    issuer, _ = authorities()
    clients = Authority("clients")
    shown = clients.issue(client=True, common_name="gateway")
    documents = with_authorities(manifests("gateway-tls-backend-client-certificate"), [issuer])
    secret = next(of_kind("Secret", documents, "cert"))
    secret["stringData"] = {"tls.crt": shown.certificate, "tls.key": shown.key}
    flag, seen = secured("infra/tls-backend:443", issuer.issue("abc.example.com"), clients=clients)
    server = row(documents, *flags(flag))
    assert condition(server.status("gateways", "gateway"), "ResolvedRefs") == ("True", "ResolvedRefs")
    assert server.send(Ask("/", 200)).status_code == 200
    assert seen.client_certificates == [der(shown.certificate)]
    assert set(seen.server_names) == {"abc.example.com"}
    server.check(Ask("/plain", "plain-backend"))


def test_gateways_do_not_show_each_others_certificates(row: Row, secured) -> None:
    issuer, clients = Authority(), Authority("clients")
    documents = manifests("../certificates/backend-client-certificate-of-two-gateways")
    policy = next(of_kind("BackendTLSPolicy", documents))
    policy["spec"]["validation"] = {
        "hostname": "abc.example.com",
        "caCertificateRefs": [{"group": "", "kind": "ConfigMap", "name": "ca"}],
    }
    metadata = {"namespace": "shop", "name": "ca"}
    documents.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"ca.crt": issuer.pem}})
    certificates = {}
    for name in ("www", "other"):
        certificates[name] = clients.issue(client=True, common_name=name)
        entry = next(of_kind("Secret", documents, name))
        entry["stringData"] = {"tls.crt": certificates[name].certificate, "tls.key": certificates[name].key}
    flag, seen = secured("shop/tls:443", issuer.issue("abc.example.com"), clients=clients)
    server = row(documents, *flags(flag))
    for port, name in ((80, "www"), (81, "other"), (80, "www"), (81, "other")):
        assert server.send(Ask("/", 200, listener=port)).status_code == 200
        assert der(certificates[name].certificate) in seen.client_certificates
    # Listener 82 has no certificate to show, and the backend insists on one.
    assert server.send(Ask("/", 502, listener=82)).status_code == 502
    assert set(seen.client_certificates) == {der(entry.certificate) for entry in certificates.values()}
