"""The sealed documents of a communication, and their proofs."""

from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Query, Router

from acuse.accounts.queries import Access
from acuse.certificates import queries as certificates
from acuse.certificates.queries import CertificateView
from acuse.delivery import queries as delivery
from acuse.doors.api.communications import unknown
from acuse.doors.api.files import sent
from acuse.doors.api.keys import ApiKey, access_of
from acuse.doors.api.parameters import refuse_others
from acuse.doors.api.problems import NOT_ISSUED, Problem
from acuse.doors.api.shapes import DocumentParameters, PendingDocument

router = Router(tags=["evidence"])


def _issued(access: Access, id: UUID, asked: DocumentParameters) -> CertificateView:
    """The document that was asked for.

    Raises:
        Problem: there is no such communication, or not yet such a document.
    """
    if not delivery.rows_of(access, ids=[id]):
        raise unknown()
    found = [one for one in certificates.certificates_of(access, communication=id) if one.kind == asked.kind]
    if asked.revision is not None:
        found = [one for one in found if one.revision == asked.revision]
    issued = next((one for one in found if one.issued), None)
    if issued is not None:
        return issued
    pending = PendingDocument(state="none")
    if found:
        pending = PendingDocument(state="requested", requested_at=found[0].requested_at, due_at=found[0].due_at)
    said = f"There is no {asked.kind} of that revision." if asked.revision else f"There is no {asked.kind} yet."
    raise Problem(NOT_ISSUED, said, {"document": pending.model_dump(mode="json")})


@router.get(
    "/{uuid:id}/certificate",
    auth=ApiKey("evidence:read"),
    operation_id="getCertificate",
    summary="Download its certificate",
)
def certificate(request: HttpRequest, id: UUID, asked: Query[DocumentParameters]) -> HttpResponseBase:
    """The sealed PDF, byte for byte as issued. It shows the message and carries the whole proof inside."""
    refuse_others(request, DocumentParameters)
    access = access_of(request)
    found = _issued(access, id, asked)
    content = certificates.sealed_pdf(access, code=found.code)
    if content is None:
        raise unknown()
    return sent(request, content, filename=f"{found.kind}-{found.code}.pdf", media_type="application/pdf")


@router.get(
    "/{uuid:id}/proof",
    auth=ApiKey("evidence:read"),
    operation_id="getProof",
    summary="Download its proof",
)
def proof(request: HttpRequest, id: UUID, asked: Query[DocumentParameters]) -> HttpResponseBase:
    """The proof of a document for machines: `proof.json`, or a ZIP with the message where the PDF could not hold it."""
    refuse_others(request, DocumentParameters)
    access = access_of(request)
    found = _issued(access, id, asked)
    bundle = certificates.proof_bundle(access, code=found.code)
    if bundle is None:
        raise Problem(NOT_ISSUED, "That document has no proof.", {"document": {"state": "none"}})
    content, media_type = bundle
    suffix = media_type.rpartition("/")[2]
    return sent(request, content, filename=f"proof-{found.code}.{suffix}", media_type=media_type)
