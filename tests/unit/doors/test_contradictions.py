"""Words for what facts say of deadlines and does not follow: every key has them, in both languages."""

from dataclasses import replace

from django.utils import translation

from acuse.doors.ui.contradictions import WORDS, contradictions
from acuse.proof.verdicts.deadlines import CONTRADICTIONS, Contradiction
from tests.unit.proof.calendars import at, make
from tests.unit.proof.tickets import Ticket


def test_every_contradiction_has_words_in_both_languages() -> None:
    assert WORDS.keys() == CONTRADICTIONS.keys()
    fact = Ticket(calendar=make()).opened(at("2026-11-03 09:00:00"))
    wrong = [
        Contradiction(key=key, fact=replace(fact, subject_sequence=number), terms=("Resolución",) * (number == 2))
        for number, key in enumerate(WORDS, start=1)
    ]
    with translation.override("en"):
        english = contradictions(wrong)
    with translation.override("es"):
        spanish = contradictions(wrong)
    assert english[0] == "Fact 1: the deadline had begun already."
    assert spanish[0] == "Hecho 1: el plazo ya había empezado."
    assert english[1] == "Fact 2: that deadline had not begun: “Resolución”."
    assert spanish[1] == "Hecho 2: ese plazo no había empezado: «Resolución»."
    assert not set(english) & set(spanish)
