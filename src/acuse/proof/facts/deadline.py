"""Types of fact about a deadline of a ticket: from when it runs, when it stands still, and what ended it.

Whether it was met is no fact: `proof.verdicts.deadlines` works it out from these and from the version of the calendar
that they cite. What is recorded as missed never outweighs that.
"""

from collections.abc import Mapping

from acuse.proof.business_time import UNITS
from acuse.proof.business_time.term import MAX_AMOUNT
from acuse.proof.facts.schema import Choice, Digest, FactType, Integer, Moment, Record, Shape, Text

KIND = "ticket"
PURPOSES = ("first_response", "resolution", "completion", "closing")
ON_RESUME = ("continue", "restart")
PAUSE_REASONS = ("customer", "documents", "adr", "agreed")
STARTED, ENDED, WITHDRAWN = "deadline.started", "deadline.ended", "deadline.withdrawn"
PAUSED, RESUMED, MISSED = "deadline.paused", "deadline.resumed", "deadline.missed"

_KINDS = (KIND,)
_VERSION = Integer(1, 2**31)
_ID = Text(40)
_DEADLINE: Mapping[str, Shape] = {"deadline": _ID}

TYPES = (
    FactType(
        name=STARTED,
        kinds=_KINDS,
        meaning=(
            "A deadline began to run. It is counted from when the fact happened, by the version of the calendar that "
            "it cites; `due_at` is when it ends if nothing pauses it."
        ),
        details=Record(
            {
                **_DEADLINE,
                "purpose": Choice(*PURPOSES),
                "term": Record({"amount": Integer(1, MAX_AMOUNT), "unit": Choice(*UNITS)}),
                "on_resume": Choice(*ON_RESUME),
                "calendar": Record({"id": _ID, "version": _VERSION, "digest": Digest()}),
                "rule": Record({"policy": Text(200), "version": _VERSION, "digest": Digest()}),
                "due_at": Moment(),
            }
        ),
        roles={
            "calendar": "the version of the calendar that the deadline is counted by",
            "rule": "the version of the policy that sets the deadline",
        },
    ),
    FactType(
        name=PAUSED,
        kinds=_KINDS,
        meaning="The deadline stands still from then on, for the reason given.",
        details=Record({**_DEADLINE, "reason": Choice(*PAUSE_REASONS)}),
    ),
    FactType(
        name=RESUMED,
        kinds=_KINDS,
        meaning="The deadline runs again; `due_at` is when it ends if nothing pauses it any more.",
        details=Record({**_DEADLINE, "due_at": Moment()}),
    ),
    FactType(
        name=MISSED,
        kinds=_KINDS,
        meaning="The deadline ended, at `due_at`, without what it was for.",
        details=Record({**_DEADLINE, "due_at": Moment()}),
    ),
    FactType(
        name=ENDED,
        kinds=_KINDS,
        meaning=(
            "What the deadline was for was done: by the fact of the same ticket that `ended_by` names, and when that "
            "happened."
        ),
        details=Record({**_DEADLINE, "ended_by": Record({"type": Text(81), "sequence": Integer(1)})}),
    ),
    FactType(
        name=WITHDRAWN,
        kinds=_KINDS,
        meaning="The deadline no longer applies.",
        details=Record(_DEADLINE),
    ),
)
