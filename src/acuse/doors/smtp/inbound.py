"""The inbound door (port 25): other servers hand in mail for addresses of ours, and for no others.

Nobody logs in, so nobody is believed: whom a message concerns is decided by the token in the address alone. It is
never answered and never passed on: what is not wanted is refused while its sender still listens, so that no bounce of
ours ever reaches anybody who wrote nothing (RFC 5321 section 6.2, RFC 3834 section 4).
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from acuse.doors.smtp import replies
from acuse.doors.smtp.commands import Sender, parse_mail_in, parse_rcpt_in
from acuse.doors.smtp.connection import Connection
from acuse.doors.smtp.content import check_line_ends
from acuse.doors.smtp.limits import Limits
from acuse.doors.smtp.listeners import Listeners
from acuse.doors.smtp.replies import Refused, Reply
from acuse.doors.smtp.service import Service
from acuse.doors.smtp.session import Talk
from acuse.reception.rules import Ours
from acuse.reception.services import Arrival

#: Of one process. Servers come often and stay shortly; RFC 5321 section 4.5.3 asks for 100 recipients.
LIMITS = Limits(
    recipients=100,
    command=4096,
    in_flight=2**28,
    connections=200,
    connections_per_ip=20,
    errors=10,
    login=300.0,
    data=900.0,
    total=3600.0,
)
#: Octets of a message that is for an address without a true token, too, and how many such recipients there may be in
#: an hour: each is kept to be seen, and anybody can write to them.
UNPROVEN_SIZE, UNPROVEN_HOURLY = 2**20, 1000
_HOUR = 3600.0


@dataclass(frozen=True, kw_only=True)
class InboundVerbs:
    """What the inbound door calls.

    Attributes:
        ours: what an address of ours is for; None where it is not ours (550 5.1.1). Called in a thread: it may ask the
            database.
        receive: makes a message durable and recorded, and returns the items, one per recipient. When it returns, 250 is
            said. Called in a thread; what it raises decides the refusal, as `replies.for_failure` says.
    """

    ours: Callable[[str], Ours | None]
    receive: Callable[[Arrival, bytes], Sequence[UUID]]


@dataclass(frozen=True, kw_only=True)
class InboundListening:
    """Where and how to listen.

    Attributes:
        hostname: our name in banner and EHLO; the certificate should carry it.
        host, port: to bind; 0 for any free port.
        threads: how many messages are taken at once, and so how many database connections are held.
        grace: seconds that messages under way are given when stopping.
        limits: bounds.
    """

    hostname: str
    host: str
    port: int
    threads: int = 4
    grace: float = 20.0
    limits: Limits = LIMITS


@dataclass(kw_only=True)
class Delivery(Talk[Ours]):
    """What has been said at the inbound door; addresses of recipients are in lower case.

    Attributes:
        ours: see `InboundVerbs`.
    """

    ours: Callable[[str], Ours | None]

    def _read_sender(self, argument: str) -> Sender:
        return parse_mail_in(argument, most=self.limits.message)

    def _add(self, argument: str, sender: Sender) -> Reply:
        address = parse_rcpt_in(argument, smtputf8=sender.smtputf8)
        found = self.ours(address)
        if found is None:
            raise Refused(replies.NOT_OURS)
        if address.lower() not in self.recipients and len(self.recipients) >= self.limits.recipients:
            raise Refused(replies.TOO_MANY_RECIPIENTS)
        self.recipients.setdefault(address.lower(), found)
        return replies.RCPT_OK

    def arrival(self) -> Arrival:
        """Return the transaction as a value; only after `check_data`."""
        assert self.sender is not None
        return Arrival(
            mail_from=self.sender.address,
            recipients=tuple(self.recipients.values()),
            client_ip=self.ip,
            helo=self.helo,
            tls=self.tls,
        )


@dataclass(kw_only=True, eq=False)
class InboundService(Service):
    """What the connections of the inbound door share."""

    _unproven: deque[float] = field(default_factory=deque)

    def check_unproven(self, size: int, recipients: int, now: float) -> None:
        """Count in the recipients of a message that nobody's token vouches for.

        Args:
            size: octets of the message. recipients: how many. now: loop time.

        Raises:
            Refused: it is too big, or too many came within the hour.
        """
        while self._unproven and self._unproven[0] <= now - _HOUR:
            self._unproven.popleft()
        if size > UNPROVEN_SIZE:
            raise Refused(replies.too_big(UNPROVEN_SIZE))
        if len(self._unproven) + recipients > UNPROVEN_HOURLY:
            raise Refused(replies.TOO_MANY_UNPROVEN)
        self._unproven.extend([now] * recipients)


class Inbound(Connection):
    """One client of the inbound door.

    Args:
        service: what all connections share.
        verbs: what lies behind the door.
        context, loop: see `Connection`.
    """

    _talk: Delivery
    _service: InboundService
    _help = replies.HELP_INBOUND

    def __init__(
        self, service: InboundService, verbs: InboundVerbs, context: ssl.SSLContext, loop: asyncio.AbstractEventLoop
    ) -> None:
        talk = Delivery(limits=service.limits, ip="", ours=verbs.ours)
        super().__init__(service, talk, context, False, loop)
        self._verbs = verbs

    async def smtp_MAIL(self, argument: str) -> Reply:  # noqa: N802
        """RFC 5321 section 4.1.1.2; with the null sender, as reports come (section 4.5.5)."""
        reply = self._talk.begin(self._talk.mail(argument))
        self._wire.deadline = None
        return reply

    async def smtp_RCPT(self, argument: str) -> Reply:  # noqa: N802
        """RFC 5321 section 4.1.1.3."""
        return await self._call(self._talk.rcpt, argument)

    async def _take(self, raw: bytes) -> Reply:
        check_line_ends(raw)
        arrival = self._talk.arrival()
        unproven = sum(one.identifier is None for one in arrival.recipients)
        if unproven:
            self._service.check_unproven(len(raw), unproven, self._loop.time())
        try:
            # A crash from here to the 250 leaves at most a message that its sender brings again; `receive` knows it.
            items = await self._call(self._verbs.receive, arrival, raw)
        except Exception as error:
            return self._failed(error, "reception")
        return replies.kept(str(items[0]))


class InboundDoor:
    """The inbound door of one process, in the running loop.

    Args:
        listening: where and how.
        context: TLS, which is offered.
        verbs: what lies behind the door.
    """

    def __init__(self, *, listening: InboundListening, context: ssl.SSLContext, verbs: InboundVerbs) -> None:
        self._listening = listening
        self._context = context
        self._verbs = verbs
        self._threads = ThreadPoolExecutor(listening.threads, thread_name_prefix="inbound")
        self._service = InboundService(hostname=listening.hostname, limits=listening.limits, threads=self._threads)
        self._listeners = Listeners(self._service, "inbound door")

    async def start(self) -> int:
        """Listen; return the port.

        Raises:
            ConfigurationError: it cannot be bound.
        """
        loop = asyncio.get_running_loop()
        factory = partial(Inbound, self._service, self._verbs, self._context, loop)
        return await self._listeners.listen(factory, self._listening.host, self._listening.port)

    async def stop(self) -> None:
        """Take no more connections, let messages under way finish within the grace, then close."""
        await self._listeners.stop(self._listening.grace)
        await asyncio.get_running_loop().run_in_executor(None, self._threads.shutdown)
