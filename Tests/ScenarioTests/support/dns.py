"""A DNS server on loopback that answers A and AAAA queries from a table the test can change."""

import ipaddress
import socket
import struct
import threading

_A, _AAAA = 1, 28
_NXDOMAIN = 3


class DNSServer:
    def __init__(self, ttl_seconds: int = 60) -> None:
        self.addresses: dict[str, list[str]] = {}  # Lower-case names without the last dot.
        self.ttl_seconds = ttl_seconds
        self.queries: list[tuple[str, int]] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self._stopping = False
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> "DNSServer":
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._stopping:
            try:
                query, client = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            self._socket.sendto(self._answer(query), client)

    def _answer(self, query: bytes) -> bytes:
        labels, at = [], 12
        while length := query[at]:
            labels.append(query[at + 1 : at + 1 + length].decode().lower())
            at += 1 + length
        kind = struct.unpack(">H", query[at + 1 : at + 3])[0]
        question = query[12 : at + 5]
        name = ".".join(labels)
        self.queries.append((name, kind))
        addresses = [ipaddress.ip_address(text) for text in self.addresses.get(name, [])]
        records = b"".join(
            struct.pack(">HHHIH", 0xC00C, kind, 1, self.ttl_seconds, len(address.packed)) + address.packed
            for address in addresses
            if (address.version, kind) in ((4, _A), (6, _AAAA))
        )
        count = sum((address.version, kind) in ((4, _A), (6, _AAAA)) for address in addresses)
        code = 0 if name in self.addresses else _NXDOMAIN
        # Response, recursion desired and available.
        return query[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, count, 0, 0) + question + records
