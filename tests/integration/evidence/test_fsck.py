"""`fsck` names each kind of damage at its place, and nothing where there is none."""

import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import transaction

from acuse.embedded.roles import Addresses
from acuse.evidence import custody
from acuse.evidence.fsck import Examined, Finding, examine, values
from acuse.evidence.ledger import record
from acuse.evidence.models import Anchor, Entry, TreeHead
from acuse.evidence.queries import facts_of
from acuse.evidence.sealing import Sealer
from acuse.evidence.sequencer import Sequencer
from acuse.proof import merkle
from acuse.proof.checkpoint import Checkpoint, SigningKey, sign
from tests.integration.evidence.conftest import ORGANISATION, Authority, keep_message, login

Superuser = psycopg.Connection[Any]
MEMBER = UUID(int=9)
#: 300 logins of one member and one message: more than one tile at the lowest level.
COUNT = 301


@pytest.fixture
def examined(
    database: Addresses, sequencer: Sequencer, authority: Authority
) -> Callable[[], tuple[Examined, list[Finding]]]:
    """A ledger with two anchors and a message in custody; call for what `fsck` says of it."""
    sealer = Sealer(request=authority.stamp, interval=timedelta())
    for count in (100, 200):
        with transaction.atomic():
            record(*(login(MEMBER) for _ in range(count)))
        sequencer.tick()
        if count == 100:
            assert sealer.anchor_if_due()
    keep_message(b"message")
    sequencer.tick()
    assert sealer.anchor_if_due()

    def run() -> tuple[Examined, list[Finding]]:
        return examine(tsa_roots=authority.roots, progress=lambda _: None)

    return run


def damage(run: Callable[[], tuple[Examined, list[Finding]]]) -> list[tuple[str, str]]:
    return [(finding.where, finding.what) for finding in run()[1] if finding.damage]


Run = Callable[[], tuple[Examined, list[Finding]]]


def test_an_undamaged_ledger_is_clean(examined: Run) -> None:
    counts, findings = examined()
    assert findings == []
    assert counts == Examined(entries=COUNT, facts=COUNT, anchors=2, objects=1)


def test_an_empty_installation_is_clean(database: Addresses) -> None:
    counts, findings = examine(tsa_roots=[], progress=lambda _: None)
    assert findings == []
    assert counts == Examined(entries=0, facts=0, anchors=0, objects=0)


def test_memory_does_not_grow_with_the_ledger(
    database: Addresses, sequencer: Sequencer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(values, "CHUNK", 50)
    peaks = []
    for count in (600, 2400):
        with transaction.atomic():
            record(*(login(uuid4()) for _ in range(count)))
        while sequencer.tick():
            pass
        examine(tsa_roots=[], progress=lambda _: None)  # what is imported and cached is not counted
        tracemalloc.start()
        counts, findings = examine(tsa_roots=[], progress=lambda _: None)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert findings == []
    assert counts.facts == 3000
    assert peaks[1] - peaks[0] < 2400 * merkle.HASH_SIZE, "not even the hashes of the entries are kept"


def test_progress_is_said(database: Addresses) -> None:
    said: list[str] = []
    examine(tsa_roots=[], progress=said.append)
    assert len(said) == 4


#: What is done as the superuser, where it is found, and words of what is said.
_DAMAGE: tuple[tuple[str, str, str, str], ...] = (
    (
        "a fact's bytes",
        "UPDATE evidence_facts SET canonical = set_byte(canonical, 40, 0) WHERE sequence = 8 AND kind = 'member'",
        "ledger position 7",
        "not readable",
    ),
    (
        "a fact's meaning",
        "UPDATE evidence_facts SET canonical = convert_to(replace(convert_from(canonical, 'UTF8'), '\"id\":\"m\"', "
        "'\"id\":\"n\"'), 'UTF8') WHERE sequence = 8 AND kind = 'member'",
        "ledger position 7",
        "was altered",
    ),
    (
        "a fact's type column",
        "UPDATE evidence_facts SET type = 'member.added' WHERE sequence = 8 AND kind = 'member'",
        "ledger position 7",
        "columns of fact",
    ),
    (
        "a fact's subject column",
        "UPDATE evidence_facts SET subject = gen_random_uuid() WHERE sequence = 8 AND kind = 'member'",
        "ledger position 7",
        "columns of fact",
    ),
    (
        "a fact's sequence column",
        "UPDATE evidence_facts SET sequence = 1000 WHERE sequence = 8 AND kind = 'member'",
        "ledger position 7",
        "columns of fact",
    ),
    (
        "a fact that went",
        "DELETE FROM evidence_facts WHERE sequence = 8 AND kind = 'member'",
        "ledger position",
        "",
    ),
    (
        "the last fact that went",
        "DELETE FROM evidence_facts WHERE sequence = 300",
        "ledger position 299",
        "is gone",
    ),
    (
        "an entry that went",
        "DELETE FROM evidence_entries WHERE position = 7",
        "ledger position 8",
        "Positions jump from 6 to 8",
    ),
    (
        "the last entry that went",
        "DELETE FROM evidence_entries WHERE position = 300",
        "tree head",
        "says 301 entries; there are 300",
    ),
    (
        "an entry's digest",
        "UPDATE evidence_entries SET entry = sha256('x') WHERE position = 7",
        "ledger position",
        "",
    ),
    (
        "an organisation's sequence",
        "UPDATE evidence_entries SET organisation_sequence = 1000 WHERE position = 7",
        "ledger position 7",
        "has a gap",
    ),
    (
        "an entry's organisation",
        "UPDATE evidence_entries SET organisation = gen_random_uuid(), organisation_sequence = 1 WHERE position = 300",
        "ledger position 300",
        "columns of fact",
    ),
    (
        "a hash of a full tile",
        "UPDATE evidence_tiles SET hashes = set_byte(hashes, 100, get_byte(hashes, 100) # 1) "
        "WHERE level = 0 AND index = 0",
        "tile 0/0",
        "not those of the entries",
    ),
    (
        "a tile cut short",
        "UPDATE evidence_tiles SET hashes = substr(hashes, 1, 32) WHERE level = 0 AND index = 1",
        "tile 0/1",
        "not those of the entries",
    ),
    ("a tile that went", "DELETE FROM evidence_tiles WHERE level = 1", "tile 1/0", "not those of the entries"),
    (
        "the root",
        "UPDATE evidence_tree_head SET root = sha256('x')",
        "tree head",
        "root is not that of the entries",
    ),
    ("the size", "UPDATE evidence_tree_head SET size = 300", "tree head", "says 300 entries; there are 301"),
    ("the note", "UPDATE evidence_tree_head SET note = replace(note, '301', '302')", "tree head", "signature"),
    ("the tree head", "DELETE FROM evidence_tree_head", "tree head", "no tree head"),
    (
        "an anchor's note",
        "UPDATE evidence_anchors SET note = replace(note, E'\\n100\\n', E'\\n101\\n') WHERE size = 100",
        "time stamp of checkpoint 100",
        "signature",
    ),
    (
        "an anchor's token",
        "UPDATE evidence_anchors SET token = (SELECT token FROM evidence_anchors WHERE size = 301) WHERE size = 100",
        "time stamp of checkpoint 100",
        "",
    ),
    (
        "an anchor's size",
        "UPDATE evidence_anchors SET size = 99 WHERE size = 100",
        "time stamp of checkpoint 99",
        "says something else",
    ),
    (
        "an anchor of the future",
        "UPDATE evidence_anchors SET size = 1000 WHERE size = 301",
        "time stamp of checkpoint 1000",
        "more entries than there are",
    ),
    (
        "a subject's head that names another fact",
        "UPDATE evidence_heads SET entry = sha256('x') WHERE kind = 'member'",
        f"head of member {MEMBER}",
        "does not name the last fact",
    ),
    (
        "a subject's head that went",
        "DELETE FROM evidence_heads WHERE kind = 'member'",
        f"head of member {MEMBER}",
        "does not name the last fact",
    ),
    (
        "an organisation's count",
        "UPDATE evidence_organisation_sequences SET last = 300",
        f"organisation {ORGANISATION}",
        "says 300; the last one is 301",
    ),
    (
        "a token's bytes",
        "UPDATE evidence_anchors SET token = '\\x3003020101' WHERE size = 301",
        "time stamp of checkpoint 301",
        "",
    ),
)


@pytest.mark.parametrize(
    ("statement", "where", "what"), [each[1:] for each in _DAMAGE], ids=[each[0] for each in _DAMAGE]
)
def test_damage_in_the_database_is_named_at_its_place(
    examined: Run, superuser: Superuser, statement: str, where: str, what: str
) -> None:
    done = superuser.execute(statement)  # type: ignore[call-overload]
    assert done.rowcount == 1
    found = damage(examined)
    assert any(where in place and what in said for place, said in found), found


@pytest.mark.parametrize(
    "change", ["canonical = set_byte(canonical, 40, 0)", "type = 'member.added'", "subject = gen_random_uuid()"]
)
def test_a_damaged_fact_is_not_taken_for_a_shorter_ledger(
    examined: Run, superuser: Superuser, change: LiteralString
) -> None:
    """What is said of tree and custody is about every entry, not about those before the damage."""
    superuser.execute(f"UPDATE evidence_facts SET {change} WHERE sequence = 8 AND kind = 'member'")
    counts, findings = examined()
    assert counts == Examined(entries=COUNT, facts=COUNT, anchors=2, objects=1)
    assert [finding.where for finding in findings if not finding.where.startswith("head of")] == ["ledger position 7"]


def test_a_fact_taken_out_of_the_queue_is_named(examined: Run, sequencer: Sequencer, superuser: Superuser) -> None:
    with transaction.atomic():
        (fact,) = record(login())
    assert examined()[1] == [], "what waits is no damage"
    superuser.execute("DELETE FROM evidence_pending")
    assert damage(examined) == [(f"fact {fact.id}", "It is neither in the ledger nor waiting to be sequenced.")]


def test_a_rewritten_history_is_named_by_what_was_anchored_before(
    examined: Run, sequencer: Sequencer, superuser: Superuser, database: Addresses
) -> None:
    """Whoever has the log's key can sign a second history, but not time-stamp it in the past."""
    entries = [bytes(row.entry) for row in Entry.objects.order_by("position")]
    # Two facts change places, everything is recomputed and signed again with the real key.
    first, last = facts_of(organisation=ORGANISATION, kind="member", id=MEMBER)[0], entries[-1]
    assert first.position == 0
    leaves = [last, *entries[1:-1], entries[0]]
    superuser.execute("UPDATE evidence_entries SET position = -1 WHERE position = 300")
    superuser.execute("UPDATE evidence_entries SET position = 300 WHERE position = 0")
    superuser.execute("UPDATE evidence_entries SET position = 0 WHERE position = -1")
    superuser.execute("UPDATE evidence_entries SET organisation_sequence = -position - 1")
    superuser.execute("UPDATE evidence_entries SET organisation_sequence = position + 1")
    tiles = merkle.append(lambda level, index: b"", 0, [merkle.leaf_hash(each) for each in leaves])
    for (level, index), hashes in tiles.items():
        superuser.execute(
            "UPDATE evidence_tiles SET hashes = %s WHERE level = %s AND index = %s", (hashes, level, index)
        )
    root = merkle.root(lambda level, index: tiles.get((level, index), b""), COUNT)
    note = sign(Checkpoint(origin=sequencer._key.name, size=COUNT, root=root), sequencer._key)
    superuser.execute("UPDATE evidence_tree_head SET root = %s, note = %s", (root, note.decode()))
    found = damage(examined)
    assert ("time stamp of checkpoint 100", "The signed checkpoint says something else than the entries.") in found
    # Without its time stamps in the database, what custody kept of them still shows it.
    superuser.execute("DELETE FROM evidence_anchors")
    found = damage(examined)
    assert ("checkpoint 301 in custody", "The signed checkpoint says something else than the entries.") in found


def test_another_logs_signature_is_named(examined: Run, superuser: Superuser) -> None:
    head = TreeHead.objects.get()
    stranger = SigningKey.generate("acuse.example/test")
    note = sign(Checkpoint(origin=stranger.name, size=head.size, root=bytes(head.root)), stranger)
    superuser.execute("UPDATE evidence_tree_head SET note = %s", (note.decode(),))
    assert damage(examined)[0][0] == "tree head"


def test_time_stamps_of_an_authority_that_is_not_trusted_are_named(examined: Run) -> None:
    _, findings = examine(tsa_roots=[], progress=lambda _: None)
    assert [finding.where for finding in findings] == ["time stamp of checkpoint 100"]


def test_a_database_behind_custody_is_named(examined: Run) -> None:
    custody.keep_checkpoint(COUNT + 1, "note", b"token")
    ((where, what),) = damage(examined)
    assert where == "custody"
    assert "restored from an old backup" in what


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"another note\n"])
def test_a_damaged_checkpoint_in_custody_is_named_and_stops_no_sequencer(
    examined: Run, sequencer: Sequencer, content: bytes
) -> None:
    path = custody.store()._root / custody.checkpoint_key(COUNT, "note")  # type: ignore[attr-defined]
    path.write_bytes(content)
    assert [where for where, _ in damage(examined)] == [f"checkpoint {COUNT} in custody"]
    sequencer.resign()
    assert sequencer.lead()


def _message_path() -> Any:
    (key,) = custody.store().keys("objects")
    return custody.store()._root / key  # type: ignore[attr-defined]


@pytest.mark.parametrize("content", [b"", b"messagf", b"message\n"])
def test_a_damaged_object_is_named(examined: Run, content: bytes) -> None:
    path = _message_path()
    path.write_bytes(content)
    assert damage(examined) == [
        (f"object {path.name} of organisation {ORGANISATION}", f"The object {path.name} in custody is damaged.")
    ]


def test_a_missing_object_is_named(examined: Run) -> None:
    path = _message_path()
    path.unlink()
    ((where, what),) = damage(examined)
    assert where == f"object {path.name} of organisation {ORGANISATION}"
    assert "has no object" in what


def test_an_object_whose_row_says_another_size_is_named(examined: Run, superuser: Superuser) -> None:
    superuser.execute("UPDATE evidence_objects SET size = 8")
    ((where, what),) = damage(examined)
    assert where.startswith("object ")
    assert "another size" in what


def test_an_object_whose_row_went_is_named(examined: Run, superuser: Superuser) -> None:
    """A fact cites it, so it is not loose: without its row nothing would protect it."""
    superuser.execute("DELETE FROM evidence_objects")
    (key,) = custody.store().keys("objects")
    assert damage(examined) == [(key, "A fact cites it, but no row says how long it is kept.")]


def test_loose_objects_are_a_note(examined: Run) -> None:
    custody.keep(organisation=uuid4(), content=b"kept before a crash", media_type="text/plain")
    counts, findings = examined()
    (finding,) = findings
    assert (finding.where, finding.damage) == ("custody", False)
    assert "1 objects" in finding.what
    assert counts.objects == 1


def test_one_damage_does_not_hide_another_kind(examined: Run, superuser: Superuser) -> None:
    superuser.execute("UPDATE evidence_facts SET type = 'member.added' WHERE sequence = 8 AND kind = 'member'")
    superuser.execute("UPDATE evidence_anchors SET token = '\\x3003020101' WHERE size = 100")
    _message_path().unlink()
    places = [where for where, _ in damage(examined)]
    assert "ledger position 7" in places
    assert "time stamp of checkpoint 100" in places
    assert any(place.startswith("object ") for place in places)
    assert Anchor.objects.count() == 2
