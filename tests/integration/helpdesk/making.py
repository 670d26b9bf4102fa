"""A desk with its people, and mail that comes in for it."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from acuse import clock
from acuse.accounts import services as accounts
from acuse.accounts.queries import Access, access_organisation
from acuse.evidence.queries import facts_of
from acuse.evidence.sequencer import Sequencer
from acuse.helpdesk.followers import follow_mail, follow_openings
from acuse.helpdesk.models import Ticket
from acuse.helpdesk.services.mailboxes import add_mailbox
from acuse.proof.facts.fact import Fact
from acuse.proof.facts.ticket import KIND
from acuse.reception import rules
from acuse.reception.models import Item
from acuse.reception.readings import read_message
from acuse.reception.rules import Ours
from acuse.reception.services import Arrival, classify, receive

SLUG = "talleres-ribera"
ADDRESS = "atencion@ribera.example"
ANA = "ana@cliente.example"


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An organisation with an owner, an administrator, an agent and an auditor, and one mailbox."""

    organisation: UUID
    mailbox: UUID
    owner: Access
    administrator: Access
    agent: Access
    auditor: Access
    sequencer: Sequencer

    def receive(self, raw: bytes, ours: Ours | None = None, *, mail_from: str = ANA) -> UUID:
        """Have a message come in, be read and be filed; return the item."""
        item = self.take_in(raw, ours, mail_from=mail_from)
        self.file()
        return item

    def take_in(self, raw: bytes, ours: Ours | None = None, *, mail_from: str = ANA) -> UUID:
        """Have a message come in and be read, as the door and the reader do; nobody follows yet."""
        to = ours or Ours(address=ADDRESS, purpose="mailbox", identifier=self.mailbox)
        arrival = Arrival(mail_from=mail_from, recipients=(to,), client_ip="192.0.2.25", helo="mx", tls=None)
        (item,) = receive(arrival=arrival, raw=raw)
        self.read(item, raw)
        return item

    def read(self, item: UUID, raw: bytes) -> None:
        """Read a message that came in, as the reader does."""
        lease = uuid4()
        Item.objects.filter(id=item).update(lease=lease, lease_until=clock.now() + rules.LEASE)
        classify(item=item, lease=lease, found=read_message(raw))

    def file(self) -> None:
        """Let the ledger go on, and the desk follow it."""
        self.sequencer.tick()
        while follow_mail():
            pass
        self.sequencer.tick()
        while follow_openings():
            pass

    def ticket(self) -> Ticket:
        """The only case."""
        return Ticket.objects.get(organisation_id=self.organisation)

    def facts(self, ticket: UUID | None = None) -> list[Fact]:
        """The facts of a case, or of the only one."""
        one = ticket or self.ticket().id
        return [found.fact for found in facts_of(organisation=self.organisation, kind=KIND, id=one)]

    def types(self, ticket: UUID | None = None) -> list[str]:
        """The types of its facts."""
        return [fact.type for fact in self.facts(ticket)]

    def only(self, fact_type: str, ticket: UUID | None = None) -> Fact:
        """The one fact of a type."""
        (fact,) = (one for one in self.facts(ticket) if one.type == fact_type)
        return fact


def desk(sequencer: Sequencer) -> Desk:
    """Make one."""
    made = accounts.create_organisation(name="Talleres Ribera", slug=SLUG)
    accounts.add_sender_identity(organisation=made.id, pattern="@ribera.example")
    accesses = {}
    for role in ("owner", "administrator", "agent", "auditor"):
        user = accounts.create_user(email=f"{role}@ribera.example", password=None, name=role.title())
        accounts.add_member(organisation=made.id, email=user.email, role=role)
        accesses[role] = access_organisation(user=user, slug=SLUG)
    mailbox = add_mailbox(access=accesses["owner"], name="Atención al cliente", address=ADDRESS)
    return Desk(organisation=made.id, mailbox=mailbox, sequencer=sequencer, **accesses)


def letter(
    subject: str = "Ruido al frenar",
    body: str = "Desde la revisión el coche hace ruido.",
    *,
    sender: str = f"Ana Prieto <{ANA}>",
    message_id: str = "<m1@cliente.example>",
    **fields: str,
) -> bytes:
    """What a customer writes."""
    more = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in fields.items())
    return (
        (
            f"From: {sender}\nTo: {ADDRESS}\nSubject: {subject}\nMessage-ID: {message_id}\n{more}"
            f"Content-Type: text/plain; charset=utf-8\n\n{body}\n"
        )
        .replace("\n", "\r\n")
        .encode()
    )
