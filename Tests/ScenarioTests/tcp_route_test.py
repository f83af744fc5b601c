"""TCPRoute: connections of TCP listeners, relayed byte by byte."""

import hashlib
import os
import socket
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import wire
from support.backends import Backend
from support.manifests import backend as ref
from support.manifests import endpoints, gateway, service
from support.ports import free_port
from support.server import Weir
from support.streams import echo, greeting, is_reset, outcome, stream_route, tcp_listener
from support.waiting import eventually

PORT = 9000
TCP = gateway(tcp_listener(port=PORT))


def route(*backends: object, name: str = "tcp", **more: object) -> dict:
    return stream_route("TCPRoute", name, *backends, **more)


def active(server: Weir) -> int:
    return metric(server, "weir_stream_connections")


def metric(server: Weir, name: str) -> int:
    lines = server.admin("/metrics").text.splitlines()
    return sum(int(line.split()[-1]) for line in lines if line.startswith(name + "{") or line.startswith(name + " "))


def test_server_first_and_half_close(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    server = weir(TCP, service("up"), route("up"), ports=(PORT,), up=backend(greeting("220 ready\r\n")))
    with server.connect(PORT) as client:
        assert client.read_line() == "220 ready"
        client.send("hello")
        client.end_sending()
        assert client.read_to_end() == b"hello"
    eventually(lambda: active(server) == 0, "the connection is over")


def test_large_transfers_in_both_directions_at_once(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    """Slow readers on both sides: what the relay holds stays bounded."""
    received = hashlib.sha256()
    down = os.urandom(1 << 20) * 48
    done = threading.Event()

    def serve(connection: wire.Wire, _: Backend) -> None:
        writer = threading.Thread(target=lambda: (connection.send(down), connection.end_sending()))
        writer.start()
        while part := connection.socket.recv(262_144):
            received.update(part)
        done.set()
        writer.join()

    server = weir(TCP, service("up"), route("up"), "--workers", "1", ports=(PORT,), up=backend(serve))
    before = server.resident_bytes
    up = os.urandom(1 << 20) * 48
    with server.connect(PORT) as client:
        writer = threading.Thread(target=lambda: (client.send(up), client.end_sending()))
        writer.start()
        digest = hashlib.sha256(client.read_to_end())
        writer.join()
    assert done.wait(20)
    assert received.digest() == hashlib.sha256(up).digest()
    assert digest.digest() == hashlib.sha256(down).digest()
    assert server.resident_bytes - before < 16 << 20
    assert metric(server, "weir_stream_received_bytes_total") == len(up)
    assert metric(server, "weir_stream_sent_bytes_total") == len(down)


def test_a_reader_that_stops_stops_the_sender(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    sent = [0]
    stop = threading.Event()

    def serve(connection: wire.Wire, _: Backend) -> None:
        connection.socket.settimeout(0.5)
        try:
            while not stop.is_set():
                sent[0] += connection.socket.send(bytes(65536))
        except TimeoutError:
            stop.set()

    server = weir(TCP, service("up"), route("up"), ports=(PORT,), up=backend(serve))
    before = server.resident_bytes
    with server.connect(PORT):
        assert stop.wait(20), "the backend could send for ever"
        assert server.resident_bytes - before < 8 << 20
        # Socket buffers on the way are all there is.
        assert sent[0] < 64 << 20


def test_weights_over_500_connections(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    heavy, light, none = (backend(greeting(name)) for name in "hln")
    server = weir(
        TCP, service("heavy"), service("light"), service("none"),
        route(ref("heavy", 70), ref("light", 30), ref("none", 0)),
        ports=(PORT,), heavy=heavy, light=light, none=none,
    )  # fmt: skip

    def one(_: int) -> bytes:
        with server.connect(PORT) as client:
            return client.socket.recv(1)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(one, range(500)))
    assert abs(answers.count(b"h") - 350) <= 25
    assert abs(answers.count(b"l") - 150) <= 25
    assert none.connections == 0


def test_only_the_oldest_route_gets_connections(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    older, newer = backend(greeting("o")), backend(greeting("n"))
    server = weir(
        TCP, service("older"), service("newer"),
        route("newer", name="a", created="2025-01-02T00:00:00Z"),
        route("older", name="z", created="2025-01-01T00:00:00Z"),
        ports=(PORT,), older=older, newer=newer,
    )  # fmt: skip
    for _ in range(100):
        with server.connect(PORT) as client:
            assert client.socket.recv(1) == b"o"
    assert newer.connections == 0


@pytest.mark.parametrize("backends", [["missing"], [ref("up", 0)], [ref("up", kind="Pod")]])
def test_without_a_usable_backend_connections_are_reset(
    weir: Callable[..., Weir], backend: Callable[..., Backend], backends: list
) -> None:
    server = weir(TCP, service("up"), route(*backends), ports=(PORT,), up=backend(echo))
    assert outcome(lambda: server.connect(PORT)) == "RST"


def test_a_listener_without_a_route_resets(weir: Callable[..., Weir]) -> None:
    server = weir(TCP, ports=(PORT,))
    assert outcome(lambda: server.connect(PORT)) == "RST"


def test_the_share_of_an_invalid_backend_is_reset(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    server = weir(TCP, service("up"), route("up", "missing"), ports=(PORT,), up=backend(greeting("u")))
    outcomes = [outcome(lambda: server.connect(PORT)) for _ in range(100)]
    assert 45 <= outcomes.count("RST") <= 55
    assert outcomes.count("RST") + outcomes.count("b'u'") == 100


def test_another_endpoint_is_tried(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    up = backend(greeting("u"))
    dead = endpoints("up", free_port(), "127.0.0.1", name="dead")
    alive = endpoints("up", up.port, "127.0.0.1", name="alive")
    server = weir(TCP, service("up"), dead, alive, route("up"), ports=(PORT,))
    for _ in range(20):
        with server.connect(PORT) as client:
            assert client.socket.recv(1) == b"u"


def test_probes_break_nothing(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    server = weir(TCP, service("up"), route("up"), "--workers", "1", ports=(PORT,), up=backend(echo))
    with server.connect(PORT) as client:
        client.send("a")
        assert client.read_exactly(1) == b"a"
        files = server.open_files
        for number in range(300):
            probe = server.connect(PORT)
            probe.reset() if number % 3 == 0 else probe.close()
        eventually(lambda: active(server) == 1, "only the real connection is left")
        eventually(lambda: server.open_files <= files, "no descriptor leaks")
        client.send("b")
        assert client.read_exactly(1) == b"b"


def test_netcat_like_use_of_a_shell(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    """curl speaks telnet: an independent client that ends when the server does."""

    def serve(connection: wire.Wire, _: Backend) -> None:
        connection.send("you said " + connection.read_line() + "\n")
        connection.end_sending()

    server = weir(TCP, service("up"), route("up"), ports=(PORT,), up=backend(serve))
    result = subprocess.run(
        ["curl", "-s", "-m", "10", f"telnet://127.0.0.1:{server.port(PORT)}"], input=b"hi\r\n", capture_output=True,
        check=False,
    )  # fmt: skip
    assert result.stdout == b"you said hi\n"


def test_connections_outlive_reloads_and_end_after_the_grace(
    weir: Callable[..., Weir], backend: Callable[..., Backend]
) -> None:
    old, new = backend(echo), backend(echo)
    server = weir(
        TCP, service("up"), endpoints("up", old.port, "127.0.0.1"), route("up"), "--endpoint-drain-timeout", "1s",
        ports=(PORT,),
    )  # fmt: skip
    with server.connect(PORT) as client:
        client.send("1")
        assert client.read_exactly(1) == b"1"
        # A new route and another listener: nothing to do with the endpoint.
        listeners = gateway(tcp_listener(port=PORT), tcp_listener("more", PORT + 1))
        slice_ = endpoints("up", old.port, "127.0.0.1")
        server.write("all.yaml", listeners, service("up"), slice_, route("up", name="other"))
        eventually(lambda: not server.refuses_connections(PORT + 1), "the change is live")
        client.send("2")
        assert client.read_exactly(1) == b"2"
        # The endpoint leaves: new connections go elsewhere at once, this one has a second.
        moved = endpoints("up", new.port, "127.0.0.1")
        server.write("all.yaml", listeners, service("up"), moved, route("up", name="other"))
        eventually(lambda: connects_to(server, new), "new connections go to the new endpoint")
        assert is_reset(client)
    eventually(lambda: active(server) == 0, "nothing is left")


def connects_to(server: Weir, backend: Backend) -> bool:
    before = backend.connections
    with server.connect(PORT) as client:
        client.send("x")
        client.read_exactly(1)
    return backend.connections > before


def test_no_connection_is_lost_while_the_configuration_changes(
    weir: Callable[..., Weir], backend: Callable[..., Backend]
) -> None:
    up = backend(echo)
    server = weir(TCP, service("up"), route("up"), ports=(PORT,), up=up)
    stopping = threading.Event()
    failures: list[BaseException] = []
    rounds = [0]

    def traffic() -> None:
        try:
            while not stopping.is_set():
                with server.connect(PORT) as client:
                    for size in (1, 1000, 100_000):
                        data = os.urandom(size)
                        client.send(data)
                        assert client.read_exactly(size) == data
                rounds[0] += 1
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=traffic) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(20):
        extra = tcp_listener("extra", PORT + 1 + number % 2)
        server.write("all.yaml", gateway(tcp_listener(port=PORT), extra), service("up"), route("up", name=f"r{number}"))
        seen = rounds[0]
        eventually(lambda: rounds[0] > seen + 4 or failures, "traffic goes on")
    stopping.set()
    for thread in threads:
        thread.join()
    assert not failures


def test_draining_lets_connections_finish(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    server = weir(TCP, service("up"), route("up"), "--drain-timeout", "20s", ports=(PORT,), up=backend(echo))
    with server.connect(PORT) as client:
        client.send("a")
        assert client.read_exactly(1) == b"a"
        server.process.terminate()
        eventually(lambda: server.refuses_connections(PORT), "no new connections")
        client.send("b")
        assert client.read_exactly(1) == b"b"
        client.end_sending()
        assert client.read_to_end() == b""
    assert server.process.wait(10) == 0


def test_idle_connections_are_small(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    held = threading.Event()
    server = weir(
        TCP, service("up"), route("up"), "--workers", "1", ports=(PORT,),
        up=backend(lambda connection, _: held.wait(60)),
    )  # fmt: skip
    with server.connect(PORT):
        eventually(lambda: active(server) == 1, "open")
        before = server.resident_bytes
        clients = [socket.create_connection(("127.0.0.1", server.port(PORT))) for _ in range(400)]
        eventually(lambda: active(server) == 401, "all are open")
        assert (server.resident_bytes - before) / 400 < 4096
        held.set()
        for client in clients:
            client.close()


def test_metrics_tell_listener_and_route(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    server = weir(TCP, service("up"), route("up"), ports=(PORT,), up=backend(echo))
    with server.connect(PORT) as client:
        client.send("abc")
        client.end_sending()
        assert client.read_to_end() == b"abc"
    labels = '{protocol="TCP",gateway="test/web",listener="tcp",route="test/tcp"}'
    page = server.admin("/metrics").text
    assert f"weir_stream_connections_total{labels} 1\n" in page
    assert f"weir_stream_received_bytes_total{labels} 3\n" in page
    assert f"weir_stream_sent_bytes_total{labels} 3\n" in page
    eventually(lambda: f"weir_stream_connections{labels} 0\n" in server.admin("/metrics").text, "the gauge goes back")
