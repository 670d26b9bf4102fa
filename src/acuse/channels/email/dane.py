"""What TLSA records say of a server's certificate (RFC 6698, RFC 7671), by the rules for mail (RFC 7672). Pure."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import verification

from acuse import clock
from acuse.channels.dns import Tlsa

_TRUST_ANCHOR, _END_ENTITY = 2, 3
_CERTIFICATE, _PUBLIC_KEY = 0, 1
_FULL, _SHA256, _SHA512 = 0, 1, 2
_SIZES = {_SHA256: 32, _SHA512: 64}
_MAX_CHAIN = 10
_SHOWN_DIGITS = 128
_UNREADABLE = (ValueError, TypeError, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)


def usable(records: Sequence[Tlsa]) -> tuple[Tlsa, ...]:
    """Return the records that a certificate can be judged by, of each usage and selector those of the best digest.

    Usages 0 and 1 ask for roots that mail servers share with nobody: they are unusable (RFC 7672 3.1.3). A weaker
    digest beside a stronger one is passed over (RFC 7671 9).
    """
    known = [one for one in records if _is_known(one)]
    strong = {(one.usage, one.selector) for one in known if one.matching == _SHA512}
    return tuple(one for one in known if one.matching != _SHA256 or (one.usage, one.selector) not in strong)


def _is_known(record: Tlsa) -> bool:
    if record.usage not in (_TRUST_ANCHOR, _END_ENTITY) or record.selector not in (_CERTIFICATE, _PUBLIC_KEY):
        return False
    if record.matching == _FULL:
        return bool(record.data)
    return len(record.data) == _SIZES.get(record.matching, -1)


def text(record: Tlsa) -> str:
    """Return a record as zones write it, a long one shortened."""
    digits = record.data.hex()
    shown = digits if len(digits) <= _SHOWN_DIGITS else f"{digits[:_SHOWN_DIGITS]}…"
    return f"{record.usage} {record.selector} {record.matching} {shown}"


def doubt(chain: Sequence[bytes], records: Sequence[Tlsa], names: Sequence[str], *, at: datetime | None = None) -> str:
    """Return why no record vouches for a server, or "" where one does.

    Args:
        chain: the certificates that it showed, DER, its own first.
        records: usable ones.
        names: of which a certificate under a trust anchor must have one (RFC 7672 3.2.2). One that is named itself
            need have none, nor be in its term: the record says all of that (3.1.1).
        at: the time to judge at; now unless given.
    """
    if not chain:
        return "the peer showed no certificate"
    shown = chain[:_MAX_CHAIN]
    if any(_matches(record, shown[0]) for record in records if record.usage == _END_ENTITY):
        return ""
    anchors = [record for record in records if record.usage == _TRUST_ANCHOR]
    if not anchors:
        return "no TLSA record is of the certificate that the peer showed"
    return _doubt_under(anchors, shown, names, at or clock.now())


def _matches(record: Tlsa, certificate: bytes) -> bool:
    selected = _selected(record.selector, certificate)
    if selected is None:
        return False
    if record.matching == _FULL:
        return selected == record.data
    return hashlib.new("sha256" if record.matching == _SHA256 else "sha512", selected).digest() == record.data


def _selected(selector: int, certificate: bytes) -> bytes | None:
    if selector == _CERTIFICATE:
        return certificate
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except _UNREADABLE:
        return None


def _doubt_under(records: Sequence[Tlsa], chain: Sequence[bytes], names: Sequence[str], at: datetime) -> str:
    """Judge a chain by the trust anchors that records name; the anchor is in the chain, or whole in its record."""
    published = [one.data for one in records if (one.selector, one.matching) == (_CERTIFICATE, _FULL)]
    found = [one for one in chain[1:] if any(_matches(record, one) for record in records)]
    reason = "no TLSA record is of a certificate in the chain that the peer showed"
    for anchor in [*found, *published]:
        for name in names:
            try:
                _verify(chain, anchor, name, at)
            except (verification.VerificationError, *_UNREADABLE) as error:
                reason = str(error)[:300] or type(error).__name__
            else:
                return ""
    return reason


def _verify(chain: Sequence[bytes], anchor: bytes, name: str, at: datetime) -> None:
    store = verification.Store([x509.load_der_x509_certificate(anchor)])
    verifier = verification.PolicyBuilder().store(store).time(at).build_server_verifier(x509.DNSName(name))
    leaf, *others = [x509.load_der_x509_certificate(one) for one in chain]
    verifier.verify(leaf, others)
