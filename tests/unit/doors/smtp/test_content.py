"""The pure parts: where DATA ends, the form of content, addresses, parameters."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acuse.channels.base import EmailDispatch
from acuse.channels.email.session import check_dispatch
from acuse.delivery.envelope import Recipient
from acuse.doors.smtp.commands import Sender, parse_mail, parse_rcpt
from acuse.doors.smtp.content import DataReader, check_content
from acuse.doors.smtp.limits import Limits
from acuse.doors.smtp.replies import Refused
from acuse.mail import dsn, headers
from acuse.mail.mailboxes import listed, mailbox
from acuse.mail.read import read


def stuffed(content: bytes) -> bytes:
    """Return content as DATA carries it, with the final dot (RFC 5321 section 4.5.2)."""
    whole = content if content.endswith(b"\r\n") or not content else content + b"\r\n"
    return b"".join(b"." + line if line.startswith(b".") else line for line in re.split(b"(?<=\r\n)", whole)) + b".\r\n"


@pytest.mark.parametrize("content", [b"", b".", b"..\r\n.", b"\r\n", b"\r\n.\r", b".\r\n.\r\n", b"a\r\n.\r\n.b\r\n"])
@pytest.mark.parametrize("piece", [1, 2, 3, 4, 100])
def test_the_end_is_found_however_the_octets_come(content: bytes, piece: int) -> None:
    whole = stuffed(content) + b"QUIT\r\n"
    reader, rest = DataReader(1000), None
    for at in range(0, len(whole), piece):
        chunk = whole[at : at + piece]
        if rest is None:
            rest = reader.feed(chunk)
        else:
            rest += chunk
    assert rest == b"QUIT\r\n"
    assert reader.content() == (content + b"\r\n" if content and not content.endswith(b"\r\n") else content)


@given(
    st.binary(max_size=400)
    | st.lists(st.sampled_from([b"\r\n", b".", b"\n", b"\r", b"a", b"\0"]), max_size=60).map(b"".join),
    st.integers(1, 9),
)
def test_unstuffing_is_the_inverse_of_stuffing(content: bytes, piece: int) -> None:
    whole = stuffed(content)
    if content and not content.endswith(b"\r\n"):
        content += b"\r\n"
    reader = DataReader(4000)
    pieces = [whole[at : at + piece] for at in range(0, len(whole), piece)]
    rests = [reader.feed(one) for one in pieces]
    assert rests == [None] * (len(pieces) - 1) + [b""]
    assert reader.content() == content


def test_what_overflows_is_thrown_away_and_its_end_still_found() -> None:
    reader = DataReader(10)
    for _ in range(1000):
        assert reader.feed(b"x" * 100) is None
        assert reader.held < 200
    assert reader.feed(b"\r\n.\r") is None
    assert reader.feed(b"\nNOOP\r\n") == b"NOOP\r\n"
    with pytest.raises(Refused, match=r"552 5\.3\.4"):
        reader.content()


@given(st.binary(max_size=300))
def test_check_content_never_fails_otherwise(raw: bytes) -> None:
    try:
        found = check_content(b"From: a@b.example\r\n" + raw, Limits())
    except Refused as refused:
        found, code = ("a@b.example",), refused.reply.code
    else:
        code = 554
    assert (found, code) == (("a@b.example",), 554)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (" a@b.example", ("a@b.example",)),
        (" A B <a@B.example>", ("a@b.example",)),
        (' "x@y.example" <a@b.example>', ("a@b.example",)),
        (' "x <x@y.example>\\"" (c (d) \\) ) <a@b.example>', ("a@b.example",)),
        (" a@b.example, C <c@d.example>", ("a@b.example", "c@d.example")),
        (" Grupo: a@b.example, c@d.example;", ("a@b.example", "c@d.example")),
        (" Sr. Ñandú <ñ@b.example>", ("ñ@b.example",)),
        (" x@y.example <a@b.example>", None),
        (" <a@b.example> x@y.example", None),
        (" <a@b.example><x@y.example>", None),
        (" <a@b.example", None),
        (" a@b.example>", None),
        (' "abierta <a@b.example>', None),
        (" (abierto <a@b.example>", None),
        (" a@b.example x@y.example", None),
        (" <@relevo.example:a@b.example>", None),
        (" a@b@c.example", None),
        (" Grupo:;", None),
        ("", None),
        (" <>", None),
        (" a@b.example\\", None),
        (" \udcff@b.example", None),
        (" =?utf-8?q?ceo=40bank.example?=]<a@b.example>", None),
        (" =?utf-8?q?ceo=40bank.example?= [:a@b.example;", None),
        (" =?utf-8?q?ceo=40bank.example?=)<a@b.example>", None),
        (" =?utf-8?q?ceo=40bank.example?=;a@b.example", None),
        (" =?utf-8?q?ceo=40bank.example?=><a@b.example>", None),
        (" =?utf-8?q?=3Cceo=40bank.example=3E=2C?=><a@b.example", None),
        (" =?utf-8?q?ceo=40bank.example?=\u2028<a@b.example>", None),
        (" x\x85<a@b.example>", None),
        (" =?utf-8?q?ceo?=@b.example", None),
        (" <=?utf-8?q?ceo=40bank.example?=@b.example>", None),
        (" =?utf-8?q?ceo=40bank.example?= <a@b.example>", ("a@b.example",)),
        (" (ceo@bank.example) <a@b.example>", ("a@b.example",)),
        (" a(x)@b.example", None),
        (" <a(x)@b.example>", None),
        (" Grupo: a@b.example", None),
        (" Grupo: Otro: a@b.example;;", None),
        (" Grupo: a@b.example; c@d.example", None),
        (" Grupo: a@b.example;, c@d.example", ("a@b.example", "c@d.example")),
        (" a@b.example,", None),
        (" a@b.example;", None),
        (" \u00a0a@b.example", None),
        (" a@b.example\u00a0", None),
        (" <" + "x" * 16_384 + "@b.example>", None),
    ],
)  # fmt: skip
def test_from(value: str, expected: tuple[str, ...] | None) -> None:
    found = listed(value)
    assert (None if found is None else tuple(one.address for one in found)) == expected


@given(st.text(max_size=80) | st.text('<>@,;:()"\\ ab.', max_size=40))
def test_from_never_fails(value: str) -> None:
    found = listed(value)
    assert found is None or all("@" in one.address for one in found)


SCRAPS = [
    b"ceo@bank.example", b"avisos@b.example", b"<avisos@b.example>", b"<", b">", b",", b";", b":", b'"', b"(", b")",
    b"\\", b" ", b"a", b"=?utf-8?q?=3Cceo=40bank.example=3E=2C?=", b"=?utf-8?q?ceo=40bank.example?=", b"\r\n ", b"\t",
    b"@", b".", b"[", b"]", b"\xc3\xb1", b"\xff", b"\xa0", b"\x0b", b"\x1c", b"\x85", b"\xe2\x80\xa8", b"\xc2\xa0",
    b"'", b"%", b"x:", b"\r\n" + b"n" * 201 + b": ", b"\r\nTo: ", b"\xe2\x84\xaa", b"\xef\xbb\xbf",
]  # fmt: skip
FROM = st.lists(st.sampled_from(SCRAPS), max_size=10).map(b"".join)


@settings(max_examples=2000)
@given(FROM, st.sampled_from([b"avisos@b.example", b"A <avisos@b.example>", b"avisos@b.example, x@c.example"]), FROM)
def test_what_is_shown_is_what_was_authorised(before: bytes, mailbox: bytes, after: bytes) -> None:
    for value in (before + mailbox + after, mailbox + after, before):
        raw = b"From: " + value + b"\r\nSubject: x\r\n\r\nHola.\r\n"
        try:
            authorised = check_content(raw, Limits())
        except Refused:
            continue
        fields, _, _ = headers.split_block(raw, 0, len(raw))
        assert tuple(one.address for one in headers.addresses_of(fields, "From")) == authorised
        assert tuple(one.address for one in read(raw).sender) == authorised


def test_a_from_beyond_what_is_read_is_refused() -> None:
    own = b"From: a@b.example\r\n"
    for many in (b"A: b\r\n" * 2000, (b"A: " + b"b" * 990 + b"\r\n") * 540):
        assert check_content(own + many + b"\r\n", Limits()) == ("a@b.example",)
        with pytest.raises(Refused, match=r"554 5\.6\.0 The From header .* too far down"):
            check_content(many + own + b"\r\n", Limits())


def test_an_address_in_a_from_of_another_charset_is_refused() -> None:
    assert check_content(b"From: Jos\xe9 <a@b.example>\r\n\r\n", Limits()) == ("a@b.example",)
    with pytest.raises(Refused, match=r"554 5\.6\.0 The From header is not UTF-8"):
        check_content("From: Jos\udce9 <ñ@b.example>\r\n\r\n".encode("utf-8", "surrogateescape"), Limits())


PARAMETERS = st.lists(
    st.sampled_from(
        [" ", "=", "+", ";", ",", "SIZE=", "RET=HDRS", "ENVID=", "NOTIFY=", "NEVER", "ORCPT=rfc822;", "SMTPUTF8"]
    )
    | st.text(max_size=6),
    max_size=12,
).map("".join)


@given(st.text(max_size=60) | st.text('<>@,:"\\ ab.=', max_size=60), PARAMETERS)
def test_arguments_are_read_or_refused(address: str, parameters: str) -> None:
    for argument in (address, f"FROM:<{address}> {parameters}", f"FROM:<a@b.example> {parameters}"):
        try:
            sender = parse_mail(argument, most=1000)
            recipient = parse_rcpt(argument.replace("FROM:", "TO:", 1), smtputf8=True)
        except Refused as refused:
            code = refused.reply.code
        else:
            code = 250
            assert mailbox(sender.address) == sender.address
            assert mailbox(recipient.address) == recipient.address
            _can_be_delivered_and_reported(sender, recipient)
        assert code in (250, 501, 550, 552, 553, 555)


def _can_be_delivered_and_reported(sender: Sender, recipient: Recipient) -> None:
    check_dispatch(
        EmailDispatch(
            envelope_sender=sender.address,
            recipient=recipient.address,
            message=b"",
            smtputf8=True,
            eight_bit=False,
            notify=recipient.notify,
            ret=sender.ret,
            envid=sender.envid,
            orcpt=recipient.orcpt,
        )
    )
    at = datetime(2026, 11, 21, tzinfo=UTC)
    report = dsn.Report(
        action="failed",
        status="5.1.1",
        recipient=recipient.address,
        failure_class=None,
        reporting_mta="salida.example",
        arrived_at=at,
        envid=sender.envid,
        orcpt=recipient.orcpt,
    )
    notice = dsn.build(
        report,
        to=sender.address,
        sender="acuse@salida.example",
        message_id="<a@salida.example>",
        written_at=at,
        language="es",
        original=b"",
        ret=sender.ret,
    )
    assert notice.content.endswith(b"--\r\n")


@given(
    st.lists(
        st.sampled_from(["utf-8;", "rfc822;", "\\x{", "D800", "110000", "F1", "0A", "}", "+C3", "+B1", "+0D", "+", "ñ"])
        | st.text(max_size=3),
        max_size=6,
    ).map("".join),
    st.booleans(),
)
def test_an_original_recipient_is_refused_or_can_be_reported(orcpt: str, smtputf8: bool) -> None:
    try:
        recipient = parse_rcpt(f"TO:<a@b.example> ORCPT={orcpt}", smtputf8=smtputf8)
    except Refused as refused:
        code = refused.reply.code
    else:
        code = 250
        _can_be_delivered_and_reported(Sender(address="a@b.example"), recipient)
    assert code in (250, 501, 555)


@pytest.mark.parametrize(
    "text",
    ["a@b", '"a@b c"@d.example', "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]", "o'neil+x@b.example", "ñ@ñandú.example"],
)
def test_mailboxes(text: str) -> None:
    assert mailbox(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "@", "a@", "@b", "a b@c", "a@b c", "a..b@c", ".a@b", "a.@b", "a@b.", "a@.b", "a@-b", "a@b-", "a\r@b", "a@b\n",
     '"a@b', "a@[x]", "x" * 65 + "@b", "a@" + "b" * 64, "a@" + "b." * 130 + "c", "a\x85@b", "a\u200b@b", "a\u3000@b",
     "a@b\u00a0", "=?utf-8?q?a?=@b", '"=?utf-8?q?a?="@b', "a@b\u0000", "\ud800@b"],
)  # fmt: skip
def test_what_is_no_mailbox(text: str) -> None:
    assert mailbox(text) is None
