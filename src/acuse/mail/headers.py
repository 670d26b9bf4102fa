"""Header fields: splitting a header block, and decoding values that may lie (RFC 5322, 2047, 2231, 6532)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import decode_header
from email.message import Message as Compat32Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import TypeVar

from acuse.mail import charsets, mailboxes
from acuse.mail.mailboxes import Address

MAX_BLOCK = 512 * 1024
MAX_FIELDS = 2000
MAX_VALUE = 64 * 1024
MAX_ADDRESSES = 2000
MAX_MIME_VALUE = 8 * 1024  # the library splits parameters in more than linear time, and every part has some

_BLANK = re.compile(rb"\r?\n\r?\n")
_NAME = re.compile(rb"([!-9;-~]{1,998})[ \t]*:")
_FOLD = re.compile(r"\r?\n(?=[ \t])|[\r\n]+")
_NESTED = re.compile(r"\({50}|<{50}")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One header field: its name as written and its raw value, folding included, without the last line end."""

    name: str
    value: bytes


def guarded(call: Callable[[], T], otherwise: T) -> T:
    """Return `call()`, or `otherwise` if the library breaks on a hostile value.

    The standard library's mail code raises IndexError, KeyError, RecursionError and others on malformed values
    (measured), so no narrower class would do; only calls into it are wrapped.
    """
    try:
        return call()
    except Exception:
        return otherwise


def split_block(raw: bytes, start: int, end: int) -> tuple[tuple[Field, ...], int, tuple[str, ...]]:
    """Split the header block that starts at `start`.

    Args:
        raw: the whole message; start, end: the range of the entity within it, in bytes.

    Returns:
        The fields, the offset of the body, and the defects found ("header_...").
    """
    limit = min(end, start + MAX_BLOCK)
    if raw.startswith((b"\r\n", b"\n"), start):
        return (), min(end, start + (2 if raw[start] == 13 else 1)), ()
    blank = _BLANK.search(raw, start, limit)
    defects: list[str] = []
    if blank is None and limit < end:
        defects.append("header_too_large")
    head_end, body = (blank.start(), blank.end()) if blank else (limit, limit)
    fields, malformed = _fields(raw[start:head_end])
    if len(fields) > MAX_FIELDS:
        fields = fields[:MAX_FIELDS]
        defects.append("header_too_many_fields")
    if malformed:
        defects.append("header_malformed_line")
    if not fields and malformed:
        body = start  # no header at all: everything is the body (RFC 5322 3.5)
    return tuple(fields), body, tuple(defects)


def _fields(block: bytes) -> tuple[list[Field], bool]:
    fields: list[tuple[str, list[bytes]]] = []
    malformed = False
    for whole in block.split(b"\n"):
        line = whole.removesuffix(b"\r")
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1][1].append(line)
            continue
        match = _NAME.match(line)
        if match is None:
            malformed = malformed or bool(line)
            continue
        fields.append((match.group(1).decode("ascii"), [line[match.end() :]]))
    return [Field(name=name, value=b"\r\n".join(lines)) for name, lines in fields], malformed


def first(fields: tuple[Field, ...], name: str) -> Field | None:
    """Return the first field called `name` (any case), or None."""
    wanted = name.lower()
    return next((field for field in fields if field.name.lower() == wanted), None)


def raw_text(field: Field) -> str:
    """Return the unfolded value as text, RFC 2047 words left as they are; 8-bit values by RFC 6532, else cp1252."""
    text, _ = charsets.decode(field.value[:MAX_VALUE], None)
    return _FOLD.sub("", text).strip()


def decoded(text: str) -> str:
    """Decode the RFC 2047 words of an unfolded value. Never raises; unseen control characters are removed."""
    if "=?" in text:
        text = guarded(lambda: _words(text), text)
    return _shown(text)


def _shown(text: str) -> str:
    return _UNSEEN.sub("", _FOLD.sub(" ", text)).encode("utf-8", "replace").decode("utf-8")


def _words(text: str) -> str:
    return "".join(
        charsets.decode(piece, charset.partition("*")[0] if charset else "utf-8")[0]
        if isinstance(piece, bytes) and charset
        else piece.decode("raw-unicode-escape", "replace")  # decode_header encodes unencoded pieces this way
        if isinstance(piece, bytes)
        else piece
        for piece, charset in decode_header(text)
    )


def text_of(fields: tuple[Field, ...], name: str) -> str | None:
    """Return the decoded value of the first field called `name`, or None."""
    field = first(fields, name)
    return None if field is None else decoded(raw_text(field))


def addresses_of(fields: tuple[Field, ...], name: str) -> tuple[Address, ...]:
    """Return the addresses of every field called `name`, at most MAX_ADDRESSES.

    What `mailboxes.listed` can read is read by it: that is the reading by which the connector authorises a sender. Only
    what it refuses, which a From that was submitted never is, is guessed at. Encoded words stand for names alone
    (RFC 2047 section 5): in an address they stay as they are.
    """
    wanted = name.lower()
    found: list[Address] = []
    for value in (raw_text(field) for field in fields if field.name.lower() == wanted):
        found += mailboxes.listed(value) or _guessed(value)
    return tuple(Address(name=decoded(one.name), address=_shown(one.address)) for one in found[:MAX_ADDRESSES])


def _guessed(value: str) -> list[Address]:
    if _NESTED.search(value):
        return []
    pairs: list[tuple[str, str]] = guarded(lambda: getaddresses([value]), [])
    return [Address(name=name, address=address) for name, address in pairs if address]


def date_of(fields: tuple[Field, ...], name: str = "Date") -> datetime | None:
    """Return the date of a field in UTC, or None if absent or unreadable."""
    field = first(fields, name)
    if field is None:
        return None
    text = raw_text(field)[:200]
    return guarded(lambda: _aware(parsedate_to_datetime(text)), None)


def _aware(moment: datetime) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class ContentHeaders:
    """The MIME fields of one entity, guarded (RFC 2045, 2183, 2231)."""

    media_type: str
    charset: str | None
    boundary: str | None
    filename: str | None
    disposition: str
    encoding: str
    content_id: str | None
    parameters: tuple[tuple[str, str], ...]

    def parameter(self, name: str) -> str | None:
        """Return a Content-Type parameter by lower-case name."""
        return next((value for key, value in self.parameters if key == name), None)


def content_headers(fields: tuple[Field, ...], default_type: str) -> ContentHeaders:
    """Read the MIME fields with the standard library's forgiving rules (policy compat32)."""
    entity = Compat32Message()
    entity.set_default_type(default_type)
    for name in ("Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "Content-ID"):
        field = first(fields, name)
        if field is not None:
            entity[name] = raw_text(field)[:MAX_MIME_VALUE]
    filename = guarded(entity.get_filename, None)
    content_id = str(entity.get("Content-ID", "")).strip().strip("<>").strip()
    none: tuple[tuple[str, str], ...] = ()
    parameters = guarded(lambda: _parameters(entity), none)
    return ContentHeaders(
        media_type=guarded(entity.get_content_type, "application/octet-stream"),
        charset=guarded(entity.get_content_charset, None),
        boundary=guarded(entity.get_boundary, None),
        filename=None if filename is None else decoded(str(filename)),
        disposition=guarded(entity.get_content_disposition, None) or "",
        encoding=str(entity.get("Content-Transfer-Encoding", "")).strip().lower(),
        content_id=content_id[:998] or None,
        parameters=parameters,
    )


def _parameters(entity: Compat32Message) -> tuple[tuple[str, str], ...]:
    # an RFC 2231 value comes as a tuple, whatever the library's types say
    pairs: list[tuple[str, object]] = list(entity.get_params(failobj=[], unquote=True) or [])
    return tuple((key.lower(), value) for key, value in pairs[1:] if isinstance(value, str))
