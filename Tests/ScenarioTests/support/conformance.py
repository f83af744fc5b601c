"""Rows of the conformance checklist: their manifests from the golden files, served by the real binary.

The golden file of a row says what the reconciler makes of its manifests; the tests here send requests to the same ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import yaml

from support.manifests import Document
from support.server import ROOT, Echo, Weir, write

GOLDEN = ROOT / "Tests/ReconcilerTests/Golden"


def manifests(row: str) -> list[Document]:
    """The input of `Golden/conformance/ROW.yaml`."""
    text = (GOLDEN / f"conformance/{row}.yaml").read_text().partition("# ---- expected")[0]
    return [document for document in yaml.safe_load_all(text) if document]


def of_kind(kind: str, documents: list[Document], name: str | None = None) -> Iterator[Document]:
    return (
        entry for entry in documents if entry["kind"] == kind and (name is None or entry["metadata"]["name"] == name)
    )


def next_generation(document: Document) -> Document:
    document["metadata"]["generation"] = document["metadata"].get("generation", 1) + 1
    return document


@dataclass(frozen=True)
class Ask:
    """A request, and what must come of it: the Service that answers 200, or a status."""

    target: str
    expected: str | int
    host: str = "example.com"
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    listener: int = 80
    address: str | None = None  # The bind address unless given.


class Served(Weir):
    """Weir with the manifests of a row, which can be changed while it runs, and one keep-alive client."""

    def __init__(self, directory: Path, row: str | list[Document], *flags: str) -> None:
        self.documents = manifests(row) if isinstance(row, str) else row
        write(directory, "row.yaml", *self.documents)
        self.session = requests.Session()
        super().__init__(directory, *flags, ports=self.listener_ports(80, 8080, 8090))

    def listener_ports(self, *more: int) -> tuple[int, ...]:
        holders = [*of_kind("Gateway", self.documents), *of_kind("ListenerSet", self.documents)]
        return tuple({entry["port"] for holder in holders for entry in holder["spec"]["listeners"]} | set(more))

    def __exit__(self, *reason: Any) -> None:
        self.session.close()
        super().__exit__(*reason)

    def apply(self) -> None:
        """Serves `documents` as they are now."""
        self.write("row.yaml", *self.documents)

    def find(self, kind: str, name: str) -> Document:
        return next(of_kind(kind, self.documents, name))

    # Requests

    def send(self, ask: Ask, **more: Any) -> requests.Response:
        headers = {"Host": ask.host} | ask.headers
        url = f"http://{ask.address or self.address}:{self.port(ask.listener)}{ask.target}"
        return self.session.request(ask.method, url, headers=headers, allow_redirects=False, timeout=20, **more)

    def outcome(self, ask: Ask) -> str | int:
        """The Service, after a look at what it saw of the request; or the status."""
        answer = self.send(ask)
        if answer.status_code != 200:
            return answer.status_code
        echo = Echo(answer.json())
        seen = (echo.method, echo.path, echo.host)
        assert seen == (ask.method, ask.target, ask.host), f"{ask}: the backend saw {seen}"
        return echo.service

    def check(self, *asks: Ask) -> None:
        wrong = [f"{ask}: {got}" for ask in asks if (got := self.outcome(ask)) != ask.expected]
        assert not wrong, "\n".join(wrong)

    # Status

    def status(self, kind: str, name: str) -> Document:
        """The object as `/status` shows it; kind is a key there, like `httpRoutes`."""
        return next(entry for entry in self.admin("/status").json()[kind] if entry["name"] == name)

    def gateway_address(self, name: str) -> str:
        return self.status("gateways", name)["addresses"][0]["value"]

    def listeners(self, name: str, kind: str = "gateways") -> dict[str, Document]:
        return {entry["name"]: entry for entry in self.status(kind, name)["listeners"]}

    def parent(self, route: str, number: int = 0) -> Document:
        return self.status("httpRoutes", route)["parents"][number]


def condition(entry: Document, kind: str) -> tuple[str, str]:
    """Status and reason."""
    return next((found["status"], found["reason"]) for found in entry["conditions"] if found["type"] == kind)


def generations(entry: Document) -> set[int]:
    """Which generations the conditions of an object, its listeners and its parents are about."""
    own = {found["observedGeneration"] for found in entry.get("conditions", [])}
    return own.union(*(generations(below) for key in ("listeners", "parents") for below in entry.get(key, [])))


GOOD = {"Accepted": ("True", "Accepted"), "ResolvedRefs": ("True", "ResolvedRefs"), "Programmed": ("True", "Programmed")}


def is_good(entry: Document) -> bool:
    """All three conditions of a listener or Gateway are as they should be."""
    return all(condition(entry, kind) == wanted for kind, wanted in GOOD.items())
