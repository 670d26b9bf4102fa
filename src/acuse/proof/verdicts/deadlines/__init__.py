"""Whether the deadlines of a ticket were met, as a pure function of its facts and of what they cite.

Only what happened weighs: when the deadline began, stood still and ended. What facts say of it besides, such as a due
date or that it was missed, is compared with what follows, and a difference is reported, never believed.

- A deadline begins when the fact happened that it follows, if that fact may begin it: see `causes` and `starting`.
- A deadline ends when the fact happened that `deadline.ended` names, whenever that was noted down, if that fact may end
  what the deadline is for: see `causes`. One that may not ends nothing.
- What the organisation does itself counts from when it happened, unless it noted it later than `noting.TOLERANCE`:
  then from when it was noted.
- A pause that begins when the deadline is over, and a withdrawal after that, change nothing: it was missed.
- While it stands still it has no due date. What ends it then ends it in time.
- Without an end it is judged as of `at`: where nobody says otherwise, when its last fact was recorded.
"""

from acuse.proof.verdicts.deadlines.cited import Sources, cited_calendars, cited_rules, is_readable, needed
from acuse.proof.verdicts.deadlines.deferring import deferred
from acuse.proof.verdicts.deadlines.judge import judge
from acuse.proof.verdicts.deadlines.statement import (
    NAMING_ONE,
    about_one,
    as_of_version,
    comparable,
    named_in,
    stated_deadline,
    statement,
)
from acuse.proof.verdicts.deadlines.values import (
    CONTRADICTIONS,
    VERDICTS,
    Contradiction,
    Deadline,
    Judgement,
    PauseTold,
    Unasked,
)

__all__ = [
    "CONTRADICTIONS",
    "NAMING_ONE",
    "VERDICTS",
    "Contradiction",
    "Deadline",
    "Judgement",
    "PauseTold",
    "Sources",
    "Unasked",
    "about_one",
    "as_of_version",
    "cited_calendars",
    "cited_rules",
    "comparable",
    "deferred",
    "is_readable",
    "judge",
    "named_in",
    "needed",
    "stated_deadline",
    "statement",
]
