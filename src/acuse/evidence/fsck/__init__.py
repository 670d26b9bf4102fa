"""`fsck`: recompute the whole ledger and custody, and name the first damage of each kind.

1. Entries: positions from 0 without gap; each organisation's sequence without gap.
2. Facts: canonical, equal to their entry, in their subject's chain; columns repeat what is inside; a missing one is
   named by a `content.erased`; none is outside ledger and queue.
3. Tiles and root: recomputed from the entries; the published checkpoint is signed and says the same; the heads of
   subjects and the counts of organisations, from which the next facts go on, name the last ones.
4. Anchors: every note is signed and its root is the tree's at that size; every token covers its note. The newest
   checkpoint in custody is one of this tree, also where the database has lost its time stamp.
5. Custody: every object that a fact cites has its row; every object that a row names is there and has its digest;
   what nobody names is reported.

Memory stays the same however long the ledger is: the last tile of each level and one chunk of rows. The order of each
subject's facts is sorted by the database, and the walk checks the columns that it sorts by.
"""

from collections.abc import Callable, Sequence

from cryptography import x509
from django.db import connection, transaction

from acuse.evidence import custody
from acuse.evidence.fsck.checkpoints import examine_anchors, examine_newest, examine_next, examine_tree
from acuse.evidence.fsck.entries import examine_entries, unsequenced
from acuse.evidence.fsck.objects import examine_custody
from acuse.evidence.fsck.values import Examined, Finding

__all__ = ["Examined", "Finding", "examine"]


def examine(
    *, tsa_roots: Sequence[x509.Certificate], progress: Callable[[str], None]
) -> tuple[Examined, list[Finding]]:
    """Examine everything; return how much was read and what was found.

    Args:
        tsa_roots: anchors for the time stamps.
        progress: called with one line at each stage.
    """
    newest = custody.newest_checkpoint()  # before the snapshot, which then holds at least as much
    with transaction.atomic(), connection.cursor() as cursor:
        # One snapshot: a ledger that grows while it is examined is not damaged.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        progress("entries and facts")
        reading, findings = examine_entries()
        progress("hashes and checkpoint")
        findings += unsequenced() + examine_tree(reading.tree) + examine_next(reading.sequences)
        progress("time stamps")
        anchors, found = examine_anchors(tsa_roots)
        findings += found + examine_newest(newest, reading.tree.size)
        progress("custody")
        objects, found = examine_custody(reading.unprotected)
        findings += found
    return Examined(entries=reading.tree.size, facts=reading.facts, anchors=anchors, objects=objects), findings
