"""What the connections of one process share: the verbs behind the door, threads, counters."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery.envelope import Envelope
from acuse.doors.smtp import replies
from acuse.doors.smtp.limits import Limits
from acuse.doors.smtp.replies import Reply


@dataclass(frozen=True, kw_only=True)
class Verbs:
    """What the connector calls, each in one of its threads (a thread keeps its own database connection).

    Attributes:
        authenticate: (user name, secret, client's IP address) to the credential. Raises AccessDenied where they do not
            match (535 5.7.8) and TemporaryError while the credential or the address is locked out (454 4.7.0).
        may_send_as: whether the credential may send as an address (550 5.7.1): asked for MAIL FROM and for every
            address of From, Sender, Resent-From and Resent-Sender.
        keep: makes the content of a message durable, and returns what `accept` takes.
        accept: makes several of them durable, one communication per recipient, and returns for each message their
            identifiers in the order of the recipients, or why it alone is refused. When it returns, 250 is said. What
            these two raise decides the refusal, as `replies.for_failure` says.
    """

    authenticate: Callable[[str, str, str], SmtpCredentialValue]
    may_send_as: Callable[[SmtpCredentialValue, str], bool]
    keep: Callable[[SmtpCredentialValue, Envelope, bytes], Any]
    accept: Callable[[Sequence[Any]], Sequence[Sequence[UUID] | Exception]]


class Dismissable(Protocol):
    """A connection as the service sees it."""

    def dismiss(self) -> None:
        """Say 421 and close, now or after the message under way."""

    def cut(self) -> None:
        """Close at once."""


@dataclass(kw_only=True, eq=False)
class Service:
    """What the connections of one door share in one process.

    Attributes:
        hostname: said in the banner and in the reply to EHLO.
        limits: see there.
        threads: runs the verbs.
        stopping: no new connection and no new transaction is taken.
        in_flight: octets of content being received now, over all connections.
    """

    hostname: str
    limits: Limits
    threads: ThreadPoolExecutor
    stopping: bool = False
    in_flight: int = 0
    _per_ip: Counter[str] = field(default_factory=Counter)
    _connections: set[Dismissable] = field(default_factory=set)

    @property
    def connections(self) -> frozenset[Dismissable]:
        """Return the connections now open."""
        return frozenset(self._connections)

    def enter(self, connection: Dismissable, ip: str) -> Reply | None:
        """Count a connection in; return the refusal, or None where it may stay. `leave` follows in any case."""
        self._connections.add(connection)
        self._per_ip[ip] += 1
        if self.stopping:
            return replies.STOPPING
        if len(self._connections) > self.limits.connections:
            return replies.FULL_HOUSE
        return replies.FULL_ADDRESS if self._per_ip[ip] > self.limits.connections_per_ip else None

    def leave(self, connection: Dismissable, ip: str) -> None:
        """Count a connection out; once is enough, twice does no harm."""
        if connection not in self._connections:
            return
        self._connections.remove(connection)
        self._per_ip[ip] -= 1
        if not self._per_ip[ip]:
            del self._per_ip[ip]


@dataclass(kw_only=True, eq=False)
class SubmissionService(Service):
    """What the connections of the connector share.

    Attributes:
        verbs: see there.
    """

    verbs: Verbs
    _permitted: set[tuple[UUID, str]] = field(default_factory=set)
    _permitted_until: float = 0.0

    def permitted(self, now: float) -> set[tuple[UUID, str]]:
        """Return as which address which credential is known to be allowed to send; forgotten together, in time.

        Args:
            now: loop time.
        """
        if now >= self._permitted_until:
            self._permitted, self._permitted_until = set(), now + self.limits.permission
        return self._permitted
