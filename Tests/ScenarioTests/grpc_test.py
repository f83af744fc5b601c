"""GRPCRoutes with grpcio at both ends: HTTP/2 in plain text (prior knowledge) and over TLS."""

import collections
import threading
from collections.abc import Callable, Iterator

import grpc
import pytest
import yaml

from backend_tls_test import authorities, policy
from explain_test import run
from support.certificates import Authority
from support.grpc_backend import TIMEOUT_SECONDS, Client, GrpcBackend
from support.grpc_web import frame, parse
from support.http2 import HTTP2Client
from support.manifests import (
    backend as reference, gateway, grpc_route, headers, listener, mirror, request_headers, response_headers, route, rpc,
    rule, service, tls_secret,
)  # fmt: skip
from support.server import write
from support.waiting import eventually

UNIMPLEMENTED, UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED = 12, 14, 4, 1


@pytest.fixture
def grpc_backend(stack) -> Callable[..., GrpcBackend]:
    return lambda *arguments, **keywords: stack.enter_context(GrpcBackend(*arguments, **keywords))


@pytest.fixture
def served(weir, grpc_backend, stack):
    """One backend behind a route for everything, and a client."""

    def start(*rules, **more):
        backend = grpc_backend()
        server = weir(
            gateway(), service("up"), grpc_route("r", *(rules or [rule("up")])), "--workers", "1", up=backend.port
        )
        return stack.enter_context(Client(server, **more)), backend, server

    return start


def test_a_unary_call_with_metadata_at_both_ends(served) -> None:
    client, backend, _ = served()
    answer, call = client.unary_call("/shop.Cart/Echo", b"hi", tenant="a")
    assert answer == b"backend:hi"
    assert ("x-first", "1") in call.initial_metadata()
    trailing = dict(call.trailing_metadata())
    assert (trailing["x-last"], trailing["x-last-bin"]) == ("2", b"\x00\xff")
    (seen,) = backend.calls
    assert (seen.path, seen.metadata["tenant"]) == ("/shop.Cart/Echo", "a")
    assert seen.metadata["x-forwarded-for"] == "127.0.0.1"


def test_a_status_with_details_and_trailers(served) -> None:
    client, _, _ = served()
    with pytest.raises(grpc.RpcError) as caught:
        client.unary("/S/Fail", b"9")
    assert (caught.value.code(), caught.value.details()) == (grpc.StatusCode.FAILED_PRECONDITION, "détails 100%")
    assert dict(caught.value.trailing_metadata())["x-reason"] == "because"


def test_streams_of_the_client_of_the_server_and_of_both(served) -> None:
    client, backend, _ = served()
    requests = (b"x" * size for size in (0, 1, 100_000, 5))
    assert client.channel.stream_unary("/S/Sum")(requests, TIMEOUT_SECONDS) == b"100006"
    numbers = list(client.channel.unary_stream("/S/Count")(b"1000", TIMEOUT_SECONDS))
    assert numbers == [str(number).encode() for number in range(1000)]

    # Every question waits for the answer to the one before it: nothing may be held back.
    answered = threading.Semaphore(1)

    def questions() -> Iterator[bytes]:
        for number in range(20):
            assert answered.acquire(timeout=TIMEOUT_SECONDS)
            yield str(number).encode()

    answers = []
    for answer in client.channel.stream_stream("/S/Chat")(questions(), TIMEOUT_SECONDS):
        answers.append(answer)
        answered.release()
    assert answers == [b"re: " + str(number).encode() for number in range(20)]
    assert len(backend.received) == 20


def test_large_messages_pass_both_ways(served) -> None:
    client, _, _ = served()
    big = b"z" * (4 << 20)
    assert client.unary("/S/Echo", big) == b"backend:" + big
    assert client.unary("/S/Large", str(4 << 20).encode()) == b"y" * (4 << 20)
    answers = client.channel.stream_stream("/S/Chat")(iter([big] * 4), TIMEOUT_SECONDS)
    assert [answer == b"re: " + big for answer in answers] == [True] * 4


def test_head_and_message_that_come_in_one_packet(served) -> None:
    _, backend, server = served()
    fields = (("content-type", "application/grpc"), ("te", "trailers"))
    with HTTP2Client(server.port(80)) as client:
        # From the second call on the connection to the backend is open.
        for number in range(5):
            message = str(number).encode()
            answer = client.get("/S/Echo", *fields, method="POST", body=frame(message))
            assert parse(answer.body).messages == [b"backend:" + message]
            assert answer.trailers["grpc-status"] == "0"
    assert len(backend.calls) == 5


def test_many_calls_at_once_on_one_channel(served) -> None:
    client, backend, _ = served()
    calls = [client.channel.unary_unary("/S/Echo").future(str(n).encode(), TIMEOUT_SECONDS) for n in range(300)]
    assert [call.result() for call in calls] == [f"backend:{n}".encode() for n in range(300)]
    assert len(backend.calls) == 300


def test_a_deadline_passes_here_and_is_told_to_the_backend(served) -> None:
    client, backend, _ = served()
    assert client.status("/S/Wait", timeout=0.3) == DEADLINE_EXCEEDED
    assert backend.cancelled.wait(TIMEOUT_SECONDS)


@pytest.mark.parametrize("method", ["Wait", "Endless"])
def test_the_backend_sees_that_the_client_cancels(served, method: str) -> None:
    client, backend, _ = served()
    if method == "Wait":
        call = client.channel.unary_unary("/S/Wait").future(b"", TIMEOUT_SECONDS)
        assert backend.started.wait(TIMEOUT_SECONDS)
    else:
        call = client.channel.unary_stream("/S/Endless")(b"", TIMEOUT_SECONDS)
        assert next(call) == b"first"
    call.cancel()
    assert backend.cancelled.wait(TIMEOUT_SECONDS)
    # The channel goes on.
    assert client.unary("/S/Echo") == b"backend:"


def test_services_and_methods_are_matched(weir, grpc_backend) -> None:
    backends = {name: grpc_backend(name) for name in ("both", "service", "method", "pattern", "header", "any")}
    server = weir(
        gateway(), *map(service, backends), "--workers", "1",
        grpc_route(
            "r", rule("both", match=rpc("shop.Cart", "Echo")), rule("service", match=rpc("shop.Cart")),
            rule("method", match=rpc(method="Large")),
            rule("pattern", match=rpc(r"shop\..*", "(Echo|Fail)", "RegularExpression")),
            rule("header", match=rpc("blog.Posts", version="two")),
            rule("any", match={"headers": headers(color="blue")}),
        ),
        **{name: backend.port for name, backend in backends.items()},
    )  # fmt: skip
    with Client(server) as client:
        assert client.unary("/shop.Cart/Echo") == b"both:"
        assert client.unary("/shop.Stock/Echo") == b"pattern:"
        assert client.unary("/other.Service/Large", b"1") == b"y"
        assert client.unary("/blog.Posts/Echo", version="two") == b"header:"
        assert client.unary("/blog.Posts/Echo", color="blue") == b"any:"
        assert client.status("/shop.Cart/Fail", b"5") == 5
        assert client.status("/blog.Posts/Echo", version="one") == UNIMPLEMENTED
        assert client.status("/blog.posts/Echo", version="two") == UNIMPLEMENTED
    assert [len(backend.calls) for backend in backends.values()] == [1, 1, 1, 1, 1, 1]


def test_weights_hold_for_the_calls_of_one_channel(weir, grpc_backend) -> None:
    backends = [grpc_backend(name) for name in ("a", "b", "c")]
    server = weir(
        gateway(), service("a"), service("b"), service("c"), "--workers", "1",
        grpc_route("r", rule(reference("a", 70), reference("b", 30), reference("c", 0))),
        a=backends[0].port, b=backends[1].port, c=backends[2].port,
    )  # fmt: skip
    with Client(server) as client:
        answers = collections.Counter(client.unary("/S/Echo") for _ in range(500))
    assert answers[b"c:"] == 0 and answers[b"a:"] + answers[b"b:"] == 500
    assert 325 <= answers[b"a:"] <= 375
    # All calls of a backend share connections.
    assert all(len({call.peer for call in backend.calls}) <= 2 for backend in backends)


def test_statuses_of_the_proxys_own(weir, grpc_backend) -> None:
    backend = grpc_backend()
    server = weir(
        gateway(listener(hostname="shop.test")), service("up"), service("empty"), "--workers", "1",
        grpc_route("r", rule("up", match=rpc("S", "Echo")), rule("empty", match=rpc("Empty")), rule(match=rpc("None"))),
        up=backend.port,
    )  # fmt: skip
    with Client(server) as client, Client(server, host="other.test") as elsewhere:
        assert client.status("/S/Other") == UNIMPLEMENTED
        assert elsewhere.status("/S/Echo") == UNIMPLEMENTED
        assert client.status("/Empty/M") == UNAVAILABLE
        assert client.status("/None/M") == UNAVAILABLE
        assert client.status("/S/Echo") == 0


def test_a_backend_that_goes_away_is_unavailable(weir, grpc_backend) -> None:
    backend = grpc_backend()
    server = weir(gateway(), service("up"), grpc_route("r", rule("up")), "--workers", "1", up=backend.port)
    with Client(server) as client:
        stream = client.channel.unary_stream("/S/Endless")(b"", TIMEOUT_SECONDS)
        assert next(stream) == b"first"
        backend.server.stop(None).wait()
        with pytest.raises(grpc.RpcError) as caught:
            list(stream)
        assert caught.value.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
        assert client.status("/S/Echo") == UNAVAILABLE


def test_calls_are_counted_by_their_status(served) -> None:
    client, backend, server = served(rule("up", match=rpc("S")))
    for path, message in [("/S/Echo", b""), ("/S/Echo", b""), ("/S/Fail", b"9"), ("/T/Echo", b"")]:
        client.status(path, message)
    call = client.channel.unary_unary("/S/Wait").future(b"", TIMEOUT_SECONDS)
    assert backend.started.wait(TIMEOUT_SECONDS)
    call.cancel()
    assert backend.cancelled.wait(TIMEOUT_SECONDS)
    lines = [line for line in server.admin("/metrics").text.splitlines() if line.startswith("gateway_grpc_requests")]
    found = {(part.split('route="')[1].split('"')[0], part.split('grpc_status="')[1].split('"')[0]): part for part in lines}
    counts = {key: int(line.split()[-1]) for key, line in found.items()}
    assert counts == {("test/r", "0"): 2, ("test/r", "9"): 1, ("", "12"): 1, ("test/r", "1"): 1}


def test_filters_change_metadata_and_mirror_calls(weir, grpc_backend) -> None:
    backend, shadow = grpc_backend(), grpc_backend("shadow")
    filters = [
        request_headers(set=headers(tenant="set"), remove=["debug"]), response_headers(add=headers(served_by="weir")),
        mirror("shadow"),
    ]  # fmt: skip
    own = [request_headers(add=headers(canary="yes"))]
    server = weir(
        gateway(), service("up"), service("shadow"), "--workers", "1",
        grpc_route("r", rule(reference("up", filters=own), filters=filters)), up=backend.port, shadow=shadow.port,
    )  # fmt: skip
    with Client(server) as client:
        answer, call = client.unary_call("/S/Echo", b"q", tenant="mine", debug="1")
        assert answer == b"backend:q"
        assert ("served-by", "weir") in call.initial_metadata()
    seen = backend.calls[0].metadata
    assert (seen["tenant"], seen["canary"], seen.get("debug")) == ("set", "yes", None)
    eventually(lambda: len(shadow.calls) == 1, "the mirror has got the call")
    assert shadow.calls[0].path == "/S/Echo"


def test_a_port_serves_both_kinds(weir, grpc_backend, backend) -> None:
    calls, web = grpc_backend(), backend()
    server = weir(
        gateway(), service("calls"), service("web"), route("web", rule("web")), grpc_route("r", rule("calls")),
        "--workers", "1", calls=calls.port, web=web,
    )  # fmt: skip
    with Client(server) as client:
        assert client.unary("/S/Echo") == b"backend:"
    assert server.get("/S/Echo").text == "ok"


def test_an_http_route_carries_grpc_where_there_is_no_grpc_route(weir, grpc_backend) -> None:
    calls = grpc_backend()
    server = weir(
        gateway(), service("calls", "kubernetes.io/h2c"), route("r", rule("calls")), "--workers", "1", calls=calls.port
    )
    with Client(server) as client:
        assert client.unary("/S/Echo", b"q") == b"backend:q"


def test_calls_go_on_while_routes_change(served) -> None:
    client, backend, server = served()
    answered = threading.Semaphore(1)

    def questions() -> Iterator[bytes]:
        for number in range(6):
            assert answered.acquire(timeout=TIMEOUT_SECONDS)
            yield str(number).encode()

    chat = client.channel.stream_stream("/S/Chat")(questions(), TIMEOUT_SECONDS)
    for number in range(6):
        assert next(chat) == b"re: " + str(number).encode()
        if number == 2:
            server.write(
                "all.yaml", gateway(), service("up"), grpc_route("other", rule("up", match=rpc("Only", "Echo")))
            )
            eventually(lambda: client.status("/S/Echo") == UNIMPLEMENTED, "the new route serves")
        answered.release()
    assert list(chat) == []
    assert client.status("/Only/Echo") == 0


# TLS


@pytest.fixture
def secured(weir, grpc_backend):
    """An HTTPS listener for shop.test, and what a client needs to trust it."""

    def start(*documents, **services):
        authority = Authority()
        leaf = authority.issue("shop.test")
        certificates = {"certificateRefs": [{"name": "shop"}]}
        secure = {"name": "https", "port": 443, "protocol": "HTTPS", "tls": certificates}
        server = weir(
            gateway(secure), tls_secret("shop", leaf.certificate, leaf.key), *documents, "--workers", "1", ports=(443,), **services
        )
        return server, grpc.ssl_channel_credentials(authority.pem.encode())

    return start


def test_calls_over_tls(secured, grpc_backend) -> None:
    backend = grpc_backend()
    server, trust = secured(service("up"), grpc_route("r", rule("up", match=rpc("S"))), up=backend.port)
    with Client(server, listener=443, credentials=trust) as client:
        assert client.unary("/S/Echo", b"q" * 100_000) == b"backend:" + b"q" * 100_000
        assert backend.calls[0].metadata["x-forwarded-proto"] == "https"
        answers = client.channel.stream_stream("/S/Chat")(iter([b"a", b"b"]), TIMEOUT_SECONDS)
        assert list(answers) == [b"re: a", b"re: b"]
        assert client.status("/Other/Echo") == UNIMPLEMENTED
        assert client.status("/S/Wait", timeout=0.3) == DEADLINE_EXCEEDED


def test_backends_with_a_policy_get_calls_over_tls(weir, grpc_backend) -> None:
    authority = Authority()
    leaf = authority.issue("up.test")
    credentials = grpc.ssl_server_credentials([(leaf.key.encode(), leaf.certificate.encode())])
    backend = grpc_backend(credentials=credentials)
    documents = [gateway(), service("up"), grpc_route("r", rule("up")), authorities("ca", authority.pem)]
    server = weir(*documents, policy("up", hostname="up.test"), "--workers", "1", up=backend.port)
    with Client(server) as client:
        assert client.unary("/S/Echo", b"q") == b"backend:q"
        assert list(client.channel.unary_stream("/S/Count")(b"3", TIMEOUT_SECONDS)) == [b"0", b"1", b"2"]
        server.write("all.yaml", *documents, policy("up", hostname="other.test"))
        eventually(lambda: client.status("/S/Echo") == UNAVAILABLE, "a certificate for another name is not accepted")


# Tools


def test_check_explain_and_test_know_calls(tmp_path) -> None:
    manifests = tmp_path / "manifests"
    write(
        manifests, "all.yaml", gateway(), service("cart"), route("web", rule("cart")),
        grpc_route("calls", rule("cart", match=rpc("shop.Cart", "Add")), rule(match=rpc("shop.Stock"))),
    )  # fmt: skip
    checked = run("check", "-f", manifests).stdout
    assert "every request that it takes is answered with the gRPC status UNAVAILABLE" in checked

    call = ("-X", "POST", "-H", "content-type: application/grpc")
    done = run("explain", "-f", manifests, *call, "http://shop.test/shop.Cart/Add", code=0)
    assert "by GRPCRoute test/calls rule 0" in done.stdout
    done = run("explain", "-f", manifests, *call, "http://shop.test/shop.Cart/Remove")
    assert "The call ends with UNIMPLEMENTED." in done.stdout

    def entry(target: str, **expect) -> dict:
        headers = {"content-type": "application/grpc"}
        return {
            "name": target,
            "request": {"url": f"http://shop.test{target}", "method": "POST", "headers": headers},
            "expect": expect,
        }

    suite = tmp_path / "calls.test.yaml"
    tests = [
        entry("/shop.Cart/Add", route="calls", backend="cart"), entry("/shop.Cart/Remove", grpcStatus=12),
        entry("/shop.Stock/Take", grpcStatus=14, status=200),
    ]  # fmt: skip
    suite.write_text(yaml.safe_dump({"manifests": ["manifests"], "tests": tests}))
    assert run("test", suite, code=0).stdout.endswith("all passed\n")
    tests[1]["expect"]["grpcStatus"] = 5
    suite.write_text(yaml.safe_dump({"manifests": ["manifests"], "tests": tests}))
    assert "grpcStatus" in run("test", suite, code=1).stdout

