"""The recipient's page: what it shows (GET, which records nothing) and what is done with it (POST, each a fact)."""

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from acuse.certificates.queries import newest_certificate
from acuse.delivery.queries.access import consigned_message
from acuse.delivery.services import access
from acuse.delivery.services.access import NotOpen, Refused
from acuse.doors.portal.access_link import Page, behind_link, comments_of, moment
from acuse.doors.portal.access_shown import shown
from acuse.doors.ui import figures
from acuse.doors.ui.security import download, foreign_page
from acuse.evidence import custody
from acuse.mail.read import Attachment, read

#: States in which nothing more can be opened, and what the page answers then.
_OVER = {"rejected": 410, "expired": 410, "revoked": 410}


def _to(page: Page, rest: str = "") -> HttpResponse:
    """Go on with GET, so that going back or reloading repeats nothing."""
    response = HttpResponseRedirect(page.path(rest))
    response.status_code = 303
    return response


@require_safe
@behind_link
def start(page: Page) -> HttpResponse:
    """What waits, from whom and until when; or why it does not any more."""
    if page.seen.state in _OVER:
        return page.told(page.seen.state, _OVER[page.seen.state])
    return page.show("access/before.html")


@require_POST
@behind_link
def open_it(page: Page) -> HttpResponse:
    """Open the content with the link; where the sender asked for a code, send it first."""
    if page.seen.state in _OVER:
        return _to(page)
    if page.seen.coded:
        return _send_code(page)
    kept = _kept(page)
    try:
        opened = access.open_content(communication=page.seen.communication, visitor=page.visitor, shown=kept)
    except NotOpen:
        return _to(page)
    assert not isinstance(opened, Refused)
    return page.begin_session(_to(page, "content"), method=opened.method, shown=kept.sha256)


def _kept(page: Page) -> custody.Kept:
    """Put into custody what will be shown, and return it: the fact of the access names it."""
    document = shown(read(consigned_message(page.seen)), page.words, language=page.language)
    return custody.keep(organisation=page.seen.organisation_id, content=document, media_type="text/html")


def _send_code(page: Page) -> HttpResponse:
    if page.seen.locked_until is not None:
        return _to(page, "code")
    if page.seen.codes_left <= 0:
        return _no_more_codes(page)
    try:
        sent = access.send_code(communication=page.seen.communication, visitor=page.visitor)
    except NotOpen:
        return _to(page)
    return _to(page, "code") if sent else _no_more_codes(page)


def _no_more_codes(page: Page) -> HttpResponse:
    return page.show("access/code.html", status=429, problem=page.words["code.most"])


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link
def code(page: Page) -> HttpResponse:
    """The form for the code, and what it leads to."""
    if page.seen.state in _OVER or not page.seen.coded:
        return _to(page)
    if page.request.method != "POST":
        return page.show("access/code.html", problem=_standing(page))
    if page.request.POST.get("again"):
        return _send_code(page)
    typed = page.request.POST.get("code", "")[:40]
    # Whoever has no code that serves puts nothing into custody.
    kept = _kept(page) if access.code_serves(communication=page.seen.communication, code=typed) else None
    try:
        opened = access.open_content(
            communication=page.seen.communication, visitor=page.visitor, shown=kept, code=typed
        )
    except NotOpen:
        return _to(page)
    if isinstance(opened, Refused):
        return page.show("access/code.html", status=403, problem=_refused(page, opened))
    assert kept is not None
    return page.begin_session(_to(page, "content"), method=opened.method, shown=kept.sha256)


def _standing(page: Page) -> str:
    """What keeps a code from being taken now, if anything."""
    if page.seen.locked_until is not None:
        return page.words.say("code.locked", time=figures.clock_time(page.seen.locked_until))
    return "" if page.seen.code_until is not None else page.words["code.missing"]


def _refused(page: Page, refused: Refused) -> str:
    if refused.locked_until is not None:
        return page.words.say("code.locked", time=figures.clock_time(refused.locked_until))
    if refused.late:
        return page.words["code.late"]
    key = "code.wrong.one" if refused.tries_left == 1 else "code.wrong"
    return page.words.say(key, left=str(refused.tries_left))


@require_safe
@behind_link
def content(page: Page) -> HttpResponse:
    """The content that this browser opened, its files, the proof and the answer."""
    session, seen = page.session, page.seen
    if session is None or seen.state in _OVER or seen.opened_at is None:
        return _to(page)
    message = read(consigned_message(seen))
    words, at = page.words, moment(seen.opened_at)
    said = words.say("opened.coded" if session.method else "opened", at=at)
    if seen.accepted_at is not None:
        said = words.say("accepted", at=moment(seen.accepted_at), words=words["accept"])
    proof = newest_certificate(organisation=seen.organisation_id, communication=seen.communication)
    return page.show(
        "access/content.html",
        said=said,
        files=[(number, one, words.say("download", name=one.name)) for number, one in _numbered(message.attachments)],
        proof=proof is not None,
    )


def _numbered(attachments: tuple[Attachment, ...]) -> list[tuple[int, Attachment]]:
    return list(enumerate(attachments, 1))


@require_safe
@behind_link
def message(page: Page) -> HttpResponse:
    """The content itself, for its frame or a page of its own; only within the session of whoever opened it.

    In whatever language the page is now, it is the very document that the fact of the opening names.
    """
    session = page.session
    if session is None or page.seen.state in _OVER:
        return page.told("unknown", 404)
    document = custody.open_object(organisation=page.seen.organisation_id, sha256=session.shown)
    return foreign_page(document.decode())


@require_POST
@behind_link
def attachment(page: Page, number: int) -> HttpResponse:
    """One file, always saved and never shown in place; that it was fetched is recorded before it is."""
    session = page.session
    if session is None or page.seen.state in _OVER:
        return _to(page)
    chosen = dict(_numbered(read(consigned_message(page.seen)).attachments)).get(number)
    if chosen is None:
        return page.told("unknown", 404)
    try:
        access.fetch_attachment(
            communication=page.seen.communication,
            visitor=page.visitor,
            method=session.method,
            number=number,
            chosen=chosen,
        )
    except NotOpen:
        return _to(page)
    return download(chosen.content, filename=chosen.name, media_type=chosen.media_type)


@require_safe
@behind_link
def certificate(page: Page) -> HttpResponse:
    """The newest certificate. It holds the content, so it is for whoever opened that."""
    if page.session is None or page.seen.state in _OVER:
        return _to(page)
    found = newest_certificate(organisation=page.seen.organisation_id, communication=page.seen.communication)
    if found is None:
        return _to(page, "content")
    return download(
        custody.open_object(organisation=page.seen.organisation_id, sha256=found.sha256),
        filename=f"{found.code}.pdf",
        media_type="application/pdf",
    )


@require_POST
@behind_link
def accept(page: Page) -> HttpResponse:
    """The recipient agrees."""
    session = page.session
    if session is None:
        return _to(page)
    try:
        access.accept(
            communication=page.seen.communication,
            visitor=page.visitor,
            method=session.method,
            words=page.words["accept"],
            comments=comments_of(page),
        )
    except NotOpen:
        return page.told("changed", 409)
    return _to(page, "content")


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link
def reject(page: Page) -> HttpResponse:
    """The recipient refuses: first what that means, then the act."""
    if page.seen.state in _OVER:
        return _to(page)
    if page.request.method != "POST":
        return page.show("access/reject.html")
    session = page.session
    try:
        access.reject(
            communication=page.seen.communication,
            visitor=page.visitor,
            method=session.method if session else "",
            words=page.words["reject.yes"],
            comments=comments_of(page),
        )
    except NotOpen:
        return page.told("changed", 409)
    return _to(page)
