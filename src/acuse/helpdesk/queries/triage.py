"""The rules of triage as a page shows them, and what they would make of the cases that came last."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Left

from acuse.accounts.queries import Access
from acuse.helpdesk import triage
from acuse.helpdesk.models import Interaction, Ticket
from acuse.helpdesk.queries.settings import triage_rules

CASES = 200


@dataclass(frozen=True, kw_only=True)
class Change:
    """A case that the rules would take for something else.

    Attributes:
        id, number, subject: of the case.
        place: of the rule that applies, from 1.
        rule: it; what it leaves empty stays as it is.
        type, priority, matter, assignee: what the case is now.
    """

    id: UUID
    number: int
    subject: str
    place: int
    rule: triage.Rule
    type: str
    priority: str
    matter: str
    assignee: UUID | None


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What rules would make of the last cases: how many were looked at, to how many each applies, what would change."""

    cases: int
    applied: tuple[int, ...]
    changes: tuple[Change, ...]


def rules_of(access: Access) -> tuple[triage.Rule, ...]:
    """Return the organisation's rules in their order."""
    return triage_rules(access.organisation)


def try_rules(access: Access, rules: Sequence[triage.Rule]) -> Trial:
    """Return what rules would make of the cases that came last. Nothing is written.

    The type that a customer chose in the form is taken from what the case is now.
    """
    first = Interaction.objects.filter(ticket=OuterRef("pk")).order_by("sequence")
    rows = (
        Ticket.objects.filter(organisation_id=access.organisation)
        .annotate(written=Subquery(first.annotate(begun=Left("text", triage.LOOKED_THROUGH)).values("begun")[:1]))
        .order_by("-opened_at", "-id")[:CASES]
    )
    applied, changes = [0] * len(rules), []
    for row in rows:
        rule = triage.applying(rules, _seen(row))
        if rule is None:
            continue
        place = list(rules).index(rule)
        applied[place] += 1
        if _differs(row, rule):
            changes.append(_change(row, rule, place + 1))
    return Trial(cases=len(rows), applied=tuple(applied), changes=tuple(changes))


def _seen(row: Ticket) -> triage.Seen:
    return triage.Seen(
        sender=row.address,
        subject=row.subject,
        text=getattr(row, "written", None) or row.excerpt,
        channel=row.channel,
        form_type=row.type if row.channel == "form" else "",
    )


def _differs(row: Ticket, rule: triage.Rule) -> bool:
    wanted = (rule.type, row.type), (rule.priority, row.priority), (rule.matter, row.matter)
    return (
        any(new and new != now for new, now in wanted)
        or (rule.assignee is not None and rule.assignee != row.assignee_id)
        or bool(rule.tag and rule.tag not in row.tags)
    )


def _change(row: Ticket, rule: triage.Rule, place: int) -> Change:
    return Change(
        id=row.id,
        number=row.number,
        subject=row.subject or row.excerpt,
        place=place,
        rule=rule,
        type=row.type,
        priority=row.priority,
        matter=row.matter,
        assignee=row.assignee_id,
    )
