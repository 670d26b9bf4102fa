"""How far whoever sends the receipts of cases has come."""

from collections.abc import Iterable

from acuse.evidence.queries import LedgerFact, stands_at

ACKNOWLEDGING = "helpdesk.openings"
"""The follower that sends the receipts of cases, by its cursor."""
OPENED, DESCRIBED = "ticket.opened", "ticket.described"
"""What it looks at: a case was opened, and an address may have been written on it."""


def awaits_receipt(facts: Iterable[LedgerFact]) -> bool:
    """Say whether whoever sends receipts has yet to look at one of the facts of a case."""
    looked_at = [one.position for one in facts if one.fact.type in (OPENED, DESCRIBED)]
    stands = stands_at(ACKNOWLEDGING)
    return any(position is None or position >= stands for position in looked_at)
