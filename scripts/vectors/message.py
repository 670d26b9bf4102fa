"""The hostile message as a value, and the plain message around an attack."""

from dataclasses import dataclass

ACCEPTED = "accepted"
FORM = "5.6.0"
LOOP = "5.4.6"

SENDER = b"From: Talleres Ribera <avisos@talleres-ribera.example>\r\n"
DATE = b"Date: Mon, 16 Nov 2026 09:00:00 +0100\r\n"
MIME = b"MIME-Version: 1.0\r\n"


@dataclass(frozen=True, kw_only=True)
class Vector:
    """One hostile message.

    Attributes:
        name: of the file, without `.eml`.
        attacks: one phrase.
        raw: content octets, as they are before dot-stuffing.
        connector: "accepted", or the enhanced code of the refusal.
    """

    name: str
    attacks: str
    raw: bytes
    connector: str = ACCEPTED


def message(
    body: bytes = b"Hola.\r\n", *, extra: bytes = b"", subject: bytes = b"Prueba", identifier: bytes = b"vector"
) -> bytes:
    """Return a sound message around an attack.

    Args:
        body: content, with its own line ends.
        extra: further header lines, each with its line end.
        subject: value of Subject.
        identifier: left side of the Message-ID.
    """
    head = SENDER + b"To: cliente@acepta.example\r\nSubject: " + subject + b"\r\n" + DATE
    return head + b"Message-ID: <" + identifier + b"@talleres-ribera.example>\r\n" + MIME + extra + b"\r\n" + body


def multipart(*parts: bytes, boundary: bytes = b"limite", kind: bytes = b"mixed") -> bytes:
    """Return a multipart message; each part has its own headers and blank line."""
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"
    return message(body, extra=b"Content-Type: multipart/" + kind + b'; boundary="' + boundary + b'"\r\n')


def typed(media: bytes, body: bytes, encoding: bytes = b"") -> bytes:
    """Return a message with one part of a media type.

    Args:
        media: value of Content-Type.
        body: content, encoded by the caller.
        encoding: value of Content-Transfer-Encoding; none where empty.
    """
    extra = b"Content-Type: " + media + b"\r\n"
    return message(body, extra=extra + (b"Content-Transfer-Encoding: " + encoding + b"\r\n" if encoding else b""))
