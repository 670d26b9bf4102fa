"""Time stamps: asking, reading the reply, and everything that a token must satisfy."""

import hashlib
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from asn1crypto import cms, tsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from acuse.errors import AcuseError, CannotTell, Invalid, PermanentError, TemporaryError
from acuse.proof.timestamp import Sha256, build_query, parse_reply, verify_token
from tests.pki import DAY, TSA_POLICY, Entity, Pki, TimeStampingAuthority, issue, revocation_list
from tests.unit.proof.support import MOMENT, Operator

CONTENT = b"log.talleres.example\n7\n"
PKI = Pki(MOMENT)
QUERY = build_query(CONTENT)
TOKEN = parse_reply(PKI.tsa.reply(QUERY.der))
IMPRINT = tsp.TimeStampReq.load(QUERY.der)["message_imprint"]["hashed_message"].native


def verified(token: bytes = TOKEN, **changes: Any) -> Any:
    given_: dict[str, Any] = {
        "imprint_of": CONTENT,
        "trust": [PKI.root.certificate],
        "crls": PKI.lists(),
        "nonce": QUERY.nonce,
        "policy": TSA_POLICY,
        **changes,
    }
    return verify_token(token, **given_)


def by(entity: Entity, *, chain: tuple[Entity, ...] = (PKI.issuing,), **lies: Any) -> bytes:
    return TimeStampingAuthority(entity, MOMENT, chain=chain).token(IMPRINT, nonce=QUERY.nonce, **lies)


def test_a_good_token() -> None:
    token = verified()
    assert token.gen_time == MOMENT
    assert (token.policy, token.tsa_name, token.development) == (TSA_POLICY, "Time stamps", False)
    assert token.chain == (PKI.tsa_entity.certificate, PKI.issuing.certificate, PKI.root.certificate)


@pytest.mark.parametrize("kind", ["rsa2048", "p256"])
def test_rsa_and_elliptic_keys(kind: str) -> None:
    pki = Pki(MOMENT, tsa_key=kind)
    token = parse_reply(pki.tsa.reply(QUERY.der))
    assert verified(token, trust=[pki.root.certificate], crls=pki.lists()).serial == 1


def test_the_development_policy_is_recognised() -> None:
    operator = Operator()
    token = parse_reply(operator.authority.reply(QUERY.der))
    assert verify_token(token, imprint_of=CONTENT, trust=[operator.root.certificate], crls=[operator.crl()]).development


def test_a_digest_in_place_of_the_content() -> None:
    digest = Sha256(hashlib.sha256(CONTENT).digest())
    assert verified(imprint_of=digest).gen_time == MOMENT
    assert digest.digest in build_query(digest).der
    with pytest.raises(Invalid, match="other content"):
        verified(imprint_of=Sha256(b"\0" * 32))


def test_the_query() -> None:
    request = tsp.TimeStampReq.load(build_query(CONTENT, policy=TSA_POLICY).der, strict=True)
    assert request["cert_req"].native is True
    assert request["req_policy"].native == TSA_POLICY
    assert request["nonce"].native >= 2**63


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"imprint_of": b"x"}, "other content"),
        ({"nonce": 5}, "nonce"),
        ({"policy": "1.2.3"}, "policy"),
        ({"crls": [*PKI.lists(), Operator().crl()]}, "concerns no certificate"),
        ({"crls": PKI.lists(revoked=((PKI.tsa_entity, MOMENT - timedelta(hours=2)),))}, "revoked"),
        ({"crls": PKI.lists(revoked=((PKI.tsa_entity, MOMENT + timedelta(hours=2)),))}, "revoked"),
        ({"chain": [PKI.issuing.der]}, "twice"),
        ({"chain": [Operator().seal.der]}, "not on the path"),
        ({"crls": [b"\x30\x00"]}, "not readable"),
    ],
)
def test_a_token_that_does_not_fit_is_invalid(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        verified(**changes)
    assert refused.value.step == 5


@pytest.mark.parametrize(
    "changes",
    [
        {"trust": []},
        {"trust": [Operator().root.certificate]},
        {"crls": []},
        {"crls": PKI.lists()[1:]},
        {"crls": PKI.lists(at=MOMENT - 30 * DAY)},
    ],
)
def test_without_anchor_or_current_list_it_cannot_be_told(changes: dict[str, Any]) -> None:
    with pytest.raises(CannotTell):
        verified(**changes)


def test_an_attribute_that_nothing_signs_is_refused() -> None:
    extra = cms.CMSAttribute({"type": "signing_time", "values": [cms.Time({"utc_time": MOMENT})]})
    with pytest.raises(Invalid, match="does not cover"):
        verified(by(PKI.tsa_entity, unsigned=(extra,)))


def test_lies_of_an_authority_are_refused() -> None:
    for lie in (
        {"extra": (PKI.seal,)},
        {"extra": (PKI.issuing,)},
        {"with_certificates": False},
        {"certificate_hash": b"\0" * 32},
        {"spoil_signature": True},
        {"algorithm": "sha1"},
        {"at": MOMENT - 400 * DAY},
        {"at": MOMENT + 4000 * DAY},
    ):
        with pytest.raises(Invalid):
            verified(by(PKI.tsa_entity, **lie))


def test_certificates_not_made_for_time_stamps_are_refused() -> None:
    start, end = MOMENT - DAY, MOMENT + DAY
    both = (ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING)
    for extended in ((), both, (ExtendedKeyUsageOID.CODE_SIGNING,)):
        entity = issue("Other", issuer=PKI.issuing, not_before=start, not_after=end, extended=extended)
        with pytest.raises(Invalid, match="certificate"):
            verified(by(entity))
    authority = issue(
        "CA", issuer=PKI.issuing, not_before=start, not_after=end, authority=True,
        extended=(ExtendedKeyUsageOID.TIME_STAMPING,),
    )  # fmt: skip
    with pytest.raises(Invalid, match="other uses"):
        verified(by(authority))


def test_a_certificate_that_is_no_authority_cannot_issue() -> None:
    start, end = MOMENT - DAY, MOMENT + DAY
    below = issue(
        "Below a seal", issuer=PKI.seal, not_before=start, not_after=end,
        extended=(ExtendedKeyUsageOID.TIME_STAMPING,),
    )  # fmt: skip
    lists = [*PKI.lists(), revocation_list(PKI.seal, at=MOMENT)]
    with pytest.raises(Invalid, match="may not issue"):
        verified(by(below, chain=(PKI.seal, PKI.issuing)), crls=lists)


def test_the_chain_may_travel_beside_the_token() -> None:
    bare = by(PKI.tsa_entity, chain=())
    assert len(verified(bare, chain=[PKI.issuing.der]).chain) == 3
    with pytest.raises(CannotTell):
        verified(bare)


def test_every_changed_byte_is_refused() -> None:
    operator = Operator()
    token = parse_reply(operator.authority.reply(QUERY.der))
    crls = (operator.crl(),)
    for index in range(len(token)):
        changed = bytearray(token)
        changed[index] ^= 1 << index % 8
        with pytest.raises(AcuseError):
            verify_token(bytes(changed), imprint_of=CONTENT, trust=[operator.root.certificate], crls=crls)
    for index in range(len(crls[0])):
        changed = bytearray(crls[0])
        changed[index] ^= 1 << index % 8
        with pytest.raises(AcuseError):
            verify_token(token, imprint_of=CONTENT, trust=[operator.root.certificate], crls=[bytes(changed)])


def test_bytes_behind_a_token_are_refused() -> None:
    with pytest.raises(Invalid):
        verified(TOKEN + b"\0")


def refusal(failure: str) -> bytes:
    """A reply without a token: asn1crypto's own structure cannot leave it out."""
    status = tsp.PKIStatusInfo({"status": "rejection", "status_string": ["closed"], "fail_info": {failure}}).dump()
    return bytes([0x30, len(status)]) + status


def test_replies_that_grant_nothing() -> None:
    with pytest.raises(PermanentError, match="rejection: bad_alg closed"):
        parse_reply(refusal("bad_alg"))
    for raw in (refusal("time_not_available"), b"", b"<html>", b"0\0", PKI.tsa.reply(QUERY.der) + b"x"):
        with pytest.raises(TemporaryError):
            parse_reply(raw)


@given(st.binary(max_size=200) | st.tuples(st.integers(0, len(TOKEN)), st.binary(max_size=8)))
def test_foreign_bytes_raise_our_errors_only(what: bytes | tuple[int, bytes]) -> None:
    raw = what if isinstance(what, bytes) else TOKEN[: what[0]] + what[1] + TOKEN[what[0] + len(what[1]) :]
    with suppress(AcuseError):
        verified(raw)
    with suppress(AcuseError):
        parse_reply(raw)
    with suppress(AcuseError):
        verified(crls=[raw])
    with suppress(AcuseError):
        verified(chain=[raw])
