"""A case as its customer follows it: nothing of it that only members may see."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from acuse.accounts.queries import organisation_view
from acuse.composition.bodies import preview
from acuse.errors import InputError
from acuse.helpdesk import rules
from acuse.helpdesk.models import ConformityRequest, Interaction, Settings, Ticket
from acuse.helpdesk.queries.authors import is_from_elsewhere, own_addresses
from acuse.helpdesk.queries.files import content_of
from acuse.helpdesk.queries.writing import NO_ANSWERS
from acuse.mail.mailboxes import lowered
from acuse.mail.quotes import parted

# Members note for themselves what came of a call, but for the one that opened the case: that is what it is about.
_SHOWN = Q(kind__in=(Interaction.Kind.MESSAGE, Interaction.Kind.REPLY)) | Q(kind=Interaction.Kind.CALL, sequence=1)
_MOST_ABOUT = 3


@dataclass(frozen=True, kw_only=True)
class FileName:
    """A file that came along with what was said; `size` in octets."""

    name: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Said:
    """Something that was said, by the customer or to them; `html` is an answer's, harmless; `call`: by telephone.

    `elsewhere`: it came to the case from an address that is not known for the customer's.
    """

    id: UUID
    at: datetime
    own: bool
    elsewhere: bool
    call: bool
    text: str
    html: str
    files: tuple[FileName, ...]


@dataclass(frozen=True, kw_only=True)
class SavedFile:
    """A file of what was said, whole."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Followed:
    """A case for its customer, who is answered at `address`; `asked`: the question whether they agree, if it waits.

    `data_policy` is the address of the organisation's policy of data protection, "" for none.
    """

    id: UUID
    organisation: str
    organisation_id: UUID
    zone: str
    language: str
    key: str
    subject: str
    address: str
    type: str
    channel: str
    status: str
    opened_at: datetime
    closed_at: datetime | None
    said: tuple[Said, ...]
    asked: UUID | None
    data_policy: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question whether the customer agrees: `state` is "open", "agreed", "disagreed" or "withdrawn".

    `about` is what they were answered and are asked about, the oldest first; of a question that is open alone.
    """

    id: UUID
    case: Followed
    state: str
    asked_at: datetime
    answered_at: datetime | None
    about: tuple[Said, ...]


def followed(ticket: UUID) -> Followed | None:
    """Return a case by the identifier in its secret link, or None where there is none any more."""
    row = Ticket.objects.filter(id=ticket).first()
    if row is None:
        return None
    view = organisation_view(row.organisation_id)
    waiting = ConformityRequest.objects.filter(ticket=row, answered_at=None, withdrawn_at=None).first()
    policies = Settings.objects.filter(organisation_id=row.organisation_id)
    shown, addresses = row.interactions.filter(_SHOWN).order_by("sequence"), own_addresses(row)
    return Followed(
        id=row.id,
        organisation=view.name,
        organisation_id=row.organisation_id,
        zone=view.time_zone,
        language=row.language,
        key=row.key,
        subject=row.subject,
        address=row.address,
        type=row.type,
        channel=row.channel,
        status=row.status,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        said=tuple(_said(one, addresses) for one in shown),
        asked=waiting.id if waiting and waiting.communication else None,
        data_policy=policies.values_list("data_policy", flat=True).first() or "",
    )


def question(request: UUID) -> Question | None:
    """Return a question by the identifier in its link, or None where there is none any more."""
    row = ConformityRequest.objects.filter(id=request).first()
    case = followed(row.ticket_id) if row else None
    if row is None or case is None:
        return None
    answered = "agreed" if row.agreed else "disagreed"
    state = answered if row.answered_at else "withdrawn" if row.withdrawn_at else "open"
    return Question(
        id=row.id,
        case=case,
        state=state,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        about=_asked_about(row) if state == "open" else (),
    )


def _asked_about(row: ConformityRequest) -> tuple[Said, ...]:
    """Return the last answer up to a question, and what was written since only to ask about it.

    A letter that asks may say the solution itself, or only that it was sent: both are shown. What the customer did not
    agree with before is none of it.
    """
    replies = Interaction.objects.filter(ticket=row.ticket_id, kind=Interaction.Kind.REPLY).exclude(act__in=NO_ANSWERS)
    asked = Interaction.objects.filter(ticket=row.ticket_id, communication=row.communication).first()
    if asked is not None:
        replies = replies.filter(sequence__lte=asked.sequence)
    denied = ConformityRequest.objects.filter(ticket=row.ticket_id, agreed=False, answered_at__lt=row.asked_at)
    last = denied.order_by("-answered_at").values_list("answered_at", flat=True).first()
    if last is not None:
        replies = replies.filter(occurred_at__gt=last)
    shown: list[Said] = []
    for reply in replies.order_by("-sequence")[:_MOST_ABOUT]:
        shown.insert(0, _said(reply, frozenset()))
        if reply.act != "conformity":
            break
    return tuple(shown)


def access_file(*, ticket: UUID, said: UUID, number: int) -> SavedFile | None:
    """Return a file of what a customer is shown of their case, or None where there is no such one.

    Args:
        ticket: in whose secret link the request came. said: with which it came along. number: its place there, from 1.

    Raises:
        MissingObject, DamagedObject: custody cannot give it. TemporaryError: nor does it now.
    """
    row = Interaction.objects.select_related("ticket").filter(_SHOWN, ticket_id=ticket, id=said).first()
    if row is None:
        return None
    content = content_of(
        organisation=row.ticket.organisation_id, sha256=row.sha256, attachments=row.attachments, number=number
    )
    if content is None:
        return None
    listed = row.attachments[number - 1]
    return SavedFile(name=str(listed["name"]), media_type=str(listed["media_type"]), content=content)


def found_by_key(*, key: str, address: str) -> UUID | None:
    """Return the case of a tracking key whose answers go to an address, or None: whoever asks is not told which failed.

    Args:
        key: as somebody typed it. address: of the customer.
    """
    try:
        wanted = rules.check_key(key)
    except InputError:
        return None
    for identity, known in Ticket.objects.filter(key=wanted).values_list("id", "address"):
        if known and lowered(known) == lowered(address.strip()):
            return identity
    return None


def _said(row: Interaction, addresses: frozenset[str]) -> Said:
    reply, elsewhere = row.kind == Interaction.Kind.REPLY, is_from_elsewhere(row, addresses)
    return Said(
        id=row.id,
        at=row.occurred_at,
        own=not reply and not elsewhere,
        elsewhere=elsewhere,
        call=row.channel == "phone",
        text=row.text if reply else parted(row.text)[0],
        html=preview(row.text) if reply else "",
        files=tuple(FileName(name=str(one["name"]), size=int(one["size"])) for one in row.attachments),
    )
