"""Many clients whose messages are accepted at once."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from uuid import UUID

import pytest

from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery.envelope import Client as Submitter
from acuse.delivery.envelope import Envelope, Recipient
from acuse.doors.smtp import gathering
from acuse.doors.smtp.limits import Limits
from acuse.doors.smtp.service import SubmissionService
from acuse.errors import TemporaryError
from tests.flows.smtp.client import MAIL, MESSAGE, PATIENCE, RCPT, Client
from tests.flows.smtp.conftest import CREDENTIAL, Behind, Door, Opener

COUNT = 4
ENVELOPE = Envelope(
    mail_from="avisos@talleres-ribera.example",
    recipients=(Recipient(address="cliente@acepta.example"),),
    ret=None,
    envid=None,
    smtputf8=False,
    body_8bit=False,
    client=Submitter(ip="192.0.2.9", helo="crm.example", tls_version=None, tls_cipher=None),
)


def wait(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


def hand_in(client: Client, mail: str = MAIL) -> None:
    for command in (mail, RCPT, "DATA"):
        client.say(command)
    client.send(MESSAGE + b".\r\n")


@contextmanager
def under_way(door: Door) -> Iterator[list[Client]]:
    """Clients that have sent a message each: the first one's is in a transaction that lasts, the others' wait."""
    door.behind.held = threading.Event()
    with ExitStack() as stack:
        clients = [stack.enter_context(door.logged_in()) for _ in range(COUNT)]
        for number, client in enumerate(clients):
            hand_in(client, f"{MAIL} ENVID=n{number}")
            assert door.behind.inside.wait(PATIENCE)
            wait(lambda number=number: len(door.connector._gathering._waiting) == number)
        yield clients


def test_what_waits_is_accepted_in_one_transaction(opened: Opener) -> None:
    with opened() as door, under_way(door) as clients:
        assert door.behind.held is not None
        door.behind.held.set()
        replies = {client.reply() for client in clients}
        assert len(replies) == COUNT
        assert all(reply.startswith("250 2.6.0") for reply in replies)
        assert door.behind.batches == [1, COUNT - 1]
        assert clients[0].submit(MESSAGE).startswith("250 2.6.0")
        assert door.behind.batches == [1, COUNT - 1, 1], "one that comes alone waits for nobody"


def test_a_transaction_takes_no_more_than_its_share(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "_RECIPIENTS", 2)
    with opened() as door, under_way(door) as clients:
        assert door.behind.held is not None
        door.behind.held.set()
        assert all(client.reply().startswith("250 2.6.0") for client in clients)
        assert door.behind.batches == [1, 2, 1]


def test_a_bad_one_of_many_refuses_only_itself(opened: Opener) -> None:
    with opened() as door, under_way(door) as clients:
        assert door.behind.held is not None
        door.behind.refused = frozenset({"n2"})
        door.behind.held.set()
        assert [client.reply()[:9] for client in clients] == ["250 2.6.0", "250 2.6.0", "550 5.7.1", "250 2.6.0"]
    assert len(door.behind.accepted) == COUNT - 1


def nothing(_: object) -> list[list[UUID] | Exception]:
    return []


def exhausted(_: object) -> list[list[UUID] | Exception]:
    raise MemoryError


@pytest.mark.parametrize("accept", [nothing, exhausted])
def test_a_fault_of_any_kind_leaves_nobody_waiting(accept: Callable[[object], list[list[UUID] | Exception]]) -> None:
    async def hand_in_three(threads: ThreadPoolExecutor) -> list[object]:
        gathered = gathering.Gathering(replace(Behind().verbs(), accept=accept), threads)
        async with asyncio.timeout(PATIENCE):
            given = (gathered.accept(CREDENTIAL, ENVELOPE, MESSAGE) for _ in range(3))
            results: list[object] = list(await asyncio.gather(*given, return_exceptions=True))
            await gathered.finish()
        return results

    with ThreadPoolExecutor(2) as threads:
        results = asyncio.run(hand_in_three(threads))
    assert all(isinstance(one, ValueError | MemoryError) for one in results)


@pytest.mark.parametrize(("patience", "batches"), [(PATIENCE, [2]), (0.0, [1, 1])], ids=["in-time", "too-late"])
def test_a_transaction_waits_a_little_for_what_is_on_its_way_into_custody(
    monkeypatch: pytest.MonkeyPatch, patience: float, batches: list[int]
) -> None:
    monkeypatch.setattr(gathering, "_COMPANY_SECONDS", patience)
    behind, slow = Behind(), threading.Event()

    def keep(credential: SmtpCredentialValue, envelope: Envelope, raw: bytes) -> object:
        assert raw == MESSAGE or slow.wait(PATIENCE)
        return behind.verbs().keep(credential, envelope, raw)

    async def hand_in_two(threads: ThreadPoolExecutor) -> None:
        gathered = gathering.Gathering(replace(behind.verbs(), keep=keep), threads)
        async with asyncio.timeout(PATIENCE):
            late = asyncio.create_task(gathered.accept(CREDENTIAL, ENVELOPE, b"slow"))
            first = asyncio.create_task(gathered.accept(CREDENTIAL, ENVELOPE, MESSAGE))
            while not gathered._waiting and not first.done():
                await asyncio.sleep(0)
            if not patience:
                await first
            slow.set()
            await asyncio.gather(first, late)
            await gathered.finish()

    with ThreadPoolExecutor(2) as threads:
        asyncio.run(hand_in_two(threads))
    assert behind.batches == batches


def test_one_that_custody_refuses_waits_for_nobody(opened: Opener) -> None:
    with opened() as door, under_way(door) as clients, door.logged_in() as other:
        assert door.behind.held is not None
        door.behind.keep_error = TemporaryError("Custody cannot keep an object: No space left on device.")
        assert other.submit(MESSAGE).startswith("451 4.3.0")
        door.behind.held.set()
        assert all(client.reply().startswith("250 2.6.0") for client in clients)
    assert len(door.behind.accepted) == COUNT


def test_stopping_waits_for_all_that_are_being_accepted(opened: Opener) -> None:
    with opened() as door, under_way(door) as clients:
        assert door.behind.held is not None
        stopping = threading.Thread(target=door.stop)
        stopping.start()
        door.behind.held.set()
        for client in clients:
            assert client.reply().startswith("250 2.6.0")
            assert client.reply().startswith("421 4.3.2")
        stopping.join(PATIENCE)
        assert len(door.behind.accepted) == COUNT


@pytest.mark.parametrize(("leaving", "accepted"), [(0, COUNT), (1, COUNT - 1)], ids=["begun", "waiting"])
def test_a_client_that_leaves_takes_nobody_with_it(opened: Opener, leaving: int, accepted: int) -> None:
    """What a transaction has begun to accept is accepted; what only waits is not, and its client asks again."""
    with opened() as door, under_way(door) as clients:
        assert door.behind.held is not None
        with clients.pop(leaving):
            pass  # it leaves
        wait(lambda: len(door.connector._service.connections) == COUNT - 1)
        door.behind.held.set()
        for client in clients:
            assert client.reply().startswith("250 2.6.0")
            assert client.say("NOOP").startswith("250")
    assert len(door.behind.accepted) == accepted


def test_each_hears_of_its_own_message(opened: Opener) -> None:
    with opened() as door, under_way(door) as clients:
        assert door.behind.held is not None
        door.behind.accept_error = TemporaryError("The database is away.")
        door.behind.held.set()
        assert all(client.reply().startswith("451 4.3.0") for client in clients)
        door.behind.accept_error = door.behind.held = None
        with ThreadPoolExecutor(COUNT) as pool:
            replies = list(pool.map(lambda client: client.submit(MESSAGE), clients))
    assert len({reply.split()[-1] for reply in replies}) == COUNT
    assert len(door.behind.accepted) == COUNT


def test_a_permission_is_remembered_for_all_connections(opened: Opener) -> None:
    with opened(permission=60) as door:
        with door.logged_in() as client:
            assert client.say(MAIL).startswith("250")
        door.behind.permission_error = TemporaryError("The database is away.")
        with door.logged_in() as client:
            assert client.say("MAIL FROM:<marta@talleres-ribera.example>").startswith("451 4.3.0")
            assert client.say(MAIL).startswith("250")


def test_permissions_are_forgotten_in_time() -> None:
    behind = Behind()
    with ThreadPoolExecutor(1) as threads:
        service = SubmissionService(
            hostname="localhost", verbs=behind.verbs(), limits=Limits(permission=10), threads=threads
        )
    service.permitted(100.0).add((CREDENTIAL.id, "avisos@talleres-ribera.example"))
    assert service.permitted(109.9) == {(CREDENTIAL.id, "avisos@talleres-ribera.example")}
    assert service.permitted(110.0) == set()
