"""What the sender asks for in the header of one message: the `Acuse-*` fields. Pure.

They are said to us alone and are taken out of what is sent (`acuse.mail.rewrite`), so every field whose name begins
with `Acuse-` is ours. One that we do not know, or cannot do, refuses the message: a slip in `Acuse-Mode` must not send
in the open what was meant to wait behind a link.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from acuse.errors import InputError
from acuse.mail import headers
from acuse.mail.headers import Field

MODES = ("content", "notice")
ACCESSES = ("button", "otp")
LANGUAGES = ("es", "en")
MOST_YEARS = 30
MOST_REFERENCE = 200
MOST_OCTETS = 8192
"""Of all fields together: the fact of an attempt repeats them."""

_MARK = b"acuse-"
_FIELD = re.compile(
    rb"^(?P<name>acuse-[!-9;-~]*)[ \t]*:(?P<value>[^\n]*(?:\n[ \t][^\n]*)*)(?:\n|\Z)", re.IGNORECASE | re.MULTILINE
)
_YEARS = re.compile(r"([0-9]{1,3})(?:\s+years?)?", re.IGNORECASE)
_SHOWN = 60


class BadChoice(InputError):
    """A message asks for what cannot be done; the sentence is written for a reply."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What one message asks for; empty or zero where it says nothing.

    Attributes:
        mode: of `MODES`.
        access: of `ACCESSES`; with it, `mode` is "notice".
        language: of `LANGUAGES`.
        reference: the sender's own text, at most `MOST_REFERENCE` characters.
        retention_years: at most `MOST_YEARS`.
        tracking, footer: whether to track the copy that is sent, and to name its receipt there; None for no say.
    """

    mode: str = ""
    access: str = ""
    language: str = ""
    reference: str = ""
    retention_years: int = 0
    tracking: bool | None = None
    footer: bool | None = None


def spans(message: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the `Acuse-*` fields of a message stand, line ends included: first octet, and first after it."""
    for found in _found(message):
        yield found.span()


def read(message: bytes, *, least_years: int) -> Asked:
    """Read what a message asks for. Names and words in any case; a field may be said twice, in the same words.

    Args:
        message: as submitted.
        least_years: for which this installation keeps everything anyway.

    Raises:
        BadChoice: a field is not known, asks for what is not on offer, or contradicts another.
    """
    texts: dict[str, str] = {}
    octets = 0
    for found in _found(message):
        octets += len(found[0])
        if octets > MOST_OCTETS:
            raise BadChoice("The Acuse fields of a message take at most %(most)s octets.", most=MOST_OCTETS)
        name = found["name"].decode("ascii").lower()
        text = headers.raw_text(Field(name=name, value=found["value"]))
        if texts.setdefault(name, text) != text:
            # Whichever counted, the other may be what was meant: a notice sent in the open, or the reverse.
            raise BadChoice("%(name)s is said twice, differently: say it once.", name=name[:_SHOWN].title())
    if not texts:
        return _NOTHING
    unknown = [name for name in texts if name not in _NAMES]
    if unknown:
        raise BadChoice(
            "%(name)s is not a field of Acuse: those are %(names)s.",
            name=unknown[0][:_SHOWN].title(),
            names=", ".join(_NAMES.values()),
        )
    mode, access = _word(texts, "acuse-mode", MODES), _word(texts, "acuse-access", ACCESSES)
    if access and mode == "content":
        raise BadChoice("Acuse-Access says how a notice is opened; it cannot go with Acuse-Mode: content.")
    return Asked(
        mode="notice" if access else mode,
        access=access,
        language=_word(texts, "acuse-language", LANGUAGES),
        reference=_reference(texts.get("acuse-reference")),
        retention_years=_years(texts.get("acuse-retention"), least_years),
        tracking=_SWITCH[_word(texts, "acuse-tracking", ("on", "off"))],
        footer=_SWITCH[_word(texts, "acuse-footer", ("on", "off"))],
    )


_NOTHING = Asked()
_SWITCH = {"": None, "on": True, "off": False}
_NAMES = {
    name.lower(): name
    for name in (
        "Acuse-Mode",
        "Acuse-Access",
        "Acuse-Language",
        "Acuse-Reference",
        "Acuse-Tracking",
        "Acuse-Footer",
        "Acuse-Retention",
    )
}


def _found(message: bytes) -> Iterator[re.Match[bytes]]:
    if message.startswith((b"\r\n", b"\n")):
        return iter(())
    head = message[: _end_of_header(message)]
    return _FIELD.finditer(head) if _MARK in head.lower() else iter(())


def _end_of_header(message: bytes) -> int:
    """Return where the first empty line ends; every message is asked, and a regular expression would take ten times."""
    blank = message.find(b"\n\r\n")
    end = blank + 3 if blank >= 0 else len(message)
    bare = message.find(b"\n\n", 0, end)
    return bare + 2 if bare >= 0 else end


def _word(texts: dict[str, str], name: str, words: tuple[str, ...]) -> str:
    """Return the word that a field says, in lower case; empty where there is no such field."""
    if name not in texts:
        return ""
    said = texts[name].lower()
    if said not in words:
        raise BadChoice(
            '%(name)s may be %(words)s, not "%(said)s".',
            name=_NAMES[name],
            words=" or ".join(words),
            said=texts[name][:_SHOWN],
        )
    return said


def _reference(text: str | None) -> str:
    if text is None:
        return ""
    reference = headers.decoded(text).strip()
    if not 1 <= len(reference) <= MOST_REFERENCE:
        raise BadChoice("Acuse-Reference takes 1 to %(most)s characters.", most=MOST_REFERENCE)
    return reference


def _years(text: str | None, least: int) -> int:
    if text is None:
        return 0
    said = _YEARS.fullmatch(text)
    years = int(said[1]) if said else 0
    if not least <= years <= MOST_YEARS:
        raise BadChoice(
            'Acuse-Retention takes years, from %(least)s to %(most)s, such as "%(most)s years".',
            least=least,
            most=MOST_YEARS,
        )
    return years
