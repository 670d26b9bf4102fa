"""The customer's receipt of a case (justificante): what they said, date and hour, and the tracking key, at once.

It goes out certified, so that its own certificate proves content, date and hour (Ley 10/2025, article 5.3.b). Without
an address, or a mailbox to answer from, there is none: the case says so by what it lacks.
"""

import re
from datetime import timedelta
from uuid import UUID

from acuse import clock
from acuse.composition.queries import compose
from acuse.errors import ConflictError, InputError
from acuse.helpdesk.models import Interaction, Outgoing, Ticket
from acuse.helpdesk.queries.writing import values_of
from acuse.helpdesk.services.replies import Answer, queue

_USE = "ticket.receipt"
#: Values of a case that the receipt has no place for.
_NOT_SAID = ("product.", "warranty.")
_MOST_TEXT = 8_000
_MOST_FILES = 50
_MOST_RECEIPTS = 5
_WITHIN = timedelta(hours=1)
#: Addresses at which nobody reads: RFC 2142 section 4, and what programs write from.
_NOBODY = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)(?:[+.-][^@]*)?@", re.IGNORECASE)


def acknowledge(*, ticket: UUID, name: str) -> bool:
    """Queue the receipt of a case that was just opened; return whether there is one to send.

    Args:
        ticket: which one; it exists.
        name: of the customer, as they gave it; may be empty.
    """
    row = Ticket.objects.get(id=ticket)
    said = row.interactions.order_by("sequence").first()
    if not row.address or _NOBODY.match(row.address) or said is None or _written_to_often(row.address):
        return False
    known = values_of(row, name=name)
    values = {variable: value for variable, value in known.items() if not variable.startswith(_NOT_SAID)}
    letter = compose(
        organisation=row.organisation_id, use=_USE, language=row.language, values={**values, **_content(said)}
    )
    answer = Answer(
        subject=letter.subject,
        body=letter.body,
        language=row.language,
        certified=True,
        act="receipt",
        template=str(letter.template or _USE),
        template_version=letter.version,
        automatic=True,
        delay=timedelta(),
    )
    try:
        queue(row, answer=answer, member=None)
    except (ConflictError, InputError):
        return False
    return True


def _written_to_often(address: str) -> bool:
    """Say whether an address had so many receipts lately that somebody else may be asking for them in its name."""
    lately = Outgoing.objects.filter(recipient__iexact=address, automatic=True, created_at__gte=clock.now() - _WITHIN)
    return lately.count() >= _MOST_RECEIPTS


def _content(said: Interaction) -> dict[str, object]:
    return {
        "message.received_at": said.occurred_at,
        "message.text": said.text[:_MOST_TEXT] or "—",
        "message.attachments": [str(one["name"])[:100] for one in said.attachments[:_MOST_FILES]],
    }
