"""Frequent questions for the public: by section, by search, one to read, all to print; and whether an answer helped."""

from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST, require_safe

from acuse import clock
from acuse.composition import bodies
from acuse.doors.portal.office import Office, of_office
from acuse.doors.portal.verify import limited
from acuse.helpdesk.queries import faq
from acuse.helpdesk.queries.faq import MOST_SEARCH, Found, Reading
from acuse.helpdesk.services.faq_readers import count_help, count_missed

SEARCHES_PER_WINDOW = 40
SAYINGS_PER_WINDOW = 10
PRINTS_PER_WINDOW = 6
COOKIE = "acuse_helped"
_SALT = "acuse.faq.helped"
_MOST_REMEMBERED = 100
_MOST_KEPT = 1_000


@require_safe
@of_office
def index(office: Office) -> HttpResponse:
    """All questions by section, or those that a search (`q`) finds."""
    wanted = " ".join(office.request.GET.get("q", "")[:MOST_SEARCH].replace("\0", "").split())
    desk, language = office.desk, office.language
    if not wanted:
        return office.show(
            "faq/index.html", here="faq", listed=True, chapters=faq.chapters(desk.organisation, language)
        )
    if limited(office.request, "faq", SEARCHES_PER_WINDOW):
        return office.show("faq/found.html", here="faq", status=429, wanted=wanted, often=True)
    found = faq.search(desk.organisation, language, wanted)
    _count(office, wanted, found)
    return office.show("faq/found.html", here="faq", wanted=wanted, found=found)


def _count(office: Office, wanted: str, found: Found) -> None:
    if not found.hits:
        count_missed(organisation=office.desk.organisation, language=office.language, text=wanted)


@require_safe
@of_office
def article(office: Office, id: UUID) -> HttpResponse:
    """One question with its answer."""
    shown = _reading(office, id)
    said = _remembered(office).get(shown.id.hex, "")
    return office.show("faq/article.html", here="faq", listed=True, shown=shown, body=_html(shown), said=said)


@require_POST
@of_office
def helped(office: Office, id: UUID) -> HttpResponse:
    """Count whether an answer helped; a browser is asked once a session."""
    shown = _reading(office, id)
    said, remembered = office.request.POST.get("said", ""), _remembered(office)
    response = redirect("portal:article", office.desk.slug, shown.id)
    if said not in {"yes", "no"} or shown.id.hex in remembered:
        return response
    if limited(office.request, "helped", SAYINGS_PER_WINDOW):
        return office.show("faq/article.html", here="faq", status=429, shown=shown, body=_html(shown), often=True)
    count_help(organisation=office.desk.organisation, article=shown.id, helped=said == "yes")
    kept = dict(list({**remembered, shown.id.hex: said}.items())[-_MOST_REMEMBERED:])
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=_SALT, compress=True),
        path=f"/o/{office.desk.slug}/faq/",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@require_safe
@of_office
def printable(office: Office) -> HttpResponse:
    """All questions with their answers on one page, to print or to keep."""
    if limited(office.request, "faq-print", PRINTS_PER_WINDOW):
        return office.show("faq/printable.html", here="faq", status=429, often=True, at=clock.now())
    shown = faq.readings(office.desk.organisation, office.language)
    return office.show("faq/printable.html", here="faq", readings=[(one, _html(one)) for one in shown], at=clock.now())


def _reading(office: Office, id: UUID) -> Reading:
    shown = faq.reading(office.desk.organisation, id, office.language)
    if shown is None:
        raise Http404("There is no such page.")
    return shown


def _html(shown: Reading) -> SafeString:
    # What an answer may hold is made harmless there: paragraphs, lists, emphasis and links are left of it.
    return mark_safe(_rendered(shown.id, shown.version, shown.language, shown.body))  # noqa: S308


@lru_cache(maxsize=_MOST_KEPT)
def _rendered(_article: UUID, _version: int, _language: str, body: str) -> str:
    """Return an answer's HTML, which a version never changes; the last ones that were asked for are kept."""
    return bodies.article(body)


def _remembered(office: Office) -> dict[str, str]:
    """Return what this browser said of which articles in this session."""
    try:
        held = signing.loads(office.request.COOKIES.get(COOKIE, ""), salt=_SALT)
    except signing.BadSignature:
        return {}
    return dict(held)
