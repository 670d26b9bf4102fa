"""Issuing what is due, and the sweep over what should have been issued."""

import logging
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from uuid import UUID

from django.db import close_old_connections

from acuse import clock
from acuse.certificates import rules
from acuse.certificates.issue import NotPublished, Press, Unproved, issue, put_off
from acuse.certificates.models import Certificate
from acuse.certificates.services import request_upgrade
from acuse.errors import AcuseError
from acuse.evidence.alarms import clear_alarm, raise_alarm
from acuse.evidence.anchors import newest_anchor
from acuse.evidence.leases import Holder, Queue

log = logging.getLogger(__name__)

QUEUE = Queue(table="certificates_certificates", key="id", waiting="state = 'requested'")
ALARM = "certificates"
UNPROVED = "certificates_unproved"
_POLL_SECONDS = 0.2
_UPGRADE_BATCH = 200


class Issuer:
    """Issues due documents until told to stop.

    Args:
        holder: this process' right to claim.
        press: seal, typesetter, time stamps.
        threads: documents under way at once.
    """

    def __init__(self, *, holder: Holder, press: Press, threads: int) -> None:
        self._holder = holder
        self._press = press
        self._threads = threads

    def run(self, stop: threading.Event) -> None:
        """Issue until `stop`; documents under way are finished."""
        running: set[Future[None]] = set()
        self._holder.let_go(QUEUE)
        with ThreadPoolExecutor(self._threads, thread_name_prefix="issue") as pool:
            while not stop.is_set():
                close_old_connections()
                claimed = self._holder.claim(QUEUE, term=rules.LEASE, limit=self._threads - len(running))
                running |= {pool.submit(self._issue, certificate) for certificate in claimed}
                if not running:
                    stop.wait(_POLL_SECONDS)
                else:
                    # With a thread free, look again soon; else as soon as one is.
                    patience = _POLL_SECONDS if len(running) < self._threads else None
                    _, running = wait(running, timeout=patience, return_when=FIRST_COMPLETED)
        self._press.typesetter.close()

    def _issue(self, certificate: UUID) -> None:
        """Issue one; whatever goes wrong leaves the request, and says why."""
        try:
            close_old_connections()
            issue(certificate=certificate, lease=self._holder.lease, press=self._press)
        except NotPublished as error:
            put_off(certificate=certificate, lease=self._holder.lease, error=error)
        except Unproved as error:
            log.error("document not issued: %s", error, extra={"certificate": str(certificate)})
            put_off(certificate=certificate, lease=self._holder.lease, error=error)
            _watch_unproved()
        except AcuseError as error:
            log.warning("document put off: %s", error, extra={"certificate": str(certificate)})
            put_off(certificate=certificate, lease=self._holder.lease, error=error)
        except Exception as error:
            log.exception("document failed inside Acuse", extra={"certificate": str(certificate)})
            put_off(certificate=certificate, lease=self._holder.lease, error=error)


def sweep() -> None:
    """Raise or clear the alarm over late documents, and ask for the upgrade of those sealed at a lower level."""
    late = Certificate.objects.filter(state=Certificate.State.REQUESTED, due_at__lt=clock.now() - rules.ALARM_AFTER)
    count = late.count()
    # Everybody who uses the console reads alarms: no code and no error of one organisation's document stands in them.
    if not count:
        clear_alarm(ALARM)
    elif raise_alarm(
        ALARM, "%(count)s documents are final but not certified for over a minute. See the log.", count=count
    ):
        oldest = late.order_by("due_at").first()
        if oldest is not None and oldest.last_error:
            log.error("the oldest late document: %s", oldest.last_error, extra={"certificate": str(oldest.id)})
    _watch_unproved()
    _upgrade_lowered()


def _watch_unproved() -> None:
    """Raise the alarm over documents whose own evidence does not verify, while there is one."""
    count = Certificate.objects.filter(
        state=Certificate.State.REQUESTED, last_error__startswith=Unproved.BEGINNING
    ).count()
    if count:
        raise_alarm(
            UNPROVED, "%(count)s documents are not issued: their evidence does not verify. See the log.", count=count
        )
    else:
        clear_alarm(UNPROVED)


def _upgrade_lowered() -> None:
    """Ask for the upgrade of what was sealed lower than wanted, once an authority has answered after that.

    The fact of its issue asks for a time stamp itself, so a newer anchor always comes when the authorities are back.
    """
    anchor = newest_anchor()
    if anchor is None:
        return
    lowered = Certificate.objects.filter(
        needs_upgrade=True, issued_at__lt=anchor.recorded_at, facts_up_to__lt=anchor.size
    )
    for row in lowered.order_by("issued_at")[:_UPGRADE_BATCH]:
        request_upgrade(certificate=row)
