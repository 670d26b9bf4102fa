"""The seven grades as the screens draw and name them: rising bars, then "G4", then the word."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

CONTENT_MODE_CEILING = 2
HIGHEST = 6
BAR_WIDTH = 4
BAR_STEP = 6
ENDED_BADLY = frozenset({"failed", "refused", "expired"})


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar of the small meter, in the drawing's units (40 by 16)."""

    x: int
    y: int
    height: int
    style: str
    width: int = BAR_WIDTH


def word(grade: int) -> str:
    """The short word of a grade, by e-mail."""
    return (
        _("Accepted by Acuse"),
        _("Accepted by their server"),
        _("Delivered"),
        _("Accessed with the link"),
        _("Accessed with a code"),
        _("Accessed with identification"),
        _("Accepted or signed"),
    )[grade]


def failure_word(failure_class: str | None) -> str:
    """Why a message was not delivered, as people are told (product.md 1.4)."""
    return {
        "mailbox_not_found": _("Not delivered: the mailbox does not exist"),
        "mailbox_full": _("Not delivered: the mailbox is full"),
        "server_unavailable": _("Not delivered: server unavailable"),
        "attachment_blocked": _("Not delivered: attachment blocked"),
        "policy_blocked": _("Not delivered: blocked by policy"),
        "domain_not_found": _("Not delivered: the domain does not exist"),
        "no_mail_domain": _("Not delivered: the domain takes no mail"),
        "too_big": _("Not delivered: too big"),
        "suppressed": _("Not sent: the address is on the sender's list"),
    }.get(failure_class or "", _("Not delivered"))


def outcome_word(*, outcome: str, grade: int, failure_class: str | None = None) -> str:
    """What the list says beside the grade."""
    if outcome == "failed":
        return failure_word(failure_class)
    if outcome == "refused":
        return pgettext("Status of one", "Refused")
    if outcome == "expired":
        return _("Period ended without access")
    if outcome == "undetermined":
        return _("Outcome undetermined")
    if outcome == "handed":
        return _("Handed to the sender's outgoing server")
    return word(grade)


def bars(*, grade: int, outcome: str, ceiling: int = CONTENT_MODE_CEILING, final: bool = False) -> tuple[Bar, ...]:
    """The seven bars of the meter.

    Args:
        grade: highest grade reached, 0 to 6.
        outcome: verdict outcome; a bad end is drawn grey at the height reached.
        ceiling: the highest grade this mode could reach (2 for content mode).
        final: nothing more is awaited.
    """
    ended = outcome in ENDED_BADLY
    drawn = []
    for step in range(HIGHEST + 1):
        height = 4 + 2 * step
        if step <= grade:
            style = "bar-ended" if ended else "bar-on"
        elif step <= ceiling or (ended and step <= ceiling):
            style = "bar-could"
        else:
            style = "bar-never"
        if style == "bar-never":
            drawn.append(Bar(x=step * BAR_STEP + 1, y=14, height=2, style=style, width=2))
        else:
            drawn.append(Bar(x=step * BAR_STEP, y=16 - height, height=height, style=style))
    return tuple(drawn)


def spoken(*, grade: int, outcome: str, failure_class: str | None = None) -> str:
    """The meter for readers who hear it."""
    said = outcome_word(outcome=outcome, grade=grade, failure_class=failure_class)
    return _("Grade %(grade)d of 6, %(word)s") % {"grade": grade, "word": said}
