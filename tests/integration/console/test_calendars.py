"""Calendars through the console's door: made, looked at before they are published, changed, archived."""

import html
import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from acuse import clock
from acuse.accounts import services as accounts
from acuse.accounts.models import User
from acuse.accounts.queries import Access, access_organisation
from acuse.calendars import queries
from acuse.calendars.hours import write_hours
from acuse.calendars.models import Calendar
from acuse.embedded.roles import Addresses
from acuse.evidence import custody
from acuse.evidence.queries import facts_of
from tests.browser.calendars import full_calendar

SLUG = "talleres-ribera"
BASE = f"/console/{SLUG}/calendars/"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture
def client(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> Client:
    """An owner, on a Monday morning."""
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver"])
    monkeypatch.setattr(clock, "now", lambda: NOW)
    accounts.create_organisation(name="Talleres Ribera", slug=SLUG)
    return somebody("m.ribera@ribera.example", "owner")


def somebody(email: str, role: str) -> Client:
    accounts.create_user(email=email, password=None, language="en")
    view = accounts.Organisation.objects.get(slug=SLUG)
    accounts.add_member(organisation=view.id, email=email, role=role)
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(User.objects.get(email=email))
    return client


def owner() -> Access:
    return access_organisation(user=User.objects.get(email="m.ribera@ribera.example"), slug=SLUG)


def fields(page: str) -> dict[str, list[str]]:
    """What a browser would send of the form on a page, without its buttons and empty files."""
    form = page[page.index('<form class="calendar-form"') : page.index('<div class="form-foot">')]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        given = {name: html.unescape(value) for name, value in re.findall(r'([a-z-]+)="([^"]*)"', tag)}
        kind = given.get("type")
        if kind == "file" or (kind == "checkbox" and not re.search(r"\schecked\b", tag)):
            continue
        found.setdefault(given["name"], []).append(given.get("value", "on" if kind == "checkbox" else ""))
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = [chosen[1] if chosen else ""]
    return found


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, path: str, given: dict[str, list[str]], act: str, **changes: object) -> str:
    """Send the form with some changes; return the page that comes back."""
    answer = client.post(path, {**given, "act": act, **changes}, follow=True)  # type: ignore[dict-item]
    assert answer.status_code == 200
    return answer.content.decode()


def publish(client: Client, path: str, page: str, **changes: object) -> str:
    """Look at what changes, then publish it."""
    seen = send(client, path, fields(page), "preview", **changes)
    return send(client, path, fields(seen), "publish")


def test_one_is_made_from_what_is_nearest_and_published_when_it_was_looked_at(client: Client) -> None:
    assert "There is no calendar yet." in text(client, BASE)
    assert "preset=office" in text(client, f"{BASE}new/")
    path = f"{BASE}new/?preset=office"
    looked = send(client, path, fields(text(client, path)), "preview", name="Customer care")
    assert "This is what would be published" in looked
    assert not Calendar.objects.exists()
    page = send(client, path, fields(looked), "publish")
    assert "Open, until 18:00." in page
    [made] = queries.calendars(owner())
    assert (made.name, made.zone, made.number) == ("Customer care", "Europe/Madrid", 1)
    assert "Customer care" in text(client, BASE)


def test_nothing_else_is_published_than_what_was_looked_at(client: Client) -> None:
    made = full_calendar()
    path = f"{BASE}{made}/edit/"
    looked = send(client, path, fields(text(client, path)), "preview", day4="08:00-15:00")
    again = send(client, path, {**fields(looked), "day3": ["08:00-15:00"]}, "publish")
    assert "Something was changed after you looked" in again
    assert queries.calendar(owner(), made).number == 2
    send(client, path, fields(again), "publish")
    week = queries.calendar(owner(), made).definition.week
    assert [write_hours(day) for day in week[3:5]] == ["08:00-15:00"] * 2


def test_what_is_opened_and_published_unchanged_is_the_same_and_refused(client: Client) -> None:
    made = full_calendar()
    before = queries.calendar(owner(), made)
    path = f"{BASE}{made}/edit/"
    page = publish(client, path, text(client, path))
    assert "Nothing is different from version 2." in page
    assert queries.calendar(owner(), made) == before


def test_the_days_that_differ_are_told_before_publishing(client: Client) -> None:
    made = full_calendar()
    path = f"{BASE}{made}/edit/"
    looked = send(client, path, fields(text(client, path)), "preview", day4="")
    assert "Deadlines that are running keep the version they began with." in looked
    table = looked[looked.index('<table class="changes">') :]
    assert "08:00–19:00" in table
    assert "closed" in table
    assert "Fri" in table
    holidays = [one for one in fields(looked)["holiday"] if one != "2026-12-08"]
    looked = send(client, path, {**fields(looked), "holiday": holidays, "day4": ["08:00-19:00"]}, "preview")
    assert "1 day changes from today on" in looked
    assert "Inmaculada" in looked


def test_a_season_and_rows_are_added_without_losing_what_was_typed(client: Client) -> None:
    path = f"{BASE}new/?preset=office"
    page = send(client, path, fields(text(client, path)), "season", name="Con verano", day0="10-11")
    given = fields(page)
    assert (given["name"], given["day0"], given["season-0-day0"]) == (["Con verano"], ["10-11"], ["10-11"])
    page = send(client, path, given, "days")
    assert fields(page)["local-TOTAL_FORMS"] == ["6"]
    given = {**fields(page), "local-0-date": ["2026-12-24"], "local-0-name": ["Nochebuena"], "local-0-yearly": ["on"]}
    looked = send(client, path, given, "preview")
    send(client, path, fields(looked), "publish")
    [made] = queries.calendars(owner())
    [season] = made.definition.seasons
    assert (season.name, season.begins, season.ends) == ("Season 1", (7, 1), (8, 31))
    assert [(day.name, day.yearly) for day in made.definition.local] == [("Nochebuena", True)]
    path = f"{BASE}{made.id}/edit/"
    publish(client, path, text(client, path), **{"season-0-DELETE": "on", "local-0-DELETE": "on"})
    changed = queries.calendar(owner(), made.id).definition
    assert (changed.seasons, changed.local) == ((), ())


def test_a_region_s_days_are_all_chosen_and_one_can_be_taken_out(client: Client) -> None:
    path = f"{BASE}new/?preset=office"
    page = send(client, path, fields(text(client, path)), "region", region="ES-CN", name="Canarias")
    given = fields(page)
    assert "2026-05-30" in given["holiday"]
    given["holiday"].remove("2026-05-30")
    publish(client, path, page, holiday=given["holiday"])
    [made] = queries.calendars(owner())
    dates = {day.date.isoformat() for day in made.definition.holidays}
    assert made.definition.region is not None
    assert made.definition.region.code == "ES-CN"
    assert "2026-10-12" in dates
    assert "2026-05-30" not in dates
    again = text(client, f"{BASE}{made.id}/edit/")
    assert 'value="2026-05-30">' in again, "offered, and not chosen"


ICS = (
    b"BEGIN:VCALENDAR\r\n"
    b"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260515\r\nSUMMARY:<b>San Isidro</b>\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\n"
    b"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:19990515\r\nSUMMARY:Antiguo\r\nEND:VEVENT\r\n"
    b"BEGIN:VEVENT\r\nDTSTART:x\r\nSUMMARY:Raro & roto\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def test_the_days_of_a_file_are_added_to_the_rows_and_published_later(client: Client) -> None:
    path = f"{BASE}new/?preset=office"
    given = {**fields(text(client, path)), "name": ["Con fiestas"]}
    page = send(client, path, given, "read", file=SimpleUploadedFile("madrid.ics", ICS))
    assert "1 day added to the list." in page
    assert "Days of other years were left out: 1." in page
    assert "Raro &amp; roto" in page
    assert "<b>San Isidro</b>" not in page
    assert not Calendar.objects.exists()
    send(client, path, fields(send(client, path, fields(page), "preview")), "publish")
    [made] = queries.calendars(owner())
    assert [(day.date.isoformat(), day.yearly) for day in made.definition.local] == [("2026-05-15", True)]
    twice = send(client, path, fields(page), "read", file=SimpleUploadedFile("madrid.ics", ICS))
    assert "0 days added to the list." in twice


@pytest.mark.parametrize(
    ("zone", "days"), [("Europe/Madrid", ["2026-05-15"]), ("Atlantic/Canary", ["2026-05-14", "2026-05-15"])]
)
def test_what_a_file_gives_in_utc_falls_on_the_days_of_the_form_s_zone(
    client: Client, zone: str, days: list[str]
) -> None:
    """From midnight to midnight in Madrid, which is from 23:00 to 23:00 in the Canary Islands."""
    event = b"DTSTART:20260514T220000Z\r\nDTEND:20260515T220000Z\r\nSUMMARY:San Isidro\r\n"
    path = f"{BASE}new/?preset=office"
    given = {**fields(text(client, path)), "zone": [zone]}
    file = SimpleUploadedFile("utc.ics", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + event + b"END:VEVENT\r\n")
    read = fields(send(client, path, given, "read", file=file))
    assert [one for name in sorted(read) if re.fullmatch(r"local-\d+-date", name) for one in read[name] if one] == days


def test_on_new_years_eve_in_utc_the_years_of_a_calendar_are_those_of_its_zone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At half past midnight in Madrid it is the year before in UTC still."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    path = f"{BASE}new/?preset=office"
    given = fields(text(client, path))
    event = b"DTSTART;VALUE=DATE:20300515\r\nSUMMARY:San Isidro\r\n"
    file = SimpleUploadedFile("last.ics", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + event + b"END:VEVENT\r\n")
    assert "1 day added to the list." in send(client, path, given, "read", file=file)
    chosen = send(client, path, given, "region", region="ES-MD")
    assert 'value="2030-01-01"' in chosen


@pytest.mark.parametrize(("file", "said"), [(None, "Choose a file first."), (b"%PDF", "not an iCalendar file")])
def test_a_file_that_is_none_is_refused_and_the_form_kept(client: Client, file: bytes | None, said: str) -> None:
    path = f"{BASE}new/?preset=office"
    sent = {"file": SimpleUploadedFile("x.ics", file)} if file else {}
    page = send(client, path, fields(text(client, path)), "read", name="Se queda", **sent)
    assert said in page
    assert fields(page)["name"] == ["Se queda"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"day0": "por la mañana"}, "Write hours such as"),
        ({"day0": "16-19, 9-14"}, "one after another"),
        ({"name": ""}, "This field is required."),
        ({"business_weekdays": []}, "Choose at least one"),
        ({f"day{number}": "" for number in range(7)}, "This calendar would never be open"),
        ({"zone": "Mars/Base"}, "Select a valid choice"),
        ({"local-0-date": "2026-02-30", "local-0-name": "x"}, "Enter a valid date."),
        ({"local-TOTAL_FORMS": "nonsense"}, "ManagementForm data is missing"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    client: Client, changes: dict[str, object], said: str
) -> None:
    path = f"{BASE}new/?preset=office"
    page = send(client, path, fields(text(client, path)), "preview", **{"name": "Se queda", **changes})
    assert said in page
    assert "Publish the calendar" not in page
    assert not Calendar.objects.exists()


def test_a_season_on_a_day_that_no_month_has_is_refused(client: Client) -> None:
    made = full_calendar()
    path = f"{BASE}{made}/edit/"
    changes = {"season-0-from_day": "31", "season-0-from_month": "6"}
    page = send(client, path, fields(text(client, path)), "preview", **changes)
    assert "That month has no such day." in page


def test_who_changes_an_older_version_is_told(client: Client) -> None:
    made = full_calendar()
    path = f"{BASE}{made}/edit/"
    stale = send(client, path, fields(text(client, path)), "preview", day0="10-11")
    publish(client, path, text(client, path), day1="10-11")
    page = send(client, path, fields(stale), "publish")
    # The days that differ are others by now: it is shown again, and then refused by its base.
    page = send(client, path, fields(page), "publish") if "Something was changed" in page else page
    assert "Version 3 was published meanwhile" in page
    assert queries.calendar(owner(), made).number == 3


def test_a_year_shows_its_holidays_and_any_other_number_the_nearest(client: Client) -> None:
    made = full_calendar()
    page = text(client, f"{BASE}{made}/?year=2027")
    assert "The year 2027" in page
    assert "San Isidro Labrador" in page
    assert "The year 2029" in text(client, f"{BASE}{made}/?year=9999")
    assert "The year 2026" in text(client, f"{BASE}{made}/?year=ab")


def test_a_version_is_downloaded_as_it_is_cited(client: Client) -> None:
    made = full_calendar()
    answer = client.get(f"{BASE}{made}/versions/1.json")
    fact = facts_of(organisation=owner().organisation, kind="calendar", id=made)[0].fact
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content == custody.open_object(organisation=owner().organisation, sha256=fact.objects[0].sha256)
    assert client.get(f"{BASE}{made}/versions/3.json").status_code == 404


def test_it_is_archived_and_still_there_to_be_read(client: Client) -> None:
    made = full_calendar()
    page = client.post(f"{BASE}{made}/archive/", follow=True).content.decode()
    assert "Archived. What was begun with it is counted by it as before." in page
    assert "Atención al cliente" not in page
    assert "Atención al cliente" in text(client, f"{BASE}?archived")
    shown = text(client, f"{BASE}{made}/")
    assert "Archived on" in shown
    assert f"{BASE}{made}/edit/" not in shown


def test_a_version_that_custody_lost_is_said_to_be(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made = full_calendar()

    def lost(*, organisation: UUID, sha256: str) -> bytes:
        raise custody.MissingObject(f"Custody has no object {sha256}.")

    queries.load_version.cache_clear()
    monkeypatch.setattr(custody, "open_object", lost)
    assert "Cannot be read" in text(client, BASE)
    assert "cannot be read" in text(client, f"{BASE}{made}/")


@pytest.mark.parametrize("role", ["agent", "auditor"])
def test_others_than_managers_see_it_and_are_offered_nothing(client: Client, role: str) -> None:
    made = full_calendar()
    other = somebody(f"{role}@ribera.example", role)
    for path in (BASE, f"{BASE}{made}/"):
        page = text(other, path)
        assert "Atención al cliente" in page
        assert "/edit/" not in page
        assert "/archive/" not in page
        assert f"{BASE}new/" not in page
    for path in (f"{BASE}new/", f"{BASE}{made}/edit/"):
        assert other.get(path).status_code == 403
        assert other.post(path, {"act": "publish"}).status_code == 403
    assert other.post(f"{BASE}{made}/archive/").status_code == 403
