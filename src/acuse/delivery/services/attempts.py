"""Opening and closing an attempt: the two transactions around the network call.

`open_attempt` commits before anything is sent; `close_attempt` commits what came of it. A crash between the two leaves
an open attempt and an expired lease: the next `open_attempt` closes it as `unknown` (the message may have left) and
goes on with the same Message-ID. After a committed final outcome the dispatch row is gone, so nothing is sent again.
"""

import logging
from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from acuse import clock
from acuse.certificates import services as certificates
from acuse.channels.base import Outcome, Reply, Result
from acuse.delivery import rules
from acuse.delivery.models import Attempt, Communication, Dispatch
from acuse.delivery.services import notices
from acuse.delivery.services.notices import WrittenNotice
from acuse.delivery.services.work import Work
from acuse.errors import ConflictError, TemporaryError
from acuse.evidence import custody
from acuse.evidence.custody import Kept
from acuse.evidence.ledger import FactDraft, record, refer
from acuse.evidence.queries import facts_of
from acuse.proof.facts.fact import Actor
from acuse.proof.verdicts.delivery import verdict

log = logging.getLogger(__name__)

#: Faults that pass: whatever met one is tried again, nothing more.
PASSING = (TemporaryError, OperationalError, InterfaceError)
DISPATCHER = Actor(kind="component", id="dispatcher")
TRANSCRIPT_TYPE = "application/jsonl"
_BARE_REPLY = 8192
_BARE_REASON = 500


class LostLease(ConflictError):
    """Another worker took this dispatch over."""


@dataclass(frozen=True, kw_only=True)
class SentCopy:
    """How what is sent differs from what was submitted: by lines before it, and in nothing else.

    Args:
        prepended: those lines, ASCII, CRLF ends.
        sha256: of the whole copy.
        message_id: the one we gave, where the message had none.
    """

    prepended: str
    sha256: str
    message_id: str | None


@dataclass(frozen=True, kw_only=True)
class OpenedAttempt:
    """An attempt whose opening is committed: now it may be sent.

    Args:
        number: of this attempt, from 1.
    """

    work: Work
    attempt: UUID
    lease: UUID
    number: int


def _draft(communication: Communication, fact_type: str, details: dict[str, Any], transcript: Kept | None) -> FactDraft:
    return FactDraft(
        organisation=communication.organisation_id,
        subject_kind="communication",
        subject_id=communication.id,
        type=fact_type,
        actor=DISPATCHER,
        details=details,
        objects=(refer("smtp-dialogue", transcript),) if transcript else (),
    )


def _lock(communication: UUID, lease: UUID) -> Communication:
    """Lock the dispatch of a communication for the holder of its lease.

    Raises:
        LostLease: the lease expired and somebody else holds it, or the dispatch is done.
    """
    if not Dispatch.objects.select_for_update().filter(communication_id=communication, lease=lease).exists():
        raise LostLease("Another worker took this message over.")
    return Communication.objects.select_for_update().get(id=communication)


def open_attempt(*, work: Work, lease: UUID, target: str, copy: SentCopy) -> OpenedAttempt:
    """Open the next attempt of a communication.

    Args:
        work: what is due.
        lease: under which its dispatch is claimed.
        target: the domain, or the smarthost, that will be contacted.
        copy: what will be sent.

    Raises:
        LostLease: somebody else holds the dispatch.
    """
    with transaction.atomic():
        row = _lock(work.communication, lease)
        drafts = _close_interrupted(row)
        row.attempts += 1
        row.save(update_fields=["attempts"])
        attempt = Attempt.objects.create(communication=row, number=row.attempts, opened_at=clock.now())
        details = {
            "attempt": row.attempts,
            "channel": "email",
            "target": target,
            "copy": {"digest": copy.sha256, "prepended": copy.prepended, "message_id": copy.message_id},
        }
        record(*drafts, _draft(row, "attempt.opened", details, None))
    return OpenedAttempt(work=work, attempt=attempt.id, lease=lease, number=row.attempts)


def _close_interrupted(row: Communication) -> list[FactDraft]:
    """Close the attempt that a crash left open, and return the fact that says so, if there is one."""
    interrupted = Attempt.objects.filter(communication=row, closed_at__isnull=True).first()
    if interrupted is None:
        return []
    interrupted.closed_at, interrupted.result = clock.now(), "unknown"
    interrupted.save(update_fields=["closed_at", "result"])
    return [_draft(row, "attempt.unknown", _interrupted(interrupted.number), None)]


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


def foreign(raw: bytes) -> str | dict[str, str]:
    """Return outside bytes as evidence.md section 2 writes them: text when valid UTF-8, else base64."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": b64encode(raw).decode("ascii")}


def _reply(reply: Reply | None) -> dict[str, Any] | None:
    if reply is None:
        return None
    return {"code": reply.code, "enhanced": reply.enhanced, "text": foreign(reply.text)}


def _details(opened: OpenedAttempt, outcome: Outcome) -> dict[str, Any]:
    return {
        "attempt": opened.number,
        "channel": "email",
        "host": outcome.host,
        "address": outcome.address,
        "stage": outcome.stage,
        "reply": _reply(outcome.reply),
        "tls": outcome.tls,
        "dns": outcome.dns or None,
        "dsn_supported": outcome.dsn_supported,
        "reason": outcome.reason,
        **_via(outcome),
    }


def _via(outcome: Outcome) -> dict[str, Any]:
    return {"via": outcome.via} if outcome.via else {}


def _outcome_drafts(
    row: Communication, opened: OpenedAttempt, outcome: Outcome, decision: rules.Decision, transcript: Kept
) -> list[FactDraft]:
    """Return the fact of the attempt and, where we gave up, the fact that says so."""
    failure = outcome.failure_class or "other"
    gave_up = {"attempts": opened.number, "channel": "email", "failure_class": failure, "reason": outcome.reason}
    gave_up |= _via(outcome)
    if decision.fact_type == "attempt.failed":
        return [_draft(row, "attempt.failed", gave_up, transcript)]
    details = _details(opened, outcome)
    if decision.fact_type in {"attempt.deferred", "attempt.unknown"}:
        details["retry_at"] = clock.to_rfc3339(decision.retry_at) if decision.retry_at else None
    if decision.fact_type in {"attempt.deferred", "attempt.refused"}:
        details["failure_class"] = failure
    drafts = [_draft(row, decision.fact_type, details, transcript)]
    if decision.gave_up:
        drafts.append(_draft(row, "attempt.failed", gave_up, None))
    return drafts


def _bare(outcome: Outcome) -> Outcome:
    """Return the outcome with nothing in it that the catalogue could refuse; the transcript keeps all the rest."""
    reply = outcome.reply and replace(outcome.reply, text=outcome.reply.text[:_BARE_REPLY])
    return replace(outcome, reply=reply, tls=None, dns={}, reason=outcome.reason[:_BARE_REASON])


def close_attempt(
    *, opened: OpenedAttempt, outcome: Outcome, schedule: rules.Schedule, reporting_host: str, bare: bool = False
) -> rules.Decision:
    """Record what came of an attempt and do what follows: retry, conclude, certify, tell the sender.

    Args:
        opened: by `open_attempt`.
        outcome: as the channel returned it.
        schedule: of this installation's retries.
        reporting_host: our name in a notification to the sender.
        bare: record the least that says what came of it, and tell the sender nothing: the last resort where recording
            all of it failed, because to send again what was accepted would be worse.

    Raises:
        LostLease: the lease expired meanwhile; whoever holds it now has recorded this attempt as unknown.
        TemporaryError: custody or the database cannot take it; the attempt stays open and is found again.
    """
    transcript = custody.keep(
        organisation=opened.work.organisation, content=outcome.transcript, media_type=TRANSCRIPT_TYPE
    )
    outcome = _bare(outcome) if bare else outcome
    now = clock.now()
    decision = rules.decide(
        outcome, attempts=opened.number, accepted_at=opened.work.accepted_at, now=now, schedule=schedule
    )
    owed = rules.notices_owed(
        decision,
        notify=opened.work.notify,
        relayed=outcome.result is Result.RELAYED,
        dsn_supported=outcome.dsn_supported,
        waited=now - opened.work.accepted_at,
        delay_after=rules.DELAY_NOTICE_AFTER * schedule.scale,
        delay_told=opened.work.delay_notified,
    )
    notice = None if bare else _notice(opened.work, outcome, owed, schedule, reporting_host)
    # Transcript and notice are in custody; a crash here leaves the attempt open, to be found as unknown.
    with transaction.atomic():
        row = _lock(opened.work.communication, opened.lease)
        Attempt.objects.filter(id=opened.attempt).update(
            closed_at=now,
            result=outcome.result.value,
            failure_class=outcome.failure_class or "",
            host=outcome.host or "",
            address=outcome.address or "",
            transcript_sha256=transcript.sha256,
        )
        record(*_outcome_drafts(row, opened, outcome, decision, transcript))
        if notice is not None:
            notices.owe(row, notice)
            row.delay_notified = row.delay_notified or owed == "delayed"
        _conclude(row, opened.lease, decision, now)
    return decision


def _notice(
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


def give_up(*, work: Work, lease: UUID, reason: str, schedule: rules.Schedule, reporting_host: str) -> None:
    """End a communication that Acuse cannot send, without a further attempt: recorded, certified, told to the sender.

    Args:
        work: what is due.
        lease: under which its dispatch is claimed.
        reason: one plain English sentence.
        schedule: of this installation's retries.
        reporting_host: our name in a notification to the sender.

    Raises:
        LostLease: somebody else holds the dispatch.
    """
    outcome = Outcome(
        result=Result.REFUSED,
        failure_class="other",
        reply=None,
        reason=reason,
        host=None,
        address=None,
        tls=None,
        dns={},
        dsn_supported=False,
        transcript=b"",
        final_locally=True,
        stage="local",
    )
    decision = rules.Decision(fact_type="attempt.failed", retry_at=None, gave_up=True)
    owed = "failed" if "FAILURE" in (work.notify or ("FAILURE",)) else None
    notice = _notice(work, outcome, owed, schedule, reporting_host)
    with transaction.atomic():
        row = _lock(work.communication, lease)
        details = {"attempts": row.attempts, "channel": "email", "failure_class": "other", "reason": reason}
        record(*_close_interrupted(row), _draft(row, "attempt.failed", details, None))
        if notice is not None:
            notices.owe(row, notice)
        _conclude(row, lease, decision, clock.now())


def _conclude(row: Communication, lease: UUID, decision: rules.Decision, now: datetime) -> None:
    """Move the row to the state that its facts now say, and either queue the retry or ask for the certificate."""
    known = verdict([item.fact for item in facts_of(organisation=row.organisation_id, kind="communication", id=row.id)])
    row.outcome, row.grade, row.failure_class = known.outcome, known.grade, known.failure_class or ""
    row.next_attempt_at = decision.retry_at
    if decision.retry_at is not None:
        Dispatch.objects.filter(communication=row, lease=lease).update(
            due_at=decision.retry_at, lease=None, lease_until=None
        )
    else:
        row.final_at = now
        failed = known.outcome in {"failed", "undetermined"}
        row.status = Communication.Status.FAILED if failed else Communication.Status.CONCLUDED
        Dispatch.objects.filter(communication=row, lease=lease).delete()
        certificates.request_certificate(organisation=row.organisation_id, communication=row.id, final_at=now)
    row.save()
