"""`retry` of a rule: which failures are tried again, how often, and with what."""

import time
from collections import Counter
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from support.backends import Backend, response
from support.manifests import backend as to, endpoints, gateway, path, route, rule, service
from support.wire import request


def failing(times: int, status: int = 503):
    """Fails the first requests of every `id`."""
    seen: Counter = Counter()

    def serve(wire, backend: Backend) -> None:
        while True:
            message = backend.receive(wire)
            key = parse_qs(urlsplit(message.target).query).get("id", [""])[0]
            seen[key] += 1
            if seen[key] <= times:
                wire.send(response("failed", "X-Try: " + str(seen[key]), status=f"{status} Failed"))
            else:
                wire.send(response(f"try {seen[key]}"))

    return serve


@pytest.fixture
def retrying(weir, backend):
    def start(serve, *flags: str, timeouts: dict | None = None, **retry):
        upstream = backend(serve)
        rules = rule("up") | {"retry": {"backoff": "1ms"} | retry} | ({"timeouts": timeouts} if timeouts else {})
        return weir(gateway(), service("up"), route("r", rules), "--workers", "1", *flags, up=upstream), upstream

    return start


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_a_listed_status_is_tried_again_until_it_works(retrying, status: int) -> None:
    server, upstream = retrying(failing(2, status), codes=[status], attempts=3)
    answer = server.get("/a?id=1&x=%20y")
    assert (answer.status_code, answer.text) == (200, "try 3")
    assert upstream.targets == ["/a?id=1&x=%20y"] * 3
    assert "weir_retries_total 2" in server.admin("/metrics").text


def test_the_last_status_goes_to_the_client_when_all_attempts_are_used(retrying) -> None:
    server, upstream = retrying(failing(99, 500), codes=[500], attempts=2)
    answer = server.get("/")
    assert (answer.status_code, answer.text, answer.headers["X-Try"]) == (500, "failed", "3")
    assert len(upstream.requests) == 3


def test_a_status_that_is_not_listed_goes_to_the_client_at_once(retrying) -> None:
    server, upstream = retrying(failing(99, 503), codes=[500], attempts=3)
    assert server.get("/").status_code == 503
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_the_body_is_the_same_on_every_try(retrying, method: str, chunked: bool) -> None:
    server, upstream = retrying(failing(2), codes=[503], attempts=3)
    body = bytes(range(256)) * 64
    answer = requests.request(
        method,
        server.url("/b"),
        data=iter([body[:5000], body[5000:]]) if chunked else body,
        headers={"Host": "shop.test", "X-Kept": "yes"},
        timeout=20,
    )
    assert answer.status_code == 200
    assert [message.body for message in upstream.requests] == [body] * 3
    assert {message.get("x-kept") for message in upstream.requests} == {"yes"}


def test_a_request_that_outgrows_the_buffer_is_not_tried_again(retrying) -> None:
    server, upstream = retrying(failing(1), codes=[503], attempts=3)
    answer = requests.post(server.url("/"), data=b"x" * 200_000, headers={"Host": "shop.test"}, timeout=20)
    assert answer.status_code == 503
    assert len(upstream.requests) == 1


def test_a_connection_that_breaks_before_the_answer_is_tried_again_whatever_the_codes(retrying) -> None:
    def serve(wire, backend: Backend) -> None:
        while True:
            backend.receive(wire)
            if len(backend.requests) <= 2:
                return
            wire.send(response("at last"))

    server, upstream = retrying(serve, attempts=2)
    answer = requests.post(server.url("/"), data=b"body", headers={"Host": "shop.test"}, timeout=20)
    assert (answer.status_code, answer.text) == (200, "at last")
    assert [message.body for message in upstream.requests] == [b"body"] * 3


def test_a_connection_that_always_breaks_means_502_after_all_attempts(retrying) -> None:
    server, upstream = retrying(lambda wire, backend: backend.receive(wire), attempts=2)
    assert server.get().status_code == 502
    assert len(upstream.requests) == 3


def test_refused_connections_are_tried_again_until_the_backend_is_there(weir, backend) -> None:
    from support.ports import free_port

    port = free_port()
    rules = rule("up") | {"retry": {"attempts": 20, "backoff": "50ms"}}
    server = weir(gateway(), service("up"), route("r", rules), "--workers", "1", up=port)
    with server.connect() as client:
        client.send(request("GET", "/"))
        time.sleep(0.2)
        backend(port=port)
        assert client.read_response().status == 200


def test_an_attempt_that_times_out_is_tried_again(retrying) -> None:
    def serve(wire, backend: Backend) -> None:
        while True:
            backend.receive(wire)
            if len(backend.requests) > 1:
                wire.send(response("second"))

    server, upstream = retrying(serve, timeouts={"backendRequest": "150ms"}, attempts=1)
    answer = server.get()
    assert (answer.status_code, answer.text) == (200, "second")
    assert len(upstream.requests) == 2


def test_attempts_that_all_time_out_mean_504(retrying) -> None:
    def serve(wire, backend: Backend) -> None:
        backend.receive(wire)
        wire.read_to_end()

    server, upstream = retrying(serve, timeouts={"backendRequest": "100ms"}, attempts=2)
    assert server.get().status_code == 504
    assert len(upstream.requests) == 3


def test_the_request_timeout_ends_retries_and_pauses(retrying) -> None:
    server, upstream = retrying(
        failing(99), codes=[503], attempts=50, backoff="10s", timeouts={"request": "300ms"}
    )
    assert server.get().status_code == 504
    assert len(upstream.requests) == 1


def test_the_pause_is_never_shorter_than_the_backoff(retrying) -> None:
    times: list[float] = []

    def serve(wire, backend: Backend) -> None:
        while True:
            backend.receive(wire)
            times.append(time.monotonic())
            wire.send(response("", status="503 Busy"))

    server, _ = retrying(serve, codes=[503], attempts=3, backoff="100ms")
    assert server.get().status_code == 503
    assert len(times) == 4
    assert all(later - earlier >= 0.1 for earlier, later in zip(times, times[1:]))


def test_a_retry_prefers_another_endpoint(weir, backend) -> None:
    bad = backend(failing(1_000_000))
    good = backend()
    same_port = backend(address="127.0.0.2", port=bad.port)
    good.stop()
    rules = rule("up") | {"retry": {"codes": [503], "attempts": 1, "backoff": "1ms"}}
    server = weir(
        gateway(),
        service("up"),
        endpoints("up", bad.port, "127.0.0.1", "127.0.0.2"),
        route("r", rules),
        "--workers",
        "1",
    )
    assert {server.get().status_code for _ in range(40)} == {200}
    assert len(bad.requests) > 0 and len(same_port.requests) >= 40


def test_responses_that_are_complete_keep_the_backend_connection(retrying) -> None:
    server, upstream = retrying(failing(2), codes=[503], attempts=3)
    assert server.get("/?id=1").status_code == 200
    assert upstream.connections == 1


def test_a_client_that_leaves_during_the_pause_ends_the_request(retrying) -> None:
    server, upstream = retrying(failing(99), codes=[503], attempts=9, backoff="400ms")
    with server.connect() as client:
        client.send(request("GET", "/"))
        from support.waiting import eventually

        eventually(lambda: len(upstream.requests) == 1)
        client.reset()
    from support.waiting import eventually

    eventually(lambda: "weir_downstream_connections 0" in server.admin("/metrics").text)
    assert len(upstream.requests) <= 2


def test_rules_without_retry_are_not_tried_again(weir, backend) -> None:
    upstream = backend(failing(1))
    rules = [
        rule("up", match=path("/with")) | {"retry": {"codes": [503], "attempts": 1}},
        rule(to("up"), match=path("/without")),
    ]
    server = weir(gateway(), service("up"), route("r", *rules), "--workers", "1", up=upstream)
    assert server.get("/with?id=1").status_code == 200
    assert server.get("/without?id=2").status_code == 503
