"""Certificates of seals and time stamps, and the check, before they are embedded, that their paths hold."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from asn1crypto import cms, x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError, RevokedError

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
        for each in present:
            if each.issuer == sid["issuer"] and each.serial_number == sid["serial_number"].native:
                return cls(leaf=each, others=tuple(other for other in present if other is not each))
        raise ConfigurationError("The time stamping authority does not include its certificate in its tokens.")


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
        ConfigurationError: no path to a root, or revoked.
        TemporaryError: a revocation list is missing or not current.
    """
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
    except PathValidationError as error:
        raise TemporaryError(f"The certificate of the {what} cannot be shown to be good just now: {error}") from error
    root: x509.Certificate = path.first
    return root
