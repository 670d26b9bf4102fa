"""Files embedded in a PDF: their names, kinds and limits (PDF/A-3 takes any file: ISO 19005-3, 6.8)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from acuse.errors import InputError

Relationship = Literal["source", "data", "alternative", "supplement"]

MAX_FILES = 500
MAX_TOTAL = 64 * 1024 * 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}", re.ASCII)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """One embedded file.

    Attributes:
        name: our own name, ASCII letters, digits, dot, hyphen and underscore, at most 100; unique ignoring case.
        media_type: lower-case `type/subtype` without parameters; the /Subtype of the embedded stream.
        content: the bytes, embedded unchanged.
        relationship: the /AFRelationship to the document.
        description: one sentence for a person, in the document's language.
    """

    name: str
    media_type: str
    content: bytes = field(repr=False)
    relationship: Relationship
    description: str


def check_attachments(attachments: tuple[Attachment, ...]) -> None:
    """Refuse attachments that a reader could not tell apart or that pass a limit.

    Raises:
        InputError: a name, a media type, a repeated name, more than MAX_FILES files or MAX_TOTAL bytes.
    """
    if len(attachments) > MAX_FILES:
        raise InputError(f"A document embeds at most {MAX_FILES} files; put the rest in the bundle.")
    if sum(len(one.content) for one in attachments) > MAX_TOTAL:
        raise InputError(f"A document embeds at most {MAX_TOTAL} bytes; put larger files in the bundle.")
    seen: set[str] = set()
    for one in attachments:
        if not _NAME.fullmatch(one.name):
            raise InputError(f"The embedded file name {one.name!r} is not plain ASCII; use unique_name().")
        if not _MEDIA_TYPE.fullmatch(one.media_type):
            raise InputError(f"The media type {one.media_type!r} of {one.name} is not `type/subtype`.")
        if one.name.lower() in seen:
            raise InputError(f"Two embedded files are called {one.name}; use unique_name().")
        seen.add(one.name.lower())


def unique_name(wanted: str, taken: Iterable[str]) -> str:
    """Return an ASCII file name close to a wanted one, different from those taken (ignoring case).

    Args:
        wanted: any text, such as the name a sender gave to a file. Never trusted: letters outside ASCII become "_".
        taken: names already used.
    """
    plain = _UNSAFE.sub("_", wanted).strip("._-") or "file"
    stem, dot, extension = plain.rpartition(".")
    if not dot or len(extension) > 10:
        stem, extension = plain, ""
    stem = stem[:60].rstrip("._-") or "file"
    suffix = f".{extension}" if extension else ""
    used = {name.lower() for name in taken}
    name, count = stem + suffix, 1
    while name.lower() in used:
        count += 1
        name = f"{stem}-{count}{suffix}"
    return name
