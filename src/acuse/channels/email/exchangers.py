"""Which hosts to try for a recipient, and in what order: the domain's mail exchangers, or a smarthost."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from acuse.channels.dns import Exchanger, Resolver, Route
from acuse.channels.email.policies import Policy, Tls
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


def peers_of(route: Route, *, port: int, helo: str, policy_of: Callable[[Exchanger], Policy | None]) -> Iterator[Peer]:
    """Yield at most MAX_PEERS addresses that may be contacted: hosts in order of preference, each with its addresses.

    A host that its domain's policy bars is yielded once, with the policy that says so. Each host's policy is asked for
    when its turn comes, so that nothing is looked up for hosts that are not tried.
    """
    left = MAX_PEERS
    for one in route.exchangers:
        policy = policy_of(one)
        barred = policy is not None and policy.binding and policy.barred != ""
        tls = Tls.REQUIRED if policy and policy.binding else Tls.OPPORTUNISTIC
        for address in one.addresses[: 1 if barred else left]:
            yield Peer(host=one.host, address=address, port=port, helo=helo, tls=tls, policy=policy)
            left -= not barred
        if left <= 0:
            return


def smarthost_peers(route: Route, smarthost: Smarthost, helo: str) -> Iterator[Peer]:
    """Yield at most MAX_PEERS addresses of the smarthost."""
    for address in [address for one in route.exchangers for address in one.addresses][:MAX_PEERS]:
        yield Peer(
            host=smarthost.host,
            address=address,
            port=smarthost.port,
            helo=helo,
            tls=smarthost.tls,
            implicit_tls=smarthost.implicit_tls,
            login=smarthost.login,
        )
