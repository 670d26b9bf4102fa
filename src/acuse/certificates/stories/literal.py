"""The literal text of a message as blocks for the page: every word of it, none of ours between the double rule.

The first 20 pages are printed; what follows is in the embedded original, and the document says from which character.
"""

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from acuse.certificates.stories.case import declared_language
from acuse.certificates.stories.moments import number
from acuse.certificates.stories.runs import Line, Runs, fit, foreign, language_of, mono, plain, wrapped
from acuse.certificates.stories.tables import wide_as_rows, widths
from acuse.certificates.stories.told import Told
from acuse.mail.blocks import Block, Heading, Image, Inline, Listing, Paragraph, Preformatted, Quote, Rule, Run, Table
from acuse.mail.read import Message
from acuse.mail.structured import body_of
from acuse.pdf.images import redrawn

MAX_LINES = 20 * 43
"""Twenty pages of the message face."""

MAX_DEPTH = 8
"""Levels of lists and quotations that are drawn as such; the typesetter allows a few dozen boxes in each other."""

MAX_PICTURES = 20
MAX_PICTURE_BYTES = 6 * 1024 * 1024

_LINE = 92
_PARAGRAPH = 1.25
_VERBATIM_COLUMNS = 94
_PIECE = 2000
_PIXELS_TO_MM = 25.4 / 96
_WIDEST_MM = 150


@dataclass(frozen=True, kw_only=True)
class Literal:
    """The printed part of a message.

    Attributes:
        blocks: for the template.
        ends: the words that close the literal text, with the offset where it was cut.
        replaced: the marks ⟨U+XXXX⟩ in it.
        pictures: name -> base64 of a PNG that a block shows.
        lines: how many it takes, about.
    """

    blocks: list[dict[str, Any]]
    ends: str
    replaced: tuple[str, ...]
    pictures: dict[str, str]
    lines: float


class _Full(Exception):
    """The pages for literal text are used up."""


class _Setter:
    """Turns blocks into the template's, counting lines and characters as it goes."""

    def __init__(self, case: Told, message: Message, most: float, pictures: int) -> None:
        self.case = case
        self.message = message
        self._most = most
        self._most_pictures = pictures
        self.lines = 0.0
        self.characters = 0
        self.replaced: dict[str, None] = {}
        self.pictures: dict[str, str] = {}
        self._picture_bytes = 0
        self._depth = 0

    def blocks(self, blocks: Iterable[Block], into: list[dict[str, Any]]) -> None:
        """Append what fits.

        Raises:
            _Full: not all of it did; what came before is in `into`.
        """
        self._depth += 1
        try:
            for block in blocks:
                self._SETTERS[block.kind](self, block, into)
        finally:
            self._depth -= 1

    def text(self, text: str) -> str:
        """Take a piece of one line: count it, make it fit.

        Raises:
            _Full: there is no room for it.
        """
        lines = len(text) / _LINE
        if self.lines + lines > self._most:
            raise _Full
        self.lines += lines
        self.characters += len(text)
        made = fit(text.replace("\t", "    "), message=True)
        self.replaced.update(dict.fromkeys(made.replaced))
        return made.text

    def paragraph(self, block: Paragraph | Heading, into: list[dict[str, Any]]) -> None:
        """A paragraph or heading; an image in it stands between two pieces of it."""
        self.lines += _PARAGRAPH
        gathered: list[dict[str, Any]] = []
        shape = {"kind": block.kind, "dir": block.direction, "lang": self._language(block)}
        try:
            for inline in block.runs:
                if isinstance(inline, Image):
                    if _says_something(gathered):
                        into.append({**shape, "runs": gathered})
                    gathered = []
                    into.append(self.image(inline))
                else:
                    self._pieces(inline, gathered)
        finally:
            if _says_something(gathered):
                into.append({**shape, "runs": gathered})

    def _pieces(self, run: Run, into: list[dict[str, Any]]) -> None:
        """Take a run in pieces, so that where the pages end is known to a few lines."""
        rows = run.text.split("\n")
        for place, row in enumerate(rows):
            if place:
                into.append({"break": True})
                self.lines += 1
                self.characters += 1
            for start in range(0, len(row), _PIECE):
                last = place == len(rows) - 1 and start + _PIECE >= len(row)
                into.append(self._look(run, self.text(row[start : start + _PIECE]), link=last))

    def _look(self, run: Run, text: str, *, link: bool) -> dict[str, Any]:
        look: dict[str, Any] = {"t": text, "lang": language_of(text, self.case.message_language)}
        for name in ("bold", "italic", "code", "struck"):
            if getattr(run, name):
                look[name] = True
        if run.link is not None and link and run.link != run.text:
            look["link"] = fit(run.link).text
        return look

    def _language(self, block: Paragraph | Heading) -> str:
        return declared_language(block.language) or self.case.message_language

    def image(self, image: Image, *, drawable: bool = True) -> dict[str, Any]:
        """An inline image as a picture where it can be redrawn safely; its name and size in a dashed box otherwise."""
        self.lines += 3
        if image.content_id is None:
            address = fit(image.address or image.alternative or "?").text
            return {"kind": "placeholder", "runs": self.case.say("content.image.remote", address=_words(address))}
        known = (*self.message.inline_images, *self.message.attachments)
        found = next((one for one in known if one.content_id == image.content_id), None)
        if found is None:
            missing = fit(f"cid:{image.content_id}").text
            return {"kind": "placeholder", "runs": self.case.say("content.image.remote", address=_words(missing))}
        name = foreign(found.name, limit=120)
        room = drawable and len(self.pictures) < self._most_pictures and self._picture_bytes < MAX_PICTURE_BYTES
        drawn = redrawn(found.content) if room else None
        if drawn is None:
            size = self.case.say("bytes", count=number(found.size))
            return {"kind": "placeholder", "runs": self.case.say("content.image.inline", name=name, size=size)}
        file = f"{len(self.pictures):02d}.png"
        self.pictures[file] = base64.b64encode(drawn.png).decode("ascii")
        self._picture_bytes += len(drawn.png)
        self.lines += round(drawn.height * _PIXELS_TO_MM / 5)
        width = min(_WIDEST_MM, drawn.width * _PIXELS_TO_MM)
        said = fit(image.alternative).text or plain(self.case.say("content.image.alternative", name=name))
        return {"kind": "image", "path": file, "width": round(width, 1), "alternative": said}

    def preformatted(self, block: Preformatted, into: list[dict[str, Any]]) -> None:
        """Text whose spaces count: wrapped by columns, with hooks."""
        lines: list[Line] = []
        try:
            for row in block.text.split("\n"):
                fitted = self.text(row)
                self.lines += 0.8
                self.characters += 1
                lines += wrapped(fitted, _VERBATIM_COLUMNS, fitted=True)
        finally:
            if lines:
                into.append({"kind": "preformatted", "lines": lines})

    def listing(self, block: Listing, into: list[dict[str, Any]]) -> None:
        """A list; each item is blocks. Below the deepest level its items follow each other as paragraphs."""
        if self._depth > MAX_DEPTH:
            for item in block.items:
                self.blocks(item, into)
            return
        items: list[list[dict[str, Any]]] = []
        counted = block.ordered and block.start >= 0  # the typesetter counts from zero up; other numbers are text
        try:
            for place, item in enumerate(block.items, start=block.start):
                items.append([] if counted or not block.ordered else [_number(place, self.case.message_language)])
                self.blocks(item, items[-1])
        finally:
            if items:
                into.append({"kind": "list", "ordered": counted, "start": max(0, block.start), "items": items})

    def quote(self, block: Quote, into: list[dict[str, Any]]) -> None:
        """Quoted blocks."""
        if self._depth > MAX_DEPTH:
            self.blocks(block.blocks, into)
            return
        inside: list[dict[str, Any]] = []
        try:
            self.blocks(block.blocks, inside)
        finally:
            if inside:
                into.append({"kind": "quotation", "blocks": inside})

    def rule(self, block: Rule, into: list[dict[str, Any]]) -> None:
        """A horizontal line."""
        into.append({"kind": "rule"})

    def table(self, block: Table, into: list[dict[str, Any]]) -> None:
        """A table, in full size, small, or as rows of "heading: value" where it is too wide even so."""
        shares = widths(block)
        if shares is None:
            self.blocks(wide_as_rows(block), into)
            return
        header = 1 if block.rows and all(cell.header for cell in block.rows[0]) else 0
        rows: list[list[dict[str, Any]]] = []
        try:
            for row in block.rows:
                rows.append([self._cell(cell.runs, cell.columns, cell.header, cell.direction) for cell in row])
        finally:
            if rows:
                _align_figures(rows, header, len(shares.shares))
                shape = {"kind": "table", "widths": shares.shares, "narrow": shares.narrow}
                into.append({**shape, "header": rows[:header], "rows": rows[header:]})

    def _cell(self, runs: tuple[Inline, ...], columns: int, header: bool, direction: str) -> dict[str, Any]:
        before = self.lines
        gathered: list[dict[str, Any]] = []
        for inline in runs:
            if isinstance(inline, Image):
                gathered += [{"t": piece["t"]} for piece in self.image(inline, drawable=False)["runs"]]
            else:
                self._pieces(inline, gathered)
        self.lines = before + (self.lines - before) / 3  # cells of a row stand side by side
        words = "".join(run.text for run in runs if isinstance(run, Run)).strip()
        return {
            "runs": gathered,
            "columns": columns,
            "bold": header,
            "dir": direction,
            "right": False,
            "figure": None if not words else _is_figure(words),
        }

    _SETTERS: ClassVar[dict[str, Callable[["_Setter", Any, list[dict[str, Any]]], None]]] = {
        "paragraph": paragraph,
        "heading": paragraph,
        "preformatted": preformatted,
        "list": listing,
        "quote": quote,
        "rule": rule,
        "table": table,
    }


def _number(place: int, language: str) -> dict[str, Any]:
    return {"kind": "paragraph", "dir": "ltr", "lang": language, "runs": [{"t": f"{place}."}]}


def _says_something(runs: list[dict[str, Any]]) -> bool:
    return any(str(run.get("t", "")).strip() for run in runs)


def _align_figures(rows: list[list[dict[str, Any]]], header: int, columns: int) -> None:
    """Set columns that hold nothing but figures at the right, their headings too."""
    for column in range(columns):
        cells = [row[column] for row in rows if len(row) == columns]
        said = [cell["figure"] for cell in cells[header:] if cell["figure"] is not None]
        for cell in cells:
            cell["right"] = bool(said) and all(said)


def _is_figure(text: str) -> bool:
    """Return whether a cell is a number or an amount, which stands at the right."""
    rest = text.strip("€$£%()+-−– \u00a0\u202f")
    return 0 < len(text) <= 20 and (rest == "" or all(c.isdigit() or c in ".,' \u00a0\u202f" for c in rest))


def _words(text: str) -> Runs:
    return [{"t": text, "k": "foreign", "lang": "en"}]


def literal(
    case: Told, message: Message, *, original: str, most: float = MAX_LINES, pictures: int = MAX_PICTURES
) -> Literal:
    """Return the message's text as blocks.

    Args:
        case: what is told.
        message: as read.
        original: embedded name of the original message.
        most: lines that there is room for. pictures: how many are drawn; others stand by their names.
    """
    setter = _Setter(case, message, most, pictures)
    body = body_of(message)
    blocks: list[dict[str, Any]] = []
    cut = body.truncated
    try:
        setter.blocks(body.blocks, blocks)
    except _Full:
        cut = True
    ends = case.word("content.ends" if body.blocks else "content.empty")
    if cut:
        ends = plain(case.say("content.continues", name=mono(original), offset=number(setter.characters)))
    return Literal(
        blocks=blocks, ends=ends, replaced=tuple(setter.replaced), pictures=setter.pictures, lines=setter.lines
    )
