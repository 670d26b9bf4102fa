"""A rule: what is looked for in a reply, where, and what it means.

Phrases are plain lower-case text, and `*` stands for up to 60 characters of anything. Neither can take more than time
linear in the reply, whatever a hostile server writes.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

MAX_TEXT = 4096
_GAP = ".{0,60}?"

_CODES_WITHIN = re.compile(
    r"(?<!\S)[245][0-9]{2}-(?:#?[245]\.[0-9]{1,3}\.[0-9]{1,3})?\s?"
    r"|(?<!\S)[245][0-9]{2} #?[245]\.[0-9]{1,3}\.[0-9]{1,3} "
)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a server answered, made ready for the rules.

    Args:
        text: folded by `folded`. code: three digits or "". enhanced: "5.1.1" or "". stage: connect, ehlo, tls, auth,
            mail, rcpt, data, or "" where nobody knows. digit: "4" or "5".
    """

    text: str
    code: str = ""
    enhanced: str = ""
    stage: str = ""
    digit: str = "5"


def folded(text: str) -> str:
    """Return the text as the rules read it: lower case, no accents, single spaces, no repeated codes, bounded."""
    return _CODES_WITHIN.sub("", _without_accents(" ".join(text[:MAX_TEXT].split()).lower()))


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(each for each in apart if not unicodedata.combining(each))


class Phrases:
    """Any of some phrases."""

    def __init__(self, *written: str) -> None:
        phrases = [_without_accents(phrase) for phrase in written]
        self._plain = tuple(phrase for phrase in phrases if "*" not in phrase)
        self._gapped = tuple(
            re.compile(_GAP.join(map(re.escape, phrase.split("*")))).search for phrase in phrases if "*" in phrase
        )

    def within(self, text: str) -> bool:
        """Tell whether any of them is in a folded text."""
        for phrase in self._plain:
            if phrase in text:
                return True
        return any(search(text) for search in self._gapped)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One row: `holds` decides, within the basic code's first digits and the stages it is for (any, if empty)."""

    cause: str
    why: str
    holds: Callable[[Reply], bool] = field(repr=False)
    digits: str
    stages: frozenset[str]
    unless: Phrases | None

    def applies(self, reply: Reply) -> bool:
        """Tell whether the rule applies to a reply."""
        if reply.digit not in self.digits or (self.stages and reply.stage not in self.stages):
            return False
        return self.holds(reply) and (self.unless is None or not self.unless.within(reply.text))


def says(
    cause: str,
    why: str,
    *phrases: str,
    digits: str = "45",
    stages: tuple[str, ...] = (),
    enhanced: str = "",
    unless: Phrases | None = None,
) -> Rule:
    """Make a rule about the text; with `enhanced`, only beside that code."""
    found = Phrases(*phrases).within
    return Rule(
        cause=cause, why=why, holds=lambda reply: enhanced in ("", reply.enhanced) and found(reply.text),
        digits=digits, stages=frozenset(stages), unless=unless,
    )  # fmt: skip


def matches(cause: str, why: str, pattern: str, *, digits: str = "45") -> Rule:
    """Make a rule about a code that a provider writes into its text; `pattern` has no unbounded repetition."""
    search = re.compile(pattern).search
    return Rule(
        cause=cause, why=why, holds=lambda reply: search(reply.text) is not None, digits=digits,
        stages=frozenset(), unless=None,
    )  # fmt: skip


def status(
    cause: str,
    why: str,
    *codes: str,
    digits: str = "45",
    stages: tuple[str, ...] = (),
    unless: Phrases | None = None,
) -> Rule:
    """Make a rule about the enhanced code (RFC 3463); `*` stands for one or more digits, `x` for one."""
    joined = "|".join(re.escape(code).replace(r"\*", "[0-9]+").replace("x", "[0-9]") for code in codes)
    match = re.compile(rf"(?:{joined})\Z").match
    return Rule(
        cause=cause, why=why, holds=lambda reply: match(reply.enhanced) is not None, digits=digits,
        stages=frozenset(stages), unless=unless,
    )  # fmt: skip


def code(cause: str, why: str, *codes: str, digits: str = "45", stages: tuple[str, ...] = ()) -> Rule:
    """Make a rule about the basic code (RFC 5321); `x` stands for a digit. "" is met where no code was said."""
    match = re.compile(rf"(?:{'|'.join(each.replace('x', '[0-9]') for each in codes)})\Z").match
    return Rule(
        cause=cause, why=why, holds=lambda reply: match(reply.code) is not None, digits=digits,
        stages=frozenset(stages), unless=None,
    )  # fmt: skip
