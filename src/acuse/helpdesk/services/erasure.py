"""Erasing a case, or a call, after its retention: facts, objects, documents and working rows leave together."""

from uuid import UUID

from django.db import transaction

from acuse.certificates import services as certificates
from acuse.errors import ConflictError
from acuse.evidence import retention
from acuse.evidence.retention import Citations
from acuse.helpdesk.models import Call, Outgoing, Ticket
from acuse.helpdesk.rules import OPEN_STATUSES
from acuse.helpdesk.services.replies import discard
from acuse.proof.facts.ticket import KIND

_CALL = "call"


def erase_ticket(*, organisation: UUID, ticket: UUID, reason: str, citations: Citations) -> int:
    """Erase a case whose retention has ended; the ledger keeps its entries.

    With it go what was said, answers, drafts, questions and deadlines. Its calls stay, as calls of nobody: when, how
    long and how they ended counts on, and their own facts have a retention of their own.

    Args:
        organisation: whose it is.
        ticket: which one.
        reason: recorded, without personal data.
        citations: see `acuse.evidence.retention.erase`.

    Returns:
        How many facts were erased.

    Raises:
        ConflictError: the case is open, its retention has not ended, or there is a legal hold; nothing is erased.
    """
    _remove_unsent(organisation, ticket)
    with transaction.atomic():
        row = _over(organisation, ticket)
        erased = retention.erase(
            organisation=organisation, kind=KIND, subject=ticket, reason=reason, citations=citations
        )
        certificates.forget(subject=ticket)
        if row is not None:
            row.calls.update(ticket=None, number="", outcome="")
            row.delete()
    return erased


def erase_call(*, organisation: UUID, call: UUID, reason: str, citations: Citations) -> int:
    """Erase the facts of a call whose retention has ended, and who called; see `erase_ticket`."""
    with transaction.atomic():
        erased = retention.erase(
            organisation=organisation, kind=_CALL, subject=call, reason=reason, citations=citations
        )
        Call.objects.filter(organisation_id=organisation, id=call).update(number="", outcome="")
    return erased


def _over(organisation: UUID, ticket: UUID) -> Ticket | None:
    """Return the case, locked, or None where its row is gone. Raises ConflictError where it is open."""
    row = Ticket.objects.select_for_update().filter(organisation_id=organisation, id=ticket).first()
    if row is not None and row.status in OPEN_STATUSES:
        raise ConflictError("Case %(number)s is open: it is erased when it is over.", number=row.number)
    return row


def _remove_unsent(organisation: UUID, ticket: UUID) -> None:
    """Remove the messages of answers that were never sent: no fact cites them, so the rows alone know them.

    Cancelled first, so that nobody sends what custody has no longer, and before the rows leave: after a crash they are
    still there, and a second call removes what is left.
    """
    with transaction.atomic():
        row = _over(organisation, ticket)
        if row is None or not retention.ended(organisation=organisation, kind=KIND, subject=ticket):
            return
        unsent = row.outgoing.exclude(state=Outgoing.State.SENT)
        digests = list(unsent.values_list("sha256", flat=True))
        unsent.update(state=Outgoing.State.CANCELLED)
    for sha256 in digests:
        discard(organisation, sha256)
