"""Deadlines in words: what is left as people count it, until when, and the ruler of days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acuse.accounts.queries import Access
from acuse.dates import DAYS
from acuse.doors.console import ticket_words as words
from acuse.doors.ui import figures
from acuse.helpdesk.queries.deadlines import DeadlineView, Glance
from acuse.helpdesk.queries.tickets import MOST_WARNED, warned
from acuse.helpdesk.ruler import Bar
from acuse.proof.business_time.term import Term

_GAP = timedelta(minutes=12)
#: So many days have their names side by side; of more, the first, the present and the last.
_NAMED = 8
#: What a name takes of the ruler's length on a telephone, and that of the present day, which says so.
_NAME, _NAME_NOW = 0.12, 0.24


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day of the ruler, in percent of its length: where it begins, its width, what is spent, where its word is."""

    at: str
    width: str
    spent: str
    word: str
    word_at: str
    now: bool


@dataclass(frozen=True, kw_only=True)
class Told:
    """A deadline as a page shows it; `urgency` is `met`, `risk`, `fail` or none."""

    name: str
    icon: str
    urgency: str
    strong: str
    rest: str
    view: DeadlineView
    bars: tuple[Day, ...]


def amount(span: timedelta, term: Term) -> str:
    """How much of a term, in its unit: "4 h 20 min hábiles", "10 días hábiles"."""
    business = term.unit.startswith("business")
    if term.in_days:
        days = span // timedelta(days=1)
        if business:
            return ngettext("%(count)d business day", "%(count)d business days", days) % {"count": days}
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    minutes = max(0, span // timedelta(minutes=1))
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours}{figures.NO_BREAK}h"] if hours else []
    parts += [f"{rest}{figures.NO_BREAK}min"] if rest or not hours else []
    said = " ".join(parts)
    return _("%(time)s of business time") % {"time": said} if business else said


def glance(one: Glance) -> words.Due:
    """What a list says of the deadline that matters first."""
    purpose = str(words.PURPOSES[one.purpose])
    if one.verdict == "paused":
        return words.Due(icon="pause-circle", urgency="", strong=_("Paused"), rest=purpose)
    if one.verdict == "missed":
        return words.Due(icon="flag", urgency="fail", strong=words.missed(one.late), rest=purpose)
    until = _("until %(limit)s") % {"limit": words.near(one.due_at, one.ahead)} if one.due_at else ""
    return words.Due(
        icon="hourglass-medium" if one.at_risk else "clock",
        urgency="risk" if one.at_risk else "",
        strong=amount(one.left, one.term) if one.left is not None else "",
        rest=f"{until}, {purpose}",
    )


def warning(access: Access) -> dict[str, object]:
    """What `console/warned.html` says of the deadlines that end soon."""
    number = warned(access)
    return {"warned": number, "warned_more": "+" if number == MOST_WARNED else ""}


def told(view: DeadlineView) -> Told:
    """One deadline of a case."""
    icon, urgency, strong, rest = _said(view)
    return Told(name=view.name, icon=icon, urgency=urgency, strong=strong, rest=rest, view=view, bars=_ruler(view.bars))


def first(deadlines: Sequence[Told]) -> Told | None:
    """The deadline that ends first of those that run, else one that stands still; None where none does."""
    lasting = [one for one in deadlines if not one.view.ended and one.view.verdict in {"running", "paused", "missed"}]
    return min(lasting, key=lambda one: (one.view.due_at is None, one.view.due_at or one.view.started_at), default=None)


def _ruler(bars: Sequence[Bar]) -> tuple[Day, ...]:
    """Return the days with their places; a day is as wide as the hours that count. Few of many have their name."""
    whole = sum((bar.counts for bar in bars), timedelta()) + _GAP * max(0, len(bars) - 1)
    starts = list(accumulate((bar.counts + _GAP for bar in bars), initial=timedelta()))[:-1]
    names = _named(bars, [begun / whole if whole else 0.0 for begun in starts])
    days = []
    for number, (bar, begun) in enumerate(zip(bars, starts, strict=True)):
        name = f"{DAYS[figures.language()][bar.day.weekday()]} {bar.day.day}"
        days.append(
            Day(
                at=_percent(begun, whole),
                width=_percent(bar.counts, whole),
                spent=_percent(min(bar.spent, bar.counts), whole),
                word=(_("%(day)s, now") % {"day": name} if bar.today else name) if number in names else "",
                word_at=f"{100 * names.get(number, 0.0):.2f}%",
                now=bar.today,
            )
        )
    return tuple(days)


def _named(bars: Sequence[Bar], starts: Sequence[float]) -> dict[int, float]:
    """Return which days have their name and where: the present one, and those that stand clear of it and of each other.

    Args:
        starts: where each day begins, in parts of the ruler; its name begins there, or ends where the ruler does.
    """
    wanted = (
        range(len(bars)) if len(bars) <= _NAMED else [0, *(n for n, bar in enumerate(bars) if bar.today), len(bars) - 1]
    )
    taken: dict[int, tuple[float, float]] = {}
    for number in sorted(wanted, key=lambda n: not bars[n].today):
        width = _NAME_NOW if bars[number].today else _NAME
        begin = min(starts[number], 1 - width)
        if all(begin + width <= other or until <= begin for other, until in taken.values()):
            taken[number] = begin, begin + width
    return {number: begin for number, (begin, _end) in taken.items()}


def _percent(part: timedelta, whole: timedelta) -> str:
    return f"{100 * (part / whole):.2f}%" if whole else "0%"


def _missed_by(view: DeadlineView) -> str:
    """By how much an end came late, counted as the term is, which is what its certificate says."""
    over = -view.left if view.left is not None else timedelta()
    return _("Missed by %(time)s") % {"time": amount(over, view.term) if over > timedelta() else figures.age(view.late)}


def _said(view: DeadlineView) -> tuple[str, str, str, str]:
    used = amount(view.used, view.term) if view.used is not None else ""
    match view.verdict:
        case "met":
            same_day = view.used is not None and view.term.in_days and view.used < timedelta(days=1)
            said = _("Met the same day") if same_day else _("Met in %(time)s") % {"time": used}
            return "check-circle", "met", said, ""
        case "missed":
            return "flag", "fail", _missed_by(view) if view.ended else words.missed(view.late), ""
        case "paused":
            since = _("since %(day)s") % {"day": words.limit(view.paused_at)} if view.paused_at else ""
            return "pause-circle", "", _("Paused"), since
        case "withdrawn":
            return "minus-circle", "", "", _("Replaced, or not needed any more")
    left = amount(view.left, view.term) if view.left is not None else ""
    until = _("until %(limit)s") % {"limit": words.near(view.due_at, view.ahead)} if view.due_at else ""
    return ("hourglass-medium", "risk", left, until) if view.at_risk else ("clock", "", left, until)
