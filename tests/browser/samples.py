"""Communications in every state, made through the services and the ledger, for pages to show."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from acuse import clock
from acuse.accounts import services as accounts
from acuse.accounts.models import Organisation, SmtpCredential
from acuse.accounts.values import SmtpCredentialValue
from acuse.channels.base import Outcome, Reply, Result
from acuse.delivery.envelope import Client, Envelope, Recipient
from acuse.delivery.models import Communication, Dispatch
from acuse.delivery.rules import Schedule
from acuse.delivery.services import Returned, accept_message, apply_return
from acuse.delivery.services.attempts import SentCopy, close_attempt, open_attempt
from acuse.delivery.services.work import Work
from acuse.evidence import custody
from acuse.evidence.ledger import FactDraft, record, refer
from acuse.proof.facts.fact import Actor

PASSWORD = "correct-horse-battery-91"
SCHEDULE = Schedule(scale=1.0, limit=timedelta(days=5))
CERTIFICATE = {
    "subject": "CN=mx1.correo.example",
    "issuer": "CN=Example CA",
    "names": ["mx1.correo.example"],
    "not_after": "2027-06-01T00:00:00Z",
    "sha256": "ab" * 32,
}
TLS = {"version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384", "certificate": CERTIFICATE, "verified": True}
DNS = {"mx": [{"preference": 10, "host": "mx1.correo.example", "addresses": ["192.0.2.25"]}], "secure": False}
HOSTILE = (
    b"From: Talleres Ribera <avisos@ribera.example>\r\nTo: victima@correo.example\r\n"
    b"Subject: =?utf-8?q?HTML_hostil?=\r\n"
    b"Message-ID: <hostil@ribera.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b'<html><body onload="fetch(\'/stolen\')"><h1>Estimado cliente</h1><script>document.title="pwned";'
    b'new Image().src="http://tracker.example/s.gif"</script><p>Su cita <b>confirmada</b>.</p>'
    b'<img src="http://tracker.example/pixel.gif" alt="logotipo"><img src=x onerror="parent.pwned=1">'
    b'<link rel="stylesheet" href="http://tracker.example/a.css"><style>@import url(http://tracker.example/b.css);'
    b'body{background:url(http://tracker.example/c.png)}</style><iframe src="http://tracker.example/f"></iframe>'
    b'<form action="http://tracker.example/p"><input name="clave"><button>Enviar</button></form>'
    b'<svg onload="parent.pwned=2"><script>parent.pwned=3</script></svg>'
    b'<a href="javascript:parent.pwned=4">enlace</a><video src="http://tracker.example/v.mp4" autoplay></video>'
    b"</body></html>\r\n"
)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One message and what came of it."""

    recipient: str
    subject: str
    outcomes: tuple[Outcome, ...]


def _transcript(reply: Reply | None) -> bytes:
    now = clock.to_rfc3339(clock.now())
    lines = [
        {"at": now, "from": "dns", "text": "MX correo.example: 10 mx1.correo.example"},
        {"at": now, "from": "connect", "text": "192.0.2.25:25"},
        {"at": now, "from": "server", "text": "220 mx1.correo.example ESMTP\r\n"},
        {"at": now, "from": "client", "text": "EHLO salida.example\r\n"},
        {"at": now, "from": "server", "text": "250-mx1.correo.example\r\n250-STARTTLS\r\n250 DSN\r\n"},
        {"at": now, "from": "tls", "text": "TLSv1.3 TLS_AES_256_GCM_SHA384"},
    ]
    if reply is not None:
        lines.append({"at": now, "from": "server", "text": reply.text.decode()})
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def outcome(result: Result, *, text: str | None, failure_class: str | None = None, reached: bool = True) -> Outcome:
    """An outcome as the e-mail channel returns it.

    Args:
        result: what it came to.
        text: the decisive reply without its line end; None where none came.
        failure_class: of product.md 1.4, or "throttled".
        reached: a server answered at all.
    """
    reply = None
    if text is not None:
        code, enhanced = int(text[:3]), text.split(" ")[1]
        reply = Reply(code=code, enhanced=enhanced, text=f"{text}\r\n".encode(), stage="data")
    return Outcome(
        result=result,
        failure_class=failure_class,
        reply=reply,
        reason="The domain does not exist in the DNS." if not reached else "The server answered.",
        host="mx1.correo.example" if reached else None,
        address="192.0.2.25:25" if reached else None,
        tls=TLS if reached else None,
        dns=DNS if reached else {"mx": [], "secure": False},
        dsn_supported=True,
        transcript=_transcript(reply),
        final_locally=not reached and result is Result.REFUSED,
        stage="data" if reached else "dns",
    )


RELAYED = outcome(Result.RELAYED, text="250 2.0.0 OK: queued as 4XkT9b2Qz1 (q12si48812)")
GREYLISTED = outcome(
    Result.DEFERRED, text="451 4.7.1 Greylisting in action, please come back later", failure_class="throttled"
)
UNKNOWN_USER = outcome(
    Result.REFUSED, text="550 5.1.1 <c0951@buzon.example>: User unknown", failure_class="mailbox_not_found"
)
FULL = outcome(Result.REFUSED, text="552 5.2.2 Mailbox full", failure_class="mailbox_full")
NO_DOMAIN = outcome(Result.REFUSED, text=None, failure_class="domain_not_found", reached=False)
LOST = outcome(Result.UNKNOWN, text=None, failure_class="undetermined")
SAMPLES = (
    Sample(
        recipient="cliente1042@correo.example",
        subject="Resolución de su reclamación 2026-0417",
        outcomes=(GREYLISTED, RELAYED),
    ),
    Sample(recipient="cliente0877@correo.example", subject="Conformidad con el presupuesto 8831", outcomes=(RELAYED,)),
    Sample(recipient="c0951@buzon.example", subject="Exclusión de garantía de la pieza 4471", outcomes=(UNKNOWN_USER,)),
    Sample(recipient="avisos@flotanorte.example", subject="Consentimiento para la orden 2207", outcomes=(RELAYED,)),
    Sample(
        recipient="cliente1130@correo.example", subject="Su vehículo está listo para recoger", outcomes=(GREYLISTED,)
    ),
    Sample(recipient="cliente1188@correo.example", subject="Solicitud de documentación", outcomes=(FULL,)),
    Sample(
        recipient="cliente1077@noexiste.example", subject="Aceptación de la cita de revisión", outcomes=(NO_DOMAIN,)
    ),
    Sample(recipient="cliente0702@correo.example", subject="Suspensión de la garantía 55120", outcomes=(LOST,)),
    Sample(recipient="cliente0480@correo.example", subject="Aviso de cierre del expediente", outcomes=()),
)


def message(recipient: str, subject: str) -> bytes:
    """A plain message with one attachment."""
    return (
        f"From: Talleres Ribera <avisos@ribera.example>\r\nTo: {recipient}\r\nSubject: {subject}\r\n"
        f"Message-ID: <{uuid4()}@ribera.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n'
        "Content-Transfer-Encoding: 8bit\r\n\r\nEstimado cliente:\r\n\r\nHemos revisado su reclamación por el ruido en "
        "la dirección. Sustituiremos la pieza sin coste.\r\n\r\nPuede elegir cita desde el 25 de noviembre.\r\n"
        "--b\r\nContent-Type: application/pdf; name=informe-peritaje.pdf\r\n"
        "Content-Disposition: attachment; filename=informe-peritaje.pdf\r\n\r\n%PDF-1.4 informe\r\n--b--\r\n"
    ).encode()


def organisation(
    *, name: str = "Talleres Ribera", slug: str = "talleres-ribera", email: str = "m.ribera@ribera.example"
) -> UUID:
    """An organisation with an owner."""
    made = accounts.create_organisation(name=name, slug=slug)
    accounts.create_user(email=email, password=PASSWORD, name="Marta Ribera")
    accounts.add_member(organisation=made.id, email=email, role="owner")
    return made.id


def credential(organisation_id: UUID) -> SmtpCredentialValue:
    """A credential of it, and the address it sends as."""
    made, _secret = accounts.create_credential(organisation=organisation_id, name="crm-taller")
    slug = Organisation.objects.values_list("slug", flat=True).get(id=organisation_id)
    domain = "ribera" if slug == "talleres-ribera" else slug
    accounts.add_sender_identity(
        organisation=organisation_id, pattern=f"@{domain}.example", actor=Actor(kind="component", id="operator")
    )
    return SmtpCredentialValue(id=made.id, organisation=organisation_id, name=made.name)


def credential_again(organisation_id: UUID) -> SmtpCredentialValue:
    """The credential that ``credential`` made."""
    row = SmtpCredential.objects.get(organisation_id=organisation_id, name="crm-taller")
    return SmtpCredentialValue(id=row.id, organisation=organisation_id, name=row.name)


def send(value: SmtpCredentialValue, raw: bytes, *, recipient: str, outcomes: tuple[Outcome, ...] = ()) -> UUID:
    """Hand one message in and record what came of each try.

    Returns:
        The communication.
    """
    client = Client(
        ip="203.0.113.42", helo="crm.ribera.example", tls_version="TLSv1.3", tls_cipher="TLS_AES_256_GCM_SHA384"
    )
    envelope = Envelope(
        mail_from="avisos@ribera.example",
        recipients=(Recipient(address=recipient),),
        ret=None,
        envid=None,
        smtputf8=False,
        body_8bit=True,
        client=client,
    )
    accepted = accept_message(credential=value, envelope=envelope, raw=raw)[0]
    for one in outcomes:
        try_once(accepted.id, one)
    return accepted.id


def try_once(communication: UUID, one: Outcome) -> None:
    """Record one try of a communication and what came of it."""
    lease = uuid4()
    Dispatch.objects.filter(communication_id=communication).update(
        lease=lease, lease_until=clock.now() + timedelta(minutes=5)
    )
    row = Communication.objects.select_related("submission").get(id=communication)
    work = Work(
        communication=row.id,
        organisation=row.organisation_id,
        accepted_at=row.created_at,
        recipient=row.recipient,
        mail_from=row.submission.mail_from,
        client_ip="203.0.113.42",
        client_helo="crm.ribera.example",
        message_sha256=row.submission.message_sha256,
        language=row.language,
        notify=(),
        orcpt=None,
        ret=None,
        envid=None,
        delay_notified=False,
    )
    copy = SentCopy(prepended="", sha256=row.submission.message_sha256, message_id=None)
    opened = open_attempt(work=work, lease=lease, target=row.domain, copy=copy)
    close_attempt(opened=opened, outcome=one, schedule=SCHEDULE, reporting_host="salida.example")


REPORT: dict[str, Any] = {
    "form": "dsn",
    "status": "5.2.2",
    "reply": 552,
    "diagnostic": "552 5.2.2 <cliente0877@correo.example>: Quota exceeded (mailbox for user is full)",
    "reporting_mta": "mx1.correo.example",
    "remote_mta": "lmtp.correo.example",
}
BOUNCE = {**REPORT, "failure_class": "mailbox_full", "permanent": True}
ANSWER: dict[str, Any] = {
    "mail_from": "cliente0877@correo.example",
    "author": "cliente0877@correo.example",
    "subject": "Re: Conformidad con el presupuesto 8831",
    "message_id": "<a1@correo.example>",
    "matched_by": "reference",
    "authentication": {
        "spf": {"result": "pass", "domain": "correo.example"},
        "dkim": [{"result": "pass", "domain": "correo.example", "selector": "s1"}],
        "dmarc": {"result": "pass", "domain": "correo.example", "policy": "reject"},
        "arc": {"result": "none"},
    },
}
CAME_BACK = (
    ("delivery.delayed", {**REPORT, "status": "4.4.1", "diagnostic": None, "remote_mta": None}),
    ("delivery.passed_on", {**REPORT, "status": "2.0.0", "diagnostic": None, "form": "text", "reporting_mta": None}),
    ("delivery.confirmed", {**REPORT, "status": "2.0.0", "diagnostic": "250 2.0.0 Saved"}),
    ("auto_reply.received", {}),
    ("complaint.received", {}),
    ("disposition.received", {"disposition": "automatic-action/MDN-sent-automatically; displayed", "recipient": None}),
    ("reply.received", ANSWER),
    ("bounce.received", BOUNCE),
)
"""Everything that can come back, the last of which decides."""


def come_back(organisation_id: UUID, communication: UUID, type: str, details: dict[str, Any]) -> bytes:
    """Apply one thing that came back about a communication; return the message that came."""
    raw = f"From: <>\r\nSubject: {type}\r\n\r\n{uuid4()}\r\n".encode()
    kept = custody.keep(organisation=organisation_id, content=raw, media_type="message/rfc822")
    returned = Returned(
        reception=uuid4(),
        type=type,
        details=details,
        came=refer("reply" if type == "reply.received" else "report", kept),
        received_at=clock.now(),
    )
    assert apply_return(
        organisation=organisation_id, communication=communication, returned=returned, reporting_host="salida.example"
    )
    return raw


def track(organisation_id: UUID, communication: UUID) -> None:
    """Record requests of a tracked copy, by machines, by nobody knows whom and by a person, and a withdrawal."""
    client = {"ip": "198.51.100.7", "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0"}
    link = {"number": 2, "link": "https://ribera.example/presupuesto?n=1042"}
    judged: tuple[tuple[str, dict[str, Any]], ...] = (
        ("tracker.image_requested", {"by": "scanner", "reasons": ["known_scanner", "soon"]}),
        ("tracker.image_requested", {"by": "mail_proxy", "reasons": ["google_proxy"]}),
        ("tracker.image_requested", {"by": "unknown", "reasons": ["no_agent"]}),
        ("tracker.link_requested", {"by": "person", "reasons": ["browser"], **link}),
        ("tracking.withdrawn", {}),
    )
    with transaction.atomic():
        record(
            *(
                FactDraft(
                    organisation=organisation_id,
                    subject_kind="communication",
                    subject_id=communication,
                    type=type,
                    actor=Actor(kind="remote_host", id=client["ip"]),
                    details={**details, "client": client},
                )
                for type, details in judged
            )
        )


def everything(organisation_id: UUID) -> dict[str, UUID]:
    """One communication in each state; recipient to identifier. The hostile one is to ``victima@correo.example``."""
    value = credential(organisation_id)
    made = {
        sample.recipient: send(
            value, message(sample.recipient, sample.subject), recipient=sample.recipient, outcomes=sample.outcomes
        )
        for sample in SAMPLES
    }
    made["victima@correo.example"] = send(value, HOSTILE, recipient="victima@correo.example", outcomes=(RELAYED,))
    return made
