"""The list of calls with what they add up to, one of them with its facts, and the export."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from acuse.accounts.queries import Access, active_members
from acuse.clock import to_rfc3339
from acuse.doors.console.dropped import drop_nonsense
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.timeline import evidence_state
from acuse.doors.console.wording import mark_word
from acuse.doors.ui import figures
from acuse.doors.ui.cells import Echo, safe
from acuse.doors.ui.phone_words import RESULT_NOTES, RESULTS, RESULTS_COUNTED, seconds, times
from acuse.doors.ui.places import read_place, write_place
from acuse.evidence.anchors import development_anchors
from acuse.evidence.queries import LedgerFact, ledger_state
from acuse.helpdesk.queries.calls import (
    COUNTED,
    Filters,
    Sums,
    any_call,
    call,
    callers,
    calls,
    count,
    every_call,
    local_day,
    sums,
)
from acuse.helpdesk.queries.lines import lines

EXPORT_LIMIT = 200_000
ASKED = ("line", "result", "member", "since", "until", "q")
HEAD = (
    *("started_at", "line", "number", "result", "waited", "talked"),
    *("member", "case", "outcome", "reference"),
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """A fact of a call in a line: when it was recorded, what it says, who, and how far it is proved."""

    at: datetime
    text: str
    who: str
    mark: str
    mark_word: str
    development: bool
    position: int | None


def read_filters(request: HttpRequest) -> Filters:
    """The filters of an address; whatever is not understood narrows nothing."""
    asked = request.GET
    result = asked.get("result", "")
    return Filters(
        line=_uuid(asked.get("line", "")),
        result=result if result in RESULTS else "",
        member=_uuid(asked.get("member", "")),
        since=_date(asked.get("since", "")),
        until=_date(asked.get("until", "")),
        search=asked.get("q", "").replace("\0", " ").strip()[:200],
    )


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The calls, the latest first; above them what those of the days asked for, or of today, add up to."""
    filters = read_filters(request)
    understood: dict[str, object] = {
        "line": filters.line,
        "result": filters.result,
        "member": filters.member,
        "since": filters.since,
        "until": filters.until,
    }
    if (without := drop_nonsense(request, {name: bool(value) for name, value in understood.items()})) is not None:
        return without
    place = read_place(request)
    found = calls(access, filters, after=place)
    dated = filters.since is not None or filters.until is not None
    today = local_day(access)
    counted = replace(filters, result="") if dated else replace(filters, result="", since=today, until=today)
    members = active_members(access)
    names = callers(access, numbers=[row.number for row in found.items])
    kept = {name: request.GET[name] for name in ASKED if request.GET.get(name)}
    context: dict[str, object] = {
        "filters": filters,
        "rows": [
            (row, RESULTS[row.result], names.get(row.number, ""), times(waited=row.waited, talked=row.talked))
            for row in found.items
        ],
        "sums": _summed(sums(access, counted)),
        "dated": dated,
        "total": count(access, filters),
        "count_limit": COUNTED,
        "lines": lines(access),
        "members": members,
        "results": RESULTS,
        "none_yet": not found.items and not filters.narrowing and not any_call(access),
        "further": urlencode({**kept, "before": write_place(found.after)}) if found.after else "",
        "first": urlencode(kept) if place else "",
        "export": f"export.csv?{urlencode(kept)}",
    }
    return page(request, access, "calls", "console/phone/calls.html", context)


def _summed(found: Sums) -> dict[str, object]:
    """The sums as cells: word, number, share and what it means; and the waits in words."""
    cells = [
        (word, getattr(found, value), figures.share(getattr(found, value), found.all), RESULT_NOTES[value], value)
        for value, word in RESULTS_COUNTED.items()
    ]
    mean = None if found.mean_wait is None else round(found.mean_wait)
    return {"cells": cells, "all": found.all, "mean": seconds(mean), "longest": seconds(found.longest_wait)}


@require_GET
@member_view
def one(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """A call, and each of its facts with its evidence."""
    found = call(access, id=id)
    if found is None:
        raise Http404("There is no such call.")
    row, facts = found
    members = active_members(access)
    context: dict[str, object] = {
        "row": row,
        "result": RESULTS[row.result],
        "note": RESULT_NOTES[row.result],
        "waited": seconds(row.waited),
        "talked": seconds(row.talked),
        "member": members.get(row.member, _("a former member")) if row.member else "",
        "caller": callers(access, numbers=[row.number]).get(row.number, ""),
        "facts": _told(facts, members),
        "file": any(reference.role == "file" for reference in facts[0].fact.objects),
    }
    return page(request, access, "calls", "console/phone/call.html", context)


def _told(facts: tuple[LedgerFact, ...], members: dict[UUID, str]) -> list[Told]:
    size = ledger_state().anchored_size
    stamped = development_anchors([one.position for one in facts if one.position is not None])
    told = []
    for one in facts:
        state = evidence_state(one.position, anchored_size=size)
        development = stamped.get(one.position or 0, False)
        told.append(
            Told(
                at=one.fact.recorded_at,
                text=_("Registered") if one.fact.type == "call.registered" else _("Corrected"),
                who=members.get(UUID(one.fact.actor.id), _("a former member")),
                mark=state,
                mark_word=mark_word(state, development=development),
                development=development and state == "stamped",
                position=one.position,
            )
        )
    return told


@require_GET
@member_view
def export(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The list as CSV, with the same filters; the import of another organisation reads it."""
    rows = _lines(access, read_filters(request))
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{access.view.slug}-calls.csv"'
    return response


def _lines(access: Access, filters: Filters) -> Iterator[str]:
    writer, members = csv.writer(Echo()), active_members(access)
    yield "\ufeff" + writer.writerow(HEAD)
    for row in islice(every_call(access, filters), EXPORT_LIMIT):
        cells = (
            row.line_name,
            row.number,
            row.result,
            "" if row.waited is None else str(row.waited),
            "" if row.talked is None else str(row.talked),
            members.get(row.member, "") if row.member else "",
            row.ticket_key,
            row.outcome,
            row.reference,
        )
        yield writer.writerow([to_rfc3339(row.started_at), *map(safe, cells)])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 else None
