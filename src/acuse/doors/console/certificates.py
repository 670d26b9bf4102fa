"""Certificates and receipts: the list, and their files."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from acuse.accounts.queries import Access
from acuse.certificates import queries as certificates
from acuse.certificates.queries import CertificateView
from acuse.delivery import queries as delivery
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.ticket_words import named_deadline
from acuse.doors.ui.security import download
from acuse.helpdesk.queries.deadlines import DeadlineName, deadline_names


def _before(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def issued(documents: Sequence[CertificateView]) -> int:
    """How many documents of a communication there are to show."""
    return sum(1 for one in documents if one.issued)


@require_GET
@member_view
def news(request: HttpRequest, access: Access, id: UUID, shown: int) -> HttpResponseBase:
    """Have a page that shows `shown` documents of a communication load itself again once there are others.

    Until then nothing on it changes, so that nobody loses the place or the focus.
    """
    if not delivery.rows_of(access, ids={id}):
        raise Http404("The organisation has no such communication.")
    others = issued(certificates.certificates_of(access, communication=id)) != shown
    return HttpResponse(status=204, headers={"HX-Refresh": "true"} if others else {})


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """All documents of the organisation, the newest first."""
    rows = certificates.certificates(access, before=_before(request.GET.get("before", "")), limit=certificates.PAGE + 1)
    shown = rows[: certificates.PAGE]
    older = shown[-1].requested_at.isoformat() if len(rows) > certificates.PAGE else ""
    communications = {row.id: row for row in delivery.rows_of(access, ids={one.communication for one in shown})}
    deadlines = _deadlines(access, shown)
    told = [(one, communications.get(one.communication), deadlines.get(one.deadline)) for one in shown]
    context = {"rows": told, "older": older, "paged": "before" in request.GET}
    return page(request, access, "certificates", "console/certificates.html", context)


def _deadlines(access: Access, documents: Sequence[CertificateView]) -> dict[str, tuple[str, DeadlineName]]:
    """Return in words the deadlines that some documents are about, by identifier."""
    named = deadline_names(access, tickets={one.communication for one in documents if one.deadline})
    return {each.id: (named_deadline(each), each) for of_case in named.values() for each in of_case}


@require_GET
@member_view
def pdf(request: HttpRequest, access: Access, code: str) -> HttpResponseBase:
    """The sealed PDF, byte for byte as issued."""
    found = certificates.certificate(access, code=code)
    content = certificates.sealed_pdf(access, code=code)
    if found is None or content is None:
        raise Http404("The organisation has no such certificate.")
    return download(content, filename=f"{found.kind}-{code}.pdf", media_type="application/pdf")


@require_GET
@member_view
def bundle(request: HttpRequest, access: Access, code: str) -> HttpResponseBase:
    """The proof bundle: the same evidence for machines."""
    found = certificates.proof_bundle(access, code=code)
    if found is None:
        raise Http404("The organisation has no such proof bundle.")
    content, media_type = found
    return download(content, filename=f"proof-{code}.{media_type.rpartition('/')[2]}", media_type=media_type)
