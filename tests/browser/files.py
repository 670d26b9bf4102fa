"""A case with files of every kind that is looked at, and of some that are not, as a customer sends them."""

import io
import zipfile
from dataclasses import replace
from email.message import EmailMessage
from uuid import UUID

from PIL import Image, ImageDraw

from acuse.accounts.queries import Access
from acuse.evidence import custody
from acuse.evidence.ledger import refer
from acuse.helpdesk.models import Interaction
from acuse.helpdesk.services.opening import add_message
from acuse.mail.read import read
from tests.browser.desk import written

HTML = b"<!doctype html><script>document.title = 'taken over'</script><img src=https://elsewhere.example/x.png>"


def photo(size: tuple[int, int] = (1600, 1200)) -> Image.Image:
    """A picture of something."""
    image = Image.new("RGB", size, "#c9d6d8")
    pen = ImageDraw.Draw(image)
    for step in range(0, size[0], 80):
        pen.line((step, 0, size[0] - step, size[1]), fill="#0b5563", width=6)
    return image


def _saved(image: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def photo_bytes() -> bytes:
    """A small one as a telephone sends it."""
    return _saved(photo((64, 48)), "JPEG")


def invoice(pages: int = 3) -> bytes:
    """A PDF of some pages."""
    out = io.BytesIO()
    first, *others = [photo((600, 840)) for _ in range(pages)]
    first.save(out, "PDF", save_all=True, append_images=others)
    return out.getvalue()


def everything() -> dict[str, bytes]:
    """Files by name."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Taller <taller@correo.example>", "Presupuesto"
    mail.set_content("<p>Le adjunto el <b>presupuesto</b>.</p><script>alert(1)</script>", subtype="html")
    return {
        "pinza delantera.jpg": _saved(photo(), "JPEG"),
        "ruido.png": _saved(photo((400, 2400)), "PNG"),
        "animado.gif": _saved(photo((320, 200)), "GIF"),
        "revisión.webp": _saved(photo((800, 600)), "WEBP"),
        "Factura F-2310.pdf": invoice(),
        "cargos.csv": "fecha;concepto;importe\n2026-11-12;Revisión, orden 2188;64,20 €\n".encode(),
        "notas.txt": "El ruido se oye en frío, al frenar despacio.\nNo se oye en autovía.\n".encode() * 30,
        "presupuesto.eml": mail.as_bytes(),
        "foto trampa.png": HTML,
        f"informe {'muy ' * 20}largo definitivo (3).docx": packed.getvalue(),
        "rota.pdf": b"%PDF-1.7\nnothing",
        "vacío.txt": b"",
    }


def send_files(access: Access, ticket: UUID, files: dict[str, bytes]) -> UUID:
    """Let the customer of a case send files by e-mail; the identifier of what was said."""
    mail = EmailMessage()
    mail["From"] = "Cliente 0877 <cliente0877@correo.example>"
    mail.set_content("Le mando lo que me pidió.")
    for name, content in files.items():
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    kept = custody.keep(organisation=access.organisation, content=mail.as_bytes(), media_type="message/rfc822")
    inside = read(mail.as_bytes()).files
    said = written(
        "cliente0877@correo.example",
        "Cliente 0877",
        "Re: Ruido al frenar",
        "Le mando lo que me pidió.",
        hours=0.1,
        files=tuple(
            {"number": number, "name": one.name, "media_type": one.media_type, "size": one.size}
            for number, one in enumerate(inside, start=1)
        ),
    )
    add_message(ticket=ticket, written=replace(said, message=refer("message", kept)), matched_by="token")
    return Interaction.objects.filter(ticket=ticket, sha256=kept.sha256).values_list("id", flat=True).get()
