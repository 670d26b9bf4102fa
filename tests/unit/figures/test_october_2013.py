"""A public service published figures of October 2013: the same come out of facts, to the digit."""

from datetime import UTC, datetime

import pytest

from acuse.figures.rules.members import members
from acuse.figures.rules.questions import Period, Question
from acuse.figures.rules.report import Report, report
from acuse.figures.rules.rows import rows_of
from acuse.figures.rules.tallies import tally
from acuse.proof.verdicts.deadlines import Judgement
from tests import october_2013 as october

NO_DEADLINES = Judgement(deadlines=(), contradictions=())


@pytest.fixture(scope="module")
def found() -> Report:
    period = Period(first=october.FIRST, last=october.LAST, zone=october.ZONE)
    question = Question(period=period, now=datetime(2014, 1, 1, tzinfo=UTC))
    return report(question, tally(question, (rows_of(facts, lambda _: NO_DEADLINES) for facts in october.subjects())))


def test_its_messages(found: Report) -> None:
    assert members(found)["messages"] == {
        "received": 8_770,
        "answered": 11_081,
        "answered_percent": "126.35",  # published without decimals: 126 %
        "under_24_hours": 10_772,
        "under_24_hours_percent": "97.21",
        "under_48_hours": 11_077,
        "under_48_hours_percent": "99.96",
        "later": 4,
        "later_percent": "0.04",
    }


def test_its_cases(found: Report) -> None:
    told = members(found)["cases"]
    assert (told["escalated_percent"], told["other_percent"]) == ("2.00", "4.00")
    assert (told["escalated_pending"], told["escalated_pending_percent"]) == (0, "0.00")


def test_its_calls(found: Report) -> None:
    told = members(found)["calls"]
    assert {name: told[name]["percent"] for name in ("answered", "lost", "abandoned")} == {
        "answered": "84.46",
        "lost": "9.99",
        "abandoned": "5.55",
    }
    assert told["longest_mean_wait"] == {"day": "2013-10-14", "seconds": "150.00"}  # two and a half minutes


def test_its_quiet_hours_follow_from_the_load(found: Report) -> None:
    told = members(found)
    assert told["quiet_hours"] == [list(span) for span in october.QUIET]
    assert sum(told["load_by_half_hour"]) == sum(map(sum, told["load"])) == 8_770 + 10_000
    assert not any(told["load"][5] + told["load"][6])  # nobody wrote or called at week-ends
