"""Reads of delivery for members. Every function takes the `Access` of who asks, and sees one organisation only."""

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet

from acuse.accounts.queries import Access
from acuse.delivery.models import Attempt, Communication, Submission
from acuse.errors import InputError
from acuse.evidence import custody
from acuse.evidence import queries as evidence
from acuse.evidence.queries import LedgerFact
from acuse.proof.facts.communication import FAILURE_CLASSES, KIND

PAGE = 50
COUNT_LIMIT = 1000
_FEW = 500
_SEARCH_WORDS = 8
_SEARCH_LENGTH = 200
_STATUSES = frozenset(Communication.Status.values)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list is narrowed to; empty members narrow nothing.

    Attributes:
        search: words of the recipient, the sender or the subject; each matches from its beginning.
        status: "in_progress", "concluded" or "failed".
        grade: 0 to 6, exactly.
        failure_class: one of the classes of product.md 1.4.
        since: created at or after.
        until: created before.
    """

    search: str = ""
    status: str = ""
    grade: int | None = None
    failure_class: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def narrowing(self) -> bool:
        """Whether anything is narrowed at all."""
        return self != Filters()


@dataclass(frozen=True, kw_only=True)
class CommunicationRow:
    """A communication as lists show it.

    Attributes:
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
    """How many communications there are by status, each counted up to ``COUNT_LIMIT`` and no further."""

    everything: int
    in_progress: int
    concluded: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class AttemptView:
    """One try of one communication."""

    number: int
    opened_at: datetime
    closed_at: datetime | None
    result: str
    failure_class: str
    host: str
    address: str
    transcript_sha256: str


@dataclass(frozen=True, kw_only=True)
class CommunicationView:
    """A communication with all that its page needs.

    Attributes:
        facts: in order, pending ones included.
        message_sha256: digest of the message as submitted.
        next_id: of the next older communication; None at the end.
        previous_id: of the next newer one.
    """

    row: CommunicationRow
    language: str
    submission: UUID
    credential: str
    mail_from: str
    message_sha256: str
    size: int
    facts: tuple[LedgerFact, ...]
    attempts: tuple[AttemptView, ...]
    next_id: UUID | None
    previous_id: UUID | None


def _mine(access: Access) -> "QuerySet[Communication]":
    return Communication.objects.filter(organisation_id=access.organisation)


def _terms(search: str) -> str:
    """The words of a search as a tsquery in which each matches from its beginning."""
    words = search[:_SEARCH_LENGTH].split()[:_SEARCH_WORDS]
    quoted = (word.replace("\\", "").replace("'", "''").replace("\0", "") for word in words)
    return " & ".join(f"'{word}':*" for word in quoted if word)


def _narrowed(access: Access, filters: Filters) -> "QuerySet[Communication]":
    rows = _mine(access)
    terms = _terms(filters.search)
    if terms:
        wanted = Q(search=SearchQuery(terms, search_type="raw", config="simple"))
        rows = rows.filter(wanted | Q(domain=filters.search.strip().lower().lstrip("@")[:255]))
    if filters.status in _STATUSES:
        rows = rows.filter(status=filters.status)
    if filters.grade is not None:
        rows = rows.filter(grade=filters.grade)
    if filters.failure_class in FAILURE_CLASSES:
        rows = rows.filter(failure_class=filters.failure_class)
    if filters.since is not None:
        rows = rows.filter(created_at__gte=filters.since)
    if filters.until is not None:
        rows = rows.filter(created_at__lt=filters.until)
    return rows


def _searched(access: Access, filters: Filters) -> "QuerySet[Communication]":
    """Narrow a list that will be sorted by time: what few rows a search finds by their ids, many rows by walking back.

    PostgreSQL cannot know how many rows hold a word by its beginning; told to sort and to stop early it walks back
    through all of them for a rare one.
    """
    found = _narrowed(access, filters)
    if not _terms(filters.search):
        return found
    identities = found.order_by().values_list("id", flat=True)
    if identities[_FEW : _FEW + 1]:
        return found
    return _mine(access).filter(id__in=list(identities))


def cursor_of(created_at: datetime, identity: UUID) -> str:
    """A place in the list that stays right while rows are added."""
    return base64.urlsafe_b64encode(f"{created_at.isoformat()} {identity}".encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[datetime, UUID]:
    """The place that a cursor names.

    Raises:
        InputError: it is none of ours.
    """
    try:
        moment, identity = base64.urlsafe_b64decode(text[:200] + "==").decode().split(" ")
        created_at = datetime.fromisoformat(moment)
        if created_at.tzinfo is None:
            raise ValueError
        return created_at, UUID(identity)
    except (ValueError, binascii.Error, UnicodeError) as error:
        raise InputError("That page of the list no longer exists; go back to its beginning.") from error


def _rows(access: Access, found: Sequence[Communication]) -> tuple[CommunicationRow, ...]:
    last = evidence.last_facts(organisation=access.organisation, kind=KIND, ids=[row.id for row in found])
    return tuple(_row(row, last.get(row.id)) for row in found)


def _row(row: Communication, last: LedgerFact | None) -> CommunicationRow:
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
    found = _searched(access, filters).order_by("-created_at", "-id")
    if cursor:
        created_at, identity = read_cursor(cursor)
        found = found.filter(created_at__lte=created_at).exclude(created_at=created_at, id__gte=identity)
    rows = list(found[: limit + 1])
    shown = rows[:limit]
    return Page(
        rows=_rows(access, shown),
        older=cursor_of(shown[-1].created_at, shown[-1].id) if len(rows) > limit else "",
        newest=cursor_of(shown[0].created_at, shown[0].id) if shown else "",
    )


def newer(access: Access, *, filters: Filters, cursor: str) -> int:
    """Return how many communications came after the first row of a list, up to ``COUNT_LIMIT``.

    Raises:
        InputError: the cursor is none of ours.
    """
    created_at, identity = read_cursor(cursor)
    later = (
        _narrowed(access, filters).filter(created_at__gte=created_at).exclude(created_at=created_at, id__lte=identity)
    )
    return len(later.order_by().values_list("id", flat=True)[:COUNT_LIMIT])


def rows_of(access: Access, *, ids: Iterable[UUID]) -> tuple[CommunicationRow, ...]:
    """Return the present state of some communications of the organisation, at most ``PAGE``."""
    wanted = list(ids)[:PAGE]
    return _rows(access, list(_mine(access).filter(id__in=wanted)))


def counts(access: Access, *, filters: Filters) -> Counts:
    """Return how many communications match by status, each up to ``COUNT_LIMIT``: no list costs more as it grows."""

    def counted(status: str) -> int:
        wanted = Filters(
            search=filters.search,
            status=status,
            grade=filters.grade,
            failure_class=filters.failure_class,
            since=filters.since,
            until=filters.until,
        )
        return len(_narrowed(access, wanted).order_by().values_list("id", flat=True)[:COUNT_LIMIT])

    status = Communication.Status
    return Counts(
        everything=counted(""),
        in_progress=counted(status.IN_PROGRESS.value),
        concluded=counted(status.CONCLUDED.value),
        failed=counted(status.FAILED.value),
    )


def running(access: Access) -> int:
    """Return how many communications are under way, up to ``COUNT_LIMIT``."""
    under_way = _mine(access).filter(status=Communication.Status.IN_PROGRESS.value)
    return len(under_way.order_by().values_list("id", flat=True)[:COUNT_LIMIT])


def any_communication(access: Access) -> bool:
    """Return whether the organisation has ever sent anything."""
    return _mine(access).exists()


def communication(access: Access, *, id: UUID) -> CommunicationView | None:
    """Return one communication, or None where the organisation has no such one."""
    row = _mine(access).select_related("submission__credential").filter(id=id).first()
    if row is None:
        return None
    facts = evidence.facts_of(organisation=access.organisation, kind=KIND, id=row.id)
    return CommunicationView(
        row=_row(row, facts[-1] if facts else None),
        language=row.language,
        submission=row.submission_id,
        credential=row.submission.credential.name,
        mail_from=row.submission.mail_from,
        message_sha256=row.submission.message_sha256,
        size=row.submission.size,
        facts=tuple(facts),
        attempts=tuple(_attempt(one) for one in row.tries.order_by("number")),
        next_id=_neighbour(access, row, older=True),
        previous_id=_neighbour(access, row, older=False),
    )


def _attempt(row: Attempt) -> AttemptView:
    return AttemptView(
        number=row.number,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        result=row.result,
        failure_class=row.failure_class,
        host=row.host,
        address=row.address,
        transcript_sha256=row.transcript_sha256,
    )


def _neighbour(access: Access, row: Communication, *, older: bool) -> UUID | None:
    sign = "-" if older else ""
    side = "lte" if older else "gte"
    here = {f"id__{'gte' if older else 'lte'}": row.id, "created_at": row.created_at}
    found = _mine(access).filter(**{f"created_at__{side}": row.created_at}).exclude(**here)
    return found.order_by(f"{sign}created_at", f"{sign}id").values_list("id", flat=True).first()


def original_message(access: Access, *, id: UUID) -> bytes | None:
    """Return the message exactly as submitted, or None where the organisation has no such communication.

    Raises:
        AcuseError: custody lost it or it is damaged.
    """
    row = _mine(access).select_related("submission").filter(id=id).first()
    if row is None:
        return None
    return custody.open_object(organisation=access.organisation, sha256=row.submission.message_sha256)


def dialogue(access: Access, *, id: UUID, sequence: int) -> bytes | None:
    """Return the raw dialogue that one fact of a communication cites, as JSON Lines, or None where it cites none.

    Args:
        access: of the member who asks.
        id: the communication.
        sequence: of the fact within the communication, from 1.
    """
    if not _mine(access).filter(id=id).exists():
        return None
    for item in evidence.facts_of(organisation=access.organisation, kind=KIND, id=id):
        if item.fact.subject_sequence == sequence:
            for reference in item.fact.objects:
                if reference.role == "smtp-dialogue":
                    return custody.open_object(organisation=access.organisation, sha256=reference.sha256)
    return None


@dataclass(frozen=True, kw_only=True)
class PublicContent:
    """What anybody who holds a message exactly as it was submitted may learn.

    Attributes:
        organisation: name of who had it certified.
        submitted_at: when it was first handed in.
        communications: how many recipients that organisation had it certified for, over all its submissions.
    """

    organisation: str
    submitted_at: datetime
    communications: int


def public_content(*, sha256: str) -> PublicContent | None:
    """Return what is known of a message by the digest of its bytes; None where this installation never took it.

    Args:
        sha256: 64 lower-case hex digits.
    """
    found = Submission.objects.filter(message_sha256=sha256).select_related("organisation").order_by("received_at")
    first = found.first()
    if first is None:
        return None
    return PublicContent(
        organisation=first.organisation.name,
        submitted_at=first.received_at,
        communications=Communication.objects.filter(
            submission__message_sha256=sha256, organisation_id=first.organisation_id
        ).count(),
    )
