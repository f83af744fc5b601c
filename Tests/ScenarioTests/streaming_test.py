"""Large bodies, slow readers, broken connections: memory stays small and nothing is lost or sent twice."""

import hashlib
import threading

import pytest

from support.backends import Backend, Gate, response
from support.manifests import gateway, route, rule, service
from support.server import Weir
from support.waiting import eventually, settled
from support.wire import Closed, Wire, request

MIB = 1 << 20
LARGE = 200 * MIB
GROWTH = 16 * MIB
BLOCK = bytes(range(256)) * 4096  # 1 MiB


@pytest.fixture
def through(weir, backend):
    """Starts weir, one worker, in front of one raw backend and returns both."""

    def start(serve=None, *flags: str) -> tuple[Weir, Backend]:
        upstream = backend(serve)
        return weir(gateway(), service("up"), route("r", rule("up")), "--workers", "1", *flags, up=upstream), upstream

    return start


class Sender:
    """Counts what a blocking sender got rid of."""

    def __init__(self) -> None:
        self.sent = 0

    def send(self, wire: Wire, count: int) -> None:
        while self.sent < count:
            self.sent += wire.socket.send(BLOCK[self.sent % MIB :])


def skip_chunks(wire: Wire) -> int:
    """Reads a chunked body and forgets it; its length."""
    total = 0
    while size := int(wire.read_line(), 16):
        total += wire.skip(size)
        assert wire.read_line() == ""
    assert wire.read_line() == ""
    return total


@pytest.mark.slow
@pytest.mark.parametrize("framing", ["length", "close"])
def test_a_client_that_does_not_read_stops_the_backend_and_costs_no_memory(through, framing: str) -> None:
    sender = Sender()

    def serve(wire: Wire, _: Backend) -> None:
        wire.read_head()
        wire.socket.settimeout(60)
        length = f"Content-Length: {LARGE}\r\n" if framing == "length" else "Connection: close\r\n"
        wire.send(f"HTTP/1.1 200 OK\r\n{length}\r\n")
        sender.send(wire, LARGE)

    server, _ = through(serve)
    before = server.resident_bytes
    with server.connect() as client:
        client.socket.settimeout(60)
        client.send(request("GET", "/", "Connection: close"))
        head = client.read_head()
        assert head.status == 200
        stopped_at = settled(lambda: sender.sent)
        assert 0 < stopped_at < LARGE // 2
        assert server.resident_bytes - before < GROWTH
        received = skip_chunks(client) if head.get("transfer-encoding") else client.skip(2 * LARGE)
        assert received == LARGE
        assert server.resident_bytes - before < GROWTH


@pytest.mark.slow
def test_a_backend_that_does_not_read_stops_the_client_and_costs_no_memory(through) -> None:
    go = threading.Event()
    counted = []

    def serve(wire: Wire, _: Backend) -> None:
        wire.read_head()
        wire.socket.settimeout(60)
        assert go.wait(60)
        counted.append(wire.skip(LARGE))
        wire.send(response("stored"))

    server, _ = through(serve)
    before = server.resident_bytes
    sender = Sender()
    with server.connect() as client:
        client.socket.settimeout(60)
        client.send(request("POST", "/", f"Content-Length: {LARGE}"))
        thread = threading.Thread(target=sender.send, args=(client, LARGE), daemon=True)
        thread.start()
        stopped_at = settled(lambda: sender.sent)
        assert 0 < stopped_at < LARGE // 2
        assert server.resident_bytes - before < GROWTH
        go.set()
        assert client.read_response().body == b"stored"
        thread.join(10)
    assert counted == [LARGE]
    assert server.resident_bytes - before < GROWTH


def test_a_large_body_survives_both_directions_unchanged(through) -> None:
    size = 40 * MIB

    def serve(wire: Wire, backend: Backend) -> None:
        head = wire.read_head()
        digest = hashlib.sha256()
        left = int(head.get("content-length") or 0)
        while left:
            data = wire.buffer[:left] or wire.socket.recv(min(left, 1 << 18))
            wire.buffer = wire.buffer[len(data) :] if wire.buffer else b""
            assert data
            digest.update(data)
            left -= len(data)
        wire.send(f"HTTP/1.1 200 OK\r\nX-Digest: {digest.hexdigest()}\r\nContent-Length: {size}\r\n\r\n")
        Sender().send(wire, size)

    server, _ = through(serve)
    expected = hashlib.sha256(BLOCK * (size // MIB)).hexdigest()
    answer = server.ask("POST", "/", data=iter_blocks(size), headers={"Content-Length": str(size)}, stream=True)
    assert answer.headers["X-Digest"] == expected
    digest = hashlib.sha256()
    for part in answer.iter_content(1 << 18):
        digest.update(part)
    assert digest.hexdigest() == expected


class iter_blocks:
    """A body of known length that is sent in blocks."""

    def __init__(self, size: int) -> None:
        self.left = size

    def __len__(self) -> int:
        return self.left

    def __iter__(self):
        while self.left:
            part = BLOCK[: self.left]
            self.left -= len(part)
            yield part


def test_other_connections_are_served_while_one_is_blocked(through) -> None:
    def serve(wire: Wire, backend: Backend) -> None:
        while True:
            if backend.receive(wire).target == "/large":
                wire.send(f"HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n")
                Sender().send(wire, LARGE)
            wire.send(response("small"))

    server, _ = through(serve)
    with server.connect() as stuck:
        stuck.send(request("GET", "/large"))
        assert stuck.read_head().status == 200
        for _ in range(50):
            assert server.get("/small").text == "small"


# ---------------------------------------------------------------- an answer before the request is complete


def test_an_early_answer_to_a_large_upload_reaches_the_client(through) -> None:
    def serve(wire: Wire, _: Backend) -> None:
        wire.read_head()
        wire.send(response("too large", "Connection: close", status="413 Content Too Large"))
        wire.end_sending()
        wire.skip(50 * MIB)

    server, _ = through(serve)
    with server.connect() as client:
        client.send(request("POST", "/", f"Content-Length: {50 * MIB}"))
        client.send(BLOCK)
        answer = client.read_response()
    assert (answer.status, answer.body) == (413, b"too large")


def test_the_next_request_is_not_read_out_of_an_unfinished_upload(through) -> None:
    """After an early answer the rest of the body is either taken in or the connection closed, never parsed."""

    def serve(wire: Wire, backend: Backend) -> None:
        head = wire.read_head()
        backend.requests.append(head)
        wire.send(response("early"))
        wire.read_body(head)

    server, upstream = through(serve)
    smuggled = request("GET", "/smuggled")
    with server.connect() as client:
        client.send(request("POST", "/", f"Content-Length: {len(smuggled)}"))
        assert client.read_response().body == b"early"
        try:
            client.send(smuggled + request("GET", "/next"))
            answer = client.read_response()
            assert answer.body == b"early"
        except (ConnectionError, Closed):
            pass
    assert "/smuggled" not in upstream.targets


# ---------------------------------------------------------------- pooled connections that have gone


def closing_on_reuse(wire: Wire, backend: Backend) -> None:
    """Answers the first request of every connection and closes, without a word, when a second one comes."""
    backend.receive(wire)
    wire.send(response("ok"))
    backend.receive(wire)


def test_a_get_on_a_stale_connection_is_sent_again_on_a_fresh_one(through) -> None:
    server, upstream = through(closing_on_reuse)
    for _ in range(5):
        assert server.get("/").status_code == 200
    assert upstream.connections == 5


def test_a_get_on_a_reset_connection_is_sent_again_on_a_fresh_one(through) -> None:
    def serve(wire: Wire, backend: Backend) -> None:
        backend.receive(wire)
        wire.send(response("ok"))
        wire.read_line()
        wire.reset()

    server, _ = through(serve)
    for _ in range(5):
        assert server.get("/").status_code == 200


def test_a_post_on_a_stale_connection_is_never_sent_twice(through) -> None:
    server, upstream = through(closing_on_reuse)
    assert server.get("/").status_code == 200
    answer = server.ask("POST", "/", data=b"pay once")
    assert answer.status_code == 502
    assert [message.method for message in upstream.requests] == ["GET", "POST"]


def test_a_connection_that_closed_while_idle_is_not_used(through) -> None:
    def serve(wire: Wire, backend: Backend) -> None:
        backend.receive(wire)
        wire.send(response("ok"))

    server, upstream = through(serve)
    for number in range(1, 4):
        assert server.ask("POST", "/", data=b"pay once").status_code == 200
        eventually(lambda n=number: upstream.closed_connections == n, "the backend has closed")
    assert len(upstream.requests) == 3


def test_a_get_is_sent_at_most_twice(through) -> None:
    def serve(wire: Wire, backend: Backend) -> None:
        backend.receive(wire)
        if len(backend.requests) == 1:
            wire.send(response("ok"))
            backend.receive(wire)

    server, upstream = through(serve)
    assert server.get("/").status_code == 200
    assert server.get("/").status_code == 502
    assert len(upstream.requests) == 3


def test_a_get_on_a_fresh_connection_that_closes_is_502_and_not_repeated(through) -> None:
    server, upstream = through(lambda wire, backend: backend.receive(wire))
    assert server.get("/").status_code == 502
    assert len(upstream.requests) == 1


# ---------------------------------------------------------------- clients that leave


@pytest.mark.parametrize("leave", [Wire.reset, Wire.close, Wire.end_sending], ids=["RST", "close", "FIN"])
def test_a_client_that_leaves_before_the_answer_ends_the_upstream_exchange(through, leave) -> None:
    """Closing only the sending side counts as leaving after a second without anything to send: a client that hangs up looks just the same."""
    seen = threading.Event()

    def serve(wire: Wire, backend: Backend) -> None:
        backend.receive(wire)
        seen.set()
        wire.socket.settimeout(60)
        wire.read_line()  # Raises when weir closes.

    server, upstream = through(serve)
    with server.connect() as client:
        client.send(request("GET", "/"))
        assert seen.wait(10)
        leave(client)
        eventually(lambda: upstream.closed_connections == 1, "the upstream connection is closed")


def test_a_client_that_leaves_in_the_middle_of_the_answer_ends_the_upstream_exchange(through) -> None:
    def serve(wire: Wire, backend: Backend) -> None:
        backend.receive(wire)
        wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        wire.socket.settimeout(60)
        while True:
            wire.send(b"1000\r\n" + BLOCK[:4096] + b"\r\n")

    server, upstream = through(serve)
    with server.connect() as client:
        client.send(request("GET", "/"))
        assert client.read_head().status == 200
        client.reset()
    eventually(lambda: upstream.closed_connections == 1, "the upstream connection is closed")


def test_an_upload_that_breaks_off_is_not_passed_on_as_complete(through) -> None:
    server, upstream = through()
    with server.connect() as client:
        client.send(request("POST", "/", "Content-Length: 1000") + b"half")
        client.close()
    eventually(lambda: upstream.closed_connections == upstream.connections, "the upstream connection is closed")
    assert upstream.requests == []


def test_a_held_answer_does_not_hold_others(through) -> None:
    gate = Gate(response("ok"), "/held")
    server, _ = through(gate)
    with server.connect() as held:
        held.send(request("GET", "/held"))
        assert gate.reached.wait(10)
        for _ in range(20):
            assert server.get("/other").text == "ok"
        gate.open.set()
        assert held.read_response().body == b"ok"
