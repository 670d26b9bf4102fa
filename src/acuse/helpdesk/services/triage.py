"""Changing the rules of triage: one transaction, and one fact, for each change."""

from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from acuse.accounts.queries import Access, active_members
from acuse.errors import ConflictError, InputError
from acuse.evidence.ledger import FactDraft, record
from acuse.helpdesk.models import Settings, TriageRule
from acuse.helpdesk.queries.settings import rule_of
from acuse.helpdesk.services.changes import by
from acuse.helpdesk.services.opening import settings_of
from acuse.helpdesk.triage import MOST_RULES, Rule, check_rule

_SAME = ("enabled", "name", "channel", "form_type", "type", "priority", "matter", "tag")


def add_rule(*, access: Access, rule: Rule) -> None:
    """Add a rule behind the others.

    Raises:
        AccessDenied: the member may not.
        InputError: the rule makes no sense; nothing is added.
        ConflictError: there are as many as there may be.
    """
    checked = _checked(access, rule)
    with transaction.atomic():
        count = _lock(access).count()
        if count >= MOST_RULES:
            raise ConflictError("There are %(most)s rules, which is the most; remove one first.", most=MOST_RULES)
        row = TriageRule(id=checked.id, organisation_id=access.organisation, position=count + 1)
        _fill(row, checked)
        row.save(force_insert=True)
        _record(access, row, "added")


def change_rule(*, access: Access, rule: Rule) -> None:
    """Give a rule other conditions or consequences, or switch it on or off; what stays the same is no change.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such rule, or it would make no sense.
    """
    checked = _checked(access, rule)
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
        other = _lock(access).filter(position=row.position + (-1 if up else 1)).first()
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
        behind = row.position
        row.delete()
        _lock(access).filter(position__gt=behind).update(position=F("position") - 1)


def _checked(access: Access, rule: Rule) -> Rule:
    access.require_manager()
    if rule.assignee is not None and rule.assignee not in active_members(access):
        raise InputError("There is no such member.")
    return check_rule(rule)


def _lock(access: Access) -> "QuerySet[TriageRule]":
    """Return the organisation's rules in their order, for one writer at a time."""
    settings_of(access.organisation)
    Settings.objects.select_for_update().get(organisation_id=access.organisation)
    return TriageRule.objects.filter(organisation_id=access.organisation).order_by("position")


def _one(access: Access, rule: UUID) -> TriageRule:
    row = _lock(access).filter(id=rule).first()
    if row is None:
        raise InputError("There is no such rule.")
    return row


def _fill(row: TriageRule, rule: Rule) -> None:
    for name in _SAME:
        setattr(row, name, getattr(rule, name))
    row.words, row.senders, row.assignee_id = list(rule.words), list(rule.senders), rule.assignee


def _record(access: Access, row: TriageRule, change: str) -> None:
    record(
        FactDraft(
            organisation=access.organisation,
            subject_kind="organisation",
            subject_id=access.organisation,
            type=f"triage_rule.{change}",
            actor=by(access),
            details={
                "rule": str(row.id),
                "position": row.position,
                "words": list(row.words),
                "senders": list(row.senders),
                "assignee": str(row.assignee_id) if row.assignee_id else None,
                **{name: getattr(row, name) for name in _SAME},
            },
        )
    )
