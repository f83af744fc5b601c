"""Rows of docs/conformance.md about Gateways, their listeners, ListenerSets and BackendTLSPolicies."""

from collections.abc import Callable

import pytest

from support.conformance import Ask, Served, condition, generations, is_good, manifests, next_generation, of_kind
from support.manifests import Document, gateway, path
from support.waiting import eventually

Row = Callable[..., Served]
POOL = ("--address-pool", "127.10.0.0/24")  # As in the settings of the golden files.


# ---------------------------------------------------------------- Gateway and GatewayClass


@pytest.mark.parametrize("name", ["isolation", "with-routes"], ids=["hosts of listeners", "hosts of routes too"])
def test_gateway_http_listener_isolation(row: Row, name: str) -> None:
    """Sixteen combinations of host and path, each Gateway at an address of its own."""
    server = row("gateway-http-listener-isolation", *POOL)
    address = server.gateway_address(name)
    hosts = {
        "bar.com": "/empty",
        "bar.example.com": "/wild",
        "bar.foo.example.com": "/deep",
        "abc.foo.example.com": "/exact",
    }
    server.check(
        *(
            Ask(target, "app" if target == own else 404, host, address=address)
            for host, own in hosts.items()
            for target in hosts.values()
        )
    )
    assert [entry["attachedRoutes"] for entry in server.status("gateways", name)["listeners"]] == [1] * 4


def test_gateway_listener_unsupported_protocol(row: Row) -> None:
    server = row("gateway-listener-unsupported-protocol", *POOL)
    assert condition(server.status("gateways", "only"), "Accepted") == ("False", "ListenersNotValid")
    assert condition(server.status("gateways", "beside"), "Accepted") == ("True", "ListenersNotValid")
    server.check(Ask("/", "app", address=server.gateway_address("beside")))


def test_gateway_frontend_invalid_default_client_certificate_validation(row: Row) -> None:
    """Port 80 serves, whatever the certificates of other ports are like."""
    server = row("gateway-frontend-invalid-default-client-certificate-validation")
    listeners = server.listeners("gateway")
    assert is_good(listeners["http"])
    assert condition(listeners["https"], "Accepted") == ("False", "NoValidCACertificate")
    server.check(Ask("/", "app"))
    assert server.refuses_connections(443)


def test_gateway_modify_listeners(row: Row) -> None:
    """Listeners come and go; the one that stays keeps its connections, routes and address."""
    server = row("gateway-with-attached-routes-with-port-8080")
    gateway, route = server.find("Gateway", "gateway"), server.find("HTTPRoute", "route")
    kept = next(entry for entry in gateway["spec"]["listeners"] if entry["port"] == 80)
    del route["spec"]["parentRefs"][0]["sectionName"]
    for wanted in ([kept], [kept, kept | {"name": "added", "port": 8090}], [kept]):
        next_generation(gateway)["spec"]["listeners"] = wanted
        server.apply()
        expected = {entry["name"]: 1 for entry in wanted}

        def found() -> dict[str, int]:
            return {name: entry["attachedRoutes"] for name, entry in server.listeners("gateway").items()}

        eventually(lambda: found() == expected, f"the listeners are {expected}")
        status = server.status("gateways", "gateway")
        assert all(is_good(entry) for entry in status["listeners"])
        assert generations(status) == {gateway["metadata"]["generation"]}
        server.check(*(Ask("/", "app", listener=entry["port"]) for entry in wanted))
        assert server.gateway_address("gateway") == "127.0.0.1"
    eventually(lambda: server.refuses_connections(8090), "the removed listener is closed")


def test_gateway_observed_generation_bump(row: Row) -> None:
    server = row("gateway-with-attached-routes-with-port-8080")
    gateway = next_generation(server.find("Gateway", "gateway"))
    gateway["spec"]["listeners"].append({"name": "alternate", "port": 80, "protocol": "HTTP", "hostname": "foo.com"})
    server.apply()
    eventually(lambda: "alternate" in server.listeners("gateway"), "the listener is there")
    status = server.status("gateways", "gateway")
    assert is_good(status) and all(is_good(entry) for entry in status["listeners"])
    assert generations(status) == {gateway["metadata"]["generation"]}


def test_gateway_class_observed_generation_bump(row: Row) -> None:
    server = row([*manifests("gateway-class-observed-generation-bump"), gateway()])
    second = next_generation(server.find("GatewayClass", "second"))
    second["spec"]["description"] = "changed again"
    server.apply()
    wanted = {second["metadata"]["generation"]}
    eventually(lambda: generations(server.status("gatewayClasses", "second")) == wanted, "the generation is seen")
    assert condition(server.status("gatewayClasses", "second"), "Accepted") == ("True", "Accepted")


def test_gateway_optional_address_value(row: Row) -> None:
    server = row("gateway-optional-address-value", *POOL)
    status = server.status("gateways", "gateway")
    (address,) = status["addresses"]
    assert address["type"] == "IPAddress" and address["value"].startswith("127.10.0.") and is_good(status)
    server.check(Ask("/", 404, address=address["value"]))


def test_gateway_static_addresses(row: Row) -> None:
    """The three steps as three Gateways; that one Gateway can take them is in gateways_test.py."""
    server = row("gateway-static-addresses", *POOL)
    found = {name: server.status("gateways", name) for name in ("1-unsupported", "2-unusable", "3-usable")}
    assert condition(found["1-unsupported"], "Accepted") == ("False", "UnsupportedAddress")
    assert condition(found["2-unusable"], "Accepted") == ("True", "Accepted")
    assert condition(found["2-unusable"], "Programmed") == ("False", "AddressNotUsable")
    assert is_good(found["3-usable"])
    assert found["3-usable"]["addresses"] == [{"type": "IPAddress", "value": "127.10.0.10"}]
    server.check(Ask("/", 404, listener=8080, address="127.10.0.10"))


def test_gateway_with_attached_routes(row: Row) -> None:
    server = row("gateway-with-attached-routes", *POOL)
    (one,) = server.listeners("one-route").values()
    (two,) = server.listeners("two-routes").values()
    (unresolved,) = server.listeners("unresolved").values()
    assert [entry["attachedRoutes"] for entry in (one, two, unresolved)] == [1, 2, 1]
    assert condition(server.parent("not-accepted"), "Accepted") == ("False", "NoMatchingListenerHostname")
    assert condition(unresolved, "ResolvedRefs")[0] == condition(unresolved, "Programmed")[0] == "False"
    assert condition(server.parent("unresolved"), "ResolvedRefs")[0] == "False"
    address = server.gateway_address("two-routes")
    server.check(
        Ask("/", "app", address=server.gateway_address("one-route")),
        Ask("/", "app", "foo.example.com", address=address),
        Ask("/", 404, "bar.example.com", address=address),
    )


def test_gateway_with_attached_routes_with_port_8080(row: Row) -> None:
    server = row("gateway-with-attached-routes-with-port-8080")
    assert [entry["attachedRoutes"] for entry in server.status("gateways", "gateway")["listeners"]] == [0, 1]
    server.check(Ask("/", "app"), Ask("/", 404, listener=8080))


# ---------------------------------------------------------------- ListenerSet


def open_sets(name: str) -> list[Document]:
    """The manifests of a row, whose sets take routes of all namespaces."""
    documents = manifests(name)
    for entry in of_kind("ListenerSet", documents):
        for listener in entry["spec"]["listeners"]:
            listener["allowedRoutes"] = {"namespaces": {"from": "All"}}
    return documents


@pytest.mark.parametrize(
    "policy, served",
    [
        ("default-not-allowed", set()),
        ("allowed-namespace-none", set()),
        ("allowed-namespace-same", {"same"}),
        ("allowed-namespace-selector", {"other"}),
    ],
)
def test_listener_set_allowed_namespace(row: Row, policy: str, served: set[str]) -> None:
    """ListenerSetDefaultNotAllowed and ListenerSetAllowedNamespace None, Same, Selector."""
    server = row(open_sets(f"listener-set-{policy}"))
    for name in ("same", "other"):
        status = server.status("listenerSets", name)
        expected = ("True", "Accepted") if name in served else ("False", "NotAllowed")
        assert condition(status, "Accepted") == expected
        server.check(Ask("/", "app" if name in served else 404, f"{name}.example.com"))
    gateway = server.status("gateways", "gateway")
    assert gateway["attachedListenerSets"] == len(served)
    assert is_good(gateway)


def test_listener_set_allowed_namespace_follows_the_gateway(row: Row) -> None:
    server = row(open_sets("listener-set-allowed-namespace-same"))
    gateway = server.find("Gateway", "gateway")
    for allowed, status in (("All", "app"), ("None", 404), ("Same", 404)):
        gateway["spec"]["allowedListeners"]["namespaces"]["from"] = allowed
        server.apply()
        eventually(lambda: server.outcome(Ask("/", status, "other.example.com")) == status, f"from: {allowed}")
    eventually(lambda: server.outcome(Ask("/", "app", "same.example.com")) == "app", "its own namespace")


def test_listener_set_allowed_routes_namespaces(row: Row) -> None:
    server = row("listener-set-allowed-routes-namespaces")
    taken = {
        "all.set.com": {"/infra", "/apps", "/web"},
        "same.set.com": {"/infra"},
        "selector.set.com": {"/web"},
        "far.com": {"/yes"},
        "gw.example.com": set(),
    }
    paths = ("/infra", "/apps", "/web", "/yes", "/no")
    server.check(*(Ask(target, "app" if target in own else 404, host) for host, own in taken.items() for target in paths))
    assert [entry["attachedRoutes"] for entry in server.status("listenerSets", "set")["listeners"]] == [3, 1, 1]
    assert condition(server.parent("gateway-namespace"), "Accepted") == ("False", "NotAllowedByListeners")
    assert server.status("gateways", "gateway")["attachedListenerSets"] == 2


def test_listener_set_dual_parent_ref_independence(row: Row) -> None:
    server = row("listener-set-dual-parent-ref-independence")
    server.check(
        Ask("/both", "app", "gw.example.com"),
        Ask("/both", "app", "set.example.com"),
        Ask("/wrong", 404, "gw.example.com"),
        Ask("/wrong", "app", "set.example.com"),
    )
    assert condition(server.parent("wrong-section", 0), "Accepted") == ("False", "NoMatchingParent")
    assert condition(server.parent("wrong-section", 1), "Accepted") == ("True", "Accepted")
    assert server.listeners("set", "listenerSets")["entry"]["attachedRoutes"] == 2


def test_listener_set_gateway_parent_section_name_not_found(row: Row) -> None:
    server = row("listener-set-gateway-parent-section-name-not-found")
    assert condition(server.parent("gateway"), "Accepted") == ("False", "NoMatchingParent")
    server.check(
        Ask("/gateway", 404, "set.example.com"),
        Ask("/gateway", 404, "gw.example.com"),
        Ask("/set", "app", "set.example.com"),
        Ask("/set", 404, "gw.example.com"),
    )


def test_listener_set_hostname_conflict(row: Row) -> None:
    """The winner is served untouched; when it goes away, the loser takes its place."""
    documents = manifests("listener-set-hostname-conflict")
    for route in of_kind("HTTPRoute", documents):
        route["spec"]["rules"][0]["matches"] = [path(f"/{route['metadata']['name']}")]
    server = row(documents)
    server.check(Ask("/winner", "app", "third.com"), Ask("/loser", 404, "third.com"))
    lost = server.status("listenerSets", "c-young")
    for entry in (lost, lost["listeners"][0]):
        assert condition(entry, "Accepted")[0] == condition(entry, "Programmed")[0] == "False"
    assert condition(lost["listeners"][0], "Conflicted") == ("True", "HostnameConflict")
    server.documents.remove(server.find("ListenerSet", "a-young"))
    server.apply()
    eventually(lambda: server.outcome(Ask("/loser", "app", "third.com")) == "app", "the loser takes its place")


def test_listener_set_http_routing(row: Row) -> None:
    """Thirty-six combinations of host and path."""
    server = row("listener-set-http-routing")
    taken = {
        "gw-1.com": {"/all", "/gateway", "/gateway-section"},
        "gw-2.com": {"/all", "/gateway"},
        "one-1.com": {"/all", "/one", "/one-section"},
        "one-2.com": {"/all", "/one"},
        "two-1.com": {"/all", "/two"},
        "two-2.com": {"/all", "/two"},
    }
    paths = ("/all", "/gateway", "/gateway-section", "/one", "/one-section", "/two")
    asks = [Ask(target, "app" if target in own else 404, host) for host, own in taken.items() for target in paths]
    assert len(asks) == 36
    server.check(*asks)
    for name, counts in (("one", [3, 2]), ("two", [2, 2])):
        assert [entry["attachedRoutes"] for entry in server.status("listenerSets", name)["listeners"]] == counts
    assert server.status("gateways", "gateway")["attachedListenerSets"] == 2


def test_listener_set_protocol_conflict(row: Row) -> None:
    server = row("listener-set-protocol-conflict")
    server.check(*(Ask("/", 404, host) for host in ("gateway.com", "b.com", "c.com")))
    refused = server.status("listenerSets", "a-only-tcp")
    assert condition(refused["listeners"][0], "Conflicted") == ("True", "ProtocolConflict")
    assert is_good(server.listeners("b-mixed", "listenerSets")["http"])
    assert is_good(server.listeners("c-http", "listenerSets")["http"])
    assert is_good(server.status("gateways", "gateway"))


def test_listener_set_route_status_scoped_to_parent_ref(row: Row) -> None:
    server = row("listener-set-route-status-scoped-to-parent-ref")
    (parent,) = server.status("httpRoutes", "route")["parents"]
    assert (parent["parentRef"]["kind"], parent["parentRef"]["name"]) == ("ListenerSet", "set")
    server.check(Ask("/", "app", "set.example.com"), Ask("/", 404, "gw.example.com"))
    assert server.listeners("set", "listenerSets")["entry"]["attachedRoutes"] == 1


# ---------------------------------------------------------------- BackendTLSPolicy

# Until TLS to backends is served, what a policy is about is never reached in plain text.


@pytest.mark.parametrize(
    "name, paths",
    [
        ("invalid-ca-certificate-ref", ("/missing", "/malformed")),
        ("invalid-kind", ("/",)),
    ],
)
def test_backend_tls_policy_invalid(row: Row, name: str, paths: tuple[str, ...]) -> None:
    server = row(f"backend-tls-policy-{name}")
    (route,) = server.admin("/status").json()["httpRoutes"]
    assert condition(route["parents"][0], "Accepted") == ("True", "Accepted")
    for policy in server.admin("/status").json()["backendTLSPolicies"]:
        assert condition(policy["ancestors"][0], "Accepted") == ("False", "NoValidCACertificate")
    for target in paths:
        assert server.outcome(Ask(target, 500)) in (500, 502, 503)


def test_backend_tls_policy_is_never_answered_in_plain_text(row: Row) -> None:
    server = row("backend-tls-policy")
    for target in ("/backendtlspolicy", "/host-mismatch"):
        assert server.outcome(Ask(target, 500)) in (500, 502, 503)


def policy(server: Served, name: str) -> Document:
    (ancestor,) = server.status("backendTLSPolicies", name)["ancestors"]
    return ancestor


def test_backend_tls_policy_observed_generation_bump(row: Row) -> None:
    server = row("backend-tls-policy-observed-generation-bump")
    (changed,) = of_kind("BackendTLSPolicy", server.documents)
    next_generation(changed)["spec"]["validation"]["hostname"] = "changed.example.com"
    server.apply()
    name, wanted = changed["metadata"]["name"], {changed["metadata"]["generation"]}
    eventually(lambda: generations(policy(server, name)) == wanted, "all conditions are about the new generation")
    assert condition(policy(server, name), "Accepted") == ("True", "Accepted")


def test_backend_tls_policy_follows_its_config_map(row: Row) -> None:
    server = row("backend-tls-policy")
    authority = server.find("ConfigMap", "ca")
    for data, accepted in (({"ca.crt": ""}, "False"), (authority["data"], "True")):
        authority["data"] = data
        server.apply()
        eventually(lambda: condition(policy(server, "normative"), "Accepted")[0] == accepted, f"Accepted {accepted}")
        assert condition(policy(server, "normative"), "ResolvedRefs")[0] == accepted
