"""Accepting, proving and listing with a small ledger and with a large one.

    python -m bench.growth [--small 1000] [--large 1000000]

Each operation is measured at both sizes in one run, in the same database, many times; compared are the medians.
"""

import argparse
import random
import time
from collections.abc import Callable
from statistics import median
from typing import Any
from uuid import UUID, uuid4

from bench.report import RESULTS, Machine, Row, table, write
from bench.world import world

Operations = dict[str, tuple[int, Callable[[], object]]]


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
        """Return the operations of one size by name, each with how often it is measured.

        Both sizes return as many rows: those that a ledger of 1,000 facts has.
        """
        chosen = iter(self.communications(400))
        address = self._filler.recipient(self._filled // 2)
        return {
            "accept a message": (300, self.accept),
            "prove a communication": (300, lambda: self.prove(next(chosen))),
            "list, the newest page": (200, self.listing),
            "list, one status": (200, lambda: self.listing(limit=10, status="failed")),
            "list, one failure class": (200, lambda: self.listing(limit=10, failure_class="mailbox_not_found")),
            "list, one grade": (200, lambda: self.listing(limit=10, grade=0)),
            "list, a word of many": (200, lambda: self.listing(limit=30, search="Factura")),
            "list, one recipient": (200, lambda: self.listing(limit=1, search=address)),
            "list, one domain": (200, lambda: self.listing(limit=2, search="empresa7.example")),
        }


def measure(house: House) -> dict[str, float]:
    """Return the median milliseconds of each operation."""
    found = {}
    for name, (rounds, operation) in house.operations().items():
        for _ in range(20):
            operation()
        taken = []
        for _ in range(rounds):
            begun = time.perf_counter()
            operation()
            taken.append(time.perf_counter() - begun)
        found[name] = median(taken) * 1000
    return found


def rows(*, small: int, large: int) -> list[Row]:
    """Measure at both sizes."""
    with world():
        house = House()
        house.grow(small)
        before = measure(house)
        begun = time.perf_counter()
        house.grow(large)
        print(f"filled to {large} facts in {time.perf_counter() - begun:.0f} s", flush=True)
        after = measure(house)
    return [
        Row(
            what=f"Growth: {name}", ours=after[name], rival=before[name], unit="ms",
            against=f"itself: {large:,} facts against {small:,}", ratio=after[name] / before[name], aim="<= 1.3",
        )
        for name in before
    ]  # fmt: skip


def main() -> None:
    """Print the table, keep the JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--small", type=int, default=1000)
    options.add_argument("--large", type=int, default=1_000_000)
    given = options.parse_args()
    machine = Machine()
    found = rows(small=given.small, large=given.large)
    print(table(found))
    print(write(RESULTS / "growth.json", found, machine))


if __name__ == "__main__":
    main()
