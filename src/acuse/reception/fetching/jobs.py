"""Fetching what is due: several mailboxes at once, each claimed by lease."""

import logging
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from uuid import UUID

from django.db import close_old_connections

from acuse.errors import AcuseError, ConflictError
from acuse.evidence.leases import Holder, Queue
from acuse.reception.fetching import rules
from acuse.reception.fetching.fetch import fetch
from acuse.reception.fetching.services import put_off

log = logging.getLogger(__name__)

QUEUE = Queue(table="reception_pickups", key="id")
_POLL_SECONDS = 1.0


class Fetcher:
    """Fetches mailboxes until told to stop.

    Args:
        holder: this process' right to claim.
        threads: mailboxes under way at once: most of the time they wait for the network.
    """

    def __init__(self, *, holder: Holder, threads: int) -> None:
        self._holder = holder
        self._threads = threads

    def run(self, stop: threading.Event) -> None:
        """Fetch until `stop`; mailboxes under way are finished."""
        running: set[Future[None]] = set()
        self._holder.let_go(QUEUE)
        with ThreadPoolExecutor(self._threads, thread_name_prefix="fetch") as pool:
            while not stop.is_set():
                close_old_connections()
                claimed = self._holder.claim(QUEUE, term=rules.LEASE, limit=self._threads - len(running))
                running |= {pool.submit(self.fetch, pickup) for pickup in claimed}
                if not running:
                    stop.wait(_POLL_SECONDS)
                else:
                    _, running = wait(running, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)

    def fetch(self, pickup: UUID) -> None:
        """Fetch one; whatever goes wrong is written down, and tried again later."""
        told = {"pickup": str(pickup)}
        lease = self._holder.lease
        try:
            close_old_connections()
            if taken := fetch(pickup=pickup, lease=lease):
                log.info("%s messages fetched", taken, extra=told)
        except ConflictError as error:
            log.warning("%s", error, extra=told)
        except AcuseError as error:
            log.warning("mailbox not fetched: %s", error, extra=told)
            put_off(pickup=pickup, lease=lease, error=error)
        except Exception:
            log.exception("fetching failed inside Acuse", extra=told)
            put_off(pickup=pickup, lease=lease, error=AcuseError("Something went wrong inside Acuse; see the log."))
