"""Which rule takes a request, and what its filters do."""

import subprocess
from collections.abc import Iterator

import pytest

from support.backends import answering, response
from support.manifests import (
    Document, backend as to, gateway, headers, listener, path, redirect, request_headers, response_headers, rewrite,
    route, rule, service,
)
from support.server import Weir, write


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
