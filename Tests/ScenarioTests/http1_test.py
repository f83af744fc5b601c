"""HTTP/1.1 between well-behaved parties: framing, connections, headers, interim responses, paths."""

import http.client
import json
import subprocess

import httpx
import pytest

from support.backends import Backend, answering, response
from support.manifests import gateway, path, route, rule, service
from support.server import Weir, write
from support.wire import Closed, Wire, request


@pytest.fixture
def through(weir, backend):
    """Starts weir, one worker and so one pool, in front of one raw backend and returns both."""

    def start(serve=None, *flags: str) -> tuple[Weir, Backend]:
        upstream = backend(serve)
        return weir(gateway(), service("up"), route("r", rule("up")), "--workers", "1", *flags, up=upstream), upstream

    return start


# ---------------------------------------------------------------- connections


def test_a_connection_serves_many_requests(through) -> None:
    server, upstream = through()
    with server.connect() as client:
        for number in range(50):
            client.send(request("GET", f"/{number}"))
            assert client.read_response().body == b"ok"
    assert upstream.targets == [f"/{number}" for number in range(50)]
    assert upstream.connections == 1


def test_pipelined_requests_are_answered_in_order(through) -> None:
    def serve(wire: Wire, backend: Backend) -> None:
        while True:
            message = backend.receive(wire)
            wire.send(response(message.target + " " + message.body.decode()))

    server, _ = through(serve)
    with server.connect() as client:
        sent = [request("GET", "/1"), request("POST", "/2", body=b"two"), request("GET", "/3"), request("GET", "/4")]
        client.send(b"".join(sent))
        assert [client.read_response().body for _ in sent] == [b"/1 ", b"/2 two", b"/3 ", b"/4 "]


def test_a_request_may_come_byte_by_byte(through) -> None:
    server, upstream = through()
    with server.connect() as client:
        for byte in request("POST", "/slow", "X-Field: value", body=b"hello"):
            client.send(bytes([byte]))
        assert client.read_response().body == b"ok"
    assert upstream.requests[0].body == b"hello"


def test_connection_close_is_honoured_and_the_upstream_connection_kept(through) -> None:
    server, upstream = through()
    for _ in range(3):
        with server.connect() as client:
            client.send(request("GET", "/", "Connection: close"))
            answer = client.read_response()
            assert (answer.body, answer.get("connection")) == (b"ok", "close")
            assert client.is_closed_by_peer()
    assert upstream.connections == 1


def test_a_backend_that_closes_after_each_response_loses_nothing(through) -> None:
    server, upstream = through(
        lambda wire, backend: (backend.receive(wire), wire.send(response("bye", "Connection: close")))
    )
    with server.connect() as client:
        for _ in range(20):
            client.send(request("GET", "/"))
            answer = client.read_response()
            assert (answer.status, answer.body, answer.get("connection")) == (200, b"bye", None)
    assert upstream.connections == 20


# ---------------------------------------------------------------- bodies


def test_a_chunked_request_with_trailers_arrives_whole(through) -> None:
    server, upstream = through()
    with server.connect() as client:
        client.send(request("POST", "/", "Transfer-Encoding: chunked", "Trailer: X-Sum"))
        client.send(b"5\r\nhello\r\n6;name=value\r\n world\r\n0\r\nX-Sum: 11\r\n\r\n")
        assert client.read_response().status == 200
    assert upstream.requests[0].body == b"hello world"
    assert [(name.lower(), value) for name, value in upstream.requests[0].trailers] == [("x-sum", "11")]


def test_a_chunked_response_with_trailers_arrives_whole(through) -> None:
    chunks = b"5\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 11\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
    server, _ = through(answering(head + chunks))
    with server.connect() as client:
        for _ in range(3):
            client.send(request("GET", "/", "TE: trailers"))
            answer = client.read_response()
            trailers = [(name.lower(), value) for name, value in answer.trailers]
            assert (answer.body, trailers) == (b"hello world", [("x-sum", "11")])


def test_a_chunk_is_passed_on_before_the_next_one_comes(through) -> None:
    """Streams live: the client reads a chunk, and only then does the backend send the next."""

    def serve(wire: Wire, backend: Backend) -> None:
        wire.read_head()
        wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(10):
            wire.send(b"4\r\n" + wire.read_chunk() + b"\r\n")
        wire.send(b"0\r\n\r\n")

    server, _ = through(serve)
    with server.connect() as client:
        client.send(request("POST", "/", "Transfer-Encoding: chunked"))
        assert client.read_head().status == 200
        for number in range(10):
            data = f"{number:04}".encode()
            client.send(b"4\r\n" + data + b"\r\n")
            assert client.read_chunk() == data
        client.send(b"0\r\n\r\n")
        assert client.read_chunk() == b""


def test_a_response_that_ends_with_its_connection(through) -> None:
    server, _ = through(
        lambda wire, backend: (backend.receive(wire), wire.send(b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 100_000))
    )
    for _ in range(3):
        assert server.get("/").content == b"x" * 100_000


@pytest.mark.parametrize("framing", ["Content-Length: 100", "Transfer-Encoding: chunked"])
def test_a_response_that_breaks_off_is_not_passed_on_as_complete(through, framing: str) -> None:
    part = b"20\r\n" + b"x" * 32 + b"\r\n" if "chunked" in framing else b"x" * 32
    server, _ = through(
        lambda wire, backend: (
            backend.receive(wire), wire.send(f"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n".encode() + part)
        )
    )
    with server.connect() as client:
        client.send(request("GET", "/"))
        with pytest.raises(Closed):
            client.read_response()


@pytest.mark.parametrize(
    "method, answer",
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
        ("HEAD", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n"),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\nETag: \"x\"\r\n\r\n"),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ],
)
def test_responses_without_a_body_end_with_their_head(through, method: str, answer: bytes) -> None:
    server, upstream = through(answering(answer))
    with server.connect() as client:
        for _ in range(3):
            client.send(request(method, "/"))
            got = client.read_response(method)
            assert (got.status, got.body) == (int(answer.split()[1]), b"")
            if b"Content-Length: 1000" in answer:
                assert got.get("content-length") == "1000"
    assert len(upstream.requests) == 3
    assert upstream.connections == 1


def test_head_to_an_error_of_our_own_has_no_body(weir) -> None:
    server = weir(gateway(), service("up"), route("r", rule("up")))
    with server.connect() as client:
        for _ in range(2):
            client.send(request("HEAD", "/"))
            assert client.read_response("HEAD").status == 503


# ---------------------------------------------------------------- interim responses


def test_100_continue_comes_from_the_backend(through) -> None:
    def serve(wire: Wire, backend: Backend) -> None:
        head = wire.read_head()
        assert head.get("expect") == "100-continue"
        wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        backend.requests.append(wire.read_body(head))
        wire.send(response("done"))

    server, upstream = through(serve)
    with server.connect() as client:
        client.send(request("POST", "/", "Expect: 100-continue", "Content-Length: 5"))
        assert client.read_head().status == 100
        client.send(b"hello")
        assert client.read_response().body == b"done"
    assert upstream.requests[0].body == b"hello"


def test_a_backend_may_refuse_before_the_body(through) -> None:
    server, _ = through(
        lambda wire, _: (wire.read_head(), wire.send(response("no", status="403 Forbidden")), wire.read_to_end())
    )
    with server.connect() as client:
        client.send(request("POST", "/", "Expect: 100-continue", "Content-Length: 5"))
        answer = client.read_response()
    assert (answer.status, answer.interim, answer.body) == (403, [], b"no")


def test_curl_uploads_with_expect(weir) -> None:
    server = weir(gateway(), service("up"), route("r", rule("up")), "--echo")
    command = ["curl", "-sS", "--max-time", "20", "-H", "Host: shop.test", "-H", "Expect: 100-continue"]
    done = subprocess.run(
        [*command, "--data-binary", "@-", "-w", " %{http_code}", server.url("/upload")],
        input=b"x" * 3_000_000, capture_output=True, check=True,
    )
    body, _, status = done.stdout.decode().rpartition(" ")
    assert (status, json.loads(body)["path"]) == ("200", "/upload")


def test_early_hints_are_passed_on(through) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
    server, _ = through(answering(hints + hints + response("page")))
    with server.connect() as client:
        client.send(request("GET", "/"))
        answer = client.read_response()
    assert [interim.status for interim in answer.interim] == [103, 103]
    assert answer.interim[0].get("link") == "</style.css>; rel=preload"
    assert answer.body == b"page"


# ---------------------------------------------------------------- HTTP/1.0


def test_an_http_1_0_client_gets_no_chunks_and_no_interim_responses(through) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\n\r\n"
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    server, _ = through(answering(hints + chunked))
    with server.connect() as client:
        client.send(b"GET / HTTP/1.0\r\nHost: shop.test\r\n\r\n")
        head, _, body = client.read_to_end().partition(b"\r\n\r\n")
    assert b" 200 " in head.splitlines()[0]
    assert b"transfer-encoding" not in head.lower()
    assert body == b"hello"


def test_an_http_1_0_client_is_served_once_unless_it_asks_for_more(through) -> None:
    server, _ = through()
    with server.connect() as client:
        client.send(b"GET / HTTP/1.0\r\nHost: shop.test\r\n\r\n")
        assert client.read_to_end().endswith(b"\r\n\r\nok")


# ---------------------------------------------------------------- headers


def test_hop_by_hop_fields_of_a_request_stay_here(through) -> None:
    server, upstream = through()
    with server.connect() as client:
        client.send(
            request(
                "GET", "/", "Connection: X-Private, keep-alive", "X-Private: 1", "Keep-Alive: timeout=5",
                "Proxy-Connection: keep-alive", "TE: gzip", "Upgrade: foo/2", "X-Public: 2",
            )
        )
        assert client.read_response().status == 200
    seen = upstream.requests[0]
    assert seen.get("X-Public") == "2"
    for name in ("X-Private", "Keep-Alive", "Proxy-Connection", "Upgrade"):
        assert seen.get(name) is None, name
    assert (seen.get("connection") or "").lower() in ("", "keep-alive")
    assert "gzip" not in (seen.get("te") or "")


def test_a_client_cannot_remove_end_to_end_fields_with_connection(through) -> None:
    server, upstream = through()
    with server.connect() as client:
        client.send(
            request("POST", "/", "Connection: Host, Content-Length, X-Forwarded-For", "Content-Length: 2", body=b"hi")
        )
        answer = client.read_response()
    if answer.status == 200:  # Refusing such a request is as good.
        seen = upstream.requests[0]
        assert (seen.get("host"), seen.body) == ("shop.test", b"hi")
        assert (seen.get("x-forwarded-for") or "").endswith("127.0.0.1")
    else:
        assert (answer.status, upstream.requests) == (400, [])


def test_hop_by_hop_fields_of_a_response_stay_here(through) -> None:
    server, _ = through(
        answering(response("ok", "Connection: X-Private", "X-Private: 1", "Keep-Alive: timeout=5", "X-Public: 2"))
    )
    with server.connect() as client:
        client.send(request("GET", "/"))
        answer = client.read_response()
    assert (answer.get("X-Public"), answer.get("X-Private"), answer.get("Keep-Alive")) == ("2", None, None)


def test_forwarded_fields_are_appended(through) -> None:
    server, upstream = through()
    with server.connect() as client:
        client.send(request("GET", "/", host="shop.test:8080"))
        client.read_response()
        client.send(request("GET", "/", "X-Forwarded-For: 192.0.2.1, 192.0.2.2"))
        client.read_response()
    first, second = upstream.requests
    assert first.get("X-Forwarded-For") == "127.0.0.1"
    assert first.get("X-Forwarded-Proto") == "http"
    assert first.get("X-Forwarded-Host") == "shop.test:8080"
    assert second.get("X-Forwarded-For") == "192.0.2.1, 192.0.2.2, 127.0.0.1"


def test_the_host_reaches_the_backend_with_its_port_and_case(through) -> None:
    server, upstream = through()
    with server.connect() as client:
        client.send(request("GET", "/", host="Shop.Test:8080"))
        client.read_response()
    assert upstream.requests[0].all("host") == ["Shop.Test:8080"]


def test_fields_arrive_unchanged_and_in_order(through) -> None:
    server, upstream = through(answering(response("ok", "Set-Cookie: a=1", "X-Empty:", "Set-Cookie: b=2")))
    with server.connect() as client:
        client.send(request("GET", "/", "X-One: 1", "Cookie: a=b; c=\"d\"", "X-Empty:", "X-One:  2 ", "X-Latin: \xe9"))
        answer = client.read_response()
    seen = upstream.requests[0]
    assert seen.all("X-One") == ["1", "2"]
    assert seen.get("Cookie") == 'a=b; c="d"'
    assert seen.all("X-Empty") == [""]
    assert seen.get("X-Latin") == "\xe9"
    assert answer.all("Set-Cookie") == ["a=1", "b=2"]
    assert answer.all("X-Empty") == [""]


# ---------------------------------------------------------------- targets and paths


def test_an_absolute_target_decides_the_host(through) -> None:
    server, upstream = through()
    with server.connect() as client:
        client.send(b"GET http://shop.test/x?y HTTP/1.1\r\nHost: other.test\r\n\r\n")
        assert client.read_response().status == 200
        client.send(b"GET http://shop.test HTTP/1.1\r\nHost: shop.test\r\n\r\n")
        assert client.read_response().status == 200
    assert [(message.target, message.get("host")) for message in upstream.requests] == [
        ("/x?y", "shop.test"), ("/", "shop.test"),
    ]


@pytest.fixture(scope="module")
def web_with_admin(tmp_path_factory: pytest.TempPathFactory):
    directory = tmp_path_factory.mktemp("paths") / "manifests"
    rules = [rule("root"), rule("admin", match=path("/admin"))]
    write(directory, "all.yaml", gateway(), service("root"), service("admin"), route("r", *rules))
    with Weir(directory, "--echo") as server:
        yield server


@pytest.mark.parametrize(
    "sent, forwarded",
    [
        ("/admin", "/admin"),
        ("//admin", "/admin"),
        ("/./admin", "/admin"),
        ("/x/../admin", "/admin"),
        ("/x/%2e%2E/admin", "/admin"),
        ("/../../admin", "/admin"),
        ("/%61dmin", "/admin"),
        ("/x//..///admin/", "/admin/"),
        ("/admin/.", "/admin/"),
        ("/admin/x/..", "/admin/"),
        ("/admin/%2e", "/admin/"),
    ],
)
def test_every_spelling_of_a_path_matches_the_same_rule_and_is_forwarded_in_one_form(
    web_with_admin: Weir, sent: str, forwarded: str
) -> None:
    with web_with_admin.connect() as client:
        client.send(request("GET", sent + "?a=/../b"))
        answer = json.loads(client.read_response().body)
    assert (answer["service"], answer["path"]) == ("admin", forwarded + "?a=/../b")


@pytest.mark.parametrize("sent", ["/Admin", "/x%2F..%2Fadmin", "/..%2fadmin", "/%2561dmin", "/admin%2Fx", "/adminx"])
def test_what_is_not_a_spelling_of_the_path_stays_itself(web_with_admin: Weir, sent: str) -> None:
    with web_with_admin.connect() as client:
        client.send(request("GET", sent))
        answer = json.loads(client.read_response().body)
    assert (answer["service"], answer["path"]) == ("root", sent)


# ---------------------------------------------------------------- clients that others wrote


def test_http_client_keeps_its_connection(weir) -> None:
    server = weir(gateway(), service("up"), route("r", rule("up")), "--echo")
    connection = http.client.HTTPConnection("127.0.0.1", server.port(), timeout=10)
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        connection.request(method, f"/{method}", body=b"x" * 100 if method in ("POST", "PUT", "PATCH") else None,
                           headers={"Host": "shop.test"})
        answer = connection.getresponse()
        echo = json.loads(answer.read())
        assert (answer.status, echo["method"], echo["path"]) == (200, method, f"/{method}")
    connection.close()


def test_httpx_streams_in_both_directions(through) -> None:
    def serve(wire: Wire, backend: Backend) -> None:
        while True:
            message = backend.receive(wire)
            wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for start in range(0, len(message.body), 50_000):
                part = message.body[start : start + 50_000]
                wire.send(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            wire.send(b"0\r\n\r\n")

    server, _ = through(serve)
    data = bytes(range(256)) * 8000
    with httpx.Client(timeout=20) as client:
        for _ in range(2):
            parts = (data[start : start + 100_000] for start in range(0, len(data), 100_000))
            with client.stream("POST", server.url("/"), content=parts, headers={"Host": "shop.test"}) as answer:
                assert answer.status_code == 200
                assert b"".join(answer.iter_bytes()) == data


def test_wrk_sees_no_error(weir) -> None:
    server = weir(gateway(), service("up"), route("r", rule("up")), "--echo")
    done = subprocess.run(
        ["wrk", "-t1", "-c32", "-d1s", "-H", "Host: shop.test", server.url("/")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "Non-2xx" not in done.stdout and "Socket errors" not in done.stdout, done.stdout
