"""Postfix as the submitting client: its pipelining, its parameters, its reading of our refusals."""

import smtplib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from acuse.errors import TemporaryError
from tests.flows.smtp.conftest import Door, Opener
from tests.peers.postfix import Postfix, Relay, postfix

SENDER = "avisos@talleres-ribera.example"
EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.fixture(scope="module")
def _running(opened: Opener, identity: tuple[Path, Path]) -> Iterator[tuple[Door, Postfix]]:
    with opened(message=6 * 2**20) as door:
        assert door.ports.starttls is not None
        relay = Relay(
            host="localhost", port=door.ports.starttls, username="crm", password="clave", authority=identity[0]
        )
        with postfix(relay=relay, hostname="correo.talleres-ribera.example", impatient=True) as peer:
            yield door, peer


@pytest.fixture
def door(_running: tuple[Door, Postfix]) -> Door:
    _running[0].behind.__init__()  # type: ignore[misc]
    return _running[0]


@pytest.fixture
def peer(_running: tuple[Door, Postfix]) -> Postfix:
    return _running[1]


def wait_for(door: Door, peer: Postfix) -> None:
    """Wait until a message has been accepted."""
    until = time.monotonic() + 120
    while not door.behind.accepted:
        assert time.monotonic() < until, peer.log()
        time.sleep(0.05)


@pytest.mark.parametrize("file", sorted(path.name for path in EXAMPLES.glob("*.eml")))
def test_every_example_passes_through_postfix(door: Door, peer: Postfix, file: str) -> None:
    raw = (EXAMPLES / file).read_bytes()
    options = ("SMTPUTF8",) if file.startswith("07") else ()
    recipient = "josé.muñoz@acepta.example" if options else "cliente@acepta.example"
    peer.submit(SENDER, [recipient], raw, ("BODY=8BITMIME", *options))
    wait_for(door, peer)
    _, envelope, kept = door.behind.accepted[0]
    assert envelope.recipients[0].address == recipient
    assert envelope.smtputf8 == bool(options)
    assert envelope.client.helo == "correo.talleres-ribera.example"
    assert envelope.client.tls_version == "TLSv1.3"
    lines, tail = kept.split(b"\r\n"), raw.split(b"\r\n")
    assert any(
        line.startswith(b"Received:") and b"correo.talleres-ribera.example" in b"".join(lines[n : n + 3])
        for n, line in enumerate(lines)
    )
    assert lines[-len(tail) // 2 :] == tail[-len(tail) // 2 :]


def test_delivery_report_requests_come_through(door: Door, peer: Postfix) -> None:
    with smtplib.SMTP("127.0.0.1", peer.port, timeout=120) as client:
        client.ehlo()
        client.mail(SENDER, ["RET=HDRS", "ENVID=pedido+2B1147"])
        client.rcpt("cliente@acepta.example", ["NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;cliente@acepta.example"])
        client.rcpt("otra@acepta.example", ["NOTIFY=NEVER"])
        assert client.data(f"From: {SENDER}\r\n\r\nx\r\n")[0] == 250
    wait_for(door, peer)
    envelope = door.behind.accepted[0][1]
    assert (envelope.ret, envelope.envid) == ("HDRS", "pedido+2B1147")
    notify = {one.address: (set(one.notify), one.orcpt) for one in envelope.recipients}
    assert notify["cliente@acepta.example"] == ({"SUCCESS", "FAILURE"}, "rfc822;cliente@acepta.example")
    assert notify["otra@acepta.example"][0] == {"NEVER"}


def test_postfix_tries_again_after_a_temporary_failure(door: Door, peer: Postfix) -> None:
    door.behind.accept_error = TemporaryError("The database is away.")
    peer.submit(SENDER, ["espera@acepta.example"], f"From: {SENDER}\r\n\r\nx\r\n".encode())
    assert "451 4.3.0" in peer.wait_for_log("to=<espera@acepta.example>")
    assert "status=deferred" in peer.log()
    door.behind.accept_error = None
    wait_for(door, peer)


def test_postfix_reports_a_refusal_to_its_sender(door: Door, peer: Postfix) -> None:
    peer.submit("intruso@otra.example", ["nunca@acepta.example"], b"From: intruso@otra.example\r\n\r\nx\r\n")
    log = peer.wait_for_log("to=<nunca@acepta.example>")
    assert "550 5.7.1" in log
    assert "status=bounced" in log
    assert not door.behind.accepted
