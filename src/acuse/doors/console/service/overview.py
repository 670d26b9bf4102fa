"""The page of the figures of service."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from acuse.accounts.queries import Access
from acuse.dates import LONG_DAYS
from acuse.doors.console import ticket_words
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.service import asking, charts, words
from acuse.doors.console.service.checking import check_context
from acuse.doors.ui import figures, load
from acuse.doors.ui.errors import said
from acuse.errors import InputError
from acuse.evidence.streaming import ledger_size
from acuse.figures.behind import Which, behind
from acuse.figures.queries import figures_of, messages_of, source
from acuse.figures.rules import rows
from acuse.figures.rules.exact import percent
from acuse.figures.rules.report import Messages, Report
from acuse.figures.rules.tallies import DAY

_MISSED_SHOWN = 5
#: Entries of the ledger that may wait to be counted before the page says so.
_LAG = 500
#: Days of a period whose figures are added up before the page is shown.
_AT_ONCE = 31


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A number that opens what it counts.

    Attributes:
        word: what it counts. share: of something, in words; "" of nothing.
        change: against the period before. behind: address.
        note: what makes it look wrong and is not; "" where nothing does.
        width: of a bar.
    """

    word: str
    count: int
    behind: str
    share: str = ""
    change: str = ""
    note: str = ""
    width: float = 0


@dataclass(frozen=True, kw_only=True)
class Met:
    """The deadlines of one term: how many were met and missed; `width` and `rest` of their bar, in percent."""

    word: str
    parts: tuple[Counted, ...]
    width: float
    rest: float


Link = Callable[..., str]
"""Figure, and what narrows it -> address of what is behind it."""


@require_GET
@member_view
def overview(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page; its query chooses period, channel, mailbox and team."""
    try:
        asked = asking.read(access, request)
    except InputError as error:
        refused: dict[str, object] = {"refused": said(error), "given": request.GET, "periods": asking.PERIODS.items()}
        response = page(request, access, "figures", "console/service/refused.html", refused)
        response.status_code = 400
        return response
    shown = _head(asked)
    if asked.question.period.days > _AT_ONCE and not request.GET.get("whole"):
        # The page is there at once, and asks for its figures; without scripts it leads on to the whole.
        shown["later"] = asked.query(whole=1)
    else:
        shown |= _figures(access, asked)
    return page(request, access, "figures", "console/service/overview.html", shown)


def _head(asked: asking.Asked) -> dict[str, object]:
    """Return what the page shows whatever the figures are."""
    period = asked.question.period
    return {
        "asked": asked,
        "given": {**asked.days, **asked.narrowed},
        "periods": [(asked.of_period(name), word, name == asked.named) for name, word in asking.PERIODS.items()],
        "channels": [(name, word) for name, (word, _icon) in ticket_words.CHANNELS.items()],
        "period": figures.days(period.first, period.last),
    }


def _figures(access: Access, asked: asking.Asked) -> dict[str, object]:
    """Return what the page shows of its figures."""
    now = figures_of(access.organisation, asked.question)
    previous = asked.question.period.before()
    read = source()
    shown: dict[str, object] = {
        "previous": figures.days(previous.first, previous.last),
        "source": read,
        "command": asked.command(access.view.slug),
        "behind_ledger": max(ledger_size() - read.size, 0) > _LAG,
        "empty": now.empty,
        **check_context(access, asked),
    }
    if now.empty:
        return shown
    before = messages_of(access.organisation, replace(asked.question, period=previous))
    return {**shown, **_shown(access, asked, now, before)}


def _shown(access: Access, asked: asking.Asked, now: Report, before: Messages) -> dict[str, object]:
    address = reverse("console:service-behind", args=(access.view.slug,))

    def link(figure: str, **more: object) -> str:
        return address + asked.query(figure=figure, **more)

    halves = load.half_hours(now.half_hours, now.quiet)
    course = charts.course(now.days, today=timezone.localdate())
    return {
        "cards": _cards(now.messages, before, link),
        "map": _map(now, link),
        "quiet": _linked(load.spans(now.quiet), "#map-title"),
        "halves": halves,
        "ticks": load.ticks(halves),
        "calls": _calls(now, link),
        "every_call": Counted(word=_("Calls"), count=now.calls, behind=link("calls")),
        "wait": words.wait(now.wait) if now.wait is None else _linked(words.wait(now.wait), link("call_answered")),
        "longest": _longest(now, link),
        "cases": _cases(now, link),
        "types": _types(now, link),
        "course": course,
        "spans": [(bar, _counted(bar, link)) for bar in course.bars],
        "deadlines": _deadlines(now, link),
        "not_countable": Counted(
            word=str(words.KINDS[rows.NOT_COUNTABLE]), count=now.not_countable, behind=link(rows.NOT_COUNTABLE)
        ),
        "missed": _missed(access, asked),
        "every_missed": Counted(word=_("all missed"), count=now.counts[rows.MISSED], behind=link(rows.MISSED)),
        "conformity": _conformity(now, link),
        "distributions": [
            (rows.FIRST, _("First response"), _distribution(now.first_responses, rows.FIRST, link)),
            (rows.RESOLVED, _("Resolution"), _distribution(now.resolutions, rows.RESOLVED, link)),
        ],
    }


def _cards(now: Messages, before: Messages, link: Link) -> list[Counted]:
    def of_answers(word: str, figure: str, count: Callable[[Messages], int]) -> Counted:
        share, old = percent(count(now), now.answered), percent(count(before), before.answered)
        return Counted(
            word=word,
            count=count(now),
            behind=link(figure),
            share=words.hundredths(share),
            change=words.change_of_share(share, old),
        )

    answered, old = percent(now.answered, now.received), percent(before.answered, before.received)
    return [
        Counted(
            word=pgettext("messages", "Received"),
            count=now.received,
            behind=link(rows.RECEIVED),
            change=words.change(now.received, before.received),
        ),
        Counted(
            word=pgettext("messages", "Answered"),
            count=now.answered,
            behind=link(rows.ANSWERED),
            share=words.hundredths(answered),
            change=words.change_of_share(answered, old),
            note=_("Includes answers to earlier messages, or several to one.") if now.answered > now.received else "",
        ),
        of_answers(_("Under 24 h"), "under_24", lambda one: one.within(DAY)),
        of_answers(_("Under 48 h"), "under_48", lambda one: one.within(2 * DAY)),
        of_answers(_("After 48 h"), "later", lambda one: one.answered - one.within(2 * DAY)),
    ]


def _map(now: Report, link: Link) -> dict[str, object]:
    drawn = charts.heat_map(now.load)
    names = LONG_DAYS[figures.language()]
    lines = [
        (names[number].capitalize(), [(cell, link("load", weekday=cell.weekday, hour=cell.hour)) for cell in cells])
        for number, cells in enumerate(drawn.rows)
    ]
    return {"hours": drawn.hours, "lines": lines, "most": drawn.most, "steps": range(charts.STEPS + 1)}


def _calls(now: Report, link: Link) -> list[tuple[str, Counted]]:
    told = (
        ("call_answered", pgettext("calls", "Answered")),
        ("call_abandoned", pgettext("calls", "Abandoned")),
        ("call_lost", pgettext("calls", "Lost")),
    )
    return [
        (
            kind,
            Counted(
                word=word,
                count=now.counts[kind],
                behind=link(kind),
                share=words.share(now.counts[kind], now.calls),
                width=charts.width_of(now.counts[kind], now.calls),
            ),
        )
        for kind, word in told
    ]


def _longest(now: Report, link: Link) -> tuple[str, str] | None:
    """Return the mean wait of the worst day, which opens its calls, and the day."""
    if now.longest_wait is None:
        return None
    day, wait = now.longest_wait
    # Of that day alone: it takes the place of the period.
    calls = link("call_answered", **{"from": day.isoformat(), "to": day.isoformat()})
    return _linked(words.wait(wait), calls), figures.day_and_month(day)


def _linked(told: str, address: str) -> str:
    """Return words in a sentence that open an address; "" of none."""
    return format_html('<a class="link" href="{}">{}</a>', address, told) if told else ""


def _cases(now: Report, link: Link) -> list[Counted]:
    cases = now.cases
    told = (
        ("opened", pgettext("cases", "Opened"), cases.opened),
        ("escalated", pgettext("cases", "Escalated"), cases.escalated),
        ("pending", _("Escalated and pending"), cases.pending),
        ("other", _("Closed without any answer"), cases.other),
    )
    return [
        Counted(
            word=word,
            count=count,
            behind=link(figure),
            share="" if figure == "opened" else words.share(count, cases.opened),
        )
        for figure, word, count in told
    ]


def _types(now: Report, link: Link) -> list[Counted]:
    most = max((one.opened for one in now.by_type.values()), default=0)
    found = [
        Counted(
            word=words.case_type(name),
            count=one.opened,
            behind=link("opened", label=name),
            width=charts.width_of(one.opened, most),
        )
        for name, one in now.by_type.items()
    ]
    return sorted(found, key=lambda one: -one.count)


def _counted(bar: charts.Bar, link: Link) -> list[Counted]:
    """What some days had; each leads to those days alone, which take the place of the period."""
    days = {"from": bar.first.isoformat(), "to": bar.last.isoformat()}
    told = ((rows.RECEIVED, bar.received), (rows.ANSWERED, bar.answered), ("calls", bar.calls))
    return [Counted(word=str(words.KINDS[kind]), count=count, behind=link(kind, **days)) for kind, count in told]


def _deadlines(now: Report, link: Link) -> list[Met]:
    return [
        Met(
            word=words.deadline(one.label),
            parts=(
                Counted(
                    word=pgettext("a deadline", "missed") if one.missed == 1 else _("missed"),
                    count=one.missed,
                    behind=link(rows.MISSED, label=one.label),
                ),
                Counted(
                    word=pgettext("a deadline", "met") if one.met == 1 else _("met"),
                    count=one.met,
                    behind=link(rows.MET, label=one.label),
                    share=words.share(one.met, one.met + one.missed),
                ),
            ),
            width=charts.width_of(one.met, one.met + one.missed),
            rest=charts.width_of(one.missed, one.met + one.missed),
        )
        for one in now.deadlines
    ]


def _missed(access: Access, asked: asking.Asked) -> list[dict[str, object]]:
    which = Which(figure=rows.MISSED)
    found = behind(access.organisation, asked.question, which, place=None, limit=_MISSED_SHOWN).lines
    return [{"line": line, "word": words.deadline(line.label), "late": words.took(line.seconds)} for line in found]


def _conformity(now: Report, link: Link) -> dict[str, object]:
    agreed = Counted(word=_("Agreed"), count=now.counts[rows.AGREED], behind=link(rows.AGREED))
    disagreed = now.counts[rows.DISAGREED]
    return {
        "share": words.share(agreed.count, agreed.count + disagreed),
        "agreed": agreed,
        "told": [
            Counted(word=_("Asked"), count=now.counts[rows.ASKED], behind=link(rows.ASKED)),
            agreed,
            Counted(word=_("Did not agree"), count=disagreed, behind=link(rows.DISAGREED)),
        ],
    }


def _distribution(counts: tuple[int, ...], figure: str, link: Link) -> list[Counted]:
    most, every = max(counts), sum(counts)
    return [
        Counted(
            word=words.duration_class(place),
            count=count,
            behind=link(figure, duration=place),
            share=words.share(count, every),
            width=charts.width_of(count, most),
        )
        for place, count in enumerate(counts)
    ]
