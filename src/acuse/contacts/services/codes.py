"""Codes by e-mail with which a person shows that an address is theirs: six digits, kept as an HMAC, for one asking.

A code serves whoever asked for it alone: what a stranger asks for, guesses and uses up is their own.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from acuse import clock
from acuse.contacts import rules
from acuse.contacts.models import Address, OneTimeCode
from acuse.contacts.services.intake import find_or_make
from acuse.contacts.services.recording import draft, told
from acuse.evidence.ledger import record
from acuse.proof.facts.fact import Actor

DIGITS = 6
TERM = timedelta(minutes=10)
TRIES = 5
SESSION = timedelta(minutes=30)
"""How long what was proved holds."""
MOST_AN_HOUR, MOST_A_DAY = 5, 10
"""Codes for one address."""
WAITS = timedelta(hours=1)
"""How long a code that cannot be sent is tried."""
KEPT = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A code that waits to be made and sent; `value` is the address as it was typed."""

    id: UUID
    organisation: UUID
    purpose: str
    value: str
    language: str


@dataclass(frozen=True, kw_only=True)
class Proved:
    """An address that somebody showed to be theirs; `until` is when that has to be shown anew."""

    code: UUID
    value: str
    key: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A code was not taken; 0 `tries_left` means that it serves no more."""

    tries_left: int


def ask_code(*, organisation: UUID, purpose: str, value: str, language: str) -> UUID | None:
    """Ask for a code to an address; return what names the asking, or None where too many were asked for lately.

    Args:
        organisation: for whose pages. purpose: of `OneTimeCode.Purpose`.
        value: e-mail address, as typed. language: "es" or "en".

    Raises:
        InputError: it is no e-mail address.
    """
    key, now = rules.key("email", value), clock.now()
    lately = OneTimeCode.objects.filter(organisation_id=organisation, key=key)
    for most, within in ((MOST_AN_HOUR, timedelta(hours=1)), (MOST_A_DAY, timedelta(days=1))):
        if lately.filter(asked_at__gt=now - within).count() >= most:
            return None
    row = OneTimeCode.objects.create(
        organisation_id=organisation, purpose=purpose, value=value.strip(), key=key, language=language, asked_at=now
    )
    return row.id


def asked_codes(*, most: int) -> tuple[Asked, ...]:
    """Return codes that wait to be made, the oldest first; nobody waits any more for one of an hour ago."""
    waiting = OneTimeCode.objects.filter(sent_at=None, asked_at__gt=clock.now() - WAITS)
    rows = waiting.order_by("asked_at")[:most]
    return tuple(
        Asked(id=row.id, organisation=row.organisation_id, purpose=row.purpose, value=row.value, language=row.language)
        for row in rows
    )


@contextmanager
def one_maker(code: UUID) -> Iterator[bool]:
    """Let one process at a time make a code, so that no second e-mail for it comes into custody.

    The lock is the session's, because nothing is kept inside a transaction; it ends with its process.

    Yields:
        Whether it is this caller's to make: nobody else is at it, and it still waits.
    """
    name = f"code {code}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (name,))
        (taken,) = cursor.fetchone()
        try:
            yield taken and OneTimeCode.objects.filter(id=code, sent_at=None).exists()
        finally:
            if taken:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (name,))


def new_digits() -> str:
    """Return a code that nobody guesses."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def settle_code(*, code: UUID, digits: str) -> bool:
    """Let a code serve from now on, in the transaction that queues its e-mail; with "" none is sent, and none serves.

    Returns:
        Whether it was this caller that settled it: another worker may have been first.
    """
    row = OneTimeCode.objects.select_for_update(skip_locked=True).filter(id=code, sent_at=None).first()
    if row is None:
        return False
    row.sent_at = clock.now()
    row.until = row.sent_at + TERM
    row.mac = _mac(row, digits) if digits else ""
    row.save(update_fields=["sent_at", "until", "mac"])
    return True


def give_code(
    *, code: UUID, organisation: UUID, purpose: str, digits: str, actor: Actor, name: str = ""
) -> Proved | Refused:
    """Take a code back from whoever asked for it; where it is right, the address is known to be theirs.

    Where nobody has the address yet a contact is made.

    Args:
        code: the asking. organisation, purpose: of the page on which it is given.
        digits: as typed; spaces do not matter.
        actor: who brings it in. name: of a new contact, as they gave it.
    """
    now = clock.now()
    with transaction.atomic():
        asked = OneTimeCode.objects.select_for_update().filter(
            id=code, organisation_id=organisation, purpose=purpose, proved_at=None
        )
        row = asked.first()
        if row is None or row.tries >= TRIES:
            return Refused(tries_left=0)
        if not _matches(row, digits) or row.until is None or row.until <= now:
            row.tries += 1
            if row.tries >= TRIES:
                row.mac = ""
            row.save(update_fields=["tries", "mac"])
            return Refused(tries_left=TRIES - row.tries)
        row.proved_at, row.mac = now, ""
        row.save(update_fields=["proved_at", "mac"])
        _prove(row, actor, name)
    return _proved(row, now)


def _prove(row: OneTimeCode, actor: Actor, name: str) -> None:
    contact = find_or_make(
        organisation=row.organisation_id,
        channel="email",
        value=row.value,
        name=name,
        language=row.language,
        basis="code_confirmed",
        actor=actor,
    )
    address = Address.objects.get(contact_id=contact, channel="email", key=row.key, removed_at=None)
    record(draft(row.organisation_id, contact, "contact.proved", actor, {**told(address), "purpose": row.purpose}))


def proved(*, code: UUID, organisation: UUID, purpose: str) -> Proved | None:
    """Return what was shown by a code, or None where that holds no more, or never did."""
    row = OneTimeCode.objects.filter(
        id=code,
        organisation_id=organisation,
        purpose=purpose,
        proved_at__gt=clock.now() - SESSION,
        ended_at=None,
    ).first()
    return _proved(row, row.proved_at) if row and row.proved_at else None


def end_proof(*, code: UUID, organisation: UUID) -> None:
    """End what was shown by a code: whoever holds its name can do nothing with it any more."""
    OneTimeCode.objects.filter(id=code, organisation_id=organisation, ended_at=None).update(ended_at=clock.now())


def forget_codes() -> None:
    """Forget the codes that serve no limit any more."""
    OneTimeCode.objects.filter(asked_at__lt=clock.now() - KEPT).delete()


def _proved(row: OneTimeCode, at: datetime) -> Proved:
    return Proved(code=row.id, value=row.value, key=row.key, until=at + SESSION)


def _mac(row: OneTimeCode, digits: str) -> str:
    """Return the keyed digest of a code, which serves for one asking, address and organisation alone."""
    key: bytes = settings.ACUSE_KEYS.address
    framed = b"acuse-contact-code\x00" + row.organisation_id.bytes + row.id.bytes
    return hmac.new(key, framed + f"{row.purpose}\x00{row.key}\x00{digits}".encode(), hashlib.sha256).hexdigest()


def _matches(row: OneTimeCode, digits: str) -> bool:
    """Whether this is the code that was sent; where none was, comparing takes as long."""
    typed = _mac(row, "".join(digits.split()))
    return hmac.compare_digest(typed, row.mac or _mac(row, secrets.token_hex(8)))
