"""Values of the desk's queries as the API shows them."""

from acuse.doors.api import case_shapes as shapes
from acuse.doors.api.telling import address
from acuse.helpdesk.queries.case import CaseView, InteractionView
from acuse.helpdesk.queries.deadlines import DeadlineView
from acuse.helpdesk.queries.tickets import TicketRow

_NOTE = "note"


def _summary(row: TicketRow) -> dict[str, object]:
    return {
        "id": row.id,
        "number": row.number,
        "key": row.key,
        "status": row.status,
        "type": row.type,
        "priority": row.priority,
        "channel": row.channel,
        "subject": row.subject,
        "customer": {"id": row.contact, "name": row.contact_name, "address": row.address or None},
        "assignee": row.assignee,
        "tags": row.tags,
        "escalated": row.escalated,
        "opened_at": row.opened_at,
        "updated_at": row.last_at,
        "closed_at": row.closed_at,
        "waits_since": row.waits_since,
        "due_at": row.due_at,
        "url": address(f"cases/{row.id}"),
    }


def summary(row: TicketRow) -> shapes.CaseSummary:
    """A case as lists show it."""
    return shapes.CaseSummary.model_validate(_summary(row))


def case(view: CaseView, deadlines: tuple[DeadlineView, ...]) -> shapes.Case:
    """All that a program may know of a case: members' notes are left out."""
    return shapes.Case.model_validate(
        {
            **_summary(view.row),
            "reference": view.reference or None,
            "language": view.language,
            "product": view.product or None,
            "purchase_date": view.purchase_date,
            "first_response_at": view.first_response_at,
            "resolved_at": view.resolved_at,
            "deadlines": [_deadline(one) for one in deadlines],
            "said": [_said(one) for one in view.interactions if one.kind != _NOTE],
        }
    )


def _deadline(view: DeadlineView) -> dict[str, object]:
    return {
        "id": view.id,
        "purpose": view.purpose,
        "name": view.name,
        "term": view.term.members(),
        "verdict": view.verdict,
        "started_at": view.started_at,
        "due_at": view.due_at,
        "ended_at": view.ended_at,
        "pause_reason": view.pause_reason or None,
    }


def _said(view: InteractionView) -> dict[str, object]:
    return {
        "id": view.id,
        "kind": view.kind,
        "channel": view.channel,
        "at": view.occurred_at,
        "author": view.author,
        "text": view.text,
        "attachments": [{name: one[name] for name in ("name", "media_type", "size")} for one in view.attachments],
        "communication": view.communication,
        "certified": view.certified,
    }
