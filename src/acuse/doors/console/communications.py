"""The list of communications: search, filters, pages, live status, CSV."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from acuse import clock
from acuse.accounts.queries import Access
from acuse.certificates import queries as certificates
from acuse.clock import to_rfc3339
from acuse.dates import DAYS
from acuse.delivery import queries as delivery
from acuse.delivery.queries import CommunicationRow, Filters
from acuse.doors.console import first_run
from acuse.doors.console.dropped import drop_nonsense
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.mail_chart import result_word, size_word
from acuse.doors.console.timeline import evidence_state
from acuse.doors.console.wording import StatusWord, mark_word, status
from acuse.doors.ui import figures, grades
from acuse.doors.ui.cells import Echo, safe
from acuse.errors import InputError
from acuse.evidence.anchors import development_anchors
from acuse.evidence.queries import LedgerState, ledger_state
from acuse.proof.facts.communication import FAILURE_CLASSES

EXPORT_LIMIT = 100_000
TERMS = (7, 30, 90)
#: Tabs, by status and result, that are there while they have something.
_RARE = frozenset({("unopened", ""), ("refused", ""), ("", "undetermined")})
EARLIEST, LATEST = 2000, 2999
ASKED = ("q", "status", "grade", "class", "result", "domain", "size", "days")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One row as the table shows it."""

    row: CommunicationRow
    status: StatusWord
    mark: str
    mark_word: str
    development: bool
    last: str


@dataclass(frozen=True, kw_only=True)
class Day:
    """The rows of one day."""

    title: str
    rows: tuple[Shown, ...]


def span(first: date, last: date) -> str:
    """The value of ``days`` in an address that narrows the list from one day to another, both included."""
    return f"{first.isoformat()}..{last.isoformat()}"


def _term(text: str) -> tuple[datetime | None, datetime | None]:
    """From when and until when ``days`` narrows the list: some days back, or a `span`; whatever else it is, nothing."""
    if text in {str(term) for term in TERMS}:
        return clock.now() - timedelta(days=int(text)), None
    try:
        first, last = (date.fromisoformat(part) for part in text.split(".."))
    except ValueError:
        return None, None
    if first.year < EARLIEST or first > last or last.year > LATEST:
        return None, None
    begins, ends = (datetime.combine(day, time()) for day in (first, last + timedelta(days=1)))
    return timezone.make_aware(begins), timezone.make_aware(ends)


def read_filters(request: HttpRequest) -> Filters:
    """The filters of an address; whatever is not understood narrows nothing."""
    asked = request.GET
    grade, size = asked.get("grade", ""), asked.get("size", "")
    since, until = _term(asked.get("days", ""))
    return Filters(
        search=_text(asked.get("q", ""))[:200],
        state=asked.get("status", ""),
        grade=int(grade) if grade in {str(one) for one in range(grades.HIGHEST + 1)} else None,
        failure_class=asked.get("class", ""),
        result=asked.get("result", ""),
        domain=_text(asked.get("domain", ""))[:255],
        size=int(size) if size in {str(octets) for octets in delivery.SIZES} else None,
        since=since,
        until=until,
    )


def _understood(filters: Filters) -> dict[str, bool]:
    """Which filters say something, by their names in an address."""
    return {
        "status": filters.state in delivery.STATES,
        "grade": filters.grade is not None,
        "class": filters.failure_class in FAILURE_CLASSES,
        "result": filters.result in delivery.RESULTS,
        "size": filters.size is not None,
        "days": filters.since is not None,
    }


def _filters(request: HttpRequest, access: Access) -> Filters:
    """The filters of an address; what is searched for may be the beginning of a document's code too."""
    filters = read_filters(request)
    return replace(filters, also=certificates.communications_by_code(access, beginning=filters.search))


def _text(value: str) -> str:
    return value.replace("\0", " ").strip()  # PostgreSQL's text has no NUL


def _all_shown(rows: Sequence[CommunicationRow]) -> list[Shown]:
    state = ledger_state()
    stamped = development_anchors([row.last_position for row in rows if row.last_position is not None])
    return [_shown(row, state, development=stamped.get(row.last_position or 0, False)) for row in rows]


def _shown(row: CommunicationRow, state: LedgerState, *, development: bool) -> Shown:
    mark = evidence_state(row.last_position, anchored_size=state.anchored_size)
    local = timezone.localtime(row.last_at)
    today = timezone.localdate()
    last = (
        f"{local:%H:%M:%S}" if local.date() == today else f"{DAYS[figures.language()][local.weekday()]} {local:%H:%M}"
    )
    if today - local.date() >= timedelta(days=7):
        last = figures.day(row.last_at)
    return Shown(
        row=row,
        status=status(row.status, outcome=row.outcome, unopened=row.unopened),
        mark=mark,
        mark_word=mark_word(mark, development=development),
        development=development and mark == "stamped",
        last=last,
    )


def _day_title(moment: datetime) -> str:
    today = timezone.localdate()
    title = figures.weekday_and_day(moment)
    if timezone.localtime(moment).date() == today:
        return _("Today, %(day)s") % {"day": title}
    return title[:1].upper() + title[1:]


def _days(rows: Sequence[Shown]) -> list[Day]:
    days = groupby(rows, key=lambda one: timezone.localtime(one.row.created_at).date())
    grouped = [tuple(group) for _day, group in days]
    return [Day(title=_day_title(group[0].row.created_at), rows=group) for group in grouped]


def _address(request: HttpRequest, **changes: str) -> str:
    """The present filters as a query string, with some changed; empty ones left out, pages begun anew."""
    kept = {name: request.GET.get(name, "") for name in ASKED}
    return "?" + urlencode({name: value for name, value in {**kept, **changes}.items() if value})


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The list, or the first steps where nothing has been sent yet."""
    if (without := drop_nonsense(request, _understood(read_filters(request)))) is not None:
        return without
    filters = _filters(request, access)
    found = certificates.communication_of(access, code=filters.search) if filters.search else None
    if found is not None:
        return redirect("console:communication", access.view.slug, found)
    if not filters.narrowing and not delivery.any_communication(access):
        return first_run.first_run(request, access)
    try:
        shown = delivery.communications(access, filters=filters, cursor=request.GET.get("after", ""))
    except InputError:
        return redirect(f"{request.path}{_address(request)}")
    rows = _all_shown(shown.rows)
    context = {
        "filters": filters,
        "days": _days(rows),
        "development": any(row.development for row in rows),
        "page": shown,
        "count_limit": delivery.COUNT_LIMIT,
        "tabs": _tabs(request, access, filters),
        "older": _address(request, after=shown.older) if shown.older else "",
        "first": _address(request) if request.GET.get("after") else "",
        "news": _news_address(request, shown),
        "export": f"export.csv{_address(request)}",
        "terms": TERMS,
        "asked_days": request.GET.get("days", ""),
        "classes": [
            (name, grades.failure_word(name)) for name in FAILURE_CLASSES if name not in {"throttled", "undetermined"}
        ],
        "grades": [(str(grade), grades.word(grade)) for grade in range(grades.HIGHEST + 1)],
        "chosen_span": _span_said(filters),
        "others": _others(filters),
        "wider": _address(request, **dict.fromkeys(set(ASKED) - {"q", "status"}, "")),
        "filters_said": _said(filters, request.GET.get("days", "")),
    }
    return page(request, access, "communications", "console/communications.html", context)


def _news_address(request: HttpRequest, shown: delivery.Page) -> str:
    return (
        _address(request, since=shown.newest, ids=",".join(str(row.id) for row in shown.rows)) if shown.newest else ""
    )


def _tabs(request: HttpRequest, access: Access, filters: Filters) -> list[tuple[str, str, int, bool]]:
    counts = delivery.counts(access, filters=filters)
    words = _state_words()
    named = [
        (("", ""), _("All"), counts.everything),
        (("in_progress", ""), words["in_progress"], counts.in_progress),
        (("unopened", ""), words["unopened"], counts.unopened),
        (("concluded", ""), words["concluded"], counts.concluded),
        (("refused", ""), words["refused"], counts.refused),
        (("", "failed"), words["failed"], counts.failed),
        (("", "undetermined"), _("Undetermined"), counts.undetermined),
    ]
    chosen = (filters.state, filters.result)
    return [
        (_address(request, status=status, result=result), word, count, chosen == (status, result))
        for (status, result), word, count in named
        if count or (status, result) not in _RARE or (status, result) == chosen
    ]


def _state_words() -> dict[str, str]:
    return {
        "in_progress": _("Under way"),
        "unopened": _("Unopened"),
        "concluded": _("Concluded"),
        "refused": _("Refused"),
        "failed": _("Failed"),
    }


def _span_said(filters: Filters) -> str:
    """From one day to another, in words; "" where the list is narrowed to no such span."""
    if filters.since is None or filters.until is None:
        return ""
    last = filters.until - timedelta(hours=1)
    return figures.days(timezone.localdate(filters.since), timezone.localdate(last))


def _others(filters: Filters) -> list[tuple[str, str, str, str, str]]:
    """What figures narrow the list to beside what its own controls do: name, icon, label, value and its words."""
    set_ones = []
    if filters.result in delivery.RESULTS:
        set_ones.append(("result", "paper-plane-tilt", _("Result"), filters.result, result_word(filters.result)))
    if filters.domain:
        set_ones.append(("domain", "at", _("Domain"), filters.domain, filters.domain))
    if filters.size is not None:
        set_ones.append(("size", "package", _("Size"), str(filters.size), size_word(filters.size)))
    return set_ones


def _said(filters: Filters, days: str) -> str:
    """The filters in words, for the empty list."""
    parts = []
    if filters.search:
        parts.append(_("“%(words)s”") % {"words": filters.search})
    if filters.grade is not None:
        parts.append(_("grade G%(grade)d") % {"grade": filters.grade})
    if filters.failure_class:
        parts.append(grades.failure_word(filters.failure_class))
    if filters.state:
        parts.append(_state_words()[filters.state])
    parts += [words for _name, _icon, _label, _value, words in _others(filters)]
    if filters.until is not None:
        parts.append(_span_said(filters))
    elif filters.since is not None:
        parts.append(_("last %(days)s days") % {"days": days})
    return ", ".join(parts)


@require_GET
@member_view
def news(request: HttpRequest, access: Access) -> HttpResponseBase:
    """What changed since the list was shown: present state of its rows, and how many new ones wait."""
    ids = _identities(request.GET.get("ids", ""))
    try:
        waiting = delivery.newer(access, filters=_filters(request, access), cursor=request.GET.get("since", ""))
    except InputError:
        waiting = 0
    rows = _all_shown(delivery.rows_of(access, ids=ids))
    context = {"rows": rows, "waiting": waiting, "fresh": _address(request), "slug": access.view.slug}
    return render(request, "console/communications_news.html", context)


def _identities(text: str) -> list[UUID]:
    found = []
    for part in text.split(",")[: delivery.PAGE]:
        try:
            found.append(UUID(part))
        except ValueError:
            continue
    return found


def _lines(access: Access, filters: Filters) -> Iterator[str]:
    writer = csv.writer(Echo())
    head = (
        "id",
        "created_at",
        "sender",
        "recipient",
        "subject",
        "status",
        "outcome",
        "grade",
        "failure_class",
        "attempts",
        "last_fact_at",
    )
    yield "\ufeff" + writer.writerow(head)
    cursor, written = "", 0
    while written < EXPORT_LIMIT:
        shown = delivery.communications(access, filters=filters, cursor=cursor, limit=500)
        for row in shown.rows:
            cells = (
                str(row.id),
                to_rfc3339(row.created_at),
                safe(row.sender),
                safe(row.recipient),
                safe(row.subject),
                row.status,
                row.outcome,
                f"G{row.grade}",
                row.failure_class,
                row.attempts,
                to_rfc3339(row.last_at),
            )
            yield writer.writerow(cells)
        written += len(shown.rows)
        cursor = shown.older
        if not cursor:
            return


@require_GET
@member_view
def export(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The list as CSV, with the same filters."""
    response = StreamingHttpResponse(_lines(access, _filters(request, access)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{access.view.slug}-communications.csv"'
    return response
