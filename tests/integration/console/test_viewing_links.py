"""Files that quote the link of a recipient or a customer are handed only to who may have it; damaged ones to nobody."""

import base64
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from acuse.accounts.models import Membership
from acuse.mail.tokens import encode_token
from tests.browser.desk import desk
from tests.browser.files import send_files
from tests.browser.world import World

PURPOSES = {"a": "access", "c": "agree", "f": "follow"}


def test_a_damaged_picture_is_not_drawn(member: Client, world: World) -> None:
    made = desk(world, email="m.ribera@ribera.example")
    said = send_files(made.access, made.noise, {"foto.jpg": b"\xff\xd8\xff\0" + bytes(100)})
    assert member.get(f"/console/talleres-ribera/tickets/{made.noise}/said/{said}/files/1/raw/").status_code == 404


def quoting(path: str) -> tuple[str, dict[str, bytes]]:
    """The secret of a link, and files that quote it each in its way."""
    token = encode_token(key=settings.ACUSE_KEYS.address, purpose=PURPOSES[path], identifier=uuid4())
    text = f"Vea https://acuse.example/{path}/{token}/ por favor\r\n"
    mail = b"Subject: x\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(text.encode())
    return token, {
        "aviso.txt": text.encode(),
        "aviso.csv": f"a;b\r\n1;{text}".encode(),
        "ancho.txt": text.encode("utf-16"),
        "aviso.eml": mail,
        "cero.eml": mail + b"\0",
    }


@pytest.mark.parametrize(
    ("path", "role", "handed"), [("a", "owner", False), ("f", "auditor", False), ("c", "owner", True)]
)
def test_a_file_that_quotes_a_personal_link_is_neither_shown_nor_saved(
    member: Client, world: World, path: str, role: str, handed: bool
) -> None:
    made = desk(world, email="m.ribera@ribera.example")
    token, files = quoting(path)
    said = send_files(made.access, made.noise, files)
    Membership.objects.filter(user__email="m.ribera@ribera.example").update(role=role)
    case = f"/console/talleres-ribera/tickets/{made.noise}/"
    for number, content in enumerate(files.values(), start=1):
        file = f"{case}said/{said}/files/{number}/"
        saved = member.get(file)
        if handed:
            assert saved.content == content
            continue
        assert (saved.status_code, saved["Location"]) == (302, case)
        assert member.get(f"{file}raw/").status_code == 404
        shown = member.get(f"{file}view/").content.decode()
        assert token not in shown
        assert "enlace personal del destinatario" in shown
    assert (member.get(f"{case}said/{said}/").status_code == 200) is handed
