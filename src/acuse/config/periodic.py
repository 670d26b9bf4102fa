"""Timers and rare work, through Procrastinate: kept in PostgreSQL, run once however many workers there are.

Work of high volume does not pass here: it is rows claimed by lease (docs/adr/0004).
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.conf import settings
from django.db import close_old_connections, transaction
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app

from acuse import clock
from acuse.accounts.services import forget_failures
from acuse.calendars.jobs import carry_on_all
from acuse.certificates import jobs as certificates
from acuse.config.database import conninfo
from acuse.config.ntp import clock_state
from acuse.contacts.services.codes import KEPT, forget_codes
from acuse.delivery.jobs import dispatch, notices
from acuse.delivery.models import Deduplication
from acuse.delivery.services.access import expire_due
from acuse.delivery.services.policies import forget_policies
from acuse.delivery.services.proving import forget_code_mails
from acuse.doors.ui.counters import forget_expired
from acuse.evidence.jobs import watch_ledger
from acuse.evidence.ledger import FactDraft, record
from acuse.evidence.rules import INSTALLATION
from acuse.helpdesk.jobs import call_files
from acuse.helpdesk.services.acknowledging import forget_alarms
from acuse.helpdesk.services.call_files import forget_uploads
from acuse.helpdesk.services.faq_readers import forget_missed
from acuse.proof.facts.fact import Actor
from acuse.reception import jobs as reception
from acuse.reception.fetching import jobs as fetching
from acuse.reception.fetching.services import watch as watch_fetching
from acuse.reception.services import forget_repeats

log = logging.getLogger(__name__)

#: Every queue of leased work.
QUEUES = (dispatch.QUEUE, notices.QUEUE, certificates.QUEUE, reception.QUEUE, fetching.QUEUE, call_files.QUEUE)
_RESTART_SECONDS = 5.0
_UPLOADS_KEPT = timedelta(days=30)
T = TypeVar("T")


def guarded(name: str, act: Callable[[], T]) -> T | None:
    """Run `act`; log what goes wrong and return None, because a loop must outlive a fault."""
    try:
        return act()
    except Exception:
        log.exception("%s failed; tried again", name)
        return None


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="sweep", pass_context=False)
def sweep_certificates(timestamp: int) -> None:
    """Every minute: alarm over what is late or cannot be fetched, upgrade what was sealed at a lower level."""
    close_old_connections()
    certificates.sweep()
    watch_fetching()
    watch_ledger(interval=settings.ACUSE.effective_anchor_interval)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="terms", pass_context=False)
def expire_accesses(timestamp: int) -> None:
    """Every minute: end the terms within which content waited for its recipient."""
    close_old_connections()
    expire_due()


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="deduplication")
def forget_deduplication(timestamp: int) -> None:
    """Every hour: forget the keys of retries that are older than seven days, at both doors."""
    close_old_connections()
    forget_repeats()
    Deduplication.objects.filter(expires_at__lt=clock.now()).delete()


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="transport_policies", pass_context=False)
def forget_transport_policies(timestamp: int) -> None:
    """Every hour: forget what recipients' domains asked of connections, once it no longer holds."""
    close_old_connections()
    forget_policies()


@app.periodic(cron="37 * * * *")
@app.task(queueing_lock="failed_logins", pass_context=False)
def forget_failed_logins(timestamp: int) -> None:
    """Every hour: forget failed logins whose window is over, so that guessing names fills no table."""
    close_old_connections()
    forget_failures()


@app.periodic(cron="47 * * * *")
@app.task(queueing_lock="counters", pass_context=False)
def forget_counters(timestamp: int) -> None:
    """Every hour: forget counters of the limits on public pages, and the codes that were asked for there."""
    close_old_connections()
    forget_expired()
    forget_alarms()
    forget_codes()
    forget_code_mails(before=clock.now() - KEPT)


@app.periodic(cron="23 4 * * *")
@app.task(queueing_lock="clock")
def check_clock(timestamp: int) -> None:
    """Every day: record the state of the clock."""
    close_old_connections()
    record_clock()


@app.periodic(cron="13 5 * * *")
@app.task(queueing_lock="calendars", pass_context=False)
def carry_calendars_on(timestamp: int) -> None:
    """Every day: in a new year, have each calendar reach a year further."""
    close_old_connections()
    carry_on_all()


@app.periodic(cron="43 4 * * *")
@app.task(queueing_lock="missed_words", pass_context=False)
def forget_missed_words(timestamp: int) -> None:
    """Every day: forget words of searches that found nothing, once nobody looks for them any more."""
    close_old_connections()
    forget_missed()


@app.periodic(cron="53 4 * * *")
@app.task(queueing_lock="call_uploads", pass_context=False)
def forget_call_uploads(timestamp: int) -> None:
    """Every day: give up files of calls that nobody started for a month."""
    close_old_connections()
    forget_uploads(before=clock.now() - _UPLOADS_KEPT)


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="stalled", pass_context=False)
async def retry_stalled(timestamp: int) -> None:
    """Every ten minutes: run again the jobs whose worker died."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job)


@app.periodic(cron="41 3 * * *")
@app.task(queueing_lock="old_jobs", pass_context=False)
async def remove_old_jobs(timestamp: int) -> None:
    """Every day: remove finished jobs, so that their tables stay small."""
    await app.job_manager.delete_old_jobs(nb_hours=72, include_failed=True, include_cancelled=True)


def record_clock() -> None:
    """Record the state of the clock as a fact of the installation."""
    state = clock_state()
    details: dict[str, object] = {"synchronised": state.synchronised, "source": state.source}
    if state.offset_microseconds is not None:
        details["offset_microseconds"] = state.offset_microseconds
    with transaction.atomic():
        record(
            FactDraft(
                organisation=INSTALLATION,
                subject_kind="installation",
                subject_id=INSTALLATION,
                type="clock.checked",
                actor=Actor(kind="component", id="periodic"),
                details=details,
            )
        )


def run(stop: threading.Event) -> None:
    """Work Procrastinate's queue until `stop`; a lost database is tried again."""
    guarded("clock", record_clock)
    while not stop.is_set():
        guarded("periodic", lambda: asyncio.run(_work(stop)))
        stop.wait(_RESTART_SECONDS)


async def _work(stop: threading.Event) -> None:
    worker_app = app.with_connector(PsycopgConnector(conninfo=conninfo(), min_size=1, max_size=4))
    async with worker_app.open_async():
        working = asyncio.create_task(
            worker_app.run_worker_async(concurrency=2, install_signal_handlers=False, listen_notify=True)
        )
        while not stop.is_set() and not working.done():
            await asyncio.sleep(0.2)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
