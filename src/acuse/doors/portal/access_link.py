"""Who comes with which link: the token, the page's language and clock, the short session, the forms, the headers.

No GET sets a cookie, so that whatever follows links leaves nothing behind. What a form asks for is guarded by the link
itself, which nobody else can know, and by a token in the form, bound to that link, that goes stale; Django's own
token would need a cookie. The session begins with the act of opening, and its cookie goes no further than its link.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt

from acuse.delivery.queries.access import Consigned, consigned
from acuse.delivery.services.access import Visitor
from acuse.doors.portal.access_words import WORDS
from acuse.doors.portal.link import STRANGERS_PER_WINDOW, Words, dressed, from_elsewhere, language_of, visitor_of
from acuse.doors.portal.verify import limited
from acuse.doors.ui import figures
from acuse.doors.ui.preferences import DEFAULT_ZONE, LANGUAGES
from acuse.mail.tokens import ACCESS, decode_token
from acuse.texts import storable

COOKIE = "acuse_access"
SESSION_SECONDS = 30 * 60
COMMENT = 2000
"""The most characters of a comment."""
FORM_SECONDS = 12 * 60 * 60
ACTS_PER_WINDOW = 30
_FORM, _SESSION = "acuse.access.form", "acuse.access.shown"


@dataclass(frozen=True, kw_only=True)
class Session:
    """What the cookie of an opened content says.

    Attributes:
        method: of authentication, "" for the link alone.
        shown: SHA-256 of the document that was shown, in custody.
    """

    method: str
    shown: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """One request for the page behind a link that is ours."""

    request: HttpRequest
    token: str
    seen: Consigned
    language: str

    @property
    def root(self) -> str:
        """The path of the link, under which everything lies."""
        return f"/a/{self.token}/"

    @property
    def words(self) -> Words:
        """The sentences, in the page's language."""
        return words_of(self.seen, self.language)

    @property
    def visitor(self) -> Visitor:
        """Who asks."""
        return visitor_of(self.request)

    @property
    def session(self) -> Session | None:
        """The session of a content that this browser opened, or None."""
        try:
            found = signing.loads(self.request.COOKIES.get(COOKIE, ""), salt=_SESSION, max_age=SESSION_SECONDS)
        except signing.BadSignature:
            return None
        if found["c"] != self.seen.communication.hex:
            return None
        return Session(method=found["m"], shown=found["s"])

    def begin_session(self, response: HttpResponse, *, method: str, shown: str) -> HttpResponse:
        """Let this browser, and no other, see what it opened, for a short while; see `Session`."""
        value = signing.dumps({"c": self.seen.communication.hex, "m": method, "s": shown}, salt=_SESSION)
        response.set_cookie(
            COOKIE,
            value,
            max_age=SESSION_SECONDS,
            path=self.root,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
        return response

    def form_token(self) -> str:
        """Return what the forms of this page carry."""
        return signing.dumps(self.seen.communication.hex, salt=_FORM)

    def form_holds(self) -> bool:
        """Whether what was sent comes from a page of this link, and not too long ago."""
        try:
            carried = signing.loads(self.request.POST.get("form", ""), salt=_FORM, max_age=FORM_SECONDS)
        except signing.BadSignature:
            return False
        return bool(carried == self.seen.communication.hex)

    def path(self, rest: str = "") -> str:
        """Return a path under the link, in the page's language."""
        return f"{self.root}{rest}?l={self.language}"

    def show(self, template: str, *, status: int = 200, **more: Any) -> HttpResponse:
        """Return a page of ours."""
        return _show(self.request, template, self.language, self.seen, status, {"page": self, **more})

    def told(self, key: str, status: int, **more: Any) -> HttpResponse:
        """Return a page that says why nothing can be done here: its title and text under `key`."""
        return self.show("access/told.html", status=status, key=key, again=status in (403, 409, 429), **more)


View = Callable[..., HttpResponse]


def behind_link(view: View) -> View:
    """Make a view of what lies behind a link: `view(page, ...)` is called for links of ours alone."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, token: str, **more: Any) -> HttpResponse:
        found = decode_token(token, keys=(settings.ACUSE_KEYS.address,), purpose=ACCESS)
        seen = consigned(found) if found is not None else None
        language = language_of(request, seen.language if seen else None)
        setattr(request, "LANGUAGE_CODE", language)  # noqa: B010 - an attribute that Django's own middleware sets so
        with translation.override(language), timezone.override(ZoneInfo(seen.zone if seen else DEFAULT_ZONE)):
            if seen is None:
                often = limited(request, "stranger", STRANGERS_PER_WINDOW)
                response = _stranger(request, language, often=often)
            else:
                response = _guarded(Page(request=request, token=token, seen=seen, language=language), view, more)
        response.headers["Content-Language"] = language
        return dressed(response)

    return answer


def _guarded(page: Page, view: View, more: dict[str, Any]) -> HttpResponse:
    if page.request.method == "POST":
        # A press on another site's page is not the recipient's.
        if from_elsewhere(page.request):
            return page.told("elsewhere", 403)
        if limited(page.request, "access", ACTS_PER_WINDOW) or limited(
            page.request, "link", ACTS_PER_WINDOW, of=page.token
        ):
            return page.told("often", 429)
        if not page.form_holds():
            return page.told("stale", 403)
    return view(page, **more)


def _stranger(request: HttpRequest, language: str, *, often: bool) -> HttpResponse:
    """What a link that never was, or whose content was erased, leads to: the same words for both."""
    key, status = ("often", 429) if often else ("unknown", 404)
    return _show(request, "access/told.html", language, None, status, {"key": key})


def words_of(seen: Consigned | None, language: str) -> Words:
    """Return the sentences of a page, told of its communication where there is one."""
    told = {"certifier": settings.ACUSE.certifier}
    if seen is not None:
        told |= {
            "organisation": seen.organisation,
            "sender": seen.sender,
            "recipient": seen.recipient,
            "until": moment(seen.expires_at),
        }
    return Words(WORDS[language], told)


def moment(at: Any) -> str:
    """Return a moment as this page writes it, with its zone."""
    return f"{figures.day_and_time(at)} ({figures.zone(at)})"


def _show(
    request: HttpRequest, template: str, language: str, seen: Consigned | None, status: int, more: dict[str, Any]
) -> HttpResponse:
    words = words_of(seen, language)
    other = next(code for code in LANGUAGES if code != language)
    context = {"w": words, "seen": seen, "other": other, "language": language, **more}
    if "key" in more:
        context |= {"title": words[f"{more['key']}.title"], "text": words[f"{more['key']}.text"]}
    return render(request, template, context, status=status)


def comments_of(page: Page) -> str:
    """Return what the visitor wrote; more than `COMMENT` characters are not taken."""
    return storable(page.request.POST.get("comments", "")).replace("\r\n", "\n").strip()
