"""What is requested of a tracked copy, recorded; and the recipient's word that it be so no more.

A request is answered whether it is recorded or not: nobody's reading waits for our evidence.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from acuse import clock
from acuse.delivery import rules
from acuse.delivery.hits import Hit, judge
from acuse.delivery.models import Communication, TrackingWithdrawal
from acuse.delivery.queries.tracking import withdrawn_among
from acuse.delivery.services.access import Visitor
from acuse.evidence.ledger import FactDraft, record
from acuse.evidence.queries import facts_of
from acuse.evidence.search import newest_of_each
from acuse.proof.facts.communication import KIND
from acuse.proof.facts.fact import Actor, Fact
from acuse.proof.facts.tracking import IMAGE, LINK, WITHDRAWN
from acuse.proof.verdicts.tracking import asked_together

_MACHINES = ("mail_proxy", "scanner")
_TAKEN = ("attempt.relayed", "attempt.unknown")


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request of what a tracked copy names, as its door saw it.

    Attributes:
        method: of HTTP. language: Accept-Language. purpose: Sec-Purpose, Purpose, X-Purpose or X-Moz.
        number: of the link, from 1; 0 for the image. link: where it leads.
    """

    visitor: Visitor
    method: str
    language: str
    purpose: str
    number: int = 0
    link: str = ""


def record_request(*, communication: UUID, request: Request) -> bool:
    """Record a request with the judgement of who made it, and return whether it was recorded.

    It is not where the message is not tracked, its recipient withdrew, or as many of its kind are recorded already as
    `rules` allows.

    Raises:
        django.db.DatabaseError: the database cannot take it, or another transaction holds the communication for long.
    """
    with transaction.atomic():
        _wait_briefly()
        rows = Communication.objects.select_for_update().filter(id=communication, tracking=True)
        row = rows.filter(tracker_hits__lt=rules.MOST_HITS).first()
        if row is None or withdrawn_among([(row.organisation_id, row.recipient)]):
            return False
        judged = judge(_hit(request, row, clock.now()))
        if _is_full(row, image=not request.number, machine=judged.by in _MACHINES):
            return False
        row.tracker_hits += 1
        row.save(update_fields=["tracker_hits"])
        details: dict[str, object] = {
            "by": judged.by,
            "reasons": list(judged.reasons),
            "client": request.visitor.details(),
        }
        if request.number:
            details |= {"number": request.number, "link": request.link[:2048]}
        record(_draft(row, LINK if request.number else IMAGE, details, _remote(request.visitor)))
    return True


def withdraw(*, communication: UUID, visitor: Visitor) -> datetime | None:
    """Record that a recipient does not want to be tracked; a second time changes nothing.

    Args:
        communication: whose copy they hold. visitor: who asks.

    Returns:
        Since when nothing is recorded; None where the message is not tracked.
    """
    with transaction.atomic():
        row = Communication.objects.select_for_update().filter(id=communication, tracking=True).first()
        if row is None:
            return None
        withdrawn, made = TrackingWithdrawal.objects.get_or_create(
            organisation_id=row.organisation_id,
            address=rules.mailbox_key(row.recipient),
            defaults={"withdrawn_at": clock.now()},
        )
        if made:
            record(_draft(row, WITHDRAWN, {"client": visitor.details()}, _remote(visitor)))
        return withdrawn.withdrawn_at


def _is_full(row: Communication, *, image: bool, machine: bool) -> bool:
    """Return whether no more requests of a kind are recorded; its row is locked, so nobody else counts meanwhile."""
    most = rules.MOST_IMAGE_HITS if image else rules.MOST_MACHINE_HITS
    if row.tracker_hits < most or not (image or machine):
        return False
    facts = [one.fact for one in facts_of(organisation=row.organisation_id, kind=KIND, id=row.id)]
    if image:
        return sum(fact.type == IMAGE for fact in facts) >= most
    return sum(fact.type == LINK and fact.details["by"] in _MACHINES for fact in facts) >= most


def _wait_briefly() -> None:
    """Wait for other writers of this transaction's rows for a second at most: a reader waits for the answer."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '1s'")


def _remote(visitor: Visitor) -> Actor:
    """Return who acts by the link alone, which the recipient, their server and the sender's certificate all hold."""
    return Actor(kind="remote_host", id=visitor.ip[:64] or "unknown")


def _hit(request: Request, row: Communication, now: datetime) -> Hit:
    taken, link = _newest(row, *_TAKEN), _newest(row, LINK)
    return Hit(
        image=not request.number,
        method=request.method,
        agent=request.visitor.user_agent,
        language=request.language,
        purpose=request.purpose,
        ip=request.visitor.ip,
        since_relay=now - taken.occurred_at if taken else None,
        together=link is not None and request.number > 0 and asked_together([link], number=request.number, at=now),
    )


def _newest(row: Communication, *types: str) -> Fact | None:
    """Return the newest fact of some types; to read them all would take longer with each request."""
    found = newest_of_each(organisation=row.organisation_id, kind=KIND, ids=[row.id], types=types)
    return found.get(row.id)


def _draft(row: Communication, fact_type: str, details: dict[str, object], actor: Actor) -> FactDraft:
    return FactDraft(
        organisation=row.organisation_id,
        subject_kind=KIND,
        subject_id=row.id,
        type=fact_type,
        actor=actor,
        details=details,
    )
