"""Direction and language of a paragraph, guessed from its letters, for setting foreign text rightly."""

import re
import unicodedata
from typing import Literal

_SAMPLE = 400

# Only scripts that stand for one language in practice, or where a wrong guess still picks the right font and rules.
_LANGUAGES = (
    (re.compile("[\u3040-\u30ff]"), "ja"),
    (re.compile("[\uac00-\ud7af\u1100-\u11ff]"), "ko"),
    (re.compile("[\u4e00-\u9fff\u3400-\u4dbf]"), "zh"),
    (re.compile("[\u0600-\u06ff\u0750-\u077f]"), "ar"),
    (re.compile("[\u0590-\u05ff]"), "he"),
    (re.compile("[\u0370-\u03ff]"), "el"),
)


def direction_of(text: str, marked: str | None = None) -> Literal["ltr", "rtl"]:
    """Return the sender's own mark, else the direction of the first strong letter (UAX 9, rules P2 and P3)."""
    if marked in ("ltr", "rtl"):
        return "rtl" if marked == "rtl" else "ltr"
    for letter in text[:_SAMPLE]:
        kind = unicodedata.bidirectional(letter)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def language_of(text: str) -> str | None:
    """Return a language where at least half of the letters belong to its script, else None."""
    letters = [letter for letter in text[:_SAMPLE] if letter.isalpha()]
    if not letters:
        return None
    sample = "".join(letters)
    foreign = [(len(pattern.findall(sample)), language) for pattern, language in _LANGUAGES]
    if foreign[0][0] and foreign[0][0] + foreign[2][0] >= len(letters) / 2:
        return "ja"
    count, language = max(foreign, key=lambda pair: pair[0])
    return language if count >= len(letters) / 2 else None
