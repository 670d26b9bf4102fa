"""Reads of an organisation's terms."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from acuse.accounts.queries import Access
from acuse.helpdesk.models import PolicyVersion
from acuse.proof.facts.fact import ObjectReference
from acuse.proof.policy import Policy

MEDIA_TYPE = "application/json"


@dataclass(frozen=True, kw_only=True)
class PublishedPolicy:
    """A version of an organisation's terms.

    Attributes:
        id: of the row. number: from 1. sha256, size: of the object in custody.
        published_by: the member.
    """

    id: UUID
    number: int
    policy: Policy
    sha256: str
    size: int
    published_at: datetime
    published_by: UUID | None

    def cited(self, role: str) -> ObjectReference:
        """Return how a fact cites it."""
        return ObjectReference(role=role, sha256=self.sha256, size=self.size, media_type=MEDIA_TYPE)


def current_policy(organisation: UUID) -> PublishedPolicy | None:
    """Return the terms that hold for cases from now on; None where none were published."""
    row = PolicyVersion.objects.filter(organisation_id=organisation).order_by("-number").first()
    return None if row is None else published(row)


def policy_at(organisation: UUID, at: datetime) -> PublishedPolicy | None:
    """Return the terms that were in force at an instant; None where none were published yet."""
    versions = PolicyVersion.objects.filter(organisation_id=organisation, published_at__lte=at)
    row = versions.order_by("-number").first()
    return None if row is None else published(row)


def calendars_in_use(access: Access) -> frozenset[UUID]:
    """Return the calendars by which the terms in force are counted: without one of them no case could begin."""
    current = current_policy(access.organisation)
    return frozenset(term.calendar for term in current.policy.terms) if current else frozenset()


def policy_versions(access: Access) -> list[PublishedPolicy]:
    """Return every version of the organisation's terms, the newest first."""
    rows = PolicyVersion.objects.filter(organisation_id=access.organisation).order_by("-number")
    return [published(row) for row in rows]


def published(row: PolicyVersion) -> PublishedPolicy:
    """Return what a row says."""
    return PublishedPolicy(
        id=row.id,
        number=row.number,
        policy=Policy.from_members(row.terms),
        sha256=row.sha256,
        size=row.size,
        published_at=row.published_at,
        published_by=row.published_by_id,
    )
