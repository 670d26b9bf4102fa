"""Write `examples/`: sample messages, byte for byte as mail programs make them, and the table of envelopes.

Usage:
    python scripts/make_examples.py            write what differs
    python scripts/make_examples.py --check    exit 1 if a committed file is not what this script makes

The S/MIME message is made only where it is missing: its key exists for one signature.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from email import policy
from email.parser import HeaderParser
from pathlib import Path

from examples import desktop, services, signed

FOLDER = Path(__file__).resolve().parent.parent / "examples"
SIGNED, SIGNER = "09-firmado-smime.eml", "09-firmado-smime-certificado.pem"

# What comes of a message to each of the sandbox's domains, as its certificate states it: (outcome, failure class).
EXPECTED = {
    "acepta.example": ("relayed", None),
    "listagris.example": ("relayed", None),
    "sinbuzon.example": ("failed", "mailbox_not_found"),
    "llena.example": ("failed", "mailbox_full"),
    "sinadjuntos.example": ("failed", "attachment_blocked"),
    "pequena.example": ("failed", "too_big"),
    "inalcanzable.example": ("failed", "server_unavailable"),
    "cortasiempre.example": ("undetermined", None),
    "nullmx.example": ("failed", "no_mail_domain"),
}


@dataclass(frozen=True, kw_only=True)
class Example:
    """One file: what made it and what it shows."""

    file: str
    program: str
    shows: str
    content: bytes


def examples() -> list[Example]:
    """Return every message that can be remade, in the order of their names."""
    receipt = services.web_form_short
    rows = [
        ("01-texto-mutt", "mutt", "plain text, 8bit", desktop.mutt_plain()),
        ("02-imagenes-thunderbird", "Thunderbird", "HTML with images by cid", desktop.thunderbird_inline_images()),
        ("03-presupuesto-outlook", "Outlook", "PDF attached, ISO-8859-1 headers", desktop.outlook_pdf()),
        ("04-cita-gmail", "Gmail web", "text and HTML, emoji in the subject", services.gmail_appointment()),
        ("05-foto-apple-mail", "Apple Mail", "a picture in line", desktop.apple_photos()),
        ("06-garantia-crm", "a CRM (PHPMailer)", "long Spanish HTML, table and links", services.crm_long_notice()),
        ("07-direccion-internacional", "Thunderbird", "SMTPUTF8: headers and address", services.smtputf8()),
        ("08-reenviado", "Thunderbird", "message/rfc822 forwarded whole", desktop.thunderbird_forwarded()),
        ("10-diagnosis-5mb", "Thunderbird", "over 5 MB", services.diagnosis_five_megabytes()),
        ("11-varios-destinatarios", "a telephone", "several recipients, To and Cc", services.several_recipients()),
        ("12-adjunto-bloqueado", "Outlook", "a ZIP that is refused", desktop.outlook_flagged_zip()),
        ("13-recordatorio-erp", "an ERP", "ISO-8859-1, 8bit, a Received header", services.erp_latin1()),
        ("14-conexion-cortada", "a web application", "the peer drops after the final dot",
         receipt("portal@cortasiempre.example", 4471, "Mon, 16 Nov 2026 10:11:12 -0000")),
        ("15-dominio-sin-correo", "a web application", "the domain takes no mail (null MX)",
         receipt("cliente@nullmx.example", 4472, "Mon, 16 Nov 2026 10:12:40 -0000")),
        ("16-invitacion-outlook", "Outlook web", "English, an invitation", services.calendar_invitation()),
        ("17-aviso-crm", "a CRM (PHPMailer)", "sent as a notice: it waits behind a link",
         services.crm_certified_notice()),
    ]  # fmt: skip
    return [
        Example(file=f"{name}.eml", program=program, shows=shows, content=raw) for name, program, shows, raw in rows
    ]


def envelope(example: Example) -> dict[str, object]:
    """Return the row of `envelopes.json` that the message's own From, To and Cc give."""
    head = example.content.partition(b"\r\n\r\n")[0].decode()
    headers = HeaderParser(policy=policy.default).parsestr(head)

    def addresses(name: str) -> list[str]:
        return [one.addr_spec for one in headers[name].addresses] if name in headers else []

    recipients = []
    for address in addresses("To") + addresses("Cc"):
        outcome, failure = EXPECTED[address.rpartition("@")[2]]
        recipients.append({"address": address, "outcome": outcome, "failure_class": failure})
    return {
        "file": example.file,
        "program": example.program,
        "shows": example.shows,
        "sender": addresses("From")[0],
        "smtputf8": not head.isascii(),
        "recipients": recipients,
    }


def signed_example() -> tuple[Example, bytes]:
    """Return the signed message and its certificate, as committed or, where missing, newly made."""
    message, certificate = FOLDER / SIGNED, FOLDER / SIGNER
    made = (message.read_bytes(), certificate.read_bytes()) if message.exists() else signed.thunderbird_signed()
    return Example(file=SIGNED, program="Thunderbird", shows="S/MIME signature", content=made[0]), made[1]


def main() -> int:
    """Write or check every file; return the exit status."""
    parser = argparse.ArgumentParser(description="Write the sample messages of examples/.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a file differs")
    check = parser.parse_args().check
    mail, certificate = signed_example()
    everything = sorted([*examples(), mail], key=lambda one: one.file)
    files = {one.file: one.content for one in everything} | {SIGNER: certificate}
    table = json.dumps([envelope(one) for one in everything], ensure_ascii=False, indent=2) + "\n"
    files["envelopes.json"] = table.encode()
    FOLDER.mkdir(exist_ok=True)
    different = [
        name
        for name, content in files.items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_bytes() != content
    ]
    for name in different:
        print(("differs: " if check else "wrote ") + name)
        if not check:
            (FOLDER / name).write_bytes(files[name])
    return 1 if check and different else 0


if __name__ == "__main__":
    sys.exit(main())
