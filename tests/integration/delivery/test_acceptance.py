"""Accepting: for all recipients or none, durable, and recognised when the client tries again."""

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import ModuleType
from uuid import UUID

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from acuse import clock
from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery import rules
from acuse.delivery.envelope import Client, Recipient
from acuse.delivery.models import Communication, Deduplication, Dispatch, Submission, TrackingWithdrawal
from acuse.delivery.services import accept_message, acceptance, keeping
from acuse.embedded.roles import Addresses
from acuse.errors import TemporaryError
from acuse.evidence import custody
from acuse.evidence.models import Fact, Pending, StoredObject
from tests.integration.making import credential, envelope, facts, message


@pytest.fixture
def value(database: Addresses) -> SmtpCredentialValue:
    return credential()


def accept(value: SmtpCredentialValue, raw: bytes, *recipients: str | Recipient) -> list[UUID]:
    return [one.id for one in accept_message(credential=value, envelope=envelope(*recipients), raw=raw)]


def counts() -> tuple[int, ...]:
    accepted = Fact.objects.filter(type="communication.accepted").count()
    return (Submission.objects.count(), Communication.objects.count(), Dispatch.objects.count(), accepted)


def test_each_recipient_is_a_communication_with_its_work_and_its_fact(value: SmtpCredentialValue) -> None:
    addresses = ("ana@cliente.example", "berta@cliente.example", "carla@otro.example")
    accepted = accept_message(credential=value, envelope=envelope(*addresses), raw=message())
    assert [one.recipient for one in accepted] == list(addresses)
    assert not any(one.repeated for one in accepted)
    assert counts() == (1, 3, 3, 3)
    submission = Submission.objects.get()
    raw = custody.open_object(organisation=value.organisation, sha256=submission.message_sha256)
    assert raw == message()
    assert {row.domain for row in Dispatch.objects.all()} == {"cliente.example", "otro.example"}
    (fact,) = facts(value.organisation, accepted[2].id)
    assert fact.actor.id == str(value.id)
    assert fact.details["recipient"] == "carla@otro.example"
    assert fact.details["message_id"] == "<uno@ribera.example>"
    assert fact.objects[0].sha256 == submission.message_sha256
    assert Pending.objects.filter(entry=fact.entry()).exists()


def test_what_the_envelope_says_is_kept(value: SmtpCredentialValue) -> None:
    told = Recipient(address="ana@cliente.example", notify=("SUCCESS", "DELAY"), orcpt="rfc822;ana+2B@x.example")
    accepted = accept_message(
        credential=value, envelope=envelope(told, ret="HDRS", envid="QQ314159", smtputf8=True), raw=message()
    )
    row = Communication.objects.select_related("submission").get()
    assert (row.notify, row.orcpt) == (["SUCCESS", "DELAY"], "rfc822;ana+2B@x.example")
    assert (row.submission.ret, row.submission.envid, row.submission.smtputf8) == ("HDRS", "QQ314159", True)
    details = facts(value.organisation, accepted[0].id)[0].details
    assert (details["notify"], details["envid"]) == (["SUCCESS", "DELAY"], "QQ314159")


def test_the_sender_is_the_one_who_was_authorised(value: SmtpCredentialValue) -> None:
    forged = b"From: =?utf-8?q?ceo=40bank.example?=]<avisos@ribera.example>\r\nSubject: Prueba\r\n\r\nHola.\r\n"
    for given, expected in (("altas@ribera.example", "altas@ribera.example"), ("", "avisos@ribera.example")):
        (one,) = accept_message(credential=value, envelope=envelope(header_from=given), raw=forged)
        assert facts(value.organisation, one.id)[0].details["sender"] == expected
        assert Communication.objects.select_related("submission").get(id=one.id).sender == expected


#: Every step of an acceptance that can fail, by the name under which the service calls it.
_STEPS = (
    (keeping, "summarise"),
    (acceptance, "_find_repeats"),
    (acceptance, "insert"),
    (acceptance, "record_first"),
    (acceptance, "accepted"),
    (acceptance, "ask_defaults"),
)


@pytest.mark.parametrize(("service", "step"), _STEPS, ids=[step for _, step in _STEPS])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_at_any_step_leaves_nothing_and_the_retry_works(
    value: SmtpCredentialValue, monkeypatch: pytest.MonkeyPatch, service: ModuleType, step: str, after: bool
) -> None:
    real: Callable[..., object] = getattr(service, step)

    def crash(*arguments: object, **named: object) -> None:
        if after:
            real(*arguments, **named)
        raise ZeroDivisionError

    addresses = ("ana@cliente.example", "berta@cliente.example")
    with monkeypatch.context() as patch:
        patch.setattr(service, step, crash)
        with pytest.raises(ZeroDivisionError):
            accept(value, message(), *addresses)
    assert counts() == (0, 0, 0, 0)
    assert not Deduplication.objects.exists()
    assert not StoredObject.objects.exists()
    assert len(accept(value, message(), *addresses)) == 2
    assert counts() == (1, 2, 2, 2)


def test_custody_comes_first(value: SmtpCredentialValue, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise TemporaryError("Custody cannot keep an object: No space left on device.")

    monkeypatch.setattr(custody.LocalStore, "put", full)
    with pytest.raises(TemporaryError):
        accept(value, message())
    assert counts() == (0, 0, 0, 0)


def test_a_retry_finds_the_same_communications(value: SmtpCredentialValue) -> None:
    """The client crashed after our commit, before it read the 250."""
    first = accept(value, message(), "ana@cliente.example", "berta@cliente.example")
    again = accept_message(
        credential=value,
        envelope=envelope("berta@cliente.example", "ana@cliente.example", "carla@otro.example"),
        raw=message(),
    )
    assert [one.id for one in again[:2]] == first[::-1]
    assert [one.repeated for one in again] == [True, True, False]
    assert counts() == (2, 3, 3, 3)
    assert accept(value, message(), "ana@cliente.example") == first[:1]
    assert counts() == (2, 3, 3, 3)


def test_without_a_message_id_nothing_is_taken_for_a_retry(value: SmtpCredentialValue) -> None:
    raw = message(message_id=None)
    assert accept(value, raw) != accept(value, raw)
    assert counts() == (2, 2, 2, 2)
    assert not Deduplication.objects.exists()


def test_another_content_credential_or_recipient_is_another_message(value: SmtpCredentialValue) -> None:
    other = credential("flota-norte")
    made = {
        *accept(value, message()),
        *accept(value, message(body="Adiós.")),
        *accept(value, message(message_id="dos")),
        *accept(value, message(), "Ana@cliente.example"),
        *accept(other, message()),
    }
    assert len(made) == 5


def test_an_expired_key_is_forgotten(value: SmtpCredentialValue, monkeypatch: pytest.MonkeyPatch) -> None:
    first = accept(value, message())
    start = clock.now()
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: start + rules.DEDUPLICATION_TERM - timedelta(minutes=1))
        assert accept(value, message()) == first
        patch.setattr(clock, "now", lambda: start + rules.DEDUPLICATION_TERM + timedelta(minutes=1))
        second = accept(value, message())
        assert second != first
        assert accept(value, message()) == second
    assert Deduplication.objects.count() == 1


def test_simultaneous_retries_make_one_communication_each(value: SmtpCredentialValue) -> None:
    addresses = [f"r{number}@cliente.example" for number in range(5)]

    def hand_in(number: int) -> dict[str, UUID]:
        mine = addresses if number % 2 else addresses[::-1]
        accepted = accept_message(credential=value, envelope=envelope(*mine), raw=message())
        connections.close_all()
        return {one.recipient: one.id for one in accepted}

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(hand_in, range(16)))
    assert all(answer == answers[0] for answer in answers)
    assert counts() == (1, 5, 5, 5)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"\xff\xfe\x00",
        b"Subject: " + b"x" * 200_000 + b"\r\n\r\n",
        b"Subject: a\0b\r\nMessage-ID: <\0>\r\nFrom: \0@\0\r\n\r\n",
        b"From: " + b"a" * 5000 + b"@b.example\r\n\r\n",
        b"Message-ID: <" + b"i" * 100_000 + b"@b.example>\r\n\r\n",
        "Subject: ñandú\r\nMessage-ID: <ñ@x>\r\n\r\n".encode("latin-1"),
        b"Subject: =?utf-8?b?7aCA?=\r\n\r\n",
    ],
    ids=["empty", "blank", "binary", "subject", "nul", "from", "message-id", "latin", "surrogate"],
)
def test_whatever_the_bytes_they_are_taken_and_kept(value: SmtpCredentialValue, raw: bytes) -> None:
    (identity,) = accept(value, raw)
    row = Communication.objects.select_related("submission").get(id=identity)
    assert custody.open_object(organisation=value.organisation, sha256=row.submission.message_sha256) == raw
    assert len(facts(value.organisation, identity)) == 1
    assert accept(value, raw) == [identity] or not row.submission.message_id


def test_a_client_that_greets_with_nonsense_is_kept_as_it_spoke(value: SmtpCredentialValue) -> None:
    strange = Client(ip="2001:db8::9", helo="\udcff\0" + "x" * 900, tls_version=None, tls_cipher=None)
    accepted = accept_message(credential=value, envelope=envelope(client=strange), raw=message())
    details = facts(value.organisation, accepted[0].id)[0].details
    assert details["client"]["ip"] == "2001:db8::9"
    assert details["client"]["tls"] is None
    assert base64.b64decode(details["client"]["helo"]["base64"]) == b"\xff\0" + b"x" * 900


def test_nobody_is_tracked_who_does_not_want_it(value: SmtpCredentialValue) -> None:
    """Asked of all recipients of a message at once, in the transaction that accepts it, and of this organisation."""
    other = credential("otra")
    for organisation, address in ((value.organisation, "ana@cliente.example"), (other.organisation, "berta@x.example")):
        TrackingWithdrawal.objects.create(organisation_id=organisation, address=address, withdrawn_at=clock.now())
    raw = b"Acuse-Tracking: on\r\nAcuse-Footer: on\r\n" + message()
    ana, berta = accept(value, raw, "Ana@CLIENTE.example", "berta@x.example")
    told = [facts(value.organisation, one)[0].details for one in (ana, berta)]
    assert [(one["tracking"], one["footer"]) for one in told] == [("withdrawn", True), ("on", True)]
    rows = {row.id: row for row in Communication.objects.all()}
    assert [(rows[one].tracking, rows[one].footer) for one in (ana, berta)] == [(False, True), (True, True)]
    (silent,) = accept(value, message(message_id="dos"), "berta@x.example")
    assert not {"tracking", "footer"} & facts(value.organisation, silent)[0].details.keys()


def test_withdrawals_are_asked_for_only_where_somebody_is_to_be_tracked(value: SmtpCredentialValue) -> None:
    asked = []
    for fields in (b"", b"Acuse-Tracking: off\r\n", b"Acuse-Tracking: on\r\n"):
        with CaptureQueriesContext(connection) as queries:
            accept(value, fields + message(), "ana@cliente.example")
        asked.append(sum("withdrawals" in one["sql"] for one in queries.captured_queries))
    assert asked == [0, 0, 1]
