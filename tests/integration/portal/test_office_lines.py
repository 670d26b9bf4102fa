"""The telephone on an organisation's public start: its lines, and whether they are attended."""

import re
from datetime import date, datetime

import pytest
from django.test import Client

from acuse import clock
from acuse.calendars.rules import ClosedDay, Definition, Season, Shift
from acuse.calendars.services import publish_calendar
from acuse.helpdesk.services.lines import add_line, change_line
from tests.integration.helpdesk.making import SLUG, Desk

START = f"/o/{SLUG}/"


def test_public_lines_say_whether_they_are_attended_now(
    desk: Desk, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert b"tel:" not in visitor.get(START).content
    week = ((Shift(540, 840), Shift(960, 1140)),) * 5 + ((), ())
    calendar = publish_calendar(
        access=desk.owner, name="Taller", zone="Europe/Madrid", definition=Definition(week=week)
    )
    one = add_line(access=desk.owner, name="Taller", number="+34 910 000 100", calendar=calendar, public=True)
    add_line(access=desk.owner, name="Grúa", number="900 000 200", calendar=None, public=True)
    add_line(access=desk.owner, name="Interna", number="910 000 300", calendar=None, public=False)
    monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat("2026-11-20T13:30:00+00:00"))
    text = visitor.get(START).content.decode()
    assert 'href="tel:+34910000100"' in text
    assert "Cerrado. Abre hoy a las 16:00." in text
    assert "Hoy: 09:00–14:00, 16:00–19:00." in text
    assert "Día y noche, todos los días." in text
    assert "Interna" not in text
    change_line(
        access=desk.owner,
        line=one,
        name="Taller",
        number="+34 910 000 100",
        calendar=calendar,
        public=True,
        enabled=False,
    )
    assert "910 000 100" not in visitor.get(START).content.decode()


def test_the_next_seven_days_begin_today_and_say_why_their_hours_are_others(
    desk: Desk, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a Friday, half an hour after midnight where the line is attended and still Thursday in UTC."""
    monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat("2026-06-25T22:30:00+00:00"))
    usual, saturday, summer = (Shift(540, 840), Shift(960, 1140)), (Shift(600, 840),), (Shift(480, 900),)
    definition = Definition(
        week=(*(usual,) * 5, saturday, ()),
        seasons=(Season(name="Verano", begins=(7, 1), ends=(8, 31), week=(*(summer,) * 5, (), ())),),
        local=(ClosedDay(date=date(2026, 6, 29), name="San Pedro"),),
    )
    calendar = publish_calendar(access=desk.owner, name="Taller", zone="Europe/Madrid", definition=definition)
    add_line(access=desk.owner, name="Taller", number="+34 910 000 100", calendar=calendar, public=True)
    text = visitor.get(START).content.decode()
    (shown,) = re.findall(r"<summary>Los próximos siete días</summary><dl [^>]*>(.*?)</dl>", text, re.DOTALL)
    days = re.findall(r"<dt(.*?)>(.*?)</dt><dd.*?>(.*?)</dd>", shown.replace("\xa0", " "), re.DOTALL)
    assert [("now" in marked, day, re.sub("<[^>]+>", "", told)) for marked, day, told in days] == [
        (True, "Viernes 26 jun", "09:00–14:00, 16:00–19:00"),
        (False, "Sábado 27 jun", "10:00–14:00"),
        (False, "Domingo 28 jun", "cerrado"),
        (False, "Lunes 29 jun", "cerrado San Pedro"),
        (False, "Martes 30 jun", "09:00–14:00, 16:00–19:00"),
        (False, "Miércoles 1 jul", "08:00–15:00 Verano"),
        (False, "Jueves 2 jul", "08:00–15:00 Verano"),
    ]
