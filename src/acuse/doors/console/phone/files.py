"""Calls from a telephone exchange's file: how it is read, what would come in, and how far it is."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import tzinfo
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from acuse.accounts.queries import Access, active_members
from acuse.calendars.zones import names, zone
from acuse.doors.console.acts import refused_at
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.wording import StatusWord
from acuse.doors.ui import figures
from acuse.doors.ui.cells import Echo, safe
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.doors.ui.phone_words import RESULTS, times
from acuse.errors import ConflictError, InputError
from acuse.helpdesk.call_rules import Entered
from acuse.helpdesk.call_sheet import MOST_BYTES, MOST_ROWS, Plan, Row, check_plan
from acuse.helpdesk.queries.call_files import FileView, file, files, sample, wrong_rows
from acuse.helpdesk.queries.lines import LineView, lines
from acuse.helpdesk.services.call_files import add_file, cancel_file, plan_file, start_file

_FIELDS = (
    ("", gettext_lazy("nothing")),
    ("started", gettext_lazy("day and hour")),
    ("time", gettext_lazy("hour, where it has a column of its own")),
    ("line", gettext_lazy("line or number called")),
    ("number", gettext_lazy("number that called")),
    ("result", pgettext_lazy("call", "result")),
    ("waited", gettext_lazy("waiting time")),
    ("talked", gettext_lazy("talking time")),
    ("total", gettext_lazy("waiting and talking together")),
    ("agent", gettext_lazy("member who took it")),
    ("outcome", gettext_lazy("what came of it")),
    ("reference", gettext_lazy("the exchange's name of the call")),
)
_ORDERS = (("dmy", gettext_lazy("day/month/year")), ("mdy", gettext_lazy("month/day/year")))
_STATES = {
    "trying": (gettext_lazy("Being looked at"), "running", "circle-half"),
    "uploaded": (gettext_lazy("Not started"), "plain", "clock"),
    "running": (gettext_lazy("Being entered"), "running", "circle-half"),
    "done": (gettext_lazy("Entered"), "done", "check-circle"),
    "cancelled": (gettext_lazy("Stopped"), "plain", "minus-circle"),
    "failed": (gettext_lazy("Cannot be read"), "failed", "x-circle"),
}


class FileForm(StyledForm):
    """The file to read."""

    ids = "file"
    file = forms.FileField(label=gettext_lazy("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))

    def raw(self) -> bytes:
        """The file, or its beginning where it is too big to be read at all."""
        return bytes(self.cleaned_data["file"].read(MOST_BYTES + 1))


class PlanForm(StyledForm):
    """How a file is read: a choice for each column, and for each word of result."""

    ids = "plan"
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone of the exchange"),
        choices=lambda: [(name, name.replace("_", " ")) for name in names()],
        help_text=gettext_lazy("Of an hour that clocks show twice in autumn, the first is taken."),
    )
    order = forms.ChoiceField(label=gettext_lazy("Days such as 02/03/2026 are"), choices=_ORDERS)
    line = forms.ChoiceField(label=gettext_lazy("Line of the calls"), required=False)

    def __init__(self, view: FileView, offered: tuple[LineView, ...], data: Any = None) -> None:
        plan = view.plan
        begun = {"zone": plan.zone, "order": plan.order, "line": plan.line}
        super().__init__(data, initial=begun)
        field = self.fields["line"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("as their column says")), *((str(one.id), one.name) for one in offered)]
        self._columns = [
            self._choice(f"column_{place}", heading, _FIELDS, plan.columns[place])
            for place, heading in enumerate(view.headings)
        ]
        meanings = [*((value, word) for value, (word, _icon) in RESULTS.items()), ("", _("leave these rows out"))]
        self._words = {
            self._choice(f"word_{place}", word or _("(empty)"), meanings, plan.words[word]): word
            for place, word in enumerate(plan.words)
        }
        self._plan = plan

    def _choice(self, name: str, label: str, choices: Any, initial: str) -> str:
        self.fields[name] = forms.ChoiceField(label=label, choices=choices, initial=initial, required=False)
        self.fields[name].widget.attrs["class"] = "select"
        return name

    @property
    def columns(self) -> list[forms.BoundField]:
        """The choices of the columns."""
        return [self[name] for name in self._columns]

    @property
    def words(self) -> list[forms.BoundField]:
        """The choices of the words of result."""
        return [self[name] for name in self._words]

    def plan(self) -> Plan:
        """Return what was chosen, of a valid form."""
        given: Mapping[str, str] = self.cleaned_data
        columns = tuple(given[name] for name in self._columns)
        # Words of another column mean nothing here.
        same = columns == self._plan.columns
        words = {word: given[name] for name, word in self._words.items()} if same else {}
        return replace(
            self._plan,
            columns=columns,
            zone=given["zone"],
            order=given["order"],
            line=given["line"],
            words=words,
        )


@require_http_methods(["GET", "POST"])
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The last files, and the form for another."""
    access.require_sender()
    form = FileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        with refused_at(form, "file"):
            raw = form.raw()
            kept = add_file(access=access, name=str(form.cleaned_data["file"].name), content=raw)
            return redirect("console:call-file", access.view.slug, kept)
    members = active_members(access)
    context: dict[str, object] = {
        "form": form,
        "files": [(one, state_word(one.state), members.get(one.member, _("a former member"))) for one in files(access)],
        "most_rows": MOST_ROWS,
        "most_mb": MOST_BYTES // 1_000_000,
        "any_line": bool(lines(access)),
    }
    return page(request, access, "calls", "console/phone/files.html", context)


def state_word(state: str) -> StatusWord:
    """How far a file is, as a word with its icon."""
    word, kind, icon = _STATES[state]
    return StatusWord(kind=kind, icon=icon, word=str(word))


@require_http_methods(["GET", "POST"])
@member_view
def one(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """A file: before it is started how it is read and what would come in, then how far it is."""
    view = _found(access, id)
    partly = bool(request.headers.get("HX-Request"))
    if view.state not in ("trying", "uploaded"):
        context: dict[str, object] = {"view": view, "status": state_word(view.state)}
        if partly:
            return render(request, "console/phone/file_progress.html", {**context, "access": access})
        return page(request, access, "calls", "console/phone/file.html", context)
    access.require_sender()
    if partly:
        return render(request, "console/phone/trial.html", {**_tried(access, view), "access": access})
    form = PlanForm(view, lines(access), request.POST or None)
    if form.is_valid():
        with refused_at(form):
            plan_file(access=access, file=id, plan=form.plan())
            return redirect("console:call-file", access.view.slug, id)
    context = {**_tried(access, view), "form": form, "sample": sample(access, id=id)}
    return page(request, access, "calls", "console/phone/plan.html", context)


def _tried(access: Access, view: FileView) -> dict[str, object]:
    """How far the trial of a file is, what would come in, or why it cannot be read yet."""
    context: dict[str, object] = {"view": view, "status": state_word(view.state)}
    try:
        check_plan(view.plan)
    except InputError as error:
        return {**context, "unready": said(error)}
    if view.trial is None:
        return context
    named = {one.id: one.name for one in lines(access)}
    local = zone(view.plan.zone)
    return {
        **context,
        "trial": view.trial,
        "first": [_line(place, call, named, local) for place, call in view.trial.first],
        "errors": [(place, said(error)) for place, error in view.trial.errors],
    }


def _line(place: int, call: Entered, named: Mapping[UUID, str], local: tzinfo) -> tuple[int, str, str]:
    """A new call in two lines, by the clock of the exchange."""
    with timezone.override(local):
        at = figures.day_and_time(call.started_at)
    word = RESULTS[call.result][0]
    parts = (named.get(call.line, ""), call.number, times(waited=call.waited, talked=call.talked))
    return place, f"{at} · {word}", " · ".join(part for part in parts if part)


@require_POST
@member_view
def start(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Have the calls of a file entered."""
    access.require_sender()
    _found(access, id)
    try:
        start_file(access=access, file=id)
    except (InputError, ConflictError) as error:
        messages.error(request, said(error))
    return redirect("console:call-file", access.view.slug, id)


@require_POST
@member_view
def cancel(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Stop a file, or give it up before it was started."""
    access.require_sender()
    _found(access, id)
    try:
        cancel_file(access=access, file=id)
        messages.success(request, _("Stopped. The calls that were entered stay."))
    except ConflictError as error:
        messages.error(request, said(error))
    return redirect("console:call-files", access.view.slug)


@require_GET
@member_view
def errors(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """The rows that are wrong, as CSV: their line, why, and what stands in them."""
    access.require_sender()
    view = _found(access, id)
    try:
        rows = wrong_rows(access, id=id)
    except InputError as error:
        raise Http404(str(error)) from error
    response = StreamingHttpResponse(_lines(view, rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{access.view.slug}-calls-errors.csv"'
    return response


def _lines(view: FileView, rows: Iterator[Row]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(["line", "error", *map(safe, view.headings)])
    for row in rows:
        yield writer.writerow([row.line, safe(said(row.error)) if row.error else "", *map(safe, row.cells)])


def _found(access: Access, id: UUID) -> FileView:
    found = file(access, id=id)
    if found is None:
        raise Http404("There is no such file.")
    return found
