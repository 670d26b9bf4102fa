"""The figures as a document of two pages: what its template sets in type, all in words. Sealed it is not."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from acuse.accounts.queries import Access
from acuse.dates import DAYS
from acuse.doors.console.service import asking, charts, words
from acuse.doors.ui import figures, load
from acuse.figures.queries import Source
from acuse.figures.rules import rows
from acuse.figures.rules.report import Report
from acuse.figures.rules.tallies import DAY
from acuse.pdf.text import drawn

TEMPLATE = Path(__file__).parent / "typst" / "report.typ"


def model(access: Access, asked: asking.Asked, found: Report, read: Source, now: datetime) -> dict[str, Any]:
    """Return what the template is given: texts and lengths, nothing to decide."""
    period = asked.question.period
    course = charts.course(found.days, today=period.last)
    return {
        "language": figures.language(),
        "title": _("Figures of service"),
        "organisation": drawn(access.view.name).text,
        "period": figures.days(period.first, period.last),
        "narrowed": drawn(asked.in_words() or _("all channels, mailboxes and teams")).text,
        "sections": _sections(found),
        "course": {
            "title": _("Received and answered by week") if course.weeks else _("Received and answered by day"),
            "top": _("most: %(count)s") % {"count": figures.number(course.top)},
            "bars": [
                {"received": bar.received / course.top, "answered": bar.answered / course.top} for bar in course.bars
            ],
            "first": figures.day_and_month(course.bars[0].first),
            "last": figures.day_and_month(course.bars[-1].last),
            "legend": [_("received"), _("answered")],
        },
        "map": _map(found),
        "deadlines": {
            "title": _("Deadlines met"),
            "rows": [
                {
                    "word": drawn(words.deadline(one.label)).text,
                    "told": _("%(met)s of %(every)s")
                    % {"met": figures.number(one.met), "every": figures.number(one.met + one.missed)},
                    "share": words.share(one.met, one.met + one.missed),
                    "part": one.met / (one.met + one.missed),
                }
                for one in found.deadlines
            ],
        },
        "distributions": [
            _distribution(_("Time to the first response"), found.first_responses),
            _distribution(_("Time to the resolution"), found.resolutions),
        ],
        "notes": _notes(access, asked, read, now),
    }


def _sections(found: Report) -> list[dict[str, Any]]:
    under_24, under_48 = found.within(DAY), found.within(2 * DAY)
    counts, cases = found.counts, found.cases
    decided = counts[rows.AGREED] + counts[rows.DISAGREED]
    answered = (
        (pgettext("messages", "Received"), found.received, ""),
        (pgettext("messages", "Answered"), found.answered, words.share(found.answered, found.received)),
        (_("Under 24 h"), under_24, words.share(under_24, found.answered)),
        (_("Under 48 h"), under_48, words.share(under_48, found.answered)),
        (_("After 48 h"), found.answered - under_48, words.share(found.answered - under_48, found.answered)),
    )
    opened = (
        (pgettext("cases", "Opened"), cases.opened, ""),
        (pgettext("cases", "Escalated"), cases.escalated, words.share(cases.escalated, cases.opened)),
        (_("Escalated and pending"), cases.pending, words.share(cases.pending, cases.opened)),
        (_("Closed without any answer"), cases.other, words.share(cases.other, cases.opened)),
        (_("Customers who agreed"), counts[rows.AGREED], words.share(counts[rows.AGREED], decided)),
        *([(str(words.KINDS[rows.NOT_COUNTABLE]), found.not_countable, "")] if found.not_countable else ()),
    )
    called = tuple(
        (str(words.KINDS[kind]), counts[kind], words.share(counts[kind], found.calls)) for kind in rows.CALLS
    )
    waits = [(_("Mean wait"), words.wait(found.wait), "")]
    if found.longest_wait is not None:
        day, longest = found.longest_wait
        waits.append((_("Of the worst day"), words.wait(longest), figures.day_and_month(day)))
    told = ((_("Messages"), answered), (_("Cases"), opened), (_("Telephone"), called))
    sections: list[dict[str, Any]] = [
        {"title": title, "rows": [[word, figures.number(count), share] for word, count, share in lines]}
        for title, lines in told
    ]
    sections[-1]["rows"] += [list(line) for line in waits]
    return sections


def _map(found: Report) -> dict[str, Any]:
    drawn_map = charts.heat_map(found.load)
    quiet = load.spans(found.quiet)
    return {
        "title": _("What came in, by weekday and hour"),
        "hours": [str(hour) for hour in drawn_map.hours],
        "rows": [
            {
                "day": DAYS[figures.language()][number],
                "cells": [{"count": figures.number(cell.count), "step": cell.step / charts.STEPS} for cell in cells],
            }
            for number, cells in enumerate(drawn_map.rows)
        ],
        "quiet": _("Quieter: %(spans)s") % {"spans": quiet} if quiet else "",
    }


def _distribution(title: str, counts: tuple[int, ...]) -> dict[str, Any]:
    most, every = max(counts) or 1, sum(counts)
    return {
        "title": title,
        "rows": [
            {
                "word": words.duration_class(place),
                "told": figures.number(count),
                "share": words.share(count, every),
                "part": count / most,
            }
            for place, count in enumerate(counts)
        ],
    }


def _notes(access: Access, asked: asking.Asked, read: Source, now: datetime) -> list[dict[str, str]]:
    """What the figures were derived from, and how anybody derives them again."""
    return [
        {"label": _("Made"), "text": f"{figures.day_and_time(now)} {figures.zone(now)}", "mono": ""},
        {
            "label": _("Derived from"),
            "text": _("the ledger's first %(count)s entries, whose root is") % {"count": figures.number(read.size)},
            "mono": read.root,
        },
        {
            "label": _("Again"),
            "text": _("whoever runs the installation derives them from the facts alone with"),
            "mono": drawn(asked.command(access.view.slug)).text,
        },
        {
            "label": _("How it is counted"),
            "text": _(
                "Local days of the organisation. Shares are rounded half up to two decimals. More are answered than "
                "received where messages of before the period are answered in it, or one several times."
            ),
            "mono": "",
        },
    ]
