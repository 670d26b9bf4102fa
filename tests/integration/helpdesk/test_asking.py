"""Letters that ask for agreement leave with the link of their question; facts name the template they come from."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest

from acuse.composition.services import publish_template
from acuse.errors import InputError
from acuse.helpdesk.models import Draft, Outgoing
from acuse.helpdesk.queries.writing import NOT_ASKED, agree_link, agree_path
from acuse.helpdesk.services.conformity import ask_conformity
from acuse.helpdesk.services.replies import MOST_BODY
from acuse.helpdesk.services.settings import change_desk
from tests.integration.helpdesk.making import Desk, letter
from tests.integration.helpdesk.test_answering import TYPED, address, box, leave
from tests.integration.helpdesk.test_case import answer, asking
from tests.integration.helpdesk.test_inbox import member

MISSING = "Falta el enlace con el que el cliente dice si está conforme"


@pytest.fixture
def agent(desk: Desk) -> Any:
    desk.receive(letter())
    return member("agent")


def ask(desk: Desk, body: str, request: UUID) -> None:
    ask_conformity(access=desk.agent, ticket=desk.ticket().id, answer=answer(body), request=request, revision=None)


@pytest.mark.parametrize(
    "body",
    [
        "Gracias por su visita.",
        "¿Conforme? {path}",
        "[aquí]({path})",
        "[aquí](https://malo.example{path})",
        "[{link}](https://malo.example/)",
        "[aquí](https://malo.example/({link}))",
        "https://malo.example/**{link}**",
        "{link}comentarios",
        "{link}\n\n[o aquí](https://malo.example{path})",
    ],
)
def test_a_question_is_not_asked_without_its_own_link_or_with_another(desk: Desk, agent: Any, body: str) -> None:
    request = uuid4()
    with pytest.raises(InputError, match="is missing or was changed"):
        ask(desk, body.format(link=agree_link(request), path=agree_path(request)), request)
    assert not Outgoing.objects.filter(automatic=False).exists()


@pytest.mark.parametrize("body", ["Diga si lo está (**{link}**).", "<{link}>", "- [Sí]({link})\n- [No](<{link}> 'No')"])
def test_its_link_may_stand_in_any_words(desk: Desk, agent: Any, body: str) -> None:
    request = uuid4()
    ask(desk, body.format(link=agree_link(NOT_ASKED)), request)
    assert agree_link(request) in Outgoing.objects.get(request=request).body


def test_what_stands_for_a_question_is_none(desk: Desk, agent: Any) -> None:
    with pytest.raises(InputError, match="no such question"):
        ask(desk, asking().body, NOT_ASKED)


def test_a_notice_of_closing_does_not_leave_without_its_link(desk: Desk, agent: Any) -> None:
    change_desk(access=desk.owner, default_assignee=None, certify_replies=False, undo_seconds=10, closing_allowed=True)
    agent.post(address(desk, "answer/"), {"body": TYPED})
    leave()
    drafted = agent.post(address(desk, "guarantee/closing/"), {"do": "draft", "days": "15"})
    (question,) = re.findall(r'name="question" value="([^"]+)"', drafted.content.decode())
    given = {"do": "send", "days": "15", "question": question, "written_from": drafted.context["written_from"]}
    said = {"subject": "Cerramos", "body": "Gracias por su visita."}
    refused = agent.post(address(desk, "guarantee/closing/"), {**given, **said}).content.decode()
    assert MISSING in refused
    assert agree_link(UUID(question)) in refused
    assert said["body"] in refused
    assert not Outgoing.objects.filter(act="closing_notice").exists()
    assert desk.ticket().status != "pending_conformity"


@pytest.mark.parametrize(
    "template", ["ticket.closing_notice/cualquiera", "ticket.closing_notice", "ticket.thanks/otra"]
)
def test_an_answer_comes_from_a_template_that_is_offered(desk: Desk, agent: Any, template: str) -> None:
    refused = agent.post(address(desk, "answer/"), {"template": template, "body": TYPED}, follow=True)
    assert "No existe esa plantilla." in refused.content.decode()
    assert box(refused) == TYPED
    assert not Outgoing.objects.filter(automatic=False).exists()


def test_an_answer_says_which_version_of_a_template_it_was_written_from(desk: Desk, agent: Any) -> None:
    template = str(
        publish_template(
            access=desk.owner, use="ticket.thanks", name="Gracias", language="es", subject="Gracias", body="Gracias."
        )
    )
    agent.post(address(desk, "answer/"), {"template": f"ticket.thanks/{template}", "body": TYPED})
    leave()
    (sent,) = [fact for fact in desk.facts() if fact.type == "reply.sent" and fact.details.get("act") == "thanks"]
    assert sent.details["template"] == {"id": template, "version": 1}


@pytest.mark.parametrize("act", ["template/", "snippet/"])
def test_what_is_too_long_to_keep_is_said_without_a_program_in_the_page(desk: Desk, agent: Any, act: str) -> None:
    agent.post(address(desk, act), {"template": "ticket.thanks/no", "snippet": "no", "body": TYPED})
    long = {"template": "ticket.solution", "body": "a" * (MOST_BODY + 1)}
    refused = agent.post(address(desk, act), long, follow=True)
    assert (refused.status_code, box(refused)) == (200, TYPED)
    assert 'id="answer-refused"' in refused.content.decode()


def test_a_letter_that_becomes_too_long_leaves_what_was_typed(desk: Desk, agent: Any) -> None:
    typed = "a" * MOST_BODY
    refused = agent.post(address(desk, "template/"), {"template": "ticket.thanks", "body": typed}, follow=True)
    assert 'id="answer-refused"' in refused.content.decode()
    assert Draft.objects.get(kind="reply").body == typed
