"""The console tells notice mode in words, in both languages: every fact, what is awaited, and the list's states."""

import re
from dataclasses import dataclass

import pytest
from django.test import Client
from django.utils import translation

from acuse.delivery.services import access
from acuse.doors.console import accessed, facts, timeline, wording
from acuse.doors.ui.limits import limits
from acuse.proof.facts.access import TYPES
from acuse.proof.facts.fact import Actor
from acuse.proof.verdicts.delivery import verdict
from tests.integration.access.conftest import Visit
from tests.integration.access.test_withdrawal import address, member


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_fact_is_told(coded: Visit, language: str) -> None:
    coded.post("open")
    code = coded.code()
    coded.post("code", page="code", code="000000" if code != "000000" else "000001")
    coded.post("code", page="code", code=code)
    coded.post("attachments/1", page="content")
    coded.post("accept", page="content", comments="Conforme")
    access.revoke(communication=coded.communication, actor=Actor(kind="member", id="m"), reason="Fin")
    with translation.override(language):
        told = {fact.type: timeline.tell(fact) for fact in coded.facts()}
        titles = {kind.name: facts.title(kind.name) for kind in TYPES}
        judged = verdict(coded.facts())
        said = wording.sentence(judged, coded.facts())
        proved = limits(judged.limits)
    assert not any(name == words for name, words in titles.items())
    assert len(proved) == len(judged.limits)
    assert said.startswith({"es": "Aceptada por", "en": "Accepted by"}[language])
    assert told["acceptance.given"].verbatim == "Conforme"
    assert told["access.revoked"].source == "Fin"


def test_every_type_has_a_teller() -> None:
    assert set(accessed.TELLERS) == {kind.name for kind in TYPES}


@dataclass(frozen=True, kw_only=True)
class Console:
    """The console of the sender's member, in English."""

    client: Client
    visit: Visit

    def page(self) -> str:
        """The page of the communication."""
        return self.client.get(address(self.visit)).content.decode()

    def listed(self, state: str = "") -> str:
        """The status with which a tab of the list shows it; "" where it does not."""
        page = self.client.get(f"{address(self.visit).rsplit('/', 2)[0]}/?status={state}").content.decode()
        row = re.search(rf'id="status-{self.visit.communication}">.*?</svg>([^<]+)', page, re.DOTALL)
        return row[1].strip() if row else ""


@pytest.fixture
def console(visit: Visit) -> Console:
    """The sender of content that opens with the link alone."""
    return Console(client=member(visit), visit=visit)


def test_a_notice_that_nobody_opened_waits_for_it(console: Console) -> None:
    assert "Its opening is awaited until" in console.page()
    assert "Nothing more is awaited" not in console.page()
    assert (console.listed("unopened"), console.listed("concluded")) == ("Unopened", "")
    assert "notice with a link" in console.client.get(f"{address(console.visit).rsplit('/', 2)[0]}/").content.decode()


def test_once_opened_it_is_concluded_and_can_still_be_answered(console: Console, visit: Visit) -> None:
    visit.post("open")
    assert (console.listed("unopened"), console.listed("concluded")) == ("", "Concluded")
    assert "it can still be answered, or opened again" in console.page()
    visit.post("accept", page="content")
    assert "it can still be answered" not in console.page()


def test_once_withdrawn_its_opening_is_awaited_no_more(console: Console, visit: Visit) -> None:
    access.revoke(communication=visit.communication, actor=Actor(kind="member", id="m"), reason="Error")
    assert (console.listed("unopened"), console.listed("concluded")) == ("", "Concluded")
    assert "Its opening is awaited" not in console.page()


def test_what_was_refused_is_listed_as_refused_and_not_as_concluded(console: Console, visit: Visit) -> None:
    visit.post("open")
    visit.post("reject", page="reject")
    assert (console.listed("refused"), console.listed("concluded")) == ("Refused", "")
    assert "Refused by whoever held the link sent to the recipient" in console.page()
    assert "stopped" not in console.page()
