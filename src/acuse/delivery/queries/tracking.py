"""Who does not want to be tracked."""

from collections.abc import Iterable
from uuid import UUID

from acuse.delivery.models import TrackingWithdrawal


def withdrawal_key(address: str) -> str:
    """Return the address under which a withdrawal is kept: one mailbox is one, in whatever case it is written."""
    return address.lower()


def withdrawn_among(recipients: Iterable[tuple[UUID, str]]) -> frozenset[tuple[UUID, str]]:
    """Return those who withdrew: what is sent to them is not tracked.

    Args:
        recipients: organisation and address, as the sender wrote it; without any nothing is asked.
    """
    asked = {(organisation, address): withdrawal_key(address) for organisation, address in recipients}
    if not asked:
        return frozenset()
    rows = TrackingWithdrawal.objects.filter(
        organisation_id__in={organisation for organisation, _ in asked}, address__in=set(asked.values())
    )
    known = set(rows.values_list("organisation_id", "address"))
    return frozenset(one for one, key in asked.items() if (one[0], key) in known)
