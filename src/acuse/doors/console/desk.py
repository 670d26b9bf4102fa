"""How the desk is set up: its mailboxes, who is responsible, what its answers do, its public page."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from acuse.accounts.queries import Access, active_members
from acuse.doors.console import ticket_words as words
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.errors import ConflictError, InputError
from acuse.helpdesk.queries.mailboxes import mailbox, mailboxes
from acuse.helpdesk.services.mailboxes import add_mailbox, change_mailbox
from acuse.helpdesk.services.opening import settings_of
from acuse.helpdesk.services.settings import MOST_UNDO, change_desk

_TYPES = [(value, word) for value, (word, _icon) in words.TYPES.items()]


class DeskForm(StyledForm):
    """How answers leave, and how cases close."""

    ids = "desk"
    default_assignee = forms.ChoiceField(
        label=gettext_lazy("Responsible for new cases"),
        required=False,
        help_text=gettext_lazy("Where no rule names somebody else."),
    )
    undo_seconds = forms.IntegerField(
        label=gettext_lazy("Seconds in which an answer can be taken back"), min_value=0, max_value=MOST_UNDO
    )
    certify_replies = forms.BooleanField(
        label=gettext_lazy("Certify answers unless somebody says otherwise"), required=False
    )
    closing_allowed = forms.BooleanField(
        label=gettext_lazy("Silence after a certified notice of closing may close a case"),
        required=False,
        help_text=gettext_lazy("The customer has at least ten days. Without it only their agreement closes a case."),
    )
    seal_receipts = forms.BooleanField(
        label=gettext_lazy("Seal the receipt of every case at once"),
        required=False,
        help_text=gettext_lazy(
            "Each takes a seal and, where your level asks for it, a time stamp. Without it a receipt is sealed when "
            "the customer first asks for it on the page of their case."
        ),
    )
    dispute_bodies = forms.CharField(
        label=gettext_lazy("Bodies of dispute resolution that rejections name"),
        required=False,
        max_length=2500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "One per line, those that you belong to or have to name. Where there is none, rejections name the Consumer "
            "Arbitration Board (Junta Arbitral de Consumo) of the customer's area."
        ),
    )


class MailboxForm(StyledForm):
    """An address at which customers write."""

    ids = "mailbox"
    address = forms.EmailField(label=gettext_lazy("Address"), max_length=320)
    name = forms.CharField(
        label=gettext_lazy("Name under which it answers"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("The organisation's where it is empty."),
    )
    default_type = forms.ChoiceField(label=gettext_lazy("What its cases are, at first"), choices=_TYPES)


@require_http_methods(["GET", "POST"])
@member_view
def desk(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page; sent, it saves how answers leave and cases close."""
    if request.method == "POST":
        access.require_manager()
    form = DeskForm(request.POST or None, initial=_initial(access))
    members = active_members(access)
    field = form.fields["default_assignee"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [
        ("", _("The administrator who joined first")),
        *((str(one), name) for one, name in members.items()),
    ]
    if form.is_valid():
        given = form.cleaned_data
        chosen = given.pop("default_assignee")
        try:
            given["dispute_bodies"] = given["dispute_bodies"].splitlines()
            change_desk(access=access, default_assignee=UUID(chosen) if chosen else None, **given)
        except InputError as error:
            form.add_error(None, said(error))
        else:
            messages.success(request, _("Saved. The change is recorded in the ledger."))
            return redirect("console:desk-settings", access.view.slug)
    return _shown(request, access, form, MailboxForm())


def _initial(access: Access) -> dict[str, object]:
    row = settings_of(access.organisation)
    return {
        "default_assignee": row.default_assignee_id or "",
        "undo_seconds": row.undo_seconds,
        "certify_replies": row.certify_replies,
        "closing_allowed": row.closing_allowed,
        "seal_receipts": row.seal_receipts,
        "dispute_bodies": "\n".join(row.dispute_bodies),
    }


def _shown(request: HttpRequest, access: Access, form: DeskForm, adding: MailboxForm) -> HttpResponseBase:
    context: dict[str, object] = {
        "form": form,
        "adding": adding,
        "mailboxes": [(one, words.TYPES[one.default_type][0]) for one in mailboxes(access)],
        "types": _TYPES,
    }
    return page(request, access, "settings", "console/desk.html", context)


@require_POST
@member_view
def add(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Set a mailbox up."""
    access.require_manager()
    form = MailboxForm(request.POST)
    if form.is_valid():
        try:
            add_mailbox(access=access, **form.cleaned_data)
        except (InputError, ConflictError) as error:
            form.add_error("address", said(error))
        else:
            messages.success(request, _("The mailbox is ready. Now pass its mail on as the page says."))
            return redirect("console:desk-settings", access.view.slug)
    return _shown(request, access, DeskForm(initial=_initial(access)), form)


@require_POST
@member_view
def change(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Rename a mailbox, stop it or start it again."""
    access.require_manager()
    if mailbox(access, id=id) is None:
        raise Http404("There is no such mailbox.")
    try:
        change_mailbox(
            access=access,
            mailbox=id,
            name=request.POST.get("name", ""),
            default_type=request.POST.get("default_type", ""),
            enabled=request.POST.get("enabled") == "on",
        )
        messages.success(request, _("Saved. The change is recorded in the ledger."))
    except InputError as error:
        messages.error(request, said(error))
    return redirect("console:desk-settings", access.view.slug)
