"""Seals: what goes in, what comes out, and what is refused."""

import asyncio
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from acuse.errors import ConfigurationError, InputError, TemporaryError
from acuse.pdf.sign import Seal, paths
from acuse.pdf.sign.paths import Certificates, check_path
from acuse.pdf.sign.seal import _Writer
from acuse.proof.pdf import examine
from tests.pki import DAY, PASSPHRASE, Pki, TimeStampingAuthority, issue, new_key, pkcs12
from tests.sealed import opened_seal, sealed, trust_in, unsigned_pdf

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki(NOW)


@pytest.mark.parametrize("level", ["B-B", "B-T", "B-LTA"])
@pytest.mark.parametrize("kind", ["p256", "rsa2048"])
def test_seals_at_every_level_with_either_key(kind, level):
    pki = Pki(NOW, seal_key=kind, tsa_key=kind)
    raw = sealed(pki, level)
    assert raw.startswith(unsigned_pdf())
    assert examine(raw, trust=trust_in(pki.root)).level == level


def test_two_containers_are_all_that_a_long_term_seal_adds(pki):
    raw = sealed(pki, "B-LTA")
    signatures = PdfFileReader(BytesIO(raw)).embedded_signatures
    assert [each.field_name for each in signatures] == ["AcuseSeal", "AcuseTimestamp"]
    last = signatures[-1].byte_range
    assert last[2] + last[3] == len(raw)
    assert "/VRI" not in signatures[0].reader.root["/DSS"]


@pytest.mark.parametrize("level", ["B-B", "B-T", "B-LTA"])
def test_an_independent_reader_accepts_the_seal(pki, level, tmp_path: Path):
    file = tmp_path / "sealed.pdf"
    file.write_bytes(sealed(pki, level))
    run = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False)
    assert "Signature #1" in run.stdout
    assert "Signature Validation: Signature is Valid." in run.stdout
    assert "Total document signed" in run.stdout.rpartition("Signature #")[2]


def test_a_long_term_seal_validates_by_the_standard_procedure_today(pki):
    """ETSI EN 319 102-1, 5.6.3, as pyHanko does it for anybody: present time, nothing but the file and the root."""
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[x509.Certificate.load(pki.root.der)]),
        revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy.from_legacy("require")),
    )
    offline = RevocationInfoGatheringSpec(online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY)
    specification = PdfSignatureValidationSpec(SignatureValidationSpec(policy, revinfo_gathering_policy=offline))
    seal = PdfFileReader(BytesIO(sealed(pki, "B-LTA"))).embedded_signatures[0]
    result = asyncio.run(ades_lta_validation(seal, specification))
    assert result.ades_subindic is AdESPassed.OK
    assert result.oldest_evidence_record_timestamp == NOW.replace(microsecond=0)


def test_the_time_stamp_is_added_as_if_the_sealed_file_had_been_read_again(monkeypatch):
    pki = Pki(NOW, seal_key="rsa2048")
    token, lists = pki.tsa.token(bytes(32)), pki.lists()

    def once() -> bytes:
        return (
            opened_seal(pki.pkcs12)
            .sign_pdf(
                unsigned_pdf(),
                level="B-LTA",
                signed_at=NOW,
                request_token=lambda _: token,
                trust_roots=[pki.root.der],
                revocation_lists=lambda _: lists,
            )
            .content
        )

    monkeypatch.setattr("pyhanko.pdf_utils.incremental_writer.os.urandom", bytes)  # halves of file identifiers
    going_on = once()
    monkeypatch.setattr(_Writer, "behind", lambda _, content: _Writer(BytesIO(content), strict=True))
    assert going_on == once()


def test_the_authority_may_change_between_the_two_stamps(pki):
    other = TimeStampingAuthority(pki.issue_tsa("Other unit"), pki.moment, chain=(pki.issuing,))
    authorities = iter([pki.tsa, other, other, other])
    result = opened_seal(pki.pkcs12).sign_pdf(
        unsigned_pdf(),
        level="B-LTA",
        signed_at=NOW,
        request_token=lambda imprint: next(authorities).token(imprint),
        trust_roots=[pki.root.der],
        revocation_lists=lambda _: pki.lists(),
    )
    evidence = examine(result.content, trust=trust_in(pki.root))
    assert [each.authority for each in evidence.timestamps] == ["Time stamps", "Other unit"]


def test_no_token_no_seal_and_the_caller_may_ask_for_less(pki):
    def closed(_: bytes) -> bytes:
        raise TemporaryError("No time stamp could be obtained.")

    with pytest.raises(TemporaryError, match="No time stamp"):
        opened_seal(pki.pkcs12).sign_pdf(unsigned_pdf(), level="B-T", signed_at=NOW, request_token=closed)
    assert opened_seal(pki.pkcs12).sign_pdf(unsigned_pdf(), level="B-B", signed_at=NOW).level == "B-B"


def test_a_missing_or_old_revocation_list_is_temporary(pki):
    for lists in ([], pki.lists()[:1], pki.lists(at=NOW - 30 * DAY)):
        with pytest.raises(TemporaryError, match="cannot be shown to be good"):
            sealed(pki, "B-LTA", lists=lists)


def test_a_revoked_seal_or_authority_does_not_sign(pki):
    yesterday = NOW - timedelta(hours=12)
    with pytest.raises(ConfigurationError, match="seal is revoked"):
        sealed(pki, "B-LTA", lists=pki.lists(revoked=((pki.seal, yesterday),)))
    with pytest.raises(ConfigurationError, match="time stamping authority is revoked"):
        sealed(pki, "B-LTA", lists=pki.lists(revoked=((pki.tsa_entity, yesterday),)))


def test_a_path_that_held_is_checked_again_once_a_date_of_it_has_passed(pki):
    revoked_soon = pki.lists(revoked=((pki.seal, NOW + timedelta(hours=1)),))
    checked = Certificates(leaf=x509.Certificate.load(pki.seal.der), others=(x509.Certificate.load(pki.issuing.der),))
    root = x509.Certificate.load(pki.root.der)

    def check(lists, at):
        return check_path(checked, roots=[root], lists=lists, at=at, usage="seal")

    for lists in (pki.lists(), revoked_soon):
        assert check(lists, NOW) is check(lists, NOW + timedelta(minutes=1)) is root
    with pytest.raises(ConfigurationError, match="seal is revoked"):
        check(revoked_soon, NOW + timedelta(hours=2))
    with pytest.raises(TemporaryError, match="cannot be shown to be good"):
        check(pki.lists(), NOW + 30 * DAY)
    with pytest.raises(TemporaryError, match="cannot be shown to be good"):
        check([], NOW)
    with pytest.raises(ConfigurationError, match="does not lead to any"):
        check_path(checked, roots=[x509.Certificate.load(Pki(NOW).root.der)], lists=pki.lists(), at=NOW, usage="seal")


def test_a_path_that_held_for_a_seal_does_not_hold_for_a_time_stamp(pki):
    checked = Certificates(leaf=x509.Certificate.load(pki.seal.der), others=(x509.Certificate.load(pki.issuing.der),))
    root = x509.Certificate.load(pki.root.der)
    assert check_path(checked, roots=[root], lists=pki.lists(), at=NOW, usage="seal") is root
    with pytest.raises(ConfigurationError, match="time stamping authority may not be used for that"):
        check_path(checked, roots=[root], lists=pki.lists(), at=NOW, usage="timestamp")


def test_many_threads_share_the_paths_that_held_and_few_are_kept(pki):
    checked = Certificates(leaf=x509.Certificate.load(pki.seal.der), others=(x509.Certificate.load(pki.issuing.der),))
    good = [pki.lists(at=NOW - timedelta(minutes=ago)) for ago in range(40)]
    revoked = pki.lists(revoked=((pki.seal, NOW - timedelta(hours=1)),))

    def check(lists):
        root = x509.Certificate.load(pki.root.der)
        return check_path(checked, roots=[root], lists=lists, at=NOW, usage="seal") is root

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(check, good * 3))
        for tried in [threads.submit(check, revoked) for _ in range(8)]:
            with pytest.raises(ConfigurationError, match="seal is revoked"):
                tried.result()
    assert len(paths._FOUND) <= paths._MOST_FOUND + 8  # the last of each thread


def test_roots_must_be_given_and_fit(pki):
    with pytest.raises(ConfigurationError, match="does not lead to any"):
        sealed(pki, "B-LTA", roots=(Pki(NOW).root,))
    with pytest.raises(ConfigurationError, match="needs trust roots"):
        opened_seal(pki.pkcs12).sign_pdf(
            unsigned_pdf(), level="B-LTA", signed_at=NOW, request_token=pki.tsa.token, revocation_lists=lambda _: []
        )


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"not a PDF", b"%PDF-1.7\n%%EOF\n"])
def test_what_is_no_pdf_is_refused(pki, content):
    with pytest.raises(InputError):
        opened_seal(pki.pkcs12).sign_pdf(content, level="B-B", signed_at=NOW)


def test_a_sealed_pdf_is_not_sealed_again(pki):
    with pytest.raises(InputError, match="already signed"):
        opened_seal(pki.pkcs12).sign_pdf(sealed(pki, "B-B"), level="B-B", signed_at=NOW)


def test_a_wrong_passphrase_and_foreign_files_say_so(pki):
    for raw, passphrase in ((pki.pkcs12, b"wrong"), (b"", PASSPHRASE), (b"\x30\x80", PASSPHRASE)):
        with pytest.raises(ConfigurationError, match="does not open"):
            Seal.load(raw, passphrase)


def test_certificates_that_cannot_seal_are_refused(pki):
    span = {"not_before": NOW - 10 * DAY, "not_after": NOW - DAY}
    expired = issue("Expired", issuer=pki.issuing, **span)
    with pytest.raises(ConfigurationError, match="install a current one"):
        Seal.load(pkcs12(expired, pki.issuing), PASSPHRASE)
    span["not_after"] = NOW + DAY
    encrypting = issue("Encryption", issuer=pki.issuing, usage=("key_encipherment",), **span)
    with pytest.raises(ConfigurationError, match="key usage"):
        Seal.load(pkcs12(encrypting, pki.issuing), PASSPHRASE)
    small = issue("Small", issuer=pki.issuing, key=new_key("rsa1024"), **span)
    with pytest.raises(ConfigurationError, match="at least 2048 bits"):
        Seal.load(pkcs12(small, pki.issuing), PASSPHRASE)


def test_sealing_after_the_certificate_expired_is_refused(pki):
    with pytest.raises(ConfigurationError, match="install a current one"):
        opened_seal(pki.pkcs12).sign_pdf(unsigned_pdf(), level="B-B", signed_at=NOW + 900 * DAY)
