"""Which contacts are one: merging, undoing it, and taking some addresses out of a contact that was two."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from acuse import clock
from acuse.accounts.queries import Access
from acuse.contacts import rules
from acuse.contacts.family import members
from acuse.contacts.models import Address, Contact
from acuse.contacts.services.recording import draft, locked, locked_family, made, member, renew_words, told
from acuse.errors import ConflictError, InputError
from acuse.evidence.ledger import record


def merge_contacts(*, access: Access, kept: UUID, absorbed: UUID) -> None:
    """Say that two contacts are one. What cites either stays as it is, so that it can be undone exactly.

    Args:
        access: of whoever may change contacts.
        kept: whose card is shown from now on.
        absorbed: the other.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such contact, or it is twice the same one, or too many are one already.
        ConflictError: one of them was merged into another or erased meanwhile.
    """
    if kept == absorbed:
        raise InputError("Choose another contact: this one is the same.")
    with transaction.atomic():
        _, row = locked(access, kept, absorbed)
        # Both stand alone and are locked: no ring can be made, and neither family grows meanwhile.
        if sum(map(len, members(access.organisation, (kept, absorbed)).values())) > rules.MOST_FAMILY:
            raise InputError("At most %(most)s contacts can be one.", most=rules.MOST_FAMILY)
        row.merged_into_id, row.merged_at = kept, clock.now()
        row.save(update_fields=["merged_into", "merged_at"])
        _record_of_both(access, "contact.merged", kept, absorbed)


def unmerge_contact(*, access: Access, contact: UUID) -> None:
    """Undo a merge: the contact that was absorbed stands alone again, with everything that it had.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such contact.
        ConflictError: it stands alone already, or was erased.
    """
    access.require_sender()
    with transaction.atomic():
        rows = Contact.objects.select_for_update(no_key=True)
        row = rows.filter(organisation_id=access.organisation, id=contact).first()
        if row is None:
            raise InputError("There is no such contact.")
        if row.merged_into_id is None or row.erased_at is not None:
            raise ConflictError("This contact is not merged into another any more.")
        kept = row.merged_into_id
        row.merged_into_id = row.merged_at = None
        row.save(update_fields=["merged_into", "merged_at"])
        _record_of_both(access, "contact.unmerged", kept, contact)


def _record_of_both(access: Access, type: str, kept: UUID, absorbed: UUID) -> None:
    details = {"kept": str(kept), "absorbed": str(absorbed)}
    record(*(draft(access.organisation, one, type, member(access), details) for one in (kept, absorbed)))


def split_contact(*, access: Access, contact: UUID, addresses: Collection[UUID], name: str) -> UUID:
    """Take some addresses of a contact out to a new one; merging the two undoes it.

    Args:
        access: of whoever may change contacts.
        contact: one that stands alone.
        addresses: of its family; at least one must be left there.
        name: of the new one; may be "".

    Returns:
        The new contact.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such contact, or those are not some of its addresses.
        ConflictError: it was merged or erased meanwhile.
    """
    with transaction.atomic():
        family = locked_family(access, contact)
        living = Address.objects.filter(contact__in=family, removed_at=None)
        chosen = list(living.select_for_update().filter(id__in=addresses).order_by("id"))
        if not chosen or len(chosen) != len(set(addresses)):
            raise InputError("Choose some of the contact's addresses.")
        if len(chosen) == living.count():
            raise InputError("Leave the contact at least one address.")
        new = Contact(
            organisation_id=access.organisation,
            name=rules.check_card(rules.Card(name=name)).name,
            created_at=clock.now(),
        )
        new.save(force_insert=True)
        _move(access, chosen, new, contact)
    return new.id


def _move(access: Access, chosen: list[Address], new: Contact, origin: UUID) -> None:
    actor = member(access)
    facts = [made(new, actor, split_from=str(origin))]
    for address in chosen:
        owner, details = address.contact_id, told(address)
        facts.append(draft(access.organisation, owner, "address.removed", actor, {**details, "split_to": str(new.id)}))
        details |= {"basis": address.basis, "split_from": str(owner)}
        facts.append(draft(access.organisation, new.id, "address.added", actor, details))
        address.contact = new
    owners = {fact.subject_id for fact in facts}
    Address.objects.bulk_update(chosen, ["contact"])
    record(*facts)
    renew_words(owners)
