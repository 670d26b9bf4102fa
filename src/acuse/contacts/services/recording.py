"""Drafts of the facts about contacts and their addresses, and what several verbs do to both."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from acuse.accounts.queries import Access
from acuse.contacts import rules
from acuse.contacts.models import Address, Contact
from acuse.evidence.ledger import FactDraft
from acuse.proof.facts.contact import KIND
from acuse.proof.facts.fact import Actor, ObjectReference


def member(access: Access) -> Actor:
    """Return the member who asks, as facts name them."""
    return Actor(kind="member", id=str(access.member))


def draft(
    organisation: UUID,
    contact: UUID,
    type: str,
    actor: Actor,
    details: Mapping[str, Any],
    objects: tuple[ObjectReference, ...] = (),
) -> FactDraft:
    """Return the draft of a fact about a contact."""
    return FactDraft(
        organisation=organisation,
        subject_kind=KIND,
        subject_id=contact,
        type=type,
        actor=actor,
        details=details,
        objects=objects,
    )


def told(row: Address) -> dict[str, Any]:
    """Return what facts say of an address."""
    digest = rules.digest(salt=bytes(row.salt), channel=row.channel, key=row.key)
    return {"address": str(row.id), "channel": row.channel, "digest": digest}


def renew_words(contacts: list[UUID]) -> None:
    """Let the search find contacts by the addresses that they have now."""
    words: dict[UUID, list[str]] = {contact: [] for contact in contacts}
    for row in Address.objects.filter(contact_id__in=contacts, removed_at=None).order_by("id"):
        words[row.contact_id].append(rules.searched(row.channel, row.value, row.key))
    for contact, found in words.items():
        Contact.objects.filter(id=contact).update(address_words=" ".join(found))
