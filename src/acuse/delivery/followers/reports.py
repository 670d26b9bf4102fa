"""Following what came in: who it concerns, and what it says of them.

Nothing here answers anything, and what cannot be told for certain to be about a communication changes none: a report
counts only where it came to the address that this communication's own mail carried.
"""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from acuse.delivery.models import Communication
from acuse.delivery.queries import answered
from acuse.delivery.rules import mailbox_key
from acuse.delivery.services import Returned, apply_return
from acuse.delivery.services.dispatched import PASSING
from acuse.evidence import custody
from acuse.evidence.alarms import raise_alarm
from acuse.evidence.following import follow
from acuse.evidence.queries import LedgerFact
from acuse.mail.reports.reader import read_report
from acuse.mail.reports.values import DELAYED, DELIVERED, EXPANDED, FAILED, RELAYED, Recipient, Report
from acuse.proof.facts.communication import FAILURE_CLASSES
from acuse.proof.facts.fact import Fact, ObjectReference
from acuse.reception.queries import ItemView, item_view

log = logging.getLogger(__name__)

ALARM = "returned_mail"
_TEXT_MOST = 16_384
_NAME_MOST = 512
_TYPES = {
    FAILED: "bounce.received",
    DELAYED: "delivery.delayed",
    EXPANDED: "delivery.passed_on",
    RELAYED: "delivery.passed_on",
    DELIVERED: "delivery.confirmed",
}
#: Of several things that one report says, the least favourable first.
_WEIGHT = {action: weight for weight, action in enumerate(_TYPES)}
_TEMPORARY = {"result": "temperror", "domain": ""}
_UNCHECKED: Mapping[str, Any] = {
    "spf": _TEMPORARY,
    "dkim": [],
    "dmarc": {**_TEMPORARY, "policy": None},
    "arc": {"result": "temperror"},
}


def follow_reports() -> int:
    """Apply what came in to the communications that it concerns; return how far the cursor moved."""
    return follow("delivery.reports", ("reception.classified",), _apply_if_possible)


def _apply_if_possible(item: LedgerFact) -> None:
    """Apply one reception, or pass over what can never be applied; what may pass is left for the next turn."""
    try:
        with transaction.atomic():
            _apply(item.fact)
    except PASSING:
        raise
    except Exception:
        log.exception("what came in cannot be applied", extra={"fact": str(item.fact.id)})
        raise_alarm(ALARM, "A message that came in could not be applied. See the log; a restart clears this.")


def _apply(fact: Fact) -> None:
    seen = item_view(fact.subject.id)
    if seen is None:
        return
    communication = seen.communication or _referred_to(seen)
    if communication is None:
        return
    returned = _returned(seen, fact.details, communication)
    if returned is not None:
        apply_return(
            organisation=fact.organisation,
            communication=communication,
            returned=returned,
            reporting_host=settings.ACUSE.mail_hostname,
        )


def _referred_to(seen: ItemView) -> UUID | None:
    """Return what a message to an organisation's inbox answers, by the Message-IDs that it cites, or None."""
    if seen.purpose != "inbox":
        return None
    return answered(organisation=seen.organisation, references=seen.references, author=seen.author)


def _returned(seen: ItemView, classified: Mapping[str, Any], communication: UUID) -> Returned | None:
    """Return what a reception says of the communication that it concerns, or None where it says nothing of it."""
    reading = str(classified["reading"])
    if reading == "message" and seen.mail_from:
        return _made(seen, "reply.received", _answer(seen, classified), role="reply")
    if seen.communication is None:
        # Whoever knows a Message-ID could write all that follows; the address with its token went to nobody else.
        return None
    if reading in {"dsn", "bounce"}:
        return _reported(seen, reading, communication)
    if reading in {"message", "auto_reply"}:  # nobody writes under the null sender: RFC 5321 section 4.5.5
        return _made(seen, "auto_reply.received", {})
    if reading == "complaint":
        return _made(seen, "complaint.received", {})
    if reading == "disposition":
        return _disposed(seen, communication)
    return None


def _made(seen: ItemView, type: str, details: Mapping[str, Any], *, role: str = "report") -> Returned:
    came = ObjectReference(role=role, sha256=seen.sha256, size=seen.size, media_type="message/rfc822")
    return Returned(reception=seen.id, type=type, details=details, came=came, received_at=seen.received_at)


def _answer(seen: ItemView, classified: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "mail_from": seen.mail_from,
        "author": seen.author,
        "subject": seen.subject,
        "message_id": seen.message_id or None,
        "matched_by": "address" if seen.communication else "reference",
        "authentication": classified["authentication"] or _UNCHECKED,
    }


def _report(seen: ItemView) -> Report:
    return read_report(custody.open_object(organisation=seen.organisation, sha256=seen.sha256))


def _disposed(seen: ItemView, communication: UUID) -> Returned | None:
    said = _said(_report(seen), _recipient(communication))
    if said is None:
        return None
    disposition = _text(said.diagnostic.removeprefix("Disposition:").strip(), 256)
    recipient = _text(said.address, _NAME_MOST) or None
    return _made(seen, "disposition.received", {"disposition": disposition, "recipient": recipient})


def _reported(seen: ItemView, reading: str, communication: UUID) -> Returned | None:
    report = _report(seen)
    recipient = _recipient(communication)
    said = _said(report, recipient)
    if said is None or said.action not in _TYPES:
        return None
    details: dict[str, Any] = {
        "form": "dsn" if reading == "dsn" else "text",
        "status": _text(said.status, 32) or None,
        "reply": int(said.reply) if said.reply.isdecimal() else None,
        "diagnostic": _text(said.diagnostic, _TEXT_MOST) or None,
        "reporting_mta": _text(report.reporting_mta or "", _NAME_MOST) or None,
        "remote_mta": _text(said.remote_mta, _NAME_MOST) or None,
    }
    if said.action == FAILED:
        known = said.failure_class in FAILURE_CLASSES
        details |= {"failure_class": said.failure_class if known else "other", "permanent": said.permanent}
        if said.address:
            details |= {"recipient": _text(said.address, _NAME_MOST), "own": _is(said, recipient)}
    return _made(seen, _TYPES[said.action], details)


def _recipient(communication: UUID) -> str:
    return Communication.objects.filter(id=communication).values_list("recipient", flat=True).first() or ""


def _is(each: Recipient, recipient: str) -> bool:
    return mailbox_key(each.address) == mailbox_key(recipient)


def _said(report: Report, recipient: str) -> Recipient | None:
    """Return what a report says of the one recipient that the message had.

    Its server may have sent it on to several addresses: where none is the recipient's own, the least favourable counts.
    """
    own = [each for each in report.recipients if _is(each, recipient)]
    ranked = sorted(own or report.recipients, key=lambda each: _WEIGHT.get(each.action, len(_WEIGHT)))
    return ranked[0] if ranked else None


def _text(text: str, most: int) -> str:
    """Return foreign text as a fact can hold it: no lone surrogates, so many characters at most."""
    return text.encode("utf-8", "replace").decode()[:most]
