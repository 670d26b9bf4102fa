"""A member's own preferences: language, time zone, single keys."""

from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from acuse.accounts import services
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.errors import AcuseError


class PreferencesForm(StyledForm):
    """What a member sees, whatever the organisation."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=(("es", "Español"), ("en", "English")))
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=lambda: [(name, name) for name in sorted(available_timezones()) if "/" in name or name == "UTC"],
    )
    single_keys = forms.BooleanField(
        label=gettext_lazy("Shortcuts of a single key"),
        required=False,
        help_text=gettext_lazy("J, K, E, U and the like. They do nothing while you type."),
    )


@require_http_methods(["GET", "POST"])
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """The page."""
    user = request.user
    assert user.is_authenticated
    initial = {"language": user.language, "time_zone": user.time_zone, "single_keys": user.single_keys}
    form = PreferencesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_preferences(user=user, **form.cleaned_data)
        except AcuseError as error:
            form.add_error(None, said(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("console:preferences")
    return render(request, "console/preferences.html", {"form": form})
