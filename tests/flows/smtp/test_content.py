"""DATA: where it ends, what is refused, and that what is accepted is what was sent, octet for octet."""

import json
import os
import re
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.smtp.client import MAIL, MESSAGE, PATIENCE, RCPT, has_enhanced_code
from tests.flows.smtp.conftest import Door, Opener

ROOT = Path(__file__).resolve().parents[3]
VECTORS = ROOT / "tests" / "vectors" / "mime"
INDEX = json.loads((VECTORS / "index.json").read_text())
CORPORA = os.environ.get("ACUSE_CORPORA", "")
SECOND = b"MAIL FROM:<avisos@talleres-ribera.example>\r\nRCPT TO:<victima@acepta.example>\r\nDATA\r\n"
FALSE_ENDS = [
    b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\r\n.\n", b"\r\n\0.\r\n",
    b"\r\n.\0\r\n", b"\r\n.\r\r\n", b"\r\r\n.\r\r\n",
    b"\r\n .\r\n", b"\r\n. \r\n", b"\r\n..\r\n", b"\r\n\xe2\x80\xa4\r\n",
]  # fmt: skip


@pytest.mark.parametrize("end", FALSE_ENDS)
def test_nothing_but_crlf_dot_crlf_ends_a_message(door: Door, end: bytes) -> None:
    inside = MESSAGE + b"uno" + end + SECOND + b"From: avisos@talleres-ribera.example\r\n\r\ndos"
    with door.logged_in() as client:
        for command in (MAIL, RCPT, "DATA"):
            client.say(command)
        client.send(inside + b"\r\n.\r\n")
        reply = client.reply()
        assert client.say("NOOP").startswith("250 2.0.0"), "there is one reply, not two"
    sound = inside.count(b"\r\n") == inside.count(b"\n") == inside.count(b"\r") and b"\0" not in inside
    assert reply.startswith("250 2.6.0" if sound else "554 5.6.0")
    assert len(door.behind.accepted) == sound
    if sound:
        assert len(door.behind.accepted[0][1].recipients) == 1


@pytest.mark.parametrize("row", INDEX, ids=lambda row: row["file"])
def test_own_vectors(opened_once: Door, row: dict[str, str]) -> None:
    raw = (VECTORS / row["file"]).read_bytes()
    with opened_once.logged_in() as client:
        reply = client.submit(raw)
        assert client.say("NOOP").startswith("250 2.0.0")
    if row["connector"] == "accepted":
        assert reply.startswith("250 2.6.0"), reply
        assert opened_once.behind.accepted[0][2] == raw
    else:
        assert reply.startswith(f"554 {row['connector']} "), reply
        assert not opened_once.behind.accepted


@pytest.fixture(scope="module")
def _large(opened: Opener):  # type: ignore[no-untyped-def]
    with opened() as door:
        yield door


@pytest.fixture
def opened_once(_large: Door) -> Door:
    _large.behind.__init__()  # type: ignore[misc]
    return _large


def test_vectors_are_enough_and_indexed() -> None:
    files = {path.name for path in VECTORS.glob("*.eml")}
    assert files == {row["file"] for row in INDEX}
    assert len(files) >= 40
    assert all(row["attacks"] for row in INDEX)


def test_examples_are_accepted_as_they_are(opened_once: Door) -> None:
    rows = json.loads((ROOT / "examples" / "envelopes.json").read_text())
    with opened_once.logged_in() as client:
        for row in rows:
            raw = (ROOT / "examples" / row["file"]).read_bytes()
            mail = f"MAIL FROM:<{row['sender']}>" + (" SMTPUTF8" if row["smtputf8"] else "")
            rcpts = [f"RCPT TO:<{one['address']}>" for one in row["recipients"]]
            assert client.submit(raw, mail, *rcpts).startswith(f"250 2.6.0 {len(rcpts)} "), row["file"]
            assert opened_once.behind.accepted[-1][2] == raw


@pytest.mark.skipif(not Path(CORPORA).is_dir() or not CORPORA, reason="ACUSE_CORPORA is absent")
@pytest.mark.parametrize("folder", ["mime", "bounces"])
def test_corpora_are_accepted_or_clearly_refused(opened_once: Door, folder: str) -> None:
    """As a mail program would send them: CRLF line ends, a From of the organisation in front, no other sender."""
    files = sorted(path for path in (Path(CORPORA) / folder).iterdir() if path.suffix in (".txt", ".eml"))
    assert len(files) > 40
    outcomes = {"250": 0, "554": 0, "550": 0}
    for path in files:
        sent = re.sub(rb"\r\n|\r|\n", b"\r\n", path.read_bytes())
        own = b"From: avisos@talleres-ribera.example\r\n" + re.sub(
            rb"(?mi)^(?:From:?[ \t]|(?:Resent-)?(?:From|Sender)[ \t]*:)", b"X-Sent-By: ", sent
        )
        own = own if own.endswith(b"\r\n") else own + b"\r\n"
        with opened_once.logged_in() as client:
            for raw in (path.read_bytes(), own):
                before = len(opened_once.behind.accepted)
                whole = raw if raw.endswith(b"\r\n") or not raw else raw + b"\r\n"
                reply = client.submit(raw)
                assert has_enhanced_code(reply)
                outcomes[reply[:3]] += 1
                assert len(opened_once.behind.accepted) == before + reply.startswith("250")
                if reply.startswith("250"):
                    assert opened_once.behind.accepted[-1][2] == whole
    assert outcomes["250"] >= len(files) * 9 // 10, outcomes


def test_sizes(door: Door) -> None:
    most = 2**20
    lines = (most - len(MESSAGE)) // 64 - 1
    exact = MESSAGE + (b"x" * 62 + b"\r\n") * lines
    exact += b"y" * (most - len(exact) - 2) + b"\r\n"
    with door.logged_in() as client:
        assert client.submit(exact).startswith("250 2.6.0")
        assert client.submit(exact + b"\r\n").startswith("552 5.3.4")
        assert client.submit(exact * 4).startswith("552 5.3.4")
        assert client.submit(MESSAGE + b".\r\n" * ((most - len(MESSAGE)) // 3)).startswith("250 2.6.0"), (
            "stuffing is not size"
        )
    assert [raw == exact for _, _, raw in door.behind.accepted] == [True, False]


def test_fifty_megabytes(opened_once: Door) -> None:
    raw = MESSAGE + (b"z" * 98 + b"\r\n") * ((50 * 2**20 - len(MESSAGE)) // 100)
    with opened_once.logged_in() as client:
        assert client.submit(raw, f"{MAIL} SIZE={len(raw)}").startswith("250 2.6.0")
        assert opened_once.behind.accepted[0][2] == raw
        assert client.submit(raw + b"z" * 98 + b"\r\n" * 50).startswith("552 5.3.4")
        assert client.say("NOOP").startswith("250 2.0.0")


def test_content_that_waits_for_the_database_is_in_flight(opened: Opener) -> None:
    with opened(in_flight=100_000) as door, door.logged_in() as client, door.logged_in() as other:
        door.behind.held = threading.Event()
        for command in (MAIL, RCPT, "DATA"):
            client.say(command)
        client.send(MESSAGE + (b"x" * 98 + b"\r\n") * 900)
        client.send(b".\r\n")
        assert door.behind.inside.wait(PATIENCE)
        assert other.submit(MESSAGE + (b"x" * 98 + b"\r\n") * 900).startswith("452 4.3.1")
        door.behind.held.set()
        assert client.reply().startswith("250 2.6.0")
        assert other.submit(MESSAGE).startswith("250 2.6.0")


def test_content_in_flight_is_bounded(opened: Opener) -> None:
    with opened(in_flight=100_000) as door, door.logged_in() as client, door.logged_in() as other:
        assert client.submit(MESSAGE + (b"x" * 98 + b"\r\n") * 4000).startswith("452 4.3.1")
        assert other.submit(MESSAGE).startswith("250 2.6.0")
        assert client.submit(MESSAGE).startswith("250 2.6.0")


WORDS = [
    b"EHLO a\r\n", b"MAIL FROM:<", b"RCPT TO:<", b"avisos@talleres-ribera.example", b">", b"DATA\r\n", b"\r\n", b"\n",
    b".\r\n", b"RSET\r\n", b"AUTH PLAIN ", b"=", b"\xff\xfe", b"\0", b" SIZE=", b"9" * 30, b"STARTTLS\r\n", b"From: ",
    b"HELP\r\n",
]  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    st.binary(max_size=300) | st.lists(st.sampled_from(WORDS), max_size=25).map(b"".join),
    st.booleans(),
)
def test_garbage_gets_clear_replies(door: Door, garbage: bytes, authenticated: bool) -> None:
    with door.logged_in() if authenticated else door.encrypted() as client:
        client.send(garbage + b"\r\n.\r\nQUIT\r\n")
        while reply := client.reply():
            assert has_enhanced_code(reply), reply
            assert "Traceback" not in reply
            assert not reply.startswith("451"), "451 would be an error of ours"
            if reply.startswith("221") or reply.startswith("421"):
                break


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(st.binary(max_size=500), st.binary(max_size=60))
def test_garbage_content_is_refused_or_kept_as_sent(door: Door, body: bytes, header: bytes) -> None:
    raw = b"From: avisos@talleres-ribera.example\r\nX: " + header + b"\r\n\r\n" + body
    before = len(door.behind.accepted)
    with door.logged_in() as client:
        reply = client.submit(raw)
    kept = [one for _, _, one in door.behind.accepted[before:]]
    assert kept == ([raw if raw.endswith(b"\r\n") else raw + b"\r\n"] if reply.startswith("250") else [])
    assert reply.startswith(("250 2.6.0", "554 5.6.0")), reply
