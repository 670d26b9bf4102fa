"""The public form: what somebody writes, the answers that there are already, and the case that it opens.

Two pages: what one writes; then the questions that may answer it, with files, consent and the button. Nothing that was
typed is lost on the way. Files are chosen on the second page; from there on scripts swap the pages around the chosen
files, which stay. Without scripts they are chosen again where that page comes back with a problem, which names them.
"""

import logging
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from acuse.doors.portal.link import dressed
from acuse.doors.portal.office import Office, of_office
from acuse.doors.portal.verify import limited
from acuse.doors.portal.write_form import TRAP, TYPES, Token, WriteForm, limits, names_of_files, uploads_of
from acuse.doors.portal.write_proof import (
    Waits,
    admit,
    asked_code,
    have_code_sent,
    is_flooded,
    is_proved,
    named_code,
    proved_address,
)
from acuse.doors.portal.write_step import Step
from acuse.doors.ui.errors import said
from acuse.doors.ui.security import PAGE_POLICY
from acuse.errors import ConflictError, InputError, TemporaryError
from acuse.helpdesk import form_guard
from acuse.helpdesk.queries.faq import suggest
from acuse.helpdesk.queries.public import followed
from acuse.helpdesk.queries.writing import follow_link
from acuse.helpdesk.services.form import send_form, sent_before

POSTS_PER_WINDOW = 30
SUGGESTIONS_PER_WINDOW = 60
_SENT = "acuse.office.sent"

log = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@of_office
def write(office: Office) -> HttpResponse:
    """The form, the page after it, and what it opens."""
    if not office.desk.form:
        raise Http404("There is no such page.")
    request, owner = office.request, office.desk.organisation
    if request.method != "POST":
        return _first(office, WriteForm(), Token.new(owner))
    token, asked = Token.of(request, owner), request.POST.get("step", "")
    often = limited(request, "write", POSTS_PER_WINDOW)
    if often or asked == "change":
        again = WriteForm(initial=request.POST.dict())
        return _first(office, again, token or Token.new(owner), status=429 if often else 200)
    form = WriteForm(request.POST)
    if not form.is_valid():
        return _first(office, form, token or Token.new(owner), status=400)
    step = Step(office=office, form=form, token=token or Token.new(owner), unknown=token is None)
    return _send(step) if asked == "send" else _second(step, anew=asked == "code")


@require_POST
@of_office
def suggestions(office: Office) -> HttpResponse:
    """The questions that what somebody is typing brings to mind."""
    often = limited(office.request, "suggest", SUGGESTIONS_PER_WINDOW)
    return office.show(
        "portal/write_suggested.html", suggested=() if often else _suggested(office, office.request.POST)
    )


@require_safe
@of_office
def sent(office: Office, token: str) -> HttpResponse:
    """The case that was opened: its key to keep or to print, and its link for whoever proved its address by a code."""
    try:
        ticket, code = signing.loads(token, salt=_SENT, max_age=form_guard.MOST_AGE)
    except signing.BadSignature as error:
        raise Http404("There is no such page.") from error
    case = followed(UUID(ticket))
    if case is None or case.organisation_id != office.desk.organisation:
        raise Http404("There is no such page.")
    shown = proved_address(office, UUID(code)) == case.address if code else False
    link = follow_link(case.id) if shown else ""
    response = office.show("portal/write_sent.html", case=case, link=link, here="write")
    # The link in it is secret: the page is kept nowhere and named to nobody.
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return dressed(response)


def _first(office: Office, form: WriteForm, token: Token, *, status: int = 200) -> HttpResponse:
    return office.show(
        "portal/write.html",
        status=status,
        here="write",
        form=form,
        token=token.signed(),
        trap=TRAP,
        limits=limits(),
        swapped=_is_swapped(office),
        often=status == 429,
        suggested=_suggested(office, form.data) if form.is_bound else (),
    )


def _suggested(office: Office, given: Any) -> Any:
    words = f"{given.get('subject', '')} {given.get('text', '')[:400]}".strip()
    return suggest(office.desk.organisation, office.language, words) if office.desk.faq and words else ()


def _second(step: Step, *, problem: str = "", status: int = 200, anew: bool = False) -> HttpResponse:
    """The page before the case opens. Where proof of the address is wanted it asks for a code, which is sent first."""
    code = asked_code(step)
    try:
        if code is None or anew:
            code = have_code_sent(step, anew=code is not None and anew)
    except Waits as error:
        problem, status = said(error), 429
    token = step.fresh_token()
    return step.office.show(
        "portal/write_send.html",
        status=status,
        here="write",
        form=step.form,
        kind=TYPES[step.form.cleaned_data["type"]],
        token=token.signed(),
        early=token.early_milliseconds,
        suggested=_suggested(step.office, step.form.cleaned_data),
        consent=step.consent,
        words=step.signed_words(),
        agreed=step.has_agreed,
        limits=limits(),
        lost=names_of_files(step.office.request),
        swapped=_is_swapped(step.office),
        trap=TRAP,
        problem=problem,
        proof=named_code(step, code) if code else "",
        asks_code=code is not None and not is_proved(step, code),
        flooded=is_flooded(step),
    )


def _send(step: Step) -> HttpResponse:
    """Open the case, if nothing speaks against it; else the page again with what does."""
    desk = step.office.desk
    try:
        uploads, sheet = uploads_of(step.office.request), step.form.sheet()
        sending = step.sending(sheet, uploads)
        again = sent_before(organisation=desk.organisation, sending=sending)
        if again is not None:
            return _to_sent(step, again)
        step.check_age()
        _check_manners(step)
        assert desk.form_mailbox is not None
        opened = send_form(
            organisation=desk.organisation,
            mailbox=desk.form_mailbox,
            sheet=sheet,
            uploads=uploads,
            consent=step.consent,
            proved=admit(step),
            sending=sending,
        )
    except (ConflictError, TemporaryError):
        log.exception("what was written in the form could not be kept")
        problem = _("It could not be kept just now. What you wrote is still here: send it again in a while.")
        return _second(step, problem=problem, status=503)
    except Waits as error:
        return _second(step, problem=said(error), status=429)
    except InputError as error:
        return _second(step, problem=said(error), status=400)
    return _to_sent(step, opened)


def _check_manners(step: Step) -> None:
    given = step.office.request.POST
    if given.get(TRAP):
        raise InputError("A field that people do not see was filled in. Send it once more.")
    if step.consent and not step.saw_words:
        raise InputError("What you are asked to agree to was changed. Read it again.")
    if step.consent and not step.has_agreed:
        raise InputError("Say that you agree to the use of your data.")


def _to_sent(step: Step, ticket: UUID) -> HttpResponse:
    code = asked_code(step)
    token = signing.dumps([ticket.hex, code.hex if code else ""], salt=_SENT)
    path = f"{reverse('portal:write-sent', args=[step.office.desk.slug, token])}?l={step.office.language}"
    if _is_swapped(step.office):
        return dressed(HttpResponseClientRedirect(path))
    response = HttpResponseRedirect(path)
    response.status_code = 303
    return dressed(response)


def _is_swapped(office: Office) -> bool:
    """Whether the page's script asked, which puts what comes back around the chosen files."""
    return office.request.headers.get("HX-Request") == "true"
