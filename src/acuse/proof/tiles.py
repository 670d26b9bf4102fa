"""C2SP tlog-tiles on the wire: the paths of tiles and the entry bundles."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from acuse.errors import InputError
from acuse.proof.merkle import TILE_WIDTH

_LONGEST_ENTRY = 0xFFFF
_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class TilePath:
    """What a tile path names.

    Attributes:
        level: 0 to 63 for a tile of hashes, "entries" for an entry bundle.
        index: number of the tile within its level.
        width: how many hashes or entries, 1 to 256; 256 is a full tile.
    """

    level: int | Literal["entries"]
    index: int
    width: int = TILE_WIDTH

    def __str__(self) -> str:
        """Return the path, such as `tile/0/x001/067` or `tile/1/000.p/5`."""
        groups = [f"{self.index % 1000:03d}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{self.level}/{'/'.join(groups)}{partial}"


def parse_tile_path(path: str) -> TilePath:
    """Parse `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`, in the one form that `str(TilePath)` writes.

    Raises:
        InputError: any other text.
    """
    match = _PATH.fullmatch(path) if len(path) <= 80 else None
    if match is None:
        raise InputError("Not the path of a tile: %(path)r.", path=path[:80])
    named, groups, width = match.groups()
    level: int | Literal["entries"] = "entries" if named == "entries" else int(named)
    index = int(groups.replace("x", "").replace("/", ""))
    tile = TilePath(level=level, index=index, width=int(width) if width else TILE_WIDTH)
    if str(tile) != path or (level != "entries" and level > 63):
        raise InputError("Not the path of a tile: %(path)r.", path=path[:80])
    return tile


def entry_bundle(entries: Sequence[bytes]) -> bytes:
    """Return 1 to 256 entries, each behind its length as two bytes, big end first.

    Raises:
        InputError: none, more than 256, or an entry over 65,535 bytes.
    """
    if not 1 <= len(entries) <= TILE_WIDTH or any(len(entry) > _LONGEST_ENTRY for entry in entries):
        raise InputError("An entry bundle holds 1 to 256 entries of at most 65,535 bytes.")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
