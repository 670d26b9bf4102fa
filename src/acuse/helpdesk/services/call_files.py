"""Calls from a telephone exchange's file: the file uploaded, its plan made and tried, and its rows entered in batches.

The file is durable in custody before its row says that it was started, and each call cites it. A batch and the count
of what was gone through are one transaction: a crash between two leaves both as they were, and the next worker goes on
from there. Whoever goes through a file holds it by lease: what is noted by who lost it changes nothing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from acuse import clock
from acuse.accounts.queries import Access, active_members
from acuse.contacts.rules import line as one_line
from acuse.contacts.rules import plain
from acuse.errors import ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.ledger import record
from acuse.helpdesk.call_rules import same_line
from acuse.helpdesk.call_sheet import Plan, Row, Table, check_plan, guess_order, read_table, remembered, result_words
from acuse.helpdesk.call_trial import Trial
from acuse.helpdesk.call_words import guess_columns
from acuse.helpdesk.models import Call, CallFile, Line, Upload
from acuse.helpdesk.queries.call_files import MEDIA_TYPE, content_of, known_calls, reference_of, table_of
from acuse.helpdesk.services.calls import fact_of
from acuse.proof.facts.fact import Actor
from acuse.texts import storable

_STATES = CallFile.State


def add_file(*, access: Access, name: str, content: bytes) -> UUID:
    """Keep a file, with a plan of how it seems to be read; return it. A worker tries it, and nothing is entered yet.

    What was chosen for an earlier file of the same headings is chosen again.

    Raises:
        AccessDenied: the member may not. InputError: it is too big, empty or no CSV, or has too many rows.
    """
    access.require_sender()
    table = read_table(content)
    total = sum(1 for _row in table.rows())
    if not total:
        raise InputError("The file has no rows below its headings.")
    columns = guess_columns(table.headings)
    plan = Plan(columns=columns, zone=access.view.time_zone, order=guess_order(table, columns))
    earlier = CallFile.objects.filter(organisation_id=access.organisation, headings=list(table.headings))
    last = earlier.exclude(state__in=(_STATES.TRYING, _STATES.UPLOADED)).order_by("-created_at").first()
    if last is not None:
        plan = remembered(plan, Plan.from_json(last.plan))
    plan = _compared(access, _worded(plan, table))
    now = clock.now()
    with transaction.atomic():
        row = CallFile.objects.create(
            organisation_id=access.organisation,
            member_id=access.member,
            name=one_line(name)[:200],
            size=len(content),
            headings=list(table.headings),
            plan=plan.to_json(),
            state=_state_by(plan),
            total=total,
            created_at=now,
            due_at=now,
        )
        Upload.objects.create(file=row, content=content)
    return row.id


def plan_file(*, access: Access, file: UUID, plan: Plan) -> None:
    """Choose how a file is read, as long as it was not started, and have it tried so by a worker.

    Words of result that are new keep their usual meaning.

    Raises:
        AccessDenied: the member may not. InputError: there is no such file, or the plan does not fit together.
        ConflictError: it was started, or given up.
    """
    access.require_sender()
    table = table_of(access.organisation, file)
    with transaction.atomic():
        row = _locked(access, file, _STATES.TRYING, _STATES.UPLOADED)
        if len(plan.columns) != len(row.headings):
            raise InputError("Say of every column what it is, or that it says nothing.")
        if plan.line and not Line.objects.filter(organisation_id=access.organisation, id=plan.line).exists():
            raise InputError("There is no such line.")
        row.plan = _compared(access, _worded(check_plan(plan), table)).to_json()
        _queue(row, _STATES.TRYING)
        row.save(update_fields=["plan", *_QUEUED])


def start_file(*, access: Access, file: UUID) -> None:
    """Have the calls of a file entered that was tried; a worker does it.

    Raises:
        AccessDenied: the member may not. InputError: there is no such file, or it cannot be read yet.
        ConflictError: it was not tried yet, started before, or given up.
    """
    access.require_sender()
    with transaction.atomic():
        _tried(access, file)
    content = content_of(access.organisation, file)
    # A crash before the commit leaves an object that nobody cites; starting it again keeps it again. Giving the file
    # up at this very moment leaves one too.
    kept = custody.keep(organisation=access.organisation, content=content, media_type=MEDIA_TYPE)
    with transaction.atomic():
        row = _tried(access, file)
        row.sha256 = kept.sha256
        _queue(row, _STATES.RUNNING)
        row.save(update_fields=["sha256", *_QUEUED])
        Upload.objects.filter(file=row).delete()


def cancel_file(*, access: Access, file: UUID) -> None:
    """Stop a file, or forget what was to be read; the calls that were entered stay.

    Raises:
        AccessDenied: the member may not. InputError: there is no such file. ConflictError: it is over already.
    """
    access.require_sender()
    with transaction.atomic():
        row = _locked(access, file, _STATES.TRYING, _STATES.UPLOADED, _STATES.RUNNING)
        row.state, row.ended_at, row.lease, row.lease_until = _STATES.CANCELLED, clock.now(), None, None
        row.save(update_fields=["state", "ended_at", "lease", "lease_until"])
        Upload.objects.filter(file=row).delete()


def forget_uploads(*, before: datetime) -> int:
    """Give up files that nobody started, of those uploaded before a moment; return how many."""
    waiting = CallFile.objects.filter(state__in=(_STATES.TRYING, _STATES.UPLOADED), created_at__lt=before)
    with transaction.atomic():
        given_up = list(waiting.select_for_update(no_key=True).values_list("id", flat=True))
        over = {"state": _STATES.CANCELLED, "ended_at": clock.now(), "lease": None, "lease_until": None}
        CallFile.objects.filter(id__in=given_up).update(**over)
        Upload.objects.filter(file__in=given_up).delete()
    return len(given_up)


def note_trial(*, file: UUID, lease: UUID, rows: int) -> bool:
    """Write down how many rows a trial has gone through; say whether to go on."""
    mine = CallFile.objects.filter(id=file, lease=lease, state=_STATES.TRYING)
    return bool(mine.update(rows=rows))


def end_trial(*, file: UUID, lease: UUID, trial: Trial) -> None:
    """Write down what a file would do, unless it was given up or planned otherwise meanwhile."""
    mine = CallFile.objects.filter(id=file, lease=lease, state=_STATES.TRYING)
    mine.update(trial=trial.to_json(), state=_STATES.UPLOADED, lease=None, lease_until=None)


def enter_rows(*, file: UUID, lease: UUID, after: int, rows: Sequence[Row]) -> bool:
    """Enter a batch of rows, and count them; say whether to go on.

    Args:
        file: the file.
        lease: of the worker.
        after: how many of its rows came before these.
        rows: the next ones.

    Returns:
        False where it was cancelled, or another worker has it.
    """
    with transaction.atomic():
        job = CallFile.objects.select_for_update(no_key=True).get(id=file)
        if job.state != _STATES.RUNNING or job.lease != lease or job.rows != after:
            return False
        # Two files of one line wait for each other here, so that a call in both is entered once.
        mine = Line.objects.filter(organisation_id=job.organisation_id)
        list(mine.select_for_update(no_key=True).order_by("id").values_list("id", flat=True))
        new = _enter(job, rows)
        read = sum(row.state == "read" for row in rows)
        job.rows += len(rows)
        job.entered += new
        job.known += read - new + sum(row.state == "again" for row in rows)
        job.out += sum(row.state == "out" for row in rows)
        job.wrong += sum(row.state == "wrong" for row in rows)
        job.save(update_fields=["rows", "entered", "known", "out", "wrong"])
    return True


def end_file(*, file: UUID, lease: UUID, reason: str = "") -> None:
    """Note that all rows of a file were entered, where they were, or why none can be."""
    mine = CallFile.objects.filter(id=file, lease=lease)
    if not reason:
        mine = mine.filter(state=_STATES.RUNNING, rows__gte=F("total"))
    state = _STATES.FAILED if reason else _STATES.DONE
    with transaction.atomic():
        if mine.update(state=state, reason=reason[:500], ended_at=clock.now(), lease=None, lease_until=None):
            Upload.objects.filter(file=file).delete()


def let_go(*, file: UUID, lease: UUID, wait: timedelta = timedelta()) -> None:
    """Let a file that is not over be gone on with by anybody, behind those that wait, or after a while."""
    mine = CallFile.objects.filter(id=file, lease=lease)
    mine.update(due_at=clock.now() + wait, lease=None, lease_until=None)


def _enter(job: CallFile, rows: Sequence[Row]) -> int:
    """Enter what nobody entered before; return how many."""
    known = known_calls([row.call for row in rows if row.call is not None])
    cited = (reference_of(job.sha256, job.size),)
    actor = Actor(kind="member", id=str(job.member_id))
    now = clock.now()
    made = []
    for row in rows:
        call = row.call
        if call is None or known.has(call):
            continue
        known.add(call)
        made.append(
            Call(
                organisation_id=job.organisation_id,
                line_id=call.line,
                member_id=call.member,
                number=call.number,
                started_at=call.started_at,
                result=call.result,
                waited=call.waited,
                talked=call.talked,
                outcome=storable(call.outcome),
                reference=storable(call.reference),
                recorded_at=now,
            )
        )
    if made:
        Call.objects.bulk_create(made)
        record(*(fact_of(one, "call.registered", actor, cited) for one in made))
    return len(made)


def _locked(access: Access, file: UUID, *states: str) -> CallFile:
    mine = CallFile.objects.select_for_update(no_key=True).filter(organisation_id=access.organisation)
    row = mine.filter(id=file).first()
    if row is None:
        raise InputError("There is no such file.")
    if row.state not in states:
        raise ConflictError("That file is being looked at, was started already, or is over.")
    return row


def _tried(access: Access, file: UUID) -> CallFile:
    """Return a file that can be started."""
    row = _locked(access, file, _STATES.UPLOADED)
    check_plan(Plan.from_json(row.plan))
    return row


_QUEUED = ("state", "trial", "rows", "due_at", "lease", "lease_until")


def _queue(row: CallFile, state: str) -> None:
    """Have a file gone through from its beginning; whoever goes through it now loses the right to note anything."""
    row.state, row.rows, row.due_at, row.lease, row.lease_until = state, 0, clock.now(), None, None
    if state == _STATES.TRYING:
        row.trial = None


def _state_by(plan: Plan) -> str:
    """Return whether a file can be tried as it seems to be read, or somebody has to choose first."""
    try:
        check_plan(plan)
    except InputError:
        return _STATES.UPLOADED
    return _STATES.TRYING


def _worded(plan: Plan, table: Table) -> Plan:
    """Return a plan with every word of result that the file has."""
    usual = result_words(table, plan.columns)
    return replace(plan, words={word: plan.words.get(word, meaning) for word, meaning in usual.items()})


def _compared(access: Access, plan: Plan) -> Plan:
    """Return a plan with the lines and members of today.

    Of two lines of one name the enabled one counts; a name that two members have says nothing of who it was.
    """
    lines = {}
    for line in Line.objects.filter(organisation_id=access.organisation).order_by("enabled", "id"):
        lines[same_line(line.name)] = lines[same_line(line.number)] = str(line.id)
    named = [(plain(name), str(id)) for id, name in active_members(access).items()]
    times = Counter(name for name, _id in named)
    return replace(plan, lines=lines, members={name: id for name, id in named if times[name] == 1})
