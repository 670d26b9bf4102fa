"""Many clients whose messages are accepted at once."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from acuse.doors.smtp.limits import Limits
from acuse.doors.smtp.service import Service
from acuse.errors import TemporaryError
from tests.flows.smtp.client import MAIL, MESSAGE, RCPT, Client
from tests.flows.smtp.conftest import CREDENTIAL, Behind, Door, Opener

COUNT = 4  # as many as the door has threads


@contextmanager
def under_way(door: Door) -> Iterator[list[Client]]:
    """Clients that have sent a message each, none of which has been accepted yet."""
    door.behind.held = threading.Event()
    with ExitStack() as stack:
        clients = [stack.enter_context(door.logged_in()) for _ in range(COUNT)]
        for client in clients:
            for command in (MAIL, RCPT, "DATA"):
                client.say(command)
            client.send(MESSAGE + b".\r\n")
        until = time.monotonic() + 20
        while door.behind.waiting < COUNT:
            assert time.monotonic() < until
            time.sleep(0.005)
        yield clients


def test_stopping_waits_for_all_that_are_being_accepted(opened: Opener) -> None:
    with opened() as door, under_way(door) as clients:
        assert door.behind.held is not None
        stopping = threading.Thread(target=door.stop)
        stopping.start()
        door.behind.held.set()
        for client in clients:
            assert client.reply().startswith("250 2.6.0")
            assert client.reply().startswith("421 4.3.2")
        stopping.join(20)
        assert len(door.behind.accepted) == COUNT


def test_a_client_that_leaves_takes_nobody_with_it(opened: Opener) -> None:
    with opened() as door, under_way(door) as clients:
        assert door.behind.held is not None
        with clients[0]:
            pass  # it leaves
        door.behind.held.set()
        for client in clients[1:]:
            assert client.reply().startswith("250 2.6.0")
            assert client.say("NOOP").startswith("250")
    assert len(door.behind.accepted) == COUNT, "what was handed in whole is accepted; its client asks again"


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
        service = Service(hostname="localhost", verbs=behind.verbs(), limits=Limits(permission=10), threads=threads)
    service.permitted(100.0).add((CREDENTIAL.id, "avisos@talleres-ribera.example"))
    assert service.permitted(109.9) == {(CREDENTIAL.id, "avisos@talleres-ribera.example")}
    assert service.permitted(110.0) == set()
