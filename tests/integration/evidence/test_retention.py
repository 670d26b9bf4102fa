"""Retention: what ended may leave, nothing else does, and the ledger stays verifiable."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from acuse import clock
from acuse.embedded.roles import Addresses
from acuse.errors import ConflictError, InputError
from acuse.evidence import custody, fsck, retention
from acuse.evidence.custody import MissingObject
from acuse.evidence.models import Entry, Fact, Head, StoredObject
from acuse.evidence.queries import facts_of
from acuse.evidence.sequencer import Sequencer
from tests.integration.evidence.conftest import ORGANISATION, keep_message

CONTENT = b"Subject: Reclamacion\r\n\r\nHola.\r\n"
Superuser = psycopg.Connection


def end_retention(superuser: Superuser, *subjects: UUID) -> None:
    """Let so many years pass for these subjects."""
    superuser.execute(
        "UPDATE evidence_heads SET retain_until = now() - interval '1 second' WHERE subject = ANY(%s)",
        (list(subjects),),
    )
    for subject in subjects:
        for fact in facts_of(organisation=ORGANISATION, kind="communication", id=subject):
            superuser.execute(
                "UPDATE evidence_objects SET retain_until = now() - interval '1 second' WHERE sha256 = ANY(%s)",
                ([item.sha256 for item in fact.fact.objects],),
            )


def named(subject: UUID, organisation: UUID = ORGANISATION) -> retention.Due:
    return retention.Due(organisation=organisation, kind="communication", subject=subject, retain_until=clock.now())


def erase(subject: UUID, organisation: UUID = ORGANISATION, citations: retention.Citations | None = None) -> int:
    return retention.erase(
        organisation=organisation,
        kind="communication",
        subject=subject,
        reason="retention ended",
        citations=retention.citations_of([named(subject, organisation)]) if citations is None else citations,
    )


def digest(subject: UUID) -> str:
    return facts_of(organisation=ORGANISATION, kind="communication", id=subject)[0].fact.objects[0].sha256


def damage() -> list[str]:
    _, findings = fsck.examine(tsa_roots=[], progress=lambda _: None)
    return [f"{finding.where}: {finding.what}" for finding in findings]


def test_every_subject_is_kept_for_years(database: Addresses) -> None:
    subject = keep_message(CONTENT)
    head, held = Head.objects.get(), StoredObject.objects.get()
    assert head.retain_until - clock.now() > timedelta(days=5 * 365)
    assert held.retain_until == head.retain_until
    with pytest.raises(ConflictError, match="has not ended"):
        erase(subject)
    assert len(facts_of(organisation=ORGANISATION, kind="communication", id=subject)) == 1


def test_what_ended_leaves_and_the_ledger_stays(
    database: Addresses, sequencer: Sequencer, superuser: Superuser
) -> None:
    subject, other = keep_message(CONTENT), keep_message(b"another")
    sequencer.tick()
    sha256 = digest(subject)
    end_retention(superuser, subject)
    assert erase(subject) == 1
    sequencer.tick()
    assert facts_of(organisation=ORGANISATION, kind="communication", id=subject) == []
    assert not Fact.objects.filter(subject=subject).exists()
    with pytest.raises(MissingObject):
        custody.open_object(organisation=ORGANISATION, sha256=sha256)
    assert len(facts_of(organisation=ORGANISATION, kind="communication", id=other)) == 1
    # The entry stays, and everything still adds up.
    assert Entry.objects.count() == 3
    assert damage() == []
    erased = facts_of(organisation=ORGANISATION, kind="organisation", id=ORGANISATION)[-1].fact
    assert erased.type == "content.erased"
    assert erased.details["objects"] == [sha256]
    assert erased.details["reason"] == "retention ended"
    assert len(erased.details["facts"]) == 1


def test_what_is_held_is_not_erased_until_released(database: Addresses, superuser: Superuser) -> None:
    subject = keep_message(CONTENT)
    end_retention(superuser, subject)
    retention.hold(kind="communication", subject=subject, held=True)
    with pytest.raises(ConflictError, match="legal hold"):
        erase(subject)
    retention.hold(kind="communication", subject=subject, held=False)
    assert erase(subject) == 1


def test_a_longer_retention_covers_facts_and_objects(database: Addresses, superuser: Superuser) -> None:
    subject = keep_message(CONTENT)
    end_retention(superuser, subject)
    until = clock.now() + timedelta(days=30)
    assert retention.extend(kind="communication", subject=subject, until=until) == until
    assert Head.objects.get().retain_until == StoredObject.objects.get().retain_until == until
    assert retention.extend(kind="communication", subject=subject, until=until - timedelta(days=60)) == until
    assert Head.objects.get().retain_until == until
    with pytest.raises(ConflictError):
        erase(subject)


def test_unknown_subjects_are_said(database: Addresses) -> None:
    with pytest.raises(InputError):
        retention.hold(kind="communication", subject=uuid4(), held=True)
    with pytest.raises(InputError):
        retention.extend(kind="communication", subject=uuid4(), until=clock.now())
    with pytest.raises(ConflictError):
        erase(uuid4())


def test_nobody_erases_for_another_organisation(database: Addresses, superuser: Superuser) -> None:
    subject = keep_message(CONTENT)
    end_retention(superuser, subject)
    with pytest.raises(ConflictError):
        erase(subject, uuid4())
    assert Fact.objects.count() == 1


def test_an_object_that_another_subject_needs_stays(database: Addresses, superuser: Superuser) -> None:
    first, second = keep_message(CONTENT), keep_message(CONTENT)
    superuser.execute("UPDATE evidence_heads SET retain_until = now() - interval '1 s' WHERE subject = %s", (first,))
    assert erase(first) == 1
    assert custody.open_object(organisation=ORGANISATION, sha256=digest(second)) == CONTENT
    assert facts_of(organisation=ORGANISATION, kind="organisation", id=ORGANISATION)[-1].fact.details["objects"] == []
    end_retention(superuser, second)
    sha256 = digest(second)
    assert erase(second) == 1
    with pytest.raises(MissingObject):
        custody.open_object(organisation=ORGANISATION, sha256=sha256)


def test_facts_are_read_once_for_every_subject_of_a_run(database: Addresses, superuser: Superuser) -> None:
    """What subjects share leaves with the last of them; what one on hold needs stays."""
    due = [keep_message(CONTENT), keep_message(CONTENT), keep_message(b"shared with a subject on hold")]
    held = keep_message(b"shared with a subject on hold")
    shared, needed = digest(due[0]), digest(held)
    end_retention(superuser, *due, held)
    retention.hold(kind="communication", subject=held, held=True)
    found = retention.due()
    assert {item.subject for item in found} == set(due)
    citations = retention.citations_of(found)
    assert citations[ORGANISATION, shared] == {("communication", subject) for subject in due[:2]}
    assert citations[ORGANISATION, needed] == {("communication", due[2]), ("communication", held)}
    with CaptureQueriesContext(connection) as asked:
        assert [erase(subject, citations=citations) for subject in due] == [1, 1, 1]
    assert not any("regexp_matches" in query["sql"] or "position(" in query["sql"] for query in asked)
    told = facts_of(organisation=ORGANISATION, kind="organisation", id=ORGANISATION)
    assert [item.fact.details["objects"] for item in told] == [[], [shared], []]
    assert custody.open_object(organisation=ORGANISATION, sha256=needed)
    with pytest.raises(MissingObject):
        custody.open_object(organisation=ORGANISATION, sha256=shared)


def test_what_is_cited_after_the_facts_were_read_stays(database: Addresses, superuser: Superuser) -> None:
    subject = keep_message(CONTENT)
    end_retention(superuser, subject)
    citations = retention.citations_of([named(subject)])
    later = keep_message(CONTENT)
    assert erase(subject, citations=citations) == 1
    assert custody.open_object(organisation=ORGANISATION, sha256=digest(later)) == CONTENT


def test_what_is_being_cited_while_it_is_erased_stays(database: Addresses, superuser: Superuser) -> None:
    subject = keep_message(CONTENT)
    end_retention(superuser, subject)
    waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

    def erase_now() -> int:
        try:
            return erase(subject)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            later = keep_message(CONTENT)
            erasing = thread.submit(erase_now)
            while not superuser.execute(waiting).fetchall():
                assert not erasing.done()
        assert erasing.result() == 1
    assert StoredObject.objects.filter(sha256=digest(later)).exists()
    assert custody.open_object(organisation=ORGANISATION, sha256=digest(later)) == CONTENT


def test_objects_of_a_subject_that_was_not_read_stay(database: Addresses, superuser: Superuser) -> None:
    subject = keep_message(CONTENT)
    sha256 = digest(subject)
    end_retention(superuser, subject)
    assert erase(subject, citations={}) == 1
    assert custody.open_object(organisation=ORGANISATION, sha256=sha256) == CONTENT


def test_the_same_object_of_another_organisation_stays(database: Addresses, superuser: Superuser) -> None:
    other = uuid4()
    subject = keep_message(CONTENT)
    theirs = keep_message(CONTENT, organisation=other)
    sha256 = digest(subject)
    superuser.execute("UPDATE evidence_heads SET retain_until = now() - interval '1 s' WHERE subject <> %s", (theirs,))
    superuser.execute(
        "UPDATE evidence_objects SET retain_until = now() - interval '1 s' WHERE organisation = %s", (ORGANISATION,)
    )
    assert erase(subject) == 1
    assert custody.open_object(organisation=other, sha256=sha256) == CONTENT


def test_an_erasure_that_fails_erases_nothing(
    database: Addresses, superuser: Superuser, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = keep_message(CONTENT)
    end_retention(superuser, subject)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(retention, "record", fail)
        with pytest.raises(ZeroDivisionError):
            erase(subject)
    assert custody.open_object(organisation=ORGANISATION, sha256=digest(subject)) == CONTENT
    assert StoredObject.objects.count() == 1


def test_what_a_crash_left_in_custody_is_named_and_removed_by_a_second_call(
    database: Addresses, sequencer: Sequencer, superuser: Superuser, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = keep_message(CONTENT)
    sequencer.tick()
    sha256 = digest(subject)
    end_retention(superuser, subject)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(custody.LocalStore, "delete", crash)
        with pytest.raises(KeyboardInterrupt):
            erase(subject)
    sequencer.tick()
    assert custody.open_object(organisation=ORGANISATION, sha256=sha256) == CONTENT
    assert "1 objects in custody are cited by no fact" in damage()[0]
    assert erase(subject) == 0
    with pytest.raises(MissingObject):
        custody.open_object(organisation=ORGANISATION, sha256=sha256)
    sequencer.tick()
    assert damage() == []
    facts = facts_of(organisation=ORGANISATION, kind="organisation", id=ORGANISATION)
    assert [item.fact.type for item in facts] == ["content.erased"], "an erasure is told once"


def test_what_was_kept_again_meanwhile_stays(database: Addresses, superuser: Superuser) -> None:
    first = keep_message(CONTENT)
    sha256 = digest(first)
    end_retention(superuser, first)
    assert erase(first) == 1
    keep_message(CONTENT)
    assert erase(first) == 0
    assert custody.open_object(organisation=ORGANISATION, sha256=sha256) == CONTENT


_AROUND = (
    "DELETE FROM evidence_facts",
    "SELECT evidence_erase_facts('communication', '{subject}')",
    "SET ROLE acuse_eraser",
    "SET session_replication_role = replica",
    "ALTER FUNCTION evidence_erase_facts(text, uuid) OWNER TO acuse_application",
    "DROP FUNCTION evidence_erase_facts(text, uuid)",
    "CREATE OR REPLACE FUNCTION evidence_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    "UPDATE evidence_heads SET retain_until = now() - interval '1 day'",
    "UPDATE evidence_heads SET subject = gen_random_uuid()",
    "UPDATE evidence_heads SET kind = 'other'",
    "DELETE FROM evidence_heads",
    "TRUNCATE evidence_heads",
    # A table of one's own that the function would find first.
    "CREATE TEMPORARY TABLE evidence_heads AS SELECT * FROM public.evidence_heads; "
    "UPDATE pg_temp.evidence_heads SET retain_until = now() - interval '1 day'; "
    "GRANT ALL ON pg_temp.evidence_heads TO acuse_eraser; "
    "SELECT evidence_erase_facts('communication', '{subject}')",
)


@pytest.mark.parametrize("statement", _AROUND)
def test_the_application_cannot_erase_around_the_rule(
    database: Addresses, sequencer: Sequencer, statement: str
) -> None:
    subject = keep_message(CONTENT)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(subject=subject))
    assert Fact.objects.filter(subject=subject).count() == 1
    assert Head.objects.filter(subject=subject, retain_until__gt=clock.now()).exists()


def test_a_subject_in_use_after_its_erasure_goes_on_from_its_head(
    database: Addresses, sequencer: Sequencer, superuser: Superuser
) -> None:
    subject = keep_message(CONTENT)
    keep_message(b"second", subject=subject)
    sequencer.tick()
    end_retention(superuser, subject)
    assert erase(subject) == 2
    keep_message(b"third", subject=subject)
    sequencer.tick()
    (left,) = facts_of(organisation=ORGANISATION, kind="communication", id=subject)
    assert left.fact.subject_sequence == 3
    assert damage() == []
