"""Templates and snippets in the console: what is standard and what is one's own, errors with their lines, who may."""

import html
import re

import pytest
from django.test import Client

from acuse.accounts import services as accounts
from acuse.accounts.models import User
from acuse.composition.models import Snippet, Template, TemplateVersion
from acuse.composition.uses import USES
from tests.browser.world import World

BASE = "/console/talleres-ribera/"
GIVEN = {
    "use": "ticket.solution",
    "language": "es",
    "name": "Solución breve",
    "subject": "Caso {{ ticket.number }}",
    "body": "Hola, {{ contact.name }}:\r\n\r\n{{ answer.text }}",
}


def text(member: Client, path: str) -> str:
    """A page's text as people read it."""
    answer = member.get(BASE + path)
    assert answer.status_code == 200, path
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def published(member: Client, **changes: str) -> Template:
    answer = member.post(f"{BASE}templates/new/", {**GIVEN, **changes})
    assert answer.status_code == 302, answer.content.decode()
    return Template.objects.latest("created_at")


@pytest.fixture
def as_role(world: World) -> object:
    """A client of a member with a role."""

    def joined(role: str) -> Client:
        email = f"{role}@ribera.example"
        accounts.create_user(email=email, password=None)
        accounts.add_member(organisation=world.organisation, email=email, role=role)
        client = Client()
        client.force_login(User.objects.get(email=email))
        return client

    return joined


def test_every_use_is_listed_with_its_standard_text(member: Client) -> None:
    page = member.get(f"{BASE}templates/").content.decode()
    for use in USES:
        assert page.count(f'id="{use}"') == 1
        for language in ("es", "en"):
            assert f"?use={use}&amp;language={language}" in page
            shown = text(member, f"templates/standard/?use={use}&language={language}")
            assert re.search(r"\b148\b", shown)
            assert "{{ ticket.link }}" in shown
    assert member.get(f"{BASE}templates/standard/?use=nothing").status_code == 404


def test_the_list_says_for_each_language_what_is_in_use(member: Client) -> None:
    published(member)
    published(member, name="Solución larga", language="en", body="{{ answer.text }}")
    row = text(member, "templates/").partition("Solución La respuesta")[2].partition("Rechazo motivado")[0]
    assert "Solución breve Español 1 en uso en español" in row
    assert "Solución larga English 1 en uso en inglés" in row
    assert row.count("en uso") == 2


def test_a_slip_is_told_with_its_line_and_nothing_is_published(member: Client) -> None:
    answer = member.post(f"{BASE}templates/new/", {**GIVEN, "body": "Hola:\n{{ contact.nombre }}\n\n{{ nada }}"})
    shown = html.unescape(answer.content.decode())
    assert answer.status_code == 200
    assert "Línea 2: aquí no hay ninguna variable contact.nombre." in shown
    assert "Línea 4: aquí no hay ninguna variable nada." in shown
    assert "{{ contact.nombre }}" in shown, "what was written is kept"
    assert not Template.objects.exists()


def test_the_preview_shows_both_parts_and_runs_nothing(member: Client) -> None:
    body = "**{{ contact.name }}** <script>alert(1)</script> [b](https://b.example) [a](javascript:alert(1))"
    answer = member.post(f"{BASE}templates/preview/", {**GIVEN, "body": body})
    page = answer.content.decode()
    sheet = page.partition('as-html">')[2].partition("</div>")[0]
    assert "<strong>Lucía Ferrer Ortiz</strong>" in sheet
    assert "<script" not in page
    assert "href" not in sheet
    assert "&lt;https://b.example&gt; [a](javascript:alert(1))" in " ".join(page.partition("as-text")[2].split())
    wrong = member.post(f"{BASE}templates/preview/", {**GIVEN, "body": "{{ nada }}"})
    assert wrong.headers["HX-Retarget"] == "#preview-problems"
    assert "Línea 1" in wrong.content.decode()
    asked = member.post(f"{BASE}templates/new/", {**GIVEN, "act": "preview"})
    assert asked.status_code == 200
    assert not Template.objects.exists()


def test_versions_differ_and_are_restored_as_new_ones(member: Client) -> None:
    one = published(member)
    member.post(f"{BASE}templates/{one.id}/", {**GIVEN, "body": "{{ answer.text }}\n\nUn saludo"})
    page = member.get(f"{BASE}templates/{one.id}/versions/1/?language=es").content.decode()
    assert re.search(r"<ins>.*?Un saludo</ins>", page)
    assert re.search(r"<del>.*?Hola, {{ contact.name }}:</del>", page)
    assert member.post(f"{BASE}templates/{one.id}/versions/1/?language=es").status_code == 302
    bodies = list(TemplateVersion.objects.order_by("number").values_list("number", "body"))
    assert [number for number, _ in bodies] == [1, 2, 3]
    assert bodies[2][1] == bodies[0][1]
    for path in (f"{one.id}/versions/9/", f"{one.id}/versions/1/?language=en"):
        assert member.get(f"{BASE}templates/{path}").status_code == 404


def test_what_is_archived_is_read_only(member: Client) -> None:
    one = published(member)
    assert member.post(f"{BASE}templates/{one.id}/archive/").status_code == 302
    page = member.get(f"{BASE}templates/{one.id}/").content.decode()
    assert "<textarea" not in page
    assert "Está archivada" in page
    member.post(f"{BASE}templates/{one.id}/", GIVEN)
    assert member.post(f"{BASE}templates/{one.id}/versions/1/?language=es").status_code == 404
    assert TemplateVersion.objects.count() == 1
    assert "Solución breve" in text(member, "templates/").partition("Archivadas")[2]


def test_agents_read_templates_and_write_snippets_and_auditors_read(member: Client, as_role: object) -> None:
    one = published(member)
    assert callable(as_role)
    for role in ("agent", "auditor"):
        client = as_role(role)
        assert "Escribir uno propio" not in text(client, "templates/")
        page = client.get(f"{BASE}templates/{one.id}/").content.decode()
        assert "<textarea" not in page
        for path in ("templates/new/?use=ticket.free", f"templates/{one.id}/", f"templates/{one.id}/archive/"):
            assert client.post(BASE + path, GIVEN).status_code == 403, path
        assert client.post(f"{BASE}templates/{one.id}/versions/1/?language=es").status_code == 403
        given = {"name": "Horario", "shortcut": f"horario-{role}", "language": "es", "body": "De 9 a 14."}
        assert client.post(f"{BASE}snippets/", given).status_code == {"agent": 302, "auditor": 403}[role]
    assert TemplateVersion.objects.count() == 1
    assert list(Snippet.objects.values_list("shortcut", flat=True)) == ["horario-agent"]


def test_a_snippet_is_changed_in_its_place_and_removed(member: Client) -> None:
    given = {"name": "Horario", "shortcut": "horario", "language": "es", "body": "De 9 a 14."}
    member.post(f"{BASE}snippets/", given)
    one = Snippet.objects.get()
    refused = member.post(f"{BASE}snippets/", given).content.decode()
    assert "Otro fragmento tiene ese atajo" in refused
    page = member.get(f"{BASE}snippets/{one.id}/").content.decode()
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert member.post(f"{BASE}snippets/{one.id}/", {**given, "body": "De 9 a 15."}).status_code == 302
    assert Snippet.objects.get().body == "De 9 a 15."
    assert "De 9 a 15." in text(member, "snippets/?language=es")
    assert "De 9 a 15." not in text(member, "snippets/?language=en")
    assert member.post(f"{BASE}snippets/{one.id}/remove/").status_code == 302
    assert not Snippet.objects.exists()
