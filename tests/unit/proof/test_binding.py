"""The seal's signature over the log's key, and the file of trust anchors."""

from contextlib import suppress
from datetime import timedelta

import pytest
from cryptography.x509 import ObjectIdentifier
from cryptography.x509.oid import ExtendedKeyUsageOID as Purpose
from hypothesis import given
from hypothesis import strategies as st

from acuse.errors import AcuseError, CannotTell, ConfigurationError, InputError, Invalid
from acuse.proof.binding import bind, verify_binding
from acuse.proof.trust import Trust
from tests.pki import DAY, Pki, issue, revocation_list
from tests.unit.proof.support import MOMENT, Operator

OPERATOR = Operator()
LINE = OPERATOR.key.verifier().line()
CMS = OPERATOR.binding().cms
ROOTS = [OPERATOR.root.certificate]


def test_a_good_binding() -> None:
    bound = verify_binding(CMS, verifier_key=LINE, trust=ROOTS)
    assert (bound.name, bound.signed_at, len(bound.chain)) == ("Seal", MOMENT, 2)
    verify_binding(CMS, verifier_key=LINE, trust=ROOTS, crls=[OPERATOR.crl()], at=MOMENT)
    # A seal that the person trusts by itself needs no root.
    verify_binding(CMS, verifier_key=LINE, trust=[OPERATOR.seal.certificate])


@pytest.mark.parametrize("seal_key", ["p256", "rsa2048", "rsa3072"])
def test_kinds_of_seal_keys(seal_key: str) -> None:
    pki = Pki(MOMENT, seal_key=seal_key)
    chain = [pki.root.certificate, pki.issuing.certificate]
    cms = bind(LINE, key=pki.seal.key, certificate=pki.seal.certificate, chain=chain, at=MOMENT)
    assert len(verify_binding(cms, verifier_key=LINE, trust=[pki.root.certificate], crls=pki.lists()).chain) == 3


def test_what_does_not_hold() -> None:
    with pytest.raises(Invalid, match="other content"):
        verify_binding(CMS, verifier_key=LINE + "x", trust=ROOTS)
    with pytest.raises(Invalid, match="not valid at"):
        verify_binding(CMS, verifier_key=LINE, trust=ROOTS, at=MOMENT + timedelta(days=4000))
    with pytest.raises(CannotTell, match="none of the trusted"):
        verify_binding(CMS, verifier_key=LINE, trust=[])
    revoked = revocation_list(OPERATOR.root, at=MOMENT, revoked=((OPERATOR.seal, MOMENT),))
    with pytest.raises(Invalid, match="revoked"):
        verify_binding(CMS, verifier_key=LINE, trust=ROOTS, crls=[revoked])


def test_the_later_of_the_two_times_counts() -> None:
    # Seen in use before the present seal signed it: judged when it signed.
    early = OPERATOR.moment - timedelta(days=30)
    assert verify_binding(CMS, verifier_key=LINE, trust=ROOTS, at=early).signed_at == MOMENT


def test_a_list_from_the_day_of_the_binding_serves_later() -> None:
    verify_binding(CMS, verifier_key=LINE, trust=ROOTS, crls=[OPERATOR.crl()], at=MOMENT + timedelta(days=200))


def test_a_time_stamping_authority_does_not_pass_for_the_operator() -> None:
    stamps = OPERATOR.authority.entity
    cms = bind(LINE, key=stamps.key, certificate=stamps.certificate, chain=[], at=MOMENT)
    with pytest.raises(Invalid, match="not sealing"):
        verify_binding(cms, verifier_key=LINE, trust=ROOTS)


@pytest.mark.parametrize(
    ("purposes", "serves"),
    [
        ((Purpose.SERVER_AUTH,), False),
        ((Purpose.CLIENT_AUTH,), False),
        ((Purpose.SERVER_AUTH, Purpose.CLIENT_AUTH), False),
        ((Purpose.CODE_SIGNING,), False),
        ((Purpose.CLIENT_AUTH, Purpose.EMAIL_PROTECTION), True),
        ((Purpose.ANY_EXTENDED_KEY_USAGE,), True),
    ],
)
def test_what_a_certificate_says_it_is_for(purposes: tuple[ObjectIdentifier, ...], serves: bool) -> None:
    start, end = MOMENT - DAY, MOMENT + DAY
    one = issue("Somebody", issuer=OPERATOR.root, not_before=start, not_after=end, extended=purposes)
    cms = bind(LINE, key=one.key, certificate=one.certificate, chain=[], at=MOMENT)
    if serves:
        verify_binding(cms, verifier_key=LINE, trust=ROOTS)
    else:
        with pytest.raises(Invalid, match="not sealing"):
            verify_binding(cms, verifier_key=LINE, trust=ROOTS)


def test_a_key_of_another_certificate_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        bind(LINE, key=OPERATOR.root.key, certificate=OPERATOR.seal.certificate, chain=[], at=MOMENT)


def test_every_changed_byte_is_refused() -> None:
    for index in range(len(CMS)):
        changed = bytearray(CMS)
        changed[index] ^= 1 << index % 8
        with pytest.raises(AcuseError):
            verify_binding(bytes(changed), verifier_key=LINE, trust=ROOTS)


@given(st.binary(max_size=200) | st.tuples(st.integers(0, len(CMS)), st.binary(max_size=8)))
def test_foreign_bytes_raise_our_errors_only(what: bytes | tuple[int, bytes]) -> None:
    raw = what if isinstance(what, bytes) else CMS[: what[0]] + what[1] + CMS[what[0] + len(what[1]) :]
    with suppress(AcuseError):
        verify_binding(raw, verifier_key=LINE, trust=ROOTS)


def test_trust_files() -> None:
    root, other = OPERATOR.root.certificate, Operator().root.certificate
    trust = Trust(seals=(root,), stamps=(other,), log_keys=(LINE,))
    assert Trust.parse("# the demo's own\n\n" + trust.to_text()) == trust
    assert Trust.parse(trust.to_text() * 2) == trust
    assert Trust() | trust | trust == trust
    assert trust | Trust(stamps=(root,)) == Trust(seals=(root,), stamps=(other, root), log_keys=(LINE,))


@pytest.mark.parametrize("heading", ["#time stamps", "# time stamps:", "# Time-stamps", "# timestamps of FreeTSA"])
def test_a_misspelled_section_does_not_leave_its_certificates_in_the_one_before(heading: str) -> None:
    """Else the root of a public time stamping authority could vouch for seals."""
    text = Trust(seals=(OPERATOR.root.certificate,)).to_text()
    with pytest.raises(InputError, match="Say what the certificate may vouch for"):
        Trust.parse(f"{text}{heading}\n{text.removeprefix('# seals')}")


@pytest.mark.parametrize("text", ["hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "a+b+c"])
def test_other_trust_files_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        Trust.parse(text)


@given(st.text(max_size=80) | st.text(max_size=80).map(lambda text: f"-----BEGIN CERTIFICATE-----\n{text}"))
def test_foreign_trust_files_raise_our_errors_only(text: str) -> None:
    with suppress(AcuseError):
        Trust.parse(text)
