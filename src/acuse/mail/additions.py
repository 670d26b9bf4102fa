"""What is added to the copy of a message that asks for it, and to nothing else. Pure.

The original stays as it was submitted. Of the copy only the first readable body changes: a line at its end with the
link to the receipt, and in HTML, where the copy is tracked, an image and links that lead by way of this installation.
Whatever somebody signed or encrypted is left alone, and so is what cannot be read without a doubt. What was made is
read again before it is given out: every other part must be there byte for byte, and the changed ones must say what
they should; else nothing is added.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from acuse.mail import amended_html, amended_part, headers, hidden_html, structure
from acuse.mail.additions_wording import WORDINGS
from acuse.mail.amended_part import PartText, Unwritable
from acuse.mail.headers import Field
from acuse.mail.structure import Part

_SIGNED_FIELDS = frozenset(
    ("dkim-signature", "domainkey-signature", "arc-seal", "arc-message-signature", "content-md5")
)
_SIGNED = frozenset(("multipart/signed", "application/pkcs7-signature", "application/x-pkcs7-signature"))
_OPAQUE = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
_ENCRYPTED = frozenset(("multipart/encrypted", "application/pgp-encrypted"))
_CALENDAR = frozenset(("text/calendar", "application/ics"))
_PGP = re.compile(rb"^-----BEGIN PGP (SIGNED )?MESSAGE-----", re.MULTILINE)
_CHANGED = frozenset(("content-type", "content-transfer-encoding", "mime-version"))
_LINE = "________"
#: What a style sheet of the sender's might hide each element of ours with: written so, it beats every rule of a sheet.
_SHOWN = (
    "visibility:visible!important;opacity:1!important;position:static!important;height:auto!important;"
    "max-height:none!important;transform:none!important;text-indent:0!important;font:13px/20px sans-serif!important"
)
_BLOCK = f"display:block!important;{_SHOWN};color:#4d525a!important"
_STYLE = f"margin:24px 0 0!important;padding:12px 0 0;border-top:1px solid #c9ccd1;{_BLOCK}"
_LINE_STYLE = f"margin:0!important;{_BLOCK}"
_LINK_STYLE = f"display:inline!important;{_SHOWN};color:#0b5563!important"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What shall be added; an empty text, or None, for what shall not.

    Attributes:
        language: "es" or "en", of what is written.
        receipt: link to the receipt.
        image: link to the image that is fetched when the copy is shown.
        link: number of a link of the copy, from 1, to the one that stands in its place.
        withdraw: link with which the recipient ends the tracking; in every copy that has the image or such links.
        own: beginning of the links that are ours already, and stay.
    """

    language: str
    receipt: str = ""
    image: str = ""
    link: Callable[[int], str] | None = None
    withdraw: str = ""
    own: str = ""


@dataclass(frozen=True, kw_only=True)
class Added:
    """A copy, and what was added to it.

    Attributes:
        message: the copy; with `why_not` as it was.
        footer: it names its receipt.
        image: it has the image.
        links: where those in whose place others stand lead, in the order of their numbers.
        why_not: of `NOT_ADDED` in the catalogue of facts; empty where something was added.
    """

    message: bytes
    footer: bool = False
    image: bool = False
    links: tuple[str, ...] = ()
    why_not: str = ""


def add(message: bytes, wanted: Wanted) -> Added:
    """Add to a message what is wanted. Never raises, whatever the message; the same for the same arguments.

    Args:
        message: as it would be sent. wanted: something at least.
    """
    root, defects = structure.parse(message)
    bodies = _bodies(root)
    why_not = _protected(message, root, bodies) or ("malformed" if defects else "")
    is_html = any(part.content.media_type == "text/html" for part in bodies)
    if not why_not and not bodies:
        why_not = "no_text"
    if not why_not and not wanted.receipt and not is_html:
        why_not = "no_html"
    if not why_not and sum(part.body_end - part.body_start for part in bodies) > amended_part.MOST_OCTETS:
        why_not = "too_big"
    if why_not:
        return Added(message=message, why_not=why_not)
    try:
        tracked = is_html and bool(wanted.image)
        if tracked and _hides_its_end(message, bodies):
            if not wanted.receipt:
                return Added(message=message, why_not="hidden")
            tracked = False
        return _added(message, root, bodies, wanted, tracked=tracked)
    except (Unwritable, amended_html.Unreadable):
        return Added(message=message, why_not="malformed")


def _protected(message: bytes, root: Part, bodies: list[Part]) -> str:
    """Return why nobody may change a message: it is signed, encrypted, or read by programs; empty where anybody may."""
    kinds = {part.content.media_type for part in root.walk()}
    opaque = [part for part in root.walk() if part.content.media_type in _OPAQUE]
    inline = {bool(found[1]) for part in bodies for found in _PGP.finditer(structure.content_of(message, part)[0])}
    enveloped = any((part.content.parameter("smime-type") or "").lower() != "signed-data" for part in opaque)
    if kinds & _ENCRYPTED or enveloped or False in inline:
        return "encrypted"
    names = {field.name.lower() for part in root.walk() for field in part.fields}
    if kinds & _SIGNED or opaque or names & _SIGNED_FIELDS or True in inline:
        return "signed"
    return "calendar" if kinds & _CALENDAR else ""


def _bodies(part: Part) -> list[Part]:
    """Return the first text that is no file: one part, or of alternatives the last of each kind, which readers show."""
    kind = part.content.media_type
    if kind == "multipart/alternative":
        found = {body.content.media_type: body for child in part.children for body in _bodies(child)}
        return sorted(found.values(), key=lambda body: body.body_start)
    if kind.startswith("multipart/"):
        firsts = () if kind == "multipart/report" else part.children
        return next((bodies for bodies in map(_bodies, firsts) if bodies), [])
    content = part.content
    is_file = content.disposition == "attachment" or content.filename is not None
    return [part] if kind in ("text/plain", "text/html") and not is_file else []


def _hides_its_end(message: bytes, bodies: list[Part]) -> bool:
    """Return whether nobody would see the link against tracking: then nothing is tracked."""
    sources = [amended_part.read_text(message, part).text for part in bodies if part.content.media_type == "text/html"]
    return any(map(hidden_html.hides_its_end, sources))


def _added(message: bytes, root: Part, bodies: list[Part], wanted: Wanted, *, tracked: bool) -> Added:
    links: tuple[str, ...] = ()
    texts: dict[str, str] = {}
    pieces, at = [], 0
    for part in bodies:
        before = amended_part.read_text(message, part)
        if part.content.media_type == "text/html":
            edited = amended_html.edit(before.text, link=wanted.link if tracked else None, own=wanted.own)
            links = edited.links
            texts[part.path] = edited.source[: edited.end] + _html(wanted, tracked) + edited.source[edited.end :]
        else:
            texts[part.path] = before.text + _plain(before, wanted, tracked)
        pieces += [message[at : part.start], amended_part.written(message, part, before, texts[part.path])]
        at = part.body_end
    made = _with_mime_version(b"".join([*pieces, message[at:]]), root)
    _check(message, root, made, texts)
    return Added(message=made, footer=bool(wanted.receipt), image=tracked, links=links)


def _plain(before: PartText, wanted: Wanted, tracked: bool) -> str:
    """Return what stands at the end of plain text."""
    end = "\n" if "\n" in before.text and "\r\n" not in before.text else "\r\n"
    lines = [line for sentence, link in _lines(wanted, tracked) for line in (sentence, link)]
    first = [] if before.text.endswith("\n") or not before.text else [""]
    return end.join([*first, "", _LINE, *lines, ""])


def _html(wanted: Wanted, tracked: bool) -> str:
    """Return what stands at the end of HTML, in ASCII, whatever the character set."""
    lines = "".join(
        f'<p style="{_LINE_STYLE}">{escape(sentence)}\r\n'
        f'<a href="{escape(link)}" style="{_LINK_STYLE}">{escape(link)}</a></p>\r\n'
        for sentence, link in _lines(wanted, tracked)
    )
    image = f'<img src="{escape(wanted.image)}" width="1" height="1" alt="">' if tracked else ""
    block = f'<div lang="{wanted.language}" style="{_STYLE}">{lines}</div>{image}\r\n'
    return block.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _lines(wanted: Wanted, tracked: bool) -> list[tuple[str, str]]:
    words = WORDINGS[wanted.language]
    receipt = [(words["receipt"], wanted.receipt)] if wanted.receipt else []
    return [*receipt, (words["withdraw"], wanted.withdraw)] if tracked else receipt


def _with_mime_version(message: bytes, root: Part) -> bytes:
    """Return a message that says it is MIME, where its first header now says what only MIME knows (RFC 2045 4)."""
    if headers.first(root.fields, "MIME-Version") is not None:
        return message
    fields, _, _ = headers.split_block(message, 0, len(message))
    told = any(field.name.lower().startswith("content-") for field in fields)
    return b"MIME-Version: 1.0\r\n" + message if told else message


def _check(message: bytes, root: Part, made: bytes, texts: dict[str, str]) -> None:
    """Read a copy again, as its recipient will.

    Raises:
        Unwritable: it does not say what it should, or anything else in it is not as it was.
    """
    again, defects = structure.parse(made)
    before, after = list(root.walk()), list(again.walk())
    if defects or [part.path for part in before] != [part.path for part in after]:
        raise Unwritable
    for old, new in zip(before, after, strict=True):
        if old.path in texts:
            same = amended_part.read_text(made, new).text == texts[old.path]
        else:
            same = bool(old.children) or _body(message, old) == _body(made, new)
        if not same or old.content.media_type != new.content.media_type or _others(old) != _others(new):
            raise Unwritable


def _body(message: bytes, part: Part) -> bytes:
    return message[part.body_start : part.body_end]


def _others(part: Part) -> list[Field]:
    """Return the fields of a part that never change."""
    return [field for field in part.fields if field.name.lower() not in _CHANGED]
