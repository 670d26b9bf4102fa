"""Entering a contact by hand, changing what the register says of it, and its addresses."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from acuse import clock
from acuse.accounts.queries import Access
from acuse.contacts import rules
from acuse.contacts.models import Address, Contact
from acuse.contacts.rules import Card
from acuse.contacts.services.recording import card_of, draft, locked, made, member, renew_words, told
from acuse.errors import ConflictError, InputError
from acuse.evidence.ledger import FactDraft, record

STATED = "stated"


class AddressTaken(ConflictError):
    """The address is another contact's.

    Args:
        sentence: see `AcuseError`.
        contact: whose it is.
    """

    def __init__(self, sentence: str, /, *, contact: UUID) -> None:
        super().__init__(sentence)
        self.contact = contact


def make_contact(*, access: Access, card: Card, addresses: Sequence[tuple[str, str]] = ()) -> UUID:
    """Enter a contact.

    Args:
        access: of whoever may change contacts.
        card: what to say of it.
        addresses: (channel, address as it was given) of each.

    Returns:
        The contact.

    Raises:
        AccessDenied: the member may not.
        InputError: something of it is not right, or it has neither name nor address.
        AddressTaken: an address is another contact's.
    """
    access.require_sender()
    kept = rules.check_card(card)
    if not (kept.name or addresses):
        raise InputError("Write a name.")
    with transaction.atomic():
        row = Contact(organisation_id=access.organisation, created_at=clock.now())
        _write(access, row, kept)
        row.save(force_insert=True)
        facts = [made(row, member(access))]
        facts += [_entered(access, row, channel, value) for channel, value in addresses]
        record(*facts)
        renew_words([row.id])
    return row.id


def change_contact(*, access: Access, contact: UUID, **changes: str) -> None:
    """Change what the register says of a contact; where nothing differs nothing is recorded.

    Args:
        access: of whoever may change contacts.
        contact: one that stands alone.
        changes: members of `Card`.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such contact, or a value is not right.
        ConflictError: it was merged or erased meanwhile, or it is a company with people and is to be none.
    """
    with transaction.atomic():
        (row,) = locked(access, contact)
        before = card_of(row)
        after = rules.check_card(replace(before, **changes))
        fields = [name for name in Card.__dataclass_fields__ if getattr(before, name) != getattr(after, name)]
        if not fields:
            return
        if after.kind == Contact.Kind.PERSON and "kind" in fields and row.people.exists():
            raise ConflictError("People work for this company; it cannot become a person.")
        _write(access, row, after)
        row.save(update_fields=[*fields])
        digest = rules.card_digest(salt=bytes(row.salt), card=after)
        record(
            draft(row.organisation_id, row.id, "contact.changed", member(access), {"fields": fields, "digest": digest})
        )


def add_address(*, access: Access, contact: UUID, channel: str, value: str) -> UUID:
    """Enter an address that somebody stated to be a contact's; return it.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such contact, it is no address of that channel, or the contact has too many.
        AddressTaken: it is another contact's.
        ConflictError: the contact was merged or erased meanwhile.
    """
    with transaction.atomic():
        (row,) = locked(access, contact)
        if row.addresses.filter(removed_at=None).count() >= rules.MOST_ADDRESSES:
            raise InputError("A contact has at most %(most)s addresses.", most=rules.MOST_ADDRESSES)
        entered = _entered(access, row, channel, value)
        record(entered)
        renew_words([row.id])
    return UUID(entered.details["address"])


def remove_address(*, access: Access, address: UUID) -> None:
    """Take an address away from its contact; one that is gone already stays so.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such address.
    """
    access.require_sender()
    with transaction.atomic():
        found = Address.objects.filter(organisation_id=access.organisation, id=address)
        # The contact first, as whoever adds an address does; its words are made again below.
        list(Contact.objects.select_for_update(no_key=True).filter(id__in=found.values("contact")))
        row = found.select_for_update().first()
        if row is None:
            raise InputError("There is no such address.")
        if row.removed_at is not None:
            return
        row.removed_at = clock.now()
        row.save(update_fields=["removed_at"])
        record(draft(row.organisation_id, row.contact_id, "address.removed", member(access), told(row)))
        renew_words([row.contact_id])


def _write(access: Access, row: Contact, card: Card) -> None:
    """Put a checked card into a row.

    Raises:
        InputError: the organisation has no such company.
    """
    company = None
    if card.company:
        companies = Contact.objects.filter(organisation_id=access.organisation, kind=Contact.Kind.COMPANY)
        company = companies.filter(id=_identity(card.company), erased_at=None).exclude(id=row.id).first()
        if company is None:
            raise InputError("There is no such company.")
    row.kind, row.name, row.tax_id = card.kind, card.name, card.tax_id
    row.language, row.company, row.notes = card.language, company, card.notes


def _identity(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InputError("There is no such company.") from error


def _entered(access: Access, row: Contact, channel: str, value: str) -> FactDraft:
    """Enter an address of a contact and return its fact.

    Raises:
        InputError: it is no address of that channel.
        AddressTaken: it is another contact's.
    """
    key = rules.key(channel, value)
    address = Address(
        contact=row,
        organisation_id=access.organisation,
        channel=channel,
        value=rules.line(value),
        key=key,
        basis=STATED,
        known_since=clock.now(),
    )
    Address.objects.bulk_create([address], ignore_conflicts=True)
    if not Address.objects.filter(id=address.id).exists():
        living = Address.objects.filter(organisation_id=access.organisation, removed_at=None)
        taken = living.filter(channel=channel, key=key).first()
        raise AddressTaken("That address is a contact's already.", contact=taken.contact_id if taken else row.id)
    return draft(row.organisation_id, row.id, "address.added", member(access), {**told(address), "basis": STATED})
