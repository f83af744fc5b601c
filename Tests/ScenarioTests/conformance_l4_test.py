"""Rows of docs/conformance.md about TLSRoutes, TCPRoutes and UDPRoutes."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import dns.flags
import dns.message
import dns.rrset
import pytest

from support.backends import Backend
from support.certificates import Authority
from support.conformance import Served, condition, is_good
from support.stream_peers import DatagramBackend, ask_datagram, greeting, is_closed_without_alert, tls_connect
from support.tls import Secured
from support.waiting import eventually

POOL = ("--address-pool", "127.10.0.0/24")  # As in the settings of the golden files.
Row = Callable[..., Served]
ACCEPTED = ("True", "Accepted")
RESOLVED = ("True", "ResolvedRefs")


@pytest.fixture
def stream_row(stack: ExitStack, tmp_path: Path) -> Row:
    """Serves a row: `stream_row("tcp-route-…", {"infra/tcp-backend:3000": backend})`."""

    def start(row: str, backends: dict[str, Backend | DatagramBackend], *flags: str) -> Served:
        for name, target in backends.items():
            flags += ("--backend", f"{name}=127.0.0.1:{target.port}")
        return stack.enter_context(Served(tmp_path / "manifests", row, *flags))

    return start


@pytest.fixture
def datagrams(stack: ExitStack) -> Callable[..., DatagramBackend]:
    def start(*arguments, **keywords) -> DatagramBackend:
        return stack.enter_context(DatagramBackend(*arguments, **keywords))

    return start


@pytest.fixture
def secured(backend: Callable[..., Backend], tmp_path: Path) -> Callable[[str], tuple[Backend, Secured]]:
    """A backend that decrypts what was passed through, and what it saw of the handshakes."""

    def start(name: str) -> tuple[Backend, Secured]:
        function = Secured(Authority().issue("abc.example.com"), tmp_path, serve=greeting(name))
        return backend(function), function

    return start


def route(server: Served, kind: str, name: str = "route", number: int = 0) -> dict[str, tuple[str, str]]:
    """The conditions of a parent."""
    parents = server.status(kind, name)["parents"]
    return {key: condition(parents[number], key) for key in ("Accepted", "ResolvedRefs")}


def attached(server: Served, gateway: str = "gateway") -> dict[str, int]:
    return {name: entry["attachedRoutes"] for name, entry in server.listeners(gateway).items()}


def withdraw_grant(server: Served, kind: str) -> None:
    """Without the grant the route says so."""
    server.documents = [document for document in server.documents if document["kind"] != "ReferenceGrant"]
    server.apply()
    eventually(lambda: route(server, kind)["ResolvedRefs"] == ("False", "RefNotPermitted"), "the grant is gone")
    assert route(server, kind)["Accepted"] == ACCEPTED


# ---------------------------------------------------------------- TLSRoute


def tls_greeting(server: Served, listener: int, server_name: str, address: str = "127.0.0.1") -> str:
    with tls_connect(address, server.port(listener), server_name) as wire:
        name = wire.read_line()
        wire.send("there and back\r\n")
        assert wire.read_line() == "there and back"
        return name


def refuses(server: Served, listener: int, server_name: str | None, address: str = "127.0.0.1") -> bool:
    return is_closed_without_alert(address, server.port(listener), server_name)


def test_tls_route_hostname_intersection(stream_row: Row, secured: Callable) -> None:
    first, second = secured("first")[0], secured("second")[0]
    server = stream_row(
        "tls-route-hostname-intersection", {"infra/tls-backend:443": first, "infra/tls-backend-2:443": second}, *POOL
    )
    expected = {
        "exact": {"abc.example.com": "first"},
        "wildcard": {"abc.example.com": "first", "other.example.com": "second"},
        "less-specific": {"abc.example.com": "first", "other.example.com": "second"},
        "empty": {"abc.example.com": "first", "a.b.example.com": "second"},
    }
    rejected = ["non.matching.com", "non.matching.org", "example.com", None]
    for gateway, names in expected.items():
        address = server.gateway_address(gateway)
        assert {name: tls_greeting(server, 443, name, address) for name in names} == names
        assert [name for name in rejected if not refuses(server, 443, name, address)] == []
    assert refuses(server, 443, "other.example.com", server.gateway_address("exact"))
    assert tls_greeting(server, 443, "ABC.example.com", server.gateway_address("exact")) == "first"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("tls-route-invalid-backend-ref-nonexistent", "BackendNotFound"),
        ("tls-route-invalid-backend-ref-unknown-kind", "InvalidKind"),
        ("tls-route-invalid-reference-grant", "RefNotPermitted"),
    ],
)
def test_tls_route_invalid_backend_ref(stream_row: Row, row: str, reason: str) -> None:
    """Accepted, and rejected on the wire by RST or FIN, never by an alert."""
    server = stream_row(row, {})
    assert route(server, "tlsRoutes") == {"Accepted": ACCEPTED, "ResolvedRefs": ("False", reason)}
    assert is_good(server.listeners("gateway")["tls"])
    for _ in range(3):
        assert refuses(server, 443, "abc.example.com")


def test_tls_route_invalid_no_matching_listener_hostname(stream_row: Row, secured: Callable) -> None:
    server = stream_row(
        "tls-route-invalid-no-matching-listener-hostname", {"infra/tls-backend:443": secured("x")[0]}, *POOL
    )
    for name, hostname in (("exact", "other.example.com"), ("wildcard", "abc.example.org")):
        assert len(server.status("tlsRoutes", name)["parents"]) == 1
        assert route(server, "tlsRoutes", name)["Accepted"] == ("False", "NoMatchingListenerHostname")
        assert attached(server, name) == {"tls": 0}
        assert refuses(server, 443, hostname, server.gateway_address(name))


def test_tls_route_invalid_no_matching_listener(stream_row: Row) -> None:
    server = stream_row("tls-route-invalid-no-matching-listener", {}, *POOL)
    reasons = {name: route(server, "tlsRoutes", name)["Accepted"][1] for name in ("on-http", "on-https", "on-section")}
    assert reasons == {
        "on-http": "NotAllowedByListeners",
        "on-https": "NotAllowedByListeners",
        "on-section": "NoMatchingParent",
    }
    for name in ("http-only", "https-only", "tls"):
        assert set(attached(server, name).values()) == {0}


def test_tls_route_listener_supported_kinds(stream_row: Row) -> None:
    server = stream_row("tls-route-listener-passthrough-supported-kinds", {})
    listener = server.listeners("gateway")["tls"]
    assert [kind["kind"] for kind in listener["supportedKinds"]] == ["TLSRoute"]
    assert condition(listener, "ResolvedRefs") == ("False", "InvalidRouteKinds")
    assert condition(listener, "Accepted") == ACCEPTED
    assert refuses(server, 443, "abc.example.com")


def test_tls_route_listener_terminate_supported_kinds(stream_row: Row) -> None:
    server = stream_row("tls-route-listener-terminate-supported-kinds", {})
    listener = server.listeners("gateway")["tls"]
    assert is_good(listener)
    assert [kind["kind"] for kind in listener["supportedKinds"]] == ["TLSRoute"]


def test_tls_route_simple_same_namespace(stream_row: Row, secured: Callable) -> None:
    """The backend sees the client's own handshake."""
    backend, seen = secured("inside")
    server = stream_row("tls-route-simple-same-namespace", {"infra/tls-backend:443": backend})
    assert route(server, "tlsRoutes") == {"Accepted": ACCEPTED, "ResolvedRefs": RESOLVED}
    assert attached(server) == {"tls": 1}
    assert tls_greeting(server, 443, "abc.example.com") == "inside"
    assert seen.server_names == ["abc.example.com"]


def test_tls_route_terminate_simple_same_namespace(stream_row: Row, backend: Callable[..., Backend]) -> None:
    """The backend speaks first, in plain text."""
    server = stream_row(
        "tls-route-terminate-simple-same-namespace", {"infra/tcp-backend:3000": backend(greeting("plain"))}
    )
    assert is_good(server.listeners("gateway")["tls"])
    assert tls_greeting(server, 8443, "tls.example.com") == "plain"
    assert refuses(server, 8443, "other.example.com")


def test_tls_route_mixed_termination_same_namespace(
    stream_row: Row, backend: Callable[..., Backend], secured: Callable
) -> None:
    inside, seen = secured("passed through")
    server = stream_row(
        "tls-route-mixed-termination-same-namespace",
        {"infra/tcp-backend:3000": backend(greeting("terminated")), "infra/tcp-backend:8443": inside},
    )
    assert attached(server) == {"terminate": 1, "passthrough": 1}
    assert all(is_good(listener) for listener in server.listeners("gateway").values())
    for _ in range(3):
        assert tls_greeting(server, 8883, "tls.example.com") == "terminated"
        assert tls_greeting(server, 8883, "abc.example.com") == "passed through"
    assert seen.server_names == ["abc.example.com"] * 3


# ---------------------------------------------------------------- TCPRoute


def tcp_greeting(server: Served, listener: int) -> str:
    with server.connect(listener) as wire:
        return wire.read_line()


def resets(server: Served, listener: int) -> bool:
    """The reset may be there before the client knows that it is connected."""
    try:
        with server.connect(listener) as wire:
            return wire.is_closed_by_peer()
    except ConnectionResetError:
        return True


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("tcp-route-invalid-backend-ref-nonexistent", "BackendNotFound"),
        ("tcp-route-invalid-cross-namespace-backend-ref", "RefNotPermitted"),
    ],
)
def test_tcp_route_invalid_backend_ref(stream_row: Row, row: str, reason: str) -> None:
    server = stream_row(row, {})
    assert route(server, "tcpRoutes") == {"Accepted": ACCEPTED, "ResolvedRefs": ("False", reason)}
    assert is_good(server.listeners("gateway")["tcp"])
    assert resets(server, 9300)


def test_tcp_route_invalid_non_tcp_listener(stream_row: Row) -> None:
    server = stream_row("tcp-route-invalid-non-tcp-listener", {})
    assert route(server, "tcpRoutes")["Accepted"] == ("False", "NotAllowedByListeners")
    assert attached(server) == {"http": 0}


def test_tcp_route_multiple_routes_attachment(stream_row: Row, backend: Callable[..., Backend]) -> None:
    """Only the older route gets connections; when it is gone the other one does."""
    older, newer = backend(greeting("older")), backend(greeting("newer"))
    server = stream_row(
        "tcp-route-multiple-routes-attachment", {"infra/tcp-backend:3000": older, "infra/tcp-backend-2:3000": newer}
    )
    for name in ("b-older", "a-newer"):
        assert route(server, "tcpRoutes", name)["Accepted"] == ACCEPTED
    assert attached(server) == {"tcp": 2}
    assert Counter(tcp_greeting(server, 9300) for _ in range(100)) == {"older": 100}
    assert newer.connections == 0
    server.documents.remove(server.find("TCPRoute", "b-older"))
    server.apply()
    eventually(lambda: tcp_greeting(server, 9300) == "newer", "the newer route takes over")


def test_tcp_route_parent_ref_attach_all(stream_row: Row, backend: Callable[..., Backend]) -> None:
    server = stream_row("tcp-route-parent-ref-attach-all", {"infra/tcp-backend:3000": backend(greeting("app"))})
    assert attached(server) == {f"tcp-{number}": 1 for number in range(4)}
    assert [tcp_greeting(server, port) for port in range(9310, 9314)] == ["app"] * 4


def test_tcp_route_parent_ref_port_and_section_name(stream_row: Row, backend: Callable[..., Backend]) -> None:
    server = stream_row(
        "tcp-route-parent-ref-port-and-section-name",
        {
            f"infra/{name}:3000": backend(greeting(name))
            for name in ("tcp-backend", "tcp-backend-2", "tcp-backend-3")
        },
    )
    names = ["tcp-backend", "tcp-backend-2", "tcp-backend-3"]
    assert [tcp_greeting(server, port) for port in (9300, 9301, 9302)] == names


def test_tcp_route_reference_grant(stream_row: Row, backend: Callable[..., Backend]) -> None:
    server = stream_row("tcp-route-reference-grant", {"apps/tcp-backend:3000": backend(greeting("app"))})
    assert route(server, "tcpRoutes") == {"Accepted": ACCEPTED, "ResolvedRefs": RESOLVED}
    assert tcp_greeting(server, 9300) == "app"
    withdraw_grant(server, "tcpRoutes")
    assert resets(server, 9300)


def within_five_points(counts: Counter, total: int) -> bool:
    shares = {name: 100 * count / total for name, count in counts.items()}
    return abs(shares.get("1", 0) - 70) <= 5 and abs(shares.get("2", 0) - 30) <= 5 and "3" not in shares


def test_tcp_route_weighted_routing(stream_row: Row, backend: Callable[..., Backend]) -> None:
    server = stream_row(
        "tcp-route-weighted-routing",
        {f"infra/tcp-backend-{number}:3000": backend(greeting(f"{number}")) for number in (1, 2, 3)},
    )
    counts = Counter(tcp_greeting(server, 9300) for _ in range(500))
    assert within_five_points(counts, 500), counts


# ---------------------------------------------------------------- UDPRoute


def udp_answer(server: Served, listener: int, data: bytes = b"hello") -> str:
    answer = ask_datagram("127.0.0.1", server.port(listener), data).decode()
    name, _, rest = answer.partition(" ")
    assert rest.encode() == data
    return name


def dropped(server: Served) -> int:
    """How many datagrams no backend was there for."""
    lines = server.admin("/metrics").text.splitlines()
    return sum(int(line.rpartition(" ")[2]) for line in lines if line.startswith("weir_udp_refused_total{"))


def drops(server: Served, listener: int) -> None:
    before = dropped(server)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("support.stream_peers.SOCKET_TIMEOUT_SECONDS", 0.05)
        with pytest.raises(TimeoutError):
            ask_datagram("127.0.0.1", server.port(listener), b"hello")
    eventually(lambda: dropped(server) == before + 1, "the datagram is counted as dropped")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("udp-route-invalid-backend-ref-nonexistent", "BackendNotFound"),
        ("udp-route-invalid-cross-namespace-backend-ref", "RefNotPermitted"),
    ],
)
def test_udp_route_invalid_backend_ref(stream_row: Row, row: str, reason: str) -> None:
    server = stream_row(row, {})
    assert route(server, "udpRoutes") == {"Accepted": ACCEPTED, "ResolvedRefs": ("False", reason)}
    assert is_good(server.listeners("gateway")["udp"])
    drops(server, 5300)


def test_udp_route_multiple_routes_attachment(stream_row: Row, datagrams: Callable[..., DatagramBackend]) -> None:
    older, newer = datagrams("older"), datagrams("newer")
    server = stream_row(
        "udp-route-multiple-routes-attachment", {"infra/udp-backend:53": older, "infra/udp-backend-2:53": newer}
    )
    for name in ("b-older", "a-newer"):
        assert route(server, "udpRoutes", name)["Accepted"] == ACCEPTED
    assert attached(server) == {"udp": 2}
    assert {udp_answer(server, 5300) for _ in range(20)} == {"older"}
    assert newer.received == []


def test_udp_route_not_allowed_by_listeners(stream_row: Row) -> None:
    server = stream_row("udp-route-not-allowed-by-listeners", {})
    assert route(server, "udpRoutes")["Accepted"] == ("False", "NotAllowedByListeners")
    assert attached(server) == {"tls": 0}


def test_udp_route_parent_ref_attach_all_listeners(
    stream_row: Row, datagrams: Callable[..., DatagramBackend]
) -> None:
    server = stream_row("udp-route-parent-ref-attach-all-listeners", {"infra/udp-backend:53": datagrams("app")})
    assert attached(server) == {f"udp-{number}": 1 for number in range(3)}
    assert [udp_answer(server, port) for port in (5310, 5311, 5312)] == ["app"] * 3


def test_udp_route_parent_ref_port_and_section_name(
    stream_row: Row, datagrams: Callable[..., DatagramBackend]
) -> None:
    names = ["udp-backend", "udp-backend-2", "udp-backend-3"]
    server = stream_row(
        "udp-route-parent-ref-port-and-section-name", {f"infra/{name}:53": datagrams(name) for name in names}
    )
    assert [udp_answer(server, port) for port in (5300, 5301, 5302)] == names


def test_udp_route_reference_grant(stream_row: Row, datagrams: Callable[..., DatagramBackend]) -> None:
    server = stream_row("udp-route-reference-grant", {"apps/udp-backend:53": datagrams("app")})
    assert route(server, "udpRoutes") == {"Accepted": ACCEPTED, "ResolvedRefs": RESOLVED}
    assert udp_answer(server, 5300) == "app"
    withdraw_grant(server, "udpRoutes")
    drops(server, 5300)


def test_udp_route(stream_row: Row, datagrams: Callable[..., DatagramBackend]) -> None:
    """A DNS query, with whatever answer."""

    def answer(query: bytes) -> bytes:
        response = dns.message.make_response(dns.message.from_wire(query))
        response.answer = [dns.rrset.from_text("www.example.com.", 60, "IN", "A", "192.0.2.1")]
        return response.to_wire()

    server = stream_row("udp-route", {"infra/coredns:53": datagrams(answer=answer)})
    query = dns.message.make_query("www.example.com", "A")
    response = dns.message.from_wire(ask_datagram("127.0.0.1", server.port(5300), query.to_wire()))
    assert response.id == query.id
    assert response.flags & dns.flags.QR
    assert response.answer[0][0].to_text() == "192.0.2.1"


def test_udp_route_weighted_routing(stream_row: Row, datagrams: Callable[..., DatagramBackend]) -> None:
    server = stream_row(
        "udp-route-weighted-routing",
        {f"infra/udp-backend-{number}:53": datagrams(f"{number}") for number in (1, 2, 3)},
    )
    counts = Counter(udp_answer(server, 5300) for _ in range(500))
    assert within_five_points(counts, 500), counts
