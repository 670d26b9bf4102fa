"""The other language, for visitors by a cookie and for members by their preferences."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from acuse.accounts import services
from acuse.doors.ui.preferences import LANGUAGES

YEAR = 31_536_000


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language and go back to where one was."""
    chosen = request.POST.get("language", "")
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    response = redirect(target if safe else "portal:verify")
    if chosen not in LANGUAGES:
        return response
    user = request.user
    if user.is_authenticated:
        services.change_preferences(user=user, language=chosen, time_zone=user.time_zone, single_keys=user.single_keys)
    remember(response, chosen)
    return response


def remember(response: HttpResponse, chosen: str) -> None:
    """Let this browser keep the language that a visitor chose."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, chosen, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
