"""A case for its customer: how it stands, by its secret link; the link by e-mail; the question whether they agree.

Looking records nothing, so that whatever follows links leaves nothing behind; what customers say is a POST.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from html import unescape
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.db import close_old_connections, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.html import strip_tags
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from acuse.certificates.queries import is_receipt_asked, newest_receipt
from acuse.doors.portal.case_words import WORDS
from acuse.doors.portal.link import STRANGERS_PER_WINDOW, Words, dressed, from_elsewhere, language_of, visitor_of
from acuse.doors.portal.verify import limited
from acuse.doors.portal.write_form import Token, is_over, limits, names_of_files, uploads_of
from acuse.doors.ui import figures
from acuse.doors.ui.counters import count
from acuse.doors.ui.errors import said
from acuse.doors.ui.preferences import DEFAULT_ZONE, LANGUAGES
from acuse.doors.ui.security import download
from acuse.errors import ConflictError, InputError, TemporaryError
from acuse.evidence import custody
from acuse.evidence.custody import DamagedObject, MissingObject
from acuse.helpdesk import form_guard
from acuse.helpdesk.queries.public import Followed, Question, access_file, followed, found_by_key, question
from acuse.helpdesk.queries.writing import agree_path, follow_path
from acuse.helpdesk.services.conformity import MOST_COMMENTS, answer_conformity
from acuse.helpdesk.services.form import Sending, add_to_case, sent_before
from acuse.helpdesk.services.links import send_link
from acuse.helpdesk.services.papers import ask_receipt
from acuse.mail.tokens import AGREE, FOLLOW, decode_token
from acuse.proof.facts.fact import Actor
from acuse.texts import storable

LOOKS_PER_WINDOW = 60
FILES_PER_WINDOW = 60
ACTS_PER_WINDOW = 20
TRIES_PER_WINDOW = 10
MOST_LINKS, LINK_SECONDS = 3, 60 * 60
FORM_SECONDS = 12 * 60 * 60
SHOWN_AT_FIRST = 700
"""Characters of what a customer was answered that stand above the question; the rest unfolds."""
SEALING_SECONDS = 3
_FORM = "acuse.case.form"
LINKS = ThreadPoolExecutor(1, thread_name_prefix="links")
"""Sends links that were asked for, one after the other."""

log = logging.getLogger(__name__)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """How a case stands and what was said in it; a POST adds to it."""
    found = decode_token(token, keys=(settings.ACUSE_KEYS.address,), purpose=FOLLOW)
    known = found is not None
    often = limited(request, *(("case", LOOKS_PER_WINDOW) if known else ("stranger", STRANGERS_PER_WINDOW)))
    writes = request.method == "POST"
    seen = followed(found) if found is not None and (writes or not often) else None
    if seen is None:
        key, status = ("often", 429) if often else ("unknown", 404)
        return _told(request, None, key, status)
    return _add(request, token, seen, often=often) if writes else _page(request, token, seen)


def _page(
    request: HttpRequest, token: str, seen: Followed, *, problem: str = "", text: str = "", status: int = 200
) -> HttpResponse:
    return _shown(
        request,
        seen,
        "case/page.html",
        status=status,
        agree=agree_path(seen.asked) if seen.asked else "",
        root=f"/f/{token}/",
        form=Token.new(seen.id).signed(),
        by_call=seen.channel == "phone",
        sealed=newest_receipt(organisation=seen.organisation_id, ticket=seen.id) is not None,
        problem=problem,
        lost=names_of_files(request),
        text=text,
        most=form_guard.MOST_TEXT,
    )


def _add(request: HttpRequest, token: str, seen: Followed, *, often: bool) -> HttpResponse:
    """Add what the customer wrote to their case, once however often it is sent; `often`: not now."""
    if from_elsewhere(request):
        return _told(request, seen, "elsewhere", 403)
    if often:
        return _again(request, token, seen, "add.often", 429)
    language, visitor, text = language_of(request, seen.language), visitor_of(request), request.POST.get("text", "")
    held = Token.of(request, seen.id)
    try:
        # How fast they write is not looked at: whoever has the link is no stranger.
        if held is None or held.is_stale:
            raise InputError("The page was open for too long. Look at what you wrote and send it again.")
        client = {"ip": visitor.ip[:64], "user_agent": visitor.user_agent}
        uploads = uploads_of(request)
        words = form_guard.check_text(text)
        sending = Sending(name=held.name_of({"text": words}, uploads), client=client, language=language)
        if sent_before(organisation=seen.organisation_id, sending=sending) is None:
            if is_over("case", str(seen.id), form_guard.MOST_OF_CASE):
                return _again(request, token, seen, "add.often", 429)
            add_to_case(ticket=seen.id, text=text, uploads=uploads, sending=sending)
    except (ConflictError, TemporaryError):
        log.exception("what was added to a case could not be kept")
        return _again(request, token, seen, "add.failed", 503)
    except InputError as error:
        with translation.override(language):
            problem = said(error)
        return _page(request, token, seen, problem=problem, text=storable(text), status=400)
    return _led(f"/f/{token}/?l={language}")


def _again(request: HttpRequest, token: str, seen: Followed, key: str, status: int) -> HttpResponse:
    """Show the page with what was written, and why it was not taken."""
    problem = WORDS[language_of(request, seen.language)][key]
    return _page(request, token, seen, problem=problem, text=storable(request.POST.get("text", "")), status=status)


def _led_by(request: HttpRequest, token: str, counted: str, most: int) -> Followed | HttpResponse:
    """Return the case of a secret link, or the page that says why not: unknown, or asked for too often.

    Args:
        counted: as what a request with a good link counts. most: of these in a window.
    """
    found = decode_token(token, keys=(settings.ACUSE_KEYS.address,), purpose=FOLLOW)
    often = limited(request, *(("stranger", STRANGERS_PER_WINDOW) if found is None else (counted, most)))
    seen = followed(found) if found is not None and not often else None
    if seen is None:
        key, status = ("often", 429) if often else ("unknown", 404)
        return _told(request, None, key, status)
    return seen


@require_safe
def file(request: HttpRequest, token: str, said: UUID, number: int) -> HttpResponse:
    """One file of what was said in a case, always saved and never shown in place."""
    seen = _led_by(request, token, "case-file", FILES_PER_WINDOW)
    if isinstance(seen, HttpResponse):
        return seen
    try:
        chosen = access_file(ticket=seen.id, said=said, number=number)
    except (MissingObject, DamagedObject, TemporaryError) as error:
        return _unread(request, seen, error)
    if chosen is None:
        return _told(request, seen, "unknown", 404)
    return dressed(download(chosen.content, filename=chosen.name, media_type=chosen.media_type))


def _unread(request: HttpRequest, seen: Followed, error: Exception) -> HttpResponse:
    """Tell that what custody holds, or held, of a case cannot be given; the log says why."""
    log.error("what is kept of a case cannot be read", exc_info=error)
    key, status = ("gone", 410) if isinstance(error, MissingObject) else ("lost", 503)
    return _told(request, seen, key, status)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The sealed receipt of what opened a case: a POST has it made, a GET waits for it and saves it."""
    seen = _led_by(request, token, "entry", LOOKS_PER_WINDOW)
    if isinstance(seen, HttpResponse):
        return seen
    here = f"/f/{token}/receipt?l={language_of(request, seen.language)}"
    if request.method == "POST":
        if from_elsewhere(request):
            return _told(request, seen, "elsewhere", 403)
        ask_receipt(ticket=seen.id)
        return _led(here)
    made = newest_receipt(organisation=seen.organisation_id, ticket=seen.id)
    if made is not None:
        try:
            content = custody.open_object(organisation=seen.organisation_id, sha256=made.sha256)
        except (MissingObject, DamagedObject, TemporaryError) as error:
            return _unread(request, seen, error)
        return dressed(download(content, filename=f"{seen.key}-{made.code}.pdf", media_type="application/pdf"))
    if not is_receipt_asked(organisation=seen.organisation_id, ticket=seen.id):
        return _led(f"/f/{token}/")
    response = _shown(
        request, seen, "access/told.html", told="sealing", again=True, page={"path": request.get_full_path()}
    )
    response.headers["Refresh"] = f"{SEALING_SECONDS}; url={here}"
    return response


def _led(path: str) -> HttpResponse:
    """Lead on to a page by GET."""
    response = redirect(path)
    response.status_code = 303
    return dressed(response)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether the customer agrees; a POST answers.

    The form carries a token of its own, as what Django would use needs a cookie, and no GET sets one.
    """
    found = decode_token(token, keys=(settings.ACUSE_KEYS.address,), purpose=AGREE)
    looks = ("case", LOOKS_PER_WINDOW) if found is not None else ("stranger", STRANGERS_PER_WINDOW)
    often = limited(request, *(("agree", ACTS_PER_WINDOW) if request.method == "POST" else looks))
    asked = question(found) if found is not None and not often else None
    if asked is None:
        key, status = ("often", 429) if often else ("unknown", 404)
        return _told(request, None, key, status)
    if request.method == "POST":
        return _answer(request, token, asked)
    return _question(request, token, asked)


def _question(request: HttpRequest, token: str, asked: Question) -> HttpResponse:
    form = signing.dumps(asked.id.hex, salt=_FORM)
    return _shown(
        request,
        asked.case,
        "case/agree.html",
        asked=asked,
        about=[(one, len(unescape(strip_tags(one.html))) > SHOWN_AT_FIRST) for one in asked.about],
        shown=SHOWN_AT_FIRST,
        form=form,
        root=f"/c/{token}/",
        most=MOST_COMMENTS,
        back=follow_path(asked.case.id),
    )


def _answer(request: HttpRequest, token: str, asked: Question) -> HttpResponse:
    if from_elsewhere(request):
        return _told(request, asked.case, "elsewhere", 403)
    try:
        held = signing.loads(request.POST.get("form", ""), salt=_FORM, max_age=FORM_SECONDS) == asked.id.hex
    except signing.BadSignature:
        held = False
    chosen = request.POST.get("said", "")
    if not held or chosen not in {"agree", "disagree"}:
        return _told(request, asked.case, "stale", 403)
    visitor = visitor_of(request)
    words = WORDS[language_of(request, asked.case.language)][chosen]
    # Answered or asked anew meanwhile: the page says so.
    with suppress(ConflictError):
        answer_conformity(
            request=asked.id,
            agreed=chosen == "agree",
            by="link",
            words=words,
            comments=storable(request.POST.get("comments", "")).replace("\r\n", "\n").strip()[:MOST_COMMENTS],
            actor=Actor(kind="recipient", id=str(asked.case.id)),
            client={"ip": visitor.ip, "user_agent": visitor.user_agent},
        )
    return dressed(redirect(f"/c/{token}/?l={language_of(request, asked.case.language)}"))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Send the link of a case to its customer, whose address and key have to fit.

    Whether they do is looked up apart from the request: what the page says, and how long it takes, tells nobody.
    """
    if request.method != "POST":
        return _shown(request, None, "case/find.html", sent=False)
    if limited(request, "key", TRIES_PER_WINDOW):
        return _told(request, None, "often", 429)
    key, address = storable(request.POST.get("key", ""))[:40], storable(request.POST.get("address", ""))[:320]
    LINKS.submit(_send_link, key, address)
    return _shown(request, None, "case/find.html", sent=True)


def _send_link(key: str, address: str) -> None:
    """Send the link that was asked for, where there is such a case. A crash loses it; whoever asked asks again."""
    close_old_connections()
    try:
        found = found_by_key(key=key, address=address)
        if found is not None and count(f"link:{found}", seconds=LINK_SECONDS) <= MOST_LINKS:
            send_link(ticket=found)
    except Exception:
        log.exception("a link cannot be sent")
    finally:
        connection.close()


def _told(request: HttpRequest, seen: Followed | None, key: str, status: int) -> HttpResponse:
    again, find = status == 403, status == 404
    return _shown(
        request, seen, "access/told.html", status=status, told=key, again=again, find=find, page={"path": request.path}
    )


def _shown(
    request: HttpRequest, seen: Followed | None, template: str, *, status: int = 200, told: str = "", **more: Any
) -> HttpResponse:
    language = language_of(request, seen.language if seen else None)
    with translation.override(language), timezone.override(ZoneInfo(seen.zone if seen else DEFAULT_ZONE)):
        slots = {"certifier": settings.ACUSE.certifier, **{name: str(most) for name, most in limits().items()}}
        if seen is not None:
            slots |= {"organisation": seen.organisation, "key": seen.key}
        asked: Question | None = more.get("asked")
        if asked is not None and asked.answered_at is not None:
            slots["at"] = f"{figures.day_and_time(asked.answered_at)} ({figures.zone(asked.answered_at)})"
        words = Words(WORDS[language], slots)
        context = {"w": words, "seen": seen, "language": language, **more}
        context["other"] = next(code for code in LANGUAGES if code != language)
        if seen is not None:
            context["standing"] = words[f"status.{seen.status}"]
        if told:
            context |= {"title": words[f"{told}.title"], "text": words[f"{told}.text"]}
        response = render(request, template, context, status=status)
    response.headers["Content-Language"] = language
    return dressed(response)
