"""Calendars: the list, one of them with its week, its year and its seasons, and its versions with their proof."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from acuse import clock
from acuse.accounts.members import members
from acuse.accounts.queries import Access
from acuse.calendars import queries, regions, services, zones
from acuse.calendars.opening import State, state_at
from acuse.calendars.queries import CalendarView, VersionView
from acuse.calendars.timetable import Timetable
from acuse.doors.console import calendar_words as words
from acuse.doors.console.acts import found
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.opening_hours import state_sentence, weekday
from acuse.doors.ui.security import download
from acuse.errors import AcuseError
from acuse.evidence.queries import bundle_for
from acuse.helpdesk.queries.lines import calendars_of_lines
from acuse.helpdesk.queries.policies import calendars_in_use
from acuse.proof.facts.calendar import KIND

_EVENING_BEFORE = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A calendar in the list.

    Attributes:
        state: whether it is open now; None where its version cannot be read. sentence: the same in words.
        week: its usual hours in words.
    """

    view: CalendarView
    state: State | None
    sentence: str
    week: tuple[tuple[str, str], ...]


def _state(access: Access, view: CalendarView) -> tuple[State | None, str]:
    """Return whether a calendar is open now, and in words; None where its version cannot be read."""
    now = clock.now()
    try:
        version, _cited = queries.current_version(access.organisation, view.id)
        state = state_at(version, now)
    except AcuseError:
        return None, _("Its version in custody cannot be read. Tell whoever runs this installation.")
    return state, state_sentence(state, view.zone, now)


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The list; every member may read it. ``?archived`` shows those that were put away."""
    archived = "archived" in request.GET
    lines = []
    for view in queries.calendars(access, archived=archived):
        state, sentence = _state(access, view)
        lines.append(Line(view=view, state=state, sentence=sentence, week=words.week_lines(view.definition.week)))
    others = bool(queries.calendars(access, archived=True)) if not archived else False
    context = {"lines": lines, "archived": archived, "others": others}
    return page(request, access, "calendars", "console/calendars.html", context)


@require_GET
@member_view
def one(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """A calendar: this week, a year (``?year=``), its seasons, what counts as a business day, and its versions."""
    with found():
        view = queries.calendar(access, id)
    now = clock.now().astimezone(zones.zone(view.zone))
    first = view.valid_from.astimezone(zones.zone(view.zone)).year
    last = view.valid_until.astimezone(zones.zone(view.zone)).year - 1
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else now.year
    year = min(max(year, first), last)
    timetable = Timetable(view.definition, date(first, 1, 1) - _EVENING_BEFORE, date(last + 1, 1, 7))
    state, sentence = _state(access, view)
    names = {member.id: member.name or member.email for member in members(access)}
    region = view.definition.region
    context: dict[str, object] = {
        "view": view,
        "state": state,
        "sentence": sentence,
        "week": words.week_view(timetable, now),
        "usual": words.week_lines(view.definition.week),
        "seasons": words.season_views(view.definition),
        "ticks": words.month_ticks(),
        "today": words.day_of_year(now.date()),
        "business": words.business_words(view.definition),
        "region": regions.REGIONS.get(region.code, region.code) if region else "",
        "year": year,
        "years": range(first, last + 1),
        "months": words.year_view(timetable, view.definition, year),
        "weekdays": [weekday(number) for number in range(7)],
        "holidays": words.holidays_of_year(timetable, year),
        "versions": [(row, _who(row, names)) for row in queries.versions(access, id)],
    }
    return page(request, access, "calendars", "console/calendar.html", context)


def _who(version: VersionView, names: dict[UUID, str]) -> str:
    if version.published_by is None:
        return _("Acuse, for the new year")
    return names.get(version.published_by, _("a former member"))


@require_GET
@member_view
def version(request: HttpRequest, access: Access, id: UUID, number: int) -> HttpResponseBase:
    """A version byte for byte as it is kept and cited."""
    with found():
        content = queries.version(access, id, number)
    return download(content, filename=f"calendar-{id}-{number}.json", media_type="application/json")


@require_GET
@member_view
def proof(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """The proof of every version: the facts of the calendar with their place in the ledger."""
    with found():
        queries.calendar(access, id)
    bundle = bundle_for(organisation=access.organisation, kind=KIND, id=id)
    if bundle is None:
        messages.error(request, _("No time stamp covers the newest version yet; try again in some minutes."))
        return redirect("console:calendar", access.view.slug, id)
    return download(bundle.to_json(), filename=f"calendar-{id}-proof.json", media_type="application/json")


@require_POST
@member_view
def archive(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Put a calendar away, unless terms are counted by it."""
    access.require_manager()
    if id in calendars_in_use(access):
        messages.error(request, _("Terms are counted by it. Choose another calendar for them first."))
        return redirect("console:calendar", access.view.slug, id)
    if id in calendars_of_lines(access):
        messages.error(request, _("A telephone line is attended by it. Choose another calendar for it first."))
        return redirect("console:calendar", access.view.slug, id)
    with found():
        services.archive_calendar(access=access, calendar=id)
    messages.success(request, _("Archived. What was begun with it is counted by it as before."))
    return redirect("console:calendars", access.view.slug)
