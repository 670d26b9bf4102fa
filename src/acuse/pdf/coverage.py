"""Which characters each bundled face can draw.

The table `fonts/coverage.json` is committed and read once; `python -m acuse.pdf.coverage` writes it again from the
font files (their `cmap` tables, OpenType 1.9 formats 4 and 12), and a test compares the two.
"""

import json
import struct
from bisect import bisect_right
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "fonts"
TABLE = FOLDER / "coverage.json"

FAMILIES: dict[str, tuple[str, ...]] = {
    "IBM Plex Sans": ("IBMPlexSans-Regular.ttf", "IBMPlexSans-Italic.ttf"),
    "IBM Plex Sans Arabic": ("IBMPlexSansArabic-Regular.ttf",),
    "IBM Plex Sans Hebrew": ("IBMPlexSansHebrew-Regular.ttf",),
    "Noto Sans CJK SC": ("NotoSansCJK-Compact-Regular.otf",),
    "Noto Emoji": ("NotoEmoji-Regular.ttf",),
    "Noto Sans Math": ("NotoSansMath-Compact-Regular.ttf",),
    "Source Serif 4": (
        "SourceSerif4-Regular.otf",
        "SourceSerif4-It.otf",
        "SourceSerif4-Semibold.otf",
        "SourceSerif4-SemiboldIt.otf",
    ),
}
"""The faces every style falls back to (the templates' `others`), with the files among which a style may choose."""

Ranges = list[tuple[int, int]]


class Coverage:
    """The characters that one family draws in every one of its styles."""

    def __init__(self, ranges: Ranges) -> None:
        self._starts = [first for first, _ in ranges]
        self._ends = [last for _, last in ranges]

    def __contains__(self, code_point: int) -> bool:
        place = bisect_right(self._starts, code_point) - 1
        return place >= 0 and code_point <= self._ends[place]


@cache
def families() -> tuple[Coverage, ...]:
    """Return the coverage of each family, in order of fallback."""
    table = json.loads(TABLE.read_text("ascii"))
    return tuple(Coverage([(first, last) for first, last in table[name]]) for name in FAMILIES)


def measure() -> dict[str, Ranges]:
    """Read the font files and return, for each family, the inclusive ranges that all of its files cover."""
    return {
        name: _ranges(set.intersection(*(_characters((FOLDER / file).read_bytes()) for file in files)))
        for name, files in FAMILIES.items()
    }


def _ranges(characters: set[int]) -> Ranges:
    ranges: Ranges = []
    for code_point in sorted(characters):
        if ranges and ranges[-1][1] == code_point - 1:
            ranges[-1] = (ranges[-1][0], code_point)
        else:
            ranges.append((code_point, code_point))
    return ranges


def _characters(font: bytes) -> set[int]:
    (tables,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4sLLL", font, 12 + 16 * i) for i in range(tables))
    base = next(offset for name, _, offset, _ in records if name == b"cmap")
    (count,) = struct.unpack_from(">H", font, base + 2)
    characters: set[int] = set()
    for i in range(count):
        platform, encoding, offset = struct.unpack_from(">HHL", font, base + 4 + 8 * i)
        if (platform, encoding) in ((0, 3), (0, 4), (3, 1), (3, 10)):
            characters |= _subtable(font, base + offset)
    return characters


def _subtable(font: bytes, at: int) -> set[int]:
    (form,) = struct.unpack_from(">H", font, at)
    if form == 12:
        (groups,) = struct.unpack_from(">L", font, at + 12)
        spans = (struct.unpack_from(">LLL", font, at + 16 + 12 * i) for i in range(groups))
        return {code for first, last, glyph in spans for code in range(first, last + 1) if glyph + code - first}
    if form != 4:
        return set()
    (doubled,) = struct.unpack_from(">H", font, at + 6)
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", font, at + 16 + 2 * doubled)
    offsets_at = at + 16 + 3 * doubled
    offsets = struct.unpack_from(f">{count}H", font, offsets_at)
    found = set()
    for i, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                (glyph,) = struct.unpack_from(">H", font, offsets_at + 2 * i + offset + 2 * (code - first))
            if (glyph and (glyph + delta) & 0xFFFF) or (not offset and (code + delta) & 0xFFFF):
                found.add(code)
    return found


if __name__ == "__main__":
    TABLE.write_text(json.dumps(measure(), separators=(",", ":")) + "\n", "ascii")
