"""Taking in what comes, and writing down what it turned out to be: one transaction each.

A crash before the transaction of `receive` leaves an object in custody that nobody cites; the other server got no 250
and sends again. A crash after it, before that server reads the 250, is why a retry is recognised.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import organisation_exists
from acuse.errors import ConflictError
from acuse.evidence import custody, retention
from acuse.evidence.custody import Kept
from acuse.evidence.ledger import FactDraft, record, record_first, refer
from acuse.evidence.queries import owner_of
from acuse.evidence.retention import Citations
from acuse.evidence.rules import INSTALLATION
from acuse.proof.facts.communication import KIND as COMMUNICATION
from acuse.proof.facts.fact import Actor
from acuse.proof.facts.reception import KIND
from acuse.reception import rules
from acuse.reception.models import Item
from acuse.reception.readings import Reading
from acuse.reception.rules import Ours
from acuse.texts import storable

_DOOR = Actor(kind="component", id="inbound")
_FETCHER = Actor(kind="component", id="fetching")
_READER = Actor(kind="component", id="reception")
#: Kinds of subject that addresses name beside communications.
_NAMED = {"mailbox": "mailbox", "ticket": "ticket"}
_MESSAGE_TYPE = "message/rfc822"
_ANSWERS_TYPE = "application/json"


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """Where a message was that was fetched by IMAP.

    Attributes:
        server: host and port. folder: in which it was.
        uid_validity, uid: what names it there (RFC 3501 2.3.1.1).
        arrived_at: when it came there, as that server says.
    """

    server: str
    folder: str
    uid_validity: int
    uid: int
    arrived_at: datetime


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One transaction of a client of the inbound door, or one message that was fetched.

    Attributes:
        mail_from: MAIL FROM; "" for the null sender.
        recipients: addresses of ours, each once.
        client_ip: of the client. helo: what it called itself, octets that are not UTF-8 as lone surrogates.
        tls: (version, cipher), or None in clear.
        fetched: from where, in the place of a client; then MAIL FROM is what the message says of it.
    """

    mail_from: str
    recipients: tuple[Ours, ...]
    client_ip: str = ""
    helo: str = ""
    tls: tuple[str, str] | None = None
    fetched: Fetched | None = None


def receive(*, arrival: Arrival, raw: bytes) -> list[UUID]:
    """Take a message in for every address it is for, or for none.

    Args:
        arrival: its envelope, checked by the door.
        raw: the unstuffed DATA.

    Returns:
        The item of each recipient, in order, made now or by the sender's first try. Everything is durable.

    Raises:
        TemporaryError: custody cannot take it now; nothing is half-written.
        django.db.DatabaseError: the database cannot take it now.
    """
    received_at = clock.now()
    owned = [_owned(one) for one in arrival.recipients]
    kept = {
        owner: custody.keep(organisation=owner, content=raw, media_type=_MESSAGE_TYPE)
        for owner in {owner for _, owner in owned}
    }
    with transaction.atomic():
        # In the order of their keys: two tries of one message, for the same addresses, wait for each other once.
        keyed = sorted((_key(arrival, ours, kept[owner]), number) for number, (ours, owner) in enumerate(owned))
        made: dict[str, UUID] = {}
        fresh: list[FactDraft] = []
        for key, number in keyed:
            ours, owner = owned[number]
            item, new = _insert(arrival, ours, owner, kept[owner], key, received_at)
            made[ours.address] = item
            if new:
                fresh.append(_recorded(item, owner, arrival, ours, kept[owner], received_at))
        if fresh:
            record_first(*fresh)
    return [made[one.address] for one in arrival.recipients]


def _owned(ours: Ours) -> tuple[Ours, UUID]:
    """Return an address and whose it is; a token of something that we no longer know names nothing."""
    if ours.identifier is None:
        return ours, INSTALLATION
    if ours.purpose == "inbox":
        owner = ours.identifier if organisation_exists(ours.identifier) else None
    else:
        owner = owner_of(kind=_NAMED.get(ours.purpose, COMMUNICATION), subject=ours.identifier)
    return (ours, owner) if owner is not None else (Ours(address=ours.address, purpose="unknown"), INSTALLATION)


def _key(arrival: Arrival, ours: Ours, kept: Kept) -> bytes:
    return rules.repeat_key(mail_from=arrival.mail_from, recipient=ours.address, sha256=kept.sha256)


def _insert(
    arrival: Arrival, ours: Ours, owner: UUID, kept: Kept, key: bytes, received_at: datetime
) -> tuple[UUID, bool]:
    """Insert an item; return it and True, or the one that an earlier try made and False."""
    item = Item(
        id=uuid7(),
        organisation_id=None if owner == INSTALLATION else owner,
        received_at=received_at,
        mail_from=arrival.mail_from,
        recipient=ours.address,
        purpose=ours.purpose,
        communication=ours.identifier if ours.purpose in {"bounce", "reply"} else None,
        names=ours.identifier if ours.purpose in _NAMED else None,
        client_ip=arrival.client_ip,
        client_helo=storable(arrival.helo)[:512],
        fetched=arrival.fetched is not None,
        sha256=kept.sha256,
        size=kept.size,
        repeat_key=key,
        due_at=received_at,
    )
    # A try that runs beside this one is waited for here; its row is seen afterwards.
    Item.objects.bulk_create([item], ignore_conflicts=True)
    found = Item.objects.values_list("id", flat=True).get(repeat_key=key)
    return found, found == item.id


def _recorded(item: UUID, owner: UUID, arrival: Arrival, ours: Ours, kept: Kept, received_at: datetime) -> FactDraft:
    return FactDraft(
        organisation=owner,
        subject_kind=KIND,
        subject_id=item,
        type="reception.recorded",
        actor=_FETCHER if arrival.fetched else _DOOR,
        details={
            "mail_from": arrival.mail_from,
            "recipient": ours.address,
            "purpose": ours.purpose,
            "size": kept.size,
            **_origin(arrival),
        },
        objects=(refer("message", kept),),
        occurred_at=received_at,
    )


def _origin(arrival: Arrival) -> dict[str, Any]:
    """Return who brought a message, or where it was fetched."""
    if (fetched := arrival.fetched) is not None:
        told = {"server": fetched.server, "folder": fetched.folder, "arrived_at": clock.to_rfc3339(fetched.arrived_at)}
        return {"fetched": {**told, "uid_validity": fetched.uid_validity, "uid": fetched.uid}}
    tls = {"version": arrival.tls[0], "cipher": arrival.tls[1]} if arrival.tls else None
    return {"client": {"ip": arrival.client_ip, "helo": storable(arrival.helo)[:512], "tls": tls}}


def classify(*, item: UUID, lease: UUID, found: Reading) -> None:
    """Write down what a message turned out to be.

    Args:
        item: which one.
        lease: under which it was read.
        found: what it is.

    Raises:
        ConflictError: another worker took it over, or it was erased meanwhile.
        TemporaryError: custody cannot keep the answers now.
    """
    row = Item.objects.filter(id=item).first()
    if row is None:
        raise ConflictError("The message was erased before it was read.")
    owner = row.organisation_id or INSTALLATION
    # A crash between this and the commit leaves an object that nobody cites; the message is read again.
    answers = (
        custody.keep(organisation=owner, content=found.answers, media_type=_ANSWERS_TYPE) if found.answers else None
    )
    unreadable = found.reading == "unreadable"
    with transaction.atomic():
        held = Item.objects.filter(id=item, lease=lease, state=Item.State.RECORDED).update(
            state=Item.State.UNREADABLE if unreadable else Item.State.CLASSIFIED,
            reading=found.reading,
            reason=storable(found.reason)[:2048],
            author=storable(found.author)[:512],
            subject=storable(found.subject)[:300],
            message_id=storable(found.message_id)[:998],
            references=[storable(one)[:998] for one in found.references],
            authentication=found.authentication,
            read_at=clock.now(),
            lease=None,
            lease_until=None,
        )
        if not held:
            raise ConflictError("Another worker read this message.")
        record(_classified(row, owner, found, answers))


def _classified(row: Item, owner: UUID, found: Reading, answers: Kept | None) -> FactDraft:
    details: dict[str, Any] = {
        "reading": found.reading,
        "communication": str(row.communication) if row.communication else None,
        "matched_by": "address" if row.communication else None,
        "reports": found.reports,
        "authentication": found.authentication,
    }
    if found.reason:
        details["reason"] = storable(found.reason)[:2048]
    return FactDraft(
        organisation=owner,
        subject_kind=KIND,
        subject_id=row.id,
        type="reception.classified",
        actor=_READER,
        details=details,
        objects=(refer("dns-answers", answers),) if answers else (),
    )


def put_off(*, item: UUID, lease: UUID, reason: str) -> None:
    """Leave a message for later, or as unreadable after so many tries, unless another worker took it over.

    Args:
        item: which one.
        lease: under which it was read.
        reason: what went wrong.
    """
    now = clock.now()
    with transaction.atomic():
        row = Item.objects.select_for_update().filter(id=item, lease=lease, state=Item.State.RECORDED).first()
        if row is None:
            return
        row.tries += 1
        row.due_at = now + rules.retry_wait(row.tries)
        row.lease = row.lease_until = None
        if row.tries >= rules.MOST_TRIES:
            row.state, row.reading, row.read_at = Item.State.UNREADABLE, "unreadable", now
            row.reason = storable(reason)[:2048]
            found = Reading(reading="unreadable", reason=reason)
            record(_classified(row, row.organisation_id or INSTALLATION, found, None))
        row.save()


def set_aside(*, item: UUID, reason: str) -> None:
    """Show a message as one that nobody could use, so that a person sees it; it can be read again.

    Args:
        item: which one, read before. reason: why, in a sentence.
    """
    with transaction.atomic():
        row = Item.objects.select_for_update().filter(id=item, state=Item.State.CLASSIFIED).first()
        if row is None:
            return
        row.state, row.reading, row.reason = Item.State.UNREADABLE, "unreadable", storable(reason)[:2048]
        row.save(update_fields=["state", "reading", "reason"])
        found = Reading(reading="unreadable", reason=row.reason)
        record(_classified(row, row.organisation_id or INSTALLATION, found, None))


def again(*, items: Sequence[UUID]) -> int:
    """Have what could not be read be read again; return how many that are. Others of them stay as they are."""
    return Item.objects.filter(id__in=list(items), state=Item.State.UNREADABLE).update(
        state=Item.State.RECORDED, tries=0, due_at=clock.now(), lease=None, lease_until=None
    )


def forget_repeats() -> int:
    """Forget the keys of senders' retries that are older than seven days; return how many.

    Those of fetched messages stay: a folder that is numbered anew brings all of them again.
    """
    ended = Item.objects.filter(repeat_key__isnull=False, fetched=False, received_at__lt=clock.now() - rules.REPEAT_FOR)
    return ended.update(repeat_key=None)


def erase_reception(*, organisation: UUID, item: UUID, reason: str, citations: Citations) -> int:
    """Erase a message whose retention has ended, with its facts; the ledger keeps its entries.

    Args:
        organisation: whose it is.
        item: which one.
        reason: recorded, without personal data.
        citations: see `acuse.evidence.retention.erase`.

    Returns:
        How many facts were erased.

    Raises:
        ConflictError: the retention has not ended, or there is a legal hold; nothing is erased.
    """
    with transaction.atomic():
        erased = retention.erase(organisation=organisation, kind=KIND, subject=item, reason=reason, citations=citations)
        Item.objects.filter(id=item).delete()
    return erased
