"""What delivery follows: certificates, which the sender may want by e-mail."""

from email.message import EmailMessage
from email.utils import format_datetime

from django.conf import settings

from acuse import clock
from acuse.accounts.queries import OrganisationView, organisation_view
from acuse.delivery.models import Communication
from acuse.delivery.services import owe_certificate
from acuse.evidence import custody
from acuse.evidence.following import follow
from acuse.evidence.queries import LedgerFact
from acuse.proof.facts.fact import Fact

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
    return follow("delivery.certificates", ("certificate.issued",), _mail)


def _mail(item: LedgerFact) -> None:
    fact = item.fact
    organisation = organisation_view(fact.organisation)
    if not organisation.certificate_by_email:
        return
    row = Communication.objects.select_related("submission").get(id=fact.subject.id)
    content = compose(fact, row.submission.mail_from, row.subject, row.recipient, organisation)
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
    message["From"] = f"{environment.certifier} <postmaster@{environment.mail_hostname}>"
    message["To"] = to
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
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
