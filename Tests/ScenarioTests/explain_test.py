"""`weir explain` and /explain: what they say is what the data plane does."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from support import manifests, wire
from support.backends import Backend
from support.manifests import gateway, headers, listener, path, redirect, request_headers, rewrite, route, rule
from support.manifests import service
from support.server import ROOT, Echo, Weir, binary, write
from support.waiting import eventually


def run(*arguments: object, code: int | None = None) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([str(binary()), *map(str, arguments)], capture_output=True, text=True, timeout=60)
    if code is not None:
        assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def explain(directory: Path, *arguments: object) -> dict:
    return json.loads(run("explain", "-f", directory, *arguments, "-o", "json").stdout)


# One set of manifests in which much can happen, and a set of requests.

ORIGIN = "https://www.shop.test"
CORS = {"type": "CORS", "cors": {"allowOrigins": [ORIGIN], "allowMethods": ["GET", "PUT"], "maxAge": 60}}


def external_auth(name: str) -> dict:
    backend = {"name": name, "port": manifests.PORT}
    return {"type": "ExternalAuth", "externalAuth": {"protocol": "HTTP", "backendRef": backend, "http": {}}}


def mirror(name: str) -> dict:
    return {"type": "RequestMirror", "requestMirror": {"backendRef": {"name": name, "port": manifests.PORT}}}


DOCUMENTS = [
    gateway(
        listener(),
        listener("narrow", hostname="*.narrow.test"),
        listener("other", port=81),
    ),
    *(service(name) for name in ("web", "api", "canary", "stable", "wild")),
    service("nobody"),
    manifests.endpoints("nobody", 9),  # A slice without endpoints.
    route(
        "shop",
        rule("web"),
        rule("api", match=[path("/api", method="GET"), path("/api", headers=headers(X_Version="two"))]),
        rule(
            "api",
            match=path("/v1"),
            filters=[
                rewrite(hostname="api.internal", path={"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}),
                request_headers(set=headers(X_Set="new"), remove=["X-Gone"]),
            ],
        ),
        rule(manifests.backend("stable", 1), manifests.backend("missing", 1), match=path("/half")),
        rule(manifests.backend("missing"), match=path("/broken")),
        rule(match=path("/empty")),
        rule("nobody", match=path("/nobody")),
        rule("canary", match=path("/q", queryParams=[{"name": "canary", "value": "yes"}])),
        rule("stable", match=path("/users/[0-9]+", kind="RegularExpression")),
        rule(match=path("/old"), filters=redirect(hostname="new.test", statusCode=301)),
        rule(
            match=path("/moved"),
            filters=redirect(scheme="https", path={"type": "ReplacePrefixMatch", "replacePrefixMatch": "/here"}),
        ),
        hostnames=["shop.test"],
    ),
    route(
        "policies",
        rule("api", match=path("/cors", method="PUT"), filters=CORS),
        rule("web", match=path("/cors"), filters=CORS),
        rule("web", match=path("/auth"), filters=external_auth("missing")),
        rule("web", match=path("/unanswered"), filters=external_auth("nobody")),
        rule("web", match=path("/mirrored"), filters=mirror("canary"))
        | {"timeouts": {"request": "9s", "backendRequest": "3s"}, "retry": {"codes": [503], "attempts": 1}},
        hostnames=["policies.test"],
    ),
    route("wild", rule("wild", match=path("/only")), hostnames=["*.narrow.test"], sectionName="narrow"),
    route("ports", rule("web"), hostnames=["ports.test"], sectionName="other"),
]

REQUESTS = [
    (method, target, host, port, fields)
    for host, port in [("shop.test", 80), ("a.narrow.test", 80), ("unknown.test", 80), ("ports.test", 81)]
    for method, target, fields in [
        ("GET", "/", {}),
        ("GET", "/api", {}),
        ("POST", "/api/x", {}),
        ("POST", "/api/x", {"X-Version": "two"}),
        ("GET", "/v1/orders/./7?full=yes", {"X-Gone": "1", "x-set": "old"}),
        ("GET", "/v1", {}),
        ("GET", "/broken", {}),
        ("GET", "/empty", {}),
        ("GET", "/nobody", {}),
        ("GET", "/q?canary=yes", {}),
        ("GET", "/q?canary=no", {}),
        ("GET", "/users/17", {}),
        ("GET", "/users/x", {}),
        ("HEAD", "/old/x?y=1", {}),
        ("GET", "/moved/on", {}),
        ("GET", "/only", {}),
        ("GET", "/%zz", {}),
    ]
]


PREFLIGHT = {"Origin": ORIGIN, "Access-Control-Request-Method": "PUT"}
REQUESTS += [
    (method, target, "policies.test", 80, fields)
    for method, target, fields in [
        ("OPTIONS", "/cors", PREFLIGHT),
        ("OPTIONS", "/cors", PREFLIGHT | {"Origin": "https://evil.test"}),
        ("OPTIONS", "/cors", {"Origin": ORIGIN}),
        ("OPTIONS", "/mirrored", PREFLIGHT),
        ("GET", "/cors", {"Origin": ORIGIN}),
        ("PUT", "/cors", {"Origin": "https://evil.test"}),
        ("GET", "/auth", {}),
        ("GET", "/unanswered", {}),
        ("GET", "/mirrored", {}),
    ]
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Weir]:
    directory = tmp_path_factory.mktemp("explain")
    write(directory, "all.yaml", *DOCUMENTS)
    with Weir(directory, "--echo", ports=(80, 81)) as server:
        yield server


def assert_same(explanation: dict, answer: wire.Message) -> None:
    """The explanation says what came of the request."""
    verdict = explanation["verdict"]
    for field in explanation.get("cors", {}).get("responseHeaders", []):
        assert answer.get(field["name"]) == field["value"]
    assert ("cors" in explanation) == (answer.get("Vary") is not None)
    if verdict["outcome"] == "forwarded":
        assert answer.status == 200, answer.body
        if not answer.body:
            return
        echo = Echo(json.loads(answer.body))
        (got,) = (entry for entry in explanation["backends"] if entry.get("name") == echo.service)
        assert got["share"] > 0 and "status" not in got
        seen = got["request"]
        assert echo.path == seen["path"] + ("?" + seen["query"] if "query" in seen else "")
        assert (echo.host, echo.method) == (seen["host"], seen["method"])
        for field in seen["headers"]:
            if field["name"] != "X-Forwarded-For":
                assert field["value"] in echo.all(field["name"])
        names = {field["name"].lower() for field in seen["headers"]} | {"host"}
        assert {name.lower() for name in echo.answer["headers"]} <= names
    else:
        assert answer.status == verdict["status"], verdict
        if verdict["outcome"] == "redirected":
            assert answer.get("Location") == explanation["redirect"]["location"]


@pytest.mark.parametrize("method, target, host, port, fields", REQUESTS)
def test_the_explanation_is_what_happens(
    server: Weir, method: str, target: str, host: str, port: int, fields: dict[str, str]
) -> None:
    authority = host if port == 80 else f"{host}:{port}"
    with server.connect(port) as client:
        client.send(wire.request(method, target, *(f"{name}: {value}" for name, value in fields.items()), host=authority))
        answer = client.read_response(method)
    given = [argument for name, value in fields.items() for argument in ("-H", f"{name}: {value}")]

    offline = explain(server.directory, "-X", method, *given, f"http://{host}:{port}{target}")
    assert_same(offline, answer)

    query = f"url={quote(f'http://{host}:{port}{target}', safe='')}&method={method}&output=json"
    query += "".join(f"&header={quote(f'{name}: {value}')}" for name, value in fields.items())
    live = requests.get(f"http://127.0.0.1:{server.admin_port}/explain?{query}", timeout=10)
    assert live.status_code == 200, live.text
    assert_same(live.json(), answer)
    assert live.json()["verdict"]["reason"] == offline["verdict"]["reason"]


def test_policies_are_told(server: Weir) -> None:
    explanation = explain(server.directory, "http://policies.test/mirrored")
    assert explanation["timeouts"] == {"request": "9s", "backendRequest": "3s"}
    assert explanation["retry"]["codes"] == [503]
    assert [(entry["name"], entry["share"]) for entry in explanation["mirrors"]] == [("canary", 100)]


def test_a_session_decides_where_its_request_goes(weir: Callable[..., Weir], backend: Callable[..., Backend]) -> None:
    first, second = backend(), backend()
    sticky = rule(manifests.backend("a"), manifests.backend("b"))
    sticky["sessionPersistence"] = {"type": "Cookie", "sessionName": "sticky"}
    server = weir(gateway(), service("a"), service("b"), route("r", sticky), a=first, b=second)
    cookie = server.get("/").headers["Set-Cookie"].partition(";")[0]
    owner = first if first.requests else second
    url = f"/explain?url=http://shop.test/&output=json&header={quote(f'Cookie: {cookie}')}"
    explanation = server.admin(url).json()
    assert explanation["session"]["endpoint"] == f"127.0.0.1:{owner.port}"
    assert explanation["verdict"]["reason"] == "Session"
    assert cookie not in server.admin(url.replace("json", "text")).text
    assert "session" not in server.admin("/explain?url=http://shop.test/&output=json").json()


def test_a_split_names_the_part_that_fails(server: Weir) -> None:
    explanation = explain(server.directory, "http://shop.test/half")
    assert [(entry.get("name"), entry["share"], entry.get("status")) for entry in explanation["backends"]] == [
        ("stable", 50, None),
        (None, 50, 500),
    ]
    answers = {server.get("/half").status_code for _ in range(60)}
    assert answers == {200, 500}


def test_the_admin_port_knows_the_bound_port_and_the_host_header(server: Weir) -> None:
    url = quote(f"http://127.0.0.1:{server.port(80)}/v1/x", safe="")
    answer = server.admin(f"/explain?url={url}&header=Host:%20shop.test")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "forwarded to test/api:8080" in answer.text
    assert "127.0.0.1:" in answer.text  # The echo endpoint.


def test_the_admin_port_follows_changes(weir: Callable[..., Weir]) -> None:
    server = weir(gateway(), service("one"), route("r", rule("one")), "--echo")
    assert "test/one:8080" in server.admin("/explain?url=http://a/").text
    server.write("all.yaml", gateway(), service("two"), route("r", rule("two")))

    def has_changed() -> bool:
        return "test/two:8080" in server.admin("/explain?url=http://a/").text

    eventually(has_changed, "/explain speaks of the new configuration")


@pytest.mark.parametrize("query", ["", "?url=", "?url=ftp://a/", "?url=http://a/&header=x", "?url=a&nothing=1"])
def test_what_the_admin_port_cannot_explain_is_a_400(server: Weir, query: str) -> None:
    answer = server.admin(f"/explain{query}")
    assert answer.status_code == 400
    assert 20 < len(answer.text) < 400


# The command

QUICKSTART = ROOT / "Examples/quickstart"


@pytest.mark.parametrize(
    "url, code",
    [
        ("http://shop.example.com/catalog", 0),
        ("http://www.example.com/about", 0),
        ("http://api.example.com/v9", 3),
        ("http://shop.example.com:81/", 3),
        ("ftp://shop.example.com/", 2),
    ],
)
def test_the_exit_code_says_what_came_of_it(url: str, code: int) -> None:
    run("explain", "-f", QUICKSTART, url, code=code)


@pytest.mark.parametrize(
    "arguments",
    [
        ("http://a/",),
        ("-f", QUICKSTART),
        ("-f", "/nonexistent/path", "http://a/"),
        ("-f", QUICKSTART, "-H", "no colon", "http://a/"),
        ("-f", QUICKSTART, "-o", "xml", "http://a/"),
        ("-f", QUICKSTART, "--nonsense", "http://a/"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: tuple[object, ...]) -> None:
    done = run("explain", *arguments, code=2)
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")


def test_the_text_names_the_rule_with_its_place() -> None:
    text = run("explain", "-f", QUICKSTART, "http://shop.example.com/catalog/shoes?preview=true", code=0).stdout
    lines = text.splitlines()
    assert lines[0] == "GET http://shop.example.com/catalog/shoes?preview=true"
    assert lines[1] == "=> The request is forwarded to shop/catalog-preview:8080."
    place = lines[2].split("(")[1].rstrip(")")
    file, line, _ = place.rsplit(":", 2)
    assert "queryParams" in "".join(Path(file).read_text().splitlines(True)[int(line) - 1 :][:5])
    assert "the method is GET, not POST" in text


def test_a_route_that_is_not_accepted_is_named(tmp_path: Path) -> None:
    write(tmp_path / "m", "all.yaml", gateway(), service("up"), route("lost", rule("up"), sectionName="nothing"))
    done = run("explain", "-f", tmp_path / "m", "http://shop.test/", code=3)
    assert "HTTPRoute test/lost: It is for this host, but not accepted by Gateway web" in done.stdout
    assert "all.yaml:" in done.stdout


def test_objects_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    broken = route("broken", rule("up", match=path("no-slash")))
    write(tmp_path / "m", "all.yaml", gateway(), service("up"), broken)
    done = run("explain", "-f", tmp_path / "m", "http://shop.test/", code=3)
    assert "HTTPRoute test/broken" in done.stdout
    assert "all.yaml:" in done.stdout


def test_credentials_are_not_printed(tmp_path: Path) -> None:
    secret = "s3cret-value"
    for output in ("text", "json"):
        done = run(
            "explain", "-f", QUICKSTART, "http://shop.example.com/", "-o", output,
            "-H", f"Authorization: Bearer {secret}", "-H", f"Cookie: id={secret}", code=0,
        )
        assert secret not in done.stdout + done.stderr
