"""Signing what leaves, by DKIM (RFC 6376, RFC 8301, RFC 8463): relaxed/relaxed, SHA-256, the whole body.

A signature is one field before the message, which stays as it is: signatures of the sender's own go on holding. It
depends on the message, the key and the given time alone (RSA by PKCS #1 v1.5 and Ed25519 take no chance), so the same
inputs give the same octets.
"""

import base64
import hashlib
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from acuse.errors import InputError

RSA, ED25519 = "rsa-sha256", "ed25519-sha256"
ALGORITHMS = (RSA, ED25519)
RSA_BITS = 2048  # RFC 8301 section 3.2: what every verifier takes, and what one TXT record still holds

PrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey

#: Signed as often as they occur and once more, so that none can be added (RFC 6376 section 8.15).
_SEALED = (
    *("from", "to", "cc", "subject", "date", "message-id", "reply-to", "in-reply-to", "references"),
    *("mime-version", "content-type", "content-transfer-encoding", "content-disposition"),
)
#: Signed where they occur: RFC 8058 section 4 asks it of the first two.
_SIGNED = ("list-unsubscribe", "list-unsubscribe-post", "content-id", "content-description", "content-language")
_MOST_OF_ONE_NAME = 4  # further ones are malformed, and a signature has a bounded size
_BLANKS = re.compile(rb"[ \t]+")
_WIDTH = 72


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who signs.

    Attributes:
        domain: the signing domain, in ASCII; selector: under which its key is published there.
        key: the private key.
    """

    domain: str
    selector: str
    key: PrivateKey


def make_key(algorithm: str = RSA) -> bytes:
    """Return a new private key (PKCS #8, DER)."""
    key: PrivateKey
    if algorithm == ED25519:
        key = ed25519.Ed25519PrivateKey.generate()
    else:
        key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def read_key(octets: bytes) -> PrivateKey:
    """Return a private key from PKCS #8, DER.

    Raises:
        InputError: it is none that signs mail.
    """
    try:
        key = load_der_private_key(octets, None)
    except (ValueError, TypeError) as error:
        raise InputError("The private key cannot be read.") from error
    if not isinstance(key, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise InputError("A key that signs mail is of RSA or Ed25519.")
    return key


def public_record(key: PrivateKey) -> str:
    """Return what the DNS must say under the key's selector (RFC 6376 section 3.6.1, RFC 8463 section 4)."""
    public = key.public_key()
    if isinstance(public, ed25519.Ed25519PublicKey):
        kind, octets = "ed25519", public.public_bytes_raw()
    else:
        kind, octets = "rsa", public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k={kind}; p={base64.b64encode(octets).decode('ascii')}"


def record_name(selector: str, domain: str) -> str:
    """Return the name in the DNS at which a key is published."""
    return f"{selector}._domainkey.{domain}"


def signature_field(message: bytes, *, signer: Signer, at: datetime) -> bytes:
    """Return the DKIM-Signature field of a message, folded, CRLF at its end; put it before the message.

    Args:
        message: as it will be sent, CRLF line ends. signer: who signs. at: the time to be stated, aware.
    """
    head, body = _split(message)
    chosen, names = _select(head)
    algorithm = RSA if isinstance(signer.key, rsa.RSAPrivateKey) else ED25519
    unsigned = (
        f"DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed; d={signer.domain};\r\n"
        f"\ts={signer.selector}; t={int(at.timestamp())};\r\n"
        f"\th={_folded_names(names)};\r\n"
        f"\tbh={_base64(hashlib.sha256(relaxed_body(body)).digest())};\r\n"
        "\tb="
    ).encode("ascii")
    signed = b"".join(relaxed_field(field) + b"\r\n" for field in chosen) + relaxed_field(unsigned)
    folded = "\r\n\t ".join(textwrap.wrap(_base64(_signed(signer.key, signed)), _WIDTH))
    return unsigned + folded.encode("ascii") + b"\r\n"


def names_signed(signatures: Iterable[bytes]) -> frozenset[str]:
    """Return the names of the fields, present or not, that somebody's signatures cover, in lower case.

    Args:
        signatures: values of DKIM-Signature fields, as they stand.
    """
    parts = (part.partition(b"=") for value in signatures for part in value.split(b";"))
    names = (name for tag, _, text in parts if tag.strip() == b"h" for name in text.split(b":"))
    return frozenset(name.strip().lower().decode("latin-1") for name in names)


def relaxed_field(field: bytes) -> bytes:
    """Return a field, folding included, in relaxed form without its line end (RFC 6376 section 3.4.2)."""
    name, _, value = field.partition(b":")
    return name.rstrip(b" \t").lower() + b":" + _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")


def relaxed_body(body: bytes) -> bytes:
    """Return a body in relaxed form (RFC 6376 section 3.4.4). Its lines end in CR LF: the connector takes no others."""
    lines = body.replace(b"\t", b" ")
    while b"  " in lines:  # halves every run: a regular expression would hold other threads up for seconds
        lines = lines.replace(b"  ", b" ")
    lines = lines.replace(b" \r\n", b"\r\n").removesuffix(b" ")
    end = len(lines)
    while lines.endswith(b"\r\n", 0, end):
        end -= 2
    return lines[:end] + b"\r\n" if end else b""


def _signed(key: PrivateKey, octets: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(octets, padding.PKCS1v15(), SHA256())
    return key.sign(hashlib.sha256(octets).digest())  # RFC 8463 section 3: over the digest


def _split(message: bytes) -> tuple[list[bytes], bytes]:
    """Return the fields, each with its folding and without its last line end, and the body."""
    if message.startswith(b"\r\n"):
        return [], message[2:]
    head, _, body = message.partition(b"\r\n\r\n")
    fields: list[bytes] = []
    for line in head.split(b"\r\n"):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] += b"\r\n" + line
        else:
            fields.append(line)
    return fields, body


def _select(fields: Sequence[bytes]) -> tuple[list[bytes], list[str]]:
    """Return the fields to sign, of one name the last first (5.4.2), and the names to state in the same order."""
    found: dict[str, list[bytes]] = {}
    for field in fields:
        name = field.partition(b":")[0].rstrip(b" \t").lower().decode("latin-1")
        found.setdefault(name, []).append(field)
    chosen: list[bytes] = []
    names: list[str] = []
    for name in (*_SEALED, *_SIGNED):
        there = found.get(name, [])
        last = there[: -_MOST_OF_ONE_NAME - 1 : -1]
        chosen += last
        names += [name] * (len(last) + (name in _SEALED and len(last) == len(there)))
    return chosen, names


def _folded_names(names: Sequence[str]) -> str:
    lines, line = [], ""
    for name in names:
        if len(line) + len(name) > _WIDTH:
            lines.append(line)
            line = ""
        line += f"{name}:"
    return "\r\n\t ".join([*lines, line]).removesuffix(":")


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")
