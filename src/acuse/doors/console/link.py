"""Withdrawing the link of a notice: what that does, and why it is done."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from acuse.accounts.queries import Access
from acuse.delivery import queries as delivery
from acuse.delivery.queries.access import open_link
from acuse.delivery.services import access as links
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.forms import StyledForm
from acuse.proof.facts.fact import Actor

LONGEST = 500


class ReasonForm(StyledForm):
    """Why a link is withdrawn."""

    ids = "withdraw"
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST,
        help_text=gettext_lazy("It is recorded word for word, and certificates made from now on show it."),
    )


@require_http_methods(["GET", "POST"])
@member_view
def withdraw(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """The page that says what withdrawing does and asks why; sent, it withdraws. Auditors read only."""
    access.require_sender()
    view = delivery.communication(access, id=id)
    if view is None:
        raise Http404("The organisation has no such communication.")
    link = open_link(access, communication=id)
    back = redirect("console:communication", access.view.slug, id)
    if link is None:
        messages.info(request, _("There is no link that could be withdrawn."))
        return back
    form = ReasonForm(request.POST or None)
    if not form.is_valid():
        context: dict[str, object] = {"row": view.row, "link": link, "form": form}
        return page(request, access, "communications", "console/link.html", context)
    try:
        actor = Actor(kind="member", id=str(access.member))
        links.revoke(communication=id, actor=actor, reason=form.cleaned_data["reason"])
    except links.NotOpen:  # it ended in this very moment
        messages.info(request, _("There is no link that could be withdrawn."))
    else:
        messages.success(request, _("The link is withdrawn. Whoever opens it reads that it is no longer available."))
    return back
