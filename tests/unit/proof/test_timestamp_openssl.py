"""Tokens of another program: OpenSSL's own time stamping authority answers our query."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from acuse.errors import Invalid
from acuse.proof.timestamp import build_query, parse_reply, verify_token
from tests.pki import DAY, TSA_POLICY, issue, new_key, revocation_list

CONTENT = b"log.talleres.example\n7\n"
CONFIGURATION = """
[tsa]
default_tsa = here
[here]
serial = {directory}/serial
crypto_device = builtin
signer_cert = {directory}/tsa.pem
signer_key = {directory}/tsa.key
signer_digest = sha256
default_policy = {policy}
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = {identity}
"""


def answer(directory: Path, identity: str, kind: str) -> tuple[bytes, dict[str, object]]:
    """OpenSSL's token over CONTENT, and what it is verified with."""
    now = datetime.now(UTC)
    root = issue("Root", issuer=None, not_before=now - DAY, not_after=now + DAY, authority=True)
    tsa = issue(
        "OpenSSL",
        issuer=root,
        not_before=now - DAY,
        not_after=now + DAY,
        key=new_key(kind, 2),
        extended=(ExtendedKeyUsageOID.TIME_STAMPING,),
    )
    (directory / "tsa.pem").write_bytes(tsa.pem)
    key = tsa.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (directory / "tsa.key").write_bytes(key)
    (directory / "serial").write_text("01\n")
    (directory / "tsa.cnf").write_text(
        CONFIGURATION.format(directory=directory, policy=TSA_POLICY, identity=identity), encoding="ascii"
    )
    query = build_query(CONTENT, policy=TSA_POLICY)
    (directory / "query").write_bytes(query.der)
    command = ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-out", "reply"]
    ran = subprocess.run(command, cwd=directory, capture_output=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr
    given = {
        "imprint_of": CONTENT,
        "trust": [root.certificate],
        "crls": [revocation_list(root, at=now - timedelta(hours=1))],
        "nonce": query.nonce,
        "policy": TSA_POLICY,
    }
    return parse_reply((directory / "reply").read_bytes()), given


@pytest.mark.parametrize("kind", ["p256", "rsa2048"])
def test_a_token_of_openssl_is_accepted(tmp_path: Path, kind: str) -> None:
    token, given = answer(tmp_path, "sha256", kind)
    assert verify_token(token, **given).tsa_name == "OpenSSL"  # type: ignore[arg-type]


def test_a_token_without_a_strong_name_of_its_certificate_is_refused(tmp_path: Path) -> None:
    token, given = answer(tmp_path, "sha1", "p256")
    with pytest.raises(Invalid, match="ESSCertIDv2"):
        verify_token(token, **given)  # type: ignore[arg-type]
