"""The pure parts: where DATA ends, the form of content, addresses, parameters."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.doors.smtp.addresses import from_addresses, mailbox
from acuse.doors.smtp.commands import parse_mail, parse_rcpt
from acuse.doors.smtp.content import DataReader, check_content
from acuse.doors.smtp.limits import Limits
from acuse.doors.smtp.replies import Refused


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
    ],
)  # fmt: skip
def test_from(value: str, expected: tuple[str, ...] | None) -> None:
    assert from_addresses(value) == expected


@given(st.text(max_size=80) | st.text('<>@,;:()"\\ ab.', max_size=40))
def test_from_never_fails(value: str) -> None:
    found = from_addresses(value)
    assert found is None or all("@" in one for one in found)


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
        assert code in (250, 501, 550, 552, 553, 555)


@pytest.mark.parametrize(
    "text",
    ["a@b", '"a@b c"@d.example', "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]", "o'neil+x@b.example", "ñ@ñandú.example"],
)
def test_mailboxes(text: str) -> None:
    assert mailbox(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "@", "a@", "@b", "a b@c", "a@b c", "a..b@c", ".a@b", "a.@b", "a@b.", "a@.b", "a@-b", "a@b-", "a\r@b", "a@b\n",
     '"a@b', "a@[x]", "x" * 65 + "@b", "a@" + "b" * 64, "a@" + "b." * 130 + "c", "a\x85@b", "a@b\u0000", "\ud800@b"],
)  # fmt: skip
def test_what_is_no_mailbox(text: str) -> None:
    assert mailbox(text) is None
