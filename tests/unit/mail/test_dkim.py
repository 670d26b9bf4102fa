"""Signatures of ours, judged by the verifier of what comes in, and by OpenDKIM."""

import re
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acuse.errors import InputError
from acuse.mail import dkim
from acuse.mail.dkim import ED25519, RSA, Signer
from acuse.reception.origin.dkim import Signature, check_dkim
from acuse.reception.origin.signed import split

AT = datetime(2024, 2, 1, 9, 30, tzinfo=UTC)  # past for every judge
EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.eml"))
PLAIN = b"From: avisos@ribera.example\r\nTo: ana@cliente.example\r\nSubject: Hola\r\n\r\nHola.\r\n"


@cache
def signer(algorithm: str = RSA, selector: str = "uno", domain: str = "ribera.example") -> Signer:
    """A signer; its key is made once for the run."""
    return Signer(domain=domain, selector=selector, key=dkim.read_key(dkim.make_key(algorithm)))


def signed(message: bytes, by: Signer) -> bytes:
    return dkim.signature_field(message, signer=by, at=AT) + message


def checked(message: bytes, *signers: Signer) -> tuple[Signature, ...]:
    """What the verifier of incoming mail says, topmost first."""
    published = {dkim.record_name(one.selector, one.domain): (dkim.public_record(one.key).encode(),) for one in signers}
    return check_dkim(split(message), at=int(AT.timestamp()), ask=lambda name, kind: published.get(name, ()))


def opendkim(message: bytes, folder: Path, *signers: Signer) -> str:
    """What OpenDKIM says of a message, its test mode given the published keys."""
    lines = [f"{dkim.record_name(one.selector, one.domain)} {dkim.public_record(one.key)}\n" for one in signers]
    (folder / "keys").write_text("".join(lines), "ascii")
    (folder / "conf").write_text(f"Mode v\nTestPublicKeys {folder / 'keys'}\n", "ascii")
    (folder / "message").write_bytes(message)
    command = ["opendkim", "-x", str(folder / "conf"), "-v", "-v", "-t", str(folder / "message")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("algorithm", dkim.ALGORITHMS)
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_is_signed_verifies(path: Path, algorithm: str) -> None:
    (found,) = checked(signed(path.read_bytes(), signer(algorithm)), signer(algorithm))
    assert (found.result, found.domain, found.selector, found.algorithm) == ("pass", "ribera.example", "uno", algorithm)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"\r\nTo:", b"\r\nPague en la cuenta nueva.\r\nTo:", "a line of the header is no field"),
        (b"\r\nTo:", b"\r\nPague hoy: en la cuenta nueva\r\nTo:", "a line of the header is no field"),
        (b"\r\nTo:", b"\r\n: vac\xc3\xado\r\nTo:", "a line of the header is no field"),
        (b"\r\nTo:", b"\r\n" + b"X: y\r\n" * 5_000 + b"To:", "the header has too many fields"),
        (b"\r\nTo:", b"\r\nX: " + b"y" * 1_000_000 + b"\r\nTo:", "the header is too long"),
    ],
    ids=range(5),
)
def test_a_header_that_others_read_otherwise_is_not_signed(old: bytes, new: bytes, reason: str) -> None:
    message = signed(PLAIN, signer())
    assert checked(message, signer())[0].result == "pass"
    (found,) = checked(message.replace(old, new, 1), signer())
    assert (found.result, found.reason) == ("permerror", reason)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_opendkim_verifies_it(path: Path, tmp_path: Path) -> None:
    assert "dkim=pass" in opendkim(signed(path.read_bytes(), signer()), tmp_path, signer())


def test_a_signature_of_the_senders_own_holds_beside_ours(tmp_path: Path) -> None:
    theirs, ours = signer(selector="suya"), signer(selector="nuestra", domain="acuse.example")
    message = signed(PLAIN, theirs)
    copy = signed(b"Received: by acuse.example;\r\n\tSun, 22 Nov 2026 09:30:00 +0000\r\n" + message, ours)
    assert copy.endswith(message)
    assert [(one.result, one.domain) for one in checked(copy, theirs, ours)] == [
        ("pass", "acuse.example"),
        ("pass", "ribera.example"),
    ]
    said = opendkim(copy, tmp_path, theirs, ours)
    assert re.findall(r"dkim=(\w+).* header.d=([a-z.]+)", said) == [
        ("pass", "acuse.example"),
        ("pass", "ribera.example"),
    ]


_NAMES = st.sampled_from(
    ["From", "to", "Subject", "SUBJECT ", "Cc", "Date", "Content-Type", "List-Unsubscribe", "X-Other", "Received"]
)
_VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=60)
_FIELDS = st.lists(st.tuples(_NAMES, st.lists(_VALUES, min_size=1, max_size=3)), max_size=12)
_BODIES = st.one_of(
    st.binary(max_size=300).map(lambda octets: octets.translate(None, b"\r\n")),
    st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"a", b".", b"\xff"])).map(b"".join),
)


@settings(max_examples=300, deadline=None)
@given(fields=_FIELDS, body=_BODIES, algorithm=st.sampled_from(dkim.ALGORITHMS))
def test_whatever_the_fields_and_the_body_are(fields: list[tuple[str, list[str]]], body: bytes, algorithm: str) -> None:
    lines = ["From: avisos@ribera.example", *(f"{name}:" + "\r\n\t".join(values) for name, values in fields)]
    message = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    by = signer(algorithm)
    field = dkim.signature_field(message, signer=by, at=AT)
    assert field == dkim.signature_field(message, signer=by, at=AT), "the same inputs give the same octets"
    assert max(len(line) for line in field.split(b"\r\n")) <= 78 + len("content-transfer-encoding:")
    (found,) = checked(field + message, by)
    # More From fields than a signature covers are refused; the connector takes one.
    many = sum(name.lower() == "from" for name, _ in fields) > 3
    assert (found.result, found.reason) == (("policy", "a From field is not signed") if many else ("pass", ""))


@pytest.mark.parametrize(
    "change",
    [
        (b"Hola.\r\n", b"Hola!\r\n"),
        (b"Subject: Hola", b"Subject: Adios"),
        (b"\r\n\r\n", b"\r\nSubject: otro\r\n\r\n"),
        (b"\r\n\r\n", b"\r\nReply-To: otro@ladron.example\r\n\r\n"),
        (b"\r\n\r\n", b"\r\nContent-Type: text/html\r\n\r\n"),
    ],
    ids=["body", "subject", "second subject", "added reply-to", "added content-type"],
)
def test_what_was_changed_afterwards_no_longer_verifies(change: tuple[bytes, bytes]) -> None:
    before, _, after = signed(PLAIN, signer()).rpartition(change[0])
    assert checked(before + change[1] + after, signer())[0].result == "fail"


def test_opendkim_refuses_a_changed_body(tmp_path: Path) -> None:
    assert "dkim=fail" in opendkim(signed(PLAIN, signer()) + b"P.D.\r\n", tmp_path, signer())


def test_a_signature_says_what_it_was_made_of() -> None:
    field = dkim.signature_field(PLAIN, signer=signer(), at=AT)
    assert field.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=ribera.example;\r\n\ts=uno; t=")
    assert b" t=1706779800;" in field
    assert b"; l=" not in field
    assert dkim.signature_field(PLAIN, signer=signer(), at=AT) == field


def test_the_record_is_what_openssl_makes_of_the_key(tmp_path: Path) -> None:
    octets = dkim.make_key()
    (tmp_path / "key").write_bytes(octets)
    command = ["openssl", "pkey", "-inform", "DER", "-in", str(tmp_path / "key"), "-pubout", "-outform", "PEM"]
    pem = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    encoded = "".join(pem.splitlines()[1:-1])
    assert dkim.public_record(dkim.read_key(octets)) == f"v=DKIM1; k=rsa; p={encoded}"


@pytest.mark.parametrize("octets", [b"", b"no key"])
def test_what_is_no_key_is_refused(octets: bytes) -> None:
    with pytest.raises(InputError):
        dkim.read_key(octets)


def test_ed25519_keys_fit_one_string() -> None:
    record = dkim.public_record(signer(ED25519).key)
    assert record.startswith("v=DKIM1; k=ed25519; p=")
    assert len(record) < 255
