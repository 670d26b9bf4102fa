"""The papers of a case: who may ask for which, and what they are."""

from uuid import UUID

from acuse.accounts.queries import Access
from acuse.certificates.services import (
    request_deadline_certificate,
    request_record,
    request_ticket_certificate,
    request_ticket_receipt,
)
from acuse.errors import InputError
from acuse.helpdesk.models import Deadline, Ticket
from acuse.helpdesk.queries.tickets import has_ticket
from acuse.helpdesk.services.acknowledging import is_acknowledged
from acuse.helpdesk.services.opening import settings_of

KINDS = ("certificate", "record", "record-notes", "receipt")
"""Deadlines; the whole case, without and with its internal notes; the receipt of what opened it."""


def ask_paper(*, access: Access, ticket: UUID, kind: str) -> None:
    """Ask for a paper of a case as it stands, for a member. Asking while one is being made changes nothing.

    Args:
        access: of a member who may act on cases. ticket: which one. kind: one of `KINDS`.

    Raises:
        AccessDenied: the member may not. InputError: there is no such case, or no such paper.
    """
    access.require_sender()
    if kind not in KINDS or not has_ticket(access, id=ticket):
        raise InputError("There is no such case.")
    if kind == "certificate":
        request_ticket_certificate(organisation=access.organisation, ticket=ticket)
    elif kind == "receipt":
        request_ticket_receipt(organisation=access.organisation, ticket=ticket)
    else:
        request_record(organisation=access.organisation, ticket=ticket, notes=kind == "record-notes")


def ask_deadline_paper(*, access: Access, ticket: UUID, deadline: UUID) -> None:
    """Ask for the certificate of one deadline of a case as it stands, for a member; see `ask_paper`.

    Args:
        access: of a member who may act on cases. ticket, deadline: which.

    Raises:
        AccessDenied: the member may not. InputError: there is no such case, or it has no such deadline.
    """
    access.require_sender()
    mine = Deadline.objects.filter(ticket_id=ticket, ticket__organisation_id=access.organisation)
    if not mine.filter(id=deadline).exists():
        raise InputError("There is no such case.")
    request_deadline_certificate(organisation=access.organisation, ticket=ticket, deadline=str(deadline))


def ask_receipt(*, ticket: UUID) -> None:
    """Ask for the sealed receipt of a case, for its customer; asking again changes nothing.

    Raises:
        InputError: there is no such case any more.
    """
    organisation = Ticket.objects.filter(id=ticket).values_list("organisation_id", flat=True).first()
    if organisation is None:
        raise InputError("There is no such case.")
    request_ticket_receipt(organisation=organisation, ticket=ticket)


def seal_receipt(*, ticket: UUID) -> None:
    """Ask for the sealed receipt of a case that was opened, in the caller's transaction, where the desk seals each.

    It is made by the workers, so that it is there when the customer looks. A case that is erased meanwhile has none,
    nor has one whose customer has an address and was written no receipt there: lists and floods take no seals.
    """
    row = Ticket.objects.select_for_update(no_key=True).filter(id=ticket).first()
    if row is None or (row.address and not is_acknowledged(row, row.address)):
        return
    if settings_of(row.organisation_id).seal_receipts:
        request_ticket_receipt(organisation=row.organisation_id, ticket=ticket)
