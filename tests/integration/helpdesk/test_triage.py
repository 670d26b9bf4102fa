"""Rules of triage: what they make of a case that comes in, what they would make of past ones, and their page."""

from uuid import uuid4

import pytest
from django.test import Client

from acuse.accounts.models import User
from acuse.errors import AccessDenied, InputError
from acuse.evidence.queries import facts_of
from acuse.helpdesk.models import Ticket, TriageRule
from acuse.helpdesk.queries.triage import rules_of, try_rules
from acuse.helpdesk.services.triage import add_rule, move_rule, remove_rule
from acuse.helpdesk.triage import MOST_WORDS, Rule, Seen, applying, check_rule
from tests.integration.helpdesk.making import ANA, SLUG, Desk, letter

PAGE = f"/console/{SLUG}/settings/triage/"
BRAKES = {"words": "freno\r\nno frena", "type": "incident", "priority": "high", "tag": "taller"}


def client(role: str = "administrator") -> Client:
    """A member, signed in."""
    made = Client()
    made.force_login(User.objects.get(email=f"{role}@ribera.example"))
    return made


def facts(desk: Desk) -> list[str]:
    """The types of fact about rules of triage."""
    found = facts_of(organisation=desk.organisation, kind="organisation", id=desk.organisation)
    return [item.fact.type for item in found if item.fact.type.startswith("triage_rule.")]


def test_a_rule_from_the_page_decides_what_the_next_case_is(desk: Desk) -> None:
    answer = client().post(f"{PAGE}add/", {**BRAKES, "assignee": str(desk.agent.member)})
    assert answer.status_code == 302
    desk.receive(letter("Mi coche NO FRENA", "Al pisar el pedal."))
    made = desk.ticket()
    assert (made.type, made.priority, made.tags, made.assignee_id) == (
        "incident",
        "high",
        ["taller"],
        desk.agent.member,
    )
    (rule,) = rules_of(desk.owner)
    assert desk.only("ticket.assigned").details["rule"] == str(rule.id)
    assert facts(desk) == ["triage_rule.added"]


@pytest.mark.parametrize("pattern", ["@flota.example", "JEFE@flota.example", "ana@cliente.example"])
def test_a_rule_for_a_sender_looks_at_who_wrote_and_at_where_answers_go(desk: Desk, pattern: str) -> None:
    rule = Rule(id=uuid4(), senders=(pattern,), type="request", priority="high", assignee=desk.agent.member)
    add_rule(access=desk.owner, rule=rule)
    other = Rule(id=uuid4(), senders=("@otra.example", "efe@flota.example"), priority="low")
    assert try_rules(desk.owner, [other, rule]).applied == (0, 0)
    desk.receive(letter(sender="Jefe de flota <jefe@flota.example>", Reply_To=ANA), mail_from="jefe@flota.example")
    made = desk.ticket()
    assert made.address == ANA
    assert (made.type, made.priority, made.assignee_id) == ("request", "high", desk.agent.member)
    tried = try_rules(desk.owner, [other, rule])
    assert (tried.applied, tried.changes) == ((0, 1), ())


def test_trying_a_rule_says_what_past_cases_would_be_and_changes_nothing(desk: Desk) -> None:
    desk.receive(letter("Ruido", "El coche no frena bien."))
    before = Ticket.objects.values().get(id=desk.ticket().id)
    page = client().post(f"{PAGE}add/", {**BRAKES, "act": "try"}).content.decode()
    assert "no frena" in page, "what was typed is still there"
    assert f'/tickets/{desk.ticket().id}/"' in page
    assert Ticket.objects.values().get(id=desk.ticket().id) == before
    assert not TriageRule.objects.exists()
    assert facts(desk) == []


def test_trying_rules_without_a_case_says_that_there_is_none(desk: Desk) -> None:
    add_rule(access=desk.owner, rule=Rule(id=uuid4(), words=("humo",), priority="low"))
    assert "Todavía no hay ningún expediente" in client().get(PAGE, {"try": "1"}).content.decode()
    desk.receive(letter())
    page = client().get(PAGE, {"try": "1"}).content.decode()
    assert "Se ha mirado 1 expediente." in page
    assert "La regla 1 no se aplica a ninguno." in page


def test_trying_rules_says_how_many_cases_would_stay_as_they_are(desk: Desk) -> None:
    add_rule(access=desk.owner, rule=Rule(id=uuid4(), words=("humo",), priority="low"))
    for number in range(3):
        desk.receive(letter("Humo", message_id=f"<h{number}@cliente.example>"))
    Ticket.objects.filter(id=Ticket.objects.earliest("number").id).update(priority="high")
    page = client().get(PAGE, {"try": "1"}).content.decode()
    assert "2 de ellos ya son así y se quedarían como están." in page


def test_trying_a_changed_rule_tries_it_in_its_place(desk: Desk) -> None:
    desk.receive(letter("Ruido", "El coche no frena bien."))
    first = Rule(id=uuid4(), words=("ruido",), priority="low")
    add_rule(access=desk.owner, rule=first)
    add_rule(access=desk.owner, rule=Rule(id=uuid4(), words=("frena",), priority="high"))
    assert [one.place for one in try_rules(desk.owner, rules_of(desk.owner)).changes] == [1]
    page = client().post(f"{PAGE}{first.id}/edit/", {"words": "humo", "priority": "low", "act": "try"})
    assert page.context["trial"].applied == (0, 1)
    assert TriageRule.objects.get(id=first.id).words == ["ruido"]


def test_rules_move_and_go_and_the_rest_keep_their_order(desk: Desk) -> None:
    made = [Rule(id=uuid4(), name=name, priority="high") for name in "abc"]
    for rule in made:
        add_rule(access=desk.owner, rule=rule)
    move_rule(access=desk.owner, rule=made[2].id, up=True)
    move_rule(access=desk.owner, rule=made[0].id, up=True)
    remove_rule(access=desk.owner, rule=made[0].id)
    assert [rule.name for rule in rules_of(desk.owner)] == ["c", "b"]
    assert list(TriageRule.objects.order_by("position").values_list("position", flat=True)) == [1, 2]
    assert facts(desk) == [f"triage_rule.{one}" for one in ("added", "added", "added", "moved", "removed")]


def test_a_rule_that_is_off_decides_nothing(desk: Desk) -> None:
    rule = Rule(id=uuid4(), priority="high")
    add_rule(access=desk.owner, rule=rule)
    assert client().post(f"{PAGE}{rule.id}/", {"act": "off"}).status_code == 302
    desk.receive(letter())
    assert desk.ticket().priority == "medium"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"words": "freno"}, "tipo"),
        ({"words": "!!!", "type": "claim"}, "letra"),
        ({"words": "\n".join(f"palabra {n}" for n in range(MOST_WORDS + 1)), "type": "claim"}, str(MOST_WORDS)),
        ({"senders": "cliente.example", "type": "claim"}, "@cliente.example"),
        ({"type": "nonsense"}, "nonsense"),
        ({"type": "claim", "assignee": "00000000-0000-0000-0000-000000000000"}, "00000000"),
    ],
)
def test_what_makes_no_sense_is_said_at_the_form_and_nothing_is_kept(
    desk: Desk, given: dict[str, str], said: str
) -> None:
    answer = client().post(f"{PAGE}add/", given, headers={"accept-language": "es"})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not TriageRule.objects.exists()


def test_who_does_not_manage_reads_the_rules_and_changes_none(desk: Desk) -> None:
    rule = Rule(id=uuid4(), words=("freno",), priority="high")
    add_rule(access=desk.owner, rule=rule)
    assert "freno" in client("agent").get(PAGE, {"try": "1"}).content.decode()
    assert client("agent").post(f"{PAGE}add/", BRAKES).status_code == 403
    with pytest.raises(AccessDenied):
        remove_rule(access=desk.auditor, rule=rule.id)


def test_words_are_kept_once_and_without_spaces_around() -> None:
    rule = check_rule(Rule(id=uuid4(), words=(" freno", "freno ", ""), tag="taller"))
    assert rule.words == ("freno",)
    with pytest.raises(InputError):
        check_rule(Rule(id=uuid4(), words=("x" * 81,), tag="taller"))


def test_the_first_rule_whose_conditions_all_hold_decides() -> None:
    by_sender = Rule(id=uuid4(), senders=("@flota.example",), channel="form", priority="high")
    by_words = Rule(id=uuid4(), words=("revisión",), priority="low")
    seen = Seen(senders=("jefe@flota.example",), subject="REVISION anual", text="", channel="email")
    assert applying((by_sender, by_words), seen) == by_words
    assert applying((by_sender,), seen) is None


def test_signs_beside_a_word_do_not_hide_it() -> None:
    rule = Rule(id=uuid4(), words=("no frena",), priority="high")
    assert applying((rule,), Seen(senders=(), subject="", text="¡El coche no frena!", channel="email")) == rule
    assert applying((rule,), Seen(senders=(), subject="", text="El coche no frenaba", channel="email")) is None
