"""What a domain asks of the connections to its mail servers, looked up: DANE (RFC 7672) first, else MTA-STS (RFC 8461).

A policy that holds goes on holding when nothing new can be had of it (RFC 8461 5): whoever can silence a domain's DNS
or its web server must not be able to make us forget what it asked.
"""

import logging
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from ssl import SSLContext

from acuse import clock
from acuse.channels.dns import DnsUnavailable, Exchanger, Resolver, ascii_domain
from acuse.channels.email import dane
from acuse.channels.email.fetch import FetchFailed, fetch_policy
from acuse.channels.email.mta_sts import InvalidPolicy, KeptPolicy, PolicyStore, announced, parse
from acuse.channels.email.policies import Policy, Tls, Trust, context_for
from acuse.channels.email.pool import Gate
from acuse.errors import PermanentError, TemporaryError

log = logging.getLogger(__name__)

#: A change is seen at the next attempt: below the shortest wait between two. It also spaces what fails (RFC 8461 3.3).
_LOOK_AGAIN = 240.0
_FETCH_AGAIN = timedelta(days=1)  # RFC 8461 10.2: so that a policy in use never comes to its end
_FETCH_SECONDS = 20.0
_KNOWN_DOMAINS = 10_000
_WAIT = 120.0  # seconds, longer than looking up takes
_SHOWN_RECORDS = 20


class Demands:
    """What applies to each host. Thread-safe.

    Args:
        resolver: of TLSA records. sts: of MTA-STS policies. port: of the mail servers.
    """

    def __init__(self, resolver: Resolver, sts: "MtaSts", *, port: int) -> None:
        self._resolver = resolver
        self._sts = sts
        self._port = port

    def of(self, domain: str, exchanger: Exchanger) -> Policy | None:
        """Return what a domain asks of connections to one of its hosts; None where nothing (RFC 7435)."""
        names = (exchanger.host,)
        try:
            by_dane = self._by_dane(domain, exchanger)
        except DnsUnavailable as error:
            # RFC 7672 2.1: what cannot be looked up may be there
            return Policy(kind="dane", mode="enforce", source=(), names=names, barred=str(error))
        if by_dane is not None:
            return by_dane
        try:
            kept = self._sts.policy(domain)
        except TemporaryError as error:
            return Policy(kind="mta-sts", mode="enforce", source=(), names=names, barred=str(error))
        if kept is None or kept.policy.mode == "none":
            return None
        barred = "" if kept.policy.covers(exchanger.host) else "the policy does not name this mail server"
        return Policy(kind="mta-sts", mode=kept.policy.mode, source=kept.source, names=names, barred=barred)

    def _by_dane(self, domain: str, exchanger: Exchanger) -> Policy | None:
        at, records = self._resolver.tlsa(exchanger, self._port)
        if not records:
            return None
        usable = dane.usable(records)
        names = tuple(dict.fromkeys((at, exchanger.host, ascii_domain(domain))))  # RFC 7672 3.2.2
        return Policy(
            kind="dane",
            mode="enforce" if usable else "encrypt",
            source=tuple(dane.text(record) for record in records[:_SHOWN_RECORDS]),
            names=names,
            records=usable,
        )


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What was found of a domain, and when to look again, on the monotonic clock."""

    kept: KeptPolicy | None
    look_at: float


class MtaSts:
    """The MTA-STS policies of domains, looked up when first needed and then again from time to time. Thread-safe.

    Args:
        resolver: of announcements, and of the hosts that serve policies. trust: roots that vouch for those.
        store: where policies are kept. port: of those hosts.
    """

    def __init__(self, resolver: Resolver, trust: Trust, store: PolicyStore, *, port: int = 443) -> None:
        self._resolver = resolver
        self._trust = trust
        self._store = store
        self._port = port
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._lock = threading.Lock()
        self._looking = Gate(1)  # one thread at a time asks about a domain, and holds up no other domain

    def policy(self, domain: str) -> KeptPolicy | None:
        """Return the policy that holds for mail to a domain, whatever its mode, or None.

        Raises:
            TemporaryError: what is kept cannot be read.
        """
        if domain.startswith("["):
            return None
        known = self._recall(domain)
        if known is None:
            with self._looking.enter(domain, _WAIT) as entered:
                known = self._recall(domain)  # another thread may have asked meanwhile
                if known is None and not entered:
                    raise TemporaryError("The policy of the domain is still being looked up.")
                if known is None:
                    known = self._remember(domain, self._look(ascii_domain(domain)))
        return known.kept if known.kept and known.kept.expires_at > clock.now() else None

    def _recall(self, domain: str) -> _Known | None:
        with self._lock:
            known = self._known.get(domain)
        return known if known and time.monotonic() < known.look_at else None

    def _remember(self, domain: str, kept: KeptPolicy | None) -> _Known:
        known = _Known(kept=kept, look_at=time.monotonic() + _LOOK_AGAIN)
        with self._lock:
            self._known[domain] = known
            self._known.move_to_end(domain)
            if len(self._known) > _KNOWN_DOMAINS:
                self._known.popitem(last=False)
        return known

    def _look(self, domain: str) -> KeptPolicy | None:
        kept = self._store.load(domain)
        try:
            texts, _ = self._resolver.records(f"_mta-sts.{domain}", "TXT")
        except (DnsUnavailable, PermanentError):
            return kept
        identifier = announced(texts)
        if identifier is None:
            return kept
        if (
            kept
            and kept.identifier == identifier
            and clock.now() < min(kept.expires_at, kept.fetched_at + _FETCH_AGAIN)
        ):
            return kept
        try:
            fetched = self._fetch(domain, identifier)
        except (FetchFailed, InvalidPolicy, DnsUnavailable, PermanentError) as error:
            log.warning("the MTA-STS policy of a domain cannot be had: %s", error, extra={"domain": domain})
            return kept
        self._store.save(fetched)
        return fetched

    def _fetch(self, domain: str, identifier: str) -> KeptPolicy:
        host = f"mta-sts.{domain}"
        raw = fetch_policy(
            host,
            self._resolver.public_addresses(host),
            port=self._port,
            context=self._context,
            seconds=_FETCH_SECONDS,
        )
        policy, now = parse(raw), clock.now()
        return KeptPolicy(
            domain=domain,
            identifier=identifier,
            text=raw.decode("utf-8"),
            fetched_at=now,
            expires_at=now + policy.max_age,
        )

    @cached_property
    def _context(self) -> SSLContext:
        return context_for(Tls.VERIFIED, self._trust)
