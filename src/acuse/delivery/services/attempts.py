"""Opening and closing an attempt: the two transactions around the network call.

`open_attempt` commits before anything is sent; `close_attempt` commits what came of it. A crash between the two leaves
an open attempt and an expired lease: the next `open_attempt` closes it as `unknown` (the message may have left) and
goes on with the same Message-ID. After a committed final outcome the dispatch row is gone, so nothing is sent again.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from uuid6 import uuid7

from acuse import clock
from acuse.channels.base import Outcome, Reply, Result
from acuse.delivery import rules
from acuse.delivery.services import access, notices
from acuse.delivery.services.dispatched import LostLease, close, close_interrupted, conclude, draft, lock, write_notice
from acuse.delivery.services.work import Work
from acuse.evidence import custody
from acuse.evidence.custody import Kept
from acuse.evidence.ledger import FactDraft, record, refer
from acuse.evidence.statements import execute, together
from acuse.proof.facts.fact import ObjectReference

TRANSCRIPT_TYPE = "application/jsonl"
_BARE_REPLY = 8192
_BARE_REASON = 500

_OPEN = """
WITH counted AS (UPDATE delivery_communications SET attempts = %(number)s WHERE id = %(communication)s)
INSERT INTO delivery_attempts (id, communication_id, number, opened_at, result, failure_class, host, address,
                               transcript_sha256)
VALUES (%(attempt)s, %(communication)s, %(number)s, %(now)s, '', '', '', '', '')
"""


@dataclass(frozen=True, kw_only=True)
class SentCopy:
    """How what is sent differs from what was submitted: in these lines, in what was added, and in nothing else.

    Args:
        prepended: the lines before it, ASCII, CRLF ends.
        sha256: of the whole copy.
        message_id: the one we gave, where the message had none.
        removed: the `Acuse-*` fields that were taken out of its header, as they stood there.
        kept: the copy in custody, where it cannot be made again from the message: the notice of notice mode, and what
            something was added to.
        additions: what was added, as the fact says it; None where nothing was to be.
        links: where the links of the copy lead in the end, in custody; None where they lead there at once.
    """

    prepended: str
    sha256: str
    message_id: str | None
    removed: bytes = b""
    kept: Kept | None = None
    additions: Mapping[str, Any] | None = None
    links: Kept | None = None

    def details(self) -> dict[str, Any]:
        """Return the member `copy` of the fact."""
        more: dict[str, Any] = {"removed": foreign(self.removed)} if self.removed else {}
        if self.additions is not None:
            more["additions"] = dict(self.additions)
        return {"digest": self.sha256, "prepended": self.prepended, "message_id": self.message_id, **more}

    def objects(self) -> list[ObjectReference]:
        """Return what the fact cites."""
        cited = (("sent-copy", self.kept), ("tracked-links", self.links))
        return [refer(role, kept) for role, kept in cited if kept is not None]


@dataclass(frozen=True, kw_only=True)
class OpenedAttempt:
    """An attempt whose opening is committed: now it may be sent.

    Args:
        number: of this attempt, from 1.
    """

    work: Work
    lease: UUID
    number: int


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
    attempt, now = uuid7(), clock.now()
    with transaction.atomic(), together():
        made, interrupted = lock(work, lease)
        drafts = [*close_interrupted(work, interrupted), *access.consign(work)]
        number = made + 1
        execute(_OPEN, {"communication": work.communication, "attempt": attempt, "number": number, "now": now})
        details = {
            "attempt": number,
            "channel": "email",
            "target": target,
            "copy": copy.details(),
        }
        record(*drafts, draft(work, "attempt.opened", details, *copy.objects()))
    return OpenedAttempt(work=work, lease=lease, number=number)


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
        **({"policy": outcome.policy} if outcome.policy else {}),
        **_via(outcome),
    }


def _via(outcome: Outcome) -> dict[str, Any]:
    return {"via": outcome.via} if outcome.via else {}


def _outcome_drafts(
    opened: OpenedAttempt, outcome: Outcome, decision: rules.Decision, transcript: Kept
) -> list[FactDraft]:
    """Return the fact of the attempt and, where we gave up, the fact that says so."""
    dialogue = refer("smtp-dialogue", transcript)
    failure = outcome.failure_class or "other"
    gave_up = {"attempts": opened.number, "channel": "email", "failure_class": failure, "reason": outcome.reason}
    gave_up |= _via(outcome)
    if decision.fact_type == "attempt.failed":
        return [draft(opened.work, "attempt.failed", gave_up, dialogue)]
    details = _details(opened, outcome)
    if decision.fact_type in {"attempt.deferred", "attempt.unknown"}:
        details["retry_at"] = clock.to_rfc3339(decision.retry_at) if decision.retry_at else None
    if decision.fact_type in {"attempt.deferred", "attempt.refused"}:
        details["failure_class"] = failure
    drafts = [draft(opened.work, decision.fact_type, details, dialogue)]
    if decision.gave_up:
        drafts.append(draft(opened.work, "attempt.failed", gave_up))
    return drafts


def _bare(outcome: Outcome) -> Outcome:
    """Return the outcome with nothing in it that the catalogue could refuse; the transcript keeps all the rest."""
    reply = outcome.reply and replace(outcome.reply, text=outcome.reply.text[:_BARE_REPLY])
    return replace(outcome, reply=reply, tls=None, dns={}, policy=None, reason=outcome.reason[:_BARE_REASON])


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
        LostLease: the lease expired meanwhile, and whoever holds it now has recorded this attempt as unknown; or it was
            recorded before, in a transaction whose end was not heard of.
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
    notice = None if bare else write_notice(opened.work, outcome, owed, schedule, reporting_host)
    # Transcript and notice are in custody; a crash here leaves the attempt open, to be found as unknown.
    with transaction.atomic(), together():
        _, unfinished = lock(opened.work, opened.lease)
        if unfinished != opened.number:  # a commit whose answer was lost, and a retry that this worker already makes
            raise LostLease("This attempt has been closed already.")
        close(opened.work, opened.number, now, result=outcome.result.value, met=outcome, transcript=transcript.sha256)
        record(*_outcome_drafts(opened, outcome, decision, transcript))
        if notice is not None:
            notices.owe(opened.work, notice)
        known = conclude(opened.work, decision, now, delayed=notice is not None and owed == "delayed")
        if known.decisive is not None and known.decisive.type == "bounce.received":
            # It bounced before this transaction could record that it was taken.
            notices.tell_late_failure(opened.work, known.decisive, reporting_host)
    return decision
