"""The tables, the targets and the JSON file of a run."""

import datetime
import json
import os
import platform
import statistics
import subprocess
from pathlib import Path

import protocols
import workloads
from proxies import ROOT

BEST = "best of nginx, HAProxy"

# What weir is to reach: its figure divided by the other's is at most this.
EVERY_PEER = {"nginx": 1.0, "HAProxy": 1.0, "Envoy": 1.0, "Caddy": 1.0}
GOALS = {
    "keep-alive, 100 B": {BEST: 0.80, "Envoy": 0.35, "relay": 1.20},
    "keep-alive, 16 KiB": EVERY_PEER,
    "Connection: close": EVERY_PEER,
    "TLS keep-alive, 100 B": EVERY_PEER,
    "TLS full handshake, ECDSA P-256": EVERY_PEER,
    "HTTP/2 cleartext to HTTP/1.1": EVERY_PEER,
    "HTTP/2 TLS to HTTP/1.1": EVERY_PEER,
    "HTTP/2 to HTTP/2, 100 B": EVERY_PEER,
    "HTTP/2 1 MiB bodies": EVERY_PEER,
    "TCP relay, 100 B answers": EVERY_PEER,
    "TCP relay, 1 MiB answers": EVERY_PEER,
    "UDP, 100 B there and back": EVERY_PEER,
}


class Report:
    """Collects the figures, prints the tables, writes the JSON."""

    def __init__(self, rounds: int, seconds: int, names: list[str]) -> None:
        self.names = names
        self.problems: list[str] = []
        self.goals: list[tuple[str, float, float]] = []
        self.result: dict = {
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "commit": git("rev-parse", "--short", "HEAD"),
            "uncommitted_changes": bool(git("status", "--porcelain", "--untracked-files=no")),
            "rounds": rounds,
            "seconds": seconds,
            "machine": {
                "cpu": cpu_model(),
                "cores": os.cpu_count(),
                "kernel": platform.release(),
                "load_average_before": os.getloadavg()[0],
            },
            "loads": {},
        }

    def heading(self) -> None:
        columns = "".join(f"{name:>10}" for name in self.names)
        print(f"\n{'':38}{columns}   weir to the best of nginx and HAProxy | Envoy | relay")

    def load(self, load: workloads.Load | protocols.Protocol, samples: dict[str, list[workloads.Sample]]) -> None:
        medians = {name: statistics.median(sample.cost for sample in list_) for name, list_ in samples.items()}
        ratios = ratios_of_weir(medians)
        self.result["loads"][load.name] = {
            "unit": load.unit,
            "median": medians,
            "weir_to": ratios,
            "samples": {name: [vars(sample) for sample in list_] for name, list_ in samples.items()},
        }
        for reference, bound in GOALS.get(load.name, {}).items():
            if reference in ratios:
                self.target(f"{load.name}: weir to {reference}", ratios[reference], bound)
        for name, list_ in samples.items():
            errors = sum(sample.errors for sample in list_)
            if errors:
                self.problems.append(f"{load.name}: {errors} failed requests through {name}")
        cells = "".join(f"{medians[name]:10.2f}" if name in medians else f"{'-':>10}" for name in self.names)
        print(f"{load.name + ', ' + load.unit:38}{cells}   {ratio_text(ratios)}", flush=True)

    def row(self, key: str, title: str, values: dict[str, float], pattern: str) -> None:
        self.result[key] = values
        cells = "".join(pattern.format(values[name]) if name in values else f"{'-':>10}" for name in self.names)
        print(f"{title:38}{cells}", flush=True)

    def target(self, name: str, value: float, bound: float) -> None:
        """A figure of weir's that is to be at most `bound`."""
        self.goals.append((name, value, bound))

    def targets(self) -> None:
        self.result["targets"] = {name: {"value": value, "at_most": bound} for name, value, bound in self.goals}
        if self.goals:
            print()
        for name, value, bound in self.goals:
            print(f"{name:48}{value:10.2f}  at most {bound:g}: {'met' if value <= bound else 'MISSED'}")

    def save(self) -> None:
        stamp = self.result["date"][:16].replace(":", "").replace("T", "-")
        path = ROOT / f"Benchmarks/results/{stamp}-{self.result['commit'] or 'none'}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(self.result, indent=1) + "\n")
        print(f"\nKept in {path.relative_to(ROOT)}")


def ratios_of_weir(medians: dict[str, float]) -> dict[str, float]:
    if "weir" not in medians:
        return {}
    best = min((medians[name] for name in ("nginx", "HAProxy") if name in medians), default=0)
    references = {BEST: best, **{name: value for name, value in medians.items() if name != "weir"}}
    return {name: round(medians["weir"] / value, 3) for name, value in references.items() if value}


def ratio_text(ratios: dict[str, float]) -> str:
    names = (BEST, "Envoy", "relay")
    return " | ".join(f"{ratios[name]:.2f}" if name in ratios else "-" for name in names)


def git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True)
    return done.stdout.strip()


def cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
