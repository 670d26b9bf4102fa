"""A body as structured text for the certificate: never tag-stripped, deterministic, bounded.

Plain text becomes paragraphs, quotes and links-as-written; HTML keeps headings, lists, tables, quotes, emphasis,
links with their addresses and the place of every image. Nothing is fetched and nothing is left out silently.
"""

import re

from acuse.mail.blocks import (
    Block,
    Body,
    Cell,
    Heading,
    Image,
    Inline,
    Listing,
    Paragraph,
    Preformatted,
    Quote,
    Rule,
    Run,
    Table,
)
from acuse.mail.html import BLOCKS, Node, content_id_of, tree
from acuse.mail.read import Message
from acuse.mail.scripts import direction_of, language_of

MAX_CHARACTERS = 1024 * 1024
MAX_COLUMNS = 40
_MAX_QUOTES = 20

_SPACES = re.compile(r"[ \t\n\r\f]+")
_BOLD, _ITALIC = {"b", "strong", "th"}, {"i", "em", "cite"}
_CODE, _STRUCK = {"code", "kbd", "tt"}, {"del", "s", "strike"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


class _Flow:
    """Collects inline content into paragraphs, with the look of the elements it is in."""

    def __init__(self, direction: str | None = None, language: str | None = None) -> None:
        self.blocks: list[Block] = []
        self.runs: list[Inline] = []
        self.direction = direction
        self.language = language

    def add(self, inline: Inline) -> None:
        last = self.runs[-1] if self.runs else None
        if isinstance(inline, Run) and isinstance(last, Run) and _same_look(inline, last):
            self.runs[-1] = _with_text(last, last.text + inline.text)
        else:
            self.runs.append(inline)

    def end(self, level: int | None = None) -> None:
        """Close the paragraph that is open, if it says anything."""
        runs = _tidied(self.runs)
        self.runs = []
        if not runs:
            return
        text = "".join(run.text for run in runs if isinstance(run, Run))
        direction, language = direction_of(text, self.direction), self.language or language_of(text)
        if level is None:
            self.blocks.append(Paragraph(runs=runs, direction=direction, language=language))
        else:
            self.blocks.append(Heading(level=level, runs=runs, direction=direction, language=language))


def _same_look(one: Run, other: Run) -> bool:
    return _with_text(one, "") == _with_text(other, "")


def _with_text(run: Run, text: str) -> Run:
    return Run(text=text, bold=run.bold, italic=run.italic, code=run.code, struck=run.struck, link=run.link)


def _tidied(runs: list[Inline]) -> tuple[Inline, ...]:
    """Collapse white space as HTML does, across runs too; LF (from br) stays."""
    tidied: list[Inline] = []
    at_start = True
    for run in runs:
        if isinstance(run, Image):
            tidied.append(run)
            at_start = False
            continue
        text = re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", run.text))
        text = text.lstrip(" ") if at_start else text
        if text:
            tidied.append(_with_text(run, text))
            at_start = text[-1] in " \n"
    while tidied and isinstance(last := tidied[-1], Run):
        if trimmed := last.text.rstrip(" \n"):
            tidied[-1] = _with_text(last, trimmed)
            break
        tidied.pop()
    while tidied and isinstance(first := tidied[0], Run) and not first.text.strip("\n "):
        tidied.pop(0)
    return tuple(tidied)


class _Converter:
    """Turns nodes into blocks."""

    def __init__(self) -> None:
        self.left = MAX_CHARACTERS
        self.truncated = False

    def text(self, text: str) -> str:
        if len(text) > self.left:
            self.truncated = True
        kept = text[: self.left]
        self.left -= len(kept)
        return kept

    def blocks(self, node: Node, flow: _Flow) -> list[Block]:
        self.children(node, flow, Run(text=""))
        flow.end()
        return flow.blocks

    def inner(self, node: Node, flow: _Flow) -> tuple[Block, ...]:
        direction, language = _marks(node, flow)
        return tuple(self.blocks(node, _Flow(direction, language)))

    def children(self, node: Node, flow: _Flow, look: Run) -> None:
        for child in node.children:
            if isinstance(child, str):
                flow.add(_with_text(look, self.text(_SPACES.sub(" ", child))))
            else:
                self.element(child, flow, look)

    def element(self, node: Node, flow: _Flow, look: Run) -> None:
        if node.tag == "br":
            flow.add(_with_text(look, "\n"))
        elif node.tag == "img":
            source = node.attributes.get("src", "")
            named = content_id_of(source)
            address = None if named is not None else source or None
            flow.add(Image(content_id=named, address=address, alternative=node.attributes.get("alt", "")[:1000]))
        elif node.tag in BLOCKS:
            self.block(node, flow, look)
        else:
            self.children(node, flow, _look(node, look))

    def block(self, node: Node, flow: _Flow, look: Run) -> None:
        flow.end()
        if node.tag in ("ul", "ol"):
            flow.blocks.append(self.listing(node, flow))
        elif node.tag == "blockquote":
            flow.blocks += [Quote(blocks=inner)] if (inner := self.inner(node, flow)) else []
        elif node.tag == "pre":
            text = self.text(_all_text(node)).strip("\n")
            language = flow.language or language_of(text)
            flow.blocks.append(Preformatted(text=text, direction=direction_of(text), language=language))
        elif node.tag == "hr":
            flow.blocks.append(Rule())
        elif node.tag == "table" and (table := self.table(node, flow)) is not None:
            flow.blocks.append(table)
        else:
            before = flow.direction, flow.language
            flow.direction, flow.language = _marks(node, flow)
            self.children(node, flow, look)
            flow.end(_HEADINGS.get(node.tag))
            flow.direction, flow.language = before

    def listing(self, node: Node, flow: _Flow) -> Listing:
        items: list[tuple[Block, ...]] = []
        for child in node.children:
            if isinstance(child, Node):
                items.append(self.inner(child, flow))
            elif child.strip():
                items.append(self.inner(Node(tag="li", attributes={}, children=[child]), flow))
        start = node.attributes.get("start", "1")
        number = int(start) if re.fullmatch(r"-?[0-9]{1,6}", start) else 1
        return Listing(ordered=node.tag == "ol", start=number, items=tuple(item for item in items if item))

    def table(self, node: Node, flow: _Flow) -> Table | None:
        """Return a table of facts, or None where the table only places things (nested, or a single row or column)."""
        rows = [[cell for cell in row.children if isinstance(cell, Node)] for row in _below(node, "tr")]
        rows = [row for row in rows if row]
        wide = max((len(row) for row in rows), default=0)
        if node.attributes.get("role", "").lower() == "presentation" or not 2 <= wide <= MAX_COLUMNS or len(rows) < 2:
            return None
        if any(_below(cell, "table") or _below(cell, "ul") or _below(cell, "ol") for row in rows for cell in row):
            return None
        captions = [part for part in node.children if isinstance(part, Node) and part.tag == "caption"]
        for caption in captions:
            flow.blocks += self.inner(caption, flow)
        return Table(rows=tuple(tuple(self.cell(cell, flow) for cell in row) for row in rows))

    def cell(self, node: Node, flow: _Flow) -> Cell:
        runs: list[Inline] = []
        for block in self.inner(node, flow):
            found = block.runs if isinstance(block, Paragraph | Heading) else ()
            found = (Run(text=block.text, code=True),) if isinstance(block, Preformatted) else found
            runs += [Run(text="\n"), *found] if runs and found else found
        text = "".join(run.text for run in runs if isinstance(run, Run))
        return Cell(
            header=node.tag == "th",
            runs=tuple(runs),
            columns=_span(node, "colspan"),
            rows=_span(node, "rowspan"),
            direction=direction_of(text, _marks(node, flow)[0]),
            language=_marks(node, flow)[1] or language_of(text),
        )


def _marks(node: Node, flow: _Flow) -> tuple[str | None, str | None]:
    direction = node.attributes.get("dir", "").lower()
    language = node.attributes.get("lang", "")
    known = re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}", language) is not None
    return direction if direction in ("ltr", "rtl") else flow.direction, language if known else flow.language


def _look(node: Node, look: Run) -> Run:
    return Run(
        text="",
        bold=look.bold or node.tag in _BOLD,
        italic=look.italic or node.tag in _ITALIC,
        code=look.code or node.tag in _CODE,
        struck=look.struck or node.tag in _STRUCK,
        link=node.attributes.get("href", look.link) if node.tag == "a" else look.link,
    )


def _span(node: Node, name: str) -> int:
    text = node.attributes.get(name, "1")
    return max(1, min(MAX_COLUMNS, int(text))) if re.fullmatch(r"[0-9]{1,3}", text) else 1


def _below(node: Node, tag: str) -> list[Node]:
    """Return descendants with `tag`, not looking into nested tables."""
    found: list[Node] = []
    for child in node.children:
        if not isinstance(child, Node):
            continue
        if child.tag == tag:
            found.append(child)
        elif child.tag != "table":
            found += _below(child, tag)
    return found


def _all_text(node: Node) -> str:
    pieces = [child if isinstance(child, str) else "\n" if child.tag == "br" else _all_text(child)
              for child in node.children]  # fmt: skip
    return "".join(pieces)


def from_html(html: str) -> Body:
    """Return an untrusted HTML body as blocks. Never raises."""
    root, cut = tree(html)
    converter = _Converter()
    blocks = converter.blocks(root, _Flow())
    return Body(blocks=tuple(blocks), truncated=cut or converter.truncated)


def from_plain(text: str) -> Body:
    """Return a plain body as blocks: paragraphs at empty lines, `>` quotes nested, line ends kept (RFC 3676 4.5)."""
    kept = text[:MAX_CHARACTERS]
    blocks = _plain_blocks(kept.split("\n"), 0)
    return Body(blocks=blocks, truncated=len(text) > MAX_CHARACTERS)


def _plain_blocks(lines: list[str], depth: int) -> tuple[Block, ...]:
    blocks: list[Block] = []
    paragraph: list[str] = []
    quoted: list[str] = []

    def end_paragraph() -> None:
        if paragraph:
            joined = "\n".join(paragraph)
            run = Run(text=joined)
            blocks.append(Paragraph(runs=(run,), direction=direction_of(joined), language=language_of(joined)))
            paragraph.clear()

    def end_quote() -> None:
        if quoted:
            blocks.append(Quote(blocks=_plain_blocks(list(quoted), depth + 1)))
            quoted.clear()

    for line in lines:
        if line.startswith(">") and depth < _MAX_QUOTES:
            end_paragraph()
            quoted.append(line[1:].removeprefix(" "))
            continue
        end_quote()
        if line.strip():
            paragraph.append(line.rstrip())
        else:
            end_paragraph()
    end_quote()
    end_paragraph()
    return tuple(blocks)


def body_of(message: Message) -> Body:
    """Return the body of a message: its HTML where it has one, else its plain text."""
    html = message.html
    return from_html(html) if html is not None else from_plain(message.text or "")
