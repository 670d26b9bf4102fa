"""The telephone on an organisation's public start: its lines, and whether they are attended."""

from datetime import datetime

import pytest
from django.test import Client

from acuse import clock
from acuse.calendars.rules import Definition, Shift
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
