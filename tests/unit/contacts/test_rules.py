"""How addresses are compared: the same address however it is written, and never two that differ."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.contacts import rules
from acuse.contacts.rules import Card, card_digest, check_card, key
from acuse.errors import InputError
from acuse.mail.mailboxes import mailbox
from acuse.mail.sending_domain import ascii_domain

ATEXT = string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~"
LOCALS = st.lists(st.text(ATEXT, min_size=1, max_size=12), min_size=1, max_size=3).map(".".join)
LABELS = st.from_regex(r"[A-Za-z0-9áñüç]([A-Za-z0-9áñü-]{0,8}[A-Za-z0-9áñü])?", fullmatch=True)
DOMAINS = st.lists(LABELS, min_size=1, max_size=4).map(".".join)
MAILBOXES = st.builds("{}@{}".format, LOCALS, DOMAINS).filter(lambda text: mailbox(text) is not None)
NUMBERS = st.from_regex(r"\+[1-9][0-9]{5,14}", fullmatch=True)
SIGNS = st.text(" .-/()\u00a0", max_size=2)


def readable(channel: str, value: str) -> str | None:
    try:
        return key(channel, value)
    except InputError:
        return None


@given(MAILBOXES)
def test_the_key_of_a_mailbox_is_its_own_key(value: str) -> None:
    assert key("email", key("email", value)) == key("email", value)


@given(MAILBOXES, MAILBOXES)
def test_two_mailboxes_are_one_only_where_case_and_spelling_of_the_domain_alone_differ(one: str, other: str) -> None:
    def compared(text: str) -> tuple[str, str]:
        local, _, domain = text.rpartition("@")
        return local.casefold(), ascii_domain(domain)

    assert (key("email", one) == key("email", other)) == (compared(one) == compared(other))


@given(MAILBOXES)
def test_case_and_blanks_around_are_no_other_mailbox(value: str) -> None:
    local, _, domain = value.rpartition("@")
    assert key("email", f"  {local.upper()}@{domain} ") == key("email", value)


def test_letters_that_only_look_alike_are_another_mailbox() -> None:
    assert key("email", "k@x.example") != key("email", "\N{KELVIN SIGN}@x.example")
    assert key("email", "ana@müller.example") == key("email", "ANA@xn--mller-kva.example")


@given(st.text(max_size=40))
def test_whatever_is_written_is_an_address_whose_key_is_its_own_or_none(value: str) -> None:
    for channel in ("email", "phone", "whatsapp", "postal"):
        found = readable(channel, value)
        assert found is None or readable(channel, found) == found


@given(NUMBERS, st.data())
def test_a_number_is_one_however_its_digits_are_grouped(number: str, data: st.DataObject) -> None:
    grouped = "+" + "".join(digit + data.draw(SIGNS) for digit in number[1:])
    assert readable("phone", grouped.replace("(0)", "0")) == readable("phone", number) == number


@given(NUMBERS, NUMBERS)
def test_two_numbers_are_one_only_where_they_are_the_same(one: str, other: str) -> None:
    assert (key("phone", one) == key("phone", other)) == (one == other)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("600 111 222", "+34600111222"),
        ("91.555.01.02", "+34915550102"),
        ("0034 600-111-222", "+34600111222"),
        ("34600111222", "+34600111222"),
        ("+44 (0)20 7946 0000", "+442079460000"),
        ("+1 (202) 555-0100", "+12025550100"),
        ("００３４６００１１１２２２", "+34600111222"),
    ],
)
def test_numbers_as_people_write_them(written: str, kept: str) -> None:
    assert key("phone", written) == kept


@pytest.mark.parametrize(
    "written", ["", "112", "12 34 56", "600 111 22", "+0 600 111 222", "llamar a Ana", "+34 600 x"]
)
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(InputError):
        key("phone", written)


def test_a_postal_address_is_one_whatever_its_blanks_and_case() -> None:
    assert key("postal", " C/ Mayor,  3\n42001 SORIA") == key("postal", "c/ mayor, 3 42001 Soria")
    assert key("postal", "C/ Mayor, 3") != key("postal", "C/ Mayor, 31")


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("600 11 12", "6001112"),
        ("+34 600", "34600"),
        ("0034600", "34600"),
        ("ana 600", "ana 600"),
        ("12", "12"),
        ("b-12.345.678", "B12345678"),
        ("12345678 z", "12345678Z"),
        ("o.gil@x.example", "o.gil@x.example"),
    ],
)
def test_a_number_is_looked_for_in_one_word(asked: str, searched: str) -> None:
    assert rules.asked(asked) == searched


def test_a_card_is_kept_in_one_form_or_refused() -> None:
    kept = check_card(Card(name="  Ana\n García\0 ", tax_id="b-12 345.678"))
    assert (kept.name, kept.tax_id) == ("Ana García", "B12345678")
    for wrong in (
        Card(name="x" * 201),
        Card(notes="x" * 4001),
        Card(kind="firm"),
        Card(language="fr"),
        Card(kind="company", company="x"),
    ):
        with pytest.raises(InputError):
            check_card(wrong)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_a_digest_is_nothing_without_its_salt(one: bytes, other: bytes) -> None:
    card = Card(name="Ana")
    assert (card_digest(salt=one, card=card) == card_digest(salt=other, card=card)) == (one == other)
