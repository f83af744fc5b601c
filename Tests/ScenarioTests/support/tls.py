"""Backends that speak TLS, and note what the proxy shows them."""

import socket
import ssl
from collections.abc import Callable
from pathlib import Path

from support.backends import Backend, answering
from support.certificates import Authority, Certificate
from support.wire import Wire

# What no byte in plain text would begin with: a TLS record of type handshake.
HANDSHAKE = b"\x16\x03"


class Secured:
    """A backend's function that completes a TLS handshake first: `backend(Secured(certificate, directory))`."""

    def __init__(
        self,
        certificate: Certificate,
        directory: Path,
        serve: Callable[[Wire, Backend], None] | None = None,
        alpn: list[str] | None = None,
        clients: Authority | None = None,
        version: ssl.TLSVersion | None = None,
    ) -> None:
        self.server_names: list[str | None] = []
        self.protocols: list[str | None] = []
        self.client_certificates: list[bytes | None] = []  # DER.
        self.first_bytes: list[bytes] = []  # Of every connection, as they came.
        self.handshakes = 0
        self.resumed = 0
        self._serve = serve or answering()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        paths = certificate.write(directory, f"backend-{id(self)}")
        self._context.load_cert_chain(*paths)
        self._context.sni_callback = lambda _, name, __: self.server_names.append(name)
        if alpn is not None:
            self._context.set_alpn_protocols(alpn)
        if clients:
            self._context.verify_mode = ssl.CERT_REQUIRED
            self._context.load_verify_locations(cadata=clients.pem)
        if version:
            self._context.minimum_version = self._context.maximum_version = version

    def __call__(self, wire: Wire, backend: Backend) -> None:
        self.first_bytes.append(wire.socket.recv(2, socket.MSG_PEEK | socket.MSG_WAITALL))
        secure = self._context.wrap_socket(wire.socket, server_side=True)
        wire.socket = secure
        self.handshakes += 1
        self.resumed += bool(secure.session_reused)
        self.protocols.append(secure.selected_alpn_protocol())
        self.client_certificates.append(secure.getpeercert(binary_form=True))
        try:
            self._serve(wire, backend)
        finally:
            try:
                secure.unwrap()
            except (OSError, ValueError):
                pass
