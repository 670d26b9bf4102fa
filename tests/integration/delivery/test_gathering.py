"""Group commit: many messages in one transaction, each with a result of its own."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import OperationalError, connection, connections
from django.db.utils import IntegrityError

from acuse.accounts.models import SmtpCredential
from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery.models import Communication, Deduplication, Dispatch, Submission
from acuse.delivery.services import AcceptedCommunication, gathering
from acuse.delivery.services.acceptance import KeptMessage
from acuse.delivery.services.gathering import Gathering
from acuse.embedded.roles import Addresses
from acuse.errors import AccessDenied, TemporaryError
from acuse.evidence import custody
from acuse.evidence.models import Fact
from tests.integration.making import credential, envelope, message

COUNT = 6
Accepted = Future[list[AcceptedCommunication]]


@pytest.fixture
def value(database: Addresses) -> SmtpCredentialValue:
    return credential()


@pytest.fixture
def gathered() -> Gathering:
    return Gathering()


def hand_in(
    gathered: Gathering,
    *submissions: tuple[SmtpCredentialValue, bytes],
    recipients: Sequence[str] = ("ana@cliente.example",),
) -> list[Accepted]:
    """Hand messages in while a transaction runs; return what became of each once the next ones are over."""
    with ThreadPoolExecutor(len(submissions)) as pool:

        def accept(submission: tuple[SmtpCredentialValue, bytes]) -> list[AcceptedCommunication]:
            who, raw = submission
            try:
                return gathered.accept(credential=who, envelope=envelope(*recipients), raw=raw)
            finally:
                connections.close_all()

        with gathered._turn:
            results = []
            for number, submission in enumerate(submissions, 1):
                results.append(pool.submit(accept, submission))
                # In the order given; one that custody refuses never waits.
                until(lambda number=number: len(gathered._waiting) + sum(one.done() for one in results) == number)
    return results


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


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


def test_what_waits_is_accepted_in_one_transaction_and_each_gets_its_own(
    value: SmtpCredentialValue, gathered: Gathering
) -> None:
    other = credential("flota-norte")
    raws = messages()
    owners = [value, other] * (COUNT // 2)
    results = hand_in(gathered, *zip(owners, raws, strict=True), recipients=("ana@c.example", "berta@c.example"))
    assert transactions() == 1
    assert counts() == (COUNT, 2 * COUNT, 2 * COUNT, 2 * COUNT)
    for who, raw, result in zip(owners, raws, results, strict=True):
        assert [one.recipient for one in result.result()] == ["ana@c.example", "berta@c.example"]
        for one in result.result():
            row = Communication.objects.select_related("submission").get(id=one.id)
            assert (row.recipient, row.organisation_id) == (one.recipient, who.organisation)
            assert custody.open_object(organisation=who.organisation, sha256=row.submission.message_sha256) == raw
    assert not gathered._waiting


def test_one_that_comes_alone_is_accepted_alone(value: SmtpCredentialValue, gathered: Gathering) -> None:
    for raw in messages(2):
        gathered.accept(credential=value, envelope=envelope(), raw=raw)
    assert transactions() == 2


def test_a_bad_one_of_many_refuses_only_itself(value: SmtpCredentialValue, gathered: Gathering) -> None:
    revoked = credential("flota-norte")
    SmtpCredential.objects.filter(id=revoked.id).update(revoked_at="2026-01-01T00:00:00Z")
    given = [(revoked if number == 2 else value, raw) for number, raw in enumerate(messages())]
    results = hand_in(gathered, *given)
    assert isinstance(results[2].exception(), AccessDenied)
    assert len({one.result()[0].id for number, one in enumerate(results) if number != 2}) == COUNT - 1
    assert counts() == (COUNT - 1,) * 4
    assert Deduplication.objects.count() == COUNT - 1, "what was refused holds no key"


def test_a_disk_that_is_full_for_one_refuses_only_that_one(
    value: SmtpCredentialValue, gathered: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    raws, real = messages(), custody.LocalStore.put

    def full(store: custody.LocalStore, key: str, content: bytes) -> bool:
        if content == raws[3]:
            raise TemporaryError("Custody cannot keep an object: No space left on device.")
        return real(store, key, content)

    monkeypatch.setattr(custody.LocalStore, "put", full)
    results = hand_in(gathered, *((value, raw) for raw in raws))
    assert isinstance(results[3].exception(), TemporaryError)
    assert counts() == (COUNT - 1,) * 4
    assert transactions() == 1


def failing(error: Exception, *, committed: bool) -> Callable[[Sequence[KeptMessage]], object]:
    """Return an acceptance that fails for many: before its transaction, or after it has committed."""
    real = gathering.accept_together

    def accept(given: Sequence[KeptMessage]) -> object:
        if len(given) == 1:
            return real(given)
        if committed:
            real(given)
        raise error

    return accept


def test_a_transaction_that_fails_is_followed_by_one_for_each(
    value: SmtpCredentialValue, gathered: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "accept_together", failing(OperationalError("gone"), committed=False))
    results = hand_in(gathered, *((value, raw) for raw in messages()))
    assert len({one.result()[0].id for one in results}) == COUNT
    assert counts() == (COUNT,) * 4
    assert transactions() == COUNT


def test_a_fault_of_any_kind_leaves_nobody_waiting(
    value: SmtpCredentialValue, gathered: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = iter([MemoryError()])

    def looking() -> None:
        for fault in faults:
            raise fault

    monkeypatch.setattr(gathering, "accept_together", failing(OperationalError("gone"), committed=False))
    monkeypatch.setattr(gathering, "close_old_connections", looking)
    results = hand_in(gathered, *((value, raw) for raw in messages()))
    assert [type(one.exception()) for one in results] == [MemoryError, *[type(None)] * (COUNT - 1)]
    assert counts() == (COUNT - 1,) * 4


@pytest.mark.parametrize("named", [True, False], ids=["message-id", "no-message-id"])
def test_a_commit_whose_answer_was_lost_is_not_made_twice(
    value: SmtpCredentialValue, gathered: Gathering, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    raws = [message(message_id=f"m{number}" if named else None, body=f"{number}") for number in range(COUNT)]
    with monkeypatch.context() as patch:
        patch.setattr(gathering, "accept_together", failing(OperationalError("gone"), committed=True))
        results = hand_in(gathered, *((value, raw) for raw in raws))
    assert all(isinstance(one.exception(), IntegrityError) for one in results), "the clients send again"
    assert counts() == (COUNT,) * 4
    made = set(Communication.objects.values_list("id", flat=True))
    again = {one.result()[0].id for one in hand_in(gathered, *((value, raw) for raw in raws))}
    assert (again == made) is named, "without a Message-ID nothing is taken for a retry"


def test_the_same_message_twice_in_one_transaction_is_one_communication(
    value: SmtpCredentialValue, gathered: Gathering
) -> None:
    results = [one.result() for one in hand_in(gathered, (value, message()), (value, message()), (value, message()))]
    assert len({one.id for accepted in results for one in accepted}) == 1
    assert [accepted[0].repeated for accepted in results] == [False, True, True]
    assert counts() == (1, 1, 1, 1)


def test_a_transaction_takes_no_more_than_its_share(
    value: SmtpCredentialValue, gathered: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "_RECIPIENTS", 4)
    hand_in(gathered, *((value, raw) for raw in messages()), recipients=("a@c.example", "b@c.example"))
    assert transactions() == COUNT // 2
    assert counts() == (COUNT, 2 * COUNT, 2 * COUNT, 2 * COUNT)


def test_many_threads_without_a_pause(value: SmtpCredentialValue, gathered: Gathering) -> None:
    def hand_in_some(number: int) -> list[UUID]:
        try:
            return [
                gathered.accept(credential=value, envelope=envelope(), raw=message(message_id=f"{number}.{one}"))[0].id
                for one in range(10)
            ]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        made = [one for several in pool.map(hand_in_some, range(8)) for one in several]
    assert len(set(made)) == 80
    assert counts() == (80, 80, 80, 80)
