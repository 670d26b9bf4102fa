"""The pages of the five letters about claims and guarantees: read whole, changed, and kept until they are sent."""

from datetime import timedelta
from typing import Any

import pytest

from acuse.helpdesk.models import Outgoing
from acuse.helpdesk.services.changes import add_note
from acuse.helpdesk.services.guarantee import USES
from acuse.helpdesk.services.replies import Answer, reply, send_due
from acuse.helpdesk.services.settings import change_desk
from tests.integration.helpdesk.making import SLUG, Desk, letter
from tests.integration.helpdesk.test_guarantee import UNTIL
from tests.integration.helpdesk.test_inbox import member

PRODUCT = {"product": "Caja de cambios", "guarantee_until_date": UNTIL.isoformat()}
GIVEN = {
    "activation": {**PRODUCT, "words": "Incluye la mano de obra."},
    "rejection": {**PRODUCT, "words": "El daño viene de un golpe."},
    "documents": {**PRODUCT, "items": "la factura\nuna foto"},
    "suspension": {**PRODUCT, "words": "Falta la pieza."},
    "closing": {"days": "15"},
}
SAYS = {
    "activation": "Incluye la mano de obra.",
    "rejection": "El daño viene de un golpe.",
    "documents": "- una foto",
    "suspension": "Falta la pieza.",
    "closing": "[Decir si estoy conforme]",
}
OTHERWISE = {"closing": {"days": "40"}}


def fields(page: Any) -> dict[str, Any]:
    """What the page would send as it stands."""
    forms = [page.context["form"], page.context["letter"]]
    values = {field.name: field.value() or "" for form in forms for field in form}
    return values | {name: page.context[name] for name in ("revision", "question", "written_from")}


def queued() -> list[str]:
    return list(Outgoing.objects.filter(automatic=False, state="waiting").values_list("body", flat=True))


@pytest.mark.parametrize("act", USES)
def test_a_letter_is_read_whole_changed_and_kept_until_it_is_sent(desk: Desk, act: str) -> None:
    desk.receive(letter())
    case, agent = desk.ticket().id, member("agent")
    change_desk(access=desk.owner, default_assignee=None, certify_replies=False, undo_seconds=10, closing_allowed=True)
    first = Answer(subject="Re", body="Lo miramos.", language="es", certified=False, delay=timedelta())
    reply(access=desk.agent, ticket=case, answer=first)
    send_due()
    path = f"/console/{SLUG}/tickets/{case}/guarantee/{act}/"

    shown = agent.post(path, {**GIVEN[act], "do": "draft"})
    page = fields(shown)
    assert SAYS[act] in page["body"]
    assert "Atentamente" in page["body"]
    assert shown.context["preview"] in shown.content.decode(), "as the customer will read it"
    assert "Atentamente" in shown.context["preview"]
    changed = {**page, "body": page["body"].strip().replace("Atentamente", "Un saludo"), "do": "send"}

    wrong = {
        "without a subject": {**changed, "subject": ""},
        "after another thing was entered": {**changed, **OTHERWISE.get(act, {"product": "Embrague"})},
        "anew from what does not fit": {**changed, "do": "draft", "days": "1", "guarantee_until_date": "mañana"},
    }
    for why, given in wrong.items():
        kept = fields(agent.post(path, given))
        assert (kept["body"], kept["question"]) == (changed["body"], page["question"]), why
        assert queued() == [], why
    add_note(access=desk.agent, ticket=case, text="Ha llamado.")
    told = agent.post(path, changed)
    assert "Algo ha pasado en este expediente" in told.content.decode()
    assert fields(told)["body"] == changed["body"]
    assert queued() == []
    agent.post(path, {**fields(told), "do": "send"})
    assert queued() == [changed["body"]]
