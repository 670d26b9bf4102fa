"""Ports for what tests start.

Each test process takes them from a block of its own, below those that the system gives to anybody who asks for any: so
that no other test and no outgoing connection takes one between its choice and its use.
"""

import contextlib
import itertools
import socket
from collections.abc import Iterator
from functools import cache

_FIRST, _SIZE, _BLOCKS = 12_000, 200, 100  # up to 32,000: Linux gives out 32,768 to 60,999
_claims: list[socket.socket] = []


@cache
def _block() -> Iterator[int]:
    """The ports of this process, over and over. Its claim is a name in the kernel, which ends with the process."""
    for number in range(_BLOCKS):
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0acuse-test-ports-{number}")
        except OSError:
            claim.close()
            continue
        _claims.append(claim)
        first = _FIRST + number * _SIZE
        return itertools.cycle(range(first, first + _SIZE))
    raise AssertionError("Too many test processes at once.")


def _is_free(port: int) -> bool:
    with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        with contextlib.suppress(OSError):
            tcp.bind(("127.0.0.1", port))
            udp.bind(("127.0.0.1", port))
            return True
    return False


def free_ports(count: int) -> list[int]:
    """Return ports that nobody uses and no other test process is given, for TCP and UDP."""
    return list(itertools.islice((port for port in _block() if _is_free(port)), count))


def free_port() -> int:
    """Return one such port."""
    return free_ports(1)[0]
