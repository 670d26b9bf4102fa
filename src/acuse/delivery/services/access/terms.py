"""From when until when content waits behind its link: consigned, withdrawn, ended."""

from uuid import UUID

from django.db import transaction

from acuse import clock
from acuse.delivery.models import Access, Communication
from acuse.delivery.services.access.held import end, follow, lock, note
from acuse.delivery.services.work import Work
from acuse.evidence.ledger import FactDraft
from acuse.evidence.statements import execute
from acuse.proof.facts.communication import KIND
from acuse.proof.facts.fact import Actor

POSTMAN = Actor(kind="component", id="dispatcher")
TERM = Actor(kind="component", id="periodic")
_MOST_EXPIRED = 200
_UNDELIVERED = ("El aviso no llegó a su destinatario.", "The notice did not reach its recipient.")
_CONSIGN = """
INSERT INTO delivery_accesses (communication_id, consigned_at, expires_at, ended, code_mac, code_tries, codes_sent)
VALUES (%(communication)s, %(now)s, %(expires_at)s, '', '', 0, 0)
ON CONFLICT DO NOTHING RETURNING communication_id
"""


def consign(work: Work) -> list[FactDraft]:
    """Put content at its recipient's disposal, in the transaction that opens the first try, and return the fact."""
    if work.mode != Communication.Mode.NOTICE or work.expires_at is None:
        return []
    made = execute(
        _CONSIGN, {"communication": work.communication, "now": clock.now(), "expires_at": work.expires_at}
    ).fetchone()
    if made is None:
        return []
    return [
        FactDraft(
            organisation=work.organisation,
            subject_kind=KIND,
            subject_id=work.communication,
            type="content.consigned",
            actor=POSTMAN,
            details={"access": work.access, "term_until": clock.to_rfc3339(work.expires_at)},
        )
    ]


def revoke(*, communication: UUID, actor: Actor, reason: str) -> None:
    """Withdraw a link: the content can no longer be opened with it.

    Args:
        communication: whose content it is. actor: who withdraws it. reason: in their words.

    Raises:
        NotOpen: there is nothing to withdraw.
    """
    with transaction.atomic():
        row, held = lock(communication)
        end(held, Access.Ended.REVOKED)
        note(row, "access.revoked", {"reason": reason[:500]}, actor=actor)


def end_undelivered(row: Communication) -> None:
    """Withdraw the link of a notice that did not arrive, in the transaction that says so: what came back may hold it.

    Args:
        row: the communication, locked.
    """
    held = Access.objects.filter(communication=row, ended="")
    if held.exists():
        held.update(ended=Access.Ended.REVOKED, code_mac="", code_until=None)
        note(row, "access.revoked", {"reason": _UNDELIVERED[row.language == "en"]}, actor=POSTMAN)


def expire_due() -> int:
    """End the terms that are over, each in its own transaction; return how many."""
    due = Access.objects.filter(ended="", expires_at__lte=clock.now()).order_by("expires_at")
    ended = [_expire(communication) for communication in due.values_list("communication", flat=True)[:_MOST_EXPIRED]]
    return sum(ended)


def _expire(communication: UUID) -> bool:
    with transaction.atomic():
        row = Communication.objects.select_for_update().filter(id=communication).first()
        held = Access.objects.filter(communication_id=communication, ended="", expires_at__lte=clock.now()).first()
        if row is None or held is None:
            return False
        end(held, Access.Ended.EXPIRED)
        note(row, "term.expired", {"term_until": clock.to_rfc3339(held.expires_at)}, actor=TERM)
        follow(row, "term.expired")
    return True
