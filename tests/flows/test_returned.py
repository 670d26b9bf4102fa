"""A real Postfix takes messages and reports later what became of them: from its report to the certificate and back."""

import json
import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.installation import SENDER, Installation, installation, message, until
from tests.flows.test_message import extracted
from tests.peers.names import name_server
from tests.peers.postfix import Postfix, postfix
from tests.ports import free_port

ANA, GONE, DOWN = "ana@recibe.example", "baja@recibe.example", "caida@recibe.example"
HELD = "retenida@recibe.example"
ZONE = {
    ("recibe.example", "MX"): ["10 mx.recibe.example."],
    ("talleres-ribera.example", "MX"): ["10 mx.recibe.example."],
    ("mx.recibe.example", "A"): ["127.0.0.1"],
}


@pytest.fixture(scope="module")
def inbound() -> int:
    """The port at which the installation takes mail from other servers."""
    return free_port()


@pytest.fixture(scope="module")
def exchanger(inbound: int) -> Iterator[Postfix]:
    """A mail exchanger that takes mail for addresses at which it can deliver nothing, as it finds out later."""
    tables = {
        "aliases": f"{GONE} nadie@recibe.example\n{HELD} nadie@recibe.example\n",
        "held": f"{HELD} HOLD\n",
        "transport": f"{DOWN} lmtp:inet:127.0.0.1:{free_port()}\nacuse.example smtp:[127.0.0.1]:{inbound}\n",
    }
    settings = {
        "virtual_alias_maps": "texthash:{etc}/aliases",
        "transport_maps": "texthash:{etc}/transport",
        "smtpd_recipient_restrictions": "check_recipient_access texthash:{etc}/held, permit_mynetworks, reject",
        "maximal_queue_lifetime": "8s",
        "bounce_queue_lifetime": "5m",
    }
    with postfix(mailboxes=(ANA, SENDER, DOWN), settings=settings, tables=tables, impatient=True) as peer:
        yield peer


@pytest.fixture(scope="module")
def running(exchanger: Postfix, inbound: int) -> Iterator[Installation]:
    with (
        name_server(ZONE) as names,
        installation(
            ACUSE_SANDBOX="0",
            ACUSE_DNS_SERVERS=names.address,
            ACUSE_EMAIL_PORT=str(exchanger.port),
            ACUSE_EMAIL_PRIVATE_TARGETS="1",
            ACUSE_SMTP_INBOUND_PORT=str(inbound),
        ) as started,
    ):
        yield started


def state(running: Installation, communication: str) -> tuple[object, ...]:
    columns = "status, outcome, grade, failure_class"
    return running.rows(f"SELECT {columns} FROM delivery_communications WHERE id = %s", communication)[0]


def revisions(running: Installation, communication: str) -> list[tuple[object, ...]]:
    return running.rows(
        "SELECT organisation_id, sha256, code, supersedes FROM certificates_certificates WHERE subject = %s "
        "AND kind = 'certificate' AND state = 'issued' ORDER BY revision",
        communication,
    )


@pytest.mark.parametrize(
    ("recipient", "failure_class", "said"),
    [(GONE, "mailbox_not_found", "unknown user"), (DOWN, "server_unavailable", "Connection refused")],
)
def test_what_it_took_and_could_not_deliver(
    running: Installation, exchanger: Postfix, tmp_path: Path, recipient: str, failure_class: str, said: str
) -> None:
    communication = running.submit(message(failure_class), recipient).rsplit(maxsplit=1)[-1]
    until(lambda: state(running, communication)[0] == "failed", f"the report came back: {exchanger.log()}")
    assert state(running, communication) == ("failed", "failed", 0, failure_class)
    newest = "SELECT max(revision) FROM certificates_certificates WHERE subject = %s AND state = 'requested'"
    until(lambda: running.value(newest, communication) is None, "every revision is issued")
    *_, (organisation, sha256, _code, supersedes) = found = revisions(running, communication)
    document = running.kept(organisation, sha256)
    path = tmp_path / "certificate.pdf"
    path.write_bytes(document)
    (checked,) = json.loads(running.command("verify", "--json", str(path)).stdout)
    assert (checked["state"], checked["verdict"]["outcome"]) == ("valid", "failed")
    assert checked["verdict"]["failure_class"] == failure_class
    assert "not_report_true" in checked["verdict"]["limits"]
    files = extracted(document, tmp_path)
    bounce = next(
        item["fact"] for item in json.loads(files["proof.json"])["facts"] if item["fact"]["type"] == "bounce.received"
    )
    assert said in bounce["details"]["diagnostic"]
    assert bounce["details"]["reporting_mta"] == "mx.recibe.example"
    report = files[f"parte-{bounce['subject_sequence']}.eml"]
    assert b"message/delivery-status" in report
    assert supersedes == (found[-2][2] if len(found) > 1 else "")
    notice = exchanger.wait_for_message(SENDER, f"<{failure_class}@".encode())
    assert b"report-type=delivery-status" in notice.replace(b'"', b"")
    assert recipient.encode() in notice


def test_a_report_after_the_certificate_leads_to_one_that_supersedes_it(
    running: Installation, exchanger: Postfix, tmp_path: Path
) -> None:
    reply = running.submit(message("held"), HELD)
    communication = reply.rsplit(maxsplit=1)[-1]
    (earlier,) = running.documents(reply)
    assert json.loads(extracted(earlier, tmp_path)["statement.json"])["outcome"] == "relayed"
    exchanger.release()
    until(lambda: len(revisions(running, communication)) == 2, f"a second certificate: {exchanger.log()}")
    first, second = revisions(running, communication)
    assert second[3] == first[2]
    files = extracted(running.kept(second[0], second[1]), tmp_path)
    told = json.loads(files["document.json"])
    assert (told["revision"], told["supersedes"]["code"]) == (2, first[2])
    assert told["supersedes"]["reason"] == "llegó después un parte de que no pudo entregarse"
    assert json.loads(files["statement.json"])["failure_class"] == "mailbox_not_found"
    paths = []
    for name, document in (("earlier", earlier), ("later", running.kept(second[0], second[1]))):
        paths.append(tmp_path / f"{name}.pdf")
        paths[-1].write_bytes(document)
    checked = json.loads(running.command("verify", "--json", *map(str, paths)).stdout)
    assert [(one["state"], one["verdict"]["outcome"]) for one in checked] == [
        ("valid", "relayed"),
        ("valid", "failed"),
    ]


def test_what_it_says_that_it_delivered(running: Installation, exchanger: Postfix) -> None:
    assert running.account is not None
    with smtplib.SMTP("localhost", running.settings.smtp_starttls_port, timeout=120) as client:
        client.starttls()
        client.login(running.account.username, running.account.secret)
        client.mail(SENDER)
        client.rcpt(ANA, ["NOTIFY=SUCCESS,FAILURE"])
        _, reply = client.data(message("success"))
    communication = reply.decode().rsplit(maxsplit=1)[-1]
    until(lambda: state(running, communication)[1] == "delivered", f"the report came back: {exchanger.log()}")
    assert state(running, communication) == ("concluded", "delivered", 2, "")


def test_a_forged_report_changes_nothing_and_is_kept(running: Installation) -> None:
    communication = running.submit(message("forged"), ANA).rsplit(maxsplit=1)[-1]
    until(lambda: state(running, communication)[1] == "relayed", "it is relayed")
    forged = f"bounce+{'a' * 42}@acuse.example"
    report = (
        b"From: MAILER-DAEMON@mx.recibe.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n\r\nNo.\r\n'
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.recibe.example\r\n\r\n"
        b"Final-Recipient: rfc822; ana@recibe.example\r\nAction: failed\r\nStatus: 5.1.1\r\n--b--\r\n"
    )
    with smtplib.SMTP("127.0.0.1", running.settings.smtp_inbound_port, timeout=120) as client:
        client.sendmail("", [forged], report)
    read = "SELECT count(*) FROM reception_items WHERE recipient = %s AND state <> 'recorded'"
    until(lambda: running.value(read, forged), "the forged report was read")
    until(lambda: running.value("SELECT count(*) FROM evidence_pending") == 0, "what was read has its position")
    position = running.value("SELECT max(position) FROM evidence_entries")
    until(
        lambda: running.value("SELECT position FROM evidence_cursors WHERE follower = 'delivery.reports'") > position,  # type: ignore[operator]
        "the follower is past it",
    )
    assert state(running, communication)[:3] == ("concluded", "relayed", 1)
    assert running.rows("SELECT purpose, reading FROM reception_items WHERE purpose = 'unknown'") == [
        ("unknown", "dsn")
    ]
