"""What came back, on the page of its communication, in the list, and as the message that came."""

from uuid import UUID

import pytest
from django.test import Client

from acuse.accounts.models import User
from acuse.certificates.models import Certificate
from tests.browser import samples
from tests.browser.world import World

BASE = "/console/talleres-ribera"
RECIPIENT = "cliente0877@correo.example"


@pytest.fixture
def one(world: World) -> UUID:
    """A communication that the recipient's server took."""
    return world.communications[RECIPIENT]


def page(member: Client, path: str, language: str = "es") -> str:
    User.objects.update(language=language)
    response = member.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_everything_that_came_back_is_told_in_plain_words(member: Client, world: World, one: UUID) -> None:
    for type, details in samples.CAME_BACK:
        samples.come_back(world.organisation, one, type, details)
    path = f"{BASE}/communications/{one}/"
    for language, said in (
        (
            "es",
            (
                "No entregada: el buzón está lleno. Se había enviado, y el",
                "que el parte que volvió sea cierto: nadie lo firma",
                "Devuelta. No entregada: el buzón está lleno",
                "Un parte dice que se entregó en el buzón",
                "Un parte dice que pasó a un sistema que no informa de nada",
                "Un parte dice que espera por el camino",
                "Señalada como no deseada",
                "Respuesta automática",
                "Informó el programa de correo del destinatario",
                f"Respuesta de {RECIPIENT}",
                "DKIM pass (correo.example)",
                "Mensaje tal como llegó (.eml)",
                "Devuelta después",
            ),
        ),
        (
            "en",
            (
                "Not delivered: the mailbox is full. It had been sent, and a report came back on",
                "that the report that came back is true: nobody signs it",
                "Came back. Not delivered: the mailbox is full",
                "Message as it came in (.eml)",
            ),
        ),
    ):
        shown = page(member, path, language)
        for words in said:
            assert words in shown, words
        assert "552 5.2.2 &lt;cliente0877@correo.example&gt;: Quota exceeded" in shown
        assert not any(f">{type}<" in shown for type, _ in samples.CAME_BACK)


def test_a_bounce_that_decides_nothing_says_so(member: Client, world: World, one: UUID) -> None:
    samples.come_back(world.organisation, one, "bounce.received", samples.BOUNCE)
    path = f"{BASE}/communications/{one}/"
    assert "No decide el resultado." not in page(member, path)
    samples.come_back(world.organisation, one, "delivery.confirmed", samples.REPORT)
    shown = page(member, path)
    assert "No decide el resultado." in shown
    assert "Entregada en el buzón, según un parte que volvió el" in shown


def test_the_message_that_came_is_saved_byte_for_byte(member: Client, world: World, one: UUID) -> None:
    raw = samples.come_back(world.organisation, one, "bounce.received", samples.BOUNCE)
    shown = page(member, f"{BASE}/communications/{one}/")
    address = next(part.split('"')[0] for part in shown.split('href="') if "/returned/" in part)
    response = member.get(address)
    assert response.content == raw
    assert response["Content-Disposition"].startswith("attachment")
    sequence = int(address.rpartition("/")[2].removesuffix(".eml"))
    assert member.get(f"{BASE}/communications/{one}/returned/{sequence - 1}.eml").status_code == 404
    assert member.get(f"{BASE}/communications/{world.foreign}/returned/{sequence}.eml").status_code == 404


def test_the_list_finds_a_late_failure(member: Client, world: World, one: UUID) -> None:
    for query in ("status=failed", "class=mailbox_full", "grade=0"):
        assert RECIPIENT not in page(member, f"{BASE}/communications/?{query}"), query
    samples.come_back(world.organisation, one, "bounce.received", samples.BOUNCE)
    for query in ("status=failed", "class=mailbox_full", "grade=0"):
        assert RECIPIENT in page(member, f"{BASE}/communications/?{query}"), query
    assert RECIPIENT not in page(member, f"{BASE}/communications/?status=concluded")
    samples.come_back(world.organisation, one, "delivery.confirmed", samples.REPORT)
    assert RECIPIENT in page(member, f"{BASE}/communications/?status=concluded&grade=2")


def test_the_version_to_come_is_announced(member: Client, world: World, one: UUID) -> None:
    first = Certificate.objects.get(subject=one)
    Certificate.objects.filter(id=first.id).update(
        state="issued", facts_up_to=3, level="B-B", issued_at=first.due_at, sha256="ab" * 32, size=1
    )
    path = f"{BASE}/communications/{one}/"
    assert "La versión 2 lo contará" not in page(member, path)
    samples.come_back(world.organisation, one, "bounce.received", samples.BOUNCE)
    shown = page(member, path)
    assert "Volvió un parte de que no pudo entregarse. La versión 2 lo contará y sustituirá a esta" in shown
    assert first.code in shown
    assert "El certificado sigue por sí solo" in shown, "and the timeline does not say that nothing is awaited"
