"""Lists of communications: filters, pages, counts."""

import base64
import binascii
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import reduce
from operator import and_, or_
from uuid import UUID

from django.db.models import Q, QuerySet

from acuse.accounts.queries import Access
from acuse.delivery.models import Communication
from acuse.delivery.queries.kinds import RESULTS, SIZES, STATES, size_from
from acuse.errors import InputError
from acuse.evidence import queries as evidence
from acuse.evidence.fulltext import Lexemes, newest_found, terms
from acuse.evidence.queries import LedgerFact
from acuse.proof.facts.communication import FAILURE_CLASSES, KIND

PAGE = 50
COUNT_LIMIT = 1000
_STATUSES = frozenset(Communication.Status.values)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list is narrowed to; empty members narrow nothing.

    Attributes:
        search: words of the recipient, the sender or the subject, see `evidence.fulltext`.
        also: what is found by a search although its words are not in it, such as by the code of a certificate.
        status: "in_progress", "concluded" or "failed".
        state: one of `kinds.STATES`.
        grade: 0 to 6, exactly.
        failure_class: one of the classes of product.md 1.4.
        result: one of `kinds.RESULTS`.
        domain: of the recipient, exactly.
        size: the octets at which a class of `kinds.SIZES` begins.
        since: created at or after.
        until: created before.
        recipient: exactly this address, whatever its case.
        sender: exactly this address of the header, whatever its case.
    """

    search: str = ""
    also: frozenset[UUID] = frozenset()
    status: str = ""
    state: str = ""
    grade: int | None = None
    failure_class: str = ""
    result: str = ""
    domain: str = ""
    size: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    recipient: str = ""
    sender: str = ""

    @property
    def narrowing(self) -> bool:
        """Whether anything is narrowed at all."""
        return self != Filters()


@dataclass(frozen=True, kw_only=True)
class CommunicationRow:
    """A communication as lists show it.

    Attributes:
        certified: otherwise it is relayed plainly, without certificate.
        mode: "content", or "notice" where the content waits behind a link.
        unopened: it waits there still, unopened, and can be opened.
        last_at: when its newest fact was recorded.
        last_position: ledger position of that fact; None while pending.
    """

    id: UUID
    recipient: str
    sender: str
    subject: str
    created_at: datetime
    status: str
    outcome: str
    grade: int
    failure_class: str
    attempts: int
    next_attempt_at: datetime | None
    certified: bool
    mode: str
    unopened: bool
    last_at: datetime
    last_position: int | None

    @property
    def final(self) -> bool:
        """Whether nothing more is tried by itself."""
        return self.status != Communication.Status.IN_PROGRESS.value


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a list, the newest first.

    Attributes:
        rows: at most ``PAGE``.
        older: cursor of the next page; "" on the last.
        newest: cursor of the first row, to ask later what came after it; "" where there is none.
    """

    rows: tuple[CommunicationRow, ...]
    older: str
    newest: str


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many communications there are by state, each counted up to ``COUNT_LIMIT`` and no further.

    What ended undetermined is not among the failed: nothing says that it was not delivered.
    """

    everything: int
    in_progress: int
    unopened: int
    concluded: int
    refused: int
    failed: int
    undetermined: int


def mine(access: Access) -> "QuerySet[Communication]":
    """Return the communications of the organisation of who asks, without the words by which they are searched."""
    return Communication.objects.filter(organisation_id=access.organisation).defer("search")


def _wanted(filters: Filters) -> Q:
    """What the columns of a row must hold; a value that is none of the known narrows nothing."""
    wanted = (
        (filters.status in _STATUSES, Q(status=filters.status)),
        (filters.state in STATES, STATES.get(filters.state, Q())),
        (filters.grade is not None, Q(grade=filters.grade)),
        (filters.failure_class in FAILURE_CLASSES, Q(failure_class=filters.failure_class)),
        (filters.result in RESULTS, RESULTS.get(filters.result, Q())),
        (filters.domain != "", Q(domain=filters.domain)),
        (filters.size in SIZES, size_from(filters.size or 0)),
        (filters.since is not None, Q(created_at__gte=filters.since)),
        (filters.until is not None, Q(created_at__lt=filters.until)),
    )
    return reduce(and_, (condition for asked, condition in wanted if asked), Q())


def _narrowed(access: Access, filters: Filters) -> "QuerySet[Communication]":
    rows = mine(access)
    words = terms(filters.search)
    if words:
        rows = rows.filter(Q(search=Lexemes(words)) | Q(id__in=filters.also))
    elif filters.search.strip():
        return rows.none()  # of signs alone, which are in no word
    rows = rows.filter(_wanted(filters))
    for name, address in (("recipient", filters.recipient), ("sender", filters.sender)):
        if address:
            # The index of words holds whole addresses: it finds the few rows of which some are that person's.
            rows = rows.filter(Q(search=Lexemes(terms(address))) & Q(**{f"{name}__iexact": address}))
    return rows


def _after(rows: "QuerySet[Communication]", cursor: str) -> "QuerySet[Communication]":
    """Sort by time, the newest first, and leave out what comes before a place in the list; "" is its beginning."""
    rows = rows.order_by("-created_at", "-id")
    if not cursor:
        return rows
    created_at, identity = _read_cursor(cursor)
    return rows.filter(created_at__lte=created_at).exclude(created_at=created_at, id__gte=identity)


def _first(access: Access, filters: Filters, cursor: str, count: int) -> list[Communication]:
    """Return the first rows of a list from a place on."""
    found = _after(_narrowed(access, filters), cursor)
    if not terms(filters.search):
        return list(found[:count])
    return newest_found(found, _after(mine(access), cursor), by="created_at", count=count)


def _cursor_of(created_at: datetime, identity: UUID) -> str:
    """A place in the list that stays right while rows are added."""
    return base64.urlsafe_b64encode(f"{created_at.isoformat()} {identity}".encode()).decode().rstrip("=")


def _read_cursor(text: str) -> tuple[datetime, UUID]:
    """The place that a cursor names.

    Raises:
        InputError: it is none of ours.
    """
    try:
        moment, identity = base64.urlsafe_b64decode(text[:200] + "==").decode().split(" ")
        created_at = datetime.fromisoformat(moment)
        if created_at.tzinfo is None:
            raise ValueError
        # PostgreSQL knows no offsets of 16 hours and more.
        return created_at.astimezone(UTC), UUID(identity)
    except (ValueError, OverflowError, binascii.Error, UnicodeError) as error:
        raise InputError("That page of the list no longer exists; go back to its beginning.") from error


def _rows(access: Access, found: Sequence[Communication]) -> tuple[CommunicationRow, ...]:
    last = evidence.last_facts(organisation=access.organisation, kind=KIND, ids=[row.id for row in found])
    open_ones = unopened(found)
    return tuple(row_of(row, last.get(row.id), unopened=row.id in open_ones) for row in found)


def unopened(rows: Iterable[Communication]) -> frozenset[UUID]:
    """Return which of some communications wait unopened behind a link that still serves."""
    notices = [row.id for row in rows if row.mode == Communication.Mode.NOTICE]
    if not notices:
        return frozenset()
    return frozenset(Communication.objects.filter(STATES["unopened"], id__in=notices).values_list("id", flat=True))


def row_of(row: Communication, last: LedgerFact | None, *, unopened: bool) -> CommunicationRow:
    """Return a communication as lists show it, given its newest fact and whether it is one of `unopened`."""
    return CommunicationRow(
        id=row.id,
        recipient=row.recipient,
        sender=row.sender,
        subject=row.subject,
        created_at=row.created_at,
        status=row.status,
        outcome=row.outcome,
        grade=row.grade,
        failure_class=row.failure_class,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        certified=row.certified,
        mode=row.mode,
        unopened=unopened,
        last_at=last.fact.recorded_at if last else row.created_at,
        last_position=last.position if last else None,
    )


def communications(access: Access, *, filters: Filters, cursor: str = "", limit: int = PAGE) -> Page:
    """Return a page of communications, the newest first.

    Args:
        access: of the member who asks.
        filters: what to narrow the list to.
        cursor: of an earlier page, or "" for the first.
        limit: at most 1,000.

    Raises:
        InputError: the cursor is none of ours.
    """
    limit = min(limit, COUNT_LIMIT)
    rows = _first(access, filters, cursor, limit + 1)
    shown = rows[:limit]
    return Page(
        rows=_rows(access, shown),
        older=_cursor_of(shown[-1].created_at, shown[-1].id) if len(rows) > limit else "",
        newest=_cursor_of(shown[0].created_at, shown[0].id) if shown else "",
    )


def newer(access: Access, *, filters: Filters, cursor: str) -> int:
    """Return how many communications came after the first row of a list, up to ``COUNT_LIMIT``.

    Raises:
        InputError: the cursor is none of ours.
    """
    created_at, identity = _read_cursor(cursor)
    later = (
        _narrowed(access, filters).filter(created_at__gte=created_at).exclude(created_at=created_at, id__lte=identity)
    )
    return len(later.order_by().values_list("id", flat=True)[:COUNT_LIMIT])


def rows_of(access: Access, *, ids: Iterable[UUID]) -> tuple[CommunicationRow, ...]:
    """Return the present state of some communications of the organisation, at most ``PAGE``."""
    wanted = list(ids)[:PAGE]
    return _rows(access, list(mine(access).filter(id__in=wanted)))


def sent_to(
    access: Access, *, addresses: Collection[str], status: str = "", limit: int = PAGE
) -> tuple[CommunicationRow, ...]:
    """Return what was sent to any of some addresses, whatever their case, the newest first.

    Args:
        access: of the member who asks.
        addresses: whole ones; none of them finds nothing.
        status: "in_progress", "concluded", "failed", or "" for all.
        limit: at most so many.
    """
    if not addresses:
        return ()
    theirs = [Q(search=Lexemes(terms(address))) & Q(recipient__iexact=address) for address in addresses]
    rows = _after(_narrowed(access, Filters(status=status)).filter(reduce(or_, theirs)), "")
    return _rows(access, list(rows[:limit]))


def counts(access: Access, *, filters: Filters) -> Counts:
    """Return how many communications match by state, each up to ``COUNT_LIMIT``: no list costs more as it grows."""

    def counted(state: str = "", result: str = "") -> int:
        wanted = replace(filters, state=state, result=result)
        return len(_narrowed(access, wanted).order_by().values_list("id", flat=True)[:COUNT_LIMIT])

    return Counts(
        everything=counted(),
        in_progress=counted("in_progress"),
        unopened=counted("unopened"),
        concluded=counted("concluded"),
        refused=counted("refused"),
        failed=counted(result="failed"),
        undetermined=counted(result="undetermined"),
    )


def running(access: Access) -> int:
    """Return how many communications are under way, up to ``COUNT_LIMIT``."""
    under_way = mine(access).filter(status=Communication.Status.IN_PROGRESS.value)
    return len(under_way.order_by().values_list("id", flat=True)[:COUNT_LIMIT])


def any_communication(access: Access) -> bool:
    """Return whether the organisation has ever sent anything."""
    return mine(access).exists()
