"""When it is quieter: the hours that the public page advises are those of the load of the last weeks."""

from datetime import datetime
from itertools import islice

import pytest
from django.core.cache import cache
from django.test import Client

from acuse import clock
from acuse.calendars.rules import Definition, Shift
from acuse.calendars.services import publish_calendar
from acuse.doors.portal.quiet import today_words
from acuse.helpdesk.services.lines import add_line
from tests import october_2013 as october
from tests.integration.figures.derived import keep_rows
from tests.integration.helpdesk.making import SLUG, Desk

START = f"/o/{SLUG}/"
ADVICE = "08:00–10:30, 13:30–17:00 y 18:00–19:00"


def loaded(desk: Desk) -> None:
    """Let a part of October have come in."""
    keep_rows(desk.organisation, islice(october.subjects(), october.CASES + october.OLDER, None, 3))


def test_the_start_advises_the_quiet_hours_of_the_load(
    desk: Desk, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(desk)
    monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat("2013-11-04T10:00+01:00"))
    page = visitor.get(START).content.decode()
    assert f"{ADVICE}. Escribe y llama menos gente.</p>" in page, "without a line, nobody knows who is there"
    assert "No cuentan como tranquilas las horas en las que apenas se atiende." in page
    # The bars of half an hour from 8 to 20: 5, 7 and 2 of them quiet, and the rest.
    assert (page.count('class="quiet-hour"'), page.count('class="busy-hour"')) == (14, 10)


def test_the_advice_is_true_at_each_hour_of_the_day(
    desk: Desk, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(desk)
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat("2013-11-04T07:00+01:00"))
    day = (Shift(540, 840), Shift(960, 1125))
    calendar = publish_calendar(
        access=desk.owner,
        name="Taller",
        zone="Europe/Madrid",
        definition=Definition(week=(day,) * 5 + ((Shift(540, 600),), ())),
    )
    add_line(access=desk.owner, name="Taller", number="910 000 100", calendar=calendar, public=True)
    for at, words in (
        ("2013-11-04T07:00", "La próxima de hoy empieza a las 09:00."),  # before opening
        ("2013-11-04T09:00", "Esta es una de esas horas, hasta las 10:30."),
        ("2013-11-04T10:29", "Esta es una de esas horas, hasta las 10:30."),
        ("2013-11-04T10:30", "La próxima de hoy empieza a las 13:30."),  # at the end of one
        ("2013-11-04T13:59", "Esta es una de esas horas, hasta las 14:00."),  # the break at noon cuts it short
        ("2013-11-04T14:00", "La próxima de hoy empieza a las 16:00."),
        ("2013-11-04T18:44", "Esta es una de esas horas, hasta las 18:45."),  # it closes inside the last one
        ("2013-11-04T18:45", "Hoy ya no queda ninguna."),
        ("2013-11-04T23:59", "Hoy ya no queda ninguna."),
        ("2013-11-09T09:30", "Esta es una de esas horas, hasta las 10:00."),  # a Saturday
        ("2013-11-09T10:00", "Hoy ya no queda ninguna."),
        ("2013-11-10T09:30", "Hoy no hay ninguna."),  # a Sunday
    ):
        monkeypatch.setattr(clock, "now", lambda at=at: datetime.fromisoformat(f"{at}+01:00"))
        page = visitor.get(START).content.decode()
        assert f"{ADVICE}. Escribe y llama menos gente. <b>{words}</b>" in page, at


def test_hours_that_last_until_midnight_end_with_the_day() -> None:
    attended, late = frozenset(range(1440)), datetime.fromisoformat("2013-11-04T23:59:59+01:00")
    assert "24:00" in today_words([(46, 48)], attended, late)
    assert today_words([(0, 2)], None, late) == ""
