"""The binary under test as a process on free loopback ports."""

import json
import os
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

import requests

from support import manifests, wire
from support.ports import free_offset, free_port
from support.waiting import eventually

ROOT = Path(__file__).resolve().parents[3]


def binary() -> Path:
    chosen = os.environ.get("WEIR_BINARY")
    candidates = [Path(chosen)] if chosen else [ROOT / ".build/release/weir", ROOT / ".build/debug/weir"]
    for candidate in candidates:
        if candidate.exists():
            return candidate.resolve()
    raise RuntimeError(f"no binary: {', '.join(map(str, candidates))}; build it or set WEIR_BINARY")


class Weir:
    """A running `weir run`. Leaving it sends SIGTERM and expects exit code 0."""

    def __init__(
        self,
        directory: Path,
        *flags: str,
        ports: tuple[int, ...] = (80,),
        bind: str = "127.0.0.1",
        wait: bool = True,
    ) -> None:
        self.directory = directory  # Of the manifests.
        self.offset = free_offset(*ports)
        self.admin_port = free_port()
        self.address = bind
        self.output: list[str] = []
        self.errors: list[str] = []
        self.expected_exit_code: int | None = 0
        command = [str(binary()), "run", "-f", str(directory), "--port-offset", str(self.offset), "--bind", bind]
        command += ["--admin", f"127.0.0.1:{self.admin_port}"]
        if "--drain-timeout" not in flags:
            command += ["--drain-timeout", "3s"]
        self.process = subprocess.Popen(
            [*command, *flags], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for stream, lines in ((self.process.stdout, self.output), (self.process.stderr, self.errors)):
            threading.Thread(target=lines.extend, args=(stream,), daemon=True).start()
        if wait:
            try:
                eventually(self.is_ready, "/readyz answers 200")
            except AssertionError:
                self.kill()
                raise

    def __enter__(self) -> "Weir":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not end within 20 s of SIGTERM\n{self.log}") from None
        if kind is None and self.expected_exit_code is not None:
            assert code == self.expected_exit_code, f"exit code {code}\n{self.log}"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def log(self) -> str:
        """What it has written so far."""
        return "".join(self.output + self.errors)

    def is_ready(self) -> bool:
        assert self.process.poll() is None, f"ended with exit code {self.process.returncode}\n{self.log}"
        try:
            return self.admin("/readyz").status_code == 200
        except requests.ConnectionError:
            return False

    def admin(self, path: str) -> requests.Response:
        return requests.get(f"http://127.0.0.1:{self.admin_port}{path}", timeout=10)

    # Clients

    def port(self, listener: int = 80) -> int:
        return self.offset + listener

    def url(self, path: str = "/", listener: int = 80) -> str:
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"http://{address}:{self.port(listener)}{path}"

    def connect(self, listener: int = 80) -> wire.Wire:
        """A raw connection."""
        return wire.connect(self.port(listener), self.address)

    def refuses_connections(self, listener: int = 80) -> bool:
        try:
            self.connect(listener).close()
            return False
        except ConnectionError:
            return True

    def get(self, path: str = "/", host: str = "shop.test", listener: int = 80, **more: Any) -> requests.Response:
        return self.ask("GET", path, host, listener, **more)

    def ask(
        self, method: str, path: str, host: str = "shop.test", listener: int = 80, **more: Any
    ) -> requests.Response:
        """One request with python-requests on a connection of its own; redirects are not followed."""
        headers = {"Host": host, **more.pop("headers", {})}
        return requests.request(
            method, self.url(path, listener), headers=headers, allow_redirects=False, timeout=20, **more
        )

    def echo(self, path: str = "/", host: str = "shop.test", **more: Any) -> "Echo":
        answer = self.get(path, host, **more)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
        return Echo(answer.json())

    # Manifests

    def write(self, name: str, *documents: manifests.Document) -> None:
        """Writes a file of the served directory in one step, as a careful editor does."""
        write(self.directory, name, *documents)

    # The process

    @property
    def resident_bytes(self) -> int:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("the process has ended")

    @property
    def open_files(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


class Echo:
    """What the built-in echo backend says about the request that reached it."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        self.service: str = answer["service"]
        self.path: str = answer["path"]
        self.method: str = answer["method"]
        self.host: str = answer["host"]

    def all(self, name: str) -> list[str]:
        return next((list_ for key, list_ in self.answer["headers"].items() if key.lower() == name.lower()), [])

    def get(self, name: str) -> str | None:
        return ",".join(self.all(name)) if self.all(name) else None

    def __repr__(self) -> str:
        return json.dumps(self.answer)


def write(directory: Path, name: str, *documents: manifests.Document) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    hidden = directory.parent / f"{directory.name}.new"
    hidden.write_text(manifests.to_yaml(*documents))
    hidden.rename(directory / name)
