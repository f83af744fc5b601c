"""Rows of docs/conformance.md about filters, timeouts and retries."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from support.backends import Backend, response
from support.conformance import Ask, Served
from support.server import Echo
from support.waiting import eventually, settled

Row = Callable[..., Served]
V1, V2 = "infra-backend-v1", "infra-backend-v2"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Served]]:
    """Serves a row once for all the cases of this file."""
    started: dict[str, Served] = {}
    with ExitStack() as stack:

        def start(row: str) -> Served:
            if row not in started:
                directory: Path = tmp_path_factory.mktemp(row) / "manifests"
                started[row] = stack.enter_context(Served(directory, row, "--echo"))
            return started[row]

        yield start


# ---------------------------------------------------------------- redirects


def assert_redirect(server: Served, ask: Ask, status: int, location: str) -> None:
    answer = server.send(ask)
    assert (answer.status_code, answer.headers["Location"]) == (status, location)


@pytest.mark.parametrize("status, method", [(303, "POST"), (307, "GET"), (307, "POST"), (308, "GET"), (308, "POST")])
def test_http_route_30x_redirect(shared, status: int, method: str) -> None:
    server = shared(f"http-route-{status}-redirect")
    assert_redirect(server, Ask(f"/{status}/x?y=z", status, method=method), status, f"http://example.com/{status}/x?y=z")


@pytest.mark.parametrize(
    "path, status, location",
    [
        ("/hostname-redirect", 302, "http://example.org/hostname-redirect"),
        ("/host-and-status", 301, "http://example.org/host-and-status"),
    ],
)
def test_http_route_redirect_host_and_status(shared, path: str, status: int, location: str) -> None:
    assert_redirect(shared("http-route-redirect-host-and-status"), Ask(path, status), status, location)


@pytest.mark.parametrize(
    "path, status, location",
    [
        ("/original-prefix/lemon", 302, "http://example.com/replacement-prefix/lemon"),
        ("/original-prefix", 302, "http://example.com/replacement-prefix"),
        ("/original-prefix/lemon?a=b", 302, "http://example.com/replacement-prefix/lemon?a=b"),
        ("/full/path/original", 302, "http://example.com/full-path-replacement"),
        ("/path-and-host/lemon", 302, "http://example.org/replacement-prefix/lemon"),
        ("/path-and-status/lemon", 301, "http://example.com/replacement-prefix/lemon"),
        ("/full-path-and-host/lemon", 302, "http://example.org/replacement-full"),
        ("/full-path-and-status/lemon", 301, "http://example.com/replacement-full"),
    ],
)
def test_http_route_redirect_path(shared, path: str, status: int, location: str) -> None:
    assert_redirect(shared("http-route-redirect-path"), Ask(path, status), status, location)


@pytest.mark.parametrize(
    "path, status, location",
    [
        ("/port", 302, "http://example.com:8083/port"),
        ("/port-and-host", 302, "http://example.org:8083/port-and-host"),
        ("/port-and-status", 301, "http://example.com:8083/port-and-status"),
        ("/port-and-host-and-status", 302, "http://example.org:8083/port-and-host-and-status"),
    ],
)
def test_http_route_redirect_port(shared, path: str, status: int, location: str) -> None:
    assert_redirect(shared("http-route-redirect-port"), Ask(path, status), status, location)


@pytest.mark.parametrize(
    "path, status, location",
    [
        ("/scheme", 302, "https://example.com/scheme"),
        ("/scheme-and-host", 302, "https://example.org/scheme-and-host"),
        ("/scheme-and-status", 301, "https://example.com/scheme-and-status"),
        ("/scheme-and-host-and-status", 302, "https://example.org/scheme-and-host-and-status"),
    ],
)
def test_http_route_redirect_scheme(shared, path: str, status: int, location: str) -> None:
    assert_redirect(shared("http-route-redirect-scheme"), Ask(path, status), status, location)


@pytest.mark.parametrize(
    "listener, path, origin",
    [
        (80, "/scheme-nil-and-port-nil", "http://example.org"),
        (80, "/scheme-nil-and-port-80", "http://example.org"),
        (80, "/scheme-nil-and-port-8080", "http://example.org:8080"),
        (80, "/scheme-https-and-port-nil", "https://example.org"),
        (80, "/scheme-https-and-port-443", "https://example.org"),
        (80, "/scheme-https-and-port-8443", "https://example.org:8443"),
        (8080, "/scheme-nil-and-port-nil", "http://example.org:8080"),
        (8080, "/scheme-nil-and-port-80", "http://example.org"),
        (8080, "/scheme-https-and-port-nil", "https://example.org"),
    ],
)
def test_http_route_redirect_port_and_scheme(shared, listener: int, path: str, origin: str) -> None:
    """The nine cases of listeners that speak HTTP; six more need an HTTPS listener."""
    ask = Ask(path, 302, listener=listener)
    assert_redirect(shared("http-route-redirect-port-and-scheme"), ask, 302, origin + path)


# ---------------------------------------------------------------- rewrites


@pytest.mark.parametrize(
    "path, host, service",
    [("/one", "one.example.org", V1), ("/two/x", "example.org", V2)],
)
def test_http_route_rewrite_host(shared, path: str, host: str, service: str) -> None:
    echo = Echo(shared("http-route-rewrite-host").send(Ask(path, service, "rewrite.example")).json())
    assert (echo.service, echo.host, echo.path) == (service, host, path)


def test_http_route_rewrite_host_and_modify_headers(shared) -> None:
    sent = {"X-Header-Remove": "remove-val", "X-Header-Add": "one", "X-Header-Set": "old", "X-Kept": "kept"}
    server = shared("http-route-rewrite-host")
    echo = Echo(server.send(Ask("/rewrite-host-and-modify-headers", V2, "rewrite.example", headers=sent)).json())
    assert (echo.service, echo.host) == (V2, "test.example.org")
    names = ("X-Header-Remove", "X-Header-Add", "X-Header-Set", "X-Kept")
    assert [echo.get(name) for name in names] == [None, "one,header-val-1", "set-overwrites-values", "kept"]


@pytest.mark.parametrize(
    "path, seen, headers",
    [
        ("/prefix/one/two", "/one/two", {}),
        ("/prefix/one", "/one", {}),
        ("/prefix/one/two?q=1", "/one/two?q=1", {}),
        ("/strip-prefix/three", "/three", {}),
        ("/strip-prefix", "/", {}),
        ("/strip-prefix/", "/", {}),
        ("/full/one/two", "/one", {}),
        ("/full/one/two?q=1", "/one?q=1", {}),
        ("/full/rewrite-path-and-modify-headers/test", "/test", {"X-Header-Set": "set-overwrites-values"}),
        ("/prefix/rewrite-path-and-modify-headers/one", "/prefix/one", {"X-Header-Add": "a,add-appends-values"}),
    ],
)
def test_http_route_rewrite_path(shared, path: str, seen: str, headers: dict[str, str]) -> None:
    sent = {"X-Header-Set": "old", "X-Header-Add": "a", "X-Kept": "kept"}
    echo = Echo(shared("http-route-rewrite-path").send(Ask(path, V1, headers=sent)).json())
    assert (echo.service, echo.path, echo.host) == (V1, seen, "example.com")
    expected = sent | headers
    assert {name: echo.get(name) for name in expected} == expected


# ---------------------------------------------------------------- header modifiers

# Path, what is there, and what must be there then; None: nothing of that name. Other fields stay.
MODIFICATIONS = [
    ("/set", {}, {"X-Header-Set": "set-overwrites-values"}),
    ("/set", {"Some-Other-Header": "val", "X-Header-Set": "old"}, {"X-Header-Set": "set-overwrites-values"}),
    ("/add", {}, {"X-Header-Add": "add-appends-values"}),
    ("/add", {"X-Header-Add": "some-value"}, {"X-Header-Add": "some-value,add-appends-values"}),
    ("/remove", {"X-Header-Remove": "val", "Some-Other-Header": "val"}, {"X-Header-Remove": None}),
    (
        "/multiple",
        {
            "X-Header-Set-2": "old", "X-Header-Add-2": "first", "X-Header-Remove-1": "val",
            "X-Header-Remove-2": "val", "Another-Header": "another-header-val",
        },
        {
            "X-Header-Set-1": "a", "X-Header-Set-2": "b", "X-Header-Add-1": "c", "X-Header-Add-2": "first,d",
            "X-Header-Remove-1": None, "X-Header-Remove-2": None,
        },
    ),
    (
        "/case-insensitivity",
        {
            "x-header-set": "old", "X-Header-Add": "first", "x-Header-Remove": "val", "Another-Header": "val",
        },
        {"X-Header-Set": "a", "X-Header-Add": "first,b", "X-Header-Remove": None},
    ),
]


def modified(there: dict[str, str], changes: dict[str, str | None]) -> dict[str, str | None]:
    return {name.lower(): value for name, value in there.items()} | {
        name.lower(): value for name, value in changes.items()
    }


@pytest.mark.parametrize("path, sent, changes", MODIFICATIONS)
@pytest.mark.parametrize("row", ["http-route-request-header-modifier", "http-route-backend-request-header-modifier"])
def test_http_route_request_header_modifier(
    shared, row: str, path: str, sent: dict[str, str], changes: dict[str, str | None]
) -> None:
    """HTTPRouteRequestHeaderModifier, and HTTPRouteBackendRequestHeaderModifier with the filters at the backendRefs."""
    echo = Echo(shared(row).send(Ask(path, V1, headers=sent)).json())
    expected = modified(sent, changes)
    assert {name: echo.get(name) for name in expected} == expected


def response_fields(server: Served, ask: Ask) -> Callable[[str], str | None]:
    """The fields of the answer as they came, several of one name joined by a bare comma."""
    with server.connect(ask.listener) as client:
        lines = "".join(f"{name}: {value}\r\n" for name, value in ask.headers.items())
        client.send(f"GET {ask.target} HTTP/1.1\r\nHost: {ask.host}\r\n{lines}\r\n")
        answer = client.read_response()
    assert answer.status == 200
    assert answer.get("Content-Type") == "application/json"
    return lambda name: ",".join(answer.all(name)) if answer.all(name) else None


@pytest.mark.parametrize("path, there, changes", MODIFICATIONS)
def test_http_route_response_header_modifier(
    shared, path: str, there: dict[str, str], changes: dict[str, str | None]
) -> None:
    wanted = {"X-Echo-Set-Header": ", ".join(f"{name}:{value}" for name, value in there.items())}
    found = response_fields(shared("http-route-response-header-modifier"), Ask(path, V1, headers=wanted))
    expected = modified(there, changes)
    assert {name: found(name) for name in expected} == expected


def test_http_route_response_header_modifier_beside_a_request_header_modifier(shared) -> None:
    server = shared("http-route-response-header-modifier")
    wanted = {"X-Echo-Set-Header": "X-Header-Set:old, X-Empty:", "X-Header-Add": "first"}
    ask = Ask("/response-and-request", V1, headers=wanted)
    found = response_fields(server, ask)
    assert (found("X-Header-Set"), found("X-Empty"), found("X-Header-Add")) == ("set-overwrites-values", "", None)
    echo = Echo(server.send(ask).json())
    assert (echo.get("X-Header-Add"), echo.get("X-Header-Set")) == ("first,add-appends-values", None)


# ---------------------------------------------------------------- mirrors


def test_http_route_request_mirror(row: Row, backend) -> None:
    copy = backend()
    server = row("http-route-request-mirror", infra_backend_v2=copy)
    server.check(Ask("/mirror?uuid=1", V1))
    sent = {"X-Header-Remove": "x", "X-Header-Set": "old", "X-Header-Add": "a", "X-Kept": "kept"}
    echo = Echo(server.send(Ask("/mirror-and-modify-headers?uuid=2", V1, headers=sent)).json())
    expected = {"X-Header-Remove": None, "X-Header-Set": "a", "X-Header-Add": "a,b", "X-Kept": "kept"}
    assert echo.service == V1 and {name: echo.get(name) for name in expected} == expected
    eventually(lambda: len(copy.requests) == 2, "both are mirrored")
    assert copy.targets == ["/mirror?uuid=1", "/mirror-and-modify-headers?uuid=2"]
    found = copy.requests[1]
    assert {name: ",".join(found.all(name)) or None for name in expected} == expected


def test_http_route_request_multiple_mirrors(row: Row, backend) -> None:
    copies = backend(), backend()
    server = row("http-route-request-multiple-mirrors", infra_backend_v2=copies[0], infra_backend_v3=copies[1])
    server.check(*(Ask(f"/multi-mirror?uuid={number}", V1) for number in range(3)))
    for copy in copies:
        eventually(lambda: len(copy.requests) == 3, "each has a copy of every request")
        assert sorted(copy.targets) == [f"/multi-mirror?uuid={number}" for number in range(3)]


@pytest.mark.parametrize(
    "path, share",
    [("/percent-mirror", 0.2), ("/percent-mirror-fraction", 0.5), ("/percent-mirror-and-modify-headers", 0.35)],
)
def test_http_route_request_percentage_mirror(row: Row, backend, path: str, share: float) -> None:
    """Within three deviations of 500 requests; like the official test, in one of five tries."""
    copy = backend()
    server = row("http-route-request-percentage-mirror", infra_backend_v2=copy)
    count, deviation = 500, (500 * share * (1 - share)) ** 0.5

    def is_near() -> bool:
        before = len(copy.requests)
        server.check(*(Ask(f"{path}?uuid={number}", V1) for number in range(count)))
        seen = settled(lambda: len(copy.requests)) - before
        return abs(seen - count * share) <= 3 * deviation

    assert any(is_near() for _ in range(5))
    assert len(set(copy.targets)) <= count
    if path.endswith("headers"):
        assert {message.get("X-Header-Set") for message in copy.requests} == {"a"}


# ---------------------------------------------------------------- CORS

FOO, FAMILY = "https://www.foo.com", "access-control-"
# What every allowed preflight of the route cors-1 says.
PREFLIGHT = {
    "allow-methods": "GET,OPTIONS",
    "allow-headers": "x-header-1,x-header-2",
    "expose-headers": "x-header-3,x-header-4",
    "allow-credentials": "true",
    "max-age": "3600",
}
ACTUAL = {"allow-credentials": "true", "expose-headers": "x-header-3,x-header-4"}


def family(answer: requests.Response) -> dict[str, str]:
    return {
        name.lower().removeprefix(FAMILY): value.replace(" ", "")
        for name, value in answer.headers.items()
        if name.lower().startswith(FAMILY)
    }


def cors_ask(path: str, origin: str, method: str = "OPTIONS", **more: str) -> Ask:
    wanted = {"request_method": "GET"} | more if method == "OPTIONS" else more
    return Ask(
        path, 200, method=method,
        headers={"Origin": origin} | {f"{FAMILY}{name.replace('_', '-')}": value for name, value in wanted.items()},
    )


@pytest.mark.parametrize(
    "origin",
    [FOO, f"{FOO}:443", "https://www.bar.com", "https://www.baz.com", "https://xpto.www.bar.com", "http://a.b.foo.com"],
)
def test_http_route_cors_allowed_origin(shared, origin: str) -> None:
    server = shared("http-route-cors")
    answer = server.send(cors_ask("/cors-1", origin, request_headers="x-header-1, x-header-2"))
    assert answer.status_code in (200, 204) and answer.content == b"", "answered by the gateway"
    assert family(answer) == PREFLIGHT | {"allow-origin": origin}
    actual = server.send(cors_ask("/cors-1", origin, "GET"))
    assert actual.json()["service"] == V1
    assert family(actual) == ACTUAL | {"allow-origin": origin}


@pytest.mark.parametrize(
    "origin",
    ["https://foobar.com", "http://www.foo.com.evil", "https://bar.com", "http://foo.com", "https://a.foo.com",
     f"{FOO}:8443", "http://www.bar.com"],
)
def test_http_route_cors_other_origin(shared, origin: str) -> None:
    server = shared("http-route-cors")
    answer = server.send(cors_ask("/cors-1", origin))
    assert answer.status_code in (200, 204, 403)
    assert "allow-origin" not in family(answer) and not answer.content.startswith(b"{")
    actual = server.send(cors_ask("/cors-1", origin, "GET"))
    assert actual.status_code == 200 and actual.json()["service"] == V1
    assert "allow-origin" not in family(actual)


@pytest.mark.parametrize("origin", ["https://foobar.com", "https://foobar.com:12345", FOO])
def test_http_route_cors_any_origin(shared, origin: str) -> None:
    server = shared("http-route-cors")
    answer = server.send(cors_ask("/cors-wildcard", origin, request_method="PUT", request_headers="x-header-1"))
    assert answer.status_code in (200, 204) and answer.content == b""
    found = family(answer)
    assert found["allow-origin"] in ("*", origin)
    assert found["allow-methods"] in ("*", "PUT")
    assert found["allow-headers"] in ("*", "x-header-1")
    assert found["max-age"] == "5"
    assert "allow-credentials" not in found
    assert family(server.send(cors_ask("/cors-wildcard", origin, "GET")))["allow-origin"] in ("*", origin)


def test_http_route_cors_any_origin_with_credentials(shared) -> None:
    """Nothing may be answered with an asterisk: what was asked for is named."""
    server, path = shared("http-route-cors"), "/cors-wildcard-credentials"
    found = family(server.send(cors_ask(path, FOO, request_method="PATCH", request_headers="x-a, authorization")))
    assert found == {
        "allow-origin": FOO, "allow-methods": "PATCH", "allow-headers": "x-a,authorization",
        "allow-credentials": "true", "max-age": "5",
    }
    assert "allow-headers" not in family(server.send(cors_ask(path, FOO, request_method="PATCH")))
    actual = family(server.send(cors_ask(path, FOO, "POST")))
    assert actual == {"allow-origin": FOO, "allow-credentials": "true"}


def test_http_route_cors_one_method_and_a_port(shared) -> None:
    server, path, origin = shared("http-route-cors"), "/cors-one-method", f"{FOO}:8443"
    for method in ("PUT", "DELETE"):
        found = server.send(cors_ask(path, origin, request_method=method, request_headers="x-header-2")).headers
        names = ("Origin", "Methods", "Headers")
        assert [found[f"Access-Control-Allow-{name}"] for name in names] == [origin, "PUT", "x-header-1"]
    assert "allow-origin" not in family(server.send(cors_ask(path, FOO, request_method="PUT")))


def test_http_route_cors_options_that_is_no_preflight(shared) -> None:
    """Without an origin, or without the method that is asked for, it goes to the backend."""
    for headers in ({}, {"Origin": FOO}):
        answer = shared("http-route-cors").send(Ask("/cors-1", V1, method="OPTIONS", headers=headers))
        assert answer.status_code == 200 and answer.json()["service"] == V1


# ---------------------------------------------------------------- timeouts and retries


@pytest.mark.parametrize(
    "row, path",
    [("http-route-timeout-request", "request-timeout"), ("http-route-timeout-backend-request", "backend-timeout")],
)
def test_http_route_timeout(shared, row: str, path: str) -> None:
    """HTTPRouteTimeoutRequest and HTTPRouteTimeoutBackendRequest: 500 ms against a delay of one second."""
    server, fast = shared(row), Ask(f"/{path}", V1)
    for _ in range(2):
        eventually(lambda: server.outcome(fast) == V1, "an answer in time; on a busy machine perhaps not the first")
        server.check(Ask(f"/{path}?delay=1s", 504))
    server.check(Ask(f"/disable-{path}", V1), Ask(f"/disable-{path}?delay=1s", V1))


def counting(wire, backend: Backend) -> None:
    """Fails the first `fail` requests of a `uuid` with `status`, then answers how many there were."""
    while True:
        query = parse_qs(urlsplit(backend.receive(wire).target).query)
        (uuid,), (fail,), (status,) = query["uuid"], query["fail"], query["status"]
        tries = sum(f"uuid={uuid}&" in target for target in backend.targets)
        wire.send(response(f"{tries}", status=f"{status} No" if tries <= int(fail) else "200 OK"))


@pytest.mark.parametrize(
    "path, fail, status, expected, tries",
    [
        ("/retry-500", 0, 500, 200, 1),
        ("/retry-500", 2, 500, 200, 3),
        ("/retry-500", 3, 500, 200, 4),
        ("/retry-500", 4, 500, 500, 4),
        ("/retry-500", 1, 503, 503, 1),
        *(("/retry-all", 2, status, 200, 3) for status in (500, 502, 503, 504)),
        *(("/retry-all", 3, status, status, 3) for status in (500, 502, 503, 504)),
    ],
)
def test_http_route_retry(row: Row, backend, path: str, fail: int, status: int, expected: int, tries: int) -> None:
    upstream = backend(counting)
    server = row("http-route-retry", infra_backend_v1=upstream)
    target = f"{path}?uuid=0af7&fail={fail}&status={status}"
    answer = server.send(Ask(target, expected, method="POST"), data=b"the body")
    assert (answer.status_code, answer.text) == (expected, f"{tries}")
    assert Counter((message.method, message.target, message.body) for message in upstream.requests) == {
        ("POST", target, b"the body"): tries
    }
