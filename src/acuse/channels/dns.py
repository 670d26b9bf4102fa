"""Where mail for a domain goes: MX, A and AAAA (RFC 5321 5.1, RFC 7505), and what its hosts announce (TLSA).

The only importer of dnspython.
"""

import ipaddress
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import dns.exception
import dns.flags
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver

from acuse.channels.base import Json
from acuse.errors import ConfigurationError, PermanentError, TemporaryError

MAX_HOSTS = 10
MAX_ADDRESSES = 6  # of one host
_CACHED_ANSWERS = 10_000
_LIFETIME = 20.0
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052 section 2.1
#: Translation within a network (RFC 8215), and IPv4-compatible addresses (RFC 4291 section 2.5.5.1).
_NEVER_PUBLIC = (ipaddress.IPv6Network("64:ff9b:1::/48"), ipaddress.IPv6Network("::/96"))

Shuffle = Callable[[list[Any]], None]


class DomainNotFound(PermanentError):
    """The domain, or the host, does not exist."""


class NoMailDomain(PermanentError):
    """The domain exists and takes no mail: it says so (RFC 7505), or names no server that could."""


class OnlyPrivateAddresses(PermanentError):
    """Every address of the domain is one that is not reached through the internet, and none such is allowed."""


class DnsUnavailable(TemporaryError):
    """No answer could be had; the same question may be answered later."""


@dataclass(frozen=True, kw_only=True)
class Exchanger:
    """One mail host.

    Args:
        preference: None where it was not named by an MX record.
        secure: whether every answer that led to its addresses was authenticated.
        canonical: the name that its addresses are at, where `host` is an alias of it.
    """

    preference: int | None
    host: str
    addresses: tuple[str, ...]
    secure: bool = False
    canonical: str | None = None


@dataclass(frozen=True, kw_only=True)
class Tlsa:
    """One TLSA record (RFC 6698 2.1), as it was published: nothing about it need make sense."""

    usage: int
    selector: int
    matching: int
    data: bytes


class _Addresses(NamedTuple):
    found: tuple[str, ...]
    secure: bool
    canonical: str | None


@dataclass(frozen=True, kw_only=True)
class Route:
    """The hosts of a domain in the order to be tried, and whether every answer was authenticated (DNSSEC)."""

    exchangers: tuple[Exchanger, ...]
    secure: bool

    def to_json(self) -> Json:
        """Return the form that facts record: {"mx": [{"preference", "host", "addresses"}], "secure"}."""
        hosts = [
            {"preference": one.preference or 0, "host": one.host, "addresses": list(one.addresses)}
            for one in self.exchangers
        ]
        return {"mx": hosts, "secure": self.secure}


class Resolver:
    """Asks the given name servers, or the system's. Thread-safe; answers are kept for their own time to live.

    Args:
        nameservers: "ip:port" each ("[::1]:53" for IPv6), or None for the system's.
        allow_private: whether addresses outside the public internet may be used. Off, a hostile domain cannot make us
            talk to machines of our own network; the embedded mail domains need it on.
        validating: whether the name servers validate DNSSEC and the way to them is safe, so that their AD bit can be
            believed (RFC 6840 5.7, RFC 7672 2.1). Off, no answer counts as authenticated.
        shuffle: orders hosts of equal preference and is random unless a test gives its own.

    Raises:
        ConfigurationError: a name server is not "ip:port".
    """

    def __init__(
        self,
        nameservers: tuple[str, ...] | None = None,
        *,
        allow_private: bool = False,
        validating: bool = False,
        shuffle: Shuffle | None = None,
        lifetime: float = _LIFETIME,
    ) -> None:
        self._allow_private = allow_private
        self._validating = validating
        self._shuffle: Shuffle = shuffle or random.SystemRandom().shuffle
        self._resolver = dns.resolver.Resolver(configure=nameservers is None)
        if nameservers is not None:
            self._resolver.nameservers = [_nameserver(text) for text in nameservers]
        self._resolver.lifetime = lifetime
        self._resolver.flags = dns.flags.RD | dns.flags.AD
        self._resolver.use_edns(0, 0, 1232)
        self._resolver.cache = dns.resolver.LRUCache(_CACHED_ANSWERS)

    def route(self, domain: str) -> Route:
        """Return where mail for `domain` goes.

        Args:
            domain: a domain, Unicode or not, or an address literal ("[192.0.2.1]", "[IPv6:2001:db8::1]").

        Raises:
            DomainNotFound, NoMailDomain, OnlyPrivateAddresses: for good. DnsUnavailable: for now.
        """
        literal = _literal(domain)
        if literal is not None:
            found = Route(exchangers=(Exchanger(preference=None, host=domain, addresses=(literal,)),), secure=False)
        else:
            found = self._by_name(_name(domain), domain)
        return self._reachable(found, domain)

    def check_takes_mail(self, domain: str, *, seconds: float) -> None:
        """Refuse a domain that takes no mail, while somebody waits: its mail servers are believed, not looked up.

        Args:
            domain: as in `route`. seconds: of the whole check, whatever there is to ask.

        Raises:
            DomainNotFound, NoMailDomain, OnlyPrivateAddresses: for good. DnsUnavailable: no answer came in time.
        """
        if _literal(domain) is not None:
            self.route(domain)
            return
        name, until = _name(domain), time.monotonic() + seconds
        answer, exists = self._ask(name, "MX", seconds=seconds)
        if not exists:
            raise DomainNotFound(f"The domain {domain} does not exist in the DNS.")
        if answer is not None:
            if [record.exchange for record in answer] == [dns.name.root]:
                raise NoMailDomain(f"The domain {domain} says that it takes no mail (null MX).")
            return
        kinds = ("A", "AAAA")
        if all(self._ask(name, kind, seconds=until - time.monotonic())[0] is None for kind in kinds):
            raise NoMailDomain(f"The domain {domain} has neither mail servers nor addresses in the DNS.")

    def hosts(self, host: str) -> Route:
        """Return the addresses of one host, without MX (a smarthost). Raises as `route`."""
        literal = _literal(f"[{host}]")
        if literal is not None:
            return Route(exchangers=(Exchanger(preference=None, host=host, addresses=(literal,)),), secure=False)
        at = self._addresses(_name(host))
        if not at.found:
            raise DomainNotFound(f"The host {host} has no address in the DNS.")
        return Route(exchangers=(_exchanger(None, host, at),), secure=at.secure)

    def public_addresses(self, host: str) -> tuple[str, ...]:
        """Return the addresses of a host that somebody else named, without those that `route` would not use either.

        Raises:
            DomainNotFound, OnlyPrivateAddresses: for good. DnsUnavailable: for now.
        """
        return self._reachable(self.hosts(host), host).exchangers[0].addresses

    def tlsa(self, exchanger: Exchanger, port: int) -> tuple[str, tuple[Tlsa, ...]]:
        """Return the TLSA records of a mail host, and the name that they are at (RFC 7672 2.2.2 and 2.2.3).

        Only authenticated records count, and only for a host that authenticated answers led to; for others, and where
        there are none, the records are empty and nothing is asked that cannot matter.

        Raises:
            DnsUnavailable: they could not be looked up, so it is not known what is asked of a connection.
        """
        names = (exchanger.canonical, exchanger.host) if exchanger.secure else ()
        for name in names:
            if name is None:
                continue
            answer, _ = self._ask(_name(f"_{port}._tcp.{name}"), "TLSA")
            if answer is not None and self._authenticated(answer):
                return name, tuple(
                    Tlsa(usage=one.usage, selector=one.selector, matching=one.mtype, data=one.cert) for one in answer
                )
        return exchanger.host, ()

    def records(self, name: str, kind: str) -> tuple[tuple[bytes, ...], bool]:
        """Return the records of a kind at a name, none where there are none, and whether the answer was authenticated.

        Args:
            name: with or without its last dot.
            kind: "TXT" (octets of its strings, joined), "A" or "AAAA" (addresses), "MX" or "PTR" (names).

        Raises:
            DomainNotFound: `name` is none. DnsUnavailable: for now.
        """
        answer, _ = self._ask(_name(name), kind)
        if answer is None:
            return (), False
        return tuple(_octets(record) for record in answer), self._authenticated(answer)

    def _by_name(self, name: dns.name.Name, domain: str) -> Route:
        answer, exists = self._ask(name, "MX")
        if not exists:
            raise DomainNotFound(f"The domain {domain} does not exist in the DNS.")
        if answer is None:
            # RFC 5321 5.1: no MX, so the domain itself is the host
            at = self._addresses(name)
            if not at.found:
                raise NoMailDomain(f"The domain {domain} has neither mail servers nor addresses in the DNS.")
            return Route(exchangers=(_exchanger(None, _text(name), at),), secure=at.secure)
        records = [(int(record.preference), record.exchange) for record in answer]
        if len(records) == 1 and records[0][1] == dns.name.root:
            raise NoMailDomain(f"The domain {domain} says that it takes no mail (null MX).")
        return self._with_addresses(self._ordered(records), self._authenticated(answer), domain)

    def _ordered(self, records: list[tuple[int, dns.name.Name]]) -> list[tuple[int, dns.name.Name]]:
        drawn = sorted(records, key=lambda record: (record[0], record[1]))
        self._shuffle(drawn)
        return sorted(drawn, key=lambda record: record[0])[:MAX_HOSTS]

    def _with_addresses(self, records: list[tuple[int, dns.name.Name]], secure: bool, domain: str) -> Route:
        found: list[Exchanger] = []
        trouble: DnsUnavailable | None = None
        authentic = secure
        for preference, host in records:
            try:
                at = self._addresses(host)
            except DnsUnavailable as error:
                trouble = error
                continue
            authentic = authentic and at.secure
            if at.found:
                found.append(_exchanger(preference, _text(host), at._replace(secure=secure and at.secure)))
        if not found and trouble is not None:
            raise trouble
        if not found:
            raise NoMailDomain(f"The mail servers of {domain} have no address in the DNS.")
        return Route(exchangers=tuple(found), secure=authentic)

    def _addresses(self, name: dns.name.Name) -> _Addresses:
        """Return IPv4 before IPv6 (most hosts have their reverse name and reputation there) and authenticity."""
        found: list[str] = []
        secure = True
        canonical: str | None = None
        trouble: DnsUnavailable | None = None
        for kind in ("A", "AAAA"):
            try:
                answer, _ = self._ask(name, kind)
            except DnsUnavailable as error:
                trouble = error
                continue
            if answer is not None:
                found += [record.address for record in answer][:MAX_ADDRESSES]
                secure = secure and self._authenticated(answer)
                canonical = _text(answer.canonical_name) if answer.canonical_name != name else None
        if not found and trouble is not None:
            raise trouble
        return _Addresses(tuple(found[:MAX_ADDRESSES]), secure, canonical)

    def _authenticated(self, answer: dns.resolver.Answer) -> bool:
        return self._validating and bool(answer.response.flags & dns.flags.AD)

    def _ask(
        self, name: dns.name.Name, kind: str, *, seconds: float | None = None
    ) -> tuple[dns.resolver.Answer | None, bool]:
        """Return the answer (None: no such record) and whether the name exists; `seconds`: instead of the lifetime."""
        try:
            return self._resolver.resolve(name, dns.rdatatype.from_text(kind), lifetime=seconds), True
        except dns.resolver.NXDOMAIN:
            return None, False
        except dns.resolver.NoAnswer:
            return None, True
        except dns.resolver.YXDOMAIN as error:
            raise DomainNotFound(
                f"The name {_text(name)} cannot be resolved: it redirects to too long a name."
            ) from error
        except (dns.exception.DNSException, OSError) as error:
            raise DnsUnavailable(
                f"The DNS gave no usable answer about {_text(name)} ({type(error).__name__})."
            ) from error

    def _reachable(self, route: Route, domain: str) -> Route:
        if self._allow_private:
            return route
        public = tuple(
            replace(one, addresses=usable)
            for one in route.exchangers
            if (usable := tuple(address for address in one.addresses if _is_public(address)))
        )
        if not public:
            raise OnlyPrivateAddresses(f"The mail servers of {domain} have no address on the public internet.")
        return Route(exchangers=public, secure=route.secure)


def _octets(record: Any) -> bytes:
    """Return what a record says, in the octets that SPF and DKIM read."""
    if record.rdtype == dns.rdatatype.TXT:
        return b"".join(record.strings)
    if record.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA):
        return str(record.address).encode()
    return _text(record.exchange if record.rdtype == dns.rdatatype.MX else record.target).encode()


def _exchanger(preference: int | None, host: str, at: _Addresses) -> Exchanger:
    return Exchanger(preference=preference, host=host, addresses=at.found, secure=at.secure, canonical=at.canonical)


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        inside = _ipv4_inside(parsed)
        if inside is not None:
            parsed = inside
        elif parsed.is_site_local or any(parsed in network for network in _NEVER_PUBLIC):
            return False
    return parsed.is_global and not parsed.is_multicast


def _ipv4_inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that a gateway on the way would send to: mapped, 6to4, or translated."""
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _literal(domain: str) -> str | None:
    if not (domain.startswith("[") and domain.endswith("]")):
        return None
    text = domain[1:-1]
    try:
        return str(ipaddress.ip_address(text[5:] if text[:5].lower() == "ipv6:" else text))
    except ValueError:
        return None


def _name(domain: str) -> dns.name.Name:
    try:
        name = dns.name.from_text(domain, origin=dns.name.root)
    except (dns.exception.DNSException, UnicodeError, ValueError) as error:
        raise DomainNotFound(f"{domain[:100]!r} is not a domain name.") from error
    if name == dns.name.root or "\\" in str(name):
        raise DomainNotFound(f"{domain[:100]!r} is not a domain name.")
    return name


def ascii_domain(domain: str) -> str:
    """Return a domain as the DNS has it: lower case, ASCII, no last dot.

    Raises:
        DomainNotFound: it is none.
    """
    return _text(_name(domain))


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def _nameserver(text: str) -> dns.nameserver.Nameserver:
    host, _, port = text.rpartition(":")
    try:
        return dns.nameserver.Do53Nameserver(str(ipaddress.ip_address(host.strip("[]"))), int(port))
    except ValueError as error:
        raise ConfigurationError(f"A name server is written ip:port, such as 127.0.0.1:53; {text!r} is not.") from error
