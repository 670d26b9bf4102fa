"""The public form: what somebody writes, the answers that there are already, and the case that it opens.

Two pages: what one writes; then the questions that may answer it, with files, consent and the button. Nothing that was
typed is lost on the way; files are chosen on the second page, and again where that page comes back with a problem.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from acuse.contacts.services.codes import Refused, ask_code, give_code, proved
from acuse.doors.portal.link import dressed, visitor_of
from acuse.doors.portal.office import Office, of_office
from acuse.doors.portal.verify import limited, network_of
from acuse.doors.portal.write_form import TRAP, TYPES, Token, WriteForm, counter, is_over, limits, uploads_of
from acuse.doors.ui.counters import counted
from acuse.doors.ui.errors import said
from acuse.doors.ui.security import PAGE_POLICY
from acuse.errors import AcuseError, InputError
from acuse.helpdesk import form_guard
from acuse.helpdesk.form_guard import Sheet
from acuse.helpdesk.queries.faq import suggest
from acuse.helpdesk.queries.portal import in_language
from acuse.helpdesk.queries.public import followed
from acuse.helpdesk.queries.writing import follow_link
from acuse.helpdesk.services.form import Sending, send_form, sent_before
from acuse.mail.tokens import FOLLOW, decode_token, encode_token
from acuse.proof.facts.fact import Actor

POSTS_PER_WINDOW = 30
SUGGESTIONS_PER_WINDOW = 60
_PROOF = "acuse.office.proof"
_PURPOSE = "form"
_ACTOR = Actor(kind="component", id="portal")
_FULL = "So many people write at this moment that this has to wait. What you wrote is still here."


class Waits(AcuseError):
    """So much came in that this has to wait, or the address has to be proved first."""


@dataclass(frozen=True, kw_only=True)
class _Step:
    """One sending of the form."""

    office: Office
    form: WriteForm
    token: Token

    @property
    def sending(self) -> Sending:
        """What is told of it to the desk."""
        visitor = visitor_of(self.office.request)
        client = {"ip": visitor.ip[:64], "user_agent": visitor.user_agent}
        return Sending(name=self.token.name, client=client, language=self.office.language)

    @property
    def consent(self) -> str:
        """The words to agree to, in the page's language; "" for none."""
        return in_language(self.office.desk.consent, self.office.language)

    def fresh_token(self) -> Token:
        """Its own token, or a new one where that is too old to be sent."""
        return Token.new(self.token.owner) if self.token.is_stale else self.token


@require_http_methods(["GET", "HEAD", "POST"])
@of_office
def write(office: Office) -> HttpResponse:
    """The form, the page after it, and what it opens."""
    if not office.desk.form:
        raise Http404("There is no such page.")
    request, owner = office.request, office.desk.organisation
    if request.method != "POST":
        return _first(office, WriteForm(), Token.new(owner))
    if limited(request, "write", POSTS_PER_WINDOW):
        return office.show("portal/write_wait.html", status=429, here="write")
    token, asked = Token.of(request, owner), request.POST.get("step", "")
    if asked == "change":
        return _first(office, WriteForm(initial=request.POST.dict()), token or Token.new(owner))
    form = WriteForm(request.POST)
    if not form.is_valid():
        return _first(office, form, token or Token.new(owner), status=400)
    step = _Step(office=office, form=form, token=token or Token.new(owner))
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
    """The case that was opened: its key and its link, to keep or to print."""
    found = decode_token(token, keys=(settings.ACUSE_KEYS.address,), purpose=FOLLOW)
    case = followed(found) if found is not None else None
    if case is None or case.organisation_id != office.desk.organisation:
        raise Http404("There is no such page.")
    response = office.show("portal/write_sent.html", case=case, link=follow_link(case.id), here="write")
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
        suggested=_suggested(office, form.data) if form.is_bound else (),
    )


def _suggested(office: Office, given: Any) -> Any:
    words = f"{given.get('subject', '')} {given.get('text', '')[:400]}".strip()
    return suggest(office.desk.organisation, office.language, words) if office.desk.faq and words else ()


def _second(step: _Step, *, problem: str = "", status: int = 200, anew: bool = False) -> HttpResponse:
    """The page before the case opens. Where the organisation is flooded it asks for a code, which is sent first."""
    code = None if anew else _asked(step)
    try:
        code = code or _ask(step, anew=anew)
    except Waits as error:
        problem, status = said(error), 429
    shown = code is not None and _is_proved(step, code)
    return step.office.show(
        "portal/write_send.html",
        status=status,
        here="write",
        form=step.form,
        kind=TYPES[step.form.cleaned_data["type"]],
        token=step.fresh_token().signed(),
        suggested=_suggested(step.office, step.form.cleaned_data),
        consent=step.consent,
        agreed=bool(step.office.request.POST.get("consent")),
        limits=limits(),
        trap=TRAP,
        problem=problem,
        proof=signing.dumps([code.hex, step.form.cleaned_data["address"]], salt=_PROOF) if code else "",
        asks_code=code is not None and not shown,
    )


def _send(step: _Step) -> HttpResponse:
    """Open the case, if nothing speaks against it; else the page again with what does."""
    desk = step.office.desk
    again = sent_before(organisation=desk.organisation, sending=step.sending)
    if again is not None:
        return _to_sent(step, again)
    try:
        step.token.check_age()
        uploads, sheet = uploads_of(step.office.request), step.form.sheet()
        _check_manners(step)
        assert desk.form_mailbox is not None
        opened = send_form(
            organisation=desk.organisation,
            mailbox=desk.form_mailbox,
            sheet=sheet,
            uploads=uploads,
            consent=step.consent,
            proved=_admit(step, sheet),
            sending=step.sending,
        )
    except Waits as error:
        return _second(step, problem=said(error), status=429)
    except InputError as error:
        return _second(step, problem=said(error), status=400)
    return _to_sent(step, opened)


def _check_manners(step: _Step) -> None:
    given = step.office.request.POST
    if given.get(TRAP):
        raise InputError("A field that people do not see was filled in. Send it once more.")
    if step.consent and not given.get("consent"):
        raise InputError("Say that you agree to the use of your data, and choose the files again.")


def _to_sent(step: _Step, ticket: UUID) -> HttpResponse:
    token = encode_token(key=settings.ACUSE_KEYS.address, purpose=FOLLOW, identifier=ticket)
    path = reverse("portal:write-sent", args=[step.office.desk.slug, token])
    response = HttpResponseRedirect(f"{path}?l={step.office.language}")
    response.status_code = 303
    return dressed(response)


def _admit(step: _Step, sheet: Sheet) -> bool:
    """Count a case that is about to open; return whether its address was proved.

    Raises:
        Waits: too many came from there, or to here. InputError: the code is wrong.
    """
    organisation = str(step.office.desk.organisation)
    shown = _give(step)
    network = network_of(step.office.request.META.get("REMOTE_ADDR", ""))
    if is_over("network", network, form_guard.MOST_OF_NETWORK):
        raise Waits(
            "So much came from your network within an hour that this has to wait. What you wrote is still here."
        )
    if is_over("address", f"{organisation} {sheet.address.lower()}", form_guard.MOST_OF_ADDRESS):
        raise Waits("You opened several cases within an hour. Answer the receipt of one, or wait a while.")
    if shown and is_over("proved", organisation, form_guard.MOST_PROVED):
        raise Waits(_FULL)
    if not shown and is_over("unproved", organisation, form_guard.MOST_UNPROVED):
        raise Waits("So many people write at this moment that we first have to know that the address is yours.")
    return shown


def _asked(step: _Step) -> UUID | None:
    """Return the code that the page had sent to the address that it names; None for none."""
    try:
        code, address = signing.loads(step.office.request.POST.get("proof", ""), salt=_PROOF)
    except signing.BadSignature:
        return None
    return UUID(code) if address == step.form.cleaned_data["address"] else None


def _ask(step: _Step, *, anew: bool) -> UUID | None:
    """Where the organisation is flooded, or another is asked for, have a code sent; return what names it.

    Raises:
        Waits: too many were sent.
    """
    organisation = step.office.desk.organisation
    if not anew and counted(counter("unproved", str(organisation))) < form_guard.MOST_UNPROVED:
        return None
    if is_over("codes", str(organisation), form_guard.MOST_CODES):
        raise Waits(_FULL)
    asked = ask_code(
        organisation=organisation,
        purpose=_PURPOSE,
        value=step.form.cleaned_data["address"],
        language=step.office.language,
    )
    if asked is None:
        raise Waits("Too many codes were sent to that address. Use the last one, or wait some hours.")
    return asked


def _is_proved(step: _Step, code: UUID) -> bool:
    return proved(code=code, organisation=step.office.desk.organisation, purpose=_PURPOSE) is not None


def _give(step: _Step) -> bool:
    """Take the code that was typed, where the page asked for one; return whether the address is proved.

    Raises:
        InputError: it is wrong, or serves no more.
    """
    code = _asked(step)
    if code is None or _is_proved(step, code):
        return code is not None
    given = give_code(
        code=code,
        organisation=step.office.desk.organisation,
        purpose=_PURPOSE,
        digits=step.office.request.POST.get("code", "")[:40],
        actor=_ACTOR,
        name=step.form.cleaned_data["name"],
    )
    if isinstance(given, Refused) and given.tries_left:
        raise InputError("That is not the code. Tries left: %(left)s.", left=given.tries_left)
    if isinstance(given, Refused):
        raise InputError("That code serves no more. Have another one sent.")
    return True
