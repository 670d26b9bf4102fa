"""How messages are handled where they say nothing: of the organisation, and of each program."""

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from acuse.accounts import queries as accounts
from acuse.accounts import services
from acuse.accounts.queries import Access, CredentialView
from acuse.accounts.rules import MOST_TERM_DAYS
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.errors import AccessDenied, AcuseError, InputError
from acuse.mail.choices import MOST_REFERENCE, MOST_YEARS

MODES = (
    ("content", gettext_lazy("The message itself")),
    ("notice", gettext_lazy("A notice, with the content behind a link")),
)
ACCESSES = (("button", gettext_lazy("A button")), ("otp", gettext_lazy("A code sent by e-mail")))
SWITCH = (("off", gettext_lazy("No")), ("on", gettext_lazy("Yes")))
LANGUAGES = (("es", "Español"), ("en", "English"))


def _years(first: tuple[str, str]) -> list[tuple[str, str]]:
    least = settings.ACUSE.retention_years
    counted = [(str(years), _("%(years)s years") % {"years": years}) for years in range(least, MOST_YEARS + 1)]
    return [first, *counted]


def _switched(word: str) -> bool:
    return word == "on"


def _switch(value: bool | None) -> str:
    """Return the word of a form for a setting; empty for that of the organisation."""
    return "" if value is None else ("on" if value else "off")


class DefaultsForm(StyledForm):
    """How messages of the organisation are handled."""

    mode = forms.ChoiceField(label=gettext_lazy("What the recipient gets"), choices=MODES)
    notice_access = forms.ChoiceField(label=gettext_lazy("What opens a notice"), choices=ACCESSES)
    term_days = forms.IntegerField(
        label=gettext_lazy("Days that content waits behind its link"), min_value=1, max_value=MOST_TERM_DAYS
    )
    retention_years = forms.TypedChoiceField(
        label=gettext_lazy("How long content and evidence are kept"),
        choices=lambda: _years(
            ("0", _("As the installation: %(years)s years") % {"years": settings.ACUSE.retention_years})
        ),
        coerce=int,
    )
    footer = forms.TypedChoiceField(
        label=gettext_lazy("A line with the link to the receipt, at the end of the message"),
        choices=SWITCH,
        coerce=_switched,
        help_text=gettext_lazy("The copy that is sent then differs from what you wrote; both are kept and proved."),
    )
    tracking = forms.TypedChoiceField(
        label=gettext_lazy("Tracking: record when its image is loaded and its links are followed"),
        choices=SWITCH,
        coerce=_switched,
        help_text=gettext_lazy(
            "It never proves reading, and the law may ask you for the recipient’s consent. Every tracked message says "
            "so, with a link to withdraw."
        ),
    )


class CredentialDefaultsForm(StyledForm):
    """How messages of one program are handled; what is left open is as for the organisation."""

    mode = forms.ChoiceField(
        label=gettext_lazy("What the recipient gets"),
        choices=(("", gettext_lazy("As the organisation")), *MODES),
        required=False,
    )
    notice_access = forms.ChoiceField(
        label=gettext_lazy("What opens a notice"),
        choices=(("", gettext_lazy("As the organisation")), *ACCESSES),
        required=False,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=(("", gettext_lazy("As the organisation")), *LANGUAGES),
        required=False,
    )
    retention_years = forms.TypedChoiceField(
        label=gettext_lazy("How long it is kept"),
        choices=lambda: _years(("0", _("As the organisation"))),
        coerce=int,
    )
    footer = forms.TypedChoiceField(
        label=gettext_lazy("A line with the link to the receipt, at the end of the message"),
        choices=(("", gettext_lazy("As the organisation")), *SWITCH),
        coerce=_switched,
        required=False,
        empty_value=None,
    )
    tracking = forms.TypedChoiceField(
        label=gettext_lazy("Tracking: record when its image is loaded and its links are followed"),
        choices=(("", gettext_lazy("As the organisation")), *SWITCH),
        coerce=_switched,
        required=False,
        empty_value=None,
    )


def _fields() -> list[tuple[str, str, str]]:
    """Each header field with which one message chooses: its name, what it may say, what that does."""
    return [
        ("Acuse-Mode", "content | notice", _("What the recipient gets: the message, or a notice of it.")),
        ("Acuse-Access", "button | otp", _("What opens the notice; with it, the mode is notice.")),
        ("Acuse-Language", "es | en", _("Language of the certificate and of what the recipient is told.")),
        (
            "Acuse-Reference",
            _("text"),
            _("Your own reference, up to %(most)s characters; it is in the evidence.") % {"most": MOST_REFERENCE},
        ),
        (
            "Acuse-Retention",
            _("years"),
            _("How long it is kept: from %(least)s to %(most)s years.")
            % {"least": settings.ACUSE.retention_years, "most": MOST_YEARS},
        ),
        ("Acuse-Footer", "on | off", _("Whether the copy that is sent ends with the link to its receipt.")),
        (
            "Acuse-Tracking",
            "on | off",
            _("Whether it is recorded when the image and the links of that copy are requested."),
        ),
    ]


def _names(values: tuple[tuple[str, object], ...]) -> dict[str, str]:
    return {key: str(name) for key, name in values}


def _differing(one: CredentialView) -> str:
    """What is different for one program, in words; empty where nothing is."""
    parts = (
        _names(MODES).get(one.mode, ""),
        _names(ACCESSES).get(one.notice_access, ""),
        dict(LANGUAGES).get(one.language, ""),
        _("%(years)s years") % {"years": one.retention_years} if one.retention_years else "",
        {None: "", True: _("with the link to the receipt"), False: _("without the link to the receipt")}[one.footer],
        {None: "", True: _("tracked"), False: _("not tracked")}[one.tracking],
    )
    return ", ".join(part for part in parts if part)


def _program(one: CredentialView, form: CredentialDefaultsForm | None) -> tuple[CredentialView, str, forms.Form, bool]:
    shown = form or CredentialDefaultsForm(
        initial={
            "mode": one.mode,
            "notice_access": one.notice_access,
            "language": one.language,
            "retention_years": one.retention_years,
            "footer": _switch(one.footer),
            "tracking": _switch(one.tracking),
        },
        auto_id=f"program_{one.id}_%s",
    )
    return one, _differing(one), shown, form is not None


def _page(
    request: HttpRequest,
    access: Access,
    *,
    form: DefaultsForm | None = None,
    refused: tuple[UUID, CredentialDefaultsForm] | None = None,
) -> HttpResponseBase:
    view = access.view
    named = refused or (None, None)
    shown = {
        "form": form
        or DefaultsForm(
            initial={
                "mode": view.mode,
                "notice_access": view.notice_access,
                "term_days": view.term_days,
                "retention_years": view.retention_years,
                "footer": _switch(view.footer),
                "tracking": _switch(view.tracking),
            }
        ),
        "programs": [
            _program(one, named[1] if named[0] == one.id else None)
            for one in accounts.credentials(access)
            if one.revoked_at is None
        ],
        "fields": _fields(),
    }
    return page(request, access, "settings", "console/handling.html", shown)


@require_http_methods(["GET", "POST"])
@member_view
def handling(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page, and the form of the organisation's defaults on it."""
    if request.method == "GET":
        return _page(request, access)
    access.require_manager()
    form = DefaultsForm(request.POST)
    if form.is_valid():
        try:
            services.change_settings(access=access, **form.cleaned_data)
        except AcuseError as error:
            form.add_error(None, said(error))
        else:
            messages.success(request, _("Saved. The change is recorded in the ledger."))
            return redirect("console:handling", access.view.slug)
    return _page(request, access, form=form)


@require_POST
@member_view
def change_credential(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Change the defaults of one program."""
    access.require_manager()
    if not any(one.id == id for one in accounts.credentials(access)):
        raise Http404("There is no such credential.")
    form = CredentialDefaultsForm(request.POST, auto_id=f"program_{id}_%s")
    if form.is_valid():
        try:
            services.change_credential(access=access, credential=id, **form.cleaned_data)
        except AccessDenied:
            raise
        except InputError as error:
            raise Http404(str(error)) from error
        messages.success(request, _("Saved. The change is recorded in the ledger."))
        return redirect("console:handling", access.view.slug)
    return _page(request, access, refused=(id, form))
