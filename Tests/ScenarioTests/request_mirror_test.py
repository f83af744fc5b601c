"""`requestMirror`: copies that the client never notices."""

import time

import pytest
import requests

from support.backends import Backend, Gate, response
from support.manifests import gateway, mirror, path, request_headers, rewrite, route, rule, service
from support.ports import free_port
from support.waiting import eventually
from support.wire import request


def same(mirrored: list, expected: list) -> bool:
    return sorted(mirrored) == sorted(expected)


@pytest.fixture
def mirrored(weir, backend):
    """One primary `up` and mirrors by name, which get what `filters` say."""

    def start(filters: list, *flags: str, up=None, **mirrors) -> tuple:
        primary = backend(up)
        targets = {name: target if isinstance(target, (Backend, int)) else backend(target) for name, target in mirrors.items()}
        rules = rule("up", filters=filters)
        services = [service(name) for name in ["up", *targets]]
        server = weir(gateway(), *services, route("r", rules), "--workers", "1", *flags, up=primary, **targets)
        return server, primary, targets

    return start


def test_a_mirror_gets_what_the_backend_gets_and_nobody_waits_for_its_answer(mirrored) -> None:
    gate = Gate()
    filters = [
        mirror("copy"),
        request_headers(set=[{"name": "X-Set", "value": "v"}]),
        rewrite(path={"type": "ReplaceFullPath", "replaceFullPath": "/rewritten"}),
    ]
    server, primary, targets = mirrored(filters, copy=gate)
    answer = server.get("/original?uuid=7")
    assert (answer.status_code, answer.text) == (200, "ok")
    eventually(lambda: targets["copy"].requests)
    assert targets["copy"].targets == primary.targets == ["/rewritten?uuid=7"]
    assert targets["copy"].requests[0].get("x-set") == "v"
    assert targets["copy"].requests[0].get("host") == "shop.test"
    gate.open.set()


def test_several_mirrors_get_a_copy_each(mirrored) -> None:
    server, _, targets = mirrored([mirror("one"), mirror("two"), mirror("three")], one=None, two=None, three=None)
    for number in range(5):
        assert server.get(f"/?n={number}").status_code == 200
    for target in targets.values():
        eventually(lambda: len(target.requests) == 5)
        assert same(target.targets, [f"/?n={number}" for number in range(5)])


@pytest.mark.parametrize(
    ("share", "expected"),
    [({"percent": 20}, 0.2), ({"fraction": {"numerator": 25, "denominator": 50}}, 0.5), ({"percent": 0}, 0), ({}, 1)],
)
def test_a_share_of_the_requests_is_mirrored(mirrored, share: dict, expected: float) -> None:
    server, primary, targets = mirrored([mirror("copy", **share)], copy=None)
    count = 1000
    with requests.Session() as session:
        for number in range(count):
            assert session.get(server.url(f"/{number}"), headers={"Host": "shop.test"}, timeout=10).status_code == 200
    sent = f"weir_mirrored_requests_total {len(targets['copy'].requests)}"
    eventually(lambda: f"weir_mirrored_requests_total {len(targets['copy'].requests)}" in server.admin("/metrics").text)
    deviation = (count * expected * (1 - expected)) ** 0.5
    assert abs(len(targets["copy"].requests) - count * expected) <= 6 * deviation, sent
    assert len(primary.requests) == count


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_is_mirrored(mirrored, chunked: bool) -> None:
    server, primary, targets = mirrored([mirror("copy")], copy=None)
    body = b"0123456789" * 20_000
    data = iter([body[:50_000], body[50_000:]]) if chunked else body
    assert requests.post(server.url("/b"), data=data, headers={"Host": "shop.test"}, timeout=20).status_code == 200
    eventually(lambda: targets["copy"].requests)
    assert primary.requests[0].body == targets["copy"].requests[0].body == body


def test_trailers_are_mirrored(mirrored) -> None:
    """They leave in a send of their own, behind the last data."""
    server, primary, targets = mirrored([mirror("copy")], copy=None)
    with server.connect() as client:
        client.send(request("POST", "/t", "Transfer-Encoding: chunked", "Trailer: X-Sum"))
        client.send("5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n")
        assert client.read_response().status == 200
    eventually(lambda: targets["copy"].requests)
    for message in (primary.requests[0], targets["copy"].requests[0]):
        assert (message.body, message.trailers) == (b"hello", [("X-Sum", "5")])


def test_a_mirror_that_is_not_there_changes_nothing(mirrored) -> None:
    server, primary, _ = mirrored([mirror("gone")], gone=free_port())
    for number in range(20):
        answer = requests.post(server.url(f"/{number}"), data=b"x" * 10_000, headers={"Host": "shop.test"}, timeout=20)
        assert (answer.status_code, answer.text) == (200, "ok")
    assert len(primary.requests) == 20
    assert "weir_mirrors_dropped_total 0" not in server.admin("/metrics").text or (
        "weir_mirrors_failed_total 0" not in server.admin("/metrics").text
    )


def test_a_mirror_that_does_not_read_costs_bounded_memory(mirrored) -> None:
    def deaf(wire, backend: Backend) -> None:
        wire.socket.setsockopt(1, 8, 4096)  # A small receive buffer.
        wire.read_head()
        deaf.until.wait(60)

    import threading

    deaf.until = threading.Event()
    server, _, _ = mirrored([mirror("deaf")], deaf=deaf)
    before = server.resident_bytes
    size = 30 * 1024 * 1024
    began = time.monotonic()
    answer = requests.post(server.url("/"), data=b"x" * size, headers={"Host": "shop.test"}, timeout=60)
    assert answer.status_code == 200 and time.monotonic() - began < 30
    assert server.resident_bytes - before < 16 * 1024 * 1024
    eventually(lambda: "weir_mirrors_dropped_total 1" in server.admin("/metrics").text)
    deaf.until.set()


def test_a_mirror_that_never_answers_gets_a_bounded_number_of_copies(mirrored) -> None:
    gate = Gate()
    server, _, targets = mirrored([mirror("hung")], hung=gate)
    with requests.Session() as session:
        for number in range(400):
            assert session.get(server.url(f"/{number}"), headers={"Host": "shop.test"}, timeout=10).status_code == 200
    assert targets["hung"].connections <= 128
    assert "weir_mirrors_dropped_total 272" in server.admin("/metrics").text
    gate.open.set()
    eventually(lambda: server.get("/after").ok and "/after" in targets["hung"].targets)


@pytest.mark.parametrize("answer", [b"garbage\r\n\r\n", response("x" * 100_000, status="500 No"), b""])
def test_whatever_a_mirror_answers_the_client_gets_the_backends_answer(mirrored, answer: bytes) -> None:
    def serve(wire, backend: Backend) -> None:
        backend.receive(wire)
        wire.send(answer)

    server, _, targets = mirrored([mirror("odd")], odd=serve)
    for number in range(10):
        assert server.get(f"/{number}").text == "ok"
    eventually(lambda: len(targets["odd"].requests) == 10)


def test_a_client_that_breaks_off_its_body_ends_the_copy_too(mirrored) -> None:
    seen = []

    def serve(wire, backend: Backend) -> None:
        wire.read_head()
        seen.append("head")
        try:
            wire.read_exactly(1000)
        finally:
            seen.append("end")

    server, _, _ = mirrored([mirror("copy")], up=serve, copy=serve)
    with server.connect() as client:
        client.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 1000\r\n\r\npart")
        eventually(lambda: seen.count("head") == 2)
        client.reset()
    eventually(lambda: seen.count("end") == 2)


def test_a_mirror_of_one_rule_gets_nothing_of_another(weir, backend) -> None:
    copy, up = backend(), backend()
    rules = [rule("up", match=path("/m"), filters=mirror("copy")), rule("up", match=path("/plain"))]
    server = weir(gateway(), service("up"), service("copy"), route("r", *rules), "--workers", "1", up=up, copy=copy)
    server.get("/plain")
    server.get("/m")
    eventually(lambda: copy.requests)
    assert copy.targets == ["/m"]


def test_pipelined_requests_are_mirrored_one_by_one(mirrored) -> None:
    server, _, targets = mirrored([mirror("copy")], copy=None)
    with server.connect() as client:
        client.send(b"".join(request("POST", f"/{n}", "Content-Length: 3", body=b"abc") for n in range(10)))
        assert [client.read_response().status for _ in range(10)] == [200] * 10
    eventually(lambda: len(targets["copy"].requests) == 10)
    assert {message.body for message in targets["copy"].requests} == {b"abc"}
