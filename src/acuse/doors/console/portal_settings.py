"""What the organisation's public pages are set to: whether there are any, what they say, and what one can do there."""

from html import escape
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from acuse.accounts.queries import Access
from acuse.doors.console.acts import refused_at
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.errors import InputError
from acuse.helpdesk.queries.mailboxes import mailboxes
from acuse.helpdesk.services.opening import settings_of
from acuse.helpdesk.services.portal import LANGUAGES, MOST_ADDRESS, MOST_TEXT, change_portal, check_policy


class _Text(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MOST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 4}), **kwargs)


class PortalForm(StyledForm):
    """The settings of the public pages."""

    ids = "portal"
    portal_enabled = forms.BooleanField(label=gettext_lazy("The public page is on"), required=False)
    portal_indexed = forms.BooleanField(
        label=gettext_lazy("Search engines may list it"),
        required=False,
        help_text=gettext_lazy("The start and the frequent questions; never the form or anybody's messages."),
    )
    welcome_es = _Text(
        label=gettext_lazy("Welcome in Spanish"), help_text=gettext_lazy("A few lines at the top of the start page.")
    )
    welcome_en = _Text(label=gettext_lazy("Welcome in English"))
    form_enabled = forms.BooleanField(label=gettext_lazy("Customers can write by a form"), required=False)
    form_mailbox = forms.ChoiceField(
        label=gettext_lazy("Mailbox under which what they write is answered"), required=False
    )
    consent_es = _Text(
        label=gettext_lazy("Consent in Spanish"),
        help_text=gettext_lazy("What a customer agrees to before the form is sent, such as how their data is used."),
    )
    consent_en = _Text(label=gettext_lazy("Consent in English"))
    data_policy = forms.CharField(
        label=gettext_lazy("Address of the policy of data protection"),
        max_length=MOST_ADDRESS,
        required=False,
        help_text=gettext_lazy(
            "Where people read what you do with their data; the form and the public pages lead there."
        ),
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    quiet_hours_public = forms.BooleanField(
        label=gettext_lazy("Say when few people call"),
        required=False,
        help_text=gettext_lazy("Worked out from the calls and messages of the last weeks."),
    )

    def __init__(self, *args: object, access: Access, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["form_mailbox"]
        assert isinstance(field, forms.ChoiceField)
        boxes = [(str(one.id), one.address) for one in mailboxes(access) if one.enabled]
        field.choices = [("", _("None yet")), *boxes]

    def clean_data_policy(self) -> str:
        """An address that pages may lead to."""
        try:
            return check_policy(self.cleaned_data["data_policy"])
        except InputError as error:
            raise forms.ValidationError(said(error)) from error


@require_http_methods(["GET", "POST"])
@member_view
def portal_settings(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page; sent, it saves."""
    if request.method == "POST":
        access.require_manager()
    row = settings_of(access.organisation)
    initial: dict[str, object] = {
        "portal_enabled": row.portal_enabled,
        "portal_indexed": row.portal_indexed,
        "form_enabled": row.form_enabled,
        "form_mailbox": str(row.form_mailbox_id or ""),
        "quiet_hours_public": row.quiet_hours_public,
        "data_policy": row.data_policy,
    }
    for code in LANGUAGES:
        initial |= {f"welcome_{code}": row.welcome.get(code, ""), f"consent_{code}": row.consent.get(code, "")}
    form = PortalForm(request.POST or None, initial=initial, access=access)
    if form.is_valid():
        with refused_at(form):
            _save(access, form.cleaned_data)
            messages.success(request, _("Saved. The change is recorded in the ledger."))
            return redirect("console:portal-settings", access.view.slug)
    address = request.build_absolute_uri(f"/o/{access.view.slug}/")
    context: dict[str, object] = {"form": form, "enabled": row.portal_enabled, "address": address}
    if row.portal_enabled and row.form_enabled:
        context["snippet"] = f'<a href="{escape(address)}write/">{escape(_("Write to us"))}</a>'
    return page(request, access, "settings", "console/portal_settings.html", context)


def _save(access: Access, given: dict[str, str]) -> None:
    change_portal(
        access=access,
        portal_enabled=bool(given["portal_enabled"]),
        portal_indexed=bool(given["portal_indexed"]),
        form_enabled=bool(given["form_enabled"]),
        form_mailbox=UUID(given["form_mailbox"]) if given["form_mailbox"] else None,
        quiet_hours_public=bool(given["quiet_hours_public"]),
        welcome={code: given[f"welcome_{code}"] for code in LANGUAGES},
        consent={code: given[f"consent_{code}"] for code in LANGUAGES},
        data_policy=given["data_policy"],
    )
