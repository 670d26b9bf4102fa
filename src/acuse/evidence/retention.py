"""Retention: the one way by which facts and objects leave, which is itself a fact (evidence.md 1.7).

Entries stay for ever: the ledger remains verifiable, and shows that something was there.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from acuse import clock
from acuse.errors import ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.ledger import FactDraft, record
from acuse.evidence.models import Fact, Head, StoredObject
from acuse.evidence.queries import facts_of
from acuse.proof.facts.fact import Actor
from acuse.proof.facts.fact import Fact as ProvenFact

#: How many digests one fact names.
_NAMED = 1000
_ERASER = Actor(kind="component", id="retention")


@dataclass(frozen=True, kw_only=True)
class Due:
    """A subject whose retention has ended."""

    organisation: UUID
    kind: str
    subject: UUID
    retain_until: datetime


def hold(*, kind: str, subject: UUID, held: bool) -> None:
    """Put a subject under legal hold, or release it: what is held is never erased.

    Raises:
        InputError: there is no such subject.
    """
    if not Head.objects.filter(kind=kind, subject=subject).update(legal_hold=held):
        raise InputError("There is no such subject.")


def extend(*, kind: str, subject: UUID, until: datetime) -> None:
    """Keep a subject's facts and objects until a later date; an earlier one changes nothing.

    Raises:
        InputError: there is no such subject.
    """
    with transaction.atomic():
        head = Head.objects.select_for_update().filter(kind=kind, subject=subject).first()
        if head is None:
            raise InputError("There is no such subject.")
        if until <= head.retain_until:
            return
        Head.objects.filter(id=head.id).update(retain_until=until)
        digests = _digests(head.organisation, kind, subject)
        StoredObject.objects.filter(organisation=head.organisation, sha256__in=digests, retain_until__lt=until).update(
            retain_until=until
        )


def due(*, limit: int = 1000) -> list[Due]:
    """Return subjects whose retention has ended and that are not held, the oldest first."""
    rows = Head.objects.filter(retain_until__lt=clock.now(), legal_hold=False, sequence__gt=0).order_by("retain_until")
    return [
        Due(organisation=row.organisation, kind=row.kind, subject=row.subject, retain_until=row.retain_until)
        for row in rows.filter(Exists(Fact.objects.filter(kind=OuterRef("kind"), subject=OuterRef("subject"))))[:limit]
    ]


def erase(*, organisation: UUID, kind: str, subject: UUID, reason: str) -> int:
    """Erase the facts and objects of a subject whose retention has ended.

    The objects are removed after the commit, also where a transaction is around this one. A crash in between leaves
    objects whose rows are gone, which `fsck` names and a second call removes, recording nothing again.

    Args:
        organisation: whose subject it is.
        kind: of the subject.
        subject: which one.
        reason: recorded, without personal data.

    Returns:
        How many facts were erased.

    Raises:
        ConflictError: the retention has not ended, or there is a legal hold.
    """
    now = clock.now()
    with transaction.atomic():
        head = Head.objects.select_for_update().filter(kind=kind, subject=subject, organisation=organisation).first()
        if head is None or head.legal_hold or head.retain_until > now:
            raise ConflictError("The retention of this subject has not ended, or it is on legal hold.")
        facts = facts_of(organisation=organisation, kind=kind, id=subject)
        digests = _unshared(head, _digests(organisation, kind, subject), now)
        if facts:
            with connection.cursor() as cursor:
                cursor.execute("SELECT evidence_erase_facts(%s, %s)", (kind, subject))
            StoredObject.objects.filter(organisation=organisation, sha256__in=digests).delete()
            record(*_erased(organisation, sorted(digests), [item.fact.entry().hex() for item in facts], reason))
        else:
            digests = _left_behind(organisation)
        transaction.on_commit(lambda: _remove(organisation, digests))
    return len(facts)


def _remove(organisation: UUID, digests: set[str]) -> None:
    for digest in digests:
        custody.store().delete(custody.object_key(organisation, digest))


def _left_behind(organisation: UUID) -> set[str]:
    """Return the digests of erased objects that nothing cites again: a crash may have left them in custody."""
    told = Fact.objects.filter(organisation=organisation, type="content.erased").values_list("canonical", flat=True)
    erased = {digest for canonical in told for digest in ProvenFact.parse(bytes(canonical)).details["objects"]}
    kept = StoredObject.objects.filter(organisation=organisation, sha256__in=erased)
    return erased - set(kept.values_list("sha256", flat=True))


def _erased(organisation: UUID, objects: list[str], entries: list[str], reason: str) -> list[FactDraft]:
    """Return the facts that say what was erased, by digest; `fsck` looks for every missing entry here."""
    return [
        FactDraft(
            organisation=organisation,
            subject_kind="organisation",
            subject_id=organisation,
            type="content.erased",
            actor=_ERASER,
            details={
                "objects": objects[start : start + _NAMED],
                "facts": entries[start : start + _NAMED],
                "reason": reason,
            },
        )
        for start in range(0, max(len(objects), len(entries), 1), _NAMED)
    ]


def _digests(organisation: UUID, kind: str, subject: UUID) -> set[str]:
    facts = facts_of(organisation=organisation, kind=kind, id=subject)
    return {item.sha256 for found in facts for item in found.fact.objects}


def _unshared(head: Head, digests: set[str], now: datetime) -> set[str]:
    """Keep out the objects whose own term runs, and those that facts of another subject cite: they need them still.

    It reads the organisation's facts once; erasing is rare and has time.
    """
    ended = StoredObject.objects.filter(
        organisation=head.organisation, sha256__in=digests, retain_until__lte=now
    ).values_list("sha256", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT digest FROM unnest(%s::text[]) AS digest WHERE NOT EXISTS (SELECT 1 FROM evidence_facts AS fact "
            "WHERE fact.organisation = %s AND (fact.kind, fact.subject) <> (%s, %s) "
            "AND position(convert_to(digest, 'UTF8') IN fact.canonical) > 0)",
            (sorted(ended), head.organisation, head.kind, head.subject),
        )
        return {row[0] for row in cursor.fetchall()}
