"""The lines on which customers call: how each is attended now, and what managers set."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from acuse.accounts.queries import Access
from acuse.calendars.queries import calendars
from acuse.doors.console.acts import refused_at
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.forms import StyledForm
from acuse.doors.ui.phone_words import line_words
from acuse.helpdesk.queries.lines import line, line_states, lines
from acuse.helpdesk.services.lines import add_line, change_line, order_lines


class LineForm(StyledForm):
    """A line: what it is called, and by which hours it is attended."""

    ids = "line"
    name = forms.CharField(label=gettext_lazy("Name of the line"), max_length=120)
    number = forms.CharField(
        label=gettext_lazy("Number"), max_length=32, help_text=gettext_lazy("As customers dial it.")
    )
    calendar = forms.ChoiceField(label=gettext_lazy("Hours"), required=False)
    public = forms.BooleanField(
        label=gettext_lazy("Show it with its hours on the public page"), required=False, initial=True
    )
    enabled = forms.BooleanField(label=gettext_lazy("Takes calls"), required=False, initial=True)

    def __init__(self, access: Access, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["calendar"]
        assert isinstance(field, forms.ChoiceField)
        named = [(str(one.id), _("By the calendar “%(name)s”") % {"name": one.name}) for one in calendars(access)]
        field.choices = [("", _("Day and night, every day")), *named]

    def given(self) -> dict[str, object]:
        """Return what a line is made or changed with."""
        given = dict(self.cleaned_data)
        return {**given, "calendar": UUID(given["calendar"]) if given["calendar"] else None}


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Every line as it is now."""
    return _shown(request, access, LineForm(access))


def _shown(
    request: HttpRequest, access: Access, adding: LineForm, refused: tuple[UUID, LineForm] | None = None
) -> HttpResponseBase:
    shown = []
    for state in line_states(access, shown=lines(access)):
        view = state.line
        form = LineForm(
            access,
            initial={
                "name": view.name,
                "number": view.number,
                "calendar": str(view.calendar or ""),
                "public": view.public,
                "enabled": view.enabled,
            },
            auto_id=f"line_{view.id}_%s",
        )
        sent = refused is not None and refused[0] == view.id
        shown.append((line_words(state), refused[1] if refused is not None and sent else form, sent))
    del adding.fields["enabled"]
    context: dict[str, object] = {"lines": shown, "adding": adding}
    return page(request, access, "settings", "console/phone/lines.html", context)


@require_POST
@member_view
def add(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Enter a line."""
    access.require_manager()
    form = LineForm(access, request.POST)
    if form.is_valid():
        given = form.given()
        del given["enabled"]
        with refused_at(form):
            add_line(access=access, **given)  # type: ignore[arg-type]
        if form.is_valid():
            messages.success(request, _("The line is there. The change is recorded in the ledger."))
            return redirect("console:lines", access.view.slug)
    return _shown(request, access, form)


@require_POST
@member_view
def change(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Change a line, or move it up by one."""
    access.require_manager()
    if line(access, id=id) is None:
        raise Http404("There is no such line.")
    if request.POST.get("act") == "up":
        _move_up(access, id)
        return redirect("console:lines", access.view.slug)
    form = LineForm(access, request.POST, auto_id=f"line_{id}_%s")
    if form.is_valid():
        with refused_at(form):
            change_line(access=access, line=id, **form.given())  # type: ignore[arg-type]
        if form.is_valid():
            messages.success(request, _("Saved. The change is recorded in the ledger."))
            return redirect("console:lines", access.view.slug)
    return _shown(request, access, LineForm(access), (id, form))


def _move_up(access: Access, id: UUID) -> None:
    ordered = [one.id for one in lines(access)]
    place = ordered.index(id)
    if place:
        ordered[place - 1], ordered[place] = ordered[place], ordered[place - 1]
    order_lines(access=access, lines=ordered)
