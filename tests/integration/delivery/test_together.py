"""Many messages in one transaction, each with a result of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import OperationalError, connection, connections
from django.db.utils import IntegrityError

from acuse.accounts.models import SmtpCredential
from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery.models import Communication, Deduplication, Dispatch, Submission
from acuse.delivery.services import AcceptedCommunication, KeptMessage, accept_each, acceptance, keep_message
from acuse.embedded.roles import Addresses
from acuse.errors import AccessDenied
from acuse.evidence import custody
from acuse.evidence.models import Fact
from tests.integration.making import credential, envelope, message

COUNT = 6


@pytest.fixture
def value(database: Addresses) -> SmtpCredentialValue:
    return credential()


def hand_in(
    *submissions: tuple[SmtpCredentialValue, bytes], recipients: Sequence[str] = ("ana@cliente.example",)
) -> list[list[AcceptedCommunication] | Exception]:
    """Put messages into custody and accept them together; return what became of each."""
    return accept_each(
        [keep_message(credential=who, envelope=envelope(*recipients), raw=raw) for who, raw in submissions]
    )


def made(result: list[AcceptedCommunication] | Exception) -> list[AcceptedCommunication]:
    """What was accepted."""
    assert not isinstance(result, Exception), result
    return result


def messages(count: int = COUNT) -> list[bytes]:
    return [message(message_id=f"m{number}") for number in range(count)]


def transactions() -> int:
    """How many transactions made the submissions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM delivery_submissions")
        return int(cursor.fetchone()[0])


def counts() -> tuple[int, ...]:
    accepted = Fact.objects.filter(type="communication.accepted").count()
    return (Submission.objects.count(), Communication.objects.count(), Dispatch.objects.count(), accepted)


def test_what_waits_is_accepted_in_one_transaction_and_each_gets_its_own(value: SmtpCredentialValue) -> None:
    other = credential("flota-norte")
    raws = messages()
    owners = [value, other] * (COUNT // 2)
    results = hand_in(*zip(owners, raws, strict=True), recipients=("ana@c.example", "berta@c.example"))
    assert transactions() == 1
    assert counts() == (COUNT, 2 * COUNT, 2 * COUNT, 2 * COUNT)
    for who, raw, result in zip(owners, raws, results, strict=True):
        assert [one.recipient for one in made(result)] == ["ana@c.example", "berta@c.example"]
        for one in made(result):
            row = Communication.objects.select_related("submission").get(id=one.id)
            assert (row.recipient, row.organisation_id) == (one.recipient, who.organisation)
            assert custody.open_object(organisation=who.organisation, sha256=row.submission.message_sha256) == raw


def test_a_bad_one_of_many_refuses_only_itself(value: SmtpCredentialValue) -> None:
    revoked = credential("flota-norte")
    SmtpCredential.objects.filter(id=revoked.id).update(revoked_at="2026-01-01T00:00:00Z")
    given = [(revoked if number == 2 else value, raw) for number, raw in enumerate(messages())]
    results = hand_in(*given)
    assert isinstance(results[2], AccessDenied)
    assert len({made(one)[0].id for number, one in enumerate(results) if number != 2}) == COUNT - 1
    assert counts() == (COUNT - 1,) * 4
    assert Deduplication.objects.count() == COUNT - 1, "what was refused holds no key"


def failing(error: Exception, *, committed: bool) -> Callable[[Sequence[KeptMessage]], object]:
    """Return an acceptance that fails for many: before its transaction, or after it has committed."""
    real = acceptance.accept_together

    def accept(given: Sequence[KeptMessage]) -> object:
        if len(given) == 1:
            return real(given)
        if committed:
            real(given)
        raise error

    return accept


def test_a_transaction_that_fails_is_followed_by_one_for_each(
    value: SmtpCredentialValue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptance, "accept_together", failing(OperationalError("gone"), committed=False))
    results = hand_in(*((value, raw) for raw in messages()))
    assert len({made(one)[0].id for one in results}) == COUNT
    assert counts() == (COUNT,) * 4
    assert transactions() == COUNT


def test_a_fault_of_any_kind_leaves_nobody_waiting(value: SmtpCredentialValue, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = iter([MemoryError()])

    def looking() -> None:
        for fault in faults:
            raise fault

    monkeypatch.setattr(acceptance, "accept_together", failing(OperationalError("gone"), committed=False))
    monkeypatch.setattr(acceptance, "close_old_connections", looking)
    results = hand_in(*((value, raw) for raw in messages()))
    assert [type(one) for one in results] == [MemoryError, *[list] * (COUNT - 1)]
    assert counts() == (COUNT - 1,) * 4


@pytest.mark.parametrize("named", [True, False], ids=["message-id", "no-message-id"])
def test_a_commit_whose_answer_was_lost_is_not_made_twice(
    value: SmtpCredentialValue, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    raws = [message(message_id=f"m{number}" if named else None, body=f"{number}") for number in range(COUNT)]
    with monkeypatch.context() as patch:
        patch.setattr(acceptance, "accept_together", failing(OperationalError("gone"), committed=True))
        results = hand_in(*((value, raw) for raw in raws))
    assert all(isinstance(one, IntegrityError) for one in results), "the clients send again"
    assert counts() == (COUNT,) * 4
    before = set(Communication.objects.values_list("id", flat=True))
    again = {made(one)[0].id for one in hand_in(*((value, raw) for raw in raws))}
    assert (again == before) is named, "without a Message-ID nothing is taken for a retry"


def test_the_same_message_twice_in_one_transaction_is_one_communication(value: SmtpCredentialValue) -> None:
    results = [made(one) for one in hand_in(*[(value, message())] * 3)]
    assert len({one.id for accepted in results for one in accepted}) == 1
    assert [accepted[0].repeated for accepted in results] == [False, True, True]
    assert counts() == (1, 1, 1, 1)


def test_many_threads_without_a_pause(value: SmtpCredentialValue) -> None:
    def hand_in_some(number: int) -> list[UUID]:
        try:
            raws = [message(message_id=f"{number}.{one}") for one in range(10)]
            several = (hand_in(*((value, raw) for raw in raws[at : at + 3])) for at in range(0, 10, 3))
            return [made(result)[0].id for results in several for result in results]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        given = [one for several in pool.map(hand_in_some, range(8)) for one in several]
    assert len(set(given)) == 80
    assert counts() == (80, 80, 80, 80)
