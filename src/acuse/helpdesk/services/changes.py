"""What members do to a case apart from answering: who is responsible, what it is, notes, passing it up."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import Access, active_members
from acuse.errors import ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.ledger import FactDraft, record, refer
from acuse.helpdesk import rules
from acuse.helpdesk.models import Interaction, Mention, Ticket
from acuse.helpdesk.services import deadlines
from acuse.helpdesk.services.opening import pass_to
from acuse.mail.choices import LANGUAGES
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.fact import Actor, Fact
from acuse.proof.facts.ticket import KIND, MATTERS
from acuse.texts import storable

MOST_NOTE = 20_000
MOST_TAGS = 20
MOST_AT_ONCE = 200


def locked(access: Access, ticket: UUID, *, revision: int | None = None) -> Ticket:
    """Return a case of the organisation, locked until the caller's transaction ends.

    Raises:
        AccessDenied: the member may not act on cases.
        InputError: there is no such case.
        ConflictError: it changed since the member saw that revision.
    """
    access.require_sender()
    mine = Ticket.objects.select_for_update(no_key=True).filter(organisation_id=access.organisation)
    row = mine.filter(id=ticket).first()
    if row is None:
        raise InputError("There is no such case.")
    if revision is not None and row.revision != revision:
        raise ConflictError("Something happened in this case since you opened it. Look at it, then try again.")
    return row


def changed(ticket: Ticket, *fields: str) -> None:
    """Write fields of a case that the caller locked and changed, and count the change."""
    ticket.revision += 1
    ticket.save(update_fields=[*fields, "revision"])


def by(access: Access) -> Actor:
    """Return a member as whoever did something."""
    return Actor(kind="member", id=str(access.member))


def told(ticket: Ticket, type: str, actor: Actor, details: dict[str, object], **more: object) -> Fact:
    """Record one fact about a case that the caller locked."""
    (fact,) = record(
        FactDraft(
            organisation=ticket.organisation_id,
            subject_kind=KIND,
            subject_id=ticket.id,
            type=type,
            actor=actor,
            details=details,
            **more,  # type: ignore[arg-type]  # objects, occurred_at
        )
    )
    return fact


def assign(*, access: Access, tickets: Sequence[UUID], member: UUID | None) -> int:
    """Make a member, or nobody, responsible for cases; return for how many that is new.

    Raises:
        AccessDenied: who asks may not. InputError: no such case or member, or too many at once.
    """
    if member is not None and member not in active_members(access):
        raise InputError("There is no such member.")
    moved = 0
    with transaction.atomic():
        for ticket in _in_order(tickets):
            row = locked(access, ticket)
            if row.assignee_id == member:
                continue
            row.assignee_id = member
            changed(row, "assignee_id")
            told(row, "ticket.assigned", by(access), {"member": str(member) if member else None})
            moved += 1
    return moved


def _in_order(tickets: Sequence[UUID]) -> list[UUID]:
    """Return cases in the order in which they are locked, each once."""
    if len(tickets) > MOST_AT_ONCE:
        raise InputError("Choose at most %(most)s cases at once.", most=MOST_AT_ONCE)
    return sorted(set(tickets))


def classify(
    *,
    access: Access,
    tickets: Sequence[UUID],
    type: str | None = None,
    priority: str | None = None,
    matter: str | None = None,
    language: str | None = None,
) -> int:
    """Set type, priority, matter or language of cases; what is None stays.

    Terms that are others now begin in place of theirs. From then on the customer is answered in the language.

    Returns:
        How many cases are another now.

    Raises:
        AccessDenied: who asks may not. InputError: no such case, or value, or too many at once.
    """
    wanted = {
        "type": rules.check_type(type) if type is not None else None,
        "priority": rules.check_priority(priority) if priority is not None else None,
        "matter": rules.check_choice(matter, among=MATTERS) if matter is not None else None,
        "language": rules.check_choice(language, among=LANGUAGES) if language is not None else None,
    }
    moved = 0
    with transaction.atomic():
        for ticket in _in_order(tickets):
            row = locked(access, ticket)
            new = {name: value for name, value in wanted.items() if value is not None and value != getattr(row, name)}
            if not new:
                continue
            for name, value in new.items():
                setattr(row, name, value)
            changed(row, *new)
            moved += 1
            if "language" in new:
                # No term depends on it: nothing is classified anew.
                told(row, "ticket.described", by(access), {"fields": ["language"], "language": row.language})
            if new.keys() - {"language"}:
                said: dict[str, object] = {"type": row.type, "priority": row.priority, "matter": row.matter}
                fact = told(row, "ticket.classified", by(access), said)
                deadlines.reclassified(ticket=row, fact=fact)
    return moved


def describe(
    *,
    access: Access,
    ticket: UUID,
    tags: Iterable[str] | None = None,
    subject: str | None = None,
    product: str | None = None,
    purchase_date: date | None = None,
    guarantee_until_date: date | None = None,
    address: str | None = None,
) -> None:
    """Write down what a case is about; what is None stays, but for the dates: those are set together with `product`.

    Raises:
        AccessDenied: who asks may not. InputError: there is no such case, or something does not fit.
    """
    new: dict[str, object] = {}
    if tags is not None:
        new["tags"] = check_tags(tags)
    if subject is not None:
        new["subject"] = storable(subject).strip()[:300]
    if product is not None:
        today = clock.now().astimezone(ZoneInfo(access.view.time_zone)).date()
        rules.check_guarantee(purchase_date=purchase_date, guarantee_until_date=guarantee_until_date, today=today)
        new |= {"product": storable(product).strip()[:200], "purchase_date": purchase_date}
        new["guarantee_until_date"] = guarantee_until_date
    if address is not None:
        new["address"] = rules.check_address(address)
    access.require_sender()
    if not Ticket.objects.filter(organisation_id=access.organisation, id=ticket).exists():
        raise InputError("There is no such case.")
    kept = keep_card(access, new)
    with transaction.atomic():
        described(access, locked(access, ticket), new, kept)


def keep_card(access: Access, new: Mapping[str, object]) -> custody.Kept:
    """Keep in custody what a case's card will say, before the transaction of `described`."""
    card = {name: str(value) if isinstance(value, date) else value for name, value in new.items()}
    return custody.keep(organisation=access.organisation, content=canonicalise(card), media_type="application/json")


def described(access: Access, ticket: Ticket, new: Mapping[str, object], kept: custody.Kept) -> None:
    """Write fields of the card, that is in custody, of a case that the caller locked; what is the same is no change."""
    fields = [name for name, value in new.items() if getattr(ticket, name) != value]
    if not fields:
        return
    for name in fields:
        setattr(ticket, name, new[name])
    changed(ticket, *fields)
    told(ticket, "ticket.described", by(access), {"fields": fields}, objects=(refer("card", kept),))


def check_tags(tags: Iterable[str]) -> list[str]:
    """Return tags as they are kept: each once, in lower case.

    Raises:
        InputError: one is too long, or there are too many.
    """
    found = list(dict.fromkeys(" ".join(storable(tag).lower().split()) for tag in tags if tag.strip()))
    if len(found) > MOST_TAGS or any(len(tag) > 40 for tag in found):
        raise InputError("A case takes at most %(most)s tags of 40 characters.", most=MOST_TAGS)
    return found


def escalate(*, access: Access, ticket: UUID, escalated: bool, reason: str) -> None:
    """Pass a case to somebody who decides more, or take it back; the reason becomes a note.

    Raises:
        AccessDenied: who asks may not. InputError: there is no such case, or the reason is missing or too long.
        ConflictError: it is so already.
    """
    if escalated and not reason.strip():
        raise InputError("Say why the case is escalated.")
    if len(reason.strip()) > MOST_NOTE:
        raise InputError("A note takes 1 to %(most)s characters.", most=MOST_NOTE)
    with transaction.atomic():
        row = locked(access, ticket)
        if bool(row.escalated_at) == escalated:
            raise ConflictError("That was done already. Reload the page.")
        row.escalated_at = clock.now() if escalated else None
        changed(row, "escalated_at")
        told(row, "ticket.escalated", by(access), {"escalated": escalated})
    if reason.strip():
        add_note(access=access, ticket=ticket, text=reason)


def reopen(*, access: Access, ticket: UUID) -> None:
    """Open a case again that was over, or that waits for the customer.

    Raises:
        AccessDenied: who asks may not. InputError: there is no such case. ConflictError: it is open.
    """
    with transaction.atomic():
        row = locked(access, ticket)
        pass_to(row, event="reopened", actor=by(access))
        changed(row)


def add_note(*, access: Access, ticket: UUID, text: str, mentioned: Iterable[UUID] = ()) -> UUID:
    """Add a note that the customer does not see; return the interaction.

    Args:
        access: of a member who may act on cases.
        ticket: which one.
        text: the note.
        mentioned: members whom it is for; they find the case among those that mention them, until they open it.

    Raises:
        AccessDenied: who asks may not. InputError: there is no such case or member, or the note is empty or too long.
    """
    access.require_sender()
    words, known = check_note(text), active_members(access)
    named = sorted(set(mentioned))
    if not known.keys() >= set(named) or len(named) > 32:
        raise InputError("There is no such member.")
    kept = custody.keep(organisation=access.organisation, content=words.encode(), media_type="text/plain")
    with transaction.atomic():
        _, note = noted(access, locked(access, ticket), words, kept, mentioned=named)
    return note


def check_note(text: str) -> str:
    """Return a note as it is kept. Raises InputError where it is empty or too long."""
    words = storable(text).strip()
    if not words or len(words) > MOST_NOTE:
        raise InputError("A note takes 1 to %(most)s characters.", most=MOST_NOTE)
    return words


def noted(
    access: Access, ticket: Ticket, words: str, kept: custody.Kept, *, mentioned: Sequence[UUID] = ()
) -> tuple[Fact, UUID]:
    """Add a note, that is in custody, to a case that the caller locked; return its fact and the interaction."""
    fact = told(
        ticket,
        "note.added",
        by(access),
        {"mentioned": [str(one) for one in mentioned]},
        objects=(refer("note", kept),),
    )
    own = [Mention(ticket=ticket, member_id=one) for one in mentioned if one != access.member]
    Mention.objects.bulk_create(own, ignore_conflicts=True)
    note = Interaction.objects.create(
        id=uuid7(),
        ticket=ticket,
        sequence=fact.subject_sequence,
        kind=Interaction.Kind.NOTE,
        channel="",
        occurred_at=fact.occurred_at,
        member_id=access.member,
        text=words,
        sha256=kept.sha256,
        media_type=kept.media_type,
    )
    ticket.last_at = fact.occurred_at
    changed(ticket, "last_at")
    return fact, note.id
