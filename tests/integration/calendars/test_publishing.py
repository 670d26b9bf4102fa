"""Publishing a calendar: the version in custody, its fact, and that neither changes afterwards."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction

from acuse import clock
from acuse.accounts import queries as accounts
from acuse.accounts import services
from acuse.accounts.models import User
from acuse.accounts.queries import Access
from acuse.calendars import queries
from acuse.calendars.jobs import carry_on_all
from acuse.calendars.models import Calendar, CalendarVersion
from acuse.calendars.presets import PRESETS
from acuse.calendars.regions import with_region
from acuse.calendars.rules import ClosedDay, Definition
from acuse.calendars.services import archive_calendar, carry_on, import_holidays, publish_calendar
from acuse.embedded.roles import Addresses
from acuse.errors import AccessDenied, ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.models import Fact as FactRow
from acuse.evidence.queries import facts_of
from acuse.proof import business_time
from acuse.proof.facts.fact import Fact

OFFICE = PRESETS["office"]
HOURS = business_time.Term(amount=48, unit="business_hours")


def member(slug: str, role: str = "owner") -> Access:
    """A member of a new organisation, or of one that there is."""
    email = f"{role}@{slug}.example"
    if not User.objects.filter(email__endswith=f"@{slug}.example").exists():
        services.create_organisation(name="Talleres Ribera", slug=slug)
    services.create_user(email=email, password=None)
    view = accounts.Organisation.objects.get(slug=slug)
    services.add_member(organisation=view.id, email=email, role=role)
    return accounts.access_organisation(user=User.objects.get(email=email), slug=slug)


@pytest.fixture
def access(database: Addresses) -> Access:
    return member("talleres-ribera")


@pytest.fixture
def set_year(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def turn(year: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: datetime(year, 11, 22, 9, tzinfo=UTC))

    turn(2026)
    return turn


def publish(access: Access, definition: Definition = OFFICE, **changes: object) -> UUID:
    given: dict[str, object] = {"name": "Oficina", "zone": "Europe/Madrid", "definition": definition, **changes}
    return publish_calendar(access=access, **given)  # type: ignore[arg-type]


def facts(access: Access, calendar: UUID) -> list[Fact]:
    return [one.fact for one in facts_of(organisation=access.organisation, kind="calendar", id=calendar)]


def test_a_version_is_kept_and_its_fact_cites_it(access: Access) -> None:
    made = publish(access)
    [fact] = facts(access, made)
    version, cited = queries.current_version(access.organisation, made)
    assert fact.type == "calendar.published"
    assert fact.objects == (cited,)
    assert (fact.actor.kind, fact.actor.id) == ("member", str(access.member))
    assert fact.details == {
        "version": 1,
        "name": "Oficina",
        "zone": "Europe/Madrid",
        "from": clock.to_rfc3339(datetime.fromtimestamp(version.valid_from, UTC)),
        "until": clock.to_rfc3339(datetime.fromtimestamp(version.valid_until, UTC)),
    }
    raw = custody.open_object(organisation=access.organisation, sha256=cited.sha256)
    assert business_time.CalendarVersion.parse(raw) == version
    assert (version.calendar, version.version, cited.role, cited.size) == (made, 1, "calendar", len(raw))
    assert queries.version(access, made, 1) == raw


def test_another_version_replaces_it_and_what_began_by_the_first_stays(access: Access) -> None:
    made = publish(access)
    first, cited = queries.current_version(access.organisation, made)
    start = datetime(2026, 11, 23, 8, tzinfo=UTC)
    due = business_time.due_at(first, HOURS, started_at=start)
    closed = replace(OFFICE, local=(ClosedDay(date=date(2026, 11, 25), name="Fiesta"),))
    assert publish(access, closed, calendar=made, base=1, name="Oficina central") == made
    second, _ = queries.current_version(access.organisation, made)
    assert (second.version, second.name) == (2, "Oficina central")
    assert business_time.due_at(second, HOURS, started_at=start) > due
    again = queries.load_version(access.organisation, cited.sha256)
    assert business_time.due_at(again, HOURS, started_at=start) == due
    assert [one.number for one in queries.versions(access, made)] == [2, 1]
    assert queries.calendar(access, made).definition == closed
    assert facts(access, made)[-1].details["replaces"] == cited.sha256


def test_the_database_refuses_to_change_or_remove_a_version(access: Access) -> None:
    made = publish(access)
    row = CalendarVersion.objects.get(calendar_id=made)
    for change in (
        lambda: CalendarVersion.objects.filter(id=row.id).update(sha256="0" * 64),
        lambda: CalendarVersion.objects.filter(id=row.id).delete(),
    ):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            change()
    row.refresh_from_db()
    assert row.sha256 == queries.current_version(access.organisation, made)[1].sha256


def test_two_who_change_the_same_version_do_not_overwrite_each_other(access: Access) -> None:
    made = publish(access)
    publish(access, PRESETS["shop"], calendar=made, base=1)
    with pytest.raises(ConflictError, match="published meanwhile"):
        publish(access, PRESETS["seasons"], calendar=made, base=1)
    assert queries.calendar(access, made).definition == PRESETS["shop"]
    assert len(facts(access, made)) == 2


def test_what_says_nothing_new_is_not_published(access: Access) -> None:
    made = publish(access)
    with pytest.raises(ConflictError, match="Nothing is different from version 1"):
        publish(access, calendar=made, base=1)
    assert len(facts(access, made)) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"definition": Definition(week=((),) * 7)}, "never be open"),
        ({"zone": "Mars/Base"}, "no time zone"),
        ({"name": " "}, "A name takes"),
        ({"calendar": uuid4(), "base": 1}, "no such calendar"),
        ({"definition": replace(OFFICE, business_weekdays=frozenset())}, "business day"),
    ],
)
def test_what_makes_no_sense_leaves_nothing_behind(access: Access, changes: dict[str, object], said: str) -> None:
    before = FactRow.objects.count()
    with pytest.raises(InputError, match=said):
        publish(access, **changes)  # type: ignore[arg-type]
    assert not Calendar.objects.exists()
    assert FactRow.objects.count() == before


def test_a_name_is_taken_until_its_calendar_is_archived(access: Access) -> None:
    made = publish(access)
    with pytest.raises(ConflictError, match="already a calendar called Oficina"):
        publish(access)
    archive_calendar(access=access, calendar=made)
    archive_calendar(access=access, calendar=made)
    other = publish(access)
    assert [one.id for one in queries.calendars(access)] == [other]
    assert [one.id for one in queries.calendars(access, archived=True)] == [made]
    assert [fact.type for fact in facts(access, made)] == ["calendar.published", "calendar.archived"]
    with pytest.raises(ConflictError, match="archived"):
        publish(access, PRESETS["shop"], calendar=made, base=1)
    # What was begun by it is counted by it.
    assert queries.current_version(access.organisation, made)[0].version == 1


@pytest.mark.parametrize("role", ["agent", "auditor"])
def test_others_than_managers_see_and_change_nothing(access: Access, role: str) -> None:
    made = publish(access)
    other = member("talleres-ribera", role)
    assert [one.id for one in queries.calendars(other)] == [made]
    for act in (
        lambda: publish(other, PRESETS["shop"], calendar=made, base=1),
        lambda: archive_calendar(access=other, calendar=made),
        lambda: import_holidays(access=other, calendar=made, base=1, region="ES"),
    ):
        with pytest.raises(AccessDenied):
            act()
    assert len(facts(access, made)) == 1


def test_another_organisation_finds_nothing(access: Access) -> None:
    made = publish(access)
    stranger = member("flota-norte")
    assert queries.calendars(stranger) == []
    for act in (
        lambda: queries.calendar(stranger, made),
        lambda: queries.versions(stranger, made),
        lambda: queries.version(stranger, made, 1),
        lambda: queries.current_version(stranger.organisation, made),
        lambda: archive_calendar(access=stranger, calendar=made),
        lambda: publish(stranger, PRESETS["shop"], calendar=made, base=1),
        lambda: import_holidays(access=stranger, calendar=made, base=1, region="ES"),
    ):
        with pytest.raises(InputError, match="no such calendar"):
            act()
    assert len(facts(access, made)) == 1


def test_the_holidays_of_a_region_are_written_into_the_version(access: Access) -> None:
    made = publish(access)
    import_holidays(access=access, calendar=made, base=1, region="ES-MD")
    version, cited = queries.current_version(access.organisation, made)
    raw = json.loads(custody.open_object(organisation=access.organisation, sha256=cited.sha256))
    assert {"date": "2026-05-02", "name": "Fiesta de la Comunidad de Madrid"} in raw["definition"]["holidays"]
    assert date(2026, 12, 25) not in version.business_days
    import_holidays(access=access, calendar=made, base=2, region="")
    assert date(2026, 12, 25) in queries.current_version(access.organisation, made)[0].business_days


def test_a_calendar_is_carried_on_into_each_new_year(access: Access, set_year: Callable[[int], None]) -> None:
    chosen = with_region(OFFICE, "ES-MD", 2025, 2029)
    dropped = replace(chosen, holidays=tuple(one for one in chosen.holidays if one.date != date(2027, 5, 1)))
    made, archived = publish(access, dropped), publish(access, name="Antiguo")
    archive_calendar(access=access, calendar=archived)
    assert carry_on_all() == 0
    set_year(2027)
    assert carry_on_all() == 1
    assert not carry_on(organisation=access.organisation, calendar=made)
    version, cited = queries.current_version(access.organisation, made)
    assert (version.version, version.business_days[-1].year) == (2, 2030)
    # What was chosen stays as it was; the year that is new has its holidays.
    assert date(2027, 5, 1) not in version.business_days, "a Saturday"
    holidays = {one.date for one in queries.calendar(access, made).definition.holidays}
    assert date(2027, 5, 1) not in holidays
    assert {date(2026, 12, 25), date(2029, 12, 25), date(2030, 12, 25)} <= holidays
    assert date(2025, 12, 25) not in holidays
    fact = facts(access, made)[-1]
    assert (fact.actor.kind, fact.actor.id, fact.objects) == ("component", "calendars", (cited,))
    assert queries.versions(access, made)[0].published_by is None


def test_one_that_cannot_be_carried_on_holds_up_no_other(
    access: Access, set_year: Callable[[int], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first, second = publish(access), publish(access, name="Almacén")
    set_year(2027)
    keep = custody.keep

    def refuse_once(*, organisation: UUID, content: bytes, media_type: str) -> custody.Kept:
        if str(first).encode() in content:
            raise custody.TemporaryError("The disk is full.")
        return keep(organisation=organisation, content=content, media_type=media_type)

    monkeypatch.setattr(custody, "keep", refuse_once)
    assert carry_on_all() == 1
    assert queries.calendar(access, second).number == 2
    monkeypatch.setattr(custody, "keep", keep)
    assert carry_on_all() == 1
    assert queries.calendar(access, first).number == 2


def test_a_crash_before_the_transaction_leaves_an_object_that_nobody_cites(
    access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(**_given: object) -> None:
        raise OSError("power")

    with monkeypatch.context() as patch:
        patch.setattr(CalendarVersion.objects, "create", crash)
        with pytest.raises(OSError, match="power"):
            publish(access)
    assert not Calendar.objects.exists()
    assert queries.calendars(access) == []
    assert publish(access)
