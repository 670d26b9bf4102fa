"""DKIM (RFC 6376, RFC 8301, RFC 8463): which domains signed a message that is still as they signed it."""

import hashlib
from dataclasses import dataclass

from acuse.reception.origin import signed
from acuse.reception.origin.answers import NoAnswer, TooManyQuestions
from acuse.reception.origin.signed import Ask, HeaderField, Parts, Tags, Unacceptable

#: Signatures looked at; honest messages have a few.
MOST = 10
_REQUIRED = ("v", "a", "b", "bh", "d", "h", "s")


@dataclass(frozen=True, kw_only=True)
class Signature:
    """One signature and whether it holds.

    Attributes:
        result: of RFC 8601 section 2.7.1. domain, selector: who says to have signed.
        algorithm: as named, "" where it is not. reason: why it does not hold; "" where it does.
    """

    result: str
    domain: str = ""
    selector: str = ""
    algorithm: str = ""
    reason: str = ""


class Bodies:
    """The digests of a message's body, each form computed once however many signatures ask."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._forms: dict[bool, bytes] = {}

    def digest(self, *, relaxed: bool, length: int | None) -> tuple[bytes, bool]:
        """Return the SHA-256 of the first `length` octets of the canonical body, and whether more follow."""
        if relaxed not in self._forms:
            self._forms[relaxed] = signed.relaxed_body(self._body) if relaxed else signed.simple_body(self._body)
        form = self._forms[relaxed]
        if length is None:
            return hashlib.sha256(form).digest(), False
        if length > len(form):
            raise Unacceptable("permerror", "the body is shorter than was signed")
        return hashlib.sha256(memoryview(form)[:length]).digest(), length < len(form)


def check_dkim(parts: Parts, *, at: int, ask: Ask) -> tuple[Signature, ...]:
    """Check the signatures of a message, the topmost first.

    Args:
        parts: of the message.
        at: when it came in, seconds since 1970.
        ask: (name, type) to records.
    """
    bodies = Bodies(parts.body)
    own = [field for field in parts.fields if field.key == "dkim-signature"][:MOST]
    return tuple(_checked(field, parts, bodies, at, ask) for field in own)


def _checked(field: HeaderField, parts: Parts, bodies: Bodies, at: int, ask: Ask) -> Signature:
    tags: Tags = {}
    try:
        tags = signed.parse_tags(field.value)
        _check_tags(tags, at)
        _check_strict(tags, check_message(field, tags, parts, bodies, ask))
    except Unacceptable as error:
        return _said(tags, error.result, error.reason)
    except NoAnswer:
        return _said(tags, "temperror", "the key cannot be had now")
    except TooManyQuestions as error:
        return _said(tags, "permerror", str(error))
    return _said(tags, "pass", "")


def _said(tags: Tags, result: str, reason: str) -> Signature:
    return Signature(
        result=result,
        domain=tags.get("d", "")[:255],
        selector=tags.get("s", "")[:255],
        algorithm=tags.get("a", "")[:64],
        reason=reason,
    )


def _check_tags(tags: Tags, at: int) -> None:
    missing = [name for name in _REQUIRED if name not in tags]
    if missing or tags["v"] != "1":
        raise Unacceptable("permerror", "a tag is missing, or the version is another")
    if "dns/txt" not in signed.unspaced(tags.get("q", "dns/txt")).split(":"):
        raise Unacceptable("permerror", "the key is not in the DNS")
    if "from" not in signed_names(tags):
        raise Unacceptable("permerror", "From is not signed")
    domain, identity = tags["d"].lower(), tags.get("i", "").rpartition("@")[2].lower()
    if identity and identity != domain and not identity.endswith(f".{domain}"):
        raise Unacceptable("permerror", "it signs for another domain")
    if "x" in tags and _number(tags["x"]) < at:
        raise Unacceptable("policy", "the signature has expired")


def signed_names(tags: Tags) -> list[str]:
    """Return the names of the fields that are signed, lower case."""
    return [name.lower() for name in signed.unspaced(tags["h"]).split(":")]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 76:
        raise Unacceptable("permerror", "a value is not a number")
    return int(text)


def check_message(field: HeaderField, tags: Tags, parts: Parts, bodies: Bodies, ask: Ask) -> Tags:
    """Check one signature over a message: of DKIM, or an ARC-Message-Signature, which is made the same way.

    Returns:
        The record of its key.

    Raises:
        Unacceptable: it does not hold. NoAnswer, TooManyQuestions: see `answers`.
    """
    if parts.malformed:
        raise Unacceptable("permerror", parts.malformed)
    algorithm = tags["a"].lower()
    if algorithm == "rsa-sha1":
        raise Unacceptable("policy", "SHA-1 is not accepted (RFC 8301)")
    forms = tags.get("c", "simple/simple").lower().split("/")
    if len(forms) == 1:
        forms.append("simple")
    if len(forms) != 2 or not set(forms) <= {"simple", "relaxed"}:
        raise Unacceptable("permerror", "the canonical form is not known")
    digest, more = bodies.digest(relaxed=forms[1] == "relaxed", length=_number(tags["l"]) if "l" in tags else None)
    if digest != signed.base64_of(tags["bh"]):
        raise Unacceptable("fail", "the body was changed")
    key, record = signed.fetch_key(tags, ask)
    chosen = signed.select(parts.fields, signed_names(tags))
    octets = signed.canonical_headers(chosen, field, relaxed=forms[0] == "relaxed")
    signed.check_signature(key, algorithm, signed.base64_of(tags["b"]), octets)
    if more:
        raise Unacceptable("policy", "only the beginning of the body is signed")
    if sum(one.key == "from" for one in parts.fields) > signed_names(tags).count("from"):
        raise Unacceptable("policy", "a From field is not signed")
    return record


def _check_strict(tags: Tags, record: Tags) -> None:
    """Refuse a subdomain where the key's owner says so (3.6.1, flag s)."""
    identity = tags.get("i", "").rpartition("@")[2].lower() or tags["d"].lower()
    if "s" in signed.unspaced(record.get("t", "")).split(":") and identity != tags["d"].lower():
        raise Unacceptable("permerror", "the key is not for subdomains")
