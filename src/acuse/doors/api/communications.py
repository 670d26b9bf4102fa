"""Communications: the list, one of them, its facts and its content."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router

from acuse.certificates import queries as certificates
from acuse.clock import to_rfc3339
from acuse.delivery import queries as delivery
from acuse.delivery.queries import Filters
from acuse.doors.api import telling
from acuse.doors.api.files import sent
from acuse.doors.api.keys import ApiKey, access_of
from acuse.doors.api.parameters import refuse_others
from acuse.doors.api.problems import NOT_FOUND, Problem
from acuse.doors.api.shapes import Communication, CommunicationList, Facts, ListParameters
from acuse.errors import InputError
from acuse.evidence.anchors import newest_anchor
from acuse.proof.canonical import canonicalise
from acuse.texts import storable

router = Router(tags=["communications"])


def unknown() -> Problem:
    """The problem of what does not exist, and of what is another organisation's."""
    return Problem(NOT_FOUND, "The organisation of this key has no such communication.")


@router.get(
    "",
    auth=ApiKey("communications:read"),
    response=CommunicationList,
    operation_id="listCommunications",
    summary="List communications",
)
def listing(request: HttpRequest, asked: Query[ListParameters]) -> CommunicationList:
    """The newest first, a page at a time. Pages neither skip nor repeat anything while communications are added."""
    refuse_others(request, ListParameters)
    filters = Filters(
        search=storable(asked.q or ""),
        status=asked.status or "",
        grade=asked.grade,
        failure_class=asked.failure_class or "",
        since=asked.created_from,
        until=asked.created_to,
        recipient=storable(asked.recipient or ""),
        sender=storable(asked.sender or ""),
    )
    try:
        page = delivery.communications(
            access_of(request), filters=filters, cursor=asked.cursor or "", limit=asked.limit
        )
    except InputError as error:
        said = "There is no such page; take the cursor from `next`, or begin without one."
        raise Problem(NOT_FOUND, said, {"errors": [{"parameter": "cursor", "detail": said}]}) from error
    return CommunicationList(
        items=[telling.summary(row) for row in page.rows], next=_next(asked, page.older) if page.older else None
    )


def _next(asked: ListParameters, cursor: str) -> str:
    given = {**asked.model_dump(exclude_none=True, exclude_unset=True), "cursor": cursor}
    for name in ("created_from", "created_to"):
        if name in given:
            given[name] = to_rfc3339(given[name])
    return telling.address(f"communications?{urlencode(given)}")


@router.get(
    "/{uuid:id}",
    auth=ApiKey("communications:read"),
    response=Communication,
    operation_id="getCommunication",
    summary="Read one communication",
)
def one(request: HttpRequest, id: UUID) -> Communication:
    """How far it got and what that does not prove, each try, and its documents."""
    refuse_others(request)
    access = access_of(request)
    view = delivery.communication(access, id=id)
    if view is None:
        raise unknown()
    return telling.communication(view, certificates.certificates_of(access, communication=id))


@router.get(
    "/{uuid:id}/facts",
    auth=ApiKey("evidence:read"),
    response=Facts,
    operation_id="getFacts",
    summary="Read its facts",
)
def facts(request: HttpRequest, id: UUID) -> HttpResponse:
    """Every fact as the ledger has it. The SHA-256 of a fact's RFC 8785 form is its `entry`, which is a leaf there."""
    refuse_others(request)
    view = delivery.communication(access_of(request), id=id)
    if view is None:
        raise unknown()
    anchor = newest_anchor()
    told = [telling.fact(item, anchored_size=anchor.size if anchor else 0) for item in view.facts]
    return HttpResponse(canonicalise({"communication": str(id), "facts": told}), content_type="application/json")


@router.get(
    "/{uuid:id}/content",
    auth=ApiKey("content:read"),
    operation_id="getContent",
    summary="Read its content",
)
def content(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """The message byte for byte as it was submitted. `Repr-Digest` is the digest that its first fact cites."""
    refuse_others(request)
    raw = delivery.original_message(access_of(request), id=id)
    if raw is None:
        raise unknown()
    return sent(request, raw, filename=f"{id}.eml", media_type="message/rfc822")
