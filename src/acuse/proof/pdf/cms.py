"""Seals and time stamp tokens of a sealed PDF as strict CMS, each with its path to an anchor.

What CMS leaves unsigned is fixed or compared by `acuse.proof.signed`; the one unsigned attribute of a seal is the time
stamp over its signature, which is opened here as strictly as the rest.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import core, tsp
from cryptography import x509

from acuse.errors import InputError, Invalid
from acuse.proof.chain import PathMaterial, check_seal_purpose, validate_path
from acuse.proof.der import parts
from acuse.proof.pdf.container import STEP
from acuse.proof.signed import DATA, FOREIGN_ERRORS, HASHES, TST_INFO, OtherContent, Signed, open_signed

_SIGNATURE_TIME_STAMP = "1.2.840.113549.1.9.16.2.14"
_TST_INFO = bytes(core.ObjectIdentifier(TST_INFO).dump())


@dataclass(frozen=True, kw_only=True)
class Token:
    """A time stamp token over known bytes; its path is not judged yet.

    Attributes:
        signed: the CMS.
        at: `genTime`, aware.
        policy: dotted.
        serial_number: the token's number.
    """

    signed: Signed
    at: datetime
    policy: str
    serial_number: int


@dataclass(frozen=True, kw_only=True)
class SealSignature:
    """A seal over known bytes; its path is not judged yet.

    Attributes:
        signed: the CMS.
        token: the time stamp over the signature value, if there is one.
    """

    signed: Signed
    token: Token | None


def is_token(der: bytes) -> bool:
    """Say whether a container (in DER) holds a time stamp token and not a seal."""
    try:
        wrapped = parts(der)[1]
        encapsulated = parts(parts(wrapped, 0xA0)[0])[2]
        return parts(encapsulated)[0] == _TST_INFO
    except (InputError, IndexError) as error:
        raise Invalid(STEP, "The seal is not a signature.") from error


def open_seal(der: bytes, *, content: bytes) -> SealSignature:
    """Read a seal and verify its signature over `content`, and its time stamp over that signature.

    Args:
        der: the CMS, in DER.
        content: all bytes of the PDF that it signs.

    Raises:
        Invalid: outside the profile, or over something else.
    """
    try:
        signed = open_signed(der, content_type=DATA, detached=content, unsigned=_SIGNATURE_TIME_STAMP)
    except OtherContent as error:
        raise _changed() from error
    except InputError as error:
        raise Invalid(STEP, "The seal: %(error)s", error=error) from error
    token = None if signed.unsigned is None else open_token(signed.unsigned, content=signed.signature)
    return SealSignature(signed=signed, token=token)


def _changed() -> Invalid:
    return Invalid(STEP, "The PDF was changed or cut short after it was sealed.")


def open_token(der: bytes, *, content: bytes) -> Token:
    """Read a time stamp token and verify its signature, and that it stamps `content`.

    Raises:
        Invalid: outside the profile, or over something else.
    """
    try:
        signed = open_signed(der, content_type=TST_INFO)
        stamp = tsp.TSTInfo.load(signed.content, strict=True)
        imprint = stamp["message_imprint"]
        name = imprint["hash_algorithm"]["algorithm"].native
        if name not in HASHES or imprint["hashed_message"].native != hashlib.new(name, content).digest():
            raise _changed()
        return Token(
            signed=signed,
            at=stamp["gen_time"].native,
            policy=stamp["policy"].native,
            serial_number=stamp["serial_number"].native,
        )
    except InputError as error:
        raise Invalid(STEP, "A time stamp of the PDF: %(error)s", error=error) from error
    except FOREIGN_ERRORS as error:
        raise Invalid(STEP, "A time stamp of the PDF cannot be read.") from error


def seal_anchor_of(signed: Signed, *, anchors: Sequence[x509.Certificate], at: datetime) -> x509.Certificate:
    """Return the anchor that the signer of a seal leads to, see `anchor_of`.

    Raises:
        Invalid: as `anchor_of`, or its certificate serves something else than sealing.
        CannotTell: no path to an anchor.
    """
    try:
        check_seal_purpose(signed.signer)
    except InputError as error:
        raise Invalid(STEP, "The seal: %(error)s", error=error) from error
    return anchor_of(signed, anchors=anchors, at=at)


def anchor_of(signed: Signed, *, anchors: Sequence[x509.Certificate], at: datetime) -> x509.Certificate:
    """Return the anchor that a signer leads to; every certificate that came along has to be on the path.

    Revocation is not judged here (see `validation`).

    Raises:
        Invalid: a certificate that is not on the path, or was not valid at that time.
        CannotTell: no path to an anchor.
    """
    material = PathMaterial(others=signed.others, trust=anchors, crls=(), at=at, needs_crls=False)
    return validate_path(signed.signer, material, step=STEP)[-1]
