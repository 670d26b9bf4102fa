"""A deadline that was missed: pages and documents call it by one word, whichever of them somebody compares."""

import pytest
from django.utils import translation
from django.utils.translation import gettext

from acuse.certificates.stories.wording import WORDING
from acuse.doors.portal.deadline_words import VERDICTS


@pytest.mark.parametrize(("language", "met", "missed"), [("es", "cumplido", "incumplido"), ("en", "met", "missed")])
def test_what_became_of_a_deadline_is_said_in_one_word(language: str, met: str, missed: str) -> None:
    with translation.override(language):
        assert (str(VERDICTS["met"]), str(VERDICTS["missed"])) == (met, missed)
        for said in ("Missed", "Missed by %(time)s", "Deadline missed"):
            assert missed in gettext(said).lower()
    for verdict, word in (("met", met), ("missed", missed)):
        for key in ("badge.{}.one", "tag.{}", "result.{}", "deadline.headline.{}", "record.deadline.{}"):
            assert word in WORDING[language][key.format(verdict)].lower(), key
