"""A deadline that was missed: pages and documents call it by one word, whichever of them somebody compares."""

import re

import pytest
from django.utils import translation
from django.utils.translation import gettext

from acuse.certificates.stories.wording import WORDING
from acuse.doors.portal.deadline_words import VERDICTS

KEYS = (
    "badge.{}.one",
    "tag.{}",
    "result.{}",
    "deadline.headline.{}",
    "deadline.part.{}",
    "drawing.{}",
    "record.deadline.{}",
)


@pytest.mark.parametrize(("language", "met", "missed"), [("es", "cumplido", "incumplido"), ("en", "met", "missed")])
def test_what_became_of_a_deadline_is_said_in_one_word(language: str, met: str, missed: str) -> None:
    with translation.override(language):
        assert (str(VERDICTS["met"]), str(VERDICTS["missed"])) == (met, missed)
        for said in ("Missed", "Missed by %(time)s", "Deadline missed"):
            assert missed in _words(gettext(said))
    for verdict, word in (("met", met), ("missed", missed)):
        for key in KEYS:
            assert word in _words(WORDING[language][key.format(verdict)]), key
    assert missed in _words(WORDING[language]["deadline.part.missed.brief"])


def _words(said: str) -> set[str]:
    """Whole words: the Spanish one of what was met is a part of that of what was missed."""
    return set(re.findall(r"\w+", said.lower()))
