"""Backends by name (ExternalName) and over IPv6."""

from pathlib import Path

import pytest

from support.backends import answering, response
from support.dns import DNSServer
from support.manifests import endpoints, gateway, route, rule, service
from support.ports import has_ipv6
from support.server import Weir, write
from support.waiting import eventually


def external(name: str) -> dict:
    return service("up", type="ExternalName", externalName=name)


@pytest.fixture
def dns(stack) -> DNSServer:
    return stack.enter_context(DNSServer())


def started(weir, dns: DNSServer, name: str, port: int) -> Weir:
    named = external(name)
    named["spec"]["ports"] = [{"port": port}]
    to = {"name": "up", "port": port}
    return weir(gateway(), named, route("r", rule(to)), "--dns-server", f"127.0.0.1:{dns.port}")


def test_an_external_name_is_resolved_and_its_answer_kept_for_its_ttl(weir, backend, dns: DNSServer) -> None:
    upstream = backend()
    dns.addresses["up.example.test"] = ["127.0.0.1"]
    server = started(weir, dns, "up.example.test", upstream.port)
    eventually(lambda: server.get().text == "ok")
    asked = len(dns.queries)
    for _ in range(30):
        assert server.get().text == "ok"
    assert len(dns.queries) <= asked + 4
    assert {name for name, _ in dns.queries} == {"up.example.test"}


def test_a_name_that_moves_is_followed_when_its_ttl_is_over(weir, backend, dns: DNSServer) -> None:
    old = backend(answering(response("old")), "127.0.0.2")
    backend(answering(response("new")), "127.0.0.3", old.port)
    dns.ttl_seconds = 1
    dns.addresses["up.example.test"] = ["127.0.0.2"]
    server = started(weir, dns, "up.example.test", old.port)
    eventually(lambda: server.get().text == "old")
    dns.addresses["up.example.test"] = ["127.0.0.3"]
    eventually(lambda: server.get().text == "new")
    assert {server.get().text for _ in range(10)} == {"new"}


def test_a_name_that_does_not_exist_is_an_error_and_harms_nobody(weir, backend, dns: DNSServer) -> None:
    upstream = backend()
    server = started(weir, dns, "missing.example.test", upstream.port)
    assert server.get().status_code in (500, 502, 503)
    dns.addresses["missing.example.test"] = ["127.0.0.1"]
    eventually(lambda: server.get().status_code == 200, "the name is asked for again", deadline=40)


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")


@needs_ipv6
def test_an_endpoint_may_have_an_ipv6_address(weir, backend) -> None:
    upstream = backend(None, "::1")
    slice_ = endpoints("up", upstream.port, "::1", family="IPv6")
    server = weir(gateway(), service("up"), slice_, route("r", rule("up")))
    assert server.get().text == "ok"


@needs_ipv6
def test_a_backend_flag_may_have_an_ipv6_address(weir, backend) -> None:
    upstream = backend(None, "::1")
    flags = ["--backend", f"test/up:8080=[::1]:{upstream.port}"]
    server = weir(gateway(), service("up"), route("r", rule("up")), *flags)
    assert server.get().text == "ok"


@needs_ipv6
def test_a_listener_may_have_an_ipv6_address(stack, backend, tmp_path: Path) -> None:
    upstream = backend()
    write(tmp_path / "manifests", "all.yaml", gateway(), service("up"), route("r", rule("up")))
    flags = ["--backend", f"test/up:8080=127.0.0.1:{upstream.port}"]
    server = stack.enter_context(Weir(tmp_path / "manifests", *flags, bind="::1"))
    assert server.get().text == "ok"
    assert upstream.requests[0].get("x-forwarded-for") == "::1"


@needs_ipv6
def test_a_name_may_have_only_an_ipv6_address(weir, backend, dns: DNSServer) -> None:
    upstream = backend(None, "::1")
    dns.addresses["up.example.test"] = ["::1"]
    server = started(weir, dns, "up.example.test", upstream.port)
    eventually(lambda: server.get().text == "ok")
