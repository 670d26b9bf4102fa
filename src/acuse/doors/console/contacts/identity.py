"""Which contacts are one: the pages that merge two, part one and forget one, and say first what that does."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from acuse.accounts.queries import Access
from acuse.contacts import lists, rules, services
from acuse.contacts.lists import Filters
from acuse.contacts.queries import addresses_of
from acuse.contacts.services import Hold, Obstacle
from acuse.delivery import queries as delivery
from acuse.doors.console.acts import found, refused_at
from acuse.doors.console.contacts import wording
from acuse.doors.console.contacts.one import found_contact, known_addresses
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.errors import AccessDenied, AcuseError
from acuse.helpdesk.queries.holding import has_open_case, running_until

OFFERED = 10


class SplitForm(StyledForm):
    """What a contact is parted by: the addresses of the other one, and its name."""

    ids = "split"
    addresses = forms.MultipleChoiceField(
        label=gettext_lazy("Addresses that are somebody else's"), widget=forms.CheckboxSelectMultiple
    )
    name = forms.CharField(label=gettext_lazy("Name of the new contact"), max_length=rules.MOST_NAME, required=False)

    def __init__(self, *args: object, addresses: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["addresses"].choices = addresses  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@member_view
def merge(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Search another contact, look at both side by side, and say that they are one."""
    access.require_sender()
    view = found_contact(access, id)
    chosen = _identity(request.POST.get("with", request.GET.get("with", "")))
    other = found_contact(access, chosen) if chosen else None
    if request.method == "POST" and other is not None:
        kept, absorbed = (other, view) if request.POST.get("keep") == str(other.id) else (view, other)
        try:
            services.merge_contacts(access=access, kept=kept.id, absorbed=absorbed.id)
        except AccessDenied:
            raise
        except AcuseError as error:
            messages.error(request, said(error))
        else:
            messages.success(request, _("They are one contact now. It can be undone on this page."))
            return redirect("console:contact", access.view.slug, kept.id)
    context: dict[str, object] = {"view": view, "other": other, **_offered(request, access, view.id)}
    if other is not None:
        context["both"] = [
            (one, wording.kind(one.kind), wording.language(one.language), known_addresses(one)) for one in (view, other)
        ]
    return page(request, access, "contacts", "console/contacts/merge.html", context)


def _offered(request: HttpRequest, access: Access, itself: UUID) -> dict[str, object]:
    """The contacts that a search finds, the contact itself aside."""
    words = request.GET.get("q", "").replace("\0", " ").strip()[:200]
    rows = lists.contacts(access, filters=Filters(search=words), limit=OFFERED + 1).rows if words else ()
    return {"words": words, "rows": [row for row in rows if row.id != itself][:OFFERED]}


def _identity(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_POST
@member_view
def unmerge(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Undo a merge: the contact stands alone again."""
    access.require_sender()
    before = found_contact(access, id)
    try:
        with found():
            services.unmerge_contact(access=access, contact=id)
    except AccessDenied:
        raise
    except AcuseError as error:
        messages.error(request, said(error))
    else:
        messages.success(request, _("It stands alone again, with everything that it had."))
    return redirect("console:contact", access.view.slug, before.id)


@require_http_methods(["GET", "POST"])
@member_view
def split(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Choose the addresses that are somebody else's, and make that a contact of its own."""
    access.require_sender()
    view = found_contact(access, id)
    addresses = known_addresses(view)
    form = SplitForm(request.POST or None, addresses=[(str(one.view.id), one.view.value) for one in addresses])
    if form.is_valid():
        given = form.cleaned_data
        with refused_at(form, "addresses"):
            chosen = [UUID(one) for one in given["addresses"]]
            made = services.split_contact(access=access, contact=view.id, addresses=chosen, name=given["name"])
        if form.is_valid():
            messages.success(request, _("There are two contacts now. Merging them undoes it."))
            return redirect("console:contact", access.view.slug, made)
    context: dict[str, object] = {
        "view": view,
        "addresses": addresses,
        "form": form,
        "chosen": form["addresses"].value() or [],
    }
    return page(request, access, "contacts", "console/contacts/split.html", context)


def _holds(access: Access) -> tuple[Hold, ...]:
    """Who is asked whether something forbids erasing contacts."""

    def under_way(organisation: UUID, family: tuple[UUID, ...]) -> Obstacle | None:
        addresses = [one.value for one in addresses_of(family) if one.channel == "email"]
        waiting = delivery.sent_to(access, addresses=addresses, status="in_progress", limit=1)
        return Obstacle(reason="communication_in_progress") if waiting else None

    def open_case(organisation: UUID, family: tuple[UUID, ...]) -> Obstacle | None:
        return Obstacle(reason="open_ticket") if has_open_case(organisation, family) else None

    def running(organisation: UUID, family: tuple[UUID, ...]) -> Obstacle | None:
        runs, until = running_until(organisation, family)
        return Obstacle(reason="running_deadline", until=until) if runs else None

    return (open_case, running, under_way)


@require_http_methods(["GET", "POST"])
@member_view
def erase(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """The page that says what forgetting a contact does; sent, it is done, or what forbids it is recorded and shown."""
    access.require_manager()
    view = found_contact(access, id)
    obstacles: tuple[Obstacle, ...] = ()
    if request.method == "POST":
        try:
            obstacles = services.erase_contact(access=access, contact=view.id, holds=_holds(access))
        except AccessDenied:
            raise
        except AcuseError as error:
            messages.error(request, said(error))
            return redirect("console:contact", access.view.slug, view.id)
        if not obstacles:
            messages.success(request, _("The contact was erased. That it was is recorded in the ledger."))
            return redirect("console:contacts", access.view.slug)
    context: dict[str, object] = {"view": view, "obstacles": [wording.obstacle(one) for one in obstacles]}
    return page(request, access, "contacts", "console/contacts/erase.html", context)
