"""Group commit: the messages that are handed in while a transaction runs are accepted together in the next one.

A transaction waits, for milliseconds, for messages that are on their way into custody; one that comes alone is accepted
alone, at once. One commit then makes many messages durable, and most of what a transaction costs is paid once for all
of them.

Every message is in custody before it waits, and 250 is said only after the transaction that holds it has committed. A
crash before the commit leaves objects that nobody cites, and clients that send again; a crash after it leaves accepted
messages whose clients may not have heard so, send again and are recognised.

All of it runs in the loop, and needs no lock: threads only do the work, and none waits for another.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any, NamedTuple
from uuid import UUID

from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery.envelope import Envelope
from acuse.doors.smtp.service import Verbs

_RECIPIENTS = 1000
"""Communications after which a transaction takes no further message, so that nobody waits long for one."""
_COMPANY_SECONDS = 0.02
"""How long a transaction waits for messages that are on their way into custody; its commit alone takes as long on a
busy disk."""


class _Place(NamedTuple):
    """A message in custody, and what its connection waits for."""

    message: Any
    recipients: int
    accepted: "asyncio.Future[Sequence[UUID]]"


class Gathering:
    """Accepts the messages of all connections of one process, in the running loop.

    Args:
        verbs: what lies behind the door.
        threads: those that put messages into custody, each its own and all at once.
    """

    def __init__(self, verbs: Verbs, threads: Executor) -> None:
        self._verbs = verbs
        self._threads = threads
        self._committer = ThreadPoolExecutor(1, thread_name_prefix="smtp-accept")
        self._keeping: set[asyncio.Future[Any]] = set()
        self._waiting: deque[_Place] = deque()
        self._turns: asyncio.Task[None] | None = None

    async def accept(self, credential: SmtpCredentialValue, envelope: Envelope, raw: bytes) -> Sequence[UUID]:
        """Accept a message; return the communication of each recipient once all of it is durable.

        A caller that is cancelled takes its message with it, unless the transaction has begun.

        Raises:
            Exception: what the verbs raise for this message.
        """
        loop = asyncio.get_running_loop()
        kept = loop.run_in_executor(self._threads, self._verbs.keep, credential, envelope, raw)
        self._keeping.add(kept)
        kept.add_done_callback(self._keeping.discard)
        message = await kept
        place = _Place(message, len(envelope.recipients), loop.create_future())
        self._waiting.append(place)
        if self._turns is None:
            self._turns = loop.create_task(self._take_turns())
        return await place.accepted

    async def finish(self) -> None:
        """Wait for the transaction under way: what it commits is accepted, whether or not its clients hear so."""
        if self._turns is not None:
            await self._turns
        self._committer.shutdown()

    async def _take_turns(self) -> None:
        """Accept what waits, one transaction after the other, until nothing does."""
        loop = asyncio.get_running_loop()
        while places := await self._next():
            answers: list[tuple[_Place, Sequence[UUID] | Exception]]
            try:
                messages = [place.message for place in places]
                results = await loop.run_in_executor(self._committer, self._verbs.accept, messages)
                answers = list(zip(places, results, strict=True))
            except Exception as error:
                answers = [(place, error) for place in places]
            for place, answer in answers:
                if place.accepted.cancelled():
                    continue
                if isinstance(answer, Exception):
                    place.accepted.set_exception(answer)
                else:
                    place.accepted.set_result(answer)
        self._turns = None

    async def _next(self) -> list[_Place]:
        """Take the messages of the next transaction, without those whose connection is gone."""
        if self._waiting and self._keeping:
            await asyncio.wait(self._keeping.copy(), timeout=_COMPANY_SECONDS)
        places, recipients = [], 0
        while self._waiting and recipients < _RECIPIENTS:
            place = self._waiting.popleft()
            if not place.accepted.cancelled():
                places.append(place)
                recipients += place.recipients
        return places
