"""Opening a case, and what the customer writes in it later.

The raw message, or the form's answers, are in custody before. A crash before the commit leaves the message classified
and the follower where it was: it comes here again.

Whoever locks more than one row of the desk does it in this order, so that nobody waits for one who waits for them: the
follower's cursor, the contact's address, the organisation's settings, the case (several in the order of their
identifiers), what belongs to it (answers, questions, deadlines), and last the heads of facts. What belongs to a case is
changed by whoever holds the case.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import Access, organisation_view
from acuse.contacts.queries import language_of as language_on_card
from acuse.contacts.services.intake import find_or_make
from acuse.errors import InputError
from acuse.evidence import custody
from acuse.evidence.ledger import FactDraft, record, refer
from acuse.helpdesk import rules, triage
from acuse.helpdesk.models import Interaction, Settings, Ticket
from acuse.helpdesk.queries.settings import responsible, triage_rules
from acuse.helpdesk.services import deadlines
from acuse.helpdesk.services.deadline_policies import saying_policy
from acuse.helpdesk.tongue import language_of
from acuse.mail.choices import LANGUAGES
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.fact import Actor, Fact, ObjectReference
from acuse.proof.facts.ticket import KIND
from acuse.texts import storable

_TEXT_MOST = 100_000
_EXCERPT = 200
_SUBJECT_MOST = 300
_PRODUCT_MOST = 200


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a customer wrote, by whatever way it came.

    Attributes:
        channel: see `acuse.proof.facts.ticket.CHANNELS`.
        address: reply address; "" where none is known. number: telephone, where that is all there is.
        author: who wrote, where that is another.
        name: of whoever wrote, as far as known; "" otherwise.
        language: in which they said they write, or a program says that they do; "" where nobody did.
        subject, text: as people read them.
        message: what came, byte for byte, in custody. attachments: files that lie in custody apart from it.
        files: all of them for people: name, media type, size, and the number or digest by which each is opened.
        occurred_at: when it came.
        actor: who brought it in.
        basis: why the address is taken for the contact's; see `acuse.proof.facts.contact.BASES`.
        form_type: what was chosen in the form. consent: what was agreed to in it, word for word.
        product, purchase_date: what it is about, where the form said it.
        reception, mailbox, message_id: where they are known.
        client: address and program of whoever sent the form.
        call: the telephone call in which it was said.
        reference: what a program that opens a case calls it; no other case of the organisation has the same.
    """

    channel: str
    address: str
    name: str
    language: str
    subject: str
    text: str
    occurred_at: datetime
    actor: Actor
    basis: str
    message: ObjectReference | None = None
    attachments: tuple[ObjectReference, ...] = ()
    files: tuple[dict[str, Any], ...] = ()
    number: str = ""
    author: str = ""
    form_type: str = ""
    consent: str = ""
    product: str = ""
    purchase_date: date | None = None
    reception: UUID | None = None
    mailbox: UUID | None = None
    message_id: str = ""
    client: dict[str, Any] = field(default_factory=dict)
    call: UUID | None = None
    reference: str = ""

    @property
    def objects(self) -> tuple[ObjectReference, ...]:
        """Return what the fact cites."""
        return (*((self.message,) if self.message else ()), *self.attachments)


def open_ticket(*, organisation: UUID, written: Written, default_type: str = "inquiry") -> UUID:
    """Open a case; return it. Its terms begin, and whoever is responsible has it.

    Args:
        organisation: whose desk.
        written: what opened it.
        default_type: what it is taken for where no rule says otherwise.

    Raises:
        InputError: neither an address nor a number says who it is.
    """
    channel, value = ("email", written.address) if written.address else ("phone", written.number)
    if not value:
        raise InputError("Say how the customer can be reached: an e-mail address or a telephone number.")
    with transaction.atomic():
        contact = find_or_make(
            organisation=organisation,
            channel=channel,
            value=value,
            name=written.name,
            language=written.language,
            basis=written.basis,
            actor=written.actor,
        )
        # Read before the settings are locked: others of the organisation wait for them.
        language = _language(organisation, contact, written)
        settings = _settings(organisation)
        rule = triage.applying(triage_rules(organisation), _seen(written))
        ticket = _insert(organisation, settings, contact, written, language, default_type, rule)
        opened, _ = record(saying_policy(_opened(ticket, written)), _assigned(ticket, rule))
        _interact(ticket, written, opened)
        deadlines.start_for(ticket=ticket, start=opened)
    return ticket.id


def open_by_member(
    *, access: Access, address: str, number: str, name: str, subject: str, text: str, type: str, language: str = ""
) -> UUID:
    """Open a case for somebody who called; return it.

    Args:
        access: of a member who may act on cases.
        address, number: how the customer can be reached; one of them is enough.
        name, subject, text, type: as the member noted them.
        language: that the customer speaks; "" for that on their card, or ours.

    Raises:
        AccessDenied: the member may not. InputError: nothing says who it is, or a value does not fit.
    """
    access.require_sender()
    words = {"name": name, "subject": subject, "text": text, "number": number}
    kept = custody.keep(organisation=access.organisation, content=canonicalise(words), media_type="application/json")
    written = Written(
        channel="phone",
        address=rules.check_address(address),
        number=number.strip(),
        name=name.strip()[:200],
        language=language,
        subject=subject,
        text=text,
        occurred_at=clock.now(),
        actor=Actor(kind="member", id=str(access.member)),
        basis="stated",
        form_type=rules.check_type(type),
        message=refer("message", kept),
    )
    return open_ticket(organisation=access.organisation, written=written)


def settings_of(organisation: UUID) -> Settings:
    """Return what an organisation's desk is set to, made where it has nothing yet."""
    found = Settings.objects.filter(organisation_id=organisation).first()
    if found is not None:
        return found
    view = organisation_view(organisation)
    letters = "".join(letter for letter in view.slug.upper() if "A" <= letter <= "Z")
    Settings.objects.bulk_create(
        [Settings(organisation_id=organisation, key_prefix=(letters + "XX")[:3])], ignore_conflicts=True
    )
    return Settings.objects.get(organisation_id=organisation)


def _settings(organisation: UUID) -> Settings:
    """Return the settings, locked, with the next ticket's number counted."""
    settings_of(organisation)
    locked = Settings.objects.select_for_update().get(organisation_id=organisation)
    locked.last_number += 1
    locked.save(update_fields=["last_number"])
    return locked


def _seen(written: Written) -> triage.Seen:
    return triage.Seen(
        senders=(written.author, written.address),
        subject=written.subject,
        text=written.text,
        channel=written.channel,
        form_type=written.form_type if written.channel == "form" else "",
        product=written.product,
    )


def _insert(
    organisation: UUID,
    settings: Settings,
    contact: UUID,
    written: Written,
    language: str,
    default_type: str,
    rule: triage.Rule | None,
) -> Ticket:
    now = clock.now()
    text = storable(written.text)
    return Ticket.objects.create(
        id=uuid7(),
        organisation_id=organisation,
        number=settings.last_number,
        key=rules.make_key(prefix=settings.key_prefix, number=settings.last_number),
        contact_id=contact,
        address=written.address,
        mailbox_id=written.mailbox,
        channel=written.channel,
        language=language,
        type=(rule.type if rule else "") or written.form_type or default_type,
        priority=(rule.priority if rule else "") or "medium",
        matter=rule.matter if rule else "",
        subject=storable(written.subject)[:_SUBJECT_MOST],
        excerpt=" ".join(text.split())[:_EXCERPT],
        assignee_id=responsible(organisation, rule.assignee if rule else None, settings.default_assignee_id),
        tags=[rule.tag] if rule and rule.tag else [],
        product=storable(written.product)[:_PRODUCT_MOST],
        purchase_date=written.purchase_date,
        reference=written.reference,
        opened_at=written.occurred_at,
        last_at=now,
        waits_since=written.occurred_at,
    )


def _language(organisation: UUID, contact: UUID, written: Written) -> str:
    """Return in which language a case is answered: as said, as on the card, as it is written, or ours."""
    said = (written.language, language_on_card(organisation, contact=contact))
    known = next((one for one in said if one in LANGUAGES), "") or _guessed(written)
    found = known or organisation_view(organisation).language
    return found if found in LANGUAGES else "es"


def _guessed(written: Written) -> str:
    """Return in which language something is written, "" on doubt; a call is noted in the words of whoever took it."""
    return "" if written.channel == "phone" else language_of(f"{written.subject}\n\n{written.text}")


def _opened(ticket: Ticket, written: Written) -> FactDraft:
    known = {
        "reception": written.reception,
        "mailbox": written.mailbox,
        "consent": written.consent[:2000],
        "client": written.client,
        "call": written.call,
        "reference": written.reference,
    }
    return FactDraft(
        organisation=ticket.organisation_id,
        subject_kind=KIND,
        subject_id=ticket.id,
        type="ticket.opened",
        actor=written.actor,
        details={
            "number": ticket.number,
            "key": ticket.key,
            "channel": ticket.channel,
            "language": ticket.language,
            "contact": str(ticket.contact_id),
            "address": ticket.address,
            "subject": ticket.subject,
            "type": ticket.type,
            "priority": ticket.priority,
            "matter": ticket.matter,
            **{name: str(value) if isinstance(value, UUID) else value for name, value in known.items() if value},
        },
        objects=written.objects,
        occurred_at=written.occurred_at,
    )


def _assigned(ticket: Ticket, rule: triage.Rule | None) -> FactDraft:
    by_rule = rule is not None and rule.assignee is not None and rule.assignee == ticket.assignee_id
    return FactDraft(
        organisation=ticket.organisation_id,
        subject_kind=KIND,
        subject_id=ticket.id,
        type="ticket.assigned",
        actor=Actor(kind="component", id="triage"),
        details={
            "member": str(ticket.assignee_id) if ticket.assignee_id else None,
            **({"rule": str(rule.id)} if rule and by_rule else {}),
        },
    )


def add_message(*, ticket: UUID, written: Written, matched_by: str) -> UUID:
    """Add what the customer wrote to a case; return the interaction. A case that was over is open again.

    Args:
        ticket: which one; it exists.
        written: what came.
        matched_by: "token", "reference", "form" or "api".
    """
    with transaction.atomic():
        row = Ticket.objects.select_for_update(no_key=True).get(id=ticket)
        details: dict[str, Any] = {
            "channel": written.channel,
            "author": written.author or written.address or written.number,
            "subject": storable(written.subject)[:_SUBJECT_MOST],
            "matched_by": matched_by,
            **({"reception": str(written.reception)} if written.reception else {}),
            **({"client": written.client} if written.client else {}),
        }
        (received,) = record(
            FactDraft(
                organisation=row.organisation_id,
                subject_kind=KIND,
                subject_id=row.id,
                type="message.received",
                actor=written.actor,
                details=details,
                objects=written.objects,
                occurred_at=written.occurred_at,
            )
        )
        interaction = _interact(row, written, received)
        row.last_at = clock.now()
        row.waits_since = row.waits_since or written.occurred_at
        row.revision = F("revision") + 1
        row.save(update_fields=["last_at", "waits_since", "revision"])
        deadlines.heed(ticket=row, fact=received)
        pass_to(row, event="customer_wrote", actor=written.actor)
    return interaction


def pass_to(ticket: Ticket, *, event: str, actor: Actor) -> None:
    """Give a case, locked by the caller, the status that follows from what happened, with its fact and its terms.

    Raises:
        ConflictError: that cannot happen to a case of this status.
    """
    before, after = ticket.status, rules.next_status(ticket.status, event=event)
    if before == after:
        return
    now = clock.now()
    ticket.status = after
    ticket.resolved_at = now if after == "resolved" else None
    ticket.closed_at = now if after in rules.CLOSED_STATUSES else None
    ticket.save(update_fields=["status", "resolved_at", "closed_at"])
    moved = FactDraft(
        organisation=ticket.organisation_id,
        subject_kind=KIND,
        subject_id=ticket.id,
        type="ticket.status_changed",
        actor=actor,
        details={"before": before, "after": after},
    )
    opens_again = before in rules.CLOSED_STATUSES and after not in rules.CLOSED_STATUSES
    (changed,) = record(saying_policy(moved) if opens_again else moved)
    deadlines.heed(ticket=ticket, fact=changed)


def _interact(ticket: Ticket, written: Written, fact: Fact) -> UUID:
    row = Interaction.objects.create(
        id=uuid7(),
        ticket=ticket,
        sequence=fact.subject_sequence,
        kind=Interaction.Kind.CALL if written.channel == "phone" else Interaction.Kind.MESSAGE,
        channel=written.channel,
        occurred_at=written.occurred_at,
        author=storable(written.author or written.address or written.number)[:320],
        text=storable(written.text)[:_TEXT_MOST],
        attachments=list(written.files),
        sha256=written.message.sha256 if written.message else "",
        media_type=written.message.media_type if written.message else "",
        message_id=storable(written.message_id)[:998],
        reception=written.reception,
    )
    return row.id
