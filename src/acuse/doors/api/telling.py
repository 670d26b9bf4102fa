"""Values of the queries as the API shows them."""

from django.conf import settings

from acuse.certificates.queries import CertificateView, PublicRecord
from acuse.delivery.queries import AttemptView, CommunicationRow, CommunicationView, PublicContent
from acuse.doors.api import shapes
from acuse.doors.ui import grades
from acuse.evidence.queries import LedgerFact
from acuse.proof.verdicts.delivery import LIMITS, OUTCOMES, verdict


def address(path: str) -> str:
    """The whole address of a path below the API's."""
    return f"{settings.ACUSE.public_url}/api/v1/{path}"


def _summary(row: CommunicationRow) -> dict[str, object]:
    return {
        "id": row.id,
        "created_at": row.created_at,
        "updated_at": row.last_at,
        "sender": row.sender,
        "recipient": row.recipient,
        "subject": row.subject,
        "status": row.status,
        "final": row.final,
        "outcome": row.outcome,
        "outcome_meaning": OUTCOMES.get(row.outcome, row.outcome),
        "grade": row.grade,
        "grade_meaning": grades.word(row.grade),
        "certified": row.certified,
        "failure_class": row.failure_class or None,
        "failure_meaning": grades.failure_word(row.failure_class) if row.failure_class else None,
        "attempts": row.attempts,
        "next_attempt_at": row.next_attempt_at,
        "url": address(f"communications/{row.id}"),
    }


def summary(row: CommunicationRow) -> shapes.CommunicationSummary:
    """A communication as lists show it."""
    return shapes.CommunicationSummary.model_validate(_summary(row))


def communication(view: CommunicationView, documents: tuple[CertificateView, ...]) -> shapes.Communication:
    """All that is known of a communication."""
    judged = verdict([item.fact for item in view.facts])
    url = address(f"communications/{view.row.id}")
    return shapes.Communication.model_validate(
        {
            **_summary(view.row),
            "limits": [{"key": key, "meaning": LIMITS[key]} for key in judged.limits],
            "language": view.language,
            "message": {
                "sha256": view.message_sha256,
                "size": view.size,
                "envelope_sender": view.mail_from,
                "credential": view.credential,
                "submission": view.submission,
            },
            "tries": [_attempt(one) for one in view.attempts],
            "documents": [document(one) for one in documents],
            "links": {
                "facts": f"{url}/facts",
                "content": f"{url}/content",
                "certificate": f"{url}/certificate",
                "proof": f"{url}/proof",
            },
        }
    )


def _attempt(view: AttemptView) -> shapes.Attempt:
    return shapes.Attempt(
        number=view.number,
        opened_at=view.opened_at,
        closed_at=view.closed_at,
        result=view.result or None,
        failure_class=view.failure_class or None,
        host=view.host or None,
        address=view.address or None,
        transcript_sha256=view.transcript_sha256 or None,
    )


def document(view: CertificateView) -> shapes.Document:
    """A sealed document, or the request for it."""
    asked = f"?kind={view.kind}&revision={view.revision}"
    url = address(f"communications/{view.communication}")
    return shapes.Document.model_validate(
        {
            "code": view.code,
            "kind": view.kind,
            "state": view.state,
            "revision": view.revision,
            "requested_at": view.requested_at,
            "due_at": view.due_at,
            "issued_at": view.issued_at,
            "level": view.level or None,
            "facts_up_to": view.facts_up_to,
            "supersedes": view.supersedes or None,
            "superseded_by": view.superseded_by or None,
            "url": f"{url}/certificate{asked}",
            "proof_url": f"{url}/proof{asked}",
            "public_url": f"{settings.ACUSE.public_url}/v/{view.code}",
        }
    )


def fact(item: LedgerFact, *, anchored_size: int) -> dict[str, object]:
    """A fact with its place, as members of canonical JSON."""
    state = "pending"
    if item.position is not None:
        state = "anchored" if item.position < anchored_size else "published"
    return {
        "position": item.position,
        "state": state,
        "entry": item.fact.entry().hex(),
        "fact": item.fact.members(),
    }


def issued(record: PublicRecord) -> shapes.Issued:
    """What this installation knows of a document of its own."""
    return shapes.Issued.model_validate(
        {
            "code": record.code,
            "kind": record.kind,
            "revision": record.revision,
            "issued_at": record.issued_at,
            "level": record.level,
            "organisation": record.organisation,
            "outcome": record.verdict.outcome if record.verdict else None,
            "grade": record.verdict.grade if record.verdict else None,
            "superseded_by": record.superseded_by or None,
        }
    )


def certified(content: PublicContent) -> shapes.Certified:
    """What this installation knows of a message that it certified."""
    return shapes.Certified(
        organisation=content.organisation, submitted_at=content.submitted_at, recipients=content.communications
    )
