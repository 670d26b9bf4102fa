"""What a desk is set to, for the desk itself."""

from uuid import UUID

from acuse.accounts.queries import acting_member, oldest_manager
from acuse.helpdesk import triage
from acuse.helpdesk.models import TriageRule


def triage_rules(organisation: UUID) -> tuple[triage.Rule, ...]:
    """Return an organisation's rules of triage in their order, those that are switched off too."""
    return tuple(map(rule_of, TriageRule.objects.filter(organisation_id=organisation).order_by("position")))


def rule_of(row: TriageRule) -> triage.Rule:
    """Return a rule as it is kept."""
    return triage.Rule(
        id=row.id,
        name=row.name,
        enabled=row.enabled,
        words=tuple(row.words),
        senders=tuple(row.senders),
        channel=row.channel,
        form_type=row.form_type,
        type=row.type,
        priority=row.priority,
        matter=row.matter,
        assignee=row.assignee_id,
        tag=row.tag,
    )


def responsible(organisation: UUID, *chosen: UUID | None) -> UUID | None:
    """Return who is responsible for a new case: the first chosen who can act, else the oldest administrator."""
    acting = (acting_member(organisation, one) for one in chosen)
    return next((one for one in acting if one), None) or oldest_manager(organisation)
