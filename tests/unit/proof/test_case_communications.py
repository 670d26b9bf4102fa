"""A communication belongs to a case by what both say of it, not by an identifier that whoever runs it wrote."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from acuse.errors import InputError
from acuse.proof.bundle import Bundle, ProvenFact
from acuse.proof.facts.fact import ObjectReference
from acuse.proof.judging import check_others
from tests.unit.proof.calendars import at, make
from tests.unit.proof.support import ACCEPTED, COMMUNICATION, MESSAGE, fact
from tests.unit.proof.tickets import TICKET, Ticket, reference

SENT = reference("message", MESSAGE, "message/rfc822")
OTHER = reference("message", b"another", "message/rfc822")


def bundle(*objects: ObjectReference, answers: int = 1, subject: UUID = COMMUNICATION, **details: Any) -> Bundle:
    """A case with its answers, and the communication that they name."""
    ticket = Ticket(calendar=make())
    for _ in range(answers):
        ticket.reply(
            at("2026-11-05 14:07:51"),
            communication=str(COMMUNICATION),
            recipient=ACCEPTED["recipient"],
            objects=objects or (SENT,),
        )
    ticket.add("conformity.requested", at("2026-11-05 14:07:52"), request="r", communication=str(COMMUNICATION))
    accepted = fact(details={**ACCEPTED, "ticket": str(TICKET), **details}, objects=[SENT], subject=subject)
    own = tuple(ProvenFact(fact=each, position=0, path=()) for each in ticket.facts)
    return Bundle(facts=own, checkpoint=b"", key="", others=((ProvenFact(fact=accepted, position=1, path=()),),))


def test_a_communication_that_was_accepted_for_the_case_as_its_answer_says_is_its() -> None:
    check_others(bundle())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (bundle(ticket=str(COMMUNICATION)), "not accepted for this case"),
        (bundle(ticket=None), "not accepted for this case"),
        (bundle(recipient="otra@cliente.example"), "recipient or message"),
        (bundle(OTHER), "recipient or message"),
        (bundle(answers=0), "recipient or message"),
        (bundle(answers=2), "recipient or message"),
        (bundle(subject=TICKET), "does not name"),
    ],
)
def test_any_other_that_it_names_is_refused(wrong: Bundle, said: str) -> None:
    with pytest.raises(InputError, match=said):
        check_others(wrong)


def test_what_begins_otherwise_than_accepted_is_refused() -> None:
    given = bundle()
    first = given.others[0][0]
    begun = replace(first, fact=replace(first.fact, type="attempt.opened"))
    with pytest.raises(InputError, match="not accepted for this case"):
        check_others(replace(given, others=((begun,),)))
