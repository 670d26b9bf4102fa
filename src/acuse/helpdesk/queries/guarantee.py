"""What the letters of a case are about, and how its guarantee stands, as its letters and dates say it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from acuse import clock
from acuse.accounts.queries import Access
from acuse.calendars.queries import current_version
from acuse.composition.queries import template_names
from acuse.helpdesk.models import Outgoing, Ticket
from acuse.helpdesk.queries.case import CaseView
from acuse.helpdesk.queries.policies import current_policy
from acuse.helpdesk.queries.tickets import mine
from acuse.proof.business_time import Term, due_at

STATES = ("", "noted", "active", "expired", "rejected", "documents", "suspended", "studied")
"""Nothing is known; dates alone are; what its last letter said of it, "studied" after documents were asked for."""

_TO_COMPLETE = Term(amount=10, unit="business_days")
"""Ley 10/2025, article 13.3: what a customer has to complete a claim where the organisation's terms say nothing."""

_SAYS = {
    "warranty.activation": "active",
    "warranty.rejection": "rejected",
    "warranty.documents": "documents",
    "warranty.suspension": "suspended",
}


@dataclass(frozen=True, kw_only=True)
class Guarantee:
    """How a guarantee stands.

    Attributes:
        state: one of `STATES`.
        said_at: when the letter was sent that said so; None without one.
        until_date: when it ends; None where it is not known.
    """

    state: str
    said_at: datetime | None
    until_date: date | None


def letters_about(seen: CaseView) -> tuple[str, ...]:
    """Return what letters of a case can be about, "claim" and "guarantee": first what they are unless a member chooses.

    They are about the guarantee where the card names a product or the end of its guarantee, and the case is not about
    what the law sets terms of its own for: an undue charge, or the continuity of a service. Where the card names
    neither, there is no guarantee to write about.

    Args:
        seen: the case.
    """
    if not _is_noted(seen):
        return ("claim",)
    return ("claim", "guarantee") if seen.row.matter else ("guarantee", "claim")


def _is_noted(seen: CaseView) -> bool:
    return bool(seen.guarantee_until_date or seen.product)


def guarantee(access: Access, seen: CaseView, *, today: date) -> Guarantee:
    """Return how the guarantee of a case stands.

    Args:
        access: of who asks. seen: the case. today: by the organisation's clock.
    """
    own = {str(one.id): one.use for one in template_names(access)}
    until = seen.guarantee_until_date
    for item in reversed(seen.facts):
        template = item.fact.details.get("template") if item.fact.type == "reply.sent" else None
        name = str(template["id"]) if template else ""
        state = _SAYS.get(own.get(name, name), "")
        if state:
            return Guarantee(state=_now(state, seen, today), said_at=item.fact.occurred_at, until_date=until)
    return Guarantee(state="noted" if _is_noted(seen) else "", said_at=None, until_date=until)


def _now(state: str, seen: CaseView, today: date) -> str:
    """Return what a state has become since it was said."""
    until = seen.guarantee_until_date
    if state == "active" and until is not None and until < today:
        return "expired"
    return "studied" if state == "documents" and seen.row.status != "pending_customer" else state


def completion_of(ticket: Ticket) -> tuple[Term, datetime | None]:
    """Return what a customer has to send what is missing, and until when it is if it begins now.

    Args:
        ticket: whose.

    Returns:
        By the organisation's terms; without one, what the law says and no date, because nothing counts it.

    Raises:
        OutsideCalendar: it would end after all that its calendar covers.
    """
    policy = current_policy(ticket.organisation_id)
    for term in policy.policy.terms if policy else ():
        length = term.length(type=ticket.type, priority=ticket.priority, matter=ticket.matter)
        if term.purpose == "completion" and length is not None:
            version, _ = current_version(ticket.organisation_id, term.calendar)
            now = clock.now()
            return length, due_at(version, length, started_at=now)
    return _TO_COMPLETE, None


def closing_taken_back(access: Access, *, ticket: UUID, outgoing: UUID) -> Outgoing | None:
    """Return a notice of closing of a case that was taken back before it left; None where there is none."""
    cancelled = Outgoing.objects.filter(act="closing_notice", state=Outgoing.State.CANCELLED)
    return cancelled.filter(ticket__in=mine(access), ticket_id=ticket, id=outgoing).first()
