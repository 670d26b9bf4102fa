"""Which hosts to try for a recipient, and in what order: the domain's mail exchangers, or a smarthost."""

from collections.abc import Iterator
from dataclasses import dataclass

from acuse.channels.dns import Resolver, Route
from acuse.channels.email.policies import Tls
from acuse.channels.email.session import Login, Peer

MAX_PEERS = 5


@dataclass(frozen=True, kw_only=True)
class Smarthost:
    """A server that takes everything of ours.

    Args:
        host: name or address; its certificate must name it unless `tls` is REQUIRED or OPPORTUNISTIC.
        implicit_tls: TLS from the first byte (port 465) instead of STARTTLS.
        login: user name and password, sent under TLS only.
    """

    host: str
    port: int = 587
    tls: Tls = Tls.VERIFIED
    implicit_tls: bool = False
    login: Login | None = None


def target_of(recipient: str, smarthost: Smarthost | None) -> str:
    """Return what is asked of the DNS: the recipient's domain in lower case, or the smarthost."""
    return smarthost.host if smarthost else recipient.rpartition("@")[2].lower()


def route_of(resolver: Resolver, recipient: str, smarthost: Smarthost | None) -> Route:
    """Ask the DNS. Raises as `Resolver.route`."""
    target = target_of(recipient, smarthost)
    return resolver.hosts(target) if smarthost else resolver.route(target)


def peers_of(route: Route, *, smarthost: Smarthost | None, port: int, helo: str) -> Iterator[Peer]:
    """Yield at most MAX_PEERS addresses: hosts in order of preference, each host's addresses in order."""
    found = ((one.host, address) for one in route.exchangers for address in one.addresses)
    for _, (host, address) in zip(range(MAX_PEERS), found, strict=False):
        if smarthost is None:
            yield Peer(host=host, address=address, port=port, helo=helo)
            continue
        yield Peer(
            host=host,
            address=address,
            port=smarthost.port,
            helo=helo,
            tls=smarthost.tls,
            implicit_tls=smarthost.implicit_tls,
            login=smarthost.login,
        )
