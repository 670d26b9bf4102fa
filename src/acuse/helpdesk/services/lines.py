"""Setting up the telephone lines on which customers call."""

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet

from acuse import clock
from acuse.accounts.models import Organisation
from acuse.accounts.queries import Access
from acuse.calendars.queries import calendar as calendar_of
from acuse.errors import ConflictError, InputError
from acuse.evidence.ledger import FactDraft, record
from acuse.helpdesk.call_rules import MOST_LINES, check_line, same_line
from acuse.helpdesk.models import Line
from acuse.helpdesk.services.changes import by


def add_line(*, access: Access, name: str, number: str, calendar: UUID | None, public: bool) -> UUID:
    """Enter a line; return it. It stands last.

    Args:
        access: of a manager.
        name, number: as people read them.
        calendar: by which it is attended; None for a line that always is.
        public: its number and hours stand on the public page.

    Raises:
        AccessDenied: the member may not. InputError: a value does not fit, or there are too many lines.
        ConflictError: an enabled line has that name or number already.
    """
    access.require_manager()
    named, numbered = check_line(name=name, number=number)
    _check_calendar(access, calendar)
    with transaction.atomic():
        _lock(access)
        mine = Line.objects.filter(organisation_id=access.organisation)
        if mine.count() >= MOST_LINES:
            raise InputError("An organisation has at most %(most)s lines.", most=MOST_LINES)
        _check_free(mine, numbered)
        row = Line(
            organisation_id=access.organisation,
            name=named,
            number=numbered,
            calendar=calendar,
            public=public,
            position=(mine.aggregate(last=Max("position"))["last"] or 0) + 1,
            created_at=clock.now(),
        )
        _save(row)
        record(_told(row, "line.made", access))
    return row.id


def change_line(
    *, access: Access, line: UUID, name: str, number: str, calendar: UUID | None, public: bool, enabled: bool
) -> None:
    """Change a line. One that is not enabled takes no more calls; those that it took stay.

    Raises:
        AccessDenied: the member may not. InputError: there is no such line, or a value does not fit.
        ConflictError: another enabled line has that name, or the number that this one gets.
    """
    access.require_manager()
    named, numbered = check_line(name=name, number=number)
    _check_calendar(access, calendar)
    with transaction.atomic():
        _lock(access)
        row = locked_line(access, line)
        if enabled and not (row.enabled and same_line(row.number) == same_line(numbered)):
            _check_free(Line.objects.filter(organisation_id=access.organisation).exclude(id=line), numbered)
        before = (row.name, row.number, row.calendar, row.public, row.enabled)
        row.name, row.number, row.calendar, row.public, row.enabled = named, numbered, calendar, public, enabled
        if before == (named, numbered, calendar, public, enabled):
            return
        _save(row)
        record(_told(row, "line.changed", access))


def order_lines(*, access: Access, lines: Sequence[UUID]) -> None:
    """Show lines in another order, which proves nothing and is no fact; what is not named comes after.

    Raises:
        AccessDenied: the member may not.
    """
    access.require_manager()
    with transaction.atomic():
        rows = {row.id: row for row in Line.objects.select_for_update().filter(organisation_id=access.organisation)}
        rest = sorted((row for row in rows.values() if row.id not in lines), key=lambda row: (row.position, row.id))
        ordered = [rows[one] for one in dict.fromkeys(lines) if one in rows] + rest
        for place, row in enumerate(ordered):
            row.position = place
        Line.objects.bulk_update(ordered, ["position"])


def locked_line(access: Access, line: UUID) -> Line:
    """Return a line of the organisation, locked until the caller's transaction ends.

    Raises:
        InputError: there is no such line.
    """
    row = Line.objects.select_for_update(no_key=True).filter(organisation_id=access.organisation, id=line).first()
    if row is None:
        raise InputError("There is no such line.")
    return row


def _check_calendar(access: Access, calendar: UUID | None) -> None:
    if calendar is not None:
        calendar_of(access, calendar)


def _lock(access: Access) -> None:
    """Have one writer at a time set up the organisation's lines."""
    Organisation.objects.select_for_update(no_key=True).get(id=access.organisation)


def _check_free(others: "QuerySet[Line]", number: str) -> None:
    """Refuse a number by which calls could be of either of two lines, however it is written.

    Raises:
        ConflictError: one of the others that are enabled has it.
    """
    for other in others.filter(enabled=True):
        if same_line(other.number) == same_line(number):
            raise ConflictError("The line “%(name)s” has this number already.", name=other.name)


def _save(row: Line) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ConflictError("Another line has this name already.") from error


def _told(row: Line, type: str, access: Access) -> FactDraft:
    return FactDraft(
        organisation=row.organisation_id,
        subject_kind="line",
        subject_id=row.id,
        type=type,
        actor=by(access),
        details={
            "name": row.name,
            "number": row.number,
            "calendar": str(row.calendar) if row.calendar else None,
            "public": row.public,
            "enabled": row.enabled,
        },
    )
