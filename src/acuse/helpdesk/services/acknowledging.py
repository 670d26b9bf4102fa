"""The customer's receipt of a case (justificante): what they said, date and hour, and the tracking key, at once.

It goes out certified, so that its own certificate proves content, date and hour (Ley 10/2025, article 5.3.b). Without
an address, or a mailbox to answer from, there is none: the case says so by what it lacks. Whoever opens a case may
acknowledge it at once; whoever does not, or breaks off before it, is made up for by `followers.receipts`.
"""

import logging
import re
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from acuse import clock
from acuse.accounts.queries import organisation_view
from acuse.composition.queries import compose
from acuse.contacts.queries import name_of
from acuse.delivery.services.dispatched import PASSING
from acuse.errors import AcuseError, ConflictError, InputError
from acuse.evidence.alarms import clear_alarms, raise_alarm
from acuse.helpdesk.models import Interaction, Outgoing, Ticket
from acuse.helpdesk.queries.writing import values_of
from acuse.helpdesk.services.replies import Answer, Prepared, discard, insert, prepare

log = logging.getLogger(__name__)

_USE = "ticket.receipt"
_ACT = "receipt"
ALARM = "receipts."
"""How the alarms begin of receipts that did not go out."""
#: What a receipt calls what opened its case.
_MESSAGE, _CALL = {"es": "mensaje", "en": "message"}, {"es": "llamada", "en": "call"}
#: Values of a case that the receipt has no place for.
_NOT_SAID = ("product.", "warranty.", "dispute.")
_MOST_TEXT = 8_000
_MOST_FILES = 50
#: Receipts to one address. A program that answers each with a new message gets none any more, and so falls silent:
#: a fast one within the hour, a slow one within the day.
_MOST_TO_ADDRESS = ((5, timedelta(hours=1)), (10, timedelta(days=1)))
#: Receipts of one organisation: whoever writes in the names of many sends no more than that to them.
_MOST_OF_ORGANISATION = (500, timedelta(hours=1))
#: Addresses at which nobody reads: RFC 2142 section 4, and what programs write from.
_NOBODY = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)(?:[+.-][^@]*)?@", re.IGNORECASE)


def acknowledge(*, ticket: UUID, name: str = "") -> bool:
    """Queue the receipt of a case that was just opened; return whether this made one to send.

    The case is there whatever becomes of this: what fails is logged, and left to `followers.receipts`.

    Args:
        ticket: which one; it exists.
        name: of the customer, as they gave it; "" for what their card says.
    """
    try:
        receipt = write_receipt(ticket=ticket, name=name)
        if receipt is None:
            return False
        try:
            with transaction.atomic():
                return queue_receipt(ticket=ticket, receipt=receipt)
        finally:
            discard_unused([receipt])
    except (AcuseError, *PASSING):
        log.exception("a receipt is left to whoever follows", extra={"ticket": str(ticket)})
        return False


def write_receipt(*, ticket: UUID, name: str = "", recipient: str = "") -> Prepared | None:
    """Write the receipt of a case and keep it in custody, before the transaction that queues it; see `acknowledge`.

    Args:
        ticket, name: as `acknowledge` takes them.
        recipient: who wrote, where answers go to another; "" where they go to whoever wrote. Others learn nothing of
            whom the case is answered to: neither the name on their card nor the link by which the answers are read.

    Returns:
        The receipt; None where that address has one, or none can or may be sent.
    """
    row = Ticket.objects.get(id=ticket)
    said = row.interactions.order_by("sequence").first()
    to = recipient or row.address
    if not to or _NOBODY.match(to) or said is None or is_acknowledged(row, to) or not _may_have(row, to):
        return None
    if recipient:
        known = {**values_of(row, name=""), "ticket.link": None}
    else:
        known = values_of(row, name=name or name_of(row.organisation_id, contact=row.contact_id))
    values = {variable: value for variable, value in known.items() if not variable.startswith(_NOT_SAID)}
    letter = compose(
        organisation=row.organisation_id, use=_USE, language=row.language, values={**values, **_content(row, said)}
    )
    answer = Answer(
        subject=letter.subject,
        body=letter.body,
        language=row.language,
        certified=True,
        act=_ACT,
        template=str(letter.template or _USE),
        template_version=letter.version,
        automatic=True,
        delay=timedelta(),
        recipient=recipient,
    )
    try:
        return prepare(row, answer=answer)
    except (ConflictError, InputError):
        return None


def queue_receipt(*, ticket: UUID, receipt: Prepared) -> bool:
    """Queue a receipt in the caller's transaction; return False where somebody else did meanwhile.

    Raises:
        ConflictError: the customer's address was changed since it was written.
    """
    row = Ticket.objects.select_for_update(no_key=True).get(id=ticket)
    if is_acknowledged(row, receipt.recipient):
        return False
    insert(row, prepared=receipt, member=None)
    return True


def discard_unused(receipts: Sequence[Prepared]) -> None:
    """Remove from custody those of some receipts that were not queued after all; outside of any transaction."""
    used = set(Outgoing.objects.filter(id__in=[one.id for one in receipts]).values_list("id", flat=True))
    for one in receipts:
        if one.id not in used:
            discard(one.organisation, one.kept.sha256)


def is_acknowledged(row: Ticket, to: str) -> bool:
    """Say whether an address has the receipt of a case, sent or to be sent."""
    return row.outgoing.filter(act=_ACT, recipient__iexact=to).exists()


def _may_have(row: Ticket, to: str) -> bool:
    """Say whether a receipt may go to an address, or whether so many did that something is wrong; people are told then.

    Whoever names others for the answers is known by their own address, and uses up no receipts of those.
    """
    alarm = f"{ALARM}{row.organisation_id}"
    name = organisation_view(row.organisation_id).name
    mine = Ticket.objects.filter(organisation=row.organisation_id)
    if any(_sent(mine, within, recipient__iexact=to) >= most for most, within in _MOST_TO_ADDRESS):
        raise_alarm(
            alarm,
            "%(organisation)s: one customer opened so many cases that case %(number)s has no receipt. Perhaps a "
            "program answers them, or somebody writes in the customer's name.",
            organisation=name,
            number=row.number,
        )
        return False
    most, within = _MOST_OF_ORGANISATION
    if _sent(mine, within) >= most:
        raise_alarm(
            alarm,
            "%(organisation)s: %(most)s receipts went out within an hour, which is the most. Cases are opened all the "
            "same, without a receipt from case %(number)s on.",
            organisation=name,
            most=most,
            number=row.number,
        )
        return False
    return True


def forget_alarms() -> None:
    """Clear what was said of receipts that did not go out after a day, so that somebody has seen it."""
    clear_alarms(ALARM, before=clock.now() - timedelta(days=1))


def _sent(of: "QuerySet[Ticket]", within: timedelta, **to: str) -> int:
    """Count the receipts of some cases. A case was last touched after its receipt, which an index knows."""
    since = clock.now() - within
    lately = Outgoing.objects.filter(ticket__in=of.filter(last_at__gte=since), act=_ACT, created_at__gte=since)
    return lately.filter(**to).count()


def _content(row: Ticket, said: Interaction) -> dict[str, object]:
    return {
        "message.kind": (_CALL if row.channel == "phone" else _MESSAGE)[row.language],
        "message.received_at": said.occurred_at,
        "message.text": said.text[:_MOST_TEXT] or "—",
        "message.attachments": [str(one["name"])[:100] for one in said.attachments[:_MOST_FILES]],
    }
