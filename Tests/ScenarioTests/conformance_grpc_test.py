"""Rows of docs/conformance.md about GRPCRoutes, with grpcio at both ends."""

import collections
from collections.abc import Callable, Iterator

import pytest

from support.conformance import Served, condition
from support.grpc_backend import Client, GrpcBackend

ECHO = "/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/Echo"
UNIMPLEMENTED = 12
V1, V2, V3 = (f"grpc-infra-backend-v{number}" for number in (1, 2, 3))


class Row:
    """The manifests of a row with three backends."""

    def __init__(self, server: Served, backends: list[GrpcBackend]) -> None:
        self.server = server
        self.backends = backends

    def parent(self, route: str = "route") -> dict:
        return self.server.status("grpcRoutes", route)["parents"][0]

    def check(self, *expected: tuple[str | int, str, str, dict[str, str]]) -> None:
        """Who answers a call, or its status: expectation, host, path, metadata."""
        for who, host, path, metadata in expected:
            with Client(self.server, host=host) as client:
                status = client.status(path, **metadata)
                seen = [backend.name for backend in self.backends if backend.calls]
                for backend in self.backends:
                    backend.calls.clear()
                assert (seen[0] if seen else status) == who, (host, path, metadata)


@pytest.fixture
def grpc_row(row: Callable[..., Served], stack) -> Iterator[Callable[[str], Row]]:
    def start(name: str) -> Row:
        backends = [stack.enter_context(GrpcBackend(name)) for name in (V1, V2, V3)]
        flags = [f"shop/{backend.name}:8080=127.0.0.1:{backend.port}" for backend in backends]
        server = row(name, *(word for flag in flags for word in ("--backend", flag)))
        return Row(server, backends)

    return start


@pytest.fixture(autouse=True)
def any_method(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite's service has three methods that say who answers."""
    for name in ("EchoTwo", "EchoThree"):
        monkeypatch.setattr(GrpcBackend, name, GrpcBackend.Echo, raising=False)


def test_grpc_exact_method_matching(grpc_row) -> None:
    served = grpc_row("grpc-exact-method-matching")
    served.check((V1, "a", ECHO, {}), (V2, "a", ECHO + "Two", {}), (UNIMPLEMENTED, "a", ECHO + "Three", {}))
    for kind in ("Accepted", "ResolvedRefs"):
        assert condition(served.parent(), kind) == ("True", kind)


def test_grpc_route_header_matching(grpc_row) -> None:
    grpc_row("grpc-route-header-matching").check(
        (V1, "a", ECHO, {"version": "one"}),
        (V2, "a", ECHO, {"version": "two"}),
        (V1, "a", ECHO, {"version": "two", "color": "orange"}),
        *((V1, "a", ECHO, {"color": color}) for color in ("blue", "green")),
        *((V2, "a", ECHO, {"color": color}) for color in ("red", "yellow")),
        *((UNIMPLEMENTED, "a", ECHO, {"color": color}) for color in ("orange", "brown")),
        (UNIMPLEMENTED, "a", ECHO, {"version": "three"}),
        (UNIMPLEMENTED, "a", ECHO, {}),
    )


def test_grpc_route_listener_hostname_matching(grpc_row) -> None:
    served = grpc_row("grpc-route-listener-hostname-matching")
    served.check(
        (V1, "bar.com", ECHO, {}),
        (V2, "foo.bar.com", ECHO, {}),
        *((V3, host, ECHO, {}) for host in ("baz.bar.com", "boo.bar.com", "multiple.prefixes.bar.com")),
        *((V3, host, ECHO, {}) for host in ("multiple.prefixes.foo.com", "baz.foo.com")),
        *((UNIMPLEMENTED, host, ECHO, {}) for host in ("foo.com", "no.matching.host")),
    )
    listeners = served.server.listeners("web")
    assert [entry["attachedRoutes"] for entry in listeners.values()] == [1, 1, 1, 1]
    kinds = [[kind["kind"] for kind in entry["supportedKinds"]] for entry in listeners.values()]
    assert kinds == [["HTTPRoute", "GRPCRoute"]] * 4


def test_grpc_route_named_rule(grpc_row) -> None:
    served = grpc_row("grpc-route-named-rule")
    served.check((V1, "a", ECHO, {}), (V1, "a", ECHO + "Two", {}))
    assert 'rule="named-rule"' in served.server.admin("/metrics").text


def test_grpc_route_weight(grpc_row) -> None:
    served = grpc_row("grpc-route-weight")
    with Client(served.server) as client:
        answers = collections.Counter(client.unary(ECHO).decode().partition(":")[0] for _ in range(500))
    assert answers[V3] == 0 and answers[V1] + answers[V2] == 500
    assert 325 <= answers[V1] <= 375
