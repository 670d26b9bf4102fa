"""Drafts of the facts about contacts and their addresses, and what several verbs do to both."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from acuse.accounts.queries import Access
from acuse.contacts import rules
from acuse.contacts.family import members
from acuse.contacts.models import Address, Contact
from acuse.contacts.rules import Card
from acuse.errors import ConflictError, InputError
from acuse.evidence.ledger import FactDraft
from acuse.proof.facts.contact import KIND
from acuse.proof.facts.fact import Actor


def member(access: Access) -> Actor:
    """Return the member who asks, as facts name them."""
    return Actor(kind="member", id=str(access.member))


def draft(organisation: UUID, contact: UUID, type: str, actor: Actor, details: Mapping[str, Any]) -> FactDraft:
    """Return the draft of a fact about a contact."""
    return FactDraft(
        organisation=organisation, subject_kind=KIND, subject_id=contact, type=type, actor=actor, details=details
    )


def card_of(row: Contact) -> Card:
    """Return what the register says of a contact."""
    return Card(
        kind=row.kind,
        name=row.name,
        tax_id=row.tax_id,
        language=row.language,
        company=str(row.company_id or ""),
        notes=row.notes,
    )


def made(row: Contact, actor: Actor, **further: str) -> FactDraft:
    """Return the draft of the fact that a contact was entered."""
    details = {"kind": row.kind, "digest": rules.card_digest(salt=bytes(row.salt), card=card_of(row)), **further}
    return draft(row.organisation_id, row.id, "contact.made", actor, details)


def told(row: Address) -> dict[str, Any]:
    """Return what facts say of an address."""
    digest = rules.address_digest(salt=bytes(row.salt), channel=row.channel, key=row.key)
    return {"address": str(row.id), "channel": row.channel, "digest": digest}


def locked(access: Access, *contacts: UUID) -> list[Contact]:
    """Lock contacts that stand alone, in the order of their ids; return them as asked for.

    Raises:
        AccessDenied: the member may not change any.
        InputError: the organisation has no such contact.
        ConflictError: one was merged into another, or erased.
    """
    access.require_sender()
    rows = Contact.objects.select_for_update(no_key=True).order_by("id")
    found = {row.id: row for row in rows.filter(organisation_id=access.organisation, id__in=contacts)}
    if found.keys() != set(contacts):
        raise InputError("There is no such contact.")
    if any(row.erased_at for row in found.values()):
        raise ConflictError("This contact was erased.")
    if any(row.merged_into_id for row in found.values()):
        raise ConflictError("This contact was merged into another meanwhile.")
    return [found[contact] for contact in contacts]


def locked_family(access: Access, contact: UUID) -> tuple[UUID, ...]:
    """Lock a contact that stands alone and everything that was merged into it; return their ids.

    Raises:
        AccessDenied, InputError, ConflictError: see `locked`.
    """
    locked(access, contact)
    found = members(access.organisation, [contact])[contact]
    list(Contact.objects.select_for_update(no_key=True).filter(id__in=found).order_by("id"))
    # One of them may have been taken out of it before it was locked.
    return members(access.organisation, [contact])[contact]


def renew_words(contacts: Iterable[UUID]) -> None:
    """Let the search find contacts by the addresses that they have now."""
    words: dict[UUID, list[str]] = {contact: [] for contact in contacts}
    for row in Address.objects.filter(contact_id__in=words, removed_at=None).order_by("id"):
        words[row.contact_id].append(rules.searched(row.channel, row.value, row.key))
    for contact, found in words.items():
        Contact.objects.filter(id=contact).update(address_words=" ".join(found))
