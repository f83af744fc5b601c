"""Rows of the conformance checklist: what is spoken to backends."""

import threading

from websockets.sync.client import connect
from websockets.sync.server import ServerConnection, serve

from support.http2 import HTTP2Client
from support.http2_backend import Call, Server
from support.waiting import eventually


def test_http_route_backend_protocol_h2c(row, backend) -> None:
    upstream = Server(lambda call: call.answer(b"h2c"))
    server = row("http-route-backend-protocol-h2c", infra_backend_v1=backend(upstream))
    eventually(lambda: server.get("/", host="example.com").text == "h2c")
    with HTTP2Client(server.port()) as client:
        answer = client.get("/", authority="example.com")
    assert (answer.status, answer.body) == (200, b"h2c")
    assert {call.get(":authority") for call in upstream.calls} == {"example.com"}


def test_a_backend_with_h2c_is_never_spoken_to_in_http_1(row, backend) -> None:
    first: list[bytes] = []
    upstream = Server()

    def look(wire, backend_) -> None:
        import socket

        first.append(wire.socket.recv(14, socket.MSG_PEEK | socket.MSG_WAITALL))
        upstream(wire, backend_)

    server = row("http-route-backend-protocol-h2c", infra_backend_v1=backend(look))
    assert server.get("/", host="example.com").text == "ok"
    assert set(first) == {b"PRI * HTTP/2.0"}


def test_http_route_backend_protocol_websocket(row) -> None:
    def echo(connection: ServerConnection) -> None:
        assert connection.request and connection.request.path == "/ws"
        for message in connection:
            connection.send(message)

    with serve(echo, "127.0.0.1", 0) as upstream:
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
        port = upstream.socket.getsockname()[1]
        flag = f"shop/infra-backend-v1:80=127.0.0.1:{port}"
        server = row("http-route-backend-protocol-websocket", "--backend", flag)
        with connect(f"ws://127.0.0.1:{server.port()}/ws", proxy=None) as client:
            for message in ("text", b"\x00binary"):
                client.send(message)
                assert client.recv() == message
