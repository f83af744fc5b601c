"""A client of HTTPS listeners that chooses server name, Host and certificate independently."""

import http.client
import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path

from support.certificates import Certificate


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    certificate: bytes  # The server's, DER.
    version: str


@dataclass(frozen=True)
class Client:
    """`certificate` is shown when the server asks for one."""

    directory: Path
    certificate: Certificate | None = None
    alpn: tuple[str, ...] = ("http/1.1",)
    context: ssl.SSLContext = field(init=False)

    def __post_init__(self) -> None:
        # The tests say which certificate they expect; names and authorities are not what is tested.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols(list(self.alpn))
        if self.certificate:
            context.load_cert_chain(*self.certificate.write(self.directory, f"client-{id(self)}"))
        object.__setattr__(self, "context", context)

    def get(
        self, port: int, path: str = "/", host: str = "example.com", name: str | None = None, address: str = "127.0.0.1"
    ) -> Answer:
        """One request on a connection of its own. `name`: the server name, `host` unless given."""
        with socket.create_connection((address, port), timeout=20) as plain:
            with self.context.wrap_socket(plain, server_hostname=name or host) as secure:
                certificate = secure.getpeercert(binary_form=True) or b""
                connection = http.client.HTTPConnection(host)
                connection.sock = secure
                connection.request("GET", path, headers={"Host": host, "Connection": "close"})
                answer = connection.getresponse()
                return Answer(
                    answer.status,
                    {key.lower(): value for key, value in answer.getheaders()},
                    answer.read(),
                    certificate,
                    secure.version() or "",
                )
