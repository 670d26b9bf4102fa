"""Content that waits for its recipient behind a link: what is done with it, one transaction each.

Nothing here is called by a request that only looks. What was shown is in custody before the transaction that records
the access; a crash between them leaves an object that nobody cites.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import organisation_view
from acuse.certificates import services as certificates
from acuse.delivery import rules
from acuse.delivery.models import Access, Communication, Notice
from acuse.delivery.services.work import Work
from acuse.errors import ConflictError
from acuse.evidence import custody
from acuse.evidence.custody import Kept
from acuse.evidence.ledger import FactDraft, record, refer
from acuse.evidence.queries import facts_of
from acuse.evidence.statements import execute
from acuse.mail.notice import Letter, code_message, date_in_words, notice
from acuse.mail.read import Attachment
from acuse.mail.tokens import ACCESS, encode_token
from acuse.proof.facts.communication import KIND
from acuse.proof.facts.fact import Actor, ObjectReference
from acuse.proof.verdicts.delivery import verdict

POSTMAN = Actor(kind="component", id="dispatcher")
RECIPIENT = Actor(kind="recipient", id="link")
TERM = Actor(kind="component", id="periodic")
_MOST_EXPIRED = 200
_UNDELIVERED = ("El aviso no llegó a su destinatario.", "The notice did not reach its recipient.")
_CONSIGN = """
INSERT INTO delivery_accesses (communication_id, consigned_at, expires_at, ended, code_mac, code_tries, codes_sent)
VALUES (%(communication)s, %(now)s, %(expires_at)s, '', '', 0, 0)
ON CONFLICT DO NOTHING RETURNING communication_id
"""


class NotOpen(ConflictError):
    """The content cannot be opened or answered: its term is over, or it was answered or withdrawn before."""


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who asks: the other end of the connection, and what it calls itself."""

    ip: str
    user_agent: str

    def details(self) -> dict[str, str]:
        """Return the member `client` of a fact."""
        return {"ip": self.ip[:64], "user_agent": self.user_agent[:1024]}


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The content was opened, or answered, with this authentication ("" where the link was all that was needed)."""

    at: datetime
    method: str


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


def consign(work: Work) -> list[FactDraft]:
    """Put content at its recipient's disposal, in the transaction that opens the first try, and return the fact."""
    if work.mode != Communication.Mode.NOTICE or work.expires_at is None:
        return []
    made = execute(
        _CONSIGN, {"communication": work.communication, "now": clock.now(), "expires_at": work.expires_at}
    ).fetchone()
    if made is None:
        return []
    return [
        FactDraft(
            organisation=work.organisation,
            subject_kind=KIND,
            subject_id=work.communication,
            type="content.consigned",
            actor=POSTMAN,
            details={"access": work.access, "term_until": clock.to_rfc3339(work.expires_at)},
        )
    ]


def link_to(communication: UUID) -> str:
    """Return the link to the page of a communication, which nobody else can make."""
    token = encode_token(key=settings.ACUSE_KEYS.address, purpose=ACCESS, identifier=communication)
    return f"{settings.ACUSE.public_url.rstrip('/')}/a/{token}/"


def compose_notice(work: Work, *, message_id: str) -> bytes:
    """Return the notice that content waits, the same at each try.

    Args:
        work: the communication, in notice mode. message_id: "<...>".
    """
    letter = letter_to(
        organisation=work.organisation,
        recipient=work.recipient,
        reply_to=work.sender,
        language=work.language,
        message_id=message_id,
        at=work.accepted_at,
    )
    zone = ZoneInfo(organisation_view(work.organisation).time_zone)
    assert work.expires_at is not None
    return notice(
        letter,
        subject=work.subject,
        link=link_to(work.communication),
        until=date_in_words(work.expires_at.astimezone(zone), work.language),
        coded=work.access == "otp",
        help_link=f"{settings.ACUSE.public_url.rstrip('/')}/verify/",
    )


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
    kept = custody.keep(organisation=row.organisation_id, content=content, media_type="message/rfc822")
    with transaction.atomic():
        row, held = _lock(communication)
        if held.codes_since is None or held.codes_since <= now - rules.CODES_WINDOW:
            held.codes_since, held.codes_sent = now, 0
        if _locked(held, now) or held.codes_sent >= rules.MOST_CODES:
            return False
        held.code_mac, held.code_until, held.code_tries = _mac(communication, code), now + rules.CODE_TERM, 0
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
        _record(row, "code.sent", details)
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


def open_content(*, communication: UUID, visitor: Visitor, shown: Kept | None, code: str = "") -> Opened | Refused:
    """Open content: with the link alone, or with the code where the sender asked for one.

    After `rules.MOST_OPENINGS` it is opened without a further fact.

    Args:
        communication: whose content it is.
        visitor: who asks.
        shown: what will be shown of the message, in custody; None counts a code that does not serve.
        code: as typed; spaces do not matter.

    Raises:
        NotOpen: there is nothing to open, or nothing to show.
    """
    with transaction.atomic():
        row, held = _lock(communication)
        method = "otp" if row.access == "otp" else ""
        refused = _try_code(row, held, visitor, code) if method else None
        if refused is not None:
            return refused
        if shown is None:
            # The code began to serve after it was looked at; rolled back, so that it serves the next time.
            raise NotOpen("There is nothing to show.")
        now = clock.now()
        held.opened_at = held.opened_at or now
        counted = held.openings < rules.MOST_OPENINGS
        held.openings += counted
        held.save()
        if counted:
            details = {**_act(row, visitor, method), "shown": shown.sha256}
            _record(row, "content.accessed", details, refer("shown", shown))
            _follow(row, "content.accessed")
    return Opened(at=now, method=method)


def fetch_attachment(*, communication: UUID, visitor: Visitor, method: str, number: int, chosen: Attachment) -> None:
    """Record that an attachment is downloaded, before it is; after `rules.MOST_DOWNLOADS` nothing is recorded.

    Args:
        communication: whose content it is. visitor: who asks. method: with which the content was opened.
        number: of the attachment, from 1. chosen: the attachment.

    Raises:
        NotOpen: the content can no longer be opened.
    """
    with transaction.atomic():
        row, held = _lock(communication)
        if held.downloads >= rules.MOST_DOWNLOADS:
            return
        held.downloads += 1
        held.save()
        details = {
            **_act(row, visitor, method),
            "number": number,
            "name": chosen.name[:1024],
            "digest": chosen.sha256,
            "size": chosen.size,
        }
        _record(row, "attachment.fetched", details)


def accept(*, communication: UUID, visitor: Visitor, method: str, words: str, comments: str) -> Opened:
    """Record that whoever had opened the content accepted it; a second time changes nothing.

    Args:
        communication: whose content it is. visitor: who asks. method: with which the content was opened.
        words: of the button that was pressed. comments: of whoever pressed it.

    Raises:
        NotOpen: it was not opened, or was answered otherwise, or its term is over.
    """
    with transaction.atomic():
        row, held = _lock(communication)
        if held.opened_at is None:
            raise NotOpen("The content was not opened.")
        if held.accepted_at is None:
            held.accepted_at = clock.now()
            held.save()
            _record(row, "acceptance.given", {**_act(row, visitor, method), "words": words, "comments": comments})
            _follow(row, "acceptance.given")
        return Opened(at=held.accepted_at, method=method)


def reject(*, communication: UUID, visitor: Visitor, method: str, words: str, comments: str) -> None:
    """Record that whoever held the link rejected the content: it can no longer be opened.

    Args:
        communication: whose content it is. visitor: who asks.
        method: with which the content was opened; "" where it was not.
        words: of the button that was pressed. comments: of whoever pressed it.

    Raises:
        NotOpen: it was answered before, or its term is over.
    """
    with transaction.atomic():
        row, held = _lock(communication)
        if held.accepted_at is not None:
            raise NotOpen("The content was accepted before.")
        _end(held, Access.Ended.REJECTED)
        _record(row, "content.rejected", {**_act(row, visitor, method), "words": words, "comments": comments})
        _follow(row, "content.rejected")


def revoke(*, communication: UUID, actor: Actor, reason: str) -> None:
    """Withdraw a link: the content can no longer be opened with it.

    Args:
        communication: whose content it is. actor: who withdraws it. reason: in their words.

    Raises:
        NotOpen: there is nothing to withdraw.
    """
    with transaction.atomic():
        row, held = _lock(communication)
        _end(held, Access.Ended.REVOKED)
        _record(row, "access.revoked", {"reason": reason[:500]}, actor=actor)


def end_undelivered(row: Communication) -> None:
    """Withdraw the link of a notice that did not arrive, in the transaction that says so: what came back may hold it.

    Args:
        row: the communication, locked.
    """
    held = Access.objects.filter(communication=row, ended="")
    if held.exists():
        held.update(ended=Access.Ended.REVOKED, code_mac="", code_until=None)
        _record(row, "access.revoked", {"reason": _UNDELIVERED[row.language == "en"]}, actor=POSTMAN)


def expire_due() -> int:
    """End the terms that are over, each in its own transaction; return how many."""
    due = Access.objects.filter(ended="", expires_at__lte=clock.now()).order_by("expires_at")
    ended = [_expire(communication) for communication in due.values_list("communication", flat=True)[:_MOST_EXPIRED]]
    return sum(ended)


def _expire(communication: UUID) -> bool:
    with transaction.atomic():
        row = Communication.objects.select_for_update().filter(id=communication).first()
        held = Access.objects.filter(communication_id=communication, ended="", expires_at__lte=clock.now()).first()
        if row is None or held is None:
            return False
        _end(held, Access.Ended.EXPIRED)
        _record(row, "term.expired", {"term_until": clock.to_rfc3339(held.expires_at)}, actor=TERM)
        _follow(row, "term.expired")
    return True


def letter_to(
    *, organisation: UUID, recipient: str, reply_to: str, language: str, message_id: str, at: datetime
) -> Letter:
    """Return who writes to whom in an e-mail of ours to a recipient.

    Args:
        organisation: for which it is written. recipient: address. reply_to: of the sender; answers go there.
        language: "es" or "en". message_id: "<...>". at: when it is written.
    """
    return Letter(
        organisation=organisation_view(organisation).name,
        sender=f"notices@{settings.ACUSE.verp_domain}",
        reply_to=reply_to,
        recipient=recipient,
        message_id=message_id,
        written_at=at,
        language=language,
    )


def _lock(communication: UUID) -> tuple[Communication, Access]:
    row = Communication.objects.select_for_update().filter(id=communication).first()
    held = Access.objects.filter(communication_id=communication).first()
    if row is None or held is None or held.ended or held.expires_at <= clock.now():
        raise NotOpen("The content can no longer be opened.")
    return row, held


def _end(held: Access, why: Access.Ended) -> None:
    held.ended, held.code_mac, held.code_until = why, "", None
    held.save()


def _mac(communication: UUID, code: str) -> str:
    """Return the keyed digest of a code, which serves for one communication alone."""
    key: bytes = settings.ACUSE_KEYS.address
    framed = b"acuse-access-code\x00" + communication.bytes + b"\x00" + code.encode()
    return hmac.new(key, framed, hashlib.sha256).hexdigest()


def _locked(held: Access, now: datetime) -> bool:
    return held.locked_until is not None and held.locked_until > now


def _matches(held: Access, code: str) -> bool:
    """Whether this is the code last sent; where there is none, comparing takes as long."""
    communication = held.communication_id
    typed = _mac(communication, "".join(code.split()))
    return hmac.compare_digest(typed, held.code_mac or _mac(communication, secrets.token_hex(8)))


def _try_code(row: Communication, held: Access, visitor: Visitor, code: str) -> Refused | None:
    """Compare a code; None where it is right, and then it serves no more. Wrong and late ones count, and lock."""
    now = clock.now()
    if _locked(held, now):
        return Refused(tries_left=0, locked_until=held.locked_until)
    right = _matches(held, code)
    late = held.code_until is None or held.code_until <= now
    if right and not late:
        held.code_mac, held.code_until = "", None
        return None
    held.code_tries += 1
    left = max(0, rules.CODE_TRIES - held.code_tries)
    reason = "late" if right else "wrong"
    _record(row, "code.refused", {"reason": reason, "tries_left": left, "client": visitor.details()})
    if not left:
        held.locked_until, held.code_mac, held.code_until = now + rules.CODE_LOCK, "", None
        held.code_tries = 0
        locked = {"locked_until": clock.to_rfc3339(held.locked_until), "client": visitor.details()}
        _record(row, "code.locked", locked)
    held.save()
    return Refused(tries_left=left, late=right, locked_until=None if left else held.locked_until)


def _act(row: Communication, visitor: Visitor, method: str) -> dict[str, Any]:
    authentication = {"method": method, "contact": row.recipient} if method else None
    return {"authentication": authentication, "client": visitor.details()}


def _record(
    row: Communication, fact_type: str, details: dict[str, Any], *objects: ObjectReference, actor: Actor = RECIPIENT
) -> None:
    record(
        FactDraft(
            organisation=row.organisation_id,
            subject_kind=KIND,
            subject_id=row.id,
            type=fact_type,
            actor=actor,
            details=details,
            objects=objects,
        )
    )


def _follow(row: Communication, reason: str) -> None:
    """Bring the row to the state that its facts now say; where that changed after the first certificate, supersede."""
    judged = verdict([item.fact for item in facts_of(organisation=row.organisation_id, kind=KIND, id=row.id)])
    if (judged.outcome, judged.grade) == (row.outcome, row.grade):
        return
    row.outcome, row.grade, row.failure_class = judged.outcome, judged.grade, judged.failure_class or ""
    if row.final_at is not None:
        row.status = Communication.Status.CONCLUDED
        certificates.request_certificate(
            organisation=row.organisation_id, communication=row.id, final_at=clock.now(), reason=reason
        )
    row.save(update_fields=["outcome", "grade", "failure_class", "status"])
