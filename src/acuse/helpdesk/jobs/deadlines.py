"""Attending to deadlines: warning that they end soon, and recording that they are missed."""

import logging
import threading
from uuid import UUID

from django.db import close_old_connections

from acuse import clock
from acuse.helpdesk.models import Deadline
from acuse.helpdesk.services.deadlines import attend

log = logging.getLogger(__name__)

_POLL_SECONDS = 1.0
_BATCH = 50


def run(stop: threading.Event) -> None:
    """Attend to what is due until `stop`."""
    while not stop.is_set():
        close_old_connections()
        if not attend_due():
            stop.wait(_POLL_SECONDS)


def attend_due() -> int:
    """Attend to a batch of deadlines, one transaction each; return to how many. Two workers never do the same twice."""
    try:
        due = Deadline.objects.filter(next_at__lt=clock.now()).order_by("next_at")
        return sum(map(_attend, due.values_list("id", flat=True)[:_BATCH]))
    except Exception:
        log.exception("deadlines cannot be read; tried again")
        return 0


def _attend(deadline: UUID) -> bool:
    """Attend to one; a fault in it holds up none of the others."""
    try:
        return attend(deadline=deadline)
    except Exception:
        log.exception("a deadline cannot be attended to; tried again", extra={"deadline": str(deadline)})
        return False
