"""What DKIM (RFC 6376) and ARC (RFC 8617) share: header fields, tag lists, canonical forms, keys, signatures.

Our own, on `cryptography`: the library there is (dkimpy) takes time that grows with the square of a run of blanks, and
this reads what anybody on the internet may send. Here every step is linear in the message.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

Ask = Callable[[str, str], tuple[bytes, ...]]
Tags = dict[str, str]
Key = rsa.RSAPublicKey | ed25519.Ed25519PublicKey

_TAG = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_BLANKS = re.compile(rb"[ \t]+")
_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*", re.ASCII)
#: RFC 5322 section 2.2, and the blanks before the colon that section 4.5 still allows.
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_HEADER_MOST = 1_000_000
_FIELDS_MOST = 5_000
_LEAST_BITS, _MOST_BITS = 1024, 16_384  # RFC 8301 section 3.2; beyond, checking one takes long


class Unacceptable(Exception):
    """A signature that does not count.

    Args:
        result: of RFC 8601 section 2.7.1. reason: one phrase.
    """

    def __init__(self, result: str, reason: str) -> None:
        super().__init__(reason)
        self.result = result
        self.reason = reason


@dataclass(frozen=True)
class HeaderField:
    """One field as it stands: name, and all after its colon with the line end."""

    name: bytes
    value: bytes

    @property
    def key(self) -> str:
        """Return the name for comparing."""
        return self.name.strip().lower().decode("latin-1")


@dataclass(frozen=True, kw_only=True)
class Parts:
    """A message as signatures see it.

    Attributes:
        malformed: why the header cannot be taken for signed, since others may read it otherwise; "" where it can.
    """

    fields: tuple[HeaderField, ...]
    body: bytes
    malformed: str = ""


def split(raw: bytes) -> Parts:
    """Split a message into its fields and its body.

    No canonical form covers a line that is no field, and mail programs show it as the beginning of the body: such a
    header is malformed, and so is one that is too long to be read whole.
    """
    head, _, body = raw.partition(b"\r\n\r\n") if not raw.startswith(b"\r\n") else (b"", b"", raw[2:])
    malformed = "the header is too long" if len(head) > _HEADER_MOST else ""
    fields: list[list[bytes]] = []
    for line in head[:_HEADER_MOST].removesuffix(b"\r\n").split(b"\r\n") if head else ():
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1].append(line)
        elif not _FIELD.match(line):
            malformed = malformed or "a line of the header is no field"
        elif len(fields) < _FIELDS_MOST:
            fields.append([line])
        else:
            malformed = malformed or "the header has too many fields"
    whole = (b"\r\n".join(lines).partition(b":") for lines in fields)
    return Parts(
        fields=tuple(HeaderField(name, value + b"\r\n") for name, _, value in whole), body=body, malformed=malformed
    )


def parse_tags(value: bytes) -> Tags:
    """Read a tag list (RFC 6376 section 3.2).

    Raises:
        Unacceptable: it is none, or has a tag twice.
    """
    tags: Tags = {}
    parts = value.decode("utf-8", "replace").strip(" \t\r\n").removesuffix(";").split(";")
    for part in parts:
        name, equals, text = part.partition("=")
        name = name.strip(" \t\r\n")
        if not equals or not _TAG.fullmatch(name) or name in tags:
            raise Unacceptable("permerror", "the tag list cannot be read")
        tags[name] = text.strip(" \t\r\n")
    return tags


def unspaced(text: str) -> str:
    """Return a value without the white space in which it may be folded."""
    return "".join(text.split())


def base64_of(text: str) -> bytes:
    """Decode a base64 value.

    Raises:
        Unacceptable: it is none.
    """
    try:
        return base64.b64decode(unspaced(text).encode("ascii", "replace"), validate=True)
    except binascii.Error as error:
        raise Unacceptable("permerror", "a value is not base64") from error


def relaxed_field(field: HeaderField) -> bytes:
    """Return a field in relaxed form (3.4.2), without its line end."""
    value = _BLANKS.sub(b" ", field.value.replace(b"\r\n", b"")).strip(b" ")
    return field.name.strip(b" \t").lower() + b":" + value


def simple_field(field: HeaderField) -> bytes:
    """Return a field as it stands (3.4.1), without its line end."""
    return field.name + b":" + field.value.removesuffix(b"\r\n")


def relaxed_body(body: bytes) -> bytes:
    """Return a body in relaxed form (3.4.4). Every line ends in CR LF: the inbound door takes no others."""
    text = body.replace(b"\t", b" ")
    while (
        b"  " in text
    ):  # halves every run: linear in all, and a regular expression would hold the others up for seconds
        text = text.replace(b"  ", b" ")
    lines = text.replace(b" \r\n", b"\r\n").removesuffix(b" ").rstrip(b"\r\n")
    return lines + b"\r\n" if lines else b""


def simple_body(body: bytes) -> bytes:
    """Return a body in simple form (3.4.3)."""
    return body.rstrip(b"\r\n") + b"\r\n"


def without_signature(field: HeaderField) -> HeaderField:
    """Return a field whose tag b is empty: what was signed, before it could be known."""
    parts = [
        part.partition(b"=")[0] + b"=" if part.partition(b"=")[0].strip() == b"b" else part
        for part in field.value.removesuffix(b"\r\n").split(b";")
    ]
    return HeaderField(field.name, b";".join(parts) + b"\r\n")


def select(fields: Sequence[HeaderField], names: Sequence[str]) -> list[HeaderField]:
    """Return the fields that were signed: of those with one name, the last first; missing ones are nothing (5.4.2)."""
    left: dict[str, list[HeaderField]] = {}
    for field in fields:
        left.setdefault(field.key, []).append(field)
    return [left[name].pop() for name in names if left.get(name)]


def canonical_headers(chosen: Sequence[HeaderField], own: HeaderField, *, relaxed: bool) -> bytes:
    """Return what the signature is over: the chosen fields, then the signature's own without its value."""
    write = relaxed_field if relaxed else simple_field
    return b"".join(write(one) + b"\r\n" for one in chosen) + write(without_signature(own))


def fetch_key(tags: Tags, ask: Ask) -> tuple[Key, Tags]:
    """Return the public key that `d` and `s` name, and its record (3.6).

    Raises:
        Unacceptable: there is none that may be used. NoAnswer, TooManyQuestions: see `answers`.
    """
    name = f"{tags['s']}._domainkey.{tags['d']}"
    if len(name) > 253 or not _NAME.fullmatch(name.removesuffix(".")):
        raise Unacceptable("permerror", "the selector and domain are no name")
    texts = ask(name, "TXT")
    if not texts:
        raise Unacceptable("permerror", "no key is published")
    if len(texts) > 1:
        raise Unacceptable("permerror", "several keys are published under one name")
    record = parse_tags(texts[0])
    services = unspaced(record.get("s", "*")).split(":")
    if unspaced(record.get("v", "DKIM1")) != "DKIM1" or not {"*", "email"} & set(services):
        raise Unacceptable("permerror", "the key is not for e-mail")
    if "sha256" not in unspaced(record.get("h", "sha256")).lower().split(":"):
        raise Unacceptable("permerror", "the key is not for SHA-256")
    return _public_key(record), record


def _public_key(record: Tags) -> Key:
    octets = base64_of(record.get("p", ""))
    if not octets:
        raise Unacceptable("permerror", "the key is revoked")
    kind = unspaced(record.get("k", "rsa")).lower()
    try:
        if kind == "ed25519":
            return ed25519.Ed25519PublicKey.from_public_bytes(octets)
        key = load_der_public_key(octets)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Unacceptable("permerror", "the key cannot be read") from error
    if kind != "rsa" or not isinstance(key, rsa.RSAPublicKey):
        raise Unacceptable("permerror", "the key is of another kind")
    if not _LEAST_BITS <= key.key_size <= _MOST_BITS:
        raise Unacceptable("policy", f"a key of {key.key_size} bits is not accepted")
    return key


def check_signature(key: Key, algorithm: str, signature: bytes, signed: bytes) -> None:
    """Check a signature over canonical octets.

    Raises:
        Unacceptable: it is not of this key, or of another algorithm.
    """
    digest = hashlib.sha256(signed).digest()
    try:
        if algorithm == "rsa-sha256" and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, digest, padding.PKCS1v15(), Prehashed(SHA256()))
        elif algorithm == "ed25519-sha256" and isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, digest)  # RFC 8463 section 3: over the digest
        else:
            raise Unacceptable("permerror", "key and algorithm do not belong together")
    except InvalidSignature as error:
        raise Unacceptable("fail", "the signature does not verify") from error
