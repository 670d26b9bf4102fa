"""Sending what senders are told: due notices, one after another, under the null sender."""

import logging
import threading
from datetime import timedelta
from uuid import UUID

from django.db import close_old_connections

from acuse.channels.base import Outcome
from acuse.delivery import rules
from acuse.delivery.endpoints import EmailEndpoint
from acuse.delivery.models import Notice
from acuse.delivery.services.dispatched import PASSING
from acuse.delivery.services.notices import close_notice, put_off, renew
from acuse.evidence import custody
from acuse.evidence.leases import Holder, Queue

log = logging.getLogger(__name__)

QUEUE = Queue(table="delivery_notices", key="id", waiting="sent_at IS NULL AND given_up_at IS NULL")
_POLL_SECONDS = 0.5
_BATCH = 20


class Notifier:
    """Sends due notices until told to stop.

    Args:
        holder: this process' right to claim.
        endpoint: the e-mail channel.
        schedule: of retries.
    """

    def __init__(self, *, holder: Holder, endpoint: EmailEndpoint, schedule: rules.Schedule) -> None:
        self._holder = holder
        self._endpoint = endpoint
        self._schedule = schedule

    def run(self, stop: threading.Event) -> None:
        """Send what is due until `stop`."""
        self._holder.let_go(QUEUE)
        while not stop.is_set():
            close_old_connections()
            claimed = self._holder.claim(QUEUE, term=rules.LEASE, limit=_BATCH)
            for notice in claimed:
                self._send(notice)
            if not claimed:
                stop.wait(_POLL_SECONDS)

    def _send(self, identity: UUID) -> None:
        """Send one. A crash between the server's 250 and our commit may tell the sender twice, never not at all."""
        lease, wait = self._holder.lease, timedelta(minutes=5) * self._schedule.scale
        outcome: Outcome | None = None
        try:
            # The ones before it in the batch may have taken so long that another worker took this one over.
            if not renew(notice=identity, lease=lease):
                return
            row = Notice.objects.get(id=identity)
            content = custody.open_object(organisation=row.organisation_id, sha256=row.message_sha256)
            outcome = self._endpoint.send_own(recipient=row.recipient, message=content)
            close_notice(notice=identity, lease=lease, outcome=outcome, schedule=self._schedule)
        except PASSING as error:
            log.warning("notice put off: %s", error, extra={"notice": str(identity)})
            put_off(notice=identity, lease=lease, wait=wait)
        except Exception:
            log.exception("notice failed inside Acuse", extra={"notice": str(identity)})
            # Once a server answered, it is not sent again because the answer cannot be recorded.
            put_off(notice=identity, lease=lease, wait=wait, faults=1 if outcome is None else rules.NOTICE_TRIES)
