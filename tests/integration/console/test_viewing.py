"""Files are shown by what their bytes are; whatever they say of themselves, nothing in them can act."""

import logging
from contextlib import closing
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from acuse.doors.console import viewing
from acuse.evidence import custody
from acuse.mail import kinds
from acuse.pdf.drawer import Drawer
from tests.browser.desk import desk
from tests.browser.files import HTML, everything, send_files
from tests.browser.world import World

PAGE = '<header class="viewer-head">'


@pytest.fixture
def case(world: World) -> tuple[UUID, UUID]:
    made = desk(world, email="m.ribera@ribera.example")
    return made.noise, send_files(made.access, made.noise, everything())


def address(case: tuple[UUID, UUID], name: str, act: str) -> str:
    number = list(everything()).index(name) + 1
    return f"/console/talleres-ribera/tickets/{case[0]}/said/{case[1]}/files/{number}/{act}"


def test_what_is_drawn_is_a_picture_by_its_bytes_or_a_cleaned_mail(member: Client, case: tuple[UUID, UUID]) -> None:
    for name, media_type in (
        ("pinza delantera.jpg", "image/jpeg"),
        ("ruido.png", "image/png"),
        ("animado.gif", "image/gif"),
        ("revisión.webp", "image/webp"),
    ):
        answer = member.get(address(case, name, "raw/"))
        assert answer.content == everything()[name]
        assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == (media_type, "nosniff")
        assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
        assert "no-store" in answer["Cache-Control"]
    mail = member.get(address(case, "presupuesto.eml", "raw/"))
    assert "<b>presupuesto</b>" in mail.content.decode()
    assert "alert" not in mail.content.decode()
    assert "sandbox" in mail["Content-Security-Policy"]
    for name in ("Factura F-2310.pdf", "foto trampa.png", "cargos.csv", "rota.pdf", "vacío.txt"):
        assert member.get(address(case, name, "raw/")).status_code == 404


def test_the_viewer_is_a_part_for_the_script_and_a_page_without_it(member: Client, case: tuple[UUID, UUID]) -> None:
    path = address(case, "foto trampa.png", "view/")
    part = member.get(path, headers={"HX-Request": "true"}).content.decode()
    whole = member.get(path).content.decode()
    for shown in (part, whole):
        assert PAGE in shown
        assert "&lt;script&gt;document.title" in shown
        assert HTML.decode() not in shown
    assert part.startswith("<header")
    assert whole.startswith("<!doctype html>")
    assert '<span class="count">12</span>' not in whole, (
        "how many files there are is not said of every page of the console"
    )
    for wrong in ("0", "-1", "4", "99999999999", "²", "x"):
        assert member.get(address(case, "Factura F-2310.pdf", "view/"), {"page": wrong}).status_code == 200
    assert member.get(path.replace("/files/9/", "/files/99/")).status_code == 404


def test_what_cannot_be_shown_says_so_and_is_offered(
    member: Client,
    world: World,
    case: tuple[UUID, UUID],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)

    def seen(name: str) -> str:
        said = member.get(address(case, name, "view/")).content.decode()
        assert f'href="{address(case, name, "")}"' in said
        return said

    assert "está dañado, protegido con contraseña" in seen("rota.pdf")
    assert "El fichero está vacío." in seen("vacío.txt")
    monkeypatch.setattr(kinds, "MOST_PIXELS", 400 * 2400 - 1)
    assert "demasiados píxeles" in seen("ruido.png")
    assert member.get(address(case, "ruido.png", "raw/")).status_code == 404
    monkeypatch.setattr(viewing, "MOST_OCTETS", 1000)
    assert "demasiado grande para mostrarlo" in seen("ruido.png")
    monkeypatch.undo()

    def lost(*, organisation: UUID, sha256: str) -> bytes:
        raise custody.MissingObject("Custody has no object %(key)s.", key=sha256)

    monkeypatch.setattr(custody, "open_object", lost)
    assert "No se puede leer" in seen("notas.txt")
    sent = "/console/talleres-ribera/communications/{}/attachments/1/".format(
        world.communications["cliente1042@correo.example"]
    )
    for path in (
        address(case, "notas.txt", ""),
        address(case, "ruido.png", "raw/"),
        sent,
        sent + "view/",
        sent + "raw/",
    ):
        answer = member.get(path)
        assert answer.status_code == 503
        assert "La custodia no tiene el objeto" in answer.content.decode()


def test_a_page_that_takes_too_much_or_that_others_go_before_says_so(
    member: Client, case: tuple[UUID, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = address(case, "Factura F-2310.pdf", "view/")
    with closing(Drawer(timeout=timedelta(0))) as drawer:
        monkeypatch.setattr(viewing, "_DRAWER", drawer)
        for _ in range(2):
            assert "requiere demasiado tiempo o demasiada memoria" in member.get(path).content.decode()
    with closing(Drawer(waiting=-1)) as drawer:
        monkeypatch.setattr(viewing, "_DRAWER", drawer)
        assert "Vuelva a intentarlo dentro de un momento" in member.get(path).content.decode()
