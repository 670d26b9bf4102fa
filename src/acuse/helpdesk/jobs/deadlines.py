"""Attending to deadlines: warning that they end soon, and recording that they are missed."""

import logging
from uuid import UUID

from acuse import clock
from acuse.helpdesk.models import Deadline
from acuse.helpdesk.services.deadlines import attend

log = logging.getLogger(__name__)

_BATCH = 50


def attend_due() -> int:
    """Attend to a batch of deadlines, one transaction each; return to how many. Two workers never do the same twice."""
    due = Deadline.objects.filter(next_at__lt=clock.now()).order_by("next_at").values_list("id", flat=True)
    return sum(map(_attend, due[:_BATCH]))


def _attend(deadline: UUID) -> bool:
    """Attend to one; a fault in it holds up none of the others."""
    try:
        return attend(deadline=deadline)
    except Exception:
        log.exception("a deadline cannot be attended to; tried again", extra={"deadline": str(deadline)})
        return False
