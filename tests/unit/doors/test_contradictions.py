"""Words for what facts say of deadlines and does not follow: every key has them, in both languages."""

from django.utils import translation

from acuse.doors.ui.contradictions import WORDS, contradictions
from acuse.proof.verdicts.deadlines import CONTRADICTIONS


def test_every_contradiction_has_words_in_both_languages() -> None:
    assert WORDS.keys() == CONTRADICTIONS.keys()
    wrong = [(number, key) for number, key in enumerate(WORDS, start=1)]
    with translation.override("en"):
        english = contradictions(wrong)
    with translation.override("es"):
        spanish = contradictions(wrong)
    assert english[0] == "Fact 1: the deadline had begun already."
    assert spanish[0] == "Hecho 1: el plazo ya había empezado."
    assert not set(english) & set(spanish)
