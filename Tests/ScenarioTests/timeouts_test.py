"""`timeouts` of a rule: 504, or a response that is cut off when it has begun."""

import time

import pytest

from support.backends import Gate, answering, response
from support.manifests import Document, gateway, route, rule, service
from support.wire import Closed, request

LONG = 30  # Seconds: an answer that took so long was not timed out.


@pytest.fixture
def timed(weir, backend):
    """Starts weir with these timeouts in front of a backend whose answers wait for a gate."""

    def start(serve=None, *flags: str, **timeouts: str):
        gate = serve or Gate()
        upstream = backend(gate)
        rules: Document = rule("up") | {"timeouts": timeouts}
        return weir(gateway(), service("up"), route("r", rules), "--workers", "1", *flags, up=upstream), upstream, gate

    return start


@pytest.mark.parametrize("field", ["request", "backendRequest"])
def test_a_backend_that_does_not_answer_in_time_means_504(timed, field: str) -> None:
    server, upstream, gate = timed(**{field: "200ms"})
    began = time.monotonic()
    with server.connect() as client:
        client.send(request("GET", "/"))
        assert client.read_response().status == 504
        assert 0.15 < time.monotonic() - began < LONG
        gate.open.set()
        # The client's connection goes on; the backend's does not, since its answer is still to come.
        client.send(request("GET", "/again"))
        assert client.read_response().status == 200
    assert upstream.connections == 2
    name = "weir_request_timeouts_total" if field == "request" else "weir_backend_request_timeouts_total"
    assert f"{name} 1" in server.admin("/metrics").text


@pytest.mark.parametrize("timeouts", [{"request": "0s"}, {"backendRequest": "0s"}, {"request": "30s"}])
def test_zero_is_no_timeout_and_a_fast_answer_meets_any(timed, timeouts: dict) -> None:
    server, _, _ = timed(answering(), **timeouts)
    assert [server.get().status_code for _ in range(3)] == [200] * 3


@pytest.mark.parametrize("field", ["request", "backendRequest"])
def test_a_response_that_has_begun_is_cut_off(timed, field: str) -> None:
    def serve(wire, backend) -> None:
        backend.receive(wire)
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello")
        wire.read_to_end()

    server, upstream, _ = timed(serve, **{field: "200ms"})
    with server.connect() as client:
        client.send(request("GET", "/"))
        assert client.read_head().status == 200
        with pytest.raises((Closed, ConnectionError)):
            client.read_exactly(100)
    assert upstream.connections == 1


def test_the_request_timeout_covers_a_client_that_sends_its_body_slowly(timed) -> None:
    server, _, _ = timed(request="300ms")
    with server.connect() as client:
        client.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 100\r\n\r\nslow")
        answer = client.read_response()
        assert answer.status == 504
        assert answer.get("connection") == "close"


def test_a_timeout_of_one_rule_leaves_requests_of_others_on_the_connection_alone(weir, backend) -> None:
    from support.manifests import path

    gate = Gate(target="/slow")
    upstream = backend(gate)
    rules = [
        rule("up", match=path("/timed")) | {"timeouts": {"request": "150ms"}},
        rule("up", match=path("/slow")),
    ]
    server = weir(gateway(), service("up"), route("r", *rules), "--workers", "1", up=upstream)
    with server.connect() as client:
        client.send(request("GET", "/timed"))
        assert client.read_response().status == 200
        client.send(request("GET", "/slow"))
        assert gate.reached.wait(10)
        time.sleep(0.4)  # Longer than the timeout of the rule before; nothing observable happens meanwhile.
        gate.open.set()
        assert client.read_response().status == 200


def test_a_backend_that_cannot_be_reached_in_time_means_504(weir) -> None:
    """A listener whose backlog is full does not accept: the connection stays half open."""
    import socket

    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.socket() as first, socket.socket() as second:
        port = full.getsockname()[1]
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        rules = rule("up") | {"timeouts": {"backendRequest": "300ms"}}
        server = weir(gateway(), service("up"), route("r", rules), "--workers", "1", up=port)
        assert server.get().status_code == 504


def test_the_duration_that_is_left_does_not_grow_when_the_configuration_is_loaded_again(timed) -> None:
    server, _, gate = timed(request="1s")
    with server.connect() as client:
        client.send(request("GET", "/"))
        assert gate.reached.wait(10)
        server.write("more.yaml", service("other"))
        assert client.read_response().status == 504
    assert response  # The gate stays closed.
