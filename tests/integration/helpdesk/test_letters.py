"""The pages of the letters about claims and guarantees: each what the case is about, read whole, kept until sent."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest

from acuse.accounts.models import User
from acuse.helpdesk.models import Outgoing
from acuse.helpdesk.services.changes import add_note, classify, describe
from acuse.helpdesk.services.guarantee import USES
from acuse.helpdesk.services.replies import Answer, reply, send_due
from acuse.helpdesk.services.settings import change_desk
from tests.integration.helpdesk.making import SLUG, Desk, letter
from tests.integration.helpdesk.test_guarantee import UNTIL
from tests.integration.helpdesk.test_inbox import member

PRODUCT = {"about": "guarantee", "product": "Caja de cambios", "guarantee_until_date": UNTIL.isoformat()}
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
CLAIM = {
    "rejection": ({"words": "El cargo es correcto."}, "Rechazo motivado de la reclamación", "Rejection of the claim"),
    "documents": ({"items": "el cargo"}, "Petición de datos o documentos", "Request for data or documents"),
    "suspension": ({"words": "Falta el banco."}, "Suspensión de la reclamación", "Suspension of the claim"),
}
OF_GUARANTEE = re.compile("garant|guarant|warrant", re.IGNORECASE)


def fields(page: Any) -> dict[str, Any]:
    """What the page would send as it stands."""
    forms = [page.context["form"], page.context["letter"]]
    values = {field.name: field.value() or "" for form in forms for field in form}
    return values | {name: page.context[name] for name in ("revision", "question", "written_from")}


def queued() -> list[str]:
    return list(Outgoing.objects.filter(automatic=False, state="waiting").values_list("body", flat=True))


def read(page: Any) -> str:
    """What stands on a page, in its own place, without marks."""
    (own,) = re.findall(r"<main.*?</main>", page.content.decode(), re.DOTALL)
    return unescape(" ".join(re.sub(r"<[^>]*>", " ", own).split()))


@pytest.mark.parametrize("act", USES["guarantee"])
def test_a_letter_is_read_whole_changed_and_kept_until_it_is_sent(desk: Desk, act: str) -> None:
    desk.receive(letter())
    case, agent = desk.ticket().id, member("agent")
    describe(access=desk.agent, ticket=case, product="Caja de cambios")
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


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("act", CLAIM)
def test_a_claim_that_names_no_product_is_written_to_as_a_claim(desk: Desk, act: str, language: str) -> None:
    desk.receive(letter("Cobro repetido", "Me han cobrado dos veces la factura de octubre."))
    case = desk.ticket().id
    bought = date(2026, 3, 2)
    classify(access=desk.agent, tickets=[case], type="claim", language=language)
    describe(access=desk.agent, ticket=case, product="", purchase_date=bought)
    User.objects.filter(email="agent@ribera.example").update(language=language)
    agent = member("agent")
    path = f"/console/{SLUG}/tickets/{case}/guarantee/"
    menu = agent.get(f"/console/{SLUG}/tickets/{case}/").content.decode()
    assert [one for one in USES["guarantee"] if f"{path}{one}/" in menu] == list(CLAIM)
    assert agent.get(f"{path}activation/").status_code == 404

    given, *titles = CLAIM[act]
    opened = agent.get(f"{path}{act}/")
    drafted = agent.post(f"{path}{act}/", {**given, "do": "draft"})
    for page in (opened, drafted):
        assert titles[language == "en"] in read(page)
        assert OF_GUARANTEE.search(read(page)) is None
    agent.post(f"{path}{act}/", {**fields(drafted), "do": "send"})
    sent = Outgoing.objects.get(state="waiting", automatic=False)
    assert next(iter(given.values())) in sent.body
    assert OF_GUARANTEE.search(sent.subject + sent.body) is None
    assert (sent.template, sent.certified, sent.language) == (USES["claim"][act], True, language)
    assert desk.ticket().purchase_date == bought, "what the customer said stays"


@pytest.mark.parametrize("act", CLAIM)
def test_where_a_product_is_named_the_member_sees_and_chooses_what_the_letter_is_about(desk: Desk, act: str) -> None:
    desk.receive(letter())
    case, agent = desk.ticket().id, member("agent")
    describe(access=desk.agent, ticket=case, product="Caja de cambios")
    path = f"/console/{SLUG}/tickets/{case}/guarantee/{act}/"
    opened = agent.get(path)
    assert opened.context["form"]["about"].value() == "guarantee"
    assert "garantía</h1>" in opened.content.decode()
    drafted = agent.post(path, {**GIVEN[act], "do": "draft"})
    assert "garantía de **Caja de cambios**" in fields(drafted)["body"]

    other = {**fields(drafted), "about": "claim"}
    assert "Escríbala de nuevo" in agent.post(path, {**other, "do": "send"}).content.decode()
    assert queued() == []
    anew = agent.post(path, {**other, "do": "draft"})
    assert CLAIM[act][1] in read(anew)
    agent.post(path, {**fields(anew), "do": "send"})
    (sent,) = queued()
    assert OF_GUARANTEE.search(sent) is None
    assert (desk.ticket().product, desk.ticket().guarantee_until_date) == ("Caja de cambios", UNTIL)


def test_a_claim_about_a_charge_is_one_though_it_names_a_product(desk: Desk) -> None:
    desk.receive(letter())
    case, agent = desk.ticket().id, member("agent")
    describe(access=desk.agent, ticket=case, product="Caja de cambios")
    classify(access=desk.agent, tickets=[case], type="claim", matter="billing")
    opened = agent.get(f"/console/{SLUG}/tickets/{case}/guarantee/rejection/")
    assert opened.context["form"]["about"].value() == "claim"
    assert CLAIM["rejection"][1] in read(opened)
