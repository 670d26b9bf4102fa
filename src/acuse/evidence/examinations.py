"""The result of the last full `fsck`, kept for the console. It is no evidence: whoever doubts it runs another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from acuse import clock
from acuse.evidence.fsck import Examined, Finding
from acuse.evidence.models import LastExamination


@dataclass(frozen=True, kw_only=True)
class Examination:
    """A full examination.

    Args:
        began_at: when it began.
        ended_at: when it ended.
        entries: how many entries of the ledger it read.
        objects: how many objects of custody it read.
        damaged: it found damage.
    """

    began_at: datetime
    ended_at: datetime
    entries: int
    objects: int
    damaged: bool

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.ended_at - self.began_at).total_seconds()


def note_examination(*, began_at: datetime, examined: Examined, findings: Sequence[Finding]) -> None:
    """Keep the result of an examination that has just ended, in the place of the one before.

    Args:
        began_at: when it began.
        examined: how much was read.
        findings: what was found, damage or not.
    """
    LastExamination.objects.update_or_create(
        id=1,
        defaults={
            "began_at": began_at,
            "ended_at": clock.now(),
            "entries": examined.entries,
            "objects_read": examined.objects,
            "damaged": any(finding.damage for finding in findings),
        },
    )


def last_examination() -> Examination | None:
    """Return the newest full examination; None before the first."""
    row = LastExamination.objects.filter(id=1).first()
    if row is None:
        return None
    return Examination(
        began_at=row.began_at,
        ended_at=row.ended_at,
        entries=row.entries,
        objects=row.objects_read,
        damaged=row.damaged,
    )
