"""What every page behind a link that a message carries shares: its words, its language, its headers, who visits it.

No GET sets a cookie, so that whatever follows links leaves nothing behind.
"""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from acuse.delivery.services.access import Visitor
from acuse.doors.ui.preferences import LANGUAGES
from acuse.texts import storable

STRANGERS_PER_WINDOW = 60
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "form-action 'self'",
        "frame-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
#: What a browser says of a POST from our own page, or of one that its user made without any page.
_OWN_SITES = ("same-origin", "none")


class Words:
    """The sentences of a page, their slots filled; `w.title` in templates, `w.before__title` for "before.title".

    Args:
        words: in the page's language. told: what fills the slots.
    """

    def __init__(self, words: Mapping[str, str], told: dict[str, str]) -> None:
        self._words, self._told = words, told

    def __getitem__(self, key: str) -> str:
        return self._words[key.replace("__", ".")].format(**self._told)

    def say(self, key: str, **more: str) -> str:
        """Return a sentence with slots of its own."""
        return self._words[key].format(**{**self._told, **more})


def language_of(request: HttpRequest, theirs: str | None) -> str:
    """Return the language of a page: as asked for, else that of its message, else what the browser asks for.

    Args:
        request: of the page. theirs: language of the message; None where there is none.
    """
    asked = request.POST.get("l") or request.GET.get("l") or ""
    if asked in LANGUAGES:
        return asked
    spoken = theirs or translation.get_language_from_request(request)
    return spoken if spoken in LANGUAGES else "es"


def visitor_of(request: HttpRequest) -> Visitor:
    """Return who asks, as far as a request says it."""
    meta = request.META
    return Visitor(ip=meta.get("REMOTE_ADDR", ""), user_agent=storable(meta.get("HTTP_USER_AGENT", ""))[:1024])


def from_elsewhere(request: HttpRequest) -> bool:
    """Whether another site's page made a request: it may know the link, its sender's for one."""
    return request.headers.get("Sec-Fetch-Site", "none") not in _OWN_SITES


def dressed(response: HttpResponse) -> HttpResponse:
    """Return a response with the headers that keep a page behind a link from being kept, found or followed."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
