"""Following what came in: it opens a case, or belongs to one.

Bounces, reports and automatic answers never do either (they are recorded and shown by `reception`); what cannot be
filed is set aside there with the reason, visible, and can be tried again. Each message is one transaction, in which
the cursor moves too: none waits for what becomes of another.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from acuse import clock
from acuse.delivery.queries import answered
from acuse.delivery.services.dispatched import PASSING
from acuse.errors import AcuseError, TemporaryError
from acuse.evidence import custody
from acuse.evidence.following import follow_each
from acuse.evidence.queries import LedgerFact
from acuse.helpdesk.agreeing import said_of
from acuse.helpdesk.followers.copies import is_copy
from acuse.helpdesk.models import ConformityRequest, Interaction, Mailbox, Ticket
from acuse.helpdesk.queries.closing import FILED_TYPE, FILING
from acuse.helpdesk.services.conformity import answer_conformity
from acuse.helpdesk.services.opening import Written, add_message, open_ticket
from acuse.mail.mailboxes import lowered
from acuse.mail.plain import text_of
from acuse.mail.quotes import parted
from acuse.mail.read import Message, read
from acuse.proof.facts.fact import Actor, ObjectReference
from acuse.reception.queries import ItemView, item_view
from acuse.reception.services import set_aside

log = logging.getLogger(__name__)

_ACTOR = Actor(kind="component", id="helpdesk")
_FILED = frozenset({"mailbox", "ticket", "reply", "inbox"})
#: Two programs that answer each other without saying that they are programs: more of one address is set aside.
_MOST = 20
_WITHIN = timedelta(minutes=10)
_PATIENCE = timedelta(minutes=10)


def follow_mail() -> int:
    """File what came in, one message at a time; return how far the cursor moved."""
    return follow_each(FILING, (FILED_TYPE,), _prepare, _failed)


def _failed(item: LedgerFact, error: Exception) -> None:
    """Leave what may pass for the next turn; set aside and show what cannot be filed.

    What custody cannot give for long is set aside too: others wait behind it.
    """
    lasts = isinstance(error, TemporaryError) and clock.now() - item.fact.recorded_at > _PATIENCE
    if isinstance(error, PASSING) and not lasts:
        raise error
    log.error("what came in cannot be filed", extra={"fact": str(item.fact.id)}, exc_info=error)
    told = str(error) if isinstance(error, AcuseError) else "something went wrong inside Acuse; see the log."
    set_aside(item=item.fact.subject.id, reason=f"It could not become a case: {told}"[:2000])


def _nothing() -> None:
    """What is none of the desk's, or was filed before and read again."""


def _prepare(item: LedgerFact) -> Callable[[], None]:
    """Read a message and find where it belongs; return what files it."""
    seen = item_view(item.fact.subject.id)
    if seen is None or seen.purpose not in _FILED or item.fact.details["reading"] != "message" or not seen.mail_from:
        return _nothing
    if Interaction.objects.filter(reception=seen.id).exists():
        return _nothing
    found = _belongs_to(seen)
    if found is None and seen.purpose != "mailbox":
        return _nothing
    raw = custody.open_object(organisation=seen.organisation, sha256=seen.sha256)
    written = _written(seen, read(raw), seen.author or seen.mail_from)
    # What went to the case's address and to the mailbox comes twice, and is said once.
    copy = is_copy(seen, raw, ticket=found[0] if found else None)
    return lambda: _file(seen, written, found, copy=copy)


def _file(seen: ItemView, written: Written, found: tuple[UUID, str] | None, *, copy: bool) -> None:
    """File one message in the caller's transaction."""
    if is_ours(seen, written.author) and _wrote_it(seen):
        return  # our own words, come back by a list or a rule of forwarding
    if doubt := _doubt(seen, written):
        set_aside(item=seen.id, reason=doubt)
        return
    if found is None:
        if not copy:
            _open(seen, written)
        return
    ticket, matched_by = found
    if not copy:
        add_message(ticket=ticket, written=written, matched_by=matched_by)
    # A From line is written by anybody: who knew the case's own address, or whose domain vouches, is believed.
    if dmarc(seen) == "pass" or (matched_by == "token" and dmarc(seen) != "fail"):
        _hear(ticket, seen, written)


def _doubt(seen: ItemView, written: Written) -> str:
    """Return why a message is left to a person, "" for nothing."""
    if is_ours(seen, written.author) and is_ours(seen, written.address):
        return "It says that one of the desk's own mailboxes wrote it."
    if _too_many(seen, written.author):
        return "Too many messages of one sender within ten minutes: two programs, perhaps."
    return ""


def _wrote_it(seen: ItemView) -> bool:
    """Return whether it is a letter of the desk's own."""
    ours = Interaction.objects.filter(ticket__organisation_id=seen.organisation, kind=Interaction.Kind.REPLY)
    return bool(seen.message_id) and ours.filter(message_id=seen.message_id).exists()


def _open(seen: ItemView, written: Written) -> None:
    mailbox = Mailbox.objects.filter(id=seen.names).first() if seen.names else None
    if mailbox is None or not mailbox.enabled:
        set_aside(
            item=seen.id, reason="Its mailbox is switched off. Switch the mailbox on, then have the message read again."
        )
        return
    open_ticket(organisation=seen.organisation, written=written, default_type=mailbox.default_type)


def dmarc(seen: ItemView) -> str:
    """Return whether the domain of From vouches for a message: a result of DMARC (RFC 9989), "" where not checked.

    SPF alone says nothing here: a mailbox whose server passes its mail on to us fails it for everybody.
    """
    return str(seen.authentication["dmarc"]["result"]) if seen.authentication else ""


def is_ours(seen: ItemView, address: str) -> bool:
    """Say whether an address is a mailbox of the desk that a message came in for."""
    return Mailbox.objects.filter(organisation_id=seen.organisation, address__iexact=address).exists()


def _belongs_to(seen: ItemView) -> tuple[UUID, str] | None:
    """Return the case that a message belongs to and by what: the token in its address, or what it answers.

    Never by its subject; and by what it answers only where it comes from whom the case is about, or the very letter of
    the case was sent to: a Message-ID is no secret.
    """
    if seen.purpose == "ticket":
        return (seen.names, "token") if seen.names else None
    named = seen.communication or answered(
        organisation=seen.organisation, references=seen.references, author=seen.author
    )
    mine = Interaction.objects.filter(ticket__organisation_id=seen.organisation)
    if named is not None:
        by_letter = mine.filter(communication=named).values_list("ticket_id", flat=True).first()
        if by_letter is not None:
            return by_letter, "token" if seen.communication else "reference"
    cited = mine.filter(message_id__in=[one for one in seen.references if one], kind=Interaction.Kind.MESSAGE)
    for ticket, address in cited.values_list("ticket_id", "ticket__address"):
        if lowered(address) == lowered(seen.author):
            return ticket, "reference"
    return None


def _too_many(seen: ItemView, author: str) -> bool:
    lately = Interaction.objects.filter(
        ticket__organisation_id=seen.organisation,
        author=author,
        kind=Interaction.Kind.MESSAGE,
        occurred_at__gte=clock.now() - _WITHIN,
    )
    return lately.count() >= _MOST


def _written(seen: ItemView, message: Message, author: str) -> Written:
    sender = message.sender[0] if message.sender else None
    mailbox = seen.names if seen.purpose == "mailbox" else None
    named = _answers_to(message, author)
    address = author if is_ours(seen, named) else named  # a list that is the mailbox writes itself there
    return Written(
        channel="email",
        address=address,
        name=sender.name if sender else "",
        language=message.language if message.language in {"es", "en"} else "",
        subject=message.subject or "",
        text=text_of(message),
        message=ObjectReference(role="message", sha256=seen.sha256, size=seen.size, media_type="message/rfc822"),
        # What stands inside the text as a picture is among them: a case shows its text alone.
        files=tuple(_file_of(number, one) for number, one in enumerate(message.files, start=1)),
        occurred_at=seen.received_at,
        actor=_ACTOR,
        basis="wrote_from" if dmarc(seen) == "pass" and lowered(address) == lowered(author) else "stated",
        author=author,
        reception=seen.id,
        mailbox=mailbox,
        message_id=seen.message_id,
    )


def _file_of(number: int, one: Any) -> dict[str, Any]:
    return {"number": number, "name": one.name[:200], "media_type": one.media_type, "size": one.size}


def _answers_to(message: Message, author: str) -> str:
    """Return where answers go: Reply-To, where it names one address (RFC 5322 section 3.6.2), else the author."""
    named = [one.address for one in message.reply_to]
    return named[0] if len(named) == 1 and named[0] else author


def _hear(ticket: UUID, seen: ItemView, written: Written) -> None:
    """Where the customer was asked whether they agree, take a reply that says nothing but that for the answer."""
    waiting = ConformityRequest.objects.filter(ticket_id=ticket, answered_at=None, withdrawn_at=None).first()
    known = Ticket.objects.filter(id=ticket).values_list("address", flat=True).get()
    if waiting is None or waiting.communication is None or lowered(known) != lowered(seen.author):
        return
    # It answers the question itself, and no other letter of the case.
    asked = Interaction.objects.filter(communication=waiting.communication).values_list("message_id", flat=True)
    if not seen.references or seen.references[0] not in asked:
        return
    words, _ = parted(written.text)
    agreed = said_of(words)
    if agreed is None:
        return
    answer_conformity(
        request=waiting.id,
        agreed=agreed,
        by="reply",
        words=" ".join(words.split())[:200],
        comments="",
        actor=Actor(kind="contact", id=str(Ticket.objects.values_list("contact_id", flat=True).get(id=ticket))),
        reception=seen.id,
    )
