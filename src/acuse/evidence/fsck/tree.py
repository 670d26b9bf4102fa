"""The tree over the entries, computed again tile by tile."""

from acuse.evidence.queries import read_tile
from acuse.proof import merkle


class Tree:
    """The right edge of the tree over the entries read so far; a tile is compared with the stored one once it is full.

    Attributes:
        size: how many entries.
        wrong: the first stored tile (level, index) that differs, the lowest level first; None while all agree.
    """

    def __init__(self) -> None:
        self.size = 0
        self.wrong: tuple[int, int] | None = None
        self._rows: list[list[bytes]] = []
        self._full: list[int] = []

    def add(self, entry: bytes) -> None:
        """Take the next entry."""
        self.size += 1
        self._put(0, merkle.leaf_hash(entry))

    def close(self) -> None:
        """Compare the tiles that are not full."""
        for level, row in enumerate(self._rows):
            if row:
                self._compare(level)

    def root(self) -> bytes:
        """Return the root over every entry taken."""
        return merkle.root(self._read, self.size)

    def _put(self, level: int, value: bytes) -> None:
        if level == len(self._rows):
            self._rows.append([])
            self._full.append(0)
        self._rows[level].append(value)
        if len(self._rows[level]) == merkle.TILE_WIDTH:
            self._compare(level)
            full, self._rows[level] = self._rows[level], []
            self._full[level] += 1
            self._put(level + 1, merkle.root_of(full))

    def _compare(self, level: int) -> None:
        place = (level, self._full[level])
        if (self.wrong is None or place < self.wrong) and read_tile(*place) != b"".join(self._rows[level]):
            self.wrong = place

    def _read(self, level: int, index: int) -> bytes:
        """Return a tile of the right edge, the only ones that the root over all entries needs."""
        return b"".join(self._rows[level]) if index == self._full[level] else b""
