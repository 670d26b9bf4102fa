"""What a customer says by the buttons of the page that asks whether they agree."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client

from acuse.helpdesk.models import ConformityRequest
from acuse.helpdesk.queries.writing import agree_path, follow_path
from acuse.helpdesk.services.changes import add_note
from acuse.helpdesk.services.conformity import ask_conformity
from acuse.helpdesk.services.replies import reply, send_due
from tests.integration.helpdesk.making import Desk, letter
from tests.integration.helpdesk.test_case import answer, asking
from tests.integration.portal.writing import hidden


def asked(desk: Desk) -> UUID:
    """Open a case, answer it and ask whether its customer agrees; return the question."""
    desk.receive(letter())
    ticket, request = desk.ticket().id, uuid4()
    reply(access=desk.agent, ticket=ticket, answer=answer("Es la pastilla.", delay=timedelta()))
    ask_conformity(access=desk.agent, ticket=ticket, answer=asking(), request=request, revision=None)
    send_due()
    return request


@pytest.mark.parametrize(
    ("said", "fact", "status", "words", "title"),
    [
        ("agree", "conformity.given", "resolved", "Conforme", "Ha dicho que está conforme"),
        ("disagree", "conformity.denied", "reopened", "No conforme", "Ha dicho que no está conforme"),
    ],
)
def test_a_press_says_whether_they_agree_once_and_in_their_words(
    desk: Desk, visitor: Client, said: str, fact: str, status: str, words: str, title: str
) -> None:
    request = asked(desk)
    page, other = agree_path(request), {"agree": "disagree", "disagree": "agree"}[said]
    fields = hidden(visitor.get(page))
    assert desk.ticket().status == "pending_conformity"
    given = {**fields, "said": said, "comments": "Sigue haciendo ruido.\r\nY ahora también en frío."}
    told = visitor.post(page, given, headers={"user-agent": "Navegador de Ana"}, follow=True).content.decode()
    assert title in told
    recorded = desk.only(fact)
    assert recorded.details == {
        "by": "link",
        "request": str(request),
        "words": words,
        "comments": "Sigue haciendo ruido.\nY ahora también en frío.",
        "client": {"ip": "127.0.0.1", "user_agent": "Navegador de Ana"},
    }
    assert (recorded.actor.kind, recorded.actor.id) == ("recipient", str(desk.ticket().id))
    row, ticket = ConformityRequest.objects.get(id=request), desk.ticket()
    assert (row.agreed, ticket.status) == (said == "agree", status)
    assert (ticket.resolved_at is None, ticket.waits_since is None) == (said == "disagree", said == "agree")
    # What they said stands: another press changes nothing.
    assert title in visitor.post(page, {**fields, "said": other}, follow=True).content.decode()
    assert desk.ticket().status == status
    assert len([one for one in desk.types() if one.startswith("conformity.")]) == 2
    assert visitor.cookies == {}


def shown(visitor: Client, request: UUID, language: str = "es") -> str:
    """The page of a question down to its form."""
    return visitor.get(f"{agree_path(request)}?l={language}").content.decode().partition("<form")[0]


def test_who_is_asked_reads_what_they_are_asked_about(desk: Desk, visitor: Client) -> None:
    desk.receive(letter())
    ticket, request = desk.ticket().id, uuid4()
    long = "Cambiamos **la pastilla** <script>alert(1)</script> a nuestra costa.\n\n" + "Y revisamos el disco. " * 60
    for body in ("Lo miramos mañana.", f"{long}\n\nEso es todo."):
        reply(access=desk.agent, ticket=ticket, answer=answer(body, delay=timedelta()))
        send_due()
    add_note(access=desk.agent, ticket=ticket, text="Asumimos la pieza.")
    ask_conformity(access=desk.agent, ticket=ticket, answer=asking(), request=request, revision=None)
    send_due()
    page = shown(visitor, request)
    first, _, rest = page.partition("<details")
    assert "Lo que se le contestó" in first
    assert "Cambiamos <strong>la pastilla</strong> &lt;script&gt;" in first
    assert "Eso es todo." not in first
    assert "Leerlo entero" in rest
    assert "Eso es todo." in rest
    assert "¿Está conforme?" in rest, "the letter that asks may say it too"
    assert "Lo miramos mañana." not in page
    assert "Asumimos la pieza." not in page
    assert "What you were answered" in shown(visitor, request, "en")


def test_what_they_disagreed_with_is_not_what_they_are_asked_about_again(desk: Desk, visitor: Client) -> None:
    before, request = asked(desk), uuid4()
    assert "Es la pastilla." in shown(visitor, before)
    visitor.post(agree_path(before), {**hidden(visitor.get(agree_path(before))), "said": "disagree", "comments": ""})
    again = asking("Cambiamos el disco. ¿Conforme ahora?")
    ask_conformity(access=desk.agent, ticket=desk.ticket().id, answer=again, request=request, revision=None)
    send_due()
    assert "Cambiamos el disco." in shown(visitor, request)
    assert "Es la pastilla." not in shown(visitor, request)
    assert "Es la pastilla." not in shown(visitor, before)


def test_who_does_not_agree_reads_in_their_case_that_it_is_open_again(desk: Desk, visitor: Client) -> None:
    page, asks = agree_path(asked(desk)), "Responder si está conforme"
    case = follow_path(desk.ticket().id)
    assert asks in visitor.get(case).content.decode()
    visitor.post(page, {**hidden(visitor.get(page)), "said": "disagree", "comments": ""})
    told = visitor.get(case).content.decode()
    assert "Abierto otra vez." in told
    assert asks not in told


@pytest.mark.parametrize("given", [{"said": "perhaps"}, {}, {"said": "disagree", "form": "otra"}])
def test_what_is_no_press_of_that_page_records_nothing(desk: Desk, visitor: Client, given: dict[str, str]) -> None:
    page = agree_path(asked(desk))
    answered = visitor.post(page, {**hidden(visitor.get(page)), **given})
    assert answered.status_code == 403
    assert "No se ha registrado nada." in answered.content.decode()
    assert desk.ticket().status == "pending_conformity"
