"""The recipient's page: what it shows (GET, which records nothing) and what is done with it (POST, each a fact)."""

from datetime import datetime

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from acuse.certificates.queries import newest_certificate
from acuse.delivery.queries.access import consigned_message
from acuse.delivery.services import access
from acuse.delivery.services.access import NotOpen, Refused
from acuse.doors.portal.access_link import COMMENT, Page, Session, behind_link, comments_of, moment
from acuse.doors.portal.access_shown import is_brief, shown
from acuse.doors.ui import figures
from acuse.doors.ui.security import download, foreign_page
from acuse.errors import InputError
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
    state, done = page.seen.state, _done(page)
    if state in _OVER:
        key = "expired.opened" if state == "expired" and done else state
        return page.told(key, _OVER[state], done=done)
    return page.show("access/before.html", done=done)


def _done(page: Page) -> list[tuple[str, str]]:
    """What was done with the content before, each with when."""
    seen, words = page.seen, page.words
    acts = ((words["before.opened"], seen.opened_at), (words["before.accepted"], seen.accepted_at))
    return [(word, moment(at)) for word, at in acts if at is not None]


@require_POST
@behind_link
def open_it(page: Page) -> HttpResponse:
    """Open the content with the link; where the sender asked for a code, send it first."""
    if page.seen.state in _OVER:
        return _to(page)
    if page.seen.coded:
        return _send_code(page, "code")
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


def _send_code(page: Page, form: str) -> HttpResponse:
    """Send a code and go on to the form that asks for it: "code" to open, "reject" to refuse."""
    if page.seen.locked_until is not None:
        return _to(page, form)
    if page.seen.codes_left <= 0:
        return _no_more_codes(page, form)
    try:
        sent = access.send_code(communication=page.seen.communication, visitor=page.visitor)
    except NotOpen:
        return _to(page)
    return _to(page, form) if sent else _no_more_codes(page, form)


def _no_more_codes(page: Page, form: str) -> HttpResponse:
    problem = page.words["code.most"]
    if form == "reject":
        return _ask_rejection(page, status=429, problem=problem)
    return page.show("access/code.html", status=429, problem=problem)


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link
def code(page: Page) -> HttpResponse:
    """The form for the code, and what it leads to."""
    if page.seen.state in _OVER or not page.seen.coded:
        return _to(page)
    if page.request.method != "POST":
        return page.show("access/code.html", problem=_standing(page))
    if page.request.POST.get("again"):
        return _send_code(page, "code")
    typed = _typed(page)
    # Whoever has no code that serves puts nothing into custody.
    kept = _kept(page) if access.code_serves(communication=page.seen.communication, code=typed) else None
    try:
        opened = access.open_content(
            communication=page.seen.communication, visitor=page.visitor, shown=kept, code=typed
        )
    except InputError:
        return page.show("access/code.html", status=400, problem=page.words["code.form"])
    except NotOpen:
        return _to(page)
    if isinstance(opened, Refused):
        return page.show("access/code.html", status=403, problem=_refused(page, opened))
    assert kept is not None
    return page.begin_session(_to(page, "content"), method=opened.method, shown=kept.sha256)


def _typed(page: Page) -> str:
    return page.request.POST.get("code", "")[:40]


def _clock(at: datetime) -> str:
    """A time of day with its zone, as everything else on the page that is evidence or a term."""
    return f"{figures.clock_time(at)} ({figures.zone(at)})"


def _standing(page: Page) -> str:
    """What keeps a code from being taken now, if anything."""
    if page.seen.locked_until is not None:
        return page.words.say("code.locked", time=_clock(page.seen.locked_until))
    return "" if page.seen.code_until is not None else page.words["code.missing"]


def _refused(page: Page, refused: Refused) -> str:
    if refused.locked_until is not None:
        return page.words.say("code.locked", time=_clock(refused.locked_until))
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
    return _content(page, session, at=moment(seen.opened_at))


def _content(
    page: Page, session: Session, *, at: str, status: int = 200, problem: str = "", comments: str = ""
) -> HttpResponse:
    """Show the opened content; `problem` is what keeps the answer with these `comments` from being recorded."""
    seen, words = page.seen, page.words
    message = read(consigned_message(seen))
    said = words.say("opened.coded" if session.method else "opened", at=at)
    if seen.accepted_at is not None:
        said = words.say("accepted", at=moment(seen.accepted_at), words=words["accept"])
    proof = newest_certificate(organisation=seen.organisation_id, communication=seen.communication)
    return page.show(
        "access/content.html",
        status=status,
        problem=problem,
        comments=comments,
        said=said,
        brief=is_brief(message),
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
    session, seen, comments = page.session, page.seen, comments_of(page)
    if session is None or seen.state in _OVER or seen.opened_at is None:
        return _to(page)
    if len(comments) > COMMENT:
        problem = page.words["answer.long"]
        return _content(page, session, at=moment(seen.opened_at), status=400, problem=problem, comments=comments)
    try:
        access.accept(
            communication=page.seen.communication,
            visitor=page.visitor,
            method=session.method,
            words=page.words["accept"],
            comments=comments,
        )
    except NotOpen:
        return page.told("changed", 409)
    return _to(page, "content")


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link
def reject(page: Page) -> HttpResponse:
    """The recipient refuses: first what that means, then a code where opening asks for one too, then the act."""
    if page.seen.state in _OVER:
        return _to(page)
    if page.request.method != "POST":
        return _to(page) if page.seen.accepted_at is not None else _ask_rejection(page)
    if page.request.POST.get("again") and page.seen.coded:
        return _send_code(page, "reject")
    session, comments = page.session, comments_of(page)
    if len(comments) > COMMENT:
        return _ask_rejection(page, status=400, problem=page.words["answer.long"], comments=comments)
    try:
        refused = access.reject(
            communication=page.seen.communication,
            visitor=page.visitor,
            method=session.method if session else "",
            words=page.words["reject.yes"],
            comments=comments,
            code=_typed(page),
        )
    except InputError:
        return _ask_rejection(page, status=400, problem=page.words["code.form"], comments=comments)
    except NotOpen:
        return page.told("changed", 409)
    if refused is not None:
        return _ask_rejection(page, status=403, problem=_refused(page, refused), comments=comments)
    return _to(page)


def _ask_rejection(page: Page, *, status: int = 200, problem: str = "", comments: str = "") -> HttpResponse:
    """Show the form that refuses; where it takes a code, first the one that sends it."""
    coded = page.seen.coded and (page.session is None or page.session.method != "otp")
    if coded and page.seen.locked_until is not None:
        problem = problem or _standing(page)
    return page.show(
        "access/reject.html",
        status=status,
        key="reject" if page.seen.opened_at is None else "reject.opened",
        problem=problem,
        comments=comments,
        coded=coded,
        unsent=coded and page.seen.code_until is None and not comments,
    )
