"""The walk over all entries and their facts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from acuse.errors import AcuseError
from acuse.evidence import custody
from acuse.evidence.fsck import values
from acuse.evidence.fsck.objects import without_row
from acuse.evidence.fsck.tree import Tree
from acuse.evidence.fsck.values import Finding
from acuse.proof.facts.fact import Fact

#: Entries with their facts, and of each fact the one about its subject that the ledger holds before it. The columns
#: that this sorts by are compared with what is inside each fact, in the order of the ledger, before they count.
_WALK = """
SELECT entry.position, entry.entry, entry.organisation, entry.organisation_sequence, fact.canonical,
       before.sequence, before.entry, fact.kind, fact.subject, fact.type, fact.sequence
FROM evidence_entries AS entry
LEFT JOIN evidence_facts AS fact ON fact.entry = entry.entry
LEFT JOIN (
    SELECT inner_entry.position, lag(inner_fact.sequence) OVER subject AS sequence,
           lag(inner_fact.entry) OVER subject AS entry
    FROM evidence_entries AS inner_entry JOIN evidence_facts AS inner_fact ON inner_fact.entry = inner_entry.entry
    WINDOW subject AS (PARTITION BY inner_fact.kind, inner_fact.subject ORDER BY inner_entry.position)
) AS before ON before.position = entry.position
ORDER BY entry.position
"""

#: The first entry whose fact is gone although no fact in the ledger says that it was erased.
_LOST = """
SELECT min(entry.position) FROM evidence_entries AS entry
WHERE NOT EXISTS (SELECT 1 FROM evidence_facts AS fact WHERE fact.entry = entry.entry) AND NOT EXISTS (
    SELECT 1 FROM (
        SELECT jsonb_array_elements_text(convert_from(fact.canonical, 'UTF8')::jsonb #> '{details,facts}') AS entry
        FROM evidence_facts AS fact JOIN evidence_entries AS placed ON placed.entry = fact.entry
        WHERE fact.type = 'content.erased'
    ) AS erased WHERE erased.entry = encode(entry.entry, 'hex')
)
"""

#: Whether an entry stands before a position while its fact is gone.
_GONE = """
SELECT EXISTS (SELECT 1 FROM evidence_entries AS entry WHERE entry.entry = %s AND entry.position < %s
               AND NOT EXISTS (SELECT 1 FROM evidence_facts AS fact WHERE fact.entry = entry.entry))
"""


@dataclass
class Reading:
    """What the walk over the entries has seen so far."""

    tree: Tree
    facts: int = 0
    sequences: dict[UUID, int] = field(default_factory=dict)
    cited: list[tuple[UUID, str]] = field(default_factory=list)
    unprotected: str | None = None

    def take(self, row: Sequence[Any]) -> str | None:
        """Take the next entry with its fact; return what is wrong with them, or None."""
        position, entry, organisation, sequence, canonical, *others = row
        of_entry = self._take_entry(position, bytes(entry), organisation, sequence)
        if canonical is None:
            return of_entry
        of_fact = self._take_fact(position, bytes(entry), organisation, bytes(canonical), others)
        return of_entry or of_fact

    def _take_entry(self, position: int, entry: bytes, organisation: UUID, sequence: int) -> str | None:
        expected, last = self.tree.size, self.sequences.get(organisation, 0)
        self.sequences[organisation] = sequence
        self.tree.add(entry)
        if position != expected:
            return f"Positions jump from {expected - 1} to {position}."
        if sequence != last + 1:
            return f"The sequence of organisation {organisation} has a gap."
        return None

    def _take_fact(
        self, position: int, entry: bytes, organisation: UUID, canonical: bytes, others: Sequence[Any]
    ) -> str | None:
        self.facts += 1
        try:
            fact = Fact.parse(canonical)
        except AcuseError as error:
            return f"The fact is not readable: {error}"
        if fact.entry() != entry:
            return f"The fact {fact.id} was altered: its digest is not that of its entry."
        sequence_before, entry_before, *columns = others
        stated = [fact.subject.kind, fact.subject.id, fact.type, fact.subject_sequence]
        if [*stated, fact.organisation] != [*columns, organisation]:
            return f"The columns of fact {fact.id} say something else than the fact."
        self._cite(fact)
        if not _follows(fact, position, sequence_before, entry_before):
            return f"The fact {fact.id} does not follow the one before it about {fact.subject.kind} {fact.subject.id}."
        return None

    def _cite(self, fact: Fact) -> None:
        self.cited += ((fact.organisation, item.sha256) for item in fact.objects)
        if len(self.cited) >= values.CHUNK:
            self.check_cited()

    def check_cited(self) -> None:
        """Look for the rows of the objects cited since the last time."""
        if self.unprotected is None:
            keys = (custody.object_key(*cited) for cited in self.cited)
            self.unprotected = next(without_row(keys), None)
        self.cited = []


def _follows(fact: Fact, position: int, sequence: int | None, entry: bytes | None) -> bool:
    """Say whether a fact continues what the ledger holds about its subject before it."""
    if entry is not None and sequence is not None:
        return (fact.subject_sequence, fact.previous) == (sequence + 1, bytes(entry))
    if fact.subject_sequence == 1:
        return fact.previous is None
    # Those before it were erased: their entries are still there.
    with connection.cursor() as cursor:
        cursor.execute(_GONE, (fact.previous, position))
        return bool(cursor.fetchone()[0])


def examine_entries() -> tuple[Reading, list[Finding]]:
    """Walk over every entry with its fact; return what was seen, and the first damage."""
    reading = Reading(tree=Tree())
    findings: list[Finding] = []
    for row in _rows(_WALK):
        complaint = reading.take(row)
        # The walk goes on: the tree, and what is said of it, is that of all entries.
        if complaint and not findings:
            findings.append(Finding(where=f"ledger position {row[0]}", what=complaint))
    reading.check_cited()
    reading.tree.close()
    return reading, findings or _lost()


def _lost() -> list[Finding]:
    """Find a fact that is gone without having been erased; asked only where every fact there is was found sound."""
    with connection.cursor() as cursor:
        cursor.execute(_LOST)
        position = cursor.fetchone()[0]
    if position is None:
        return []
    what = "The fact is gone, and no `content.erased` says that it was erased after its retention."
    return [Finding(where=f"ledger position {position}", what=what)]


def unsequenced() -> list[Finding]:
    """Find a fact that is neither in the ledger nor waiting for it: somebody took it out of the queue."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fact.id FROM evidence_facts AS fact WHERE NOT EXISTS "
            "(SELECT 1 FROM evidence_entries AS entry WHERE entry.entry = fact.entry) AND NOT EXISTS "
            "(SELECT 1 FROM evidence_pending AS pending WHERE pending.entry = fact.entry) LIMIT 1"
        )
        row = cursor.fetchone()
    if row is None:
        return []
    return [Finding(where=f"fact {row[0]}", what="It is neither in the ledger nor waiting to be sequenced.")]


def _rows(statement: str) -> Iterator[Sequence[Any]]:
    """Yield rows in chunks, by a server-side cursor, so that memory stays flat."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(values.CHUNK):
            yield from rows
