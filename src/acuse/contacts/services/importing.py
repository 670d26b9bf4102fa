"""Entering the rows of a file, some hundred a transaction.

A crash leaves whole contacts: the file is read again, and says which of its rows are known.
"""

from collections.abc import Sequence

from django.db import transaction

from acuse import clock
from acuse.accounts.queries import Access
from acuse.contacts import rules
from acuse.contacts.files import Row
from acuse.contacts.models import Address, Contact
from acuse.contacts.services.recording import draft, made, member, told
from acuse.evidence.ledger import FactDraft, record

_AT_ONCE = 250


def import_contacts(*, access: Access, rows: Sequence[Row]) -> int:
    """Enter contacts that a file names.

    Args:
        access: of whoever may change contacts.
        rows: of `read_sheet`; those that are not "new" are passed over.

    Returns:
        How many were entered; one whose address somebody else entered meanwhile is not among them.

    Raises:
        AccessDenied: the member may not.
    """
    access.require_sender()
    new = [row for row in rows if row.state == "new"]
    return sum(_enter(access, new[start : start + _AT_ONCE]) for start in range(0, len(new), _AT_ONCE))


def _enter(access: Access, rows: Sequence[Row]) -> int:
    pairs = [_pair(access, row) for row in rows]
    # In the order of their keys: two imports of one file wait for each other once.
    addresses = sorted((one for _, owned in pairs for one in owned), key=lambda one: (one.channel, one.key))
    with transaction.atomic():
        Address.objects.bulk_create(addresses, ignore_conflicts=True)
        entered = set(Address.objects.filter(id__in=[one.id for one in addresses]).values_list("id", flat=True))
        kept = [(contact, owned) for contact, owned in pairs if all(one.id in entered for one in owned)]
        taken = [one.id for contact, owned in pairs for one in owned if not all(each.id in entered for each in owned)]
        Address.objects.filter(id__in=taken).delete()
        Contact.objects.bulk_create([contact for contact, _ in kept])
        facts = [fact for contact, owned in kept for fact in _facts(access, contact, owned)]
        if facts:
            record(*facts)
    return len(kept)


def _pair(access: Access, row: Row) -> tuple[Contact, list[Address]]:
    card, now = row.card, clock.now()
    contact = Contact(
        organisation_id=access.organisation,
        kind=card.kind,
        name=card.name,
        tax_id=card.tax_id,
        language=card.language,
        notes=card.notes,
        created_at=now,
        address_words=" ".join(rules.searched(*each) for each in row.addresses),
    )
    addresses = [
        Address(
            contact_id=contact.id,
            organisation_id=access.organisation,
            channel=channel,
            value=value,
            key=key,
            basis="stated",
            known_since=now,
        )
        for channel, value, key in row.addresses
    ]
    return contact, addresses


def _facts(access: Access, contact: Contact, addresses: Sequence[Address]) -> list[FactDraft]:
    actor = member(access)
    return [
        made(contact, actor),
        *(
            draft(contact.organisation_id, contact.id, "address.added", actor, {**told(one), "basis": one.basis})
            for one in addresses
        ),
    ]
