"""My messages: whoever shows by a code that an address is theirs sees what the organisation certified to it.

Seeing the list is nothing that counts for a message: content that waits is opened behind its own link, as ever.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from acuse.certificates.queries import certified_among, newest_certificate
from acuse.contacts.services.codes import SESSION, Proved, Refused, ask_code, end_proof, give_code, proved
from acuse.delivery.queries.received import Received, certified_to, may_fetch_proof
from acuse.doors.portal.case_words import WORDS as CASE_WORDS
from acuse.doors.portal.office import Office, of_office
from acuse.doors.portal.verify import limited, networks_of
from acuse.doors.portal.write_form import is_over
from acuse.doors.ui.errors import said
from acuse.doors.ui.places import query, read_place, write_place
from acuse.doors.ui.security import download
from acuse.errors import InputError
from acuse.evidence import custody
from acuse.helpdesk import form_guard
from acuse.helpdesk.queries.mailbox import cases_of
from acuse.helpdesk.rules import check_address
from acuse.mail.tokens import ACCESS, encode_token
from acuse.proof.facts.fact import Actor

COOKIE = "acuse_mailbox"
ASKED_PER_WINDOW = 6
TRIES_PER_WINDOW = 20
_ASKED, _SESSION = "acuse.mailbox.asked", "acuse.mailbox.session"
_PURPOSE = "mailbox"
_ACTOR = Actor(kind="component", id="portal")
_STATES = {
    "pending": gettext_lazy("On its way"),
    "handed": gettext_lazy("Handed to the outgoing server"),
    "relayed": gettext_lazy("Taken by your mail server"),
    "delivered": gettext_lazy("Delivered to your mailbox"),
    "accessed": pgettext_lazy("message", "Opened"),
    "accepted": pgettext_lazy("message", "Accepted"),
    "refused": pgettext_lazy("message", "Rejected"),
    "expired": gettext_lazy("Its term ended"),
    "failed": gettext_lazy("It could not be delivered"),
    "undetermined": gettext_lazy("Not known whether it arrived"),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A message as the list shows it.

    Attributes:
        state: how far it got, in words.
        opens: path where its content is opened; "" where there is none, or no more.
        proof: its certificate can be downloaded here.
    """

    message: Received
    state: str
    opens: str
    proof: bool


@require_http_methods(["GET", "HEAD", "POST"])
@of_office
def mailbox(office: Office) -> HttpResponse:
    """The list, for whoever showed whose it is; else the address is asked for, and a code sent to it."""
    if office.request.method == "POST":
        return _ask(office)
    session = _session(office)
    if session is None:
        return _shown(office, "portal/mailbox_ask.html")
    organisation = office.desk.organisation
    before, cases_before = read_place(office.request), read_place(office.request, "cases")
    found = certified_to(organisation=organisation, address=session.value, before=before)
    proofs = certified_among(organisation=organisation, communications=[one.id for one in found.rows])
    states = CASE_WORDS[office.language]
    cases = cases_of(organisation=organisation, address=session.value, before=cases_before)
    here = {"before": write_place(before), "cases": write_place(cases_before)}
    return _shown(
        office,
        "portal/mailbox.html",
        address=session.value,
        lines=[_line(one, proof=one.id in proofs) for one in found.rows],
        older=query(**here | {"before": write_place(found.older)}) if found.older else "",
        newest=query(**here | {"before": ""}) if before else "",
        cases=[(one, states[f"status.{one.status}"]) for one in cases.rows],
        older_cases=query(**here | {"cases": write_place(cases.older)}) if cases.older else "",
        newest_cases=query(**here | {"cases": ""}) if cases_before else "",
    )


@require_POST
@of_office
def code(office: Office) -> HttpResponse:
    """Take the code, and begin a session with the right one."""
    request = office.request
    if limited(request, "mailbox-code", TRIES_PER_WINDOW):
        return _often(office)
    try:
        asked, address = signing.loads(request.POST.get("asked", ""), salt=_ASKED)
    except signing.BadSignature:
        return _shown(office, "portal/mailbox_ask.html", status=403, problem=_("Ask for a new code."))
    given = give_code(
        code=UUID(asked),
        organisation=office.desk.organisation,
        purpose=_PURPOSE,
        digits=request.POST.get("code", "")[:40],
        actor=_ACTOR,
    )
    if isinstance(given, Refused):
        problem = (
            said(InputError("That is not the code. Tries left: %(left)s.", left=given.tries_left))
            if given.tries_left
            else said(InputError("That code serves no more. Have another one sent."))
        )
        return _code_page(office, asked=UUID(asked), address=address, status=403, problem=problem)
    response = _to(office)
    response.set_cookie(
        COOKIE,
        signing.dumps(given.code.hex, salt=_SESSION),
        max_age=int(SESSION.total_seconds()),
        path=_path(office),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@require_POST
@of_office
def leave(office: Office) -> HttpResponse:
    """End the session, here and wherever its cookie may have got to."""
    session = _session(office)
    if session is not None:
        end_proof(code=session.code, organisation=office.desk.organisation)
    response = _to(office)
    response.delete_cookie(COOKIE, path=_path(office), samesite="Lax")
    return response


@require_safe
@of_office
def certificate(office: Office, id: UUID) -> HttpResponse:
    """The newest certificate of a message that came as content; it holds nothing that the address was not sent."""
    session, organisation = _session(office), office.desk.organisation
    if session is None:
        return _to(office)
    allowed = may_fetch_proof(organisation=organisation, address=session.value, communication=id)
    found = newest_certificate(organisation=organisation, communication=id) if allowed else None
    if found is None:
        raise Http404("There is no such document.")
    content = custody.open_object(organisation=organisation, sha256=found.sha256)
    return _private(download(content, filename=f"{found.code}.pdf", media_type="application/pdf"))


def _ask(office: Office) -> HttpResponse:
    """Have a code sent. What is answered, and when, is the same whether anything is known of the address or not."""
    request = office.request
    if limited(request, "mailbox", ASKED_PER_WINDOW):
        return _often(office)
    address = request.POST.get("address", "")[:320]
    try:
        checked = check_address(address)
        if not checked:
            raise InputError("Write the address to which you want to be answered.")
        if _is_full(office):
            problem = _("Very many codes were asked for within an hour. Wait a while and ask again.")
            return _shown(office, "portal/mailbox_ask.html", status=429, problem=problem, address=address)
        asked = ask_code(
            organisation=office.desk.organisation, purpose=_PURPOSE, value=checked, language=office.language
        )
    except InputError:
        problem = _("Write an e-mail address such as ana@correo.example.")
        return _shown(office, "portal/mailbox_ask.html", status=400, problem=problem, address=address)
    if asked is None:
        problem = _("Too many codes were asked for that address. Use the last one, or wait some hours.")
        return _shown(office, "portal/mailbox_ask.html", status=429, problem=problem, address=address)
    return _code_page(office, asked=asked, address=checked)


def _is_full(office: Office) -> bool:
    """Count once more who asks for a code, and say whether their network, or all together, asked for too many."""
    organisation = office.desk.organisation
    networks = (
        is_over("mailbox", f"{organisation} {one}", form_guard.MOST_OF_NETWORK * times)
        for one, times in networks_of(office.request)
    )
    return any(networks) or is_over("mailbox-codes", str(organisation), form_guard.MOST_MAILBOX_CODES)


def _code_page(office: Office, *, asked: UUID, address: str, status: int = 200, problem: str = "") -> HttpResponse:
    token = signing.dumps([asked.hex, address], salt=_ASKED)
    return _shown(office, "portal/mailbox_code.html", status=status, problem=problem, asked=token, address=address)


def _often(office: Office) -> HttpResponse:
    problem = _("Too many tries in a row. Wait a minute.")
    return _shown(office, "portal/mailbox_ask.html", status=429, problem=problem)


def _line(message: Received, *, proof: bool) -> Line:
    token = encode_token(key=settings.ACUSE_KEYS.address, purpose=ACCESS, identifier=message.id)
    notice = message.mode == "notice"
    return Line(
        message=message,
        state=str(_STATES[message.outcome]),
        opens=f"/a/{token}/" if notice and message.waits else "",
        proof=proof and not notice,
    )


def _session(office: Office) -> Proved | None:
    """Return whose messages this browser may see, or None."""
    try:
        held = signing.loads(office.request.COOKIES.get(COOKIE, ""), salt=_SESSION)
    except signing.BadSignature:
        return None
    return proved(code=UUID(held), organisation=office.desk.organisation, purpose=_PURPOSE)


def _path(office: Office) -> str:
    return reverse("portal:mailbox", args=[office.desk.slug])


def _to(office: Office) -> HttpResponse:
    response = HttpResponseRedirect(_path(office))
    response.status_code = 303
    return _private(response)


def _shown(office: Office, template: str, *, status: int = 200, **more: Any) -> HttpResponse:
    return _private(office.show(template, status=status, here="mailbox", **more))


def _private(response: HttpResponse) -> HttpResponse:
    """Return a response that no browser or proxy keeps."""
    response.headers["Cache-Control"] = "no-store"
    return response
