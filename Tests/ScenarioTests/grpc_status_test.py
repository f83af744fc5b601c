"""What the proxy answers to gRPC calls itself, seen over HTTP/1.1: always 200 with a status of gRPC in the head."""

import time

import pytest

from support.backends import Gate, answering, response
from support.grpc_web import frame
from support.manifests import (
    backend as reference, external_auth, gateway, grpc_route, path, route, rpc, rule, service,
)  # fmt: skip
from support.ports import free_port
from support.wire import request

GRPC = "Content-Type: application/grpc"


def call(server, target: str = "/S/M", *lines: str, kind: str = GRPC, host: str = "shop.test"):
    with server.connect() as client:
        client.send(request("POST", target, kind, *lines, body=frame(b"q"), host=host))
        return client.read_response("POST")


def status(answer) -> tuple[int, str | None]:
    assert answer.get("content-type") == "application/grpc"
    assert answer.body == b"" and answer.get("grpc-message")
    return answer.status, answer.get("grpc-status")


def test_no_rule_and_no_host_are_unimplemented(weir, backend) -> None:
    upstream = backend()
    server = weir(
        gateway(), service("up", "http/1.1"), "--workers", "1",
        grpc_route("r", rule("up", match=rpc("S", "M")), hostnames=["shop.test"]), up=upstream,
    )  # fmt: skip
    assert status(call(server, "/S/Other")) == (200, "12")
    assert status(call(server, host="other.test")) == (200, "12")
    # Everything else stays HTTP.
    assert server.get("/S/M", headers={"Host": "shop.test"}).status_code == 404
    assert call(server, kind="Content-Type: application/json").status == 404
    assert upstream.requests == []


def test_backends_that_cannot_be_used_are_unavailable(weir) -> None:
    server = weir(
        gateway(), service("empty"), service("refused", "http/1.1"), service("up"), "--workers", "1",
        grpc_route(
            "r", rule("missing", match=rpc("Missing")), rule("empty", match=rpc("Empty")), rule(match=rpc("None")),
            rule(reference("up", weight=0), match=rpc("Zero")), rule("refused", match=rpc("Refused")),
        ),
        refused=free_port(),
    )  # fmt: skip
    for name in ["Missing", "Empty", "None", "Zero", "Refused"]:
        assert status(call(server, f"/{name}/M")) == (200, "14"), name


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n"])
def test_a_backend_that_breaks_is_unavailable(weir, backend, answer: bytes) -> None:
    def serve(wire, upstream) -> None:
        upstream.receive(wire)
        wire.send(answer)

    server = weir(
        gateway(), service("up", "http/1.1"), grpc_route("r", rule("up")), "--workers", "1", up=backend(serve)
    )
    assert status(call(server)) == (200, "14")


def test_the_clients_timeout_is_kept(weir, backend) -> None:
    gate = Gate()
    upstream = backend(gate)
    server = weir(gateway(), service("up", "http/1.1"), grpc_route("r", rule("up")), "--workers", "1", up=upstream)
    began = time.monotonic()
    assert status(call(server, "/S/M", "grpc-timeout: 200m")) == (200, "4")
    assert time.monotonic() - began >= 0.15
    assert upstream.requests[0].get("grpc-timeout") == "200m"
    gate.open.set()
    # A value that is none means none; the next call on a fresh exchange has no deadline left over.
    assert call(server, "/S/M", "grpc-timeout: soon").status == 200
    assert call(server).status == 200
    assert "weir_request_timeouts_total 1" in server.admin("/metrics").text


def test_a_timeout_in_the_middle_of_a_response_ends_it_with_a_status(weir, backend) -> None:
    def serve(wire, upstream) -> None:
        upstream.receive(wire)
        wire.send("HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\nTransfer-Encoding: chunked\r\n\r\n")
        wire.send(b"6\r\n" + frame(b"a") + b"\r\n")
        wire.read_to_end()

    server = weir(gateway(), service("up", "http/1.1"), grpc_route("r", rule("up")), "--workers", "1", up=backend(serve))
    answer = call(server, "/S/M", "grpc-timeout: 300m")
    assert answer.body == frame(b"a")
    assert dict(answer.trailers)["grpc-status"] == "4"


def test_an_authorization_server_refuses_in_grpc(weir, backend) -> None:
    judge = backend(
        answering(*[response("no", status=line) for line in ("401 Unauthorized", "403 Forbidden", "503 Later")])
    )
    upstream = backend()
    server = weir(
        gateway(), service("up"), service("auth"), "--workers", "1",
        # An HTTPRoute has the filter, and takes gRPC calls where no GRPCRoute is for the host.
        route("r", rule("up", match=path("/S"), filters=external_auth("auth")), hostnames=["shop.test"]),
        grpc_route("other", rule("up"), hostnames=["grpc.test"]), up=upstream, auth=judge,
    )  # fmt: skip
    assert [status(call(server))[1] for _ in range(3)] == ["16", "7", "14"]
    assert upstream.requests == []
    assert "weir_authorizations_refused_total 3" in server.admin("/metrics").text
