"""Following cases that were opened: their customers get a receipt, also where whoever opened one broke off.

So do customers whose address becomes known later: a member writes it on the case.
"""

import logging
from collections.abc import Callable
from functools import partial
from uuid import UUID

from acuse.accounts.queries import sender_patterns
from acuse.accounts.rules import may_send_as
from acuse.delivery.services.dispatched import PASSING
from acuse.errors import ConflictError
from acuse.evidence import custody
from acuse.evidence.alarms import raise_alarm
from acuse.evidence.custody import MissingObject
from acuse.evidence.following import follow_each
from acuse.evidence.queries import LedgerFact
from acuse.helpdesk.followers.mail import dmarc, is_ours
from acuse.helpdesk.models import Mailbox, Ticket
from acuse.helpdesk.queries.receipts import ACKNOWLEDGING, DESCRIBED, OPENED
from acuse.helpdesk.rules import OPEN_STATUSES
from acuse.helpdesk.services.acknowledging import ALARM, discard_unused, queue_receipt, write_receipt
from acuse.helpdesk.services.papers import seal_receipt
from acuse.helpdesk.services.replies import Prepared
from acuse.mail.distribution import is_distributed
from acuse.mail.mailboxes import lowered
from acuse.reception.queries import item_view

log = logging.getLogger(__name__)


def follow_openings() -> int:
    """Send the receipts of cases that were opened, one at a time; return how far the cursor moved."""
    written: list[Prepared] = []
    try:
        return follow_each(ACKNOWLEDGING, (OPENED, DESCRIBED), partial(_prepare, written), _failed)
    finally:
        # Another process was quicker, or the customer's address was mended meanwhile.
        discard_unused(written)


def _failed(item: LedgerFact, error: Exception) -> None:
    """Leave what may pass for the next turn; a case whose receipt cannot be written stands without.

    A conflict passes too: the receipt is written anew for the case as it is then.
    """
    if isinstance(error, (ConflictError, *PASSING)):
        raise error
    log.error("a case has no receipt", extra={"fact": str(item.fact.id)}, exc_info=error)
    raise_alarm(
        f"{ALARM}{item.fact.organisation}",
        "The receipt of case %(key)s could not be written. See the log.",
        key=Ticket.objects.filter(id=item.fact.subject.id).values_list("key", flat=True).first() or "",
    )


def _prepare(written: list[Prepared], item: LedgerFact) -> Callable[[], object]:
    ticket, is_opening = item.fact.subject.id, item.fact.type == OPENED
    if not is_opening and not _is_addressed(item):
        return _nothing
    # An address that a member writes on the case is the customer's by their word.
    recipient = _recipient(item) if is_opening else ""
    receipt = write_receipt(ticket=ticket, recipient=recipient) if recipient is not None else None
    if receipt is not None:
        written.append(receipt)
    return partial(_acknowledge, ticket, receipt)


def _is_addressed(item: LedgerFact) -> bool:
    """Say whether a member wrote an address on a case whose customer can still do with its receipt."""
    still_open = Ticket.objects.filter(id=item.fact.subject.id, status__in=OPEN_STATUSES)
    return "address" in item.fact.details["fields"] and still_open.exists()


def _nothing() -> None:
    """What says nothing new of where a customer can be written to who waits for us."""


def _acknowledge(ticket: UUID, receipt: Prepared | None) -> None:
    """Queue what was written, and have it sealed; a customer who telephoned has the sealed receipt alone."""
    if receipt is not None:
        queue_receipt(ticket=ticket, receipt=receipt)
    seal_receipt(ticket=ticket)


def _recipient(item: LedgerFact) -> str | None:
    """Return whom the receipt of a case goes to that was opened: "" for the case's own address, None for nobody."""
    opened = item.fact.details
    recipient = _author(UUID(opened["reception"]), opened["address"]) if "reception" in opened else ""
    return None if recipient is None or _is_distributed(item) else recipient


def _is_distributed(item: LedgerFact) -> bool:
    """Say whether another's list brought the message: a receipt would go to all of it, and come back as a case."""
    letters = [one for one in item.fact.objects if one.role == "message" and one.media_type == "message/rfc822"]
    try:
        raws = [custody.open_object(organisation=item.fact.organisation, sha256=one.sha256) for one in letters]
    except MissingObject:
        return False  # the case was erased meanwhile, and has nothing to acknowledge
    own = Mailbox.objects.filter(organisation_id=item.fact.organisation).values_list("address", flat=True)
    return any(is_distributed(raw, own=own) for raw in raws)


def _author(reception: UUID, address: str) -> str | None:
    """Return who wrote the message that opened a case, "" where its answers go there too; None for nobody.

    Whoever wrote may have answers go elsewhere by Reply-To, but nobody is sent receipts because somebody else named
    them there: what answers by itself does not use that field (RFC 3834 section 4). Nor because somebody wrote in their
    name, where the domain disowns it. A website's form that writes in the organisation's own name has nobody to answer.
    """
    seen = item_view(reception)
    if seen is None or dmarc(seen) == "fail":
        return None
    author = seen.author or seen.mail_from
    if lowered(author) == lowered(address):
        return ""
    is_own = is_ours(seen, author) or may_send_as(author, sender_patterns(seen.organisation))
    return None if is_own else author
