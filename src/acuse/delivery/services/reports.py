"""What comes back about a communication: the fact, the state that its facts now say, the certificate, the notice.

One transaction each. What came in is in custody before it, under the reception that recorded it; a crash leaves nothing
of the rest, and the follower comes to the same reception again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from acuse import clock
from acuse.certificates import services as certificates
from acuse.certificates.rules import CHANGES
from acuse.delivery.models import Communication
from acuse.delivery.selection import is_certified
from acuse.delivery.services import access, notices
from acuse.delivery.services.work import load_work
from acuse.evidence.ledger import FactDraft, record
from acuse.evidence.queries import facts_of
from acuse.proof.facts.communication import KIND
from acuse.proof.facts.fact import Actor, Fact, ObjectReference
from acuse.proof.verdicts.delivery import Verdict, verdict

RECEPTION = Actor(kind="component", id="reception")
#: What one communication takes in, because whoever got it knows the address to which it all comes: enough for every
#: true report, and little enough for the certificate that holds all of it.
MOST_RETURNED = 50
MOST_OCTETS = 50_000_000


@dataclass(frozen=True, kw_only=True)
class Returned:
    """What one reception says about one communication.

    Attributes:
        reception: which one; it leads to one fact, however often it is read.
        type: of the fact, in `proof.facts.communication`.
        details: of the fact, but for the reception.
        came: the message that says so, in custody, under its role.
        received_at: when it came in.
    """

    reception: UUID
    type: str
    details: Mapping[str, Any]
    came: ObjectReference
    received_at: datetime


def apply_return(*, organisation: UUID, communication: UUID, returned: Returned, reporting_host: str) -> bool:
    """Record what came back about a communication, and do what follows from it.

    While tries follow, a report of failure is recorded and changes nothing (`proof.verdicts.delivery`). Where it
    decides the outcome, the sender is told, once, unless NOTIFY says otherwise (RFC 3461 section 4.1).

    Args:
        organisation: to whom the reception belongs.
        communication: that the reception's address names.
        returned: what came back.
        reporting_host: our name in a notification to the sender.

    Returns:
        Whether anything was recorded: not where this reception was before, nor about what is erased or another's, nor
        once the communication has taken in all that it takes; the reception itself is kept and listed all the same.

    Raises:
        TemporaryError: custody cannot take the notification.
    """
    with transaction.atomic():
        row = Communication.objects.select_for_update().filter(id=communication, organisation_id=organisation).first()
        if row is None:
            return False
        known = [item.fact for item in facts_of(organisation=organisation, kind=KIND, id=communication)]
        if not _takes(known, returned):
            return False
        ended = row.status != Communication.Status.IN_PROGRESS
        fact = _record(organisation, communication, returned)
        judged = verdict([*known, fact])
        _move(row, judged, ended=ended)
        if judged.outcome == "failed":
            access.end_undelivered(row)
        if ended and returned.type in CHANGES and is_certified(known):
            certificates.request_certificate(
                organisation=organisation, communication=communication, final_at=clock.now(), reason=returned.type
            )
        if judged.outcome == "failed" and judged.decisive == fact and returned.type == "bounce.received":
            notices.tell_late_failure(load_work(row.id), fact, reporting_host)
    return True


def _takes(known: Sequence[Fact], returned: Returned) -> bool:
    """Tell whether a communication with these facts takes in what came back: once, and within its bounds."""
    before = [fact for fact in known if "reception" in fact.details]
    octets = sum(reference.size for fact in before for reference in fact.objects)
    again = any(fact.details["reception"] == str(returned.reception) for fact in before)
    return not again and len(before) < MOST_RETURNED and octets + returned.came.size <= MOST_OCTETS


def _record(organisation: UUID, communication: UUID, returned: Returned) -> Fact:
    return record(
        FactDraft(
            organisation=organisation,
            subject_kind=KIND,
            subject_id=communication,
            type=returned.type,
            actor=RECEPTION,
            details={"reception": str(returned.reception), **returned.details},
            objects=(returned.came,),
            occurred_at=returned.received_at,
        )
    )[0]


def _move(row: Communication, judged: Verdict, *, ended: bool) -> None:
    """Bring the row to the state that its facts now say; whether work remains is for the attempts to say."""
    row.outcome, row.grade, row.failure_class = judged.outcome, judged.grade, judged.failure_class or ""
    if ended:
        failed = judged.outcome in {"failed", "undetermined"}
        row.status = Communication.Status.FAILED if failed else Communication.Status.CONCLUDED
    row.save(update_fields=["outcome", "grade", "failure_class", "status"])
