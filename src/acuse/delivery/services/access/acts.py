"""What a recipient does with content that waits behind a link, one transaction each.

Nothing here is called by a request that only looks. What was shown is in custody before the transaction that records
the access; a crash between them leaves an object that nobody cites.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from acuse import clock
from acuse.delivery import rules
from acuse.delivery.models import Access
from acuse.delivery.services.access.codes import Refused, try_code
from acuse.delivery.services.access.held import NotOpen, Visitor, act, end, follow, lock, note
from acuse.evidence.custody import Kept
from acuse.evidence.ledger import refer
from acuse.mail.read import Attachment


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The content was opened, or answered, with this authentication ("" where the link was all that was needed)."""

    at: datetime
    method: str


def open_content(*, communication: UUID, visitor: Visitor, shown: Kept | None, code: str = "") -> Opened | Refused:
    """Open content: with the link alone, or with the code where the sender asked for one.

    After `rules.MOST_OPENINGS` it is opened without a further fact.

    Args:
        communication: whose content it is.
        visitor: who asks.
        shown: what will be shown of the message, in custody; None counts a code that does not serve.
        code: as typed; spaces do not matter.

    Raises:
        NotOpen: there is nothing to open, or nothing to show.
        InputError: what was typed is no code.
    """
    with transaction.atomic():
        row, held = lock(communication)
        method = "otp" if row.access == "otp" else ""
        refused = try_code(row, held, visitor, code) if method else None
        if refused is not None:
            return refused
        if shown is None:
            # The code began to serve after it was looked at; rolled back, so that it serves the next time.
            raise NotOpen("There is nothing to show.")
        now = clock.now()
        held.opened_at = held.opened_at or now
        counted = held.openings < rules.MOST_OPENINGS
        held.openings += counted
        held.save()
        if counted:
            details = {**act(row, visitor, method), "shown": shown.sha256}
            note(row, "content.accessed", details, refer("shown", shown))
            follow(row, "content.accessed")
    return Opened(at=now, method=method)


def fetch_attachment(*, communication: UUID, visitor: Visitor, method: str, number: int, chosen: Attachment) -> None:
    """Record that an attachment is downloaded, before it is; after `rules.MOST_DOWNLOADS` nothing is recorded.

    Args:
        communication: whose content it is. visitor: who asks. method: with which the content was opened.
        number: of the attachment, from 1. chosen: the attachment.

    Raises:
        NotOpen: the content can no longer be opened.
    """
    with transaction.atomic():
        row, held = lock(communication)
        if held.downloads >= rules.MOST_DOWNLOADS:
            return
        held.downloads += 1
        held.save()
        details = {
            **act(row, visitor, method),
            "number": number,
            "name": chosen.name[:1024],
            "digest": chosen.sha256,
            "size": chosen.size,
        }
        note(row, "attachment.fetched", details)


def accept(*, communication: UUID, visitor: Visitor, method: str, words: str, comments: str) -> Opened:
    """Record that whoever had opened the content accepted it; a second time changes nothing.

    Args:
        communication: whose content it is. visitor: who asks. method: with which the content was opened.
        words: of the button that was pressed. comments: of whoever pressed it.

    Raises:
        NotOpen: it was not opened as it has to be, or was answered otherwise, or its term is over.
    """
    with transaction.atomic():
        row, held = lock(communication)
        if held.opened_at is None or (row.access == "otp" and method != "otp"):
            raise NotOpen("The content was not opened.")
        if held.accepted_at is None:
            held.accepted_at = clock.now()
            held.save()
            note(row, "acceptance.given", {**act(row, visitor, method), "words": words, "comments": comments})
            follow(row, "acceptance.given")
        return Opened(at=held.accepted_at, method=method)


def reject(
    *, communication: UUID, visitor: Visitor, method: str, words: str, comments: str, code: str = ""
) -> Refused | None:
    """Record that the content was rejected, by whoever could have opened it: it can no longer be opened.

    Args:
        communication: whose content it is. visitor: who asks.
        method: with which the content was opened; "" where it was not.
        words: of the button that was pressed. comments: of whoever pressed it.
        code: as typed, where the sender asked for one and the content was not opened with it.

    Returns:
        Why the code was not taken, and then nothing is rejected; None where it is.

    Raises:
        NotOpen: it was answered before, or its term is over.
        InputError: what was typed is no code.
    """
    with transaction.atomic():
        row, held = lock(communication)
        if held.accepted_at is not None:
            raise NotOpen("The content was accepted before.")
        if row.access == "otp" and method != "otp":
            refused = try_code(row, held, visitor, code)
            if refused is not None:
                return refused
            method = "otp"
        end(held, Access.Ended.REJECTED)
        note(row, "content.rejected", {**act(row, visitor, method), "words": words, "comments": comments})
        follow(row, "content.rejected")
    return None
