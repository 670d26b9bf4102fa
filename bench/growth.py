"""Accepting, proving and listing with a small ledger and with a large one.

    python -m bench.growth [--small 1000] [--large 1000000]

Two installations stand side by side, each in a process and with a PostgreSQL of its own. They take turns at each
operation, so that whatever else the machine does falls on both; compared are the medians, and the ratio is the median
of the ratios of the turns.
"""

import argparse
import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from statistics import median, quantiles
from typing import Any, Protocol
from uuid import UUID, uuid4

from bench.report import RESULTS, Machine, Row, table, write
from bench.world import world

TURNS = 31
EACH_TURN = 10

Operations = dict[str, Callable[[], object]]


class House:
    """An organisation with a credential, and the operations that are measured on it."""

    def __init__(self) -> None:
        from acuse import clock
        from acuse.accounts import services
        from acuse.accounts.queries import Access, organisation_view
        from acuse.accounts.values import SmtpCredentialValue
        from bench.ledger_filling import Filler

        organisation = services.create_organisation(name="Talleres Ribera", slug="talleres-ribera")
        credential, _ = services.create_credential(organisation=organisation.id, name="crm")
        self.credential = SmtpCredentialValue(id=credential.id, organisation=organisation.id, name="crm")
        self.access = Access(
            user=uuid4(), member=uuid4(), role="owner", organisation=organisation.id,
            view=organisation_view(organisation.id),
        )  # fmt: skip
        self._filler = Filler(organisation=organisation.id, credential=credential.id, began_at=clock.now())
        self._filled = 0
        self._count = 0

    def grow(self, facts: int) -> None:
        """Fill up to so many facts, sequence them all, and let PostgreSQL take stock as its autovacuum does."""
        import psycopg
        from django.db import connection

        from acuse.config.database import conninfo
        from acuse.config.settings import ACUSE_KEYS
        from acuse.evidence.sequencer import Sequencer
        from bench.ledger_filling import FACTS_EACH

        wanted = facts // FACTS_EACH
        sequencer = Sequencer(conninfo=conninfo(), key=ACUSE_KEYS.checkpoint, batch=20_000)
        assert sequencer.lead()
        with psycopg.connect(conninfo(), autocommit=True) as session:
            for first in range(self._filled, wanted, 25_000):
                self._filler.fill(session, first, min(25_000, wanted - first))
                while sequencer.tick():
                    pass
        sequencer.resign()
        self._filled = wanted
        with psycopg.connect(conninfo("owner"), autocommit=True) as owner:
            owner.execute("VACUUM ANALYZE")
        connection.close()

    def communications(self, count: int) -> list[UUID]:
        """Return some communications, from everywhere in the ledger."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT subject FROM evidence_facts WHERE sequence = 4")
            known = [row[0] for row in cursor.fetchall()]
        return random.Random(7).choices(known, k=count)

    def accept(self) -> object:
        """Accept one message of 10 kB."""
        from tests.flows.installation import SENDER, message

        from acuse.delivery import services
        from acuse.delivery.envelope import Client, Envelope, Recipient

        self._count += 1
        envelope = Envelope(
            mail_from=SENDER, recipients=(Recipient(address=f"c{self._count}@acepta.example"),), ret=None, envid=None,
            smtputf8=False, body_8bit=False,
            client=Client(ip="192.0.2.7", helo="crm.example", tls_version=None, tls_cipher=None),
        )  # fmt: skip
        raw = message(f"growth-{self._count}", "x" * 70 + "\r\n" + ("y" * 70 + "\r\n") * 140)
        return services.accept_message(credential=self.credential, envelope=envelope, raw=raw)

    def prove(self, communication: UUID) -> object:
        """Build the proof of a communication and verify it, as the offline verifier does."""
        from acuse.config.settings import ACUSE_KEYS
        from acuse.evidence.queries import bundle_for
        from acuse.proof.trust import Trust
        from acuse.proof.verify import verify_bytes

        bundle = bundle_for(
            organisation=self.credential.organisation, kind="communication", id=communication, unanchored=True
        )
        assert bundle is not None
        trust = Trust(log_keys=(ACUSE_KEYS.checkpoint.verifier().line(),))
        report = verify_bytes(bundle.to_json(), filename="proof.json", trust=trust)
        assert len(report.facts) == len(bundle.facts)
        return report

    def listing(self, limit: int = 50, **filters: Any) -> object:
        """Return the first page of the list."""
        from acuse.delivery.queries import Filters, communications

        page = communications(self.access, filters=Filters(**filters), limit=limit)
        assert page.rows
        return page

    def operations(self) -> Operations:
        """Return the operations by name. Both sizes return as many rows: those that a ledger of 1,000 facts has."""
        chosen = iter(self.communications((TURNS + 1) * EACH_TURN))
        address = self._filler.recipient(self._filled // 2)
        return {
            "accept a message": self.accept,
            "prove a communication": lambda: self.prove(next(chosen)),
            "list, the newest page": self.listing,
            "list, one status": lambda: self.listing(limit=10, status="failed"),
            "list, one failure class": lambda: self.listing(limit=10, failure_class="mailbox_not_found"),
            "list, one grade": lambda: self.listing(limit=10, grade=0),
            "list, a word of many": lambda: self.listing(limit=30, search="Factura"),
            "list, one recipient": lambda: self.listing(limit=1, search=address),
            "list, one domain": lambda: self.listing(limit=2, search="empresa7.example"),
        }

    def turn(self, operation: Callable[[], object]) -> float:
        """Return the median milliseconds of an operation done a few times."""
        taken = []
        for _ in range(EACH_TURN):
            begun = time.perf_counter()
            operation()
            taken.append(time.perf_counter() - begun)
        return median(taken) * 1000


class Measured(Protocol):
    """What fills an installation and is measured on it."""

    def grow(self, size: int, /) -> None:
        """Fill the installation up to a size."""

    def operations(self) -> Operations:
        """Return what is measured, by name."""

    def turn(self, operation: Callable[[], object], /) -> Any:
        """Do an operation a few times; return how long it took."""


def serve(asked: Connection, build: Callable[[], Measured], size: int) -> None:
    """Fill an installation, send the names of its operations, then take turns at those asked for until None comes."""
    with world():
        house = build()
        house.grow(size)
        operations = house.operations()
        asked.send(list(operations))
        while (name := asked.recv()) is not None:
            asked.send(house.turn(operations[name]))


@contextmanager
def installation(build: Callable[[], Measured], size: int) -> Iterator[tuple[Connection, list[str]]]:
    """Start an installation of a size; yield the way to ask it for turns, and the names of its operations.

    Args:
        build: makes what is measured, in a process and a world of its own; a class that can be pickled.
        size: what it is filled up to.
    """
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, build, size))
    process.start()
    theirs.close()
    try:
        yield ours, ours.recv()
    finally:
        with suppress(BrokenPipeError):
            ours.send(None)
        process.join()


def turns_of(build: Callable[[], Measured], *, small: int, large: int, turns: int) -> dict[str, list[tuple[Any, Any]]]:
    """Have two installations take turns at each operation.

    Args:
        build: see `installation`. small, large: what they are filled up to. turns: how many count.

    Returns:
        By operation, what each turn took in the large one and in the small one.
    """
    with installation(build, small) as (few, names), installation(build, large) as (many, _):
        found: dict[str, list[tuple[Any, Any]]] = {name: [] for name in names}
        for turn in range(turns + 1):
            for name in names:
                taken = {}
                for side in (few, many) if turn % 2 else (many, few):
                    side.send(name)
                    taken[side] = side.recv()
                if turn:  # the first warms both up
                    found[name].append((taken[many], taken[few]))
    return found


def rows(*, small: int, large: int) -> list[Row]:
    """Measure at both sizes."""
    found = turns_of(House, small=small, large=large, turns=TURNS)
    return [_row(name, taken, small, large) for name, taken in found.items()]


def _row(name: str, turns: list[tuple[float, float]], small: int, large: int) -> Row:
    ratios = [ours / rival for ours, rival in turns]
    low, _, high = quantiles(ratios, n=4)
    return Row(
        what=f"Growth: {name}", ours=median(ours for ours, _ in turns), rival=median(rival for _, rival in turns),
        unit="ms", against=f"itself: {large:,} facts against {small:,}", ratio=median(ratios), aim="<= 1.3",
        note=f"The middle half of {TURNS} turns: {low:.2f} to {high:.2f}.",
    )  # fmt: skip


def main(description: str | None, measure: Callable[..., list[Row]], name: str) -> None:
    """Print the table, keep the JSON.

    Args:
        description: of the bench. measure: its rows, by `small` and `large`. name: of the file.
    """
    options = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--small", type=int, default=1000)
    options.add_argument("--large", type=int, default=1_000_000)
    given = options.parse_args()
    machine = Machine()
    found = measure(small=given.small, large=given.large)
    print(table(found))
    print(write(RESULTS / name, found, machine))


if __name__ == "__main__":
    main(__doc__, rows, "growth.json")
