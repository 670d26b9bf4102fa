"""Sending a communication once more: whether that can be done, the page that asks, and the links both ways."""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from uuid6 import uuid7

from acuse.accounts.queries import Access
from acuse.delivery import queries as delivery
from acuse.delivery import services
from acuse.delivery.queries import CommunicationRow, SuppressionView
from acuse.delivery.rules import may_resend
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.held_back import reason_word
from acuse.doors.ui import grades
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.errors import ConflictError

_SALT = "acuse.console.resend"
_TOKEN_SECONDS = 86_400


class DespiteForm(StyledForm):
    """That it is wanted although the address is on the list of suppressed ones."""

    ids = "resend"
    despite = forms.BooleanField(
        label=gettext_lazy("Send it although the address is suppressed"),
        help_text=gettext_lazy("That you decided so is recorded in the ledger."),
        error_messages={"required": gettext_lazy("Without this it would be held back again.")},
    )


@dataclass(frozen=True, kw_only=True)
class Card:
    """What the page of a communication says of sending it once more.

    Attributes:
        earlier: the one that this one was sent once more of. later: those that this one was sent once more as.
        possible: it ended badly. listed: what the list says of its address; None where it is not on it.
    """

    earlier: CommunicationRow | None
    later: tuple[CommunicationRow, ...]
    possible: bool
    listed: SuppressionView | None
    reason: str

    @property
    def shown(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.earlier or self.later or self.possible or self.listed)


def card(access: Access, row: CommunicationRow) -> Card:
    """What the page of a communication says of sending it once more."""
    earlier, later = delivery.resends(access, id=row.id)
    listed = delivery.suppression_of(access, communication=row.id)
    return Card(
        earlier=earlier,
        later=later,
        possible=may_resend(status=row.status, outcome=row.outcome),
        listed=listed,
        reason=reason_word(listed.reason) if listed else "",
    )


def _write_press(id: UUID) -> str:
    """Return what a confirmation carries: the identifier of the one to come, so that a second press makes no second."""
    return signing.dumps([str(id), str(uuid7())], salt=_SALT)


def _read_press(text: str, id: UUID) -> UUID | None:
    """Return the communication to come that a confirmation of ours names, or None."""
    try:
        of, new = signing.loads(text, salt=_SALT, max_age=_TOKEN_SECONDS)
    except signing.BadSignature:
        return None
    return UUID(new) if of == str(id) else None


@require_http_methods(["GET", "POST"])
@member_view
def resend(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """The page that says what sending it once more does; confirmed, it is sent. Auditors read only."""
    access.require_sender()
    view = delivery.communication(access, id=id)
    if view is None:
        raise Http404("The organisation has no such communication.")
    told = card(access, view.row)
    if not told.possible:
        messages.info(request, _("Only what was not delivered, refused or not opened in time can be sent once more."))
        return redirect("console:communication", access.view.slug, id)
    lately = delivery.resent_lately(access, communication=id)
    if lately is not None and (request.method == "GET" or _read_press(request.POST.get("press", ""), id) != lately):
        messages.info(request, _("It is being sent once more. This is the new communication."))
        return redirect("console:communication", access.view.slug, lately)
    held = told.listed is not None and access.view.hold_suppressed
    form = DespiteForm(request.POST if request.method == "POST" else None) if held else None
    if request.method == "POST" and (form is None or form.is_valid()):
        return _sent(request, access, id, despite=held)
    row = view.row
    context: dict[str, object] = {
        "row": row,
        "card": told,
        "form": form,
        "press": _write_press(id),
        "outcome": grades.outcome_word(outcome=row.outcome, grade=row.grade, failure_class=row.failure_class),
    }
    return page(request, access, "communications", "console/resend.html", context)


def _sent(request: HttpRequest, access: Access, id: UUID, *, despite: bool) -> HttpResponseBase:
    """Send it once more and show the new communication, or say why not."""
    new = _read_press(request.POST.get("press", ""), id)
    if new is None:
        messages.info(request, _("This page was open for too long. Look at it once more, and confirm."))
        return redirect("console:resend", access.view.slug, id)
    try:
        services.resend(access=access, communication=id, new=new, despite=despite)
    except ConflictError as error:
        messages.error(request, said(error))
        return redirect("console:resend", access.view.slug, id)
    messages.success(request, _("It is being sent once more. This is the new communication."))
    return redirect("console:communication", access.view.slug, new)
