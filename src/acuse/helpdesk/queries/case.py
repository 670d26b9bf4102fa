"""One case whole: what was said in it, what is about to be said, who else looks at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from acuse import clock
from acuse.accounts.queries import Access
from acuse.contacts.queries import names_of
from acuse.evidence import queries as evidence
from acuse.evidence.queries import LedgerFact
from acuse.helpdesk.models import Draft, Interaction, Outgoing, Presence, Ticket
from acuse.helpdesk.queries.authors import is_from_elsewhere, own_addresses
from acuse.helpdesk.queries.closing import held_open
from acuse.helpdesk.queries.tickets import TicketRow, mine, row_of
from acuse.mail.links import masked
from acuse.proof.facts.ticket import KIND

_OUTCOMES = {
    "conformity.given": "given",
    "conformity.denied": "denied",
    "conformity.withdrawn": "withdrawn",
    "term.expired": "expired",
}
#: Who was seen so lately is taken to be there.
PRESENT = timedelta(seconds=45)


@dataclass(frozen=True, kw_only=True)
class InteractionView:
    """Something that was said, a note or a call; see the model. `elsewhere`: from an address not the customer's."""

    id: UUID
    sequence: int
    kind: str
    channel: str
    occurred_at: datetime
    author: str
    elsewhere: bool
    member: UUID | None
    text: str
    attachments: tuple[dict[str, Any], ...]
    sha256: str
    media_type: str
    communication: UUID | None
    reception: UUID | None
    certified: bool
    act: str


@dataclass(frozen=True, kw_only=True)
class OutgoingView:
    """An answer that has not left: it waits, was not sendable after all, or was taken back."""

    id: UUID
    member: UUID | None
    created_at: datetime
    due_at: datetime
    recipient: str
    state: str
    reason: str
    subject: str
    body: str
    files: tuple[str, ...]
    sha256: str
    certified: bool
    act: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """The last question whether the customer agrees, as the facts of the case tell it.

    Attributes:
        asked_at: when its letter left.
        outcome: "" while it waits, "given", "denied", "withdrawn", or "expired" where the term of its notice ran out.
        ended_at: when that was. comments: the customer's own words.
    """

    asked_at: datetime
    outcome: str = ""
    ended_at: datetime | None = None
    comments: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """A case and all that belongs to it.

    `facts` are all of its facts, in their order, with their places; `held_open`: see `acuse.helpdesk.queries.closing`.
    """

    row: TicketRow
    language: str
    mailbox: UUID | None
    reference: str
    product: str
    purchase_date: date | None
    guarantee_until_date: date | None
    first_response_at: datetime | None
    resolved_at: datetime | None
    facts: tuple[LedgerFact, ...]
    interactions: tuple[InteractionView, ...]
    outgoing: tuple[OutgoingView, ...]
    question: Question | None
    held_open: str
    others: tuple[tuple[UUID, bool], ...]


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What a member began to write, and how the answer's box stands.

    Attributes:
        body: of the answer or the note.
        template: that it is written from, as the box names it; "" for none.
        certified, waits: its switches.
    """

    body: str = ""
    template: str = ""
    certified: bool = False
    waits: bool = False


def case(access: Access, *, id: UUID) -> CaseView | None:
    """Return one case, or None where the organisation has no such one."""
    row = mine(access).filter(id=id).first()
    if row is None:
        return None
    names = names_of(access, contacts=[row.contact_id])
    facts = tuple(evidence.facts_of(organisation=access.organisation, kind=KIND, id=row.id))
    own = own_addresses(row)
    return CaseView(
        row=row_of(row, names.get(row.contact_id, "")),
        language=row.language,
        mailbox=row.mailbox_id,
        reference=row.reference,
        product=row.product,
        purchase_date=row.purchase_date,
        guarantee_until_date=row.guarantee_until_date,
        first_response_at=row.first_response_at,
        resolved_at=row.resolved_at,
        facts=facts,
        interactions=tuple(_interaction(one, access, own) for one in row.interactions.order_by("sequence")),
        outgoing=tuple(_outgoing(one, access) for one in row.outgoing.exclude(state="sent").order_by("created_at")),
        question=_question(facts),
        held_open=held_open(row.id),
        others=_others(access, row),
    )


def _question(facts: Sequence[LedgerFact]) -> Question | None:
    found: Question | None = None
    for fact in (item.fact for item in facts):
        outcome = _OUTCOMES.get(fact.type)
        if fact.type == "conformity.requested":
            found = Question(asked_at=fact.occurred_at)
        elif found is not None and not found.outcome and outcome:
            comments = str(fact.details.get("comments", ""))
            found = replace(found, outcome=outcome, ended_at=fact.occurred_at, comments=comments)
    return found


def interaction(access: Access, *, ticket: UUID, id: UUID) -> InteractionView | None:
    """Return one interaction of a case, or None where the organisation has no such one."""
    mine = Interaction.objects.filter(ticket__organisation_id=access.organisation, ticket_id=ticket, id=id)
    found = mine.select_related("ticket").first()
    return _interaction(found, access, own_addresses(found.ticket)) if found else None


def drafts(access: Access, *, ticket: UUID) -> Mapping[str, Begun]:
    """Return what the member began to write in a case, by its kind: "reply" or "note"."""
    theirs = Draft.objects.filter(ticket_id=ticket, ticket__organisation_id=access.organisation)
    return {
        row.kind: Begun(body=row.body, template=row.template, certified=row.certified, waits=row.waits)
        for row in theirs.filter(member_id=access.member)
    }


def _shown(text: str, access: Access) -> str:
    """Return what a member is shown: never a recipient's link to waiting content; the customer's own serve who acts."""
    return masked(text, customers=not access.sends)


def _interaction(row: Interaction, access: Access, own: frozenset[str]) -> InteractionView:
    return InteractionView(
        id=row.id,
        sequence=row.sequence,
        kind=row.kind,
        channel=row.channel,
        occurred_at=row.occurred_at,
        author=row.author,
        elsewhere=is_from_elsewhere(row, own),
        member=row.member_id,
        text=_shown(row.text, access),
        attachments=tuple(row.attachments),
        sha256=row.sha256,
        media_type=row.media_type,
        communication=row.communication,
        reception=row.reception,
        certified=row.certified,
        act=row.act,
    )


def _outgoing(row: Outgoing, access: Access) -> OutgoingView:
    return OutgoingView(
        id=row.id,
        member=row.member_id,
        created_at=row.created_at,
        due_at=row.due_at,
        recipient=row.recipient,
        state=row.state,
        reason=row.reason,
        subject=row.subject,
        body=_shown(row.body, access),
        files=tuple(one["name"] for one in row.attachments),
        sha256=row.sha256,
        certified=row.certified,
        act=row.act,
    )


def _others(access: Access, row: Ticket) -> tuple[tuple[UUID, bool], ...]:
    """Return the other members who have the case open, and whether each is writing."""
    since = clock.now() - PRESENT
    seen = Presence.objects.filter(ticket=row, seen_at__gte=since).exclude(member_id=access.member)
    return tuple((one.member_id, one.writing_at is not None and one.writing_at >= since) for one in seen)
