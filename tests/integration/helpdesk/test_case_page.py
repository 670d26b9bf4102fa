"""What members do on a case's page, and which facts it leaves: who writes, what it is, notes, and taking back."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from acuse import clock
from acuse.accounts import services as accounts
from acuse.accounts.queries import active_members
from acuse.evidence import custody
from acuse.helpdesk.models import Draft, Outgoing
from acuse.helpdesk.services.changes import classify
from acuse.helpdesk.services.replies import Answer, reply, send_due
from tests.integration.helpdesk.making import Desk, letter
from tests.integration.helpdesk.test_answering import address
from tests.integration.helpdesk.test_case import to_ticket
from tests.integration.helpdesk.test_inbox import member


class Clock:
    """The clock of the desk, which a test moves on."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self._real = clock.now

    def now(self) -> datetime:
        """Say what time it is."""
        return self._real() + self.ahead


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(clock, "now", made.now)
    return made


@pytest.fixture
def agent(desk: Desk) -> Any:
    desk.receive(letter())
    return member("agent")


def post(client: Any, desk: Desk, act: str, **given: str) -> str:
    """Do something on the case's page; return the page that is shown then."""
    page = client.post(address(desk, f"{act}/"), given, follow=True)
    assert page.status_code == 200
    return str(page.content.decode())


@pytest.mark.parametrize(
    ("act", "given"),
    [
        ("note", {"body": "Hol\0gura"}),
        ("escalate", {"escalated": "on", "reason": "Hol\0gura"}),
        ("describe", {"tags": "hol\0gura"}),
        ("describe", {"product": "Hol\0gura"}),
    ],
)
def test_what_a_database_does_not_take_is_kept_with_a_mark_in_its_place(
    desk: Desk, agent: Any, act: str, given: dict[str, str]
) -> None:
    assert "ol\N{REPLACEMENT CHARACTER}gura" in post(agent, desk, act, **given)


def test_an_answer_leaves_with_a_mark_in_place_of_what_a_database_does_not_take(desk: Desk) -> None:
    desk.receive(letter())
    written = Answer(subject="Hol\0gura", body="Hol\0gura", language="es", certified=False)
    queued = reply(access=desk.agent, ticket=desk.ticket().id, answer=written)
    row = Outgoing.objects.get(id=queued)
    assert row.subject == row.body == "Hol\N{REPLACEMENT CHARACTER}gura"


def test_who_else_writes_in_a_case_is_said_to_others_alone(desk: Desk, agent: Any, later: Clock) -> None:
    owner, writes, looks = member("owner"), "Agent está escribiendo", "Agent está mirando"
    for kind in ("reply", "note"):
        assert "Agent está" not in post(agent, desk, "present", kind=kind, body="Estimada Ana")
        assert writes in post(owner, desk, "present", kind="reply", body="")
        assert writes in owner.get(address(desk)).content.decode()
        # Now and then the page says that it is still there, with the answer's box.
        post(agent, desk, "present", kind="reply", body="Estimada Ana" if kind == "reply" else "")
        assert writes in post(owner, desk, "present", kind="reply", body="")
        post(agent, desk, "present", kind=kind, body=" ")
        assert looks in post(owner, desk, "present", kind="reply", body="")
    assert not Draft.objects.exists()
    later.ahead = timedelta(minutes=1)
    assert "Agent está" not in post(owner, desk, "present", kind="reply", body="")


def test_what_a_case_is_about_is_written_on_its_page(desk: Desk, agent: Any) -> None:
    given = {
        "tags": "Taller, urgente ,taller",
        "product": "Berlina 2.0",
        "purchase_date": "2026-03-02",
        "guarantee_until_date": "2029-03-02",
        "address": "ana.prieto@otro.example",
    }
    page = post(agent, desk, "describe", **given)
    assert "Guardado. El cambio consta en el registro." in page
    for shown in ('value="taller, urgente"', 'value="Berlina 2.0"', 'value="2026-03-02"', 'value="2029-03-02"'):
        assert shown in page
    assert "Irá a ana.prieto@otro.example." in page
    told = " ".join(page.split())
    changed = ("etiquetas", "producto o trabajo", "fecha de compra", "fin de la garantía", "dirección de respuesta")
    assert f"Se cambió: {', '.join(changed)}" in told
    assert "Se cambió la descripción" not in told
    fact = desk.only("ticket.described")
    assert (fact.actor.kind, fact.actor.id) == ("member", str(desk.agent.member))
    assert sorted(fact.details["fields"]) == sorted(given)
    (card,) = fact.objects
    kept = json.loads(custody.open_object(organisation=desk.organisation, sha256=card.sha256))
    assert kept == {**given, "tags": ["taller", "urgente"]}
    for wrong in ({"purchase_date": "ayer"}, {"address": "nadie"}, {"guarantee_until_date": "2026-03-01"}):
        assert "Guardado" not in post(agent, desk, "describe", **{**given, **wrong})
    assert desk.only("ticket.described") == fact


def test_a_message_from_another_address_is_shown_as_its_own(desk: Desk, agent: Any) -> None:
    ticket, warning = desk.ticket(), "no consta que esta dirección sea del cliente"
    assert warning not in agent.get(address(desk)).content.decode()
    stranger = letter(sender="Ana Prieto <intruso@otro.example>", message_id="<m2@otro.example>")
    desk.receive(stranger, to_ticket(ticket.id), mail_from="intruso@otro.example")
    page = agent.get(address(desk)).content.decode()
    assert page.count(warning) == 1
    assert page.count(">intruso@otro.example</b>") == 1
    assert page.count(">Ana Prieto</b>") == 1


def test_the_customer_is_named_by_any_address_of_theirs(desk: Desk, agent: Any) -> None:
    """One that answers went to before, and one on the card, are the customer's too."""
    post(agent, desk, "describe", address="ana.prieto@otro.example")
    answers = letter(sender="Ana.Prieto@otro.example", message_id="<m2@otro.example>")
    desk.receive(answers, to_ticket(desk.ticket().id), mail_from="ana.prieto@otro.example")
    page = agent.get(address(desk)).content.decode()
    assert page.count(">Ana Prieto</b>") == 2
    assert "no consta que esta dirección sea del cliente" not in page


def test_the_matter_of_a_case_is_said_where_it_is_given_and_taken_away(desk: Desk, agent: Any) -> None:
    steps = (
        ({"type": "claim"}, "Ahora: Reclamo, prioridad Media", 0),
        ({"matter": "billing"}, "Ahora: Reclamo, prioridad Media, materia: Cobro o factura indebidos", 1),
        ({"matter": ""}, "Ahora: Reclamo, prioridad Media, materia: Sin materia especial", 2),
        ({"priority": "high"}, "Ahora: Reclamo, prioridad Alta", 2),
    )
    for given, line, named in steps:
        classify(access=desk.agent, tickets=[desk.ticket().id], **given)
        page = agent.get(address(desk)).content.decode()
        assert f">{line}</span>" in page
        assert page.count(", materia: ") == named


def test_a_case_is_passed_up_and_taken_back_by_a_member(desk: Desk, agent: Any) -> None:
    assert "Diga por qué se escala el expediente." in post(agent, desk, "escalate", escalated="on", reason=" ")
    page = post(agent, desk, "escalate", escalated="on", reason="Pide hablar con el responsable.")
    assert "Quitar el escalado</button>" in page
    assert "Pide hablar con el responsable." in page
    page = post(agent, desk, "escalate")
    assert "Quitar el escalado" not in page
    assert "Ya no está escalado" in page
    told = [one for one in desk.facts() if one.type == "ticket.escalated"]
    assert [(one.details["escalated"], one.actor.id) for one in told] == [
        (True, str(desk.agent.member)),
        (False, str(desk.agent.member)),
    ]


def test_a_case_that_waits_for_the_customer_is_opened_again_by_a_member(desk: Desk, agent: Any, later: Clock) -> None:
    assert "Abrir otra vez" not in agent.get(address(desk)).content.decode()
    post(agent, desk, "answer", body="¿Nos manda la factura?", waits="on")
    later.ahead = timedelta(seconds=11)
    send_due()
    assert desk.ticket().status == "pending_customer"
    assert f'action="{address(desk, "reopen/")}"' in agent.get(address(desk)).content.decode()
    page = post(agent, desk, "reopen")
    assert "El expediente está abierto otra vez." in page
    moved = desk.facts()[-1]
    assert (moved.type, moved.actor.id) == ("ticket.status_changed", str(desk.agent.member))
    assert (moved.details["before"], moved.details["after"]) == ("pending_customer", desk.ticket().status)
    assert desk.ticket().status not in {"pending_customer", "resolved", "closed_without"}


def test_an_answer_can_be_taken_back_for_ten_seconds(desk: Desk, agent: Any, later: Clock) -> None:
    send_due()
    before = clock.now()
    page = post(agent, desk, "answer", body="Lo miramos el lunes.")
    after = clock.now()
    assert "Sale en unos segundos" in page
    waiting = Outgoing.objects.get(automatic=False)
    assert before + timedelta(seconds=10) <= waiting.due_at <= after + timedelta(seconds=10)
    later.ahead = waiting.due_at - clock.now() - timedelta(seconds=1)
    assert send_due() == 0
    waiting.refresh_from_db()
    assert waiting.state == "waiting"
    later.ahead += timedelta(seconds=1.5)
    assert send_due() == 1
    assert desk.types().count("reply.sent") == 2, "the receipt, and the answer"


def test_a_note_tells_whom_it_names_and_nobody_whose_name_begins_like_theirs(desk: Desk, agent: Any) -> None:
    for number, name in enumerate(("Ana", "Ana Ruiz", "Anabel Ruiz")):
        user = accounts.create_user(email=f"a{number}@ribera.example", password=None, name=name)
        accounts.add_member(organisation=desk.organisation, email=user.email, role="agent")
    named = {name: str(id) for id, name in active_members(desk.agent).items()}
    post(agent, desk, "present", kind="note", body="@Anabel")
    page = post(agent, desk, "note", body="@Anabel Ruiz y @ana ruiz, ¿lo miráis?\nNo es para Ana.")
    assert "nota interna" in page
    assert "No es para Ana." in page
    added = desk.only("note.added")
    assert sorted(added.details["mentioned"]) == sorted([named["Anabel Ruiz"], named["Ana Ruiz"]])
    assert added.actor.id == str(desk.agent.member)
    kept = custody.open_object(organisation=desk.organisation, sha256=added.objects[0].sha256)
    assert kept.decode() == "@Anabel Ruiz y @ana ruiz, ¿lo miráis?\nNo es para Ana."
    assert not Draft.objects.filter(kind="note").exists()
    assert not Outgoing.objects.filter(automatic=False).exists()
