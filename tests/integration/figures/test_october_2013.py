"""What a public service published of October 2013 comes out of the database and stands on the page, to the digit."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from acuse.accounts.models import User
from acuse.embedded.roles import Addresses
from acuse.figures.queries import figures_of
from acuse.figures.rules.members import members
from acuse.figures.rules.questions import Period, Question
from acuse.figures.rules.report import report
from acuse.figures.rules.rows import rows_of
from acuse.figures.rules.tallies import tally
from acuse.proof.verdicts.deadlines import Judgement
from tests import october_2013 as october
from tests.integration.figures.derived import keep_rows
from tests.integration.helpdesk.cases import make_desk

PAGE = "/console/talleres-ribera/figures/service/?from=2013-10-01&to=2013-10-31"
PUBLISHED = (
    *("Recibidos 8 770", "Respondidos 11 081 126,35 %"),
    *("En menos de 24 h 10 772 97,21 %", "En menos de 48 h 11 077 99,96 %", "Después de 48 h 4 0,04 %"),
    *("10 000 llamadas", "84,46 %", "9,99 %", "5,55 %", "2 min 30 s"),
    *("2,00 %", "0,00 %", "4,00 %"),
    "08:00–10:30, 13:30–17:00 y 18:00–19:00",
)


def test_the_database_and_the_page_say_what_was_published(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    organisation = make_desk(monkeypatch).access.organisation
    subjects = list(october.subjects())
    keep_rows(organisation, subjects)
    period = Period(first=october.FIRST, last=october.LAST, zone=october.ZONE)
    question = Question(period=period, now=datetime(2014, 1, 1, tzinfo=UTC))
    judged = Judgement(deadlines=(), contradictions=())
    by_rules = report(question, tally(question, (rows_of(facts, lambda _: judged) for facts in subjects)))
    assert members(figures_of(organisation, question)) == members(by_rules)

    manager = Client()
    manager.force_login(User.objects.get(email="jefa@ribera.example"))
    page = manager.get(PAGE, headers={"accept-language": "es"}).content.decode()
    assert 'href="#map-title">08:00' in page
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
    assert [told for told in PUBLISHED if told not in words] == []
