"""Erasing a communication after its retention: facts, objects, documents and working rows leave together."""

from uuid import UUID

from django.db import transaction

from acuse.certificates import services as certificates
from acuse.delivery.models import Communication, Submission
from acuse.evidence import retention
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
        certificates.forget(subject=communication)
        submissions = Submission.objects.filter(communications=communication)
        emptied = list(submissions.values_list("id", flat=True))
        Communication.objects.filter(id=communication, organisation_id=organisation).delete()
        Submission.objects.filter(id__in=emptied, communications__isnull=True).delete()
    return erased
