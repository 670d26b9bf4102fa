"""A communication whose dispatch one worker holds: its lock, the facts of its attempts, and its end."""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError

from acuse import clock
from acuse.certificates import services as certificates
from acuse.channels.base import Outcome
from acuse.delivery import rules
from acuse.delivery.models import Communication
from acuse.delivery.selection import is_certified
from acuse.delivery.services import access, notices
from acuse.delivery.services.notices import WrittenNotice
from acuse.delivery.services.work import Work
from acuse.errors import ConflictError, TemporaryError
from acuse.evidence.ledger import FactDraft
from acuse.evidence.queries import facts_of
from acuse.evidence.statements import execute
from acuse.proof.facts.communication import KIND
from acuse.proof.facts.fact import Actor, ObjectReference
from acuse.proof.verdicts.delivery import Verdict, verdict

log = logging.getLogger(__name__)

#: Faults that pass: whatever met one is tried again, nothing more.
PASSING = (TemporaryError, OperationalError, InterfaceError)
DISPATCHER = Actor(kind="component", id="dispatcher")

_LOCK = """
SELECT row.attempts, (SELECT min(number) FROM delivery_attempts WHERE communication_id = row.id AND closed_at IS NULL)
FROM delivery_dispatches AS held JOIN delivery_communications AS row ON row.id = held.communication_id
WHERE held.communication_id = %(communication)s AND held.lease = %(lease)s FOR UPDATE
"""
_CLOSE = """
UPDATE delivery_attempts SET closed_at = %(now)s, result = %(result)s, failure_class = %(failure_class)s,
    host = %(host)s, address = %(address)s, transcript_sha256 = %(transcript)s
WHERE communication_id = %(communication)s AND number = %(number)s
"""
_RETRY = """
WITH freed AS (
    UPDATE delivery_dispatches SET due_at = %(retry_at)s, lease = NULL, lease_until = NULL
    WHERE communication_id = %(communication)s
)
UPDATE delivery_communications SET outcome = %(outcome)s, grade = %(grade)s, failure_class = %(failure_class)s,
    next_attempt_at = %(retry_at)s, delay_notified = delay_notified OR %(delayed)s
WHERE id = %(communication)s
"""
_END = """
WITH done AS (DELETE FROM delivery_dispatches WHERE communication_id = %(communication)s)
UPDATE delivery_communications SET outcome = %(outcome)s, grade = %(grade)s, failure_class = %(failure_class)s,
    next_attempt_at = NULL, final_at = %(now)s, status = %(status)s
WHERE id = %(communication)s
"""


class LostLease(ConflictError):
    """Another worker took this dispatch over."""


def draft(work: Work, fact_type: str, details: dict[str, Any], *objects: ObjectReference) -> FactDraft:
    return FactDraft(
        organisation=work.organisation,
        subject_kind=KIND,
        subject_id=work.communication,
        type=fact_type,
        actor=DISPATCHER,
        details=details,
        objects=objects,
    )


def lock(work: Work, lease: UUID) -> tuple[int, int | None]:
    """Lock a communication and its dispatch for the holder of the lease.

    Returns:
        How many attempts were made, and the number of the one that a crash left open.

    Raises:
        LostLease: the lease expired and somebody else holds it, or the dispatch is done.
    """
    found = execute(_LOCK, {"communication": work.communication, "lease": lease}).fetchone()
    if found is None:
        raise LostLease("Another worker took this message over.")
    return found[0], found[1]


def close_interrupted(work: Work, number: int | None) -> list[FactDraft]:
    """Close the attempt that a crash left open, and return the fact that says so, if there is one."""
    if number is None:
        return []
    close(work, number, clock.now(), result="unknown")
    return [draft(work, "attempt.unknown", _interrupted(number))]


def close(
    work: Work, number: int, now: datetime, *, result: str, met: Outcome | None = None, transcript: str = ""
) -> None:
    """Write into an attempt's row how it ended; what an interrupted one met is not known."""
    execute(
        _CLOSE,
        {
            "communication": work.communication,
            "number": number,
            "now": now,
            "result": result,
            "failure_class": (met and met.failure_class) or "",
            "host": (met and met.host) or "",
            "address": (met and met.address) or "",
            "transcript": transcript,
        },
    )


def _interrupted(number: int) -> dict[str, Any]:
    return {
        "attempt": number,
        "channel": "email",
        "host": None,
        "address": None,
        "stage": None,
        "reply": None,
        "tls": None,
        "dns": None,
        "dsn_supported": False,
        "reason": "The attempt was interrupted before its outcome was recorded; the message may have left.",
    }


def write_notice(
    work: Work, outcome: Outcome, owed: str | None, schedule: rules.Schedule, reporting_host: str
) -> WrittenNotice | None:
    """Write the notice that is owed; one that cannot be written must not keep the outcome from being recorded."""
    try:
        return notices.write(work, outcome, owed, reporting_host, retry_until=work.accepted_at + schedule.limit)
    except PASSING:
        raise
    except Exception:
        log.exception("a notice cannot be written", extra={"communication": str(work.communication)})
        return None


def conclude(work: Work, decision: rules.Decision, now: datetime, *, delayed: bool = False) -> Verdict:
    """Move the row to the state that its facts now say, and either queue the retry or ask for the certificate.

    Returns:
        What those facts say.
    """
    facts = [item.fact for item in facts_of(organisation=work.organisation, kind=KIND, id=work.communication)]
    known = verdict(facts)
    state = {
        "communication": work.communication,
        "outcome": known.outcome,
        "grade": known.grade,
        "failure_class": known.failure_class or "",
    }
    if decision.retry_at is not None:
        execute(_RETRY, {**state, "retry_at": decision.retry_at, "delayed": delayed})
        return known
    failed = known.outcome in {"failed", "undetermined"}
    status = Communication.Status.FAILED if failed else Communication.Status.CONCLUDED
    execute(_END, {**state, "now": now, "status": status.value})
    if known.outcome == "failed" and work.mode == Communication.Mode.NOTICE:
        access.end_undelivered(Communication.objects.get(id=work.communication))
    if is_certified(facts):
        certificates.request_certificate(organisation=work.organisation, communication=work.communication, final_at=now)
    return known
