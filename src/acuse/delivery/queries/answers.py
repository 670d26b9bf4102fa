"""Whose answer a message is that came to an organisation's inbox."""

from collections.abc import Sequence
from uuid import UUID

from acuse.delivery.models import Communication

_MOST_RECIPIENTS = 1000


def answered(*, organisation: UUID, references: Sequence[str], author: str) -> UUID | None:
    """Return the communication that a message answers, by the Message-IDs that it cites, or None.

    One message to several recipients is several communications: then it is that of who answers, or none.

    Args:
        organisation: to which the message came.
        references: Message-IDs. author: address of From.
    """
    if not references:
        return None
    found = Communication.objects.filter(
        organisation_id=organisation, submission__message_id__in=list(references)
    ).values_list("id", "recipient")
    rows = list(found[:_MOST_RECIPIENTS])
    own = [identity for identity, recipient in rows if recipient.lower() == author.lower()]
    named = own or [identity for identity, _ in rows]
    return named[0] if len(named) == 1 else None
