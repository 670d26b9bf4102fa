"""The body of a letter: paragraphs, lists, emphasis and links of CommonMark, as text and as HTML. Pure.

The only importer of markdown-it-py, with every other rule switched off: no images, headings, tables, code or HTML. What
it writes is sanitised all the same.
"""

import html
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

WIDTH = 76
"""Characters of a line of text; with its end it stays within the 78 of RFC 5322, section 2.1.1."""
_SCHEMES = ("http", "https", "mailto", "tel")
_STYLES = {
    "paragraph_open": "margin:0 0 16px",
    "bullet_list_open": "margin:0 0 16px;padding-left:24px",
    "ordered_list_open": "margin:0 0 16px;padding-left:24px",
    "list_item_open": "margin:0 0 4px",
    # As dark or light as the text around it, whatever the program that shows it made of that.
    "link_open": "color:inherit;text-decoration:underline;overflow-wrap:anywhere",
}
_AROUND = "()[]<>.,;:!?'\"«»“”‘’"
"""What a sentence puts around an address that is no part of it."""
_LETTER = "max-width:600px;padding:16px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Arial,sans-serif"
_TAGS = {"p", "ul", "ol", "li", "a", "strong", "em", "br"}
_STYLED = {"style"}


@dataclass(frozen=True, kw_only=True)
class Parts:
    """A body in its two forms.

    Attributes:
        text: lines of at most `WIDTH` characters, but for words that are longer.
        html: a whole document that asks for nothing from elsewhere.
    """

    text: str
    html: str


class _Reader(MarkdownIt):
    """CommonMark with the marks of a letter alone."""

    def __init__(self) -> None:
        super().__init__("zero", {"breaks": True, "maxNesting": 20})
        self.enable(["list", "newline", "escape", "emphasis", "link", "autolink"])

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        """Say whether an address may be followed; what may not stays as it was written."""
        return url.partition(":")[0].lower() in _SCHEMES


_READER = _Reader()


def write(body: str, *, title: str, language: str) -> Parts:
    """Return a body as text and as HTML.

    Args:
        body: in the marks that a body may have; anything else stands for itself.
        title: of the document, plain text. language: "es" or "en".
    """
    tokens = _READER.parse(body)
    return Parts(text=_text(tokens), html=_document(_fragment(tokens), title=title, language=language))


def preview(body: str) -> str:
    """Return a body as harmless HTML for a page of ours: without styles, and with links that lead nowhere."""
    return nh3.clean(_READER.render(body), tags=_TAGS, attributes={"ol": {"start"}}).strip()


def article(body: str) -> str:
    """Return a body as harmless HTML for a public page of ours: without styles, its links to follow."""
    return nh3.clean(
        _READER.render(body),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer nofollow",
    ).strip()


def plain(body: str) -> str:
    """Return the words of a body as one line of text, without its marks and the addresses of its links."""
    blocks = (token.children or () for token in _READER.parse(body))
    lines = ("".join(" " if one.type.endswith("break") else one.content for one in block) for block in blocks)
    return " ".join(" ".join(lines).split())


def addresses(body: str) -> set[str]:
    """Return where a body leads: the addresses behind its links, and those written out outside of them."""
    behind, words = set(), []
    for block in _READER.parse(body):
        within = False
        for one in block.children or ():
            if one.type in {"link_open", "link_close"}:
                within = one.type == "link_open"
                words.append(" ")
                behind |= {str(one.attrGet("href"))} if within else set()
            elif not within:
                words.append("\n" if one.type.endswith("break") else one.content)
        words.append("\n")
    return behind | {word.strip(_AROUND) for word in "".join(words).split() if "/" in word}


def _fragment(tokens: Sequence[Token]) -> str:
    """Return tokens of a body as harmless HTML with its styles inside."""
    for token in tokens:
        for one in (token, *(token.children or ())):
            if one.type in _STYLES:
                one.attrSet("style", "margin:0" if one.type == "paragraph_open" and one.level else _STYLES[one.type])
    return nh3.clean(
        _READER.renderer.render(tokens, _READER.options, {}),
        tags=_TAGS,
        attributes={"a": {"href", "style"}, "ol": {"start", "style"}, **dict.fromkeys(("p", "ul", "li"), _STYLED)},
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer",
    ).strip()


def _document(inner: str, *, title: str, language: str) -> str:
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="supported-color-schemes" content="light dark">\n'
        f"<title>{html.escape(title)}</title>\n</head>\n"
        '<body style="margin:0;padding:0">\n'
        f'<div style="{_LETTER}">\n'
        f"{inner}\n</div>\n</body>\n</html>\n"
    )


class _Lines:
    """Blocks of a body become lines, indented as the lists around them ask."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.lists: list[int | None] = []
        self.mark = ""

    def read(self, token: Token) -> None:
        """Take the next block in."""
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            self.lists.append(int(token.attrGet("start") or 1) if token.type == "ordered_list_open" else None)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            self.lists.pop()
            if not self.lists:
                self._blank()
        elif token.type == "list_item_open":
            number = self.lists[-1]
            self.mark = "- " if number is None else f"{number}. "
            self.lists[-1] = None if number is None else number + 1
        elif token.type == "inline":
            self._paragraph(_inline(token.children or ()))
        elif token.type == "paragraph_close" and not self.lists:
            self._blank()

    def _paragraph(self, text: str) -> None:
        indent = "  " * (len(self.lists) - 1) if self.lists else ""
        hanging = indent + " " * len(self.mark or ("  " if self.lists else ""))
        for number, line in enumerate(text.split("\n")):
            first = indent + self.mark if self.mark and number == 0 else hanging
            self.lines += textwrap.wrap(
                line,
                WIDTH,
                initial_indent=first,
                subsequent_indent=hanging,
                break_long_words=False,
                break_on_hyphens=False,
            ) or [first.rstrip()]
        self.mark = ""

    def _blank(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")


def _text(tokens: Sequence[Token]) -> str:
    lines = _Lines()
    for token in tokens:
        lines.read(token)
    return "\n".join(lines.lines).strip("\n") + "\n"


def _inline(tokens: Sequence[Token]) -> str:
    """Return a line's tokens as text; a link with other words than its address is followed by it (RFC 3986, C)."""
    words: list[str] = []
    opened: list[tuple[str, int]] = []
    for token in tokens:
        if token.type in {"softbreak", "hardbreak"}:
            words.append("\n")
        elif token.type == "link_open":
            opened.append((str(token.attrGet("href") or ""), len(words)))
        elif token.type == "link_close":
            address, start = opened.pop()
            label = "".join(words[start:])
            if label not in {address, address.removeprefix("mailto:")}:
                words.append(f" <{address}>")
        else:
            words.append(token.content)
    return "".join(words)
