"""The desk's pure rules: statuses, keys, triage, what a reply agrees to."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.errors import ConflictError, InputError
from acuse.helpdesk.agreeing import said_of
from acuse.helpdesk.rules import CLOSED_STATUSES, OPEN_STATUSES, TRANSITIONS, check_key, make_key, next_status, thread
from acuse.helpdesk.triage import Rule, Seen, applying
from acuse.proof.facts.ticket import STATUSES


def test_statuses_are_open_or_over() -> None:
    assert {*OPEN_STATUSES, *CLOSED_STATUSES} == set(STATUSES)
    assert not set(OPEN_STATUSES) & set(CLOSED_STATUSES)


@pytest.mark.parametrize("event", TRANSITIONS)
@pytest.mark.parametrize("status", STATUSES)
def test_every_event_leads_to_a_status_or_is_refused(event: str, status: str) -> None:
    if status in TRANSITIONS[event]:
        assert next_status(status, event=event) in STATUSES
    else:
        with pytest.raises(ConflictError):
            next_status(status, event=event)


def test_only_agreement_or_the_end_of_a_notice_closes() -> None:
    closing = {
        event for event, moves in TRANSITIONS.items() for a, b in moves.items() if a != b and b in CLOSED_STATUSES
    }
    assert closing == {"agreed", "closed_by_silence"}


@given(st.integers(1, 999_999_999))
def test_a_key_is_found_however_it_is_typed(number: int) -> None:
    key = make_key(prefix="RIB", number=number)
    assert not set("ILOU01") & set(key.rpartition("-")[2])
    assert check_key(f"  {key.lower()} ") == check_key(key.replace("-", " ")) == check_key(key.replace("-", "–")) == key


@pytest.mark.parametrize("typed", ["", "RIB", "RIB-1", "RIB-0001-7QK2MA-x", "1" * 10_000, "RIB-0001-ññññññ"])
def test_what_is_no_key_is_refused(typed: str) -> None:
    with pytest.raises(InputError):
        check_key(typed)


def test_a_thread_repeats_no_broken_identifier() -> None:
    assert thread(["<a@b>", "", "sin", "<a b@c>", "<x@y>\r\nBcc: z"]) == ("<a@b>",)
    assert len(thread([f"<{number}@b>" for number in range(100)])) == 20


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Conforme", True),
        ("conforme, gracias.", True),
        ("Hola, estoy conforme. Un saludo", True),
        ("De acuerdo.\n-- \nAna Prieto\nNo imprima este mensaje", True),
        ("Conforme.\n\nPero sigue sin funcionar", None),
        ("No conforme", False),
        ("No estoy conforme, gracias", False),
        ("NO CONFORME.", False),
        ("I agree, thanks", True),
        ("I do not agree", False),
        ("No. Conforme", None),
        ("Estoy conforme con todo menos con el precio", None),
        ("¿Conforme?", None),
        ("", None),
        ("gracias", None),
        ("conforme " * 100, None),
    ],
)
def test_what_a_reply_says(words: str, said: bool | None) -> None:
    assert said_of(words) is said


@given(st.text(max_size=300))
def test_whatever_is_said_is_weighed(words: str) -> None:
    assert said_of(words) in {True, False, None}


def seen() -> Seen:
    return Seen(senders=("Ana@Cliente.example",), subject="Avería", text="No hay LUZ en casa.", channel="email")


@pytest.mark.parametrize(
    ("rule", "applies"),
    [
        ({}, True),
        ({"words": ("averia",)}, True),
        ({"words": ("hay luz", "gas")}, True),
        ({"words": ("hay lu",)}, False),
        ({"words": ("  ",)}, False),
        ({"senders": ("@cliente.example",)}, True),
        ({"senders": ("ana@cliente.example",)}, True),
        ({"senders": ("@otra.example",)}, False),
        ({"channel": "form"}, False),
        ({"channel": "email", "words": ("gas",)}, False),
        ({"form_type": "claim"}, False),
    ],
)
def test_a_rule_applies_where_all_its_conditions_do(rule: dict[str, object], applies: bool) -> None:
    one = Rule(id=uuid4(), **rule)  # type: ignore[arg-type]
    assert (applying([one], seen()) is one) == applies


def test_the_first_rule_decides() -> None:
    first, second = Rule(id=uuid4(), words=("luz",)), Rule(id=uuid4())
    assert applying([first, second], seen()) is first
    assert applying([second, first], seen()) is second
    assert applying([], seen()) is None
