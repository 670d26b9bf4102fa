"""An organisation with its credential, messages and outcomes, made through the services."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from acuse import clock
from acuse.accounts import services as accounts
from acuse.accounts.values import SmtpCredentialValue
from acuse.channels.base import Outcome, Reply, Result
from acuse.delivery import rules
from acuse.delivery.envelope import Client, Envelope, Recipient
from acuse.delivery.models import Dispatch
from acuse.delivery.services import accept_message, close_attempt, open_attempt
from acuse.delivery.services.attempts import OpenedAttempt, SentCopy
from acuse.delivery.services.work import load_work
from acuse.evidence.queries import facts_of
from acuse.proof.facts.fact import Fact

SCHEDULE = rules.Schedule(scale=1.0, limit=timedelta(days=5))
HOST = "salida.example"


def message(*, subject: str = "Prueba", message_id: str | None = "uno", body: str = "Hola.") -> bytes:
    """A small message, with CRLF."""
    named = f"Message-ID: <{message_id}@ribera.example>\r\n" if message_id else ""
    return f"From: avisos@ribera.example\r\nTo: a@b.example\r\nSubject: {subject}\r\n{named}\r\n{body}\r\n".encode()


def credential(slug: str = "talleres-ribera", *, name: str = "crm") -> SmtpCredentialValue:
    """A credential of a new organisation."""
    made = accounts.create_organisation(name="Talleres Ribera", slug=slug)
    row, _ = accounts.create_credential(organisation=made.id, name=name)
    return SmtpCredentialValue(id=row.id, organisation=made.id, name=row.name)


def envelope(*recipients: str | Recipient, **changes: Any) -> Envelope:
    """An envelope to these recipients."""
    given = recipients or ("ana@cliente.example",)
    made: dict[str, Any] = {
        "mail_from": "avisos@ribera.example",
        "recipients": tuple(one if isinstance(one, Recipient) else Recipient(address=one) for one in given),
        "ret": None,
        "envid": None,
        "smtputf8": False,
        "body_8bit": False,
        "client": Client(ip="192.0.2.9", helo="crm.example", tls_version="TLSv1.3", tls_cipher="AES"),
    }
    return Envelope(**{**made, **changes})


def accept(value: SmtpCredentialValue, raw: bytes | None = None, *recipients: str | Recipient, **more: Any) -> UUID:
    """Accept a message for one recipient; return the communication."""
    content = message() if raw is None else raw
    return accept_message(credential=value, envelope=envelope(*recipients, **more), raw=content)[0].id


def outcome(result: Result, *, reply: str | None = None, **changes: Any) -> Outcome:
    """An outcome as the channel returns it."""
    words = reply.split(" ") if reply else []
    made: dict[str, Any] = {
        "result": result,
        "failure_class": None,
        "reply": Reply(code=int(words[0]), enhanced=words[1], text=f"{reply}\r\n".encode(), stage="data")
        if reply
        else None,
        "reason": "The server answered.",
        "host": "mx.cliente.example",
        "address": "192.0.2.25:25",
        "tls": None,
        "dns": {"mx": [], "secure": False},
        "dsn_supported": False,
        "transcript": b'{"from":"server"}\n',
        "stage": "data",
    }
    return Outcome(**{**made, **changes})


RELAYED = outcome(Result.RELAYED, reply="250 2.0.0 queued")
DEFERRED = outcome(Result.DEFERRED, reply="451 4.7.1 later", failure_class="throttled")
REFUSED = outcome(Result.REFUSED, reply="550 5.1.1 unknown", failure_class="mailbox_not_found")
UNKNOWN = outcome(Result.UNKNOWN, failure_class="undetermined", reason="The connection was lost.")
NO_DOMAIN = outcome(
    Result.REFUSED, failure_class="domain_not_found", final_locally=True, host=None, address=None, stage="dns"
)
COPY = SentCopy(prepended="Received: by salida.example\r\n", sha256="ab" * 32, message_id=None)


def lease(communication: UUID) -> UUID:
    """Claim a communication as a worker of its own would."""
    identity = uuid4()
    Dispatch.objects.filter(communication_id=communication).update(
        lease=identity, lease_until=clock.now() + rules.LEASE
    )
    return identity


def open_one(communication: UUID, held: UUID | None = None) -> OpenedAttempt:
    """Open the next attempt."""
    held = held or lease(communication)
    return open_attempt(work=load_work(communication), lease=held, target="cliente.example", copy=COPY)


def close_one(opened: OpenedAttempt, result: Outcome, schedule: rules.Schedule = SCHEDULE) -> rules.Decision:
    """Record what came of it."""
    return close_attempt(opened=opened, outcome=result, schedule=schedule, reporting_host=HOST)


def attempt(communication: UUID, result: Outcome, schedule: rules.Schedule = SCHEDULE) -> rules.Decision:
    """Make one attempt."""
    return close_one(open_one(communication), result, schedule)


def facts(organisation: UUID, communication: UUID) -> list[Fact]:
    """The facts of a communication."""
    return [item.fact for item in facts_of(organisation=organisation, kind="communication", id=communication)]
