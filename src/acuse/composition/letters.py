"""Letters as messages: RFC 5322 with text and HTML, byte for byte the same for the same arguments. Pure.

No header can hold a second line or a second address: addresses are read closed on doubt (`acuse.mail.mailboxes`),
identifiers by a pattern, and foreign words become one line.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from acuse.composition.bodies import Parts
from acuse.composition.variables import clean
from acuse.errors import InputError
from acuse.mail.mailboxes import mailbox

MOST_SUBJECT = 200
MOST_NAME = 70
_MOST_FILE_NAME = 150
_MOST_REFERENCES = 20
_IDENTIFIER = re.compile(r"<[!-;=?-~]{1,900}>", re.ASCII)
_MEDIA_TYPE = re.compile(r"([a-z0-9][a-z0-9!#$&^_.+-]{0,126})/([a-z0-9][a-z0-9!#$&^_.+-]{0,126})", re.ASCII)
_SEPARATORS = str.maketrans('/\\:*?"<>|', "_" * 9)


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """Who writes or is written to: the name that is shown, which may be empty, and an address."""

    name: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that goes along: its name, its media type as `type/subtype`, its bytes."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """Who writes to whom, when, and what it answers.

    Attributes:
        sender, recipient: From and To.
        reply_to: where answers go; "" for the sender.
        message_id: of this letter, with its angle brackets.
        written_at: aware; the same at each try.
        in_reply_to: Message-ID of the message it answers; "" for none.
        references: Message-IDs of the messages before it, the oldest first.
        automatic: no person wrote it (RFC 3834): "auto-replied" where it answers a message, else "auto-generated".
        language: "es" or "en".
    """

    sender: Mailbox
    recipient: Mailbox
    reply_to: str
    message_id: str
    written_at: datetime
    language: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    automatic: bool = False


def build_message(envelope: Envelope, *, subject: str, parts: Parts, attachments: Sequence[Attachment] = ()) -> bytes:
    """Return a letter as a message, with CRLF.

    Args:
        envelope: who writes to whom.
        subject: foreign text; becomes one line.
        parts: the body.
        attachments: files that go along.

    Raises:
        InputError: an address or the Message-ID cannot stand in a header, or a media type is none.
    """
    if not _IDENTIFIER.fullmatch(envelope.message_id):
        raise InputError("The Message-ID cannot stand in a header.")
    message = EmailMessage()
    message["From"] = _address(envelope.sender)
    message["To"] = _address(envelope.recipient)
    if envelope.reply_to:
        message["Reply-To"] = _address(Mailbox(name="", address=envelope.reply_to))
    message["Subject"] = one_line(subject, MOST_SUBJECT)
    message["Date"] = format_datetime(envelope.written_at)
    message.set_content(parts.text, cte="quoted-printable")
    message.add_alternative(parts.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = envelope.language  # after the parts: what begins with Content- goes along with them
    _seal(message, envelope, parts, "alternative")
    for number, attachment in enumerate(attachments):
        _attach(message, attachment, number)
    if attachments:
        _seal(message, envelope, parts, "mixed")
    plain = all(one.isascii() for one in (envelope.sender.address, envelope.recipient.address, envelope.reply_to))
    return _identity(envelope) + message.as_bytes(policy=SMTP if plain else SMTPUTF8)


def one_line(text: str, limit: int) -> str:
    """Return foreign text as one line of at most so many characters."""
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def _identity(envelope: Envelope) -> bytes:
    """Return the fields that the library would cut: it writes an identifier over 78 characters as encoded words."""
    answered = [one for one in (envelope.in_reply_to,) if _IDENTIFIER.fullmatch(one)]
    known = [one for one in envelope.references if _IDENTIFIER.fullmatch(one)]
    thread = list(dict.fromkeys([*known, *answered]))
    if len(thread) > _MOST_REFERENCES:
        thread = [thread[0], *thread[1 - _MOST_REFERENCES :]]
    lines = [f"Message-ID: {envelope.message_id}"]
    lines += [f"In-Reply-To: {one}" for one in answered]
    lines += ["References: " + "\r\n ".join(thread)] if thread else []
    if envelope.automatic:
        lines.append(f"Auto-Submitted: {'auto-replied' if answered else 'auto-generated'}")
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _seal(message: EmailMessage, envelope: Envelope, parts: Parts, subtype: str) -> None:
    """Give the message, whose content just became multipart, a boundary that is a function of its content."""
    seed = f"{subtype}\n{envelope.message_id}\n{parts.text}\n{parts.html}"
    message.set_boundary(f"=_{hashlib.sha256(seed.encode()).hexdigest()[:40]}")


def _attach(message: EmailMessage, attachment: Attachment, number: int) -> None:
    found = _MEDIA_TYPE.fullmatch(attachment.media_type)
    if found is None:
        raise InputError("%(name)s has no media type such as application/pdf.", name=attachment.name[:80])
    # A message or a multipart would have to be written without base64 (RFC 2046, 5.2.1): it goes as a plain file.
    kind = ("application", "octet-stream") if found[1] in {"message", "multipart"} else (found[1], found[2])
    message.add_attachment(
        attachment.content, maintype=kind[0], subtype=kind[1], filename=_file_name(attachment.name, number)
    )


def _file_name(name: str, number: int) -> str:
    """Return a name that no system takes for a path."""
    clean_name = one_line(name, 10_000).translate(_SEPARATORS).strip(". ")
    if len(clean_name) > _MOST_FILE_NAME:
        stem, dot, suffix = clean_name.rpartition(".")
        kept = suffix if dot and len(suffix) <= 10 else ""
        clean_name = f"{(stem if kept else clean_name)[: _MOST_FILE_NAME - 11]}{dot if kept else ''}{kept}"
    return clean_name or f"{number + 1}"


def _address(one: Mailbox) -> Address:
    normal = mailbox(one.address)
    if normal is None:
        raise InputError("The address cannot stand in a header.")
    local, _at, domain = normal.rpartition("@")
    if len(local) > 1 and local.startswith('"') and local.endswith('"'):
        local = local[1:-1].replace("\\", "")
    return Address(one_line(one.name, MOST_NAME), local, domain)
