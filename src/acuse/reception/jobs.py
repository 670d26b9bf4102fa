"""Reading what came in: several at once, each claimed by lease."""

import logging
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from uuid import UUID

from django.db import close_old_connections

from acuse.errors import AcuseError, ConflictError
from acuse.evidence.leases import Holder, Queue
from acuse.reception import rules
from acuse.reception.interpret import interpret
from acuse.reception.origin.answers import LookUp
from acuse.reception.services import put_off

log = logging.getLogger(__name__)

QUEUE = Queue(table="reception_items", key="id", waiting="state = 'recorded'")
_POLL_SECONDS = 0.5


class Reader:
    """Reads what came in until told to stop.

    Args:
        holder: this process' right to claim.
        look_up: asks the DNS.
        threads: messages under way at once: checking an origin waits for the network.
    """

    def __init__(self, *, holder: Holder, look_up: LookUp, threads: int) -> None:
        self._holder = holder
        self._look_up = look_up
        self._threads = threads

    def run(self, stop: threading.Event) -> None:
        """Read until `stop`; messages under way are finished."""
        running: set[Future[None]] = set()
        self._holder.let_go(QUEUE)
        with ThreadPoolExecutor(self._threads, thread_name_prefix="read") as pool:
            while not stop.is_set():
                close_old_connections()
                claimed = self._holder.claim(QUEUE, term=rules.LEASE, limit=self._threads - len(running))
                running |= {pool.submit(self._read, item) for item in claimed}
                if not running:
                    stop.wait(_POLL_SECONDS)
                else:
                    patience = _POLL_SECONDS if len(running) < self._threads else None
                    _, running = wait(running, timeout=patience, return_when=FIRST_COMPLETED)

    def _read(self, item: UUID) -> None:
        """Read one; whatever goes wrong leaves it to be read again, so often and no more."""
        told = {"item": str(item)}
        lease = self._holder.lease
        try:
            close_old_connections()
            reading = interpret(item=item, lease=lease, look_up=self._look_up)
            log.info("incoming message read: %s", reading, extra=told)
        except ConflictError as error:
            log.warning("%s", error, extra=told)
        except AcuseError as error:
            log.warning("reading put off: %s", error, extra=told)
            put_off(item=item, lease=lease, reason=str(error))
        except Exception as error:
            log.exception("reading failed inside Acuse", extra=told)
            put_off(item=item, lease=lease, reason=type(error).__name__)
