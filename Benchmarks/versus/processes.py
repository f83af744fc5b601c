"""Processes under measurement: what they cost in CPU time and memory, read from /proc, children included."""

import os
import resource
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROXY_CORE = 0
LOAD_CORE = 1
OPEN_FILES = 20_000


@dataclass(frozen=True)
class Cpu:
    """CPU time used so far. The total is exact; user and system time are counted in clock ticks."""

    total_ns: int
    user_ticks: int
    system_ticks: int

    def since(self, earlier: "Cpu") -> "Cpu":
        return Cpu(
            self.total_ns - earlier.total_ns,
            self.user_ticks - earlier.user_ticks,
            self.system_ticks - earlier.system_ticks,
        )


def allow_open_files() -> None:
    """Raises the limit of open files for this process and the ones it starts."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def start(arguments: list, core: int, log: Path, environment: dict | None = None) -> subprocess.Popen:
    """Starts a process on one core, its output in a file."""

    with open(log, "ab") as output:
        return subprocess.Popen(
            [str(argument) for argument in arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        )


def stop(process: subprocess.Popen) -> None:
    """Ends a process that `start` started: politely, then for good."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def family(pid: int) -> list[int]:
    """The process and its descendants (nginx has a master and a worker)."""
    found = [pid]
    for member in found:
        for task in Path(f"/proc/{member}/task").glob("*"):
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def cpu(pid: int) -> Cpu:
    total = user = system = 0
    for member in family(pid):
        fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        user += int(fields[11])
        system += int(fields[12])
        try:
            for task in Path(f"/proc/{member}/task").glob("*/schedstat"):
                total += int(task.read_text().split()[0])
        except FileNotFoundError:  # A kernel without schedstat.
            total += (int(fields[11]) + int(fields[12])) * 1_000_000_000 // os.sysconf("SC_CLK_TCK")
    return Cpu(total, user, system)


def memory(pid: int) -> dict[str, int]:
    """Bytes: resident (shared pages counted whole), proportional share, and anonymous (what it allocated)."""
    sizes = {"rss": 0, "pss": 0, "anonymous": 0}
    names = {"Rss": "rss", "Pss": "pss", "Anonymous": "anonymous"}
    for member in family(pid):
        for line in Path(f"/proc/{member}/smaps_rollup").read_text().splitlines():
            key, _, value = line.partition(":")
            if key in names:
                sizes[names[key]] += int(value.split()[0]) * 1024
    return sizes
