"""Calls from a telephone exchange's file: tried, entered in batches, once however often it comes."""

import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acuse import clock
from acuse.accounts import services as accounts
from acuse.config import periodic
from acuse.config.database import conninfo
from acuse.embedded.postgres import EmbeddedPostgres
from acuse.errors import AccessDenied, ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.leases import Holder
from acuse.evidence.queries import facts_of
from acuse.helpdesk.call_rules import Entered
from acuse.helpdesk.call_sheet import Row
from acuse.helpdesk.call_trial import Trial
from acuse.helpdesk.jobs import call_files as job
from acuse.helpdesk.jobs.call_files import QUEUE, Clerk
from acuse.helpdesk.models import Call, CallFile, Upload
from acuse.helpdesk.queries.call_files import FileView, file, known_calls, sample, wrong_rows
from acuse.helpdesk.services.call_files import add_file, cancel_file, enter_rows, note_trial, plan_file, start_file
from acuse.helpdesk.services.lines import add_line
from tests.integration.helpdesk.making import Desk

HEADS = "calldate,src,dst,duration,billsec,disposition,uniqueid,agent\n"
SHEET = HEADS + (
    "2026-11-20 10:00:00,600112233,910000100,70,60,ANSWERED,a1,Agent\n"
    "2026-11-20 10:05:00,600112234,910000100,31,0,NO ANSWER,a2,Nadie\n"
    "2026-10-25 02:30:00,600112235,910000100,20,0,ABANDONED,a3,\n"
    "2026-11-20 10:06:00,600112236,999,5,0,BUSY,a4,\n"
    "mañana,600112237,910000100,5,0,BUSY,a5,\n"
    "2026-11-20 10:07:00,201,910000100,5,5,OUTBOUND,a6,\n"
    "2026-11-20 10:05:00,600112234,910000100,31,0,NO ANSWER,a2,\n"
)


@pytest.fixture
def line(desk: Desk) -> UUID:
    return add_line(access=desk.owner, name="Atención", number="910 000 100", calendar=None, public=True)


def upload(desk: Desk, text: str = SHEET) -> UUID:
    return add_file(access=desk.agent, name="Master.csv", content=text.encode())


@pytest.fixture
def clerk(desk: Desk) -> Clerk:
    return Clerk(holder=Holder(conninfo=conninfo()))


def work(clerk: Clerk) -> None:
    """Go through all files that wait, as the worker's loop does."""
    while clerk.go_on():
        pass


def view(desk: Desk, id: UUID) -> FileView:
    seen = file(desk.agent, id=id)
    assert seen is not None
    return seen


def tried(desk: Desk, clerk: Clerk, id: UUID) -> Trial:
    """What a file would do, once the worker has found out."""
    work(clerk)
    found = view(desk, id).trial
    assert found is not None
    return found


def enter(desk: Desk, clerk: Clerk, id: UUID) -> None:
    """Try a file, start it, and have it entered."""
    tried(desk, clerk, id)
    start_file(access=desk.agent, file=id)
    work(clerk)


def state(desk: Desk, id: UUID) -> tuple[str, int, int, int, int, int]:
    seen = file(desk.auditor, id=id)
    assert seen is not None
    return seen.state, seen.rows, seen.entered, seen.known, seen.out, seen.wrong


def test_a_name_that_two_members_have_says_nothing_of_who_took_a_call(desk: Desk, line: UUID, clerk: Clerk) -> None:
    other = accounts.create_user(email="otro@ribera.example", password=None, name="agent")
    accounts.add_member(organisation=desk.organisation, email=other.email, role="agent")
    one = upload(desk, HEADS + "2026-11-20 10:00:00,600112233,910000100,70,60,ANSWERED,a1,Agent\n")
    assert tried(desk, clerk, one).strangers == 1
    enter(desk, clerk, one)
    assert Call.objects.get().member_id is None


def test_a_file_is_tried_then_entered_and_every_call_cites_it(desk: Desk, line: UUID, clerk: Clerk) -> None:
    one = upload(desk)
    with pytest.raises(ConflictError, match="being looked at"):
        start_file(access=desk.agent, file=one)
    found = tried(desk, clerk, one)
    assert (found.new, found.known, found.out, found.wrong) == (3, 1, 1, 2)
    assert (found.twice, found.strangers) == (1, 1)
    assert [place for place, _call in found.first] == [2, 3, 4]
    assert found.first[0][1].started_at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert [place for place, _why in found.errors] == [5, 6]
    assert str(found.errors[0][1]) == "No line has the number or the name “999”."
    assert not Call.objects.exists()
    start_file(access=desk.agent, file=one)
    work(clerk)
    assert state(desk, one) == ("done", 7, 3, 1, 1, 2)
    answered, lost, abandoned = Call.objects.order_by("reference")
    assert (answered.line_id, answered.result, answered.waited, answered.talked) == (line, "answered", 10, 60)
    assert (answered.member_id, lost.member_id) == (desk.agent.member, None)
    assert abandoned.started_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    (told,) = facts_of(organisation=desk.organisation, kind="call", id=answered.id)
    assert told.fact.actor.id == str(desk.agent.member)
    assert (told.fact.details["reference"], told.fact.details["member"]) == ("a1", str(desk.agent.member))
    (cited,) = told.fact.objects
    assert custody.open_object(organisation=desk.organisation, sha256=cited.sha256) == SHEET.encode()
    assert [row.cells[6] for row in wrong_rows(desk.auditor, id=one)] == ["a4", "a5"]
    assert sample(desk.agent, id=one, rows=1) == [SHEET.splitlines()[1].split(",")]


class Killed(BaseException):
    """The worker's process ends here, without another word."""


@pytest.fixture
def next_clerk(desk: Desk) -> Clerk:
    """The worker that is started where another died."""
    return Clerk(holder=Holder(conninfo=conninfo()))


def free_the_dead() -> None:
    """Release what the dead held, as the others do that find their locks free twice."""
    CallFile.objects.update(lease=None, lease_until=None)


def test_what_comes_twice_or_breaks_off_is_entered_once(
    desk: Desk, line: UUID, clerk: Clerk, next_clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(
        f"2026-11-20 10:{number:02}:00,60011220{number},910000100,9,0,BUSY,{reference},\n"
        for number, reference in enumerate(["b0", "b1", "", "", "b4"])
    )
    monkeypatch.setattr(job, "_AT_ONCE", 2)
    seen: list[UUID] = []

    def breaks_off(*, file: UUID, lease: UUID, after: int, rows: list[Row]) -> bool:
        if after == 2:
            seen.append(lease)
            raise Killed
        return enter_rows(file=file, lease=lease, after=after, rows=rows)

    first, second = upload(desk, HEADS + rows), upload(desk, HEADS + rows)
    tried(desk, clerk, first)
    start_file(access=desk.agent, file=first)
    with monkeypatch.context() as dying:
        dying.setattr(job, "enter_rows", breaks_off)
        with pytest.raises(Killed):
            work(clerk)
    assert state(desk, first)[:3] == ("running", 2, 2)
    # Nobody else touches it while it may live, and afterwards the next goes on behind what was entered.
    assert not next_clerk.go_on()
    free_the_dead()
    work(next_clerk)
    assert state(desk, first) == ("done", 5, 5, 0, 0, 0)
    enter(desk, next_clerk, second)
    assert state(desk, second) == ("done", 5, 0, 5, 0, 0)
    assert Call.objects.count() == 5
    # A worker that comes late to rows that another went through does nothing.
    CallFile.objects.filter(id=first).update(state=CallFile.State.RUNNING)
    assert not enter_rows(file=first, lease=seen[0], after=5, rows=[])


def test_a_trial_that_breaks_off_begins_anew(
    desk: Desk, line: UUID, clerk: Clerk, next_clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "_AT_ONCE", 2)
    one = upload(desk)

    def breaks_off(*, file: UUID, lease: UUID, rows: int) -> bool:
        if rows == 4:
            raise Killed
        return note_trial(file=file, lease=lease, rows=rows)

    with monkeypatch.context() as dying:
        dying.setattr(job, "note_trial", breaks_off)
        with pytest.raises(Killed):
            work(clerk)
    assert (state(desk, one)[:2], view(desk, one).trial) == (("trying", 2), None)
    assert not next_clerk.go_on()
    free_the_dead()
    found = tried(desk, next_clerk, one)
    assert (found.new, found.known, found.out, found.wrong) == (3, 1, 1, 2)
    assert state(desk, one)[0] == "uploaded"


def test_a_worker_that_is_told_to_stop_lets_go(
    desk: Desk, line: UUID, clerk: Clerk, next_clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "_AT_ONCE", 2)
    one, stop = upload(desk), threading.Event()

    def told(*, file: UUID, lease: UUID, rows: int) -> bool:
        stop.set()
        return note_trial(file=file, lease=lease, rows=rows)

    with monkeypatch.context() as stopping:
        stopping.setattr(job, "note_trial", told)
        clerk.run(stop)
    assert state(desk, one)[:2] == ("trying", 2)
    assert tried(desk, next_clerk, one).new == 3


def test_what_is_planned_otherwise_or_given_up_meanwhile_ends_the_trial(
    desk: Desk, line: UUID, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "_AT_ONCE", 2)
    one = upload(desk)
    plan = view(desk, one).plan
    acts = [lambda: plan_file(access=desk.agent, file=one, plan=replace(plan, words={"busy": ""}))]

    def interrupted(*, file: UUID, lease: UUID, rows: int) -> bool:
        if acts:
            acts.pop()()
        return note_trial(file=file, lease=lease, rows=rows)

    monkeypatch.setattr(job, "note_trial", interrupted)
    found = tried(desk, clerk, one)
    assert (found.new, found.known, found.out, found.wrong) == (3, 1, 3, 0)
    plan_file(access=desk.agent, file=one, plan=plan)
    acts.append(lambda: cancel_file(access=desk.agent, file=one))
    work(clerk)
    assert (state(desk, one)[0], view(desk, one).trial) == ("cancelled", None)
    assert not clerk.go_on()


def in_custody(desk: Desk) -> list[str]:
    return list(custody.store().keys(f"objects/{desk.organisation}"))


def test_a_file_that_is_refused_leaves_nothing_when_it_is_given_up(desk: Desk, line: UUID, clerk: Clerk) -> None:
    early, unread = upload(desk), upload(desk, "cuando,quien\n20/11/2026 10:00,600112233\n")
    for one, refused in ((early, ConflictError), (unread, InputError)):
        with pytest.raises(refused):
            start_file(access=desk.agent, file=one)
        cancel_file(access=desk.agent, file=one)
    assert in_custody(desk) == []


def test_a_file_that_is_given_up_leaves_nothing(desk: Desk, line: UUID, clerk: Clerk) -> None:
    one = upload(desk)
    tried(desk, clerk, one)
    cancel_file(access=desk.agent, file=one)
    assert not Upload.objects.exists()
    with pytest.raises(ConflictError, match="is over"):
        start_file(access=desk.agent, file=one)
    assert in_custody(desk) == []
    with pytest.raises(InputError, match="given up"):
        wrong_rows(desk.agent, id=one)


def test_a_file_that_nobody_starts_is_given_up_after_a_month(desk: Desk, line: UUID, clerk: Clerk) -> None:
    old, new = upload(desk), upload(desk)
    started = upload(desk)
    enter(desk, clerk, started)
    CallFile.objects.exclude(id=new).update(created_at=clock.now() - timedelta(days=31))
    periodic.forget_call_uploads(0)
    assert [state(desk, one)[0] for one in (old, new, started)] == ["cancelled", "uploaded", "done"]
    assert Upload.objects.get().file_id == new


def test_a_file_that_is_cancelled_stops_between_two_batches(
    desk: Desk, line: UUID, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "_AT_ONCE", 1)
    monkeypatch.setattr(job, "_BATCHES", 1)
    one = upload(desk)
    tried(desk, clerk, one)
    start_file(access=desk.agent, file=one)
    assert clerk.go_on()
    cancel_file(access=desk.owner, file=one)
    assert not clerk.go_on()
    assert state(desk, one)[:3] == ("cancelled", 1, 1)
    with pytest.raises(ConflictError):
        cancel_file(access=desk.owner, file=one)
    with pytest.raises(ConflictError):
        start_file(access=desk.agent, file=one)


def test_what_was_chosen_is_remembered_for_files_of_the_same_headings(desk: Desk, line: UUID, clerk: Clerk) -> None:
    strange = "cuando,quien,fin,clave\n20/11/2026 10:00,600112233,Cogida,z1\n"
    one = upload(desk, strange)
    assert not clerk.go_on()
    with pytest.raises(InputError, match="day and hour"):
        start_file(access=desk.agent, file=one)
    chosen = replace(
        view(desk, one).plan,
        columns=("started", "number", "result", "reference"),
        words={"cogida": "answered"},
        line=str(line),
        zone="Atlantic/Canary",
    )
    plan_file(access=desk.agent, file=one, plan=chosen)
    assert tried(desk, clerk, one).new == 1
    start_file(access=desk.agent, file=one)
    with pytest.raises(ConflictError):
        plan_file(access=desk.agent, file=one, plan=chosen)
    work(clerk)
    assert Call.objects.get().started_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    again = view(desk, upload(desk, strange.replace("z1", "z2")))
    assert (again.plan.columns, again.plan.zone, again.plan.words) == (chosen.columns, chosen.zone, chosen.words)


def test_of_a_call_that_rang_at_several_desks_the_row_that_took_it_counts(
    desk: Desk, line: UUID, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "_AT_ONCE", 1)
    rows = (
        "2026-11-20 10:00:00,600112233,910000100,15,0,NO ANSWER,q1,\n"
        "2026-11-20 10:00:00,600112233,910000100,75,60,ANSWERED,q1,\n"
        "2026-11-20 10:00:00,600112233,910000100,15,0,NO ANSWER,q1,\n"
    )
    one = upload(desk, HEADS + rows)
    found = tried(desk, clerk, one)
    assert (found.new, found.known) == (1, 2)
    enter(desk, clerk, one)
    assert state(desk, one) == ("done", 3, 1, 2, 0, 0)
    assert (Call.objects.get().result, Call.objects.get().waited) == ("answered", 15)


def test_a_reference_that_only_a_wrong_row_had_is_taken_from_the_next_one(
    desk: Desk, line: UUID, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "_AT_ONCE", 1)
    monkeypatch.setattr(job, "_BATCHES", 1)
    ahead = clock.now() + timedelta(days=1)
    rows = (
        "31/02/2026 10:00:00,600112233,910000100,75,60,ANSWERED,z1,\n"
        "20/11/2026 10:00:00,600112233,910000100,15,0,NO ANSWER,z1,\n"
        "20/11/2026 10:00:00,600112233,910000100,15,0,NO ANSWER,z1,\n"
        f"{ahead:%d/%m/%Y} 10:00:00,600112233,910000100,75,60,ANSWERED,z2,\n"
        "20/11/2026 11:00:00,600112233,910000100,15,0,NO ANSWER,z2,\n"
    )
    one = upload(desk, HEADS + rows)
    found = tried(desk, clerk, one)
    assert (found.new, found.known, found.wrong) == (2, 1, 2)
    # What lay ahead when the file came is wrong of it however late it is started.
    monkeypatch.setattr(clock, "now", lambda: ahead + timedelta(days=2))
    start_file(access=desk.agent, file=one)
    work(clerk)
    assert state(desk, one) == ("done", 5, 2, 1, 0, 2)
    assert [row.reference for row in Call.objects.order_by("reference")] == ["z1", "z2"]


MANY = """
INSERT INTO helpdesk_calls (id, organisation_id, line_id, number, started_at, result, outcome, reference, recorded_at)
SELECT gen_random_uuid(), %s, %s, '', TIMESTAMPTZ '2026-01-01' + number * INTERVAL '1 minute', 'busy', '',
    CASE WHEN number %% 2 = 0 THEN 'r' || number ELSE '' END, now()
FROM generate_series(1, 20000) AS number
"""


def test_calls_are_looked_for_by_index_however_many_come_at_once(
    desk: Desk, line: UUID, postgres: EmbeddedPostgres
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MANY, (desk.organisation, line))
    with postgres._superuser(connection.settings_dict["NAME"]) as owner:
        owner.execute("ANALYZE helpdesk_calls")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    named = [Entered(line=line, started_at=at, result="busy", reference=f"r{number}") for number in range(450)]
    unnamed = [Entered(line=line, started_at=at + timedelta(minutes=number), result="busy") for number in range(50)]
    with CaptureQueriesContext(connection) as queries:
        known = known_calls([*named, *unnamed])
    assert [known.has(call) for call in (named[2], named[3], unnamed[1], unnamed[0])] == [True, False, True, False]
    (asked,) = queries.captured_queries
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {asked['sql']}")
        plan = "\n".join(row for (row,) in cursor.fetchall())
    assert {"one_call_per_reference", "calls_by_line"} <= set(re.findall(r"Index Scan on (\w+)", plan))
    assert "Seq Scan" not in plan


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (HEADS.encode(), "no rows"), (b"a" * 20_000_001, "bigger than 20 MB")],
)
def test_what_cannot_be_a_file_of_calls_is_refused(desk: Desk, line: UUID, content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        add_file(access=desk.agent, name="x.csv", content=content)
    assert not CallFile.objects.exists()


def test_a_file_that_custody_lost_ends_with_the_reason(desk: Desk, line: UUID, clerk: Clerk) -> None:
    one = upload(desk)
    tried(desk, clerk, one)
    start_file(access=desk.agent, file=one)
    CallFile.objects.filter(id=one).update(sha256="0" * 64)
    work(clerk)
    assert state(desk, one)[0] == "failed"
    assert CallFile.objects.get().reason


def test_a_fault_of_ours_is_tried_again_later_and_holds_up_nobody(
    desk: Desk, line: UUID, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = upload(desk)
    with monkeypatch.context() as broken:
        broken.setattr(job, "known_calls", lambda calls: 1 / 0)
        work(clerk)
    assert (state(desk, one)[0], CallFile.objects.get().lease) == ("trying", None)
    assert CallFile.objects.get().due_at > clock.now()
    other = upload(desk)
    assert tried(desk, clerk, other).new == 3
    CallFile.objects.update(due_at=clock.now())
    assert tried(desk, clerk, one).new == 3


def test_the_work_of_a_dead_worker_is_freed_with_the_other_queues() -> None:
    assert QUEUE in periodic.QUEUES


def test_files_are_the_organisations_own(desk: Desk, line: UUID) -> None:
    one = upload(desk)
    with pytest.raises(AccessDenied):
        start_file(access=desk.auditor, file=one)
    stranger = replace(desk.owner, organisation=uuid4())
    assert file(stranger, id=one) is None
    for act in (start_file, cancel_file):
        with pytest.raises(InputError, match="no such file"):
            act(access=stranger, file=one)
    with pytest.raises(InputError, match="no such line"):
        plan_file(access=desk.agent, file=one, plan=replace(view(desk, one).plan, line=str(uuid4())))
