"""How figures of service read."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acuse.doors.console import ticket_words
from acuse.doors.ui import figures
from acuse.doors.ui.figures import NO_BREAK
from acuse.doors.ui.lengths import length
from acuse.figures.rules import rows
from acuse.figures.rules.exact import percent, written
from acuse.figures.rules.tallies import BOUNDS, DAY, HOUR
from acuse.proof.business_time import Term

KINDS = {
    rows.RECEIVED: gettext_lazy("Messages received"),
    rows.ANSWERED: gettext_lazy("Answers sent"),
    rows.FIRST: gettext_lazy("First responses"),
    rows.RESOLVED: gettext_lazy("Resolutions"),
    rows.ASKED: gettext_lazy("Questions whether the customer agrees"),
    rows.AGREED: gettext_lazy("Customers who agreed"),
    rows.DISAGREED: gettext_lazy("Customers who did not agree"),
    rows.MET: gettext_lazy("Deadlines met"),
    rows.MISSED: gettext_lazy("Deadlines missed"),
    rows.NOT_COUNTABLE: gettext_lazy("Cases whose deadlines cannot be counted"),
    "call_answered": gettext_lazy("Calls answered"),
    "call_lost": gettext_lazy("Calls lost"),
    "call_abandoned": gettext_lazy("Calls abandoned"),
    "opened": gettext_lazy("Cases opened"),
    "escalated": gettext_lazy("Cases escalated"),
    "pending": gettext_lazy("Cases escalated and pending"),
    "other": gettext_lazy("Cases closed without any answer"),
    "under_24": gettext_lazy("Answers under 24 hours"),
    "under_48": gettext_lazy("Answers under 48 hours"),
    "later": gettext_lazy("Answers after 48 hours"),
    "load": gettext_lazy("Messages and calls that came in"),
    "calls": gettext_lazy("Calls"),
}
"""Figure, or kind of what it counts -> in words."""


def share(part: int, whole: int) -> str:
    """ "86,40 %" in Spanish and "86.40%" in English, rounded half up; "—" of nothing."""
    return hundredths(percent(part, whole))


def hundredths(value: int | None) -> str:
    """Hundredths of a per cent in words; "—" of nothing."""
    return "—" if value is None else f"{_decimal(value)}{_per_cent()}"


def change(now: int, before: int) -> str:
    """How much more or less than in the period before: "38 more, 1,246 before"."""
    known = {"before": figures.number(before), "count": figures.number(abs(now - before))}
    if now == before:
        return _("as many as before")
    return (_("%(count)s more, %(before)s before") if now > before else _("%(count)s fewer, %(before)s before")) % known


def change_of_share(now: int | None, before: int | None) -> str:
    """How a share changed: "1.20 points more"; "" where there is nothing to compare."""
    if now is None or before is None:
        return ""
    if now == before:
        return _("the same share as before")
    points = {"points": _decimal(abs(now - before))}
    return (_("%(points)s points more") if now > before else _("%(points)s points less")) % points


def wait(value: int | None) -> str:
    """Hundredths of a second as people say them: "1 min 06 s", "42 s"; "—" where nobody knows."""
    if value is None:
        return "—"
    seconds = (value + 50) // 100
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}{NO_BREAK}min {rest:02d}{NO_BREAK}s" if minutes else f"{rest}{NO_BREAK}s"


def duration_class(place: int) -> str:
    """A class of durations: "under 1 h", "4 h to 8 h", "30 d or more"."""
    if place == 0:
        return _("under %(end)s") % {"end": _bound(0)}
    if place == len(BOUNDS):
        return _("%(start)s or more") % {"start": _bound(place - 1)}
    return _("%(start)s to %(end)s") % {"start": _bound(place - 1), "end": _bound(place)}


def took(seconds: int | None) -> str:
    """How long something took; "" where it takes no time."""
    return "" if seconds is None else figures.age(timedelta(seconds=seconds))


def deadline(label: str) -> str:
    """The deadlines of one term: "First response, 24 hours"."""
    purpose, amount, unit, policy = rows.read_label(label)
    term = length(Term.from_members({"amount": amount, "unit": unit}))
    name = policy or str(ticket_words.PURPOSES[purpose])
    return f"{name}, {term}"


def case_type(name: str) -> str:
    """A type of case in words."""
    return str(ticket_words.TYPES[name][0]) if name in ticket_words.TYPES else name


def _bound(place: int) -> str:
    seconds = BOUNDS[place]
    return f"{seconds // HOUR}{NO_BREAK}h" if seconds <= 2 * DAY else f"{seconds // DAY}{NO_BREAK}d"


def _decimal(value: int) -> str:
    text = written(value) or ""
    return text.replace(".", ",") if figures.language() == "es" else text


def _per_cent() -> str:
    return f"{NO_BREAK}%" if figures.language() == "es" else "%"
