"""Following certificates, which the sender may want by e-mail.

A fact whose mail cannot be composed is logged, raises an alarm and is passed over: the certificate is in the console
all the same, and one sender's odd address must not keep everybody else's certificates back.
"""

import logging
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from acuse import clock
from acuse.accounts.queries import OrganisationView, organisation_view
from acuse.delivery.models import Communication
from acuse.delivery.services import owe_certificate
from acuse.delivery.services.dispatched import PASSING
from acuse.delivery.services.signers import signed
from acuse.errors import InputError
from acuse.evidence import custody
from acuse.evidence.alarms import raise_alarm
from acuse.evidence.following import follow
from acuse.evidence.queries import LedgerFact
from acuse.proof.facts.fact import Fact

log = logging.getLogger(__name__)

ALARM = "certificate_mail"
_SUBJECTS = {"es": "Certificado {code}: {subject}", "en": "Certificate {code}: {subject}"}
_TEXTS = {
    "es": (
        "Se adjunta el certificado {code} de su comunicación «{subject}» a {recipient}.\n\n"
        "Puede comprobarlo en {address} o, sin conexión, con los pasos de su apartado 7.\n"
    ),
    "en": (
        "Attached is the certificate {code} of your communication “{subject}” to {recipient}.\n\n"
        "You can check it at {address} or, offline, with the steps of its section 7.\n"
    ),
}


def follow_certificates() -> int:
    """Queue the e-mail of each new certificate whose organisation wants it; return how far the cursor moved."""
    organisations: dict[UUID, OrganisationView] = {}

    def mail(item: LedgerFact) -> None:
        owner = item.fact.organisation
        if owner not in organisations:
            organisations[owner] = organisation_view(owner)
        if organisations[owner].certificate_by_email:
            _mail_if_possible(item, organisations[owner])

    return follow("delivery.certificates", ("certificate.issued",), mail)


def _mail_if_possible(item: LedgerFact, organisation: OrganisationView) -> None:
    """Queue one mail, or pass over what can never be mailed; what may pass is left for the next turn."""
    try:
        with transaction.atomic():
            _mail(item, organisation)
    except PASSING:
        raise
    except Exception:
        log.exception("a certificate cannot be mailed", extra={"fact": str(item.fact.id)})
        # Everybody who uses the console reads alarms: no code and no address of one organisation stands in them.
        raise_alarm(ALARM, "A certificate could not be mailed to its sender. See the log; a restart clears this.")


def _mail(item: LedgerFact, organisation: OrganisationView) -> None:
    fact = item.fact
    row = Communication.objects.select_related("submission").get(id=fact.subject.id)
    content = compose(fact, row.submission.mail_from, row.subject, row.recipient, organisation)
    content = signed(fact.organisation, content, at=clock.now())
    kept = custody.keep(organisation=fact.organisation, content=content, media_type="message/rfc822")
    owe_certificate(
        communication=row.id,
        code=str(fact.details["code"]),
        message_sha256=kept.sha256,
        recipient=row.submission.mail_from,
    )


def compose(fact: Fact, to: str, subject: str, recipient: str, organisation: OrganisationView) -> bytes:
    """Return the e-mail that carries a certificate, with CRLF line ends."""
    environment = settings.ACUSE
    words = {
        "code": fact.details["code"],
        "subject": " ".join(subject.split())[:120],
        "recipient": recipient,
        "address": f"{environment.public_url.rstrip('/')}/v/{fact.details['code']}",
    }
    pdf = next(item for item in fact.objects if item.role == "certificate")
    message = EmailMessage()
    message["From"] = Address(environment.certifier, "postmaster", environment.mail_hostname)
    message["To"] = _address(to)
    message["Subject"] = _SUBJECTS[organisation.language].format(**words)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{fact.id}@{environment.mail_hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_TEXTS[organisation.language].format(**words))
    message.add_attachment(
        custody.open_object(organisation=fact.organisation, sha256=pdf.sha256),
        maintype="application",
        subtype="pdf",
        filename=f"{fact.details['code']}.pdf",
    )
    return message.as_bytes(policy=SMTP if to.isascii() else SMTPUTF8)


def _address(text: str) -> Address:
    """Return an envelope address as the header writes it: quoted where it must be, never with a second line.

    Raises:
        InputError: no header can carry it.
    """
    local, _, domain = text.rpartition("@")
    # Readers of a header would decode an encoded word in it, and see another address.
    if not text.isprintable() or "=?" in text or not local or not domain:
        raise InputError("The sender's address cannot stand in a header.")
    if len(local) > 1 and local.startswith('"') and local.endswith('"'):
        local = local[1:-1].replace("\\", "")
    return Address("", local, domain)
