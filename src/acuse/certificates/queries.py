"""Reads of certificates: for members through their `Access`, and the little that anybody may learn from a code."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from acuse.accounts.queries import Access
from acuse.certificates import bundles, rules
from acuse.certificates.models import Certificate
from acuse.errors import AcuseError
from acuse.evidence import custody
from acuse.evidence import queries as evidence
from acuse.proof.facts.communication import KIND
from acuse.proof.facts.deadline import KIND as TICKET
from acuse.proof.facts.fact import Fact, Subject
from acuse.proof.judging import judged
from acuse.proof.verdicts.deadlines import Deadline, Judgement, Sources
from acuse.proof.verdicts.delivery import Verdict

log = logging.getLogger(__name__)
PAGE = 50


@dataclass(frozen=True, kw_only=True)
class CertificateView:
    """One sealed document, or the request for it.

    Attributes:
        communication: the subject, which may be a ticket: `subject_kind` says so.
        kind: see `acuse.certificates.models.Certificate.Kind`.
        deadline: identifier of the one deadline that it is about; "" where it is about the whole.
        state: "requested" or "issued".
        facts_up_to: ledger position of the last fact inside, from 0; None until issued.
        superseded_by: code of the next issued revision; "" for the newest.
        anchored: a time stamp covers its facts.
    """

    communication: UUID
    subject_kind: str
    code: str
    kind: str
    deadline: str
    state: str
    revision: int
    requested_at: datetime
    due_at: datetime
    issued_at: datetime | None
    level: str
    wanted_level: str
    anchored: bool
    facts_up_to: int | None
    supersedes: str
    superseded_by: str
    reason: str
    last_error: str
    size: int | None
    has_bundle: bool

    @property
    def issued(self) -> bool:
        """Whether it exists."""
        return self.state == Certificate.State.ISSUED.value


@dataclass(frozen=True, kw_only=True)
class PublicRecord:
    """What anybody who has a certificate, or its code, may learn: that it was issued, and what it says.

    Attributes:
        organisation: name of who had it certified.
        verdict: of the facts it was issued over, recomputed now; None of a ticket.
        deadlines: of a ticket, likewise; None of a communication.
        deadline: identifier of the one that the document is about; "" where it is about all.
        unjudged: why neither could be worked out now; None where it could.
        facts: those facts; doors show times and verdict only, never the people or the subject.
        anchored: whether its proof holds time stamps.
        superseded_by: code of the next revision; "" for the newest.
    """

    code: str
    kind: str
    revision: int
    issued_at: datetime
    level: str
    organisation: str
    verdict: Verdict | None
    deadlines: Judgement | None
    deadline: str
    unjudged: AcuseError | None
    facts: tuple[Fact, ...]
    facts_up_to: int
    anchored: bool
    supersedes: str
    superseded_by: str

    @property
    def is_record(self) -> bool:
        """Whether it is the record of a whole case."""
        return self.kind in rules.RECORDS

    @property
    def about(self) -> Deadline | None:
        """The one deadline that the document is about; None where it is about all."""
        return self.deadlines.named(self.deadline) if self.deadlines is not None else None


def _view(row: Certificate, later: dict[tuple[UUID, str, str, int], str]) -> CertificateView:
    return CertificateView(
        communication=row.subject,
        subject_kind=row.subject_kind,
        code=row.code,
        kind=row.kind,
        deadline=row.deadline,
        state=row.state,
        revision=row.revision,
        requested_at=row.requested_at,
        due_at=row.due_at,
        issued_at=row.issued_at,
        level=row.level,
        wanted_level=row.wanted_level,
        anchored=row.anchored,
        facts_up_to=row.facts_up_to,
        supersedes=row.supersedes,
        superseded_by=later.get((row.subject, row.kind, row.deadline, row.revision), ""),
        reason=row.reason,
        last_error=row.last_error,
        size=row.size,
        has_bundle=bool(row.bundle_sha256),
    )


def _views(rows: Sequence[Certificate]) -> tuple[CertificateView, ...]:
    """Views of some rows, each with the code that superseded it."""
    issued = Certificate.objects.filter(
        subject__in={row.subject for row in rows}, state=Certificate.State.ISSUED, revision__gt=1
    ).values_list("subject", "kind", "deadline", "revision", "code")
    later = {(subject, kind, deadline, revision - 1): code for subject, kind, deadline, revision, code in issued}
    return tuple(_view(row, later) for row in rows)


def certificates_of(access: Access, *, communication: UUID) -> tuple[CertificateView, ...]:
    """Return the documents of one communication, the newest revision first, certificates before receipts."""
    rows = Certificate.objects.filter(
        organisation_id=access.organisation, subject_kind=KIND, subject=communication
    ).order_by("kind", "-revision")
    return _views(list(rows))


def certificates_of_ticket(access: Access, *, ticket: UUID) -> tuple[CertificateView, ...]:
    """Return the documents of one ticket, the newest revision first; each view's `communication` is the ticket."""
    rows = Certificate.objects.filter(organisation_id=access.organisation, subject_kind=TICKET, subject=ticket)
    return _views(list(rows.order_by("kind", "-revision")))


def certificates(access: Access, *, before: datetime | None = None, limit: int = PAGE) -> tuple[CertificateView, ...]:
    """Return the organisation's documents, the newest request first.

    Args:
        access: of the member who asks.
        before: requested earlier than this; None = the newest.
        limit: at most 200.
    """
    rows = Certificate.objects.filter(organisation_id=access.organisation)
    if before is not None:
        rows = rows.filter(requested_at__lt=before)
    return _views(list(rows.order_by("-requested_at", "-id")[: min(limit, 200)]))


def certificate(access: Access, *, code: str) -> CertificateView | None:
    """Return one document of the organisation by its code, or None."""
    row = Certificate.objects.filter(organisation_id=access.organisation, code=code).first()
    return _views([row])[0] if row else None


def communication_of(access: Access, *, code: str) -> UUID | None:
    """Return the communication that a typed code belongs to, or None where it is no code of the organisation."""
    normal = rules.normalise_code(code)
    if normal is None:
        return None
    found = Certificate.objects.filter(organisation_id=access.organisation, code=normal, subject_kind=KIND)
    return found.values_list("subject", flat=True).first()


def communications_by_code(access: Access, *, beginning: str) -> frozenset[UUID]:
    """Return the communications with a document whose code begins as typed, by a group or more; up to ``PAGE``."""
    normal = rules.normalise_beginning(beginning)
    if normal is None:
        return frozenset()
    found = Certificate.objects.filter(organisation_id=access.organisation, code__startswith=normal, subject_kind=KIND)
    return frozenset(found.values_list("subject", flat=True)[:PAGE])


def sealed_pdf(access: Access, *, code: str) -> bytes | None:
    """Return the sealed PDF of an issued document of the organisation, or None.

    Raises:
        AcuseError: custody lost it or it is damaged.
    """
    row = _issued(access, code)
    return custody.open_object(organisation=access.organisation, sha256=row.sha256) if row else None


def proof_bundle(access: Access, *, code: str) -> tuple[bytes, str] | None:
    """Return the proof bundle of an issued document of the organisation and its media type, or None where it has none.

    Raises:
        AcuseError: custody lost it or it is damaged.
    """
    row = _issued(access, code)
    if row is None or not row.bundle_sha256:
        return None
    return bundles.handed_out(
        organisation=access.organisation, proof_sha256=row.bundle_sha256, kind=row.kind, deadline=row.deadline
    )


def ticket_proof(access: Access, *, ticket: UUID) -> tuple[bytes, str] | None:
    """Return the proof of a ticket's facts as it stands, with what its deadlines are counted by, and its media type.

    Returns:
        None while a time stamp does not cover all of them, or there is no such ticket.

    Raises:
        AcuseError: custody lost an object, or it is damaged.
    """
    bundle = evidence.bundle_for(organisation=access.organisation, kind=TICKET, id=ticket)
    if bundle is None:
        return None
    return bundles.packed(organisation=access.organisation, proof=bundle.to_json(), kind=Certificate.Kind.CERTIFICATE)


def _issued(access: Access, code: str) -> Certificate | None:
    issued = Certificate.objects.filter(organisation_id=access.organisation, state=Certificate.State.ISSUED)
    return issued.filter(code=code).first()


def public_record(*, code: str) -> PublicRecord | None:
    """Return what anybody may learn from a typed code; None where no issued document has it."""
    normal = rules.normalise_code(code)
    return None if normal is None else _record(Certificate.objects.filter(code=normal))


def public_record_of_file(*, sha256: str) -> PublicRecord | None:
    """Return what anybody may learn from a sealed document of this installation or its proof; None for others.

    Args:
        sha256: digest of the PDF or of `proof.json`, 64 lower-case hex digits.
    """
    return _record(Certificate.objects.filter(Q(sha256=sha256) | Q(bundle_sha256=sha256)))


def public_record_of_proof(*, sha256: str, deadline: str) -> PublicRecord | None:
    """Return the same from a bundle, whose proof documents about several deadlines of a case may share.

    Args:
        sha256: digest of `proof.json`, 64 lower-case hex digits.
        deadline: identifier of the one deadline that its statement names; "" where it names none.
    """
    return _record(Certificate.objects.filter(bundle_sha256=sha256, deadline=deadline))


def _record(found: "QuerySet[Certificate]") -> PublicRecord | None:
    row = found.select_related("organisation").filter(state=Certificate.State.ISSUED).first()
    if row is None or row.issued_at is None or row.facts_up_to is None:
        return None
    organisation, up_to = row.organisation_id, row.facts_up_to
    every = evidence.facts_of(organisation=organisation, kind=row.subject_kind, id=row.subject)
    facts = tuple(item.fact for item in every if item.position is not None and item.position <= up_to)
    if not facts:
        return None

    def open_object(sha256: str) -> bytes:
        return custody.open_object(organisation=organisation, sha256=sha256)

    found_now, unjudged = None, None
    try:
        found_now = judged(facts, facts_up_to=up_to, sources=Sources.read(facts, open_object))
    except AcuseError as error:
        log.exception("what was issued cannot be judged", extra={"code": row.code})
        unjudged = error
    view = _views([row])[0]
    return PublicRecord(
        code=row.code,
        kind=row.kind,
        revision=row.revision,
        issued_at=row.issued_at,
        level=row.level,
        organisation=row.organisation.name,
        verdict=found_now.delivery if found_now else None,
        deadlines=found_now.deadlines if found_now else None,
        deadline=row.deadline,
        unjudged=unjudged,
        facts=facts,
        facts_up_to=row.facts_up_to,
        anchored=row.anchored,
        supersedes=row.supersedes,
        superseded_by=view.superseded_by,
    )


def is_receipt_asked(*, organisation: UUID, ticket: UUID) -> bool:
    """Say whether the receipt of a case was asked for, made or not."""
    rows = Certificate.objects.filter(organisation_id=organisation, subject_kind=TICKET, subject=ticket)
    return rows.filter(kind=Certificate.Kind.RECEIPT).exists()


@dataclass(frozen=True, kw_only=True)
class IssuedFile:
    """A sealed certificate in custody."""

    code: str
    sha256: str


def newest_certificate(*, organisation: UUID, communication: UUID) -> IssuedFile | None:
    """Return the newest issued certificate of a communication, for its recipient; None while there is none.

    Args:
        organisation: whose communication it is. communication: the subject.
    """
    return _newest(organisation, Subject(kind=KIND, id=communication), Certificate.Kind.CERTIFICATE)


def newest_receipt(*, organisation: UUID, ticket: UUID) -> IssuedFile | None:
    """Return the newest issued receipt of a case, for its customer; None while there is none.

    Args:
        organisation: whose case it is. ticket: the subject.
    """
    return _newest(organisation, Subject(kind=TICKET, id=ticket), Certificate.Kind.RECEIPT)


def _newest(organisation: UUID, subject: Subject, kind: str) -> IssuedFile | None:
    row = (
        Certificate.objects.filter(
            organisation_id=organisation,
            subject_kind=subject.kind,
            subject=subject.id,
            kind=kind,
            state=Certificate.State.ISSUED,
        )
        .order_by("-revision")
        .values_list("code", "sha256")
        .first()
    )
    return IssuedFile(code=row[0], sha256=row[1]) if row else None


def certified_among(*, organisation: UUID, communications: Sequence[UUID]) -> frozenset[UUID]:
    """Return those of some communications that `newest_certificate` finds a certificate of."""
    issued = Certificate.objects.filter(
        organisation_id=organisation,
        subject_kind=KIND,
        subject__in=communications,
        kind=Certificate.Kind.CERTIFICATE,
        state=Certificate.State.ISSUED,
    )
    return frozenset(issued.values_list("subject", flat=True))
