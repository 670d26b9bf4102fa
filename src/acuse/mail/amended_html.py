"""Changing the source of an HTML body in few places, and leaving every other character as it is. Pure.

Nothing is parsed into a tree and written again: mail programs depend on the very source. Tags are found as the
tokeniser of the HTML standard finds them (section 13.2.5), each character read once; where the source ends inside a
tag, a comment or a raw element, or a quote is never closed, it is not changed at all.
"""

import re
from collections.abc import Callable, Iterator
from html import unescape
from html.entities import html5
from typing import NamedTuple

MOST_LINKS = 500
MOST_LINK = 2000
"""Characters of a link: longer ones are left alone."""

_ATTRIBUTE = r"""([^\s/>=]++)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>][^\s>]*+|(?=>)))?+"""
_TAG = re.compile(rf"<(/?)([a-zA-Z][^\s/>]*+)((?:[\s/]++|{_ATTRIBUTE})*+)>")
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_OPENING = re.compile(r"</?[a-zA-Z]")
_COMMENT_END = re.compile(r"--!?>")
_MARK_END = re.compile(r">")
#: Elements whose content is no markup, and what ends it.
_RAW = {
    name: re.compile(rf"(?=</{name}[\s/>])", re.IGNORECASE)
    for name in ("style", "script", "title", "textarea", "xmp", "iframe", "noembed", "noframes")
} | {"plaintext": re.compile(r"(?!)")}
_REFERENCE = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|([A-Za-z][A-Za-z0-9]*+)(;|(?!=)))")
_REMOVED = re.compile(r"[\t\r\n]")
_WEB = re.compile(r"https?://[^/]", re.IGNORECASE)


class Unreadable(ValueError):
    """The source cannot be followed to its end."""


class Tag(NamedTuple):
    """A tag as it stands in a source: where, its name in lower case, and where its attributes are."""

    start: int
    name: str
    closes: bool
    attributes: tuple[int, int]


class Edited(NamedTuple):
    """A source with its links exchanged, and the place for what is put at its end; `links` by number, from 1."""

    source: str
    end: int
    links: tuple[str, ...]


def edit(source: str, *, link: Callable[[int], str] | None, own: str) -> Edited:
    """Return a source whose links to the web lead by way of others, and where its visible end is.

    Args:
        source: of an HTML body.
        link: number of a link to what stands in its place; None to leave all as they are.
        own: beginning of the links that are ours already, and stay.

    Raises:
        Unreadable: the source cannot be followed to its end.
    """
    pieces: list[str] = []
    numbers: dict[str, int] = {}
    at = length = 0
    end = whole = None
    for tag in tags(source):
        found = None if link is None or tag.closes or tag.name not in ("a", "area") else _target(source, tag, own)
        if link is not None and found is not None and (found[2] in numbers or len(numbers) < MOST_LINKS):
            number = numbers.setdefault(found[2], len(numbers) + 1)
            written = f'{source[at : found[0]]}"{link(number)}"'
            pieces.append(written)
            at, length = found[1], length + len(written)
        elif tag.closes and tag.name in ("body", "html"):
            place = length + tag.start - at
            end, whole = (place, whole) if tag.name == "body" else (end, place)
    pieces.append(source[at:])
    edited = "".join(pieces)
    places = [place for place in (end, whole, len(edited)) if place is not None]
    return Edited(edited, places[0], tuple(numbers))


def tags(source: str) -> Iterator[Tag]:
    """Yield the tags of a source; `Unreadable` where it cannot be followed to its end."""
    at = source.find("<")
    while at >= 0:
        found = _TAG.match(source, at)
        if found is not None:
            name, closes = found[2].lower(), bool(found[1])
            yield Tag(at, name, closes, found.span(3))
            after = found.end() if closes or name not in _RAW else _past(source, _RAW[name], found.end())
        elif source.startswith("<!--", at):
            after = _past(source, _COMMENT_END, at + 2)  # "<!-->" is a whole one
        elif _OPENING.match(source, at):
            raise Unreadable
        else:
            after = _past(source, _MARK_END, at) if source.startswith(("<!", "<?", "</"), at) else at + 1
        at = source.find("<", after)


def attributes(source: str, tag: Tag) -> Iterator[tuple[str, str]]:
    """Yield name, in lower case, and value, as written but without quotes, of the attributes of a tag."""
    for found in _ATTRIBUTES.finditer(source, *tag.attributes):
        yield found[1].lower(), _unquoted(found[2] or "")


def _unquoted(value: str) -> str:
    return value[1:-1] if value[:1] in ('"', "'") else value


def _past(source: str, mark: re.Pattern[str], at: int) -> int:
    """Return the place after the next mark."""
    found = mark.search(source, at)
    if found is None:
        raise Unreadable
    return found.end()


def _target(source: str, tag: Tag, own: str) -> tuple[int, int, str] | None:
    """Return where the value of `href` stands in a tag, quotes included, and the link; None where that stays."""
    for found in _ATTRIBUTES.finditer(source, *tag.attributes):
        if found[1].lower() != "href":
            continue
        link = attribute_text(_unquoted(found[2] or ""))
        link = _REMOVED.sub("", link).strip(" \x00\x0c")
        ours = link.lower().startswith(own.lower())
        # A browser reads a backslash as a slash, and whatever leads on does not: each would name another host.
        plain = _WEB.match(link) is not None and link.isprintable() and "\\" not in link
        return (*found.span(2), link) if plain and not ours and len(link) <= MOST_LINK else None
    return None


def attribute_text(source: str) -> str:
    """Return the value of an attribute: in none is `&copy=1` a character reference (HTML standard, 13.2.5.73)."""

    def decoded(found: re.Match[str]) -> str:
        name = found[1]
        return unescape(found[0]) if name is None else html5.get(name + found[2], found[0])

    return _REFERENCE.sub(decoded, source)
