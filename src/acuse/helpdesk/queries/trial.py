"""What an organisation's last cases would have had, had other terms been in force. Nothing is written."""

from dataclasses import dataclass
from datetime import datetime

from acuse import clock
from acuse.accounts.queries import Access
from acuse.calendars.queries import current_version
from acuse.errors import OutsideCalendar
from acuse.helpdesk.models import Ticket
from acuse.helpdesk.policies import STARTED_BY_ITSELF
from acuse.proof.business_time import CalendarVersion, due_at
from acuse.proof.policy import Policy, PolicyTerm

CASES = 100


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A term, and what it would have said of the last cases.

    Attributes:
        name: of the term.
        cases: for how many it would have run.
        met, missed, running: of these, how many would have ended in time, not, or would still run in time.
        beyond: how many began before what its calendar covers.
    """

    name: str
    cases: int
    met: int
    missed: int
    running: int
    beyond: int


def try_policy(access: Access, policy: Policy) -> tuple[int, tuple[Tried, ...]]:
    """Return how many cases were looked at, and what each term that begins by itself would have said of them.

    Pauses are left out: which there would have been depends on the terms.

    Args:
        access: of a member who manages.
        policy: the terms.

    Raises:
        AccessDenied: the member may not.
        InputError: a term names a calendar that there is not.
    """
    access.require_manager()
    mine = Ticket.objects.filter(organisation_id=access.organisation)
    tickets = list(mine.order_by("-opened_at", "-id")[:CASES])
    terms = [term for term in policy.terms if term.purpose in STARTED_BY_ITSELF]
    return len(tickets), tuple(_tried(access, term, tickets) for term in terms)


def _tried(access: Access, term: PolicyTerm, tickets: list[Ticket]) -> Tried:
    version, _ = current_version(access.organisation, term.calendar)
    now = clock.now()
    said = [_said(version, term, ticket, now) for ticket in tickets]
    return Tried(
        name=term.name,
        cases=sum(word != "" for word in said),
        met=said.count("met"),
        missed=said.count("missed"),
        running=said.count("running"),
        beyond=said.count("beyond"),
    )


def _said(version: CalendarVersion, term: PolicyTerm, ticket: Ticket, now: datetime) -> str:
    length = term.length(type=ticket.type, priority=ticket.priority, matter=ticket.matter)
    if length is None:
        return ""
    answered = ticket.first_response_at if term.purpose == "first_response" else None
    ended = answered or ticket.closed_at
    try:
        due = due_at(version, length, started_at=ticket.opened_at)
    except OutsideCalendar:
        return "beyond"
    if (ended or now) > due:
        return "missed"
    return "met" if ended else "running"
