"""A member's own language, time zone and look apply from the first byte of a page."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

LANGUAGES = ("es", "en")
THEMES = ("light", "dark")
THEME_COOKIE = "acuse_theme"
SIDE_COOKIE = "acuse_side"
DEFAULT_ZONE = "Europe/Madrid"
#: Read once: it takes longer to look for the names of all zones than to answer most requests.
ZONES = frozenset(available_timezones())


class PreferencesMiddleware:
    """Activates what the member chose; visitors keep what their browser asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = getattr(request, "user", None)
        chosen, zone = "", DEFAULT_ZONE
        if user is not None and user.is_authenticated:
            chosen, zone = user.language, user.time_zone or DEFAULT_ZONE
        if chosen in LANGUAGES:
            translation.activate(chosen)
            setattr(request, "LANGUAGE_CODE", chosen)  # noqa: B010 - an attribute that Django's own middleware sets so
        with timezone.override(ZoneInfo(zone if zone in ZONES else DEFAULT_ZONE)):
            response = self.get_response(request)
        if chosen in LANGUAGES:
            response.headers["Content-Language"] = chosen
        return response


def theme(request: HttpRequest) -> str:
    """ "light", "dark", or "" for what the device says."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""
