"""The rules that say which messages of an organisation are certified, and how."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from acuse import clock
from acuse.accounts.queries import Access
from acuse.delivery.models import CertificationRule
from acuse.delivery.selection import Rule

_REMEMBERED = timedelta(seconds=5)


def rules_of(access: Access) -> list[Rule]:
    """Return the rules of an organisation, in their order."""
    return _read(access.organisation)


@dataclass
class _Memory:
    """Rules by organisation; forgotten together, in time."""

    rules: dict[UUID, list[Rule]] = field(default_factory=dict)
    until: datetime | None = None


_memory = _Memory()


def remembered_rules(organisation: UUID) -> list[Rule]:
    """Return the rules of an organisation as they were some seconds ago at most: no message waits for them."""
    now = clock.now()
    if _memory.until is None or now >= _memory.until:
        _memory.rules, _memory.until = {}, now + _REMEMBERED
    known = _memory.rules
    if organisation not in known:
        known[organisation] = _read(organisation)
    return known[organisation]


def forget_rules(organisation: UUID) -> None:
    """Have this process read the rules of an organisation again."""
    _memory.rules.pop(organisation, None)


def rule_of(row: CertificationRule) -> Rule:
    """Return a rule as a value."""
    return Rule(
        id=row.id,
        enabled=row.enabled,
        sender=row.sender,
        domain=row.domain,
        subject=row.subject,
        header=row.header,
        value=row.value,
        certify=row.certify,
        mode=row.mode,
        access=row.access,
        language=row.language,
    )


def _read(organisation: UUID) -> list[Rule]:
    return [rule_of(row) for row in CertificationRule.objects.filter(organisation_id=organisation).order_by("position")]
