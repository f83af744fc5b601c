"""Certificates without a cluster: issued, renewed and kept by weir itself, from a real ACME server (Pebble) too."""

import http.client
import json
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from cryptography import x509

from support import manifests
from support.manifests import Document, NAMESPACE
from support.pebble import Pebble
from support.server import ROOT, Weir, write
from support.waiting import eventually

pytestmark = pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")

NAME = "shop.example.test"


def cert_manager(kind: str, name: str, spec: Document, namespace: str | None = NAMESPACE) -> Document:
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": "cert-manager.io/v1", "kind": kind, "metadata": metadata, "spec": spec}


def certificate(*names: str, name: str = "web", issuer: str = "acme", **more: object) -> Document:
    spec = {"secretName": f"{name}-tls", "dnsNames": list(names or [NAME]), "issuerRef": {"name": issuer}}
    return cert_manager("Certificate", name, spec | {"privateKey": {"algorithm": "ECDSA"}} | more)


def acme(pebble: Pebble, name: str = "acme", **more: object) -> Document:
    spec = {
        "server": pebble.url,
        "email": "admin@example.test",
        "privateKeySecretRef": {"name": "account"},
        "caBundle": pebble.ca_bundle,
        "solvers": [{"http01": {"gatewayHTTPRoute": {}}}],
    }
    return cert_manager("Issuer", name, {"acme": spec | more})


def https(name: str = "https", secret: str = "web-tls", hostname: str | None = None, port: int = 443) -> Document:
    found = manifests.listener(name, port, hostname)
    return found | {"protocol": "HTTPS", "tls": {"certificateRefs": [{"name": secret}]}}


UP = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "up", "namespace": NAMESPACE},
    "spec": {"ports": [{"port": manifests.PORT}]},
}

SITE = [
    UP,
    manifests.gateway(manifests.listener(), https()),
    # Everything without TLS is sent to HTTPS: challenges must get through all the same.
    manifests.route(
        "redirect", manifests.rule(filters=manifests.redirect(scheme="https", statusCode=301)), sectionName="http"
    ),
    manifests.route("site", manifests.rule("up"), sectionName="https"),
]


@pytest.fixture
def site(stack: ExitStack, tmp_path: Path) -> Callable[..., Weir]:
    """`weir run` with a state directory on some manifests, not waited for."""

    def start(*documents: Document | str, state: str = "state") -> Weir:
        flags = [entry for entry in documents if isinstance(entry, str)]
        write(tmp_path / "manifests", "all.yaml", *(entry for entry in documents if not isinstance(entry, str)))
        weir = Weir(
            tmp_path / "manifests", "--state", str(tmp_path / state), *flags, ports=(80, 443), wait=False
        )
        stack.enter_context(weir)
        eventually(lambda: bool(status(weir)), "/status has something")
        return weir

    return start


@pytest.fixture
def pebble(stack: ExitStack, tmp_path: Path) -> Callable[..., Pebble]:
    """An ACME server that validates through the ports of a running weir."""

    def start(weir: Weir, **options: object) -> Pebble:
        return stack.enter_context(Pebble(tmp_path / "pebble", weir.port(80), weir.port(443), **options))

    return start


def status(weir: Weir) -> Document:
    return weir.admin("/status").json()


def condition(weir: Weir, kind: str, type_: str = "Ready", name: str | None = None) -> Document:
    entries = status(weir)["certificates" if kind == "Certificate" else "issuers"]
    conditions = next((entry["conditions"] for entry in entries if name in (None, entry["name"])), [])
    return next((entry for entry in conditions if entry["type"] == type_), {})


def is_ready(weir: Weir, name: str | None = None) -> bool:
    return condition(weir, "Certificate", name=name).get("status") == "True"


def served(weir: Weir, ca: str | None, name: str = NAME, port: int = 443) -> x509.Certificate:
    """The certificate that a client sees, verified unless there is no CA."""
    context = ssl.create_default_context(cadata=ca) if ca else ssl._create_unverified_context()
    with socket.create_connection(("127.0.0.1", weir.port(port)), 10) as plain:
        with context.wrap_socket(plain, server_hostname=name) as secure:
            return x509.load_der_x509_certificate(secure.getpeercert(binary_form=True))


def get(weir: Weir, ca: str, path: str = "/", name: str = NAME) -> http.client.HTTPResponse:
    context = ssl.create_default_context(cadata=ca)
    connection = http.client.HTTPSConnection("127.0.0.1", weir.port(443), timeout=10)
    connection.sock = context.wrap_socket(
        socket.create_connection(("127.0.0.1", weir.port(443)), 10), server_hostname=name
    )
    connection.request("GET", path, headers={"Host": name})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


# ACME


def test_a_certificate_comes_by_http_01_although_everything_is_redirected(site, pebble) -> None:
    weir = site(*SITE, certificate(), "--echo", "--log-level", "debug")
    server = pebble(weir)
    weir.write("issuer.yaml", acme(server))
    eventually(lambda: is_ready(weir), "the certificate is issued")
    eventually(lambda: get(weir, server.root()).status == 200, "HTTPS serves with it")
    assert server.count("set VALID by completed challenge") == 1
    assert challenge_kinds(weir) == {"http-01"}
    plain = weir.get("/.well-known/acme-challenge/other", NAME)
    assert plain.status_code == 301, "what is no token of ours is routed"
    assert condition(weir, "Issuer")["reason"] == "ACMEAccountRegistered"


def test_the_manifests_of_the_article_work_with_an_issuer(stack, pebble, tmp_path) -> None:
    directory = tmp_path / "manifests"
    directory.mkdir()
    example = ROOT / "Examples/cert-manager/app.yaml"
    (directory / "app.yaml").write_text(example.read_text())
    flags = ("--state", str(tmp_path / "state"), "--log-level", "debug")
    weir = stack.enter_context(Weir(directory, *flags, ports=(80, 443), wait=False))
    eventually(lambda: bool(status(weir)))
    server = pebble(weir)
    issuer = acme(server, name="letsencrypt-prod")
    del issuer["metadata"]["namespace"]
    weir.write("issuer.yaml", issuer | {"kind": "ClusterIssuer"})
    eventually(lambda: is_ready(weir), "the certificate is issued")
    # The Gateway has port 443 alone: the proof was a handshake on it, before there was any certificate for it.
    assert challenge_kinds(weir) == {"tls-alpn-01"}
    eventually(lambda: served(weir, server.root(), "app.mycompany.com"), "HTTPS serves with it")


def test_annotations_of_a_gateway_are_enough(site, pebble) -> None:
    gateway = manifests.gateway(
        manifests.listener(), https(hostname=NAME), https("two", "two-tls", "two.example.test")
    )
    gateway["metadata"]["annotations"] = {
        "cert-manager.io/issuer": "acme",
        "cert-manager.io/private-key-algorithm": "ECDSA",
    }
    weir = site(gateway)
    server = pebble(weir)
    weir.write("issuer.yaml", acme(server))
    for name, host in (("web-tls", NAME), ("two-tls", "two.example.test")):
        eventually(lambda name=name: is_ready(weir, name), f"{name} is issued")
        eventually(lambda host=host: served(weir, server.root(), host), f"{host} is served")


def test_refused_nonces_are_no_failure(site, pebble) -> None:
    weir = site(*SITE, certificate(NAME, "www.example.test", "static.example.test"))
    server = pebble(weir, rejected_nonces=50)
    weir.write("issuer.yaml", acme(server))
    eventually(lambda: is_ready(weir), "the certificate is issued")
    assert set(served_names(weir, server)) == {NAME, "www.example.test", "static.example.test"}


def test_it_is_renewed_in_time_while_connections_are_served(site, pebble) -> None:
    weir = site(*SITE, certificate(), "--echo")
    server = pebble(weir, lifetime=12)
    weir.write("issuer.yaml", acme(server))
    eventually(lambda: is_ready(weir), "the certificate is issued")
    first = eventually(lambda: served(weir, server.root()), "it is served")
    while served(weir, server.root()).serial_number == first.serial_number:
        assert get(weir, server.root()).status == 200
        time.sleep(0.1)
    assert served(weir, server.root()).not_valid_after_utc > first.not_valid_after_utc
    expiry = re.search(
        r'^weir_certificate_expiration_timestamp_seconds{namespace="test",name="web"} (\d+)$',
        weir.admin("/metrics").text,
        re.MULTILINE,
    )
    assert expiry and int(expiry[1]) > first.not_valid_after_utc.timestamp()


def test_a_restart_asks_for_nothing(site, pebble, tmp_path) -> None:
    weir = site(*SITE, certificate())
    server = pebble(weir)
    weir.write("issuer.yaml", acme(server))
    eventually(lambda: is_ready(weir), "the certificate is issued")
    root, first = server.root(), eventually(lambda: served(weir, server.root()))
    weir.__exit__(None)
    server.stop()
    again = site(*SITE, certificate())
    assert served(again, root).serial_number == first.serial_number
    assert condition(again, "Issuer")["reason"] == "ACMEAccountRegistered"
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "state").rglob("*.state")}
    assert modes == {0o600}


def test_a_server_that_is_down_is_told_and_tried_again(site, pebble) -> None:
    weir = site(*SITE, certificate())
    server = pebble(weir)
    server.stop()
    weir.write("issuer.yaml", acme(server))
    eventually(lambda: condition(weir, "Issuer").get("reason") == "ErrRegisterACMEAccount", "the failure is told")
    assert f"127.0.0.1:{server.port} cannot be reached" in condition(weir, "Issuer")["message"]
    assert "Waiting for the account" in condition(weir, "Certificate", "Issuing")["message"]
    server.start_again()
    # After ten seconds, without anybody doing anything.
    eventually(lambda: is_ready(weir), "the certificate is issued", deadline=40)


def test_a_name_that_leads_elsewhere_is_refused_and_what_is_served_stays(site, stack, pebble, tmp_path) -> None:
    weir = site(*SITE, certificate())
    server = pebble(weir)
    weir.write("issuer.yaml", acme(server))
    eventually(lambda: is_ready(weir), "the certificate is issued")
    first = eventually(lambda: served(weir, server.root()))
    other = stack.enter_context(Pebble(tmp_path / "other", http_port=1, tls_port=1))
    weir.write("issuer.yaml", acme(other))
    eventually(lambda: condition(weir, "Certificate", "Issuing").get("reason") == "Failed", "the failure is told")
    assert any("WR2608" in problem for problem in status(weir)["problems"])
    message = condition(weir, "Certificate", "Issuing")["message"]
    assert NAME in message and "will be tried again at" in message
    assert served(weir, server.root()).serial_number == first.serial_number
    assert 'weir_certificate_issuance_failures_total{namespace="test",name="web"} 1' in weir.admin("/metrics").text
    # A change of what is asked for is tried at once.
    weir.write("issuer.yaml", acme(server))
    eventually(lambda: is_ready(weir), "the certificate fits its issuer again")


def test_an_account_is_bound_to_one_that_exists(site, pebble) -> None:
    key = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"
    weir = site(*SITE, certificate())
    server = pebble(weir, external_account={"kid-1": key})
    weir.write("issuer.yaml", acme(server))
    eventually(lambda: condition(weir, "Issuer").get("reason") == "ErrRegisterACMEAccount", "the account is refused")
    assert "externalAccountBinding" in condition(weir, "Issuer")["message"]
    secret = {
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "eab", "namespace": NAMESPACE},
        "stringData": {"secret": key},
    }  # fmt: skip
    binding = {"keyID": "kid-1", "keySecretRef": {"name": "eab", "key": "secret"}}
    weir.write("issuer.yaml", acme(server, externalAccountBinding=binding), secret)
    eventually(lambda: is_ready(weir), "the certificate is issued")


def test_without_a_state_directory_no_acme_server_is_asked(weir) -> None:
    issuer = cert_manager(
        "Issuer", "acme", {"acme": {"server": "https://127.0.0.1:1/dir", "privateKeySecretRef": {"name": "account"}}}
    )
    running = weir(manifests.gateway(manifests.listener()), certificate(), issuer)
    assert "--state DIR" in condition(running, "Issuer")["message"]
    assert any("WR2605" in problem for problem in status(running)["problems"])


def test_an_address_is_proven_too(site, pebble) -> None:
    weir = site(*SITE, certificate(NAME, ipAddresses=["127.0.0.1"]))
    server = pebble(weir)
    weir.write("issuer.yaml", acme(server))
    eventually(lambda: is_ready(weir), "the certificate is issued")
    eventually(lambda: served(weir, server.root(), "127.0.0.1"), "it is for the address")


# Without a server


def test_a_ca_of_the_manifests_signs(site) -> None:
    root = certificate(name="root", issuer="own", isCA=True, commonName="Test CA")
    weir = site(
        *SITE, root, certificate(issuer="ca"), cert_manager("Issuer", "own", {"selfSigned": {}}),
        cert_manager("Issuer", "ca", {"ca": {"secretName": "root-tls"}}), "--echo",
    )  # fmt: skip
    eventually(weir.is_ready)
    authority = stored(weir, "root-tls")["certificate"]
    assert get(weir, authority).status == 200


def test_no_key_is_ever_shown(site, pebble) -> None:
    weir = site(*SITE, certificate(), "--log-level", "trace")
    server = pebble(weir)
    weir.write("issuer.yaml", acme(server))
    eventually(lambda: is_ready(weir), "the certificate is issued")
    text = weir.log + weir.admin("/status").text + weir.admin("/metrics").text
    for path in (weir.directory.parent / "state").rglob("*.state"):
        key = json.loads(path.read_text())["privateKey"].splitlines()[1]
        assert key not in text


def test_a_local_ca_makes_every_listener_work(stack, tmp_path) -> None:
    plain = https("plain", "plain-tls", port=8443)
    gateway = manifests.gateway(https(hostname="*.example.test"), plain)
    routes = [
        manifests.route("site", manifests.rule("up"), sectionName="https"),
        manifests.route("other", manifests.rule("up"), hostnames=["other.test"], sectionName="plain"),
    ]
    write(tmp_path / "manifests", "all.yaml", gateway, *routes, certificate())
    state = tmp_path / "state"
    flags = ("--local-ca", "--state", str(state), "--echo")
    weir = stack.enter_context(Weir(tmp_path / "manifests", *flags, ports=(443, 8443)))
    authority = (state / "ca/ca.crt").read_text()
    assert (state / "ca/ca.key").stat().st_mode & 0o777 == 0o600
    # The Certificate asks for this name, and its issuer is nowhere: the local CA stands in.
    served(weir, authority, NAME)
    for name in ("other.test", "localhost"):
        served(weir, authority, name, 8443)
    assert str(state / "ca/ca.crt") in weir.log and "update-ca-certificates" in weir.log
    # A route with another hostname is covered at once.
    weir.write("more.yaml", manifests.route("more", manifests.rule("up"), hostnames=["more.test"], sectionName="plain"))
    eventually(lambda: served(weir, authority, "more.test", 8443), "the certificate has the new name")
    verify = ["openssl", "verify", "-x509_strict", "-CAfile", str(state / "ca/ca.crt")]
    leaf = tmp_path / "leaf.pem"
    leaf.write_text(stored(weir, "plain-tls")["certificate"])
    subprocess.run([*verify, str(leaf)], check=True, capture_output=True)


def test_a_local_ca_is_kept_and_overrides_nothing(stack, tmp_path) -> None:
    from support.certificates import Authority

    own = Authority().issue(NAME)
    secret = {
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "web-tls", "namespace": NAMESPACE},
        "type": "kubernetes.io/tls", "stringData": {"tls.crt": own.certificate, "tls.key": own.key},
    }  # fmt: skip
    write(tmp_path / "manifests", "all.yaml", manifests.gateway(https(), https("two", "two-tls", port=8443)), secret)
    authorities = []
    for _ in range(2):
        flags = ("--local-ca", "--state", str(tmp_path / "state"))
        with Weir(tmp_path / "manifests", *flags, ports=(443, 8443)) as weir:
            expected = x509.load_pem_x509_certificate(own.certificate.encode()).serial_number
            assert served(weir, None).serial_number == expected
            authorities.append((tmp_path / "state/ca/ca.crt").read_text())
            served(weir, authorities[0], "localhost", 8443)
    assert authorities[0] == authorities[1]


# Helpers


def stored(weir: Weir, secret: str) -> Document:
    return json.loads((weir.directory.parent / "state/certificates" / NAMESPACE / f"{secret}.state").read_text())


def challenge_kinds(weir: Weir) -> set[str]:
    return set(re.findall(r"ACME challenge .*type=(\S+)", weir.log))


def served_names(weir: Weir, server: Pebble) -> list[str]:
    found = eventually(lambda: served(weir, server.root()))
    return found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
