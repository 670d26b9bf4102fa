"""Kinds of communications that figures count and lists are narrowed to: what came of them, what is still to come, how
big their message is.

Both use the same conditions, so that a list shows exactly what a figure counted.
"""

from collections.abc import Mapping, Sequence

from django.db.models import Exists, OuterRef, Q

from acuse.delivery.models import UNOPENED, Access, Communication

_STATUS = Communication.Status

RESULTS: Mapping[str, Q] = {
    "accepted": Q(status=_STATUS.CONCLUDED) & ~Q(outcome="handed"),
    "handed": Q(status=_STATUS.CONCLUDED, outcome="handed"),
    "waiting": Q(status=_STATUS.IN_PROGRESS),
    "undetermined": Q(status=_STATUS.FAILED, outcome="undetermined"),
    "failed": Q(status=_STATUS.FAILED) & ~Q(outcome="undetermined"),
}
"""What came of a communication so far, each exactly one: their server took it and nothing says that it was lost; only
the sender's own outgoing server took it; tries follow; the last try had no answer; it could not be delivered."""

_REFUSED = Q(status=_STATUS.CONCLUDED, outcome="refused")
_UNOPENED = UNOPENED & Q(Exists(Access.objects.filter(communication=OuterRef("id"), ended="")))
STATES: Mapping[str, Q] = {
    "in_progress": Q(status=_STATUS.IN_PROGRESS),
    "unopened": _UNOPENED,
    "concluded": Q(status=_STATUS.CONCLUDED) & ~_REFUSED & ~_UNOPENED,
    "refused": _REFUSED,
    "failed": Q(status=_STATUS.FAILED),
}
"""Whether anything is still to come of a communication, each exactly one: tries follow; its notice went out and the
content can still be opened; nothing; nothing, because it was refused by an act of the recipient's side; nothing, and it
is not known to have been delivered."""

SIZES: Sequence[int] = (0, 10_000, 100_000, 1_000_000, 5_000_000, 10_000_000)
"""Classes of the size of a message: the octets from which each goes up to the next."""


def size_from(octets: int) -> Q:
    """Return the condition that a communication's message is of the class that begins at these octets."""
    after = next((bound for bound in SIZES if bound > octets), None)
    below = Q() if after is None else Q(submission__size__lt=after)
    return Q(submission__size__gte=octets) & below
