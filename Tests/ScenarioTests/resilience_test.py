"""Clients that read late or half-close, backends that break the rules, a drain in the middle: nothing is cut, mixed up
or kept for ever. Every test here stands for a defect that once existed; a comment says what went wrong then."""

import ctypes
import fcntl
import os
import select
import signal
import socket
import struct
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from support.backends import Backend, Gate, answering, response
from support.manifests import Document, endpoints, gateway, path, route, rule, service
from support.server import Weir
from support.waiting import eventually, settled
from support.wire import Closed, Wire, request

MIB = 1 << 20
REQUESTS = "gateway_http_requests_total"
BODY = b"0123456789abcdef" * 1024
# Weir reads it in one go, so that the exchange is over when its tail waits; and passes it on as it is, thanks to Date.
ANSWER = response(BODY, "Date: Tue, 15 Nov 1994 08:12:31 GMT")


@pytest.fixture
def through(weir, backend):
    """Starts weir, one worker, in front of one raw backend and returns both. What is not under /up is 404."""

    def start(serve=None, *flags: str) -> tuple[Weir, Backend]:
        upstream = backend(serve)
        only = route("r", rule("up", match=path("/up")))
        return weir(gateway(), service("up"), only, "--workers", "1", *flags, up=upstream), upstream

    return start


def metric(server: Weir, name: str) -> float:
    """The sum of all samples of that name."""
    families = text_string_to_metric_families(server.admin("/metrics").text)
    return sum(sample.value for family in families for sample in family.samples if sample.name == name)


# ---------------------------------------------------------------- clients that do not read, or slowly


def lazy(server: Weir) -> Wire:
    """A connection whose own buffer is as small as can be."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(20)
    client.connect((server.address, server.port()))
    return Wire(client)


def in_kernel(server: Weir, client: Wire) -> int:
    """How many bytes from weir to this client the kernel holds: sent and not acknowledged, or received and not read."""
    waiting = struct.unpack("i", fcntl.ioctl(client.socket, termios.FIONREAD, b"\0" * 4))[0]
    ends = f":{server.port():04X}", f":{client.socket.getsockname()[1]:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, _, queues, *_ = line.split()
        if local.endswith(ends[0]) and remote.endswith(ends[1]):
            waiting += int(queues.partition(":")[0], 16)
    return waiting


class Stuck:
    """A client that has read nothing, and the tail of whose last, complete response waits in weir: the kernel is full.

    `last` is the last request; `before` runs when it is out and may let the backend answer it.
    """

    _fitting: int | None = None  # How many responses the kernel takes; tried out by the first test that asks.

    def __init__(self, server: Weir, upstream: Backend, last: bytes, before: Callable[[Wire], None] | None = None):
        fitting = Stuck._fitting = Stuck._fitting or self._try_out(server, upstream)
        for count in range(fitting - 3, fitting + 1):  # It differs a little from connection to connection.
            self.client, self.responses = lazy(server), count + 1
            self._ask(server, request("GET", "/up") * count, count)
            self._ask(server, last, 1, before)
            if in_kernel(server, self.client) < self.responses * len(ANSWER):
                return
            self.client.reset()
        raise AssertionError("no tail of a response ever waited")

    @staticmethod
    def _try_out(server: Weir, upstream: Backend) -> int:
        with lazy(server) as client:
            client.send(request("GET", "/up") * 1000)
            settled(lambda: len(upstream.requests))
            client.reset()
        assert 1 < len(upstream.requests) < 1000, "the kernel's buffers are too large for this test"
        return len(upstream.requests) - 1

    def _ask(self, server: Weir, data: bytes, count: int, then: Callable[[Wire], None] | None = None) -> None:
        ended = metric(server, REQUESTS)
        self.client.send(data)
        if then:
            then(self.client)
        eventually(lambda: metric(server, REQUESTS) == ended + count, "the responses are complete")

    def assert_all_arrive(self) -> None:
        for _ in range(self.responses):
            assert self.client.read_response().body == BODY


def test_pipelined_requests_answered_without_a_backend_do_not_fill_memory(through) -> None:
    # Weir went on answering 404 into its own memory although the client took nothing.
    server, _ = through()
    block = request("GET", "/elsewhere") * 1000
    sent = 0

    def send() -> int:
        nonlocal sent
        while select.select([], [client.socket], [], 0)[1] and sent < 16 * MIB:
            sent += client.socket.send(block[sent % len(block) :])
        return sent

    with lazy(server) as client:
        before = server.resident_bytes
        client.socket.setblocking(False)
        assert settled(send) < 16 * MIB
        assert server.resident_bytes - before < 16 * MIB
        client.socket.settimeout(20)
        for _ in range(2000):
            assert client.read_response().status == 404


def test_the_drain_lets_a_complete_response_reach_a_client_that_reads_late(through) -> None:
    # The connection counted as idle when SIGTERM came, and closing it dropped the tail.
    server, upstream = through(answering(ANSWER), "--drain-timeout", "60s")
    stuck = Stuck(server, upstream, request("GET", "/up/last"))
    with stuck.client:
        server.process.send_signal(signal.SIGTERM)
        eventually(server.refuses_connections, "the drain has begun")
        stuck.assert_all_arrive()
        assert stuck.client.is_closed_by_peer()
    assert server.process.wait(10) == 0


def test_the_idle_timeout_does_not_cut_a_response_that_is_still_being_read(through) -> None:
    # It ran from the end of the exchange, however much the client took meanwhile.
    server, upstream = through(answering(ANSWER), "--idle-timeout", "800ms")
    stuck = Stuck(server, upstream, request("GET", "/up/last"))
    with stuck.client as client:
        end = time.monotonic() + 1.7
        while time.monotonic() < end:  # Slow, but never as long as the timeout without taking something.
            client.buffer += client.socket.recv(4096)
            select.select([], [], [], 0.04)
        stuck.assert_all_arrive()


@pytest.mark.parametrize("closes", [False, True], ids=["keep-alive", "close"])
def test_a_client_that_stops_reading_is_closed_after_the_idle_timeout(through, closes: bool) -> None:
    # With its response complete and unread, a connection had no deadline at all.
    server, upstream = through(answering(ANSWER), "--idle-timeout", "500ms")
    stuck = Stuck(server, upstream, request("GET", "/up/last", *["Connection: close"] * closes))
    with stuck.client:
        eventually(lambda: metric(server, "weir_downstream_connections") == 0, "weir has closed the connection")
        with pytest.raises((Closed, ConnectionError)):
            stuck.assert_all_arrive()


# ---------------------------------------------------------------- clients that half-close


@pytest.mark.parametrize("count", [1, 3])
def test_a_client_that_half_closes_after_its_requests_gets_the_answers(through, count: int) -> None:
    # `printf 'GET ...' | nc -N` got nothing: the FIN counted as the client leaving.
    gate = Gate(response("late"))
    server, _ = through(gate)
    with server.connect() as client:
        client.send(request("GET", "/up") * count)
        client.end_sending()
        assert gate.reached.wait(10)
        gate.open.set()
        for _ in range(count):
            assert client.read_response().body == b"late"
        assert client.is_closed_by_peer()


@pytest.mark.parametrize("closes", [False, True], ids=["keep-alive", "close"])
def test_a_client_that_half_closes_and_reads_late_gets_everything(through, closes: bool) -> None:
    # The second for which a half-closed client is believed ran on after the response had begun, and cut its tail.
    arrived, go = threading.Event(), threading.Event()

    def serve(wire: Wire, backend: Backend) -> None:
        while True:
            if backend.receive(wire).target == "/up/last":
                arrived.set()
                assert go.wait(60)
                go.clear()
            wire.send(ANSWER)

    def half_close(client: Wire) -> None:
        assert arrived.wait(10)
        arrived.clear()
        client.end_sending()
        go.set()

    server, upstream = through(serve)
    last = request("GET", "/up/last", *["Connection: close"] * closes)
    stuck = Stuck(server, upstream, last, half_close)
    with stuck.client:
        # More than that second, in which nothing may happen.
        settled(lambda: server.open_files, polls=90)
        stuck.assert_all_arrive()
        assert stuck.client.is_closed_by_peer()


# ---------------------------------------------------------------- SIGTERM in the middle of a response


class Halves:
    """A backend's function: /up/1 is answered in two halves, the second one when `go` is set, all else at once."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def __call__(self, wire: Wire, backend: Backend) -> None:
        while True:
            if backend.receive(wire).target == "/up/1":
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst")
                assert self.go.wait(60)
                wire.send("-half")
            else:
                wire.send(response("second"))


def test_a_connection_closes_with_the_response_that_was_streaming_at_sigterm(through) -> None:
    # Its head was out without `Connection: close`; the connection then stayed until the idle timeout.
    halves = Halves()
    server, _ = through(halves, "--drain-timeout", "60s")
    with server.connect() as client:
        client.send(request("GET", "/up/1"))
        head = client.read_head()
        assert client.read_exactly(5) == b"first" and head.get("connection") is None
        server.process.send_signal(signal.SIGTERM)
        eventually(server.refuses_connections, "the drain has begun")
        halves.go.set()
        assert client.read_exactly(5) == b"-half"
        assert client.is_closed_by_peer()
    assert server.process.wait(10) == 0


def test_a_request_pipelined_behind_it_is_still_answered(through) -> None:
    # The connection closed without an answer to the request that weir had already read.
    halves = Halves()
    server, _ = through(halves, "--drain-timeout", "60s")
    with server.connect() as client:
        client.send(request("GET", "/up/1") + request("GET", "/up/2"))
        client.read_head()
        assert client.read_exactly(5) == b"first"
        server.process.send_signal(signal.SIGTERM)
        eventually(server.refuses_connections, "the drain has begun")
        halves.go.set()
        assert client.read_exactly(5) == b"-half"
        answer = client.read_response()
        assert (answer.body, answer.get("connection")) == (b"second", "close")
        assert client.is_closed_by_peer()
    assert server.process.wait(10) == 0


# ---------------------------------------------------------------- responses at the edges


@contextmanager
def memory_layout(name: str) -> Iterator[None]:
    """Processes started meanwhile have their stacks below the mapped memory ("usual") or above ("legacy")."""
    change = ctypes.CDLL(None, use_errno=True).personality
    before = change(ctypes.c_ulong(0xFFFFFFFF))
    if name == "legacy" and (before < 0 or change(ctypes.c_ulong(before | 0x0200000)) < 0):
        pytest.skip("the memory layout cannot be chosen here")
    try:
        yield
    finally:
        change(ctypes.c_ulong(before))


@pytest.mark.parametrize("layout", ["usual", "legacy"])
@pytest.mark.parametrize("padding", [0, 6000], ids=["short head", "long head"])
def test_a_chunked_response_of_trailers_only_arrives_whole(through, padding: int, layout: str) -> None:
    # The head was slid in front of the trailers, which are not in the receive area: it overwrote foreign memory.
    large = [(f"X-T{number}", "v" * 1000) for number in range(40)]
    small = [("X-A", "b")]
    head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Pad: " + "p" * padding + "\r\n\r\n0\r\n"

    def answer(trailers: list[tuple[str, str]]) -> bytes:
        return (head + "".join(f"{name}: {value}\r\n" for name, value in trailers) + "\r\n").encode()

    with memory_layout(layout):
        server, _ = through(answering(*[answer(large), answer(small)] * 3))
    with server.connect() as client:
        for trailers in [large, small] * 3:
            client.send(request("GET", "/up"))
            got = client.read_response()
            assert (got.status, got.body, got.trailers) == (200, b"", trailers)
            assert got.get("x-pad") == "p" * padding
    assert server.process.poll() is None


# The sizes are what weir reads at most at once (its receive area), which was what it took, and less.
@pytest.mark.parametrize("size", [100, 65_536, 16 * 1024 + 65_536 + 1024 + 16])
def test_bytes_behind_a_response_never_answer_another_clients_request(through, size: int) -> None:
    # Weir read a response to its last byte, full to the brim, and pooled the connection with the rest unread.
    arrived, go, sent = threading.Event(), threading.Event(), threading.Event()
    head = "HTTP/1.1 200 OK\r\nContent-Length: {:05}\r\n\r\n"
    length = size - len(head.format(0))
    bad = (head.format(length) + "x" * length).encode() + response("poison")

    def serve(wire: Wire, backend: Backend) -> None:
        while True:
            if backend.receive(wire).target == "/up/first":
                arrived.set()
                assert go.wait(60)
                wire.send(bad)
                sent.set()
            else:
                wire.send(response("good"))

    server, _ = through(serve)
    with server.connect() as first, server.connect() as second:
        first.send(request("GET", "/up/first"))
        assert arrived.wait(10)
        with stopped(server):
            go.set()
            assert sent.wait(10)
        assert first.read_response().body == b"x" * length
        for _ in range(2):
            second.send(request("GET", "/up/second"))
            assert second.read_response().body == b"good"


@contextmanager
def stopped(server: Weir) -> Iterator[None]:
    """Weir stands still meanwhile: what others do then, it finds all at once, in that order."""
    server.process.send_signal(signal.SIGSTOP)
    try:
        stat = Path(f"/proc/{server.process.pid}/stat")
        eventually(lambda: stat.read_text().rpartition(") ")[2][0] == "T", "the process is stopped")
        yield
    finally:
        server.process.send_signal(signal.SIGCONT)


def test_a_response_cut_by_a_reset_during_an_upload_is_not_ended_as_complete(through) -> None:
    # Passing on the upload used up the reset's error; reading then said "end", and the last chunk was added.
    connections: list[Wire] = []
    done = threading.Event()

    def serve(wire: Wire, backend: Backend) -> None:
        wire.read_head()
        connections.append(wire)
        wire.send(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1000)
        assert done.wait(60)

    server, _ = through(serve)
    try:
        for _ in range(5):
            with server.connect() as client:
                client.send(request("POST", "/up", f"Content-Length: {MIB}"))
                assert client.read_head().status == 200
                assert client.read_chunk() == b"x" * 1000
                with stopped(server):
                    client.send(b"y" * 100)
                    connections.pop().reset()
                assert client.read_to_end() == b""
    finally:
        done.set()


# ---------------------------------------------------------------- endpoints that cannot be reached

CONNECT_FAILURES = "weir_upstream_connect_failures_total"


@pytest.fixture
def beside(weir):
    """Starts weir in front of a backend and, as another endpoint of its Service, of a bad address at the same port."""

    def start(upstream: Backend, address: str, *flags: str, family: str = "IPv4") -> Weir:
        good = endpoints("up", upstream.port, "127.0.0.1")
        bad = endpoints("up", upstream.port, address, family=family, name="bad")
        return weir(gateway(), service("up"), good, bad, route("r", rule("up")), "--workers", "1", *flags)

    return start


def assert_uploads_survive_a_failed_connect(server: Weir, upstream: Backend) -> None:
    """Requests until one met the bad endpoint first, which half of them do while it is not known to be bad."""
    for number in range(64):
        body = os.urandom(5000 + number)
        with server.connect() as client:
            client.send(request("POST", "/up", body=body))
            assert client.read_response().status == 200
        assert upstream.requests[-1].body == body
        if metric(server, CONNECT_FAILURES) > 0:
            return
    raise AssertionError("the bad endpoint was never tried")


def test_a_post_whose_first_endpoint_refuses_reaches_another_with_its_body(beside, backend) -> None:
    # Never failed; the retry has to take along what was waiting for the connection, the head and the body, once.
    upstream = backend()
    assert_uploads_survive_a_failed_connect(beside(upstream, "127.0.0.2"), upstream)


@pytest.mark.parametrize("family, address", [("IPv6", "ff02::1"), ("IPv4", "255.255.255.255")])
def test_an_endpoint_without_a_route_is_followed_by_another(beside, backend, family: str, address: str) -> None:
    # A connect that failed at once (no route to the address or its family; here: no unicast) was answered with 503.
    upstream = backend()
    assert_uploads_survive_a_failed_connect(beside(upstream, address, family=family), upstream)


def test_a_body_that_arrives_during_a_failing_connect_reaches_a_pooled_connection(weir, stack, backend) -> None:
    # The head went over to a pooled connection, which is never "connected now": the body was not read any more.
    heads = 0

    def serve(wire: Wire, backend: Backend) -> None:
        nonlocal heads
        while True:
            head = wire.read_head()
            heads += 1
            backend.requests.append(wire.read_body(head))
            wire.send(response("ok"))

    upstream = backend(serve)
    silent = stack.enter_context(socket.create_server(("127.0.0.2", upstream.port), backlog=0))
    for _ in range(3):  # Its queue is full: it does not answer when another one connects.
        waiting = stack.enter_context(socket.socket())
        waiting.setblocking(False)
        waiting.connect_ex(silent.getsockname())
    both = [endpoints("up", upstream.port, "127.0.0.1"), endpoints("up", upstream.port, "127.0.0.2", name="silent")]
    rules = [rule("up"), rule("good", match=path("/good"))]
    flags = ["--workers", "1", "--connect-timeout", "500ms"]
    server = weir(gateway(), service("up"), *both, service("good"), route("r", *rules), *flags, good=upstream)
    assert server.get("/good").status_code == 200  # The pooled connection.

    def is_under_way(known: int) -> bool:
        return heads > known or metric(server, "weir_upstream_connections") > 1

    for number in range(64):
        body = os.urandom(5000 + number)
        sent = request("POST", "/", body=body)
        known = heads
        with server.connect() as client:
            client.socket.settimeout(2)
            client.send(sent[: -len(body)])
            eventually(partial(is_under_way, known), "an endpoint is chosen")
            client.send(body)
            answer = client.read_response()
        assert (answer.status, upstream.requests[-1].body) == (200, body)
        if metric(server, CONNECT_FAILURES) > 0:
            return
    raise AssertionError("the silent endpoint was never tried")


def test_a_client_that_stops_in_the_middle_of_its_body_is_answered_with_408(through) -> None:
    server, upstream = through(None, "--idle-timeout", "300ms")
    with server.connect() as client:
        client.send(request("POST", "/up", "Content-Length: 10") + b"half")
        answer = client.read_response()
        assert (answer.status, answer.get("connection")) == (408, "close")
    eventually(lambda: upstream.closed_connections == 1)


def test_a_client_that_sends_its_body_slowly_but_steadily_is_waited_for(through) -> None:
    server, upstream = through(None, "--idle-timeout", "400ms")
    with server.connect() as client:
        client.send(request("POST", "/up", "Content-Length: 10"))
        for _ in range(10):
            time.sleep(0.1)  # Slowness is what this is about.
            client.send(b"x")
        assert client.read_response().status == 200
    assert upstream.requests[0].body == b"x" * 10


def test_a_response_that_begins_before_the_body_is_complete_is_not_cut_while_it_flows(through) -> None:
    def serve(wire, _: Backend) -> None:
        wire.read_head()
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
        for _ in range(10):
            time.sleep(0.1)  # Slowness is what this is about.
            wire.send(b"x")

    server, _ = through(serve, "--idle-timeout", "400ms")
    with server.connect() as client:
        client.send(request("POST", "/up", "Content-Length: 10") + b"half")
        answer = client.read_response()
        assert (answer.status, answer.body) == (200, b"x" * 10)
