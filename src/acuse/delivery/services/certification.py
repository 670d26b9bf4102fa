"""Changing the rules that say which messages are certified, and how: one transaction, and one fact, for each change."""

from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from acuse.accounts.models import Organisation
from acuse.accounts.queries import Access
from acuse.delivery.models import CertificationRule
from acuse.delivery.queries.rules import forget_rules, rule_of
from acuse.delivery.selection import MOST_RULES, Rule, check_rule
from acuse.errors import ConflictError, InputError
from acuse.evidence.ledger import FactDraft, record
from acuse.proof.facts.fact import Actor

_FIELDS = ("enabled", "sender", "domain", "subject", "header", "value", "certify", "mode", "access", "language")


def add_rule(*, access: Access, rule: Rule) -> None:
    """Add a rule behind the others.

    Raises:
        AccessDenied: the member may not.
        InputError: the rule makes no sense; nothing is added.
        ConflictError: there are as many as there may be.
    """
    access.require_manager()
    checked = check_rule(rule)
    with transaction.atomic():
        count = _lock(access).count()
        if count >= MOST_RULES:
            raise ConflictError("There are %(most)s rules, which is the most; remove one first.", most=MOST_RULES)
        row = CertificationRule(id=checked.id, organisation_id=access.organisation, position=count + 1)
        _fill(row, checked)
        row.save(force_insert=True)
        _record(access, row, "added")


def change_rule(*, access: Access, rule: Rule) -> None:
    """Give a rule other conditions or consequences, or switch it on or off; what stays the same is no change.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such rule, or it would make no sense.
    """
    access.require_manager()
    checked = check_rule(rule)
    with transaction.atomic():
        row = _one(access, rule.id)
        if rule_of(row) != checked:
            _fill(row, checked)
            row.save()
            _record(access, row, "changed")


def move_rule(*, access: Access, rule: UUID, up: bool) -> None:
    """Let a rule change places with the one before it, or after it; the first and the last stay where they are.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such rule.
    """
    access.require_manager()
    with transaction.atomic():
        row = _one(access, rule)
        others = _lock(access)
        other = (
            others.filter(position__lt=row.position).last() if up else others.filter(position__gt=row.position).first()
        )
        if other is None:
            return
        row.position, other.position = other.position, row.position
        row.save(update_fields=["position"])
        other.save(update_fields=["position"])
        _record(access, row, "moved")


def remove_rule(*, access: Access, rule: UUID) -> None:
    """Remove a rule; those behind it move up.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such rule.
    """
    access.require_manager()
    with transaction.atomic():
        row = _one(access, rule)
        _record(access, row, "removed")
        _lock(access).filter(position__gt=row.position).update(position=F("position") - 1)
        row.delete()


def _lock(access: Access) -> QuerySet[CertificationRule]:
    """Return the organisation's rules in their order, for one writer at a time."""
    Organisation.objects.select_for_update().get(id=access.organisation)
    return CertificationRule.objects.filter(organisation_id=access.organisation).order_by("position")


def _one(access: Access, rule: UUID) -> CertificationRule:
    row = _lock(access).filter(id=rule).first()
    if row is None:
        raise InputError("There is no such rule.")
    return row


def _fill(row: CertificationRule, rule: Rule) -> None:
    for name in _FIELDS:
        setattr(row, name, getattr(rule, name))


def _record(access: Access, row: CertificationRule, change: str) -> None:
    """Record a change, and have this process read the rules again once it is committed."""
    record(
        FactDraft(
            organisation=access.organisation,
            subject_kind="organisation",
            subject_id=access.organisation,
            type=f"certification_rule.{change}",
            actor=Actor(kind="member", id=str(access.member)),
            details={
                "rule": str(row.id),
                "position": row.position,
                **{name: getattr(row, name) for name in _FIELDS},
            },
        )
    )
    transaction.on_commit(lambda: forget_rules(access.organisation))
