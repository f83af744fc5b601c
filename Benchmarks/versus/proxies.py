"""The proxies of the side-by-side: how each is started, and on which port it listens."""

import http.client
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import processes

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WHEELS = ROOT / "Benchmarks/.venv"
BACKEND_PORT = 9000
HOST = "a.example.com"
READY_DEADLINE_SECONDS = 30


@dataclass
class Proxy:
    name: str
    port: int
    arguments: list
    version_arguments: list | None = None
    environment: dict = field(default_factory=dict)
    process: subprocess.Popen | None = None

    def start(self, log: Path) -> float:
        """Starts it; the seconds until the first answered request."""
        if port_is_taken(self.port):
            raise RuntimeError(f"port {self.port}, which {self.name} needs, is taken by another process")
        began = time.perf_counter()
        self.process = processes.start(self.arguments, processes.PROXY_CORE, log, self.environment)
        wait_for_answer(self.process, self.port, "/r7/h", log)
        return time.perf_counter() - began

    def stop(self) -> None:
        if self.process:
            processes.stop(self.process)
            self.process = None

    @property
    def pid(self) -> int:
        assert self.process, f"{self.name} is not running"
        return self.process.pid

    def version(self) -> str:
        if not self.version_arguments:
            return ""
        done = subprocess.run(self.version_arguments, capture_output=True, text=True)
        line = next((line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()), "")
        # Envoy begins with its own path, which is nobody's business in a file that is kept.
        return " ".join(word.rsplit("/", 1)[-1] if word.startswith("/") else word for word in line.split())


def port_is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for_answer(process: subprocess.Popen, port: int, path: str, log: Path) -> None:
    """Returns with the first 200; raises when the process ends or the deadline passes."""
    deadline = time.monotonic() + READY_DEADLINE_SECONDS
    status = None
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} ended with {process.returncode}:\n{log.read_text()[-2000:]}")
        try:
            status = fetch(port, path).status
            if status == 200:
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.0005)
    raise RuntimeError(f"{process.args[0]} was not ready (last status {status}):\n{log.read_text()[-2000:]}")


def fetch(port: int, path: str, headers: dict | None = None) -> http.client.HTTPResponse:
    """One request on a connection of its own; the response, read whole."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": HOST, **(headers or {})})
        response = connection.getresponse()
        response.read()
        return response
    finally:
        connection.close()


def weir(binary: Path, manifests: list[Path], admin_port: int, port: int = 8105, name: str = "weir") -> Proxy:
    arguments = [binary, "run", "-f", *manifests, "--bind", "127.0.0.1", "--workers", "1"]
    arguments += ["--admin", f"127.0.0.1:{admin_port}", "--port-offset", port - 8105]
    for service, backend_port in (("up:9000", BACKEND_PORT), ("http2:9001", 9001), ("udp:9100", 9100)):
        arguments += ["--backend", f"bench/{service}=127.0.0.1:{backend_port}"]
    return Proxy(name, port, arguments)


def peers(directory: Path) -> list[Proxy]:
    """The proxies to compare with, their configurations written into the directory."""
    for source in (HERE / "conf").iterdir():
        if source.name == "weir.yaml":
            continue  # Written with its certificate.
        text = source.read_text().replace("@DIR@", str(directory))
        (directory / source.name).write_text(text)
    envoy = next(WHEELS.glob("lib/python*/site-packages/envoy/_bin/envoy"), "envoy")
    caddy = WHEELS / "bin/caddy"
    return [
        Proxy(
            "nginx", 8101,
            ["nginx", "-e", directory / "nginx.err", "-c", directory / "nginx.conf"],
            ["nginx", "-v"],
        ),
        Proxy("HAProxy", 8102, ["haproxy", "-f", directory / "haproxy.cfg", "-db"], ["haproxy", "-v"]),
        Proxy(
            "Envoy", 8103,
            [envoy, "-c", directory / "envoy.yaml", "--concurrency", "1", "--disable-hot-restart", "-l", "error"],
            [envoy, "--version"],
        ),
        Proxy(
            "Caddy", 8104,
            [caddy, "run", "--config", directory / "Caddyfile", "--adapter", "caddyfile"],
            [caddy, "version"],
            {"GOMAXPROCS": "1", "HOME": str(directory)},
        ),
        Proxy("relay", 8106, [directory / "relay", "8106", str(BACKEND_PORT)]),
    ]
