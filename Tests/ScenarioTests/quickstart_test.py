"""The example that `make run` serves. What its answers are, the README shows and scripts/readme-smoke.py checks."""

from collections.abc import Iterator

import pytest

from support.server import ROOT, Weir


@pytest.fixture(scope="module")
def quickstart() -> Iterator[Weir]:
    with Weir(ROOT / "Examples/quickstart", "--echo") as server:
        yield server


def test_every_object_is_accepted(quickstart: Weir) -> None:
    status = quickstart.admin("/status").text
    for reason in ("BackendNotFound", "RefNotPermitted", "NoMatchingParent", "UnsupportedValue", "InvalidKind"):
        assert reason not in status


@pytest.mark.parametrize(
    "host, request_path, service",
    [
        ("shop.example.com", "/", "storefront"),
        ("shop.example.com", "/catalog", "catalog"),
        ("shop.example.com", "/status", "status"),
        ("api.example.com", "/v1/x", "api"),
        ("a.tenants.example.com", "/", "tenants"),
    ],
)
def test_its_hosts_answer(quickstart: Weir, host: str, request_path: str, service: str) -> None:
    assert quickstart.echo(request_path, host).service == service
