"""What customers send on the public pages: a form that opens a case, and a message with files to one that is there.

Answers and files are in custody before the transaction that cites them. A crash between leaves objects that nobody
cites; whoever sends the same form again opens no second case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from acuse import clock
from acuse.contacts.services.intake import find_or_make
from acuse.evidence import custody
from acuse.evidence.ledger import refer
from acuse.helpdesk.form_guard import Sheet, Upload, check_sizes, check_text, file_name, media_type
from acuse.helpdesk.models import Interaction, Ticket
from acuse.helpdesk.services.opening import Written, add_message, open_ticket
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.fact import Actor, ObjectReference

_ACTOR = Actor(kind="component", id="portal")
_CHANNEL = "form"


@dataclass(frozen=True, kw_only=True)
class Sending:
    """One pressing of the button.

    Attributes:
        name: what names it, the same when the same content is sent again: ASCII that nobody guesses.
        client: address and program of whoever sent it.
        language: of the page.
    """

    name: str
    client: Mapping[str, str]
    language: str

    @property
    def message_id(self) -> str:
        """Under which what was sent is found again. No mail program writes one like it."""
        return f"form:{self.name}"


def send_form(
    *,
    organisation: UUID,
    mailbox: UUID,
    sheet: Sheet,
    uploads: Sequence[Upload],
    consent: str,
    proved: bool,
    sending: Sending,
) -> UUID:
    """Open a case with what somebody wrote in the form; return it. Sent again, it is the case that is there.

    Args:
        organisation: whose desk. mailbox: under which it is answered.
        sheet: checked. uploads: at most `form_guard.MOST_FILES`.
        consent: the words that they agreed to; "" where the organisation has none.
        proved: they gave back a code that was sent to their address.
        sending: see there.

    Raises:
        InputError: the files are too many or too big. TemporaryError: custody cannot take them.
        ConflictError: as `open_ticket`.
    """
    check_sizes([len(one.content) for one in uploads])
    kept = _keep(organisation, _answers(sheet, consent), uploads, sending)
    written = replace(
        _written(kept, sending, address=sheet.address, subject=sheet.subject, text=sheet.text),
        name=sheet.name,
        basis="code_confirmed" if proved else "stated",
        form_type=sheet.type,
        consent=consent,
        product=sheet.product,
        purchase_date=sheet.purchase_date,
        mailbox=mailbox,
    )
    with transaction.atomic():
        # Whoever sends the same form at the same time waits here, at the address, and then finds the case.
        find_or_make(
            organisation=organisation,
            channel="email",
            value=written.address,
            name=written.name,
            language=written.language,
            basis=written.basis,
            actor=_ACTOR,
        )
        return sent_before(organisation=organisation, sending=sending) or open_ticket(
            organisation=organisation, written=written
        )


def add_to_case(*, ticket: UUID, text: str, uploads: Sequence[Upload], sending: Sending) -> bool:
    """Add what the customer wrote on the page of their case; return False where that was sent before.

    Args:
        ticket: of the link; it exists. text: what they wrote. uploads, sending: as in `send_form`.

    Raises:
        InputError: the text is empty or too long, or the files are too many or too big.
    """
    check_sizes([len(one.content) for one in uploads])
    words, row = check_text(text), Ticket.objects.get(id=ticket)
    kept = _keep(row.organisation_id, {"text": words}, uploads, sending)
    written = _written(kept, sending, address=row.address, subject=row.subject, text=words)
    with transaction.atomic():
        Ticket.objects.select_for_update(no_key=True).get(id=ticket)
        if sent_before(organisation=row.organisation_id, sending=sending):
            return False
        add_message(ticket=ticket, written=written, matched_by="form")
        return True


def sent_before(*, organisation: UUID, sending: Sending) -> UUID | None:
    """Return the case to which this very form went already, or None."""
    same = Interaction.objects.filter(ticket__organisation_id=organisation, message_id=sending.message_id)
    return same.values_list("ticket_id", flat=True).first()


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """What was sent, in custody."""

    at: datetime
    message: ObjectReference
    attachments: tuple[ObjectReference, ...]
    files: tuple[dict[str, Any], ...]


def _answers(sheet: Sheet, consent: str) -> dict[str, Any]:
    day = sheet.purchase_date.isoformat() if sheet.purchase_date else None
    return {**vars(sheet), "purchase_date": day, "consent": consent}


def _written(kept: _Kept, sending: Sending, *, address: str, subject: str, text: str) -> Written:
    return Written(
        channel=_CHANNEL,
        address=address,
        name="",
        language=sending.language,
        subject=subject,
        text=text,
        occurred_at=kept.at,
        actor=_ACTOR,
        basis="stated",
        message=kept.message,
        attachments=kept.attachments,
        files=kept.files,
        message_id=sending.message_id,
        client=dict(sending.client),
    )


def _keep(organisation: UUID, said: Mapping[str, Any], uploads: Sequence[Upload], sending: Sending) -> _Kept:
    """Put the files into custody, and what was said with their digests: as RFC 8785 JSON, which fixes every octet."""
    files: list[dict[str, Any]] = []
    cited: dict[str, ObjectReference] = {}
    for upload in uploads:
        kind = media_type(upload.media_type)
        kept = custody.keep(organisation=organisation, content=upload.content, media_type=kind)
        cited[kept.sha256] = refer("attachment", kept)
        files.append({"name": file_name(upload.name), "media_type": kind, "size": kept.size, "sha256": kept.sha256})
    at = clock.now()
    answers = {"v": 1, "language": sending.language, "at": clock.to_rfc3339(at), **said, "files": files}
    message = custody.keep(organisation=organisation, content=canonicalise(answers), media_type="application/json")
    return _Kept(at=at, message=refer("message", message), attachments=tuple(cited.values()), files=tuple(files))
