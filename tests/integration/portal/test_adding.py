"""What a customer adds on the page of their case."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from acuse import clock
from acuse.doors.portal import case
from acuse.errors import TemporaryError
from acuse.evidence import custody
from acuse.helpdesk import form_guard
from acuse.helpdesk.models import Interaction, Ticket
from acuse.helpdesk.queries.writing import follow_path
from acuse.helpdesk.services.calls import Opening, register_call
from tests.integration.helpdesk.making import ANA, Desk, letter
from tests.integration.helpdesk.test_phone import entered, line
from tests.integration.portal.writing import hidden


@pytest.fixture
def page(desk: Desk) -> str:
    """The path of a case's page."""
    desk.receive(letter())
    return follow_path(desk.ticket().id)


def test_what_is_added_belongs_to_the_case_and_opens_it_again(desk: Desk, page: str) -> None:
    Ticket.objects.update(status="resolved")
    client = Client()
    sent = {**hidden(client.get(page)), "text": "Sigue igual.\r\nAdjunto vídeo."}
    answers = [
        client.post(page, {**sent, "files": [SimpleUploadedFile("frenos.mp4", b"\0\1", content_type="video/mp4")]})
        for _press in range(2)
    ]
    assert [one.status_code for one in answers] == [303, 303]
    fact = desk.only("message.received")
    assert [fact.details[name] for name in ("matched_by", "channel", "author")] == ["form", "form", ANA]
    assert [one.role for one in fact.objects] == ["message", "attachment"]
    added = Interaction.objects.get(ticket=desk.ticket(), channel="form")
    assert (added.text, added.attachments[0]["name"]) == ("Sigue igual.\nAdjunto vídeo.", "frenos.mp4")
    assert desk.ticket().status == "reopened"
    assert "Adjunto vídeo." in client.get(page).content.decode()
    assert client.cookies == {}


def test_what_is_corrected_after_it_was_sent_is_added_too(desk: Desk, page: str) -> None:
    client = Client()
    sent = {**hidden(client.get(page)), "text": "Sigue igual."}
    for given in (sent, sent | {"text": "Ya no suena."}):
        assert client.post(page, given).status_code == 303
    added = Interaction.objects.filter(ticket=desk.ticket(), channel="form").order_by("sequence")
    assert [one.text for one in added] == ["Sigue igual.", "Ya no suena."]


def test_what_cannot_be_added_is_said_and_the_words_stay(desk: Desk, page: str) -> None:
    client = Client()
    form = hidden(client.get(page))
    big = SimpleUploadedFile("vídeo.mp4", b"\0" * (form_guard.MOST_OCTETS + 1))
    for given in (
        {**form, "text": "Mis palabras", "files": [big]},
        {**form, "form": "made-up", "text": "Mis palabras"},
        {**form, "text": "  "},
    ):
        answer = client.post(page, given)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.content.decode()
        assert str(given["text"]) in answer.content.decode()
        assert ("Elija otra vez: <bdi>vídeo.mp4</bdi>" in answer.content.decode()) is ("files" in given)
    assert client.post(page, {**form, "text": "x"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    desk.receive(letter("Otro", message_id="<m2@cliente.example>"))
    theirs = follow_path(Ticket.objects.get(subject="Otro").id)
    assert client.post(theirs, {**form, "text": "De otro caso"}).status_code == 400
    assert Interaction.objects.filter(channel="form").count() == 0


def test_what_lay_open_for_too_long_is_looked_at_again(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    form = hidden(Client().get(page))
    later = clock.now() + form_guard.MOST_AGE + timedelta(seconds=1)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: later)
        answer = Client().post(page, {**form, "text": "Sigue igual."})
    assert (answer.status_code, "Sigue igual." in answer.content.decode()) == (400, True)
    assert not Interaction.objects.filter(channel="form").exists()


def test_few_messages_are_added_within_an_hour_and_the_words_stay(page: str) -> None:
    client = Client()
    assert [client.post(page, {**hidden(client.get(page)), "text": " "}).status_code for _ in range(3)] == [400] * 3
    answers = [
        client.post(page, {**hidden(client.get(page)), "text": f"Número {number}"})
        for number in range(form_guard.MOST_OF_CASE + 1)
    ]
    assert [one.status_code for one in answers] == [303] * form_guard.MOST_OF_CASE + [429]
    assert f">Número {form_guard.MOST_OF_CASE}</textarea>" in answers[-1].content.decode()


@pytest.mark.parametrize("failure", ["custody", "looks"])
def test_words_that_cannot_be_taken_now_stay_on_the_page(
    page: str, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    client = Client()
    sent = {**hidden(client.get(page)), "text": "Mis palabras"}
    with monkeypatch.context() as broken:
        if failure == "custody":
            broken.setattr(custody, "keep", full)
        else:
            broken.setattr(case, "LOOKS_PER_WINDOW", 0)
        answer = client.post(page, sent)
    assert answer.status_code == (503 if failure == "custody" else 429)
    assert ">Mis palabras</textarea>" in answer.content.decode()
    assert client.post(page, {**sent, **hidden(answer)}).status_code == 303


def full(**_given: object) -> None:
    raise TemporaryError("The disk is full.")


def test_what_members_note_of_calls_is_shown_where_it_opened_the_case_alone(desk: Desk, page: str) -> None:
    where = line(desk)
    register_call(access=desk.agent, call=entered(where, outcome="Miente, creo."), ticket=desk.ticket().id)
    assert "Miente" not in Client().get(page).content.decode()
    opening = Opening(name="Eva", address="", type="inquiry", subject="Cita")
    register_call(access=desk.agent, call=entered(where, outcome="Quiere una cita."), opening=opening)
    theirs = follow_path(Ticket.objects.get(subject="Cita").id)
    assert "Quiere una cita." in Client().get(theirs).content.decode()
