"""Telling whether a message was filed already that comes again because it was for two addresses of the desk."""

import re
from uuid import UUID

from acuse.errors import AcuseError
from acuse.evidence import custody
from acuse.helpdesk.models import Interaction
from acuse.reception.queries import ItemView

#: Fields that its author's program wrote; what servers add on the way differs from copy to copy (RFC 5321 section 4.4).
_AUTHORED = re.compile(
    rb"(?:from|sender|reply-to|to|cc|date|subject|message-id|in-reply-to|references|mime-version|content-[a-z-]+)\s*:",
    re.IGNORECASE,
)
_FIELD_ENDS = re.compile(rb"\r\n(?![ \t])")
_MOST = 10


def is_copy(seen: ItemView, raw: bytes, *, ticket: UUID | None) -> bool:
    """Return whether the very message was filed before: what its author wrote is the same, byte for byte.

    Args:
        seen: what came in. raw: its bytes. ticket: the case to look at; None for all of the organisation.
    """
    if not seen.message_id:
        return False
    filed = Interaction.objects.filter(
        ticket__organisation_id=seen.organisation, kind=Interaction.Kind.MESSAGE, message_id=seen.message_id
    )
    if ticket is not None:
        filed = filed.filter(ticket=ticket)
    digests = filed.exclude(sha256="").order_by("-occurred_at").values_list("sha256", flat=True)[:_MOST]
    return any(one == seen.sha256 or _is_same(seen.organisation, one, raw) for one in digests)


def _is_same(organisation: UUID, sha256: str, raw: bytes) -> bool:
    try:
        return authored(custody.open_object(organisation=organisation, sha256=sha256)) == authored(raw)
    except AcuseError:
        return False  # what cannot be compared is said once more rather than not at all


def authored(raw: bytes) -> tuple[list[bytes], bytes]:
    """Return what the author of a message wrote of it: fields in any order, and the body."""
    head, _, body = raw.partition(b"\r\n\r\n")
    return sorted(one for one in _FIELD_ENDS.split(head) if _AUTHORED.match(one)), body.rstrip()
