"""Anchoring: when it is due, when nobody answers, when clocks differ, and when two do it at once."""

import threading
import time
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction

from acuse import clock
from acuse.embedded.roles import Addresses
from acuse.errors import TemporaryError
from acuse.evidence import custody, sealing
from acuse.evidence.anchors import newest_anchor
from acuse.evidence.ledger import record
from acuse.evidence.models import Alarm, Anchor, TreeHead
from acuse.evidence.queries import bundle_for, facts_of, ledger_state
from acuse.evidence.sealing import CLOCK_ALARM, TSA_ALARM, Sealer
from acuse.evidence.sequencer import Sequencer
from acuse.proof.timestamp import verify_token
from tests.integration.evidence.conftest import ORGANISATION, Authority, login

INSTALLATION = UUID(int=0)
HOUR = timedelta(hours=1)


def write(sequencer: Sequencer, count: int = 1) -> UUID:
    member = uuid4()
    with transaction.atomic():
        record(*(login(member) for _ in range(count)))
    while sequencer.tick():
        pass
    return member


def sealer(authority: Authority, interval: timedelta = timedelta()) -> Sealer:
    return Sealer(request=authority.stamp, interval=interval)


def test_without_a_ledger_there_is_nothing_to_anchor(database: Addresses, authority: Authority) -> None:
    assert not sealer(authority).anchor_if_due()
    assert authority.asked == []


def test_an_anchor_holds_the_checkpoint_and_its_token_in_both_places(
    database: Addresses, sequencer: Sequencer, authority: Authority
) -> None:
    assert not sealer(authority).anchor_if_due(), "an empty ledger has nothing to anchor"
    member = write(sequencer, 3)
    assert bundle_for(organisation=ORGANISATION, kind="member", id=member) is None
    assert sealer(authority).anchor_if_due()
    anchor, head = Anchor.objects.get(), TreeHead.objects.get()
    assert (anchor.size, anchor.note, anchor.development) == (3, head.note, True)
    assert authority.asked == [head.note.encode()]
    assert custody.newest_checkpoint() == (3, head.note.encode())
    assert custody.store().get("checkpoints/000/000/000/000/000/003.tsr") == bytes(anchor.token)
    bundle = bundle_for(organisation=ORGANISATION, kind="member", id=member)
    assert bundle is not None
    verify_token(
        bundle.tokens[0].token, imprint_of=bundle.checkpoint, trust=authority.roots, crls=bundle.tokens[0].crls
    )
    assert not sealer(authority).anchor_if_due(), "what is anchored is not anchored again"


def test_an_anchor_waits_for_its_interval(
    database: Addresses, sequencer: Sequencer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(sequencer)
    assert not sealer(authority, HOUR).anchor_if_due()
    later = clock.now() + HOUR
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: later)
        patch.setattr(sealing, "_compare_clocks", lambda *_: None)
        assert sealer(authority, HOUR).anchor_if_due()
    assert ledger_state().lag_seconds == 0


def test_when_nobody_answers_nothing_is_lost(database: Addresses, sequencer: Sequencer, authority: Authority) -> None:
    member = write(sequencer)
    authority.down = True
    with pytest.raises(TemporaryError):
        sealer(authority).anchor_if_due()
    assert not Anchor.objects.exists()
    assert custody.newest_checkpoint() is None
    write(sequencer)
    authority.down = False
    assert sealer(authority).anchor_if_due()
    assert newest_anchor().size == 2  # type: ignore[union-attr]
    assert bundle_for(organisation=ORGANISATION, kind="member", id=member) is not None


def wait_until(condition: object) -> None:
    deadline = time.monotonic() + 120
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.02)


def test_the_alarm_lasts_as_long_as_nobody_answers(
    database: Addresses, sequencer: Sequencer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "_PATIENCE_AFTER_FAILURE", 0.01)
    monkeypatch.setattr(sealing, "_POLL_SECONDS", 0.01)
    authority.down = True
    write(sequencer)
    stop = threading.Event()

    def run() -> None:
        sealer(authority).run(stop)
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        wait_until(lambda: Alarm.objects.filter(name=TSA_ALARM).exists() and len(authority.asked) > 3)
        alarm = Alarm.objects.get()
        assert "Nothing is lost" in alarm.message
        assert ledger_state().lag_seconds > 0
        authority.down = False
        wait_until(lambda: not Alarm.objects.exists())
        assert Anchor.objects.count() == 1
        assert Anchor.objects.get().size == 1
        assert ledger_state().lag_seconds == 0
    finally:
        stop.set()
        thread.join(120)
    assert not thread.is_alive()


def test_an_alarm_keeps_the_time_at_which_it_began(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    sealing.raise_alarm(TSA_ALARM, "first")
    since = Alarm.objects.get().since
    sealing.raise_alarm(TSA_ALARM, "second")
    assert (Alarm.objects.get().since, Alarm.objects.get().message) == (since, "second")
    sealing.clear_alarm(TSA_ALARM)
    sealing.clear_alarm(TSA_ALARM)
    assert not Alarm.objects.exists()


@pytest.mark.parametrize("ahead", [timedelta(seconds=30), timedelta(seconds=-30)])
def test_clocks_that_disagree_are_a_fact_and_an_alarm_once(
    database: Addresses, sequencer: Sequencer, authority: Authority, ahead: timedelta
) -> None:
    authority.ahead = ahead
    write(sequencer)
    assert sealer(authority).anchor_if_due()
    (found,) = facts_of(organisation=INSTALLATION, kind="installation", id=INSTALLATION)
    assert found.fact.type == "clock.disagreed"
    told = clock.from_rfc3339(found.fact.details["token_time"])
    ours = clock.from_rfc3339(found.fact.details["local_time"])
    assert abs((told - ours) - ahead) < abs(ahead) / 2  # a busy machine takes its time between the two
    assert "differ by" in Alarm.objects.get(name=CLOCK_ALARM).message
    # While it lasts it is not said again: its own fact would ask for the next time stamp, without end.
    sequencer.tick()
    assert sealer(authority).anchor_if_due()
    assert sequencer.tick() == 0
    assert not sealer(authority).anchor_if_due()
    authority.ahead = timedelta()
    write(sequencer)
    assert sealer(authority).anchor_if_due()
    assert not Alarm.objects.exists()
    # A later disagreement is another fact.
    authority.ahead = ahead
    write(sequencer)
    assert sealer(authority).anchor_if_due()
    assert len(facts_of(organisation=INSTALLATION, kind="installation", id=INSTALLATION)) == 2


def test_clocks_that_agree_to_the_second_are_no_fact(
    database: Addresses, sequencer: Sequencer, authority: Authority
) -> None:
    write(sequencer)
    assert sealer(authority).anchor_if_due()
    assert not Alarm.objects.exists()
    assert facts_of(organisation=INSTALLATION, kind="installation", id=INSTALLATION) == []


def test_two_processes_may_anchor_the_same_checkpoint(
    database: Addresses, sequencer: Sequencer, authority: Authority
) -> None:
    write(sequencer)
    first, second = sealer(authority), sealer(authority)

    def stamp_while_another_does(content: bytes) -> object:
        assert first.anchor_if_due()
        return authority.stamp(content)

    second._request = stamp_while_another_does  # type: ignore[assignment]
    assert second.anchor_if_due()
    assert len(authority.asked) == 2
    anchor = Anchor.objects.get()
    # Custody and table hold the same token: the first one's.
    assert custody.store().get("checkpoints/000/000/000/000/000/001.tsr") == bytes(anchor.token)
    assert not Alarm.objects.exists()


def test_a_crash_between_custody_and_table_costs_one_token(
    database: Addresses, sequencer: Sequencer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(sequencer)

    def fail(**_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(Anchor.objects, "create", fail)
        with pytest.raises(ZeroDivisionError):
            sealer(authority).anchor_if_due()
    assert custody.newest_checkpoint() is not None
    sequencer.resign()
    assert sequencer.lead(), "custody is not ahead of the database"
    assert sealer(authority).anchor_if_due()
    assert Anchor.objects.get().size == 1
