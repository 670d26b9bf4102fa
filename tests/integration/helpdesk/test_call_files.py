"""Calls from a telephone exchange's file: tried, entered in batches, once however often it comes."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from acuse.accounts import services as accounts
from acuse.errors import AccessDenied, ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.queries import facts_of
from acuse.helpdesk.jobs import call_files as job
from acuse.helpdesk.jobs.call_files import enter_calls
from acuse.helpdesk.models import Call, CallFile
from acuse.helpdesk.queries.call_files import file, sample, trial, wrong_rows
from acuse.helpdesk.services.call_files import add_file, cancel_file, enter_rows, plan_file, start_file
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


def state(desk: Desk, id: UUID) -> tuple[str, int, int, int, int, int]:
    seen = file(desk.auditor, id=id)
    assert seen is not None
    return seen.state, seen.rows, seen.entered, seen.known, seen.out, seen.wrong


def test_a_name_that_two_members_have_says_nothing_of_who_took_a_call(desk: Desk, line: UUID) -> None:
    other = accounts.create_user(email="otro@ribera.example", password=None, name="agent")
    accounts.add_member(organisation=desk.organisation, email=other.email, role="agent")
    one = upload(desk, HEADS + "2026-11-20 10:00:00,600112233,910000100,70,60,ANSWERED,a1,Agent\n")
    assert trial(desk.agent, id=one).strangers == 1
    start_file(access=desk.agent, file=one)
    while enter_calls():
        pass
    assert Call.objects.get().member_id is None


def test_a_file_is_tried_then_entered_and_every_call_cites_it(desk: Desk, line: UUID) -> None:
    one = upload(desk)
    tried = trial(desk.agent, id=one)
    assert (tried.new, tried.known, tried.out, tried.wrong) == (3, 1, 1, 2)
    assert (tried.twice, tried.strangers) == (1, 1)
    assert [row.line for row in tried.errors] == [5, 6]
    assert not Call.objects.exists()
    start_file(access=desk.agent, file=one)
    while enter_calls():
        pass
    assert state(desk, one) == ("done", 7, 3, 1, 1, 2)
    answered, lost, abandoned = Call.objects.order_by("reference")
    assert (answered.line_id, answered.result, answered.waited, answered.talked) == (line, "answered", 10, 60)
    assert (answered.member_id, lost.member_id) == (desk.agent.member, None)
    assert abandoned.started_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    (found,) = facts_of(organisation=desk.organisation, kind="call", id=answered.id)
    assert found.fact.actor.id == str(desk.agent.member)
    assert (found.fact.details["reference"], found.fact.details["member"]) == ("a1", str(desk.agent.member))
    (cited,) = found.fact.objects
    assert custody.open_object(organisation=desk.organisation, sha256=cited.sha256) == SHEET.encode()
    assert [row.cells[6] for row in wrong_rows(desk.auditor, id=one)] == ["a4", "a5"]
    assert sample(desk.agent, id=one, rows=1) == [SHEET.splitlines()[1].split(",")]


def test_what_comes_twice_or_breaks_off_is_entered_once(
    desk: Desk, line: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(
        f"2026-11-20 10:{number:02}:00,60011220{number},910000100,9,0,BUSY,{reference},\n"
        for number, reference in enumerate(["b0", "b1", "", "", "b4"])
    )
    monkeypatch.setattr(job, "_AT_ONCE", 2)

    def breaks_off(*, file: UUID, after: int, rows: list[object]) -> bool:
        if after == 2:
            raise SystemExit("the worker dies")
        return enter_rows(file=file, after=after, rows=rows)  # type: ignore[arg-type]

    first, second = upload(desk, HEADS + rows), upload(desk, HEADS + rows)
    start_file(access=desk.agent, file=first)
    with monkeypatch.context() as dying:
        dying.setattr(job, "enter_rows", breaks_off)
        with pytest.raises(SystemExit):
            enter_calls()
    assert state(desk, first)[:3] == ("running", 2, 2)
    while enter_calls():
        pass
    assert state(desk, first) == ("done", 5, 5, 0, 0, 0)
    start_file(access=desk.agent, file=second)
    while enter_calls():
        pass
    assert state(desk, second) == ("done", 5, 0, 5, 0, 0)
    assert Call.objects.count() == 5
    # A worker that comes late to rows that another went through does nothing.
    assert not enter_rows(file=first, after=2, rows=[])


def test_a_file_that_is_cancelled_stops_between_two_batches(
    desk: Desk, line: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "_AT_ONCE", 1)
    monkeypatch.setattr(job, "_BATCHES", 1)
    one = upload(desk)
    start_file(access=desk.agent, file=one)
    assert enter_calls() == 1
    cancel_file(access=desk.owner, file=one)
    assert enter_calls() == 0
    assert state(desk, one)[:3] == ("cancelled", 1, 1)
    with pytest.raises(ConflictError):
        cancel_file(access=desk.owner, file=one)
    with pytest.raises(ConflictError):
        start_file(access=desk.agent, file=one)


def test_what_was_chosen_is_remembered_for_files_of_the_same_headings(desk: Desk, line: UUID) -> None:
    strange = "cuando,quien,fin,clave\n20/11/2026 10:00,600112233,Cogida,z1\n"
    one = upload(desk, strange)
    with pytest.raises(InputError, match="day and hour"):
        trial(desk.agent, id=one)
    seen = file(desk.agent, id=one)
    assert seen is not None
    chosen = replace(
        seen.plan,
        columns=("started", "number", "result", "reference"),
        words={"cogida": "answered"},
        line=str(line),
        zone="Atlantic/Canary",
    )
    plan_file(access=desk.agent, file=one, plan=chosen)
    assert trial(desk.agent, id=one).new == 1
    start_file(access=desk.agent, file=one)
    with pytest.raises(ConflictError):
        plan_file(access=desk.agent, file=one, plan=chosen)
    while enter_calls():
        pass
    assert Call.objects.get().started_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    again = file(desk.agent, id=upload(desk, strange.replace("z1", "z2")))
    assert again is not None
    assert (again.plan.columns, again.plan.zone, again.plan.words) == (chosen.columns, chosen.zone, chosen.words)


def test_of_a_call_that_rang_at_several_desks_the_row_that_took_it_counts(
    desk: Desk, line: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "_AT_ONCE", 1)
    rows = (
        "2026-11-20 10:00:00,600112233,910000100,15,0,NO ANSWER,q1,\n"
        "2026-11-20 10:00:00,600112233,910000100,75,60,ANSWERED,q1,\n"
        "2026-11-20 10:00:00,600112233,910000100,15,0,NO ANSWER,q1,\n"
    )
    one = upload(desk, HEADS + rows)
    assert (trial(desk.agent, id=one).new, trial(desk.agent, id=one).known) == (1, 2)
    start_file(access=desk.agent, file=one)
    while enter_calls():
        pass
    assert state(desk, one) == ("done", 3, 1, 2, 0, 0)
    assert (Call.objects.get().result, Call.objects.get().waited) == ("answered", 15)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (HEADS.encode(), "no rows"), (b"a" * 20_000_001, "bigger than 20 MB")],
)
def test_what_cannot_be_a_file_of_calls_is_refused(desk: Desk, line: UUID, content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        add_file(access=desk.agent, name="x.csv", content=content)
    assert not CallFile.objects.exists()


def test_a_file_that_custody_lost_ends_with_the_reason(desk: Desk, line: UUID) -> None:
    one = upload(desk)
    start_file(access=desk.agent, file=one)
    CallFile.objects.filter(id=one).update(sha256="0" * 64)
    assert enter_calls() == 0
    assert state(desk, one)[0] == "failed"
    assert CallFile.objects.get().reason


def test_files_are_the_organisations_own(desk: Desk, line: UUID) -> None:
    one = upload(desk)
    with pytest.raises(AccessDenied):
        start_file(access=desk.auditor, file=one)
    stranger = replace(desk.owner, organisation=uuid4())
    assert file(stranger, id=one) is None
    with pytest.raises(InputError, match="no such file"):
        start_file(access=stranger, file=one)
    seen = file(desk.agent, id=one)
    assert seen is not None
    with pytest.raises(InputError, match="no such line"):
        plan_file(access=desk.agent, file=one, plan=replace(seen.plan, line=str(uuid4())))
