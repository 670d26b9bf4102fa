"""One contact: its card, how each address is known, what was sent to it; entering one, changing it, its addresses."""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from acuse.accounts.queries import Access
from acuse.contacts import lists, queries, rules, services
from acuse.contacts.lists import Filters
from acuse.contacts.queries import AddressView, ContactView
from acuse.contacts.rules import Card
from acuse.delivery import queries as delivery
from acuse.delivery.queries import CommunicationRow
from acuse.doors.console import ticket_words
from acuse.doors.console.acts import found, refused_at
from acuse.doors.console.contacts import wording
from acuse.doors.console.facts import title
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.wording import StatusWord, status
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.errors import AccessDenied, AcuseError
from acuse.evidence.queries import LedgerFact, facts_of
from acuse.helpdesk.queries import tickets as desk
from acuse.helpdesk.queries.tickets import TicketRow
from acuse.proof.facts.contact import KIND

SHOWN = 8
HISTORY = 30
_COMPANIES = 200


class CardForm(StyledForm):
    """What the register says of a contact.

    Attributes:
        companies: names that the browser offers, the first by name; any other may be written.
    """

    ids = "contact"
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=())
    name = forms.CharField(label=gettext_lazy("Name"), max_length=rules.MOST_NAME)
    tax_id = forms.CharField(label=gettext_lazy("Tax number"), max_length=2 * rules.MOST_TAX_ID, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=(), required=False)
    company = forms.CharField(
        label=gettext_lazy("Works for"),
        max_length=rules.MOST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"list": "companies", "autocomplete": "off"}),
        help_text=gettext_lazy("Of a person: name or tax number of a company that is in the register."),
    )
    notes = forms.CharField(
        label=gettext_lazy("Notes"),
        max_length=rules.MOST_NOTES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("For members only: the contact never sees them, and no certificate shows them."),
    )

    def __init__(self, *args: object, access: Access, view: ContactView | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._access, self._company = access, view.company if view else None
        self.fields["kind"].choices = [(one, wording.kind(one)) for one in ("person", "company")]  # type: ignore[attr-defined]
        languages = [(one, wording.language(one)) for one in ("es", "en")]
        self.fields["language"].choices = [("", _("not known")), *languages]  # type: ignore[attr-defined]
        offered = lists.contacts(access, filters=Filters(kind="company"), limit=_COMPANIES).rows
        self.companies = [row.name for row in offered if row.name]

    def clean_company(self) -> str:
        """Return the id of the company that is written; "" for none, and for a company, which works for nobody."""
        words = rules.line(self.cleaned_data["company"])
        if not words or self.cleaned_data.get("kind") == "company":
            return ""
        if self._company is not None and words == self._company[1]:
            return str(self._company[0])
        found = lists.contacts(self._access, filters=Filters(search=words, kind="company")).rows
        exact = [row for row in found if words == row.name or rules.tax_id(words) == row.tax_id] or list(found)
        if len(exact) != 1:
            raise forms.ValidationError(
                _("Several companies are called so: write the tax number.")
                if exact
                else _("No company of the register is called so: enter it first.")
            )
        return str(exact[0].id)

    def card(self) -> Card:
        """What was filled in, once it is found right."""
        return Card(**{name: self.cleaned_data[name] for name in Card.__dataclass_fields__})


class NewForm(CardForm):
    """The card of a new contact, and the first ways to reach it."""

    email = forms.CharField(label=gettext_lazy("E-mail"), max_length=rules.MOST_VALUE, required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=64, required=False)
    field_order = ("kind", "name", "email", "phone", "tax_id", "language", "company", "notes")

    def addresses(self) -> list[tuple[str, str]]:
        """The addresses that were filled in."""
        return [(name, self.cleaned_data[name]) for name in ("email", "phone") if self.cleaned_data[name].strip()]


class AddressForm(StyledForm):
    """One more way to reach a contact."""

    ids = "address"
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=())
    value = forms.CharField(label=gettext_lazy("Address or number"), max_length=rules.MOST_VALUE)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = wording.channels()  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True)
class Known:
    """An address as its contact's page shows it."""

    view: AddressView
    icon: str
    channel: str
    how: str


def found_contact(access: Access, id: UUID) -> ContactView:
    """Return a contact, or the one into which it was merged.

    Raises:
        Http404: the organisation has no such one.
    """
    view = queries.contact(access, id=id)
    if view is None:
        raise Http404("There is no such contact.")
    return view


def known_addresses(view: ContactView) -> list[Known]:
    """The addresses of a contact in the order of their channels, as its pages show them."""
    order = list(wording.ICONS)
    return [
        Known(
            view=address,
            icon=wording.ICONS[address.channel],
            channel=wording.channel(address.channel),
            how=wording.known(address),
        )
        for address in sorted(view.addresses, key=lambda one: order.index(one.channel))
    ]


@require_GET
@member_view
def contact(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """The page of one contact; that of one that was merged leads to whom it was merged into."""
    view = found_contact(access, id)
    if view.id != id:
        return redirect("console:contact", access.view.slug, view.id)
    return _page(request, access, view, AddressForm())


def _page(request: HttpRequest, access: Access, view: ContactView, form: AddressForm) -> HttpResponseBase:
    sent = _sent(access, view)
    context: dict[str, object] = {
        "view": view,
        "kind": wording.kind(view.kind),
        "language": wording.language(view.language),
        "addresses": known_addresses(view),
        "absorbed": view.absorbed,
        "sent": sent[:SHOWN],
        "cases": _cases(access, view),
        "more_sent": len(sent) > SHOWN,
        "first_address": next((one.value for one in view.addresses if one.channel == "email"), ""),
        "facts": _facts(access, view),
        "form": form,
    }
    return page(request, access, "contacts", "console/contacts/one.html", context)


def _sent(access: Access, view: ContactView) -> list[tuple[CommunicationRow, StatusWord]]:
    mailboxes = {text for one in view.addresses if one.channel == "email" for text in (one.value, one.key)}
    rows = delivery.sent_to(access, addresses=sorted(mailboxes), limit=SHOWN + 1)
    return [(row, status(row.status, outcome=row.outcome, unopened=row.unopened)) for row in rows]


def _cases(access: Access, view: ContactView) -> list[tuple[TicketRow, StatusWord]]:
    """The cases of the contact, open and closed, the latest word first."""
    rows = desk.tickets(access, desk.Filters(contact=view.id, state=""), order="last", limit=SHOWN).items
    return [(row, ticket_words.status(row.status)) for row in rows]


def _facts(access: Access, view: ContactView) -> list[tuple[LedgerFact, str]]:
    """The facts of the whole family, the newest first, with their names; a merge, recorded about both, once."""
    recorded = [
        one
        for each in view.family
        for one in facts_of(organisation=access.organisation, kind=KIND, id=each)
        if one.fact.details.get("kept", str(each)) == str(each)
    ]
    recorded.sort(key=lambda one: (one.fact.recorded_at, one.fact.id), reverse=True)
    return [(one, title(one.fact.type)) for one in recorded[:HISTORY]]


@require_http_methods(["GET", "POST"])
@member_view
def new(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The form of a new contact; sent, it enters it."""
    access.require_sender()
    form = NewForm(request.POST or None, access=access, initial={"name": request.GET.get("name", "")})
    taken: UUID | None = None
    if form.is_valid():
        card = form.card()
        try:
            made = services.make_contact(access=access, card=card, addresses=form.addresses())
        except AccessDenied:
            raise
        except services.AddressTaken as error:
            taken = error.contact
            form.add_error(None, said(error))
        except AcuseError as error:
            form.add_error(None, said(error))
        else:
            messages.success(request, _("Saved. The change is recorded in the ledger."))
            return redirect("console:contact", access.view.slug, made)
    context: dict[str, object] = {"form": form, "taken": taken}
    return page(request, access, "contacts", "console/contacts/form.html", context)


@require_http_methods(["GET", "POST"])
@member_view
def edit(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """The form of a contact's card; sent, it changes it."""
    access.require_sender()
    view = found_contact(access, id)
    initial = {
        "kind": view.kind,
        "name": view.name,
        "tax_id": view.tax_id,
        "language": view.language,
        "company": view.company[1] if view.company else "",
        "notes": view.notes,
    }
    form = CardForm(request.POST or None, access=access, view=view, initial=initial)
    if form.is_valid():
        card = form.card()
        with refused_at(form):
            changes = {name: getattr(card, name) for name in Card.__dataclass_fields__}
            services.change_contact(access=access, contact=view.id, **changes)
        if form.is_valid():
            messages.success(request, _("Saved. The change is recorded in the ledger."))
            return redirect("console:contact", access.view.slug, view.id)
    context: dict[str, object] = {"form": form, "view": view}
    return page(request, access, "contacts", "console/contacts/form.html", context)


@require_POST
@member_view
def add_address(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Enter one more address of a contact."""
    access.require_sender()
    view = found_contact(access, id)
    form = AddressForm(request.POST)
    if form.is_valid():
        with refused_at(form, "value"):
            given = form.cleaned_data
            services.add_address(access=access, contact=view.id, channel=given["channel"], value=given["value"])
    if form.is_valid():
        messages.success(request, _("Saved. The change is recorded in the ledger."))
        return redirect("console:contact", access.view.slug, view.id)
    return _page(request, access, view, form)


@require_POST
@member_view
def remove_address(request: HttpRequest, access: Access, id: UUID, address: UUID) -> HttpResponseBase:
    """Take an address away from its contact."""
    access.require_sender()
    view = found_contact(access, id)
    with found():
        services.remove_address(access=access, address=address)
    messages.success(request, _("Saved. The change is recorded in the ledger."))
    return redirect("console:contact", access.view.slug, view.id)
