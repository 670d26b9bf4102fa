"""Dialogue: order of commands, TLS, AUTH, parameters, recipients."""

import base64
import contextlib
import smtplib
import threading

import pytest

from acuse.doors.smtp.limits import Limits
from acuse.errors import TemporaryError
from tests.flows.smtp.client import MAIL, MESSAGE, PATIENCE, RCPT, Client, has_enhanced_code
from tests.flows.smtp.conftest import CREDENTIAL, Door, Opener


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_banner_and_ehlo_name_no_software(door: Door) -> None:
    with door.plain() as client:
        assert client.banner == "220 localhost ESMTP"
        lines = client.hello().split("\n")
        assert [line[4:] for line in lines] == [
            "localhost", "PIPELINING", f"SIZE {2**20}", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES",
            "STARTTLS",
        ]  # fmt: skip


def test_smtplib_submits_over_starttls(door: Door) -> None:
    assert door.ports.starttls is not None
    with smtplib.SMTP("localhost", door.ports.starttls, "cliente.example", PATIENCE) as client:
        client.starttls(context=door.trust)
        client.login("crm", "clave")
        client.sendmail("avisos@talleres-ribera.example", ["uno@acepta.example", "dos@acepta.example"], MESSAGE)
    ((credential, envelope, raw),) = door.behind.accepted
    assert credential is CREDENTIAL
    assert raw == MESSAGE
    assert envelope.mail_from == "avisos@talleres-ribera.example"
    assert [one.address for one in envelope.recipients] == ["uno@acepta.example", "dos@acepta.example"]
    assert envelope.client.helo == "cliente.example"
    assert envelope.client.ip == "127.0.0.1"
    assert envelope.client.tls_version == "TLSv1.3"
    assert envelope.client.tls_cipher
    assert not envelope.body_8bit
    assert not envelope.smtputf8


def test_smtplib_submits_over_implicit_tls_with_login(door: Door) -> None:
    assert door.ports.tls is not None
    with smtplib.SMTP_SSL(
        "localhost", door.ports.tls, "cliente.example", timeout=PATIENCE, context=door.trust
    ) as client:
        client.ehlo()
        code, _ = client.docmd("AUTH", "LOGIN")
        assert code == 334
        client.docmd(b64("crm"))
        code, text = client.docmd(b64("clave"))
        assert (code, text[:5]) == (235, b"2.7.0")
        assert client.sendmail("avisos@talleres-ribera.example", "c@acepta.example", MESSAGE) == {}


def test_final_reply_has_the_count_and_a_reference(door: Door) -> None:
    with door.logged_in() as client:
        reply = client.submit(MESSAGE, MAIL, RCPT, "RCPT TO:<otra@acepta.example>")
        assert reply.startswith("250 2.6.0 2 communications accepted, reference ")
        assert client.submit(MESSAGE).startswith("250 2.6.0 1 communication accepted, reference ")


# Each: what is said before, the command, the reply expected. "tls": encrypted, EHLO said. "in": authenticated as well.
REFUSALS = [
    ("plain", "MAIL FROM:<a@b.example>", "503 5.5.1"),
    ("plain", "AUTH PLAIN AAAA", "503 5.5.1"),
    ("plain", "", "500 5.5.1"),
    ("plain", "BAILA", "500 5.5.1"),
    ("plain", "ÑU", "500 5.5.1"),
    ("plain", "EHLO", "501 5.5.4"),
    ("plain", "EHLO a b", "501 5.5.4"),
    ("plain", "EHLO " + "x" * 256, "501 5.5.4"),
    ("plain", "HELO", "501 5.5.4"),
    ("plain", "STARTTLS ahora", "501 5.5.4"),
    ("plain", "EXPN lista", "502 5.5.1"),
    ("plain", "QUIT ya", "501 5.5.4"),
    ("plain", "RSET x", "501 5.5.4"),
    ("plain", "NOOP " + "x" * 20_000, "500 5.5.2"),
    ("plain", "NOOP a\rb", "500 5.5.2"),
    ("plain", "NOOP a\0b", "500 5.5.2"),
    ("ehlo", MAIL, "530 5.7.0"),
    ("ehlo", "AUTH PLAIN " + b64("\0crm\0clave"), "538 5.7.11"),
    ("tls", MAIL, "530 5.7.0"),
    ("tls", "VRFY cliente", "530 5.7.0"),
    ("tls", "DATA", "530 5.7.0"),
    ("tls", "STARTTLS", "502 5.5.1"),
    ("tls", "AUTH", "501 5.5.4"),
    ("tls", "AUTH CRAM-MD5", "504 5.5.4"),
    ("tls", "AUTH PLAIN ???", "501 5.5.2"),
    ("tls", "AUTH PLAIN " + b64("crm"), "501 5.5.2"),
    ("tls", "AUTH PLAIN " + b64("otro\0crm\0clave"), "501 5.5.2"),
    ("tls", "AUTH PLAIN *", "501 5.7.0"),
    ("tls", "AUTH PLAIN " + b64("\0crm\0mala"), "535 5.7.8"),
    ("in", "AUTH PLAIN AAAA", "503 5.5.1"),
    ("in", RCPT, "503 5.5.1"),
    ("in", "DATA", "503 5.5.1"),
    ("in", "DATA x", "501 5.5.4"),
    ("in", "MAIL", "501 5.5.4"),
    ("in", "MAIL TO:<a@b.example>", "501 5.5.4"),
    ("in", "MAIL FROM:avisos@talleres-ribera.example", "501 5.5.4"),
    ("in", "MAIL FROM:<>", "550 5.7.1"),
    ("in", "MAIL FROM:<ajeno@otra.example>", "550 5.7.1"),
    ("in", "MAIL FROM:<sin arroba>", "501 5.5.4"),
    ("in", "MAIL FROM:<sinarroba>", "553 5.1.7"),
    ("in", "MAIL FROM:<a@-b.example>", "553 5.1.7"),
    ("in", "MAIL FROM:<" + "l" * 65 + "@talleres-ribera.example>", "553 5.1.7"),
    ("in", "MAIL FROM:<añil@talleres-ribera.example>", "553 5.6.7"),
    ("in", "MAIL FROM:<\udcff@talleres-ribera.example> SMTPUTF8", "553 5.1.7"),
    ("in", "MAIL FROM:<=?utf-8?q?a=0D=0AX=3A?=@talleres-ribera.example>", "553 5.1.7"),
    ("in", 'MAIL FROM:<"a b"@talleres-ribera.example>', "553 5.1.7"),
    ("in", "MAIL FROM:<a\u200b@talleres-ribera.example> SMTPUTF8", "553 5.1.7"),
    ("in", "MAIL FROM:<avisos@\u212aalleres-ribera.example> SMTPUTF8", "550 5.7.1"),
    ("in", MAIL + " SIZE=1048577", "552 5.3.4"),
    ("in", MAIL + " SIZE=1x", "501 5.5.4"),
    ("in", MAIL + " SIZE=٣", "501 5.5.4"),
    ("in", MAIL + " SIZE", "501 5.5.4"),
    ("in", MAIL + " SIZE=", "501 5.5.4"),
    ("in", MAIL + " SIZE=1 SIZE=2", "501 5.5.4"),
    ("in", MAIL + " BODY=BINARYMIME", "501 5.5.4"),
    ("in", MAIL + " SMTPUTF8=1", "501 5.5.4"),
    ("in", MAIL + " RET=ALL", "501 5.5.4"),
    ("in", MAIL + " ENVID=a+2", "501 5.5.4"),
    ("in", MAIL + " ENVID=a+0D+0AX", "501 5.5.4"),
    ("in", MAIL + " ENVID=" + "e" * 101, "501 5.5.4"),
    ("in", MAIL + " HOLDFOR=60", "555 5.5.4"),
    ("mail", MAIL, "503 5.5.1"),
    ("mail", "AUTH PLAIN AAAA", "503 5.5.1"),
    ("mail", "DATA", "503 5.5.1"),
    ("mail", "RCPT", "501 5.5.4"),
    ("mail", "RCPT TO:<>", "553 5.1.3"),
    ("mail", "RCPT TO:<sinarroba>", "553 5.1.3"),
    ("mail", "RCPT TO:<a@b..example>", "553 5.1.3"),
    ("mail", "RCPT TO:<josé@acepta.example>", "553 5.6.7"),
    ("mail", RCPT + " NOTIFY=NUNCA", "501 5.5.4"),
    ("mail", RCPT + " NOTIFY=NEVER,SUCCESS", "501 5.5.4"),
    ("mail", RCPT + " NOTIFY=SUCCESS,SUCCESS", "501 5.5.4"),
    ("mail", RCPT + " NOTIFY", "501 5.5.4"),
    ("mail", RCPT + " ORCPT=cliente@acepta.example", "501 5.5.4"),
    ("mail", RCPT + " ORCPT", "501 5.5.4"),
    ("mail", RCPT + " ORCPT=rfc822;jos+C3+A9@acepta.example", "501 5.5.4"),
    ("mail", RCPT + " ORCPT=rfc822;a+0Ab@acepta.example", "501 5.5.4"),
    ("mail", RCPT + " ORCPT=rfc822;" + "o" * 500, "501 5.5.4"),
    ("mail", RCPT + " ORCPT=utf-8;\\x{D800}@acepta.example", "501 5.5.4"),
    ("mail", RCPT + " ORCPT=utf-8;\\x{110000}", "501 5.5.4"),
    ("mail", RCPT + " ORCPT=utf-8;a\\x{0A}b@acepta.example", "501 5.5.4"),
    ("mail", RCPT + " ORCPT=utf-8;ñ@acepta.example", "501 5.5.4"),
    ("mail", 'RCPT TO:<"a b"@acepta.example>', "553 5.1.3"),
    ("mail", 'RCPT TO:<"<a>"@acepta.example>', "553 5.1.3"),
    ("mail", RCPT + " PRIORIDAD=1", "555 5.5.4"),
]


@pytest.mark.parametrize(("state", "command", "expected"), REFUSALS)
def test_refusals(door: Door, state: str, command: str, expected: str) -> None:
    with door.plain() if state in ("plain", "ehlo") else door.encrypted() as client:
        if state != "plain":
            client.hello()
        if state in ("in", "mail"):
            assert client.login().startswith("235 2.7.0")
        if state == "mail":
            assert client.say(MAIL).startswith("250 2.1.0")
        assert client.say(command).startswith(expected)
        assert client.say("NOOP").startswith("250 2.0.0"), "the connection goes on"
    assert not door.behind.accepted


def test_every_simple_command_has_an_enhanced_code(door: Door) -> None:
    with door.logged_in() as client:
        for command in ("NOOP", "HELP", "VRFY a", "EXPN a", "RSET", MAIL, RCPT, "RSET", "XYZ", "DATA", "QUIT"):
            reply = client.say(command)
            assert has_enhanced_code(reply), reply
            assert reply[4:7] not in ("OK", ""), reply
        assert client.closed()


def test_dsn_and_other_parameters_reach_the_envelope(door: Door) -> None:
    with door.logged_in() as client:
        mail = (
            "mail from: <avisos@TALLERES-Ribera.example> ret=hdrs ENVID=QQ+2B31 BODY=8bitmime SMTPUTF8 SIZE=10 AUTH=<>"
        )
        one = "RCPT TO:<josé@acepta.example> NOTIFY=success,DELAY ORCPT=utf-8;josé@acepta.example"
        two = 'rcpt to:<@relevo.example:"a.,b"@[192.0.2.1]> NOTIFY=NEVER ORCPT=rfc822;a+2Bb@ACEPTA.example'
        three = "RCPT TO:<ñ@acepta.example> ORCPT=rfc822;+C3+B1@acepta.example"
        assert client.submit(MESSAGE, mail, one, two, three).startswith("250 2.6.0 3 ")
    envelope = door.behind.accepted[0][1]
    assert (envelope.mail_from, envelope.ret, envelope.envid) == ("avisos@talleres-ribera.example", "HDRS", "QQ+2B31")
    assert envelope.smtputf8
    assert envelope.body_8bit
    first, second, third = envelope.recipients
    assert (first.address, first.notify, first.orcpt) == (
        "josé@acepta.example", ("SUCCESS", "DELAY"), "utf-8;jos\\x{E9}@acepta.example",
    )  # fmt: skip
    assert (second.address, second.notify, second.orcpt) == (
        '"a.,b"@[192.0.2.1]', ("NEVER",), "rfc822;a+2Bb@ACEPTA.example",
    )  # fmt: skip
    assert third.orcpt == "rfc822;+C3+B1@acepta.example"
    assert envelope.header_from == "avisos@talleres-ribera.example"


def test_an_address_given_twice_is_one_recipient(door: Door) -> None:
    with door.logged_in() as client:
        assert " 1 communication " in client.submit(MESSAGE, MAIL, RCPT, RCPT.replace("acepta", "ACEPTA"))


def test_login_waits_and_temporary_failures(door: Door) -> None:
    with door.encrypted() as client:
        client.hello()
        door.behind.login_error = TemporaryError("Too many attempts; wait a minute.")
        assert client.login().startswith("454 4.7.0")
        door.behind.login_error = RuntimeError("database is away")
        assert client.login().startswith("454 4.7.0")
        door.behind.login_error = None
        assert client.login().startswith("235 2.7.0")


def test_third_failed_login_closes(door: Door) -> None:
    with door.encrypted() as client:
        client.hello()
        assert client.login(secret="a").startswith("535 5.7.8")
        assert client.login(secret="b").startswith("535 5.7.8")
        assert client.login(secret="c").startswith("421 4.7.0")
        assert client.closed()


def test_tls_forgets_what_was_said_in_clear(door: Door) -> None:
    with door.plain() as client:
        client.hello()
        client.start_tls(door.trust)
        assert client.say("AUTH PLAIN AAAA").startswith("503 5.5.1"), "EHLO is needed again"
        assert "AUTH PLAIN LOGIN" in client.hello()
        assert client.login().startswith("235")


@pytest.mark.parametrize("injected", [b"RSET\r\n", b"EHLO x\r\n", b"\r\n", b"M"])
def test_what_comes_with_starttls_is_refused(door: Door, injected: bytes) -> None:
    with door.plain() as client:
        client.hello()
        client.send(b"STARTTLS\r\n" + injected)
        assert client.reply().startswith("554 5.5.1")
        assert client.closed()


@pytest.mark.parametrize("reads", [1, 2, 3])
@pytest.mark.parametrize("injected", [b"EHLO intruso.example\r\n", b"M", b"NOOP\r\n" * 20_000])
def test_what_waits_behind_starttls_in_the_streams_buffer_is_refused(door: Door, reads: int, injected: bytes) -> None:
    """A read takes 65,536 octets: STARTTLS at the end of one leaves nothing taken too far, and the rest in asyncio."""
    head, tail = b"EHLO cliente.example\r\n", b"STARTTLS\r\n"
    room = 65_536 * reads - len(head) - len(tail)
    pads = b"NOOP\r\n" * (room // 6 - 2)
    pads += b"NOOP " + b"x" * (room - len(pads) - 7) + b"\r\n"
    assert len(head + pads + tail) == 65_536 * reads
    with door.plain() as client:
        sending = threading.Thread(target=_send_all, args=(client, head + pads + tail + injected))
        sending.start()
        said = ""
        while not said.startswith(("220 2.0.0", "554 5.5.1")) and (reply := client.reply()):
            said = reply
        if said.startswith("554"):
            assert client.closed()
        else:  # what the connector had not read yet is for TLS to refuse
            while not client.closed():
                pass
        sending.join(PATIENCE)
    with door.logged_in() as client:
        assert client.say("NOOP").startswith("250")


def _send_all(client: Client, octets: bytes) -> None:
    with contextlib.suppress(OSError):  # the connector closes before it has taken everything
        client.send(octets)


def test_plain_text_after_starttls_ends_the_connection(door: Door) -> None:
    with door.plain() as client:
        assert client.say("STARTTLS").startswith("220")
        client.send(b"EHLO cliente.example\r\n" * 4)
        while not client.closed():
            pass
    with door.logged_in() as client:
        assert client.say("NOOP").startswith("250")


def test_pipelining(door: Door) -> None:
    with door.logged_in() as client:
        client.send(f"{MAIL}\r\n{RCPT}\r\nRCPT TO:<>\r\nDATA\r\n".encode())
        assert [client.reply()[:3] for _ in range(4)] == ["250", "250", "553", "354"]
        client.send(MESSAGE + b".\r\n" + f"{MAIL}\r\nRSET\r\nQUIT\r\n".encode())
        assert [client.reply()[:3] for _ in range(4)] == ["250", "250", "250", "221"]
    assert [raw for _, _, raw in door.behind.accepted] == [MESSAGE]


def test_a_client_that_closes_its_half_is_answered(door: Door) -> None:
    with door.plain() as client:
        client.send(b"EHLO a.example\r\nNOOP\r\n")
        client.sock.shutdown(1)
        assert client.reply().startswith("250-")
        assert client.reply().startswith("250 2.0.0")


def test_bare_line_feeds_are_not_line_ends_of_commands(door: Door) -> None:
    with door.logged_in() as client:
        client.send(MAIL.encode() + b"\n")
        assert client.reply().startswith("500 5.5.2")


def test_a_thousand_recipients_and_no_more(opened: Opener) -> None:
    with opened(message=2**20) as door, door.logged_in() as client:
        client.say(MAIL)
        client.send(b"".join(b"RCPT TO:<c%d@acepta.example>\r\n" % n for n in range(1001)))
        replies = [client.reply() for _ in range(1001)]
        assert {reply[:9] for reply in replies[:1000]} == {"250 2.1.5"}
        assert replies[1000].startswith("452 4.5.3")
        assert client.say("DATA").startswith("354")
        client.send(MESSAGE + b".\r\n")
        assert client.reply().startswith("250 2.6.0 1000 ")
        assert len(door.behind.accepted[0][1].recipients) == 1000


def test_recipients_times_size_is_bounded(opened: Opener) -> None:
    with opened(copies=1000) as door, door.logged_in() as client:
        client.say(MAIL + " SIZE=400")
        for n in (1, 2):
            assert client.say(f"RCPT TO:<c{n}@acepta.example>").startswith("250")
        assert client.say("RCPT TO:<c3@acepta.example>").startswith("452 4.5.3")
        client.say("DATA")
        client.send(MESSAGE + b"x" * 500 + b"\r\n.\r\n")
        assert client.reply().startswith("452 4.5.3"), "the size declared was a lie"
        assert client.submit(MESSAGE + b"x" * 1500 + b"\r\n").startswith("250"), "one recipient always fits"


def test_refused_addresses_in_from(door: Door) -> None:
    with door.logged_in() as client:
        for value in (b"ajeno@otra.example", b"avisos@talleres-ribera.example, ajeno@otra.example"):
            assert client.submit(b"From: " + value + b"\r\n\r\nx\r\n").startswith("550 5.7.1")
        good = b"From: Otra <marta@talleres-ribera.example>, avisos@talleres-ribera.example\r\n\r\nx\r\n"
        assert client.submit(good).startswith("250")


OWN, FOREIGN = b"avisos@talleres-ribera.example", b"ajeno@otra.example"


@pytest.mark.parametrize(
    ("fields", "reply"),
    [
        (b"Sender: %s" % FOREIGN, "550 5.7.1"),
        (b"sEnDeR : Banco <%s>" % FOREIGN, "550 5.7.1"),
        (b"Sender:\r\n\t%s" % FOREIGN, "550 5.7.1"),
        (b"Resent-From: %s, %s" % (OWN, FOREIGN), "550 5.7.1"),
        (b"Resent-From: %s\r\nResent-Sender: %s" % (OWN, FOREIGN), "550 5.7.1"),
        (b"Sender: %s\r\nSender: %s" % (OWN, OWN), "554 5.6.0"),
        (b"Sender: %s, %s" % (OWN, OWN), "554 5.6.0"),
        (b"Sender: %s <%s>" % (FOREIGN, OWN), "554 5.6.0"),
        (b"Sender:", "554 5.6.0"),
        (b"Resent-Sender: nadie", "554 5.6.0"),
        (b"Sender: Avisos <%s>\r\nResent-From: %s, marta@talleres-ribera.example" % (OWN, OWN), "250 2.6.0"),
        (b"Reply-To: %s\r\nX-Sender: %s\r\nResent-To: %s" % (FOREIGN, FOREIGN, FOREIGN), "250 2.6.0"),
    ],
)
def test_whoever_sends_or_resends_is_of_the_organisation(door: Door, fields: bytes, reply: str) -> None:
    raw = b"From: %s\r\n%s\r\n\r\nx\r\n" % (OWN, fields)
    with door.logged_in() as client:
        assert client.submit(raw).startswith(reply)
    assert [one for _, _, one in door.behind.accepted] == ([raw] if reply.startswith("250") else [])
    assert all(envelope.header_from == OWN.decode() for _, envelope, _ in door.behind.accepted)


def test_too_many_errors_close(opened: Opener) -> None:
    assert Limits().errors > 3
    with opened(errors=3) as door, door.plain() as client:
        assert [client.say("X")[:3] for _ in range(3)] == ["500"] * 3
        assert client.reply().startswith("421 4.7.0")
        assert client.closed()


def test_connections_overall_and_per_address(opened: Opener) -> None:
    for limits, code in (({"connections": 2}, "421 4.3.2"), ({"connections_per_ip": 2}, "421 4.7.0")):
        with opened(**limits) as door, door.plain() as one, door.plain() as two:
            assert one.banner.startswith("220")
            assert two.banner.startswith("220")
            with door.plain() as third:
                assert third.banner.startswith(code)
                assert third.closed()
            one.say("QUIT")
            assert one.closed()
            assert one.banner
            again: Client = door.plain()
            with again:
                assert again.banner.startswith("220")
