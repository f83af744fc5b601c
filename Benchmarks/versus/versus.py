#!/usr/bin/env python3
"""The side-by-side: weir and other proxies on equal work, CPU per request. `make bench`; see Benchmarks/README.md."""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import processes
import protocols
import proxies
import scale
import workloads
from proxies import HERE, ROOT, Proxy
from report import Report

IDLE_CONNECTIONS = 4000
ROUTE_COUNTS = (10, 10_000)
ADMIN_PORT = 19105


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds that count, per proxy and load (default 5)")
    parser.add_argument("--seconds", type=int, default=4, help="length of one round (default 4)")
    parser.add_argument("--weir", type=Path, default=ROOT / ".build/release/weir", help="the binary to measure")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="only this proxy (repeatable)")
    parser.add_argument("--loads-only", action="store_true", help="no memory, start-up and route-count rows")
    parser.add_argument("--protocols-only", action="store_true", help="only TLS, HTTP/2, TCP and UDP")
    parser.add_argument("--no-json", action="store_true", help="keep no file under Benchmarks/results")
    return parser.parse_args()


def routes_manifest(count: int) -> str:
    """A Gateway and `count` HTTPRoutes of one prefix each, as JSON documents (JSON is YAML)."""
    gateway_api = {"apiVersion": "gateway.networking.k8s.io/v1"}
    documents: list[dict] = [
        gateway_api
        | {
            "kind": "Gateway",
            "metadata": {"name": "versus", "namespace": "bench"},
            "spec": {"gatewayClassName": "weir", "listeners": [{"name": "http", "port": 8105, "protocol": "HTTP"}]},
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "up", "namespace": "bench"},
            "spec": {"ports": [{"port": 9000}]},
        },
    ]
    # One more route answers the request that shows that the proxy is up.
    for name, prefix in [(f"route-{number}", f"/route-{number}") for number in range(count)] + [("ready", "/r7")]:
        rule = {
            "matches": [{"path": {"type": "PathPrefix", "value": prefix}}],
            "backendRefs": [{"name": "up", "port": 9000}],
        }
        spec = {"parentRefs": [{"name": "versus"}], "hostnames": [proxies.HOST], "rules": [rule]}
        metadata = {"name": name, "namespace": "bench"}
        documents.append(gateway_api | {"kind": "HTTPRoute", "metadata": metadata, "spec": spec})
    return "\n---\n".join(json.dumps(document) for document in documents)


def measure_routes(arguments: argparse.Namespace, directory: Path, report: Report) -> None:
    """The lookup cost: requests spread over all of 10, and over all of 10,000 routes; two weirs, rounds interleaved."""
    pair = []
    for index, count in enumerate(ROUTE_COUNTS):
        manifest = directory / f"routes-{count}.yaml"
        manifest.write_text(routes_manifest(count))
        name = f"{count} routes"
        pair.append(proxies.weir(arguments.weir, [manifest], ADMIN_PORT + 1 + index, 8107 + index, name))
    try:
        for proxy in pair:
            proxy.start(directory / "weir-routes.log")
        medians: dict[int, list[float]] = {count: [] for count in ROUTE_COUNTS}
        for number in range(-1, arguments.rounds):
            for count, proxy in zip(ROUTE_COUNTS, pair, strict=True):
                load = workloads.Load(proxy.name, "/", routes=count)
                sample = workloads.run(load, proxy, arguments.seconds if number >= 0 else 1)
                if sample.errors:
                    report.problems.append(f"{proxy.name}: {sample.errors} failed requests")
                if number >= 0:
                    medians[count].append(sample.cost)
        few, many = (statistics.median(medians[count]) for count in ROUTE_COUNTS)
        report.result["routes"] = {"unit": "CPU us/request", "samples": {str(key): medians[key] for key in medians}}
        report.target("10,000 routes to 10 routes", many / few, 1.10)
        print(f"\nweir, CPU us/request over 10 routes: {few:.2f}, over 10,000: {many:.2f}, ratio {many / few:.3f}")
    finally:
        for proxy in pair:
            proxy.stop()


def measure_start_up(arguments: argparse.Namespace, directory: Path, report: Report) -> None:
    port = ADMIN_PORT + 3
    command = [arguments.weir, "run", "-f", ROOT / "Examples/quickstart", "--echo"]
    command += ["--port-offset", "8000", "--bind", "127.0.0.1", "--admin", f"127.0.0.1:{port}"]
    rounds = max(arguments.rounds, 3)
    times = workloads.start_up_milliseconds(lambda: command, port, directory / "weir-start.log", rounds)
    report.result["start_up_ms"] = times
    report.target("start to /readyz, ms", statistics.median(times), 100)
    print(f"weir, start to /readyz with the quickstart: {statistics.median(times):.1f} ms")


def main() -> int:
    arguments = parse()
    with tempfile.TemporaryDirectory(prefix="weir-versus-") as name:
        directory = Path(name)
        directory.chmod(0o755)  # nginx's worker runs as another user.
        workloads.compile_tools(directory)
        protocols.compile_tools(directory)
        protocols.make_certificate(directory)
        chosen = proxies.peers(directory)
        if arguments.weir.exists():
            chosen.insert(0, proxies.weir(arguments.weir, [directory / "weir.yaml"], ADMIN_PORT))
        else:
            print(f"{arguments.weir} does not exist (make build): the columns of weir are left out")
        if arguments.only:
            chosen = [proxy for proxy in chosen if proxy.name in arguments.only]
        report = Report(arguments.rounds, arguments.seconds, [proxy.name for proxy in chosen])
        running = []
        try:
            measure(arguments, directory, chosen, running, report)
        finally:
            for proxy in running:
                proxy.stop()
        report.targets()
        if not arguments.no_json:
            report.save()
        for problem in report.problems:
            print(f"PROBLEM: {problem}")
        return 1 if report.problems else 0


def measure(
    arguments: argparse.Namespace, directory: Path, chosen: list[Proxy], running: list[Proxy], report: Report
) -> None:
    report.result["versions"] = {proxy.name: proxy.version() for proxy in chosen if proxy.version_arguments}
    idle_memory = {}
    with workloads.Recorder() as recorder:
        for proxy in chosen:
            running.append(proxy)
            proxy.start(directory / f"{proxy.name}.log")
            time.sleep(1)  # At rest: the first answer comes while the start is still going on.
            idle_memory[proxy.name] = processes.memory(proxy.pid)
            if proxy.name != "relay":
                problems = workloads.equal_work_problems(proxy, recorder)
                report.problems += [f"{proxy.name} does other work: {problem}" for problem in problems]
    with workloads.backend(directory):
        for proxy in chosen:
            if proxy.name == "relay":  # Its stock of upstream connections was to the recorder.
                proxy.stop()
                proxy.start(directory / "relay.log")
        report.heading()
        for load in workloads.LOADS if not arguments.protocols_only else []:
            report.load(load, workloads.compare(load, chosen, arguments.rounds, arguments.seconds))
        with protocols.backends(directory):
            for protocol in protocols.PROTOCOLS:
                samples = protocols.compare(protocol, chosen, arguments.rounds, arguments.seconds, directory)
                report.load(protocol, samples)
        if arguments.loads_only or arguments.protocols_only:
            return
        mebibyte = 1 << 20
        for key, title in (("rss", "resident"), ("pss", "proportional"), ("anonymous", "anonymous")):
            values = {proxy: sizes[key] / mebibyte for proxy, sizes in idle_memory.items()}
            report.row(f"idle_memory_{key}_mib", f"memory after start, {title}, MiB", values, "{:10.1f}")
        if "weir" in idle_memory:
            report.target("memory after start, resident, MiB", idle_memory["weir"]["rss"] / mebibyte, 15)
        idle = {}
        for proxy in chosen:
            if proxy.name != "relay":  # It opens an upstream connection for each, which no proxy does.
                proxy.stop()  # A fresh process: memory that the load made free would hide the connections'.
                proxy.start(directory / f"{proxy.name}.log")
                idle[proxy.name] = workloads.idle_connection_bytes(proxy, IDLE_CONNECTIONS)
        secure = {proxy.name: protocols.idle_tls_connection_bytes(proxy, IDLE_CONNECTIONS // 4)
                  for proxy in chosen if proxy.name != "relay"}
        report.row("idle_tls_connection_bytes", "idle TLS connection, bytes", secure, "{:10.0f}")
        report.row("idle_connection_bytes", "idle connection, bytes", idle, "{:10.0f}")
        if "weir" in idle:
            report.target("idle connection, bytes", idle["weir"], 1024)
        if any(proxy.name == "weir" for proxy in chosen):
            measure_routes(arguments, directory, report)
            measure_start_up(arguments, directory, report)
            scale.measure(arguments.weir, directory, report)


if __name__ == "__main__":
    processes.allow_open_files()
    sys.exit(main())
