"""What the sender is told: a delivery status notification (RFC 3464), or the certificate by e-mail.

A notice is composed and kept before the transaction that owes it, and sent by its own loop under the null sender, once:
it is never answered, and its own failure is not notified (RFC 5321 6.1).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from uuid6 import uuid7

from acuse import clock
from acuse.channels.base import Outcome, Result
from acuse.delivery import rules
from acuse.delivery.models import Communication, Notice
from acuse.delivery.services.signers import signed
from acuse.delivery.services.work import Work
from acuse.evidence import custody
from acuse.evidence.custody import Kept
from acuse.evidence.ledger import FactDraft, record, refer
from acuse.mail import dsn
from acuse.proof.facts.fact import Actor, Fact

NOTIFIER = Actor(kind="component", id="notifier")
_DSN_TYPE = "message/rfc822"
_STATUS = {
    "mailbox_not_found": "5.1.1",
    "mailbox_full": "5.2.2",
    "server_unavailable": "5.4.7",
    "attachment_blocked": "5.7.1",
    "policy_blocked": "5.7.1",
    "domain_not_found": "5.1.2",
    "no_mail_domain": "5.1.10",
    "too_big": "5.3.4",
    "suppressed": "5.1.0",
}


@dataclass(frozen=True, kw_only=True)
class WrittenNotice:
    """A notification, composed and in custody.

    Args:
        kind: "failed", "delayed" or "relayed".
    """

    kind: str
    recipient: str
    message_id: str
    kept: Kept


def write(
    work: Work, outcome: Outcome, owed: str | None, reporting_host: str, *, retry_until: datetime
) -> WrittenNotice | None:
    """Compose the notification that is owed, and keep it; None where none is."""
    if owed is None:
        return None
    report = dsn.Report(
        action=owed,
        status=_status(owed, outcome),
        recipient=work.recipient,
        failure_class=None if owed == "relayed" else outcome.failure_class,
        reporting_mta=reporting_host,
        arrived_at=work.accepted_at,
        remote_mta=outcome.host,
        reply=outcome.reply.text if outcome.reply else None,
        envid=work.envid,
        orcpt=work.orcpt,
        attempted_at=clock.now(),
        outgoing=outcome.via is not None,
        retry_until=retry_until if owed == "delayed" else None,
        unanswered=outcome.result is Result.UNKNOWN,
    )
    return _keep(work, report)


def tell_late_failure(work: Work, bounce: Fact, reporting_host: str) -> None:
    """Owe the notification of a failure that came back after a server had taken the message, in its transaction.

    There is never a second one for a communication, none where NOTIFY does not ask for it (RFC 3461 section 4.1), and
    none to the null sender.

    Args:
        work: the communication.
        bounce: the fact `bounce.received` that decided it.
        reporting_host: our name in the notification.
    """
    told = Notice.objects.filter(communication_id=work.communication, kind=Notice.Kind.FAILED)
    if not work.mail_from or "FAILURE" not in (work.notify or ("FAILURE",)) or told.exists():
        return
    details = bounce.details
    failure, status = str(details["failure_class"]), str(details["status"] or "")
    remote = details["remote_mta"] or details["reporting_mta"]
    report = dsn.Report(
        action="failed",
        status=status if status.startswith("5") else _STATUS.get(failure, "5.0.0"),
        recipient=work.recipient,
        failure_class=failure,
        reporting_mta=reporting_host,
        arrived_at=work.accepted_at,
        remote_mta=str(remote) if remote else None,
        reply=str(details["diagnostic"]).encode() if details["diagnostic"] else None,
        envid=work.envid,
        orcpt=work.orcpt,
        late=True,
    )
    owe(work, _keep(work, report))


def _keep(work: Work, report: dsn.Report) -> WrittenNotice:
    """Compose a notification for the sender of a communication, and keep it."""
    message_id, now = f"<{uuid7()}@{report.reporting_mta}>", clock.now()
    notification = dsn.build(
        report,
        to=work.mail_from,
        sender=f"postmaster@{report.reporting_mta}",
        message_id=message_id,
        written_at=now,
        language=work.language,
        original=custody.open_object(organisation=work.organisation, sha256=work.message_sha256),
        ret=work.ret,
    )
    content = signed(work.organisation, notification.content, at=now)
    kept = custody.keep(organisation=work.organisation, content=content, media_type=_DSN_TYPE)
    return WrittenNotice(kind=report.action, recipient=work.mail_from, message_id=message_id, kept=kept)


def _status(owed: str, outcome: Outcome) -> str:
    """Return the RFC 3463 status: the server's own where it gave one of the right class, else our class'."""
    digit = {"relayed": "2", "delayed": "4"}.get(owed, "5")
    enhanced = outcome.reply.enhanced if outcome.reply else None
    if enhanced is not None and enhanced.startswith(digit):
        return enhanced
    if outcome.result is Result.RELAYED:
        return "2.0.0"
    return digit + _STATUS.get(outcome.failure_class or "", "5.0.0")[1:]


def owe(work: Work, notice: WrittenNotice) -> None:
    """Queue a notice, in the transaction of what makes it owed."""
    now = clock.now()
    Notice.objects.create(
        organisation_id=work.organisation,
        communication_id=work.communication,
        kind=notice.kind,
        recipient=notice.recipient,
        message_id=notice.message_id,
        message_sha256=notice.kept.sha256,
        created_at=now,
        due_at=now,
    )


def owe_certificate(*, communication: UUID, code: str, message_sha256: str, recipient: str) -> None:
    """Queue the e-mail that carries a certificate; a certificate is mailed once."""
    now = clock.now()
    with transaction.atomic():
        row = Communication.objects.get(id=communication)
        Notice.objects.get_or_create(
            communication=row,
            kind=Notice.Kind.CERTIFICATE,
            message_id=code,
            defaults={
                "organisation_id": row.organisation_id,
                "recipient": recipient,
                "message_sha256": message_sha256,
                "created_at": now,
                "due_at": now,
            },
        )


def renew(*, notice: UUID, lease: UUID) -> bool:
    """Lengthen the lease of a notice that is about to be sent; return whether it is still ours to send."""
    held = Notice.objects.filter(id=notice, lease=lease, sent_at__isnull=True, given_up_at__isnull=True)
    return bool(held.update(lease_until=clock.now() + rules.LEASE))


def close_notice(*, notice: UUID, lease: UUID, outcome: Outcome, schedule: rules.Schedule) -> None:
    """Record what came of sending a notice: sent, tried again later, or given up.

    Where another worker took it over meanwhile, only a success is recorded: the sender has it.

    Args:
        notice: which one.
        lease: under which it was sent.
        outcome: of the channel.
        schedule: of retries.
    """
    now = clock.now()
    with transaction.atomic():
        row = Notice.objects.select_for_update().get(id=notice)
        if row.sent_at is not None or (row.lease != lease and outcome.result is not Result.RELAYED):
            return
        row.tries += 1
        row.last_reply = outcome.reason[:2000]
        row.lease = row.lease_until = None
        if outcome.result is Result.RELAYED:
            row.sent_at = now
            _record_sent(row)
        elif outcome.result is Result.DEFERRED and row.tries < rules.NOTICE_TRIES:
            row.due_at = now + schedule.wait(row.tries)
        else:
            # An unknown outcome is not repeated: two notifications of one failure mislead more than none.
            row.given_up_at = now
        row.save()


def put_off(*, notice: UUID, lease: UUID, wait: timedelta, faults: int = 0) -> None:
    """Leave a notice for later after a fault of our own, unless another worker took it over.

    Args:
        notice: which one.
        lease: under which it was to be sent.
        wait: until the next try.
        faults: how many tries this one counts for, 0 for what passes by itself; after NOTICE_TRIES it is given up.
    """
    now = clock.now()
    held = Notice.objects.filter(id=notice, lease=lease)
    held.update(due_at=now + wait, tries=F("tries") + faults)
    held.filter(tries__gte=rules.NOTICE_TRIES).update(given_up_at=now)
    held.update(lease=None, lease_until=None)


def _record_sent(row: Notice) -> None:
    if row.kind in (Notice.Kind.CERTIFICATE, Notice.Kind.CODE):
        return
    assert row.communication_id is not None
    kept = Kept(
        sha256=row.message_sha256,
        size=len(custody.open_object(organisation=row.organisation_id, sha256=row.message_sha256)),
        media_type=_DSN_TYPE,
    )
    record(
        FactDraft(
            organisation=row.organisation_id,
            subject_kind="communication",
            subject_id=row.communication_id,
            type="sender.notified",
            actor=NOTIFIER,
            details={"to": row.recipient, "action": row.kind, "message_id": row.message_id},
            objects=(refer("dsn", kept),),
        )
    )
