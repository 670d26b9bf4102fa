"""The page behind the link of an invitation: whoever holds it joins, once, as the person whom it names."""

from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from acuse.accounts import members
from acuse.accounts.members import InvitationView
from acuse.accounts.models import User
from acuse.doors.console.wording import role
from acuse.doors.ui import figures
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.errors import InputError


class JoinForm(StyledForm):
    """What a new member says of themselves."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        help_text=gettext_lazy("Colleagues see it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("12 characters or more."),
    )

    def __init__(self, data: object = None, *, email: str) -> None:
        super().__init__(data)
        self._email = email

    def clean_password(self) -> str:
        """Refuse a password that is too short, too common, or like the person's own name or address."""
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self._email, name=self.cleaned_data.get("name", "")))
        return password


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the invitation; take it up when asked to."""
    found = members.find_invitation(token)
    if found is None:
        return render(request, "account/invitation_over.html", status=404)
    form = JoinForm(email=found.email)
    if request.method == "POST":
        try:
            if request.user.is_authenticated:
                return _join(request, found, token)
            form = JoinForm(request.POST, email=found.email)
            if not found.known and form.is_valid():
                return _begin(request, found, token, form)
        except InputError as error:
            form.add_error(None, said(error)) if form.is_bound else messages.error(request, said(error))
    return _page(request, found, form)


def _page(request: HttpRequest, found: InvitationView, form: JoinForm) -> HttpResponse:
    user = request.user
    context = {
        "invitation": found,
        "role_word": role(found.role),
        "form": form,
        "own": user.is_authenticated and user.email == found.email,
        "sign_in": urlencode({"next": request.path}),
        "until": f"{figures.day_and_time(found.expires_at)} ({figures.zone(found.expires_at)})",
    }
    return render(request, "account/invitation.html", context)


def _join(request: HttpRequest, found: InvitationView, token: str) -> HttpResponse:
    assert request.user.is_authenticated
    members.accept_as(token=token, user=request.user)
    return redirect("console:communications", found.slug)


def _begin(request: HttpRequest, found: InvitationView, token: str, form: JoinForm) -> HttpResponse:
    members.accept_as_new(
        token=token,
        name=form.cleaned_data["name"],
        password=form.cleaned_data["password"],
        language=figures.language(),
    )
    messages.success(request, _("Welcome. Sign in with your address and the password that you have chosen."))
    return redirect("account_login")
