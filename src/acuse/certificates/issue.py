"""Issuing: compile, tell, typeset, seal, keep, record. Meets the network (time stamps) and runs outside transactions.

1. The bundle must be published, and time-stamped unless the authorities have not answered for a while.
2. The dossier: facts, message, attachments, context. Its proof is verified as anybody would: what does not verify is
   not issued, whatever the database says (custody compares each object with its digest).
3. The story, typeset into the unsigned PDF: a function of facts, objects, template, fonts and the document's date.
4. The seal, at the wanted level, or at the highest that can be had now: a lack of time stamps costs a level, never a
   document.
5. PDF and bundle into custody. A crash up to here leaves the request as it was; it is issued again.
6. One transaction: facts `certificate.issued` (and `certificate.level_lowered`), and the row becomes *issued*.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction

from acuse import clock
from acuse.certificates import rules
from acuse.certificates.dossier import Dossier, Standing, compile_dossier
from acuse.certificates.models import Certificate
from acuse.certificates.services import UPGRADE, request_certificate
from acuse.certificates.stories import communication, deadlines, entry, receipt
from acuse.certificates.stories import record as record_of_case
from acuse.certificates.stories.context import Level
from acuse.errors import AcuseError, ConflictError, TemporaryError
from acuse.evidence import custody
from acuse.evidence.custody import Kept
from acuse.evidence.ledger import FactDraft, record, refer
from acuse.evidence.queries import bundle_for, facts_of
from acuse.evidence.statements import execute
from acuse.mail.read import read
from acuse.pdf.pool import Typesetter
from acuse.pdf.sign import RequestToken, RevocationLists, Seal, SealedPdf
from acuse.proof.bundle import Bundle
from acuse.proof.facts.communication import KIND as COMMUNICATION
from acuse.proof.facts.deadline import KIND as TICKET
from acuse.proof.facts.fact import Actor, Subject
from acuse.proof.judging import named_communications
from acuse.proof.report import State
from acuse.proof.trust import Trust
from acuse.proof.verify import verify_bytes

log = logging.getLogger(__name__)

ISSUER = Actor(kind="component", id="certificates")
TEMPLATES = Path(__file__).parent / "templates"
PDF = "application/pdf"
_LONGEST_REASON = 2000
_ISSUED = """
UPDATE certificates_certificates SET state = 'issued', level = %(level)s, anchored = %(anchored)s,
    needs_upgrade = %(needs_upgrade)s, facts_up_to = %(facts_up_to)s, issued_at = %(issued_at)s, sha256 = %(sha256)s,
    size = %(size)s, bundle_sha256 = %(bundle_sha256)s, lease = NULL, lease_until = NULL, last_error = ''
WHERE id = %(id)s AND lease = %(lease)s AND state = 'requested'
"""
_NOT_PUBLISHED_WAIT = timedelta(milliseconds=300)


class NotPublished(TemporaryError):
    """The facts are not yet under a published, time-stamped checkpoint; this is the usual reason to wait."""


class Unproved(AcuseError):
    """The evidence at hand does not verify: a document over it would prove nothing. Its message begins as below."""

    BEGINNING = "The evidence of this document does not verify"


@dataclass(frozen=True, kw_only=True)
class Press:
    """What issuing needs from the world.

    Args:
        seal: key and chain.
        standing: what the documents say of seal and time stamps.
        typesetter: of the PDFs.
        request_token: an RFC 3161 token over an imprint; raises TemporaryError when no authority answers.
        revocation_lists: for the chains of seal and time stamps.
        trust: what the installation's own evidence must lead to, never taken from the database.
    """

    seal: Seal
    standing: Standing
    typesetter: Typesetter
    request_token: RequestToken
    revocation_lists: RevocationLists
    trust: Trust


def issue(*, certificate: UUID, lease: UUID, press: Press) -> None:
    """Issue the document that was asked for.

    Args:
        certificate: the request.
        lease: under which it is claimed.
        press: seal, typesetter, time stamps.

    Raises:
        NotPublished: try again shortly.
        TemporaryError: custody or the typesetter cannot now.
        Unproved: the evidence does not verify.
        ConflictError: somebody else holds the lease.
    """
    row = Certificate.objects.get(id=certificate)
    # Step 1
    bundle = _bundle(row)
    dated_at = clock.now().replace(microsecond=0)
    # Steps 2 to 4
    sealed, dossier, lacking = _seal_at_best(row, bundle, dated_at, press)
    # Step 5
    document = custody.keep(organisation=row.organisation_id, content=sealed.content, media_type=PDF)
    proof = custody.keep(organisation=row.organisation_id, content=dossier.proof, media_type="application/json")
    # Step 6
    _record(row, lease, sealed, document, proof, dossier, lacking)


def _bundle(row: Certificate) -> Bundle:
    """Return the proof of the facts that the document tells: a receipt tells the first alone, a record others too."""
    up_to = 1 if row.kind == Certificate.Kind.RECEIPT else None
    patience = timedelta() if row.kind == Certificate.Kind.RECEIPT else rules.ANCHOR_PATIENCE
    if row.reason == UPGRADE:
        patience = timedelta.max

    others = _named(row) if row.kind in rules.RECORDS else ()

    def ask(*, unanchored: bool) -> Bundle | None:
        return bundle_for(
            organisation=row.organisation_id,
            kind=row.subject_kind,
            id=row.subject,
            up_to=up_to,
            unanchored=unanchored,
            others=others,
        )

    bundle = ask(unanchored=False)
    if bundle is None and clock.now() - max(row.due_at, row.requested_at) >= patience:
        bundle = ask(unanchored=True)
    if bundle is None:
        raise NotPublished("The facts are not yet in a published checkpoint.")
    return bundle


def _named(row: Certificate) -> Sequence[Subject]:
    """Return the communications that a case names, the last ones where there are too many."""
    facts = facts_of(organisation=row.organisation_id, kind=row.subject_kind, id=row.subject)
    named = named_communications(item.fact for item in facts)[-rules.MOST_COMMUNICATIONS :]
    return [Subject(kind=COMMUNICATION, id=UUID(each)) for each in named]


def _levels(row: Certificate) -> list[Level]:
    """Return the levels to try, the best first. An upgrade that would upgrade nothing waits instead."""
    if row.reason == UPGRADE:
        return [cast(Level, row.wanted_level)]
    best = rules.LEVELS.index(row.wanted_level)
    return [cast(Level, level) for level in reversed(rules.LEVELS[: best + 1])]


def _seal_at_best(
    row: Certificate, bundle: Bundle, dated_at: datetime, press: Press
) -> tuple[SealedPdf, Dossier, tuple[TemporaryError, ...]]:
    """Typeset and seal at the highest level that can be had, which the document states; say what lacked for more."""
    failures: list[TemporaryError] = []
    for level in _levels(row):
        dossier = compile_dossier(row, bundle=bundle, level=level, dated_at=dated_at, standing=press.standing)
        _check(dossier, press.trust)
        unsigned = pages(row.kind, dossier, press.typesetter)
        try:
            return _seal(unsigned, level, dated_at, press), dossier, tuple(failures)
        except TemporaryError as error:
            failures.append(error)
            log.warning("sealing at %s failed, trying lower: %s", level, error, extra={"certificate": row.code})
    raise failures[-1]


def _check(dossier: Dossier, trust: Trust) -> None:
    """Verify proof and statement as they will be embedded.

    Verifying the whole sealed PDF takes longer than making it; this takes a fiftieth of that.
    """
    report = verify_bytes(dossier.archive().to_zip(), filename="proof.zip", trust=trust)
    if report.state is not State.VALID:
        wrong = next(step for step in report.steps if step.state is report.state)
        raise Unproved(f"{Unproved.BEGINNING}, at step {wrong.number}: {wrong.text}")


def pages(kind: str, dossier: Dossier, typesetter: Typesetter) -> bytes:
    """Return the unsigned PDF of a dossier: equal dossiers give equal bytes.

    Args:
        kind: see `acuse.certificates.models.Certificate.Kind`.
        dossier: what it is made of; its context holds the date.
        typesetter: of the PDF.
    """
    tell, template = _DOCUMENTS[dossier.facts[0].subject.kind, Certificate.Kind(kind)]
    model = tell(dossier)
    return typesetter.typeset(str(TEMPLATES / template), model, dossier.attachments, date=dossier.context.issued_at)


_Kind = Certificate.Kind


def _communication(dossier: Dossier) -> dict[str, Any]:
    return communication.tell(dossier.bundle.facts, read(dossier.message or b""), dossier.context)


def _receipt(dossier: Dossier) -> dict[str, Any]:
    return receipt.tell(dossier.bundle.facts, read(dossier.message or b""), dossier.context)


def _deadlines(dossier: Dossier) -> dict[str, Any]:
    message = None if dossier.message is None else read(dossier.message)
    return deadlines.tell(dossier.bundle.facts, message, dossier.sources, dossier.context, about=dossier.about)


def _entry(dossier: Dossier) -> dict[str, Any]:
    return entry.tell(dossier.bundle.facts, dossier.written, dossier.context)


def _record_of_case(dossier: Dossier, *, notes: bool) -> dict[str, Any]:
    bundle = dossier.bundle
    return record_of_case.tell(
        bundle.facts, bundle.others, dossier.written, dossier.sources, dossier.context, notes=notes
    )


_DOCUMENTS: Mapping[tuple[str, str], tuple[Callable[[Dossier], dict[str, Any]], str]] = {
    (COMMUNICATION, _Kind.CERTIFICATE): (_communication, "certificate.typ"),
    (COMMUNICATION, _Kind.RECEIPT): (_receipt, "receipt.typ"),
    (TICKET, _Kind.CERTIFICATE): (_deadlines, "deadlines.typ"),
    (TICKET, _Kind.DEADLINE): (_deadlines, "deadlines.typ"),
    (TICKET, _Kind.RECEIPT): (_entry, "receipt.typ"),
    (TICKET, _Kind.RECORD): (partial(_record_of_case, notes=False), "record.typ"),
    (TICKET, _Kind.RECORD_WITH_NOTES): (partial(_record_of_case, notes=True), "record.typ"),
}


def _seal(unsigned: bytes, level: Level, dated_at: datetime, press: Press) -> SealedPdf:
    roots = [root.public_bytes(Encoding.DER) for root in press.standing.roots]
    return press.seal.sign_pdf(
        unsigned,
        level=level,
        signed_at=dated_at,
        request_token=press.request_token,
        trust_roots=roots,
        revocation_lists=press.revocation_lists,
    )


def _record(
    row: Certificate,
    lease: UUID,
    sealed: SealedPdf,
    document: Kept,
    proof: Kept,
    dossier: Dossier,
    lacking: Sequence[TemporaryError],
) -> None:
    receipt_asked = row.kind == Certificate.Kind.RECEIPT
    bundle = dossier.bundle
    lower = rules.is_lower(sealed.level, row.wanted_level)
    with transaction.atomic():
        draft = FactDraft(
            organisation=row.organisation_id,
            subject_kind=row.subject_kind,
            subject_id=row.subject,
            type="receipt.issued" if receipt_asked else "certificate.issued",
            actor=ISSUER,
            details={
                "code": row.code,
                "revision": row.revision,
                "level": sealed.level,
                "facts_up_to": bundle.facts_up_to,
                "supersedes": row.supersedes or None,
                "reason": row.reason or None,
                **({"document": row.kind} if row.kind in rules.RECORDS else {}),
                **({"deadline": row.deadline} if row.deadline else {}),
            },
            objects=(refer("certificate", document), refer("proof-bundle", proof)),
        )
        drafts = [draft]
        if lower:
            drafts.append(_lowered(draft, row.wanted_level, sealed.level, lacking))
        # The subject's head before the certificate's row, as all do that record a fact and then ask for a revision.
        first, *_ = record(*drafts)
        issued = execute(
            _ISSUED,
            {
                "id": row.id,
                "lease": lease,
                "level": sealed.level,
                "anchored": bool(bundle.tokens),
                "needs_upgrade": not receipt_asked and (lower or not bundle.tokens),
                "facts_up_to": bundle.facts_up_to,
                "issued_at": clock.now(),
                "sha256": document.sha256,
                "size": document.size,
                "bundle_sha256": proof.sha256,
            },
        ).rowcount
        if not issued:
            raise ConflictError("Another worker issued this document.")
        told = bundle.facts[-1].fact.subject_sequence
        # A fact between the last one told and that of the issue came too late to be inside.
        if first.subject_sequence > told + 1:
            _supersede_if_changed(row, told)


def _supersede_if_changed(row: Certificate, told: int) -> None:
    """Ask for the next revision where what came back while this one was being made changes what it tells.

    Args:
        row: the document that was just issued.
        told: subject sequence of the last fact inside.
    """
    if row.kind == Certificate.Kind.RECEIPT or row.subject_kind != COMMUNICATION:
        return
    known = facts_of(organisation=row.organisation_id, kind=row.subject_kind, id=row.subject)
    missed = [item.fact.type for item in known if item.fact.subject_sequence > told and item.fact.type in rules.CHANGES]
    if missed:
        request_certificate(
            organisation=row.organisation_id, communication=row.subject, final_at=clock.now(), reason=missed[0]
        )


def _lowered(draft: FactDraft, wanted: str, level: str, lacking: Sequence[TemporaryError]) -> FactDraft:
    return FactDraft(
        organisation=draft.organisation,
        subject_kind=draft.subject_kind,
        subject_id=draft.subject_id,
        type="certificate.level_lowered",
        actor=ISSUER,
        details={
            "code": draft.details["code"],
            "wanted": wanted,
            "level": level,
            "reason": " ".join(dict.fromkeys(map(str, lacking)))[:_LONGEST_REASON],
        },
    )


def put_off(*, certificate: UUID, lease: UUID, error: Exception) -> None:
    """Leave a request for later, unless another worker took it over meanwhile.

    Not being published yet is no failure and is asked again at once.
    """
    with transaction.atomic():
        row = (
            Certificate.objects.select_for_update()
            .filter(id=certificate, lease=lease, state=Certificate.State.REQUESTED)
            .first()
        )
        if row is None:
            return
        if isinstance(error, NotPublished):
            wait = _NOT_PUBLISHED_WAIT
        else:
            row.tries += 1
            row.last_error = str(error)[:2000]
            wait = rules.retry_wait(row.tries)
        row.lease, row.lease_until = None, clock.now() + wait
        row.save(update_fields=["tries", "last_error", "lease", "lease_until"])
