"""What it tells about itself: /metrics for a real Prometheus, probes, /status."""

import math
import subprocess
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from support.backends import Backend, response
from support.manifests import gateway, path, redirect, route, rule, service
from support.ports import free_port
from support.server import ROOT, Weir
from support.waiting import eventually
from support.wire import request

REQUESTS = "gateway_http_requests_total"
DURATIONS = "gateway_http_request_duration_seconds"
LABELS = {"gateway", "listener", "route", "rule", "hostname"}


def samples(server: Weir, name: str, **labels: str) -> list:
    """The samples of a metric whose labels include these."""
    page = server.admin("/metrics")
    assert page.status_code == 200
    return [
        sample
        for family in text_string_to_metric_families(page.text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]


def total(server: Weir, name: str, **labels: str) -> float:
    return sum(sample.value for sample in samples(server, name, **labels))


@pytest.fixture
def shop(weir) -> Weir:
    return weir(
        gateway(),
        service("up"),
        route("shop", rule("up"), rule("missing", match=path("/broken")), hostnames=["shop.test", "*.shop.test"]),
        route("old", rule(filters=redirect(hostname="shop.test")), hostnames=["old.test"]),
        "--echo",
        "--workers", "2",
    )


def test_requests_are_counted_with_what_matched_and_the_answer(shop: Weir) -> None:
    for _ in range(7):
        shop.get("/secret/path?query")
    shop.ask("POST", "/", "a.shop.test")
    shop.get("/broken")
    shop.get("/", "old.test")
    expect = lambda count, **labels: eventually(  # noqa: E731
        lambda: total(shop, REQUESTS, **labels) == count, f"{count} requests with {labels}"
    )
    expect(7, route="test/shop", hostname="shop.test", method="GET", response_code="200")
    expect(1, route="test/shop", hostname="*.shop.test", method="POST", response_code="200")
    expect(1, route="test/shop", response_code="500")
    expect(1, route="test/old", response_code="302")
    found = samples(shop, REQUESTS, route="test/shop")
    assert all(set(sample.labels) == LABELS | {"method", "response_code"} for sample in found)
    assert {(sample.labels["gateway"], sample.labels["listener"]) for sample in found} == {("test/web", "http")}
    assert "secret" not in shop.admin("/metrics").text


def test_durations_are_a_histogram_with_fewer_labels(shop: Weir) -> None:
    for _ in range(5):
        shop.get("/")
    eventually(lambda: total(shop, f"{DURATIONS}_count", route="test/shop") == 5)
    buckets = samples(shop, f"{DURATIONS}_bucket", route="test/shop")
    assert {frozenset(sample.labels) for sample in buckets} == {frozenset(LABELS | {"le"})}
    values = [sample.value for sample in sorted(buckets, key=lambda sample: float(sample.labels["le"]))]
    assert values == sorted(values) and values[-1] == 5
    assert 0 < total(shop, f"{DURATIONS}_sum", route="test/shop") < 5


def test_the_time_of_an_exchange_is_counted_not_that_of_its_head(weir, backend) -> None:
    def serve(wire, upstream: Backend) -> None:
        upstream.receive(wire)
        wire.socket.settimeout(0.3)
        try:
            wire.socket.recv(1)  # Nothing comes: 0.3 seconds pass.
        except TimeoutError:
            pass
        wire.send(response("late"))

    server = weir(gateway(), service("up"), route("r", rule("up")), up=backend(serve))
    server.get("/")
    eventually(lambda: total(server, f"{DURATIONS}_count") == 1)
    assert 0.25 < total(server, f"{DURATIONS}_sum") < 10
    assert total(server, f"{DURATIONS}_bucket", le="0.1") == 0


def test_what_matches_nothing_makes_no_series_of_its_own(shop: Weir) -> None:
    shop.get("/")
    eventually(lambda: total(shop, REQUESTS) == 1)
    for number in range(50):
        assert shop.get(f"/{number}", f"host-{number}.unknown").status_code == 404
    eventually(lambda: total(shop, REQUESTS) == 51 or len(samples(shop, REQUESTS)) == 1)
    assert len(samples(shop, REQUESTS)) <= 2
    assert "unknown" not in shop.admin("/metrics").text


def test_methods_that_nobody_registered_share_a_series(weir, backend) -> None:
    server = weir(gateway(), service("up"), route("r", rule("up")), up=backend())
    with server.connect() as client:
        for number in range(50):
            client.send(request(f"METHOD{number}", "/"))
            assert client.read_response().status == 200
    eventually(lambda: total(server, REQUESTS) == 50)
    assert [sample.labels["method"] for sample in samples(server, REQUESTS)] == ["_OTHER"]


def test_series_come_with_the_first_request_and_go_with_their_route(shop: Weir) -> None:
    assert samples(shop, REQUESTS) == []
    shop.get("/")
    eventually(lambda: total(shop, REQUESTS, route="test/shop") == 1)
    shop.write("all.yaml", gateway(), service("up"), route("other", rule("up")))
    eventually(lambda: shop.echo("/", "other.test").service == "up")
    eventually(lambda: samples(shop, REQUESTS, route="test/shop") == [], "the series are gone")
    assert total(shop, REQUESTS, route="test/other") > 0


def test_counters_survive_a_reload_of_their_route(shop: Weir) -> None:
    for _ in range(3):
        shop.get("/")
    eventually(lambda: total(shop, REQUESTS, route="test/shop") == 3)
    shop.write("all.yaml", gateway(), service("up"), route("shop", rule("up"), hostnames=["shop.test", "new.test"]))
    eventually(lambda: shop.get("/", "new.test").status_code == 200)
    eventually(lambda: total(shop, REQUESTS, route="test/shop", hostname="shop.test") == 3)


def test_probes_and_the_content_type_of_metrics(shop: Weir) -> None:
    assert shop.admin("/healthz").status_code == 200
    assert shop.admin("/readyz").status_code == 200
    assert shop.admin("/nothing").status_code == 404
    assert shop.admin("/metrics").headers["Content-Type"].startswith("text/plain; version=0.0.4")


def test_status_has_the_objects_with_their_conditions(shop: Weir) -> None:
    answer = shop.admin("/status")
    assert answer.headers["Content-Type"].startswith("application/json")
    text = answer.text
    for word in ("HTTPRoute", "Gateway", "shop", "Accepted", "Programmed", "ResolvedRefs", "BackendNotFound"):
        assert word in text, word
    assert answer.json()


def test_promtool_finds_nothing_to_complain_about(shop: Weir) -> None:
    shop.get("/")
    eventually(lambda: total(shop, REQUESTS) == 1)
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=shop.admin("/metrics").text, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


# ---------------------------------------------------------------- the article's queries on a real Prometheus


def article_queries() -> list[str]:
    text = (ROOT / "Examples/article/12-queries.promql").read_text()
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.slow
def test_the_articles_queries_work_on_a_real_prometheus(shop: Weir, stack, tmp_path: Path) -> None:
    port = free_port()
    target = f"127.0.0.1:{shop.admin_port}"
    configuration = tmp_path / "prometheus.yml"
    configuration.write_text(
        "global: {scrape_interval: 250ms, scrape_timeout: 250ms}\n"
        f"scrape_configs: [{{job_name: weir, static_configs: [{{targets: ['{target}']}}]}}]\n"
    )
    shop.get("/")
    shop.get("/broken")
    prometheus = subprocess.Popen(
        ["prometheus", f"--config.file={configuration}", f"--storage.tsdb.path={tmp_path / 'data'}"]
        + [f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"],
    )
    stack.callback(prometheus.wait)
    stack.callback(prometheus.terminate)

    def ask(query: str) -> list[dict]:
        answer = requests.get(f"http://127.0.0.1:{port}/api/v1/query", params={"query": query}, timeout=10).json()
        assert answer["status"] == "success", answer
        return answer["data"]["result"]

    def positive(query: str) -> list[dict]:
        """Results above zero, asked for under a little traffic."""
        shop.get("/")
        shop.get("/broken")
        return [
            result for result in ask(query)
            if not math.isnan(float(result["value"][1])) and float(result["value"][1]) > 0
        ]

    rate, latency, errors = article_queries()
    by_route = eventually(lambda: positive(rate), rate, deadline=45)
    assert {result["metric"]["route"] for result in by_route} == {"test/shop"}
    by_host = eventually(lambda: positive(latency), latency)
    assert {result["metric"]["hostname"] for result in by_host} == {"shop.test"}
    assert all(0 < float(result["value"][1]) <= 10 for result in by_host)
    share = eventually(lambda: positive(errors), errors)
    assert {result["metric"]["response_code"] for result in share} == {"500"}
