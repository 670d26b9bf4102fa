"""A ledger to record into, and its sequencer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction

from acuse.config.database import conninfo
from acuse.embedded.postgres import EmbeddedPostgres
from acuse.embedded.roles import Addresses
from acuse.errors import TemporaryError
from acuse.evidence import custody
from acuse.evidence.ledger import FactDraft, record, refer
from acuse.evidence.sequencer import Sequencer
from acuse.evidence.tsa import Stamp
from acuse.proof.checkpoint import SigningKey
from acuse.proof.facts.fact import Actor
from acuse.proof.timestamp import build_query, parse_reply, verify_token
from tests.unit.proof.support import Operator

ORGANISATION = uuid4()


@pytest.fixture
def sequencer(database: Addresses) -> Iterator[Sequencer]:
    """A sequencer that leads; its ticks are called by the test."""
    running = Sequencer(conninfo=conninfo(), key=SigningKey.generate("acuse.example/test"))
    assert running.lead()
    yield running
    running.resign()


def login(member: object = None, organisation: object = ORGANISATION) -> FactDraft:
    """A small valid fact."""
    return FactDraft(
        organisation=organisation,  # type: ignore[arg-type]
        subject_kind="member",
        subject_id=member or uuid4(),  # type: ignore[arg-type]
        type="member.logged_in",
        actor=Actor(kind="member", id="m"),
        details={},
    )


def keep_message(content: bytes, *, organisation: UUID = ORGANISATION, subject: UUID | None = None) -> UUID:
    """Record a communication that cites an object; return its subject."""
    subject = subject or uuid4()
    kept = custody.keep(organisation=organisation, content=content, media_type="message/rfc822")
    with transaction.atomic():
        record(
            FactDraft(
                organisation=organisation,
                subject_kind="communication",
                subject_id=subject,
                type="sender.notified",
                actor=Actor(kind="component", id="test"),
                details={"to": "a@b.example", "action": "failed", "message_id": None},
                objects=(refer("dsn", kept),),
            )
        )
    return subject


class Authority:
    """A time stamping authority in memory, asked as the sealer asks.

    Attributes:
        ahead: how much its clock is before ours.
        down: it does not answer.
        asked: what it was asked to stamp.
    """

    def __init__(self) -> None:
        self._operator = Operator(moment=datetime.now(UTC) - timedelta(hours=1))
        self.roots = [self._operator.root.certificate]
        self.ahead = timedelta()
        self.down = False
        self.asked: list[bytes] = []

    def stamp(self, content: bytes) -> Stamp:
        """Stamp, or fail as a client does whose authorities do not answer."""
        self.asked.append(content)
        if self.down:
            raise TemporaryError("No time stamp could be obtained.")
        self._operator.authority.clock = datetime.now(UTC) + self.ahead
        query = build_query(content)
        token = parse_reply(self._operator.authority.reply(query.der))
        crls = (self._operator.crl(),)
        verified = verify_token(token, imprint_of=content, trust=self.roots, crls=crls, nonce=query.nonce)
        return Stamp(
            token=token,
            chain=(),
            crls=crls,
            service=verified.tsa_name,
            address="http://tsa.example/",
            generated_at=verified.gen_time,
            development=verified.development,
        )


@pytest.fixture(scope="session")
def stamping() -> Authority:
    """The authority, made once: keys take a while."""
    return Authority()


@pytest.fixture
def authority(stamping: Authority) -> Authority:
    """The authority, answering and on time."""
    stamping.ahead, stamping.down, stamping.asked = timedelta(), False, []
    return stamping


@pytest.fixture
def superuser(postgres: EmbeddedPostgres, database: Addresses) -> Iterator[psycopg.Connection[Any]]:
    """The database's superuser with all triggers off: whoever steals the disk can do as much."""
    with postgres._superuser(connection.settings_dict["NAME"]) as admin:
        admin.execute("SET session_replication_role = replica")
        yield admin
