"""What every template may use."""

from django.http import HttpRequest

from acuse.doors.ui.preferences import LANGUAGES, SIDE_COOKIE, theme


def interface(request: HttpRequest) -> dict[str, object]:
    """Theme, width of the side navigation and the other language on offer."""
    language = getattr(request, "LANGUAGE_CODE", "es")
    return {
        "theme": theme(request),
        "side_as_icons": request.COOKIES.get(SIDE_COOKIE) == "icons",
        "other_language": next(code for code in LANGUAGES if code != language[:2]),
    }
