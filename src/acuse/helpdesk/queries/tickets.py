"""Lists of cases, and how many there are of each kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from acuse import clock
from acuse.accounts.queries import Access
from acuse.contacts.family import family
from acuse.contacts.queries import names_of
from acuse.evidence.fulltext import each_word, first_found, terms
from acuse.helpdesk.models import Deadline, Interaction, Team, Ticket
from acuse.helpdesk.queries.searching import read_for, ways
from acuse.helpdesk.rules import CLOSED_STATUSES, OPEN_STATUSES
from acuse.proof.verdicts.deadlines.causes import OURS

#: Three screens; a page that shows a case beside the list pays for every row.
PAGE = 30
#: Up to how many cases are counted; beyond it a number says "and more".
COUNTED = 1_000
#: How many cases are looked at for a warning, of those that end first: the notice stands on every list.
MOST_WARNED = 200
#: How many cases a search looks at first, in its own order: for words that nearly all have, then for those of many.
FIRST = (100, 1_000)
#: Stands for "no deadline" in the place of a page.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What narrows a list of cases; what is empty or None narrows nothing.

    Attributes:
        whose: "mine", "nobody" or a membership; "mentions" for those whose notes mention the member, who has not opened
            them since; "" for everybody's.
        state: "open" or "closed". status, type, priority, channel, matter, tag: one of their values.
        mailbox: whose mail opened it. team: whose members are responsible for it.
        late: a deadline is missed. due_within: one ends so soon. changed_since: something was said since then.
        warned: so little is left of one that its policy warns of it.
        escalated: passed up. waits: the customer waits for an answer.
        contact: of this customer, whoever was merged into them.
        search: words, each of them in the case or in what its customer is known by; see `searching`.
        opened_since, opened_until: when it was opened.
    """

    whose: str | UUID = ""
    state: str = "open"
    status: str = ""
    type: str = ""
    priority: str = ""
    channel: str = ""
    matter: str = ""
    tag: str = ""
    mailbox: UUID | None = None
    team: UUID | None = None
    late: bool = False
    due_within: timedelta | None = None
    warned: bool = False
    changed_since: datetime | None = None
    escalated: bool = False
    waits: bool = False
    contact: UUID | None = None
    search: str = ""
    opened_since: datetime | None = None
    opened_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TicketRow:
    """A case in a list; see the model for what each member says. `contact_name` may be empty."""

    id: UUID
    number: int
    key: str
    contact: UUID
    contact_name: str
    address: str
    channel: str
    type: str
    priority: str
    matter: str
    status: str
    subject: str
    excerpt: str
    assignee: UUID | None
    tags: tuple[str, ...]
    escalated: bool
    opened_at: datetime
    last_at: datetime
    waits_since: datetime | None
    due_at: datetime | None
    due_purpose: str
    paused: bool
    missed: int
    closed_at: datetime | None
    revision: int


@dataclass(frozen=True, kw_only=True)
class Page:
    """Cases in their order; `after` is where to go on, or None at the end.

    Attributes:
        all_customers: whether none is missing whom the words of the search mean; see `Ways`.
    """

    items: tuple[TicketRow, ...]
    after: tuple[datetime, UUID] | None
    all_customers: bool


def mine(access: Access) -> "QuerySet[Ticket]":
    """Return the organisation's cases, without the words by which they are searched."""
    return Ticket.objects.filter(organisation_id=access.organisation).defer("search")


def has_ticket(access: Access, *, id: UUID) -> bool:
    """Say whether the organisation has such a case."""
    return mine(access).filter(id=id).exists()


def tickets(
    access: Access,
    filters: Filters,
    *,
    order: str = "due",
    after: tuple[datetime, UUID] | None = None,
    limit: int = PAGE,
) -> Page:
    """Return a page of cases.

    Args:
        access: of who asks.
        filters: what narrows the list.
        order: "due": what ends first comes first, what has no deadline last; "last": the latest word first.
        after: where the page before it ended. limit: rows.
    """
    by_due = order == "due" and filters.state == "open"
    found, all_customers = _first(access, filters, limit + 1, by_due=by_due, after=after)
    shown = found[:limit]
    names = names_of(access, contacts=[row.contact_id for row in shown])
    last = shown[-1] if len(found) > limit else None
    return Page(
        items=tuple(row_of(row, names.get(row.contact_id, "")) for row in shown),
        after=None if last is None else ((last.due_at or NEVER) if by_due else last.last_at, last.id),
        all_customers=all_customers,
    )


def count(access: Access, filters: Filters) -> int:
    """Return how many cases there are, up to one more than `COUNTED`."""
    return filtered(access, filters).order_by()[: COUNTED + 1].count()


def warned(access: Access) -> int:
    """Return of how many cases that concern a member the policy warns: their own, or everybody's where they manage.

    Up to `MOST_WARNED`, among as many that end first.
    """
    now = clock.now()
    concern = filtered(access, Filters(whose="" if access.manages else "mine")).filter(due_at__gt=now)
    first = concern.order_by("due_at", "id").values("id")[:MOST_WARNED]
    return Ticket.objects.filter(_warns(now), id__in=first).count()


def counts(access: Access, asked: Sequence[Filters]) -> tuple[int, ...]:
    """Return of each of some lists how many cases it has, up to one more than `COUNTED`."""
    lists = [filtered(access, one).order_by().values("id")[: COUNTED + 1].query.sql_with_params() for one in asked]
    # One question for all: they stand above every list. The statements are the ORM's, their values apart.
    statement = ", ".join(f"(SELECT count(*) FROM ({one}) AS found)" for one, _ in lists)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {statement}", [value for _, values in lists for value in values])
        (found,) = cursor.fetchall()
    return tuple(found)


def _first(
    access: Access, filters: Filters, count: int, *, by_due: bool, after: tuple[datetime, UUID] | None
) -> tuple[list[Ticket], bool]:
    """Return the first rows of a list from a place on, and whether none is missing for its customer's sake.

    A search looks at the first cases of the desk first, which a page is filled from where very many have the words: to
    find out who has them would take longer. See `first_found` for what is rarer.
    """
    ordered = _by_due if by_due else _by_time
    listed = ordered(_listed(access, filters), after)
    if not terms(filters.search):
        return list(listed[:count]), True
    # Written as the indexes have it: a list that stands by its deadlines is one of open cases.
    desk = ordered(mine(access).filter(status__in=OPEN_STATUSES) if by_due else mine(access), after)
    near: list[Ticket] = []
    # Hardly ever do three in ten cases have each of several words.
    for looked_at in FIRST if len(each_word(filters.search)) == 1 else FIRST[-1:]:
        near = list(listed.filter(read_for(filters.search), id__in=desk.values("id")[:looked_at])[:count])
        if len(near) == count:
            return near, True
    found = ways(access, filters.search, _listed(access, filters))
    each = (*found.each, Q(id__in=[row.id for row in near]))
    first = first_found(
        listed.filter(reduce(or_, each)),
        ordered(mine(access), after),
        count=count,
        ways=[listed.filter(way) for way in each],
    )
    return first, found.all_customers


def _by_due(rows: "QuerySet[Ticket]", after: tuple[datetime, UUID] | None) -> "QuerySet[Ticket]":
    if after is not None:
        due, identity = after
        later = Q(due_at__gt=due) | Q(due_at=due, id__gt=identity) | Q(due_at=None)
        rows = rows.filter(Q(due_at=None, id__gt=identity) if due == NEVER else later)
    return rows.order_by("due_at", "id")  # PostgreSQL sorts NULL last


def _by_time(rows: "QuerySet[Ticket]", after: tuple[datetime, UUID] | None) -> "QuerySet[Ticket]":
    if after is not None:
        last, identity = after
        rows = rows.filter(Q(last_at__lt=last) | Q(last_at=last, id__lt=identity))
    return rows.order_by("-last_at", "-id")


def filtered(access: Access, filters: Filters) -> "QuerySet[Ticket]":
    """Return the cases of a list, in no order; with a search each of them is read, so that it is for short ones."""
    rows = _listed(access, filters)
    return rows.filter(read_for(filters.search)) if terms(filters.search) else rows


def _listed(access: Access, filters: Filters) -> "QuerySet[Ticket]":
    """Return the cases of a list, without its search."""
    rows = mine(access)
    if filters.status:
        rows = rows.filter(status=filters.status)
    elif filters.state:
        # Written as the indexes of open cases have it.
        rows = rows.filter(status__in=OPEN_STATUSES if filters.state == "open" else CLOSED_STATUSES)
    for name in ("type", "priority", "channel", "matter"):
        if value := getattr(filters, name):
            rows = rows.filter(**{name: value})
    if filters.tag:
        rows = rows.filter(tags__contains=[filters.tag])
    if filters.whose == "mentions":
        rows = rows.filter(mentions__member_id=access.member)
    elif filters.whose:
        named = {"mine": access.member, "nobody": None}
        rows = rows.filter(assignee_id=filters.whose if isinstance(filters.whose, UUID) else named[filters.whose])
    return _narrowed(access, rows, filters)


def _narrowed(access: Access, rows: "QuerySet[Ticket]", filters: Filters) -> "QuerySet[Ticket]":
    rows = _pressing(rows, filters, clock.now())
    if filters.mailbox is not None:
        rows = rows.filter(mailbox_id=filters.mailbox)
    if filters.team is not None:
        teams = Team.objects.filter(organisation_id=access.organisation, id=filters.team)
        rows = rows.filter(assignee_id__in=teams.values("members"))
    if filters.changed_since is not None:
        rows = rows.filter(last_at__gt=filters.changed_since)
    if filters.escalated:
        rows = rows.filter(escalated_at__isnull=False)
    if filters.waits:
        rows = rows.filter(waits_since__isnull=False)
    if filters.contact is not None:
        rows = rows.filter(contact_id__in=family(access.organisation, filters.contact))
    if filters.opened_since is not None:
        rows = rows.filter(opened_at__gte=filters.opened_since)
    if filters.opened_until is not None:
        rows = rows.filter(opened_at__lt=filters.opened_until)
    return rows


def _pressing(rows: "QuerySet[Ticket]", filters: Filters, now: datetime) -> "QuerySet[Ticket]":
    """Narrow cases by their deadlines."""
    if filters.late:
        rows = rows.filter(Q(missed__gt=0) | Q(due_at__lte=now))
    if filters.due_within is not None:
        rows = rows.filter(due_at__gt=now, due_at__lte=now + filters.due_within)
    if filters.warned:
        rows = rows.filter(_warns(now), due_at__gt=now)
    return rows


def _warns(now: datetime) -> Exists:
    """Whether people are warned of a deadline of a case: attended to already, or in a moment."""
    told = Q(warned_at__isnull=False) | Q(next_at__lte=now)
    running = Deadline.objects.filter(state=Deadline.State.RUNNING, purpose__in=OURS, due_at__gt=now)
    return Exists(running.filter(told, ticket_id=OuterRef("id")))


def row_of(row: Ticket, contact_name: str) -> TicketRow:
    """Return a case as a list shows it."""
    return TicketRow(
        id=row.id,
        number=row.number,
        key=row.key,
        contact=row.contact_id,
        contact_name=contact_name,
        address=row.address,
        channel=row.channel,
        type=row.type,
        priority=row.priority,
        matter=row.matter,
        status=row.status,
        subject=row.subject,
        excerpt=row.excerpt,
        assignee=row.assignee_id,
        tags=tuple(row.tags),
        escalated=row.escalated_at is not None,
        opened_at=row.opened_at,
        last_at=row.last_at,
        waits_since=row.waits_since,
        due_at=row.due_at,
        due_purpose=row.due_purpose,
        paused=row.paused,
        missed=row.missed,
        closed_at=row.closed_at,
        revision=row.revision,
    )


def cases_of_mail(access: Access, *, mail: Mapping[UUID, UUID | None]) -> dict[UUID, tuple[UUID, str]]:
    """Return the cases that mail belongs to, each as (case, its key), by message.

    Args:
        access: whose cases they are.
        mail: messages that came in, each with the case that its address names, or None.
    """
    said = Interaction.objects.filter(ticket__organisation_id=access.organisation, reception__in=mail)
    found = dict(said.values_list("reception", "ticket_id"))
    cases = {message: found.get(message, named) for message, named in mail.items()}
    keys = dict(mine(access).filter(id__in=set(filter(None, cases.values()))).values_list("id", "key"))
    return {message: (case, keys[case]) for message, case in cases.items() if case is not None and case in keys}


def found_by_number(access: Access, *, words: str) -> Sequence[UUID]:
    """Return the cases whose number, such as 431 or EXP-0431, or key somebody typed."""
    digits = words.upper().removeprefix("EXP-").strip()
    wanted = Q(key=words.strip().upper())
    if digits.isdecimal() and len(digits) < 10:
        wanted |= Q(number=int(digits))
    return list(mine(access).filter(wanted).values_list("id", flat=True)[:10])
