"""Publishing and archiving calendars: one transaction each, with its fact.

A version is in custody before the transaction that publishes it: a crash in between leaves an object that nobody cites.
"""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import Access
from acuse.calendars import regions, rules, zones
from acuse.calendars.making import horizon, make_version
from acuse.calendars.models import Calendar, CalendarVersion
from acuse.calendars.queries import missing
from acuse.calendars.rules import Definition
from acuse.errors import ConflictError
from acuse.evidence import custody
from acuse.evidence.custody import Kept
from acuse.evidence.ledger import FactDraft, record, refer
from acuse.proof import business_time
from acuse.proof.facts.calendar import KIND, ROLE
from acuse.proof.facts.fact import Actor

_MEDIA_TYPE = "application/json"
_ITSELF = Actor(kind="component", id="calendars")


def publish_calendar(
    *, access: Access, name: str, zone: str, definition: Definition, calendar: UUID | None = None, base: int = 0
) -> UUID:
    """Publish a new calendar, or a new version of one.

    Args:
        access: of whoever does it.
        name: of the calendar.
        zone: IANA name.
        definition: what it says.
        calendar: which one; None for a new one.
        base: number of the version that was changed; 0 for a new calendar.

    Returns:
        The calendar.

    Raises:
        AccessDenied: the member may not.
        InputError: it makes no sense, is never open, or the organisation has no such calendar.
        ConflictError: somebody published another version meanwhile, the name is taken, the calendar is archived, or
            nothing is different.
        TemporaryError: custody cannot keep it now.
    """
    access.require_manager()
    version = make_version(
        calendar=calendar or uuid7(),
        number=base + 1,
        name=rules.check_name(name),
        zone=zone,
        definition=rules.check_definition(definition),
        year=_year(zone),
    )
    if calendar is not None:
        _check_news(access.organisation, version)
    actor = Actor(kind="member", id=str(access.member))
    return _publish(access.organisation, version, actor, published_by=access.member)


def import_holidays(*, access: Access, calendar: UUID, base: int, region: str) -> UUID:
    """Publish a version with all the holidays of a region, in the place of those that were brought in before.

    Args:
        access: of whoever does it.
        calendar: which one.
        base: number of the version that was looked at.
        region: one of `acuse.calendars.regions.REGIONS`; empty for none.

    Returns:
        The calendar.

    Raises:
        AccessDenied, InputError, ConflictError, TemporaryError: as `publish_calendar`.
    """
    access.require_manager()
    row = _row(access.organisation, calendar)
    first, last = horizon(_year(row.zone))
    return publish_calendar(
        access=access,
        name=row.name,
        zone=row.zone,
        definition=regions.with_region(_definition(row), region, first.year, last.year),
        calendar=calendar,
        base=base,
    )


def archive_calendar(*, access: Access, calendar: UUID) -> None:
    """Put a calendar away; doing it again changes nothing. Who uses it is for those above to know.

    Raises:
        AccessDenied: the member may not.
        InputError: the organisation has no such calendar.
    """
    access.require_manager()
    with transaction.atomic():
        row = Calendar.objects.select_for_update().filter(id=calendar, organisation_id=access.organisation).first()
        if row is None:
            raise missing()
        if row.archived_at is not None:
            return
        row.archived_at = clock.now()
        row.save(update_fields=["archived_at"])
        record(
            FactDraft(
                organisation=access.organisation,
                subject_kind=KIND,
                subject_id=row.id,
                type="calendar.archived",
                actor=Actor(kind="member", id=str(access.member)),
                details={"version": row.version, "name": row.name},
            )
        )


def carry_on(*, organisation: UUID, calendar: UUID) -> bool:
    """Publish a version that reaches as far ahead as one made today does, unless the newest does already.

    Args:
        organisation: whose calendar it is.
        calendar: which one.

    Returns:
        Whether one was published.

    Raises:
        ConflictError: somebody published another meanwhile.
        TemporaryError: custody cannot keep it now.
    """
    row = _row(organisation, calendar)
    first, last = horizon(_year(row.zone))
    reaches = row.versions.get(number=row.version).valid_until.astimezone(zones.zone(row.zone)).date()
    if row.archived_at is not None or reaches > last:
        return False
    definition = regions.carried_on(_definition(row), first.year, last.year)
    version = make_version(
        calendar=row.id,
        number=row.version + 1,
        name=row.name,
        zone=row.zone,
        definition=definition,
        year=_year(row.zone),
    )
    _publish(organisation, version, _ITSELF, published_by=None)
    return True


def _year(zone: str) -> int:
    """Return the year in which it is now, there."""
    return clock.now().astimezone(zones.zone(zone)).year


def _row(organisation: UUID, calendar: UUID) -> Calendar:
    row = Calendar.objects.filter(id=calendar, organisation_id=organisation).first()
    if row is None:
        raise missing()
    return row


def _definition(row: Calendar) -> Definition:
    return Definition.from_members(row.versions.get(number=row.version).definition)


def _check_news(organisation: UUID, version: business_time.CalendarVersion) -> None:
    """Refuse a version that says what the newest does: whoever reads the list would look for the difference."""
    row = _row(organisation, version.calendar)
    newest = row.versions.get(number=row.version)
    same = replace(version, version=row.version).canonical()
    kept = custody.open_object(organisation=organisation, sha256=newest.sha256)
    if same == kept:
        raise ConflictError("Nothing is different from version %(version)s.", version=row.version)


def _publish(
    organisation: UUID, version: business_time.CalendarVersion, actor: Actor, *, published_by: UUID | None
) -> UUID:
    """Keep a version and, in one transaction, make it the newest of its calendar."""
    kept = custody.keep(organisation=organisation, content=version.canonical(), media_type=_MEDIA_TYPE)
    now = clock.now()
    try:
        with transaction.atomic():
            before = _place(organisation, version, now)
            row = CalendarVersion.objects.create(
                id=uuid7(),
                calendar_id=version.calendar,
                number=version.version,
                sha256=kept.sha256,
                size=kept.size,
                definition=dict(version.definition),
                published_at=now,
                published_by=published_by,
                valid_from=datetime.fromtimestamp(version.valid_from, UTC),
                valid_until=datetime.fromtimestamp(version.valid_until, UTC),
            )
            record(_published(organisation, row, version, kept, actor, before))
    except IntegrityError as error:
        raise ConflictError("There is already a calendar called %(name)s.", name=version.name) from error
    return version.calendar


def _place(organisation: UUID, version: business_time.CalendarVersion, now: datetime) -> str | None:
    """Make a calendar, or lock and move the one there is; return the digest of the version that is replaced.

    Raises:
        InputError: the organisation has no such calendar.
        ConflictError: it is archived, or has another newest version than the one that was changed.
    """
    if version.version == 1:
        Calendar.objects.create(
            id=version.calendar,
            organisation_id=organisation,
            name=version.name,
            zone=version.zone,
            version=1,
            created_at=now,
        )
        return None
    row = Calendar.objects.select_for_update().filter(id=version.calendar, organisation_id=organisation).first()
    if row is None:
        raise missing()
    if row.archived_at is not None:
        raise ConflictError("This calendar is archived.")
    if row.version != version.version - 1:
        raise ConflictError(
            "Version %(version)s was published meanwhile; look at it and make your change again.", version=row.version
        )
    row.name, row.zone, row.version = version.name, version.zone, version.version
    row.save(update_fields=["name", "zone", "version"])
    return row.versions.get(number=version.version - 1).sha256


def _published(
    organisation: UUID,
    row: CalendarVersion,
    version: business_time.CalendarVersion,
    kept: Kept,
    actor: Actor,
    before: str | None,
) -> FactDraft:
    details: dict[str, object] = {
        "version": version.version,
        "name": version.name,
        "zone": version.zone,
        "from": clock.to_rfc3339(row.valid_from),
        "until": clock.to_rfc3339(row.valid_until),
    }
    if before is not None:
        details["replaces"] = before
    return FactDraft(
        organisation=organisation,
        subject_kind=KIND,
        subject_id=version.calendar,
        type="calendar.published",
        actor=actor,
        details=details,
        objects=(refer(ROLE, kept),),
        occurred_at=row.published_at,
    )
