"""What came in from outside: what it is, whom it concerns, where it comes from as far as it could be checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from acuse.accounts.queries import Access, InstallationAccess, access_installation
from acuse.delivery import queries as delivery
from acuse.delivery.queries import CommunicationRow
from acuse.delivery.queries.access import quotes_link
from acuse.doors.console.frame import member_view, page, withheld
from acuse.doors.console.kept import from_custody
from acuse.doors.ui.places import query, read_place, write_place
from acuse.doors.ui.security import download
from acuse.errors import AccessDenied
from acuse.helpdesk.queries.tickets import cases_of_mail
from acuse.mail.tokens import INBOX, TICKET, encode_address
from acuse.reception import queries as reception
from acuse.reception import readings, services
from acuse.reception.queries import ItemView

_NOBODY = "installation"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One message, as listed.

    Attributes:
        word: what it turned out to be. icon: of that.
        case: the case that it belongs to, where there is one, and its key.
        concerns: the communication that its address names or that it answers, where it is this organisation's.
        origin: results of the checks of where it comes from, one phrase; "" where none were made.
        doubtful: its origin did not check out.
        wrong: what is wrong with it; "" where nothing is.
    """

    view: ItemView
    word: str
    icon: str
    case: tuple[UUID, str] | None
    concerns: CommunicationRow | None
    origin: str
    doubtful: bool
    wrong: str


def _words() -> dict[str, tuple[str, str]]:
    return {
        "": (_("Not read yet"), "circle-half"),
        "dsn": (_("Delivery report"), "file-text"),
        "bounce": (_("Delivery report, not in the standard form"), "file-text"),
        "complaint": (_("Reported as unwanted"), "warning-circle"),
        "disposition": (_("Report of a mail program"), "monitor"),
        "auto_reply": (_("Automatic answer"), "monitor"),
        "message": (_("Message"), "envelope-simple"),
        "unreadable": (_("Could not be read"), "warning-circle"),
    }


def _wrong(view: ItemView) -> str:
    """Say what is wrong with a message, in the reader's language."""
    if view.purpose == "unknown":
        return _("Its address has a token that is not one of ours: it is forged or damaged, and changes nothing.")
    if view.state != "unreadable":
        return ""
    known = {
        readings.NO_HEADER: _("It has no header."),
        readings.NO_REPORT: _("It says that it is a report, and none can be read in it."),
        readings.FRAGMENT: _("It is a fragment of a message, and its whole cannot be known."),
    }
    return known.get(view.reason) or _("Acuse itself failed on it (%(reason)s).") % {"reason": view.reason}


def _origin(found: Mapping[str, Any] | None) -> tuple[str, bool]:
    """Return the results of the checks in one phrase, and whether they leave doubt about who wrote it."""
    if found is None:
        return "", False
    signatures = [one["result"] for one in found["dkim"]]
    dkim = "pass" if "pass" in signatures else (signatures[0] if signatures else "none")
    results = [("SPF", found["spf"]["result"]), ("DKIM", dkim), ("DMARC", found["dmarc"]["result"])]
    results += [("ARC", found["arc"]["result"])] if found["arc"]["result"] != "none" else []
    return " · ".join(f"{name} {result}" for name, result in results), found["dmarc"]["result"] not in {"pass", "none"}


def _lines(access: Access, items: tuple[ItemView, ...]) -> list[Line]:
    concerned = {view.id: _concerned(access, view) for view in items}
    rows = {row.id: row for row in delivery.rows_of(access, ids={one for one in concerned.values() if one})}
    cases = cases_of_mail(access, mail={view.id: view.names if view.purpose == TICKET else None for view in items})
    words = _words()
    lines = []
    for view in items:
        word, icon = words[view.reading]
        origin, doubtful = _origin(view.authentication)
        identity = concerned[view.id]
        lines.append(
            Line(
                view=view,
                word=word,
                icon=icon,
                case=cases.get(view.id),
                concerns=rows.get(identity) if identity else None,
                origin=origin,
                doubtful=doubtful,
                wrong=_wrong(view),
            )
        )
    return lines


def _concerned(access: Access, view: ItemView) -> UUID | None:
    if view.communication or view.purpose != INBOX:
        return view.communication
    return delivery.answered(organisation=access.organisation, references=view.references, author=view.author)


def _operator(request: HttpRequest) -> InstallationAccess | None:
    assert request.user.is_authenticated
    try:
        return access_installation(user=request.user)
    except AccessDenied:
        return None


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """What came in for the organisation; for the operator, on request, what came in for nobody in particular."""
    operator = _operator(request)
    of = _NOBODY if operator and request.GET.get("of") == _NOBODY else ""
    seen = operator if operator and of else access
    before = read_place(request)
    found = reception.items(seen, before=before)
    older = write_place(found.older)
    context = {
        "lines": _lines(access, found.items),
        "older": query(of=of, before=older) if older else "",
        "newest": query(of=of) if before else "",
        "operator": operator is not None,
        "of_nobody": bool(of),
        "closed": not settings.ACUSE.smtp_inbound_port,
        "inbox": encode_address(
            key=settings.ACUSE_KEYS.address,
            purpose=INBOX,
            identifier=access.organisation,
            domain=settings.ACUSE.verp_domain,
        ),
    }
    return page(request, access, "incoming", "console/incoming.html", context)


def _seen(request: HttpRequest, access: Access, id: UUID) -> tuple[Access | InstallationAccess, ItemView]:
    """Return a message that the member may see, and by which right.

    Raises:
        Http404: there is no such one.
    """
    operator = _operator(request)
    for right in (access, *((operator,) if operator else ())):
        view = reception.item(right, id=id)
        if view is not None:
            return right, view
    raise Http404("The organisation has no such message.")


@require_POST
@member_view
def again(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Have a message that could not be read be read again."""
    right, _view = _seen(request, access, id)
    access.require_sender()
    if services.again(items=[id]):
        messages.success(request, _("The message is being read again."))
    of = _NOBODY if isinstance(right, InstallationAccess) else ""
    return redirect(reverse("console:incoming", args=[access.view.slug]) + (query(of=of) if of else ""))


@require_GET
@member_view
@from_custody
def raw(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """The message byte for byte as it came, unless it holds a recipient's link."""
    right, _view = _seen(request, access, id)
    content = reception.raw_message(right, id=id)
    if content is None:
        raise Http404("The organisation has no such message.")
    if quotes_link(content):
        messages.error(request, withheld())
        of = _NOBODY if isinstance(right, InstallationAccess) else ""
        return redirect(reverse("console:incoming", args=[access.view.slug]) + (query(of=of) if of else ""))
    return download(content, filename=f"incoming-{id}.eml", media_type="message/rfc822")
