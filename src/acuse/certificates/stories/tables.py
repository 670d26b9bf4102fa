"""Tables of messages on a page 162 mm wide: full size, 8 pt, or turned into lists; never cut at the margin."""

from dataclasses import dataclass

from acuse.mail.blocks import Block, Cell, Listing, Paragraph, Run, Table

_FULL, _SMALL = 70, 96
"""Characters of the message face that fit beside each other at 10.5 pt and at 8 pt, the gaps left aside."""

_GAP = 2
_LONGEST_WORD = 24
_MOST_COLUMNS = 12


@dataclass(frozen=True, kw_only=True)
class Widths:
    """Shares of the width, one for each column, and whether the small face is needed."""

    shares: list[int]
    narrow: bool


def widths(table: Table) -> Widths | None:
    """Return how to share the width; None where the longest words do not fit even at 8 pt."""
    columns = max((sum(cell.columns for cell in row) for row in table.rows), default=0)
    if not columns or columns > _MOST_COLUMNS or any(cell.rows > 1 for row in table.rows for cell in row):
        return None
    words, whole = [3] * columns, [3] * columns
    for row in table.rows:
        place = 0
        for cell in row:
            text = _text(cell)
            if cell.columns == 1:
                words[place] = max(words[place], *(len(word) for word in text.split()), 1)
                whole[place] = max(whole[place], min(60, max(map(len, text.split("\n")))))
            place += cell.columns
    needed = sum(min(one, _LONGEST_WORD) for one in words) + _GAP * columns
    if needed > _SMALL:
        return None
    shares = [max(min(word, _LONGEST_WORD) + _GAP, one) for word, one in zip(words, whole, strict=True)]
    return Widths(shares=shares, narrow=needed > _FULL)


def wide_as_rows(table: Table) -> list[Block]:
    """Return each row of a table as a list of "heading: value", in the table's order."""
    titled = bool(table.rows) and all(cell.header for cell in table.rows[0]) and len(table.rows) > 1
    names = [_text(cell).strip() for cell in table.rows[0]] if titled else []
    blocks: list[Block] = []
    for row in table.rows[1:] if titled else table.rows:
        items: list[tuple[Block, ...]] = []
        for place, cell in enumerate(row):
            name = (Run(text=f"{names[place]}: ", bold=True),) if place < len(names) and names[place] else ()
            items.append((Paragraph(runs=(*name, *cell.runs), direction=cell.direction, language=cell.language),))
        blocks.append(Listing(ordered=False, start=1, items=tuple(items)))
    return blocks


def _text(cell: Cell) -> str:
    return "".join(run.text for run in cell.runs if isinstance(run, Run))
