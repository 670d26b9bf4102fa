"""What choosing a template costs: it does not grow with the templates that there are."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from acuse.composition.services import publish_template
from tests.integration.helpdesk.making import SLUG, Desk, letter
from tests.integration.helpdesk.test_inbox import member


def test_choosing_a_template_takes_as_many_queries_however_many_there_are(desk: Desk) -> None:
    desk.receive(letter())
    agent, path = member("agent"), f"/console/{SLUG}/tickets/{desk.ticket().id}/template/"
    said = {
        "ticket.solution": "{{ answer.text }}",
        "ticket.data_request": "{% for item in request.items %}- {{ item }}{% endfor %}",
    }
    given = {"template": "ticket.solution", "body": "Lo limpiamos."}

    def add(number: int) -> None:
        publish_template(
            access=desk.owner,
            use=list(said)[number % 2],
            name=f"Taller {number}",
            language="es",
            subject="Su coche",
            body=f"Hola {number}:\n\n{said[list(said)[number % 2]]}\n\nEl taller",
        )

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page = agent.post(path, given, headers={"HX-Request": "true"})
        assert "Hola 0:" in page.content.decode()
        assert "Lo limpiamos." in page.content.decode()
        return len(asked)

    for number in range(2):
        add(number)
    few = queries()
    for number in range(2, 20):
        add(number)
    assert queries() == few
    assert few < 40
