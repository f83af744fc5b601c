"""Several Gateways in one process, their addresses, and ListenerSets: what is bound, and what leads where."""

import socket
from collections.abc import Callable
from typing import Any

import requests

from support.manifests import NAMESPACE, Document, _gateway_api, gateway, listener, path, route, rule, service
from support.server import Weir
from support.waiting import eventually

POOL = "127.10.7.0/28"


def with_spec(document: Document, **spec: Any) -> Document:
    return document | {"spec": document["spec"] | spec}


def listener_set(name: str, *listeners: Document, parent: str = "web") -> Document:
    return _gateway_api("ListenerSet", name, {"parentRef": {"name": parent}, "listeners": list(listeners)})


def attached(name: str, to: str, *parents: Document) -> Document:
    document = route(name, rule(to, match=path(f"/{name}")))
    return with_spec(document, parentRefs=list(parents))


def statuses(server: Weir) -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry for entry in server.admin("/status").json()["gateways"]}


def addresses(server: Weir) -> dict[str, list[str]]:
    return {name: [address["value"] for address in entry["addresses"]] for name, entry in statuses(server).items()}


def condition(entry: dict[str, Any], kind: str) -> tuple[str, str]:
    return next((found["status"], found["reason"]) for found in entry["conditions"] if found["type"] == kind)


def ask(server: Weir, address: str, path: str, host: str = "shop.test", port: int = 80) -> str:
    """The status, and the service that answered."""
    url = f"http://{address}:{server.port(port)}{path}"
    answer = requests.get(url, headers={"Host": host}, timeout=10)
    return f"{answer.status_code} {answer.json()['service']}" if answer.ok else f"{answer.status_code}"


def refuses(server: Weir, address: str, port: int = 80) -> bool:
    try:
        socket.create_connection((address, server.port(port)), timeout=5).close()
        return False
    except OSError:
        return True


SERVICES = [service("one"), service("two")]


def test_gateways_of_a_pool_have_the_same_port_and_their_own_routes(weir: Callable[..., Weir]) -> None:
    server = weir(
        gateway(name="first"),
        gateway(name="second"),
        *SERVICES,
        attached("both", "one", {"name": "first"}, {"name": "second"}),
        attached("only", "two", {"name": "second"}),
        "--echo", "--address-pool", POOL,
    )
    assert addresses(server) == {"first": ["127.10.7.1"], "second": ["127.10.7.2"]}
    assert ask(server, "127.10.7.1", "/both") == ask(server, "127.10.7.2", "/both") == "200 one"
    assert ask(server, "127.10.7.1", "/only") == "404"
    assert ask(server, "127.10.7.2", "/only") == "200 two"
    assert refuses(server, "127.0.0.1") and refuses(server, "127.10.7.3")
    screen = "".join(server.output)
    assert f"127.10.7.1:{server.port()}" in screen and f"127.10.7.2:{server.port()}" in screen


def test_an_address_stays_while_other_gateways_come_and_go(weir: Callable[..., Weir]) -> None:
    server = weir(
        gateway(name="first"), gateway(name="second"), *SERVICES, attached("r", "one", {"name": "second"}), "--echo",
        "--address-pool", POOL,
    )
    with requests.Session() as session:
        url = f"http://127.10.7.2:{server.port()}/r"
        assert session.get(url).status_code == 200
        route_ = attached("r", "one", {"name": "second"})
        server.write("all.yaml", gateway(name="another"), gateway(name="second"), *SERVICES, route_)
        eventually(lambda: addresses(server) == {"another": ["127.10.7.3"], "second": ["127.10.7.2"]}, "a new Gateway")
        assert session.get(url).status_code == 200
        eventually(lambda: refuses(server, "127.10.7.1"), "the address of the old one is closed")
    server.write("all.yaml", gateway(name="another"), gateway(name="first"), gateway(name="second"), *SERVICES, route_)
    eventually(lambda: addresses(server).get("first") == ["127.10.7.1"], "it is back at its address")


def test_gateway_static_addresses_step_by_step(weir: Callable[..., Weir]) -> None:
    def write(server: Weir, *wanted: Document) -> None:
        server.write("all.yaml", gateway(name="other"), with_spec(gateway(name="web"), addresses=list(wanted)))

    def reports(accepted: tuple[str, str], programmed: tuple[str, str]) -> Callable[[], bool]:
        def found() -> bool:
            entry = statuses(server)["web"]
            return condition(entry, "Accepted") == accepted and condition(entry, "Programmed") == programmed

        return found

    unusable, usable = {"value": "192.0.2.1"}, {"type": "IPAddress", "value": "127.10.7.9"}
    server = weir(gateway(name="other"), gateway(name="web"), "--address-pool", POOL)
    write(server, {"type": "test/fake-invalid-type", "value": "x"}, unusable, usable)
    eventually(reports(("False", "UnsupportedAddress"), ("False", "Invalid")), "step 1")
    write(server, unusable, usable)
    eventually(reports(("True", "Accepted"), ("False", "AddressNotUsable")), "step 2")
    write(server, usable)
    eventually(reports(("True", "Accepted"), ("True", "Programmed")), "step 3")
    assert statuses(server)["web"]["addresses"] == [{"type": "IPAddress", "value": "127.10.7.9"}]
    assert ask(server, "127.10.7.9", "/") == "404"


def test_a_port_that_another_process_has_is_reported_for_its_address_only(weir: Callable[..., Weir]) -> None:
    server = weir(gateway(name="first"), "--address-pool", POOL)
    with socket.socket() as taken:
        taken.bind(("127.10.7.2", server.port()))
        taken.listen()
        server.write("all.yaml", gateway(name="first"), gateway(name="second"), gateway(name="third"))
        eventually(lambda: len(statuses(server)) == 3, "three Gateways")
        found = statuses(server)
        assert condition(found["second"]["listeners"][0], "Accepted") == ("False", "PortUnavailable")
        for name in ("first", "third"):
            assert condition(found[name], "Programmed") == ("True", "Programmed")
        assert ask(server, "127.10.7.1", "/") == ask(server, "127.10.7.3", "/") == "404"


def test_an_address_that_the_machine_lacks_is_not_usable(weir: Callable[..., Weir]) -> None:
    wanted = with_spec(gateway(name="second"), addresses=[{"value": "192.0.2.1"}])
    server = weir(gateway(name="first"), wanted, "--address-pool", POOL, "--address-pool", "192.0.2.0/30")
    found = statuses(server)
    assert condition(found["second"], "Accepted") == ("True", "Accepted")
    assert condition(found["second"], "Programmed") == ("False", "AddressNotUsable")
    assert found["second"]["addresses"] == []
    assert condition(found["first"], "Programmed") == ("True", "Programmed")
    assert ask(server, "127.10.7.1", "/") == "404"


def test_listener_sets_have_hostnames_and_routes_of_their_own(weir: Callable[..., Weir]) -> None:
    """The 36 combinations of ListenerSetHTTPRouting."""
    parent = with_spec(
        gateway(listener("gw-1", 80, "gw-1.test"), listener("gw-2", 80, "gw-2.test")),
        allowedListeners={"namespaces": {"from": "Same"}},
    )
    sets = [
        listener_set(name, *(listener(f"entry-{n}", 80, f"{name}-{n}.test") for n in (1, 2))) for name in ("a", "b")
    ]
    a, b = ({"kind": "ListenerSet", "name": name} for name in ("a", "b"))
    parents = {
        "all": [{"name": "web"}, a, b],
        "gateway": [{"name": "web"}],
        "gateway-section": [{"name": "web", "sectionName": "gw-1"}],
        "set": [a],
        "section": [a | {"sectionName": "entry-1"}],
        "other": [b],
    }
    server = weir(
        parent, *sets, *SERVICES, *(attached(name, "one", *refs) for name, refs in parents.items()), "--echo"
    )
    takes = {
        "gw-1.test": {"all", "gateway", "gateway-section"},
        "gw-2.test": {"all", "gateway"},
        "a-1.test": {"all", "set", "section"},
        "a-2.test": {"all", "set"},
        "b-1.test": {"all", "other"},
        "b-2.test": {"all", "other"},
    }
    for host, routes in takes.items():
        for name in parents:
            expected = "200 one" if name in routes else "404"
            assert ask(server, "127.0.0.1", f"/{name}", host) == expected, f"{host}/{name}"
    found = server.admin("/status").json()
    assert found["gateways"][0]["attachedListenerSets"] == 2
    assert [entry["attachedRoutes"] for entry in found["listenerSets"][0]["listeners"]] == [3, 2]
    assert found["listenerSets"][0]["namespace"] == NAMESPACE
    assert "GatewayHTTPListenerIsolation" in found["gatewayClasses"][0]["supportedFeatures"]


def test_a_listener_set_that_the_gateway_does_not_allow_is_not_served(weir: Callable[..., Weir]) -> None:
    extra = listener_set("extra", listener("extra", 81, "extra.test"))
    routes = [attached("r", "one", {"kind": "ListenerSet", "name": "extra"})]
    server = weir(gateway(), extra, *SERVICES, *routes, "--echo", ports=(80, 81))
    assert refuses(server, "127.0.0.1", 81)
    allowed = with_spec(gateway(), allowedListeners={"namespaces": {"from": "Same"}})
    server.write("all.yaml", allowed, extra, *SERVICES, *routes)
    eventually(lambda: not refuses(server, "127.0.0.1", 81), "the port is open")
    assert ask(server, "127.0.0.1", "/r", "extra.test", 81) == "200 one"
    assert ask(server, "127.0.0.1", "/r", "extra.test") == "404"
