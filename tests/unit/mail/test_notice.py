"""The notice to a recipient: plain, the same at each try, nothing fetched, nothing that foreign words can break."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email import message_from_bytes, policy

import pytest

from acuse.errors import InputError
from acuse.mail.notice import Letter, code_message, date_in_words, link_message, notice
from acuse.mail.notice_wording import WORDINGS
from acuse.mail.read import read

AT = datetime(2026, 11, 23, 11, 4, 17, tzinfo=timezone(timedelta(hours=1)))
LETTER = Letter(
    organisation="Talleres Ribera, S. L.",
    sender="notices@acuse.example",
    reply_to="avisos@ribera.example",
    recipient="ana@cliente.example",
    message_id="<1@acuse.example>",
    written_at=AT,
    language="es",
)
LINK = "https://acuse.example/a/abcdefghijklmnopqrstuvwxyz234567abcdefghij/"


def made(letter: Letter = LETTER, subject: str = "Resolución 2026-0417", *, coded: bool = False) -> bytes:
    return notice(
        letter,
        subject=subject,
        link=LINK,
        until="mié 23 dic 2026",
        coded=coded,
        help_link="https://acuse.example/verify/",
    )


@pytest.mark.parametrize("language", ["es", "en"])
def test_text_and_html_say_the_same(language: str) -> None:
    told = read(made(replace(LETTER, language=language)))
    for part in (told.text or "", told.html or ""):
        assert "Talleres Ribera, S. L." in part
        assert "Resolución 2026-0417" in part
        assert "mié 23 dic 2026" in part
        assert LINK in part
    assert told.language == language


def test_nothing_in_it_is_fetched_or_counts_readers() -> None:
    page = read(made()).html or ""
    assert not any(tag in page for tag in ("<img", "<script", "<link", "@import", "url("))
    assert page.count("http") == page.count("https://acuse.example/")


def test_who_wrote_it_and_where_answers_go() -> None:
    head = message_from_bytes(made(), policy=policy.default)
    assert head["From"] == '"Talleres Ribera, S. L." <notices@acuse.example>'
    assert head["Reply-To"] == "avisos@ribera.example"
    assert head["To"] == "ana@cliente.example"
    assert head["Auto-Submitted"] == "auto-generated"


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert made() == made()
    assert b"\n" not in made().replace(b"\r\n", b"")


def test_foreign_words_stay_words() -> None:
    hostile = "Pago\r\nBcc: x@y.example\u202e <a href='https://malo.example'>pulse</a>"
    raw = made(replace(LETTER, organisation=hostile), hostile)
    head = message_from_bytes(raw, policy=policy.default)
    assert head["Bcc"] is None
    page = read(raw).html or ""
    assert "<a href='https://malo" not in page
    assert "\u202e" not in page + (read(raw).text or "")


def test_a_code_is_in_text_alone_and_says_what_to_do_with_it() -> None:
    told = read(code_message(LETTER, code="042137", minutes=10))
    assert told.html is None
    assert "042137" in (told.subject or "")
    assert "042137" in (told.text or "")
    assert "http" not in (told.text or "")


@pytest.mark.parametrize("recipient", ["a@b.example\r\nBcc: c@d.example", "=?utf-8?q?a?=@b.example", "sin-arroba"])
def test_an_address_that_no_header_carries_is_refused(recipient: str) -> None:
    with pytest.raises(InputError):
        made(replace(LETTER, recipient=recipient))


def test_an_address_outside_ascii_is_written_in_utf8() -> None:
    assert "josé@cliente.example".encode() in made(replace(LETTER, recipient="josé@cliente.example"))


@pytest.mark.parametrize(
    ("offset", "said"), [(0, "UTC"), (60, "UTC+1"), (-300, "UTC−5"), (330, "UTC+5:30"), (600, "UTC+10")]
)
def test_moments_have_their_zone(offset: int, said: str) -> None:
    moment = datetime(2026, 12, 23, 9, 5, tzinfo=timezone(timedelta(minutes=offset)))
    assert date_in_words(moment, "es") == f"mié 23 dic 2026, 09:05 ({said})"
    assert date_in_words(moment, "en") == f"Wed 23 Dec 2026, 09:05 ({said})"


def test_both_languages_say_everything() -> None:
    assert WORDINGS["es"].keys() == WORDINGS["en"].keys()


@pytest.mark.parametrize("recipient", ["ana@cliente.example", "añá@cliente.example"])
@pytest.mark.parametrize("length", range(1, 40))
def test_a_title_of_any_length_begins_on_the_line_of_its_header(length: int, recipient: str) -> None:
    letter = replace(LETTER, organisation="Zu " * (length // 3) + "z" * (length % 3 + 1), recipient=recipient)
    written = link_message(letter, key="ABCD-EFGH-JKMN", link=LINK)
    title = f"El enlace para seguir su caso ABCD-EFGH-JKMN con {letter.organisation}"
    assert b"\r\nSubject:\r\n" not in written
    assert message_from_bytes(written, policy=policy.default)["Subject"] == title


def test_the_letter_with_the_link_speaks_of_a_case_as_all_letters_do() -> None:
    written = read(link_message(LETTER, key="ABCD-EFGH-JKMN", link=LINK))
    assert "expediente" not in f"{written.subject} {written.text}"
