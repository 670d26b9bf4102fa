"""Contacts that were merged into one: its family. Whoever asks about one asks about all of them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

_ROOTS = """
WITH RECURSIVE above AS (
    SELECT id AS start, id, merged_into_id, name FROM contacts_contacts
    WHERE organisation_id = %(organisation)s AND id = ANY(%(contacts)s)
    UNION ALL
    SELECT above.start, parent.id, parent.merged_into_id, parent.name
    FROM above JOIN contacts_contacts AS parent ON parent.id = above.merged_into_id
)
SELECT start, id, name FROM above WHERE merged_into_id IS NULL
"""
_MEMBERS = """
WITH RECURSIVE below AS (
    SELECT id AS root, id FROM contacts_contacts WHERE organisation_id = %(organisation)s AND id = ANY(%(contacts)s)
    UNION ALL
    SELECT below.root, child.id FROM below JOIN contacts_contacts AS child ON child.merged_into_id = below.id
)
SELECT root, id FROM below ORDER BY id
"""

_FAMILIES = """
WITH RECURSIVE above AS (
    SELECT id, merged_into_id FROM contacts_contacts
    WHERE organisation_id = %(organisation)s AND id = ANY(%(contacts)s)
    UNION
    SELECT parent.id, parent.merged_into_id
    FROM above JOIN contacts_contacts AS parent ON parent.id = above.merged_into_id
), below AS (
    SELECT id FROM above WHERE merged_into_id IS NULL
    UNION ALL
    SELECT child.id FROM below JOIN contacts_contacts AS child ON child.merged_into_id = below.id
)
SELECT id FROM below ORDER BY id
"""


def roots(organisation: UUID, contacts: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return, of each contact that there is, the one into which it was merged in the end; itself where it was not."""
    return {contact: root for contact, (root, _) in named_roots(organisation, contacts).items()}


def named_roots(organisation: UUID, contacts: Iterable[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Return, of each contact that there is, its root as `roots` does, and the name that stands there."""
    return {contact: (root, name) for contact, root, name in _asked(_ROOTS, organisation, contacts)}


def members(organisation: UUID, contacts: Iterable[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """Return, of each contact that there is, itself and everything that was merged into it, the oldest first."""
    found: dict[UUID, tuple[UUID, ...]] = {}
    for root, contact in _asked(_MEMBERS, organisation, contacts):
        found[root] = (*found.get(root, ()), contact)
    return found


def family(organisation: UUID, contact: UUID) -> tuple[UUID, ...]:
    """Return the contact, what was merged into it and what it was merged into; () where there is no such contact."""
    return families(organisation, [contact])


def families(organisation: UUID, contacts: Iterable[UUID]) -> tuple[UUID, ...]:
    """Return whoever is one with any of some contacts, they included, the oldest first."""
    return tuple(contact for (contact,) in _asked(_FAMILIES, organisation, contacts))


def _asked(statement: str, organisation: UUID, contacts: Iterable[UUID]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"organisation": organisation, "contacts": list(contacts)})
        return list(cursor.fetchall())
