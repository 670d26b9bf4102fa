"""What articles of frequent questions may say. Pure."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from acuse.errors import InputError

LANGUAGES = ("es", "en")
MOST_TITLE = 200
MOST_BODY = 20_000
MOST_SECTION_TITLE = 120


@dataclass(frozen=True, kw_only=True)
class Text:
    """What an article says in one language: its question, and the answer in the marks of a letter's body."""

    title: str
    body: str


def check_section(title_es: str, title_en: str) -> dict[str, str]:
    """Return the titles of a section as its columns; raise InputError where there is none, or too long a one."""
    titles = {"title_es": _clean(title_es), "title_en": _clean(title_en)}
    if not any(titles.values()):
        raise InputError("Give the section a title in one language at least.")
    if any(len(title) > MOST_SECTION_TITLE for title in titles.values()):
        raise InputError("The title of a section has at most %(most)s characters.", most=MOST_SECTION_TITLE)
    return titles


def check_texts(given: Mapping[str, Text]) -> dict[str, Text]:
    """Return the texts of a draft that say something, by language.

    Raises:
        InputError: none does, a question is missing, or one is too long.
    """
    texts = {
        language: Text(title=_clean(one.title), body=_clean(one.body, lines=True))
        for language, one in given.items()
        if language in LANGUAGES
    }
    texts = {language: one for language, one in sorted(texts.items()) if one.title or one.body}
    if not texts:
        raise InputError("Write the question in one language at least.")
    for one in texts.values():
        if not one.title:
            raise InputError("An answer needs its question, in the same language.")
        if len(one.title) > MOST_TITLE:
            raise InputError("A question has at most %(most)s characters.", most=MOST_TITLE)
        if len(one.body) > MOST_BODY:
            raise InputError("An answer has at most %(most)s characters.", most=MOST_BODY)
    return texts


def check_complete(texts: dict[str, Text]) -> dict[str, Text]:
    """Return the texts of a draft that may be published; raise InputError where an answer is missing."""
    if not all(one.body for one in texts.values()):
        raise InputError("Every question needs its answer before it is published, in the same language.")
    return texts


def check_review(review_date: date | None, *, today: date) -> None:
    """Raise InputError where a day on which to look at an article again is not one to come."""
    if review_date is not None and review_date <= today:
        raise InputError("Choose a day to come for looking at it again.")


def _clean(text: str, *, lines: bool = False) -> str:
    """Return text composed (NFC), without controls; on one line unless it has lines."""
    composed = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode()).replace("\r\n", "\n")
    kept = "".join(one for one in composed if one >= " " or (lines and one in "\n\t"))
    return kept.strip() if lines else " ".join(kept.split())
