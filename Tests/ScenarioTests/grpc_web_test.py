"""gRPC-Web in front of a gRPC backend: what a browser sends and can read.

Backends by hand speak HTTP/1.1, those of grpcio HTTP/2.
"""

import base64
import threading

import httpx
import pytest

from support.backends import Backend, answering
from support.grpc_backend import GrpcBackend
from support.grpc_web import decode_text, frame, parse, parse_response
from support.manifests import gateway, grpc_route, response_headers, rpc, rule, service
from support.wire import Closed, Wire, request

WEB = "application/grpc-web+proto"
TEXT = "application/grpc-web-text+proto"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def answer(*messages: bytes, trailers: str = "grpc-status: 0\r\n", kind: str = "application/grpc+proto") -> bytes:
    head = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    return head + b"".join(chunk(frame(message)) for message in messages) + b"0\r\n" + trailers.encode() + b"\r\n"


@pytest.fixture
def served(weir, backend):
    def start(serve=None, *flags: str, **more):
        upstream = backend(serve or answering(answer(b"hello", trailers="Grpc-Status: 0\r\ngrpc-message: fine\r\n")))
        server = weir(
            gateway(), service("up", "http/1.1"), grpc_route("r", rule("up", match=rpc("S", "M"), **more)),
            "--workers", "1", *flags, up=upstream,
        )  # fmt: skip
        return server, upstream

    return start


def call(server, body: bytes, kind: str = WEB, *lines: str, path: str = "/S/M"):
    if kind.lower().startswith("application/grpc-web-text"):
        body = base64.b64encode(body)
    with server.connect() as client:
        client.send(request("POST", path, f"Content-Type: {kind}", "X-Grpc-Web: 1", *lines, body=body))
        return client.read_response("POST")


def test_a_binary_call_is_translated(served) -> None:
    server, upstream = served()
    got = call(server, frame(b"question"))
    (asked,) = upstream.requests
    assert asked.get("content-type") == "application/grpc+proto"
    assert (asked.body, asked.get("content-length")) == (frame(b"question"), str(len(frame(b"question"))))
    assert (got.status, got.get("content-type"), got.trailers) == (200, WEB, [])
    body = parse(got.body)
    assert (body.messages, body.trailers) == ([b"hello"], {"grpc-status": "0", "grpc-message": "fine"})


@pytest.mark.parametrize("kind", [TEXT, "application/grpc-web-text", "Application/GRPC-Web-Text; charset=utf-8"])
@pytest.mark.parametrize("length", [0, 1, 2, 3, 1000])
def test_a_text_call_is_decoded_and_encoded(served, kind: str, length: int) -> None:
    server, upstream = served(answering(answer(b"x" * length)))
    got = call(server, frame(b"q" * length), kind)
    assert upstream.requests[0].body == frame(b"q" * length)
    assert upstream.requests[0].get("content-length") is None
    suffix = kind[len("application/grpc-web-text") :]
    assert upstream.requests[0].get("content-type") == "application/grpc" + suffix
    assert got.get("content-type") == "application/grpc-web-text+proto"
    body = parse_response(got, text=True)
    assert (body.messages, body.trailers) == ([b"x" * length], {"grpc-status": "0"})


def test_text_in_pieces_of_any_length_is_decoded(served) -> None:
    server, upstream = served()
    message = bytes(range(256)) * 20
    # Two texts, each with its own padding, cut where no group ends.
    text = base64.b64encode(frame(message)[:1000]) + base64.b64encode(frame(message)[1000:])
    with server.connect() as client:
        client.send(request("POST", "/S/M", f"Content-Type: {TEXT}", "Transfer-Encoding: chunked"))
        for start in range(0, len(text), 7):
            client.send(chunk(text[start : start + 7]))
        client.send("0\r\n\r\n")
        assert client.read_response("POST").status == 200
        # The connection goes on.
        client.send(request("POST", "/S/M", f"Content-Type: {TEXT}", body=base64.b64encode(frame(b"again"))))
        assert client.read_response("POST").status == 200
    assert [asked.body for asked in upstream.requests] == [frame(message), frame(b"again")]


def test_every_message_arrives_when_it_is_sent(served) -> None:
    proceed = threading.Event()

    def serve(wire: Wire, upstream: Backend) -> None:
        upstream.receive(wire)
        head, _, rest = answer(b"first", b"second").partition(b"\r\n\r\n")
        wire.send(head + b"\r\n\r\n" + rest[: len(chunk(frame(b"first")))])
        assert proceed.wait(20)
        wire.send(rest[len(chunk(frame(b"first"))) :])

    server, _ = served(serve)
    with server.connect() as client:
        client.send(request("POST", "/S/M", f"Content-Type: {TEXT}", body=base64.b64encode(frame(b"q"))))
        head = client.read_head()
        assert head.get("transfer-encoding") == "chunked"
        assert parse(decode_text(client.read_chunk())).messages == [b"first"]
        proceed.set()
        assert parse(decode_text(client.read_chunk())).messages == [b"second"]
        assert parse(decode_text(client.read_chunk())).trailers == {"grpc-status": "0"}
        assert client.read_chunk() == b""


@pytest.mark.parametrize("kind", [WEB, TEXT])
def test_large_bodies_pass_both_ways(served, kind: str) -> None:
    big = bytes(range(256)) * 16_384  # 4 MB
    server, upstream = served(answering(answer(big, b"end")))
    got = call(server, frame(big), kind)
    assert upstream.requests[0].body == frame(big)
    body = parse_response(got, text=kind == TEXT)
    assert (body.messages, body.trailers) == ([big, b"end"], {"grpc-status": "0"})


@pytest.mark.parametrize("kind", [WEB, TEXT])
def test_a_status_alone_stays_in_the_head(served, kind: str) -> None:
    alone = b"HTTP/1.1 200 OK\r\ncontent-type: application/grpc\r\ngrpc-status: 5\r\nContent-Length: 0\r\n\r\n"
    server, _ = served(answering(alone))
    got = call(server, frame(b"q"), kind)
    assert (got.get("grpc-status"), got.body) == ("5", b"")
    assert got.get("content-type") == kind.removesuffix("+proto")


def test_an_answer_that_is_not_grpc_passes_as_it_is(served) -> None:
    page = b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\noops"
    server, _ = served(answering(page))
    got = call(server, frame(b"q"), TEXT)
    assert (got.status, got.get("content-type"), got.body) == (502, "text/html", b"oops")


def test_filters_apply_and_an_http10_client_reads_to_the_end(served) -> None:
    server, _ = served(None, filters=response_headers(add=[{"name": "x-served-by", "value": "weir"}]))
    with server.connect() as client:
        body = frame(b"q")
        client.send(
            b"POST /S/M HTTP/1.0\r\nHost: shop.test\r\nContent-Type: application/grpc-web\r\nContent-Length: %d\r\n\r\n%s"
            % (len(body), body)
        )
        got = client.read_response("POST")
    assert (got.get("x-served-by"), got.get("content-length"), got.get("transfer-encoding")) == ("weir", None, None)
    assert parse(got.body).trailers == {"grpc-status": "0", "grpc-message": "fine"}


@pytest.mark.parametrize("text", [b"AAAA!", b"AAAAA", b"A=AA"])
def test_a_body_that_is_not_base64_is_refused(served, text: bytes) -> None:
    server, upstream = served()
    with server.connect() as client:
        client.send(request("POST", "/S/M", f"Content-Type: {TEXT}", body=text))
        got = client.read_response("POST")
    assert (got.status, got.get("grpc-status")) == (200, "13")
    assert upstream.requests == []
    assert server.get().status_code == 404


@pytest.mark.parametrize("kind", [WEB, TEXT])
def test_a_backend_that_breaks_off_ends_in_a_status(served, kind: str) -> None:
    def serve(wire: Wire, upstream: Backend) -> None:
        upstream.receive(wire)
        wire.send(answer(b"first").removesuffix(b"0\r\ngrpc-status: 0\r\n\r\n"))

    server, _ = served(serve)
    body = parse_response(call(server, frame(b"q"), kind), text=kind == TEXT)
    assert body.messages == [b"first"]
    assert body.trailers is not None and body.trailers["grpc-status"] == "14"


def test_a_call_that_nothing_takes_is_unimplemented(served) -> None:
    server, upstream = served()
    got = call(server, frame(b"q"), TEXT, path="/S/Other")
    assert (got.status, got.get("grpc-status"), got.body) == (200, "12", b"")
    assert got.get("content-type") == "application/grpc-web-text"
    assert upstream.requests == []


def test_a_client_that_leaves_takes_its_call_along(served) -> None:
    left = threading.Event()

    def serve(wire: Wire, upstream: Backend) -> None:
        upstream.receive(wire)
        wire.send(answer(b"first").removesuffix(b"0\r\ngrpc-status: 0\r\n\r\n"))
        try:
            wire.read_to_end()
        except (Closed, OSError):
            pass
        left.set()

    server, _ = served(serve)
    with server.connect() as client:
        client.send(request("POST", "/S/M", f"Content-Type: {TEXT}", body=base64.b64encode(frame(b"q"))))
        client.read_head()
    assert left.wait(20)


# Pages of other origins

PREFLIGHT = ("Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type,x-grpc-web,tenant")


@pytest.fixture
def cross_origin(weir, backend):
    upstream = backend(answering(answer(b"hello")))
    document = grpc_route("r", rule("up", match=rpc("S", "M")))
    document["metadata"]["annotations"] = {"weir.dev/grpc-web-origins": "https://app.test, https://*.pages.test nonsense"}
    return weir(gateway(), service("up", "http/1.1"), document, "--workers", "1", up=upstream)


@pytest.mark.parametrize("origin", ["https://app.test", "https://a.pages.test"])
def test_pages_of_listed_origins_may_call(cross_origin, origin: str) -> None:
    with cross_origin.connect() as client:
        client.send(request("OPTIONS", "/S/M", f"Origin: {origin}", *PREFLIGHT))
        got = client.read_response("OPTIONS")
        assert (got.status, got.get("access-control-allow-origin")) == (204, origin)
        assert got.get("access-control-allow-headers") in ("*", "content-type,x-grpc-web,tenant")
        client.send(request("POST", "/S/M", f"Content-Type: {WEB}", f"Origin: {origin}", body=frame(b"q")))
        got = client.read_response("POST")
    assert parse(got.body).messages == [b"hello"]
    assert got.get("access-control-allow-origin") == origin
    assert "grpc-status" in (got.get("access-control-expose-headers") or "")


def test_pages_of_other_origins_may_not(cross_origin) -> None:
    with cross_origin.connect() as client:
        client.send(request("OPTIONS", "/S/M", "Origin: https://evil.test", *PREFLIGHT))
        got = client.read_response("OPTIONS")
        assert got.get("access-control-allow-origin") is None and got.status == 403
        # Without X-Grpc-Web it is not about a call.
        client.send(request("OPTIONS", "/S/M", "Origin: https://app.test", PREFLIGHT[0]))
        assert client.read_response("OPTIONS").status == 404
    assert "WR2550" in cross_origin.log or '"nonsense" is not an origin' in cross_origin.log


def test_without_the_annotation_nobody_is_told_anything(served) -> None:
    server, _ = served()
    with server.connect() as client:
        client.send(request("OPTIONS", "/S/M", "Origin: https://app.test", *PREFLIGHT))
        assert client.read_response("OPTIONS").status == 404
        client.send(request("POST", "/S/M", f"Content-Type: {WEB}", "Origin: https://app.test", body=frame(b"q")))
        assert client.read_response("POST").get("access-control-allow-origin") is None


# With a real server, which speaks HTTP/2 only


@pytest.fixture
def real(weir, stack):
    backend = stack.enter_context(GrpcBackend())
    server = weir(gateway(), service("up"), grpc_route("r", rule("up")), "--workers", "1", up=backend.port)
    return server, backend


@pytest.fixture(params=["HTTP/1.1", "HTTP/2"])
def ask(real, request, stack):
    """Makes a call with either version: the response's fields and its body, taken apart."""
    server, _ = real
    is_http2 = request.param == "HTTP/2"
    client = stack.enter_context(httpx.Client(http1=not is_http2, http2=is_http2, timeout=20))

    def ask(path: str, message: bytes, kind: str):
        text = kind == TEXT
        body = base64.b64encode(frame(message)) if text else frame(message)
        answer = client.post(server.url(path), content=body, headers={"Content-Type": kind, "Host": "shop.test"})
        assert answer.http_version == request.param and answer.status_code == 200
        return answer.headers, parse(decode_text(answer.content) if text else answer.content)

    return ask


@pytest.mark.parametrize("kind", [WEB, TEXT])
def test_calls_to_a_real_server(real, ask, kind: str) -> None:
    fields, body = ask("/S/Echo", b"hi", kind)
    assert body.messages == [b"backend:hi"]
    assert body.trailers is not None
    assert (body.trailers["grpc-status"], body.trailers["x-last"], body.trailers["x-last-bin"]) == ("0", "2", "AP8")
    assert (fields["x-first"], fields["content-type"]) == ("1", kind.removesuffix("+proto"))
    _, body = ask("/S/Count", b"300", kind)
    assert body.messages == [str(number).encode() for number in range(300)]
    big = bytes(range(256)) * 4096
    _, body = ask("/S/Echo", big, kind)
    assert body.messages == [b"backend:" + big]
    (first, *_) = real[1].calls
    assert first.metadata["x-forwarded-for"] == "127.0.0.1"


@pytest.mark.parametrize("kind", [WEB, TEXT])
def test_a_status_of_a_real_server(ask, kind: str) -> None:
    fields, body = ask("/S/Fail", b"9", kind)
    found = dict(fields) if body.trailers is None else body.trailers
    assert body.messages == []
    assert (found["grpc-status"], found["grpc-message"], found["x-reason"]) == ("9", "d%C3%A9tails 100%25", "because")
    fields, body = ask("/S/Nothing", b"", kind)
    assert (body.trailers or fields)["grpc-status"] == "12"
