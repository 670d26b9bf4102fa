"""What comes in at the inbound door, to its end: signed replies, reports without measure, and what a crash leaves."""

import json
import smtplib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.installation import SENDER, Installation, installation, kill_all, message, until
from tests.peers.names import name_server
from tests.peers.postfix import Postfix, postfix

ANA = "ana@recibe.example"
DOMAIN = "acuse.example"
VECTORS = Path(__file__).parents[1] / "vectors/origin"
ZONE = {
    ("recibe.example", "MX"): ["10 mx.recibe.example."],
    ("talleres-ribera.example", "MX"): ["10 mx.recibe.example."],
    ("mx.recibe.example", "A"): ["127.0.0.1"],
    (DOMAIN, "MX"): [f"10 {DOMAIN}."],
    ("cliente.example", "TXT"): ['"v=spf1 ip4:127.0.0.0/8 -all"'],
    ("_dmarc.cliente.example", "TXT"): ['"v=DMARC1; p=reject"'],
    **{
        (name, "TXT"): [" ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))]
        for name, text in json.loads((VECTORS / "keys.json").read_text()).items()
    },
}
NOBODYS = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(scope="module")
def exchanger() -> Iterator[Postfix]:
    """The mail exchanger of the recipients and of the sender."""
    with postfix(mailboxes=(ANA, SENDER)) as peer:
        yield peer


@pytest.fixture(scope="module")
def running(exchanger: Postfix) -> Iterator[Installation]:
    with name_server(ZONE) as names:
        with installation(
            ACUSE_SANDBOX="0",
            ACUSE_DNS_SERVERS=names.address,
            ACUSE_EMAIL_PORT=str(exchanger.port),
            ACUSE_EMAIL_PRIVATE_TARGETS="1",
        ) as started:
            yield started


def facts(running: Installation, kind: str, subject: object) -> list[dict[str, Any]]:
    found = running.rows(
        "SELECT convert_from(canonical, 'UTF8') FROM evidence_facts WHERE kind = %s AND subject = %s::uuid "
        "ORDER BY sequence",
        kind,
        str(subject),
    )
    return [json.loads(str(row[0])) for row in found]


def types(running: Installation, kind: str, subject: object) -> list[str]:
    return [fact["type"] for fact in facts(running, kind, subject)]


def only(running: Installation, subject: object, fact_type: str, kind: str = "communication") -> dict[str, Any]:
    """Return the one fact of a type of a subject; others, as its certificate, may have come after it."""
    (fact,) = (fact for fact in facts(running, kind, subject) if fact["type"] == fact_type)
    return fact


def delivered(running: Installation, name: str) -> str:
    """Have a message delivered; return its communication."""
    communication = running.submit(message(name), ANA).rsplit(maxsplit=1)[-1]
    until(lambda: "attempt.relayed" in types(running, "communication", communication), "it is delivered")
    return communication


def address_of(running: Installation, purpose: str, identifier: object) -> str:
    """An address of ours, as the product makes it."""
    code = (
        "from uuid import UUID; from django.conf import settings; from acuse.mail.tokens import encode_address; "
        f"print(encode_address(key=settings.ACUSE_KEYS.address, purpose={purpose!r}, "
        f"identifier=UUID({str(identifier)!r}), domain={DOMAIN!r}))"
    )
    return running.command("manage", "shell", "-v", "0", "-c", code).stdout.strip()


def bring(running: Installation, raw: bytes, recipient: str, sender: str = "") -> None:
    """Bring a message to the inbound door, as another server would."""
    with smtplib.SMTP("127.0.0.1", running.settings.smtp_inbound_port, "mx.recibe.example", 120) as client:
        client.sendmail(sender, [recipient], raw)


def read(running: Installation, recipient: str) -> tuple[object, ...]:
    """Wait until the one item for an address has been read; return (id, state, reading, reason)."""
    statement = "SELECT id, state, reading, reason FROM reception_items WHERE recipient = %s"
    until(lambda: (rows := running.rows(statement, recipient)) and rows[0][1] != "recorded", f"{recipient} is read")
    (row,) = running.rows(statement, recipient)
    return row


def dsn(*failed: str) -> bytes:
    """A report as servers write it."""
    groups = "".join(
        f"Final-Recipient: rfc822; {one}\r\nAction: failed\r\nStatus: 5.2.2\r\n"
        "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full\r\n\r\n"
        for one in failed
    )
    return (
        "From: MAILER-DAEMON@mx.recibe.example\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n'
        "Content-Type: text/plain\r\n\r\nNo.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.recibe.example\r\n\r\n{groups}--b--\r\n"
    ).encode()


def test_a_signed_reply_is_registered_with_its_origin_and_the_key(running: Installation) -> None:
    communication = delivered(running, "o1")
    organisation = running.value("SELECT organisation_id FROM delivery_communications WHERE id = %s", communication)
    inbox = address_of(running, "inbox", organisation)
    # As the company's own mail system copies it there: it names the message that it answers, and nothing else does.
    bring(running, (VECTORS / "rsa-relaxed-relaxed.eml").read_bytes(), inbox, sender="ana@cliente.example")
    until(lambda: "reply.received" in types(running, "communication", communication), "the reply is registered")
    details = only(running, communication, "reply.received")["details"]
    assert (details["author"], details["matched_by"]) == ("ana@cliente.example", "reference")
    found = details["authentication"]
    assert [found[name]["result"] for name in ("spf", "dmarc")] == ["pass", "pass"]
    assert [(one["result"], one["selector"]) for one in found["dkim"]] == [("pass", "uno")]
    item, *_ = read(running, inbox)
    (kept,) = only(running, item, "reception.classified", "reception")["objects"]
    assert kept["role"] == "dns-answers"
    names = [one["name"] for one in json.loads(running.kept(organisation, kept["sha256"]))]
    assert "uno._domainkey.cliente.example" in names


def test_a_report_about_ten_thousand_is_read_for_the_one_it_concerns(running: Installation) -> None:
    communication = delivered(running, "diezmil")
    others = [f"cliente{number}@recibe.example" for number in range(10_000)]
    bring(running, dsn(*others[:5000], ANA, *others[5000:]), address_of(running, "bounce", communication))
    until(lambda: "bounce.received" in types(running, "communication", communication), "the report is applied")
    bounced = [one for one in facts(running, "communication", communication) if one["type"] == "bounce.received"]
    assert [(one["details"]["status"], one["details"]["failure_class"]) for one in bounced] == [
        ("5.2.2", "mailbox_full")
    ]


def test_a_fragment_and_a_hundred_parts_are_kept_in_sight(running: Installation) -> None:
    fragment = (
        b'Subject: 1/3\r\nContent-Type: message/partial; id="x"; number=1; total=3\r\n\r\nSubject: y\r\n\r\nz\r\n'
    )
    bring(running, fragment, f"bounce+fragmento@{DOMAIN}")
    _, state, _, reason = read(running, f"bounce+fragmento@{DOMAIN}")
    assert (state, str(reason)[:23]) == ("unreadable", "It is a fragment of a m")
    parts = "".join(f"--b\r\nContent-Type: text/plain\r\n\r\nParte {number}.\r\n" for number in range(100))
    many = b"--b\r\n".join([*dsn(ANA).split(b"--b\r\n", 1)[:1], parts.encode().removeprefix(b"--b\r\n")])
    rest = dsn(ANA).split(b"--b\r\n", 1)[1]
    bring(running, many + b"--b\r\n" + rest, f"bounce+cienpartes@{DOMAIN}")
    _, state, reading, _ = read(running, f"bounce+cienpartes@{DOMAIN}")
    assert (state, reading) == ("classified", "dsn")


def test_the_operator_is_told_whether_reports_come_back(running: Installation) -> None:
    said = running.command("check", check=False).stdout
    assert f"the MX of {DOMAIN} is this host" in said
    assert f"smtp inbound   answers at 127.0.0.1 port {running.settings.smtp_inbound_port}" in said


def test_a_crash_before_the_commit_says_nothing_and_leaves_nothing_twice(running: Installation) -> None:
    """The door is killed while its transaction waits: custody has the message, and nobody was told 250."""
    address, raw = f"bounce+caida@{DOMAIN}", dsn(ANA) + b"caida\r\n"
    with running.connect() as held:
        held.autocommit = False
        held.execute("LOCK TABLE reception_items IN SHARE MODE")
        with socket.create_connection(("127.0.0.1", running.settings.smtp_inbound_port), 120) as client:
            replies = client.makefile("rb")
            replies.readline()
            for command in ("HELO mx.recibe.example", "MAIL FROM:<>", f"RCPT TO:<{address}>", "DATA"):
                client.sendall(f"{command}\r\n".encode())
                assert replies.readline()[:1] in b"23"
            client.sendall(raw + b".\r\n")
            kept = running.data / "custody/objects" / NOBODYS
            until(lambda: any(one.read_bytes() == raw for one in kept.glob("*/[!.]*")), "the message is in custody")
            kill_all(running.pids("smtp"))
            assert replies.read() == b""
            replies.close()
        held.rollback()
    assert running.rows("SELECT 1 FROM reception_items WHERE recipient = %s", address) == []

    def again() -> bool:
        try:
            bring(running, raw, address)
        except (OSError, smtplib.SMTPException):
            return False
        return True

    until(again, "the door is up again")
    bring(running, raw, address)
    item, *_ = read(running, address)
    assert types(running, "reception", item) == ["reception.recorded", "reception.classified"]
