"""EmailChannel against a real Postfix as the recipient's exchanger, found through a real name server."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from acuse.channels.base import EmailDispatch, Outcome, Result
from acuse.channels.dns import Resolver
from acuse.channels.email.exchangers import Smarthost
from acuse.channels.email.policies import Tls, Trust
from acuse.channels.email.send import EmailChannel
from tests.peers.certificates import Authority, authority, server_certificate
from tests.peers.names import name_server
from tests.peers.postfix import Postfix, postfix

MESSAGE = b"From: avisos@ribera.example\r\nTo: ana@recibe.example\r\nSubject: =?utf-8?q?prueba_=C3=B1?=\r\n\r\n"
ANA = "ana@recibe.example"
TABLES = {
    "recipients": "later@recibe.example 450 4.2.0 Greylisted, please try again later\n"
    "full@recibe.example 552 5.2.2 The mailbox is full\n",
    "headers": "/^Subject: prohibido/ REJECT 5.7.1 Message content rejected\n",
    "mime": '/name="?[^"]*[.]exe/ REJECT 5.7.0 Attachment type .exe is not allowed\n',
}
SETTINGS = {
    "smtpd_recipient_restrictions": "check_recipient_access texthash:{etc}/recipients, permit_mynetworks",
    "header_checks": "regexp:{etc}/headers",
    "mime_header_checks": "regexp:{etc}/mime",
    "message_size_limit": "200000",
    "mailbox_size_limit": "0",
    "virtual_mailbox_limit": "0",
}


@pytest.fixture(scope="module")
def root() -> Authority:
    return authority()


@pytest.fixture(scope="module")
def peer(root: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postfix]:
    pair = server_certificate(root, "mx.recibe.example", folder=tmp_path_factory.mktemp("tls"))
    boxes = (ANA, "later@recibe.example", "full@recibe.example", "ñandú@recibe.example")
    with postfix(mailboxes=boxes, settings=SETTINGS, tables=TABLES, certificate=pair) as running:
        yield running


@pytest.fixture(scope="module")
def channel(peer: Postfix, root: Authority) -> Iterator[EmailChannel]:
    zone = {("recibe.example", "MX"): ["10 mx.recibe.example."], ("mx.recibe.example", "A"): ["127.0.0.1"]}
    with name_server(zone) as names:
        resolver = Resolver((names.address,), allow_private=True)
        trust = Trust(roots=(root.certificate,))
        opened = EmailChannel(resolver, helo="salida.acuse.example", port=peer.port, trust=trust)
        yield opened
        opened.close()


def send(
    channel: EmailChannel, recipient: str = ANA, message: bytes = MESSAGE + b"hola\r\n", **more: object
) -> Outcome:
    options = {"envelope_sender": "bounce+x@ribera.example", "recipient": recipient, "message": message, **more}
    return channel.send(EmailDispatch(**options))  # type: ignore[arg-type]


def test_relayed_with_the_facts_of_tls_and_dns(channel: EmailChannel, peer: Postfix) -> None:
    outcome = send(channel, message=MESSAGE + b"una sola vez\r\n")
    assert outcome.result is Result.RELAYED, outcome
    assert outcome.reply is not None
    assert (outcome.reply.code, outcome.reply.enhanced) == (250, "2.0.0")
    assert outcome.reply.text.startswith(b"250 2.0.0 Ok: queued as ")
    assert (outcome.host, outcome.address) == ("mx.recibe.example", f"127.0.0.1:{peer.port}")
    assert outcome.tls is not None
    assert outcome.tls["verified"] is True
    assert outcome.tls["certificate"]["names"] == ["mx.recibe.example"]
    assert outcome.tls["certificate"]["issuer"] == "CN=Test root"
    mx = [{"preference": 10, "host": "mx.recibe.example", "addresses": ["127.0.0.1"]}]
    assert outcome.dns == {"mx": mx, "secure": False}
    assert outcome.dsn_supported
    stored = peer.wait_for_message(ANA, b"una sola vez")
    assert stored.endswith(b"\n\nuna sola vez\n")


def test_lines_with_dots_arrive_as_they_were(channel: EmailChannel, peer: Postfix) -> None:
    body = b".\r\n..\r\n.hola\r\nfin.\r\n"
    assert send(channel, message=MESSAGE + body).result is Result.RELAYED
    stored = peer.wait_for_message(ANA, b"fin.")
    assert stored.endswith(body.replace(b"\r\n", b"\n"))


@pytest.mark.parametrize(
    ("recipient", "message", "result", "failure_class", "enhanced"),
    [
        ("nadie@recibe.example", MESSAGE, Result.REFUSED, "mailbox_not_found", "5.1.1"),
        ("later@recibe.example", MESSAGE, Result.DEFERRED, "throttled", "4.2.0"),
        ("full@recibe.example", MESSAGE, Result.REFUSED, "mailbox_full", "5.2.2"),
        (ANA, b"Subject: prohibido\r\n\r\nx\r\n", Result.REFUSED, "policy_blocked", "5.7.1"),
        (
            ANA,
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
            b'Content-Type: application/x; name="a.exe"\r\n\r\nx\r\n--b--\r\n',
            Result.REFUSED,
            "attachment_blocked",
            "5.7.0",
        ),
    ],
)
def test_refusals_are_classified(
    channel: EmailChannel, recipient: str, message: bytes, result: Result, failure_class: str, enhanced: str
) -> None:
    outcome = send(channel, recipient, message)
    assert (outcome.result, outcome.failure_class) == (result, failure_class), outcome
    assert outcome.reply is not None
    assert outcome.reply.enhanced == enhanced
    assert json.dumps(outcome.reply.text.decode())[1:-1].encode() in outcome.transcript
    assert not outcome.final_locally


def test_too_big_is_known_before_sending(channel: EmailChannel) -> None:
    outcome = send(channel, message=MESSAGE + b"x" * 70 * 3000 + b"\r\n")
    assert (outcome.result, outcome.failure_class, outcome.final_locally) == (Result.REFUSED, "too_big", True)
    assert b"MAIL FROM" not in outcome.transcript.partition(b"kept connection")[2]


def test_an_address_beyond_ascii(channel: EmailChannel, peer: Postfix) -> None:
    message = "From: a@ribera.example\r\nTo: ñandú@recibe.example\r\nSubject: ñ\r\n\r\nñ\r\n".encode()
    outcome = send(channel, "ñandú@recibe.example", message, smtputf8=True, eight_bit=True)
    assert outcome.result is Result.RELAYED, outcome
    assert peer.wait_for_messages("ñandú@recibe.example")[0].endswith("\n\nñ\n".encode())


def test_dsn_parameters_are_understood(channel: EmailChannel, peer: Postfix) -> None:
    outcome = send(channel, notify=("SUCCESS", "FAILURE"), ret="HDRS", envid="QQ314159", orcpt=f"rfc822;{ANA}")
    assert outcome.result is Result.RELAYED, outcome
    assert b"RET=HDRS ENVID=QQ314159" in outcome.transcript
    assert b"NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;" in outcome.transcript


def test_many_threads_share_connections(channel: EmailChannel, peer: Postfix) -> None:

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(lambda _: send(channel), range(40)))
    assert {one.result for one in outcomes} == {Result.RELAYED}
    replies = {one.reply.text for one in outcomes if one.reply}
    assert len(replies) == 40


def test_a_verified_smarthost_with_a_stranger_certificate_gets_nothing(peer: Postfix, tmp_path: Path) -> None:
    smarthost = Smarthost(host="127.0.0.1", port=peer.port, tls=Tls.VERIFIED)
    stranger = Trust(roots=(authority().certificate,))
    channel = EmailChannel(Resolver(("127.0.0.1:1",)), helo="a.example", smarthost=smarthost, trust=stranger)
    outcome = send(channel)
    channel.close()
    assert (outcome.result, outcome.failure_class) == (Result.DEFERRED, "server_unavailable")
    assert b"MAIL FROM" not in outcome.transcript
