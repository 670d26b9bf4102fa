"""Ending a communication without a further attempt: recorded, certified, told to the sender."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from acuse import clock
from acuse.channels.base import Outcome, Result
from acuse.delivery import rules
from acuse.delivery.services import notices
from acuse.delivery.services.dispatched import close_interrupted, conclude, draft, lock, write_notice
from acuse.delivery.services.work import Listed, Work
from acuse.evidence.ledger import record
from acuse.evidence.statements import together

_SUPPRESSED = "The address is on the organisation's list of addresses to which nothing is sent."
_NO_RETRY = rules.Decision(fact_type="attempt.failed", retry_at=None, gave_up=True)


def give_up(*, work: Work, lease: UUID, reason: str, schedule: rules.Schedule, reporting_host: str) -> None:
    """End a communication that Acuse cannot send.

    Args:
        work: what is due.
        lease: under which its dispatch is claimed.
        reason: one plain English sentence.
        schedule: of this installation's retries.
        reporting_host: our name in a notification to the sender.

    Raises:
        LostLease: somebody else holds the dispatch.
    """
    _end(work, lease, schedule, reporting_host, {"failure_class": "other", "reason": reason})


def hold_back(*, work: Work, listed: Listed, lease: UUID, schedule: rules.Schedule, reporting_host: str) -> None:
    """End a communication of which nothing was sent, because its address is on the organisation's list.

    Args:
        work: what is due.
        listed: since when, and why.
        lease: under which its dispatch is claimed.
        schedule: of this installation's retries.
        reporting_host: our name in a notification to the sender.

    Raises:
        LostLease: somebody else holds the dispatch.
    """
    why = {"failure_class": "suppressed", "reason": _SUPPRESSED, "listed": listed.details()}
    _end(work, lease, schedule, reporting_host, why)


def _end(work: Work, lease: UUID, schedule: rules.Schedule, reporting_host: str, why: Mapping[str, Any]) -> None:
    outcome = Outcome(
        result=Result.REFUSED,
        failure_class=why["failure_class"],
        reply=None,
        reason=why["reason"],
        host=None,
        address=None,
        tls=None,
        dns={},
        dsn_supported=False,
        transcript=b"",
        final_locally=True,
        stage="local",
    )
    owed = "failed" if "FAILURE" in (work.notify or ("FAILURE",)) else None
    notice = write_notice(work, outcome, owed, schedule, reporting_host)
    with transaction.atomic(), together():
        made, interrupted = lock(work, lease)
        details = {"attempts": made, "channel": "email", **why}
        record(*close_interrupted(work, interrupted), draft(work, "attempt.failed", details))
        if notice is not None:
            notices.owe(work, notice)
        conclude(work, _NO_RETRY, clock.now())
