"""The receipt of a message, for whoever received it: what was certified, what became of it, and the proof to keep.

Nothing can be done here, so nothing is recorded: the link may be forwarded and followed by anybody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from acuse.certificates.queries import newest_certificate
from acuse.delivery.queries.receipts import Receipt, receipt
from acuse.doors.portal.link import STRANGERS_PER_WINDOW, Words, dressed, language_of
from acuse.doors.portal.receipt_words import WORDS
from acuse.doors.portal.verify import limited
from acuse.doors.ui import figures
from acuse.doors.ui.preferences import DEFAULT_ZONE, LANGUAGES
from acuse.doors.ui.security import download
from acuse.evidence import custody
from acuse.mail.tokens import RECEIPT, decode_token

LOOKS_PER_WINDOW = 60


@dataclass(frozen=True, kw_only=True)
class Page:
    """One request for the receipt behind a link that is ours."""

    request: HttpRequest
    token: str
    seen: Receipt
    language: str

    @property
    def root(self) -> str:
        """The path under which everything of this receipt lies."""
        return f"/r/{self.token}/"

    @property
    def path(self) -> str:
        """The path of the page, in its language."""
        return f"{self.root}?l={self.language}"


View = Callable[[Page], HttpResponse]


def _behind_link(view: View) -> Callable[..., HttpResponse]:
    """Make a view of a receipt: `view(page)` is called for links of ours alone, and not too often."""

    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        found = decode_token(token, keys=(settings.ACUSE_KEYS.address,), purpose=RECEIPT)
        known = found is not None
        often = limited(request, *(("receipt", LOOKS_PER_WINDOW) if known else ("stranger", STRANGERS_PER_WINDOW)))
        seen = receipt(found) if found is not None and not often else None
        language = language_of(request, seen.language if seen else None)
        with translation.override(language), timezone.override(ZoneInfo(seen.zone if seen else DEFAULT_ZONE)):
            if seen is None:
                key, status = ("often", 429) if often else ("unknown", 404)
                response = _show(request, "access/told.html", language, None, status=status, key=key)
            else:
                response = view(Page(request=request, token=token, seen=seen, language=language))
        response.headers["Content-Language"] = language
        return dressed(response)

    return answer


@_behind_link
def page(page: Page) -> HttpResponse:
    """What was certified, by whom, what became of it, and the proof where it is ready."""
    seen = page.seen
    proof = newest_certificate(organisation=seen.organisation_id, communication=seen.communication)
    return _show(page.request, "receipt/page.html", page.language, seen, page=page, proof=proof)


@_behind_link
def certificate(page: Page) -> HttpResponse:
    """The newest certificate, saved and never shown in place; the page again while there is none."""
    seen = page.seen
    found = newest_certificate(organisation=seen.organisation_id, communication=seen.communication)
    if found is None:
        response = HttpResponse(status=303)
        response.headers["Location"] = page.path
        return response
    return download(
        custody.open_object(organisation=seen.organisation_id, sha256=found.sha256),
        filename=f"{found.code}.pdf",
        media_type="application/pdf",
    )


def _show(
    request: HttpRequest, template: str, language: str, seen: Receipt | None, *, status: int = 200, **more: Any
) -> HttpResponse:
    told = {"certifier": settings.ACUSE.certifier}
    if seen is not None:
        told |= {
            "organisation": seen.organisation,
            "sender": seen.sender,
            "recipient": seen.recipient,
            "domain": seen.recipient.rpartition("@")[2],
            "at": f"{figures.day_and_time(seen.decided_at)} ({figures.zone(seen.decided_at)})",
        }
    words = Words(WORDS[language], told)
    other = next(code for code in LANGUAGES if code != language)
    context = {"w": words, "seen": seen, "other": other, "language": language, **more}
    if seen is not None:
        context["standing"] = words[f"standing.{seen.outcome}"]
    if "key" in more:
        context |= {"title": words[f"{more['key']}.title"], "text": words[f"{more['key']}.text"]}
    return render(request, template, context, status=status)
