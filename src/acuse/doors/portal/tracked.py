"""What a tracked copy names: its image, its links, and the page on which its recipient wants no more of it.

The image and the links are answered whether or not the request can be recorded. A link leads only to an address that
the message itself had; whoever only looks at the page leaves nothing behind.
"""

import base64
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.encoding import iri_to_uri
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from acuse.delivery.queries.tracking import Tracked, tracked, tracked_link
from acuse.delivery.services import tracking
from acuse.doors.portal.link import STRANGERS_PER_WINDOW, Words, dressed, from_elsewhere, language_of, visitor_of
from acuse.doors.portal.tracked_words import WORDS
from acuse.doors.portal.verify import limited
from acuse.doors.ui import figures
from acuse.doors.ui.preferences import DEFAULT_ZONE, LANGUAGES
from acuse.errors import AcuseError
from acuse.mail.tokens import TRACK, decode_token
from acuse.texts import storable

FORM_SECONDS = 12 * 60 * 60
ACTS_PER_WINDOW = 30
HITS_PER_WINDOW = 60
#: The smallest GIF that every mail program shows as nothing: one transparent pixel.
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
_FORM = "acuse.tracking.form"
_PURPOSES = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Page:
    """One request for what lies behind a link of a tracked copy."""

    request: HttpRequest
    token: str
    seen: Tracked
    language: str

    @property
    def root(self) -> str:
        """The path under which everything of this copy lies."""
        return f"/t/{self.token}/"

    @property
    def path(self) -> str:
        """The path of the page, in its language."""
        return f"{self.root}?l={self.language}"

    def form_token(self) -> str:
        """Return what the form of this page carries."""
        return signing.dumps(self.seen.communication.hex, salt=_FORM)

    def form_holds(self) -> bool:
        """Whether what was sent comes from a page of this link, and not too long ago."""
        try:
            carried = signing.loads(self.request.POST.get("form", ""), salt=_FORM, max_age=FORM_SECONDS)
        except signing.BadSignature:
            return False
        return bool(carried == self.seen.communication.hex)

    def show(self, template: str, *, status: int = 200, **more: Any) -> HttpResponse:
        """Return a page of ours."""
        return _show(self.request, template, self.language, self.seen, status, {"page": self, **more})

    def told(self, key: str, status: int) -> HttpResponse:
        """Return a page that says why nothing can be done here: its title and text under `key`."""
        return self.show("access/told.html", status=status, key=key, again=status in (403, 429))


View = Callable[..., HttpResponse]


def _behind_link(view: View) -> View:
    """Make a view of what lies behind a link: `view(page, ...)` is called for links of ours alone."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, token: str, **more: Any) -> HttpResponse:
        language = language_of(request, None)
        try:
            found = _identity(token)
            seen = tracked(found) if found is not None else None
            language = language_of(request, seen.language if seen else None)
            with translation.override(language), timezone.override(ZoneInfo(seen.zone if seen else DEFAULT_ZONE)):
                if seen is None:
                    response = _stranger(request, language)
                else:
                    response = view(Page(request=request, token=token, seen=seen, language=language), **more)
        except (AcuseError, DatabaseError):
            _log.exception("What a link of a copy leads to cannot be read.")
            response = _show(request, "access/told.html", language, None, 503, {"key": "later"})
        response.headers["Content-Language"] = language
        return dressed(response)

    return answer


def _identity(token: str) -> UUID | None:
    return decode_token(token, keys=(settings.ACUSE_KEYS.address,), purpose=TRACK)


@require_safe
def image(request: HttpRequest, token: str) -> HttpResponse:
    """The image: the same for whoever asks, whatever the token."""
    found = _identity(token)
    if found is not None:
        _record(request, found)
    response = dressed(HttpResponse(PIXEL, content_type="image/gif"))
    # Mail is read on pages of others, which may show this alone.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
@_behind_link
def link(page: Page, number: int) -> HttpResponse:
    """Lead on to where a link of the message leads, and nowhere else."""
    address = tracked_link(page.seen, number=number)
    if address is None:
        return page.told("unknown", 404)
    _record(page.request, page.seen.communication, number=number, link=address)
    response = HttpResponse(status=302)
    response.headers["Location"] = iri_to_uri(address)
    return response


@require_safe
@_behind_link
def about(page: Page) -> HttpResponse:
    """What this message tells its sender, and the button against it."""
    return page.show("tracked/page.html")


@require_POST
@_behind_link
def withdraw(page: Page) -> HttpResponse:
    """Record that the recipient does not want to be tracked, and go back to the page, which says so."""
    if from_elsewhere(page.request):
        return page.told("elsewhere", 403)
    # By address alone: a count by link would let whoever else knows it keep the recipient from withdrawing.
    if limited(page.request, "withdraw", ACTS_PER_WINDOW):
        return page.told("often", 429)
    if not page.form_holds():
        return page.told("stale", 403)
    tracking.withdraw(communication=page.seen.communication, visitor=visitor_of(page.request))
    response = HttpResponse(status=303)
    response.headers["Location"] = page.path
    return response


def _record(request: HttpRequest, communication: UUID, *, number: int = 0, link: str = "") -> None:
    """Record a request, unless its address makes too many; where that fails it is logged.

    Whoever asked is answered all the same.
    """
    headers = request.headers
    asked = tracking.Request(
        visitor=visitor_of(request),
        method=request.method or "",
        language=headers.get("Accept-Language", ""),
        purpose=" ".join(headers.get(name, "") for name in _PURPOSES),
        number=number,
        link=storable(link),
    )
    try:
        if not limited(request, "hits", HITS_PER_WINDOW):
            tracking.record_request(communication=communication, request=asked)
    except (AcuseError, DatabaseError):
        _log.exception("A request of what a copy names could not be recorded.")


def _stranger(request: HttpRequest, language: str) -> HttpResponse:
    """What a link that never was, or whose message was erased, leads to: the same words for both."""
    often = limited(request, "stranger", STRANGERS_PER_WINDOW)
    key, status = ("often", 429) if often else ("unknown", 404)
    return _show(request, "access/told.html", language, None, status, {"key": key})


def _show(
    request: HttpRequest, template: str, language: str, seen: Tracked | None, status: int, more: dict[str, Any]
) -> HttpResponse:
    told = {"certifier": settings.ACUSE.certifier}
    if seen is not None:
        told |= {"organisation": seen.organisation, "recipient": seen.recipient}
        if seen.withdrawn_at is not None:
            told["at"] = f"{figures.day_and_time(seen.withdrawn_at)} ({figures.zone(seen.withdrawn_at)})"
    words = Words(WORDS[language], told)
    other = next(code for code in LANGUAGES if code != language)
    context = {"w": words, "seen": seen, "other": other, "language": language, **more}
    if "key" in more:
        context |= {"title": words[f"{more['key']}.title"], "text": words[f"{more['key']}.text"]}
    return render(request, template, context, status=status)
