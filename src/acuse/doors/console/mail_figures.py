"""The page of figures: how much was sent, what came of it, how big it was, and how well each domain takes it."""

from dataclasses import dataclass
from datetime import datetime, time
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from acuse.accounts.queries import Access
from acuse.delivery import queries as delivery
from acuse.delivery.queries import DomainHealth
from acuse.doors.console import failures, mail_chart
from acuse.doors.console.communications import span
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.mail_chart import STACK, Bar, Chart, Period
from acuse.doors.ui import figures


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A number with what it counts, and the query of the list that shows just those."""

    key: str
    word: str
    count: int
    query: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One period of a table: its bar, how many in all, and of each series; `when` is in words."""

    bar: Bar
    when: str
    every: Counted
    each: tuple[Counted, ...]


@dataclass(frozen=True, kw_only=True)
class Strip:
    """One failure class over time."""

    total: Counted
    chart: Chart


@dataclass(frozen=True, kw_only=True)
class Size:
    """One class of size; `width` of its bar in the drawing's units, `share` of all in words."""

    counted: Counted
    share: str
    width: float


@dataclass(frozen=True, kw_only=True)
class Domain:
    """One domain: how many were sent there, what came of them, and what waits.

    Attributes:
        accepted, lost: how long the parts of its bar are, in the drawing's units.
        share: of what was sent there, accepted, in words.
        median: in words; "—" where nothing was accepted.
    """

    name: str
    sent: Counted
    each: tuple[Counted, ...]
    accepted: float
    lost: float
    share: str
    median: str


def _counted(key: str, word: str, count: int, period: Period, **narrowed: str) -> Counted:
    return Counted(
        key=key, word=word, count=count, query="?" + urlencode({**narrowed, "days": span(period.first, period.last)})
    )


def _result(name: str, count: int, period: Period, **narrowed: str) -> Counted:
    return _counted(name, mail_chart.result_word(name), count, period, result=name, **narrowed)


def _rows(chart: Chart) -> list[Row]:
    return [
        Row(
            bar=bar,
            when=figures.days(bar.period.first, bar.period.last),
            every=_counted("", "", bar.total, bar.period),
            each=tuple(_result(name, count, bar.period) for name, count in bar.counts.items()),
        )
        for bar in chart.filled
    ]


def _strips(charts: dict[str, Chart], whole: Period) -> list[Strip]:
    return [
        Strip(
            total=_counted(name, failures.words(name)[0], chart.totals["failed"], whole, **{"class": name}),
            chart=chart,
        )
        for name, chart in charts.items()
    ]


def _failure_rows(charts: dict[str, Chart]) -> list[tuple[str, list[Counted]]]:
    """The periods in which anything failed, the latest first, with how many of each class."""
    rows = []
    for bars in zip(*(chart.bars for chart in charts.values()), strict=True):
        if any(bar.total for bar in bars):
            period = bars[0].period
            cells = [
                _counted(name, "", bar.total, period, **{"class": name}) for name, bar in zip(charts, bars, strict=True)
            ]
            rows.append((figures.days(period.first, period.last), cells))
    return rows[::-1]


def _sizes(access: Access, since: datetime, whole: Period) -> list[Size]:
    counts = delivery.counts_by_size(access, since=since)
    most, every = max(counts.values()) or 1, sum(counts.values())
    return [
        Size(
            counted=_counted(str(octets), mail_chart.size_word(octets), count, whole, size=str(octets)),
            share=figures.share(count, every),
            width=mail_chart.width_of(count, most),
        )
        for octets, count in counts.items()
    ]


def _domain(health: DomainHealth, whole: Period) -> Domain:
    accepted, failed = health.results.get("accepted", 0), health.results.get("failed", 0)
    return Domain(
        name=health.domain,
        sent=_counted("", "", health.sent, whole, domain=health.domain),
        each=tuple(
            _result(name, health.results.get(name, 0), whole, domain=health.domain)
            for name in ("accepted", "waiting", "failed")
        ),
        accepted=mail_chart.width_of(accepted, health.sent),
        lost=mail_chart.width_of(failed, health.sent),
        share=figures.share(accepted, health.sent),
        median="—" if health.median is None else figures.length(health.median),
    )


def _sentence(sent: int, days: int) -> str:
    where = ngettext("in the last 24 hours", "in the last %(days)d days", days) % {"days": days}
    counted = ngettext("%(number)s communication", "%(number)s communications", sent) % {"number": figures.number(sent)}
    return _("%(counted)s %(where)s, today included.") % {"counted": counted, "where": where}


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page; ``?days=`` chooses how far back."""
    term = mail_chart.term_of(request.GET.get("days", ""))
    shown = mail_chart.periods(term, timezone.localdate())
    whole = Period(first=shown[0].first, last=shown[-1].last)
    since = timezone.make_aware(datetime.combine(whole.first, time()))
    counts = delivery.counts_by_day(access, since=since, zone=timezone.get_current_timezone())
    chart, charts = mail_chart.results_chart(counts, shown), mail_chart.failures_charts(counts, shown)
    sent = sum(chart.totals.values())
    context: dict[str, object] = {
        "term": term,
        "terms": mail_chart.TERMS,
        "sent": sent,
        "all": _counted("", "", sent, whole),
        "sentence": _sentence(sent, term.days),
    }
    if sent:
        context |= {
            "chart": chart,
            "totals": [_result(name, chart.totals.get(name, 0), whole) for name in STACK if name in chart.totals],
            "accepted_share": figures.share(chart.totals.get("accepted", 0), sent),
            "failed_share": figures.share(chart.totals.get("failed", 0), sent),
            "accepted": _result("accepted", chart.totals.get("accepted", 0), whole),
            "failed": _result("failed", chart.totals.get("failed", 0), whole),
            "waiting": _result("waiting", chart.totals.get("waiting", 0), whole),
            "ticks": mail_chart.ticks(shown),
            "rows": _rows(chart),
            "strips": _strips(charts, whole),
            "failure_rows": _failure_rows(charts),
            "sizes": _sizes(access, since, whole),
            **_domains(access, since, whole),
        }
    return page(request, access, "figures", "console/figures.html", context)


def _domains(access: Access, since: datetime, whole: Period) -> dict[str, object]:
    found = delivery.domain_health(access, since=since)
    return {
        "domains": [_domain(health, whole) for health in found.shown],
        "every_domain": found.every,
        "more_domains": found.every > len(found.shown),
    }
