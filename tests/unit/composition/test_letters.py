"""Letters as messages: what stands in them, always the same, and nothing that anybody could slip in."""

import email
from dataclasses import replace
from datetime import UTC, datetime
from email import policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.composition.bodies import write
from acuse.composition.letters import Attachment, Envelope, Mailbox, build_message
from acuse.errors import InputError
from acuse.mail.read import read

PARTS = write("Hola:\n\nEsto es **todo**, ñ.", title="a", language="es")
ENVELOPE = Envelope(
    sender=Mailbox(name="Suministros del Norte, S.L.", address="atencion@norte.example"),
    recipient=Mailbox(name="Lucía Ferrer", address="lucia@cliente.example"),
    reply_to="caso+7@norte.example",
    message_id="<1.2@norte.example>",
    written_at=datetime(2026, 11, 22, 8, 30, tzinfo=UTC),
    language="es",
    in_reply_to="<a@cliente.example>",
    references=("<z@cliente.example>",),
)
FIELDS = {
    "message-id", "in-reply-to", "references", "auto-submitted", "from", "to", "reply-to", "subject", "date",
    "mime-version", "content-type", "content-language",
}  # fmt: skip


def built(envelope: Envelope = ENVELOPE, subject: str = "Su caso", *attachments: Attachment) -> bytes:
    return build_message(envelope, subject=subject, parts=PARTS, attachments=attachments)


def test_a_letter_with_attachments() -> None:
    raw = built(
        ENVELOPE, "Su caso «ñ»", Attachment(name="../fáctura.pdf", media_type="application/pdf", content=b"%PDF")
    )
    message = email.message_from_bytes(raw, policy=policy.default)
    assert str(message["From"]) == '"Suministros del Norte, S.L." <atencion@norte.example>'
    assert str(message["To"]) == "Lucía Ferrer <lucia@cliente.example>"
    assert (message["Reply-To"], message["Subject"]) == ("caso+7@norte.example", "Su caso «ñ»")
    assert (message["In-Reply-To"], message["Message-ID"]) == ("<a@cliente.example>", "<1.2@norte.example>")
    assert message["References"] == "<z@cliente.example> <a@cliente.example>"
    assert message["Auto-Submitted"] is None
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf",
    ]  # fmt: skip
    text, page, attachment = (part for part in message.walk() if not part.is_multipart())
    assert text.get_content().replace("\r\n", "\n") == PARTS.text
    assert page.get_content().replace("\r\n", "\n") == PARTS.html
    assert (attachment.get_filename(), attachment.get_content()) == ("_fáctura.pdf", b"%PDF")
    assert read(raw).defects == ()


def test_the_same_arguments_give_the_same_bytes() -> None:
    attachment = Attachment(name="a", media_type="image/png", content=b"a")
    assert built(ENVELOPE, "a", attachment) == built(ENVELOPE, "a", attachment)


def test_lines_end_with_crlf_and_are_ascii_within_their_limit() -> None:
    raw = built(replace(ENVELOPE, references=tuple(f"<{'a' * 90}{n}@b.example>" for n in range(60))), "Ñandú " * 30)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.count(b"<" + b"a" * 90) == 19


def test_an_automatic_letter_says_so() -> None:
    """RFC 3834 section 5."""
    assert b"\r\nAuto-Submitted: auto-replied\r\n" in built(replace(ENVELOPE, automatic=True))
    assert b"\r\nAuto-Submitted: auto-generated\r\n" in built(replace(ENVELOPE, automatic=True, in_reply_to=""))


def test_a_long_identifier_is_never_cut() -> None:
    long = f"<{'a' * 200}@outlook.example>"
    assert f"\r\nIn-Reply-To: {long}\r\n".encode() in built(replace(ENVELOPE, in_reply_to=long))


def test_an_address_beyond_ascii_goes_out_as_it_is() -> None:
    raw = built(replace(ENVELOPE, recipient=Mailbox(name="", address="ñandú@cliente.example")))
    assert "To: ñandú@cliente.example\r\n".encode() in raw


@pytest.mark.parametrize(
    "address", ["", "a", "a@b@c", "a b@c.example", "a@b.example\r\nBcc: x@y.example", "=?a?=@b.example"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    for changed in (
        replace(ENVELOPE, recipient=Mailbox(name="", address=address)),
        replace(ENVELOPE, sender=Mailbox(name="", address=address)),
    ):
        with pytest.raises(InputError):
            built(changed)


def test_a_message_goes_along_as_a_plain_file() -> None:
    raw = built(ENVELOPE, "a", Attachment(name="a.eml", media_type="message/rfc822", content=b"From: x\r\n\r\n"))
    assert b"Content-Type: application/octet-stream" in raw
    with pytest.raises(InputError):
        built(ENVELOPE, "a", Attachment(name="a", media_type="application/pdf\r\nX: y", content=b""))


FOREIGN = st.text(max_size=120) | st.sampled_from(
    ["a\r\nBcc: x@y.example", "a\n\nbody", "=?utf-8?q?a?=", '"', "a, b <c@d.example>"]
)


@given(FOREIGN, FOREIGN, FOREIGN, FOREIGN, FOREIGN)
def test_nothing_can_be_slipped_into_the_header(
    subject: str, name: str, identifier: str, other: str, file: str
) -> None:
    envelope = replace(
        ENVELOPE,
        sender=Mailbox(name=name, address="atencion@norte.example"),
        recipient=Mailbox(name=other, address="lucia@cliente.example"),
        in_reply_to=identifier,
        references=(other, identifier),
    )
    raw = built(envelope, subject, Attachment(name=file, media_type="application/pdf", content=b"a"))
    head, _empty, rest = raw.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0].decode().lower() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    assert set(names) <= FIELDS
    assert len(names) == len(set(names))
    assert rest.startswith(b"--=_")
    message = read(raw)
    assert [one.address for one in (*message.sender, *message.to)] == [
        "atencion@norte.example",
        "lucia@cliente.example",
    ]
    assert len(message.attachments) == 1
