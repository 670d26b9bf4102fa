"""What people and their programs answer comes in by a real Postfix: a signed reply, and a vacation that ends there."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from tests.flows.installation import SENDER, Installation, installation, until
from tests.flows.test_reception import address_of, only, read, types
from tests.peers.mailstore import MailStore, mail_store
from tests.peers.names import name_server
from tests.peers.opendkim import opendkim
from tests.peers.postfix import Postfix, postfix
from tests.ports import free_port

ANA, AWAY = "ana@recibe.example", "fuera@recibe.example"


@dataclass(frozen=True, kw_only=True)
class Peers:
    """The installation, the server of the recipients and of the company, and the mailbox of who is away."""

    running: Installation
    server: Postfix
    store: MailStore


@pytest.fixture(scope="module")
def peers() -> Iterator[Peers]:
    port, inbound = free_port(), free_port()
    with ExitStack() as opened:
        signing = opened.enter_context(opendkim(domain="recibe.example", selector="uno"))
        zone = {
            ("recibe.example", "MX"): ["10 mx.recibe.example."],
            ("talleres-ribera.example", "MX"): ["10 mx.recibe.example."],
            ("mx.recibe.example", "A"): ["127.0.0.1"],
            ("recibe.example", "TXT"): ['"v=spf1 ip4:127.0.0.1 -all"'],
            ("_dmarc.recibe.example", "TXT"): ['"v=DMARC1; p=reject"'],
            ("uno._domainkey.recibe.example", "TXT"): [f'"{signing.record[:200]}" "{signing.record[200:]}"'],
        }
        names = opened.enter_context(name_server(zone))
        running = opened.enter_context(
            installation(
                ACUSE_SANDBOX="0",
                ACUSE_DNS_SERVERS=names.address,
                ACUSE_EMAIL_PORT=str(port),
                ACUSE_EMAIL_PRIVATE_TARGETS="1",
                ACUSE_SMTP_INBOUND_PORT=str(inbound),
            )
        )
        store = opened.enter_context(mail_store(away=(AWAY,), submission=port))
        inbox = address_of(running, "inbox", running.value("SELECT id FROM accounts_organisations"))
        # The company's own mail system copies what comes for it to the organisation's inbox at Acuse.
        tables = {
            "aliases": f"{SENDER} {SENDER} {inbox}\n",
            "transport": f"{AWAY} lmtp:inet:127.0.0.1:{store.lmtp}\nacuse.example smtp:[127.0.0.1]:{inbound}\n",
        }
        settings = {
            "virtual_alias_maps": "texthash:{etc}/aliases",
            "transport_maps": "texthash:{etc}/transport",
            **signing.settings,
        }
        server = opened.enter_context(
            postfix(mailboxes=(ANA, AWAY, SENDER), settings=settings, tables=tables, port=port)
        )
        yield Peers(running=running, server=server, store=store)


def sent(peers: Peers, name: str, recipient: str) -> str:
    """Have a message delivered; return its communication."""
    raw = (
        f"From: Talleres Ribera <{SENDER}>\r\nTo: {recipient}\r\nSubject: Presupuesto\r\n"
        f"Message-ID: <{name}@talleres-ribera.example>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\n\r\nTexto.\r\n"
    )
    communication = peers.running.submit(raw.encode(), recipient).rsplit(maxsplit=1)[-1]
    until(lambda: "attempt.relayed" in types(peers.running, "communication", communication), "it is delivered")
    return communication


def test_a_reply_comes_by_the_companys_server_with_its_signature(peers: Peers) -> None:
    communication = sent(peers, "respuesta", ANA)
    peers.server.wait_for_message(ANA, b"Message-ID: <respuesta@talleres-ribera.example>")
    reply = (
        f"From: Ana <{ANA}>\r\nTo: {SENDER}\r\nSubject: Re: Presupuesto\r\nMessage-ID: <re@recibe.example>\r\n"
        "In-Reply-To: <respuesta@talleres-ribera.example>\r\nDate: Sat, 21 Nov 2026 11:00:00 +0100\r\n\r\n"
        "De acuerdo.\r\n"
    )
    peers.server.submit(ANA, [SENDER], reply.encode())
    until(
        lambda: "reply.received" in types(peers.running, "communication", communication),
        f"the reply is registered: {peers.server.log()}",
    )
    details = only(peers.running, communication, "reply.received")["details"]
    assert (details["author"], details["mail_from"], details["subject"]) == (ANA, ANA, "Re: Presupuesto")
    assert details["matched_by"] == "reference"
    found = details["authentication"]
    assert [found[name]["result"] for name in ("spf", "dmarc")] == ["pass", "pass"]
    assert [(one["result"], one["domain"], one["selector"]) for one in found["dkim"]] == [
        ("pass", "recibe.example", "uno")
    ]
    peers.server.wait_for_message(SENDER, b"Message-ID: <re@recibe.example>")


def test_a_vacation_message_is_recorded_and_answered_by_nobody(peers: Peers) -> None:
    communication = sent(peers, "vacaciones", AWAY)
    until(
        lambda: "auto_reply.received" in types(peers.running, "communication", communication),
        f"the vacation message came in: {peers.store.log()} {peers.server.log()}",
    )
    item = only(peers.running, communication, "auto_reply.received")["details"]["reception"]
    recipient = str(peers.running.value("SELECT recipient FROM reception_items WHERE id = %s", item))
    assert read(peers.running, recipient)[1:3] == ("classified", "auto_reply")
    (raw,) = peers.running.rows("SELECT organisation_id, sha256 FROM reception_items WHERE id = %s", item)
    assert b"Auto-Submitted: auto-replied" in peers.running.kept(*raw)
    # Whatever an answer of ours could have caused would have begun by now: a later message has come and gone.
    sent(peers, "despues", ANA)
    assert len(peers.store.messages(AWAY)) == 1
    assert peers.server.log().count(f"to=<{AWAY}>") == 1
    assert peers.running.value("SELECT count(*) FROM delivery_notices WHERE communication_id = %s", communication) == 0
    assert peers.running.value("SELECT count(*) FROM reception_items WHERE reading = 'auto_reply'") == 1
    status = "SELECT status, outcome FROM delivery_communications WHERE id = %s"
    assert peers.running.rows(status, communication) == [("concluded", "relayed")]
