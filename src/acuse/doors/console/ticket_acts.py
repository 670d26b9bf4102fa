"""What is done to a case from its page: notes, who is responsible, what it is. Each is a POST."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from acuse.accounts.queries import Access, active_members
from acuse.delivery.queries.access import quotes_link
from acuse.doors.console import ticket_words as words
from acuse.doors.console.acts import found
from acuse.doors.console.frame import member_view, page, withheld
from acuse.doors.console.kept import from_custody
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.doors.ui.security import download
from acuse.errors import ConflictError, InputError
from acuse.evidence import custody
from acuse.helpdesk.mentions import mentioned, naming_nobody
from acuse.helpdesk.queries.case import Begun, case, drafts, interaction
from acuse.helpdesk.queries.tickets import has_ticket
from acuse.helpdesk.services import changes, desk
from acuse.helpdesk.services.acknowledging import acknowledge
from acuse.helpdesk.services.opening import open_by_member
from acuse.helpdesk.services.replies import MOST_BODY, take_back

_MOST_NAMED = 5  # names that nobody has, of one note
_UNATTACHED = "unattached"  # in the session: of which case, which files


class CaseForm(StyledForm):
    """Who it is, and what about."""

    ids = "case"
    name = forms.CharField(label=gettext_lazy("Name of the customer"), max_length=200, required=False)
    address = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=320, required=False)
    number = forms.CharField(
        label=gettext_lazy("Telephone"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("One of the two is enough. Without an address no receipt can be sent."),
    )
    type = forms.ChoiceField(
        label=gettext_lazy("Type"), choices=[(value, word) for value, (word, _icon) in words.TYPES.items()]
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the customer"), choices=words.SPOKEN, required=False)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=300)
    text = forms.CharField(
        label=gettext_lazy("What the customer says"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )

    def clean(self) -> dict[str, Any]:
        """Say at the address that nobody can be reached, beside whatever else is wrong."""
        given = super().clean() or self.cleaned_data
        if not (given.get("address") or given.get("number") or {"address", "number"} & self.errors.keys()):
            reached = _("Say how the customer can be reached: an e-mail address or a telephone number.")
            self.add_error("address", reached)
        return given


def acting(
    act: Callable[[HttpRequest, Access, UUID], str | HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Make a view of an act: it returns what to tell, or raises what the person has to do; then the case is shown.

    An act that goes on elsewhere returns the way there.
    """

    @require_POST
    @member_view
    def view(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
        if not has_ticket(access, id=id):
            raise Http404("There is no such case.")
        try:
            told = act(request, access, id)
            if isinstance(told, HttpResponseBase):
                return told
            if told:
                messages.success(request, told)
        except (InputError, ConflictError) as error:
            messages.error(request, said(error))
        kept = request.POST.get("kept", "")[:2000]
        return redirect(f"/console/{access.view.slug}/tickets/{id}/{'?' + kept if kept else ''}")

    return view


@require_http_methods(["GET", "POST"])
@member_view
def new(request: HttpRequest, access: Access) -> HttpResponseBase:
    """A case that a member opens for somebody who called."""
    access.require_sender()
    form = CaseForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            opened = open_by_member(
                access=access,
                address=given["address"],
                number=given["number"],
                name=given["name"],
                subject=given["subject"],
                text=given["text"],
                type=given["type"],
                language=given["language"],
            )
        except (InputError, ConflictError) as error:
            form.add_error(None, said(error))
        else:
            acknowledge(ticket=opened, name=given["name"])
            return redirect("console:ticket", access.view.slug, opened)
    return page(request, access, "tickets", "console/ticket_new.html", {"form": form})


@require_POST
@member_view
def keep_view(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Keep the list by a name."""
    query, shared = request.POST.get("query", ""), request.POST.get("shared") == "1"
    if shared:
        access.require_manager()
    try:
        desk.save_view(access=access, name=request.POST.get("name", ""), query=query, shared=shared)
    except InputError as error:
        messages.error(request, said(error))
    return redirect(f"/console/{access.view.slug}/tickets/?{query[:1000]}")


@require_POST
@member_view
def forget_view(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Forget a list that was kept."""
    with found():
        desk.forget_view(access=access, view=id)
    return redirect("console:tickets", access.view.slug)


def _note(request: HttpRequest, access: Access, id: UUID) -> str:
    text = request.POST.get("body", "").replace("\r\n", "\n")
    members = active_members(access)
    changes.add_note(access=access, ticket=id, text=text, mentioned=mentioned(text, members))
    desk.save_draft(access=access, ticket=id, kind="note", begun=Begun())
    if nobody := naming_nobody(text, members)[:_MOST_NAMED]:
        names = ", ".join(f"@{one}" for one in nobody)
        warning = _("The note names %(names)s, and no member is called so: nobody was told by that name.")
        messages.warning(request, warning % {"names": names})
    return _("The note was added.")


def _take_back(request: HttpRequest, access: Access, id: UUID) -> str | HttpResponseBase:
    row = take_back(access=access, ticket=id, outgoing=identifier(request.POST.get("outgoing", "")))
    if row.act == "closing_notice":
        messages.success(request, _("The notice was taken back. It is here as you wrote it."))
        page_of_it = reverse("console:ticket-guarantee", args=[access.view.slug, id, "closing"])
        return redirect(f"{page_of_it}?{urlencode({'taken_back': row.id})}")
    begun = drafts(access, ticket=id).get("reply", Begun())  # what was begun since stands below it, where both fit
    both = f"{row.body}\n\n{begun.body}".strip()
    again = Begun(
        body=both if len(both) <= MOST_BODY else row.body,
        template=row.template or begun.template,
        certified=row.certified,
        waits=row.waits_for_customer,
    )
    desk.save_draft(access=access, ticket=id, kind="reply", begun=again)
    note_unattached(request, id, [one["name"] for one in row.attachments])
    told = _("The answer was taken back. What you wrote is here again.")
    return f"{told} {unattached(request, id)}".strip()


def _assign(request: HttpRequest, access: Access, id: UUID) -> str:
    chosen = request.POST.get("member", "")
    member = access.member if chosen == "me" else identifier(chosen) if chosen else None
    changes.assign(access=access, tickets=[id], member=member)
    return ""


def _classify(request: HttpRequest, access: Access, id: UUID) -> str:
    given = request.POST
    changes.classify(
        access=access,
        tickets=[id],
        type=given.get("type"),
        priority=given.get("priority"),
        matter=given.get("matter"),
        language=given.get("language"),
    )
    return ""


def _describe(request: HttpRequest, access: Access, id: UUID) -> str:
    given = request.POST
    changes.describe(
        access=access,
        ticket=id,
        tags=given.get("tags", "").split(","),
        product=given.get("product", ""),
        purchase_date=_date(given.get("purchase_date", "")),
        guarantee_until_date=_date(given.get("guarantee_until_date", "")),
        address=given.get("address", ""),
    )
    return _("Saved. The change is recorded in the ledger.")


def _escalate(request: HttpRequest, access: Access, id: UUID) -> str:
    changes.escalate(
        access=access, ticket=id, escalated=request.POST.get("escalated") == "on", reason=request.POST.get("reason", "")
    )
    return ""


def _reopen(request: HttpRequest, access: Access, id: UUID) -> str:
    changes.reopen(access=access, ticket=id)
    return _("The case is open again.")


note = acting(_note)
undo = acting(_take_back)
assign = acting(_assign)
classify = acting(_classify)
describe = acting(_describe)
escalate = acting(_escalate)
reopen = acting(_reopen)


def begun_in(request: HttpRequest, *, body: str) -> Begun:
    """Return what was begun to be written, as a request says that the answer's box stands around it."""
    given = request.POST
    return Begun(
        body=body,
        template=given.get("template", ""),
        certified=given.get("certified") == "on",
        waits=given.get("waits") == "on",
    )


def note_unattached(request: HttpRequest, ticket: UUID, names: Iterable[str]) -> None:
    """Note the files that an answer lost on its way back to the box, where no page can put them again; none forgets."""
    noted = {**request.session.get(_UNATTACHED, {}), str(ticket): list(names)}
    request.session[_UNATTACHED] = {case: lost for case, lost in noted.items() if lost}


def unattached(request: HttpRequest, ticket: UUID) -> str:
    """Say which files have to be chosen again before the answer of a case is sent; "" for none."""
    names = request.session.get(_UNATTACHED, {}).get(str(ticket))
    told = _("No longer attached: %(files)s. Choose again those that are to go with the answer.")
    return told % {"files": ", ".join(names)} if names else ""


@require_POST
@member_view
def present(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Note that the member has the case open, keep their draft, and answer who else is there."""
    body = request.POST.get("body", "").replace("\r\n", "\n")
    kind = "note" if request.POST.get("kind") == "note" else "reply"
    try:
        if access.sends and "body" in request.POST:
            desk.save_draft(access=access, ticket=id, kind=kind, begun=begun_in(request, body=body))
        # What the page says now and then names the answer alone: who has begun a note writes too.
        desk.be_present(access=access, ticket=id, writing=access.sends and bool(drafts(access, ticket=id)))
    except InputError as error:
        raise Http404(str(error)) from error
    seen = case(access, id=id)
    members = active_members(access)
    context: dict[str, Any] = {
        "others": [(members.get(member, ""), writing) for member, writing in seen.others] if seen else [],
        "newer": seen is not None and str(seen.row.revision) != request.POST.get("revision", ""),
        "access": access,
        "ticket": id,
        "kept": request.POST.get("kept", "")[:2000],
    }
    return render(request, "console/ticket_present.html", context)


@require_GET
@member_view
@from_custody
def raw(request: HttpRequest, access: Access, id: UUID, interaction_id: UUID) -> HttpResponseBase:
    """What was said, byte for byte as it came or went, unless it holds a link that is not handed to this member."""
    found = interaction(access, ticket=id, id=interaction_id)
    # An answer may carry the link with which its customer agrees.
    if found is None or not found.sha256 or (found.kind == "reply" and not access.sends):
        raise Http404("There is nothing of it to be downloaded.")
    content = custody.open_object(organisation=access.organisation, sha256=found.sha256)
    if quotes_link(content, customers=not access.sends):
        messages.error(request, withheld())
        return redirect("console:ticket", access.view.slug, id)
    suffix = ".eml" if found.media_type == "message/rfc822" else ".txt"
    return download(content, filename=f"{found.id}{suffix}", media_type="application/octet-stream")


def identifier(text: str) -> UUID:
    """Return an identifier that a form carries.

    Raises:
        InputError: it is none.
    """
    try:
        return UUID(text)
    except ValueError as error:
        raise InputError("There is no such thing any more. Reload the page.") from error


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InputError("Write dates as they are chosen from the calendar.") from error
