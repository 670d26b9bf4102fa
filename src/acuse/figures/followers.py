"""Following the ledger: what happened to a case or a call gives it other rows."""

from uuid import UUID

from django.db import transaction

from acuse.evidence.following import follow
from acuse.evidence.queries import LedgerFact
from acuse.evidence.streaming import cursor_position
from acuse.figures.derive import ORGANISATION, TEAM_CHANGED
from acuse.figures.rules.rows import CALL, TICKET
from acuse.figures.services import FOLLOWER, forget_erased, replace_rows, replace_teams

ERASED = "content.erased"
TYPES = (
    "ticket.opened",
    "message.received",
    "reply.sent",
    "ticket.assigned",
    "ticket.classified",
    "ticket.status_changed",
    "ticket.escalated",
    "conformity.requested",
    "conformity.given",
    "conformity.denied",
    "deadline.started",
    "deadline.paused",
    "deadline.resumed",
    "deadline.ended",
    "deadline.withdrawn",
    "call.registered",
    "call.corrected",
    TEAM_CHANGED,
    ERASED,
)


def follow_figures() -> int:
    """Write the rows of what the next facts are about; return how far the cursor moved.

    The facts of a window are gathered by their subjects, each of which is derived once. Rows and cursor share one
    transaction.
    """
    touched: dict[tuple[UUID, str], set[UUID]] = {}
    erased: set[UUID] = set()

    def note(item: LedgerFact) -> None:
        fact = item.fact
        if fact.type == ERASED:
            erased.add(fact.organisation)
        else:
            touched.setdefault((fact.organisation, fact.subject.kind), set()).add(fact.subject.id)

    with transaction.atomic():
        moved = follow(FOLLOWER, TYPES, note)
        before = cursor_position(FOLLOWER)
        for (organisation, kind), subjects in touched.items():
            if kind in {TICKET, CALL}:
                replace_rows(organisation=organisation, kind=kind, subjects=sorted(subjects), before=before)
            elif kind == ORGANISATION:
                replace_teams(organisation=organisation, before=before)
        for organisation in erased:
            forget_erased(organisation=organisation)
    return moved
