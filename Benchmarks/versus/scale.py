"""Large configurations: what they cost in time and memory, and whether changing them disturbs anyone.

    scale.py [--weir BINARY]     only these figures, without the side-by-side
"""

import argparse
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import processes
import proxies
import workloads
from proxies import ROOT, Proxy
from report import Report

ROUTES = 5_000
ROUTES_PER_HOST = 10
CHANGES_MEASURED = 101
CHANGES_UNDER_LOAD = 1_000
LIVE_DEADLINE_SECONDS = 10
ADMIN_PORT = 19109
PORT = 8110
GATEWAY_API = {"apiVersion": "gateway.networking.k8s.io/v1"}

# What `MicroBenchmarks` prints, and what is to be reached.
MICRO_GOALS = {"reconcile 10000 routes from nothing": 1000, "reconcile 10000 routes after one change": 5}


def measure(weir: Path, directory: Path, report: Report) -> None:
    measure_functions(report)
    manifests = directory / "scale"
    manifests.mkdir()
    files = RouteFiles(manifests)
    proxy = proxies.weir(weir, [manifests], ADMIN_PORT, PORT, "weir-scale")
    try:
        proxy.start(directory / "weir-scale.log")
        measure_memory(proxy, report, "after the start")
        measure_change_to_live(proxy, files, report)
        measure_memory(proxy, report, f"after {CHANGES_MEASURED} changes")
        measure_changes_under_load(proxy, files, report)
    finally:
        proxy.stop()


def measure_functions(report: Report) -> None:
    """Matching, reconciling and compiling without sockets: Benchmarks/micro."""
    package = ROOT / "Benchmarks/micro"
    build = ["swift", "build", "-c", "release", "--package-path", package]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    program = ["taskset", "-c", processes.PROXY_CORE, package / ".build/release/MicroBenchmarks"]
    done = subprocess.run([str(part) for part in program], check=True, capture_output=True, text=True)
    figures = report.result["micro"] = {}
    print()
    for line in done.stdout.splitlines():
        name, value, unit = line.split("\t")
        figures[name] = {"value": float(value), "unit": unit}
        print(f"{name:48}{float(value):12.2f} {unit}")
        if name in MICRO_GOALS:
            report.target(f"{name}, ms", float(value), MICRO_GOALS[name])


class RouteFiles:
    """A Gateway, a Service and `ROUTES` HTTPRoutes: a file for each hostname, with its routes. Every route has a prefix
    that stays and one with a number that counts up."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.versions = [0] * ROUTES
        listener = {"name": "http", "port": 8105, "protocol": "HTTP"}
        spec = {"gatewayClassName": "weir", "listeners": [listener]}
        base = [
            {**GATEWAY_API, "kind": "Gateway", "metadata": metadata("versus"), "spec": spec},
            {"apiVersion": "v1", "kind": "Service", "metadata": metadata("up"), "spec": {"ports": [{"port": 9000}]}},
            route("ready", proxies.HOST, ["/r7"]),
        ]
        (directory / "base.yaml").write_text(documents(base))
        for number in range(0, ROUTES, ROUTES_PER_HOST):
            self.write(number)

    def change(self, number: int) -> str:
        """Counts a route's number up; the path that is served from now on."""
        self.versions[number] += 1
        self.write(number)
        return f"/route-{number}-v{self.versions[number]}/h"

    def write(self, number: int) -> None:
        first = number - number % ROUTES_PER_HOST
        routes = [
            route(f"route-{number}", host_of(number), [f"/route-{number}", f"/route-{number}-v{self.versions[number]}"])
            for number in range(first, first + ROUTES_PER_HOST)
        ]
        path = self.directory / f"host-{first // ROUTES_PER_HOST}.yaml"
        temporary = path.with_suffix(".new")
        temporary.write_text(documents(routes))
        temporary.rename(path)


def metadata(name: str) -> dict:
    return {"name": name, "namespace": "bench"}


def host_of(number: int) -> str:
    return f"host-{number // ROUTES_PER_HOST}.example.com"


def route(name: str, host: str, prefixes: list[str]) -> dict:
    rule = {
        "matches": [{"path": {"type": "PathPrefix", "value": prefix}} for prefix in prefixes],
        "backendRefs": [{"name": "up", "port": 9000}],
    }
    spec = {"parentRefs": [{"name": "versus"}], "hostnames": [host], "rules": [rule]}
    return {**GATEWAY_API, "kind": "HTTPRoute", "metadata": metadata(name), "spec": spec}


def documents(objects: list[dict]) -> str:
    return "\n---\n".join(json.dumps(object_) for object_ in objects)


def measure_memory(proxy: Proxy, report: Report, moment: str) -> None:
    """At rest: what a start or a change needs for a moment has been given back."""
    time.sleep(4)
    sizes = {key: value / (1 << 20) for key, value in processes.memory(proxy.pid).items()}
    report.result.setdefault("scale_memory_mib", {})[moment] = sizes
    report.target(f"memory with {ROUTES} routes {moment}, MiB", sizes["rss"], 40)
    print(
        f"weir, memory with {ROUTES} routes over {ROUTES // ROUTES_PER_HOST} hosts {moment}: "
        f"{sizes['rss']:.1f} MiB resident, {sizes['anonymous']:.1f} anonymous"
    )


def wait_until_live(connection: http.client.HTTPConnection, path: str, host: str) -> None:
    deadline = time.monotonic() + LIVE_DEADLINE_SECONDS
    while True:
        connection.request("GET", path, headers={"Host": host})
        response = connection.getresponse()
        response.read()
        if response.status == 200:
            return
        if time.monotonic() > deadline:
            raise RuntimeError(f"{path} of {host} is not served: {response.status}")
        # Without a pause the questions would take the core that the change needs.
        time.sleep(0.0005)


def measure_change_to_live(proxy: Proxy, files: RouteFiles, report: Report) -> None:
    """From the rename that puts a changed file in place to the first request that is answered by the new route."""
    times = []
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=LIVE_DEADLINE_SECONDS)
    for step in range(CHANGES_MEASURED):
        number = step * 977 % ROUTES
        time.sleep(0.05)
        path = files.change(number)
        began = time.perf_counter()
        wait_until_live(connection, path, host_of(number))
        times.append((time.perf_counter() - began) * 1e3)
    connection.close()
    report.result["change_to_live_ms"] = times
    median = statistics.median(times)
    report.target(f"change to live with {ROUTES} routes, ms", median, 10)
    print(f"weir, change to live with {ROUTES} routes: {median:.1f} ms (median), {max(times):.1f} ms (worst)")


def measure_changes_under_load(proxy: Proxy, files: RouteFiles, report: Report) -> None:
    """Requests to routes of all hosts while routes change one after the other; not one may fail."""
    done = threading.Event()
    failures: list[str] = []

    def change() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=LIVE_DEADLINE_SECONDS)
        try:
            for step in range(CHANGES_UNDER_LOAD):
                number = step * 977 % ROUTES
                wait_until_live(connection, files.change(number), host_of(number))
        except Exception as error:  # noqa: BLE001 a thread's failure would go unnoticed
            failures.append(str(error))
        finally:
            connection.close()
            done.set()

    began = time.perf_counter()
    changer = threading.Thread(target=change)
    changer.start()
    errors = requests = 0
    load = workloads.Load("changes", "/", connections=32, routes=ROUTES, routes_per_host=ROUTES_PER_HOST)
    while not done.is_set():
        sample = workloads.run(load, proxy, 2)
        errors += sample.errors
        requests += round(sample.requests_per_second * 2)
    changer.join()
    seconds = time.perf_counter() - began
    report.problems += failures
    report.result["changes_under_load"] = {"changes": CHANGES_UNDER_LOAD, "requests": requests, "errors": errors}
    report.target(f"failed requests during {CHANGES_UNDER_LOAD} changes", errors, 0)
    print(
        f"weir, {CHANGES_UNDER_LOAD} changes in {seconds:.0f} s under load: {errors} of {requests} requests failed",
        flush=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weir", type=Path, default=ROOT / ".build/release/weir", help="the binary to measure")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="weir-scale-") as name:
        directory = Path(name)
        workloads.compile_tools(directory)
        report = Report(1, 0, ["weir"])
        with workloads.backend(directory):
            measure(arguments.weir, directory, report)
        report.targets()
        for problem in report.problems:
            print(f"PROBLEM: {problem}")
        return 1 if report.problems else 0


if __name__ == "__main__":
    processes.allow_open_files()
    sys.exit(main())
