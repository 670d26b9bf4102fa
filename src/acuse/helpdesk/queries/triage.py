"""The rules of triage as a page shows them, and what they would make of the cases that came last."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Left

from acuse.accounts.queries import Access
from acuse.errors import TemporaryError
from acuse.evidence import custody
from acuse.evidence.custody import DamagedObject, MissingObject
from acuse.helpdesk import triage
from acuse.helpdesk.models import Interaction, Ticket
from acuse.helpdesk.queries.settings import triage_rules

CASES = 200
#: Where a rule asks what was chosen in the form: each such case is a read from custody.
CASES_READ = 50


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

    They are looked at as they came, but for their product, which members may have mended since.
    """
    first = Interaction.objects.filter(ticket=OuterRef("pk")).order_by("sequence")
    by_choice = any(rule.form_type for rule in rules)
    rows = (
        Ticket.objects.filter(organisation_id=access.organisation)
        .annotate(
            written=Subquery(first.annotate(begun=Left("text", triage.LOOKED_THROUGH)).values("begun")[:1]),
            author=Subquery(first.values("author")[:1]),
            answers=Subquery(first.filter(media_type="application/json").values("sha256")[:1]),
        )
        .order_by("-opened_at", "-id")[: CASES_READ if by_choice else CASES]
    )
    applied, changes = [0] * len(rules), []
    for row in rows:
        rule = triage.applying(rules, _seen(row, by_choice=by_choice))
        if rule is None:
            continue
        place = list(rules).index(rule)
        applied[place] += 1
        if _differs(row, rule):
            changes.append(_change(row, rule, place + 1))
    return Trial(cases=len(rows), applied=tuple(applied), changes=tuple(changes))


def _seen(row: Any, *, by_choice: bool) -> triage.Seen:
    return triage.Seen(
        senders=(row.author or "", row.address),
        subject=row.subject,
        text=row.written or row.excerpt,
        channel=row.channel,
        form_type=_chosen(row) if by_choice and row.channel == "form" else "",
        product=row.product,
    )


def _chosen(row: Any) -> str:
    """Return what the customer chose in the form; what the case is now where the answers are gone or are no form's."""
    try:
        answers = json.loads(custody.open_object(organisation=row.organisation_id, sha256=row.answers or ""))
    except (DamagedObject, MissingObject, TemporaryError, ValueError, RecursionError):
        return str(row.type)
    return str(answers.get("type", row.type)) if isinstance(answers, dict) else str(row.type)


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
