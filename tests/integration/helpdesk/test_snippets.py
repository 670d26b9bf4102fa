"""Snippets in an answer: which are offered, what they say in a case, and what becomes of those that cannot be had."""

from uuid import uuid4

import pytest

from acuse.composition.models import Snippet
from acuse.composition.services import save_snippet
from acuse.composition.uses import SNIPPET
from tests.integration.helpdesk.making import SLUG, Desk, letter
from tests.integration.helpdesk.test_answering import HTMX, TYPED, address, box
from tests.integration.helpdesk.test_inbox import member

HOURS = "Abrimos **de 9 a 14**, {{ contact.name }}. Su clave es {{ ticket.key }}."


def save(desk: Desk, shortcut: str, body: str, language: str = "es") -> str:
    return str(save_snippet(access=desk.agent, name=shortcut, shortcut=shortcut, language=language, body=body))


def test_a_snippet_is_inserted_with_what_it_says_of_the_case(desk: Desk) -> None:
    desk.receive(letter(sender='"Ana *Prieto* [x](https://malo.example)" <ana@cliente.example>'))
    hours, _ = save(desk, "horario", HOURS), save(desk, "hours", "We open at 9.", "en")
    agent = member("agent")
    page = agent.get(address(desk)).content.decode()
    assert f'data-snippet="{hours}" data-shortcut="horario"' in page
    assert "/hours" not in page, "the customer writes Spanish"
    inserted = agent.post(address(desk, "snippet/"), {"snippet": hours}, headers=HTMX)
    key = desk.ticket().key
    said = rf"Abrimos **de 9 a 14**, Ana \*Prieto\* \[x\](https://malo.example). Su clave es {key}."
    assert (inserted.status_code, inserted["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert inserted.content.decode() == said
    without_a_program = agent.post(address(desk, "snippet/"), {"snippet": hours, "body": TYPED}, follow=True)
    assert box(without_a_program) == f"{TYPED}\n\n{said}"


def test_a_snippet_that_cannot_be_had_leaves_the_box_alone(desk: Desk) -> None:
    desk.receive(letter())
    hours, agent = save(desk, "horario", HOURS), member("agent")
    for wrong in (str(uuid4()), "horario", ""):
        refused = agent.post(address(desk, "snippet/"), {"snippet": wrong}, headers=HTMX)
        assert refused.status_code == 409
        shown = agent.post(address(desk, "snippet/"), {"snippet": wrong, "body": TYPED}, follow=True)
        assert 'id="answer-refused"' in shown.content.decode()
        assert box(shown) == TYPED
    assert member("auditor").post(address(desk, "snippet/"), {"snippet": hours}).status_code == 403
    assert agent.post(f"/console/{SLUG}/tickets/{uuid4()}/snippet/", {"snippet": hours}).status_code == 404
    Snippet.objects.update(body="Antes {{ de }} {% tener %} variables")
    kept = agent.post(address(desk, "snippet/"), {"snippet": hours}, headers=HTMX)
    assert kept.content.decode() == "Antes {{ de }} {% tener %} variables", "what is no variable stays as it is"


@pytest.mark.parametrize("wrong", ["{{ contacto }}", "{{ answer.text }}", "{% if %}", "{{ contact.name"])
def test_a_variable_that_is_not_right_is_said_where_the_text_is_written(desk: Desk, wrong: str) -> None:
    given = {"name": "Saludo", "shortcut": "saludo", "language": "es", "body": f"Hola:\n{wrong}"}
    page = member("agent").post(f"/console/{SLUG}/snippets/", given).content.decode()
    assert "línea 2" in page.lower()
    assert not Snippet.objects.exists()


def test_the_variables_stand_beside_the_text_that_names_one_there_is_not(desk: Desk) -> None:
    given = {"name": "Saludo", "shortcut": "saludo", "language": "es", "body": "{{ contacto }}"}
    page = member("agent").post(f"/console/{SLUG}/snippets/", given).content.decode()
    assert "de la lista de variables" in page
    assert "Lista de variables" in page
    assert all(f"{{{{ {name} }}}}" in page for name in SNIPPET.variables)
