"""Reads of calendars: the list, one of them, its versions, and the version by which something is counted."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from acuse.accounts.queries import Access
from acuse.calendars.models import Calendar
from acuse.calendars.models import CalendarVersion as VersionRow
from acuse.calendars.opening import State, state_at
from acuse.calendars.rules import Definition
from acuse.errors import InputError
from acuse.evidence import custody
from acuse.proof.business_time import CalendarVersion
from acuse.proof.facts.calendar import ROLE
from acuse.proof.facts.fact import ObjectReference

__all__ = [
    "CalendarView",
    "State",
    "VersionView",
    "calendar",
    "calendars",
    "current_version",
    "in_use",
    "load_version",
    "missing",
    "state_at",
    "version",
    "version_at",
    "versions",
]
_MEDIA_TYPE = "application/json"


@dataclass(frozen=True, kw_only=True)
class CalendarView:
    """A calendar with what its newest version says.

    Attributes:
        number: of the newest version. sha256: of it in custody.
        definition: what people wrote.
        valid_until: to where it says something.
    """

    id: UUID
    name: str
    zone: str
    number: int
    sha256: str
    definition: Definition
    published_at: datetime
    valid_from: datetime
    valid_until: datetime
    archived_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class VersionView:
    """A version of a calendar; `published_by`: the member, None where it was carried on by itself."""

    number: int
    sha256: str
    size: int
    definition: Definition
    published_at: datetime
    published_by: UUID | None
    valid_from: datetime
    valid_until: datetime


def missing() -> InputError:
    """Return the error for a calendar that the organisation does not have."""
    return InputError("There is no such calendar.")


def calendars(access: Access, *, archived: bool = False) -> list[CalendarView]:
    """Return the organisation's calendars by name; with `archived` those that were put away instead."""
    rows = Calendar.objects.filter(organisation_id=access.organisation, archived_at__isnull=not archived)
    return [_view(row) for row in rows.order_by("name", "id")]


def calendar(access: Access, id: UUID) -> CalendarView:
    """Return one calendar, an archived one too.

    Raises:
        InputError: the organisation has no such calendar.
    """
    return _view(_row(access.organisation, id))


def versions(access: Access, id: UUID) -> list[VersionView]:
    """Return every version of a calendar, the newest first.

    Raises:
        InputError: the organisation has no such calendar.
    """
    return [_version(row) for row in _row(access.organisation, id).versions.order_by("-number")]


def version(access: Access, id: UUID, number: int) -> bytes:
    """Return a version byte for byte as it lies in custody.

    Raises:
        InputError: the organisation has no such calendar or version.
    """
    row = _row(access.organisation, id).versions.filter(number=number).first()
    if row is None:
        raise missing()
    return custody.open_object(organisation=access.organisation, sha256=row.sha256)


def current_version(organisation: UUID, calendar: UUID) -> tuple[CalendarVersion, ObjectReference]:
    """Return the newest version of a calendar, and how a fact cites it.

    Raises:
        InputError: the organisation has no such calendar.
    """
    return _cited(organisation, _newest(_row(organisation, calendar)))


def version_at(organisation: UUID, calendar: UUID, *, at: datetime) -> tuple[CalendarVersion, ObjectReference]:
    """Return the version of a calendar that was the newest at an instant, or its first; and how a fact cites it.

    Raises:
        InputError: the organisation has no such calendar.
    """
    kept = _row(organisation, calendar).versions.order_by("-number")
    return _cited(organisation, kept.filter(published_at__lte=at).first() or kept.reverse()[0])


def _cited(organisation: UUID, row: VersionRow) -> tuple[CalendarVersion, ObjectReference]:
    cited = ObjectReference(role=ROLE, sha256=row.sha256, size=row.size, media_type=_MEDIA_TYPE)
    return load_version(organisation, row.sha256), cited


@lru_cache(maxsize=64)
def load_version(organisation: UUID, sha256: str) -> CalendarVersion:
    """Return a version by the digest with which facts cite it; it never changes, so it is read once.

    Raises:
        MissingObject, DamagedObject: custody does not have it.
    """
    return CalendarVersion.parse(custody.open_object(organisation=organisation, sha256=sha256))


def in_use() -> list[tuple[UUID, UUID]]:
    """Return organisation and identifier of every calendar that is not archived, of all organisations."""
    return list(Calendar.objects.filter(archived_at=None).order_by("id").values_list("organisation_id", "id"))


def _row(organisation: UUID, identity: UUID) -> Calendar:
    row = Calendar.objects.filter(id=identity, organisation_id=organisation).first()
    if row is None:
        raise missing()
    return row


def _newest(row: Calendar) -> VersionRow:
    return row.versions.get(number=row.version)


def _view(row: Calendar) -> CalendarView:
    newest = _newest(row)
    return CalendarView(
        id=row.id,
        name=row.name,
        zone=row.zone,
        number=newest.number,
        sha256=newest.sha256,
        definition=Definition.from_members(newest.definition),
        published_at=newest.published_at,
        valid_from=newest.valid_from,
        valid_until=newest.valid_until,
        archived_at=row.archived_at,
    )


def _version(row: VersionRow) -> VersionView:
    return VersionView(
        number=row.number,
        sha256=row.sha256,
        size=row.size,
        definition=Definition.from_members(row.definition),
        published_at=row.published_at,
        published_by=row.published_by,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )
