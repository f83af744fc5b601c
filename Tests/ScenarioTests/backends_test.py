"""Which backend and endpoint a request goes to, and what the client sees when there is none."""

from collections import Counter

import pytest
import requests

from support.backends import Backend, answering, response
from support.manifests import Document, backend as to, endpoints, gateway, listener, path, route, rule, service
from support.ports import free_port
from support.server import Weir
from support.waiting import eventually

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
