"""Dispatching: due communications are claimed in batches and sent by threads.

For each: open the attempt (committed), send, close the attempt (committed). Nothing is locked while sending. No more of
one domain is claimed than it has connections free.

An outcome that cannot be recorded (custody is full, the database is away) is held, and the lease with it, until it can:
to send again what may have been accepted would be worse than to wait. Held messages fill the threads, so that nothing
more is sent meanwhile. An outcome that can never be recorded whole is recorded bare.

What goes wrong inside Acuse has an end: after so many faults, or past the schedule's limit, the message is given up,
which is recorded, certified and told as any other failure, and an alarm says that a person must look.
"""

import logging
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.db import close_old_connections

from acuse import clock
from acuse.channels.base import Outcome
from acuse.delivery import followers, rules
from acuse.delivery.endpoints import EmailEndpoint
from acuse.delivery.models import Dispatch
from acuse.delivery.services import close_attempt, give_up, hold_back, open_attempt
from acuse.delivery.services.attempts import OpenedAttempt
from acuse.delivery.services.dispatched import PASSING, LostLease
from acuse.delivery.services.work import Listed, Work, load_work
from acuse.errors import InputError
from acuse.evidence.alarms import clear_alarm, raise_alarm
from acuse.evidence.leases import Holder, Queue

log = logging.getLogger(__name__)

QUEUE = Queue(table="delivery_dispatches", key="communication_id")
_POLL_SECONDS = 0.2
_LOOK_PAST_SECONDS = 0.2
_HOLD_SECONDS = 2.0
_HOLDS_BEFORE_BARE = 3
ALARM = "delivery_faults"


class Dispatcher:
    """Sends what is due until told to stop.

    Args:
        holder: this process' right to claim.
        endpoint: the e-mail channel with this installation's settings.
        schedule: of retries.
        threads: messages under way at once.
        per_domain: messages under way to one domain at once.
    """

    def __init__(
        self, *, holder: Holder, endpoint: EmailEndpoint, schedule: rules.Schedule, threads: int, per_domain: int
    ) -> None:
        self._holder = holder
        self._endpoint = endpoint
        self._schedule = schedule
        self._threads = threads
        self._per_domain = per_domain
        self._domains: Counter[str] = Counter()
        self._look_past_at = 0.0
        self._full = False  # whether threads, or the share of a domain, left no room for more of what may be due
        self._lock = threading.Lock()
        self._freed = threading.Event()
        self._stop = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Claim and send until `stop`; messages under way are finished."""
        self._stop = stop
        with suppress(*PASSING):
            clear_alarm(ALARM)
            for alarm in followers.ALARMS:
                clear_alarm(alarm)
        self._holder.let_go(QUEUE)
        with ThreadPoolExecutor(self._threads, thread_name_prefix="dispatch") as pool:
            while not stop.is_set():
                close_old_connections()
                self._freed.clear()
                self.dispatch_due(pool)
                # Where there was no room for more, more may be due: look again as soon as a place is free.
                wait = self._freed.wait if self._full else stop.wait
                wait(_POLL_SECONDS)

    def dispatch_due(self, pool: ThreadPoolExecutor) -> int:
        """Claim what is due and hand it to the pool; return how many messages were handed over.

        The long queue of one domain hides others behind it until its share is full: then they are looked for at once,
        before it has room again. That reads the whole queue, so it is not done every time.
        """
        handed = more = self._hand_over(pool)
        if time.monotonic() >= self._look_past_at:
            while more and self._full and not self._stop.is_set():
                more = self._hand_over(pool)
                handed += more
            self._look_past_at = time.monotonic() + _LOOK_PAST_SECONDS
        return handed

    def _hand_over(self, pool: ThreadPoolExecutor) -> int:
        with self._lock:
            free, busy = self._threads - self._domains.total(), dict(self._domains)
        self._full = free <= 0
        if self._full:
            return 0
        claimed = self._holder.claim_shares(QUEUE, term=rules.LEASE, limit=free, each=self._per_domain, busy=busy)
        taken = Counter(busy) + Counter(domain for _, domain in claimed)
        self._full = len(claimed) >= free or any(count >= self._per_domain for count in taken.values())
        for communication, domain in claimed:
            with self._lock:
                self._domains[domain] += 1
            pool.submit(self._send, communication, domain)
        return len(claimed)

    def _leave(self, domain: str) -> None:
        with self._lock:
            self._domains[domain] -= 1
            if self._domains[domain] <= 0:
                del self._domains[domain]
        self._freed.set()

    def _send(self, communication: UUID, domain: str) -> None:
        """Make one attempt. What goes wrong on our side leaves the row to be claimed again, so often and no more."""
        told = {"communication": str(communication)}
        try:
            close_old_connections()
            self._attempt(load_work(communication), domain)
        except LostLease:
            log.warning("another worker took a message over", extra=told)
        except PASSING as error:
            log.warning("attempt put off: %s", error, extra=told)
            self._put_off(communication, fault=None)
        except Exception as error:
            log.exception("attempt failed inside Acuse", extra=told)
            self._put_off(communication, fault=error)
        finally:
            self._leave(domain)

    def _attempt(self, work: Work, domain: str) -> None:
        if work.faults >= rules.MOST_FAULTS:
            self._give_up(work, "Acuse could not send the message because of a fault of its own.")
            return
        if work.listed is not None:
            self._hold_back(work, work.listed)
            return
        content, copy = self._endpoint.compose(work)
        try:
            self._endpoint.check(work, content)
        except InputError as error:
            self._give_up(work, str(error))
            return
        opened = open_attempt(work=work, lease=self._holder.lease, target=self._endpoint.target(domain), copy=copy)
        outcome = self._endpoint.send(work, content)
        decision = self._close(opened, outcome)
        log.info(
            "attempt closed",
            extra={"communication": str(work.communication), "fact": decision.fact_type, "final": decision.final},
        )

    def _give_up(self, work: Work, reason: str) -> None:
        give_up(
            work=work,
            lease=self._holder.lease,
            reason=reason,
            schedule=self._schedule,
            reporting_host=self._endpoint.helo,
        )
        log.error("message given up: %s", reason, extra={"communication": str(work.communication)})

    def _hold_back(self, work: Work, listed: Listed) -> None:
        hold_back(
            work=work,
            listed=listed,
            lease=self._holder.lease,
            schedule=self._schedule,
            reporting_host=self._endpoint.helo,
        )
        log.info("message held back", extra={"communication": str(work.communication)})

    def _put_off(self, communication: UUID, *, fault: Exception | None) -> None:
        """Leave a message for later, or for good where faults of ours, or its term, have come to their end.

        A fault that passes (`fault` None) does not count; the schedule's limit ends it all the same.
        """
        close_old_connections()  # the fault may be a session that broke, with the database there all the same
        row = Dispatch.objects.select_related("communication").filter(
            communication_id=communication, lease=self._holder.lease
        )
        held = row.first()
        if held is None:
            return
        faults = held.faults + (fault is not None)
        wait = timedelta(minutes=1) * self._schedule.scale if fault is None else self._schedule.wait(faults)
        due_at = clock.now() + wait
        if due_at > held.communication.created_at + self._schedule.limit:
            faults = rules.MOST_FAULTS
        # At the last fault it is claimed once more, at once, and given up without being sent; see `_attempt`.
        last = faults >= rules.MOST_FAULTS and held.faults < rules.MOST_FAULTS
        row.update(due_at=clock.now() if last else due_at, faults=faults, lease=None, lease_until=None)
        if faults >= rules.MOST_FAULTS:
            self._alarm("A message was given up after faults of Acuse itself. See the log; a restart clears this.")

    def _alarm(self, message: str) -> None:
        with suppress(*PASSING):
            raise_alarm(ALARM, message)

    def _close(self, opened: OpenedAttempt, outcome: Outcome) -> rules.Decision:
        """Record what came of an attempt, trying until it is done; a stop leaves it open, to be found as unknown."""
        communication = opened.work.communication
        failed = 0
        while True:
            try:
                close_old_connections()
                return close_attempt(
                    opened=opened,
                    outcome=outcome,
                    schedule=self._schedule,
                    reporting_host=self._endpoint.helo,
                    bare=failed >= _HOLDS_BEFORE_BARE,
                )
            except LostLease:
                raise
            except PASSING as error:
                log.warning(
                    "an attempt's outcome is held until it can be recorded: %s",
                    error,
                    extra={"communication": str(communication)},
                )
                if self._stop.wait(_HOLD_SECONDS):
                    raise
            except Exception:
                failed += 1
                log.exception("an attempt's outcome cannot be recorded", extra={"communication": str(communication)})
                self._alarm("An outcome could not be recorded whole. See the log; a restart clears this.")
                if self._stop.wait(_HOLD_SECONDS):
                    raise
            self._renew(communication)

    def _renew(self, communication: UUID) -> None:
        """Keep what is held from being claimed by others; without a database nobody can claim anything."""
        with suppress(*PASSING):
            close_old_connections()
            Dispatch.objects.filter(communication_id=communication, lease=self._holder.lease).update(
                lease_until=clock.now() + rules.LEASE
            )
