"""Cases of the desk: opened, listed, read with their deadlines, and written in by a program for its customer."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router, Status

from acuse.accounts.queries import Access
from acuse.certificates.queries import ticket_proof
from acuse.clock import to_rfc3339
from acuse.doors.api import case_telling, telling
from acuse.doors.api.bodies import read_body, takes
from acuse.doors.api.case_shapes import (
    Added,
    Case,
    CaseFacts,
    CaseList,
    CaseParameters,
    NewCase,
    NewFile,
    NewMessage,
)
from acuse.doors.api.files import sent
from acuse.doors.api.keys import ApiKey, access_of
from acuse.doors.api.parameters import refuse_others
from acuse.doors.api.problems import NOT_FOUND, NOT_PROVED, Problem
from acuse.evidence.anchors import newest_anchor
from acuse.evidence.queries import facts_of
from acuse.helpdesk.form_guard import Upload
from acuse.helpdesk.queries.case import case
from acuse.helpdesk.queries.deadlines import deadlines_of
from acuse.helpdesk.queries.tickets import Filters, has_ticket, tickets
from acuse.helpdesk.services.api import Request, add_words, open_case
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.ticket import KIND
from acuse.texts import storable

router = Router(tags=["cases"])


def _unknown() -> Problem:
    return Problem(NOT_FOUND, "The organisation of this key has no such case.")


@router.get(
    "",
    auth=ApiKey("cases:read"),
    response=CaseList,
    operation_id="listCases",
    summary="List cases",
)
def listing(request: HttpRequest, asked: Query[CaseParameters]) -> CaseList:
    """The case in which something was said last first, a page at a time.

    A case in which something is said meanwhile moves to the front: to follow changes, ask with `updated_from`.
    """
    refuse_others(request, CaseParameters)
    filters = Filters(
        state="",
        status=asked.status or "",
        type=asked.type or "",
        priority=asked.priority or "",
        channel=asked.channel or "",
        whose=asked.assignee or "",
        search=storable(asked.q or ""),
        opened_since=asked.opened_from,
        opened_until=asked.opened_to,
        changed_since=asked.updated_from,
    )
    after = _place(asked.cursor) if asked.cursor else None
    page = tickets(access_of(request), filters, order="last", after=after, limit=asked.limit)
    return CaseList(
        items=[case_telling.summary(row) for row in page.items], next=_next(asked, page.after) if page.after else None
    )


@router.post(
    "",
    auth=ApiKey("cases:write"),
    response={200: Case, 201: Case},
    operation_id="openCase",
    summary="Open a case",
    openapi_extra=takes(NewCase, "What the customer wants, and how they can be reached."),
)
def opening(request: HttpRequest) -> Status[Case]:
    """Open a case for a customer, who gets the receipt that every customer with an address gets.

    201 with the case. With a `reference` that a case has already, 200 with that case where the content is the same, and
    409 where it is not; nothing is opened.
    """
    refuse_others(request)
    access, body = access_of(request), read_body(request, NewCase)
    ticket, new = open_case(
        access=access,
        request=Request(
            address=body.address or "",
            number=body.number or "",
            name=body.name or "",
            language=body.language or "",
            type=body.type or "",
            subject=body.subject,
            text=body.text,
            product=body.product or "",
            purchase_date=body.purchase_date,
            reference=body.reference or "",
        ),
        uploads=_uploads(body.attachments),
    )
    return Status(201 if new else 200, _read(access, ticket))


@router.get(
    "/{uuid:id}",
    auth=ApiKey("cases:read"),
    response=Case,
    operation_id="getCase",
    summary="Read one case",
)
def one(request: HttpRequest, id: UUID) -> Case:
    """What it is, its deadlines as their facts and calendar say now, and what was said. Members' notes are not told."""
    refuse_others(request)
    return _read(access_of(request), id)


@router.get(
    "/{uuid:id}/facts",
    auth=ApiKey("evidence:read"),
    response=CaseFacts,
    operation_id="getCaseFacts",
    summary="Read the facts of a case",
)
def facts(request: HttpRequest, id: UUID) -> HttpResponse:
    """Every fact as the ledger has it. They name what was said by its digest; a note's words stand nowhere in them."""
    refuse_others(request)
    access = access_of(request)
    if not has_ticket(access, id=id):
        raise _unknown()
    anchor = newest_anchor()
    size = anchor.size if anchor else 0
    found = facts_of(organisation=access.organisation, kind=KIND, id=id)
    told = {"case": str(id), "facts": [telling.fact(item, anchored_size=size) for item in found]}
    return HttpResponse(canonicalise(told), content_type="application/json")


@router.get(
    "/{uuid:id}/proof",
    auth=ApiKey("evidence:read"),
    operation_id="getCaseProof",
    summary="Download the proof of a case",
)
def proof(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """The proof of its facts as they stand: `proof.json`, or a ZIP with what opened it and its calendars.

    `acuse verify` reads it and judges the deadlines again. No note of a member is in it.
    """
    refuse_others(request)
    access = access_of(request)
    if not has_ticket(access, id=id):
        raise _unknown()
    made = ticket_proof(access, ticket=id)
    if made is None:
        raise Problem(NOT_PROVED, NOT_PROVED.advice)
    content, media_type = made
    return sent(request, content, filename=f"case-{id}.{media_type.rpartition('/')[2]}", media_type=media_type)


@router.post(
    "/{uuid:id}/messages",
    auth=ApiKey("cases:write"),
    response={200: Added, 201: Added},
    operation_id="addMessage",
    summary="Add a message to a case",
    openapi_extra=takes(NewMessage, "What the customer said."),
)
def message(request: HttpRequest, id: UUID) -> Status[Added]:
    """What the customer said besides, as if they had written it: a case that was over is open again.

    201; with a `reference` that a message of the case has already and the same content 200, with other content 409.
    """
    refuse_others(request)
    access = access_of(request)
    if not has_ticket(access, id=id):
        raise _unknown()
    body = read_body(request, NewMessage)
    added, new = add_words(
        access=access,
        ticket=id,
        text=body.text,
        uploads=_uploads(body.attachments),
        reference=body.reference or "",
    )
    return Status(201 if new else 200, Added(id=added))


def _read(access: Access, ticket: UUID) -> Case:
    view = case(access, id=ticket)
    if view is None:
        raise _unknown()
    return case_telling.case(view, deadlines_of(access, ticket, known=view.facts).views)


def _uploads(files: Sequence[NewFile]) -> list[Upload]:
    return [
        Upload(name=one.name, media_type=one.media_type, content=base64.b64decode(one.content, validate=True))
        for one in files
    ]


def _next(asked: CaseParameters, after: tuple[datetime, UUID]) -> str:
    cursor = base64.urlsafe_b64encode(f"{after[0].isoformat()} {after[1]}".encode()).decode()
    given = {**asked.model_dump(exclude_none=True, exclude_unset=True), "cursor": cursor}
    for name in ("opened_from", "opened_to", "updated_from"):
        if name in given:
            given[name] = to_rfc3339(given[name])
    return telling.address(f"cases?{urlencode(given)}")


def _place(cursor: str) -> tuple[datetime, UUID]:
    """Return where a page begins. Raises Problem where the cursor is none of ours."""
    try:
        moment, identity = base64.urlsafe_b64decode(cursor).decode().split(" ")
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError
        # PostgreSQL knows no offsets of 16 hours and more.
        return at.astimezone(UTC), UUID(identity)
    except (ValueError, OverflowError, binascii.Error, UnicodeError) as error:
        said = "There is no such page; take the cursor from `next`, or begin without one."
        raise Problem(NOT_FOUND, said, {"errors": [{"parameter": "cursor", "detail": said}]}) from error
