"""The ExternalAuth filter with protocol HTTP: nothing goes on before the authorization server has said 200."""

import threading

import pytest
import requests

from support.backends import Backend, Gate, answering, response
from support.manifests import external_auth, gateway, path, redirect, request_headers, route, rule, service
from support.ports import free_port
from support.waiting import eventually
from support.wire import request


@pytest.fixture
def guarded(weir, backend):
    """A rule whose requests the server `auth` decides about."""

    def start(auth=None, *more_filters: dict, **configuration):
        upstream = backend()
        judge = auth if isinstance(auth, (Backend, int)) else backend(auth)
        filters = [external_auth("auth", **configuration), *more_filters]
        server = weir(
            gateway(), service("up"), service("auth"), route("r", rule("up", filters=filters)), "--workers", "1",
            up=upstream, auth=judge,
        )  # fmt: skip
        return server, upstream, judge

    return start


def test_200_lets_the_request_in(guarded) -> None:
    server, upstream, judge = guarded()
    answer = server.get("/a/b?c=d", headers={"Host": "shop.test", "Authorization": "Bearer t", "X-Other": "o"})
    assert (answer.status_code, answer.text) == (200, "ok")
    asked = judge.requests[0]
    assert (asked.method, asked.target, asked.get("host")) == ("GET", "/a/b?c=d", "shop.test")
    assert (asked.get("authorization"), asked.get("content-length"), asked.get("x-other")) == ("Bearer t", "0", None)
    assert upstream.requests[0].get("x-other") == "o"


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "302 Found", "204 No Content", "500 Oops"])
def test_any_other_status_goes_to_the_client_as_it_is(guarded, status: str) -> None:
    body = "" if status.startswith("204") else "who are you"
    refusal = response(body, "WWW-Authenticate: Basic", "Location: /login", "Set-Cookie: a=b", status=status)
    if not body:
        refusal = refusal.replace(b"Content-Length: 0\r\n", b"")
    server, upstream, _ = guarded(answering(refusal))
    for _ in range(3):
        answer = server.get("/")
        assert (answer.status_code, answer.text) == (int(status[:3]), body)
        assert answer.headers["WWW-Authenticate"] == "Basic" and answer.headers["Set-Cookie"] == "a=b"
    assert upstream.requests == []
    assert "weir_authorizations_refused_total 3" in server.admin("/metrics").text


@pytest.mark.parametrize("failure", ["refused", "closes", "garbage"])
def test_nobody_is_let_in_when_the_server_cannot_be_asked(guarded, failure: str) -> None:
    def serve(wire, judge: Backend) -> None:
        judge.receive(wire)
        if failure == "garbage":
            wire.send("nonsense\r\n\r\n")

    server, upstream, _ = guarded(free_port() if failure == "refused" else serve)
    assert server.get("/").status_code == 503
    assert upstream.requests == []


def test_nobody_is_let_in_when_the_reference_is_wrong(weir, backend) -> None:
    upstream = backend()
    rules = rule("up", filters=external_auth("missing"))
    server = weir(gateway(), service("up"), route("r", rules), "--workers", "1", up=upstream)
    assert server.get("/").status_code == 500
    assert upstream.requests == []


def test_what_the_server_may_see_and_say_is_configured(guarded) -> None:
    verdict = response("", "X-User: bob", "X-Role: admin", "X-Secret: s")
    server, upstream, judge = guarded(
        answering(verdict),
        http={
            "path": "/check/",
            "allowedHeaders": ["X-Tenant"],
            "allowedResponseHeaders": ["x-user", "X-Role", "X-Group"],
        },
    )
    sent = {"Host": "shop.test", "X-Tenant": "t", "X-User": "mallory", "x-group": "root", "X-Kept": "k", "Cookie": "c=1"}
    assert server.get("/p?q", headers=sent).status_code == 200
    asked, forwarded = judge.requests[0], upstream.requests[0]
    assert (asked.target, asked.get("x-tenant"), asked.get("cookie")) == ("/check/p?q", "t", None)
    assert forwarded.target == "/p?q"
    assert forwarded.all("x-user") == ["bob"] and forwarded.all("x-role") == ["admin"]
    assert forwarded.get("x-group") is None, "a field that is the server's to set is never the client's"
    assert forwarded.get("x-secret") is None and forwarded.get("x-kept") == "k"


def test_without_a_list_all_fields_of_the_answer_are_copied_but_those_about_the_answer(guarded) -> None:
    verdict = response("granted", "X-User: bob", "Content-Type: text/odd", "Date: x", "Connection: X-Hop", "X-Hop: h")
    server, upstream, _ = guarded(answering(verdict))
    body = b'{"a": 1}'
    sent = {"Host": "shop.test", "X-User": "mallory", "Content-Type": "application/json"}
    assert requests.post(server.url("/"), data=body, headers=sent, timeout=10).status_code == 200
    forwarded = upstream.requests[0]
    assert forwarded.all("x-user") == ["bob"] and forwarded.get("content-type") == "application/json"
    assert forwarded.get("x-hop") is None and forwarded.get("host") == "shop.test"
    assert forwarded.body == body


@pytest.mark.parametrize("chunked", [False, True])
def test_the_body_waits_for_the_answer(guarded, chunked: bool) -> None:
    gate = Gate(response(""))
    server, upstream, judge = guarded(gate)
    with server.connect() as client:
        if chunked:
            client.send(request("POST", "/", "Transfer-Encoding: chunked") + b"5\r\nhello\r\n")
        else:
            client.send(request("POST", "/", "Content-Length: 11") + b"hello")
        assert gate.reached.wait(10)
        assert upstream.connections == 0
        gate.open.set()
        client.send(b"6\r\n world\r\n0\r\n\r\n" if chunked else b" world")
        assert client.read_response().status == 200
        client.send(request("GET", "/next"))
        assert client.read_response().status == 200
    assert [message.body for message in upstream.requests] == [b"hello world", b""]
    assert judge.requests[0].body == b""


@pytest.mark.parametrize("chunked", [False, True])
def test_the_body_is_shown_to_the_server_when_asked_for(guarded, chunked: bool) -> None:
    server, upstream, judge = guarded(None, forwardBody={"maxSize": 100_000})
    body = b"0123456789" * 5000
    data = iter([body[:7], body[7:]]) if chunked else body
    answer = requests.post(server.url("/"), data=data, headers={"Host": "shop.test"}, timeout=10)
    assert answer.status_code == 200
    assert judge.requests[0].body == body and judge.requests[0].get("content-length") == str(len(body))
    assert upstream.requests[0].body == body
    assert requests.get(server.url("/"), headers={"Host": "shop.test"}, timeout=10).status_code == 200
    assert judge.requests[1].get("content-length") == "0"


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_to_be_shown_is_refused(guarded, chunked: bool) -> None:
    server, upstream, judge = guarded(None, forwardBody={"maxSize": 10})
    data = iter([b"x" * 11]) if chunked else b"x" * 11
    answer = requests.post(server.url("/"), data=data, headers={"Host": "shop.test"}, timeout=10)
    assert answer.status_code == 413
    assert upstream.requests == [] and judge.requests == []


def test_a_client_that_waits_for_100_is_told_to_go_on(guarded) -> None:
    server, upstream, judge = guarded(None, forwardBody={"maxSize": 100})
    with server.connect() as client:
        client.send(request("POST", "/", "Content-Length: 5", "Expect: 100-continue"))
        assert client.read_head().status == 100
        client.send(b"hello")
        assert client.read_response().status == 200
    assert judge.requests[0].body == upstream.requests[0].body == b"hello"


def test_other_filters_act_on_the_request_to_the_backend_only(guarded) -> None:
    server, upstream, judge = guarded(None, request_headers(set=[{"name": "X-Added", "value": "a"}]))
    assert server.get("/").status_code == 200
    assert judge.requests[0].get("x-added") is None
    assert upstream.requests[0].get("x-added") == "a"


def test_a_redirect_is_given_only_to_those_who_are_let_in(weir, backend) -> None:
    judge = backend(answering(response(""), response("no", status="403 Forbidden")))
    rules = rule(filters=[external_auth("auth"), redirect(hostname="new.test")])
    server = weir(gateway(), service("auth"), route("r", rules), "--workers", "1", auth=judge)
    assert server.get("/a").headers["Location"].startswith("http://new.test")
    assert server.get("/a").status_code == 403


def test_a_client_that_leaves_ends_the_question(guarded) -> None:
    gate = Gate(response(""))
    server, upstream, judge = guarded(gate)
    with server.connect() as client:
        client.send(request("GET", "/"))
        assert gate.reached.wait(10)
        client.reset()
    eventually(lambda: "weir_upstream_connections 0" in server.admin("/metrics").text)
    gate.open.set()
    assert server.get("/").status_code == 200
    assert len(upstream.requests) == 1


def test_the_request_timeout_covers_the_question(weir, backend) -> None:
    gate = Gate()
    rules = rule("up", filters=external_auth("auth")) | {"timeouts": {"request": "200ms"}}
    server = weir(
        gateway(), service("up"), service("auth"), route("r", rules), "--workers", "1", up=backend(), auth=backend(gate)
    )
    assert server.get("/").status_code == 504
    gate.open.set()


def test_rules_of_the_route_without_the_filter_are_open(weir, backend) -> None:
    judge = backend(answering(response("no", status="401 No")))
    rules = [rule("up", match=path("/in"), filters=external_auth("auth")), rule("up", match=path("/open"))]
    server = weir(
        gateway(), service("up"), service("auth"), route("r", *rules), "--workers", "1", up=backend(), auth=judge
    )
    assert server.get("/in").status_code == 401
    assert server.get("/open").status_code == 200


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_arrives_during_a_refusal_never_reaches_the_authorization_server(guarded, chunked: bool) -> None:
    """What a refused client still sends would be a request of its own there, and its answer that to a later question."""
    halfway, goes_on = threading.Event(), threading.Event()

    def serve(wire, judge: Backend) -> None:
        while True:
            if judge.receive(wire).target != "/":
                wire.send(response(""))
                continue
            wire.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nnot")
            halfway.set()
            assert goes_on.wait(10)
            wire.send("you")

    server, upstream, judge = guarded(serve)
    smuggled = request("GET", "/smuggled", body=b"")
    with server.connect() as client:
        framing = "Transfer-Encoding: chunked" if chunked else "Content-Length: 1000"
        client.send(request("POST", "/", framing))
        assert halfway.wait(10)
        assert client.read_head().status == 403
        client.send(f"{len(smuggled):x}\r\n".encode() + smuggled + b"\r\n" if chunked else smuggled)
        assert client.read_exactly(3) == b"not"
        # The event loop has seen the bytes above when it has told its counters a few times.
        for _ in range(5):
            server.admin("/metrics")
        goes_on.set()
        assert client.read_to_end() == b"you"
    assert server.get("/next").status_code == 200
    assert judge.targets == ["/", "/next"]
    assert upstream.targets == ["/next"]


def test_trailers_of_a_client_cannot_pose_as_what_the_server_says(guarded) -> None:
    server, upstream, _ = guarded(None, http={"allowedResponseHeaders": ["X-User"]})
    with server.connect() as client:
        client.send(request("POST", "/", "Transfer-Encoding: chunked"))
        client.send("5\r\nhello\r\n0\r\nX-User: mallory\r\n\r\n")
        assert client.read_response().status == 200
    assert (upstream.requests[0].body, upstream.requests[0].trailers) == (b"hello", [])


def test_a_question_is_asked_again_when_a_pooled_connection_proves_closed(guarded) -> None:
    def serve(wire, judge: Backend) -> None:
        judge.receive(wire)
        wire.send(response(""))
        judge.receive(wire)  # And closes instead of an answer.

    server, upstream, judge = guarded(serve)
    for number in range(4):
        answer = requests.post(server.url("/"), data=b"body", headers={"Host": "shop.test"}, timeout=10)
        assert answer.status_code == 200, number
    assert [message.body for message in upstream.requests] == [b"body"] * 4
    assert judge.connections > 1
