"""Codes by e-mail with which content is opened or refused by its link: six digits, stored as an HMAC, for one of them.

The e-mail is in custody before the transaction that queues it; a crash between them leaves an object that nobody cites.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from uuid6 import uuid7

from acuse import clock
from acuse.delivery import rules
from acuse.delivery.models import Access, Communication, Notice
from acuse.delivery.services.access.held import Visitor, lock, note
from acuse.delivery.services.access.letters import letter_to
from acuse.delivery.services.signers import signed
from acuse.errors import InputError
from acuse.evidence import custody
from acuse.mail.notice import code_message

_CODE = re.compile(rf"[0-9]{{{rules.CODE_DIGITS}}}")


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A code was not taken.

    Attributes:
        tries_left: with this code.
        late: it had been right for too long.
        locked_until: no code is taken before; None where it goes on.
    """

    tries_left: int
    late: bool = False
    locked_until: datetime | None = None


def send_code(*, communication: UUID, visitor: Visitor) -> bool:
    """Make a code and queue its e-mail; a code sent before serves no more.

    Returns:
        Whether one was sent: not while locked, and not more than so many a day.

    Raises:
        NotOpen: there is nothing to open.
        TemporaryError: custody cannot take the e-mail.
    """
    code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}}"
    message_id = f"<{uuid7()}@{settings.ACUSE.mail_hostname}>"
    now = clock.now()
    row = Communication.objects.select_related("submission").get(id=communication)
    letter = letter_to(
        organisation=row.organisation_id,
        recipient=row.recipient,
        reply_to=row.sender,
        language=row.language,
        message_id=message_id,
        at=now,
    )
    content = code_message(letter, code=code, minutes=int(rules.CODE_TERM.total_seconds() // 60))
    content = signed(row.organisation_id, content, at=now)
    kept = custody.keep(organisation=row.organisation_id, content=content, media_type="message/rfc822")
    with transaction.atomic():
        row, held = lock(communication)
        if held.codes_since is None or held.codes_since <= now - rules.CODES_WINDOW:
            held.codes_since, held.codes_sent = now, 0
        if _locked(held, now) or held.codes_sent >= rules.MOST_CODES:
            return False
        held.code_mac, held.code_until, held.code_tries = code_mac(communication, code), now + rules.CODE_TERM, 0
        held.codes_sent += 1
        held.save()
        Notice.objects.create(
            organisation_id=row.organisation_id,
            communication=row,
            kind=Notice.Kind.CODE,
            recipient=row.recipient,
            message_id=message_id,
            message_sha256=kept.sha256,
            created_at=now,
            due_at=now,
        )
        details = {
            "contact": row.recipient,
            "valid_until": clock.to_rfc3339(held.code_until),
            "message_id": message_id,
            "client": visitor.details(),
        }
        note(row, "code.sent", details)
    return True


def code_serves(*, communication: UUID, code: str) -> bool:
    """Whether a code would open content now; it is neither counted nor used up.

    Args:
        communication: whose content it is. code: as typed; spaces do not matter.
    """
    held, now = Access.objects.filter(communication_id=communication).first(), clock.now()
    if held is None or _locked(held, now) or held.code_until is None or held.code_until <= now:
        return False
    return _matches(held, code)


def try_code(row: Communication, held: Access, visitor: Visitor, code: str) -> Refused | None:
    """Compare a code, in the transaction of what it is for: wrong and late ones count, and lock.

    Returns:
        None where it is right, and then it serves no more; the caller keeps that, with what else it changes of `held`.

    Raises:
        InputError: it cannot be a code, so it costs no try.
    """
    now = clock.now()
    if _locked(held, now):
        return Refused(tries_left=0, locked_until=held.locked_until)
    if not _CODE.fullmatch(_typed(code)):
        raise InputError("A code has six digits.")
    right = _matches(held, code)
    late = held.code_until is None or held.code_until <= now
    if right and not late:
        held.code_mac, held.code_until = "", None
        return None
    held.code_tries += 1
    left = max(0, rules.CODE_TRIES - held.code_tries)
    reason = "late" if right else "wrong"
    note(row, "code.refused", {"reason": reason, "tries_left": left, "client": visitor.details()})
    if not left:
        held.locked_until, held.code_mac, held.code_until = now + rules.CODE_LOCK, "", None
        held.code_tries = 0
        locked = {"locked_until": clock.to_rfc3339(held.locked_until), "client": visitor.details()}
        note(row, "code.locked", locked)
    held.save()
    return Refused(tries_left=left, late=right, locked_until=None if left else held.locked_until)


def code_mac(communication: UUID, code: str) -> str:
    """Return the keyed digest of a code, which serves for one communication alone."""
    key: bytes = settings.ACUSE_KEYS.address
    framed = b"acuse-access-code\x00" + communication.bytes + b"\x00" + code.encode()
    return hmac.new(key, framed, hashlib.sha256).hexdigest()


def _locked(held: Access, now: datetime) -> bool:
    return held.locked_until is not None and held.locked_until > now


def _matches(held: Access, code: str) -> bool:
    """Whether this is the code last sent; where there is none, comparing takes as long."""
    communication = held.communication_id
    typed = code_mac(communication, _typed(code))
    return hmac.compare_digest(typed, held.code_mac or code_mac(communication, secrets.token_hex(8)))


def _typed(code: str) -> str:
    """Return a code without the spaces that people set in it."""
    return "".join(code.split())
