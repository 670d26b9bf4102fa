"""The recipient's pages say everything in both languages, with the same slots."""

import re
from collections.abc import Mapping

import pytest

from acuse.doors.portal import access_words, receipt_words, tracked_words
from acuse.proof.verdicts.delivery import OUTCOMES

Worded = Mapping[str, Mapping[str, str]]
PAGES = pytest.mark.parametrize("worded", [access_words.WORDS, receipt_words.WORDS, tracked_words.WORDS])
#: Of content that waits behind a link; a receipt is of a message that was sent itself.
OF_NOTICES = {"accessed", "accepted", "refused", "expired"}


@PAGES
def test_the_same_keys_with_the_same_slots(worded: Worded) -> None:
    def slots(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    assert worded["es"].keys() == worded["en"].keys()
    for key, text in worded["es"].items():
        assert slots(text) == slots(worded["en"][key]), key


def test_a_receipt_has_words_for_every_standing() -> None:
    said = {key.removeprefix("standing.") for key in receipt_words.WORDS["es"] if key.startswith("standing.")}
    assert said == OUTCOMES.keys() - OF_NOTICES


@PAGES
def test_words_that_are_never_said(worded: Worded) -> None:
    for words in worded.values():
        for text in words.values():
            assert not re.search(r"leíd|cualificad|qualified|fehaciente|\boops|¡|!", text.lower())
