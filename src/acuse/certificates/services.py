"""Writes of certificates: requesting them. Issuing meets the network and lives in `issue`."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import organisation_view
from acuse.certificates import rules
from acuse.certificates.models import Certificate
from acuse.evidence.statements import execute
from acuse.proof.facts.communication import KIND as COMMUNICATION
from acuse.proof.facts.deadline import KIND as TICKET
from acuse.proof.facts.fact import Subject

_REQUEST = """
WITH newest AS (
    SELECT revision, code, state FROM certificates_certificates
    WHERE subject_kind = %(subject_kind)s AND subject = %(subject)s AND kind = %(kind)s AND deadline = %(deadline)s
    ORDER BY revision DESC LIMIT 1 FOR UPDATE
)
INSERT INTO certificates_certificates (id, organisation_id, subject_kind, subject, kind, deadline, revision, code,
    state, supersedes, reason, requested_at, due_at, wanted_level, tries, last_error, level, anchored, needs_upgrade,
    sha256, bundle_sha256)
SELECT %(id)s, %(organisation)s, %(subject_kind)s, %(subject)s, %(kind)s, %(deadline)s,
    coalesce(newest.revision, 0) + 1, %(code)s, 'requested', coalesce(newest.code, ''),
    CASE WHEN newest.code IS NULL THEN '' ELSE %(reason)s END, %(requested_at)s, %(due_at)s, %(wanted_level)s, 0, '',
    '', false, false, '', ''
FROM (SELECT 1) AS one LEFT JOIN newest ON true WHERE newest.state IS DISTINCT FROM 'requested'
"""
#: Reason of a revision that only raises the level of the one before it.
UPGRADE = "level"
#: Reason of a revision that somebody asked for, to tell what came since.
ASKED = "asked"


def request_certificate(*, organisation: UUID, communication: UUID, final_at: datetime, reason: str = "") -> None:
    """Ask for the certificate of a communication, in the transaction of what makes it due.

    It is due after the settle time, so that an early delivery notification is inside. While a request waits, later
    evidence is simply inside too; after it is issued, later evidence asks for the superseding revision.

    Args:
        organisation: whose communication it is.
        communication: the subject.
        final_at: when it reached its final state.
        reason: what asks for it, for a superseding revision: the type of the fact that came later. The revision tells
            everything that came after the one before it.
    """
    due_at = final_at + settings.ACUSE.settle_time
    subject = Subject(kind=COMMUNICATION, id=communication)
    _request(organisation, subject, Certificate.Kind.CERTIFICATE, due_at=due_at, reason=reason)


def request_ticket_certificate(*, organisation: UUID, ticket: UUID) -> None:
    """Ask for the certificate of a ticket and its deadlines as they stand, due at once.

    Asked for again it supersedes the one before; while a request waits, asking changes nothing.

    Args:
        organisation: whose ticket it is.
        ticket: the subject.
    """
    _request_of_ticket(organisation, ticket, Certificate.Kind.CERTIFICATE)


def request_deadline_certificate(*, organisation: UUID, ticket: UUID, deadline: str) -> None:
    """Ask for the certificate of one deadline of a ticket as it stands, due at once.

    Asked for again it supersedes the one before of the same deadline; while a request waits, asking changes nothing.

    Args:
        organisation: whose ticket it is.
        ticket: the subject.
        deadline: its identifier, as the ticket's facts name it.
    """
    _request_of_ticket(organisation, ticket, Certificate.Kind.DEADLINE, deadline=deadline)


def request_record(*, organisation: UUID, ticket: UUID, notes: bool) -> None:
    """Ask for the record of a whole case with its communications, as it stands, due at once.

    Asked for again it supersedes the one before of the same scope; while a request waits, asking changes nothing.

    Args:
        organisation: whose ticket it is.
        ticket: the subject.
        notes: with what members wrote among themselves.
    """
    kind = Certificate.Kind.RECORD_WITH_NOTES if notes else Certificate.Kind.RECORD
    _request_of_ticket(organisation, ticket, kind)


def _request_of_ticket(organisation: UUID, ticket: UUID, kind: Certificate.Kind, *, deadline: str = "") -> None:
    subject = Subject(kind=TICKET, id=ticket)
    with transaction.atomic():
        _request(organisation, subject, kind, deadline=deadline, due_at=clock.now(), reason=ASKED)


def request_receipt(*, organisation: UUID, communication: UUID) -> None:
    """Ask for the acceptance receipt of a communication, due at once; asking again changes nothing."""
    _request_receipt(organisation, Subject(kind=COMMUNICATION, id=communication))


def request_ticket_receipt(*, organisation: UUID, ticket: UUID) -> None:
    """Ask for the receipt of what opened a case, due at once; asking again changes nothing."""
    _request_receipt(organisation, Subject(kind=TICKET, id=ticket))


def _request_receipt(organisation: UUID, subject: Subject) -> None:
    with transaction.atomic():
        asked = Certificate.objects.filter(subject=subject.id, kind=Certificate.Kind.RECEIPT).exists()
        if not asked:
            _request(organisation, subject, Certificate.Kind.RECEIPT, due_at=clock.now(), reason="")


def request_upgrade(*, certificate: Certificate) -> None:
    """Ask for the revision that supersedes one sealed lower than wanted, now that the time stamps are back."""
    with transaction.atomic():
        Certificate.objects.filter(id=certificate.id).update(needs_upgrade=False)
        _request(
            certificate.organisation_id,
            Subject(kind=certificate.subject_kind, id=certificate.subject),
            Certificate.Kind(certificate.kind),
            deadline=certificate.deadline,
            due_at=clock.now(),
            reason=UPGRADE,
        )


def forget(*, subject: UUID) -> None:
    """Remove the rows of a subject's documents, in the transaction that erases its facts."""
    Certificate.objects.filter(subject=subject).delete()


def _request(
    organisation: UUID,
    subject: Subject,
    kind: Certificate.Kind,
    *,
    due_at: datetime,
    reason: str,
    deadline: str = "",
) -> None:
    """Insert the next revision's request unless one is waiting already."""
    execute(
        _REQUEST,
        {
            "id": uuid7(),
            "organisation": organisation,
            "subject_kind": subject.kind,
            "subject": subject.id,
            "kind": kind.value,
            "deadline": deadline,
            "code": rules.new_code(),
            "reason": reason,
            "requested_at": clock.now(),
            "due_at": due_at,
            "wanted_level": organisation_view(organisation).seal_level,
        },
    )
