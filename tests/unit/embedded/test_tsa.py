"""The time stamping authority: what it grants, what it refuses, and that no bytes can upset it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import core, tsp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from acuse.embedded.authority import Authority
from acuse.embedded.tsa import TimestampAuthority
from acuse.errors import ConfigurationError

POLICY = "2.25.1234567890123456789012345678901234567.1"
MOMENT = datetime(2026, 11, 21, 9, 0, 0, 120000, tzinfo=UTC)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TimestampAuthority:
    """Return an authority whose clock stands still."""
    folder: Path = tmp_path_factory.mktemp("ca")
    issued = Authority(folder, crl_url="http://127.0.0.1/ca.crl", now=lambda: MOMENT).timestamping()
    return TimestampAuthority(issued, policy=POLICY, now=lambda: MOMENT)


def request(**changes: object) -> tsp.TimeStampReq:
    fields = {
        "version": "v1",
        "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": b"\x07" * 32},
        "nonce": 2**64 + 5,
        "cert_req": True,
    }
    return tsp.TimeStampReq({key: value for key, value in {**fields, **changes}.items() if value is not None})


def status(answer: bytes) -> dict[str, object]:
    return dict(tsp.PKIStatusInfo.load(core.Sequence.load(answer, strict=True)[0].dump(), strict=True).native)


def failure(authority: TimestampAuthority, raw: bytes) -> set[str]:
    answer = status(authority.respond(raw))
    assert answer["status"] == "rejection"
    assert answer["status_string"]
    found = answer["fail_info"]
    assert isinstance(found, set)
    return found


def granted(authority: TimestampAuthority, **changes: object) -> tsp.ContentInfo:
    answer = tsp.TimeStampResp.load(authority.respond(request(**changes).dump()), strict=True)
    assert answer["status"]["status"].native == "granted"
    return answer["time_stamp_token"]


def content(token: tsp.ContentInfo) -> dict[str, object]:
    return dict(token["content"]["encap_content_info"]["content"].parsed.native)


def test_the_token_says_what_was_asked(authority: TimestampAuthority) -> None:
    said = content(granted(authority))
    assert said["message_imprint"]["hashed_message"] == b"\x07" * 32
    assert said["nonce"] == 2**64 + 5
    assert said["policy"] == POLICY
    assert said["gen_time"] == MOMENT
    assert said["accuracy"]["seconds"] == 1
    assert said["ordering"] is False


def test_no_nonce_no_echo_and_a_negative_one_returns(authority: TimestampAuthority) -> None:
    assert content(granted(authority, nonce=None))["nonce"] is None
    assert content(granted(authority, nonce=-7))["nonce"] == -7


def test_serial_numbers_differ_under_a_clock_that_stands_still(authority: TimestampAuthority) -> None:
    assert len({content(granted(authority))["serial_number"] for _ in range(40)}) == 40


def test_the_certificate_travels_when_asked_for_and_the_root_never(authority: TimestampAuthority) -> None:
    certificates = granted(authority)["content"]["certificates"]
    assert [each.chosen.subject.native["common_name"] for each in certificates] == [
        "Acuse development TSA - no legal value"
    ]
    assert len(granted(authority, cert_req=None)["content"]["certificates"]) == 0


def test_the_signature_covers_certificate_digest_and_content(authority: TimestampAuthority) -> None:
    token = granted(authority)
    (signer,) = token["content"]["signer_infos"]
    attributes = {each["type"].native: each["values"] for each in signer["signed_attrs"]}
    certificate = token["content"]["certificates"][0].chosen
    digest = hashes.Hash(hashes.SHA256())
    digest.update(certificate.dump())
    (identifier,) = attributes["signing_certificate_v2"][0]["certs"]
    assert identifier["cert_hash"].native == digest.finalize()
    assert identifier["hash_algorithm"]["algorithm"].native == "sha256"
    assert identifier["issuer_serial"]["serial_number"].native == certificate.serial_number
    assert attributes["content_type"][0].native == "tst_info"
    public = ec.EllipticCurvePublicKey.from_encoded_point(
        ec.SECP256R1(), certificate["tbs_certificate"]["subject_public_key_info"]["public_key"].native
    )
    public.verify(
        signer["signature"].native, signer["signed_attrs"].untag().dump(force=True), ec.ECDSA(hashes.SHA256())
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"version": 2}, "bad_request"),
        ({"req_policy": "1.2.3"}, "unaccepted_policy"),
        ({"nonce": 2**520}, "bad_request"),
        ({"extensions": [{"extn_id": "1.2.3", "extn_value": b"x"}]}, "unaccepted_extensions"),
        (
            {"message_imprint": {"hash_algorithm": {"algorithm": "sha1"}, "hashed_message": b"\0" * 20}},
            "bad_alg",
        ),
        (
            {"message_imprint": {"hash_algorithm": {"algorithm": "1.2.3.4"}, "hashed_message": b"\0" * 32}},
            "bad_alg",
        ),
        (
            {"message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": b"\0" * 31}},
            "bad_data_format",
        ),
    ],
)
def test_refusals_name_their_cause(authority: TimestampAuthority, changes: dict[str, object], expected: str) -> None:
    assert failure(authority, request(**changes).dump()) == {expected}


def test_its_own_policy_may_be_asked_for(authority: TimestampAuthority) -> None:
    assert content(granted(authority, req_policy=POLICY))["policy"] == POLICY


@pytest.mark.parametrize(
    "raw", [b"", b"\x30\x00", b"\x00", b"x" * 20_000, request().dump() + b"\0", b"\x30\x80" * 5000]
)
def test_malformed_requests(authority: TimestampAuthority, raw: bytes) -> None:
    assert failure(authority, raw) == {"bad_data_format"}


@settings(max_examples=200, deadline=None)
@given(raw=st.binary(max_size=300))
def test_any_bytes_get_an_answer(authority: TimestampAuthority, raw: bytes) -> None:
    assert status(authority.respond(raw))["status"] == "rejection"


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_damage_gets_an_answer(authority: TimestampAuthority, data: st.DataObject) -> None:
    raw = bytearray(request(req_policy=POLICY, extensions=data.draw(st.sampled_from([None, EXTENSIONS]))).dump())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    raw = raw[: data.draw(st.integers(1, len(raw)))] if data.draw(st.booleans()) else raw
    answer = authority.respond(bytes(raw))
    said = status(answer)
    if said["status"] == "granted":
        token = tsp.TimeStampResp.load(answer, strict=True)["time_stamp_token"]
        assert content(token)["policy"] == POLICY
        assert len(content(token)["message_imprint"]["hashed_message"]) in (32, 48, 64)


EXTENSIONS = [{"extn_id": "1.2.3", "critical": True, "extn_value": b"x"}]


def test_a_policy_that_is_no_identifier_is_refused(tmp_path: Path) -> None:
    issued = Authority(tmp_path, crl_url="http://127.0.0.1/ca.crl").timestamping()
    with pytest.raises(ConfigurationError, match="not an object identifier"):
        TimestampAuthority(issued, policy="development")
