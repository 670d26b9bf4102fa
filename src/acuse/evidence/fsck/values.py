"""What `fsck` says: what was damaged, and how much was read."""

from dataclasses import dataclass

#: How many rows are in memory at once.
CHUNK = 5000


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The first damage of one kind.

    Args:
        where: what is damaged, as precisely as it can be named.
        what: one sentence.
        damage: False where it is only worth knowing.
    """

    where: str
    what: str
    damage: bool = True


@dataclass(frozen=True, kw_only=True)
class Examined:
    """How much was read."""

    entries: int
    facts: int
    anchors: int
    objects: int
