"""Whose answer a message is that came to an organisation's inbox."""

import re
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings

from acuse.delivery.models import Communication

_MOST_RECIPIENTS = 1000


def answered(*, organisation: UUID, references: Sequence[str], author: str) -> UUID | None:
    """Return the communication that a message answers, by the Message-IDs that it cites, or None.

    One message to several recipients is several communications: then it is that of who answers, or none. Of one that
    was sent once more it is the last.

    Args:
        organisation: to which the message came.
        references: Message-IDs. author: address of From.
    """
    if not references:
        return None
    mine = Communication.objects.filter(organisation_id=organisation).values_list("id", "recipient", "resent_of")
    found = [
        *mine.filter(submission__message_id__in=list(references))[:_MOST_RECIPIENTS],
        *mine.filter(id__in=_given_out(references)),
    ]
    resent = {earlier for _, _, earlier in found}
    rows = [(identity, recipient) for identity, recipient, _ in found if identity not in resent]
    own = [identity for identity, recipient in rows if recipient.lower() == author.lower()]
    named = own or [identity for identity, _ in rows]
    return named[0] if len(named) == 1 else None


def _given_out(references: Sequence[str]) -> list[UUID]:
    """Return the communications of the Message-IDs that we gave to messages that had none (`endpoints`)."""
    domain = re.escape(settings.ACUSE.verp_domain)
    form = re.compile(rf"<([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})@{domain}>")
    return [UUID(found[1]) for reference in references if (found := form.fullmatch(reference))]
