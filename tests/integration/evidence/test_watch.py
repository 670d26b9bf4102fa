"""The watch over the ledger: what waits too long is an alarm until it is over."""

from datetime import timedelta

import pytest
from django.db import transaction

from acuse import clock
from acuse.embedded.roles import Addresses
from acuse.errors import AcuseError
from acuse.evidence import rules
from acuse.evidence.alarms import raise_alarm
from acuse.evidence.jobs import CLOCK_ALARM, LAG_ALARM, SEQUENCER_ALARM, watch_ledger
from acuse.evidence.ledger import record
from acuse.evidence.models import Alarm
from acuse.evidence.queries import alarms
from acuse.evidence.sealing import Sealer
from acuse.evidence.sequencer import Sequencer
from tests.integration.evidence.conftest import Authority, login

MINUTE = timedelta(minutes=1)


def raised(monkeypatch: pytest.MonkeyPatch, after: timedelta) -> set[str]:
    """The alarms that the watch leaves so long from now."""
    later = clock.now() + after
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: later)
        watch_ledger(interval=MINUTE)
    return set(Alarm.objects.values_list("name", flat=True))


def test_an_empty_ledger_is_no_alarm(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    assert raised(monkeypatch, timedelta(days=1)) == set()


def test_facts_that_nobody_orders_or_stamps_are_alarms_until_somebody_does(
    database: Addresses, sequencer: Sequencer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        record(login())
    assert raised(monkeypatch, timedelta()) == set()
    assert raised(monkeypatch, rules.INTERNAL_LATENESS + timedelta(seconds=1)) == {SEQUENCER_ALARM}
    sequencer.tick()
    assert raised(monkeypatch, MINUTE) == set()
    assert raised(monkeypatch, rules.LATE_INTERVALS * MINUTE + timedelta(seconds=1)) == {LAG_ALARM}
    assert "Nothing is lost" in Alarm.objects.get().message
    assert Sealer(request=authority.stamp, interval=timedelta()).anchor_if_due()
    assert raised(monkeypatch, timedelta(days=1)) == set()


def test_a_clock_that_went_back_is_an_alarm_and_does_not_stop_the_time_stamps(
    database: Addresses, sequencer: Sequencer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        record(login())
    sequencer.tick()
    assert raised(monkeypatch, -timedelta(hours=2)) == {CLOCK_ALARM}
    earlier = clock.now() - timedelta(hours=2)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: earlier)
        assert Sealer(request=authority.stamp, interval=MINUTE).anchor_if_due()
    assert CLOCK_ALARM not in raised(monkeypatch, timedelta())


def test_an_alarm_keeps_whatever_an_authority_answered(database: Addresses) -> None:
    answer = AcuseError("It answered %(reply)s.", reply="rejection: a\0b \ud800 100 %(x)s {x}")
    assert raise_alarm("tsa", "%(error)s Nothing is lost.", error=answer)
    (alarm,) = alarms()
    assert alarm.message == "It answered rejection: a\ufffdb ? 100 %(x)s {x}. Nothing is lost."
    assert str(alarm.told) == alarm.message
