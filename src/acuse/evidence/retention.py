"""Retention: the one way by which facts and objects leave, which is itself a fact (evidence.md 1.7).

Entries stay for ever: the ledger remains verifiable, and shows that something was there.
"""

from collections.abc import Mapping, Sequence
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

Citations = Mapping[tuple[UUID, str], frozenset[tuple[str, UUID]]]
"""(organisation, SHA-256 of an object) -> the subjects (kind, id) whose facts cite it."""

_CITATIONS = """
WITH cited AS MATERIALIZED (
    SELECT fact.organisation, fact.kind, fact.subject, found[1] AS sha256
    FROM evidence_facts AS fact
    CROSS JOIN regexp_matches(convert_from(fact.canonical, 'UTF8'), '"sha256":"([0-9a-f]{64})"', 'g') AS found
    WHERE fact.organisation = ANY(%(organisations)s)
)
SELECT DISTINCT organisation, sha256, kind, subject FROM cited WHERE (organisation, sha256) IN (
    SELECT cited.organisation, cited.sha256 FROM cited
    JOIN unnest(%(kinds)s::text[], %(subjects)s::uuid[]) AS due (kind, subject) USING (kind, subject)
)
"""


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


def held(*, kind: str, subjects: Sequence[UUID]) -> bool:
    """Tell whether one of these subjects is under legal hold."""
    return Head.objects.filter(kind=kind, subject__in=subjects, legal_hold=True).exists()


def ended(*, organisation: UUID, kind: str, subject: UUID) -> bool:
    """Tell whether a subject may be erased now: its retention has ended, and there is no legal hold."""
    mine = Head.objects.filter(organisation=organisation, kind=kind, subject=subject)
    return mine.filter(legal_hold=False, retain_until__lte=clock.now()).exists()


def extend(*, kind: str, subject: UUID, until: datetime) -> datetime:
    """Keep a subject's facts and objects until a later date; an earlier one changes nothing.

    Returns:
        Until when they are kept now.

    Raises:
        InputError: there is no such subject.
    """
    with transaction.atomic():
        head = Head.objects.select_for_update().filter(kind=kind, subject=subject).first()
        if head is None:
            raise InputError("There is no such subject.")
        if until <= head.retain_until:
            return head.retain_until
        Head.objects.filter(id=head.id).update(retain_until=until)
        digests = _digests(head.organisation, kind, subject)
        StoredObject.objects.filter(organisation=head.organisation, sha256__in=digests, retain_until__lt=until).update(
            retain_until=until
        )
    return until


def due(*, limit: int = 1000) -> list[Due]:
    """Return subjects whose retention has ended and that are not held, the oldest first."""
    rows = Head.objects.filter(retain_until__lt=clock.now(), legal_hold=False, sequence__gt=0).order_by("retain_until")
    return [
        Due(organisation=row.organisation, kind=row.kind, subject=row.subject, retain_until=row.retain_until)
        for row in rows.filter(Exists(Fact.objects.filter(kind=OuterRef("kind"), subject=OuterRef("subject"))))[:limit]
    ]


def citations_of(subjects: Sequence[Due]) -> Citations:
    """Return who cites the objects of subjects that may be erased: all facts of their organisations, read once.

    A fact recorded after this prolongs the term of what it cites, so that `erase` keeps it.
    """
    citing: dict[tuple[UUID, str], set[tuple[str, UUID]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _CITATIONS,
            {
                "organisations": list({each.organisation for each in subjects}),
                "kinds": [each.kind for each in subjects],
                "subjects": [each.subject for each in subjects],
            },
        )
        for organisation, sha256, kind, subject in cursor.fetchall():
            citing.setdefault((organisation, sha256), set()).add((kind, subject))
    return {key: frozenset(each) for key, each in citing.items()}


def erase(*, organisation: UUID, kind: str, subject: UUID, reason: str, citations: Citations) -> int:
    """Erase the facts and objects of a subject whose retention has ended.

    The objects are removed after the commit, also where a transaction is around this one. A crash in between leaves
    objects whose rows are gone, which `fsck` names and a second call removes, recording nothing again.

    Args:
        organisation: whose subject it is.
        kind: of the subject.
        subject: which one.
        reason: recorded, without personal data.
        citations: from `citations_of` this subject, perhaps with others; an object that is not in it stays.

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
        digests = _unshared(head, _digests(organisation, kind, subject), citations, now)
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


def _unshared(head: Head, digests: set[str], citations: Citations, now: datetime) -> set[str]:
    """Keep out the objects whose own term runs, and those that facts of another subject cite: they need them still."""
    # Locked: whoever is citing one of them right now has prolonged its term, and is waited for.
    ended = (
        StoredObject.objects.select_for_update()
        .filter(organisation=head.organisation, sha256__in=digests, retain_until__lte=now)
        .values_list("sha256", flat=True)
    )
    this = (head.kind, head.subject)
    return {
        sha256
        for sha256 in ended
        if this in (citing := citations.get((head.organisation, sha256), frozenset()))
        and not any(Fact.objects.filter(kind=kind, subject=subject).exists() for kind, subject in citing - {this})
    }
