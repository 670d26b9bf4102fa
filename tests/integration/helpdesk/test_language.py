"""In which language a case is answered: as somebody said, as its card says, as it is written, or as the desk does."""

import pytest

from acuse.contacts.models import Contact
from acuse.contacts.services.cards import change_contact
from acuse.helpdesk.call_rules import Entered
from acuse.helpdesk.models import Outgoing, Settings, Ticket
from acuse.helpdesk.services.calls import Opening, register_call
from acuse.helpdesk.services.changes import classify
from acuse.helpdesk.services.replies import send_due
from tests.integration.helpdesk.making import ANA, SLUG, Desk, letter
from tests.integration.helpdesk.test_answering import TYPED, address, box, write
from tests.integration.helpdesk.test_inbox import member
from tests.integration.helpdesk.test_phone import entered, line

NOISE = "Hello, the car makes a noise since the service. Could you look at it?"
RUIDO = "Hola, el coche hace ruido desde la revisión. ¿Lo pueden mirar?"
WROTE = {"en": "received your", "es": "Hemos recibido"}


def receipt(ticket: Ticket) -> str:
    return Outgoing.objects.get(ticket=ticket, act="receipt").body


@pytest.mark.parametrize(
    ("body", "declared", "language"),
    [(NOISE, "", "en"), (RUIDO, "", "es"), (RUIDO, "en", "en"), (NOISE, "es", "es"), ("F-2310", "", "es")],
)
def test_a_letter_is_acknowledged_in_the_language_it_is_written_in(
    desk: Desk, body: str, declared: str, language: str
) -> None:
    desk.receive(letter("F-2310", body, **({"Content_Language": declared} if declared else {})))
    ticket = desk.ticket()
    assert (ticket.language, desk.only("ticket.opened").details["language"]) == (language, language)
    assert WROTE[language] in receipt(ticket)
    send_due()
    assert [one.details["language"] for one in desk.facts() if one.type == "reply.sent"] == [language]


def test_a_guess_is_made_where_nothing_is_known_and_before_others_wait(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []

    def spied(text: str) -> str:
        counted.append((text.partition("\n")[0], Settings.objects.get().last_number))
        return "en"

    monkeypatch.setattr("acuse.helpdesk.services.opening.language_of", spied)
    for number, said in enumerate(({"Content_Language": "es"}, {}), start=1):
        desk.receive(letter(f"Ruido {number}", RUIDO, message_id=f"<g{number}@cliente.example>", **said))
    assert counted == [("Ruido 2", 1)], "the number is counted under the lock"
    assert Ticket.objects.latest("number").language == "en"


def test_what_a_member_wrote_on_the_card_goes_before_what_is_guessed(desk: Desk) -> None:
    desk.receive(letter("Noise", NOISE, Content_Language="en"))
    contact = desk.ticket().contact_id
    assert Contact.objects.get(id=contact).language == "en"
    languages = []
    for number, chosen in enumerate(("", "es", "en")):
        if chosen:
            change_contact(access=desk.agent, contact=contact, language=chosen)
        desk.receive(letter(f"Ruido {number}", RUIDO, message_id=f"<r{number}@cliente.example>"))
        languages.append(Ticket.objects.latest("number").language)
    assert languages == ["es", "es", "en"], "what a letter declared, and nobody entered, says nothing of the next"


def test_what_is_said_by_telephone_is_answered_as_whoever_took_the_call_says(desk: Desk) -> None:
    def call(minute: int, language: str, who: str) -> Ticket:
        said: Entered = entered(line_, outcome=NOISE, waited=minute)
        opening = Opening(name="Ana", address=who, type="claim", subject="Noise", language=language)
        register_call(access=desk.agent, call=said, opening=opening)
        return Ticket.objects.latest("number")

    line_ = line(desk)
    assert call(1, "", ANA).language == "es", "in whose words it is noted says nothing of the customer"
    assert call(2, "en", "john@cliente.example").language == "en"


def test_a_case_by_telephone_is_acknowledged_in_the_language_chosen_on_its_page(desk: Desk) -> None:
    said = {"name": "John", "address": "john@cliente.example", "type": "claim", "subject": "Ruido", "text": RUIDO}
    for language in ("fr", "en"):
        member("agent").post(f"/console/{SLUG}/tickets/new/", {**said, "language": language})
    assert WROTE["en"] in receipt(desk.ticket())


def test_a_language_that_is_changed_is_recorded_and_the_next_letter_follows_it(desk: Desk) -> None:
    desk.receive(letter())
    agent, ticket = member("agent"), desk.ticket()
    assert '<option value="es" lang="es" selected>Español' in agent.get(address(desk)).content.decode()
    spanish = write(desk, agent, "ticket.solution", TYPED)
    before = desk.types()
    page = agent.post(address(desk, "classify/"), {"language": "en"}, follow=True).content.decode()
    assert '<option value="en" lang="en" selected>English' in page
    assert "Se responde en: English" in page
    assert desk.types() == [*before, "ticket.described"], "no term depends on it"
    assert desk.facts()[-1].details == {"fields": ["language"], "language": "en"}
    english = write(desk, agent, "ticket.solution", spanish)
    assert (english.count(TYPED), "Atentamente" in english) == (1, False)
    agent.post(address(desk, "answer/"), {"template": "ticket.solution", "body": english})
    assert Outgoing.objects.get(automatic=False).language == "en"
    agent.post(address(desk, "classify/"), {"language": "fr"})
    assert desk.ticket().language == "en"
    assert classify(access=desk.agent, tickets=[ticket.id], language="es", priority="high") == 1
    assert desk.types()[-2:] == ["ticket.described", "ticket.classified"]
    assert box(agent.get(address(desk))) == ""
