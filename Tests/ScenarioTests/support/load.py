"""Load with wrk in the background while a test changes something."""

import re
import subprocess
from dataclasses import dataclass

from support.server import Weir


@dataclass(frozen=True)
class LoadResult:
    requests: int
    failures: int
    report: str


class Load:
    """Runs wrk from entering to leaving; `result` is there afterwards."""

    def __init__(self, server: Weir, seconds: int, *headers: str, path: str = "/", connections: int = 16) -> None:
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-H", "Host: shop.test"]
        for header in headers:
            command += ["-H", header]
        self.command = [*command, server.url(path)]
        self.result: LoadResult | None = None

    def __enter__(self) -> "Load":
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return self

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def __exit__(self, *_: object) -> None:
        report, _ = self.process.communicate(timeout=60)
        requests = re.search(r"(\d+) requests in", report)
        non_2xx = re.search(r"Non-2xx or 3xx responses: (\d+)", report)
        sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", report)
        failures = int(non_2xx.group(1)) if non_2xx else 0
        failures += sum(map(int, sockets.groups())) if sockets else 0
        self.result = LoadResult(int(requests.group(1)) if requests else 0, failures, report)

    def assert_no_failures(self, at_least: int = 100) -> None:
        assert self.result and self.result.failures == 0, self.result and self.result.report
        assert self.result.requests >= at_least, self.result.report
