"""From what came in to the sealed document: a late bounce, a confirmation, an answer, and what is forged."""

import json
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connections

from acuse import clock
from acuse.certificates import issue as issuing
from acuse.certificates import rules
from acuse.certificates.models import Certificate
from acuse.certificates.rerender import rerender
from acuse.delivery.followers import follow_reports, follow_suppressions, reports
from acuse.delivery.models import Communication, Notice, Suppression
from acuse.delivery.services import Returned, apply_return
from acuse.evidence import custody
from acuse.evidence.ledger import refer
from acuse.evidence.models import Alarm
from acuse.proof.report import State
from acuse.reception.models import Item
from acuse.reception.readings import Reading
from acuse.reception.rules import Ours
from acuse.reception.services import Arrival, classify, receive
from tests.integration.certificates.conftest import Notary
from tests.integration.certificates.test_issue import relayed
from tests.integration.making import HOST, accept, facts, message

DIAGNOSTIC = "552 5.2.2 <ana@cliente.example>: Quota exceeded (mailbox for user is full)"
PASSED: Mapping[str, Any] = {
    "spf": {"result": "pass", "domain": "cliente.example"},
    "dkim": [{"result": "pass", "domain": "cliente.example", "selector": "s1"}],
    "dmarc": {"result": "pass", "domain": "cliente.example", "policy": "reject"},
    "arc": {"result": "none"},
}


def group(address: str, action: str, status: str, diagnostic: str) -> str:
    """The fields of one recipient (RFC 3464 section 2.3)."""
    return (
        f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {diagnostic}\r\n"
    )


def report(*groups: str) -> bytes:
    """A delivery status notification as mail servers write it."""
    fields = "\r\n".join(("Reporting-MTA: dns; mx.cliente.example\r\n", *groups))
    return (
        "From: MAILER-DAEMON@mx.cliente.example\r\nTo: bounce@acuse.example\r\nSubject: Undelivered Mail\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is the mail system at host mx.cliente.example.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\n{fields}\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\n"
        "Message-ID: <uno@ribera.example>\r\nSubject: Prueba\r\n\r\nHola.\r\n--b--\r\n"
    ).encode()


BOUNCE = report(group("ana@cliente.example", "failed", "5.2.2", DIAGNOSTIC))
ANSWER = (
    b"From: Ana <ana@cliente.example>\r\nTo: inbox@acuse.example\r\nSubject: Re: Prueba\r\n"
    b"Message-ID: <a1@cliente.example>\r\nIn-Reply-To: <uno@ribera.example>\r\n\r\nDe acuerdo.\r\n"
)


def come_in(notary: Notary, raw: bytes, ours: Ours, found: Reading, mail_from: str = "") -> UUID:
    """Take a message in and write down what it is, as the door and the reader do."""
    arrival = Arrival(mail_from=mail_from, recipients=(ours,), client_ip="192.0.2.25", helo="mx", tls=None)
    (item,) = receive(arrival=arrival, raw=raw)
    lease = uuid4()
    Item.objects.filter(id=item).update(lease=lease, lease_until=clock.now() + rules.LEASE)
    classify(item=item, lease=lease, found=found)
    notary.publish(anchored=False)
    return item


def to_token(one: UUID | None, purpose: Any = "bounce") -> Ours:
    return Ours(address=f"{purpose}+token@acuse.example", purpose=purpose if one else "unknown", identifier=one)


def drain() -> None:
    while follow_reports():
        pass


def state(one: UUID) -> tuple[str, str, int, str]:
    row = Communication.objects.get(id=one)
    return row.status, row.outcome, row.grade, row.failure_class


def bounce(notary: Notary) -> Returned:
    """A late bounce, as the follower read it."""
    kept = custody.keep(organisation=notary.value.organisation, content=BOUNCE, media_type="message/rfc822")
    details = {"form": "dsn", "status": None, "reply": None, "diagnostic": None, "reporting_mta": None}
    return Returned(
        reception=uuid4(),
        type="bounce.received",
        details={**details, "remote_mta": None, "failure_class": "other", "permanent": True},
        came=refer("report", kept),
        received_at=clock.now(),
    )


def last(notary: Notary, one: UUID) -> Any:
    return facts(notary.value.organisation, one)[-1]


@pytest.fixture
def one(notary: Notary) -> UUID:
    """A communication that the recipient's server took, certified."""
    made = relayed(notary, message())
    notary.issue_due()
    return made


def test_a_late_bounce_becomes_a_certificate_that_supersedes(notary: Notary, one: UUID) -> None:
    first = Certificate.objects.get(subject=one)
    come_in(notary, BOUNCE, to_token(one), Reading(reading="dsn", reports=1))
    drain()
    assert state(one) == ("failed", "failed", 0, "mailbox_full")
    bounce = last(notary, one)
    assert bounce.details["diagnostic"] == DIAGNOSTIC
    assert bounce.details["reporting_mta"] == "mx.cliente.example"
    assert Notice.objects.get().kind == "failed"
    (second,) = notary.issue_due()
    assert (second.revision, second.supersedes) == (2, first.code)
    checked = notary.verify(second)
    assert checked.state is State.VALID, checked.to_text()
    assert checked.verdict is not None
    assert (checked.verdict.outcome, checked.verdict.failure_class) == ("failed", "mailbox_full")
    files = notary.attachments(second)
    assert files[f"parte-{bounce.subject_sequence}.eml"] == BOUNCE
    superseded = json.loads(files["document.json"])["supersedes"]
    assert superseded == {
        "code": first.code,
        "position": first.facts_up_to,
        "reason": "llegó después un parte de que no pudo entregarse",
    }
    assert "are the same" in rerender(notary.pdf(second), trust=notary.trust, typesetter=notary.press.typesetter)
    earlier = notary.verify(first)
    assert earlier.state is State.VALID, "what it says stays true up to its position"
    assert earlier.verdict is not None
    assert earlier.verdict.outcome == "relayed"


def test_what_comes_while_a_certificate_is_made_leads_to_the_next(
    notary: Notary, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = relayed(notary, message())
    seal = issuing._seal

    def meanwhile(*arguments: Any) -> Any:
        organisation, returned = notary.value.organisation, bounce(notary)
        assert apply_return(organisation=organisation, communication=one, returned=returned, reporting_host=HOST)
        return seal(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(issuing, "_seal", meanwhile)
        notary.issue_due()
    first, second = Certificate.objects.filter(subject=one).order_by("revision")
    assert (first.state, second.state, second.reason) == ("issued", "requested", "bounce.received")
    notary.issue_due()
    report_of_second = notary.verify(Certificate.objects.get(id=second.id))
    assert report_of_second.verdict is not None
    assert report_of_second.verdict.outcome == "failed"
    assert Certificate.objects.filter(subject=one).count() == 2, "one that missed nothing asks for no other"


def test_what_comes_while_a_certificate_is_recorded_waits_for_it(
    notary: Notary, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, organisation = relayed(notary, message()), notary.value.organisation
    record = issuing.record
    with ThreadPoolExecutor(1) as pool:
        applied: list[Future[bool]] = []

        def come() -> bool:
            try:
                return apply_return(
                    organisation=organisation, communication=one, returned=bounce(notary), reporting_host=HOST
                )
            finally:
                connections.close_all()

        def recorded(*drafts: Any) -> Any:
            facts_recorded = record(*drafts)
            applied.append(pool.submit(come))
            return facts_recorded

        with monkeypatch.context() as patch:
            patch.setattr(issuing, "record", recorded)
            notary.issue_due()
        assert applied[0].result(30)
    first, second = Certificate.objects.filter(subject=one).order_by("revision")
    assert (first.state, second.state, second.reason) == ("issued", "requested", "bounce.received")


def test_read_twice_it_is_one_fact(notary: Notary, one: UUID) -> None:
    item = come_in(notary, BOUNCE, to_token(one), Reading(reading="dsn", reports=1))
    drain()
    lease = uuid4()
    Item.objects.filter(id=item).update(state="recorded", lease=lease)
    classify(item=item, lease=lease, found=Reading(reading="dsn", reports=1))
    notary.publish(anchored=False)
    drain()
    assert [fact.type for fact in facts(notary.value.organisation, one)].count("bounce.received") == 1


@pytest.mark.parametrize("reading", ["dsn", "bounce", "complaint", "message"])
def test_a_wrong_token_changes_nothing(notary: Notary, one: UUID, reading: str) -> None:
    before = facts(notary.value.organisation, one)
    come_in(notary, BOUNCE, to_token(None), Reading(reading=reading, references=("<uno@ribera.example>",)))
    drain()
    assert facts(notary.value.organisation, one) == before
    assert not Notice.objects.exists()


@pytest.mark.parametrize("reading", ["dsn", "bounce", "complaint", "disposition", "auto_reply", "message"])
def test_what_is_no_answer_and_only_cites_the_message_changes_nothing(notary: Notary, one: UUID, reading: str) -> None:
    before = facts(notary.value.organisation, one)
    inbox = Ours(address="inbox+token@acuse.example", purpose="inbox", identifier=notary.value.organisation)
    found = Reading(reading=reading, reports=1, author="ana@cliente.example", references=("<uno@ribera.example>",))
    come_in(notary, BOUNCE, inbox, found)
    drain()
    assert facts(notary.value.organisation, one) == before


def test_of_several_recipients_that_of_the_message_counts(notary: Notary, one: UUID) -> None:
    raw = report(
        group("otra@cliente.example", "failed", "5.1.1", "550 5.1.1 no"),
        group("ANA@cliente.example", "delivered", "2.0.0", "250 2.0.0 Saved"),
    )
    come_in(notary, raw, to_token(one), Reading(reading="dsn", reports=2))
    drain()
    assert state(one) == ("concluded", "delivered", 2, "")
    assert last(notary, one).details["diagnostic"] == "250 2.0.0 Saved"


def test_of_several_others_the_least_favourable_counts(notary: Notary, one: UUID) -> None:
    raw = report(
        group("uno@otra.example", "delivered", "2.0.0", "250 2.0.0 Saved"),
        group("dos@otra.example", "failed", "5.1.1", "550 5.1.1 User unknown"),
    )
    come_in(notary, raw, to_token(one), Reading(reading="dsn", reports=2))
    drain()
    assert state(one) == ("failed", "failed", 0, "mailbox_not_found")


@pytest.mark.parametrize(("address", "own"), [("ANA@cliente.example", True), ("ana.old@otra.example", False)])
def test_a_bounce_of_another_address_does_not_suppress_the_recipients(
    notary: Notary, one: UUID, address: str, own: bool
) -> None:
    raw = report(group(address, "failed", "5.1.1", f"550 5.1.1 <{address}> User unknown"))
    come_in(notary, raw, to_token(one), Reading(reading="dsn", reports=1))
    drain()
    notary.publish(anchored=False)
    while follow_suppressions():
        pass
    assert state(one) == ("failed", "failed", 0, "mailbox_not_found")
    said = next(fact for fact in facts(notary.value.organisation, one) if fact.type == "bounce.received")
    assert (said.details["recipient"], said.details["own"]) == (address, own)
    assert Suppression.objects.exists() == own


@pytest.mark.parametrize(("action", "type"), [("delayed", "delivery.delayed"), ("relayed", "delivery.passed_on")])
def test_reports_in_passing(notary: Notary, one: UUID, action: str, type: str) -> None:
    raw = report(group("ana@cliente.example", action, "4.4.1" if action == "delayed" else "2.0.0", "451 later"))
    come_in(notary, raw, to_token(one), Reading(reading="dsn", reports=1))
    drain()
    assert last(notary, one).type == type
    assert state(one) == ("concluded", "relayed", 1, "")


def test_an_answer_to_the_inbox_is_that_of_who_wrote_it(notary: Notary) -> None:
    raw = message()
    ana, eva = (accept(notary.value, raw, who) for who in ("ana@cliente.example", "eva@cliente.example"))
    found = Reading(
        reading="message",
        author="Ana@cliente.example",
        subject="Re: Prueba",
        message_id="<a1@cliente.example>",
        references=("<uno@ribera.example>",),
        authentication=PASSED,
    )
    inbox = Ours(address="inbox+token@acuse.example", purpose="inbox", identifier=notary.value.organisation)
    come_in(notary, ANSWER, inbox, found, mail_from="ana@cliente.example")
    drain()
    reply = last(notary, ana)
    assert (reply.type, reply.details["matched_by"]) == ("reply.received", "reference")
    assert reply.details["authentication"] == PASSED
    assert [reference.role for reference in reply.objects] == ["reply"]
    assert last(notary, eva).type == "communication.accepted"


def test_an_answer_to_a_message_that_had_no_identifier_cites_the_one_that_we_gave(notary: Notary) -> None:
    one, domain = accept(notary.value, message(message_id=None)), settings.ACUSE.verp_domain
    cited = (f"<{uuid4()}@{domain}>", f"<{one}@otra.example>", f"<{one}@{domain}>")
    inbox = Ours(address="inbox+token@acuse.example", purpose="inbox", identifier=notary.value.organisation)
    for references in (cited[:2], cited):
        assert last(notary, one).type == "communication.accepted"
        found = Reading(reading="message", author="eva@otra.example", references=references)
        come_in(notary, ANSWER + str(len(references)).encode(), inbox, found, mail_from="eva@otra.example")
        drain()
    assert last(notary, one).type == "reply.received"


def test_an_answer_with_a_token_needs_no_reference(notary: Notary, one: UUID) -> None:
    found = Reading(reading="message", author="eva@otra.example", subject="", authentication=None)
    come_in(notary, ANSWER, to_token(one, "reply"), found, mail_from="eva@otra.example")
    drain()
    reply = last(notary, one)
    assert reply.details["matched_by"] == "address"
    assert reply.details["authentication"]["spf"]["result"] == "temperror", "nobody could check it"


@pytest.mark.parametrize(
    ("reading", "type"),
    [("auto_reply", "auto_reply.received"), ("message", "auto_reply.received"), ("complaint", "complaint.received")],
)
def test_what_programs_write(notary: Notary, one: UUID, reading: str, type: str) -> None:
    come_in(notary, ANSWER, to_token(one), Reading(reading=reading))
    drain()
    assert last(notary, one).type == type
    assert not Notice.objects.exists(), "nothing is ever answered"


def test_a_disposition(notary: Notary, one: UUID) -> None:
    raw = (
        b"From: ana@cliente.example\r\nContent-Type: multipart/report; report-type=disposition-notification;\r\n"
        b' boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nMostrado.\r\n"
        b"--b\r\nContent-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; ana@cliente.example\r\n"
        b"Disposition: manual-action/MDN-sent-manually; displayed\r\n--b--\r\n"
    )
    come_in(notary, raw, to_token(one), Reading(reading="disposition"), mail_from="ana@cliente.example")
    drain()
    details = last(notary, one).details
    assert details["disposition"] == "manual-action/MDN-sent-manually; displayed"
    assert details["recipient"] == "ana@cliente.example"


def test_what_cannot_be_applied_is_passed_over_with_an_alarm(
    notary: Notary, one: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("broken")

    come_in(notary, BOUNCE, to_token(one), Reading(reading="dsn", reports=1))
    monkeypatch.setattr(reports, "apply_return", broken)
    drain()
    assert Alarm.objects.filter(name=reports.ALARM).exists()
