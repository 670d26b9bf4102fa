"""Who wrote a message of a case: the customer, as far as the address says, or somebody else."""

from acuse.contacts.family import family
from acuse.contacts.queries import addresses_of
from acuse.helpdesk.models import Interaction, Ticket
from acuse.mail.mailboxes import lowered


def own_addresses(ticket: Ticket) -> frozenset[str]:
    """Return the e-mail addresses of a case's customer: where answers go, and those on the card, in lower case."""
    card = addresses_of(family(ticket.organisation_id, ticket.contact_id))
    return frozenset(map(lowered, [ticket.address, *(one.value for one in card if one.channel == "email")]))


def is_from_elsewhere(row: Interaction, own: frozenset[str]) -> bool:
    """Say whether a message came from another address than the customer's: whoever has the case's own may write there.

    Args:
        row: what was said. own: as `own_addresses` returns them.
    """
    return row.kind == Interaction.Kind.MESSAGE and row.channel == "email" and lowered(row.author) not in own
