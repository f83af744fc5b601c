"""What is measured: load with wrk, idle connections, start-up, memory. Every function returns plain numbers."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import processes
import proxies
from proxies import Proxy

GIB = 1 << 30


@dataclass(frozen=True)
class Load:
    """One row of the table: requests to one path (or to many, with `routes`)."""

    name: str
    path: str
    connections: int = 64
    headers: tuple[str, ...] = ()
    body_bytes: int = 0  # Above zero: the cost is given per GiB of bodies, not per request.
    routes: int = 0
    routes_per_host: int = 0  # With `routes`: so many have a hostname together; 0 gives one hostname to all.

    @property
    def unit(self) -> str:
        return "CPU s/GiB" if self.body_bytes else "CPU us/request"


LOADS = [
    Load("keep-alive, 100 B", "/r7/h"),
    Load("keep-alive, 16 KiB", "/r7/k16"),
    Load("Connection: close", "/r7/h", headers=("Connection: close",)),
    Load("1 MiB bodies", "/r7/m1", connections=16, body_bytes=1 << 20),
]


def compile_tools(directory: Path) -> None:
    compiler = shutil.which("cc") or shutil.which("clang")
    for name in ("relay", "backend"):
        source = proxies.HERE / f"{name}.c"
        command = [compiler, "-O2", "-Wall", "-Wextra", "-Werror", "-o", directory / name, source]
        subprocess.run(command, check=True)


@contextlib.contextmanager
def backend(directory: Path):
    """The server behind all proxies, while it is needed."""
    log = directory / "backend.log"
    server = Proxy("backend", proxies.BACKEND_PORT, [directory / "backend", str(proxies.BACKEND_PORT)])
    server.process = processes.start(server.arguments, processes.LOAD_CORE, log)
    try:
        proxies.wait_for_answer(server.process, server.port, "/r7/h", log)
        yield
    finally:
        server.stop()


@dataclass(frozen=True)
class Sample:
    cost: float  # In the load's unit.
    user_share: float  # Of the CPU time, 0 to 1.
    requests_per_second: float
    p50_us: int
    p99_us: int
    errors: int


def run(load: Load, proxy: Proxy, seconds: int) -> Sample:
    """Loads one proxy from the other core for some seconds, and relates its CPU time to the requests that completed."""
    command = ["taskset", "-c", processes.LOAD_CORE, "wrk", "-t1", f"-c{load.connections}", f"-d{seconds}s"]
    for header in (f"Host: {proxies.HOST}", "X-Remove: abc", *load.headers):
        command += ["-H", header]
    command += ["-s", proxies.HERE / "report.lua", f"http://127.0.0.1:{proxy.port}{load.path}"]
    before = processes.cpu(proxy.pid)
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        env={**os.environ, "ROUTES": str(load.routes), "ROUTES_PER_HOST": str(load.routes_per_host)},
    )
    used = processes.cpu(proxy.pid).since(before)
    line = next((line for line in done.stdout.splitlines() if line.startswith("JSON ")), None)
    if line is None:
        raise RuntimeError(f"wrk failed against {proxy.name}: {done.stdout}{done.stderr}")
    result = json.loads(line[5:])
    requests = max(result["requests"], 1)
    if load.body_bytes:
        cost = used.total_ns / 1e9 / (requests * load.body_bytes / GIB)
    else:
        cost = used.total_ns / 1e3 / requests
    return Sample(
        cost,
        used.user_ticks / max(used.user_ticks + used.system_ticks, 1),
        requests / (result["microseconds"] / 1e6),
        result["p50"],
        result["p99"],
        result["errors"],
    )


def compare(load: Load, proxies_: list[Proxy], rounds: int, seconds: int) -> dict[str, list[Sample]]:
    """Rounds A B C A B C ..., after one short round that is not counted."""
    samples: dict[str, list[Sample]] = {proxy.name: [] for proxy in proxies_}
    for number in range(-1, rounds):
        for proxy in proxies_:
            sample = run(load, proxy, seconds if number >= 0 else min(seconds, 1))
            if number >= 0:
                samples[proxy.name].append(sample)
    return samples


def idle_connection_bytes(proxy: Proxy, count: int) -> float:
    """Memory that one more open connection costs after it had one request: proportional share, over `count` of them."""
    request = f"GET /r7/h HTTP/1.1\r\nHost: {proxies.HOST}\r\n\r\n".encode()

    def connect(number: int) -> list[socket.socket]:
        connections = []
        for _ in range(number):
            connection = socket.create_connection(("127.0.0.1", proxy.port), timeout=5)
            connection.sendall(request)
            head = b""
            while b"\r\n\r\n" not in head or len(head.partition(b"\r\n\r\n")[2]) < 100:
                received = connection.recv(65536)
                if not received:
                    raise RuntimeError(f"{proxy.name} closed a connection: {head!r}")
                head += received
            connections.append(connection)
        return connections

    warm = connect(64)
    try:
        before = processes.memory(proxy.pid)["pss"]
        opened = connect(count)
        after = processes.memory(proxy.pid)["pss"]
    finally:
        for connection in warm:
            connection.close()
    for connection in opened:
        connection.close()
    return (after - before) / count


def start_up_milliseconds(make_arguments, ready_port: int, log: Path, rounds: int) -> list[float]:
    """From the start of a weir process to the first 200 of /readyz."""
    results = []
    for _ in range(rounds):
        began = time.perf_counter()
        process = processes.start(make_arguments(), processes.PROXY_CORE, log)
        try:
            proxies.wait_for_answer(process, ready_port, "/readyz", log)
            results.append((time.perf_counter() - began) * 1e3)
        finally:
            processes.stop(process)
    return results


class Recorder:
    """A backend that answers 200 to everything and remembers what it received. Closes after each answer, so that no
    proxy keeps a connection to it."""

    def __enter__(self) -> "Recorder":
        received = self.received = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                received.append({name.lower(): value for name, value in self.headers.items()})
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.send_header("Connection", "close")
                self.end_headers()

            def log_message(self, *_) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", proxies.BACKEND_PORT), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.server.shutdown()
        self.server.server_close()


def equal_work_problems(proxy: Proxy, recorder: Recorder) -> list[str]:
    """Whether a proxy does what the comparison says; what it does not do, in words."""
    problems = []
    for path, expected in (("/r0/h", 200), ("/r9/h", 200), ("/none/h", 404)):
        recorder.received.clear()
        response = proxies.fetch(proxy.port, path, {"X-Remove": "abc", "X-Forwarded-For": "192.0.2.7"})
        if response.status != expected:
            problems.append(f"{path} gave {response.status}, not {expected}")
        if expected == 404:
            continue
        head = recorder.received[-1] if recorder.received else {}
        wanted = {
            "host": head.get("host") == proxies.HOST,
            "x-added": head.get("x-added") == "yes",
            "x-remove": "x-remove" not in head,
            # Last is the client's address, or Envoy's own for a client on loopback.
            "x-forwarded-for": head.get("x-forwarded-for", "192.0.2.7").split(",")[-1].strip() != "192.0.2.7",
        }
        wrong = [name for name, is_right in wanted.items() if not is_right]
        problems += [f"{path} reached the backend with {name}: {head.get(name)}" for name in wrong]
    return problems
