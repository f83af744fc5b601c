"""Backends made of plain sockets, which can do what real ones do on bad days."""

import socket
import threading
from collections.abc import Callable

from support.wire import Closed, Message, Wire


class Backend:
    """Listens on loopback and runs a function for every connection, each in its own thread.

    The function gets the connection and this backend; it may raise Closed or OSError, which ends the connection.
    """

    def __init__(
        self, serve: Callable[[Wire, "Backend"], None] | None = None, address: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.serve = serve or answering()
        self.requests: list[Message] = []  # Added by `receive`.
        self.connections = 0
        self.closed_connections = 0
        self.failure: BaseException | None = None
        self._open: set[Wire] = set()
        self._lock = threading.Lock()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._listener = socket.create_server((address, port), family=family, backlog=1024)
        self.address = address
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "Backend":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        if self.failure:
            raise self.failure

    @property
    def targets(self) -> list[str]:
        return [message.target for message in self.requests]

    def receive(self, wire: Wire) -> Message:
        """The next whole request, noted in `requests`."""
        message = wire.read_request()
        self.requests.append(message)
        return message

    def stop(self) -> None:
        """Stops listening and closes all connections."""
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()
        with self._lock:
            for wire in self._open:
                try:
                    wire.socket.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._run, args=(Wire(connection),), daemon=True).start()

    def _run(self, wire: Wire) -> None:
        with self._lock:
            self._open.add(wire)
        try:
            self.serve(wire, self)
        except (Closed, OSError):
            pass
        except BaseException as error:  # A bug in the test: shown when the backend is left.
            self.failure = error
        finally:
            with self._lock:
                self._open.discard(wire)
            wire.close()
            self.closed_connections += 1


def response(body: bytes | str = b"", *lines: str, status: str = "200 OK") -> bytes:
    """The bytes of a response with Content-Length."""
    body = body.encode() if isinstance(body, str) else body
    fields = [*lines, f"Content-Length: {len(body)}"]
    return ("\r\n".join([f"HTTP/1.1 {status}", *fields]) + "\r\n\r\n").encode("latin-1") + body


def answering(*answers: bytes) -> Callable[[Wire, Backend], None]:
    """Keep-alive; every request gets the next answer, the last one for ever. Without answers: 200 with "ok"."""
    answers = answers or (response("ok"),)

    def serve(wire: Wire, backend: Backend) -> None:
        while True:
            backend.receive(wire)
            wire.send(answers[min(len(backend.requests), len(answers)) - 1])

    return serve


class Gate:
    """A backend's function that holds its answers until the test opens the gate; with a target, only those to it."""

    def __init__(self, answer: bytes | None = None, target: str | None = None) -> None:
        self.answer = answer or response("late")
        self.target = target
        self.reached = threading.Event()
        self.open = threading.Event()

    def __call__(self, wire: Wire, backend: Backend) -> None:
        while True:
            if backend.receive(wire).target == self.target or self.target is None:
                self.reached.set()
                assert self.open.wait(60), "the test never opened the gate"
            wire.send(self.answer)
