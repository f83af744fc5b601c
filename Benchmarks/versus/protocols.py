"""The rows beyond HTTP/1.1: TLS, HTTP/2, TCP and UDP. CPU per unit, each proxy wherever it can do the job."""

import base64
import contextlib
import os
import re
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import processes
import proxies
import workloads
from proxies import HOST, Proxy
from workloads import GIB, Sample

HTTP2_HOST = "b.example.com"
HTTP2_PORT = 9001
UDP_PORT = 9100
FAMILIES = {"h2": 8200, "tls": 8300, "tcp": 8400, "udp": 8500}
NUMBERS = {"nginx": 1, "HAProxy": 2, "Envoy": 3, "Caddy": 4, "weir": 5}
CLEARTEXT_HTTP2 = {"Caddy": 8104, "weir": 8105}  # On the port of HTTP/1.1.
MISSING = {"tcp": {"Caddy"}, "udp": {"Caddy", "HAProxy"}}

# One drive: port, seconds -> completed units, failed ones.
Drive = Callable[[int, int, Path], tuple[float, int]]


@dataclass(frozen=True)
class Protocol:
    """One row."""

    name: str
    family: str
    drive: Drive
    unit: str = "CPU us/request"
    without: tuple[str, ...] = ()
    # Seconds of CPU are given per GiB, microseconds per anything else.

    def port(self, proxy: Proxy) -> int | None:
        if proxy.name not in NUMBERS or proxy.name in MISSING.get(self.family, ()) or proxy.name in self.without:
            return None
        if self.family == "h2" and proxy.name in CLEARTEXT_HTTP2:
            return CLEARTEXT_HTTP2[proxy.name]
        return FAMILIES[self.family] + NUMBERS[proxy.name]


def pinned(*command: object, seconds: int) -> str:
    arguments = ["taskset", "-c", str(processes.LOAD_CORE), *map(str, command)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=seconds + 60, stdin=subprocess.DEVNULL)
    return done.stdout + done.stderr


def wrk(scheme: str, path: str, connections: int, body_bytes: int = 0) -> Drive:
    def drive(port: int, seconds: int, _: Path) -> tuple[float, int]:
        output = pinned(
            "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-H", f"Host: {HOST}", "-H", "X-Remove: abc",
            f"{scheme}://127.0.0.1:{port}{path}", seconds=seconds,
        )  # fmt: skip
        requests = int(re.search(r"(\d+) requests in", output)[1])  # type: ignore[index]
        failed = sum(map(int, re.findall(r"(?:connect|read|write|timeout) (\d+)", output)))
        other = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
        return requests * (body_bytes / GIB if body_bytes else 1), failed + (int(other[1]) if other else 0)

    return drive


def h2load(scheme: str, path: str, host: str = HOST, clients: int = 8, streams: int = 16, body_bytes: int = 0) -> Drive:
    def drive(port: int, seconds: int, _: Path) -> tuple[float, int]:
        output = pinned(
            "h2load", f"-c{clients}", f"-m{streams}", f"-D{seconds}", "--warm-up-time=0", "-w", 24, "-W", 24,
            "-H", f":authority: {host}", "-H", "x-remove: abc", f"{scheme}://127.0.0.1:{port}{path}", seconds=seconds,
        )  # fmt: skip
        counts = re.search(r"(\d+) succeeded, (\d+) failed, (\d+) errored", output)
        statuses = re.search(r"status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", output)
        if not counts or not statuses:
            raise RuntimeError(f"h2load failed: {output[-1000:]}")
        # What is under way when the time is over counts as neither.
        done = int(statuses[1])
        return done * (body_bytes / GIB if body_bytes else 1), int(statuses[3]) + int(statuses[4])

    return drive


def handshakes(port: int, seconds: int, _: Path) -> tuple[float, int]:
    output = pinned("openssl", "s_time", "-connect", f"127.0.0.1:{port}", "-new", "-time", seconds, seconds=seconds)
    found = re.search(r"(\d+) connections in \d+ real seconds", output)
    if not found:
        raise RuntimeError(f"openssl s_time failed: {output[-1000:]}")
    return int(found[1]), 0


def datagrams(port: int, seconds: int, directory: Path) -> tuple[float, int]:
    received, _ = pinned(directory / "udp", "load", port, 64, seconds, seconds=seconds).split()
    return int(received), 0


# wrk sends no server name, and Caddy insists on one that fits the Host.
PROTOCOLS = [
    Protocol("TLS keep-alive, 100 B", "tls", wrk("https", "/r7/h", 64), without=("Caddy",)),
    Protocol("TLS full handshake, ECDSA P-256", "tls", handshakes, "CPU us/handshake"),
    Protocol("TLS 1 MiB bodies", "tls", wrk("https", "/r7/m1", 16, 1 << 20), "CPU s/GiB", ("Caddy",)),
    Protocol("HTTP/2 cleartext to HTTP/1.1", "h2", h2load("http", "/r7/h")),
    Protocol("HTTP/2 TLS to HTTP/1.1", "tls", h2load("https", "/r7/h")),
    Protocol("HTTP/2 to HTTP/2, 100 B", "h2", h2load("http", "/h", HTTP2_HOST)),
    Protocol("HTTP/2 1 MiB bodies", "h2", h2load("http", "/r7/m1", HOST, 4, 4, 1 << 20), "CPU s/GiB"),
    Protocol("TCP relay, 100 B answers", "tcp", wrk("http", "/r7/h", 64)),
    Protocol("TCP relay, 1 MiB answers", "tcp", wrk("http", "/r7/m1", 16, 1 << 20), "CPU s/GiB"),
    Protocol("UDP, 100 B there and back", "udp", datagrams, "CPU us/datagram"),
]


def compile_tools(directory: Path) -> None:
    command = ["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", directory / "udp", proxies.HERE / "udp.c"]
    subprocess.run(command, check=True)


def make_certificate(directory: Path) -> None:
    """cert.pem, key.pem, both.pem: ECDSA P-256 for a.example.com; and the same inside weir's manifest."""
    certificate, key = directory / "cert.pem", directory / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
         "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}", "-out", certificate, "-keyout", key],
        check=True, capture_output=True,
    )  # fmt: skip
    (directory / "both.pem").write_text(certificate.read_text() + key.read_text())
    manifest = (proxies.HERE / "conf/weir.yaml").read_text()
    for mark, path in (("@CERTIFICATE@", certificate), ("@KEY@", key)):
        manifest = manifest.replace(mark, base64.b64encode(path.read_bytes()).decode())
    (directory / "weir.yaml").write_text(manifest)


@contextlib.contextmanager
def backends(directory: Path) -> Iterator[None]:
    """nghttpd and the UDP echo, on the core of the load."""
    files = directory / "www"
    files.mkdir()
    (files / "h").write_text("x" * 100)
    commands = [
        ["nghttpd", "--no-tls", "-d", files, "-m", "1000", HTTP2_PORT],
        [directory / "udp", "echo", UDP_PORT],
    ]
    started = [processes.start(command, processes.LOAD_CORE, directory / "backends.log") for command in commands]
    try:
        while not proxies.port_is_taken(HTTP2_PORT):
            if started[0].poll() is not None:
                raise RuntimeError("nghttpd ended: " + (directory / "backends.log").read_text()[-500:])
        yield
    finally:
        for process in started:
            processes.stop(process)


def run(protocol: Protocol, proxy: Proxy, port: int, seconds: int, directory: Path) -> Sample:
    before = processes.cpu(proxy.pid)
    count, errors = protocol.drive(port, seconds, directory)
    used = processes.cpu(proxy.pid).since(before)
    if not count:
        return Sample(0, 0, 0, 0, 0, errors + 1)
    cost = used.total_ns / 1e9 / count if protocol.unit.endswith("GiB") else used.total_ns / 1e3 / count
    user_share = used.user_ticks / max(used.user_ticks + used.system_ticks, 1)
    return Sample(cost, user_share, count / seconds, 0, 0, errors)


def compare(
    protocol: Protocol, running: list[Proxy], rounds: int, seconds: int, directory: Path
) -> dict[str, list[Sample]]:
    able = [(proxy, port) for proxy in running if (port := protocol.port(proxy))]
    samples: dict[str, list[Sample]] = {proxy.name: [] for proxy, _ in able}
    for number in range(-1, rounds):
        for proxy, port in able:
            sample = run(protocol, proxy, port, seconds if number >= 0 else 1, directory)
            if number >= 0:
                samples[proxy.name].append(sample)
    return samples


def idle_tls_connection_bytes(proxy: Proxy, count: int) -> float:
    """Like `workloads.idle_connection_bytes`, with TLS."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    port = FAMILIES["tls"] + NUMBERS[proxy.name]
    request = f"GET /r7/h HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()

    def connect(number: int) -> list[socket.socket]:
        opened = []
        for _ in range(number):
            raw = socket.create_connection(("127.0.0.1", port), timeout=5)
            connection = context.wrap_socket(raw, server_hostname=HOST)
            connection.sendall(request)
            answer = b""
            while len(answer.partition(b"\r\n\r\n")[2]) < 100:
                received = connection.recv(65536)
                if not received:
                    raise RuntimeError(f"{proxy.name} closed a connection: {answer!r}")
                answer += received
            opened.append(connection)
        return opened

    warm = connect(64)
    before = processes.memory(proxy.pid)["pss"]
    opened = connect(count)
    after = processes.memory(proxy.pid)["pss"]
    for connection in warm + opened:
        connection.close()
    return (after - before) / count
