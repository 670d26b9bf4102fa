"""What is done from the inbox, and what a case shows of the mail that it came from."""

import re
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from uuid import UUID

from django.test import Client

from acuse import clock
from acuse.accounts.models import User
from acuse.accounts.queries import active_members
from acuse.helpdesk.models import Interaction, Ticket
from acuse.helpdesk.services.mailboxes import add_mailbox
from tests.browser.files import photo_bytes
from tests.integration.helpdesk.making import ADDRESS, ANA, SLUG, Desk, letter

BASE = f"/console/{SLUG}/tickets/"


def member(role: str) -> Client:
    client = Client(headers={"accept-language": "es"})
    client.force_login(User.objects.get(email=f"{role}@ribera.example"))
    return client


def test_one_thing_is_done_to_all_cases_that_are_ticked(desk: Desk) -> None:
    for number in range(3):
        desk.receive(letter(f"Caso {number}", message_id=f"<b{number}@cliente.example>"))
    first, second, third = Ticket.objects.order_by("number")
    agent = member("agent")

    def do(act: str, *chosen: UUID) -> str:
        return agent.post(f"{BASE}bulk/", {"act": act, "ticket": chosen}, follow=True).content.decode()

    assert "Hecho en 2 expedientes" in do("priority/high", first.id, second.id)
    assert do(f"assign/{desk.agent.member}", first.id, third.id).count("Hecho en 2 expedientes") == 1
    assert "Hecho en 1 expediente." in do("type/claim", third.id)
    assert "Hecho en 1 expediente. 2 expedientes ya estaban así." in do("priority/high", first.id, second.id, third.id)
    assert do("priority/medium", third.id)
    assert "1 expediente ya estaba así." in do("type/claim", third.id)
    told = [(one.priority, one.type, one.assignee_id == desk.agent.member) for one in Ticket.objects.order_by("number")]
    assert told == [("high", "inquiry", True), ("high", "inquiry", False), ("medium", "claim", True)]
    do("assign/", first.id)
    first.refresh_from_db()
    assert first.assignee_id is None
    assert "Marque antes los expedientes" in do("priority/high")
    for wrong in ("", "assign/x", "priority/urgent", "close/now"):
        assert "Hecho en" not in do(wrong, second.id)
    refused = member("auditor").post(f"{BASE}bulk/", {"act": "type/claim", "ticket": [first.id]}, follow=True)
    assert "Hecho en" not in refused.content.decode()
    first.refresh_from_db()
    assert first.type == "inquiry"


def test_a_picture_inside_the_text_of_a_mail_is_among_its_files(desk: Desk) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = ANA, ADDRESS, "Arañazo", "<foto@cliente.example>"
    mail.set_content('<p>Mire: <img src="cid:foto"></p>', subtype="html")
    mail.add_related(photo_bytes(), "image", "jpeg", cid="<foto>", filename="arañazo.jpg", disposition="inline")
    mail.make_mixed()
    mail.add_attachment("a;b\n1;2\n", subtype="csv", filename="cuenta.csv")
    desk.receive(mail.as_bytes())
    said = Interaction.objects.get(kind="message")
    assert [one["name"] for one in said.attachments] == ["cuenta.csv", "arañazo.jpg"]
    place = f"{BASE}{said.ticket_id}/said/{said.id}/files/"
    auditor = member("auditor")
    assert auditor.get(f"{place}2/raw/").content == photo_bytes()
    assert "<td>1</td><td>2</td>" in auditor.get(f"{place}1/view/").content.decode()


def test_whom_a_note_mentions_finds_the_case_until_they_open_it(desk: Desk) -> None:
    for subject in ("Ruido", "Factura"):
        desk.receive(letter(subject, message_id=f"<{subject}@cliente.example>"))
    noise = Ticket.objects.get(subject="Ruido")
    owner, agent = member("owner"), member("agent")
    name = active_members(desk.owner)[desk.owner.member]
    assert "Menciones" not in owner.get(BASE).content.decode()
    agent.post(f"{BASE}{noise.id}/note/", {"body": f"@{name} ¿lo miras? Lo llevo yo, {name}."})
    change_status(noise)
    assert "Menciones <span>1</span>" in owner.get(BASE).content.decode()
    assert "Menciones" not in agent.get(BASE).content.decode()
    found = owner.get(f"{BASE}?whose=mentions").content.decode()
    assert "Ruido" in found
    assert "Factura" not in found
    assert owner.get(f"{BASE}{noise.id}/", headers={"HX-Target": "case"}).status_code == 200
    assert "Ninguna nota le espera" in owner.get(f"{BASE}?whose=mentions").content.decode()
    assert "Menciones" not in owner.get(BASE).content.decode()


def test_whoever_names_nobody_in_a_note_is_told_so(desk: Desk) -> None:
    desk.receive(letter())
    agent, case = member("agent"), f"{BASE}{desk.ticket().id}/"
    name = active_members(desk.owner)[desk.owner.member]
    told = agent.post(f"{case}note/", {"body": f"@{name} y @Nadie, ¿lo veis?"}, follow=True).content.decode()
    assert "La nota nombra a @Nadie, pero ningún miembro se llama así" in told
    assert f"@{name} y @Nadie, ¿lo veis?" in unescape(told), "the note keeps what was written"
    assert f"@{name}," not in told
    assert "nombra a" not in agent.post(f"{case}note/", {"body": f"@{name}"}, follow=True).content.decode()


def change_status(ticket: Ticket) -> None:
    """Let a case be over: who is mentioned there finds it all the same."""
    Ticket.objects.filter(id=ticket.id).update(status="resolved", closed_at=ticket.opened_at)


def test_beside_the_list_stands_what_is_late_and_what_soon_will_be(desk: Desk) -> None:
    for number in range(4):
        desk.receive(letter(f"Caso {number}", message_id=f"<b{number}@cliente.example>"))
    rows, agent = list(Ticket.objects.order_by("number")), member("agent")
    Ticket.objects.update(due_at=None)
    page = agent.get(BASE).content.decode()
    assert "late=1" not in page
    assert "soon=1" not in page
    for row, hours in zip(rows[:3], (-1, -2, 2), strict=True):
        Ticket.objects.filter(id=row.id).update(due_at=clock.now() + timedelta(hours=hours), due_purpose="resolution")
    beside = agent.get(BASE).content.decode().partition('class="desk-none"')[2]
    assert re.search(r'href="[^"]+\?late=1">2 expedientes con un plazo incumplido</a>', beside)
    assert re.search(r'href="[^"]+\?soon=1">1 expediente con un plazo que vence en 24 horas</a>', beside)
    for query, count in {"late=1": 2, "soon=1": 1}.items():
        assert agent.get(f"{BASE}?{query}").content.decode().count('class="desk-subject clip"') == count


def test_the_list_is_narrowed_by_channel_mailbox_and_tag(desk: Desk) -> None:
    desk.receive(letter("Ruido"))
    agent, noise = member("agent"), desk.ticket()
    agent.post(f"{BASE}{noise.id}/describe/", {"tags": "taller, frenos", "address": noise.address})
    page = agent.get(BASE).content.decode()
    assert 'name="channel"' in page
    assert 'name="tag"' in page
    asked = {"channel=email": 1, "channel=phone": 0, "tag=frenos": 1, "tag=pintura": 0, f"mailbox={desk.mailbox}": 1}
    other = add_mailbox(access=desk.owner, name="Taller", address="taller@ribera.example")
    for query, count in (asked | {f"mailbox={other}": 0}).items():
        found = agent.get(f"{BASE}?{query}").content.decode()
        assert found.count('class="desk-subject clip"') == count, query
    assert 'value="frenos"' in agent.get(f"{BASE}?tag=frenos").content.decode()


def test_who_may_only_read_hears_that_something_happened(desk: Desk) -> None:
    desk.receive(letter("Ruido"))
    noise, auditor = desk.ticket(), member("auditor")
    revision = noise.revision
    assert f"{noise.id}/present/" in auditor.get(f"{BASE}{noise.id}/").content.decode()
    said = auditor.post(f"{BASE}{noise.id}/present/", {"revision": revision}).content.decode()
    assert "Ha pasado algo" not in said
    member("agent").post(f"{BASE}{noise.id}/note/", {"body": "El taller lo confirma."})
    said = auditor.post(f"{BASE}{noise.id}/present/", {"revision": revision}).content.decode()
    assert "Ha pasado algo" in said
    assert f'href="{BASE}{noise.id}/"' in said
