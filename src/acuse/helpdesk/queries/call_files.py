"""Files of telephone exchanges: what would come in, how far they are, and which of their rows are wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db.models import Q

from acuse import clock
from acuse.accounts.queries import Access
from acuse.evidence import custody
from acuse.helpdesk.call_rules import Entered
from acuse.helpdesk.call_sheet import Plan, Row, Table, check_plan, read_rows, read_table
from acuse.helpdesk.models import Call, CallFile
from acuse.proof.facts.fact import ObjectReference

MEDIA_TYPE = "text/csv"
SHOWN = 50
"""Rows of each kind that a trial shows."""
_AT_ONCE = 500
_RECENT = 20


@dataclass(frozen=True, kw_only=True)
class FileView:
    """A file; see the model."""

    id: UUID
    name: str
    size: int
    headings: tuple[str, ...]
    plan: Plan
    state: str
    reason: str
    total: int
    rows: int
    entered: int
    known: int
    out: int
    wrong: int
    member: UUID
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What a file would do, without entering anything.

    Attributes:
        new, known, out, wrong: rows that would be entered, that are known already or stand in the file twice, that are
            left out on purpose, that are wrong.
        twice: of the new, those whose local hour was shown twice. strangers: those that name nobody who is a member.
        first: the first new ones. errors: the first wrong ones.
    """

    new: int
    known: int
    out: int
    wrong: int
    twice: int
    strangers: int
    first: tuple[Row, ...]
    errors: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class KnownCalls:
    """Calls that were entered: by line and reference, and, without one, by line, time and number."""

    references: set[tuple[UUID, str]] = field(default_factory=set)
    moments: set[tuple[UUID, datetime, str]] = field(default_factory=set)

    def has(self, call: Entered) -> bool:
        """Whether a call is among them."""
        if call.reference:
            return (call.line, call.reference) in self.references
        return (call.line, call.started_at, call.number) in self.moments

    def add(self, call: Entered) -> None:
        """Have a call among them."""
        if call.reference:
            self.references.add((call.line, call.reference))
        self.moments.add((call.line, call.started_at, call.number))


def known_calls(calls: Sequence[Entered]) -> KnownCalls:
    """Return which of some calls were entered before.

    Args:
        calls: some hundred at most; their lines are one organisation's.
    """
    lines = {call.line for call in calls}
    named = [call.reference for call in calls if call.reference]
    moments = [call.started_at for call in calls if not call.reference]
    same = Q(line__in=lines, reference__in=named) | Q(line__in=lines, started_at__in=moments)
    rows = list(Call.objects.filter(same).values_list("line", "reference", "started_at", "number")) if calls else []
    return KnownCalls(
        references={(line, reference) for line, reference, _at, _number in rows if reference},
        moments={(line, at, number) for line, _reference, at, number in rows},
    )


def files(access: Access) -> tuple[FileView, ...]:
    """Return the last files, the newest first."""
    rows = CallFile.objects.filter(organisation_id=access.organisation).order_by("-created_at")[:_RECENT]
    return tuple(_view(row) for row in rows)


def file(access: Access, *, id: UUID) -> FileView | None:
    """Return one file, or None where the organisation has no such one."""
    row = CallFile.objects.filter(organisation_id=access.organisation, id=id).first()
    return _view(row) if row else None


def sample(access: Access, *, id: UUID, rows: int = 5) -> list[list[str]]:
    """Return the first rows of a file, as they stand in it."""
    return [cells for _number, cells in islice(_table(access.organisation, id).rows(), rows)]


def trial(access: Access, *, id: UUID) -> Trial:
    """Say what a file would do by its present plan.

    Raises:
        InputError: its plan does not fit together yet.
    """
    new = known = out = 0
    first: list[Row] = []
    wrong: list[Row] = []
    wrongs = twice = strangers = 0
    seen = KnownCalls()
    for batch in _batched(read_file(access.organisation, id)):
        entered = known_calls([row.call for row in batch if row.call is not None])
        for row in batch:
            if row.call is None:
                out, wrongs = out + (row.state == "out"), wrongs + (row.state == "wrong")
                known += row.state == "again"
                if row.state == "wrong" and len(wrong) < SHOWN:
                    wrong.append(row)
                continue
            if entered.has(row.call) or seen.has(row.call):
                known += 1
                continue
            seen.add(row.call)
            new, twice, strangers = new + 1, twice + row.twice, strangers + row.stranger
            if len(first) < SHOWN:
                first.append(row)
    return Trial(
        new=new,
        known=known,
        out=out,
        wrong=wrongs,
        twice=twice,
        strangers=strangers,
        first=tuple(first),
        errors=tuple(wrong),
    )


def wrong_rows(access: Access, *, id: UUID) -> Iterator[Row]:
    """Yield the rows of a file that are wrong by its plan, read again from custody.

    Raises:
        InputError: its plan does not fit together yet.
    """
    return (row for row in read_file(access.organisation, id) if row.state == "wrong")


def read_file(organisation: UUID, id: UUID, *, skip: int = 0) -> Iterator[Row]:
    """Yield the rows of a file as its plan reads them.

    Args:
        organisation: whose it is. id: the file. skip: rows to pass over unread.

    Raises:
        InputError: its plan does not fit together yet.
    """
    job = CallFile.objects.get(organisation_id=organisation, id=id)
    plan = check_plan(Plan.from_json(job.plan))
    return read_rows(_table(organisation, id), plan, now=clock.now(), skip=skip)


def reference_of(sha256: str, size: int) -> ObjectReference:
    """Return how facts cite a file."""
    return ObjectReference(role="file", sha256=sha256, size=size, media_type=MEDIA_TYPE)


def _table(organisation: UUID, id: UUID) -> Table:
    sha256 = CallFile.objects.values_list("sha256", flat=True).get(organisation_id=organisation, id=id)
    return read_table(custody.open_object(organisation=organisation, sha256=sha256))


def _batched(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, _AT_ONCE)):
        yield batch


def _view(row: CallFile) -> FileView:
    return FileView(
        id=row.id,
        name=row.name,
        size=row.size,
        headings=tuple(row.headings),
        plan=Plan.from_json(row.plan),
        state=row.state,
        reason=row.reason,
        total=row.total,
        rows=row.rows,
        entered=row.entered,
        known=row.known,
        out=row.out,
        wrong=row.wrong,
        member=row.member_id,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )
