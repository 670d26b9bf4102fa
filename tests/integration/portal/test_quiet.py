"""When it is quieter: the hours that the public page advises are those of the load of the last weeks."""

from datetime import UTC, datetime
from itertools import islice

import pytest
from django.test import Client

from acuse import clock
from tests import october_2013 as october
from tests.integration.figures.derived import keep_rows
from tests.integration.helpdesk.making import SLUG, Desk

START = f"/o/{SLUG}/"


def test_the_start_advises_the_quiet_hours_of_the_load(
    desk: Desk, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = islice(october.subjects(), october.CASES + october.OLDER, None, 3)
    keep_rows(desk.organisation, calls)
    monkeypatch.setattr(clock, "now", lambda: datetime(2013, 11, 4, 9, tzinfo=UTC))
    page = visitor.get(START).content.decode()
    assert "08:00–10:30, 13:30–17:00 y 18:00–19:00" in page
    # The bars of half an hour from 8 to 20: 5, 7 and 2 of them quiet, and the rest.
    assert (page.count('class="quiet-hour"'), page.count('class="busy-hour"')) == (14, 10)
