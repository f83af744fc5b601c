"""Backends that speak HTTP/2 (appProtocol kubernetes.io/h2c): translation, multiplexing, flow control, and bad days."""

import socket
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from hyperframe.frame import (
    DataFrame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

from support.backends import Backend
from support.http2 import HTTP2Client
from support.http2_backend import Call, FrameConnection, Frames, Server
from support.manifests import PORT, endpoints, external_auth, gateway, mirror, path, route, rule, service
from support.ports import free_port
from support.server import Weir
from support.waiting import eventually, settled
from support.wire import request

# Error codes of RFC 9113 section 7.
NO_ERROR, PROTOCOL_ERROR, REFUSED_STREAM, CANCEL, COMPRESSION_ERROR = 0x0, 0x1, 0x7, 0x8, 0x9


def h2c(name: str):
    return service(name, ports=[{"port": PORT, "appProtocol": "kubernetes.io/h2c"}])


def metric(server: Weir, name: str) -> int:
    for line in server.admin("/metrics").text.splitlines():
        if line.startswith(name + " "):
            return int(line.split()[1])
    raise AssertionError(f"no metric {name}")


@pytest.fixture
def serve(weir, backend) -> Callable[..., tuple[Weir, Backend]]:
    """Starts both; flags and rule fields are optional."""

    def start(function, *flags: str, **rules) -> tuple[Weir, Backend]:
        upstream = backend(function)
        documents = gateway(), h2c("up"), route("r", rule("up") | rules)
        return weir(*documents, "--workers", "1", *flags, up=upstream), upstream

    return start


# ---------------------------------------------------------------- translation


def test_a_request_is_translated(serve) -> None:
    backend = Server()
    server, _ = serve(backend)
    answer = server.get("/a/b?c=d", headers={"X-Name": "Value", "Connection": "x-hop, close", "X-Hop": "1"})
    assert (answer.status_code, answer.text) == (200, "ok")
    call = backend.calls[0]
    pseudo = {name: value for name, value in call.headers if name.startswith(":")}
    assert pseudo == {":method": "GET", ":scheme": "http", ":authority": "shop.test", ":path": "/a/b?c=d"}
    assert [name.startswith(":") for name, _ in call.headers] == [True] * 4 + [False] * (len(call.headers) - 4)
    assert call.get("x-name") == "Value" and call.get("te") == "trailers"
    assert call.get("x-forwarded-proto") == "http" and call.get("x-forwarded-host") == "shop.test"
    names = {name for name, _ in call.headers}
    assert not names & {"host", "connection", "x-hop", "keep-alive", "transfer-encoding", "upgrade"}
    assert call.body == b"" and call.trailers == []


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size", [1, 1000, 65_535, 65_536, 300_000, 3_000_000])
def test_bodies_pass_in_both_directions(serve, size: int, chunked: bool) -> None:
    backend = Server(lambda call: call.answer(call.body))
    server, _ = serve(backend)
    body = bytes(index % 251 for index in range(size))
    for _ in range(2):
        sent = iter([body[:10], body[10:]]) if chunked else body
        assert server.ask("POST", "/", data=sent).content == body
    assert backend.calls[1].get("content-length") == (None if chunked else str(size))


def test_trailers_pass_in_both_directions(serve) -> None:
    backend = Server(lambda call: call.answer(b"body", trailers=[("grpc-status", "0"), ("x-sum", "a b")]))
    server, _ = serve(backend)
    with server.connect() as wire:
        wire.send("POST / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nlate\r\n")
        wire.send("0\r\nX-End: ye")
        wire.send("s\r\nContent-Length: 9\r\n\r\n")
        message = wire.read_response()
    assert message.body == b"body"
    assert message.trailers == [("grpc-status", "0"), ("x-sum", "a b")]
    assert backend.calls[0].body == b"late" and backend.calls[0].trailers == [("x-end", "yes")]


def test_a_response_without_a_body_has_length_0(serve) -> None:
    server, _ = serve(Server(lambda call: call.head(200, [("grpc-status", "12")], end=True)))
    answer = server.get("/")
    assert answer.headers["content-length"] == "0" and answer.headers["grpc-status"] == "12"


def test_responses_that_have_no_body(serve) -> None:
    def answer(call: Call) -> None:
        if call.path == "/head":
            call.head(200, [("content-length", "1234")], end=True)
        else:
            call.head(int(call.path[1:]), [("etag", '"1"')], end=True)

    server, _ = serve(Server(answer))
    with requests.Session() as session:
        head = session.head(server.url("/head"), timeout=10)
        assert head.headers["content-length"] == "1234"
        for status in (204, 304):
            found = session.get(server.url(f"/{status}"), timeout=10)
            assert found.status_code == status and "content-length" not in found.headers


def test_an_empty_data_frame_ends_a_response(serve) -> None:
    def answer(call: Call) -> None:
        call.head()
        call.data(b"", end=True)

    server, _ = serve(Server(answer))
    assert server.get("/").text == ""


def test_interim_responses_pass(serve) -> None:
    def answer(call: Call) -> None:
        call.interim(103, [("link", "</style.css>")])
        call.answer()

    server, _ = serve(Server(answer))
    with server.connect() as wire:
        wire.send(request("GET", "/"))
        message = wire.read_response()
    assert [interim.status for interim in message.interim] == [103]
    assert message.interim[0].get("link") == "</style.css>" and message.body == b"ok"


def test_expect_100_continue_is_the_backends_to_answer(serve) -> None:
    def on_head(call: Call) -> None:
        assert call.get("expect") == "100-continue"
        call.interim(100)

    server, _ = serve(Server(lambda call: call.answer(call.body), on_head))
    with server.connect() as wire:
        wire.send(request("POST", "/", "Expect: 100-continue", "Content-Length: 4"))
        assert wire.read_head().status == 100
        wire.send("body")
        assert wire.read_response().body == b"body"


def test_large_heads_are_split_over_frames(serve) -> None:
    fields = {f"x-{index}": f"{index:05}" * 200 for index in range(40)}
    backend = Server(lambda call: call.answer(headers=[(n, v) for n, v in call.headers if n.startswith("x-")]))
    server, _ = serve(backend)
    for _ in range(3):
        answer = server.get("/", headers=fields)
        assert {name: answer.headers[name] for name in fields} == fields
        assert all(backend.calls[-1].get(name) == value for name, value in fields.items())


def test_a_response_head_that_is_too_large_is_502_and_harms_no_other(serve) -> None:
    def answer(call: Call) -> None:
        call.answer(headers=[("x-big", "v" * 3000)] * 40 if call.path == "/big" else [])

    server, upstream = serve(Server(answer))
    for _ in range(3):
        assert server.get("/big").status_code == 502
    assert server.get("/").text == "ok"
    assert upstream.connections == 1


def test_many_cookies_and_repeated_fields_stay_apart(serve) -> None:
    backend = Server(lambda call: call.answer(headers=[("set-cookie", "a=1"), ("set-cookie", "b=2")]))
    server, _ = serve(backend)
    with server.connect() as wire:
        wire.send(request("GET", "/", "Cookie: a=1; b=2", "Accept: x", "Accept: y"))
        assert wire.read_response().all("set-cookie") == ["a=1", "b=2"]
    assert backend.calls[0].get("cookie") == "a=1; b=2" and backend.calls[0].get("accept") == "x, y"


def test_a_client_that_speaks_http_2_too(serve) -> None:
    """Nothing of a message gets lost on the way through both translations."""
    trailers = [("grpc-status", "0"), ("grpc-message", "fine")]
    backend = Server(lambda call: call.answer(call.body, headers=[("x-b", "2")], trailers=trailers))
    server, upstream = serve(backend)
    body = bytes(index % 251 for index in range(700_000))
    with HTTP2Client(server.port()) as client:
        streams = [client.request("/a?b", ("x-a", "1"), method="POST", body=body) for _ in range(3)]
        for stream in streams:
            answer = client.answer(stream)
            assert (answer.status, answer.headers["x-b"], answer.body) == (200, "2", body)
            assert answer.trailers == dict(trailers)
        for number in range(30):
            # Head and body come in one go, and the connection to the backend is open already.
            small = b"%d" % number
            assert client.answer(client.request(method="POST", body=small)).body == small
        assert client.get("/").status == 200
    call = backend.calls[0]
    assert (call.path, call.get(":authority"), call.get("x-a")) == ("/a?b", "shop.test", "1")
    assert upstream.connections == 1


def test_a_client_that_speaks_http_2_and_leaves(serve) -> None:
    held: list[Call] = []
    server, upstream = serve(Server(lambda call: call.answer() if call.path == "/" else held.append(call)))
    with HTTP2Client(server.port()) as client:
        client.request("/gone")
        eventually(lambda: held)
    assert held[0].was_reset.wait(20) and held[0].reset == CANCEL
    assert server.get("/").text == "ok" and upstream.connections == 1


@pytest.fixture
def nghttpd(stack, tmp_path) -> int:
    """nghttp2's server in plain text: serves `index.html`, `big` and sends uploads to `/echo` back."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "index.html").write_text("from nghttpd")
    (root / "big").write_bytes(b"0123456789abcdef" * 200_000)
    port = free_port()
    command = ["nghttpd", "--no-tls", "--echo-upload", "--trailer=x-sum: 1", "-d", str(root), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stack.callback(lambda: (process.kill(), process.wait()))
    eventually(lambda: socket.create_connection(("127.0.0.1", port), timeout=1).close() is None)
    return port


def test_nghttpd_as_a_backend(weir, nghttpd) -> None:
    server = weir(gateway(), h2c("up"), route("r", rule("up")), up=nghttpd)
    assert server.get("/").text == "from nghttpd"
    assert server.get("/none").status_code == 404
    big = b"0123456789abcdef" * 200_000
    with ThreadPoolExecutor(8) as pool:
        downloads = [pool.submit(server.get, "/big") for _ in range(8)]
        uploads = [pool.submit(server.ask, "POST", "/echo", data=big) for _ in range(4)]
        uploads += [pool.submit(server.ask, "POST", "/echo", data=iter([big[:99], big[99:]])) for _ in range(4)]
        assert all(answer.result().content == big for answer in downloads + uploads)


# ---------------------------------------------------------------- many streams


def hold(calls: list[Call]) -> Server:
    return Server(calls.append)


def test_requests_at_the_same_time_share_a_connection(serve) -> None:
    held: list[Call] = []
    server, upstream = serve(hold(held))
    with ThreadPoolExecutor(50) as pool:
        answers = {index: pool.submit(server.get, f"/{index}") for index in range(50)}
        eventually(lambda: len(held) == 50)
        for call in reversed(held):
            call.answer(f"for {call.path}".encode())
        assert {index: answer.result().text for index, answer in answers.items()} == {
            index: f"for /{index}" for index in range(50)
        }
    assert upstream.connections == 1
    assert metric(server, "weir_upstream_streams_total") == 50
    assert metric(server, "weir_upstream_connections") == 1


@pytest.mark.parametrize("most", [1, 3])
def test_the_backends_limit_of_streams_is_kept(serve, most: int) -> None:
    held: list[Call] = []
    backend = Server(held.append, MAX_CONCURRENT_STREAMS=most)
    server, upstream = serve(backend)
    with ThreadPoolExecutor(12) as pool:
        answers = [pool.submit(server.ask, "POST", f"/{index}", data=b"x" * index) for index in range(12)]
        eventually(lambda: len(held) == 12)
        per_connection = [len(connection.calls) for connection in backend.connections]
        for call in held:
            call.answer(call.path.encode())
        assert [answer.result().text for answer in answers] == [f"/{index}" for index in range(12)]
    assert max(per_connection) <= most and sum(per_connection) == 12
    assert {len(call.body) for call in held} == set(range(12))


def test_a_backend_that_allows_no_stream_is_503(serve) -> None:
    def serve_(connection: FrameConnection) -> None:
        connection.send(SettingsFrame(0, settings={SettingsFrame.MAX_CONCURRENT_STREAMS: 0}))
        while True:
            # The first stream of a connection may be opened before it is known that there is room for none.
            head = connection.read_until(HeadersFrame)
            connection.send(RstStreamFrame(head.stream_id, error_code=REFUSED_STREAM))

    server, upstream = serve(Frames(serve_))
    for _ in range(3):
        assert server.ask("POST", "/", data=b"x").status_code == 503
    assert upstream.connections < 60


def test_more_requests_than_one_connection_carries(serve) -> None:
    held: list[Call] = []
    server, upstream = serve(hold(held))
    with ThreadPoolExecutor(150) as pool:
        answers = [pool.submit(server.get, f"/{index}") for index in range(150)]
        eventually(lambda: len(held) == 150, deadline=30)
        for call in held:
            call.answer()
        assert {answer.result().status_code for answer in answers} == {200}
    assert upstream.connections == 2


# ---------------------------------------------------------------- flow control


def test_a_slow_client_holds_up_neither_the_others_nor_the_proxys_memory(serve) -> None:
    size = 32 << 20
    backend = Server(lambda call: call.answer(b"x" * size if call.path == "/slow" else b"quick"))
    server, upstream = serve(backend)
    before = server.resident_bytes
    with server.connect() as slow:
        slow.send(request("GET", "/slow"))
        assert slow.read_head().status == 200
        stopped = settled(lambda: backend.connections[0].sent.get(1, 0))
        assert stopped < size // 4
        assert [server.get("/").text for _ in range(20)] == ["quick"] * 20
        assert upstream.connections == 1
        assert server.resident_bytes - before < 32 << 20
        assert slow.skip(len(f"{size:x}")) and slow.skip(size) == size


def test_a_backend_that_does_not_read_holds_up_its_client_only(serve) -> None:
    backend = Server(takes_bodies=False)
    server, upstream = serve(backend)
    size = 32 << 20
    with server.connect() as client:
        client.send(request("POST", "/slow", f"Content-Length: {size}"))
        sent = 0
        client.socket.settimeout(1)
        try:
            while sent < size:
                sent += client.socket.send(b"x" * 65_536)
        except TimeoutError:
            pass
        assert sent < size
        eventually(lambda: len(backend.begun[0].body) == 65_535)
        assert server.get("/").text == "ok" and upstream.connections == 1
        backend.takes_bodies = True
        call = backend.begun[0]
        call.connection.take(call, 65_535)
        client.socket.settimeout(20)
        client.socket.sendall(b"x" * (size - sent))
        assert client.read_response().body == b"ok"
    assert len(call.body) == size


def test_a_window_that_shrinks_below_zero_is_respected(serve) -> None:
    def on_head(call: Call) -> None:
        call.connection.h2.update_settings({4: 0})

    backend = Server(lambda call: call.answer(str(len(call.body)).encode()), on_head)
    server, _ = serve(backend)
    done: list[str] = []
    thread = threading.Thread(target=lambda: done.append(server.ask("POST", "/", data=b"x" * 200_000).text))
    thread.start()
    eventually(lambda: backend.begun)
    backend.connections[0].do(lambda h: h.update_settings({4: 100_000}))
    thread.join(20)
    assert done == ["200000"]


# ---------------------------------------------------------------- connections that end


def test_a_request_that_the_backend_did_not_look_at_goes_out_again(serve) -> None:
    def answer(call: Call) -> None:
        if len(backend.connections) == 1 and call.path == "/lost":
            # Everything from this stream on was not processed.
            call.connection.send(GoAwayFrame(0, last_stream_id=call.stream - 1, error_code=NO_ERROR))
        else:
            call.answer(call.body)

    backend = Server(answer)
    server, upstream = serve(backend)
    assert server.ask("POST", "/", data=b"first").text == "first"
    assert server.ask("POST", "/lost", data=b"second").text == "second"
    assert upstream.connections == 2 and backend.paths == ["/", "/lost", "/lost"]
    assert metric(server, "weir_upstream_unprocessed_retries_total") == 1


def test_streams_that_the_backend_still_serves_live_through_goaway(serve) -> None:
    held: list[Call] = []
    backend = Server(held.append)
    server, upstream = serve(backend)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(server.get, "/first")
        eventually(lambda: len(held) == 1)
        held[0].connection.send(GoAwayFrame(0, last_stream_id=held[0].stream, error_code=NO_ERROR))
        second = pool.submit(server.get, "/second")
        eventually(lambda: len(held) == 2)
        assert held[1].connection is not held[0].connection
        held[1].answer(b"second")
        assert second.result().text == "second"
        held[0].answer(b"first")
        assert first.result().text == "first"
    eventually(lambda: backend.connections[0].closed.is_set())
    assert not backend.connections[1].closed.is_set()


def test_a_refused_stream_goes_out_again_whatever_its_method(serve) -> None:
    def on_head(call: Call) -> None:
        if call is backend.begun[0]:
            call.refuse(REFUSED_STREAM)

    def answer(call: Call) -> None:
        if call is not backend.begun[0]:
            call.answer(call.body)

    backend = Server(answer, on_head)
    server, _ = serve(backend)
    assert server.ask("POST", "/", data=b"body").text == "body"
    assert len(backend.begun) == 2


def test_a_backend_that_refuses_every_stream_is_503(serve) -> None:
    backend = Server(lambda _: None, lambda call: call.refuse(REFUSED_STREAM))
    server, _ = serve(backend)
    assert server.ask("POST", "/", data=b"body").status_code == 503
    assert 1 < len(backend.begun) < 20


def test_a_large_request_that_was_refused_is_not_kept_for_another_time(serve) -> None:
    def answer(call: Call) -> None:
        if call.reset is None:
            call.refuse(REFUSED_STREAM)

    server, _ = serve(Server(answer))
    assert server.ask("POST", "/", data=b"x" * 1_000_000).status_code in (502, 503)


@pytest.mark.parametrize("code", [CANCEL, 0x2, 0xD, 0xFF])
def test_a_stream_that_the_backend_resets_is_502(serve, code: int) -> None:
    server, upstream = serve(Server(lambda call: call.refuse(code) if call.path == "/reset" else call.answer()))
    assert server.get("/reset").status_code == 502
    assert server.get("/").text == "ok" and upstream.connections == 1


def test_a_stream_that_is_reset_in_the_middle_of_its_response_is_cut_off(serve) -> None:
    def answer(call: Call) -> None:
        call.head()
        call.data(b"part")
        call.refuse(0x2)

    server, _ = serve(Server(answer))
    with server.connect() as wire:
        wire.send(request("GET", "/"))
        assert not wire.read_to_end().endswith(b"0\r\n\r\n")


def test_a_reset_behind_a_complete_response_does_not_matter(serve) -> None:
    """RFC 9113 section 8.1: a server that does not want the rest of the request."""

    def on_head(call: Call) -> None:
        call.answer(b"enough", status=413)
        call.connection.send(RstStreamFrame(call.stream, error_code=NO_ERROR))

    server, upstream = serve(Server(lambda _: None, on_head))
    with server.connect() as wire:
        wire.send(request("POST", "/", "Content-Length: 10000000"))
        message = wire.read_response()
        assert (message.status, message.body) == (413, b"enough")
    assert server.get("/").status_code == 413 and upstream.connections == 1


def test_an_early_response_ends_the_upload(serve) -> None:
    backend = Server(lambda _: None, lambda call: call.answer(b"enough", status=403))
    server, upstream = serve(backend)
    with server.connect() as wire:
        wire.send(request("POST", "/", "Content-Length: 10000000") + b"x" * 1000)
        message = wire.read_response()
        assert (message.status, message.body) == (403, b"enough")
    assert backend.begun[0].was_reset.wait(20) and not backend.connections[0].closed.is_set()


def test_a_pooled_connection_that_proves_closed_is_replaced(serve) -> None:
    def answer(call: Call) -> None:
        if call.path == "/dies":
            call.connection.wire.reset()
        else:
            call.answer()

    backend = Server(answer)
    server, _ = serve(backend)
    assert server.get("/").text == "ok"
    # Nothing is known of the request: only one that does no harm twice goes out again.
    assert server.ask("POST", "/dies", data=b"x").status_code == 502
    assert server.get("/").text == "ok"
    assert server.get("/dies").status_code == 502
    assert backend.paths.count("/dies") == 3
    assert metric(server, "weir_upstream_stale_retries_total") == 1


def test_a_connection_that_dies_takes_only_its_streams_along(serve) -> None:
    def answer(call: Call) -> None:
        call.head(headers=[("content-length", "100")])
        call.data(b"part")
        if call.path == "/last":
            call.connection.wire.reset()

    server, _ = serve(Server(answer))
    with server.connect() as first, server.connect() as last:
        first.send(request("GET", "/first"))
        assert first.read_head().status == 200
        last.send(request("GET", "/last"))
        assert first.read_to_end() == b"part"
        assert last.is_closed_by_peer() or True
    with server.connect() as next_:
        next_.send(request("GET", "/next"))
        assert next_.read_head().status == 200


def test_a_client_that_leaves_cancels_its_stream_only(serve) -> None:
    held: list[Call] = []
    server, upstream = serve(Server(lambda call: call.answer() if call.path == "/" else held.append(call)))
    with server.connect() as wire:
        wire.send(request("GET", "/gone"))
        eventually(lambda: held)
    assert held[0].was_reset.wait(20)
    assert held[0].reset == CANCEL
    assert server.get("/").text == "ok" and upstream.connections == 1


def test_an_idle_connection_is_closed_with_goaway(serve) -> None:
    backend = Server()
    server, _ = serve(backend, "--upstream-idle-timeout", "300ms")
    assert server.get("/").text == "ok"
    assert backend.connections[0].closed.wait(20)
    assert backend.connections[0].goaway == NO_ERROR
    eventually(lambda: metric(server, "weir_upstream_connections") == 0)
    assert server.get("/").text == "ok"


def test_a_connection_to_an_endpoint_that_left_ends_with_its_last_stream(weir, backend) -> None:
    held: list[Call] = []
    old = Server(lambda call: held.append(call) if call.path == "/held" else call.answer(b"old"))
    new = Server(lambda call: call.answer(b"new"))
    first, second = backend(old), backend(new, "127.0.0.2")
    def documents(address: str, port: int):
        return gateway(), h2c("up"), endpoints("up", port, address), route("r", rule("up"))

    server = weir(*documents("127.0.0.1", first.port), "--workers", "1")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(server.get, "/held")
        eventually(lambda: held)
        server.write("all.yaml", *documents("127.0.0.2", second.port))
        eventually(lambda: server.get("/").text == "new")
        assert not old.connections[0].closed.is_set()
        held[0].answer(b"old")
        assert answer.result().text == "old"
    assert old.connections[0].closed.wait(20)


# ---------------------------------------------------------------- timeouts


def test_a_timeout_ends_one_stream_only(serve) -> None:
    held: list[Call] = []
    server, upstream = serve(
        Server(lambda call: call.answer() if call.path == "/" else held.append(call)),
        timeouts={"backendRequest": "300ms", "request": "5s"},
    )
    assert server.get("/").text == "ok"
    assert server.get("/slow").status_code == 504
    assert held[0].was_reset.wait(20) and held[0].reset == CANCEL
    assert server.get("/").text == "ok" and upstream.connections == 1


def test_retries_go_over_the_same_connection(serve) -> None:
    backend = Server(lambda call: call.answer(status=503 if len(backend.calls) < 3 else 200))
    server, upstream = serve(backend, retry={"codes": [503], "attempts": 3, "backoff": "10ms"})
    assert server.get("/").status_code == 200
    assert len(backend.calls) == 3 and upstream.connections == 1


# ---------------------------------------------------------------- backends that break the rules


HEAD_200 = b"\x88"  # HPACK: the static entry `:status 200`.


def answering(*frames) -> Frames:
    """Sends `frames` when the first request has come, on stream 1; notes what the proxy says then."""

    def serve(connection: FrameConnection) -> None:
        connection.send(SettingsFrame(0))
        head = connection.read_until(HeadersFrame)
        assert head.stream_id == 1
        for frame in frames:
            connection.wire.send(frame if isinstance(frame, bytes) else frame.serialize())
        connection.read_all(function.heard)

    function = Frames(serve)
    function.heard = []  # type: ignore[attr-defined]
    return function


def literal(name: bytes, value: bytes) -> bytes:
    """HPACK: a literal field without indexing."""
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


def headers(block: bytes, *flags: str, stream: int = 1) -> HeadersFrame:
    return HeadersFrame(stream, data=block, flags=["END_HEADERS", *flags])


@pytest.mark.parametrize(
    ("frames", "code", "kind"),
    [
        ([headers(HEAD_200 + literal(b"X-Upper", b"1"), "END_STREAM")], PROTOCOL_ERROR, RstStreamFrame),
        ([headers(HEAD_200 + literal(b"x", b"1\r\nset-cookie: a=b"), "END_STREAM")], PROTOCOL_ERROR, RstStreamFrame),
        ([headers(HEAD_200 + literal(b"x", b"a\x00b"), "END_STREAM")], PROTOCOL_ERROR, RstStreamFrame),
        ([headers(HEAD_200 + literal(b"x y", b"1"), "END_STREAM")], PROTOCOL_ERROR, RstStreamFrame),
        ([headers(HEAD_200 + literal(b"connection", b"close"), "END_STREAM")], PROTOCOL_ERROR, RstStreamFrame),
        ([headers(HEAD_200 + literal(b"transfer-encoding", b"chunked"))], PROTOCOL_ERROR, RstStreamFrame),
        ([headers(literal(b"x", b"1"), "END_STREAM")], PROTOCOL_ERROR, RstStreamFrame),
        ([headers(HEAD_200 + HEAD_200, "END_STREAM")], PROTOCOL_ERROR, RstStreamFrame),
        ([headers(literal(b":status", b"20"), "END_STREAM")], PROTOCOL_ERROR, RstStreamFrame),
        ([headers(literal(b":status", b"101"), "END_STREAM")], PROTOCOL_ERROR, RstStreamFrame),
        ([headers(HEAD_200 + literal(b"content-length", b"5"), "END_STREAM")], PROTOCOL_ERROR, RstStreamFrame),
        ([DataFrame(1, b"body", flags=["END_STREAM"])], PROTOCOL_ERROR, RstStreamFrame),
        ([headers(b"\xff\xff\xff\xff\xff\xff", "END_STREAM")], COMPRESSION_ERROR, GoAwayFrame),
        ([headers(b"\xbe", "END_STREAM")], COMPRESSION_ERROR, GoAwayFrame),
        ([headers(HEAD_200, stream=2)], PROTOCOL_ERROR, GoAwayFrame),
        ([headers(HEAD_200, stream=99)], PROTOCOL_ERROR, GoAwayFrame),
        ([WindowUpdateFrame(0, window_increment=0x7FFFFFFF)], 0x3, GoAwayFrame),
        ([b"\0\0\x08\x06\0\0\0\0\x05" + b"12345678"], PROTOCOL_ERROR, GoAwayFrame),
    ],
)
def test_a_response_that_breaks_the_rules_is_502(serve, frames, code: int, kind) -> None:
    backend = answering(*frames)
    server, _ = serve(backend)
    assert server.get("/").status_code == 502
    eventually(lambda: [frame.error_code for frame in backend.heard if isinstance(frame, kind)] == [code])


@pytest.mark.parametrize("length", [b"3", b"9"])
def test_a_body_that_is_not_as_long_as_it_says_is_cut_off(serve, length: bytes) -> None:
    head = headers(HEAD_200 + literal(b"content-length", length))
    server, _ = serve(answering(head, DataFrame(1, b"12345", flags=["END_STREAM"])))
    with server.connect() as wire:
        wire.send(request("GET", "/"))
        received = wire.read_to_end()
    head_, _, body = received.partition(b"\r\n\r\n")
    assert len(body) < int(length) or b"502" in head_


def test_a_backend_that_speaks_http_1_is_502(serve) -> None:
    server, _ = serve(None)
    assert server.get("/").status_code == 502


def test_a_flood_of_pings_ends_the_connection(serve) -> None:
    def serve_(connection: FrameConnection) -> None:
        connection.send(SettingsFrame(0))
        connection.read_until(HeadersFrame)
        ping = PingFrame(0, b"12345678").serialize() * 1000
        try:
            for _ in range(100):
                connection.wire.send(ping)
        except OSError:
            pass

    server, _ = serve(Frames(serve_))
    assert server.get("/").status_code == 502


# ---------------------------------------------------------------- mirrors and authorization


def test_mirrors_get_copies_over_http_2(weir, backend) -> None:
    copies = Server()
    copy, up = backend(copies), backend(Server(lambda call: call.answer(call.body)))
    documents = gateway(), h2c("up"), h2c("copy"), route("r", rule("up", filters=mirror("copy")))
    server = weir(*documents, up=up, copy=copy)
    body = b"x" * 100_000
    assert server.ask("POST", "/a", data=body).content == body
    assert server.ask("POST", "/b", data=iter([b"one", b"two"])).content == b"onetwo"
    eventually(lambda: sorted((call.path, call.body) for call in copies.calls) == [("/a", body), ("/b", b"onetwo")])


def test_an_authorization_server_may_speak_http_2(weir, backend) -> None:
    def decide(call: Call) -> None:
        call.answer(b"no", 403) if call.path == "/no" else call.head(200, [("x-user", "ann")], end=True)

    auth, up = backend(Server(decide)), Server(lambda call: call.answer((call.get("x-user") or "").encode()))
    http = {"allowedResponseHeaders": ["x-user"]}
    documents = gateway(), h2c("up"), h2c("auth"), route("r", rule("up", filters=external_auth("auth", http=http)))
    server = weir(*documents, "--workers", "1", up=backend(up), auth=auth)
    for _ in range(2):
        assert server.get("/").text == "ann"
        refused = server.get("/no")
        assert (refused.status_code, refused.text) == (403, "no")
    assert up.paths == ["/", "/"]


def test_both_protocols_at_one_address_get_pools_of_their_own(weir, backend) -> None:
    def both(wire, backend_) -> None:
        import socket as sockets

        if wire.socket.recv(3, sockets.MSG_PEEK | sockets.MSG_WAITALL) == b"PRI":
            return Server(lambda call: call.answer(b"2"))(wire, backend_)
        while True:
            backend_.receive(wire)
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1")

    upstream = backend(both)
    documents = gateway(), service("one"), h2c("two"), route("r", rule("one", match=path("/1")), rule("two"))
    server = weir(*documents, "--workers", "1", one=upstream, two=upstream)
    for _ in range(3):
        assert server.get("/1").text == "1" and server.get("/2").text == "2"
    assert upstream.connections == 2
