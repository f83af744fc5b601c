"""Fixtures of the scenario tests: the real binary, driven over loopback. See CONTRIBUTING.md."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.backends import Backend
from support.conformance import Served
from support.manifests import Document, NAMESPACE, PORT
from support.server import Weir, write


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def weir(stack: ExitStack, tmp_path: Path) -> Callable[..., Weir]:
    """Starts the binary on some manifests and waits until it is ready: `weir(gateway(), route(...), up=backend)`.

    Keyword arguments are Services and the Backend (or port) that each one leads to; strings are further flags.
    """

    def start(*documents_and_flags: Document | str, ports: tuple[int, ...] = (80,), **services: Backend | int) -> Weir:
        documents = [entry for entry in documents_and_flags if not isinstance(entry, str)]
        flags = [entry for entry in documents_and_flags if isinstance(entry, str)]
        directory = tmp_path / "manifests"
        write(directory, "all.yaml", *documents)
        for name, target in services.items():
            port = target if isinstance(target, int) else target.port
            flags += ["--backend", f"{NAMESPACE}/{name}:{PORT}=127.0.0.1:{port}"]
        return stack.enter_context(Weir(directory, *flags, ports=ports))

    return start


@pytest.fixture
def backend(stack: ExitStack) -> Callable[..., Backend]:
    """Starts a raw-socket backend that lives as long as the test, and longer than the proxy."""

    def start(*arguments, **keywords) -> Backend:
        return stack.enter_context(Backend(*arguments, **keywords))

    return start


@pytest.fixture
def row(stack: ExitStack, tmp_path: Path) -> Callable[..., Served]:
    """Serves the manifests of a row of the conformance checklist with echo backends: `row("http-route-matching")`.

    Keyword arguments are Services of the namespace `shop` and the Backend that each one leads to.
    """

    def start(row: str | list[Document], *flags: str, **services: Backend) -> Served:
        for name, target in services.items():
            flags += ("--backend", f"shop/{name.replace('_', '-')}:80=127.0.0.1:{target.port}")
        return stack.enter_context(Served(tmp_path / "manifests", row, "--echo", *flags))

    return start
