"""What the operator's commands read of communications: final states and their certificates."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from acuse.errors import InputError, TemporaryError

_POLL_SECONDS = 0.3


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A communication with its newest certificate.

    Args:
        code, level: empty until the certificate is issued.
        document: the sealed PDF, None until then.
        archive: the `.zip` bundle that holds what is too big for the PDF; None for the PDFs that hold everything.
    """

    communication: UUID
    recipient: str
    outcome: str
    grade: int
    failure_class: str
    code: str
    level: str
    document: bytes | None
    archive: bytes | None


def make_directory(out: Path) -> None:
    """Make the directory that certificates go to, before anything is sent.

    Raises:
        InputError: it cannot be made.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"Certificates cannot be written to {out}: {error.strerror}.") from error


def siblings(reply: str) -> list[UUID]:
    """Return the communications of the submission that an SMTP reply names, in the order of acceptance."""
    from acuse.delivery.models import Communication

    for word in reply.replace(",", " ").split():
        try:
            named = UUID(word.strip("<>().;"))
        except ValueError:
            continue
        row = Communication.objects.filter(id=named).first()
        if row is not None:
            found = Communication.objects.filter(submission_id=row.submission_id).order_by("id")
            return list(found.values_list("id", flat=True))
    return []


def outcomes(communications: Sequence[UUID]) -> list[Outcome]:
    """Return how the communications stand, in the order given."""
    from acuse.certificates.models import Certificate
    from acuse.delivery.models import Communication
    from acuse.evidence import custody

    def kept(row: Communication, sha256: str) -> bytes:
        return custody.open_object(organisation=row.organisation_id, sha256=sha256)

    rows = Communication.objects.in_bulk(list(communications))
    issued: dict[UUID, Certificate] = {}
    for certificate in Certificate.objects.filter(
        subject__in=list(communications), kind=Certificate.Kind.CERTIFICATE, state=Certificate.State.ISSUED
    ).order_by("revision"):
        issued[certificate.subject] = certificate
    found = []
    for identity in communications:
        row, newest = rows[identity], issued.get(identity)
        found.append(
            Outcome(
                communication=identity,
                recipient=row.recipient,
                outcome=row.outcome,
                grade=row.grade,
                failure_class=row.failure_class,
                code=newest.code if newest else "",
                level=newest.level if newest else "",
                document=kept(row, newest.sha256) if newest else None,
                archive=_archive(row.organisation_id, newest.bundle_sha256) if newest else None,
            )
        )
    return found


def _archive(organisation: UUID, proof_sha256: str) -> bytes | None:
    from acuse.certificates.bundles import handed_out

    content, media_type = handed_out(organisation=organisation, proof_sha256=proof_sha256)
    return content if media_type == "application/zip" else None


def wait_for_certificates(
    communications: Sequence[UUID], *, deadline: float, progress: Callable[[int, int], None]
) -> list[Outcome]:
    """Wait until every communication has a certificate.

    Args:
        communications: which.
        deadline: of `time.monotonic()`.
        progress: called with (certified, all) whenever it changes.

    Raises:
        TemporaryError: the deadline passed.
    """
    told = -1
    while True:
        done = _certified(communications)
        if done != told:
            progress(done, len(communications))
            told = done
        if done == len(communications):
            return outcomes(communications)
        if time.monotonic() > deadline:
            raise TemporaryError("Not every certificate was issued in time; `acuse check` says why.")
        time.sleep(_POLL_SECONDS)


def _certified(communications: Sequence[UUID]) -> int:
    from acuse.certificates.models import Certificate

    issued = Certificate.objects.filter(
        subject__in=list(communications), kind=Certificate.Kind.CERTIFICATE, state=Certificate.State.ISSUED
    )
    return issued.values("subject").distinct().count()
