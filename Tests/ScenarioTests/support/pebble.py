"""A real ACME server: Pebble, with the DNS server of its tests. Every name leads to 127.0.0.1."""

import base64
import json
import os
import subprocess
from contextlib import ExitStack
from pathlib import Path

import requests

from support.certificates import Authority
from support.ports import free_port
from support.waiting import eventually


class Pebble:
    """Validates on the ports that are given, as an ACME server on the Internet does on 80 and 443."""

    def __init__(
        self,
        directory: Path,
        http_port: int,
        tls_port: int,
        lifetime: int | None = None,
        rejected_nonces: int = 0,
        reused_authorizations: int = 0,
        external_account: dict[str, str] | None = None,
    ) -> None:
        """`lifetime` of certificates in seconds; percentages of good nonces refused and of proofs taken for given."""
        directory.mkdir(parents=True, exist_ok=True)
        self.authority = Authority("Pebble's own")
        certificate, key = self.authority.issue("localhost", "127.0.0.1").write(directory, "pebble")
        self.port = free_port()
        self.management = free_port()
        self.dns = free_port()
        config = {
            "listenAddress": f"127.0.0.1:{self.port}",
            "managementListenAddress": f"127.0.0.1:{self.management}",
            "certificate": str(certificate),
            "privateKey": str(key),
            "httpPort": http_port,
            "tlsPort": tls_port,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": external_account is not None,
            "externalAccountMACKeys": external_account or {},
        }
        if lifetime:
            config["certificateValidityPeriod"] = lifetime
        self.config = directory / "pebble.json"
        self.config.write_text(json.dumps({"pebble": config}))
        self.environment = os.environ | {
            "PEBBLE_VA_NOSLEEP": "1",
            "PEBBLE_WFE_NONCEREJECT": str(rejected_nonces),
            "PEBBLE_AUTHZREUSE": str(reused_authorizations),
        }
        self.log = directory / "pebble.log"
        self._stack = ExitStack()

    def __enter__(self) -> "Pebble":
        self._start(
            "pebble-challtestsrv", "-dns01", f"127.0.0.1:{self.dns}", "-management", f"127.0.0.1:{free_port()}",
            "-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv6", "",
        )  # fmt: skip
        self.start_again()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _start(self, *command: str) -> subprocess.Popen:
        output = self._stack.enter_context(self.log.open("ab"))
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=self.environment)
        self._stack.callback(_end, process)
        return process

    def start_again(self) -> None:
        """With nothing in its memory."""
        self._server = self._start("pebble", "-config", str(self.config), "-dnsserver", f"127.0.0.1:{self.dns}")
        eventually(self._answers, "Pebble answers")

    def stop(self) -> None:
        """The server goes; its name and port stay."""
        _end(self._server)

    def _answers(self) -> bool:
        return requests.get(self.url, verify=False, timeout=5).status_code == 200

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}/dir"

    @property
    def ca_bundle(self) -> str:
        """For `caBundle` of an issuer."""
        return base64.b64encode(self.authority.pem.encode()).decode()

    def root(self, number: int = 0) -> str:
        """PEM of the root that issued certificates lead to."""
        url = f"https://127.0.0.1:{self.management}/roots/{number}"
        return requests.get(url, verify=False, timeout=5).text

    def count(self, text: str) -> int:
        """How often the log says something."""
        return self.log.read_text().count(text)


def _end(process: subprocess.Popen) -> None:
    process.kill()
    process.wait()
