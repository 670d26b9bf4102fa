"""What a member decides about the terms of a case: that they stand still, go on, or are counted after all.

A reason that nothing in the case shows is given in a note, and the pause follows that note's fact: it begins when it is
written, never before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from acuse.accounts.queries import Access
from acuse.errors import ConflictError
from acuse.evidence import custody
from acuse.helpdesk.models import Ticket
from acuse.helpdesk.rules import CLOSED_STATUSES, check_choice
from acuse.helpdesk.services import deadlines
from acuse.helpdesk.services.changes import changed, check_note, locked, noted
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.deadlines.causes import BY_MEMBERS


def hold(*, access: Access, ticket: UUID, reason: str, note: str) -> None:
    """Let the terms of a case stand still that may wait for this.

    Args:
        access: of a member who may act on cases.
        ticket: which one.
        reason: "adr", where a body of alternative resolution has the case, or "agreed" with the customer.
        note: why; the customer does not see it.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such case or reason, or the note is empty or too long.
        ConflictError: no term of the case that runs may wait for that.
    """
    check_choice(reason, among=BY_MEMBERS)
    with _deciding(access, ticket, note) as (row, fact):
        if not deadlines.hold(ticket=row, reason=reason, note=fact):
            raise ConflictError("No term that runs in this case may wait for that. It can be allowed in the terms.")


def release(*, access: Access, ticket: UUID, note: str) -> None:
    """Let the terms of a case go on that `hold` let stand still.

    Args:
        access, ticket, note: as for `hold`.

    Raises:
        AccessDenied, InputError: as `hold` does.
        ConflictError: none stands still so.
    """
    with _deciding(access, ticket, note) as (row, fact):
        if not deadlines.release(ticket=row, note=fact):
            raise ConflictError("No term of this case stands still for that any more. Reload the page.")


def start_deferred(*, access: Access, ticket: UUID) -> None:
    """Start the terms of a case that could not be counted, by the calendars of now.

    Raises:
        AccessDenied: the member may not. InputError: there is no such case.
        ConflictError: it is over, there is none, or the calendar still ends before one would.
    """
    with transaction.atomic():
        row = locked(access, ticket)
        if row.status in CLOSED_STATUSES or not deadlines.start_deferred(ticket=row):
            raise ConflictError("No term of this case waits to be counted. Reload the page.")
        changed(row)


@contextmanager
def _deciding(access: Access, ticket: UUID, note: str) -> Iterator[tuple[Ticket, Fact]]:
    """Lock a case and add the note that says why, in one transaction with what follows from it."""
    access.require_sender()
    words = check_note(note)
    kept = custody.keep(organisation=access.organisation, content=words.encode(), media_type="text/plain")
    with transaction.atomic():
        row = locked(access, ticket)
        fact, _ = noted(access, row, words, kept)
        yield row, fact
