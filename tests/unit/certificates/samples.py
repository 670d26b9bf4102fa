"""Sample communications, all of them invented: facts in order, a message, and what a certifier adds."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

from acuse.certificates.stories.context import (
    CheckpointShown,
    Context,
    EmbeddedFile,
    Language,
    Party,
    Policy,
    SealShown,
    TimeStampShown,
)
from acuse.certificates.stories.wording import WORDING
from acuse.proof.facts.catalogue import check_fact
from acuse.proof.facts.fact import Actor, Fact, ObjectReference, Subject

TEMPLATES = Path(__file__).parents[3] / "src/acuse/certificates/templates"
CERTIFICATE = str(TEMPLATES / "certificate.typ")
RECEIPT = str(TEMPLATES / "receipt.typ")

START = datetime(2026, 11, 23, 8, 0, 0, 412009, tzinfo=UTC)
ORGANISATION = UUID("0193505e-7a00-7000-8000-0000000000aa")
COMMUNICATION = Subject(kind="communication", id=UUID("0193505e-7a00-7000-8000-0000000000bb"))
LONG_ADDRESS = (
    "atencion-al-cliente.departamento-de-reclamaciones-y-garantias"
    "@subdominio-de-correo-con-nombre-muy-largo.example.com"
)
CODE = "7KQM-4T2H-9XWD-3PFA"

TLS = {
    "version": "TLS 1.3",
    "cipher": "AES-256-GCM",
    "certificate": {
        "subject": "CN=mx1.example.com",
        "issuer": "CN=CA de Ejemplo",
        "names": ["mx1.example.com"],
        "not_after": "2027-03-01T00:00:00.000000Z",
        "sha256": "ab" * 32,
    },
    "verified": True,
}
DNS = {
    "mx": [{"preference": 10, "host": "mx1.example.com", "addresses": ["203.0.113.25", "2001:db8::25"]}],
    "secure": True,
}


@dataclass(frozen=True)
class Placed:
    """A fact with its position."""

    fact: Fact
    position: int | None


class History:
    """Builds the facts of one communication in order.

    Args:
        details: members that replace those of the acceptance.
        position: of the first fact in the ledger; None for none.
        start: moment of the acceptance.
    """

    def __init__(self, *, position: int | None = 48211, start: datetime = START, **details: Any) -> None:
        self.facts: list[Placed] = []
        self._position = position
        self._start = start
        accepted = {
            "sender": "avisos@talleres-ribera.example",
            "recipient": "cliente1042@example.com",
            "subject": "Presupuesto de reparación 2026/318 y plazo de aceptación",
            "message_id": "<318@talleres-ribera.example>",
            "mode": "content",
            "size": 214318,
            "language": "es",
            "credential": "crm",
            "client": {
                "ip": "192.0.2.10",
                "helo": "crm.talleres-ribera.example",
                "tls": {"version": "TLS 1.3", "cipher": "AES-256-GCM"},
            },
            "received_as": "avisos@talleres-ribera.example",
            "notify": [],
            "envid": None,
            "recipient_basis": "sender_stated",
        }
        self.add("communication.accepted", 0, **{**accepted, **details})

    def add(self, kind: str, after: float, **details: Any) -> "History":
        """Append a fact `after` seconds from the start."""
        moment = self._start + timedelta(seconds=after)
        last = self.facts[-1].fact if self.facts else None
        number = len(self.facts) + 1
        fact = Fact(
            id=UUID(int=0x0193505E7A0070008000000000000000 + number),
            organisation=ORGANISATION,
            subject=COMMUNICATION,
            type=kind,
            occurred_at=moment,
            recorded_at=moment + timedelta(microseconds=900),
            subject_sequence=number,
            previous=last.entry() if last else None,
            actor=Actor(kind="component", id="delivery"),
            details=details,
            objects=(ObjectReference(role="message", sha256="ab" * 32, size=214318, media_type="message/rfc822"),)
            if kind == "communication.accepted"
            else (),
            salt=bytes(16),
        )
        check_fact(fact)
        position = None if self._position is None else self._position + 3 * (number - 1)
        self.facts.append(Placed(fact, position))
        return self

    def opened(self, after: float, attempt: int = 1) -> "History":
        """Append the beginning of a try."""
        domain = self.facts[0].fact.details["recipient"].rpartition("@")[2]
        return self.add("attempt.opened", after, attempt=attempt, channel="email", target=domain)

    def answered(self, kind: str, after: float, code: int, text: str, **more: Any) -> "History":
        """Append the end of a try with a server's reply."""
        details = {
            "attempt": 1,
            "channel": "email",
            "host": "mx1.example.com",
            "address": "203.0.113.25",
            "stage": "data",
            "reply": {"code": code, "enhanced": None, "text": text} if text else None,
            "tls": TLS,
            "dns": DNS,
            "dsn_supported": True,
        }
        return self.add(kind, after, **{**details, **more})


def relayed() -> History:
    """Return G1: one try, accepted."""
    return History().opened(0.9).answered("attempt.relayed", 3.1, 250, "250 2.0.0 Ok: queued as 4XkT2n1Zq3z9\r\n")


def refused(failure_class: str = "mailbox_not_found", text: str = "") -> History:
    """Return a failure that the recipient's server said."""
    said = (
        text
        or "550 5.1.1 <cliente1042@example.com>: Recipient address rejected: User unknown in virtual mailbox table\r\n"
    )
    history = History(subject="Cita para la revisión anual").opened(0.5)
    history.answered("attempt.refused", 2.4, 550, said, stage="rcpt", failure_class=failure_class)
    return history.add("sender.notified", 2.5, to="avisos@talleres-ribera.example", action="failed", message_id=None)


def exhausted(tries: int, failure_class: str = "server_unavailable") -> History:
    """Return a failure after many tries, every third of which got a reply."""
    history = History(subject="Cita para la revisión anual")
    for number in range(1, tries + 1):
        at = 60.0 * number
        reply = "421 4.3.2 Service not available, closing transmission channel\r\n" if number % 3 == 1 else ""
        history.answered(
            "attempt.deferred",
            at,
            421,
            reply,
            attempt=number,
            failure_class=failure_class,
            retry_at="2026-11-23T12:00:00.000000Z",
            tls=None,
            dns=None,
            reason="The server closed the connection.",
        )
    return history.add(
        "attempt.failed",
        60.0 * tries + 30,
        attempts=tries,
        channel="email",
        failure_class=failure_class,
        reason="Five days of attempts are over.",
    )


def unanswered() -> History:
    """Return a try whose connection was lost after the whole message."""
    history = History(subject="طلب موعد – 预约确认 \U0001fadf", recipient=LONG_ADDRESS).opened(0.5)
    return history.answered(
        "attempt.unknown",
        33,
        354,
        "354 End data with <CR><LF>.<CR><LF>\r\n",
        host="mx-entrada-principal-03.zona-europa-suroeste.correo.example.com",
        address="2001:db8::25",
    )


DIAGNOSTIC = (
    "smtp; 552 5.2.2 <cliente1042@example.com>: Quota exceeded (mailbox for user is full)\n"
    " (in reply to end of DATA command)"
)
PASSED: dict[str, Any] = {
    "spf": {"result": "pass", "domain": "example.com"},
    "dkim": [{"result": "pass", "domain": "example.com", "selector": "s1"}],
    "dmarc": {"result": "pass", "domain": "example.com", "policy": "reject"},
    "arc": {"result": "none"},
}
DAY_LATER = 86_000.0


def reported(history: History, kind: str, after: float, **more: Any) -> History:
    """Append a report that came back, as an RFC 3464 one."""
    details = {
        "reception": "0193505e-7a00-7000-8000-0000000000dd",
        "form": "dsn",
        "status": "2.0.0",
        "reply": None,
        "diagnostic": None,
        "reporting_mta": "mx1.example.com",
        "remote_mta": None,
    }
    return history.add(kind, after, **{**details, **more})


def bounced(history: History | None = None, failure_class: str = "mailbox_full", **more: Any) -> History:
    """Return a failure that was reported the day after the server had taken the message."""
    details = {"status": "5.2.2", "reply": 552, "diagnostic": DIAGNOSTIC, "remote_mta": "lmtp.example.com"}
    return reported(
        history or relayed(),
        "bounce.received",
        DAY_LATER,
        **{**details, "failure_class": failure_class, "permanent": True, **more},
    )


def confirmed() -> History:
    """Return G2: the recipient's system reported that it put the message into the mailbox."""
    return reported(relayed(), "delivery.confirmed", 4.2, diagnostic="smtp; 250 2.0.0 <cliente1042@example.com> Saved")


def answered() -> History:
    """Return everything else that can come back, after the server had taken the message."""
    reception = {"reception": "0193505e-7a00-7000-8000-0000000000dd"}
    history = reported(reported(relayed(), "delivery.delayed", 60, status="4.4.1"), "delivery.passed_on", 90)
    history.add("auto_reply.received", 120, **reception)
    history.add("complaint.received", 150, **reception)
    history.add("disposition.received", 180, **reception, disposition="displayed", recipient="cliente1042@example.com")
    return history.add(
        "reply.received",
        DAY_LATER,
        **reception,
        mail_from="cliente1042@example.com",
        author="Ana López <cliente1042@example.com>",
        subject="Re: Presupuesto de reparación 2026/318",
        message_id="<a1@example.com>",
        matched_by="address",
        authentication=PASSED,
    )


def with_reports(history: History, language: Language) -> tuple[EmbeddedFile, ...]:
    """Return the embedded files, with what came back under the name that the dossier gives it."""
    words = WORDING[language]
    came = [item.fact for item in history.facts if item.fact.type.partition(".")[2] in _CAME_BACK]
    roles = ["reply" if fact.type == "reply.received" else "report" for fact in came]
    made = tuple(
        EmbeddedFile(
            name=words[f"name.{role}"].format(number=fact.subject_sequence),
            role=role,
            sha256=hashlib.sha256(fact.entry()).hexdigest(),
            size=4096,
            number=fact.subject_sequence,
        )
        for fact, role in zip(came, roles, strict=True)
    )
    sealed = files(language)
    return (*sealed[:2], *made, *sealed[2:])


_CAME_BACK = ("received", "confirmed", "passed_on", "delayed")
SMARTHOST = {"via": "smarthost", "host": "salida.talleres-ribera.example", "dns": None}
"""What differs in a try through the sender's outgoing server."""


def interrupted() -> History:
    """Return a try that was cut short inside Acuse: it is not known whether anything was sent."""
    history = History().opened(0.5)
    return history.answered(
        "attempt.unknown", 40, 0, "", host=None, address=None, stage=None, tls=None, dns=None, dsn_supported=False
    )


def gave_up(tries: int) -> History:
    """Return an end that no server said, after so many tries."""
    return History().add(
        "attempt.failed",
        70,
        attempts=tries,
        channel="email",
        failure_class="other",
        reason="Acuse could not send the message because of a fault of its own.",
    )


def no_domain() -> History:
    """Return a failure that no server said: the domain does not exist."""
    history = History(recipient="cliente1042@no-existe.example").opened(0.5)
    return history.add(
        "attempt.failed",
        1.2,
        attempts=1,
        channel="email",
        failure_class="domain_not_found",
        reason="The domain no-existe.example does not exist in the DNS.",
    )


def no_mail_domain() -> History:
    """Return a failure that no server said: the domain exists and takes no mail."""
    history = History(recipient="cliente1042@nullmx.example").opened(0.5)
    return history.add(
        "attempt.failed",
        1.2,
        attempts=1,
        channel="email",
        failure_class="no_mail_domain",
        reason="The domain nullmx.example says that it takes no mail (null MX).",
    )


def message(text: str, *, subject: str = "Presupuesto de reparación 2026/318", attachment: bool = False) -> bytes:
    """Return a message as a mail program makes it."""
    made = EmailMessage()
    made["From"] = "Talleres Ribera <avisos@talleres-ribera.example>"
    made["To"] = "cliente1042@example.com"
    made["Subject"] = subject
    made["Date"] = "Mon, 23 Nov 2026 09:00:00 +0100"
    made["Message-ID"] = "<318@talleres-ribera.example>"
    made.set_content(text)
    if attachment:
        made.add_attachment(
            b"%PDF-1.7 sample", maintype="application", subtype="pdf", filename="presupuesto-2026-318.pdf"
        )
    return made.as_bytes()


LETTER = "\n\n".join(
    (
        "Estimado cliente:",
        "Le remitimos el presupuesto de la reparación de su vehículo, que entró en nuestro taller el 19 de "
        "noviembre. El importe total, con IVA, es de 549,88 €.",
        "Puede aceptarlo antes del 4 de diciembre de 2026 respondiendo a este mensaje, o retirar el vehículo sin "
        "coste, de lunes a viernes de 9 a 14 h.",
        "Un saludo,",
        "Talleres Ribera, S. L.\n",
    )
)


def files(language: Language, contents: Sequence[tuple[str, str, int | None]] = ()) -> tuple[EmbeddedFile, ...]:
    """Return embedded files with invented digests."""
    names = {
        "es": ("mensaje.eml", "smtp-3.jsonl", "proof.json", "statement.json", "punto-de-control.txt", "sello.tst"),
        "en": ("message.eml", "smtp-3.jsonl", "proof.json", "statement.json", "checkpoint.txt", "timestamp.tst"),
    }[language]
    roles = ("message", "smtp-dialogue", "proof", "statement", "checkpoint", "token")
    return tuple(
        EmbeddedFile(
            name=name,
            role=role,
            sha256=hashlib.sha256(name.encode()).hexdigest(),
            size=214318 // (place + 1),
            number={"message": 1, "smtp-dialogue": 3}.get(role),
        )
        for place, (name, role) in enumerate(zip(names, roles, strict=True))
    )


NOTE = (
    "acuse.example.org/registro\n48240\nSBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\n\n"
    "— acuse.example.org/registro AHPsJm1PtK2/PRBKpxT58RAy/Yq22IKfxAt"
    "SyG9khdeSjMLr1GRvP+PzdL4R2QW/S+J1+obziJ2CqffcXkHdMllOUZo=\n"
)


def context(language: Language = "es", **changes: Any) -> Context:
    """Return what a certifier adds."""
    made = Context(
        language=language,
        zone="Europe/Madrid",
        organisation=Party(name="Talleres Ribera, S. L.", tax_id="B00000000"),
        certifier=Party(name="Operadora Ejemplo, S. A.", tax_id="A00000000"),
        policy=Policy(
            title={"es": "Política de certificación 1.4", "en": "Certification Policy 1.4"}[language],
            address="acuse.example.org/politica",
        ),
        code=CODE,
        verification_address="acuse.example.org/v",
        verification_url=f"https://acuse.example.org/v/{CODE}",
        level="B-LTA",
        issued_at=START + timedelta(hours=1, seconds=42),
        checkpoint=CheckpointShown(note=NOTE, size=48240, root=hashlib.sha256(b"root").hexdigest()),
        time_stamps=(
            TimeStampShown(
                authority="TSA de Ejemplo, S. A.",
                time=START + timedelta(hours=1, seconds=32),
                serial="5c0e41b29a7713d8",
                accuracy=1.0,
            ),
        ),
        seal=SealShown(
            subject=Party(name="Operadora Ejemplo, S. A.", tax_id="A00000000"),
            issuer="CA de Ejemplo",
            serial="1f6a90c2e47b3d55",
            valid_until=datetime(2028, 6, 30, tzinfo=UTC),
        ),
        files=files(language),
    )
    return replace(made, **changes)
