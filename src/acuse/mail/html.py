"""Foreign HTML made harmless: a document for a sandboxed frame of the console, and a small tree for `structured`.

nh3 (html5ever) parses and cleans; what it leaves is well formed, so the standard library's parser can read it again.
No script, style, form, frame, object or remote address survives; a remote image becomes a visible placeholder.
"""

import base64
import html as markup
import re
from collections import Counter
from dataclasses import dataclass, field
from html.entities import html5
from html.parser import HTMLParser
from urllib.parse import unquote

import nh3

from acuse.mail.kinds import MOST_PIXELS, kind_of, pixels_of
from acuse.mail.read import Attachment

MAX_HTML = 1024 * 1024  # characters; longer bodies are cut, and shown as cut
MAX_INLINE_IMAGE = 1024 * 1024
MAX_INLINE_TOTAL = 8 * 1024 * 1024
MAX_DEPTH = 100
MAX_NODES = 200_000
MAX_NESTING = 500  # html5ever takes quadratic time in open elements: 100,000 nested divs took 39 s (measured)
MAX_ATTRIBUTES = 1000  # of one tag

# fmt: off
BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "caption", "center", "dd", "div", "dl", "dt", "footer", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
))
_INLINE = frozenset((
    "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "em", "font", "i", "img", "ins", "kbd", "mark", "q",
    "s", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "wbr",
))
# fmt: on
_VOID = frozenset(("br", "hr", "img", "wbr"))
_GENERIC = {"dir", "lang", "title"}
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "type", "reversed"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign", "scope"},
    "table": {"role", "align", "width", "border", "cellpadding", "cellspacing"},
    "p": {"align"},
    "div": {"align"},
    "*": _GENERIC,
}
_DROPPED_WHOLE = {"script", "style", "head", "title", "template", "object", "svg", "math", "iframe", "noembed", "xmp"}
_RASTER = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:16px;overflow-wrap:anywhere;color:#141414;background:#fff}"
    "img{max-width:100%;height:auto}table{border-collapse:collapse}pre{white-space:pre-wrap}"
    "body:focus-visible{outline:2px solid #0b5563;outline-offset:4px}"
    ".remote-image{display:inline-block;border:1px dashed #4d4d4d;padding:4px 8px;color:#4d4d4d}"
)


_OPENING = re.compile(r"""<[a-zA-Z](?:[^<>"']|"[^"]*"|'[^']*')*""")
_AMPERSAND = re.compile(r"&(#[0-9]|#[xX][0-9a-fA-F]|[A-Za-z][A-Za-z0-9]{1,31};?)?")
#: References that may end without a semicolon: "&copy".
_UNENDED = tuple(name for name in html5 if not name.endswith(";"))
_STAND_IN = "\ufdd0"  # for such an ampersand; Unicode keeps it from being a character
_QUOTED = re.compile(r""""[^"]*"|'[^']*'""")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})")
_SELF_CLOSING = _VOID | {"p", "li", "td", "th", "tr", "dt", "dd", "option", "meta", "link", "input", "col", "area"}


@dataclass(kw_only=True)
class Node:
    """An element of cleaned HTML. Children are elements and texts in order."""

    tag: str
    attributes: dict[str, str]
    children: list["Node | str"] = field(default_factory=list)


def clean(html: str) -> tuple[str, bool]:
    """Return harmless, well-formed HTML, and whether the body was cut at MAX_HTML characters.

    A body with more than MAX_NESTING elements open at once, or a tag of more than MAX_ATTRIBUTES attributes, which no
    mail program writes and which parsers take quadratic time for, is shown as its source.
    """
    cut = len(html) > MAX_HTML
    kept = html[:MAX_HTML].replace("\x00", "\ufffd").replace(_STAND_IN, "\ufffd")
    if _nesting(kept) > MAX_NESTING or _attributes(kept) > MAX_ATTRIBUTES:
        return f"<pre>{markup.escape(kept, quote=False)}</pre>", cut
    cleaned = nh3.clean(
        _AMPERSAND.sub(_referring, kept),
        tags=set(BLOCKS | _INLINE),
        clean_content_tags=_DROPPED_WHOLE,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
    )
    return cleaned.replace(_STAND_IN, "&amp;"), cut


def _referring(found: re.Match[str]) -> str:
    """Return an ampersand as it is where it may begin a reference, else what stands for it while it is cleaned.

    html5ever takes quadratic time for ampersands in text: a mebibyte of them took 16 s. The references of a mebibyte
    take 2 s at most (measured), and are no more than that.
    """
    name = found[1] or ""
    if name.startswith("#") or name in html5 or name.startswith(_UNENDED):
        return found[0]
    return _STAND_IN + name


def _attributes(html: str) -> int:
    """Return an estimate of the most attributes that one tag has: its words outside quotes."""
    return max((len(_QUOTED.sub(" ", tag).split()) for tag in _OPENING.findall(html)), default=0)


def _nesting(html: str) -> int:
    """Return an upper estimate of how many elements are open at once."""
    still_open: Counter[str] = Counter()
    depth = deepest = 0
    for slash, written in _TAG.findall(html):
        tag = written.lower()
        if tag in _SELF_CLOSING:
            continue
        if not slash:
            still_open[tag] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif still_open[tag]:
            still_open[tag] -= 1
            depth -= 1
    return deepest


def content_id_of(source: str) -> str | None:
    """Return the Content-ID that an image address names, or None if it is not a `cid:` one."""
    return unquote(source[4:]) if source[:4].lower() == "cid:" else None


def console_document(
    html: str, *, images: tuple[Attachment, ...], placeholder: str, language: str | None = None
) -> str:
    """Return a whole document for `<iframe sandbox srcdoc>`: inline images as data, remote ones as placeholders.

    Args:
        html: untrusted body (`Message.html`). images: `Message.inline_images`.
        placeholder: text before a blocked image's address, in the reader's language, such as "Remote image:".

    Returns:
        A document that holds its own policy (no network, no script), whatever frame shows it. Its body takes the
        focus, so that who has no pointer can scroll it.
    """
    cleaned, _ = clean(html)
    writer = _Writer(_sources(images), placeholder)
    writer.feed(cleaned)
    writer.close()
    lang = f' lang="{markup.escape(language)}"' if language else ""
    return (
        f'<!doctype html><html{lang}><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<style>{_STYLE}</style></head><body tabindex="0">{"".join(writer.pieces)}</body></html>'
    )


def _sources(images: tuple[Attachment, ...]) -> dict[str, str]:
    """Return the addresses of inline pictures by their Content-ID: those that are one by their bytes, within bounds."""
    sources: dict[str, str] = {}
    left, pixels_left = MAX_INLINE_TOTAL, MOST_PIXELS
    for image in images:
        if image.content_id is None or image.size > min(MAX_INLINE_IMAGE, left):
            continue
        media_type, pixels = kind_of(image.content, ""), pixels_of(image.content)
        if media_type not in _RASTER or pixels is None or pixels > pixels_left:
            continue
        left -= image.size
        pixels_left -= pixels
        sources[image.content_id] = f"data:{media_type};base64,{base64.b64encode(image.content).decode('ascii')}"
    return sources


class _Writer(HTMLParser):
    """Writes cleaned HTML again with its images resolved."""

    def __init__(self, sources: dict[str, str], placeholder: str) -> None:
        super().__init__(convert_charrefs=True)
        self.sources = sources
        self.placeholder = placeholder
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {key: value or "" for key, value in attrs}
        if tag == "img":
            self._image(known)
            return
        written = "".join(f' {key}="{markup.escape(value)}"' for key, value in known.items())
        self.pieces.append(f"<{tag}{written}>")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self.pieces.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.pieces.append(markup.escape(data, quote=False))

    def _image(self, known: dict[str, str]) -> None:
        source = known.get("src", "")
        alternative = markup.escape(known.get("alt", ""))
        found = self.sources.get(content_id_of(source) or "")
        if found is not None:
            self.pieces.append(f'<img src="{found}" alt="{alternative}">')
            return
        address = markup.escape(source or known.get("alt", ""))
        self.pieces.append(f'<span class="remote-image">{markup.escape(self.placeholder)} {address}</span>')


class _TreeBuilder(HTMLParser):
    """Reads cleaned HTML into nodes. Deeper than MAX_DEPTH, elements are flattened into their parent."""

    def __init__(self, root: Node) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [root]
        self.nodes = 0
        self.full = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.full = True
            return
        node = Node(tag=tag, attributes={key: value or "" for key, value in attrs})
        if len(self.open) < MAX_DEPTH:
            self.open[-1].children.append(node)
            if tag not in _VOID:
                self.open.append(node)
        elif tag in _VOID:
            self.open[-1].children.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and len(self.open) > 1 and self.open[-1].tag == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.full:
            self.open[-1].children.append(data)


def tree(html: str) -> tuple[Node, bool]:
    """Return untrusted HTML as a tree of harmless nodes, and whether something was cut off."""
    cleaned, cut = clean(html)
    root = Node(tag="body", attributes={})
    builder = _TreeBuilder(root)
    builder.feed(cleaned)
    builder.close()
    return root, cut or builder.full
