"""HTTP/2 from clients to HTTP/1.1 backends, with clients that were not written here: curl, nghttp, h2load, python-h2."""

import hashlib
import re
import ssl
import subprocess
import threading
from pathlib import Path

import httpx
import pytest

from support import manifests
from support.backends import Backend, Gate, response
from support.certificates import Authority
from support.http2 import (
    CONTINUATION,
    DATA,
    GET,
    GOAWAY,
    HEADERS,
    PING,
    RST_STREAM,
    Answer,
    FrameClient,
    HTTP2Client,
    frame,
)
from support.manifests import gateway, headers, path, route, rule, service
from support.server import Weir
from support.waiting import eventually, settled
from support.wire import Wire

MIB = 1 << 20
NO_ERROR, PROTOCOL_ERROR, FLOW_CONTROL_ERROR, STREAM_CLOSED, REFUSED_STREAM, CANCEL = 0, 1, 3, 5, 7, 8
ENHANCE_YOUR_CALM = 11
POST = ("content-type", "text/plain")


@pytest.fixture
def through(weir, backend):
    """Starts weir, one worker, in front of one raw backend and returns both."""

    def start(serve=None, *more, filters=None, rules=None) -> tuple[Weir, Backend]:
        upstream = backend(serve)
        documents = [entry for entry in more if not isinstance(entry, str)]
        flags = [entry for entry in more if isinstance(entry, str)]
        rules = rules or [rule("up", filters=filters)]
        server = weir(
            gateway(), service("up"), route("r", *rules), *documents, "--workers", "1", *flags, up=upstream
        )
        return server, upstream

    return start


def metric(server: Weir, name: str) -> float:
    found = re.search(rf"^{name} (\S+)$", server.admin("/metrics").text, re.MULTILINE)
    return float(found.group(1)) if found else 0


# Real clients


def run(*command: str, timeout: float = 60) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def test_curl_speaks_http2_with_prior_knowledge(through) -> None:
    server, upstream = through()
    output = run(
        "curl", "-sS", "--http2-prior-knowledge", "-H", "Host: shop.test", "-H", "Cookie: a=b", "-d", "x=1",
        "-w", "\n%{http_version} %{http_code}", server.url("/a?b=c"),
    )
    assert output == "ok\n2 200"
    seen = upstream.requests[0]
    assert (seen.start, seen.body) == ("POST /a?b=c HTTP/1.1", b"x=1")
    assert seen.get("host") == "shop.test" and seen.get("cookie") == "a=b"
    assert seen.get("content-length") == "3" and seen.get("transfer-encoding") is None


def test_curl_that_offers_an_upgrade_is_served_with_http1(through) -> None:
    server, upstream = through()
    output = run(
        "curl", "-sS", "--http2", "-H", "Host: shop.test", "-w", "%{http_version} %{http_code}", server.url("/")
    )
    assert output == "ok1.1 200"
    assert upstream.requests[0].get("upgrade") is None and upstream.requests[0].get("http2-settings") is None


def test_nghttp_with_priorities_continuation_and_padding(through) -> None:
    server, upstream = through()
    output = run(
        "nghttp", "-v", "--no-dep", "--continuation", "--padding=100", "-H", ":authority: shop.test", "-m", "20",
        server.url("/x"),
    )
    assert output.count(":status: 200") == 20
    assert "RST_STREAM" not in output and upstream.targets == ["/x"] * 20


@pytest.mark.parametrize("window", [10, 16, 30])
def test_h2load_sees_no_failure(through, window: int) -> None:
    server, _ = through(rules=[rule("up", match=path("/"))])
    output = run("h2load", "-n4000", "-c4", "-m32", f"-w{window}", f"-W{window}", "--header=:authority: shop.test",
                 server.url("/"))
    assert "4000 succeeded, 0 failed, 0 errored" in output, output
    assert metric(server, "weir_http2_streams_total") == 4000
    eventually(lambda: metric(server, "weir_http2_connections") == 0)


def test_h2load_with_bodies_both_ways(weir, backend, tmp_path: Path) -> None:
    large = response(b"z" * 300_000)

    def serve(wire: Wire, upstream: Backend) -> None:
        while True:
            assert len(upstream.receive(wire).body) == 200_000
            wire.send(large)

    server = weir(gateway(), service("up"), route("r", rule("up")), up=backend(serve))
    body = tmp_path / "body"
    body.write_bytes(b"b" * 200_000)
    output = run("h2load", "-n200", "-c4", "-m10", "-w15", "-W16", "-d", str(body), server.url("/"))
    assert "200 succeeded, 0 failed, 0 errored" in output, output


# Requests and responses


def test_a_request_becomes_one_of_http1(through) -> None:
    server, upstream = through()
    with HTTP2Client(server.port()) as client:
        answer = client.get("/p?q=1", ("cookie", "a=1"), ("x-a", "1"), ("cookie", "b=2"), ("te", "trailers"))
    assert answer.status == 200 and answer.body == b"ok" and answer.headers["content-length"] == "2"
    assert "connection" not in answer.headers and "transfer-encoding" not in answer.headers
    seen = upstream.requests[0]
    assert seen.start == "GET /p?q=1 HTTP/1.1"
    assert seen.all("cookie") == ["a=1; b=2"] and seen.get("x-a") == "1" and seen.get("te") is None
    assert seen.get("x-forwarded-for") == "127.0.0.1" and seen.get("x-forwarded-proto") == "http"
    assert seen.get("x-forwarded-host") == "shop.test"


def test_rules_and_filters_are_those_of_http1(through) -> None:
    server, upstream = through(
        rules=[
            rule("up", match=path("/r", headers=headers(x_to="a")), filters=manifests.request_headers(
                set=headers(x_set="s"), remove=["x-gone"])),
            rule("up", match=path("/w"), filters=manifests.rewrite(
                path={"type": "ReplacePrefixMatch", "replacePrefixMatch": "/v"})),
            rule(match=path("/redirect"), filters=manifests.redirect(hostname="b.test", statusCode=301)),
            rule("up", match=path("/res"), filters=manifests.response_headers(add=headers(x_added="r"))),
        ]
    )
    with HTTP2Client(server.port()) as client:
        assert client.get("/r", ("x-to", "a"), ("x-gone", "1")).status == 200
        assert client.get("/w/x").status == 200
        moved = client.get("/redirect/y")
        assert moved.status == 301 and moved.headers["location"].startswith("http://b.test")
        assert client.get("/res").headers["x-added"] == "r"
        assert client.get("/nothing").status == 404
        assert client.get("/r", ("x-to", "b")).status == 404
    assert upstream.requests[0].get("x-set") == "s" and upstream.requests[0].get("x-gone") is None
    assert upstream.targets == ["/r", "/v/x", "/res"]


@pytest.mark.parametrize(
    "answer, status, body",
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, b""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, b""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", 200, b"abcde"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, b""),
        (b"HTTP/1.1 299 Odd\r\nKeep-Alive: 5\r\nConnection: keep-alive, x-hop\r\nX-Hop: 1\r\nContent-Length: 1\r\n\r\na",
         299, b"a"),
    ],
)
def test_framings_of_the_backend(through, answer: bytes, status: int, body: bytes) -> None:
    def serve(wire: Wire, upstream: Backend) -> None:
        while True:
            upstream.receive(wire)
            wire.send(answer)

    server, _ = through(serve)
    with HTTP2Client(server.port()) as client:
        for _ in range(3):
            found = client.get()
            assert (found.status, found.body) == (status, body)
            assert not {"connection", "keep-alive", "x-hop", "transfer-encoding"} & set(found.headers)


def test_a_body_up_to_the_end_of_the_backend_connection(through) -> None:
    def serve(wire: Wire, upstream: Backend) -> None:
        upstream.receive(wire)
        wire.send("HTTP/1.0 200 OK\r\n\r\n" + "x" * 100_000)

    server, _ = through(serve)
    with HTTP2Client(server.port()) as client:
        assert client.get().body == b"x" * 100_000
        assert client.get().body == b"x" * 100_000


def test_head_has_no_body(through) -> None:
    def serve(wire: Wire, upstream: Backend) -> None:
        while True:
            upstream.receive(wire)
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")

    server, _ = through(serve)
    with HTTP2Client(server.port()) as client:
        found = client.get(method="HEAD")
        assert found.headers["content-length"] == "1000" and found.body == b"" and found.ended
        assert client.get("/missing", method="HEAD", authority="other.test").status == 200


def test_trailers_go_both_ways(through) -> None:
    def serve(wire: Wire, upstream: Backend) -> None:
        while True:
            upstream.receive(wire)
            wire.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n"
                "Content-Length: 5\r\n\r\n"
            )

    server, upstream = through(serve)
    with HTTP2Client(server.port()) as client:
        for body in (b"abc", b""):
            found = client.get(
                "/t", method="POST", body=body, trailers=[("x-check", "1"), ("host", "evil"), ("x-more", "2")]
            )
            assert found.body == b"ok" and found.trailers == {"x-sum": "7"}
    for seen, body in zip(upstream.requests, (b"abc", b""), strict=True):
        assert seen.get("transfer-encoding") == "chunked"
        assert seen.body == body and seen.trailers == [("x-check", "1"), ("x-more", "2")]


def test_trailers_behind_a_content_length_are_dropped(through) -> None:
    server, upstream = through()
    with HTTP2Client(server.port()) as client:
        stream = client.request("/", ("content-length", "3"), method="POST", body=b"abc", trailers=[("x-check", "1")])
        assert client.answer(stream).status == 200
    assert upstream.requests[0].body == b"abc" and upstream.requests[0].trailers == []


def test_interim_responses_are_passed_on(through) -> None:
    def serve(wire: Wire, upstream: Backend) -> None:
        while True:
            upstream.receive(wire)
            wire.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            wire.send(response("ok"))

    server, _ = through(serve)
    with HTTP2Client(server.port()) as client:
        found = client.get()
        assert found.status == 200 and found.interim == [{":status": "103", "link": "</a>"}]


def test_expect_continue_reaches_the_backend(through) -> None:
    def serve(wire: Wire, upstream: Backend) -> None:
        head = wire.read_head()
        assert head.get("expect") == "100-continue"
        wire.send("HTTP/1.1 100 Continue\r\n\r\n")
        upstream.requests.append(wire.read_body(head))
        wire.send(response("ok"))

    server, upstream = through(serve)
    with HTTP2Client(server.port()) as client:
        stream = client.request("/", ("expect", "100-continue"), ("content-length", "4"), method="PUT", ends=False)
        client.until(lambda: client.answers[stream].interim)
        client.send_body(stream, b"body")
        assert client.answer(stream).body == b"ok"
    assert upstream.requests[0].body == b"body"


def test_a_post_without_a_body_says_so(through) -> None:
    server, upstream = through()
    with HTTP2Client(server.port()) as client:
        assert client.get(method="POST").status == 200
        assert client.get(method="DELETE").status == 200
    assert upstream.requests[0].get("content-length") == "0"
    assert upstream.requests[1].get("content-length") is None


def test_answers_come_in_the_order_in_which_they_are_ready(through) -> None:
    gate = Gate(target="/slow")
    server, _ = through(gate)
    with HTTP2Client(server.port()) as client:
        slow = client.request("/slow")
        assert gate.reached.wait(10)
        assert client.get("/quick").body == b"late"
        assert not client.answers[slow].ended
        gate.open.set()
        assert client.answer(slow).body == b"late"


def test_a_large_head_is_refused_and_the_connection_lives(through) -> None:
    server, upstream = through()
    with HTTP2Client(server.port()) as client:
        assert client.get("/", *[(f"x-{n}", "v" * 4000) for n in range(20)]).status == 431
        assert client.get("/", *[(f"x-{n}", "v") for n in range(200)]).status == 431
        assert client.get("/" + "p" * 20_000).status == 414
        assert client.get("/%zz").status == 400
        assert client.get("/", authority="a@b").status == 400
        assert client.get("/").status == 200
    assert len(upstream.requests) == 1


def test_connect_is_not_served(through) -> None:
    server, _ = through()
    with HTTP2Client(server.port(), lenient=True) as client:
        stream = client.h2.get_next_available_stream_id()
        client.answers[stream] = Answer()
        client.h2.send_headers(stream, [(":method", "CONNECT"), (":authority", "shop.test:80")])
        client.flush()
        assert client.answer(stream).status == 501


# Bodies and windows


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_large_bodies_arrive_whole(through, framing: str) -> None:
    digests: list[str] = []

    def serve(wire: Wire, _: Backend) -> None:
        while True:
            message = wire.read_request()
            digests.append(hashlib.sha256(message.body).hexdigest())
            wire.send(response(message.body))

    server, _ = through(serve)
    body = bytes(range(256)) * 4096 * 5
    fields = [("content-length", str(len(body)))] if framing == "length" else []
    with HTTP2Client(server.port()) as client:
        for _ in range(2):
            found = client.get("/", *fields, method="POST", body=body)
            assert found.status == 200 and found.body == body
    assert digests == [hashlib.sha256(body).hexdigest()] * 2


def test_a_tiny_window_is_respected(through) -> None:
    def serve(wire: Wire, upstream: Backend) -> None:
        while True:
            upstream.receive(wire)
            wire.send(response(b"w" * 5000))

    server, _ = through(serve)
    with HTTP2Client(server.port(), window=7) as client:
        streams = [client.request() for _ in range(3)]
        for stream in streams:
            assert client.answer(stream).body == b"w" * 5000


@pytest.mark.slow
def test_a_client_that_gives_no_window_stops_the_backend_and_costs_no_memory(through) -> None:
    sent = 0

    def serve(wire: Wire, _: Backend) -> None:
        nonlocal sent
        wire.read_head()
        wire.socket.settimeout(60)
        wire.send(f"HTTP/1.1 200 OK\r\nContent-Length: {100 * MIB}\r\n\r\n")
        while sent < 100 * MIB:
            sent += wire.socket.send(b"x" * MIB)

    server, _ = through(serve)
    before = server.resident_bytes
    with HTTP2Client(server.port(), acknowledges=False) as client:
        stream = client.request()
        client.until(lambda: len(client.answers[stream].body) == 65_535)
        stopped = settled(lambda: sent)
        assert stopped < 50 * MIB
        assert server.resident_bytes - before < 16 * MIB
        # Another stream of the connection would be held up by its window: another connection is not.
        client.h2.increment_flow_control_window(MIB)
        client.h2.increment_flow_control_window(MIB, stream)
        client.flush()
        client.until(lambda: len(client.answers[stream].body) == 65_535 + MIB)


@pytest.mark.slow
def test_a_backend_that_does_not_read_stops_the_client_and_costs_no_memory(through) -> None:
    gate = threading.Event()

    def serve(wire: Wire, upstream: Backend) -> None:
        head = wire.read_head()
        if head.target == "/stuck":
            gate.wait(60)
        upstream.requests.append(wire.read_body(head))
        wire.send(response("ok"))
        serve(wire, upstream)

    server, upstream = through(serve)
    with HTTP2Client(server.port()) as client:
        stuck = [client.request("/stuck", method="POST", ends=False) for _ in range(2)]
        before = server.resident_bytes
        sent = dict.fromkeys(stuck, 0)
        while True:
            if not any(client.h2.local_flow_control_window(stream) for stream in stuck):
                client.socket.settimeout(1)
                try:
                    client.read_once()
                    continue
                except TimeoutError:
                    break
            for stream in stuck:
                piece = b"s" * min(client.h2.local_flow_control_window(stream), 16_384)
                client.h2.send_data(stream, piece)
                sent[stream] += len(piece)
            client.flush()
        client.socket.settimeout(20)
        assert server.resident_bytes - before < 16 * MIB
        # Its own window is used up, but the connection goes on.
        assert client.get("/quick", method="POST", body=b"x" * 100_000).body == b"ok"
        gate.set()
        for stream in stuck:
            client.h2.end_stream(stream)
            client.flush()
            assert client.answer(stream).body == b"ok"
    assert sorted(len(message.body) for message in upstream.requests) == sorted([100_000, *sent.values()])


def test_streams_share_a_small_window_fairly(through) -> None:
    def serve(wire: Wire, upstream: Backend) -> None:
        while True:
            upstream.receive(wire)
            wire.send(response(b"f" * MIB))

    server, _ = through(serve)
    with HTTP2Client(server.port(), window=MIB * 2, acknowledges=False) as client:
        streams = [client.request() for _ in range(4)]
        client.until(lambda: sum(len(client.answers[s].body) for s in streams) == 65_535)
        client.until(lambda: all(client.answers[s].status for s in streams))
        for _ in range(16):
            target = sum(len(client.answers[s].body) for s in streams) + 65_536
            client.h2.increment_flow_control_window(65_536)
            client.flush()
            client.until(lambda target=target: sum(len(client.answers[s].body) for s in streams) == target)
        sizes = [len(client.answers[s].body) for s in streams]
        assert min(sizes) > 100_000, sizes


# Ends that come early


def test_an_answer_before_the_end_of_the_body_stops_it(through) -> None:
    def serve(wire: Wire, _: Backend) -> None:
        wire.read_head()
        wire.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")

    server, _ = through(serve)
    with HTTP2Client(server.port()) as client:
        stream = client.request(method="POST", ends=False)
        client.until(lambda: client.answers[stream].ended)
        client.until(lambda: client.answers[stream].reset is not None)
        found = client.answers[stream]
        assert (found.status, found.body, found.reset) == (413, b"big", NO_ERROR)
        missing = client.request(method="POST", ends=False, path="/")
        assert client.answer(missing).status == 413


def test_a_404_does_not_wait_for_the_body(through) -> None:
    server, _ = through(rules=[rule("up", match=path("/only"))])
    with HTTP2Client(server.port()) as client:
        stream = client.request("/other", method="POST", ends=False)
        client.until(lambda: client.answers[stream].reset is not None)
        assert client.answers[stream].status == 404 and client.answers[stream].reset == NO_ERROR
        assert client.get("/only").status == 200


def test_a_reset_by_the_client_ends_the_backend_exchange(through) -> None:
    gate = Gate()
    server, upstream = through(gate)
    with HTTP2Client(server.port()) as client:
        stream = client.request("/slow")
        assert gate.reached.wait(10)
        client.h2.reset_stream(stream, CANCEL)
        client.flush()
        eventually(lambda: metric(server, "weir_upstream_connections") == 0, "the backend's connection is closed")
        assert metric(server, "weir_http2_streams_reset_total") == 1
        gate.open.set()
        assert client.get("/next").body == b"late"
    assert metric(server, "weir_requests_aborted_total") == 1


def test_a_client_that_leaves_ends_all_its_requests(through) -> None:
    gate = Gate()
    server, upstream = through(gate)
    with HTTP2Client(server.port()) as client:
        for _ in range(5):
            client.request("/slow")
        eventually(lambda: len(upstream.requests) == 5)
    eventually(lambda: metric(server, "weir_requests_aborted_total") == 5)
    eventually(lambda: metric(server, "weir_upstream_connections") == 0)
    gate.open.set()


def test_a_backend_that_breaks_off_resets_the_stream(through) -> None:
    def serve(wire: Wire, upstream: Backend) -> None:
        if upstream.receive(wire).target == "/broken":
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            return
        wire.send(response("ok"))
        serve(wire, upstream)

    server, _ = through(serve)
    with HTTP2Client(server.port()) as client:
        found = client.get("/broken")
        assert found.status == 200 and not found.ended and found.reset == 2
        assert client.get("/next").body == b"ok"


def test_a_backend_that_is_away_is_a_503(weir) -> None:
    from support.ports import free_port

    server = weir(gateway(), service("up"), route("r", rule("up")), up=free_port())
    with HTTP2Client(server.port()) as client:
        assert client.get().status == 503
        assert client.get(method="POST", body=b"x" * 100_000).status == 503


def test_timeouts_answer_one_stream_and_leave_the_others(through) -> None:
    gate = Gate(target="/slow")
    server, _ = through(
        gate,
        rules=[rule("up", match=path("/slow")) | {"timeouts": {"request": "300ms"}}, rule("up", match=path("/"))],
    )
    with HTTP2Client(server.port()) as client:
        slow = client.request("/slow")
        assert client.get("/x").status == 200
        assert client.answer(slow).status == 504
        assert client.get("/x").status == 200
    gate.open.set()


def test_retries_work_on_streams(through) -> None:
    def serve(wire: Wire, upstream: Backend) -> None:
        while True:
            upstream.receive(wire)
            wire.send(response("no", status="503 Away") if len(upstream.requests) < 3 else response("yes"))

    server, upstream = through(
        serve, rules=[rule("up") | {"retry": {"codes": [503], "attempts": 3, "backoff": "10ms"}}]
    )
    with HTTP2Client(server.port()) as client:
        found = client.get(method="POST", body=b"again")
        assert found.status == 200 and found.body == b"yes"
    assert [message.body for message in upstream.requests] == [b"again"] * 3


def test_mirrors_get_the_body(weir, backend) -> None:
    main, copy = backend(), backend()
    server = weir(
        gateway(), service("up"), service("copy"), route("r", rule("up", filters=manifests.mirror("copy"))),
        up=main, copy=copy,
    )
    with HTTP2Client(server.port()) as client:
        assert client.get(method="POST", body=b"m" * 40_000).status == 200
    eventually(lambda: copy.requests and copy.requests[0].body == b"m" * 40_000)


@pytest.mark.parametrize("shown", [False, True])
def test_authorization_servers_are_asked_about_streams(weir, backend, shown: bool) -> None:
    def decide(wire: Wire, upstream: Backend) -> None:
        while True:
            allowed = "/yes" in upstream.receive(wire).target
            wire.send(response() if allowed else response("go away", status="403 Forbidden"))

    main, judge = backend(), backend(decide)
    more = {"forwardBody": {"maxSize": 50_000}} if shown else {}
    server = weir(
        gateway(), service("up"), service("judge"),
        route("r", rule("up", filters=manifests.external_auth("judge", **more))), up=main, judge=judge,
    )
    body = b"b" * 40_000
    with HTTP2Client(server.port()) as client:
        for _ in range(2):
            assert client.get("/yes", method="POST", body=body).body == b"ok"
            refused = client.get("/no", method="POST", body=body)
            assert (refused.status, refused.body) == (403, b"go away")
        assert client.get("/yes").body == b"ok"
    assert [message.body for message in main.requests] == [body, body, b""]
    assert {message.body for message in judge.requests} == ({body, b""} if shown else {b""})


def test_head_and_body_reach_the_backend_together(through) -> None:
    pieces: list[bytes] = []

    def serve(wire: Wire, upstream: Backend) -> None:
        while True:
            pieces.append(wire.socket.recv(65536))
            wire.send(response("ok"))

    server, _ = through(serve)
    with FrameClient(server) as client:
        post = bytes([0x83]) + GET[1:]
        for number in range(3):
            stream = number * 2 + 1
            data = frame(DATA, 0, stream, b"one") + frame(DATA, 0, stream, b"two") + frame(DATA, 1, stream, b"three")
            client.send(frame(HEADERS, 4, stream, post) + data)
            assert client.until(DATA, stream).payload == b"ok"
    # The first request waits for its connection; the others leave in one piece each.
    assert len(pieces) == 3
    assert all(piece.endswith(b"\r\n\r\nb\r\nonetwothree\r\n0\r\n\r\n") for piece in pieces), pieces


# Time


def test_a_body_that_does_not_come_is_a_408(through) -> None:
    server, _ = through(None, "--idle-timeout", "1s")
    with HTTP2Client(server.port()) as client:
        stream = client.request(method="POST", ends=False)
        assert client.answer(stream).status == 408


def test_a_resting_connection_is_closed_in_order(through) -> None:
    server, _ = through(None, "--idle-timeout", "1s")
    with HTTP2Client(server.port()) as client:
        assert client.get().status == 200
        client.until_closed()
        assert client.going_away[-1] == (1, NO_ERROR)


def test_a_client_that_takes_nothing_loses_its_stream(through) -> None:
    def serve(wire: Wire, upstream: Backend) -> None:
        while True:
            upstream.receive(wire)
            wire.send(response(b"s" * 200_000))

    server, _ = through(serve, "--idle-timeout", "1s")
    with HTTP2Client(server.port(), acknowledges=False) as client:
        stream = client.request()
        assert client.answer(stream).reset == CANCEL
    assert metric(server, "weir_http2_streams_stalled_total") == 1


def test_a_header_block_that_does_not_end_is_given_up(through) -> None:
    server, _ = through(None, "--header-timeout", "1s")
    with FrameClient(server) as client:
        client.send(frame(HEADERS, 0, 1, b"\x82"))
        assert client.until(GOAWAY).words == (0, ENHANCE_YOUR_CALM)


def test_a_preface_without_settings_is_given_up(through) -> None:
    server, _ = through(None, "--header-timeout", "1s")
    with server.connect() as client:
        client.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        answer = client.read_to_end()
        # SETTINGS of the server's, and GOAWAY at the end.
        assert answer[3:9] == bytes([4, 0, 0, 0, 0, 0]) and answer[-17:-8] == frame(GOAWAY, 0, 0, bytes(8))[:9]


# Hostile clients


def flood(client: HTTP2Client, data: bytes) -> int:
    """Sends until the connection ends; the error code of the last GOAWAY."""

    def send() -> None:
        try:
            for _ in range(2000):
                client.socket.sendall(data)
        except OSError:
            pass

    client.flush()
    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    client.until_closed()
    thread.join(10)
    assert client.going_away
    return client.going_away[-1][1]


@pytest.mark.parametrize(
    "data",
    [
        frame(6, 0, 0, b"12345678") * 100,
        frame(4, 0, 0) * 100,
        frame(2, 0, 1, b"\0\0\0\0\1") * 100,
        frame(8, 0, 0, b"\0\0\0\1") * 100,
        frame(0xEE, 0, 0, b"") * 100,
    ],
    ids=["PING", "SETTINGS", "PRIORITY", "WINDOW_UPDATE", "unknown"],
)
def test_control_floods_end_the_connection_and_nothing_else(through, data: bytes) -> None:
    server, _ = through()
    before = server.resident_bytes
    with HTTP2Client(server.port()) as client, HTTP2Client(server.port()) as other:
        assert flood(client, data) == ENHANCE_YOUR_CALM
        assert other.get().status == 200
    assert metric(server, "weir_http2_control_floods_total") == 1
    assert server.resident_bytes - before < 16 * MIB


def test_rapid_reset_ends_the_connection(through) -> None:
    server, upstream = through(Gate())
    with FrameClient(server) as client:
        try:
            for number in range(5000):
                stream = number * 2 + 1
                client.send(frame(HEADERS, 5, stream, GET), frame(RST_STREAM, 0, stream, b"\0\0\0\x08"))
        except OSError:
            pass
    eventually(lambda: metric(server, "weir_http2_reset_floods_total") == 1)
    assert metric(server, "weir_http2_streams_total") < 2000
    eventually(lambda: metric(server, "weir_upstream_connections") == 0)


def test_continuation_flood_ends_the_connection(through) -> None:
    server, _ = through()
    with FrameClient(server) as client:
        client.send(frame(HEADERS, 1, 1, GET), frame(CONTINUATION, 0, 1, b"\x00\x01x\x01y") * 100)
        assert client.until(GOAWAY).words == (0, ENHANCE_YOUR_CALM)
    assert metric(server, "weir_http2_control_floods_total") == 1


def test_more_streams_than_allowed_are_refused(through) -> None:
    gate = Gate()
    server, upstream = through(gate)
    with FrameClient(server) as client:
        client.send(*(frame(HEADERS, 5, number * 2 + 1, GET) for number in range(130)))
        assert client.until(RST_STREAM).words == (REFUSED_STREAM,)
        eventually(lambda: metric(server, "weir_http2_streams_refused_total") == 2)
        eventually(lambda: len(upstream.requests) == 128)
    gate.open.set()


@pytest.mark.parametrize(
    "data, code",
    [
        (frame(0, 0, 0, b"x"), PROTOCOL_ERROR),
        (frame(1, 5, 2, b"\x82"), PROTOCOL_ERROR),
        (frame(1, 5, 1, b"\x80"), 9),
        (frame(6, 0, 0, b"123"), 6),
        (frame(8, 0, 0, b"\0\0\0\0"), PROTOCOL_ERROR),
        (b"\xff\xff\xff" + frame(0, 0, 1)[3:], 6),
    ],
)
def test_errors_of_the_connection(through, data: bytes, code: int) -> None:
    server, _ = through()
    with HTTP2Client(server.port()) as client:
        client.send_raw(data)
        client.until_closed()
        assert client.going_away[-1][1] == code
    assert metric(server, "weir_http2_protocol_errors_total") == 1


def test_a_malformed_request_ends_its_stream(through) -> None:
    server, upstream = through()
    with HTTP2Client(server.port(), lenient=True) as client:
        for bad in [("Upper", "1"), ("connection", "close"), ("transfer-encoding", "chunked"), ("a", "b\r\nc: d")]:
            found = client.get("/", bad)
            assert found.reset == PROTOCOL_ERROR and not found.headers
        assert client.get("/", ("a", "b")).status == 200
    assert len(upstream.requests) == 1


# Draining and reloads


def test_draining_lets_streams_finish(through) -> None:
    gate = Gate()
    server, _ = through(gate, "--drain-timeout", "20s")
    with FrameClient(server) as client:
        client.send(frame(HEADERS, 5, 1, GET))
        assert gate.reached.wait(10)
        server.process.terminate()
        assert client.until(GOAWAY).words == (0x7FFFFFFF, NO_ERROR)
        # One more that was on its way.
        client.send(frame(HEADERS, 5, 3, GET))
        ping = client.until(PING)
        client.send(frame(PING, 1, 0, ping.payload))
        assert client.until(GOAWAY).words == (3, NO_ERROR)
        client.send(frame(HEADERS, 5, 5, GET))
        gate.open.set()
        frames = client.to_end()
        assert sorted(found.stream for found in frames if found.kind == HEADERS) == [1, 3]
        assert b"".join(found.payload for found in frames if found.kind == DATA) == b"latelate"
    assert server.process.wait(10) == 0


def test_a_client_that_does_not_answer_does_not_hold_up_the_drain(through) -> None:
    server, _ = through(None, "--drain-timeout", "20s")
    with FrameClient(server) as client:
        client.send(frame(HEADERS, 5, 1, GET))
        client.until(DATA, 1)
        server.process.terminate()
        assert [found.words[:2] for found in client.to_end() if found.kind == GOAWAY] == [
            (0x7FFFFFFF, NO_ERROR), (1, NO_ERROR),
        ]
    assert server.process.wait(10) == 0


def test_reloads_under_load_cost_no_request(through) -> None:
    server, _ = through()
    load = subprocess.Popen(
        ["h2load", "-D4", "-c4", "-m16", "--header=:authority: shop.test", server.url("/")],
        stdout=subprocess.PIPE, text=True,
    )
    number = 0
    while load.poll() is None and number < 30:
        number += 1
        server.write("more.yaml", route(f"more-{number}", rule("up", match=path(f"/{number}"))))
        eventually(lambda: f"test/more-{number}" in server.admin("/status").text or True)
    output, _ = load.communicate(timeout=60)
    assert re.search(r"(\d+) succeeded, 0 failed, 0 errored", output), output


# TLS


@pytest.fixture
def secure(weir, backend, tmp_path: Path):
    """Starts weir with an HTTPS listener; returns it, its backend, and the CA's file."""
    authority = Authority()
    issued = authority.issue("shop.test")

    def start(serve=None) -> tuple[Weir, Backend, Path]:
        secret = {
            "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
            "metadata": {"name": "cert", "namespace": manifests.NAMESPACE},
            "stringData": {"tls.crt": issued.certificate, "tls.key": issued.key},
        }
        listener = {
            "name": "https", "port": 443, "protocol": "HTTPS", "tls": {"certificateRefs": [{"name": "cert"}]}
        }
        upstream = backend(serve)
        server = weir(
            gateway(listener), secret, service("up"), route("r", rule("up")), "--workers", "1", ports=(443,),
            up=upstream,
        )
        ca = tmp_path / "ca.pem"
        ca.write_text(authority.pem)
        return server, upstream, ca

    return start


def context(ca: Path) -> ssl.SSLContext:
    found = ssl.create_default_context(cafile=str(ca))
    found.set_alpn_protocols(["h2"])
    return found


def test_curl_and_httpx_negotiate_http2(secure) -> None:
    server, upstream, ca = secure()
    port = server.port(443)
    output = run(
        "curl", "-sS", "--cacert", str(ca), "--connect-to", f"shop.test:443:127.0.0.1:{port}", "-d", "x=1",
        "-w", "%{http_version} %{http_code}", "https://shop.test/",
    )
    assert output == "ok2 200"
    with httpx.Client(http1=False, http2=True, verify=context(ca)) as client:
        for _ in range(3):
            found = client.get(
                f"https://127.0.0.1:{port}/x", headers={"host": "shop.test"}, extensions={"sni_hostname": "shop.test"}
            )
            assert (found.http_version, found.text) == ("HTTP/2", "ok")
    assert upstream.requests[0].get("x-forwarded-proto") == "https"


def test_large_bodies_over_tls(secure) -> None:
    def serve(wire: Wire, upstream: Backend) -> None:
        while True:
            wire.send(response(upstream.receive(wire).body))

    server, _, ca = secure(serve)
    body = bytes(range(256)) * 4096 * 4
    with HTTP2Client(server.port(443), tls=context(ca)) as client:
        assert client.socket.selected_alpn_protocol() == "h2"
        for _ in range(3):
            assert client.get(method="POST", body=body).body == body


def test_h2load_over_tls(secure) -> None:
    server, _, _ = secure()
    output = run(
        "h2load", "-n2000", "-c4", "-m16", "--header=:authority: shop.test",
        f"https://127.0.0.1:{server.port(443)}/",
    )
    assert "2000 succeeded, 0 failed, 0 errored" in output, output


def test_draining_over_tls(secure) -> None:
    server, _, ca = secure()
    with HTTP2Client(server.port(443), tls=context(ca)) as client:
        assert client.get().status == 200
        server.process.terminate()
        # Up to close_notify: python-h2 takes no frames after GOAWAY.
        while client.socket.recv(65536):
            pass
    assert server.process.wait(10) == 0
