"""The console tells every fact of notice mode in words, in both languages."""

import pytest
from django.utils import translation

from acuse.delivery.services import access
from acuse.doors.console import accessed, facts, timeline, wording
from acuse.doors.ui.limits import limits
from acuse.proof.facts.access import TYPES
from acuse.proof.facts.fact import Actor
from acuse.proof.verdicts.delivery import verdict
from tests.integration.access.conftest import Visit


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
