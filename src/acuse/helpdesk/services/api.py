"""What programs bring in by the API: a case, more of what its customer says, a call of a telephone exchange.

Files and words are in custody before the transaction that cites them; a crash between leaves objects that nobody cites.
What a program names by a reference is taken once: sent again, it is what is there. What was sent is kept without any
time in it, so that the same words have the same digest, and others under the same reference are told apart by it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from acuse import clock
from acuse.accounts.queries import Access
from acuse.contacts.rules import line as one_line
from acuse.errors import ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.ledger import record, refer
from acuse.helpdesk import rules
from acuse.helpdesk.call_rules import AHEAD, Entered, check_call, read_number
from acuse.helpdesk.form_guard import Upload, check_sizes, check_text, file_name, media_type
from acuse.helpdesk.models import Call, Interaction, Line, Ticket
from acuse.helpdesk.services.calls import enter, fact_of
from acuse.helpdesk.services.opening import Written, add_message, open_ticket
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.fact import Actor, ObjectReference

_CHANNEL = "api"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a program says of a case that it opens; "" and None for what it does not say.

    Attributes:
        address, number: of the customer; one of them at least.
        type: of `acuse.proof.facts.ticket.TYPE_NAMES`; "" has the organisation's rules decide.
        language: "es", "en" or "" for that on their card, that of the text or the organisation's.
        reference: what the program calls it.
    """

    address: str
    number: str
    name: str
    language: str
    type: str
    subject: str
    text: str
    product: str
    purchase_date: date | None
    reference: str


def open_case(*, access: Access, request: Request, uploads: Sequence[Upload]) -> tuple[UUID, bool]:
    """Open a case for a program.

    Args:
        access: of an API key that may.
        request: what it says; texts within their limits.
        uploads: files that come with it.

    Returns:
        The case, and whether it was opened now: False where one of this reference says the same.

    Raises:
        InputError: a value cannot be, or the files are too many or too big.
        ConflictError: a case of this reference says something else, the day of the purchase is still to come, or a
            term cannot be counted.
    """
    rules.check_address(request.address)
    today = clock.now().astimezone(ZoneInfo(access.view.time_zone)).date()
    if request.purchase_date is not None and request.purchase_date > today:
        raise ConflictError("The day of the purchase is still to come.")
    text = check_text(request.text)
    day = request.purchase_date.isoformat() if request.purchase_date else None
    sent = _Sent.of({**vars(request), "text": text, "purchase_date": day}, uploads)
    before = _opened(access, request.reference, sent)
    if before is not None:
        return before, False
    written = replace(
        _written(access, sent, address=request.address, subject=one_line(request.subject), text=text),
        number=request.number,
        name=one_line(request.name),
        language=request.language,
        form_type=request.type,
        product=one_line(request.product),
        purchase_date=request.purchase_date,
        reference=request.reference,
    )
    try:
        ticket = open_ticket(organisation=access.organisation, written=written)
    except IntegrityError:
        # The same program asked twice at once, and the other came first.
        before = _opened(access, request.reference, sent)
        if before is None:
            raise
        return before, False
    return ticket, True


def add_words(
    *, access: Access, ticket: UUID, text: str, uploads: Sequence[Upload], reference: str
) -> tuple[UUID, bool]:
    """Add what the customer said besides to a case.

    Args:
        access: of an API key that may. ticket: which case.
        text, uploads: what they said. reference: what the program calls it; "" for nothing.

    Returns:
        What was added, and whether it was now: False where something of this reference says the same.

    Raises:
        InputError: there is no such case, or a value does not fit.
        ConflictError: something of this reference in the case says something else.
    """
    row = Ticket.objects.filter(organisation_id=access.organisation, id=ticket).first()
    if row is None:
        raise InputError("There is no such case.")
    words = check_text(text)
    sent = _Sent.of({"text": words, "reference": reference}, uploads)
    name = f"api:{reference}" if reference else ""
    written = replace(_written(access, sent, address=row.address, subject=row.subject, text=words), message_id=name)
    with transaction.atomic():
        # Whoever sends the same at the same time waits here, at the case, and then finds it.
        Ticket.objects.select_for_update(no_key=True).get(id=ticket)
        said = Interaction.objects.filter(ticket=ticket, channel=_CHANNEL, message_id=name)
        before = said.first() if reference else None
        if before is None:
            return add_message(ticket=ticket, written=written, matched_by=_CHANNEL), True
    _check_same(before.sha256, sent)
    return before.id, False


def enter_call(*, access: Access, call: Entered) -> tuple[UUID, bool]:
    """Enter a call that an exchange tells of.

    Args:
        access: of an API key that may. call: what is known of it, with a reference.

    Returns:
        The call, and whether it was entered now: False where its line has one of this reference, which stays as it is.

    Raises:
        InputError: there is no such line, or a value does not fit.
        ConflictError: it would begin in the future.
    """
    now = clock.now()
    with transaction.atomic():
        mine = Line.objects.select_for_update(no_key=True).filter(organisation_id=access.organisation)
        # Whoever tells of the same call at the same time waits here, at the line, and then finds it.
        if mine.filter(id=call.line).first() is None:
            raise InputError("There is no such line.")
        before = Call.objects.filter(line=call.line, reference=call.reference).values_list("id", flat=True).first()
        if before is not None:
            return before, False
        if call.started_at > now + AHEAD:
            raise ConflictError("The call would begin in the future. Mend its day and hour.")
        row = Call(organisation_id=access.organisation, recorded_at=now)
        enter(row, check_call(replace(call, number=read_number(call.number)), now=now))
        row.save(force_insert=True)
        record(fact_of(row, "call.registered", _by(access), ()))
    return row.id, True


@dataclass(frozen=True, kw_only=True)
class _Sent:
    """What a program sent: `message` as it is kept, and the files that it names by their digests."""

    message: bytes
    uploads: tuple[Upload, ...]
    files: tuple[dict[str, Any], ...]

    @classmethod
    def of(cls, said: dict[str, Any], uploads: Sequence[Upload]) -> "_Sent":
        """Put it into the form that is kept. Raises InputError where the files are too many or too big."""
        check_sizes([len(one.content) for one in uploads])
        files = tuple(
            {
                "name": file_name(one.name),
                "media_type": media_type(one.media_type),
                "size": len(one.content),
                "sha256": hashlib.sha256(one.content).hexdigest(),
            }
            for one in uploads
        )
        return cls(message=canonicalise({"v": 1, **said, "files": list(files)}), uploads=tuple(uploads), files=files)

    @property
    def sha256(self) -> str:
        """Of the message."""
        return hashlib.sha256(self.message).hexdigest()


def _by(access: Access) -> Actor:
    return Actor(kind="api_key", id=str(access.member))


def _opened(access: Access, reference: str, sent: _Sent) -> UUID | None:
    """Return the case of a reference, or None. Raises ConflictError where it says something else."""
    if not reference:
        return None
    case = Ticket.objects.filter(organisation_id=access.organisation, reference=reference).first()
    if case is None:
        return None
    _check_same(case.interactions.order_by("sequence").values_list("sha256", flat=True)[0], sent)
    return case.id


def _check_same(sha256: str, sent: _Sent) -> None:
    if sha256 != sent.sha256:
        raise ConflictError("That reference is used already, for something else. Choose another.")


def _written(access: Access, sent: _Sent, *, address: str, subject: str, text: str) -> Written:
    """Keep what was sent, and return it as the desk takes it."""
    organisation = access.organisation
    cited: dict[str, ObjectReference] = {}
    for upload, file in zip(sent.uploads, sent.files, strict=True):
        kept = custody.keep(organisation=organisation, content=upload.content, media_type=file["media_type"])
        cited[kept.sha256] = refer("attachment", kept)
    message = custody.keep(organisation=organisation, content=sent.message, media_type="application/json")
    return Written(
        channel=_CHANNEL,
        address=address,
        name="",
        language="",
        subject=subject,
        text=text,
        occurred_at=clock.now(),
        actor=_by(access),
        basis="stated",
        message=refer("message", message),
        attachments=tuple(cited.values()),
        files=sent.files,
    )
