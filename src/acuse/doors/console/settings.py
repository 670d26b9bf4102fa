"""Settings of an organisation: programs that send, addresses, language, seal. One service call for each act."""

from uuid import UUID
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from acuse.accounts import queries as accounts
from acuse.accounts import services
from acuse.accounts.queries import Access
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.errors import AcuseError
from acuse.evidence.queries import ledger_state
from acuse.proof.facts.fact import Actor


class OrganisationForm(StyledForm):
    """What documents and pages of the organisation use."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("As it appears on certificates.")
    )
    tax_id = forms.CharField(label=gettext_lazy("Tax number"), max_length=20, required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of certificates and notices"),
        choices=(("es", "Español"), ("en", "English")),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=lambda: [(name, name) for name in sorted(available_timezones()) if "/" in name or name == "UTC"],
        help_text=gettext_lazy("Certificates show it beside UTC."),
    )


class SealForm(StyledForm):
    """How certificates are sealed and who gets them."""

    seal_level = forms.ChoiceField(choices=(("B-LTA", "B-LTA"), ("B-T", "B-T"), ("B-B", "B-B")))
    certificate_by_email = forms.BooleanField(
        label=gettext_lazy("Send each certificate to the sender by e-mail"),
        required=False,
        help_text=gettext_lazy("It goes to the envelope sender once it is sealed."),
    )


class CredentialForm(StyledForm):
    """A new SMTP credential."""

    ids = "credential"
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("The program that will use it, for example “crm”."),
    )


class SenderForm(StyledForm):
    """An address or a whole domain to send as."""

    ids = "sender"
    pattern = forms.CharField(
        label=gettext_lazy("Address or domain"),
        max_length=254,
        help_text=gettext_lazy("For example avisos@empresa.example, or @empresa.example for all of it."),
    )


def _actor(access: Access) -> Actor:
    return Actor(kind="member", id=str(access.member))


def _page(request: HttpRequest, access: Access, **context: object) -> HttpResponseBase:
    view = access.view
    shown: dict[str, object] = {
        "organisation_form": OrganisationForm(
            initial={"name": view.name, "tax_id": view.tax_id, "language": view.language, "time_zone": view.time_zone}
        ),
        "seal_form": SealForm(
            initial={"seal_level": view.seal_level, "certificate_by_email": view.certificate_by_email}
        ),
        "credential_form": CredentialForm(),
        "sender_form": SenderForm(),
        "credentials": accounts.credentials(access),
        "patterns": sorted(accounts.sender_patterns(access.organisation)),
        "connector": settings.ACUSE,
        "development": ledger_state().anchor_development,
        "levels": (
            ("B-LTA", _("Signature, revocation data and a document time stamp: verifiable for many years.")),
            ("B-T", _("Signature with a time stamp.")),
            ("B-B", _("Signature alone; the time is proved by the ledger.")),
        ),
        **context,
    }
    return page(request, access, "settings", "console/settings.html", shown)


@require_http_methods(["GET", "POST"])
@member_view
def settings_page(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page, and the two forms of plain settings on it."""
    if request.method == "GET":
        return _page(request, access)
    access.require_manager()
    name = "seal_form" if request.POST.get("form") == "seal" else "organisation_form"
    form: StyledForm = SealForm(request.POST) if name == "seal_form" else OrganisationForm(request.POST)
    if form.is_valid():
        try:
            services.change_settings(access=access, **form.cleaned_data)
        except AcuseError as error:
            form.add_error(None, said(error))
        else:
            messages.success(request, _("Saved. The change is recorded in the ledger."))
            return redirect("console:settings", access.view.slug)
    return _page(request, access, **{name: form})


@require_POST
@member_view
def create_credential(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Create a credential; its secret is on the answer to this request and nowhere else."""
    access.require_manager()
    form = CredentialForm(request.POST)
    if form.is_valid():
        try:
            credential, secret = services.create_credential(
                organisation=access.organisation, name=form.cleaned_data["name"], actor=_actor(access)
            )
        except AcuseError as error:
            form.add_error("name", said(error))
        else:
            return _page(request, access, new_credential=credential, secret=secret)
    return _page(request, access, credential_form=form)


@require_POST
@member_view
def revoke_credential(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Revoke a credential at once."""
    access.require_manager()
    try:
        services.revoke_credential(organisation=access.organisation, credential=id, actor=_actor(access))
        messages.success(request, _("Revoked. The program that used it can no longer send."))
    except AcuseError as error:
        messages.error(request, said(error))
    return redirect("console:settings", access.view.slug)


@require_POST
@member_view
def add_sender(request: HttpRequest, access: Access) -> HttpResponseBase:
    """List an address or a domain as which programs may send."""
    access.require_manager()
    form = SenderForm(request.POST)
    if form.is_valid():
        try:
            services.add_sender_identity(
                organisation=access.organisation, pattern=form.cleaned_data["pattern"], actor=_actor(access)
            )
        except AcuseError as error:
            form.add_error("pattern", said(error))
        else:
            return redirect("console:settings", access.view.slug)
    return _page(request, access, sender_form=form)


@require_POST
@member_view
def remove_sender(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Take an address or a domain off the list."""
    access.require_manager()
    services.remove_sender_identity(
        organisation=access.organisation, pattern=request.POST.get("pattern", "")[:254], actor=_actor(access)
    )
    return redirect("console:settings", access.view.slug)
