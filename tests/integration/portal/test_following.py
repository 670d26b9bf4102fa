"""What a customer sees on the page of their case, and takes from there."""

import re
from email.message import EmailMessage
from email.policy import SMTP
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from acuse.doors.portal import case, verify
from acuse.evidence import custody
from acuse.helpdesk.models import Interaction, Outgoing, Ticket
from acuse.helpdesk.queries.writing import follow_path
from acuse.helpdesk.services.acknowledging import acknowledge
from acuse.helpdesk.services.calls import Opening, register_call
from acuse.helpdesk.services.changes import add_note
from tests.integration.helpdesk.making import ADDRESS, ANA, Desk, letter
from tests.integration.helpdesk.test_case import to_ticket
from tests.integration.helpdesk.test_phone import entered, line
from tests.integration.portal.writing import hidden

PICTURE = b"\x89PNG\r\n\x1a\n"
PAGE = b"<script>alert(1)</script>"


def opened(desk: Desk) -> str:
    """The path of the page of a case that came by mail, with a file inside."""
    written = EmailMessage()
    written["From"], written["To"], written["Subject"] = ANA, ADDRESS, "Ruido al frenar"
    written.set_content("Mire la foto.")
    written.add_attachment(PICTURE, maintype="image", subtype="png", filename="freno.png")
    desk.receive(written.as_bytes(policy=SMTP))
    return follow_path(desk.ticket().id)


def links(page: str) -> list[str]:
    """The addresses of the files on the page of a case."""
    return re.findall(r'href="(/f/[^"]+/files/[^"]+)"', Client().get(page).content.decode())


def test_files_of_the_case_are_saved_from_its_page_and_never_shown_in_place(desk: Desk) -> None:
    page, client = opened(desk), Client()
    file = SimpleUploadedFile("presupuesto.html", PAGE, content_type="text/html")
    client.post(page, {**hidden(client.get(page)), "text": "Otro fichero.", "files": [file]})
    answers = [client.get(one) for one in links(page)]
    assert [one.content for one in answers] == [PICTURE, PAGE]
    for answer, name in zip(answers, ("freno.png", "presupuesto.html"), strict=True):
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Security-Policy"].endswith("sandbox")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert client.cookies == {}


def test_a_link_gives_the_files_of_its_own_case_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(desk)
    (path,) = links(page)
    note = add_note(access=desk.agent, ticket=desk.ticket().id, text="Entre nosotros.")
    Interaction.objects.filter(id=note).update(attachments=Interaction.objects.get(kind="message").attachments)
    mine, said = path.split("files/")[0], Interaction.objects.get(kind="message").id
    desk.receive(letter("Otro", message_id="<m2@cliente.example>"))
    theirs = follow_path(Ticket.objects.get(subject="Otro").id)
    client = Client()
    for wrong in (
        f"{mine}files/{said}/0",
        f"{mine}files/{said}/2",
        f"{mine}files/{uuid4()}/1",
        f"{mine}files/{Interaction.objects.get(kind='note').id}/1",
        f"{theirs}files/{said}/1",
        f"/f/{'a' * 42}/files/{said}/1",
    ):
        answer = client.get(wrong)
        assert (answer.status_code, answer.headers.get("Content-Disposition")) == (404, None), wrong
    assert client.post(path).status_code == 405
    with monkeypatch.context() as often:
        often.setattr(case, "FILES_PER_WINDOW", 0)
        assert client.get(path).status_code == 429
    assert client.get(path).status_code == 200


def test_downloads_of_files_leave_the_checking_of_documents_open(desk: Desk) -> None:
    (path,) = links(opened(desk))
    for _many in range(verify.FILES_PER_WINDOW + 1):
        assert Client().get(path).status_code == 200
    checked = {"file": SimpleUploadedFile("freno.png", PICTURE)}
    assert Client().post("/verify/", checked).status_code == 200


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (custody.MissingObject("It was erased."), 410, {"es": "ya no se conserva", "en": "is not kept any more"}),
        (custody.DamagedObject("It is damaged."), 503, {"es": "dentro de un rato", "en": "Try again in a while"}),
    ],
)
def test_a_file_that_custody_cannot_give_is_said_with_whether_to_try_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, language: str, error: Exception, status: int, said: dict[str, str]
) -> None:
    (path,) = links(opened(desk))

    def refuse(**_of: object) -> bytes:
        raise error

    monkeypatch.setattr(custody, "open_object", refuse)
    answer = Client().get(path.replace("l=es", f"l={language}"))
    assert answer.status_code == status
    assert said[language] in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "call", "message"), [("es", "su llamada", "mensaje"), ("en", "your call", "message")]
)
def test_a_case_that_a_call_opened_speaks_of_a_call(desk: Desk, language: str, call: str, message: str) -> None:
    opening = Opening(name="Eva", address=ANA, type="inquiry", subject="Cita", language=language)
    register_call(access=desk.agent, call=entered(line(desk), outcome="Quiere una cita."), opening=opening)
    acknowledge(ticket=desk.ticket().id)
    receipt = Outgoing.objects.get(act="receipt")
    assert call in receipt.subject
    assert call in receipt.body
    assert message not in receipt.subject + receipt.body
    page = Client().get(follow_path(desk.ticket().id)).content.decode().lower()
    assert page.count(call) == 2
    assert {"es": "lo que escribió", "en": "you wrote"}[language] not in page


@pytest.mark.parametrize(
    ("language", "you", "other"),
    [
        ("es", "<b>Usted</b>", "<b>Alguien, desde otra dirección de correo</b>"),
        ("en", "<b>You</b>", "<b>Somebody, from another e-mail address</b>"),
    ],
)
def test_words_from_another_address_are_not_taken_for_the_customers(
    desk: Desk, language: str, you: str, other: str
) -> None:
    path = opened(desk)
    stranger = letter(body="Soy yo.", sender="Ana Prieto <intruso@otro.example>", message_id="<m2@otro.example>")
    desk.receive(stranger, to_ticket(desk.ticket().id), mail_from="intruso@otro.example")
    page = Client().get(f"{path}?l={language}").content.decode()
    assert "Soy yo." in page
    assert (page.count(you), page.count(other)) == (1, 1)
    assert "intruso@" not in page, "whose address it is, is not the customer's to know"
