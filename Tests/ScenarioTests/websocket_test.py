"""WebSocket (RFC 6455) over HTTP/1.1 Upgrade, with the client and server of Python's `websockets`."""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.sync.server import ServerConnection, serve

from support.backends import answering, response
from support.http2 import Answer, HTTP2Client
from support.manifests import gateway, mirror, path, request_headers, response_headers, route, rule, service
from support.waiting import eventually
from support.wire import request

UPGRADE = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + "A" * 22 + "==")


class EchoServer:
    """Sends back every message; notes the requests."""

    def __init__(self) -> None:
        self.requests: list[object] = []
        self.closed: list[int | None] = []
        self.server = serve(self.handle, "127.0.0.1", 0, subprotocols=["chat"], max_size=None)  # type: ignore[list-item]
        self.port: int = self.server.socket.getsockname()[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def handle(self, connection: ServerConnection) -> None:
        self.requests.append(connection.request)
        try:
            for message in connection:
                if message == "close":
                    connection.close(4000, "as you wish")
                    break
                connection.send(message)
        finally:
            self.closed.append(connection.protocol.close_rcvd.code if connection.protocol.close_rcvd else None)


@pytest.fixture
def echo() -> Iterator[EchoServer]:
    server = EchoServer()
    yield server
    server.server.shutdown()


@contextmanager
def client(server, target: str = "/ws") -> Iterator[ClientConnection]:
    raw = socket.create_connection(("127.0.0.1", server.port()))
    with connect(f"ws://shop.test{target}", sock=raw, max_size=None, subprotocols=["chat"]) as connection:
        yield connection


def test_text_and_binary_messages_pass(weir, echo) -> None:
    server = weir(gateway(), service("up"), route("r", rule("up")), up=echo.port)
    with client(server) as connection:
        assert connection.subprotocol == "chat"
        connection.send("hello")
        assert connection.recv() == "hello"
        big = bytes(range(256)) * 4096
        connection.send(big)
        assert connection.recv() == big
        connection.ping().wait(10)
    assert eventually(lambda: echo.closed) == [1000]
    assert echo.requests[0].headers["X-Forwarded-For"] == "127.0.0.1"
    eventually(lambda: 'code="101"' in server.admin("/metrics").text)


def test_the_close_of_the_server_reaches_the_client(weir, echo) -> None:
    server = weir(gateway(), service("up"), route("r", rule("up")), up=echo.port)
    with client(server) as connection:
        connection.send("close")
        with pytest.raises(ConnectionClosed) as error:
            connection.recv()
        assert error.value.rcvd and error.value.rcvd.code == 4000


def test_filters_act_on_the_request_and_the_answer(weir, echo) -> None:
    filters = [request_headers(set=[{"name": "X-Who", "value": "weir"}]),
               response_headers(set=[{"name": "X-Answer", "value": "yes"}])]
    server = weir(gateway(), service("up"), route("r", rule("up", filters=filters)), up=echo.port)
    with client(server) as connection:
        assert connection.response.headers["X-Answer"] == "yes"
        # The server's thread comes to it after the handshake.
        assert eventually(lambda: echo.requests)[0].headers["X-Who"] == "weir"


def test_a_backend_that_declines_answers_as_usual(weir, backend) -> None:
    upstream = backend(answering(response("no", status="403 Forbidden")))
    server = weir(gateway(), service("up"), route("r", rule("up")), up=upstream)
    with pytest.raises(InvalidStatus) as error, client(server):
        pass
    assert error.value.response.status_code == 403


@pytest.mark.parametrize("protocol", ["h2c", "tls/1.0", "websocket, h2c"])
def test_other_protocols_are_not_passed_on(weir, backend, protocol: str) -> None:
    upstream = backend(answering(response("plain")))
    server = weir(gateway(), service("up"), route("r", rule("up")), up=upstream)
    with server.connect() as raw:
        raw.send(request("GET", "/", "Connection: Upgrade, HTTP2-Settings", f"Upgrade: {protocol}", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"))
        assert raw.read_response().body == b"plain"
    assert "upgrade" not in str(upstream.requests[0].fields).lower()


def test_a_switch_that_nobody_asked_for_is_an_error(weir, backend) -> None:
    upstream = backend(answering(response("", "Connection: upgrade", "Upgrade: websocket", status="101 Switching Protocols")))
    server = weir(gateway(), service("up"), route("r", rule("up")), up=upstream)
    assert server.get().status_code == 502


def test_it_outlives_reloads_and_is_waited_for(weir, echo) -> None:
    server = weir(gateway(), service("up"), route("r", rule("up")), "--drain-timeout", "60s", up=echo.port)
    with client(server) as connection:
        connection.send("one")
        assert connection.recv() == "one"
        server.write("all.yaml", gateway(), service("up"), route("r", rule("up", match=path("/elsewhere"))))
        eventually(lambda: server.get("/ws").status_code == 404)
        connection.send("two")
        assert connection.recv() == "two"
        server.process.send_signal(signal.SIGTERM)
        eventually(server.refuses_connections)
        connection.send("three")
        assert connection.recv() == "three"
        assert server.process.poll() is None
    assert server.process.wait(10) == 0


def test_a_mirror_gets_no_copy(weir, echo, backend) -> None:
    copy = backend(answering(response("copy")))
    server = weir(
        gateway(), service("up"), service("copy"), route("r", rule("up", filters=[mirror("copy")])), up=echo.port, copy=copy
    )
    with client(server) as connection:
        connection.send("hello")
        assert connection.recv() == "hello"
    assert copy.connections == 0


def test_bytes_that_came_with_the_request_are_the_backends(weir, backend) -> None:
    def serve_raw(wire, backend) -> None:
        backend.receive(wire)
        wire.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nfirst")
        wire.send(wire.read_exactly(5))
        wire.read_to_end()

    server = weir(gateway(), service("up"), route("r", rule("up")), up=backend(serve_raw))
    with server.connect() as raw:
        raw.send(request("GET", "/", *UPGRADE) + b"early")
        head = raw.read_head()
        assert head.status == 101
        assert raw.read_exactly(10) == b"firstearly"


# Over HTTP/2 (RFC 8441)


def frame(text: str) -> bytes:
    """A masked text frame."""
    return bytes([0x81, 0x80 | len(text)]) + b"\0\0\0\0" + text.encode()


def open_tunnel(client: HTTP2Client, target: str = "/ws", protocol: str = "websocket") -> int:
    client.until(lambda: client.h2.remote_settings.enable_connect_protocol)
    stream = client.h2.get_next_available_stream_id()
    client.answers[stream] = Answer()
    head = [(":method", "CONNECT"), (":protocol", protocol), (":scheme", "http"), (":path", target)]
    head += [(":authority", "shop.test"), ("sec-websocket-version", "13"), ("sec-websocket-protocol", "chat")]
    client.h2.send_headers(stream, head)
    client.flush()
    return stream


def test_websocket_over_http2(weir, echo) -> None:
    server = weir(
        gateway(), service("up"), route("r", rule("up", filters=request_headers(set=[{"name": "x-a", "value": "1"}]))),
        up=echo.port,
    )
    with HTTP2Client(server.port()) as client:
        streams = [open_tunnel(client) for _ in range(3)]
        for stream in streams:
            found = client.answers[stream]
            client.until(lambda found=found: found.headers)
            assert found.status == 200 and found.headers["sec-websocket-protocol"] == "chat"
            assert not {"connection", "upgrade", "transfer-encoding"} & set(found.headers)
            for text in ("hello", "again"):
                client.send_body(stream, frame(text), ends=False)
                expected = bytes([0x81, len(text)]) + text.encode()
                client.until(lambda found=found, expected=expected: found.body.endswith(expected))
        # An ordinary request beside them; then one end says goodbye, and the other two hang up.
        assert client.get("/plain").status >= 400
        client.send_body(streams[0], frame("close"), ends=False)
        client.until(lambda: client.answers[streams[0]].body.endswith(b"\x0f\xa0as you wish"))
        client.send_body(streams[0], b"\x88\x82\0\0\0\0\x0f\xa0")
        assert client.answer(streams[0]).ended
        client.h2.reset_stream(streams[1])
        client.flush()
        client.h2.end_stream(streams[2])
        client.flush()
        client.until(lambda: client.answers[streams[2]].ended or client.answers[streams[2]].reset is not None)
    assert len(echo.requests) >= 3 and echo.requests[0].headers["x-a"] == "1"
    assert len({request.headers["sec-websocket-key"] for request in echo.requests if "upgrade" in request.headers}) == 3
    eventually(lambda: len(echo.closed) == 3)


def test_a_websocket_that_is_refused_over_http2(weir, backend) -> None:
    refusing = backend(answering(response("no", status="403 Forbidden")))
    plain = backend(answering(response("a page")))
    server = weir(
        gateway(), service("no"), service("page"),
        route("r", rule("no", match=path("/no")), rule("page", match=path("/page"))), no=refusing, page=plain,
    )
    with HTTP2Client(server.port()) as client:
        assert client.answer(open_tunnel(client, "/no")).status == 403
        # A 200 that knows nothing of WebSocket is none for it.
        assert client.answer(open_tunnel(client, "/page")).status == 501
        assert client.answer(open_tunnel(client, "/missing")).status == 404
        assert client.answer(open_tunnel(client, "/page", protocol="connect-udp")).status == 501
        assert client.get("/page").body == b"a page"
    assert plain.requests[0].get("upgrade") == "websocket"
