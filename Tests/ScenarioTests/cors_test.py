"""The CORS filter: preflights are answered by the gateway, other requests get the fields."""

import pytest
import requests

from support.backends import answering, response
from support.manifests import cors, gateway, headers, path, route, rule, service
from support.server import Weir

FAMILY = "access-control-"


def fields(answer: requests.Response) -> dict[str, str]:
    """The fields of the family without their prefix, lists without spaces."""
    return {
        name.lower().removeprefix(FAMILY): value.replace(" ", "")
        for name, value in answer.headers.items()
        if name.lower().startswith(FAMILY)
    }


def preflight(server: Weir, origin: str, method: str = "GET", path: str = "/", **more: str) -> requests.Response:
    asked = {"Origin": origin, "Access-Control-Request-Method": method, "Host": "shop.test"}
    asked |= {f"Access-Control-Request-{name.title()}": value for name, value in more.items()}
    return requests.options(server.url(path), headers=asked, timeout=10)


@pytest.fixture
def served(weir, backend):
    def start(serve=None, match=None, **policy):
        upstream = backend(serve)
        rules = rule("up", filters=cors(**policy), match=match)
        return weir(gateway(), service("up"), route("r", rules), "--workers", "1", up=upstream), upstream

    return start


@pytest.mark.parametrize(
    ("origins", "origin", "allowed"),
    [
        (["https://www.foo.com"], "https://www.foo.com", True),
        (["https://www.foo.com"], "https://www.foo.com:443", True),
        (["https://www.foo.com"], "http://www.foo.com", False),
        (["https://www.foo.com"], "https://www.foo.com:12345", False),
        (["https://www.foo.com:12345"], "https://www.foo.com:12345", True),
        (["https://*.bar.com"], "https://xpto.www.bar.com", True),
        (["https://*.bar.com"], "https://bar.com", False),
        (["https://*.bar.com"], "https://foobar.com", False),
        (["https://www.foo.com", "http://b.test"], "http://b.test", True),
        (["*"], "https://foobar.com:12345", True),
        (["*"], "null", True),
        (["https://www.foo.com"], "null", False),
    ],
)
def test_origins(served, origins: list, origin: str, allowed: bool) -> None:
    server, upstream = served(allowOrigins=origins, allowMethods=["GET", "OPTIONS"])
    answer = preflight(server, origin)
    assert answer.status_code == (204 if allowed else 403)
    assert fields(answer).get("allow-origin") == ((origin if origins != ["*"] else "*") if allowed else None)
    assert upstream.requests == [], "a preflight is never forwarded"
    actual = server.get("/", headers={"Origin": origin, "Host": "shop.test"})
    assert (actual.status_code, actual.text) == (200, "ok")
    assert ("allow-origin" in fields(actual)) == allowed


def test_a_preflight_gets_everything_that_is_configured(served) -> None:
    server, _ = served(
        allowOrigins=["https://a.test"],
        allowMethods=["GET", "PUT"],
        allowHeaders=["x-one", "x-two"],
        exposeHeaders=["x-shown"],
        allowCredentials=True,
        maxAge=3600,
    )
    answer = preflight(server, "https://a.test", "PUT", headers="x-one")
    assert answer.content == b"" and "Content-Length" not in answer.headers
    assert fields(answer) == {
        "allow-origin": "https://a.test",
        "allow-methods": "GET,PUT",
        "allow-headers": "x-one,x-two",
        "expose-headers": "x-shown",
        "allow-credentials": "true",
        "max-age": "3600",
    }
    assert "origin" in answer.headers["Vary"].lower()


def test_a_wildcard_with_credentials_names_what_was_asked_for(served) -> None:
    server, _ = served(allowOrigins=["*"], allowMethods=["*"], allowHeaders=["*"], allowCredentials=True)
    answer = fields(preflight(server, "https://a.test", "PATCH", headers="x-a, authorization"))
    assert answer["allow-origin"] == "https://a.test"
    assert answer["allow-methods"] == "PATCH"
    assert answer["allow-headers"] == "x-a,authorization"
    assert "allow-headers" not in fields(preflight(server, "https://a.test", "PATCH"))


def test_without_credentials_there_is_no_such_field_and_the_maximum_age_is_5(served) -> None:
    server, _ = served(allowOrigins=["https://a.test"], allowCredentials=False)
    answer = fields(preflight(server, "https://a.test"))
    assert "allow-credentials" not in answer
    assert answer["max-age"] == "5"


def test_fields_of_the_backend_are_replaced(served) -> None:
    theirs = response("ok", "Access-Control-Allow-Origin: *", "access-control-expose-headers: x-theirs", "Vary: Accept")
    server, _ = served(answering(theirs), allowOrigins=["https://a.test"], exposeHeaders=["x-ours"])
    actual = server.get("/", headers={"Origin": "https://a.test", "Host": "shop.test"})
    assert fields(actual) == {"allow-origin": "https://a.test", "expose-headers": "x-ours"}
    assert {"accept", "origin"} <= {entry.strip().lower() for entry in actual.headers["Vary"].split(",")}
    refused = server.get("/", headers={"Origin": "https://b.test", "Host": "shop.test"})
    assert (refused.status_code, fields(refused)) == (200, {})
    assert fields(server.get("/")) == {}


def test_options_without_an_origin_or_without_a_method_is_an_ordinary_request(served) -> None:
    server, upstream = served(allowOrigins=["*"])
    assert requests.options(server.url("/"), headers={"Host": "shop.test"}, timeout=10).text == "ok"
    asked = {"Host": "shop.test", "Origin": "https://a.test"}
    assert requests.options(server.url("/"), headers=asked, timeout=10).text == "ok"
    assert len(upstream.requests) == 2


def test_a_preflight_finds_the_rule_of_the_method_it_asks_for(weir, backend) -> None:
    upstream = backend()
    rules = [
        rule("up", filters=cors(allowOrigins=["https://put.test"]), match=path("/", method="PUT")),
        rule("up", filters=cors(allowOrigins=["https://get.test"]), match=path("/", method="GET")),
        rule("up", match=path("/plain")),
    ]
    server = weir(gateway(), service("up"), route("r", *rules), "--workers", "1", up=upstream)
    assert fields(preflight(server, "https://put.test", "PUT"))["allow-origin"] == "https://put.test"
    assert preflight(server, "https://put.test", "GET").status_code == 403
    assert fields(preflight(server, "https://get.test", "GET"))["allow-origin"] == "https://get.test"
    assert upstream.requests == []
    assert preflight(server, "https://get.test", "GET", "/plain").text == "ok"


def test_errors_and_redirects_can_be_read_across_origins_too(weir) -> None:
    rules = [
        rule(filters=cors(allowOrigins=["https://a.test"]), match=path("/none")),
        rule(
            filters=[
                cors(allowOrigins=["https://a.test"]),
                {"type": "RequestRedirect", "requestRedirect": {"hostname": "new.test"}},
            ],
            match=path("/moved"),
        ),
    ]
    server = weir(gateway(), route("r", *rules))
    asked = {"Origin": "https://a.test", "Host": "shop.test"}
    failed = server.get("/none", headers=asked)
    assert (failed.status_code, fields(failed)["allow-origin"]) == (500, "https://a.test")
    moved = server.get("/moved", headers=asked)
    assert (moved.status_code, fields(moved)["allow-origin"]) == (302, "https://a.test")


def test_nothing_that_a_client_asks_for_can_add_a_field_of_its_own(served) -> None:
    server, _ = served(allowOrigins=["*"], allowMethods=["*"], allowHeaders=["*"], allowCredentials=True)
    with server.connect() as client:
        client.send(
            b"OPTIONS / HTTP/1.1\r\nHost: shop.test\r\nOrigin: https://a.test\tx\r\n"
            b'Access-Control-Request-Method: P"T\r\nAccess-Control-Request-Headers: a;b, {c}\r\n\r\n'
        )
        answer = client.read_response("OPTIONS")
    assert answer.status in (204, 403)
    for name in ("allow-methods", "allow-headers"):
        assert answer.get(FAMILY + name) is None


def test_a_preflight_that_matches_by_a_header_it_does_not_have_goes_elsewhere(served) -> None:
    server, _ = served(match={"headers": headers(version="two")}, allowOrigins=["*"])
    assert preflight(server, "https://a.test").status_code == 404
