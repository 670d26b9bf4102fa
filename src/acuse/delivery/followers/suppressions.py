"""Following what makes an address one to which nothing more is sent."""

import logging

from django.db import transaction

from acuse import clock
from acuse.delivery.services import suppress
from acuse.delivery.services.dispatched import PASSING
from acuse.delivery.suppression import TYPES, reason_to_list
from acuse.evidence.alarms import raise_alarm
from acuse.evidence.following import follow
from acuse.evidence.queries import LedgerFact
from acuse.proof.facts.fact import Fact

log = logging.getLogger(__name__)

ALARM = "suppressed_addresses"


def follow_suppressions() -> int:
    """Put addresses on the lists of their organisations; return how far the cursor moved."""
    return follow("delivery.suppressions", TYPES, _list_if_possible)


def _list_if_possible(item: LedgerFact) -> None:
    """Apply one fact, or pass over what can never be applied; what may pass is left for the next turn."""
    try:
        with transaction.atomic():
            _list(item.fact)
    except PASSING:
        raise
    except Exception:
        log.exception("an address cannot be listed", extra={"fact": str(item.fact.id)})
        raise_alarm(
            ALARM, "An address could not be put on the list of suppressed ones. See the log; a restart clears this."
        )


def _list(fact: Fact) -> None:
    reason = reason_to_list(fact, now=clock.now())
    if reason is not None:
        suppress(organisation=fact.organisation, communication=fact.subject.id, reason=reason)
