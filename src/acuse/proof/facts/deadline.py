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
PAUSE_REASONS = ("customer", "documents", "adr", "agreed", "conformity")
STARTED, ENDED, WITHDRAWN = "deadline.started", "deadline.ended", "deadline.withdrawn"
PAUSED, RESUMED, MISSED = "deadline.paused", "deadline.resumed", "deadline.missed"
DEFERRED = "deadline.deferred"
STEPS = frozenset({STARTED, PAUSED, RESUMED, MISSED, ENDED, WITHDRAWN})
"""Types that move a deadline on; `DEFERRED` says that there is none."""

_KINDS = (KIND,)
_VERSION = Integer(1, 2**31)
_ID = Text(40)
_DEADLINE: Mapping[str, Shape] = {"deadline": _ID}
_FACT = Record({"type": Text(81), "sequence": Integer(1)})
_FOLLOWS: Mapping[str, Shape] = {"follows": _FACT}
_COUNTED: Mapping[str, Shape] = {
    "purpose": Choice(*PURPOSES),
    "term": Record({"amount": Integer(1, MAX_AMOUNT), "unit": Choice(*UNITS)}),
    "calendar": Record({"id": _ID, "version": _VERSION, "digest": Digest()}),
    "rule": Record({"policy": Text(200), "version": _VERSION, "digest": Digest()}),
}
_CITED = {
    "calendar": "the version of the calendar that the deadline is counted by",
    "rule": "the version of the policy that sets the deadline",
}

TYPES = (
    FactType(
        name=STARTED,
        kinds=_KINDS,
        meaning=(
            "A deadline began to run: because of the fact of the same ticket that `follows` names, and from when that "
            "happened. A first response follows the opening of the case, a resolution its opening or its reopening, a "
            "completion the answer that asks for data, a closing the notice of it; whatever a deadline begins in place "
            "of, it follows what that followed. Without `follows` its start is not founded. It is counted by the "
            "version of the calendar that it cites; `due_at` is when it ends if nothing pauses it."
        ),
        details=Record(
            {**_DEADLINE, **_COUNTED, "on_resume": Choice(*ON_RESUME), "due_at": Moment()},
            _FOLLOWS,
        ),
        roles=_CITED,
    ),
    FactType(
        name=DEFERRED,
        kinds=_KINDS,
        meaning=(
            "A deadline that applies was not started, or was withdrawn, because what the calendar covers ends before "
            "it would. It may be started later, by another version of the calendar, following the same fact."
        ),
        details=Record(_COUNTED, _FOLLOWS),
        roles=_CITED,
    ),
    FactType(
        name=PAUSED,
        kinds=_KINDS,
        meaning=(
            "The deadline stands still from then on, for the reason given: because of the fact of the same ticket that "
            "`follows` names, and since that happened. What is noted more than a minute after it happened counts from "
            "when it was noted, unless the deadline began in place of another that was told to stand still, in time, "
            "because of the same fact. Without `follows` it is none. It ends when what it waits for is over, whether "
            "or not that is recorded."
        ),
        details=Record({**_DEADLINE, "reason": Choice(*PAUSE_REASONS)}, _FOLLOWS),
    ),
    FactType(
        name=RESUMED,
        kinds=_KINDS,
        meaning=(
            "The deadline runs again, because of the fact that `follows` names; `due_at` is when it ends if nothing "
            "pauses it any more."
        ),
        details=Record({**_DEADLINE, "due_at": Moment()}, _FOLLOWS),
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
            "happened. A first response is ended by an answer that is neither automatic nor a receipt, or with the "
            "case; a resolution when the case is resolved or closed; a completion by what the customer wrote; a "
            "closing by that, or by whether they agree. Nothing else ends it."
        ),
        details=Record({**_DEADLINE, "ended_by": _FACT}),
    ),
    FactType(
        name=WITHDRAWN,
        kinds=_KINDS,
        meaning=(
            "The deadline no longer applies, because of the fact that `follows` names. What is noted more than a "
            "minute after it happened counts from when it was noted. Without `follows` it is none."
        ),
        details=Record(_DEADLINE, _FOLLOWS),
    ),
)
