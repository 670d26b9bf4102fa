"""Types of fact about the telephone: lines, and the calls that came in on them."""

from acuse.proof.facts.schema import Choice, FactType, Flag, Integer, Moment, Nullable, Record, Shape, Text

RESULTS = ("answered", "lost", "abandoned")
LONGEST = 86_400
"""Most seconds of waiting or talking."""

_ID = Text(40)
_SECONDS = Nullable(Integer(0, LONGEST))
_LINE = Record({"name": Text(120), "number": Text(32), "calendar": Nullable(_ID), "public": Flag(), "enabled": Flag()})
_CALL: dict[str, Shape] = {
    "line": _ID,
    "started_at": Moment(),
    "result": Choice(*RESULTS),
    "waited": _SECONDS,
    "talked": _SECONDS,
}
_ALSO: dict[str, Shape] = {"number": Text(32), "ticket": _ID, "member": _ID, "reference": Text(120)}
_IN_CASE = Record({"call": _ID, "line": _ID, "result": Choice(*RESULTS), "started_at": Moment()})
_OUTCOME = {"outcome": "what came of it, in the words of whoever took it"}

TYPES = (
    FactType(
        name="line.made",
        kinds=("line",),
        meaning="A telephone line was entered; without `calendar` it is attended always.",
        details=_LINE,
    ),
    FactType(
        name="line.changed",
        kinds=("line",),
        meaning="A telephone line was changed; what it is now.",
        details=_LINE,
    ),
    FactType(
        name="call.registered",
        kinds=("call",),
        meaning=(
            "A call came in: answered, lost (nobody took it) or abandoned (the caller gave up waiting). `waited` and "
            "`talked` are seconds, null where nobody knows. With `member` they took or entered it; an imported one "
            "cites the file."
        ),
        details=Record(_CALL, _ALSO),
        roles={**_OUTCOME, "file": "the file of the telephone exchange, byte for byte"},
    ),
    FactType(
        name="call.corrected",
        kinds=("call",),
        meaning="What was entered about a call was corrected, or its case named; what holds now.",
        details=Record(_CALL, _ALSO),
        roles=_OUTCOME,
    ),
    FactType(
        name="call.added",
        kinds=("ticket",),
        meaning="A call about the case was entered; what is known of it stands in the call's own facts.",
        details=_IN_CASE,
        roles=_OUTCOME,
    ),
    FactType(
        name="call.amended",
        kinds=("ticket",),
        meaning="What was entered of a call about the case was corrected; what holds now.",
        details=_IN_CASE,
        roles=_OUTCOME,
    ),
)
