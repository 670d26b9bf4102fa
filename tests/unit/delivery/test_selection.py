"""delivery.selection: which rule applies to a message, and how it is handled then."""

import re
import time
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.accounts.values import Defaults
from acuse.delivery.selection import Rule, applying, check_rule, fits, handle
from acuse.errors import InputError
from acuse.mail.choices import Asked

ONE, TWO = UUID(int=1), UUID(int=2)
DEFAULTS = Defaults(mode="content", access="button", language="es", retention_years=0, term=timedelta(days=30))
FIELDS = {"x-campaign": ["Otoño 2026", "factura"]}


def chosen(*rules: Rule, subject: str = "Factura 12", notice: bool = False) -> UUID | None:
    found = applying(
        rules,
        sender="avisos@ribera.example",
        domain="cliente.example",
        subject=subject,
        values=lambda name: FIELDS.get(name.lower(), []),
        notice=notice,
    )
    return found and found.id


@given(st.text("aB*ñ", max_size=12), st.text("abñ", max_size=12))
def test_a_pattern_is_what_its_regular_expression_says(pattern: str, text: str) -> None:
    expression = ".*".join(re.escape(piece) for piece in pattern.casefold().split("*"))
    assert fits(pattern, text) == bool(re.fullmatch(expression, text.casefold(), re.DOTALL))


def test_no_pattern_takes_longer_than_its_text() -> None:
    began = time.process_time()
    assert not fits("*a" * 140 + "b", "a" * 60_000)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("rule", "applies"),
    [
        (Rule(id=ONE), True),
        (Rule(id=ONE, enabled=False), False),
        (Rule(id=ONE, sender="*@RIBERA.example"), True),
        (Rule(id=ONE, sender="*@otra.example"), False),
        (Rule(id=ONE, domain="cliente.example"), True),
        (Rule(id=ONE, domain="*.cliente.example"), False),
        (Rule(id=ONE, subject="factura*"), True),
        (Rule(id=ONE, subject="factura"), False),
        (Rule(id=ONE, header="X-Campaign"), True),
        (Rule(id=ONE, header="X-Campaign", value="fact*"), True),
        (Rule(id=ONE, header="X-Campaign", value="aviso"), False),
        (Rule(id=ONE, header="X-Other"), False),
        (Rule(id=ONE, subject="factura*", domain="otro.example"), False),
    ],
)
def test_every_condition_that_is_there_must_hold(rule: Rule, applies: bool) -> None:
    assert chosen(rule) == (ONE if applies else None)


def test_the_first_that_applies_decides() -> None:
    assert chosen(Rule(id=ONE, subject="aviso*"), Rule(id=TWO, subject="*")) == TWO
    assert chosen(Rule(id=ONE, subject="*"), Rule(id=TWO, subject="factura*")) == ONE


def test_what_asks_to_wait_behind_a_link_is_never_relayed_plainly() -> None:
    plain, certify = Rule(id=ONE, certify=False), Rule(id=TWO)
    assert chosen(plain, certify) == ONE
    assert chosen(plain, certify, notice=True) == TWO
    assert chosen(plain, notice=True) is None


def test_the_message_goes_before_the_rule_and_the_rule_before_the_default() -> None:
    rule = Rule(id=ONE, mode="notice", access="otp", language="en")
    handled = handle(Asked(), rule, DEFAULTS)
    assert (handled.mode, handled.access, handled.language, handled.rule) == ("notice", "otp", "en", ONE)
    handled = handle(Asked(mode="content", language="es", reference="R-1", retention_years=9), rule, DEFAULTS)
    assert (handled.mode, handled.access, handled.language) == ("content", "", "es")
    assert (handled.reference, handled.retention_years) == ("R-1", 9)
    handled = handle(Asked(), None, replace(DEFAULTS, mode="notice", retention_years=7))
    assert (handled.mode, handled.access, handled.retention_years, handled.rule) == ("notice", "button", 7, None)
    assert handled.certified


def test_what_is_relayed_plainly_is_sent_itself() -> None:
    handled = handle(Asked(), Rule(id=ONE, certify=False), replace(DEFAULTS, mode="notice"))
    assert (handled.certified, handled.mode, handled.access) == (False, "content", "")


def test_a_rule_is_kept_tidy() -> None:
    tidy = check_rule(Rule(id=ONE, sender=" *@a.example ", domain=" @b.example", access="otp"))
    assert (tidy.sender, tidy.domain, tidy.mode) == ("*@a.example", "b.example", "notice")


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "x" * 301},
        {"subject": "a\nb"},
        {"header": "X Campaign"},
        {"value": "x"},
        {"certify": False, "mode": "notice"},
        {"mode": "content", "access": "otp"},
        {"mode": "letter"},
        {"language": "fr"},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InputError):
        check_rule(replace(Rule(id=ONE), **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "default", "added"),
    [(None, False, False), (None, True, True), (True, False, True), (False, True, False)],
)
def test_what_is_added_to_a_copy_is_as_asked_else_by_default(asked: bool | None, default: bool, added: bool) -> None:
    handled = handle(Asked(tracking=asked, footer=asked), None, replace(DEFAULTS, tracking=default, footer=default))
    assert (handled.tracking, handled.footer) == ("on" if added else "", added)


@pytest.mark.parametrize(
    ("asked", "rule"), [(Asked(mode="notice"), None), (Asked(), Rule(id=ONE, certify=False, subject="Factura*"))]
)
def test_nothing_is_added_to_a_notice_or_to_what_is_relayed_plainly(asked: Asked, rule: Rule | None) -> None:
    handled = handle(replace(asked, tracking=True, footer=True), rule, DEFAULTS)
    assert (handled.tracking, handled.footer) == ("", False)
