"""The chart of time stamps over time, drawn on the server: bars for eyes, a sentence and a table for all. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acuse.dates import MONTHS
from acuse.doors.ui import figures
from acuse.evidence.anchors import AnchorSpan

WIDTH, HEIGHT, LEAST = 960, 44, 4
TICKS = 4


@dataclass(frozen=True, kw_only=True)
class Term:
    """How far back a chart goes, and the span of one bar."""

    days: int
    span: timedelta

    @property
    def bars(self) -> int:
        """How many bars it has."""
        return timedelta(days=self.days) // self.span


TERMS = (
    Term(days=1, span=timedelta(minutes=15)),
    Term(days=7, span=timedelta(hours=2)),
    Term(days=30, span=timedelta(hours=8)),
)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One span of time with time stamps, in the drawing's units, and what the table says of it."""

    x: float
    y: float
    width: float
    height: float
    style: str
    when: str
    stamps: int
    facts: int


@dataclass(frozen=True, kw_only=True)
class Chart:
    """The chart.

    Args:
        bars: spans with time stamps, the oldest first.
        ticks: words along the axis, evenly spread from the first to now.
        sentence: what the chart shows, in words.
        development: a time stamp in it has no legal value.
        real: one has.
    """

    bars: tuple[Bar, ...]
    ticks: tuple[str, ...]
    sentence: str
    development: bool
    real: bool


def term_of(text: str) -> Term:
    """The asked term; the shortest where that is none."""
    return next((term for term in TERMS if str(term.days) == text), TERMS[0])


def chart(spans: Sequence[AnchorSpan], *, since: datetime, term: Term) -> Chart:
    """Draw the time stamps of a term.

    Args:
        spans: counted by `term.span` from `since` on.
        since: where the chart begins.
        term: how far it goes.
    """
    shown = [one for one in spans if 0 <= one.number < term.bars]
    most = max((one.facts for one in shown), default=1) or 1
    step = WIDTH / term.bars
    bars = tuple(_bar(one, since=since, term=term, step=step, most=most) for one in shown)
    moments = [since + timedelta(days=term.days) * part / TICKS for part in range(TICKS)]
    return Chart(
        bars=bars,
        ticks=(*(_tick(moment, term) for moment in moments), _("now")),
        sentence=_sentence(shown, term),
        development=any(one.development for one in shown),
        real=any(not one.development for one in shown),
    )


def _bar(one: AnchorSpan, *, since: datetime, term: Term, step: float, most: int) -> Bar:
    height = LEAST + (HEIGHT - LEAST) * sqrt(one.facts / most)
    begins = since + one.number * term.span
    return Bar(
        x=round(one.number * step + step * 0.15, 2),
        y=round(HEIGHT - height, 2),
        width=round(step * 0.7, 2),
        height=round(height, 2),
        style="development" if one.development else "stamped",
        when=f"{figures.day(begins)}, {_clock(begins)}–{_clock(begins + term.span)}",
        stamps=one.stamps,
        facts=one.facts,
    )


def _clock(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%H:%M}"


def _tick(moment: datetime, term: Term) -> str:
    if term.days == 1:
        return _clock(moment)
    local = timezone.localtime(moment)
    return f"{local.day}{figures.NO_BREAK}{MONTHS[figures.language()][local.month - 1]}"


def _sentence(shown: Sequence[AnchorSpan], term: Term) -> str:
    stamps, facts = sum(one.stamps for one in shown), sum(one.facts for one in shown)
    where = ngettext("in the last 24 hours", "in the last %(days)d days", term.days) % {"days": term.days}
    if not stamps:
        return _("No time stamp %(where)s.") % {"where": where}
    counted = ngettext("%(number)s time stamp", "%(number)s time stamps", stamps) % {"number": figures.number(stamps)}
    covered = ngettext("%(number)s fact", "%(number)s facts", facts) % {"number": figures.number(facts)}
    return _("%(stamps)s %(where)s, over %(facts)s.") % {"stamps": counted, "where": where, "facts": covered}
