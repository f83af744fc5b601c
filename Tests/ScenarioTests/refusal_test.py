"""What is refused: malformed, ambiguous, too large and too slow requests. Nothing of them reaches a backend."""

import select

import pytest

from support.backends import Backend, answering, response
from support.manifests import gateway, route, rule, service
from support.server import Weir, write
from support.waiting import eventually
from support.wire import Closed, Message, Wire, request

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: shop.test\r\n\r\n"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory):
    """One proxy and one backend for all tests here; each looks only at requests made since it began."""
    directory = tmp_path_factory.mktemp("refusals") / "manifests"
    write(directory, "all.yaml", gateway(), service("up"), route("r", rule("up")))
    with Backend() as upstream, Weir(directory, "--backend", f"test/up:8080=127.0.0.1:{upstream.port}") as server:
        yield server, upstream


def lines(*parts: str, start: str = "POST / HTTP/1.1", host: str | None = "shop.test") -> bytes:
    fields = ([f"Host: {host}"] if host is not None else []) + list(parts)
    return ("\r\n".join([start, *fields]) + "\r\n\r\n").encode("latin-1")


REFUSED = {
    # Two ways to tell where the body ends.
    "length and chunks": lines("Content-Length: 4", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "chunks and length": lines("Transfer-Encoding: chunked", "Content-Length: 4") + b"0\r\n\r\n",
    "two lengths": lines("Content-Length: 4", "Content-Length: 5") + b"abcde",
    "the same length twice": lines("Content-Length: 4", "Content-Length: 4") + b"abcd",
    "a list of lengths": lines("Content-Length: 4, 4") + b"abcd",
    "chunked twice": lines("Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "chunked, chunked": lines("Transfer-Encoding: chunked, chunked") + b"0\r\n\r\n",
    "chunked not last": lines("Transfer-Encoding: chunked, identity") + b"0\r\n\r\n",
    "chunks in HTTP/1.0": lines("Transfer-Encoding: chunked", start="POST / HTTP/1.0") + b"0\r\n\r\n",
    # Lengths that some parsers read another way.
    "length with a sign": lines("Content-Length: +4") + b"abcd",
    "negative length": lines("Content-Length: -4"),
    "hexadecimal length": lines("Content-Length: 0x4") + b"abcd",
    "empty length": lines("Content-Length:"),
    "length with a space inside": lines("Content-Length: 1 0") + b"abcdefghij",
    "huge length": lines("Content-Length: 99999999999999999999"),
    # Codings that some parsers read another way.
    "unknown coding": lines("Transfer-Encoding: xchunked") + b"0\r\n\r\n",
    "identity": lines("Transfer-Encoding: identity") + b"",
    "empty coding": lines("Transfer-Encoding:"),
    "vertical tab before chunked": lines("Transfer-Encoding: \x0bchunked") + b"0\r\n\r\n",
    "quoted coding": lines('Transfer-Encoding: "chunked"') + b"0\r\n\r\n",
    # Lines.
    "white space before the colon": lines("Transfer-Encoding : chunked") + b"0\r\n\r\n",
    "folded line": lines("X-Field: a\r\n b"),
    "folded coding": lines("Transfer-Encoding:\r\n chunked") + b"0\r\n\r\n",
    "space before the first field": b"GET / HTTP/1.1\r\n Host: shop.test\r\n\r\n",
    "bare LF at the end of a line": b"GET / HTTP/1.1\r\nHost: shop.test\nX-Field: a\r\n\r\n",
    "only LF": b"GET / HTTP/1.1\nHost: shop.test\n\n",
    "bare CR in a value": lines("X-Field: a\rTransfer-Encoding: chunked"),
    "NUL in a value": lines("X-Field: a\0b"),
    "empty name": lines(": value"),
    "no colon": lines("X-Field"),
    "space in a name": lines("X Field: a"),
    "non-token in a name": lines("X(Field): a"),
    # Hosts.
    "no host": lines(start="GET / HTTP/1.1", host=None),
    "two hosts": lines("Host: other.test", start="GET / HTTP/1.1"),
    "host with a path": lines(start="GET / HTTP/1.1", host="shop.test/x"),
    "host with user information": lines(start="GET / HTTP/1.1", host="user@shop.test"),
    "host with a space": lines(start="GET / HTTP/1.1", host="shop.test other"),
    "host with a bad port": lines(start="GET / HTTP/1.1", host="shop.test:99999999"),
    # Request lines.
    "space in the target": lines(start="GET /a b HTTP/1.1"),
    "two spaces": lines(start="GET  / HTTP/1.1"),
    "tab instead of a space": lines(start="GET\t/ HTTP/1.1"),
    "no version": lines(start="GET /"),
    "version with junk": lines(start="GET / HTTP/1.1x"),
    "lower-case version": lines(start="GET / http/1.1"),
    "version 2.0": lines(start="GET / HTTP/2.0"),
    "relative target": lines(start="GET x HTTP/1.1"),
    "fragment": lines(start="GET /#x HTTP/1.1"),
    "control byte in the target": lines(start="GET /\x01 HTTP/1.1"),
    "encoded NUL": lines(start="GET /%00 HTTP/1.1"),
    "half an encoding": lines(start="GET /%4 HTTP/1.1"),
    "bad encoding": lines(start="GET /%zz HTTP/1.1"),
    "method with a comma": lines(start="GE,T / HTTP/1.1"),
    "asterisk for GET": lines(start="GET * HTTP/1.1"),
    "foreign scheme": lines(start="GET ftp://shop.test/ HTTP/1.1"),
    "TLS handshake": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64 + b"\r\n\r\n",
}


@pytest.mark.parametrize("bytes_", REFUSED.values(), ids=REFUSED.keys())
def test_a_malformed_or_ambiguous_request_is_refused_and_the_connection_closed(
    pair: tuple[Weir, Backend], bytes_: bytes
) -> None:
    server, upstream = pair
    before = len(upstream.requests)
    with server.connect() as client:
        client.send(bytes_ + SMUGGLED)
        answer = client.read_response()
        assert answer.status in (400, 501, 505), answer.start
        assert (answer.get("connection") or "").lower() == "close"
        assert client.is_closed_by_peer(), f"a second answer: {client.buffer!r}"
    assert server.get("/marker").status_code == 200
    assert [message.target for message in upstream.requests[before:]] == ["/marker"]


BAD_CHUNKS = {
    "no size": b"\r\nabcd\r\n0\r\n\r\n",
    "prefix": b"0x4\r\nabcd\r\n0\r\n\r\n",
    "sign": b"+4\r\nabcd\r\n0\r\n\r\n",
    "negative": b"-1\r\n0\r\n\r\n",
    "space before": b" 4\r\nabcd\r\n0\r\n\r\n",
    "not hexadecimal": b"4g\r\nabcd\r\n0\r\n\r\n",
    "overflow": b"10000000000000004\r\nabcd\r\n0\r\n\r\n",
    "LF after the size": b"4\nabcd\r\n0\r\n\r\n",
    "no CRLF after the data": b"4\r\nabcde\r\n0\r\n\r\n",
    "LF after the data": b"4\r\nabcd\n0\r\n\r\n",
    "bare CR in an extension": b"4;a\rb\r\nabcd\r\n0\r\n\r\n",
    "endless extension": b"4;" + b"a" * 100_000 + b"\r\nabcd\r\n0\r\n\r\n",
    "bad trailer": b"4\r\nabcd\r\n0\r\nX Field: a\r\n\r\n",
}


@pytest.mark.parametrize("body", BAD_CHUNKS.values(), ids=BAD_CHUNKS.keys())
def test_a_malformed_chunk_ends_the_exchange_and_no_whole_request_arrives(
    pair: tuple[Weir, Backend], body: bytes
) -> None:
    server, upstream = pair
    before = len(upstream.requests)
    with server.connect() as client:
        client.send(lines("Transfer-Encoding: chunked") + body + SMUGGLED)
        try:
            answer = client.read_response()
            assert answer.status in (400, 431), answer.start
            assert client.is_closed_by_peer()
        except (Closed, ConnectionError):
            pass
    assert server.get("/marker").status_code == 200
    assert [message.target for message in upstream.requests[before:]] == ["/marker"]


# ---------------------------------------------------------------- limits


def ask(server: Weir, data: bytes) -> Message:
    """The answer to some bytes; sending may fail half-way because the answer and a close came first."""
    with server.connect() as client:
        try:
            client.send(data)
        except ConnectionError:
            pass
        answer = client.read_response()
        if answer.status != 200:
            assert client.is_closed_by_peer()
        return answer


@pytest.mark.parametrize("length, status", [(16_000, 200), (17_000, 414), (200_000, 414)])
def test_a_request_line_may_have_16_kib(pair: tuple[Weir, Backend], length: int, status: int) -> None:
    assert ask(pair[0], request("GET", "/" + "x" * length)).status == status


@pytest.mark.parametrize("length, status", [(60_000, 200), (67_000, 431), (500_000, 431)])
def test_a_header_section_may_have_64_kib(pair: tuple[Weir, Backend], length: int, status: int) -> None:
    assert ask(pair[0], request("GET", "/", f"X-Field: {'x' * length}")).status == status


@pytest.mark.parametrize("count, status", [(120, 200), (129, 431)])
def test_a_header_section_may_have_128_fields(pair: tuple[Weir, Backend], count: int, status: int) -> None:
    assert ask(pair[0], request("GET", "/", *(f"X-{number}: x" for number in range(count)))).status == status


def test_a_response_head_that_is_too_large_is_502(weir, backend) -> None:
    upstream = backend(answering(response("ok", f"X-Field: {'x' * 200_000}")))
    server = weir(gateway(), service("up"), route("r", rule("up")), up=upstream)
    assert server.get("/").status_code == 502


RESPONSES = {
    "length and chunks": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    "folded line": b"HTTP/1.1 200 OK\r\nX-Field: a\r\n b\r\nContent-Length: 0\r\n\r\n",
    "bad status": b"HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n",
    "space before the colon": b"HTTP/1.1 200 OK\r\nContent-Length : 4\r\n\r\nabcd",
}


@pytest.mark.parametrize("answer", RESPONSES.values(), ids=RESPONSES.keys())
def test_a_malformed_response_is_502(weir, backend, answer: bytes) -> None:
    server = weir(gateway(), service("up"), route("r", rule("up")), up=backend(answering(answer)))
    assert server.get("/").status_code == 502


# ---------------------------------------------------------------- timeouts


def test_a_header_section_that_does_not_come_ends_the_connection(weir, backend) -> None:
    upstream = backend()
    server = weir(gateway(), service("up"), route("r", rule("up")), "--header-timeout", "300ms", up=upstream)
    with server.connect() as client:
        client.send(b"GET / HTTP/1.1\r\nHost: shop")
        received = client.read_to_end()
        assert received == b"" or received.startswith(b"HTTP/1.1 408 ")
    assert upstream.requests == []
    assert server.get("/").status_code == 200


def test_dripping_a_header_section_does_not_extend_its_timeout(weir, backend) -> None:
    server = weir(gateway(), service("up"), route("r", rule("up")), "--header-timeout", "300ms", up=backend())
    with server.connect() as client:
        client.send(b"GET / HTTP/1.1\r\n")

        def is_cut_off() -> bool:
            try:
                client.send(b"X: y\r\n")
                return bool(select.select([client.socket], [], [], 0)[0])
            except ConnectionError:
                return True

        eventually(is_cut_off, "an answer or the end of the connection")
        assert client.socket.recv(9) in (b"", b"HTTP/1.1 ")


def test_an_idle_connection_is_closed(weir, backend) -> None:
    flags = ["--idle-timeout", "300ms"]
    server = weir(gateway(), service("up"), route("r", rule("up")), *flags, up=backend())
    with server.connect() as client:
        client.send(request("GET", "/"))
        assert client.read_response().status == 200
        assert client.is_closed_by_peer()


def test_a_connection_that_never_says_anything_is_closed(weir, backend) -> None:
    flags = ["--header-timeout", "300ms"]
    server = weir(gateway(), service("up"), route("r", rule("up")), *flags, up=backend())
    with server.connect() as silent:
        assert silent.read_to_end()[:13] in (b"", b"HTTP/1.1 408 ")


def test_an_idle_upstream_connection_is_closed(weir, backend) -> None:
    upstream = backend()
    flags = ["--upstream-idle-timeout", "300ms"]
    server = weir(gateway(), service("up"), route("r", rule("up")), *flags, up=upstream)
    assert server.get("/").status_code == 200
    eventually(lambda: upstream.closed_connections == 1, "the pooled connection is closed")
    assert server.get("/").status_code == 200


def test_a_slow_exchange_has_no_timeout_of_its_own(weir, backend) -> None:
    """All timeouts are short, and yet a response may take longer than each of them."""

    def serve(wire: Wire, upstream: Backend) -> None:
        upstream.receive(wire)
        wire.socket.settimeout(1.0)
        try:
            wire.socket.recv(1)  # Nothing comes: a second passes.
        except TimeoutError:
            pass
        wire.send(response("late"))

    flags = ["--header-timeout", "200ms", "--idle-timeout", "200ms", "--upstream-idle-timeout", "200ms"]
    server = weir(gateway(), service("up"), route("r", rule("up")), *flags, up=backend(serve))
    assert server.get("/").text == "late"
