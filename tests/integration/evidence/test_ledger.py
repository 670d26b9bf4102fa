"""Recording, sequencing and what the database refuses."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count as count_up
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction

from acuse.config.database import conninfo
from acuse.embedded.roles import Addresses
from acuse.errors import ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.fsck import examine
from acuse.evidence.ledger import (
    FactDraft,
    ForeignSubject,
    OutsideTransaction,
    _identities,
    record,
    record_first,
)
from acuse.evidence.models import Entry, Head, TreeHead
from acuse.evidence.queries import bundle_for, facts_of, ledger_state, read_tile
from acuse.evidence.sequencer import Sequencer
from acuse.proof import checkpoint, merkle
from acuse.proof.checkpoint import SigningKey, VerifierKey
from acuse.proof.facts.fact import Actor, ObjectReference
from tests.integration.evidence.conftest import ORGANISATION, login


def test_facts_are_recorded_only_inside_a_transaction(database: Addresses) -> None:
    with pytest.raises(OutsideTransaction):
        record(login())


def test_a_fact_goes_with_the_transaction_that_it_proves(database: Addresses) -> None:
    member = uuid4()
    with transaction.atomic():
        record(login(member))
        transaction.set_rollback(True)
    assert facts_of(organisation=ORGANISATION, kind="member", id=member) == []


def test_details_must_fit_the_catalogue(database: Addresses) -> None:
    draft = login()
    with pytest.raises(InputError), transaction.atomic():
        record(type(draft)(**{**draft.__dict__, "details": {"surprise": 1}}))


_OBJECT = ObjectReference(role="message", sha256="0" * 64, size=1, media_type="message/rfc822")


@pytest.mark.parametrize(
    "change",
    [
        {"type": "member.vanished"},
        {"subject_kind": "communication"},
        {"details": {"method": 1}},
        {"objects": (_OBJECT,)},
        {"type": "communication.accepted"},
        {"actor": Actor(kind="Member", id="m")},
        {"actor": Actor(kind="member", id="\ud800")},
        {"occurred_at": datetime(2026, 11, 21)},  # noqa: DTZ001 - the point of the test
    ],
)
def test_what_does_not_fit_is_recorded_by_neither_door(database: Addresses, change: dict[str, Any]) -> None:
    wrong = replace(login(), **change)
    for door in (record, record_first):
        with pytest.raises(InputError), transaction.atomic():
            door(login(), wrong)
    assert not Head.objects.exists()
    assert ledger_state().pending == 0


@pytest.mark.parametrize("change", [{"size": True}, {"size": -1}, {"sha256": "A" * 64}, {"media_type": "Text/plain"}])
def test_objects_are_cited_in_one_spelling(database: Addresses, change: dict[str, Any]) -> None:
    draft = FactDraft(
        organisation=ORGANISATION,
        subject_kind="installation",
        subject_id=uuid4(),
        type="seal.bound",
        actor=Actor(kind="component", id="test"),
        details={"verifier_key": "k", "certificate_sha256": "0" * 64},
        objects=(replace(_OBJECT, role="seal-binding", **change),),
    )
    with pytest.raises(InputError), transaction.atomic():
        record(draft)


def test_identities_follow_the_clock_and_are_never_alike() -> None:
    begin = datetime(2026, 11, 21, 9, 0, 0, 999_000, tzinfo=UTC)
    made = [_identities(begin + timedelta(microseconds=after), 1)[0][0] for after in range(3000)]
    assert made == sorted(made)
    assert {each.version for each in made} == {7}
    assert [each.int >> 80 for each in (made[0], made[1000])] == [1795251600_999, 1795251601_000]
    together = _identities(begin, 10_000)
    assert len({identity for identity, _ in together}) == len({salt for _, salt in together}) == 10_000
    assert {len(salt) for _, salt in together} == {16}


def test_a_subject_belongs_to_one_organisation(database: Addresses) -> None:
    member = uuid4()
    with transaction.atomic():
        record(login(member))
    with pytest.raises(ForeignSubject), transaction.atomic():
        record(login(member, uuid4()))


def test_facts_of_a_subject_form_a_chain(database: Addresses) -> None:
    member = uuid4()
    with transaction.atomic():
        record(login(member), login(member))
    with transaction.atomic():
        record(login(member))
    facts = [item.fact for item in facts_of(organisation=ORGANISATION, kind="member", id=member)]
    assert [fact.subject_sequence for fact in facts] == [1, 2, 3]
    assert [fact.previous for fact in facts] == [None, facts[0].entry(), facts[1].entry()]
    assert len({fact.salt for fact in facts}) == 3


def test_concurrent_writers_of_one_subject_leave_no_gap_and_keep_their_order(
    database: Addresses, sequencer: Sequencer
) -> None:
    member, other = uuid4(), uuid4()

    def write(_: int) -> None:
        with transaction.atomic():
            record(login(member), login(other))
        connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert sequencer.tick() == 80
    for subject in (member, other):
        facts = facts_of(organisation=ORGANISATION, kind="member", id=subject)
        assert [item.fact.subject_sequence for item in facts] == list(range(1, 41))
        positions = [item.position for item in facts]
        assert positions == sorted(positions)
    assert list(Entry.objects.order_by("position").values_list("position", flat=True)) == list(range(80))
    sequences = Entry.objects.order_by("position").values_list("organisation_sequence", flat=True)
    assert list(sequences) == list(range(1, 81))


def test_the_published_checkpoint_is_signed_and_its_root_is_the_trees(
    database: Addresses, sequencer: Sequencer
) -> None:
    for count in (1, 300, 7):
        with transaction.atomic():
            record(*(login() for _ in range(count)))
        sequencer.tick()
    head = TreeHead.objects.get()
    opened = checkpoint.open_note(head.note.encode(), VerifierKey.parse(head.verifier_key))
    leaves = [merkle.leaf_hash(bytes(row.entry)) for row in Entry.objects.order_by("position")]
    assert opened.size == len(leaves) == 308
    assert opened.root == merkle.root_of(leaves) == merkle.root(read_tile, 308)


def test_a_bundle_waits_until_all_its_facts_are_published(database: Addresses, sequencer: Sequencer) -> None:
    member = uuid4()
    with transaction.atomic():
        record(login(member))
    asked = {"organisation": ORGANISATION, "kind": "member", "id": member, "unanchored": True}
    assert bundle_for(**asked) is None  # type: ignore[arg-type]
    sequencer.tick()
    bundle = bundle_for(**asked)  # type: ignore[arg-type]
    assert bundle is not None
    proven = bundle.facts[0]
    opened = checkpoint.open_note(bundle.checkpoint, VerifierKey.parse(bundle.key))
    merkle.verify_inclusion(
        leaf=merkle.leaf_hash(proven.fact.entry()),
        position=proven.position,
        size=opened.size,
        path=proven.path,
        root=opened.root,
    )
    assert bundle_for(**{**asked, "organisation": uuid4()}) is None  # type: ignore[arg-type]


def test_a_tick_that_fails_leaves_everything_pending(
    database: Addresses, sequencer: Sequencer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        record(login())

    def fail(*_: object) -> bytes:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "sign", fail)
        with pytest.raises(ZeroDivisionError):
            sequencer.tick()
    assert (ledger_state().size, ledger_state().pending) == (0, 1)
    assert sequencer.tick() == 1
    assert (ledger_state().size, ledger_state().pending) == (1, 0)


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_crash_at_any_statement_of_a_tick_loses_nothing_and_doubles_nothing(
    database: Addresses, sequencer: Sequencer, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    """Each time the connection goes at a later statement, until a tick has no such statement any more."""
    execute = psycopg.Cursor.execute
    for crashed in count_up():
        with transaction.atomic():
            record(*(login() for _ in range(120)))
        leading, seen = sequencer._connection, count_up()

        def crash(cursor: Any, *args: Any, crashed=crashed, leading=leading, seen=seen, **kwargs: Any) -> Any:
            if cursor.connection is leading and next(seen) == crashed:
                if done:
                    execute(cursor, *args, **kwargs)
                leading.close()
                raise psycopg.OperationalError("the connection is gone")
            return execute(cursor, *args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(psycopg.Cursor, "execute", crash)
            try:
                assert sequencer.tick() == 120
            except psycopg.OperationalError:
                assert (ledger_state().size, ledger_state().pending) == (120 * crashed, 120)
            else:
                break
        sequencer.resign()
        while not sequencer.lead():
            pass  # the server notices in its own time, and only then lets the lock go
        assert sequencer.tick() == 120
    assert crashed >= 10
    assert examine(tsa_roots=[], progress=lambda _: None)[1] == []
    assert ledger_state().size == Entry.objects.count() == 120 * (crashed + 1)


def test_only_one_sequencer_leads_and_another_takes_over(database: Addresses, sequencer: Sequencer) -> None:
    second = Sequencer(conninfo=conninfo(), key=sequencer._key)
    assert not second.lead()
    with transaction.atomic():
        record(login())
    sequencer.tick()
    sequencer.resign()
    assert second.lead()
    with transaction.atomic():
        record(login())
    assert second.tick() == 1
    assert ledger_state().size == 2
    second.resign()


def test_a_leader_whose_connection_was_cut_cannot_write(database: Addresses, sequencer: Sequencer) -> None:
    with transaction.atomic():
        record(login())
    assert sequencer._connection is not None
    pid = sequencer._connection.info.backend_pid
    with psycopg.connect(database.application_dsn, autocommit=True) as killer:
        killer.execute("SELECT pg_terminate_backend(%s)", (pid,))
    with pytest.raises(psycopg.OperationalError):
        sequencer.tick()
    assert ledger_state().size == 0


def test_a_running_sequencer_survives_the_loss_of_its_connection(database: Addresses, sequencer: Sequencer) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=sequencer.run, args=(stop,))
    assert sequencer._connection is not None
    pid = sequencer._connection.info.backend_pid
    thread.start()
    try:
        with psycopg.connect(database.application_dsn, autocommit=True) as killer:
            killer.execute("SELECT pg_terminate_backend(%s)", (pid,))
        with transaction.atomic():
            record(login())
        deadline = time.monotonic() + 120
        while ledger_state().size != 1:
            assert time.monotonic() < deadline, "the sequencer did not come back"
            time.sleep(0.05)
    finally:
        stop.set()
        thread.join(120)
    assert not thread.is_alive()


def test_a_database_older_than_custody_is_not_sequenced(database: Addresses, sequencer: Sequencer) -> None:
    sequencer.resign()
    custody.keep_checkpoint(5, "note", b"token")
    with pytest.raises(ConflictError, match="backup"):
        sequencer.lead()


def test_another_logs_key_is_refused(database: Addresses, sequencer: Sequencer) -> None:
    sequencer.resign()
    stranger = Sequencer(conninfo=conninfo(), key=SigningKey.generate("other.example/log"))
    with pytest.raises(ConflictError, match="ACUSE_LOG_ORIGIN"):
        stranger.lead()


def test_a_new_key_for_the_same_log_is_refused(database: Addresses, sequencer: Sequencer) -> None:
    """A lost key file is made anew; checkpoints that it signs would hold under no key that anybody was given."""
    with transaction.atomic():
        record(login())
    sequencer.resign()
    replaced = Sequencer(conninfo=conninfo(), key=SigningKey.generate(sequencer._key.name))
    with pytest.raises(ConflictError, match="bring its file back"):
        replaced.lead()
    assert (ledger_state().size, ledger_state().pending) == (0, 1)
    assert sequencer.lead()


_CHANGES = (
    "UPDATE evidence_facts SET type = 'x'",
    "DELETE FROM evidence_facts",
    "TRUNCATE evidence_facts",
    "UPDATE evidence_entries SET organisation_sequence = 9",
    "DELETE FROM evidence_entries",
    "TRUNCATE evidence_entries",
    "UPDATE evidence_tiles SET hashes = ''",
    "DELETE FROM evidence_tiles",
    "TRUNCATE evidence_tiles",
    "UPDATE evidence_tree_head SET size = 0",
    "DELETE FROM evidence_tree_head",
    "ALTER TABLE evidence_facts DISABLE TRIGGER ALL",
    "DROP TABLE evidence_facts",
)


@pytest.mark.parametrize("statement", _CHANGES)
def test_the_database_refuses_to_change_what_happened(
    database: Addresses, sequencer: Sequencer, statement: str
) -> None:
    with transaction.atomic():
        record(login())
    sequencer.tick()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("statement", _CHANGES[:11])
def test_even_the_owner_is_refused_by_the_triggers(database: Addresses, sequencer: Sequencer, statement: str) -> None:
    with transaction.atomic():
        record(login())
    sequencer.tick()
    with pytest.raises(DatabaseError), transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute(statement)


def test_heads_stay_locked_until_commit(database: Addresses) -> None:
    member = uuid4()
    with transaction.atomic():
        record(login(member))
    with transaction.atomic():
        record(login(member))
        with psycopg.connect(database.application_dsn) as other, pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("SELECT * FROM evidence_heads FOR UPDATE NOWAIT")
    assert Head.objects.get().sequence == 2


def test_first_facts_begin_chains_that_go_on(database: Addresses) -> None:
    members = [uuid4(), uuid4()]
    with transaction.atomic():
        record_first(*(login(member) for member in members))
    with transaction.atomic():
        record(login(members[0]))
    first, second = (item.fact for item in facts_of(organisation=ORGANISATION, kind="member", id=members[0]))
    assert (first.subject_sequence, first.previous) == (1, None)
    assert (second.subject_sequence, second.previous) == (2, first.entry())
    assert Head.objects.get(subject=members[1]).sequence == 1


def test_a_subject_has_only_one_first_fact(database: Addresses) -> None:
    member = uuid4()
    with transaction.atomic():
        record(login(member))
    with pytest.raises(DatabaseError), transaction.atomic():
        record_first(login(member))
    assert len(facts_of(organisation=ORGANISATION, kind="member", id=member)) == 1


def test_one_subject_is_given_to_one_organisation_in_one_call(database: Addresses) -> None:
    member = uuid4()
    with pytest.raises(ForeignSubject), transaction.atomic():
        record(login(member), login(member, uuid4()))


def test_a_leader_that_finds_the_head_moved_writes_nothing(database: Addresses, sequencer: Sequencer) -> None:
    with transaction.atomic():
        record(login())
    sequencer.tick()
    with transaction.atomic():
        record(login())
    sequencer._size -= 1  # as if another process had led in between
    with pytest.raises(ConflictError, match="moved the tree head"):
        sequencer.tick()
    assert (ledger_state().size, ledger_state().pending) == (1, 1)
