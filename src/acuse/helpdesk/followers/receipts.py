"""Following cases that were opened: their customers get a receipt, also where whoever opened one broke off."""

import logging
from collections.abc import Callable
from functools import partial
from uuid import UUID

from acuse.delivery.services.dispatched import PASSING
from acuse.errors import ConflictError
from acuse.evidence import custody
from acuse.evidence.alarms import raise_alarm
from acuse.evidence.custody import MissingObject
from acuse.evidence.following import follow_each
from acuse.evidence.queries import LedgerFact
from acuse.helpdesk.followers.mail import dmarc
from acuse.helpdesk.models import Mailbox
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
        return follow_each("helpdesk.openings", ("ticket.opened",), partial(_prepare, written), _failed)
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
        key=item.fact.details["key"],
    )


def _prepare(written: list[Prepared], item: LedgerFact) -> Callable[[], object]:
    ticket = item.fact.subject.id
    receipt = write_receipt(ticket=ticket) if _may_be_answered(item) else None
    if receipt is not None:
        written.append(receipt)
    return partial(_acknowledge, ticket, receipt)


def _acknowledge(ticket: UUID, receipt: Prepared | None) -> None:
    """Queue what was written, and have it sealed; a customer who telephoned has the sealed receipt alone."""
    if receipt is not None:
        queue_receipt(ticket=ticket, receipt=receipt)
    seal_receipt(ticket=ticket)


def _may_be_answered(item: LedgerFact) -> bool:
    opened = item.fact.details
    return _is_author(opened.get("reception"), opened["address"]) and not _is_distributed(item)


def _is_distributed(item: LedgerFact) -> bool:
    """Say whether another's list brought the message: a receipt would go to all of it, and come back as a case."""
    letters = [one for one in item.fact.objects if one.role == "message" and one.media_type == "message/rfc822"]
    try:
        raws = [custody.open_object(organisation=item.fact.organisation, sha256=one.sha256) for one in letters]
    except MissingObject:
        return False  # the case was erased meanwhile, and has nothing to acknowledge
    own = Mailbox.objects.filter(organisation_id=item.fact.organisation).values_list("address", flat=True)
    return any(is_distributed(raw, own=own) for raw in raws)


def _is_author(reception: str | None, address: str) -> bool:
    """Say whether the answers of a case go to whoever opened it, and no domain disowns the message that did.

    Nobody is sent receipts because somebody else wrote in their name, or asked for answers to go to them.
    """
    if reception is None:
        return True
    seen = item_view(UUID(reception))
    return seen is not None and lowered(address) == lowered(seen.author or seen.mail_from) and dmarc(seen) != "fail"
