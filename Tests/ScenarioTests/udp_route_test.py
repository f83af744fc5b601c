"""UDPRoute: datagrams of UDP listeners, by flow."""

import os
import socket
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack

import dns.message
import dns.query
import dns.rdatatype
import pytest

from support.backends import Backend
from support.dns import DNSServer
from support.manifests import backend as ref
from support.manifests import endpoints, gateway, service
from support.ports import has_ipv6
from support.server import Weir
from support.streams import UDPBackend, ask_datagram, echo, stream_route, tcp_listener, udp_client, udp_listener
from support.waiting import eventually

PORT = 5300
UDP = gateway(udp_listener(port=PORT))


@pytest.fixture
def udp(stack: ExitStack) -> Callable[..., UDPBackend]:
    return lambda answer=None: stack.enter_context(UDPBackend(answer))


def named(name: str) -> Callable[[bytes], list[bytes]]:
    return lambda datagram: [name.encode() + datagram]


def route(*backends: object, name: str = "udp", **more: object) -> dict:
    return stream_route("UDPRoute", name, *backends, **more)


def udp_service(name: str) -> dict:
    return service(name, ports=[{"port": 8080, "protocol": "UDP"}])


def metric(server: Weir, name: str) -> int:
    lines = server.admin("/metrics").text.splitlines()
    return sum(int(line.split()[-1]) for line in lines if line.startswith(name + "{"))


def test_dns_through_the_gateway(weir: Callable[..., Weir]) -> None:
    with DNSServer() as resolver:
        resolver.addresses["shop.test"] = ["192.0.2.7"]
        server = weir(UDP, udp_service("dns"), route("dns"), ports=(PORT,), dns=resolver.port)
        query = dns.message.make_query("shop.test", dns.rdatatype.A)
        answer = dns.query.udp(query, "127.0.0.1", port=server.port(PORT), timeout=10)
        assert [record.address for record in answer.answer[0]] == ["192.0.2.7"]


def test_datagrams_keep_their_boundaries(weir: Callable[..., Weir], udp: Callable[..., UDPBackend]) -> None:
    server = weir(UDP, udp_service("up"), route("up"), ports=(PORT,), up=udp())
    with udp_client(server.port(PORT)) as client:
        for size in (1, 0, 512, 1472, 9000, 65_507):
            datagram = os.urandom(size)
            assert ask_datagram(client, datagram) == datagram
        # A burst comes out as it went in.
        burst = [bytes([number]) * (number + 1) for number in range(100)]
        for datagram in burst:
            client.send(datagram)
        assert sorted(client.recv(1000) for _ in burst) == sorted(burst)


@pytest.mark.parametrize("bind", ["0.0.0.0", "::"])
def test_replies_come_from_the_address_that_was_asked(
    weir: Callable[..., Weir], udp: Callable[..., UDPBackend], bind: str
) -> None:
    if bind == "::" and not has_ipv6():
        pytest.skip("no IPv6 here")
    server = weir(UDP, udp_service("up"), route("up"), "--bind", bind, ports=(PORT,), up=udp())
    addresses = ["127.0.0.1", "127.0.0.9", "127.1.2.3"] + (["::1"] if bind == "::" else [])
    for address in addresses:
        with udp_client(server.port(PORT), address) as client:
            assert ask_datagram(client, b"ping") == b"ping"


def test_weights_over_500_flows(weir: Callable[..., Weir], udp: Callable[..., UDPBackend]) -> None:
    server = weir(
        UDP, udp_service("a"), udp_service("b"), udp_service("c"), route(ref("a", 70), ref("b", 30), ref("c", 0)),
        ports=(PORT,), a=udp(named("a")), b=udp(named("b")), c=udp(named("c")),
    )  # fmt: skip
    answers: Counter[bytes] = Counter()
    for _ in range(500):
        with udp_client(server.port(PORT)) as client:
            answer = ask_datagram(client, b"")
            answers[answer] += 1
            assert ask_datagram(client, b"") == answer, "a flow stays with its backend"
    assert abs(answers[b"a"] - 350) <= 25
    assert abs(answers[b"b"] - 150) <= 25
    assert answers[b"c"] == 0


def test_the_oldest_route_wins(weir: Callable[..., Weir], udp: Callable[..., UDPBackend]) -> None:
    newer = udp()
    server = weir(
        UDP, udp_service("older"), udp_service("newer"),
        route("newer", name="a", created="2025-01-02T00:00:00Z"),
        route("older", name="z", created="2025-01-01T00:00:00Z"),
        ports=(PORT,), older=udp(named("o")), newer=newer,
    )  # fmt: skip
    for _ in range(100):
        with udp_client(server.port(PORT)) as client:
            assert ask_datagram(client, b"") == b"o"
    assert not newer.peers


def test_invalid_backends_drop(weir: Callable[..., Weir]) -> None:
    server = weir(UDP, route("missing"), ports=(PORT,))
    with udp_client(server.port(PORT)) as client:
        client.send(b"x")
        eventually(lambda: metric(server, "weir_udp_refused_total") == 1, "the datagram is counted")
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.recv(10)


def test_tcp_and_udp_share_a_port_number(
    weir: Callable[..., Weir], udp: Callable[..., UDPBackend], backend: Callable[..., Backend]
) -> None:
    server = weir(
        gateway(tcp_listener(port=PORT), udp_listener(port=PORT)), service("tcp"), udp_service("up"),
        stream_route("TCPRoute", "tcp", "tcp"), route("up"), ports=(PORT,), up=udp(named("udp ")), tcp=backend(echo),
    )  # fmt: skip
    with server.connect(PORT) as client:
        client.send("x")
        assert client.read_exactly(1) == b"x"
    with udp_client(server.port(PORT)) as client:
        assert ask_datagram(client, b"x") == b"udp x"


def test_reloads_lose_no_flow(weir: Callable[..., Weir], udp: Callable[..., UDPBackend]) -> None:
    """With several event loops, every client stays with its loop and its backend."""
    backends = {name: udp(named(name)) for name in ("a", "b")}
    server = weir(
        UDP, udp_service("a"), udp_service("b"), route("a", "b"), "--workers", "3", ports=(PORT,), **backends
    )
    clients = [udp_client(server.port(PORT)) for _ in range(30)]
    try:
        first = [ask_datagram(client, b"") for client in clients]
        assert set(first) == {b"a", b"b"}
        for number in range(5):
            more = udp_listener("more", PORT + 1 + number % 2)
            server.write(
                "all.yaml", gateway(udp_listener(port=PORT), more), udp_service("a"), udp_service("b"),
                route("a", "b", name=f"r{number}"),
            )  # fmt: skip
            eventually(lambda: f'"r{number}"' in server.admin("/status").text, "the change is live")
            assert [ask_datagram(client, b"") for client in clients] == first
        assert sum(len(backend.peers) for backend in backends.values()) == 30
    finally:
        for client in clients:
            client.close()


def test_a_flow_moves_when_its_endpoint_leaves(weir: Callable[..., Weir], udp: Callable[..., UDPBackend]) -> None:
    old, new = udp(named("old")), udp(named("new"))

    def documents(backend: UDPBackend) -> list[dict]:
        slice_ = endpoints("up", backend.port, "127.0.0.1")
        slice_["ports"][0]["protocol"] = "UDP"
        return [UDP, udp_service("up"), slice_, route("up")]

    server = weir(*documents(old), ports=(PORT,))
    with udp_client(server.port(PORT)) as client:
        assert ask_datagram(client, b"") == b"old"
        server.write("all.yaml", *documents(new))
        eventually(lambda: ask_datagram(client, b"") == b"new", "the flow has moved")


def test_flows_expire(weir: Callable[..., Weir], udp: Callable[..., UDPBackend]) -> None:
    server = weir(UDP, udp_service("up"), route("up"), "--udp-idle-timeout", "1s", ports=(PORT,), up=udp())
    with udp_client(server.port(PORT)) as client:
        assert ask_datagram(client, b"x") == b"x"
        assert metric(server, "weir_udp_flows") == 1
        eventually(lambda: metric(server, "weir_udp_flows") == 0, "the flow has expired")
        assert ask_datagram(client, b"y") == b"y"


def test_a_flood_of_clients_costs_bounded_room(weir: Callable[..., Weir], udp: Callable[..., UDPBackend]) -> None:
    server = weir(
        UDP, udp_service("up"), route("up"), "--max-udp-flows", "50", "--workers", "1", ports=(PORT,), up=udp()
    )
    files = server.open_files
    with udp_client(server.port(PORT)) as regular:
        for _ in range(20):
            assert ask_datagram(regular, b"x") == b"x"
            for _ in range(20):
                with udp_client(server.port(PORT)) as client:
                    client.send(b"flood")
        assert metric(server, "weir_udp_flows") == 50
        assert server.open_files <= files + 60
        assert metric(server, "weir_udp_flows_evicted_total") > 0
        assert ask_datagram(regular, b"x") == b"x"


def test_a_client_that_asked_once_is_not_flooded(weir: Callable[..., Weir], udp: Callable[..., UDPBackend]) -> None:
    up = udp(lambda datagram: [datagram] * 300)
    server = weir(UDP, udp_service("up"), route("up"), ports=(PORT,), up=up)
    with udp_client(server.port(PORT)) as client:
        client.send(b"x")
        passed = "weir_udp_sent_datagrams_total"
        suppressed = "weir_udp_suppressed_replies_total"
        eventually(lambda: metric(server, passed) + metric(server, suppressed) >= 250, "the backend has answered")
        assert metric(server, passed) == 16
        # Who answers is no forgery: a stream may follow.
        client.send(b"x")
        eventually(lambda: metric(server, passed) >= 250, "the second answer is complete")


def test_a_stream_of_datagrams(weir: Callable[..., Weir], udp: Callable[..., UDPBackend]) -> None:
    """Several clients at once, each with a window of datagrams on the way, checked by content."""
    server = weir(UDP, udp_service("up"), route("up"), "--workers", "2", ports=(PORT,), up=udp())
    failures: list[str] = []

    def talk(number: int) -> None:
        with udp_client(server.port(PORT)) as client:
            client.settimeout(5)
            for turn in range(100):
                window = {f"{number}/{turn}/{index}".encode().ljust(300) for index in range(8)}
                for datagram in window:
                    client.send(datagram)
                try:
                    got = {client.recv(2000) for _ in window}
                except TimeoutError:
                    continue  # The kernel may drop what comes too fast.
                if not all(datagram.startswith(f"{number}/".encode()) for datagram in got):
                    failures.append(f"client {number} got {got}")

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert metric(server, "weir_udp_sent_datagrams_total") > 3000


def test_draining_waits_for_the_reply(weir: Callable[..., Weir], udp: Callable[..., UDPBackend]) -> None:
    asked, gate = threading.Event(), threading.Event()

    def slow(datagram: bytes) -> list[bytes]:
        asked.set()
        assert gate.wait(20)
        return [datagram]

    server = weir(UDP, udp_service("up"), route("up"), "--drain-timeout", "10s", ports=(PORT,), up=udp(slow))
    with udp_client(server.port(PORT)) as client:
        client.send(b"late")
        assert asked.wait(20)
        server.process.terminate()
        eventually(lambda: "drain" in server.log or server.process.poll() is not None, "draining has begun")
        gate.set()
        assert client.recv(10) == b"late"
    assert server.process.wait(10) == 0


def test_draining_gives_the_port_free(
    weir: Callable[..., Weir], udp: Callable[..., UDPBackend], backend: Callable[..., Backend]
) -> None:
    """Although connections of other listeners live on."""
    server = weir(
        gateway(udp_listener(port=PORT), tcp_listener(port=PORT + 1)), udp_service("up"), route("up"), service("tcp"),
        stream_route("TCPRoute", "tcp", "tcp"), "--drain-timeout", "20s", ports=(PORT, PORT + 1), up=udp(),
        tcp=backend(echo),
    )  # fmt: skip
    with server.connect(PORT + 1) as open_, udp_client(server.port(PORT)) as client:
        open_.send("x")
        assert open_.read_exactly(1) == b"x"
        assert ask_datagram(client, b"x") == b"x"
        server.process.terminate()

        def is_free() -> bool:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as successor:
                successor.bind(("127.0.0.1", server.port(PORT)))
                return True

        eventually(is_free, "another process can have the port")
        assert server.process.poll() is None
    assert server.process.wait(10) == 0


def test_a_port_that_another_process_has(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    """Only the UDP listener suffers, not the TCP listener with the same number."""
    other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with other:
        other.bind(("127.0.0.1", 0))
        taken = other.getsockname()[1]
        up = backend(echo)
        server = weir(
            gateway(tcp_listener(port=PORT)), service("tcp"), stream_route("TCPRoute", "tcp", "tcp"), ports=(PORT,), tcp=up
        )
        port = taken - server.offset
        if not 0 < port < 65_536:
            pytest.skip("the port is out of reach")
        server.write(
            "all.yaml", gateway(tcp_listener(port=PORT), udp_listener(port=port), tcp_listener("same", port)),
            service("tcp"), stream_route("TCPRoute", "tcp", "tcp"),
        )  # fmt: skip
        eventually(lambda: "in use" in server.admin("/status").text, "the status tells")
        with server.connect(port) as client:
            client.send("x")
            assert client.read_exactly(1) == b"x"
