"""Rows of docs/conformance.md about which route and backend take a request."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.conformance import Ask, Served, condition, next_generation, of_kind
from support.ports import free_port, has_ipv6
from support.waiting import eventually

Row = Callable[..., Served]
V1, V2, V3 = "infra-backend-v1", "infra-backend-v2", "infra-backend-v3"


def test_http_route_simple_same_namespace(row: Row) -> None:
    row("http-route-simple-same-namespace").check(Ask("/", V1))


def test_http_route_cross_namespace(row: Row) -> None:
    server = row("http-route-cross-namespace")
    server.check(Ask("/", "web-backend"))
    assert server.send(Ask("/", 200)).json()["namespace"] == "web-backend"


def test_http_route_exact_path_matching(row: Row) -> None:
    row("http-route-exact-path-matching").check(
        Ask("/one", V1),
        Ask("/two", V2),
        *(Ask(path, 404) for path in ("/", "/one/example", "/two/", "/Two")),
    )


def test_http_route_path_match_order(row: Row) -> None:
    row("http-route-path-match-order").check(
        Ask("/match/exact/one", V2),
        Ask("/match/exact", V2),
        Ask("/match", V3),
        Ask("/match/", V1),
        Ask("/match/prefix/one/any", V1),
        Ask("/match/prefix/one", V1),
        Ask("/match/prefix/any", V2),
        Ask("/match/prefix", V2),
        Ask("/match/any", V1),
        Ask("/matched", 404),
    )


def test_http_route_header_matching(row: Row) -> None:
    def headers(expected: str | int, **sent: str) -> Ask:
        return Ask("/", expected, headers=sent)

    row("http-route-header-matching").check(
        headers(V1, Version="one"),
        headers(V2, Version="two"),
        headers(V1, VERSION="two", color="orange"),
        headers(V2, version="two", Color="purple"),
        *(headers(V1, Color=color) for color in ("blue", "green")),
        *(headers(V2, Color=color) for color in ("red", "yellow")),
        headers(404, Color="purple"),
        headers(404, Version="One"),
        headers(404, Version="oneone"),
        headers(404),
    )


def test_http_route_matching(row: Row) -> None:
    row("http-route-matching").check(
        Ask("/", V1),
        Ask("/example", V1),
        Ask("/", V1, headers={"Version": "one"}),
        Ask("/v2", V2),
        Ask("/v2/", V2),
        Ask("/v2/example", V2),
        Ask("/", V2, headers={"Version": "two"}),
        Ask("/v2example", V1),
        Ask("/foo/v2/example", V1),
    )


def test_http_route_matching_across_routes(row: Row) -> None:
    one, two = {"Version": "one"}, {"Version": "two"}
    row("http-route-matching-across-routes").check(
        Ask("/", V1, "example.com"),
        Ask("/", V1, "example.net"),
        Ask("/example", V1, "example.com", headers=one),
        Ask("/v2", V2, "example.com"),
        Ask("/v2example", V1, "example.com"),
        Ask("/foo/v2/example", V1, "example.com"),
        Ask("/", V2, "example.com", headers=two),
        Ask("/v2", V1, "example.net"),
        Ask("/", V1, "example.net", headers=two),
        Ask("/", 404, "example.org"),
        Ask("/v2", 404, "example.org", headers=two),
    )


def test_http_route_method_matching(row: Row) -> None:
    server = row("http-route-method-matching")
    server.check(
        Ask("/", V1, method="POST"),
        Ask("/", V2, method="GET"),
        Ask("/path1", V1, method="GET"),
        Ask("/", V2, method="PUT", headers={"version": "one"}),
        Ask("/path2", V3, method="POST", headers={"version": "two"}),
        Ask("/path3", V1, method="PATCH"),
        Ask("/path4", V1, method="DELETE", headers={"version": "three"}),
        # Path before method before header.
        Ask("/path5", V1, method="PATCH"),
        Ask("/", V2, method="PATCH", headers={"version": "four"}),
        Ask("/", V3, method="DELETE", headers={"version": "four"}),
        # Neither of these has all that a match asks for.
        Ask("/", 404, method="PUT"),
        Ask("/path4", 404, method="DELETE"),
        Ask("/", 404, method="DELETE", headers={"version": "three"}),
        Ask("/", 404, method="HEAD"),
    )
    assert server.send(Ask("/path2", V3, method="POST")).json()["service"] == V1, "no header: the rule for POST alone"


def test_http_route_query_param_matching(row: Row) -> None:
    row("http-route-query-param-matching").check(
        Ask("/?animal=whale", V1),
        Ask("/?animal=dolphin", V2),
        Ask("/?animal=dolphin&color=blue", V3),
        Ask("/?color=blue&animal=dolphin", V3),
        Ask("/?animal=dolphin&color=red", V2),
        Ask("/?ANIMAL=Whale", V3),
        Ask("/?animal=whale&otherparam=irrelevant", V1),
        Ask("/path1?animal=whale", V1),
        Ask("/?animal=whale", V2, headers={"version": "one"}),
        Ask("/path2?animal=whale", V3, headers={"version": "two"}),
        Ask("/path3?animal=shark", V1),
        Ask("/path4?animal=kraken", V1, headers={"version": "three"}),
        # Path before header before parameter.
        Ask("/path5?animal=hydra", V1),
        Ask("/?animal=hydra", V2, headers={"version": "four"}),
        Ask("/?animal=hydra", V3),
        Ask("/", 404),
        Ask("/?animal=dog", 404),
        Ask("/?animal=whaledolphin", 404),
        Ask("/?animal=Whale", 404),
        Ask("/?animal=", 404),
        Ask("/path3?animal=kraken", 404),
        Ask("/path4?animal=kraken", 404),
    )


def test_http_route_named_rule(row: Row) -> None:
    row("http-route-named-rule").check(Ask("/named", V1), Ask("/unnamed", V2), Ask("/", 404))


# ---------------------------------------------------------------- hostnames, listeners, Gateways


def test_http_route_hostname_intersection(row: Row) -> None:
    server = row("http-route-hostname-intersection")
    server.check(
        # Exact at both, with a port too; names that only the route has are ignored.
        Ask("/s1", V1, "very.specific.com"),
        Ask("/s1", V1, "very.specific.com:1234"),
        Ask("/s1", 404, "non.matching.com"),
        Ask("/s1", 404, "foo.nonmatchingwildcard.io"),
        Ask("/s1", 404, "foo.wildcard.io"),
        Ask("/non-matching-prefix", 404, "very.specific.com"),
        # Wildcard at the listener, exact at the route.
        *(Ask("/s2", V2, host) for host in ("foo.wildcard.io", "bar.wildcard.io", "foo.bar.wildcard.io")),
        *(Ask("/s2", 404, host) for host in ("non.matching.com", "wildcard.io", "other.wildcard.io", "very.specific.com")),
        Ask("/non-matching-prefix", 404, "foo.wildcard.io"),
        # Exact at the listener, wildcard at the route.
        Ask("/s3", V3, "very.specific.com"),
        *(Ask("/s3", 404, host) for host in ("non.matching.com", "foo.specific.com", "foo.wildcard.io")),
        Ask("/non-matching-prefix", 404, "very.specific.com"),
        # The same wildcard at both.
        *(Ask("/s4", V1, f"{name}.anotherwildcard.io") for name in ("one", "two", "one.two.three")),
        *(Ask("/s4", 404, host) for host in ("anotherwildcard.io", "foo.wildcard.io", "very.specific.com")),
        # A route that has nothing in common.
        *(Ask("/", 404, host) for host in ("specific.but.wrong.com", "wildcard.io")),
        # A listener without hostname takes those of the route, and no others.
        *(Ask("/", V3, host, listener=8080) for host in ("any.example.com", "a.example.net", "a.b.example.net")),
        *(Ask("/", 404, host, listener=8080) for host in ("example.net", "other.example.com", "very.specific.com")),
    )
    assert [entry["attachedRoutes"] for entry in server.status("gateways", "web")["listeners"]] == [2, 1, 1]
    assert condition(server.parent("no-intersecting-hosts"), "Accepted") == ("False", "NoMatchingListenerHostname")


def test_http_route_listener_hostname_matching(row: Row) -> None:
    row("http-route-listener-hostname-matching").check(
        Ask("/", V1, "bar.com"),
        Ask("/", V2, "foo.bar.com"),
        *(Ask("/", V3, host) for host in ("baz.bar.com", "boo.bar.com", "multiple.prefixes.bar.com")),
        *(Ask("/", V3, host) for host in ("multiple.prefixes.foo.com", "a.foo.com")),
        Ask("/", 404, "foo.com"),
        Ask("/", 404, "no.matching.host"),
    )


def test_http_route_listener_port_matching(row: Row) -> None:
    row("http-route-listener-port-matching").check(
        Ask("/", V1, "foo.com"),
        Ask("/", 404, "bar.com"),
        Ask("/", V2, "foo.com", listener=8080),
        Ask("/", V2, "bar.com", listener=8080),
        Ask("/", V2, "bar.com:8080", listener=8080),
        Ask("/", V3, "foo.com", listener=8090),
        Ask("/", 404, "bar.com", listener=8090),
        Ask("/", 404, "unknown.com", listener=8080),
    )


def test_http_route_multiple_gateways(row: Row) -> None:
    asks = {"/shared": (V1, V1), "/same": (V2, 404), "/all": (404, V3)}
    row("http-route-multiple-gateways").check(
        *(Ask(path, first) for path, (first, _) in asks.items()),
        *(Ask(path, second, listener=8080) for path, (_, second) in asks.items()),
    )


@pytest.mark.parametrize(
    "name, reason",
    [
        ("cross-namespace-parent-ref", "NotAllowedByListeners"),
        ("parent-ref-not-matching-listener-port", "NoMatchingParent"),
        ("parent-ref-not-matching-section-name", "NoMatchingParent"),
        ("parent-ref-section-name-not-matching-port", "NoMatchingParent"),
    ],
)
def test_http_route_invalid_parent_ref(row: Row, name: str, reason: str) -> None:
    server = row(f"http-route-invalid-{name}")
    (route,) = server.admin("/status").json()["httpRoutes"]
    (gateway,) = server.admin("/status").json()["gateways"]
    (parent,) = route["parents"]
    assert condition(parent, "Accepted") == ("False", reason)
    assert condition(parent, "ResolvedRefs") == ("True", "ResolvedRefs")
    assert all(entry["attachedRoutes"] == 0 for entry in gateway["listeners"])
    server.check(*(Ask("/", 404, listener=entry["port"]) for entry in _listeners(server)))


def _listeners(server: Served) -> list[dict]:
    return [entry for gateway in of_kind("Gateway", server.documents) for entry in gateway["spec"]["listeners"]]


# ---------------------------------------------------------------- backends


@pytest.mark.parametrize(
    "name, reason",
    [
        ("backend-ref-unknown-kind", "InvalidKind"),
        ("cross-namespace-backend-ref", "RefNotPermitted"),
        ("non-existent-backend-ref", "BackendNotFound"),
        ("reference-grant", "RefNotPermitted"),
    ],
)
def test_http_route_invalid_backend_ref(row: Row, name: str, reason: str) -> None:
    server = row(f"http-route-invalid-{name}")
    (route,) = server.admin("/status").json()["httpRoutes"]
    assert condition(route["parents"][0], "Accepted") == ("True", "Accepted")
    assert condition(route["parents"][0], "ResolvedRefs") == ("False", reason)
    server.check(Ask("/", 500), Ask("/other", 500))


def test_http_route_no_backend_refs(row: Row) -> None:
    server = row("http-route-no-backend-refs")
    assert condition(server.parent("route"), "ResolvedRefs") == ("True", "ResolvedRefs")
    server.check(Ask("/missing", 500), Ask("/empty", 500), Ask("/normal", V1))


def test_http_route_partially_invalid_via_invalid_reference_grant(row: Row) -> None:
    server = row("http-route-partially-invalid-via-invalid-reference-grant")
    assert condition(server.parent("route"), "Accepted") == ("True", "Accepted")
    assert condition(server.parent("route"), "ResolvedRefs") == ("False", "RefNotPermitted")
    server.check(Ask("/v2", 500), Ask("/v2/x", 500), Ask("/", "app-backend-v1"), Ask("/v2x", "app-backend-v1"))


def test_http_route_reference_grant(row: Row) -> None:
    server = row("http-route-reference-grant")
    server.check(Ask("/", "web-backend"))
    grant = server.find("ReferenceGrant", "grant")
    server.documents.remove(grant)
    server.apply()
    eventually(lambda: server.outcome(Ask("/", 500)) == 500, "the grant is withdrawn")
    assert condition(server.parent("route"), "ResolvedRefs") == ("False", "RefNotPermitted")
    server.documents.append(grant)
    server.apply()
    eventually(lambda: server.outcome(Ask("/", 200)) == "web-backend", "the grant is back")


def test_http_route_observed_generation_bump(row: Row) -> None:
    server = row("http-route-observed-generation-bump")
    (route,) = of_kind("HTTPRoute", server.documents)
    name, before = route["metadata"]["name"], server.outcome(Ask("/", V1))
    other = V2 if before == V1 else V1
    server.documents.append(
        {"apiVersion": "v1", "kind": "Service", "metadata": {"namespace": route["metadata"]["namespace"], "name": other},
         "spec": {"ports": [{"port": 80}]}}
    )
    next_generation(route)["spec"]["rules"][0]["backendRefs"][0]["name"] = other
    server.apply()
    eventually(lambda: server.outcome(Ask("/", other)) == other, "the other backend is served")
    found = server.parent(name)["conditions"]
    assert {entry["observedGeneration"] for entry in found} == {route["metadata"]["generation"]}
    assert {entry["type"]: entry["status"] for entry in found} == {"Accepted": "True", "ResolvedRefs": "True"}


def test_http_route_service_types(row: Row, backend) -> None:
    """The slices are empty at first and filled while it runs, IPv4 and (where there is any) IPv6 beside each other."""
    server = row("http-route-service-types")
    paths = {"headless": "/headless", "manual": "/manual-endpointslices", "headless-manual": "/headless-manual-endpointslices"}
    slices = list(of_kind("EndpointSlice", server.documents))
    port, addresses = free_port(), {"IPv4": "127.0.0.1"} | ({"IPv6": "::1"} if has_ipv6() else {})
    for address in addresses.values():
        backend(address=address, port=port)
    for slice_ in slices:
        slice_["endpoints"] = None
        slice_["ports"][0]["port"] = port
    server.apply()
    for path in paths.values():
        eventually(lambda: server.send(Ask(path, 503)).status_code == 503, f"{path} has no endpoints")
    for slice_ in (entry for entry in slices if entry["addressType"] in addresses):
        entry = {"addresses": [addresses[slice_["addressType"]]], "conditions": {"ready": True}}
        slice_["endpoints"] = [entry]
    server.apply()
    for path in paths.values():
        eventually(lambda: server.send(Ask(path, 200)).status_code == 200, f"{path} is served")
        assert all(server.send(Ask(path, 200)).text == "ok" for _ in range(10)), "through either family"
    assert condition(server.parent("route"), "ResolvedRefs") == ("True", "ResolvedRefs")


def services_of(server: Served, count: int) -> Counter:
    """Which Service answered how many of the requests, ten of them at a time."""
    ask = Ask("/", 200)

    def one(_: int) -> str:
        answer = server.get(ask.target, ask.host)
        assert answer.status_code == 200, answer.status_code
        body = answer.json()
        assert body["headers"].get("Backend", [body["service"]]) == [body["service"]], body
        return body["service"]

    with ThreadPoolExecutor(10) as pool:
        return Counter(pool.map(one, range(count)))


def test_http_route_weight(row: Row) -> None:
    """70/30/0 within five points; like the official test, it may take several tries (5 points are 2.4 deviations)."""
    server = row("http-route-weight")

    def is_near() -> bool:
        seen = services_of(server, 500)
        assert seen[V3] == 0
        return abs(seen[V1] / 500 - 0.7) <= 0.05 and abs(seen[V2] / 500 - 0.3) <= 0.05

    assert any(is_near() for _ in range(10))


def test_http_route_request_header_modifier_backend_weights(row: Row) -> None:
    server = row("http-route-request-header-modifier-backend-weights")
    asked = Ask("/", 200, headers={"Backend": "from the client"})
    for _ in range(100):
        answer = server.send(asked).json()
        assert answer["headers"]["Backend"] == [answer["service"]]
    assert set(services_of(server, 100)) == {V1, V2}
