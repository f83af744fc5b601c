"""Which rule takes a request, what its filters do, and what the client sees when nothing can."""

import subprocess
from collections import Counter
from collections.abc import Iterator

import pytest
import requests

from support.backends import Backend, answering, response
from support.manifests import (
    Document, backend as to, endpoints, gateway, headers, listener, path, redirect, request_headers,
    response_headers, rewrite, route, rule, service,
)
from support.ports import free_port
from support.server import Weir, write
from support.waiting import eventually


def replace(kind: str, value: str) -> Document:
    """The `path` of a rewrite or redirect."""
    return {"type": kind, kind[0].lower() + kind[1:]: value}


def field(name: str, value: str) -> Document:
    return {"name": name, "value": value}


PREFIX, FULL = "ReplacePrefixMatch", "ReplaceFullPath"
SERVICES = ["root", "exact", "long", "short", "regex", "method", "header", "headers", "query", "wild", "wilder"]

# Path of the rule, its rewrite, request, and what the backend gets.
REWRITES = [
    ("/foo1", replace(PREFIX, "/xyz"), "/foo1/bar", "/xyz/bar"),
    ("/foo2", replace(PREFIX, "/xyz/"), "/foo2/bar", "/xyz/bar"),
    ("/foo3/", replace(PREFIX, "/xyz"), "/foo3/bar", "/xyz/bar"),
    ("/foo4/", replace(PREFIX, "/xyz/"), "/foo4/bar?q=1", "/xyz/bar?q=1"),
    ("/foo5", replace(PREFIX, "/xyz"), "/foo5", "/xyz"),
    ("/foo6", replace(PREFIX, "/xyz"), "/foo6/", "/xyz/"),
    ("/foo7", replace(PREFIX, "/"), "/foo7/bar", "/bar"),
    ("/foo8", replace(PREFIX, "/"), "/foo8/?q", "/?q"),
    ("/foo9", replace(PREFIX, "/"), "/foo9", "/"),
    ("/full", replace(FULL, "/one"), "/full/two/three?q=%20", "/one?q=%20"),
]

# Filter, listener port, request path and the Location.
REDIRECTS = [
    (dict(), 80, "/r0/x?y=1", "http://redirect.test/r0/x?y=1"),
    (dict(scheme="https"), 80, "/r1", "https://redirect.test/r1"),
    (dict(scheme="https", port=8443), 80, "/r2", "https://redirect.test:8443/r2"),
    (dict(port=8080), 80, "/r3", "http://redirect.test:8080/r3"),
    (dict(hostname="new.test"), 80, "/r4", "http://new.test/r4"),
    (dict(path=replace(PREFIX, "/new")), 80, "/r5/x?y", "http://redirect.test/new/x?y"),
    (dict(path=replace(FULL, "/new")), 80, "/r6/x?y", "http://redirect.test/new?y"),
    (dict(), 81, "/r0/x", "http://redirect.test:81/r0/x"),
    (dict(scheme="https"), 81, "/r1", "https://redirect.test/r1"),
]


def shop() -> list[Document]:
    """One set of manifests for every test that only asks."""
    redirects = [filter for filter, port, _, _ in REDIRECTS if port == 80]
    codes = [301, 302, 303, 307, 308]
    return [
        gateway(listener(), listener("second", 81), listener("narrow", 82, "*.narrow.test")),
        *(service(name) for name in SERVICES),
        route(
            "shop",
            rule("root"),
            rule("short", match=path("/a")),
            rule("long", match=path("/a/b/")),
            rule("exact", match=path("/a/b", "Exact")),
            rule("regex", match=path("/items/[0-9]+", "RegularExpression")),
            rule("method", match=path("/order", method="PUT")),
            rule("header", match=path("/order", headers=headers(version="two"))),
            rule("headers", match=path("/order", headers=headers(version="two", color="orange"))),
            rule("query", match=path("/order", queryParams=[field("animal", "whale")])),
            hostnames=["shop.test"],
        ),
        route("wild", rule("wild"), hostnames=["*.example.test"]),
        route("wilder", rule("wilder"), hostnames=["*.deep.example.test"]),
        route("exact-host", rule("exact"), hostnames=["www.example.test"]),
        route("narrow", rule("root"), hostnames=["a.narrow.test", "shop.test"], sectionName="narrow"),
        route("some-paths", rule("root", match=path("/only", "Exact", method="GET")), hostnames=["some.test"]),
        route(
            "filters",
            rule(
                "root",
                match=path("/request"),
                filters=request_headers(
                    set=[field("X-Set", "new")], add=[field("x-add", "second")], remove=["X-Remove"]
                ),
            ),
            rule(
                to("root", filters=[request_headers(set=[field("Backend", "root")])]),
                to("exact", filters=[request_headers(set=[field("Backend", "exact")])]),
                match=path("/each"),
            ),
            rule("root", match=path("/host"), filters=rewrite(hostname="internal.test")),
            hostnames=["filters.test"],
        ),
        route(
            "rewrites",
            *(rule("root", match=path(prefix), filters=rewrite(path=change)) for prefix, change, _, _ in REWRITES),
            hostnames=["rewrite.test"],
        ),
        route(
            "redirects",
            *(rule(match=path(f"/r{n}"), filters=redirect(**filter)) for n, filter in enumerate(redirects)),
            hostnames=["redirect.test"],
        ),
        route(
            "codes",
            *(rule(match=path(f"/{code}"), filters=redirect(hostname="x.test", statusCode=code)) for code in codes),
            hostnames=["codes.test"],
        ),
    ]


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Weir]:
    directory = tmp_path_factory.mktemp("routing") / "manifests"
    write(directory, "shop.yaml", *shop())
    with Weir(directory, "--echo", ports=(80, 81, 82)) as server:
        yield server


# ---------------------------------------------------------------- matches


@pytest.mark.parametrize(
    "request_path, expected",
    [
        ("/", "root"),
        ("/a", "short"),
        ("/a/", "short"),
        ("/a/c", "short"),
        ("/ab", "root"),
        ("/A", "root"),
        ("/a/b", "exact"),
        ("/a/b/", "long"),
        ("/a/b/c", "long"),
        ("/a/bc", "short"),
        ("/a/b?c=d", "exact"),
        ("/items/42", "regex"),
        ("/items/42/", "root"),
        ("/items/x", "root"),
        ("/x/items/42", "root"),
    ],
)
def test_the_most_specific_path_wins(web: Weir, request_path: str, expected: str) -> None:
    assert web.echo(request_path).service == expected


@pytest.mark.parametrize(
    "method, query, sent, expected",
    [
        ("GET", "", {}, "root"),
        ("PUT", "", {}, "method"),
        ("PUT", "?animal=whale", {"Version": "two", "Color": "orange"}, "method"),
        ("GET", "", {"VERSION": "two"}, "header"),
        ("GET", "", {"version": "Two"}, "root"),
        ("GET", "", {"version": "two", "color": "orange"}, "headers"),
        ("GET", "?animal=whale", {"version": "two"}, "header"),
        ("GET", "?animal=whale", {}, "query"),
        ("GET", "?x=1&animal=whale&y=2", {}, "query"),
        ("GET", "?anim%61l=wh%61le", {}, "query"),
        ("GET", "?animal=Whale", {}, "root"),
        ("GET", "?ANIMAL=whale", {}, "root"),
        ("GET", "?animal=whaledolphin", {}, "root"),
    ],
)
def test_method_then_headers_then_query_parameters_decide(
    web: Weir, method: str, query: str, sent: dict, expected: str
) -> None:
    answer = web.ask(method, f"/order{query}", headers=sent)
    assert (answer.status_code, answer.json()["service"]) == (200, expected)


@pytest.mark.parametrize(
    "host, expected",
    [
        ("www.example.test", "exact"),
        ("WWW.Example.TEST", "exact"),
        ("www.example.test:8080", "exact"),
        ("a.example.test", "wild"),
        ("a.b.example.test", "wild"),
        ("a.deep.example.test", "wilder"),
        ("deep.example.test", "wild"),
        ("example.test", None),
        ("notexample.test", None),
        ("unknown.test", None),
    ],
)
def test_an_exact_host_then_the_longest_wildcard_wins(web: Weir, host: str, expected: str | None) -> None:
    answer = web.get("/", host)
    assert (answer.json()["service"] if answer.status_code == 200 else None) == expected
    assert answer.status_code == (200 if expected else 404)


def test_a_listener_takes_only_the_hosts_of_both_its_own_and_the_routes_names(web: Weir) -> None:
    assert web.get("/", "a.narrow.test", listener=82).status_code == 200
    assert web.get("/", "shop.test", listener=82).status_code == 404
    assert web.get("/", "a.narrow.test", listener=80).status_code == 404


def test_what_no_rule_takes_is_404(web: Weir) -> None:
    assert web.get("/only", "some.test").status_code == 200
    assert web.get("/other", "some.test").status_code == 404
    assert web.ask("HEAD", "/only", "some.test").status_code == 404


# ---------------------------------------------------------------- filters


def test_request_headers_are_set_added_and_removed_whatever_their_case(web: Weir) -> None:
    sent = {"x-set": "old", "X-Add": "first", "x-REMOVE": "gone", "X-Other": "kept"}
    echo = web.echo("/request", "filters.test", headers=sent)
    assert echo.get("X-Set") == "new"
    assert echo.get("X-Add") == "first,second"
    assert echo.get("X-Remove") is None
    assert echo.get("X-Other") == "kept"


def test_the_filters_of_the_backend_that_was_chosen_run_and_no_others(web: Weir) -> None:
    echoes = [web.echo("/each", "filters.test") for _ in range(60)]
    assert all(echo.all("Backend") == [echo.service] for echo in echoes)
    assert {echo.service for echo in echoes} == {"root", "exact"}


def test_response_headers_are_set_added_and_removed(weir, backend) -> None:
    upstream = backend(answering(response("ok", "X-Set: old", "X-Add: first", "X-Remove: gone", "X-Other: kept")))
    modifier = response_headers(
        set=[field("x-set", "new"), field("X-New", "fresh")], add=[field("X-Add", "second")], remove=["X-REMOVE"]
    )
    server = weir(gateway(), service("up"), route("r", rule("up", filters=modifier)), up=upstream)
    with server.connect() as client:
        client.send(b"GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n")
        answer = client.read_response()
    seen = {name: answer.all(name) for name in ("X-Set", "X-New", "X-Remove", "X-Other")}
    assert seen == {"X-Set": ["new"], "X-New": ["fresh"], "X-Remove": [], "X-Other": ["kept"]}
    assert ",".join(answer.all("X-Add")) == "first,second"


def test_a_rewritten_host_reaches_the_backend(web: Weir) -> None:
    assert web.echo("/host", "filters.test").host == "internal.test"
    assert web.echo("/request", "filters.test:8080").host == "filters.test:8080"


@pytest.mark.parametrize("prefix, change, request_path, expected", REWRITES)
def test_rewritten_paths(web: Weir, prefix: str, change: Document, request_path: str, expected: str) -> None:
    assert web.echo(request_path, "rewrite.test").path == expected


@pytest.mark.parametrize("filter, port, request_path, location", REDIRECTS)
def test_redirects(web: Weir, filter: Document, port: int, request_path: str, location: str) -> None:
    answer = web.get(request_path, "redirect.test", listener=port)
    assert (answer.status_code, answer.headers["Location"]) == (302, location)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirect_codes_also_for_post_with_a_body(web: Weir, code: int) -> None:
    assert web.ask("POST", f"/{code}", "codes.test", data=b"x" * 1000).status_code == code


def test_a_redirect_is_followed_by_curl(web: Weir) -> None:
    command = ["curl", "-sS", "--max-time", "10", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}"]
    done = subprocess.run(
        [*command, "-H", "Host: redirect.test", web.url("/r4/a%20b?c=d")], capture_output=True, text=True, check=True
    )
    assert done.stdout == "302 http://new.test/r4/a%20b?c=d"


# ---------------------------------------------------------------- weights and backends


def statuses(server: Weir, count: int, request_path: str = "/") -> Counter:
    """How often each answer came: the service for 200, else the status."""
    seen: Counter = Counter()
    with requests.Session() as session:
        for _ in range(count):
            answer = session.get(server.url(request_path), headers={"Host": "shop.test"}, timeout=10)
            seen[answer.json()["service"] if answer.status_code == 200 else answer.status_code] += 1
    return seen


def assert_share(seen: int, count: int, share: float) -> None:
    """Within six standard deviations: wrong once in five hundred million runs."""
    deviation = (count * share * (1 - share)) ** 0.5
    assert abs(seen - count * share) <= 6 * deviation, f"{seen} of {count}, expected about {count * share:.0f}"


def test_weights_are_shares_of_the_requests_also_on_one_connection(weir) -> None:
    rules = rule(to("heavy", 70), to("light", 30), to("none", 0))
    server = weir(gateway(), *(service(name) for name in ("heavy", "light", "none")), route("r", rules), "--echo")
    seen = statuses(server, 1500)
    assert seen["none"] == 0 and seen.total() == 1500
    assert_share(seen["heavy"], 1500, 0.7)
    assert seen["heavy"] + seen["light"] == 1500


def test_an_invalid_backend_answers_500_for_exactly_its_share(weir) -> None:
    server = weir(gateway(), service("real"), route("r", rule(to("real", 1), to("missing", 1))), "--echo")
    seen = statuses(server, 1000)
    assert set(seen) == {"real", 500}
    assert_share(seen[500], 1000, 0.5)


def test_an_invalid_backend_with_weight_0_harms_nobody(weir) -> None:
    server = weir(gateway(), service("real"), route("r", rule(to("real", 1), to("missing", 0))), "--echo")
    assert set(statuses(server, 100)) == {"real"}


@pytest.mark.parametrize(
    "broken",
    [
        rule(),
        rule(to("missing")),
        rule(to("real") | {"port": 9999}),
        rule(to("real", kind="Widget", group="example.com")),
        rule(to("real", namespace="elsewhere")),
        rule(to("real", 0)),
    ],
    ids=["no backends", "no Service", "no such port", "unknown kind", "not granted", "weight 0"],
)
def test_a_rule_without_a_usable_backend_is_500_and_its_neighbour_serves(weir, broken: Document) -> None:
    broken = broken | {"matches": [path("/broken")]}
    server = weir(gateway(), service("real"), route("r", rule("real"), broken), "--echo")
    assert server.get("/broken").status_code == 500
    assert server.get("/").status_code == 200


def test_a_service_without_ready_endpoints_is_503(weir) -> None:
    not_ready = {"addresses": ["127.0.0.1"], "conditions": {"ready": False, "serving": False, "terminating": False}}
    server = weir(gateway(), service("up"), endpoints("up", 1, not_ready), route("r", rule("up")))
    assert server.get("/").status_code == 503


def test_a_service_without_any_endpoints_is_503(weir) -> None:
    server = weir(gateway(), service("up"), route("r", rule("up")))
    assert server.get("/").status_code == 503


def test_a_backend_that_refuses_connections_is_502_or_503(weir) -> None:
    server = weir(gateway(), service("up"), route("r", rule("up")), up=free_port())
    for _ in range(3):
        assert server.get("/").status_code in (502, 503)


def test_a_backend_that_resets_every_connection_is_502(weir, backend) -> None:
    upstream = backend(lambda wire, _: (wire.read_head(), wire.reset()))
    server = weir(gateway(), service("up"), route("r", rule("up")), up=upstream)
    assert server.get("/").status_code in (502, 503)


def test_a_backend_that_talks_no_http_is_502(weir, backend) -> None:
    upstream = backend(lambda wire, _: (wire.read_head(), wire.send(b"SSH-2.0-OpenSSH_9.2\r\n"), wire.read_to_end()))
    server = weir(gateway(), service("up"), route("r", rule("up")), up=upstream)
    assert server.get("/").status_code == 502


# ---------------------------------------------------------------- other namespaces, other controllers


def test_a_service_of_another_namespace_needs_a_grant_that_may_come_later(weir) -> None:
    far = service("far") | {"metadata": {"name": "far", "namespace": "elsewhere"}}
    documents = gateway(), far, route("r", rule(to("far", namespace="elsewhere")))
    server = weir(*documents, "--echo")
    assert server.get("/").status_code == 500
    grant = {
        "apiVersion": "gateway.networking.k8s.io/v1beta1",
        "kind": "ReferenceGrant",
        "metadata": {"name": "from-test", "namespace": "elsewhere"},
        "spec": {
            "from": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": "test"}],
            "to": [{"group": "", "kind": "Service"}],
        },
    }
    server.write("all.yaml", *documents, grant)
    eventually(lambda: server.get("/").status_code == 200)
    server.write("all.yaml", *documents)
    eventually(lambda: server.get("/").status_code == 500)


def gateway_class(controller: str) -> Document:
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "GatewayClass",
        "metadata": {"name": "someone"},
        "spec": {"controllerName": controller},
    }


def of_class(name: str) -> Document:
    found = gateway()
    found["spec"]["gatewayClassName"] = name
    return found


def test_only_gateways_of_our_classes_are_served(weir) -> None:
    ours = gateway_class("weir.dev/gateway-controller") | {"metadata": {"name": "ours"}}
    foreign = of_class("someone") | {"metadata": {"name": "foreign", "namespace": "test"}}
    foreign["spec"]["listeners"] = [listener(port=81)]
    documents = ours, gateway_class("example.com/other"), of_class("ours"), foreign
    server = weir(*documents, service("up"), route("r", rule("up")), "--echo", ports=(80, 81))
    assert server.get("/").status_code == 200
    with pytest.raises(requests.ConnectionError):
        server.get("/", listener=81)


def test_another_controllers_class_can_be_claimed_for_a_trial(weir) -> None:
    flags = ["--echo", "--controller-name", "example.com/other"]
    documents = gateway_class("example.com/other"), of_class("someone"), service("up"), route("r", rule("up"))
    assert weir(*documents, *flags).get("/").status_code == 200


# ---------------------------------------------------------------- endpoints


def from_endpoint(name: str) -> bytes:
    return response(name, "Content-Type: text/plain")


def test_only_ready_endpoints_are_used(weir, backend) -> None:
    ready = backend(answering(from_endpoint("ready")), "127.0.0.2")
    other = Backend(answering(from_endpoint("not ready")), "127.0.0.3", ready.port)
    with other:
        entries = [
            {"addresses": ["127.0.0.2"], "conditions": {"ready": True}},
            {"addresses": ["127.0.0.3"], "conditions": {"ready": False}},
        ]
        server = weir(gateway(), service("up"), endpoints("up", ready.port, *entries), route("r", rule("up")))
        assert {server.get("/").text for _ in range(40)} == {"ready"}


def test_terminating_endpoints_that_serve_are_the_last_resort(weir, backend) -> None:
    upstream = backend(answering(from_endpoint("terminating")), "127.0.0.2")
    entry = {"addresses": ["127.0.0.2"], "conditions": {"ready": False, "serving": True, "terminating": True}}
    server = weir(gateway(), service("up"), endpoints("up", upstream.port, entry), route("r", rule("up")))
    assert server.get("/").text == "terminating"


def test_all_ready_endpoints_get_requests(weir, backend) -> None:
    first = backend(answering(from_endpoint("first")), "127.0.0.2")
    second = backend(answering(from_endpoint("second")), "127.0.0.3", first.port)
    assert second.port == first.port
    slice_ = endpoints("up", first.port, "127.0.0.2", "127.0.0.3")
    server = weir(gateway(), service("up"), slice_, route("r", rule("up")))
    assert {server.get("/").text for _ in range(200)} == {"first", "second"}


def test_an_endpoint_is_found_through_the_name_of_the_service_port(weir, backend) -> None:
    upstream = backend()
    slice_ = endpoints("up", upstream.port, "127.0.0.1")
    slice_["ports"] = [{"name": "admin", "port": 1}, {"name": "web", "port": upstream.port}]
    named = service("up", ports=[{"name": "admin", "port": 9090}, {"name": "web", "port": 8080}])
    server = weir(gateway(), named, slice_, route("r", rule("up")))
    assert server.get("/").text == "ok"
