"""Days out of iCalendar files that nobody trusts."""

import random
import time
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acuse.calendars.ical import MOST_BYTES, MOST_EVENTS, read_ical
from acuse.calendars.rules import MOST_DAYS, MOST_NAME
from acuse.calendars.zones import zone
from acuse.errors import InputError

FIRST, LAST = date(2025, 1, 1), date(2029, 12, 31)
MADRID = zone("Europe/Madrid")


def file(*events: str, ending: str = "\r\n") -> bytes:
    """A file of events, each the lines between its BEGIN and END."""
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{body}END:VCALENDAR\n".replace("\n", ending).encode()


def days(*events: str) -> list[tuple[str, str]]:
    found = read_ical(file(*events), first=FIRST, last=LAST, zone=MADRID)
    assert found.left_out == ()
    return [(("*" if day.yearly else "") + day.date.isoformat(), day.name) for day in found.days]


def test_a_town_s_holidays_are_read() -> None:
    assert days(
        "UID:1\nDTSTAMP:20250101T000000Z\nDTSTART;VALUE=DATE:20260515\nDTEND;VALUE=DATE:20260516\nSUMMARY:San Isidro",
        "DTSTART;VALUE=DATE:20261109\nSUMMARY:La Almudena\\, patrona",
    ) == [("2026-05-15", "San Isidro"), ("2026-11-09", "La Almudena, patrona")]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        # The end of a date is the day after (RFC 5545 section 3.6.1).
        ("DTSTART;VALUE=DATE:20260810\nDTEND;VALUE=DATE:20260813", ["2026-08-10", "2026-08-11", "2026-08-12"]),
        ("DTSTART;VALUE=DATE:20260810\nDURATION:P2D", ["2026-08-10", "2026-08-11"]),
        ("DTSTART:20260810T080000Z\nDTEND:20260810T120000Z", ["2026-08-10"]),
        # Midnight to midnight in Madrid, in summer and in winter, as programs write it that keep their times in UTC.
        ("DTSTART:20260514T220000Z\nDTEND:20260515T220000Z", ["2026-05-15"]),
        ("DTSTART:20261108T230000Z\nDURATION:P1D", ["2026-11-09"]),
        ("DTSTART:20261231T230000Z\nDTEND:20270102T230000Z", ["2027-01-01", "2027-01-02"]),
        ("DTSTART:20200514T220000Z\nDTEND:20200515T220000Z\nRRULE:FREQ=YEARLY", ["*2020-05-15"]),
        (
            "DTSTART:20250514T220000Z\nDURATION:P1D\nEXDATE:20260514T220000Z\n"
            "RRULE:FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=14;UNTIL=20280514T220000Z",
            ["2025-05-15", "2027-05-15", "2028-05-15"],
        ),
        ("DTSTART;TZID=Atlantic/Canary:20260515T000000\nDTEND;TZID=Atlantic/Canary:20260516T000000", ["2026-05-15"]),
        ("DTSTART;TZID=Mars/Base:20260810T220000\nDTEND;TZID=Mars/Base:20260811T000000", ["2026-08-10"]),
        ("DTSTART:20260810T220000\nDTEND:20260811T020000", ["2026-08-10", "2026-08-11"]),
        ("DTSTART:20260810T220000", ["2026-08-10"]),
        ("DTSTART;VALUE=DATE:20200515\nRRULE:FREQ=YEARLY", ["*2020-05-15"]),
        (
            "DTSTART;VALUE=DATE:20200515\nRRULE:FREQ=YEARLY;INTERVAL=3",
            ["2026-05-15", "2029-05-15"],
        ),
        ("DTSTART;VALUE=DATE:20240515\nRRULE:FREQ=YEARLY;COUNT=3", ["2025-05-15", "2026-05-15"]),
        ("DTSTART;VALUE=DATE:20240515\nRRULE:FREQ=YEARLY;UNTIL=20260515", ["2025-05-15", "2026-05-15"]),
        (
            "DTSTART;VALUE=DATE:20250515\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20260515,20280515",
            ["2025-05-15", "2027-05-15", "2029-05-15"],
        ),
        (
            "DTSTART;VALUE=DATE:20270906\nRRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=1MO",
            ["2027-09-06", "2028-09-04", "2029-09-03"],
        ),
        ("DTSTART;VALUE=DATE:20280529\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", ["2028-05-29", "2029-05-28"]),
        ("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY;COUNT=9", ["2028-02-29"]),
        ("DTSTART;VALUE=DATE:20260810\nSTATUS:CANCELLED", []),
    ],
)
def test_only_its_dates_are_used(event: str, expected: list[str]) -> None:
    assert [day for day, _ in days(event)] == expected


def test_folded_lines_and_alarms_and_bare_line_ends_are_read() -> None:
    raw = file(
        "DTSTART;VALUE=DA\n TE:20260515\nSUMMARY:San\n  Isidro\nBEGIN:VALARM\nDTSTART:nonsense\nSUMMARY:No\nEND:VALARM",
        ending="\n",
    )
    [day] = read_ical(raw, first=FIRST, last=LAST, zone=MADRID).days
    assert (day.date, day.name) == (date(2026, 5, 15), "San Isidro")


def test_days_of_other_years_are_counted_and_not_used() -> None:
    found = read_ical(
        file("DTSTART;VALUE=DATE:19990101", "DTSTART;VALUE=DATE:20260101"), first=FIRST, last=LAST, zone=MADRID
    )
    assert ([day.date.year for day in found.days], found.passed) == ([2026], 1)


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART:garbage",
        "SUMMARY:sin fecha",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=WEEKLY;BYDAY=SU",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=SECONDLY",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYSETPOS=1",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;INTERVAL=0",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;INTERVAL=x",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYMONTH=2,3",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=MO",
        "DTSTART;VALUE=DATE:20260101\nRDATE;VALUE=DATE:20260202",
        "DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:29990101",
        "DTSTART;VALUE=DATE:20260101\nDTSTART;VALUE=DATE:20260102",
        "DTSTART;VALUE=DATE:20260101\nDURATION:P999999999D",
    ],
)
def test_what_cannot_be_told_is_named_and_spoils_nothing_else(event: str) -> None:
    raw = file(f"{event}\nSUMMARY:Raro", "DTSTART;VALUE=DATE:20260515\nSUMMARY:San Isidro")
    found = read_ical(raw, first=FIRST, last=LAST, zone=MADRID)
    assert [day.name for day in found.days] == ["San Isidro"]
    assert len(found.left_out) == 1


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "does not begin with"),
        (b"\xff\xfe", "UTF-8"),
        (b"%PDF-1.7", "does not begin with"),
        (b"BEGIN:VCALENDAR\n" + b" " * MOST_BYTES, "more than 1048576 bytes"),
        (file(*["DTSTART;VALUE=DATE:19990101"] * (MOST_EVENTS + 1)), "more than 2000 events"),
        (
            file(*[f"DTSTART;VALUE=DATE:{FIRST + timedelta(days=n):%Y%m%d}" for n in range(MOST_DAYS + 1)]),
            f"more than {MOST_DAYS} days",
        ),
    ],
)
def test_what_is_no_such_file_or_too_much_is_refused(raw: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_ical(raw, first=FIRST, last=LAST, zone=MADRID)


def test_names_are_made_fit_to_keep() -> None:
    [(_, name)] = days(f"DTSTART;VALUE=DATE:20260515\nSUMMARY:a\x00b\u202e\tc{'x' * 500}")
    assert name.isprintable()
    assert len(name) <= MOST_NAME


def test_a_file_that_asks_for_much_work_takes_little() -> None:
    inside = "BEGIN:STANDARD\nDTSTART:00010101T000000\nRRULE:FREQ=SECONDLY\nEND:STANDARD"
    zone = f"BEGIN:VTIMEZONE\nTZID:x\n{inside}\nEND:VTIMEZONE"
    rules = [
        "DTSTART;VALUE=DATE:00010101\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "DTSTART;VALUE=DATE:00010101\nRRULE:FREQ=YEARLY;COUNT=999999999",
        "DTSTART;VALUE=DATE:99991231\nRRULE:FREQ=YEARLY",
        "DTSTART;VALUE=DATE:00010101\nDTEND;VALUE=DATE:99991231",
    ]
    raw = file(*rules * 400).replace(b"VERSION:2.0", f"VERSION:2.0\r\n{zone}".encode())
    began = time.process_time()
    read_ical(raw, first=FIRST, last=LAST, zone=MADRID)
    assert time.process_time() - began < 5


LINES = [
    "BEGIN:VCALENDAR",
    "END:VCALENDAR",
    "BEGIN:VEVENT",
    "END:VEVENT",
    "BEGIN:VTIMEZONE",
    "END:",
    "BEGIN:",
    "DTSTART;VALUE=DATE:20260515",
    'DTSTART;TZID="Europe/Madrid:20260515T000000',
    "DTSTART;VALUE=PERIOD:20260515T000000Z/P1D",
    "DTSTART;VALUE=DATE:20260515,20260516",
    "DTEND:00000000T000000",
    "DTEND;VALUE=DATE:20260516",
    "DURATION:-P1D",
    "DURATION:PT99999999999H",
    "RRULE:FREQ=YEARLY",
    "RRULE:FREQ=YEARLY;UNTIL=x;COUNT=-1",
    "RRULE:=;;=FREQ",
    "RRULE:FREQ=YEARLY;BYMONTH=13;BYMONTHDAY=-99",
    "RRULE:FREQ=YEARLY;BYMONTH=0;BYDAY=5MO",
    "RRULE:FREQ=YEARLY;BYMONTH=5L",
    "EXDATE:20260515T000000Z,x",
    "EXDATE;VALUE=DATE:20260515",
    "SUMMARY;LANGUAGE=es:Fiesta \\N \\; \\",
    "STATUS;x=\u0000:CANCELLED",
    " \u2028\ufeff",
    "\tDTSTART:20260515",
]
hostile = st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=30)), max_size=40).map("\r\n".join)


@settings(max_examples=400)
@given(text=hostile)
def test_whatever_is_sent_is_read_or_refused(text: str) -> None:
    raw = ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + text + "\r\nEND:VEVENT\r\n").encode("utf-8", "surrogatepass")
    _read_or_refuse(raw)


def test_a_good_file_with_bytes_changed_is_read_or_refused() -> None:
    chance = random.Random(7)
    good = file(
        "DTSTART;VALUE=DATE:20260515\nDTEND;VALUE=DATE:20260517\nRRULE:FREQ=YEARLY;INTERVAL=2;UNTIL=20300101\n"
        "EXDATE;VALUE=DATE:20280515\nSUMMARY;LANGUAGE=es:San Isidro",
        "DTSTART;TZID=Europe/Madrid:20260515T000000\nDURATION:P1D\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=3FR\nSUMMARY:Feria",
    )
    for _ in range(1500):
        raw = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            raw[chance.randrange(len(raw))] = chance.choice(b"\x00\n\r :;,=-0129AZaz\xc3\xff")
        _read_or_refuse(bytes(raw))


def _read_or_refuse(raw: bytes) -> None:
    try:
        found = read_ical(raw, first=FIRST, last=LAST, zone=MADRID)
    except InputError:
        return
    assert len(found.days) <= MOST_DAYS
    assert all(day.name.isprintable() and 1 <= len(day.name) <= MOST_NAME for day in found.days)
    assert all(day.yearly or FIRST <= day.date <= LAST for day in found.days)
