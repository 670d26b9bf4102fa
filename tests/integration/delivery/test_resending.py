"""Sending once more, and holding back: which communication is made, what its facts say, and who may ask for it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes
from typing import Any
from uuid import UUID, uuid4

import pytest
from uuid6 import uuid7

from acuse import clock
from acuse.accounts import services as accounts
from acuse.accounts.queries import Access, organisation_view
from acuse.accounts.values import SmtpCredentialValue
from acuse.certificates.models import Certificate
from acuse.delivery.models import Communication, Dispatch, Notice, Suppression, TrackingWithdrawal
from acuse.delivery.queries import answered, resent_lately, suppression_of, suppressions
from acuse.delivery.queries.resends import LATELY
from acuse.delivery.services import lift, resend, suppress
from acuse.errors import AccessDenied, ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.leases import Holder
from tests.integration.delivery.test_loops import Endpoint, dispatcher, wait_until
from tests.integration.making import DEFERRED, REFUSED, RELAYED, accept, attempt, facts, message

ADDRESS = "Ana@Cliente.example"
PLAIN, CODED = "Ana@peña.example", "ana@xn--pea-8ma.example"


def member(value: SmtpCredentialValue, role: str = "owner") -> Access:
    view = organisation_view(value.organisation)
    return Access(user=uuid4(), member=uuid4(), role=role, organisation=value.organisation, view=view)


def refused(value: SmtpCredentialValue, raw: bytes | None = None) -> UUID:
    """A communication that was refused."""
    one = accept(value, raw or message(message_id=None), ADDRESS)
    attempt(one, REFUSED)
    return one


def listed(value: SmtpCredentialValue) -> UUID:
    """A refused communication whose address is on the list."""
    one = refused(value)
    assert suppress(organisation=value.organisation, communication=one, reason="mailbox_not_found")
    return one


def types(value: SmtpCredentialValue, one: UUID) -> list[str]:
    return [fact.type for fact in facts(value.organisation, one)]


def send_due(holder: Holder, pool: ThreadPoolExecutor) -> Endpoint:
    """Let the dispatcher send what waits; return what it had sent it through."""
    endpoint = Endpoint()
    endpoint.gate.set()
    running = dispatcher(holder, endpoint)
    running.dispatch_due(pool)
    wait_until(lambda: running._domains.total() == 0)
    return endpoint


def once_more(value: SmtpCredentialValue, one: UUID, **changes: Any) -> UUID:
    new = uuid7()
    resend(**{"access": member(value, "agent"), "communication": one, "new": new, "despite": False, **changes})
    return new


def test_an_address_is_listed_once_whatever_its_case(value: SmtpCredentialValue) -> None:
    one = listed(value)
    other = accept(value, message(message_id=None), ADDRESS.lower())
    assert not suppress(organisation=value.organisation, communication=other, reason="complaint")
    assert types(value, one)[-1] == "suppression.added"
    assert types(value, other) == ["communication.accepted"]
    assert Suppression.objects.get().address == "ana@cliente.example"


def test_nothing_is_sent_to_an_address_on_the_list(
    value: SmtpCredentialValue, holder: Holder, pool: ThreadPoolExecutor
) -> None:
    first = listed(value)
    one = accept(value, message(message_id=None), ADDRESS.upper())
    assert send_due(holder, pool).sent == []
    assert types(value, one) == ["communication.accepted", "attempt.failed"]
    said = facts(value.organisation, one)[-1]
    assert said.objects == ()
    assert said.details == {
        "attempts": 0,
        "channel": "email",
        "failure_class": "suppressed",
        "reason": "The address is on the organisation's list of addresses to which nothing is sent.",
        "listed": {
            "communication": str(first),
            "reason": "mailbox_not_found",
            "since": clock.to_rfc3339(Suppression.objects.get().added_at),
        },
    }
    row = Communication.objects.get(id=one)
    assert (row.status, row.outcome, row.failure_class, row.attempts) == ("failed", "failed", "suppressed", 0)
    assert Certificate.objects.filter(subject=one).exists()
    assert not Dispatch.objects.exists()


@pytest.mark.parametrize(("one", "other"), [(PLAIN, CODED), (CODED, PLAIN), (PLAIN, PLAIN.upper())])
def test_a_domain_of_other_letters_is_one_in_both_spellings(
    value: SmtpCredentialValue, holder: Holder, pool: ThreadPoolExecutor, one: str, other: str
) -> None:
    first = accept(value, message(message_id=None), one)
    attempt(first, REFUSED)
    assert suppress(organisation=value.organisation, communication=first, reason="mailbox_not_found")
    again = accept(value, message(message_id=None), other)
    assert suppression_of(member(value), communication=again) is not None
    assert not suppress(organisation=value.organisation, communication=again, reason="complaint")
    assert send_due(holder, pool).sent == []
    assert types(value, again)[-1] == "attempt.failed"
    for words in (one, other, "PEÑA.example"):
        assert [row.communication for row in suppressions(member(value), search=words).rows] == [first]


@pytest.mark.parametrize(("language", "words"), [("es", "No se ha enviado"), ("en", "It was not sent")])
def test_the_sender_is_told_that_it_was_held_back(
    value: SmtpCredentialValue, holder: Holder, pool: ThreadPoolExecutor, language: str, words: str
) -> None:
    listed(value)
    one = accept(value, f"Acuse-Language: {language}\r\n".encode() + message(message_id=None), ADDRESS)
    send_due(holder, pool)
    notice = Notice.objects.get(communication_id=one)
    told = custody.open_object(organisation=value.organisation, sha256=notice.message_sha256)
    assert b"Status: 5.1.0" in told
    assert b"Action: failed" in told
    text = next(part for part in message_from_bytes(told).walk() if part.get_content_type() == "text/plain")
    said = text.get_payload(decode=True)
    assert isinstance(said, bytes)
    assert words in " ".join(said.decode().split())


def test_other_organisations_and_those_that_hold_nothing_back_send(
    value: SmtpCredentialValue, holder: Holder, pool: ThreadPoolExecutor
) -> None:
    listed(value)
    accounts.change_settings(access=member(value), hold_suppressed=False)
    accept(value, message(message_id=None), ADDRESS)
    assert send_due(holder, pool).sent == [ADDRESS]


def test_what_was_tried_before_goes_on(value: SmtpCredentialValue, holder: Holder, pool: ThreadPoolExecutor) -> None:
    one = accept(value, message(message_id=None), ADDRESS)
    attempt(one, DEFERRED)
    listed(value)
    Dispatch.objects.update(due_at=clock.now() - timedelta(seconds=1))
    assert send_due(holder, pool).sent == [ADDRESS]


def test_lifting_is_a_fact_on_the_communication_that_was_the_reason(
    value: SmtpCredentialValue, holder: Holder, pool: ThreadPoolExecutor
) -> None:
    one = listed(value)
    entry = suppressions(member(value)).rows[0].id
    owner = member(value)
    lift(access=owner, suppression=entry, reason="  Ha abierto\nun buzón nuevo. ")
    said = facts(value.organisation, one)[-1]
    assert (said.type, said.details) == ("suppression.lifted", {"reason": "Ha abierto un buzón nuevo."})
    assert (said.actor.kind, said.actor.id) == ("member", str(owner.member))
    accept(value, message(message_id=None), ADDRESS)
    assert send_due(holder, pool).sent == [ADDRESS]
    with pytest.raises(InputError):
        lift(access=owner, suppression=entry, reason="Otra vez.")


@pytest.mark.parametrize("reason", ["", " \n ", "a" * 501])
def test_lifting_asks_for_a_reason_of_bounded_length(value: SmtpCredentialValue, reason: str) -> None:
    listed(value)
    with pytest.raises(InputError):
        lift(access=member(value), suppression=Suppression.objects.get().id, reason=reason)
    assert Suppression.objects.exists()


def test_only_managers_of_the_same_organisation_lift(value: SmtpCredentialValue) -> None:
    listed(value)
    entry = Suppression.objects.get().id
    for role in ("agent", "auditor", "integrator"):
        with pytest.raises(AccessDenied):
            lift(access=member(value, role), suppression=entry, reason="Sí.")
    stranger = accounts.create_organisation(name="Ajena", slug="ajena")
    view = organisation_view(stranger.id)
    other = Access(user=uuid4(), member=uuid4(), role="owner", organisation=stranger.id, view=view)
    with pytest.raises(InputError):
        lift(access=other, suppression=entry, reason="Sí.")
    assert suppressions(other).rows == ()
    assert Suppression.objects.exists()


def test_the_list_is_searched_and_read_by_pages(value: SmtpCredentialValue) -> None:
    for number in range(5):
        one = accept(value, message(message_id=None), f"n{number}_%@cliente.example")
        suppress(organisation=value.organisation, communication=one, reason="complaint")
    asked = member(value)
    first = suppressions(asked, limit=3)
    assert [row.address[:2] for row in first.rows] == ["n4", "n3", "n2"]
    rest = suppressions(asked, limit=3, before=first.older)
    assert ([row.address[:2] for row in rest.rows], rest.older) == (["n1", "n0"], None)
    assert [row.address[:2] for row in suppressions(asked, search=" N3_% ").rows] == ["n3"]
    assert suppressions(asked, search="n_").rows == ()
    assert suppressions(asked, search="\0").rows != ()


def test_a_communication_sent_once_more_is_a_new_one_of_the_same_submission(
    value: SmtpCredentialValue, holder: Holder, pool: ThreadPoolExecutor
) -> None:
    one = refused(value, b"Acuse-Reference: R-1\r\nAcuse-Retention: 9\r\n" + message(message_id=None))
    agent = member(value, "agent")
    new = uuid7()
    resend(access=agent, communication=one, new=new, despite=False)
    old, row = Communication.objects.get(id=one), Communication.objects.get(id=new)
    assert row.resent_of == one
    assert (row.submission_id, row.recipient, row.reference) == (old.submission_id, ADDRESS, "R-1")
    assert (row.status, row.attempts, row.despite_suppression) == ("in_progress", 0, False)
    before, said = facts(value.organisation, one)[0], facts(value.organisation, new)[0]
    assert said.details == {**before.details, "resent_of": str(one)}
    assert said.objects == before.objects
    assert (said.actor.kind, said.actor.id) == ("member", str(agent.member))
    assert send_due(holder, pool).sent == [ADDRESS]
    assert types(value, new) == ["communication.accepted", "attempt.opened", "attempt.relayed"]
    assert types(value, one)[-1] == "attempt.refused"


def test_pressing_twice_makes_one(value: SmtpCredentialValue) -> None:
    one = refused(value)
    new = once_more(value, one)
    once_more(value, one, new=new)
    assert Communication.objects.filter(resent_of=one).count() == 1
    assert types(value, new) == ["communication.accepted"]


def test_two_open_pages_make_one_and_later_it_can_be_sent_again(
    value: SmtpCredentialValue, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = refused(value)
    new = once_more(value, one)
    with pytest.raises(ConflictError):
        once_more(value, one)
    attempt(new, REFUSED)
    with pytest.raises(ConflictError):
        once_more(value, one)
    assert resent_lately(member(value), communication=one) == new
    now = clock.now() + LATELY
    monkeypatch.setattr(clock, "now", lambda: now)
    once_more(value, one)
    assert Communication.objects.filter(resent_of=one).count() == 2


def test_what_is_under_way_or_arrived_is_not_sent_once_more(value: SmtpCredentialValue) -> None:
    waiting = accept(value, message(message_id=None), ADDRESS)
    arrived = accept(value, message(message_id=None), ADDRESS)
    attempt(arrived, RELAYED)
    for one in (waiting, arrived):
        with pytest.raises(ConflictError):
            once_more(value, one)
    assert not Communication.objects.filter(resent_of__isnull=False).exists()


def test_auditors_and_strangers_send_nothing_once_more(value: SmtpCredentialValue) -> None:
    one = refused(value)
    with pytest.raises(AccessDenied):
        once_more(value, one, access=member(value, "auditor"))
    stranger = accounts.create_organisation(name="Ajena", slug="ajena")
    other = Access(
        user=uuid4(), member=uuid4(), role="owner", organisation=stranger.id, view=organisation_view(stranger.id)
    )
    with pytest.raises(InputError):
        once_more(value, one, access=other)
    assert Communication.objects.count() == 1


def test_an_address_on_the_list_is_overruled_by_a_fact_alone(
    value: SmtpCredentialValue, holder: Holder, pool: ThreadPoolExecutor
) -> None:
    one = listed(value)
    with pytest.raises(ConflictError):
        once_more(value, one)
    new = once_more(value, one, despite=True)
    assert types(value, new) == ["communication.accepted", "suppression.overridden"]
    assert facts(value.organisation, new)[-1].details["communication"] == str(one)
    assert send_due(holder, pool).sent == [ADDRESS]
    assert suppression_of(member(value), communication=new) is not None


def test_what_is_not_on_the_list_is_not_overruled(value: SmtpCredentialValue) -> None:
    new = once_more(value, refused(value), despite=True)
    assert types(value, new) == ["communication.accepted"]
    assert not Communication.objects.get(id=new).despite_suppression


def test_a_term_begins_anew(value: SmtpCredentialValue) -> None:
    one = refused(value, b"Acuse-Mode: notice\r\n" + message(message_id=None))
    Communication.objects.filter(id=one).update(created_at=clock.now() - timedelta(days=20))
    old = Communication.objects.get(id=one)
    assert old.expires_at is not None
    row = Communication.objects.get(id=once_more(value, one))
    assert row.expires_at == row.created_at + (old.expires_at - old.created_at)
    said = facts(value.organisation, row.id)[0]
    assert said.details["term_until"] == clock.to_rfc3339(row.expires_at)


def test_whoever_withdrew_meanwhile_is_not_tracked(value: SmtpCredentialValue) -> None:
    accounts.change_settings(access=member(value), tracking=True)
    one = refused(value)
    assert facts(value.organisation, one)[0].details["tracking"] == "on"
    TrackingWithdrawal.objects.create(
        organisation_id=value.organisation, address=ADDRESS.lower(), withdrawn_at=clock.now()
    )
    new = once_more(value, one)
    assert not Communication.objects.get(id=new).tracking
    assert facts(value.organisation, new)[0].details["tracking"] == "withdrawn"


def test_an_answer_is_that_of_the_last_one_sent(value: SmtpCredentialValue) -> None:
    one = refused(value, message())
    new = once_more(value, one)
    asked = {"organisation": value.organisation, "references": ["<uno@ribera.example>"]}
    assert answered(**asked, author=ADDRESS) == new
