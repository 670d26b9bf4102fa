"""AdES validation of a seal by pyHanko: offline, under given anchors, at a time of the file (ETSI EN 319 102-1)."""

import asyncio
from datetime import datetime

from asn1crypto import x509
from cryptography import x509 as crypto_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate, AdESPassed, AdESSubIndic
from pyhanko.sign.validation.ades import AdESLTAValidationResult, ades_lta_validation
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from acuse.errors import CannotTell, Invalid
from acuse.proof.pdf.container import STEP
from acuse.proof.trust import Trust

_USAGE = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
_REVOKED = (AdESIndeterminate.REVOKED_NO_POE, AdESIndeterminate.REVOKED_CA_NO_POE)


def validate_long_term(seal: EmbeddedPdfSignature, trust: Trust, at: datetime) -> None:
    """Validate a B-LTA seal with the revocation lists it carries; each certificate below an anchor needs one.

    Args:
        seal: pyHanko's view of the seal.
        trust: anchors of seals, and of time stamps.
        at: time of the last document time stamp. Earlier ones, and what they cover, are then judged in the past.

    Raises:
        Invalid: altered, revoked, or changed after the seal.
        CannotTell: not decided by what the file holds.
    """
    specification = SignatureValidationSpec(
        cert_validation_policy=_policy(trust.seals),
        ts_cert_validation_policy=_policy(trust.stamps),
        revinfo_gathering_policy=RevocationInfoGatheringSpec(
            online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY,
            certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH,
        ),
        key_usage_settings=_USAGE,
    )
    timing = ValidationTimingInfo(validation_time=at, best_signature_time=at, point_in_time_validation=True)
    result: AdESLTAValidationResult = asyncio.run(
        ades_lta_validation(seal, PdfSignatureValidationSpec(specification), timing_info=timing)
    )
    _judge(result.ades_subindic, result.failure_msg, result.api_status)
    stamped = result.signature_timestamp_status
    if stamped is None or result.oldest_evidence_record_timestamp is None:
        raise CannotTell(STEP, "The time stamps of the PDF could not be validated from the lists it carries.")
    _judge(stamped.ades_subindic, stamped.failure_msg, stamped.api_status)
    _check_unchanged(result.api_status)


def validate_at(seal: EmbeddedPdfSignature, trust: Trust, at: datetime) -> None:
    """Validate a B-B or B-T seal at `at`; the file holds no revocation lists, so revocation is not judged.

    Raises:
        Invalid: altered.
        CannotTell: a certificate is not valid at that time under the anchors.
    """
    sealed, stamped = (
        ValidationContext(trust_roots=_roots(anchors), moment=at, allow_fetching=False, revocation_mode="soft-fail")
        for anchors in (trust.seals, trust.stamps)
    )
    status = asyncio.run(
        async_validate_pdf_signature(
            seal, signer_validation_context=sealed, ts_validation_context=stamped, key_usage_settings=_USAGE
        )
    )
    _check_unchanged(status)
    if not status.trusted:
        raise CannotTell(STEP, "The certificate of the seal was not valid under the anchors at the time of the seal.")
    stamp = status.timestamp_validity
    if stamp is not None and not (stamp.intact and stamp.valid):
        raise Invalid(STEP, "The time stamp over the seal does not verify.")
    if stamp is not None and not stamp.trusted:
        raise CannotTell(STEP, "The certificate of the time stamping authority was not valid under the anchors.")
    if not status.bottom_line:
        raise Invalid(STEP, "The seal does not validate.")


def _policy(anchors: tuple[crypto_x509.Certificate, ...]) -> CertValidationPolicySpec:
    return CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=_roots(anchors)),
        revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy.from_legacy("hard-fail")),
    )


def _roots(anchors: tuple[crypto_x509.Certificate, ...]) -> list[x509.Certificate]:
    return [x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in anchors]


def _judge(indication: AdESSubIndic, message: str | None, status: SignatureStatus | None) -> None:
    if indication is AdESPassed.OK:
        return
    # Judging a revoked certificate in the past fails in several ways; what counts is that it was revoked at all then.
    revoked = status is not None and status.trust_problem_indic in _REVOKED
    failed = isinstance(indication, AdESFailure) or indication in _REVOKED or revoked
    name, kind = indication.standard_name, Invalid if failed else CannotTell
    if message:
        raise kind(STEP, "The seal does not validate: %(indication)s (%(cause)s).", indication=name, cause=message)
    raise kind(STEP, "The seal does not validate: %(indication)s.", indication=name)


def _check_unchanged(status: PdfSignatureStatus | None) -> None:
    if status is None or not status.intact or not status.valid:
        raise Invalid(STEP, "The seal does not verify.")
    if not status.docmdp_ok:
        raise Invalid(STEP, "The PDF was changed after it was sealed.")
