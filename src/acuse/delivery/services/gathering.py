"""Group commit: the messages that threads hand in while a transaction runs are accepted together in the next one.

Nothing waits for company: a message that comes alone is accepted alone, at once. One commit then makes many messages
durable, and most of what a transaction costs is paid once for all of them.

Every message is in custody before it waits, and its thread says 250 only after the transaction that holds it has
committed. A crash before the commit leaves objects that nobody cites, and clients that send again; a crash after it
leaves accepted messages whose clients may not have heard so, send again and are recognised.
"""

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future

from django.db import close_old_connections

from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery.envelope import Envelope
from acuse.delivery.services.acceptance import AcceptedCommunication, KeptMessage, accept_together, keep_message

_RECIPIENTS = 1000
"""Communications after which a transaction takes no further message, so that nobody waits long for one."""

Place = tuple[KeptMessage, "Future[list[AcceptedCommunication]]"]


class Gathering:
    """Accepts what the threads of one process hand in."""

    def __init__(self) -> None:
        self._waiting: deque[Place] = deque()
        self._turn = threading.Lock()

    def accept(self, *, credential: SmtpCredentialValue, envelope: Envelope, raw: bytes) -> list[AcceptedCommunication]:
        """Accept a message, as `acceptance.accept_message` does, with those that other threads hand in."""
        message = keep_message(credential=credential, envelope=envelope, raw=raw)
        accepted: Future[list[AcceptedCommunication]] = Future()
        self._waiting.append((message, accepted))
        # Whoever has the turn accepts all that wait; most of those find, when it is theirs, that it has been done.
        with self._turn:
            while not accepted.done():
                _settle(self._next())
        return accepted.result()

    def _next(self) -> list[Place]:
        """Take the messages of the next transaction, at least one. Only the thread whose turn it is takes any."""
        places, recipients = [], 0
        while self._waiting and recipients < _RECIPIENTS:
            places.append(self._waiting.popleft())
            recipients += len(places[-1][0].communications)
        return places


def _settle(places: Sequence[Place]) -> None:
    """Accept messages in one transaction; where it fails, each in its own, so that a bad one refuses only itself.

    A session that broke while nobody used it is found out by the first transaction; the others have a new one.
    """
    try:
        results = accept_together([message for message, _ in places])
    except BaseException:
        for place in places:
            _settle_alone(place)
        return
    for (_, accepted), result in zip(places, results, strict=True):
        accepted.set_result(result)


def _settle_alone(place: Place) -> None:
    message, accepted = place
    try:
        close_old_connections()
        accepted.set_result(accept_together([message])[0])
    except BaseException as error:
        accepted.set_exception(error)
