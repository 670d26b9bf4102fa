"""Certificates and receipts: the list, and their files."""

from datetime import datetime

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from acuse.accounts.queries import Access
from acuse.certificates import queries as certificates
from acuse.delivery import queries as delivery
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.security import download


def _before(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """All documents of the organisation, the newest first."""
    rows = certificates.certificates(access, before=_before(request.GET.get("before", "")), limit=certificates.PAGE + 1)
    shown = rows[: certificates.PAGE]
    older = shown[-1].requested_at.isoformat() if len(rows) > certificates.PAGE else ""
    communications = {row.id: row for row in delivery.rows_of(access, ids={one.communication for one in shown})}
    pairs = [(one, communications.get(one.communication)) for one in shown]
    context = {"rows": pairs, "older": older, "paged": "before" in request.GET}
    return page(request, access, "certificates", "console/certificates.html", context)


@require_GET
@member_view
def pdf(request: HttpRequest, access: Access, code: str) -> HttpResponseBase:
    """The sealed PDF, byte for byte as issued."""
    found = certificates.certificate(access, code=code)
    content = certificates.sealed_pdf(access, code=code)
    if found is None or content is None:
        raise Http404("The organisation has no such certificate.")
    name = "receipt" if found.kind == "receipt" else "certificate"
    return download(content, filename=f"{name}-{code}.pdf", media_type="application/pdf")


@require_GET
@member_view
def bundle(request: HttpRequest, access: Access, code: str) -> HttpResponseBase:
    """The proof bundle: the same evidence for machines."""
    found = certificates.proof_bundle(access, code=code)
    if found is None:
        raise Http404("The organisation has no such proof bundle.")
    content, media_type = found
    return download(content, filename=f"proof-{code}.{media_type.rpartition('/')[2]}", media_type=media_type)
