"""Sending a customer the secret link to their case, to the address that is known of them and nowhere else."""

from uuid import UUID

from django.db import transaction

from acuse.delivery.services.proving import owe_code, write_link
from acuse.helpdesk.models import Ticket
from acuse.helpdesk.queries.writing import follow_link
from acuse.helpdesk.services.writing import answers_to


def send_link(*, ticket: UUID) -> None:
    """Queue the e-mail with the link of a case that has an address.

    Args:
        ticket: which one; it exists.

    Raises:
        InputError: its address cannot stand in a header. TemporaryError: custody cannot take it.
    """
    row = Ticket.objects.get(id=ticket)
    written = write_link(
        organisation=row.organisation_id,
        recipient=row.address,
        reply_to=answers_to(row),
        language=row.language,
        key=row.key,
        link=follow_link(row.id),
    )
    with transaction.atomic():
        owe_code(written)
