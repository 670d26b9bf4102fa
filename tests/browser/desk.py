"""A desk in the world of the web tests: cases of every kind, opened through the services."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from acuse import clock
from acuse.accounts import services as accounts
from acuse.accounts.models import User
from acuse.accounts.queries import Access, access_organisation
from acuse.calendars.presets import PRESETS
from acuse.calendars.services import publish_calendar
from acuse.evidence import custody
from acuse.evidence.ledger import refer
from acuse.helpdesk.models import Ticket
from acuse.helpdesk.packs import pack
from acuse.helpdesk.services.changes import add_note, assign, classify, escalate
from acuse.helpdesk.services.mailboxes import add_mailbox
from acuse.helpdesk.services.opening import Written, add_message, open_ticket
from acuse.helpdesk.services.policies import publish_policy
from acuse.helpdesk.services.replies import Answer, reply, send_due
from acuse.proof.facts.fact import Actor
from acuse.proof.policy import Policy
from tests.browser.world import World

ADDRESS = "atencion@talleres-ribera.example"
_ACTOR = Actor(kind="component", id="helpdesk")


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Who works at it, and some of its cases."""

    access: Access
    noise: UUID
    invoice: UUID


def written(
    address: str, name: str, subject: str, text: str, *, hours: float = 1, files: tuple[dict[str, object], ...] = ()
) -> Written:
    """What a customer wrote some hours ago."""
    return Written(
        channel="email",
        address=address,
        name=name,
        language="es",
        subject=subject,
        text=text,
        occurred_at=clock.now() - timedelta(hours=hours),
        actor=_ACTOR,
        basis="wrote_from",
        files=files,
    )


def desk(world: World, *, email: str) -> Desk:
    """Set the desk up: a mailbox, and six cases, one of which is answered, noted and passed up."""
    access = access_organisation(user=User.objects.get(email=email), slug="talleres-ribera")
    accounts.add_sender_identity(organisation=world.organisation, pattern=ADDRESS)
    calendar = publish_calendar(access=access, name="Taller", zone="Europe/Madrid", definition=PRESETS["office"])
    terms = (
        *pack("standard", language="es", calendar=calendar),
        *pack("ley-10-2025", language="es", calendar=calendar),
    )
    publish_policy(access=access, terms=Policy(terms=terms).members())
    add_mailbox(access=access, name="Atención al cliente", address=ADDRESS)
    opened = [
        open_ticket(organisation=world.organisation, written=one)
        for one in (
            written(
                "cliente0877@correo.example",
                "Cliente 0877",
                "Ruido al frenar después de la revisión",
                "Desde la revisión del día 12 el coche hace ruido al frenar en frío.\n\nQuiero que lo miren sin coste.",
                hours=30,
            ),
            written("cliente1077@correo.example", "Cliente 1077", "¿Puedo adelantar la cita?", "¿Puede ser antes?"),
            written("flota@norte12.example", "Flota Norte 12", "Factura F-2310", "No reconozco el importe.", hours=50),
            written(
                "cliente0702@correo.example", "", "Suspensión de la garantía 55120", "No estoy de acuerdo.", hours=9
            ),
            written("cliente1203@correo.example", "Cliente 1203", "x" * 250, "Un asunto muy largo.", hours=80),
            written("cliente0619@correo.example", "Cliente 0619", "Gracias por la entrega", "Muy amables.", hours=200),
        )
    ]
    noise, invoice = opened[0], opened[2]
    classify(access=access, tickets=[noise], type="claim", priority="high")
    classify(access=access, tickets=[invoice], matter="billing")
    assign(access=access, tickets=[noise, invoice], member=access.member)
    answer = Answer(
        subject="Re: Ruido al frenar después de la revisión",
        body="Hemos revisado su caso: cambiaremos la pinza **sin coste**.\n\n- con recogida a domicilio",
        language="es",
        certified=True,
        delay=timedelta(),
    )
    reply(access=access, ticket=noise, answer=answer)
    send_due()
    add_note(access=access, ticket=noise, text="Taller confirma holgura en la pinza; asumimos la pieza.")
    again = written(
        "cliente0877@correo.example",
        "Cliente 0877",
        "Re: Ruido al frenar",
        "¿Cuándo sería?\n\nEl lun, 16 nov 2026 a las 16:20, Talleres Ribera <atencion@ribera.example> escribió:\n"
        "> Hemos revisado su caso",
        hours=0.2,
        files=({"number": 1, "name": "frenos.mp4", "media_type": "video/mp4", "size": 3_100_000},),
    )
    kept = custody.keep(
        organisation=world.organisation, content=b"From: a@b.example\r\n\r\nx", media_type="message/rfc822"
    )
    add_message(ticket=noise, written=replace(again, message=refer("message", kept)), matched_by="token")
    escalate(access=access, ticket=noise, escalated=True, reason="Pide hablar con el responsable.")
    return Desk(access=access, noise=noise, invoice=invoice)


def number(ticket: UUID) -> int:
    """The number of a case."""
    return Ticket.objects.get(id=ticket).number
