"""The answer's box: letters from templates with what was typed in them, and what is never sent."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from acuse import clock
from acuse.composition.services import publish_template
from acuse.dates import long_date
from acuse.doors.ui.templatetags.acuse import day_and_time
from acuse.helpdesk.models import ConformityRequest, Interaction, Outgoing, SavedView, Settings
from acuse.helpdesk.queries.writing import ASKING, agree_path, of_question
from acuse.helpdesk.services.conformity import answer_conformity
from acuse.helpdesk.services.replies import send_due
from acuse.helpdesk.services.settings import change_desk
from acuse.proof.facts.fact import Actor
from tests.integration.helpdesk.making import SLUG, Desk, letter
from tests.integration.helpdesk.test_inbox import member

TYPED = "Lo limpiamos **gratis** el lunes."
HTMX = {"HX-Request": "true"}


def address(desk: Desk, act: str = "") -> str:
    return f"/console/{SLUG}/tickets/{desk.ticket().id}/{act}"


def box(page: Any) -> str:
    """What stands in the answer's box."""
    (found,) = re.findall(r'<textarea[^>]* id="answer-body"[^>]*>(.*?)</textarea>', page.content.decode(), re.DOTALL)
    return unescape(found)


def chosen(page: Any) -> str:
    """The template that the box names; "" for none."""
    (select,) = re.findall(r'<select name="template".*?</select>', page.content.decode(), re.DOTALL)
    return "".join(re.findall(r'value="([^"]*)" selected', select))


def switches(page: Any) -> set[str]:
    """Which of the answer's switches are on."""
    return set(re.findall(r'name="(certified|waits)" checked', page.content.decode()))


@pytest.fixture
def agent(desk: Desk) -> Any:
    desk.receive(letter())
    return member("agent")


def write(desk: Desk, agent: Any, template: str, body: str) -> str:
    return box(agent.post(address(desk, "template/"), {"template": template, "body": body}, headers=HTMX))


def test_a_letter_has_what_was_typed_inside_and_gives_it_to_the_next(desk: Desk, agent: Any) -> None:
    solution = write(desk, agent, "ticket.solution", TYPED)
    assert TYPED in solution
    assert "Esta es nuestra respuesta" in solution
    rejection = write(desk, agent, "ticket.rejection", solution.replace("el lunes", "el martes"))
    assert rejection.count("Lo limpiamos **gratis** el martes.") == 1
    assert "Esta es nuestra respuesta" not in rejection
    assert rejection.count("Atentamente") == 1
    wanted = write(desk, agent, "ticket.data_request", "La factura\nUna foto")
    assert "- La factura\n- Una foto\n" in wanted
    assert "10 días hábiles" in wanted, "the customer's own term, not ours"
    thanks = write(desk, agent, "ticket.thanks", "")
    assert thanks.strip() not in write(desk, agent, "ticket.rejection", thanks)
    assert write(desk, agent, "ticket.thanks", TYPED) == f"{TYPED}\n\n{thanks}"
    assert write(desk, agent, "ticket.solution/none", TYPED) == TYPED, "what cannot be written leaves the box alone"


@pytest.mark.parametrize("first", ["warranty.activation", "warranty.rejection", "ticket.thanks", ASKING])
@pytest.mark.parametrize("then", ["ticket.solution", "ticket.data_request", "warranty.activation"])
def test_a_letter_in_which_nothing_was_typed_leaves_nothing_to_the_next(
    desk: Desk, agent: Any, first: str, then: str
) -> None:
    agent.post(address(desk, "answer/"), {"body": TYPED})  # without an answer nobody is asked whether they agree
    leave()
    untouched = write(desk, agent, first, "")
    assert "Atentamente" in untouched
    assert write(desk, agent, then, untouched) == write(desk, agent, then, "")


@pytest.mark.parametrize(("template", "place"), [("ticket.solution", "su respuesta"), ("ticket.data_request", "falta")])
def test_what_is_still_to_be_filled_in_is_not_sent(desk: Desk, agent: Any, template: str, place: str) -> None:
    written = write(desk, agent, template, "")
    assert re.search(rf"⟦Escriba aquí .*{place}⟧", written)
    assert "necesita" not in written.replace("necesitamos", "")
    given = {"template": template, "body": written, "kept": "whose=mine"}
    refused = agent.post(address(desk, "answer/"), given, follow=True)
    assert not Outgoing.objects.filter(automatic=False).exists()
    assert box(refused) == written
    assert re.search(r'id="answer-refused" role="alert">Queda algo por rellenar', refused.content.decode())
    assert f'value="{template}" selected' in refused.content.decode()
    filled = re.sub("⟦.*⟧", "Lo que sea.", written)
    agent.post(address(desk, "answer/"), {"template": template, "body": filled})
    sent = Outgoing.objects.get(automatic=False)
    assert (sent.body, sent.template) == (filled, template)


def test_a_letter_that_asks_for_what_is_missing_says_what_it_does_whatever_stands_in_it(desk: Desk, agent: Any) -> None:
    def says(page: Any) -> bool:
        return 'composer-asks">Cuando salga, el expediente espera al cliente' in page.content.decode()

    given = {"template": "ticket.data_request", "body": "La factura"}
    assert says(agent.post(address(desk, "template/"), given, headers=HTMX))
    agent.post(address(desk, "present/"), {**given, "body": "Otra cosa.", "kind": "reply"})
    assert says(agent.get(address(desk)))
    for other in ("", "ticket.solution"):
        assert not says(agent.post(address(desk, "template/"), {"template": other, "body": TYPED}, headers=HTMX))


def test_a_letter_is_written_without_a_program_in_the_page(desk: Desk, agent: Any) -> None:
    page = agent.post(address(desk, "template/"), {"template": "ticket.solution", "body": TYPED}, follow=True)
    assert TYPED in box(page)
    assert "Esta es nuestra respuesta" in box(page)
    assert chosen(page) == chosen(agent.get(address(desk))) == "ticket.solution", "later too"


def test_a_letter_that_is_opened_again_has_its_template(desk: Desk, agent: Any) -> None:
    own = publish_template(
        access=desk.owner,
        use="ticket.solution",
        name="La nuestra",
        language="es",
        subject="Su caso",
        body="Hola:\n\n{{ answer.text }}\n\nHasta pronto.",
    )
    for template, typed in (
        ("ticket.data_request", "La factura"),
        ("ticket.solution", TYPED),
        ("ticket.thanks", ""),
        ("ticket.thanks", TYPED),
        (ASKING, TYPED),
    ):
        body = write(desk, agent, template, typed)
        agent.post(address(desk, "present/"), {"body": f"{body} P. D.", "kind": "reply", "template": template})
        page = agent.get(address(desk))
        assert box(page) == f"{body} P. D."
        assert chosen(page).partition("/")[0] == template
    agent.post(address(desk, "present/"), {"body": TYPED, "kind": "reply"})
    assert chosen(agent.get(address(desk))) == ""
    for template in ("ticket.data_request", f"ticket.solution/{own}"):
        body = write(desk, agent, template, "La factura")
        agent.post(address(desk, "answer/"), {"template": template, "body": body})
        (waiting,) = Outgoing.objects.filter(automatic=False, state="waiting")
        page = agent.post(address(desk, "undo/"), {"outgoing": waiting.id}, follow=True)
        assert chosen(page) == template, "what is taken back too"


def test_what_no_text_can_hold_is_shown_in_its_place(desk: Desk, agent: Any) -> None:
    agent.post(address(desk, "present/"), {"body": "Sí\0 o no", "kind": "reply", "template": "\0"})
    assert box(agent.get(address(desk))) == "Sí\N{REPLACEMENT CHARACTER} o no"
    agent.post(address(desk, "answer/"), {"body": "Sí\0 o no"})
    assert Outgoing.objects.get(automatic=False).body == "Sí\N{REPLACEMENT CHARACTER} o no"
    agent.post(f"/console/{SLUG}/tickets/views/", {"name": "Mí\0as", "query": "q=%00"})
    assert SavedView.objects.get().name == "Mí\N{REPLACEMENT CHARACTER}as"


@pytest.mark.parametrize("switched", [{}, {"certified": "on"}, {"certified": "on", "waits": "on"}, {"waits": "on"}])
def test_what_is_written_on_later_has_its_switches_as_they_stood(
    desk: Desk, agent: Any, switched: dict[str, str]
) -> None:
    """Whatever the organisation's own answers do where nobody switched anything."""
    body = {"body": TYPED, "kind": "reply"}
    for certify in (True, False):
        Settings.objects.filter(organisation_id=desk.owner.organisation).update(certify_replies=certify)
        assert switches(agent.get(address(desk))) == ({"certified"} if certify else set())
        agent.post(address(desk, "present/"), body | switched)
        assert switches(agent.get(address(desk))) == switched.keys()
        agent.post(address(desk, "answer/"), body | switched)
        (waiting,) = Outgoing.objects.filter(automatic=False, state="waiting")
        assert switches(agent.post(address(desk, "undo/"), {"outgoing": waiting.id}, follow=True)) == switched.keys()
        agent.post(address(desk, "present/"), {"body": "", "kind": "reply"})


def test_what_is_taken_back_stands_above_what_was_begun_since(desk: Desk, agent: Any) -> None:
    agent.post(address(desk, "answer/"), {"body": TYPED})
    agent.post(address(desk, "present/"), {"body": "Y otra cosa.", "kind": "reply"})
    (waiting,) = Outgoing.objects.filter(automatic=False, state="waiting")
    assert box(agent.post(address(desk, "undo/"), {"outgoing": waiting.id}, follow=True)) == f"{TYPED}\n\nY otra cosa."


def leave() -> None:
    """Let what waits leave."""
    Outgoing.objects.filter(state="waiting").update(due_at=clock.now())
    send_due()


def ask(desk: Desk, agent: Any, body: str) -> Any:
    """Send a letter that asks for agreement, as the box has it."""
    return agent.post(address(desk, "answer/"), {"template": ASKING, "body": body}, follow=True)


def sent_letter(letter: str) -> Outgoing:
    """What is queued: the letter to the last word, its link that of the question that is asked with it."""
    (asked,) = Outgoing.objects.filter(automatic=False, state="waiting")
    assert asked.request is not None
    assert (asked.act, asked.certified) == ("conformity", True)
    assert asked.body == of_question(letter, asked.request)
    assert agree_path(asked.request) in asked.body
    assert ConformityRequest.objects.get(id=asked.request).withdrawn_at is None
    return asked


def test_agreement_is_asked_for_with_an_answer_alone(desk: Desk, agent: Any) -> None:
    question = write(desk, agent, ASKING, TYPED)
    for refused in (
        agent.post(address(desk, "template/"), {"template": ASKING, "body": ""}, follow=True),
        ask(desk, agent, question.replace(TYPED, "")),
        ask(desk, agent, question.replace(f"{TYPED}\n\n", "")),
    ):
        assert "Todavía no se ha enviado ninguna respuesta a este cliente" in refused.content.decode()
        assert not Outgoing.objects.filter(automatic=False).exists()


def test_the_letter_that_asks_is_read_and_changed_before_it_leaves(desk: Desk, agent: Any) -> None:
    solution = write(desk, agent, "ticket.solution", TYPED)
    shown = agent.post(address(desk, "template/"), {"template": ASKING, "body": solution}, headers=HTMX)
    question = box(shown)
    assert not Outgoing.objects.filter(automatic=False).exists(), "it is only shown"
    assert (question.count(TYPED), question.count("Atentamente")) == (1, 1)
    assert re.search(r"con el asunto «¿Está conforme\? Su caso [\d-]+»", unescape(shown.content.decode()))
    assert "<strong>gratis</strong>" in shown.content.decode(), "as it will read"
    read = agent.post(address(desk, "preview/"), {"body": "Lo **pulimos**. <script>"}).content.decode()
    assert read == "<p>Lo <strong>pulimos</strong>. &lt;script&gt;</p>"
    assert write(desk, agent, "", question) == TYPED, "without the letter, what was typed"
    assert TYPED in write(desk, agent, "ticket.rejection", question)
    changed = question.replace("Creemos que", "Estamos seguros de que") + "\n\nP. D.: gracias."
    ask(desk, agent, changed)
    first = sent_letter(changed)
    page = agent.post(address(desk, "undo/"), {"outgoing": first.id}, follow=True)
    assert box(page) == first.body
    assert f'value="{ASKING}" selected' in page.content.decode()
    ask(desk, agent, box(page))
    assert sent_letter(changed).request != first.request, "the question that was taken back is over"


def test_a_letter_that_asks_without_its_link_is_refused_and_kept(desk: Desk, agent: Any) -> None:
    question = write(desk, agent, ASKING, TYPED)
    without = re.sub(r"\[Decir si estoy conforme\]\(.*\)", "Diga si está conforme.", question)
    refused = ask(desk, agent, without)
    assert "Falta el enlace con el que el cliente dice si está conforme" in refused.content.decode()
    assert box(refused) == without
    assert not Outgoing.objects.filter(automatic=False).exists()


def test_a_letter_that_asks_from_a_template_of_their_own_keeps_what_was_typed_above_it(desk: Desk, agent: Any) -> None:
    publish_template(
        access=desk.owner,
        use=ASKING,
        name="Pregunta breve",
        language="es",
        subject="¿Todo bien?",
        body="[Responder]({{ conformity.link }})",
    )
    question = write(desk, agent, ASKING, TYPED)
    assert re.fullmatch(rf"{re.escape(TYPED)}\n\n\[Responder\]\(<http.*>\)\n", question)
    ask(desk, agent, question)
    assert sent_letter(question).subject == "¿Todo bien?"


def test_a_notice_of_closing_is_read_before_it_is_sent_and_never_before_an_answer(desk: Desk, agent: Any) -> None:
    change_desk(access=desk.owner, default_assignee=None, certify_replies=False, undo_seconds=10, closing_allowed=True)
    closing = address(desk, "guarantee/closing/")
    assert closing not in agent.get(address(desk)).content.decode()
    for do in ("draft", "send"):
        given = {"do": do, "days": "15", "subject": "Cerramos", "body": "Le hemos enviado nuestra respuesta."}
        refused = agent.post(closing, given).content.decode()
        assert "Le hemos enviado nuestra respuesta." in refused
        assert ("Todavía no se ha enviado ninguna respuesta a este cliente" in refused) == (do == "draft")
    agent.post(address(desk, "answer/"), {"body": "Lo limpiamos gratis el lunes."})
    leave()
    assert closing in agent.get(address(desk)).content.decode()
    page = agent.post(closing, {"do": "draft", "days": "15"})
    assert not Outgoing.objects.filter(act="closing_notice").exists(), "it is only shown"
    (question,) = re.findall(r'name="question" value="([^"]+)"', page.content.decode())
    written = page.context["letter"].initial
    assert re.search(r"El \d+ de \w+ de \d{4} le enviamos nuestra respuesta", written["body"])
    given = {**written, "do": "send", "days": "15", "question": question, "written_from": page.context["written_from"]}
    for _twice in range(2):
        agent.post(closing, given)
    leave()
    notice = Interaction.objects.get(act="closing_notice")
    assert agree_path(UUID(question)) in notice.text
    assert Client().get(agree_path(UUID(question))).status_code == 200


def answered(desk: Desk, agent: Any) -> str:
    """Where notice of closing is given, of a case that was answered."""
    change_desk(access=desk.owner, default_assignee=None, certify_replies=False, undo_seconds=10, closing_allowed=True)
    agent.post(address(desk, "answer/"), {"body": TYPED})
    leave()
    return address(desk, "guarantee/closing/")


def test_a_notice_of_closing_that_is_taken_back_is_sent_from_its_own_page(desk: Desk, agent: Any) -> None:
    closing = answered(desk, agent)
    page = agent.post(closing, {"do": "draft", "days": "20"})
    agent.post(closing, {**fields(page), "subject": "Vamos a cerrar", "do": "send"})
    (first,) = Outgoing.objects.filter(act="closing_notice", state="waiting")
    page = agent.post(address(desk, "undo/"), {"outgoing": first.id}, follow=True)
    assert page.redirect_chain[-1][0].startswith(closing)
    assert "El aviso ya no sale" in page.content.decode()
    assert box(agent.get(address(desk))) == "", "nothing that could leave as an answer"
    again = fields(page)
    assert (again["subject"], again["days"]) == ("Vamos a cerrar", 20)
    agent.post(page.redirect_chain[-1][0], {**again, "do": "send"})
    (second,) = Outgoing.objects.filter(act="closing_notice", state="waiting")
    assert second.request not in {None, first.request}, "the question that was taken back is over"
    assert second.body == of_question(first.body, second.request)
    for nothing in (first.request, "x", second.id):
        assert agent.get(closing, {"taken_back": nothing}).status_code == 404


def test_a_notice_of_closing_sent_days_after_it_was_taken_back_says_the_end_of_its_own_term(
    desk: Desk, agent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing = answered(desk, agent)
    page = agent.post(closing, {"do": "draft", "days": "20"})
    given = fields(page)
    agent.post(closing, {**given, "body": f"{given['body']}\nUn saludo.", "do": "send"})
    (first,) = Outgoing.objects.filter(act="closing_notice", state="waiting")
    back = agent.post(address(desk, "undo/"), {"outgoing": first.id}, follow=True).redirect_chain[-1][0]
    soon, now = fields(agent.get(back)), clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(days=5))
    refused = agent.post(back, {**soon, "do": "send"}).content.decode()
    assert "Escríbala de nuevo" in refused, "the page was open for days"
    agent.post(back, {**fields(agent.get(back)), "do": "send"})
    (second,) = Outgoing.objects.filter(act="closing_notice", state="waiting")
    assert second.body.endswith("Un saludo."), "what was changed stays"
    old, new = (
        long_date(row.term_until.astimezone(ZoneInfo("Europe/Madrid")).date(), "es")
        for row in (first, second)
        if row.term_until
    )
    assert (old in first.body, new in first.body) == (True, False)
    assert (old in second.body, new in second.body) == (False, True)


def test_a_notice_whose_term_is_told_in_other_words_is_written_anew_when_it_is_sent_days_later(
    desk: Desk, agent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing = answered(desk, agent)
    given = fields(agent.post(closing, {"do": "draft", "days": "20"}))
    body = re.sub(r"como muy tarde el [^,]+, [^,]+,", "antes de San Juan", given["body"])
    assert body != given["body"]
    agent.post(closing, {**given, "body": body, "do": "send"})
    (first,) = Outgoing.objects.filter(act="closing_notice", state="waiting")
    back = agent.post(address(desk, "undo/"), {"outgoing": first.id}, follow=True).redirect_chain[-1][0]
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(days=5))
    kept = fields(agent.get(back))
    assert "antes de San Juan" in kept["body"]
    assert "Escríbala de nuevo" in agent.post(back, {**kept, "do": "send"}).content.decode()
    assert not Outgoing.objects.filter(act="closing_notice", state="waiting").exists()


def fields(page: Any) -> dict[str, Any]:
    """What the page of a letter would send."""
    (question,) = re.findall(r'name="question" value="([^"]+)"', page.content.decode())
    days = page.context["form"]["days"].value()
    told = {"days": int(days), "question": question, "written_from": page.context["written_from"]}
    return {**page.context["letter"].initial, **told}


def moment(at: datetime) -> str:
    with override("es"), timezone.override(ZoneInfo("Europe/Madrid")):
        return " ".join(day_and_time(at).split())


def agreement(desk: Desk, agent: Any) -> str:
    """What the panel says of agreement."""
    page = agent.get(address(desk)).content.decode()
    (found,) = re.findall(r"<h2>Conformidad</h2>(.*?)(?:<form|</section>)", page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(found)).split())


def test_the_panel_says_when_agreement_was_asked_for_and_what_was_answered(desk: Desk, agent: Any) -> None:
    assert agreement(desk, agent).startswith("Aún no se ha pedido")
    ask(desk, agent, write(desk, agent, ASKING, TYPED))
    assert agreement(desk, agent).startswith("La pregunta aún no ha salido.")
    page = agent.get(address(desk)).content.decode()
    *_receipt, waits = re.findall(r'class="talk-said reply waiting".*?</li>', page, re.DOTALL)
    assert "<strong>gratis</strong>" in waits, "as it will read"
    assert "[Decir si estoy conforme]" not in waits
    leave()
    left = moment(desk.only("conformity.requested").occurred_at)
    assert agreement(desk, agent).startswith(f"Pedida el {left}. Aún sin respuesta.")
    (request,) = ConformityRequest.objects.values_list("id", flat=True)
    by = Actor(kind="recipient", id=str(desk.ticket().id))
    answer_conformity(request=request, agreed=False, by="link", words="No", comments="Sigue igual.", actor=by)
    said = moment(desk.only("conformity.denied").occurred_at)
    assert agreement(desk, agent).startswith(
        f"Pedida el {left}. El cliente no estuvo conforme el {said}. «Sigue igual.»"
    )


def test_no_two_templates_have_the_same_name(desk: Desk, agent: Any) -> None:
    (listed,) = re.findall(r'<select name="template".*?</select>', agent.get(address(desk)).content.decode(), re.DOTALL)
    names = re.findall(r"<option[^>]*>([^<]+)</option>", listed)
    assert len(names) > 9
    assert len(names) == len(set(names))
