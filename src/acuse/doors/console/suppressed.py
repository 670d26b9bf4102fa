"""The addresses to which nothing is sent: the list, whether it is heeded, and taking one off it with a reason."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from acuse.accounts import services as accounts
from acuse.accounts.queries import Access
from acuse.delivery import queries as delivery
from acuse.delivery import services
from acuse.delivery.services.suppressions import MOST_REASON
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.held_back import reason_word
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.doors.ui.places import query, read_place, write_place
from acuse.errors import InputError


class ReasonForm(StyledForm):
    """Why an address is taken off the list."""

    ids = "lift"
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=MOST_REASON,
        help_text=gettext_lazy("It is recorded word for word, and certificates made from now on show it."),
    )


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The list, the newest first; ``?q=`` narrows it to a part of the address."""
    words = request.GET.get("q", "")[:200].strip()
    before = read_place(request)
    found = delivery.suppressions(access, search=words, before=before)
    rows = delivery.rows_of(access, ids=[one.communication for one in found.rows])
    subjects = {row.id: row.subject for row in rows}
    context = {
        "rows": [(one, reason_word(one.reason), subjects.get(one.communication, "")) for one in found.rows],
        "words": words,
        "holds": access.view.hold_suppressed,
        "older": query(q=words, before=write_place(found.older)) if found.older else "",
        "newest": query(q=words) if before else "",
    }
    return page(request, access, "failures", "console/suppressed.html", context)


@require_POST
@member_view
def heed(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Have messages to these addresses held back, or sent all the same, as the button says."""
    holds = request.POST.get("hold") == "on"
    accounts.change_settings(access=access, hold_suppressed=holds)
    messages.success(request, _("Saved. The change is recorded in the ledger."))
    return redirect("console:suppressed", access.view.slug)


@require_http_methods(["GET", "POST"])
@member_view
def lift(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """The page that says what that does and asks why; sent, it takes the address off the list."""
    access.require_manager()
    found = delivery.suppression(access, id=id)
    if found is None:
        raise Http404("There is no such address on the list.")
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            services.lift(access=access, suppression=id, reason=form.cleaned_data["reason"])
        except InputError as error:
            form.add_error("reason", said(error))
        else:
            messages.success(request, _("%(address)s is off the list.") % {"address": found.address})
            return redirect("console:suppressed", access.view.slug)
    context: dict[str, object] = {"one": found, "reason": reason_word(found.reason), "form": form}
    return page(request, access, "failures", "console/suppressed_lift.html", context)
