"""Structured text: what a body says, as values that a certificate can set and JSON can carry."""

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, kw_only=True)
class Run:
    """A stretch of text with one look. `link`: the address it leads to, to be printed after it."""

    kind: Literal["text"] = "text"
    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    struck: bool = False
    link: str | None = None


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image within the text: `content_id` of an inline one, or `address` of a remote one that was not fetched."""

    kind: Literal["image"] = "image"
    content_id: str | None
    address: str | None
    alternative: str


Inline = Run | Image


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A paragraph. `language` is a guess from the script or the sender's mark, or None. Line breaks are LF in runs."""

    kind: Literal["paragraph"] = "paragraph"
    runs: tuple[Inline, ...]
    direction: Direction = "ltr"
    language: str | None = None


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading of level 1 to 6."""

    kind: Literal["heading"] = "heading"
    level: int
    runs: tuple[Inline, ...]
    direction: Direction = "ltr"
    language: str | None = None


@dataclass(frozen=True, kw_only=True)
class Preformatted:
    """Text whose spaces and line ends count."""

    kind: Literal["preformatted"] = "preformatted"
    text: str
    direction: Direction = "ltr"
    language: str | None = None


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list; `start` is the first number of an ordered one."""

    kind: Literal["list"] = "list"
    ordered: bool
    start: int
    items: tuple[tuple["Block", ...], ...]


@dataclass(frozen=True, kw_only=True)
class Quote:
    """Quoted blocks."""

    kind: Literal["quote"] = "quote"
    blocks: tuple["Block", ...]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell of a table, its blocks run together."""

    header: bool
    runs: tuple[Inline, ...]
    columns: int = 1
    rows: int = 1
    direction: Direction = "ltr"
    language: str | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of facts; tables that only place things on a page are dissolved into their contents."""

    kind: Literal["table"] = "table"
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A horizontal line."""

    kind: Literal["rule"] = "rule"


Block = Paragraph | Heading | Preformatted | Listing | Quote | Table | Rule


@dataclass(frozen=True, kw_only=True)
class Body:
    """A whole body. `truncated`: something was left out for its length; the original has it."""

    blocks: tuple[Block, ...]
    truncated: bool

    def to_json(self) -> dict[str, Any]:
        """Return JSON values (dicts, lists, text); each block and inline says its `kind`."""
        return dataclasses.asdict(self)
