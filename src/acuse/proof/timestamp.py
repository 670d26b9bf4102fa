"""RFC 3161 time stamps: asking for one, and verifying a token to an anchor as of the time it states.

asn1crypto reads, cryptography computes, the strictness is ours: a token is accepted only if every byte of it is
signed, fixed or compared (see `signed`), its certificate serves time stamping alone, and its path was valid and not
revoked at the very time the token states.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from asn1crypto import tsp
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from acuse.clock import to_rfc3339
from acuse.errors import InputError, Invalid, PermanentError, TemporaryError
from acuse.proof.chain import PathMaterial, load_certificate, name_of, validate_path
from acuse.proof.der import check_der, parts
from acuse.proof.signed import FOREIGN_ERRORS, HASHES, TST_INFO, Signed, open_signed

STEP = 5
DEVELOPMENT_POLICY = "2.25.181162039133338239944758515655283954132"
"""Policy of the development authority: its tokens have no legal value, wherever they turn up (OID under a UUID)."""

MAX_TOKEN = 1 << 18
_GENERALIZED_TIME = re.compile(rb"[0-9]{14}(\.[0-9]{0,11}[1-9])?Z")
_PASSING_FAILURES = {"time_not_available", "system_failure", "add_info_not_available"}


@dataclass(frozen=True)
class Sha256:
    """A digest in place of content that the caller does not hold (a PDF writer gives only the digest to be stamped)."""

    digest: bytes


@dataclass(frozen=True, kw_only=True)
class TimeStampQuery:
    """A request for a token.

    Attributes:
        der: body of the POST, media type `application/timestamp-query`.
        nonce: the random number that the token must repeat.
        policy: OID asked for, or None.
    """

    der: bytes
    nonce: int
    policy: str | None


@dataclass(frozen=True, kw_only=True)
class VerifiedToken:
    """A token that holds.

    Attributes:
        gen_time: the time it states, aware, in UTC.
        policy: OID of the policy it was issued under.
        serial: its number at the authority.
        tsa_name: name of the authority, from its certificate.
        development: whether it is a development stamp without legal value.
        chain: the validated path, the authority first, the anchor last.
    """

    gen_time: datetime
    policy: str
    serial: int
    tsa_name: str
    development: bool
    chain: tuple[x509.Certificate, ...]


def build_query(imprint_of: bytes | Sha256, *, policy: str | None = None) -> TimeStampQuery:
    """Build a request over the SHA-256 of `imprint_of`, with a nonce and asking for certificates (RFC 3161 2.4.1)."""
    nonce = secrets.randbits(63) | 1 << 63
    fields: dict[str, Any] = {
        "version": "v1",
        "message_imprint": {
            "hash_algorithm": {"algorithm": "sha256"},
            "hashed_message": _digest_of(imprint_of, "sha256"),
        },
        "nonce": nonce,
        "cert_req": True,
    }
    if policy is not None:
        fields["req_policy"] = policy
    return TimeStampQuery(der=tsp.TimeStampReq(fields).dump(), nonce=nonce, policy=policy)


def parse_reply(raw: bytes) -> bytes:
    """Return the token of a TimeStampResp, not yet verified (RFC 3161 section 2.4.2).

    Raises:
        TemporaryError: the authority says that it cannot now, or what it sent is no reply.
        PermanentError: it refuses this request.
    """
    try:
        if len(raw) > MAX_TOKEN:
            raise InputError("too long")
        check_der(raw)
        answered, *tokens = parts(raw)
        reply = tsp.PKIStatusInfo.load(answered, strict=True)
        status = reply["status"].native
        failures = reply["fail_info"].native or set()
        said = "; ".join(map(str, reply["status_string"].native or ()))[:200]
    except (InputError, *FOREIGN_ERRORS) as error:
        raise TemporaryError("The time stamping authority sent something that is not a reply of RFC 3161.") from error
    if status in ("granted", "granted_with_mods") and len(tokens) == 1:
        return tokens[0]
    reply_said = f"{status}: {', '.join(sorted(failures))} {said}".rstrip(": ")
    kind = TemporaryError if failures & _PASSING_FAILURES else PermanentError
    raise kind("The time stamping authority answered %(reply)s.", reply=reply_said)


def verify_token(
    token: bytes,
    *,
    imprint_of: bytes | Sha256,
    trust: Sequence[x509.Certificate],
    crls: Sequence[bytes] = (),
    chain: Sequence[bytes] = (),
    nonce: int | None = None,
    policy: str | None = None,
) -> VerifiedToken:
    """Verify a TimeStampToken in full.

    Args:
        token: DER of the ContentInfo.
        imprint_of: the bytes it should stamp, or their digest.
        trust: anchors.
        crls: DER revocation lists, one for each certificate below the anchor.
        chain: DER certificates of the path that the token does not carry.
        nonce: what it must repeat, where the request is known.
        policy: OID it must have been issued under, where one was asked for.

    Returns:
        What it proves.

    Raises:
        Invalid: altered, over other bytes, by a certificate not fit for it, or that was not valid at that time.
        CannotTell: sound, but leads to no anchor or lacks revocation lists.
    """
    return _verified(token, imprint_of, tuple(trust), tuple(crls), tuple(chain), nonce, policy)


@lru_cache(maxsize=16)  # all documents under one checkpoint carry its token
def _verified(
    token: bytes,
    imprint_of: bytes | Sha256,
    trust: tuple[x509.Certificate, ...],
    crls: tuple[bytes, ...],
    chain: tuple[bytes, ...],
    nonce: int | None,
    policy: str | None,
) -> VerifiedToken:
    try:
        signed = open_signed(token, content_type=TST_INFO)
        further = [load_certificate(der) for der in chain]
        content = _content(signed, imprint_of)
        _check_expected(content, nonce, policy)
        _check_purpose(signed.signer)
    except InputError as error:
        raise Invalid(STEP, "Time stamp: %(error)s", error=error) from error
    except FOREIGN_ERRORS as error:
        raise Invalid(STEP, "The time stamp is not readable: %(cause)s.", cause=str(error)[:120]) from error
    if any(each in (signed.signer, *signed.others) for each in further) or len(set(further)) != len(further):
        raise Invalid(STEP, "A certificate of the time stamp is given twice.")
    at = content["gen_time"].native
    material = PathMaterial(others=(*signed.others, *further), trust=trust, crls=crls, at=at, needs_crls=True)
    issued_under = content["policy"].native
    return VerifiedToken(
        gen_time=at,
        policy=issued_under,
        serial=content["serial_number"].native,
        tsa_name=name_of(signed.signer),
        development=issued_under == DEVELOPMENT_POLICY,
        chain=validate_path(signed.signer, material, step=STEP),
    )


def _digest_of(content: bytes | Sha256, algorithm: str) -> bytes:
    if isinstance(content, bytes):
        return hashlib.new(algorithm, content).digest()
    if algorithm != "sha256":
        raise InputError("it stamps another kind of digest than was asked for.")
    return content.digest


def _content(signed: Signed, imprint_of: bytes | Sha256) -> tsp.TSTInfo:
    check_der(signed.content)
    content: tsp.TSTInfo = tsp.TSTInfo.load(signed.content, strict=True)
    _ = content.native
    algorithm = content["message_imprint"]["hash_algorithm"]["algorithm"].native
    if content["version"].native != "v1" or algorithm not in HASHES:
        raise InputError("it is of another version or digest than proofs accept.")
    if content["message_imprint"]["hashed_message"].native != _digest_of(imprint_of, algorithm):
        raise InputError("it stamps other content.")
    if not _GENERALIZED_TIME.fullmatch(content["gen_time"].contents):
        raise InputError("its time is not written as RFC 3161 demands.")
    if content["extensions"].native is not None and any(each["critical"].native for each in content["extensions"]):
        raise InputError("it has a critical extension that this program does not know.")
    stated = content["tsa"]
    named = (
        stated.chosen.chosen.dump() if stated.native is not None and stated.chosen.name == "directory_name" else None
    )
    if named not in (None, signed.signer.subject.public_bytes()):
        raise InputError("it names another authority than the one that signed it.")
    return content


def _check_expected(content: tsp.TSTInfo, nonce: int | None, policy: str | None) -> None:
    if nonce is not None and content["nonce"].native != nonce:
        raise InputError("it answers another request (nonce).")
    if policy is not None and content["policy"].native != policy:
        raise InputError(
            "it was issued under the policy %(issued)s, not %(policy)s.", issued=content["policy"].native, policy=policy
        )


def _check_purpose(certificate: x509.Certificate) -> None:
    """RFC 3161 section 2.3: extended key usage critical and time stamping alone; key usage to sign, if stated."""
    extensions = certificate.extensions
    try:
        purposes = extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound as error:
        raise InputError("its certificate does not say that it serves time stamping.") from error
    if not purposes.critical or list(purposes.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise InputError("its certificate does not serve time stamping alone, marked critical.")
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment) or usage.key_cert_sign or usage.crl_sign:
        raise InputError("its certificate is for other uses than signing tokens.")


def describe(token: VerifiedToken) -> str:
    """Return one English sentence about a verified token."""
    worth = " Development time stamp – no legal value." if token.development else ""
    return f"Time stamp of {to_rfc3339(token.gen_time)} by {token.tsa_name}, number {token.serial}.{worth}"
