"""What a public service published of October 2013 comes out of the ledger and stands on the page, to the digit."""

import json
import re
from contextlib import nullcontext

import pytest
from django.test import Client

from acuse.accounts.models import User
from acuse.config.cli import figures as command
from acuse.embedded.roles import Addresses
from tests import october_2013 as october
from tests.integration.figures.derived import keep_facts
from tests.integration.helpdesk.cases import make_desk

PAGE, PERIOD = "/console/talleres-ribera/figures/service/", "?from=2013-10-01&to=2013-10-31"
PUBLISHED = (
    *("Recibidos 8 770", "Respondidos 11 081 126,35 %"),
    *("En menos de 24 h 10 772 97,21 %", "En menos de 48 h 11 077 99,96 %", "Después de 48 h 4 0,04 %"),
    *("10 000 llamadas", "84,46 %", "9,99 %", "5,55 %", "2 min 30 s"),
    *("2,00 %", "0,00 %", "4,00 %"),
    "08:00–10:30, 13:30–17:00 y 18:00–19:00",
)


def test_the_ledger_the_command_and_the_page_say_what_was_published(
    database: Addresses, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_facts(make_desk(monkeypatch).access.organisation, october.subjects())
    monkeypatch.setattr(command, "ready_database", lambda _settings: nullcontext())
    command.figures("talleres-ribera", "2013-10-01", "2013-10-31", as_json=True)
    derived = json.loads(capsys.readouterr().out)
    assert derived["source"]["facts"] == sum(map(len, october.subjects()))

    manager = Client()
    manager.force_login(User.objects.get(email="jefa@ribera.example"))
    added_up = json.loads(manager.get(f"{PAGE}figures.json{PERIOD}").content)
    assert added_up["figures"] == derived["figures"]
    assert added_up["source"]["root"] == derived["source"]["root"]
    page = manager.get(f"{PAGE}{PERIOD}", headers={"accept-language": "es"}).content.decode()
    assert 'href="#map-title">08:00' in page
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
    assert [told for told in PUBLISHED if told not in words] == []
