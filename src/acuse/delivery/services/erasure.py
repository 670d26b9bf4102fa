"""Erasing a communication after its retention: facts, objects, documents and working rows leave together."""

from uuid import UUID

from django.db import transaction

from acuse.certificates import services as certificates
from acuse.delivery.models import Communication, Notice, Submission
from acuse.evidence import custody, retention
from acuse.evidence.retention import Citations
from acuse.proof.facts.communication import KIND


def erase_communication(*, organisation: UUID, communication: UUID, reason: str, citations: Citations) -> int:
    """Erase a communication whose retention has ended; the ledger keeps its entries.

    Args:
        organisation: whose it is.
        communication: which one.
        reason: recorded, without personal data.
        citations: see `acuse.evidence.retention.erase`.

    Returns:
        How many facts were erased.

    Raises:
        ConflictError: the retention has not ended, or there is a legal hold; nothing is erased.
    """
    with transaction.atomic():
        erased = retention.erase(
            organisation=organisation, kind=KIND, subject=communication, reason=reason, citations=citations
        )
        _remove_codes(organisation, communication)
        certificates.forget(subject=communication)
        submissions = Submission.objects.filter(communications=communication)
        emptied = list(submissions.values_list("id", flat=True))
        Communication.objects.filter(id=communication, organisation_id=organisation).delete()
        Submission.objects.filter(id__in=emptied, communications__isnull=True).delete()
    return erased


def _remove_codes(organisation: UUID, communication: UUID) -> None:
    """Remove the e-mails that carried codes of access: no fact cites them, so the rows alone know them.

    Before the commit: after a crash the rows are still there, and a second call removes what is left.
    """
    codes = Notice.objects.filter(communication=communication, kind=Notice.Kind.CODE)
    for sha256 in codes.values_list("message_sha256", flat=True):
        custody.store().delete(custody.object_key(organisation, sha256))
