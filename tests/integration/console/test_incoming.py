"""What came in, listed: what it is, whose, what is wrong with it, and reading it again."""

import pytest
from django.conf import settings
from django.test import Client

from acuse.accounts.models import User
from acuse.reception.models import Item
from tests.browser.incoming import BROKEN, DSN, come_in, one_of_each
from tests.browser.world import World

BASE = "/console/talleres-ribera/incoming/"
RECIPIENT = "cliente0877@correo.example"


def page(member: Client, query: str = "", language: str = "es") -> str:
    User.objects.update(language=language)
    response = member.get(BASE + query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("language", "said"), [("es", "Todavía no ha entrado nada."), ("en", "Nothing has come in yet.")]
)
def test_an_empty_list_says_where_to_send(member: Client, world: World, language: str, said: str) -> None:
    text = page(member, language=language)
    assert said in text
    assert "inbox+" in text
    assert f"@{settings.ACUSE.verp_domain}" in text


def test_each_message_says_what_it_is_and_whom_it_concerns(member: Client, world: World) -> None:
    communication = world.communications[RECIPIENT]
    one_of_each(world.organisation, communication)
    for language, said in (
        (
            "es",
            (
                "Parte de entrega",
                "Mensaje",
                "No se pudo leer",
                "Aún sin leer",
                "Volver a leer",
                "no se puede leer ninguno",
            ),
        ),
        (
            "en",
            ("Delivery report", "Message", "Could not be read", "Not read yet", "Read again", "none can be read in it"),
        ),
    ):
        text = page(member, language=language)
        for one in said:
            assert one in text, one
    assert f"/communications/{communication}/" in text
    assert "SPF none · DKIM none · DMARC none" in text
    assert "Undelivered &lt;b&gt;" in text
    assert "ana@correo.example" in text


def test_the_original_is_as_it_came_and_nobody_elses(member: Client, world: World) -> None:
    item = come_in(DSN, "inbox", world.organisation)
    answer = member.get(f"{BASE}{item}.eml")
    assert b"".join(answer) if answer.streaming else answer.content == DSN  # type: ignore[attr-defined]
    forged = come_in(DSN, "bounce")
    assert member.get(f"{BASE}{forged}.eml").status_code == 404
    assert "token" not in page(member, "?of=installation", "en").split("<table")[-1]


def test_the_operator_sees_what_is_nobodys(member: Client, world: World) -> None:
    forged = come_in(DSN, "bounce")
    User.objects.update(is_staff=True)
    assert "token that is not one of ours" in page(member, "?of=installation", "en")
    assert "token that is not one of ours" not in page(member, "", "en")
    assert member.get(f"{BASE}{forged}.eml").status_code == 200


def test_what_could_not_be_read_is_read_again_by_who_may(member: Client, world: World) -> None:
    item = come_in(BROKEN, "inbox", world.organisation)
    assert member.get(f"{BASE}{item}/again/").status_code == 405
    answer = member.post(f"{BASE}{item}/again/")
    assert (answer.status_code, answer["Location"]) == (302, BASE)
    assert Item.objects.get(id=item).state == "recorded"
    assert member.post(f"{BASE}{world.organisation}/again/").status_code == 404


def test_pages_and_a_place_that_is_none(member: Client, world: World) -> None:
    for number in range(52):
        come_in(DSN + str(number).encode(), "inbox", world.organisation, read=False)
    text = page(member, language="en")
    assert text.count("<tr data-row") == 50
    older = text.split('rel="next"')[0].rpartition('href="')[2].split('"')[0].replace("&amp;", "&")
    assert page(member, older).count("<tr data-row") == 2
    assert page(member, "?before=ayer~nada").count("<tr data-row") == 50


def test_a_closed_door_is_said(member: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ACUSE", settings.ACUSE.model_copy(update={"smtp_inbound_port": 0}))
    assert "takes no mail from other servers" in page(member, language="en")
