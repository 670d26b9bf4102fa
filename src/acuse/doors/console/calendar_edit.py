"""Making and changing a calendar: the form, what it would change, and publishing it."""

import hashlib
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from acuse import clock
from acuse.accounts.queries import Access
from acuse.calendars import queries, services, zones
from acuse.calendars.differences import differences
from acuse.calendars.ical import MOST_BYTES, read_ical
from acuse.calendars.making import horizon, make_version
from acuse.calendars.presets import PRESETS
from acuse.calendars.queries import CalendarView
from acuse.calendars.rules import Definition
from acuse.calendars.timetable import Timetable
from acuse.doors.console import calendar_words as words
from acuse.doors.console.acts import found
from acuse.doors.console.calendar_forms import Editor
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui import figures
from acuse.doors.ui.errors import said
from acuse.errors import AccessDenied, AcuseError, InputError
from acuse.proof.canonical import canonicalise

_SHOWN = 40
_NO_CALENDAR = UUID(int=0)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What would be published.

    Attributes:
        seen: its digest, so that nothing else is published than what was looked at.
        changes: days that differ from the version there is, at most `_SHOWN`; of a new calendar none.
        more: how many further such groups there are. days: how many days differ in all.
        facts: pairs of what is told of it beside.
    """

    seen: str
    changes: list[words.Change]
    more: int
    days: int
    facts: list[tuple[str, str]]


def _presets() -> list[tuple[str, str, str]]:
    """Each calendar to begin with: its key, what it is called, its hours."""
    return [
        ("office", _("Office"), _("Monday to Friday, 09:00 to 18:00.")),
        ("shop", _("Shop"), _("Two shifts from Monday to Friday, and Saturday mornings.")),
        ("seasons", _("Hours that change with the season"), _("Longer in spring, mornings in August.")),
        ("always", _("Always open"), _("24 hours, every day of the year, holidays too.")),
    ]


@require_http_methods(["GET", "POST"])
@member_view
def new(request: HttpRequest, access: Access) -> HttpResponseBase:
    """A new calendar: what to begin with, then the form."""
    access.require_manager()
    preset = request.GET.get("preset", "")
    if preset not in PRESETS:
        return page(request, access, "calendars", "console/calendar_new.html", {"presets": _presets()})
    zone = access.view.time_zone if access.view.time_zone in zones.names() else "Europe/Madrid"
    first, last = _horizon(zone)
    editor = Editor(sent=_sent(request), name="", zone=zone, definition=PRESETS[preset], years=(first.year, last.year))
    return _form(request, access, editor, None)


@require_http_methods(["GET", "POST"])
@member_view
def edit(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """A calendar opened for changing it."""
    access.require_manager()
    with found():
        view = queries.calendar(access, id)
    first, last = _horizon(view.zone)
    editor = Editor(
        sent=_sent(request),
        name=view.name,
        zone=view.zone,
        definition=view.definition,
        years=(first.year, last.year),
    )
    return _form(request, access, editor, view)


def _horizon(zone: str) -> tuple[date, date]:
    """Return the days that a version spans that is made now, there."""
    return horizon(clock.now().astimezone(zones.zone(zone)).year)


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _form(request: HttpRequest, access: Access, editor: Editor, view: CalendarView | None) -> HttpResponseBase:
    """Carry out what a submit asks of the form, and show it again unless it published."""
    act = request.POST.get("act", "")
    shown: dict[str, object] = {"editor": editor, "view": view, "base": _base(request, view)}
    if act == "season":
        editor.add_season()
    elif act == "days":
        editor.add_days()
    elif act == "read":
        shown |= _read_file(request, editor)
    elif act in {"preview", "publish"}:
        preview = _preview(editor, view)
        if preview is not None and act == "publish" and request.POST.get("seen") == preview.seen:
            published = _publish(request, access, editor, view)
            if published is not None:
                return redirect("console:calendar", access.view.slug, published)
            preview = None
        shown["preview"] = preview
        shown["again"] = act == "publish"
    shown["wrong"] = act in {"preview", "publish"} and shown["preview"] is None
    return page(request, access, "calendars", "console/calendar_edit.html", shown)


def _base(request: HttpRequest, view: CalendarView | None) -> int:
    """Return the version on which the form was opened."""
    written = request.POST.get("base", "")
    if written.isascii() and written.isdecimal() and len(written) < 9:
        return int(written)
    return view.number if view else 0


def _read_file(request: HttpRequest, editor: Editor) -> dict[str, object]:
    """Add the days of the file that was sent; return what is said of it."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return {"file_error": _("Choose a file first.")}
    zone = str(editor.usual["zone"].value())
    try:
        first, last = _horizon(zone)
        read = read_ical(file.read(MOST_BYTES + 1), first=first, last=last, zone=zones.zone(zone))
    except InputError as error:
        return {"file_error": said(error)}
    added = editor.add_found(read)
    told = [ngettext("%(count)s day added to the list.", "%(count)s days added to the list.", added) % {"count": added}]
    if read.passed:
        told.append(_("Days of other years were left out: %(count)s.") % {"count": read.passed})
    if read.left_out:
        told.append(_("Not understood, and left out: %(names)s.") % {"names": ", ".join(read.left_out)})
    return {"told": told}


def _preview(editor: Editor, view: CalendarView | None) -> Preview | None:
    """Return what would be published; None where it cannot be, which the form then says."""
    definition = editor.definition()
    if definition is None:
        return None
    name, zone = editor.usual.cleaned_data["name"], editor.usual.cleaned_data["zone"]
    today = clock.now().astimezone(zones.zone(zone)).date()
    _first, last = horizon(today.year)
    try:
        make_version(calendar=_NO_CALENDAR, number=1, name=name, zone=zone, definition=definition, year=today.year)
    except InputError as error:
        editor.usual.add_error(None, said(error))
        return None
    after = Timetable(definition, today, last)
    changed = differences(Timetable(view.definition, today, last), after, today, last) if view else []
    return Preview(
        seen=hashlib.sha256(canonicalise([name, zone, definition.members()])).hexdigest(),
        changes=words.changes(changed[:_SHOWN]),
        more=max(0, len(changed) - _SHOWN),
        days=sum(len(one.dates) for one in changed),
        facts=[*_other_changes(view, name, zone), *_summary(definition, after, today.year + 1)],
    )


def _other_changes(view: CalendarView | None, name: str, zone: str) -> list[tuple[str, str]]:
    if view is None:
        return []
    told = ((_("Name"), view.name, name), (_("Time zone"), view.zone, zone))
    return [(label, f"{before} → {after}") for label, before, after in told if before != after]


def _summary(definition: Definition, timetable: Timetable, year: int) -> list[tuple[str, str]]:
    """What a year of it comes to."""
    days = [day for day in timetable.days() if day.date.year == year]
    minutes = sum(shift.end - shift.start for day in days for shift in day.shifts)
    return [
        (_("Business days in %(year)s") % {"year": year}, figures.number(sum(day.business for day in days))),
        (_("Open hours in %(year)s") % {"year": year}, figures.number(minutes // 60)),
        (_("Holidays in %(year)s") % {"year": year}, figures.number(sum(bool(day.holiday) for day in days))),
        (_("Seasons"), ", ".join(season.name for season in definition.seasons) or "—"),
    ]


def _publish(request: HttpRequest, access: Access, editor: Editor, view: CalendarView | None) -> UUID | None:
    """Publish what was looked at; None where it is refused, which the form then says."""
    definition = editor.definition()
    assert definition is not None
    given = editor.usual.cleaned_data
    try:
        made = services.publish_calendar(
            access=access,
            name=given["name"],
            zone=given["zone"],
            definition=definition,
            calendar=view.id if view else None,
            base=_base(request, view) if view else 0,
        )
    except AccessDenied:
        raise
    except AcuseError as error:
        editor.usual.add_error(None, said(error))
        return None
    messages.success(request, _("Published. What was begun before keeps the version it began with."))
    return made
