"""Writing the message of an answer: under which address it goes out, where answers to it come, what it refers to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from acuse.accounts.queries import organisation_view, sender_patterns
from acuse.accounts.rules import may_send_as
from acuse.composition import bodies, letters
from acuse.errors import ConflictError
from acuse.helpdesk import rules
from acuse.helpdesk.models import Interaction, Mailbox, Ticket
from acuse.mail.tokens import TICKET, encode_address


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is to be said to the customer of a case.

    Attributes:
        subject, body: the body as `acuse.composition.bodies` reads it.
        language: "es" or "en".
        certified: with a certificate; what has to be proved always is.
        act: see `acuse.proof.facts.ticket.ACTS`; "" for none.
        template, template_version: what it was written from; "" and 0 for nothing.
        waits_for_customer: the case waits for the customer afterwards.
        request: of agreement, where it asks for that. term_until: when a term ends that it gives.
        automatic: no person wrote it (RFC 3834).
        delay: how long it can be taken back; None for as long as the organisation chose.
        files: what goes along.
        recipient: whom it goes to; "" for where the case's answers go.
    """

    subject: str
    body: str
    language: str
    certified: bool
    act: str = ""
    template: str = ""
    template_version: int = 0
    waits_for_customer: bool = False
    request: UUID | None = None
    term_until: datetime | None = None
    automatic: bool = False
    delay: timedelta | None = None
    files: Sequence[letters.Attachment] = ()
    recipient: str = ""


def sending_mailbox(ticket: Ticket) -> Mailbox:
    """Return the mailbox under whose address a case is answered.

    Raises:
        ConflictError: there is none, it may not send, or nothing says where the customer can be written to.
    """
    if not ticket.address:
        raise ConflictError("No e-mail address is known for this customer. Add one to the case first.")
    enabled = Mailbox.objects.filter(organisation_id=ticket.organisation_id, enabled=True).order_by("created_at")
    own = enabled.filter(id=ticket.mailbox_id).first() if ticket.mailbox_id else None
    found = own or enabled.first()
    if found is None:
        raise ConflictError("The desk has no mailbox to answer from. An administrator can set one up in the settings.")
    if not may_send_as(found.address, sender_patterns(ticket.organisation_id)):
        raise ConflictError(
            "The organisation may not send as %(address)s. Add it to the senders in the settings.",
            address=found.address,
        )
    return found


def message_of(ticket: Ticket, answer: Answer, sender: Mailbox, message_id: str, now: datetime) -> bytes:
    """Return the message of an answer, byte for byte as it will be sent.

    Args:
        ticket: which case. answer: what to say. sender: under whose address.
        message_id: "<...>". now: when it is written.
    """
    known = Interaction.objects.filter(ticket=ticket).exclude(message_id="").order_by("sequence")
    references = rules.thread(list(known.values_list("message_id", flat=True)))
    written = rules.thread(list(known.filter(kind=Interaction.Kind.MESSAGE).values_list("message_id", flat=True)))
    organisation = organisation_view(ticket.organisation_id)
    envelope = letters.Envelope(
        sender=letters.Mailbox(name=sender.name or organisation.name, address=sender.address),
        recipient=letters.Mailbox(name="", address=answer.recipient or ticket.address),
        reply_to=answers_to(ticket),
        message_id=message_id,
        written_at=now,
        language=answer.language,
        in_reply_to=(written or references or ("",))[-1],
        references=references,
        automatic=answer.automatic,
    )
    parts = bodies.write(answer.body, title=answer.subject, language=answer.language)
    return letters.build_message(envelope, subject=answer.subject, parts=parts, attachments=list(answer.files))


def answers_to(ticket: Ticket) -> str:
    """Return the address that names the case, where mail for it would come in; else answers go to the mailbox."""
    environment = settings.ACUSE
    if not environment.smtp_inbound_port:
        return ""
    return encode_address(
        key=settings.ACUSE_KEYS.address, purpose=TICKET, identifier=ticket.id, domain=environment.verp_domain
    )
