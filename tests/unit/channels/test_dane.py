"""TLSA records against certificates (RFC 6698, RFC 7671), by the rules for mail (RFC 7672 3)."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from acuse.channels.dns import Tlsa
from acuse.channels.email import dane
from tests.peers.certificates import Authority, authority

NOW = datetime.now(UTC)
MX = "mx.recibe.example"


def leaf(root: Authority, name: str = MX, *, ended: bool = False) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    ends = NOW - timedelta(days=1) if ended else NOW + timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(root.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=2))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key()), critical=False)
        .sign(root.key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


def tlsa(usage: int, selector: int, matching: int, certificate: bytes) -> Tlsa:
    key = x509.load_der_x509_certificate(certificate).public_key()
    chosen = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) if selector else certificate
    data = [chosen, hashlib.sha256(chosen).digest(), hashlib.sha512(chosen).digest()][matching]
    return Tlsa(usage=usage, selector=selector, matching=matching, data=data)


@pytest.fixture(scope="module")
def root() -> Authority:
    return authority()


@pytest.fixture(scope="module")
def anchor(root: Authority) -> bytes:
    return root.certificate.public_bytes(Encoding.DER)


EVERY = [(selector, matching) for selector in (0, 1) for matching in (0, 1, 2)]


@pytest.mark.parametrize(("selector", "matching"), EVERY)
def test_an_end_entity_needs_no_name_and_no_term(root: Authority, selector: int, matching: int) -> None:
    ended = leaf(root, "other.example", ended=True)
    record = tlsa(3, selector, matching, ended)
    assert dane.doubt([ended], [record], [MX]) == ""
    assert dane.doubt([leaf(root)], [record], [MX]) == "no TLSA record is of the certificate that the peer showed"


@pytest.mark.parametrize(("selector", "matching"), EVERY)
def test_a_trust_anchor_vouches_for_a_name_in_its_term(
    root: Authority, anchor: bytes, selector: int, matching: int
) -> None:
    record = tlsa(2, selector, matching, anchor)
    assert dane.doubt([leaf(root), anchor], [record], [MX]) == ""
    assert dane.doubt([leaf(root, "recibe.example"), anchor], [record], [MX, "recibe.example"]) == ""
    assert dane.doubt([leaf(root, "other.example"), anchor], [record], [MX]) != ""
    assert dane.doubt([leaf(root, ended=True), anchor], [record], [MX]) != ""
    assert dane.doubt([leaf(authority()), anchor], [record], [MX]) != ""


def test_a_trust_anchor_published_whole_need_not_be_shown(root: Authority, anchor: bytes) -> None:
    assert dane.doubt([leaf(root)], [tlsa(2, 0, 0, anchor)], [MX]) == ""
    assert dane.doubt([leaf(root)], [tlsa(2, 0, 1, anchor)], [MX]) != ""


def test_a_server_is_no_trust_anchor_of_its_own(root: Authority) -> None:
    own = leaf(root)
    assert dane.doubt([own], [tlsa(2, 0, 1, own)], [MX]) != ""


def test_one_record_that_matches_is_enough(root: Authority) -> None:
    own, other = leaf(root), leaf(root)
    assert dane.doubt([own], [tlsa(3, 1, 1, other), tlsa(3, 1, 1, own)], [MX]) == ""


def test_records_that_cannot_be_used(root: Authority) -> None:
    own = leaf(root)
    wrong = [
        tlsa(0, 0, 1, own),
        tlsa(1, 1, 1, own),
        Tlsa(usage=3, selector=2, matching=1, data=bytes(32)),
        Tlsa(usage=3, selector=1, matching=3, data=bytes(32)),
        Tlsa(usage=3, selector=1, matching=1, data=bytes(31)),
        Tlsa(usage=3, selector=1, matching=2, data=bytes(32)),
        Tlsa(usage=3, selector=1, matching=0, data=b""),
        Tlsa(usage=255, selector=0, matching=0, data=b"x"),
    ]
    assert dane.usable(wrong) == ()
    assert dane.usable([*wrong, tlsa(3, 1, 1, own)]) == (tlsa(3, 1, 1, own),)


def test_a_weaker_digest_beside_a_stronger_one_is_passed_over(root: Authority, anchor: bytes) -> None:
    weak, strong, whole = tlsa(3, 1, 1, leaf(root)), tlsa(3, 1, 2, leaf(root)), tlsa(3, 1, 0, leaf(root))
    other = tlsa(2, 1, 1, anchor)
    assert dane.usable([weak, strong, whole, other]) == (strong, whole, other)


def test_a_long_record_is_shown_short() -> None:
    assert dane.text(Tlsa(usage=3, selector=1, matching=1, data=b"\xab" * 32)) == "3 1 1 " + "ab" * 32
    assert len(dane.text(Tlsa(usage=3, selector=0, matching=0, data=b"\xab" * 4000))) < 200


RECORDS = st.builds(
    Tlsa,
    usage=st.integers(0, 255),
    selector=st.integers(0, 255),
    matching=st.integers(0, 255),
    data=st.binary(max_size=70),
) | st.builds(
    Tlsa, usage=st.integers(2, 3), selector=st.integers(0, 1), matching=st.integers(0, 2), data=st.binary(max_size=70)
)


@given(st.lists(RECORDS, max_size=5), st.lists(st.binary(max_size=80), max_size=3))
def test_any_records_and_any_chain_lead_to_a_doubt_or_none(records: list[Tlsa], chain: list[bytes]) -> None:
    kept = dane.usable(records)
    assert set(kept) <= set(records)
    named = (
        any(one.data == chain[0] for one in kept if (one.usage, one.selector, one.matching) == (3, 0, 0))
        if chain
        else False
    )
    assert (dane.doubt(chain, kept, [MX]) == "") is named
    assert all(len(dane.text(one)) < 200 for one in records)
