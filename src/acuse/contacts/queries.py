"""Reads of the register: one contact with everything that was merged into it, addresses, names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower

from acuse.accounts.queries import Access
from acuse.contacts import rules
from acuse.contacts.family import family, members, named_roots, roots
from acuse.contacts.models import Address, Contact
from acuse.errors import InputError
from acuse.evidence.queries import facts_of
from acuse.proof.facts.contact import KIND


@dataclass(frozen=True, kw_only=True)
class AddressView:
    """An address by which a contact is known now.

    Attributes:
        contact: which of the family has it.
        value: as it was given. key: as it is compared.
        basis: of `proof.facts.contact.BASES`; known_since: since when it is known by it.
    """

    id: UUID
    contact: UUID
    channel: str
    value: str
    key: str
    basis: str
    known_since: datetime


@dataclass(frozen=True, kw_only=True)
class AbsorbedView:
    """A contact that was merged into another, directly (`into` is the one that is shown) or through a third."""

    id: UUID
    name: str
    into: UUID
    merged_at: datetime


@dataclass(frozen=True, kw_only=True)
class ContactView:
    """A contact, as the one that stands for its whole family.

    Attributes:
        id: of the one that stands alone, whichever of the family was asked for.
        family: ids of all, it included.
        company: of a person: id and name; None for none.
        notes: for members only.
        addresses: living ones of the whole family, by channel, the oldest first.
        absorbed: what was merged into it, the newest first.
    """

    id: UUID
    family: tuple[UUID, ...]
    kind: str
    name: str
    tax_id: str
    language: str
    company: tuple[UUID, str] | None
    notes: str
    created_at: datetime
    erased_at: datetime | None
    addresses: tuple[AddressView, ...]
    absorbed: tuple[AbsorbedView, ...]

    @property
    def called(self) -> str:
        """How it is called: its name, else its first address, else ""."""
        return self.name or next((address.value for address in self.addresses), "")


def contact(access: Access, *, id: UUID) -> ContactView | None:
    """Return a contact, or the one into which it was merged; None where the organisation has no such one."""
    found = family(access.organisation, id)
    if not found:
        return None
    rows = {row.id: row for row in Contact.objects.filter(id__in=found).select_related("company")}
    (root,) = (row for row in rows.values() if row.merged_into_id not in rows)
    gone = [row for row in rows.values() if row is not root]
    absorbed = [
        AbsorbedView(id=row.id, name=row.name, into=row.merged_into_id, merged_at=row.merged_at)
        for row in sorted(gone, key=lambda row: row.merged_at or row.created_at, reverse=True)
        if row.merged_into_id and row.merged_at
    ]
    return ContactView(
        id=root.id,
        family=found,
        kind=root.kind,
        name=root.name,
        tax_id=root.tax_id,
        language=root.language,
        company=_company(root, found),
        notes=root.notes,
        created_at=root.created_at,
        erased_at=root.erased_at,
        addresses=addresses_of(found),
        absorbed=tuple(absorbed),
    )


def _company(row: Contact, family: tuple[UUID, ...]) -> tuple[UUID, str] | None:
    company = row.company
    if company is None or company.erased_at is not None or company.id in family:
        return None
    return company.id, company.name


def addresses_of(contacts: Iterable[UUID]) -> tuple[AddressView, ...]:
    """Return the living addresses of some contacts, by channel, the oldest first."""
    rows = Address.objects.filter(contact__in=list(contacts), removed_at=None).order_by("channel", "id")
    return tuple(
        AddressView(
            id=row.id,
            contact=row.contact_id,
            channel=row.channel,
            value=row.value,
            key=row.key,
            basis=row.basis,
            known_since=row.known_since,
        )
        for row in rows
    )


def whose_mailbox(address: Combinable, *, organisation: Combinable) -> "QuerySet[Address, UUID]":
    """Return, for a query around it, the contact that has an e-mail address, in whatever case each is written.

    Args:
        address, organisation: references to the rows of the outer query.
    """
    mine = Address.objects.filter(organisation=organisation, channel="email", key=Lower(address), removed_at=None)
    return mine.values_list("contact", flat=True)


def numbers_of(contact: Combinable) -> "QuerySet[Address, str]":
    """Return, for a query around it, the telephone numbers of a contact, as calls carry them.

    Args:
        contact: a reference to the row of the outer query.
    """
    return Address.objects.filter(contact=contact, channel="phone", removed_at=None).values_list("key", flat=True)


def family_of(access: Access, *, contact: UUID) -> tuple[UUID, ...]:
    """Return all contacts that are one with this one, it included; () where the organisation has no such one."""
    return family(access.organisation, contact)


def by_address(organisation: UUID, *, channel: str, value: str) -> UUID | None:
    """Return the contact that has an address, perhaps merged into another; None where nobody has it.

    Args:
        organisation: whose customer.
        channel: one of `rules.IDENTIFYING`; others name nobody.
        value: the address, as anybody writes it.
    """
    if channel not in rules.IDENTIFYING:
        return None
    try:
        key = rules.key(channel, value)
    except InputError:
        return None
    living = Address.objects.filter(organisation_id=organisation, channel=channel, key=key, removed_at=None)
    return living.values_list("contact_id", flat=True).first()


def names_of(access: Access, *, contacts: Iterable[UUID]) -> Mapping[UUID, str]:
    """Return how each of some contacts is called now: by the one that stands for its family.

    Args:
        access: of the member who asks.
        contacts: any of their families.

    Returns:
        By the ids asked for: the name, else its first address, else "" (also where it was erased); ids that the
        organisation does not have are left out.
    """
    return _names(access.organisation, contacts)


def language_of(organisation: UUID, *, contact: UUID) -> str:
    """Return the language on a contact's card where a member entered it, "" where nobody did; for components."""
    row = Contact.objects.filter(id__in=roots(organisation, [contact]).values()).exclude(language="").first()
    if row is None:
        return ""
    told = (one.fact for one in facts_of(organisation=organisation, kind=KIND, id=row.id))
    entered = any(
        fact.actor.kind == "member" and (fact.type == "contact.made" or "language" in fact.details.get("fields", ()))
        for fact in told
    )
    return row.language if entered else ""


def name_of(organisation: UUID, *, contact: UUID) -> str:
    """Return how a contact is called now, for components rather than for a member; see `names_of`."""
    return _names(organisation, [contact]).get(contact, "")


def _names(organisation: UUID, contacts: Iterable[UUID]) -> Mapping[UUID, str]:
    asked = named_roots(organisation, contacts)
    called = dict(asked.values())
    nameless = [root for root, name in called.items() if not name]
    if nameless:
        known_as = members(organisation, nameless)
        owner = {one: root for root, found in known_as.items() for one in found}
        for address in addresses_of(owner):
            called[owner[address.contact]] = called[owner[address.contact]] or address.value
    return {one: called[root] for one, (root, _) in asked.items()}
