"""Certificates of seals and time stamps, and the check, before they are embedded, that their paths hold."""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from asn1crypto import cms, x509
from cryptography.x509 import load_der_x509_crl
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import InvalidCertificateError, PathBuildingError, PathValidationError, RevokedError

from acuse.errors import ConfigurationError, TemporaryError


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """The certificate of who signed, and the others that came with it (no root)."""

    leaf: x509.Certificate
    others: tuple[x509.Certificate, ...]

    @property
    def ders(self) -> frozenset[bytes]:
        """DER of each."""
        return frozenset(bytes(each.dump()) for each in (self.leaf, *self.others))

    @classmethod
    def of_token(cls, token: cms.ContentInfo) -> "Certificates":
        """Read them from a time stamp token.

        Raises:
            ConfigurationError: the signer's certificate is missing (`certReq` was not honoured).
        """
        signed = token["content"]
        sid = signed["signer_infos"][0]["sid"].chosen
        present = [choice.chosen for choice in signed["certificates"]]
        issuer, serial = sid["issuer"], sid["serial_number"].native
        for each in present:
            # Names that differ in their bytes may still be equal (RFC 5280, 7.1); comparing them so takes long.
            if each.serial_number == serial and (each.issuer.dump() == issuer.dump() or each.issuer == issuer):
                return cls(leaf=each, others=tuple(other for other in present if other is not each))
        raise ConfigurationError("The time stamping authority does not include its certificate in its tokens.")


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A path that holds, and the span of time in which none of its dates changes that."""

    root: bytes
    since: datetime
    until: datetime


_FOUND: dict[bytes, _Found] = {}
"""What the same certificates and lists led to before: they are the same for thousands of documents."""

_MOST_FOUND = 32

_TOLERANCE = timedelta(minutes=1)
"""Before any date of a path, well over pyHanko's tolerance of clocks, the path is checked again."""


def check_path(
    certificates: Certificates,
    *,
    roots: Sequence[x509.Certificate],
    lists: Sequence[bytes],
    at: datetime,
    usage: Literal["seal", "timestamp"],
) -> x509.Certificate:
    """Check that a path leads to a root and that nothing on it is revoked, from the given lists alone (RFC 5280, 6).

    Returns:
        The root it leads to.

    Raises:
        ConfigurationError: no path to a root, revoked, or not for that use.
        TemporaryError: a revocation list is missing or not current.
    """
    key = _key(certificates, roots, lists, usage)
    found = _FOUND.get(key)
    if found is None or not found.since <= at < found.until:
        root = _find_path(certificates, roots=roots, lists=lists, at=at, usage=usage)
        dates = [date for date in _dates((certificates.leaf, *certificates.others, *roots), lists) if date > at]
        found = _Found(root=bytes(root.dump()), since=at, until=min(dates, default=at) - _TOLERANCE)
        if len(_FOUND) >= _MOST_FOUND:
            _FOUND.clear()
        _FOUND[key] = found
    return next(root for root in roots if root.dump() == found.root)


def _key(certificates: Certificates, roots: Sequence[x509.Certificate], lists: Sequence[bytes], usage: str) -> bytes:
    """Digest of everything that decides about a path, except the moment."""
    groups = ([certificates.leaf.dump()], sorted(one.dump() for one in certificates.others),
              sorted(root.dump() for root in roots), sorted(lists))  # fmt: skip
    digests = [[hashlib.sha256(each).digest() for each in group] for group in groups]
    return hashlib.sha256(repr((usage, digests)).encode("ascii")).digest()


def _dates(certificates: Sequence[x509.Certificate], lists: Sequence[bytes]) -> Iterator[datetime]:
    """Every moment at which the validity of a path may change."""
    for certificate in certificates:
        yield from (certificate.not_valid_before, certificate.not_valid_after)
    for der in lists:
        read = load_der_x509_crl(der)
        yield read.last_update_utc
        if read.next_update_utc is not None:
            yield read.next_update_utc
        yield from (entry.revocation_date_utc for entry in read)


def _find_path(
    certificates: Certificates,
    *,
    roots: Sequence[x509.Certificate],
    lists: Sequence[bytes],
    at: datetime,
    usage: Literal["seal", "timestamp"],
) -> x509.Certificate:
    context = ValidationContext(
        trust_roots=list(roots), moment=at, crls=list(lists), revocation_mode="hard-fail", allow_fetching=False
    )
    validator = CertificateValidator(
        certificates.leaf, intermediate_certs=list(certificates.others), validation_context=context
    )
    extended = {"time_stamping"} if usage == "timestamp" else None
    what = "seal" if usage == "seal" else "time stamping authority"
    try:
        path = asyncio.run(validator.async_validate_usage(set(), extended))
    except RevokedError as error:
        raise ConfigurationError(f"The certificate of the {what} is revoked: install another.") from error
    except PathBuildingError as error:
        raise ConfigurationError(f"The certificate of the {what} does not lead to any of the trusted roots.") from error
    except InvalidCertificateError as error:
        raise ConfigurationError(f"The certificate of the {what} may not be used for that: install another.") from error
    except PathValidationError as error:
        raise TemporaryError(f"The certificate of the {what} cannot be shown to be good just now: {error}") from error
    root: x509.Certificate = path.first
    return root
