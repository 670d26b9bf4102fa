"""Publishing an organisation's terms: a version in custody, and in one transaction its row and its fact."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import Access
from acuse.calendars import queries as calendars
from acuse.errors import ConflictError, InputError, OutsideCalendar
from acuse.evidence import custody
from acuse.evidence.ledger import FactDraft, record, refer
from acuse.helpdesk.models import PolicyVersion
from acuse.helpdesk.queries.policies import MEDIA_TYPE, current_policy
from acuse.proof.business_time import due_at
from acuse.proof.facts.fact import Actor
from acuse.proof.policy import Policy, PolicyTerm

#: Calendars reach further once a year: a term has to end within one even if it starts just before they do.
_AHEAD = timedelta(days=366)


def publish_policy(*, access: Access, terms: Any, base: int = 0) -> UUID:
    """Publish the organisation's terms; cases from now on have them, and deadlines that run keep theirs.

    A crash after the version is in custody leaves an object that nobody cites.

    Args:
        access: of whoever does it.
        terms: a policy as JSON members; not trusted.
        base: number of the version that was changed; 0 for the first.

    Returns:
        The version.

    Raises:
        AccessDenied: the member may not.
        InputError: it makes no sense, or names a calendar that there is not or that ends before a term does.
        ConflictError: somebody published another version meanwhile, or nothing is different.
        TemporaryError: custody cannot keep it now.
    """
    access.require_manager()
    policy = Policy.from_members(terms)
    for term in policy.terms:
        _check_calendar(access, term)
    before = current_policy(access.organisation)
    if base != (before.number if before else 0):
        raise _overtaken()
    if before is not None and before.policy == policy:
        raise ConflictError("Nothing is different from version %(version)s.", version=before.number)
    kept = custody.keep(organisation=access.organisation, content=policy.canonical(), media_type=MEDIA_TYPE)
    try:
        with transaction.atomic():
            row = PolicyVersion.objects.create(
                id=uuid7(),
                organisation_id=access.organisation,
                number=base + 1,
                terms=policy.members(),
                sha256=kept.sha256,
                size=kept.size,
                published_at=clock.now(),
                published_by_id=access.member,
            )
            record(
                FactDraft(
                    organisation=access.organisation,
                    subject_kind="organisation",
                    subject_id=access.organisation,
                    type="policy.published",
                    actor=Actor(kind="member", id=str(access.member)),
                    details={"version": row.number},
                    objects=(refer("policy", kept),),
                    occurred_at=row.published_at,
                )
            )
    except IntegrityError as error:
        raise _overtaken() from error
    return row.id


def _overtaken() -> ConflictError:
    return ConflictError("Somebody changed the terms meanwhile. Look at them and make your change again.")


def _check_calendar(access: Access, term: PolicyTerm) -> None:
    """Refuse a calendar that is not there or is archived, and a length that would reach beyond it.

    Raises:
        InputError: one of these.
    """
    if calendars.calendar(access, term.calendar).archived_at is not None:
        raise InputError("The calendar of %(name)s is archived. Choose another.", name=term.name)
    version, _ = calendars.current_version(access.organisation, term.calendar)
    for case in term.cases:
        try:
            due_at(version, case.term, started_at=clock.now() + _AHEAD)
        except OutsideCalendar as error:
            raise InputError(
                "%(name)s: the term is longer than what its calendar covers. Choose a shorter one.", name=term.name
            ) from error
