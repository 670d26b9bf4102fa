"""Registering a call, mending it, and telling which case it is about."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from uuid6 import uuid7

from acuse.accounts.queries import Access
from acuse.doors.console.acts import refused_at
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.phone.forms import (
    EXISTING,
    MOST_WORDS,
    NEW,
    NONE,
    CallForm,
    NewCallForm,
    first_values,
    named_case,
    values_of,
)
from acuse.doors.ui.errors import said
from acuse.errors import ConflictError, InputError
from acuse.helpdesk.queries.calls import call, caller, found_cases
from acuse.helpdesk.queries.case import case
from acuse.helpdesk.queries.lines import LineView, lines
from acuse.helpdesk.services.acknowledging import acknowledge
from acuse.helpdesk.services.calls import correct_call, link_call, register_call


@require_http_methods(["GET", "POST"])
@member_view
def new(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The form, for a case where `?ticket=` names one; sent, it registers the call."""
    access.require_sender()
    usable = [one for one in lines(access) if one.enabled]
    asked = request.GET.get("ticket", "")[:40]
    begun = {**first_values(usable), "number": request.GET.get("number", "")[:60], "ticket": asked}
    begun["case"] = EXISTING if asked else NONE
    form = NewCallForm(access, usable, request.POST or None, initial=begun)
    if form.is_valid():
        given, opening = form.cleaned_data, form.opening()
        registered: UUID | None = None
        with refused_at(form):
            registered = register_call(
                access=access,
                call=form.entered(),
                ticket=given["found"],
                goes_on=given["goes_on"],
                opening=opening,
                identity=_identity(request),
            )
        if registered is not None:
            return _led(request, access, registered, given["name"] if opening else None)
    return _form(request, access, form, usable)


def _form(request: HttpRequest, access: Access, form: NewCallForm, usable: list[LineView]) -> HttpResponseBase:
    number = str(form["number"].value() or "")
    context: dict[str, object] = {
        "form": form,
        "lines": usable,
        "caller": caller(access, number=number),
        "number": number,
        "found": found_cases(access, words=str(form["ticket"].value() or "")[:MOST_WORDS]),
        "chosen": str(form["case"].value() or NONE),
        "new": NEW,
        "existing": EXISTING,
        "none": NONE,
        # A form that comes back registered nothing: sent again, it is a call of its own.
        "identity": uuid7(),
    }
    return page(request, access, "calls", "console/phone/new.html", context)


def _identity(request: HttpRequest) -> UUID | None:
    """Return the identity of the call that a form carries, by which the form that is sent twice is known."""
    try:
        return UUID(request.POST.get("identity", ""))
    except ValueError:
        return None


def _led(request: HttpRequest, access: Access, registered: UUID, opened_for: str | None) -> HttpResponseBase:
    """Lead to the case of a call that was just registered, its receipt sent where it opened it; else to the list."""
    found = call(access, id=registered)
    messages.success(request, _("The call is registered."))
    if found is None or found[0].ticket is None:
        return redirect("console:calls", access.view.slug)
    if opened_for is not None:
        acknowledge(ticket=found[0].ticket, name=opened_for)
    return redirect("console:ticket", access.view.slug, found[0].ticket)


@require_GET
@member_view
def who(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Whose a number is, and their last cases, while it is typed."""
    number = request.GET.get("number", "")[:60]
    context = {
        "caller": caller(access, number=number),
        "number": number,
        "access": access,
        "chosen": request.GET.get("case", "")[:40],
    }
    return render(request, "console/phone/caller.html", context)


@require_GET
@member_view
def cases(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The cases that may be meant, while their number, key or customer is typed."""
    context = {
        "found": found_cases(access, words=request.GET.get("ticket", "")[:MOST_WORDS]),
        "access": access,
        "chosen": request.GET.get("case", "")[:40],
    }
    return render(request, "console/phone/cases.html", context)


@require_http_methods(["GET", "POST"])
@member_view
def correct(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Mend what was entered of a call."""
    access.require_sender()
    found = call(access, id=id)
    if found is None:
        raise Http404("There is no such call.")
    row = found[0]
    offered = [one for one in lines(access) if one.enabled or one.id == row.line]
    form = CallForm(offered, request.POST or None, initial=values_of(row))
    if form.is_valid():
        with refused_at(form):
            correct_call(access=access, call=id, entered=form.entered())
        if form.is_valid():
            messages.success(request, _("Saved. The change is recorded in the ledger."))
            return redirect("console:call", access.view.slug, id)
    return page(request, access, "calls", "console/phone/correct.html", {"form": form, "row": row})


@require_POST
@member_view
def link(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Tell which case a call is about."""
    access.require_sender()
    if call(access, id=id) is None:
        raise Http404("There is no such call.")
    try:
        ticket = named_case(access, request.POST.get("ticket", ""))
        link_call(access=access, call=id, ticket=ticket, goes_on=request.POST.get("goes_on") == "on")
        seen = case(access, id=ticket)
        messages.success(request, _("The call is in the case %(key)s.") % {"key": seen.row.key if seen else ""})
    except (InputError, ConflictError) as error:
        messages.error(request, said(error))
    return redirect("console:call", access.view.slug, id)
