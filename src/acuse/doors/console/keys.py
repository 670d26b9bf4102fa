"""API keys of an organisation: what each may read, making one that is shown once, revoking it."""

from datetime import timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from acuse import clock
from acuse.accounts import api_keys, rules
from acuse.accounts.queries import Access
from acuse.doors.console.acts import found, refused_at
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.forms import StyledForm

LIVES = ("90", "365", "")


def _scopes() -> list[tuple[str, str, str]]:
    """Each scope: its key, what it is called, what it opens."""
    words = {
        "communications:read": (_("Communications"), _("List them, and read how far each got and why.")),
        "content:read": (_("Content"), _("Download the messages themselves.")),
        "evidence:read": (_("Evidence"), _("Facts, certificates and proofs. A certificate shows the message.")),
        "cases:read": (_("Cases"), _("List them; what was said in each but internal notes, and its deadlines.")),
        "cases:write": (
            _("Cases, entering"),
            _("Open them, add what the customer says in them, and enter calls."),
        ),
        "verify": (_("Verification"), _("Have files checked.")),
    }
    return [(scope, *words[scope]) for scope in rules.SCOPES]


def _lives() -> list[tuple[str, str]]:
    return [(days, _("%(days)s days") % {"days": days} if days else _("It does not expire")) for days in LIVES]


class KeyForm(StyledForm):
    """A new API key."""

    ids = "key"
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("The program that will use it, for example “crm”."),
    )
    days = forms.ChoiceField(label=gettext_lazy("Valid for"), choices=_lives, required=False, initial="365")
    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in rules.SCOPES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose what the key may do.")},
    )


def _page(request: HttpRequest, access: Access, **context: object) -> HttpResponseBase:
    form = context.get("form") or KeyForm()
    assert isinstance(form, KeyForm)
    chosen = form["scopes"].value() or ()
    names = {scope: name for scope, name, _text in _scopes()}
    shown: dict[str, object] = {
        "keys": [(one, [names[scope] for scope in one.scopes]) for one in api_keys.api_keys(access)],
        "scopes": [(scope, name, text, scope in chosen) for scope, name, text in _scopes()],
        **context,
        "form": form,
    }
    return page(request, access, "settings", "console/keys.html", shown)


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page; every member may read it."""
    return _page(request, access)


@require_POST
@member_view
def create(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Create a key; it is on the answer to this request and nowhere else."""
    access.require_manager()
    form = KeyForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        ends = clock.now() + timedelta(days=int(given["days"])) if given["days"] else None
        with refused_at(form, "name"):
            made, key = api_keys.create_api_key(
                access=access, name=given["name"], scopes=given["scopes"], expires_at=ends
            )
            return _page(request, access, made=made, key=key)
    return _page(request, access, form=form)


@require_POST
@member_view
def revoke(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Revoke a key at once."""
    with found():
        api_keys.revoke_api_key(access=access, key=id)
    messages.success(request, _("Revoked. The program that used it can do nothing more."))
    return redirect("console:keys", access.view.slug)
