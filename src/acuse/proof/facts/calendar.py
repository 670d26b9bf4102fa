"""Types of fact about a calendar: when an organisation is open, by versions that never change."""

from acuse.proof.facts.schema import Digest, FactType, Integer, Moment, Record, Text

KIND = "calendar"
ROLE = "calendar"
"""Of the object that is a version, wherever it is cited."""

TYPES = (
    FactType(
        name="calendar.published",
        kinds=(KIND,),
        meaning="A version of a calendar was published; what is counted from then on is counted by it.",
        details=Record(
            {"version": Integer(1), "name": Text(200), "zone": Text(200), "from": Moment(), "until": Moment()},
            {"replaces": Digest()},
        ),
        roles={ROLE: "the version: opening hours and business days as instants and dates, and what people wrote"},
    ),
    FactType(
        name="calendar.archived",
        kinds=(KIND,),
        meaning="A calendar was put away: it is no longer offered, and counts on for what was begun by it.",
        details=Record({"version": Integer(1), "name": Text(200)}),
    ),
)
