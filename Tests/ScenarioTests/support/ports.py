"""Free ports on loopback. Below the ephemeral range, so that no outgoing connection takes one in between."""

import random
import socket

_LOWEST, _HIGHEST = 10_000, 32_000
_handed_out: set[int] = set()


def _is_free(port: int) -> bool:
    for family, address in ((socket.AF_INET, ""), (socket.AF_INET6, "::")):
        try:
            with socket.socket(family) as probe:
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind((address, port))
        except OSError as error:
            if error.errno in (97, 99):  # EAFNOSUPPORT, EADDRNOTAVAIL: no IPv6 here.
                continue
            return False
    return True


def free_offset(*ports: int) -> int:
    """An offset that makes all of these listener ports free ones."""
    for _ in range(1000):
        offset = random.randrange(_LOWEST, _HIGHEST - max(ports))
        wanted = {offset + port for port in ports}
        if not wanted & _handed_out and all(_is_free(port) for port in wanted):
            _handed_out.update(wanted)
            return offset
    raise RuntimeError("no free ports")


def free_port() -> int:
    return free_offset(0)


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False
