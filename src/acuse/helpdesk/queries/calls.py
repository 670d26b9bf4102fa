"""Calls: their list, what they add up to, one of them, and whose the number is that calls."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Avg, Count, Max, Q, QuerySet

from acuse import clock
from acuse.accounts.queries import Access
from acuse.calendars.zones import zone
from acuse.contacts.queries import by_address, names_of
from acuse.contacts.rules import key
from acuse.errors import InputError
from acuse.evidence import queries as evidence
from acuse.evidence.fulltext import terms
from acuse.evidence.queries import LedgerFact
from acuse.helpdesk.call_rules import KIND, digits
from acuse.helpdesk.models import Call
from acuse.helpdesk.queries.tickets import Filters as CaseFilters
from acuse.helpdesk.queries.tickets import TicketRow, found_by_number, mine, row_of, tickets

PAGE = 50
#: Up to how many calls are counted; beyond it a number says "and more".
COUNTED = 10_000
_OF_CALLER = 5
_OF_SEARCH = 10
_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What narrows a list of calls; what is empty or None narrows nothing.

    Attributes:
        line: on which they came in. result: of `acuse.proof.facts.phone.RESULTS`. member: who took or entered them.
        since, until: local days of the organisation's zone, both included.
        search: a number, the end of one, or words of what came of it.
    """

    line: UUID | None = None
    result: str = ""
    member: UUID | None = None
    since: date | None = None
    until: date | None = None
    search: str = ""

    @property
    def narrowing(self) -> bool:
        """Whether anything is left out."""
        return any((self.line, self.result, self.member, self.since, self.until, self.search))


@dataclass(frozen=True, kw_only=True)
class CallRow:
    """A call; see the model. `ticket_number` and `ticket_key` are of its case."""

    id: UUID
    line: UUID
    line_name: str
    started_at: datetime
    result: str
    waited: int | None
    talked: int | None
    number: str
    outcome: str
    reference: str
    member: UUID | None
    ticket: UUID | None
    ticket_number: int | None
    ticket_key: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Page:
    """Calls, the latest first; `after` is where to go on, or None at the end."""

    items: tuple[CallRow, ...]
    after: tuple[datetime, UUID] | None


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What calls add up to; `mean_wait` and `longest_wait` are seconds, of the answered whose wait is known."""

    answered: int
    lost: int
    abandoned: int
    mean_wait: float | None
    longest_wait: int | None

    @property
    def all(self) -> int:
        """How many there were."""
        return self.answered + self.lost + self.abandoned


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whose a number is: the contact, None where nobody has it, and their last cases."""

    contact: UUID | None
    name: str
    cases: tuple[TicketRow, ...]


def calls(access: Access, filters: Filters, *, after: tuple[datetime, UUID] | None = None, limit: int = PAGE) -> Page:
    """Return a page of calls.

    Args:
        access: of who asks. filters: what narrows the list.
        after: where the page before it ended. limit: rows.
    """
    rows = _filtered(access, filters)
    if after is not None:
        at, identity = after
        rows = rows.filter(Q(started_at__lt=at) | Q(started_at=at, id__lt=identity))
    found = list(rows.select_related("line", "ticket").order_by("-started_at", "-id")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return Page(
        items=tuple(_row(one) for one in found[:limit]), after=None if last is None else (last.started_at, last.id)
    )


def every_call(access: Access, filters: Filters) -> Iterator[CallRow]:
    """Yield all calls of a list, the latest first."""
    after: tuple[datetime, UUID] | None = None
    while True:
        found = calls(access, filters, after=after, limit=_AT_ONCE)
        yield from found.items
        if found.after is None:
            return
        after = found.after


def count(access: Access, filters: Filters) -> int:
    """Return how many calls there are, up to one more than `COUNTED`."""
    return _filtered(access, filters)[: COUNTED + 1].count()


def any_call(access: Access) -> bool:
    """Say whether the organisation has any call."""
    return Call.objects.filter(organisation_id=access.organisation).exists()


def sums(access: Access, filters: Filters) -> Sums:
    """Return what calls add up to, as the figures of ADR 0015 do."""
    answered = Q(result="answered")
    found = _filtered(access, filters).aggregate(
        answered=Count("id", filter=answered),
        lost=Count("id", filter=Q(result="lost")),
        abandoned=Count("id", filter=Q(result="abandoned")),
        mean_wait=Avg("waited", filter=answered),
        longest_wait=Max("waited", filter=answered),
    )
    return Sums(**found)


def call(access: Access, *, id: UUID) -> tuple[CallRow, tuple[LedgerFact, ...]] | None:
    """Return a call and all its facts, or None where the organisation has no such one."""
    row = Call.objects.select_related("line", "ticket").filter(organisation_id=access.organisation, id=id).first()
    if row is None:
        return None
    return _row(row), tuple(evidence.facts_of(organisation=access.organisation, kind=KIND, id=id))


def calls_of(access: Access, *, ids: list[UUID]) -> Mapping[UUID, CallRow]:
    """Return some calls, those of other organisations left out."""
    rows = Call.objects.select_related("line", "ticket").filter(organisation_id=access.organisation, id__in=ids)
    return {row.id: _row(row) for row in rows}


def caller(access: Access, *, number: str) -> Caller:
    """Return whose a number is; nobody's where it is none."""
    try:
        contact = by_address(access.organisation, channel="phone", value=number)
    except InputError:
        contact = None
    if contact is None:
        return Caller(contact=None, name="", cases=())
    found = tickets(access, CaseFilters(state="", contact=contact), order="last", limit=_OF_CALLER)
    return Caller(contact=contact, name=names_of(access, contacts=[contact]).get(contact, ""), cases=found.items)


def found_cases(access: Access, *, words: str) -> tuple[TicketRow, ...]:
    """Return the cases that somebody may mean: by number or key, else as the list of cases does."""
    if not terms(words):
        return ()
    numbered = found_by_number(access, words=words[:40])
    if numbered:
        return tuple(row for id in numbered[:_OF_CALLER] if (row := _case(access, id)) is not None)
    return tickets(access, CaseFilters(state="", search=words), order="last", limit=_OF_SEARCH).items


def _case(access: Access, id: UUID) -> TicketRow | None:
    row = mine(access).filter(id=id).first()
    return row_of(row, names_of(access, contacts=[row.contact_id]).get(row.contact_id, "")) if row else None


def callers(access: Access, *, numbers: list[str]) -> Mapping[str, str]:
    """Return the names of those whose numbers some are; a list of calls has at most a page of them."""
    found: dict[str, UUID] = {}
    for number in dict.fromkeys(number for number in numbers if number.startswith("+")):
        contact = by_address(access.organisation, channel="phone", value=number)
        if contact is not None:
            found[number] = contact
    names = names_of(access, contacts=found.values())
    return {number: names.get(contact, "") for number, contact in found.items()}


def local_day(access: Access) -> date:
    """Return today by the organisation's clock."""
    return clock.now().astimezone(zone(access.view.time_zone)).date()


def _filtered(access: Access, filters: Filters) -> "QuerySet[Call]":
    rows = Call.objects.filter(organisation_id=access.organisation)
    if filters.line is not None:
        rows = rows.filter(line_id=filters.line)
    if filters.result:
        rows = rows.filter(result=filters.result)
    if filters.member is not None:
        rows = rows.filter(member_id=filters.member)
    if filters.since is not None:
        rows = rows.filter(started_at__gte=_midnight(access, filters.since))
    if filters.until is not None:
        rows = rows.filter(started_at__lt=_midnight(access, filters.until + timedelta(days=1)))
    return rows.filter(_said(filters.search)) if filters.search else rows


def _said(search: str) -> Q:
    """Return what is looked for: a whole number by its index, part of one, else words."""
    try:
        return Q(number=key("phone", search))
    except InputError:
        number = digits(search)
    if len(number) >= 3 and not any(sign.isalpha() for sign in search):
        return Q(number__contains=number)
    return Q(outcome__icontains=search) | Q(reference=search[:120])


def _midnight(access: Access, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone(access.view.time_zone))


def _row(row: Call) -> CallRow:
    return CallRow(
        id=row.id,
        line=row.line_id,
        line_name=row.line.name,
        started_at=row.started_at,
        result=row.result,
        waited=row.waited,
        talked=row.talked,
        number=row.number,
        outcome=row.outcome,
        reference=row.reference,
        member=row.member_id,
        ticket=row.ticket_id,
        ticket_number=row.ticket.number if row.ticket else None,
        ticket_key=row.ticket.key if row.ticket else "",
        recorded_at=row.recorded_at,
    )
