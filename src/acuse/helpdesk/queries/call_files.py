"""Files of telephone exchanges: what is in them, what would come in, and how far they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db.models import Q

from acuse.accounts.queries import Access
from acuse.errors import InputError
from acuse.evidence import custody
from acuse.helpdesk.call_rules import Entered
from acuse.helpdesk.call_sheet import Plan, Row, Table, check_plan, read_rows, read_table
from acuse.helpdesk.call_trial import KnownCalls, Trial
from acuse.helpdesk.models import Call, CallFile, Upload
from acuse.proof.facts.fact import ObjectReference

MEDIA_TYPE = "text/csv"
_RECENT = 20


@dataclass(frozen=True, kw_only=True)
class FileView:
    """A file; see the model."""

    id: UUID
    name: str
    size: int
    headings: tuple[str, ...]
    plan: Plan
    trial: Trial | None
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


def known_calls(calls: Sequence[Entered]) -> KnownCalls:
    """Return which of some calls were entered before.

    Args:
        calls: some hundred at most; their lines are one organisation's.
    """
    lines = {call.line for call in calls}
    named = [call.reference for call in calls if call.reference]
    moments = [call.started_at for call in calls if not call.reference]
    # Of a list of more than 100 PostgreSQL does not find out that none is empty, as the index of references wants it.
    by_name = Q(line__in=lines, reference__in=named) & ~Q(reference="")
    same = by_name | Q(line__in=lines, started_at__in=moments)
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
    """Return the first rows of a file, as they stand in it.

    Raises:
        InputError: there is no such file, or nothing of it is kept any more.
    """
    return [cells for _number, cells in islice(table_of(access.organisation, id).rows(), rows)]


def wrong_rows(access: Access, *, id: UUID) -> Iterator[Row]:
    """Yield the rows of a file that are wrong by its plan, read again.

    Raises:
        InputError: its plan does not fit together yet, or nothing of it is kept any more.
    """
    return (row for row in read_file(access.organisation, id) if row.state == "wrong")


def read_file(organisation: UUID, id: UUID, *, skip: int = 0) -> Iterator[Row]:
    """Yield the rows of a file as its plan reads them.

    Args:
        organisation: whose it is. id: the file. skip: rows to pass over unread.

    Raises:
        InputError: its plan does not fit together yet, or nothing of it is kept any more.
        DamagedObject, MissingObject: custody does not have it any more.
    """
    job = CallFile.objects.get(organisation_id=organisation, id=id)
    plan = check_plan(Plan.from_json(job.plan))
    # As of when the file came, so that its trial and each batch of it are read alike.
    return read_rows(table_of(organisation, id), plan, now=job.created_at, skip=skip)


def reference_of(sha256: str, size: int) -> ObjectReference:
    """Return how facts cite a file."""
    return ObjectReference(role="file", sha256=sha256, size=size, media_type=MEDIA_TYPE)


def table_of(organisation: UUID, id: UUID) -> Table:
    """Return a file as text; see `content_of`."""
    return read_table(content_of(organisation, id))


def content_of(organisation: UUID, id: UUID) -> bytes:
    """Return the bytes of a file: as it was uploaded, or, once it was started, from custody.

    Raises:
        InputError: there is no such file, or it was given up, and nothing of it is kept.
        DamagedObject, MissingObject: custody does not have it any more.
    """
    upload = Upload.objects.filter(file=id, file__organisation=organisation).first()
    if upload is not None:
        return bytes(upload.content)
    sha256 = CallFile.objects.filter(organisation_id=organisation, id=id).values_list("sha256", flat=True).first()
    if not sha256:
        raise InputError("There is no such file, or it was given up.")
    return custody.open_object(organisation=organisation, sha256=sha256)


def _view(row: CallFile) -> FileView:
    return FileView(
        id=row.id,
        name=row.name,
        size=row.size,
        headings=tuple(row.headings),
        plan=Plan.from_json(row.plan),
        trial=Trial.from_json(row.trial) if row.trial else None,
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
